/* SPDX-License-Identifier: MIT */
/* A claim in the memory store against a bare open-addressing table.
 *
 * Ours: the store's claim function, called directly: lock or not, lease, expiry, token.
 * Bare: one hash table of the same slots (key of 32 bytes, token, two times), linear probing from eight bytes of the
 *       key, an insert where the key is new; no lock, no leases, nothing ever expires. Half as many slots again as
 *       deliveries.
 * Both: begin with cold caches (256 MiB are read in between), since the work on a real delivery comes between two
 * claims. New:  300,000 keys that were never seen, into memory that was touched before. Known: keys that are leased
 * already. */
#include "armalo.h"
#include "bench.h"

#define CAPACITY  ((size_t)1 << 20)
#define NEW_KEYS  300000
#define FEW       1000
#define BARE_SIZE ((size_t)1 << 21)
#define BARE_MASK (BARE_SIZE - 1)

typedef struct bare_slot {
    uint8_t key[32];
    uint64_t token;
    int64_t lease_until_ms, keep_until_ms;
} bare_slot;

static bare_slot *bare;
static uint8_t (*keys)[32];

static uint64_t bare_home(const uint8_t *key) {
    uint64_t home;
    memcpy(&home, key, sizeof home);
    return home;
}

static uint64_t bare_claim(const uint8_t *key, int64_t lease_until_ms, int64_t keep_until_ms) {
    static uint64_t last;
    size_t at = bare_home(key) & BARE_MASK;
    for (; bare[at].token != 0; at = (at + 1) & BARE_MASK) {
        if (memcmp(bare[at].key, key, 32) == 0) return 0;
    }
    memcpy(bare[at].key, key, 32);
    bare[at].lease_until_ms = lease_until_ms;
    bare[at].keep_until_ms = keep_until_ms;
    return bare[at].token = ++last;
}

/* Read enough to push everything else out of the caches. */
static void chill(void) {
    static uint8_t *buffer;
    const size_t size = (size_t)256 << 20;
    if (buffer == NULL) buffer = calloc(size, 1);
    if (buffer == NULL) exit(2);
    for (size_t i = 0; i < size; i += 64) bench_sink += buffer[i]++;
}

static double ours_round(armalo_store *store, size_t from, size_t count, int32_t expected) {
    armalo_claim claim = {sizeof claim, {0}, 1000, 61000, 345601000};
    uint64_t token = 0;
    double start = bench_now_ns();
    for (size_t i = from; i < from + count; i++) {
        memcpy(claim.key, keys[i], 32);
        if (store->claim(store->ctx, &claim, &token) != expected) exit(2);
        bench_sink += token;
    }
    return (bench_now_ns() - start) / (double)count;
}

static double bare_round(size_t from, size_t count) {
    double start = bench_now_ns();
    uint64_t token = 0;
    for (size_t i = from; i < from + count; i++) {
        bench_sink += token = bare_claim(keys[i], 61000, 345601000);
    }
    return (bench_now_ns() - start) / (double)count;
}

static void report(const char *name, double *ours, double *floor, int has_bar) {
    double ratio[BENCH_ROUNDS];
    for (int r = 0; r < BENCH_ROUNDS; r++) ratio[r] = ours[r] / floor[r];
    qsort(ours, BENCH_ROUNDS, sizeof ours[0], bench_compare);
    qsort(floor, BENCH_ROUNDS, sizeof ours[0], bench_compare);
    qsort(ratio, BENCH_ROUNDS, sizeof ours[0], bench_compare);
    double median = ratio[BENCH_ROUNDS / 2];
    printf("%-44s %11.1f %11.1f   %-30s %11.1f   %6.3f", name, ours[0], ours[BENCH_ROUNDS / 2], "bare table",
           floor[BENCH_ROUNDS / 2], median);
    if (has_bar) printf("   bar 1.50: %s", median <= 1.5 ? "reached" : "NOT REACHED");
    printf("\n");
}

/* Every round fills a store that was filled and given back before, so that no page is touched for the first time. */
static int bench_new(armalo_store *store) {
    double ours[BENCH_ROUNDS], floor[BENCH_ROUNDS];
    armalo_claim claim = {sizeof claim, {0}, 1000, 61000, 345601000};
    uint64_t *tokens = calloc(NEW_KEYS, sizeof *tokens);
    if (tokens == NULL) return 0;
    for (int r = -1; r < BENCH_ROUNDS; r++) {
        memset(bare, 0, BARE_SIZE * sizeof *bare);
        chill();
        double bare_ns = bare_round(0, NEW_KEYS);
        chill();
        double start = bench_now_ns();
        for (size_t i = 0; i < NEW_KEYS; i++) {
            memcpy(claim.key, keys[i], 32);
            if (store->claim(store->ctx, &claim, &tokens[i]) != ARMALO_PROCESS) return 0;
        }
        double ours_ns = (bench_now_ns() - start) / NEW_KEYS;
        for (size_t i = 0; i < NEW_KEYS; i++) {
            memcpy(claim.key, keys[i], 32);
            if (store->settle(store->ctx, &claim, tokens[i], ARMALO_FAILED) != 1) return 0;
        }
        if (r >= 0) {
            ours[r] = ours_ns;
            floor[r] = bare_ns;
        }
    }
    free(tokens);
    report("claim of a new delivery, store of 1,048,576", ours, floor, 1);
    return 1;
}

static int bench_known(size_t count, const char *name) {
    armalo_store *store = armalo_memory_store_new(CAPACITY, NULL);
    if (store == NULL) return 0;
    double ours[BENCH_ROUNDS], floor[BENCH_ROUNDS];
    memset(bare, 0, BARE_SIZE * sizeof *bare);
    (void)bare_round(0, count);
    (void)ours_round(store, 0, count, ARMALO_PROCESS);
    for (int r = 0; r < BENCH_ROUNDS; r++) {
        floor[r] = ours[r] = 0;
        for (size_t i = 0; i < NEW_KEYS / count; i++) {
            if (count == NEW_KEYS) chill();
            floor[r] += bare_round(0, count);
            if (count == NEW_KEYS) chill();
            ours[r] += ours_round(store, 0, count, ARMALO_IN_PROGRESS);
        }
        floor[r] /= (double)(NEW_KEYS / count);
        ours[r] /= (double)(NEW_KEYS / count);
    }
    report(name, ours, floor, 1);
    armalo_store_free(store);
    return 1;
}

int main(void) {
    armalo_decision why;
    armalo_store *store = armalo_memory_store_new(CAPACITY, &why);
    uint64_t state = 88172645463325252u;
    bare = calloc(BARE_SIZE, sizeof *bare);
    keys = calloc(NEW_KEYS, sizeof *keys);
    if (store == NULL || bare == NULL || keys == NULL) return 2;
    for (size_t i = 0; i < NEW_KEYS * 4; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        uint64_t mixed = state * UINT64_C(0x9E3779B97F4A7C15);
        memcpy((uint8_t *)keys + 8 * i, &mixed, 8);
    }
    bench_title("delivery store in memory: ns a claim");
    int done = bench_new(store);
    armalo_store_free(store);
    if (!done || !bench_known(FEW, "claim of a leased delivery, 1,000 hot") ||
        !bench_known(NEW_KEYS, "claim of a leased delivery, 300,000")) {
        return 2;
    }
    free(bare);
    free(keys);
    return 0;
}
