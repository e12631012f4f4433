/* SPDX-License-Identifier: MIT */
/* Issuing, rotating, revoking: what comes out is read by the forge, which knows the format and none of our code; and
 * nothing comes out of a refusal. */
#include "key_forge.h"

static world *w;
static armalo_keys *keys;
static forge_key read, other;
static armalo_key_spec spec;

/* What a call writes. Poisoned before each. */
static char token[ARMALO_KEY_TOKEN_SIZE], record[ARMALO_KEY_RECORD_SIZE], old[ARMALO_KEY_RECORD_SIZE];

static void poison(void) {
    memset(token, 0x5A, sizeof token);
    memset(record, 0x5A, sizeof record);
    memset(old, 0x5A, sizeof old);
}

static int untouched(const char *buf, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if (buf[i] != 0x5A) return 0;
    }
    return 1;
}

static armalo_key_spec usual(void) {
    return (armalo_key_spec){.struct_size = sizeof(armalo_key_spec),
                             .org = "org_1",
                             .scopes = "agents:read agents:write",
                             .env = ARMALO_ENV_LIVE,
                             .use = ARMALO_USE_SERVER};
}

static void open_world(void) {
    w = world_new();
    spec = usual();
    keys = forge_keys_new(w, NULL, NULL);
}

static void close_world(void) {
    armalo_keys_free(keys);
    world_free(w);
}

static int issue(void) {
    poison();
    return armalo_key_issue(w->host, &spec, token, sizeof token, record, sizeof record, &w->why);
}

static int rotate(const char *json, int64_t overlap_ms) {
    poison();
    return armalo_key_rotate(w->host, json, strlen(json), overlap_ms, token, sizeof token, record, sizeof record, old,
                             sizeof old, &w->why);
}

static int revoke(const char *json) {
    poison();
    return armalo_key_revoke(w->host, json, strlen(json), old, sizeof old, &w->why);
}

static void expect_no(uint32_t reason) {
    EXPECT_DENY_CALL(w, issue(), reason);
    must(untouched(token, sizeof token) && untouched(record, sizeof record));
    must(strstr(forge_last(w), "\"type\":\"ai.armalo.audit.key.issued\"") != NULL);
    must(strstr(forge_last(w), "\"granted\":true") == NULL);
}

static void expect_no_rotation(const char *json, int64_t overlap_ms, uint32_t reason) {
    EXPECT_DENY_CALL(w, rotate(json, overlap_ms), reason);
    must(untouched(token, sizeof token) && untouched(record, sizeof record) && untouched(old, sizeof old));
}

/* Grants, and what is written is a record that the forge reads, with this token. */
static void expect_issue(void) {
    EXPECT_GRANT(w, issue());
    must(strstr(forge_last(w), "\"type\":\"ai.armalo.audit.key.issued\"") != NULL);
    must(strstr(forge_last(w), token) == NULL && strstr(forge_last(w), token + 8) == NULL);
    if (!forge_read(&read, record, strlen(record))) ck_abort_msg("not a record: %s", record);
    must(forge_holds(&read, w->root_key, token));
}

static int is(enum forge_member m, const char *json) {
    if (strcmp(forge_get(&read, m), json) == 0) return 1;
    fprintf(stderr, "%s is %s, not %s\n", forge_member_name[m], forge_get(&read, m), json);
    return 0;
}

static int is_time(enum forge_member m, int64_t ms) {
    char text[40];
    return is(m, forge_time(ms, text));
}

static int verify(const char *text, int mutation, const char *scopes) {
    armalo_access ask = forge_access();
    ask.scopes = scopes;
    ask.intent = mutation ? ARMALO_MUTATION : ARMALO_READ;
    return armalo_key_verify(keys, text, strlen(text), &ask, &w->why);
}

static void load(const char *json) { EXPECT_GRANT(w, armalo_keys_load(keys, json, strlen(json), NULL, &w->why)); }

/* ---- Issuing ---- */

START_TEST(test_issue) {
    open_world();
    expect_issue();
    must(forge_token_right(token, "pk", "live"));
    ck_assert(is(KEY_V, "1") && is(KEY_ORG, "\"org_1\"") && is(KEY_NAME, "\"\""));
    ck_assert(is(KEY_SCOPES, "[\"agents:read\",\"agents:write\"]"));
    ck_assert(is(KEY_ENV, "\"live\"") && is(KEY_USE, "\"server\""));
    ck_assert(is_time(KEY_CREATED_AT, FORGE_NOW_S * 1000));
    ck_assert(is(KEY_NOT_BEFORE, "null") && is(KEY_EXPIRES_AT, "null") && is(KEY_REVOKED_AT, "null") &&
              is(KEY_REPLACES, "null"));
    char id[ARMALO_NAME_SIZE + 2];
    snprintf(id, sizeof id, "\"%s\"", w->why.principal);
    ck_assert(is(KEY_ID, id));
    ck_assert_str_eq(w->why.org, "org_1");
    ck_assert_int_eq(strncmp(w->why.principal, "key_", 4), 0);
    ck_assert_uint_ge(strlen(w->why.principal), 4 + 16);
    /* The token is in no record. */
    ck_assert_ptr_null(strstr(record, token + 8));
    load(record);
    EXPECT_GRANT(w, verify(token, 1, "agents:write"));
    EXPECT_DENY_CALL(w, verify(token, 1, "agents:admin"), ARMALO_REASON_KEY_SCOPE_MISSING);
    close_world();
}
END_TEST

