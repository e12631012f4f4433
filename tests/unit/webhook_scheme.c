/* SPDX-License-Identifier: MIT */
/* A scheme of the host's own: what is malformed, contradictory or readable in two ways is refused. */
#include "webhook_forge.h"

#define HEADERS    "\"headers\":[{\"id\":\"x-id\",\"timestamp\":\"x-time\",\"signature\":\"x-sig\"}]"
#define SIGNATURES "\"signatures\":[" SIGNATURE "]"
#define SIGNATURE                                                                                                      \
    "{\"prefix\":\"v1,\",\"algorithm\":\"hmac-sha256\",\"encoding\":\"hex\",\"content\":\"{id}.{timestamp}.{body}\"}"
#define SECRET "\"secret\":{\"encoding\":\"raw\",\"min_bytes\":16}"
#define WHOLE  "{\"v\":1,\"name\":\"own\"," HEADERS ",\"separator\":\" \"," SIGNATURES "," SECRET ",\"tolerance_s\":300}"

static world w;

static armalo_webhook *open_scheme(const char *json, size_t len, const char *key) {
    armalo_secret secret = {key, strlen(key), 0};
    armalo_webhook_config config;
    memset(&config, 0, sizeof config);
    config.struct_size = sizeof config;
    config.scheme_json = json;
    config.scheme_json_len = len;
    config.secrets = &secret;
    config.secret_count = 1;
    config.any_event = ARMALO_ANY_EVENT;
    return armalo_webhook_new(w.host, &config, &w.why);
}

static void expect_scheme(const char *json) {
    armalo_webhook *hook = open_scheme(json, strlen(json), FORGE_KEY);
    ck_assert_msg(hook != NULL, "%s: %s (%s)", json, armalo_reason_name(w.why.reason), w.why.detail);
    armalo_webhook_free(hook);
}

static void expect_no_scheme(const char *json, const char *detail) {
    armalo_webhook *hook = NULL;
    unsigned before = forge_poison(&w);
    hook = open_scheme(json, strlen(json), FORGE_KEY);
    ck_assert_msg(hook == NULL, "accepted: %s", json);
    forge_denied(&w, 0, ARMALO_REASON_SCHEME_INVALID, before, 0, __FILE__, __LINE__, json);
    if (detail != NULL) ck_assert_msg(strcmp(w.why.detail, detail) == 0, "%s: %s", json, w.why.detail);
}

/* WHOLE with its first `from` replaced. */
static const char *with(const char *from, const char *to) {
    static char text[8192];
    const char *at = strstr(WHOLE, from);
    if (at == NULL) ck_abort_msg("%s is not there", from);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - WHOLE), WHOLE, to, at + strlen(from));
    return text;
}
static const char *with_content(const char *content) { return with("{id}.{timestamp}.{body}", content); }

static void begin(void) {
    world_init(&w);
    world_start(&w);
}

START_TEST(test_json) {
    begin();
    expect_scheme(WHOLE);
    static const char *const bad[] = {
        "", " ", "{", "{}x", "[]", "null", "\"standard\"", "\xEF\xBB\xBF" WHOLE, WHOLE ",", WHOLE WHOLE, WHOLE "//"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) expect_no_scheme(bad[i], NULL);
    for (size_t len = 0; len < strlen(WHOLE); len++) ck_assert_ptr_null(open_scheme(WHOLE, len, FORGE_KEY));
    expect_no_scheme(with("\"v\":1,", "\"v\":1,\"v\":1,"), "not strict JSON");
    expect_no_scheme(with("\"prefix\":\"v1,\",", "\"prefix\":\"v1,\",\"prefix\":\"v1,\","), "not strict JSON");
    static char large[ARMALO_WEBHOOK_MAX_SCHEME + 2];
    memset(large, ' ', sizeof large - 1);
    memcpy(large, WHOLE, strlen(WHOLE));
    large[ARMALO_WEBHOOK_MAX_SCHEME] = 0;
    expect_scheme(large);
    large[ARMALO_WEBHOOK_MAX_SCHEME] = ' ';
    expect_no_scheme(large, NULL);
    ck_assert_ptr_null(open_scheme(NULL, 5, FORGE_KEY));
    ck_assert_uint_eq(w.why.reason, ARMALO_REASON_WEBHOOK_CONFIG_INVALID);
    world_end(&w);
}
END_TEST

