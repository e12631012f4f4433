/* SPDX-License-Identifier: MIT */
/* Bundles: each section with its digest, with its value or without; what is revealed of it; and how one is signed. */
#include "attest_forge.h"

static forge_court c;
static forge_dsse f;
static const char *revealed; /* NULL: nothing */

#define TYPE "urn:armalo:bundle:v1"
#define MEMBERS                                                                                                        \
    "\"bundle_id\":\"bundle_1\",\"agent\":\"agent_1\",\"issued_at\":\"2023-11-14T22:12:20Z\","                         \
    "\"expires_at\":\"2023-11-14T23:13:20Z\""

static int judge(const char *text) {
    armalo_attest_request request = forge_request(text, NULL);
    request.revealed = revealed;
    request.revealed_len = revealed == NULL ? 0 : strlen(revealed);
    return forge_verify(c.w, c.policy, c.trust, &request, NULL);
}
static int verify(void) { return judge(forge_dsse_text(&f)); }

static void bundle(const char *scope, const char *sections) {
    forge_put(&f.predicate, "scope", scope);
    forge_put(&f.predicate, "sections", sections);
}

/* Quoted: the digest of a canonical text. */
static char *digest(const char *canonical) { return forge_quote(forge_sha256_name(forge_bytes_text(canonical))); }
/* {"digest":…,"value":…} of a canonical text, and {"digest":…}. */
static char *shown(const char *canonical) {
    return forge_text("{\"digest\":%s,\"value\":%s}", digest(canonical), canonical);
}
static char *withheld(const char *canonical) { return forge_text("{\"digest\":%s}", digest(canonical)); }

static void open_court(void) {
    forge_court_open(&c, "\"any_subject\":true,\"predicate_types\":[\"" TYPE "\"]");
    forge_dsse_init_as(&f, TYPE, MEMBERS);
    revealed = NULL;
}

/* A bundle whose one section is this. */
static void one(const char *section) { bundle("[\"a\"]", forge_text("{\"a\":%s}", section)); }
static void expect_one(const char *section, uint32_t reason) {
    one(section);
    if (reason == ARMALO_REASON_GRANTED)
        EXPECT_GRANT(c.w, verify());
    else
        EXPECT_DENY_CALL(c.w, verify(), reason);
}

/* ---- Sections ---- */

static const char *const values[] = {"null",     "true", "7",  "\"\"",
                                     "\"text\"", "[]",   "{}", "{\"a\":[1,{\"b\":\"\xC3\xA9\"}]}"};
#define VALUES (sizeof values / sizeof values[0])

START_TEST(test_values) {
    open_court();
    for (size_t i = 0; i < VALUES; i++) {
        expect_one(shown(values[i]), ARMALO_REASON_GRANTED);
        expect_one(withheld(values[i]), ARMALO_REASON_GRANTED);
        expect_one(forge_text("{\"value\":%s,\"digest\":%s}", values[i], digest(values[i])), ARMALO_REASON_GRANTED);
        for (size_t k = 0; k < VALUES; k++)
            if (i != k)
                expect_one(forge_text("{\"digest\":%s,\"value\":%s}", digest(values[i]), values[k]),
                           ARMALO_REASON_ATTEST_SECTION_MISMATCH);
    }
    forge_court_close(&c);
}
END_TEST

