/* SPDX-License-Identifier: MIT */
/* A whole verification of a Standard Webhooks delivery against its floor.
 *
 * Ours:  armalo_webhook_verify: three headers found among ten, one secret, store and audit off, constant clock.
 * Floor: what no HMAC verification can do without: two ready SHA-256 states copied, id.timestamp.body hashed, the
 * result in base64. Plain: what a C programmer would write: strcasecmp over the headers, strtol, the content put
 * together in one buffer, OpenSSL's one-shot HMAC(), EVP_EncodeBlock, CRYPTO_memcmp. No limits, no reasons. */
#define _GNU_SOURCE
#define OPENSSL_SUPPRESS_DEPRECATED
#include "armalo.h"
#include "bench.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <strings.h>

#define NOW 1700000000
static const char secret_text[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
static unsigned char secret_bytes[64];
static int secret_len;

static int64_t clock_ms(void *ctx) {
    (void)ctx;
    return (int64_t)NOW * 1000;
}

typedef struct subject {
    armalo_webhook *hook;
    armalo_header headers[10];
    armalo_request request;
    unsigned char *body;
    size_t len;
    char signature[128];
    SHA256_CTX inner, outer;
} subject;

static const char id[] = "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp[] = "1700000000";

static void set(armalo_header *h, const char *name, const char *value) {
    h->name = name;
    h->name_len = strlen(name);
    h->value = value;
    h->value_len = strlen(value);
}

static void mac(const subject *s, unsigned char out[32]) {
    SHA256_CTX c = s->inner;
    SHA256_Update(&c, id, sizeof id - 1);
    SHA256_Update(&c, ".", 1);
    SHA256_Update(&c, timestamp, sizeof timestamp - 1);
    SHA256_Update(&c, ".", 1);
    SHA256_Update(&c, s->body, s->len);
    SHA256_Final(out, &c);
    c = s->outer;
    SHA256_Update(&c, out, 32);
    SHA256_Final(out, &c);
}

/* A JSON object of exactly len bytes (if there is room) that looks like an API's: small members, some nesting. */
static void fill_json(char *out, size_t len) {
    size_t at = (size_t)sprintf(out, "{\"type\":\"invoice.paid\"");
    for (unsigned i = 0; at + 64 < len; i++) {
        char piece[96];
        static const char *const kind[] = {",\"field_%u\":\"value %u\"", ",\"amount_%u\":%u.25",
                                           ",\"flag_%u\":true,\"n%u\":null",
                                           ",\"nested_%u\":{\"id\":\"obj_%u\",\"tags\":[\"a\",\"b\"]}"};
        at += (size_t)sprintf(out + at, "%s", (sprintf(piece, kind[i % 4], i, i * 7919u), piece));
    }
    while (at + 2 < len) {
        at += (size_t)sprintf(out + at, " ");
    }
    out[at++] = '}';
    while (at < len) out[at++] = ' ';
}

static void subject_make(subject *s, armalo_host *host, size_t len, int with_event) {
    static const char *const events[] = {"invoice.created", "invoice.paid", "payment.succeeded"};
    armalo_secret secret = {secret_text, sizeof secret_text - 1, 0};
    armalo_webhook_config config = {.struct_size = sizeof config,
                                    .scheme = "standard",
                                    .secrets = &secret,
                                    .secret_count = 1,
                                    .max_body = 4u << 20};
    armalo_decision why;
    unsigned char block[64] = {0}, tag[32];
    memset(s, 0, sizeof *s);
    if (with_event) {
        config.events = events;
        config.event_count = 3;
    } else {
        config.any_event = ARMALO_ANY_EVENT;
    }
    s->hook = armalo_webhook_new(host, &config, &why);
    s->len = len;
    s->body = malloc(len + 1);
    if (s->hook == NULL || s->body == NULL) exit(2);
    if (len >= 32)
        fill_json((char *)s->body, len);
    else
        memset(s->body, 'x', len);
    memcpy(block, secret_bytes, (size_t)secret_len);
    for (int i = 0; i < 64; i++) block[i] ^= 0x36;
    SHA256_Init(&s->inner);
    SHA256_Update(&s->inner, block, 64);
    for (int i = 0; i < 64; i++) block[i] ^= 0x36 ^ 0x5c;
    SHA256_Init(&s->outer);
    SHA256_Update(&s->outer, block, 64);
    mac(s, tag);
    memcpy(s->signature, "v1,", 3);
    EVP_EncodeBlock((unsigned char *)s->signature + 3, tag, 32);
    set(&s->headers[0], "Host", "hooks.example.com");
    set(&s->headers[1], "User-Agent", "Standard-Webhooks/1.0");
    set(&s->headers[2], "Content-Type", "application/json");
    set(&s->headers[3], "Content-Length", "256");
    set(&s->headers[4], "Accept", "*/*");
    set(&s->headers[5], "Webhook-Id", id);
    set(&s->headers[6], "Webhook-Timestamp", timestamp);
    set(&s->headers[7], "Webhook-Signature", s->signature);
    set(&s->headers[8], "X-Forwarded-For", "203.0.113.7");
    set(&s->headers[9], "Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    s->request.struct_size = sizeof s->request;
    s->request.headers = s->headers;
    s->request.header_count = 10;
    s->request.body = s->body;
    s->request.body_len = len;
}

static void subject_free(subject *s) {
    armalo_webhook_free(s->hook);
    free(s->body);
}

static void run_ours(void *ctx, size_t times) {
    subject *s = ctx;
    armalo_delivery delivery;
    armalo_decision why;
    for (size_t i = 0; i < times; i++) {
        if (!armalo_webhook_verify(s->hook, &s->request, &delivery, &why)) {
            fprintf(stderr, "denied: %s\n", armalo_reason_name(why.reason));
            exit(2);
        }
        bench_sink += delivery.token;
    }
}

static void run_floor(void *ctx, size_t times) {
    subject *s = ctx;
    for (size_t i = 0; i < times; i++) {
        unsigned char tag[32], text[48];
        mac(s, tag);
        EVP_EncodeBlock(text, tag, 32);
        bench_sink += text[0];
    }
}

static void run_sha256(void *ctx, size_t times) {
    subject *s = ctx;
    for (size_t i = 0; i < times; i++) {
        unsigned char digest[32];
        SHA256_CTX c;
        SHA256_Init(&c);
        SHA256_Update(&c, s->body, s->len);
        SHA256_Final(digest, &c);
        bench_sink += digest[0];
    }
}

static const char *plain_header(const subject *s, const char *name) {
    for (int i = 0; i < 10; i++) {
        if (strcasecmp(s->headers[i].name, name) == 0) return s->headers[i].value;
    }
    return NULL;
}

static int plain_verify(const subject *s) {
    const char *i = plain_header(s, "webhook-id"), *t = plain_header(s, "webhook-timestamp");
    const char *signature = plain_header(s, "webhook-signature");
    if (i == NULL || t == NULL || signature == NULL) return 0;
    long age = (long)NOW - strtol(t, NULL, 10);
    if (age > 300 || age < -300) return 0;
    size_t cap = strlen(i) + strlen(t) + s->len + 3;
    char *content = malloc(cap);
    if (content == NULL) return 0;
    int head = snprintf(content, cap, "%s.%s.", i, t);
    memcpy(content + head, s->body, s->len);
    unsigned char tag[32], text[48];
    unsigned tag_len = 0;
    HMAC(EVP_sha256(), secret_bytes, secret_len, (unsigned char *)content, (size_t)head + s->len, tag, &tag_len);
    free(content);
    EVP_EncodeBlock(text, tag, 32);
    return strlen(signature) == 47 && memcmp(signature, "v1,", 3) == 0 && CRYPTO_memcmp(signature + 3, text, 44) == 0;
}

static void run_plain(void *ctx, size_t times) {
    subject *s = ctx;
    for (size_t i = 0; i < times; i++) {
        if (!plain_verify(s)) exit(2);
        bench_sink++;
    }
}

typedef struct shared {
    subject *s;
    size_t times;
} shared;

static void *thread_ours(void *ctx) {
    shared *w = ctx;
    run_ours(w->s, w->times);
    return NULL;
}

/* Verifications per second of two threads over those of one, median of the rounds. */
static void bench_threads(subject *s, int has_bar) {
    double ratio[BENCH_ROUNDS];
    shared work = {s, bench_times(run_ours, s) * 4};
    for (int r = 0; r < BENCH_ROUNDS; r++) {
        pthread_t a, b;
        double t0 = bench_now_ns();
        thread_ours(&work);
        double one = bench_now_ns() - t0;
        t0 = bench_now_ns();
        pthread_create(&a, NULL, thread_ours, &work);
        pthread_create(&b, NULL, thread_ours, &work);
        pthread_join(a, NULL);
        pthread_join(b, NULL);
        ratio[r] = 2 * one / (bench_now_ns() - t0);
    }
    qsort(ratio, BENCH_ROUNDS, sizeof ratio[0], bench_compare);
    printf("%-44s one thread x %.2f (best %.2f)", "  two threads", ratio[BENCH_ROUNDS / 2], ratio[BENCH_ROUNDS - 1]);
    if (has_bar) printf("   bar 1.90: %s", ratio[BENCH_ROUNDS / 2] >= 1.9 ? "reached" : "NOT REACHED");
    printf("\n");
}

int main(void) {
    static const size_t sizes[] = {64, 256, 1024, 16384, 1048576};
    armalo_host_config config = {.struct_size = sizeof config,
                                 .mode = ARMALO_MODE_PRODUCTION,
                                 .audit_off = ARMALO_AUDIT_OFF,
                                 .now_ms = clock_ms};
    armalo_host *host = armalo_host_new(&config, NULL);
    if (host == NULL) return 2;
    secret_len = EVP_DecodeBlock(secret_bytes, (const unsigned char *)secret_text + 6, 32); /* 24 bytes, no padding */
    bench_title("webhook: a Standard Webhooks delivery, one secret, store and audit off");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        subject s;
        char name[64];
        subject_make(&s, host, sizes[i], 0);
        snprintf(name, sizeof name, "verify, body %zu B", sizes[i]);
        bench_row(name, run_ours, &s, "HMAC from ready states", run_floor, &s, sizes[i] == 256 ? 1.3 : 0);
        bench_row("  against raw SHA-256 of the body", run_ours, &s, "raw SHA-256", run_sha256, &s,
                  sizes[i] == 1048576 ? 1.02 : 0);
        double plain = bench_row("  plain C with one-shot HMAC()", run_plain, &s, "our verify", run_ours, &s, 0);
        if (sizes[i] == 256)
            printf("%-44s x %.2f   bar 4.00: %s\n", "  ours is faster by", plain,
                   plain >= 4 ? "reached" : "NOT REACHED");
        bench_threads(&s, sizes[i] == 256);
        subject_free(&s);
    }
    subject s;
    subject_make(&s, host, 1024, 1);
    bench_row("verify, 1 KiB JSON, event from /type", run_ours, &s, "HMAC from ready states", run_floor, &s, 2.5);
    subject_free(&s);
    armalo_host_free(host);
    return 0;
}
