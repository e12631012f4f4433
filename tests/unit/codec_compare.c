/* SPDX-License-Identifier: MIT */
/* codec: the exact order of two numbers, however they are written. */
#include "codec/json.h"
#include "test.h"

/* Reads a heap copy of exactly its size, which the caller frees. */
static armalo_i_json_value loaded(const char *text, char **copy) {
    armalo_i_json_value value;
    size_t len = strlen(text);
    *copy = malloc(len);
    ck_assert_ptr_nonnull(*copy);
    memcpy(*copy, text, len);
    ck_assert_msg(armalo_i_json_load(armalo_i_span_of(*copy, len), SIZE_MAX, &value, NULL), "%.60s", text);
    return value;
}

#define NO_ORDER 99

/* -1, 0, 1 or NO_ORDER. */
static int order_of(const char *a, const char *b) {
    char *a_copy, *b_copy;
    armalo_i_json_value x = loaded(a, &a_copy), y = loaded(b, &b_copy);
    int order = 12345, has = armalo_i_json_number_compare(x, y, &order);
    ck_assert(has == 0 || has == 1);
    if (!has) ck_assert_int_eq(order, 12345); /* left alone */
    free(a_copy);
    free(b_copy);
    return has ? (order > 0) - (order < 0) : NO_ORDER;
}

static void is_order(const char *a, const char *b, int order) {
    ck_assert_msg(order_of(a, b) == order, "%.60s and %.60s: %d, not %d", a, b, order_of(a, b), order);
    ck_assert_msg(order_of(b, a) == -order, "%.60s and %.60s: %d, not %d", b, a, order_of(b, a), -order);
}

/* Each row is one number in several spellings, less than that of the next row. */
static const char *const ascending[][6] = {
    {"-9007199254740992.5", "-9007199254740992.50"},
    {"-9007199254740991", "-9007199254740991.000", "-9.007199254740991e15", "-9007199254740991000e-3"},
    {"-9007199254740990"},
    {"-1e3", "-1000", "-1E+3", "-0.001e6"},
    {"-999.9999999999999999999999999999"},
    {"-1.5"},
    {"-1.25"},
    {"-1"},
    {"-0.30000000000000001"},
    {"-0.3", "-0.30", "-3e-1", "-0.03E1"},
    {"-1e-999999999999"},
    {"-1e-99999999999999999999999999999999999999999999", "-10e-100000000000000000000000000000000000000000000"},
    {"0", "-0", "0.0", "-0.0e5", "0e99999999999999999999999999999999", "-0E-99999999999999999999999999999999"},
    {"1e-99999999999999999999999999999999999999999999", "0.00001e-99999999999999999999999999999999999999999994"},
    {"1.0000000001e-99999999999999999999999999999999999999999999"},
    {"1e-18446744073709551617"},
    {"1e-18446744073709551616", "1e-0000000000000000000000018446744073709551616"},
    {"1e-9223372036854775809"},
    {"1e-9223372036854775808"},
    {"1e-4294967296"},
    {"1e-400"},
    {"2e-400"},
    {"5e-324"},
    {"0.29999999999999998"},
    {"0.299999999999999999999999999999999999999999"},
    {"0.3", "0.30", "3e-1", "0.300000000000000000000000000000000000000e0", "300e-3"},
    {"0.30000000000000001"},
    {"0.300000000000000011"},
    {"0.99"},
    {"1", "1.0", "1e0", "1e-0", "10e-1", "0.1e1"},
    {"1.0000000000000000000000000000000000000000000000001"},
    {"9"},
    {"10", "1e1", "1.0e+1", "100e-1"},
    {"99"},
    {"100", "1e2", "100.0", "1E+02", "0.00001e7"},
    {"100.00000000000000000000000000000000000000000000000000000001"},
    {"101"},
    {"4503599627370496.1"},
    {"9007199254740990"},
    {"9007199254740990.9999999999999999999999999"},
    {"9007199254740991", "9007199254740991.0", "9007199254740991e0", "90071992547409910e-1"},
    {"9007199254740991.0000000000000000001"},
    {"9007199254740992.5", "90071992547409925e-1", "9.0071992547409925e15"},
    {"90071992547409920.5"},
};
#define ROWS (sizeof ascending / sizeof ascending[0])

START_TEST(numbers_in_order) {
    for (size_t a = 0; a < ROWS; a++)
        for (size_t b = a; b < ROWS; b++)
            for (size_t i = 0; i < 6 && ascending[a][i] != NULL; i++)
                for (size_t k = 0; k < 6 && ascending[b][k] != NULL; k++)
                    is_order(ascending[a][i], ascending[b][k], a == b ? 0 : -1);
}
END_TEST

