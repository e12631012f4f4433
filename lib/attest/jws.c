/* SPDX-License-Identifier: MIT */
/* attest/jws.c: JSON Web Signature (RFC 7515), compact and flattened. */
#include "armalo/reasons.h"
#include "attest/alg.h"
#include "attest/artifact.h"
#include "codec/text.h"

#define ARMALO_I_JOSE_HEADER_MAX 16384 /* characters of a header */

/* The three parts as they stand, and the header that is not signed (NONE in the compact form). */
typedef struct armalo_i_jws_parts {
    armalo_i_span protected_header, payload, signature;
    armalo_i_json_value open_header;
} armalo_i_jws_parts;

static int armalo_i_jose_is(armalo_i_json_value name, const char *text) {
    return armalo_i_json_equals(name, armalo_i_span_text(text));
}

/* A member that no header may have here, protected or not: GRANTED if it is none of these. */
static uint32_t armalo_i_jose_refused(armalo_i_json_value name, armalo_i_json_value value) {
    if (armalo_i_jose_is(name, "jwk") || armalo_i_jose_is(name, "jku") || armalo_i_jose_is(name, "x5u") ||
        armalo_i_jose_is(name, "x5c"))
        return ARMALO_REASON_ATTEST_KEY_EMBEDDED;
    /* RFC 7515 4.1.11: "If any of the listed extension Header Parameters are not understood and supported by the
     * recipient, then the JWS is invalid." None is. */
    if (armalo_i_jose_is(name, "crit")) return ARMALO_REASON_ATTEST_CRITICAL;
    /* RFC 7797 3: an unencoded payload; true is what it is without the member. */
    if (armalo_i_jose_is(name, "b64") && value.type != ARMALO_I_JSON_TRUE) return ARMALO_REASON_ATTEST_CRITICAL;
    return ARMALO_REASON_GRANTED;
}

/* The first reason stays. The rest is still read, for those who only look. */
static void armalo_i_jose_refuse(armalo_i_artifact *a, uint32_t reason) {
    armalo_i_signature *s = &a->signature[0];
    if (s->refused == 0 && reason != ARMALO_REASON_GRANTED) s->refused = reason;
}

static uint32_t armalo_i_jose_protected(armalo_i_artifact *a, armalo_i_json_value root) {
    armalo_i_signature *s = &a->signature[0];
    armalo_i_json_iter iter;
    armalo_i_json_value name, value;
    int has_alg = 0;
    size_t len = 0;
    a->detail = "protected header";
    if (root.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(root, &iter)) return ARMALO_REASON_ATTEST_MALFORMED;
    while (armalo_i_json_next(&iter, &name, &value)) {
        armalo_i_jose_refuse(a, armalo_i_jose_refused(name, value));
        if (armalo_i_jose_is(name, "alg")) {
            if (value.type != ARMALO_I_JSON_STRING) return ARMALO_REASON_ATTEST_MALFORMED;
            s->alg = armalo_i_alg_of(value);
            has_alg = 1;
        } else if (armalo_i_jose_is(name, "kid")) {
            uint32_t reason = armalo_i_artifact_string(a, value, &s->hint);
            if (reason != ARMALO_REASON_GRANTED) return reason;
        } else if (armalo_i_jose_is(name, "typ")) {
            if (!armalo_i_json_identifier(value, a->type, sizeof a->type, &len)) return ARMALO_REASON_ATTEST_MALFORMED;
        }
    }
    if (!has_alg) return ARMALO_REASON_ATTEST_MALFORMED; /* RFC 7515 4.1.1: "MUST be present" */
    a->detail = NULL;
    /* "none", keyed hashes (for which a public key would do as the secret) and everything that is not here. */
    if (s->alg == ARMALO_I_ALG_NONE) {
        s->alg = ARMALO_I_ALG_FOREIGN;
        armalo_i_jose_refuse(a, ARMALO_REASON_ATTEST_ALGORITHM_REFUSED);
    }
    return ARMALO_REASON_GRANTED;
}

