/* SPDX-License-Identifier: MIT */
/* The host: what it refuses, and that a missing mode, clock or sink denies with a reason of its own. */
#include "webhook_forge.h"

static forge f;

/* The host is refused: no handle, the reason, no event. */
static void expect_no_host(world *w, uint32_t reason) {
    armalo_host *host = NULL;
    EXPECT_REFUSE(w, (host = armalo_host_new(&w->config, &w->why)) != NULL, reason);
    ck_assert_ptr_eq(host, NULL);
    ck_assert_ptr_eq(armalo_host_new(&w->config, NULL), NULL);
}

static void start_with(world *w, void (*change)(armalo_host_config *)) {
    world_init(w);
    change(&w->config);
    world_start(w);
}

START_TEST(test_config_refused) {
    static world w;
    world_init(&w);
    armalo_host *host = NULL;
    EXPECT_REFUSE(&w, (host = armalo_host_new(NULL, &w.why)) != NULL, ARMALO_REASON_INVALID_ARGUMENT);
    static const size_t sizes[] = {0, 1, sizeof w.config - 1, sizeof w.config + 1, SIZE_MAX};
    for (size_t i = 0; i < 5; i++) {
        world_init(&w);
        w.config.struct_size = sizes[i];
        expect_no_host(&w, ARMALO_REASON_INVALID_ARGUMENT);
    }
    static const int32_t modes[] = {-1, 5, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < 4; i++) {
        world_init(&w);
        w.config.mode = modes[i];
        expect_no_host(&w, ARMALO_REASON_HOST_CONFIG_INVALID);
        ck_assert_str_eq(w.why.detail, "mode");
    }
    static const uint32_t offs[] = {1, ARMALO_AUDIT_OFF ^ 1, UINT32_MAX};
    for (size_t i = 0; i < 3; i++) {
        world_init(&w);
        w.config.audit = NULL;
        w.config.audit_off = offs[i];
        expect_no_host(&w, ARMALO_REASON_HOST_CONFIG_INVALID);
    }
    world_init(&w);
    w.config.audit_off = ARMALO_AUDIT_OFF; /* and a sink */
    expect_no_host(&w, ARMALO_REASON_HOST_CONFIG_INVALID);
    static const int64_t floors[] = {-1, INT64_MIN, INT64_C(253402300800000), INT64_MAX};
    for (size_t i = 0; i < 4; i++) {
        world_init(&w);
        w.config.clock_floor_ms = floors[i];
        expect_no_host(&w, ARMALO_REASON_HOST_CONFIG_INVALID);
    }
}
END_TEST

START_TEST(test_root_key_refused) {
    static world w;
    static const size_t sizes[] = {0, 1, 16, 31, 33, 64};
    uint8_t key[64];
    for (size_t i = 0; i < 64; i++) key[i] = (uint8_t)i;
    for (size_t i = 0; i < 6; i++) {
        world_init(&w);
        w.config.root_key = key;
        w.config.root_key_len = sizes[i];
        expect_no_host(&w, ARMALO_REASON_HOST_ROOT_KEY_INVALID);
    }
    world_init(&w);
    w.config.root_key = NULL; /* but the length of one */
    expect_no_host(&w, ARMALO_REASON_HOST_ROOT_KEY_INVALID);
    for (int byte = 0; byte < 256; byte++) {
        memset(key, byte, 32);
        world_init(&w);
        w.config.root_key = key;
        expect_no_host(&w, ARMALO_REASON_HOST_ROOT_KEY_INVALID);
        key[byte % 32] ^= 1;
        world_start(&w);
        world_end(&w);
    }
}
END_TEST

