/* SPDX-License-Identifier: MIT */
/* Secret records: a secret is shown once and stored sealed. */
#include "armalo/webhook.h"
#include "audit/event.h"
#include "codec/text.h"
#include "core/decide.h"
#include "core/host.h"
#include "crypto/crypto.h"
#include "webhook/endpoint.h"

#define ARMALO_I_SECRET_BYTES  32
#define ARMALO_I_SEALED_BYTES  (ARMALO_I_SECRET_BYTES + ARMALO_I_AEAD_TAG)
#define ARMALO_I_SECRET_PREFIX "whsec_"

/* The members of a record except `sealed`, and the sealed bytes. */
typedef struct armalo_i_record {
    char id[64], endpoint[ARMALO_I_ENDPOINT_MAX + 1], created_at[ARMALO_I_TIME_LEN + 1],
        expires_at[ARMALO_I_TIME_LEN + 1];
    uint8_t nonce[ARMALO_I_AEAD_NONCE], sealed[ARMALO_I_SEALED_BYTES];
    int64_t expires_ms;
} armalo_i_record;

/* The associated data: the canonical JSON of the record without `sealed` (RFC 8785: members by name; nothing here needs
 * escapes). */
static size_t armalo_i_record_data(const armalo_i_record *r, char *buf, size_t cap) {
    char nonce[ARMALO_I_BASE64_LEN(ARMALO_I_AEAD_NONCE) + 1];
    armalo_i_writer w = {buf, cap, 0};
    armalo_i_base64_encode(r->nonce, sizeof r->nonce, nonce);
    armalo_i_write_text(&w, "{\"created_at\":\"");
    armalo_i_write_text(&w, r->created_at);
    armalo_i_write_text(&w, "\",\"endpoint\":\"");
    armalo_i_write_text(&w, r->endpoint);
    armalo_i_write_text(&w, "\",\"expires_at\":");
    if (r->expires_ms == 0)
        armalo_i_write_text(&w, "null");
    else
        armalo_i_write_string(&w, r->expires_at, strlen(r->expires_at));
    armalo_i_write_text(&w, ",\"id\":\"");
    armalo_i_write_text(&w, r->id);
    armalo_i_write_text(&w, "\",\"nonce\":\"");
    armalo_i_write_text(&w, nonce);
    armalo_i_write_text(&w, "\",\"v\":1}");
    return w.len;
}

static void armalo_i_record_write(const armalo_i_record *r, armalo_i_writer *w) {
    char text[ARMALO_I_BASE64_LEN(ARMALO_I_SEALED_BYTES) + 1];
    armalo_i_write_text(w, "{\"v\":1,\"id\":\"");
    armalo_i_write_text(w, r->id);
    armalo_i_write_text(w, "\",\"endpoint\":\"");
    armalo_i_write_text(w, r->endpoint);
    armalo_i_write_text(w, "\",\"nonce\":\"");
    armalo_i_write_raw(w, text, armalo_i_base64_encode(r->nonce, sizeof r->nonce, text));
    armalo_i_write_text(w, "\",\"sealed\":\"");
    armalo_i_write_raw(w, text, armalo_i_base64_encode(r->sealed, sizeof r->sealed, text));
    armalo_i_write_text(w, "\",\"created_at\":\"");
    armalo_i_write_text(w, r->created_at);
    armalo_i_write_text(w, "\",\"expires_at\":");
    if (r->expires_ms == 0)
        armalo_i_write_text(w, "null");
    else
        armalo_i_write_string(w, r->expires_at, strlen(r->expires_at));
    armalo_i_write_raw(w, "}", 1);
}

/* Make the secret, seal it, and write both texts, or nothing. */
static uint32_t armalo_i_secret_make(const armalo_host *host, const char *endpoint, int64_t created_ms,
                                     int64_t expires_ms, char *text, char *record, armalo_i_record *r) {
    uint8_t secret[ARMALO_I_SECRET_BYTES];
    char data[512];
    armalo_i_host_id(host, "whs_", r->id);
    memcpy(r->endpoint, endpoint, strlen(endpoint) + 1);
    armalo_i_time_text(created_ms, r->created_at);
    r->expires_ms = expires_ms;
    if (expires_ms != 0) armalo_i_time_text(expires_ms, r->expires_at);
    int done = armalo_i_random(secret, sizeof secret) == 1 && armalo_i_random(r->nonce, sizeof r->nonce) == 1;
    size_t data_len = armalo_i_record_data(r, data, sizeof data);
    done = done && data_len < sizeof data &&
           armalo_i_aead_seal(host->secret_seal_key, r->nonce, data, data_len, secret, sizeof secret, r->sealed) == 1;
    if (done) {
        armalo_i_writer w = {record, ARMALO_WEBHOOK_RECORD_SIZE, 0};
        memcpy(text, ARMALO_I_SECRET_PREFIX, sizeof ARMALO_I_SECRET_PREFIX - 1);
        armalo_i_base64_encode(secret, sizeof secret, text + sizeof ARMALO_I_SECRET_PREFIX - 1);
        armalo_i_record_write(r, &w);
        done = w.len < ARMALO_WEBHOOK_RECORD_SIZE;
        if (done) record[w.len] = 0;
    }
    armalo_i_wipe(secret, sizeof secret);
    return done ? ARMALO_REASON_GRANTED : ARMALO_REASON_CRYPTO_FAILED;
}

