/* SPDX-License-Identifier: MIT */
/* codec: what a pointer names in a text that has been read already. */
#include "codec/json.h"
#include "test.h"

static armalo_i_json_pointer pointer_of(const char *text, size_t len) {
    armalo_i_json_pointer pointer;
    ck_assert_msg(armalo_i_json_pointer_parse(armalo_i_span_of(text, len), &pointer), "%s", text);
    return pointer;
}

static armalo_i_json_value loaded(const char *text) {
    armalo_i_json_value root;
    ck_assert_msg(armalo_i_json_load(armalo_i_span_text(text), SIZE_MAX, &root, NULL), "%s", text);
    return root;
}

static void finds(const char *text, const char *pointer, int type, const char *raw) {
    armalo_i_json_pointer parsed = pointer_of(pointer, strlen(pointer));
    armalo_i_json_value found = armalo_i_json_find(loaded(text), &parsed);
    ck_assert_msg(found.type == type, "%s in %s: type %d", pointer, text, found.type);
    if (type == ARMALO_I_JSON_NONE)
        ck_assert_ptr_null(found.raw.ptr);
    else
        ck_assert_msg(armalo_i_span_equal(found.raw, armalo_i_span_text(raw)), "%s in %s: %.*s", pointer, text,
                      (int)found.raw.len, found.raw.ptr);
}
#define FINDS_NONE(text, pointer) finds(text, pointer, ARMALO_I_JSON_NONE, NULL)

/* RFC 6901 section 5. */
START_TEST(pointers_of_the_rfc) {
    static const char text[] = "{\"foo\": [\"bar\", \"baz\"], \"\": 0, \"a/b\": 1, \"c%d\": 2, \"e^f\": 3, \"g|h\": 4, "
                               "\"i\\\\j\": 5, \"k\\\"l\": 6, \" \": 7, \"m~n\": 8}";
    finds(text, "", ARMALO_I_JSON_OBJECT, text);
    finds(text, "/foo", ARMALO_I_JSON_ARRAY, "[\"bar\", \"baz\"]");
    finds(text, "/foo/0", ARMALO_I_JSON_STRING, "\"bar\"");
    finds(text, "/", ARMALO_I_JSON_NUMBER, "0");
    finds(text, "/a~1b", ARMALO_I_JSON_NUMBER, "1");
    finds(text, "/c%d", ARMALO_I_JSON_NUMBER, "2");
    finds(text, "/e^f", ARMALO_I_JSON_NUMBER, "3");
    finds(text, "/g|h", ARMALO_I_JSON_NUMBER, "4");
    finds(text, "/i\\j", ARMALO_I_JSON_NUMBER, "5");
    finds(text, "/k\"l", ARMALO_I_JSON_NUMBER, "6");
    finds(text, "/ ", ARMALO_I_JSON_NUMBER, "7");
    finds(text, "/m~0n", ARMALO_I_JSON_NUMBER, "8");
}
END_TEST

START_TEST(an_index_has_one_spelling) {
    static const char text[] = " [ 10 , [ 11 ] , { \"0\" : 12, \"-\" : 13, \"00\" : 14 } ] ";
    finds(text, "/0", ARMALO_I_JSON_NUMBER, "10");
    finds(text, "/1/0", ARMALO_I_JSON_NUMBER, "11");
    finds(text, "/2/0", ARMALO_I_JSON_NUMBER, "12");
    finds(text, "/2/-", ARMALO_I_JSON_NUMBER, "13");
    finds(text, "/2/00", ARMALO_I_JSON_NUMBER, "14");
    finds("[0,1,2,3,4,5,6,7,8,9,10,11]", "/11", ARMALO_I_JSON_NUMBER, "11");
    static const char *const none[] = {
        "/3",
        "/4",
        "/-",
        "/00",
        "/01",
        "/1/00",
        "/1/1",
        "/+0",
        "/-0",
        "/-1",
        "/ 0",
        "/0 ",
        "/",
        "/0x0",
        "/1e0",
        "/1.0",
        "/0/0",
        "/~0",
        "/~10",
        "/0/",
        "/2/",
        "/2/1",
        "//0",
        "/a",
        /* Wrapped around 2^32 and 2^64 these would be 0 and 1. */
        "/4294967296",
        "/4294967297",
        "/18446744073709551616",
        "/18446744073709551617",
        "/99999999999999999999999999999999999999999999",
    };
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) FINDS_NONE(text, none[i]);
    FINDS_NONE("[]", "/0");
    FINDS_NONE("[ ]", "/0");
    FINDS_NONE("[ ]", "/-");
}
END_TEST

