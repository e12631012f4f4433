/* SPDX-License-Identifier: MIT */
/* Policies: what must be said, in which form, and what contradicts itself. A policy that leaves something out is
 * refused; nothing is filled in. */
#include "attest/policy.h"
#include "attest_forge.h"
#include "crypto/pkey.h"

static world *w;
static armalo_attest_policy *made;

static void open_world(void) { w = world_new(); }
static void close_world(void) { world_free(w); }

/* ---- Policies as lists of members ---- */

typedef struct spec {
    size_t count;
    struct {
        const char *name, *json;
    } member[40];
} spec;

static void drop(spec *s, const char *name) {
    for (size_t i = 0; i < s->count; i++) {
        if (strcmp(s->member[i].name, name) != 0) continue;
        memmove(&s->member[i], &s->member[i + 1], (s->count - i - 1) * sizeof s->member[0]);
        s->count--;
        return;
    }
}

static void put(spec *s, const char *name, const char *json) {
    drop(s, name);
    s->member[s->count].name = name;
    s->member[s->count++].json = json;
}

/* The shortest policy that says everything. */
static spec shortest(void) {
    spec s = {0};
    put(&s, "v", "1");
    put(&s, "formats", "[\"jws\"]");
    put(&s, "any_signer", "true");
    put(&s, "any_age", "true");
    put(&s, "no_revocation", "true");
    return s;
}

static const char *const of_dsse[] = {"predicate_types", "issued_at", "expires_at", "ecdsa", NULL};
static const char *const of_vc[] = {"credential_types", "any_status", NULL};

static int is_one_of(const char *name, const char *const *names) {
    while (*names != NULL && strcmp(*names, name) != 0) names++;
    return *names != NULL;
}

/* The same with one member, and the format that it is for, and without the waivers that it makes untrue. */
static spec with(const char *name, const char *json) {
    spec s = shortest();
    if (strcmp(name, "issuers") == 0 || strcmp(name, "keys") == 0) drop(&s, "any_signer");
    if (strcmp(name, "max_age_s") == 0 || strcmp(name, "expiry_required") == 0) drop(&s, "any_age");
    if (strcmp(name, "revocation") == 0) drop(&s, "no_revocation");
    if (is_one_of(name, of_dsse)) {
        put(&s, "formats", "[\"jws\",\"dsse\"]");
        put(&s, "predicate_types", "[\"t\"]");
    }
    if (is_one_of(name, of_vc)) {
        put(&s, "formats", "[\"jws\",\"vc\"]");
        put(&s, "credential_types", "[\"t\"]");
    }
    put(&s, name, json);
    return s;
}

static char text[2 * ARMALO_ATTEST_MAX_POLICY];

static size_t write_spec(const spec *s) {
    size_t at = (size_t)snprintf(text, sizeof text, "{");
    for (size_t i = 0; i < s->count; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at, "%s\"%s\":%s", i > 0 ? "," : "", s->member[i].name,
                               s->member[i].json);
    }
    at += (size_t)snprintf(text + at, sizeof text - at, "}");
    must(at < sizeof text);
    return at;
}

/* From a block that ends where the policy ends, and is gone afterwards. */
static int make(const char *json, size_t len) {
    char *block = malloc(len > 0 ? len : 1);
    if (block == NULL) abort();
    memcpy(block, json, len);
    made = armalo_attest_policy_new(w->host, block, len, &w->why);
    memset(block, 'x', len > 0 ? len : 1);
    free(block);
    return made != NULL;
}

static void refused_bytes(const char *json, size_t len, uint32_t reason, const char *detail) {
    EXPECT_REFUSE(w, make(json, len), reason);
    if (strcmp(w->why.detail, detail) != 0)
        ck_abort_msg("the detail of %.200s is %s and not %s", json, w->why.detail, detail);
}

static void refused(const spec *s, uint32_t reason, const char *detail) {
    size_t len = write_spec(s);
    refused_bytes(text, len, reason, detail);
}

static void malformed(const char *name, const char *json) {
    spec s = with(name, json);
    /* Of the claims it says which one. */
    if (strcmp(name, "claims") == 0) {
        size_t len = write_spec(&s);
        EXPECT_REFUSE(w, make(text, len), ARMALO_REASON_POLICY_MALFORMED);
        must(strncmp(w->why.detail, "claims", 6) == 0);
    } else {
        refused(&s, ARMALO_REASON_POLICY_MALFORMED, name);
    }
}

/* The handle; the decision that came with it grants nothing. */
static armalo_attest_policy *accepted_bytes(const char *json, size_t len) {
    unsigned before = forge_poison(w);
    if (!make(json, len)) ck_abort_msg("%.300s: %s (%s)", json, armalo_reason_name(w->why.reason), w->why.detail);
    must(armalo_decision_granted(&w->why) == 0 && w->why.reason == ARMALO_REASON_UNDECIDED);
    must(w->decisions == before);
    return made;
}

static armalo_attest_policy *accepted(const spec *s) {
    size_t len = write_spec(s);
    return accepted_bytes(text, len);
}

static armalo_attest_policy *well_formed(const char *name, const char *json) {
    spec s = with(name, json);
    return accepted(&s);
}

static void well_formed_only(const char *name, const char *json) { armalo_attest_policy_free(well_formed(name, json)); }

static int list_is(const armalo_i_list *list, size_t count, const char *first) {
    return list->count == count && (count == 0 || armalo_i_span_equal(list->item[0], armalo_i_span_text(first)));
}

/* ---- What is read ---- */

