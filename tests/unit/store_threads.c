/* SPDX-License-Identifier: MIT */
/* Many threads on one store: each delivery is one thread's to process per lease, and what is remembered is never missed
 * while its surroundings change. */
#define _POSIX_C_SOURCE 200809L
#include "stores.h"

#include <pthread.h>
#include <stdatomic.h>

#define THREADS 6

/* Checks happen in the main thread; the others count. */
typedef struct crowd {
    armalo_store *store[2]; /* two handles on one file for SQLite */
    const char *file;
    size_t keys, rounds;
    uint64_t *tokens;            /* per key */
    _Atomic uint32_t *processed; /* per round and key */
    _Atomic uint32_t wrong;      /* answers that could not be */
    _Atomic uint32_t next_thread, writers;
    pthread_barrier_t barrier;
} crowd;

static void crowd_begin(crowd *c, int kind, size_t keys, size_t rounds, const place *p) {
    memset(c, 0, sizeof *c);
    c->keys = keys;
    c->rounds = rounds;
    c->store[0] = store_make(kind, keys, p);
    c->store[1] = kind == SQLITE ? store_make(kind, keys, p) : c->store[0];
    c->tokens = calloc(keys, sizeof *c->tokens);
    c->processed = calloc(keys * rounds, sizeof *c->processed);
    ck_assert(c->tokens != NULL && c->processed != NULL);
    ck_assert_int_eq(pthread_barrier_init(&c->barrier, NULL, THREADS), 0);
}

static void crowd_run(crowd *c, void *(*body)(void *)) {
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) ck_assert_int_eq(pthread_create(&threads[i], NULL, body, c), 0);
    for (int i = 0; i < THREADS; i++) ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    ck_assert_msg(atomic_load(&c->wrong) == 0, "%u wrong answers", (unsigned)atomic_load(&c->wrong));
}

static void crowd_end(crowd *c) {
    if (c->store[1] != c->store[0]) armalo_store_free(c->store[1]);
    armalo_store_free(c->store[0]);
    free(c->tokens);
    free(c->processed);
    (void)pthread_barrier_destroy(&c->barrier);
}

/* A claim without assertions, for threads. */
static int32_t thread_claims(const armalo_store *store, uint64_t n, int64_t now, int64_t lease, int64_t keep,
                             uint64_t *token) {
    armalo_claim claim = claim_of(n, now, lease, keep);
    *token = 0;
    return store->claim(store->ctx, &claim, token);
}

/* In each round every thread claims every key, from a place of its own on. The winner gives it back in even rounds,
 * lets it lapse in odd ones, and settles it as done in the last but one. */
static void *claims_all(void *arg) {
    crowd *c = arg;
    size_t self = atomic_fetch_add(&c->next_thread, 1);
    const armalo_store *store = c->store[self % 2];
    uint64_t *mine = calloc(c->keys, sizeof *mine);
    for (size_t round = 0; round < c->rounds; round++) {
        int64_t now = (int64_t)round * 1000;
        int settling = round + 2 == c->rounds, settled = round + 1 == c->rounds;
        (void)pthread_barrier_wait(&c->barrier);
        for (size_t i = 0; i < c->keys; i++) {
            size_t key = (i + self * c->keys / THREADS) % c->keys;
            int32_t got = thread_claims(store, key, now, now + 1000, INT64_C(1) << 40, &mine[key]);
            if (got == ARMALO_PROCESS)
                atomic_fetch_add(&c->processed[round * c->keys + key], 1);
            else if (got != (settled ? ARMALO_DUPLICATE : ARMALO_IN_PROGRESS))
                atomic_fetch_add(&c->wrong, 1);
        }
        (void)pthread_barrier_wait(&c->barrier); /* nobody claims any more in this round */
        for (size_t key = 0; key < c->keys; key++)
            if (mine[key] != 0 && (settling || round % 2 == 0) &&
                settles(store, key, now, INT64_C(1) << 40, mine[key], settling ? ARMALO_DONE : ARMALO_FAILED) != 1)
                atomic_fetch_add(&c->wrong, 1);
    }
    free(mine);
    return NULL;
}

