/* SPDX-License-Identifier: MIT */
/* Reading our own table: what is no table, and that nothing of one is ever used. */
#include "route_forge.h"

static world *w;

#define GOOD                                                                                                           \
    "{'method':'GET','path':'/"                                                                                        \
    "a','class':'read','auth':'api_key','scopes':['agents:read'],'owner':'org','audit':'agent.read'}"

static void malformed(const char *text) {
    char *json = route_json(text);
    route_expect_deny(w, json, strlen(json), ARMALO_REASON_ROUTE_TABLE_MALFORMED, NULL);
    must(w->why.detail[0] != 0); /* says what is wrong */
    free(json);
}

START_TEST(test_malformed) {
    static const char *const texts[] = {
        "",
        " ",
        "{",
        "[]",
        "null",
        "1",
        "'v'",
        "{}",
        "{'v':1}",
        "{'routes':[]}",
        "{'routes':[" GOOD "]}",
        "{'v':2,'routes':[" GOOD "]}",
        "{'v':'1','routes':[" GOOD "]}",
        "{'v':1.0,'routes':[" GOOD "]}",
        "{'v':true,'routes':[" GOOD "]}",
        "{'v':null,'routes':[" GOOD "]}",
        "{'v':1,'routes':null}",
        "{'v':1,'routes':{}}",
        "{'v':1,'routes':'[]'}",
        "{'v':1,'routes':[" GOOD "],'x':1}",
        "{'v':1,'routes':[" GOOD "],'x-y':1}",
        "{'v':1,'Routes':[" GOOD "]}",
        "{'v':1,'routes':[" GOOD "],'routes':[]}",
        "{'v':1,'v':1,'routes':[" GOOD "]}",
        "{'v':1,'routes':[" GOOD "]}x",
        "{'v':1,'routes':[" GOOD "]}{}",
        "{'v':1,'routes':[" GOOD ",]}",
        "\xef\xbb\xbf{'v':1,'routes':[" GOOD "]}",
        "{'v':1,'routes':[" GOOD "],'openapi':'3.1.0','paths':{}}",
        "{'v':1,'routes':[null]}",
        "{'v':1,'routes':['GET /a']}",
        "{'v':1,'routes':[[]]}",
        "{'v':1,'routes':[{}]}",
        "{'v':1,'routes':[" GOOD ",{}]}",
        "{'v':1,'routes':[{'method':'GET','class':'public','auth':'none','owner':'none'}]}",
        "{'v':1,'routes':[{'path':'/a','class':'public','auth':'none','owner':'none'}]}",
        "{'v':1,'routes':[{'method':null,'path':'/a','class':'public','auth':'none','owner':'none'}]}",
        "{'v':1,'routes':[{'method':['GET'],'path':'/a','class':'public','auth':'none','owner':'none'}]}",
        "{'v':1,'routes':[{'method':'GET','path':7,'class':'public','auth':'none','owner':'none'}]}",
        "{'v':1,'routes':[{'method':'GET','path':'/a','class':'public','auth':'none','owner':'none','extra':1}]}",
        "{'v':1,'routes':[{'method':'GET','path':'/a','class':'public','auth':'none','owner':'none','Scopes':[]}]}",
        "{'v':1,'routes':[{'method':'GET','path':'/a','class':'read','auth':'none','owner':'none','summary':''}]}",
        "{'v':1,'routes':[{'method':'GET','path':'/a','class':'public','auth':'none','owner':'none','scopes':null}]}",
        "{'v':1,'routes':[{'method':'GET','path':'/a','class':'public','auth':'none','owner':'none','scopes':'a:b'}]}",
        "{'v':1,'routes':[{'method':'GET','path':'/a','class':'public','auth':'none','owner':'none','scopes':{}}]}",
        "{'v':1,'routes':[{'method':'GET','path':'/a','class':'public','auth':'none','owner':'none','method':'GET'}]}",
    };
    w = world_new();
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) malformed(texts[i]);
    world_free(w);
}
END_TEST

