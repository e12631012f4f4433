/* SPDX-License-Identifier: MIT */
/* codec/decimal.c: unsigned decimal numbers with one spelling each. */
#include "codec/text.h"

int armalo_i_decimal(armalo_i_span text, uint64_t max, uint64_t *value) {
    if (text.len == 0 || text.len > 20 || (text.ptr[0] == '0' && text.len > 1)) return 0;
    uint64_t sum = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') return 0;
        uint64_t digit = (uint64_t)(text.ptr[i] - '0');
        if (sum > (UINT64_MAX - digit) / 10) return 0;
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
