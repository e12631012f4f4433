/* SPDX-License-Identifier: MIT */
/* Proofs of credentials: each member missing, of another type or value; whose key they name, when and for whom they
 * were made, under which context; and several of them. */
#include "attest_forge.h"

static forge_court c;
static forge_credential f;

static void open_court(const char *changes) {
    forge_court_open(&c, changes);
    forge_credential_init(&f);
}
static void close_court(void) { forge_court_close(&c); }

static int judge(const char *text) { return forge_court_judge(&c, text, FORGE_CREDENTIAL_SUBJECT); }

static void expect_text(const char *text, uint32_t reason) {
    if (reason == ARMALO_REASON_GRANTED)
        EXPECT_GRANT(c.w, judge(text));
    else
        EXPECT_DENY_CALL(c.w, judge(text), reason);
}
static void expect(uint32_t reason) { expect_text(forge_credential_text(&f), reason); }

/* With this member of the proof; json NULL: without it. */
static void proof(const char *name, const char *json) {
    forge_credential_init(&f);
    if (json == NULL)
        forge_drop(&f.proof, name);
    else
        forge_put(&f.proof, name, json);
}

#define GOOD      ARMALO_REASON_GRANTED
#define MALFORMED ARMALO_REASON_ATTEST_MALFORMED
#define ALGORITHM ARMALO_REASON_ATTEST_ALGORITHM_REFUSED
#define PURPOSE   ARMALO_REASON_ATTEST_PURPOSE
#define CRITICAL  ARMALO_REASON_ATTEST_CRITICAL
#define ENCODING  ARMALO_REASON_ATTEST_ENCODING
#define MISMATCH  ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH
#define UNKNOWN   ARMALO_REASON_ATTEST_SIGNER_UNKNOWN
#define ISSUER    ARMALO_REASON_ATTEST_ISSUER_MISMATCH
#define MISSING   ARMALO_REASON_ATTEST_SIGNATURE_MISSING
#define MANY      ARMALO_REASON_ATTEST_SIGNATURES_MANY
#define WHEN      ARMALO_REASON_ATTEST_TIME_UNREADABLE
#define WHOM      ARMALO_REASON_ATTEST_AUDIENCE_MISMATCH
#define THRESHOLD ARMALO_REASON_ATTEST_THRESHOLD

/* ---- Members ---- */

START_TEST(test_members) {
    static const struct {
        const char *name, *json; /* NULL: left out */
        uint32_t reason;
    } rows[] = {
        {"type", NULL, MALFORMED},
        {"type", "null", MALFORMED},
        {"type", "[\"DataIntegrityProof\"]", MALFORMED},
        {"type", "\"\"", ALGORITHM},
        {"type", "\"dataintegrityproof\"", ALGORITHM},
        {"type", "\"DataIntegrityProof \"", ALGORITHM},
        {"type", "\"Ed25519Signature2020\"", ALGORITHM},
        {"type", "\"JsonWebSignature2020\"", ALGORITHM},
        {"cryptosuite", NULL, ALGORITHM},
        {"cryptosuite", "null", ALGORITHM},
        {"cryptosuite", "[\"eddsa-jcs-2022\"]", ALGORITHM},
        {"cryptosuite", "\"\"", ALGORITHM},
        {"cryptosuite", "\"EDDSA-JCS-2022\"", ALGORITHM},
        {"cryptosuite", "\"eddsa-jcs-2022 \"", ALGORITHM},
        {"cryptosuite", "\"eddsa-rdfc-2022\"", ALGORITHM},
        {"cryptosuite", "\"ecdsa-jcs-2019\"", ALGORITHM},
        {"cryptosuite", "\"none\"", ALGORITHM},
        {"proofPurpose", NULL, PURPOSE},
        {"proofPurpose", "null", PURPOSE},
        {"proofPurpose", "[\"assertionMethod\"]", PURPOSE},
        {"proofPurpose", "\"\"", PURPOSE},
        {"proofPurpose", "\"AssertionMethod\"", PURPOSE},
        {"proofPurpose", "\"authentication\"", PURPOSE},
        {"proofPurpose", "\"keyAgreement\"", PURPOSE},
        {"proofPurpose", "\"capabilityInvocation\"", PURPOSE},
        {"previousProof", "\"urn:uuid:1\"", CRITICAL},
        {"previousProof", "[]", CRITICAL},
        {"previousProof", "null", CRITICAL},
        {"previousProof", "false", CRITICAL},
        /* What is not known is signed like the rest, and passed over. */
        {"nonce", "\"x\"", GOOD},
        {"id", "\"urn:uuid:1\"", GOOD},
        {"challenge", "\"x\"", GOOD},
        {"PreviousProof", "1", GOOD},
    };
    open_court("");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        proof(rows[i].name, rows[i].json);
        expect(rows[i].reason);
        /* A stranger's is told for what is wrong with its form, too. */
        f.signer = forge_signer_of(FORGE_STRANGER);
        expect(rows[i].reason == GOOD ? MISMATCH : rows[i].reason);
    }
    close_court();
}
END_TEST

