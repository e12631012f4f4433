/* SPDX-License-Identifier: MIT */
/* Which route a request matches: literals before parameters, the way back, methods, spellings; random tables held
 * against a matcher and a search for overlaps that look at every route. */
#include "route_forge.h"

static world *w;

static void finds(const armalo_routes *routes, const char *method, const char *path, int index) {
    armalo_route_match match;
    memset(&match, 0xA5, sizeof match);
    char *exact = route_exact(path, strlen(path));
    if (index < 0) {
        EXPECT_DENY_CALL(w, route_ask(w, routes, method, exact, strlen(path), &match),
                         index == -1 ? ARMALO_REASON_ROUTE_UNLISTED : ARMALO_REASON_ROUTE_PATH_REFUSED);
        must(forge_zero(&match, sizeof match));
    } else {
        EXPECT_GRANT(w, route_ask(w, routes, method, exact, strlen(path), &match));
        if (match.index != (uint32_t)index) ck_abort_msg("%s %s: route %u", method, path, (unsigned)match.index);
    }
    free(exact);
}

/* What has a literal is taken before what has a parameter, wherever the ways part, and left again when it leads
 * nowhere. */
START_TEST(test_way_back) {
    w = world_new();
    armalo_routes *routes = route_new_of(w, ROUTE_OPEN("GET", "/a/b") ","            /* 0 */
                                         ROUTE_OPEN("GET", "/{x}/c") ","             /* 1 */
                                         ROUTE_OPEN("GET", "/{x}/{y}") ","           /* 2 */
                                         ROUTE_OPEN("GET", "/") ","                  /* 3 */
                                         ROUTE_OPEN("GET", "/a") ","                 /* 4 */
                                         ROUTE_OPEN("GET", "/a/b/c/d") ","           /* 5 */
                                         ROUTE_OPEN("GET", "/a/b/{z}/e") ","         /* 6 */
                                         ROUTE_OPEN("GET", "/a/{y}/{z}/f") ","       /* 7 */
                                         ROUTE_OPEN("GET", "/{x}/{y}/{z}/g") ","     /* 8 */
                                         ROUTE_OPEN("GET", "/{x}/{y}/{z}/{u}") ","   /* 9 */
                                         ROUTE_OPEN("POST", "/a/{y}") ","            /* 10 */
                                         ROUTE_OPEN("GET", "/{x}/{y}/{z}/{u}/end")); /* 11 */
    finds(routes, "GET", "/a/b", 0);
    finds(routes, "GET", "/a/c", 1);
    finds(routes, "GET", "/a/d", 2);
    finds(routes, "GET", "/b/b", 2);
    finds(routes, "GET", "/b/c", 1);
    finds(routes, "GET", "/", 3);
    finds(routes, "GET", "/a", 4);
    finds(routes, "GET", "/b", -1);
    finds(routes, "GET", "/a/b/c", -1);
    finds(routes, "GET", "/a/b/c/d", 5);
    finds(routes, "GET", "/a/b/c/e", 6);
    finds(routes, "GET", "/a/b/c/f", 7);
    finds(routes, "GET", "/a/b/c/g", 8);
    finds(routes, "GET", "/a/b/c/h", 9);
    finds(routes, "GET", "/a/b/c/d/end", 11);
    finds(routes, "GET", "/a/b/c/d/ene", -1);
    finds(routes, "GET", "/a/b/c/d/e/f", -1);
    finds(routes, "POST", "/a/b", 10);
    finds(routes, "POST", "/b/b", -1);
    finds(routes, "GET", "/A/b", 2); /* case counts */
    finds(routes, "GET", "/aa/b", 2);
    finds(routes, "GET", "/a/bb", 2);
    armalo_routes_free(routes);
    world_free(w);
}
END_TEST

START_TEST(test_methods) {
    static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
    static const char *const others[] = {"",        "get",   "Get",  "GET ",     " GET", "GE",     "GETS",     "TRACE",
                                         "CONNECT", "QUERY", "POSt", "PROPFIND", "*",    "OPTION", "OPTIONSS", "PU"};
    char list[1024] = "";
    w = world_new();
    for (int i = 0; i < 7; i++) {
        char one[200];
        snprintf(one, sizeof one, "%s" ROUTE_OPEN("%s", "/a"), i > 0 ? "," : "", methods[i]);
        strcat(list, one);
    }
    armalo_routes *all = route_new_of(w, list);
    for (int i = 0; i < 7; i++) finds(all, methods[i], "/a", i);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) finds(all, others[i], "/a", -1);
    for (int i = 0; i < 7; i++) { /* alone: none stands for another, HEAD not for GET either */
        snprintf(list, sizeof list, ROUTE_OPEN("%s", "/a"), methods[i]);
        armalo_routes *one = route_new_of(w, list);
        for (int k = 0; k < 7; k++) finds(one, methods[k], "/a", i == k ? 0 : -1);
        armalo_routes_free(one);
    }
    armalo_route_request nul = {
        .struct_size = sizeof nul, .method = "GET", .method_len = 4, .path = "/a", .path_len = 2};
    EXPECT_DENY_CALL(w, armalo_route_authorize(all, NULL, &nul, NULL, &w->why), ARMALO_REASON_ROUTE_UNLISTED);
    armalo_routes_free(all);
    world_free(w);
}
END_TEST

