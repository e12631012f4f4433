/* SPDX-License-Identifier: MIT */
/* Every allocation of every public call fails once (and, in a second pass, that one and all after it): the call denies
 * with core.no_memory, grants nothing, leaves its outputs as they were documented, and gives back every block. And the
 * calls that promise to allocate nothing are counted. Linked with --wrap: only what the library itself asks for is
 * seen; libsodium and OpenSSL's SHA-256 ask for nothing. */
#include "armalo.h"
#include "test.h"
#include "webhook_samples.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);

static struct heap {
    int armed, persistent;
    long asked, fail_at, failed, live;
} heap;

static int refused(void) {
    if (!heap.armed) return 0;
    heap.asked++;
    if (heap.fail_at == 0 || (heap.persistent ? heap.asked < heap.fail_at : heap.asked != heap.fail_at)) return 0;
    heap.failed++;
    return 1;
}

static void *given(void *memory) {
    if (heap.armed && memory != NULL) heap.live++;
    return memory;
}

void *__wrap_malloc(size_t size) { return refused() ? NULL : given(__real_malloc(size)); }

void *__wrap_calloc(size_t count, size_t size) { return refused() ? NULL : given(__real_calloc(count, size)); }

void *__wrap_realloc(void *memory, size_t size) {
    if (refused()) return NULL;
    return memory == NULL ? given(__real_realloc(NULL, size)) : __real_realloc(memory, size);
}

void __wrap_free(void *memory) {
    if (heap.armed && memory != NULL) heap.live--;
    __real_free(memory);
}

/* Everything that a run may use, made before allocations begin to fail. */
typedef struct scene {
    int64_t now_ms;
    long events;
    armalo_host *host;
    armalo_store *store;
    armalo_webhook *plain, *ed25519, *sender, *strict;
    sample v1, v1a, slack;
    char *body; /* more than fits on the stack */
    size_t body_len;
    char signature[256], record[ARMALO_WEBHOOK_RECORD_SIZE], *members;
    size_t members_len;
} scene;

#define BODY_LEN 20000u
#define MEMBERS  1500

static int keep_event(void *ctx, const char *event, size_t len) {
    (void)event;
    (void)len;
    ++*(long *)ctx;
    return 1;
}

static armalo_host_config host_config(scene *sc) {
    static const uint8_t root[ARMALO_ROOT_KEY_SIZE] = "root key of the allocation test";
    return (armalo_host_config){.struct_size = sizeof(armalo_host_config),
                                .mode = ARMALO_MODE_PRODUCTION,
                                .now_ms = sample_clock,
                                .clock_ctx = &sc->now_ms,
                                .audit = keep_event,
                                .audit_ctx = &sc->events,
                                .root_key = root,
                                .root_key_len = sizeof root};
}

/* The v1a signature of the big body. */
static void sign_big(scene *sc) {
    unsigned char public_key[32], bytes[64];
    size_t len = sizeof bytes, content_len;
    EVP_PKEY *key = sample_ed25519(public_key);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    char *content = malloc(sc->body_len + 128);
    content_len = (size_t)snprintf(content, 128, "%s.%s.", sc->v1a.id, SAMPLE_TS);
    memcpy(content + content_len, sc->body, sc->body_len);
    content_len += sc->body_len;
    ck_assert_int_eq(EVP_DigestSignInit(ctx, NULL, NULL, NULL, key), 1);
    ck_assert_int_eq(EVP_DigestSign(ctx, bytes, &len, (unsigned char *)content, content_len), 1);
    free(content);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    memcpy(sc->signature, "v1a,", 4);
    sample_base64(bytes, sizeof bytes, sc->signature + 4);
}

