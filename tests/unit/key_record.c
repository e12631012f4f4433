/* SPDX-License-Identifier: MIT */
/* Loading records: all or nothing, each refused for its own reason and with its line; what was loaded before stays. */
#include "key_forge.h"

static world *w;
static forge_key first, second, key;
static armalo_keys *keys;
static size_t bad_line;
static char text[8 * ARMALO_KEY_RECORD_SIZE];

/* A store that holds `first`: every refused load must leave it so. */
static void open_store(void) {
    w = world_new();
    forge_key_make(&first, w->root_key, 1);
    forge_key_make(&second, w->root_key, 2);
    keys = forge_keys_of(w, &first, 1);
}

static void close_store(void) {
    armalo_keys_free(keys);
    world_free(w);
}

static int verify(const forge_key *k) {
    armalo_access access = forge_access();
    return armalo_key_verify(keys, k->token, k->token_len, &access, &w->why);
}

/* In a heap block of exactly its length. */
static int load(const char *bytes, size_t len) {
    char *block = malloc(len > 0 ? len : 1);
    if (block == NULL) abort();
    memcpy(block, bytes, len);
    bad_line = 99;
    int loaded = armalo_keys_load(keys, block, len, &bad_line, &w->why);
    free(block);
    return loaded;
}

static void expect_line(const char *bytes, size_t len, uint32_t reason, size_t line) {
    EXPECT_DENY_CALL(w, load(bytes, len), reason);
    if (bad_line != line) ck_abort_msg("line %zu instead of %zu for %.*s", bad_line, line, (int)len, bytes);
    must(strstr(forge_last(w), "\"type\":\"ai.armalo.audit.key.loaded\"") != NULL);
    EXPECT_GRANT(w, verify(&first));
    must(strcmp(w->why.principal, "key_1") == 0);
    EXPECT_DENY_CALL(w, verify(&second), ARMALO_REASON_KEY_UNKNOWN);
}

static void expect_refused(const char *bytes, size_t len, uint32_t reason) { expect_line(bytes, len, reason, 1); }

static void expect_text(const char *bytes, uint32_t reason) { expect_refused(bytes, strlen(bytes), reason); }

static void expect_key(const forge_key *k, uint32_t reason) {
    expect_refused(text, forge_line(k, text, sizeof text), reason);
}

/* It replaces what was there; afterwards `first` is there again. */
static void expect_loaded(const char *bytes, size_t len, const forge_key *k) {
    EXPECT_GRANT(w, load(bytes, len));
    must(bad_line == 0);
    must(strstr(forge_last(w), "\"type\":\"ai.armalo.audit.key.loaded\"") != NULL);
    EXPECT_GRANT(w, verify(k));
    char line[ARMALO_KEY_RECORD_SIZE];
    EXPECT_GRANT(w, load(line, forge_line(&first, line, sizeof line)));
}

/* ---- One record ---- */

START_TEST(test_truncated) {
    open_store();
    size_t len = forge_line(&second, text, sizeof text);
    for (size_t cut = 1; cut < len; cut++) {
        expect_refused(text, cut, ARMALO_REASON_KEY_RECORD_MALFORMED);
        expect_refused(text + cut, len - cut, ARMALO_REASON_KEY_RECORD_MALFORMED);
        char before = text[cut];
        text[cut] = 0; /* cut by a NUL, all bytes there */
        expect_refused(text, len, ARMALO_REASON_KEY_RECORD_MALFORMED);
        text[cut] = before;
    }
    expect_loaded(text, len, &second);
    close_store();
}
END_TEST

/* A line end inside: two lines of which the first is no record. Between members JSON has no objection. */
START_TEST(test_torn) {
    open_store();
    char torn[2048];
    size_t len = forge_line(&second, text, sizeof text);
    for (size_t cut = 1; cut < len; cut++) {
        memcpy(torn, text, cut);
        torn[cut] = '\n';
        memcpy(torn + cut + 1, text + cut, len - cut);
        expect_refused(torn, len + 1, ARMALO_REASON_KEY_RECORD_MALFORMED);
    }
    close_store();
}
END_TEST

/* Members m in this order, and perhaps one more text before the brace. */
static size_t line_of(const forge_key *k, const int *order, size_t count, const char *more) {
    size_t at = (size_t)snprintf(text, sizeof text, "{");
    for (size_t i = 0; i < count; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%s\"%s\":%s", i > 0 ? "," : "",
                               forge_member_name[order[i]], forge_get(k, (enum forge_member)order[i]));
    return at + (size_t)snprintf(text + at, sizeof text - at, "%s}", more);
}

/* The seal is over the canonical JSON: order does not matter. */
START_TEST(test_reordered) {
    int order[KEY_MEMBERS];
    uint32_t random = 12345;
    open_store();
    for (int round = 0; round < 60; round++) {
        for (int i = 0; i < KEY_MEMBERS; i++) order[i] = i;
        for (int i = KEY_MEMBERS - 1; i > 0; i--) {
            int other =
                round == 0 ? KEY_MEMBERS - 1 - i : (int)((random = random * 1664525 + 1013904223) >> 8) % (i + 1);
            if (round == 0 && other >= i) break;
            int swap = order[i];
            order[i] = order[other];
            order[other] = swap;
        }
        expect_loaded(text, line_of(&second, order, KEY_MEMBERS, ""), &second);
    }
    close_store();
}
END_TEST

