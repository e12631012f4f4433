/* SPDX-License-Identifier: MIT */
/* codec: base64, hex, decimal, times, the JSON writer, memory and the sort. */
#include "codec/json.h"
#include "codec/memory.h"
#include "codec/sort.h"
#include "codec/text.h"
#include "test.h"

typedef int decoder(armalo_i_span text, uint8_t *out, size_t cap, size_t *len);

/* Decodes a heap copy of exactly its size into a heap block of exactly cap bytes. */
static int decodes(decoder *decode, const char *text, size_t text_len, size_t cap, uint8_t *out, size_t *len) {
    char *in = malloc(text_len == 0 ? 1 : text_len);
    uint8_t *exact = malloc(cap == 0 ? 1 : cap);
    ck_assert(in != NULL && exact != NULL);
    memcpy(in, text, text_len);
    memset(exact, 0xA5, cap);
    *len = 999;
    int ok = decode(armalo_i_span_of(in, text_len), exact, cap, len);
    ck_assert(ok == 0 || ok == 1);
    ck_assert_uint_eq(*len == 999, !ok); /* left alone when refused */
    if (ok) memcpy(out, exact, *len);
    free(in);
    free(exact);
    return ok;
}

static void refused(decoder *decode, const char *text) {
    uint8_t out[64];
    size_t len;
    ck_assert_msg(!decodes(decode, text, strlen(text), sizeof out, out, &len), "%s", text);
}

/* RFC 4648 section 10. */
static const char *const base64_rows[][2] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
};

START_TEST(base64_of_the_rfc) {
    for (size_t i = 0; i < sizeof base64_rows / sizeof base64_rows[0]; i++) {
        const char *plain = base64_rows[i][0], *coded = base64_rows[i][1];
        uint8_t out[16];
        char text[16];
        size_t len, digits = strcspn(coded, "=");
        ck_assert_int_eq(decodes(armalo_i_base64_decode, coded, strlen(coded), strlen(plain), out, &len), 1);
        ck_assert_uint_eq(len, strlen(plain));
        ck_assert_mem_eq(out, plain, len);
        ck_assert_uint_eq(armalo_i_base64_encode((const uint8_t *)plain, strlen(plain), text), strlen(coded));
        ck_assert_str_eq(text, coded);
        ck_assert_uint_eq(ARMALO_I_BASE64_LEN(strlen(plain)), strlen(coded));
        ck_assert_int_eq(decodes(armalo_i_base64url_decode, coded, digits, strlen(plain), out, &len), 1);
        ck_assert_mem_eq(out, plain, len);
        ck_assert_uint_eq(armalo_i_base64url_encode((const uint8_t *)plain, strlen(plain), text), digits);
        ck_assert_int_eq(strncmp(text, coded, digits), 0);
        ck_assert_uint_eq(strlen(text), digits);
        if (len == 0) continue;
        ck_assert_int_eq(decodes(armalo_i_base64_decode, coded, strlen(coded), strlen(plain) - 1, out, &len), 0);
        ck_assert_int_eq(decodes(armalo_i_base64url_decode, coded, digits, strlen(plain) - 1, out, &len), 0);
    }
}
END_TEST

START_TEST(nothing_is_text_of_nothing) {
    size_t len = 999;
    ck_assert_int_eq(armalo_i_base64_decode(armalo_i_span_of(NULL, 0), NULL, 0, &len), 1);
    ck_assert_uint_eq(len, 0);
    len = 999;
    ck_assert_int_eq(armalo_i_base64url_decode(armalo_i_span_of(NULL, 0), NULL, 0, &len), 1);
    ck_assert_uint_eq(len, 0);
    len = 999;
    ck_assert_int_eq(armalo_i_hex_decode(armalo_i_span_of(NULL, 0), NULL, 0, &len), 1);
    ck_assert_uint_eq(len, 0);
}
END_TEST