START_TEST(test_shortest) {
    open_world();
    spec s = shortest();
    armalo_attest_policy *p = accepted(&s);
    ck_assert_str_eq(p->name, "");
    ck_assert_uint_eq(p->formats, ARMALO_I_FORMAT_BIT(ARMALO_FORMAT_JWS));
    ck_assert_uint_eq(p->threshold, 1);
    /* All but RS256. */
    ck_assert_uint_eq(p->algorithms, ARMALO_I_ALG_BIT(ARMALO_I_ALG_EDDSA) | ARMALO_I_ALG_BIT(ARMALO_I_ALG_ES256) |
                                         ARMALO_I_ALG_BIT(ARMALO_I_ALG_ES384) | ARMALO_I_ALG_BIT(ARMALO_I_ALG_PS256));
    ck_assert_int_eq(p->ecdsa, ARMALO_I_ECDSA_RAW);
    ck_assert_int_eq(p->skew_ms, 60000);
    ck_assert_int_eq(p->any_signer, 1);
    ck_assert_int_eq(p->any_age, 1);
    ck_assert_int_eq(p->no_revocation, 1);
    ck_assert_int_eq(p->any_subject, 0);
    ck_assert_int_eq(p->any_status, 0);
    ck_assert_int_eq(p->accept_simulated, 0);
    ck_assert_int_eq(p->expiry_required, 0);
    ck_assert_int_eq(p->max_age_ms, 0);
    ck_assert_int_eq(p->revocation_max_age_ms, 0);
    ck_assert_int_eq(p->has_issued_at, 0);
    ck_assert_int_eq(p->has_expires_at, 0);
    ck_assert_uint_eq(p->claim_count, 0);
    ck_assert_uint_eq(p->issuers.count + p->keys.count + p->predicate_types.count + p->typ.count +
                          p->credential_types.count + p->audience.count + p->usages.count + p->revocation_issuers.count,
                      0);
    armalo_attest_policy_free(p);
    close_world();
}
END_TEST

START_TEST(test_full) {
    open_world();
    static const char json[] =
        " {\"v\":1,\"name\":\"release gate\",\"formats\":[\"vc\",\"dsse\",\"jws\"],\r\n"
        "\"issuers\":[\"https://issuer.example\",\"did:key:z\"],\"keys\":[\"k1\",\"k2\",\"k3\"],\"threshold\":2,"
        "\"algorithms\":[\"RS256\",\"Ed25519\"],\"ecdsa\":\"der\",\"predicate_types\":[\"https://slsa.dev/provenance/"
        "v1\"],"
        "\"typ\":[\"JWT\"],\"credential_types\":[\"AlumniCredential\"],\"any_subject\":true,"
        "\"audience\":[\"https://verifier.example\"],\"max_age_s\":3600,\"expiry_required\":true,"
        "\"issued_at\":\"/predicate/at\",\"expires_at\":\"/predicate/end\",\"skew_s\":30,"
        "\"claims\":[{\"pointer\":\"/predicate/score\",\"operator\":\"gte\",\"value\":80},"
        "{\"value\":\"x\",\"operator\":\"includes\",\"pointer\":\"/a~1b\"}],"
        "\"revocation\":{\"max_age_s\":86400,\"issuers\":[\"https://ca.example\"]},\"accept_simulated\":true,"
        "\"any_status\":true,\"usages\":[\"1.3.6.1.5.5.7.3.3\"]}\n";
    armalo_attest_policy *p = accepted_bytes(json, sizeof json - 1);
    ck_assert_ptr_eq(p->host, w->host);
    ck_assert_str_eq(p->name, "release gate");
    ck_assert_uint_eq(p->formats, ARMALO_I_FORMAT_BIT(ARMALO_FORMAT_DSSE) | ARMALO_I_FORMAT_BIT(ARMALO_FORMAT_JWS) |
                                      ARMALO_I_FORMAT_BIT(ARMALO_FORMAT_VC));
    ck_assert_uint_eq(p->algorithms, ARMALO_I_ALG_BIT(ARMALO_I_ALG_RS256) | ARMALO_I_ALG_BIT(ARMALO_I_ALG_EDDSA));
    ck_assert(list_is(&p->issuers, 2, "https://issuer.example"));
    ck_assert(armalo_i_list_has(&p->issuers, armalo_i_span_text("did:key:z")));
    ck_assert(!armalo_i_list_has(&p->issuers, armalo_i_span_text("did:key:")));
    ck_assert(!armalo_i_list_has(&p->issuers, armalo_i_span_text("")));
    ck_assert(list_is(&p->keys, 3, "k1"));
    ck_assert(list_is(&p->predicate_types, 1, "https://slsa.dev/provenance/v1"));
    ck_assert(list_is(&p->typ, 1, "JWT"));
    ck_assert(list_is(&p->credential_types, 1, "AlumniCredential"));
    ck_assert(list_is(&p->audience, 1, "https://verifier.example"));
    ck_assert(list_is(&p->usages, 1, "1.3.6.1.5.5.7.3.3"));
    ck_assert(list_is(&p->revocation_issuers, 1, "https://ca.example"));
    ck_assert_uint_eq(p->threshold, 2);
    ck_assert_int_eq(p->ecdsa, ARMALO_I_ECDSA_DER);
    ck_assert_int_eq(p->max_age_ms, 3600000);
    ck_assert_int_eq(p->skew_ms, 30000);
    ck_assert_int_eq(p->revocation_max_age_ms, 86400000);
    ck_assert_int_eq(p->any_subject, 1);
    ck_assert_int_eq(p->any_status, 1);
    ck_assert_int_eq(p->accept_simulated, 1);
    ck_assert_int_eq(p->expiry_required, 1);
    ck_assert_int_eq(p->any_signer, 0);
    ck_assert_int_eq(p->any_age, 0);
    ck_assert_int_eq(p->no_revocation, 0);
    ck_assert_int_eq(p->has_issued_at, 1);
    ck_assert_int_eq(p->has_expires_at, 1);
    ck_assert_uint_eq(p->issued_at.count, 2);
    ck_assert_uint_eq(p->expires_at.count, 2);
    ck_assert_str_eq(p->expires_at.text, "predicateend");
    ck_assert_uint_eq(p->claim_count, 2);
    ck_assert_int_eq(p->claim[0].op, ARMALO_I_OP_GTE);
    ck_assert_str_eq(p->claim_text[0], "/predicate/score");
    ck_assert_int_eq(p->claim[1].op, ARMALO_I_OP_INCLUDES);
    ck_assert_str_eq(p->claim[1].pointer.text, "a/b");
    ck_assert_int_eq(p->claim[1].value.type, ARMALO_I_JSON_STRING);
    /* What the audit trail calls it: SHA-256 of its bytes, by OpenSSL. */
    uint8_t digest[32];
    ck_assert_int_eq(EVP_Digest(json, sizeof json - 1, digest, NULL, EVP_sha256(), NULL), 1);
    ck_assert_mem_eq(p->digest, digest, 32);
    armalo_attest_policy_free(p);
    armalo_attest_policy_free(NULL);
    close_world();
}
END_TEST

