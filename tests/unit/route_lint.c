/* SPDX-License-Identifier: MIT */
/* The linter: each blocker, what nearly is one, several at once, and the buffer for the findings. */
#include "route_forge.h"

static world *w;

static const char *const classes[] = {"public", "read", "mutation", "admin"};
static const char *const auths[] = {"none", "api_key", "webhook", "operator", "x402"};
static const char *const owners[] = {"none", "org"};

/* ---- Every route that has only known values: the written rule and nothing else blocks ---- */

START_TEST(test_rule) {
    unsigned blocked = 0, clean = 0;
    w = world_new();
    for (int n = 0; n < 4 * 5 * 2 * 2 * 2 * 7; n++) {
        static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
        int class_ = n % 4, auth = n / 4 % 5, owner = n / 20 % 2, audit = n / 40 % 2, scopes = n / 80 % 2;
        const char *method = methods[n / 160];
        char route[300], findings[1000] = "[";
        uint32_t first = 0; /* core.undecided: none */
        snprintf(route, sizeof route, "{'method':'%s','path':'/a/{b}','class':'%s','auth':'%s','owner':'%s'%s%s}",
                 method, classes[class_], auths[auth], owners[owner], audit ? ",'audit':'a.b'" : "",
                 scopes ? ",'scopes':['a:b','c:*']" : (n % 3 == 0 ? ",'scopes':[]" : ""));
        const struct {
            int holds;
            const char *name;
            uint32_t reason;
        } rules[] = {
            {class_ >= 2 && auth == 0, "route.mutation_without_auth", ARMALO_REASON_ROUTE_MUTATION_WITHOUT_AUTH},
            {class_ == 2 && owner == 0, "route.mutation_without_owner", ARMALO_REASON_ROUTE_MUTATION_WITHOUT_OWNER},
            {class_ == 2 && !audit, "route.mutation_without_audit", ARMALO_REASON_ROUTE_MUTATION_WITHOUT_AUDIT},
            {class_ == 2 && !scopes, "route.mutation_without_scope", ARMALO_REASON_ROUTE_MUTATION_WITHOUT_SCOPE},
        };
        for (int i = 0; i < 4; i++) {
            if (!rules[i].holds) continue;
            if (first == 0) first = rules[i].reason;
            sprintf(findings + strlen(findings), "%s{'reason':'%s','method':'%s','path':'/a/{b}','index':0}",
                    strlen(findings) > 1 ? "," : "", rules[i].name, method);
        }
        strcat(findings, "]");
        if (first == 0) {
            armalo_routes_free(route_new_of(w, route));
            clean++;
            continue;
        }
        route_deny_of(w, route, first, findings);
        must(strstr(w->why.detail, "/a/{b}") != NULL);
        blocked++;
    }
    must(blocked == 7 * (36 + 8)); /* of 40 mutations all but those with everything and an auth; 8 admin routes */
    must(clean == 7 * (160 - 36 - 8));
    world_free(w);
}
END_TEST

/* ---- Unknown values ---- */

static void with_member(const char *member, const char *value, uint32_t reason) {
    char route[300], findings[300];
    const char *const members[] = {"method", "path", "class", "auth", "owner"};
    const char *const values[] = {"'GET'", "'/a'", "'read'", "'api_key'", "'none'"};
    size_t at = (size_t)sprintf(route, "{");
    for (int i = 0; i < 5; i++) {
        const char *is = strcmp(members[i], member) == 0 ? value : values[i];
        if (is == NULL) continue;
        at += (size_t)sprintf(route + at, "%s'%s':%s", at > 1 ? "," : "", members[i], is);
    }
    sprintf(route + at, "}");
    snprintf(findings, sizeof findings, "[{'reason':'%s','method':'GET','path':'/a','index':0}]",
             armalo_reason_name(reason));
    route_deny_of(w, route, reason, findings);
}

