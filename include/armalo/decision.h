/* SPDX-License-Identifier: MIT */
/* armalo/decision.h: the one kind of answer.
 *
 * Every verifying function returns 1 when granted and 0 in every other case, and writes the why into a decision.
 * A decision is plain memory: no pointers, nothing to free. All zero bytes, or uninitialised garbage, is a denial. */
#ifndef ARMALO_DECISION_H
#define ARMALO_DECISION_H

#include "armalo/base.h"
#include "armalo/reasons.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Evidence states. From weakest to strongest: NEGATIVE, UNAVAILABLE, STALE, SIMULATED, POSITIVE. (Unchecked ranks above
 * disproved, as "unknown" lies between false and true; the numbers are names, not ranks.) */
#define ARMALO_UNAVAILABLE 0 /* nothing was shown, or it could not be checked */
#define ARMALO_NEGATIVE    1 /* checked: does not hold */
#define ARMALO_STALE       2 /* held once, outside its window now */
#define ARMALO_SIMULATED   3 /* holds, but was made in simulation or dry run, or in a weaker mode than the host's */
#define ARMALO_POSITIVE    4 /* checked now: holds */

/* Public classes: all that a stranger learns. Each is one HTTP status and one word. */
#define ARMALO_CLASS_INTERNAL     0 /* 500 internal */
#define ARMALO_CLASS_OK           1 /* 200 ok */
#define ARMALO_CLASS_BAD_REQUEST  2 /* 400 bad_request */
#define ARMALO_CLASS_UNAUTHORIZED 3 /* 401 unauthorized */
#define ARMALO_CLASS_FORBIDDEN    4 /* 403 forbidden */
#define ARMALO_CLASS_NOT_FOUND    5 /* 404 not_found */
#define ARMALO_CLASS_CONFLICT     6 /* 409 conflict */
#define ARMALO_CLASS_TOO_LARGE    7 /* 413 too_large */
#define ARMALO_CLASS_UNAVAILABLE  8 /* 503 unavailable */

/* Labels: what a reader of a decision must know besides the verdict. Bits of armalo_decision.labels. */
#define ARMALO_LABEL_COMPATIBILITY          UINT32_C(0x0001) /* "compatibility": read for compatibility only */
#define ARMALO_LABEL_FRESHNESS_NOT_PROVIDED UINT32_C(0x0002) /* "freshness:not_provided": no signed timestamp */
#define ARMALO_LABEL_DELIVERY_ID_UNSIGNED   UINT32_C(0x0004) /* "delivery_id:unsigned" */
#define ARMALO_LABEL_EVENT_UNSIGNED         UINT32_C(0x0008) /* "event:unsigned": the event name is not signed */
#define ARMALO_LABEL_COVERS_ID              UINT32_C(0x0010) /* "covers:id": the signature covers the id */
#define ARMALO_LABEL_COVERS_TIMESTAMP       UINT32_C(0x0020) /* "covers:timestamp" */
#define ARMALO_LABEL_COVERS_BODY            UINT32_C(0x0040) /* "covers:body" */
#define ARMALO_LABEL_COVERS_HEADERS         UINT32_C(0x0080) /* "covers:headers": the headers it names */
#define ARMALO_LABEL_REPLAY_UNCHECKED       UINT32_C(0x0100) /* "replay:unchecked": no delivery store */
#define ARMALO_LABEL_AUDIT_OFF              UINT32_C(0x0200) /* "audit:off": the host runs without an audit sink */
#define ARMALO_LABEL_MODE_STAGING           UINT32_C(0x0400) /* "mode:staging" */
#define ARMALO_LABEL_MODE_SIMULATION        UINT32_C(0x0800) /* "mode:simulation" */
#define ARMALO_LABEL_MODE_DRY_RUN           UINT32_C(0x1000) /* "mode:dry_run" */
#define ARMALO_LABEL_KEY_LEGACY             UINT32_C(0x2000) /* "key:legacy": the digest is of a migrated kind */

/* The only value of armalo_decision.grant that means yes. */
#define ARMALO_GRANT UINT32_C(0x6A4D7E59)

/* Sizes of the texts inside a decision, with their final NUL. */
#define ARMALO_REQUEST_ID_SIZE 48
#define ARMALO_NAME_SIZE       64
#define ARMALO_DETAIL_SIZE     160

/* Enough for any text that armalo_decision_public / _operator can write, with the final NUL. */
#define ARMALO_PUBLIC_TEXT_SIZE   384
#define ARMALO_OPERATOR_TEXT_SIZE 3072

/* One answer. Owned by the caller; copy it freely. Texts are NUL-terminated and never hold a secret. */
typedef struct armalo_decision {
    uint32_t grant;       /* ARMALO_GRANT or anything else, which is a denial; read it with armalo_decision_granted() */
    uint32_t reason;      /* ARMALO_REASON_…; its name is armalo_reason_name() */
    int32_t evidence;     /* ARMALO_UNAVAILABLE … ARMALO_POSITIVE */
    int32_t public_class; /* ARMALO_CLASS_… */
    int32_t http_status;  /* of the public class: 200, 400, 401, … */
    int32_t mode;         /* ARMALO_MODE_… of the host (armalo/host.h); 0 when there was none */
    uint32_t labels;      /* ARMALO_LABEL_… */
    uint32_t authenticated; /* exactly 1 when the caller proved who they are, though it may still be denied */
    int64_t decided_at_ms;  /* by the host's clock, Unix epoch; 0 when there was no time */
    char request_id[ARMALO_REQUEST_ID_SIZE];
    char principal[ARMALO_NAME_SIZE]; /* who asked, or whose key signed; empty when not known. Webhooks: the endpoint's
                                       * name, once a signature held */
    char org[ARMALO_NAME_SIZE];       /* whose tenant; empty when not known */
    char detail[ARMALO_DETAIL_SIZE];  /* for the operator; may be empty */
} armalo_decision;

