/* SPDX-License-Identifier: MIT */
/* Reading OpenAPI documents: what they say of a route, what cannot be told, references, and documents made to be slow
 * or to be read in half. The examples follow OpenAPI 3.0.4 and 3.1.1: Path Item, Operation, Security Requirement,
 * Security Scheme and Reference Objects. */
#include "route_forge.h"

static world *w;

#define SCHEMES                                                                                                        \
    "'components':{'securitySchemes':{"                                                                                \
    "'key':{'type':'apiKey','name':'X-API-Key','in':'header'},"                                                        \
    "'bearer':{'type':'http','scheme':'bearer','bearerFormat':'opaque'},"                                              \
    "'Bearer':{'type':'http','scheme':'Bearer'},"                                                                      \
    "'basic':{'type':'http','scheme':'basic'},"                                                                        \
    "'digest':{'type':'http','scheme':'bearer2'},"                                                                     \
    "'http':{'type':'http'},"                                                                                          \
    "'oauth':{'type':'oauth2','flows':{}},"                                                                            \
    "'oidc':{'type':'openIdConnect','openIdConnectUrl':'https://example.org'},"                                        \
    "'mtls':{'type':'mutualTLS'},"                                                                                     \
    "'none':{},"                                                                                                       \
    "'null':null,"                                                                                                     \
    "'odd':{'type':['apiKey']},"                                                                                       \
    "'hook':{'type':'apiKey','name':'webhook-signature','in':'header','x-armalo-auth':'webhook'},"                     \
    "'ops':{'type':'oauth2','flows':{},'x-armalo-auth':'operator'},"                                                   \
    "'pay':{'type':'http','scheme':'x402','x-armalo-auth':'x402'},"                                                    \
    "'oauthkey':{'type':'oauth2','flows':{},'x-armalo-auth':'api_key'},"                                               \
    "'open':{'type':'apiKey','name':'k','in':'query','x-armalo-auth':'none'},"                                         \
    "'typo':{'type':'apiKey','name':'k','in':'query','x-armalo-auth':'apikey'},"                                       \
    "'ref':{'$ref':'#/components/securitySchemes/key'},"                                                               \
    "'refref':{'$ref':'#/components/securitySchemes/refoauth'},"                                                       \
    "'refoauth':{'$ref':'#/components/securitySchemes/oauth'}"                                                         \
    "}}"

/* The reason, and the findings as "reason method path index" lines; "" for none; NULL for no table. */
static void document_is(const char *text, uint32_t reason, const char *findings) {
    char *json = route_json(text);
    if (reason == ARMALO_REASON_GRANTED)
        armalo_routes_free(route_new(w, json, strlen(json)));
    else
        route_expect_deny(w, json, strlen(json), reason, findings);
    free(json);
}

static void malformed(const char *text) { document_is(text, ARMALO_REASON_ROUTE_TABLE_MALFORMED, NULL); }

/* ---- Security ---- */

enum { NONE, API_KEY, OTHER, UNKNOWN };

/* The auth of GET /a by this `security`: unknown blocks; none needs no key; api_key needs one; the others go
 * elsewhere. */
static void auth_is(const char *document_security, const char *security, int auth, uint32_t line) {
    char text[6000];
    snprintf(text, sizeof text, "{'openapi':'3.1.0','info':{},%s%s%s'paths':{'/a':{'get':{%s%s}}}," SCHEMES "}",
             document_security == NULL ? "" : "'security':", document_security == NULL ? "" : document_security,
             document_security == NULL ? "" : ",",
             security == NULL ? "" : "'security':", security == NULL ? "" : security);
    char *json = route_json(text);
    armalo_decision why;
    armalo_routes *routes = armalo_routes_new(w->host, json, strlen(json), &why);
    if ((routes == NULL) != (auth == UNKNOWN))
        ck_abort_msg("line %u: %s", (unsigned)line, armalo_reason_name(why.reason));
    if (routes == NULL) {
        must(why.reason == ARMALO_REASON_ROUTE_UNKNOWN_AUTH);
    } else {
        int granted = route_ask(w, routes, "GET", "/a", 2, NULL);
        uint32_t want = auth == NONE      ? ARMALO_REASON_GRANTED
                        : auth == API_KEY ? ARMALO_REASON_INVALID_ARGUMENT /* no store of keys */
                                          : ARMALO_REASON_ROUTE_AUTH_UNSUPPORTED;
        if (granted != (auth == NONE) || w->why.reason != want)
            ck_abort_msg("line %u: %s", (unsigned)line, armalo_reason_name(w->why.reason));
    }
    armalo_routes_free(routes);
    free(json);
}
#define AUTH(document_security, security, auth) auth_is(document_security, security, auth, __LINE__)

