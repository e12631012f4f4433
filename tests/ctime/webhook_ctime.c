/* SPDX-License-Identifier: MIT */
/* Under valgrind, with secrets marked undefined: a branch or a memory address that depends on one is an error.
 *
 * Claimed: from an HMAC key to the verdict, no step depends on the key, on the right tag, or on how much of a wrong
 * signature is right (each comparison is of all its bytes; only its one bit of answer is let out, and is declassified
 * here); making an HMAC key from its bytes and an Ed25519 signature do not depend on theirs either; and of a secret
 * nothing reaches a decision or a delivery but the verdict.
 * Not claimed: reading a secret's base64 text, or writing one (tables: see codec/base64.c; done when an endpoint is
 * made, not on requests); opening a secret record; anything about signatures as received, which are public. */
#include "test.h"
#include "webhook_samples.h"

#include <valgrind/memcheck.h>

#include "crypto/crypto.h"

/* The library's own check, in which a comparison's answer becomes public after the comparison is over. */
static unsigned comparisons, tainted;

static int declassified_equal(const void *a, const void *b, size_t len) {
    unsigned char bits[64] = {0};
    int answer = armalo_i_equal(a, b, len);
    comparisons++;
    /* The secret must have come this far, or the test would say nothing. */
    (void)VALGRIND_GET_VBITS(a, bits, len < sizeof bits ? len : sizeof bits);
    for (size_t i = 0; i < len && i < sizeof bits; i++) {
        if (bits[i] != 0) {
            tainted++;
            break;
        }
    }
    (void)VALGRIND_MAKE_MEM_DEFINED(&answer, sizeof answer);
    return answer;
}

#define armalo_i_equal declassified_equal
#include "webhook/check.c"
#undef armalo_i_equal

/* A SHA-256 state begins with its eight words of hash, which the key has been stirred into; the counters that follow
 * are public. */
static void undefine_keys(armalo_webhook *hook) {
    for (size_t k = 0; k < hook->key_count; k++) {
        (void)VALGRIND_MAKE_MEM_UNDEFINED(&hook->key[k].hmac.inner, ARMALO_I_SHA256_SIZE);
        (void)VALGRIND_MAKE_MEM_UNDEFINED(&hook->key[k].hmac.outer, ARMALO_I_SHA256_SIZE);
    }
}

#define EXPECT_DEFINED(object) ck_assert_uint_eq(VALGRIND_CHECK_MEM_IS_DEFINED(&(object), sizeof(object)), 0)

START_TEST(test_under_valgrind) {
    ck_assert_msg(RUNNING_ON_VALGRIND != 0, "this test says something only under valgrind");
}
END_TEST

/* Whole and in pieces. */
static void verify_one(armalo_webhook *hook, const sample *s, const armalo_header *headers, int expected) {
    armalo_request r = sample_request(s);
    armalo_delivery delivery;
    armalo_decision why;
    r.headers = headers;
    unsigned long errors = VALGRIND_COUNT_ERRORS;
    ck_assert_int_eq(armalo_webhook_verify(hook, &r, &delivery, &why), expected);
    EXPECT_DEFINED(delivery);
    EXPECT_DEFINED(why);
    r.body = NULL;
    r.body_len = 0;
    armalo_webhook_stream *stream = armalo_webhook_begin(hook, &r, &why);
    ck_assert_ptr_nonnull(stream);
    ck_assert_int_eq(armalo_webhook_update(stream, s->body, 3), 1);
    ck_assert_int_eq(armalo_webhook_update(stream, s->body + 3, s->body_len - 3), 1);
    ck_assert_int_eq(armalo_webhook_finish(stream, &delivery, &why), expected);
    EXPECT_DEFINED(delivery);
    EXPECT_DEFINED(why);
    ck_assert_msg(VALGRIND_COUNT_ERRORS == errors, "%s: something depends on the secret", s->label);
}

/* Every item's digits spoilt: the first one, one near the end (before any padding), or all. 'b' and 'c' are digits of
 * both encodings. */
static void spoil(const sample *s, const armalo_header *header, int how, char *value) {
    memcpy(value, header->value, header->value_len);
    for (size_t i = 0; i < s->item_count; i++) {
        const char *text = s->item[i].text;
        size_t start = (size_t)(strstr(header->value, text) - header->value), len = strlen(text);
        size_t digits = text[len - 1] != '=' ? 64 : len > 88 ? 88 : 44;
        char *first = value + start + len - digits, *near_end = value + start + len - 4;
        if (how == 0) *first = *first == 'b' ? 'c' : 'b';
        if (how == 1) *near_end = *near_end == 'b' ? 'c' : 'b';
        if (how == 2) memset(first, 'c', digits - 4);
    }
}

