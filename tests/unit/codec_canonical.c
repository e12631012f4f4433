/* SPDX-License-Identifier: MIT */
/* codec: RFC 8785 and ECMAScript's numbers, in every locale. */
#include "codec/json.h"
#include "test.h"

#include <locale.h>
#include <openssl/evp.h>

/* Canonical form of a literal, measured and written, into exact-size heap blocks. Returns the length. */
static size_t canonical(const char *text, size_t len, char *out, size_t cap) {
    armalo_i_json_value root;
    armalo_i_json_fault fault;
    size_t size = 999, again = 999;
    ck_assert_msg(armalo_i_json_load(armalo_i_span_of(text, len), SIZE_MAX, &root, &fault), "status %d: %.60s",
                  fault.status, text);
    ck_assert_int_eq(armalo_i_json_canonical(root, NULL, 0, &size, &fault), 0);
    ck_assert_int_eq(fault.status, ARMALO_I_JSON_OK);
    ck_assert_uint_ge(size, 1);
    ck_assert_uint_le(size, cap);
    char *exact = malloc(size);
    ck_assert_ptr_nonnull(exact);
    memset(exact, '#', size);
    ck_assert_int_eq(armalo_i_json_canonical(root, exact, size - 1, &again, &fault), 0);
    ck_assert_uint_eq(again, size);
    for (size_t i = 0; i < size; i++) ck_assert_int_eq(exact[i], '#'); /* too small a buffer is left alone */
    ck_assert_int_eq(armalo_i_json_canonical(root, exact, size, &again, &fault), 1);
    ck_assert_int_eq(fault.status, ARMALO_I_JSON_OK);
    ck_assert_uint_eq(again, size);
    char *roomy = malloc(6 * len);
    ck_assert_ptr_nonnull(roomy);
    ck_assert_int_eq(armalo_i_json_canonical(root, roomy, 6 * len, &again, &fault), 1);
    ck_assert_uint_eq(again, size);
    ck_assert_mem_eq(roomy, exact, size);
    memcpy(out, exact, size);
    free(exact);
    free(roomy);
    return size;
}

static void becomes(const char *text, size_t len, const char *expected, size_t expected_len) {
    char out[4096];
    size_t n = canonical(text, len, out, sizeof out);
    ck_assert_msg(n == expected_len && memcmp(out, expected, n) == 0, "%s: %.*s", text, (int)n, out);
}
#define BECOMES(literal, expected) becomes(literal, sizeof(literal) - 1, expected, sizeof(expected) - 1)

START_TEST(sample_of_section_3_2_2) {
    /* The bytes of section 3.2.4. */
    static const char expected[] = "7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a5b3"
                                   "333333333333333332e333333333333"
                                   "332c31652b33302c342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac245c753"
                                   "03030665c6e4127425c225c5c5c5c5c"
                                   "222f227d";
    static const char text[] =
        "{\n  \"numbers\": [333333333.33333329, 1E30, 4.50,\n              2e-3, "
        "0.000000000000000000000000001],\n  \"string\": "
        "\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\",\n  \"literals\": [null, true, "
        "false]\n}";
    char out[256], hex[513];
    size_t n = canonical(text, sizeof text - 1, out, sizeof out);
    for (size_t i = 0; i < n; i++) sprintf(hex + 2 * i, "%02x", (unsigned char)out[i]);
    ck_assert_str_eq(hex, expected);
}
END_TEST

START_TEST(sample_of_section_3_2_3) {
    BECOMES(
        "{\"\\u20ac\": \"Euro Sign\", \"\\r\": \"Carriage Return\", \"\\ufb33\": \"Hebrew Letter Dalet With Dagesh\", "
        "\"1\": \"One\", \"\\ud83d\\ude00\": \"Emoji: Grinning Face\", \"\\u0080\": \"Control\", \"\\u00f6\": "
        "\"Latin Small Letter O With Diaeresis\"}",
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xC2\x80\":\"Control\",\"\xC3\xB6\":\"Latin Small Letter O With "
        "Diaeresis\",\"\xE2\x82\xAC\":\"Euro Sign\",\"\xF0\x9F\x98\x80\":\"Emoji: Grinning "
        "Face\",\"\xEF\xAC\xB3\":\"Hebrew Letter Dalet With Dagesh\"}");
}
END_TEST

