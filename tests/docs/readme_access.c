/* SPDX-License-Identifier: MIT */
/* Runs the README: it is linked with the second C example found there, which defines may_go_ahead() and
 * may_write_agents(); the rows printed are those of its table of requests. Each check that holds prints "ok NAME", each
 * that does not "FAILED NAME". */
#include <armalo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void respond(int status, const char *text);
int may_go_ahead(armalo_routes *routes, armalo_keys *keys, const char *method, const char *path, const char *token,
                 const char *owner, int from_browser);
int may_write_agents(armalo_keys *keys, const char *token, const char *org);

#define NOW_MS INT64_C(1700000000000)
#define PATH   "/v1/agents/agt_1"
#define TABLE(scopes)                                                                                                  \
    "{\"v\":1,\"routes\":[{\"method\":\"PATCH\",\"path\":\"/v1/agents/{agent_id}\",\"class\":\"mutation\","            \
    "\"auth\":\"api_key\"," scopes "\"owner\":\"org\",\"audit\":\"agent.updated\"}]}"

static int last_status;
static char last_text[ARMALO_PUBLIC_TEXT_SIZE];

void respond(int status, const char *text) {
    last_status = status;
    (void)snprintf(last_text, sizeof last_text, "%s", text);
}

static void check(const char *name, int holds) { printf("%s %s\n", holds ? "ok" : "FAILED", name); }

static int64_t constant_ms(void *ctx) { return *(const int64_t *)ctx; }
static int keep(void *ctx, const char *event, size_t len) { return (void)event, (void)len, *(const int *)ctx; }

/* A good request, and what it is judged with; each row changes one thing. */
typedef struct setting {
    armalo_host *host;
    armalo_keys *keys;
    armalo_routes *routes;
    armalo_route_request request;
    armalo_key_spec spec;
    int64_t now_ms;
    int kept;
    char token[ARMALO_KEY_TOKEN_SIZE], record[ARMALO_KEY_RECORD_SIZE];
} setting;

static void need(int holds) {
    if (!holds) exit(EXIT_FAILURE);
}

static void load(setting *s) { need(armalo_keys_load(s->keys, s->record, strlen(s->record), NULL, NULL)); }

/* Issue the key of s->spec and load it. */
static void issue(setting *s) {
    armalo_decision why;
    need(armalo_key_issue(s->host, &s->spec, s->token, sizeof s->token, s->record, sizeof s->record, &why));
    s->request.token = s->token, s->request.token_len = strlen(s->token);
    load(s);
}

static void good(setting *s) {
    static const char table[] = TABLE("\"scopes\":[\"agents:write\"],");
    uint8_t root_key[ARMALO_ROOT_KEY_SIZE] = {1, 2, 3};
    armalo_decision why;
    armalo_host_config config = {.struct_size = sizeof config,
                                 .mode = ARMALO_MODE_PRODUCTION,
                                 .now_ms = constant_ms,
                                 .clock_ctx = &s->now_ms,
                                 .audit = keep,
                                 .audit_ctx = &s->kept,
                                 .root_key = root_key,
                                 .root_key_len = sizeof root_key};
    memset(s, 0, sizeof *s);
    s->now_ms = NOW_MS;
    s->kept = 1;
    need((s->host = armalo_host_new(&config, &why)) != NULL);
    need((s->keys = armalo_keys_new(s->host, NULL, NULL, &why)) != NULL);
    need((s->routes = armalo_routes_new(s->host, table, strlen(table), &why)) != NULL);
    s->spec = (armalo_key_spec){.struct_size = sizeof s->spec,
                                .org = "org_1",
                                .scopes = "agents:read agents:write",
                                .env = ARMALO_ENV_LIVE,
                                .use = ARMALO_USE_SERVER};
    s->request = (armalo_route_request){.struct_size = sizeof s->request,
                                        .method = "PATCH",
                                        .method_len = 5,
                                        .path = PATH,
                                        .path_len = strlen(PATH),
                                        .owner = "org_1",
                                        .caller = ARMALO_CALLER_SERVER};
    issue(s);
    need(armalo_route_authorize(s->routes, s->keys, &s->request, NULL, &why));
}

static void end(setting *s) {
    armalo_routes_free(s->routes);
    armalo_keys_free(s->keys);
    armalo_host_free(s->host);
}

