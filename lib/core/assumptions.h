/* SPDX-License-Identifier: MIT */
/* core/assumptions.h: what the code takes for granted about the machine, and the layout that bindings in other
 * languages rely on. Included by one file only, so that a wrong platform fails to compile rather than to verify. */
#ifndef ARMALO_CORE_ASSUMPTIONS_H
#define ARMALO_CORE_ASSUMPTIONS_H

#include "armalo.h"

#include <limits.h>
#include <stddef.h>

_Static_assert(CHAR_BIT == 8, "bytes of eight bits");
_Static_assert(-1 == ~0, "two's complement");
_Static_assert(sizeof(size_t) >= 4, "sizes of at least 32 bits");
_Static_assert(sizeof(int) >= 4, "int of at least 32 bits");

/* The ABI of the plain structs without pointers is the same everywhere. */
_Static_assert(offsetof(armalo_decision, grant) == 0, "decision.grant");
_Static_assert(offsetof(armalo_decision, reason) == 4, "decision.reason");
_Static_assert(offsetof(armalo_decision, evidence) == 8, "decision.evidence");
_Static_assert(offsetof(armalo_decision, public_class) == 12, "decision.public_class");
_Static_assert(offsetof(armalo_decision, http_status) == 16, "decision.http_status");
_Static_assert(offsetof(armalo_decision, mode) == 20, "decision.mode");
_Static_assert(offsetof(armalo_decision, labels) == 24, "decision.labels");
_Static_assert(offsetof(armalo_decision, authenticated) == 28, "decision.authenticated");
_Static_assert(offsetof(armalo_decision, decided_at_ms) == 32, "decision.decided_at_ms");
_Static_assert(offsetof(armalo_decision, request_id) == 40, "decision.request_id");
_Static_assert(offsetof(armalo_decision, principal) == 88, "decision.principal");
_Static_assert(offsetof(armalo_decision, org) == 152, "decision.org");
_Static_assert(offsetof(armalo_decision, detail) == 216, "decision.detail");
_Static_assert(sizeof(armalo_decision) == 376, "decision");

_Static_assert(offsetof(armalo_delivery, disposition) == 0, "delivery.disposition");
_Static_assert(offsetof(armalo_delivery, timestamp_s) == 8, "delivery.timestamp_s");
_Static_assert(offsetof(armalo_delivery, token) == 16, "delivery.token");
_Static_assert(offsetof(armalo_delivery, key) == 24, "delivery.key");
_Static_assert(offsetof(armalo_delivery, id) == 56, "delivery.id");
_Static_assert(offsetof(armalo_delivery, event) == 312, "delivery.event");
_Static_assert(sizeof(armalo_delivery) == 440, "delivery");

_Static_assert(offsetof(armalo_attested_facts, format) == 0, "facts.format");
_Static_assert(offsetof(armalo_attested_facts, issued_ms) == 8, "facts.issued_ms");
_Static_assert(offsetof(armalo_attested_facts, expires_ms) == 16, "facts.expires_ms");
_Static_assert(offsetof(armalo_attested_facts, mode) == 24, "facts.mode");
_Static_assert(offsetof(armalo_attested_facts, artifact_sha256) == 32, "facts.artifact_sha256");
_Static_assert(offsetof(armalo_attested_facts, payload_sha256) == 64, "facts.payload_sha256");
_Static_assert(offsetof(armalo_attested_facts, owner) == 96, "facts.owner");
_Static_assert(offsetof(armalo_attested_facts, key_id) == 352, "facts.key_id");
_Static_assert(offsetof(armalo_attested_facts, thumbprint) == 608, "facts.thumbprint");
_Static_assert(offsetof(armalo_attested_facts, type) == 656, "facts.type");
_Static_assert(offsetof(armalo_attested_facts, id) == 912, "facts.id");
_Static_assert(sizeof(armalo_attested_facts) == 1168, "facts");

_Static_assert(sizeof(armalo_webhook_health) == 16, "health");
_Static_assert(sizeof(armalo_retry) == 16, "retry");

#endif
