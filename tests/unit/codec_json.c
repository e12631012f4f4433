/* SPDX-License-Identifier: MIT */
/* codec: the strict JSON check, fetching by pointer, and walking what was accepted. */
#include "codec/json.h"
#include "test.h"
#include "vectors/json/jsontestsuite.h"

#define TEXT(literal) armalo_i_span_of(literal, sizeof(literal) - 1)

typedef struct outcome {
    int ok;
    armalo_i_json_fault fault;
    armalo_i_json_value found;
} outcome;

/* scan (and load, which must agree) a copy in a heap block of exactly its size; outputs poisoned before. */
static outcome judge(const char *text, size_t len, size_t max_len) {
    outcome scan, load;
    armalo_i_json_pointer whole;
    char *copy = malloc(len == 0 ? 1 : len);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, text, len);
    memset(&scan, 0xFF, sizeof scan);
    memset(&load, 0xFF, sizeof load);
    ck_assert_int_eq(armalo_i_json_pointer_parse(TEXT(""), &whole), 1);
    scan.ok = armalo_i_json_scan(armalo_i_span_of(copy, len), max_len, &whole, &scan.found, &scan.fault);
    load.ok = armalo_i_json_load(armalo_i_span_of(copy, len), max_len, &load.found, &load.fault);
    ck_assert_int_eq(scan.ok, scan.fault.status == ARMALO_I_JSON_OK);
    ck_assert_int_eq(scan.ok, scan.found.type != ARMALO_I_JSON_NONE);
    ck_assert_int_eq(load.ok, load.fault.status == ARMALO_I_JSON_OK);
    ck_assert_int_eq(load.ok, load.found.type != ARMALO_I_JSON_NONE);
    if (scan.fault.status != ARMALO_I_JSON_MEMBERS) {
        ck_assert_int_eq(load.fault.status, scan.fault.status);
        ck_assert_uint_eq(load.fault.offset, scan.fault.offset);
        ck_assert_int_eq(load.found.type, scan.found.type);
    }
    ck_assert_int_eq(armalo_i_json_scan(armalo_i_span_of(copy, len), max_len, NULL, NULL, NULL), scan.ok);
    free(copy);
    return scan;
}

static void accepts(const char *text, size_t len) {
    outcome o = judge(text, len, SIZE_MAX);
    ck_assert_msg(o.ok, "refused (status %d at %zu): %.60s", o.fault.status, o.fault.offset, text);
    ck_assert_uint_eq(o.fault.offset, 0);
    ck_assert_uint_eq(o.fault.line, 0);
    ck_assert_uint_eq(o.fault.column, 0);
}

static void refuses(const char *text, size_t len, int status, size_t offset, size_t line, size_t column) {
    outcome o = judge(text, len, SIZE_MAX);
    ck_assert_msg(o.fault.status == status && o.fault.offset == offset && o.fault.line == line &&
                      o.fault.column == column,
                  "%.60s: status %d at offset %zu, line %zu, column %zu; expected %d, %zu, %zu, %zu", text,
                  o.fault.status, o.fault.offset, o.fault.line, o.fault.column, status, offset, line, column);
}

#define ACCEPTS(literal) accepts(literal, sizeof(literal) - 1)
#define REFUSES(literal, status, offset, line, column)                                                                 \
    refuses(literal, sizeof(literal) - 1, ARMALO_I_JSON_##status, offset, line, column)

static char *repeated(const char *piece, size_t times, size_t *len) {
    size_t size = strlen(piece);
    char *text = malloc(times * size + 1);
    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < times; i++) memcpy(text + i * size, piece, size);
    *len = times * size;
    return text;
}

START_TEST(suite) {
    const jsontestsuite_case *c = &jsontestsuite_cases[_i];
    outcome o = judge(c->text, c->len, SIZE_MAX);
    ck_assert_msg(o.ok == c->accepted, "%s: %d, status %d at %zu", c->name, o.ok, o.fault.status, o.fault.offset);
}
END_TEST

START_TEST(suite_large_files) {
    size_t len;
    char *text = repeated("[", 100000, &len); /* n_structure_100000_opening_arrays */
    refuses(text, len, ARMALO_I_JSON_DEPTH, 64, 1, 65);
    free(text);
    text = repeated("[{\"\":", 50000, &len); /* n_structure_open_array_object, without its last newline */
    refuses(text, len, ARMALO_I_JSON_DEPTH, 160, 1, 161);
    free(text);
    text = repeated("[", 1000, &len); /* i_structure_500_nested_arrays */
    memset(text + 500, ']', 500);
    refuses(text, len, ARMALO_I_JSON_DEPTH, 64, 1, 65);
    free(text);
}
END_TEST