START_TEST(test_missing_and_repeated) {
    int order[KEY_MEMBERS + 1];
    char more[128];
    open_store();
    for (int m = 0; m < KEY_MEMBERS; m++) {
        size_t n = 0;
        for (int i = 0; i < KEY_MEMBERS; i++) {
            if (i != m) order[n++] = i;
        }
        expect_refused(text, line_of(&second, order, n, ""), ARMALO_REASON_KEY_RECORD_MALFORMED);
        order[n] = m; /* last, and once more */
        order[n + 1] = m;
        expect_refused(text, line_of(&second, order, n + 2, ""), ARMALO_REASON_KEY_RECORD_MALFORMED);
        /* One twice and another one missing: as many as there should be. */
        order[n] = order[m % 13];
        expect_refused(text, line_of(&second, order, n + 1, ""), ARMALO_REASON_KEY_RECORD_MALFORMED);
        /* Once more by a name that is spelled otherwise, with another value. */
        for (int i = 0; i < KEY_MEMBERS; i++) order[i] = i;
        snprintf(more, sizeof more, ",\"\\u%04x%s\":null", (unsigned)forge_member_name[m][0], forge_member_name[m] + 1);
        expect_refused(text, line_of(&second, order, KEY_MEMBERS, more), ARMALO_REASON_KEY_RECORD_MALFORMED);
        /* Its name in capitals is another name. */
        char *at;
        size_t len = line_of(&second, order, KEY_MEMBERS, "");
        snprintf(more, sizeof more, "\"%s\":", forge_member_name[m]);
        must((at = strstr(text, more)) != NULL);
        at[1] = (char)(at[1] - 32);
        expect_refused(text, len, ARMALO_REASON_KEY_RECORD_MALFORMED);
    }
    static const char *const unknown[] = {",\"note\":\"\"", ",\"\":1",           ",\"v2\":1",        ",\"seal \":\"\"",
                                          ",\"scope\":[]",  ",\"__proto__\":{}", ",\"expires\":null"};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        expect_refused(text, line_of(&second, order, KEY_MEMBERS, unknown[i]), ARMALO_REASON_KEY_RECORD_MALFORMED);
    close_store();
}
END_TEST

/* Each member changed to something that another record may well have, and not sealed again. */
START_TEST(test_edited) {
    static const struct {
        enum forge_member member;
        const char *json;
    } edits[] = {
        {KEY_ID, "\"key_3\""},
        {KEY_ID, "\"key_20\""},
        {KEY_ORG, "\"org_2\""},
        {KEY_ORG, "\"org_1.\""},
        {KEY_NAME, "\"a forged keY\""},
        {KEY_NAME, "\"\""},
        {KEY_DIGEST, "\"hs256:0000000000000000000000000000000000000000000000000000000000000000\""},
        {KEY_DIGEST, "\"sha256:0000000000000000000000000000000000000000000000000000000000000000\""},
        {KEY_SCOPES, "[\"agents:read\",\"agents:write\",\"pacts:*\",\"keys:write\"]"},
        {KEY_SCOPES, "[\"agents:*\",\"agents:write\",\"pacts:*\"]"},
        {KEY_SCOPES, "[\"agents:read\",\"agents:write\"]"},
        {KEY_SCOPES, "[\"agents:write\",\"agents:read\",\"pacts:*\"]"},
        {KEY_SCOPES, "[\"agents:read\",\"agents:read\",\"agents:write\",\"pacts:*\"]"},
        {KEY_ENV, "\"test\""},
        {KEY_ENV, "\"sim\""},
        {KEY_USE, "\"any\""},
        {KEY_CREATED_AT, "\"2023-11-14T21:56:40.001Z\""},
        {KEY_CREATED_AT, "\"2023-11-14T21:56:40Z\""},
        {KEY_NOT_BEFORE, "\"2023-11-14T21:56:40.000Z\""},
        {KEY_EXPIRES_AT, "\"2033-11-14T21:56:40.000Z\""},
        {KEY_REVOKED_AT, "\"2023-11-14T21:56:40.000Z\""},
        {KEY_REPLACES, "\"key_1\""},
        {KEY_SEAL, "\"hs256:0000000000000000000000000000000000000000000000000000000000000000\""},
    };
    open_store();
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        key = second;
        forge_set(&key, edits[i].member, edits[i].json);
        expect_key(&key, ARMALO_REASON_KEY_RECORD_ALTERED);
        if (edits[i].member == KEY_SEAL) continue;
        forge_seal(&key, w->root_key); /* the edit was a good one, but for the seal */
        size_t len = forge_line(&key, text, sizeof text);
        EXPECT_GRANT(w, load(text, len));
        EXPECT_GRANT(w, load(text, forge_line(&first, text, sizeof text)));
    }
    /* What was null, and what is null now: also of a key that had them. */
    static const enum forge_member times[] = {KEY_NOT_BEFORE, KEY_EXPIRES_AT, KEY_REVOKED_AT, KEY_REPLACES};
    for (size_t i = 0; i < 4; i++) {
        forge_key_with(&key, w->root_key, 2, times[i], i < 3 ? "\"2023-11-14T21:56:40.000Z\"" : "\"key_0\"");
        forge_set(&key, times[i], "null");
        expect_key(&key, ARMALO_REASON_KEY_RECORD_ALTERED);
    }
    /* The seal or the digest of another record, and a seal under another key or the pepper. */
    key = second;
    forge_set(&key, KEY_SEAL, forge_get(&first, KEY_SEAL));
    expect_key(&key, ARMALO_REASON_KEY_RECORD_ALTERED);
    key = second;
    forge_set(&key, KEY_DIGEST, forge_get(&first, KEY_DIGEST));
    expect_key(&key, ARMALO_REASON_KEY_RECORD_ALTERED);
    uint8_t other[32];
    memcpy(other, w->root_key, 32);
    other[31] ^= 1;
    key = second;
    forge_seal(&key, other);
    expect_key(&key, ARMALO_REASON_KEY_RECORD_ALTERED);
    static char canonical[4096];
    for (uint64_t number = 0; number <= 4; number++) {
        char seal[72];
        if (number == 2) continue;
        key = second;
        forge_hs256(w->root_key, number, canonical, forge_canonical(&key, canonical, sizeof canonical), seal);
        forge_set_string(&key, KEY_SEAL, seal);
        expect_key(&key, ARMALO_REASON_KEY_RECORD_ALTERED);
    }
    close_store();
}
END_TEST

