/* SPDX-License-Identifier: MIT */
/* armalo/webhook.h: receiving and sending signed webhooks.
 *
 * A scheme (data, not code) says where the id, the timestamp and the signatures of a delivery are and how the signed
 * content is put together. Presets: standard, svix, whop, armalo, github, slack, shopify, hook0, stripe.
 * Checks are made in this order: the host (mode, clock); sizes; that a secret is active; exactly one of each header,
 * all of one family; the number of signatures; the timestamp; the form of the signatures; the signature itself, over
 * all active secrets; the labels; the event; the delivery id, claimed in the store; the audit event. */
#ifndef ARMALO_WEBHOOK_H
#define ARMALO_WEBHOOK_H

#include "armalo/host.h"
#include "armalo/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Limits. Past a limit is a denial with a reason of its own. */
#define ARMALO_WEBHOOK_MAX_SECRETS      8
#define ARMALO_WEBHOOK_MAX_SECRET       512       /* bytes of a secret's text */
#define ARMALO_WEBHOOK_MAX_SIGNATURES   16        /* in one delivery, of any version */
#define ARMALO_WEBHOOK_MAX_HEADERS      256       /* header fields of a request */
#define ARMALO_WEBHOOK_MAX_VALUE        4096      /* bytes of a header value that the scheme reads */
#define ARMALO_WEBHOOK_MAX_ID           255       /* bytes of a delivery id */
#define ARMALO_WEBHOOK_MAX_EVENT        127       /* bytes of an event name */
#define ARMALO_WEBHOOK_MAX_EVENTS       1024      /* names on an allowlist */
#define ARMALO_WEBHOOK_MAX_SCHEME       16384     /* bytes of a scheme's JSON */
#define ARMALO_WEBHOOK_BODY_DEFAULT     1048576   /* bytes of a body when max_body is 0 */
#define ARMALO_WEBHOOK_LEASE_DEFAULT_MS 60000     /* lease when lease_ms is 0 */
#define ARMALO_WEBHOOK_KEEP_DEFAULT_MS  345600000 /* 4 days: longer than the suggested schedule of attempts */
#define ARMALO_WEBHOOK_ALERT_DEFAULT    10        /* failures in a row when alert_after is 0 */
#define ARMALO_WEBHOOK_MAX_TOLERANCE_S  86400

/* Value of armalo_webhook_config.any_event that means: no allowlist, on purpose. */
#define ARMALO_ANY_EVENT UINT32_C(0x0A4EE4E7)

/* A secret, in the form in which the sender gives it: "whsec_…" (the prefix may be missing) for standard and svix,
 * "whpk_…" (public) or "whsk_…" (private, for sending) for their Ed25519 signatures, the plain text for the others. */
typedef struct armalo_secret {
    const char *text;   /* text_len bytes, not NULL; need not be NUL-terminated; copied into memory that is wiped */
    size_t text_len;    /* 1 to ARMALO_WEBHOOK_MAX_SECRET; no line break: cut it off what you read from a file */
    int64_t expires_ms; /* the secret counts until this time (exclusive), for rotation; 0: until the handle ends */
} armalo_secret;

