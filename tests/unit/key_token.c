/* SPDX-License-Identifier: MIT */
/* Tokens: what is not exactly one is never looked for among keys of ours, and is answered like an unknown one. */
#include "key_forge.h"

static world *w;
static forge_key key;
static char line[ARMALO_KEY_RECORD_SIZE];
static forge_lookup lookup;
static armalo_keys *keys;

/* One key, found by the lookup, so that it is seen whether it was asked. */
static void open_store(const char *env) {
    w = world_new();
    forge_key_env(&key, w->root_key, 1, env);
    forge_line(&key, line, sizeof line);
    lookup = (forge_lookup){.answer = 1, .only = 1, .record = line, .len = strlen(line)};
    keys = forge_keys_new(w, forge_lookup_record, &lookup);
}

static void close_store(void) {
    armalo_keys_free(keys);
    world_free(w);
}

/* In a heap block of exactly its length. */
static int verify(const char *token, size_t len) {
    armalo_access access = forge_access();
    char *block = malloc(len > 0 ? len : 1);
    if (block == NULL) abort();
    memcpy(block, token, len);
    int granted = armalo_key_verify(keys, block, len, &access, &w->why);
    free(block);
    return granted;
}

/* Refused, and says nothing of anybody. All that may be looked for is a migrated key, by its SHA-256. */
static void expect_refused(const char *token, size_t len, uint32_t reason) {
    char digest[72];
    lookup.asked = 0;
    EXPECT_DENY_CALL(w, verify(token, len), reason);
    must(w->why.authenticated == 0 && w->why.principal[0] == 0 && w->why.org[0] == 0 && w->why.labels == 0);
    must(lookup.asked <= (len > 0 && len <= 256));
    forge_sha256(token, len, digest);
    if (lookup.asked > 0) must(strcmp(lookup.digest, digest) == 0);
}

/* The form once more: [a-z0-9]{2,16}_(live|test|sim)_[0-9A-Za-z]{38} */
static int plain_form(const char *token, size_t len) {
    size_t p = 0, e = 0;
    static const char *const envs[] = {"_live_", "_test_", "_sim_"};
    while (p < len && token[p] != 0 && strchr("abcdefghijklmnopqrstuvwxyz0123456789", token[p]) != NULL) p++;
    if (p < 2 || p > 16) return 0;
    for (size_t i = 0; i < 3; i++) {
        if (len - p >= strlen(envs[i]) && memcmp(token + p, envs[i], strlen(envs[i])) == 0) e = strlen(envs[i]);
    }
    if (e == 0 || len != p + e + 38) return 0;
    for (size_t i = p + e; i < len; i++) {
        if (token[i] == 0 || strchr(forge_base62, token[i]) == NULL) return 0;
    }
    return 1;
}

/* With check characters that fit what is before them. */
static size_t checked(const char *text, char out[128]) {
    size_t len = (size_t)snprintf(out, 100, "%s", text);
    forge_check(out, len, out + len);
    return len + 6;
}

/* zlib.crc32(b"123456789"); and the published sample of GitHub's tokens, whose last six are the base62 digits of the
 * CRC-32 of the thirty before them. */
START_TEST(test_oracle) {
    char check[7];
    ck_assert_uint_eq(forge_crc32("123456789", 9), UINT32_C(0xCBF43926));
    forge_check("zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ", 30, check);
    ck_assert_str_eq(check, "0mLq17");
    /* From Python, by zlib, hashlib and hmac: the whole of key 1 under the root key of the world. */
    static world own;
    world_init(&own);
    forge_key_make(&key, own.root_key, 1);
    ck_assert_str_eq(key.token, "pk_live_100000u23XHSY6eCLU6XTNZRFt7vcegf2dtHK6");
    ck_assert_str_eq(forge_get(&key, KEY_DIGEST),
                     "\"hs256:3cb0dd5aedb81720b45edffafe0549f3d8c9d8332337195edb9a08d8bdb64456\"");
    ck_assert_str_eq(forge_get(&key, KEY_SEAL),
                     "\"hs256:db192f7ca78c6423ecea50eb70534a5f48873b6cf3f339a6e4ebf676561a93a9\"");
}
END_TEST

START_TEST(test_granted) {
    open_store("live");
    forge_key_taboo(w, &key);
    EXPECT_GRANT(w, verify(key.token, key.token_len));
    ck_assert_str_eq(w->why.principal, "key_1");
    ck_assert_str_eq(w->why.org, "org_1");
    ck_assert_uint_eq(w->why.authenticated, 1);
    ck_assert_uint_eq(w->why.labels, 0);
    ck_assert_uint_eq(lookup.asked, 1);
    close_store();
}
END_TEST

