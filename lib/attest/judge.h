/* SPDX-License-Identifier: MIT */
/* attest/judge.h: the policy over what verified bytes say. */
#ifndef ARMALO_ATTEST_JUDGE_H
#define ARMALO_ATTEST_JUDGE_H

#include "attest/said.h"

/* What the caller asks of an artifact. */
typedef struct armalo_i_asked {
    armalo_i_span subject;        /* ptr NULL: not said */
    armalo_i_span subject_data;   /* ptr NULL: not said */
    armalo_i_json_value revealed; /* NONE: nothing */
} armalo_i_asked;

/* GRANTED or a reason; *at_most is the strongest evidence that it can carry in this mode, *labels what a reader must
 * know. */
uint32_t armalo_i_attest_judge(const armalo_attest_policy *policy, armalo_trust *trust, const armalo_i_signers *signers,
                               const armalo_i_asked *asked, armalo_i_said *said, int64_t now_ms, int32_t mode,
                               int32_t *at_most, uint32_t *labels);

#endif
