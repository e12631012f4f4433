/* SPDX-License-Identifier: MIT */
/* attest/verify.c: from bytes to a decision. */
#include "attest/attested.h"
#include "attest/digest.h"
#include "attest/judge.h"
#include "audit/event.h"
#include "codec/memory.h"
#include "core/decide.h"

#define ARMALO_I_KEYS_SHOWN 8 /* in an event */

/* All of one verification; too large for the stack of a small thread. */
typedef struct armalo_i_verification {
    armalo_i_signers signers;
    armalo_i_said said;
    armalo_i_asked asked;
    int names_artifact; /* somebody will see its digest */
    int32_t at_most;
    uint32_t labels;
} armalo_i_verification;

static uint32_t armalo_i_request_fault(const armalo_attest_request *r) {
    if (r->artifact == NULL || (r->subject != NULL && r->subject_data != NULL) ||
        (r->subject_data == NULL && r->subject_len != 0) || (r->revealed == NULL) != (r->revealed_len == 0))
        return ARMALO_REASON_INVALID_ARGUMENT;
    return r->revealed_len > ARMALO_ATTEST_MAX_SIZE ? ARMALO_REASON_ATTEST_SIZE : ARMALO_REASON_GRANTED;
}

static uint32_t armalo_i_request_asks(const armalo_attest_request *r, armalo_i_asked *asked) {
    armalo_i_json_fault fault;
    if (r->subject != NULL) asked->subject = armalo_i_span_text(r->subject);
    if (r->subject_data != NULL) asked->subject_data = armalo_i_span_of(r->subject_data, r->subject_len);
    if (r->revealed == NULL) return ARMALO_REASON_GRANTED;
    if (armalo_i_json_load(armalo_i_span_of(r->revealed, r->revealed_len), ARMALO_ATTEST_MAX_SIZE, &asked->revealed,
                           &fault))
        return ARMALO_REASON_GRANTED;
    return fault.status == ARMALO_I_JSON_NO_MEMORY ? ARMALO_REASON_NO_MEMORY : ARMALO_REASON_ATTEST_SECTION_MISMATCH;
}

static void armalo_i_principal(const armalo_i_trust_key *key, armalo_decision *why) {
    const char *name = key->owner[0] != 0 && strlen(key->owner) < sizeof why->principal ? key->owner : key->thumbprint;
    memcpy(why->principal, name, strlen(name) + 1);
}

static uint32_t armalo_i_attest_check(const armalo_attest_policy *policy, armalo_trust *trust,
                                      const armalo_attest_request *request, armalo_attested *result,
                                      armalo_i_verification *v, armalo_decision *why) {
    armalo_i_artifact *a = &result->artifact;
    armalo_i_span text = armalo_i_span_of(request->artifact, request->artifact_len);
    uint32_t reason = armalo_i_artifact_format(a, text, ARMALO_ATTEST_MAX_SIZE);
    result->facts.format = a->format;
    if (reason == ARMALO_REASON_ATTEST_SIZE) return reason; /* not even its digest is taken */
    if (v->names_artifact) armalo_i_digest_of(text, result->facts.artifact_sha256);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    if ((policy->formats & ARMALO_I_FORMAT_BIT(a->format)) == 0) return ARMALO_REASON_ATTEST_FORMAT_REFUSED;
    reason = armalo_i_artifact_open(a, text);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    reason = armalo_i_signers_judge(policy, trust, a, why->decided_at_ms, &v->signers);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    armalo_i_principal(v->signers.key[0], why);
    reason = armalo_i_request_asks(request, &v->asked);
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_said_read(policy, a, &v->signers, &v->said);
    if (reason == ARMALO_REASON_GRANTED)
        reason = armalo_i_attest_judge(policy, trust, &v->signers, &v->asked, &v->said, why->decided_at_ms, why->mode,
                                       &v->at_most, &v->labels);
    return reason;
}

/* What the audit trail says besides the decision. */
static void armalo_i_attest_members(const armalo_attest_policy *policy, const armalo_attested *result,
                                    const armalo_i_verification *v, char *buf, size_t cap) {
    static const char *const formats[] = {"unknown", "dsse", "jws", "vc"};
    char digest[ARMALO_I_DIGEST_NAME], payload[ARMALO_I_DIGEST_NAME] = "";
    armalo_i_writer w = {buf, cap - 1, 0};
    if (v->signers.count > 0) armalo_i_digest_name(v->signers.signature[0]->payload, payload);
    armalo_i_write_text(&w, ",\"control\":\"attestations\",\"format\":\"");
    armalo_i_write_text(&w, formats[result->facts.format]);
    armalo_i_write_text(&w, "\",\"policy\":");
    armalo_i_digest_text_of(policy->digest, digest);
    armalo_i_write_string(&w, digest, strlen(digest));
    armalo_i_write_member(&w, ",\"policy_name\":", policy->name, sizeof policy->name);
    armalo_i_write_member(&w, ",\"payload\":", payload, sizeof payload);
    armalo_i_write_member(&w, ",\"payload_type\":", v->said.type, sizeof v->said.type);
    armalo_i_write_member(&w, ",\"id\":", v->said.id, sizeof v->said.id);
    armalo_i_write_text(&w, ",\"keys\":[");
    for (size_t i = 0; i < v->signers.count && i < ARMALO_I_KEYS_SHOWN; i++) {
        if (i > 0) armalo_i_write_raw(&w, ",", 1);
        armalo_i_write_string(&w, v->signers.key[i]->thumbprint, strlen(v->signers.key[i]->thumbprint));
    }
    armalo_i_write_text(&w, "],\"key_count\":");
    armalo_i_write_int(&w, (int64_t)v->signers.count);
    buf[w.len < cap ? w.len : 0] = 0;
}