int armalo_webhook_secret_issue(armalo_host *host, const char *endpoint, int64_t expires_ms, char *secret,
                                size_t secret_cap, char *record, size_t record_cap, armalo_decision *why) {
    armalo_decision unseen_why;
    armalo_i_record r;
    char text[ARMALO_WEBHOOK_SECRET_SIZE] = "", line[ARMALO_WEBHOOK_RECORD_SIZE] = "", members[160];
    if (why == NULL) why = &unseen_why;
    memset(&r, 0, sizeof r);
    uint32_t reason = armalo_i_decision_begin(host, why, armalo_i_span_of(NULL, 0));
    if (host == NULL) return armalo_i_refuse(why, reason, NULL);
    if (endpoint == NULL || secret == NULL || record == NULL) reason = ARMALO_REASON_INVALID_ARGUMENT;
    if (reason == ARMALO_REASON_GRANTED && !host->has_root_key) reason = ARMALO_REASON_HOST_ROOT_KEY_MISSING;
    if (reason == ARMALO_REASON_GRANTED && !armalo_i_endpoint_usable(endpoint))
        reason = ARMALO_REASON_WEBHOOK_CONFIG_INVALID;
    if (reason == ARMALO_REASON_GRANTED && expires_ms != 0 &&
        (expires_ms <= why->decided_at_ms || expires_ms > ARMALO_I_TIME_MAX_MS)) {
        reason = ARMALO_REASON_WEBHOOK_CONFIG_INVALID;
    }
    if (reason == ARMALO_REASON_GRANTED) {
        reason = armalo_i_secret_make(host, endpoint, why->decided_at_ms, expires_ms, text, line, &r);
    }
    if (reason == ARMALO_REASON_GRANTED && (strlen(text) >= secret_cap || strlen(line) >= record_cap)) {
        reason = ARMALO_REASON_BUFFER_TOO_SMALL;
    }
    armalo_i_writer w = {members, sizeof members - 1, 0};
    armalo_i_write_text(&w, ",\"control\":\"webhooks\",\"secret_id\":");
    armalo_i_write_string(&w, r.id, strlen(r.id));
    members[w.len] = 0;
    armalo_i_event event = {"webhook.secret.issued", r.endpoint[0] != 0 ? r.endpoint : "-", members, 1};
    int granted = armalo_i_conclude(host, why, reason, &event);
    if (granted) {
        memcpy(secret, text, strlen(text) + 1);
        memcpy(record, line, strlen(line) + 1);
    }
    armalo_i_wipe(text, sizeof text);
    return granted;
}

/* Exactly the members of a record, each in its canonical form. */
static int armalo_i_record_read(armalo_i_span json, armalo_i_record *r) {
    static const armalo_i_json_pointer whole;
    static const char *const names[] = {"v", "id", "endpoint", "nonce", "sealed", "created_at", "expires_at"};
    armalo_i_json_value root, name, value;
    armalo_i_json_iter iter;
    unsigned seen = 0;
    if (armalo_i_json_scan(json, ARMALO_WEBHOOK_RECORD_SIZE, &whole, &root, NULL) != 1) return 0;
    if (root.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(root, &iter)) return 0;
    while (armalo_i_json_next(&iter, &name, &value)) {
        char text[ARMALO_WEBHOOK_RECORD_SIZE];
        size_t i = 0, len = 0;
        int64_t number = 0;
        int good = 0;
        while (i < 7 && !armalo_i_json_equals(name, armalo_i_span_text(names[i]))) i++;
        switch (i) {
        case 0:
            good = armalo_i_json_integer(value, &number) && number == 1;
            break;
        case 1:
            good = armalo_i_json_identifier(value, r->id, sizeof r->id, &len) && memchr(r->id, '"', len) == NULL &&
                   memchr(r->id, '\\', len) == NULL;
            break;
        case 2:
            good = armalo_i_json_identifier(value, r->endpoint, sizeof r->endpoint, &len) &&
                   armalo_i_endpoint_usable(r->endpoint);
            break;
        case 3:
            good = armalo_i_json_identifier(value, text, sizeof text, &len) &&
                   armalo_i_base64_decode(armalo_i_span_of(text, len), r->nonce, sizeof r->nonce, &len) &&
                   len == sizeof r->nonce;
            break;
        case 4:
            good = armalo_i_json_identifier(value, text, sizeof text, &len) &&
                   armalo_i_base64_decode(armalo_i_span_of(text, len), r->sealed, sizeof r->sealed, &len) &&
                   len == sizeof r->sealed;
            break;
        case 5:
            good = armalo_i_json_identifier(value, r->created_at, sizeof r->created_at, &len) &&
                   armalo_i_time_parse(armalo_i_span_of(r->created_at, len), &number);
            break;
        case 6:
            good = value.type == ARMALO_I_JSON_NULL ||
                   (armalo_i_json_identifier(value, r->expires_at, sizeof r->expires_at, &len) &&
                    armalo_i_time_parse(armalo_i_span_of(r->expires_at, len), &r->expires_ms) && r->expires_ms > 0);
            break;
        default:
            return 0;
        }
        if (!good) return 0;
        seen |= 1u << i;
    }
    return seen == 0x7f;
}