START_TEST(test_source) {
    static world w;
    char source[300];
    memset(source, 'a', sizeof source);
    source[256] = 0;
    world_init(&w);
    w.config.source = source;
    expect_no_host(&w, ARMALO_REASON_HOST_CONFIG_INVALID);
    static const char *const bad[] = {"", "a b", "a\n", "\x7f", "caf\xC3\xA9", " "};
    for (size_t i = 0; i < 6; i++) {
        w.config.source = bad[i];
        expect_no_host(&w, ARMALO_REASON_HOST_CONFIG_INVALID);
    }
    w.config.source = "!~"; /* the ends of visible ASCII */
    world_start(&w);
    world_end(&w);
    source[255] = 0;
    w.config.source = source;
    world_start(&w);
    memset(source, 'b', 255); /* it was copied */
    armalo_webhook *hook = forge_hook(&w, FORGE_STANDARD, NULL);
    forge_make(&f, FORGE_STANDARD, FORGE_NOW_S, 0);
    EXPECT_GRANT(&w, armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why));
    memset(source, 'a', 255);
    const char *at = strstr(forge_last(&w), source);
    ck_assert_ptr_ne(at, NULL);
    ck_assert_int_eq(at[255], '"');
    armalo_webhook_free(hook);
    world_end(&w);
}
END_TEST

START_TEST(test_new_grants_nothing) {
    static world w;
    world_init(&w);
    memset(&w.why, 0xFF, sizeof w.why);
    world_start(&w);
    ck_assert_uint_eq(w.why.reason, ARMALO_REASON_UNDECIDED);
    ck_assert_int_eq(armalo_decision_granted(&w.why), 0);
    ck_assert_uint_eq(w.decisions, 0);
    world_end(&w);
    armalo_host_free(NULL);
}
END_TEST

/* CloudEvents 1.0: specversion, id, source and type, and an id that is never used twice. */
START_TEST(test_event_form) {
    static world w;
    world_init(&w);
    world_start(&w);
    armalo_webhook *hook = forge_hook(&w, FORGE_STANDARD, NULL);
    forge_make(&f, FORGE_STANDARD, FORGE_NOW_S, 0);
    f.request.request_id = "order-77";
    f.request.request_id_len = 8;
    EXPECT_GRANT(&w, armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why));
    ck_assert_str_eq(w.why.request_id, "order-77");
    ck_assert_int_eq(w.why.decided_at_ms, FORGE_NOW_S * 1000);
    ck_assert_int_eq(w.why.mode, ARMALO_MODE_PRODUCTION);
    const char *event = forge_last(&w);
    ck_assert_int_eq(strncmp(event, "{\"specversion\":\"1.0\",\"id\":\"evt_", 31), 0);
    char want[1200];
    snprintf(
        want, sizeof want,
        "\",\"source\":\"urn:armalo:host\",\"type\":\"ai.armalo.audit.webhook.verify\",\"time\":\"2023-11-14T22:13:"
        "20.000Z\",\"subject\":\"default\",\"datacontenttype\":\"application/json\",\"data\":{\"decision\":{"
        "\"granted\":true,\"evidence\":\"positive\",\"reason\":\"core.granted\",\"class\":\"ok\",\"http_status\":"
        "200,\"detail\":null,\"request_id\":\"order-77\",\"decided_at\":\"2023-11-14T22:13:20.000Z\",\"mode\":"
        "\"production\",\"principal\":\"default\",\"org\":null,\"labels\":[\"covers:id\",\"covers:timestamp\","
        "\"covers:body\",\"replay:unchecked\"]},\"control\":\"webhooks\",\"delivery_id\":\"" FORGE_ID
        "\",\"event\":\"invoice.paid\",\"timestamp\":1700000000,\"disposition\":\"unchecked\"}}");
    const char *rest = strchr(event + 28, '"');
    ck_assert_ptr_ne(rest, NULL);
    ck_assert_str_eq(rest, want);
    armalo_webhook_free(hook);
    world_end(&w);
}
END_TEST

/* ---- Modes ---- */

