/* SPDX-License-Identifier: MIT */
/* Everything that a delivery depends on besides its bytes gives every answer it can, all together: mode, clock (and a
 * step between begin and finish), store, audit sink, a secret that ends. The rule for a grant is written here a second
 * time, in a few lines, and the library must agree with it everywhere. */
#include "alloc_passes.h"
#include "test.h"
#include "webhook_samples.h"

#define FLOOR_MS   (SAMPLE_NOW_MS - 1000000)
#define EXPIRES_MS (SAMPLE_NOW_MS + 100000) /* of the secret, where it ends */
#define MAX_MS     INT64_C(253402300799999) /* 9999-12-31T23:59:59.999Z */
#define TOKEN      UINT64_C(0x1122334455667788)

static const int32_t modes[] = {ARMALO_MODE_UNSET, ARMALO_MODE_PRODUCTION, ARMALO_MODE_STAGING, ARMALO_MODE_SIMULATION,
                                ARMALO_MODE_DRY_RUN};
static const int64_t times[] = {SAMPLE_NOW_MS,
                                SAMPLE_NOW_MS + 300999,
                                SAMPLE_NOW_MS + 301000,
                                SAMPLE_NOW_MS - 300000,
                                SAMPLE_NOW_MS - 300001,
                                EXPIRES_MS - 1,
                                EXPIRES_MS,
                                FLOOR_MS - 1,
                                0,
                                -1,
                                INT64_MIN,
                                MAX_MS,
                                MAX_MS + 1,
                                INT64_MAX};
enum sink { SINK_OFF, SINK_MISSING, SINK_KEEPS, SINK_FAILS, SINK_MINUS_ONE, SINK_TWO, SINKS };
static const int32_t claims[] = {
    ARMALO_PROCESS, ARMALO_IN_PROGRESS, ARMALO_DUPLICATE, ARMALO_UNCHECKED, ARMALO_NO_DISPOSITION, -1, 5,
    INT32_MIN,      INT32_MAX};
static const int32_t settlements[] = {1, 0, -1, 2, INT32_MIN};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* The world, and what was asked of it. */
typedef struct world {
    int64_t now_ms[2]; /* at the first reading of the clock, and at every later one */
    unsigned readings;
    int32_t claim_answer, settle_answer;
    unsigned claims, settlements;
    int32_t settled_as;
    uint64_t settled_token;
    enum sink sink;
    int sink_answer_later; /* what the sink says from its second call on */
    unsigned told, told_granted;
} world;

static int64_t world_clock(void *ctx) {
    world *w = ctx;
    return w->now_ms[w->readings++ > 0];
}

static int world_audit(void *ctx, const char *event, size_t len) {
    static const int answers[SINKS] = {0, 0, 1, 0, -1, 2};
    world *w = ctx;
    ck_assert_uint_eq(strlen(event), len);
    if (strstr(event, "\"granted\":true") != NULL) w->told_granted++;
    return w->told++ > 0 ? w->sink_answer_later : answers[w->sink];
}

static int32_t world_claim(void *ctx, const armalo_claim *claim, uint64_t *token) {
    world *w = ctx;
    ck_assert_int_gt(claim->lease_until_ms, claim->now_ms);
    ck_assert_int_gt(claim->keep_until_ms, claim->lease_until_ms);
    w->claims++;
    *token = TOKEN; /* also where it may not: nobody may believe it then */
    return w->claim_answer;
}

static int32_t world_settle(void *ctx, const armalo_claim *claim, uint64_t token, int32_t outcome) {
    world *w = ctx;
    (void)claim;
    w->settlements++;
    w->settled_as = outcome;
    w->settled_token = token;
    return w->settle_answer;
}

static armalo_host *open_host(world *w, int32_t mode) {
    armalo_host_config config = {.struct_size = sizeof config,
                                 .mode = mode,
                                 .now_ms = world_clock,
                                 .clock_ctx = w,
                                 .clock_floor_ms = FLOOR_MS,
                                 .audit_ctx = w};
    if (w->sink == SINK_OFF)
        config.audit_off = ARMALO_AUDIT_OFF;
    else if (w->sink != SINK_MISSING)
        config.audit = world_audit;
    armalo_host *host = armalo_host_new(&config, NULL);
    ck_assert_ptr_nonnull(host);
    return host;
}

/* The rule. */
static int clock_holds(int64_t now_ms) { return now_ms > 0 && now_ms <= MAX_MS && now_ms >= FLOOR_MS; }

