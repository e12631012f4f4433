/* SPDX-License-Identifier: MIT */
/* Matching a request among 100, 1,000 and 10,000 routes with parameters.
 *
 * What is measured: armalo_i_routes_match(): the method, every path rule of access/route_path.h over every byte, the
 * trie with literals before parameters and the way back, and where each parameter is. The floor, in this file: a bare
 * segment trie over the same routes, as one would write it for speed alone: one pass that cuts at the next "/", one
 * hash of eight bytes at a time, one open-addressed table for all literals (a 32-bit print and the node in a slot),
 * the literal's text compared once, else the parameter; a parameter's place is noted. No rule of paths, no way back,
 * no method, no decision. Both sides get the same requests in the same random order: each is of a random route, with
 * ids of 8 to 36 bytes. The last rows are whole decisions with an audit sink, for information: there is no floor for
 * those. */
#include "access/routes.h"
#include "armalo.h"
#include "bench.h"

#define REQUESTS 4096

typedef struct floor_node {
    const char *text;
    uint32_t len, parent, parameter, route;
} floor_node;

typedef struct floor_trie {
    floor_node *node;
    uint64_t *slot; /* print << 32 | node */
    uint32_t count, mask;
} floor_trie;

typedef struct request {
    char *text;
    size_t len;
    uint32_t route;
} request;

typedef struct scene {
    char **template;
    const char **method;
    uint32_t count;
    request request[REQUESTS];
    floor_trie floor;
    armalo_routes *routes;
    armalo_host *host;
    size_t next;
} scene;

static uint64_t random_state = 88172645463325252u;
static uint32_t random_below(uint32_t below) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)((random_state >> 32) * below >> 32);
}

/* ---- The floor ---- */

static inline uint64_t floor_hash(const char *text, size_t len) {
    uint64_t hash = len, word;
    for (; len >= 8; len -= 8, text += 8) {
        memcpy(&word, text, 8);
        hash = (hash ^ word) * UINT64_C(0xD6E8FEB86659FD93);
        hash ^= hash >> 32;
    }
    if (len > 0) {
        word = 0;
        memcpy(&word, text, len);
        hash = (hash ^ word) * UINT64_C(0xD6E8FEB86659FD93);
        hash ^= hash >> 32;
    }
    return hash;
}

static inline uint32_t floor_find(const floor_trie *t, uint32_t parent, const char *text, size_t len, uint64_t hash) {
    uint32_t print = (uint32_t)((hash + parent) * UINT64_C(0x9E3779B97F4A7C15) >> 32);
    for (uint32_t at = print;; at++) {
        uint64_t slot = t->slot[at & t->mask];
        uint32_t node = (uint32_t)slot;
        if (node == 0) return 0;
        if (slot >> 32 == print && t->node[node].parent == parent && t->node[node].len == len &&
            memcmp(t->node[node].text, text, len) == 0)
            return node;
    }
}

static void floor_add(floor_trie *t, const char *path, uint32_t route) {
    uint32_t node = 0;
    for (const char *p = path; *p != 0;) {
        const char *segment = p + 1;
        size_t len = strcspn(segment, "/");
        uint32_t below;
        if (segment[0] == '{') {
            below = t->node[node].parameter;
            if (below == 0) below = t->node[node].parameter = t->count++;
        } else {
            uint64_t hash = floor_hash(segment, len);
            below = floor_find(t, node, segment, len, hash);
            if (below == 0) {
                below = t->count++;
                t->node[below].text = segment;
                t->node[below].len = (uint32_t)len;
                t->node[below].parent = node;
                uint64_t print = (hash + node) * UINT64_C(0x9E3779B97F4A7C15) >> 32;
                uint32_t at = (uint32_t)print;
                while (t->slot[at & t->mask] != 0) at++;
                t->slot[at & t->mask] = print << 32 | below;
            }
        }
        node = below;
        p = segment + len;
    }
    t->node[node].route = route + 1;
}

