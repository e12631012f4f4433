/* SPDX-License-Identifier: MIT */
/* codec: member names made to have one fingerprint. They are still different names, a repeated one is still found, and
 * the check does not become slow enough for the time limit of this suite. */
#include "codec/json.h"
#include "codec/json_names.h"
#include "codec/swar.h"
#include "test.h"

#define NAMES 1024
#define NAME  16

static char names[NAMES][NAME];

static uint64_t state = 1;
static uint64_t next_random(void) { /* xorshift64* */
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * UINT64_C(2685821657736338717);
}

/* Sixteen letters or digits: any first eight, and second eight that lead to the same fingerprint. */
static void make_names(void) {
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789()";
    uint64_t target = 0;
    for (size_t made = 0; made < NAMES;) {
        char *name = names[made];
        uint64_t random = next_random();
        for (int i = 0; i < 8; i++) name[i] = alphabet[random >> (6 * i) & 63];
        uint64_t after = armalo_i_json_print_word(ARMALO_I_JSON_PRINT_START, armalo_i_word((unsigned char *)name));
        if (made == 0) target = after ^ UINT64_C(0x6161616161616161);
        int plain = 1;
        for (int i = 0; i < 8; i++) {
            name[8 + i] = (char)((target ^ after) >> (8 * i) & 255);
            plain &= name[8 + i] >= ' ' && name[8 + i] <= '~' && name[8 + i] != '"' && name[8 + i] != '\\';
        }
        made += (size_t)plain;
    }
}

/* Each name as it is, or with its first letter escaped. */
static size_t write_object(char *text, size_t count, int escaped, size_t repeat) {
    size_t n = 0;
    text[n++] = '{';
    for (size_t i = 0; i < count; i++) {
        const char *name = names[i + 1 == count && repeat < count ? repeat : i];
        text[n++] = '"';
        if (escaped && i % 2 == 1)
            n += (size_t)sprintf(text + n, "\\u%04x%.15s", (unsigned)name[0], name + 1);
        else
            n += (size_t)sprintf(text + n, "%.16s", name);
        n += (size_t)sprintf(text + n, "\":0%c", i + 1 == count ? '}' : ',');
    }
    return n;
}

START_TEST(they_do_have_one_fingerprint) {
    make_names();
    uint64_t print = armalo_i_json_print(armalo_i_span_of(names[0], NAME));
    for (size_t i = 1; i < NAMES; i++) {
        ck_assert_uint_eq(armalo_i_json_print(armalo_i_span_of(names[i], NAME)), print);
        ck_assert_int_ne(memcmp(names[i], names[i - 1], NAME), 0);
    }
}
END_TEST

START_TEST(different_names_pass_and_repeated_ones_do_not) {
    static char text[NAMES * 32];
    make_names();
    static const size_t counts[] = {2, 3, 31, 32, 33, 34, 100, NAMES};
    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
        for (int escaped = 0; escaped < 2; escaped++) {
            armalo_i_json_fault fault;
            size_t len = write_object(text, counts[c], escaped, NAMES);
            ck_assert_int_eq(armalo_i_json_scan(armalo_i_span_of(text, len), SIZE_MAX, NULL, NULL, &fault), 1);
            len = write_object(text, counts[c], escaped, counts[c] / 3);
            ck_assert_int_eq(armalo_i_json_scan(armalo_i_span_of(text, len), SIZE_MAX, NULL, NULL, &fault), 0);
            ck_assert_int_eq(fault.status, ARMALO_I_JSON_DUPLICATE);
            ck_assert_int_eq(text[fault.offset], '"');
            ck_assert_uint_gt(fault.offset, len - 32);
        }
    }
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, they_do_have_one_fingerprint);
    tcase_add_test(tc, different_names_pass_and_repeated_ones_do_not);
}
TEST_MAIN("codec_names", fill, 20)