/* ---- Each member: of each other type, and out of its range ---- */

enum { IS_NULL, IS_TRUE, IS_FALSE, IS_NUMBER, IS_STRING, IS_ARRAY, IS_OBJECT };

static const struct {
    const char *name;
    int type;
    const char *right;
} members[] = {
    {"v", IS_NUMBER, "1"},
    {"name", IS_STRING, "\"x\""},
    {"formats", IS_ARRAY, "[\"jws\"]"},
    {"issuers", IS_ARRAY, "[\"x\"]"},
    {"keys", IS_ARRAY, "[\"x\"]"},
    {"any_signer", IS_TRUE, "true"},
    {"threshold", IS_NUMBER, "1"},
    {"algorithms", IS_ARRAY, "[\"ES256\"]"},
    {"ecdsa", IS_STRING, "\"raw\""},
    {"predicate_types", IS_ARRAY, "[\"x\"]"},
    {"typ", IS_ARRAY, "[\"x\"]"},
    {"credential_types", IS_ARRAY, "[\"x\"]"},
    {"any_subject", IS_TRUE, "true"},
    {"audience", IS_ARRAY, "[\"x\"]"},
    {"max_age_s", IS_NUMBER, "1"},
    {"expiry_required", IS_TRUE, "true"},
    {"any_age", IS_TRUE, "true"},
    {"issued_at", IS_STRING, "\"/x\""},
    {"expires_at", IS_STRING, "\"/x\""},
    {"skew_s", IS_NUMBER, "1"},
    {"claims", IS_ARRAY, "[{\"pointer\":\"/x\",\"operator\":\"eq\",\"value\":1}]"},
    {"revocation", IS_OBJECT, "{\"max_age_s\":1}"},
    {"no_revocation", IS_TRUE, "true"},
    {"accept_simulated", IS_TRUE, "true"},
    {"any_status", IS_TRUE, "true"},
    {"usages", IS_ARRAY, "[\"1.2.3\"]"},
};
#define MEMBERS (sizeof members / sizeof members[0])

START_TEST(test_types) {
    static const struct {
        int type;
        const char *json;
    } samples[] = {
        {IS_NULL, "null"}, {IS_TRUE, "true"},   {IS_FALSE, "false"},  {IS_NUMBER, "1"},
        {IS_NUMBER, "0"},  {IS_STRING, "\"\""}, {IS_STRING, "\"1\""}, {IS_STRING, "\"true\""},
        {IS_ARRAY, "[]"},  {IS_ARRAY, "[1]"},   {IS_ARRAY, "[true]"}, {IS_ARRAY, "[null]"},
        {IS_OBJECT, "{}"}, {IS_ARRAY, "[[]]"},  {IS_ARRAY, "[{}]"},   {IS_OBJECT, "{\"max_age_s\":true}"},
    };
    open_world();
    for (size_t m = 0; m < MEMBERS; m++) {
        well_formed_only(members[m].name, members[m].right);
        for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
            /* Of the lists, those here hold nothing that a list of texts may hold; the object is no revocation. */
            if (samples[i].type == members[m].type && samples[i].type != IS_ARRAY && samples[i].type != IS_OBJECT)
                continue;
            malformed(members[m].name, samples[i].json);
        }
    }
    close_world();
}
END_TEST

/* Only the literal true waives. */
START_TEST(test_waivers) {
    static const char *const waivers[] = {"any_signer", "any_subject",   "any_age",         "expiry_required",
                                          "any_status", "no_revocation", "accept_simulated"};
    static const char *const not_true[] = {"false", "null", "\"true\"", "1", "0", "\"yes\"", "[true]", "{}"};
    open_world();
    for (size_t m = 0; m < sizeof waivers / sizeof waivers[0]; m++) {
        well_formed_only(waivers[m], "true");
        for (size_t i = 0; i < sizeof not_true / sizeof not_true[0]; i++) malformed(waivers[m], not_true[i]);
    }
    close_world();
}
END_TEST

