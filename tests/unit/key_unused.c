/* SPDX-License-Identifier: MIT */
/* Least privilege: which of a key's scopes an audit log, as the library's own sink got it, never needed. */
#include "key_forge.h"

#define LOG_SIZE (1 << 20)

static char events[LOG_SIZE];
static size_t events_len;

static int keep_event(void *ctx, const char *event, size_t len) {
    (void)ctx;
    if (events_len + len + 1 > sizeof events) return 0;
    memcpy(events + events_len, event, len);
    events_len += len;
    events[events_len++] = '\n';
    return 1;
}

static world *w; /* its sink is not used by the host that verifies */
static armalo_host *host;
static forge_key key;
static char line[ARMALO_KEY_RECORD_SIZE], unused[ARMALO_SCOPES_TEXT_SIZE];
static size_t line_len, unused_len;
static armalo_keys *keys;

/* Key 1 with these scopes, and a host whose sink writes the log. */
static void open_log(const char *scopes) {
    w = world_new();
    armalo_host_config config = w->config;
    config.audit = keep_event;
    config.audit_ctx = NULL;
    host = armalo_host_new(&config, NULL);
    keys = armalo_keys_new(host, NULL, NULL, NULL);
    forge_key_with(&key, w->root_key, 1, KEY_SCOPES, scopes);
    line_len = forge_line(&key, line, sizeof line);
    events_len = 0;
    ck_assert_int_eq(armalo_keys_load(keys, line, line_len, NULL, NULL), 1);
}

static void close_log(void) {
    armalo_keys_free(keys);
    armalo_host_free(host);
    world_free(w);
}

static int use(const char *scopes, int32_t intent) {
    armalo_access access = forge_access();
    access.scopes = scopes;
    access.intent = intent;
    return armalo_key_verify(keys, key.token, key.token_len, &access, NULL);
}

static int review(const char *log, size_t len) {
    memset(unused, 0x5A, sizeof unused);
    unused_len = 99;
    char *block = malloc(len > 0 ? len : 1); /* of exactly its length */
    if (block == NULL) abort();
    memcpy(block, log, len);
    int done = armalo_key_unused(w->host, line, line_len, block, len, unused, sizeof unused, &unused_len, &w->why);
    free(block);
    return done;
}

static void expect(const char *want) {
    EXPECT_GRANT(w, review(events, events_len));
    if (strcmp(unused, want) != 0) ck_abort_msg("\"%s\" instead of \"%s\"", unused, want);
    must(unused_len == strlen(want));
    must(strcmp(w->why.principal, "key_1") == 0 && strcmp(w->why.org, "org_1") == 0);
}

static void expect_malformed(const char *log, size_t len) {
    EXPECT_DENY_CALL(w, review(log, len), ARMALO_REASON_KEY_LOG_MALFORMED);
    must(unused_len == 0 && unused[0] == 0x5A);
}

START_TEST(test_used) {
    open_log("[\"pacts:*\",\"agents:write\",\"agents:read\",\"keys:read\"]");
    events_len = 0; /* nothing was ever logged */
    expect("agents:read agents:write keys:read pacts:*");
    ck_assert_int_eq(use("agents:read", ARMALO_READ), 1);
    expect("agents:write keys:read pacts:*");
    ck_assert_int_eq(use("agents:read,agents:write", ARMALO_MUTATION), 1);
    expect("keys:read pacts:*");
    ck_assert_int_eq(use("pacts:verify", ARMALO_READ), 1); /* the wildcard is used by any of its resource */
    expect("keys:read");
    ck_assert_int_eq(use("keys:read", ARMALO_READ), 1);
    expect("");
    close_log();
}
END_TEST