START_TEST(base64_takes_one_spelling) {
    static const char *const bad[] = {
        "Z",           "Zg",          "Zg=",
        "Zm8",         "Zm9",         "Zg===",
        "=",           "==",          "===",
        "====",        "Z===",        "Zg==Zg==",
        "Zm8=Zm9v",    "Z=g=",        "Zg=A",
        "Zh==",        "Zv==",        "Zm9=",
        "Zm+=",        "Zm9v\n",      "Zm9v\r\n",
        " Zm9v",       "Zm9v ",       "Zm 9v",
        "Zm\n9v",      "Zm-_",        "Zm9v====",
        "Zm9vYg=",     "Zm9vYh==",    "Zm9vYmF=",
        "Zm9v!mFy",    "Zm9vYmF\xC3", "\xFF\xFF\xFF\xFF",
        "Zm9vY\200Fy", "Zm9v,,,,",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) refused(armalo_i_base64_decode, bad[i]);
    static const char *const bad_url[] = {
        "Z", "Zg==", "Zm8=", "Zm9vY", "Zh", "Zm9", "Zm+/", "Zm9v=", "Zm9v\n", " Zm9v", "Zm9v.", "=", "Zm9vYh",
    };
    for (size_t i = 0; i < sizeof bad_url / sizeof bad_url[0]; i++) refused(armalo_i_base64url_decode, bad_url[i]);
    uint8_t out[8];
    size_t len;
    ck_assert_int_eq(decodes(armalo_i_base64_decode, "Zm\0v", 4, sizeof out, out, &len), 0);
    ck_assert_int_eq(decodes(armalo_i_base64_decode, "+/+/", 4, sizeof out, out, &len), 1);
    ck_assert_mem_eq(out, "\xFB\xFF\xBF", 3);
    ck_assert_int_eq(decodes(armalo_i_base64url_decode, "-_-_", 4, sizeof out, out, &len), 1);
    ck_assert_mem_eq(out, "\xFB\xFF\xBF", 3);
}
END_TEST