START_TEST(test_lengths) {
    char text[128];
    open_store("live");
    for (size_t len = 0; len <= 80; len++) {
        if (len == key.token_len) continue;
        memset(text, 'A', sizeof text);
        memcpy(text, key.token, len < key.token_len ? len : key.token_len);
        expect_refused(text, len, ARMALO_REASON_KEY_MALFORMED); /* its end cut, or too much after it */
        if (len < key.token_len) {                              /* its beginning cut */
            const char *rest = key.token + key.token_len - len;
            expect_refused(rest, len, plain_form(rest, len) ? ARMALO_REASON_KEY_CHECKSUM : ARMALO_REASON_KEY_MALFORMED);
        } else { /* too much before it */
            memset(text, 'a', sizeof text);
            memcpy(text + len - key.token_len, key.token, key.token_len);
            expect_refused(text, len, plain_form(text, len) ? ARMALO_REASON_KEY_CHECKSUM : ARMALO_REASON_KEY_MALFORMED);
        }
    }
    static char huge[1 << 20];
    memset(huge, 'a', sizeof huge);
    expect_refused(huge, sizeof huge, ARMALO_REASON_KEY_MALFORMED);
    memcpy(huge, key.token, key.token_len);
    expect_refused(huge, sizeof huge, ARMALO_REASON_KEY_MALFORMED);
    close_store();
}
END_TEST

/* Each character replaced by each other byte: of the form or not, the check does not fit. */
START_TEST(test_each_character) {
    static const char *const envs[] = {"live", "test", "sim"};
    unsigned by_check = 0;
    open_store(envs[_i]);
    for (size_t at = 0; at < key.token_len; at++) {
        for (int byte = 0; byte < 256; byte++) {
            char text[ARMALO_KEY_TOKEN_SIZE];
            memcpy(text, key.token, sizeof text);
            if (text[at] == (char)byte) continue;
            text[at] = (char)byte;
            int form = plain_form(text, key.token_len);
            expect_refused(text, key.token_len, form ? ARMALO_REASON_KEY_CHECKSUM : ARMALO_REASON_KEY_MALFORMED);
            by_check += form != 0;
        }
    }
    ck_assert_uint_eq(by_check, 38 * 61 + 2 * 35); /* the body, and the prefix */
    close_store();
}
END_TEST

/* With a check that fits, it is a token like any other: an unknown one. */
START_TEST(test_each_character_checked) {
    open_store("live");
    for (size_t at = 0; at + 6 < key.token_len; at++) {
        for (int byte = 1; byte < 256; byte++) {
            char text[128], body[ARMALO_KEY_TOKEN_SIZE] = "";
            memcpy(body, key.token, key.token_len - 6);
            if (body[at] == (char)byte) continue;
            body[at] = (char)byte;
            size_t len = checked(body, text);
            if (!plain_form(text, len)) {
                expect_refused(text, len, ARMALO_REASON_KEY_MALFORMED);
                continue;
            }
            lookup.asked = 0;
            EXPECT_DENY_CALL(w, verify(text, len), ARMALO_REASON_KEY_UNKNOWN);
            must(lookup.asked == 1 && strncmp(lookup.digest, "hs256:", 6) == 0 && w->why.principal[0] == 0 &&
                 w->why.authenticated == 0);
        }
    }
    close_store();
}
END_TEST

/* Two characters exchanged, and one left out or typed twice with the length kept: typing errors. */
START_TEST(test_typing_errors) {
    open_store("live");
    for (size_t a = 8; a < key.token_len; a++) {
        char text[128];
        for (size_t b = a + 1; b < key.token_len; b++) {
            if (key.token[a] == key.token[b]) continue;
            memcpy(text, key.token, key.token_len);
            text[a] = key.token[b];
            text[b] = key.token[a];
            expect_refused(text, key.token_len, ARMALO_REASON_KEY_CHECKSUM);
        }
        memcpy(text, key.token, a);
        memcpy(text + a, key.token + a + 1, key.token_len - a - 1);
        expect_refused(text, key.token_len - 1, ARMALO_REASON_KEY_MALFORMED);
        memcpy(text, key.token, a + 1);
        memcpy(text + a + 1, key.token + a, key.token_len - a);
        expect_refused(text, key.token_len + 1, ARMALO_REASON_KEY_MALFORMED);
    }
    close_store();
}
END_TEST

#define BODY "0123456789abcdefABCDEFghijklmnop"