/* How an endpoint receives (or sends). Zero it, set struct_size, then set what you have. */
typedef struct armalo_webhook_config {
    size_t struct_size;   /* sizeof(armalo_webhook_config) */
    const char *endpoint; /* your name for it, NUL-terminated, 1 to 63 bytes of [A-Za-z0-9_.:-]; NULL: "default".
                              * Endpoints that share a store must have different names. Copied. */
    const char *scheme;   /* a preset's name, NUL-terminated; NULL when scheme_json is given */
    /* a scheme of your own (armalo_webhook(7) has the format); need not be NUL-terminated; NULL when scheme is given */
    const char *scheme_json;
    size_t scheme_json_len;       /* bytes at scheme_json, at most ARMALO_WEBHOOK_MAX_SCHEME; 0 with NULL */
    const armalo_secret *secrets; /* 1 to ARMALO_WEBHOOK_MAX_SECRETS; several during a rotation */
    size_t secret_count;
    const char *const *events; /* allowlist of exact event names, NUL-terminated, copied; NULL: see any_event. A list
                                * together with any_event, or with a scheme that has no place for an event, is
                                * webhook.config_invalid */
    size_t event_count;        /* 1 to ARMALO_WEBHOOK_MAX_EVENTS; 0 with NULL */
    uint32_t any_event;        /* ARMALO_ANY_EVENT to go without an allowlist; otherwise a missing list is refused */
    uint32_t refuse_labels; /* ARMALO_LABEL_…: a decision that would carry one of these is denied; 0: none. Unknown bits
                                * are webhook.config_invalid, here and in require_labels */
    const armalo_store *store; /* remembers deliveries; not owned, must outlive the handle. NULL: disposition
                                * ARMALO_UNCHECKED, never ARMALO_PROCESS */
    size_t max_body;           /* bytes; 0: ARMALO_WEBHOOK_BODY_DEFAULT; no upper bound of its own */
    int64_t tolerance_s; /* seconds either side of now; 0: the scheme's own; at most ARMALO_WEBHOOK_MAX_TOLERANCE_S.
                           * There is no value that switches the window off */
    int64_t lease_ms;    /* how long a claim is held, counted from before the store is asked: longer than the store may
                          * wait and the handler may work; 0: ARMALO_WEBHOOK_LEASE_DEFAULT_MS; at most 86,400,000 */
    int64_t keep_ms;     /* how long a settled delivery is remembered; 0: ARMALO_WEBHOOK_KEEP_DEFAULT_MS; at least twice
                           * the tolerance and a second, and lease_ms; at most 3,650 days */
    uint32_t alert_after;    /* failures in a row that raise an alert; 0: ARMALO_WEBHOOK_ALERT_DEFAULT */
    uint32_t require_labels; /* ARMALO_LABEL_…: a decision that lacks one of these is denied, for example
                              * ARMALO_LABEL_COVERS_HEADERS with hook0; 0: none */
} armalo_webhook_config;

typedef struct armalo_webhook armalo_webhook;

/* One header field, as received. */
typedef struct armalo_header {
    const char *name; /* name_len bytes; compared without regard to ASCII case; not NULL */
    size_t name_len;
    const char *value; /* value_len bytes, without white space around and line end; NULL only with value_len 0 */
    size_t value_len;
} armalo_header;

/* One delivery, as received. */
typedef struct armalo_request {
    size_t struct_size;           /* sizeof(armalo_request) */
    const armalo_header *headers; /* every header field of the request, repeated ones kept */
    size_t header_count;
    const void *body; /* the raw bytes as received: never JSON that was parsed and printed again. NULL with 0 */
    size_t body_len;
    const char *request_id; /* your id for this request, for logs: 1 to 47 bytes of visible ASCII; NULL, or unusable:
                             * one is made */
    size_t request_id_len;  /* 0 with NULL */
} armalo_request;

/* What a verified delivery is. Written by verify and finish: filled when granted, all zero bytes when denied. */
typedef struct armalo_delivery {
    int32_t disposition; /* ARMALO_PROCESS, ARMALO_IN_PROGRESS, ARMALO_DUPLICATE or ARMALO_UNCHECKED; 0 when denied */
    uint32_t reserved;
    int64_t timestamp_s;                   /* the verified timestamp, Unix seconds; 0 when the scheme has none */
    uint64_t token;                        /* for settle */
    uint8_t key[ARMALO_DELIVERY_KEY_SIZE]; /* the delivery's key in the store */
    char id[ARMALO_WEBHOOK_MAX_ID + 1];    /* the delivery id, NUL-terminated; empty when the scheme has none. See the
                                            * label delivery_id:unsigned */
    char event[ARMALO_WEBHOOK_MAX_EVENT + 1]; /* the event's name, NUL-terminated; with any_event
                                               * filled only when a header names it */
} armalo_delivery;

/* Make an endpoint. Do it once at start-up.
 * Returns: a handle, to be ended with armalo_webhook_free(); NULL when refused (why says the reason).
 * Args:    host: not NULL; must outlive the handle.
 *          config: not NULL; copied, except store. A secret that has expired already is accepted: it never matches.
 * Out:     why: the reason of a refusal, with what is wrong in its detail; grants nothing. NULL is allowed.
 * Reasons: core.invalid_argument, core.no_memory, core.crypto_failed, webhook.scheme_unknown, webhook.scheme_invalid,
 *          webhook.secret_missing, webhook.secret_empty, webhook.secret_short, webhook.secret_long,
 *          webhook.secret_encoding, webhook.secret_too_many, webhook.secret_weak, webhook.events_missing,
 *          webhook.config_invalid.
 * Thread safety: any thread. */
ARMALO_API ARMALO_MUST_USE armalo_webhook *armalo_webhook_new(armalo_host *host, const armalo_webhook_config *config,
                                                              armalo_decision *why);

