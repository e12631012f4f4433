/* SPDX-License-Identifier: MIT */
/* codec/hex.c: lowercase hexadecimal, two digits a byte. Timing: as in base64.c. */
#include "codec/text.h"

/* The value of a digit, or 16. No branch: the byte may be part of a secret. */
static unsigned armalo_i_hex_value(unsigned char c) {
    unsigned digit = c - '0', letter = c - 'a';
    unsigned is_digit = (digit < 10u) ? ~0u : 0u, is_letter = (letter < 6u) ? ~0u : 0u;
    return (digit & is_digit) | ((letter + 10u) & is_letter) | (16u & ~(is_digit | is_letter));
}

int armalo_i_hex_decode(armalo_i_span text, uint8_t *out, size_t cap, size_t *len) {
    if (text.len % 2 != 0 || text.len / 2 > cap) return 0;
    unsigned bad = 0;
    for (size_t i = 0; i < text.len / 2; i++) {
        unsigned high = armalo_i_hex_value((unsigned char)text.ptr[2 * i]);
        unsigned low = armalo_i_hex_value((unsigned char)text.ptr[2 * i + 1]);
        bad |= high | low;
        out[i] = (uint8_t)(high << 4 | low);
    }
    if ((bad & 16u) != 0) return 0;
    *len = text.len / 2;
    return 1;
}

size_t armalo_i_hex_encode(const uint8_t *in, size_t len, char *out) {
    static const char armalo_i_hex_digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = armalo_i_hex_digits[in[i] >> 4];
        out[2 * i + 1] = armalo_i_hex_digits[in[i] & 15u];
    }
    out[2 * len] = '\0';
    return 2 * len;
}