/* RFC 7515 7.2.1: "The Header Parameter names in the two locations MUST be disjoint." Of the open header nothing is
 * read but a kid, which only says what to try first. */
static uint32_t armalo_i_jose_open(armalo_i_artifact *a, armalo_i_json_value open, armalo_i_json_value protected_root) {
    armalo_i_json_iter iter, other;
    armalo_i_json_value name, value, name_there, value_there;
    a->detail = "header";
    /* Its names are looked for in the other: neither may be long. */
    if (open.raw.len > ARMALO_I_JOSE_HEADER_MAX) return ARMALO_REASON_ATTEST_MALFORMED;
    if (open.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(open, &iter)) return ARMALO_REASON_ATTEST_MALFORMED;
    while (armalo_i_json_next(&iter, &name, &value)) {
        char text[ARMALO_ATTEST_NAME_SIZE];
        size_t len = 0;
        armalo_i_jose_refuse(a, armalo_i_jose_refused(name, value));
        if (armalo_i_jose_is(name, "alg")) /* not under the signature */
            armalo_i_jose_refuse(a, ARMALO_REASON_ATTEST_ALGORITHM_REFUSED);
        if (!armalo_i_json_string(name, text, sizeof text, &len)) return ARMALO_REASON_ATTEST_MALFORMED;
        if (!armalo_i_json_enter(protected_root, &other)) return ARMALO_REASON_ATTEST_MALFORMED;
        while (armalo_i_json_next(&other, &name_there, &value_there)) {
            if (armalo_i_json_equals(name_there, armalo_i_span_of(text, len))) return ARMALO_REASON_ATTEST_MALFORMED;
        }
        if (!armalo_i_jose_is(name, "kid")) continue;
        uint32_t reason = armalo_i_artifact_string(a, value, &a->signature[0].hint);
        if (reason != ARMALO_REASON_GRANTED) return reason;
    }
    a->detail = NULL;
    return ARMALO_REASON_GRANTED;
}

/* One part, decoded. RFC 7515 2: base64url "with all trailing '=' characters omitted"; one spelling of each value. */
static uint32_t armalo_i_jws_decode(armalo_i_artifact *a, armalo_i_span text, armalo_i_span *bytes) {
    size_t len = 0, cap = text.len / 4 * 3 + 3;
    uint8_t *room = armalo_i_artifact_alloc(a, cap);
    if (room == NULL) return ARMALO_REASON_NO_MEMORY;
    if (!armalo_i_base64url_decode(text, room, cap, &len)) return ARMALO_REASON_ATTEST_ENCODING;
    *bytes = armalo_i_span_of(room, len);
    return ARMALO_REASON_GRANTED;
}

static uint32_t armalo_i_jws_header(armalo_i_artifact *a, const armalo_i_jws_parts *parts) {
    armalo_i_span text;
    armalo_i_json_value root;
    armalo_i_json_fault fault;
    a->detail = "protected header";
    if (parts->protected_header.len == 0 || parts->protected_header.len > ARMALO_I_JOSE_HEADER_MAX)
        return ARMALO_REASON_ATTEST_MALFORMED;
    uint32_t reason = armalo_i_jws_decode(a, parts->protected_header, &text);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    /* RFC 7515 4: "The Header Parameter names within the JOSE Header MUST be unique". */
    if (!armalo_i_json_load(text, ARMALO_I_JOSE_HEADER_MAX, &root, &fault))
        return fault.status == ARMALO_I_JSON_NO_MEMORY ? ARMALO_REASON_NO_MEMORY : ARMALO_REASON_ATTEST_MALFORMED;
    reason = armalo_i_jose_protected(a, root);
    if (reason == ARMALO_REASON_GRANTED && parts->open_header.type != ARMALO_I_JSON_NONE)
        reason = armalo_i_jose_open(a, parts->open_header, root);
    return reason;
}

