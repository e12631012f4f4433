/* SPDX-License-Identifier: MIT */
/* codec when memory runs out, at every allocation; and secrets that are gone before their memory is. */
#include "codec/json.h"
#include "codec/memory.h"
#include "test.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);

static int armed, failed;
static size_t left;                  /* allocations until they fail, while armed */
static const unsigned char *watched; /* freed memory that must be zero */
static size_t watched_size, freed_clean;

static int refuse(void) {
    if (!armed) return 0;
    if (left > 0) {
        left--;
        return 0;
    }
    failed = 1;
    return 1;
}

void *__wrap_malloc(size_t size) { return refuse() ? NULL : __real_malloc(size); }
void *__wrap_calloc(size_t count, size_t size) { return refuse() ? NULL : __real_calloc(count, size); }
void *__wrap_realloc(void *memory, size_t size) { return refuse() ? NULL : __real_realloc(memory, size); }
void __wrap_free(void *memory) {
    if (memory != NULL && memory == (const void *)watched) {
        size_t zeros = 0;
        while (zeros < watched_size && watched[zeros] == 0) zeros++;
        freed_clean += zeros == watched_size;
        watched = NULL;
    }
    __real_free(memory);
}

/* { "k0": {"a":0}, ... }: enough members for every list to grow. */
static char *wide(size_t members, size_t *len) {
    char *text = malloc(members * 24 + 3);
    ck_assert_ptr_nonnull(text);
    size_t n = 0;
    text[n++] = '{';
    for (size_t i = 0; i < members; i++) n += (size_t)sprintf(text + n, "%s\"k%zu\":{\"a\":0}", i == 0 ? "" : ",", i);
    text[n++] = '}';
    *len = n;
    return text;
}

START_TEST(load_without_memory) {
    size_t len;
    char *text = wide(3000, &len);
    armalo_i_json_fault fault;
    armalo_i_json_value root;
    memset(&root, 0xFF, sizeof root);
    left = 0;
    armed = 1;
    int ok = armalo_i_json_load(armalo_i_span_of(text, len), SIZE_MAX, &root, &fault);
    int quiet = armalo_i_json_load(armalo_i_span_of(text, len), SIZE_MAX, &root, NULL);
    armed = 0;
    ck_assert_int_eq(ok, 0);
    ck_assert_int_eq(quiet, 0);
    ck_assert_int_eq(fault.status, ARMALO_I_JSON_NO_MEMORY);
    ck_assert_int_eq(root.type, ARMALO_I_JSON_NONE);
    free(text);
}
END_TEST

/* The hot path: as long as the stack's share is enough, nothing is allocated. */
START_TEST(scan_allocates_nothing) {
    size_t len;
    char *text = wide(1000, &len);
    armalo_i_json_value root;
    failed = 0;
    left = 0;
    armed = 1;
    int scanned = armalo_i_json_scan(armalo_i_span_of(text, len), SIZE_MAX, NULL, NULL, NULL);
    int loaded = armalo_i_json_load(armalo_i_span_of(text, len), SIZE_MAX, &root, NULL);
    armed = 0;
    ck_assert_int_eq(scanned, 1);
    ck_assert_int_eq(loaded, 1);
    ck_assert_int_eq(failed, 0);
    free(text);
}
END_TEST

START_TEST(canonical_without_memory) {
    size_t len, size = 999, runs = 0;
    char *text = wide(3000, &len), *out = malloc(len);
    ck_assert_ptr_nonnull(out);
    armalo_i_json_fault fault;
    armalo_i_json_value root;
    ck_assert_int_eq(armalo_i_json_load(armalo_i_span_of(text, len), SIZE_MAX, &root, NULL), 1);
    for (;; runs++) {
        memset(out, '#', len);
        left = runs;
        failed = 0;
        armed = 1;
        int ok = armalo_i_json_canonical(root, out, len, &size, &fault);
        armed = 0;
        ck_assert_int_eq(ok, !failed);
        if (ok) break;
        ck_assert_int_eq(fault.status, ARMALO_I_JSON_NO_MEMORY);
        ck_assert_uint_eq(size, 0);
        ck_assert_int_eq(out[0], '#');
    }
    ck_assert_uint_ge(runs, 5);
    ck_assert_uint_eq(size, len);
    free(text);
    free(out);
}
END_TEST

START_TEST(wiped_before_freed) {
    unsigned char *secret = armalo_i_alloc(100);
    ck_assert_ptr_nonnull(secret);
    memset(secret, 0x5A, 100);
    watched = secret;
    watched_size = 100;
    freed_clean = 0;
    armalo_i_release_wiped(secret, 100);
    ck_assert_ptr_null(watched);
    ck_assert_uint_eq(freed_clean, 1);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, load_without_memory);
    tcase_add_test(tc, scan_allocates_nothing);
    tcase_add_test(tc, canonical_without_memory);
    tcase_add_test(tc, wiped_before_freed);
}
TEST_MAIN("codec_memory", fill, 60)