START_TEST(test_unknown) {
    static const char *const strange[] = {NULL,
                                          "null",
                                          "true",
                                          "1",
                                          "[]",
                                          "{}",
                                          "''",
                                          "' '",
                                          "'x'",
                                          "['none']",
                                          "'NONE'",
                                          "'Org'",
                                          "'api-key'",
                                          "'apikey'",
                                          "'none '",
                                          "' org'",
                                          "'api_key\\u0000'",
                                          "'none,org'",
                                          "'basic'",
                                          "'write'",
                                          "'private'",
                                          "'*'"};
    w = world_new();
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        with_member("auth", strange[i], ARMALO_REASON_ROUTE_UNKNOWN_AUTH);
        with_member("class", strange[i], ARMALO_REASON_ROUTE_UNKNOWN_CLASS);
        with_member("owner", strange[i], ARMALO_REASON_ROUTE_UNKNOWN_CLASS);
    }
    /* The values of one are none of another. */
    for (int i = 0; i < 4; i++) {
        char value[20];
        snprintf(value, sizeof value, "'%s'", classes[i]);
        with_member("auth", value, ARMALO_REASON_ROUTE_UNKNOWN_AUTH);
        with_member("owner", value, ARMALO_REASON_ROUTE_UNKNOWN_CLASS);
    }
    with_member("class", "'none'", ARMALO_REASON_ROUTE_UNKNOWN_CLASS);
    with_member("class", "'org'", ARMALO_REASON_ROUTE_UNKNOWN_CLASS);
    with_member("auth", "'org'", ARMALO_REASON_ROUTE_UNKNOWN_AUTH);
    with_member("owner", "'api_key'", ARMALO_REASON_ROUTE_UNKNOWN_CLASS);
    world_free(w);
}
END_TEST

START_TEST(test_method) {
    static const char *const bad[] = {"",           "get",   "Get",     "GETS",     "GE",      "GET ",
                                      " GET",       "TRACE", "CONNECT", "QUERY",    "LINK",    "PROPFIND",
                                      "G\\u0045T,", "*",     "ANY",     "GET,POST", "GET|POST"};
    char route[300], findings[300];
    w = world_new();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(route, sizeof route, ROUTE_OPEN("%s", "/a"), bad[i]);
        snprintf(findings, sizeof findings, "[{'reason':'route.invalid_method','method':'%s','path':'/a','index':0}]",
                 strstr(bad[i], "\\u") != NULL ? "GET," : bad[i]);
        route_deny_of(w, route, ARMALO_REASON_ROUTE_INVALID_METHOD, findings);
    }
    world_free(w);
}
END_TEST

START_TEST(test_scopes) {
    static const char *const bad[] = {
        "['']",
        "['a']",
        "['a:']",
        "[':a']",
        "['*:*']",
        "['*:a']",
        "['a:b:c']",
        "['A:b']",
        "['a:B']",
        "['a:b ']",
        "['a:b c:d']",
        "['a:b,c:d']",
        "[' a:b']",
        "[1]",
        "[null]",
        "[['a:b']]",
        "[{}]",
        "['a:b','']",
        "['a:b',1]",
        "['a:b','x']",
        "['1a:b']",
        "['a:b\\u0000']",
        "['a:**']",
        "['a:*b']",
        "['a2345678901234567890123456789012x:b']",
        "['a:b01','a:b02','a:b03','a:b04','a:b05','a:b06','a:b07','a:b08','a:b09','a:b10','a:b11','a:b12','a:b13','a:"
        "b14',"
        "'a:b15','a:b16','a:b17']",
    };
    static const char *const good[] = {
        "[]",
        "['a:b']",
        "['a:*']",
        "['agents:read','agents:write']",
        "['a:b','a:b','a:b']",
        "['a2345678901234567890123456789012:b']",
        "['a.b-c_d9:e.f-g_h0']",
        "['\\u0061:b']",
        "['a:b01','a:b02','a:b03','a:b04','a:b05','a:b06','a:b07','a:b08','a:b09','a:b10','a:b11','a:b12','a:b13','a:"
        "b14',"
        "'a:b15','a:b16','a:b01','a:b16']",
    };
    char route[600];
    w = world_new();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0] + sizeof good / sizeof good[0]; i++) {
        int is_bad = i < sizeof bad / sizeof bad[0];
        snprintf(
            route, sizeof route,
            "{'method':'POST','path':'/a','class':'mutation','auth':'api_key','owner':'org','audit':'a','scopes':%s}",
            is_bad ? bad[i] : good[i - sizeof bad / sizeof bad[0]]);
        if (is_bad)
            route_deny_of(w, route, ARMALO_REASON_ROUTE_INVALID_SCOPE,
                          "[{'reason':'route.invalid_scope','method':'POST','path':'/a','index':0}]");
        else if (strstr(route, "[]") != NULL)
            route_deny_of(w, route, ARMALO_REASON_ROUTE_MUTATION_WITHOUT_SCOPE,
                          "[{'reason':'route.mutation_without_scope','method':'POST','path':'/a','index':0}]");
        else
            armalo_routes_free(route_new_of(w, route));
    }
    world_free(w);
}
END_TEST

