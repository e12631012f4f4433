/* SPDX-License-Identifier: MIT */
/* The authoriser: one reason at a time, in the order they are looked for; owners; what a decision and its event say,
 * and what they do not. The rule as a whole is held in tests/property/route_product.c. */
#include "key_forge.h"
#include "route_forge.h"

static world *w;
static forge_key key;
static armalo_keys *keys;
static armalo_routes *routes;
static armalo_route_request ask;
static armalo_route_match match;

#define LIST                                                                                                           \
    "{'method':'GET','path':'/v1/agents/"                                                                              \
    "{id}','class':'read','auth':'api_key','owner':'org','scopes':['agents:read']},"                                   \
    "{'method':'PUT','path':'/v1/agents/"                                                                              \
    "{id}','class':'mutation','auth':'api_key','owner':'org','audit':'agent.updated',"                                 \
    "'scopes':['agents:write','pacts:verify']},"                                                                       \
    "{'method':'GET','path':'/v1/me','class':'read','auth':'api_key','owner':'none'},"                                 \
    "{'method':'GET','path':'/health','class':'public','auth':'none','owner':'none'},"                                 \
    "{'method':'POST','path':'/admin/x','class':'admin','auth':'api_key','owner':'none'},"                             \
    "{'method':'POST','path':'/admin/y','class':'admin','auth':'api_key','owner':'none','scopes':['agents:write']},"   \
    "{'method':'POST','path':'/hook','class':'mutation','auth':'webhook','owner':'org','audit':'a','scopes':['a:b']}," \
    "{'method':'POST','path':'/ops','class':'admin','auth':'operator','owner':'none'},"                                \
    "{'method':'POST','path':'/pay','class':'public','auth':'x402','owner':'none'},"                                   \
    "{'method':'GET','path':'/open/org','class':'public','auth':'none','owner':'org'},"                                \
    "{'method':'GET','path':'/open/scope','class':'read','auth':'none','owner':'none','scopes':['agents:read']}"

static void to(const char *method, const char *path) {
    ask.method = method;
    ask.method_len = strlen(method);
    ask.path = path;
    ask.path_len = strlen(path);
}

static int authorize(void) {
    memset(&match, 0xFF, sizeof match);
    return armalo_route_authorize(routes, keys, &ask, &match, &w->why);
}

static void denied(uint32_t reason) {
    EXPECT_DENY_CALL(w, authorize(), reason);
    must(forge_zero(&match, sizeof match));
}

static void granted(uint32_t index) {
    EXPECT_GRANT(w, authorize());
    must(match.index == index);
}

static void event_has(const char *text) {
    if (strstr(forge_last(w), text) == NULL) ck_abort_msg("no %s in %s", text, forge_last(w));
}

static void open_scene(void) {
    w = world_new();
    forge_key_make(&key, w->root_key, 1);
    forge_key_taboo(w, &key);
    keys = forge_keys_of(w, &key, 1);
    routes = route_new_of(w, LIST);
    ask = (armalo_route_request){.struct_size = sizeof ask,
                                 .token = key.token,
                                 .token_len = key.token_len,
                                 .owner = "org_1",
                                 .caller = ARMALO_CALLER_SERVER};
    to("GET", "/v1/agents/a1");
}

static void close_scene(void) {
    armalo_routes_free(routes);
    armalo_keys_free(keys);
    world_free(w);
}

/* Stores the key as it is now instead. */
static void store(void) {
    armalo_keys_free(keys);
    keys = forge_keys_of(w, &key, 1);
}