static int fresh(int64_t now_ms) {
    int64_t now_s = now_ms / 1000;
    return now_s >= SAMPLE_NOW_S - 300 && now_s <= SAMPLE_NOW_S + 300;
}

static int may_decide(int32_t mode, int64_t now_ms) { return mode != ARMALO_MODE_UNSET && clock_holds(now_ms); }

static int proved(int32_t mode, int64_t now_ms, int expires, int good) {
    return good && may_decide(mode, now_ms) && fresh(now_ms) && (!expires || now_ms < EXPIRES_MS);
}

static int told(enum sink sink) { return sink == SINK_OFF || sink == SINK_KEEPS; }

static int claim_known(int32_t answer) {
    return answer == ARMALO_PROCESS || answer == ARMALO_IN_PROGRESS || answer == ARMALO_DUPLICATE;
}

static int is_zero(const void *memory, size_t len) {
    const unsigned char *bytes = memory;
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != 0) return 0;
    }
    return 1;
}

/* What makes a delivery good or not by itself. */
enum goods { GOOD, BAD_BODY, WRONG_EVENT, GOODS };

typedef struct trial {
    int32_t mode;
    int streamed, expires, stored;
    enum goods goods;
} trial;

static int attempt(armalo_webhook *hook, const trial *t, sample *s, armalo_delivery *delivery, armalo_decision *why) {
    armalo_request r = sample_request(s);
    memset(delivery, 0xA5, sizeof *delivery);
    memset(why, 0xA5, sizeof *why);
    if (t->goods == BAD_BODY) r.body_len--;
    if (!t->streamed) return armalo_webhook_verify(hook, &r, delivery, why);
    const void *body = r.body;
    size_t len = r.body_len;
    r.body = NULL;
    r.body_len = 0;
    armalo_webhook_stream *stream = armalo_webhook_begin(hook, &r, why);
    if (stream == NULL) {
        memset(delivery, 0, sizeof *delivery);
        return 0;
    }
    ck_assert_int_eq(armalo_webhook_update(stream, body, len), 1);
    return armalo_webhook_finish(stream, delivery, why);
}

static void judge(world *w, const trial *t, armalo_webhook *hook, sample *s) {
    armalo_delivery delivery;
    armalo_decision why;
    int good = t->goods == GOOD;
    int granted = attempt(hook, t, s, &delivery, &why);
    int64_t last = w->now_ms[t->streamed];
    int reached = proved(t->mode, w->now_ms[0], t->expires, good) && proved(t->mode, last, t->expires, good);
    int expected = reached && (!t->stored || claim_known(w->claim_answer)) && told(w->sink);
    ck_assert_msg(granted == expected, "mode %d, clock %lld %lld, sink %d, claim %d: %s", (int)t->mode,
                  (long long)w->now_ms[0], (long long)w->now_ms[1], (int)w->sink, (int)w->claim_answer,
                  armalo_reason_name(why.reason));
    ck_assert_int_eq(armalo_decision_granted(&why), granted);
    /* The id is taken last: only what would be granted is claimed, and only once. */
    ck_assert_uint_eq(w->claims, reached && t->stored ? 1 : 0);
    int process = t->stored && w->claim_answer == ARMALO_PROCESS;
    /* And given back when the audit sink then fails. */
    int given_back = reached && process && !told(w->sink);
    ck_assert_uint_eq(w->settlements, given_back ? 1 : 0);
    if (given_back) {
        ck_assert_int_eq(w->settled_as, ARMALO_FAILED);
        ck_assert_uint_eq(w->settled_token, TOKEN);
    }
    if (!granted) {
        ck_assert(is_zero(&delivery, sizeof delivery));
        ck_assert_int_ne(why.evidence, ARMALO_POSITIVE);
        ck_assert_int_ne(why.evidence, ARMALO_SIMULATED);
        ck_assert_int_ne(why.http_status, 200);
        return;
    }
    int simulated = t->mode == ARMALO_MODE_SIMULATION || t->mode == ARMALO_MODE_DRY_RUN;
    ck_assert_int_eq(why.evidence, simulated ? ARMALO_SIMULATED : ARMALO_POSITIVE);
    ck_assert_int_eq(delivery.disposition, t->stored ? w->claim_answer : ARMALO_UNCHECKED);
    ck_assert_uint_eq(delivery.token, process ? TOKEN : 0);
    ck_assert_int_eq(why.decided_at_ms, last);
    ck_assert_uint_eq(w->told_granted, w->sink == SINK_OFF ? 0 : 1);
}

