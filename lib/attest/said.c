/* SPDX-License-Identifier: MIT */
/* attest/said.c: only what a signature covers is read, and exactly those bytes. */
#include "attest/said.h"

#include "armalo/reasons.h"
#include "attest/digest.h"
#include "attest/times.h"

armalo_i_json_value armalo_i_said_find(const armalo_i_said *said, const armalo_i_json_pointer *pointer) {
    static const char predicate[] = "predicate";
    if (said->format == ARMALO_FORMAT_DSSE && pointer->count > 0 && pointer->token[0].len == sizeof predicate - 1 &&
        armalo_i_span_equal(armalo_i_span_of(pointer->text, sizeof predicate - 1), armalo_i_span_text(predicate)))
        return armalo_i_json_find_from(said->predicate_value, pointer, 1);
    return armalo_i_json_find(said->root, pointer);
}

static int armalo_i_digest_listed(armalo_i_json_value subjects, const char *algorithm, armalo_i_span hex) {
    armalo_i_json_iter iter;
    armalo_i_json_value none, subject;
    if (!armalo_i_json_enter(subjects, &iter)) return 0;
    while (armalo_i_json_next(&iter, &none, &subject)) {
        armalo_i_json_value digest = armalo_i_json_member(armalo_i_json_member(subject, "digest"), algorithm);
        if (armalo_i_json_equals(digest, hex)) return 1;
    }
    return 0;
}

/* One credentialSubject, or a list of them. */
static int armalo_i_credential_subject(armalo_i_json_value subject, armalo_i_span wanted) {
    armalo_i_json_iter iter;
    armalo_i_json_value none, item;
    if (subject.type != ARMALO_I_JSON_ARRAY) return armalo_i_json_equals(armalo_i_json_member(subject, "id"), wanted);
    if (!armalo_i_json_enter(subject, &iter)) return 0;
    while (armalo_i_json_next(&iter, &none, &item))
        if (armalo_i_json_equals(armalo_i_json_member(item, "id"), wanted)) return 1;
    return 0;
}

int armalo_i_subject_matches(const armalo_i_said *said, armalo_i_span subject) {
    const char *algorithm;
    armalo_i_span hex;
    if (said->format == ARMALO_FORMAT_JWS) return armalo_i_json_equals(said->subject, subject);
    if (said->format == ARMALO_FORMAT_VC) return armalo_i_credential_subject(said->subject, subject);
    /* in-toto: subjects are "matched purely by digest". */
    return armalo_i_digest_parts(subject, &algorithm, &hex) && armalo_i_digest_listed(said->subject, algorithm, hex);
}

uint32_t armalo_i_said_read(const armalo_attest_policy *policy, const armalo_i_artifact *artifact,
                            const armalo_i_signers *signers, armalo_i_said *said) {
    armalo_i_json_fault fault;
    const armalo_i_signature *first = signers->signature[0];
    memset(said, 0, sizeof *said);
    said->format = artifact->format;
    /* SPEC dsse protocol: "Reject if PAYLOAD_TYPE is not a supported type", after the signatures, and before its bytes
     * are taken for what they may not be. */
    said->detail = "payloadType";
    if (artifact->format == ARMALO_FORMAT_DSSE && !armalo_i_statement_type(artifact->type))
        return ARMALO_REASON_ATTEST_TYPE_REFUSED;
    said->detail = "not strict JSON, or no object";
    if (!armalo_i_json_load_members(first->payload, ARMALO_REVOCATIONS_MAX_SIZE, &said->members, &said->root, &fault))
        return fault.status == ARMALO_I_JSON_NO_MEMORY ? ARMALO_REASON_NO_MEMORY
                                                       : ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED;
    if (said->root.type != ARMALO_I_JSON_OBJECT) return ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED;
    said->detail = NULL;
    uint32_t reason = artifact->format == ARMALO_FORMAT_DSSE  ? armalo_i_statement_read(policy, artifact->type, said)
                      : artifact->format == ARMALO_FORMAT_JWS ? armalo_i_claims_set_read(policy, artifact->type, said)
                                                              : armalo_i_credential_read(policy, said);
    said->ends_ms = said->expires_ms;
    if (artifact->format != ARMALO_FORMAT_VC) return reason;
    said->issued_ms = first->created_ms; /* of several proofs, the oldest, and the end of the one that ends first */
    for (size_t i = 0; i < signers->count; i++) {
        const armalo_i_signature *s = signers->signature[i];
        if (s->created_ms < said->issued_ms) said->issued_ms = s->created_ms;
        said->ends_ms = armalo_i_earlier_end(said->ends_ms, s->expires_ms);
    }
    return reason;
}
