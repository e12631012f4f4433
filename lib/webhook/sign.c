/* SPDX-License-Identifier: MIT */
/* Signing an outgoing delivery. */
#include "audit/event.h"
#include "codec/memory.h"
#include "codec/text.h"
#include "core/decide.h"
#include "webhook/webhook.h"

typedef struct armalo_i_outgoing {
    const armalo_webhook *hook;
    armalo_i_content_input in;
    const uint8_t *body;
    size_t body_len;
    int64_t now_ms;
} armalo_i_outgoing;

static int armalo_i_key_signs(const armalo_i_key *key, uint8_t algorithm) {
    return key->kind == (algorithm == ARMALO_I_ED25519 ? ARMALO_I_SECRET_ED25519_PRIVATE : ARMALO_I_SECRET_HMAC);
}

static uint32_t armalo_i_sign_ed25519(const armalo_i_outgoing *out, const armalo_i_key *key, const char *prefix,
                                      size_t len, uint8_t signature[ARMALO_I_ED25519_SIGNATURE]) {
    uint8_t *content = armalo_i_alloc(len + out->body_len + 1);
    if (content == NULL) return ARMALO_REASON_NO_MEMORY;
    memcpy(content, prefix, len);
    if (out->body_len > 0) memcpy(content + len, out->body, out->body_len);
    int done = armalo_i_ed25519_sign(key->ed25519_secret, content, len + out->body_len, signature);
    armalo_i_release(content);
    return done == 1 ? ARMALO_REASON_GRANTED : ARMALO_REASON_CRYPTO_FAILED;
}

/* One signature: the version's prefix and the encoded bytes. */
static uint32_t armalo_i_sign_one(const armalo_i_outgoing *out, const armalo_i_version *version,
                                  const armalo_i_key *key, armalo_i_writer *w) {
    char prefix[ARMALO_I_CONTENT_PREFIX_MAX], text[2 * ARMALO_I_ED25519_SIGNATURE + 1];
    uint8_t bytes[ARMALO_I_ED25519_SIGNATURE];
    size_t len = 0, size = ARMALO_I_SHA256_SIZE;
    int event_covered = 0;
    uint32_t reason = armalo_i_content_prefix(version, &out->in, prefix, sizeof prefix, &len, &event_covered);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    /* What no receiver may believe as this version could be shown to one as another, with headers nobody signed. */
    if (armalo_i_body_blurs(version, out->body, out->body_len)) return ARMALO_REASON_SIGNED_HEADER_AMBIGUOUS;
    if (version->algorithm == ARMALO_I_ED25519) {
        size = ARMALO_I_ED25519_SIGNATURE;
        reason = armalo_i_sign_ed25519(out, key, prefix, len, bytes);
        if (reason != ARMALO_REASON_GRANTED) return reason;
    } else {
        armalo_i_sha256 state = key->hmac.inner;
        armalo_i_sha256_add(&state, prefix, len);
        armalo_i_sha256_add(&state, out->body, out->body_len);
        armalo_i_hmac_end(&key->hmac, &state, bytes);
        armalo_i_wipe(&state, sizeof state);
    }
    armalo_i_write_raw(w, version->prefix.text, version->prefix.len);
    if (version->encoding == ARMALO_I_HEX)
        armalo_i_write_raw(w, text, armalo_i_hex_encode(bytes, size, text));
    else
        armalo_i_write_raw(w, text, armalo_i_base64_encode(bytes, size, text));
    return ARMALO_REASON_GRANTED;
}

/* Every version under every key that can sign it; where the header holds one signature, the first. A version that
 * covers headers only the sender's HTTP layer knows is left out. */
static uint32_t armalo_i_sign_all(const armalo_i_outgoing *out, armalo_i_writer *w) {
    const armalo_i_scheme *s = &out->hook->scheme;
    int made = 0, active = 0;
    for (size_t k = 0; k < out->hook->key_count; k++) {
        const armalo_i_key *key = &out->hook->key[k];
        if (!armalo_i_key_active(key, out->now_ms)) continue;
        active++;
        for (size_t v = 0; v < s->version_count; v++) {
            if (!armalo_i_key_signs(key, s->version[v].algorithm) ||
                (s->version[v].covers & ARMALO_LABEL_COVERS_HEADERS))
                continue;
            if (made > 0 && s->separator.len == 0) return ARMALO_REASON_GRANTED;
            if (made > 0 || s->timestamp_prefix.len > 0) armalo_i_write_raw(w, s->separator.text, 1);
            uint32_t reason = armalo_i_sign_one(out, &s->version[v], key, w);
            if (reason != ARMALO_REASON_GRANTED) return reason;
            made++;
        }
    }
    if (active == 0) return ARMALO_REASON_SECRET_EXPIRED;
    return made > 0 ? ARMALO_REASON_GRANTED : ARMALO_REASON_CANNOT_SIGN;
}