/* All that a spec can say, in the record. */
START_TEST(test_spec_in_full) {
    static const char *const envs[] = {"live", "test", "sim"};
    static const char *const names[] = {"", "deploy bot", "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x94\x91", "say \"hi\" \\ /"};
    static const char *const in_json[] = {"\"\"", "\"deploy bot\"", "\"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x94\x91\"",
                                          "\"say \\\"hi\\\" \\\\ /\""};
    open_world();
    for (int32_t env = ARMALO_ENV_LIVE; env <= ARMALO_ENV_SIM; env++) {
        for (size_t n = 0; n < 4; n++) {
            spec.env = env;
            spec.use = n % 2 ? ARMALO_USE_ANY : ARMALO_USE_SERVER;
            spec.name = names[n];
            spec.prefix = n % 2 ? "acme" : "0123456789abcdef";
            spec.org = "Org:1.x-y_z";
            spec.scopes = "b:c a:b,b:* a:b";
            spec.not_before_ms = w->now_ms + 1000;
            spec.expires_ms = w->now_ms + 2500;
            expect_issue();
            must(forge_token_right(token, spec.prefix, envs[env - 1]));
            char json[40];
            snprintf(json, sizeof json, "\"%s\"", envs[env - 1]);
            ck_assert(is(KEY_ENV, json) && is(KEY_USE, n % 2 ? "\"any\"" : "\"server\"") && is(KEY_NAME, in_json[n]));
            ck_assert(is(KEY_ORG, "\"Org:1.x-y_z\"") && is(KEY_SCOPES, "[\"a:b\",\"b:*\",\"b:c\"]"));
            ck_assert(is_time(KEY_NOT_BEFORE, spec.not_before_ms) && is_time(KEY_EXPIRES_AT, spec.expires_ms));
        }
    }
    /* The edges of time. */
    spec = usual();
    spec.expires_ms = w->now_ms + 1;
    expect_issue();
    ck_assert(is_time(KEY_EXPIRES_AT, w->now_ms + 1));
    spec.expires_ms = INT64_C(253402300799999);
    spec.not_before_ms = 1;
    expect_issue();
    ck_assert(is(KEY_EXPIRES_AT, "\"9999-12-31T23:59:59.999Z\"") && is(KEY_NOT_BEFORE, "\"1970-01-01T00:00:00.001Z\""));
    close_world();
}
END_TEST

/* Tokens and ids never repeat, and every character of a body comes about as often as it should. */
START_TEST(test_random) {
    enum { KEYS = 3000 };
    static char seen[KEYS][ARMALO_KEY_TOKEN_SIZE], ids[KEYS][ARMALO_NAME_SIZE];
    unsigned count[128] = {0};
    open_world();
    for (int i = 0; i < KEYS; i++) {
        must(issue() == 1 && forge_token_right(token, "pk", "live"));
        memcpy(seen[i], token, sizeof token);
        memcpy(ids[i], w->why.principal, sizeof ids[i]);
        for (int k = 8; k < 40; k++) count[(unsigned char)token[k]]++;
    }
    qsort(seen, KEYS, sizeof seen[0], (int (*)(const void *, const void *))strcmp);
    qsort(ids, KEYS, sizeof ids[0], (int (*)(const void *, const void *))strcmp);
    for (int i = 1; i < KEYS; i++) must(strcmp(seen[i - 1], seen[i]) != 0 && strcmp(ids[i - 1], ids[i]) != 0);
    /* 96,000 characters over 62 digits: 1,548 of each; the standard deviation is 39. Eight of them is never. */
    for (const char *digit = forge_base62; *digit != 0; digit++) {
        unsigned n = count[(unsigned char)*digit];
        if (n < 1548 - 8 * 39 || n > 1548 + 8 * 39) ck_abort_msg("%c comes %u times", *digit, n);
    }
    close_world();
}
END_TEST

static char long_text[300];
static const char *of_length(size_t len) {
    memset(long_text, 'a', sizeof long_text);
    long_text[len] = 0;
    return long_text;
}

