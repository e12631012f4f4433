/* SPDX-License-Identifier: MIT */
/* What armalo/store.h promises, held to both stores: one table of histories, then tokens, keys, a random history
 * against a plain model, and what each kind promises besides. */
#define _POSIX_C_SOURCE 200809L
#include "stores.h"

#include <sys/stat.h>

#define LATE INT64_MAX

/* One step of a history. C: claim, and remember the token under `token`; D, F: settle the token of that name as done or
 * failed; d, f: settle a token that nobody was given. */
typedef struct step {
    char op;
    int key;
    int token;
    int64_t now_ms, lease_until_ms, keep_until_ms;
    int32_t want;
} step;

typedef struct history {
    const char *what;
    step steps[12];
} history;

static const history histories[] = {
    {"a lease holds until its very end",
     {{'C', 1, 0, 1000, 2000, 9000, ARMALO_PROCESS},
      {'C', 1, 1, 1000, 2000, 9000, ARMALO_IN_PROGRESS},
      {'C', 1, 1, 1999, 2999, 9000, ARMALO_IN_PROGRESS},
      {'C', 1, 1, 2000, 3000, 9000, ARMALO_PROCESS},
      {'C', 1, 2, 2001, 3001, 9000, ARMALO_IN_PROGRESS},
      {'C', 1, 2, 2999, 3999, 9000, ARMALO_IN_PROGRESS},
      {'C', 1, 2, 3001, 4001, 9000, ARMALO_PROCESS}}},
    {"a refused claim does not lengthen the lease",
     {{'C', 1, 0, 1000, 2000, 9000, ARMALO_PROCESS},
      {'C', 1, 1, 1999, 8000, 9000, ARMALO_IN_PROGRESS},
      {'C', 1, 1, 2000, 8000, 9000, ARMALO_PROCESS}}},
    {"done is remembered until its very end",
     {{'C', 1, 0, 1000, 2000, 9000, ARMALO_PROCESS},
      {'D', 1, 0, 1500, 0, 9000, 1},
      {'C', 1, 1, 1500, 2500, 9500, ARMALO_DUPLICATE},
      {'C', 1, 1, 2000, 3000, 9500, ARMALO_DUPLICATE},
      {'C', 1, 1, 8999, 9999, 19999, ARMALO_DUPLICATE},
      {'C', 1, 1, 9000, 10000, 20000, ARMALO_PROCESS},
      {'C', 1, 2, 9001, 10001, 20001, ARMALO_IN_PROGRESS}}},
    {"the settlement's later end counts",
     {{'C', 1, 0, 1000, 2000, 5000, ARMALO_PROCESS},
      {'D', 1, 0, 1500, 0, 9000, 1},
      {'C', 1, 1, 8999, 9999, 19999, ARMALO_DUPLICATE},
      {'C', 1, 1, 9000, 9999, 19999, ARMALO_PROCESS}}},
    {"given back: the next attempt is processed, once",
     {{'C', 1, 0, 1000, 2000, 9000, ARMALO_PROCESS},
      {'F', 1, 0, 1100, 0, 0, 1},
      {'C', 1, 1, 1100, 2100, 9000, ARMALO_PROCESS},
      {'C', 1, 2, 1100, 2100, 9000, ARMALO_IN_PROGRESS},
      {'F', 1, 0, 1200, 0, 0, 0},
      {'D', 1, 0, 1200, 0, 9000, 0},
      {'C', 1, 2, 1200, 2200, 9000, ARMALO_IN_PROGRESS},
      {'D', 1, 1, 1300, 0, 9000, 1},
      {'C', 1, 2, 1400, 2400, 9000, ARMALO_DUPLICATE}}},
    {"given back twice: the second time is nobody's",
     {{'C', 1, 0, 1000, 2000, 9000, ARMALO_PROCESS},
      {'F', 1, 0, 1100, 0, 0, 1},
      {'F', 1, 0, 1100, 0, 0, 0},
      {'D', 1, 0, 1100, 0, 9000, 0},
      {'C', 1, 1, 1200, 2200, 9000, ARMALO_PROCESS}}},
    {"done stays done",
     {{'C', 1, 0, 1000, 2000, 9000, ARMALO_PROCESS},
      {'D', 1, 0, 1100, 0, 9000, 1},
      {'D', 1, 0, 1200, 0, 99000, 0},
      {'F', 1, 0, 1200, 0, 0, 0},
      {'C', 1, 1, 8999, 9999, 19999, ARMALO_DUPLICATE},
      {'C', 1, 1, 9000, 10000, 20000, ARMALO_PROCESS}}},
    {"a lapsed lease that nobody took may be settled as done",
     {{'C', 1, 0, 1000, 2000, 9000, ARMALO_PROCESS},
      {'D', 1, 0, 2500, 0, 9500, 1},
      {'C', 1, 1, 2600, 3600, 9600, ARMALO_DUPLICATE}}},
    {"and as failed",
     {{'C', 1, 0, 1000, 2000, 9000, ARMALO_PROCESS},
      {'F', 1, 0, 2500, 0, 0, 1},
      {'C', 1, 1, 2500, 3500, 9500, ARMALO_PROCESS}}},
    {"a lapsed lease that another took is lost",
     {{'C', 1, 0, 1000, 2000, 9000, ARMALO_PROCESS},
      {'C', 1, 1, 2000, 3000, 9000, ARMALO_PROCESS},
      {'D', 1, 0, 2100, 0, 9000, 0},
      {'F', 1, 0, 2100, 0, 0, 0},
      {'C', 1, 2, 2200, 3200, 9000, ARMALO_IN_PROGRESS},
      {'D', 1, 1, 2300, 0, 9000, 1},
      {'D', 1, 0, 2300, 0, 9000, 0},
      {'C', 1, 2, 2400, 3400, 9000, ARMALO_DUPLICATE}}},
    {"a token settles its own key only",
     {{'C', 1, 0, 1000, 2000, 9000, ARMALO_PROCESS},
      {'C', 2, 1, 1000, 2000, 9000, ARMALO_PROCESS},
      {'D', 3, 0, 1100, 0, 9000, 0},
      {'F', 3, 0, 1100, 0, 9000, 0},
      {'d', 1, 0, 1100, 0, 9000, 0},
      {'f', 1, 0, 1100, 0, 9000, 0},
      {'C', 1, 2, 1200, 2200, 9000, ARMALO_IN_PROGRESS},
      {'C', 2, 2, 1200, 2200, 9000, ARMALO_IN_PROGRESS},
      {'C', 3, 2, 1200, 2200, 9000, ARMALO_PROCESS}}},
    {"a clock that goes back frees nothing",
     {{'C', 1, 0, 5000, 6000, 9000, ARMALO_PROCESS},
      {'C', 1, 1, 0, 1000, 4000, ARMALO_IN_PROGRESS},
      {'C', 1, 1, -1, 1000, 4000, ARMALO_IN_PROGRESS},
      {'D', 1, 0, 10, 0, 4010, 1},
      {'C', 1, 1, 10, 1010, 4010, ARMALO_DUPLICATE},
      {'C', 1, 1, 4010, 5010, 8010, ARMALO_DUPLICATE},
      {'C', 1, 1, 0, 1000, 4000, ARMALO_DUPLICATE},
      {'C', 1, 1, INT64_MIN, 1000, 4000, ARMALO_DUPLICATE},
      {'C', 1, 1, 8999, 9999, 12999, ARMALO_DUPLICATE},
      {'C', 1, 1, 9000, 9999, 13000, ARMALO_PROCESS}}},
    {"a lease longer than the memory holds",
     {{'C', 1, 0, 1000, 2000, 1500, ARMALO_PROCESS},
      {'C', 2, 1, 1999, 2999, 9000, ARMALO_PROCESS},
      {'C', 1, 1, 1999, 2999, 2500, ARMALO_IN_PROGRESS},
      {'C', 1, 1, 2000, 3000, 2500, ARMALO_PROCESS}}},
    {"the ends of time",
     {{'C', 1, 0, LATE - 2, LATE - 1, LATE, ARMALO_PROCESS},
      {'C', 2, 1, INT64_MIN, LATE, LATE, ARMALO_PROCESS},
      {'C', 2, 2, LATE - 1, LATE, LATE, ARMALO_IN_PROGRESS},
      {'D', 1, 0, LATE - 1, 0, LATE, 1},
      {'C', 1, 2, LATE - 1, LATE, LATE, ARMALO_DUPLICATE},
      {'C', 1, 2, LATE, LATE, LATE, ARMALO_PROCESS}}},
};
#define HISTORIES (sizeof histories / sizeof histories[0])