static void open_scene(scene *sc) {
    armalo_decision why;
    char secret[ARMALO_WEBHOOK_SECRET_SIZE], private_text[64] = "whsk_";
    memset(sc, 0, sizeof *sc);
    sc->now_ms = SAMPLE_NOW_MS;
    armalo_host_config config = host_config(sc);
    sc->host = armalo_host_new(&config, &why);
    sc->store = armalo_memory_store_new(64, &why);
    ck_assert(sc->host != NULL && sc->store != NULL);
    sample_make(&sc->v1, SAMPLE_STANDARD_V1);
    sample_make(&sc->v1a, SAMPLE_STANDARD_V1A);
    sample_make(&sc->slack, SAMPLE_SLACK);
    armalo_webhook_config plain = sample_config(&sc->v1, 1, sc->store),
                          strict = sample_config(&sc->slack, 0, sc->store);
    armalo_webhook_config ed25519 = sample_config(&sc->v1a, 1, sc->store), sender = ed25519;
    sample_base64((const unsigned char *)sample_seed, 32, private_text + 5);
    armalo_secret private_secret = {private_text, strlen(private_text), 0};
    sender.secrets = &private_secret;
    sc->plain = armalo_webhook_new(sc->host, &plain, &why);
    sc->strict = armalo_webhook_new(sc->host, &strict, &why);
    sc->ed25519 = armalo_webhook_new(sc->host, &ed25519, &why);
    sc->sender = armalo_webhook_new(sc->host, &sender, &why);
    ck_assert(sc->plain != NULL && sc->strict != NULL && sc->ed25519 != NULL && sc->sender != NULL);
    sc->body_len = BODY_LEN;
    sc->body = malloc(sc->body_len);
    memset(sc->body, 'x', sc->body_len);
    sign_big(sc);
    ck_assert_int_eq(
        armalo_webhook_secret_issue(sc->host, "wh_1", 0, secret, sizeof secret, sc->record, sizeof sc->record, &why),
        1);
    sc->members = malloc(MEMBERS * 16 + 4);
    size_t at = (size_t)snprintf(sc->members, 2, "{");
    for (int i = 0; i < MEMBERS; i++) at += (size_t)snprintf(sc->members + at, 16, "%s\"m%d\":1", i > 0 ? "," : "", i);
    sc->members_len = at + (size_t)snprintf(sc->members + at, 2, "}");
}

static void close_scene(scene *sc) {
    free(sc->members);
    free(sc->body);
    armalo_webhook_free(sc->plain);
    armalo_webhook_free(sc->strict);
    armalo_webhook_free(sc->ed25519);
    armalo_webhook_free(sc->sender);
    armalo_store_free(sc->store);
    armalo_host_free(sc->host);
}

/* What a run came to. reason is that of the decision; dirty, an output that should hold nothing holds something. */
typedef struct outcome {
    int done;
    uint32_t reason;
    int dirty, granted;
} outcome;

static int filled_with(const void *memory, size_t len, int value) {
    const unsigned char *bytes = memory;
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != value) return 0;
    }
    return 1;
}

static outcome of_decision(int done, const armalo_decision *why, int dirty) {
    return (outcome){done, why->reason, dirty, armalo_decision_granted(why)};
}

static outcome run_host_new(scene *sc) {
    armalo_decision why;
    memset(&why, 0xA5, sizeof why);
    armalo_host_config config = host_config(sc);
    armalo_host *host = armalo_host_new(&config, &why);
    armalo_host_free(host);
    return of_decision(host != NULL, &why, 0);
}

static outcome run_memory_store_new(scene *sc) {
    armalo_decision why;
    (void)sc;
    memset(&why, 0xA5, sizeof why);
    armalo_store *store = armalo_memory_store_new(100, &why);
    armalo_store_free(store);
    return of_decision(store != NULL, &why, 0);
}

static outcome run_webhook_new(scene *sc) {
    static const char *const events[] = {"invoice.paid", "charge.succeeded", "a", "z"};
    armalo_decision why;
    armalo_webhook_config config = sample_config(&sc->v1, 0, sc->store);
    config.events = events;
    config.event_count = 4;
    memset(&why, 0xA5, sizeof why);
    armalo_webhook *hook = armalo_webhook_new(sc->host, &config, &why);
    armalo_webhook_free(hook);
    return of_decision(hook != NULL, &why, 0);
}