/* ---- Values that no record may have. Sealed, so that only the value is wrong. ---- */

#define HEX63 "3cb0dd5aedb81720b45edffafe0549f3d8c9d8332337195edb9a08d8bdb6445"

static const char *const no_version[] = {"0",   "2",  "-1",  "\"1\"", "true", "null",
                                         "[1]", "{}", "1.5", "10",    "1e1",  NULL};
static const char *const no_name[] = {
    "\"\"",         "null",         "1",       "true",        "[]",     "{}",      "\"a b\"", "\"a/b\"", "\"a\\nb\"",
    "\"\xC3\xA4\"", "\"a\\u0000\"", "\"a,b\"", "\"\\u0000\"", "\" a\"", "\"a@b\"", "[\"a\"]", NULL};
static const char *const no_label[] = {
    "null",        "1",           "[]",           "{}",       "\"\\u0000\"",      "\"a\\nb\"", "\"\\u007f\"",
    "\"\\u001f\"", "\"\\ud800\"", "\"\xC0\x80\"", "\"\xFF\"", "\"\xED\xA0\x80\"", NULL};
static const char *const no_digest[] = {"null",
                                        "\"\"",
                                        "1",
                                        "\"hs256:\"",
                                        "\"sha256:\"",
                                        "\"argon2id:\"",
                                        "\"argon2id:x\"",
                                        "\"argon2id:$2b$10$abc\"",
                                        "\"argon2id:$argon2id$v=19 \"",
                                        "\"argon2id:$argon2id$\xC3\xA4\"",
                                        "\"" HEX63 "0\"",
                                        "\"hs256:" HEX63 "\"",
                                        "\"hs256:" HEX63 "00\"",
                                        "\"hs256:" HEX63 "G\"",
                                        "\"hs256:" HEX63 "F\"",
                                        "\"HS256:" HEX63 "0\"",
                                        "\"hs512:" HEX63 "0\"",
                                        "\"sha1:" HEX63 "0\"",
                                        "\"sha256:" HEX63 "\"",
                                        "\"sha256:" HEX63 "A\"",
                                        "\"md5:d41d8cd98f00b204e9800998ecf8427e\"",
                                        "\"none:\"",
                                        "\"hs256 :" HEX63 "0\"",
                                        "\" hs256:" HEX63 "0\"",
                                        "\"hs256:" HEX63 "0 \"",
                                        "[\"hs256:" HEX63 "0\"]",
                                        NULL};
static const char *const no_scopes[] = {"null",
                                        "[]",
                                        "{}",
                                        "\"agents:read\"",
                                        "1",
                                        "[\"*:*\"]",
                                        "[\"agents\"]",
                                        "[1]",
                                        "[null]",
                                        "[[\"a:b\"]]",
                                        "[\"a:b\",\"\"]",
                                        "[\"a:b c:d\"]",
                                        "[\"a:b,c:d\"]",
                                        "[\"A:b\"]",
                                        "[\"a:b\\u0000\"]",
                                        "[\"*:read\"]",
                                        "[\"a:b\",null]",
                                        "{\"a:b\":1}",
                                        "[\"a:b \"]",
                                        NULL};
static const char *const no_env[] = {"null",     "\"\"",      "1",          "\"Live\"", "\"production\"",
                                     "\"prod\"", "\"live \"", "[\"live\"]", "true",     NULL};
static const char *const no_use[] = {"null",  "\"\"",     "1",         "\"Server\"", "\"browser\"",
                                     "\"*\"", "\"any \"", "[\"any\"]", "true",       NULL};