START_TEST(test_proof_value) {
    open_court("");
    uint8_t bytes[70];
    memset(bytes, 0xff, sizeof bytes);
    const char *one = forge_base58(forge_bytes_of(bytes, 64));
    struct {
        const char *json;
        uint32_t reason;
    } rows[] = {
        {"null", MALFORMED},
        {"7", MALFORMED},
        {"[]", MALFORMED},
        {"{}", MALFORMED},
        {"\"\"", ENCODING},
        {"\"z\"", ENCODING},
        {forge_quote(one), ENCODING}, /* no base is said */
        {forge_text("\"u%s\"", forge_base64url(forge_bytes_of(bytes, 64))), ENCODING},
        {forge_text("\"f%s\"", forge_hex(forge_bytes_of(bytes, 64))), ENCODING},
        {forge_text("\"Z%s\"", one), ENCODING},
        {forge_text("\" z%s\"", one), ENCODING},
        {forge_text("\"z%s \"", one), ENCODING},
        {forge_text("\"z%s=\"", one), ENCODING},
        {forge_text("\"z0%s\"", one + 1), ENCODING},
        {forge_text("\"zO%s\"", one + 1), ENCODING},
        {forge_text("\"zI%s\"", one + 1), ENCODING},
        {forge_text("\"zl%s\"", one + 1), ENCODING},
        {forge_text("\"z+%s\"", one + 1), ENCODING},
        {forge_text("\"z1%s\"", one), ENCODING}, /* 65 bytes */
        {forge_text("\"z%s\"", forge_base58(forge_bytes_of(bytes, 65))), ENCODING},
        {forge_text("\"z%0*d\"", 4000, 1), ENCODING},
        {forge_text("\"z%s\"", forge_base58(forge_bytes_of(bytes, 63))), MISMATCH},
        {forge_text("\"z%s\"", forge_base58(forge_bytes_of(bytes, 1))), MISMATCH},
        {"\"z1\"", MISMATCH},
        {forge_text("\"z%s\"", one), MISMATCH},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        f.value = rows[i].json;
        expect(rows[i].reason);
    }
    f.value = NULL;
    /* Missing altogether. */
    char *text = forge_credential_text(&f);
    expect_text(forge_replace(text, "\"proofValue\"", "\"ProofValue\""), MALFORMED);
    /* The right one with each of its ends cut. */
    char *at = strstr(text, "\"proofValue\":\"z") + strlen("\"proofValue\":\"z"), *value = forge_text("%s", at);
    value[strcspn(value, "\"")] = 0;
    expect(GOOD);
    f.value = forge_text("\"z%.*s\"", (int)strlen(value) - 1, value);
    expect(MISMATCH);
    f.value = forge_text("\"z%s\"", value + 1);
    expect(MISMATCH);
    f.value = forge_text("\"z%s\"", value);
    expect(GOOD);
    f.value = forge_text("\"\\u007a%s\"", value); /* an escape, where none is needed */
    expect(ENCODING);
    close_court();
}
END_TEST

/* ---- Whose key ---- */

/* Multibase of a codec and the first bytes of a signer's key. */
static char *multibase(uint8_t first, uint8_t second, int which, size_t len) {
    uint8_t bytes[34] = {first, second};
    memcpy(bytes + 2, forge_signer_of(which)->raw, len);
    return forge_text("z%s", forge_base58(forge_bytes_of(bytes, 2 + len)));
}
static char *did_of(int which) { return multibase(0xed, 0x01, which, 32); }