static void play(int kind, const history *h) {
    place p = place_make();
    armalo_store *store = store_make(kind, 3, &p);
    uint64_t tokens[3] = {0, 0, 0};
    for (size_t i = 0; h->steps[i].op != 0; i++) {
        const step *s = &h->steps[i];
        uint64_t n = (uint64_t)s->key;
        int32_t outcome = s->op == 'D' || s->op == 'd' ? ARMALO_DONE : ARMALO_FAILED, got = 0;
        if (s->op == 'C') {
            uint64_t token;
            got = claims(store, n, s->now_ms, s->lease_until_ms, s->keep_until_ms, &token);
            if (got == ARMALO_PROCESS) tokens[s->token] = token;
        } else if (s->op == 'D' || s->op == 'F') {
            got = settles(store, n, s->now_ms, s->keep_until_ms, tokens[s->token], outcome);
        } else {
            const uint64_t never[] = {0, 1, tokens[0] + 1000, tokens[0] - 1000, ~tokens[0], UINT64_MAX};
            for (size_t t = 0; t < sizeof never / sizeof never[0]; t++)
                got |= settles(store, n, s->now_ms, s->keep_until_ms, never[t], outcome);
        }
        ck_assert_msg(got == s->want, "%s store: %s: step %zu gives %d, not %d", kind == MEMORY ? "memory" : "sqlite",
                      h->what, i + 1, (int)got, (int)s->want);
    }
    armalo_store_free(store);
    place_remove(&p);
}