START_TEST(test_security) {
    w = world_new();
    /* Absent everywhere, or no list. */
    AUTH(NULL, NULL, UNKNOWN);
    AUTH(NULL, "null", UNKNOWN);
    AUTH(NULL, "{}", UNKNOWN);
    AUTH(NULL, "{'key':[]}", UNKNOWN);
    AUTH(NULL, "'key'", UNKNOWN);
    AUTH("null", NULL, UNKNOWN);
    AUTH("{'key':[]}", NULL, UNKNOWN);
    /* Nobody needs to be anybody. */
    AUTH(NULL, "[]", NONE);
    AUTH("[]", NULL, NONE);
    AUTH(NULL, "[{}]", NONE);
    AUTH(NULL, "[{},{'key':[]}]", NONE);
    AUTH(NULL, "[{'key':['a:b']},{}]", NONE);
    AUTH(NULL, "[{'oauth':[]},{}]", NONE);
    AUTH(NULL, "[{'nowhere':[]},{}]", NONE);
    AUTH("[{'key':[]}]", "[]", NONE); /* the operation's own counts alone */
    AUTH("[{'key':[]}]", "[{}]", NONE);
    /* One scheme. */
    AUTH(NULL, "[{'key':[]}]", API_KEY);
    AUTH(NULL, "[{'bearer':[]}]", API_KEY);
    AUTH(NULL, "[{'Bearer':[]}]", API_KEY);
    AUTH("[{'key':[]}]", NULL, API_KEY);
    AUTH("[]", "[{'key':[]}]", API_KEY);
    AUTH("[{'oauth':[]}]", "[{'key':[]}]", API_KEY);
    AUTH("[{'key':[]}]", "[{'oauth':[]}]", UNKNOWN);
    AUTH("[{'key':[]}]", "null", UNKNOWN);
    AUTH(NULL, "[{'oauthkey':[]}]", API_KEY);
    AUTH(NULL, "[{'hook':[]}]", OTHER);
    AUTH(NULL, "[{'ops':[]}]", OTHER);
    AUTH(NULL, "[{'pay':[]}]", OTHER);
    static const char *const unknown[] = {"basic", "digest", "http", "oauth",   "oidc", "mtls",   "none", "null",
                                          "odd",   "open",   "typo", "nowhere", "Key",  "refref", ""};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        char one[100];
        snprintf(one, sizeof one, "[{'%s':[]}]", unknown[i]);
        AUTH(NULL, one, UNKNOWN);
        AUTH(one, NULL, UNKNOWN);
        snprintf(one, sizeof one, "[{'%s':[]},{'key':[]}]", unknown[i]);
        AUTH(NULL, one, UNKNOWN);
        snprintf(one, sizeof one, "[{'key':[]},{'%s':[]}]", unknown[i]);
        AUTH(NULL, one, UNKNOWN);
    }
    AUTH(NULL, "[{'ref':[]}]", API_KEY);
    /* Several. */
    AUTH(NULL, "[{'key':[]},{'bearer':[]}]", API_KEY);
    AUTH(NULL, "[{'key':[]},{'ref':[]},{'oauthkey':[]}]", API_KEY);
    AUTH(NULL, "[{'key':[]},{'hook':[]}]", UNKNOWN);
    AUTH(NULL, "[{'hook':[]},{'key':[]}]", UNKNOWN);
    AUTH(NULL, "[{'ops':[]},{'pay':[]},{'ops':[]}]", UNKNOWN);
    AUTH(NULL, "[{'key':[],'bearer':[]}]", UNKNOWN); /* both at once: one control cannot see to that */
    AUTH(NULL, "[{'key':[],'oauth':[]}]", UNKNOWN);
    AUTH(NULL, "[{'key':[]},{'key':[],'bearer':[]}]", UNKNOWN);
    /* Malformed: even where another alternative is open to all. */
    AUTH(NULL, "[null]", UNKNOWN);
    AUTH(NULL, "['key']", UNKNOWN);
    AUTH(NULL, "[[]]", UNKNOWN);
    AUTH(NULL, "[{'key':null}]", UNKNOWN);
    AUTH(NULL, "[{'key':'a:b'}]", UNKNOWN);
    AUTH(NULL, "[{'key':{}}]", UNKNOWN);
    AUTH(NULL, "[{'key':[]},1]", UNKNOWN);
    AUTH(NULL, "[{},1]", UNKNOWN);
    AUTH(NULL, "[1,{}]", UNKNOWN);
    world_free(w);
}
END_TEST