/* End an endpoint and wipe its secrets. End its streams first.
 * Args:    hook: from armalo_webhook_new(); NULL is allowed and does nothing. */
ARMALO_API void armalo_webhook_free(armalo_webhook *hook);

/* May this delivery be believed?
 * Granted means: signed by one of the secrets, fresh, with an allowed event. Whether to process it is another question:
 * only when delivery->disposition is ARMALO_PROCESS; then settle it. A grant counts as a mutation: no audit, no grant.
 * Returns: 1 if granted; 0 in every other case.
 * Args:    hook: from armalo_webhook_new(); NULL is denied.
 *          request: the delivery as received; NULL is denied. Nothing is kept of it.
 * Out:     delivery: what was verified; all zero bytes when denied. NULL is denied when there is a store, else allowed.
 *          why: the decision. NULL is allowed.
 * Reasons: core.granted; core.invalid_argument, core.no_memory, host.mode_unset, host.clock_*, host.audit_*,
 *          webhook.secret_expired, webhook.headers_too_many … webhook.store_unavailable (69 and 80 to 116 of
 *          armalo/reasons.h).
 * Follows: Standard Webhooks 1.0.0, and each sender's own documentation (armalo_webhook(7)).
 * Thread safety: any number of threads. Allocates nothing, except for an Ed25519 signature over a body of more than
 *          about 8,000 bytes (one block; the signature needs the content in one piece). */
ARMALO_API ARMALO_MUST_USE int armalo_webhook_verify(armalo_webhook *hook, const armalo_request *request,
                                                     armalo_delivery *delivery, armalo_decision *why);

/* Say how the processing of a claimed delivery ended. Call it once for each delivery with ARMALO_PROCESS.
 * Returns: 1 if settled; 0 in every other case: then the delivery may be processed again by another attempt.
 * Args:    hook: the endpoint that verified it; one without a store is core.invalid_argument.
 *          delivery: as verify wrote it; NULL is denied.
 *          outcome: ARMALO_DONE (1) or ARMALO_FAILED (0); any other number counts as ARMALO_FAILED.
 * Out:     why: the decision. NULL is allowed.
 * Reasons: core.granted; core.invalid_argument, host.mode_unset, host.clock_*, webhook.claim_lost,
 *          webhook.store_unavailable.
 * Thread safety: any number of threads. */
ARMALO_API int armalo_webhook_settle(armalo_webhook *hook, const armalo_delivery *delivery, int outcome,
                                     armalo_decision *why);

typedef struct armalo_webhook_stream armalo_webhook_stream;

/* Verify a body that arrives in pieces. begin checks everything that needs no body; update takes the pieces; finish
 * decides. Nothing of the body may be acted on before finish grants.
 * Returns: a stream, to be ended with armalo_webhook_finish() or armalo_webhook_cancel(); NULL when denied already.
 * Args:    hook: from armalo_webhook_new(); must outlive the stream; NULL is denied.
 *          request: the headers and the request id; body and body_len must be NULL and 0. Copied as far as needed.
 * Out:     why: the decision; core.undecided while nothing speaks against the delivery. NULL is allowed.
 * Reasons: as armalo_webhook_verify(), of all that needs no body.
 * Thread safety: any thread; one stream belongs to one thread at a time. Allocates. */
ARMALO_API ARMALO_MUST_USE armalo_webhook_stream *
armalo_webhook_begin(armalo_webhook *hook, const armalo_request *request, armalo_decision *why);

/* The next piece of the body.
 * Returns: 1 if taken; 0 if the delivery can no longer be granted (too large, no memory): stop reading, then finish
 *          tells why.
 * Args:    stream: from armalo_webhook_begin(); NULL returns 0.
 *          data: len raw bytes; NULL is allowed only with len 0, otherwise the delivery is denied
 *          (core.invalid_argument).
 *          len: bytes at data. */
ARMALO_API ARMALO_MUST_USE int armalo_webhook_update(armalo_webhook_stream *stream, const void *data, size_t len);

/* The end of the body: decide, and free the stream in every case. Time and secrets are judged again, since the body may
 * have taken long.
 * Returns: 1 if granted; 0 in every other case.
 * Args:    stream: from armalo_webhook_begin(); NULL is denied. Freed: do not use it again.
 * Out:     delivery, why: as armalo_webhook_verify().
 * Reasons: as armalo_webhook_verify(). */
ARMALO_API ARMALO_MUST_USE int armalo_webhook_finish(armalo_webhook_stream *stream, armalo_delivery *delivery,
                                                     armalo_decision *why);

