/* SPDX-License-Identifier: MIT */
/* codec/decimal.c: unsigned decimal numbers with one spelling each. */
#include "codec/swar.h"
#include "codec/text.h"

/* Eight digits as a number: pairs, then fours, then all eight. The first digit is the lowest byte. */
static uint64_t armalo_i_eight_digits(uint64_t word) {
    word -= ARMALO_I_BYTES(0x30);
    word = word * 10 + (word >> 8);
    word = (word & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x000F424000000064) +
           (word >> 16 & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x0000271000000001);
    return word >> 32;
}

int armalo_i_decimal(armalo_i_span text, uint64_t max, uint64_t *value) {
    if (text.len == 0 || text.len > 20 || (text.ptr[0] == '0' && text.len > 1)) return 0;
    uint64_t sum = 0;
    size_t i = 0;
    for (; i + 8 <= text.len; i += 8) { /* 16 digits at most this way */
        uint64_t word = armalo_i_word((const unsigned char *)text.ptr + i);
        if (armalo_i_mark_not_digit(word) != 0) return 0;
        sum = sum * 100000000 + armalo_i_eight_digits(word);
    }
    for (; i < text.len; i++) {
        unsigned digit = (unsigned char)text.ptr[i] - (unsigned)'0';
        if (digit > 9) return 0;
        /* Only a twentieth digit can pass 2^64. */
        if (i == 19 && sum > (UINT64_MAX - digit) / 10) return 0;
        sum = sum * 10 + digit;
    }
    if (sum > max) return 0;
    *value = sum;
    return 1;
}

size_t armalo_i_decimal_text(uint64_t value, char *out) {
    char reversed[20];
    size_t len = 0;
    do {
        reversed[len++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    for (size_t i = 0; i < len; i++) out[i] = reversed[len - 1 - i];
    out[len] = '\0';
    return len;
}