START_TEST(one_thread_per_lease) {
    place p = place_make();
    crowd c;
    crowd_begin(&c, _i, _i == MEMORY ? 300 : 10, _i == MEMORY ? 60 : 6, &p);
    crowd_run(&c, claims_all);
    for (size_t i = 0; i < c.keys * c.rounds; i++)
        ck_assert_msg(atomic_load(&c.processed[i]) == (i / c.keys + 1 < c.rounds), "round %zu, key %zu: %u times",
                      i / c.keys, i % c.keys, (unsigned)atomic_load(&c.processed[i]));
    crowd_end(&c);
    place_remove(&p);
}
END_TEST

/* All threads settle the same tokens, as done or as failed: one settlement is taken. */
static void *settles_all(void *arg) {
    crowd *c = arg;
    size_t self = atomic_fetch_add(&c->next_thread, 1);
    (void)pthread_barrier_wait(&c->barrier);
    for (size_t key = 0; key < c->keys; key++) {
        int32_t got =
            settles(c->store[self % 2], key, 0, 9000, c->tokens[key], self % 3 == 0 ? ARMALO_FAILED : ARMALO_DONE);
        if (got == 1)
            atomic_fetch_add(&c->processed[key], 1);
        else if (got != 0)
            atomic_fetch_add(&c->wrong, 1);
    }
    return NULL;
}

START_TEST(one_settlement_per_claim) {
    place p = place_make();
    crowd c;
    crowd_begin(&c, _i, _i == MEMORY ? 2000 : 30, 1, &p);
    for (size_t key = 0; key < c.keys; key++)
        ck_assert_int_eq(claims(c.store[0], key, 0, 1000, 9000, &c.tokens[key]), ARMALO_PROCESS);
    crowd_run(&c, settles_all);
    for (size_t key = 0; key < c.keys; key++) ck_assert_uint_eq(atomic_load(&c.processed[key]), 1);
    crowd_end(&c);
    place_remove(&p);
}
END_TEST

/* Half of the threads look at deliveries that are done or leased, while the others fill the places around them, give
 * them back, let them run out and so have everything moved about. */
#define PINNED 24
#define WRITES 40000

static void *looks_or_writes(void *arg) {
    crowd *c = arg;
    size_t self = atomic_fetch_add(&c->next_thread, 1);
    const armalo_store *store = c->store[0];
    uint64_t token, random = self + 1;
    (void)pthread_barrier_wait(&c->barrier);
    if (self % 2 == 0) {
        while (atomic_load(&c->writers) > 0)
            for (uint64_t key = 0; key < PINNED; key++)
                if (thread_claims(store, key, 1000, 2000, 3000, &token) !=
                    (key % 2 == 0 ? ARMALO_DUPLICATE : ARMALO_IN_PROGRESS))
                    atomic_fetch_add(&c->wrong, 1);
        return NULL;
    }
    for (int64_t i = 0; i < WRITES; i++) {
        uint64_t r = next_random(&random), key = PINNED + r % 64;
        int32_t got = thread_claims(store, key, i, i + 5, i + 5 + (int64_t)(r >> 40) % 50, &token);
        if (got == ARMALO_PROCESS && r >> 63 != 0)
            (void)settles(store, key, i, i + 20, token, r >> 62 == 3 ? ARMALO_FAILED : ARMALO_DONE);
    }
    atomic_fetch_sub(&c->writers, 1);
    return NULL;
}