/* Schemes that are not there at all. */
START_TEST(test_no_schemes) {
    w = world_new();
    static const char *const components[] = {"",
                                             ",'components':{}",
                                             ",'components':null",
                                             ",'components':[]",
                                             ",'components':{'securitySchemes':null}",
                                             ",'components':{'securitySchemes':[]}",
                                             ",'components':{'securitySchemes':{}}",
                                             ",'components':{'securityschemes':{'key':{'type':'apiKey'}}}",
                                             ",'securitySchemes':{'key':{'type':'apiKey'}}"};
    for (size_t i = 0; i < sizeof components / sizeof components[0]; i++) {
        char text[500];
        snprintf(text, sizeof text, "{'openapi':'3.0.3','paths':{'/a':{'get':{'security':[{'key':[]}]}}}%s}",
                 components[i]);
        document_is(text, ARMALO_REASON_ROUTE_UNKNOWN_AUTH,
                    "[{'reason':'route.unknown_auth','method':'GET','path':'/a','index':0}]");
    }
    world_free(w);
}
END_TEST

/* ---- Operations ---- */

#define KEYED(members) "{'openapi':'3.0.3','security':[{'key':['a:b']}]," SCHEMES ",'paths':{" members "}}"

START_TEST(test_operations) {
    w = world_new();
    /* Reading methods are reads, others mutations, which need an owner and an audit event. */
    document_is(KEYED("'/a':{'get':{},'head':{},'options':{}}"), ARMALO_REASON_GRANTED, NULL);
    static const char *const mutations[] = {"post", "put", "patch", "delete"}, *const upper[] = {"POST", "PUT", "PATCH",
                                                                                                 "DELETE"};
    for (int i = 0; i < 4; i++) {
        char text[6000], findings[400];
        snprintf(text, sizeof text, KEYED("'/a':{'%s':{}}"), mutations[i]);
        snprintf(findings, sizeof findings,
                 "[{'reason':'route.mutation_without_owner','method':'%s','path':'/a','index':0},"
                 "{'reason':'route.mutation_without_audit','method':'%s','path':'/a','index':0}]",
                 upper[i], upper[i]);
        document_is(text, ARMALO_REASON_ROUTE_MUTATION_WITHOUT_OWNER, findings);
        snprintf(text, sizeof text, KEYED("'/a':{'%s':{'x-armalo-owner':'org','x-armalo-audit':'a.b'}}"), mutations[i]);
        document_is(text, ARMALO_REASON_GRANTED, NULL);
        snprintf(text, sizeof text, KEYED("'/a':{'%s':{'x-armalo-class':'read'}}"), mutations[i]);
        document_is(text, ARMALO_REASON_GRANTED, NULL);
        snprintf(text, sizeof text, KEYED("'/a':{'%s':{'x-armalo-owner':'org','x-armalo-audit':'a.b','security':[]}}"),
                 mutations[i]);
        snprintf(findings, sizeof findings,
                 "[{'reason':'route.mutation_without_auth','method':'%s','path':'/a','index':0},"
                 "{'reason':'route.mutation_without_scope','method':'%s','path':'/a','index':0}]",
                 upper[i], upper[i]);
        document_is(text, ARMALO_REASON_ROUTE_MUTATION_WITHOUT_AUTH, findings);
        snprintf(text, sizeof text,
                 KEYED("'/a':{'%s':{'x-armalo-owner':'org','x-armalo-audit':'a.b','security':[{'key':[]}]}}"),
                 mutations[i]);
        snprintf(findings, sizeof findings,
                 "[{'reason':'route.mutation_without_scope','method':'%s','path':'/a','index':0}]", upper[i]);
        document_is(text, ARMALO_REASON_ROUTE_MUTATION_WITHOUT_SCOPE, findings);
    }
    document_is(KEYED("'/a':{'trace':{'x-armalo-class':'read'}}"), ARMALO_REASON_ROUTE_INVALID_METHOD,
                "[{'reason':'route.invalid_method','method':'TRACE','path':'/a','index':0}]");
    static const char *const strange[] = {"null", "''", "'Read'", "1", "['read']", "'none'"};
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        char text[6000];
        snprintf(text, sizeof text, KEYED("'/a':{'get':{'x-armalo-class':%s}}"), strange[i]);
        document_is(text, ARMALO_REASON_ROUTE_UNKNOWN_CLASS,
                    "[{'reason':'route.unknown_class','method':'GET','path':'/a','index':0}]");
        snprintf(text, sizeof text, KEYED("'/a':{'get':{'x-armalo-owner':%s}}"), i == 5 ? "'read'" : strange[i]);
        document_is(text, ARMALO_REASON_ROUTE_UNKNOWN_CLASS,
                    "[{'reason':'route.unknown_class','method':'GET','path':'/a','index':0}]");
        snprintf(text, sizeof text, KEYED("'/a':{'get':{'x-armalo-audit':%s}}"), strange[i]);
        if (i != 5) malformed(text);
    }
    world_free(w);
}
END_TEST