START_TEST(test_method) {
    char *did = did_of(FORGE_CI), *other = did_of(FORGE_CI_2), *stranger = did_of(FORGE_STRANGER);
    char *foreign = multibase(0xec, 0x01, FORGE_CI, 32), *cut = multibase(0xed, 0x01, FORGE_CI, 31);
    struct {
        const char *method;
        uint32_t of_others;
    } held[] = {
        {"\"" FORGE_CI_OWNER "#ci-1\"", MISMATCH},
        /* What follows the "#" is a hint, which says what to try first. */
        {"\"" FORGE_CI_OWNER "#\"", UNKNOWN},
        {"\"" FORGE_CI_OWNER "#key-9\"", UNKNOWN},
        {"\"" FORGE_CI_OWNER "#other-1\"", UNKNOWN},
        {"\"" FORGE_CI_OWNER "##ci-1\"", UNKNOWN},
        {"\"" FORGE_CI_OWNER "#ci-2\"", MISMATCH},
        {"\"" FORGE_CI_OWNER "#ci-p256\"", UNKNOWN}, /* no key of EdDSA */
        {forge_text("\"did:key:%s#%s\"", did, did), MISMATCH},
    };
    struct {
        const char *method;
        uint32_t reason;
    } rows[] = {
        /* Another's key, or nobody's. */
        {"\"" FORGE_OTHER_OWNER "#ci-1\"", ISSUER},
        {"\"" FORGE_OTHER_OWNER "#other-1\"", ISSUER},
        {"\"" FORGE_CI_OWNER "/#ci-1\"", ISSUER},
        {"\"" FORGE_CI_OWNER "?#ci-1\"", ISSUER},
        {"\"HTTPS://ci.example#ci-1\"", ISSUER},
        {"\"https://ci.exampl#ci-1\"", ISSUER},
        {"\"https://ci.example.evil.example#ci-1\"", ISSUER},
        {"\"#ci-1\"", ISSUER},
        {"\"#\"", ISSUER},
        {"\"ci-1#" FORGE_CI_OWNER "\"", ISSUER},
        /* A did:key names its key, which must be the issuer's. */
        {forge_text("\"did:key:%s#%s\"", other, other), MISMATCH},
        {forge_text("\"did:key:%s#%s\"", stranger, stranger), UNKNOWN},
        {forge_text("\"did:key:%s#%s\"", did, other), ISSUER},
        {forge_text("\"did:key:%s#ci-1\"", did), ISSUER},
        {forge_text("\"did:key:%s#\"", did), ISSUER},
        {forge_text("\"DID:key:%s#%s\"", did, did), ISSUER},
        {forge_text("\"did:web:%s#%s\"", did, did), ISSUER},
        {forge_text("\"did:key:%s#%s\"", did + 1, did + 1), ISSUER},
        {forge_text("\"did:key:%sx#%sx\"", did, did), ISSUER},
        {forge_text("\"did:key:%s0#%s0\"", did, did), ISSUER},
        {forge_text("\"did:key:%s#%s\"", foreign, foreign), ISSUER}, /* x25519-pub */
        {forge_text("\"did:key:%s#%s\"", cut, cut), ISSUER},
        {"\"did:key:z#z\"", ISSUER},
        {"\"did:key:#\"", ISSUER},
        {"\"did:key:#did:key:\"", ISSUER},
        /* No verification method. */
        {NULL, MALFORMED},
        {"null", MALFORMED},
        {"7", MALFORMED},
        {"{\"id\":\"" FORGE_CI_OWNER "#ci-1\"}", MALFORMED},
        {"[\"" FORGE_CI_OWNER "#ci-1\"]", MALFORMED},
        {"\"\"", MALFORMED},
        /* A key, but nobody's. */
        {"\"" FORGE_CI_OWNER "\"", ISSUER},
        {forge_text("\"did:key:%s\"", did), ISSUER},
    };
    open_court("");
    for (size_t i = 0; i < sizeof held / sizeof held[0]; i++) {
        proof("verificationMethod", held[i].method);
        expect(GOOD);
        /* Whatever it says, a stranger made no signature of the issuer's. */
        f.signer = forge_signer_of(FORGE_STRANGER);
        expect(held[i].of_others);
        f.signer = forge_signer_of(FORGE_OTHER);
        expect(held[i].of_others);
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        proof("verificationMethod", rows[i].method);
        expect(rows[i].reason);
        f.signer = forge_signer_of(FORGE_STRANGER);
        expect(rows[i].reason);
        f.signer = forge_signer_of(FORGE_OTHER);
        expect(rows[i].reason);
    }
    /* A key id may be a whole verification method, or a thumbprint. */
    static forge_anchors anchors;
    anchors.count = 0;
    forge_anchor(&anchors, forge_signer_of(FORGE_CI), FORGE_CI_OWNER)->key_id = FORGE_CI_OWNER "#first";
    forge_anchor(&anchors, forge_signer_of(FORGE_CI_2), FORGE_CI_OWNER)->key_id = FORGE_CI_OWNER "#second";
    forge_court_trust(&c, &anchors);
    proof("verificationMethod", "\"" FORGE_CI_OWNER "#first\"");
    expect(GOOD);
    proof("verificationMethod", "\"" FORGE_CI_OWNER "#second\"");
    expect(GOOD);
    f.signer = forge_signer_of(FORGE_STRANGER);
    expect(MISMATCH);
    close_court();
}
END_TEST

/* Only the policy's keys, and only by its algorithms. */
START_TEST(test_policy_keys) {
    open_court("\"keys\":[\"ci-2\"]");
    expect(UNKNOWN); /* by a key that it does not name */
    forge_credential_signer(&f, forge_signer_of(FORGE_CI_2), FORGE_CI_OWNER);
    expect(GOOD);
    forge_court_policy(&c, "\"algorithms\":[\"ES256\",\"ES384\",\"PS256\",\"RS256\"]");
    expect(ALGORITHM);
    forge_court_policy(&c, "\"issuers\":[\"" FORGE_OTHER_OWNER "\"]");
    expect(UNKNOWN);
    close_court();
}
END_TEST