/* Of the 256 bytes, 64 are digits: each with its value (RFC 4648 tables 1 and 2), and no other in any place. */
START_TEST(base64_alphabets_are_exact) {
    static const char common[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    for (int c = 0; c < 256; c++) {
        const char *at = c == 0 ? NULL : strchr(common, c);
        int standard = c == '+' ? 62 : c == '/' ? 63 : at != NULL ? (int)(at - common) : -1;
        int url = c == '-' ? 62 : c == '_' ? 63 : at != NULL ? (int)(at - common) : -1;
        for (int place = 0; place < 4; place++) {
            char text[] = "AAAA";
            uint8_t out[3];
            size_t len;
            text[place] = (char)c;
            uint32_t shift = (uint32_t)(18 - 6 * place);
            if (c == '=' && place == 3) continue; /* padding */
            ck_assert_int_eq(decodes(armalo_i_base64_decode, text, 4, 3, out, &len), standard >= 0);
            if (standard >= 0)
                ck_assert_uint_eq((uint32_t)out[0] << 16 | (uint32_t)out[1] << 8 | out[2], (uint32_t)standard << shift);
            ck_assert_int_eq(decodes(armalo_i_base64url_decode, text, 4, 3, out, &len), url >= 0);
            if (url >= 0)
                ck_assert_uint_eq((uint32_t)out[0] << 16 | (uint32_t)out[1] << 8 | out[2], (uint32_t)url << shift);
        }
    }
}
END_TEST

START_TEST(base64_there_and_back) {
    uint8_t bytes[67], out[67];
    char text[96];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(i * 151 + 7);
    for (size_t n = 0; n <= sizeof bytes; n++) {
        size_t len = armalo_i_base64_encode(bytes, n, text), got;
        ck_assert_uint_eq(len, ARMALO_I_BASE64_LEN(n));
        ck_assert_int_eq(decodes(armalo_i_base64_decode, text, len, n, out, &got), 1);
        ck_assert_uint_eq(got, n);
        ck_assert_mem_eq(out, bytes, n);
        /* No second text for the same bytes: no other last digit before the padding is taken. */
        size_t last = strcspn(text, "=") - 1;
        for (int c = 1; n % 3 != 0 && c < 128; c++) {
            char kept = text[last];
            if (c == kept) continue;
            text[last] = (char)c;
            if (decodes(armalo_i_base64_decode, text, len, n, out, &got)) ck_assert_int_ne(memcmp(out, bytes, n), 0);
            text[last] = kept;
        }
    }
}
END_TEST

START_TEST(base64_of_either_alphabet) {
    uint8_t out[64];
    size_t len;
    for (size_t i = 0; i < sizeof base64_rows / sizeof base64_rows[0]; i++) {
        const char *plain = base64_rows[i][0], *coded = base64_rows[i][1];
        size_t digits = strcspn(coded, "=");
        for (size_t n = digits; n <= strlen(coded); n++) {
            int whole = n == digits || n == strlen(coded);
            ck_assert_int_eq(decodes(armalo_i_base64_either_decode, coded, n, strlen(plain), out, &len), whole);
            if (!whole) continue;
            ck_assert_uint_eq(len, strlen(plain));
            ck_assert_mem_eq(out, plain, len);
            if (len == 0) continue;
            ck_assert_int_eq(decodes(armalo_i_base64_either_decode, coded, n, strlen(plain) - 1, out, &len), 0);
        }
    }
    static const char *const fb_ff_bf_fb[] = {"+/+/+w==", "-_-_-w==", "-_-_-w"};
    for (size_t i = 0; i < sizeof fb_ff_bf_fb / sizeof fb_ff_bf_fb[0]; i++) {
        const char *coded = fb_ff_bf_fb[i];
        ck_assert_int_eq(decodes(armalo_i_base64_either_decode, coded, strlen(coded), 4, out, &len), 1);
        ck_assert_uint_eq(len, 4);
        ck_assert_mem_eq(out, "\xFB\xFF\xBF\xFB", 4);
    }
    static const char *const bad[] = {
        "Z",      "Zg=",      "Zg===",    "Zm8==",     "Zm9v=",    "Zm9v==",   "Zm9v====",
        "=",      "==",       "====",     "A===",      "Zh==",     "Zh",       "Zm9=",
        "Zm9",    "Zg==Zg==", "Zm8=Zm9v", "Z=g=",      "+/+/+w",   "+/+/+w=",  "//8",
        "/w",     "+/-_",     "-_+/",     "-/-/-w==",  "+_+_+w==", "+AAA-AAA", "_AAA/AAA",
        "Zm9v\n", " Zm9v",    "Zm9v Zg",  "Zm9vZg \n", "Zm9v,,,,", "Zm\n9v",   "Zm9v\xC3\xA9",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) refused(armalo_i_base64_either_decode, bad[i]);
    ck_assert_int_eq(decodes(armalo_i_base64_either_decode, "Zm\0v", 4, sizeof out, out, &len), 0);
    len = 999;
    ck_assert_int_eq(armalo_i_base64_either_decode(armalo_i_span_of(NULL, 0), NULL, 0, &len), 1);
    ck_assert_uint_eq(len, 0);
}
END_TEST

/* All texts of up to six bytes from a few: base64 as it is, base64url as it is, or base64url with the padding of
 * base64, and nothing else. */
START_TEST(base64_of_either_is_one_of_three) {
    static const char few[] = "AQ+/-_=";
    for (size_t n = 0; n <= 6; n++) {
        size_t all = 1;
        for (size_t i = 0; i < n; i++) all *= sizeof few - 1;
        for (size_t number = 0; number < all; number++) {
            char text[8] = "", standard[8] = "";
            uint8_t got[8], expected[8];
            size_t got_len = 0, len = 0, rest = number;
            int is_url = 1;
            for (size_t i = 0; i < n; i++, rest /= sizeof few - 1) {
                text[i] = few[rest % (sizeof few - 1)];
                standard[i] = text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i];
                if (text[i] == '+' || text[i] == '/') is_url = 0;
            }
            int right =
                armalo_i_base64_decode(armalo_i_span_of(text, n), expected, sizeof expected, &len) ||
                armalo_i_base64url_decode(armalo_i_span_of(text, n), expected, sizeof expected, &len) ||
                (is_url && armalo_i_base64_decode(armalo_i_span_of(standard, n), expected, sizeof expected, &len));
            int ok = armalo_i_base64_either_decode(armalo_i_span_of(text, n), got, sizeof got, &got_len);
            if (ok != right || got_len != len || memcmp(got, expected, len) != 0) ck_abort_msg("%s: %d", text, ok);
        }
    }
}
END_TEST

