/* SPDX-License-Identifier: MIT */
/* attest/signers.c: what a message says of its keys narrows what is tried, and decides nothing. */
#include "attest/signers.h"

#include "armalo/reasons.h"

/* A reason to deny, the more telling the further the signature came. */
typedef struct armalo_i_furthest {
    int rank;
    uint32_t reason;
} armalo_i_furthest;

enum {
    ARMALO_I_RANK_NONE,
    ARMALO_I_RANK_UNKNOWN,
    ARMALO_I_RANK_REFUSED,
    ARMALO_I_RANK_MISMATCH,
    ARMALO_I_RANK_UNUSABLE
};

/* What the signatures of one artifact, which anybody may have made, may cost. */
typedef struct armalo_i_work {
    size_t attempts, bytes; /* that are left */
} armalo_i_work;

static int armalo_i_work_left(armalo_i_work *work, size_t len) {
    if (work->attempts == 0 || len > work->bytes) return 0;
    work->attempts--;
    work->bytes -= len;
    return 1;
}

static void armalo_i_further(armalo_i_furthest *f, int rank, uint32_t reason) {
    if (rank <= f->rank) return;
    f->rank = rank;
    f->reason = reason;
}

/* Does the policy accept what this key signs? */
static int armalo_i_key_permitted(const armalo_attest_policy *policy, const armalo_i_trust_key *key) {
    if (policy->any_signer) return 1;
    if (policy->issuers.count > 0 && !armalo_i_list_has(&policy->issuers, armalo_i_span_text(key->owner))) return 0;
    if (policy->keys.count == 0) return policy->issuers.count > 0;
    if (armalo_i_list_has(&policy->keys, armalo_i_span_text(key->thumbprint))) return 1;
    /* A kid is chosen by whoever publishes the key: it names one only among the keys of the one issuer. */
    if (key->id_is_kid && policy->issuers.count != 1) return 0;
    return armalo_i_list_has(&policy->keys, armalo_i_span_text(key->id));
}

static int armalo_i_alg_accepted(const armalo_attest_policy *policy, int alg) {
    return alg > ARMALO_I_ALG_NONE && alg < ARMALO_I_ALGS && (policy->algorithms & ARMALO_I_ALG_BIT(alg)) != 0;
}

/* By its id or its thumbprint; a verification method of a credential also by what follows its "#". */
static int armalo_i_key_hinted(const armalo_i_trust_key *key, const armalo_i_signature *s) {
    armalo_i_span id = armalo_i_span_text(key->id);
    return armalo_i_span_equal(s->hint, id) || armalo_i_span_equal(s->hint, armalo_i_span_text(key->thumbprint)) ||
           (s->method.len > 0 && armalo_i_span_equal(s->method, id));
}

/* May this key have made this signature, as far as can be said without trying? */
static int armalo_i_key_fits(const armalo_attest_policy *policy, const armalo_i_trust_key *key,
                             const armalo_i_signature *s, armalo_i_furthest *furthest) {
    if (!armalo_i_key_permitted(policy, key)) return 0;
    if (s->owner.len > 0 && !armalo_i_span_equal(s->owner, armalo_i_span_text(key->owner))) return 0;
    if (s->alg != ARMALO_I_ALG_NONE && s->alg != key->key.alg) return 0; /* the key knows its algorithm */
    if (s->only != NULL && !armalo_i_span_equal(armalo_i_span_of(s->only, ARMALO_I_ED25519_PUBLIC),
                                                armalo_i_span_of(key->key.ed25519, ARMALO_I_ED25519_PUBLIC)))
        return 0;
    if (armalo_i_alg_accepted(policy, key->key.alg)) return 1;
    armalo_i_further(furthest, ARMALO_I_RANK_REFUSED, ARMALO_REASON_ATTEST_ALGORITHM_REFUSED);
    return 0;
}

static int armalo_i_signed_already(const armalo_i_signers *signers, const armalo_i_trust_key *key) {
    for (size_t i = 0; i < signers->count; i++) {
        if (signers->key[i] == key) return 1;
    }
    return 0;
}

/* Do these two sign the same? Proofs of one credential may each cover another @context; what is read must be what every
 * key that counts has signed. */
static int armalo_i_signed_alike(const armalo_i_signers *signers, const armalo_i_signature *s) {
    if (signers->count == 0) return 1;
    armalo_i_span first = signers->signature[0]->payload;
    return first.ptr == s->payload.ptr || armalo_i_span_equal(first, s->payload);
}

static int armalo_i_key_has_usage(const armalo_i_trust_key *key, armalo_i_span usage) {
    for (size_t i = 0; i < key->usage_count; i++) {
        if (armalo_i_span_equal(armalo_i_span_text(key->usage[i]), usage)) return 1;
    }
    return 0;
}

