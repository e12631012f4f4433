/* SPDX-License-Identifier: MIT */
/* attest/signers.h: which trusted keys signed. */
#ifndef ARMALO_ATTEST_SIGNERS_H
#define ARMALO_ATTEST_SIGNERS_H

#include "attest/artifact.h"
#include "attest/policy.h"
#include "attest/trust.h"

/* Distinct keys of trust that the policy accepts, each with the signature of the artifact that it made. */
typedef struct armalo_i_signers {
    size_t count;
    const armalo_i_trust_key *key[ARMALO_ATTEST_MAX_SIGNATURES];
    const armalo_i_signature *signature[ARMALO_ATTEST_MAX_SIGNATURES];
    const char *detail; /* what an operator should know of a denial; NULL: nothing */
} armalo_i_signers;

/* Verify. GRANTED when as many distinct keys as the policy asks for signed and count now; else the reason. Only then
 * may the payload of signers->signature[0] be read. */
uint32_t armalo_i_signers_judge(const armalo_attest_policy *policy, const armalo_trust *trust,
                                const armalo_i_artifact *artifact, int64_t now_ms, armalo_i_signers *signers);

#endif