/* What was denied was not used, even of the scopes that the key has; nor what another key used. */
START_TEST(test_not_used) {
    open_log("[\"agents:read\",\"agents:write\",\"pacts:*\"]");
    ck_assert_int_eq(use("agents:read keys:write", ARMALO_READ), 0);
    armalo_access access = forge_access();
    access.org = "org_2";
    ck_assert_int_eq(armalo_key_verify(keys, key.token, key.token_len, &access, NULL), 0);
    access = forge_access();
    access.caller = ARMALO_CALLER_BROWSER;
    ck_assert_int_eq(armalo_key_verify(keys, key.token, key.token_len, &access, NULL), 0);
    access = forge_access();
    ck_assert_int_eq(armalo_key_verify(keys, key.token, key.token_len - 1, &access, NULL), 0);
    access.scopes = NULL; /* who is it: needs no scope */
    access.identity_only = ARMALO_IDENTITY_ONLY;
    ck_assert_int_eq(armalo_key_verify(keys, key.token, key.token_len, &access, NULL), 1);
    expect("agents:read agents:write pacts:*");
    /* Other keys, one whose id begins alike. */
    static forge_key others[2];
    static const char *const ids[] = {"\"key_11\"", "\"key_\""};
    for (unsigned i = 0; i < 2; i++) forge_key_with(&others[i], w->root_key, 50 + i, KEY_ID, ids[i]);
    char two[4000];
    size_t len = forge_line(&others[0], two, sizeof two);
    two[len++] = '\n';
    len += forge_line(&others[1], two + len, sizeof two - len);
    ck_assert_int_eq(armalo_keys_load(keys, two, len, NULL, NULL), 1);
    access = forge_access();
    for (unsigned i = 0; i < 2; i++)
        ck_assert_int_eq(armalo_key_verify(keys, others[i].token, others[i].token_len, &access, NULL), 1);
    ck_assert_int_eq(armalo_keys_revoke(keys, "key_1", 5, NULL), 0); /* its own events, of other kinds */
    char token[ARMALO_KEY_TOKEN_SIZE], record[ARMALO_KEY_RECORD_SIZE], old[ARMALO_KEY_RECORD_SIZE];
    ck_assert_int_eq(
        armalo_key_rotate(host, line, line_len, 5, token, sizeof token, record, sizeof record, old, sizeof old, NULL),
        1);
    ck_assert_int_eq(armalo_key_revoke(host, line, line_len, old, sizeof old, NULL), 1);
    expect("agents:read agents:write pacts:*");
    close_log();
}
END_TEST

/* A wildcard is used by its own resource alone, and both it and what it covers may be granted. */
START_TEST(test_wildcards) {
    open_log("[\"a:*\",\"ab:*\",\"a:b\",\"a.b:*\",\"z:*\"]");
    ck_assert_int_eq(use("ab:x", ARMALO_READ), 1);
    expect("a.b:* a:* a:b z:*");
    ck_assert_int_eq(use("a.b:x", ARMALO_READ), 1);
    expect("a:* a:b z:*");
    ck_assert_int_eq(use("a:other", ARMALO_READ), 1);
    expect("a:b z:*");
    ck_assert_int_eq(use("a:b", ARMALO_READ), 1);
    expect("z:*");
    ck_assert_int_eq(use("z:*", ARMALO_READ), 1);
    expect("");
    close_log();
}
END_TEST

