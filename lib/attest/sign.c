/* SPDX-License-Identifier: MIT */
/* attest/sign.c: the one signing path. What it signs has passed the checks that a verification makes of the same
 * bytes. */
#include "attest/sign.h"

#include "attest/digest.h"
#include "attest/dsse.h"
#include "attest/said.h"
#include "audit/event.h"
#include "codec/memory.h"
#include "codec/text.h"
#include "core/decide.h"

/* All of one signing. */
typedef struct armalo_i_signing {
    armalo_i_private_key key;
    char thumbprint[ARMALO_I_THUMBPRINT_TEXT];
    armalo_i_artifact envelope; /* that another signature is added to */
    armalo_i_made statement;
    armalo_i_span payload;
    char type[ARMALO_ATTEST_NAME_SIZE]; /* of the payload */
    armalo_i_said said;
    uint8_t signature[ARMALO_I_SIGNATURE_MAX];
    size_t signature_len;
    armalo_i_made out;
    const char *detail;
} armalo_i_signing;

static uint32_t armalo_i_sign_spec_fault(const armalo_attest_spec *s, const char **detail) {
    *detail = "key";
    if (s->key == NULL || s->key_len == 0) return ARMALO_REASON_ATTEST_SPEC_INVALID;
    *detail = "key_id";
    if (s->key_id != NULL && !armalo_i_attest_name(s->key_id)) return ARMALO_REASON_ATTEST_SPEC_INVALID;
    *detail = "subjects";
    if ((s->subjects == NULL) != (s->subject_count == 0) || s->subject_count > ARMALO_ATTEST_MAX_SUBJECTS)
        return ARMALO_REASON_ATTEST_SPEC_INVALID;
    *detail = "subject_data";
    if ((s->subject_data == NULL && s->subject_len != 0) || (s->subject_data != NULL && s->subjects != NULL))
        return ARMALO_REASON_ATTEST_SPEC_INVALID;
    *detail = "withhold";
    if ((s->withhold == NULL) != (s->withhold_count == 0)) return ARMALO_REASON_ATTEST_SPEC_INVALID;
    for (size_t i = 0; i < s->withhold_count; i++)
        if (s->withhold[i] == NULL) return ARMALO_REASON_ATTEST_SPEC_INVALID;
    *detail = "envelope";
    int adds = s->envelope != NULL, says = s->predicate != NULL || s->predicate_type != NULL || s->subjects != NULL ||
                                           s->subject_data != NULL || s->withhold != NULL || s->predicate_len != 0;
    if (adds == (s->envelope_len == 0) || (adds && says)) return ARMALO_REASON_ATTEST_SPEC_INVALID;
    *detail = "predicate";
    if (!adds && (s->predicate == NULL || s->predicate_len > ARMALO_ATTEST_MAX_SIZE / 2))
        return ARMALO_REASON_ATTEST_SPEC_INVALID;
    *detail = "predicate_type";
    if (!adds && (s->predicate_type == NULL || !armalo_i_attest_name(s->predicate_type)))
        return ARMALO_REASON_ATTEST_SPEC_INVALID;
    *detail = NULL;
    return ARMALO_REASON_GRANTED;
}

static uint32_t armalo_i_sign_key(const armalo_attest_spec *spec, armalo_i_signing *s) {
    armalo_i_public_key public_key;
    uint8_t thumbprint[ARMALO_I_SHA256_SIZE];
    int status = armalo_i_private_pem(&s->key, armalo_i_span_of(spec->key, spec->key_len));
    if (status == ARMALO_I_KEY_OK) {
        status = armalo_i_private_public(&s->key, &public_key);
        if (status == ARMALO_I_KEY_OK) {
            if (!armalo_i_public_thumbprint(&public_key, thumbprint)) status = ARMALO_I_KEY_FAILED;
            armalo_i_public_end(&public_key);
        }
    }
    if (status == ARMALO_I_KEY_NO_MEMORY) return ARMALO_REASON_NO_MEMORY;
    if (status == ARMALO_I_KEY_FAILED) return ARMALO_REASON_CRYPTO_FAILED;
    if (status != ARMALO_I_KEY_OK) return ARMALO_REASON_ATTEST_KEY_UNUSABLE;
    armalo_i_base64url_encode(thumbprint, sizeof thumbprint, s->thumbprint);
    return ARMALO_REASON_GRANTED;
}

