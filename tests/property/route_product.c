/* SPDX-License-Identifier: MIT */
/* The tenant rule over the whole product of mode, sink, route (class, auth, owner, scopes), key (environment, use,
 * scopes, state) and request (caller, owner): exactly what the written rule grants is granted, with the evidence it
 * gives. */
#include "key_forge.h"
#include "route_forge.h"

enum { PUBLIC, READ, MUTATION, ADMIN, CLASSES };
enum { NONE, API_KEY, WEBHOOK, OPERATOR, X402, AUTHS };
enum { LIVE, TEST, SIM, ENVS };
enum { SERVER, ANY, USES };
enum { VALID, REVOKED, EXPIRED, NOT_YET, UNKNOWN, ABSENT, STATES };
enum { OWN, OTHER, UNSAID, OWNERS };
enum { KEEPS, FAILS, MISSING, OFF, SINKS };

static const char *const class_names[] = {"public", "read", "mutation", "admin"};
static const char *const auth_names[] = {"none", "api_key", "webhook", "operator", "x402"};
static const char *const env_names[] = {"live", "test", "sim"};

typedef struct cell {
    int32_t mode;
    int sink;
    int class_, auth, owned, needs_scope; /* the route */
    int env, use, has_scope, state;       /* the key */
    int32_t caller;                       /* the request */
    int owner;
} cell;

/* The written rule. */
static int rule(const cell *c, int32_t *evidence) {
    int mutates = c->class_ == MUTATION || c->class_ == ADMIN, production = c->mode == ARMALO_MODE_PRODUCTION;
    int told = c->sink == KEEPS || c->sink == OFF;
    int real = production || (c->mode == ARMALO_MODE_STAGING && (c->env == TEST || c->auth == NONE));
    *evidence = real ? ARMALO_POSITIVE : ARMALO_SIMULATED;
    if (mutates && !told) return 0;
    if (c->auth == NONE) return !mutates && !c->owned && !c->needs_scope;
    if (c->auth != API_KEY || c->state != VALID || production != (c->env == LIVE)) return 0;
    if (c->caller != ARMALO_CALLER_SERVER && c->caller != ARMALO_CALLER_BROWSER) return 0;
    if (mutates && (c->use != SERVER || c->caller != ARMALO_CALLER_SERVER)) return 0;
    if (c->caller == ARMALO_CALLER_BROWSER && c->use != ANY) return 0;
    if (c->needs_scope ? !c->has_scope : mutates) return 0;
    return !c->owned || c->owner == OWN;
}

/* What the linter lets through. */
static int listed(int class_, int auth, int owned, int needs_scope) {
    if ((class_ == MUTATION || class_ == ADMIN) && auth == NONE) return 0;
    return class_ != MUTATION || (owned && needs_scope);
}

typedef struct product {
    world w;
    forge_key key[ENVS][USES][2][UNKNOWN + 1];
    char *records;
    armalo_keys *keys;
    armalo_routes *routes;
    unsigned events;
    int sink_answer, said_granted;
    unsigned decided, granted;
} product;

static int sink(void *ctx, const char *event, size_t len) {
    product *p = ctx;
    (void)len;
    p->events++;
    p->said_granted = strstr(event, "\"granted\":true") != NULL;
    return p->sink_answer;
}

/* The records that were made, for a host without a sink: it may not load any, but it may have a database. */
static int look_up(void *ctx, const char *digest, char *buf, size_t cap, size_t *len) {
    const product *p = ctx;
    const char *found = strstr(p->records, digest);
    if (found == NULL) return 0;
    while (found > p->records && found[-1] != '\n') found--;
    *len = strcspn(found, "\n");
    must(*len <= cap);
    memcpy(buf, found, *len);
    return 1;
}