static void row(setting *s, const char *but) {
    armalo_decision why;
    int granted = armalo_route_authorize(s->routes, s->keys, &s->request, NULL, &why);
    printf("| %s | %s: `%s` |\n", but, granted ? "GRANTED" : "denied", armalo_reason_name(why.reason));
    end(s);
}

static void edited(setting *s) {
    armalo_decision why;
    char *scope = strstr(s->record, "agents:read");
    need(scope != NULL);
    memcpy(scope, "agents:root", strlen("agents:root"));
    int loaded = armalo_keys_load(s->keys, s->record, strlen(s->record), NULL, &why);
    printf("| the key's record was edited | %s: `%s` |\n", loaded ? "LOADED" : "no record is loaded",
           armalo_reason_name(why.reason));
    need(armalo_route_authorize(s->routes, s->keys, &s->request, NULL, &why)); /* by the record in use */
    end(s);
}

static void unfit(setting *s) {
    armalo_decision why;
    static const char table[] = TABLE("");
    armalo_routes *routes = armalo_routes_new(s->host, table, strlen(table), &why);
    printf("| the route lacks a scope | %s: `%s` |\n", routes != NULL ? "A TABLE" : "no table",
           armalo_reason_name(why.reason));
    end(s);
}

static void table(void) {
    static const char escaped[] = "/v1/agents/agt%2F1";
    setting s;
    armalo_decision why;
    good(&s), s.request.owner = "org_2", row(&s, "the resource belongs to another org");
    good(&s), s.request.owner = NULL, row(&s, "nobody says whose the resource is");
    good(&s), s.request.method = "PUT", s.request.method_len = 3, row(&s, "the route is not in the table");
    good(&s), s.request.path = escaped, s.request.path_len = strlen(escaped), row(&s, "the path has an escaped slash");
    good(&s), s.request.caller = 0, row(&s, "it does not say where it comes from");
    good(&s), s.request.caller = ARMALO_CALLER_BROWSER, row(&s, "it comes from a browser");
    good(&s), s.spec.scopes = "agents:read", issue(&s), row(&s, "the key lacks the scope");
    good(&s), s.spec.env = ARMALO_ENV_TEST, issue(&s), row(&s, "the key is for tests");
    good(&s), s.spec.expires_ms = NOW_MS + 1, issue(&s), s.now_ms = NOW_MS + 1, row(&s, "the key has expired");
    good(&s), need(armalo_key_revoke(s.host, s.record, strlen(s.record), s.record, sizeof s.record, &why)), load(&s);
    row(&s, "the key was revoked");
    good(&s), armalo_keys_free(s.keys), need((s.keys = armalo_keys_new(s.host, NULL, NULL, &why)) != NULL);
    row(&s, "no keys were loaded");
    good(&s), edited(&s);
    good(&s), s.kept = 0, row(&s, "the audit sink fails");
    good(&s), unfit(&s);
}

static void example(void) {
    setting s;
    good(&s);
    check("the org's own resource", may_go_ahead(s.routes, s.keys, "PATCH", PATH, s.token, "org_1", 0) == 1);
    check("another org's", may_go_ahead(s.routes, s.keys, "PATCH", PATH, s.token, "org_2", 0) == 0);
    check("is not found",
          last_status == 404 && strncmp(last_text, "{\"error\":\"not_found\",\"request_id\":", 34) == 0);
    check("from a browser", may_go_ahead(s.routes, s.keys, "PATCH", PATH, s.token, "org_1", 1) == 0);
    check("is unauthorized", last_status == 401);
    check("without a token", may_go_ahead(s.routes, s.keys, "PATCH", PATH, NULL, "org_1", 0) == 0);
    check("its answer is generic", last_status == 401 && strcmp(last_text, "{\"error\":\"unauthorized\"}") == 0);
    check("without a table", may_go_ahead(NULL, s.keys, "PATCH", PATH, s.token, "org_1", 0) == 0);
    check("the key may write", may_write_agents(s.keys, s.token, "org_1") == 1);
    check("but not for another org", may_write_agents(s.keys, s.token, "org_2") == 0);
    check("and not without an org", may_write_agents(s.keys, s.token, NULL) == 0);
    s.spec.scopes = "agents:read", issue(&s);
    check("a key that may read may not write", may_write_agents(s.keys, s.token, "org_1") == 0);
    end(&s);
}

int main(void) {
    example();
    table();
    return 0;
}