START_TEST(test_ranges) {
    static const struct {
        const char *name, *json;
        int good;
    } rows[] = {
        {"v", "1", 1},
        {"v", "0", 0},
        {"v", "2", 0},
        {"v", "-1", 0},
        {"v", "1.0", 0},
        {"v", "1e0", 0},
        {"v", "9007199254740993", 0},
        {"threshold", "1", 1},
        {"threshold", "64", 1},
        {"threshold", "0", 0},
        {"threshold", "65", 0},
        {"threshold", "-1", 0},
        {"threshold", "1.5", 0},
        {"threshold", "2.0", 0},
        {"threshold", "1e1", 0},
        {"threshold", "4294967297", 0}, /* 1, cut to 32 bits */
        {"threshold", "9007199254740992", 0},
        {"max_age_s", "1", 1},
        {"max_age_s", "315360000", 1}, /* ten years */
        {"max_age_s", "315360001", 0},
        {"max_age_s", "0", 0},
        {"max_age_s", "-1", 0},
        {"max_age_s", "-0", 0},
        {"max_age_s", "1.5", 0},
        {"max_age_s", "1e3", 0},
        {"max_age_s", "9007199254740992", 0},
        {"max_age_s", "18446744073709551617", 0},
        {"skew_s", "0", 1},
        {"skew_s", "300", 1},
        {"skew_s", "301", 0},
        {"skew_s", "-1", 0},
        {"skew_s", "-0", 0},
        {"skew_s", "0.5", 0},
        {"skew_s", "1e1", 0},
        {"ecdsa", "\"raw\"", 1},
        {"ecdsa", "\"der\"", 1},
        {"ecdsa", "\"d\\u0065r\"", 1},
        {"ecdsa", "\"DER\"", 0},
        {"ecdsa", "\"Raw\"", 0},
        {"ecdsa", "\"der \"", 0},
        {"ecdsa", "\"p1363\"", 0},
        {"formats", "[\"dsse\"]", -1}, /* well formed, but then types must be said */
        {"formats", "[\"DSSE\"]", 0},
        {"formats", "[\"jwt\"]", 0},
        {"formats", "[\"jws\",\"jws\"]", 0},
        {"formats", "[\"jws\",\"\\u006aws\"]", 0},
        {"formats", "[\"jws\",\"xml\"]", 0},
        {"formats", "[\"jws\",null]", 0},
        {"formats", "[\"jws\",\"\"]", 0},
        {"formats", "[\"jws \"]", 0},
        {"formats", "[[\"jws\"]]", 0},
        {"algorithms", "[\"EdDSA\",\"ES256\",\"ES384\",\"PS256\",\"RS256\"]", 1},
        {"algorithms", "[\"Ed25519\"]", 1},
        {"algorithms", "[\"EdDSA\",\"EdDSA\"]", 0},
        {"algorithms", "[\"EdDSA\",\"Ed25519\"]", 0}, /* two names of one */
        {"algorithms", "[\"none\"]", 0},
        {"algorithms", "[\"ES256\",\"none\"]", 0},
        {"algorithms", "[\"HS256\"]", 0},
        {"algorithms", "[\"ES512\"]", 0},
        {"algorithms", "[\"RS512\"]", 0},
        {"algorithms", "[\"PS384\"]", 0},
        {"algorithms", "[\"Ed448\"]", 0},
        {"algorithms", "[\"eddsa\"]", 0},
        {"algorithms", "[\"ES256\",5]", 0},
        {"algorithms", "[\"\"]", 0},
        {"issued_at", "\"/a\"", 1},
        {"issued_at", "\"/\"", 1},
        {"issued_at", "\"/1/2/3/4/5/6/7/8\"", 1},
        {"issued_at", "\"/a~0b~1c\"", 1},
        {"issued_at", "\"\"", 0}, /* the whole is no time */
        {"issued_at", "\"a\"", 0},
        {"issued_at", "\"#/a\"", 0},
        {"issued_at", "\"/a~\"", 0},
        {"issued_at", "\"/a~2\"", 0},
        {"issued_at", "\"/1/2/3/4/5/6/7/8/9\"", 0},
        {"issued_at", "\"/a\\u0000\"", 0},
        {"expires_at", "\"\"", 0},
        {"expires_at", "\"a\"", 0},
        {"expires_at", "\"/~\"", 0},
        {"expires_at", "\"/1/2/3/4/5/6/7/8/9\"", 0},
        {"name", "\"a name\"", 1},
        {"name", "\"\"", 0},
        {"name", "\"a\\nb\"", 0},
        {"name", "\"a\\u0000b\"", 0},
        {"name", "\"\\u007f\"", 0},
        {"revocation", "{\"max_age_s\":1}", 1},
        {"revocation", "{\"max_age_s\":315360000,\"issuers\":[\"a\",\"b\"]}", 1},
        {"revocation", "{}", 0},
        {"revocation", "{\"issuers\":[\"a\"]}", 0},
        {"revocation", "{\"max_age_s\":0}", 0},
        {"revocation", "{\"max_age_s\":-1}", 0},
        {"revocation", "{\"max_age_s\":315360001}", 0},
        {"revocation", "{\"max_age_s\":1.5}", 0},
        {"revocation", "{\"max_age_s\":\"1\"}", 0},
        {"revocation", "{\"max_age_s\":null}", 0},
        {"revocation", "{\"max_age_s\":1,\"issuers\":[]}", 0},
        {"revocation", "{\"max_age_s\":1,\"issuers\":null}", 0},
        {"revocation", "{\"max_age_s\":1,\"issuers\":\"a\"}", 0},
        {"revocation", "{\"max_age_s\":1,\"issuers\":[\"a\",\"a\"]}", 0},
        {"revocation", "{\"max_age_s\":1,\"issuers\":[\"\"]}", 0},
        {"revocation", "{\"max_age_s\":1,\"issuers\":[1]}", 0},
        {"revocation", "{\"max_age_s\":1,\"max_age\":1}", 0},
        {"revocation", "{\"max_age_s\":1,\"no_revocation\":true}", 0},
        {"revocation", "{\"MAX_AGE_S\":1}", 0},
    };
    open_world();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        spec s = with(rows[i].name, rows[i].json);
        if (rows[i].good > 0)
            armalo_attest_policy_free(accepted(&s));
        else if (rows[i].good < 0)
            refused(&s, ARMALO_REASON_POLICY_INCOMPLETE, "predicate_types");
        else
            malformed(rows[i].name, rows[i].json);
    }
    armalo_attest_policy *p = well_formed("threshold", "64");
    ck_assert_uint_eq(p->threshold, 64);
    armalo_attest_policy_free(p);
    p = well_formed("skew_s", "0");
    ck_assert_int_eq(p->skew_ms, 0);
    armalo_attest_policy_free(p);
    p = well_formed("max_age_s", "315360000");
    ck_assert_int_eq(p->max_age_ms, INT64_C(315360000000));
    armalo_attest_policy_free(p);
    close_world();
}
END_TEST

/* `count` items of `len` bytes each, the last ones told apart by a number. */
static const char *items(size_t count, size_t len) {
    static char list[40000];
    size_t at = (size_t)snprintf(list, sizeof list, "[");
    for (size_t i = 0; i < count; i++) {
        char number[8];
        int digits = snprintf(number, sizeof number, "%zu", i);
        at += (size_t)snprintf(list + at, sizeof list - at, "%s\"", i > 0 ? "," : "");
        for (size_t k = (size_t)digits; k < len; k++) list[at++] = 'x';
        at += (size_t)snprintf(list + at, sizeof list - at, "%s\"", number);
    }
    at += (size_t)snprintf(list + at, sizeof list - at, "]");
    must(at < sizeof list);
    return list;
}

