/* SPDX-License-Identifier: MIT */
/* Verifiable credentials: the published ones, what a credential must say, and what may differ between two spellings of
 * one. Proofs are in attest_vc_proof.c. */
#include "attest/artifact.h"
#include "attest_forge.h"
#include "pkey_forge.h"
#include "vectors/attest/eddsa_jcs.h"

static forge_court c;
static forge_credential f;

static void open_court(const char *changes) {
    forge_court_open(&c, changes);
    forge_credential_init(&f);
}
static void close_court(void) { forge_court_close(&c); }

static int judge_as(const char *text, const char *subject) { return forge_court_judge(&c, text, subject); }
static int judge(const char *text) { return judge_as(text, FORGE_CREDENTIAL_SUBJECT); }
static int verify(void) { return judge(forge_credential_text(&f)); }

static void expect(uint32_t reason) {
    if (reason == ARMALO_REASON_GRANTED)
        EXPECT_GRANT(c.w, verify());
    else
        EXPECT_DENY_CALL(c.w, verify(), reason);
}

/* With this member of the document; json NULL: without it. */
static void document(const char *name, const char *json) {
    forge_credential_init(&f);
    if (json == NULL)
        forge_drop(&f.document, name);
    else
        forge_put(&f.document, name, json);
}

#define GOOD ARMALO_REASON_GRANTED
#define FORM ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED
#define TYPE ARMALO_REASON_ATTEST_TYPE_REFUSED
#define WHEN ARMALO_REASON_ATTEST_TIME_UNREADABLE

/* ---- Published ---- */

#define W3C_OWNER   "https://vc.example/issuers/5678"
#define W3C_SUBJECT "did:example:abcdefgh"
#define VECTORS     (sizeof eddsa_jcs_vectors / sizeof eddsa_jcs_vectors[0])

static armalo_anchor *w3c_anchor(forge_anchors *anchors, const void *data, size_t len, int32_t form) {
    anchors->count = 0;
    armalo_anchor *a = forge_anchor(anchors, forge_signer_of(FORGE_CI), W3C_OWNER);
    a->data = data;
    a->len = len;
    a->form = form;
    a->key_id = NULL;
    return a;
}

static void w3c_trust(const char *hex) {
    static forge_anchors anchors;
    pkey_bytes key = pkey_hex(hex);
    w3c_anchor(&anchors, key.at, key.len, ARMALO_ANCHOR_ED25519);
    forge_court_trust(&c, &anchors);
}

#define W3C "\"issuers\":[\"" W3C_OWNER "\"],\"credential_types\":[\"AlumniCredential\"]"