/* What its author meant for a guard, and is none where it stands, is refused: passed over, it would be no guard. */
START_TEST(test_misplaced) {
    static const char *const operations[] = {"'x-armalo-Owner':'org'",
                                             "'x-armalo-ownr':'org'",
                                             "'x-armalo_class':'admin'",
                                             "'X-Armalo-Audit':'a.b'",
                                             "'x-armalo-auth':'operator'",
                                             "'x-armalo-scopes':['a:admin']",
                                             "'x-armalo':{}",
                                             "'$ref':'#/components/x-operations/a'"};
    char text[6000];
    w = world_new();
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        snprintf(text, sizeof text, KEYED("'/a':{'get':{%s}}"), operations[i]);
        malformed(text);
    }
    malformed(KEYED("'/a':{'x-armalo-owner':'org','get':{}}"));
    malformed(KEYED("'/a':{'get':{},'x-armalo-class':'admin'}"));
    malformed("{'openapi':'3.1.0','security':[],'paths':{'/a':{'security':[{'key':['a:b']}],'get':{}}}}");
    malformed("{'openapi':'3.1.0','x-armalo-owner':'org','security':[],'paths':{'/a':{'get':{}}}}");
    document_is("{'openapi':'3.1.0','security':[{'k':[]}],'paths':{'/a':{'get':{}}},'components':{'securitySchemes':"
                "{'k':{'type':'apiKey','name':'k','in':'header','x-armalo-Auth':'operator'}}}}",
                ARMALO_REASON_ROUTE_UNKNOWN_AUTH,
                "[{'reason':'route.unknown_auth','method':'GET','path':'/a','index':0}]");
    document_is("{'openapi':'3.1.0','security':[{'k':[]}],'paths':{'/a':{'get':{}}},'components':{'securitySchemes':"
                "{'k':{'$ref':'#/components/securitySchemes/l','x-armalo-auth':'operator'},"
                "'l':{'type':'apiKey','name':'l','in':'header'}}}}",
                ARMALO_REASON_ROUTE_UNKNOWN_AUTH,
                "[{'reason':'route.unknown_auth','method':'GET','path':'/a','index':0}]");
    document_is(KEYED("'/a':{'x-armal':1,'get':{'x-other-owner':'org'}}"), ARMALO_REASON_GRANTED, NULL);
    world_free(w);
}
END_TEST