/* ---- Two routes ---- */

START_TEST(test_overlap) {
    static const struct {
        const char *a, *b;
        int overlap;
    } pairs[] = {
        {"/a", "/a", 1},
        {"/", "/", 1},
        {"/{x}", "/{y}", 1},
        {"/{x}", "/{x}", 1},
        {"/a/{x}", "/a/{y}", 1},
        {"/a/{x}", "/{y}/b", 1},
        {"/{a}/b", "/a/{b}", 1},
        {"/{a}/b/{c}", "/{a}/{b}/c", 1},
        {"/a/{b}/{c}", "/{a}/b/c", 1},
        {"/{a}/x/y/z/{b}", "/w/x/y/z/{b}", 0},
        {"/{a}/x/y/z/{b}", "/w/x/y/{z}/{b}", 1},
        {"/a", "/b", 0},
        {"/a", "/A", 0},
        {"/a", "/{x}", 0},
        {"/a/b", "/a/{x}", 0},
        {"/a/b", "/{x}/b", 0},
        {"/a/b", "/{x}/{y}", 0},
        {"/a/{x}", "/{x}/{y}", 0},
        {"/a/{x}", "/b/{x}", 0},
        {"/{x}/a", "/{x}/b", 0},
        {"/{a}/b", "/c/{b}/d", 0},
        {"/{x}", "/{x}/{y}", 0},
        {"/a", "/a/{x}", 0},
        {"/", "/{x}", 0},
    };
    char list[600], findings[300];
    w = world_new();
    for (size_t i = 0; i < 2 * (sizeof pairs / sizeof pairs[0]); i++) {
        const char *a = i % 2 ? pairs[i / 2].b : pairs[i / 2].a, *b = i % 2 ? pairs[i / 2].a : pairs[i / 2].b;
        snprintf(list, sizeof list,
                 ROUTE_OPEN("GET", "/some/where/else") "," ROUTE_OPEN("GET", "%s") "," ROUTE_OPEN("GET", "%s"), a, b);
        if (pairs[i / 2].overlap) {
            snprintf(findings, sizeof findings,
                     "[{'reason':'route.overlap','method':'GET','path':'%s','index':2,'with':1}]", b);
            route_deny_of(w, list, ARMALO_REASON_ROUTE_OVERLAP, findings);
        } else {
            armalo_routes_free(route_new_of(w, list));
        }
        /* Of two methods, nothing overlaps. */
        snprintf(list, sizeof list, ROUTE_OPEN("GET", "%s") "," ROUTE_OPEN("POST", "%s"), a, b);
        armalo_routes_free(route_new_of(w, list));
    }
    world_free(w);
}
END_TEST

