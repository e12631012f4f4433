/* SPDX-License-Identifier: MIT */
/* Verification of one of a million API keys against its floor; threads; scopes; loading.
 *
 * Ours:  armalo_key_verify: any org, two scopes required, a read by a server, audit off, constant clock. Each call is
 *        for another key, so that its slot is not in the cache.
 * Floor: what no lookup by a keyed digest can do without: two ready SHA-256 states copied, the token hashed, and one
 *        load of a 64-byte line, at the place that the digest says, in a table of 128 MB (two lines a key, as in any
 *        hash table that is half full).
 * The tokens stand one after the other for both, so reading them costs neither a cache miss. */
#define _GNU_SOURCE
#define OPENSSL_SUPPRESS_DEPRECATED
#include "armalo.h"
#include "bench.h"

#include <malloc.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>

#define NOW_MS INT64_C(1700000000000)
#define KEYS   ((size_t)1000000)
#define LINES  ((size_t)1 << 21) /* of the floor's table */
#define TOKEN  46

static uint8_t root[32];
static armalo_host *host;

static int64_t clock_ms(void *ctx) {
    (void)ctx;
    return NOW_MS;
}

/* ---- A million records, without our code: HMAC from ready states, texts put together by hand. ---- */

typedef struct states {
    SHA256_CTX inner, outer;
} states;
static states pepper, seal;

static void states_make(states *s, uint64_t number) {
    uint8_t block[64] = {0};
    if (crypto_kdf_derive_from_key(block, 32, number, "armalo_1", root) != 0) exit(2);
    for (int i = 0; i < 64; i++) block[i] ^= 0x36;
    SHA256_Init(&s->inner);
    SHA256_Update(&s->inner, block, 64);
    for (int i = 0; i < 64; i++) block[i] ^= 0x36 ^ 0x5c;
    SHA256_Init(&s->outer);
    SHA256_Update(&s->outer, block, 64);
}

static inline void mac(const states *s, const char *text, size_t len, uint8_t tag[32]) {
    SHA256_CTX c = s->inner;
    SHA256_Update(&c, text, len);
    SHA256_Final(tag, &c);
    c = s->outer;
    SHA256_Update(&c, tag, 32);
    SHA256_Final(tag, &c);
}

