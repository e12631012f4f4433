/* SPDX-License-Identifier: MIT */
/* Failures in a row, and the alert that the one at the limit raises. */
#include "audit/event.h"
#include "webhook/webhook.h"

static void armalo_i_alert(const armalo_webhook *hook, enum armalo_i_failure kind, uint32_t count,
                           const armalo_decision *why) {
    char members[128];
    armalo_i_writer w = {members, sizeof members - 1, 0};
    armalo_i_write_text(&w, ",\"control\":\"webhooks\",\"alert\":");
    armalo_i_write_text(&w, kind == ARMALO_I_VERIFY_FAILURE ? "\"verify_failures\"" : "\"handler_failures\"");
    armalo_i_write_text(&w, ",\"failures\":");
    armalo_i_write_int(&w, count);
    members[w.len] = 0;
    armalo_i_event event = {"webhook.alert", hook->endpoint, members, 0};
    (void)armalo_i_audit_emit(hook->host, why, 0, &event);
}

void armalo_i_health_count(armalo_webhook *hook, enum armalo_i_failure kind, int success, const armalo_decision *why) {
    _Atomic uint32_t *failures = &hook->failures[kind];
    uint32_t count = atomic_load_explicit(failures, memory_order_relaxed);
    if (success) { /* the usual case reads only */
        if (count != 0) atomic_store_explicit(failures, 0, memory_order_relaxed);
        return;
    }
    do {
        if (count == UINT32_MAX) return;
    } while (!atomic_compare_exchange_weak_explicit(failures, &count, count + 1, memory_order_relaxed,
                                                    memory_order_relaxed));
    if (count + 1 == hook->alert_after) armalo_i_alert(hook, kind, count + 1, why);
}

void armalo_webhook_health_get(const armalo_webhook *hook, armalo_webhook_health *health) {
    if (health == NULL) return;
    memset(health, 0, sizeof *health);
    if (hook == NULL) return;
    health->verify_failures = atomic_load_explicit(&hook->failures[ARMALO_I_VERIFY_FAILURE], memory_order_relaxed);
    health->handler_failures = atomic_load_explicit(&hook->failures[ARMALO_I_HANDLER_FAILURE], memory_order_relaxed);
    health->verify_alert = health->verify_failures >= hook->alert_after;
    health->handler_alert = health->handler_failures >= hook->alert_after;
}