START_TEST(test_modes) {
    static const struct {
        int32_t mode, evidence;
        uint32_t label;
    } modes[] = {
        {ARMALO_MODE_PRODUCTION, ARMALO_POSITIVE, 0},
        {ARMALO_MODE_STAGING, ARMALO_POSITIVE, ARMALO_LABEL_MODE_STAGING},
        {ARMALO_MODE_SIMULATION, ARMALO_SIMULATED, ARMALO_LABEL_MODE_SIMULATION},
        {ARMALO_MODE_DRY_RUN, ARMALO_SIMULATED, ARMALO_LABEL_MODE_DRY_RUN},
    };
    const uint32_t of_modes = ARMALO_LABEL_MODE_STAGING | ARMALO_LABEL_MODE_SIMULATION | ARMALO_LABEL_MODE_DRY_RUN;
    for (size_t i = 0; i < 4; i++) {
        static world w;
        world_init(&w);
        w.config.mode = modes[i].mode;
        w.grant_evidence = modes[i].evidence;
        world_start(&w);
        armalo_webhook *hook = forge_hook(&w, FORGE_GITHUB, NULL);
        forge_make(&f, FORGE_GITHUB, FORGE_NOW_S, 0);
        EXPECT_GRANT(&w, armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why));
        ck_assert_int_eq(w.why.mode, modes[i].mode);
        ck_assert_uint_eq(w.why.labels & of_modes, modes[i].label);
        forge_make(&f, FORGE_GITHUB, FORGE_NOW_S, FORGE_BIT(WRONG_KEY));
        EXPECT_DENY(&w, armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why), ARMALO_REASON_SIGNATURE_MISMATCH);
        ck_assert_uint_eq(w.why.labels & of_modes, modes[i].label);
        armalo_webhook_free(hook);
        world_end(&w);
    }
}
END_TEST

/* ---- What is left out denies: each deciding call is tried against each broken host ---- */

static void no_mode(armalo_host_config *c) { c->mode = ARMALO_MODE_UNSET; }
static void no_clock(armalo_host_config *c) { c->now_ms = NULL; }
static void no_sink(armalo_host_config *c) { c->audit = NULL; }
static void audit_off(armalo_host_config *c) {
    c->audit = NULL;
    c->audit_off = ARMALO_AUDIT_OFF;
}
static void floor_now(armalo_host_config *c) { c->clock_floor_ms = FORGE_NOW_S * 1000; }

typedef struct calls {
    armalo_webhook *hook, *sender;
    forge_store store;
    armalo_delivery claimed;
    char headers[ARMALO_WEBHOOK_HEADERS_SIZE], secret[ARMALO_WEBHOOK_SECRET_SIZE], record[ARMALO_WEBHOOK_RECORD_SIZE];
    armalo_attempt attempt;
    armalo_retry plan;
} calls;
static calls c;

static void calls_open(world *w) {
    forge_config config;
    memset(&c, 0, sizeof c);
    forge_store_init(&c.store);
    c.hook = forge_hook(w, FORGE_STANDARD, &c.store.store);
    forge_config_init(&config, FORGE_STANDARD, FORGE_SENDS);
    c.sender = forge_open(w, &config.config);
    forge_make(&f, FORGE_STANDARD, FORGE_NOW_S, 0);
    c.claimed.disposition = ARMALO_PROCESS;
    c.claimed.token = 1;
    c.attempt.struct_size = sizeof c.attempt;
    c.attempt.id = "msg_1";
    c.attempt.id_len = 5;
    c.attempt.number = 1;
    c.attempt.http_status = 500;
    c.attempt.started_ms = c.attempt.finished_ms = FORGE_NOW_S * 1000;
}

static void calls_close(void) {
    armalo_webhook_free(c.hook);
    armalo_webhook_free(c.sender);
}

static int call_sign(world *w) {
    size_t len = 0;
    memset(c.headers, 0xFF, sizeof c.headers);
    return armalo_webhook_sign(c.sender, "msg_1", 5, "{}", 2, 0, c.headers, sizeof c.headers, &len, &w->why);
}
static int call_issue(world *w) {
    memset(c.secret, 0xFF, sizeof c.secret);
    memset(c.record, 0xFF, sizeof c.record);
    return armalo_webhook_secret_issue(w->host, "wh_1", 0, c.secret, sizeof c.secret, c.record, sizeof c.record,
                                       &w->why);
}
static int call_retry(world *w) {
    memset(&c.plan, 0xFF, sizeof c.plan);
    return armalo_webhook_retry(c.sender, &c.attempt, &c.plan, &w->why);
}
static int call_settle(world *w) { return armalo_webhook_settle(c.hook, &c.claimed, ARMALO_DONE, &w->why); }