static outcome run_scheme_json(scene *sc) {
    /* The presets as a host's own scheme: the first of the array. */
    armalo_decision why;
    armalo_webhook_config config = sample_config(&sc->v1, 1, NULL);
    const char *all = armalo_webhook_schemes();
    config.scheme = NULL;
    config.scheme_json = all + 1;
    config.scheme_json_len = (size_t)(strstr(all, ",{\"v\":1,\"name\":\"svix\"") - all - 1);
    memset(&why, 0xA5, sizeof why);
    armalo_webhook *hook = armalo_webhook_new(sc->host, &config, &why);
    armalo_webhook_free(hook);
    return of_decision(hook != NULL, &why, 0);
}

/* Afterwards the delivery is given back, so that the next run finds it new; a denied run must not have claimed it. */
static outcome of_delivery(armalo_webhook *hook, int granted, const armalo_delivery *delivery, armalo_decision *why) {
    outcome o = of_decision(
        granted, why, granted ? delivery->disposition != ARMALO_PROCESS : !filled_with(delivery, sizeof *delivery, 0));
    if (granted && armalo_webhook_settle(hook, delivery, ARMALO_FAILED, NULL) != 1) o.dirty = 1;
    return o;
}

static armalo_request big_request(const scene *sc, armalo_header headers[3]) {
    armalo_request r = sample_request(&sc->v1a);
    memcpy(headers, sc->v1a.header, 3 * sizeof *headers);
    headers[2].value = sc->signature;
    headers[2].value_len = strlen(sc->signature);
    r.headers = headers;
    r.body = sc->body;
    r.body_len = sc->body_len;
    return r;
}

static outcome run_verify_big_ed25519(scene *sc) {
    armalo_decision why;
    armalo_delivery delivery;
    armalo_header headers[3];
    armalo_request r = big_request(sc, headers);
    memset(&why, 0xA5, sizeof why);
    memset(&delivery, 0xA5, sizeof delivery);
    int granted = armalo_webhook_verify(sc->ed25519, &r, &delivery, &why);
    return of_delivery(sc->ed25519, granted, &delivery, &why);
}

static outcome run_stream_of(armalo_webhook *hook, armalo_request r, size_t piece) {
    armalo_decision why;
    armalo_delivery delivery;
    const char *body = r.body;
    size_t len = r.body_len;
    memset(&why, 0xA5, sizeof why);
    memset(&delivery, 0xA5, sizeof delivery);
    r.body = NULL;
    r.body_len = 0;
    armalo_webhook_stream *stream = armalo_webhook_begin(hook, &r, &why);
    if (stream == NULL) return of_decision(0, &why, 0);
    int taken = 1;
    for (size_t at = 0; at < len; at += piece) {
        int now = armalo_webhook_update(stream, body + at, len - at < piece ? len - at : piece);
        if (!taken && now) return (outcome){0, 0, 1, 1}; /* spent is spent */
        taken = now;
    }
    int granted = armalo_webhook_finish(stream, &delivery, &why);
    outcome o = of_delivery(hook, granted, &delivery, &why);
    if (!taken && granted) o.dirty = 1;
    return o;
}

static outcome run_stream(scene *sc) { return run_stream_of(sc->plain, sample_request(&sc->v1), 7); }

static outcome run_stream_with_body(scene *sc) { return run_stream_of(sc->strict, sample_request(&sc->slack), 7); }

static outcome run_stream_big_ed25519(scene *sc) {
    armalo_header headers[3];
    return run_stream_of(sc->ed25519, big_request(sc, headers), 1000);
}