/* Not times, or not ones that anything could mean. */
static const char *const no_time[] = {"\"\"",
                                      "1700000000",
                                      "true",
                                      "[]",
                                      "{}",
                                      "\"null\"",
                                      "\"0\"",
                                      "\"2023-11-14\"",
                                      "\"yesterday\"",
                                      "\"2023-11-14 21:56:40Z\"",
                                      "\"2023-11-14T21:56:40\"",
                                      "\"2023-02-30T00:00:00Z\"",
                                      "\"2023-11-14T24:00:00Z\"",
                                      "\"2023-11-14T21:60:40Z\"",
                                      "\"2023-11-14T21:56:60Z\"",
                                      "\"1969-12-31T23:59:59Z\"",
                                      "\"10000-01-01T00:00:00Z\"",
                                      "\"2023-11-14t21:56:40z\"",
                                      "\"2023-13-14T21:56:40Z\"",
                                      "\"2023-00-14T21:56:40Z\"",
                                      "\"2023-11-14T21:56:40.Z\"",
                                      "\"2023-11-14T21:56:40Z \"",
                                      "\" 2023-11-14T21:56:40Z\"",
                                      "\"2023-11-14T21:56:40.1234567890Z\"",
                                      "\"-2023-11-14T21:56:40Z\"",
                                      "\"1970-01-01T00:00:00Z\"",
                                      "\"2023-11-14T21:56:40Z\\u0000\"",
                                      NULL};
static const char *const no_seal[] = {"null", "\"\"", "1", "[]", NULL};

static const struct {
    enum forge_member member;
    const char *const *json;
    int null; /* it may not be null */
} wrong[] = {{KEY_V, no_version, 1},       {KEY_ID, no_name, 1},         {KEY_ORG, no_name, 1},
             {KEY_NAME, no_label, 1},      {KEY_DIGEST, no_digest, 1},   {KEY_SCOPES, no_scopes, 1},
             {KEY_ENV, no_env, 1},         {KEY_USE, no_use, 1},         {KEY_CREATED_AT, no_time, 1},
             {KEY_NOT_BEFORE, no_time, 0}, {KEY_EXPIRES_AT, no_time, 0}, {KEY_REVOKED_AT, no_time, 0},
             {KEY_REPLACES, no_name, 0},   {KEY_SEAL, no_seal, 1}};
#define WRONG (sizeof wrong / sizeof wrong[0])

START_TEST(test_wrong_values) {
    open_store();
    for (size_t i = 0; wrong[_i].json[i] != NULL; i++) {
        if (!wrong[_i].null && strcmp(wrong[_i].json[i], "null") == 0) continue;
        forge_key_with(&key, w->root_key, 2, wrong[_i].member, wrong[_i].json[i]);
        if (wrong[_i].member == KEY_SEAL) forge_set(&key, KEY_SEAL, wrong[_i].json[i]);
        size_t len = forge_line(&key, text, sizeof text);
        EXPECT_DENY_CALL(w, load(text, len), ARMALO_REASON_KEY_RECORD_MALFORMED);
        if (bad_line != 1) ck_abort_msg("line %zu for %s", bad_line, wrong[_i].json[i]);
    }
    if (wrong[_i].null) {
        forge_key_with(&key, w->root_key, 2, wrong[_i].member, "null");
        if (wrong[_i].member == KEY_SEAL) forge_set(&key, KEY_SEAL, "null");
        expect_key(&key, ARMALO_REASON_KEY_RECORD_MALFORMED);
    }
    EXPECT_GRANT(w, verify(&first));
    close_store();
}
END_TEST

/* A seal that is none in form is no seal, whichever of the two reasons says so. */
START_TEST(test_wrong_seals) {
    static const char *const seals[] = {
        "hs256:", "hs256:" HEX63, "hs256:" HEX63 "00", "hs256:" HEX63 "G", "sha256:" HEX63 "0", HEX63 "0",
        "none",   "hs256"};
    open_store();
    char upper[80];
    size_t seal_len = strlen(forge_get(&second, KEY_SEAL));
    memcpy(upper, forge_get(&second, KEY_SEAL), seal_len + 1);
    for (size_t i = 7; i < seal_len; i++) upper[i] = (char)(upper[i] >= 'a' ? upper[i] - 32 : upper[i]);
    for (size_t i = 0; i <= sizeof seals / sizeof seals[0]; i++) {
        key = second;
        if (i < sizeof seals / sizeof seals[0])
            forge_set_string(&key, KEY_SEAL, seals[i]);
        else
            forge_set(&key, KEY_SEAL, upper);
        size_t len = forge_line(&key, text, sizeof text);
        ck_assert_int_eq(load(text, len), 0);
        ck_assert(w->why.reason == ARMALO_REASON_KEY_RECORD_ALTERED ||
                  w->why.reason == ARMALO_REASON_KEY_RECORD_MALFORMED);
        ck_assert_uint_eq(bad_line, 1);
        EXPECT_GRANT(w, verify(&first));
    }
    close_store();
}
END_TEST