/* Whatever keeps the host from deciding denies all of them, and none touches its outputs or the store. */
static void expect_all_denied(world *w, uint32_t reason) {
    armalo_webhook_stream *stream = NULL;
    char secret[ARMALO_WEBHOOK_SECRET_SIZE];
    EXPECT_DENY(w, armalo_webhook_verify(c.hook, &f.request, &w->delivery, &w->why), reason);
    EXPECT_DENY_CALL(w, call_settle(w), reason);
    EXPECT_DENY_CALL(w, call_sign(w), reason);
    ck_assert(forge_poisoned(c.headers, sizeof c.headers));
    EXPECT_DENY_CALL(w, call_issue(w), reason);
    ck_assert(forge_poisoned(c.secret, sizeof c.secret) && forge_poisoned(c.record, sizeof c.record));
    memset(secret, 0xFF, sizeof secret);
    EXPECT_DENY_CALL(w, armalo_webhook_secret_open(w->host, "{}", 2, "wh_1", secret, sizeof secret, NULL, &w->why),
                     reason);
    ck_assert(forge_poisoned(secret, sizeof secret));
    EXPECT_DENY_CALL(w, call_retry(w), reason);
    ck_assert(forge_zero(&c.plan, sizeof c.plan));
    armalo_request begin = f.request;
    begin.body = NULL;
    begin.body_len = 0;
    EXPECT_DENY_CALL(w, (stream = armalo_webhook_begin(c.hook, &begin, &w->why)) != NULL, reason);
    ck_assert_uint_eq(c.store.claims + c.store.settles, 0);
}

START_TEST(test_no_mode) {
    static world w;
    start_with(&w, no_mode);
    calls_open(&w);
    expect_all_denied(&w, ARMALO_REASON_HOST_MODE_UNSET);
    ck_assert_int_eq(w.why.mode, 0);
    calls_close();
    world_end(&w);
}
END_TEST

START_TEST(test_no_clock) {
    static world w;
    start_with(&w, no_clock);
    calls_open(&w);
    expect_all_denied(&w, ARMALO_REASON_HOST_CLOCK_MISSING);
    ck_assert_int_eq(w.why.decided_at_ms, 0);
    ck_assert_ptr_eq(strstr(forge_last(&w), "\"time\":"), NULL);
    calls_close();
    world_end(&w);
}
END_TEST

START_TEST(test_clock_failed) {
    static world w;
    static const int64_t times[] = {0, -1, INT64_MIN, INT64_C(253402300800000), INT64_MAX};
    for (size_t i = 0; i < 5; i++) {
        world_init(&w);
        world_start(&w);
        calls_open(&w);
        w.now_ms = times[i];
        expect_all_denied(&w, ARMALO_REASON_HOST_CLOCK_UNAVAILABLE);
        ck_assert_int_eq(w.why.decided_at_ms, 0);
        calls_close();
        world_end(&w);
    }
}
END_TEST

START_TEST(test_clock_behind) {
    static world w;
    start_with(&w, floor_now);
    calls_open(&w);
    w.now_ms = FORGE_NOW_S * 1000 - 1;
    expect_all_denied(&w, ARMALO_REASON_HOST_CLOCK_BEHIND);
    w.now_ms = FORGE_NOW_S * 1000;
    EXPECT_GRANT(&w, armalo_webhook_verify(c.hook, &f.request, &w.delivery, &w.why));
    calls_close();
    world_end(&w);
}
END_TEST

/* ---- Audit ---- */