/* The name of an event: [a-z][a-z0-9_.-]{0,62} */
START_TEST(test_audit) {
    static const char *const bad[] = {
        "''",         "null",   "1",
        "[]",         "{}",     "true",
        "'A'",        "'1a'",   "'.a'",
        "'-a'",       "'a b'",  "'a/b'",
        "'a\\\"'",    "'a\\n'", "'a\\u0000'",
        "'\xc3\xa9'", "'aB'",   "' a'",
        "'a '",       "'a,b'",  "'a234567890123456789012345678901234567890123456789012345678901234'"};
    static const char *const good[] = {
        "'a'",  "'agent.updated'",       "'a_b-c.d9'",
        "'a.'", "'agent\\u002eupdated'", "'a23456789012345678901234567890123456789012345678901234567890123'"};
    char text[400];
    w = world_new();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(
            text, sizeof text,
            "{'v':1,'routes':[{'method':'GET','path':'/a','class':'read','auth':'none','owner':'none','audit':%s}]}",
            bad[i]);
        malformed(text);
    }
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        snprintf(text, sizeof text,
                 "{'method':'GET','path':'/a','class':'read','auth':'none','owner':'none','audit':%s}", good[i]);
        armalo_routes *routes = route_new_of(w, text);
        EXPECT_GRANT(w, route_ask(w, routes, "GET", "/a", 2, NULL));
        char want[200];
        snprintf(want, sizeof want, "\"type\":\"ai.armalo.audit.%.*s\"", (int)strcspn(good[i] + 1, "'"), good[i] + 1);
        if (strstr(good[i], "\\u") != NULL) strcpy(want, "\"type\":\"ai.armalo.audit.agent.updated\"");
        must(strstr(forge_last(w), want) != NULL);
        armalo_routes_free(routes);
    }
    world_free(w);
}
END_TEST

START_TEST(test_empty) {
    w = world_new();
    route_deny_of(w, "", ARMALO_REASON_ROUTE_TABLE_EMPTY, NULL);
    world_free(w);
}
END_TEST

/* A text may be cut anywhere: then it is no table. */
START_TEST(test_cut) {
    w = world_new();
    char *json = route_table(GOOD "," GOOD);
    size_t len = strlen(json);
    for (size_t cut = 0; cut < len; cut++) {
        char *text = route_exact(json, cut);
        must(armalo_routes_new(w->host, text, cut, &w->why) == NULL);
        must(w->why.reason == ARMALO_REASON_ROUTE_TABLE_MALFORMED);
        free(text);
    }
    must(armalo_routes_new(w->host, json, len, &w->why) == NULL && w->why.reason == ARMALO_REASON_ROUTE_OVERLAP);
    free(json);
    world_free(w);
}
END_TEST

/* Any byte may be another: what is then made of it is a table that the linter has nothing against, or none. */
START_TEST(test_bytes) {
    char found[4096];
    size_t found_len;
    unsigned made = 0;
    w = world_new();
    char *json = route_table(GOOD);
    size_t len = strlen(json);
    for (size_t at = 0; at < len; at++) {
        for (int c = 0; c < 256; c += 1 + c % 3) {
            char *text = route_exact(json, len);
            text[at] = (char)c;
            armalo_routes *routes = armalo_routes_new(w->host, text, len, &w->why);
            uint32_t reason = w->why.reason;
            int clean = armalo_routes_lint(w->host, text, len, found, sizeof found, &found_len, &w->why);
            must(clean == (routes != NULL) && (clean || reason == w->why.reason));
            must(clean == (strcmp(found, "[]") == 0 && found_len == 2));
            made += (unsigned)clean;
            armalo_routes_free(routes);
            free(text);
        }
    }
    must(made > 50 && made < 5000);
    free(json);
    world_free(w);
}
END_TEST