/* RFC 7493 2.2, whichever side they are on, and even in a spelling with a fraction or an exponent. */
START_TEST(integers_beyond_2_53_have_no_order) {
    static const char *const beyond[] = {
        "9007199254740992",
        "-9007199254740992",
        "9007199254740993",
        "9007199254740992.0",
        "1e16",
        "1E+20",
        "100000000000000000000e0",
        "10000000000000000",
        "1e308",
        "-1e308",
        "90071992547409920e-1",
        "9.007199254740992e15",
        "0.00009007199254740992e20",
        "18446744073709551616",
        "1.5e17",
        "-12345678901234567890.000",
        "20000000000000000000000000000000000",
    };
    static const char *const others[] = {"0", "1", "-1", "0.5", "9007199254740991", "1e-400"};
    for (size_t i = 0; i < sizeof beyond / sizeof beyond[0]; i++) {
        for (size_t k = 0; k < sizeof others / sizeof others[0]; k++) {
            ck_assert_msg(order_of(beyond[i], others[k]) == NO_ORDER, "%s", beyond[i]);
            ck_assert_msg(order_of(others[k], beyond[i]) == NO_ORDER, "%s", beyond[i]);
        }
        ck_assert_msg(order_of(beyond[i], beyond[i]) == NO_ORDER, "%s", beyond[i]);
    }
}
END_TEST

START_TEST(only_numbers_have_an_order) {
    static const char *const others[] = {"\"1\"", "true", "false", "null", "[1]", "{\"a\":1}", "\"\"", "[]"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        ck_assert_int_eq(order_of(others[i], "1"), NO_ORDER);
        ck_assert_int_eq(order_of("1", others[i]), NO_ORDER);
        ck_assert_int_eq(order_of(others[i], others[i]), NO_ORDER);
    }
    armalo_i_json_value none = {ARMALO_I_JSON_NONE, {NULL, 0}}, one = {ARMALO_I_JSON_NUMBER, {"1", 1}};
    int order = 12345;
    ck_assert_int_eq(armalo_i_json_number_compare(none, one, &order), 0);
    ck_assert_int_eq(armalo_i_json_number_compare(one, none, &order), 0);
    ck_assert_int_eq(armalo_i_json_number_compare(none, none, &order), 0);
    ck_assert_int_eq(order, 12345);
}
END_TEST

static char *filled(const char *before, char c, size_t times, const char *after) {
    char *text = malloc(strlen(before) + times + strlen(after) + 1);
    ck_assert_ptr_nonnull(text);
    strcpy(text, before);
    memset(text + strlen(before), c, times);
    strcpy(text + strlen(before) + times, after);
    return text;
}

/* No digit, zero or exponent is too far away to count. */
START_TEST(long_numbers) {
    static const size_t sizes[] = {1, 18, 19, 20, 767, 800, 801, 5000, 100000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t n = sizes[i];
        char *low = filled("0.", '3', n, "1"), *high = filled("0.", '3', n, "2"), *zeros = filled("0.", '3', n, "10");
        is_order(low, high, -1);
        is_order(low, zeros, 0);
        free(low);
        free(high);
        free(zeros);
        /* 10^-(n+1) in two spellings, and its neighbours. */
        char exponent[32], more[32], less[32];
        snprintf(exponent, sizeof exponent, "1e-%zu", n + 1);
        snprintf(more, sizeof more, "1e-%zu", n);
        snprintf(less, sizeof less, "1e-%zu", n + 2);
        low = filled("0.", '0', n, "1");
        is_order(low, exponent, 0);
        is_order(low, more, -1);
        is_order(low, less, 1);
        free(low);
        /* Exponents of n digits, one less and one more, and of other signs. */
        low = filled("7e-1", '0', n, "1"), high = filled("7e-1", '0', n + 1, ""),
        zeros = filled("7E-000", '9', n + 1, "");
        is_order(low, high, -1);
        is_order(high, zeros, -1);
        is_order(low, low, 0);
        is_order(low, "7e-1", -1);
        is_order(low, "7e1", -1);
        is_order(low, "0", 1);
        is_order(low, "-1e1", 1);
        free(low);
        free(high);
        free(zeros);
        /* What an exponent takes the zeros give back. */
        low = filled("0.", '0', n, "25e-99999999999999999999");
        high = filled("25", '0', n, "e-100000000000000000000");
        is_order(low, high, -1);
        is_order(low, low, 0);
        free(low);
        free(high);
        low = filled("1", '0', n, "e-100000000000000000000");
        high = filled("0.1", '0', n, "e-99999999999999999999");
        is_order(low, high, 1);
        free(low);
        free(high);
    }
    is_order("0.0000000001e-99999999999999999990", "1e-100000000000000000000", 0);
    is_order("10000000000e-100000000000000000010", "1e-100000000000000000000", 0);
    is_order("0.0000000001e-99999999999999999991", "1e-100000000000000000000", -1);
    is_order("0.0000000001e-99999999999999999989", "1e-100000000000000000000", 1);
    char *longest = filled("0.", '0', 3000000, "1e-99999999999999999999");
    is_order(longest, "1e-100000000000003000000", 0);
    is_order(longest, "1e-100000000000003000001", 1);
    is_order(longest, "1e-100000000000002999999", -1);
    free(longest);
    char *integer = filled("1", '0', 5000, "e-5000"), *beyond = filled("1", '0', 5000, "e-4984");
    is_order(integer, "1", 0);
    is_order("1.0000000000001", integer, 1);
    ck_assert_int_eq(order_of(beyond, "1"), NO_ORDER); /* 10^16 */
    free(integer);
    free(beyond);
}
END_TEST

