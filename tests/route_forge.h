/* SPDX-License-Identifier: MIT */
/* tests/route_forge.h: route tables written with ' for ", their findings, and tables made of them. Header only. */
#ifndef ARMALO_TESTS_ROUTE_FORGE_H
#define ARMALO_TESTS_ROUTE_FORGE_H

#include "world.h"

/* For loops: Check writes something down for each of its assertions, held or not. */
#ifndef must
#define must(what)                                                                                                     \
    do {                                                                                                               \
        if (!(what)) ck_abort_msg("%s:%d: %s does not hold", __FILE__, __LINE__, #what);                               \
    } while (0)
#endif

/* In a block of its exact size, so that a sanitizer sees a byte read past the end. */
static inline char *route_exact(const char *text, size_t len) {
    char *copy = malloc(len == 0 ? 1 : len);
    if (copy == NULL) abort();
    if (len > 0) memcpy(copy, text, len);
    return copy;
}

/* The text with " for each '. */
static inline char *route_json(const char *text) {
    size_t len = strlen(text);
    char *json = malloc(len + 1);
    if (json == NULL) abort();
    for (size_t i = 0; i <= len; i++) json[i] = (char)(text[i] == '\'' ? '"' : text[i]);
    return json;
}

/* A table of these routes. Free it. */
static inline char *route_table(const char *routes) {
    char *text = malloc(strlen(routes) + 32), *json;
    if (text == NULL) abort();
    sprintf(text, "{'v':1,'routes':[%s]}", routes);
    json = route_json(text);
    free(text);
    return json;
}

/* A text must be refused with this reason, by the linter and when a table is made of it, with these findings (' for ");
 * NULL: it is no table. */
static inline void route_expect_deny(world *w, const char *json, size_t json_len, uint32_t reason,
                                     const char *findings) {
    static char found[65536];
    size_t len = 99;
    char *text = route_exact(json, json_len), *want = findings == NULL ? NULL : route_json(findings);
    memset(found, 0xA5, sizeof found);
    EXPECT_DENY_CALL(w, armalo_routes_lint(w->host, text, json_len, found, sizeof found, &len, &w->why), reason);
    must(strstr(forge_last(w), "\"type\":\"ai.armalo.audit.routes.lint\"") != NULL);
    if (findings == NULL) {
        if (len != 0 || found[0] != (char)0xA5) ck_abort_msg("findings of what is no table: %.100s", found);
    } else {
        if (strcmp(found, want) != 0 || len != strlen(want)) ck_abort_msg("findings %s instead of %s", found, want);
    }
    armalo_routes *routes = (armalo_routes *)w;
    EXPECT_REFUSE(w, (routes = armalo_routes_new(w->host, text, json_len, &w->why)) != NULL, reason);
    must(routes == NULL);
    free(want);
    free(text);
}

/* A table from a text that nothing blocks. */
static inline armalo_routes *route_new(world *w, const char *json, size_t json_len) {
    char found[16] = "", *text = route_exact(json, json_len);
    size_t len = 99;
    EXPECT_GRANT(w, armalo_routes_lint(w->host, text, json_len, found, sizeof found, &len, &w->why));
    if (strcmp(found, "[]") != 0 || len != 2) ck_abort_msg("findings of a good table: %s", found);
    unsigned before = forge_poison(w);
    armalo_routes *routes = armalo_routes_new(w->host, text, json_len, &w->why);
    free(text); /* nothing of it is kept */
    if (routes == NULL) ck_abort_msg("no table: %s (%s)", armalo_reason_name(w->why.reason), w->why.detail);
    must(w->why.reason == ARMALO_REASON_UNDECIDED && armalo_decision_granted(&w->why) == 0);
    must(w->decisions == before);
    return routes;
}

/* The same of routes with ' for ". */
static inline armalo_routes *route_new_of(world *w, const char *list) {
    char *json = route_table(list);
    armalo_routes *routes = route_new(w, json, strlen(json));
    free(json);
    return routes;
}
static inline void route_deny_of(world *w, const char *list, uint32_t reason, const char *findings) {
    char *json = route_table(list);
    route_expect_deny(w, json, strlen(json), reason, findings);
    free(json);
}

/* A route that anybody may call. */
#define ROUTE_OPEN(method, path)                                                                                       \
    "{'method':'" method "','path':'" path "','class':'public','auth':'none','owner':'none'}"

/* Ask for a path that needs no key. */
static inline int route_ask(world *w, const armalo_routes *routes, const char *method, const char *path, size_t len,
                            armalo_route_match *match) {
    armalo_route_request request = {
        .struct_size = sizeof request, .method = method, .method_len = strlen(method), .path = path, .path_len = len};
    return armalo_route_authorize(routes, NULL, &request, match, &w->why);
}

#endif
