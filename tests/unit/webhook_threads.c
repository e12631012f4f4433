/* SPDX-License-Identifier: MIT */
/* One endpoint and one store, used by many threads at once: nothing is processed twice, nothing is lost, every counter
 * ends exact. Also built with ThreadSanitizer. */
#include "test.h"
#include "webhook_samples.h"

#include <pthread.h>
#include <stdatomic.h>

#define THREADS    4
#define DELIVERIES 1000
#define FAILURES   2000

typedef struct shared {
    int64_t now_ms;
    armalo_host *host;
    armalo_store *store;
    armalo_webhook *hook, *failing;
    sample s;
    char headers[DELIVERIES][3][64]; /* id, timestamp, signature of each delivery */
    _Atomic unsigned told, alerts, processed[DELIVERIES], duplicates, in_progress, denied, granted, lost;
    pthread_barrier_t start;
} shared;

static int keep_event(void *ctx, const char *event, size_t len) {
    shared *sh = ctx;
    (void)len;
    atomic_fetch_add(strstr(event, "webhook.alert") != NULL ? &sh->alerts : &sh->told, 1);
    return 1;
}

static const char body[] = "{\"type\":\"invoice.paid\",\"n\":1}";

static armalo_request request_of(shared *sh, unsigned n, armalo_header h[3]) {
    armalo_request r = sample_request(&sh->s);
    for (size_t i = 0; i < 3; i++) {
        const char *name = sh->s.family[0][i];
        h[i] = (armalo_header){name, strlen(name), sh->headers[n][i], strlen(sh->headers[n][i])};
    }
    r.headers = h;
    r.header_count = 3;
    r.body = body;
    r.body_len = sizeof body - 1;
    return r;
}

static int deliver(shared *sh, unsigned n, int streamed, armalo_delivery *delivery) {
    armalo_header h[3];
    armalo_decision why;
    armalo_request r = request_of(sh, n, h);
    if (!streamed) return armalo_webhook_verify(sh->hook, &r, delivery, &why);
    r.body = NULL;
    r.body_len = 0;
    armalo_webhook_stream *stream = armalo_webhook_begin(sh->hook, &r, &why);
    if (stream == NULL || !armalo_webhook_update(stream, body, 9) ||
        !armalo_webhook_update(stream, body + 9, sizeof body - 1 - 9)) {
        armalo_webhook_cancel(stream);
        return 0;
    }
    return armalo_webhook_finish(stream, delivery, &why);
}

/* Each thread shows every delivery, all in step at first and then from different places on; whoever is told to process
 * it, does. The first time it fails, so that every delivery is processed exactly twice. */
static void *receive(void *arg) {
    shared *sh = arg;
    static _Atomic unsigned numbers;
    unsigned me = atomic_fetch_add(&numbers, 1) % THREADS;
    (void)pthread_barrier_wait(&sh->start);
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < DELIVERIES; i++) {
            unsigned n = (i + me * round * DELIVERIES / THREADS) % DELIVERIES;
            armalo_delivery delivery;
            armalo_webhook_health health;
            char headers[ARMALO_WEBHOOK_HEADERS_SIZE];
            if (!deliver(sh, n, (n + me) % 2 == 1, &delivery)) {
                atomic_fetch_add(&sh->denied, 1);
                continue;
            }
            atomic_fetch_add(&sh->granted, 1);
            if (delivery.disposition == ARMALO_PROCESS) {
                unsigned before = atomic_fetch_add(&sh->processed[n], 1);
                int outcome = before == 0 ? ARMALO_FAILED : ARMALO_DONE;
                if (!armalo_webhook_settle(sh->hook, &delivery, outcome, NULL)) atomic_fetch_add(&sh->lost, 1);
            } else if (delivery.disposition == ARMALO_DUPLICATE) {
                atomic_fetch_add(&sh->duplicates, 1);
            } else if (delivery.disposition == ARMALO_IN_PROGRESS) {
                atomic_fetch_add(&sh->in_progress, 1);
            }
            armalo_webhook_health_get(sh->hook, &health);
            if (!armalo_webhook_sign(sh->hook, "msg", 3, body, sizeof body - 1, 0, headers, sizeof headers, NULL, NULL))
                atomic_fetch_add(&sh->denied, 1);
        }
    }
    return NULL;
}

static void *be_denied(void *arg) {
    shared *sh = arg;
    (void)pthread_barrier_wait(&sh->start);
    for (unsigned i = 0; i < FAILURES; i++) {
        armalo_header h[3];
        armalo_delivery delivery;
        armalo_decision why;
        armalo_request r = request_of(sh, i % DELIVERIES, h);
        r.body_len--;
        if (armalo_webhook_verify(sh->failing, &r, &delivery, &why)) atomic_fetch_add(&sh->granted, 1);
        armalo_delivery settled = {.disposition = ARMALO_PROCESS, .token = 7}; /* nobody's claim */
        if (armalo_webhook_settle(sh->failing, &settled, ARMALO_DONE, &why)) atomic_fetch_add(&sh->granted, 1);
    }
    return NULL;
}

static void run(shared *sh, void *(*work)(void *)) {
    pthread_t thread[THREADS];
    ck_assert_int_eq(pthread_barrier_init(&sh->start, NULL, THREADS), 0);
    for (int i = 0; i < THREADS; i++) ck_assert_int_eq(pthread_create(&thread[i], NULL, work, sh), 0);
    for (int i = 0; i < THREADS; i++) ck_assert_int_eq(pthread_join(thread[i], NULL), 0);
    pthread_barrier_destroy(&sh->start);
}

