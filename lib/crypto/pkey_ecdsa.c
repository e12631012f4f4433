/* SPDX-License-Identifier: MIT */
/* The two ways to write an ECDSA signature: r || s (RFC 7518 3.4), and DER (RFC 3279 2.2.3). All lengths here are below
 * 128, so that each is one byte. */
#include "crypto/pkey_inside.h"

/* An INTEGER: the fewest bytes, with a zero before a high bit (X.690 8.3). */
static size_t armalo_i_ecdsa_integer(const uint8_t *number, size_t len, uint8_t *out) {
    size_t skip = 0;
    while (skip + 1 < len && number[skip] == 0) skip++;
    size_t sign = number[skip] >= 0x80, rest = len - skip;
    out[0] = 0x02;
    out[1] = (uint8_t)(sign + rest);
    out[2] = 0;
    memcpy(out + 2 + sign, number + skip, rest);
    return 2 + sign + rest;
}

size_t armalo_i_ecdsa_to_der(const uint8_t *raw, size_t field, uint8_t der[ARMALO_I_ECDSA_DER_MAX]) {
    size_t len = 2;
    len += armalo_i_ecdsa_integer(raw, field, der + len);
    len += armalo_i_ecdsa_integer(raw + field, field, der + len);
    der[0] = 0x30;
    der[1] = (uint8_t)(len - 2);
    return len;
}

int armalo_i_ecdsa_of_der(armalo_i_span der, size_t field, uint8_t *raw) {
    uint8_t again[ARMALO_I_ECDSA_DER_MAX];
    const uint8_t *bytes = (const uint8_t *)der.ptr;
    size_t at = 2;
    for (int i = 0; i < 2; i++, raw += field) {
        if (der.len < at + 2) return 0;
        const uint8_t *number = bytes + at + 2;
        size_t len = bytes[at + 1];
        if (len > der.len - at - 2) return 0;
        at += 2 + len;
        if (len == field + 1 && number[0] == 0) { /* the sign */
            number++;
            len--;
        }
        if (len > field) return 0;
        memset(raw, 0, field - len);
        memcpy(raw + field - len, number, len);
    }
    raw -= 2 * field;
    /* What was passed over, and what stands behind, shows when the two are written again. */
    return armalo_i_span_equal(der, armalo_i_span_of(again, armalo_i_ecdsa_to_der(raw, field, again)));
}
