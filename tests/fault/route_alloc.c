/* SPDX-License-Identifier: MIT */
/* Every allocation of linting and of making a route table fails once (and, in a second pass, that one and all after
 * it): the call denies with core.no_memory, writes nothing, and gives back every block. And authorising asks for
 * nothing. Linked with --wrap, as tests/fault/alloc.c. */
#include "key_forge.h"
#include "route_forge.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);

static struct heap {
    int armed, persistent;
    long asked, fail_at, failed, live;
} heap;

static int refused(void) {
    if (!heap.armed) return 0;
    heap.asked++;
    if (heap.fail_at == 0 || (heap.persistent ? heap.asked < heap.fail_at : heap.asked != heap.fail_at)) return 0;
    heap.failed++;
    return 1;
}

static void *given(void *memory) {
    if (heap.armed && memory != NULL) heap.live++;
    return memory;
}

void *__wrap_malloc(size_t size) { return refused() ? NULL : given(__real_malloc(size)); }
void *__wrap_calloc(size_t count, size_t size) { return refused() ? NULL : given(__real_calloc(count, size)); }
void *__wrap_realloc(void *memory, size_t size) {
    if (refused()) return NULL;
    return memory == NULL ? given(__real_realloc(NULL, size)) : __real_realloc(memory, size);
}
void __wrap_free(void *memory) {
    if (heap.armed && memory != NULL) heap.live--;
    __real_free(memory);
}

static world *w;
static char text[400000], found[400000];
static size_t text_len;

__attribute__((format(printf, 1, 2))) static void add(const char *format, ...) {
    va_list list;
    size_t from = text_len;
    va_start(list, format);
    text_len += (size_t)vsnprintf(text + text_len, sizeof text - text_len, format, list);
    va_end(list);
    must(text_len < sizeof text);
    for (; from < text_len; from++) {
        if (text[from] == '\'') text[from] = '"';
    }
}

/* So many that every list has to grow, more than once; with literals that are kept in two places. */
static void write_table(int blocked) {
    text_len = 0;
    add("{'v':1,'routes':[");
    for (int i = 0; i < 150; i++)
        add("%s{'method':'GET','path':'/a_literal_of_more_than_sixteen_%d/{x}/b_%d','class':'read','auth':'api_key',"
            "'owner':'%s','audit':'a.b','scopes':['a:b%d']}",
            i > 0 ? "," : "", i, i, blocked ? "x" : "org", i);
    add("]}");
}

static void write_document(int blocked) {
    text_len = 0;
    add("{'openapi':'3.1.0','security':[{'s0':['a:b']}],'paths':{");
    for (int i = 0; i < 100; i++) {
        if (i % 3 == 0)
            add("%s'/p%d':{'$ref':'#/components/pathItems/i%d'}", i > 0 ? "," : "", i, i % 10);
        else
            add("%s'/p%d':{'get':{'security':[{'s%d':['a:b']}]},'%s':{'x-armalo-owner':'org','x-armalo-audit':'a.b'}}",
                i > 0 ? "," : "", i, i % 20, blocked ? "trace" : "put");
    }
    add("},'components':{'pathItems':{'i0':{'get':{}}");
    for (int i = 1; i < 10; i++) add(",'i%d':{'$ref':'#/components/pathItems/i%d'}", i, i - 1);
    add("},'securitySchemes':{'s0':{'type':'apiKey'}");
    for (int i = 1; i < 20; i++) add(",'s%d':{'$ref':'#/components/securitySchemes/s0'}", i);
    add("},'schemas':{"); /* more members than are looked at on the stack */
    for (int i = 0; i < 1500; i++) add("%s'm%d':0", i > 0 ? "," : "", i);
    add("}}}");
}

