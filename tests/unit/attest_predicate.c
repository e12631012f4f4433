/* SPDX-License-Identifier: MIT */
/* The predicates that are ours: exactly these members, each of its form; what they mean; and whose word they must
 * be. */
#include "attest_forge.h"

static forge_court c;
static forge_dsse f;

static int verify(void) { return forge_court_judge(&c, forge_dsse_text(&f), NULL); }

#define DIGEST "\"sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\""
#define HALF   "2cf24dba5fb0a30e26e83b2ac5b9e29e"
#define LATELY "\"2023-11-14T22:12:20Z\"" /* a minute before the worlds' now, which is 22:13:20 */
#define SOON   "\"2023-11-14T23:13:20Z\"" /* an hour after it */
#define OURS   "\"" FORGE_CI_OWNER "\""

/* ---- Forms, and what is of each and what is not ---- */

enum form {
    TEXT,
    WORDS,
    HASH,
    HASH_OR_NULL,
    TIME,
    END,
    MODE,
    WHOLE,
    WORD,
    MEASURE,
    OBJECT,
    COST,
    TEXTS,
    HASHES,
    OBJECTS,
    BOUND
};

/* JSON values that none of the forms below takes are in every list. Each list ends with NULL. */
static const char *const bad_text[] = {"null",         "true",      "7",           "[]",      "{}", "\"\"",
                                       "\"a\\u0000\"", "\"a\\nb\"", "\"\\u007f\"", "[\"a\"]", NULL};
static const char *const bad_words[] = {"null", "false", "0", "[]", "{}", "[\"a\"]", NULL};
static const char *const bad_hash[] = {"true",
                                       "7",
                                       "[]",
                                       "{}",
                                       "\"\"",
                                       "\"sha256:\"",
                                       "\"" HALF HALF "\"",
                                       "\"sha256:" HALF "\"",
                                       "\"sha256:" HALF HALF "0\"",
                                       "\"sha256:" HALF HALF "00\"",
                                       "\"sha512:" HALF HALF "\"",
                                       "\"SHA256:" HALF HALF "\"",
                                       "\"sha256:" HALF "2CF24DBA5FB0A30E26E83B2AC5B9E29E\"",
                                       "\"sha256:" HALF "2cf24dba5fb0a30e26e83b2ac5b9e29g\"",
                                       "\"sha256 " HALF HALF "\"",
                                       NULL};
static const char *const bad_time[] = {"null",
                                       "true",
                                       "1700000000",
                                       "[]",
                                       "{}",
                                       "\"\"",
                                       "\"1700000000\"",
                                       "\"2023-11-14\"",
                                       "\"2023-11-14T22:12:20\"",
                                       "\"2023-11-14 22:12:20Z\"",
                                       "\"2023-11-14T22:12Z\"",
                                       "\"2023-11-14T24:00:00Z\"",
                                       "\"2023-11-14T22:12:60Z\"",
                                       "\"2023-02-29T22:12:20Z\"",
                                       "\"2023-11-14T22:12:20+0100\"",
                                       "\"2023-11-14T22:12:20Z \"",
                                       "\"1970-01-01T00:00:00Z\"",
                                       "\"1969-12-31T23:59:59Z\"",
                                       NULL};
static const char *const bad_mode[] = {"null",
                                       "true",
                                       "1",
                                       "[]",
                                       "{}",
                                       "\"\"",
                                       "\"Production\"",
                                       "\"prod\"",
                                       "\"production \"",
                                       "\"dry-run\"",
                                       "\"dry run\"",
                                       "\"production staging\"",
                                       NULL};
static const char *const bad_whole[] = {"null",
                                        "true",
                                        "[]",
                                        "{}",
                                        "\"7\"",
                                        "-1",
                                        "-0",
                                        "1.5",
                                        "1.0",
                                        "1e3",
                                        "9007199254740992",
                                        "123456789012345678901234567890",
                                        NULL};
static const char *const bad_word[] = {"null", "true", "1", "[]", "{}", "\"\"", "\" \"", "\"other\"", NULL};
static const char *const bad_measure[] = {"null", "[]", "{}", "[1]", NULL};
static const char *const bad_object[] = {"null", "true", "7", "[]", "\"text\"", "[{}]", NULL};
static const char *const bad_cost[] = {"true", "7", "[]", "\"text\"", "[{}]", NULL};
static const char *const bad_texts[] = {"null", "true", "7",      "{}",           "\"text\"",       "[null]", "[7]",
                                        "[[]]", "[{}]", "[\"\"]", "[\"a\",\"\"]", "[\"a\\u0000\"]", NULL};
static const char *const bad_hashes[] = {
    "null", "true", "7", "{}", DIGEST, "[null]", "[7]", "[\"\"]", "[\"sha256:\"]", "[" DIGEST ",\"a\"]", NULL};
static const char *const bad_objects[] = {"null",   "true", "7",    "{}",      "\"text\"",
                                          "[null]", "[7]",  "[[]]", "[\"a\"]", NULL};
