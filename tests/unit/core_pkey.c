/* SPDX-License-Identifier: MIT */
/* Public keys: which are refused when they are made, and which signatures they never take. */
#include "pkey_forge.h"

static armalo_i_public_key key;
static pkey_bytes a, b, c;

/* ---- Ed25519 ---- */

/* Points of order 1, 2, 4 and 8, and encodings that RFC 8032 5.1.3 does not allow (from the list in "Taming the many
 * EdDSAs", table 6), and a y that no point has. */
START_TEST(test_ed25519_weak) {
    static const char *const points[] = {
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0200000000000000000000000000000000000000000000000000000000000000",
    };
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        a = pkey_hex(points[i]);
        ck_assert_msg(pkey_ed25519(&key, &a) == ARMALO_I_KEY_WEAK, "%s", points[i]);
    }
}
END_TEST

/* ---- EC ---- */

static const int curves[] = {ARMALO_I_ALG_ES256, ARMALO_I_ALG_ES384};
static size_t field_of(int alg) { return alg == ARMALO_I_ALG_ES256 ? 32 : 48; }

static void coordinates(const EVP_PKEY *pkey, int alg) {
    pkey_number(pkey, OSSL_PKEY_PARAM_EC_PUB_X, (int)field_of(alg), &a);
    pkey_number(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, (int)field_of(alg), &b);
}

