/* SPDX-License-Identifier: MIT */
/* What tells "does not hold" from "could not be checked": it contradicts no signature that holds, and is certain of
 * each one that does not. */
#include "crypto/pkey_inside.h"
#include "pkey_forge.h"

#include "vectors/keys/wycheproof_es256_raw.h"
#include "vectors/keys/wycheproof_es384_raw.h"
#include "vectors/keys/wycheproof_ps256.h"
#include "vectors/keys/wycheproof_rs256.h"

static armalo_i_public_key key;
static pkey_bytes a, b;
static uint8_t digest[EVP_MAX_MD_SIZE];
static size_t digest_len;

static const armalo_i_pkey *inside(void) { return key.pkey; }

static void rsa_table(const wycheproof_case *rows, size_t count, int alg) {
    unsigned seen[2] = {0, 0};
    for (size_t i = 0; i < count; i++) {
        a = pkey_hex(rows[i].message);
        b = pkey_hex(rows[i].signature);
        if (rows[i].number == 0) {
            armalo_i_public_end(&key);
            if (pkey_rsa(&key, alg, &a, &b) != ARMALO_I_KEY_OK) break; /* the exponent 3 */
        } else if (b.len == inside()->size && armalo_i_pkey_below(b.at, inside()->body, b.len)) {
            ck_assert_int_eq(armalo_i_pkey_digest(inside(), alg, pkey_span(&a), digest, &digest_len), 1);
            ck_assert_uint_eq(digest_len, 32);
            int refuted = armalo_i_rsa_refuted(inside(), alg, digest, pkey_span(&b));
            ck_assert_msg(refuted == !rows[i].holds, "case %d (%s)", rows[i].number, rows[i].remark);
            seen[refuted]++;
        }
    }
    ck_assert(seen[0] > 5 && seen[1] > 10);
    armalo_i_public_end(&key);
}

START_TEST(test_rsa) {
    rsa_table(wycheproof_ps256, sizeof wycheproof_ps256 / sizeof wycheproof_ps256[0], ARMALO_I_ALG_PS256);
    rsa_table(wycheproof_rs256, sizeof wycheproof_rs256 / sizeof wycheproof_rs256[0], ARMALO_I_ALG_RS256);
}
END_TEST

/* What is signed in a signature's place, raised by OpenSSL: each byte of the encoding counts. */
static void raise(EVP_PKEY *pkey, const uint8_t *em, size_t len) {
    EVP_PKEY_CTX *power = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    b.len = sizeof b.at;
    ck_assert_int_eq(EVP_PKEY_sign_init(power), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(power, RSA_NO_PADDING), 1);
    ck_assert_int_eq(EVP_PKEY_sign(power, b.at, &b.len, em, len), 1);
    EVP_PKEY_CTX_free(power);
}

static void lower(EVP_PKEY *pkey, uint8_t *em, size_t len) {
    EVP_PKEY_CTX *power = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    size_t got = len;
    ck_assert_int_eq(EVP_PKEY_verify_recover_init(power), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(power, RSA_NO_PADDING), 1);
    ck_assert_int_eq(EVP_PKEY_verify_recover(power, em, &got, b.at, b.len), 1);
    ck_assert_uint_eq(got, len);
    EVP_PKEY_CTX_free(power);
}

START_TEST(test_rsa_encodings) {
    const int alg = _i == 0 ? ARMALO_I_ALG_PS256 : ARMALO_I_ALG_RS256;
    uint8_t em[256];
    EVP_PKEY *pkey = pkey_known_rsa();
    ck_assert_int_eq(pkey_of(&key, pkey, alg), ARMALO_I_KEY_OK);
    ck_assert_int_eq(armalo_i_pkey_digest(inside(), alg, armalo_i_span_text("text"), digest, &digest_len), 1);
    pkey_sign(pkey, alg, 0, "text", 4, &b);
    ck_assert_int_eq(armalo_i_rsa_refuted(inside(), alg, digest, pkey_span(&b)), 0);
    lower(pkey, em, sizeof em);
    for (size_t i = 0; i < sizeof em; i++) {
        em[i] ^= 1;
        if (armalo_i_pkey_below(em, inside()->body, sizeof em)) {
            raise(pkey, em, sizeof em);
            ck_assert_msg(armalo_i_rsa_refuted(inside(), alg, digest, pkey_span(&b)) == 1, "byte %zu", i);
        }
        em[i] ^= 1;
    }
    raise(pkey, em, sizeof em);
    ck_assert_int_eq(armalo_i_rsa_refuted(inside(), alg, digest, pkey_span(&b)), 0);
    digest[31] ^= 1;
    ck_assert_int_eq(armalo_i_rsa_refuted(inside(), alg, digest, pkey_span(&b)), 1);
    /* What cannot be raised is not refuted; nor is anything of another algorithm. */
    memset(b.at, 0xff, b.len);
    ck_assert_int_eq(armalo_i_rsa_refuted(inside(), alg, digest, pkey_span(&b)), 0);
    memset(b.at, 0, b.len);
    ck_assert_int_eq(armalo_i_rsa_refuted(inside(), ARMALO_I_ALG_NONE, digest, pkey_span(&b)), 0);
    ck_assert_int_eq(armalo_i_rsa_refuted(inside(), alg, digest, pkey_span(&b)), 1);
    armalo_i_public_end(&key);
    EVP_PKEY_free(pkey);
    ERR_clear_error();
}
END_TEST