START_TEST(what_is_remembered_is_never_missed) {
    crowd c;
    crowd_begin(&c, MEMORY, 60, 1, NULL);
    atomic_store(&c.writers, THREADS / 2);
    for (uint64_t key = 0; key < PINNED; key++) {
        uint64_t token;
        ck_assert_int_eq(claims(c.store[0], key, 0, INT64_MAX, INT64_MAX, &token), ARMALO_PROCESS);
        if (key % 2 == 0) ck_assert_int_eq(settles(c.store[0], key, 0, INT64_MAX, token, ARMALO_DONE), 1);
    }
    crowd_run(&c, looks_or_writes);
    crowd_end(&c);
}
END_TEST

/* A small crowded table that all threads change all the time. Keys with odd numbers are held by one thread at a time
 * and never done; those with even numbers are done, run out, and are swept away. */
#define ODD_KEYS 6
#define TURNS    120000

static void *holds(void *arg) {
    crowd *c = arg;
    uint64_t token, random = 1 + atomic_fetch_add(&c->next_thread, 1);
    const armalo_store *store = c->store[0];
    (void)pthread_barrier_wait(&c->barrier);
    for (int64_t i = 0; i < TURNS; i++) {
        uint64_t key = next_random(&random) >> 32;
        if (key % 2 == 0) {
            key %= 32;
            if (thread_claims(store, key, i, i + 2, i + 4, &token) == ARMALO_PROCESS)
                (void)settles(store, key, i, i + 4, token, ARMALO_DONE);
            continue;
        }
        key %= 2 * ODD_KEYS;
        int32_t got = thread_claims(store, key, i, INT64_MAX, INT64_MAX, &token);
        if (got == ARMALO_DUPLICATE) atomic_fetch_add(&c->wrong, 1);
        if (got != ARMALO_PROCESS) continue;
        if (atomic_exchange(&c->processed[key], 1) != 0) atomic_fetch_add(&c->wrong, 1);
        atomic_store(&c->processed[key], 0);
        if (settles(store, key, i, 0, token, ARMALO_FAILED) != 1) atomic_fetch_add(&c->wrong, 1);
    }
    return NULL;
}

START_TEST(held_by_one) {
    crowd c;
    crowd_begin(&c, MEMORY, 2 * ODD_KEYS, 1, NULL);
    crowd_run(&c, holds);
    crowd_end(&c);
}
END_TEST

/* The first to open a new file makes the tables; all of them get a store that works. */
static void *opens(void *arg) {
    crowd *c = arg;
    uint64_t token;
    size_t self = atomic_fetch_add(&c->next_thread, 1);
    (void)pthread_barrier_wait(&c->barrier);
    armalo_decision why;
    armalo_store *store = armalo_sqlite_store_new(c->file, 20000, &why);
    if (store == NULL) {
        fprintf(stderr, "%s: %s\n", armalo_reason_name(why.reason), why.detail);
        atomic_fetch_add(&c->wrong, 1);
        return NULL;
    }
    if (thread_claims(store, self, 0, 1000, 9000, &token) != ARMALO_PROCESS) atomic_fetch_add(&c->wrong, 1);
    if (thread_claims(store, 77, 0, 1000, 9000, &token) == ARMALO_PROCESS) atomic_fetch_add(&c->processed[0], 1);
    armalo_store_free(store);
    return NULL;
}

START_TEST(sqlite_opened_by_all_at_once) {
    for (int round = 0; round < 10; round++) {
        place p = place_make();
        crowd c;
        crowd_begin(&c, MEMORY, 1, 1, NULL);
        c.file = p.file;
        crowd_run(&c, opens);
        ck_assert_uint_eq(atomic_load(&c.processed[0]), 1);
        crowd_end(&c);
        place_remove(&p);
    }
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_loop_test(tc, one_thread_per_lease, 0, 2);
    tcase_add_loop_test(tc, one_settlement_per_claim, 0, 2);
    tcase_add_test(tc, what_is_remembered_is_never_missed);
    tcase_add_test(tc, held_by_one);
    tcase_add_test(tc, sqlite_opened_by_all_at_once);
}

TEST_MAIN("store_threads", fill, 120)
