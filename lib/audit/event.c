/* SPDX-License-Identifier: MIT */
#include "audit/event.h"

#include "codec/text.h"
#include "core/decide.h"

/* Room for the longest event: the decision, the source, the subject and the members, each with every byte escaped. */
#define ARMALO_I_EVENT_SIZE 8192

static void armalo_i_event_write(armalo_i_writer *w, const armalo_host *host, const armalo_decision *why, int granted,
                                 const armalo_i_event *event) {
    char id[ARMALO_I_ID_LEN + 1], time[ARMALO_I_TIME_LEN + 1];
    armalo_i_host_id(host, "evt_", id);
    /* CloudEvents 1.0: specversion, id, source and type are required; time and subject are optional. */
    armalo_i_write_text(w, "{\"specversion\":\"1.0\",\"id\":\"");
    armalo_i_write_text(w, id);
    armalo_i_write_text(w, "\",\"source\":");
    armalo_i_write_string(w, host->source, strlen(host->source));
    armalo_i_write_text(w, ",\"type\":\"ai.armalo.audit.");
    armalo_i_write_text(w, event->type);
    armalo_i_write_raw(w, "\"", 1);
    if (why->decided_at_ms > 0 && armalo_i_time_text(why->decided_at_ms, time) > 0) {
        armalo_i_write_text(w, ",\"time\":");
        armalo_i_write_string(w, time, ARMALO_I_TIME_LEN);
    }
    armalo_i_write_text(w, ",\"subject\":");
    armalo_i_write_string(w, event->subject, strlen(event->subject));
    armalo_i_write_text(w, ",\"datacontenttype\":\"application/json\",\"data\":{\"decision\":");
    armalo_i_decision_write(w, why, granted);
    if (event->members != NULL) armalo_i_write_text(w, event->members);
    armalo_i_write_text(w, "}}");
}

int armalo_i_audit_emit(const armalo_host *host, const armalo_decision *why, int granted, const armalo_i_event *event) {
    char text[ARMALO_I_EVENT_SIZE];
    if (host == NULL || host->audit == NULL) return 0;
    armalo_i_writer w = {text, sizeof text, 0};
    armalo_i_event_write(&w, host, why, granted, event);
    if (w.len >= sizeof text) return 0; /* an event that was cut is no event */
    text[w.len] = 0;
    return host->audit(host->audit_ctx, text, w.len) == 1;
}

static int32_t armalo_i_grant_evidence(const armalo_host *host) {
    int simulated = host->mode == ARMALO_MODE_SIMULATION || host->mode == ARMALO_MODE_DRY_RUN;
    return simulated ? ARMALO_SIMULATED : ARMALO_POSITIVE;
}

int armalo_i_conclude(const armalo_host *host, armalo_decision *why, uint32_t reason, const armalo_i_event *event) {
    return armalo_i_conclude_at_most(host, why, reason, event, ARMALO_POSITIVE);
}

int armalo_i_conclude_at_most(const armalo_host *host, armalo_decision *why, uint32_t reason,
                              const armalo_i_event *event, int32_t at_most) {
    armalo_i_decision_reason(why, reason);
    if (reason != ARMALO_REASON_GRANTED || host == NULL) {
        if (reason == ARMALO_REASON_GRANTED) armalo_i_decision_reason(why, ARMALO_REASON_UNDECIDED);
        (void)armalo_i_audit_emit(host, why, 0, event); /* a denial stands whether or not it could be told */
        return 0;
    }
    int32_t evidence[2] = {armalo_i_grant_evidence(host), at_most};
    int32_t shown = armalo_evidence_all(evidence, 2);
    if (shown != ARMALO_POSITIVE && shown != ARMALO_SIMULATED) { /* a caller's slip: no other evidence is a grant's */
        armalo_i_decision_reason(why, ARMALO_REASON_UNDECIDED);
        (void)armalo_i_audit_emit(host, why, 0, event);
        return 0;
    }
    why->evidence = shown;
    if (!host->audit_off) {
        int kept = armalo_i_audit_emit(host, why, 1, event);
        if (!kept && event->mutation) {
            armalo_i_decision_reason(why, host->audit == NULL ? ARMALO_REASON_HOST_AUDIT_MISSING
                                                              : ARMALO_REASON_HOST_AUDIT_FAILED);
            return 0;
        }
    }
    why->grant = ARMALO_GRANT;
    return 1;
}