START_TEST(semantics) {
    play(MEMORY, &histories[_i]);
    play(SQLITE, &histories[_i]);
}
END_TEST

/* However a claim ends, and whatever was forgotten in between, no number comes a second time. */
START_TEST(tokens_never_repeat) {
    place p = place_make();
    armalo_store *store = store_make(_i, 1, &p);
    size_t count = _i == MEMORY ? 4000 : 160;
    uint64_t *seen = calloc(count, sizeof *seen);
    ck_assert_ptr_nonnull(seen);
    int64_t now = 1000;
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(claims(store, 1, now, now + 10, now + 20, &seen[i]), ARMALO_PROCESS);
        for (size_t j = 0; j < i; j++) must(seen[i] != seen[j]);
        uint64_t other;
        if (i % 4 == 0) { /* given back */
            ck_assert_int_eq(settles(store, 1, now, 0, seen[i], ARMALO_FAILED), 1);
        } else if (i % 4 == 1) { /* lapsed */
            now += 10;
        } else { /* done or not, forgotten, its place taken by another, forgotten in its turn */
            if (i % 4 == 2) ck_assert_int_eq(settles(store, 1, now, now + 20, seen[i], ARMALO_DONE), 1);
            now += 20;
            ck_assert_int_eq(claims(store, 2, now, now + 10, now + 20, &other), ARMALO_PROCESS);
            now += 20;
        }
        if (_i == SQLITE && i % 40 == 39) { /* and whichever process asks */
            armalo_store_free(store);
            store = store_make(_i, 1, &p);
        }
    }
    free(seen);
    armalo_store_free(store);
    place_remove(&p);
}
END_TEST

/* Nor does a new store begin where another began. */
START_TEST(tokens_begin_anywhere) {
    uint64_t tokens[3];
    for (int i = 0; i < 3; i++) {
        place p = place_make();
        armalo_store *store = store_make(_i, 1, &p);
        ck_assert_int_eq(claims(store, 1, 1000, 2000, 9000, &tokens[i]), ARMALO_PROCESS);
        armalo_store_free(store);
        place_remove(&p);
        for (int j = 0; j < i; j++) ck_assert_uint_gt(tokens[i] - tokens[j] + 1000, 2000);
    }
}
END_TEST