/* The order of members and space between them do not count, escapes are what they stand for. */
START_TEST(test_spelling) {
    w = world_new();
    armalo_routes *routes = route_new_of(
        w, " {\n'audit' : 'x.y' , 'owner':'no\\u006ee','\\u0061uth':'none','scopes':[ ],'class':'\\u0070ublic',"
           "'path':'\\/a\\/{b}','method':'\\u0047ET'}\t");
    EXPECT_GRANT(w, route_ask(w, routes, "GET", "/a/c", 4, NULL));
    must(strstr(forge_last(w), "\"subject\":\"GET /a/{b}\"") != NULL);
    armalo_routes_free(routes);
    /* A NUL ends no text. */
    route_deny_of(w, "{'method':'GET\\u0000','path':'/a','class':'public','auth':'none','owner':'none'}",
                  ARMALO_REASON_ROUTE_INVALID_METHOD,
                  "[{'reason':'route.invalid_method','method':'GET\\u0000','path':'/a','index':0}]");
    route_deny_of(w, "{'method':'GET','path':'/a\\u0000b','class':'public','auth':'none','owner':'none'}",
                  ARMALO_REASON_ROUTE_INVALID_PATH,
                  "[{'reason':'route.invalid_path','method':'GET','path':'/a\\u0000b','index':0}]");
    world_free(w);
}
END_TEST

START_TEST(test_too_large) {
    w = world_new();
    char *json = route_table(GOOD);
    size_t len = strlen(json), cap = ARMALO_ROUTES_MAX_TEXT;
    char *text = malloc(cap + 1);
    memset(text, ' ', cap + 1);
    memcpy(text, json, len);
    armalo_routes *routes = armalo_routes_new(w->host, text, cap, &w->why);
    must(routes != NULL);
    armalo_routes_free(routes);
    must(armalo_routes_new(w->host, text, cap + 1, &w->why) == NULL);
    must(w->why.reason == ARMALO_REASON_ROUTE_TABLE_MALFORMED);
    must(armalo_routes_new(w->host, text, SIZE_MAX, &w->why) == NULL); /* not read */
    must(w->why.reason == ARMALO_REASON_ROUTE_TABLE_MALFORMED);
    free(text);
    free(json);
    world_free(w);
}
END_TEST

START_TEST(test_arguments) {
    w = world_new();
    char *json = route_table(GOOD);
    EXPECT_REFUSE(w, armalo_routes_new(NULL, json, strlen(json), &w->why) != NULL, ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_routes_new(w->host, NULL, 0, &w->why) != NULL, ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_routes_new(w->host, NULL, 10, &w->why) != NULL, ARMALO_REASON_INVALID_ARGUMENT);
    must(armalo_routes_new(NULL, NULL, 0, NULL) == NULL);
    armalo_routes *routes = armalo_routes_new(w->host, json, strlen(json), NULL);
    must(routes != NULL);
    armalo_routes_free(routes);
    armalo_routes_free(NULL);
    /* The linter and the maker need a host that can decide. */
    w->now_ms = 0;
    EXPECT_REFUSE(w, armalo_routes_new(w->host, json, strlen(json), &w->why) != NULL,
                  ARMALO_REASON_HOST_CLOCK_UNAVAILABLE);
    w->now_ms = FORGE_NOW_S * 1000;
    world_end(w);
    w->config.mode = ARMALO_MODE_UNSET;
    world_start(w);
    EXPECT_REFUSE(w, armalo_routes_new(w->host, json, strlen(json), &w->why) != NULL, ARMALO_REASON_HOST_MODE_UNSET);
    free(json);
    world_free(w);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_malformed);
    tcase_add_test(tc, test_audit);
    tcase_add_test(tc, test_empty);
    tcase_add_test(tc, test_cut);
    tcase_add_test(tc, test_bytes);
    tcase_add_test(tc, test_spelling);
    tcase_add_test(tc, test_too_large);
    tcase_add_test(tc, test_arguments);
}

TEST_MAIN("route_table", fill, 120)