/* A mutation (verify, issue, retry) needs its event kept; signing and settling do not change what may happen. */
static void expect_mutations_denied(world *w, uint32_t reason) {
    EXPECT_DENY(w, armalo_webhook_verify(c.hook, &f.request, &w->delivery, &w->why), reason);
    EXPECT_DENY_CALL(w, call_issue(w), reason);
    ck_assert(forge_poisoned(c.secret, sizeof c.secret) && forge_poisoned(c.record, sizeof c.record));
    EXPECT_DENY_CALL(w, call_retry(w), reason);
    ck_assert(forge_zero(&c.plan, sizeof c.plan));
}

START_TEST(test_no_sink) {
    static world w;
    start_with(&w, no_sink);
    w.expected = 0;
    calls_open(&w);
    expect_mutations_denied(&w, ARMALO_REASON_HOST_AUDIT_MISSING);
    EXPECT_GRANT(&w, call_sign(&w));
    calls_close();
    world_end(&w);
}
END_TEST

START_TEST(test_audit_off_is_labelled) {
    static world w;
    start_with(&w, audit_off);
    w.expected = 0;
    calls_open(&w);
    EXPECT_GRANT(&w, armalo_webhook_verify(c.hook, &f.request, &w.delivery, &w.why));
    ck_assert_uint_ne(w.why.labels & ARMALO_LABEL_AUDIT_OFF, 0);
    EXPECT_GRANT(&w, call_issue(&w));
    ck_assert_uint_eq(w.why.labels, ARMALO_LABEL_AUDIT_OFF);
    EXPECT_GRANT(&w, call_retry(&w));
    f.request.header_count = 0;
    EXPECT_DENY(&w, armalo_webhook_verify(c.hook, &f.request, &w.delivery, &w.why), ARMALO_REASON_HEADER_MISSING);
    ck_assert_uint_ne(w.why.labels & ARMALO_LABEL_AUDIT_OFF, 0);
    calls_close();
    world_end(&w);
}
END_TEST

START_TEST(test_failing_sink) {
    static world w;
    static const int answers[] = {0, 2, -1, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < 5; i++) {
        world_init(&w);
        world_start(&w);
        calls_open(&w);
        w.audit_answer = answers[i];
        /* The sink is offered the event of a grant before the grant is made; the decision is a denial all the same. */
        w.expected = 1;
        unsigned before = forge_poison(&w);
        ck_assert_int_eq(armalo_webhook_verify(c.hook, &f.request, &w.delivery, &w.why), 0);
        ck_assert_uint_eq(w.why.reason, ARMALO_REASON_HOST_AUDIT_FAILED);
        ck_assert_int_eq(w.why.evidence, ARMALO_UNAVAILABLE);
        ck_assert_int_eq(w.why.http_status, 503);
        ck_assert_int_eq(armalo_decision_granted(&w.why), 0);
        ck_assert(forge_zero(&w.delivery, sizeof w.delivery));
        ck_assert_uint_eq(w.decisions, before + 1);
        /* The claim was given back: the sender's next attempt is processed. */
        ck_assert_uint_eq(c.store.claims, 1);
        ck_assert_uint_eq(c.store.settles, 1);
        ck_assert_int_eq(c.store.last_outcome, ARMALO_FAILED);
        ck_assert_int_eq(call_issue(&w), 0);
        ck_assert_uint_eq(w.why.reason, ARMALO_REASON_HOST_AUDIT_FAILED);
        ck_assert(forge_poisoned(c.secret, sizeof c.secret) && forge_poisoned(c.record, sizeof c.record));
        ck_assert_int_eq(call_retry(&w), 0);
        ck_assert_uint_eq(w.why.reason, ARMALO_REASON_HOST_AUDIT_FAILED);
        ck_assert(forge_zero(&c.plan, sizeof c.plan));
        /* A denial stands whether or not it could be told. */
        forge_make(&f, FORGE_STANDARD, FORGE_NOW_S, FORGE_BIT(BODY_CHANGED));
        EXPECT_DENY(&w, armalo_webhook_verify(c.hook, &f.request, &w.delivery, &w.why),
                    ARMALO_REASON_SIGNATURE_MISMATCH);
        EXPECT_GRANT(&w, call_sign(&w));
        w.audit_answer = 1;
        forge_make(&f, FORGE_STANDARD, FORGE_NOW_S, 0);
        EXPECT_GRANT(&w, armalo_webhook_verify(c.hook, &f.request, &w.delivery, &w.why));
        ck_assert_int_eq(w.delivery.disposition, ARMALO_PROCESS);
        calls_close();
        world_end(&w);
    }
}
END_TEST

