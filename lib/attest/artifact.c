/* SPDX-License-Identifier: MIT */
#include "attest/artifact.h"

#include "armalo/reasons.h"
#include "codec/memory.h"

void *armalo_i_artifact_alloc(armalo_i_artifact *a, size_t size) {
    armalo_i_block *block = NULL;
    if (size <= SIZE_MAX - sizeof *block) block = armalo_i_alloc(sizeof *block + size);
    if (block == NULL) return NULL;
    block->next = a->blocks;
    a->blocks = block;
    return block + 1;
}

armalo_i_signature *armalo_i_artifact_signature(armalo_i_artifact *a) {
    if (a->count == a->room) {
        size_t room = a->room == 0 ? 2 : 4 * a->room;
        armalo_i_signature *more = armalo_i_artifact_alloc(a, room * sizeof *more);
        if (more == NULL) return NULL;
        if (a->count > 0) memcpy(more, a->signature, a->count * sizeof *more);
        a->signature = more;
        a->room = room;
    }
    return &a->signature[a->count++];
}

void armalo_i_artifact_end(armalo_i_artifact *a) {
    while (a->blocks != NULL) {
        armalo_i_block *block = a->blocks;
        a->blocks = block->next;
        armalo_i_release(block);
    }
}

armalo_i_span armalo_i_plain_string(armalo_i_json_value string) {
    armalo_i_span none = {"", 0};
    if (string.type != ARMALO_I_JSON_STRING || string.raw.len == 2) return none;
    armalo_i_span body = armalo_i_span_of(string.raw.ptr + 1, string.raw.len - 2);
    return memchr(body.ptr, '\\', body.len) == NULL ? body : none;
}

uint32_t armalo_i_artifact_string(armalo_i_artifact *a, armalo_i_json_value string, armalo_i_span *out) {
    size_t len = 0;
    *out = armalo_i_plain_string(string);
    if (string.type != ARMALO_I_JSON_STRING) return ARMALO_REASON_ATTEST_MALFORMED;
    if (out->len > 0 || string.raw.len == 2) return ARMALO_REASON_GRANTED;
    char *text = armalo_i_artifact_alloc(a, string.raw.len);
    if (text == NULL) return ARMALO_REASON_NO_MEMORY;
    if (!armalo_i_json_string(string, text, string.raw.len, &len)) return ARMALO_REASON_ATTEST_MALFORMED;
    *out = armalo_i_span_of(text, len);
    return ARMALO_REASON_GRANTED;
}

/* An object is of the format whose own members it has, and of one only: what two readers could take for two things is
 * nothing. */
static int armalo_i_format_of(const armalo_i_artifact *a) {
    static const struct {
        const char *name;
        int format;
    } signs[] = {{"payloadType", ARMALO_FORMAT_DSSE},
                 {"protected", ARMALO_FORMAT_JWS},
                 {"signature", ARMALO_FORMAT_JWS},
                 {"@context", ARMALO_FORMAT_VC},
                 {"proof", ARMALO_FORMAT_VC}};
    int format = 0;
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        if (armalo_i_json_kept(&a->members, a->root, signs[i].name).type == ARMALO_I_JSON_NONE) continue;
        if (format != 0 && format != signs[i].format) return 0;
        format = signs[i].format;
    }
    return format;
}

/* RFC 7515 7.1: three parts of base64url with dots between. */
static int armalo_i_is_compact(armalo_i_span text) {
    size_t dots = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        int digit = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                    c == '_' || c == '=';
        if (c == '.' ? ++dots > 2 : !digit) return 0;
    }
    return dots == 2;
}

uint32_t armalo_i_artifact_format(armalo_i_artifact *a, armalo_i_span text, size_t max) {
    armalo_i_json_fault fault;
    size_t at = 0;
    if (text.len == 0 || text.len > max) return ARMALO_REASON_ATTEST_SIZE;
    while (at < text.len && (text.ptr[at] == ' ' || (text.ptr[at] >= '\t' && text.ptr[at] <= '\r'))) at++;
    if (at == text.len || text.ptr[at] != '{') {
        if (!armalo_i_is_compact(text)) return ARMALO_REASON_ATTEST_FORMAT_UNKNOWN;
        a->format = ARMALO_FORMAT_JWS;
        return ARMALO_REASON_GRANTED;
    }
    if (!armalo_i_json_load_members(text, max, &a->members, &a->root, &fault)) {
        a->detail = "not strict JSON";
        return fault.status == ARMALO_I_JSON_NO_MEMORY ? ARMALO_REASON_NO_MEMORY : ARMALO_REASON_ATTEST_MALFORMED;
    }
    a->format = armalo_i_format_of(a);
    return a->format != 0 ? ARMALO_REASON_GRANTED : ARMALO_REASON_ATTEST_FORMAT_UNKNOWN;
}

uint32_t armalo_i_artifact_open(armalo_i_artifact *a, armalo_i_span text) {
    if (a->format == ARMALO_FORMAT_DSSE) return armalo_i_dsse_open(a);
    if (a->format == ARMALO_FORMAT_VC) return armalo_i_vc_open(a);
    return a->root.type == ARMALO_I_JSON_OBJECT ? armalo_i_jws_open_flattened(a) : armalo_i_jws_open_compact(a, text);
}