/* Who decodes before matching must find the same route. */
START_TEST(test_spelling) {
    w = world_new();
    armalo_routes *routes = route_new_of(
        w, ROUTE_OPEN("GET", "/a:b") "," ROUTE_OPEN("GET", "/{x}") "," ROUTE_OPEN("GET", "/%C3%A9/{x}") "," ROUTE_OPEN(
               "GET", "/z/{x}/%20") "," ROUTE_OPEN("GET", "/c/{x}/(d)"));
    finds(routes, "GET", "/a:b", 0);
    finds(routes, "GET", "/a%3Ab", -2);
    finds(routes, "GET", "/a%3ab", -2);
    finds(routes, "GET", "/a%3Ac", 1); /* no literal: data */
    finds(routes, "GET", "/a%40b", 1);
    finds(routes, "GET", "/%C3%A9/q", 2);
    finds(routes, "GET", "/%c3%A9/q", -2);
    finds(routes, "GET", "/%c3%a9/q", -2);
    finds(routes, "GET", "/%C3%A8/q", -1);
    finds(routes, "GET", "/z/q/%20", 3);
    finds(routes, "GET", "/c/q/(d)", 4);
    finds(routes, "GET", "/c/q/%28d%29", -2);
    finds(routes, "GET", "/c/q/(d%29", -2);
    finds(routes, "GET", "/q/q/(d%29", -1); /* not a literal of this place */
    armalo_routes_free(routes);
    world_free(w);
}
END_TEST

START_TEST(test_parameters) {
    armalo_route_match match;
    w = world_new();
    armalo_routes *routes = route_new_of(w, ROUTE_OPEN("GET", "/v1/{org}/agents/{agent_id}/x/{v}"));
    static const char path[] = "/v1/a%20b/agents/%C3%A9/x/1";
    EXPECT_GRANT(w, route_ask(w, routes, "GET", path, strlen(path), &match));
    must(match.index == 0 && match.parameter_count == 3);
    static const char *const want[] = {"a%20b", "%C3%A9", "1"};
    for (int i = 0; i < 3; i++) {
        must(match.parameter[i].len == strlen(want[i]));
        must(strncmp(path + match.parameter[i].start, want[i], match.parameter[i].len) == 0);
    }
    for (int i = 3; i < ARMALO_ROUTE_MAX_SEGMENTS; i++)
        must(match.parameter[i].start == 0 && match.parameter[i].len == 0);
    EXPECT_GRANT(w, route_ask(w, routes, "GET", path, strlen(path), NULL));
    armalo_routes_free(routes);
    world_free(w);
}
END_TEST

/* ---- Random tables ---- */

#define DEPTH  4
#define ROUTES 24
enum { PARAMETER = -1, STRANGE = -2 }; /* STRANGE: a segment of a request that is no literal */

static const struct {
    const char *text, *respelled;
} literals[] = {
    {"a", NULL},
    {"b", NULL},
    {"a!b", "a%21b"},
    {"%C3%A9", "%c3%A9"},
    {"evaluations_of_agents", NULL}, /* alike in their first 16 bytes, and in their first 20 */
    {"evaluations_of_agent+", "evaluations_of_agent%2B"},
    {"evaluations_of_a", NULL},
};
#define LITERALS 7

typedef struct shape {
    int post, depth, segment[DEPTH];
} shape;

static uint32_t seed;
static uint32_t draw(uint32_t below) {
    seed = seed * UINT32_C(1664525) + UINT32_C(1013904223);
    return (uint32_t)((uint64_t)seed * below >> 32);
}

/* Both can match one request, and neither has a literal wherever the other has one (or both do: the same shape). */
static int clash(const shape *p, const shape *q) {
    int wider = 0, narrower = 0;
    if (p->post != q->post || p->depth != q->depth) return 0;
    for (int i = 0; i < p->depth; i++) {
        if (p->segment[i] != PARAMETER && q->segment[i] != PARAMETER && p->segment[i] != q->segment[i]) return 0;
        wider |= p->segment[i] == PARAMETER && q->segment[i] != PARAMETER;
        narrower |= p->segment[i] != PARAMETER && q->segment[i] == PARAMETER;
    }
    return wider == narrower;
}

