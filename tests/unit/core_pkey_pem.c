/* SPDX-License-Identifier: MIT */
/* Public keys in PEM: written by OpenSSL, and by nobody who means well. */
#include "pkey_forge.h"

static const int algs[] = {ARMALO_I_ALG_EDDSA, ARMALO_I_ALG_ES256, ARMALO_I_ALG_ES384, ARMALO_I_ALG_PS256,
                           ARMALO_I_ALG_RS256};
#define ALGS ((int)(sizeof algs / sizeof algs[0]))

static armalo_i_public_key key;
static pkey_text text;
static size_t at;

static int rsa_alg(int alg) { return alg == ARMALO_I_ALG_RS256 ? ARMALO_I_ALG_RS256 : ARMALO_I_ALG_PS256; }

/* The next key of the text, in a block of exactly its size. */
static int next_of(const char *from, size_t len, int alg) {
    char *exact = malloc(len + (len == 0));
    if (exact == NULL) abort();
    memcpy(exact, from, len);
    memset(&key, 0xff, sizeof key);
    pkey_queue();
    int status = armalo_i_public_pem(&key, armalo_i_span_of(exact, len), &at, alg);
    free(exact);
    return pkey_status(status, &key);
}
static int next(int alg) { return next_of(text.at, text.len, alg); }
static int first(int alg) {
    at = 0;
    return next(alg);
}

static void expect_key(const EVP_PKEY *pkey, int alg) {
    armalo_i_public_key other;
    uint8_t one[32], two[32];
    ck_assert_int_eq(pkey_of(&other, pkey, alg), ARMALO_I_KEY_OK);
    ck_assert_int_eq(armalo_i_public_thumbprint(&key, one), 1);
    ck_assert_int_eq(armalo_i_public_thumbprint(&other, two), 1);
    ck_assert_mem_eq(one, two, sizeof one);
    ck_assert_int_eq(key.alg, alg);
    armalo_i_public_end(&other);
}

START_TEST(test_each) {
    const int alg = algs[_i];
    EVP_PKEY *pkey = pkey_make(alg);
    pkey_bytes signature;
    text.len = 0;
    pkey_text_public(&text, pkey);
    ck_assert_int_eq(first(rsa_alg(alg)), ARMALO_I_KEY_OK);
    expect_key(pkey, alg);
    pkey_sign(pkey, alg, ARMALO_I_ECDSA_RAW, "abc", 3, &signature);
    ck_assert_int_eq(pkey_judge(&key, armalo_i_span_text("abc"), pkey_span(&signature), ARMALO_I_ECDSA_RAW), 1);
    armalo_i_public_end(&key);
    ck_assert_int_eq(next(rsa_alg(alg)), -1);
    ck_assert_int_eq(next(rsa_alg(alg)), -1);
    /* rsa_alg is RSA's alone, and only RSA's algorithms will do for it */
    const int rsa = alg == ARMALO_I_ALG_PS256 || alg == ARMALO_I_ALG_RS256;
    for (int other = 0; other < ARMALO_I_ALGS; other++) {
        if (rsa && (other == ARMALO_I_ALG_PS256 || other == ARMALO_I_ALG_RS256)) continue;
        ck_assert_int_eq(first(other), rsa ? ARMALO_I_KEY_UNSUPPORTED : ARMALO_I_KEY_OK);
        armalo_i_public_end(&key);
    }
    EVP_PKEY_free(pkey);
}
END_TEST

START_TEST(test_several) {
    EVP_PKEY *pkeys[ALGS];
    text.len = 0;
    pkey_text_add(&text, " \t\r\n\n");
    for (int i = 0; i < ALGS - 1; i++) {
        pkeys[i] = pkey_make(algs[i]);
        pkey_text_public(&text, pkeys[i]);
        pkey_text_add(&text, i % 2 == 0 ? "" : "\r\n \n");
    }
    at = 0;
    for (int i = 0; i < ALGS - 1; i++) {
        ck_assert_int_eq(next(ARMALO_I_ALG_PS256), ARMALO_I_KEY_OK);
        expect_key(pkeys[i], algs[i]);
        armalo_i_public_end(&key);
        EVP_PKEY_free(pkeys[i]);
    }
    ck_assert_int_eq(next(ARMALO_I_ALG_PS256), -1);
    text.len = 0;
    ck_assert_int_eq(first(ARMALO_I_ALG_PS256), -1);
    pkey_text_add(&text, "\n\n");
    ck_assert_int_eq(first(ARMALO_I_ALG_PS256), -1);
}
END_TEST