START_TEST(test_prefix_and_environment) {
    static const char *const good[] = {
        "ab_live_" BODY,   "00_live_" BODY,   "abcdefghijklmnop_live_" BODY, "sk_live_" BODY,
        "live_live_" BODY, "test_live_" BODY, "0123456789012345_test_" BODY, "pk_test_" BODY,
        "pk_sim_" BODY};
    static const char *const bad[] = {"_live_" BODY,
                                      "a_live_" BODY,
                                      "abcdefghijklmnopq_live_" BODY,
                                      "live_" BODY,
                                      "pk_" BODY,
                                      "pk__" BODY,
                                      "pk_Live_" BODY,
                                      "pk_LIVE_" BODY,
                                      "pk_prod_" BODY,
                                      "pk_liv_" BODY,
                                      "pk_livee_" BODY,
                                      "pk_simu_" BODY,
                                      "pk_tests_" BODY,
                                      "pk-live-" BODY,
                                      "pk_live-" BODY,
                                      "pk_live__" BODY,
                                      "pk__live_" BODY,
                                      "Pk_live_" BODY,
                                      "PK_live_" BODY,
                                      "p.k_live_" BODY,
                                      "p k_live_" BODY,
                                      " pk_live_" BODY,
                                      "pk_live_ " BODY,
                                      "pk_live_" BODY " ",
                                      "pk_live_" BODY "\n",
                                      "pk_live_" BODY "=",
                                      "Bearer pk_live_" BODY,
                                      "bearer pk_live_" BODY,
                                      "\"pk_live_" BODY "\"",
                                      "pk_live_test_" BODY,
                                      "pk_test_live_" BODY,
                                      "pk_live_" BODY BODY,
                                      BODY,
                                      "pk_live_",
                                      "p\xC3\xA4_live_" BODY,
                                      "pk_l\xC4\xB1ve_" BODY};
    char text[128];
    open_store("live");
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        size_t len = checked(good[i], text);
        must(plain_form(text, len));
        EXPECT_DENY_CALL(w, verify(text, len), ARMALO_REASON_KEY_UNKNOWN);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        size_t len = checked(bad[i], text);
        must(!plain_form(text, len));
        expect_refused(text, len, ARMALO_REASON_KEY_MALFORMED);
    }
    /* The check over less than everything before it is no check: GitHub's way, and a copied one. */
    size_t len = checked("pk_live_" BODY, text);
    forge_check(BODY, 32, text + len - 6);
    expect_refused(text, len, ARMALO_REASON_KEY_CHECKSUM);
    memcpy(text, "sk", 2);
    expect_refused(text, len, ARMALO_REASON_KEY_CHECKSUM);
    memcpy(text + len - 6, "000000", 6);
    expect_refused(text, len, ARMALO_REASON_KEY_CHECKSUM);
    close_store();
}
END_TEST

/* A check of few digits is padded on the left with '0': five, four and three digits. */
START_TEST(test_padding) {
    unsigned found[6] = {0};
    open_store("live");
    for (unsigned n = 2; n < 400000 && !(found[1] && found[2] && found[3]); n++) {
        char body[33], record[ARMALO_KEY_RECORD_SIZE];
        forge_body(n, body);
        snprintf(key.token, sizeof key.token, "pk_live_%s", body);
        forge_check(key.token, 40, key.token + 40);
        size_t zeros = strspn(key.token + 40, "0");
        if (zeros == 0 || found[zeros]) continue;
        found[zeros] = 1;
        forge_key_make(&key, w->root_key, n);
        forge_line(&key, record, sizeof record);
        lookup.record = record;
        lookup.len = strlen(record);
        EXPECT_GRANT(w, verify(key.token, key.token_len));
    }
    ck_assert(found[1] && found[2] && found[3]);
    close_store();
}
END_TEST

START_TEST(test_null) {
    armalo_access access = forge_access();
    open_store("live");
    EXPECT_DENY_CALL(w, armalo_key_verify(keys, NULL, 0, &access, &w->why), ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_DENY_CALL(w, armalo_key_verify(keys, NULL, 46, &access, &w->why), ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_DENY_CALL(w, armalo_key_verify(keys, "", 0, &access, &w->why), ARMALO_REASON_KEY_MALFORMED);
    ck_assert_uint_eq(lookup.asked, 0);
    close_store();
}
END_TEST

/* To a stranger, a typing error, a wrong check and an unknown token are one answer. */
START_TEST(test_public_answer) {
    char answer[3][ARMALO_PUBLIC_TEXT_SIZE], text[128];
    open_store("live");
    EXPECT_DENY_CALL(w, verify("nothing like it", 15), ARMALO_REASON_KEY_MALFORMED);
    armalo_decision_public(&w->why, answer[0], sizeof answer[0], NULL);
    memcpy(text, key.token, key.token_len);
    text[20] = text[20] == 'x' ? 'y' : 'x';
    EXPECT_DENY_CALL(w, verify(text, key.token_len), ARMALO_REASON_KEY_CHECKSUM);
    armalo_decision_public(&w->why, answer[1], sizeof answer[1], NULL);
    size_t len = checked("pk_live_" BODY, text);
    EXPECT_DENY_CALL(w, verify(text, len), ARMALO_REASON_KEY_UNKNOWN);
    armalo_decision_public(&w->why, answer[2], sizeof answer[2], NULL);
    ck_assert_str_eq(answer[0], "{\"error\":\"unauthorized\"}");
    ck_assert_str_eq(answer[1], answer[0]);
    ck_assert_str_eq(answer[2], answer[0]);
    close_store();
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_oracle);
    tcase_add_test(tc, test_granted);
    tcase_add_test(tc, test_lengths);
    tcase_add_loop_test(tc, test_each_character, 0, 3);
    tcase_add_test(tc, test_each_character_checked);
    tcase_add_test(tc, test_typing_errors);
    tcase_add_test(tc, test_prefix_and_environment);
    tcase_add_test(tc, test_padding);
    tcase_add_test(tc, test_null);
    tcase_add_test(tc, test_public_answer);
}

TEST_MAIN("key_token", fill, 60)
