/* SPDX-License-Identifier: MIT */
/* One store of keys, verified against by many threads while others load records and revoke: a key whose revocation has
 * returned is never granted again, a key that nobody touched is always granted, and every decision is about one key.
 * Also built with ThreadSanitizer. */
#include "key_forge.h"

#include <pthread.h>
#include <stdatomic.h>

#define READERS 4
#define KEYS    120 /* loaded in every snapshot; those with an even number are revoked in the course of the test */
#define EXTRA   40  /* loaded in every other snapshot */
#define LOADS   60

typedef struct shared {
    armalo_host *host;
    armalo_keys *keys;
    uint8_t root[32];
    char token[KEYS + EXTRA][ARMALO_KEY_TOKEN_SIZE];
    char line[KEYS + EXTRA][1024];
    char *text[2]; /* two sets of records: without and with the extra ones, in different orders */
    size_t len[2];
    _Atomic int revoking[KEYS], revoked[KEYS];
    _Atomic int writers;
    _Atomic unsigned long events, granted, denied, wrong, next;
    pthread_barrier_t start;
} shared;

static int64_t constant_clock(void *ctx) {
    (void)ctx;
    return FORGE_NOW_S * 1000;
}

static int count_event(void *ctx, const char *event, size_t len) {
    (void)event;
    (void)len;
    atomic_fetch_add((_Atomic unsigned long *)ctx, 1);
    return 1;
}

/* The lookup of a store without records: finds any of the keys. */
static int find_record(void *ctx, const char *digest, char *buf, size_t cap, size_t *len) {
    const shared *sh = ctx;
    for (size_t i = 0; i < KEYS; i++) {
        if (strstr(sh->line[i], digest) == NULL) continue;
        *len = strlen(sh->line[i]);
        if (*len > cap) return -1;
        memcpy(buf, sh->line[i], *len);
        return 1;
    }
    return 0;
}

static void open_shared(shared *sh, armalo_key_lookup_fn lookup) {
    static forge_key key;
    memset(sh, 0, sizeof *sh);
    for (size_t i = 0; i < 32; i++) sh->root[i] = (uint8_t)(3 * i + 5);
    armalo_host_config config = {.struct_size = sizeof config,
                                 .mode = ARMALO_MODE_PRODUCTION,
                                 .now_ms = constant_clock,
                                 .audit = count_event,
                                 .audit_ctx = &sh->events,
                                 .root_key = sh->root,
                                 .root_key_len = 32};
    sh->host = armalo_host_new(&config, NULL);
    ck_assert_ptr_nonnull(sh->host);
    sh->keys = armalo_keys_new(sh->host, lookup, sh, NULL);
    ck_assert_ptr_nonnull(sh->keys);
    for (unsigned i = 0; i < KEYS + EXTRA; i++) {
        forge_key_make(&key, sh->root, i);
        char org[16], scopes[64];
        snprintf(org, sizeof org, "org_%u", i % 7);
        snprintf(scopes, sizeof scopes, "[\"agents:read\",\"own:a%u\"]", i % 11);
        forge_set_string(&key, KEY_ORG, org);
        forge_set(&key, KEY_SCOPES, scopes);
        forge_seal(&key, sh->root);
        memcpy(sh->token[i], key.token, sizeof sh->token[i]);
        forge_line(&key, sh->line[i], sizeof sh->line[i]);
    }
    for (int set = 0; set < 2; set++) {
        sh->text[set] = malloc((KEYS + EXTRA) * sizeof sh->line[0]);
        if (sh->text[set] == NULL) abort();
        unsigned count = set == 0 ? KEYS : KEYS + EXTRA;
        for (unsigned i = 0; i < count; i++)
            sh->len[set] +=
                (size_t)sprintf(sh->text[set] + sh->len[set], "%s\n", sh->line[set == 0 ? i : count - 1 - i]);
    }
    atomic_store(&sh->events, 0);
}

static void close_shared(shared *sh) {
    armalo_keys_free(sh->keys);
    armalo_host_free(sh->host);
    free(sh->text[0]);
    free(sh->text[1]);
}

/* Key number i, asked for what it has. 1 if granted; every answer must be about this key. */
static int ask(shared *sh, unsigned i, uint32_t *reason) {
    char org[16], id[16], scope[16];
    armalo_decision why;
    armalo_access access = forge_access();
    snprintf(org, sizeof org, "org_%u", i % 7);
    snprintf(id, sizeof id, "key_%u", i);
    snprintf(scope, sizeof scope, "own:a%u", i % 11);
    access.org = org;
    access.scopes = scope;
    int granted = armalo_key_verify(sh->keys, sh->token[i], strlen(sh->token[i]), &access, &why);
    *reason = why.reason;
    int known = why.reason != ARMALO_REASON_KEY_UNKNOWN;
    if (granted != armalo_decision_granted(&why) || strcmp(why.principal, known ? id : "") != 0 ||
        strcmp(why.org, known ? org : "") != 0)
        atomic_fetch_add(&sh->wrong, 1);
    return granted;
}