static void armalo_i_write_header(armalo_i_writer *w, const armalo_i_wanted *name, armalo_i_span value) {
    armalo_i_write_raw(w, name->name, name->len);
    armalo_i_write_raw(w, ": ", 2);
    armalo_i_write_raw(w, value.ptr, value.len);
    armalo_i_write_raw(w, "\r\n", 2);
}

static uint32_t armalo_i_write_headers(const armalo_i_outgoing *out, armalo_i_writer *w) {
    const armalo_i_scheme *s = &out->hook->scheme;
    const uint8_t *family = s->family[0];
    if (family[ARMALO_I_ROLE_ID] != ARMALO_I_NO_HEADER)
        armalo_i_write_header(w, &s->wanted[family[ARMALO_I_ROLE_ID]], out->in.id);
    if (family[ARMALO_I_ROLE_TIMESTAMP] != ARMALO_I_NO_HEADER) {
        armalo_i_write_header(w, &s->wanted[family[ARMALO_I_ROLE_TIMESTAMP]], out->in.timestamp);
    }
    const armalo_i_wanted *signature = &s->wanted[family[ARMALO_I_ROLE_SIGNATURE]];
    armalo_i_write_raw(w, signature->name, signature->len);
    armalo_i_write_raw(w, ": ", 2);
    if (s->timestamp_prefix.len > 0) {
        armalo_i_write_raw(w, s->timestamp_prefix.text, s->timestamp_prefix.len);
        armalo_i_write_raw(w, out->in.timestamp.ptr, out->in.timestamp.len);
    }
    uint32_t reason = armalo_i_sign_all(out, w);
    armalo_i_write_raw(w, "\r\n", 2);
    return reason;
}

/* The id goes into a header and into the signed content: visible ASCII, and there exactly where the scheme has one. */
static uint32_t armalo_i_id_usable(const armalo_i_scheme *s, armalo_i_span id) {
    int wanted = s->family[0][ARMALO_I_ROLE_ID] != ARMALO_I_NO_HEADER;
    if (wanted != (id.len > 0) || id.len > ARMALO_WEBHOOK_MAX_ID) return ARMALO_REASON_ID_INVALID;
    for (size_t i = 0; i < id.len; i++) {
        if (id.ptr[i] <= ' ' || id.ptr[i] > '~') return ARMALO_REASON_ID_INVALID;
    }
    return ARMALO_REASON_GRANTED;
}

int armalo_webhook_sign(armalo_webhook *hook, const char *id, size_t id_len, const void *body, size_t body_len,
                        int64_t timestamp_s, char *buf, size_t cap, size_t *len, armalo_decision *why) {
    armalo_decision unseen_why;
    char seconds[24], text[ARMALO_WEBHOOK_HEADERS_SIZE];
    if (why == NULL) why = &unseen_why;
    if (len != NULL) *len = 0;
    uint32_t reason = armalo_i_decision_begin(hook == NULL ? NULL : hook->host, why, armalo_i_span_of(NULL, 0));
    if (hook == NULL || (id == NULL && id_len > 0) || (body == NULL && body_len > 0) || (buf == NULL && cap > 0)) {
        reason = ARMALO_REASON_INVALID_ARGUMENT;
    }
    if (hook == NULL) return armalo_i_refuse(why, reason, NULL);
    armalo_i_writer w = {text, sizeof text, 0};
    if (reason == ARMALO_REASON_GRANTED && body_len > hook->max_body) reason = ARMALO_REASON_BODY_TOO_LARGE;
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_id_usable(&hook->scheme, armalo_i_span_of(id, id_len));
    if (timestamp_s == 0) timestamp_s = why->decided_at_ms / 1000;
    if (reason == ARMALO_REASON_GRANTED && (timestamp_s < 1 || timestamp_s > INT64_C(9007199254740991))) {
        reason = ARMALO_REASON_TIMESTAMP_MALFORMED;
    }
    if (reason == ARMALO_REASON_GRANTED) {
        armalo_i_outgoing out = {hook, {0}, body, body_len, why->decided_at_ms};
        out.in.id = armalo_i_span_of(id, id_len);
        out.in.timestamp = armalo_i_span_of(seconds, armalo_i_decimal_text((uint64_t)timestamp_s, seconds));
        out.in.event_header = ARMALO_I_NO_HEADER;
        out.in.scheme = &hook->scheme;
        reason = armalo_i_write_headers(&out, &w);
    }
    if (reason == ARMALO_REASON_GRANTED && len != NULL) *len = w.len;
    if (reason == ARMALO_REASON_GRANTED && (w.len >= sizeof text || w.len >= cap))
        reason = ARMALO_REASON_BUFFER_TOO_SMALL;
    armalo_i_event event = {"webhook.sign", hook->endpoint, ",\"control\":\"webhooks\"", 0};
    if (!armalo_i_conclude(hook->host, why, reason, &event)) return 0;
    memcpy(buf, text, w.len);
    buf[w.len] = 0;
    return 1;
}
