/* SPDX-License-Identifier: MIT */
/* codec/base58.c: a number in base 58, with a '1' before it for each zero byte before it. */
#include "codec/base58.h"

static const char armalo_i_base58_alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

#define ARMALO_I_BASE58_BAD 58u

/* The value of each digit from '1' to 'z'. */
static const uint8_t armalo_i_base58_value[] = {
    0,  1,  2,  3,  4,  5,  6,  7,  8,  58, 58, 58, 58, 58, 58, 58, 9,  10, 11, 12, 13, 14, 15, 16, 58,
    17, 18, 19, 20, 21, 58, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 58, 58, 58, 58, 58, 58, 33, 34,
    35, 36, 37, 38, 39, 40, 41, 42, 43, 58, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57,
};

/* 58 is less than 2^6. */
#define ARMALO_I_BASE58_LIMBS ((ARMALO_I_BASE58_MAX * 6 + 31) / 32)

/* The number that the digits stand for, the lowest limb first and the highest not 0. Returns how many limbs, or -1. */
static int armalo_i_base58_number(const char *digit, const char *end, uint32_t *limb) {
    int used = 0;
    while (digit < end) {
        uint64_t carry = 0, scale = 1;
        for (int n = 0; n < 5 && digit < end; n++) { /* 58^5 is less than 2^32 */
            unsigned at = (unsigned char)*digit++ - (unsigned)'1';
            unsigned value = at < sizeof armalo_i_base58_value ? armalo_i_base58_value[at] : ARMALO_I_BASE58_BAD;
            if (value == ARMALO_I_BASE58_BAD) return -1;
            carry = carry * 58 + value;
            scale *= 58;
        }
        for (int i = 0; i < used; i++) {
            carry += limb[i] * scale;
            limb[i] = (uint32_t)carry;
            carry >>= 32;
        }
        if (carry != 0) limb[used++] = (uint32_t)carry;
    }
    return used;
}

int armalo_i_base58_decode(armalo_i_span text, uint8_t *out, size_t cap, size_t *len) {
    uint32_t limb[ARMALO_I_BASE58_LIMBS];
    size_t zeros = 0;
    if (text.len > ARMALO_I_BASE58_MAX) return 0;
    while (zeros < text.len && text.ptr[zeros] == '1') zeros++;
    int limbs = text.len == zeros ? 0 : armalo_i_base58_number(text.ptr + zeros, text.ptr + text.len, limb);
    if (limbs < 0) return 0;
    size_t bytes = (size_t)limbs * 4;
    while (bytes > 0 && limb[limbs - 1] >> (bytes - 1) % 4 * 8 == 0) bytes--;
    if (zeros + bytes > cap) return 0;
    for (size_t i = 0; i < zeros; i++) out[i] = 0;
    for (size_t i = bytes; i > 0; i--) out[zeros + bytes - i] = (uint8_t)(limb[(i - 1) / 4] >> (i - 1) % 4 * 8);
    *len = zeros + bytes;
    return 1;
}

size_t armalo_i_base58_encode(const uint8_t *in, size_t len, char *out, size_t cap) {
    size_t zeros = 0, used = 0;
    if (cap == 0) return 0;
    out[0] = '\0';
    while (zeros < len && in[zeros] == 0) zeros++;
    if (zeros >= cap) return 0;
    char *digit = out + zeros; /* values for now, the lowest first */
    for (size_t i = zeros; i < len; i++) {
        unsigned carry = in[i];
        for (size_t k = 0; k < used || carry != 0; k++) {
            if (k == used) {
                if (zeros + ++used >= cap) {
                    out[0] = '\0';
                    return 0;
                }
                digit[k] = 0;
            }
            carry += (unsigned)digit[k] << 8;
            digit[k] = (char)(carry % 58);
            carry /= 58;
        }
    }
    for (size_t i = 0; i < used / 2; i++) {
        char low = digit[i];
        digit[i] = digit[used - 1 - i];
        digit[used - 1 - i] = low;
    }
    for (size_t i = 0; i < zeros + used; i++) out[i] = armalo_i_base58_alphabet[i < zeros ? 0 : (size_t)out[i]];
    out[zeros + used] = '\0';
    return zeros + used;
}