START_TEST(test_granted) {
    open_scene();
    granted(0);
    must(match.parameter_count == 1 && match.parameter[0].start == 11 && match.parameter[0].len == 2);
    must(strcmp(w->why.principal, "key_1") == 0 && strcmp(w->why.org, "org_1") == 0 && w->why.authenticated == 1);
    event_has("\"type\":\"ai.armalo.audit.route.authorize\"");
    event_has("\"subject\":\"GET /v1/agents/{id}\"");
    event_has(",\"control\":\"routes\",\"method\":\"GET\",\"path\":\"/v1/agents/a1\",\"required\":[\"agents:read\"]}");
    to("PUT", "/v1/agents/a%20b");
    granted(1);
    must(match.parameter[0].len == 5);
    event_has("\"type\":\"ai.armalo.audit.agent.updated\"");
    event_has("\"subject\":\"PUT /v1/agents/{id}\"");
    event_has(",\"path\":\"/v1/agents/a%20b\",\"required\":[\"agents:write\",\"pacts:verify\"]}");
    ask.owner = NULL;
    to("GET", "/v1/me"); /* no scopes, no owner: who is it? */
    granted(2);
    event_has("\"required\":[]");
    to("POST", "/admin/y");
    granted(5);
    ask.token = NULL;
    ask.token_len = 0;
    ask.caller = 0;
    to("GET", "/health");
    granted(3);
    must(w->why.principal[0] == 0 && w->why.org[0] == 0 && w->why.authenticated == 0);
    armalo_keys *none = keys;
    keys = NULL; /* where no key is needed */
    granted(3);
    keys = none;
    must(armalo_route_authorize(routes, keys, &ask, NULL, NULL) == 1);
    close_scene();
}
END_TEST

START_TEST(test_owner) {
    static const char *const others[] = {
        "org_2",       "org_",
        "org_11",      "ORG_1",
        "org_1 ",      " org_1",
        "org_1,org_2", "*",
        "null",        "org_10000000000000000000000000000000000000000000000000000000000000000000000000000"};
    open_scene();
    for (int mutation = 0; mutation < 2; mutation++) {
        to(mutation ? "PUT" : "GET", "/v1/agents/a1");
        ask.owner = NULL;
        denied(ARMALO_REASON_ROUTE_OWNER_UNSPECIFIED);
        must(w->why.evidence == ARMALO_UNAVAILABLE && w->why.http_status == 404 && w->why.authenticated == 1);
        char text[ARMALO_PUBLIC_TEXT_SIZE], same[ARMALO_PUBLIC_TEXT_SIZE];
        memset(w->why.request_id, 0, sizeof w->why.request_id);
        armalo_decision_public(&w->why, text, sizeof text, NULL);
        ask.owner = "";
        denied(ARMALO_REASON_ROUTE_OWNER_UNSPECIFIED);
        for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
            ask.owner = others[i];
            denied(ARMALO_REASON_ROUTE_OWNER_MISMATCH);
            must(w->why.evidence == ARMALO_NEGATIVE && w->why.http_status == 404);
            must(strcmp(w->why.org, "org_1") == 0); /* the caller's, not the resource's */
            memset(w->why.request_id, 0, sizeof w->why.request_id);
            armalo_decision_public(&w->why, same, sizeof same, NULL);
            must(strcmp(text, same) == 0);
        }
        ask.owner = "org_1";
        granted(mutation ? 1 : 0);
    }
    close_scene();
}
END_TEST

