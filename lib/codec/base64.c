/* SPDX-License-Identifier: MIT */
/* codec/base64.c: RFC 4648 base64 and base64url, canonical spellings only.
 *
 * Timing. Both directions look bytes up in tables, so on a machine shared with an attacker the cache can show something
 * of what is coded; no branch depends on good bytes. Secrets are decoded when a handle is made, not on each request,
 * and what is decoded on each request (a signature) is public. */
#include "codec/text.h"

/* Which alphabets a byte is a digit of: RFC 4648 4, and 5. */
#define ARMALO_I_B64_STANDARD (UINT32_C(1) << 31)
#define ARMALO_I_B64_URL      (UINT32_C(1) << 30)
#define ARMALO_I_B64_BOTH     (ARMALO_I_B64_STANDARD | ARMALO_I_B64_URL)

static const char armalo_i_base64_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char armalo_i_base64url_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* What each byte is as the first, second, third and fourth digit of a group: its bits where they go in the three bytes,
 * the first of which is the lowest, and its alphabets above them; 0 for what is no digit. */
/* clang-format off */
#define ARMALO_I_B64_DIGITS(X, s) \
    X('A', 0, s) X('B', 1, s) X('C', 2, s) X('D', 3, s) X('E', 4, s) X('F', 5, s)       \
    X('G', 6, s) X('H', 7, s) X('I', 8, s) X('J', 9, s) X('K', 10, s) X('L', 11, s)     \
    X('M', 12, s) X('N', 13, s) X('O', 14, s) X('P', 15, s) X('Q', 16, s) X('R', 17, s) \
    X('S', 18, s) X('T', 19, s) X('U', 20, s) X('V', 21, s) X('W', 22, s) X('X', 23, s) \
    X('Y', 24, s) X('Z', 25, s) X('a', 26, s) X('b', 27, s) X('c', 28, s) X('d', 29, s) \
    X('e', 30, s) X('f', 31, s) X('g', 32, s) X('h', 33, s) X('i', 34, s) X('j', 35, s) \
    X('k', 36, s) X('l', 37, s) X('m', 38, s) X('n', 39, s) X('o', 40, s) X('p', 41, s) \
    X('q', 42, s) X('r', 43, s) X('s', 44, s) X('t', 45, s) X('u', 46, s) X('v', 47, s) \
    X('w', 48, s) X('x', 49, s) X('y', 50, s) X('z', 51, s) X('0', 52, s) X('1', 53, s) \
    X('2', 54, s) X('3', 55, s) X('4', 56, s) X('5', 57, s) X('6', 58, s) X('7', 59, s) \
    X('8', 60, s) X('9', 61, s)
#define ARMALO_I_B64_FIRST(v)  (UINT32_C(v) << 2)
#define ARMALO_I_B64_SECOND(v) (UINT32_C(v) >> 4 | (UINT32_C(v) & 15) << 12)
#define ARMALO_I_B64_THIRD(v)  ((UINT32_C(v) >> 2) << 8 | (UINT32_C(v) & 3) << 22)
#define ARMALO_I_B64_FOURTH(v) (UINT32_C(v) << 16)
#define ARMALO_I_B64_DIGIT(c, v, place) [c] = ARMALO_I_B64_BOTH | place(v),
#define ARMALO_I_B64_TABLE(place) {                                                             \
    ARMALO_I_B64_DIGITS(ARMALO_I_B64_DIGIT, place)                                              \
    ['+'] = ARMALO_I_B64_STANDARD | place(62), ['/'] = ARMALO_I_B64_STANDARD | place(63),       \
    ['-'] = ARMALO_I_B64_URL | place(62),      ['_'] = ARMALO_I_B64_URL | place(63)}
static const uint32_t armalo_i_base64_table[4][256] = {
    ARMALO_I_B64_TABLE(ARMALO_I_B64_FIRST), ARMALO_I_B64_TABLE(ARMALO_I_B64_SECOND),
    ARMALO_I_B64_TABLE(ARMALO_I_B64_THIRD), ARMALO_I_B64_TABLE(ARMALO_I_B64_FOURTH)};
/* clang-format on */

static inline uint32_t armalo_i_base64_group(const unsigned char *in, uint32_t *alphabets) {
    uint32_t a = armalo_i_base64_table[0][in[0]], b = armalo_i_base64_table[1][in[1]],
             c = armalo_i_base64_table[2][in[2]], d = armalo_i_base64_table[3][in[3]];
    *alphabets &= a & b & c & d;
    return a | b | c | d;
}

