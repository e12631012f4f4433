/* SPDX-License-Identifier: MIT */
/* The strict JSON check of documents of about 1 KiB, in MB/s; the floor is one memchr for a byte that is not there:
 * reading the bytes at all. cJSON, where the machine has it, is measured by examples only: it builds a tree and accepts
 * what is not JSON. */
#include "armalo.h"
#include "bench.h"

typedef struct document {
    const char *name;
    char text[2048];
    size_t len;
} document;

static void run_check(void *ctx, size_t times) {
    document *d = ctx;
    for (size_t i = 0; i < times; i++) {
        if (!armalo_json_check(d->text, d->len, SIZE_MAX, NULL)) exit(2);
        bench_sink++;
    }
}

static void run_touch(void *ctx, size_t times) {
    document *d = ctx;
    for (size_t i = 0; i < times; i++) {
        bench_sink += memchr(d->text, 1, d->len) == NULL;
        d->text[0] = d->text[0] == '{' ? '{' : '['; /* keeps the loop from being lifted */
    }
}

static void repeat(document *d, const char *name, const char *open, const char *piece, const char *close) {
    d->name = name;
    d->len = (size_t)sprintf(d->text, "%s", open);
    for (unsigned i = 0; d->len + strlen(piece) + strlen(close) + 16 < 1024; i++) {
        if (i > 0) d->text[d->len++] = ',';
        d->len += (size_t)sprintf(d->text + d->len, piece, i, i * 7919u);
    }
    d->len += (size_t)sprintf(d->text + d->len, "%s", close);
}

int main(void) {
    static document d;
    bench_title("strict JSON check, about 1 KiB");
    for (int i = 0; i < 4; i++) {
        if (i == 0)
            repeat(&d, "a webhook body",
                   "{\"type\":\"invoice.paid\",\"timestamp\":\"2026-11-23T14:00:00Z\",\"data\":{\"items\":[",
                   "{\"id\":\"in_%06u\",\"amount\":\"12.50\",\"count\":%u,\"paid\":true}", "]}}");
        if (i == 1)
            repeat(&d, "long strings", "[",
                   "\"The quick brown fox jumps over the lazy dog, %u times, and then %u more.\"", "]");
        if (i == 2) repeat(&d, "numbers", "[", "%u.5e3,%u", "]");
        if (i == 3) repeat(&d, "one flat object", "{", "\"k%u\":%u", "}");
        bench_row(d.name, run_check, &d, "memchr over the bytes", run_touch, &d, 0);
        size_t times = bench_times(run_check, &d);
        double best = 1e18;
        for (int r = 0; r < BENCH_ROUNDS; r++) {
            double ns = bench_once(run_check, &d, times);
            if (ns < best) best = ns;
        }
        double rate = (double)d.len * 1e3 / best;
        printf("%-44s %zu B, best %.0f MB/s%s\n", "", d.len, rate,
               i > 0         ? ""
               : rate >= 500 ? "   bar 500: reached"
                             : "   bar 500: NOT REACHED");
    }
    return 0;
}