START_TEST(every_status_has_its_place) {
    REFUSES("", EMPTY, 0, 1, 1);
    REFUSES(" \n\t\r ", EMPTY, 5, 2, 4);
    REFUSES("{\"a\":1,}", SYNTAX, 7, 1, 8);
    REFUSES("[1,\n 2,\n x]", SYNTAX, 9, 3, 2);
    REFUSES("[1,\r\n x]", SYNTAX, 6, 2, 2);
    REFUSES("{\"a\" 1}", SYNTAX, 5, 1, 6);
    REFUSES("{\"a\":}", SYNTAX, 5, 1, 6);
    REFUSES("{1:1}", SYNTAX, 1, 1, 2);
    REFUSES("[1}", SYNTAX, 2, 1, 3);
    REFUSES("{\"a\":1]", SYNTAX, 6, 1, 7);
    REFUSES("nulx", SYNTAX, 3, 1, 4);
    REFUSES("[tru", SYNTAX, 4, 1, 5);
    REFUSES("01", SYNTAX, 1, 1, 2);
    REFUSES("-", SYNTAX, 1, 1, 2);
    REFUSES("[1.]", SYNTAX, 3, 1, 4);
    REFUSES("[1e+]", SYNTAX, 4, 1, 5);
    REFUSES("\"abc", SYNTAX, 4, 1, 5);
    REFUSES("[\xC3\xA9]", SYNTAX, 1, 1, 2); /* valid UTF-8, but not in a string */
    REFUSES("[\xEF\xBB\xBF]", SYNTAX, 1, 1, 2);
    REFUSES("1 2", TRAILING, 2, 1, 3);
    REFUSES("{}\n}", TRAILING, 3, 2, 1);
    REFUSES("{}\0", TRAILING, 2, 1, 3);
    REFUSES("[\"ab\xFF\"]", UTF8, 4, 1, 5);
    REFUSES("[\"\xC3\"]", UTF8, 2, 1, 3);
    REFUSES("\"\xE2\x82", UTF8, 1, 1, 2);
    REFUSES("[\xE9]", UTF8, 1, 1, 2);
    REFUSES("\xEF\xBB\xBF{}", BOM, 0, 1, 1);
    REFUSES("[\"a\tb\"]", CONTROL, 3, 1, 4);
    REFUSES("[\"a\n\"]", CONTROL, 3, 1, 4);
    REFUSES("\"\0\"", CONTROL, 1, 1, 2);
    REFUSES("\"ab\\x41\"", ESCAPE, 3, 1, 4);
    REFUSES("\"\\u12G4\"", ESCAPE, 1, 1, 2);
    REFUSES("\"\\", ESCAPE, 1, 1, 2);
    REFUSES("\"\\u123", ESCAPE, 1, 1, 2);
    REFUSES("\"\\uD83D\\uZZZZ\"", ESCAPE, 7, 1, 8);
    REFUSES("[\"x\\ud800\"]", SURROGATE, 3, 1, 4);
    REFUSES("[\"\\udc00\\ud800\"]", SURROGATE, 2, 1, 3);
    REFUSES("[\"\\ud83d\\u0041\"]", SURROGATE, 2, 1, 3);
    REFUSES("[\"\\ud83d\\ue000\"]", SURROGATE, 2, 1, 3);
    REFUSES("[\"\\ud83d\\ud83d\\ude00\"]", SURROGATE, 2, 1, 3);
    REFUSES("\"\\ud83d\\u", ESCAPE, 7, 1, 8);
    REFUSES("\"\xF4\x90\x80\x80\"", UTF8, 1, 1, 2); /* above U+10FFFF */
    REFUSES("\"\xF5\x80\x80\x80\"", UTF8, 1, 1, 2);
    REFUSES("\"\xED\xA0\x80\"", UTF8, 1, 1, 2); /* a surrogate in UTF-8 is not UTF-8 */
    REFUSES("{\"a\\u0000b\":1}", NUL_NAME, 3, 1, 4);
    REFUSES("{\"a\":1,\n \"a\":2}", DUPLICATE, 9, 2, 2);
    REFUSES("[1e400]", NUMBER_RANGE, 1, 1, 2);
    ACCEPTS("\"a\\u0000b\"");
}
END_TEST

START_TEST(size_is_the_callers) {
    outcome o = judge("[1,\n2]", 6, 5);
    ck_assert_int_eq(o.fault.status, ARMALO_I_JSON_SIZE);
    ck_assert_uint_eq(o.fault.offset, 5);
    ck_assert_uint_eq(o.fault.line, 2);
    ck_assert_uint_eq(o.fault.column, 2);
    ck_assert_int_eq(judge("[1,\n2]", 6, 6).ok, 1);
    ck_assert_int_eq(judge("1", 1, 0).fault.status, ARMALO_I_JSON_SIZE);
    ck_assert_int_eq(judge("", 0, 0).fault.status, ARMALO_I_JSON_EMPTY);
}
END_TEST