static size_t hex(const uint8_t tag[32], char *out) {
    for (int i = 0; i < 32; i++) {
        out[2 * i] = "0123456789abcdef"[tag[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[tag[i] & 15];
    }
    return 64;
}

static void token_make(uint64_t number, char *out) {
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    static uint32_t table[256];
    uint64_t x = number * UINT64_C(0x9E3779B97F4A7C15) + 1;
    memcpy(out, "pk_live_", 8);
    for (int i = 8; i < 40; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        out[i] = digits[(x >> 33) % 62];
    }
    for (int i = 8; i < 14; i++, number /= 62) out[i] = digits[number % 62];
    if (table[1] == 0) {
        for (uint32_t byte = 0; byte < 256; byte++) {
            table[byte] = byte;
            for (int bit = 0; bit < 8; bit++) table[byte] = table[byte] >> 1 ^ (table[byte] & 1 ? 0xEDB88320 : 0);
        }
    }
    uint32_t crc = UINT32_MAX;
    for (int i = 0; i < 40; i++) crc = crc >> 8 ^ table[(crc ^ (uint8_t)out[i]) & 255];
    crc = ~crc;
    for (int i = 45; i >= 40; i--, crc /= 62) out[i] = digits[crc % 62];
}

/* A record of key `number`, as a host has it: one of a thousand orgs, one of sixteen sets of scopes. */
static size_t record_make(uint64_t number, const char *token, char *out) {
    static const char *const more[] = {"agents:write\",\"evals:read", "agents:write\",\"keys:read", "agents:write",
                                       "agents:write\",\"pacts:*"};
    char digest[65] = "", tag_text[65] = "", canonical[1024], scopes[256], expires[32];
    uint8_t tag[32];
    mac(&pepper, token, TOKEN, tag);
    hex(tag, digest);
    snprintf(scopes, sizeof scopes, "[\"agents:read\",\"%s\"%s]", more[number % 4],
             number / 4 % 4 == 0   ? ""
             : number / 4 % 4 == 1 ? ",\"trust:read\""
             : number / 4 % 4 == 2 ? ",\"webhooks:read\""
                                   : ",\"webhooks:*\"");
    snprintf(expires, sizeof expires, number % 3 == 0 ? "\"2033-01-01T00:00:00.000Z\"" : "null");
    int len = snprintf(
        canonical, sizeof canonical,
        "{\"created_at\":\"2023-11-14T21:56:40.000Z\",\"digest\":\"hs256:%s\",\"env\":\"live\",\"expires_at\":%s,"
        "\"id\":\"key_%024llx\",\"name\":\"key of a customer\",\"not_before\":null,\"org\":\"org_%llu\","
        "\"replaces\":null,\"revoked_at\":null,\"scopes\":%s,\"use\":\"server\",\"v\":1}",
        digest, expires, (unsigned long long)number, (unsigned long long)(number % 1000), scopes);
    mac(&seal, canonical, (size_t)len, tag);
    hex(tag, tag_text);
    return (size_t)snprintf(
        out, 1024,
        "{\"v\":1,\"id\":\"key_%024llx\",\"org\":\"org_%llu\",\"name\":\"key of a customer\",\"digest\":\"hs256:%s\","
        "\"scopes\":%s,\"env\":\"live\",\"use\":\"server\",\"created_at\":\"2023-11-14T21:56:40.000Z\","
        "\"not_before\":null,\"expires_at\":%s,\"revoked_at\":null,\"replaces\":null,\"seal\":\"hs256:%s\"}\n",
        (unsigned long long)number, (unsigned long long)(number % 1000), digest, scopes, expires, tag_text);
}

/* ---- Verification. ---- */

typedef struct subject {
    armalo_keys *keys;
    const char *tokens; /* count of them, TOKEN bytes each */
    size_t count, at;
    armalo_access access;
    int granted; /* what each answer must be */
} subject;

static subject subject_of(armalo_keys *keys, const char *tokens, size_t count, int granted) {
    return (subject){.keys = keys,
                     .tokens = tokens,
                     .count = count,
                     .access = {.struct_size = sizeof(armalo_access),
                                .any_org = ARMALO_ANY_ORG,
                                .scopes = "agents:read agents:write",
                                .intent = ARMALO_READ,
                                .caller = ARMALO_CALLER_SERVER},
                     .granted = granted};
}

static void run_ours(void *ctx, size_t times) {
    subject *s = ctx;
    armalo_decision why;
    for (size_t i = 0; i < times; i++) {
        if (armalo_key_verify(s->keys, s->tokens + s->at * TOKEN, TOKEN, &s->access, &why) != s->granted) {
            fprintf(stderr, "key %zu: %s\n", s->at, armalo_reason_name(why.reason));
            exit(2);
        }
        bench_sink += (uint64_t)why.principal[27];
        if (++s->at == s->count) s->at = 0;
    }
}

typedef struct line {
    uint64_t word[8];
} line;
static line *table;

static void run_floor(void *ctx, size_t times) {
    subject *s = ctx;
    for (size_t i = 0; i < times; i++) {
        uint8_t tag[32];
        uint64_t place;
        mac(&pepper, s->tokens + s->at * TOKEN, TOKEN, tag);
        memcpy(&place, tag, sizeof place);
        bench_sink += table[place % LINES].word[place >> 61];
        if (++s->at == s->count) s->at = 0;
    }
}

static void run_digest(void *ctx, size_t times) {
    subject *s = ctx;
    for (size_t i = 0; i < times; i++) {
        uint8_t tag[32];
        mac(&pepper, s->tokens + s->at * TOKEN, TOKEN, tag);
        bench_sink += tag[0];
        if (++s->at == s->count) s->at = 0;
    }
}

/* ---- Threads. ---- */

typedef struct worker {
    bench_fn fn;
    subject s;
    size_t times;
} worker;

static void *work(void *ctx) {
    worker *w = ctx;
    w->fn(&w->s, w->times);
    return NULL;
}

typedef struct swapper {
    armalo_keys *keys;
    const char *text;
    size_t len;
    _Atomic int stop;
    unsigned swaps;
} swapper;

static void *swap(void *ctx) {
    swapper *s = ctx;
    while (!atomic_load(&s->stop)) {
        if (armalo_keys_load(s->keys, s->text, s->len, NULL, NULL) != 1) exit(2);
        s->swaps++;
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    }
    return NULL;
}

/* How much two threads do a second, each on another half of the keys, over what one does: the median of the rounds.
 * The floor, which shares nothing, tells what the machine gives. */
static double bench_two(bench_fn fn, const subject *s, swapper *writer) {
    double ratio[BENCH_ROUNDS];
    worker one = {fn, *s, 0}, two[2] = {{fn, *s, 0}, {fn, *s, 0}};
    pthread_t swapping;
    two[1].s.at = s->count / 2;
    one.times = two[0].times = two[1].times = bench_times(fn, &one.s) * 8;
    for (int r = 0; r < BENCH_ROUNDS; r++) {
        pthread_t a, b;
        double t0 = bench_now_ns();
        work(&one);
        double alone = bench_now_ns() - t0;
        if (writer != NULL) {
            atomic_store(&writer->stop, 0);
            if (pthread_create(&swapping, NULL, swap, writer) != 0) exit(2);
        }
        t0 = bench_now_ns();
        if (pthread_create(&a, NULL, work, &two[0]) != 0 || pthread_create(&b, NULL, work, &two[1]) != 0) exit(2);
        pthread_join(a, NULL);
        pthread_join(b, NULL);
        ratio[r] = 2 * alone / (bench_now_ns() - t0);
        if (writer != NULL) {
            atomic_store(&writer->stop, 1);
            pthread_join(swapping, NULL);
        }
    }
    qsort(ratio, BENCH_ROUNDS, sizeof ratio[0], bench_compare);
    return ratio[BENCH_ROUNDS / 2];
}

static void bench_threads(const char *name, const subject *s, bench_fn floor, swapper *writer) {
    double ours = bench_two(run_ours, s, writer), machine = bench_two(floor, s, NULL);
    printf("%-44s one thread x %.2f, the floor x %.2f   bar 1.90: %s\n", name, ours, machine,
           ours >= 1.9 ? "reached" : "NOT REACHED");
    if (writer != NULL) printf("%-44s %u snapshots were swapped meanwhile\n", "", writer->swaps);
}

/* ---- Scopes. ---- */

typedef struct scope_subject {
    armalo_scopes *set;
    char scope[64][ARMALO_SCOPE_MAX + 1];
    size_t len[64], count;
    int allowed;
} scope_subject;

static void run_scopes(void *ctx, size_t times) {
    scope_subject *s = ctx;
    for (size_t i = 0; i < times; i++) {
        size_t n = i % s->count;
        if (armalo_scopes_allow(s->set, s->scope[n], s->len[n]) != s->allowed) exit(2);
    }
}

static void bench_scopes(void) {
    static const char *const what[] = {"agents", "pacts", "evals", "trust", "webhooks", "keys", "escrow", "approvals"};
    static const char *const how[] = {"read", "write", "verify", "admin"};
    static scope_subject hit, miss, wild;
    char text[2048] = "";
    for (size_t i = 0; i < 32; i++) {
        hit.len[i] = (size_t)sprintf(hit.scope[i], "%s:%s", what[i / 4], how[i % 4]);
        miss.len[i] = (size_t)sprintf(miss.scope[i], "%s:%s2", what[i / 4], how[i % 4]);
        if (i > 0) strcat(text, " ");
        strcat(text, hit.scope[i]);
    }
    hit.set = armalo_scopes_new(text, strlen(text), NULL);
    miss.set = hit.set;
    wild = hit;
    wild.set = armalo_scopes_new("agents:* pacts:* evals:* trust:* webhooks:* keys:* escrow:* approvals:*", 71, NULL);
    hit.count = miss.count = wild.count = 32;
    hit.allowed = wild.allowed = 1;
    if (hit.set == NULL || wild.set == NULL) exit(2);
    static const char *const names[] = {"allow: a scope of a set of 32", "  one that is not in it",
                                        "  one by its resource:*, set of 8"};
    scope_subject *rows[] = {&hit, &miss, &wild};
    for (size_t row = 0; row < 3; row++) {
        double ns[BENCH_ROUNDS];
        size_t times = bench_times(run_scopes, rows[row]);
        for (int r = 0; r < BENCH_ROUNDS; r++) ns[r] = bench_once(run_scopes, rows[row], times);
        qsort(ns, BENCH_ROUNDS, sizeof ns[0], bench_compare);
        printf("%-44s %11.1f %11.1f", names[row], ns[0], ns[BENCH_ROUNDS / 2]);
        if (row == 0) printf("   bar 15 ns: %s", ns[BENCH_ROUNDS / 2] <= 15 ? "reached" : "NOT REACHED");
        printf("\n");
    }
    armalo_scopes_free(hit.set);
    armalo_scopes_free(wild.set);
}

/* ---- Loading. ---- */

static size_t heap_bytes(void) {
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
}

static double cpu_now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void bench_load(armalo_keys *keys, const char *text, size_t len) {
    double best = 0, best_cpu = 0;
    size_t before = heap_bytes();
    for (int r = 0; r < 3; r++) {
        double t0 = bench_now_ns(), cpu0 = cpu_now_ns();
        if (armalo_keys_load(keys, text, len, NULL, NULL) != 1) exit(2);
        double ns = bench_now_ns() - t0, cpu = cpu_now_ns() - cpu0;
        if (r == 0 || ns < best) best = ns;
        if (r == 0 || cpu < best_cpu) best_cpu = cpu;
    }
    double bytes = (double)(heap_bytes() - before) / (double)KEYS;
    printf("%-44s %10.2fs   (of processor time %.2f s)   bar 3.00 s: %s\n", "load 1,000,000 records", best / 1e9,
           best_cpu / 1e9, best < 3e9 ? "reached" : "NOT REACHED");
    printf("%-44s %11.1f bytes a key    bar 400: %s\n", "  memory, with what is shared", bytes,
           bytes < 400 ? "reached" : "NOT REACHED");
}

int main(void) {
    armalo_host_config config = {.struct_size = sizeof config,
                                 .mode = ARMALO_MODE_PRODUCTION,
                                 .audit_off = ARMALO_AUDIT_OFF,
                                 .now_ms = clock_ms,
                                 .root_key = root,
                                 .root_key_len = sizeof root};
    if (sodium_init() < 0) return 2;
    for (size_t i = 0; i < sizeof root; i++) root[i] = (uint8_t)(13 * i + 7);
    states_make(&pepper, 1);
    states_make(&seal, 2);
    host = armalo_host_new(&config, NULL);
    armalo_keys *keys = armalo_keys_new(host, NULL, NULL, NULL), *few = armalo_keys_new(host, NULL, NULL, NULL);
    char *tokens = malloc(2 * KEYS * TOKEN), *text = malloc(KEYS * 600);
    table = aligned_alloc(64, LINES * sizeof *table);
    if (keys == NULL || few == NULL || tokens == NULL || text == NULL || table == NULL) return 2;
    memset(table, 1, LINES * sizeof *table);
    size_t len = 0, few_len = 0;
    for (size_t i = 0; i < 2 * KEYS; i++) { /* the second million is in no record */
        token_make(i, tokens + i * TOKEN);
        if (i < KEYS) len += record_make(i, tokens + i * TOKEN, text + len);
        if (i == 199) few_len = len;
    }
    bench_title("keys: one of a million, two scopes required, audit off");
    bench_load(keys, text, len);
    if (armalo_keys_load(few, text, few_len, NULL, NULL) != 1) return 2;
    subject hit = subject_of(keys, tokens, KEYS, 1), miss = subject_of(keys, tokens + KEYS * TOKEN, KEYS, 0);
    subject same = subject_of(few, tokens, 200, 1), floor = hit;
    bench_row("verify", run_ours, &hit, "digest and a cache miss", run_floor, &floor, 1.6);
    bench_row("  a token that is unknown", run_ours, &miss, "verify", run_ours, &hit, 0);
    bench_row("  one of 200 keys, all in the cache", run_ours, &same, "digest", run_digest, &floor, 0);
    bench_threads("two threads", &hit, run_floor, NULL);
    bench_threads("two threads, 200 keys", &same, run_digest, NULL);
    swapper writer = {few, text, few_len, 0, 0};
    bench_threads("  while they are loaded anew each 10 ms", &same, run_digest, &writer);
    bench_scopes();
    free(text);
    free(tokens);
    free(table);
    armalo_keys_free(few);
    armalo_keys_free(keys);
    armalo_host_free(host);
    return 0;
}
