/* SPDX-License-Identifier: MIT */
/* codec/json_compare.c: the order of two numbers, exactly, however many digits they and their exponents have. */
#include "codec/json.h"

/* 0.d1d2d3... * 10^(shift + exponent). The digits go from the first to the last that is not 0 (none: zero), and a point
 * may stand among them. The exponent stays a text, since none of our types holds the longest. */
typedef struct armalo_i_exact {
    int negative, exponent_sign;
    int64_t shift;
    armalo_i_span digits, exponent;
} armalo_i_exact;

/* Where powers of ten are this far apart only the sign of the distance counts: no text is long enough to make it up. */
#define ARMALO_I_EXACT_FAR INT64_C(100000000000000000)

static armalo_i_exact armalo_i_exact_of(armalo_i_span text) {
    armalo_i_exact number = {0, 1, 0, {NULL, 0}, {NULL, 0}};
    const char *p = text.ptr, *end = p + text.len;
    int after_point = 0;
    number.negative = *p == '-';
    for (p += number.negative; p < end && (*p | 0x20) != 'e'; p++) {
        if (*p == '.') {
            after_point = 1;
            continue;
        }
        if (*p != '0') {
            if (number.digits.len == 0) number.digits.ptr = p;
            number.digits.len = (size_t)(p - number.digits.ptr) + 1;
        }
        number.shift += number.digits.len == 0 ? -after_point : !after_point;
    }
    if (p == end) return number;
    if (*++p == '-') number.exponent_sign = -1;
    if (*p == '-' || *p == '+') p++;
    number.exponent = armalo_i_span_of(p, (size_t)(end - p));
    return number;
}

/* The digit of the exponent with `place` digits from it to the end, with the sign. */
static int armalo_i_exact_place(const armalo_i_exact *number, size_t place) {
    armalo_i_span exponent = number->exponent;
    return place > exponent.len ? 0 : number->exponent_sign * (exponent.ptr[exponent.len - place] - '0');
}

/* The power of ten of a less that of b. */
static int64_t armalo_i_exact_apart(const armalo_i_exact *a, const armalo_i_exact *b) {
    size_t place = a->exponent.len > b->exponent.len ? a->exponent.len : b->exponent.len;
    int64_t apart = 0;
    for (; place > 0; place--) {
        apart = apart * 10 + armalo_i_exact_place(a, place) - armalo_i_exact_place(b, place);
        if (apart > ARMALO_I_EXACT_FAR) apart = ARMALO_I_EXACT_FAR;
        if (apart < -ARMALO_I_EXACT_FAR) apart = -ARMALO_I_EXACT_FAR;
    }
    return apart + a->shift - b->shift;
}

static int armalo_i_exact_digit(armalo_i_span *rest) {
    if (rest->len != 0 && *rest->ptr == '.') *rest = armalo_i_span_of(rest->ptr + 1, rest->len - 1);
    if (rest->len == 0) return '0';
    int digit = *rest->ptr;
    *rest = armalo_i_span_of(rest->ptr + 1, rest->len - 1);
    return digit;
}

/* Signs aside. */
static int armalo_i_exact_order(const armalo_i_exact *a, const armalo_i_exact *b) {
    armalo_i_span x = a->digits, y = b->digits;
    if (x.len == 0 || y.len == 0) return (x.len != 0) - (y.len != 0);
    int64_t apart = armalo_i_exact_apart(a, b);
    if (apart != 0) return apart > 0 ? 1 : -1;
    while (x.len != 0 || y.len != 0) {
        int order = armalo_i_exact_digit(&x) - armalo_i_exact_digit(&y);
        if (order != 0) return order;
    }
    return 0;
}

/* RFC 7493 2.2: beyond 2^53 - 1 two readers may see different integers, however they are written. */
static int armalo_i_exact_is_shared(const armalo_i_exact *number) {
    armalo_i_exact zero = armalo_i_exact_of(armalo_i_span_text("0"));
    armalo_i_exact limit = armalo_i_exact_of(armalo_i_span_text("9007199254740991"));
    if (armalo_i_exact_order(number, &limit) <= 0) return 1;
    int has_point = memchr(number->digits.ptr, '.', number->digits.len) != NULL;
    return armalo_i_exact_apart(number, &zero) < (int64_t)number->digits.len - has_point; /* no integer */
}

int armalo_i_json_number_compare(armalo_i_json_value a, armalo_i_json_value b, int *order) {
    if (a.type != ARMALO_I_JSON_NUMBER || b.type != ARMALO_I_JSON_NUMBER) return 0;
    armalo_i_exact x = armalo_i_exact_of(a.raw), y = armalo_i_exact_of(b.raw);
    if (!armalo_i_exact_is_shared(&x) || !armalo_i_exact_is_shared(&y)) return 0;
    int x_sign = x.digits.len == 0 ? 0 : x.negative ? -1 : 1, y_sign = y.digits.len == 0 ? 0 : y.negative ? -1 : 1;
    *order = x_sign != y_sign ? x_sign - y_sign : x_sign * armalo_i_exact_order(&x, &y);
    return 1;
}
