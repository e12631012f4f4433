/* SPDX-License-Identifier: MIT */
/* Keys, thumbprints and signatures of other origin: the RFCs' examples and Project Wycheproof's tables. */
#include "pkey_forge.h"

#include "vectors/keys/wycheproof_eddsa.h"
#include "vectors/keys/wycheproof_es256_der.h"
#include "vectors/keys/wycheproof_es256_raw.h"
#include "vectors/keys/wycheproof_es384_der.h"
#include "vectors/keys/wycheproof_es384_raw.h"
#include "vectors/keys/wycheproof_ps256.h"
#include "vectors/keys/wycheproof_rs256.h"

static armalo_i_public_key key;

/* Each case of a table has one answer, and it is found out. */
static void table(const wycheproof_case *rows, size_t count, int alg, int form, unsigned valid, unsigned invalid) {
    unsigned seen[2] = {0, 0};
    int refused = 1;
    for (size_t i = 0; i < count; i++) {
        static pkey_bytes a, b;
        a = pkey_hex(rows[i].message);
        b = pkey_hex(rows[i].signature);
        if (rows[i].number == 0) {
            armalo_i_public_end(&key);
            refused = (alg == ARMALO_I_ALG_EDDSA   ? pkey_ed25519(&key, &a)
                       : alg == ARMALO_I_ALG_ES256 ? pkey_ec(&key, alg, &a, &b)
                       : alg == ARMALO_I_ALG_ES384 ? pkey_ec(&key, alg, &a, &b)
                                                   : pkey_rsa(&key, alg, &a, &b)) != ARMALO_I_KEY_OK;
            if (refused) ck_assert_msg(b.at[0] == 3, "row %zu: the key is refused", i); /* the exponent of two keys */
            continue;
        }
        if (refused) continue;
        int said = pkey_judge(&key, pkey_span(&a), pkey_span(&b), form);
        ck_assert_msg(said == rows[i].holds, "case %d (%s): %d", rows[i].number, rows[i].remark, said);
        seen[said]++;
    }
    ck_assert_uint_eq(seen[1], valid);
    ck_assert_uint_eq(seen[0], invalid);
    armalo_i_public_end(&key);
}
#define TABLE(rows, ...) table(rows, sizeof rows / sizeof rows[0], __VA_ARGS__)

START_TEST(test_wycheproof) {
    TABLE(wycheproof_eddsa, ARMALO_I_ALG_EDDSA, ARMALO_I_ECDSA_RAW, 84, 61);
    TABLE(wycheproof_es256_raw, ARMALO_I_ALG_ES256, ARMALO_I_ECDSA_RAW, 146, 73);
    TABLE(wycheproof_es256_der, ARMALO_I_ALG_ES256, ARMALO_I_ECDSA_DER, 147, 240);
    TABLE(wycheproof_es384_raw, ARMALO_I_ALG_ES384, ARMALO_I_ECDSA_RAW, 167, 72);
    TABLE(wycheproof_es384_der, ARMALO_I_ALG_ES384, ARMALO_I_ECDSA_DER, 168, 240);
    TABLE(wycheproof_ps256, ARMALO_I_ALG_PS256, ARMALO_I_ECDSA_RAW, 63, 40);
    TABLE(wycheproof_rs256, ARMALO_I_ALG_RS256, ARMALO_I_ECDSA_RAW, 7, 231);
}
END_TEST

/* The one form never passes for the other, nor one algorithm's signature for the other's. */
START_TEST(test_forms_apart) {
    unsigned held = 0;
    for (size_t i = 0; i < sizeof wycheproof_es256_raw / sizeof wycheproof_es256_raw[0]; i++) {
        static pkey_bytes a, b;
        a = pkey_hex(wycheproof_es256_raw[i].message);
        b = pkey_hex(wycheproof_es256_raw[i].signature);
        if (wycheproof_es256_raw[i].number == 0) {
            armalo_i_public_end(&key);
            ck_assert_int_eq(pkey_ec(&key, ARMALO_I_ALG_ES256, &a, &b), ARMALO_I_KEY_OK);
        } else if (wycheproof_es256_raw[i].holds) {
            ck_assert_int_eq(pkey_judge(&key, pkey_span(&a), pkey_span(&b), ARMALO_I_ECDSA_DER), 0);
            held++;
        }
    }
    ck_assert_uint_gt(held, 100);
    armalo_i_public_end(&key);
    TABLE(wycheproof_ps256, ARMALO_I_ALG_PS256, ARMALO_I_ECDSA_DER, 63, 40); /* RSA has one form */
    for (size_t i = 0; i < sizeof wycheproof_ps256 / sizeof wycheproof_ps256[0]; i++) {
        static pkey_bytes a, b;
        a = pkey_hex(wycheproof_ps256[i].message);
        b = pkey_hex(wycheproof_ps256[i].signature);
        if (wycheproof_ps256[i].number == 0)
            ck_assert_int_eq(pkey_rsa(&key, ARMALO_I_ALG_RS256, &a, &b), ARMALO_I_KEY_OK);
        else if (wycheproof_ps256[i].holds) /* one of the others is a PKCS #1 signature indeed */
            ck_assert_int_eq(pkey_judge(&key, pkey_span(&a), pkey_span(&b), ARMALO_I_ECDSA_RAW), 0);
    }
    armalo_i_public_end(&key);
}
END_TEST

/* ---- RFCs ---- */

static void thumbprint(const char *want) {
    uint8_t digest[ARMALO_I_SHA256_SIZE];
    char text[ARMALO_I_BASE64_LEN(ARMALO_I_SHA256_SIZE) + 1];
    ck_assert_int_eq(armalo_i_public_thumbprint(&key, digest), 1);
    armalo_i_base64url_encode(digest, sizeof digest, text);
    ck_assert_str_eq(text, want);
}