START_TEST(test_members) {
    begin();
    static const struct {
        const char *from, *to, *detail;
    } rows[] = {
        /* unknown, and known in another case */
        {"\"v\":1", "\"v\":1,\"x\":1", "a member that schemes do not have"},
        {"\"v\":1", "\"v\":1,\"Name\":\"own\"", "a member that schemes do not have"},
        {"\"v\":1", "\"v\":1,\"comment\":null", "a member that schemes do not have"},
        {"\"min_bytes\":16", "\"min_bytes\":16,\"x\":1", "secret"},
        {"\"prefix\":\"v1,\"", "\"prefix\":\"v1,\",\"x\":1", "signatures"},
        {"\"id\":\"x-id\"", "\"id\":\"x-id\",\"x\":\"y\"", "headers"},
        /* missing */
        {"\"v\":1,", "", "v"},
        {"\"name\":\"own\",", "", "name"},
        {HEADERS ",", "", "headers"},
        {SIGNATURES ",", "", "signatures"},
        {SECRET ",", "", "secret"},
        {",\"tolerance_s\":300", "", "tolerance_s"},
        {"\"prefix\":\"v1,\",", "", "signatures"},
        {"\"algorithm\":\"hmac-sha256\",", "", "signatures"},
        {"\"encoding\":\"hex\",", "", "signatures"},
        {",\"content\":\"{id}.{timestamp}.{body}\"", "", "signatures"},
        {",\"signature\":\"x-sig\"", "", "headers"},
        {"\"encoding\":\"raw\",", "", "secret.encoding"},
        {",\"min_bytes\":16", "", "secret.min_bytes"},
        {HEADERS, "\"headers\":[]", "headers"},
        {SIGNATURES, "\"signatures\":[]", "signatures"},
        /* of another version, type or range */
        {"\"v\":1", "\"v\":2", "v"},
        {"\"v\":1", "\"v\":\"1\"", "v"},
        {"\"v\":1", "\"v\":1.0", "v"},
        {"\"name\":\"own\"", "\"name\":\"Own\"", "name"},
        {"\"name\":\"own\"", "\"name\":\"\"", "name"},
        {"\"name\":\"own\"", "\"name\":1", "name"},
        {"\"name\":\"own\"", "\"name\":\"a234567890123456789012345678901234\"", "name"},
        {HEADERS, "\"headers\":{\"signature\":\"x-sig\"}", "headers"},
        {HEADERS, "\"headers\":[1]", "headers"},
        {"\"x-sig\"", "\"\"", "headers"},
        {"\"x-sig\"", "\"x sig\"", "headers"},
        {"\"x-sig\"", "\"x:sig\"", "headers"},
        {"\"x-sig\"", "\"x\\u0000sig\"", "headers"},
        {"\"x-sig\"", "\"caf\xC3\xA9\"", "headers"},
        {"\"x-sig\"", "7", "headers"},
        {"\"x-sig\"", "\"a234567890123456789012345678901234567890123456789012345678901234\"", "headers"}, /* 64 */
        {"\"x-time\"", "\"x-id\"", "headers"}, /* one header for two things */
        {"\"x-time\"", "\"X-ID\"", "headers"},
        {"\"separator\":\" \"", "\"separator\":\"\"", "separator"},
        {"\"separator\":\" \"", "\"separator\":\"  \"", "separator"},
        {"\"separator\":\" \"", "\"separator\":\"\\n\"", "separator"},
        {"\"separator\":\" \"", "\"separator\":null", "separator"},
        {"\"prefix\":\"v1,\"", "\"prefix\":1", "signatures.prefix"},
        {"\"prefix\":\"v1,\"", "\"prefix\":\"caf\xC3\xA9\"", "signatures.prefix"},
        {"\"prefix\":\"v1,\"", "\"prefix\":\"a2345678901234567\"", "signatures.prefix"},
        {"\"hmac-sha256\"", "\"hmac-sha1\"", "signatures.algorithm"},
        {"\"hmac-sha256\"", "\"HMAC-SHA256\"", "signatures.algorithm"},
        {"\"hmac-sha256\"", "\"none\"", "signatures.algorithm"},
        {"\"hmac-sha256\"", "null", "signatures.algorithm"},
        {"\"hex\"", "\"base64url\"", "signatures.encoding"},
        {"\"hex\"", "\"raw\"", "signatures.encoding"},
        {"\"encoding\":\"raw\"", "\"encoding\":\"hex\"", "secret.encoding"},
        {"\"encoding\":\"raw\"", "\"encoding\":\"raw\",\"prefix\":\"whsec_\"", "secret.encoding"},
        {"\"min_bytes\":16", "\"min_bytes\":0", "secret.min_bytes"},
        {"\"min_bytes\":16", "\"min_bytes\":-1", "secret.min_bytes"},
        {"\"min_bytes\":16", "\"min_bytes\":513", "secret.min_bytes"},
        {"\"min_bytes\":16", "\"min_bytes\":1e1", "secret.min_bytes"},
        {SECRET, "\"secret\":[]", "secret"},
        {"\"tolerance_s\":300", "\"tolerance_s\":0", "tolerance_s"}, /* never switched off */
        {"\"tolerance_s\":300", "\"tolerance_s\":-1", "tolerance_s"},
        {"\"tolerance_s\":300", "\"tolerance_s\":86401", "tolerance_s"},
        {"\"tolerance_s\":300", "\"tolerance_s\":300.5", "tolerance_s"},
        {"\"tolerance_s\":300", "\"tolerance_s\":\"300\"", "tolerance_s"},
        {"\"tolerance_s\":300", "\"tolerance_s\":null", "tolerance_s"},
        {"\"v\":1", "\"v\":1,\"event_pointer\":\"type\"", "event_pointer"},
        {"\"v\":1", "\"v\":1,\"event_pointer\":\"\"", "event_pointer"},
        {"\"v\":1", "\"v\":1,\"event_pointer\":\"/a~2\"", "event_pointer"},
        {"\"v\":1", "\"v\":1,\"event_pointer\":\"/1/2/3/4/5/6/7/8/9\"", "event_pointer"},
        {"\"v\":1", "\"v\":1,\"event_pointer\":null", "event_pointer"},
        {"\"v\":1", "\"v\":1,\"id_pointer\":\"id\"", "id_pointer"},
        {"\"v\":1", "\"v\":1,\"compatibility\":1", "compatibility"},
        {"\"v\":1", "\"v\":1,\"compatibility\":\"true\"", "compatibility"},
        {"\"v\":1", "\"v\":1,\"timestamp_prefix\":\"\"", "timestamp_prefix"},
        {"\"v\":1", "\"v\":1,\"names_prefix\":\"\"", "names_prefix"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect_no_scheme(with(rows[i].from, rows[i].to), rows[i].detail);
    static const char *const good[][2] = {
        {"\"x-sig\"", "\"X-Sig\""},
        {"\"x-sig\"", "\"a23456789012345678901234567890123456789012345678901234567890123\""}, /* 63 */
        {"\"x-sig\"", "\"!#$%&'*+-.^_`|~\""},
        {"\"name\":\"own\"", "\"name\":\"a2345678901234567890123456789-_z\""},
        {"\"min_bytes\":16", "\"min_bytes\":1"},
        {"\"tolerance_s\":300", "\"tolerance_s\":86400"},
        {"\"prefix\":\"v1,\"", "\"prefix\":\"\""},
        {"\"v\":1", "\"v\":1,\"event_pointer\":\"/1/2/3/4/5/6/7/8\""},
        {"\"v\":1", "\"v\":1,\"compatibility\":false"},
        {"\"v\":1", "\"\\u0076\":1"}, /* a name is compared unescaped */
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) expect_scheme(with(good[i][0], good[i][1]));
    world_end(&w);
}
END_TEST

/* What holds between members. */
START_TEST(test_contradictions) {
    begin();
    static const struct {
        const char *from, *to, *detail;
    } rows[] = {
        /* A timestamp that is not signed says nothing about freshness; one that is signed must be somewhere. */
        {"{id}.{timestamp}.{body}", "{id}.{body}", "signatures.content"},
        {",\"timestamp\":\"x-time\"", "", "tolerance_s"},
        {"\"id\":\"x-id\",", "", "signatures.content"},                         /* {id}, but no header has one */
        {"\"v\":1", "\"v\":1,\"timestamp_prefix\":\"t=\"", "timestamp_prefix"}, /* two places for the timestamp */
        {"\"v\":1", "\"v\":1,\"id_pointer\":\"/id\"", "id_pointer"},            /* two places for the id */
        {"\"v\":1", "\"v\":1,\"names_prefix\":\"h=\"", "names_prefix"},         /* a list that nothing covers */
        {SIGNATURE, SIGNATURE "," SIGNATURE, "signatures.prefix"},
        {SIGNATURE,
         SIGNATURE ",{\"prefix\":\"v2,\",\"algorithm\":\"hmac-sha256\",\"encoding\":\"hex\",\"content\":\"{timestamp}."
                   "{body}\"}",
         "signatures.content"}, /* one covers the id, the other does not */
        {SIGNATURE,
         "{\"prefix\":\"a,\",\"algorithm\":\"ed25519\",\"encoding\":\"hex\",\"content\":\"{id}.{timestamp}.{body}\"},{"
         "\"prefix\":\"b,\",\"algorithm\":\"ed25519\",\"encoding\":\"hex\",\"content\":\"{id}.{timestamp}.{body}\"}",
         "signatures.algorithm"},
        /* families are spellings of one thing */
        {"\"signature\":\"x-sig\"}", "\"signature\":\"x-sig\"},{\"signature\":\"y-sig\"}", "headers"},
        {"\"signature\":\"x-sig\"}",
         "\"signature\":\"x-sig\"},{\"id\":\"x-id\",\"timestamp\":\"y-time\",\"signature\":\"y-sig\"}", "headers"},
        {"\"signature\":\"x-sig\"}",
         "\"signature\":\"x-sig\"},{\"id\":\"a\",\"timestamp\":\"b\",\"signature\":\"c\"},{\"id\":\"d\",\"timestamp\":"
         "\"e\",\"signature\":\"f\"}",
         "headers"},
        {"\"signature\":\"x-sig\"}", "\"signature\":\"x-sig\",\"event\":\"x-ev\"}", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].detail == NULL)
            expect_scheme(with(rows[i].from, rows[i].to));
        else
            expect_no_scheme(with(rows[i].from, rows[i].to), rows[i].detail);
    }
    expect_no_scheme(
        "{\"v\":1,\"name\":\"own\",\"headers\":[{\"signature\":\"s\",\"event\":\"e\"}],\"signatures\":[{"
        "\"prefix\":\"\",\"algorithm\":\"hmac-sha256\",\"encoding\":\"hex\",\"content\":\"{body}\"}]," SECRET
        ",\"event_pointer\":\"/type\"}",
        "event_pointer"); /* two places for the event */
    expect_no_scheme(
        "{\"v\":1,\"name\":\"own\",\"headers\":[{\"signature\":\"s\"}],\"timestamp_prefix\":\"t=\","
        "\"signatures\":[{\"prefix\":\"\",\"algorithm\":\"hmac-sha256\",\"encoding\":\"hex\",\"content\":\""
        "{timestamp}.{body}\"}]," SECRET ",\"tolerance_s\":300}",
        "separator"); /* items that nothing separates */
    /* two spellings, and the content names one of them: shown in the other, the event would be nobody's */
    static const char *const spelled[] = {"{header:a-ev}.{body}", "{header:b-ev}.{body}", "{header:b-sig}.{body}"};
    for (size_t i = 0; i < 3; i++) {
        char two[512];
        snprintf(two, sizeof two,
                 "{\"v\":1,\"name\":\"own\",\"headers\":[{\"signature\":\"a-sig\",\"event\":\"a-ev\"},"
                 "{\"signature\":\"b-sig\",\"event\":\"b-ev\"}],\"signatures\":[{\"prefix\":\"\","
                 "\"algorithm\":\"hmac-sha256\",\"encoding\":\"hex\",\"content\":\"%s\"}]," SECRET "}",
                 spelled[i]);
        expect_no_scheme(two, "signatures.content");
    }
    char five[4096];
    snprintf(five, sizeof five, "%s", SIGNATURE);
    for (int n = 2; n <= 5; n++) {
        char more[300];
        snprintf(more, sizeof more, "," SIGNATURE);
        *strstr(more, "v1") = (char)('a' + n);
        strcat(five, more);
        if (n <= 4)
            expect_scheme(with(SIGNATURE, five));
        else
            expect_no_scheme(with(SIGNATURE, five), "signatures");
    }
    world_end(&w);
}
END_TEST

/* facts.md 1.1: where a part ends must be certain, or bytes can be moved over the border. */
START_TEST(test_content) {
    begin();
    static const char *const bad[] = {
        "",
        "{id}.{timestamp}.",        /* the body is not signed */
        "{id}.{timestamp}.{body}.", /* the body has no end */
        "{id}.{timestamp}.{body}{body}",
        "{body}.{id}.{timestamp}",
        "{id}{timestamp}.{body}", /* no border */
        "{id}.{timestamp}{body}",
        "{id}{body}.{timestamp}",
        "{id}.{timestamp}0{body}", /* a border that a number can hold */
        "{id}.{timestamp}9{body}",
        "{id}.{timestamp}.{header:}.{body}",
        "{id}.{timestamp}.{header:a b}.{body}",
        "{id}.{timestamp}.{header:x-a}{body}",
        "{id}.{timestamp}.{Body}",
        "{id}.{timestamp}.{ body}",
        "{id}.{timestamp}.{body",
        "{id}.{timestamp}.body}",
        "{id}.{timestamp}.{}{body}",
        "{id}.{timestamp}.{unknown}.{body}",
        "{id}.{timestamp}.{names}.{body}",  /* names without values */
        "{id}.{timestamp}.{values}.{body}", /* values that nothing names */
        "{id}.{timestamp}.{names}.{values}.{values}.{body}",
        "{id}.{timestamp}.{values}.{names}.{body}", /* "v.a.b c.{}": is b c the body's beginning, or a a value? */
        "{id}.{timestamp}.{names}:{values}:{body}", /* values are joined with the dot */
        "{id}.{timestamp}.{names} {values}.{body}", /* names are joined with the space */
        "{id}.{timestamp}.{names}a{values}.{body}",
        "{id}.{timestamp}.01234567890123456.{body}",                            /* a literal of 17 bytes and more */
        "v{id}.{timestamp}.{header:a}.{header:b}.{header:c}.{header:d}.{body}", /* 13 parts */
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_no_scheme(with_content(bad[i]), "signatures.content");
    static const char *const good[] = {
        "{id}.{timestamp}.{body}",
        "{timestamp}.{id}.{body}",
        "{id}:{timestamp}\\n{body}",
        "v1|{timestamp}|{id}|{body}",
        "{id}.{timestamp}.{id}.{body}",
        "{id}.{timestamp}.{header:x-a}.{body}",
        "0123456789012345{id}.{timestamp}.{body}",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) expect_scheme(with_content(good[i]));
    world_end(&w);
}
END_TEST

/* ---- Schemes at work ---- */

static void hmac_hex(const char *content, char out[65]) {
    unsigned char tag[32];
    ck_assert_ptr_nonnull(
        HMAC(EVP_sha256(), FORGE_KEY, 32, (const unsigned char *)content, strlen(content), tag, NULL));
    forge_hex(tag, 32, out);
}

static void hmac_base64(const char *content, char out[65]) {
    unsigned char tag[32];
    ck_assert_ptr_nonnull(
        HMAC(EVP_sha256(), FORGE_KEY, 32, (const unsigned char *)content, strlen(content), tag, NULL));
    forge_base64(tag, 32, out);
}

static void expect_verdict(const char *json, const char *content, const char *id, const char *extra, const char *body,
                           uint32_t reason, uint32_t labels) {
    char signature[80] = "v1,";
    hmac_hex(content, signature + 3);
    armalo_header headers[] = {forge_header("X-Id", id), forge_header("X-Time", "1700000000"),
                               forge_header("X-Sig", signature), forge_header("X-Extra", extra == NULL ? "" : extra)};
    armalo_request request = {sizeof request, headers, extra == NULL ? 3 : 4, body, strlen(body), NULL, 0};
    armalo_webhook *hook = open_scheme(json, strlen(json), FORGE_KEY);
    ck_assert_msg(hook != NULL, "%s (%s)", armalo_reason_name(w.why.reason), w.why.detail);
    if (reason == ARMALO_REASON_GRANTED) {
        EXPECT_GRANT(&w, armalo_webhook_verify(hook, &request, &w.delivery, &w.why));
        ck_assert_uint_eq(w.why.labels, labels);
    } else {
        EXPECT_DENY(&w, armalo_webhook_verify(hook, &request, &w.delivery, &w.why), reason);
    }
    armalo_webhook_free(hook);
}

START_TEST(test_own_content) {
    begin();
    const uint32_t signed_id = FORGE_SIGNED_ID, headers = ARMALO_LABEL_COVERS_HEADERS;
    expect_verdict(WHOLE, "msg_1.1700000000.{}", "msg_1", NULL, "{}", ARMALO_REASON_GRANTED, signed_id);
    expect_verdict(with_content("v7|{timestamp}|{id}|{body}"), "v7|1700000000|msg_1|{}", "msg_1", NULL, "{}",
                   ARMALO_REASON_GRANTED, signed_id);
    /* the id may hold what is no border there, and nothing that is one */
    expect_verdict(with_content("{timestamp}|{id}|{body}"), "1700000000|a.b|{}", "a.b", NULL, "{}",
                   ARMALO_REASON_GRANTED, signed_id);
    expect_verdict(with_content("{timestamp}|{id}|{body}"), "1700000000|a|b|{}", "a|b", NULL, "{}",
                   ARMALO_REASON_ID_INVALID, 0);
    /* facts.md 1.1 7: a signature over id "a", body "1700000000.{}" must not hold for id "a.1700000000", body "{}" */
    expect_verdict(WHOLE, "a.1700000000.1700000000.{}", "a.1700000000", NULL, "{}", ARMALO_REASON_ID_INVALID, 0);
    const char *extra = with_content("{id}.{timestamp}.{header:X-Extra}.{body}");
    expect_verdict(extra, "msg_1.1700000000.one.{}", "msg_1", "one", "{}", ARMALO_REASON_GRANTED, signed_id | headers);
    extra = with_content("{id}.{timestamp}.{header:X-Extra}.{body}");
    expect_verdict(extra, "msg_1.1700000000.one.{}", "msg_1", "two", "{}", ARMALO_REASON_SIGNATURE_MISMATCH, 0);
    expect_verdict(extra, "msg_1.1700000000.one.{}", "msg_1", NULL, "{}", ARMALO_REASON_SIGNED_HEADER_MISSING, 0);
    expect_verdict(extra, "msg_1.1700000000.o.e.{}", "msg_1", "o.e", "{}", ARMALO_REASON_SIGNED_HEADER_AMBIGUOUS, 0);
    world_end(&w);
}
END_TEST

/* Content that does not fit where it is put together is refused, never cut. */
START_TEST(test_content_too_long) {
    static const char scheme[] =
        "{\"v\":1,\"name\":\"own\",\"headers\":[{\"signature\":\"x-sig\"}],\"signatures\":[{\"prefix\":\"\","
        "\"algorithm\":\"hmac-sha256\",\"encoding\":\"hex\",\"content\":\"{header:x-a}.{header:x-b}.{body}\"}],"
        "\"secret\":{\"encoding\":\"raw\",\"min_bytes\":16}}";
    static char value[4097], content[8300];
    char tag[65];
    begin();
    armalo_webhook *hook = open_scheme(scheme, sizeof scheme - 1, FORGE_KEY);
    ck_assert_ptr_nonnull(hook);
    memset(value, 'a', sizeof value - 1);
    static const int lengths[][2] = {{2000, 2000}, {3000, 3000}, {4096, 4096}, {4096, 1024}, {4096, 1}};
    for (size_t i = 0; i < 5; i++) {
        snprintf(content, sizeof content, "%.*s.%.*s.{}", lengths[i][0], value, lengths[i][1], value);
        hmac_hex(content, tag);
        armalo_header headers[] = {forge_header("x-sig", tag),
                                   {"x-a", 3, value, (size_t)lengths[i][0]},
                                   {"x-b", 3, value, (size_t)lengths[i][1]}};
        armalo_request request = {sizeof request, headers, 3, "{}", 2, NULL, 0};
        if (lengths[i][0] + lengths[i][1] < 5000)
            EXPECT_GRANT(&w, armalo_webhook_verify(hook, &request, &w.delivery, &w.why));
        else
            EXPECT_DENY(&w, armalo_webhook_verify(hook, &request, &w.delivery, &w.why), ARMALO_REASON_HEADER_TOO_LONG);
    }
    armalo_webhook_free(hook);
    world_end(&w);
}
END_TEST

/* The longest prefix wins, and one of no version is ignored. */
START_TEST(test_prefixes) {
    begin();
    char json[2048], value[300], tag[65], other[65];
    snprintf(json, sizeof json, "%s",
             with(SIGNATURE, SIGNATURE ",{\"prefix\":\"v1,x\",\"algorithm\":\"hmac-sha256\",\"encoding\":\"base64\","
                                       "\"content\":\"{id}.{timestamp}.{body}\"}"));
    armalo_webhook *hook = open_scheme(json, strlen(json), FORGE_KEY);
    ck_assert_ptr_nonnull(hook);
    hmac_hex("msg_1.1700000000.{}", tag);
    hmac_base64("msg_1.1700000000.{}", other);
    const struct {
        const char *before, *first, *between, *second;
        int granted;
    } rows[] = {{"v1,", tag, "", "", 1},       {"v1,x", other, "", "", 1},       {"v1,", other, "", "", 0},
                {"v1,x", tag, "", "", 0},      {"v2,", tag, "", "", 0},          {"V1,", tag, "", "", 0},
                {"v2,zz", " v1,", tag, "", 1}, {"v1,", other, " v1,x", other, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snprintf(value, sizeof value, "%s%s%s%s", rows[i].before, rows[i].first, rows[i].between, rows[i].second);
        armalo_header headers[] = {forge_header("x-id", "msg_1"), forge_header("x-time", "1700000000"),
                                   forge_header("x-sig", value)};
        armalo_request request = {sizeof request, headers, 3, "{}", 2, NULL, 0};
        ck_assert_msg(armalo_webhook_verify(hook, &request, &w.delivery, &w.why) == rows[i].granted, "%s: %s", value,
                      armalo_reason_name(w.why.reason));
    }
    armalo_webhook_free(hook);
    world_end(&w);
}
END_TEST

/* The list of presets is strict JSON, and each of its schemes can be copied and used as it stands. */
START_TEST(test_presets_are_schemes) {
    static const char *const names[] = {"standard", "svix",    "whop",  "armalo", "github",
                                        "slack",    "shopify", "hook0", "stripe"};
    const char *all = armalo_webhook_schemes();
    begin();
    ck_assert_int_eq(armalo_json_check(all, strlen(all), SIZE_MAX, NULL), 1);
    size_t at = 1;
    for (size_t i = 0; i < 9; i++) {
        char name[64];
        size_t depth = 0, start = at;
        do { /* no braces outside of the structure and {parts}, which are balanced too */
            depth += all[at] == '{';
            depth -= all[at] == '}';
            at++;
        } while (depth > 0);
        snprintf(name, sizeof name, "{\"v\":1,\"name\":\"%s\",", names[i]);
        ck_assert_int_eq(strncmp(all + start, name, strlen(name)), 0);
        const char *key = i < 2 ? "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" : FORGE_KEY;
        armalo_webhook *hook = open_scheme(all + start, at - start, key);
        ck_assert_ptr_nonnull(hook);
        armalo_webhook_free(hook);
        at++;
    }
    ck_assert_uint_eq(at, strlen(all));
    world_end(&w);
}
END_TEST

/* An allowlist needs a place where the event's name is. */
START_TEST(test_allowlist_without_a_place) {
    begin();
    armalo_secret secret = {FORGE_KEY, 32, 0};
    armalo_webhook_config config;
    memset(&config, 0, sizeof config);
    config.struct_size = sizeof config;
    config.scheme_json = WHOLE;
    config.scheme_json_len = strlen(WHOLE);
    config.secrets = &secret;
    config.secret_count = 1;
    config.events = forge_events();
    config.event_count = 1;
    armalo_webhook *hook = NULL;
    EXPECT_REFUSE(&w, (hook = armalo_webhook_new(w.host, &config, &w.why)) != NULL,
                  ARMALO_REASON_WEBHOOK_CONFIG_INVALID);
    world_end(&w);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_json);
    tcase_add_test(tc, test_members);
    tcase_add_test(tc, test_contradictions);
    tcase_add_test(tc, test_content);
    tcase_add_test(tc, test_own_content);
    tcase_add_test(tc, test_content_too_long);
    tcase_add_test(tc, test_prefixes);
    tcase_add_test(tc, test_presets_are_schemes);
    tcase_add_test(tc, test_allowlist_without_a_place);
}
TEST_MAIN("webhook_scheme", fill, 60)