START_TEST(every_bit_of_the_key_counts) {
    place p = place_make();
    armalo_store *store = store_make(_i, 257, &p);
    uint64_t token;
    for (int round = 0; round < 2; round++)
        for (int bit = -1; bit < 256; bit += round == 0 || _i == MEMORY ? 1 : 8) {
            armalo_claim claim = claim_of(7, 1000, 2000, 9000);
            if (bit >= 0) claim.key[bit / 8] = (uint8_t)(claim.key[bit / 8] ^ (1u << bit % 8));
            int32_t got = store->claim(store->ctx, &claim, &token);
            ck_assert_msg(got == (round == 0 ? ARMALO_PROCESS : ARMALO_IN_PROGRESS), "bit %d", bit);
        }
    armalo_store_free(store);
    place_remove(&p);
}
END_TEST

/* What a store should know, in the plainest form. */
#define MODEL_KEYS 40
typedef struct model {
    int state; /* 0: nothing, 1: leased, 2: done */
    uint64_t token;
    int64_t lease_until_ms, keep_until_ms;
} model;

/* A long random history with a clock that only goes on. In memory the store is smaller than the number of keys, so that
 * it is full again and again and each place is used by many keys. */
START_TEST(random_history) {
    enum { CAPACITY = 23 };
    place p = place_make();
    armalo_store *store = store_make(_i, CAPACITY, &p);
    model keys[MODEL_KEYS];
    memset(keys, 0, sizeof keys);
    uint64_t random = 20240607, full = 0, processed = 0, duplicates = 0;
    int64_t now = 1000;
    for (int i = 0; i < (_i == MEMORY ? 400000 : 1500); i++) {
        uint64_t r = next_random(&random), n = r % MODEL_KEYS;
        model *m = &keys[n];
        now += (int64_t)(r >> 32) % 3;
        int64_t lease = now + 1 + (int64_t)(r >> 36) % 40, keep = lease + (int64_t)(r >> 40) % 80;
        uint64_t token;
        if (r >> 60 < 11) {
            size_t held = 0;
            for (size_t k = 0; k < MODEL_KEYS; k++) held += k != n && keys[k].state != 0 && now < keys[k].keep_until_ms;
            int known = m->state != 0 && now < m->keep_until_ms;
            int32_t want = ARMALO_PROCESS, got = claims(store, n, now, lease, keep, &token);
            if (m->state == 1 && now < m->lease_until_ms) want = ARMALO_IN_PROGRESS;
            if (m->state == 2 && now < m->keep_until_ms) want = ARMALO_DUPLICATE;
            if (_i == MEMORY && !known && held >= CAPACITY) {
                /* It is full, unless this very key still has a place that nobody needed yet. */
                full += is_unavailable(got) != 0;
                if (m->state == 0) must(is_unavailable(got));
                if (is_unavailable(got)) continue;
            }
            if (got != want) ck_abort_msg("step %d: claim gives %d, not %d", i, (int)got, (int)want);
            processed += got == ARMALO_PROCESS;
            duplicates += got == ARMALO_DUPLICATE;
            if (got == ARMALO_PROCESS) *m = (model){1, token, lease, keep};
        } else {
            int32_t outcome = r >> 60 < 14 ? ARMALO_DONE : ARMALO_FAILED;
            int32_t got = settles(store, n, now, keep, m->token, outcome);
            if (m->state == 1 && now >= m->keep_until_ms)
                must(got == 0 || got == 1); /* forgotten, or not yet */
            else if (got != (m->state == 1))
                ck_abort_msg("step %d: settle gives %d", i, (int)got);
            if (got == 1 && outcome == ARMALO_DONE && keep > m->keep_until_ms) m->keep_until_ms = keep;
            if (got == 1) m->state = outcome == ARMALO_DONE ? 2 : 0;
        }
    }
    ck_assert_uint_gt(processed, 100);
    ck_assert_uint_gt(duplicates, 100);
    if (_i == MEMORY) ck_assert_uint_gt(full, 1000);
    armalo_store_free(store);
    place_remove(&p);
}
END_TEST

