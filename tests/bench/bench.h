/* SPDX-License-Identifier: MIT */
/* bench/bench.h: a thing and its floor, measured in turn in the same run, so that their ratio holds when the machine's
 * speed drifts. Each round times both; reported are the best and the median of the rounds. */
#ifndef ARMALO_BENCH_H
#define ARMALO_BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BENCH_ROUNDS 9

typedef void (*bench_fn)(void *ctx, size_t times);

static volatile uint64_t bench_sink; /* what is computed must not be optimised away */

static inline double bench_now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static inline double bench_once(bench_fn fn, void *ctx, size_t times) {
    double start = bench_now_ns();
    fn(ctx, times);
    return (bench_now_ns() - start) / (double)times;
}

static inline int bench_compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* How often to run fn so that one round takes about 20 ms. */
static inline size_t bench_times(bench_fn fn, void *ctx) {
    size_t times = 1;
    while (times < ((size_t)1 << 24) && bench_once(fn, ctx, times) * (double)times < 2e7) times *= 2;
    return times;
}

/* Measures fn against floor and prints one row. Returns the median of the rounds' ratios. bar 0: none. */
static inline double bench_row(const char *name, bench_fn fn, void *ctx, const char *floor_name, bench_fn floor,
                               void *floor_ctx, double bar) {
    double ns[BENCH_ROUNDS], floor_ns[BENCH_ROUNDS], ratio[BENCH_ROUNDS];
    size_t times = bench_times(fn, ctx), floor_times = bench_times(floor, floor_ctx);
    for (int r = 0; r < BENCH_ROUNDS; r++) {
        floor_ns[r] = bench_once(floor, floor_ctx, floor_times);
        ns[r] = bench_once(fn, ctx, times);
        ratio[r] = ns[r] / floor_ns[r];
    }
    qsort(ns, BENCH_ROUNDS, sizeof ns[0], bench_compare);
    qsort(floor_ns, BENCH_ROUNDS, sizeof ns[0], bench_compare);
    qsort(ratio, BENCH_ROUNDS, sizeof ns[0], bench_compare);
    double median = ratio[BENCH_ROUNDS / 2];
    printf("%-44s %11.1f %11.1f   %-30s %11.1f   %6.3f", name, ns[0], ns[BENCH_ROUNDS / 2], floor_name,
           floor_ns[BENCH_ROUNDS / 2], median);
    if (bar > 0) printf("   bar %.2f: %s", bar, median <= bar ? "reached" : "NOT REACHED");
    printf("\n");
    fflush(stdout);
    return median;
}

static inline void bench_title(const char *title) {
    printf("\n%s\n%-44s %11s %11s   %-30s %11s   %6s\n", title, "what", "best ns", "median ns", "floor", "median ns",
           "ratio");
}

#endif
