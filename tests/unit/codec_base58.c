/* SPDX-License-Identifier: MIT */
/* codec: base58btc, with published samples and against a slow reading of the rule. */
#include "codec/base58.h"
#include "codec/text.h"
#include "test.h"
#include "vectors/attest/didkey.h"
#include "vectors/attest/eddsa_jcs.h"

static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/* Decodes a heap copy of exactly its size into a heap block of exactly cap bytes. */
static int decodes(const char *text, size_t text_len, size_t cap, uint8_t *out, size_t *len) {
    char *in = malloc(text_len == 0 ? 1 : text_len);
    uint8_t *exact = malloc(cap == 0 ? 1 : cap);
    ck_assert(in != NULL && exact != NULL);
    memcpy(in, text, text_len);
    *len = 999;
    int ok = armalo_i_base58_decode(armalo_i_span_of(in, text_len), exact, cap, len);
    ck_assert(ok == 0 || ok == 1);
    ck_assert_uint_eq(*len == 999, !ok); /* left alone when refused */
    ck_assert(!ok || *len <= cap);
    if (ok) memcpy(out, exact, *len);
    free(in);
    free(exact);
    return ok;
}

/* The bytes are this text and no other, with no more room than needed and no less. */
static void is_text_of(const uint8_t *bytes, size_t len, const char *text) {
    size_t text_len = strlen(text), got;
    char *exact = malloc(text_len + 1);
    uint8_t out[256];
    ck_assert_ptr_nonnull(exact);
    ck_assert_uint_eq(armalo_i_base58_encode(bytes, len, exact, text_len + 1), text_len);
    ck_assert_str_eq(exact, text);
    free(exact);
    exact = malloc(text_len == 0 ? 1 : text_len);
    ck_assert_ptr_nonnull(exact);
    ck_assert_uint_eq(armalo_i_base58_encode(bytes, len, exact, text_len), 0);
    free(exact);
    int fits = text_len <= ARMALO_I_BASE58_MAX;
    ck_assert_int_eq(decodes(text, text_len, len, out, &got), fits);
    if (!fits) return;
    ck_assert_uint_eq(got, len);
    if (len == 0) return;
    ck_assert_mem_eq(out, bytes, len);
    ck_assert_int_eq(decodes(text, text_len, len - 1, out, &got), 0);
    ck_assert_int_eq(decodes(text, text_len, sizeof out, out, &got), 1);
    ck_assert_uint_eq(got, len);
    ck_assert_mem_eq(out, bytes, len);
}

#define ZEROS_39 "000000000000000000000000000000000000000000000000000000000000000000000000000000"

/* Bitcoin Core, src/test/data/base58_encode_decode.json: hex and text. */
static const char *const bitcoin[][2] = {
    {"", ""},
    {"61", "2g"},
    {"626262", "a3gV"},
    {"636363", "aPEr"},
    {"73696d706c792061206c6f6e6720737472696e67", "2cFupjhnEsSn59qHXstmK2ffpLv2"},
    {"00eb15231dfceb60925886b67d065299925915aeb172c06647", "1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L"},
    {"516b6fcd0f", "ABnLTmg"},
    {"bf4f89001e670274dd", "3SEo3LWLoPntC"},
    {"572e4794", "3EFU7m"},
    {"ecac89cad93923c02321", "EJDM8drfXA6uyA"},
    {"10c8511e", "Rt5zm"},
    {"00000000000000000000", "1111111111"},
    {ZEROS_39 "00", "1111111111111111111111111111111111111111"},
    {ZEROS_39 "01", "1111111111111111111111111111111111111112"},
    {"0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "000000000000000000000000000000000000000000000000000000000000ec39d04c37e71e5d591881f6",
     "111111111111111111111111111111111111111111111111111111111111111111111111111111111111115TYzLYH1udmLdzCLM"},
    {"000111d38e5fc9071ffcd20b4a763cc9ae4f252bb4e48fd66a835e252ada93ff480d6dd43dc62a641155a5",
     "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"},
    {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637"
     "38393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f"
     "707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7"
     "a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf"
     "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
     "1cWB5HCBdLjAuqGGReWE3R3CguuwSjw6RHn39s2yuDRTS5NsBgNiFpWgAnEx6VQi8csexkgYw3mdYrMHr8x9i7aEwP8kZ7vccXWqKDvGv3u1GxFK"
     "PuAkn8JCPPGDMf3vMMnbzm6Nh9zh1gcNsMvH3ZNLmP5fSG6DGbbi2tuwMWPthr4boWwCxf7ewSgNQeacyozhKDDQQ1qL5fQFUW52QKUZDZ5fw3KX"
     "NQJMcNTcaB723LchjeKun7MuGW5qyCBZYzA1KjofN1gYBV3NqyhQJ3Ns746GNuf9N2pQPmHz4xpnSrrfCvy6TVVz5d4PdrjeshsWQwpZsZGzvbdA"
     "dN8MKV5QsBDY"},
    {"271f359e", "zzzzy"},
    {"271f359f", "zzzzz"},
    {"271f35a0", "211111"},
    {"271f35a1", "211112"},
};

