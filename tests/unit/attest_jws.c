/* SPDX-License-Identifier: MIT */
/* JWS: published ones and those of another implementation, and each defect of header, encoding and signature, one at a
 * time. Claims are in attest_jws_claims.c. */
#include "attest_forge.h"
#include "pkey_forge.h"
#include "vectors/attest/node_jws.h"
#include "vectors/attest/rfc7515.h"
#include "vectors/attest/rfc8037.h"

#include <openssl/hmac.h>

static forge_court c;
static forge_jws f;

static void open_court(const char *changes) {
    forge_court_open(&c, changes);
    forge_jws_init(&f);
}
static void close_court(void) { forge_court_close(&c); }

static int judge(const char *jws) { return forge_court_judge(&c, jws, FORGE_SUB); }
static int compact(void) { return judge(forge_jws_compact(&f)); }
static int flattened(void) { return judge(forge_jws_flattened(&f)); }

/* In both forms. */
#define GRANTS()                                                                                                       \
    do {                                                                                                               \
        EXPECT_GRANT(c.w, compact());                                                                                  \
        EXPECT_GRANT(c.w, flattened());                                                                                \
    } while (0)
#define DENIES(reason)                                                                                                 \
    do {                                                                                                               \
        EXPECT_DENY_CALL(c.w, compact(), reason);                                                                      \
        EXPECT_DENY_CALL(c.w, flattened(), reason);                                                                    \
    } while (0)

static void sign_as(int which) { forge_jws_signer(&f, forge_signer_of(which)); }

static forge_bytes decode(const char *base64url) {
    pkey_bytes bytes = pkey_base64url(base64url);
    return forge_bytes_of(bytes.at, bytes.len);
}

/* The compact JWS with one bit of one of its parts changed, re-encoded. */
static char *flipped(const char *jws, int part, size_t bit) {
    char *copy = forge_text("%s", jws), *text[3];
    text[0] = copy;
    text[1] = strchr(copy, '.') + 1;
    text[2] = strchr(text[1], '.') + 1;
    text[1][-1] = text[2][-1] = 0;
    forge_bytes bytes = decode(text[part]);
    must(bit / 8 < bytes.len);
    uint8_t *at = (uint8_t *)(uintptr_t)bytes.at;
    at[bit / 8] = (uint8_t)(at[bit / 8] ^ 1 << bit % 8);
    text[part] = forge_base64url(bytes);
    return forge_text("%s.%s.%s", text[0], text[1], text[2]);
}

/* ---- Published ---- */

/* This JWK alone, of this owner. */
static void trust_jwk(const char *keys, const char *owner, int rs256) {
    static forge_anchors anchors;
    anchors.count = 0;
    armalo_anchor *a = forge_anchor(&anchors, forge_signer_of(FORGE_CI), owner);
    a->data = forge_text("{\"keys\":[%s]}", keys);
    a->len = strlen(a->data);
    a->key_id = NULL;
    a->rs256 = rs256;
    forge_court_trust(&c, &anchors);
}

#define JOE "\"issuers\":[\"joe\"],\"any_subject\":true,\"algorithms\":[\"RS256\",\"ES256\",\"EdDSA\"]"

static int published(const char *jws) { return forge_court_judge(&c, jws, NULL); }