START_TEST(no_text_is_not_decided) {
    armalo_i_json_fault fault;
    armalo_i_json_value root;
    memset(&fault, 0xFF, sizeof fault);
    ck_assert_int_eq(armalo_i_json_load(armalo_i_span_of(NULL, 1), SIZE_MAX, &root, &fault), 0);
    ck_assert_int_eq(fault.status, ARMALO_I_JSON_BAD);
    ck_assert_int_eq(root.type, ARMALO_I_JSON_NONE);
    ck_assert_int_eq(armalo_i_json_load(armalo_i_span_of(NULL, 0), SIZE_MAX, &root, &fault), 0);
    ck_assert_int_eq(fault.status, ARMALO_I_JSON_EMPTY);
}
END_TEST

START_TEST(depth) {
    size_t len;
    char *text = repeated("[", 128, &len);
    memset(text + 64, ']', 64);
    accepts(text, 128);
    text[64] = '1'; /* still 64 deep, now with a value, and one bracket missing */
    refuses(text, 128, ARMALO_I_JSON_SYNTAX, 128, 1, 129);
    free(text);
    text = repeated("[", 130, &len);
    memset(text + 65, ']', 65);
    refuses(text, 130, ARMALO_I_JSON_DEPTH, 64, 1, 65);
    free(text);
    text = repeated("{\"a\":", 65, &len); /* objects count alike */
    refuses(text, len, ARMALO_I_JSON_DEPTH, 64 * 5, 1, 64 * 5 + 1);
    free(text);
}
END_TEST

/* An object with count members; name(i) is prefix, then i. Returns its text. */
static char *object(const char *prefix, size_t count, size_t *len) {
    char *text = malloc(count * (strlen(prefix) + 16) + 3);
    ck_assert_ptr_nonnull(text);
    size_t n = 0;
    text[n++] = '{';
    for (size_t i = 0; i < count; i++) n += (size_t)sprintf(text + n, "%s\"%s%zu\":0", i == 0 ? "" : ",", prefix, i);
    text[n++] = '}';
    *len = n;
    return text;
}

START_TEST(members) {
    size_t len;
    char *text = object("k", ARMALO_I_JSON_MAX_MEMBERS, &len);
    accepts(text, len);
    free(text);
    text = object("k", ARMALO_I_JSON_MAX_MEMBERS + 1, &len);
    outcome o = judge(text, len, SIZE_MAX);
    ck_assert_int_eq(o.fault.status, ARMALO_I_JSON_MEMBERS);
    ck_assert_uint_lt(o.fault.offset, len);
    ck_assert_int_eq(strncmp(text + o.fault.offset, "\"k1024\"", 7), 0);
    armalo_i_json_value root;
    ck_assert_int_eq(armalo_i_json_load(armalo_i_span_of(text, len), SIZE_MAX, &root, NULL), 1);
    ck_assert_int_eq(root.type, ARMALO_I_JSON_OBJECT);
    ck_assert_uint_eq(root.raw.len, len);
    free(text);
    /* The first that loading does not take, exactly. */
    armalo_i_json_fault fault;
    size_t last = 0;
    text = malloc(16 * (ARMALO_I_JSON_LOAD_MEMBERS + 2));
    ck_assert_ptr_nonnull(text);
    len = (size_t)sprintf(text, "[{");
    for (size_t i = 0; i <= ARMALO_I_JSON_LOAD_MEMBERS; i++) {
        last = len;
        len += (size_t)sprintf(text + len, "\"%zx\":0,", i);
    }
    len += (size_t)sprintf(text + len - 1, "}]") - 1;
    ck_assert_int_eq(armalo_i_json_load(armalo_i_span_of(text, len), SIZE_MAX, &root, &fault), 0);
    ck_assert_int_eq(fault.status, ARMALO_I_JSON_MEMBERS);
    ck_assert_uint_eq(fault.offset, last);
    free(text);
}
END_TEST

/* The limit is on members that are open at one time, not on all of the text. */
START_TEST(members_of_closed_objects_are_forgotten) {
    size_t len, one;
    char *inner = object("k", 1000, &one), *text = malloc(5 * (one + 1) + 2);
    ck_assert_ptr_nonnull(text);
    len = 0;
    text[len++] = '[';
    for (int i = 0; i < 5; i++) {
        if (i != 0) text[len++] = ',';
        memcpy(text + len, inner, one);
        len += one;
    }
    text[len++] = ']';
    accepts(text, len);
    free(inner);
    free(text);
}
END_TEST