/* The longest of each member is read, one byte more is not. */
START_TEST(test_limits) {
    char value[160];
    open_store();
    static const struct {
        enum forge_member member;
        size_t max;
    } limits[] = {{KEY_ID, ARMALO_KEY_ID_MAX},
                  {KEY_ORG, ARMALO_KEY_ID_MAX},
                  {KEY_REPLACES, ARMALO_KEY_ID_MAX},
                  {KEY_NAME, ARMALO_KEY_LABEL_MAX}};
    for (size_t i = 0; i < 4; i++) {
        for (size_t len = limits[i].max; len <= limits[i].max + 1; len++) {
            memset(value, 'x', sizeof value);
            value[len] = 0;
            forge_key_make(&key, w->root_key, 2);
            forge_set_string(&key, limits[i].member, value);
            forge_seal(&key, w->root_key);
            if (len > limits[i].max) {
                expect_key(&key, ARMALO_REASON_KEY_RECORD_MALFORMED);
                continue;
            }
            EXPECT_GRANT(w, load(text, forge_line(&key, text, sizeof text)));
            armalo_access access = forge_access();
            if (limits[i].member == KEY_ORG) access.org = value;
            EXPECT_GRANT(w, armalo_key_verify(keys, key.token, key.token_len, &access, &w->why));
            if (limits[i].member == KEY_ID) ck_assert_str_eq(w->why.principal, value);
            if (limits[i].member == KEY_ORG) ck_assert_str_eq(w->why.org, value);
            EXPECT_GRANT(w, load(text, forge_line(&first, text, sizeof text)));
        }
    }
    /* 256 scopes of full length, and 257. */
    static char scopes[300 * 70];
    for (unsigned count = 256; count <= 257; count++) {
        size_t at = 0;
        for (unsigned n = 0; n < count; n++)
            at += (size_t)snprintf(scopes + at, sizeof scopes - at, "%s\"resource.%023u:action.%025u\"",
                                   n > 0 ? "," : "[", n, n);
        snprintf(scopes + at, sizeof scopes - at, "]");
        forge_key_with(&key, w->root_key, 2, KEY_SCOPES, scopes);
        if (count == 257) {
            expect_key(&key, ARMALO_REASON_KEY_RECORD_MALFORMED);
            continue;
        }
        armalo_access access = forge_access();
        access.scopes = "resource.00000000000000000000255:action.0000000000000000000000255";
        EXPECT_GRANT(w, load(text, forge_line(&key, text, sizeof text)));
        EXPECT_GRANT(w, armalo_key_verify(keys, key.token, key.token_len, &access, &w->why));
        EXPECT_GRANT(w, load(text, forge_line(&first, text, sizeof text)));
    }
    /* The longest line: spaces count. */
    size_t len = forge_line(&second, text, sizeof text);
    memset(text + len, ' ', ARMALO_KEY_RECORD_SIZE);
    expect_refused(text, ARMALO_KEY_RECORD_SIZE, ARMALO_REASON_KEY_RECORD_MALFORMED);
    expect_loaded(text, ARMALO_KEY_RECORD_SIZE - 1, &second);
    close_store();
}
END_TEST

/* The same JSON in another spelling has the same seal, and means the same. */
START_TEST(test_spellings) {
    open_store();
    int n = snprintf(
        text, sizeof text,
        " { \"v\" : 1 ,\t\"i\\u0064\":\"\\u006bey_2\", \"org\":\"org_\\u0031\",\r\"name\":%s,"
        "\"digest\":%s,\"scopes\":[ \"agents\\u003aread\" , \"agents:write\",\"pacts:\\u002a\" "
        "],\"env\":\"l\\u0069ve\","
        "\"use\":\"s\\u0065rver\",\"created_at\":%s,\"not_before\":null,\"expires_at\":null,\"revoked_at\":null,"
        "\"replaces\":null,\"seal\":%s } ",
        forge_get(&second, KEY_NAME), forge_get(&second, KEY_DIGEST), forge_get(&second, KEY_CREATED_AT),
        forge_get(&second, KEY_SEAL));
    expect_loaded(text, (size_t)n, &second);
    /* Names that JSON must escape, and names that it need not: RFC 8785 leaves all but the quote, the backslash and
     * control characters as they are. */
    static const char *const names[] = {"\"\\\"quoted\\\"\"",   "\"back\\\\slash\"",
                                        "\"sl/ash\"",           "\"\xC3\xA4\xE2\x82\xAC\"",
                                        "\"\xF0\x9F\x94\x91\"", "\"\xE2\x80\xA8\xE2\x80\xA9\"",
                                        "\"<script>&'\"",       "\"\xC2\x80\xEF\xBF\xBF\""};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        forge_key_with(&key, w->root_key, 2, KEY_NAME, names[i]);
        expect_loaded(text, forge_line(&key, text, sizeof text), &key);
    }
    /* Times of other spellings: 2023-11-14T22:13:20Z is now. */
    static const struct {
        const char *time;
        int past; /* not after now */
    } times[] = {{"\"2023-11-14T22:13:20Z\"", 1},      {"\"2023-11-14T22:13:20.001Z\"", 0},
                 {"\"2023-11-14T23:13:20+01:00\"", 1}, {"\"2023-11-14T23:13:20.5+01:00\"", 0},
                 {"\"2023-11-14T22:13:20-00:01\"", 0}, {"\"2023-11-15T00:00:00+02:00\"", 1},
                 {"\"9999-12-31T23:59:59.999Z\"", 0},  {"\"1970-01-01T00:00:00.001Z\"", 1}};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        forge_key_with(&key, w->root_key, 2, KEY_EXPIRES_AT, times[i].time);
        EXPECT_GRANT(w, load(text, forge_line(&key, text, sizeof text)));
        if (times[i].past)
            EXPECT_DENY_CALL(w, verify(&key), ARMALO_REASON_KEY_EXPIRED);
        else
            EXPECT_GRANT(w, verify(&key));
        forge_key_with(&key, w->root_key, 2, KEY_NOT_BEFORE, times[i].time);
        EXPECT_GRANT(w, load(text, forge_line(&key, text, sizeof text)));
        if (times[i].past)
            EXPECT_GRANT(w, verify(&key));
        else
            EXPECT_DENY_CALL(w, verify(&key), ARMALO_REASON_KEY_NOT_YET_VALID);
        /* A revocation counts whenever it was, or will be. */
        forge_key_with(&key, w->root_key, 2, KEY_REVOKED_AT, times[i].time);
        EXPECT_GRANT(w, load(text, forge_line(&key, text, sizeof text)));
        EXPECT_DENY_CALL(w, verify(&key), ARMALO_REASON_KEY_REVOKED);
    }
    close_store();
}
END_TEST

