/* SPDX-License-Identifier: MIT */
/* webhook/webhook.h: the inside of an endpoint, and of one delivery while it is checked. */
#ifndef ARMALO_WEBHOOK_WEBHOOK_H
#define ARMALO_WEBHOOK_WEBHOOK_H

#include "armalo/webhook.h"
#include "core/host.h"
#include "crypto/crypto.h"
#include "webhook/scheme.h"

#include <stdatomic.h>

/* A secret, ready for use. */
enum armalo_i_secret_kind { ARMALO_I_SECRET_HMAC, ARMALO_I_SECRET_ED25519_PUBLIC, ARMALO_I_SECRET_ED25519_PRIVATE };
typedef struct armalo_i_key {
    int kind; /* enum armalo_i_secret_kind */
    int64_t expires_ms;
    armalo_i_hmac_key hmac;
    uint8_t ed25519_public[ARMALO_I_ED25519_PUBLIC];
    uint8_t ed25519_secret[ARMALO_I_ED25519_SECRET];
} armalo_i_key;

/* GRANTED and *key, or the reason why this text is no secret of the scheme. */
uint32_t armalo_i_key_read(const armalo_i_scheme *scheme, const armalo_secret *secret, armalo_i_key *key);

static inline int armalo_i_key_active(const armalo_i_key *key, int64_t now_ms) {
    return key->expires_ms == 0 || now_ms < key->expires_ms;
}

static inline int armalo_i_key_checks(const armalo_i_key *key, uint8_t algorithm) {
    return (key->kind == ARMALO_I_SECRET_HMAC) == (algorithm == ARMALO_I_HMAC_SHA256);
}

/* Failures in a row, of deliveries and of handlers. */
enum armalo_i_failure { ARMALO_I_VERIFY_FAILURE, ARMALO_I_HANDLER_FAILURE, ARMALO_I_FAILURES };

struct armalo_webhook {
    armalo_host *host;
    const armalo_store *store;
    armalo_i_scheme scheme;
    char endpoint[64];
    armalo_i_sha256 store_key; /* SHA-256 state after the endpoint's name: where every delivery key starts */
    uint32_t key_count, event_count;
    uint32_t refuse_labels, require_labels, alert_after;
    int any_event;
    size_t max_body;
    int64_t tolerance_s, lease_ms, keep_ms;
    char **events; /* sorted; the pointers and the texts in one block */
    _Atomic uint32_t failures[ARMALO_I_FAILURES];
    armalo_i_key key[ARMALO_WEBHOOK_MAX_SECRETS];
};

/* A signature of the delivery, decoded. */
typedef struct armalo_i_signature {
    uint8_t version;
    uint8_t bytes[ARMALO_I_ED25519_SIGNATURE]; /* the first 32 for an HMAC */
} armalo_i_signature;

/* An HMAC on its way: one version of the signed content under one secret. */
typedef struct armalo_i_lane {
    uint8_t version, key;
    armalo_i_sha256 state;
} armalo_i_lane;

#define ARMALO_I_LANES    (ARMALO_I_VERSIONS * ARMALO_WEBHOOK_MAX_SECRETS)
#define ARMALO_I_ITEM_MAX ARMALO_WEBHOOK_MAX_SIGNATURES

/* The longest text that can stand before the body in the signed content. */
#define ARMALO_I_CONTENT_PREFIX_MAX 5120

/* One delivery while it is checked. Lives on the stack of verify, or in a stream. Only the counted parts of the arrays
 * are ever written. */
typedef struct armalo_i_check {
    const armalo_webhook *hook;
    int64_t now_ms, timestamp_s;
    armalo_i_span id, event; /* values of the headers; empty when there are none */
    uint8_t event_header;    /* index of the event's header, or ARMALO_I_NO_HEADER */
    uint32_t event_covered;  /* bit n: the content of version n covers the event's header */
    uint32_t signature_count, lane_count;
    int needs_body; /* the body is needed in one piece at the end */
    size_t body_len;
    char body_first;             /* the body's first byte, when it has one */
    armalo_i_sha256 content_key; /* the delivery key, when it comes from the content */
    int has_content_key;
    armalo_i_signature signature[ARMALO_I_ITEM_MAX];
    armalo_i_lane lane[ARMALO_I_LANES];
    uint8_t ed25519_version; /* the version that Ed25519 checks; ARMALO_I_VERSIONS: none in this delivery */
    size_t ed25519_prefix_len;
    char ed25519_prefix[ARMALO_WEBHOOK_MAX_ID + 64]; /* its content up to the body */
} armalo_i_check;

/* What was found of the request's headers. */
typedef struct armalo_i_fields {
    armalo_i_span value[ARMALO_I_WANTED_MAX];
    uint8_t count[ARMALO_I_WANTED_MAX]; /* how often, up to 2 */
} armalo_i_fields;

/* Find the scheme's headers, count them, and pick the family. GRANTED and *family, or a reason with the header's name
 * in *culprit. */
uint32_t armalo_i_fields_find(const armalo_i_scheme *scheme, const armalo_request *request, int needs_event,
                              armalo_i_fields *fields, const uint8_t **family, const char **culprit);

/* The three steps of a check. begin: headers, timestamp, signatures decoded; update: the body; end: signature, event
 * and id are judged. Each gives GRANTED to go on or the reason to deny; *detail may be set to a constant text. `whole`
 * is the whole body when check->needs_body, else it may be NULL. */
uint32_t armalo_i_check_begin(armalo_i_check *check, const armalo_webhook *hook, const armalo_request *request,
                              int64_t now_ms, const char **detail);
uint32_t armalo_i_check_update(armalo_i_check *check, const void *data, size_t len);
uint32_t armalo_i_check_fresh(const armalo_i_check *check, int64_t now_ms);
uint32_t armalo_i_check_end(armalo_i_check *check, const uint8_t *whole, armalo_delivery *delivery,
                            armalo_decision *why);

/* Claim, audit and grant (or deny), and count: the end of verify and finish. */
int armalo_i_webhook_conclude(armalo_webhook *hook, uint32_t reason, armalo_delivery *delivery, armalo_decision *why);

/* Count a success or a failure; the failure that reaches the limit raises the alert. */
void armalo_i_health_count(armalo_webhook *hook, enum armalo_i_failure kind, int success, const armalo_decision *why);

/* The signed content up to the body, of a version. GRANTED and *len, or the reason why it cannot be put together. */
typedef struct armalo_i_content_input {
    const armalo_i_fields *fields; /* for {header:…}; NULL when signing */
    const armalo_request *request; /* for {names}; NULL when signing */
    armalo_i_span id, timestamp, names;
    uint8_t event_header;
    const armalo_i_scheme *scheme;
} armalo_i_content_input;
uint32_t armalo_i_content_prefix(const armalo_i_version *version, const armalo_i_content_input *in, char *out,
                                 size_t cap, size_t *len, int *event_covered);

#endif