/* message: the protected header, a dot and the payload, as they stand. */
static uint32_t armalo_i_jws_open(armalo_i_artifact *a, const armalo_i_jws_parts *parts, armalo_i_span message) {
    armalo_i_signature *s = armalo_i_artifact_signature(a);
    a->format = ARMALO_FORMAT_JWS;
    if (s == NULL) return ARMALO_REASON_NO_MEMORY;
    uint32_t reason = armalo_i_jws_header(a, parts);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    s->message = message;
    a->detail = "payload";
    reason = armalo_i_jws_decode(a, parts->payload, &s->payload);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    a->detail = "signature";
    if (parts->signature.len == 0) armalo_i_jose_refuse(a, ARMALO_REASON_ATTEST_SIGNATURE_MISSING);
    reason = armalo_i_jws_decode(a, parts->signature, &s->bytes);
    if (reason == ARMALO_REASON_GRANTED) a->detail = NULL;
    return reason;
}

uint32_t armalo_i_jws_open_compact(armalo_i_artifact *a, armalo_i_span text) {
    armalo_i_jws_parts parts;
    memset(&parts, 0, sizeof parts);
    const char *end = text.ptr + text.len, *first = memchr(text.ptr, '.', text.len);
    const char *second = first == NULL ? NULL : memchr(first + 1, '.', (size_t)(end - first - 1));
    if (second == NULL) return ARMALO_REASON_ATTEST_MALFORMED;
    parts.protected_header = armalo_i_span_of(text.ptr, (size_t)(first - text.ptr));
    parts.payload = armalo_i_span_of(first + 1, (size_t)(second - first - 1));
    parts.signature = armalo_i_span_of(second + 1, (size_t)(end - second - 1));
    return armalo_i_jws_open(a, &parts, armalo_i_span_of(text.ptr, (size_t)(second - text.ptr)));
}

/* A string member without escapes, which base64url never needs. */
static int armalo_i_jws_part(armalo_i_json_value value, armalo_i_span *part) {
    *part = armalo_i_plain_string(value);
    return value.type == ARMALO_I_JSON_STRING && (part->len > 0 || value.raw.len == 2);
}

uint32_t armalo_i_jws_open_flattened(armalo_i_artifact *a) {
    armalo_i_jws_parts parts;
    armalo_i_json_iter iter;
    armalo_i_json_value name, value;
    unsigned has = 0;
    memset(&parts, 0, sizeof parts);
    a->format = ARMALO_FORMAT_JWS;
    a->detail = "payload, protected, signature";
    if (!armalo_i_json_enter(a->root, &iter)) return ARMALO_REASON_ATTEST_MALFORMED;
    while (armalo_i_json_next(&iter, &name, &value)) {
        if (armalo_i_jose_is(name, "protected"))
            has |= armalo_i_jws_part(value, &parts.protected_header) ? 1u : 8u;
        else if (armalo_i_jose_is(name, "payload"))
            has |= armalo_i_jws_part(value, &parts.payload) ? 2u : 8u;
        else if (armalo_i_jose_is(name, "signature"))
            has |= armalo_i_jws_part(value, &parts.signature) ? 4u : 8u;
        else if (armalo_i_jose_is(name, "header"))
            parts.open_header = value;
        else if (armalo_i_jose_is(name, "signatures"))
            has |= 8u; /* RFC 7515 7.2.2: "The "signatures" member MUST NOT be present when using this syntax." */
    }
    if (has != 7u) return ARMALO_REASON_ATTEST_MALFORMED;
    size_t head = parts.protected_header.len, len = parts.payload.len;
    char *message = armalo_i_artifact_alloc(a, head + 1 + len);
    if (message == NULL) return ARMALO_REASON_NO_MEMORY;
    if (head > 0) memcpy(message, parts.protected_header.ptr, head);
    message[head] = '.';
    if (len > 0) memcpy(message + head + 1, parts.payload.ptr, len);
    return armalo_i_jws_open(a, &parts, armalo_i_span_of(message, head + 1 + len));
}