/* Give a stream up without a decision, for example when the connection broke.
 * Args:    stream: freed; NULL is allowed and does nothing. */
ARMALO_API void armalo_webhook_cancel(armalo_webhook_stream *stream);

/* How an endpoint is doing. Failures are counted in a row and forgotten at the next success of their kind. */
typedef struct armalo_webhook_health {
    uint32_t verify_failures;  /* deliveries denied since the last granted one */
    uint32_t handler_failures; /* deliveries settled as failed since the last one settled as done */
    uint32_t verify_alert;     /* 1 while verify_failures has reached alert_after */
    uint32_t handler_alert;    /* 1 while handler_failures has reached alert_after */
} armalo_webhook_health;

/* Read the failure counters. When a counter reaches alert_after, one event "webhook.alert" goes to the audit sink, and
 * no other until the counter was cleared by a success.
 * Args:    hook: from armalo_webhook_new(); NULL gives zeros.
 * Out:     health: NULL does nothing.
 * Thread safety: any number of threads. */
ARMALO_API void armalo_webhook_health_get(const armalo_webhook *hook, armalo_webhook_health *health);

/* Sign an outgoing delivery with every secret that is active and can sign (one signature each where the scheme allows
 * several; otherwise the first). Versions that cover headers which only the HTTP layer knows (hook0's v1) are left out.
 * Returns: 1 if signed; 0 in every other case (nothing is written to buf then).
 * Args:    hook: an endpoint whose secrets can sign.
 *          id: the delivery id, id_len bytes; the same for every attempt of one delivery. NULL with 0 where the scheme
 *          has none.
 *          body: the exact bytes you will send, body_len bytes; NULL with 0.
 *          timestamp_s: Unix seconds of this attempt, 1 to 2^53-1; 0: the host's clock.
 *          cap: bytes at buf; ARMALO_WEBHOOK_HEADERS_SIZE is always enough.
 * Out:     buf: cap bytes: the headers of id, timestamp and signature (not the event's), each "name: value\r\n", names
 *          in lower case, NUL-terminated. NULL is allowed when cap is 0.
 *          len: bytes of the headers without NUL, also when buf was too small; 0 on any other failure. NULL is allowed.
 *          why: the decision. NULL is allowed.
 * Reasons: core.granted; core.invalid_argument, core.buffer_too_small, core.no_memory, core.crypto_failed,
 *          host.mode_unset, host.clock_*, webhook.cannot_sign, webhook.id_invalid, webhook.timestamp_malformed,
 *          webhook.signed_header_ambiguous, webhook.body_too_large, webhook.secret_expired.
 * Thread safety: any number of threads. */
ARMALO_API ARMALO_MUST_USE int armalo_webhook_sign(armalo_webhook *hook, const char *id, size_t id_len,
                                                   const void *body, size_t body_len, int64_t timestamp_s, char *buf,
                                                   size_t cap, size_t *len, armalo_decision *why);
#define ARMALO_WEBHOOK_HEADERS_SIZE 4096 /* enough for the headers of any preset with any number of secrets */

/* The presets: a JSON array of schemes in the format of scheme_json, for showing and for copying from.
 * Returns: a constant NUL-terminated text. Do not free. */
ARMALO_API const char *armalo_webhook_schemes(void);

/* Make a secret for an endpoint. The secret is shown this once; what you store is the record.
 * Returns: 1 if made; 0 in every other case (nothing is written then).
 * Args:    host: with a root key.
 *          endpoint: NUL-terminated, as in the configuration; not NULL.
 *          expires_ms: end of the secret's life, Unix epoch; 0: none; a time that is past is webhook.config_invalid.
 *          secret_cap: bytes at secret; ARMALO_WEBHOOK_SECRET_SIZE is enough.
 *          record_cap: bytes at record; ARMALO_WEBHOOK_RECORD_SIZE is enough.
 * Out:     secret: "whsec_…", NUL-terminated. Show it, then wipe it. Not NULL.
 *          record: one line of JSON, NUL-terminated, in which the secret is sealed under a key derived from the root
 *          key. Not NULL.
 *          why: the decision. NULL is allowed.
 * Reasons: core.granted; core.invalid_argument, core.buffer_too_small, core.crypto_failed, host.mode_unset,
 *          host.clock_*, host.audit_*, host.root_key_missing, webhook.config_invalid.
 * Thread safety: any thread. */
