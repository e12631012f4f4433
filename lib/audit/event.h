/* SPDX-License-Identifier: MIT */
/* audit/event.h: decisions become events, and only here a decision becomes a grant. */
#ifndef ARMALO_AUDIT_EVENT_H
#define ARMALO_AUDIT_EVENT_H

#include "codec/json.h"
#include "core/host.h"

/* What an event says besides its decision. */
typedef struct armalo_i_event {
    const char *type;    /* after "ai.armalo.audit.": "webhook.verify" */
    const char *subject; /* what it is about, NUL-terminated: the endpoint's name */
    const char *members; /* more members of data, each preceded by a comma, NUL-terminated; NULL: none */
    int mutation;        /* 1: no audit, no grant */
} armalo_i_event;

/* Write the event of a decision to the sink. 1 if the sink kept it; 0 if not, or if there is none. */
int armalo_i_audit_emit(const armalo_host *host, const armalo_decision *why, int granted, const armalo_i_event *event);

/* End a decision: with ARMALO_REASON_GRANTED grant it (unless its event is lost and it is a mutation), with any other
 * reason deny it. The only place that writes ARMALO_GRANT. Returns 1 if granted, else 0. */
int armalo_i_conclude(const armalo_host *host, armalo_decision *why, uint32_t reason, const armalo_i_event *event);

/* The same, for what is itself weaker than the host's mode: a grant carries at most this evidence. */
int armalo_i_conclude_at_most(const armalo_host *host, armalo_decision *why, uint32_t reason,
                              const armalo_i_event *event, int32_t at_most);

#endif
