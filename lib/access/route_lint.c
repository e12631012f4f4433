/* SPDX-License-Identifier: MIT */
/* What blocks a release in a route table, and making a table that nothing blocks. Routes are judged in the order of the
 * table, each by itself and against those before it; what is unknown of a route is named once and judged no further. */
#include "access/routes.h"
#include "audit/event.h"
#include "codec/memory.h"
#include "codec/text.h"
#include "core/decide.h"

typedef struct armalo_i_finding {
    uint32_t reason, index, with; /* with: the other route, or ARMALO_I_ROUTE_NONE */
} armalo_i_finding;

typedef struct armalo_i_linter {
    armalo_routes *routes;
    armalo_i_finding *finding;
    uint32_t count, cap;
    uint32_t steps; /* left for the search for overlaps */
    int no_memory;
} armalo_i_linter;

/* Enough for tables of any size as people write them; less than a second for those that are made to be slow. */
#define ARMALO_I_LINT_STEPS (UINT32_C(1) << 25)

static void armalo_i_lint_find(armalo_i_linter *lint, uint32_t index, uint32_t reason, uint32_t with) {
    if (lint->count == lint->cap) {
        uint32_t cap = lint->cap == 0 ? 16 : 2 * lint->cap;
        void *more = armalo_i_realloc(lint->finding, (size_t)cap * sizeof lint->finding[0]);
        if (more == NULL) {
            lint->no_memory = 1;
            return;
        }
        lint->finding = more;
        lint->cap = cap;
    }
    armalo_i_finding finding = {reason, index, with};
    lint->finding[lint->count++] = finding;
}

/* "mutation or admin with auth none"; the rest is asked of mutations alone, since an admin route may well be of no org,
 * and names its scopes or is denied when it is called. */
static void armalo_i_lint_rules(armalo_i_linter *lint, uint32_t index, const armalo_i_route *route) {
    int mutation = route->class_ == ARMALO_I_CLASS_MUTATION;
    if (route->auth == ARMALO_I_AUTH_UNKNOWN)
        armalo_i_lint_find(lint, index, ARMALO_REASON_ROUTE_UNKNOWN_AUTH, ARMALO_I_ROUTE_NONE);
    if (route->class_ == ARMALO_I_CLASS_UNKNOWN || route->owner == ARMALO_I_OWNER_UNKNOWN)
        armalo_i_lint_find(lint, index, ARMALO_REASON_ROUTE_UNKNOWN_CLASS, ARMALO_I_ROUTE_NONE);
    if ((mutation || route->class_ == ARMALO_I_CLASS_ADMIN) && route->auth == ARMALO_I_AUTH_NONE)
        armalo_i_lint_find(lint, index, ARMALO_REASON_ROUTE_MUTATION_WITHOUT_AUTH, ARMALO_I_ROUTE_NONE);
    if (mutation && route->owner == ARMALO_I_OWNER_NONE)
        armalo_i_lint_find(lint, index, ARMALO_REASON_ROUTE_MUTATION_WITHOUT_OWNER, ARMALO_I_ROUTE_NONE);
    if (mutation && route->audit == 0)
        armalo_i_lint_find(lint, index, ARMALO_REASON_ROUTE_MUTATION_WITHOUT_AUDIT, ARMALO_I_ROUTE_NONE);
    if (route->scopes_invalid)
        armalo_i_lint_find(lint, index, ARMALO_REASON_ROUTE_INVALID_SCOPE, ARMALO_I_ROUTE_NONE);
    else if (mutation && route->scopes == 0)
        armalo_i_lint_find(lint, index, ARMALO_REASON_ROUTE_MUTATION_WITHOUT_SCOPE, ARMALO_I_ROUTE_NONE);
}