START_TEST(duplicates_are_found_after_unescaping) {
    REFUSES("{\"a\":1,\"\\u0061\":2}", DUPLICATE, 7, 1, 8);
    REFUSES("{\"\\u0061\":1,\"a\":2}", DUPLICATE, 12, 1, 13);
    REFUSES("{\"a/b\":1,\"a\\/b\":2}", DUPLICATE, 9, 1, 10);
    REFUSES("{\"a/b\":1,\"a\\u002Fb\":2}", DUPLICATE, 9, 1, 10);
    REFUSES("{\"\xC3\xA9\":1,\"\\u00e9\":2}", DUPLICATE, 8, 1, 9);
    REFUSES("{\"\xF0\x9F\x98\x80\":1,\"\\uD83D\\uDE00\":2}", DUPLICATE, 10, 1, 11);
    REFUSES("{\"\":1,\"\":2}", DUPLICATE, 6, 1, 7);
    REFUSES("{\"12345678\":1,\"b\":2,\"1234567\\u0038\":3}", DUPLICATE, 20, 1, 21);
    REFUSES("{\"x\":{\"a\":1,\"b\":[{\"c\":1,\"c\":2}]}}", DUPLICATE, 24, 1, 25);
    REFUSES("{\"a\":{\"b\":1},\"b\":2,\"a\":3}", DUPLICATE, 19, 1, 20);
    ACCEPTS("{\"a\":{\"a\":{\"a\":[{\"a\":1},{\"a\":2}]}},\"b\":{\"a\":1}}");
    ACCEPTS("{\"a\":1,\"A\":2,\"a \":3,\"\\ta\":4,\"aa\":5}");
    ACCEPTS("{\"\xC3\xA9\":1,\"e\xCC\x81\":2}"); /* no Unicode normalisation */
}
END_TEST

/* On both sides of every size at which the check changes its way of working. */
START_TEST(duplicates_in_objects_of_every_size) {
    for (size_t count = 2; count <= 70; count++) {
        for (size_t repeat = 0; repeat + 1 < count; repeat += 3) {
            size_t len;
            char *text = object("name_of_a_member_", count, &len), name[40];
            accepts(text, len);
            sprintf(name, "\"name_of_a_member_%zu\"", count - 1);
            char *last = strstr(text, name);
            ck_assert_ptr_nonnull(last);
            size_t offset = (size_t)(last - text), size = strlen(name);
            int written = sprintf(name, "\"name_of_a_member_%zu\"", repeat);
            memmove(last + written, last + size, len - offset - size);
            memcpy(last, name, (size_t)written);
            refuses(text, len - size + (size_t)written, ARMALO_I_JSON_DUPLICATE, offset, 1, offset + 1);
            free(text);
        }
    }
}
END_TEST

START_TEST(a_duplicate_among_many_members) {
    size_t len;
    char *text = object("k", 5000, &len), *twin = strstr(text, "\"k4999\"");
    ck_assert_ptr_nonnull(twin);
    memcpy(twin, "\"k2500\"", 7);
    memcpy(strstr(text, "\"k4000\""), "\"k3999\"", 7); /* an earlier one: it is the one reported */
    armalo_i_json_fault fault;
    armalo_i_json_value root;
    ck_assert_int_eq(armalo_i_json_load(armalo_i_span_of(text, len), SIZE_MAX, &root, &fault), 0);
    ck_assert_int_eq(fault.status, ARMALO_I_JSON_DUPLICATE);
    ck_assert_uint_eq(fault.offset, (size_t)(strstr(strstr(text, "\"k3999\"") + 1, "\"k3999\"") - text));
    ck_assert_int_eq(root.type, ARMALO_I_JSON_NONE);
    free(text);
}
END_TEST

/* 2^1024 - 2^970 is the middle between the largest double and the next power of two (IEEE 754-2019 4.3.1: a tie goes to
 * the even one, which is infinity). */
#define LIMIT                                                                                                          \
    "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096"           \
    "330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730"           \
    "270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880177904174497"

START_TEST(number_range_is_exact) {
    ACCEPTS(LIMIT "791");
    REFUSES(LIMIT "792", NUMBER_RANGE, 0, 1, 1);
    REFUSES("-" LIMIT "792", NUMBER_RANGE, 0, 1, 1);
    ACCEPTS(LIMIT "791.99999999999999999999");
    REFUSES(LIMIT "792.0", NUMBER_RANGE, 0, 1, 1);
    ACCEPTS("0.00" LIMIT "791e311");
    REFUSES("0.00" LIMIT "792e311", NUMBER_RANGE, 0, 1, 1);
    ACCEPTS(LIMIT "79199999e-5");
    REFUSES(LIMIT "79200000e-5", NUMBER_RANGE, 0, 1, 1);
    /* 17 digits as ECMAScript would write them; 1.7976931348623158e308 still rounds down. */
    ACCEPTS("1.7976931348623157e308");
    ACCEPTS("1.7976931348623158e308");
    ACCEPTS("1.7976931348623158079e+308");
    REFUSES("1.7976931348623158080E308", NUMBER_RANGE, 0, 1, 1);
    REFUSES("1.7976931348623159e308", NUMBER_RANGE, 0, 1, 1);
    REFUSES("[1,1e309]", NUMBER_RANGE, 3, 1, 4);
    ACCEPTS("[1e308,-1e308,1e-400,0e999999999999999999999,0.0e-99999999999999999999,-0]");
    REFUSES("1e99999999999999999999999999", NUMBER_RANGE, 0, 1, 1);
    REFUSES("1e18446744073709551617", NUMBER_RANGE, 0, 1, 1); /* 1 modulo 2^64 */
    ACCEPTS("1e-99999999999999999999999999");
}
END_TEST