static const char *const no_more[] = {NULL};
static const char *const *const bad_values[] = {
    [TEXT] = bad_text,   [WORDS] = bad_words,   [HASH] = bad_hash,       [HASH_OR_NULL] = bad_hash,
    [TIME] = bad_time,   [END] = bad_time,      [MODE] = bad_mode,       [WHOLE] = bad_whole,
    [WORD] = bad_word,   [COST] = bad_cost,     [MEASURE] = bad_measure, [OBJECT] = bad_object,
    [TEXTS] = bad_texts, [HASHES] = bad_hashes, [OBJECTS] = bad_objects, [BOUND] = bad_text,
};

static const char *const good_text[] = {"\"a\"", "\" \"", "\"\xC3\xA9\"", "\"\\u00e9\"", "\"\\/\"", NULL};
static const char *const good_words[] = {"\"\"", "\"any\\nlines\\u0000\"", NULL};
static const char *const good_hash[] = {"\"sha256:" HALF HALF "\"", "\"\\u0073ha256:" HALF HALF "\"", NULL};
static const char *const good_result[] = {"null", DIGEST, NULL};
static const char *const good_time[] = {"\"2023-11-14T23:12:20+01:00\"", "\"2023-11-14T22:12:20.123456789Z\"", NULL};
static const char *const good_end[] = {"\"2023-11-15T00:13:20+01:00\"", "\"2023-11-14T23:13:20.123456789Z\"", NULL};
static const char *const good_whole[] = {"0", "7", "9007199254740991", NULL};
static const char *const good_measure[] = {"0", "-1.5e3", "1e-7", "true", "false", "\"\"", "\"text\"", NULL};
static const char *const good_cost[] = {"null", "{}", "{\"amount\":\"1.20\",\"currency\":\"EUR\"}", NULL};
static const char *const good_texts[] = {"[]", "[\"a\"]", "[\"a\",\"a\",\"b\"]", NULL};
static const char *const good_hashes[] = {"[]", "[" DIGEST "]", "[" DIGEST "," DIGEST "]", NULL};
static const char *const good_objects[] = {"[]", NULL};
static const char *const *const good_values[] = {
    [TEXT] = good_text,   [WORDS] = good_words,   [HASH] = good_hash,       [HASH_OR_NULL] = good_result,
    [TIME] = good_time,   [END] = good_end,       [MODE] = no_more,         [WHOLE] = good_whole,
    [WORD] = no_more,     [COST] = good_cost,     [MEASURE] = good_measure, [OBJECT] = no_more,
    [TEXTS] = good_texts, [HASHES] = good_hashes, [OBJECTS] = good_objects, [BOUND] = no_more,
};

/* ---- Schemas ---- */

typedef struct field {
    const char *name, *value;
    enum form form;    /* BOUND: a text, whose value must be what it is */
    const char *words; /* of WORD: all of them, separated by spaces */
} field;
typedef struct schema {
    const char *type;
    field fields[16];
    const char *nested, *wrap; /* the member that holds an object of the schema below, and what is around it */
    field inner[8];
} schema;

static const schema schemas[] = {
    {"urn:armalo:eval-result:v1",
     {{"agent", "\"agent_1\"", TEXT, NULL},
      {"pact_digest", DIGEST, HASH, NULL},
      {"mode", "\"production\"", MODE, NULL},
      {"started_at", LATELY, TIME, NULL},
      {"finished_at", LATELY, TIME, NULL},
      {"results", "", OBJECTS, NULL},
      {"suite", "\"suite_1\"", TEXT, NULL},
      {"suite_digest", DIGEST, HASH, NULL}},
     "results",
     "[%s]",
     {{"type", "\"accuracy\"", TEXT, NULL},
      {"actual", "0.93", MEASURE, NULL},
      {"samples", "100", WHOLE, NULL},
      {"method", "\"jury\"", WORD, "deterministic heuristic jury"}}},
    {"urn:armalo:pact:v1",
     {{"pact", "{\"pactType\":\"unilateral\",\"x\":[1,{}]}", OBJECT, NULL}, {"parties", "[" OURS "]", TEXTS, NULL}},
     NULL,
     NULL,
     {{NULL, NULL, TEXT, NULL}}},
    {"urn:armalo:approval:v1",
     {{"action_digest", DIGEST, HASH, NULL},
      {"approver", OURS, BOUND, NULL},
      {"role", "\"treasurer\"", TEXT, NULL},
      {"decision", "\"approve\"", WORD, "approve refuse"},
      {"nonce", "\"n-1\"", TEXT, NULL},
      {"issued_at", LATELY, TIME, NULL},
      {"expires_at", SOON, END, NULL},
      {"reason", "\"seen\"", WORDS, NULL}},
     NULL,
     NULL,
     {{NULL, NULL, TEXT, NULL}}},
    {"urn:armalo:receipt:v1",
     {{"id", "\"rcpt_1\"", TEXT, NULL},
      {"action", "\"transfer\"", TEXT, NULL},
      {"action_digest", DIGEST, HASH, NULL},
      {"agent", "\"agent_1\"", TEXT, NULL},
      {"org", "\"org_1\"", TEXT, NULL},
      {"mode", "\"production\"", MODE, NULL},
      {"outcome", "\"succeeded\"", WORD, "succeeded failed denied simulated unknown"},
      {"started_at", LATELY, TIME, NULL},
      {"finished_at", LATELY, TIME, NULL},
      {"decision", "", OBJECT, NULL},
      {"approvals", "[\"n-1\"]", TEXTS, NULL},
      {"evidence", "[" DIGEST "]", HASHES, NULL},
      {"result_digest", DIGEST, HASH_OR_NULL, NULL},
      {"cost", "{\"amount\":\"1\"}", COST, NULL}},
     "decision",
     "%s",
     {{"reason", "\"core.granted\"", TEXT, NULL},
      {"evidence", "\"positive\"", WORD, "unavailable negative stale simulated positive"},
      {"request_id", "\"req_1\"", TEXT, NULL}}},
    {"urn:armalo:release-smoke:v1",
     {{"release", "\"1.0\"", TEXT, NULL},
      {"mode", "\"production\"", MODE, NULL},
      {"ran_at", LATELY, TIME, NULL},
      {"checks", "", OBJECTS, NULL}},
     "checks",
     "[{\"name\":\"a\",\"outcome\":\"passed\"},%s]",
     {{"name", "\"login\"", TEXT, NULL}, {"outcome", "\"failed\"", WORD, "passed failed skipped unknown"}}},
    {"urn:armalo:revocations:v1",
     {{"issuer", OURS, BOUND, NULL},
      {"number", "7", WHOLE, NULL},
      {"this_update", LATELY, TIME, NULL},
      {"next_update", SOON, END, NULL},
      {"revoked", "", OBJECTS, NULL}},
     "revoked",
     "[%s,{\"id\":\"b\",\"at\":" LATELY ",\"reason\":\"\"}]",
     {{"id", "\"key_1\"", TEXT, NULL}, {"at", LATELY, TIME, NULL}, {"reason", "\"lost\"", WORDS, NULL}}},
    {"urn:armalo:bundle:v1",
     {{"bundle_id", "\"bundle_1\"", TEXT, NULL},
      {"agent", "\"agent_1\"", TEXT, NULL},
      {"scope", "[]", TEXTS, NULL},
      {"issued_at", LATELY, TIME, NULL},
      {"expires_at", SOON, END, NULL},
      {"sections", "{}", OBJECT, NULL}},
     NULL,
     NULL,
     {{NULL, NULL, TEXT, NULL}}},
};
#define SCHEMAS (sizeof schemas / sizeof schemas[0])

