/* SPDX-License-Identifier: MIT */
/* codec/span.h: bytes with their length; the one way in which parsers pass text around. */
#ifndef ARMALO_CODEC_SPAN_H
#define ARMALO_CODEC_SPAN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct armalo_i_span {
    const char *ptr;
    size_t len;
} armalo_i_span;

static inline armalo_i_span armalo_i_span_of(const void *ptr, size_t len) {
    armalo_i_span span = {(const char *)ptr, len};
    return span;
}

static inline armalo_i_span armalo_i_span_text(const char *nul_terminated) {
    return armalo_i_span_of(nul_terminated, strlen(nul_terminated));
}

static inline int armalo_i_span_equal(armalo_i_span a, armalo_i_span b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0); /* public bytes only */
}

/* NUL-terminated into cap bytes, cut where it is longer: to be shown. */
static inline void armalo_i_span_show(armalo_i_span text, char *buf, size_t cap) {
    size_t len = text.len < cap ? text.len : cap - 1;
    if (len > 0) memcpy(buf, text.ptr, len);
    buf[len] = 0;
}

/* ASCII letters compare alike in either case; all other bytes exactly. */
static inline int armalo_i_span_equal_nocase(armalo_i_span a, armalo_i_span b) {
    if (a.len != b.len) return 0;
    for (size_t i = 0; i < a.len; i++) {
        unsigned char x = (unsigned char)a.ptr[i], y = (unsigned char)b.ptr[i];
        if (x >= 'A' && x <= 'Z') x = (unsigned char)(x | 0x20u);
        if (y >= 'A' && y <= 'Z') y = (unsigned char)(y | 0x20u);
        if (x != y) return 0;
    }
    return 1;
}

#endif