/* The digest is of the canonical form (RFC 8785), however the value is spelled; the forms are typed by hand. */
START_TEST(test_spellings) {
    static const struct {
        const char *canonical, *spelled;
    } rows[] = {
        {"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}"},
        {"{\"a\":1,\"b\":2}", " { \"a\" : 1 ,\n\t\"b\" : 2 } "},
        {"\"\xC3\xA9/\"", "\"\\u00e9\\/\""},
        {"\"\\n\\u001f\"", "\"\\u000A\\u001F\""},
        {"[1,10,0.5,1e+21,0]", "[1.0,1E1,5e-1,1000000000000000000000,-0]"},
        {"{\"\xC3\xA9\":{}}", "{\"\\u00E9\":{ }}"},
    };
    open_court();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        expect_one(forge_text("{\"digest\":%s,\"value\":%s}", digest(rows[i].canonical), rows[i].spelled),
                   ARMALO_REASON_GRANTED);
        /* And not of the bytes as they stand. */
        expect_one(forge_text("{\"digest\":%s,\"value\":%s}", digest(rows[i].spelled), rows[i].spelled),
                   ARMALO_REASON_ATTEST_SECTION_MISMATCH);
    }
    forge_court_close(&c);
}
END_TEST

START_TEST(test_sections_form) {
    open_court();
    char *good = digest("7"), *upper = forge_text("%s", good), *digits = forge_text("%.64s", good + 8);
    for (char *at = upper + 8; *at != 0; at++) *at = *at >= 'a' ? (char)(*at - 'a' + 'A') : *at;
    char *other = forge_text("%s", good);
    other[71] = other[71] == '0' ? '1' : '0';
    const char *const bad[] = {
        "null",
        "true",
        "7",
        "\"text\"",
        "[]",
        "[{}]",
        "{}",
        "{\"value\":7}",
        "{\"digest\":null,\"value\":7}",
        "{\"digest\":7,\"value\":7}",
        "{\"digest\":\"\",\"value\":7}",
        forge_text("{\"digest\":[%s],\"value\":7}", good),
        forge_text("{\"Digest\":%s,\"value\":7}", good),
        forge_text("{\"digest\":%s,\"Value\":7}", good),
        forge_text("{\"digest\":%s,\"value\":7,\"x\":1}", good),
        forge_text("{\"digest\":%s,\"x\":1}", good),
        forge_text("{\"digest\":%s,\"value\":7}", upper),
        forge_text("{\"digest\":%s,\"value\":7}", other),
        forge_text("{\"digest\":\"%s\",\"value\":7}", digits),
        forge_text("{\"digest\":\"sha512:%s\",\"value\":7}", digits),
        forge_text("{\"digest\":\"SHA256:%s\",\"value\":7}", digits),
        forge_text("{\"digest\":\"sha256:%.63s\",\"value\":7}", digits),
        forge_text("{\"digest\":\"sha256:%s0\",\"value\":7}", digits),
        /* Of a section that is withheld the digest has the right form, too. */
        "{\"digest\":null}",
        "{\"digest\":\"\"}",
        "{\"digest\":\"sha256:\"}",
        forge_text("{\"digest\":%s}", upper),
        forge_text("{\"digest\":\"%s\"}", digits),
        forge_text("{\"digest\":\"sha256:%.63s\"}", digits),
        forge_text("{\"digest\":\"sha256:%s0\"}", digits),
        forge_text("{\"digest\":\"sha256:%sg\"}", forge_text("%.63s", digits)),
    };
    expect_one(forge_text("{\"digest\":%s,\"value\":7}", good), ARMALO_REASON_GRANTED);
    expect_one(forge_text("{\"digest\":%s}", other), ARMALO_REASON_GRANTED); /* what it is of, nobody can say */
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        expect_one(bad[i], ARMALO_REASON_ATTEST_SECTION_MISMATCH);
        /* Beside good ones. */
        bundle("[\"b\",\"a\",\"c\"]", forge_text("{\"b\":%s,\"a\":%s,\"c\":%s}", shown("1"), bad[i], withheld("2")));
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SECTION_MISMATCH);
    }
    one(forge_text("{\"digest\":%s,\"digest\":%s}", good, good));
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
    forge_court_close(&c);
}
END_TEST

