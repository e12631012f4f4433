/* SPDX-License-Identifier: MIT */
/* access/route_path.h: which paths every parser reads alike, and their segments.
 *
 * A request's path is refused unless all of this holds:
 *   - it begins with "/", and has at most ARMALO_ROUTE_MAX_PATH bytes and ARMALO_ROUTE_MAX_SEGMENTS segments;
 *   - "/" alone has no segments; in any other path no segment is empty: no "//", and no "/" at the end, since some
 *     servers drop it and some do not;
 *   - a byte is an unreserved character or a sub-delimiter of RFC 3986, ":" or "@" (its pchar), but not ";", which some
 *     servers cut off with what follows; or it belongs to an escape;
 *   - no segment is "." or "..";
 *   - an escape is "%" and two hexadecimal digits, and does not stand for
 *       an unreserved character (RFC 3986 6.2.2.2: the same path as the character itself),
 *       "/", "\", "?", "#" or ";" (a delimiter to whoever decodes before parsing), "%" (an escape to whoever decodes
 *       twice), a control character or NUL;
 *   - the escapes of a segment, decoded, are UTF-8: no overlong form of a delimiter.
 * Case counts. An escape of another character is data: a parameter may have it in upper or lower case, as clients do.
 *
 * A template follows the same rules, and its segments are literals or one parameter each, "{name}". A literal has
 * escapes only where it must (of what cannot stand in a path), in upper case: so each has one spelling. */
#ifndef ARMALO_ACCESS_ROUTE_PATH_H
#define ARMALO_ACCESS_ROUTE_PATH_H

#include "armalo/route.h"
#include "codec/span.h"

typedef struct armalo_i_route_segment {
    const char *text;        /* decoded; of a template's parameter, its name */
    uint32_t len;            /* bytes of text */
    uint32_t start, raw_len; /* where it is in the path as received */
} armalo_i_route_segment;

/* A path in segments, pointing into the text it was made of, or into decoded. Only what is counted is ever written. */
typedef struct armalo_i_route_path {
    uint32_t count;
    uint32_t respelled;      /* bit n: segment n could be spelled with fewer escapes, or with capital ones */
    uint32_t parameters;     /* bit n: segment n of a template is a parameter */
    const char *first, *end; /* the bytes around all texts that may be read */
    armalo_i_route_segment segment[ARMALO_ROUTE_MAX_SEGMENTS];
    char decoded[ARMALO_ROUTE_MAX_PATH + 16];
} armalo_i_route_path;

/* 1 if it is a request's path by the rules above. */
int armalo_i_route_path_split(armalo_i_span text, armalo_i_route_path *path);

/* GRANTED, ROUTE_INVALID_PATH, or ROUTE_PARAMETER_REPEATED (the path is filled then all the same). */
uint32_t armalo_i_route_template_split(armalo_i_span text, armalo_i_route_path *path);

#endif