/* github.com/cyberphone/json-canonicalization, testdata/weird.json. */
START_TEST(the_authors_weird_sample) {
    BECOMES(
        "{\n  \"\\u20ac\": \"Euro Sign\",\n  \"\\r\": \"Carriage Return\",\n  \"\\u000a\": \"Newline\",\n  \"1\": "
        "\"One\",\n  \"\\u0080\": \"Control\\u007f\",\n  \"\\ud83d\\ude02\": \"Smiley\",\n  \"\\u00f6\": \"Latin Small "
        "Letter O With Diaeresis\",\n  \"\\ufb33\": \"Hebrew Letter Dalet With Dagesh\",\n  \"</script>\": \"Browser "
        "Challenge\"\n}",
        "{\"\\n\":\"Newline\",\"\\r\":\"Carriage Return\",\"1\":\"One\",\"</script>\":\"Browser "
        "Challenge\",\"\xC2\x80\":\"Control\x7F\",\"\xC3\xB6\":\"Latin Small Letter O With "
        "Diaeresis\",\"\xE2\x82\xAC\":\"Euro "
        "Sign\",\"\xF0\x9F\x98\x82\":\"Smiley\",\"\xEF\xAC\xB3\":\"Hebrew Letter Dalet With Dagesh\"}");
}
END_TEST

START_TEST(names_sort_by_utf16_units) {
    BECOMES("{\"\xEF\xBF\xBF\":1,\"\xF4\x8F\xBF\xBF\":2,\"\xEE\x80\x80\":3,\"\xF0\x90\x80\x80\":4,\"\xED\x9F\xBF\":5}",
            "{\"\xED\x9F\xBF\":5,\"\xF0\x90\x80\x80\":4,\"\xF4\x8F\xBF\xBF\":2,\"\xEE\x80\x80\":3,\"\xEF\xBF\xBF\":1}");
    BECOMES("{\"\\uffff\":1,\"\\udbff\\udfff\":2,\"\xEE\x80\x80\":3}",
            "{\"\xF4\x8F\xBF\xBF\":2,\"\xEE\x80\x80\":3,\"\xEF\xBF\xBF\":1}");
    BECOMES("{\"aa\":1,\"a\":2,\"\":3,\"B\":4,\"a\\u0001\":5,\"a \":6}",
            "{\"\":3,\"B\":4,\"a\":2,\"a\\u0001\":5,\"a \":6,\"aa\":1}");
    BECOMES("{\"b\":[{\"d\":1,\"c\":{\"z\":0,\"y\":[]}},2],\"a\":{}}",
            "{\"a\":{},\"b\":[{\"c\":{\"y\":[],\"z\":0},\"d\":1},2]}");
    BECOMES(
        "{\"k9\":9,\"k8\":8,\"k7\":7,\"k6\":6,\"k5\":5,\"k4\":4,\"k3\":3,\"k2\":2,\"k1\":1,\"k0\":0,\"j9\":9,\"j8\":8,"
        "\"j7\":7,\"j6\":6,\"j5\":5}",
        "{\"j5\":5,\"j6\":6,\"j7\":7,\"j8\":8,\"j9\":9,\"k0\":0,\"k1\":1,\"k2\":2,\"k3\":3,\"k4\":4,\"k5\":5,\"k6\":6,"
        "\"k7\":7,\"k8\":8,\"k9\":9}");
}
END_TEST

