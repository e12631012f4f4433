/* SPDX-License-Identifier: MIT */
/* A body in pieces: the same verdict as in one piece, however it is cut, judged at the time when it ends. */
#include "webhook_forge.h"

static world w;
static forge f;
static forge_config c;
static forge_store s;

static armalo_webhook *begin(int kind) {
    world_init(&w);
    world_start(&w);
    forge_store_init(&s);
    forge_config_init(&c, kind, FORGE_RECEIVES);
    c.config.store = &s.store;
    forge_make(&f, kind, FORGE_NOW_S, 0);
    return forge_open(&w, &c.config);
}
static void end(armalo_webhook *hook) {
    armalo_webhook_free(hook);
    world_end(&w);
}

/* Open a stream for the request without its body. The memory of the request is overwritten afterwards. */
static armalo_webhook_stream *open_stream(armalo_webhook *hook) {
    armalo_header headers[300];
    static char names[300][64], values[300][8192];
    armalo_request request = f.request;
    request.headers = headers;
    request.body = NULL;
    request.body_len = 0;
    for (size_t i = 0; i < request.header_count && i < 300; i++) {
        headers[i] = f.headers[i];
        if (headers[i].name_len > 64 || headers[i].value_len > 8192) continue;
        memcpy(names[i], headers[i].name, headers[i].name_len);
        headers[i].name = names[i];
        if (headers[i].value_len > 0) memcpy(values[i], headers[i].value, headers[i].value_len);
        headers[i].value = values[i];
    }
    unsigned before = w.decisions;
    memset(&w.why, 0xFF, sizeof w.why);
    armalo_webhook_stream *stream = armalo_webhook_begin(hook, &request, &w.why);
    memset(headers, 0xFF, sizeof headers);
    memset(names, 0xFF, sizeof names);
    memset(values, 0xFF, sizeof values);
    ck_assert_int_eq(armalo_decision_granted(&w.why), 0);
    if (stream != NULL) {
        ck_assert_uint_eq(w.why.reason, ARMALO_REASON_UNDECIDED);
        ck_assert_uint_eq(w.decisions, before); /* nothing is decided, so nothing is told */
    }
    return stream;
}

static void take(armalo_webhook_stream *stream, const char *data, size_t len) {
    char *copy = malloc(len == 0 ? 1 : len); /* the caller's buffer may go at once */
    ck_assert_ptr_nonnull(copy);
    if (len > 0) memcpy(copy, data, len);
    ck_assert_int_eq(armalo_webhook_update(stream, copy, len), 1);
    free(copy);
}

/* Each single cut, byte by byte, and with empty pieces in between. */
START_TEST(test_every_split) {
    armalo_webhook *hook = begin(_i);
    const char *body = f.request.body;
    const size_t len = f.request.body_len;
    EXPECT_GRANT(&w, armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why));
    const armalo_delivery whole = w.delivery;
    const armalo_decision said = w.why;
    for (size_t cut = 0; cut <= len + 1; cut++) {
        forge_store_init(&s);
        armalo_webhook_stream *stream = open_stream(hook);
        ck_assert_ptr_nonnull(stream);
        char id[ARMALO_REQUEST_ID_SIZE];
        memcpy(id, w.why.request_id, sizeof id);
        if (cut <= len) {
            take(stream, body, cut);
            take(stream, NULL, 0);
            take(stream, body + cut, len - cut);
        } else {
            for (size_t i = 0; i < len; i++) take(stream, body + i, 1);
        }
        EXPECT_GRANT(&w, armalo_webhook_finish(stream, &w.delivery, &w.why));
        ck_assert_str_eq(w.why.request_id, id); /* one request, one id */
        ck_assert_uint_eq(w.why.labels, said.labels);
        ck_assert_str_eq(w.delivery.id, whole.id);
        ck_assert_str_eq(w.delivery.event, whole.event);
        ck_assert_int_eq(w.delivery.timestamp_s, whole.timestamp_s);
        ck_assert_mem_eq(w.delivery.key, whole.key, 32);
        ck_assert_int_eq(w.delivery.disposition, ARMALO_PROCESS);
    }
    end(hook);
}
END_TEST

