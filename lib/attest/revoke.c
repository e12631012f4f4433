/* SPDX-License-Identifier: MIT */
/* attest/revoke.c: loading a revocation list. It is an attestation like any other, verified by the same path, and
 * takes the place of an older one of its issuer only. */
#include "attest/digest.h"
#include "attest/said.h"
#include "audit/event.h"
#include "codec/memory.h"
#include "core/decide.h"

/* What is asked of a list: signed by one trusted key; whose, is judged by what it says. */
static void armalo_i_revoke_policy(armalo_attest_policy *policy, armalo_host *host, const char *issuer) {
    memset(policy, 0, sizeof *policy);
    policy->host = host;
    policy->formats = ARMALO_I_FORMAT_BIT(ARMALO_FORMAT_DSSE);
    policy->algorithms = ARMALO_I_ALG_BIT(ARMALO_I_ALG_EDDSA) | ARMALO_I_ALG_BIT(ARMALO_I_ALG_ES256) |
                         ARMALO_I_ALG_BIT(ARMALO_I_ALG_ES384) | ARMALO_I_ALG_BIT(ARMALO_I_ALG_PS256);
    policy->any_signer = issuer == NULL;
    if (issuer != NULL) policy->issuers.item[policy->issuers.count++] = armalo_i_span_text(issuer);
    policy->threshold = 1;
    policy->max_work = 2 * ARMALO_REVOCATIONS_MAX_SIZE;
    policy->skew_ms = ARMALO_I_SKEW_DEFAULT_MS;
    policy->predicate_types.count = 1;
    policy->predicate_types.item[0] = armalo_i_span_text(ARMALO_I_REVOCATIONS_TYPE);
}

/* The first key that signed and is the issuer's. */
static const armalo_i_trust_key *armalo_i_revoke_signer(const armalo_i_signers *signers, const char *issuer) {
    for (size_t i = 0; i < signers->count; i++) {
        if (signers->key[i]->owner[0] != 0 && strcmp(signers->key[i]->owner, issuer) == 0) return signers->key[i];
    }
    return NULL;
}

/* Everything but whether it may take the place of the one before. */
static uint32_t armalo_i_revoke_check(armalo_trust *trust, const armalo_attest_policy *policy, armalo_i_artifact *a,
                                      armalo_i_span text, armalo_i_signers *signers, armalo_i_revocations **list,
                                      armalo_decision *why) {
    armalo_i_said said;
    uint32_t reason = armalo_i_artifact_format(a, text, ARMALO_REVOCATIONS_MAX_SIZE);
    if (reason == ARMALO_REASON_GRANTED && a->format != ARMALO_FORMAT_DSSE)
        reason = ARMALO_REASON_ATTEST_FORMAT_REFUSED;
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_dsse_open(a);
    signers->detail = NULL;
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_signers_judge(policy, trust, a, why->decided_at_ms, signers);
    armalo_i_decision_detail(why, signers->detail != NULL ? signers->detail : a->detail, NULL, NULL);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    reason = armalo_i_said_read(policy, a, signers, &said);
    armalo_i_decision_detail(why, said.detail, NULL, NULL);
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_revocations_read(said.predicate_value, list);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    armalo_i_digest_of(signers->signature[0]->payload, (*list)->payload_sha256);
    if (said.mode != 0 && armalo_i_mode_worth(said.mode) < armalo_i_mode_worth(why->mode)) {
        armalo_i_decision_detail(why, armalo_i_mode_word(said.mode), NULL, NULL);
        return ARMALO_REASON_ATTEST_SIMULATED;
    }
    const armalo_i_trust_key *signer = armalo_i_revoke_signer(signers, (*list)->issuer);
    armalo_i_decision_detail(why, (*list)->issuer, NULL, NULL);
    if (signer == NULL) return ARMALO_REASON_ATTEST_ISSUER_MISMATCH;
    memcpy(why->principal, signer->thumbprint, sizeof signer->thumbprint);
    if ((*list)->next_update_ms <= why->decided_at_ms || (*list)->this_update_ms > why->decided_at_ms + policy->skew_ms)
        return ARMALO_REASON_ATTEST_REVOCATION_STALE;
    return ARMALO_REASON_GRANTED;
}

/* May it take the place of the list before? Under the writer's lock. */
static uint32_t armalo_i_revoke_replaces(const armalo_i_revocations *old, const armalo_i_revocations *list,
                                         const armalo_i_signers *signers) {
    if (old == NULL) return ARMALO_REASON_GRANTED;
    if (list->number < old->number) return ARMALO_REASON_ATTEST_REVOCATION_ROLLBACK;
    /* RFC 5280 5.2.3 of CRLs: two of one number "MUST be identical"; else one could take back what the other revokes.
     */
    if (list->number == old->number &&
        !armalo_i_span_equal(armalo_i_span_of(list->payload_sha256, ARMALO_I_SHA256_SIZE),
                             armalo_i_span_of(old->payload_sha256, ARMALO_I_SHA256_SIZE)))
        return ARMALO_REASON_ATTEST_REVOCATION_ROLLBACK;
    /* Who was revoked may not sign that they were not. */
    for (size_t i = 0; i < signers->count; i++) {
        if (strcmp(signers->key[i]->owner, list->issuer) == 0 && armalo_i_key_revoked(old, signers->key[i]))
            return ARMALO_REASON_ATTEST_REVOKED;
    }
    return ARMALO_REASON_GRANTED;
}