/* Of many alike, each is laid to the first. */
START_TEST(test_alike) {
    w = world_new();
    route_deny_of(w, ROUTE_OPEN("GET", "/{a}") "," ROUTE_OPEN("GET", "/{b}") "," ROUTE_OPEN("GET", "/{a}"),
                  ARMALO_REASON_ROUTE_OVERLAP,
                  "[{'reason':'route.overlap','method':'GET','path':'/{b}','index':1,'with':0},"
                  "{'reason':'route.overlap','method':'GET','path':'/{a}','index':2,'with':0}]");
    world_free(w);
}
END_TEST

/* Routes that are blocked for another reason still overlap; those without a path or a method cannot. */
START_TEST(test_several) {
    w = world_new();
    route_deny_of(
        w,
        "{'method':'PUT','path':'/a/{x}/{x}','class':'mutation','auth':'none','owner':'none','scopes':['bad']},"
        "{'method':'put','path':'/a','class':'read','auth':'none','owner':'none'},"
        "{'method':'PUT','path':'/a/{y}/{z}','class':'read','auth':'api_key','owner':'org'},"
        "{'method':'get','path':'a','class':'x','auth':'x'},"
        "{'method':'put','path':'/a','class':'read','auth':'none','owner':'none'},"
        "{'method':'GET','path':'/a','class':'read','auth':'none','owner':'none'}",
        ARMALO_REASON_ROUTE_PARAMETER_REPEATED,
        "[{'reason':'route.parameter_repeated','method':'PUT','path':'/a/{x}/{x}','index':0},"
        "{'reason':'route.mutation_without_auth','method':'PUT','path':'/a/{x}/{x}','index':0},"
        "{'reason':'route.mutation_without_owner','method':'PUT','path':'/a/{x}/{x}','index':0},"
        "{'reason':'route.mutation_without_audit','method':'PUT','path':'/a/{x}/{x}','index':0},"
        "{'reason':'route.invalid_scope','method':'PUT','path':'/a/{x}/{x}','index':0},"
        "{'reason':'route.invalid_method','method':'put','path':'/a','index':1},"
        "{'reason':'route.overlap','method':'PUT','path':'/a/{y}/{z}','index':2,'with':0},"
        "{'reason':'route.invalid_method','method':'get','path':'a','index':3},"
        "{'reason':'route.invalid_path','method':'get','path':'a','index':3},"
        "{'reason':'route.unknown_auth','method':'get','path':'a','index':3},"
        "{'reason':'route.unknown_class','method':'get','path':'a','index':3},"
        "{'reason':'route.invalid_method','method':'put','path':'/a','index':4}]");
    world_free(w);
}
END_TEST

/* ---- The call itself ---- */