static outcome run_cancel(scene *sc) {
    armalo_decision why;
    armalo_request r = sample_request(&sc->slack);
    r.body = NULL;
    r.body_len = 0;
    memset(&why, 0xA5, sizeof why);
    armalo_webhook_stream *stream = armalo_webhook_begin(sc->strict, &r, &why);
    int taken = armalo_webhook_update(stream, "{\"type\":", 8);
    armalo_webhook_cancel(stream);
    if (stream != NULL && !taken) why.reason = ARMALO_REASON_NO_MEMORY; /* finish would say so: run_stream_with_body */
    return of_decision(taken, &why, 0);
}

static outcome run_sign_ed25519(scene *sc) {
    armalo_decision why;
    char buf[ARMALO_WEBHOOK_HEADERS_SIZE];
    size_t len = 99;
    memset(buf, 0xA5, sizeof buf);
    memset(&why, 0xA5, sizeof why);
    int done = armalo_webhook_sign(sc->sender, "msg_1", 5, sc->body, sc->body_len, 0, buf, sizeof buf, &len, &why);
    return of_decision(done, &why, !done && (len != 0 || !filled_with(buf, sizeof buf, 0xA5)));
}

static outcome run_json_check(scene *sc) {
    armalo_json_error error;
    memset(&error, 0xA5, sizeof error);
    int done = armalo_json_check(sc->members, sc->members_len, SIZE_MAX, &error);
    return (outcome){done, error.reason, done && !filled_with(&error, sizeof error, 0), 0};
}

static outcome run_json_canonical(scene *sc) {
    armalo_json_error error;
    static char out[MEMBERS * 16 + 4];
    size_t len = 99;
    memset(&error, 0xA5, sizeof error);
    memset(out, 0xA5, sizeof out);
    int done = armalo_json_canonical(sc->members, sc->members_len, out, sizeof out, &len, &error);
    return (outcome){done, error.reason, !done && (len != 0 || !filled_with(out, sizeof out, 0xA5)), 0};
}

static outcome run_json_canonical_small(scene *sc) {
    armalo_json_error error;
    static const char text[] = "{\"b\":[1,{\"d\":2,\"c\":3}],\"a\":1}";
    char out[64];
    size_t len = 99;
    (void)sc;
    memset(&error, 0xA5, sizeof error);
    memset(out, 0xA5, sizeof out);
    int done = armalo_json_canonical(text, sizeof text - 1, out, sizeof out, &len, &error);
    return (outcome){done, error.reason, !done && (len != 0 || !filled_with(out, sizeof out, 0xA5)), 0};
}

static outcome run_secret_issue(scene *sc) {
    armalo_decision why;
    char secret[ARMALO_WEBHOOK_SECRET_SIZE], record[ARMALO_WEBHOOK_RECORD_SIZE];
    memset(secret, 0xA5, sizeof secret);
    memset(record, 0xA5, sizeof record);
    int done = armalo_webhook_secret_issue(sc->host, "wh_1", 0, secret, sizeof secret, record, sizeof record, &why);
    return of_decision(
        done, &why, !done && !(filled_with(secret, sizeof secret, 0xA5) && filled_with(record, sizeof record, 0xA5)));
}

static outcome run_secret_open(scene *sc) {
    armalo_decision why;
    char secret[ARMALO_WEBHOOK_SECRET_SIZE];
    memset(secret, 0xA5, sizeof secret);
    int done =
        armalo_webhook_secret_open(sc->host, sc->record, strlen(sc->record), "wh_1", secret, sizeof secret, NULL, &why);
    return of_decision(done, &why, !done && !filled_with(secret, sizeof secret, 0xA5));
}

static outcome run_retry(scene *sc) {
    armalo_decision why;
    armalo_retry plan;
    armalo_attempt attempt = {.struct_size = sizeof attempt,
                              .id = "msg_1",
                              .id_len = 5,
                              .number = 1,
                              .http_status = 503,
                              .started_ms = 1000,
                              .finished_ms = 2000};
    int done = armalo_webhook_retry(sc->plain, &attempt, &plan, &why);
    return of_decision(done, &why, !done && !filled_with(&plan, sizeof plan, 0));
}

