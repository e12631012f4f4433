/* SPDX-License-Identifier: MIT */
/* access/routes.h: the inside of a route table, and how it comes about: a reader (route_table.c or route_openapi.c)
 * adds routes as the text has them, then the linter (route_lint.c) judges each and puts it into the trie. */
#ifndef ARMALO_ACCESS_ROUTES_H
#define ARMALO_ACCESS_ROUTES_H

#include "access/route_trie.h"
#include "codec/json.h"
#include "core/host.h"

/* 0 is always: absent, or not one of these. */
enum armalo_i_route_class {
    ARMALO_I_CLASS_UNKNOWN,
    ARMALO_I_CLASS_PUBLIC,
    ARMALO_I_CLASS_READ,
    ARMALO_I_CLASS_MUTATION,
    ARMALO_I_CLASS_ADMIN
};
enum armalo_i_route_auth {
    ARMALO_I_AUTH_UNKNOWN,
    ARMALO_I_AUTH_NONE,
    ARMALO_I_AUTH_API_KEY,
    ARMALO_I_AUTH_WEBHOOK,
    ARMALO_I_AUTH_OPERATOR,
    ARMALO_I_AUTH_X402
};
enum armalo_i_route_owner { ARMALO_I_OWNER_UNKNOWN, ARMALO_I_OWNER_NONE, ARMALO_I_OWNER_ORG };

/* Names of the values above, from 1 on; the empty name ends them. */
extern const char armalo_i_route_classes[][9], armalo_i_route_auths[][9], armalo_i_route_owners[][9];

#define ARMALO_I_ROUTE_SCOPES 16 /* as many as armalo_access takes */
#define ARMALO_I_EVENT_NAME   64 /* bytes of an audit event's name, with NUL */

/* Scopes that a route needs: separated by single spaces, each once, NUL-terminated. */
typedef struct armalo_i_route_scopes {
    uint32_t count, len;
    int invalid; /* something was no scope, or there were too many */
    char text[ARMALO_I_ROUTE_SCOPES * (ARMALO_SCOPE_MAX + 1)];
} armalo_i_route_scopes;

/* One route. Texts are offsets into the table's text, NUL-terminated there; 0 is "". */
typedef struct armalo_i_route {
    uint8_t class_, auth, owner;
    uint8_t scopes_invalid;
    uint32_t parameters; /* bit n: segment n of the path is a parameter */
    uint32_t method, method_len, path, path_len, scopes, audit;
} armalo_i_route;

struct armalo_routes {
    const armalo_host *host;
    armalo_i_route *route;
    char *text;
    uint32_t count, cap, text_len, text_cap;
    armalo_i_route_trie trie;
};

/* ---- What readers use ---- */

/* A value of the lists above, or 0. */
uint8_t armalo_i_route_value(armalo_i_json_value value, const char names[][9]);

/* Keep a text. 1 and where it is, or 0 if there is no memory. */
int armalo_i_routes_keep(armalo_routes *routes, armalo_i_span text, uint32_t *at);
/* The same for a JSON string, unescaped. */
int armalo_i_routes_keep_string(armalo_routes *routes, armalo_i_json_value string, uint32_t *at, uint32_t *len);

/* The name of an audit event, [a-z][a-z0-9_.-]{0,62}: kept, or ROUTE_TABLE_MALFORMED, or NO_MEMORY. */
uint32_t armalo_i_routes_keep_audit(armalo_routes *routes, armalo_i_json_value value, uint32_t *at);

/* Add the strings of an array to the scopes. 1, or 0 if it is no array. */
int armalo_i_route_scopes_read(armalo_i_json_value array, armalo_i_route_scopes *scopes);
/* Keep them with a route. 1, or 0 if there is no memory. */
int armalo_i_routes_keep_scopes(armalo_routes *routes, const armalo_i_route_scopes *scopes, armalo_i_route *route);

/* GRANTED, ROUTE_TABLE_MALFORMED for one too many, or NO_MEMORY. */
uint32_t armalo_i_routes_add(armalo_routes *routes, const armalo_i_route *route);

/* Read a root value. GRANTED, ROUTE_TABLE_MALFORMED with *detail, or NO_MEMORY. */
uint32_t armalo_i_route_table_read(armalo_routes *routes, armalo_i_json_value root, const char **detail);
uint32_t armalo_i_route_openapi_read(armalo_routes *routes, armalo_i_json_value root, const char **detail);

/* ---- What the linter uses ---- */

/* Free what a table holds, and leave it empty. */
void armalo_i_routes_clear(armalo_routes *routes);

/* Read a text of either kind. GRANTED, or a reason with its detail in why. */
uint32_t armalo_i_routes_read(armalo_routes *routes, armalo_i_span text, armalo_decision *why);

/* ---- What the authoriser uses ---- */

/* The route of a request: GRANTED with *index and the path's segments, ROUTE_PATH_REFUSED or ROUTE_UNLISTED. */
uint32_t armalo_i_routes_match(const armalo_routes *routes, armalo_i_span method, armalo_i_span text,
                               armalo_i_route_path *path, uint32_t *index);

#endif
