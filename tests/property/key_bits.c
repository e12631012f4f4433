/* SPDX-License-Identifier: MIT */
/* Every bit and every byte of a token, of a record and of the root key, changed: no token is granted, no record is
 * loaded or believed. And records cut and pasted together. */
#include "key_forge.h"

static world *w;
static forge_key key, second;
static char line[ARMALO_KEY_RECORD_SIZE], other_line[ARMALO_KEY_RECORD_SIZE];
static size_t line_len, other_len;
static armalo_keys *keys;
static armalo_access ask;

/* A record in which every member has a value. */
static void full(forge_key *k, unsigned n, const uint8_t *root) {
    char time[40];
    forge_key_make(k, root, n);
    forge_set(k, KEY_NAME, "\"the \\\"bot\\\" of \xC3\xA4\"");
    forge_set(k, KEY_NOT_BEFORE, forge_time(w->now_ms - 5000, time));
    forge_set(k, KEY_EXPIRES_AT, forge_time(w->now_ms + 5000, time));
    forge_set(k, KEY_REPLACES, "\"key_0\"");
    forge_seal(k, root);
}

static void open_store(void) {
    w = world_new();
    full(&key, 1, w->root_key);
    full(&second, 2, w->root_key);
    line_len = forge_line(&key, line, sizeof line);
    other_len = forge_line(&second, other_line, sizeof other_line);
    keys = forge_keys_of(w, &key, 1);
    ask = forge_access();
}

static void close_store(void) {
    armalo_keys_free(keys);
    world_free(w);
}

static int verify(armalo_keys *store, const forge_key *k) {
    return armalo_key_verify(store, k->token, k->token_len, &ask, &w->why);
}

/* The store's key is still granted; then the store is what it was. */
static void intact(void) { must(verify(keys, &key) == 1 && strcmp(w->why.principal, "key_1") == 0); }

static void no_record(const char *text, size_t len, const char *what, size_t at) {
    size_t bad = 99;
    int loaded = armalo_keys_load(keys, text, len, &bad, &w->why);
    if (loaded || armalo_decision_granted(&w->why)) ck_abort_msg("%s at %zu is loaded: %.*s", what, at, (int)len, text);
    must(w->why.reason == ARMALO_REASON_KEY_RECORD_MALFORMED || w->why.reason == ARMALO_REASON_KEY_RECORD_ALTERED);
    must(bad >= 1);
}

START_TEST(test_token_bits) {
    open_store();
    char token[ARMALO_KEY_TOKEN_SIZE];
    for (size_t bit = 0; bit < 8 * key.token_len; bit++) {
        memcpy(token, key.token, sizeof token);
        token[bit / 8] = (char)(token[bit / 8] ^ 1 << bit % 8);
        EXPECT_DENY_CALL(w, armalo_key_verify(keys, token, key.token_len, &ask, &w->why),
                         w->why.reason == ARMALO_REASON_KEY_CHECKSUM ? ARMALO_REASON_KEY_CHECKSUM
                                                                     : ARMALO_REASON_KEY_MALFORMED);
        /* With the check made to fit again, it is a token; but nobody's. */
        if (bit / 8 >= key.token_len - 6) continue;
        forge_check(token, key.token_len - 6, token + key.token_len - 6);
        must(armalo_key_verify(keys, token, key.token_len, &ask, &w->why) == 0);
        must(w->why.reason == ARMALO_REASON_KEY_UNKNOWN || w->why.reason == ARMALO_REASON_KEY_MALFORMED);
        must(w->why.principal[0] == 0 && w->why.authenticated == 0);
    }
    intact();
    close_store();
}
END_TEST

/* All pairs of bits of the body and of the check: a checksum alone would not see them all. */
START_TEST(test_token_pairs) {
    open_store();
    for (size_t a = 64; a < 8 * key.token_len; a++) {
        for (size_t b = a + 1; b < 8 * key.token_len; b++) {
            char token[ARMALO_KEY_TOKEN_SIZE];
            memcpy(token, key.token, sizeof token);
            token[a / 8] = (char)(token[a / 8] ^ 1 << a % 8);
            token[b / 8] = (char)(token[b / 8] ^ 1 << b % 8);
            if (armalo_key_verify(keys, token, key.token_len, &ask, &w->why)) ck_abort_msg("bits %zu and %zu", a, b);
        }
    }
    intact();
    close_store();
}
END_TEST

START_TEST(test_record_bits) {
    static char text[ARMALO_KEY_RECORD_SIZE];
    open_store();
    for (size_t bit = 0; bit < 8 * line_len; bit++) {
        memcpy(text, line, line_len);
        text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
        no_record(text, line_len, "bit", bit);
    }
    intact();
    close_store();
}
END_TEST

START_TEST(test_record_bytes) {
    static char text[ARMALO_KEY_RECORD_SIZE];
    open_store();
    for (size_t at = 0; at < line_len; at++) {
        memcpy(text, line, line_len);
        for (int byte = 0; byte < 256; byte++) { /* another byte in its place */
            if ((char)byte == line[at]) continue;
            text[at] = (char)byte;
            no_record(text, line_len, "byte", at);
        }
        memcpy(text + at, line + at + 1, line_len - at - 1); /* left out */
        no_record(text, line_len - 1, "gap", at);
        memcpy(text, line, at + 1); /* twice */
        memcpy(text + at + 1, line + at, line_len - at);
        no_record(text, line_len + 1, "repetition", at);
        if (at + 1 < line_len && line[at] != line[at + 1]) { /* exchanged with the next */
            memcpy(text, line, line_len);
            text[at] = line[at + 1];
            text[at + 1] = line[at];
            no_record(text, line_len, "exchange", at);
        }
    }
    intact();
    close_store();
}
END_TEST