/* ---- When ---- */

START_TEST(test_times) {
    static const char *const names[] = {"created", "expires"};
    static const char *const bad[] = {"null",
                                      "7",
                                      "1700000000",
                                      "[]",
                                      "\"\"",
                                      "\"2023-02-24\"",
                                      "\"2023-02-24T23:36:38\"",
                                      "\"2023-02-24T23:36:38z\"",
                                      "\"2023-02-30T23:36:38Z\"",
                                      "\"2023-02-24T23:36:60Z\"",
                                      "\"1969-12-31T23:59:59Z\"",
                                      "\"1970-01-01T00:00:00Z\"",
                                      "\"2023-02-24T23:36:38Z \"",
                                      "\"yesterday\""};
    open_court("\"skew_s\":7");
    for (size_t n = 0; n < 2; n++) {
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
            proof(names[n], bad[i]);
            expect(WHEN);
        }
    }
    proof("created", NULL);
    expect(GOOD);
    proof("created", "\"2023-11-14T23:13:19.999999999+01:00\"");
    expect(GOOD);
    const int64_t now_ms = c.w->now_ms;
    /* Made as far ahead as the skew, and no further. */
    proof("created", forge_rfc3339(now_ms + 7000));
    expect(GOOD);
    proof("created", forge_rfc3339(now_ms + 7001));
    expect(ARMALO_REASON_ATTEST_NOT_YET_VALID);
    /* An end does not belong to it. */
    proof("expires", forge_rfc3339(now_ms + 1));
    expect(GOOD);
    proof("expires", forge_rfc3339(now_ms));
    expect(ARMALO_REASON_ATTEST_EXPIRED);
    proof("expires", forge_rfc3339(now_ms - 1));
    expect(ARMALO_REASON_ATTEST_EXPIRED);
    /* That is told of a proof that holds. */
    f.signer = forge_signer_of(FORGE_STRANGER);
    expect(MISMATCH);
    close_court();
}
END_TEST

/* ---- For whom ---- */

START_TEST(test_domain) {
    static const struct {
        const char *domain;
        uint32_t without, with; /* a policy's audience: a.example and b.example */
    } rows[] = {
        {NULL, GOOD, WHOM},
        {"\"a.example\"", WHOM, GOOD},
        {"\"b.example\"", WHOM, GOOD},
        {"[\"x.example\",\"b.example\"]", WHOM, GOOD},
        {"[\"a.example\"]", WHOM, GOOD},
        {"\"x.example\"", WHOM, WHOM},
        {"\"A.example\"", WHOM, WHOM},
        {"\"a.example.evil.example\"", WHOM, WHOM},
        {"\"\"", WHOM, WHOM},
        {"[]", WHOM, WHOM},
        {"[[\"a.example\"]]", WHOM, WHOM},
        {"null", WHOM, WHOM},
        {"7", WHOM, WHOM},
        {"{\"a.example\":1}", WHOM, WHOM},
    };
    open_court("");
    for (int with = 0; with < 2; with++) {
        forge_court_policy(&c, with ? "\"audience\":[\"a.example\",\"b.example\"]" : "");
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            forge_credential_init(&f);
            if (rows[i].domain != NULL) forge_put(&f.proof, "domain", rows[i].domain);
            expect(with ? rows[i].with : rows[i].without);
        }
    }
    /* A domain of the credential is none of the proof. */
    forge_credential_init(&f);
    forge_put(&f.document, "domain", "\"a.example\"");
    expect(WHOM);
    close_court();
}
END_TEST

/* ---- Under which context ---- */

#define V2 "\"https://www.w3.org/ns/credentials/v2\""
#define CI "\"https://ci.example/v1\""