START_TEST(only_its_own_place_is_found) {
    FINDS_NONE("{\"x\":{\"y\":1},\"a\":{\"x\":2},\"y\":3}", "/a/y");
    FINDS_NONE("{\"a\":{\"x\":2},\"b\":{\"y\":1}}", "/a/y");
    finds("{\"b\":{\"y\":1},\"a\":{\"y\":2},\"c\":{\"y\":3}}", "/a/y", ARMALO_I_JSON_NUMBER, "2");
    FINDS_NONE("{\"a\":[{\"y\":1}],\"b\":5}", "/a/y");
    FINDS_NONE("{\"a\":\"{\\\"y\\\":1}\"}", "/a/y");
    FINDS_NONE("{\"a\":null}", "/a/0");
    FINDS_NONE("{\"a\":1}", "/A");
    FINDS_NONE("{\"ab\":1}", "/a");
    FINDS_NONE("{\"a\":1}", "/ab");
    FINDS_NONE("{}", "/");
    FINDS_NONE("\"x\"", "/0");
    FINDS_NONE("12", "/");
    finds("{\"t\\u0079p\\u0065\":\"x\"}", "/type", ARMALO_I_JSON_STRING, "\"x\"");
    finds("{\"a\\/b\":{\"\\u20ac\":null}}", "/a~1b/\xE2\x82\xAC", ARMALO_I_JSON_NULL, "null");
    finds("{\"~1\":false}", "/~01", ARMALO_I_JSON_FALSE, "false");
    finds(" 12 ", "", ARMALO_I_JSON_NUMBER, "12");
    armalo_i_json_pointer with_nul = pointer_of("/a\0", 3);
    ck_assert_int_eq(armalo_i_json_find(loaded("{\"a\":1}"), &with_nul).type, ARMALO_I_JSON_NONE);
}
END_TEST

START_TEST(below_any_value) {
    armalo_i_json_value root = loaded("{\"a\":{\"b\":[1,{\"c\":2}]},\"b\":[3]}");
    armalo_i_json_pointer b = pointer_of("/b", 2), whole = pointer_of("", 0), deep = pointer_of("/b/1/c", 6);
    armalo_i_json_value a = armalo_i_json_member(root, "a");
    ck_assert_int_eq(armalo_i_span_equal(armalo_i_json_find(root, &b).raw, armalo_i_span_text("[3]")), 1);
    ck_assert_int_eq(armalo_i_span_equal(armalo_i_json_find(a, &b).raw, armalo_i_span_text("[1,{\"c\":2}]")), 1);
    ck_assert_int_eq(armalo_i_span_equal(armalo_i_json_find(a, &deep).raw, armalo_i_span_text("2")), 1);
    ck_assert_int_eq(armalo_i_json_find(root, &deep).type, ARMALO_I_JSON_NONE);
    armalo_i_json_value same = armalo_i_json_find(a, &whole), none = {ARMALO_I_JSON_NONE, {NULL, 0}};
    ck_assert_int_eq(same.type, ARMALO_I_JSON_OBJECT);
    ck_assert_ptr_eq(same.raw.ptr, a.raw.ptr);
    ck_assert_int_eq(armalo_i_json_find(none, &whole).type, ARMALO_I_JSON_NONE);
    ck_assert_int_eq(armalo_i_json_find(none, &b).type, ARMALO_I_JSON_NONE);
}
END_TEST

/* A text in which every string is the pointer to itself. */
typedef struct grown {
    char text[65536];
    size_t len, leaves;
    char leaf[2048][64];
    uint32_t seed;
} grown;