/* The head of one record and the tail of another, and each member taken from the other one. */
START_TEST(test_spliced) {
    static char text[2 * ARMALO_KEY_RECORD_SIZE];
    open_store();
    for (size_t head = 0; head <= line_len; head++) {
        for (size_t tail = head > 30 ? head - 30 : 0; tail <= other_len && tail < head + 30; tail++) {
            memcpy(text, line, head);
            memcpy(text + head, other_line + tail, other_len - tail);
            size_t len = head + other_len - tail;
            if ((len == line_len && memcmp(text, line, len) == 0) ||
                (len == other_len && memcmp(text, other_line, len) == 0))
                continue;
            no_record(text, len, "splice", head);
        }
    }
    for (int m = 0; m < KEY_MEMBERS; m++) {
        forge_key mixed = key;
        if (strcmp(forge_get(&key, (enum forge_member)m), forge_get(&second, (enum forge_member)m)) == 0) continue;
        forge_set(&mixed, (enum forge_member)m, forge_get(&second, (enum forge_member)m));
        no_record(text, forge_line(&mixed, text, sizeof text), forge_member_name[m], 0);
    }
    intact();
    close_store();
}
END_TEST

/* The same through the host's lookup, in a database where anybody may have written. */
START_TEST(test_looked_up) {
    static char text[ARMALO_KEY_RECORD_SIZE];
    open_store();
    forge_lookup lookup = {1, 0, text, line_len, 0, ""};
    armalo_keys *looked = forge_keys_new(w, forge_lookup_record, &lookup);
    for (size_t bit = 0; bit < 8 * line_len; bit++) {
        memcpy(text, line, line_len + 1);
        text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
        if (text[bit / 8] == 0) continue; /* the forged lookup answers with texts */
        if (verify(looked, &key)) ck_abort_msg("bit %zu is believed", bit);
        must(w->why.reason == ARMALO_REASON_KEY_RECORD_MALFORMED || w->why.reason == ARMALO_REASON_KEY_RECORD_ALTERED);
        must(w->why.principal[0] == 0 && w->why.org[0] == 0 && w->why.authenticated == 0);
    }
    memcpy(text, line, line_len + 1);
    must(verify(looked, &key) == 1);
    armalo_keys_free(looked);
    close_store();
}
END_TEST

/* As the parent of another key, to be rotated, to be revoked, and to be reviewed. */
START_TEST(test_used_otherwise) {
    static char text[ARMALO_KEY_RECORD_SIZE], record[ARMALO_KEY_RECORD_SIZE], old[ARMALO_KEY_RECORD_SIZE],
        unused[ARMALO_SCOPES_TEXT_SIZE];
    char token[ARMALO_KEY_TOKEN_SIZE];
    open_store();
    armalo_key_spec spec = {.struct_size = sizeof spec,
                            .org = "org_1",
                            .scopes = "agents:read",
                            .env = ARMALO_ENV_LIVE,
                            .use = ARMALO_USE_ANY,
                            .expires_ms = w->now_ms + 1,
                            .parent = text,
                            .parent_len = line_len};
    for (size_t bit = 0; bit <= 8 * line_len; bit++) {
        memcpy(text, line, line_len);
        int good = bit == 8 * line_len;
        if (!good) text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
        must(armalo_key_issue(w->host, &spec, token, sizeof token, record, sizeof record, &w->why) == good);
        must(armalo_key_rotate(w->host, text, line_len, 5, token, sizeof token, record, sizeof record, old, sizeof old,
                               &w->why) == good);
        must(armalo_key_revoke(w->host, text, line_len, old, sizeof old, &w->why) == good);
        must(armalo_key_unused(w->host, text, line_len, NULL, 0, unused, sizeof unused, NULL, &w->why) == good);
    }
    close_store();
}
END_TEST

/* Under a root key that differs in any bit, neither the records nor the tokens are worth anything. */
START_TEST(test_root_key_bits) {
    open_store();
    static world near;
    for (size_t bit = 0; bit < 256; bit++) {
        world_init(&near);
        near.root_key[bit / 8] ^= (uint8_t)(1 << bit % 8);
        world_start(&near);
        armalo_keys *theirs = forge_keys_new(&near, NULL, NULL);
        EXPECT_DENY_CALL(&near, armalo_keys_load(theirs, line, line_len, NULL, &near.why),
                         ARMALO_REASON_KEY_RECORD_ALTERED);
        forge_key same;
        forge_key_make(&same, near.root_key, 1); /* the same token, under that key */
        must(strcmp(same.token, key.token) == 0 &&
             strcmp(forge_get(&same, KEY_DIGEST), forge_get(&key, KEY_DIGEST)) != 0);
        forge_set(&same, KEY_DIGEST,
                  forge_get(&key, KEY_DIGEST)); /* its seal holds, the digest is under the other pepper */
        forge_seal(&same, near.root_key);
        char text[2000];
        EXPECT_GRANT(&near, armalo_keys_load(theirs, text, forge_line(&same, text, sizeof text), NULL, &near.why));
        EXPECT_DENY_CALL(&near, armalo_key_verify(theirs, key.token, key.token_len, &ask, &near.why),
                         ARMALO_REASON_KEY_UNKNOWN);
        armalo_keys_free(theirs);
        world_end(&near);
    }
    close_store();
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_token_bits);
    tcase_add_test(tc, test_token_pairs);
    tcase_add_test(tc, test_record_bits);
    tcase_add_test(tc, test_record_bytes);
    tcase_add_test(tc, test_spliced);
    tcase_add_test(tc, test_looked_up);
    tcase_add_test(tc, test_used_otherwise);
    tcase_add_test(tc, test_root_key_bits);
}

TEST_MAIN("key_bits", fill, 200)
