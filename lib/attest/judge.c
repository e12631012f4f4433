/* SPDX-License-Identifier: MIT */
/* attest/judge.c: each question that a policy asks, in the order of armalo/attest.h. */
#include "attest/judge.h"

#include "armalo/reasons.h"
#include "attest/audience.h"
#include "attest/digest.h"
#include "codec/json_inside.h"
#include "codec/text.h"

static int armalo_i_signer_owner(const armalo_i_signers *signers, armalo_i_json_value name) {
    for (size_t i = 0; i < signers->count; i++) {
        const char *owner = signers->key[i]->owner;
        if (owner[0] != 0 && armalo_i_json_equals(name, armalo_i_span_text(owner))) return 1;
    }
    return 0;
}

/* Each party has signed, and there are two: one that is named twice is one. */
static int armalo_i_parties_signed(const armalo_i_signers *signers, armalo_i_json_value parties) {
    armalo_i_json_iter iter;
    armalo_i_json_value none, party, first = {ARMALO_I_JSON_NONE, {NULL, 0}};
    int another = 0;
    if (!armalo_i_json_enter(parties, &iter)) return 0;
    while (armalo_i_json_next(&iter, &none, &party)) {
        if (!armalo_i_signer_owner(signers, party)) return 0;
        if (first.type == ARMALO_I_JSON_NONE) first = party;
        another |= armalo_i_json_compare(armalo_i_json_body(first.raw), armalo_i_json_body(party.raw),
                                         ARMALO_I_JSON_BY_UTF8) != 0;
    }
    return another;
}

/* Who a predicate of ours says it is of must have signed it: an approver, the issuer of a revocation list, and the
 * parties of a bilateral pact, each of them. */
static uint32_t armalo_i_judge_parties(const armalo_i_signers *signers, const armalo_i_said *said) {
    armalo_i_json_value predicate = said->predicate_value;
    if (said->predicate == ARMALO_I_PREDICATE_APPROVAL)
        return armalo_i_signer_owner(signers, armalo_i_json_member(predicate, "approver"))
                   ? ARMALO_REASON_GRANTED
                   : ARMALO_REASON_ATTEST_ISSUER_MISMATCH;
    if (said->predicate == ARMALO_I_PREDICATE_REVOCATIONS)
        return armalo_i_signer_owner(signers, armalo_i_json_member(predicate, "issuer"))
                   ? ARMALO_REASON_GRANTED
                   : ARMALO_REASON_ATTEST_ISSUER_MISMATCH;
    if (said->predicate != ARMALO_I_PREDICATE_PACT) return ARMALO_REASON_GRANTED;
    armalo_i_json_value type = armalo_i_json_member(armalo_i_json_member(predicate, "pact"), "pactType");
    if (armalo_i_json_equals(type, armalo_i_span_text("unilateral"))) return ARMALO_REASON_GRANTED;
    return armalo_i_parties_signed(signers, armalo_i_json_member(predicate, "parties"))
               ? ARMALO_REASON_GRANTED
               : ARMALO_REASON_ATTEST_THRESHOLD;
}

/* The issuer that a JWS or a credential names is the owner of every key that counts. */
static uint32_t armalo_i_judge_issuer(const armalo_attest_policy *policy, const armalo_i_signers *signers,
                                      const armalo_i_said *said) {
    if (said->format == ARMALO_FORMAT_DSSE) return armalo_i_judge_parties(signers, said);
    int must = said->format == ARMALO_FORMAT_VC || policy->issuers.count > 0;
    for (size_t i = 0; i < signers->count; i++) {
        const char *owner = signers->key[i]->owner;
        int same = strcmp(owner, said->issuer) == 0, silent = owner[0] == 0 || said->issuer[0] == 0;
        if (must ? !same || silent : !same && !silent) return ARMALO_REASON_ATTEST_ISSUER_MISMATCH;
    }
    return ARMALO_REASON_GRANTED;
}

/* "sha256:…" or "sha512:…" of the data, as the subject of a statement, or the id of another format. */
static int armalo_i_judge_subject_data(const armalo_i_said *said, armalo_i_span data) {
    char text[7 + 2 * ARMALO_I_SHA512_SIZE + 1];
    uint8_t digest[ARMALO_I_SHA512_SIZE];
    armalo_i_digest_name(data, text);
    if (armalo_i_subject_matches(said, armalo_i_span_text(text))) return 1;
    memcpy(text, "sha512:", 7);
    armalo_i_sha512(data.ptr, data.len, digest);
    armalo_i_hex_encode(digest, ARMALO_I_SHA512_SIZE, text + 7);
    return armalo_i_subject_matches(said, armalo_i_span_text(text));
}