/* Lines of other types are passed over: other events of the library, other CloudEvents, members in any order. */
START_TEST(test_foreign) {
    static const char *const foreign[] = {
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/x\",\"type\":\"com.example.other\"}",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/x\",\"type\":\"com.example.other\",\"data\":null}",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/x\",\"type\":\"com.example.other\",\"data\":[1,2]}",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/"
        "x\",\"type\":\"com.example.other\",\"data\":{\"decision\":7}}",
        "{\"specversion\":\"1.0\",\"type\":\"x\",\"data\":{\"decision\":{\"granted\":true,\"principal\":null},"
        "\"required\":[\"a:b\"]}}",
        "{\"specversion\":\"1.0\",\"type\":\"x\",\"data\":{\"decision\":{\"granted\":\"true\",\"principal\":\"key_1\"},"
        "\"required\":[\"a:b\"]}}",
        "{\"specversion\":\"1.0\",\"type\":\"x\",\"data\":{\"decision\":{\"granted\":1,\"principal\":\"key_1\"},"
        "\"required\":[\"a:b\"]}}",
        "{\"specversion\":\"1.0\",\"type\":\"x\",\"data\":{\"decision\":{\"granted\":false,\"principal\":\"key_1\"},"
        "\"required\":[\"a:b\"]}}",
        "{\"specversion\":\"1.0\",\"type\":\"x\",\"data\":{\"decision\":{\"granted\":true,\"principal\":\"key_1\"}}}",
        "{\"specversion\":\"1.0\",\"type\":\"x\",\"data\":{\"decision\":{\"granted\":true,\"principal\":\"key_1\"},"
        "\"required\":\"a:b\"}}",
        "{\"specversion\":\"1.0\",\"type\":\"x\",\"granted\":true,\"principal\":\"key_1\",\"required\":[\"a:b\"]}",
        "{\"data\":{\"required\":[\"a:b\"],\"decision\":{\"granted\":true,\"principal\":\"KEY_1\"}},\"specversion\":"
        "\"1.0\"}",
    };
    open_log("[\"a:b\",\"c:d\"]");
    size_t at = 0;
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        at += (size_t)sprintf(events + at, "%s%s", foreign[i], i % 2 ? "\r\n" : "\n\n");
    events_len = at;
    expect("a:b c:d");
    ck_assert_int_eq(use("c:d", ARMALO_READ), 1);
    events[events_len - 1] = ' '; /* the last line without its end */
    expect("a:b");
    close_log();
}
END_TEST

/* A line that is no event: it cannot be known what it would have said. */
START_TEST(test_malformed) {
    static const char *const bad[] = {"x",
                                      "{}",
                                      "[]",
                                      "null",
                                      "{",
                                      " ",
                                      "\"\"",
                                      "1",
                                      "{\"specversion\":1}",
                                      "{\"specversion\":null}",
                                      "{\"type\":\"x\",\"data\":{}}",
                                      "\xEF\xBB\xBF{\"specversion\":\"1.0\"}",
                                      "{\"specversion\":\"1.0\"}{\"specversion\":\"1.0\"}",
                                      "{\"specversion\":\"1.0\",\"specversion\":\"1.0\"}"};
    static char log[LOG_SIZE];
    open_log("[\"a:b\",\"c:d\"]");
    for (int i = 0; i < 3; i++) ck_assert_int_eq(use("a:b", ARMALO_READ), 1);
    expect("c:d");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        expect_malformed(bad[i], strlen(bad[i]));
        size_t len = events_len + (size_t)sprintf(log + events_len, "%s\n", bad[i]); /* after good ones, and before */
        memcpy(log, events, events_len);
        expect_malformed(log, len);
        len = (size_t)sprintf(log, "%s\n", bad[i]);
        memcpy(log + len, events, events_len);
        expect_malformed(log, len + events_len);
    }
    /* Cut anywhere but at a line's end. */
    for (size_t cut = 1; cut < events_len; cut++) {
        if (events[cut - 1] == '\n' || events[cut] == '\n') continue;
        expect_malformed(events, cut);
        expect_malformed(events + cut, events_len - cut);
    }
    /* A grant of this key that needs what is no text. */
    static const char *const needs[] = {"1", "null", "\"\"", "[]", "\"a\\u0000b\""};
    for (size_t i = 0; i < 5; i++) {
        size_t len = (size_t)sprintf(log,
                                     "{\"specversion\":\"1.0\",\"data\":{\"decision\":{\"granted\":true,\"principal\":"
                                     "\"key_1\"},\"required\":[%s]}}\n",
                                     needs[i]);
        expect_malformed(log, len);
    }
    close_log();
}
END_TEST

START_TEST(test_record) {
    open_log("[\"a:b\",\"c:d\"]");
    ck_assert_int_eq(use("a:b", ARMALO_READ), 1);
    memcpy(strstr(line, "a:b"), "a:x", 3);
    EXPECT_DENY_CALL(w, review(events, events_len), ARMALO_REASON_KEY_RECORD_ALTERED);
    must(unused_len == 0 && unused[0] == 0x5A && w->why.principal[0] == 0);
    line_len--;
    EXPECT_DENY_CALL(w, review(events, events_len), ARMALO_REASON_KEY_RECORD_MALFORMED);
    must(unused_len == 0 && unused[0] == 0x5A);
    /* A key that is over can still be reviewed. */
    forge_set(&key, KEY_REVOKED_AT, "\"2023-11-14T22:00:00Z\"");
    forge_set(&key, KEY_EXPIRES_AT, "\"2023-11-14T22:00:00Z\"");
    forge_seal(&key, w->root_key);
    line_len = forge_line(&key, line, sizeof line);
    expect("c:d");
    close_log();
}
END_TEST