/* Foreign members, methods in another case, extensions: passed over. Order is the document's. */
START_TEST(test_document) {
    armalo_route_match match;
    w = world_new();
    char *json = route_json(
        "{'openapi':'3.1.1','info':{'title':'x','version':'1'},'servers':[{'url':'https://example.org/v9'}],"
        "'webhooks':{'/hook':{'post':{}}},'x-whatever':{'paths':{'/x':{'get':{}}}},'jsonSchemaDialect':'x','tags':[],"
        "'paths':{'x-ext':{'get':{}},'x-':5,"
        "'/b/{id}':{'summary':'s','parameters':[{'name':'id'}],'servers':[],'x-get':{},'GET':{},'query':{},"
        "'delete':{'x-armalo-owner':'org','x-armalo-audit':'b.deleted','operationId':'o','callbacks':{'c':{'/"
        "d':{'post':{}}}}},"
        "'get':{'responses':{},'security':[{'key':['b:read','b:list']},{'ref':['c:read','b:read']}]}},"
        "'/a':{'get':{'security':[]}},'/':{'head':{'security':[]}}},'security':[{'key':['b:write']}]," SCHEMES "}");
    armalo_routes *routes = route_new(w, json, strlen(json));
    EXPECT_GRANT(w, route_ask(w, routes, "GET", "/a", 2, &match));
    must(match.index == 2);
    EXPECT_GRANT(w, route_ask(w, routes, "HEAD", "/", 1, &match));
    must(match.index == 3);
    static const char *const absent[][2] = {
        {"POST", "/hook"}, {"GET", "/x"}, {"GET", "/x-ext"}, {"GET", "/v9/a"}, {"POST", "/d"}};
    for (size_t i = 0; i < 5; i++)
        EXPECT_DENY_CALL(w, route_ask(w, routes, absent[i][0], absent[i][1], strlen(absent[i][1]), NULL),
                         ARMALO_REASON_ROUTE_UNLISTED);
    /* The scopes of all alternatives, each once. */
    EXPECT_DENY_CALL(w, route_ask(w, routes, "GET", "/b/1", 4, NULL), ARMALO_REASON_INVALID_ARGUMENT);
    must(strstr(forge_last(w), "\"required\":[\"b:read\",\"b:list\",\"c:read\"]") != NULL);
    EXPECT_DENY_CALL(w, route_ask(w, routes, "DELETE", "/b/1", 4, NULL), ARMALO_REASON_INVALID_ARGUMENT);
    must(strstr(forge_last(w), "\"required\":[\"b:write\"]") != NULL);
    must(strstr(forge_last(w), "\"type\":\"ai.armalo.audit.b.deleted\"") != NULL);
    must(strstr(forge_last(w), "\"subject\":\"DELETE /b/{id}\"") != NULL);
    armalo_routes_free(routes);
    free(json);
    document_is(KEYED("'/a':{'get':{'security':[{'key':['A:b']}]}}"), ARMALO_REASON_ROUTE_INVALID_SCOPE,
                "[{'reason':'route.invalid_scope','method':'GET','path':'/a','index':0}]");
    document_is(KEYED("'/a':{'get':{'security':[{'key':['a:b']},{'key':[5]}]}}"), ARMALO_REASON_ROUTE_INVALID_SCOPE,
                "[{'reason':'route.invalid_scope','method':'GET','path':'/a','index':0}]");
    document_is("{'openapi':'3.1.0','security':[{'key':['A:b']}],'paths':{'/a':{'get':{}},'/"
                "b':{'get':{'security':[]}}}," SCHEMES "}",
                ARMALO_REASON_ROUTE_INVALID_SCOPE,
                "[{'reason':'route.invalid_scope','method':'GET','path':'/a','index':0}]");
    document_is(KEYED("'a':{'get':{}}"), ARMALO_REASON_ROUTE_INVALID_PATH,
                "[{'reason':'route.invalid_path','method':'GET','path':'a','index':0}]");
    document_is(KEYED("'/a.{b}':{'get':{}}"), ARMALO_REASON_ROUTE_INVALID_PATH,
                "[{'reason':'route.invalid_path','method':'GET','path':'/a.{b}','index':0}]");
    document_is(KEYED("'/{a}':{'get':{}},'/{b}':{'get':{},'head':{}}"), ARMALO_REASON_ROUTE_OVERLAP,
                "[{'reason':'route.overlap','method':'GET','path':'/{b}','index':1,'with':0}]");
    world_free(w);
}
END_TEST

START_TEST(test_malformed) {
    static const char *const versions[] = {"null",    "3.1",      "'3'",        "'3.1'",         "'3.1.'",   "'2.0'",
                                           "'3.2.0'", "'3.10.0'", "'3.1.0-rc'", "'3.1.x'",       "' 3.1.0'", "'3.1.0 '",
                                           "'4.0.0'", "''",       "['3.1.0']",  "'3.1.0\\u0000'"};
    static const char *const paths[] = {"null",
                                        "[]",
                                        "'/a'",
                                        "1",
                                        "{'/a':null}",
                                        "{'/a':[]}",
                                        "{'/a':'get'}",
                                        "{'/a':{'get':null}}",
                                        "{'/a':{'get':[]}}",
                                        "{'/a':{'get':true}}",
                                        "{'/b':{'get':{}},'/a':{'get':1}}",
                                        "{'/a':{'get':{}},'/a':{'get':{}}}"};
    char text[6000];
    w = world_new();
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        snprintf(text, sizeof text, "{'openapi':%s,'paths':{'/a':{'get':{'security':[]}}}}", versions[i]);
        malformed(text);
    }
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        snprintf(text, sizeof text, "{'openapi':'3.1.0','security':[],'paths':%s}", paths[i]);
        malformed(text);
    }
    malformed("{'openapi':'3.1.0','paths':{'/a':{'get':{'security':[]}}},'routes':[]}");
    malformed("{'openapi':'3.1.0','paths':{'/a':{'get':{'security':[]}}}");
    document_is("{'openapi':'3.1.0'}", ARMALO_REASON_ROUTE_TABLE_EMPTY, NULL);
    document_is("{'openapi':'3.1.0','paths':{}}", ARMALO_REASON_ROUTE_TABLE_EMPTY, NULL);
    document_is("{'openapi':'3.1.0','paths':{'/a':{}}}", ARMALO_REASON_ROUTE_TABLE_EMPTY, NULL);
    document_is("{'openapi':'3.0.0','paths':{'x-a':{'get':{}}}}", ARMALO_REASON_ROUTE_TABLE_EMPTY, NULL);
    malformed("{'swagger':'2.0','paths':{'/a':{'get':{'security':[]}}}}");
    world_free(w);
}
END_TEST

