/* SPDX-License-Identifier: MIT */
/* No change of a valid delivery is granted, unless it changes nothing that counts. Every bit, every truncation, every
 * swap of neighbours, every header removed or doubled, of one delivery of every shape the presets know; each verified
 * whole and in random pieces, with the same answer to the byte. What does not count is listed in sample_holds(); it is
 * held both ways: what the rule lets through must be granted, all else denied. */
#include "test.h"
#include "webhook_samples.h"

enum place { IN_NAME, IN_VALUE, IN_BODY, IN_LIST, PLACES };

typedef struct bench {
    sample s;
    armalo_host *host;
    armalo_webhook *hook[2]; /* with an allowlist; with any event */
    int64_t now_ms;
    uint32_t random;
    unsigned tried, granted[PLACES]; /* granted: of the changes of one bit, and of the list */
    int counting;
} bench;

static uint32_t draw(bench *b, uint32_t below) {
    b->random = b->random * UINT32_C(1664525) + UINT32_C(1013904223);
    return (uint32_t)(((uint64_t)b->random * below) >> 32);
}

/* In a block of its exact size, so that a sanitizer sees a byte read past the end. */
static char *exact(const void *bytes, size_t len) {
    char *copy = malloc(len);
    ck_assert(len == 0 || copy != NULL);
    if (len > 0) memcpy(copy, bytes, len);
    return copy;
}

static armalo_header *copy_headers(const armalo_header *headers, size_t count) {
    armalo_header *copy = malloc(count * sizeof *copy + 1);
    ck_assert_ptr_nonnull(copy);
    for (size_t i = 0; i < count; i++) {
        copy[i] = headers[i];
        copy[i].name = exact(headers[i].name, headers[i].name_len);
        copy[i].value = exact(headers[i].value, headers[i].value_len);
    }
    return copy;
}

static void free_headers(armalo_header *headers, size_t count) {
    for (size_t i = 0; i < count; i++) {
        free((char *)(uintptr_t)headers[i].name);
        free((char *)(uintptr_t)headers[i].value);
    }
    free(headers);
}

static int all_zero(const void *memory, size_t len) {
    const unsigned char *bytes = memory;
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != 0) return 0;
    }
    return 1;
}

static int verify_whole(bench *b, armalo_webhook *hook, const armalo_request *r, armalo_delivery *delivery,
                        armalo_decision *why) {
    armalo_request own = *r;
    armalo_header *headers = copy_headers(r->headers, r->header_count);
    char *body = exact(r->body, r->body_len);
    own.headers = headers;
    own.body = body;
    (void)b;
    int granted = armalo_webhook_verify(hook, &own, delivery, why);
    free(body);
    free_headers(headers, r->header_count);
    return granted;
}

static int verify_pieces(bench *b, armalo_webhook *hook, const armalo_request *r, armalo_delivery *delivery,
                         armalo_decision *why) {
    armalo_request own = *r;
    armalo_header *headers = copy_headers(r->headers, r->header_count);
    own.headers = headers;
    own.body = NULL;
    own.body_len = 0;
    armalo_webhook_stream *stream = armalo_webhook_begin(hook, &own, why);
    free_headers(headers, r->header_count); /* begin has copied what it needs */
    if (stream == NULL) {
        memset(delivery, 0, sizeof *delivery);
        return 0;
    }
    ck_assert_uint_eq(why->reason, ARMALO_REASON_UNDECIDED);
    ck_assert(!armalo_decision_granted(why));
    for (size_t at = 0; at < r->body_len;) {
        size_t len = 1 + draw(b, 16);
        if (len > r->body_len - at) len = r->body_len - at;
        char *piece = exact((const char *)r->body + at, len);
        ck_assert_int_eq(armalo_webhook_update(stream, piece, len), 1);
        free(piece);
        at += len;
    }
    memset(delivery, 0xA5, sizeof *delivery);
    memset(why, 0xA5, sizeof *why);
    return armalo_webhook_finish(stream, delivery, why);
}

