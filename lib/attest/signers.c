/* SPDX-License-Identifier: MIT */
/* attest/signers.c: what a message says of its keys narrows what is tried, and decides nothing. */
#include "attest/signers.h"

#include "armalo/reasons.h"
#include "attest/audience.h"

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

/* One judgement. What the signatures of an artifact, which anybody may have made, may cost is bounded. */
typedef struct armalo_i_judging {
    const armalo_attest_policy *policy;
    const armalo_trust *trust;
    const armalo_i_artifact *artifact;
    int64_t now_ms;
    int ecdsa;              /* how an ECDSA signature is written */
    int der_for_raw;        /* one was written the other way */
    size_t attempts, bytes; /* that are left */
    armalo_i_furthest furthest;
    int done[ARMALO_ATTEST_MAX_SIGNATURES];                      /* this signature holds */
    const armalo_i_trust_key *key[ARMALO_ATTEST_MAX_SIGNATURES]; /* whose key counts, or NULL */
} armalo_i_judging;

static int armalo_i_work_left(armalo_i_judging *j, size_t len) {
    if (j->attempts == 0 || len > j->bytes) return 0;
    j->attempts--;
    j->bytes -= len;
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

static int armalo_i_any_permitted(const armalo_attest_policy *policy, const armalo_trust *trust) {
    for (size_t i = 0; i < trust->count; i++) {
        if (armalo_i_key_permitted(policy, &trust->keys[i])) return 1;
    }
    return 0;
}

/* r || s of P-256 or P-384 has 64 or 96 bytes; a DER SEQUENCE says its length, and has some more. */
static int armalo_i_looks_der(armalo_i_span bytes) {
    return bytes.len > 2 && (uint8_t)bytes.ptr[0] == 0x30 && (uint8_t)bytes.ptr[1] == bytes.len - 2;
}

static int armalo_i_alg_accepted(const armalo_attest_policy *policy, int alg) {
    return alg > ARMALO_I_ALG_NONE && alg < ARMALO_I_ALGS && (policy->algorithms & ARMALO_I_ALG_BIT(alg)) != 0;
}

/* By its id, the name that it came with or its thumbprint; a verification method of a credential also by what follows
 * its "#". */
static int armalo_i_key_hinted(const armalo_i_trust_key *key, const armalo_i_signature *s) {
    const char *const names[] = {key->id, key->own_name, key->thumbprint};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        armalo_i_span name = armalo_i_span_text(names[i]);
        if (name.len > 0 && (armalo_i_span_equal(s->hint, name) || armalo_i_span_equal(s->method, name))) return 1;
    }
    return 0;
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

static int armalo_i_signed_already(const armalo_i_judging *j, const armalo_i_trust_key *key) {
    for (size_t i = 0; i < j->artifact->count; i++) {
        if (j->key[i] == key) return 1;
    }
    return 0;
}

static int armalo_i_key_has_usage(const armalo_i_trust_key *key, armalo_i_span usage) {
    for (size_t i = 0; i < key->usage_count; i++) {
        if (armalo_i_span_equal(armalo_i_span_text(key->usage[i]), usage)) return 1;
    }
    return 0;
}

/* Of several proofs each says itself for whom and when it was made, and whoever carries them chooses their order: so
 * each is judged by what it says, before it counts. */
static uint32_t armalo_i_proof_counts(const armalo_attest_policy *policy, const armalo_i_trust_key *key,
                                      const armalo_i_signature *s, int64_t now_ms) {
    if (!armalo_i_audience_fits(policy, s->domain)) return ARMALO_REASON_ATTEST_AUDIENCE_MISMATCH;
    if (s->expires_ms != 0 && now_ms >= s->expires_ms) return ARMALO_REASON_ATTEST_EXPIRED;
    if (s->created_ms > now_ms + policy->skew_ms) return ARMALO_REASON_ATTEST_NOT_YET_VALID;
    if (policy->max_age_ms > 0 && s->created_ms == 0) return ARMALO_REASON_ATTEST_TIME_MISSING;
    if (policy->max_age_ms > 0 && now_ms - s->created_ms > policy->max_age_ms) return ARMALO_REASON_ATTEST_TOO_OLD;
    if (s->created_ms != 0 && s->created_ms < key->not_before_ms) return ARMALO_REASON_ATTEST_KEY_NOT_YET_VALID;
    return ARMALO_REASON_GRANTED;
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
    return s->is_proof ? armalo_i_proof_counts(policy, key, s, now_ms) : ARMALO_REASON_GRANTED;
}

/* May this signature count at all? */
static int armalo_i_signature_fits(armalo_i_judging *j, const armalo_i_signature *s) {
    uint32_t refused = s->refused;
    if (refused == 0 && s->alg != ARMALO_I_ALG_NONE && !armalo_i_alg_accepted(j->policy, s->alg))
        refused = ARMALO_REASON_ATTEST_ALGORITHM_REFUSED;
    armalo_i_further(&j->furthest, refused != 0 ? ARMALO_I_RANK_REFUSED : ARMALO_I_RANK_UNKNOWN,
                     refused != 0 ? refused : ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
    return refused == 0;
}

/* One signature against the keys that it names, or against the others: it is of at most one. GRANTED to go on; any
 * other reason ends the whole. */
static uint32_t armalo_i_signature_try(armalo_i_judging *j, size_t at, int named) {
    const armalo_i_signature *s = &j->artifact->signature[at];
    for (size_t i = 0; i < j->trust->count; i++) {
        const armalo_i_trust_key *key = &j->trust->keys[i];
        int checked = 0;
        if (armalo_i_key_hinted(key, s) != named || !armalo_i_key_fits(j->policy, key, s, &j->furthest) ||
            armalo_i_signed_already(j, key))
            continue;
        if (!armalo_i_work_left(j, s->message.len)) return ARMALO_REASON_ATTEST_SIGNATURES_MANY;
        int holds = armalo_i_public_verify(&key->key, s->message, s->bytes, j->ecdsa, &checked);
        if (!checked) return ARMALO_REASON_CRYPTO_FAILED;
        if (holds != 1) {
            j->der_for_raw |=
                key->key.alg != ARMALO_I_ALG_EDDSA && j->ecdsa == ARMALO_I_ECDSA_RAW && armalo_i_looks_der(s->bytes);
            /* A stranger's key id makes it a stranger's signature, not a broken one of ours. */
            if (named || s->hint.len == 0 || s->only != NULL)
                armalo_i_further(&j->furthest, ARMALO_I_RANK_MISMATCH, ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
            continue;
        }
        uint32_t reason = armalo_i_key_counts(j->policy, key, s, j->now_ms);
        j->done[at] = 1;
        if (reason == ARMALO_REASON_GRANTED)
            j->key[at] = key;
        else
            armalo_i_further(&j->furthest, ARMALO_I_RANK_UNUSABLE, reason);
        return ARMALO_REASON_GRANTED;
    }
    return ARMALO_REASON_GRANTED;
}

/* First every signature against the keys that it names, so that strangers' signatures before it cannot use up what may
 * be tried; then what is left against the other keys, for what is said of a key decides nothing. */
static uint32_t armalo_i_signatures_try(armalo_i_judging *j) {
    for (int named = 1; named >= 0; named--) {
        for (size_t i = 0; i < j->artifact->count; i++) {
            if (j->done[i] || !armalo_i_signature_fits(j, &j->artifact->signature[i])) continue;
            uint32_t reason = armalo_i_signature_try(j, i, named);
            if (reason != ARMALO_REASON_GRANTED) return reason;
        }
    }
    return ARMALO_REASON_GRANTED;
}

/* The keys that count, in the order of the artifact. Proofs of one credential may each cover another @context; what is
 * read must be what every key that counts has signed. */
static void armalo_i_signers_gather(armalo_i_judging *j, armalo_i_signers *signers) {
    for (size_t i = 0; i < j->artifact->count; i++) {
        const armalo_i_signature *s = &j->artifact->signature[i];
        if (j->key[i] == NULL) continue;
        if (signers->count > 0 && !armalo_i_span_equal(signers->signature[0]->payload, s->payload)) continue;
        signers->key[signers->count] = j->key[i];
        signers->signature[signers->count++] = s;
    }
}

uint32_t armalo_i_signers_judge(const armalo_attest_policy *policy, const armalo_trust *trust,
                                const armalo_i_artifact *artifact, int64_t now_ms, armalo_i_signers *signers) {
    armalo_i_judging j = {policy,
                          trust,
                          artifact,
                          now_ms,
                          ARMALO_I_ECDSA_RAW,
                          0,
                          ARMALO_ATTEST_MAX_ATTEMPTS,
                          policy->max_work,
                          {ARMALO_I_RANK_NONE, ARMALO_REASON_ATTEST_SIGNATURE_MISSING},
                          {0},
                          {NULL}};
    /* RFC 7518 3.4: of a JWS always r || s. For envelopes, whose format leaves it open, the policy says. */
    if (artifact->format == ARMALO_FORMAT_DSSE) j.ecdsa = policy->ecdsa;
    signers->count = 0;
    signers->detail = NULL;
    uint32_t reason = armalo_i_signatures_try(&j);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    armalo_i_signers_gather(&j, signers);
    /* SPEC dsse protocol: "Reject if the cardinality of ACCEPTED_KEYS is less than t": keys, not signatures or key
     * ids. */
    if (signers->count >= policy->threshold) return ARMALO_REASON_GRANTED;
    if (signers->count > 0) return ARMALO_REASON_ATTEST_THRESHOLD;
    if (j.furthest.rank <= ARMALO_I_RANK_UNKNOWN && !armalo_i_any_permitted(policy, trust))
        signers->detail = "issuers and keys of the policy name no key of the trust";
    else if (j.furthest.reason == ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH && j.der_for_raw)
        signers->detail = "an ECDSA signature in DER, where r || s must be";
    return j.furthest.reason;
}