static const struct {
    const char *name;
    outcome (*run)(scene *sc);
    long at_least; /* allocations of a run */
} runs[] = {
    {"host_new", run_host_new, 1},
    {"memory_store_new", run_memory_store_new, 1},
    {"webhook_new", run_webhook_new, 2},
    {"webhook_new of JSON", run_scheme_json, 1},
    {"verify of a big v1a", run_verify_big_ed25519, 1},
    {"stream", run_stream, 1},
    {"stream that keeps the body", run_stream_with_body, 2},
    {"stream of a big v1a", run_stream_big_ed25519, 3},
    {"stream cancelled", run_cancel, 2},
    {"sign with whsk_", run_sign_ed25519, 1},
    {"json_check of many members", run_json_check, 1},
    {"json_canonical of many members", run_json_canonical, 1},
    {"json_canonical", run_json_canonical_small, 1},
    {"secret_issue", run_secret_issue, 0},
    {"secret_open", run_secret_open, 0},
    {"retry", run_retry, 0},
};
#define RUNS ((int)(sizeof runs / sizeof runs[0]))

static outcome run_with(scene *sc, int which, long fail_at, int persistent) {
    heap = (struct heap){1, persistent, 0, fail_at, 0, 0};
    outcome o = runs[which].run(sc);
    heap.armed = 0;
    return o;
}

START_TEST(test_every_allocation) {
    scene sc;
    open_scene(&sc);
    outcome whole = run_with(&sc, _i, 0, 0);
    long allocations = heap.asked;
    ck_assert_msg(whole.done == 1 && !whole.dirty, "%s: %s", runs[_i].name, armalo_reason_name(whole.reason));
    ck_assert_int_eq(heap.live, 0);
    ck_assert_int_ge(allocations, runs[_i].at_least);
    for (int persistent = 0; persistent < 2; persistent++) {
        for (long n = 1; n <= allocations; n++) {
            outcome o = run_with(&sc, _i, n, persistent);
            ck_assert_msg(heap.failed > 0, "%s: allocation %ld never came", runs[_i].name, n);
            ck_assert_msg(o.done == 0 && !o.granted, "%s went on without allocation %ld", runs[_i].name, n);
            ck_assert_msg(o.reason == ARMALO_REASON_NO_MEMORY, "%s, allocation %ld: %s", runs[_i].name, n,
                          armalo_reason_name(o.reason));
            ck_assert_msg(!o.dirty, "%s, allocation %ld: an output was written", runs[_i].name, n);
            ck_assert_msg(heap.live == 0, "%s, allocation %ld: %ld blocks left", runs[_i].name, n, heap.live);
        }
    }
    outcome again = run_with(&sc, _i, 0, 0); /* nothing that failed has left a mark, such as a claim */
    ck_assert_msg(again.done == 1 && !again.dirty, "%s afterwards: %s", runs[_i].name,
                  armalo_reason_name(again.reason));
    printf("# %-32s %ld allocations\n", runs[_i].name, allocations);
    close_scene(&sc);
}
END_TEST