START_TEST(bitcoins_samples) {
    for (size_t i = 0; i < sizeof bitcoin / sizeof bitcoin[0]; i++) {
        uint8_t bytes[256];
        size_t len;
        ck_assert_int_eq(armalo_i_hex_decode(armalo_i_span_text(bitcoin[i][0]), bytes, sizeof bytes, &len), 1);
        is_text_of(bytes, len, bitcoin[i][1]);
    }
}
END_TEST

/* draft-msporny-base58-03, section 5. */
START_TEST(samples_of_the_draft) {
    is_text_of((const uint8_t *)"Hello World!", 12, "2NEpo7TZRRrLZSi2U");
    is_text_of((const uint8_t *)"The quick brown fox jumps over the lazy dog.", 44,
               "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z");
    is_text_of((const uint8_t *)"\x00\x00\x28\x7F\xB4\xCD", 6, "11233QC4");
}
END_TEST

/* Keys and signatures as attestations have them: a 'z', then base58btc; a key after the code of its kind. */
START_TEST(samples_of_did_key) {
    static const char *const codes[][2] = {
        {"Ed25519", "ed01"}, {"P-256", "8024"}, {"P-384", "8124"}, {"P-521", "8224"}};
    for (size_t i = 0; i < sizeof didkey_vectors / sizeof didkey_vectors[0]; i++) {
        const didkey_vector *v = &didkey_vectors[i];
        char hex[256];
        uint8_t bytes[128];
        size_t len = 0, kind = 0;
        while (strcmp(codes[kind][0], v->curve) != 0) kind++;
        const char *sign = v->y_hex == NULL ? "" : strchr("13579bdf", v->y_hex[strlen(v->y_hex) - 1]) ? "03" : "02";
        snprintf(hex, sizeof hex, "%s%s%s", codes[kind][1], sign, v->x_hex);
        ck_assert_int_eq(armalo_i_hex_decode(armalo_i_span_text(hex), bytes, sizeof bytes, &len), 1);
        is_text_of(bytes, len, v->did + strlen("did:key:z"));
    }
    for (size_t i = 0; i < sizeof eddsa_jcs_vectors / sizeof eddsa_jcs_vectors[0]; i++) {
        uint8_t bytes[64];
        size_t len = 0;
        armalo_i_span hex = armalo_i_span_text(eddsa_jcs_vectors[i].signature_hex);
        ck_assert_int_eq(armalo_i_hex_decode(hex, bytes, sizeof bytes, &len), 1);
        is_text_of(bytes, len, eddsa_jcs_vectors[i].proof_value + 1);
    }
}
END_TEST

/* Of the 256 bytes, 58 are digits: each with its value, and no other in any place. */
START_TEST(the_alphabet_is_exact) {
    for (int c = 0; c < 256; c++) {
        const char *at = c == 0 ? NULL : strchr(alphabet, c);
        uint8_t out[16];
        size_t len;
        char one = (char)c;
        ck_assert_int_eq(decodes(&one, 1, sizeof out, out, &len), at != NULL);
        if (at != NULL) {
            ck_assert_uint_eq(len, 1);
            ck_assert_uint_eq(out[0], (size_t)(at - alphabet));
        }
        for (size_t place = 0; place < 16; place++) {
            char text[] = "zzzzzzzzzzzzzzzz";
            text[place] = (char)c;
            ck_assert_int_eq(decodes(text, 16, sizeof out, out, &len), at != NULL);
        }
    }
}
END_TEST

START_TEST(nothing_is_text_of_nothing) {
    size_t len = 999;
    char out[2] = "x";
    ck_assert_int_eq(armalo_i_base58_decode(armalo_i_span_of(NULL, 0), NULL, 0, &len), 1);
    ck_assert_uint_eq(len, 0);
    ck_assert_uint_eq(armalo_i_base58_encode(NULL, 0, out, sizeof out), 0);
    ck_assert_str_eq(out, "");
    ck_assert_uint_eq(armalo_i_base58_encode((const uint8_t *)"a", 1, NULL, 0), 0);
}
END_TEST