START_TEST(number_range_of_long_texts) {
    size_t len;
    char *text = repeated("9", 2000, &len);
    accepts(text, 308);
    refuses(text, 309, ARMALO_I_JSON_NUMBER_RANGE, 0, 1, 1);
    refuses(text, 2000, ARMALO_I_JSON_NUMBER_RANGE, 0, 1, 1);
    memcpy(text + 1995, "e-999", 5);
    refuses(text, 2000, ARMALO_I_JSON_NUMBER_RANGE, 0, 1, 1);
    memcpy(text + 1994, "e-1687", 6); /* 1994 digits, less 1687: 307 before the point */
    accepts(text, 2000);
    memset(text, '0', 2000);
    text[1] = '.';
    memcpy(text + 1000, "1", 1); /* 1e-999, up by 1307, 1308 */
    memcpy(text + 1994, "e+1307", 6);
    accepts(text, 2000);
    memcpy(text + 1994, "e+1308", 6);
    refuses(text, 2000, ARMALO_I_JSON_NUMBER_RANGE, 0, 1, 1);
    free(text);
}
END_TEST

/* A document cut short anywhere is refused; and none of its beginnings was accepted for what follows. */
START_TEST(every_truncation_is_refused) {
    static const char *const texts[] = {
        "{\"a\":[1.5e+10,true,null,{\"\\u00e9\\n\":\"x\\ud83d\\ude00y\"}],\"\xE2\x82\xAC\":\"\xF0\x9F\x98\x80\"}",
        "[[[[\"a\"],{\"b\":{\"c\":[]}}],-0.0E-0],false]",
        "\"a string of more than eight bytes \\\\ \xC3\xA9\"",
    };
    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
        size_t len = strlen(texts[t]);
        accepts(texts[t], len);
        for (size_t cut = 0; cut < len; cut++) {
            outcome o = judge(texts[t], cut, SIZE_MAX);
            ck_assert_msg(!o.ok, "accepted: %.*s", (int)cut, texts[t]);
            ck_assert_uint_le(o.fault.offset, cut);
        }
    }
}
END_TEST

/* Every string length around the eight bytes that are looked at together, with every kind of end. */
START_TEST(strings_of_every_length) {
    for (size_t n = 0; n <= 40; n++) {
        char text[64];
        memset(text, 'x', sizeof text);
        text[0] = text[n + 1] = '"';
        accepts(text, n + 2);
        refuses(text, n + 1, ARMALO_I_JSON_SYNTAX, n + 1, 1, n + 2);
        for (size_t i = 1; i <= n; i++) {
            text[i] = '\x1F';
            refuses(text, n + 2, ARMALO_I_JSON_CONTROL, i, 1, i + 1);
            text[i] = '\x80';
            refuses(text, n + 2, ARMALO_I_JSON_UTF8, i, 1, i + 1);
            text[i] = '"';
            if (i < n) refuses(text, n + 2, ARMALO_I_JSON_TRAILING, i + 1, 1, i + 2);
            text[i] = '\x7F';
            accepts(text, n + 2);
            text[i] = ' ';
            accepts(text, n + 2);
            text[i] = 'x';
        }
    }
}
END_TEST

static int fetch(const char *text, const char *pointer, armalo_i_json_value *found) {
    armalo_i_json_pointer parsed;
    memset(found, 0xFF, sizeof *found);
    ck_assert_int_eq(armalo_i_json_pointer_parse(armalo_i_span_text(pointer), &parsed), 1);
    return armalo_i_json_scan(armalo_i_span_text(text), SIZE_MAX, &parsed, found, NULL);
}

static void finds(const char *text, const char *pointer, int type, const char *raw) {
    armalo_i_json_value found;
    ck_assert_int_eq(fetch(text, pointer, &found), 1);
    ck_assert_msg(found.type == type, "%s in %s: type %d", pointer, text, found.type);
    ck_assert_msg(type == ARMALO_I_JSON_NONE || armalo_i_span_equal(found.raw, armalo_i_span_text(raw)),
                  "%s in %s: %.*s", pointer, text, (int)found.raw.len, found.raw.ptr);
    if (type == ARMALO_I_JSON_NONE) ck_assert_ptr_null(found.raw.ptr);
}

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