START_TEST(test_spec_refused) {
    open_world();
    static const char *const no_orgs[] = {"", "a b", "a/b", "a\n", "\xC3\xA4", "a\"b", "*", "a,b"};
    spec.org = NULL;
    expect_no(ARMALO_REASON_KEY_SPEC_INVALID);
    for (size_t i = 0; i < 8; i++) {
        spec.org = no_orgs[i];
        expect_no(ARMALO_REASON_KEY_SPEC_INVALID);
    }
    spec.org = of_length(64);
    expect_no(ARMALO_REASON_KEY_SPEC_INVALID);
    spec.org = of_length(63);
    expect_issue();
    spec = usual();
    static const char *const no_names[] = {
        "a\nb", "\x01", "\x1f", "\x7f", "\xFF", "\xC0\x80", "\xED\xA0\x80", "\xC3", "a\xF4\x90\x80\x80"};
    for (size_t i = 0; i < 9; i++) {
        spec.name = no_names[i];
        expect_no(ARMALO_REASON_KEY_SPEC_INVALID);
    }
    spec.name = of_length(128);
    expect_no(ARMALO_REASON_KEY_SPEC_INVALID);
    spec.name = of_length(127);
    expect_issue();
    spec = usual();
    static const char *const no_prefixes[] = {"",    "a",   "abcdefghijklmnopq", "PK",   "p_k",
                                              "p-k", "p k", "\xC3\xA4\xC3\xA4",  "pk\n", "pk_live"};
    for (size_t i = 0; i < 10; i++) {
        spec.prefix = no_prefixes[i];
        expect_no(ARMALO_REASON_KEY_SPEC_INVALID);
    }
    spec = usual();
    static const int32_t no_numbers[] = {0, 4, -1, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < 5; i++) {
        spec = usual();
        spec.env = no_numbers[i];
        expect_no(ARMALO_REASON_KEY_SPEC_INVALID);
        spec = usual();
        spec.use = no_numbers[i];
        expect_no(ARMALO_REASON_KEY_SPEC_INVALID);
    }
    spec = usual();
    spec.use = 3;
    expect_no(ARMALO_REASON_KEY_SPEC_INVALID);
    const int64_t no_expiry[] = {-1, 1, w->now_ms - 1, w->now_ms, INT64_C(253402300800000), INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < 7; i++) {
        spec = usual();
        spec.expires_ms = no_expiry[i];
        expect_no(ARMALO_REASON_KEY_SPEC_INVALID);
    }
    const int64_t no_beginning[] = {-1, INT64_MIN, INT64_C(253402300800000), INT64_MAX};
    for (size_t i = 0; i < 4; i++) {
        spec = usual();
        spec.not_before_ms = no_beginning[i];
        expect_no(ARMALO_REASON_KEY_SPEC_INVALID);
    }
    spec = usual(); /* never valid */
    spec.not_before_ms = spec.expires_ms = w->now_ms + 10;
    expect_no(ARMALO_REASON_KEY_SPEC_INVALID);
    spec.not_before_ms++;
    expect_no(ARMALO_REASON_KEY_SPEC_INVALID);
    static const char *const no_scopes[] = {
        "", " ", "*", "*:*", "agents", "agents:read ", "agents:read  a:b", "A:b", "agents:read;a:b"};
    for (size_t i = 0; i < 9; i++) {
        spec = usual();
        spec.scopes = no_scopes[i];
        expect_no(ARMALO_REASON_KEY_SCOPE_INVALID);
    }
    spec = usual();
    spec.scopes = NULL;
    EXPECT_DENY_CALL(w, issue(), ARMALO_REASON_KEY_SPEC_INVALID);
    spec = usual(); /* half a parent */
    spec.parent_len = 5;
    expect_no(ARMALO_REASON_KEY_SPEC_INVALID);
    spec.parent_len = 0;
    spec.parent = "{}";
    expect_no(ARMALO_REASON_KEY_SPEC_INVALID);
    close_world();
}
END_TEST

START_TEST(test_arguments) {
    open_world();
    static const size_t sizes[] = {0, 1, sizeof spec - 1, sizeof spec + 1, SIZE_MAX};
    for (size_t i = 0; i < 5; i++) {
        spec.struct_size = sizes[i];
        EXPECT_REFUSE(w, issue(), ARMALO_REASON_INVALID_ARGUMENT);
        must(untouched(token, sizeof token) && untouched(record, sizeof record));
    }
    spec = usual();
    EXPECT_REFUSE(w, armalo_key_issue(NULL, &spec, token, 64, record, 20480, &w->why), ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_key_issue(w->host, NULL, token, 64, record, 20480, &w->why),
                  ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_key_issue(w->host, &spec, NULL, 64, record, 20480, &w->why),
                  ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_key_issue(w->host, &spec, token, 64, NULL, 20480, &w->why), ARMALO_REASON_INVALID_ARGUMENT);
    ck_assert_int_eq(armalo_key_issue(NULL, NULL, NULL, 0, NULL, 0, NULL), 0);
    ck_assert_int_eq(armalo_key_issue(w->host, &spec, token, sizeof token, record, sizeof record, NULL), 1);
    close_world();
}
END_TEST

/* Too small by one byte: nothing is written, not even the other text. */
START_TEST(test_buffers) {
    open_world();
    expect_issue();
    size_t token_len = strlen(token), record_len = strlen(record);
    for (size_t cap = 0; cap <= token_len + 1; cap++) {
        poison();
        unsigned before = forge_poison(w);
        int done = armalo_key_issue(w->host, &spec, token, cap, record, sizeof record, &w->why);
        must(done == (cap > token_len) && w->decisions == before + 1);
        must(done || (w->why.reason == ARMALO_REASON_BUFFER_TOO_SMALL && untouched(token, 64) &&
                      untouched(record, sizeof record)));
        must(untouched(token + cap, sizeof token - cap));
    }
    for (size_t cap = 0; cap <= record_len + 1; cap += cap + 3 < record_len ? 17 : 1) {
        poison();
        int done = armalo_key_issue(w->host, &spec, token, sizeof token, record, cap, &w->why);
        must(done == (cap > record_len));
        must(done || (w->why.reason == ARMALO_REASON_BUFFER_TOO_SMALL && untouched(token, 64) &&
                      untouched(record, sizeof record)));
        must(untouched(record + cap, sizeof record - cap));
    }
    static char from[ARMALO_KEY_RECORD_SIZE];
    memcpy(from, record, sizeof from);
    for (int which = 0; which < 3; which++) { /* rotate has three */
        poison();
        size_t caps[3] = {sizeof token, sizeof record, sizeof old};
        caps[which] = which == 0 ? token_len : record_len; /* the records grow by `replaces`, by `expires_at` */
        EXPECT_DENY_CALL(
            w,
            armalo_key_rotate(w->host, from, strlen(from), 5, token, caps[0], record, caps[1], old, caps[2], &w->why),
            ARMALO_REASON_BUFFER_TOO_SMALL);
        must(untouched(token, sizeof token) && untouched(record, sizeof record) && untouched(old, sizeof old));
    }
    poison();
    EXPECT_DENY_CALL(w, armalo_key_revoke(w->host, from, strlen(from), old, strlen(from), &w->why),
                     ARMALO_REASON_BUFFER_TOO_SMALL);
    must(untouched(old, sizeof old));
    close_world();
}
END_TEST