ARMALO_API ARMALO_MUST_USE int armalo_webhook_secret_issue(armalo_host *host, const char *endpoint, int64_t expires_ms,
                                                           char *secret, size_t secret_cap, char *record,
                                                           size_t record_cap, armalo_decision *why);
#define ARMALO_WEBHOOK_SECRET_SIZE 64
#define ARMALO_WEBHOOK_RECORD_SIZE 512

/* Open a secret record, to give the secret to armalo_webhook_new().
 * Returns: 1 if opened; 0 in every other case (nothing is written then).
 * Args:    host: with the root key that sealed the record.
 *          record: len bytes of JSON as armalo_webhook_secret_issue() wrote it; not NULL.
 *          endpoint: NUL-terminated; the record must be of this endpoint; not NULL.
 *          secret_cap: bytes at secret; ARMALO_WEBHOOK_SECRET_SIZE is enough.
 * Out:     secret: "whsec_…", NUL-terminated. Wipe it after use. Not NULL.
 *          expires_ms: the record's expires_at, for armalo_secret; 0: none. NULL is allowed.
 *          why: the decision. NULL is allowed.
 * Reasons: core.granted; core.invalid_argument, core.buffer_too_small, host.mode_unset, host.clock_*,
 *          host.root_key_missing, webhook.secret_record_malformed, webhook.secret_record_altered,
 *          webhook.secret_record_expired.
 * Thread safety: any thread. */
ARMALO_API ARMALO_MUST_USE int armalo_webhook_secret_open(armalo_host *host, const char *record, size_t len,
                                                          const char *endpoint, char *secret, size_t secret_cap,
                                                          int64_t *expires_ms, armalo_decision *why);

/* What a sender should do after an attempt. */
#define ARMALO_RETRY_DELIVERED 1 /* 2xx: done */
#define ARMALO_RETRY_AT        2 /* try again at next_ms */
#define ARMALO_RETRY_GIVE_UP   3 /* the schedule is at its end */
#define ARMALO_RETRY_DISABLE   4 /* 410 Gone: the receiver wants no more; disable the endpoint */

/* One attempt of a sender. Zero it, set struct_size, then set what you have. */
typedef struct armalo_attempt {
    size_t struct_size;        /* sizeof(armalo_attempt) */
    const char *id;            /* the delivery id, for the metadata; id_len bytes; not NULL */
    size_t id_len;             /* 1 to ARMALO_WEBHOOK_MAX_ID */
    uint32_t number;           /* which attempt this was: 1, 2, … */
    int32_t http_status;       /* the receiver's answer, 100 to 599; 0: none (connection failed or timed out) */
    int64_t started_ms;        /* when the attempt began, Unix epoch */
    int64_t finished_ms;       /* when it ended; not before started_ms */
    const char *retry_after;   /* the answer's Retry-After value: seconds or an HTTP date; NULL: none */
    size_t retry_after_len;    /* 0 with NULL */
    const int64_t *schedule_s; /* seconds between attempts, each 0 to 2,592,000; NULL: Standard Webhooks' suggestion
                                * (5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h) */
    size_t schedule_count;     /* at most 64; 0 with NULL */
} armalo_attempt;

/* The plan after an attempt. */
typedef struct armalo_retry {
    int32_t action; /* ARMALO_RETRY_…; 0 when the call failed */
    uint32_t reserved;
    int64_t next_ms; /* with ARMALO_RETRY_AT: when, Unix epoch; otherwise 0 */
} armalo_retry;

/* Plan the next attempt, and give the attempt's metadata to the audit sink (event "webhook.attempt").
 * A wait is the schedule's, or what Retry-After asks if that is longer (up to one day; a Retry-After that cannot be
 * read is ignored), and up to a tenth of random delay on top.
 * Returns: 1 if planned; 0 in every other case (plan is zeroed).
 * Args:    hook: the sending endpoint.
 *          attempt: not NULL.
 * Out:     plan: not NULL.
 *          why: the decision, with the member of the attempt that is out of its range in its detail. NULL is allowed.
 * Reasons: core.granted; core.invalid_argument, core.crypto_failed, host.mode_unset, host.clock_*, host.audit_*,
 *          webhook.config_invalid.
 * Follows: Standard Webhooks 1.0.0, "Deliverability and reliability"; RFC 9110 10.2.3.
 * Thread safety: any number of threads. */
ARMALO_API ARMALO_MUST_USE int armalo_webhook_retry(armalo_webhook *hook, const armalo_attempt *attempt,
                                                    armalo_retry *plan, armalo_decision *why);

#ifdef __cplusplus
}
#endif
#endif
