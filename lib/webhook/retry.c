/* SPDX-License-Identifier: MIT */
/* What a sender does after an attempt. */
#include "audit/event.h"
#include "codec/text.h"
#include "core/decide.h"
#include "webhook/webhook.h"

#define ARMALO_I_SCHEDULE_MAX 64
#define ARMALO_I_WAIT_MAX_S   INT64_C(2592000) /* 30 days */
#define ARMALO_I_DAY_MS       INT64_C(86400000)

/* Standard Webhooks 1.0.0, "Deliverability and reliability": the suggested schedule, after the first attempt. */
static const int64_t armalo_i_schedule_s[] = {5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400};

/* RFC 9110 10.2.3: Retry-After is a number of seconds or a date. 0 when there is none that can be read. */
static int64_t armalo_i_retry_after_ms(const armalo_attempt *attempt) {
    armalo_i_span text = armalo_i_span_of(attempt->retry_after, attempt->retry_after_len);
    uint64_t seconds = 0;
    int64_t at_ms = 0, wait_ms = 0;
    if (text.len == 0) return 0;
    if (armalo_i_decimal(text, UINT64_MAX, &seconds) == 1)
        wait_ms = seconds < ARMALO_I_DAY_MS / 1000 ? (int64_t)seconds * 1000 : ARMALO_I_DAY_MS;
    else if (armalo_i_http_date_parse(text, &at_ms) == 1)
        wait_ms = at_ms - attempt->finished_ms;
    if (wait_ms < 0) return 0;
    return wait_ms < ARMALO_I_DAY_MS ? wait_ms : ARMALO_I_DAY_MS;
}

static const char *armalo_i_attempt_fault(const armalo_attempt *attempt) {
    if (attempt->id == NULL || attempt->id_len == 0 || attempt->id_len > ARMALO_WEBHOOK_MAX_ID) return "id";
    if (attempt->number == 0) return "number";
    if (attempt->http_status != 0 && (attempt->http_status < 100 || attempt->http_status > 599)) return "http_status";
    if (attempt->started_ms <= 0 || attempt->started_ms > ARMALO_I_TIME_MAX_MS) return "started_ms";
    if (attempt->finished_ms < attempt->started_ms || attempt->finished_ms > ARMALO_I_TIME_MAX_MS) return "finished_ms";
    if (attempt->retry_after == NULL && attempt->retry_after_len > 0) return "retry_after";
    if ((attempt->schedule_s == NULL) != (attempt->schedule_count == 0)) return "schedule_s";
    if (attempt->schedule_count > ARMALO_I_SCHEDULE_MAX) return "schedule_count";
    for (size_t i = 0; i < attempt->schedule_count; i++) {
        if (attempt->schedule_s[i] < 0 || attempt->schedule_s[i] > ARMALO_I_WAIT_MAX_S) return "schedule_s";
    }
    return NULL;
}

static uint32_t armalo_i_plan(const armalo_attempt *attempt, armalo_retry *plan) {
    const int64_t *schedule = attempt->schedule_s != NULL ? attempt->schedule_s : armalo_i_schedule_s;
    size_t count = attempt->schedule_s != NULL ? attempt->schedule_count
                                               : sizeof armalo_i_schedule_s / sizeof armalo_i_schedule_s[0];
    if (attempt->http_status >= 200 && attempt->http_status <= 299) plan->action = ARMALO_RETRY_DELIVERED;
    /* Standard Webhooks: 410 Gone means that the endpoint should be disabled. */
    else if (attempt->http_status == 410)
        plan->action = ARMALO_RETRY_DISABLE;
    else if (attempt->number > count)
        plan->action = ARMALO_RETRY_GIVE_UP;
    else {
        /* Jitter of up to a tenth, so that deliveries that failed together do not come back together. */
        int64_t wait_ms = schedule[attempt->number - 1] * 1000, least_ms = armalo_i_retry_after_ms(attempt);
        uint32_t random = 0;
        if (armalo_i_random(&random, sizeof random) != 1) return ARMALO_REASON_CRYPTO_FAILED;
        if (wait_ms < least_ms) wait_ms = least_ms;
        wait_ms += wait_ms / 10 * (int64_t)(random & 0xffff) / 0xffff;
        plan->action = ARMALO_RETRY_AT;
        plan->next_ms = attempt->finished_ms + wait_ms;
    }
    return ARMALO_REASON_GRANTED;
}

static void armalo_i_attempt_members(const armalo_attempt *attempt, const armalo_retry *plan, char *buf, size_t cap) {
    static const char *const actions[] = {"none", "delivered", "retry", "give_up", "disable"};
    armalo_i_writer w = {buf, cap - 1, 0};
    char time[ARMALO_I_TIME_LEN + 1];
    armalo_i_write_text(&w, ",\"control\":\"webhooks\",\"delivery_id\":");
    armalo_i_write_string(&w, attempt->id, attempt->id_len);
    armalo_i_write_text(&w, ",\"attempt\":");
    armalo_i_write_int(&w, attempt->number);
    armalo_i_write_text(&w, ",\"http_status\":");
    if (attempt->http_status == 0)
        armalo_i_write_text(&w, "null");
    else
        armalo_i_write_int(&w, attempt->http_status);
    armalo_i_write_text(&w, ",\"started_at\":");
    armalo_i_write_string(&w, time, armalo_i_time_text(attempt->started_ms, time));
    armalo_i_write_text(&w, ",\"duration_ms\":");
    armalo_i_write_int(&w, attempt->finished_ms - attempt->started_ms);
    armalo_i_write_text(&w, ",\"action\":");
    armalo_i_write_string(&w, actions[plan->action], strlen(actions[plan->action]));
    armalo_i_write_text(&w, ",\"next_at\":");
    if (plan->action != ARMALO_RETRY_AT)
        armalo_i_write_text(&w, "null");
    else
        armalo_i_write_string(&w, time, armalo_i_time_text(plan->next_ms, time));
    buf[w.len < cap ? w.len : 0] = 0;
}

int armalo_webhook_retry(armalo_webhook *hook, const armalo_attempt *attempt, armalo_retry *plan,
                         armalo_decision *why) {
    armalo_decision unseen_why;
    armalo_retry made = {0, 0, 0};
    char members[ARMALO_WEBHOOK_MAX_ID * 6 + 256] = "";
    const char *fault = NULL;
    if (why == NULL) why = &unseen_why;
    if (plan != NULL) *plan = made;
    uint32_t reason = armalo_i_decision_begin(hook == NULL ? NULL : hook->host, why, armalo_i_span_of(NULL, 0));
    if (hook == NULL) return armalo_i_refuse(why, reason, NULL);
    if (attempt == NULL || plan == NULL || attempt->struct_size != sizeof *attempt)
        reason = ARMALO_REASON_INVALID_ARGUMENT;
    if (reason == ARMALO_REASON_GRANTED) fault = armalo_i_attempt_fault(attempt);
    if (fault != NULL) reason = ARMALO_REASON_WEBHOOK_CONFIG_INVALID;
    armalo_i_decision_detail(why, fault, NULL, NULL);
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_plan(attempt, &made);
    if (reason == ARMALO_REASON_GRANTED) armalo_i_attempt_members(attempt, &made, members, sizeof members);
    armalo_i_event event = {"webhook.attempt", hook->endpoint, members, 1};
    if (!armalo_i_conclude(hook->host, why, reason, &event)) return 0;
    *plan = made;
    return 1;
}