START_TEST(test_not_records) {
    static const char *const lines[] = {"{}",   "[]",        "null", "1",        "\"\"",         "{",
                                        "}",    " ",         "\t",   "x",        "\xEF\xBB\xBF", "# comment",
                                        "\r\r", "{\"v\":1}", "[{}]", "v,id,org", "\x1f",         "\xFF"};
    open_store();
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        expect_text(lines[i], ARMALO_REASON_KEY_RECORD_MALFORMED);
    size_t len = forge_line(&second, text + 3, sizeof text - 3);
    memcpy(text, "\xEF\xBB\xBF", 3);
    expect_refused(text, len + 3, ARMALO_REASON_KEY_RECORD_MALFORMED); /* a byte order mark */
    text[2] = '[';
    text[3 + len] = ']';
    expect_refused(text + 2, len + 2, ARMALO_REASON_KEY_RECORD_MALFORMED); /* in an array */
    forge_line(&second, text, sizeof text);
    forge_line(&first, text + len, sizeof text - len);
    expect_text(text, ARMALO_REASON_KEY_RECORD_MALFORMED); /* two on one line */
    text[len - 1] = ',';
    expect_text(text, ARMALO_REASON_KEY_RECORD_MALFORMED);
    static char deep[3000];
    memset(deep, '[', sizeof deep - 1);
    expect_text(deep, ARMALO_REASON_KEY_RECORD_MALFORMED);
    close_store();
}
END_TEST

/* ---- Many lines ---- */

static size_t append(size_t at, const char *more) {
    return at + (size_t)snprintf(text + at, sizeof text - at, "%s", more);
}

static size_t append_key(size_t at, unsigned n, const char *end) {
    forge_key_make(&key, w->root_key, n);
    at += forge_line(&key, text + at, sizeof text - at);
    return append(at, end);
}

START_TEST(test_lines) {
    static const char *const ends[] = {"\n", "\r\n", "\n\n", "\r\n\r\n", "\n\r\n\n"};
    open_store();
    for (size_t e = 0; e < sizeof ends / sizeof ends[0]; e++) {
        for (int last = 0; last < 2; last++) { /* with and without the end of the last line */
            for (int before = 0; before < 2; before++) {
                size_t at = before ? append(0, ends[e]) : 0;
                for (unsigned n = 10; n < 15; n++) at = append_key(at, n, n < 14 || last ? ends[e] : "");
                EXPECT_GRANT(w, load(text, at));
                ck_assert_ptr_nonnull(strstr(forge_last(w), "\"keys\":5"));
                for (unsigned n = 9; n <= 15; n++) {
                    forge_key_make(&key, w->root_key, n);
                    if (n >= 10 && n < 15)
                        EXPECT_GRANT(w, verify(&key));
                    else
                        EXPECT_DENY_CALL(w, verify(&key), ARMALO_REASON_KEY_UNKNOWN);
                }
            }
        }
    }
    /* A carriage return at the very end is one that ends the line. */
    expect_loaded(text, append_key(0, 2, "\r"), &second);
    close_store();
}
END_TEST

START_TEST(test_bad_line) {
    open_store();
    for (size_t bad = 1; bad <= 7; bad++) {
        for (int crlf = 0; crlf < 2; crlf++) {
            const char *end = crlf ? "\r\n" : "\n";
            size_t at = 0;
            for (size_t line = 1; line <= 7; line++) {
                if (line == bad)
                    at = append(append(at, "{\"v\":1"), end);
                else if (line % 3 == 0) /* empty lines count as lines */
                    at = append(at, end);
                else
                    at = append_key(at, (unsigned)(10 + line), end);
            }
            expect_line(text, at, ARMALO_REASON_KEY_RECORD_MALFORMED, bad);
        }
        /* Altered. */
        size_t at = 0;
        for (size_t line = 1; line <= 7; line++) {
            size_t start = at;
            at = append_key(at, (unsigned)(10 + line), "\n");
            if (line == bad) memcpy(strstr(text + start, "org_1"), "org_9", 5);
        }
        expect_line(text, at, ARMALO_REASON_KEY_RECORD_ALTERED, bad);
    }
    /* The first bad line is the one that is named. */
    size_t at = append_key(0, 11, "\nbad\n");
    at = append(at, "worse\n");
    expect_line(text, at, ARMALO_REASON_KEY_RECORD_MALFORMED, 2);
    close_store();
}
END_TEST