START_TEST(hex) {
    uint8_t out[4];
    size_t len;
    char text[9];
    ck_assert_int_eq(decodes(armalo_i_hex_decode, "00ff1a9b", 8, 4, out, &len), 1);
    ck_assert_uint_eq(len, 4);
    ck_assert_mem_eq(out, "\x00\xFF\x1A\x9B", 4);
    ck_assert_int_eq(decodes(armalo_i_hex_decode, "00ff1a9b", 8, 3, out, &len), 0);
    ck_assert_int_eq(decodes(armalo_i_hex_decode, "", 0, 0, out, &len), 1);
    ck_assert_uint_eq(len, 0);
    static const char *const bad[] = {"0",  "000", "0g", "g0",  "0G", "FF",      "fF",
                                      "0x", " 0",  "0 ", "0\n", "-1", "\xC3\xA9"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) refused(armalo_i_hex_decode, bad[i]);
    for (int c = 0; c < 256; c++) {
        char pair[2] = {'0', (char)c};
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        ck_assert_int_eq(decodes(armalo_i_hex_decode, pair, 2, 1, out, &len), digit >= 0);
        if (digit >= 0) ck_assert_int_eq(out[0], digit);
    }
    ck_assert_uint_eq(armalo_i_hex_encode((const uint8_t *)"\x00\xFF\x1A\x9B", 4, text), 8);
    ck_assert_str_eq(text, "00ff1a9b");
    ck_assert_uint_eq(armalo_i_hex_encode(out, 0, text), 0);
    ck_assert_str_eq(text, "");
}
END_TEST

static int decimal(const char *text, uint64_t max, uint64_t *value) {
    size_t len = strlen(text);
    char *copy = malloc(len == 0 ? 1 : len);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, text, len);
    int ok = armalo_i_decimal(armalo_i_span_of(copy, len), max, value);
    free(copy);
    return ok;
}

START_TEST(decimals) {
    static const struct {
        const char *text;
        uint64_t value;
    } good[] = {
        {"0", 0},
        {"7", 7},
        {"12345678", 12345678},
        {"123456789", 123456789},
        {"1614265330", 1614265330},
        {"1234567890123456", UINT64_C(1234567890123456)},
        {"98765432109876543", UINT64_C(98765432109876543)},
        {"9223372036854775808", UINT64_C(9223372036854775808)},
        {"18446744073709551615", UINT64_MAX},
    };
    uint64_t value;
    char text[21];
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ck_assert_int_eq(decimal(good[i].text, UINT64_MAX, &value), 1);
        ck_assert(value == good[i].value);
        ck_assert_int_eq(decimal(good[i].text, good[i].value, &value), 1);
        if (good[i].value != 0) ck_assert_int_eq(decimal(good[i].text, good[i].value - 1, &value), 0);
        ck_assert_uint_eq(armalo_i_decimal_text(good[i].value, text), strlen(good[i].text));
        ck_assert_str_eq(text, good[i].text);
    }
    static const char *const bad[] = {
        "",
        "-1",
        "+1",
        " 1",
        "1 ",
        "1\n",
        "01",
        "00",
        "1.0",
        "1e3",
        "0x1",
        "18446744073709551616",
        "18446744073709551620",
        "99999999999999999999",
        "100000000000000000000",
        "1234567:",
        "1234567/",
        "12345678901234\2006",
        "/",
        ":",
        "\xB1",
        "000000001",
    };
    value = 77;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(!decimal(bad[i], UINT64_MAX, &value), "%s", bad[i]);
    ck_assert_uint_eq(value, 77);
    /* A wrong byte in any place of any length. */
    for (size_t n = 1; n <= 20; n++) {
        for (size_t i = 0; i < n; i++) {
            char digits[21] = "11111111111111111111";
            digits[n] = '\0';
            ck_assert_int_eq(decimal(digits, UINT64_MAX, &value), 1);
            digits[i] = i % 2 == 0 ? '/' : ':';
            ck_assert_msg(!decimal(digits, UINT64_MAX, &value), "%s", digits);
        }
    }
}
END_TEST

