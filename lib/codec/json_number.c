/* SPDX-License-Identifier: MIT */
/* codec/json_number.c: numbers as ECMAScript writes them, and the range of a double.
 *
 * libc converts between decimal and binary, but is never shown a decimal point, which differs by locale: strtod reads
 * digits and an exponent, and of what snprintf writes only the digits are taken. */
#include "codec/json_inside.h"
#include "codec/text.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>

/* Enough to tell any decimal from the middle between two doubles (at most 767 digits); more digits only count as "a
 * little above". */
#define ARMALO_I_NUMBER_DIGITS 800

/* 0.d1d2d3... * 10^point, without zeros at either end; no digits: zero. */
typedef struct armalo_i_number {
    int negative;
    int64_t point;
    size_t count;
    char digit[ARMALO_I_NUMBER_DIGITS];
} armalo_i_number;

static void armalo_i_number_read(armalo_i_span text, armalo_i_number *number) {
    const char *p = text.ptr, *end = p + text.len;
    int after_point = 0, more = 0;
    number->point = 0;
    number->count = 0;
    number->negative = *p == '-';
    if (*p == '-') p++;
    for (; p < end && (*p | 0x20) != 'e'; p++) {
        if (*p == '.') {
            after_point = 1;
        } else if (*p == '0' && number->count == 0) {
            number->point -= after_point;
        } else {
            number->point += !after_point;
            if (number->count < ARMALO_I_NUMBER_DIGITS - 1)
                number->digit[number->count++] = *p;
            else
                more |= *p != '0';
        }
    }
    if (more) number->digit[number->count++] = '1';
    while (number->count > 0 && number->digit[number->count - 1] == '0') number->count--;
    if (p == end) return;
    int64_t exponent = 0, sign = *++p == '-' ? -1 : 1;
    if (*p == '-' || *p == '+') p++;
    for (; p < end; p++)
        if (exponent < INT64_C(1000000000000000000) / 10) exponent = exponent * 10 + (*p - '0');
    number->point += sign * exponent;
}

/* 2^1024 - 2^970, the middle between the largest double and 2^1024: from here on a number rounds to infinity (IEEE
 * 754-2019 4.3.1). 309 digits. */
static const char armalo_i_number_limit[] =
    "1797693134862315807937289714053034150799341327100378269361737789804449682927647509466490179775872070"
    "9633028641669288791094655554785194040263065748867150582068190890200070838367627385484581771153176447"
    "5730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880177904"
    "174497792";

int armalo_i_json_number_overflows(armalo_i_span text) {
    armalo_i_number number;
    armalo_i_number_read(text, &number);
    if (number.count == 0 || number.point != 309) return number.count != 0 && number.point > 309;
    for (size_t i = 0; i < 309; i++) {
        char digit = i < number.count ? number.digit[i] : '0';
        if (digit != armalo_i_number_limit[i]) return digit > armalo_i_number_limit[i];
    }
    return 1;
}

/* The double nearest to 0.d1d2d3... * 10^point; between -400 and 400 the exponent needs no care. */
static double armalo_i_number_value(const char *digits, size_t count, int point) {
    char text[ARMALO_I_NUMBER_DIGITS + 16];
    int exponent = point - (int)count;
    memcpy(text, digits, count);
    text[count++] = 'e';
    if (exponent < 0) text[count++] = '-';
    armalo_i_decimal_text((uint64_t)(exponent < 0 ? -exponent : exponent), text + count);
    return strtod(text, NULL);
}

/* Number::toString of +-0.d1d2...dk * 10^n, k digits without zeros at either end (ECMA-262 6.1.6.1.20 steps 6 to 12).
 */