/* A host that cannot decide, has no root key, or whose sink loses the event: no key, and nothing written. */
START_TEST(test_hosts) {
    static const uint32_t reasons[] = {ARMALO_REASON_HOST_MODE_UNSET, ARMALO_REASON_HOST_CLOCK_MISSING,
                                       ARMALO_REASON_HOST_CLOCK_BEHIND, ARMALO_REASON_HOST_ROOT_KEY_MISSING,
                                       ARMALO_REASON_HOST_AUDIT_MISSING};
    char line[3000];
    for (int fault = 0; fault < 5; fault++) {
        w = malloc(sizeof *w);
        if (w == NULL) abort();
        world_init(w);
        if (fault == 0) w->config.mode = ARMALO_MODE_UNSET;
        if (fault == 1) w->config.now_ms = NULL;
        if (fault == 2) w->config.clock_floor_ms = w->now_ms + 1;
        if (fault == 3) w->config.root_key = NULL, w->config.root_key_len = 0;
        if (fault == 4) w->config.audit = NULL, w->expected = 0;
        world_start(w);
        spec = usual();
        forge_key_make(&other, w->root_key, 1);
        forge_line(&other, line, sizeof line);
        EXPECT_DENY_CALL(w, issue(), reasons[fault]);
        must(untouched(token, sizeof token) && untouched(record, sizeof record));
        expect_no_rotation(line, 1000, reasons[fault]);
        EXPECT_DENY_CALL(w, revoke(line), reasons[fault]);
        must(untouched(old, sizeof old));
        world_free(w);
    }
    open_world();
    forge_line(&other, line, sizeof line);
    w->audit_answer = 0;
    for (int call = 0; call < 3; call++) {
        int done = call == 0 ? issue() : call == 1 ? rotate(line, 1000) : revoke(line);
        ck_assert_int_eq(done, 0);
        ck_assert_uint_eq(w->why.reason, ARMALO_REASON_HOST_AUDIT_FAILED);
        ck_assert_int_eq(armalo_decision_granted(&w->why), 0);
        must(untouched(token, sizeof token) && untouched(record, sizeof record) && untouched(old, sizeof old));
    }
    close_world();
}
END_TEST

/* ---- A key that mints another ---- */

static void by_parent(const char *line) {
    spec.parent = line;
    spec.parent_len = strlen(line);
}