START_TEST(test_published) {
    open_court(W3C);
    static forge_anchors anchors;
    char *did = forge_text("did:key:%s", eddsa_jcs_public_multibase);
    for (int form = 0; form < 2; form++) {
        if (form == 0) {
            w3c_anchor(&anchors, did, strlen(did), ARMALO_ANCHOR_TEXT);
            forge_court_trust(&c, &anchors);
        } else {
            w3c_trust(eddsa_jcs_public_hex);
        }
        for (size_t i = 0; i < VECTORS; i++) {
            const char *text = eddsa_jcs_vectors[i].credential;
            const int named = form == 0 || i == 0; /* it says which key, and a bare one is known by no multibase */
            armalo_attest_request request = forge_request(text, W3C_SUBJECT);
            armalo_attested *attested = NULL;
            armalo_attested_facts facts;
            char value[1000];
            EXPECT_GRANT(c.w, forge_verify(c.w, c.policy, c.trust, &request, &attested));
            armalo_attested_facts_get(attested, 0, &facts);
            ck_assert_int_eq(facts.format, ARMALO_FORMAT_VC);
            ck_assert_str_eq(facts.owner, W3C_OWNER);
            ck_assert_str_eq(facts.type, "AlumniCredential");
            ck_assert_str_eq(facts.id, "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33");
            ck_assert_int_eq(facts.issued_ms, INT64_C(1677281798000)); /* created: 2023-02-24T23:36:38Z */
            ck_assert_int_eq(facts.expires_ms, 0);
            ck_assert_mem_eq(facts.payload_sha256, pkey_hex(eddsa_jcs_document_hash_hex).at, 32);
            ck_assert_mem_eq(facts.artifact_sha256, forge_digest("SHA256", forge_bytes_text(text)).at, 32);
            ck_assert_int_eq(armalo_attested_value(attested, "", value, sizeof value, NULL, NULL), 1);
            ck_assert_str_eq(value, eddsa_jcs_document);
            ck_assert_int_eq(armalo_attested_value(attested, "/proof", value, sizeof value, NULL, NULL), 0);
            armalo_attested_free(attested);
            EXPECT_DENY_CALL(c.w, judge_as(text, "did:example:abcdefgi"), ARMALO_REASON_ATTEST_SUBJECT_MISMATCH);
            /* One digit of the signature. */
            char *value_text = forge_text("%s", eddsa_jcs_vectors[i].proof_value);
            value_text[40] = value_text[40] == 'a' ? 'b' : 'a';
            EXPECT_DENY_CALL(c.w,
                             judge_as(forge_replace(text, eddsa_jcs_vectors[i].proof_value, value_text), W3C_SUBJECT),
                             named ? ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH : ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
            /* Any value of the document, and of the proof. */
            static const char *const values[][2] = {{"Alumni Credential", "Alumni credential"},
                                                    {"did:example:abcdefgh", "did:example:abcdefgi"},
                                                    {"The School of Examples", "The School of examples"},
                                                    {"2023-01-01T00:00:00Z", "2023-01-01T00:00:01Z"},
                                                    {"2023-02-24T23:36:38Z", "2023-02-24T23:36:39Z"},
                                                    {"urn:uuid:5", "urn:uuid:6"},
                                                    {"\"description\"", "\"descriptions\""}};
            for (size_t k = 0; k < sizeof values / sizeof values[0]; k++)
                EXPECT_DENY_CALL(c.w, judge_as(forge_replace(text, values[k][0], values[k][1]), W3C_SUBJECT),
                                 named ? ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH : ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
        }
    }
    close_court();
}
END_TEST

/* What is computed on the way. */
START_TEST(test_published_hashes) {
    for (size_t i = 0; i < VECTORS; i++) {
        const eddsa_jcs_vector *v = &eddsa_jcs_vectors[i];
        armalo_i_artifact *a = calloc(1, sizeof *a);
        armalo_i_span text = armalo_i_span_text(v->credential);
        ck_assert_uint_eq(armalo_i_artifact_format(a, text, SIZE_MAX), ARMALO_REASON_GRANTED);
        ck_assert_uint_eq(armalo_i_artifact_open(a, text), ARMALO_REASON_GRANTED);
        ck_assert_uint_eq(a->count, 1);
        const armalo_i_signature *s = &a->signature[0];
        ck_assert_uint_eq(s->payload.len, strlen(eddsa_jcs_document));
        ck_assert_mem_eq(s->payload.ptr, eddsa_jcs_document, s->payload.len);
        ck_assert_uint_eq(s->message.len, 64);
        ck_assert_mem_eq(s->message.ptr, pkey_hex(v->combined_hash_hex).at, 64);
        ck_assert_mem_eq(s->message.ptr, pkey_hex(v->proof_hash_hex).at, 32);
        ck_assert_mem_eq(s->message.ptr + 32, pkey_hex(eddsa_jcs_document_hash_hex).at, 32);
        ck_assert_uint_eq(s->bytes.len, 64);
        ck_assert_mem_eq(s->bytes.ptr, pkey_hex(v->signature_hex).at, 64);
        armalo_i_artifact_end(a);
        free(a);
    }
}
END_TEST

/* The Recommendation's example names its key as a did:key: then it must be that key, whatever others are called. */
START_TEST(test_published_key) {
    open_court(W3C);
    static forge_anchors anchors;
    const char *text = eddsa_jcs_vectors[0].credential;
    const forge_signer *stranger = forge_signer_of(FORGE_STRANGER);
    armalo_anchor *a = w3c_anchor(&anchors, stranger->raw, 32, ARMALO_ANCHOR_ED25519);
    a->key_id = eddsa_jcs_public_multibase;
    forge_court_trust(&c, &anchors);
    EXPECT_DENY_CALL(c.w, judge_as(text, W3C_SUBJECT), ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
    /* The others say that it is a key of the issuer, and which it is only as a hint. */
    EXPECT_DENY_CALL(c.w, judge_as(eddsa_jcs_vectors[1].credential, W3C_SUBJECT),
                     ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    /* The key is not the issuer's. */
    char *did = forge_text("did:key:%s", eddsa_jcs_public_multibase);
    for (int owned = 0; owned < 2; owned++) {
        a = w3c_anchor(&anchors, did, strlen(did), ARMALO_ANCHOR_TEXT);
        a->owner = owned ? "https://vc.example/issuers/567" : NULL; /* NULL: its own */
        forge_court_trust(&c, &anchors);
        forge_court_policy(&c, "\"issuers\":,\"any_signer\":true,\"credential_types\":[\"AlumniCredential\"]");
        EXPECT_DENY_CALL(c.w, judge_as(text, W3C_SUBJECT), ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
    }
    close_court();
}
END_TEST

/* ---- One credential, spelled in many ways ---- */

START_TEST(test_spelling) {
    open_court("");
    char *text = forge_credential_text(&f);
    const char *same[] = {
        text,
        forge_text("\n\t %s \r\n", text),
        forge_replace(text, ",", " ,\n\t"),
        forge_replace(text, ":\"", " : \""),
        forge_replace(text, "{", "{ "),
        forge_replace(text, "/", "\\/"),
        forge_replace(text, "a", "\\u0061"),
        forge_replace(text, "\"score\":93", "\"score\":93.0"),
        forge_replace(text, "\"score\":93", "\"score\":9.3e1"),
        forge_replace(text, "\"score\":93", "\"score\":930E-1"),
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) EXPECT_GRANT(c.w, judge(same[i]));
    /* Members in another order: as they are made, and the other way round. */
    forge_object turned = {.count = 0};
    forge_put(&turned, "proof", forge_proof_text(&f));
    for (size_t i = f.document.count; i-- > 0;)
        forge_put(&turned, f.document.member[i].name, f.document.member[i].json);
    EXPECT_GRANT(c.w, judge(forge_object_text(&turned)));
    /* Any value counts, the smallest one too, and any name. */
    static const char *const values[][2] = {
        {"\"score\":93", "\"score\":93.00000000000001"},
        {"\"score\":93", "\"score\":-93"},
        {"\"score\":93", "\"score\":\"93\""},
        {"\"score\":93", "\"score\":true"},
        {"\"score\":93", "\"score\":[93]"},
        {"\"score\":93", "\"Score\":93"},
        {"\"score\":93", "\"score\":93,\"x\":null"},
        {"\"score\":93", "\"score\":93,\"\":1"},
        {"\"score\":93", "\"x\":1"},
        {"agent:1\"", "agent:1 \""},
        {"urn:example:credential:1", "urn:example:credential:2"},
    };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        const char *changed = forge_replace(text, values[i][0], values[i][1]);
        EXPECT_DENY_CALL(c.w, judge(changed), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    }
    /* A member more, or one less, of the whole. */
    EXPECT_DENY_CALL(c.w, judge(forge_replace(text, "{\"@context\"", "{\"x\":1,\"@context\"")),
                     ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    f.document.count--;
    char *fewer = forge_credential_text(&f);
    EXPECT_GRANT(c.w, judge(fewer));
    f.document.count++;
    forge_put(&f.document, "proof", strstr(fewer, "\"proof\":") + strlen("\"proof\":"));
    char *mixed = forge_credential_text(&f);
    mixed[strlen(mixed) - 1] = 0; /* the brace that came along */
    EXPECT_DENY_CALL(c.w, judge(mixed), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    close_court();
}
END_TEST

/* Numbers as ECMAScript writes them (RFC 8785 3.2.2.3, and its appendix B), names by their UTF-16 (3.2.3). */
START_TEST(test_canonical) {
    open_court("");
    static const char *const numbers[][2] = {{"0", "-0"},
                                             {"333333333.3333333", "333333333.33333329"},
                                             {"1e+30", "1E30"},
                                             {"4.5", "4.50"},
                                             {"0.002", "2e-3"},
                                             {"1e-27", "0.000000000000000000000000001"},
                                             {"9007199254740992", "9007199254740993"}, /* rounded, as the RFC says */
                                             {"100000000000000000000", "1e20"}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        document("x", numbers[i][0]);
        char *text = forge_credential_text(&f);
        EXPECT_GRANT(c.w, judge(text));
        EXPECT_GRANT(c.w, judge(forge_replace(text, forge_text("\"x\":%s", numbers[i][0]),
                                              forge_text("\"x\":%s", numbers[i][1]))));
    }
    /* U+1F600 is two UTF-16 units that begin with D83D, and so before U+FB33. */
    document("x", "{\"\xF0\x9F\x98\x80\":1,\"\xEF\xAC\xB3\":2}");
    char *text = forge_credential_text(&f);
    EXPECT_GRANT(c.w, judge(text));
    EXPECT_GRANT(c.w, judge(forge_replace(text, "{\"\xF0\x9F\x98\x80\":1,\"\xEF\xAC\xB3\":2}",
                                          "{\"\\ufb33\":2,\"\\ud83d\\ude00\":1}")));
    close_court();
}
END_TEST

/* ---- What a credential must say ---- */

#define V2 "\"https://www.w3.org/ns/credentials/v2\""

START_TEST(test_context) {
    static const struct {
        const char *context;
        uint32_t reason;
    } rows[] = {
        {"[" V2 "]", GOOD},
        {"[" V2 ",\"https://ci.example/v1\"]", GOOD},
        {"[" V2 ",{\"score\":\"https://schema.org/score\"}]", GOOD},
        {NULL, FORM},
        {"[]", FORM},
        {"null", FORM},
        {V2, FORM},
        {"{}", FORM},
        {"{\"x\":" V2 "}", FORM},
        {"[[" V2 "]]", FORM},
        {"[\"https://www.w3.org/2018/credentials/v1\"]", FORM},
        {"[\"https://www.w3.org/2018/credentials/v1\"," V2 "]", FORM},
        {"[\"https://ci.example/v1\"," V2 "]", FORM},
        {"[\"https://www.w3.org/ns/credentials/v2/\"]", FORM},
        {"[\"http://www.w3.org/ns/credentials/v2\"]", FORM},
    };
    open_court("");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        document("@context", rows[i].context);
        forge_drop(&f.proof, "@context");
        expect(rows[i].reason);
    }
    close_court();
}
END_TEST

START_TEST(test_type) {
    static const struct {
        const char *type;
        uint32_t reason;
        const char *fact;
    } rows[] = {
        {"[\"VerifiableCredential\",\"" FORGE_CREDENTIAL_TYPE "\"]", GOOD, FORGE_CREDENTIAL_TYPE},
        {"[\"" FORGE_CREDENTIAL_TYPE "\",\"VerifiableCredential\"]", GOOD, FORGE_CREDENTIAL_TYPE},
        {"[\"VerifiableCredential\",\"Other\",\"" FORGE_CREDENTIAL_TYPE "\"]", GOOD, FORGE_CREDENTIAL_TYPE},
        {"[\"VerifiableCredential\",\"Second\",\"" FORGE_CREDENTIAL_TYPE "\"]", GOOD, "Second"},
        {"\"VerifiableCredential\"", TYPE, NULL},
        {"[\"VerifiableCredential\"]", TYPE, NULL},
        {"[\"VerifiableCredential\",\"Other\"]", TYPE, NULL},
        {"[\"VerifiableCredential\",\"buildcredential\"]", TYPE, NULL},
        {"[\"VerifiableCredential\",\"BuildCredential \"]", TYPE, NULL},
        {"[\"" FORGE_CREDENTIAL_TYPE "\"]", FORM, NULL},
        {"\"" FORGE_CREDENTIAL_TYPE "\"", FORM, NULL},
        {"[\"verifiablecredential\",\"" FORGE_CREDENTIAL_TYPE "\"]", FORM, NULL},
        {"[\"VerifiablePresentation\",\"" FORGE_CREDENTIAL_TYPE "\"]", FORM, NULL},
        {"[]", FORM, NULL},
        {"[\"VerifiableCredential\",\"" FORGE_CREDENTIAL_TYPE "\",7]", FORM, NULL},
        {"[\"VerifiableCredential\",[\"" FORGE_CREDENTIAL_TYPE "\"]]", FORM, NULL},
        {"[\"VerifiableCredential\",\"\",\"" FORGE_CREDENTIAL_TYPE "\"]", FORM, NULL},
        {NULL, FORM, NULL},
        {"null", FORM, NULL},
        {"7", FORM, NULL},
        {"{}", FORM, NULL},
    };
    open_court("\"credential_types\":[\"" FORGE_CREDENTIAL_TYPE "\",\"Second\"]");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        document("type", rows[i].type);
        if (rows[i].reason != GOOD) {
            expect(rows[i].reason);
            continue;
        }
        armalo_attest_request request = forge_request(forge_credential_text(&f), FORGE_CREDENTIAL_SUBJECT);
        armalo_attested *attested = NULL;
        armalo_attested_facts facts;
        EXPECT_GRANT(c.w, forge_verify(c.w, c.policy, c.trust, &request, &attested));
        armalo_attested_facts_get(attested, 0, &facts);
        ck_assert_str_eq(facts.type, rows[i].fact);
        armalo_attested_free(attested);
    }
    /* That it is a credential is no type of it. */
    forge_court_policy(&c, "\"credential_types\":[\"VerifiableCredential\"]");
    document("type", "[\"VerifiableCredential\"]");
    expect(TYPE);
    close_court();
}
END_TEST

START_TEST(test_issuer) {
    open_court("");
    /* An object with an id will do. */
    document("issuer", "{\"id\":\"" FORGE_CI_OWNER "\",\"name\":\"CI\"}");
    expect(GOOD);
    document("issuer", "\"https:\\/\\/ci.example\"");
    char *text = forge_credential_text(&f); /* hashed as it is spelled here, which is not canonical */
    EXPECT_DENY_CALL(c.w, judge(text), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    static const char *const bad[] = {"null",
                                      "7",
                                      "[]",
                                      "[\"" FORGE_CI_OWNER "\"]",
                                      "\"\"",
                                      "{}",
                                      "{\"id\":7}",
                                      "{\"id\":\"\"}",
                                      "{\"ID\":\"" FORGE_CI_OWNER "\"}",
                                      "{\"id\":{}}",
                                      "true",
                                      "\"a\\u0000b\""};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        document("issuer", bad[i]);
        expect(ARMALO_REASON_ATTEST_MALFORMED);
    }
    document("issuer", NULL);
    expect(ARMALO_REASON_ATTEST_MALFORMED);
    /* Another's: whose key is it that the proof names? */
    document("issuer", "\"" FORGE_OTHER_OWNER "\"");
    expect(ARMALO_REASON_ATTEST_ISSUER_MISMATCH);
    forge_credential_signer(&f, forge_signer_of(FORGE_CI), FORGE_OTHER_OWNER);
    expect(ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
    forge_credential_signer(&f, forge_signer_of(FORGE_OTHER), FORGE_OTHER_OWNER);
    expect(ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
    forge_court_policy(&c, "\"issuers\":[\"" FORGE_CI_OWNER "\",\"" FORGE_OTHER_OWNER "\"]");
    expect(GOOD);
    /* A key of one does not speak for the other, though the policy accepts both. */
    forge_credential_signer(&f, forge_signer_of(FORGE_CI), FORGE_OTHER_OWNER);
    expect(ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
    document("x", "1");
    forge_credential_signer(&f, forge_signer_of(FORGE_OTHER), FORGE_CI_OWNER);
    expect(ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
    /* A key of nobody's signs no credential. */
    static forge_anchors anchors;
    anchors.count = 0;
    forge_anchor(&anchors, forge_signer_of(FORGE_CI), NULL);
    forge_court_trust(&c, &anchors);
    forge_court_policy(&c, "\"issuers\":,\"any_signer\":true");
    forge_credential_init(&f);
    expect(ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
    close_court();
}
END_TEST

START_TEST(test_subject) {
    static const struct {
        const char *subject;
        uint32_t reason;
    } rows[] = {
        {"{\"id\":\"" FORGE_CREDENTIAL_SUBJECT "\"}", GOOD},
        {"[{\"id\":\"" FORGE_CREDENTIAL_SUBJECT "\"}]", GOOD},
        {"[{\"id\":\"x\"},{\"id\":\"" FORGE_CREDENTIAL_SUBJECT "\"}]", GOOD},
        {"[{},{\"id\":\"" FORGE_CREDENTIAL_SUBJECT "\"}]", GOOD},
        {"{\"id\":\"x\"}", ARMALO_REASON_ATTEST_SUBJECT_MISMATCH},
        {"{\"id\":\"" FORGE_CREDENTIAL_SUBJECT "1\"}", ARMALO_REASON_ATTEST_SUBJECT_MISMATCH},
        {"{}", ARMALO_REASON_ATTEST_SUBJECT_MISMATCH},
        {"[]", ARMALO_REASON_ATTEST_SUBJECT_MISMATCH},
        {"[{}]", ARMALO_REASON_ATTEST_SUBJECT_MISMATCH},
        {"[\"" FORGE_CREDENTIAL_SUBJECT "\"]", ARMALO_REASON_ATTEST_SUBJECT_MISMATCH},
        {"{\"id\":7}", ARMALO_REASON_ATTEST_SUBJECT_MISMATCH},
        {"{\"id\":[\"" FORGE_CREDENTIAL_SUBJECT "\"]}", ARMALO_REASON_ATTEST_SUBJECT_MISMATCH},
        {"{\"x\":{\"id\":\"" FORGE_CREDENTIAL_SUBJECT "\"}}", ARMALO_REASON_ATTEST_SUBJECT_MISMATCH},
        {NULL, FORM},
        {"null", FORM},
        {"7", FORM},
        {"true", FORM},
        {"\"" FORGE_CREDENTIAL_SUBJECT "\"", FORM},
    };
    open_court("");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        document("credentialSubject", rows[i].subject);
        expect(rows[i].reason);
        EXPECT_DENY_CALL(c.w, judge_as(forge_credential_text(&f), NULL),
                         rows[i].reason == FORM ? FORM : ARMALO_REASON_ATTEST_SUBJECT_UNSPECIFIED);
    }
    forge_court_policy(&c, "\"any_subject\":true");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        document("credentialSubject", rows[i].subject);
        expect(rows[i].reason); /* one that is named counts all the same */
        if (rows[i].reason == FORM)
            EXPECT_DENY_CALL(c.w, judge_as(forge_credential_text(&f), NULL), FORM);
        else
            EXPECT_GRANT(c.w, judge_as(forge_credential_text(&f), NULL));
    }
    close_court();
}
END_TEST

START_TEST(test_id_and_status) {
    static const char *const bad[] = {"null", "7", "\"\"", "{}", "[\"urn:x\"]", "\"a\\u0000b\""};
    static const char *const status[] = {
        "{\"type\":\"BitstringStatusListEntry\"}", "[]", "null", "{}", "\"\"", "false"};
    open_court("");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        document("id", bad[i]);
        expect(FORM);
    }
    document("id", forge_text("\"%0255d\"", 7));
    expect(GOOD);
    document("id", forge_text("\"%0256d\"", 7));
    expect(FORM);
    document("id", NULL);
    expect(GOOD);
    /* A status that cannot be checked is neither good nor bad. */
    for (size_t i = 0; i < sizeof status / sizeof status[0]; i++) {
        forge_court_policy(&c, "");
        document("credentialStatus", status[i]);
        expect(ARMALO_REASON_ATTEST_STATUS_UNCHECKED);
        forge_court_policy(&c, "\"any_status\":true");
        expect(GOOD);
    }
    forge_court_policy(&c, "");
    document("CredentialStatus", "{}");
    expect(GOOD);
    close_court();
}
END_TEST

/* ---- Times ---- */

static const char *const bad_times[] = {"null",
                                        "7",
                                        "1700000000",
                                        "[]",
                                        "{}",
                                        "true",
                                        "\"\"",
                                        "\"2023\"",
                                        "\"2023-01-01\"",
                                        "\"2023-01-01T00:00:00\"",
                                        "\"2023-01-01t00:00:00Z\"",
                                        "\"2023-01-01T00:00:00z\"",
                                        "\"2023-01-01 00:00:00Z\"",
                                        "\"2023-02-29T00:00:00Z\"",
                                        "\"2023-13-01T00:00:00Z\"",
                                        "\"2023-01-01T24:00:00Z\"",
                                        "\"2023-06-30T23:59:60Z\"",
                                        "\"2023-01-01T00:00Z\"",
                                        "\"2023-01-01T00:00:00.Z\"",
                                        "\"2023-01-01T00:00:00.1234567890Z\"",
                                        "\"2023-01-01T00:00:00+01\"",
                                        "\"2023-01-01T00:00:00Z \"",
                                        "\"1969-12-31T23:59:59Z\"",
                                        "\"10000-01-01T00:00:00Z\"",
                                        "\"-2023-01-01T00:00:00Z\"",
                                        "\"Sun, 06 Nov 1994 08:49:37 GMT\""};

START_TEST(test_times_unreadable) {
    static const char *const names[] = {"validFrom", "validUntil"};
    open_court("");
    for (size_t n = 0; n < 2; n++) {
        for (size_t i = 0; i < sizeof bad_times / sizeof bad_times[0]; i++) {
            document(names[n], bad_times[i]);
            expect(WHEN);
        }
        document(names[n], NULL);
        expect(GOOD);
    }
    document("validFrom", "\"1970-01-01T00:00:00Z\"");
    expect(GOOD);
    document("validFrom", "\"2023-11-14T23:13:20.123456789+01:00\"");
    expect(GOOD);
    close_court();
}
END_TEST

START_TEST(test_validity) {
    open_court("\"skew_s\":7");
    const int64_t now_ms = c.w->now_ms;
    static const int64_t offsets[] = {0, 1, 999, 86400000};
    for (size_t i = 0; i < 4; i++) {
        /* The moment of the end does not belong to it, whatever the skew. */
        document("validUntil", forge_rfc3339(now_ms + offsets[i]));
        c.w->now_ms = now_ms + offsets[i];
        expect(ARMALO_REASON_ATTEST_EXPIRED);
        c.w->now_ms--;
        expect(GOOD);
        /* A beginning may be ahead by as much as the skew. */
        document("validFrom", forge_rfc3339(now_ms + offsets[i]));
        forge_drop(&f.document, "validUntil");
        c.w->now_ms = now_ms + offsets[i] - 7000;
        forge_put(&f.proof, "created", forge_rfc3339(c.w->now_ms - 1));
        expect(GOOD);
        c.w->now_ms--;
        expect(ARMALO_REASON_ATTEST_NOT_YET_VALID);
    }
    c.w->now_ms = now_ms;
    document("validUntil", "\"1970-01-01T00:00:00Z\""); /* an end, and not none */
    expect(ARMALO_REASON_ATTEST_EXPIRED);
    /* An end that is asked for. */
    forge_court_policy(&c, "\"any_age\":,\"expiry_required\":true");
    forge_credential_init(&f);
    expect(GOOD);
    document("validUntil", NULL);
    expect(ARMALO_REASON_ATTEST_TIME_MISSING);
    forge_put(&f.proof, "expires", forge_when(3600)); /* the proof's end is not the credential's */
    expect(ARMALO_REASON_ATTEST_TIME_MISSING);
    close_court();
}
END_TEST

/* But who keeps a grant until it ends is told of the end that comes first. */
START_TEST(test_first_end) {
    static const struct {
        int until, proof, end; /* seconds from now; 0: none */
    } rows[] = {{3600, 10, 10}, {10, 3600, 10}, {3600, 0, 3600}, {0, 10, 10}, {0, 0, 0}};
    open_court("");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int made = 0; made < 2; made++) {
            document("validUntil", rows[i].until == 0 ? NULL : forge_when(rows[i].until));
            forge_drop(&f.proof, "created");
            forge_drop(&f.document, "validFrom");
            if (made) forge_put(&f.proof, "created", forge_when(-60));
            if (rows[i].proof != 0) forge_put(&f.proof, "expires", forge_when(rows[i].proof));
            armalo_attest_request request = forge_request(forge_credential_text(&f), FORGE_CREDENTIAL_SUBJECT);
            armalo_attested *attested = NULL;
            armalo_attested_facts facts;
            EXPECT_GRANT(c.w, forge_verify(c.w, c.policy, c.trust, &request, &attested));
            armalo_attested_facts_get(attested, 0, &facts);
            ck_assert_int_eq(facts.expires_ms, rows[i].end == 0 ? 0 : (FORGE_NOW_S + rows[i].end) * 1000);
            int timeless = !made && rows[i].end == 0;
            ck_assert_int_eq((c.w->why.labels & ARMALO_LABEL_FRESHNESS_NOT_PROVIDED) != 0, timeless);
            armalo_attested_free(attested);
        }
    }
    close_court();
}
END_TEST

/* When it was made: the proof's created, or else validFrom. */
START_TEST(test_age) {
    open_court("\"any_age\":,\"max_age_s\":100");
    document("validFrom", forge_when(-1000));
    forge_put(&f.proof, "created", forge_when(-100));
    expect(GOOD);
    c.w->now_ms++;
    expect(ARMALO_REASON_ATTEST_TOO_OLD);
    c.w->now_ms--;
    document("validFrom", forge_when(-100));
    forge_drop(&f.proof, "created");
    expect(GOOD);
    c.w->now_ms++;
    expect(ARMALO_REASON_ATTEST_TOO_OLD);
    c.w->now_ms--;
    document("validFrom", forge_when(-1));
    forge_put(&f.proof, "created", forge_when(-101));
    expect(ARMALO_REASON_ATTEST_TOO_OLD);
    document("validFrom", NULL);
    expect(GOOD);
    forge_drop(&f.proof, "created");
    expect(ARMALO_REASON_ATTEST_TIME_MISSING);
    close_court();
}
END_TEST

/* ---- Form and size ---- */

START_TEST(test_form) {
    open_court("");
    char *text = forge_credential_text(&f);
    for (size_t cut = 1; cut < strlen(text); cut += 3) {
        armalo_attest_request request = forge_request(text, FORGE_CREDENTIAL_SUBJECT);
        request.artifact_len = cut;
        EXPECT_DENY_CALL(c.w, forge_verify(c.w, c.policy, c.trust, &request, NULL), ARMALO_REASON_ATTEST_MALFORMED);
    }
    /* A member twice, at any depth, however it is spelled. */
    const char *bad[] = {
        forge_replace(text, "{\"@context\"", "{\"id\":\"x\",\"@context\""),
        forge_replace(text, "\"score\":93", "\"score\":93,\"score\":93"),
        forge_replace(text, "\"score\":93", "\"score\":93,\"scor\\u0065\":93"),
        forge_replace(text, "\"cryptosuite\"", "\"cryptosuite\":\"eddsa-jcs-2022\",\"cryptosuite\""),
        forge_replace(text, "\"score\":93", "\"score\":\"\xFF\""),
        forge_replace(text, "\"score\":93", "\"score\":\"\\ud800\""),
        forge_replace(text, "\"score\":93", "\"score\":1e400"),
        forge_text("%s{}", text),
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        EXPECT_DENY_CALL(c.w, judge(bad[i]), ARMALO_REASON_ATTEST_MALFORMED);
    close_court();
}
END_TEST

/* A credential of exactly this length. A signature has 87 or 88 digits. */
static char *of_size(size_t size) {
    document("pad", "\"\"");
    size_t room = size - strlen(forge_credential_text(&f));
    char *pad = forge_keep(room + 2);
    for (char letter = 'a'; letter <= 'z'; letter++) {
        memset(pad, letter, room + 1);
        pad[room] = 0;
        forge_put(&f.document, "pad", forge_quote(pad));
        char *text = forge_credential_text(&f);
        if (strlen(text) == size) return text;
    }
    ck_abort_msg("no credential of %zu bytes", size);
    return NULL;
}

/* White space inside is counted; around it is nothing of it. */
START_TEST(test_size) {
    open_court("");
    char *largest = of_size(ARMALO_ATTEST_MAX_CREDENTIAL);
    EXPECT_GRANT(c.w, judge(largest));
    EXPECT_GRANT(c.w, judge(forge_text(" %s\n", largest)));
    EXPECT_DENY_CALL(c.w, judge(forge_replace(largest, "\"pad\":", "\"pad\": ")), ARMALO_REASON_ATTEST_SIZE);
    EXPECT_DENY_CALL(c.w, judge(of_size(ARMALO_ATTEST_MAX_CREDENTIAL + 1)), ARMALO_REASON_ATTEST_SIZE);
    close_court();
}
END_TEST

START_TEST(test_facts) {
    open_court("");
    char *text = forge_credential_text(&f);
    armalo_attest_request request = forge_request(text, FORGE_CREDENTIAL_SUBJECT);
    armalo_attested *attested = NULL;
    armalo_attested_facts facts;
    char value[2000];
    EXPECT_GRANT(c.w, forge_verify(c.w, c.policy, c.trust, &request, &attested));
    armalo_attested_facts_get(attested, 0, &facts);
    ck_assert_int_eq(facts.format, ARMALO_FORMAT_VC);
    ck_assert_uint_eq(facts.signer_count, 1);
    ck_assert_int_eq(facts.issued_ms, (FORGE_NOW_S - 60) * 1000);
    ck_assert_int_eq(facts.expires_ms, (FORGE_NOW_S + 3600) * 1000);
    ck_assert_mem_eq(facts.artifact_sha256, forge_digest("SHA256", forge_bytes_text(text)).at, 32);
    char *canonical = forge_object_canonical(&f.document);
    ck_assert_mem_eq(facts.payload_sha256, forge_digest("SHA256", forge_bytes_text(canonical)).at, 32);
    ck_assert_str_eq(facts.owner, FORGE_CI_OWNER);
    ck_assert_str_eq(facts.key_id, "ci-1");
    ck_assert_str_eq(facts.type, FORGE_CREDENTIAL_TYPE);
    ck_assert_str_eq(facts.id, "urn:example:credential:1");
    /* The credential in its canonical form, without proofs. */
    ck_assert_int_eq(armalo_attested_value(attested, "", value, sizeof value, NULL, NULL), 1);
    ck_assert_str_eq(value, canonical);
    ck_assert_int_eq(armalo_attested_value(attested, "/credentialSubject/score", value, sizeof value, NULL, NULL), 1);
    ck_assert_str_eq(value, "93");
    ck_assert_int_eq(armalo_attested_value(attested, "/proof/created", value, sizeof value, NULL, NULL), 0);
    armalo_attested_free(attested);
    close_court();
}
END_TEST

static void fill(TCase *tc) {
    for (int i = 0; i < FORGE_EXTRA; i++) (void)forge_signer_of(i);
    tcase_add_test(tc, test_published);
    tcase_add_test(tc, test_published_hashes);
    tcase_add_test(tc, test_published_key);
    tcase_add_test(tc, test_spelling);
    tcase_add_test(tc, test_canonical);
    tcase_add_test(tc, test_context);
    tcase_add_test(tc, test_type);
    tcase_add_test(tc, test_issuer);
    tcase_add_test(tc, test_subject);
    tcase_add_test(tc, test_id_and_status);
    tcase_add_test(tc, test_times_unreadable);
    tcase_add_test(tc, test_validity);
    tcase_add_test(tc, test_first_end);
    tcase_add_test(tc, test_age);
    tcase_add_test(tc, test_form);
    tcase_add_test(tc, test_size);
    tcase_add_test(tc, test_facts);
}

TEST_MAIN("attest_vc", fill, 60)