/* Each number of bits beside whole bytes. RFC 8017 9.1.2 step 6: the bits above emBits, one less, are zero; where that
 * leaves out a byte, the byte is (8.1.2 step 2c). */
START_TEST(test_rsa_sizes) {
    const int bits = 2048 + _i;
    const size_t size = (size_t)(bits + 7) / 8;
    uint8_t em[258];
    int tried = 0;
    EVP_PKEY *pkey = pkey_make_rsa_of(bits);
    ck_assert_int_eq(pkey_of(&key, pkey, ARMALO_I_ALG_PS256), ARMALO_I_KEY_OK);
    ck_assert_int_eq(
        armalo_i_pkey_digest(inside(), ARMALO_I_ALG_PS256, armalo_i_span_text("text"), digest, &digest_len), 1);
    while (!tried) {
        pkey_sign(pkey, ARMALO_I_ALG_PS256, 0, "text", 4, &b);
        ck_assert_uint_eq(b.len, size);
        ck_assert_int_eq(armalo_i_rsa_refuted(inside(), ARMALO_I_ALG_PS256, digest, pkey_span(&b)), 0);
        lower(pkey, em, size);
        em[0] |= (uint8_t)(1 << (bits - 1) % 8); /* one bit too many; some are below the modulus all the same */
        tried = armalo_i_pkey_below(em, inside()->body, size);
        if (tried) raise(pkey, em, size);
        if (tried) ck_assert_int_eq(armalo_i_rsa_refuted(inside(), ARMALO_I_ALG_PS256, digest, pkey_span(&b)), 1);
    }
    armalo_i_public_end(&key);
    ck_assert_int_eq(pkey_of(&key, pkey, ARMALO_I_ALG_RS256), ARMALO_I_KEY_OK);
    pkey_sign(pkey, ARMALO_I_ALG_RS256, 0, "text", 4, &b);
    ck_assert_int_eq(armalo_i_rsa_refuted(inside(), ARMALO_I_ALG_RS256, digest, pkey_span(&b)), 0);
    armalo_i_public_end(&key);
    EVP_PKEY_free(pkey);
}
END_TEST

static int in_range(const uint8_t *number, size_t field) {
    static const uint8_t zero[48];
    return armalo_i_pkey_below(zero, number, field) && armalo_i_pkey_below(number, inside()->order, field);
}

static int openssl_says(const uint8_t *raw, size_t field) {
    uint8_t der[ARMALO_I_ECDSA_DER_MAX];
    EVP_PKEY_CTX *verifier = EVP_PKEY_CTX_new_from_pkey(NULL, inside()->pkey, NULL);
    ck_assert_int_eq(EVP_PKEY_verify_init(verifier), 1);
    int answer = EVP_PKEY_verify(verifier, der, armalo_i_ecdsa_to_der(raw, field, der), digest, digest_len);
    EVP_PKEY_CTX_free(verifier);
    ERR_clear_error();
    return answer;
}

/* Of ECDSA it is certain of one thing alone, which OpenSSL cannot say. */
static void ec_table(const wycheproof_case *rows, size_t count, int alg) {
    unsigned seen = 0;
    const size_t size = alg == ARMALO_I_ALG_ES256 ? 64 : 96;
    for (size_t i = 0; i < count; i++) {
        a = pkey_hex(rows[i].message);
        b = pkey_hex(rows[i].signature);
        if (rows[i].number == 0) {
            armalo_i_public_end(&key);
            ck_assert_int_eq(pkey_ec(&key, alg, &a, &b), ARMALO_I_KEY_OK);
        } else if (b.len == size) {
            ck_assert_int_eq(armalo_i_pkey_digest(inside(), alg, pkey_span(&a), digest, &digest_len), 1);
            int refuted = armalo_i_ecdsa_refuted(inside(), alg, digest, b.at);
            ck_assert_msg(!(refuted && rows[i].holds), "case %d (%s)", rows[i].number, rows[i].remark);
            if (in_range(b.at, size / 2) && in_range(b.at + size / 2, size / 2))
                ck_assert_msg(refuted == (openssl_says(b.at, size / 2) < 0), "case %d (%s)", rows[i].number,
                              rows[i].remark);
            seen += (unsigned)refuted;
        }
    }
    ck_assert_uint_ge(seen, 3); /* "point at infinity", as the table calls it, and others */
    armalo_i_public_end(&key);
}

START_TEST(test_ec) {
    ec_table(wycheproof_es256_raw, sizeof wycheproof_es256_raw / sizeof wycheproof_es256_raw[0], ARMALO_I_ALG_ES256);
    ec_table(wycheproof_es384_raw, sizeof wycheproof_es384_raw / sizeof wycheproof_es384_raw[0], ARMALO_I_ALG_ES384);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_rsa);
    tcase_add_loop_test(tc, test_rsa_encodings, 0, 2);
    tcase_add_loop_test(tc, test_rsa_sizes, 0, 10);
    tcase_add_test(tc, test_ec);
}
TEST_MAIN("core_pkey_refute", fill, 60)
