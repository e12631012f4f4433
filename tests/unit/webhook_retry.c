/* SPDX-License-Identifier: MIT */
/* What a sender does after an attempt. */
#include "webhook_forge.h"

static world w;
static armalo_attempt attempt;
static armalo_retry plan;

#define FINISHED_MS (FORGE_NOW_S * 1000 + 250)

static armalo_webhook *begin(void) {
    static forge_config c;
    world_init(&w);
    world_start(&w);
    forge_config_init(&c, FORGE_STANDARD, FORGE_SENDS);
    memset(&attempt, 0, sizeof attempt);
    attempt.struct_size = sizeof attempt;
    attempt.id = FORGE_ID;
    attempt.id_len = strlen(FORGE_ID);
    attempt.number = 1;
    attempt.http_status = 500;
    attempt.started_ms = FORGE_NOW_S * 1000;
    attempt.finished_ms = FINISHED_MS;
    return forge_open(&w, &c.config);
}
static void end(armalo_webhook *hook) {
    armalo_webhook_free(hook);
    world_end(&w);
}
static int retry(armalo_webhook *hook) {
    memset(&plan, 0xFF, sizeof plan);
    return armalo_webhook_retry(hook, &attempt, &plan, &w.why);
}
#define EXPECT_NO_PLAN(call, reason)                                                                                   \
    do {                                                                                                               \
        EXPECT_DENY_CALL(&w, call, reason);                                                                            \
        ck_assert(forge_zero(&plan, sizeof plan));                                                                     \
    } while (0)

static void expect_action(armalo_webhook *hook, int32_t action) {
    static const char *const words[] = {"", "delivered", "retry", "give_up", "disable"};
    char want[64];
    EXPECT_GRANT(&w, retry(hook));
    ck_assert_int_eq(plan.action, action);
    ck_assert_uint_eq(plan.reserved, 0);
    if (action != ARMALO_RETRY_AT) ck_assert_int_eq(plan.next_ms, 0);
    snprintf(want, sizeof want, "\"action\":\"%s\",\"next_at\":", words[action]);
    ck_assert_ptr_nonnull(strstr(forge_last(&w), want));
}
/* A wait of at least this, and of at most a tenth more. */
static void expect_wait(armalo_webhook *hook, int64_t wait_ms) {
    expect_action(hook, ARMALO_RETRY_AT);
    int64_t waits = plan.next_ms - FINISHED_MS;
    ck_assert_msg(waits >= wait_ms && waits <= wait_ms + wait_ms / 10, "%lld instead of %lld", (long long)waits,
                  (long long)wait_ms);
}

/* Standard Webhooks: 2xx is delivered, 410 disables the endpoint, everything else is tried again. */
START_TEST(test_status) {
    armalo_webhook *hook = begin();
    for (attempt.http_status = 100; attempt.http_status <= 599; attempt.http_status++) {
        if (attempt.http_status >= 200 && attempt.http_status <= 299)
            expect_action(hook, ARMALO_RETRY_DELIVERED);
        else if (attempt.http_status == 410)
            expect_action(hook, ARMALO_RETRY_DISABLE);
        else
            expect_action(hook, ARMALO_RETRY_AT);
    }
    attempt.http_status = 0; /* no answer */
    expect_action(hook, ARMALO_RETRY_AT);
    ck_assert_ptr_nonnull(strstr(forge_last(&w), "\"http_status\":null,"));
    attempt.number = 10; /* at the end of the schedule the answer still counts */
    attempt.http_status = 204;
    expect_action(hook, ARMALO_RETRY_DELIVERED);
    attempt.http_status = 410;
    expect_action(hook, ARMALO_RETRY_DISABLE);
    attempt.http_status = 503;
    expect_action(hook, ARMALO_RETRY_GIVE_UP);
    end(hook);
}
END_TEST

/* Standard Webhooks 1.0.0: immediately, 5 seconds, 5 minutes, 30 minutes, 2 hours, 5 hours, 10 hours, 14 hours, 20
 * hours, 24 hours. */
START_TEST(test_suggested_schedule) {
    static const int64_t seconds[] = {5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400};
    armalo_webhook *hook = begin();
    for (uint32_t number = 1; number <= 9; number++) {
        attempt.number = number;
        expect_wait(hook, seconds[number - 1] * 1000);
    }
    static const uint32_t after[] = {10, 11, 1000, UINT32_MAX};
    for (size_t i = 0; i < 4; i++) {
        attempt.number = after[i];
        expect_action(hook, ARMALO_RETRY_GIVE_UP);
    }
    end(hook);
}
END_TEST