/* ---- References ---- */

#define REFS(paths, items)                                                                                             \
    "{'openapi':'3.1.0','security':[],'paths':{" paths "},'components':{'pathItems':{" items "}}}"

START_TEST(test_references) {
    armalo_route_match match;
    w = world_new();
    char *json = route_json(REFS("'/a':{'$ref':'#/components/pathItems/one'},"
                                 "'/b':{'$ref':'#/components/pathItems/two','summary':'s','parameters':[]},"
                                 "'/c':{'$ref':'#/paths/~1a'},"
                                 "'/d':{'$ref':'#/paths/~1e~1%7Bx%7D'},"
                                 "'/e/{x}':{'get':{}},"
                                 "'/f':{'$ref':'#/components/pathItems/one'},"
                                 "'/g':{'$ref':'#/components/pathItems/with~0tilde%20'}",
                                 "'one':{'get':{},'head':{}},'two':{'$ref':'#/components/pathItems/three'},"
                                 "'three':{'get':{}},'with~tilde ':{'options':{}},'unused':{'$ref':'nowhere'}"));
    armalo_routes *routes = route_new(w, json, strlen(json));
    static const struct {
        const char *method, *path;
        uint32_t index;
    } want[] = {{"GET", "/a", 0}, {"HEAD", "/a", 1},  {"GET", "/b", 2}, {"GET", "/c", 3},  {"HEAD", "/c", 4},
                {"GET", "/d", 5}, {"GET", "/e/1", 6}, {"GET", "/f", 7}, {"HEAD", "/f", 8}, {"OPTIONS", "/g", 9}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        EXPECT_GRANT(w, route_ask(w, routes, want[i].method, want[i].path, strlen(want[i].path), &match));
        must(match.index == want[i].index);
    }
    EXPECT_DENY_CALL(w, route_ask(w, routes, "HEAD", "/b", 2, NULL), ARMALO_REASON_ROUTE_UNLISTED);
    armalo_routes_free(routes);
    free(json);
    /* To nowhere. */
    static const char *const nowhere[] = {"''",
                                          "'#'",
                                          "'#/'",
                                          "null",
                                          "1",
                                          "{}",
                                          "'other.json'",
                                          "'other.json#/paths/~1b'",
                                          "'https://example.org/a#/paths/~1b'",
                                          "'#/components/pathItems/absent'",
                                          "'#/components/pathItems'",
                                          "'#/components/pathItems/one/get'",
                                          "'#/paths/~1absent'",
                                          "'#/paths'",
                                          "'#/components/pathItems/One'",
                                          "'#/components/pathItems/%'",
                                          "'#/components/pathItems/%zz'",
                                          "'#/components/pathItems/on%65%'",
                                          "'#/components/pathItems/~2'",
                                          "'#/components/pathItems/one\\u0000'",
                                          "'#/components/pathItems/one%00'",
                                          "'#paths/~1b'",
                                          "'/paths/~1b'",
                                          "'#/components/securitySchemes/key'",
                                          "'#/components/pathitems/one'",
                                          "['#/components/pathItems/one']"};
    char text[6000];
    for (size_t i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++) {
        snprintf(text, sizeof text, REFS("'/b':{'get':{}},'/a':{'$ref':%s}", "'one':{'get':{}}"), nowhere[i]);
        malformed(text);
        snprintf(text, sizeof text,
                 REFS("'/b':{'get':{}},'/a':{'$ref':'#/components/pathItems/two'}", "'two':{'$ref':%s}"), nowhere[i]);
        malformed(text);
    }
    /* In circles. */
    malformed(REFS("'/a':{'$ref':'#/paths/~1a'}", ""));
    malformed(REFS("'/a':{'$ref':'#/paths/~1b'},'/b':{'$ref':'#/paths/~1a'}", ""));
    malformed(REFS("'/z':{'get':{}},'/a':{'$ref':'#/components/pathItems/a'}",
                   "'a':{'$ref':'#/components/pathItems/b'},'b':{'$ref':'#/components/pathItems/c'},'c':{'$ref':'#/"
                   "components/pathItems/a'}"));
    malformed(REFS("'/a':{'$ref':'#/components/pathItems/a'}", "'a':{'$ref':'#/paths/~1a'}"));
    /* Both a reference and operations: whoever reads one leaves out the other. */
    malformed(REFS("'/a':{'$ref':'#/components/pathItems/one','get':{}}", "'one':{'get':{}}"));
    malformed(REFS("'/a':{'get':{},'$ref':'#/components/pathItems/one'}", "'one':{'head':{}}"));
    malformed(REFS("'/a':{'$ref':'#/components/pathItems/two'}",
                   "'one':{'head':{}},'two':{'put':{},'$ref':'#/components/pathItems/one'}"));
    malformed(REFS("'/a':{'$ref':'#/components/pathItems/one'}", "'one':null"));
    malformed(REFS("'/a':{'$ref':'#/components/pathItems/one'}", "'one':{'get':5}"));
    world_free(w);
}
END_TEST