/* Every defect is found, by begin or by finish, and called the same as in one piece. */
START_TEST(test_every_defect) {
    armalo_webhook *hook = begin(_i);
    for (int number = 0; number < FORGE_DEFECT_COUNT; number++) {
        uint32_t reason = forge_reason(forge_kind_of(_i), number);
        if (reason == ARMALO_REASON_GRANTED) continue;
        forge_make(&f, _i, FORGE_NOW_S, UINT64_C(1) << number);
        unsigned before = w.decisions;
        armalo_webhook_stream *stream = open_stream(hook);
        if (stream == NULL) {
            forge_denied(&w, 0, reason, before, 1, __FILE__, __LINE__, forge_defect_name(number));
            if (reason == ARMALO_REASON_HEADER_MISSING) ck_assert_str_ne(w.why.detail, ""); /* which header */
            continue;
        }
        int taken = 1;
        for (size_t at = 0; at < f.request.body_len && taken; at += 100) {
            size_t len = f.request.body_len - at < 100 ? f.request.body_len - at : 100;
            taken = armalo_webhook_update(stream, f.body + at, len);
        }
        ck_assert_int_eq(taken, reason != ARMALO_REASON_BODY_TOO_LARGE);
        EXPECT_DENY(&w, armalo_webhook_finish(stream, &w.delivery, &w.why), reason);
    }
    ck_assert_uint_eq(s.claims, 0);
    end(hook);
}
END_TEST