START_TEST(test_own_schedule) {
    static int64_t schedule[65];
    armalo_webhook *hook = begin();
    schedule[0] = 0;
    schedule[1] = 1;
    schedule[2] = 2592000;
    attempt.schedule_s = schedule;
    attempt.schedule_count = 3;
    expect_wait(hook, 0);
    attempt.number = 2;
    expect_wait(hook, 1000);
    attempt.number = 3;
    expect_wait(hook, INT64_C(2592000000));
    attempt.number = 4;
    expect_action(hook, ARMALO_RETRY_GIVE_UP);
    attempt.schedule_count = 64;
    attempt.number = 64;
    expect_wait(hook, 0);
    attempt.number = 65;
    expect_action(hook, ARMALO_RETRY_GIVE_UP);
    attempt.schedule_count = 65;
    EXPECT_NO_PLAN(retry(hook), ARMALO_REASON_WEBHOOK_CONFIG_INVALID);
    attempt.schedule_count = 3;
    static const int64_t bad[] = {-1, 2592001, INT64_MIN, INT64_MAX};
    for (size_t i = 0; i < 4; i++) {
        schedule[2] = bad[i];
        attempt.number = 1;
        EXPECT_NO_PLAN(retry(hook), ARMALO_REASON_WEBHOOK_CONFIG_INVALID);
        ck_assert_str_eq(w.why.detail, "schedule_s");
    }
    end(hook);
}
END_TEST

/* Jitter: within its bounds, and not always the same. */
START_TEST(test_jitter) {
    armalo_webhook *hook = begin();
    attempt.number = 9;
    for (int asked = 0; asked < 2; asked++) {
        const int64_t wait_ms = asked ? 120000 : 86400000;
        int64_t least = INT64_MAX, most = 0;
        if (asked) {
            attempt.number = 1;
            attempt.retry_after = "120";
            attempt.retry_after_len = 3;
        }
        for (int n = 0; n < 4000; n++) {
            expect_wait(hook, wait_ms);
            int64_t waits = plan.next_ms - FINISHED_MS;
            if (waits < least) least = waits;
            if (waits > most) most = waits;
        }
        /* 4,000 draws leave a hundredth of the range free at an end with odds of 2^-58. */
        ck_assert_int_lt(least, wait_ms + wait_ms / 1000);
        ck_assert_int_gt(most, wait_ms + wait_ms / 10 - wait_ms / 1000);
    }
    end(hook);
}
END_TEST

/* RFC 9110 10.2.3: seconds or a date. FINISHED_MS is 2023-11-14T22:13:20.250Z, a Tuesday. */
START_TEST(test_retry_after) {
    static const struct {
        const char *text;
        int64_t wait_ms;
    } rows[] = {
        {"0", 5000},
        {"1", 5000}, /* never shorter than the schedule */
        {"5", 5000},
        {"6", 6000},
        {"120", 120000},
        {"86399", 86399000},
        {"86400", 86400000},
        {"86401", 86400000}, /* up to one day */
        {"9007199254740993", 86400000},
        {"9223372036854775", 86400000}, /* in milliseconds it would overflow */
        {"9223372036854776", 86400000},
        {"18446744073709551615", 86400000},
        {"Tue, 14 Nov 2023 22:14:20 GMT", 59750},
        {"Wed, 15 Nov 2023 22:13:20 GMT", 86399750},
        {"Thu, 16 Nov 2023 22:13:20 GMT", 86400000},
        {"Fri, 31 Dec 9999 23:59:59 GMT", 86400000},
        {"Tue, 14 Nov 2023 22:13:00 GMT", 5000}, /* past */
        {"Sun, 06 Nov 1994 08:49:37 GMT", 5000},
        /* what cannot be read is ignored */
        {"", 5000},
        {"-1", 5000},
        {"-120", 5000},
        {"+120", 5000},
        {"120 ", 5000},
        {" 120", 5000},
        {"120s", 5000},
        {"1e3", 5000},
        {"1.5", 5000},
        {"0120", 5000},
        {"soon", 5000},
        {"120\r\nX: y", 5000},
        {"Tue, 14 Nov 2023 22:14:20 UTC", 5000},
        {"tue, 14 nov 2023 22:14:20 gmt", 5000},
        {"Mon, 14 Nov 2023 22:14:20 GMT", 5000}, /* it was a Tuesday */
        {"Tue, 31 Nov 2023 22:14:20 GMT", 5000},
        {"Tue, 14 Nov 2023 25:14:20 GMT", 5000},
        {"Tuesday, 14-Nov-23 22:14:20 GMT", 5000}, /* the obsolete forms */
        {"Tue Nov 14 22:14:20 2023", 5000},
        {"2023-11-14T22:14:20Z", 5000},
    };
    armalo_webhook *hook = begin();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t len = strlen(rows[i].text);
        char *exact = malloc(len + 1);
        ck_assert_ptr_nonnull(exact);
        memcpy(exact, rows[i].text, len);
        attempt.retry_after = exact;
        attempt.retry_after_len = len;
        EXPECT_GRANT(&w, retry(hook));
        int64_t waits = plan.next_ms - FINISHED_MS;
        ck_assert_msg(waits >= rows[i].wait_ms && waits <= rows[i].wait_ms + rows[i].wait_ms / 10, "%s: %lld",
                      rows[i].text, (long long)waits);
        free(exact);
    }
    attempt.retry_after = "120";
    attempt.retry_after_len = 3;
    attempt.number = 4; /* two hours: longer than it asks */
    expect_wait(hook, 7200000);
    attempt.number = 10; /* it does not lengthen the schedule */
    expect_action(hook, ARMALO_RETRY_GIVE_UP);
    attempt.http_status = 410;
    expect_action(hook, ARMALO_RETRY_DISABLE);
    end(hook);
}
END_TEST