START_TEST(test_lists) {
    static const char *const lists[] = {"issuers",          "keys",     "predicate_types", "typ",
                                        "credential_types", "audience", "usages"};
    static const char *const bad[] = {"[]",
                                      "[\"a\",\"a\"]",
                                      "[\"a\",\"b\",\"a\"]",
                                      "[\"a\",\"\\u0061\"]",
                                      "[\"\"]",
                                      "[\"a\",\"\"]",
                                      "[\"a\",1]",
                                      "[\"a\",null]",
                                      "[\"a\",[\"b\"]]",
                                      "[\"a\",{}]",
                                      "[\"a\",true]",
                                      "[\"a\\u0000b\"]",
                                      "[\"a\\n\"]",
                                      "[\"\\u007f\"]",
                                      "\"a\"",
                                      "{\"a\":1}",
                                      "[\"a\",\"b\",\"\\t\"]"};
    open_world();
    for (size_t m = 0; m < sizeof lists / sizeof lists[0]; m++) {
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) malformed(lists[m], bad[i]);
        well_formed_only(lists[m], "[\"a\"]");
        well_formed_only(lists[m], "[\"a\",\"A\",\"a \",\" a\",\"\\u00e4\",\"\\\"\"]");
        well_formed_only(lists[m], items(ARMALO_ATTEST_MAX_LIST, 20));
        malformed(lists[m], items(ARMALO_ATTEST_MAX_LIST + 1, 20));
        well_formed_only(lists[m], items(1, ARMALO_ATTEST_NAME_SIZE - 1));
        malformed(lists[m], items(1, ARMALO_ATTEST_NAME_SIZE));
    }
    armalo_attest_policy *p = well_formed("audience", items(ARMALO_ATTEST_MAX_LIST, ARMALO_ATTEST_NAME_SIZE - 1));
    ck_assert_uint_eq(p->audience.count, ARMALO_ATTEST_MAX_LIST);
    for (size_t i = 0; i < p->audience.count; i++) must(p->audience.item[i].len == ARMALO_ATTEST_NAME_SIZE - 1);
    armalo_attest_policy_free(p);
    p = well_formed("issuers", "[\"a\\/b\",\"\\u00e4\"]");
    ck_assert(list_is(&p->issuers, 2, "a/b"));
    ck_assert(armalo_i_list_has(&p->issuers, armalo_i_span_text("\xC3\xA4")));
    armalo_attest_policy_free(p);
    /* The list of a revocation is one like these. */
    char revocation[40100];
    snprintf(revocation, sizeof revocation, "{\"max_age_s\":1,\"issuers\":%s}", items(ARMALO_ATTEST_MAX_LIST, 20));
    well_formed_only("revocation", revocation);
    snprintf(revocation, sizeof revocation, "{\"max_age_s\":1,\"issuers\":%s}", items(ARMALO_ATTEST_MAX_LIST + 1, 20));
    malformed("revocation", revocation);
    close_world();
}
END_TEST

START_TEST(test_lengths) {
    char json[400];
    open_world();
    snprintf(json, sizeof json, "\"%0*d\"", ARMALO_NAME_SIZE - 1, 7);
    armalo_attest_policy *p = well_formed("name", json);
    ck_assert_uint_eq(strlen(p->name), ARMALO_NAME_SIZE - 1);
    armalo_attest_policy_free(p);
    snprintf(json, sizeof json, "\"%0*d\"", ARMALO_NAME_SIZE, 7);
    malformed("name", json);
    /* Pointers: at most 255 bytes. */
    static const char *const pointers[] = {"issued_at", "expires_at"};
    for (size_t i = 0; i < 2; i++) {
        snprintf(json, sizeof json, "\"/%0254d\"", 7);
        well_formed_only(pointers[i], json);
        snprintf(json, sizeof json, "\"/%0255d\"", 7);
        malformed(pointers[i], json);
    }
    close_world();
}
END_TEST

/* ---- Claims ---- */