static const field *fields_of(const schema *s, int inside) { return inside ? s->inner : s->fields; }

/* The object with each member as it should be. */
static forge_object good_object(const schema *s, int inside) {
    forge_object o = {.count = 0};
    for (const field *m = fields_of(s, inside); m->name != NULL; m++) {
        int holds = !inside && s->nested != NULL && strcmp(m->name, s->nested) == 0;
        forge_put(&o, m->name, m->value);
        if (!holds) continue;
        forge_object inner = good_object(s, 1);
        const char *text = forge_object_text(&inner);
        forge_put(&o, m->name, s->wrap[0] == '%' ? text : forge_replace(s->wrap, "%s", text));
    }
    return o;
}

/* Let the predicate be this object, or the good one with this object in it. */
static void predicate(const schema *s, int inside, const forge_object *o) {
    const char *text = forge_object_text(o);
    forge_put(&f.statement, "predicateType", forge_quote(s->type));
    if (!inside) {
        f.predicate = *o;
        return;
    }
    f.predicate = good_object(s, 0);
    forge_put(&f.predicate, s->nested, s->wrap[0] == '%' ? text : forge_replace(s->wrap, "%s", text));
}

static void expect_good(const schema *s, int inside, const forge_object *o) {
    predicate(s, inside, o);
    EXPECT_GRANT(c.w, verify());
}

/* at: the member that the operator is told of; NULL: any. */
static void expect_invalid(const schema *s, int inside, const forge_object *o, const char *at) {
    predicate(s, inside, o);
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_PREDICATE_INVALID);
    if (at != NULL) ck_assert_str_eq(c.w->why.detail, at);
}

static void open_court(void) {
    const char *types = forge_text("\"%s\"", schemas[0].type);
    for (size_t i = 1; i < SCHEMAS; i++) types = forge_text("%s,\"%s\"", types, schemas[i].type);
    types = forge_text("\"any_subject\":true,\"predicate_types\":[\"" FORGE_TYPE "\",%s]", types);
    forge_court_open(&c, types);
    forge_dsse_init(&f);
}

/* ---- Members ---- */

/* A list of alike things: the object with all of its members, in any order. */
static void try_whole(const schema *s, int inside) {
    forge_object good = good_object(s, inside), o = good;
    expect_good(s, inside, &o);
    for (size_t i = 0; i < good.count; i++) o.member[i] = good.member[good.count - 1 - i];
    expect_good(s, inside, &o);
    for (size_t i = 0; i < good.count; i++) o.member[i] = good.member[(i + 1) % good.count];
    expect_good(s, inside, &o);
    static const char *const more[] = {"x", "", "$comment", "_type", "mode ", "Agent"};
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        o = good;
        forge_put(&o, more[i], "null");
        expect_invalid(s, inside, &o, forge_text("\"%s\"", more[i]));
    }
    o.count = 0;
    expect_invalid(s, inside, &o, fields_of(s, inside)->name);
}