/* The same by hand: both numbers written out with 64 digits before and 64 after the point, and compared as text. */
#define WIDE 64
typedef struct written {
    char text[64];
    int negative;
    char digits[2 * WIDE + 1];
} written;

static uint32_t seed;
static int below(int n) {
    seed = seed * UINT32_C(1664525) + UINT32_C(1013904223);
    return (int)((seed >> 8) % (uint32_t)n);
}

static void write_random(written *w) {
    static const char *const shapes[] = {"0000000000000001", "9007199254740991", "9007199254740992",
                                         "3000000000000000"};
    int before = 1 + below(below(2) ? 3 : 18), after = below(3) ? below(12) : 0,
        exponent = below(2) ? below(41) - 20 : 0;
    char digits[64];
    size_t n = 0;
    for (int i = 0; i < before + after; i++) digits[i] = (char)('0' + (below(3) ? below(10) : 0));
    if (below(3) == 0) {
        before = 16;
        memcpy(digits, shapes[below(4)], 16);
        for (int i = 16; i < before + after; i++) digits[i] = '0';
        if (below(2)) digits[before + after - 1] = (char)('0' + below(10));
    }
    w->negative = below(2);
    if (w->negative) w->text[n++] = '-';
    int from = 0;
    while (from < before - 1 && digits[from] == '0') from++;
    for (int i = from; i < before; i++) w->text[n++] = digits[i];
    if (after > 0) w->text[n++] = '.';
    for (int i = 0; i < after; i++) w->text[n++] = digits[before + i];
    w->text[n] = '\0';
    if (exponent != 0) snprintf(w->text + n, sizeof w->text - n, below(2) ? "e%d" : "E%+03d", exponent);
    memset(w->digits, '0', sizeof w->digits - 1);
    w->digits[sizeof w->digits - 1] = '\0';
    for (int i = 0; i < before + after; i++) w->digits[WIDE - before - exponent + i] = digits[i];
}

static int is_beyond(const written *w) {
    char limit[WIDE + 1];
    memset(limit, '0', WIDE);
    memcpy(limit + WIDE - 16, "9007199254740991", 16);
    for (int i = WIDE; i < 2 * WIDE; i++)
        if (w->digits[i] != '0') return 0; /* no integer */
    return memcmp(w->digits, limit, WIDE) > 0;
}

static int by_hand(const written *a, const written *b) {
    static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000"
                                "0000000000000000000000000000000000000000000000000000000000000000";
    if (is_beyond(a) || is_beyond(b)) return NO_ORDER;
    int order = strcmp(a->digits, b->digits), both_zero = !strcmp(a->digits, zeros) && !strcmp(b->digits, zeros);
    if (both_zero) return 0;
    if (a->negative != b->negative) return a->negative ? -1 : 1;
    order = (order > 0) - (order < 0);
    return a->negative ? -order : order;
}

START_TEST(as_written_out) {
    static const size_t rounds = 4000;
    size_t equal = 0, none = 0;
    seed = (uint32_t)_i;
    for (size_t i = 0; i < rounds; i++) {
        written a, b;
        write_random(&a);
        write_random(&b);
        if (below(4) == 0) { /* near each other */
            b = a;
            int move = below(3) - 1;
            char *place = b.text + strcspn(b.text, "eE") - 1;
            if (*place + move >= '0' && *place + move <= '9') {
                int exponent = strpbrk(b.text, "eE") != NULL ? atoi(strpbrk(b.text, "eE") + 1) : 0;
                const char *point = strchr(b.text, '.');
                int at = WIDE - 1 - exponent + (point != NULL ? (int)(place - point) : 0);
                *place = (char)(*place + move);
                b.digits[at] = *place;
            }
        }
        int expected = by_hand(&a, &b), got = order_of(a.text, b.text);
        ck_assert_msg(got == expected, "seed %d: %s and %s: %d, not %d", _i, a.text, b.text, got, expected);
        equal += expected == 0;
        none += expected == NO_ORDER;
    }
    ck_assert_uint_gt(equal, 50); /* the numbers are such that all answers come up */
    ck_assert_uint_gt(none, 50);
    ck_assert_uint_lt(none, rounds / 2);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, numbers_in_order);
    tcase_add_test(tc, integers_beyond_2_53_have_no_order);
    tcase_add_test(tc, only_numbers_have_an_order);
    tcase_add_test(tc, long_numbers);
    tcase_add_loop_test(tc, as_written_out, 0, 10);
}
TEST_MAIN("codec_compare", fill, 60)
