/* SPDX-License-Identifier: MIT */
/* The one place that grants: only reason granted, and only evidence that a grant may carry. */
#include "armalo.h"
#include "audit/event.h"
#include "core/decide.h"
#include "test.h"

static int64_t now_ms(void *ctx) {
    (void)ctx;
    return INT64_C(1764000000000);
}

START_TEST(test_evidence_of_a_grant) {
    static const int32_t states[] = {
        ARMALO_UNAVAILABLE, ARMALO_NEGATIVE, ARMALO_STALE, ARMALO_SIMULATED, ARMALO_POSITIVE, INT32_C(1000000), -1};
    static const armalo_i_event event = {"test", "-", NULL, 1};
    for (int32_t mode = ARMALO_MODE_PRODUCTION; mode <= ARMALO_MODE_DRY_RUN; mode++) {
        armalo_host_config config = {
            .struct_size = sizeof config, .mode = mode, .audit_off = ARMALO_AUDIT_OFF, .now_ms = now_ms};
        armalo_host *host = armalo_host_new(&config, NULL);
        ck_assert_ptr_nonnull(host);
        for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
            armalo_decision why;
            int may = states[i] == ARMALO_SIMULATED || states[i] == ARMALO_POSITIVE;
            ck_assert_uint_eq(armalo_i_decision_begin(host, &why, armalo_i_span_of(NULL, 0)), ARMALO_REASON_GRANTED);
            int granted = armalo_i_conclude_at_most(host, &why, ARMALO_REASON_GRANTED, &event, states[i]);
            ck_assert_int_eq(granted, may);
            ck_assert_int_eq(armalo_decision_granted(&why), may);
            if (!may) ck_assert_uint_eq(why.reason, ARMALO_REASON_UNDECIDED);
        }
        armalo_host_free(host);
    }
}
END_TEST

START_TEST(test_only_one_reason_grants) {
    static const armalo_i_event event = {"test", "-", NULL, 0};
    armalo_host_config config = {
        .struct_size = sizeof config, .mode = ARMALO_MODE_PRODUCTION, .audit_off = ARMALO_AUDIT_OFF, .now_ms = now_ms};
    armalo_host *host = armalo_host_new(&config, NULL);
    for (uint32_t reason = 0; reason < 1000; reason++) {
        armalo_decision why;
        (void)armalo_i_decision_begin(host, &why, armalo_i_span_of(NULL, 0));
        ck_assert_int_eq(armalo_i_conclude(host, &why, reason, &event), reason == ARMALO_REASON_GRANTED);
        ck_assert_int_eq(armalo_decision_granted(&why), reason == ARMALO_REASON_GRANTED);
    }
    armalo_host_free(host);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_evidence_of_a_grant);
    tcase_add_test(tc, test_only_one_reason_grants);
}

TEST_MAIN("core_conclude", fill, 20)