static void make_keys(product *p) {
    size_t cap = ENVS * USES * 2 * UNKNOWN * (size_t)2000, at = 0, bad;
    char *text = p->records = malloc(cap), time[40], body[33];
    unsigned n = 1;
    for (int env = 0; env < ENVS; env++) {
        for (int use = 0; use < USES; use++) {
            for (int has = 0; has < 2; has++) {
                for (int state = 0; state <= UNKNOWN; state++, n++) {
                    forge_key *k = &p->key[env][use][has][state];
                    const uint8_t *root = p->w.root_key;
                    int64_t now = FORGE_NOW_S * 1000;
                    forge_key_make(k, root, n);
                    forge_body(n, body);
                    forge_token(k, root, "pk", env_names[env], body);
                    forge_set_string(k, KEY_ENV, env_names[env]);
                    forge_set_string(k, KEY_USE, use == SERVER ? "server" : "any");
                    forge_set(k, KEY_SCOPES, has ? "[\"agents:write\"]" : "[\"agents:read\",\"pacts:write\"]");
                    if (state == REVOKED) forge_set(k, KEY_REVOKED_AT, forge_time(now - 1, time));
                    if (state == EXPIRED) forge_set(k, KEY_EXPIRES_AT, forge_time(now, time));
                    if (state == NOT_YET) forge_set(k, KEY_NOT_BEFORE, forge_time(now + 1, time));
                    forge_seal(k, root);
                    if (state == UNKNOWN) continue;
                    at += forge_line(k, text + at, cap - at);
                    text[at++] = '\n';
                }
            }
        }
    }
    text[at] = 0;
    p->sink_answer = 1;
    int loads = p->w.config.audit != NULL || p->w.config.audit_off != 0;
    p->keys = forge_keys_new(&p->w, loads ? NULL : look_up, p);
    if (loads && armalo_keys_load(p->keys, text, at, &bad, &p->w.why) != 1)
        ck_abort_msg("line %zu: %s", bad, armalo_reason_name(p->w.why.reason));
}

static void make_routes(product *p) {
    char list[20000];
    size_t at = 0;
    for (int class_ = 0; class_ < CLASSES; class_++) {
        for (int auth = 0; auth < AUTHS; auth++) {
            for (int owned = 0; owned < 2; owned++) {
                for (int needs = 0; needs < 2; needs++) {
                    if (!listed(class_, auth, owned, needs)) continue;
                    at += (size_t)sprintf(list + at,
                                          "%s{'method':'POST','path':'/%d/%d/%d/%d/{id}','class':'%s','auth':'%s',"
                                          "'owner':'%s','audit':'thing.done','scopes':[%s]}",
                                          at > 0 ? "," : "", class_, auth, owned, needs, class_names[class_],
                                          auth_names[auth], owned ? "org" : "none", needs ? "'agents:write'" : "");
                }
            }
        }
    }
    char *json = route_table(list);
    p->routes = armalo_routes_new(p->w.host, json, strlen(json), &p->w.why);
    if (p->routes == NULL) ck_abort_msg("%s %s", armalo_reason_name(p->w.why.reason), p->w.why.detail);
    free(json);
}