START_TEST(at_most_192_characters) {
    char text[ARMALO_I_BASE58_MAX + 1], again[ARMALO_I_BASE58_MAX + 1];
    uint8_t out[256];
    size_t len;
    memset(text, 'z', sizeof text);
    ck_assert_int_eq(decodes(text, ARMALO_I_BASE58_MAX, sizeof out, out, &len), 1);
    ck_assert_uint_eq(len, 141); /* 58^192 is between 2^1124 and 2^1125 */
    ck_assert_uint_eq(armalo_i_base58_encode(out, len, again, sizeof again), ARMALO_I_BASE58_MAX);
    ck_assert_mem_eq(again, text, ARMALO_I_BASE58_MAX);
    ck_assert_int_eq(decodes(text, ARMALO_I_BASE58_MAX + 1, sizeof out, out, &len), 0);
    memset(text, '1', sizeof text);
    ck_assert_int_eq(decodes(text, ARMALO_I_BASE58_MAX, ARMALO_I_BASE58_MAX, out, &len), 1);
    ck_assert_uint_eq(len, ARMALO_I_BASE58_MAX);
    for (size_t i = 0; i < len; i++) ck_assert_uint_eq(out[i], 0);
    ck_assert_int_eq(decodes(text, ARMALO_I_BASE58_MAX, ARMALO_I_BASE58_MAX - 1, out, &len), 0);
    ck_assert_int_eq(decodes(text, ARMALO_I_BASE58_MAX + 1, sizeof out, out, &len), 0);
}
END_TEST

START_TEST(no_more_is_written_than_there_is_room) {
    static const uint8_t bytes[24] = {0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    for (size_t zeros = 0; zeros <= 3; zeros++) {
        char whole[64];
        const uint8_t *in = bytes + 3 - zeros;
        size_t in_len = sizeof bytes - 3 + zeros, len = armalo_i_base58_encode(in, in_len, whole, sizeof whole);
        ck_assert_uint_ne(len, 0);
        for (size_t cap = 0; cap <= len; cap++) {
            char *exact = malloc(cap == 0 ? 1 : cap);
            ck_assert_ptr_nonnull(exact);
            memset(exact, 'x', cap);
            ck_assert_uint_eq(armalo_i_base58_encode(in, in_len, exact, cap), 0);
            if (cap != 0) ck_assert_int_eq(exact[0], '\0'); /* a text of nothing, rather than half of one */
            free(exact);
        }
    }
}
END_TEST

/* The rule, slowly: divide the whole number by 58 until nothing is left. */
static void slow_text(const uint8_t *bytes, size_t len, char *text) {
    uint8_t number[256];
    char reversed[512];
    size_t n = 0, at = 0;
    memcpy(number, bytes, len);
    for (;;) {
        unsigned rest = 0, any = 0;
        for (size_t i = 0; i < len; i++) {
            unsigned part = rest * 256 + number[i];
            number[i] = (uint8_t)(part / 58);
            rest = part % 58;
            any |= number[i] | rest;
        }
        if (!any) break;
        reversed[n++] = alphabet[rest];
    }
    for (size_t i = 0; i < len && bytes[i] == 0; i++) text[at++] = '1';
    while (n > 0) text[at++] = reversed[--n];
    text[at] = '\0';
}

static uint32_t seed;
static uint32_t random_below(uint32_t n) {
    seed = seed * UINT32_C(1664525) + UINT32_C(1013904223);
    return (seed >> 8) % n;
}

START_TEST(bytes_of_every_length) {
    seed = 58;
    for (size_t len = 1; len <= 140; len++) {
        for (int round = 0; round < 6; round++) {
            uint8_t bytes[140];
            char text[512];
            size_t zeros = round == 0 ? 0 : random_below((uint32_t)len + 1);
            for (size_t i = 0; i < len; i++) bytes[i] = (uint8_t)random_below(256);
            if (round % 2 != 0) memset(bytes, 0, zeros);
            if (round == 4) memset(bytes, 0xFF, len);
            if (round == 5) memset(bytes + len - zeros, 0, zeros);
            slow_text(bytes, len, text);
            is_text_of(bytes, len, text);
        }
    }
}
END_TEST

/* Every text of digits is the one text of its bytes. */
START_TEST(texts_of_every_length) {
    seed = 85;
    for (size_t len = 1; len <= ARMALO_I_BASE58_MAX; len++) {
        char text[ARMALO_I_BASE58_MAX + 1];
        uint8_t bytes[ARMALO_I_BASE58_MAX];
        size_t got, ones = random_below(3) == 0 ? random_below((uint32_t)len) : 0;
        for (size_t i = 0; i < len; i++) text[i] = alphabet[i < ones ? 0 : random_below(58)];
        text[len] = '\0';
        ck_assert_int_eq(decodes(text, len, sizeof bytes, bytes, &got), 1);
        is_text_of(bytes, got, text);
    }
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, bitcoins_samples);
    tcase_add_test(tc, samples_of_the_draft);
    tcase_add_test(tc, samples_of_did_key);
    tcase_add_test(tc, the_alphabet_is_exact);
    tcase_add_test(tc, nothing_is_text_of_nothing);
    tcase_add_test(tc, at_most_192_characters);
    tcase_add_test(tc, no_more_is_written_than_there_is_room);
    tcase_add_test(tc, bytes_of_every_length);
    tcase_add_test(tc, texts_of_every_length);
}
TEST_MAIN("codec_base58", fill, 60)