START_TEST(wrong_calls_tell_nothing) {
    place p = place_make();
    armalo_store *store = store_make(_i, 4, &p);
    uint64_t token = 5;
    armalo_claim claim = claim_of(1, 1000, 2000, 9000);
    ck_assert(is_unavailable(store->claim(NULL, &claim, &token)));
    ck_assert(is_unavailable(store->claim(store->ctx, NULL, &token)));
    ck_assert(is_unavailable(store->claim(store->ctx, &claim, NULL)));
    ck_assert_int_eq(store->settle(NULL, &claim, token, ARMALO_DONE), -1);
    ck_assert_int_eq(store->settle(store->ctx, NULL, token, ARMALO_DONE), -1);
    const size_t sizes[] = {0, sizeof claim - 1, sizeof claim + 1, SIZE_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        claim.struct_size = sizes[i];
        ck_assert(is_unavailable(store->claim(store->ctx, &claim, &token)));
        ck_assert_int_eq(store->settle(store->ctx, &claim, token, ARMALO_DONE), -1);
    }
    ck_assert_uint_eq(token, 5);
    ck_assert_int_eq(claims(store, 1, 1000, 2000, 9000, &token), ARMALO_PROCESS); /* none of it left a claim */
    armalo_store_free(store);
    place_remove(&p);
}
END_TEST

static void refused(armalo_store *store, const armalo_decision *why, uint32_t reason) {
    ck_assert_ptr_null(store);
    ck_assert_int_eq(armalo_decision_granted(why), 0);
    ck_assert_uint_eq(why->reason, reason);
    ck_assert_int_eq(why->evidence, ARMALO_UNAVAILABLE);
    ck_assert_int_eq(why->public_class,
                     reason == ARMALO_REASON_INVALID_ARGUMENT ? ARMALO_CLASS_INTERNAL : ARMALO_CLASS_UNAVAILABLE);
    ck_assert_int_eq(why->http_status, reason == ARMALO_REASON_INVALID_ARGUMENT ? 500 : 503);
}

START_TEST(new_refuses) {
    armalo_decision why;
    const size_t capacities[] = {0, ARMALO_MEMORY_STORE_MAX + 1, SIZE_MAX};
    for (size_t i = 0; i < sizeof capacities / sizeof capacities[0]; i++) {
        memset(&why, 0xff, sizeof why);
        refused(armalo_memory_store_new(capacities[i], &why), &why, ARMALO_REASON_INVALID_ARGUMENT);
    }
    const char *const paths[] = {NULL, "", ":memory:", "file:", "file:/tmp/armalo-never?mode=memory"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        memset(&why, 0xff, sizeof why);
        refused(armalo_sqlite_store_new(paths[i], 0, &why), &why, ARMALO_REASON_INVALID_ARGUMENT);
        ck_assert_ptr_null(armalo_sqlite_store_new(paths[i], 0, NULL));
    }
    place p = place_make();
    const int32_t timeouts[] = {-1, INT32_MIN, 60001, INT32_MAX};
    for (size_t i = 0; i < sizeof timeouts / sizeof timeouts[0]; i++) {
        memset(&why, 0xff, sizeof why);
        refused(armalo_sqlite_store_new(p.file, timeouts[i], &why), &why, ARMALO_REASON_INVALID_ARGUMENT);
    }
    ck_assert_int_ne(access(p.file, F_OK), 0); /* nothing was made */
    armalo_store *store = armalo_sqlite_store_new(p.file, 60000, NULL);
    ck_assert_ptr_nonnull(store);
    armalo_store_free(store);
    store = armalo_memory_store_new(1, NULL);
    ck_assert_ptr_nonnull(store);
    armalo_store_free(store);
    place_remove(&p);
}
END_TEST

static int released;
static void release_counts(armalo_store *store) { released += store->ctx == &released; }

START_TEST(free_is_the_stores_own) {
    armalo_store own;
    memset(&own, 0, sizeof own);
    own.struct_size = sizeof own;
    own.ctx = &released;
    armalo_store_free(NULL);
    armalo_store_free(&own); /* nothing to free */
    own.release = release_counts;
    armalo_store_free(&own);
    ck_assert_int_eq(released, 1);
    own.struct_size = sizeof own - 1; /* too short to have a release */
    armalo_store_free(&own);
    ck_assert_int_eq(released, 1);
}
END_TEST

