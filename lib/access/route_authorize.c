/* SPDX-License-Identifier: MIT */
/* The authoriser: route, key, scopes, owner, mode and audit in one decision. The rule, in the order it is applied:
 *   1. the host can decide, and the request is one (core.*, host.*);
 *   2. the path is one that every parser reads alike (route.path_refused), and a route of its method matches it
 *      (route.unlisted; HEAD is not GET);
 *   3. auth webhook, operator, x402: another control decides (route.auth_unsupported);
 *      auth none: nobody shows who they are. What the route asks for all the same cannot be shown, so owner org is
 *      route.owner_unspecified, and scopes are key.scope_missing; without both it is granted;
 *      auth api_key: as armalo_key_verify() for a key of any org, the route's scopes, and a mutation where the class is
 *      mutation or admin, else a read. Without scopes a read asks for the identity alone; an admin route is denied
 *      (key.scope_unspecified);
 *   4. owner org: the host has said whose the resource is (route.owner_unspecified), and it is the key's org
 *      (route.owner_mismatch);
 *   5. the class mutation or admin: the audit sink has the event (host.audit_*).
 * A grant carries at most the evidence that the key can. */
#include "access/keys.h"
#include "access/routes.h"
#include "audit/event.h"
#include "codec/memory.h"
#include "core/decide.h"

/* What an event shows of a path: all of it, in any but odd requests. An event has room for this much, escaped. */
#define ARMALO_I_SHOWN_PATH   512
#define ARMALO_I_SHOWN_METHOD 32
#define ARMALO_I_SUBJECT_SIZE (ARMALO_I_SHOWN_PATH + 16)
#define ARMALO_I_MEMBERS_ROOM                                                                                          \
    (6 * (ARMALO_I_SHOWN_PATH + ARMALO_I_SHOWN_METHOD) + ARMALO_I_ROUTE_SCOPES * (ARMALO_SCOPE_MAX + 3) + 160)

uint32_t armalo_i_routes_match(const armalo_routes *routes, armalo_i_span method, armalo_i_span text,
                               armalo_i_route_path *path, uint32_t *index) {
    int respelled = 0;
    if (!armalo_i_route_path_split(text, path)) return ARMALO_REASON_ROUTE_PATH_REFUSED;
    uint32_t number = armalo_i_route_method(method);
    if (number == ARMALO_I_ROUTE_METHODS) return ARMALO_REASON_ROUTE_UNLISTED;
    *index = armalo_i_route_trie_find(&routes->trie, number, path, &respelled);
    if (respelled) return ARMALO_REASON_ROUTE_PATH_REFUSED;
    return *index == ARMALO_I_ROUTE_NONE ? ARMALO_REASON_ROUTE_UNLISTED : ARMALO_REASON_GRANTED;
}

static int armalo_i_route_mutates(const armalo_i_route *route) {
    return route->class_ == ARMALO_I_CLASS_MUTATION || route->class_ == ARMALO_I_CLASS_ADMIN;
}

static uint32_t armalo_i_route_key_judge(const armalo_routes *routes, const armalo_i_route *route, armalo_keys *keys,
                                         const armalo_route_request *request, armalo_decision *why, int32_t *at_most) {
    if (keys == NULL || armalo_i_keys_host(keys) != routes->host) {
        armalo_i_decision_detail(why, keys == NULL ? "keys is NULL" : "keys of another host", NULL, NULL);
        return ARMALO_REASON_INVALID_ARGUMENT;
    }
    armalo_access access = {.struct_size = sizeof access,
                            .any_org = ARMALO_ANY_ORG, /* the org is compared with the owner, below */
                            .intent = armalo_i_route_mutates(route) ? ARMALO_MUTATION : ARMALO_READ,
                            .caller = request->caller,
                            .key_id = request->key_id,
                            .request_id = request->request_id,
                            .request_id_len = request->request_id_len};
    if (route->scopes != 0)
        access.scopes = routes->text + route->scopes;
    else if (access.intent == ARMALO_READ)
        access.identity_only = ARMALO_IDENTITY_ONLY;
    return armalo_i_key_judge(keys, request->token, request->token_len, &access, why, at_most);
}