/* Is this decision a grant?
 * Returns: 1 if granted; 0 in every other case (NULL, zeroed, garbage and denied included).
 * Args:    decision: a decision; NULL is allowed and is a denial.
 * Thread safety: reads only. */
ARMALO_API ARMALO_MUST_USE int armalo_decision_granted(const armalo_decision *decision);

/* The answer that may be shown to a stranger: {"error":"unauthorized"}, or {"status":"ok"} for a grant. It depends on
 * nothing but the public class, and holds "request_id" only when the caller was authenticated.
 * Returns: buf, holding a NUL-terminated line of JSON (no newline); or, when it does not fit, the constant text
 *          {"error":"internal"} and buf is not written. Never NULL.
 * Args:    decision: the decision; NULL is allowed and reads as an unfinished one ("internal").
 * Out:     buf: cap bytes; NULL is allowed when cap is 0.
 *          len: bytes of the full text without NUL, also when it did not fit; NULL is allowed.
 * In:      cap: bytes at buf; ARMALO_PUBLIC_TEXT_SIZE is always enough.
 * Thread safety: reads only. */
ARMALO_API const char *armalo_decision_public(const armalo_decision *decision, char *buf, size_t cap, size_t *len);

/* The answer for operators and logs: one line of JSON with granted, evidence, reason, class, http_status, detail,
 * request_id, decided_at, mode, principal, org and labels (in this order). Never holds a secret.
 * Returns: buf, holding a NUL-terminated line of JSON (no newline); or, when it does not fit, the constant text
 *          {"granted":false,"reason":"core.buffer_too_small"} and buf is not written. Never NULL.
 * Args:    decision: the decision; NULL is allowed and reads as an unfinished one.
 * Out:     buf: cap bytes; NULL is allowed when cap is 0.
 *          len: bytes of the full text without NUL, also when it did not fit; NULL is allowed.
 * In:      cap: bytes at buf; ARMALO_OPERATOR_TEXT_SIZE is always enough.
 * Thread safety: reads only. */
ARMALO_API const char *armalo_decision_operator(const armalo_decision *decision, char *buf, size_t cap, size_t *len);

/* The dotted name of a reason, such as "webhook.signature_mismatch".
 * Returns: a constant NUL-terminated text; for a number that is not in the table "core.undecided". Do not free.
 * Args:    reason: armalo_decision.reason.
 * Thread safety: any thread. */
ARMALO_API const char *armalo_reason_name(uint32_t reason);

/* What a reason means, in one English sentence for an operator.
 * Returns: a constant NUL-terminated text, as above. Do not free.
 * Args:    reason: armalo_decision.reason.
 * Thread safety: any thread. */
ARMALO_API const char *armalo_reason_meaning(uint32_t reason);

/* The reasons one after the other, for tools that list them.
 * Returns: the smallest reason number greater than `after`; 0 after the last one.
 * Args:    after: a reason number; 0 to begin (reason 0 itself is core.undecided).
 * Thread safety: any thread. */
ARMALO_API uint32_t armalo_reason_next(uint32_t after);

/* The name of an evidence state: "unavailable", "negative", "stale", "simulated" or "positive".
 * Returns: a constant NUL-terminated text; "unavailable" for anything that is no state. Do not free.
 * Args:    evidence: an evidence state.
 * Thread safety: any thread. */
ARMALO_API const char *armalo_evidence_name(int32_t evidence);

/* Evidence that needs every part: the weakest part decides (NEGATIVE < UNAVAILABLE < STALE < SIMULATED < POSITIVE), so
 * what is disproved stays disproved whatever else could not be checked.
 * Returns: the state; ARMALO_UNAVAILABLE for no parts (nothing was shown) and for NULL. A value that is no state counts
 *          as UNAVAILABLE. ARMALO_POSITIVE only when there is a part and every part is POSITIVE.
 * Args:    states: count evidence states; NULL is allowed.
 *          count: how many.
 * Thread safety: reads only. */
ARMALO_API ARMALO_MUST_USE int32_t armalo_evidence_all(const int32_t *states, size_t count);

/* Evidence that needs one part: the strongest part decides (same order), so "none of them holds" is said only when
 * every one of them was checked.
 * Returns: the state; ARMALO_UNAVAILABLE for no parts and for NULL. A value that is no state counts as UNAVAILABLE.
 *          ARMALO_POSITIVE only when a part is POSITIVE.
 * Args:    states: count evidence states; NULL is allowed.
 *          count: how many.
 * Thread safety: reads only. */
ARMALO_API ARMALO_MUST_USE int32_t armalo_evidence_any(const int32_t *states, size_t count);

#ifdef __cplusplus
}
#endif
#endif