START_TEST(test_claims) {
    static const char *const operators[] = {"lt", "lte", "gt", "gte", "eq", "neq", "includes", "excludes"};
    static const struct {
        const char *json;
        int orders, equals; /* may it be ordered, may it be equal */
    } values[] = {
        {"1", 1, 1},
        {"-0.5e-7", 1, 1},
        {"9007199254740991", 1, 1},
        {"-9007199254740991", 1, 1},
        {"9007199254740992", 0, 0}, /* readers round it */
        {"-9007199254740992", 0, 0},
        {"1e300", 0, 0},
        {"\"x\"", 0, 1},
        {"\"\"", 0, 1},
        {"true", 0, 1},
        {"false", 0, 1},
        {"null", 0, 0},
        {"[]", 0, 0},
        {"[1]", 0, 0},
        {"{}", 0, 0},
    };
    char json[200];
    open_world();
    for (size_t op = 0; op < 8; op++) {
        for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
            snprintf(json, sizeof json, "[{\"pointer\":\"/x\",\"operator\":\"%s\",\"value\":%s}]", operators[op],
                     values[i].json);
            if (op < 4 ? values[i].orders : values[i].equals) {
                armalo_attest_policy *p = well_formed("claims", json);
                must(p->claim_count == 1 && p->claim[0].op == ARMALO_I_OP_LT + (int)op);
                must(armalo_i_span_equal(p->claim[0].value.raw, armalo_i_span_text(values[i].json)));
                armalo_attest_policy_free(p);
            } else {
                malformed("claims", json);
            }
        }
    }
    static const char *const bad[] = {
        "[]",
        "[1]",
        "[[]]",
        "[\"/x\"]",
        "[null]",
        "[{}]",
        "[{\"operator\":\"eq\",\"value\":1}]",
        "[{\"pointer\":\"/x\",\"value\":1}]",
        "[{\"pointer\":\"/x\",\"operator\":\"eq\"}]",
        "[{\"pointer\":\"/x\",\"operator\":\"eq\",\"value\":1,\"unit\":\"ms\"}]",
        "[{\"pointer\":\"/x\",\"operator\":\"eq\",\"value\":1},{}]",
        "[{\"pointer\":\"/x\",\"operator\":\"eq\",\"value\":1},1]",
        "[{\"pointer\":\"\",\"operator\":\"eq\",\"value\":1}]",
        "[{\"pointer\":\"x\",\"operator\":\"eq\",\"value\":1}]",
        "[{\"pointer\":\"/~\",\"operator\":\"eq\",\"value\":1}]",
        "[{\"pointer\":\"/1/2/3/4/5/6/7/8/9\",\"operator\":\"eq\",\"value\":1}]",
        "[{\"pointer\":1,\"operator\":\"eq\",\"value\":1}]",
        "[{\"pointer\":null,\"operator\":\"eq\",\"value\":1}]",
        "[{\"pointer\":[\"/x\"],\"operator\":\"eq\",\"value\":1}]",
        "[{\"pointer\":\"/x\",\"operator\":\"\",\"value\":1}]",
        "[{\"pointer\":\"/x\",\"operator\":\"==\",\"value\":1}]",
        "[{\"pointer\":\"/x\",\"operator\":\"EQ\",\"value\":1}]",
        "[{\"pointer\":\"/x\",\"operator\":\"ne\",\"value\":1}]",
        "[{\"pointer\":\"/x\",\"operator\":\"matches\",\"value\":\"x\"}]",
        "[{\"pointer\":\"/x\",\"operator\":1,\"value\":1}]",
        "[{\"pointer\":\"/x\",\"operator\":null,\"value\":1}]",
        "[{\"Pointer\":\"/x\",\"operator\":\"eq\",\"value\":1}]",
        "{\"pointer\":\"/x\",\"operator\":\"eq\",\"value\":1}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) malformed("claims", bad[i]);
    /* Which of them is at fault. */
    static const char good_one[] = "{\"pointer\":\"/x\",\"operator\":\"eq\",\"value\":1}";
    static const char *const shown[][2] = {
        {"7", "claims"}, {"[]", "claims"}, {"[7]", "claims/0"}, {"[G,7]", "claims/1"}, {"[G,G,{}]", "claims/2"}};
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        char list[300] = "";
        for (const char *at = shown[i][0]; *at != 0; at++) {
            size_t used = strlen(list);
            if (*at == 'G')
                snprintf(list + used, sizeof list - used, "%s", good_one);
            else
                snprintf(list + used, sizeof list - used, "%c", *at);
        }
        malformed("claims", list);
        ck_assert_str_eq(w->why.detail, shown[i][1]);
    }
    /* 64 of them, and one more. */
    static char many[8000];
    for (size_t count = ARMALO_ATTEST_MAX_LIST; count <= ARMALO_ATTEST_MAX_LIST + 1; count++) {
        size_t at = 0;
        for (size_t i = 0; i < count; i++)
            at += (size_t)snprintf(many + at, sizeof many - at,
                                   "%c{\"pointer\":\"/%zu\",\"operator\":\"eq\",\"value\":%zu}", i == 0 ? '[' : ',', i,
                                   i);
        snprintf(many + at, sizeof many - at, "]");
        if (count <= ARMALO_ATTEST_MAX_LIST)
            well_formed_only("claims", many);
        else
            malformed("claims", many);
    }
    /* A long pointer is shown cut. */
    snprintf(many, sizeof many, "[{\"pointer\":\"/%0254d\",\"operator\":\"eq\",\"value\":1}]", 7);
    armalo_attest_policy *p = well_formed("claims", many);
    ck_assert_uint_eq(strlen(p->claim_text[0]), 63);
    armalo_attest_policy_free(p);
    snprintf(many, sizeof many, "[{\"pointer\":\"/%0255d\",\"operator\":\"eq\",\"value\":1}]", 7);
    malformed("claims", many);
    close_world();
}
END_TEST

/* ---- What contradicts itself, what is left out ---- */

/* What asks something of a format that is not accepted binds nothing, whatever its author thinks. */
START_TEST(test_idle) {
    static const struct {
        const char *name, *json, *fault;
    } rows[] = {
        {"predicate_types", "[\"a\"]", "predicate_types without dsse"},
        {"issued_at", "\"/a\"", "issued_at without dsse"},
        {"expires_at", "\"/a\"", "expires_at without dsse"},
        {"ecdsa", "\"raw\"", "ecdsa without dsse"},
        {"typ", "[\"JWT\"]", "typ without jws"},
        {"credential_types", "[\"a\"]", "credential_types without vc"},
        {"any_status", "true", "any_status without vc"},
    };
    static const char *const formats[] = {"dsse", "jws", "vc"};
    open_world();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int set = 1; set < 8; set++) {
            char json[40] = "[";
            spec s = shortest();
            int needs = strstr(rows[i].fault, "dsse") != NULL ? 1 : strstr(rows[i].fault, "jws") != NULL ? 2 : 4;
            for (int f = 0; f < 3; f++)
                if (set & 1 << f)
                    snprintf(json + strlen(json), sizeof json - strlen(json), "%s\"%s\"", json[1] ? "," : "",
                             formats[f]);
            put(&s, "formats", strcat(json, "]"));
            if (set & 1) put(&s, "predicate_types", "[\"a\"]");
            if (set & 4) put(&s, "credential_types", "[\"a\"]");
            put(&s, rows[i].name, rows[i].json);
            if (set & needs)
                armalo_attest_policy_free(accepted(&s));
            else
                refused(&s, ARMALO_REASON_POLICY_MALFORMED, rows[i].fault);
        }
    }
    close_world();
}
END_TEST

/* Nor does a pointer to a time that every accepted type has of its own. */
START_TEST(test_idle_pointers) {
    static const struct {
        const char *types;
        int issued_at, expires_at; /* may be said */
    } rows[] = {
        {"[\"a\"]", 1, 1},
        {"[\"urn:armalo:pact:v1\"]", 1, 1},
        {"[\"urn:armalo:eval-result:v1\"]", 0, 1},
        {"[\"urn:armalo:receipt:v1\",\"urn:armalo:release-smoke:v1\"]", 0, 1},
        {"[\"urn:armalo:approval:v1\",\"urn:armalo:bundle:v1\"]", 0, 0},
        {"[\"urn:armalo:approval:v1\",\"urn:armalo:receipt:v1\"]", 0, 1},
        {"[\"urn:armalo:approval:v1\",\"urn:armalo:pact:v1\"]", 1, 1},
        {"[\"urn:armalo:approval:v1\",\"a\"]", 1, 1},
    };
    open_world();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int end = 0; end < 2; end++) {
            const char *name = end ? "expires_at" : "issued_at";
            spec s = with("predicate_types", rows[i].types);
            put(&s, name, "\"/x\"");
            if (end ? rows[i].expires_at : rows[i].issued_at)
                armalo_attest_policy_free(accepted(&s));
            else
                refused(&s, ARMALO_REASON_POLICY_MALFORMED, name);
        }
    }
    close_world();
}
END_TEST

