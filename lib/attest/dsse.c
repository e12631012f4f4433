/* SPDX-License-Identifier: MIT */
/* attest/dsse.c: the DSSE envelope 1.0.2. */
#include "attest/dsse.h"

#include "armalo/reasons.h"
#include "attest/artifact.h"
#include "codec/text.h"

size_t armalo_i_pae_head(armalo_i_span type, size_t payload_len, char out[ARMALO_I_PAE_HEAD_MAX]) {
    armalo_i_writer w = {out, ARMALO_I_PAE_HEAD_MAX, 0};
    /* SPEC dsse protocol: PAE(type, body) = "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body, lengths in bytes,
     * "ASCII decimal encoding ... with no leading zeros" */
    armalo_i_write_text(&w, "DSSEv1 ");
    armalo_i_write_int(&w, (int64_t)type.len);
    armalo_i_write_raw(&w, " ", 1);
    armalo_i_write_raw(&w, type.ptr, type.len);
    armalo_i_write_raw(&w, " ", 1);
    armalo_i_write_int(&w, (int64_t)payload_len);
    armalo_i_write_raw(&w, " ", 1);
    return w.len;
}

/* A base64 member into room, which has as many bytes as its text. JSON may escape the slash. */
static uint32_t armalo_i_envelope_decode(armalo_i_artifact *a, armalo_i_json_value string, uint8_t *room, size_t *len) {
    armalo_i_span body;
    uint32_t reason = armalo_i_artifact_string(a, string, &body);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    return armalo_i_base64_either_decode(body, room, string.raw.len, len) ? ARMALO_REASON_GRANTED
                                                                          : ARMALO_REASON_ATTEST_ENCODING;
}

static uint32_t armalo_i_envelope_signature(armalo_i_artifact *a, armalo_i_json_value object) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, value, sig = {ARMALO_I_JSON_NONE, {NULL, 0}};
    size_t len = 0;
    if (a->count == ARMALO_ATTEST_MAX_SIGNATURES) return ARMALO_REASON_ATTEST_SIGNATURES_MANY;
    armalo_i_signature *s = armalo_i_artifact_signature(a);
    if (s == NULL) return ARMALO_REASON_NO_MEMORY;
    a->detail = "signatures";
    if (object.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(object, &iter))
        return ARMALO_REASON_ATTEST_MALFORMED;
    while (armalo_i_json_next(&iter, &name, &value)) {
        if (armalo_i_json_equals(name, armalo_i_span_text("sig"))) sig = value;
        if (!armalo_i_json_equals(name, armalo_i_span_text("keyid"))) continue;
        uint32_t reason = armalo_i_artifact_string(a, value, &s->hint);
        if (reason != ARMALO_REASON_GRANTED) return reason;
    }
    if (sig.type != ARMALO_I_JSON_STRING) return ARMALO_REASON_ATTEST_MALFORMED;
    uint8_t *room = armalo_i_artifact_alloc(a, sig.raw.len);
    if (room == NULL) return ARMALO_REASON_NO_MEMORY;
    uint32_t reason = armalo_i_envelope_decode(a, sig, room, &len);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    s->bytes = armalo_i_span_of(room, len);
    a->detail = NULL;
    return ARMALO_REASON_GRANTED;
}

/* Of the envelope three members count; "Consumers MUST ignore unrecognized fields" (SPEC dsse envelope). */
uint32_t armalo_i_dsse_open(armalo_i_artifact *a) {
    armalo_i_json_value content = armalo_i_json_kept(&a->members, a->root, "payload");
    armalo_i_json_value type = armalo_i_json_kept(&a->members, a->root, "payloadType");
    armalo_i_json_value signatures = armalo_i_json_kept(&a->members, a->root, "signatures");
    armalo_i_json_iter iter;
    armalo_i_json_value none, object;
    char head[ARMALO_I_PAE_HEAD_MAX];
    size_t type_len = 0, len = 0;
    a->format = ARMALO_FORMAT_DSSE;
    a->detail = "payload, payloadType, signatures";
    if (content.type != ARMALO_I_JSON_STRING || signatures.type != ARMALO_I_JSON_ARRAY)
        return ARMALO_REASON_ATTEST_MALFORMED;
    if (!armalo_i_json_identifier(type, a->type, sizeof a->type, &type_len)) return ARMALO_REASON_ATTEST_MALFORMED;
    /* The payload is decoded behind room for the longest head, so that both end up in one piece. */
    uint8_t *room = armalo_i_artifact_alloc(a, ARMALO_I_PAE_HEAD_MAX + content.raw.len);
    if (room == NULL) return ARMALO_REASON_NO_MEMORY;
    uint8_t *payload = room + ARMALO_I_PAE_HEAD_MAX;
    a->detail = "payload";
    uint32_t reason = armalo_i_envelope_decode(a, content, payload, &len);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    size_t head_len = armalo_i_pae_head(armalo_i_span_of(a->type, type_len), len, head);
    memcpy(payload - head_len, head, head_len);
    a->detail = NULL;
    if (!armalo_i_json_enter(signatures, &iter)) return ARMALO_REASON_ATTEST_MALFORMED;
    while (armalo_i_json_next(&iter, &none, &object)) {
        reason = armalo_i_envelope_signature(a, object);
        if (reason != ARMALO_REASON_GRANTED) return reason;
        armalo_i_signature *s = &a->signature[a->count - 1];
        s->message = armalo_i_span_of(payload - head_len, head_len + len);
        s->payload = armalo_i_span_of(payload, len);
    }
    return a->count > 0 ? ARMALO_REASON_GRANTED : ARMALO_REASON_ATTEST_SIGNATURE_MISSING;
}