START_TEST(test_arguments) {
    armalo_webhook *hook = begin(FORGE_STANDARD);
    armalo_webhook_stream *stream = NULL;
    armalo_request request = f.request;
    EXPECT_REFUSE(&w, (stream = armalo_webhook_begin(NULL, &request, &w.why)) != NULL, ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_DENY_CALL(&w, (stream = armalo_webhook_begin(hook, NULL, &w.why)) != NULL, ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_DENY_CALL(&w, (stream = armalo_webhook_begin(hook, &request, &w.why)) != NULL,
                     ARMALO_REASON_INVALID_ARGUMENT); /* the body comes later */
    request.body_len = 0;
    EXPECT_DENY_CALL(&w, (stream = armalo_webhook_begin(hook, &request, &w.why)) != NULL,
                     ARMALO_REASON_INVALID_ARGUMENT);
    request.body = NULL;
    request.body_len = 1;
    EXPECT_DENY_CALL(&w, (stream = armalo_webhook_begin(hook, &request, &w.why)) != NULL,
                     ARMALO_REASON_INVALID_ARGUMENT);
    request.struct_size--;
    EXPECT_DENY_CALL(&w, (stream = armalo_webhook_begin(hook, &request, &w.why)) != NULL,
                     ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(&w, armalo_webhook_finish(NULL, &w.delivery, &w.why), ARMALO_REASON_INVALID_ARGUMENT);
    ck_assert(forge_zero(&w.delivery, sizeof w.delivery));
    ck_assert_int_eq(armalo_webhook_finish(NULL, NULL, NULL), 0);
    ck_assert_int_eq(armalo_webhook_update(NULL, "x", 1), 0);
    armalo_webhook_cancel(NULL);

    stream = open_stream(hook);
    ck_assert_int_eq(armalo_webhook_update(stream, NULL, 5), 0);
    ck_assert_int_eq(armalo_webhook_update(stream, f.body, f.request.body_len), 0); /* denied once, denied for good */
    EXPECT_DENY(&w, armalo_webhook_finish(stream, &w.delivery, &w.why), ARMALO_REASON_INVALID_ARGUMENT);

    stream = open_stream(hook);
    take(stream, f.body, f.request.body_len);
    unsigned before = forge_poison(&w); /* there is a store: the delivery must have somewhere to go */
    ck_assert_int_eq(armalo_webhook_finish(stream, NULL, &w.why), 0);
    forge_denied(&w, 0, ARMALO_REASON_INVALID_ARGUMENT, before, 1, __FILE__, __LINE__, "no delivery");
    ck_assert_uint_eq(s.claims, 0);
    stream = open_stream(hook);
    take(stream, f.body, f.request.body_len);
    ck_assert_int_eq(armalo_webhook_finish(stream, &w.delivery, NULL), 1);
    stream = armalo_webhook_begin(hook, &request, NULL); /* nobody need look at the why: still refused */
    ck_assert_ptr_null(stream);
    request = f.request;
    request.body = NULL;
    request.body_len = 0;
    stream = armalo_webhook_begin(hook, &request, NULL);
    ck_assert_ptr_nonnull(stream);
    armalo_webhook_cancel(stream);
    end(hook);
}
END_TEST

START_TEST(test_too_large) {
    static char body[FORGE_MAX_BODY + 1];
    armalo_webhook *hook = begin(_i);
    memset(body, ' ', sizeof body);
    for (int way = 0; way < 4; way++) {
        armalo_webhook_stream *stream = open_stream(hook);
        ck_assert_ptr_nonnull(stream);
        if (way == 0) ck_assert_int_eq(armalo_webhook_update(stream, body, sizeof body), 0);
        if (way == 1) {
            ck_assert_int_eq(armalo_webhook_update(stream, body, FORGE_MAX_BODY), 1);
            ck_assert_int_eq(armalo_webhook_update(stream, body, 1), 0);
        }
        if (way == 2) { /* 100 MiB announced, and none of it is read */
            ck_assert_int_eq(armalo_webhook_update(stream, body, (size_t)100 << 20), 0);
        }
        if (way == 3) { /* a sum that would wrap */
            ck_assert_int_eq(armalo_webhook_update(stream, body, 10), 1);
            ck_assert_int_eq(armalo_webhook_update(stream, body, SIZE_MAX), 0);
        }
        ck_assert_int_eq(armalo_webhook_update(stream, body, 1), 0);
        ck_assert_int_eq(armalo_webhook_update(stream, NULL, 0), 0);
        EXPECT_DENY(&w, armalo_webhook_finish(stream, &w.delivery, &w.why), ARMALO_REASON_BODY_TOO_LARGE);
    }
    armalo_webhook_stream *stream = open_stream(hook); /* as large as it may be */
    for (size_t at = 0; at < FORGE_MAX_BODY; at += 512) take(stream, body + at, 512);
    EXPECT_DENY(&w, armalo_webhook_finish(stream, &w.delivery, &w.why), ARMALO_REASON_SIGNATURE_MISMATCH);
    end(hook);
}
END_TEST

/* 100 MiB in pieces of 1 MiB, where the endpoint allows it and nothing needs the body in one piece. */
START_TEST(test_hundred_mebibytes) {
    const size_t size = (size_t)100 << 20, piece = (size_t)1 << 20;
    armalo_webhook *unused = begin(FORGE_GITHUB);
    armalo_webhook_free(unused);
    c.config.max_body = size;
    armalo_webhook *hook = forge_open(&w, &c.config);
    char *mebibyte = malloc(piece), text[80] = "sha256=";
    unsigned char tag[32];
    size_t tag_len = sizeof tag;
    ck_assert_ptr_nonnull(mebibyte);
    memset(mebibyte, 'x', piece);
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_HMAC, NULL, (const unsigned char *)FORGE_KEY, 32);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    ck_assert_int_eq(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key), 1);
    for (size_t at = 0; at < size; at += piece) ck_assert_int_eq(EVP_DigestSignUpdate(context, mebibyte, piece), 1);
    ck_assert_int_eq(EVP_DigestSignFinal(context, tag, &tag_len), 1);
    forge_hex(tag, 32, text + 7);
    forge_set(&f, "X-Hub-Signature-256", text);
    for (int over = 0; over < 2; over++) {
        armalo_webhook_stream *stream = open_stream(hook);
        for (size_t at = 0; at < size; at += piece) ck_assert_int_eq(armalo_webhook_update(stream, mebibyte, piece), 1);
        if (over == 0) {
            EXPECT_GRANT(&w, armalo_webhook_finish(stream, &w.delivery, &w.why));
        } else {
            ck_assert_int_eq(armalo_webhook_update(stream, "x", 1), 0);
            EXPECT_DENY(&w, armalo_webhook_finish(stream, &w.delivery, &w.why), ARMALO_REASON_BODY_TOO_LARGE);
        }
    }
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    free(mebibyte);
    end(hook);
}
END_TEST

/* A stream that is given up decides nothing and leaves nothing: no event, no claim, no failure counted. */
START_TEST(test_cancel) {
    armalo_webhook *hook = begin(_i);
    armalo_webhook_health health;
    for (int n = 0; n < 3; n++) {
        unsigned before = w.decisions;
        armalo_webhook_stream *stream = open_stream(hook);
        ck_assert_ptr_nonnull(stream);
        if (n > 0) take(stream, f.body, f.request.body_len);
        if (n > 1) ck_assert_int_eq(armalo_webhook_update(stream, f.body, SIZE_MAX), 0);
        armalo_webhook_cancel(stream);
        ck_assert_uint_eq(w.decisions, before);
    }
    ck_assert_uint_eq(s.claims, 0);
    armalo_webhook_health_get(hook, &health);
    ck_assert_uint_eq(health.verify_failures, 0);
    end(hook);
}
END_TEST

/* ---- The body may have taken its time ---- */

static armalo_webhook_stream *filled(armalo_webhook *hook) {
    armalo_webhook_stream *stream = open_stream(hook);
    ck_assert_ptr_nonnull(stream);
    take(stream, f.body, f.request.body_len);
    return stream;
}

START_TEST(test_stale_at_the_end) {
    static const int timed[] = {FORGE_STANDARD, FORGE_STANDARD_V1A, FORGE_SLACK, FORGE_HOOK0_V1, FORGE_STRIPE};
    armalo_webhook *hook = begin(timed[_i]);
    static const struct {
        int64_t moved_s;
        uint32_t reason;
    } rows[] = {{300, ARMALO_REASON_GRANTED},
                {301, ARMALO_REASON_TIMESTAMP_STALE},
                {-300, ARMALO_REASON_GRANTED},
                {-301, ARMALO_REASON_TIMESTAMP_FUTURE}};
    for (size_t i = 0; i < 4; i++) {
        w.now_ms = FORGE_NOW_S * 1000;
        forge_store_init(&s);
        armalo_webhook_stream *stream = filled(hook);
        w.now_ms += rows[i].moved_s * 1000;
        if (rows[i].reason == ARMALO_REASON_GRANTED)
            EXPECT_GRANT(&w, armalo_webhook_finish(stream, &w.delivery, &w.why));
        else
            EXPECT_DENY(&w, armalo_webhook_finish(stream, &w.delivery, &w.why), rows[i].reason);
        ck_assert_int_eq(w.why.decided_at_ms, w.now_ms);
    }
    end(hook);
}
END_TEST

START_TEST(test_clock_lost_at_the_end) {
    armalo_webhook *hook = begin(FORGE_STANDARD);
    armalo_webhook_stream *stream = filled(hook);
    w.now_ms = 0;
    EXPECT_DENY(&w, armalo_webhook_finish(stream, &w.delivery, &w.why), ARMALO_REASON_HOST_CLOCK_UNAVAILABLE);
    end(hook);
}
END_TEST

/* The secret that signed expired meanwhile: with another one left it is a mismatch, with none left they are expired. */
START_TEST(test_secret_expired_at_the_end) {
    for (int others = 0; others < 2; others++) {
        armalo_webhook *unused = begin(_i);
        armalo_webhook_free(unused);
        c.secret[0].expires_ms = FORGE_NOW_S * 1000 + 1000;
        if (others) forge_config_add(&c, _i, FORGE_OTHER_KEY, FORGE_RECEIVES, 0);
        armalo_webhook *hook = forge_open(&w, &c.config);
        armalo_webhook_stream *stream = filled(hook);
        w.now_ms += 999;
        EXPECT_GRANT(&w, armalo_webhook_finish(stream, &w.delivery, &w.why));
        w.now_ms -= 999;
        stream = filled(hook);
        w.now_ms += 1000;
        EXPECT_DENY(&w, armalo_webhook_finish(stream, &w.delivery, &w.why),
                    others ? ARMALO_REASON_SIGNATURE_MISMATCH : ARMALO_REASON_SECRET_EXPIRED);
        end(hook);
    }
}
END_TEST

/* Two streams of one delivery at once: one of them gets it. */
START_TEST(test_two_at_once) {
    armalo_webhook *hook = begin(_i);
    armalo_webhook_stream *one = open_stream(hook), *two = open_stream(hook);
    for (size_t at = 0; at < f.request.body_len; at++) {
        take(one, f.body + at, 1);
        take(two, f.body + at, 1);
    }
    EXPECT_GRANT(&w, armalo_webhook_finish(two, &w.delivery, &w.why));
    ck_assert_int_eq(w.delivery.disposition, ARMALO_PROCESS);
    EXPECT_GRANT(&w, armalo_webhook_finish(one, &w.delivery, &w.why));
    ck_assert_int_eq(w.delivery.disposition, ARMALO_IN_PROGRESS);
    end(hook);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_loop_test(tc, test_every_split, 0, FORGE_KINDS);
    tcase_add_loop_test(tc, test_every_defect, 0, FORGE_KINDS);
    tcase_add_test(tc, test_arguments);
    tcase_add_loop_test(tc, test_too_large, 0, FORGE_KINDS);
    tcase_add_test(tc, test_hundred_mebibytes);
    tcase_add_loop_test(tc, test_cancel, 0, FORGE_KINDS);
    tcase_add_loop_test(tc, test_stale_at_the_end, 0, 5);
    tcase_add_test(tc, test_clock_lost_at_the_end);
    tcase_add_loop_test(tc, test_secret_expired_at_the_end, 0, FORGE_KINDS);
    tcase_add_loop_test(tc, test_two_at_once, 0, FORGE_KINDS);
}
TEST_MAIN("webhook_stream", fill, 60)
