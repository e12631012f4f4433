/* SPDX-License-Identifier: MIT */
/* tests/attest_changes.h: small changes of a text, and a second reading of JSON that says what they changed. Header
 * only. */
#ifndef ARMALO_TESTS_ATTEST_CHANGES_H
#define ARMALO_TESTS_ATTEST_CHANGES_H

#include "attest_forge.h"
#include "json_read.h"

#define CHANGED_MAX 16384 /* bytes of a text that is changed */

/* ---- Changes ---- */

typedef void (*changed_fn)(void *ctx, const char *bytes, size_t len, const char *what, size_t at);

/* Every bit. */
static inline void change_bits(const char *text, size_t len, changed_fn judge, void *ctx) {
    static char bytes[CHANGED_MAX];
    must(len < sizeof bytes);
    memcpy(bytes, text, len);
    for (size_t bit = 0; bit < 8 * len; bit++) {
        bytes[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
        judge(ctx, bytes, len, "bit", bit);
        bytes[bit / 8] = text[bit / 8];
    }
}

/* Cut off at every place, before it and behind it. */
static inline void change_cuts(const char *text, size_t len, changed_fn judge, void *ctx) {
    for (size_t at = 0; at < len; at++) judge(ctx, text, at, "cut at", at);
    for (size_t at = 1; at < len; at++) judge(ctx, text + at, len - at, "cut up to", at);
}

/* Each byte left out, and each byte exchanged with the next one; and `pairs` pairs exchanged that lie apart. */
static inline void change_bytes(const char *text, size_t len, unsigned pairs, changed_fn judge, void *ctx) {
    static char bytes[CHANGED_MAX];
    uint32_t random = 1 + (uint32_t)len;
    must(len > 1 && len < sizeof bytes);
    for (size_t at = 0; at < len; at++) {
        memcpy(bytes, text, at);
        memcpy(bytes + at, text + at + 1, len - at - 1);
        judge(ctx, bytes, len - 1, "gap", at);
    }
    memcpy(bytes, text, len);
    for (size_t i = 0; i + 1 < len + pairs; i++) {
        size_t a = i, b = i + 1;
        if (b >= len) {
            random = random * UINT32_C(1664525) + UINT32_C(1013904223);
            a = (random >> 8) % len;
            random = random * UINT32_C(1664525) + UINT32_C(1013904223);
            b = (random >> 8) % len;
        }
        if (text[a] == text[b]) continue;
        bytes[a] = text[b];
        bytes[b] = text[a];
        judge(ctx, bytes, len, "exchange", a);
        bytes[a] = text[a];
        bytes[b] = text[b];
    }
}

/* One byte more, at every place: each of the 256, or those that mean something to some reader and `others` of the rest
 * in turn. */
static inline void change_more(const char *text, size_t len, unsigned others, changed_fn judge, void *ctx) {
    static const char telling[] = {' ', '\t', '\n', '\r', '"', '\\', '/', '=', '.', ',', ':', 'f',       'g',
                                   'k', 'c',  'p',  'A',  '0', '-',  '+', '#', '{', ']', 0,   (char)0xff};
    static char bytes[CHANGED_MAX];
    unsigned turn = 0;
    must(len + 1 < sizeof bytes);
    for (size_t at = 0; at <= len; at++) {
        memcpy(bytes, text, at);
        memcpy(bytes + at + 1, text + at, len - at);
        for (unsigned i = 0; i < (others < 256 ? sizeof telling + others : 256); i++) {
            bytes[at] = others >= 256 ? (char)i : i < sizeof telling ? telling[i] : (char)(37 * ++turn);
            judge(ctx, bytes, len + 1, "byte more at", at);
        }
    }
}

/* The canonical form of a text in out (3 * CHANGED_MAX bytes); len 0 where it is not strict JSON. */
static inline read_span read_canonical(const char *text, size_t len, char *out) {
    size_t size = 0;
    if (!armalo_json_canonical(text, len, out, 3 * CHANGED_MAX, &size, NULL)) size = 0;
    return (read_span){out, size};
}

#endif