static void reset(world *w) {
    w->readings = w->claims = w->settlements = w->told = w->told_granted = 0;
    w->settled_as = -99;
}

/* Mode and sink are the host's: one host a pair; all the rest runs inside. */
START_TEST(test_product) {
    world w;
    memset(&w, 0, sizeof w);
    sample s;
    sample_make(&s, SAMPLE_STANDARD_V1);
    static const char *const other[] = {"invoice.voided"};
    static const char other_text[] = "whsec_b3RoZXIuc2VjcmV0Lm9mLnRoZS5mYXVsdHMudGVzdC4=";
    const armalo_secret other_secret = {other_text, sizeof other_text - 1, 0};
    armalo_store store = {sizeof store, &w, world_claim, world_settle, NULL};
    w.sink = (enum sink)(_i / (int)COUNT(modes));
    trial t = {.mode = modes[_i % (int)COUNT(modes)]};
    armalo_host *host = open_host(&w, t.mode);
    unsigned long runs = 0;
    for (int config_bits = 0; config_bits < 4 * GOODS; config_bits++) {
        t.stored = config_bits & 1;
        t.expires = config_bits >> 1 & 1;
        t.goods = (enum goods)(config_bits >> 2);
        armalo_secret secrets[2] = {s.secret[0], other_secret};
        secrets[0].expires_ms = t.expires ? EXPIRES_MS : 0;
        armalo_webhook_config config = sample_config(&s, 0, t.stored ? &store : NULL);
        config.secrets = secrets; /* one that has not expired proves nothing for the other */
        config.secret_count = t.stored ? 2 : 1;
        if (t.goods == WRONG_EVENT) config.events = other;
        config.alert_after = 1 + (uint32_t)(config_bits % 3); /* an alert is one call of the sink more */
        armalo_webhook *hook = armalo_webhook_new(host, &config, NULL);
        ck_assert_ptr_nonnull(hook);
        for (size_t answer = 0; answer < (t.stored ? COUNT(claims) : 1); answer++) {
            for (size_t first = 0; first < COUNT(times); first++) {
                for (size_t later = 0; later < COUNT(times); later++) {
                    /* The store is asked only when the times are good: its answers need the first few alone. */
                    if (answer > 0 && (first > 4 || later > 4)) continue;
                    for (t.streamed = first == later ? 0 : 1; t.streamed < 2; t.streamed++) {
                        reset(&w);
                        w.claim_answer = claims[answer];
                        w.settle_answer = settlements[(first + later) % COUNT(settlements)];
                        w.sink_answer_later = (int)(first % 3) - 1;
                        w.now_ms[0] = times[first];
                        w.now_ms[1] = times[later];
                        judge(&w, &t, hook, &s);
                        runs++;
                    }
                }
            }
        }
        armalo_webhook_free(hook);
    }
    ck_assert_uint_gt(runs, 3000);
    armalo_host_free(host);
}
END_TEST

/* Settling: by whoever holds the claim, when the host can decide; the sink's answer plays no part, since what was done
 * was done. */
START_TEST(test_settle) {
    world w;
    memset(&w, 0, sizeof w);
    sample s;
    sample_make(&s, SAMPLE_STANDARD_V1);
    armalo_store store = {sizeof store, &w, world_claim, world_settle, NULL};
    w.sink = (enum sink)(_i / (int)COUNT(modes));
    int32_t mode = modes[_i % (int)COUNT(modes)];
    armalo_host *host = open_host(&w, mode);
    armalo_webhook_config config = sample_config(&s, 0, &store);
    armalo_webhook *hook = armalo_webhook_new(host, &config, NULL);
    armalo_decision why;
    for (size_t answer = 0; answer < COUNT(settlements); answer++) {
        for (size_t at = 0; at < COUNT(times); at++) {
            for (int32_t disposition = -1; disposition <= 5; disposition++) {
                for (int outcome = -1; outcome <= 2; outcome++) {
                    armalo_delivery delivery = {.disposition = disposition, .token = TOKEN};
                    reset(&w);
                    w.settle_answer = settlements[answer];
                    w.now_ms[0] = w.now_ms[1] = times[at];
                    w.sink_answer_later = 1;
                    int settled = armalo_webhook_settle(hook, &delivery, outcome, &why);
                    int asked = may_decide(mode, times[at]) && disposition == ARMALO_PROCESS;
                    ck_assert_uint_eq(w.settlements, asked ? 1 : 0);
                    ck_assert_int_eq(settled, asked && settlements[answer] == 1);
                    ck_assert_int_eq(armalo_decision_granted(&why), settled);
                    if (asked) ck_assert_int_eq(w.settled_as, outcome == ARMALO_DONE ? ARMALO_DONE : ARMALO_FAILED);
                    if (asked && settlements[answer] == 0) ck_assert_uint_eq(why.reason, ARMALO_REASON_CLAIM_LOST);
                    if (asked && settlements[answer] != 0 && settlements[answer] != 1)
                        ck_assert_uint_eq(why.reason, ARMALO_REASON_STORE_UNAVAILABLE);
                }
            }
        }
    }
    armalo_webhook_free(hook);
    armalo_host_free(host);
}
END_TEST

