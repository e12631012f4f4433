/* SPDX-License-Identifier: MIT */
/* Keys as JWKS, did:key and PEM: which are taken, which passed over, and which refuse the whole. */
#include "pkey_forge.h"
#include "trust_forge.h"
#include "vectors/attest/didkey.h"
#include "vectors/attest/rfc7515.h"
#include "vectors/attest/rfc8037.h"

#define GOOD    ARMALO_REASON_GRANTED
#define BAD     ARMALO_REASON_TRUST_MALFORMED
#define WEAK    ARMALO_REASON_TRUST_KEY_WEAK
#define FOREIGN ARMALO_REASON_TRUST_KEY_UNSUPPORTED

#define PASSED  UINT32_C(0xFFFFFFFF) /* over */

/* One JWK before and after a good one: taken, passed over, or refused, and then nothing is made. */
static void expect_jwk_as(const char *key, int32_t rs256, uint32_t reason, int alg) {
    char *good = jwk(FORGE_OTHER, "");
    for (int turned = 0; turned < 2; turned++) {
        armalo_anchor a = anchor_of(jwks(forge_text("%s,%s", turned ? good : key, turned ? key : good)));
        a.rs256 = rs256;
        if (reason == ARMALO_REASON_GRANTED) {
            accepted(&a, 1, 2);
            if (trust->keys[turned].key.alg != alg)
                ck_abort_msg("algorithm %d of %s", trust->keys[turned].key.alg, key);
        } else if (reason == PASSED) {
            accepted(&a, 1, 1);
            must(strcmp(trust->keys[0].thumbprint, forge_signer_of(FORGE_OTHER)->thumbprint) == 0);
        } else {
            refused(&a, 1, reason, 1);
        }
    }
    if (reason == PASSED) refused_text(jwks(key), ARMALO_REASON_TRUST_EMPTY);
}
static void expect_jwk(const char *key, uint32_t reason, int alg) { expect_jwk_as(key, 0, reason, alg); }

typedef struct jwk_row {
    int which;
    const char *changes;
    uint32_t reason;
    int alg;
} jwk_row;

static void expect_rows(const jwk_row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) expect_jwk(jwk(rows[i].which, rows[i].changes), rows[i].reason, rows[i].alg);
}

START_TEST(test_jwk_type) {
    static const jwk_row rows[] = {
        {FORGE_CI, "", GOOD, EDDSA},
        {FORGE_CI_P256, "", GOOD, ES256},
        {FORGE_CI_P384, "", GOOD, ES384},
        {FORGE_CI_RSA, "", GOOD, PS256},
        {FORGE_CI, "\"kty\":", BAD, 0}, /* RFC 7517 4.1: MUST be present */
        {FORGE_CI, "\"kty\":null", BAD, 0},
        {FORGE_CI, "\"kty\":1", BAD, 0},
        {FORGE_CI, "\"kty\":[\"OKP\"]", BAD, 0},
        {FORGE_CI, "\"kty\":\"okp\"", PASSED, 0}, /* RFC 7517 4.1: case-sensitive */
        {FORGE_CI, "\"kty\":\"\"", PASSED, 0},
        {FORGE_CI, "\"kty\":\"EC\"", PASSED, 0},
        {FORGE_CI, "\"kty\":\"RSA\"", BAD, 0}, /* without a modulus */
        {FORGE_CI, "\"kty\":\"oct\"", PASSED, 0},
        {FORGE_CI, "\"kty\":\"AKP\"", PASSED, 0},
        {FORGE_CI, "\"crv\":", PASSED, 0},
        {FORGE_CI, "\"crv\":null", PASSED, 0},
        {FORGE_CI, "\"crv\":5", PASSED, 0},
        {FORGE_CI, "\"crv\":\"ed25519\"", PASSED, 0},
        {FORGE_CI, "\"crv\":\"Ed448\"", PASSED, 0},
        {FORGE_CI, "\"crv\":\"X25519\"", PASSED, 0},
        {FORGE_CI, "\"crv\":\"P-256\"", PASSED, 0},
        {FORGE_CI_P256, "\"crv\":\"P-521\"", PASSED, 0},
        {FORGE_CI_P256, "\"crv\":\"secp256k1\"", PASSED, 0},
        {FORGE_CI_P256, "\"crv\":\"Ed25519\"", PASSED, 0},
        {FORGE_CI_P256, "\"crv\":\"P-384\"", BAD, 0}, /* coordinates of another length */
        {FORGE_CI_P384, "\"crv\":\"P-256\"", BAD, 0},
        {FORGE_CI_P256, "\"kty\":\"OKP\"", PASSED, 0},
        {FORGE_CI_P256, "\"kty\":\"RSA\"", BAD, 0},
        {FORGE_CI_RSA, "\"kty\":\"EC\"", PASSED, 0},
        {FORGE_CI_RSA, "\"crv\":\"P-256\"", GOOD, PS256}, /* not a member of such keys */
        {FORGE_CI, "\"ext\":true,\"x5c\":[1],\"x\\u0035t\":{}", GOOD, EDDSA},
    };
    open_world();
    expect_rows(rows, sizeof rows / sizeof rows[0]);
    /* Members that are none. */
    static const char *const others[] = {"null", "1", "\"x\"", "[]", "true"};
    for (size_t i = 0; i < 5; i++) expect_jwk(others[i], BAD, 0);
    expect_jwk("{}", BAD, 0);
    close_world();
}
END_TEST