START_TEST(test_buffer) {
    char found[256], *good, *bad;
    size_t len, want;
    w = world_new();
    good = route_table(ROUTE_OPEN("GET", "/a"));
    bad = route_table(ROUTE_OPEN("get", "/a"));
    want = strlen("[{\"reason\":\"route.invalid_method\",\"method\":\"get\",\"path\":\"/a\",\"index\":0}]");
    for (size_t cap = 0; cap < sizeof found; cap++) {
        char *buf = malloc(cap == 0 ? 1 : cap);
        memset(buf, 0xA5, cap == 0 ? 1 : cap);
        len = 99;
        if (cap > 2)
            EXPECT_GRANT(w, armalo_routes_lint(w->host, good, strlen(good), buf, cap, &len, &w->why));
        else
            EXPECT_DENY_CALL(w, armalo_routes_lint(w->host, good, strlen(good), buf, cap, &len, &w->why),
                             ARMALO_REASON_BUFFER_TOO_SMALL);
        must(len == 2 && (cap > 2 ? strcmp(buf, "[]") == 0 : buf[0] == (char)0xA5));
        memset(buf, 0xA5, cap == 0 ? 1 : cap);
        len = 99;
        EXPECT_DENY_CALL(w, armalo_routes_lint(w->host, bad, strlen(bad), buf, cap, &len, &w->why),
                         ARMALO_REASON_ROUTE_INVALID_METHOD);
        must(len == want && (cap > want ? strlen(buf) == want : buf[0] == (char)0xA5));
        free(buf);
    }
    len = 99;
    EXPECT_DENY_CALL(w, armalo_routes_lint(w->host, good, strlen(good), NULL, 0, &len, &w->why),
                     ARMALO_REASON_BUFFER_TOO_SMALL);
    must(len == 2);
    EXPECT_GRANT(w, armalo_routes_lint(w->host, good, strlen(good), found, sizeof found, NULL, &w->why));
    must(armalo_routes_lint(w->host, good, strlen(good), found, sizeof found, NULL, NULL) == 1);
    must(armalo_routes_lint(w->host, bad, strlen(bad), found, sizeof found, NULL, NULL) == 0);
    len = 99;
    EXPECT_DENY_CALL(w, armalo_routes_lint(w->host, good, strlen(good), NULL, 10, &len, &w->why),
                     ARMALO_REASON_INVALID_ARGUMENT);
    must(len == 0);
    EXPECT_DENY_CALL(w, armalo_routes_lint(w->host, NULL, 0, found, sizeof found, &len, &w->why),
                     ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_routes_lint(NULL, good, strlen(good), found, sizeof found, &len, &w->why),
                  ARMALO_REASON_INVALID_ARGUMENT);
    free(good);
    free(bad);
    world_free(w);
}
END_TEST

START_TEST(test_event) {
    char found[1024];
    size_t len;
    w = world_new();
    char *bad = route_table(ROUTE_OPEN("get", "/a") "," ROUTE_OPEN("GET", "b"));
    char *good = route_table(ROUTE_OPEN("GET", "/a"));
    EXPECT_DENY_CALL(w, armalo_routes_lint(w->host, bad, strlen(bad), found, sizeof found, &len, &w->why),
                     ARMALO_REASON_ROUTE_INVALID_METHOD);
    must(strstr(forge_last(w), "\"type\":\"ai.armalo.audit.routes.lint\"") != NULL);
    must(strstr(forge_last(w), ",\"control\":\"routes\",\"routes\":2,\"findings\":2}") != NULL);
    w->audit_answer = 0; /* linting changes nothing: it needs no audit */
    EXPECT_GRANT(w, armalo_routes_lint(w->host, good, strlen(good), found, sizeof found, &len, &w->why));
    w->audit_answer = 1;
    world_end(w);
    w->config.mode = ARMALO_MODE_UNSET;
    world_start(w);
    memset(found, 0xA5, sizeof found);
    EXPECT_DENY_CALL(w, armalo_routes_lint(w->host, good, strlen(good), found, sizeof found, &len, &w->why),
                     ARMALO_REASON_HOST_MODE_UNSET);
    must(len == 0 && found[0] == (char)0xA5);
    world_end(w);
    w->config.mode = ARMALO_MODE_SIMULATION;
    world_start(w);
    w->grant_evidence = ARMALO_SIMULATED;
    EXPECT_GRANT(w, armalo_routes_lint(w->host, good, strlen(good), found, sizeof found, &len, &w->why));
    free(bad);
    free(good);
    world_free(w);
}
END_TEST

