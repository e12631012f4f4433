/* SPDX-License-Identifier: MIT */
/* codec/swar.h: eight bytes at a time in one 64-bit word, in plain C on any machine: byte 0 of the text is always the
 * lowest byte of the word. A mark is a word whose bytes are 0x80 or 0x00. */
#ifndef ARMALO_CODEC_SWAR_H
#define ARMALO_CODEC_SWAR_H

#include <stddef.h>
#include <stdint.h>

#define ARMALO_I_BYTES(b) (UINT64_C(0x0101010101010101) * (b))

/* Compilers make one load of it where they can. */
static inline uint64_t armalo_i_word(const unsigned char *p) {
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 |
           (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}

/* The last bytes of a text, fewer than eight; zeros after them. */
static inline uint64_t armalo_i_word_part(const unsigned char *p, size_t left) {
    uint64_t word = 0;
    for (size_t i = 0; i < left; i++) word |= (uint64_t)p[i] << (8 * i);
    return word;
}

static inline uint64_t armalo_i_word_before(const unsigned char *p, const unsigned char *end) {
    size_t left = (size_t)(end - p);
    return left >= 8 ? armalo_i_word(p) : armalo_i_word_part(p, left);
}

/* The index of the first marked byte; mark is not 0. */
static inline size_t armalo_i_first(uint64_t mark) {
    uint64_t lowest = (mark & (~mark + 1)) >> 7; /* 2^(8 * index) */
    return (size_t)(lowest * UINT64_C(0x0001020304050607) >> 56);
}

/* The bytes of word before the first marked one. */
static inline uint64_t armalo_i_before_first(uint64_t word, uint64_t mark) {
    return word & (((mark & (~mark + 1)) >> 7) - 1);
}

/* Marks what ends a run of plain string bytes: a quote, a backslash, below U+0020, not ASCII. Exact up to the first
 * marked byte (a borrow can only mark bytes after one that is marked rightly). */
static inline uint64_t armalo_i_mark_string(uint64_t word) {
    uint64_t quote_or_control = (word ^ ARMALO_I_BYTES(0x02)) - ARMALO_I_BYTES(0x21);
    uint64_t backslash = (word ^ ARMALO_I_BYTES(0x5C)) - ARMALO_I_BYTES(0x01);
    return (quote_or_control | backslash | word) & ARMALO_I_BYTES(0x80);
}

/* Marks every byte that is c (below 0x80). Exact up to the first marked byte. */
static inline uint64_t armalo_i_mark(uint64_t word, unsigned char c) {
    uint64_t x = word ^ ARMALO_I_BYTES(c);
    return (x - ARMALO_I_BYTES(0x01)) & ~x & ARMALO_I_BYTES(0x80);
}

/* Marks every byte that is not c (below 0x80). */
static inline uint64_t armalo_i_mark_not(uint64_t word, unsigned char c) {
    uint64_t x = word ^ ARMALO_I_BYTES(c);
    return (((x & ARMALO_I_BYTES(0x7F)) + ARMALO_I_BYTES(0x7F)) | x) & ARMALO_I_BYTES(0x80);
}

/* Marks every byte that is no decimal digit. */
static inline uint64_t armalo_i_mark_not_digit(uint64_t word) {
    uint64_t x = word ^ ARMALO_I_BYTES(0x30);
    return (((x & ARMALO_I_BYTES(0x7F)) + ARMALO_I_BYTES(0x76)) | x) & ARMALO_I_BYTES(0x80);
}

#endif