/* vc-di-eddsa 3.3.2: the document's context begins with the proof's, which then is what was signed. */
START_TEST(test_context) {
    static const struct {
        const char *document, *proof; /* proof NULL: none */
        uint32_t reason;
    } rows[] = {
        {"[" V2 "," CI "]", "[" V2 "," CI "]", GOOD},
        {"[" V2 "," CI "]", "[" V2 "]", GOOD}, /* what follows it is not signed, and not read */
        {"[" V2 "," CI "]", NULL, GOOD},
        {"[" V2 "]", "[" V2 "," CI "]", MALFORMED},
        {"[" V2 "," CI "]", "[" CI "," V2 "]", MALFORMED},
        {"[" V2 "," CI "]", "[" CI "]", MALFORMED},
        {"[" V2 "," CI "]", "[" V2 ",\"https://ci.example/v2\"]", MALFORMED},
        {"[" V2 "," CI "]", "[" V2 "," V2 "]", MALFORMED},
        {"[" V2 "," CI "]", "[[" V2 "]]", MALFORMED},
        {"[" V2 "]", "null", MALFORMED},
        {"[" V2 "]", "7", MALFORMED},
        {"[" V2 "]", "{}", MALFORMED},
        {"[" V2 "]", "\"https://ci.example/v1\"", MALFORMED},
        {"[" V2 ",{\"a\":1}]", "[" V2 ",{\"a\":1}]", GOOD},
        {"[" V2 ",{\"a\":1}]", "[" V2 ",{\"a\":2}]", MALFORMED},
        {"[" V2 ",{\"a\":1}]", "[" V2 ",[{\"a\":1}]]", MALFORMED},
        /* One text stands for a list of it; but then it is no credential's context (VC Data Model 2.0 4.3). */
        {"[" V2 "," CI "]", V2, ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED},
        {"[" V2 "," CI "]", "[]", ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED},
        {V2, "[" V2 "]", GOOD},
        {NULL, "[" V2 "]", MALFORMED},
    };
    open_court("");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        forge_credential_init(&f);
        if (rows[i].proof == NULL)
            forge_drop(&f.proof, "@context");
        else
            forge_put(&f.proof, "@context", rows[i].proof);
        /* Signed as the proof says; then the document is given its own. */
        if (rows[i].document == NULL)
            forge_drop(&f.document, "@context");
        else
            forge_put(&f.document, "@context", rows[i].document);
        expect(rows[i].reason);
    }
    /* The value that is handed out is the one that was signed. */
    forge_credential_init(&f);
    char *text = forge_replace(forge_credential_text(&f), "{\"@context\":[" V2, "{\"@context\":[" V2 "," CI);
    armalo_attest_request request = forge_request(text, FORGE_CREDENTIAL_SUBJECT);
    armalo_attested *attested = NULL;
    char value[200];
    EXPECT_GRANT(c.w, forge_verify(c.w, c.policy, c.trust, &request, &attested));
    ck_assert_int_eq(armalo_attested_value(attested, "/@context", value, sizeof value, NULL, NULL), 1);
    ck_assert_str_eq(value, "[" V2 "]");
    armalo_attested_free(attested);
    /* Without a context of its own the proof covers all of the document's. */
    forge_credential_init(&f);
    forge_drop(&f.proof, "@context");
    expect_text(forge_replace(forge_credential_text(&f), "[" V2, "[" V2 "," CI), MISMATCH);
    close_court();
}
END_TEST

/* ---- None, and several ---- */

static char *with_proofs(const char *json) {
    forge_object whole = f.document;
    forge_put(&whole, "proof", json);
    return forge_object_text(&whole);
}

/* The proof of another key, or with a change, over the same document. */
static char *proof_of(int which, const char *changes) {
    forge_credential other = f;
    forge_credential_signer(&other, forge_signer_of(which), FORGE_CI_OWNER);
    forge_put_all(&other.proof, changes);
    return forge_proof_text(&other);
}

START_TEST(test_none) {
    static const struct {
        const char *json; /* NULL: no member */
        uint32_t reason;
    } rows[] = {{"[]", MISSING},     {"null", MALFORMED},  {"7", MALFORMED},      {"\"\"", MALFORMED},
                {"true", MALFORMED}, {"{}", MALFORMED},    {"[null]", MALFORMED}, {"[{}]", MALFORMED},
                {"[[]]", MALFORMED}, {"[\"\"]", MALFORMED}};
    open_court("");
    expect_text(forge_object_text(&f.document), MISSING);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) expect_text(with_proofs(rows[i].json), rows[i].reason);
    expect_text(with_proofs(forge_text("[[%s]]", forge_proof_text(&f))), MALFORMED);
    close_court();
}
END_TEST