/* Decodes whole groups. Returns the alphabets that every digit is of. */
static uint32_t armalo_i_base64_groups(const unsigned char *restrict in, size_t groups, uint8_t *restrict out) {
    uint32_t alphabets = ARMALO_I_B64_BOTH, group;
    for (; groups > 1; groups--, in += 4, out += 3) {
        group = armalo_i_base64_group(in, &alphabets);
        out[0] = (uint8_t)group;
        out[1] = (uint8_t)(group >> 8);
        out[2] = (uint8_t)(group >> 16);
        out[3] = (uint8_t)(group >> 24); /* of the next group, which overwrites it: four bytes are one store */
    }
    if (groups == 1) {
        group = armalo_i_base64_group(in, &alphabets);
        out[0] = (uint8_t)group;
        out[1] = (uint8_t)(group >> 8);
        out[2] = (uint8_t)(group >> 16);
    }
    return alphabets;
}

/* Decodes the digits alone: len mod 4 of 2 or 3 stands for a last group of 1 or 2 bytes. Returns the alphabets that
 * every digit is of; 0: no base64. */
static uint32_t armalo_i_base64_digits(const char *text, size_t digits, uint8_t *restrict out, size_t cap,
                                       size_t *len) {
    const unsigned char *in = (const unsigned char *)text;
    size_t tail = digits % 4, size = digits / 4 * 3 + (tail == 0 ? 0 : tail - 1);
    if (tail == 1 || size > cap) return 0;
    uint32_t alphabets = armalo_i_base64_groups(in, digits / 4, out);
    if (tail != 0) {
        in += digits - tail;
        out += digits / 4 * 3;
        uint32_t a = armalo_i_base64_table[0][in[0]], b = armalo_i_base64_table[1][in[1]];
        uint32_t c = tail == 3 ? armalo_i_base64_table[2][in[2]] : ARMALO_I_B64_BOTH;
        uint32_t group = a | b | c;
        alphabets &= a & b & c;
        out[0] = (uint8_t)group;
        if (tail == 3) out[1] = (uint8_t)(group >> 8);
        /* RFC 4648 3.5: the pad bits are zero, or one value would have several spellings. */
        if ((group & (tail == 3 ? 0xFF0000u : 0xFF00u)) != 0) return 0;
    }
    *len = size;
    return alphabets;
}

/* The digits of a text with the right padding, which makes it whole groups (RFC 4648 4). */
static size_t armalo_i_base64_padded(armalo_i_span text) {
    if (text.len == 0 || text.ptr[text.len - 1] != '=') return text.len;
    return text.len - (text.ptr[text.len - 2] == '=' ? 2 : 1);
}

int armalo_i_base64_decode(armalo_i_span text, uint8_t *out, size_t cap, size_t *len) {
    size_t size = 0;
    if (text.len % 4 != 0 ||
        (armalo_i_base64_digits(text.ptr, armalo_i_base64_padded(text), out, cap, &size) & ARMALO_I_B64_STANDARD) == 0)
        return 0;
    *len = size;
    return 1;
}

int armalo_i_base64url_decode(armalo_i_span text, uint8_t *out, size_t cap, size_t *len) {
    size_t size = 0;
    if ((armalo_i_base64_digits(text.ptr, text.len, out, cap, &size) & ARMALO_I_B64_URL) == 0) return 0;
    *len = size;
    return 1;
}

int armalo_i_base64_either_decode(armalo_i_span text, uint8_t *out, size_t cap, size_t *len) {
    size_t size = 0, digits = text.len % 4 == 0 ? armalo_i_base64_padded(text) : text.len;
    uint32_t alphabets = armalo_i_base64_digits(text.ptr, digits, out, cap, &size);
    /* Without padding it is of the URL alphabet. */
    if (alphabets == 0 || ((alphabets & ARMALO_I_B64_URL) == 0 && text.len % 4 != 0)) return 0;
    *len = size;
    return 1;
}

/* Writes the digits and returns how many; the padding is the caller's. */
static size_t armalo_i_base64_text(const char *alphabet, const uint8_t *in, size_t len, char *out) {
    char *at = out;
    for (; len >= 3; len -= 3, in += 3) {
        *at++ = alphabet[in[0] >> 2];
        *at++ = alphabet[(in[0] & 3u) << 4 | in[1] >> 4];
        *at++ = alphabet[(in[1] & 15u) << 2 | in[2] >> 6];
        *at++ = alphabet[in[2] & 63u];
    }
    if (len != 0) {
        unsigned second = len == 2 ? in[1] : 0;
        *at++ = alphabet[in[0] >> 2];
        *at++ = alphabet[(in[0] & 3u) << 4 | second >> 4];
        if (len == 2) *at++ = alphabet[(second & 15u) << 2];
    }
    *at = '\0';
    return (size_t)(at - out);
}

size_t armalo_i_base64_encode(const uint8_t *in, size_t len, char *out) {
    size_t n = armalo_i_base64_text(armalo_i_base64_alphabet, in, len, out);
    while (n % 4 != 0) out[n++] = '=';
    out[n] = '\0';
    return n;
}

size_t armalo_i_base64url_encode(const uint8_t *in, size_t len, char *out) {
    return armalo_i_base64_text(armalo_i_base64url_alphabet, in, len, out);
}