static void judge(bench *b, const armalo_request *r, enum place place, const char *what) {
    for (int any = 0; any < 2; any++) {
        armalo_delivery delivery[2];
        armalo_decision why[2];
        memset(delivery, 0xA5, sizeof delivery);
        memset(why, 0xA5, sizeof why);
        int expected = sample_holds(&b->s, r, any);
        int granted = verify_whole(b, b->hook[any], r, &delivery[0], &why[0]);
        int streamed = verify_pieces(b, b->hook[any], r, &delivery[1], &why[1]);
        b->tried++;
        ck_assert_msg(granted == expected, "%s, %s, any_event %d: %s (%s)", b->s.label, what, any,
                      granted ? "granted" : "denied", armalo_reason_name(why[0].reason));
        ck_assert_msg(streamed == granted, "%s, %s: whole %d, in pieces %d", b->s.label, what, granted, streamed);
        ck_assert_int_eq(armalo_decision_granted(&why[0]), granted);
        ck_assert_int_eq(why[0].grant == ARMALO_GRANT, granted);
        if (!granted) memcpy(why[1].detail, why[0].detail, sizeof why[1].detail); /* a stream ends without the name */
        ck_assert_msg(memcmp(&why[0], &why[1], sizeof why[0]) == 0, "%s, %s: %s and %s", b->s.label, what,
                      armalo_reason_name(why[0].reason), armalo_reason_name(why[1].reason));
        ck_assert_mem_eq(&delivery[0], &delivery[1], sizeof delivery[0]);
        if (!granted) {
            ck_assert(all_zero(&delivery[0], sizeof delivery[0]));
            ck_assert_int_ne(why[0].evidence, ARMALO_POSITIVE);
            continue;
        }
        b->granted[place] += b->counting ? 1 : 0;
        ck_assert_int_eq(delivery[0].disposition, ARMALO_UNCHECKED);
        /* What is let through though nobody signed it says so. */
        if (b->s.family[0][SAMPLE_ID] != NULL && !b->s.id_signed)
            ck_assert(why[0].labels & ARMALO_LABEL_DELIVERY_ID_UNSIGNED);
        else if (b->s.family[0][SAMPLE_ID] != NULL)
            ck_assert_str_eq(delivery[0].id, b->s.id);
        if (b->s.event_in_header && any && strcmp(delivery[0].event, b->s.event) != 0 && delivery[0].event[0] != 0)
            ck_assert(why[0].labels & ARMALO_LABEL_EVENT_UNSIGNED);
    }
}

/* The three byte strings of a request that can be changed: a header's name, its value, the body. */
typedef struct target {
    enum place place;
    size_t header;
} target;

static const char *target_bytes(const bench *b, target t, size_t *len) {
    const armalo_header *h = &b->s.header[t.header];
    *len = t.place == IN_NAME ? h->name_len : t.place == IN_VALUE ? h->value_len : b->s.body_len;
    return t.place == IN_NAME ? h->name : t.place == IN_VALUE ? h->value : b->s.body;
}

static void judge_changed(bench *b, target t, const char *bytes, size_t len, const char *what, size_t at) {
    armalo_header headers[4];
    armalo_request r = sample_request(&b->s);
    char text[160];
    memcpy(headers, b->s.header, sizeof headers);
    r.headers = headers;
    if (t.place == IN_BODY) {
        r.body = bytes;
        r.body_len = len;
    } else if (t.place == IN_VALUE) {
        headers[t.header].value = bytes;
        headers[t.header].value_len = len;
    } else {
        headers[t.header].name = bytes;
        headers[t.header].name_len = len;
    }
    snprintf(text, sizeof text, "%s %zu of %s %s", what, at, t.place == IN_BODY ? "the body" : headers[t.header].name,
             t.place == IN_NAME ? "(name)" : "");
    judge(b, &r, t.place, t.place == IN_NAME ? what : text);
}

static void judge_target(bench *b, target t) {
    size_t len;
    const char *bytes = target_bytes(b, t, &len);
    char changed[640];
    b->counting = 1;
    for (size_t bit = 0; bit < 8 * len; bit++) {
        memcpy(changed, bytes, len);
        changed[bit / 8] = (char)(changed[bit / 8] ^ (1 << bit % 8));
        judge_changed(b, t, changed, len, "bit", bit);
    }
    b->counting = 0;
    for (size_t i = 0; i + 1 < len; i++) {
        memcpy(changed, bytes, len);
        changed[i] = bytes[i + 1];
        changed[i + 1] = bytes[i];
        judge_changed(b, t, changed, len, "swap", i);
    }
    for (size_t cut = 0; cut < len; cut++) {
        judge_changed(b, t, bytes, cut, "cut at", cut);
        if (cut > 0) judge_changed(b, t, bytes + cut, len - cut, "cut up to", cut);
    }
    for (size_t i = 0; i <= len; i++) { /* one byte more, at every place */
        static const char more[] = {'0', ' ', '.', ',', '=', 'A', '\0', '\n', (char)0xff};
        memcpy(changed, bytes, i);
        memcpy(changed + i + 1, bytes + i, len - i);
        changed[i] = more[i % sizeof more];
        judge_changed(b, t, changed, len + 1, "byte more at", i);
    }
}