static void decide(product *p, const cell *c) {
    static const char *const owners[] = {"org_1", "org_2", NULL};
    const forge_key *k = c->state == ABSENT ? NULL : &p->key[c->env][c->use][c->has_scope][c->state];
    armalo_route_match match;
    armalo_decision why;
    char path[40];
    int32_t evidence;
    int len = snprintf(path, sizeof path, "/%d/%d/%d/%d/x", c->class_, c->auth, c->owned, c->needs_scope);
    armalo_route_request request = {.struct_size = sizeof request,
                                    .method = "POST",
                                    .method_len = 4,
                                    .path = path,
                                    .path_len = (size_t)len,
                                    .token = k == NULL ? NULL : k->token,
                                    .token_len = k == NULL ? 0 : k->token_len,
                                    .owner = owners[c->owner],
                                    .caller = c->caller};
    memset(&match, 0xFF, sizeof match);
    memset(&why, 0xFF, sizeof why);
    p->events = 0;
    int granted = armalo_route_authorize(p->routes, p->keys, &request, &match, &why), want = rule(c, &evidence);
    if (granted != want || armalo_decision_granted(&why) != want || (why.grant == ARMALO_GRANT) != want ||
        (want && why.evidence != evidence) || (!want && why.evidence == ARMALO_POSITIVE))
        ck_abort_msg("mode %d, sink %d; %s %s owned %d, scope %d; %s use %d, scope %d, state %d; caller %d, owner %d: "
                     "%d instead of %d, %s, evidence %d",
                     (int)c->mode, c->sink, class_names[c->class_], auth_names[c->auth], c->owned, c->needs_scope,
                     env_names[c->env], c->use, c->has_scope, c->state, (int)c->caller, c->owner, granted, want,
                     armalo_reason_name(why.reason), (int)why.evidence);
    /* Only a mutation that could not be told is told as granted and denied all the same. */
    must(p->events == (c->sink == KEEPS || c->sink == FAILS));
    if (p->events > 0) must(p->said_granted == granted || why.reason == ARMALO_REASON_HOST_AUDIT_FAILED);
    must(granted ? match.parameter_count == 1 && match.parameter[0].len == 1 : forge_zero(&match, sizeof match));
    if (granted && c->auth == API_KEY) must(strcmp(why.org, "org_1") == 0 && why.authenticated == 1);
    /* The resource's owner is nobody's to know: not said, or another's, looks the same. */
    if (why.reason == ARMALO_REASON_ROUTE_OWNER_MISMATCH || why.reason == ARMALO_REASON_ROUTE_OWNER_UNSPECIFIED)
        must(why.http_status == 404);
    p->decided++;
    p->granted += (unsigned)granted;
}

static void walk(product *p, cell c) {
    static const int32_t callers[] = {0, ARMALO_CALLER_SERVER, ARMALO_CALLER_BROWSER, 3, -1};
    for (int n = 0; n < 5 * OWNERS * STATES * 2 * USES * ENVS; n++) {
        c.caller = callers[n % 5];
        c.owner = n / 5 % OWNERS;
        c.state = n / 15 % STATES;
        c.has_scope = n / 90 % 2;
        c.use = n / 180 % USES;
        c.env = n / 360;
        decide(p, &c);
    }
}

START_TEST(test_product) {
    static product p;
    cell c = {.mode = 1 + _i % 4, .sink = _i / 4};
    world_init(&p.w);
    p.w.config.mode = c.mode;
    p.w.config.audit = sink;
    p.w.config.audit_ctx = &p;
    if (c.sink == MISSING || c.sink == OFF) p.w.config.audit = NULL;
    if (c.sink == OFF) p.w.config.audit_off = ARMALO_AUDIT_OFF;
    world_start(&p.w);
    make_keys(&p);
    make_routes(&p);
    p.sink_answer = c.sink == FAILS ? 0 : 1;
    for (c.class_ = 0; c.class_ < CLASSES; c.class_++) {
        for (c.auth = 0; c.auth < AUTHS; c.auth++) {
            for (c.owned = 0; c.owned < 2; c.owned++) {
                for (c.needs_scope = 0; c.needs_scope < 2; c.needs_scope++) {
                    if (listed(c.class_, c.auth, c.owned, c.needs_scope)) walk(&p, c);
                }
            }
        }
    }
    printf("# mode %d, sink %d: %u decisions, %u granted\n", (int)c.mode, c.sink, p.decided, p.granted);
    must(p.granted > 1000 && p.granted < p.decided / 10);
    armalo_routes_free(p.routes);
    armalo_keys_free(p.keys);
    free(p.records);
    world_end(&p.w);
}
END_TEST

static void fill(TCase *tc) { tcase_add_loop_test(tc, test_product, 0, 4 * SINKS); }

TEST_MAIN("route_product", fill, 300)