/* Exactly full, and room again only where something ran out. */
START_TEST(memory_capacity_is_exact) {
    static const size_t capacities[] = {1, 2, 3, 7, 64, 1000, 8191};
    size_t capacity = capacities[_i];
    armalo_store *store = store_make(MEMORY, capacity, NULL);
    uint64_t token, first = 0;
    for (size_t i = 0; i < capacity; i++) {
        /* The first is remembered until 5000, the others until 9000. */
        must(claims(store, i, 1000, 2000, i == 0 ? 5000 : 9000, &token) == ARMALO_PROCESS);
        if (i == 0)
            first = token;
        else if (i % 2 == 0)
            must(settles(store, i, 1500, 9000, token, ARMALO_DONE) == 1);
    }
    for (size_t i = capacity; i < capacity + 3; i++) must(is_unavailable(claims(store, i, 1999, 2999, 9999, &token)));
    /* A lapsed lease is still remembered: it is the one thing that says who may settle. */
    must(is_unavailable(claims(store, capacity, 4999, 5999, 9999, &token)));
    must(settles(store, 0, 4999, 5000, first, ARMALO_DONE) == 1);
    must(is_unavailable(claims(store, capacity, 4999, 5999, 9999, &token)));
    must(claims(store, 0, 4999, 5999, 9999, &token) == ARMALO_DUPLICATE);
    for (size_t i = 1; i < capacity; i++)
        ck_assert_int_eq(claims(store, i, 1999, 2999, 9999, &token),
                         i % 2 == 0 ? ARMALO_DUPLICATE : ARMALO_IN_PROGRESS);
    /* At 5000 one place is free, and one only. */
    uint64_t kept;
    must(claims(store, capacity, 5000, 6000, 9999, &kept) == ARMALO_PROCESS);
    must(is_unavailable(claims(store, capacity + 1, 5000, 6000, 9999, &token)));
    must(is_unavailable(claims(store, 0, 5000, 6000, 9999, &token)));
    /* Given back makes room at once. */
    must(settles(store, capacity, 5000, 0, kept, ARMALO_FAILED) == 1);
    must(claims(store, capacity + 1, 5000, 6000, 9999, &token) == ARMALO_PROCESS);
    must(is_unavailable(claims(store, capacity, 5000, 6000, 9999, &token)));
    for (size_t i = 2; i < capacity; i += 2) must(claims(store, i, 8999, 9999, 9999, &token) == ARMALO_DUPLICATE);
    /* At 9000 all but the newest are past their time. */
    for (size_t i = 0; i + 1 < capacity; i++)
        must(claims(store, 2 * capacity + i, 9000, 9500, 19999, &token) == ARMALO_PROCESS);
    must(is_unavailable(claims(store, 5 * capacity, 9000, 9500, 19999, &token)));
    armalo_store_free(store);
}
END_TEST

/* A lease is not forgotten before its end, even when what it would leave behind may be. */
START_TEST(memory_keeps_leases) {
    armalo_store *store = store_make(MEMORY, 1, NULL);
    uint64_t token;
    ck_assert_int_eq(claims(store, 1, 1000, 2000, 1500, &token), ARMALO_PROCESS);
    ck_assert(is_unavailable(claims(store, 2, 1999, 2999, 9000, &token)));
    ck_assert_int_eq(claims(store, 1, 1999, 2999, 9000, &token), ARMALO_IN_PROGRESS);
    ck_assert_int_eq(claims(store, 2, 2000, 3000, 9000, &token), ARMALO_PROCESS);
    armalo_store_free(store);
}
END_TEST

/* A large store is many small ones inside. It holds what was asked for whichever keys come, a little more at most, and
 * forgets nothing for being full. */
START_TEST(memory_capacity_is_held_at_size) {
    static const size_t capacities[] = {8192, 8193, 50000, 300000};
    size_t capacity = capacities[_i], held = 0;
    armalo_store *store = store_make(MEMORY, capacity, NULL);
    uint64_t token;
    for (size_t i = 0; i < capacity; i++) must(claims(store, i, 1000, 2000, 9000, &token) == ARMALO_PROCESS);
    for (size_t i = capacity; i < 2 * capacity; i++) {
        int32_t got = claims(store, i, 1000, 2000, 9000, &token);
        must(got == ARMALO_PROCESS || is_unavailable(got));
        held += got == ARMALO_PROCESS;
    }
    ck_assert_uint_lt(held, capacity / 5);
    for (size_t i = 0; i < capacity; i++) must(claims(store, i, 1999, 2999, 9000, &token) == ARMALO_IN_PROGRESS);
    for (size_t i = 0; i < capacity; i++)
        must(claims(store, 3 * capacity + i, 9000, 9500, 19000, &token) == ARMALO_PROCESS);
    armalo_store_free(store);
}
END_TEST