/* ---- Request ids ---- */

START_TEST(test_request_ids) {
    static world w;
    static const struct {
        const char *text;
        size_t len;
    } unusable[] = {{"", 0},     {"a b", 3}, {"a\n", 2}, {"a\0b", 3}, {"caf\xC3\xA9", 5},
                    {"\x7f", 1}, {NULL, 5},  {NULL, 0}};
    char longest[ARMALO_REQUEST_ID_SIZE + 1], ids[400][ARMALO_REQUEST_ID_SIZE];
    world_init(&w);
    world_start(&w);
    armalo_webhook *hook = forge_hook(&w, FORGE_STANDARD, NULL);
    forge_make(&f, FORGE_STANDARD, FORGE_NOW_S, 0);
    for (size_t i = 0; i < 8; i++) {
        f.request.request_id = unusable[i].text;
        f.request.request_id_len = unusable[i].len;
        EXPECT_GRANT(&w, armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why));
        ck_assert_int_eq(strncmp(w.why.request_id, "req_", 4), 0);
    }
    f.request.request_id = "!~";
    f.request.request_id_len = 2;
    EXPECT_GRANT(&w, armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why));
    ck_assert_str_eq(w.why.request_id, "!~");
    memset(longest, 'x', sizeof longest);
    f.request.request_id = longest;
    f.request.request_id_len = 47;
    EXPECT_GRANT(&w, armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why));
    ck_assert_uint_eq(strlen(w.why.request_id), 47);
    ck_assert_int_eq(memcmp(w.why.request_id, longest, 47), 0);
    f.request.request_id_len = 48;
    EXPECT_GRANT(&w, armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why));
    ck_assert_int_eq(strncmp(w.why.request_id, "req_", 4), 0);

    f.request.request_id = NULL;
    f.request.request_id_len = 0;
    for (int i = 0; i < 400; i++) {
        ck_assert_int_eq(armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why), 1);
        memcpy(ids[i], w.why.request_id, sizeof ids[i]);
        for (int j = 0; j < i; j++) ck_assert_str_ne(ids[i], ids[j]);
    }
    /* Another host of the same configuration counts elsewhere. */
    static world other;
    world_init(&other);
    world_start(&other);
    ck_assert_int_eq(armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why), 1);
    armalo_webhook *second = forge_hook(&other, FORGE_STANDARD, NULL);
    ck_assert_int_eq(armalo_webhook_verify(second, &f.request, &other.delivery, &other.why), 1);
    ck_assert_int_ne(strncmp(w.why.request_id, other.why.request_id, 20), 0);
    armalo_webhook_free(second);
    armalo_webhook_free(hook);
    world_end(&other);
    world_end(&w);
}
END_TEST

START_TEST(test_version) { ck_assert_str_eq(armalo_version(), ARMALO_VERSION); }
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_config_refused);
    tcase_add_test(tc, test_root_key_refused);
    tcase_add_test(tc, test_source);
    tcase_add_test(tc, test_new_grants_nothing);
    tcase_add_test(tc, test_event_form);
    tcase_add_test(tc, test_modes);
    tcase_add_test(tc, test_no_mode);
    tcase_add_test(tc, test_no_clock);
    tcase_add_test(tc, test_clock_failed);
    tcase_add_test(tc, test_clock_behind);
    tcase_add_test(tc, test_no_sink);
    tcase_add_test(tc, test_audit_off_is_labelled);
    tcase_add_test(tc, test_failing_sink);
    tcase_add_test(tc, test_request_ids);
    tcase_add_test(tc, test_version);
}
TEST_MAIN("core_host", fill, 60)
