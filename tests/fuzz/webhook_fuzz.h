/* SPDX-License-Identifier: MIT */
/* tests/fuzz/webhook_fuzz.h: what holds of every decision on a delivery, whatever the delivery. A target ends the
 * process where it does not. */
#ifndef ARMALO_TESTS_FUZZ_WEBHOOK_FUZZ_H
#define ARMALO_TESTS_FUZZ_WEBHOOK_FUZZ_H

#include "armalo.h"
#include "webhook_samples.h"

#define FUZZ_HEADERS 12

/* The input, read from its beginning; zeros after its end. */
typedef struct fuzz_input {
    const uint8_t *at;
    size_t left;
} fuzz_input;

static inline uint8_t fuzz_byte(fuzz_input *in) {
    if (in->left == 0) return 0;
    in->left--;
    return *in->at++;
}

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

static inline void fuzz_check_decision(const armalo_decision *why, int granted) {
    static const struct {
        uint32_t number;
        int32_t evidence, public_class;
    } table[] = {
#define FUZZ_ROW(number, NAME, name, evidence, class_, meaning) {(number), ARMALO_##evidence, ARMALO_CLASS_##class_},
        ARMALO_REASONS(FUZZ_ROW)
#undef FUZZ_ROW
    };
    char text[ARMALO_OPERATOR_TEXT_SIZE];
    size_t i = 0, len = 0;
    while (i < sizeof table / sizeof table[0] && table[i].number != why->reason) i++;
    fuzz_must(i > 0 && i < sizeof table / sizeof table[0]); /* 0: undecided is no end */
    fuzz_must(why->evidence == table[i].evidence && why->public_class == table[i].public_class);
    fuzz_must((why->reason == ARMALO_REASON_GRANTED) == granted && (why->grant == ARMALO_GRANT) == granted);
    fuzz_must(armalo_decision_granted(why) == granted && (why->http_status == 200) == granted);
    fuzz_must(armalo_decision_operator(why, text, sizeof text, &len) == text && strlen(text) == len);
    fuzz_must(armalo_json_check(text, len, SIZE_MAX, NULL) == 1);
    fuzz_must(armalo_decision_public(why, text, sizeof text, &len) == text && strlen(text) == len);
    fuzz_must(armalo_json_check(text, len, SIZE_MAX, NULL) == 1);
}

static inline void fuzz_check_delivery(const armalo_delivery *delivery, int granted) {
    static const armalo_delivery none;
    if (!granted) fuzz_must(memcmp(delivery, &none, sizeof none) == 0);
    if (granted) fuzz_must(delivery->disposition == ARMALO_UNCHECKED && delivery->token == 0);
}

static inline int fuzz_in_pieces(armalo_webhook *hook, const armalo_request *r, size_t piece, armalo_delivery *delivery,
                                 armalo_decision *why) {
    armalo_request head = *r;
    head.body = NULL;
    head.body_len = 0;
    armalo_webhook_stream *stream = armalo_webhook_begin(hook, &head, why);
    if (stream == NULL) {
        memset(delivery, 0, sizeof *delivery);
        return 0;
    }
    for (size_t at = 0; at < r->body_len; at += piece) {
        size_t len = r->body_len - at < piece ? r->body_len - at : piece;
        if (armalo_webhook_update(stream, (const char *)r->body + at, len) != 1) break;
    }
    return armalo_webhook_finish(stream, delivery, why);
}

/* Verify whole and in pieces: the same answer, and outputs as documented. The endpoint must have no store. */
static inline int fuzz_verify(armalo_webhook *hook, const armalo_request *request, size_t piece, armalo_decision *why) {
    armalo_request r = *request;
    armalo_header headers[FUZZ_HEADERS];
    armalo_delivery delivery[2];
    armalo_decision streamed_why;
    size_t count = request->headers != NULL && request->header_count <= FUZZ_HEADERS ? request->header_count : 0;
    for (size_t i = 0; i < count; i++) {
        headers[i] = request->headers[i];
        if (headers[i].name != NULL) headers[i].name = fuzz_exact(headers[i].name, headers[i].name_len);
        if (headers[i].value != NULL) headers[i].value = fuzz_exact(headers[i].value, headers[i].value_len);
    }
    if (request->headers != NULL) r.headers = headers;
    char *body = request->body != NULL ? fuzz_exact(request->body, request->body_len) : NULL;
    r.body = body;
    r.request_id = "req-fuzz";
    r.request_id_len = 8;
    memset(delivery, 0xA5, sizeof delivery);
    memset(why, 0xA5, sizeof *why);
    int granted = armalo_webhook_verify(hook, &r, &delivery[0], why);
    int streamed = fuzz_in_pieces(hook, &r, piece, &delivery[1], &streamed_why);
    fuzz_must(granted == 0 || granted == 1);
    fuzz_check_decision(why, granted);
    fuzz_check_delivery(&delivery[0], granted);
    fuzz_check_decision(&streamed_why, streamed);
    fuzz_check_delivery(&delivery[1], streamed);
    fuzz_must(granted == streamed && why->reason == streamed_why.reason && why->labels == streamed_why.labels);
    fuzz_must(memcmp(&delivery[0], &delivery[1], sizeof delivery[0]) == 0);
    for (size_t i = 0; i < count; i++) {
        free((char *)(uintptr_t)headers[i].name);
        free((char *)(uintptr_t)headers[i].value);
    }
    free(body);
    return granted;
}

#endif
