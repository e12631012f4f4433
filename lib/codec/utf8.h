/* SPDX-License-Identifier: MIT */
/* codec/utf8.h: UTF-8 one character at a time (RFC 3629: shortest form, no surrogates, nothing above U+10FFFF). */
#ifndef ARMALO_CODEC_UTF8_H
#define ARMALO_CODEC_UTF8_H

#include <stddef.h>

/* The bytes of the character that begins at p, of at most left (>= 1) bytes; 0 if there is no valid one. *bad is then
 * how many bytes to skip: the longest beginning of a character (Unicode 3.9, "maximal subpart"), or one byte. */
static inline size_t armalo_i_utf8_len(const unsigned char *p, size_t left, size_t *bad) {
    unsigned char lead = p[0], low = 0x80, high = 0xBF;
    size_t len;
    *bad = 1;
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) {
        len = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        len = 3;
        if (lead == 0xE0) low = 0xA0;  /* shorter forms exist */
        if (lead == 0xED) high = 0x9F; /* U+D800 to U+DFFF */
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        len = 4;
        if (lead == 0xF0) low = 0x90;  /* shorter forms exist */
        if (lead == 0xF4) high = 0x8F; /* above U+10FFFF */
    } else {
        return 0;
    }
    if (left < 2 || p[1] < low || p[1] > high) return 0;
    for (size_t i = 2; i < len; i++) {
        *bad = i;
        if (left <= i || p[i] < 0x80 || p[i] > 0xBF) return 0;
    }
    return len;
}

/* Writes a scalar value as UTF-8 and returns the number of bytes. */
static inline size_t armalo_i_utf8_put(unsigned code, char out[4]) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0u | code >> 6);
        out[1] = (char)(0x80u | (code & 0x3Fu));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0u | code >> 12);
        out[1] = (char)(0x80u | (code >> 6 & 0x3Fu));
        out[2] = (char)(0x80u | (code & 0x3Fu));
        return 3;
    }
    out[0] = (char)(0xF0u | code >> 18);
    out[1] = (char)(0x80u | (code >> 12 & 0x3Fu));
    out[2] = (char)(0x80u | (code >> 6 & 0x3Fu));
    out[3] = (char)(0x80u | (code & 0x3Fu));
    return 4;
}

#endif
