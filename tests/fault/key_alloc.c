/* SPDX-License-Identifier: MIT */
/* Every allocation of every call about keys and scopes fails once (and, in a second pass, that one and all after it):
 * the call denies with core.no_memory, writes nothing, gives back every block, and leaves the records in use. And a
 * verification against loaded records asks for nothing. Linked with --wrap, as tests/fault/alloc.c. */
#include "key_forge.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);

/* Blocks are counted always, failures happen only while it is armed. */
static struct heap {
    int armed, persistent;
    long asked, fail_at, failed, live;
} heap;

static int refused(void) {
    if (!heap.armed) return 0;
    heap.asked++;
    if (heap.fail_at == 0 || (heap.persistent ? heap.asked < heap.fail_at : heap.asked != heap.fail_at)) return 0;
    heap.failed++;
    return 1;
}

static void *given(void *memory) {
    heap.live += memory != NULL;
    return memory;
}

void *__wrap_malloc(size_t size) { return refused() ? NULL : given(__real_malloc(size)); }
void *__wrap_calloc(size_t count, size_t size) { return refused() ? NULL : given(__real_calloc(count, size)); }
void *__wrap_realloc(void *memory, size_t size) {
    if (refused()) return NULL;
    return memory == NULL ? given(__real_realloc(NULL, size)) : __real_realloc(memory, size);
}
void __wrap_free(void *memory) {
    heap.live -= memory != NULL;
    __real_free(memory);
}

static world *w;
static forge_key first, second, password;
static char first_line[3000], second_line[3000], password_line[3000], many[200 * 1500], log_text[20000];
static size_t first_len, second_len, password_len, many_len, log_len;

#define PASSWORD "a password of few bits"

/* Records of many orgs, scopes and passwords, so that each table has to grow. */
static void open_scene(void) {
    static forge_key key;
    char json[200], hash[crypto_pwhash_STRBYTES];
    w = world_new();
    forge_key_make(&first, w->root_key, 1);
    forge_key_make(&second, w->root_key, 2);
    first_len = forge_line(&first, first_line, sizeof first_line);
    second_len = forge_line(&second, second_line, sizeof second_line);
    if (sodium_init() < 0 || crypto_pwhash_str_alg(hash, PASSWORD, strlen(PASSWORD), crypto_pwhash_OPSLIMIT_MIN,
                                                   crypto_pwhash_MEMLIMIT_MIN, crypto_pwhash_ALG_ARGON2ID13) != 0)
        abort();
    snprintf(json, sizeof json, "\"argon2id:%s\"", hash);
    many_len = (size_t)sprintf(many, "%s\n", second_line);
    for (unsigned n = 0; n < 120; n++) {
        char text[64];
        forge_key_make(&key, w->root_key, 100 + n);
        snprintf(text, sizeof text, "org_%u", n % 70);
        forge_set_string(&key, KEY_ORG, text);
        snprintf(text, sizeof text, "[\"a:b%u\"]", n % 75);
        forge_set(&key, KEY_SCOPES, text);
        if (n % 6 == 0) forge_set(&key, KEY_DIGEST, json);
        forge_seal(&key, w->root_key);
        many_len += forge_line(&key, many + many_len, sizeof many - many_len);
        many[many_len++] = '\n';
    }
    forge_key_with(&password, w->root_key, 3, KEY_DIGEST, json);
    password_len = forge_line(&password, password_line, sizeof password_line);
    armalo_keys *keys = forge_keys_of(w, &first, 1);
    armalo_access access = forge_access();
    log_len = 0;
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(armalo_key_verify(keys, first.token, first.token_len, &access, &w->why), 1);
        log_len += (size_t)sprintf(log_text + log_len, "%s\n", forge_last(w));
    }
    armalo_keys_free(keys);
}

static void close_scene(void) { world_free(w); }