/* Method and path, and its place among the routes before it. */
static void armalo_i_lint_route(armalo_i_linter *lint, uint32_t index, armalo_i_route_path *path) {
    armalo_routes *routes = lint->routes;
    armalo_i_route *route = &routes->route[index];
    uint32_t method = armalo_i_route_method(armalo_i_span_of(routes->text + route->method, route->method_len));
    uint32_t reason =
        armalo_i_route_template_split(armalo_i_span_of(routes->text + route->path, route->path_len), path);
    if (method == ARMALO_I_ROUTE_METHODS)
        armalo_i_lint_find(lint, index, ARMALO_REASON_ROUTE_INVALID_METHOD, ARMALO_I_ROUTE_NONE);
    if (reason != ARMALO_REASON_GRANTED) armalo_i_lint_find(lint, index, reason, ARMALO_I_ROUTE_NONE);
    armalo_i_lint_rules(lint, index, route);
    if (method == ARMALO_I_ROUTE_METHODS || reason == ARMALO_REASON_ROUTE_INVALID_PATH) return;
    uint32_t with = armalo_i_route_trie_overlap(&routes->trie, method, path, &lint->steps);
    if (with != ARMALO_I_ROUTE_NONE) armalo_i_lint_find(lint, index, ARMALO_REASON_ROUTE_OVERLAP, with);
    route->parameters = path->parameters;
    if (!armalo_i_route_trie_add(&routes->trie, method, path, index)) lint->no_memory = 1;
}

static uint32_t armalo_i_lint_all(armalo_i_linter *lint, armalo_decision *why) {
    armalo_routes *routes = lint->routes;
    armalo_i_route_path path; /* 5 KB, used again for each route */
    lint->steps = ARMALO_I_LINT_STEPS;
    if (!armalo_i_route_trie_new(&routes->trie)) return ARMALO_REASON_NO_MEMORY;
    for (uint32_t i = 0; i < routes->count && !lint->no_memory && lint->steps > 0; i++)
        armalo_i_lint_route(lint, i, &path);
    if (lint->no_memory) return ARMALO_REASON_NO_MEMORY;
    if (lint->steps == 0) {
        armalo_i_decision_detail(why, "too many routes that could overlap", NULL, NULL);
        return ARMALO_REASON_ROUTE_TABLE_MALFORMED;
    }
    if (lint->count == 0) return ARMALO_REASON_GRANTED;
    const armalo_i_route *route = &routes->route[lint->finding[0].index];
    char number[24], method[32];
    armalo_i_decimal_text(lint->finding[0].index, number);
    armalo_i_writer w = {method, sizeof method - 1, 0};
    armalo_i_write_text(&w, number);
    armalo_i_write_text(&w, ": ");
    armalo_i_write_text(&w, routes->text + route->method);
    armalo_i_write_text(&w, " ");
    method[w.len < sizeof method - 1 ? w.len : sizeof method - 1] = 0;
    armalo_i_decision_detail(why, "route ", method, routes->text + route->path);
    return lint->finding[0].reason;
}

static void armalo_i_findings_write(armalo_i_writer *w, const armalo_i_linter *lint) {
    armalo_i_write_text(w, "[");
    for (uint32_t i = 0; i < lint->count; i++) {
        const armalo_i_finding *finding = &lint->finding[i];
        const armalo_i_route *route = &lint->routes->route[finding->index];
        armalo_i_write_text(w, i == 0 ? "{\"reason\":\"" : ",{\"reason\":\"");
        armalo_i_write_text(w, armalo_reason_name(finding->reason));
        armalo_i_write_text(w, "\",\"method\":");
        armalo_i_write_string(w, lint->routes->text + route->method, route->method_len);
        armalo_i_write_text(w, ",\"path\":");
        armalo_i_write_string(w, lint->routes->text + route->path, route->path_len);
        armalo_i_write_text(w, ",\"index\":");
        armalo_i_write_int(w, finding->index);
        if (finding->with != ARMALO_I_ROUTE_NONE) {
            armalo_i_write_text(w, ",\"with\":");
            armalo_i_write_int(w, finding->with);
        }
        armalo_i_write_text(w, "}");
    }
    armalo_i_write_text(w, "]");
}

