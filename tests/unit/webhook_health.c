/* SPDX-License-Identifier: MIT */
/* Failures in a row, and the alert that is raised once and cleared by a success. */
#include "webhook_forge.h"

static world w;
static forge f;
static forge_config c;
static forge_store s;

static armalo_webhook *begin(uint32_t alert_after) {
    world_init(&w);
    world_start(&w);
    forge_store_init(&s);
    forge_config_init(&c, FORGE_STANDARD, FORGE_RECEIVES);
    c.config.store = &s.store;
    c.config.alert_after = alert_after;
    c.config.endpoint = "billing";
    return forge_open(&w, &c.config);
}
static void end(armalo_webhook *hook) {
    armalo_webhook_free(hook);
    world_end(&w);
}

static void good(armalo_webhook *hook) {
    forge_make(&f, FORGE_STANDARD, FORGE_NOW_S, 0);
    EXPECT_GRANT(&w, armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why));
}
static void bad(armalo_webhook *hook) {
    forge_make(&f, FORGE_STANDARD, FORGE_NOW_S, FORGE_BIT(WRONG_KEY));
    EXPECT_DENY(&w, armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why), ARMALO_REASON_SIGNATURE_MISMATCH);
}
static void handled(armalo_webhook *hook, int outcome) {
    static unsigned number;
    forge_make(&f, FORGE_STANDARD, FORGE_NOW_S, 0);
    snprintf(f.id, sizeof f.id, "msg_%u", ++number % 40);
    forge_set(&f, "webhook-id", f.id);
    forge_resign(&f);
    forge_store_init(&s);
    EXPECT_GRANT(&w, armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why));
    armalo_delivery mine = w.delivery;
    EXPECT_GRANT(&w, armalo_webhook_settle(hook, &mine, outcome, &w.why));
}

static void expect(armalo_webhook *hook, uint32_t verify, uint32_t handler, uint32_t verify_alert,
                   uint32_t handler_alert, unsigned alerts) {
    armalo_webhook_health health;
    memset(&health, 0xFF, sizeof health);
    armalo_webhook_health_get(hook, &health);
    ck_assert_uint_eq(health.verify_failures, verify);
    ck_assert_uint_eq(health.handler_failures, handler);
    ck_assert_uint_eq(health.verify_alert, verify_alert);
    ck_assert_uint_eq(health.handler_alert, handler_alert);
    ck_assert_uint_eq(w.alerts, alerts);
}

START_TEST(test_verify_failures) {
    armalo_webhook *hook = begin(3);
    expect(hook, 0, 0, 0, 0, 0);
    bad(hook);
    bad(hook);
    expect(hook, 2, 0, 0, 0, 0);
    good(hook); /* in a row, not in all */
    expect(hook, 0, 0, 0, 0, 0);
    bad(hook);
    bad(hook);
    expect(hook, 2, 0, 0, 0, 0);
    bad(hook);
    expect(hook, 3, 0, 1, 0, 1);
    ck_assert_int_eq(armalo_json_check(w.alert, strlen(w.alert), SIZE_MAX, NULL), 1);
    ck_assert_ptr_nonnull(strstr(w.alert, "\"subject\":\"billing\""));
    ck_assert_ptr_nonnull(strstr(w.alert, "\"granted\":false"));
    ck_assert_ptr_nonnull(strstr(w.alert, ",\"control\":\"webhooks\",\"alert\":\"verify_failures\",\"failures\":3}}"));
    for (int n = 4; n < 30; n++) bad(hook); /* once, however long it lasts */
    expect(hook, 29, 0, 1, 0, 1);
    good(hook);
    expect(hook, 0, 0, 0, 0, 1);
    for (int n = 0; n < 3; n++) bad(hook); /* and again after it was cleared */
    expect(hook, 3, 0, 1, 0, 2);
    end(hook);
}
END_TEST

START_TEST(test_handler_failures_apart) {
    armalo_webhook *hook = begin(2);
    handled(hook, ARMALO_FAILED);
    expect(hook, 0, 1, 0, 0, 0);
    bad(hook);
    expect(hook, 1, 1, 0, 0, 0);
    handled(hook, ARMALO_FAILED); /* its own verification was granted, and clears only its own kind */
    expect(hook, 0, 2, 0, 1, 1);
    ck_assert_ptr_nonnull(strstr(w.alert, "\"alert\":\"handler_failures\",\"failures\":2}}"));
    handled(hook, 7);
    expect(hook, 0, 3, 0, 1, 1);
    bad(hook);
    bad(hook);
    expect(hook, 2, 3, 1, 1, 2);
    handled(hook, ARMALO_DONE);
    expect(hook, 0, 0, 0, 0, 2);
    end(hook);
}
END_TEST

/* What was not settled is neither a success nor a failure of the handler. */
START_TEST(test_lost_claims_do_not_count) {
    armalo_webhook *hook = begin(1);
    armalo_delivery none;
    memset(&none, 0, sizeof none);
    EXPECT_DENY_CALL(&w, armalo_webhook_settle(hook, &none, ARMALO_FAILED, &w.why), ARMALO_REASON_CLAIM_LOST);
    none.disposition = ARMALO_PROCESS;
    EXPECT_DENY_CALL(&w, armalo_webhook_settle(hook, &none, ARMALO_FAILED, &w.why), ARMALO_REASON_CLAIM_LOST);
    expect(hook, 0, 0, 0, 0, 0);
    handled(hook, ARMALO_FAILED);
    expect(hook, 0, 1, 0, 1, 1);
    EXPECT_DENY_CALL(&w, armalo_webhook_settle(hook, &none, ARMALO_DONE, &w.why), ARMALO_REASON_CLAIM_LOST);
    expect(hook, 0, 1, 0, 1, 1);
    end(hook);
}
END_TEST

START_TEST(test_default_is_ten) {
    armalo_webhook *hook = begin(0);
    for (uint32_t n = 1; n <= 10; n++) {
        bad(hook);
        expect(hook, n, 0, n == 10, 0, n == 10);
    }
    end(hook);
}
END_TEST

/* The alert is raised whether or not the sink takes it, and a lost grant counts as a failure. */
START_TEST(test_failing_sink) {
    armalo_webhook *hook = begin(2);
    w.audit_answer = 0;
    forge_make(&f, FORGE_STANDARD, FORGE_NOW_S, 0);
    for (int n = 0; n < 2; n++) ck_assert_int_eq(armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why), 0);
    expect(hook, 2, 0, 1, 0, 1);
    w.audit_answer = 1;
    good(hook);
    expect(hook, 0, 0, 0, 0, 1);
    end(hook);
}
END_TEST

START_TEST(test_endpoints_apart) {
    armalo_webhook *hook = begin(2);
    armalo_webhook *other = forge_open(&w, &c.config);
    bad(hook);
    bad(other);
    expect(hook, 1, 0, 0, 0, 0);
    expect(other, 1, 0, 0, 0, 0);
    armalo_webhook_free(other);
    expect(NULL, 0, 0, 0, 0, 0);
    armalo_webhook_health_get(hook, NULL);
    end(hook);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_verify_failures);
    tcase_add_test(tc, test_handler_failures_apart);
    tcase_add_test(tc, test_lost_claims_do_not_count);
    tcase_add_test(tc, test_default_is_ten);
    tcase_add_test(tc, test_failing_sink);
    tcase_add_test(tc, test_endpoints_apart);
}
TEST_MAIN("webhook_health", fill, 60)