static void try_field(const schema *s, int inside, const field *m) {
    forge_object good = good_object(s, inside), o = good;
    forge_drop(&o, m->name);
    expect_invalid(s, inside, &o, m->name);
    o = good;
    forge_rename(&o, m->name, forge_text("%sx", m->name));
    expect_invalid(s, inside, &o, NULL);
    o = good;
    forge_rename(&o, m->name, forge_text("%c%s", m->name[0] - 'a' + 'A', m->name + 1));
    expect_invalid(s, inside, &o, NULL);
    o = good; /* an escape in its name makes no other name of it */
    forge_rename(&o, m->name, forge_text("\\u00%02x%s", (unsigned)m->name[0], m->name + 1));
    expect_good(s, inside, &o);
    o = good; /* twice */
    forge_put_again(&o, m->name, m->value[0] == 0 ? "[]" : m->value);
    predicate(s, inside, &o);
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
    for (const char *const *bad = bad_values[m->form]; *bad != NULL; bad++) {
        o = good;
        forge_put(&o, m->name, *bad);
        expect_invalid(s, inside, &o, m->name);
    }
    int is_bundle = strcmp(s->type, "urn:armalo:bundle:v1") == 0 && m->form == TEXTS; /* its scope, see attest_bundle */
    for (const char *const *as = good_values[m->form]; *as != NULL && !is_bundle; as++) {
        o = good;
        forge_put(&o, m->name, *as);
        expect_good(s, inside, &o);
    }
}

/* Each word, and nothing like one. */
static void try_words(const schema *s, int inside, const field *m) {
    forge_object good = good_object(s, inside), o;
    for (const char *at = m->words; *at != 0; at += strspn(at, " ")) {
        int len = (int)strcspn(at, " ");
        const char *const like[] = {forge_text("\"%.*s\"", len - 1, at),
                                    forge_text("\"%.*ss\"", len, at),
                                    forge_text("\"%c%.*s\"", at[0] - 'a' + 'A', len - 1, at + 1),
                                    forge_text("\" %.*s\"", len, at),
                                    forge_text("\"%.*s \"", len, at),
                                    forge_text("[\"%.*s\"]", len, at)};
        o = good;
        forge_put(&o, m->name, forge_text("\"%.*s\"", len, at));
        expect_good(s, inside, &o);
        for (size_t i = 0; i < sizeof like / sizeof like[0]; i++) {
            forge_put(&o, m->name, like[i]);
            expect_invalid(s, inside, &o, m->name);
        }
        at += len;
    }
    o = good;
    forge_put(&o, m->name, forge_quote(m->words));
    expect_invalid(s, inside, &o, m->name);
}

/* The longest text, and one byte more. */
static void try_lengths(const schema *s, int inside, const field *m, size_t most) {
    char text[1100];
    forge_object o = good_object(s, inside);
    memset(text, 'a', sizeof text);
    text[most] = 0;
    forge_put(&o, m->name, forge_quote(text));
    expect_good(s, inside, &o);
    text[most] = 'a';
    text[most + 1] = 0;
    forge_put(&o, m->name, forge_quote(text));
    expect_invalid(s, inside, &o, m->name);
}

START_TEST(test_members) {
    const schema *s = &schemas[_i];
    open_court();
    for (int inside = 0; inside < (s->nested == NULL ? 1 : 2); inside++) {
        try_whole(s, inside);
        for (const field *m = fields_of(s, inside); m->name != NULL; m++) {
            try_field(s, inside, m);
            if (m->form == WORD) try_words(s, inside, m);
            if (m->form == TEXT) try_lengths(s, inside, m, 255);
            if (m->form == WORDS) try_lengths(s, inside, m, 1023);
        }
    }
    /* A predicate of ours is there, and is an object. */
    static const char *const no_object[] = {"null", "7", "\"text\"", "[]"};
    for (size_t i = 0; i < 4; i++) {
        forge_put(&f.statement, "predicate", no_object[i]);
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
    }
    f.payload = forge_replace((const char *)forge_dsse_payload(&f).at, "\"predicate\":", "\"other\":");
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_PREDICATE_INVALID);
    forge_court_close(&c);
}
END_TEST

/* The members of one type are not those of another. */
START_TEST(test_one_for_another) {
    open_court();
    for (size_t is = 0; is < SCHEMAS; is++) {
        for (size_t says = 0; says < SCHEMAS; says++) {
            forge_object o = good_object(&schemas[is], 0);
            predicate(&schemas[is], 0, &o);
            forge_put(&f.statement, "predicateType", forge_quote(schemas[says].type));
            if (is == says)
                EXPECT_GRANT(c.w, verify());
            else
                EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_PREDICATE_INVALID);
        }
        /* A foreign type may have any. */
        forge_put(&f.statement, "predicateType", forge_quote(FORGE_TYPE));
        EXPECT_GRANT(c.w, verify());
    }
    forge_court_close(&c);
}
END_TEST

/* ---- Types ---- */