static int matches(const shape *p, const shape *request) {
    if (p->post != request->post || p->depth != request->depth) return 0;
    for (int i = 0; i < p->depth; i++) {
        if (p->segment[i] != PARAMETER && p->segment[i] != request->segment[i]) return 0;
    }
    return 1;
}

/* The one with the literals, among all that match. */
static int best(const shape *table, int count, const shape *request) {
    int found = -1;
    for (int i = 0; i < count; i++) {
        if (!matches(&table[i], request)) continue;
        int better = found < 0;
        for (int k = 0; found >= 0 && k < request->depth; k++)
            better |= table[found].segment[k] == PARAMETER && table[i].segment[k] != PARAMETER;
        if (better) found = i;
    }
    return found;
}

static size_t write_path(char *out, const shape *s, const int respelled[DEPTH]) {
    size_t at = 0;
    if (s->depth == 0) out[at++] = '/';
    for (int i = 0; i < s->depth; i++) {
        int n = s->segment[i];
        at += n == PARAMETER ? (size_t)sprintf(out + at, "/{p%d}", i)
              : n == STRANGE
                  ? (size_t)sprintf(out + at, "/strange")
                  : (size_t)sprintf(out + at, "/%s",
                                    respelled != NULL && respelled[i] ? literals[n].respelled : literals[n].text);
    }
    out[at] = 0;
    return at;
}

static char *write_table(const shape *table, int count) {
    static char list[ROUTES * 300];
    char path[200];
    size_t at = 0;
    list[0] = 0;
    for (int i = 0; i < count; i++) {
        write_path(path, &table[i], NULL);
        at += (size_t)sprintf(list + at, "%s" ROUTE_OPEN("%s", "%s"), i > 0 ? "," : "", table[i].post ? "POST" : "GET",
                              path);
    }
    return list;
}

static unsigned overlaps, granted_count, unlisted_count, refused_count;

/* The linter names each route that clashes with an earlier one, with one it does clash with. */
static void check_overlaps(const shape *table, int count) {
    static char found[100000];
    char *json = route_table(write_table(table, count)), path[200], want[300];
    size_t len;
    int clean = armalo_routes_lint(w->host, json, strlen(json), found, sizeof found, &len, &w->why);
    const char *at = found + 1;
    int expected = 0;
    for (int i = 0; i < count; i++) {
        int clashes = 0, with = -1, used = 0;
        for (int k = 0; k < i; k++) clashes |= clash(&table[k], &table[i]);
        if (!clashes) continue;
        expected++;
        write_path(path, &table[i], NULL);
        snprintf(want, sizeof want,
                 "%s{\"reason\":\"route.overlap\",\"method\":\"%s\",\"path\":\"%s\",\"index\":%d,\"with\":",
                 expected > 1 ? "," : "", table[i].post ? "POST" : "GET", path, i);
        if (strncmp(at, want, strlen(want)) != 0) ck_abort_msg("%s instead of %s", at, want);
        at += strlen(want);
        must(sscanf(at, "%d}%n", &with, &used) == 1 && used > 0 && with >= 0 && with < i);
        must(clash(&table[with], &table[i]));
        at += used;
    }
    must(strcmp(at, "]") == 0 && clean == (expected == 0));
    if (expected > 0) {
        must(armalo_routes_new(w->host, json, strlen(json), &w->why) == NULL);
        must(w->why.reason == ARMALO_REASON_ROUTE_OVERLAP);
    }
    overlaps += (unsigned)expected;
    free(json);
}