START_TEST(test_duplicates) {
    open_store();
    /* The same record twice. */
    size_t at = append_key(0, 10, "\n");
    at = append_key(at, 11, "\n");
    at = append_key(at, 10, "\n");
    expect_line(text, at, ARMALO_REASON_KEY_RECORD_DUPLICATE, 3);
    /* One id, two digests. */
    at = append_key(0, 10, "\n");
    forge_key_with(&key, w->root_key, 11, KEY_ID, "\"key_10\"");
    at += forge_line(&key, text + at, sizeof text - at);
    expect_line(text, at, ARMALO_REASON_KEY_RECORD_DUPLICATE, 2);
    /* One digest, two ids, even if one of them is revoked. */
    for (int revoked = 0; revoked < 2; revoked++) {
        at = append_key(0, 10, "\n\n");
        forge_key_make(&key, w->root_key, 10);
        forge_set(&key, KEY_ID, "\"key_11\"");
        if (revoked) forge_set(&key, KEY_REVOKED_AT, "\"2023-11-14T22:13:20Z\"");
        forge_seal(&key, w->root_key);
        at += forge_line(&key, text + at, sizeof text - at);
        expect_line(text, at, ARMALO_REASON_KEY_RECORD_DUPLICATE, 3);
    }
    /* The same for the digests of migrated keys. */
    for (int kind = 0; kind < 2; kind++) {
        at = 0;
        for (unsigned n = 10; n < 12; n++) {
            char digest[72];
            forge_sha256(kind == 0 ? "an old token"
                         : n == 10 ? "one"
                                   : "other",
                         kind == 0 ? 12
                         : n == 10 ? 3
                                   : 5,
                         digest);
            forge_key_make(&key, w->root_key, kind == 0 ? n : 10);
            forge_set_string(&key, KEY_DIGEST, digest);
            forge_seal(&key, w->root_key);
            at += forge_line(&key, text + at, sizeof text - at);
            at = append(at, "\n");
        }
        expect_line(text, at, ARMALO_REASON_KEY_RECORD_DUPLICATE, 2);
    }
    close_store();
}
END_TEST

/* No keys is a state as good as any: then every token is unknown, and not "no store". */
START_TEST(test_empty) {
    static const char *const nothing[] = {"", "\n", "\r\n", "\n\n\r\n\n", "\r"};
    open_store();
    armalo_keys *fresh = forge_keys_new(w, NULL, NULL);
    armalo_access access = forge_access();
    EXPECT_DENY_CALL(w, armalo_key_verify(fresh, first.token, first.token_len, &access, &w->why),
                     ARMALO_REASON_KEY_STORE_MISSING);
    EXPECT_DENY_CALL(w, armalo_keys_load(fresh, "x", 1, NULL, &w->why), ARMALO_REASON_KEY_RECORD_MALFORMED);
    EXPECT_DENY_CALL(w, armalo_key_verify(fresh, first.token, first.token_len, &access, &w->why),
                     ARMALO_REASON_KEY_STORE_MISSING);
    EXPECT_GRANT(w, armalo_keys_load(fresh, NULL, 0, NULL, &w->why));
    EXPECT_DENY_CALL(w, armalo_key_verify(fresh, first.token, first.token_len, &access, &w->why),
                     ARMALO_REASON_KEY_UNKNOWN);
    armalo_keys_free(fresh);
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        EXPECT_GRANT(w, load(nothing[i], strlen(nothing[i])));
        EXPECT_DENY_CALL(w, verify(&first), ARMALO_REASON_KEY_UNKNOWN);
        EXPECT_GRANT(w, load(text, forge_line(&first, text, sizeof text)));
        EXPECT_GRANT(w, verify(&first));
    }
    close_store();
}
END_TEST

START_TEST(test_arguments) {
    open_store();
    size_t len = forge_line(&second, text, sizeof text);
    bad_line = 99;
    EXPECT_REFUSE(w, armalo_keys_load(NULL, text, len, &bad_line, &w->why), ARMALO_REASON_INVALID_ARGUMENT);
    ck_assert_uint_eq(bad_line, 0);
    EXPECT_REFUSE(w, armalo_keys_load(keys, NULL, len, &bad_line, &w->why), ARMALO_REASON_INVALID_ARGUMENT);
    ck_assert_int_eq(armalo_keys_load(keys, "x", 1, NULL, NULL), 0);
    EXPECT_GRANT(w, verify(&first));
    ck_assert_int_eq(armalo_keys_load(keys, text, len, NULL, NULL), 1);
    EXPECT_GRANT(w, verify(&second));
    armalo_keys *none = NULL;
    EXPECT_REFUSE(w, (none = armalo_keys_new(NULL, NULL, NULL, &w->why)) != NULL, ARMALO_REASON_INVALID_ARGUMENT);
    ck_assert_ptr_null(armalo_keys_new(NULL, NULL, NULL, NULL));
    armalo_keys_free(NULL);
    static world rootless;
    world_init(&rootless);
    rootless.config.root_key = NULL;
    rootless.config.root_key_len = 0;
    world_start(&rootless);
    EXPECT_REFUSE(&rootless, (none = armalo_keys_new(rootless.host, NULL, NULL, &rootless.why)) != NULL,
                  ARMALO_REASON_HOST_ROOT_KEY_MISSING);
    world_end(&rootless);
    close_store();
}
END_TEST