/* What a run came to. dirty: an output that should hold nothing holds something, or what was there has changed. */
typedef struct outcome {
    int done;
    uint32_t reason;
    int dirty;
    long left; /* blocks that were not given back */
} outcome;

static int filled_with(const void *memory, size_t len, int value) {
    const unsigned char *bytes = memory;
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != value) return 0;
    }
    return 1;
}

static outcome of(int done, int dirty) {
    return (outcome){done, w->why.reason, dirty || done != armalo_decision_granted(&w->why), 0};
}

static armalo_keys *made(armalo_key_lookup_fn lookup, void *ctx, const char *text, size_t len) {
    armalo_keys *keys = forge_keys_new(w, lookup, ctx);
    if (text != NULL && armalo_keys_load(keys, text, len, NULL, &w->why) != 1) ck_abort_msg("not loaded");
    return keys;
}

/* Afterwards, with memory to spare. */
static int granted(armalo_keys *keys, const forge_key *key) {
    armalo_access access = forge_access();
    armalo_decision why;
    return armalo_key_verify(keys, key->token, key->token_len, &access, &why);
}

static outcome run_scopes(void) {
    heap.armed = 1;
    armalo_scopes *set = armalo_scopes_new("a:b c:d e:*", 11, &w->why);
    heap.armed = 0;
    armalo_scopes_free(set);
    return (outcome){set != NULL, w->why.reason, 0, 0};
}

static outcome run_keys_new(void) {
    heap.armed = 1;
    armalo_keys *keys = armalo_keys_new(w->host, NULL, NULL, &w->why);
    heap.armed = 0;
    armalo_keys_free(keys);
    return (outcome){keys != NULL, w->why.reason, 0, 0};
}

static outcome run_load(void) {
    size_t bad = 99;
    armalo_keys *keys = made(NULL, NULL, first_line, first_len);
    heap.armed = 1;
    int done = armalo_keys_load(keys, many, many_len, &bad, &w->why);
    heap.armed = 0;
    outcome o = of(done, bad != 0 || granted(keys, &first) == done || granted(keys, &second) != done);
    armalo_keys_free(keys);
    return o;
}

static outcome run_first_load(void) {
    armalo_keys *keys = made(NULL, NULL, NULL, 0);
    heap.armed = 1;
    int done = armalo_keys_load(keys, second_line, second_len, NULL, &w->why);
    heap.armed = 0;
    outcome o = of(done, granted(keys, &second) != done);
    armalo_keys_free(keys);
    return o;
}

/* Whatever it says, the key is not granted any more. */
static outcome run_keys_revoke(void) {
    armalo_keys *keys = made(NULL, NULL, many, many_len);
    (void)armalo_keys_revoke(keys, "key_100", 7, NULL); /* so that there is a list */
    heap.armed = 1;
    int done = armalo_keys_revoke(keys, "key_2", 5, &w->why);
    heap.armed = 0;
    outcome o = of(done, granted(keys, &second));
    armalo_keys_free(keys);
    return o;
}

static char token[ARMALO_KEY_TOKEN_SIZE], record[ARMALO_KEY_RECORD_SIZE], old[ARMALO_KEY_RECORD_SIZE];

static int unwritten(void) {
    return filled_with(token, sizeof token, 0x5A) && filled_with(record, sizeof record, 0x5A) &&
           filled_with(old, sizeof old, 0x5A);
}

static outcome run_issue_by(const char *parent, size_t parent_len) {
    armalo_key_spec spec = {.struct_size = sizeof spec,
                            .org = "org_1",
                            .scopes = "agents:read",
                            .env = ARMALO_ENV_LIVE,
                            .use = ARMALO_USE_SERVER,
                            .parent = parent,
                            .parent_len = parent_len};
    heap.armed = 1;
    int done = armalo_key_issue(w->host, &spec, token, sizeof token, record, sizeof record, &w->why);
    heap.armed = 0;
    return of(done, !done && !unwritten());
}