/* Proofs that are not for us do no harm; those that are must be whole. */
START_TEST(test_set) {
    open_court("");
    char *good = forge_proof_text(&f);
    struct {
        char *proof;
        uint32_t alone, among; /* a good one before or after it */
    } rows[] = {
        {good, GOOD, GOOD},
        {proof_of(FORGE_CI_2, ""), GOOD, GOOD},
        {proof_of(FORGE_STRANGER, ""), UNKNOWN, GOOD},
        {proof_of(FORGE_STRANGER, "\"verificationMethod\":\"" FORGE_CI_OWNER "#ci-1\""), MISMATCH, GOOD},
        {proof_of(FORGE_CI, "\"cryptosuite\":\"ecdsa-jcs-2019\""), ALGORITHM, GOOD},
        {proof_of(FORGE_CI, "\"type\":\"Ed25519Signature2020\",\"verificationMethod\":\"x\""), ALGORITHM, GOOD},
        {proof_of(FORGE_CI, "\"proofPurpose\":\"authentication\""), PURPOSE, GOOD},
        {proof_of(FORGE_CI, "\"previousProof\":\"urn:uuid:1\""), CRITICAL, GOOD},
        {proof_of(FORGE_CI_2, forge_text("\"expires\":%s", forge_when(-1))), ARMALO_REASON_ATTEST_EXPIRED, GOOD},
        {proof_of(FORGE_CI_2, forge_text("\"created\":%s", forge_when(61))), ARMALO_REASON_ATTEST_NOT_YET_VALID, GOOD},
        {proof_of(FORGE_CI, "\"verificationMethod\":\"" FORGE_OTHER_OWNER "#x\""), ISSUER, GOOD},
        /* What other suites have, or lack, is theirs. */
        {"{\"type\":\"JsonWebSignature2020\",\"verificationMethod\":\"did:example:1#a\",\"jws\":\"a..b\"}", ALGORITHM,
         GOOD},
        {"{\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"bbs-2023\",\"proofValue\":\"u2V0\"}", ALGORITHM, GOOD},
        {"{\"type\":\"x\"}", ALGORITHM, GOOD},
        {proof_of(FORGE_CI, "\"verificationMethod\":\"did:example:witness\""), ISSUER, GOOD},
        {proof_of(FORGE_CI, "\"verificationMethod\":7"), MALFORMED, MALFORMED},
        {proof_of(FORGE_CI, "\"type\":7"), MALFORMED, MALFORMED},
        {proof_of(FORGE_CI, "\"created\":\"x\""), WHEN, WHEN},
        {proof_of(FORGE_CI, "\"@context\":[\"x\"]"), MALFORMED, MALFORMED},
        {forge_replace(good, "\"proofValue\":\"z", "\"proofValue\":\"u"), ENCODING, ENCODING},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        expect_text(with_proofs(rows[i].proof), rows[i].alone);
        expect_text(with_proofs(forge_text("[%s]", rows[i].proof)), rows[i].alone);
        expect_text(with_proofs(forge_text("[%s,%s]", good, rows[i].proof)), rows[i].among);
        expect_text(with_proofs(forge_text("[%s,%s]", rows[i].proof, good)), rows[i].among);
    }
    /* None of several can be used: the reason of the one that came furthest. */
    expect_text(with_proofs(forge_text("[%s,%s]", rows[4].proof, rows[6].proof)), ALGORITHM);
    expect_text(with_proofs(forge_text("[%s,%s]", rows[6].proof, rows[4].proof)), PURPOSE);
    expect_text(with_proofs(forge_text("[%s,%s]", rows[4].proof, rows[3].proof)), MISMATCH);
    expect_text(with_proofs(forge_text("[%s,%s]", rows[8].proof, rows[3].proof)), ARMALO_REASON_ATTEST_EXPIRED);
    /* One of ours that lacks its value is malformed. */
    char *empty = forge_text("%.*s}", (int)(strstr(good, ",\"proofValue\"") - good), good);
    expect_text(with_proofs(empty), MALFORMED);
    expect_text(with_proofs(forge_text("[%s,%s]", good, empty)), MALFORMED);
    close_court();
}
END_TEST

START_TEST(test_many) {
    open_court("");
    char *good = forge_proof_text(&f), *foreign = proof_of(FORGE_CI, "\"cryptosuite\":\"ecdsa-jcs-2019\"");
    for (size_t count = ARMALO_ATTEST_MAX_PROOFS; count <= ARMALO_ATTEST_MAX_PROOFS + 1; count++) {
        char *list = forge_text("[%s", good), *last = forge_text("[%s", foreign);
        for (size_t i = 1; i < count; i++) {
            list = forge_text("%s,%s", list, foreign);
            last = forge_text("%s,%s", last, i + 1 == count ? good : foreign);
        }
        expect_text(with_proofs(forge_text("%s]", list)), count <= ARMALO_ATTEST_MAX_PROOFS ? GOOD : MANY);
        expect_text(with_proofs(forge_text("%s]", last)), count <= ARMALO_ATTEST_MAX_PROOFS ? GOOD : MANY);
    }
    char *list = forge_text("[%s", good);
    for (size_t i = 0; i < 500; i++) list = forge_text("%s,{}", list);
    expect_text(with_proofs(forge_text("%s]", list)), MALFORMED);
    close_court();
}
END_TEST

/* Proofs that each cover another context cost a canonical form of the whole each: together no more than the largest
 * credential. */
START_TEST(test_work) {
    open_court("");
    forge_put(&f.document, "@context", "[" V2 "," CI "]");
    char *good = forge_proof_text(&f), *same = proof_of(FORGE_CI_2, "");
    char *other = proof_of(FORGE_CI_2, "\"@context\":[" V2 "," CI "]");
    const size_t sizes[] = {ARMALO_ATTEST_MAX_CREDENTIAL / 2 - 2000, ARMALO_ATTEST_MAX_CREDENTIAL / 2 + 1};
    for (size_t i = 0; i < 2; i++) {
        char *pad = forge_text(",\"pad\":\"%0*d\"}", (int)sizes[i], 7);
        char *text[] = {with_proofs(forge_text("[%s,%s]", good, same)),
                        with_proofs(forge_text("[%s,%s]", good, other))};
        for (size_t k = 0; k < 2; k++) {
            text[k][strlen(text[k]) - 1] = 0;
            /* It is no longer what was signed. */
            expect_text(forge_text("%s%s", text[k], pad), i == 1 && k == 1 ? ARMALO_REASON_ATTEST_SIZE : MISMATCH);
        }
    }
    close_court();
}
END_TEST