START_TEST(test_verify) {
    sample s;
    int64_t now_ms = SAMPLE_NOW_MS;
    sample_make(&s, (enum sample_kind)_i);
    armalo_host *host = sample_host(&now_ms);
    armalo_store *store = armalo_memory_store_new(8, NULL);
    armalo_webhook_config config = sample_config(&s, _i % 2, store);
    armalo_webhook *hook = armalo_webhook_new(host, &config, NULL);
    ck_assert(host != NULL && hook != NULL);
    undefine_keys(hook);
    comparisons = tainted = 0;
    verify_one(hook, &s, s.header, 1);
    size_t at = 0; /* the signature's header: the longest value */
    for (size_t i = 0; i < s.header_count; i++) at = s.header[i].value_len > s.header[at].value_len ? i : at;
    for (int how = 0; how < 3; how++) {
        char value[512];
        armalo_header headers[4];
        memcpy(headers, s.header, sizeof headers);
        spoil(&s, &s.header[at], how, value);
        headers[at].value = value;
        verify_one(hook, &s, headers, 0);
    }
    if (_i != SAMPLE_STANDARD_V1A) { /* whose key is public */
        ck_assert_uint_ge(comparisons, 8);
        ck_assert_uint_eq(tainted, comparisons);
    }
    (void)VALGRIND_MAKE_MEM_DEFINED(hook, sizeof *hook);
    armalo_webhook_free(hook);
    armalo_store_free(store);
    armalo_host_free(host);
}
END_TEST

/* The comparison alone, over two secrets, alike and different in one byte, of the lengths that occur. */
START_TEST(test_equal) {
    static const size_t lengths[] = {1, 31, 32, 33, 64};
    for (size_t l = 0; l < sizeof lengths / sizeof lengths[0]; l++) {
        for (size_t differs = 0; differs <= lengths[l]; differs++) {
            uint8_t a[64], b[64];
            memset(a, 7, sizeof a);
            memset(b, 7, sizeof b);
            if (differs < lengths[l]) b[differs] ^= 0x80;
            (void)VALGRIND_MAKE_MEM_UNDEFINED(a, sizeof a);
            (void)VALGRIND_MAKE_MEM_UNDEFINED(b, sizeof b);
            unsigned long errors = VALGRIND_COUNT_ERRORS;
            int answer = armalo_i_equal(a, b, lengths[l]);
            ck_assert_uint_eq(VALGRIND_COUNT_ERRORS, errors);
            (void)VALGRIND_MAKE_MEM_DEFINED(&answer, sizeof answer);
            ck_assert_int_eq(answer, differs == lengths[l]);
        }
    }
}
END_TEST

START_TEST(test_keys) {
    static const size_t lengths[] = {1, 24, 32, 63, 64, 65, 200};
    for (size_t l = 0; l < sizeof lengths / sizeof lengths[0]; l++) {
        uint8_t bytes[200], tag[ARMALO_I_SHA256_SIZE], bits[ARMALO_I_SHA256_SIZE];
        armalo_i_hmac_key key;
        for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(3 * i + 1);
        (void)VALGRIND_MAKE_MEM_UNDEFINED(bytes, sizeof bytes);
        unsigned long errors = VALGRIND_COUNT_ERRORS;
        armalo_i_hmac_key_make(&key, bytes, lengths[l]);
        armalo_i_sha256 state = key.inner;
        armalo_i_sha256_add(&state, "message", 7);
        armalo_i_hmac_end(&key, &state, tag);
        ck_assert_uint_eq(VALGRIND_COUNT_ERRORS, errors);
        ck_assert_int_eq((int)VALGRIND_GET_VBITS(tag, bits, sizeof tag), 1);
        for (size_t i = 0; i < sizeof bits; i++) ck_assert_uint_eq(bits[i], 0xFF); /* the tag is as secret as the key */
    }
}
END_TEST

START_TEST(test_ed25519_signing) {
    uint8_t seed[ARMALO_I_ED25519_SEED], public_key[ARMALO_I_ED25519_PUBLIC], secret_key[ARMALO_I_ED25519_SECRET];
    uint8_t signature[ARMALO_I_ED25519_SIGNATURE];
    memcpy(seed, sample_seed, sizeof seed);
    (void)VALGRIND_MAKE_MEM_UNDEFINED(seed, sizeof seed);
    unsigned long errors = VALGRIND_COUNT_ERRORS;
    int made = armalo_i_ed25519_from_seed(seed, public_key, secret_key);
    (void)VALGRIND_MAKE_MEM_DEFINED(public_key, sizeof public_key); /* public by its nature, and so is its copy */
    (void)VALGRIND_MAKE_MEM_DEFINED(secret_key + ARMALO_I_ED25519_SEED, ARMALO_I_ED25519_PUBLIC);
    int done = armalo_i_ed25519_sign(secret_key, (const uint8_t *)"message", 7, signature);
    ck_assert_uint_eq(VALGRIND_COUNT_ERRORS, errors);
    (void)VALGRIND_MAKE_MEM_DEFINED(signature, sizeof signature);
    ck_assert_int_eq(made, 1);
    ck_assert_int_eq(done, 1);
    ck_assert_int_eq(armalo_i_ed25519_verify(public_key, (const uint8_t *)"message", 7, signature), 1);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_under_valgrind);
    tcase_add_loop_test(tc, test_verify, 0, SAMPLES);
    tcase_add_test(tc, test_equal);
    tcase_add_test(tc, test_keys);
    tcase_add_test(tc, test_ed25519_signing);
}

TEST_MAIN("webhook_ctime", fill, 0)