static size_t armalo_i_number_write(int negative, const char *digits, int k, int n, char *out) {
    char *at = out;
    if (negative) *at++ = '-';
    if (n > 0 && n <= 21) {
        for (int i = 0; i < k || i < n; i++) {
            if (i == n) *at++ = '.';
            *at++ = i < k ? digits[i] : '0';
        }
    } else if (n > -6 && n <= 0) {
        *at++ = '0';
        *at++ = '.';
        for (int i = n; i < 0; i++) *at++ = '0';
        memcpy(at, digits, (size_t)k);
        at += k;
    } else {
        int exponent = n - 1;
        *at++ = digits[0];
        if (k > 1) {
            *at++ = '.';
            memcpy(at, digits + 1, (size_t)k - 1);
            at += k - 1;
        }
        *at++ = 'e';
        *at++ = exponent < 0 ? '-' : '+';
        at += armalo_i_decimal_text((uint64_t)(exponent < 0 ? -exponent : exponent), at);
    }
    *at = '\0';
    return (size_t)(at - out);
}

/* The next decimal of as many digits; *point grows when it is a power of ten. */
static void armalo_i_number_next(char *digits, int count, int *point) {
    int i = count - 1;
    while (i >= 0 && digits[i] == '9') digits[i--] = '0';
    if (i >= 0) {
        digits[i]++;
    } else {
        digits[0] = '1';
        (*point)++;
    }
}

/* The decimal of that many digits nearest to value (> 0, finite) that reads back as it; 0 if none does. */
static int armalo_i_number_reads_back(double value, int count, char digits[17], int *point) {
    char text[48];
    int n = 0, exponent = 0;
    snprintf(text, sizeof text, "%.*e", count - 1, value);
    const char *p = text;
    for (; *p != 'e'; p++)
        if (*p >= '0' && *p <= '9') digits[n++] = *p;
    int negative = *++p == '-';
    for (p++; *p != '\0'; p++) exponent = exponent * 10 + (*p - '0');
    *point = (negative ? -exponent : exponent) + 1;
    /* 17 digits tell any two doubles apart. */
    if (count == 17 || armalo_i_number_value(digits, (size_t)n, *point) == value) return 1;
    /* Below a power of two doubles stand closer than above it: there the nearest decimal can be too low to read back,
     * and the next one, though further off, still does. */
    armalo_i_number_next(digits, n, point);
    return armalo_i_number_value(digits, (size_t)n, *point) == value;
}

/* The fewest digits that read back as value (> 0, finite), of these the nearest to it. */
static int armalo_i_number_shortest(double value, char digits[17], int *point) {
    /* Decimals of 15 digits survive the way to a normal double and back, so 15 digits that read back are, without
     * their zeros, the fewest. */
    int count = DBL_DIG, end = 17;
    if (value < DBL_MIN) {
        /* Subnormal doubles have less precision. They stand equally far apart, so where some digits do, more do. */
        for (count = 1; count < end;) {
            int middle = (count + end) / 2;
            if (armalo_i_number_reads_back(value, middle, digits, point))
                end = middle;
            else
                count = middle + 1;
        }
    }
    while (!armalo_i_number_reads_back(value, count, digits, point)) count++;
    while (count > 1 && digits[count - 1] == '0') count--;
    return count;
}

size_t armalo_i_json_number_text(double value, char out[32]) {
    char digits[17];
    int point;
    out[0] = '\0';
    if (!(value >= -DBL_MAX && value <= DBL_MAX)) return 0;
    if (value == 0) return armalo_i_number_write(0, "0", 1, 1, out); /* minus zero too: ECMA-262 step 2 */
    int count = armalo_i_number_shortest(value < 0 ? -value : value, digits, &point);
    return armalo_i_number_write(value < 0, digits, count, point, out);
}

size_t armalo_i_json_number_canonical(armalo_i_span text, char out[32]) {
    armalo_i_number number;
    armalo_i_number_read(text, &number);
    /* Less than half of the smallest double, 2^-1074. */
    if (number.count == 0 || number.point < -330) return armalo_i_json_number_text(0, out);
    /* No two decimals of 15 digits share a normal double (1e-307 and 1e308 are well inside), so these digits are
     * themselves the fewest that read back. */
    if (number.count <= DBL_DIG && number.point > -307 && number.point <= 308)
        return armalo_i_number_write(number.negative, number.digit, (int)number.count, (int)number.point, out);
    double value = armalo_i_number_value(number.digit, number.count, (int)number.point);
    return armalo_i_json_number_text(number.negative ? -value : value, out);
}
