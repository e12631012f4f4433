/* SPDX-License-Identifier: MIT */
/* tests/fuzz/key_fuzz.h: a host, and tokens and seals made without our code, for the fuzz targets about keys. A target
 * ends the process where something does not hold. */
#ifndef ARMALO_TESTS_FUZZ_KEY_FUZZ_H
#define ARMALO_TESTS_FUZZ_KEY_FUZZ_H

#include "armalo.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUZZ_NOW_MS INT64_C(1700000000000)

static inline void fuzz_must(int holds) {
    if (!holds) abort();
}

/* In a block of its exact size, so that a sanitizer sees a byte read past the end. */
static inline char *fuzz_exact(const void *bytes, size_t len) {
    char *copy = malloc(len > 0 ? len : 1);
    fuzz_must(copy != NULL);
    if (len > 0) memcpy(copy, bytes, len);
    return copy;
}

static inline int64_t fuzz_clock(void *ctx) {
    (void)ctx;
    return FUZZ_NOW_MS;
}

/* The sink: every event is strict JSON. */
static inline int fuzz_sink(void *ctx, const char *event, size_t len) {
    (void)ctx;
    fuzz_must(strlen(event) == len && armalo_json_check(event, len, SIZE_MAX, NULL));
    return 1;
}

static inline const uint8_t *fuzz_root(void) {
    static uint8_t root[32];
    for (size_t i = 0; i < sizeof root; i++) root[i] = (uint8_t)(7 * i + 1);
    return root;
}

static inline armalo_host *fuzz_host(void) {
    static armalo_host *host;
    armalo_host_config config = {.struct_size = sizeof config,
                                 .mode = ARMALO_MODE_PRODUCTION,
                                 .now_ms = fuzz_clock,
                                 .audit = fuzz_sink,
                                 .root_key = fuzz_root(),
                                 .root_key_len = 32};
    if (host == NULL) host = armalo_host_new(&config, NULL);
    fuzz_must(host != NULL);
    return host;
}

/* 64 hex digits of HMAC-SHA256 under sub-key number 1 (tokens) or 2 (records), without a NUL. */
static inline void fuzz_tag(uint64_t number, const void *text, size_t len, char *out) {
    uint8_t key[32], tag[32];
    char digits[65];
    unsigned tag_len = 0;
    fuzz_must(sodium_init() >= 0 && crypto_kdf_derive_from_key(key, 32, number, "armalo_1", fuzz_root()) == 0);
    fuzz_must(HMAC(EVP_sha256(), key, 32, text, len, tag, &tag_len) != NULL && tag_len == 32);
    for (size_t i = 0; i < 32; i++) snprintf(digits + 2 * i, 3, "%02x", tag[i]);
    memcpy(out, digits, 64);
}

/* The seal that a record should have: over its canonical JSON without the member `seal`. 1 if the text is JSON with
 * such a member at its top; *holds tells whether its seal is that one. */
static inline int fuzz_seal(const char *record, size_t len, char out[64], int *holds) {
    static char canonical[1 << 17];
    size_t size = 0;
    char stated[64] = "";
    *holds = 0;
    if (len == 0 || !armalo_json_canonical(record, len, canonical, sizeof canonical - 1, &size, NULL)) return 0;
    canonical[size] = 0;
    char *at = strstr(canonical, ",\"seal\":\"");
    if (at == NULL || canonical[0] != '{' || strlen(canonical) != size) return 0;
    char *end = strchr(at + 9, '"');
    if (end == NULL) return 0;
    int is_tag = end - at == 9 + 6 + 64 && memcmp(at + 9, "hs256:", 6) == 0;
    if (is_tag) memcpy(stated, at + 9 + 6, sizeof stated);
    memmove(at, end + 1, strlen(end + 1) + 1);
    fuzz_tag(2, canonical, strlen(canonical), out);
    *holds = is_tag && memcmp(stated, out, sizeof stated) == 0;
    return 1;
}

static inline void fuzz_check_decision(const armalo_decision *why, int granted) {
    char text[ARMALO_OPERATOR_TEXT_SIZE];
    size_t len = 0;
    fuzz_must((granted == 0 || granted == 1) && armalo_decision_granted(why) == granted);
    fuzz_must((why->reason == ARMALO_REASON_GRANTED) == granted && why->reason != ARMALO_REASON_UNDECIDED);
    fuzz_must(armalo_decision_operator(why, text, sizeof text, &len) == text &&
              armalo_json_check(text, len, SIZE_MAX, NULL));
}

#endif