START_TEST(test_attenuation) {
    char line[3000], time[40];
    open_world();
    forge_key_make(&other, w->root_key, 1); /* agents:read agents:write pacts:* */
    forge_set(&other, KEY_EXPIRES_AT, forge_time(w->now_ms + 5000, time));
    forge_seal(&other, w->root_key);
    forge_line(&other, line, sizeof line);
    static const struct {
        const char *org, *scopes;
        int32_t env, use;
        int64_t lives_ms; /* 0: for ever */
        int allowed;
    } rows[] = {
        {"org_1", "agents:read", ARMALO_ENV_LIVE, ARMALO_USE_SERVER, 5000, 1},
        {"org_1", "agents:read agents:write pacts:*", ARMALO_ENV_LIVE, ARMALO_USE_SERVER, 5000, 1},
        {"org_1", "pacts:verify pacts:read", ARMALO_ENV_LIVE, ARMALO_USE_SERVER, 1, 1},
        {"org_1", "agents:read", ARMALO_ENV_LIVE, ARMALO_USE_ANY, 5000, 1}, /* any can do less than server */
        {"org_2", "agents:read", ARMALO_ENV_LIVE, ARMALO_USE_SERVER, 5000, 0},
        {"Org_1", "agents:read", ARMALO_ENV_LIVE, ARMALO_USE_SERVER, 5000, 0},
        {"org_1", "agents:*", ARMALO_ENV_LIVE, ARMALO_USE_SERVER, 5000, 0},
        {"org_1", "agents:admin", ARMALO_ENV_LIVE, ARMALO_USE_SERVER, 5000, 0},
        {"org_1", "agents:read keys:write", ARMALO_ENV_LIVE, ARMALO_USE_SERVER, 5000, 0},
        {"org_1", "keys:write agents:read", ARMALO_ENV_LIVE, ARMALO_USE_SERVER, 5000, 0},
        {"org_1", "agents:read", ARMALO_ENV_TEST, ARMALO_USE_SERVER, 5000, 0},
        {"org_1", "agents:read", ARMALO_ENV_SIM, ARMALO_USE_SERVER, 5000, 0},
        {"org_1", "agents:read", ARMALO_ENV_LIVE, ARMALO_USE_SERVER, 5001, 0},
        {"org_1", "agents:read", ARMALO_ENV_LIVE, ARMALO_USE_SERVER, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        spec = usual();
        spec.org = rows[i].org;
        spec.scopes = rows[i].scopes;
        spec.env = rows[i].env;
        spec.use = rows[i].use;
        spec.expires_ms = rows[i].lives_ms == 0 ? 0 : w->now_ms + rows[i].lives_ms;
        by_parent(line);
        if (rows[i].allowed)
            expect_issue();
        else
            expect_no(ARMALO_REASON_KEY_ATTENUATION);
        ck_assert_int_eq(w->why.http_status, rows[i].allowed ? 200 : 403);
        spec.parent = NULL; /* the host itself may */
        spec.parent_len = 0;
        expect_issue();
    }
    /* A parent without end may mint both; one of use any may not mint one of use server. */
    forge_key_make(&other, w->root_key, 1);
    forge_line(&other, line, sizeof line);
    spec = usual();
    by_parent(line);
    expect_issue();
    spec.expires_ms = w->now_ms + INT64_C(86400000) * 10000;
    expect_issue();
    forge_key_with(&other, w->root_key, 1, KEY_USE, "\"any\"");
    forge_line(&other, line, sizeof line);
    spec = usual();
    by_parent(line);
    expect_no(ARMALO_REASON_KEY_ATTENUATION);
    spec.use = ARMALO_USE_ANY;
    expect_issue();
    /* A parent of another environment. */
    forge_key_env(&other, w->root_key, 1, "test");
    forge_line(&other, line, sizeof line);
    spec = usual();
    by_parent(line);
    expect_no(ARMALO_REASON_KEY_ATTENUATION);
    spec.env = ARMALO_ENV_TEST;
    expect_issue();
    close_world();
}
END_TEST

/* A child of a child can do no more than either. */
START_TEST(test_generations) {
    static char parent[ARMALO_KEY_RECORD_SIZE];
    open_world();
    static const char *const scopes[] = {"a:* b:r b:w c:x", "a:r a:w b:r c:x", "a:r b:r", "b:r"};
    for (int i = 0; i < 4; i++) {
        spec = usual();
        spec.scopes = scopes[i];
        if (i > 0) by_parent(parent);
        expect_issue();
        memcpy(parent, record, sizeof parent);
        for (int k = 0; k < i; k++) { /* back to what its ancestor had */
            spec.scopes = scopes[k];
            by_parent(parent);
            expect_no(ARMALO_REASON_KEY_ATTENUATION);
        }
    }
    close_world();
}
END_TEST

/* The parent must be a record that holds and is valid now. */
START_TEST(test_parent_refused) {
    char line[3000], time[40];
    open_world();
    static const struct {
        enum forge_member member;
        int64_t offset_ms;
        uint32_t reason;
    } rows[] = {
        {KEY_REVOKED_AT, 0, ARMALO_REASON_KEY_REVOKED},       {KEY_REVOKED_AT, 99999, ARMALO_REASON_KEY_REVOKED},
        {KEY_EXPIRES_AT, 0, ARMALO_REASON_KEY_EXPIRED},       {KEY_EXPIRES_AT, -1, ARMALO_REASON_KEY_EXPIRED},
        {KEY_NOT_BEFORE, 1, ARMALO_REASON_KEY_NOT_YET_VALID}, {KEY_NOT_BEFORE, 99999, ARMALO_REASON_KEY_NOT_YET_VALID}};
    for (size_t i = 0; i < 6; i++) {
        forge_key_with(&other, w->root_key, 1, rows[i].member, forge_time(w->now_ms + rows[i].offset_ms, time));
        forge_line(&other, line, sizeof line);
        by_parent(line);
        spec.expires_ms = w->now_ms + 1; /* would be within any of them */
        expect_no(rows[i].reason);
        expect_no_rotation(line, 1000, rows[i].reason);
    }
    spec = usual();
    forge_key_make(&other, w->root_key, 1);
    forge_set(&other, KEY_SCOPES, "[\"agents:*\"]");
    forge_line(&other, line, sizeof line);
    by_parent(line);
    expect_no(ARMALO_REASON_KEY_RECORD_ALTERED);
    expect_no_rotation(line, 1000, ARMALO_REASON_KEY_RECORD_ALTERED);
    EXPECT_DENY_CALL(w, revoke(line), ARMALO_REASON_KEY_RECORD_ALTERED);
    must(untouched(old, sizeof old));
    ck_assert_str_eq(w->why.principal, "");
    static const char *const garbage[] = {"{}", "x", " ", "[]", "null", "{\"v\":1}"};
    for (size_t i = 0; i < 6; i++) {
        by_parent(garbage[i]);
        expect_no(ARMALO_REASON_KEY_RECORD_MALFORMED);
        expect_no_rotation(garbage[i], 1000, ARMALO_REASON_KEY_RECORD_MALFORMED);
        EXPECT_DENY_CALL(w, revoke(garbage[i]), ARMALO_REASON_KEY_RECORD_MALFORMED);
        must(untouched(old, sizeof old));
    }
    expect_no_rotation("", 1000, ARMALO_REASON_KEY_RECORD_MALFORMED);
    /* Two records are none. */
    forge_key_make(&other, w->root_key, 1);
    static char two[6000];
    size_t len = forge_line(&other, two, sizeof two);
    two[len] = '\n';
    forge_line(&other, two + len + 1, sizeof two - len - 1);
    by_parent(two);
    expect_no(ARMALO_REASON_KEY_RECORD_MALFORMED);
    expect_no_rotation(two, 1000, ARMALO_REASON_KEY_RECORD_MALFORMED);
    close_world();
}
END_TEST

/* ---- Keys that were issued elsewhere ---- */

#define DIGITS "3cb0dd5aedb81720b45edffafe0549f3d8c9d8332337195edb9a08d8bdb64459"
#define ARGON2 "argon2id:$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/* A digest is sealed as it is, and no token is made. */
START_TEST(test_digest) {
    char digest[72], quoted[300];
    open_world();
    forge_sha256("a token of old", 14, digest);
    const char *const digests[] = {digest, "sha256:" DIGITS, ARGON2};
    for (size_t i = 0; i < 3; i++) {
        spec.digest = digests[i];
        EXPECT_GRANT(w, issue());
        must(forge_read(&read, record, strlen(record)) && forge_holds(&read, w->root_key, NULL));
        snprintf(quoted, sizeof quoted, "\"%s\"", digests[i]);
        ck_assert(is(KEY_DIGEST, quoted) && is(KEY_REPLACES, "null") && is_time(KEY_CREATED_AT, w->now_ms));
        ck_assert_str_eq(token, "");
        must(untouched(token + 1, sizeof token - 1));
        load(record);
        if (i > 0) continue;
        EXPECT_GRANT(w, verify("a token of old", 1, "agents:read"));
        ck_assert_uint_eq(w->why.labels, ARMALO_LABEL_KEY_LEGACY);
    }
    poison(); /* the empty text needs its NUL */
    EXPECT_DENY_CALL(w, armalo_key_issue(w->host, &spec, token, 0, record, sizeof record, &w->why),
                     ARMALO_REASON_BUFFER_TOO_SMALL);
    must(untouched(token, sizeof token) && untouched(record, sizeof record));
    EXPECT_GRANT(w, armalo_key_issue(w->host, &spec, token, 1, record, sizeof record, &w->why));
    close_world();
}
END_TEST

/* A keyed digest would be a token that nobody was shown; and what is no digest would spoil the file it is put in. */
START_TEST(test_digest_refused) {
    static const char *const bad[] = {"",
                                      "sha256:",
                                      "argon2id:",
                                      "hs256:" DIGITS,
                                      "sha256",
                                      "SHA256:" DIGITS,
                                      DIGITS,
                                      "sha1:" DIGITS,
                                      "sha256:" DIGITS "0",
                                      "sha256:3cb0",
                                      "sha256:" DIGITS " ",
                                      " sha256:" DIGITS,
                                      "sha256:" DIGITS "\n",
                                      "sha256:\"",
                                      "argon2id:x",
                                      "argon2id:\n",
                                      "argon2id:$argon2i$v=19$m=8",
                                      "argon2id:$2b$10$abc",
                                      ARGON2 "\n",
                                      ARGON2 "\"",
                                      ARGON2 "\x01",
                                      ARGON2 "\x7f",
                                      ARGON2 "\xFF",
                                      ARGON2 "\xC3\xA4",
                                      ARGON2 " ",
                                      ARGON2 "\\",
                                      "argon2id: " ARGON2,
                                      "plain:secret"};
    char text[200];
    open_world();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        spec.digest = bad[i];
        expect_no(ARMALO_REASON_KEY_SPEC_INVALID);
    }
    for (int c = 'A'; c <= 'F'; c++) { /* only one spelling */
        snprintf(text, sizeof text, "sha256:%c" DIGITS, c);
        text[7 + 64] = 0;
        spec.digest = text;
        expect_no(ARMALO_REASON_KEY_SPEC_INVALID);
    }
    static char huge[5000] = ARGON2;
    memset(huge + strlen(huge), 'A', sizeof huge - strlen(huge) - 1);
    spec.digest = huge;
    expect_no(ARMALO_REASON_KEY_SPEC_INVALID);
    for (size_t len = 120; len < 160; len++) { /* as long as there is room for; what is issued can be loaded */
        memcpy(text, huge, len);
        text[len] = 0;
        spec.digest = text;
        if (issue()) load(record);
        must(armalo_decision_granted(&w->why) || w->why.reason == ARMALO_REASON_KEY_SPEC_INVALID);
    }
    spec.digest = ARGON2;
    spec.prefix = "pk"; /* of which token? */
    expect_no(ARMALO_REASON_KEY_SPEC_INVALID);
    /* A parent bounds it all the same. */
    char line[3000];
    forge_key_make(&other, w->root_key, 1);
    forge_line(&other, line, sizeof line);
    spec = usual();
    spec.digest = "sha256:" DIGITS;
    spec.scopes = "keys:write";
    by_parent(line);
    expect_no(ARMALO_REASON_KEY_ATTENUATION);
    spec.scopes = "agents:read";
    EXPECT_GRANT(w, issue());
    close_world();
}
END_TEST

