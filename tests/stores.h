/* SPDX-License-Identifier: MIT */
/* tests/stores.h: what the programs about delivery stores share: stores of both kinds, keys, claims. Define
 * _POSIX_C_SOURCE first. */
#ifndef ARMALO_TESTS_STORES_H
#define ARMALO_TESTS_STORES_H

#include "armalo/sqlite.h"
#include "test.h"

#include <unistd.h>

#define MEMORY 0
#define SQLITE 1

/* A directory of this test alone, and a file name in it. */
typedef struct place {
    char dir[64];
    char file[80];
} place;

static inline place place_make(void) {
    place p;
    strcpy(p.dir, "/tmp/armalo-store-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(p.dir));
    snprintf(p.file, sizeof p.file, "%s/deliveries", p.dir);
    return p;
}

static inline void place_remove(const place *p) {
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char name[96];
        snprintf(name, sizeof name, "%s%s", p->file, ends[i]);
        (void)unlink(name);
    }
    (void)rmdir(p->dir);
}

static inline armalo_store *store_make(int kind, size_t capacity, const place *p) {
    armalo_decision why;
    memset(&why, 0xff, sizeof why);
    armalo_store *store =
        kind == MEMORY ? armalo_memory_store_new(capacity, &why) : armalo_sqlite_store_new(p->file, 0, &why);
    ck_assert_msg(store != NULL, "%s: %s", armalo_reason_name(why.reason), why.detail);
    ck_assert_int_eq(armalo_decision_granted(&why), 0);
    return store;
}

/* Key number n: spread like the digests that keys are (splitmix64, by Vigna). */
static inline armalo_claim claim_of(uint64_t n, int64_t now_ms, int64_t lease_until_ms, int64_t keep_until_ms) {
    armalo_claim claim;
    memset(&claim, 0, sizeof claim);
    claim.struct_size = sizeof claim;
    uint64_t state = n * 4;
    for (size_t i = 0; i < sizeof claim.key; i += 8) {
        uint64_t z = (state += 1) * UINT64_C(0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        z ^= z >> 31;
        memcpy(claim.key + i, &z, sizeof z);
    }
    claim.now_ms = now_ms;
    claim.lease_until_ms = lease_until_ms;
    claim.keep_until_ms = keep_until_ms;
    return claim;
}

/* For loops: Check writes something down for each of its assertions, held or not. */
#define must(what)                                                                                                     \
    do {                                                                                                               \
        if (!(what)) ck_abort_msg("%s does not hold", #what);                                                          \
    } while (0)

/* A claim whose token matters only in that there is one when, and only when, there should be. */
static inline int32_t claims(const armalo_store *store, uint64_t n, int64_t now_ms, int64_t lease_until_ms,
                             int64_t keep_until_ms, uint64_t *token) {
    static const uint64_t poison = UINT64_C(0xdeadbeefdeadbeef);
    armalo_claim claim = claim_of(n, now_ms, lease_until_ms, keep_until_ms);
    *token = poison;
    int32_t disposition = store->claim(store->ctx, &claim, token);
    must((disposition == ARMALO_PROCESS) == (*token != poison));
    return disposition;
}

static inline int32_t settles(const armalo_store *store, uint64_t n, int64_t now_ms, int64_t keep_until_ms,
                              uint64_t token, int32_t outcome) {
    armalo_claim claim = claim_of(n, now_ms, 0, keep_until_ms);
    return store->settle(store->ctx, &claim, token, outcome);
}

/* None of the dispositions: what denies. */
static inline int is_unavailable(int32_t disposition) {
    return disposition != ARMALO_PROCESS && disposition != ARMALO_IN_PROGRESS && disposition != ARMALO_DUPLICATE;
}

/* A small generator, so that runs repeat (xorshift64*, by Marsaglia and Vigna). */
static inline uint64_t next_random(uint64_t *state) {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(0x2545f4914f6cdd1d);
}

#endif