/* The payload: of the envelope that is there, or a new statement. */
static uint32_t armalo_i_sign_payload(const armalo_host *host, const armalo_attest_spec *spec, armalo_i_signing *s) {
    if (spec->envelope == NULL) {
        memcpy(s->type, ARMALO_I_PAYLOAD_TYPE, sizeof ARMALO_I_PAYLOAD_TYPE);
        uint32_t reason = armalo_i_statement_make(spec, host->mode, &s->statement, &s->detail);
        s->payload = armalo_i_span_of(s->statement.text, s->statement.len);
        return reason;
    }
    armalo_i_span text = armalo_i_span_of(spec->envelope, spec->envelope_len);
    uint32_t reason = armalo_i_artifact_format(&s->envelope, text, ARMALO_ATTEST_MAX_SIZE);
    if (reason == ARMALO_REASON_GRANTED && s->envelope.format != ARMALO_FORMAT_DSSE)
        reason = ARMALO_REASON_ATTEST_MALFORMED;
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_dsse_open(&s->envelope);
    s->detail = s->envelope.detail;
    if (reason == ARMALO_REASON_ATTEST_FORMAT_UNKNOWN || reason == ARMALO_REASON_ATTEST_SIGNATURE_MISSING)
        reason = ARMALO_REASON_ATTEST_MALFORMED;
    if (reason == ARMALO_REASON_GRANTED && s->envelope.count == ARMALO_ATTEST_MAX_SIGNATURES)
        reason = ARMALO_REASON_ATTEST_SIGNATURES_MANY;
    if (reason != ARMALO_REASON_GRANTED) return reason;
    memcpy(s->type, s->envelope.type, sizeof s->type);
    s->payload = s->envelope.signature[0].payload;
    return reason;
}

/* What no verification here would accept is not signed either, and nothing that says it was made in another mode. */
static uint32_t armalo_i_sign_judge(const armalo_host *host, armalo_i_signing *s) {
    armalo_i_json_fault fault;
    s->said.format = ARMALO_FORMAT_DSSE;
    int given = s->statement.text == NULL; /* in an envelope; else its predicate nests too deep by one */
    s->detail = given ? "payload" : "predicate";
    if (!armalo_i_json_load_members(s->payload, ARMALO_ATTEST_MAX_SIZE, &s->said.members, &s->said.root, &fault))
        return fault.status == ARMALO_I_JSON_NO_MEMORY ? ARMALO_REASON_NO_MEMORY
               : given                                 ? ARMALO_REASON_ATTEST_SPEC_INVALID
                                                       : ARMALO_REASON_ATTEST_PREDICATE_INVALID;
    uint32_t reason = armalo_i_statement_form(s->type, &s->said);
    s->detail = s->said.detail;
    if (reason == ARMALO_REASON_NO_MEMORY || reason == ARMALO_REASON_ATTEST_PREDICATE_INVALID) return reason;
    if (reason != ARMALO_REASON_GRANTED) return ARMALO_REASON_ATTEST_SPEC_INVALID;
    s->detail = "mode";
    int32_t made_in = s->said.mode != 0 ? s->said.mode : ARMALO_MODE_PRODUCTION;
    if (made_in != host->mode || (s->said.predicate_mode != 0 && s->said.predicate_mode != host->mode))
        return ARMALO_REASON_ATTEST_SPEC_INVALID;
    s->detail = NULL;
    static const armalo_i_json_value armalo_i_nothing = {ARMALO_I_JSON_NONE, {NULL, 0}};
    if (s->said.predicate == ARMALO_I_PREDICATE_BUNDLE)
        reason = armalo_i_bundle_judge(s->said.predicate_value, armalo_i_nothing, s->said.text);
    if (reason != ARMALO_REASON_GRANTED) s->detail = s->said.text;
    return reason;
}

static uint32_t armalo_i_sign_message(armalo_i_signing *s) {
    char head[ARMALO_I_PAE_HEAD_MAX];
    size_t head_len = armalo_i_pae_head(armalo_i_span_text(s->type), s->payload.len, head);
    char *message = armalo_i_alloc(head_len + s->payload.len);
    if (message == NULL) return ARMALO_REASON_NO_MEMORY;
    memcpy(message, head, head_len);
    memcpy(message + head_len, s->payload.ptr, s->payload.len);
    int made = armalo_i_private_sign(&s->key, armalo_i_span_of(message, head_len + s->payload.len), s->signature,
                                     &s->signature_len);
    armalo_i_release(message);
    return made == 1 ? ARMALO_REASON_GRANTED : ARMALO_REASON_CRYPTO_FAILED;
}

static void armalo_i_write_base64(armalo_i_writer *w, armalo_i_span bytes) {
    char text[ARMALO_I_BASE64_LEN(768) + 1];
    armalo_i_write_raw(w, "\"", 1);
    for (size_t at = 0; at < bytes.len; at += 768) { /* whole groups of three, so that no padding comes between */
        size_t piece = bytes.len - at < 768 ? bytes.len - at : 768;
        armalo_i_write_raw(w, text, armalo_i_base64_encode((const uint8_t *)bytes.ptr + at, piece, text));
    }
    armalo_i_write_raw(w, "\"", 1);
}

/* JSON as it stands, but on one line: a line end can only be white space in it. */
static void armalo_i_write_unbroken(armalo_i_writer *w, armalo_i_span json) {
    for (size_t at = 0, run; at < json.len; at += run + 1) {
        for (run = 0; at + run < json.len && json.ptr[at + run] != '\n' && json.ptr[at + run] != '\r';) run++;
        armalo_i_write_raw(w, json.ptr + at, run);
        if (at + run < json.len) armalo_i_write_raw(w, " ", 1);
    }
}