START_TEST(pointers_find_one_value_or_none) {
    finds(" {\"a\" : { \"b\" : [ 10 , {\"c\":true} , [ ] ] } } ", "/a/b/1/c", ARMALO_I_JSON_TRUE, "true");
    finds("{\"a\":{\"b\":[10,{\"c\":true},[]]}}", "/a/b/2", ARMALO_I_JSON_ARRAY, "[]");
    finds("{\"a\":{\"b\":[10,{\"c\":true},[]]}}", "/a/b/3", ARMALO_I_JSON_NONE, "");
    finds("{\"a\":{\"b\":[10,{\"c\":true},[]]}}", "/a/b/-", ARMALO_I_JSON_NONE, "");
    finds("{\"a\":{\"b\":[10,{\"c\":true},[]]}}", "/a/b/01", ARMALO_I_JSON_NONE, "");
    finds("{\"a\":{\"b\":[10,{\"c\":true},[]]}}", "/a/b/", ARMALO_I_JSON_NONE, "");
    finds("{\"a\":{\"b\":[10,{\"c\":true},[]]}}", "/a/b/1/c/d", ARMALO_I_JSON_NONE, "");
    finds("{\"a\":{\"b\":[10,{\"c\":true},[]]}}", "/A", ARMALO_I_JSON_NONE, "");
    finds("[[1,2],[3,4]]", "/1/0", ARMALO_I_JSON_NUMBER, "3");
    finds("[0,1,2,3,4,5,6,7,8,9,10,11]", "/10", ARMALO_I_JSON_NUMBER, "10");
    finds("[1]", "/18446744073709551616", ARMALO_I_JSON_NONE, ""); /* 2^64 */
    finds("{\"0\":\"zero\",\"00\":1}", "/0", ARMALO_I_JSON_STRING, "\"zero\"");
    finds("{\"0\":\"zero\",\"00\":1}", "/00", ARMALO_I_JSON_NUMBER, "1");
    /* The same name elsewhere, before and after, is another value. */
    finds("{\"x\":{\"y\":1},\"a\":{\"x\":2},\"y\":3}", "/a/y", ARMALO_I_JSON_NONE, "");
    finds("{\"a\":{\"x\":2},\"b\":{\"y\":1}}", "/a/y", ARMALO_I_JSON_NONE, "");
    finds("{\"b\":{\"y\":1},\"a\":{\"y\":2},\"c\":{\"y\":3}}", "/a/y", ARMALO_I_JSON_NUMBER, "2");
    finds("{\"a\":[{\"y\":1}],\"b\":5}", "/a/y", ARMALO_I_JSON_NONE, "");
    finds("{\"a\":1,\"b\":{\"c\":2}}", "/a/c", ARMALO_I_JSON_NONE, "");
    /* Names are compared unescaped. */
    finds("{\"t\\u0079p\\u0065\":\"x\"}", "/type", ARMALO_I_JSON_STRING, "\"x\"");
    finds("{\"a\\/b\":{\"\\u20ac\":null}}", "/a~1b/\xE2\x82\xAC", ARMALO_I_JSON_NULL, "null");
    finds("{\"~1\":false}", "/~01", ARMALO_I_JSON_FALSE, "false");
    finds("\"x\"", "", ARMALO_I_JSON_STRING, "\"x\"");
    finds(" 12 ", "", ARMALO_I_JSON_NUMBER, "12");
    finds("{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":{\"h\":-1.5}}}}}}}}", "/a/b/c/d/e/f/g/h",
          ARMALO_I_JSON_NUMBER, "-1.5");
}
END_TEST

START_TEST(nothing_is_found_in_what_is_refused) {
    static const char *const texts[] = {
        "{\"type\":\"a\",\"type\":\"b\"}",
        "{\"type\":\"a\",\"t\\u0079pe\":\"b\"}",
        "{\"type\":\"a\"}x",
        "{\"type\":\"a\"",
        "{\"type\":\"a\",\"n\":1e999}",
        "{\"type\":\"a\",\"\\u0000\":1}",
        "{\"type\":\"a\\ud800\"}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        armalo_i_json_value found;
        ck_assert_int_eq(fetch(texts[i], "/type", &found), 0);
        ck_assert_int_eq(found.type, ARMALO_I_JSON_NONE);
        ck_assert_ptr_null(found.raw.ptr);
    }
}
END_TEST

START_TEST(pointers_that_are_none) {
    static const char *const bad[] = {"a", "a/b", "/~", "/~2", "/a~", "/~/", "#/a", " /a", "/1/2/3/4/5/6/7/8/9"};
    armalo_i_json_pointer pointer;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(!armalo_i_json_pointer_parse(armalo_i_span_text(bad[i]), &pointer), "%s", bad[i]);
    char text[257];
    memset(text, 'a', sizeof text);
    text[0] = '/';
    ck_assert_int_eq(armalo_i_json_pointer_parse(armalo_i_span_of(text, 255), &pointer), 1);
    ck_assert_uint_eq(pointer.token[0].len, 254);
    ck_assert_int_eq(armalo_i_json_pointer_parse(armalo_i_span_of(text, 256), &pointer), 0);
    ck_assert_int_eq(armalo_i_json_pointer_parse(TEXT("/1/2/3/4/5/6/7/8"), &pointer), 1);
    ck_assert_uint_eq(pointer.count, 8);
}
END_TEST

static armalo_i_json_value loaded(const char *text) {
    armalo_i_json_value root;
    ck_assert_msg(armalo_i_json_load(armalo_i_span_text(text), SIZE_MAX, &root, NULL), "%s", text);
    return root;
}

static void next_is(armalo_i_json_iter *iter, const char *name, int type, const char *raw) {
    armalo_i_json_value key, value;
    ck_assert_int_eq(armalo_i_json_next(iter, &key, &value), 1);
    ck_assert_int_eq(value.type, type);
    ck_assert_int_eq(armalo_i_span_equal(value.raw, armalo_i_span_text(raw)), 1);
    ck_assert_int_eq(key.type, name == NULL ? ARMALO_I_JSON_NONE : ARMALO_I_JSON_STRING);
    if (name != NULL) ck_assert_int_eq(armalo_i_json_equals(key, armalo_i_span_text(name)), 1);
}

START_TEST(walking) {
    armalo_i_json_value name, value;
    armalo_i_json_iter iter;
    ck_assert_int_eq(
        armalo_i_json_enter(loaded("{ \"a\" : [1, \"]}\\\"\"] ,\n\"b\\n\":{},\"c\":-1.5e3 ,\"d\":null}"), &iter), 1);
    next_is(&iter, "a", ARMALO_I_JSON_ARRAY, "[1, \"]}\\\"\"]");
    next_is(&iter, "b\n", ARMALO_I_JSON_OBJECT, "{}");
    next_is(&iter, "c", ARMALO_I_JSON_NUMBER, "-1.5e3");
    next_is(&iter, "d", ARMALO_I_JSON_NULL, "null");
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(armalo_i_json_next(&iter, &name, &value), 0);
        ck_assert_int_eq(name.type, ARMALO_I_JSON_NONE);
        ck_assert_int_eq(value.type, ARMALO_I_JSON_NONE);
    }
    ck_assert_int_eq(armalo_i_json_enter(loaded(" [ true,false , [ [ ] ] ] "), &iter), 1);
    next_is(&iter, NULL, ARMALO_I_JSON_TRUE, "true");
    next_is(&iter, NULL, ARMALO_I_JSON_FALSE, "false");
    next_is(&iter, NULL, ARMALO_I_JSON_ARRAY, "[ [ ] ]");
    ck_assert_int_eq(armalo_i_json_next(&iter, &name, &value), 0);
    ck_assert_int_eq(armalo_i_json_enter(loaded("[ ]"), &iter), 1);
    ck_assert_int_eq(armalo_i_json_next(&iter, &name, &value), 0);
    ck_assert_int_eq(armalo_i_json_enter(loaded("\"[1]\""), &iter), 0);
    ck_assert_int_eq(armalo_i_json_enter(loaded("12"), &iter), 0);
}
END_TEST