static void *reads(void *arg) {
    shared *sh = arg;
    unsigned random = (unsigned)atomic_fetch_add(&sh->next, 1) * 7919 + 1;
    (void)pthread_barrier_wait(&sh->start);
    do {
        for (int k = 0; k < 50; k++) {
            uint32_t reason;
            random = random * 1664525 + 1013904223;
            unsigned i = (random >> 8) % (KEYS + EXTRA);
            if (i >= KEYS) { /* sometimes there, never anything but granted or unknown */
                if (!ask(sh, i, &reason) && reason != ARMALO_REASON_KEY_UNKNOWN) atomic_fetch_add(&sh->wrong, 1);
                continue;
            }
            int was_revoked = atomic_load(&sh->revoked[i]);
            int granted = ask(sh, i, &reason);
            int is_revoking = atomic_load(&sh->revoking[i]);
            if (granted && was_revoked) atomic_fetch_add(&sh->wrong, 1);
            if (!granted && !is_revoking) atomic_fetch_add(&sh->wrong, 1);
            if (!granted && reason != ARMALO_REASON_KEY_REVOKED) atomic_fetch_add(&sh->wrong, 1);
            atomic_fetch_add(granted ? &sh->granted : &sh->denied, 1);
        }
    } while (atomic_load(&sh->writers) > 0);
    return NULL;
}

static void *loads(void *arg) {
    shared *sh = arg;
    unsigned self = (unsigned)atomic_fetch_add(&sh->next, 1);
    (void)pthread_barrier_wait(&sh->start);
    for (unsigned n = 0; n < LOADS; n++) {
        size_t bad;
        if (n % 8 == 7) { /* a refused one in between */
            if (armalo_keys_load(sh->keys, sh->text[0] + 1, sh->len[0] - 1, &bad, NULL))
                atomic_fetch_add(&sh->wrong, 1);
            continue;
        }
        int set = (n + self) % 2;
        if (armalo_keys_load(sh->keys, sh->text[set], sh->len[set], &bad, NULL) != 1) atomic_fetch_add(&sh->wrong, 1);
    }
    atomic_fetch_sub(&sh->writers, 1);
    return NULL;
}

static void *revokes(void *arg) {
    shared *sh = arg;
    unsigned seen = 0;
    (void)pthread_barrier_wait(&sh->start);
    for (unsigned i = 0; i < KEYS; i += 2) {
        char id[16];
        uint32_t reason;
        armalo_decision why;
        int len = snprintf(id, sizeof id, "key_%u", i * 31 % KEYS);
        unsigned n = i * 31 % KEYS;
        atomic_store(&sh->revoking[n], 1);
        int done = armalo_keys_revoke(sh->keys, id, (size_t)len, &why);
        atomic_store(&sh->revoked[n], 1);
        if (!done && why.reason != ARMALO_REASON_KEY_NOT_FOUND) atomic_fetch_add(&sh->wrong, 1);
        seen += done != 0;
        if (ask(sh, n, &reason)) atomic_fetch_add(&sh->wrong, 1);
        for (int k = 0; k < 20; k++) (void)ask(sh, n ^ 1, &reason); /* lets loads come between */
    }
    atomic_fetch_sub(&sh->writers, 1);
    return (void *)(uintptr_t)seen;
}

static void run(shared *sh, int loaders) {
    pthread_t thread[READERS + 3];
    int count = 0;
    atomic_store(&sh->writers, loaders + 1);
    ck_assert_int_eq(pthread_barrier_init(&sh->start, NULL, (unsigned)(READERS + loaders + 1)), 0);
    for (int i = 0; i < READERS; i++) ck_assert_int_eq(pthread_create(&thread[count++], NULL, reads, sh), 0);
    for (int i = 0; i < loaders; i++) ck_assert_int_eq(pthread_create(&thread[count++], NULL, loads, sh), 0);
    ck_assert_int_eq(pthread_create(&thread[count++], NULL, revokes, sh), 0);
    for (int i = 0; i < count; i++) ck_assert_int_eq(pthread_join(thread[i], NULL), 0);
    pthread_barrier_destroy(&sh->start);
    ck_assert_uint_eq(atomic_load(&sh->wrong), 0);
    ck_assert_uint_gt(atomic_load(&sh->granted), 0);
    for (unsigned i = 0; i < KEYS; i++) {
        uint32_t reason;
        must(ask(sh, i, &reason) == (int)(i % 2));
        must(i % 2 == 1 || reason == ARMALO_REASON_KEY_REVOKED);
    }
    ck_assert_uint_eq(atomic_load(&sh->wrong), 0);
}