/* 16 steps are taken, not 17. */
START_TEST(test_reference_chain) {
    w = world_new();
    for (int n = 14; n <= 18; n++) {
        char items[4000] = "", text[6000];
        for (int i = 1; i < n; i++)
            sprintf(items + strlen(items), "'p%d':{'$ref':'#/components/pathItems/p%d'},", i, i + 1);
        sprintf(items + strlen(items), "'p%d':{'get':{}}", n);
        snprintf(text, sizeof text, REFS("'/a':{'$ref':'#/components/pathItems/p1'}", "%s"), items);
        if (n <= 16)
            document_is(text, ARMALO_REASON_GRANTED, NULL);
        else
            malformed(text);
    }
    world_free(w);
}
END_TEST

START_TEST(test_scheme_references) {
    static const char *const bad[] = {
        "'key':{'$ref':'#/components/securitySchemes/key'}",
        "'key':{'$ref':'#/components/securitySchemes/b'},'b':{'$ref':'#/components/securitySchemes/key'}",
        "'key':{'$ref':'#/components/securitySchemes/absent'}",
        "'key':{'$ref':'#/components/pathItems/b'},'b':{'type':'apiKey'}",
        "'key':{'$ref':'other.json#/components/securitySchemes/b'},'b':{'type':'apiKey'}",
        "'key':{'$ref':null},'b':{'type':'apiKey'}",
        "'key':{'$ref':'#/components/securitySchemes/b','type':'apiKey'},'b':{'$ref':'#'}",
    };
    char text[2000];
    w = world_new();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(text, sizeof text,
                 "{'openapi':'3.0.3','paths':{'/"
                 "a':{'get':{'security':[{'key':[]}]}}},'components':{'securitySchemes':{%s}}}",
                 bad[i]);
        malformed(text);
        snprintf(text, sizeof text,
                 "{'openapi':'3.0.3','security':[{'key':[]}],'paths':{'/"
                 "a':{'get':{}}},'components':{'securitySchemes':{%s}}}",
                 bad[i]);
        malformed(text);
    }
    world_free(w);
}
END_TEST

/* ---- Size ---- */

typedef struct big {
    char *text;
    size_t len, cap;
} big;

__attribute__((format(printf, 2, 3))) static void add(big *b, const char *format, ...) {
    va_list list;
    if (b->cap - b->len < 4096) {
        b->cap = 2 * b->cap + 65536;
        b->text = realloc(b->text, b->cap);
        if (b->text == NULL) abort();
    }
    size_t from = b->len;
    va_start(list, format);
    b->len += (size_t)vsnprintf(b->text + b->len, b->cap - b->len, format, list);
    va_end(list);
    for (; from < b->len; from++) {
        if (b->text[from] == '\'') b->text[from] = '"';
    }
}

static armalo_routes *made_of(big *b) {
    armalo_routes *routes = armalo_routes_new(w->host, b->text, b->len, &w->why);
    printf("# %zu bytes: %s\n", b->len, armalo_reason_name(w->why.reason));
    free(b->text);
    return routes;
}

/* 20 MB of an ordinary document: 20,000 paths with their talk. */
START_TEST(test_large) {
    big b = {NULL, 0, 0};
    armalo_route_match match;
    char path[100];
    w = world_new();
    add(&b, "{'openapi':'3.1.0','security':[{'key':['a:b']}]," SCHEMES ",'paths':{");
    for (int i = 0; i < 20000; i++) {
        add(&b, "%s'/v1/r%d/{id}':{'get':{'security':[],'description':'", i > 0 ? "," : "", i);
        for (int k = 0; k < 13; k++)
            add(&b, "%s", "words that nobody will read, but that somebody has to carry all the way; ");
        add(&b, "','responses':{'200':{'content':{'application/json':{'schema':{'type':'object','properties':{"
                "'id':{'type':'string'},'n':{'type':'integer'}}}}}}}},"
                "'put':{'x-armalo-owner':'org','x-armalo-audit':'r.put'}}");
    }
    add(&b, "}}");
    must(b.len > (size_t)20 * 1000 * 1000 && b.len <= ARMALO_ROUTES_MAX_TEXT);
    armalo_routes *routes = made_of(&b);
    must(routes != NULL);
    for (int i = 0; i < 20000; i += 7) {
        size_t len = (size_t)sprintf(path, "/v1/r%d/x", i);
        must(route_ask(w, routes, "GET", path, len, &match) == 1 && match.index == (uint32_t)(2 * i));
        must(route_ask(w, routes, "PUT", path, len, &match) == 0 && w->why.reason == ARMALO_REASON_INVALID_ARGUMENT);
    }
    armalo_routes_free(routes);
    world_free(w);
}
END_TEST