/* 1 if it was made, or linted; *clean: nothing that should be untouched was touched. */
static int run(int lint, int *clean) {
    size_t len = 99;
    memset(&w->why, 0xA5, sizeof w->why);
    memset(found, 0xA5, sizeof found);
    if (lint) {
        int good = armalo_routes_lint(w->host, text, text_len, found, sizeof found, &len, &w->why);
        *clean = w->why.reason != ARMALO_REASON_NO_MEMORY || (len == 0 && found[0] == (char)0xA5);
        return good || w->why.reason == ARMALO_REASON_ROUTE_UNKNOWN_CLASS ||
               w->why.reason == ARMALO_REASON_ROUTE_INVALID_METHOD;
    }
    armalo_routes *routes = armalo_routes_new(w->host, text, text_len, &w->why);
    *clean = armalo_decision_granted(&w->why) == 0;
    armalo_routes_free(routes);
    return routes != NULL;
}

static int run_with(int lint, long fail_at, int persistent, int *clean) {
    heap = (struct heap){1, persistent, 0, fail_at, 0, 0};
    int done = run(lint, clean);
    heap.armed = 0;
    return done;
}

START_TEST(test_every_allocation) {
    static const char *const names[] = {"make a table", "lint a table",         "make of OpenAPI",
                                        "lint OpenAPI", "lint a blocked table", "lint blocked OpenAPI"};
    int lint = _i % 2 || _i > 3, clean;
    w = world_new();
    if (_i < 2 || _i == 4)
        write_table(_i == 4);
    else
        write_document(_i == 5);
    int done = run_with(lint, 0, 0, &clean);
    long asked = heap.asked;
    ck_assert_msg(done && clean && heap.live == 0, "%s: %s", names[_i], armalo_reason_name(w->why.reason));
    ck_assert_int_gt(asked, 10);
    for (int persistent = 0; persistent < 2; persistent++) {
        for (long n = 1; n <= asked; n++) {
            done = run_with(lint, n, persistent, &clean);
            if (done || !clean || heap.failed == 0 || w->why.reason != ARMALO_REASON_NO_MEMORY || heap.live != 0 ||
                armalo_decision_granted(&w->why))
                ck_abort_msg("%s without allocation %ld of %ld: done %d, clean %d, %s, %ld blocks left", names[_i], n,
                             asked, done, clean, armalo_reason_name(w->why.reason), heap.live);
        }
    }
    printf("# %-24s %ld allocations\n", names[_i], asked);
    world_free(w);
}
END_TEST

/* Granted or denied, with a key or without, with an event or without. */
START_TEST(test_none) {
    static const char *const paths[] = {"/open", "/agents/a", "/agents/%C3%A9", "/nowhere", "/a//b", "/agents/%2e%2e"};
    forge_key key;
    armalo_route_match match;
    w = world_new();
    forge_key_make(&key, w->root_key, 1);
    armalo_keys *keys = forge_keys_of(w, &key, 1);
    armalo_routes *routes = route_new_of(
        w,
        ROUTE_OPEN("GET", "/open") ",{'method':'GET','path':'/agents/{id}','class':'mutation','auth':'api_key','owner':"
                                   "'org','audit':'a.b','scopes':['agents:write']}");
    long asked = 0;
    unsigned granted = 0;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        for (int good = 0; good < 2; good++) {
            armalo_route_request request = {.struct_size = sizeof request,
                                            .method = "GET",
                                            .method_len = 3,
                                            .path = paths[i],
                                            .path_len = strlen(paths[i]),
                                            .token = key.token,
                                            .token_len = key.token_len,
                                            .owner = good ? "org_1" : "org_2",
                                            .caller = ARMALO_CALLER_SERVER};
            heap = (struct heap){1, 0, 0, 0, 0, 0};
            granted += (unsigned)armalo_route_authorize(routes, keys, &request, &match, &w->why);
            heap.armed = 0;
            asked += heap.asked;
        }
    }
    ck_assert_int_eq(asked, 0);
    ck_assert_uint_eq(granted, 2 + 2);
    armalo_routes_free(routes);
    armalo_keys_free(keys);
    world_free(w);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_loop_test(tc, test_every_allocation, 0, 6);
    tcase_add_test(tc, test_none);
}

TEST_MAIN("route_alloc", fill, 120)