/* ---- Rotating ---- */

static const int64_t year_ms = INT64_C(31536000000);

START_TEST(test_rotate) {
    static char line[ARMALO_KEY_RECORD_SIZE], both[2 * ARMALO_KEY_RECORD_SIZE + 8];
    static char first[ARMALO_KEY_TOKEN_SIZE];
    open_world();
    spec.name = "the \"bot\"";
    spec.scopes = "agents:read pacts:*";
    expect_issue();
    memcpy(first, token, sizeof first);
    memcpy(line, record, sizeof line);
    other = read;
    w->now_ms += 777;
    EXPECT_GRANT(w, rotate(line, 60000));
    ck_assert_ptr_nonnull(strstr(forge_last(w), "\"type\":\"ai.armalo.audit.key.rotated\""));
    ck_assert_ptr_null(strstr(forge_last(w), token + 8));
    must(forge_token_right(token, "pk", "live"));
    /* The new record. */
    must(forge_read(&read, record, strlen(record)) && forge_holds(&read, w->root_key, token));
    static const enum forge_member kept[] = {KEY_V,   KEY_ORG, KEY_NAME,       KEY_SCOPES,
                                             KEY_ENV, KEY_USE, KEY_EXPIRES_AT, KEY_REVOKED_AT};
    for (size_t i = 0; i < 8; i++) ck_assert(is(kept[i], forge_get(&other, kept[i])));
    ck_assert(is(KEY_REPLACES, forge_get(&other, KEY_ID)) && is_time(KEY_CREATED_AT, w->now_ms));
    ck_assert_str_ne(forge_get(&read, KEY_ID), forge_get(&other, KEY_ID));
    char id[ARMALO_NAME_SIZE + 2];
    snprintf(id, sizeof id, "\"%s\"", w->why.principal);
    ck_assert(is(KEY_ID, id));
    /* The old one: the same, but for when it ends. */
    must(forge_read(&read, old, strlen(old)) && forge_holds(&read, w->root_key, first));
    for (int m = 0; m < KEY_MEMBERS; m++) {
        if (m != KEY_EXPIRES_AT && m != KEY_SEAL)
            ck_assert(is((enum forge_member)m, forge_get(&other, (enum forge_member)m)));
    }
    ck_assert(is_time(KEY_EXPIRES_AT, w->now_ms + 60000));
    /* Both work during the overlap, then the new one alone. */
    snprintf(both, sizeof both, "%s\n%s\n", old, record);
    load(both);
    EXPECT_GRANT(w, verify(first, 0, "agents:read"));
    EXPECT_GRANT(w, verify(token, 0, "agents:read"));
    w->now_ms += 59999;
    EXPECT_GRANT(w, verify(first, 0, "agents:read"));
    w->now_ms += 1;
    EXPECT_DENY_CALL(w, verify(first, 0, "agents:read"), ARMALO_REASON_KEY_EXPIRED);
    EXPECT_GRANT(w, verify(token, 0, "agents:read"));
    close_world();
}
END_TEST

