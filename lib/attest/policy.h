/* SPDX-License-Identifier: MIT */
/* attest/policy.h: a policy, read. */
#ifndef ARMALO_ATTEST_POLICY_H
#define ARMALO_ATTEST_POLICY_H

#include "armalo/attest.h"
#include "attest/claims.h"
#include "core/host.h"
#include "crypto/crypto.h"

#define ARMALO_I_FORMAT_BIT(format) (1u << (format))
#define ARMALO_I_ALG_BIT(alg)       (1u << (alg))
#define ARMALO_I_SKEW_DEFAULT_MS    60000
#define ARMALO_I_SKEW_MAX_S         300
#define ARMALO_I_AGE_MAX_S          INT64_C(315360000) /* ten years */

typedef struct armalo_i_list {
    size_t count;
    armalo_i_span item[ARMALO_ATTEST_MAX_LIST];
} armalo_i_list;

/* Texts lie in `text`, a copy of the policy's JSON that belongs to it. */
struct armalo_attest_policy {
    armalo_host *host;
    char name[ARMALO_NAME_SIZE]; /* empty: none */
    uint8_t digest[ARMALO_I_SHA256_SIZE];
    unsigned formats, algorithms; /* bits */
    armalo_i_list issuers, keys, predicate_types, typ, credential_types, audience, usages, revocation_issuers;
    int any_signer, any_subject, any_age, any_status, expiry_required, accept_simulated, no_revocation;
    int ecdsa, has_ecdsa; /* ARMALO_I_ECDSA_…, of DSSE signatures; whether it is said */
    uint32_t threshold;
    size_t max_work;    /* bytes that the signatures of one artifact may cost */
    int64_t max_age_ms; /* 0: none */
    int64_t skew_ms;
    int64_t revocation_max_age_ms;
    int has_issued_at, has_expires_at;
    armalo_i_json_pointer issued_at, expires_at; /* where a statement says its times */
    size_t claim_count;
    armalo_i_claim claim[ARMALO_ATTEST_MAX_LIST];
    char claim_text[ARMALO_ATTEST_MAX_LIST][64]; /* the pointer, cut, for the operator */
    size_t text_len;
    char *text; /* and room for as much again: the unescaped items of lists */
};

int armalo_i_list_has(const armalo_i_list *list, armalo_i_span text);

#endif