/* Planning an attempt and issuing a secret are mutations: no audit, no mutation, and nothing written. Signing is not:
 * what it makes can be made again. */
START_TEST(test_others) {
    world w;
    memset(&w, 0, sizeof w);
    sample s;
    sample_make(&s, SAMPLE_STANDARD_V1);
    w.sink = (enum sink)(_i / (int)COUNT(modes));
    int32_t mode = modes[_i % (int)COUNT(modes)];
    static const uint8_t root[ARMALO_ROOT_KEY_SIZE] = "root key of the faults test....";
    armalo_host_config host_config = {.struct_size = sizeof host_config,
                                      .mode = mode,
                                      .now_ms = world_clock,
                                      .clock_ctx = &w,
                                      .clock_floor_ms = FLOOR_MS,
                                      .audit_ctx = &w,
                                      .root_key = root,
                                      .root_key_len = sizeof root};
    host_config.audit_off = w.sink == SINK_OFF ? ARMALO_AUDIT_OFF : 0;
    host_config.audit = w.sink == SINK_OFF || w.sink == SINK_MISSING ? NULL : world_audit;
    armalo_host *host = armalo_host_new(&host_config, NULL);
    armalo_webhook_config config = sample_config(&s, 0, NULL);
    armalo_webhook *hook = armalo_webhook_new(host, &config, NULL);
    ck_assert(host != NULL && hook != NULL);
    for (size_t at = 0; at < COUNT(times); at++) {
        armalo_decision why;
        armalo_retry plan;
        char headers[ARMALO_WEBHOOK_HEADERS_SIZE], secret[ARMALO_WEBHOOK_SECRET_SIZE],
            record[ARMALO_WEBHOOK_RECORD_SIZE];
        int can = may_decide(mode, times[at]);
        armalo_attempt one = {.struct_size = sizeof one,
                              .id = "msg",
                              .id_len = 3,
                              .number = 1,
                              .http_status = 500,
                              .started_ms = 5,
                              .finished_ms = 6};
        w.now_ms[0] = w.now_ms[1] = times[at];
        reset(&w);
        memset(&plan, 0xA5, sizeof plan);
        int planned = armalo_webhook_retry(hook, &one, &plan, &why);
        ck_assert_int_eq(planned, can && told(w.sink));
        if (!planned) ck_assert(is_zero(&plan, sizeof plan));
        reset(&w);
        memset(secret, 0, sizeof secret);
        memset(record, 0, sizeof record);
        int issued = armalo_webhook_secret_issue(host, "wh", 0, secret, sizeof secret, record, sizeof record, &why);
        ck_assert_int_eq(issued, can && told(w.sink));
        if (!issued) ck_assert(is_zero(secret, sizeof secret) && is_zero(record, sizeof record));
        reset(&w);
        memset(headers, 0, sizeof headers);
        int is_signed = armalo_webhook_sign(hook, "m", 1, "{}", 2, SAMPLE_NOW_S, headers, sizeof headers, NULL, &why);
        ck_assert_int_eq(is_signed, can);
        if (!is_signed) ck_assert(is_zero(headers, sizeof headers));
        ck_assert_int_eq(armalo_decision_granted(&why), is_signed);
    }
    armalo_webhook_free(hook);
    armalo_host_free(host);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_loop_test(tc, test_product, 0, (int)SINKS * (int)COUNT(modes));
    tcase_add_loop_test(tc, test_settle, 0, (int)SINKS * (int)COUNT(modes));
    tcase_add_loop_test(tc, test_others, 0, (int)SINKS * (int)COUNT(modes));
}

TEST_MAIN("fault_faults", fill, 120)
