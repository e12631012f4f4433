/* SPDX-License-Identifier: MIT */
/* codec/base64.c: RFC 4648 base64 and base64url, canonical spellings only.
 *
 * Timing. Both directions look bytes up in tables, so on a machine shared with an attacker the cache can show something
 * of what is coded; no branch depends on good bytes. Secrets are decoded when a handle is made, not on each request,
 * and what is decoded on each request (a signature) is public. */
#include "codec/swar.h"
#include "codec/text.h"

#define ARMALO_I_B64_BAD 0x80u

static const char armalo_i_base64_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char armalo_i_base64url_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* The value of each digit; 128 (ARMALO_I_B64_BAD) for every other byte. */
static const uint8_t armalo_i_base64_value[256] = {
    128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
    128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 62,
    128, 128, 128, 63,  52,  53,  54,  55,  56,  57,  58,  59,  60,  61,  128, 128, 128, 128, 128, 128, 128, 0,
    1,   2,   3,   4,   5,   6,   7,   8,   9,   10,  11,  12,  13,  14,  15,  16,  17,  18,  19,  20,  21,  22,
    23,  24,  25,  128, 128, 128, 128, 128, 128, 26,  27,  28,  29,  30,  31,  32,  33,  34,  35,  36,  37,  38,
    39,  40,  41,  42,  43,  44,  45,  46,  47,  48,  49,  50,  51,  128, 128, 128, 128, 128, 128, 128, 128, 128,
    128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
    128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
    128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
    128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
    128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
    128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
};

static const uint8_t armalo_i_base64url_value[256] = {
    128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
    128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
    128, 62,  128, 128, 52,  53,  54,  55,  56,  57,  58,  59,  60,  61,  128, 128, 128, 128, 128, 128, 128, 0,
    1,   2,   3,   4,   5,   6,   7,   8,   9,   10,  11,  12,  13,  14,  15,  16,  17,  18,  19,  20,  21,  22,
    23,  24,  25,  128, 128, 128, 128, 63,  128, 26,  27,  28,  29,  30,  31,  32,  33,  34,  35,  36,  37,  38,
    39,  40,  41,  42,  43,  44,  45,  46,  47,  48,  49,  50,  51,  128, 128, 128, 128, 128, 128, 128, 128, 128,
    128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
    128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
    128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
    128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
    128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
    128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
};

/* Decodes whole groups. Returns the values of all digits ORed together, in which one bad digit shows. */
static unsigned armalo_i_base64_groups(const uint8_t *restrict value, const unsigned char *restrict in, size_t groups,
                                       uint8_t *restrict out) {
    unsigned bad = 0;
    for (; groups > 0; groups--, in += 4, out += 3) {
        unsigned a = value[in[0]], b = value[in[1]], c = value[in[2]], d = value[in[3]];
        unsigned group = a << 18 | b << 12 | c << 6 | d;
        bad |= a | b | c | d;
        out[0] = (uint8_t)(group >> 16);
        out[1] = (uint8_t)(group >> 8);
        out[2] = (uint8_t)group;
    }
    return bad;
}

/* Decodes the digits alone: len mod 4 of 2 or 3 stands for a last group of 1 or 2 bytes. */
static int armalo_i_base64_digits(const uint8_t *restrict value, const char *text, size_t digits, uint8_t *restrict out,
                                  size_t cap, size_t *len) {
    const unsigned char *in = (const unsigned char *)text;
    size_t tail = digits % 4, size = digits / 4 * 3 + (tail == 0 ? 0 : tail - 1);
    if (tail == 1 || size > cap) return 0;
    unsigned bad = armalo_i_base64_groups(value, in, digits / 4, out);
    if (tail != 0) {
        in += digits - tail;
        out += digits / 4 * 3;
        unsigned a = value[in[0]], b = value[in[1]], c = tail == 3 ? value[in[2]] : 0;
        bad |= a | b | c;
        out[0] = (uint8_t)(a << 2 | b >> 4);
        if (tail == 3) out[1] = (uint8_t)(b << 4 | c >> 2);
        /* RFC 4648 3.5: the pad bits are zero, or one value would have several spellings. */
        unsigned stray = tail == 3 ? c & 3u : b & 15u;
        bad |= stray != 0 ? ARMALO_I_B64_BAD : 0;
    }
    if ((bad & ARMALO_I_B64_BAD) != 0) return 0;
    *len = size;
    return 1;
}

/* The digits of a text with the right padding, which makes it whole groups (RFC 4648 4). */
static size_t armalo_i_base64_padded(armalo_i_span text) {
    if (text.len == 0 || text.ptr[text.len - 1] != '=') return text.len;
    return text.len - (text.ptr[text.len - 2] == '=' ? 2 : 1);
}

int armalo_i_base64_decode(armalo_i_span text, uint8_t *out, size_t cap, size_t *len) {
    if (text.len % 4 != 0) return 0;
    return armalo_i_base64_digits(armalo_i_base64_value, text.ptr, armalo_i_base64_padded(text), out, cap, len);
}

int armalo_i_base64url_decode(armalo_i_span text, uint8_t *out, size_t cap, size_t *len) {
    return armalo_i_base64_digits(armalo_i_base64url_value, text.ptr, text.len, out, cap, len);
}

int armalo_i_base64_either_decode(armalo_i_span text, uint8_t *out, size_t cap, size_t *len) {
    if (text.len != 0 && (memchr(text.ptr, '+', text.len) != NULL || memchr(text.ptr, '/', text.len) != NULL))
        return armalo_i_base64_decode(text, out, cap, len);
    size_t digits = text.len % 4 == 0 ? armalo_i_base64_padded(text) : text.len;
    return armalo_i_base64_digits(armalo_i_base64url_value, text.ptr, digits, out, cap, len);
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