/* Documents that would take an hour if anything in them were read once for each time it is named. */
START_TEST(test_slow) {
    big b = {NULL, 0, 0};
    w = world_new();
    /* One path item of 10 MB, named 60,000 times, by a chain of references. */
    add(&b, "{'openapi':'3.1.0','security':[],'paths':{");
    for (int i = 0; i < 60000; i++)
        add(&b, "%s'/p%d':{'$ref':'#/components/pathItems/c%d'}", i > 0 ? "," : "", i, i % 14);
    add(&b, "},'components':{'pathItems':{");
    for (int i = 0; i < 14; i++) add(&b, "'c%d':{'$ref':'#/components/pathItems/c%d'},", i, i + 1);
    add(&b, "'c14':{'get':{'description':'");
    for (int i = 0; i < 10000; i++) add(&b, "%01000d", i);
    add(&b, "'}}}}}");
    armalo_routes *routes = made_of(&b);
    must(routes != NULL);
    must(route_ask(w, routes, "GET", "/p59999", 7, NULL) == 1);
    armalo_routes_free(routes);
    /* One security scheme of 10 MB, and 10,000 that refer to it, each named often. */
    b = (big){NULL, 0, 0};
    add(&b, "{'openapi':'3.1.0','paths':{");
    for (int i = 0; i < 30000; i++)
        add(&b, "%s'/p%d':{'get':{'security':[{'s%d':[]},{'s':[]}]}}", i > 0 ? "," : "", i, i % 10000);
    add(&b, "},'components':{'securitySchemes':{");
    for (int i = 0; i < 10000; i++) add(&b, "'s%d':{'$ref':'#/components/securitySchemes/s'},", i);
    add(&b, "'s':{'type':'apiKey','description':'");
    for (int i = 0; i < 10000; i++) add(&b, "%01000d", i);
    add(&b, "'}}}}");
    routes = made_of(&b);
    must(routes != NULL);
    armalo_routes_free(routes);
    /* More routes, path items or schemes than there may be. */
    b = (big){NULL, 0, 0};
    add(&b, "{'openapi':'3.1.0','security':[],'paths':{");
    for (int i = 0; i < 10000; i++) add(&b, "%s'/p%d':{'$ref':'#/components/pathItems/c'}", i > 0 ? "," : "", i);
    add(&b, "},'components':{'pathItems':{'c':{'get':{},'put':{},'post':{},'head':{},'delete':{},'options':{},'patch':{"
            "}}}}}");
    must(made_of(&b) == NULL && w->why.reason == ARMALO_REASON_ROUTE_TABLE_MALFORMED);
    b = (big){NULL, 0, 0};
    add(&b, "{'openapi':'3.1.0','security':[],'paths':{'/a':{'get':{}}},'components':{'securitySchemes':{'s':{}");
    for (int i = 0; i < 65536; i++) add(&b, ",'s%d':{}", i);
    add(&b, "}}}");
    must(made_of(&b) == NULL && w->why.reason == ARMALO_REASON_ROUTE_TABLE_MALFORMED);
    b = (big){NULL, 0, 0};
    add(&b, "{'openapi':'3.1.0','security':[],'paths':{'/a':{'$ref':'#/components/pathItems/"
            "s'}},'components':{'pathItems':{'s':{}");
    for (int i = 0; i < 65536; i++) add(&b, ",'s%d':{}", i);
    add(&b, "}}}");
    must(made_of(&b) == NULL && w->why.reason == ARMALO_REASON_ROUTE_TABLE_MALFORMED);
    world_free(w);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_security);
    tcase_add_test(tc, test_no_schemes);
    tcase_add_test(tc, test_operations);
    tcase_add_test(tc, test_misplaced);
    tcase_add_test(tc, test_document);
    tcase_add_test(tc, test_malformed);
    tcase_add_test(tc, test_references);
    tcase_add_test(tc, test_reference_chain);
    tcase_add_test(tc, test_scheme_references);
    tcase_add_test(tc, test_large);
    tcase_add_test(tc, test_slow);
}

TEST_MAIN("route_openapi", fill, 120)