/* What claims to be ours is ours, or nothing, even where a policy accepts it. */
START_TEST(test_unknown_types) {
    static const char *const unknown[] = {
        "urn:armalo:receipt:v2", "urn:armalo:receipt",    "urn:armalo:receipt:v1 ", "urn:armalo:receipt:v1x",
        "urn:armalo:receipt:v",  "urn:armalo:",           "urn:armalo:x",           "URN:armalo:receipt:v1",
        "urn:ARMALO:receipt:v1", "urn:armalo:Receipt:v1", "Urn:Armalo:bundle:v1",   "urn:armalo::receipt:v1"};
    static const char *const foreign[] = {"urn:armalo", "urn:armalox:receipt:v1", "x:urn:armalo:receipt:v1", "armalo"};
    open_court();
    for (int kind = 0; kind < 2; kind++) {
        const char *const *list = kind == 0 ? unknown : foreign;
        size_t count = kind == 0 ? sizeof unknown / sizeof unknown[0] : sizeof foreign / sizeof foreign[0];
        for (size_t i = 0; i < count; i++) {
            forge_court_policy(&c, forge_text("\"any_subject\":true,\"predicate_types\":[\"%s\"]", list[i]));
            for (int with = 0; with < 2; with++) {
                forge_object o = good_object(&schemas[3], 0);
                if (with) forge_put(&o, "x", "1");
                predicate(&schemas[3], 0, &o);
                forge_put(&f.statement, "predicateType", forge_quote(list[i]));
                if (kind == 1)
                    EXPECT_GRANT(c.w, verify());
                else
                    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_TYPE_REFUSED);
            }
        }
    }
    /* Another spelling of the same text is the same type. */
    forge_court_close(&c);
    open_court();
    forge_object o = good_object(&schemas[3], 0);
    predicate(&schemas[3], 0, &o);
    forge_put(&f.statement, "predicateType", "\"urn:armalo\\u003areceipt:v1\"");
    EXPECT_GRANT(c.w, verify());
    forge_put(&f.predicate, "x", "1");
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_PREDICATE_INVALID);
    /* One of ours that the policy does not name. */
    forge_drop(&f.predicate, "x");
    forge_court_policy(&c, "\"any_subject\":true,\"predicate_types\":[\"urn:armalo:bundle:v1\"]");
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_TYPE_REFUSED);
    forge_court_close(&c);
}
END_TEST

/* ---- What the members mean ---- */

static const struct {
    const char *issued, *expires, *id; /* members; NULL: none */
} meanings[SCHEMAS] = {
    {"finished_at", NULL, NULL},
    {NULL, NULL, NULL},
    {"issued_at", "expires_at", "nonce"},
    {"finished_at", NULL, "id"},
    {"ran_at", NULL, NULL},
    {"this_update", "next_update", NULL},
    {"issued_at", "expires_at", "bundle_id"},
};

START_TEST(test_meanings) {
    open_court();
    for (size_t i = 0; i < SCHEMAS; i++) {
        forge_object good = good_object(&schemas[i], 0), o = good;
        armalo_attested *attested = NULL;
        armalo_attested_facts facts;
        if (meanings[i].issued != NULL) forge_put(&o, meanings[i].issued, forge_when(-600));
        if (meanings[i].expires != NULL) forge_put(&o, meanings[i].expires, forge_when(600));
        if (meanings[i].id != NULL) forge_put(&o, meanings[i].id, "\"the id\"");
        predicate(&schemas[i], 0, &o);
        armalo_attest_request request = forge_request(forge_dsse_text(&f), NULL);
        EXPECT_GRANT(c.w, forge_verify(c.w, c.policy, c.trust, &request, &attested));
        armalo_attested_facts_get(attested, 0, &facts);
        ck_assert_str_eq(facts.type, schemas[i].type);
        ck_assert_str_eq(facts.id, meanings[i].id != NULL ? "the id" : "");
        ck_assert_int_eq(facts.issued_ms, meanings[i].issued != NULL ? (FORGE_NOW_S - 600) * 1000 : 0);
        ck_assert_int_eq(facts.expires_ms, meanings[i].expires != NULL ? (FORGE_NOW_S + 600) * 1000 : 0);
        armalo_attested_free(attested);
        /* Whatever the policy says of ages: what is past its end is, and what is of tomorrow is not yet. */
        if (meanings[i].expires != NULL) {
            forge_put(&o, meanings[i].expires, forge_rfc3339(FORGE_NOW_S * 1000 + 1));
            expect_good(&schemas[i], 0, &o);
            forge_put(&o, meanings[i].expires, forge_rfc3339(FORGE_NOW_S * 1000));
            predicate(&schemas[i], 0, &o);
            EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_EXPIRED);
        }
        if (meanings[i].issued != NULL) {
            o = good;
            forge_put(&o, meanings[i].issued, forge_when(60)); /* the default skew */
            expect_good(&schemas[i], 0, &o);
            forge_put(&o, meanings[i].issued, forge_rfc3339(FORGE_NOW_S * 1000 + 60001));
            predicate(&schemas[i], 0, &o);
            EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_NOT_YET_VALID);
        }
        /* The other times of it say nothing about its age. */
        for (const field *m = schemas[i].fields; m->name != NULL; m++) {
            if (m->form != TIME || (meanings[i].issued != NULL && strcmp(m->name, meanings[i].issued) == 0) ||
                (meanings[i].expires != NULL && strcmp(m->name, meanings[i].expires) == 0))
                continue;
            o = good;
            forge_put(&o, m->name, forge_when(100000));
            expect_good(&schemas[i], 0, &o);
            forge_put(&o, m->name, forge_when(-100000));
            expect_good(&schemas[i], 0, &o);
        }
    }
    forge_court_close(&c);
}
END_TEST