static uint32_t armalo_i_judge_subject(const armalo_attest_policy *policy, const armalo_i_asked *asked,
                                       armalo_i_said *said) {
    if (asked->subject.ptr != NULL && asked->subject.len == 0) return ARMALO_REASON_ATTEST_SUBJECT_UNSPECIFIED;
    if (asked->subject.ptr == NULL && asked->subject_data.ptr == NULL)
        return policy->any_subject ? ARMALO_REASON_GRANTED : ARMALO_REASON_ATTEST_SUBJECT_UNSPECIFIED;
    int matches = asked->subject.ptr != NULL ? armalo_i_subject_matches(said, asked->subject)
                                             : armalo_i_judge_subject_data(said, asked->subject_data);
    if (matches) return ARMALO_REASON_GRANTED;
    const char *algorithm;
    armalo_i_span hex;
    if (said->format == ARMALO_FORMAT_DSSE && asked->subject.ptr != NULL &&
        !armalo_i_digest_parts(asked->subject, &algorithm, &hex))
        said->detail = "asked for: not sha256: or sha512: and lowercase digits";
    return ARMALO_REASON_ATTEST_SUBJECT_MISMATCH;
}

/* A statement names none; the proofs of a credential have been asked one by one (signers.c). */
static uint32_t armalo_i_judge_audience(const armalo_attest_policy *policy, const armalo_i_said *said) {
    if (said->format == ARMALO_FORMAT_VC || armalo_i_audience_fits(policy, said->audience))
        return ARMALO_REASON_GRANTED;
    return ARMALO_REASON_ATTEST_AUDIENCE_MISMATCH;
}

static uint32_t armalo_i_judge_times(const armalo_attest_policy *policy, const armalo_i_signers *signers,
                                     const armalo_i_said *said, int64_t now_ms) {
    if (said->expires_ms != 0 && now_ms >= said->expires_ms) return ARMALO_REASON_ATTEST_EXPIRED;
    if (said->begins_ms > now_ms + policy->skew_ms || said->issued_ms > now_ms + policy->skew_ms)
        return ARMALO_REASON_ATTEST_NOT_YET_VALID;
    if (policy->max_age_ms > 0 && said->issued_ms == 0) return ARMALO_REASON_ATTEST_TIME_MISSING;
    if (policy->max_age_ms > 0 && now_ms - said->issued_ms > policy->max_age_ms) return ARMALO_REASON_ATTEST_TOO_OLD;
    if (policy->expiry_required && said->expires_ms == 0) return ARMALO_REASON_ATTEST_TIME_MISSING;
    /* Whether a key may sign is judged as of when it did, too; of proofs, by what each says (signers.c). */
    for (size_t i = 0; i < signers->count && said->format != ARMALO_FORMAT_VC; i++) {
        if (said->issued_ms != 0 && said->issued_ms < signers->key[i]->not_before_ms)
            return ARMALO_REASON_ATTEST_KEY_NOT_YET_VALID;
    }
    return ARMALO_REASON_GRANTED;
}

static uint32_t armalo_i_judge_claims(const armalo_attest_policy *policy, armalo_i_said *said) {
    for (size_t i = 0; i < policy->claim_count; i++) {
        uint32_t reason = armalo_i_claim_judge(&policy->claim[i], armalo_i_said_find(said, &policy->claim[i].pointer));
        if (reason == ARMALO_REASON_GRANTED) continue;
        said->detail = policy->claim_text[i];
        return reason;
    }
    return ARMALO_REASON_GRANTED;
}

static uint32_t armalo_i_judge_bundle(const armalo_i_asked *asked, armalo_i_said *said) {
    uint32_t reason = armalo_i_bundle_judge(said->predicate_value, asked->revealed, said->text);
    if (reason != ARMALO_REASON_GRANTED) said->detail = said->text;
    return reason;
}

int armalo_i_mode_worth(int32_t mode) {
    switch (mode) {
    case ARMALO_MODE_PRODUCTION:
        return 3;
    case ARMALO_MODE_STAGING:
        return 2;
    default:
        return 1;
    }
}

static uint32_t armalo_i_judge_mode(const armalo_attest_policy *policy, const armalo_i_said *said, int32_t mode,
                                    int32_t *at_most) {
    if (said->mode == 0 || armalo_i_mode_worth(said->mode) >= armalo_i_mode_worth(mode)) return ARMALO_REASON_GRANTED;
    *at_most = ARMALO_SIMULATED;
    /* What was made outside production cannot become production evidence, whatever a policy accepts. */
    if (mode == ARMALO_MODE_PRODUCTION || !policy->accept_simulated) return ARMALO_REASON_ATTEST_SIMULATED;
    return ARMALO_REASON_GRANTED;
}