START_TEST(sqlite_is_durable_and_shared) {
    place p = place_make();
    (void)umask(0);
    armalo_store *one = store_make(SQLITE, 0, &p), *two = store_make(SQLITE, 0, &p);
    uint64_t a, b, token;
    ck_assert_int_eq(claims(one, 1, 1000, 2000, 9000, &a), ARMALO_PROCESS);
    ck_assert_int_eq(claims(two, 1, 1000, 2000, 9000, &token), ARMALO_IN_PROGRESS);
    ck_assert_int_eq(claims(two, 2, 1000, 2000, 9000, &b), ARMALO_PROCESS);
    ck_assert_int_eq(settles(two, 1, 1000, 9000, a, ARMALO_DONE), 1); /* a token is good in every process */
    ck_assert_int_eq(claims(one, 1, 2500, 3500, 9000, &token), ARMALO_DUPLICATE);
    /* The files are their owner's alone, whatever the umask. */
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        char name[96];
        struct stat status;
        snprintf(name, sizeof name, "%s%s", p.file, ends[i]);
        ck_assert_int_eq(stat(name, &status), 0);
        ck_assert_uint_eq(status.st_mode & 0777, 0600);
    }
    armalo_store_free(one);
    armalo_store_free(two);
    one = store_make(SQLITE, 0, &p);
    ck_assert_int_eq(claims(one, 1, 2500, 3500, 9000, &token), ARMALO_DUPLICATE);
    ck_assert_int_eq(claims(one, 2, 1999, 2999, 9000, &token), ARMALO_IN_PROGRESS);
    ck_assert_int_eq(settles(one, 2, 1999, 0, b, ARMALO_FAILED), 1);
    ck_assert_int_eq(claims(one, 2, 1999, 2999, 9000, &token), ARMALO_PROCESS);
    armalo_store_free(one);
    place_remove(&p);
}
END_TEST

/* The file of a store that forgets stops growing: pruning keeps up with claiming. */
START_TEST(sqlite_prunes) {
    place p = place_make();
    armalo_store *store = store_make(SQLITE, 0, &p);
    uint64_t token;
    struct stat status;
    for (uint64_t i = 0; i < 300; i++) {
        ck_assert_int_eq(claims(store, i, 1000, 2000, 9000, &token), ARMALO_PROCESS);
        if (i % 2 == 0) ck_assert_int_eq(settles(store, i, 1000, 9000, token, ARMALO_DONE), 1);
    }
    for (uint64_t i = 300; i < 600; i++) ck_assert_int_eq(claims(store, i, 9000, 9999, 19999, &token), ARMALO_PROCESS);
    armalo_store_free(store); /* the last connection moves everything into the file */
    ck_assert_int_eq(stat(p.file, &status), 0);
    /* 300 rows of a 32-byte key, four numbers and an index entry with the key again: far under 64 KiB; 600 are not. */
    ck_assert_int_lt(status.st_size, 64 * 1024);
    place_remove(&p);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_loop_test(tc, semantics, 0, (int)HISTORIES);
    tcase_add_loop_test(tc, tokens_never_repeat, 0, 2);
    tcase_add_loop_test(tc, tokens_begin_anywhere, 0, 2);
    tcase_add_loop_test(tc, every_bit_of_the_key_counts, 0, 2);
    tcase_add_loop_test(tc, random_history, 0, 2);
    tcase_add_loop_test(tc, wrong_calls_tell_nothing, 0, 2);
    tcase_add_test(tc, new_refuses);
    tcase_add_test(tc, free_is_the_stores_own);
    tcase_add_loop_test(tc, memory_capacity_is_exact, 0, 7);
    tcase_add_test(tc, memory_keeps_leases);
    tcase_add_loop_test(tc, memory_capacity_is_held_at_size, 0, 4);
    tcase_add_test(tc, sqlite_is_durable_and_shared);
    tcase_add_test(tc, sqlite_prunes);
}

TEST_MAIN("store_contract", fill, 60)