static uint32_t armalo_i_route_judge(const armalo_routes *routes, const armalo_i_route *route, armalo_keys *keys,
                                     const armalo_route_request *request, armalo_decision *why, int32_t *at_most) {
    if (route->auth == ARMALO_I_AUTH_NONE) {
        if (armalo_i_route_mutates(route)) return ARMALO_REASON_ROUTE_AUTH_UNSUPPORTED; /* the linter lets none in */
        if (route->owner == ARMALO_I_OWNER_ORG) return ARMALO_REASON_ROUTE_OWNER_UNSPECIFIED;
        return route->scopes != 0 ? ARMALO_REASON_KEY_SCOPE_MISSING : ARMALO_REASON_GRANTED;
    }
    if (route->auth != ARMALO_I_AUTH_API_KEY) return ARMALO_REASON_ROUTE_AUTH_UNSUPPORTED;
    uint32_t reason = armalo_i_route_key_judge(routes, route, keys, request, why, at_most);
    if (reason != ARMALO_REASON_GRANTED || route->owner == ARMALO_I_OWNER_NONE) return reason;
    if (route->owner != ARMALO_I_OWNER_ORG || request->owner == NULL || request->owner[0] == 0 || why->org[0] == 0)
        return ARMALO_REASON_ROUTE_OWNER_UNSPECIFIED;
    return strcmp(request->owner, why->org) == 0 ? ARMALO_REASON_GRANTED : ARMALO_REASON_ROUTE_OWNER_MISMATCH;
}

static void armalo_i_route_shown(armalo_i_writer *w, const char *name, const char *text, size_t len, size_t most) {
    armalo_i_write_text(w, name);
    if (text == NULL)
        armalo_i_write_text(w, "null");
    else
        armalo_i_write_string(w, text, len < most ? len : most);
}

/* A host that hands in its query by mistake is denied; its query, which may hold a key, does not go into the log. */
static size_t armalo_i_route_shown_len(const armalo_route_request *request) {
    size_t len = 0, most = ARMALO_I_SHOWN_PATH;
    if (request == NULL || request->path == NULL) return 0;
    if (most > request->path_len) most = request->path_len;
    while (len < most && request->path[len] != '?' && request->path[len] != '#') len++;
    return len;
}

/* request is NULL when there is none that can be read, route when none was matched. */
static void armalo_i_route_members(const armalo_routes *routes, const armalo_i_route *route,
                                   const armalo_route_request *request, char *members) {
    armalo_i_writer w = {members, ARMALO_I_MEMBERS_ROOM - 1, 0};
    armalo_i_write_text(&w, ",\"control\":\"routes\"");
    armalo_i_route_shown(&w, ",\"method\":", request == NULL ? NULL : request->method,
                         request == NULL ? 0 : request->method_len, ARMALO_I_SHOWN_METHOD);
    armalo_i_route_shown(&w, ",\"path\":", request == NULL ? NULL : request->path, armalo_i_route_shown_len(request),
                         ARMALO_I_SHOWN_PATH);
    if (request != NULL && request->path != NULL && request->path_len > ARMALO_I_SHOWN_PATH) {
        armalo_i_write_text(&w, ",\"path_bytes\":");
        armalo_i_write_int(&w, request->path_len < INT64_MAX ? (int64_t)request->path_len : INT64_MAX);
    }
    armalo_i_write_text(&w, ",\"required\":[");
    for (const char *p = route == NULL || route->scopes == 0 ? "" : routes->text + route->scopes; *p != 0;) {
        size_t len = strcspn(p, " ");
        armalo_i_write_string(&w, p, len);
        p += len;
        if (*p == ' ') {
            armalo_i_write_text(&w, ",");
            p++;
        }
    }
    armalo_i_write_text(&w, "]");
    members[w.len < ARMALO_I_MEMBERS_ROOM ? w.len : 0] = 0;
}