/* 1 if they fit. */
static int armalo_i_findings_give(const armalo_i_linter *lint, char *findings, size_t cap, size_t *len) {
    armalo_i_writer measure = {NULL, 0, 0}, w = {findings, cap, 0};
    armalo_i_findings_write(&measure, lint);
    if (len != NULL) *len = measure.len;
    if (measure.len >= cap) return 0;
    armalo_i_findings_write(&w, lint);
    findings[w.len] = 0;
    return 1;
}

int armalo_routes_lint(armalo_host *host, const char *text, size_t len, char *findings, size_t cap,
                       size_t *findings_len, armalo_decision *why) {
    armalo_decision unseen;
    armalo_routes routes = {0};
    armalo_i_linter lint = {&routes, NULL, 0, 0, 0, 0};
    char members[64] = "";
    if (why == NULL) why = &unseen;
    if (findings_len != NULL) *findings_len = 0;
    uint32_t reason = armalo_i_decision_begin(host, why, armalo_i_span_of(NULL, 0));
    if (host == NULL) return armalo_i_refuse(why, reason, "host is NULL");
    if (text == NULL || (findings == NULL && cap != 0)) {
        reason = ARMALO_REASON_INVALID_ARGUMENT;
        armalo_i_decision_detail(why, text == NULL ? "text is NULL" : "findings is NULL", NULL, NULL);
    }
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_routes_read(&routes, armalo_i_span_of(text, len), why);
    if (reason == ARMALO_REASON_GRANTED) {
        reason = armalo_i_lint_all(&lint, why);
        int told = reason != ARMALO_REASON_NO_MEMORY && reason != ARMALO_REASON_ROUTE_TABLE_MALFORMED;
        if (told && !armalo_i_findings_give(&lint, findings, cap, findings_len) && reason == ARMALO_REASON_GRANTED)
            reason = ARMALO_REASON_BUFFER_TOO_SMALL;
    }
    armalo_i_writer w = {members, sizeof members - 1, 0};
    armalo_i_write_text(&w, ",\"control\":\"routes\",\"routes\":");
    armalo_i_write_int(&w, routes.count);
    armalo_i_write_text(&w, ",\"findings\":");
    armalo_i_write_int(&w, lint.count);
    armalo_i_event event = {"routes.lint", "routes", members, 0};
    armalo_i_release(lint.finding);
    armalo_i_routes_clear(&routes);
    return armalo_i_conclude(host, why, reason, &event);
}

armalo_routes *armalo_routes_new(armalo_host *host, const char *text, size_t len, armalo_decision *why) {
    armalo_decision unseen;
    if (why == NULL) why = &unseen;
    uint32_t reason = armalo_i_decision_begin(host, why, armalo_i_span_of(NULL, 0));
    armalo_routes *routes = NULL;
    if (host == NULL || text == NULL) {
        armalo_i_refuse(why, ARMALO_REASON_INVALID_ARGUMENT, host == NULL ? "host is NULL" : "text is NULL");
        return NULL;
    }
    if (reason == ARMALO_REASON_GRANTED && (routes = armalo_i_alloc(sizeof *routes)) == NULL)
        reason = ARMALO_REASON_NO_MEMORY;
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_routes_read(routes, armalo_i_span_of(text, len), why);
    if (reason == ARMALO_REASON_GRANTED) {
        armalo_i_linter lint = {routes, NULL, 0, 0, 0, 0};
        reason = armalo_i_lint_all(&lint, why);
        armalo_i_release(lint.finding);
    }
    if (reason == ARMALO_REASON_GRANTED) {
        armalo_i_refuse(why, ARMALO_REASON_UNDECIDED, NULL); /* there is a table, and nothing is granted */
        routes->host = host;
        return routes;
    }
    armalo_routes_free(routes);
    armalo_i_decision_reason(why, reason);
    return NULL;
}

void armalo_routes_free(armalo_routes *routes) {
    if (routes == NULL) return;
    armalo_i_routes_clear(routes);
    armalo_i_release(routes);
}