START_TEST(test_rotate_overlap) {
    char line[3000], time[40];
    open_world();
    forge_key_make(&other, w->root_key, 1);
    forge_line(&other, line, sizeof line);
    static const int64_t bad[] = {-1, INT64_MIN, INT64_C(31536000001), INT64_MAX};
    for (size_t i = 0; i < 4; i++) expect_no_rotation(line, bad[i], ARMALO_REASON_KEY_SPEC_INVALID);
    const int64_t good[] = {0, 1, year_ms};
    for (size_t i = 0; i < 3; i++) {
        EXPECT_GRANT(w, rotate(line, good[i]));
        must(forge_read(&read, old, strlen(old)) && forge_holds(&read, w->root_key, other.token));
        ck_assert(is_time(KEY_EXPIRES_AT, w->now_ms + good[i]));
        load(old);
        if (good[i] == 0)
            EXPECT_DENY_CALL(w, verify(other.token, 0, "agents:read"), ARMALO_REASON_KEY_EXPIRED);
        else
            EXPECT_GRANT(w, verify(other.token, 0, "agents:read"));
    }
    /* It never lives longer than it would have, and neither does the new one. */
    static const int64_t ends[] = {999, 1000, 1001};
    for (size_t i = 0; i < 3; i++) {
        forge_key_with(&other, w->root_key, 1, KEY_EXPIRES_AT, forge_time(w->now_ms + ends[i], time));
        forge_line(&other, line, sizeof line);
        EXPECT_GRANT(w, rotate(line, 1000));
        must(forge_read(&read, old, strlen(old)) && forge_holds(&read, w->root_key, other.token));
        ck_assert(is_time(KEY_EXPIRES_AT, w->now_ms + (ends[i] < 1000 ? ends[i] : 1000)));
        must(forge_read(&read, record, strlen(record)) && forge_holds(&read, w->root_key, token));
        ck_assert(is_time(KEY_EXPIRES_AT, w->now_ms + ends[i]));
    }
    /* At the end of time there is no room for an overlap. */
    forge_key_make(&other, w->root_key, 1);
    forge_line(&other, line, sizeof line);
    w->now_ms = INT64_C(253402300799999) - 10;
    expect_no_rotation(line, 11, ARMALO_REASON_KEY_SPEC_INVALID);
    EXPECT_GRANT(w, rotate(line, 10));
    close_world();
}
END_TEST

/* Rotated again and again, each names the one before; and a migrated key becomes one of ours. */
START_TEST(test_rotate_chain) {
    static char line[ARMALO_KEY_RECORD_SIZE];
    char digest[72];
    open_world();
    forge_key_make(&other, w->root_key, 1);
    forge_sha256("old token", 9, digest);
    forge_set_string(&other, KEY_DIGEST, digest);
    forge_seal(&other, w->root_key);
    forge_line(&other, line, sizeof line);
    for (int i = 0; i < 5; i++) {
        EXPECT_GRANT(w, rotate(line, 1000));
        must(forge_read(&read, record, strlen(record)) && forge_holds(&read, w->root_key, token));
        ck_assert(is(KEY_REPLACES, forge_get(&other, KEY_ID)) && is(KEY_SCOPES, FORGE_KEY_SCOPES));
        other = read;
        must(forge_read(&read, old, strlen(old)) && forge_holds(&read, w->root_key, NULL));
        memcpy(line, record, sizeof line);
        load(record);
        EXPECT_GRANT(w, verify(token, 1, "agents:read"));
        ck_assert_uint_eq(w->why.labels, 0);
    }
    close_world();
}
END_TEST

START_TEST(test_rotate_arguments) {
    char line[3000];
    open_world();
    forge_key_make(&other, w->root_key, 1);
    size_t len = forge_line(&other, line, sizeof line);
    poison();
    EXPECT_REFUSE(w, armalo_key_rotate(NULL, line, len, 0, token, 64, record, 20480, old, 20480, &w->why),
                  ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_key_rotate(w->host, NULL, len, 0, token, 64, record, 20480, old, 20480, &w->why),
                  ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_key_rotate(w->host, line, len, 0, NULL, 64, record, 20480, old, 20480, &w->why),
                  ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_key_rotate(w->host, line, len, 0, token, 64, NULL, 20480, old, 20480, &w->why),
                  ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_key_rotate(w->host, line, len, 0, token, 64, record, 20480, NULL, 20480, &w->why),
                  ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_key_revoke(NULL, line, len, old, 20480, &w->why), ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_key_revoke(w->host, NULL, len, old, 20480, &w->why), ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_key_revoke(w->host, line, len, NULL, 20480, &w->why), ARMALO_REASON_INVALID_ARGUMENT);
    must(untouched(token, sizeof token) && untouched(record, sizeof record) && untouched(old, sizeof old));
    ck_assert_int_eq(armalo_key_rotate(w->host, line, len, 0, token, 64, record, 20480, old, 20480, NULL), 1);
    ck_assert_int_eq(armalo_key_revoke(w->host, line, len, old, 20480, NULL), 1);
    close_world();
}
END_TEST