START_TEST(test_metadata) {
    armalo_webhook *hook = begin();
    attempt.number = 3;
    EXPECT_GRANT(&w, retry(hook));
    const char *event = forge_last(&w);
    ck_assert_ptr_nonnull(strstr(event, "\"type\":\"ai.armalo.audit.webhook.attempt\""));
    ck_assert_ptr_nonnull(strstr(event,
                                 ",\"control\":\"webhooks\",\"delivery_id\":\"" FORGE_ID
                                 "\",\"attempt\":3,\"http_status\":500,\"started_at\":\"2023-11-14T22:13:20.000Z\""
                                 ",\"duration_ms\":250,\"action\":\"retry\",\"next_at\":\"2023-11-14T22:4"));
    attempt.http_status = 200;
    EXPECT_GRANT(&w, retry(hook));
    ck_assert_ptr_nonnull(strstr(forge_last(&w), "\"action\":\"delivered\",\"next_at\":null}}"));
    char id[255]; /* the longest and worst id still makes an event of strict JSON */
    static const char fills[] = {'"', '\\', 1, 0, (char)0xFF, (char)0xC3};
    for (size_t i = 0; i < sizeof fills; i++) {
        memset(id, fills[i], sizeof id);
        attempt.id = id;
        attempt.id_len = sizeof id;
        EXPECT_GRANT(&w, retry(hook));
    }
    end(hook);
}
END_TEST

START_TEST(test_arguments) {
    armalo_webhook *hook = begin();
    const armalo_attempt good = attempt;
    memset(&plan, 0xFF, sizeof plan);
    EXPECT_REFUSE(&w, armalo_webhook_retry(NULL, &attempt, &plan, &w.why), ARMALO_REASON_INVALID_ARGUMENT);
    ck_assert(forge_zero(&plan, sizeof plan));
    memset(&plan, 0xFF, sizeof plan);
    EXPECT_NO_PLAN(armalo_webhook_retry(hook, NULL, &plan, &w.why), ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_DENY_CALL(&w, armalo_webhook_retry(hook, &attempt, NULL, &w.why), ARMALO_REASON_INVALID_ARGUMENT);
    ck_assert_int_eq(armalo_webhook_retry(hook, &attempt, &plan, NULL), 1);
    attempt.struct_size--;
    EXPECT_NO_PLAN(retry(hook), ARMALO_REASON_INVALID_ARGUMENT);
    attempt = good;
    for (int fault = 0; fault < 16; fault++) {
        static const char *const members[] = {"id",          "id",          "id",          "number",
                                              "http_status", "http_status", "http_status", "http_status",
                                              "started_ms",  "started_ms",  "started_ms",  "finished_ms",
                                              "finished_ms", "retry_after", "schedule_s",  "schedule_s"};
        static const int64_t schedule[] = {1};
        attempt = good;
        switch (fault) {
        case 0:
            attempt.id = NULL;
            break;
        case 1:
            attempt.id_len = 0;
            break;
        case 2:
            attempt.id_len = 256;
            break;
        case 3:
            attempt.number = 0;
            break;
        case 4:
            attempt.http_status = -1;
            break;
        case 5:
            attempt.http_status = 99;
            break;
        case 6:
            attempt.http_status = 600;
            break;
        case 7:
            attempt.http_status = INT32_MIN;
            break;
        case 8:
            attempt.started_ms = 0;
            break;
        case 9:
            attempt.started_ms = INT64_MIN;
            break;
        case 10:
            attempt.started_ms = attempt.finished_ms = INT64_C(253402300800000);
            break;
        case 11:
            attempt.finished_ms = attempt.started_ms - 1;
            break;
        case 12:
            attempt.finished_ms = INT64_MAX;
            break;
        case 13:
            attempt.retry_after_len = 1;
            break;
        case 14:
            attempt.schedule_count = 1;
            break;
        default:
            attempt.schedule_s = schedule;
            break;
        }
        EXPECT_NO_PLAN(retry(hook), ARMALO_REASON_WEBHOOK_CONFIG_INVALID);
        ck_assert_str_eq(w.why.detail, members[fault]);
    }
    attempt = good;
    EXPECT_GRANT(&w, retry(hook));
    end(hook);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_status);
    tcase_add_test(tc, test_suggested_schedule);
    tcase_add_test(tc, test_own_schedule);
    tcase_add_test(tc, test_jitter);
    tcase_add_test(tc, test_retry_after);
    tcase_add_test(tc, test_metadata);
    tcase_add_test(tc, test_arguments);
}
TEST_MAIN("webhook_retry", fill, 60)
