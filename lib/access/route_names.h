/* SPDX-License-Identifier: MIT */
/* access/route_names.h: the members of one JSON object by name, for documents in which they are many and named often.
 * */
#ifndef ARMALO_ACCESS_ROUTE_NAMES_H
#define ARMALO_ACCESS_ROUTE_NAMES_H

#include "codec/json.h"

typedef struct armalo_i_route_name {
    armalo_i_json_value value;
    uint32_t text, len;    /* the name, unescaped */
    uint32_t first, count; /* for the one who looks up: the routes that the value became */
    uint32_t known;        /* the same: what is known of the value, 0 at first */
} armalo_i_route_name;

typedef struct armalo_i_route_names {
    armalo_i_route_name *name;
    uint32_t *slot; /* number of a name plus 1; 0: free */
    char *text;
    uint32_t count, mask;
} armalo_i_route_names;

#define ARMALO_I_ROUTE_NAMES_MAX 65536

/* An object's members; of anything else none. 1, 0 if there is no memory, -1 if they are more than
 * ARMALO_I_ROUTE_NAMES_MAX. Free it in any case. */
int armalo_i_route_names_make(armalo_i_route_names *names, armalo_i_json_value object);
void armalo_i_route_names_free(armalo_i_route_names *names);

/* The member of this name, or NULL. */
armalo_i_route_name *armalo_i_route_names_find(const armalo_i_route_names *names, armalo_i_span name);

#endif