START_TEST(members_by_name) {
    armalo_i_json_value root = loaded("{\"Alg\":1,\"alg\":2,\"\\u0061\\u0062\":3,\"deep\":{\"x\":4}}");
    ck_assert_int_eq(armalo_i_span_equal(armalo_i_json_member(root, "alg").raw, TEXT("2")), 1);
    ck_assert_int_eq(armalo_i_span_equal(armalo_i_json_member(root, "Alg").raw, TEXT("1")), 1);
    ck_assert_int_eq(armalo_i_span_equal(armalo_i_json_member(root, "ab").raw, TEXT("3")), 1);
    ck_assert_int_eq(armalo_i_json_member(root, "ALG").type, ARMALO_I_JSON_NONE);
    ck_assert_int_eq(armalo_i_json_member(root, "x").type, ARMALO_I_JSON_NONE);
    ck_assert_int_eq(armalo_i_json_member(root, "al").type, ARMALO_I_JSON_NONE);
    ck_assert_int_eq(armalo_i_json_member(root, "").type, ARMALO_I_JSON_NONE);
    ck_assert_int_eq(armalo_i_json_member(loaded("[\"alg\"]"), "alg").type, ARMALO_I_JSON_NONE);
    armalo_i_json_value none = {ARMALO_I_JSON_NONE, {NULL, 0}};
    ck_assert_int_eq(armalo_i_json_member(none, "alg").type, ARMALO_I_JSON_NONE);
}
END_TEST

static void reads_as(const char *json, const char *bytes, size_t len) {
    char buf[64];
    size_t got = 999;
    armalo_i_json_value value = loaded(json);
    ck_assert_int_eq(armalo_i_json_string(value, buf, len, &got), 1);
    ck_assert_uint_eq(got, len);
    ck_assert_mem_eq(buf, bytes, len);
    ck_assert_int_eq(armalo_i_json_equals(value, armalo_i_span_of(bytes, len)), 1);
    if (len == 0) return;
    ck_assert_int_eq(armalo_i_json_string(value, buf, len - 1, &got), 0);
    ck_assert_int_eq(armalo_i_json_equals(value, armalo_i_span_of(bytes, len - 1)), 0);
    memcpy(buf, bytes, len);
    buf[len] = 'x';
    ck_assert_int_eq(armalo_i_json_equals(value, armalo_i_span_of(buf, len + 1)), 0);
    buf[len - 1] ^= 1;
    ck_assert_int_eq(armalo_i_json_equals(value, armalo_i_span_of(buf, len)), 0);
}
#define READS_AS(json, literal) reads_as(json, literal, sizeof(literal) - 1)