static outcome run_issue(void) { return run_issue_by(NULL, 0); }
static outcome run_mint(void) { return run_issue_by(first_line, first_len); }

static outcome run_rotate(void) {
    heap.armed = 1;
    int done = armalo_key_rotate(w->host, first_line, first_len, 1000, token, sizeof token, record, sizeof record, old,
                                 sizeof old, &w->why);
    heap.armed = 0;
    return of(done, !done && !unwritten());
}

static outcome run_revoke(void) {
    heap.armed = 1;
    int done = armalo_key_revoke(w->host, first_line, first_len, old, sizeof old, &w->why);
    heap.armed = 0;
    return of(done, !done && !unwritten());
}

static outcome run_verify_looked_up(void) {
    forge_lookup lookup = {.answer = 1, .record = first_line, .len = first_len};
    armalo_keys *keys = made(forge_lookup_record, &lookup, second_line, second_len);
    armalo_access access = forge_access();
    heap.armed = 1;
    int done = armalo_key_verify(keys, first.token, first.token_len, &access, &w->why);
    heap.armed = 0;
    outcome o = of(done, !done && (w->why.principal[0] != 0 || w->why.authenticated != 0));
    armalo_keys_free(keys);
    return o;
}

static outcome run_verify_password(void) {
    armalo_keys *keys = made(NULL, NULL, password_line, password_len);
    armalo_access access = forge_access();
    access.key_id = "key_3";
    heap.armed = 1;
    int done = armalo_key_verify(keys, PASSWORD, strlen(PASSWORD), &access, &w->why);
    heap.armed = 0;
    outcome o = of(done, !done && (w->why.principal[0] != 0 || w->why.authenticated != 0));
    armalo_keys_free(keys);
    return o;
}

static outcome run_unused(void) {
    heap.armed = 1;
    int done =
        armalo_key_unused(w->host, first_line, first_len, log_text, log_len, record, sizeof record, NULL, &w->why);
    heap.armed = 0;
    return of(done, done ? strcmp(record, "agents:write pacts:*") != 0 : !unwritten());
}

static const struct {
    const char *name;
    outcome (*run)(void);
    long at_least; /* allocations of a run */
} runs[] = {
    {"scopes_new", run_scopes, 1},
    {"keys_new", run_keys_new, 1},
    {"keys_load", run_load, 10},
    {"keys_load, the first", run_first_load, 4},
    {"keys_revoke", run_keys_revoke, 1},
    {"key_issue", run_issue, 1},
    {"key_issue by a parent", run_mint, 1},
    {"key_rotate", run_rotate, 1},
    {"key_revoke", run_revoke, 1},
    {"key_verify, looked up", run_verify_looked_up, 1},
    {"key_verify, argon2id", run_verify_password, 0}, /* libsodium asks for its own */
    {"key_unused", run_unused, 1},
};
#define RUNS ((int)(sizeof runs / sizeof runs[0]))

static outcome run_with(int which, long fail_at, int persistent) {
    memset(token, 0x5A, sizeof token);
    memset(record, 0x5A, sizeof record);
    memset(old, 0x5A, sizeof old);
    memset(&w->why, 0xFF, sizeof w->why);
    heap = (struct heap){0, persistent, 0, fail_at, 0, 0};
    outcome o = runs[which].run();
    o.left = heap.live; /* Check has blocks of its own */
    return o;
}