/* Where the mode is said: in the predicate of a type that has it, and in the statement (armalo_mode) of any type. The
 * weaker counts. */
enum { OF_EVAL, OF_RECEIPT, OF_SMOKE, OF_FOREIGN, OF_BUNDLE, OF_STATEMENT, OF_PREDICATE, WAYS };

static const char *say_mode(int way, const char *word) {
    static const size_t of[] = {[OF_EVAL] = 0,   [OF_RECEIPT] = 3,   [OF_SMOKE] = 4,    [OF_FOREIGN] = 0,
                                [OF_BUNDLE] = 6, [OF_STATEMENT] = 3, [OF_PREDICATE] = 3};
    const schema *s = &schemas[of[way]];
    forge_object o = good_object(s, 0);
    forge_dsse_init(&f);
    if (way <= OF_SMOKE || way == OF_PREDICATE) forge_put(&o, "mode", forge_quote(word));
    if (way != OF_FOREIGN) predicate(s, 0, &o);
    if (way >= OF_FOREIGN)
        forge_put(&f.statement, "armalo_mode", way == OF_PREDICATE ? "\"production\"" : forge_quote(word));
    return way == OF_FOREIGN ? FORGE_TYPE : s->type;
}

/* Production is worth more than staging, and staging more than simulation and dry run, which are alike. What was
 * made in a weaker mode than the host's is a simulation to it: never accepted in production, elsewhere if the policy
 * says so. */
START_TEST(test_modes) {
    static const char *const words[] = {"production", "staging", "simulation", "dry_run"};
    static const int32_t hosts[] = {ARMALO_MODE_PRODUCTION, ARMALO_MODE_STAGING, ARMALO_MODE_SIMULATION,
                                    ARMALO_MODE_DRY_RUN};
    enum { P = ARMALO_POSITIVE, S = ARMALO_SIMULATED, NEVER = -1, IF = -2 };
    static const int want[4][4] = {{P, NEVER, NEVER, NEVER}, {P, P, IF, IF}, {S, S, S, S}, {S, S, S, S}};
    for (size_t h = 0; h < 4; h++) {
        world *w = malloc(sizeof *w);
        if (w == NULL) abort();
        world_init(w);
        w->config.mode = hosts[h];
        world_start(w);
        c.w = w;
        c.trust = forge_default_trust(w);
        for (int i = 0; i < WAYS * 4 * 2; i++) {
            int mode = i / 2 % 4, accept = i % 2;
            const char *type = say_mode(i / 8, words[mode]);
            forge_court_policy(&c, forge_text("\"any_subject\":true,\"predicate_types\":[\"%s\"]%s", type,
                                              accept ? ",\"accept_simulated\":true" : ""));
            int wanted = want[h][mode];
            if (wanted == NEVER || (wanted == IF && !accept)) {
                EXPECT_DENY_CALL(w, verify(), ARMALO_REASON_ATTEST_SIMULATED);
                ck_assert_int_eq(w->why.evidence, ARMALO_SIMULATED);
            } else {
                w->grant_evidence = wanted == IF ? S : wanted;
                EXPECT_GRANT(w, verify());
            }
        }
        forge_court_close(&c);
    }
}
END_TEST

/* A statement that says its mode says one that there is. */
START_TEST(test_mode_of_the_statement) {
    open_court();
    for (int way = OF_FOREIGN; way <= OF_STATEMENT; way++) {
        (void)say_mode(way, "production");
        EXPECT_GRANT(c.w, verify());
        for (const char *const *bad = bad_mode; *bad != NULL; bad++) {
            forge_put(&f.statement, "armalo_mode", *bad);
            EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
            ck_assert_str_eq(c.w->why.detail, "armalo_mode");
        }
        forge_put(&f.statement, "armalo_mode", "\"pr\\u006fduction\"");
        EXPECT_GRANT(c.w, verify());
        forge_put_again(&f.statement, "armalo_mode", "\"production\"");
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
        forge_drop(&f.statement, "armalo_mode");
        forge_put(&f.statement, "armalo_mode", "\"staging\"");
        forge_rename(&f.statement, "armalo_mode", "mode"); /* that is not ours */
        EXPECT_GRANT(c.w, verify());
    }
    forge_court_close(&c);
}
END_TEST

/* ---- Whose word it must be ---- */

static void signed_by(int first, int second) {
    f.count = 0;
    forge_dsse_sign(&f, forge_signer_of(first));
    if (second >= 0) forge_dsse_sign(&f, forge_signer_of(second));
}