/* An Ed25519 key, whose text is known to the byte (RFC 8410 10.1). */
#define BEGIN "-----BEGIN PUBLIC KEY-----\n"
#define BODY  "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="
#define END   "-----END PUBLIC KEY-----"

START_TEST(test_layout) {
    static const struct {
        int status;
        const char *text;
    } cases[] = {
        {ARMALO_I_KEY_OK, BEGIN BODY "\n" END "\n"},
        {ARMALO_I_KEY_OK, BEGIN BODY "\n" END},
        {ARMALO_I_KEY_OK, "-----BEGIN PUBLIC KEY-----\r\n" BODY "\r\n" END "\r\n"},
        {ARMALO_I_KEY_OK, BEGIN "MCowBQYDK2VwAyEAGb9ECWmE\nzf6FQbrBZ9w7lshQhqowtrbL\nDFw4rXAxZuE=\n\n" END "\n\n"},
        {ARMALO_I_KEY_OK, "\n " BEGIN BODY END},
        {ARMALO_I_KEY_OK, BEGIN BODY "\n" END " \t"},
        {ARMALO_I_KEY_BAD, "x" BEGIN BODY "\n" END},
        {ARMALO_I_KEY_BAD, "# a comment\n" BEGIN BODY "\n" END},
        {ARMALO_I_KEY_BAD, BEGIN BODY "\n" END "x"},
        {ARMALO_I_KEY_BAD, BEGIN BODY "\n" END "-"},
        {ARMALO_I_KEY_BAD, "-----BEGIN PUBLIC KEY-----" BODY "\n" END},
        {ARMALO_I_KEY_BAD, "-----BEGIN PUBLIC KEY----- \n" BODY "\n" END},
        {ARMALO_I_KEY_BAD, "------BEGIN PUBLIC KEY-----\n" BODY "\n" END},
        {ARMALO_I_KEY_BAD, "-----BEGIN  PUBLIC KEY-----\n" BODY "\n" END},
        {ARMALO_I_KEY_BAD, "-----BEGIN public key-----\n" BODY "\n-----END public key-----"},
        {ARMALO_I_KEY_BAD, "-----BEGIN PUBLIC KEY----\n" BODY "\n" END},
        {ARMALO_I_KEY_BAD, "-----BEGIN -----\n" BODY "\n-----END -----"},
        {ARMALO_I_KEY_BAD, "-----BEGIN PUBLIC KEY"},
        {ARMALO_I_KEY_BAD, "-----BEGIN "},
        {ARMALO_I_KEY_BAD, "-"},
        {ARMALO_I_KEY_BAD, BEGIN},
        {ARMALO_I_KEY_BAD, BEGIN BODY},
        {ARMALO_I_KEY_BAD, BEGIN BODY "\n"},
        {ARMALO_I_KEY_BAD, BEGIN BODY "\n-----END PUBLIC KEY----"},
        {ARMALO_I_KEY_BAD, BEGIN BODY "\n-----END PRIVATE KEY-----"},
        {ARMALO_I_KEY_BAD, BEGIN BODY "\n-----END PUBLIC KEY -----"},
        {ARMALO_I_KEY_BAD, BEGIN BODY "\n-----END PUBLIC KEX-----"},
        {ARMALO_I_KEY_BAD, BEGIN "\n" END},
        {ARMALO_I_KEY_BAD, BEGIN END},
        {ARMALO_I_KEY_BAD, BEGIN "=\n" END},
        {ARMALO_I_KEY_BAD, BEGIN "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE\n" END},
        {ARMALO_I_KEY_BAD,
         BEGIN "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuF=\n" END}, /* a stray bit */
        {ARMALO_I_KEY_BAD, BEGIN "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=A\n" END},
        {ARMALO_I_KEY_BAD, BEGIN "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n" BODY "\n" END},
        {ARMALO_I_KEY_BAD, BEGIN "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZ*E=\n" END},
        {ARMALO_I_KEY_BAD, BEGIN "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZ_E=\n" END},
        {ARMALO_I_KEY_BAD, BEGIN "Comment: of a kind\n\n" BODY "\n" END},
        {ARMALO_I_KEY_UNSUPPORTED, BEGIN "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n" BODY "\n" END},
        /* the key is right and the label is not */
        {ARMALO_I_KEY_BAD, "-----BEGIN RSA PUBLIC KEY-----\n" BODY "\n-----END RSA PUBLIC KEY-----"},
        {ARMALO_I_KEY_BAD, "-----BEGIN CERTIFICATE-----\n" BODY "\n-----END CERTIFICATE-----"},
        {ARMALO_I_KEY_BAD, "-----BEGIN PRIVATE KEY-----\n" BODY "\n-----END PRIVATE KEY-----"},
        {ARMALO_I_KEY_BAD, "-----BEGIN PUBLIC KEYS-----\n" BODY "\n-----END PUBLIC KEYS-----"},
        {ARMALO_I_KEY_BAD, "-----BEGIN PUBLIC KE-----\n" BODY "\n-----END PUBLIC KE-----"},
        {ARMALO_I_KEY_BAD, "-----BEGIN UBLIC KEY-----\n" BODY "\n-----END UBLIC KEY-----"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        at = 0;
        int status = next_of(cases[i].text, strlen(cases[i].text), ARMALO_I_ALG_PS256);
        /* What follows a block is looked at when the next one is asked for. */
        if (status == ARMALO_I_KEY_OK && next_of(cases[i].text, strlen(cases[i].text), ARMALO_I_ALG_PS256) != -1)
            status = ARMALO_I_KEY_BAD;
        ck_assert_msg(status == cases[i].status, "%d: %s", status, cases[i].text);
        armalo_i_public_end(&key);
    }
    at = 0; /* a zero byte is no white space */
    ck_assert_int_eq(next_of(BEGIN BODY "\n" END "\n", sizeof(BEGIN BODY "\n" END "\n"), ARMALO_I_ALG_PS256),
                     ARMALO_I_KEY_OK);
    armalo_i_public_end(&key);
    ck_assert_int_eq(next_of(BEGIN BODY "\n" END "\n", sizeof(BEGIN BODY "\n" END "\n"), ARMALO_I_ALG_PS256),
                     ARMALO_I_KEY_BAD);
}
END_TEST

/* A block that was cut out is passed by, whatever its key is worth; nothing else is. */
START_TEST(test_position) {
    text.len = 0;
    pkey_text_block(&text, "CERTIFICATE", "x", 1);
    pkey_text_add(&text, BEGIN BODY "\n" END "\n");
    ck_assert_int_eq(first(ARMALO_I_ALG_PS256), ARMALO_I_KEY_BAD);
    ck_assert_int_eq(next(ARMALO_I_ALG_PS256), ARMALO_I_KEY_OK);
    armalo_i_public_end(&key);
    text.len = 0;
    pkey_text_add(&text, "\n\n*" BEGIN BODY "\n" END "\n");
    at = 1;
    ck_assert_int_eq(next(ARMALO_I_ALG_PS256), ARMALO_I_KEY_BAD);
    ck_assert_uint_eq(at, 1);
    at = text.len;
    ck_assert_int_eq(next(ARMALO_I_ALG_PS256), -1);
    text.len = 0; /* its last line says more */
    pkey_text_add(&text, BEGIN BODY "\n" END "-\n");
    ck_assert_int_eq(first(ARMALO_I_ALG_PS256), ARMALO_I_KEY_BAD);
    ck_assert_uint_eq(at, 0);
}
END_TEST

/* No beginning of a text is a key. A text with a changed byte is none, or the one that it then says. */
START_TEST(test_damage) {
    EVP_PKEY *pkey = pkey_make(algs[_i]);
    unsigned refused = 0;
    text.len = 0;
    pkey_text_public(&text, pkey);
    for (size_t len = 0; len + 1 < text.len; len++) { /* without the last line's end it is whole */
        at = 0;
        ck_assert_int_eq(next_of(text.at, len, rsa_alg(algs[_i])), len == 0 ? -1 : ARMALO_I_KEY_BAD);
    }
    for (size_t i = 0; i < text.len; i++) {
        static const char with[] = {'A', 'b', '9', '/', '=', '\n', ' ', '-', 0, (char)0xff};
        const char was = text.at[i];
        for (size_t j = 0; j < sizeof with; j++) {
            text.at[i] = with[j];
            int status = first(rsa_alg(algs[_i]));
            ck_assert(status != ARMALO_I_KEY_NO_MEMORY && status != ARMALO_I_KEY_FAILED && status != -1);
            refused += status != ARMALO_I_KEY_OK;
            armalo_i_public_end(&key);
        }
        text.at[i] = was;
    }
    ck_assert_uint_gt(refused, 2 * text.len); /* a zero and 0xff are never right */
    EVP_PKEY_free(pkey);
}
END_TEST

/* ---- What is in the block ---- */

static int of_der(const void *der, size_t len) {
    text.len = 0;
    pkey_text_block(&text, "PUBLIC KEY", der, len);
    return first(ARMALO_I_ALG_PS256);
}
static int of_pkey(EVP_PKEY *pkey) {
    pkey_made(pkey);
    text.len = 0;
    pkey_text_public(&text, pkey);
    EVP_PKEY_free(pkey);
    return first(ARMALO_I_ALG_PS256);
}

START_TEST(test_unsupported) {
    EVP_PKEY *pkey = NULL, *dsa = NULL;
    ck_assert_int_eq(of_pkey(EVP_EC_gen("P-521")), ARMALO_I_KEY_UNSUPPORTED);
    ck_assert_int_eq(of_pkey(EVP_EC_gen("secp256k1")), ARMALO_I_KEY_UNSUPPORTED);
    ck_assert_int_eq(of_pkey(EVP_EC_gen("P-224")), ARMALO_I_KEY_UNSUPPORTED);
    ck_assert_int_eq(of_pkey(EVP_EC_gen("brainpoolP256r1")), ARMALO_I_KEY_UNSUPPORTED);
    ck_assert_int_eq(of_pkey(EVP_PKEY_Q_keygen(NULL, NULL, "X25519")), ARMALO_I_KEY_UNSUPPORTED);
    ck_assert_int_eq(of_pkey(EVP_PKEY_Q_keygen(NULL, NULL, "X448")), ARMALO_I_KEY_UNSUPPORTED);
    ck_assert_int_eq(of_pkey(EVP_PKEY_Q_keygen(NULL, NULL, "ED448")), ARMALO_I_KEY_UNSUPPORTED);
    EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
    ck_assert_int_eq(EVP_PKEY_keygen_init(maker), 1);
    ck_assert_int_eq(EVP_PKEY_generate(maker, &pkey), 1);
    EVP_PKEY_CTX_free(maker);
    ck_assert_int_eq(of_pkey(pkey), ARMALO_I_KEY_UNSUPPORTED);
    pkey = NULL;
    maker = EVP_PKEY_CTX_new_from_name(NULL, "DSA", NULL);
    ck_assert_int_eq(EVP_PKEY_paramgen_init(maker), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_dsa_paramgen_bits(maker, 1024), 1);
    ck_assert_int_eq(EVP_PKEY_generate(maker, &pkey), 1);
    EVP_PKEY_CTX_free(maker);
    maker = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    ck_assert_int_eq(EVP_PKEY_keygen_init(maker), 1);
    ck_assert_int_eq(EVP_PKEY_generate(maker, &dsa), 1);
    EVP_PKEY_CTX_free(maker);
    EVP_PKEY_free(pkey);
    ck_assert_int_eq(of_pkey(dsa), ARMALO_I_KEY_UNSUPPORTED);
}
END_TEST

/* RFC 5480 2.1.1: the same curve, but spelled out, could have another generator. */
START_TEST(test_explicit_curve) {
    EVP_PKEY *pkey = EVP_EC_gen("P-256");
    ck_assert_int_eq(EVP_PKEY_set_utf8_string_param(pkey, OSSL_PKEY_PARAM_EC_ENCODING, "explicit"), 1);
    ck_assert_int_eq(of_pkey(pkey), ARMALO_I_KEY_UNSUPPORTED);
    pkey = EVP_EC_gen("P-256");
    ck_assert_int_eq(EVP_PKEY_set_utf8_string_param(pkey, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "compressed"), 1);
    ck_assert_int_eq(of_pkey(pkey), ARMALO_I_KEY_OK);
    armalo_i_public_end(&key);
}
END_TEST

START_TEST(test_weak) {
    static const uint8_t head[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
    uint8_t der[4096], *end = der;
    memset(der, 0, sizeof der);
    memcpy(der, head, sizeof head);
    ck_assert_int_eq(of_der(der, sizeof head + 32), ARMALO_I_KEY_WEAK); /* of order 4; OpenSSL takes it */
    ck_assert_int_eq(of_pkey(pkey_make_rsa(1024, 65537)), ARMALO_I_KEY_WEAK);
    ck_assert_int_eq(of_pkey(pkey_make_rsa(2048, 3)), ARMALO_I_KEY_WEAK);
    EVP_PKEY *pkey = EVP_EC_gen("P-256");
    int len = i2d_PUBKEY(pkey, &end);
    ck_assert_int_eq(of_der(der, (size_t)len), ARMALO_I_KEY_OK);
    armalo_i_public_end(&key);
    der[len - 2] ^= 1;
    ck_assert_int_eq(of_der(der, (size_t)len), ARMALO_I_KEY_WEAK);
    memset(der + len - 64, 0xff, 64);
    ck_assert_int_eq(of_der(der, (size_t)len), ARMALO_I_KEY_WEAK);
    EVP_PKEY_free(pkey);
}
END_TEST

static void expect_der(const char *hex, int status) {
    pkey_bytes der = pkey_hex(hex);
    int got = of_der(der.at, der.len);
    ck_assert_msg(got == status, "%d: %s", got, hex);
    armalo_i_public_end(&key);
}

START_TEST(test_der) {
#define POINT "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"
    expect_der("302a300506032b6570032100" POINT, ARMALO_I_KEY_OK);
    expect_der("302a300506032b6570032100" POINT "00", ARMALO_I_KEY_BAD); /* behind the end */
    expect_der("302b300506032b6570032200" POINT "00", ARMALO_I_KEY_BAD); /* 33 bytes */
    expect_der("3029300506032b6570032000"
               "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166",
               ARMALO_I_KEY_BAD);                                           /* 31 bytes */
    expect_der("302c300706032b65700500032100" POINT, ARMALO_I_KEY_BAD);     /* RFC 8410 3: parameters */
    expect_der("302a300506032b6571032100" POINT, ARMALO_I_KEY_UNSUPPORTED); /* Ed448's name */
    expect_der("302a300506032b656e032100" POINT, ARMALO_I_KEY_UNSUPPORTED); /* X25519's */
    expect_der("302a300506032b6570042100" POINT, ARMALO_I_KEY_BAD);         /* no bit string */
    expect_der("302a300506032b6570032101" POINT, ARMALO_I_KEY_BAD);         /* a bit that is not used (RFC 8410 4) */
    expect_der("30812a300506032b6570032100" POINT, ARMALO_I_KEY_BAD); /* X.690 10.1: a length in its shortest form */
    expect_der("302b300506032b657003812100" POINT, ARMALO_I_KEY_BAD);
    expect_der("3000", ARMALO_I_KEY_BAD);
    expect_der("00", ARMALO_I_KEY_BAD);
    /* EC without a curve, with NULL for it, and with a curve and no point */
    expect_der("300e300906072a8648ce3d0201030100", ARMALO_I_KEY_BAD);
    expect_der("3010300b06072a8648ce3d02010500030100", ARMALO_I_KEY_BAD);
    expect_der("3018301306072a8648ce3d020106082a8648ce3d030107030100", ARMALO_I_KEY_BAD);
    /* at infinity */
    expect_der("3019301306072a8648ce3d020106082a8648ce3d03010703020000", ARMALO_I_KEY_WEAK);
}
END_TEST

/* RSA: the parameters must be NULL (RFC 3279 2.3.1), and the two numbers must be there. */
START_TEST(test_rsa_der) {
    uint8_t der[1024], *end = der;
    EVP_PKEY *pkey = pkey_known_rsa();
    const int len = i2d_PUBKEY(pkey, &end);
    ck_assert_int_eq(len, 294);
    ck_assert_int_eq(of_der(der, 294), ARMALO_I_KEY_OK);
    armalo_i_public_end(&key);
    ck_assert_int_eq(der[17], 0x05); /* NULL */
    der[17] = 0x04;
    ck_assert_int_eq(of_der(der, 294), ARMALO_I_KEY_BAD);
    der[17] = 0x05;
    der[24] = 0x31; /* no SEQUENCE inside */
    ck_assert_int_eq(of_der(der, 294), ARMALO_I_KEY_BAD);
    der[24] = 0x30;
    ck_assert_int_eq(of_der(der, 294), ARMALO_I_KEY_OK);
    armalo_i_public_end(&key);
    EVP_PKEY_free(pkey);
}
END_TEST

START_TEST(test_size) { /* a block of any size is looked at only up to a bound */
    static uint8_t der[20000];
    ck_assert_int_eq(of_der(der, 20000), ARMALO_I_KEY_BAD);
    text.len = 0;
    pkey_text_add(&text, BEGIN BODY "\n");
    for (size_t i = 0; i < 60000; i++) text.at[text.len++] = '\n';
    text.at[text.len] = 0;
    pkey_text_add(&text, END);
    ck_assert_int_eq(first(ARMALO_I_ALG_PS256), ARMALO_I_KEY_BAD);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_loop_test(tc, test_each, 0, ALGS);
    tcase_add_test(tc, test_several);
    tcase_add_test(tc, test_layout);
    tcase_add_test(tc, test_position);
    tcase_add_loop_test(tc, test_damage, 0, ALGS);
    tcase_add_test(tc, test_unsupported);
    tcase_add_test(tc, test_explicit_curve);
    tcase_add_test(tc, test_weak);
    tcase_add_test(tc, test_der);
    tcase_add_test(tc, test_rsa_der);
    tcase_add_test(tc, test_size);
}
TEST_MAIN("core_pkey_pem", fill, 60)