/* The event of a decision: named by the route, about its method and template. */
static int armalo_i_route_conclude(const armalo_routes *routes, const armalo_i_route *route,
                                   const armalo_route_request *request, armalo_decision *why, uint32_t reason,
                                   int32_t at_most) {
    char subject[ARMALO_I_SUBJECT_SIZE], members[ARMALO_I_MEMBERS_ROOM];
    armalo_i_event event = {"route.authorize", "-", NULL, 0};
    if (route != NULL) {
        armalo_i_writer w = {subject, sizeof subject - 1, 0};
        size_t most = route->path_len < ARMALO_I_SHOWN_PATH ? route->path_len : ARMALO_I_SHOWN_PATH;
        armalo_i_write_raw(&w, routes->text + route->method, route->method_len);
        armalo_i_write_raw(&w, " ", 1);
        armalo_i_write_raw(&w, routes->text + route->path, most);
        subject[w.len] = 0;
        event.subject = subject;
        event.mutation = armalo_i_route_mutates(route);
        if (route->audit != 0) event.type = routes->text + route->audit;
    }
    if (routes->host->audit != NULL) {
        armalo_i_route_members(routes, route, request, members);
        event.members = members;
    }
    return armalo_i_conclude_at_most(routes->host, why, reason, &event, at_most);
}

static void armalo_i_route_match_fill(const armalo_i_route *route, uint32_t index, const armalo_i_route_path *path,
                                      armalo_route_match *match) {
    match->index = index;
    for (uint32_t n = 0; n < path->count; n++) {
        if (!(route->parameters >> n & 1)) continue;
        match->parameter[match->parameter_count].start = path->segment[n].start;
        match->parameter[match->parameter_count++].len = path->segment[n].raw_len;
    }
}

/* What cannot be a request, as the detail of core.invalid_argument; NULL if nothing is wrong. */
static const char *armalo_i_route_request_fault(const armalo_route_request *request) {
    if (request == NULL) return "request is NULL";
    if (request->method == NULL) return "method is NULL";
    if (request->path == NULL) return "path is NULL";
    if (request->token == NULL && request->token_len != 0) return "token is NULL";
    return request->reserved != 0 ? "reserved is not 0" : NULL;
}

int armalo_route_authorize(const armalo_routes *routes, armalo_keys *keys, const armalo_route_request *request,
                           armalo_route_match *match, armalo_decision *why) {
    armalo_decision unseen;
    armalo_i_route_path path;
    const armalo_i_route *route = NULL;
    uint32_t index = 0;
    int32_t at_most = ARMALO_POSITIVE;
    if (why == NULL) why = &unseen;
    if (match != NULL) armalo_i_zero(match, sizeof *match);
    int known = request != NULL && request->struct_size == sizeof *request;
    armalo_i_span id =
        known ? armalo_i_span_of(request->request_id, request->request_id_len) : armalo_i_span_of(NULL, 0);
    uint32_t reason = armalo_i_decision_begin(routes == NULL ? NULL : routes->host, why, id);
    if (routes == NULL) return armalo_i_refuse(why, reason, "routes is NULL");
    const char *fault = request != NULL && !known ? "request.struct_size" : armalo_i_route_request_fault(request);
    if (fault != NULL) {
        armalo_i_decision_detail(why, fault, NULL, NULL);
        reason = ARMALO_REASON_INVALID_ARGUMENT;
    }
    if (!known) request = NULL;
    if (reason == ARMALO_REASON_GRANTED) {
        reason = armalo_i_routes_match(routes, armalo_i_span_of(request->method, request->method_len),
                                       armalo_i_span_of(request->path, request->path_len), &path, &index);
    }
    if (reason == ARMALO_REASON_GRANTED) {
        route = &routes->route[index];
        reason = armalo_i_route_judge(routes, route, keys, request, why, &at_most);
    }
    int granted = armalo_i_route_conclude(routes, route, request, why, reason, at_most);
    if (granted && match != NULL) armalo_i_route_match_fill(route, index, &path, match);
    return granted;
}

_Static_assert(sizeof(((armalo_route_match *)0)->parameter) / sizeof(((armalo_route_match *)0)->parameter[0]) ==
                   ARMALO_ROUTE_MAX_SEGMENTS,
               "room for each segment");