/* A host that cannot decide cannot load either, and a sink that fails leaves the old records in use. */
START_TEST(test_hosts) {
    char line[ARMALO_KEY_RECORD_SIZE];
    open_store();
    size_t len = forge_line(&second, line, sizeof line);
    w->audit_answer = 0;
    EXPECT_DENY_CALL(w, load("x", 1), ARMALO_REASON_KEY_RECORD_MALFORMED);
    unsigned before = forge_poison(w);
    ck_assert_int_eq(load(line, len), 0);
    ck_assert_uint_eq(w->why.reason, ARMALO_REASON_HOST_AUDIT_FAILED);
    ck_assert_uint_eq(w->decisions - before, 1);
    w->audit_answer = 1;
    EXPECT_GRANT(w, verify(&first));
    EXPECT_DENY_CALL(w, verify(&second), ARMALO_REASON_KEY_UNKNOWN);
    w->now_ms = 0;
    EXPECT_DENY_CALL(w, load(line, len), ARMALO_REASON_HOST_CLOCK_UNAVAILABLE);
    w->now_ms = FORGE_NOW_S * 1000;
    EXPECT_DENY_CALL(w, verify(&second), ARMALO_REASON_KEY_UNKNOWN);
    close_store();
}
END_TEST

/* A load that begins while another is under way is the newer one: the older one may not bring back what it has not. */
static int sink_that_loads(void *ctx, const char *event, size_t len) {
    static char line[ARMALO_KEY_RECORD_SIZE];
    int outer = strstr(event, "\"keys\":2") != NULL;
    if (outer) must(armalo_keys_load(keys, line, forge_line(&second, line, sizeof line), NULL, NULL) == 1);
    return forge_sink(ctx, event, len);
}

START_TEST(test_order) {
    w = malloc(sizeof *w);
    if (w == NULL) abort();
    world_init(w);
    w->config.audit = sink_that_loads;
    world_start(w);
    forge_key_make(&first, w->root_key, 1);
    forge_key_make(&second, w->root_key, 2);
    keys = forge_keys_new(w, NULL, NULL);
    size_t at = forge_line(&first, text, sizeof text);
    text[at++] = '\n';
    at += forge_line(&second, text + at, sizeof text - at);
    must(load(text, at) == 1); /* its sink loads the second alone */
    EXPECT_DENY_CALL(w, verify(&first), ARMALO_REASON_KEY_UNKNOWN);
    EXPECT_GRANT(w, verify(&second));
    EXPECT_GRANT(w, load(text, forge_line(&first, text, sizeof text))); /* one after the other: the last one */
    EXPECT_GRANT(w, verify(&first));
    close_store();
}
END_TEST

/* Every key of many is found, and no other, whatever the number of records does to the table. */
START_TEST(test_every_size) {
    static forge_key some[100];
    static char many[100 * 2000];
    open_store();
    for (unsigned n = 0; n < 100; n++) forge_key_make(&some[n], w->root_key, 1000 + n);
    for (unsigned count = 1; count <= 100; count++) {
        size_t at = 0;
        for (unsigned n = 0; n < count; n++) {
            at += forge_line(&some[n], many + at, sizeof many - at);
            many[at++] = '\n';
        }
        must(load(many, at) == 1);
        for (unsigned n = 0; n < 100; n++) {
            must(verify(&some[n]) == (n < count));
            char id[32];
            snprintf(id, sizeof id, "key_%u", 1000 + n);
            must(strcmp(w->why.principal, n < count ? id : "") == 0);
        }
    }
    close_store();
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_truncated);
    tcase_add_test(tc, test_torn);
    tcase_add_test(tc, test_reordered);
    tcase_add_test(tc, test_missing_and_repeated);
    tcase_add_test(tc, test_edited);
    tcase_add_loop_test(tc, test_wrong_values, 0, (int)WRONG);
    tcase_add_test(tc, test_wrong_seals);
    tcase_add_test(tc, test_limits);
    tcase_add_test(tc, test_spellings);
    tcase_add_test(tc, test_not_records);
    tcase_add_test(tc, test_lines);
    tcase_add_test(tc, test_bad_line);
    tcase_add_test(tc, test_duplicates);
    tcase_add_test(tc, test_empty);
    tcase_add_test(tc, test_arguments);
    tcase_add_test(tc, test_hosts);
    tcase_add_test(tc, test_order);
    tcase_add_test(tc, test_every_size);
}

TEST_MAIN("key_record", fill, 60)