START_TEST(test_ec_coordinates) {
    const int alg = curves[_i];
    const size_t field = field_of(alg);
    EVP_PKEY *pkey = pkey_make(alg);
    coordinates(pkey, alg);
    ck_assert_int_eq(pkey_ec(&key, alg, &a, &b), ARMALO_I_KEY_OK);
    ck_assert_int_eq(key.alg, alg);
    armalo_i_public_end(&key);
    ck_assert(key.alg == 0 && key.pkey == NULL);

    /* Off the curve: any other y but the opposite one, which is p - y and has the other parity. */
    for (size_t bit = 0; bit < 8 * field; bit++) {
        b.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
        ck_assert_int_eq(pkey_ec(&key, alg, &a, &b), ARMALO_I_KEY_WEAK);
        b.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    c = a;
    memset(a.at, 0xff, field); /* not below p */
    ck_assert_int_eq(pkey_ec(&key, alg, &a, &b), ARMALO_I_KEY_WEAK);
    a = c;
    c = b;
    memset(b.at, 0xff, field);
    ck_assert_int_eq(pkey_ec(&key, alg, &a, &b), ARMALO_I_KEY_WEAK);
    memset(b.at, 0, field);
    ck_assert_int_eq(pkey_ec(&key, alg, &a, &b), ARMALO_I_KEY_WEAK);
    b = c;
    c = a;
    memset(a.at, 0, field);
    ck_assert_int_eq(pkey_ec(&key, alg, &a, &b), ARMALO_I_KEY_WEAK);
    memset(b.at, 0, field);
    ck_assert_int_eq(pkey_ec(&key, alg, &a, &b), ARMALO_I_KEY_WEAK);

    /* Lengths */
    coordinates(pkey, alg);
    for (size_t len = 0; len <= 2 * field + 1; len++) {
        if (len == field) continue;
        a.len = len;
        ck_assert_int_eq(pkey_ec(&key, alg, &a, &b), ARMALO_I_KEY_BAD);
        a.len = field;
        b.len = len;
        ck_assert_int_eq(pkey_ec(&key, alg, &a, &b), ARMALO_I_KEY_BAD);
        b.len = field;
    }
    for (int other = -1; other <= ARMALO_I_ALGS + 1; other++) {
        if (other == ARMALO_I_ALG_ES256 || other == ARMALO_I_ALG_ES384) continue;
        ck_assert_int_eq(pkey_ec(&key, other, &a, &b), ARMALO_I_KEY_UNSUPPORTED);
    }
    ck_assert_int_eq(pkey_ec(&key, curves[!_i], &a, &b), ARMALO_I_KEY_BAD);
    EVP_PKEY_free(pkey);
}
END_TEST

/* RFC 7518 6.2.1.2: a coordinate that begins with zeros keeps them. */
START_TEST(test_ec_leading_zero) {
    const int alg = curves[_i];
    for (int found = 0; found < 3;) {
        EVP_PKEY *pkey = pkey_make(alg);
        coordinates(pkey, alg);
        for (int i = 0; i < 2; i++) {
            pkey_bytes *number = i == 0 ? &a : &b;
            if (number->at[0] != 0) continue;
            found |= 1 << i;
            ck_assert_int_eq(pkey_ec(&key, alg, &a, &b), ARMALO_I_KEY_OK);
            armalo_i_public_end(&key);
            memmove(number->at, number->at + 1, --number->len);
            ck_assert_int_eq(pkey_ec(&key, alg, &a, &b), ARMALO_I_KEY_BAD);
            coordinates(pkey, alg);
        }
        EVP_PKEY_free(pkey);
    }
}
END_TEST

static void expect_same(const armalo_i_public_key *other) {
    uint8_t one[32], two[32];
    ck_assert_int_eq(armalo_i_public_thumbprint(&key, one), 1);
    ck_assert_int_eq(armalo_i_public_thumbprint(other, two), 1);
    ck_assert_mem_eq(one, two, sizeof one);
    ck_assert_int_eq(key.alg, other->alg);
}

START_TEST(test_ec_point) {
    const int alg = curves[_i];
    const size_t field = field_of(alg);
    armalo_i_public_key point;
    EVP_PKEY *pkey = pkey_make(alg);
    coordinates(pkey, alg);
    ck_assert_int_eq(pkey_ec(&key, alg, &a, &b), ARMALO_I_KEY_OK);
    c.len = 1 + 2 * field;
    memcpy(c.at + 1, a.at, field);
    memcpy(c.at + 1 + field, b.at, field);
    for (unsigned form = 0; form < 256; form++) { /* 6 and 7, which say more than they need to, are refused too */
        c.at[0] = (uint8_t)form;
        ck_assert_int_eq(pkey_point(&point, alg, &c), form == 4 ? ARMALO_I_KEY_OK : ARMALO_I_KEY_BAD);
        if (form == 4) expect_same(&point);
        armalo_i_public_end(&point);
    }
    c.len = 1 + field;
    for (unsigned form = 0; form < 256; form++) {
        c.at[0] = (uint8_t)form;
        int status = pkey_point(&point, alg, &c);
        ck_assert_int_eq(status, form == 2 || form == 3 ? ARMALO_I_KEY_OK : ARMALO_I_KEY_BAD);
        if (form == 2u + (b.at[field - 1] & 1)) expect_same(&point);
        armalo_i_public_end(&point);
    }
    armalo_i_public_end(&key);
    for (size_t len = 0; len <= 2 * field + 3; len++) {
        c.len = len;
        for (c.at[0] = 0; c.at[0] < 5; c.at[0]++) {
            if ((c.at[0] == 2 || c.at[0] == 3) && len == 1 + field) continue;
            if (c.at[0] == 4 && len == 1 + 2 * field) continue;
            /* SEC 1 2.3.3: one zero byte is the point at infinity */
            const int want = len == 1 && c.at[0] == 0 ? ARMALO_I_KEY_WEAK : ARMALO_I_KEY_BAD;
            ck_assert_int_eq(pkey_point(&point, alg, &c), want);
        }
    }
    /* Half of all x have a point. */
    unsigned seen[2] = {0, 0};
    c.len = 1 + field;
    c.at[0] = 2;
    for (unsigned i = 0; i < 64; i++) {
        c.at[field]++;
        int status = pkey_point(&point, alg, &c);
        ck_assert(status == ARMALO_I_KEY_OK || status == ARMALO_I_KEY_WEAK);
        seen[status == ARMALO_I_KEY_OK]++;
        armalo_i_public_end(&point);
    }
    ck_assert(seen[0] > 10 && seen[1] > 10);
    memset(c.at + 1, 0xff, field); /* x not below p */
    ck_assert_int_eq(pkey_point(&point, alg, &c), ARMALO_I_KEY_WEAK);
    ck_assert_int_eq(pkey_point(&point, ARMALO_I_ALG_EDDSA, &c), ARMALO_I_KEY_UNSUPPORTED);
    EVP_PKEY_free(pkey);
}
END_TEST

/* ---- RSA ---- */

static void odd(pkey_bytes *number, size_t bits) { /* no modulus of any use, but of this size */
    number->len = (bits + 7) / 8;
    memset(number->at, 0xa7, number->len);
    if (bits % 8 != 0) number->at[0] = (uint8_t)(1u << (bits % 8 - 1));
}

START_TEST(test_rsa_numbers) {
    static const struct {
        const char *e;
        int status;
    } exponents[] = {
        {"010001", ARMALO_I_KEY_OK},
        {"010003", ARMALO_I_KEY_OK},
        {"ffffffff", ARMALO_I_KEY_OK},
        {"", ARMALO_I_KEY_BAD},
        {"00", ARMALO_I_KEY_BAD},
        {"00010001", ARMALO_I_KEY_BAD},
        {"01", ARMALO_I_KEY_WEAK},
        {"03", ARMALO_I_KEY_WEAK},
        {"11", ARMALO_I_KEY_WEAK},
        {"ffff", ARMALO_I_KEY_WEAK},
        {"010000", ARMALO_I_KEY_WEAK},
        {"010002", ARMALO_I_KEY_WEAK},
        {"0100000000", ARMALO_I_KEY_WEAK},
        {"0100000001", ARMALO_I_KEY_WEAK},
        {"010000000000010001", ARMALO_I_KEY_WEAK},
        {"ffffffffffffffff", ARMALO_I_KEY_WEAK},
    };
    static const struct {
        size_t bits;
        int status;
    } moduli[] = {
        {2048, ARMALO_I_KEY_OK},   {2049, ARMALO_I_KEY_OK},    {2056, ARMALO_I_KEY_OK},   {3072, ARMALO_I_KEY_OK},
        {4096, ARMALO_I_KEY_OK},   {8185, ARMALO_I_KEY_OK},    {8192, ARMALO_I_KEY_OK},   {8193, ARMALO_I_KEY_WEAK},
        {8200, ARMALO_I_KEY_WEAK}, {16384, ARMALO_I_KEY_WEAK}, {2047, ARMALO_I_KEY_WEAK}, {2040, ARMALO_I_KEY_WEAK},
        {1024, ARMALO_I_KEY_WEAK}, {512, ARMALO_I_KEY_WEAK},   {8, ARMALO_I_KEY_WEAK},
    };
    const int alg = _i == 0 ? ARMALO_I_ALG_PS256 : ARMALO_I_ALG_RS256;
    b = pkey_hex("010001");
    for (size_t i = 0; i < sizeof moduli / sizeof moduli[0]; i++) {
        odd(&a, moduli[i].bits);
        ck_assert_msg(pkey_rsa(&key, alg, &a, &b) == moduli[i].status, "%zu bits", moduli[i].bits);
        armalo_i_public_end(&key);
        a.at[a.len - 1]--; /* even */
        ck_assert_int_eq(pkey_rsa(&key, alg, &a, &b), ARMALO_I_KEY_WEAK);
    }
    a.len = 0;
    ck_assert_int_eq(pkey_rsa(&key, alg, &a, &b), ARMALO_I_KEY_BAD);
    odd(&a, 2048);
    for (size_t i = 0; i < sizeof exponents / sizeof exponents[0]; i++) {
        b = pkey_hex(exponents[i].e);
        ck_assert_msg(pkey_rsa(&key, alg, &a, &b) == exponents[i].status, "exponent %s", exponents[i].e);
        armalo_i_public_end(&key);
    }
    b = pkey_hex("010001");
    memmove(a.at + 1, a.at, a.len++);
    a.at[0] = 0; /* RFC 7518 6.3.1.1 */
    ck_assert_int_eq(pkey_rsa(&key, alg, &a, &b), ARMALO_I_KEY_BAD);
    a.len = 300;
    memset(a.at, 0, a.len - 1); /* zeros do not make it longer */
    ck_assert_int_eq(pkey_rsa(&key, alg, &a, &b), ARMALO_I_KEY_BAD);
    odd(&a, 2048);
    for (int other = -1; other <= ARMALO_I_ALGS + 1; other++) {
        if (other == ARMALO_I_ALG_PS256 || other == ARMALO_I_ALG_RS256) continue;
        ck_assert_int_eq(pkey_rsa(&key, other, &a, &b), ARMALO_I_KEY_UNSUPPORTED);
    }
}
END_TEST

/* ---- Verifying ---- */

static const struct {
    int alg, form;
} kinds[] = {
    {ARMALO_I_ALG_EDDSA, ARMALO_I_ECDSA_RAW}, {ARMALO_I_ALG_ES256, ARMALO_I_ECDSA_RAW},
    {ARMALO_I_ALG_ES256, ARMALO_I_ECDSA_DER}, {ARMALO_I_ALG_ES384, ARMALO_I_ECDSA_RAW},
    {ARMALO_I_ALG_ES384, ARMALO_I_ECDSA_DER}, {ARMALO_I_ALG_PS256, ARMALO_I_ECDSA_RAW},
    {ARMALO_I_ALG_RS256, ARMALO_I_ECDSA_RAW},
};
#define KINDS ((int)(sizeof kinds / sizeof kinds[0]))
static const char text[] = "A message that is longer than one block of the digest, so that several are compressed, "
                           "and then a few bytes that are over.";

/* A key of its own and a signature of `text` in c. */
static EVP_PKEY *signed_text(int kind) {
    EVP_PKEY *pkey = pkey_make(kinds[kind].alg);
    ck_assert_int_eq(pkey_of(&key, pkey, kinds[kind].alg), ARMALO_I_KEY_OK);
    pkey_sign(pkey, kinds[kind].alg, kinds[kind].form, text, sizeof text, &c);
    return pkey;
}
static int judge(int kind, const char *message, size_t len) {
    return pkey_judge(&key, armalo_i_span_of(message, len), pkey_span(&c), kinds[kind].form);
}

START_TEST(test_verify_bits) {
    char other[sizeof text];
    EVP_PKEY *pkey = signed_text(_i);
    ck_assert_int_eq(judge(_i, text, sizeof text), 1);
    const size_t step = kinds[_i].alg == ARMALO_I_ALG_EDDSA || kinds[_i].alg == ARMALO_I_ALG_ES256 ? 1 : 11; /* slow */
    for (size_t bit = 0; bit < 8 * c.len; bit += step) {
        c.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
        ck_assert_msg(judge(_i, text, sizeof text) == 0, "bit %zu", bit);
        c.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    memcpy(other, text, sizeof text);
    for (size_t bit = 0; bit < 8 * sizeof text; bit += 7) {
        other[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
        ck_assert_int_eq(judge(_i, other, sizeof text), 0);
        other[bit / 8] = text[bit / 8];
    }
    ck_assert_int_eq(judge(_i, text, sizeof text - 1), 0);
    ck_assert_int_eq(judge(_i, text, 0), 0);
    ck_assert_int_eq(judge(_i, NULL, 0), 0);
    ck_assert_int_eq(judge(_i, other, sizeof text), 1);
    EVP_PKEY_free(pkey);
    armalo_i_public_end(&key);
}
END_TEST

START_TEST(test_verify_lengths) {
    EVP_PKEY *pkey = signed_text(_i);
    const size_t right = c.len;
    memset(c.at + right, 0, 64);
    for (c.len = 0; c.len <= right + 64; c.len++) ck_assert_int_eq(judge(_i, text, sizeof text), c.len == right);
    memmove(c.at + 1, c.at, right);
    c.at[0] = 0;
    c.len = right + 1;
    ck_assert_int_eq(judge(_i, text, sizeof text), 0);
    c.len = sizeof c.at;
    memset(c.at, 0x30, c.len);
    ck_assert_int_eq(judge(_i, text, sizeof text), 0);
    ck_assert_int_eq(pkey_judge(&key, armalo_i_span_of(text, sizeof text), armalo_i_span_of(NULL, 0), kinds[_i].form),
                     0);
    EVP_PKEY_free(pkey);
    armalo_i_public_end(&key);
}
END_TEST

/* Another key of the same kind, and no key. */
START_TEST(test_verify_other_key) {
    static const armalo_i_public_key none;
    EVP_PKEY *pkey = signed_text(_i), *stranger = pkey_make(kinds[_i].alg);
    if (kinds[_i].alg == ARMALO_I_ALG_PS256 || kinds[_i].alg == ARMALO_I_ALG_RS256) {
        EVP_PKEY_free(stranger);
        stranger = pkey_make_rsa(2048, 65537);
    }
    armalo_i_public_end(&key);
    ck_assert_int_eq(judge(_i, text, sizeof text), -1);
    for (int alg = -1; alg <= ARMALO_I_ALGS; alg++) { /* half a key */
        if (alg == ARMALO_I_ALG_EDDSA) continue;
        key.alg = alg;
        ck_assert_int_eq(judge(_i, text, sizeof text), -1);
    }
    key = none;
    ck_assert_int_eq(pkey_of(&key, stranger, kinds[_i].alg), ARMALO_I_KEY_OK);
    ck_assert_int_eq(judge(_i, text, sizeof text), 0);
    armalo_i_public_end(&key);
    EVP_PKEY_free(stranger);
    EVP_PKEY_free(pkey);
}
END_TEST

/* r and s of 0, of n, and of what is equal to the right one modulo n. */
START_TEST(test_verify_ecdsa_range) {
    const int alg = curves[_i], kind = _i == 0 ? 1 : 3, field = (int)field_of(alg);
    ck_assert_int_eq(kinds[kind].alg, alg);
    EVP_PKEY *pkey = signed_text(kind);
    BIGNUM *order = NULL, *number = BN_new();
    ck_assert_int_eq(EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_EC_ORDER, &order), 1);
    for (int half = 0; half < 2; half++) {
        uint8_t *at = c.at + half * field, right[48];
        memcpy(right, at, (size_t)field);
        memset(at, 0, (size_t)field);
        ck_assert_int_eq(judge(kind, text, sizeof text), 0);
        BN_bn2binpad(order, at, field);
        ck_assert_int_eq(judge(kind, text, sizeof text), 0);
        at[field - 1]++;
        ck_assert_int_eq(judge(kind, text, sizeof text), 0);
        memset(at, 0xff, (size_t)field);
        ck_assert_int_eq(judge(kind, text, sizeof text), 0);
        memcpy(at, right, (size_t)field);
        ck_assert_int_eq(judge(kind, text, sizeof text), 1);
    }
    memset(c.at, 0, c.len);
    ck_assert_int_eq(judge(kind, text, sizeof text), 0);
    for (int form = -1; form < 5; form++) { /* no such form: nothing is found out */
        if (form == ARMALO_I_ECDSA_RAW || form == ARMALO_I_ECDSA_DER) continue;
        ck_assert_int_eq(pkey_judge(&key, armalo_i_span_of(text, sizeof text), pkey_span(&c), form), -1);
    }
    BN_free(number);
    BN_free(order);
    EVP_PKEY_free(pkey);
    armalo_i_public_end(&key);
}
END_TEST

/* s + n raises to the same power and has the same length, where there is room for it. */
START_TEST(test_verify_rsa_range) {
    const int alg = _i == 0 ? ARMALO_I_ALG_PS256 : ARMALO_I_ALG_RS256, kind = _i == 0 ? 5 : 6;
    unsigned tried = 0;
    EVP_PKEY *pkey = pkey_known_rsa();
    BIGNUM *n = NULL, *s = BN_new();
    ck_assert_int_eq(EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &n), 1);
    ck_assert_int_eq(pkey_of(&key, pkey, alg), ARMALO_I_KEY_OK);
    for (size_t len = 1; len <= sizeof text; len++) {
        pkey_sign(pkey, alg, 0, text, len, &c);
        ck_assert_int_eq(judge(kind, text, len), 1);
        BN_bin2bn(c.at, (int)c.len, s);
        BN_add(s, s, n);
        if (BN_num_bytes(s) > (int)c.len) continue;
        tried++;
        BN_bn2binpad(s, c.at, (int)c.len);
        ck_assert_int_eq(judge(kind, text, len), 0);
    }
    ck_assert_uint_gt(tried, 0);
    BN_bn2binpad(n, c.at, (int)c.len);
    ck_assert_int_eq(judge(kind, text, sizeof text), 0);
    memset(c.at, 0xff, c.len);
    ck_assert_int_eq(judge(kind, text, sizeof text), 0);
    memset(c.at, 0, c.len);
    ck_assert_int_eq(judge(kind, text, sizeof text), 0);
    c.at[c.len - 1] = 1;
    ck_assert_int_eq(judge(kind, text, sizeof text), 0);
    BN_free(s);
    BN_free(n);
    EVP_PKEY_free(pkey);
    armalo_i_public_end(&key);
}
END_TEST

/* The paddings that the algorithms do not have. */
START_TEST(test_verify_rsa_paddings) {
    static const struct {
        const char *digest, *mgf1;
        int salt, alg; /* which takes it */
    } cases[] = {
        {"SHA256", "SHA256", 32, ARMALO_I_ALG_PS256},
        {"SHA256", NULL, -1, ARMALO_I_ALG_RS256},
        {"SHA256", "SHA256", 0, 0},
        {"SHA256", "SHA256", 20, 0},
        {"SHA256", "SHA256", 31, 0},
        {"SHA256", "SHA256", 33, 0},
        {"SHA256", "SHA256", 222, 0}, /* all the room there is */
        {"SHA256", "SHA1", 32, 0},
        {"SHA256", "SHA512", 32, 0},
        {"SHA384", "SHA384", 32, 0},
        {"SHA384", "SHA256", 32, 0},
        {"SHA384", "SHA384", 48, 0},
        {"SHA512-256", "SHA256", 32, 0},
        {"SHA1", "SHA1", 20, 0},
        {"SHA3-256", "SHA256", 32, 0},
        {"SHA1", NULL, -1, 0},
        {"SHA384", NULL, -1, 0},
        {"SHA512-256", NULL, -1, 0},
        {"SHA3-256", NULL, -1, 0},
    };
    EVP_PKEY *pkey = pkey_known_rsa();
    armalo_i_public_key pss, pkcs1;
    ck_assert_int_eq(pkey_of(&pss, pkey, ARMALO_I_ALG_PS256), ARMALO_I_KEY_OK);
    ck_assert_int_eq(pkey_of(&pkcs1, pkey, ARMALO_I_ALG_RS256), ARMALO_I_KEY_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pkey_sign_as(pkey, cases[i].digest, cases[i].salt, cases[i].mgf1, text, sizeof text, &c);
        const armalo_i_span message = armalo_i_span_of(text, sizeof text);
        ck_assert_msg(pkey_judge(&pss, message, pkey_span(&c), 0) == (cases[i].alg == ARMALO_I_ALG_PS256), "case %zu",
                      i);
        ck_assert_msg(pkey_judge(&pkcs1, message, pkey_span(&c), 0) == (cases[i].alg == ARMALO_I_ALG_RS256), "case %zu",
                      i);
    }
    armalo_i_public_end(&pss);
    armalo_i_public_end(&pkcs1);
    EVP_PKEY_free(pkey);
}
END_TEST

/* Moduli that do not fill their bytes: PSS then has a byte less, or bits that must be zero. */
START_TEST(test_verify_rsa_sizes) {
    static const int sizes[] = {2049, 2052, 2056, 3072};
    EVP_PKEY *pkey = pkey_make_rsa_of(sizes[_i]);
    for (int kind = 5; kind <= 6; kind++) {
        ck_assert_int_eq(pkey_of(&key, pkey, kinds[kind].alg), ARMALO_I_KEY_OK);
        for (unsigned round = 0; round < 8; round++) {
            pkey_sign(pkey, kinds[kind].alg, 0, text, sizeof text - round, &c);
            ck_assert_int_eq((int)c.len, (sizes[_i] + 7) / 8);
            ck_assert_int_eq(judge(kind, text, sizeof text - round), 1);
            ck_assert_int_eq(judge(kind, text, sizeof text - round - 1), 0);
            c.at[c.len - 1 - round] ^= 1;
            ck_assert_int_eq(judge(kind, text, sizeof text - round), 0);
        }
        armalo_i_public_end(&key);
    }
    EVP_PKEY_free(pkey);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_ed25519_weak);
    tcase_add_loop_test(tc, test_ec_coordinates, 0, 2);
    tcase_add_loop_test(tc, test_ec_leading_zero, 0, 2);
    tcase_add_loop_test(tc, test_ec_point, 0, 2);
    tcase_add_loop_test(tc, test_rsa_numbers, 0, 2);
    tcase_add_loop_test(tc, test_verify_bits, 0, KINDS);
    tcase_add_loop_test(tc, test_verify_lengths, 0, KINDS);
    tcase_add_loop_test(tc, test_verify_other_key, 0, KINDS);
    tcase_add_loop_test(tc, test_verify_ecdsa_range, 0, 2);
    tcase_add_loop_test(tc, test_verify_rsa_range, 0, 2);
    tcase_add_test(tc, test_verify_rsa_paddings);
    tcase_add_loop_test(tc, test_verify_rsa_sizes, 0, 4);
}
TEST_MAIN("core_pkey", fill, 60)