static void judge_lists(bench *b) {
    armalo_request r = sample_request(&b->s);
    armalo_header headers[8];
    size_t count = b->s.header_count;
    b->counting = 1;
    for (size_t i = 0; i < count; i++) {
        memcpy(headers, b->s.header, count * sizeof *headers);
        memmove(headers + i, headers + i + 1, (count - i - 1) * sizeof *headers);
        r.headers = headers;
        r.header_count = count - 1;
        judge(b, &r, IN_LIST, "a header removed");
        for (size_t at = 0; at <= count; at++) {
            memcpy(headers, b->s.header, at * sizeof *headers);
            headers[at] = b->s.header[i];
            memcpy(headers + at + 1, b->s.header + at, (count - at) * sizeof *headers);
            r.header_count = count + 1;
            judge(b, &r, IN_LIST, "a header twice");
        }
        for (size_t k = 0; k < count; k++) {
            memcpy(headers, b->s.header, count * sizeof *headers);
            headers[i] = b->s.header[k];
            headers[k] = b->s.header[i];
            r.header_count = count;
            judge(b, &r, IN_LIST, "two headers in another order");
            headers[i] = (armalo_header){b->s.header[i].name, b->s.header[i].name_len, b->s.header[k].value,
                                         b->s.header[k].value_len};
            headers[k] = (armalo_header){b->s.header[k].name, b->s.header[k].name_len, b->s.header[i].value,
                                         b->s.header[i].value_len};
            judge(b, &r, IN_LIST, "two values exchanged");
        }
    }
    r.headers = NULL;
    r.header_count = 0;
    judge(b, &r, IN_LIST, "no headers");
}

START_TEST(test_changes) {
    bench b;
    memset(&b, 0, sizeof b);
    sample_make(&b.s, (enum sample_kind)_i);
    b.now_ms = SAMPLE_NOW_MS;
    b.random = 1 + (uint32_t)_i;
    b.counting = 1;
    b.host = sample_host(&b.now_ms);
    ck_assert_ptr_nonnull(b.host);
    for (int any = 0; any < 2; any++) {
        armalo_decision why;
        armalo_webhook_config config = sample_config(&b.s, any, NULL);
        b.hook[any] = armalo_webhook_new(b.host, &config, &why);
        ck_assert_msg(b.hook[any] != NULL, "%s: %s %s", b.s.label, armalo_reason_name(why.reason), why.detail);
    }
    armalo_request untouched = sample_request(&b.s);
    judge(&b, &untouched, IN_LIST, "nothing changed");
    ck_assert_uint_eq(b.granted[IN_LIST], 2);

    target body = {IN_BODY, 0};
    judge_target(&b, body);
    ck_assert_uint_eq(b.granted[IN_BODY], 0);
    for (size_t h = 0; h < b.s.header_count; h++) {
        judge_target(&b, (target){IN_NAME, h});
        judge_target(&b, (target){IN_VALUE, h});
    }
    judge_lists(&b);
    ck_assert_uint_gt(b.granted[IN_NAME], 0); /* the case of a letter */
    /* One proving item of two, or an unsigned id or event: only these leave a value of which a bit may change. hook0's
     * event is signed where the signature is v1. */
    int free_value = b.s.item_count > 1 || (b.s.event_in_header && !b.s.item[0].needs_names);
    if (free_value)
        ck_assert_uint_gt(b.granted[IN_VALUE], 0);
    else
        ck_assert_uint_eq(b.granted[IN_VALUE], 0);
    printf("# %-22s %6u changes; let through: %u in names, %u in values, %u in the list\n", b.s.label, b.tried,
           b.granted[IN_NAME], b.granted[IN_VALUE], b.granted[IN_LIST]);
    armalo_webhook_free(b.hook[0]);
    armalo_webhook_free(b.hook[1]);
    armalo_host_free(b.host);
}
END_TEST

static void fill(TCase *tc) { tcase_add_loop_test(tc, test_changes, 0, SAMPLES); }

TEST_MAIN("webhook_bits", fill, 120)
