/* SPDX-License-Identifier: MIT */
/* access/route_openapi.h: what the parts of the OpenAPI reader share.
 *
 * Read of a document (OpenAPI 3.0 or 3.1): paths, the operations of each path item, their security (else that of
 * the document), their x-armalo-class, x-armalo-owner and x-armalo-audit; security schemes with their x-armalo-auth.
 * Servers are not read: requests are matched against the paths as they are written. All else is passed over, but for
 * what looks like one of these where it is not read. */
#ifndef ARMALO_ACCESS_ROUTE_OPENAPI_H
#define ARMALO_ACCESS_ROUTE_OPENAPI_H

#include "access/route_names.h"
#include "access/routes.h"

#define ARMALO_I_OPENAPI_HOPS    16 /* $refs one after the other */
#define ARMALO_I_OPENAPI_METHODS 8

typedef struct armalo_i_openapi {
    armalo_routes *routes;
    armalo_i_json_value paths, path_items;
    armalo_i_route_names schemes;
    armalo_i_route_names targets[2]; /* of $refs: paths, and components.pathItems; made when the first $ref is met */
    int has_targets;
    armalo_i_route security;                   /* auth and scopes by the document's own `security` */
    uint32_t method[ARMALO_I_OPENAPI_METHODS]; /* the methods' names in the table's text; 0: not yet */
    const char **detail;
} armalo_i_openapi;

/* 1 if a name begins as an extension of ours does, in any case. Misspelled, or where it is not read, it would leave a
 * route laxer than its author wrote. */
int armalo_i_openapi_ours(armalo_i_json_value name);

/* Where a $ref leads in this document. The name points into the pointer. */
enum armalo_i_openapi_place {
    ARMALO_I_PLACE_NOWHERE,
    ARMALO_I_PLACE_PATHS,      /* #/paths/NAME */
    ARMALO_I_PLACE_PATH_ITEMS, /* #/components/pathItems/NAME */
    ARMALO_I_PLACE_SCHEMES     /* #/components/securitySchemes/NAME */
};
enum armalo_i_openapi_place armalo_i_openapi_ref(armalo_i_json_value ref, armalo_i_json_pointer *pointer,
                                                 armalo_i_span *name);

/* Read a `security` member into the route's auth and scopes: auth unknown where it cannot be told, or cannot be had of
 * one control. GRANTED, ROUTE_TABLE_MALFORMED for a $ref that leads nowhere, or NO_MEMORY. */
uint32_t armalo_i_openapi_security_read(armalo_i_openapi *api, armalo_i_json_value value, armalo_i_route *route);

#endif