/* Is anything of this on the list: a key that signed, the artifact's id, its payload? */
static int armalo_i_judge_listed(const armalo_i_revocations *list, const armalo_i_signers *signers,
                                 const armalo_i_said *said, const char *payload) {
    for (size_t i = 0; i < signers->count; i++) {
        if (armalo_i_key_revoked(list, signers->key[i])) return 1;
    }
    if (said->id[0] != 0 && armalo_i_revoked(list, armalo_i_span_text(said->id))) return 1;
    return armalo_i_revoked(list, armalo_i_span_text(payload));
}

static uint32_t armalo_i_judge_list(const armalo_attest_policy *policy, const armalo_i_revocations *list,
                                    int64_t now_ms) {
    if (policy->no_revocation) return ARMALO_REASON_GRANTED;
    if (list == NULL) return ARMALO_REASON_ATTEST_REVOCATION_MISSING;
    if (now_ms >= list->next_update_ms || list->this_update_ms > now_ms + policy->skew_ms ||
        now_ms - list->this_update_ms > policy->revocation_max_age_ms)
        return ARMALO_REASON_ATTEST_REVOCATION_STALE;
    return ARMALO_REASON_GRANTED;
}

/* The lists of the owners of the keys that count, and those that the policy names. What is known to be revoked stays
 * revoked, however old the list, and even where the policy asks for none. */
static uint32_t armalo_i_judge_revocation(const armalo_attest_policy *policy, const armalo_i_revocation_lists *lists,
                                          const armalo_i_signers *signers, armalo_i_said *said, int64_t now_ms) {
    uint32_t reason = ARMALO_REASON_GRANTED;
    const armalo_i_list *named = &policy->revocation_issuers;
    char payload[ARMALO_I_DIGEST_NAME] = "";
    if (lists != NULL) armalo_i_digest_name(signers->signature[0]->payload, payload);
    for (size_t i = 0; i < signers->count + named->count; i++) {
        char issuer[ARMALO_ATTEST_NAME_SIZE] = "";
        int is_owner = i < signers->count;
        if (is_owner)
            memcpy(issuer, signers->key[i]->owner, sizeof issuer);
        else
            memcpy(issuer, named->item[i - signers->count].ptr, named->item[i - signers->count].len);
        const armalo_i_revocations *list = armalo_i_revocations_of(lists, issuer);
        uint32_t of_list = ARMALO_REASON_GRANTED;
        if (list != NULL && armalo_i_judge_listed(list, signers, said, payload))
            of_list = ARMALO_REASON_ATTEST_REVOKED;
        else if (!is_owner || named->count == 0) /* else the policy says whose lists must be there */
            of_list = armalo_i_judge_list(policy, list, now_ms);
        if (of_list == ARMALO_REASON_GRANTED) continue;
        if (reason == ARMALO_REASON_GRANTED || of_list == ARMALO_REASON_ATTEST_REVOKED) {
            reason = of_list;
            memcpy(said->text, issuer, sizeof issuer); /* whose list it is */
            said->detail = said->text;
        }
        if (reason == ARMALO_REASON_ATTEST_REVOKED) break;
    }
    return reason;
}

uint32_t armalo_i_attest_judge(const armalo_attest_policy *policy, armalo_trust *trust, const armalo_i_signers *signers,
                               const armalo_i_asked *asked, armalo_i_said *said, int64_t now_ms, int32_t mode,
                               int32_t *at_most, uint32_t *labels) {
    *at_most = ARMALO_POSITIVE;
    *labels = said->issued_ms == 0 && said->ends_ms == 0 ? ARMALO_LABEL_FRESHNESS_NOT_PROVIDED : 0;
    uint32_t reason = armalo_i_judge_issuer(policy, signers, said);
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_judge_subject(policy, asked, said);
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_judge_audience(policy, said);
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_judge_times(policy, signers, said, now_ms);
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_judge_claims(policy, said);
    if (reason == ARMALO_REASON_GRANTED && said->predicate == ARMALO_I_PREDICATE_BUNDLE)
        reason = armalo_i_judge_bundle(asked, said);
    else if (reason == ARMALO_REASON_GRANTED && asked->revealed.type != ARMALO_I_JSON_NONE)
        reason = ARMALO_REASON_ATTEST_SECTION_MISMATCH; /* sections of what is no bundle */
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_judge_mode(policy, said, mode, at_most);
    if (reason == ARMALO_REASON_GRANTED && said->has_status && !policy->any_status)
        reason = ARMALO_REASON_ATTEST_STATUS_UNCHECKED;
    if (reason != ARMALO_REASON_GRANTED) return reason;
    _Atomic uint64_t *place = armalo_i_epoch_enter(&trust->epoch);
    reason = armalo_i_judge_revocation(policy, atomic_load(&trust->lists), signers, said, now_ms);
    armalo_i_epoch_leave(place);
    return reason;
}
