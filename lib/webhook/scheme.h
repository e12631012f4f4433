/* SPDX-License-Identifier: MIT */
/* webhook/scheme.h: a scheme is data. This is its JSON, and what it is compiled to.
 *
 * {
 *   "v": 1,
 *   "name": "standard",                  1 to 32 of [a-z0-9_-]
 *   "headers": [                         1 or 2 families; a delivery must have one of them complete
 *     {"id": "webhook-id",               optional; the delivery id
 *      "timestamp": "webhook-timestamp", optional; Unix seconds
 *      "signature": "webhook-signature", required
 *      "event": "x-event"}],             optional; the event's name (needed only when there is an allowlist)
 *   "separator": " ",                    optional; splits the signature header into items. Without it the value is one
 * item "timestamp_prefix": "t=",            optional; the item that is the timestamp, when it has no header of its own
 *   "names_prefix": "h=",                optional; the item that lists covered headers, for {names} and {values}
 *   "signatures": [                      1 to 4 versions; an item belongs to the version whose prefix it has (the
 * longest);
 *     {"prefix": "v1,",                  items of no version are ignored; "" takes every item
 *      "algorithm": "hmac-sha256",       or "ed25519" (one version at most)
 *      "encoding": "base64",             or "hex"
 *      "content": "{id}.{timestamp}.{body}"}],
 *   "secret": {"encoding": "base64",     or "raw": the text's own bytes
 *              "prefix": "whsec_",       optional; cut off when it is there (base64 only)
 *              "min_bytes": 24},         1 to 512: fewer is refused
 *   "tolerance_s": 300,                  required with a timestamp: 1 to 86400
 *   "event_pointer": "/type",            optional; JSON pointer into the verified body, when no header has the event
 *   "id_pointer": "/id",                 optional; the same for the delivery id
 *   "compatibility": true                optional; labels every decision
 * }
 *
 * content: literal text, {id}, {timestamp}, {header:NAME}, {names}, {values} and, once and last, {body}. What varies
 * must be followed by a literal; a value in which the literal's first byte occurs is refused, so that the signed bytes
 * can be read in one way only. {values} comes after {names}, which says how many there are. The versions of a scheme
 * all cover the id or all do not; the same for the timestamp. The contents of two HMAC versions are the same or part at
 * a literal: they share their keys, so bytes that were signed as one must not read as the other. Where one goes on with
 * {names} and the other with {body}, they part by the first byte: a list of names begins with a token's, and a body
 * that does is refused. */
#ifndef ARMALO_WEBHOOK_SCHEME_H
#define ARMALO_WEBHOOK_SCHEME_H

#include "armalo/webhook.h"
#include "codec/json.h"

#define ARMALO_I_NAME_MAX    64 /* bytes of a header name */
#define ARMALO_I_FAMILIES    2
#define ARMALO_I_VERSIONS    4
#define ARMALO_I_PARTS       12
#define ARMALO_I_EXTRAS      4 /* headers named by {header:NAME} */
#define ARMALO_I_PREFIX_TEXT 16

enum armalo_i_role {
    ARMALO_I_ROLE_ID,
    ARMALO_I_ROLE_TIMESTAMP,
    ARMALO_I_ROLE_SIGNATURE,
    ARMALO_I_ROLE_EVENT,
    ARMALO_I_ROLES
};
#define ARMALO_I_WANTED_MAX (ARMALO_I_FAMILIES * ARMALO_I_ROLES + ARMALO_I_EXTRAS)
#define ARMALO_I_NO_HEADER  255

enum armalo_i_algorithm { ARMALO_I_HMAC_SHA256, ARMALO_I_ED25519 };
enum armalo_i_encoding { ARMALO_I_BASE64, ARMALO_I_HEX, ARMALO_I_RAW };
enum armalo_i_part_kind {
    ARMALO_I_PART_LITERAL,
    ARMALO_I_PART_ID,
    ARMALO_I_PART_TIMESTAMP,
    ARMALO_I_PART_HEADER,
    ARMALO_I_PART_NAMES,
    ARMALO_I_PART_VALUES
};

typedef struct armalo_i_text {
    uint8_t len;
    char text[ARMALO_I_PREFIX_TEXT];
} armalo_i_text;

typedef struct armalo_i_part {
    uint8_t kind;
    uint8_t header; /* of PART_HEADER: index into scheme.wanted */
    char stop;      /* first byte of the literal that follows: may not occur in the value */
    armalo_i_text literal;
} armalo_i_part;

typedef struct armalo_i_version {
    armalo_i_text prefix;
    uint8_t algorithm, encoding;
    uint8_t part_count; /* parts before the body */
    uint8_t body_apart; /* 1: the body may not begin as a list of names does */
    uint32_t covers;    /* ARMALO_LABEL_COVERS_… */
    armalo_i_part part[ARMALO_I_PARTS];
} armalo_i_version;

typedef struct armalo_i_wanted {
    uint8_t len;
    uint8_t next;                 /* the next wanted header of the same length, or ARMALO_I_NO_HEADER */
    char name[ARMALO_I_NAME_MAX]; /* lower case */
} armalo_i_wanted;

typedef struct armalo_i_scheme {
    char name[33];
    uint8_t family_count, version_count, wanted_count;
    uint8_t family[ARMALO_I_FAMILIES][ARMALO_I_ROLES]; /* indices into wanted, or ARMALO_I_NO_HEADER */
    armalo_i_wanted wanted[ARMALO_I_WANTED_MAX];
    uint8_t wanted_of[ARMALO_I_NAME_MAX]; /* the first wanted header of each length, or ARMALO_I_NO_HEADER */
    armalo_i_text separator, timestamp_prefix, names_prefix;
    armalo_i_version version[ARMALO_I_VERSIONS];
    uint8_t secret_encoding;
    armalo_i_text secret_prefix;
    uint32_t secret_min;
    int has_timestamp, has_ed25519, compatibility;
    int64_t tolerance_s;
    int has_event_pointer, has_id_pointer;
    armalo_i_json_pointer event_pointer, id_pointer;
} armalo_i_scheme;

/* Compile a scheme. GRANTED, or SCHEME_INVALID with *fault naming the member that is wrong. */
uint32_t armalo_i_scheme_parse(armalo_i_span json, armalo_i_scheme *scheme, const char **fault);

/* RFC 9110 5.6.2: may this byte stand in a header's name? */
int armalo_i_is_token(char c);

/* Could the signed content read as that of another version, whose list of names comes where this body begins? */
static inline int armalo_i_body_blurs(const armalo_i_version *version, const void *body, size_t len) {
    return version->body_apart && len > 0 && armalo_i_is_token(*(const char *)body);
}

/* The JSON of a preset; a span of length 0 when there is none of that name. */
armalo_i_span armalo_i_preset(const char *name);

#endif
