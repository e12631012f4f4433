/* SPDX-License-Identifier: MIT */
#include "attest/digest.h"

#include "armalo/reasons.h"
#include "codec/memory.h"
#include "codec/text.h"

static const char armalo_i_digest_head[] = "sha256:";
#define ARMALO_I_DIGEST_HEAD (sizeof armalo_i_digest_head - 1)

void armalo_i_digest_of(armalo_i_span bytes, uint8_t digest[ARMALO_I_SHA256_SIZE]) {
    armalo_i_sha256 state;
    armalo_i_sha256_begin(&state);
    armalo_i_sha256_add(&state, bytes.ptr, bytes.len);
    armalo_i_sha256_end(&state, digest);
}

void armalo_i_digest_text_of(const uint8_t digest[ARMALO_I_SHA256_SIZE], char out[ARMALO_I_DIGEST_NAME]) {
    memcpy(out, armalo_i_digest_head, ARMALO_I_DIGEST_HEAD);
    armalo_i_hex_encode(digest, ARMALO_I_SHA256_SIZE, out + ARMALO_I_DIGEST_HEAD);
}

void armalo_i_digest_name(armalo_i_span bytes, char out[ARMALO_I_DIGEST_NAME]) {
    uint8_t digest[ARMALO_I_SHA256_SIZE];
    armalo_i_digest_of(bytes, digest);
    armalo_i_digest_text_of(digest, out);
}

int armalo_i_digest_parts(armalo_i_span text, const char **algorithm, armalo_i_span *hex) {
    uint8_t digest[ARMALO_I_SHA512_SIZE];
    size_t len = 0;
    if (text.len <= ARMALO_I_DIGEST_HEAD) return 0;
    armalo_i_span head = armalo_i_span_of(text.ptr, ARMALO_I_DIGEST_HEAD - 1);
    *hex = armalo_i_span_of(text.ptr + ARMALO_I_DIGEST_HEAD, text.len - ARMALO_I_DIGEST_HEAD);
    if (!armalo_i_hex_decode(*hex, digest, sizeof digest, &len)) return 0;
    *algorithm = len == ARMALO_I_SHA256_SIZE ? "sha256" : len == ARMALO_I_SHA512_SIZE ? "sha512" : "";
    return text.ptr[head.len] == ':' && armalo_i_span_equal(head, armalo_i_span_text(*algorithm));
}

int armalo_i_is_digest_name(armalo_i_span text) {
    const char *algorithm;
    armalo_i_span hex;
    return text.len == ARMALO_I_DIGEST_NAME - 1 && armalo_i_digest_parts(text, &algorithm, &hex);
}

uint32_t armalo_i_canonical_digest(armalo_i_json_value value, uint8_t digest[ARMALO_I_SHA256_SIZE]) {
    armalo_i_json_fault fault;
    size_t len = 0;
    if (!armalo_i_json_canonical(value, NULL, 0, &len, &fault) && fault.status != ARMALO_I_JSON_OK)
        return ARMALO_REASON_NO_MEMORY;
    char *text = armalo_i_alloc(len);
    if (text == NULL) return ARMALO_REASON_NO_MEMORY;
    int written = armalo_i_json_canonical(value, text, len, &len, &fault);
    if (written) armalo_i_digest_of(armalo_i_span_of(text, len), digest);
    armalo_i_release(text);
    return written ? ARMALO_REASON_GRANTED : ARMALO_REASON_NO_MEMORY;
}
