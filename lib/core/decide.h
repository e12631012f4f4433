/* SPDX-License-Identifier: MIT */
/* core/decide.h: how a decision comes about. Every verifying function goes armalo_i_decision_begin (which denies), then
 * its own checks, then armalo_i_conclude (audit/event.h), the only place that grants. In between, a check is a function
 * that returns a reason: ARMALO_REASON_GRANTED to go on, anything else (0, "undecided", included) to deny. */
#ifndef ARMALO_CORE_DECIDE_H
#define ARMALO_CORE_DECIDE_H

#include "armalo/host.h"
#include "codec/json.h"

/* Every label there is. */
#define ARMALO_I_LABELS UINT32_C(0x3fff)

/* What the table knows of a reason. */
int32_t armalo_i_reason_evidence(uint32_t reason);
int32_t armalo_i_reason_class(uint32_t reason);
int32_t armalo_i_class_status(int32_t public_class);

/* Start a decision: a denial with the host's mode, its time and a request id (the caller's when it is usable). GRANTED
 * if the host can decide; otherwise the reason why not. why may not be NULL, host may. */
uint32_t armalo_i_decision_begin(const armalo_host *host, armalo_decision *why, armalo_i_span request_id);

/* Set reason, evidence and class of a decision that stays a denial. */
void armalo_i_decision_reason(armalo_decision *why, uint32_t reason);

/* The operator's detail, from up to three NUL-terminated pieces (NULL: none), cut to fit. Never give it a secret. */
void armalo_i_decision_detail(armalo_decision *why, const char *a, const char *b, const char *c);

/* A whole denial in one call, for calls that refuse before there is anything to decide (_new). why may be NULL. Returns
 * 0. */
int armalo_i_refuse(armalo_decision *why, uint32_t reason, const char *detail);

/* A member whose value is a text of at most size bytes, which ends at a NUL if there is one; null when it is empty. */
void armalo_i_write_member(armalo_i_writer *w, const char *name_and_colon, const char *text, size_t size);

/* The operator's line. granted is given apart, since the event of a grant is written before the grant is made. */
void armalo_i_decision_write(armalo_i_writer *w, const armalo_decision *decision, int granted);

#endif