/* The hot path asks the heap for nothing, whatever the preset, the allowlist and the store, granted or denied. */
START_TEST(test_none) {
    scene sc;
    sample s;
    armalo_decision why;
    open_scene(&sc);
    sample_make(&s, (enum sample_kind)(_i / 4));
    int any = _i % 2, stored = _i / 2 % 2;
    armalo_webhook_config config = sample_config(&s, any, stored ? sc.store : NULL);
    armalo_webhook *hook = armalo_webhook_new(sc.host, &config, &why);
    ck_assert_ptr_nonnull(hook);
    armalo_request good = sample_request(&s), bad = good;
    bad.body_len--;
    armalo_delivery delivery, denied;
    armalo_webhook_health health;
    char text[ARMALO_OPERATOR_TEXT_SIZE];
    memset(&heap, 0, sizeof heap);
    heap.armed = 1;
    int granted = armalo_webhook_verify(hook, &good, &delivery, &why);
    (void)armalo_decision_operator(&why, text, sizeof text, NULL);
    (void)armalo_decision_public(&why, text, sizeof text, NULL);
    int settled = armalo_webhook_settle(hook, &delivery, ARMALO_DONE, &why);
    int repeated = armalo_webhook_verify(hook, &good, &delivery, &why);
    int refused_bad = !armalo_webhook_verify(hook, &bad, &denied, &why);
    (void)armalo_decision_operator(&why, text, sizeof text, NULL);
    armalo_webhook_health_get(hook, &health);
    heap.armed = 0;
    ck_assert_msg(heap.asked == 0, "%s: %ld allocations", s.label, heap.asked);
    ck_assert_int_eq(granted, 1);
    ck_assert_int_eq(settled, stored);
    ck_assert_int_eq(repeated, 1);
    ck_assert_int_eq(delivery.disposition, stored ? ARMALO_DUPLICATE : ARMALO_UNCHECKED);
    ck_assert_int_eq(refused_bad, 1);
    ck_assert_int_gt(sc.events, 3); /* the audit sink was told of each: its events ask for nothing either */
    armalo_webhook_free(hook);
    close_scene(&sc);
}
END_TEST

START_TEST(test_none_at_the_edge) {
    scene sc;
    armalo_decision why;
    armalo_delivery delivery;
    armalo_header headers[3];
    open_scene(&sc);
    /* A kilobyte of JSON, and the most members that need no memory. */
    static char text[ARMALO_JSON_MAX_MEMBERS * 12 + 4];
    size_t at = (size_t)snprintf(text, 2, "{");
    for (int i = 0; i < ARMALO_JSON_MAX_MEMBERS; i++)
        at += (size_t)snprintf(text + at, 12, "%s\"%x\":1", i > 0 ? "," : "", (unsigned)i);
    at += (size_t)snprintf(text + at, 2, "}");
    static char kilobyte[1024] = "[\"";
    memset(kilobyte + 2, 'a', sizeof kilobyte - 4);
    memcpy(kilobyte + sizeof kilobyte - 2, "\"]", 2);
    memset(&heap, 0, sizeof heap);
    heap.armed = 1;
    int most = armalo_json_check(text, at, SIZE_MAX, NULL);
    int small = armalo_json_check(kilobyte, sizeof kilobyte, SIZE_MAX, NULL);
    heap.armed = 0;
    ck_assert_int_eq(most, 1);
    ck_assert_int_eq(small, 1);
    ck_assert_int_eq(heap.asked, 0);
    /* An Ed25519 signature wants its content in one piece: on the stack up to 8 KiB, else in one block. */
    armalo_request r = big_request(&sc, headers);
    r.body_len = 8000;
    heap.armed = 1;
    int wrong = armalo_webhook_verify(sc.ed25519, &r, &delivery, &why);
    long on_stack = heap.asked;
    r.body_len = sc.body_len;
    int right = armalo_webhook_verify(sc.ed25519, &r, &delivery, &why);
    heap.armed = 0;
    ck_assert_int_eq(wrong, 0);
    ck_assert_int_eq(right, 1);
    ck_assert_int_eq(on_stack, 0);
    ck_assert_int_eq(heap.asked, 1);
    ck_assert_int_eq(heap.live, 0);
    close_scene(&sc);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_loop_test(tc, test_every_allocation, 0, RUNS);
    tcase_add_loop_test(tc, test_none, 0, 4 * SAMPLES);
    tcase_add_test(tc, test_none_at_the_edge);
}

TEST_MAIN("fault_alloc", fill, 60)