typedef struct floor_match {
    uint32_t count;
    struct {
        uint32_t start, len;
    } parameter[32];
} floor_match;

static __attribute__((noinline)) uint32_t floor_match_path(const floor_trie *t, const char *path, size_t len,
                                                           floor_match *match) {
    const char *p = path + 1, *end = path + len;
    uint32_t node = 0;
    match->count = 0;
    while (p <= end) {
        const char *slash = memchr(p, '/', (size_t)(end - p));
        size_t n = (size_t)((slash == NULL ? end : slash) - p);
        uint32_t below = floor_find(t, node, p, n, floor_hash(p, n));
        if (below == 0) {
            below = t->node[node].parameter;
            if (below == 0) return 0;
            match->parameter[match->count].start = (uint32_t)(p - path);
            match->parameter[match->count++].len = (uint32_t)n;
        }
        node = below;
        p += n + 1;
    }
    return t->node[node].route;
}

static void run_floor(void *ctx, size_t times) {
    scene *s = ctx;
    floor_match match;
    for (size_t i = 0; i < times; i++) {
        const request *r = &s->request[s->next++ % REQUESTS];
        if (floor_match_path(&s->floor, r->text, r->len, &match) != r->route + 1) exit(2);
        bench_sink += match.count;
    }
}

/* ---- Ours ---- */

static void run_match(void *ctx, size_t times) {
    scene *s = ctx;
    armalo_i_route_path path;
    for (size_t i = 0; i < times; i++) {
        const request *r = &s->request[s->next++ % REQUESTS];
        const char *method = s->method[r->route];
        uint32_t index;
        if (armalo_i_routes_match(s->routes, armalo_i_span_text(method), armalo_i_span_of(r->text, r->len), &path,
                                  &index) != ARMALO_REASON_GRANTED ||
            index != r->route)
            exit(2);
        bench_sink += path.count;
    }
}

static void run_authorize(void *ctx, size_t times) {
    scene *s = ctx;
    armalo_route_match match;
    armalo_decision why;
    for (size_t i = 0; i < times; i++) {
        const request *r = &s->request[s->next++ % REQUESTS];
        armalo_route_request asked = {.struct_size = sizeof asked,
                                      .method = s->method[r->route],
                                      .method_len = strlen(s->method[r->route]),
                                      .path = r->text,
                                      .path_len = r->len};
        if (armalo_route_authorize(s->routes, NULL, &asked, &match, &why) != 1) exit(2);
        bench_sink += match.parameter_count;
    }
}

/* ---- Routes and requests ---- */

static int64_t clock_fixed(void *ctx) {
    (void)ctx;
    return INT64_C(1700000000000);
}
static int sink(void *ctx, const char *event, size_t len) {
    (void)ctx;
    (void)event;
    bench_sink += len;
    return 1;
}

static const char *const nouns[] = {"agents",   "pacts",     "evaluations", "webhooks", "keys",    "escrows",
                                    "receipts", "approvals", "members",     "projects", "reports", "attestations"};

/* Ten routes for each resource: what an API has. */
static void make_template(char *out, size_t cap, uint32_t i) {
    static const char *const shapes[] = {"/v1/%s_%u",
                                         "/v1/%s_%u/{id}",
                                         "/v1/%s_%u/{id}/versions",
                                         "/v1/%s_%u/{id}/versions/{version_id}",
                                         "/v1/%s_%u/{id}/versions/latest",
                                         "/v1/%s_%u/{id}/comments/{comment_id}",
                                         "/v1/%s_%u/{id}/comments/{comment_id}/reactions/{reaction_id}",
                                         "/v1/%s_%u/search",
                                         "/v1/%s_%u/{id}/archive",
                                         "/v1/orgs/{org_id}/%s_%u/{id}"};
    snprintf(out, cap, shapes[i % 10], nouns[i / 10 % 12], i / 10);
}