/* Expected: Date.parse and toISOString of Node 20. */
static const struct {
    int64_t ms;
    const char *text;
} times[] = {
    {0, "1970-01-01T00:00:00.000Z"},
    {1, "1970-01-01T00:00:00.001Z"},
    {INT64_C(86399999), "1970-01-01T23:59:59.999Z"},
    {INT64_C(68169600000), "1972-02-29T00:00:00.000Z"},
    {INT64_C(784111777000), "1994-11-06T08:49:37.000Z"},
    {INT64_C(951782400000), "2000-02-29T00:00:00.000Z"},
    {INT64_C(951868799999), "2000-02-29T23:59:59.999Z"},
    {INT64_C(978307199999), "2000-12-31T23:59:59.999Z"},
    {INT64_C(1795442400123), "2026-11-23T14:00:00.123Z"},
    {INT64_C(4107542399999), "2100-02-28T23:59:59.999Z"},
    {INT64_C(4107542400000), "2100-03-01T00:00:00.000Z"},
    {INT64_C(13574563199000), "2400-02-28T23:59:59.000Z"},
    {INT64_C(13574563200000), "2400-02-29T00:00:00.000Z"},
    {INT64_C(253402300799999), "9999-12-31T23:59:59.999Z"},
};

static int time_of(const char *text, int64_t *ms) { return armalo_i_time_parse(armalo_i_span_text(text), ms); }

START_TEST(times_there_and_back) {
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        char text[25];
        int64_t ms;
        memset(text, '#', sizeof text);
        ck_assert_uint_eq(armalo_i_time_text(times[i].ms, text), ARMALO_I_TIME_LEN);
        ck_assert_str_eq(text, times[i].text);
        ck_assert_int_eq(time_of(text, &ms), 1);
        ck_assert_int_eq(ms, times[i].ms);
    }
    ck_assert_int_eq(times[13].ms, ARMALO_I_TIME_MAX_MS);
    char text[25] = "#";
    ck_assert_uint_eq(armalo_i_time_text(-1, text), 0);
    ck_assert_str_eq(text, "");
    text[0] = '#';
    ck_assert_uint_eq(armalo_i_time_text(ARMALO_I_TIME_MAX_MS + 1, text), 0);
    ck_assert_str_eq(text, "");
    ck_assert_uint_eq(armalo_i_time_text(INT64_MIN, text), 0);
    ck_assert_uint_eq(armalo_i_time_text(INT64_MAX, text), 0);
}
END_TEST

/* Every day of 800 years comes after the one before it. */
START_TEST(days_follow_each_other) {
    char before[25] = "", text[25];
    for (int64_t day = 0; day < 366 * 800; day++) {
        int64_t ms;
        ck_assert_uint_eq(armalo_i_time_text(day * 86400000, text), ARMALO_I_TIME_LEN);
        ck_assert_int_gt(strcmp(text, before), 0);
        ck_assert_int_eq(time_of(text, &ms), 1);
        ck_assert(ms == day * 86400000);
        memcpy(before, text, sizeof text);
    }
}
END_TEST