START_TEST(test_rfc7515) {
    static const struct {
        const char *name, *jwk, *jws;
    } rows[] = {{"A.2", rfc7515_a2_jwk, rfc7515_a2_jws},
                {"A.3", rfc7515_a3_jwk, rfc7515_a3_jws},
                {"A.7", rfc7515_a3_jwk, rfc7515_a7_jws}};
    open_court(JOE);
    const int64_t end_ms = INT64_C(1300819380000); /* in March 2011 */
    for (size_t i = 0; i < 3; i++) {
        trust_jwk(rows[i].jwk, "joe", 1);
        c.w->now_ms = end_ms - 1;
        EXPECT_GRANT(c.w, published(rows[i].jws));
        ck_assert_str_eq(c.w->why.principal, "joe");
        c.w->now_ms = end_ms;
        EXPECT_DENY_CALL(c.w, published(rows[i].jws), ARMALO_REASON_ATTEST_EXPIRED);
        c.w->now_ms = end_ms - 1;
        EXPECT_DENY_CALL(c.w, forge_court_judge(&c, rows[i].jws, "joe"), ARMALO_REASON_ATTEST_SUBJECT_MISMATCH);
        if (rows[i].jws[0] == '{') continue;
        for (size_t bit = 0; bit < 512; bit += 73) {
            EXPECT_DENY_CALL(c.w, published(flipped(rows[i].jws, 2, bit)), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
            EXPECT_DENY_CALL(c.w, published(flipped(rows[i].jws, 1, bit)), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
        }
    }
    /* A.2 again: the owner is another, the key is bound to PS256, the key is another. */
    trust_jwk(rfc7515_a2_jwk, "jim", 1);
    EXPECT_DENY_CALL(c.w, published(rfc7515_a2_jws), ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
    trust_jwk(rfc7515_a2_jwk, "joe", 0);
    EXPECT_DENY_CALL(c.w, published(rfc7515_a2_jws), ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
    trust_jwk(rfc7515_a3_jwk, "joe", 1);
    EXPECT_DENY_CALL(c.w, published(rfc7515_a2_jws), ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
    /* RS256 only where the policy names it. */
    forge_court_policy(&c, "\"issuers\":[\"joe\"],\"any_subject\":true");
    trust_jwk(rfc7515_a2_jwk, "joe", 1);
    EXPECT_DENY_CALL(c.w, published(rfc7515_a2_jws), ARMALO_REASON_ATTEST_ALGORITHM_REFUSED);
    close_court();
}
END_TEST

START_TEST(test_rfc7515_refused) {
    open_court(JOE);
    c.w->now_ms = INT64_C(1300819379000);
    trust_jwk(forge_text("%s,%s,%s,%s", rfc7515_a1_jwk, rfc7515_a2_jwk, rfc7515_a3_jwk, rfc7515_a4_jwk), "joe", 1);
    EXPECT_GRANT(c.w, published(rfc7515_a2_jws));
    EXPECT_DENY_CALL(c.w, published(rfc7515_a1_jws), ARMALO_REASON_ATTEST_ALGORITHM_REFUSED); /* HS256 */
    EXPECT_DENY_CALL(c.w, published(rfc7515_a4_jws), ARMALO_REASON_ATTEST_ALGORITHM_REFUSED); /* ES512 */
    EXPECT_DENY_CALL(c.w, published(rfc7515_a5_jws), ARMALO_REASON_ATTEST_ALGORITHM_REFUSED); /* none */
    /* The general form, though both of its signatures are good ones. */
    EXPECT_DENY_CALL(c.w, published(rfc7515_a6_jws), ARMALO_REASON_ATTEST_FORMAT_UNKNOWN);
    close_court();
}
END_TEST

/* Its payload is no JSON, which is told only once the signature holds. */
START_TEST(test_rfc8037) {
    open_court(JOE);
    trust_jwk(rfc8037_jwk, "joe", 0);
    EXPECT_DENY_CALL(c.w, published(rfc8037_jws), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
    for (size_t bit = 0; bit < 512; bit += 7)
        EXPECT_DENY_CALL(c.w, published(flipped(rfc8037_jws, 2, bit)), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    for (size_t bit = 0; bit < 8 * (sizeof rfc8037_payload - 1); bit++)
        EXPECT_DENY_CALL(c.w, published(flipped(rfc8037_jws, 1, bit)), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    trust_jwk(forge_signer_of(FORGE_STRANGER)->jwk, "joe", 0);
    EXPECT_DENY_CALL(c.w, published(rfc8037_jws), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    close_court();
}
END_TEST

#define NODE_OWNER "https://issuer.example"

START_TEST(test_node) {
    static const char *const good[] = {node_jws_eddsa, node_jws_es256, node_jws_es384, node_jws_ps256, node_jws_rs256};
    static const char *const ids[] = {"node-eddsa", "node-es256", "node-es384", "node-ps256", "node-rs256"};
    open_court("\"issuers\":[\"" NODE_OWNER "\"],\"audience\":[\"https://verifier.example\"],\"expiry_required\":true,"
               "\"any_age\":,\"typ\":[\"JWT\"],\"algorithms\":[\"EdDSA\",\"ES256\",\"ES384\",\"PS256\",\"RS256\"]");
    char *keys = forge_text("%s", node_jws_jwks + strlen("{\"keys\":["));
    keys[strlen(keys) - 2] = 0;
    trust_jwk(keys, NODE_OWNER, 0);
    for (size_t i = 0; i < 5; i++) {
        armalo_attest_request request = forge_request(good[i], "agent_1");
        armalo_attested *attested = NULL;
        armalo_attested_facts facts;
        char value[400];
        size_t len = 0;
        EXPECT_GRANT(c.w, forge_verify(c.w, c.policy, c.trust, &request, &attested));
        armalo_attested_facts_get(attested, 0, &facts);
        ck_assert_int_eq(facts.format, ARMALO_FORMAT_JWS);
        ck_assert_str_eq(facts.owner, NODE_OWNER);
        ck_assert_str_eq(facts.key_id, ids[i]);
        ck_assert_str_eq(facts.type, "JWT");
        ck_assert_str_eq(facts.id, "j-1");
        ck_assert_int_eq(facts.issued_ms, INT64_C(1700000000000));
        ck_assert_int_eq(facts.expires_ms, INT64_C(1700003600000));
        ck_assert_int_eq(armalo_attested_value(attested, "", value, sizeof value, &len, NULL), 1);
        ck_assert_str_eq(value, node_jws_payload);
        armalo_attested_free(attested);
        for (size_t bit = 0; bit < 500; bit += 61) {
            EXPECT_DENY_CALL(c.w, judge(flipped(good[i], 2, bit)), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
            EXPECT_DENY_CALL(c.w, judge(flipped(good[i], 1, bit)), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
        }
    }
    static const struct {
        const char *jws;
        uint32_t reason;
    } bad[] = {
        {node_jws_es256_der, ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH},
        {node_jws_ps256_salt20, ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH},
        {node_jws_hs256_public_key, ARMALO_REASON_ATTEST_ALGORITHM_REFUSED},
        {node_jws_ps256_with_rs256_key,
         ARMALO_REASON_ATTEST_SIGNER_UNKNOWN}, /* the key that it names is no PS256 key */
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        EXPECT_DENY_CALL(c.w, forge_court_judge(&c, bad[i].jws, "agent_1"), bad[i].reason);
    close_court();
}
END_TEST

/* ---- Algorithms ---- */

static const int signers[] = {FORGE_CI, FORGE_CI_P256, FORGE_CI_P384, FORGE_CI_RSA};
static const char *const names[] = {"EdDSA", "ES256", "ES384", "PS256"};

START_TEST(test_algorithms) {
    open_court("");
    for (size_t i = 0; i < 4; i++) {
        forge_court_policy(&c, "");
        sign_as(signers[i]);
        GRANTS();
        /* Only with those that the policy names. */
        for (size_t k = 0; k < 4; k++) {
            forge_court_policy(&c, forge_text("\"algorithms\":[\"%s\",\"RS256\"]", names[k]));
            if (i == k)
                GRANTS();
            else
                DENIES(ARMALO_REASON_ATTEST_ALGORITHM_REFUSED);
        }
    }
    /* RFC 9864's name of the same. */
    sign_as(FORGE_CI);
    forge_put(&f.header, "alg", "\"Ed25519\"");
    forge_court_policy(&c, "");
    GRANTS();
    forge_court_policy(&c, "\"algorithms\":[\"EdDSA\"]");
    GRANTS();
    forge_court_policy(&c, "\"algorithms\":[\"Ed25519\"]");
    GRANTS();
    close_court();
}
END_TEST

/* The header asks for what the key is not for. Where it names the key it names none that could be; where it names none,
 * those of that algorithm did not sign. */
START_TEST(test_algorithm_of_another_key) {
    open_court("\"algorithms\":[\"EdDSA\",\"ES256\",\"ES384\",\"PS256\",\"RS256\"]");
    for (size_t i = 0; i < 4; i++) {
        for (size_t k = 0; k < 5; k++) {
            if (i == k) continue;
            sign_as(signers[i]);
            forge_put(&f.header, "alg", forge_quote(k < 4 ? names[k] : "RS256"));
            DENIES(ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
            forge_drop(&f.header, "kid");
            DENIES(k < 4 ? ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH : ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
        }
    }
    /* An RSA key bound to PS256 makes an RS256 signature, under either name. */
    sign_as(FORGE_CI_RSA);
    f.alg = FORGE_RS256;
    DENIES(ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    forge_put(&f.header, "alg", "\"RS256\"");
    DENIES(ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
    close_court();
}
END_TEST

START_TEST(test_no_algorithm) {
    static const char *const refused[] = {"none",   "None",      "NONE",  "nOnE",           "n\\u006fne",  "none ",
                                          "",       "HS256",     "HS384", "HS512",          "RS384",       "RS512",
                                          "PS384",  "PS512",     "ES512", "ES256K",         "Ed448",       "EdDSA ",
                                          "eddsa",  "EDDSA",     "es256", "ES 256",         "RSA1_5",      "dir",
                                          "A128KW", "ML-DSA-44", "X",     "\\ud83d\\ude00", "EdDSA\\u0000"};
    static const char *const malformed[] = {"null", "true",        "0",  "256",
                                            "[]",   "[\"EdDSA\"]", "{}", "{\"alg\":\"EdDSA\"}"};
    open_court("\"algorithms\":[\"EdDSA\",\"ES256\",\"ES384\",\"PS256\",\"RS256\"]");
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        forge_jws_init(&f);
        forge_put(&f.header, "alg", forge_quote(refused[i]));
        DENIES(ARMALO_REASON_ATTEST_ALGORITHM_REFUSED);
        f.part[2] = ""; /* and without a signature */
        DENIES(ARMALO_REASON_ATTEST_ALGORITHM_REFUSED);
        f.part[2] = "AA";
        DENIES(ARMALO_REASON_ATTEST_ALGORITHM_REFUSED);
    }
    forge_jws_init(&f);
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        forge_put(&f.header, "alg", malformed[i]);
        DENIES(ARMALO_REASON_ATTEST_MALFORMED);
    }
    forge_rename(&f.header, "alg", "Alg");
    DENIES(ARMALO_REASON_ATTEST_MALFORMED);
    forge_drop(&f.header, "Alg");
    DENIES(ARMALO_REASON_ATTEST_MALFORMED);
    close_court();
}
END_TEST

/* A MAC under everything that is public of a key. */
START_TEST(test_keyed_hash) {
    open_court("\"algorithms\":[\"EdDSA\",\"ES256\",\"ES384\",\"PS256\",\"RS256\"]");
    for (size_t i = 0; i < 4; i++) {
        const forge_signer *s = forge_signer_of(signers[i]);
        const char *secrets[] = {s->public_pem, s->jwk, s->thumbprint, s->id, ""};
        for (size_t k = 0; k < 5; k++) {
            uint8_t tag[32];
            unsigned len = 0;
            const char *part[3];
            sign_as(signers[i]);
            forge_put(&f.header, "alg", "\"HS256\"");
            forge_jws_parts(&f, part);
            char *message = forge_text("%s.%s", part[0], part[1]);
            if (HMAC(EVP_sha256(), secrets[k], (int)strlen(secrets[k]), (const unsigned char *)message, strlen(message),
                     tag, &len) == NULL)
                abort();
            f.part[2] = forge_base64url(forge_bytes_of(tag, len));
            DENIES(ARMALO_REASON_ATTEST_ALGORITHM_REFUSED);
            f.part[2] = NULL;
        }
    }
    close_court();
}
END_TEST

/* ---- Signatures ---- */

START_TEST(test_signature_form) {
    open_court("");
    for (size_t i = 0; i < 4; i++) {
        const char *part[3];
        sign_as(signers[i]);
        forge_jws_parts(&f, part);
        forge_bytes good = decode(part[2]);
        f.part[2] = forge_base64url(forge_bytes_of(good.at, good.len - 1));
        DENIES(ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
        f.part[2] = forge_base64url(forge_bytes_of(good.at + 1, good.len - 1));
        DENIES(ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
        f.part[2] = forge_base64url(forge_join(good, forge_bytes_of("", 1)));
        DENIES(ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
        f.part[2] = forge_base64url(forge_join(forge_bytes_of("", 1), good));
        DENIES(ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
        f.part[2] = forge_base64url(forge_join(good, good));
        DENIES(ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
        f.part[2] = forge_base64url(forge_bytes_of(good.at, 1));
        DENIES(ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
        uint8_t *zeros = forge_keep(good.len);
        memset(zeros, 0, good.len);
        f.part[2] = forge_base64url(forge_bytes_of(zeros, good.len));
        DENIES(ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
        memset(zeros, 0xff, good.len);
        f.part[2] = forge_base64url(forge_bytes_of(zeros, good.len));
        DENIES(ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
        f.part[2] = "";
        DENIES(ARMALO_REASON_ATTEST_SIGNATURE_MISSING);
        f.part[2] = part[2];
        GRANTS();
        /* Over other claims, or under another header. */
        f.part[1] = forge_base64url(forge_bytes_text(forge_replace(forge_object_text(&f.claims), "93", "94")));
        DENIES(ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
        f.part[1] = NULL;
        forge_put(&f.header, "x", "1");
        DENIES(ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
        forge_drop(&f.header, "x");
        f.part[2] = NULL;
    }
    /* RFC 7518 3.4: r and s side by side, whatever a policy says of envelopes. */
    for (int der = 0; der < 2; der++) {
        forge_court_policy(&c, der ? "\"ecdsa\":\"der\"" : "\"ecdsa\":\"raw\"");
        for (size_t i = 1; i <= 2; i++) {
            sign_as(signers[i]);
            f.form = FORGE_DER;
            DENIES(ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
            f.form = FORGE_RAW;
            GRANTS();
        }
    }
    close_court();
}
END_TEST

/* There is one signature, so there is no second key. */
START_TEST(test_threshold) {
    open_court("\"threshold\":2");
    DENIES(ARMALO_REASON_ATTEST_THRESHOLD);
    forge_court_policy(&c, "\"threshold\":1");
    GRANTS();
    close_court();
}
END_TEST

/* ---- Key ids ---- */

START_TEST(test_kid) {
    open_court("");
    /* None, or one that nobody knows: all keys that the policy accepts are tried. */
    const char *unknown[] = {"\"\"",
                             "\"ci-9\"",
                             "\"../../../../etc/passwd\"",
                             "\"/dev/null\"",
                             "\"' OR '1'='1\"",
                             "\"x' UNION SELECT 'key\"",
                             "\"https://evil.example/jwks.json\"",
                             "\"${jndi:ldap://evil.example}\"",
                             "\"%00\"",
                             "\"ci-1\\u0000\"",
                             "\"CI-1\"",
                             "\"ci-\"",
                             "\"ci-12\"",
                             "\"other-1\"", /* of a key that the policy does not accept */
                             "\"stranger-1\"",
                             forge_text("\"%04000d\"", 7)};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        /* One that is empty names nobody, not even a stranger. */
        const uint32_t reason = i == 0 ? ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH : ARMALO_REASON_ATTEST_SIGNER_UNKNOWN;
        sign_as(FORGE_CI_2);
        forge_put(&f.header, "kid", unknown[i]);
        GRANTS();
        sign_as(FORGE_STRANGER);
        forge_put(&f.header, "kid", unknown[i]);
        DENIES(reason);
        sign_as(FORGE_OTHER); /* a trusted key, but not the policy's */
        forge_put(&f.header, "kid", unknown[i]);
        DENIES(reason);
    }
    /* One that is known is tried first, and no more. */
    static const char *const known[] = {"ci-2", "ci\\u002d2"};
    for (size_t i = 0; i < 2; i++) {
        sign_as(FORGE_CI_2);
        forge_put(&f.header, "kid", forge_quote(known[i]));
        GRANTS();
    }
    forge_put(&f.header, "kid", forge_quote(forge_signer_of(FORGE_CI_2)->thumbprint));
    GRANTS();
    sign_as(FORGE_CI_2);
    forge_put(&f.header, "kid", "\"ci-1\"");
    GRANTS();
    forge_put(&f.header, "kid", forge_quote(forge_signer_of(FORGE_CI)->thumbprint));
    GRANTS();
    sign_as(FORGE_STRANGER);
    forge_put(&f.header, "kid", "\"ci-1\"");
    DENIES(ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    forge_drop(&f.header, "kid");
    DENIES(ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    static const char *const malformed[] = {"null", "1", "true", "[]", "[\"ci-1\"]", "{}"};
    sign_as(FORGE_CI);
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        forge_put(&f.header, "kid", malformed[i]);
        DENIES(ARMALO_REASON_ATTEST_MALFORMED);
    }
    close_court();
}
END_TEST

/* ---- What a header may not say ---- */

START_TEST(test_key_embedded) {
    static const char *const members[] = {"jwk", "jku", "x5u", "x5c"};
    open_court("");
    for (int which = 0; which < 2; which++) {
        const int signer = which == 0 ? FORGE_STRANGER : FORGE_CI;
        for (size_t i = 0; i < 4; i++) {
            const char *values[] = {forge_signer_of(signer)->jwk,
                                    "\"https://ci.example/jwks.json\"",
                                    "[\"MIIB\"]",
                                    "null",
                                    "\"\"",
                                    "{}",
                                    "[]"};
            for (size_t v = 0; v < sizeof values / sizeof values[0]; v++) {
                forge_jws_init(&f);
                sign_as(signer);
                forge_put(&f.header, members[i], values[v]);
                DENIES(ARMALO_REASON_ATTEST_KEY_EMBEDDED);
                forge_drop(&f.header, members[i]);
                forge_put(&f.open_header, members[i], values[v]);
                EXPECT_DENY_CALL(c.w, flattened(), ARMALO_REASON_ATTEST_KEY_EMBEDDED);
            }
            /* However it is spelled; but case counts. */
            forge_jws_init(&f);
            sign_as(signer);
            forge_put(&f.header, forge_text("\\u00%02x%s", (unsigned)members[i][0], members[i] + 1), "\"x\"");
            DENIES(ARMALO_REASON_ATTEST_KEY_EMBEDDED);
        }
    }
    /* Digests of certificates and names in other cases say nothing. */
    forge_jws_init(&f);
    forge_put(&f.header, "x5t", "\"AA\"");
    forge_put(&f.header, "x5t#S256", "\"AA\"");
    forge_put(&f.header, "JWK", "{}");
    forge_put(&f.header, "cty", "\"JWT\"");
    forge_put(&f.header, "unknown", "[{\"jwk\":1}]");
    GRANTS();
    close_court();
}
END_TEST

START_TEST(test_critical) {
    static const char *const crit[] = {"[\"exp\"]", "[\"b64\"]", "[\"alg\"]", "[]",   "[1]",
                                       "\"exp\"",   "null",      "{}",        "false"};
    static const char *const b64[] = {"false", "null", "0", "1", "\"true\"", "\"false\"", "[]", "{}"};
    open_court("");
    for (size_t i = 0; i < sizeof crit / sizeof crit[0]; i++) {
        forge_jws_init(&f);
        forge_put(&f.header, "crit", crit[i]);
        DENIES(ARMALO_REASON_ATTEST_CRITICAL);
        forge_put(&f.header, "exp", "1700009999"); /* what it names is there */
        forge_put(&f.header, "b64", "true");
        DENIES(ARMALO_REASON_ATTEST_CRITICAL);
        forge_jws_init(&f);
        forge_put(&f.open_header, "crit", crit[i]);
        EXPECT_DENY_CALL(c.w, flattened(), ARMALO_REASON_ATTEST_CRITICAL);
    }
    for (size_t i = 0; i < sizeof b64 / sizeof b64[0]; i++) {
        forge_jws_init(&f);
        forge_put(&f.header, "b64", b64[i]);
        DENIES(ARMALO_REASON_ATTEST_CRITICAL);
        forge_jws_init(&f);
        forge_put(&f.open_header, "b64", b64[i]);
        EXPECT_DENY_CALL(c.w, flattened(), ARMALO_REASON_ATTEST_CRITICAL);
    }
    /* RFC 7797: what it is without. */
    forge_jws_init(&f);
    forge_put(&f.header, "b64", "true");
    GRANTS();
    /* An unencoded payload (RFC 7797 4.2), signed as it stands. */
    forge_jws_init(&f);
    forge_put_all(&f.header, "\"b64\":false,\"crit\":[\"b64\"]");
    f.part[1] = "abcd";
    DENIES(ARMALO_REASON_ATTEST_CRITICAL);
    close_court();
}
END_TEST

START_TEST(test_open_header) {
    open_court("");
    forge_put(&f.open_header, "x", "1");
    EXPECT_GRANT(c.w, flattened());
    /* The names in the two may not meet. */
    static const char *const both[] = {"alg", "kid", "typ", "a\\u006cg"};
    for (size_t i = 0; i < 4; i++) {
        forge_jws_init(&f);
        forge_put(&f.open_header, both[i], "\"EdDSA\"");
        EXPECT_DENY_CALL(c.w, flattened(), ARMALO_REASON_ATTEST_MALFORMED);
    }
    forge_jws_init(&f);
    forge_put(&f.header, "x", "1");
    forge_put(&f.open_header, "x", "1");
    EXPECT_DENY_CALL(c.w, flattened(), ARMALO_REASON_ATTEST_MALFORMED);
    /* An algorithm that nobody signed. */
    forge_jws_init(&f);
    forge_put(&f.open_header, "alg", "\"EdDSA\"");
    forge_drop(&f.header, "alg");
    EXPECT_DENY_CALL(c.w, flattened(), ARMALO_REASON_ATTEST_MALFORMED);
    /* A key id is a hint here too: the right one, a wrong one, one of nobody, none at all. */
    static const struct {
        const char *kid;
        uint32_t reason;
    } kids[] = {{"\"ci-1\"", ARMALO_REASON_GRANTED},      {"\"ci-2\"", ARMALO_REASON_GRANTED},
                {"\"../x\"", ARMALO_REASON_GRANTED},      {"\"\\u0063i-1\"", ARMALO_REASON_GRANTED},
                {"null", ARMALO_REASON_ATTEST_MALFORMED}, {"7", ARMALO_REASON_ATTEST_MALFORMED}};
    for (size_t i = 0; i < sizeof kids / sizeof kids[0]; i++) {
        forge_jws_init(&f);
        forge_drop(&f.header, "kid");
        forge_put(&f.open_header, "kid", kids[i].kid);
        if (kids[i].reason == ARMALO_REASON_GRANTED)
            EXPECT_GRANT(c.w, flattened());
        else
            EXPECT_DENY_CALL(c.w, flattened(), kids[i].reason);
    }
    /* As long as it may be, and longer. */
    for (int more = 0; more < 2; more++) {
        forge_jws_init(&f);
        forge_put(&f.open_header, "x", forge_text("\"%0*d\"", 16384 - 8 + more, 0)); /* {"x":""} */
        if (more)
            EXPECT_DENY_CALL(c.w, flattened(), ARMALO_REASON_ATTEST_MALFORMED);
        else
            EXPECT_GRANT(c.w, flattened());
    }
    /* A type that nobody signed is none. */
    forge_court_policy(&c, "\"typ\":[\"JWT\"]");
    forge_jws_init(&f);
    forge_drop(&f.header, "typ");
    forge_put(&f.open_header, "typ", "\"JWT\"");
    EXPECT_DENY_CALL(c.w, flattened(), ARMALO_REASON_ATTEST_TYPE_REFUSED);
    /* Not an object. */
    static const char *const others[] = {"null", "[]", "\"\"", "1", "true"};
    forge_court_policy(&c, "");
    forge_jws_init(&f);
    for (size_t i = 0; i < 5; i++) {
        forge_put(&f.flattened, "header", others[i]);
        EXPECT_DENY_CALL(c.w, flattened(), ARMALO_REASON_ATTEST_MALFORMED);
    }
    forge_put(&f.flattened, "header", "{}");
    EXPECT_GRANT(c.w, flattened());
    forge_put(&f.flattened, "header", "{\"x\":1,\"x\":2}");
    EXPECT_DENY_CALL(c.w, flattened(), ARMALO_REASON_ATTEST_MALFORMED);
    forge_put(&f.flattened, "header", forge_text("{\"%0255d\":1}", 7));
    EXPECT_GRANT(c.w, flattened());
    /* A name that is too long to be told apart. */
    forge_put(&f.flattened, "header", forge_text("{\"%0300d\":1}", 7));
    EXPECT_DENY_CALL(c.w, flattened(), ARMALO_REASON_ATTEST_MALFORMED);
    close_court();
}
END_TEST

START_TEST(test_header_form) {
    static const char *const bad[] = {
        "[]",
        "null",
        "1",
        "\"{}\"",
        " ",
        "x",
        "{",
        "{\"alg\":\"EdDSA\"",
        "{\"alg\":\"EdDSA\"}x",
        "{\"alg\":\"EdDSA\"}{}",
        "{\"alg\":\"EdDSA\",}",
        "{'alg':'EdDSA'}",
        "\xEF\xBB\xBF{\"alg\":\"EdDSA\"}",
        "{\"alg\":\"EdDSA\",\"x\":\"\xFF\"}",
        "{\"alg\":\"EdDSA\",\"x\":\"\\ud800\"}",
        "{\"alg\":\"EdDSA\",\"x\":1e999}",
        "[{\"alg\":\"EdDSA\"}]",
        "{\"alg\":\"EdDSA\",\"alg\":\"EdDSA\"}", /* RFC 7515 4: names MUST be unique */
        "{\"alg\":\"none\",\"alg\":\"EdDSA\"}",
        "{\"alg\":\"EdDSA\",\"\\u0061lg\":\"none\"}",
        "{\"alg\":\"EdDSA\",\"kid\":\"a\",\"kid\":\"a\"}",
        "{\"alg\":\"EdDSA\",\"x\":1,\"x\":1}",
        "{\"alg\":\"EdDSA\",\"x\":{\"y\":1,\"y\":1}}",
        "{}",
    };
    open_court("");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        f.header_text = bad[i];
        DENIES(ARMALO_REASON_ATTEST_MALFORMED);
    }
    f.header_text = "";
    DENIES(ARMALO_REASON_ATTEST_MALFORMED);
    f.header_text = " {\r\n \"alg\" : \"\\u0045dDSA\" } ";
    GRANTS();
    /* At most 16,384 characters: three bytes give four. */
    for (int over = 0; over < 2; over++) {
        const int len = 16384 / 4 * 3 + over - (int)strlen("{\"alg\":\"EdDSA\",\"x\":\"\"}");
        f.header_text = forge_text("{\"alg\":\"EdDSA\",\"x\":\"%0*d\"}", len, 7);
        must(strlen(forge_base64url(forge_bytes_text(f.header_text))) == (over ? 16386u : 16384u));
        if (over)
            DENIES(ARMALO_REASON_ATTEST_MALFORMED);
        else
            GRANTS();
    }
    f.header_text = forge_text("{\"alg\":\"EdDSA\",\"x\":\"%0*d\"}", 2000000, 7);
    DENIES(ARMALO_REASON_ATTEST_MALFORMED);
    /* As deep as JSON goes here, and deeper. */
    char deep[160];
    for (int depth = 63; depth <= 64; depth++) {
        int at = snprintf(deep, sizeof deep, "{\"alg\":\"EdDSA\",\"x\":");
        memset(deep + at, '[', (size_t)depth);
        memset(deep + at + depth, ']', (size_t)depth);
        memcpy(deep + at + 2 * depth, "}", 2);
        f.header_text = deep;
        if (depth == 63)
            GRANTS();
        else
            DENIES(ARMALO_REASON_ATTEST_MALFORMED);
    }
    close_court();
}
END_TEST

START_TEST(test_typ) {
    static const struct {
        const char *policy, *typ; /* typ NULL: none */
        uint32_t reason;
    } rows[] = {
        {"[\"JWT\"]", "\"JWT\"", ARMALO_REASON_GRANTED},
        {"[\"JWT\"]", "\"jwt\"", ARMALO_REASON_GRANTED},
        {"[\"JWT\"]", "\"application/jwt\"", ARMALO_REASON_GRANTED},
        {"[\"JWT\"]", "\"APPLICATION/JWT\"", ARMALO_REASON_GRANTED},
        {"[\"application/at+jwt\"]", "\"at+jwt\"", ARMALO_REASON_GRANTED},
        {"[\"application/at+jwt\"]", "\"Application/AT+JWT\"", ARMALO_REASON_GRANTED},
        {"[\"JWT\",\"at+jwt\"]", "\"at+jwt\"", ARMALO_REASON_GRANTED},
        {"[\"JWT\"]", NULL, ARMALO_REASON_ATTEST_TYPE_REFUSED},
        {"[\"JWT\"]", "\"JOSE\"", ARMALO_REASON_ATTEST_TYPE_REFUSED},
        {"[\"JWT\"]", "\"at+jwt\"", ARMALO_REASON_ATTEST_TYPE_REFUSED},
        {"[\"at+jwt\"]", "\"JWT\"", ARMALO_REASON_ATTEST_TYPE_REFUSED},
        {"[\"JWT\"]", "\"JWT \"", ARMALO_REASON_ATTEST_TYPE_REFUSED},
        {"[\"JWT\"]", "\"JW\"", ARMALO_REASON_ATTEST_TYPE_REFUSED},
        {"[\"JWT\"]", "\"JWTx\"", ARMALO_REASON_ATTEST_TYPE_REFUSED},
        {"[\"JWT\"]", "\"text/jwt\"", ARMALO_REASON_ATTEST_TYPE_REFUSED},
        {"[\"JWT\"]", "\"application/\"", ARMALO_REASON_ATTEST_TYPE_REFUSED},
        {"[\"JWT\"]", "\"application/application/jwt\"", ARMALO_REASON_ATTEST_TYPE_REFUSED},
        {"[\"a/b\"]", "\"application/a/b\"", ARMALO_REASON_ATTEST_TYPE_REFUSED}, /* only what has no other slash */
        {"[\"JWT\"]", "\"\"", ARMALO_REASON_ATTEST_MALFORMED},
        {"[\"JWT\"]", "null", ARMALO_REASON_ATTEST_MALFORMED},
        {"[\"JWT\"]", "[\"JWT\"]", ARMALO_REASON_ATTEST_MALFORMED},
        {"[\"JWT\"]", "\"J\\u0000WT\"", ARMALO_REASON_ATTEST_MALFORMED},
        {NULL, NULL, ARMALO_REASON_GRANTED},
        {NULL, "\"anything\"", ARMALO_REASON_GRANTED},
        {NULL, "7", ARMALO_REASON_ATTEST_MALFORMED},
    };
    open_court("");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        forge_court_policy(&c, rows[i].policy == NULL ? "" : forge_text("\"typ\":%s", rows[i].policy));
        forge_jws_init(&f);
        if (rows[i].typ == NULL)
            forge_drop(&f.header, "typ");
        else
            forge_put(&f.header, "typ", rows[i].typ);
        if (rows[i].reason == ARMALO_REASON_GRANTED)
            GRANTS();
        else
            DENIES(rows[i].reason);
    }
    forge_put(&f.header, "typ", forge_text("\"%0255d\"", 7));
    GRANTS();
    forge_put(&f.header, "typ", forge_text("\"%0256d\"", 7));
    DENIES(ARMALO_REASON_ATTEST_MALFORMED);
    close_court();
}
END_TEST

/* ---- Encoding ---- */

/* The same bits with the unused ones of the last character set; NULL where there are none. */
static char *stray(const char *text) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char *out = forge_text("%s", text);
    if (strlen(text) % 4 == 0) return NULL;
    char *last = out + strlen(out) - 1;
    *last = digits[strchr(digits, *last) - digits + 1];
    return out;
}

START_TEST(test_encoding) {
    open_court("");
    for (int part = 0; part < 3; part++) {
        /* Lengths of which every part has unused bits. */
        for (int pad = 0; pad < 3; pad++) {
            const char *good[3];
            forge_jws_init(&f);
            forge_put(&f.header, "pad", forge_text("\"%0*d\"", pad + 1, 0));
            forge_put(&f.claims, "pad", forge_text("\"%0*d\"", pad + 1, 0));
            forge_jws_parts(&f, good);
            const char *spelled = stray(good[part]);
            if (spelled == NULL) continue;
            f.part[part] = spelled;
            DENIES(ARMALO_REASON_ATTEST_ENCODING);
            const char *padded = strlen(good[part]) % 4 == 2 ? "==" : "=";
            f.part[part] = forge_text("%s%s", good[part], padded);
            DENIES(ARMALO_REASON_ATTEST_ENCODING);
            f.part[part] = forge_text("%s=", good[part]);
            DENIES(ARMALO_REASON_ATTEST_ENCODING);
        }
        const char *good[3];
        forge_jws_init(&f);
        forge_jws_parts(&f, good);
        /* One character more than any number of bytes has. */
        f.part[part] = forge_text("%sAAAAA", forge_text("%.*s", (int)(strlen(good[part]) / 4 * 4), good[part]));
        DENIES(ARMALO_REASON_ATTEST_ENCODING);
        f.part[part] = "A";
        DENIES(ARMALO_REASON_ATTEST_ENCODING);
        /* Of another alphabet. In the compact form such a text is no JWS at all. */
        static const char *const foreign[] = {"+", "/", " ", "\\n", "*", "\\u00e4", "%", "~"};
        for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
            for (int at = 0; at < 3; at++) {
                const char *text = good[part];
                const size_t len = strlen(text), cut = at == 0 ? 0 : at == 1 ? len / 2 : len;
                f.part[part] = forge_text("%.*s%s%s", (int)cut, text, foreign[i], text + cut);
                char *flat = forge_jws_flattened(&f);
                /* An escape in a part is none of base64url's business. */
                EXPECT_DENY_CALL(c.w, judge(flat),
                                 foreign[i][0] == '\\' ? ARMALO_REASON_ATTEST_MALFORMED
                                                       : ARMALO_REASON_ATTEST_ENCODING);
                EXPECT_DENY_CALL(c.w, compact(), ARMALO_REASON_ATTEST_FORMAT_UNKNOWN);
            }
        }
        /* '+' and '/' in place of '-' and '_', the signature made over them. */
        f.part[part] = forge_text("+%s", good[part] + 1);
        EXPECT_DENY_CALL(c.w, flattened(), ARMALO_REASON_ATTEST_ENCODING);
        EXPECT_DENY_CALL(c.w, compact(), ARMALO_REASON_ATTEST_FORMAT_UNKNOWN);
        f.part[part] = forge_text("-%s/", good[part] + 1);
        EXPECT_DENY_CALL(c.w, flattened(), ARMALO_REASON_ATTEST_ENCODING);
    }
    close_court();
}
END_TEST

START_TEST(test_dots) {
    open_court("");
    const char *part[3];
    forge_jws_parts(&f, part);
    char *good = forge_jws_compact(&f);
    const char *unknown[] = {
        "",
        ".",
        forge_text("%s.%s", part[0], part[1]),
        part[0],
        forge_text("%s.", good),
        forge_text(".%s", good),
        forge_text("%s.%s", good, part[2]),
        forge_text("%s.%s.%s.%s.%s", part[0], part[1], part[2], part[0], part[1]), /* RFC 7516 */
        forge_text("%s..%s.%s", part[0], part[1], part[2]),
        forge_text(" %s", good),
        forge_text("%s ", good),
        forge_text("%s\n", good),
        forge_text("%s\r\n", good),
        forge_text("\"%s\"", good),
        forge_text("Bearer %s", good),
        forge_text("%s.%s.%s\n.", part[0], part[1], part[2]),
        forge_text("%s~", good),
        forge_text("\xEF\xBB\xBF%s", good),
    };
    EXPECT_GRANT(c.w, judge(good));
    for (size_t i = 1; i < sizeof unknown / sizeof unknown[0]; i++)
        EXPECT_DENY_CALL(c.w, judge(unknown[i]), ARMALO_REASON_ATTEST_FORMAT_UNKNOWN);
    EXPECT_DENY_CALL(c.w, judge(""), ARMALO_REASON_ATTEST_SIZE);
    char *dots = forge_keep(10001);
    memset(dots, '.', 10000);
    dots[10000] = 0;
    EXPECT_DENY_CALL(c.w, judge(dots), ARMALO_REASON_ATTEST_FORMAT_UNKNOWN);
    EXPECT_DENY_CALL(c.w, judge(forge_text("%s%s", good, dots)), ARMALO_REASON_ATTEST_FORMAT_UNKNOWN);
    /* A NUL inside, and one behind. */
    armalo_attest_request request = forge_request(good, FORGE_SUB);
    request.artifact_len++;
    EXPECT_DENY_CALL(c.w, forge_verify(c.w, c.policy, c.trust, &request, NULL), ARMALO_REASON_ATTEST_FORMAT_UNKNOWN);
    /* Parts that are empty. */
    EXPECT_DENY_CALL(c.w, judge(".."), ARMALO_REASON_ATTEST_MALFORMED);
    EXPECT_DENY_CALL(c.w, judge(forge_text(".%s.%s", part[1], part[2])), ARMALO_REASON_ATTEST_MALFORMED);
    EXPECT_DENY_CALL(c.w, judge(forge_text("%s.%s.", part[0], part[1])), ARMALO_REASON_ATTEST_SIGNATURE_MISSING);
    EXPECT_DENY_CALL(c.w, judge(forge_text("%s..%s", part[0], part[2])), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    f.payload = "";
    DENIES(ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED); /* signed, and nothing */
    f.payload = NULL;
    /* Every beginning of it. */
    for (size_t len = 1; len < strlen(good); len += 11) {
        request = forge_request(good, FORGE_SUB);
        request.artifact_len = len;
        must(forge_verify(c.w, c.policy, c.trust, &request, NULL) == 0);
    }
    close_court();
}
END_TEST

/* ---- Payload ---- */

START_TEST(test_payload_form) {
    static const char *const bad[] = {
        "",
        " ",
        "[]",
        "null",
        "true",
        "1",
        "\"{}\"",
        "x",
        "{",
        "[{\"iss\":\"" FORGE_CI_OWNER "\"}]",
        "{\"iss\":\"" FORGE_CI_OWNER "\"}x",
        "{\"iss\":\"" FORGE_CI_OWNER "\",}",
        "{\"iss\":\"" FORGE_CI_OWNER "\",\"x\":\"\xFF\"}",
        "{\"iss\":\"" FORGE_CI_OWNER "\",\"x\":\"\\udc00\"}",
        "{\"iss\":\"" FORGE_CI_OWNER "\",\"x\":\"\n\"}",
        "{\"iss\":\"" FORGE_CI_OWNER "\",\"x\":1e400}",
        "\xEF\xBB\xBF{\"iss\":\"" FORGE_CI_OWNER "\"}",
        /* A claim twice (RFC 7519 4), however it is spelled, and at any depth. */
        "{\"iss\":\"" FORGE_CI_OWNER "\",\"sub\":\"" FORGE_SUB "\",\"iss\":\"" FORGE_CI_OWNER "\"}",
        "{\"iss\":\"" FORGE_CI_OWNER "\",\"sub\":\"" FORGE_SUB "\",\"\\u0073ub\":\"" FORGE_SUB "\"}",
        "{\"iss\":\"" FORGE_CI_OWNER "\",\"sub\":\"" FORGE_SUB "\",\"x\":{\"a\":1,\"a\":2}}",
    };
    open_court("");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        f.payload = bad[i];
        DENIES(ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
        /* That is told of what was signed, and of nothing else. */
        sign_as(FORGE_STRANGER);
        DENIES(ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
        sign_as(FORGE_CI);
    }
    /* The fewest claims, in any spelling. */
    f.payload = " {\n\"is\\u0073\":\"https:\\/\\/ci.example\",\"sub\":\"" FORGE_SUB "\"}\t";
    GRANTS();
    close_court();
}
END_TEST

/* ---- The flattened form ---- */

START_TEST(test_flattened_members) {
    static const char *const parts[] = {"payload", "protected", "signature"};
    static const char *const wrong[] = {"null", "true", "1", "[]", "{}", "[\"e30\"]"};
    open_court("");
    const char *part[3];
    forge_jws_parts(&f, part);
    for (size_t i = 0; i < 3; i++) {
        for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
            forge_put(&f.flattened, parts[i], wrong[k]);
            EXPECT_DENY_CALL(c.w, flattened(), ARMALO_REASON_ATTEST_MALFORMED);
        }
        f.flattened.count = 0;
        /* Missing; or under another name, which is no one's. */
        char *whole = forge_jws_flattened(&f);
        EXPECT_DENY_CALL(c.w, judge(forge_replace(whole, forge_quote(parts[i]), "\"x\"")),
                         ARMALO_REASON_ATTEST_MALFORMED);
        EXPECT_DENY_CALL(c.w, judge(forge_replace(whole, "{", forge_text("{\"%s\":\"\",", parts[i]))),
                         ARMALO_REASON_ATTEST_MALFORMED);
        EXPECT_GRANT(c.w, judge(forge_replace(whole, forge_quote(parts[i]),
                                              forge_text("\"\\u00%02x%s\"", (unsigned)parts[i][0], parts[i] + 1))));
    }
    forge_put(&f.flattened, "protected", "\"\"");
    EXPECT_DENY_CALL(c.w, flattened(), ARMALO_REASON_ATTEST_MALFORMED);
    f.flattened.count = 0;
    forge_put(&f.flattened, "signature", "\"\"");
    EXPECT_DENY_CALL(c.w, flattened(), ARMALO_REASON_ATTEST_SIGNATURE_MISSING);
    f.flattened.count = 0;
    forge_put(&f.flattened, "payload", "\"\"");
    EXPECT_DENY_CALL(c.w, flattened(), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    f.flattened.count = 0;
    /* RFC 7515 7.2.2: no "signatures" here. Other members are passed over. */
    forge_put(&f.flattened, "signatures", "[]");
    EXPECT_DENY_CALL(c.w, flattened(), ARMALO_REASON_ATTEST_MALFORMED);
    forge_put(&f.flattened, "signatures", "null");
    EXPECT_DENY_CALL(c.w, flattened(), ARMALO_REASON_ATTEST_MALFORMED);
    f.flattened.count = 0;
    forge_put(&f.flattened, "comment", "[1,{}]");
    EXPECT_GRANT(c.w, flattened());
    /* White space around and between. */
    EXPECT_GRANT(c.w, judge(forge_text("\n\t %s\r\n", forge_replace(forge_jws_flattened(&f), ":", " :\n "))));
    /* A compact one is none of its members. */
    forge_put(&f.flattened, "payload", forge_quote(forge_jws_compact(&f)));
    EXPECT_DENY_CALL(c.w, flattened(), ARMALO_REASON_ATTEST_ENCODING);
    close_court();
}
END_TEST

/* A signature of one form is one of the other: the message is the same. */
START_TEST(test_forms_agree) {
    open_court("");
    const char *part[3];
    forge_jws_parts(&f, part);
    forge_put(&f.flattened, "comment", "1");
    EXPECT_GRANT(c.w, flattened());
    EXPECT_GRANT(c.w, judge(forge_text("{\"protected\":\"%s\",\"payload\":\"%s\",\"signature\":\"%s\"}", part[0],
                                       part[1], part[2])));
    /* Where the dot is counts. */
    char *moved =
        forge_text("%.*s.%c%s.%s", (int)strlen(part[0]) - 1, part[0], part[0][strlen(part[0]) - 1], part[1], part[2]);
    ck_assert_int_eq(judge(moved), 0);
    close_court();
}
END_TEST

static void fill(TCase *tc) {
    for (int i = 0; i < FORGE_EXTRA; i++) (void)forge_signer_of(i);
    tcase_add_test(tc, test_rfc7515);
    tcase_add_test(tc, test_rfc7515_refused);
    tcase_add_test(tc, test_rfc8037);
    tcase_add_test(tc, test_node);
    tcase_add_test(tc, test_algorithms);
    tcase_add_test(tc, test_algorithm_of_another_key);
    tcase_add_test(tc, test_no_algorithm);
    tcase_add_test(tc, test_keyed_hash);
    tcase_add_test(tc, test_signature_form);
    tcase_add_test(tc, test_threshold);
    tcase_add_test(tc, test_kid);
    tcase_add_test(tc, test_key_embedded);
    tcase_add_test(tc, test_critical);
    tcase_add_test(tc, test_open_header);
    tcase_add_test(tc, test_header_form);
    tcase_add_test(tc, test_typ);
    tcase_add_test(tc, test_encoding);
    tcase_add_test(tc, test_dots);
    tcase_add_test(tc, test_payload_form);
    tcase_add_test(tc, test_flattened_members);
    tcase_add_test(tc, test_forms_agree);
}

TEST_MAIN("attest_jws", fill, 60)
