/* SPDX-License-Identifier: MIT */
/* Settling what was claimed, and stores and sinks that fail in between. */
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
static int verify(armalo_webhook *hook) { return armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why); }

/* Granted with this disposition; only ARMALO_PROCESS comes with a token. */
static armalo_delivery expect(armalo_webhook *hook, int32_t disposition) {
    static const char *const words[] = {"", "process", "in_progress", "duplicate", "unchecked"};
    char want[64];
    EXPECT_GRANT(&w, verify(hook));
    ck_assert_int_eq(w.delivery.disposition, disposition);
    ck_assert_int_eq(w.delivery.token != 0, disposition == ARMALO_PROCESS);
    snprintf(want, sizeof want, "\"disposition\":\"%s\"}}", words[disposition]);
    ck_assert_ptr_nonnull(strstr(forge_last(&w), want));
    ck_assert_uint_eq(w.why.labels & ARMALO_LABEL_REPLAY_UNCHECKED, 0);
    return w.delivery;
}
static int settle(armalo_webhook *hook, const armalo_delivery *delivery, int outcome) {
    return armalo_webhook_settle(hook, delivery, outcome, &w.why);
}

START_TEST(test_settle_refused) {
    armalo_webhook *hook = begin(FORGE_STANDARD);
    armalo_delivery mine = expect(hook, ARMALO_PROCESS), other = mine;
    EXPECT_REFUSE(&w, armalo_webhook_settle(NULL, &mine, ARMALO_DONE, &w.why), ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_DENY_CALL(&w, settle(hook, NULL, ARMALO_DONE), ARMALO_REASON_INVALID_ARGUMENT);
    for (int bit = 0; bit < 64; bit++) {
        other.token = mine.token ^ UINT64_C(1) << bit;
        EXPECT_DENY_CALL(&w, settle(hook, &other, ARMALO_DONE), ARMALO_REASON_CLAIM_LOST);
    }
    other = mine;
    for (int bit = 0; bit < 256; bit++) {
        other.key[bit / 8] ^= (uint8_t)(1 << bit % 8);
        EXPECT_DENY_CALL(&w, settle(hook, &other, ARMALO_DONE), ARMALO_REASON_CLAIM_LOST);
        other.key[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    static const int32_t dispositions[] = {0, ARMALO_IN_PROGRESS, ARMALO_DUPLICATE, ARMALO_UNCHECKED, 5, -1};
    unsigned settles = s.settles;
    for (size_t i = 0; i < 6; i++) {
        other.disposition = dispositions[i];
        EXPECT_DENY_CALL(&w, settle(hook, &other, ARMALO_DONE), ARMALO_REASON_CLAIM_LOST);
    }
    memset(&other, 0, sizeof other); /* a denied delivery */
    EXPECT_DENY_CALL(&w, settle(hook, &other, ARMALO_DONE), ARMALO_REASON_CLAIM_LOST);
    memset(&other, 0xFF, sizeof other); /* garbage: texts without an end */
    EXPECT_DENY_CALL(&w, settle(hook, &other, ARMALO_DONE), ARMALO_REASON_CLAIM_LOST);
    memset(&other, 'x', sizeof other);
    other.disposition = ARMALO_PROCESS;
    EXPECT_DENY_CALL(&w, settle(hook, &other, ARMALO_DONE), ARMALO_REASON_CLAIM_LOST);
    ck_assert_uint_eq(s.settles, settles + 1);
    EXPECT_GRANT(&w, settle(hook, &mine, ARMALO_DONE));
    ck_assert_int_eq(armalo_webhook_settle(hook, &mine, ARMALO_DONE, NULL), 0);
    end(hook);
}
END_TEST

/* An endpoint without a store, and one with another store. */
START_TEST(test_settle_elsewhere) {
    static forge_store t;
    armalo_webhook *hook = begin(FORGE_STANDARD);
    armalo_delivery mine = expect(hook, ARMALO_PROCESS);
    forge_store_init(&t);
    c.config.store = &t.store;
    armalo_webhook *other = forge_open(&w, &c.config);
    EXPECT_DENY_CALL(&w, settle(other, &mine, ARMALO_DONE), ARMALO_REASON_CLAIM_LOST);
    armalo_webhook_free(other);
    c.config.store = NULL;
    other = forge_open(&w, &c.config);
    EXPECT_DENY_CALL(&w, settle(other, &mine, ARMALO_DONE), ARMALO_REASON_INVALID_ARGUMENT);
    armalo_webhook_free(other);
    end(hook);
}
END_TEST

/* Any other outcome than ARMALO_DONE is a failure. */
START_TEST(test_outcomes) {
    static const int outcomes[] = {ARMALO_FAILED, 2, -1, 99, INT32_MAX, INT32_MIN, ARMALO_DONE};
    armalo_webhook *hook = begin(FORGE_STANDARD);
    for (size_t i = 0; i < 7; i++) {
        armalo_delivery mine = expect(hook, ARMALO_PROCESS);
        EXPECT_GRANT(&w, settle(hook, &mine, outcomes[i]));
        ck_assert_int_eq(s.last_outcome, outcomes[i] == ARMALO_DONE ? ARMALO_DONE : ARMALO_FAILED);
    }
    expect(hook, ARMALO_DUPLICATE);
    end(hook);
}
END_TEST

/* Lease and keep as they were configured. */
START_TEST(test_lease_and_keep) {
    armalo_webhook *unused = begin(FORGE_STANDARD);
    armalo_webhook_free(unused);
    c.config.lease_ms = 1234;
    c.config.keep_ms = 987654321;
    armalo_webhook *hook = forge_open(&w, &c.config);
    armalo_delivery mine = expect(hook, ARMALO_PROCESS);
    ck_assert_int_eq(s.last.lease_until_ms, w.now_ms + 1234);
    ck_assert_int_eq(s.last.keep_until_ms, w.now_ms + 987654321);
    w.now_ms += 1233;
    expect(hook, ARMALO_IN_PROGRESS);
    w.now_ms += 1;
    EXPECT_GRANT(&w, settle(hook, &mine, ARMALO_DONE)); /* lapsed, but nobody has claimed it since */
    ck_assert_int_eq(s.last.keep_until_ms, w.now_ms + 987654321);
    expect(hook, ARMALO_DUPLICATE);
    end(hook);
}
END_TEST

/* The audit sink fails after the claim: the delivery is given back, with its own token and under its own key. */
START_TEST(test_given_back_when_untold) {
    armalo_webhook *hook = begin(_i);
    w.audit_answer = 0;
    for (int n = 1; n <= 3; n++) {
        forge_poison(&w);
        ck_assert_int_eq(verify(hook), 0);
        ck_assert_uint_eq(w.why.reason, ARMALO_REASON_HOST_AUDIT_FAILED);
        ck_assert(forge_zero(&w.delivery, sizeof w.delivery));
        ck_assert_uint_eq(s.claims, (unsigned)n);
        ck_assert_uint_eq(s.settles, (unsigned)n);
        ck_assert_int_eq(s.last_outcome, ARMALO_FAILED);
        ck_assert_uint_eq(s.entry[0].token, 0);
    }
    w.audit_answer = 1;
    armalo_delivery mine = expect(hook, ARMALO_PROCESS);
    w.audit_answer = 0; /* somebody else's claim is not given back */
    ck_assert_int_eq(verify(hook), 0);
    ck_assert_uint_eq(s.settles, 3);
    /* Settling is not a mutation that needs its event: the claim ends all the same. */
    EXPECT_GRANT(&w, settle(hook, &mine, ARMALO_DONE));
    w.audit_answer = 1;
    expect(hook, ARMALO_DUPLICATE);
    end(hook);
}
END_TEST

START_TEST(test_store_answers_nonsense) {
    static const int32_t nonsense[] = {0, 4, 5, -1, 99, INT32_MAX, INT32_MIN};
    armalo_webhook *hook = begin(FORGE_STANDARD);
    s.misclaim = 1;
    for (size_t i = 0; i < 7; i++) {
        s.claim_answer = nonsense[i];
        EXPECT_DENY(&w, verify(hook), ARMALO_REASON_STORE_UNAVAILABLE);
    }
    ck_assert_uint_eq(s.settles, 0); /* nothing was claimed, so nothing is given back */
    s.misclaim = 0;
    armalo_delivery mine = expect(hook, ARMALO_PROCESS);
    s.missettle = 1;
    for (size_t i = 1; i < 7; i++) {
        s.settle_answer = nonsense[i];
        EXPECT_DENY_CALL(&w, settle(hook, &mine, ARMALO_DONE), ARMALO_REASON_STORE_UNAVAILABLE);
    }
    s.settle_answer = 2;
    EXPECT_DENY_CALL(&w, settle(hook, &mine, ARMALO_DONE), ARMALO_REASON_STORE_UNAVAILABLE);
    s.settle_answer = 0;
    EXPECT_DENY_CALL(&w, settle(hook, &mine, ARMALO_DONE), ARMALO_REASON_CLAIM_LOST);
    s.missettle = 0;
    EXPECT_GRANT(&w, settle(hook, &mine, ARMALO_DONE));
    end(hook);
}
END_TEST

/* A full memory store says so, and forgets nothing to make room. */
START_TEST(test_memory_store_full) {
    armalo_webhook *unused = begin(FORGE_STANDARD);
    armalo_webhook_free(unused);
    armalo_store *store = armalo_memory_store_new(2, &w.why);
    ck_assert_ptr_nonnull(store);
    c.config.store = store;
    armalo_webhook *hook = forge_open(&w, &c.config);
    for (int n = 0; n < 4; n++) {
        snprintf(f.id, sizeof f.id, "msg_%d", n);
        forge_set(&f, "webhook-id", f.id);
        forge_resign(&f);
        if (n < 2) {
            armalo_delivery mine = expect(hook, ARMALO_PROCESS);
            EXPECT_GRANT(&w, settle(hook, &mine, ARMALO_DONE));
        } else {
            EXPECT_DENY(&w, verify(hook), ARMALO_REASON_STORE_UNAVAILABLE);
        }
    }
    for (int n = 0; n < 2; n++) {
        snprintf(f.id, sizeof f.id, "msg_%d", n);
        forge_set(&f, "webhook-id", f.id);
        forge_resign(&f);
        expect(hook, ARMALO_DUPLICATE);
    }
    armalo_webhook_free(hook);
    armalo_store_free(store);
    world_end(&w);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_settle_refused);
    tcase_add_test(tc, test_settle_elsewhere);
    tcase_add_test(tc, test_outcomes);
    tcase_add_test(tc, test_lease_and_keep);
    tcase_add_loop_test(tc, test_given_back_when_untold, 0, FORGE_KINDS);
    tcase_add_test(tc, test_store_answers_nonsense);
    tcase_add_test(tc, test_memory_store_full);
}
TEST_MAIN("webhook_settle", fill, 60)