/* What is handed out after a grant. Made before it, since it may fail. */
static uint32_t armalo_i_facts_fill(const armalo_i_verification *v, armalo_attested *result) {
    size_t count = v->signers.count;
    result->signers = armalo_i_artifact_alloc(&result->artifact, count * sizeof result->signers[0]);
    if (result->signers == NULL) return ARMALO_REASON_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const armalo_i_trust_key *key = v->signers.key[i];
        memcpy(result->signers[i].owner, key->owner, sizeof key->owner);
        memcpy(result->signers[i].id, key->id, sizeof key->id);
        memcpy(result->signers[i].thumbprint, key->thumbprint, sizeof key->thumbprint);
    }
    result->root = v->said.root;
    result->payload = v->signers.signature[0]->payload;
    result->facts.signer_count = (uint32_t)count;
    result->facts.issued_ms = v->said.issued_ms;
    result->facts.expires_ms = v->said.ends_ms;
    result->facts.mode = v->said.mode;
    memcpy(result->facts.type, v->said.type, sizeof v->said.type);
    memcpy(result->facts.id, v->said.id, sizeof v->said.id);
    return ARMALO_REASON_GRANTED;
}

/* The end: one event, one decision. */
static int armalo_i_attest_conclude(const armalo_attest_policy *policy, armalo_decision *why, uint32_t reason,
                                    armalo_attested *result, armalo_i_verification *v) {
    char members[4096], subject[ARMALO_I_DIGEST_NAME] = "-";
    members[0] = 0;
    const char *detail = v->said.detail != NULL      ? v->said.detail
                         : v->signers.detail != NULL ? v->signers.detail
                                                     : result->artifact.detail;
    if (reason != ARMALO_REASON_GRANTED) armalo_i_decision_detail(why, detail, NULL, NULL);
    if (policy->host->audit != NULL) {
        if (result->facts.format != 0) armalo_i_digest_text_of(result->facts.artifact_sha256, subject);
        armalo_i_attest_members(policy, result, v, members, sizeof members);
    }
    why->labels |= v->labels;
    armalo_i_event event = {"attest.verify", subject, members, 1};
    return armalo_i_conclude_at_most(policy->host, why, reason, &event, v->at_most);
}

int armalo_attest_verify(const armalo_attest_policy *policy, armalo_trust *trust, const armalo_attest_request *request,
                         armalo_attested **attested, armalo_decision *why) {
    armalo_decision unseen_why;
    if (why == NULL) why = &unseen_why;
    if (attested != NULL) *attested = NULL;
    if (policy == NULL || trust == NULL || request == NULL || request->struct_size != sizeof *request ||
        trust->host != policy->host)
        return armalo_i_refuse(why, ARMALO_REASON_INVALID_ARGUMENT, NULL);
    uint32_t reason =
        armalo_i_decision_begin(policy->host, why, armalo_i_span_of(request->request_id, request->request_id_len));
    uint32_t fault = armalo_i_request_fault(request);
    if (fault != ARMALO_REASON_GRANTED) reason = fault;
    armalo_attested *result = armalo_i_alloc(sizeof *result);
    armalo_i_verification *v = armalo_i_alloc(sizeof *v);
    int granted = 0;
    if (result == NULL || v == NULL) {
        armalo_i_event event = {"attest.verify", "-", ",\"control\":\"attestations\"", 1};
        granted = armalo_i_conclude(policy->host, why, ARMALO_REASON_NO_MEMORY, &event);
    } else {
        v->names_artifact = attested != NULL || policy->host->audit != NULL;
        if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_attest_check(policy, trust, request, result, v, why);
        if (reason == ARMALO_REASON_GRANTED && attested != NULL) reason = armalo_i_facts_fill(v, result);
        granted = armalo_i_attest_conclude(policy, why, reason, result, v);
    }
    if (granted && attested != NULL)
        *attested = result;
    else
        armalo_attested_free(result);
    armalo_i_release(v);
    return granted;
}
