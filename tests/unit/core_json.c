/* SPDX-License-Identifier: MIT */
/* The public face of the strict reader: each fault has its reason and its place. */
#include "world.h"

typedef struct fault {
    const char *text;
    size_t len;
    uint32_t reason;
    size_t offset, line, column;
} fault;
#define TEXT(literal) literal, sizeof(literal) - 1

/* RFC 8259 and RFC 7493; the places are counted by hand. */
static const fault faults[] = {
    {TEXT("{\"a\":1,}"), ARMALO_REASON_JSON_SYNTAX, 7, 1, 8},
    {TEXT("[01]"), ARMALO_REASON_JSON_SYNTAX, 2, 1, 3},
    {TEXT("{\"a\":1\n,\"b\"\n 2}"), ARMALO_REASON_JSON_SYNTAX, 13, 3, 2},
    {TEXT(""), ARMALO_REASON_JSON_EMPTY, 0, 1, 1},
    {TEXT("1 2"), ARMALO_REASON_JSON_TRAILING, 2, 1, 3},
    {TEXT("[]\0"), ARMALO_REASON_JSON_TRAILING, 2, 1, 3},
    {TEXT("\"\xFF\""), ARMALO_REASON_JSON_UTF8, 1, 1, 2},
    {TEXT("\xEF\xBB\xBF{}"), ARMALO_REASON_JSON_BOM, 0, 1, 1},
    {TEXT("\"a\tb\""), ARMALO_REASON_JSON_CONTROL, 2, 1, 3},
    {TEXT("\"\\x41\""), ARMALO_REASON_JSON_ESCAPE, 0, 0, 0},
    {TEXT("\"\\uD800\""), ARMALO_REASON_JSON_SURROGATE, 0, 0, 0},
    {TEXT("{\"a\\u0000\":1}"), ARMALO_REASON_JSON_NUL_NAME, 0, 0, 0},
    {TEXT("{\"a\":1,\"\\u0061\":2}"), ARMALO_REASON_JSON_DUPLICATE, 0, 0, 0},
    {TEXT("1e400"), ARMALO_REASON_JSON_NUMBER_RANGE, 0, 0, 0},
};

START_TEST(test_faults) {
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        armalo_json_error error;
        memset(&error, 0xFF, sizeof error);
        ck_assert_int_eq(armalo_json_check(faults[i].text, faults[i].len, SIZE_MAX, &error), 0);
        ck_assert_msg(error.reason == faults[i].reason, "%s: %s", faults[i].text, armalo_reason_name(error.reason));
        ck_assert_uint_eq(error.reserved, 0);
        if (faults[i].line > 0) {
            ck_assert_msg(error.offset == faults[i].offset && error.line == faults[i].line &&
                              error.column == faults[i].column,
                          "%s: %zu %zu:%zu", faults[i].text, error.offset, error.line, error.column);
        }
        ck_assert_uint_le(error.offset, faults[i].len);
        ck_assert_int_eq(armalo_json_check(faults[i].text, faults[i].len, SIZE_MAX, NULL), 0);
        char out[64];
        size_t len = 99;
        memset(out, 0xFF, sizeof out);
        ck_assert_int_eq(armalo_json_canonical(faults[i].text, faults[i].len, out, sizeof out, &len, &error), 0);
        ck_assert_uint_eq(error.reason, faults[i].reason);
        ck_assert_uint_eq(len, 0);
        ck_assert(forge_poisoned(out, sizeof out));
    }
}
END_TEST

START_TEST(test_depth_size_arguments) {
    char text[200];
    armalo_json_error error;
    for (size_t depth = 1; depth <= 66; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        int good = depth <= ARMALO_JSON_MAX_DEPTH;
        ck_assert_int_eq(armalo_json_check(text, 2 * depth, SIZE_MAX, &error), good);
        ck_assert_uint_eq(error.reason, good ? 0 : ARMALO_REASON_JSON_DEPTH);
    }
    ck_assert_int_eq(armalo_json_check("[1,2]", 5, 5, &error), 1);
    ck_assert(forge_zero(&error, sizeof error));
    ck_assert_int_eq(armalo_json_check("[1,2]", 5, 4, &error), 0);
    ck_assert_uint_eq(error.reason, ARMALO_REASON_JSON_SIZE);
    ck_assert_int_eq(armalo_json_check(NULL, 1, SIZE_MAX, &error), 0);
    ck_assert_uint_eq(error.reason, ARMALO_REASON_INVALID_ARGUMENT);
    ck_assert_int_eq(armalo_json_check(NULL, 0, SIZE_MAX, &error), 0);
    ck_assert_uint_eq(error.reason, ARMALO_REASON_JSON_EMPTY);
    ck_assert_int_eq(armalo_json_canonical("{}", 2, NULL, 5, NULL, &error), 0);
    ck_assert_uint_eq(error.reason, ARMALO_REASON_INVALID_ARGUMENT);
}
END_TEST

/* Where nothing may be allocated there is a limit on members, and the public check has none. That the limit has a
 * reason of its own shows only inside (a webhook's body says event_unreadable). */
START_TEST(test_members) {
    static char text[40000];
    size_t at = 0;
    text[at++] = '{';
    for (int i = 0; i < 3000; i++) at += (size_t)snprintf(text + at, 16, "%s\"m%d\":1", i == 0 ? "" : ",", i);
    text[at++] = '}';
    armalo_json_error error;
    ck_assert_int_eq(armalo_json_check(text, at, SIZE_MAX, &error), 1);
    text[at - 1] = ',';
    memcpy(text + at, "\"m7\":1}", 8);
    ck_assert_int_eq(armalo_json_check(text, at + 7, SIZE_MAX, &error), 0);
    ck_assert_uint_eq(error.reason, ARMALO_REASON_JSON_DUPLICATE);
}
END_TEST

START_TEST(test_canonical_small_buffers) {
    const char *text = " {\"b\" : 1.0, \"a\":[ ]} ", *want = "{\"a\":[],\"b\":1}";
    char buf[32];
    armalo_json_error error;
    size_t len = 0;
    for (size_t cap = 0; cap < 14; cap++) {
        memset(buf, 0xFF, sizeof buf);
        ck_assert_int_eq(armalo_json_canonical(text, strlen(text), cap == 0 ? NULL : buf, cap, &len, &error), 0);
        ck_assert_uint_eq(error.reason, ARMALO_REASON_BUFFER_TOO_SMALL);
        ck_assert_uint_eq(len, 14);
        ck_assert(forge_poisoned(buf, sizeof buf));
    }
    memset(buf, 0xFF, sizeof buf);
    ck_assert_int_eq(armalo_json_canonical(text, strlen(text), buf, 14, &len, &error), 1);
    ck_assert(forge_zero(&error, sizeof error));
    ck_assert_uint_eq(len, 14);
    ck_assert_mem_eq(buf, want, 14);
    ck_assert(forge_poisoned(buf + 14, sizeof buf - 14));
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_faults);
    tcase_add_test(tc, test_depth_size_arguments);
    tcase_add_test(tc, test_members);
    tcase_add_test(tc, test_canonical_small_buffers);
}
TEST_MAIN("core_json", fill, 60)