START_TEST(strings_escape_only_what_must_be) {
    BECOMES("\"\\u0000\\u0001\\u0007\\b\\t\\n\\u000b\\f\\r\\u000E\\u001f\\u0020\\u007f\"",
            "\"\\u0000\\u0001\\u0007\\b\\t\\n\\u000b\\f\\r\\u000e\\u001f \x7F\"");
    BECOMES("\"\\u0022\\u005C\\/\\u002f'<>&\"", "\"\\\"\\\\//'<>&\"");
    BECOMES("\"\\ud83d\\ude00 \\u2028\\u2029\"", "\"\xF0\x9F\x98\x80 \xE2\x80\xA8\xE2\x80\xA9\"");
    BECOMES(" \"\" ", "\"\"");
    BECOMES("[1e20,-2e20]", "[100000000000000000000,-200000000000000000000]"); /* grows */
    BECOMES("[ ]", "[]");
    BECOMES("\t{ }\n", "{}");
    BECOMES("[ null , true,false ]", "[null,true,false]");
}
END_TEST

/* Expected: String(JSON.parse(text)) of Node 20. */
START_TEST(number_texts) {
    static const char *const rows[][2] = {
        {"0", "0"},
        {"-0", "0"},
        {"-0.000e5", "0"},
        {"1e20", "100000000000000000000"},
        {"1e21", "1e+21"},
        {"-1E-6", "-0.000001"},
        {"1e-7", "1e-7"},
        {"123456789012345678901234567890", "1.2345678901234568e+29"},
        {"0.1000", "0.1"},
        {"100", "100"},
        {"1.5e300", "1.5e+300"},
        {"12345.678e-3", "12.345678"},
        {"9007199254740993", "9007199254740992"},
        {"9007199254740995", "9007199254740996"},
        {"1e-400", "0"},
        {"-1e-400", "0"},
        {"4.9e-324", "5e-324"},
        {"2.4703282292062328e-324", "5e-324"},
        {"2.4703282292062327e-324", "0"},
        {"2.2250738585072011e-308", "2.225073858507201e-308"},
        {"2.2250738585072012e-308", "2.2250738585072014e-308"},
        {"1.7976931348623158e308", "1.7976931348623157e+308"},
        {"0.000000000000000000000000000000000000000000000000000000000000000000000000000000001e81", "1"},
        {"1000000000000000000000000000000000000000000000000000000000000000000000000000000000e-81", "1"},
        {"1.00000000000000011102230246251565404236316680908203125", "1"}, /* 1 + 2^-53: to even */
        {"1.00000000000000011102230246251565404236316680908203126", "1.0000000000000002"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        becomes(rows[i][0], strlen(rows[i][0]), rows[i][1], strlen(rows[i][1]));
}
END_TEST

/* 1 + 2^-53 is the middle between two doubles: one digit more, however far behind, and the upper one is nearer. */
START_TEST(no_digit_is_too_far_behind_to_count) {
    static const char middle[] = "1.00000000000000011102230246251565404236316680908203125";
    char text[2000];
    memset(text, '0', sizeof text);
    memcpy(text, middle, sizeof middle - 1);
    for (size_t n = 760; n < sizeof text; n += 31) {
        becomes(text, n, "1", 1);
        text[n - 1] = '1';
        becomes(text, n, "1.0000000000000002", 18);
        text[n - 1] = '0';
    }
}
END_TEST

static double from_bits(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static const struct {
    uint64_t bits;
    const char *text;
} appendix_b[] = {
    {UINT64_C(0x0000000000000000), "0"},
    {UINT64_C(0x8000000000000000), "0"},
    {UINT64_C(0x0000000000000001), "5e-324"},
    {UINT64_C(0x8000000000000001), "-5e-324"},
    {UINT64_C(0x7fefffffffffffff), "1.7976931348623157e+308"},
    {UINT64_C(0xffefffffffffffff), "-1.7976931348623157e+308"},
    {UINT64_C(0x4340000000000000), "9007199254740992"},
    {UINT64_C(0xc340000000000000), "-9007199254740992"},
    {UINT64_C(0x4430000000000000), "295147905179352830000"},
    {UINT64_C(0x7fffffffffffffff), ""},
    {UINT64_C(0x7ff0000000000000), ""},
    {UINT64_C(0xfff0000000000000), ""},
    {UINT64_C(0x44b52d02c7e14af5), "9.999999999999997e+22"},
    {UINT64_C(0x44b52d02c7e14af6), "1e+23"},
    {UINT64_C(0x44b52d02c7e14af7), "1.0000000000000001e+23"},
    {UINT64_C(0x444b1ae4d6e2ef4e), "999999999999999700000"},
    {UINT64_C(0x444b1ae4d6e2ef4f), "999999999999999900000"},
    {UINT64_C(0x444b1ae4d6e2ef50), "1e+21"},
    {UINT64_C(0x3eb0c6f7a0b5ed8c), "9.999999999999997e-7"},
    {UINT64_C(0x3eb0c6f7a0b5ed8d), "0.000001"},
    {UINT64_C(0x41b3de4355555553), "333333333.3333332"},
    {UINT64_C(0x41b3de4355555554), "333333333.33333325"},
    {UINT64_C(0x41b3de4355555555), "333333333.3333333"},
    {UINT64_C(0x41b3de4355555556), "333333333.3333334"},
    {UINT64_C(0x41b3de4355555557), "333333333.33333343"},
    {UINT64_C(0xbecbf647612f3696), "-0.0000033333333333333333"},
    {UINT64_C(0x43143ff3c1cb0959), "1424953923781206.2"},
};

static void number_is(double value, const char *text) {
    char out[32];
    memset(out, '#', sizeof out);
    ck_assert_uint_eq(armalo_i_json_number_text(value, out), strlen(text));
    ck_assert_str_eq(out, text);
}

START_TEST(numbers_of_appendix_b) {
    for (size_t i = 0; i < sizeof appendix_b / sizeof appendix_b[0]; i++)
        number_is(from_bits(appendix_b[i].bits), appendix_b[i].text);
}
END_TEST

/* Powers of two: the decimal nearest to the double is not always one that reads back. Expected: String() of Node 20. */
START_TEST(numbers_at_powers_of_two) {
    number_is(from_bits(UINT64_C(0x3d30000000000000)), "5.684341886080802e-14");   /* 2^-44 */
    number_is(from_bits(UINT64_C(0x0060000000000000)), "7.120236347223045e-307");  /* 2^-1017 */
    number_is(from_bits(UINT64_C(0x4580000000000000)), "6.189700196426902e+26");   /* 2^89 */
    number_is(from_bits(UINT64_C(0x7cf0000000000000)), "6.386688990511104e+293");  /* 2^976 */
    number_is(from_bits(UINT64_C(0x4630000000000000)), "1.2676506002282294e+30");  /* 2^100 */
    number_is(from_bits(UINT64_C(0x7fe0000000000000)), "8.98846567431158e+307");   /* 2^1023 */
    number_is(from_bits(UINT64_C(0x0010000000000000)), "2.2250738585072014e-308"); /* the smallest normal one */
    number_is(from_bits(UINT64_C(0x000fffffffffffff)), "2.225073858507201e-308");
}
END_TEST

/* The values that json-canonicalization's testdata/README.md defines, with the SHA-256 it gives of the first lines
 * "bits in hexadecimal,text\n". */
static const uint64_t generator_start[] = {
    0x0000000000000000, 0x8000000000000000, 0x0000000000000001, 0x8000000000000001, 0xc46696695dbd1cc3,
    0xc43211ede4974a35, 0xc3fce97ca0f21056, 0xc3c7213080c1a6ac, 0xc39280f39a348556, 0xc35d9b1f5d20d557,
    0xc327af4c4a80aaac, 0xc2f2f2a36ecd5556, 0xc2be51057e155558, 0xc28840d131aaaaac, 0xc253670dc1555557,
    0xc21f0b4935555557, 0xc1e8d5d42aaaaaac, 0xc1b3de4355555556, 0xc17fca0555555556, 0xc1496e6aaaaaaaab,
    0xc114585555555555, 0xc0e046aaaaaaaaab, 0xc0aa0aaaaaaaaaaa, 0xc074d55555555555, 0xc040aaaaaaaaaaab,
    0xc00aaaaaaaaaaaab, 0xbfd5555555555555, 0xbfa1111111111111, 0xbf6b4e81b4e81b4f, 0xbf35d867c3ece2a5,
    0xbf0179ec9cbd821e, 0xbecbf647612f3696, 0xbe965e9f80f29212, 0xbe61e54c672874db, 0xbe2ca213d840baf8,
    0xbdf6e80fe033c8c6, 0xbdc2533fe68fd3d2, 0xbd8d51ffd74c861c, 0xbd5774ccac3d3817, 0xbd22c3d6f030f9ac,
    0xbcee0624b3818f79, 0xbcb804ea293472c7, 0xbc833721ba905bd3, 0xbc4ebe9c5db3c61e, 0xbc18987d17c304e5,
    0xbbe3ad30dfcf371d, 0xbbaf7b816618582f, 0xbb792f9ab81379bf, 0xbb442615600f9499, 0xbb101e77800c76e1,
    0xbad9ca58cce0be35, 0xbaa4a1e0a3e6fe90, 0xba708180831f320d, 0xba3a68cd9e985016, 0x446696695dbd1cc3,
    0x443211ede4974a35, 0x43fce97ca0f21056, 0x43c7213080c1a6ac, 0x439280f39a348556, 0x435d9b1f5d20d557,
    0x4327af4c4a80aaac, 0x42f2f2a36ecd5556, 0x42be51057e155558, 0x428840d131aaaaac, 0x4253670dc1555557,
    0x421f0b4935555557, 0x41e8d5d42aaaaaac, 0x41b3de4355555556, 0x417fca0555555556, 0x41496e6aaaaaaaab,
    0x4114585555555555, 0x40e046aaaaaaaaab, 0x40aa0aaaaaaaaaaa, 0x4074d55555555555, 0x4040aaaaaaaaaaab,
    0x400aaaaaaaaaaaab, 0x3fd5555555555555, 0x3fa1111111111111, 0x3f6b4e81b4e81b4f, 0x3f35d867c3ece2a5,
    0x3f0179ec9cbd821e, 0x3ecbf647612f3696, 0x3e965e9f80f29212, 0x3e61e54c672874db, 0x3e2ca213d840baf8,
    0x3df6e80fe033c8c6, 0x3dc2533fe68fd3d2, 0x3d8d51ffd74c861c, 0x3d5774ccac3d3817, 0x3d22c3d6f030f9ac,
    0x3cee0624b3818f79, 0x3cb804ea293472c7, 0x3c833721ba905bd3, 0x3c4ebe9c5db3c61e, 0x3c18987d17c304e5,
    0x3be3ad30dfcf371d, 0x3baf7b816618582f, 0x3b792f9ab81379bf, 0x3b442615600f9499, 0x3b101e77800c76e1,
    0x3ad9ca58cce0be35, 0x3aa4a1e0a3e6fe90, 0x3a708180831f320d, 0x3a3a68cd9e985016, 0x4024000000000000,
    0x4014000000000000, 0x3fe0000000000000, 0x3fa999999999999a, 0x3f747ae147ae147b, 0x3f40624dd2f1a9fc,
    0x3f0a36e2eb1c432d, 0x3ed4f8b588e368f1, 0x3ea0c6f7a0b5ed8d, 0x3e6ad7f29abcaf48, 0x3e35798ee2308c3a,
    0x3ed539223589fa95, 0x3ed4ff26cd5a7781, 0x3ed4f95a762283ff, 0x3ed4f8c60703520c, 0x3ed4f8b72f19cd0d,
    0x3ed4f8b5b31c0c8d, 0x3ed4f8b58d1c461a, 0x3ed4f8b5894f7f0e, 0x3ed4f8b588ee37f3, 0x3ed4f8b588e47da4,
    0x3ed4f8b588e3849c, 0x3ed4f8b588e36bb5, 0x3ed4f8b588e36937, 0x3ed4f8b588e368f8, 0x3ed4f8b588e368f1,
    0x3ff0000000000000, 0xbff0000000000000, 0xbfeffffffffffffa, 0xbfeffffffffffffb, 0x3feffffffffffffa,
    0x3feffffffffffffb, 0x3feffffffffffffc, 0x3feffffffffffffe, 0xbfefffffffffffff, 0xbfefffffffffffff,
    0x3fefffffffffffff, 0x3fefffffffffffff, 0x3fd3333333333332, 0x3fd3333333333333, 0x3fd3333333333334,
    0x0010000000000000, 0x000ffffffffffffd, 0x000fffffffffffff, 0x7fefffffffffffff, 0xffefffffffffffff,
    0x4340000000000000, 0xc340000000000000, 0x4430000000000000, 0x44b52d02c7e14af5, 0x44b52d02c7e14af6,
    0x44b52d02c7e14af7, 0x444b1ae4d6e2ef4e, 0x444b1ae4d6e2ef4f, 0x444b1ae4d6e2ef50, 0x3eb0c6f7a0b5ed8c,
    0x3eb0c6f7a0b5ed8d, 0x41b3de4355555553, 0x41b3de4355555554, 0x41b3de4355555555, 0x41b3de4355555556,
    0x41b3de4355555557, 0xbecbf647612f3696, 0x43143ff3c1cb0959,
};
#define GENERATOR_START (sizeof generator_start / sizeof generator_start[0])

static void sha256(const void *data, size_t len, unsigned char out[32]) {
    unsigned size = 32;
    ck_assert_int_eq(EVP_Digest(data, len, out, &size, EVP_sha256(), NULL), 1);
}

START_TEST(the_generators_hundred_thousand_numbers) {
    static const struct {
        size_t lines;
        const char *hash;
    } expected[] = {
        {1000, "be18b62b6f69cdab33a7e0dae0d9cfa869fda80ddc712221570f9f40a5878687"},
        {10000, "b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892"},
        {100000, "22776e6d4b49fa294a0d0f349268e5c28808fe7e0cb2bcbe28f63894e494d4c7"},
    };
    unsigned char block[32] = {0}, hash[32];
    size_t used = 4, stage = 0, len = 0;
    char *text = malloc(100000 * 50);
    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < 100000; i++) {
        uint64_t bits = 0;
        if (i < GENERATOR_START) {
            bits = generator_start[i];
        } else if (i < GENERATOR_START + 2000) {
            bits = UINT64_C(0x0010000000000000) + (i - GENERATOR_START);
        } else {
            while (bits << 1 == 0 || (bits >> 52 & 0x7FF) == 0x7FF) { /* neither zero nor infinite nor NaN */
                if (used == 4) {
                    sha256(block, sizeof block, block);
                    used = 0;
                }
                bits = 0;
                for (int b = 7; b >= 0; b--) bits = bits << 8 | block[8 * used + (size_t)b];
                used++;
            }
        }
        char number[32];
        ck_assert_uint_gt(armalo_i_json_number_text(from_bits(bits), number), 0);
        len += (size_t)sprintf(text + len, "%llx,%s\n", (unsigned long long)bits, number);
        if (i + 1 != expected[stage].lines) continue;
        char hex[65];
        sha256(text, len, hash);
        for (size_t b = 0; b < 32; b++) sprintf(hex + 2 * b, "%02x", hash[b]);
        ck_assert_str_eq(hex, expected[stage].hash);
        stage++;
    }
    ck_assert_uint_eq(stage, 3);
    free(text);
}
END_TEST

/* German writes 0,5. Needs the locale de_DE.UTF-8 (Debian: package locales-all). */
START_TEST(the_same_in_a_locale_with_decimal_commas) {
    char half[8];
    ck_assert_msg(setlocale(LC_ALL, "de_DE.UTF-8") != NULL, "install the package locales-all");
    snprintf(half, sizeof half, "%.1f", 0.5);
    ck_assert_str_eq(half, "0,5");
    for (size_t i = 0; i < sizeof appendix_b / sizeof appendix_b[0]; i++)
        number_is(from_bits(appendix_b[i].bits), appendix_b[i].text);
    BECOMES("[333333333.33333329, 4.50, 2e-3, 0.1234567890123456789, 1.7976931348623158e308]",
            "[333333333.3333333,4.5,0.002,0.12345678901234568,1.7976931348623157e+308]");
    armalo_i_json_fault fault;
    ck_assert_int_eq(armalo_i_json_scan(armalo_i_span_text("[1,5]"), SIZE_MAX, NULL, NULL, &fault), 1);
    ck_assert_int_eq(armalo_i_json_scan(armalo_i_span_text("1,5"), SIZE_MAX, NULL, NULL, &fault), 0);
    ck_assert_int_eq(armalo_i_json_scan(armalo_i_span_text("1.7976931348623159e308"), SIZE_MAX, NULL, NULL, &fault), 0);
    ck_assert_int_eq(fault.status, ARMALO_I_JSON_NUMBER_RANGE);
    ck_assert_ptr_nonnull(setlocale(LC_ALL, "C"));
}
END_TEST

START_TEST(deep_and_wide) {
    char text[1024], out[1024];
    size_t n = 0;
    for (int i = 0; i < 64; i++) n += (size_t)sprintf(text + n, "{ \"b\" :1,\"a\":");
    text[n++] = '2';
    for (int i = 0; i < 64; i++) text[n++] = '}';
    size_t len = canonical(text, n, out, sizeof out);
    ck_assert_int_eq(strncmp(out, "{\"a\":{\"a\":{\"a\":", 15), 0);
    ck_assert_uint_eq(len, 64 * 12 + 1);
    ck_assert_mem_eq(out + len - 14, ",\"b\":1},\"b\":1}", 14);
}
END_TEST

START_TEST(nothing_has_no_canonical_form) {
    armalo_i_json_value none = {ARMALO_I_JSON_NONE, {NULL, 0}};
    armalo_i_json_fault fault;
    char out[8];
    size_t len = 999;
    ck_assert_int_eq(armalo_i_json_canonical(none, out, sizeof out, &len, &fault), 0);
    ck_assert_int_eq(fault.status, ARMALO_I_JSON_BAD);
    ck_assert_uint_eq(len, 0);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, sample_of_section_3_2_2);
    tcase_add_test(tc, sample_of_section_3_2_3);
    tcase_add_test(tc, the_authors_weird_sample);
    tcase_add_test(tc, names_sort_by_utf16_units);
    tcase_add_test(tc, strings_escape_only_what_must_be);
    tcase_add_test(tc, number_texts);
    tcase_add_test(tc, no_digit_is_too_far_behind_to_count);
    tcase_add_test(tc, numbers_of_appendix_b);
    tcase_add_test(tc, numbers_at_powers_of_two);
    tcase_add_test(tc, the_generators_hundred_thousand_numbers);
    tcase_add_test(tc, the_same_in_a_locale_with_decimal_commas);
    tcase_add_test(tc, deep_and_wide);
    tcase_add_test(tc, nothing_has_no_canonical_form);
}
TEST_MAIN("codec_canonical", fill, 60)