START_TEST(times_in_other_spellings) {
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = {
        {"1985-04-12T23:20:50.52Z", INT64_C(482196050520)},   /* RFC 3339 5.8 */
        {"1996-12-19T16:39:57-08:00", INT64_C(851042397000)}, /* RFC 3339 5.8 */
        {"2026-11-23T14:00:00Z", INT64_C(1795442400000)},
        {"2026-11-23T14:00:00.1Z", INT64_C(1795442400100)},
        {"2026-11-23T14:00:00.123456789Z", INT64_C(1795442400123)},
        {"2026-11-23T14:00:00.999999999Z", INT64_C(1795442400999)}, /* cut, not rounded */
        {"2026-11-23T14:00:00+00:00", INT64_C(1795442400000)},
        {"2026-11-23T14:00:00-00:00", INT64_C(1795442400000)},
        {"2026-11-23T19:30:00+05:30", INT64_C(1795442400000)},
        {"2026-11-24T13:59:00+23:59", INT64_C(1795442400000)},
        {"1970-01-01T01:00:00+01:00", 0},
        {"1970-01-01T00:00:00-01:00", INT64_C(3600000)},
    };
    int64_t ms;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ck_assert_msg(time_of(good[i].text, &ms), "%s", good[i].text);
        ck_assert_msg(ms == good[i].ms, "%s", good[i].text);
    }
    static const char *const bad[] = {
        "",
        "2026-11-23",
        "2026-11-23T14:00Z",
        "2026-11-23T14:00:00",
        "2026-11-23 14:00:00Z",
        "2026-11-23t14:00:00Z",
        "2026-11-23T14:00:00z",
        "2026-11-23T14:00:00.Z",
        "2026-11-23T14:00:00,5Z",
        "2026-11-23T14:00:00.1234567890Z",
        "2026-11-23T14:00:60Z",
        "1990-12-31T23:59:60Z", /* a leap second of RFC 3339 5.8 */
        "2026-11-23T24:00:00Z",
        "2026-11-23T14:60:00Z",
        "2026-00-23T14:00:00Z",
        "2026-13-23T14:00:00Z",
        "2026-11-00T14:00:00Z",
        "2026-11-31T14:00:00Z",
        "2026-02-29T14:00:00Z",
        "2100-02-29T14:00:00Z",
        "2026-11-23T14:00:00+24:00",
        "2026-11-23T14:00:00+05:60",
        "2026-11-23T14:00:00+0530",
        "2026-11-23T14:00:00+05",
        "2026-11-23T14:00:00Z ",
        " 2026-11-23T14:00:00Z",
        "2026-11-23T14:00:00ZZ",
        "2026-1-23T14:00:00Z",
        "+2026-11-23T14:00:00Z",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "10000-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-11-23T1:000:00Z",
        "20 6-11-23T14:00:00Z",
    };
    ms = 77;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) ck_assert_msg(!time_of(bad[i], &ms), "%s", bad[i]);
    ck_assert_int_eq(ms, 77);
    static const char whole[] = "2026-11-23T14:00:00.123+05:30";
    for (size_t cut = 0; cut < sizeof whole - 1; cut++) {
        char *copy = malloc(cut == 0 ? 1 : cut);
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, whole, cut);
        ck_assert_int_eq(armalo_i_time_parse(armalo_i_span_of(copy, cut), &ms), 0);
        free(copy);
    }
}
END_TEST

START_TEST(http_dates) {
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = {
        {"Sun, 06 Nov 1994 08:49:37 GMT", INT64_C(784111777000)}, /* RFC 9110 5.6.7 */
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"Tue, 29 Feb 2000 23:59:59 GMT", INT64_C(951868799000)},
        {"Mon, 23 Nov 2026 14:00:00 GMT", INT64_C(1795442400000)},
        {"Fri, 31 Dec 9999 23:59:59 GMT", INT64_C(253402300799000)},
    };
    static const char *const bad[] = {
        "",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Mon, 06 Nov 1994 08:49:37 GMT", /* it was a Sunday */
        "sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 +00",
        "Sun, 06 Nov 1994 08:49:37 GMT ",
        "Sun, 06 Nov 1994 08:49:60 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 06 Now 1994 08:49:37 GMT",
        "Sun; 06 Nov 1994 08:49:37 GMT",
        "Wed, 31 Dec 1969 23:59:59 GMT",
    };
    int64_t ms;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ck_assert_msg(armalo_i_http_date_parse(armalo_i_span_text(good[i].text), &ms), "%s", good[i].text);
        ck_assert_msg(ms == good[i].ms, "%s", good[i].text);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(!armalo_i_http_date_parse(armalo_i_span_text(bad[i]), &ms), "%s", bad[i]);
    for (size_t m = 0; m < 12; m++) { /* each month has its name */
        char text[30];
        static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec",
                          days[] = "FriMonMonThuSatTueThuSunWedFriMonWed";
        sprintf(text, "%.3s, 01 %.3s 2027 00:00:00 GMT", days + 3 * m, months + 3 * m);
        ck_assert_msg(armalo_i_http_date_parse(armalo_i_span_text(text), &ms), "%s", text);
        char iso[25], expected[25];
        sprintf(expected, "2027-%02zu-01T00:00:00.000Z", m + 1);
        armalo_i_time_text(ms, iso);
        ck_assert_str_eq(iso, expected);
    }
}
END_TEST