/* An approver approves, and an issuer revokes, with a key of their own. */
START_TEST(test_approver_and_issuer) {
    static const struct {
        size_t schema;
        const char *member;
    } rows[] = {{2, "approver"}, {5, "issuer"}};
    static forge_anchors anchors;
    for (size_t i = 0; i < 2; i++) {
        const schema *s = &schemas[rows[i].schema];
        open_court();
        forge_court_policy(&c, forge_text("\"any_subject\":true,\"issuers\":,\"any_signer\":true,"
                                          "\"predicate_types\":[\"%s\"]",
                                          s->type));
        forge_object o = good_object(s, 0);
        predicate(s, 0, &o);
        signed_by(FORGE_CI, -1);
        EXPECT_GRANT(c.w, verify());
        signed_by(FORGE_CI_P256, -1); /* any key of the same owner */
        EXPECT_GRANT(c.w, verify());
        signed_by(FORGE_OTHER, -1);
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_ISSUER_MISMATCH);
        signed_by(FORGE_OTHER, FORGE_CI);
        EXPECT_GRANT(c.w, verify());
        static const char *const names[] = {
            "https://ci.exampl", "https://ci.example/", "https://CI.example", "https://ci.example ", "ci-1", "nobody"};
        for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
            forge_put(&f.predicate, rows[i].member, forge_quote(names[k]));
            EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_ISSUER_MISMATCH);
        }
        forge_put(&f.predicate, rows[i].member, forge_quote(forge_signer_of(FORGE_CI)->thumbprint));
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_ISSUER_MISMATCH);
        forge_put(&f.predicate, rows[i].member, "\"https:\\/\\/ci.example\"");
        EXPECT_GRANT(c.w, verify());
        /* A signature that does not count for the policy does not count here. */
        forge_court_policy(&c, forge_text("\"any_subject\":true,\"issuers\":[\"" FORGE_OTHER_OWNER "\"],"
                                          "\"predicate_types\":[\"%s\"]",
                                          s->type));
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_ISSUER_MISMATCH);
        forge_put(&f.predicate, rows[i].member, "\"" FORGE_OTHER_OWNER "\"");
        EXPECT_GRANT(c.w, verify());
        /* A key of nobody's approves nothing. */
        anchors.count = 0;
        forge_anchor(&anchors, forge_signer_of(FORGE_CI), NULL);
        forge_court_trust(&c, &anchors);
        forge_court_policy(&c, forge_text("\"any_subject\":true,\"issuers\":,\"any_signer\":true,"
                                          "\"predicate_types\":[\"%s\"]",
                                          s->type));
        signed_by(FORGE_CI, -1);
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_ISSUER_MISMATCH);
        forge_court_close(&c);
    }
}
END_TEST

/* The other types may be anybody's whom the policy accepts. */
START_TEST(test_other_types_are_anybodys) {
    static const size_t of_anybody[] = {0, 1, 3, 4, 6};
    open_court();
    for (size_t i = 0; i < 5; i++) {
        const schema *s = &schemas[of_anybody[i]];
        forge_court_policy(&c, forge_text("\"any_subject\":true,\"issuers\":,\"any_signer\":true,"
                                          "\"predicate_types\":[\"%s\"]",
                                          s->type));
        forge_object o = good_object(s, 0);
        signed_by(FORGE_OTHER, -1);
        expect_good(s, 0, &o);
    }
    forge_court_close(&c);
}
END_TEST

/* Where a type has no such time of its own, a policy may say where it is, and then it is there; where it has one, that
 * one counts. */
START_TEST(test_pointed_times) {
    static const char pact[] = "\"parties\":[" OURS "],\"pact\":{\"pactType\":\"unilateral\",\"until\":%s}";
    static const struct {
        const char *type, *members, *policy;
        uint32_t reason;
    } rows[] = {
        {"pact", "1700003600", "\"expires_at\":\"/predicate/pact/until\"", ARMALO_REASON_GRANTED},
        {"pact", "1699999999", "\"expires_at\":\"/predicate/pact/until\"", ARMALO_REASON_ATTEST_EXPIRED},
        {"pact", "1699999999", "\"expires_at\":\"/predicate/pact/end\"", ARMALO_REASON_ATTEST_TIME_MISSING},
        {"pact", "1699999999", "\"issued_at\":\"/predicate/pact/until\"", ARMALO_REASON_GRANTED},
        {"pact", "1699999999", "\"issued_at\":\"/predicate/pact/from\"", ARMALO_REASON_ATTEST_TIME_MISSING},
        {"receipt", NULL, "\"issued_at\":\"/predicate/nothing\"", ARMALO_REASON_GRANTED},
        {"receipt", NULL, "\"expires_at\":\"/predicate/nothing\"", ARMALO_REASON_ATTEST_TIME_MISSING},
        {"receipt", NULL, "\"expires_at\":\"/predicate/started_at\"", ARMALO_REASON_ATTEST_EXPIRED},
        {"approval", NULL, "\"expires_at\":\"/predicate/nothing\"", ARMALO_REASON_GRANTED},
    };
    open_court();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const schema *s = schemas;
        while (strstr(s->type, rows[i].type) == NULL) s++;
        forge_object o = good_object(s, 0);
        if (rows[i].members != NULL) {
            o.count = 0;
            forge_put_all(&o, forge_text(pact, rows[i].members));
        }
        predicate(s, 0, &o);
        forge_court_policy(&c, forge_text("\"any_subject\":true,\"predicate_types\":[\"%s\",\"" FORGE_TYPE "\"],%s",
                                          s->type, rows[i].policy));
        if (rows[i].reason == ARMALO_REASON_GRANTED)
            EXPECT_GRANT(c.w, verify());
        else
            EXPECT_DENY_CALL(c.w, verify(), rows[i].reason);
    }
    forge_court_close(&c);
}
END_TEST