/* The buffers may be the record itself: it is read before anything is written. */
START_TEST(test_in_place) {
    open_world();
    expect_issue();
    static char line[ARMALO_KEY_RECORD_SIZE];
    memcpy(line, record, sizeof line);
    EXPECT_GRANT(w, armalo_key_rotate(w->host, line, strlen(line), 5, token, sizeof token, record, sizeof record, line,
                                      sizeof line, &w->why));
    must(forge_read(&read, line, strlen(line)) && forge_holds(&read, w->root_key, NULL));
    EXPECT_GRANT(w, armalo_key_revoke(w->host, line, strlen(line), line, sizeof line, &w->why));
    must(forge_read(&read, line, strlen(line)) && forge_holds(&read, w->root_key, NULL));
    ck_assert(is_time(KEY_REVOKED_AT, w->now_ms));
    close_world();
}
END_TEST

/* ---- Revoking a record ---- */

START_TEST(test_revoke) {
    static char line[ARMALO_KEY_RECORD_SIZE], time[40];
    open_world();
    forge_key_make(&other, w->root_key, 1);
    forge_line(&other, line, sizeof line);
    w->now_ms += 5;
    EXPECT_GRANT(w, revoke(line));
    ck_assert_str_eq(w->why.principal, "key_1");
    ck_assert_ptr_nonnull(strstr(forge_last(w), "\"type\":\"ai.armalo.audit.key.revoked\""));
    must(forge_read(&read, old, strlen(old)) && forge_holds(&read, w->root_key, other.token));
    for (int m = 0; m < KEY_MEMBERS; m++) {
        if (m != KEY_REVOKED_AT && m != KEY_SEAL)
            ck_assert(is((enum forge_member)m, forge_get(&other, (enum forge_member)m)));
    }
    ck_assert(is_time(KEY_REVOKED_AT, w->now_ms));
    load(old);
    EXPECT_DENY_CALL(w, verify(other.token, 0, "agents:read"), ARMALO_REASON_KEY_REVOKED);
    /* Once more, later: it comes back byte for byte. */
    memcpy(line, old, sizeof line);
    w->now_ms += 100000;
    EXPECT_GRANT(w, revoke(line));
    ck_assert_str_eq(old, line);
    /* Expired and not yet valid keys can be revoked too. */
    static const enum forge_member when[] = {KEY_EXPIRES_AT, KEY_NOT_BEFORE};
    for (size_t i = 0; i < 2; i++) {
        forge_key_with(&other, w->root_key, 1, when[i], forge_time(w->now_ms + (i == 0 ? -1 : 100), time));
        forge_line(&other, line, sizeof line);
        EXPECT_GRANT(w, revoke(line));
        must(forge_read(&read, old, strlen(old)) && forge_holds(&read, w->root_key, other.token));
        ck_assert(is_time(KEY_REVOKED_AT, w->now_ms) && is(when[i], forge_get(&other, when[i])));
    }
    close_world();
}
END_TEST

/* The largest of everything, through all of it. */
START_TEST(test_largest) {
    static char scopes[ARMALO_SCOPES_TEXT_SIZE], name[128], org[64], line[ARMALO_KEY_RECORD_SIZE], id[64];
    open_world();
    size_t at = 0;
    for (unsigned n = 0; n < 256; n++)
        at +=
            (size_t)snprintf(scopes + at, sizeof scopes - at, "%sresource.%023u:action.%025u", n > 0 ? " " : "", n, n);
    memset(name, '"', 127); /* each is two bytes in JSON */
    memset(org, 'o', 63);
    spec.scopes = scopes;
    spec.name = name;
    spec.org = org;
    spec.prefix = "0123456789abcdef";
    spec.not_before_ms = w->now_ms - 1;
    spec.expires_ms = w->now_ms + 100000;
    expect_issue();
    memcpy(line, record, sizeof line);
    EXPECT_GRANT(w, rotate(line, 5000));
    must(forge_read(&read, record, strlen(record)) && forge_holds(&read, w->root_key, token));
    memcpy(line, old, sizeof line);
    EXPECT_GRANT(w, revoke(line));
    must(forge_read(&read, old, strlen(old)) && forge_holds(&read, w->root_key, NULL));
    /* Ids of 63 bytes, from elsewhere. */
    memset(id, 'i', 63);
    forge_set_string(&read, KEY_ID, id);
    forge_set_string(&read, KEY_REPLACES, id);
    forge_set(&read, KEY_REVOKED_AT, "null");
    forge_seal(&read, w->root_key);
    forge_line(&read, line, sizeof line);
    EXPECT_GRANT(w, rotate(line, 5000));
    must(strlen(record) < ARMALO_KEY_RECORD_SIZE && forge_read(&read, record, strlen(record)) &&
         forge_holds(&read, w->root_key, token));
    close_world();
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_issue);
    tcase_add_test(tc, test_spec_in_full);
    tcase_add_test(tc, test_random);
    tcase_add_test(tc, test_spec_refused);
    tcase_add_test(tc, test_arguments);
    tcase_add_test(tc, test_buffers);
    tcase_add_test(tc, test_hosts);
    tcase_add_test(tc, test_attenuation);
    tcase_add_test(tc, test_generations);
    tcase_add_test(tc, test_parent_refused);
    tcase_add_test(tc, test_digest);
    tcase_add_test(tc, test_digest_refused);
    tcase_add_test(tc, test_rotate);
    tcase_add_test(tc, test_rotate_overlap);
    tcase_add_test(tc, test_rotate_chain);
    tcase_add_test(tc, test_rotate_arguments);
    tcase_add_test(tc, test_in_place);
    tcase_add_test(tc, test_revoke);
    tcase_add_test(tc, test_largest);
}

TEST_MAIN("key_issue", fill, 60)