/* Findings and the detail are text from the table, of any length. */
START_TEST(test_long) {
    static char list[70000], path[60000];
    w = world_new();
    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = 0;
    snprintf(list, sizeof list, ROUTE_OPEN("%s", "/a"), path);
    char *json = route_table(list), *found = malloc(200000);
    size_t len = 0;
    EXPECT_DENY_CALL(w, armalo_routes_lint(w->host, json, strlen(json), found, 200000, &len, &w->why),
                     ARMALO_REASON_ROUTE_INVALID_METHOD);
    must(len > sizeof path && strlen(found) == len);
    must(armalo_json_check(found, len, SIZE_MAX, NULL) == 1);
    free(json);
    for (size_t i = 0; i + 4 < sizeof path; i += 3) memcpy(path + i, "\xe2\x82\xac", 3); /* cut inside a character */
    snprintf(list, sizeof list, ROUTE_OPEN("GET", "%.*s"), (int)(sizeof path / 3 * 3 - 3), path);
    json = route_table(list);
    EXPECT_DENY_CALL(w, armalo_routes_lint(w->host, json, strlen(json), found, 200000, &len, &w->why),
                     ARMALO_REASON_ROUTE_INVALID_PATH);
    must(armalo_json_check(found, len, SIZE_MAX, NULL) == 1);
    free(json);
    free(found);
    world_free(w);
}
END_TEST

/* Tables made to take hours: each route could overlap with each, and none does. They are refused, and soon. */
START_TEST(test_slow) {
    const int count = ARMALO_ROUTES_MAX;
    size_t len = 99, at;
    w = world_new();
    char *json = malloc((size_t)count * 300 + 64), *found = malloc(1000);
    for (int kind = 0; kind < 4; kind++) {
        at = (size_t)sprintf(json, "{\"v\":1,\"routes\":[");
        for (int i = 0; i < count; i++) {
            char path[200];
            int half = i % 2;
            size_t used = 0;
            if (kind == 0) sprintf(path, half ? "/{y}/b_%d" : "/a_%d/x", i);
            if (kind == 1) sprintf(path, half ? "/{y}/b_%d/f/g" : "/a_%d/e/f/{x}", i);
            if (kind == 2) {
                for (int k = 0; k < 16; k++) used += (size_t)sprintf(path + used, i >> k & 1 ? "/a" : "/{p%d}", k);
                sprintf(path + used, "/z%d", i);
            }
            if (kind == 3) sprintf(path, "/{org}/res_%d/{id}/%s", i / 4, i % 4 > 1 ? "{a}/b" : i % 4 ? "c" : "d/e");
            if (kind == 3 && i % 4 == 3) strcat(path, "/f");
            at += (size_t)sprintf(json + at,
                                  "%s{\"method\":\"GET\",\"path\":\"%s\",\"class\":\"public\",\"auth\":\"none\","
                                  "\"owner\":\"none\"}",
                                  i > 0 ? "," : "", path);
        }
        at += (size_t)sprintf(json + at, "]}");
        if (kind == 3) { /* what people write is not among them */
            armalo_routes *routes = armalo_routes_new(w->host, json, at, &w->why);
            must(routes != NULL);
            armalo_routes_free(routes);
            continue;
        }
        memset(found, 0xA5, 1000);
        EXPECT_DENY_CALL(w, armalo_routes_lint(w->host, json, at, found, 1000, &len, &w->why),
                         ARMALO_REASON_ROUTE_TABLE_MALFORMED);
        must(len == 0 && found[0] == (char)0xA5);
        must(strstr(w->why.detail, "overlap") != NULL);
        must(armalo_routes_new(w->host, json, at, &w->why) == NULL);
        must(w->why.reason == ARMALO_REASON_ROUTE_TABLE_MALFORMED);
    }
    free(found);
    free(json);
    world_free(w);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_rule);
    tcase_add_test(tc, test_unknown);
    tcase_add_test(tc, test_method);
    tcase_add_test(tc, test_scopes);
    tcase_add_test(tc, test_overlap);
    tcase_add_test(tc, test_alike);
    tcase_add_test(tc, test_several);
    tcase_add_test(tc, test_buffer);
    tcase_add_test(tc, test_event);
    tcase_add_test(tc, test_long);
    tcase_add_test(tc, test_slow);
}

TEST_MAIN("route_lint", fill, 120)