/* Each reason of a key comes through, and comes before the owner's: a stranger learns nothing of who owns what. */
START_TEST(test_key) {
    open_scene();
    for (int owner = 0; owner < 3; owner++) {
        const char *const owners[] = {"org_1", "org_2", NULL};
        ask.owner = owners[owner];
        ask.token = NULL;
        ask.token_len = 0;
        denied(ARMALO_REASON_KEY_MALFORMED);
        ask.token = key.token;
        denied(ARMALO_REASON_KEY_MALFORMED);
        ask.token_len = key.token_len - 1;
        denied(ARMALO_REASON_KEY_MALFORMED);
        char typo[ARMALO_KEY_TOKEN_SIZE];
        memcpy(typo, key.token, key.token_len + 1);
        typo[20] = typo[20] == 'a' ? 'b' : 'a';
        ask.token = typo;
        ask.token_len = key.token_len;
        denied(ARMALO_REASON_KEY_CHECKSUM);
        forge_key stranger;
        forge_key_make(&stranger, w->root_key, 2);
        ask.token = stranger.token;
        denied(ARMALO_REASON_KEY_UNKNOWN);
        ask.token = key.token;
        ask.caller = 0;
        denied(ARMALO_REASON_KEY_ACCESS_UNSPECIFIED);
        ask.caller = 3;
        denied(ARMALO_REASON_KEY_ACCESS_UNSPECIFIED);
        ask.caller = ARMALO_CALLER_BROWSER;
        denied(ARMALO_REASON_KEY_BROWSER);
        to("PUT", "/v1/agents/a1");
        denied(ARMALO_REASON_KEY_BROWSER);
        ask.caller = ARMALO_CALLER_SERVER;
        forge_key_with(&key, w->root_key, 1, KEY_USE, "\"any\"");
        store();
        denied(ARMALO_REASON_KEY_MUTATION);
        to("POST", "/admin/y");
        denied(ARMALO_REASON_KEY_MUTATION); /* admin is a mutation */
        to("GET", "/v1/agents/a1");
        forge_key_with(&key, w->root_key, 1, KEY_SCOPES, "[\"agents:write\",\"pacts:*\"]");
        store();
        denied(ARMALO_REASON_KEY_SCOPE_MISSING);
        to("PUT", "/v1/agents/a1");
        forge_key_with(&key, w->root_key, 1, KEY_SCOPES, "[\"agents:write\",\"pacts:read\"]"); /* one of two */
        store();
        denied(ARMALO_REASON_KEY_SCOPE_MISSING);
        to("POST", "/admin/x");
        denied(ARMALO_REASON_KEY_SCOPE_UNSPECIFIED); /* an admin route must name its scopes */
        to("GET", "/v1/agents/a1");
        char time[40];
        forge_key_with(&key, w->root_key, 1, KEY_REVOKED_AT, forge_time(w->now_ms - 1, time));
        store();
        denied(ARMALO_REASON_KEY_REVOKED);
        forge_key_with(&key, w->root_key, 1, KEY_EXPIRES_AT, forge_time(w->now_ms, time));
        store();
        denied(ARMALO_REASON_KEY_EXPIRED);
        forge_key_with(&key, w->root_key, 1, KEY_NOT_BEFORE, forge_time(w->now_ms + 1, time));
        store();
        denied(ARMALO_REASON_KEY_NOT_YET_VALID);
        forge_key_make(&key, w->root_key, 1);
        store();
        must(armalo_keys_revoke(keys, "key_1", 5, NULL) == 1);
        denied(ARMALO_REASON_KEY_REVOKED);
        store();
    }
    ask.owner = "org_1";
    granted(0);
    armalo_keys *loaded = keys;
    keys = forge_keys_new(w, NULL, NULL);
    denied(ARMALO_REASON_KEY_STORE_MISSING);
    armalo_keys_free(keys);
    forge_lookup lookup = {.answer = -1};
    keys = forge_keys_new(w, forge_lookup_record, &lookup);
    denied(ARMALO_REASON_KEY_LOOKUP_UNAVAILABLE);
    armalo_keys_free(keys);
    keys = loaded;
    close_scene();
}
END_TEST

START_TEST(test_auth) {
    open_scene();
    to("POST", "/hook");
    denied(ARMALO_REASON_ROUTE_AUTH_UNSUPPORTED);
    to("POST", "/ops");
    denied(ARMALO_REASON_ROUTE_AUTH_UNSUPPORTED);
    to("POST", "/pay");
    denied(ARMALO_REASON_ROUTE_AUTH_UNSUPPORTED);
    /* Nobody shows who they are, so nobody is of an org or has a scope, though a good token is there. */
    to("GET", "/open/org");
    denied(ARMALO_REASON_ROUTE_OWNER_UNSPECIFIED);
    must(w->why.authenticated == 0);
    to("GET", "/open/scope");
    denied(ARMALO_REASON_KEY_SCOPE_MISSING);
    must(w->why.authenticated == 0);
    close_scene();
}
END_TEST

START_TEST(test_order) {
    open_scene();
    ask.owner = "org_2"; /* everything is wrong; what is looked at first is said */
    ask.caller = ARMALO_CALLER_BROWSER;
    to("BREW", "/v1/../agents");
    denied(ARMALO_REASON_ROUTE_PATH_REFUSED);
    event_has("\"type\":\"ai.armalo.audit.route.authorize\"");
    event_has("\"subject\":\"-\"");
    event_has("\"method\":\"BREW\",\"path\":\"/v1/../agents\",\"required\":[]}");
    to("BREW", "/v1/agents/a1");
    denied(ARMALO_REASON_ROUTE_UNLISTED);
    to("DELETE", "/v1/agents/a1");
    denied(ARMALO_REASON_ROUTE_UNLISTED);
    to("HEAD", "/v1/agents/a1");
    denied(ARMALO_REASON_ROUTE_UNLISTED);
    to("PUT", "/v1/agents/a1");
    denied(ARMALO_REASON_KEY_BROWSER);
    ask.caller = ARMALO_CALLER_SERVER;
    denied(ARMALO_REASON_ROUTE_OWNER_MISMATCH);
    event_has("\"type\":\"ai.armalo.audit.agent.updated\"");
    ask.owner = "org_1";
    granted(1);
    close_scene();
}
END_TEST