/* The envelope: what was there as it stood, and the new signature last. */
static void armalo_i_envelope_write(armalo_i_writer *w, const armalo_attest_spec *spec, const armalo_i_signing *s) {
    const char *key_id = spec->key_id != NULL ? spec->key_id : s->thumbprint;
    armalo_i_json_iter iter;
    armalo_i_json_value none, signature;
    armalo_i_write_text(w, "{\"payload\":");
    armalo_i_write_base64(w, s->payload);
    armalo_i_write_text(w, ",\"payloadType\":");
    armalo_i_write_string(w, s->type, strlen(s->type));
    armalo_i_write_text(w, ",\"signatures\":[");
    if (spec->envelope != NULL &&
        armalo_i_json_enter(armalo_i_json_kept(&s->envelope.members, s->envelope.root, "signatures"), &iter)) {
        while (armalo_i_json_next(&iter, &none, &signature)) {
            armalo_i_write_unbroken(w, signature.raw);
            armalo_i_write_raw(w, ",", 1);
        }
    }
    armalo_i_write_text(w, "{\"keyid\":");
    armalo_i_write_string(w, key_id, strlen(key_id));
    armalo_i_write_text(w, ",\"sig\":");
    armalo_i_write_base64(w, armalo_i_span_of(s->signature, s->signature_len));
    armalo_i_write_text(w, "}]}");
}

static uint32_t armalo_i_sign_check(const armalo_host *host, const armalo_attest_spec *spec, armalo_i_signing *s) {
    uint32_t reason =
        armalo_i_crypto_ready() ? armalo_i_sign_spec_fault(spec, &s->detail) : ARMALO_REASON_CRYPTO_FAILED;
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_sign_key(spec, s);
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_sign_payload(host, spec, s);
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_sign_judge(host, s);
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_sign_message(s);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    armalo_i_writer w = {NULL, 0, 0};
    armalo_i_envelope_write(&w, spec, s);
    if (w.len > ARMALO_ATTEST_MAX_SIZE) return ARMALO_REASON_ATTEST_SIZE;
    s->out.text = armalo_i_alloc(w.len + 1);
    if (s->out.text == NULL) return ARMALO_REASON_NO_MEMORY;
    s->out.len = w.len;
    w.buf = s->out.text;
    w.cap = w.len;
    w.len = 0;
    armalo_i_envelope_write(&w, spec, s);
    return ARMALO_REASON_GRANTED;
}

static int armalo_i_sign_conclude(armalo_host *host, const armalo_i_signing *s, uint32_t reason, armalo_decision *why) {
    char members[1024], subject[ARMALO_I_DIGEST_NAME] = "-";
    if (s->payload.len > 0) armalo_i_digest_name(s->payload, subject);
    armalo_i_writer w = {members, sizeof members - 1, 0};
    armalo_i_write_text(&w, ",\"control\":\"attestations\"");
    armalo_i_write_member(&w, ",\"payload_type\":", s->said.type, sizeof s->said.type);
    armalo_i_write_member(&w, ",\"id\":", s->said.id, sizeof s->said.id);
    members[w.len < sizeof members ? w.len : 0] = 0;
    if (reason != ARMALO_REASON_GRANTED) armalo_i_decision_detail(why, s->detail, NULL, NULL);
    memcpy(why->principal, s->thumbprint, sizeof s->thumbprint);
    armalo_i_event event = {"attest.sign", subject, members, 1};
    return armalo_i_conclude(host, why, reason, &event);
}

static void armalo_i_signing_end(armalo_i_signing *s) {
    armalo_i_private_end(&s->key);
    armalo_i_artifact_end(&s->envelope);
    armalo_i_release(s->statement.text);
    armalo_i_release(s->out.text);
    armalo_i_release(s);
}

int armalo_attest_sign(armalo_host *host, const armalo_attest_spec *spec, char *buf, size_t cap, size_t *len,
                       armalo_decision *why) {
    armalo_decision unseen_why;
    size_t unseen_len;
    if (why == NULL) why = &unseen_why;
    if (len == NULL) len = &unseen_len;
    *len = 0;
    if (host == NULL || spec == NULL || spec->struct_size != sizeof *spec || (buf == NULL && cap > 0))
        return armalo_i_refuse(why, ARMALO_REASON_INVALID_ARGUMENT, NULL);
    uint32_t reason = armalo_i_decision_begin(host, why, armalo_i_span_of(NULL, 0));
    armalo_i_signing *s = armalo_i_alloc(sizeof *s);
    if (s == NULL) {
        armalo_i_event event = {"attest.sign", "-", ",\"control\":\"attestations\"", 1};
        return armalo_i_conclude(host, why, ARMALO_REASON_NO_MEMORY, &event);
    }
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_sign_check(host, spec, s);
    if (reason == ARMALO_REASON_GRANTED) {
        *len = s->out.len;
        if (cap <= s->out.len) reason = ARMALO_REASON_BUFFER_TOO_SMALL;
    }
    int granted = armalo_i_sign_conclude(host, s, reason, why);
    if (granted)
        memcpy(buf, s->out.text, s->out.len + 1);
    else if (reason != ARMALO_REASON_BUFFER_TOO_SMALL)
        *len = 0;
    armalo_i_signing_end(s);
    return granted;
}