START_TEST(test_every_allocation) {
    open_scene();
    outcome whole = run_with(_i, 0, 0);
    long allocations = heap.asked;
    ck_assert_msg(whole.done == 1 && !whole.dirty, "%s: %s", runs[_i].name, armalo_reason_name(whole.reason));
    ck_assert_int_eq(whole.left, 0);
    ck_assert_int_ge(allocations, runs[_i].at_least);
    for (int persistent = 0; persistent < 2; persistent++) {
        for (long n = 1; n <= allocations; n++) {
            outcome o = run_with(_i, n, persistent);
            ck_assert_msg(heap.failed > 0, "%s: allocation %ld never came", runs[_i].name, n);
            ck_assert_msg(o.done == 0, "%s went on without allocation %ld", runs[_i].name, n);
            ck_assert_msg(o.reason == ARMALO_REASON_NO_MEMORY, "%s, allocation %ld: %s", runs[_i].name, n,
                          armalo_reason_name(o.reason));
            ck_assert_msg(!o.dirty, "%s, allocation %ld: something changed", runs[_i].name, n);
            ck_assert_msg(o.left == 0, "%s, allocation %ld: %ld blocks left", runs[_i].name, n, o.left);
        }
    }
    outcome again = run_with(_i, 0, 0);
    ck_assert_msg(again.done == 1 && !again.dirty, "%s afterwards: %s", runs[_i].name,
                  armalo_reason_name(again.reason));
    printf("# %-32s %ld allocations\n", runs[_i].name, allocations);
    close_scene();
}
END_TEST

/* Verification against loaded records: granted, denied for each reason, and unknown. */
START_TEST(test_none) {
    char line[3000], time[40];
    forge_key key;
    unsigned reasons = 0;
    open_scene();
    armalo_keys *keys = made(NULL, NULL, many, many_len);
    armalo_scopes *set = armalo_scopes_new("a:b c:*", 7, NULL);
    for (int row = 0; row < 10; row++) {
        armalo_access access = forge_access();
        forge_key_make(&key, w->root_key, 1);
        if (row == 1) forge_set(&key, KEY_REVOKED_AT, forge_time(w->now_ms, time));
        if (row == 2) forge_set(&key, KEY_EXPIRES_AT, forge_time(w->now_ms, time));
        if (row == 3) forge_set(&key, KEY_NOT_BEFORE, forge_time(w->now_ms + 1, time));
        if (row == 4) access.scopes = "keys:write";
        if (row == 5) access.org = "org_2";
        if (row == 6) access.caller = ARMALO_CALLER_BROWSER;
        if (row == 7) forge_key_make(&key, w->root_key, 999);
        if (row == 8) key.token[20] ^= 1;
        if (row == 9) key.token_len--;
        forge_seal(&key, w->root_key);
        armalo_keys *own = row < 7 ? made(NULL, NULL, line, forge_line(&key, line, sizeof line)) : keys;
        memset(&heap, 0, sizeof heap);
        heap.armed = 1;
        int done = armalo_key_verify(own, key.token, key.token_len, &access, &w->why);
        heap.armed = 0;
        must(heap.asked == 0 && done == (row == 0));
        reasons += w->why.reason;
        if (own != keys) armalo_keys_free(own);
    }
    ck_assert_uint_eq(reasons, ARMALO_REASON_GRANTED + ARMALO_REASON_KEY_REVOKED + ARMALO_REASON_KEY_EXPIRED +
                                   ARMALO_REASON_KEY_NOT_YET_VALID + ARMALO_REASON_KEY_SCOPE_MISSING +
                                   ARMALO_REASON_KEY_ORG_MISMATCH + ARMALO_REASON_KEY_BROWSER +
                                   ARMALO_REASON_KEY_UNKNOWN + ARMALO_REASON_KEY_CHECKSUM +
                                   ARMALO_REASON_KEY_MALFORMED);
    heap.armed = 1;
    int allowed = armalo_scopes_allow(set, "c:d", 3) && armalo_scopes_subset(set, set) &&
                  armalo_scopes_text(set, line, sizeof line, NULL);
    heap.armed = 0;
    ck_assert(allowed && heap.asked == 0);
    armalo_scopes_free(set);
    armalo_keys_free(keys);
    close_scene();
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_loop_test(tc, test_every_allocation, 0, RUNS);
    tcase_add_test(tc, test_none);
}

TEST_MAIN("fault_key_alloc", fill, 100)