/* A mutation goes ahead only if its event is kept; a read does without. */
START_TEST(test_audit) {
    static const int answers[] = {0, -1, 2, 1000};
    open_scene();
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        w->audit_answer = answers[i];
        for (int admin = 0; admin < 2; admin++) {
            to(admin ? "POST" : "PUT", admin ? "/admin/y" : "/v1/agents/a1");
            unsigned before = forge_poison(w);
            must(authorize() == 0 && w->why.reason == ARMALO_REASON_HOST_AUDIT_FAILED);
            must(w->why.grant != ARMALO_GRANT && w->why.evidence == ARMALO_UNAVAILABLE && w->decisions == before + 1);
            must(forge_zero(&match, sizeof match));
        }
        to("GET", "/v1/agents/a1");
        granted(0);
    }
    close_scene();
}
END_TEST

START_TEST(test_arguments) {
    open_scene();
    armalo_route_request good = ask;
    EXPECT_REFUSE(w, armalo_route_authorize(NULL, keys, &ask, &match, &w->why), ARMALO_REASON_INVALID_ARGUMENT);
    must(forge_zero(&match, sizeof match));
    must(armalo_route_authorize(NULL, NULL, NULL, NULL, NULL) == 0);
    EXPECT_DENY_CALL(w, armalo_route_authorize(routes, keys, NULL, &match, &w->why), ARMALO_REASON_INVALID_ARGUMENT);
    event_has("\"method\":null,\"path\":null,\"required\":[]");
    for (size_t size = 0; size < 2 * sizeof ask; size++) {
        ask.struct_size = size;
        if (size != sizeof ask) denied(ARMALO_REASON_INVALID_ARGUMENT);
    }
    ask = good;
    ask.reserved = 1;
    denied(ARMALO_REASON_INVALID_ARGUMENT);
    ask = good;
    ask.method = NULL;
    denied(ARMALO_REASON_INVALID_ARGUMENT);
    ask.method_len = 0;
    denied(ARMALO_REASON_INVALID_ARGUMENT);
    ask = good;
    ask.path = NULL;
    denied(ARMALO_REASON_INVALID_ARGUMENT);
    ask.path_len = SIZE_MAX;
    denied(ARMALO_REASON_INVALID_ARGUMENT);
    ask = good;
    ask.token = NULL;
    denied(ARMALO_REASON_INVALID_ARGUMENT);
    ask = good;
    ask.path_len = 0;
    denied(ARMALO_REASON_ROUTE_PATH_REFUSED);
    ask.path_len = SIZE_MAX; /* too long to be read at all; the event shows the beginning */
    char *much = malloc(1000);
    memset(much, 'a', 1000);
    much[0] = '/';
    ask.path = much;
    denied(ARMALO_REASON_ROUTE_PATH_REFUSED);
    free(much);
    ask = good;
    armalo_keys *own = keys;
    keys = NULL;
    denied(ARMALO_REASON_INVALID_ARGUMENT);
    /* The store of another host would judge by another clock, mode and root key. */
    world *other = world_new();
    keys = forge_keys_of(other, &key, 1);
    denied(ARMALO_REASON_INVALID_ARGUMENT);
    armalo_keys_free(keys);
    world_free(other);
    keys = own;
    ask.request_id = "req-from-caller";
    ask.request_id_len = 15;
    granted(0);
    must(strcmp(w->why.request_id, "req-from-caller") == 0);
    w->now_ms = -5;
    denied(ARMALO_REASON_HOST_CLOCK_UNAVAILABLE);
    close_scene();
}
END_TEST