START_TEST(strings_unescaped) {
    READS_AS("\"\"", "");
    READS_AS("\"plain text\"", "plain text");
    READS_AS("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t");
    READS_AS("\"\\u0041\\u00e9\\u00E9\\u20AC\\ud83D\\uDe00\"", "A\xC3\xA9\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
    READS_AS("\"a\\u0000b\"", "a\0b");
    READS_AS("\"\\u007f\\u0080\\u07ff\\u0800\\uffff\"", "\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF");
    READS_AS("\"\\ud800\\udc00\\udbff\\udfff\"", "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF");
    char buf[8];
    size_t len;
    ck_assert_int_eq(armalo_i_json_string(loaded("12"), buf, sizeof buf, &len), 0);
    ck_assert_int_eq(armalo_i_json_string(loaded("[\"a\"]"), buf, sizeof buf, &len), 0);
    ck_assert_int_eq(armalo_i_json_equals(loaded("12"), TEXT("12")), 0);
    ck_assert_int_eq(armalo_i_json_equals(loaded("null"), TEXT("")), 0);
}
END_TEST

START_TEST(identifiers) {
    char buf[8];
    size_t len = 0;
    memset(buf, 'z', sizeof buf);
    ck_assert_int_eq(armalo_i_json_identifier(loaded("\"ab\\u0063\\u00e9\""), buf, 6, &len), 1);
    ck_assert_uint_eq(len, 5);
    ck_assert_str_eq(buf, "abc\xC3\xA9");
    static const char *const bad[] = {
        "\"\"",        "\"a\\u0000b\"", "\"\\u0000\"", "\"a\\n\"",
        "\"\\u001f\"", "\"\\u007f\"",   "\"\x7F\"",    "\"abcdef\"", /* no room for the NUL */
        "1",           "null",          "[\"a\"]",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(!armalo_i_json_identifier(loaded(bad[i]), buf, 6, &len), "%s", bad[i]);
    ck_assert_int_eq(armalo_i_json_identifier(loaded("\"a\""), buf, 0, &len), 0);
    ck_assert_int_eq(armalo_i_json_identifier(loaded("\"a\""), buf, 1, &len), 0);
}
END_TEST

START_TEST(integers) {
    int64_t n = 77;
    ck_assert_int_eq(armalo_i_json_integer(loaded("0"), &n), 1);
    ck_assert_int_eq(n, 0);
    ck_assert_int_eq(armalo_i_json_integer(loaded("-12"), &n), 1);
    ck_assert_int_eq(n, -12);
    ck_assert_int_eq(armalo_i_json_integer(loaded("9007199254740991"), &n), 1);
    ck_assert_int_eq(n, INT64_C(9007199254740991));
    ck_assert_int_eq(armalo_i_json_integer(loaded("-9007199254740991"), &n), 1);
    ck_assert_int_eq(n, -INT64_C(9007199254740991));
    static const char *const bad[] = {"9007199254740992",
                                      "-9007199254740992",
                                      "18446744073709551617",
                                      "1.0",
                                      "1e2",
                                      "-0",
                                      "0.5",
                                      "10E0",
                                      "\"1\"",
                                      "true",
                                      "null",
                                      "[1]"};
    n = 77;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(!armalo_i_json_integer(loaded(bad[i]), &n), "%s", bad[i]);
    ck_assert_int_eq(n, 77);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_loop_test(tc, suite, 0, (int)(sizeof jsontestsuite_cases / sizeof jsontestsuite_cases[0]));
    tcase_add_test(tc, suite_large_files);
    tcase_add_test(tc, every_status_has_its_place);
    tcase_add_test(tc, size_is_the_callers);
    tcase_add_test(tc, no_text_is_not_decided);
    tcase_add_test(tc, depth);
    tcase_add_test(tc, members);
    tcase_add_test(tc, members_of_closed_objects_are_forgotten);
    tcase_add_test(tc, duplicates_are_found_after_unescaping);
    tcase_add_test(tc, duplicates_in_objects_of_every_size);
    tcase_add_test(tc, a_duplicate_among_many_members);
    tcase_add_test(tc, number_range_is_exact);
    tcase_add_test(tc, number_range_of_long_texts);
    tcase_add_test(tc, every_truncation_is_refused);
    tcase_add_test(tc, strings_of_every_length);
    tcase_add_test(tc, pointers_of_the_rfc);
    tcase_add_test(tc, pointers_find_one_value_or_none);
    tcase_add_test(tc, nothing_is_found_in_what_is_refused);
    tcase_add_test(tc, pointers_that_are_none);
    tcase_add_test(tc, walking);
    tcase_add_test(tc, members_by_name);
    tcase_add_test(tc, strings_unescaped);
    tcase_add_test(tc, identifiers);
    tcase_add_test(tc, integers);
}
TEST_MAIN("codec_json", fill, 60)