/* One that says the credential's own context, and one that says none, sign the same: it costs once, and both count. */
START_TEST(test_same_context) {
    open_court("\"threshold\":2");
    forge_put(&f.document, "@context", "[" V2 "," CI "]");
    forge_put(&f.document, "pad", forge_text("\"%0*d\"", (int)(ARMALO_ATTEST_MAX_CREDENTIAL / 2 + 1), 7));
    forge_put(&f.proof, "@context", "[" V2 "," CI "]");
    char *said = forge_proof_text(&f), *silent = NULL;
    forge_credential other = f;
    forge_credential_signer(&other, forge_signer_of(FORGE_CI_2), FORGE_CI_OWNER);
    forge_drop(&other.proof, "@context");
    silent = forge_proof_text(&other);
    expect_text(with_proofs(forge_text("[%s,%s]", said, silent)), GOOD);
    expect_text(with_proofs(forge_text("[%s,%s]", silent, said)), GOOD);
    close_court();
}
END_TEST

START_TEST(test_threshold) {
    open_court("\"threshold\":2");
    char *one = forge_proof_text(&f), *two = proof_of(FORGE_CI_2, "");
    expect_text(with_proofs(one), THRESHOLD);
    expect_text(with_proofs(forge_text("[%s,%s]", one, two)), GOOD);
    expect_text(with_proofs(forge_text("[%s,%s]", two, one)), GOOD);
    /* Two proofs of one key are one key's, the same twice or not. */
    expect_text(with_proofs(forge_text("[%s,%s]", one, one)), THRESHOLD);
    expect_text(with_proofs(forge_text("[%s,%s]", one, proof_of(FORGE_CI, "\"nonce\":\"2\""))), THRESHOLD);
    expect_text(with_proofs(forge_text("[%s,%s]", one, proof_of(FORGE_STRANGER, ""))), THRESHOLD);
    expect_text(with_proofs(forge_text("[%s,%s]", one, proof_of(FORGE_CI_2, "\"proofPurpose\":\"authentication\""))),
                THRESHOLD);
    expect_text(with_proofs(forge_text("[%s,%s,%s]", one, proof_of(FORGE_STRANGER, ""), two)), GOOD);
    /* One proof under the names of both keys. */
    expect_text(with_proofs(forge_text("[%s,%s]", one, forge_replace(one, "#ci-1", "#ci-2"))), THRESHOLD);
    /* Proofs under different contexts do not sign the same. */
    forge_put(&f.document, "@context", "[" V2 "," CI "]");
    char *all = proof_of(FORGE_CI_2, "\"@context\":[" V2 "," CI "]");
    expect_text(with_proofs(forge_text("[%s,%s]", forge_proof_text(&f), all)), THRESHOLD);
    expect_text(with_proofs(forge_text("[%s,%s]", proof_of(FORGE_CI, "\"@context\":[" V2 "," CI "]"), all)), GOOD);
    /* Only those count whose domain fits. */
    forge_credential_init(&f);
    forge_court_policy(&c, "\"threshold\":2,\"audience\":[\"a\"]");
    char *a = proof_of(FORGE_CI, "\"domain\":\"a\""), *b = proof_of(FORGE_CI_2, "\"domain\":\"b\"");
    expect_text(with_proofs(forge_text("[%s,%s]", a, b)), THRESHOLD);
    expect_text(with_proofs(forge_text("[%s,%s]", b, a)), THRESHOLD);
    expect_text(with_proofs(forge_text("[%s,%s]", a, proof_of(FORGE_CI_2, ""))), THRESHOLD);
    expect_text(with_proofs(forge_text("[%s,%s]", a, proof_of(FORGE_CI_2, "\"domain\":[\"b\",\"a\"]"))), GOOD);
    close_court();
}
END_TEST

/* The order of proofs is chosen by whoever carries them, and so is which of them are left out: each is judged by what
 * it says itself, and one that does not count takes nothing from another, nor lends it anything. */