static void check_request(const armalo_routes *routes, const shape *table, int count) {
    shape request = {(int)draw(2), (int)draw(DEPTH + 1), {0}}, raw;
    int respelled[DEPTH] = {0}, any = 0;
    char path[200];
    armalo_route_match match;
    for (int i = 0; i < request.depth; i++) {
        request.segment[i] = draw(8) == 0 ? STRANGE : (int)draw(LITERALS);
        if (request.segment[i] >= 0 && literals[request.segment[i]].respelled != NULL) respelled[i] = draw(4) == 0;
        any |= respelled[i];
    }
    raw = request; /* to who does not decode, another spelling is no literal */
    for (int i = 0; i < request.depth; i++) {
        if (respelled[i]) raw.segment[i] = STRANGE;
    }
    size_t len = write_path(path, &request, respelled);
    char *exact = route_exact(path, len);
    int decoding = best(table, count, &request), plain = best(table, count, &raw);
    int granted = route_ask(w, routes, request.post ? "POST" : "GET", exact, len, &match);
    free(exact);
    if (granted) {
        if (decoding != plain || match.index != (uint32_t)plain)
            ck_abort_msg("%s: route %u, not %d or %d", path, (unsigned)match.index, decoding, plain);
        granted_count++;
    } else if (w->why.reason == ARMALO_REASON_ROUTE_UNLISTED) {
        if (decoding >= 0 || plain >= 0) ck_abort_msg("%s: unlisted, not %d or %d", path, decoding, plain);
        unlisted_count++;
    } else {
        must(w->why.reason == ARMALO_REASON_ROUTE_PATH_REFUSED && any);
        refused_count++;
    }
}

START_TEST(test_random) {
    w = world_new();
    seed = 77 + (uint32_t)_i;
    for (int round = 0; round < 400; round++) {
        shape table[ROUTES], good[ROUTES];
        int count = 1 + (int)draw(ROUTES), kept = 0;
        uint32_t parameters = 1 + draw(4);
        for (int i = 0; i < count; i++) {
            table[i] = (shape){(int)draw(2), (int)draw(DEPTH + 1), {0}};
            for (int k = 0; k < table[i].depth; k++)
                table[i].segment[k] = draw(4) < parameters ? PARAMETER : (int)draw(draw(2) == 0 ? 2 : LITERALS);
        }
        check_overlaps(table, count);
        for (int i = 0; i < count; i++) {
            int clashes = 0;
            for (int k = 0; k < kept; k++) clashes |= clash(&good[k], &table[i]);
            if (!clashes) good[kept++] = table[i];
        }
        check_overlaps(good, kept);
        armalo_routes *routes = route_new_of(w, write_table(good, kept));
        for (int n = 0; n < 200; n++) check_request(routes, good, kept);
        armalo_routes_free(routes);
    }
    printf("# %u overlaps; %u requests granted, %u unlisted, %u refused\n", overlaps, granted_count, unlisted_count,
           refused_count);
    must(overlaps > 500 && granted_count > 5000 && unlisted_count > 5000 && refused_count > 500);
    world_free(w);
}
END_TEST

/* ---- Size ---- */

static char *many_routes(int count) {
    char *json = malloc((size_t)count * 160 + 64);
    size_t at = (size_t)sprintf(json, "{\"v\":1,\"routes\":[");
    for (int i = 0; i < count; i++)
        at += (size_t)sprintf(json + at,
                              "%s{\"method\":\"GET\",\"path\":\"/v%d/resource_%d/{id}/part_%d\",\"class\":\"public\","
                              "\"auth\":\"none\",\"owner\":\"none\"}",
                              i > 0 ? "," : "", i % 3, i / 7, i);
    sprintf(json + at, "]}");
    return json;
}

START_TEST(test_many) {
    char path[100];
    armalo_route_match match;
    w = world_new();
    char *json = many_routes(ARMALO_ROUTES_MAX);
    armalo_routes *routes = armalo_routes_new(w->host, json, strlen(json), &w->why);
    ck_assert_msg(routes != NULL, "%s %s", armalo_reason_name(w->why.reason), w->why.detail);
    for (int i = 0; i < ARMALO_ROUTES_MAX; i++) {
        size_t len = (size_t)sprintf(path, "/v%d/resource_%d/resource_%d/part_%d", i % 3, i / 7, i, i);
        must(route_ask(w, routes, "GET", path, len, &match) == 1 && match.index == (uint32_t)i);
        path[len - 1] = (char)(path[len - 1] == '9' ? '0' : path[len - 1] + 1); /* another route's, or none's */
        must(route_ask(w, routes, "GET", path, len, &match) == 0 || match.index != (uint32_t)i);
        must(route_ask(w, routes, "GET", path, len - 5, &match) == 0);
    }
    armalo_routes_free(routes);
    free(json);
    json = many_routes(ARMALO_ROUTES_MAX + 1);
    must(armalo_routes_new(w->host, json, strlen(json), &w->why) == NULL);
    must(w->why.reason == ARMALO_REASON_ROUTE_TABLE_MALFORMED);
    free(json);
    world_free(w);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_way_back);
    tcase_add_test(tc, test_methods);
    tcase_add_test(tc, test_spelling);
    tcase_add_test(tc, test_parameters);
    tcase_add_loop_test(tc, test_random, 0, 4);
    tcase_add_test(tc, test_many);
}

TEST_MAIN("route_match", fill, 120)
