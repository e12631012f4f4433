/* SPDX-License-Identifier: MIT */
/* armalo/route.h: the governed route table of an API: what each route needs, a linter whose findings block a release,
 * and the authoriser. */
#ifndef ARMALO_ROUTE_H
#define ARMALO_ROUTE_H

#include "armalo/key.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ARMALO_ROUTES_MAX         65536                      /* routes of one table */
#define ARMALO_ROUTE_MAX_SEGMENTS 32                         /* segments of a path */
#define ARMALO_ROUTE_MAX_PATH     4096                       /* bytes of a request's path */
#define ARMALO_ROUTES_MAX_TEXT    ((size_t)32 * 1024 * 1024) /* bytes of a table or an OpenAPI document */

typedef struct armalo_routes armalo_routes;

/* Find what blocks a release in a route table (or an OpenAPI 3.0 or 3.1 document, in JSON).
 * Returns: 1 if there is no blocker; 0 in every other case.
 * Args:    host: as for every decision; not NULL.
 *          text: len bytes of JSON: {"v":1,"routes":[…]} or {"openapi":"3.…",…}; not NULL.
 *          len: bytes at text, at most ARMALO_ROUTES_MAX_TEXT.
 *          cap: bytes at findings.
 * Out:     findings: a JSON array, NUL-terminated:
 *          [{"reason":"route.…","method":"POST","path":"/…","index":0,"with":1},…],
 *          in the order of the table ("with": the other route of route.overlap; else absent); [] when there is none.
 *          Not written when it does not fit. NULL is allowed when cap is 0.
 *          findings_len: bytes of the findings without NUL, also when they did not fit; 0 when the text is no table.
 *          NULL is allowed.
 *          why: the decision: the first blocker, with the route in its detail. NULL is allowed.
 * Reasons: core.granted; core.invalid_argument, core.no_memory, core.buffer_too_small (no blocker, but no room for []),
 *          host.mode_unset, host.clock_*, route.table_malformed, route.table_empty, route.unknown_auth,
 *          route.unknown_class, route.mutation_without_auth, route.mutation_without_owner,
 *          route.mutation_without_audit, route.mutation_without_scope, route.overlap, route.parameter_repeated,
 *          route.invalid_method, route.invalid_path, route.invalid_scope.
 * Thread safety: any thread. */
ARMALO_API ARMALO_MUST_USE int armalo_routes_lint(armalo_host *host, const char *text, size_t len, char *findings,
                                                  size_t cap, size_t *findings_len, armalo_decision *why);

/* Make a route table. One that has a blocker is refused.
 * Returns: a handle, to be ended with armalo_routes_free(); NULL when refused.
 * Args:    host, text, len: as for armalo_routes_lint(). host must outlive the handle.
 * Out:     why: the reason of a refusal; grants nothing. NULL is allowed.
 * Reasons: as armalo_routes_lint(), without core.buffer_too_small.
 * Thread safety: any thread; the table is read only and can be shared. To change routes make another. */
ARMALO_API ARMALO_MUST_USE armalo_routes *armalo_routes_new(armalo_host *host, const char *text, size_t len,
                                                            armalo_decision *why);

/* End a table.
 * Args:    routes: NULL is allowed and does nothing.
 * Thread safety: no other thread may use it any more. */
ARMALO_API void armalo_routes_free(armalo_routes *routes);

/* A request to be authorised. Zero it, set struct_size, then set what you have: what is left out denies. */
typedef struct armalo_route_request {
    size_t struct_size; /* sizeof(armalo_route_request) */
    const char *method; /* "GET", …: method_len bytes, exactly as received */
    size_t method_len;
    const char *path; /* the path as received, path_len bytes, not decoded, without query and fragment */
    size_t path_len;
    const char *token; /* the API key's token, token_len bytes; NULL: none */
    size_t token_len;
    const char *owner;  /* the org the resource belongs to, as the host knows it, NUL-terminated; NULL: not known, or
                             * no such resource */
    int32_t caller;     /* ARMALO_CALLER_…; required for routes with auth api_key */
    uint32_t reserved;  /* 0 */
    const char *key_id; /* as in armalo_access */
    const char *request_id; /* as in armalo_request */
    size_t request_id_len;  /* 0 with NULL */
} armalo_route_request;

/* What was matched. Filled when granted, all zero bytes when denied. */
typedef struct armalo_route_match {
    uint32_t index; /* of the route in the table, from 0; for OpenAPI in the order of the document */
    uint32_t parameter_count;
    struct {
        uint32_t start, len; /* bytes of request->path, still percent-encoded */
    } parameter[ARMALO_ROUTE_MAX_SEGMENTS];
} armalo_route_match;

/* May this request go ahead? Joins the route, the key, its scopes, the resource's owner and the audit in one decision.
 * The event is named by the route's `audit` ("route.authorize" where it has none).
 * Returns: 1 if granted; 0 in every other case.
 * Args:    routes: NULL is denied.
 *          keys: made with the same host (else core.invalid_argument); NULL is denied on routes that need a key.
 *          request: NULL is denied.
 * Out:     match: what was matched. NULL is allowed.
 *          why: the decision. NULL is allowed.
 * Reasons: those of armalo_key_verify(); route.path_refused, route.unlisted, route.owner_unspecified,
 *          route.owner_mismatch, route.auth_unsupported (auth webhook, operator and x402: another control decides
 *          those).
 * Thread safety: any number of threads. Allocates nothing where armalo_key_verify() does not. */
ARMALO_API ARMALO_MUST_USE int armalo_route_authorize(const armalo_routes *routes, armalo_keys *keys,
                                                      const armalo_route_request *request, armalo_route_match *match,
                                                      armalo_decision *why);

#ifdef __cplusplus
}
#endif
#endif