/* A signature holds; does its key count, now and for this? */
static uint32_t armalo_i_key_counts(const armalo_attest_policy *policy, const armalo_i_trust_key *key,
                                    const armalo_i_signature *s, int64_t now_ms) {
    if (key->expires_ms != 0 && now_ms >= key->expires_ms) return ARMALO_REASON_ATTEST_KEY_EXPIRED;
    if (now_ms < key->not_before_ms) return ARMALO_REASON_ATTEST_KEY_NOT_YET_VALID;
    if (key->stale_ms != 0 && now_ms >= key->stale_ms) return ARMALO_REASON_TRUST_STALE;
    /* A clock set back would keep keys fresh for ever. */
    if (key->stale_ms != 0 && now_ms + policy->skew_ms < key->fetched_ms) return ARMALO_REASON_HOST_CLOCK_BEHIND;
    for (size_t i = 0; i < policy->usages.count; i++) {
        if (!armalo_i_key_has_usage(key, policy->usages.item[i])) return ARMALO_REASON_ATTEST_KEY_USAGE;
    }
    if (s->expires_ms != 0 && now_ms >= s->expires_ms) return ARMALO_REASON_ATTEST_EXPIRED;
    if (s->created_ms > now_ms + policy->skew_ms) return ARMALO_REASON_ATTEST_NOT_YET_VALID;
    return ARMALO_REASON_GRANTED;
}

/* One signature against the keys that it may be of: those it names, or, where it names none that is known, all. At
 * most one key is added. GRANTED to go on; any other reason ends the whole. */
static uint32_t armalo_i_signature_judge(const armalo_attest_policy *policy, const armalo_trust *trust, int ecdsa,
                                         const armalo_i_signature *s, int64_t now_ms, armalo_i_signers *signers,
                                         armalo_i_work *work, armalo_i_furthest *furthest) {
    int named = 0;
    if (s->refused != 0 || (s->alg != ARMALO_I_ALG_NONE && !armalo_i_alg_accepted(policy, s->alg))) {
        armalo_i_further(furthest, ARMALO_I_RANK_REFUSED,
                         s->refused != 0 ? s->refused : ARMALO_REASON_ATTEST_ALGORITHM_REFUSED);
        return ARMALO_REASON_GRANTED;
    }
    for (size_t i = 0; i < trust->count && s->hint.len > 0; i++) {
        named |= armalo_i_key_hinted(&trust->keys[i], s) && armalo_i_key_fits(policy, &trust->keys[i], s, furthest);
    }
    armalo_i_further(furthest, ARMALO_I_RANK_UNKNOWN, ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
    for (size_t i = 0; i < trust->count; i++) {
        const armalo_i_trust_key *key = &trust->keys[i];
        int checked = 0;
        if (named && !armalo_i_key_hinted(key, s)) continue;
        if (!armalo_i_key_fits(policy, key, s, furthest) || armalo_i_signed_already(signers, key)) continue;
        if (!armalo_i_work_left(work, s->message.len)) return ARMALO_REASON_ATTEST_SIGNATURES_MANY;
        int holds = armalo_i_public_verify(&key->key, s->message, s->bytes, ecdsa, &checked);
        if (!checked) return ARMALO_REASON_CRYPTO_FAILED;
        if (holds != 1) {
            /* A stranger's key id makes it a stranger's signature, not a broken one of ours. */
            if (named || s->hint.len == 0 || s->owner.len > 0)
                armalo_i_further(furthest, ARMALO_I_RANK_MISMATCH, ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
            continue;
        }
        uint32_t reason = armalo_i_key_counts(policy, key, s, now_ms);
        if (reason == ARMALO_REASON_GRANTED && !armalo_i_signed_alike(signers, s))
            reason = ARMALO_REASON_ATTEST_THRESHOLD;
        if (reason == ARMALO_REASON_GRANTED) {
            signers->key[signers->count] = key;
            signers->signature[signers->count++] = s;
        } else {
            armalo_i_further(furthest, ARMALO_I_RANK_UNUSABLE, reason);
        }
        return ARMALO_REASON_GRANTED;
    }
    return ARMALO_REASON_GRANTED;
}

uint32_t armalo_i_signers_judge(const armalo_attest_policy *policy, const armalo_trust *trust,
                                const armalo_i_artifact *artifact, int64_t now_ms, armalo_i_signers *signers) {
    armalo_i_furthest furthest = {ARMALO_I_RANK_NONE, ARMALO_REASON_ATTEST_SIGNATURE_MISSING};
    armalo_i_work work = {ARMALO_ATTEST_MAX_ATTEMPTS, policy->max_work};
    /* RFC 7518 3.4: of a JWS always r || s. For envelopes, whose format leaves it open, the policy says. */
    int ecdsa = artifact->format == ARMALO_FORMAT_DSSE ? policy->ecdsa : ARMALO_I_ECDSA_RAW;
    signers->count = 0;
    for (size_t i = 0; i < artifact->count; i++) {
        const armalo_i_signature *s = &artifact->signature[i];
        uint32_t reason = armalo_i_signature_judge(policy, trust, ecdsa, s, now_ms, signers, &work, &furthest);
        if (reason != ARMALO_REASON_GRANTED) return reason;
    }
    /* SPEC dsse protocol: "Reject if the cardinality of ACCEPTED_KEYS is less than t": keys, not signatures or key
     * ids. */
    if (signers->count >= policy->threshold) return ARMALO_REASON_GRANTED;
    return signers->count > 0 ? ARMALO_REASON_ATTEST_THRESHOLD : furthest.reason;
}