static uint32_t armalo_i_record_open(const armalo_host *host, armalo_i_span json, const char *endpoint, int64_t now_ms,
                                     char *text, int64_t *expires_ms) {
    armalo_i_record r;
    uint8_t secret[ARMALO_I_SECRET_BYTES];
    char data[512];
    memset(&r, 0, sizeof r);
    if (!armalo_i_record_read(json, &r)) return ARMALO_REASON_SECRET_RECORD_MALFORMED;
    size_t len = armalo_i_record_data(&r, data, sizeof data);
    if (len >= sizeof data) return ARMALO_REASON_SECRET_RECORD_MALFORMED;
    /* The seal first: until it holds, no member of the record is worth comparing. */
    if (armalo_i_aead_open(host->secret_seal_key, r.nonce, data, len, r.sealed, sizeof r.sealed, secret) != 1) {
        return ARMALO_REASON_SECRET_RECORD_ALTERED;
    }
    uint32_t reason = ARMALO_REASON_GRANTED;
    if (strcmp(r.endpoint, endpoint) != 0)
        reason = ARMALO_REASON_SECRET_RECORD_ALTERED;
    else if (r.expires_ms != 0 && now_ms >= r.expires_ms)
        reason = ARMALO_REASON_SECRET_RECORD_EXPIRED;
    else {
        memcpy(text, ARMALO_I_SECRET_PREFIX, sizeof ARMALO_I_SECRET_PREFIX - 1);
        armalo_i_base64_encode(secret, sizeof secret, text + sizeof ARMALO_I_SECRET_PREFIX - 1);
        *expires_ms = r.expires_ms;
    }
    armalo_i_wipe(secret, sizeof secret);
    return reason;
}

int armalo_webhook_secret_open(armalo_host *host, const char *record, size_t len, const char *endpoint, char *secret,
                               size_t secret_cap, int64_t *expires_ms, armalo_decision *why) {
    armalo_decision unseen_why;
    char text[ARMALO_WEBHOOK_SECRET_SIZE] = "";
    int64_t expires = 0;
    if (why == NULL) why = &unseen_why;
    uint32_t reason = armalo_i_decision_begin(host, why, armalo_i_span_of(NULL, 0));
    if (host == NULL) return armalo_i_refuse(why, reason, NULL);
    if (record == NULL || endpoint == NULL || secret == NULL) reason = ARMALO_REASON_INVALID_ARGUMENT;
    if (reason == ARMALO_REASON_GRANTED && !host->has_root_key) reason = ARMALO_REASON_HOST_ROOT_KEY_MISSING;
    if (reason == ARMALO_REASON_GRANTED) {
        reason =
            armalo_i_record_open(host, armalo_i_span_of(record, len), endpoint, why->decided_at_ms, text, &expires);
    }
    if (reason == ARMALO_REASON_GRANTED && strlen(text) >= secret_cap) reason = ARMALO_REASON_BUFFER_TOO_SMALL;
    armalo_i_event event = {"webhook.secret.opened",
                            endpoint != NULL && armalo_i_endpoint_usable(endpoint) ? endpoint : "-",
                            ",\"control\":\"webhooks\"", 0};
    int granted = armalo_i_conclude(host, why, reason, &event);
    if (granted) {
        memcpy(secret, text, strlen(text) + 1);
        if (expires_ms != NULL) *expires_ms = expires;
    }
    armalo_i_wipe(text, sizeof text);
    return granted;
}