START_TEST(test_contradictions) {
    static const struct {
        const char *first, *first_json, *second, *second_json, *fault;
    } rows[] = {
        {"any_signer", "true", "issuers", "[\"a\"]", "any_signer"},
        {"any_signer", "true", "keys", "[\"a\"]", "any_signer"},
        {"any_age", "true", "max_age_s", "60", "any_age"},
        {"any_age", "true", "expiry_required", "true", "any_age"},
        {"no_revocation", "true", "revocation", "{\"max_age_s\":60}", "no_revocation"},
    };
    open_world();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int turned = 0; turned < 2; turned++) {
            spec s = shortest();
            drop(&s, rows[i].first);
            put(&s, turned ? rows[i].second : rows[i].first, turned ? rows[i].second_json : rows[i].first_json);
            put(&s, turned ? rows[i].first : rows[i].second, turned ? rows[i].first_json : rows[i].second_json);
            refused(&s, ARMALO_REASON_POLICY_MALFORMED, rows[i].fault);
        }
    }
    /* These go together. */
    spec s = with("issuers", "[\"a\"]");
    put(&s, "keys", "[\"b\"]");
    armalo_attest_policy *p = accepted(&s);
    ck_assert_int_eq(p->any_signer, 0);
    ck_assert(list_is(&p->issuers, 1, "a") && list_is(&p->keys, 1, "b"));
    armalo_attest_policy_free(p);
    s = with("max_age_s", "60");
    put(&s, "expiry_required", "true");
    armalo_attest_policy_free(accepted(&s));
    close_world();
}
END_TEST

/* From {} on: each time what is missing is named, and nothing is made. */
START_TEST(test_incomplete) {
    static const struct {
        const char *missing, *name, *json;
    } steps[] = {
        {"v", "v", "1"},
        {"formats", "formats", "[\"dsse\",\"jws\",\"vc\"]"},
        {"issuers, keys or any_signer", "issuers", "[\"a\"]"},
        {"predicate_types", "predicate_types", "[\"a\"]"},
        {"credential_types", "credential_types", "[\"a\"]"},
        {"max_age_s, expiry_required or any_age", "max_age_s", "60"},
        {"revocation or no_revocation", "revocation", "{\"max_age_s\":60}"},
    };
    const size_t count = sizeof steps / sizeof steps[0];
    open_world();
    spec s = {0}, whole = {0};
    for (size_t i = 0; i < count; i++) {
        refused(&s, ARMALO_REASON_POLICY_INCOMPLETE, steps[i].missing);
        put(&s, steps[i].name, steps[i].json);
        put(&whole, steps[i].name, steps[i].json);
    }
    armalo_attest_policy_free(accepted(&s));
    /* Each one left out of what is whole. */
    for (size_t i = 0; i < count; i++) {
        s = whole;
        drop(&s, steps[i].name);
        refused(&s, ARMALO_REASON_POLICY_INCOMPLETE, steps[i].missing);
    }
    /* Any of the alternatives will do; what else a policy may say will not. */
    static const struct {
        const char *left_out, *name, *json;
        int good;
    } rows[] = {
        {"issuers", "keys", "[\"a\"]", 1},
        {"issuers", "any_signer", "true", 1},
        {"issuers", "threshold", "2", 0},
        {"issuers", "usages", "[\"1.2.3\"]", 0},
        {"issuers", "algorithms", "[\"EdDSA\"]", 0},
        {"max_age_s", "expiry_required", "true", 1},
        {"max_age_s", "any_age", "true", 1},
        {"max_age_s", "issued_at", "\"/a\"", 0},
        {"max_age_s", "expires_at", "\"/a\"", 0},
        {"max_age_s", "skew_s", "1", 0},
        {"revocation", "no_revocation", "true", 1},
        {"revocation", "any_status", "true", 0},
        {"predicate_types", "typ", "[\"a\"]", 0},
        {"credential_types", "any_subject", "true", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t at = 0;
        while (strcmp(steps[at].name, rows[i].left_out) != 0) at++;
        s = whole;
        drop(&s, rows[i].left_out);
        put(&s, rows[i].name, rows[i].json);
        if (rows[i].good)
            armalo_attest_policy_free(accepted(&s));
        else
            refused(&s, ARMALO_REASON_POLICY_INCOMPLETE, steps[at].missing);
    }
    /* Types are asked for where their format is accepted, and only there. */
    static const struct {
        const char *formats, *missing;
    } formats[] = {{"[\"jws\"]", NULL},
                   {"[\"dsse\"]", "predicate_types"},
                   {"[\"vc\"]", "credential_types"},
                   {"[\"jws\",\"vc\"]", "credential_types"},
                   {"[\"vc\",\"dsse\"]", "predicate_types"}};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        s = with("formats", formats[i].formats);
        if (formats[i].missing == NULL)
            armalo_attest_policy_free(accepted(&s));
        else
            refused(&s, ARMALO_REASON_POLICY_INCOMPLETE, formats[i].missing);
    }
    close_world();
}
END_TEST

/* An empty policy is none, and no policy grants nothing. */
START_TEST(test_empty_grants_nothing) {
    open_world();
    refused_bytes("{}", 2, ARMALO_REASON_POLICY_INCOMPLETE, "v");
    refused_bytes(" { } ", 5, ARMALO_REASON_POLICY_INCOMPLETE, "v");
    armalo_attest_request request = {.struct_size = sizeof request, .artifact = "{}", .artifact_len = 2};
    armalo_attested *attested = (armalo_attested *)(uintptr_t)1;
    EXPECT_REFUSE(w, armalo_attest_verify(NULL, NULL, &request, &attested, &w->why), ARMALO_REASON_INVALID_ARGUMENT);
    ck_assert_ptr_null(attested);
    close_world();
}
END_TEST

/* ---- Not a policy at all ---- */