static shared sh;

START_TEST(test_load_and_revoke) {
    open_shared(&sh, NULL);
    ck_assert_int_eq(armalo_keys_load(sh.keys, sh.text[0], sh.len[0], NULL, NULL), 1);
    run(&sh, 2);
    /* And it stays so in whatever is loaded afterwards. */
    ck_assert_int_eq(armalo_keys_load(sh.keys, sh.text[1], sh.len[1], NULL, NULL), 1);
    for (unsigned i = 0; i < KEYS; i++) {
        uint32_t reason;
        must(ask(&sh, i, &reason) == (int)(i % 2));
    }
    close_shared(&sh);
}
END_TEST

/* Keys that are looked up are revoked by their id as well. */
START_TEST(test_lookup_and_revoke) {
    open_shared(&sh, find_record);
    run(&sh, 0);
    close_shared(&sh);
}
END_TEST

/* Both: what is not in the snapshot is looked up, so a key is known whichever snapshot is in place. */
START_TEST(test_lookup_load_and_revoke) {
    open_shared(&sh, find_record);
    sh.len[0] = (size_t)(strchr(sh.text[0], '\n') + 1 - sh.text[0]); /* one snapshot has a single key */
    run(&sh, 2);
    close_shared(&sh);
}
END_TEST

/* ---- Issuing from many threads: nothing comes twice ---- */

#define ISSUED 300
static char issued[READERS][ISSUED][ARMALO_KEY_TOKEN_SIZE], ids[READERS][ISSUED][ARMALO_NAME_SIZE];

static void *issues(void *arg) {
    static _Atomic unsigned numbers;
    shared *s = arg;
    unsigned self = atomic_fetch_add(&numbers, 1) % READERS;
    char record[ARMALO_KEY_RECORD_SIZE];
    armalo_decision why;
    armalo_key_spec spec = {
        .struct_size = sizeof spec, .org = "org_1", .scopes = "a:b", .env = ARMALO_ENV_LIVE, .use = ARMALO_USE_SERVER};
    (void)pthread_barrier_wait(&s->start);
    for (int i = 0; i < ISSUED; i++) {
        if (armalo_key_issue(s->host, &spec, issued[self][i], sizeof issued[self][i], record, sizeof record, &why) != 1)
            atomic_fetch_add(&s->wrong, 1);
        memcpy(ids[self][i], why.principal, sizeof ids[self][i]);
        if (armalo_keys_load(s->keys, record, strlen(record), NULL, NULL) != 1) atomic_fetch_add(&s->wrong, 1);
    }
    return NULL;
}

START_TEST(test_issue) {
    pthread_t thread[READERS];
    open_shared(&sh, NULL);
    ck_assert_int_eq(pthread_barrier_init(&sh.start, NULL, READERS), 0);
    for (int i = 0; i < READERS; i++) ck_assert_int_eq(pthread_create(&thread[i], NULL, issues, &sh), 0);
    for (int i = 0; i < READERS; i++) ck_assert_int_eq(pthread_join(thread[i], NULL), 0);
    pthread_barrier_destroy(&sh.start);
    ck_assert_uint_eq(atomic_load(&sh.wrong), 0);
    ck_assert_uint_eq(atomic_load(&sh.events), 2 * READERS * ISSUED);
    qsort(issued, READERS * ISSUED, sizeof issued[0][0], (int (*)(const void *, const void *))strcmp);
    qsort(ids, READERS * ISSUED, sizeof ids[0][0], (int (*)(const void *, const void *))strcmp);
    for (int i = 1; i < READERS * ISSUED; i++) {
        must(strcmp(issued[(i - 1) / ISSUED][(i - 1) % ISSUED], issued[i / ISSUED][i % ISSUED]) != 0);
        must(strcmp(ids[(i - 1) / ISSUED][(i - 1) % ISSUED], ids[i / ISSUED][i % ISSUED]) != 0);
    }
    close_shared(&sh);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_load_and_revoke);
    tcase_add_test(tc, test_lookup_and_revoke);
    tcase_add_test(tc, test_lookup_load_and_revoke);
    tcase_add_test(tc, test_issue);
}

TEST_MAIN("key_threads", fill, 120)