START_TEST(test_buffers_and_arguments) {
    open_log("[\"a:b\",\"c:d\"]");
    for (size_t cap = 0; cap <= 9; cap++) {
        size_t len = 99;
        memset(unused, 0x5A, sizeof unused);
        int done = armalo_key_unused(w->host, line, line_len, NULL, 0, unused, cap, &len, &w->why);
        ck_assert_uint_eq(len, 7);
        ck_assert_int_eq(done, cap > 7);
        if (!done) ck_assert_uint_eq(w->why.reason, ARMALO_REASON_BUFFER_TOO_SMALL);
        for (size_t i = done ? 8 : 0; i < 20; i++) must(unused[i] == 0x5A);
    }
    ck_assert_str_eq(unused, "a:b c:d");
    EXPECT_DENY_CALL(w, armalo_key_unused(w->host, line, line_len, NULL, 0, NULL, 0, NULL, &w->why),
                     ARMALO_REASON_BUFFER_TOO_SMALL);
    EXPECT_REFUSE(w, armalo_key_unused(NULL, line, line_len, NULL, 0, unused, 99, NULL, &w->why),
                  ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_key_unused(w->host, NULL, line_len, NULL, 0, unused, 99, NULL, &w->why),
                  ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_key_unused(w->host, line, line_len, NULL, 1, unused, 99, NULL, &w->why),
                  ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_key_unused(w->host, line, line_len, NULL, 0, NULL, 99, NULL, &w->why),
                  ARMALO_REASON_INVALID_ARGUMENT);
    ck_assert_int_eq(armalo_key_unused(w->host, line, line_len, "x", 1, unused, 99, NULL, NULL), 0);
    ck_assert_int_eq(armalo_key_unused(w->host, line, line_len, "", 0, unused, 99, NULL, NULL), 1);
    static world rootless;
    world_init(&rootless);
    rootless.config.root_key = NULL;
    rootless.config.root_key_len = 0;
    world_start(&rootless);
    EXPECT_DENY_CALL(&rootless,
                     armalo_key_unused(rootless.host, line, line_len, NULL, 0, unused, 99, NULL, &rootless.why),
                     ARMALO_REASON_HOST_ROOT_KEY_MISSING);
    world_end(&rootless);
    close_log();
}
END_TEST

/* All the scopes that a key can have, each used in its turn. */
START_TEST(test_many) {
    static char scopes[256 * 70], want[ARMALO_SCOPES_TEXT_SIZE];
    size_t at = 0;
    for (unsigned n = 0; n < 256; n++)
        at += (size_t)sprintf(scopes + at, "%s\"resource.%023u:action.%025u\"", n > 0 ? "," : "[", 255 - n, 255 - n);
    sprintf(scopes + at, "]");
    open_log(scopes);
    for (unsigned n = 0; n < 256; n += 3) {
        char one[80];
        sprintf(one, "resource.%023u:action.%025u", n, n);
        ck_assert_int_eq(use(one, ARMALO_READ), 1);
    }
    at = 0;
    for (unsigned n = 0; n < 256; n++) {
        if (n % 3 != 0) at += (size_t)sprintf(want + at, "%sresource.%023u:action.%025u", at > 0 ? " " : "", n, n);
    }
    expect(want);
    close_log();
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_used);
    tcase_add_test(tc, test_not_used);
    tcase_add_test(tc, test_wildcards);
    tcase_add_test(tc, test_foreign);
    tcase_add_test(tc, test_malformed);
    tcase_add_test(tc, test_record);
    tcase_add_test(tc, test_buffers_and_arguments);
    tcase_add_test(tc, test_many);
}

TEST_MAIN("key_unused", fill, 60)