/* A pact of two or more parties has the signature of each; only one that says it is unilateral needs no other. */
START_TEST(test_parties) {
    const char *type = schemas[1].type;
    open_court();
    forge_court_policy(&c, forge_text("\"any_subject\":true,\"issuers\":,\"any_signer\":true,"
                                      "\"predicate_types\":[\"%s\"]",
                                      type));
    forge_put(&f.statement, "predicateType", forge_quote(type));
    static const struct {
        const char *pact, *parties;
        int second;
        uint32_t reason;
    } rows[] = {
        {"{\"pactType\":\"bilateral\"}", "[" OURS ",\"" FORGE_OTHER_OWNER "\"]", FORGE_OTHER, ARMALO_REASON_GRANTED},
        {"{\"pactType\":\"bilateral\"}", "[\"" FORGE_OTHER_OWNER "\"," OURS "]", FORGE_OTHER_P256,
         ARMALO_REASON_GRANTED},
        {"{\"pactType\":\"bilateral\"}", "[" OURS ",\"" FORGE_OTHER_OWNER "\"," OURS "]", FORGE_OTHER,
         ARMALO_REASON_GRANTED},
        {"{\"pactType\":\"bilateral\"}", "[" OURS ",\"" FORGE_OTHER_OWNER "\"]", -1, ARMALO_REASON_ATTEST_THRESHOLD},
        {"{\"pactType\":\"bilateral\"}", "[" OURS ",\"" FORGE_OTHER_OWNER "\"]", FORGE_CI_2,
         ARMALO_REASON_ATTEST_THRESHOLD},
        {"{\"pactType\":\"bilateral\"}", "[" OURS ",\"" FORGE_OTHER_OWNER "\"]", FORGE_STRANGER,
         ARMALO_REASON_ATTEST_THRESHOLD},
        {"{\"pactType\":\"bilateral\"}", "[" OURS ",\"" FORGE_OTHER_OWNER "\",\"third\"]", FORGE_OTHER,
         ARMALO_REASON_ATTEST_THRESHOLD},
        {"{\"pactType\":\"bilateral\"}", "[" OURS "]", FORGE_OTHER, ARMALO_REASON_ATTEST_THRESHOLD},
        {"{\"pactType\":\"bilateral\"}", "[]", FORGE_OTHER, ARMALO_REASON_ATTEST_THRESHOLD},
        /* One party under its name twice is one party. */
        {"{\"pactType\":\"bilateral\"}", "[" OURS "," OURS "]", -1, ARMALO_REASON_ATTEST_THRESHOLD},
        {"{\"pactType\":\"bilateral\"}", "[" OURS "," OURS "]", FORGE_CI_2, ARMALO_REASON_ATTEST_THRESHOLD},
        {"{\"pactType\":\"bilateral\"}", "[" OURS ",\"https:\\/\\/ci.example\"]", FORGE_OTHER,
         ARMALO_REASON_ATTEST_THRESHOLD},
        {"{\"pactType\":\"multilateral\"}", "[" OURS "]", -1, ARMALO_REASON_ATTEST_THRESHOLD},
        {"{\"pactType\":\"Unilateral\"}", "[" OURS "]", -1, ARMALO_REASON_ATTEST_THRESHOLD},
        {"{\"pactType\":null}", "[" OURS "]", -1, ARMALO_REASON_ATTEST_THRESHOLD},
        {"{\"pactType\":[\"unilateral\"]}", "[" OURS "]", -1, ARMALO_REASON_ATTEST_THRESHOLD},
        {"{\"pacttype\":\"unilateral\"}", "[" OURS "]", -1, ARMALO_REASON_ATTEST_THRESHOLD},
        {"{}", "[" OURS "]", -1, ARMALO_REASON_ATTEST_THRESHOLD},
        {"{}", "[" OURS ",\"" FORGE_OTHER_OWNER "\"]", FORGE_OTHER, ARMALO_REASON_GRANTED},
        {"{\"pactType\":\"unilateral\"}", "[]", -1, ARMALO_REASON_GRANTED},
        {"{\"pactType\":\"unilateral\"}", "[\"anybody\"]", -1, ARMALO_REASON_GRANTED},
        {"{\"pactType\":\"unilatera\\u006c\"}", "[" OURS "]", -1, ARMALO_REASON_GRANTED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        f.predicate.count = 0;
        forge_put(&f.predicate, "pact", rows[i].pact);
        forge_put(&f.predicate, "parties", rows[i].parties);
        signed_by(FORGE_CI, rows[i].second);
        if (rows[i].reason == ARMALO_REASON_GRANTED)
            EXPECT_GRANT(c.w, verify());
        else
            EXPECT_DENY_CALL(c.w, verify(), rows[i].reason);
    }
    forge_court_close(&c);
}
END_TEST

static void fill(TCase *tc) {
    forge_keys_ready();
    tcase_add_loop_test(tc, test_members, 0, (int)SCHEMAS);
    tcase_add_test(tc, test_one_for_another);
    tcase_add_test(tc, test_unknown_types);
    tcase_add_test(tc, test_meanings);
    tcase_add_test(tc, test_modes);
    tcase_add_test(tc, test_mode_of_the_statement);
    tcase_add_test(tc, test_approver_and_issuer);
    tcase_add_test(tc, test_other_types_are_anybodys);
    tcase_add_test(tc, test_parties);
    tcase_add_test(tc, test_pointed_times);
}

TEST_MAIN("attest_predicate", fill, 60)