START_TEST(test_order) {
    open_court("\"any_age\":,\"max_age_s\":3600,\"audience\":[\"a\"],\"skew_s\":0");
    forge_drop(&f.document, "validFrom");
    const struct {
        const char *changes; /* of a proof that is otherwise for us and made now */
        uint32_t reason;
    } rows[] = {
        {"", GOOD},
        {"\"domain\":\"b\"", WHOM},
        {"\"domain\":[]", WHOM},
        {forge_text("\"created\":%s", forge_when(-3601)), ARMALO_REASON_ATTEST_TOO_OLD},
        {forge_text("\"created\":%s", forge_when(1)), ARMALO_REASON_ATTEST_NOT_YET_VALID},
        {forge_text("\"expires\":%s", forge_when(0)), ARMALO_REASON_ATTEST_EXPIRED},
    };
    const char *now = forge_text("\"domain\":\"a\",\"created\":%s,", forge_when(0));
    char *good = proof_of(FORGE_CI, forge_text("%s\"nonce\":\"1\"", now));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static const int keys[] = {FORGE_CI, FORGE_CI_2};
        for (size_t k = 0; k < 2; k++) { /* of the same key as the good one, or of another */
            char *one = proof_of(
                keys[k], forge_text("%s\"nonce\":\"2\"%s%s", now, *rows[i].changes ? "," : "", rows[i].changes));
            forge_court_policy(&c, "\"any_age\":,\"max_age_s\":3600,\"audience\":[\"a\"],\"skew_s\":0");
            expect_text(with_proofs(one), rows[i].reason);
            expect_text(with_proofs(forge_text("[%s,%s]", good, one)), GOOD);
            expect_text(with_proofs(forge_text("[%s,%s]", one, good)), GOOD);
            forge_court_policy(&c, "\"any_age\":,\"max_age_s\":3600,\"audience\":[\"a\"],\"skew_s\":0,\"threshold\":2");
            uint32_t both = rows[i].reason == GOOD && k == 1 ? GOOD : THRESHOLD;
            expect_text(with_proofs(forge_text("[%s,%s]", good, one)), both);
            expect_text(with_proofs(forge_text("[%s,%s]", one, good)), both);
        }
    }
    close_court();
}
END_TEST

/* Of several proofs that count, what is told is when the oldest was made. */
START_TEST(test_oldest) {
    open_court("\"threshold\":2");
    char *older = proof_of(FORGE_CI_2, forge_text("\"created\":%s", forge_when(-50)));
    char *newer = proof_of(FORGE_CI, forge_text("\"created\":%s", forge_when(-10)));
    for (int turned = 0; turned < 2; turned++) {
        const char *text = with_proofs(forge_text("[%s,%s]", turned ? newer : older, turned ? older : newer));
        armalo_attest_request request = forge_request(text, FORGE_CREDENTIAL_SUBJECT);
        armalo_attested *attested = NULL;
        armalo_attested_facts facts;
        EXPECT_GRANT(c.w, forge_verify(c.w, c.policy, c.trust, &request, &attested));
        armalo_attested_facts_get(attested, 0, &facts);
        ck_assert_int_eq(facts.issued_ms, c.w->now_ms - 50000);
        armalo_attested_free(attested);
    }
    close_court();
}
END_TEST

/* A proof is bound to its document and to its own members. */
START_TEST(test_moved) {
    open_court("");
    char *first = forge_proof_text(&f), *text = forge_credential_text(&f);
    forge_put(&f.document, "id", "\"urn:example:credential:2\"");
    expect_text(with_proofs(first), MISMATCH);
    static const char *const changes[][2] = {
        {"\"created\":", "\"Created\":"},
        {"\"proofPurpose\":\"assertionMethod\"", "\"proofPurpose\":\"assertionMethod\",\"nonce\":\"x\""},
        {"#ci-1", "#key-9"},
        {"22:12:20", "22:12:19"},
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++)
        expect_text(forge_replace(text, changes[i][0], changes[i][1]), i == 2 ? UNKNOWN : MISMATCH);
    /* Its members in another order, and spaces, are the same proof. */
    expect_text(forge_replace(text, "\"proof\":{\"type\":\"DataIntegrityProof\",", "\"proof\": {"), MALFORMED);
    char *end = forge_replace(text, "\"proof\":{\"type\":\"DataIntegrityProof\",", "\"proof\": {");
    end[strlen(end) - 2] = 0;
    expect_text(forge_text("%s , \"type\" : \"DataIntegrity\\u0050roof\"}}", end), GOOD);
    close_court();
}
END_TEST

static void fill(TCase *tc) {
    for (int i = 0; i < FORGE_EXTRA; i++) (void)forge_signer_of(i);
    tcase_add_test(tc, test_members);
    tcase_add_test(tc, test_proof_value);
    tcase_add_test(tc, test_method);
    tcase_add_test(tc, test_policy_keys);
    tcase_add_test(tc, test_times);
    tcase_add_test(tc, test_domain);
    tcase_add_test(tc, test_context);
    tcase_add_test(tc, test_none);
    tcase_add_test(tc, test_set);
    tcase_add_test(tc, test_many);
    tcase_add_test(tc, test_work);
    tcase_add_test(tc, test_same_context);
    tcase_add_test(tc, test_threshold);
    tcase_add_test(tc, test_order);
    tcase_add_test(tc, test_oldest);
    tcase_add_test(tc, test_moved);
}

TEST_MAIN("attest_vc_proof", fill, 60)