START_TEST(test_jwk_alg) {
    static const jwk_row rows[] = {
        {FORGE_CI, "\"alg\":\"EdDSA\"", GOOD, EDDSA},
        {FORGE_CI, "\"alg\":\"Ed25519\"", GOOD, EDDSA}, /* RFC 9864 */
        {FORGE_CI, "\"alg\":\"Ed448\"", PASSED, 0},
        {FORGE_CI, "\"alg\":\"ES256\"", FOREIGN, 0},
        {FORGE_CI, "\"alg\":\"PS256\"", FOREIGN, 0},
        {FORGE_CI, "\"alg\":\"none\"", PASSED, 0},
        {FORGE_CI, "\"alg\":\"HS256\"", PASSED, 0},
        {FORGE_CI, "\"alg\":\"eddsa\"", PASSED, 0},
        {FORGE_CI, "\"alg\":\"\"", PASSED, 0},
        {FORGE_CI, "\"alg\":null", BAD, 0},
        {FORGE_CI, "\"alg\":256", BAD, 0},
        {FORGE_CI, "\"alg\":[\"EdDSA\"]", BAD, 0},
        {FORGE_CI_P256, "\"alg\":\"ES256\"", GOOD, ES256},
        {FORGE_CI_P256, "\"alg\":\"ES384\"", FOREIGN, 0},
        {FORGE_CI_P256, "\"alg\":\"ES512\"", PASSED, 0},
        {FORGE_CI_P256, "\"alg\":\"ES256K\"", PASSED, 0},
        {FORGE_CI_P256, "\"alg\":\"ECDH-ES\"", PASSED, 0},
        {FORGE_CI_P256, "\"alg\":\"RS256\"", FOREIGN, 0},
        {FORGE_CI_P256, "\"alg\":\"EdDSA\"", FOREIGN, 0},
        {FORGE_CI_P384, "\"alg\":\"ES384\"", GOOD, ES384},
        {FORGE_CI_P384, "\"alg\":\"ES256\"", FOREIGN, 0},
        {FORGE_CI_RSA, "\"alg\":\"PS256\"", GOOD, PS256},
        {FORGE_CI_RSA, "\"alg\":\"RS256\"", GOOD, RS256},
        {FORGE_CI_RSA, "\"alg\":\"PS384\"", PASSED, 0},
        {FORGE_CI_RSA, "\"alg\":\"PS512\"", PASSED, 0},
        {FORGE_CI_RSA, "\"alg\":\"RS384\"", PASSED, 0},
        {FORGE_CI_RSA, "\"alg\":\"RS512\"", PASSED, 0},
        {FORGE_CI_RSA, "\"alg\":\"RS1\"", PASSED, 0},
        {FORGE_CI_RSA, "\"alg\":\"RSA-OAEP\"", PASSED, 0},
        {FORGE_CI_RSA, "\"alg\":\"RSA1_5\"", PASSED, 0},
        {FORGE_CI_RSA, "\"alg\":\"HS256\"", PASSED, 0},
        {FORGE_CI_RSA, "\"alg\":\"none\"", PASSED, 0},
        {FORGE_CI_RSA, "\"alg\":\"ES256\"", FOREIGN, 0},
        {FORGE_CI_RSA, "\"alg\":\"EdDSA\"", FOREIGN, 0},
        {FORGE_CI_RSA, "\"alg\":null", BAD, 0},
    };
    open_world();
    expect_rows(rows, sizeof rows / sizeof rows[0]);
    /* Of an RSA key that names none the anchor says which; of one that names one it does not. */
    expect_jwk_as(jwk(FORGE_CI_RSA, ""), 1, GOOD, RS256);
    expect_jwk_as(jwk(FORGE_CI_RSA, "\"alg\":\"RS256\""), 1, GOOD, RS256);
    expect_jwk_as(jwk(FORGE_CI_RSA, "\"alg\":\"PS256\""), 1, GOOD, PS256);
    expect_jwk_as(jwk(FORGE_CI_RSA, "\"alg\":\"RS512\""), 1, PASSED, 0);
    expect_jwk_as(jwk(FORGE_CI_P256, ""), 1, GOOD, ES256);
    expect_jwk_as(jwk(FORGE_CI, ""), 1, GOOD, EDDSA);
    /* A key signs by its own algorithm and no other. */
    accepted_text(jwks(jwk(FORGE_CI_RSA, "")), 1);
    EXPECT_GRANT(w, verify(FORGE_CI_RSA));
    EXPECT_DENY_CALL(w, verify_rs256(FORGE_CI_RSA), ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
    accepted_text(jwks(jwk(FORGE_CI_RSA, "\"alg\":\"RS256\"")), 1);
    EXPECT_DENY_CALL(w, verify(FORGE_CI_RSA), ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
    EXPECT_GRANT(w, verify_rs256(FORGE_CI_RSA));
    close_world();
}
END_TEST

START_TEST(test_jwk_use) {
    static const jwk_row rows[] = {
        {FORGE_CI, "\"use\":\"sig\"", GOOD, EDDSA},
        {FORGE_CI, "\"use\":\"enc\"", PASSED, 0},
        {FORGE_CI, "\"use\":\"SIG\"", PASSED, 0},
        {FORGE_CI, "\"use\":\"\"", PASSED, 0},
        {FORGE_CI, "\"use\":null", PASSED, 0},
        {FORGE_CI, "\"use\":1", PASSED, 0},
        {FORGE_CI, "\"use\":[\"sig\"]", PASSED, 0},
        {FORGE_CI_RSA, "\"use\":\"enc\"", PASSED, 0},
        {FORGE_CI_P256, "\"use\":\"enc\"", PASSED, 0},
        {FORGE_CI, "\"key_ops\":[\"verify\"]", GOOD, EDDSA},
        {FORGE_CI, "\"key_ops\":[\"sign\",\"verify\"]", GOOD, EDDSA},
        {FORGE_CI, "\"key_ops\":[1,\"verify\"]", GOOD, EDDSA},
        {FORGE_CI, "\"key_ops\":[\"sign\"]", PASSED, 0},
        {FORGE_CI, "\"key_ops\":[\"encrypt\",\"wrapKey\"]", PASSED, 0},
        {FORGE_CI, "\"key_ops\":[\"Verify\"]", PASSED, 0},
        {FORGE_CI, "\"key_ops\":[]", PASSED, 0},
        {FORGE_CI, "\"key_ops\":[[\"verify\"]]", PASSED, 0},
        {FORGE_CI, "\"key_ops\":\"verify\"", PASSED, 0},
        {FORGE_CI, "\"key_ops\":{\"verify\":true}", PASSED, 0},
        {FORGE_CI, "\"key_ops\":null", PASSED, 0},
        {FORGE_CI, "\"use\":\"sig\",\"key_ops\":[\"verify\"]", GOOD, EDDSA},
        {FORGE_CI, "\"use\":\"sig\",\"key_ops\":[\"decrypt\"]", PASSED, 0},
        {FORGE_CI, "\"use\":\"enc\",\"key_ops\":[\"verify\"]", PASSED, 0},
        /* What is passed over may be anything. */
        {FORGE_CI, "\"use\":\"enc\",\"x\":\"!\",\"kid\":7,\"exp\":\"never\",\"d\":\"AA\"", PASSED, 0},
        {FORGE_CI, "\"alg\":\"Ed448\",\"d\":\"AA\"", PASSED, 0},
        /* But what it binds itself to is judged first. */
        {FORGE_CI, "\"use\":\"enc\",\"alg\":\"RS256\"", FOREIGN, 0},
    };
    open_world();
    expect_rows(rows, sizeof rows / sizeof rows[0]);
    close_world();
}
END_TEST

/* A private or a symmetric key among public ones was published, or is about to be. */
START_TEST(test_jwk_private) {
    static const jwk_row rows[] = {
        {FORGE_CI, "\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\"", BAD, 0},
        {FORGE_CI, "\"d\":\"\"", BAD, 0},
        {FORGE_CI, "\"d\":null", BAD, 0},
        {FORGE_CI_P256, "\"d\":\"AA\"", BAD, 0},
        {FORGE_CI_RSA, "\"d\":\"AA\"", BAD, 0},
        {FORGE_CI, "\"k\":\"AA\"", BAD, 0},
        {FORGE_CI_RSA, "\"k\":\"AA\"", BAD, 0},
        {FORGE_CI, "\"D\":\"AA\",\"K\":\"AA\"", GOOD, EDDSA},
    };
    open_world();
    expect_rows(rows, sizeof rows / sizeof rows[0]);
    refused_text(jwks(rfc8037_private_jwk), BAD);
    refused_text(jwks(rfc7515_a2_private_jwk), BAD);
    refused_text(jwks(rfc7515_a3_private_jwk), BAD);
    /* Symmetric: no key of anybody. */
    refused_text(jwks(rfc7515_a1_jwk), ARMALO_REASON_TRUST_EMPTY);
    expect_jwk(rfc7515_a1_jwk, PASSED, 0);
    expect_jwk("{\"kty\":\"oct\",\"k\":\"AA\",\"alg\":\"HS256\",\"use\":\"sig\"}", PASSED, 0);
    expect_jwk("{\"kty\":\"oct\",\"k\":\"AA\",\"alg\":\"EdDSA\",\"crv\":\"Ed25519\"}", PASSED, 0);
    /* ES512 is not here. */
    expect_jwk(rfc7515_a4_jwk, PASSED, 0);
    expect_jwk(rfc7515_a4_private_jwk, PASSED, 0);
    /* The public ones that the RFCs print are good. */
    expect_jwk(rfc8037_jwk, GOOD, EDDSA);
    expect_jwk(rfc7515_a3_jwk, GOOD, ES256);
    expect_jwk(rfc7515_a2_jwk, GOOD, PS256);
    accepted_text(jwks(rfc8037_jwk), 1);
    ck_assert_str_eq(trust->keys[0].thumbprint, rfc8037_thumbprint);
    ck_assert_str_eq(trust->keys[0].id, rfc8037_thumbprint);
    close_world();
}
END_TEST

static char *hex_url(const char *hex) {
    pkey_bytes bytes = pkey_hex(hex);
    return forge_base64url(forge_bytes_of(bytes.at, bytes.len));
}
static char *with_text(int which, const char *name, const char *text) {
    return jwk(which, forge_text("\"%s\":\"%s\"", name, text));
}

/* The value of a member of a signer's JWK as bytes. */
static forge_bytes jwk_bytes(int which, const char *name) {
    char *text = forge_text("\"%s\":\"", name), *at = strstr(forge_signer_of(which)->jwk, text);
    must(at != NULL);
    at += strlen(text);
    pkey_bytes bytes = pkey_base64url(forge_text("%.*s", (int)strcspn(at, "\""), at));
    return forge_bytes_of(bytes.at, bytes.len);
}

/* Each member of a key in every spelling that is not its own. */
START_TEST(test_jwk_encoding) {
    static const struct {
        int which;
        const char *name;
    } members[] = {{FORGE_CI, "x"},      {FORGE_CI_P256, "x"}, {FORGE_CI_P256, "y"}, {FORGE_CI_P384, "x"},
                   {FORGE_CI_P384, "y"}, {FORGE_CI_RSA, "n"},  {FORGE_CI_RSA, "e"}};
    open_world();
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        const int which = members[i].which;
        const char *name = members[i].name;
        forge_bytes bytes = jwk_bytes(which, name);
        char *text = forge_base64url(bytes);
        expect_jwk(jwk(which, forge_text("\"%s\":", name)), BAD, 0);
        expect_jwk(jwk(which, forge_text("\"%s\":null", name)), BAD, 0);
        expect_jwk(jwk(which, forge_text("\"%s\":7", name)), BAD, 0);
        expect_jwk(jwk(which, forge_text("\"%s\":[\"%s\"]", name, text)), BAD, 0);
        expect_jwk(with_text(which, name, ""), BAD, 0);
        expect_jwk(with_text(which, name, forge_text("%s=", text)), BAD, 0);
        expect_jwk(with_text(which, name, forge_text(" %s", text)), BAD, 0);
        expect_jwk(with_text(which, name, forge_text("%s\\n", text)), BAD, 0);
        expect_jwk(with_text(which, name, forge_text("%s*", text)), BAD, 0);
        expect_jwk(with_text(which, name, forge_text("+%s", text + 1)), BAD, 0);
        expect_jwk(with_text(which, name, forge_text("/%s", text + 1)), BAD, 0);
        if (bytes.len % 3 != 0) { /* bits that no byte has */
            static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
            char *last = text + strlen(text) - 1;
            *last = digits[strchr(digits, *last) - digits + 1];
            expect_jwk(with_text(which, name, text), BAD, 0);
        }
    }
    close_world();
}
END_TEST

START_TEST(test_jwk_ed25519) {
    /* The points of order 1, 2, 4 and 8, in all the spellings that a lax reader takes (those of Curve25519's page, and
     * libsodium's list). */
    static const char *const small_order[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    };
    /* y = 2, 7, 8 and 11 have no x; y = p + 3 and p + 4 are 3 and 4, spelled too large. */
    static const char *const off_curve[] = {
        "0200000000000000000000000000000000000000000000000000000000000000",
        "0700000000000000000000000000000000000000000000000000000000000000",
        "0800000000000000000000000000000000000000000000000000000000000080",
        "0b00000000000000000000000000000000000000000000000000000000000000",
        "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "f1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    open_world();
    for (size_t list = 0; list < 2; list++) {
        const char *const *hex = list == 0 ? small_order : off_curve;
        const size_t count =
            list == 0 ? sizeof small_order / sizeof small_order[0] : sizeof off_curve / sizeof off_curve[0];
        for (size_t i = 0; i < count; i++) {
            pkey_bytes bytes = pkey_hex(hex[i]);
            must(bytes.len == 32);
            expect_jwk(with_text(FORGE_CI, "x", hex_url(hex[i])), WEAK, 0);
            armalo_anchor raw = anchor_raw(bytes.at);
            refused(&raw, 1, WEAK, 1);
            uint8_t multi[34] = {0xed, 0x01};
            memcpy(multi + 2, bytes.at, 32);
            refused_text(forge_text("did:key:z%s", forge_base58(forge_bytes_of(multi, 34))), WEAK);
            /* In PEM: RFC 8410, SubjectPublicKeyInfo of Ed25519. */
            uint8_t spki[44] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
            memcpy(spki + 12, bytes.at, 32);
            pkey_text pem = {.len = 0};
            pkey_text_block(&pem, "PUBLIC KEY", spki, sizeof spki);
            refused_text(pem.at, WEAK);
        }
    }
    forge_bytes x = jwk_bytes(FORGE_CI, "x");
    expect_jwk(with_text(FORGE_CI, "x", forge_base64url(forge_bytes_of(x.at, 31))), BAD, 0);
    expect_jwk(with_text(FORGE_CI, "x", forge_base64url(forge_join(x, forge_bytes_of("", 1)))), BAD, 0);
    expect_jwk(with_text(FORGE_CI, "x", forge_base64url(forge_join(x, x))), BAD, 0);
    close_world();
}
END_TEST

START_TEST(test_jwk_ec) {
    static const struct {
        int which;
        size_t field;
        const char *p; /* FIPS 186 */
    } curves[] = {{FORGE_CI_P256, 32, "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"},
                  {FORGE_CI_P384, 48,
                   "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff"}};
    open_world();
    for (size_t i = 0; i < 2; i++) {
        const int which = curves[i].which;
        const size_t field = curves[i].field;
        forge_bytes x = jwk_bytes(which, "x"), y = jwk_bytes(which, "y");
        must(x.len == field && y.len == field);
        uint8_t moved[48] = {0};
        for (size_t bit = 0; bit < 8 * field; bit += 37) {
            memcpy(moved, y.at, field);
            moved[bit / 8] = (uint8_t)(moved[bit / 8] ^ 1 << bit % 8);
            expect_jwk(with_text(which, "y", forge_base64url(forge_bytes_of(moved, field))), WEAK, 0);
        }
        memset(moved, 0, sizeof moved);
        char *zero = forge_base64url(forge_bytes_of(moved, field));
        expect_jwk(jwk(which, forge_text("\"x\":\"%s\",\"y\":\"%s\"", zero, zero)), WEAK, 0);
        expect_jwk(with_text(which, "y", zero), WEAK, 0);
        expect_jwk(jwk(which, forge_text("\"x\":\"%s\",\"y\":\"%s\"", forge_base64url(y), forge_base64url(x))), WEAK,
                   0);
        expect_jwk(with_text(which, "x", hex_url(curves[i].p)), WEAK, 0);
        expect_jwk(with_text(which, "y", hex_url(curves[i].p)), WEAK, 0);
        for (int other = 0; other < 2; other++) {
            const char *name = other ? "y" : "x";
            forge_bytes value = other ? y : x;
            expect_jwk(with_text(which, name, forge_base64url(forge_bytes_of(value.at, field - 1))), BAD, 0);
            expect_jwk(with_text(which, name, forge_base64url(forge_bytes_of(value.at + 1, field - 1))), BAD, 0);
            expect_jwk(with_text(which, name, forge_base64url(forge_join(forge_bytes_of("", 1), value))), BAD, 0);
            expect_jwk(with_text(which, name, forge_base64url(forge_join(value, forge_bytes_of("", 1)))), BAD, 0);
        }
    }
    close_world();
}
END_TEST

START_TEST(test_jwk_rsa) {
    static const struct {
        const char *e;
        uint32_t reason;
    } exponents[] = {{"AQAB", GOOD},
                     {"AQAD", GOOD} /* 65539 */,
                     {"AQ", WEAK} /* 1 */,
                     {"Aw", WEAK} /* 3 */,
                     {"Ag", WEAK} /* 2 */,
                     {"EQ", WEAK} /* 17 */,
                     {"AP__", BAD} /* 00 FF FF */,
                     {"__8", WEAK} /* 65535 */,
                     {"AQAA", WEAK} /* 65536 */,
                     {"AAEAAQ", BAD} /* 00 before it */,
                     {"AA", BAD},
                     {"_______w", WEAK},
                     {"AQAAAAAB", WEAK} /* 2^40+1 */};
    open_world();
    for (size_t i = 0; i < sizeof exponents / sizeof exponents[0]; i++)
        expect_jwk(with_text(FORGE_CI_RSA, "e", exponents[i].e), exponents[i].reason, PS256);
    forge_bytes n = jwk_bytes(FORGE_CI_RSA, "n");
    must(n.len == 256);
    expect_jwk(with_text(FORGE_CI_RSA, "n", forge_base64url(forge_bytes_of(n.at, 128))), WEAK, 0);
    expect_jwk(with_text(FORGE_CI_RSA, "n", forge_base64url(forge_bytes_of(n.at, 255))), WEAK, 0);
    expect_jwk(with_text(FORGE_CI_RSA, "n", forge_base64url(forge_join(forge_bytes_of("", 1), n))), BAD, 0);
    uint8_t moved[1025];
    memcpy(moved, n.at, 256);
    moved[255] ^= 1; /* even */
    expect_jwk(with_text(FORGE_CI_RSA, "n", forge_base64url(forge_bytes_of(moved, 256))), WEAK, 0);
    memcpy(moved, n.at, 256);
    moved[0] = 0x7f; /* 2047 bits */
    expect_jwk(with_text(FORGE_CI_RSA, "n", forge_base64url(forge_bytes_of(moved, 256))), WEAK, 0);
    memset(moved, 0xff, sizeof moved); /* 8192 bits, and eight more */
    expect_jwk(with_text(FORGE_CI_RSA, "n", forge_base64url(forge_bytes_of(moved, 1024))), GOOD, PS256);
    expect_jwk(with_text(FORGE_CI_RSA, "n", forge_base64url(forge_bytes_of(moved, 1025))), WEAK, 0);
    close_world();
}
END_TEST

START_TEST(test_jwk_kid) {
    open_world();
    static const struct {
        const char *kid, *id; /* id NULL: refused */
    } rows[] = {{"\"k\"", "k"},
                {"\"2010-12-29\"", "2010-12-29"},
                {"\"with space\"", "with space"},
                {"\"\\u00e4\\/\"", "\xC3\xA4/"},
                {"\"../../etc/passwd\"", "../../etc/passwd"},
                {"\"\"", NULL},
                {"null", NULL},
                {"1", NULL},
                {"[\"k\"]", NULL},
                {"\"a\\u0000b\"", NULL},
                {"\"a\\nb\"", NULL},
                {"\"\\u007f\"", NULL}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *key = jwk(FORGE_CI, forge_text("\"kid\":%s", rows[i].kid));
        if (rows[i].id == NULL) {
            expect_jwk(key, BAD, 0);
        } else {
            accepted_text(jwks(key), 1);
            ck_assert_str_eq(trust->keys[0].id, rows[i].id);
            ck_assert_str_eq(trust->keys[0].thumbprint, forge_signer_of(FORGE_CI)->thumbprint);
        }
    }
    /* What looks like a thumbprint is no id but the key's own: of another key it would be that key's name. */
    const char *own = forge_signer_of(FORGE_CI)->thumbprint, *of_another = forge_signer_of(FORGE_CI_2)->thumbprint;
    const char *const like[] = {own, of_another, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    for (size_t i = 0; i < 3; i++) {
        armalo_anchor a = anchor_of(jwks(jwk(FORGE_CI, forge_text("\"kid\":\"%s\"", like[i]))));
        a.owner = FORGE_CI_OWNER;
        accepted(&a, 1, 1);
        ck_assert_str_eq(trust->keys[0].id, own);
        set_policy(forge_text("\"any_subject\":true,\"keys\":[\"%s\"]", like[i]));
        if (i == 0)
            EXPECT_GRANT(w, verify_of(FORGE_CI, FORGE_CI_OWNER));
        else
            EXPECT_DENY_CALL(w, verify_of(FORGE_CI, FORGE_CI_OWNER), ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
        set_policy("\"issuers\":,\"any_signer\":true,\"any_subject\":true");
    }
    static const char *const unlike[] = {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+"};
    for (size_t i = 0; i < 3; i++) {
        accepted_text(jwks(jwk(FORGE_CI, forge_text("\"kid\":\"%s\"", unlike[i]))), 1);
        ck_assert_str_eq(trust->keys[0].id, unlike[i]);
    }
    accepted_text(jwks(jwk(FORGE_CI, forge_text("\"kid\":\"%0255d\"", 7))), 1);
    ck_assert_uint_eq(strlen(trust->keys[0].id), 255);
    expect_jwk(jwk(FORGE_CI, forge_text("\"kid\":\"%0256d\"", 7)), BAD, 0);
    /* Two keys may have one id: it is only a hint. */
    accepted_text(jwks(forge_text("%s,%s", jwk(FORGE_CI, "\"kid\":\"k\""), jwk(FORGE_CI_2, "\"kid\":\"k\""))), 2);
    EXPECT_GRANT(w, verify(FORGE_CI));
    EXPECT_GRANT(w, verify(FORGE_CI_2));
    close_world();
}
END_TEST

START_TEST(test_jwk_times) {
    open_world();
    static const char *const bad[] = {
        "\"1700000000\"", "1.5", "1e3", "1.0", "true", "null", "[]", "9007199254740992", "-0", "18446744073709551617"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        expect_jwk(jwk(FORGE_CI, forge_text("\"nbf\":%s", bad[i])), BAD, 0);
        expect_jwk(jwk(FORGE_CI, forge_text("\"exp\":%s", bad[i])), BAD, 0);
    }
    refused_text(jwks(jwk(FORGE_CI, "\"exp\":1e400")), BAD);
    /* An end in 1970 or before is an end, and not none. */
    static const char *const past[] = {"0", "-1", "1", "-9007199254740991"};
    for (size_t i = 0; i < 4; i++) {
        accepted_text(jwks(jwk(FORGE_CI, forge_text("\"exp\":%s", past[i]))), 1);
        EXPECT_DENY_CALL(w, verify(FORGE_CI), ARMALO_REASON_ATTEST_KEY_EXPIRED);
        accepted_text(jwks(jwk(FORGE_CI, forge_text("\"nbf\":%s", past[i]))), 1);
        EXPECT_GRANT(w, verify(FORGE_CI));
    }
    /* Until the end of the year 9999; what is later is milliseconds. */
    accepted_text(jwks(jwk(FORGE_CI, "\"exp\":253402300799")), 1);
    EXPECT_GRANT(w, verify(FORGE_CI));
    accepted_text(jwks(jwk(FORGE_CI, "\"nbf\":253402300799")), 1);
    EXPECT_DENY_CALL(w, verify(FORGE_CI), ARMALO_REASON_ATTEST_KEY_NOT_YET_VALID);
    static const char *const late[] = {"253402300800", "1700000000000", "9007199254740991"};
    for (size_t i = 0; i < 3; i++) {
        expect_jwk(jwk(FORGE_CI, forge_text("\"exp\":%s", late[i])), BAD, 0);
        expect_jwk(jwk(FORGE_CI, forge_text("\"nbf\":%s", late[i])), BAD, 0);
    }
    close_world();
}
END_TEST

START_TEST(test_jwks_form) {
    static const char *const bad[] = {
        "{}",
        "{\"keys\":null}",
        "{\"keys\":{}}",
        "{\"keys\":\"\"}",
        "{\"keys\":1}",
        "{\"Keys\":[]}",
        "{\"keys\":[],\"keys\":[]}",
        "{\"keys\":[]",
        "{\"keys\":[]}x",
        "{\"keys\":[]}{}",
        "{\"keys\":[],}",
        "[]",
        "[{\"keys\":[]}]",
        "null",
        "\"keys\"",
        "\xEF\xBB\xBF{\"keys\":[]}",
        "{",
    };
    open_world();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) refused_text(bad[i], BAD);
    refused_text("{\"keys\":[]}", ARMALO_REASON_TRUST_EMPTY);
    refused_text("{\"a\":1,\"keys\":[],\"b\":2}", ARMALO_REASON_TRUST_EMPTY);
    /* A bare JWK is no set. */
    refused_text(jwk(FORGE_CI, ""), BAD);
    /* A member of a JWK twice: RFC 7517 4. */
    refused_text(jwks(forge_replace(jwk(FORGE_CI, ""), "{", "{\"kty\":\"OKP\",")), BAD);
    char *key = jwk(FORGE_CI, "");
    accepted_text(forge_text(" \r\n\t{ \"x\" : 1 , \"keys\" : [ %s ] }\n", key), 1);
    accepted_text(forge_text("{\"k\\u0065ys\":[%s]}", key), 1);
    /* Every beginning of a set is refused, for one reason. */
    char *whole = jwks(jwk(FORGE_CI, "\"kid\":\"k\""));
    for (size_t cut = 1; cut < strlen(whole); cut++) {
        armalo_anchor a = anchor_bytes(whole, cut);
        refused(&a, 1, BAD, 1);
    }
    close_world();
}
END_TEST

/* ---- did:key ---- */

START_TEST(test_did_published) {
    open_world();
    for (size_t i = 0; i < sizeof didkey_vectors / sizeof didkey_vectors[0]; i++) {
        const didkey_vector *v = &didkey_vectors[i];
        const int is_ed25519 = strcmp(v->curve, "Ed25519") == 0;
        if (!is_ed25519 && strcmp(v->curve, "P-256") != 0) {
            refused_text(v->did, FOREIGN);
            continue;
        }
        accepted_text(v->did, 1);
        const armalo_i_trust_key *key = &trust->keys[0];
        ck_assert_int_eq(key->key.alg, is_ed25519 ? EDDSA : ES256);
        ck_assert_str_eq(key->owner, v->did);
        ck_assert_str_eq(key->id, v->did + strlen("did:key:"));
        /* The key that is in it, by its thumbprint. */
        char *text = is_ed25519 ? forge_text("{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"%s\"}", hex_url(v->x_hex))
                                : forge_text("{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}",
                                             hex_url(v->x_hex), hex_url(v->y_hex));
        ck_assert_str_eq(key->thumbprint, forge_base64url(forge_digest("SHA256", forge_bytes_text(text))));
    }
    close_world();
}
END_TEST

START_TEST(test_did_lines) {
    open_world();
    char *one = did_of(FORGE_CI), *two = did_of(FORGE_CI_P256);
    static const char *const good[] = {
        "%s\n%s",         "%s\n%s\n",     "%s\r\n%s\r\n",          "\n\n%s\n\n\n%s\n",
        "# keys\n%s\n%s", "#\n%s\n#\n%s", "\r\n%s\r\n# x\r\n%s\n", "#did:key:zzzz\n%s\n%s\n"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        char *text = forge_replace(forge_text("%s", good[i]), "%s", one);
        char *last = strstr(text, one) + strlen(one);
        last = strstr(last, one);
        text = forge_text("%.*s%s%s", (int)(last - text), text, two, last + strlen(one));
        accepted_text(text, 2);
        ck_assert_str_eq(trust->keys[0].owner, one);
        ck_assert_str_eq(trust->keys[1].owner, two);
    }
    EXPECT_GRANT(w, verify(FORGE_CI));
    EXPECT_GRANT(w, verify(FORGE_CI_P256));
    EXPECT_DENY_CALL(w, verify(FORGE_OTHER_P256), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    /* Nothing but comments is nothing. */
    static const char *const nothing[] = {"\n", "#", "\r\n", "# a\n\n# b\n", "#\r\n"};
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) refused_text(nothing[i], ARMALO_REASON_TRUST_EMPTY);
    /* One line that is none, before, after and between. */
    const char *bad[] = {
        " ",
        "\t",
        "x",
        "did:key:",
        "did:key:z",
        "did:key:z1",
        "did:web:ci.example",
        "did:KEY:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
        "DID:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
        "z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
        " did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
        "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp ",
        "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp\t",
        "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp\r\r",
        "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp # the CI",
        "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp#z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
        "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp,did:key:z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5R",
        /* Other bases, and digits that base58 leaves out. */
        "did:key:u6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
        "did:key:Z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
        "did:key:6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
        "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooW0",
        "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWO",
        "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWI",
        "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWl",
        "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooW\xC3\xA4",
        "# no comment\rdid:key:z6Mk\nx",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        refused_text(bad[i], BAD);
        refused_text(forge_text("%s\n%s\n", bad[i], one), BAD);
        refused_text(forge_text("%s\n%s\n%s", one, bad[i], two), BAD);
    }
    /* A NUL is a byte like others. */
    char *nul = forge_text("%s\n", one);
    nul[strlen(one)] = 0;
    armalo_anchor a = anchor_bytes(nul, strlen(one) + 1);
    refused(&a, 1, BAD, 1);
    close_world();
}
END_TEST

START_TEST(test_did_keys) {
    open_world();
    /* Codecs (multicodec's table) with as many bytes as they have, and with one more or fewer. */
    static const struct {
        uint8_t codec[2];
        size_t len;
        uint32_t reason;
    } rows[] = {
        {{0xed, 0x01}, 31, BAD},
        {{0xed, 0x01}, 33, BAD},
        {{0xed, 0x01}, 0, BAD},
        {{0x80, 0x24}, 32, BAD},
        {{0x80, 0x24}, 34, BAD},
        {{0x80, 0x24}, 65, BAD},
        {{0xec, 0x01}, 32, FOREIGN} /* x25519-pub */,
        {{0xe7, 0x01}, 33, FOREIGN} /* secp256k1-pub */,
        {{0x81, 0x24}, 49, FOREIGN} /* p384-pub */,
        {{0x82, 0x24}, 67, FOREIGN} /* p521-pub */,
        {{0x80, 0x26}, 32, FOREIGN} /* ed25519-priv */,
        {{0xeb, 0x01}, 96, FOREIGN} /* bls12_381-g2-pub */,
        {{0xed, 0x00}, 32, FOREIGN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t bytes[120] = {0};
        memcpy(bytes, rows[i].codec, 2);
        memcpy(bytes + 2, forge_signer_of(FORGE_CI)->raw, rows[i].len < 32 ? rows[i].len : 32);
        if (rows[i].codec[0] == 0x80 && rows[i].codec[1] == 0x24) bytes[2] = rows[i].len == 65 ? 4 : 2;
        refused_text(forge_text("did:key:z%s", forge_base58(forge_bytes_of(bytes, 2 + rows[i].len))), rows[i].reason);
    }
    /* A zero byte before it. */
    refused_text(forge_replace(did_of(FORGE_CI), "did:key:z", "did:key:z1"), FOREIGN);
    /* P-256: x has no y, or is not below p. */
    uint8_t bytes[35] = {0x80, 0x24, 0x02};
    memset(bytes + 3, 0xff, 32);
    refused_text(forge_text("did:key:z%s", forge_base58(forge_bytes_of(bytes, 35))), WEAK);
    bytes[2] = 5;
    refused_text(forge_text("did:key:z%s", forge_base58(forge_bytes_of(bytes, 35))), BAD);
    close_world();
}
END_TEST

/* ---- PEM ---- */

static const char *pem_of(EVP_PKEY *pkey) {
    pkey_text text = {.len = 0};
    pkey_text_public(&text, pkey);
    EVP_PKEY_free(pkey);
    return forge_text("%s", text.at);
}

START_TEST(test_pem) {
    open_world();
    static const int kinds[] = {FORGE_CI, FORGE_CI_P256, FORGE_CI_P384, FORGE_CI_RSA};
    static const int algs[] = {EDDSA, ES256, ES384, PS256};
    for (size_t i = 0; i < 4; i++) {
        const forge_signer *s = forge_signer_of(kinds[i]);
        accepted_text(s->public_pem, 1);
        ck_assert_int_eq(trust->keys[0].key.alg, algs[i]);
        ck_assert_str_eq(trust->keys[0].id, s->thumbprint);
        ck_assert_str_eq(trust->keys[0].thumbprint, s->thumbprint);
        ck_assert_str_eq(trust->keys[0].owner, "");
        EXPECT_GRANT(w, verify(kinds[i]));
        ck_assert_int_eq(verify(FORGE_STRANGER), 0);
        ck_assert_int_eq(verify(FORGE_STRANGER_P256), 0);
        ck_assert_int_eq(verify(FORGE_STRANGER_RSA), 0);
    }
    armalo_anchor a = anchor_of(forge_signer_of(FORGE_CI_RSA)->public_pem);
    a.rs256 = 1;
    accepted(&a, 1, 1);
    ck_assert_int_eq(trust->keys[0].key.alg, RS256);
    EXPECT_GRANT(w, verify_rs256(FORGE_CI_RSA));
    EXPECT_DENY_CALL(w, verify(FORGE_CI_RSA), ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
    /* Several, and white space around them. */
    char *both = pems(FORGE_CI, FORGE_CI_RSA);
    accepted_text(both, 2);
    accepted_text(forge_text("\n \t\r\n%s\n\n ", both), 2);
    accepted_text(forge_replace(both, "\n", "\r\n"), 2);
    accepted_text(forge_replace(both, "-----BEGIN", "\n\n-----BEGIN"), 2);
    EXPECT_GRANT(w, verify(FORGE_CI));
    EXPECT_GRANT(w, verify(FORGE_CI_RSA));
    close_world();
}
END_TEST

START_TEST(test_pem_refused) {
    open_world();
    char *one = pems(FORGE_CI, -1), *two = pems(FORGE_CI_P256, -1);
    const forge_signer *s = forge_signer_of(FORGE_CI);
    const char *bad[] = {
        forge_text("x\n%s", one),
        forge_text("# a comment\n%s", one),
        forge_text("%sx", one),
        forge_text("%s\nSubject: CI\n%s", one, two),
        forge_text("%s{}", one),
        forge_text("%sdid:key:z6Mk", one),
        forge_text("%s%s", one, did_of(FORGE_CI_P256)),
        forge_text("%s\n%s", did_of(FORGE_CI_P256), one),
        s->private_pem,
        forge_text("%s%s", two, s->private_pem),
        forge_replace(one, "PUBLIC KEY", "PRIVATE KEY"),
        forge_replace(one, "PUBLIC KEY", "RSA PUBLIC KEY"),
        forge_replace(one, "PUBLIC KEY", "EC PARAMETERS"),
        forge_replace(one, "PUBLIC KEY", "OPENSSH PUBLIC KEY"),
        forge_replace(one, "-----END PUBLIC KEY-----", "-----END PRIVATE KEY-----"),
        forge_replace(one, "-----END PUBLIC KEY-----", ""),
        forge_replace(one, "-----BEGIN PUBLIC KEY-----", "----BEGIN PUBLIC KEY----"),
        forge_replace(one, "-----BEGIN PUBLIC KEY-----", "-----begin public key-----"),
        "-----BEGIN PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        "-----BEGIN PUBLIC KEY-----\n!\n-----END PUBLIC KEY-----\n",
        "-----BEGIN \n",
        "-----BEGIN",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) refused_text(bad[i], BAD);
    /* A certificate behind a key is none that could be judged. */
    refused_text(forge_text("%s-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", one), BAD);
    /* Keys of other kinds. */
    EVP_PKEY *pss = NULL;
    EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
    ck_assert_int_eq(EVP_PKEY_keygen_init(maker), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_keygen_bits(maker, 2048), 1);
    ck_assert_int_eq(EVP_PKEY_generate(maker, &pss), 1);
    EVP_PKEY_CTX_free(maker);
    refused_text(pem_of(pss), FOREIGN);
    refused_text(pem_of(EVP_PKEY_Q_keygen(NULL, NULL, "X25519")), FOREIGN);
    refused_text(pem_of(EVP_PKEY_Q_keygen(NULL, NULL, "ED448")), FOREIGN);
    refused_text(pem_of(EVP_EC_gen("P-521")), FOREIGN);
    refused_text(pem_of(EVP_EC_gen("secp256k1")), FOREIGN);
    const char *foreign = pem_of(EVP_EC_gen("P-521"));
    refused_text(forge_text("%s%s", one, foreign), FOREIGN);
    /* Weak ones. */
    refused_text(pem_of(pkey_make_rsa(1024, 65537)), WEAK);
    refused_text(pem_of(pkey_make_rsa(2048, 3)), WEAK);
    close_world();
}
END_TEST

static void fill(TCase *tc) {
    for (int i = 0; i < FORGE_EXTRA; i++) (void)forge_signer_of(i);
    tcase_add_test(tc, test_jwk_type);
    tcase_add_test(tc, test_jwk_alg);
    tcase_add_test(tc, test_jwk_use);
    tcase_add_test(tc, test_jwk_private);
    tcase_add_test(tc, test_jwk_encoding);
    tcase_add_test(tc, test_jwk_ed25519);
    tcase_add_test(tc, test_jwk_ec);
    tcase_add_test(tc, test_jwk_rsa);
    tcase_add_test(tc, test_jwk_kid);
    tcase_add_test(tc, test_jwk_times);
    tcase_add_test(tc, test_jwks_form);
    tcase_add_test(tc, test_did_published);
    tcase_add_test(tc, test_did_lines);
    tcase_add_test(tc, test_did_keys);
    tcase_add_test(tc, test_pem);
    tcase_add_test(tc, test_pem_refused);
}

TEST_MAIN("attest_trust_keys", fill, 60)