/* Anything may stand in a request; its event is JSON of a bounded length all the same, and is kept. */
START_TEST(test_events) {
    char *big = malloc(200000);
    open_scene();
    for (int fill = 0; fill < 256; fill += fill < 48 ? 1 : 7) {
        for (size_t len = 1; len < 200000; len = len * 3 + 1) {
            memset(big, fill, len);
            big[0] = '/';
            ask.path = big;
            ask.path_len = len;
            ask.method = big;
            ask.method_len = len < 50000 ? len : 1;
            must(authorize() == 0);
            must(w->why.reason == ARMALO_REASON_ROUTE_PATH_REFUSED || w->why.reason == ARMALO_REASON_ROUTE_UNLISTED);
            denied(w->why.reason);
            int cut = strstr(forge_last(w), "\"path_bytes\":") != NULL;
            must(cut == (len > 512));
        }
    }
    /* A query that was handed in by mistake may hold a key: it is not in the event. */
    ask.method = "GET";
    ask.method_len = 3;
    ask.path = "/a?api_key=pk_live_secret";
    ask.path_len = strlen(ask.path);
    must(authorize() == 0 && w->why.reason == ARMALO_REASON_ROUTE_PATH_REFUSED);
    must(strstr(forge_last(w), "\"path\":\"/a\"") != NULL && strstr(forge_last(w), "secret") == NULL);
    /* The longest template, method and scopes, in a mutation whose event must be kept. */
    char *list = malloc(8000), scope[80];
    size_t at = (size_t)sprintf(list, "{'method':'OPTIONS','class':'mutation','auth':'api_key','owner':'org','audit':'"
                                      "a23456789012345678901234567890123456789012345678901234567890123','path':'/");
    memset(list + at, 'p', 4095);
    at += 4095;
    at += (size_t)sprintf(list + at, "','scopes':[");
    char scopes[2000] = "[";
    for (int i = 0; i < 16; i++) {
        snprintf(scope, sizeof scope, "a23456789012345678901234567890%02d:b2345678901234567890123456789012", i);
        at += (size_t)sprintf(list + at, "%s'%s'", i > 0 ? "," : "", scope);
        sprintf(scopes + strlen(scopes), "%s\"%s\"", i > 0 ? "," : "", scope);
    }
    sprintf(list + at, "]}");
    strcat(scopes, "]");
    armalo_routes_free(routes);
    routes = route_new_of(w, list);
    forge_key_with(&key, w->root_key, 1, KEY_SCOPES, scopes);
    store();
    memset(big, 'p', 4096);
    big[0] = '/';
    ask.path = big;
    ask.path_len = 4096;
    ask.method = "OPTIONS";
    ask.method_len = 7;
    granted(0);
    event_has(scope);
    free(list);
    free(big);
    close_scene();
}
END_TEST

/* Outside production a test key carries a simulation, or the real thing where it is at home. */
START_TEST(test_modes) {
    static const int32_t modes[] = {ARMALO_MODE_STAGING, ARMALO_MODE_SIMULATION, ARMALO_MODE_DRY_RUN};
    for (size_t i = 0; i < 3; i++) {
        for (int sim = 0; sim < 2; sim++) {
            w = malloc(sizeof *w);
            world_init(w);
            w->config.mode = modes[i];
            world_start(w);
            w->grant_evidence = ARMALO_SIMULATED; /* of loading, in simulation; and of what is asked below */
            if (modes[i] == ARMALO_MODE_STAGING) w->grant_evidence = ARMALO_POSITIVE;
            forge_key_env(&key, w->root_key, 1, sim ? "sim" : "test");
            keys = forge_keys_of(w, &key, 1);
            routes = route_new_of(w, LIST);
            ask = (armalo_route_request){.struct_size = sizeof ask,
                                         .token = key.token,
                                         .token_len = key.token_len,
                                         .owner = "org_1",
                                         .caller = ARMALO_CALLER_SERVER};
            if (sim) w->grant_evidence = ARMALO_SIMULATED;
            to("GET", "/v1/agents/a1");
            granted(0);
            to("PUT", "/v1/agents/a1");
            granted(1);
            must(w->why.labels != 0);
            close_scene();
        }
    }
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_granted);
    tcase_add_test(tc, test_owner);
    tcase_add_test(tc, test_key);
    tcase_add_test(tc, test_auth);
    tcase_add_test(tc, test_order);
    tcase_add_test(tc, test_audit);
    tcase_add_test(tc, test_arguments);
    tcase_add_test(tc, test_events);
    tcase_add_test(tc, test_modes);
}

TEST_MAIN("route_authorize", fill, 120)