static void make_request(request *r, const char *template, uint32_t route) {
    static const char hex[] = "0123456789abcdef";
    char text[512];
    size_t len = 0;
    for (const char *p = template; *p != 0; p++) {
        if (*p != '{') {
            text[len++] = *p;
            continue;
        }
        uint32_t n = 8 + random_below(29);
        for (uint32_t i = 0; i < n; i++) text[len++] = i % 9 == 8 ? '-' : hex[random_below(16)];
        p = strchr(p, '}');
    }
    r->text = malloc(len);
    memcpy(r->text, text, len);
    r->len = len;
    r->route = route;
}

static void scene_make(scene *s, uint32_t count) {
    armalo_host_config config = {
        .struct_size = sizeof config, .mode = ARMALO_MODE_PRODUCTION, .now_ms = clock_fixed, .audit = sink};
    armalo_decision why;
    size_t len = 0, cap = (size_t)count * 200 + 100;
    char *json = malloc(cap);
    memset(s, 0, sizeof *s);
    s->count = count;
    s->template = calloc(count, sizeof *s->template);
    s->method = calloc(count, sizeof *s->method);
    s->floor.node = calloc((size_t)count * 8, sizeof *s->floor.node);
    s->floor.count = 1;
    for (s->floor.mask = 1; s->floor.mask < count * 4; s->floor.mask *= 2) continue;
    s->floor.slot = calloc(s->floor.mask, sizeof *s->floor.slot);
    s->floor.mask--;
    len += (size_t)snprintf(json, cap, "{\"v\":1,\"routes\":[");
    for (uint32_t i = 0; i < count; i++) {
        s->template[i] = malloc(128);
        make_template(s->template[i], 128, i);
        s->method[i] = "GET";
        len += (size_t)snprintf(
            json + len, cap - len,
            "%s{\"method\":\"GET\",\"path\":\"%s\",\"class\":\"public\",\"auth\":\"none\",\"owner\":\"none\"}",
            i == 0 ? "" : ",", s->template[i]);
        floor_add(&s->floor, s->template[i], i);
    }
    len += (size_t)snprintf(json + len, cap - len, "]}");
    s->host = armalo_host_new(&config, &why);
    s->routes = armalo_routes_new(s->host, json, len, &why);
    if (s->routes == NULL) {
        fprintf(stderr, "%s %s\n", armalo_reason_name(why.reason), why.detail);
        exit(2);
    }
    free(json);
    for (uint32_t i = 0; i < REQUESTS; i++) {
        uint32_t route = random_below(count);
        make_request(&s->request[i], s->template[route], route);
    }
}

static double best_ns(bench_fn fn, void *ctx) {
    size_t times = bench_times(fn, ctx);
    double best = 1e18;
    for (int r = 0; r < BENCH_ROUNDS; r++) {
        double ns = bench_once(fn, ctx, times);
        if (ns < best) best = ns;
    }
    return best;
}

int main(void) {
    static scene scenes[3];
    static const uint32_t counts[3] = {100, 1000, 10000};
    char name[64];
    bench_title("route match, random requests");
    for (int i = 0; i < 3; i++) {
        scene_make(&scenes[i], counts[i]);
        snprintf(name, sizeof name, "match among %u routes", (unsigned)counts[i]);
        bench_row(name, run_match, &scenes[i], "bare segment trie", run_floor, &scenes[i], 1.1);
    }
    double small = best_ns(run_match, &scenes[0]), large = best_ns(run_match, &scenes[2]);
    double floor_small = best_ns(run_floor, &scenes[0]), floor_large = best_ns(run_floor, &scenes[2]);
    printf("%-44s %.2f (the floor: %.2f)\n", "10,000 routes to 100, best", large / small, floor_large / floor_small);
    bench_title("the whole decision, auth none, with an event");
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "authorize among %u routes", (unsigned)counts[i]);
        bench_row(name, run_authorize, &scenes[i], "bare segment trie", run_floor, &scenes[i], 0);
    }
    return 0;
}