static void open_shared(shared *sh) {
    memset(sh, 0, sizeof *sh);
    sh->now_ms = SAMPLE_NOW_MS;
    armalo_host_config host = {.struct_size = sizeof host,
                               .mode = ARMALO_MODE_PRODUCTION,
                               .now_ms = sample_clock,
                               .clock_ctx = &sh->now_ms,
                               .audit = keep_event,
                               .audit_ctx = sh};
    sh->host = armalo_host_new(&host, NULL);
    sh->store = armalo_memory_store_new(2 * DELIVERIES, NULL);
    ck_assert(sh->host != NULL && sh->store != NULL);
    sample_make(&sh->s, SAMPLE_STANDARD_V1);
    armalo_webhook_config config = sample_config(&sh->s, 0, sh->store);
    sh->hook = armalo_webhook_new(sh->host, &config, NULL);
    config.endpoint = "failing";
    config.alert_after = FAILURES;
    sh->failing = armalo_webhook_new(sh->host, &config, NULL);
    ck_assert(sh->hook != NULL && sh->failing != NULL);
    for (unsigned n = 0; n < DELIVERIES; n++) {
        char content[256];
        unsigned char tag[32];
        snprintf(sh->headers[n][0], 64, "msg_%u", n);
        snprintf(sh->headers[n][1], 64, "%s", SAMPLE_TS);
        snprintf(content, sizeof content, "msg_%u.%s.%s", n, SAMPLE_TS, body);
        sample_hmac(sample_key_one, content, tag);
        memcpy(sh->headers[n][2], "v1,", 3);
        sample_base64(tag, sizeof tag, sh->headers[n][2] + 3);
    }
}

static void close_shared(shared *sh) {
    armalo_webhook_free(sh->hook);
    armalo_webhook_free(sh->failing);
    armalo_store_free(sh->store);
    armalo_host_free(sh->host);
}

START_TEST(test_receive) {
    static shared sh;
    armalo_webhook_health health;
    open_shared(&sh);
    run(&sh, receive);
    unsigned processed = 0;
    for (unsigned n = 0; n < DELIVERIES; n++) {
        ck_assert_uint_eq(sh.processed[n], 2); /* once failed, once done */
        processed += sh.processed[n];
    }
    ck_assert_uint_eq(sh.denied, 0);
    ck_assert_uint_eq(sh.lost, 0);
    ck_assert_uint_eq(sh.granted, 3 * THREADS * DELIVERIES);
    ck_assert_uint_eq(processed + sh.duplicates + sh.in_progress, sh.granted);
    /* Told of: each delivery, each settlement, each signature. */
    ck_assert_uint_eq(sh.told, 2 * 3 * THREADS * DELIVERIES + processed);
    armalo_webhook_health_get(sh.hook, &health);
    ck_assert_uint_eq(health.verify_failures, 0);
    close_shared(&sh);
}
END_TEST

START_TEST(test_failures_are_counted) {
    static shared sh;
    armalo_webhook_health health;
    open_shared(&sh);
    run(&sh, be_denied);
    armalo_webhook_health_get(sh.failing, &health);
    ck_assert_uint_eq(sh.granted, 0);
    ck_assert_uint_eq(health.verify_failures, THREADS * FAILURES);
    ck_assert_uint_eq(health.verify_alert, 1);
    ck_assert_uint_eq(health.handler_failures, 0);
    ck_assert_uint_eq(sh.alerts, 1); /* the one that reached the limit, and no other */
    ck_assert_uint_eq(sh.told, 2 * THREADS * FAILURES);
    close_shared(&sh);
}
END_TEST

/* The last one of many: the store holds exactly what it was made for. */
static void *fill_up(void *arg) {
    shared *sh = arg;
    (void)pthread_barrier_wait(&sh->start);
    for (unsigned n = 0; n < DELIVERIES; n++) {
        armalo_delivery delivery;
        if (!deliver(sh, n, 0, &delivery))
            atomic_fetch_add(&sh->denied, 1);
        else if (delivery.disposition == ARMALO_PROCESS)
            atomic_fetch_add(&sh->processed[n], 1);
        else
            atomic_fetch_add(&sh->in_progress, 1);
    }
    return NULL;
}

START_TEST(test_full_store) {
    static shared sh;
    open_shared(&sh);
    armalo_store *small = armalo_memory_store_new(DELIVERIES / 2, NULL);
    armalo_webhook_config config = sample_config(&sh.s, 0, small);
    armalo_webhook_free(sh.hook);
    sh.hook = armalo_webhook_new(sh.host, &config, NULL);
    run(&sh, fill_up);
    unsigned processed = 0;
    for (unsigned n = 0; n < DELIVERIES; n++) {
        ck_assert_uint_le(sh.processed[n], 1);
        processed += sh.processed[n];
    }
    ck_assert_uint_eq(processed, DELIVERIES / 2);
    ck_assert_uint_eq(sh.in_progress, (THREADS - 1) * (DELIVERIES / 2));
    ck_assert_uint_eq(sh.denied, THREADS * (DELIVERIES - DELIVERIES / 2));
    close_shared(&sh);
    armalo_store_free(small);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_receive);
    tcase_add_test(tc, test_failures_are_counted);
    tcase_add_test(tc, test_full_store);
}

TEST_MAIN("webhook_threads", fill, 60)