static void writes(const char *text, size_t len, const char *expected, size_t expected_len) {
    armalo_i_writer measure = {NULL, 0, 0};
    char *copy = malloc(len == 0 ? 1 : len);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, text, len);
    armalo_i_write_string(&measure, copy, len);
    ck_assert_uint_eq(measure.len, expected_len);
    char *exact = malloc(expected_len);
    ck_assert_ptr_nonnull(exact);
    armalo_i_writer w = {exact, expected_len, 0};
    armalo_i_write_string(&w, copy, len);
    ck_assert_uint_eq(w.len, expected_len);
    ck_assert_msg(memcmp(exact, expected, expected_len) == 0, "%.*s", (int)expected_len, exact);
    ck_assert_int_eq(armalo_i_json_scan(armalo_i_span_of(exact, w.len), SIZE_MAX, NULL, NULL, NULL), 1);
    free(copy);
    free(exact);
}
#define WRITES(literal, expected) writes(literal, sizeof(literal) - 1, expected, sizeof(expected) - 1)
#define BAD                       "\xEF\xBF\xBD"

START_TEST(writing_strings) {
    WRITES("", "\"\"");
    WRITES("plain text of some length, and nothing to escape", "\"plain text of some length, and nothing to escape\"");
    WRITES("a\"b\\c/d", "\"a\\\"b\\\\c/d\"");
    WRITES("\0\1\b\t\n\v\f\r\x1F\x7F", "\"\\u0000\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f\x7F\"");
    WRITES("1234567\n", "\"1234567\\n\"");
    WRITES("12345678\n", "\"12345678\\n\"");
    WRITES("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"");
    /* Not UTF-8: one U+FFFD for each beginning of a character, as the Unicode Standard recommends (3.9, table 3-8), and
     * as Buffer.toString of Node 20 does. */
    WRITES("\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64", "\"" BAD BAD BAD "b" BAD "c" BAD BAD "d\"");
    WRITES("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41", "\"" BAD BAD BAD BAD BAD BAD BAD BAD "A\"");
    WRITES("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41", "\"" BAD BAD BAD BAD BAD BAD BAD BAD "A\"");
    WRITES("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", "\"" BAD BAD BAD BAD BAD "A" BAD BAD "B\"");
    WRITES("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", "\"" BAD BAD BAD BAD "A\"");
    WRITES("abcdefg\xFFhijklmno\xE2\x82", "\"abcdefg" BAD "hijklmno" BAD "\"");
    WRITES("\xFF\"\xFE", "\"" BAD "\\\"" BAD "\"");
}
END_TEST

START_TEST(the_writer_counts_beyond_its_room) {
    char buf[8];
    memset(buf, '#', sizeof buf);
    armalo_i_writer w = {buf, 4, 0};
    armalo_i_write_text(&w, "abc");
    armalo_i_write_text(&w, "de"); /* does not fit as a whole */
    armalo_i_write_text(&w, "");
    armalo_i_write_raw(&w, "f", 1); /* nothing may come after what is missing */
    ck_assert_uint_eq(w.len, 6);
    ck_assert_mem_eq(buf, "abc#####", 8);
    w.len = 0;
    armalo_i_write_int(&w, -123);
    ck_assert_uint_eq(w.len, 4);
    ck_assert_mem_eq(buf, "-123####", 8);
    armalo_i_write_string(&w, NULL, 0);
    ck_assert_uint_eq(w.len, 6);
    ck_assert_mem_eq(buf, "-123####", 8);
}
END_TEST

START_TEST(writing_integers) {
    static const struct {
        int64_t value;
        const char *text;
    } rows[] = {
        {0, "0"}, {-1, "-1"}, {10, "10"}, {INT64_MAX, "9223372036854775807"}, {INT64_MIN, "-9223372036854775808"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char buf[24];
        armalo_i_writer w = {buf, sizeof buf, 0};
        armalo_i_write_int(&w, rows[i].value);
        ck_assert_uint_eq(w.len, strlen(rows[i].text));
        ck_assert_mem_eq(buf, rows[i].text, w.len);
    }
}
END_TEST

START_TEST(memory) {
    ck_assert_ptr_null(armalo_i_alloc(0));
    unsigned char *block = armalo_i_alloc(64);
    ck_assert_ptr_nonnull(block);
    for (int i = 0; i < 64; i++) ck_assert_int_eq(block[i], 0);
    memset(block, 7, 64);
    ck_assert_ptr_null(armalo_i_realloc(block, 0));
    ck_assert_int_eq(block[63], 7); /* it stays */
    unsigned char *grown = armalo_i_realloc(block, 128);
    ck_assert_ptr_nonnull(grown);
    ck_assert_int_eq(grown[63], 7);
    armalo_i_release_wiped(grown, 128);
    armalo_i_release_wiped(NULL, 128);
    armalo_i_release(NULL);
}
END_TEST

static int by_value(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

START_TEST(sorting) {
    uint32_t random = 12345;
    for (size_t n = 0; n <= 60; n++) {
        for (int kind = 0; kind < 5; kind++) {
            int values[60], count[64] = {0};
            for (size_t i = 0; i < n; i++) {
                random = random * 1664525u + 1013904223u;
                values[i] = kind == 0 ? (int)i : kind == 1 ? (int)(n - i) : kind == 2 ? 5 : (int)(random >> 27);
                count[values[i]]++;
            }
            armalo_i_sort(values, n, sizeof values[0], by_value);
            for (size_t i = 0; i < n; i++) {
                if (i > 0) ck_assert_int_le(values[i - 1], values[i]);
                count[values[i]]--;
            }
            for (size_t v = 0; v < 64; v++) ck_assert_int_eq(count[v], 0);
        }
    }
}
END_TEST

START_TEST(spans) {
    ck_assert_int_eq(armalo_i_span_equal(armalo_i_span_of(NULL, 0), armalo_i_span_text("")), 1);
    ck_assert_int_eq(armalo_i_span_equal(armalo_i_span_text("ab"), armalo_i_span_text("abc")), 0);
    ck_assert_int_eq(armalo_i_span_equal_nocase(armalo_i_span_text("Webhook-ID"), armalo_i_span_text("webhook-id")), 1);
    ck_assert_int_eq(armalo_i_span_equal_nocase(armalo_i_span_text("@[`{"), armalo_i_span_text("`{@[")), 0);
    ck_assert_int_eq(armalo_i_span_equal_nocase(armalo_i_span_text("\xC3\x89"), armalo_i_span_text("\xC3\xA9")), 0);
    ck_assert_int_eq(armalo_i_span_equal_nocase(armalo_i_span_text("a"), armalo_i_span_text("aa")), 0);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, base64_of_the_rfc);
    tcase_add_test(tc, nothing_is_text_of_nothing);
    tcase_add_test(tc, base64_takes_one_spelling);
    tcase_add_test(tc, base64_alphabets_are_exact);
    tcase_add_test(tc, base64_there_and_back);
    tcase_add_test(tc, base64_of_either_alphabet);
    tcase_add_test(tc, base64_of_either_is_one_of_three);
    tcase_add_test(tc, hex);
    tcase_add_test(tc, decimals);
    tcase_add_test(tc, times_there_and_back);
    tcase_add_test(tc, days_follow_each_other);
    tcase_add_test(tc, times_in_other_spellings);
    tcase_add_test(tc, http_dates);
    tcase_add_test(tc, writing_strings);
    tcase_add_test(tc, the_writer_counts_beyond_its_room);
    tcase_add_test(tc, writing_integers);
    tcase_add_test(tc, memory);
    tcase_add_test(tc, sorting);
    tcase_add_test(tc, spans);
}
TEST_MAIN("codec_text", fill, 60)