static void jws(const char *input, const char *signature) {
    static pkey_bytes bytes;
    bytes = pkey_base64url(signature);
    ck_assert_int_eq(pkey_judge(&key, armalo_i_span_text(input), pkey_span(&bytes), ARMALO_I_ECDSA_RAW), 1);
    ck_assert_int_eq(pkey_judge(&key, armalo_i_span_text(input + 1), pkey_span(&bytes), ARMALO_I_ECDSA_RAW), 0);
}

START_TEST(test_rfc8032) { /* 7.1, tests 1 to 3 */
    static const char *const cases[][3] = {
        {"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bb"
         "e246"
         "55141438e7a100b"},
        {"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302"
         "aeeb"
         "00d291612bb0c00"},
        {"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed"
         "28dc"
         "027beceea1ec40a"},
    };
    for (size_t i = 0; i < 3; i++) {
        static pkey_bytes bytes, message, signature;
        bytes = pkey_hex(cases[i][0]);
        message = pkey_hex(cases[i][1]);
        signature = pkey_hex(cases[i][2]);
        ck_assert_int_eq(pkey_ed25519(&key, &bytes), ARMALO_I_KEY_OK);
        ck_assert_int_eq(pkey_judge(&key, pkey_span(&message), pkey_span(&signature), ARMALO_I_ECDSA_RAW), 1);
        if (message.len == 0) /* also where there is no pointer */
            ck_assert_int_eq(pkey_judge(&key, armalo_i_span_of(NULL, 0), pkey_span(&signature), ARMALO_I_ECDSA_RAW), 1);
        signature.len--;
        ck_assert_int_eq(pkey_judge(&key, pkey_span(&message), pkey_span(&signature), ARMALO_I_ECDSA_RAW), 0);
        signature.len += 2;
        ck_assert_int_eq(pkey_judge(&key, pkey_span(&message), pkey_span(&signature), ARMALO_I_ECDSA_RAW), 0);
    }
}
END_TEST

START_TEST(test_rfc8037) { /* A.2, A.3, A.5 */
    static pkey_bytes bytes;
    bytes = pkey_base64url("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    ck_assert_int_eq(pkey_ed25519(&key, &bytes), ARMALO_I_KEY_OK);
    thumbprint("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    jws("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
    armalo_i_public_end(&key);
}
END_TEST

START_TEST(test_rfc7515_a2) {
    static pkey_bytes n, e;
    n = pkey_base64url(
        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-"
        "SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXB"
        "dQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9"
        "iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ");
    e = pkey_base64url("AQAB");
    ck_assert_int_eq(pkey_rsa(&key, ARMALO_I_ALG_RS256, &n, &e), ARMALO_I_KEY_OK);
    jws("eyJhbGciOiJSUzI1NiJ9."
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
        "O8W2Fp5jujGbds9uJdbF9CUAr7t1dn"
        "ZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--"
        "xi12jzDwusC"
        "-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_"
        "IoypGlUPQGe77Rw");
    armalo_i_public_end(&key);
}
END_TEST

START_TEST(test_rfc7515_a3) {
    static pkey_bytes x, y;
    x = pkey_base64url("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
    y = pkey_base64url("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
    ck_assert_int_eq(pkey_ec(&key, ARMALO_I_ALG_ES256, &x, &y), ARMALO_I_KEY_OK);
    jws("eyJhbGciOiJFUzI1NiJ9."
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
    armalo_i_public_end(&key);
}
END_TEST

START_TEST(test_thumbprints) {
    static pkey_bytes a, b;
    uint8_t digest[ARMALO_I_SHA256_SIZE];
    ck_assert_int_eq(armalo_i_public_thumbprint(&key, digest), 0); /* of no key */
    /* RFC 7638 3.1 */
    a = pkey_base64url(
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZ"
        "CiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs"
        "8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ"
        "-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw");
    b = pkey_base64url("AQAB");
    ck_assert_int_eq(pkey_rsa(&key, ARMALO_I_ALG_PS256, &a, &b), ARMALO_I_KEY_OK);
    thumbprint("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    armalo_i_public_end(&key);
    /* RFC 9449 4.2 and 6.1 */
    a = pkey_base64url("l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs");
    b = pkey_base64url("9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA");
    ck_assert_int_eq(pkey_ec(&key, ARMALO_I_ALG_ES256, &a, &b), ARMALO_I_KEY_OK);
    thumbprint("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
    armalo_i_public_end(&key);
    /* By joserfc 1.6.5, of Wycheproof's first P-384 key. */
    a = pkey_base64url("LaV92hCJJ2pUP5_9rAv_DZdsrXHrcoDn2b_Z_uS9svIPR_-IgnQ4l3LZjMV1ITiq");
    b = pkey_base64url("S20FTWnc8-JexJ34cHFeNIg7GDYZfXb4rZYuePZXG7x0B7DWCR-eTYjwFCdEBhdP");
    ck_assert_int_eq(pkey_ec(&key, ARMALO_I_ALG_ES384, &a, &b), ARMALO_I_KEY_OK);
    thumbprint("vA1jjRof0nun04D9IUSFJkfrULKR4vocVmU8xRJAbXU");
    armalo_i_public_end(&key);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_wycheproof);
    tcase_add_test(tc, test_forms_apart);
    tcase_add_test(tc, test_rfc8032);
    tcase_add_test(tc, test_rfc8037);
    tcase_add_test(tc, test_rfc7515_a2);
    tcase_add_test(tc, test_rfc7515_a3);
    tcase_add_test(tc, test_thumbprints);
}
TEST_MAIN("core_pkey_vectors", fill, 60)