START_TEST(test_not_json) {
    static const char none[] = "not strict JSON, or no object";
    static const char *const rows[] = {
        " ",
        "\n",
        "null",
        "true",
        "1",
        "\"{}\"",
        "[]",
        "[{\"v\":1}]",
        "{",
        "}",
        "{}}",
        "{}{}",
        "{\"v\":1",
        "{\"v\":1,}",
        "{\"v\" 1}",
        "{'v':1}",
        "{v:1}",
        "{\"v\":01}",
        "{\"v\":1}//",
        "/**/{\"v\":1}",
        "\xEF\xBB\xBF{\"v\":1}",
        "{\"name\":\"\xFF\"}",
        "{\"name\":\"\\ud800\"}",
        "{\"name\":\"\t\"}",
        "{\"max_age_s\":1e400}",
        "v: 1",
    };
    open_world();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        refused_bytes(rows[i], strlen(rows[i]), ARMALO_REASON_POLICY_MALFORMED, none);
    refused_bytes("", 0, ARMALO_REASON_POLICY_MALFORMED, "length");
    /* A member twice, of the same value too, and however it is spelled. */
    spec s = shortest();
    size_t len = write_spec(&s);
    memcpy(text + len - 1, ",\"any_age\":true}", 17);
    refused_bytes(text, len + 15, ARMALO_REASON_POLICY_MALFORMED, none);
    len = write_spec(&s);
    memcpy(text + len - 1, ",\"\\u0076\":1}", 13);
    refused_bytes(text, len + 11, ARMALO_REASON_POLICY_MALFORMED, none);
    s = with("claims", "[{\"pointer\":\"/x\",\"operator\":\"eq\",\"value\":1,\"value\":2}]");
    len = write_spec(&s);
    refused_bytes(text, len, ARMALO_REASON_POLICY_MALFORMED, none);
    /* NUL ends nothing. */
    s = shortest();
    len = write_spec(&s);
    refused_bytes(text, len + 1, ARMALO_REASON_POLICY_MALFORMED, none);
    /* Every beginning of a policy is none. */
    for (size_t cut = 1; cut < len; cut++) refused_bytes(text, cut, ARMALO_REASON_POLICY_MALFORMED, none);
    close_world();
}
END_TEST

START_TEST(test_unknown_members) {
    static const char *const names[] = {"x",
                                        "V",
                                        "",
                                        "v ",
                                        "issuer",
                                        "max_age",
                                        "max_age_S",
                                        "claim",
                                        "no_revocatio",
                                        "no_revocations",
                                        "algorithm",
                                        "subject",
                                        "any",
                                        "formats\\u0020",
                                        "comment",
                                        "$schema",
                                        "threshold_"};
    open_world();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        spec s = shortest();
        char shown[64];
        snprintf(shown, sizeof shown, "\"%s\"", names[i]); /* as it stands */
        put(&s, names[i], "true");
        refused(&s, ARMALO_REASON_POLICY_MALFORMED, shown);
        put(&s, names[i], "null");
        refused(&s, ARMALO_REASON_POLICY_MALFORMED, shown);
    }
    /* A long one is shown cut. */
    char name[101], shown[64];
    snprintf(name, sizeof name, "%0100d", 7);
    snprintf(shown, sizeof shown, "\"%.62s", name);
    spec s = shortest();
    put(&s, name, "true");
    refused(&s, ARMALO_REASON_POLICY_MALFORMED, shown);
    /* A known name in another spelling of JSON is known. */
    s = shortest();
    drop(&s, "any_age");
    put(&s, "any\\u005fage", "true");
    armalo_attest_policy *p = accepted(&s);
    ck_assert_int_eq(p->any_age, 1);
    armalo_attest_policy_free(p);
    close_world();
}
END_TEST

START_TEST(test_size) {
    open_world();
    spec s = shortest();
    size_t len = write_spec(&s);
    memset(text + len, ' ', sizeof text - len);
    armalo_attest_policy_free(accepted_bytes(text, ARMALO_ATTEST_MAX_POLICY));
    refused_bytes(text, ARMALO_ATTEST_MAX_POLICY + 1, ARMALO_REASON_POLICY_MALFORMED, "length");
    refused_bytes(text, sizeof text, ARMALO_REASON_POLICY_MALFORMED, "length");
    /* Full of what is unescaped: lists that fill it. */
    char *list[3];
    static const char *const names[] = {"issuers", "keys", "audience"};
    s = with("issuers", "[\"a\"]");
    for (size_t i = 0; i < 3; i++) {
        list[i] = strdup(items(ARMALO_ATTEST_MAX_LIST, ARMALO_ATTEST_NAME_SIZE - 1));
        put(&s, names[i], list[i]);
    }
    len = write_spec(&s);
    ck_assert_uint_gt(len, ARMALO_ATTEST_MAX_POLICY * 3 / 4);
    armalo_attest_policy_free(accepted_bytes(text, len));
    for (size_t i = 0; i < 3; i++) free(list[i]);
    close_world();
}
END_TEST

START_TEST(test_arguments) {
    open_world();
    spec s = shortest();
    size_t len = write_spec(&s);
    EXPECT_REFUSE(w, armalo_attest_policy_new(NULL, text, len, &w->why) != NULL, ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_attest_policy_new(w->host, NULL, len, &w->why) != NULL, ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_attest_policy_new(w->host, NULL, 0, &w->why) != NULL, ARMALO_REASON_INVALID_ARGUMENT);
    ck_assert_ptr_null(armalo_attest_policy_new(NULL, NULL, 0, NULL));
    ck_assert_ptr_null(armalo_attest_policy_new(w->host, "{}", 2, NULL));
    armalo_attest_policy *p = armalo_attest_policy_new(w->host, text, len, NULL);
    ck_assert_ptr_nonnull(p);
    armalo_attest_policy_free(p);
    close_world();
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_shortest);
    tcase_add_test(tc, test_full);
    tcase_add_test(tc, test_types);
    tcase_add_test(tc, test_waivers);
    tcase_add_test(tc, test_ranges);
    tcase_add_test(tc, test_lists);
    tcase_add_test(tc, test_lengths);
    tcase_add_test(tc, test_claims);
    tcase_add_test(tc, test_idle);
    tcase_add_test(tc, test_idle_pointers);
    tcase_add_test(tc, test_contradictions);
    tcase_add_test(tc, test_incomplete);
    tcase_add_test(tc, test_empty_grants_nothing);
    tcase_add_test(tc, test_not_json);
    tcase_add_test(tc, test_unknown_members);
    tcase_add_test(tc, test_size);
    tcase_add_test(tc, test_arguments);
}

TEST_MAIN("attest_policy", fill, 60)