static uint32_t below(grown *g, uint32_t n) {
    g->seed = g->seed * UINT32_C(1664525) + UINT32_C(1013904223);
    return (g->seed >> 8) % n;
}

static void put(grown *g, const char *text) {
    static const char *const spaces[] = {"", "", "", " ", "\n", "\t  "};
    g->len += (size_t)snprintf(g->text + g->len, sizeof g->text - g->len, "%s%s", text, spaces[below(g, 6)]);
    ck_assert_uint_lt(g->len, sizeof g->text);
}

static void grow(grown *g, const char *pointer, int depth) {
    /* As a member's name and as a token. */
    static const char *const names[][2] = {{"a", "a"},   {"b", "b"},   {"", ""},          {"0", "0"},
                                           {"1", "1"},   {"-", "-"},   {"\\u002f", "~1"}, {"~", "~0"},
                                           {"01", "01"}, {"ab", "ab"}, {"~1", "~01"},     {"\\u00e9", "\xC3\xA9"}};
    uint32_t kind = depth == 5 ? 2 : below(g, depth < 2 ? 2 : 4), count = below(g, 12);
    char next[64], quoted[96];
    if (kind >= 2) {
        if (g->leaves == sizeof g->leaf / sizeof g->leaf[0]) {
            put(g, "null");
            return;
        }
        snprintf(g->leaf[g->leaves++], sizeof g->leaf[0], "%s", pointer);
        snprintf(quoted, sizeof quoted, "\"%s\"", pointer);
        put(g, quoted);
        return;
    }
    put(g, kind == 0 ? "{" : "[");
    for (uint32_t i = 0; i < count; i++) {
        if (i != 0) put(g, ",");
        if (kind == 0) {
            snprintf(quoted, sizeof quoted, "\"%s\"", names[i][0]);
            put(g, quoted);
            put(g, ":");
            snprintf(next, sizeof next, "%s/%s", pointer, names[i][1]);
        } else {
            snprintf(next, sizeof next, "%s/%u", pointer, (unsigned)i);
        }
        grow(g, next, depth + 1);
    }
    put(g, kind == 0 ? "}" : "]");
}

/* Each leaf is found by its own pointer; and where no leaf is, the walk finds what the scan finds. */
START_TEST(every_leaf_by_its_own_pointer) {
    grown *g = calloc(1, sizeof *g);
    ck_assert_ptr_nonnull(g);
    g->seed = (uint32_t)_i;
    grow(g, "", 0);
    armalo_i_json_value root = loaded(g->text);
    for (size_t i = 0; i < g->leaves; i++) {
        armalo_i_json_pointer pointer = pointer_of(g->leaf[i], strlen(g->leaf[i]));
        armalo_i_json_value found = armalo_i_json_find(root, &pointer);
        ck_assert_msg(armalo_i_json_equals(found, armalo_i_span_text(g->leaf[i])), "%s in %s", g->leaf[i], g->text);
    }
    for (int i = 0; i < 500; i++) {
        static const char *const tokens[] = {"/a", "/b", "/", "/0", "/1", "/-", "/~1", "/~0", "/01", "/2", "/11"};
        char text[64] = "";
        for (uint32_t n = 1 + below(g, 5); n > 0; n--) strcat(text, tokens[below(g, 11)]);
        armalo_i_json_pointer pointer = pointer_of(text, strlen(text));
        armalo_i_json_value found = armalo_i_json_find(root, &pointer), scanned;
        ck_assert_int_eq(armalo_i_json_scan(armalo_i_span_text(g->text), SIZE_MAX, &pointer, &scanned, NULL), 1);
        ck_assert_msg(found.type == scanned.type && found.raw.ptr == scanned.raw.ptr &&
                          found.raw.len == scanned.raw.len,
                      "%s in %s", text, g->text);
    }
    free(g);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, pointers_of_the_rfc);
    tcase_add_test(tc, an_index_has_one_spelling);
    tcase_add_test(tc, only_its_own_place_is_found);
    tcase_add_test(tc, below_any_value);
    tcase_add_loop_test(tc, every_leaf_by_its_own_pointer, 0, 12);
}
TEST_MAIN("codec_find", fill, 60)