/* The lists with this one in its issuer's place; NULL and *reason where there is no room. */
static armalo_i_revocation_lists *armalo_i_revoke_with(const armalo_i_revocation_lists *old, armalo_i_revocations *list,
                                                       uint32_t *reason) {
    armalo_i_revocation_lists *lists = armalo_i_alloc(sizeof *lists);
    *reason = ARMALO_REASON_NO_MEMORY;
    if (lists == NULL) return NULL;
    if (old != NULL) *lists = *old;
    size_t at = 0;
    while (at < lists->count && strcmp(lists->list[at]->issuer, list->issuer) != 0) at++;
    if (at == ARMALO_TRUST_MAX_LISTS) {
        armalo_i_release(lists);
        *reason = ARMALO_REASON_TRUST_TOO_MANY;
        return NULL;
    }
    lists->list[at] = list;
    if (at == lists->count) lists->count++;
    *reason = ARMALO_REASON_GRANTED;
    return lists;
}

static void armalo_i_revoke_members(const armalo_i_revocations *list, char *buf, size_t cap) {
    armalo_i_writer w = {buf, cap - 1, 0};
    armalo_i_write_text(&w, ",\"control\":\"attestations\",\"number\":");
    armalo_i_write_int(&w, list == NULL ? 0 : list->number);
    armalo_i_write_text(&w, ",\"revoked\":");
    armalo_i_write_int(&w, list == NULL ? 0 : (int64_t)list->count);
    buf[w.len < cap ? w.len : 0] = 0;
}

/* Tell of it: 1 if it may be put in place. */
static int armalo_i_revoke_conclude(armalo_trust *trust, uint32_t reason, const armalo_i_revocations *list,
                                    armalo_decision *why) {
    char members[128];
    armalo_i_revoke_members(list, members, sizeof members);
    armalo_i_event event = {"attest.revocations", list == NULL ? "-" : list->issuer, members, 1};
    return armalo_i_conclude(trust->host, why, reason, &event);
}

/* Compare it with the one before, tell of it, put it in place: all under the writer's lock, so that of two loads at the
 * same time the lower number cannot come last. */
static int armalo_i_revoke_replace(armalo_trust *trust, armalo_i_revocations *list, const armalo_i_signers *signers,
                                   armalo_decision *why) {
    armalo_i_revocation_lists *lists = NULL, *old = NULL;
    armalo_i_epoch_lock(&trust->epoch);
    old = atomic_load(&trust->lists);
    armalo_i_revocations *before = (armalo_i_revocations *)(uintptr_t)armalo_i_revocations_of(old, list->issuer);
    uint32_t reason = armalo_i_revoke_replaces(before, list, signers);
    if (reason == ARMALO_REASON_GRANTED) lists = armalo_i_revoke_with(old, list, &reason);
    int granted = armalo_i_revoke_conclude(trust, reason, list, why);
    if (granted) {
        atomic_store(&trust->lists, lists);
        armalo_i_epoch_wait(&trust->epoch);
    } else {
        old = lists; /* what is thrown away */
        before = list;
    }
    armalo_i_epoch_unlock(&trust->epoch);
    armalo_i_release(old);
    armalo_i_revocations_free(before);
    return granted;
}

int armalo_revocations_load(armalo_trust *trust, const char *issuer, const void *list, size_t len, int64_t min_number,
                            int64_t *number, armalo_decision *why) {
    armalo_decision unseen_why;
    armalo_i_artifact *a = NULL;
    armalo_i_signers *signers = NULL;
    armalo_attest_policy *policy = NULL;
    armalo_i_revocations *read = NULL;
    if (why == NULL) why = &unseen_why;
    if (trust == NULL || list == NULL || min_number < 0)
        return armalo_i_refuse(why, ARMALO_REASON_INVALID_ARGUMENT, NULL);
    uint32_t reason = armalo_i_decision_begin(trust->host, why, armalo_i_span_of(NULL, 0));
    a = armalo_i_alloc(sizeof *a);
    signers = armalo_i_alloc(sizeof *signers);
    policy = armalo_i_alloc(sizeof *policy);
    if (a == NULL || signers == NULL || policy == NULL) reason = ARMALO_REASON_NO_MEMORY;
    if (reason == ARMALO_REASON_GRANTED) {
        armalo_i_revoke_policy(policy, trust->host, issuer);
        reason = armalo_i_revoke_check(trust, policy, a, armalo_i_span_of(list, len), signers, &read, why);
    }
    if (reason == ARMALO_REASON_GRANTED && issuer != NULL && strcmp(issuer, read->issuer) != 0)
        reason = ARMALO_REASON_ATTEST_ISSUER_MISMATCH;
    if (reason == ARMALO_REASON_GRANTED && read->number < min_number) reason = ARMALO_REASON_ATTEST_REVOCATION_ROLLBACK;
    int64_t loaded = read == NULL ? 0 : read->number;
    int granted = 0;
    if (reason == ARMALO_REASON_GRANTED) {
        granted = armalo_i_revoke_replace(trust, read, signers, why);
    } else {
        armalo_i_revoke_conclude(trust, reason, read, why); /* nobody who loads a good one waits for it */
        armalo_i_revocations_free(read);
    }
    if (granted && number != NULL) *number = loaded;
    if (a != NULL) armalo_i_artifact_end(a);
    armalo_i_release(a);
    armalo_i_release(signers);
    armalo_i_release(policy);
    return granted;
}
