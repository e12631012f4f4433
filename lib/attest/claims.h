/* SPDX-License-Identifier: MIT */
/* attest/claims.h: conditions on values of what was verified. */
#ifndef ARMALO_ATTEST_CLAIMS_H
#define ARMALO_ATTEST_CLAIMS_H

#include "codec/json.h"

enum armalo_i_operator {
    ARMALO_I_OP_NONE = 0,
    ARMALO_I_OP_LT,
    ARMALO_I_OP_LTE,
    ARMALO_I_OP_GT,
    ARMALO_I_OP_GTE,
    ARMALO_I_OP_EQ,
    ARMALO_I_OP_NEQ,
    ARMALO_I_OP_INCLUDES,
    ARMALO_I_OP_EXCLUDES
};

typedef struct armalo_i_claim {
    armalo_i_json_pointer pointer;
    int op;
    armalo_i_json_value value; /* a string, a number or a boolean */
} armalo_i_claim;

/* The operator of that name; NONE for any other. */
int armalo_i_operator_of(armalo_i_json_value name);

/* 1 if this operator can compare with such a value. */
int armalo_i_operator_fits(int op, armalo_i_json_value value);

/* Does the claim hold of what its pointer names (NONE: nothing)? GRANTED, ATTEST_CLAIM_MISSING,
 * ATTEST_CLAIM_UNREADABLE or ATTEST_CLAIM_MISMATCH. */
uint32_t armalo_i_claim_judge(const armalo_i_claim *claim, armalo_i_json_value found);

#endif