/* The scope names the sections that there are: all, each once, and no other. */
START_TEST(test_scope) {
    static const struct {
        const char *scope, *sections; /* A: a section */
        uint32_t reason;
    } rows[] = {
        {"[]", "{}", ARMALO_REASON_GRANTED},
        {"[\"a\"]", "{\"a\":A}", ARMALO_REASON_GRANTED},
        {"[\"a\",\"b\"]", "{\"b\":A,\"a\":A}", ARMALO_REASON_GRANTED},
        {"[\"\\u0061\"]", "{\"a\":A}", ARMALO_REASON_GRANTED},
        {"[\"a\"]", "{\"\\u0061\":A}", ARMALO_REASON_GRANTED},
        {"[\"a\"]", "{}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"[]", "{\"a\":A}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"[\"a\",\"b\"]", "{\"a\":A}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"[\"a\"]", "{\"a\":A,\"b\":A}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"[\"a\",\"a\"]", "{\"a\":A}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"[\"a\",\"a\"]", "{\"a\":A,\"b\":A}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"[\"b\",\"b\"]", "{\"a\":A,\"b\":A}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"[\"A\"]", "{\"a\":A}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"[\"a \"]", "{\"a\":A}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"[\"b\"]", "{\"a\":A}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"[\"a\"]", "{\"\":A}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"[\"a\"]", "{\"a\\n\":A}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"[\"\"]", "{\"\":A}", ARMALO_REASON_ATTEST_PREDICATE_INVALID},
        {"[\"a\\n\"]", "{\"a\\n\":A}", ARMALO_REASON_ATTEST_PREDICATE_INVALID},
        {"[\"a\"]", "[]", ARMALO_REASON_ATTEST_PREDICATE_INVALID},
        {"[\"a\"]", "{\"a\":A,\"a\":A}", ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED},
        {"[\"a\"]", "{\"a\":A,\"\\u0061\":A}", ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED},
    };
    open_court();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *sections = rows[i].sections;
        for (int hidden = 0; hidden < 2; hidden++) {
            const char *section = hidden ? withheld("7") : shown("7");
            bundle(rows[i].scope, strstr(sections, ":A") == NULL
                                      ? sections
                                      : forge_replace(sections, ":A", forge_text(":%s", section)));
            if (rows[i].reason == ARMALO_REASON_GRANTED)
                EXPECT_GRANT(c.w, verify());
            else
                EXPECT_DENY_CALL(c.w, verify(), rows[i].reason);
        }
    }
    forge_court_close(&c);
}
END_TEST

/* At most 256 sections. */
START_TEST(test_many_sections) {
    open_court();
    const char *section = withheld("7");
    for (int count = 256; count <= 257; count++) {
        char *scope = forge_keep(257 * 8 + 8), *sections = forge_keep(257 * (strlen(section) + 16));
        size_t scope_len = 0, sections_len = 0;
        for (int i = 0; i < count; i++) {
            scope_len += (size_t)sprintf(scope + scope_len, "%c\"s%d\"", i == 0 ? '[' : ',', i);
            sections_len += (size_t)sprintf(sections + sections_len, "%c\"s%d\":%s", i == 0 ? '{' : ',', i, section);
        }
        memcpy(scope + scope_len, "]", 2);
        memcpy(sections + sections_len, "}", 2);
        bundle(scope, sections);
        if (count == 256)
            EXPECT_GRANT(c.w, verify());
        else
            EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SECTION_MISMATCH);
    }
    forge_court_close(&c);
}
END_TEST

/* ---- What is revealed ---- */

START_TEST(test_revealed) {
    open_court();
    bundle("[\"a\",\"b\",\"n\",\"s\"]",
           forge_text("{\"a\":%s,\"b\":%s,\"n\":%s,\"s\":%s}", withheld("{\"x\":1,\"y\":2}"), withheld("\"b\""),
                      withheld("null"), shown("7")));
    static const struct {
        const char *revealed;
        uint32_t reason;
    } rows[] = {
        {"{}", ARMALO_REASON_GRANTED},
        {"{\"a\":{\"x\":1,\"y\":2}}", ARMALO_REASON_GRANTED},
        {" {\"a\" : { \"y\":2.0 ,\"\\u0078\":1e0} }\n", ARMALO_REASON_GRANTED},
        {"{\"\\u0061\":{\"x\":1,\"y\":2}}", ARMALO_REASON_GRANTED},
        {"{\"b\":\"b\",\"a\":{\"x\":1,\"y\":2},\"n\":null}", ARMALO_REASON_GRANTED},
        {"{\"s\":7}", ARMALO_REASON_GRANTED}, /* shown already */
        {"{\"n\":null}", ARMALO_REASON_GRANTED},
        {"{\"s\":8}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"{\"a\":{\"x\":1,\"y\":3}}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"{\"a\":{\"x\":1}}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"{\"a\":\"b\"}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"{\"a\":null}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"{\"b\":\"b\",\"a\":{\"x\":1,\"y\":3}}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"{\"a\":{\"x\":1,\"y\":2},\"b\":\"c\"}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"{\"c\":7}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"{\"a\":{\"x\":1,\"y\":2},\"c\":null}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"{\"\":null}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"{\"A\":{\"x\":1,\"y\":2}}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"{\"digest\":null}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"{\"b\":\"b\",\"b\":\"b\"}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"{\"b\":\"b\",\"\\u0062\":\"c\"}", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"[]", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"null", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"\"b\"", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"7", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"[{\"b\":\"b\"}]", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"{\"b\":\"b\"", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"{\"b\":\"b\"}x", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
        {"not JSON", ARMALO_REASON_ATTEST_SECTION_MISMATCH},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        revealed = rows[i].revealed;
        if (rows[i].reason == ARMALO_REASON_GRANTED)
            EXPECT_GRANT(c.w, verify());
        else
            EXPECT_DENY_CALL(c.w, verify(), rows[i].reason);
    }
    revealed = "{\"b\":\"b\",\"a\":7}";
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SECTION_MISMATCH);
    ck_assert_str_eq(c.w->why.detail, "\"a\""); /* which one */
    /* It is not looked at before a signature holds. */
    f.signature[0].signer = forge_signer_of(FORGE_STRANGER);
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    forge_court_close(&c);
}
END_TEST

/* What is revealed is not of what was verified: no value can be read of it. */
START_TEST(test_revealed_is_not_read) {
    open_court();
    one(withheld("\"hidden\""));
    armalo_attest_request request = forge_request(forge_dsse_text(&f), NULL);
    request.revealed = "{\"a\":\"hidden\"}";
    request.revealed_len = strlen(request.revealed);
    armalo_attested *attested = NULL;
    char value[256];
    EXPECT_GRANT(c.w, forge_verify(c.w, c.policy, c.trust, &request, &attested));
    ck_assert_int_eq(armalo_attested_value(attested, "/predicate/sections/a/value", value, sizeof value, NULL, NULL),
                     0);
    ck_assert_int_eq(armalo_attested_value(attested, "/predicate/sections/a", value, sizeof value, NULL, NULL), 1);
    ck_assert_str_eq(value, withheld("\"hidden\""));
    ck_assert_ptr_null(strstr(forge_last(c.w), "hidden"));
    armalo_attested_free(attested);
    forge_court_close(&c);
}
END_TEST

/* ---- Signing ---- */

static char out[65536];

static int sign(const char *scope, const char *sections, const char *const *withhold, size_t count) {
    armalo_attest_spec spec;
    size_t len = 7;
    const char *predicate = forge_text("{%s,\"scope\":%s%s%s}", MEMBERS, scope,
                                       sections == NULL ? "" : ",\"sections\":", sections == NULL ? "" : sections);
    memset(&spec, 0, sizeof spec);
    memset(out, 'x', sizeof out);
    spec.struct_size = sizeof spec;
    spec.key = forge_signer_of(FORGE_CI)->private_pem;
    spec.key_len = strlen(spec.key);
    spec.predicate_type = TYPE;
    spec.predicate = predicate;
    spec.predicate_len = strlen(predicate);
    spec.withhold = withhold;
    spec.withhold_count = count;
    int made = armalo_attest_sign(c.w->host, &spec, out, sizeof out, &len, &c.w->why);
    must(made == 1 ? strlen(out) == len : len == 0 && out[0] == 'x');
    return made;
}

/* The sections of what was signed last, as they stand. */
static const char *sections_signed(void) {
    static char value[8192];
    armalo_attest_request request = forge_request(out, NULL);
    armalo_attested *attested = NULL;
    request.revealed = revealed;
    request.revealed_len = revealed == NULL ? 0 : strlen(revealed);
    EXPECT_GRANT(c.w, forge_verify(c.w, c.policy, c.trust, &request, &attested));
    must(armalo_attested_value(attested, "/predicate/sections", value, sizeof value, NULL, NULL) == 1);
    armalo_attested_free(attested);
    return value;
}

START_TEST(test_sign) {
    open_court();
    static const char *const a[] = {"a"}, *const both[] = {"b", "a"};
    const char *spelled = "{ \"y\":2.0,\"x\" : \"\\u00e9\"}", *canonical = "{\"x\":\"\xC3\xA9\",\"y\":2}";
    EXPECT_GRANT(c.w, sign("[]", "{}", NULL, 0));
    ck_assert_str_eq(sections_signed(), "{}");
    /* The digest is computed; the value stays as it was spelled. */
    const char *given = forge_text("{\"a\":{\"value\":%s},\"b\":{\"value\":null}}", spelled);
    char *whole = forge_text("{\"a\":{\"digest\":%s,\"value\":%s},\"b\":{\"digest\":%s,\"value\":null}}",
                             digest(canonical), spelled, digest("null"));
    EXPECT_GRANT(c.w, sign("[\"a\",\"b\"]", given, NULL, 0));
    ck_assert_str_eq(sections_signed(), whole);
    EXPECT_GRANT(c.w, sign("[\"a\",\"b\"]", whole, NULL, 0)); /* or checked */
    ck_assert_str_eq(sections_signed(), whole);
    /* A value that is withheld is gone, and can be shown later. */
    EXPECT_GRANT(c.w, sign("[\"a\",\"b\"]", given, a, 1));
    ck_assert_str_eq(sections_signed(), forge_text("{\"a\":{\"digest\":%s},\"b\":{\"digest\":%s,\"value\":null}}",
                                                   digest(canonical), digest("null")));
    ck_assert_ptr_null(strstr(sections_signed(), spelled));
    revealed = forge_text("{\"a\":%s}", canonical);
    EXPECT_GRANT(c.w, judge(out));
    revealed = "{\"a\":1}";
    EXPECT_DENY_CALL(c.w, judge(out), ARMALO_REASON_ATTEST_SECTION_MISMATCH);
    revealed = NULL;
    EXPECT_GRANT(c.w, sign("[\"a\",\"b\"]", whole, both, 2));
    const char *hidden = forge_text("{\"a\":{\"digest\":%s},\"b\":{\"digest\":%s}}", digest(canonical), digest("null"));
    ck_assert_str_eq(sections_signed(), hidden);
    /* A digest alone is a section that was withheld before. */
    EXPECT_GRANT(c.w, sign("[\"a\",\"b\"]", hidden, NULL, 0));
    ck_assert_str_eq(sections_signed(), hidden);
    EXPECT_GRANT(c.w, sign("[\"a\",\"b\"]", hidden, a, 1));
    ck_assert_str_eq(sections_signed(), hidden);
    forge_court_close(&c);
}
END_TEST

/* Its own subject is the predicate as it was signed, without what is withheld. */
START_TEST(test_sign_own_subject) {
    open_court();
    static const char *const a[] = {"a"};
    EXPECT_GRANT(c.w, sign("[\"a\"]", "{\"a\":{\"value\":7}}", a, 1));
    char *canonical = forge_text("{\"agent\":\"agent_1\",\"bundle_id\":\"bundle_1\",\"expires_at\":"
                                 "\"2023-11-14T23:13:20Z\",\"issued_at\":\"2023-11-14T22:12:20Z\",\"scope\":[\"a\"],"
                                 "\"sections\":{\"a\":{\"digest\":%s}}}",
                                 digest("7"));
    forge_court_policy(&c, "\"predicate_types\":[\"" TYPE "\"]");
    EXPECT_GRANT(c.w, forge_court_judge(&c, out, forge_sha256_name(forge_bytes_text(canonical))));
    forge_court_close(&c);
}
END_TEST

START_TEST(test_sign_faults) {
    open_court();
    const char *good = digest("7"), *bad = digest("8");
    const struct {
        const char *scope, *sections;
        const char *withhold[2];
        uint32_t reason;
        const char *detail;
    } rows[] = {
        {"[\"a\"]", forge_text("{\"a\":{\"digest\":%s,\"value\":7}}", good), {NULL}, ARMALO_REASON_GRANTED, NULL},
        {"[\"a\"]",
         forge_text("{\"a\":{\"digest\":%s,\"value\":7}}", bad),
         {NULL},
         ARMALO_REASON_ATTEST_SECTION_MISMATCH,
         "sections"},
        /* Wrong is wrong, also where the value is not shown. */
        {"[\"a\"]",
         forge_text("{\"a\":{\"digest\":%s,\"value\":7}}", bad),
         {"a"},
         ARMALO_REASON_ATTEST_SECTION_MISMATCH,
         "sections"},
        {"[\"a\"]", "{\"a\":{\"digest\":null,\"value\":7}}", {NULL}, ARMALO_REASON_ATTEST_SECTION_MISMATCH, "sections"},
        {"[\"a\"]", "{\"a\":{\"digest\":\"sha256:00\"}}", {NULL}, ARMALO_REASON_ATTEST_SECTION_MISMATCH, "\"a\""},
        {"[\"b\"]", "{\"a\":{\"value\":7}}", {NULL}, ARMALO_REASON_ATTEST_SECTION_MISMATCH, "\"a\""},
        {"[]", "{\"a\":{\"value\":7}}", {NULL}, ARMALO_REASON_ATTEST_SECTION_MISMATCH, "\"a\""},
        {"[\"a\",\"b\"]", "{\"a\":{\"value\":7}}", {NULL}, ARMALO_REASON_ATTEST_SECTION_MISMATCH, "scope"},
        {"[\"a\",\"a\"]", "{\"a\":{\"value\":7}}", {NULL}, ARMALO_REASON_ATTEST_SECTION_MISMATCH, "\"a\""},
        {"[\"a\"]", "{\"a\":{}}", {NULL}, ARMALO_REASON_ATTEST_PREDICATE_INVALID, "sections"},
        {"[\"a\"]", "{\"a\":{\"value\":7,\"x\":1}}", {NULL}, ARMALO_REASON_ATTEST_PREDICATE_INVALID, "sections"},
        {"[\"a\"]", "{\"a\":7}", {NULL}, ARMALO_REASON_ATTEST_PREDICATE_INVALID, "sections"},
        {"[\"a\"]", "{\"a\":null}", {"a"}, ARMALO_REASON_ATTEST_PREDICATE_INVALID, "sections"},
        {"[\"a\"]", "[]", {NULL}, ARMALO_REASON_ATTEST_PREDICATE_INVALID, "sections"},
        {"[\"a\"]", "null", {NULL}, ARMALO_REASON_ATTEST_PREDICATE_INVALID, "sections"},
        {"[\"a\"]", NULL, {NULL}, ARMALO_REASON_ATTEST_PREDICATE_INVALID, "sections"},
        {"7", "{}", {NULL}, ARMALO_REASON_ATTEST_PREDICATE_INVALID, "scope"},
        {"[]", "{},\"x\":1", {NULL}, ARMALO_REASON_ATTEST_PREDICATE_INVALID, "\"x\""},
        {"[\"a\"]", "{\"a\":{\"value\":7}}", {"b"}, ARMALO_REASON_ATTEST_SPEC_INVALID, "withhold"},
        {"[\"a\"]", "{\"a\":{\"value\":7}}", {""}, ARMALO_REASON_ATTEST_SPEC_INVALID, "withhold"},
        {"[\"a\"]", "{\"a\":{\"value\":7}}", {"A"}, ARMALO_REASON_ATTEST_SPEC_INVALID, "withhold"},
        {"[\"a\"]", "{\"a\":{\"value\":7}}", {"a", "b"}, ARMALO_REASON_ATTEST_SPEC_INVALID, "withhold"},
        {"[\"a\"]", "{\"a\":{\"value\":7}}", {"a", "a"}, ARMALO_REASON_ATTEST_SPEC_INVALID, "withhold"},
        {"[\"a\"]", NULL, {"a"}, ARMALO_REASON_ATTEST_SPEC_INVALID, "withhold"},
        {"[\"a\"]", "{\"\\u0061\":{\"value\":7}}", {"a"}, ARMALO_REASON_GRANTED, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t count = rows[i].withhold[0] == NULL ? 0 : rows[i].withhold[1] == NULL ? 1 : 2;
        const char *const *list = count == 0 ? NULL : rows[i].withhold;
        if (rows[i].reason == ARMALO_REASON_GRANTED) {
            EXPECT_GRANT(c.w, sign(rows[i].scope, rows[i].sections, list, count));
        } else {
            EXPECT_DENY_CALL(c.w, sign(rows[i].scope, rows[i].sections, list, count), rows[i].reason);
            ck_assert_str_eq(c.w->why.detail, rows[i].detail);
        }
    }
    forge_court_close(&c);
}
END_TEST

/* A bundle that does not hold together is not signed by a second one either. */
START_TEST(test_sign_another) {
    open_court();
    armalo_attest_spec spec;
    size_t len = 0;
    memset(&spec, 0, sizeof spec);
    spec.struct_size = sizeof spec;
    spec.key = forge_signer_of(FORGE_CI_2)->private_pem;
    spec.key_len = strlen(spec.key);
    for (int holds = 0; holds < 2; holds++) {
        one(forge_text("{\"digest\":%s,\"value\":7}", digest(holds ? "7" : "8")));
        spec.envelope = forge_dsse_text(&f);
        spec.envelope_len = strlen(spec.envelope);
        if (holds)
            EXPECT_GRANT(c.w, armalo_attest_sign(c.w->host, &spec, out, sizeof out, &len, &c.w->why));
        else
            EXPECT_DENY_CALL(c.w, armalo_attest_sign(c.w->host, &spec, out, sizeof out, &len, &c.w->why),
                             ARMALO_REASON_ATTEST_SECTION_MISMATCH);
    }
    EXPECT_GRANT(c.w, judge(out));
    forge_court_close(&c);
}
END_TEST

static void fill(TCase *tc) {
    forge_keys_ready();
    tcase_add_test(tc, test_values);
    tcase_add_test(tc, test_spellings);
    tcase_add_test(tc, test_sections_form);
    tcase_add_test(tc, test_scope);
    tcase_add_test(tc, test_many_sections);
    tcase_add_test(tc, test_revealed);
    tcase_add_test(tc, test_revealed_is_not_read);
    tcase_add_test(tc, test_sign);
    tcase_add_test(tc, test_sign_own_subject);
    tcase_add_test(tc, test_sign_faults);
    tcase_add_test(tc, test_sign_another);
}

TEST_MAIN("attest_bundle", fill, 60)
