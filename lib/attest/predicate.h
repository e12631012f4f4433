/* SPDX-License-Identifier: MIT */
/* attest/predicate.h: the predicates that are ours: exactly which members, of which form. */
#ifndef ARMALO_ATTEST_PREDICATE_H
#define ARMALO_ATTEST_PREDICATE_H

#include "armalo/attest.h"
#include "codec/json.h"

enum armalo_i_predicate {
    ARMALO_I_PREDICATE_FOREIGN = 0,
    ARMALO_I_PREDICATE_EVAL_RESULT,
    ARMALO_I_PREDICATE_PACT,
    ARMALO_I_PREDICATE_APPROVAL,
    ARMALO_I_PREDICATE_RECEIPT,
    ARMALO_I_PREDICATE_RELEASE_SMOKE,
    ARMALO_I_PREDICATE_REVOCATIONS,
    ARMALO_I_PREDICATE_BUNDLE,
    ARMALO_I_PREDICATES
};

#define ARMALO_I_REVOCATIONS_TYPE "urn:armalo:revocations:v1"

/* Which one a predicate type is; FOREIGN for every other. 0 and *unknown 1 for a urn:armalo: type that is none of
 * these: what claims to be ours is ours, or nothing. */
int armalo_i_predicate_of(armalo_i_span type, int *unknown);

/* The member of a statement in which a host outside production says its mode, and the names of modes. */
#define ARMALO_I_STATEMENT_MODE "armalo_mode"
const char *armalo_i_mode_word(int32_t mode);
/* ARMALO_MODE_… of a name; 0 if it is none. */
int32_t armalo_i_mode_of(armalo_i_json_value word);

/* What a member means to every reader. */
enum { ARMALO_I_MEANS_NOTHING, ARMALO_I_MEANS_ISSUED, ARMALO_I_MEANS_EXPIRES, ARMALO_I_MEANS_ID };

/* 1 if predicates of this kind have a member that means this; none of what is foreign is known. */
int armalo_i_predicate_says(int predicate, int means);

/* What the members of one of ours say in common. Texts: empty where it has none. */
typedef struct armalo_i_predicate_said {
    int64_t issued_ms, expires_ms; /* 0: it does not say */
    int32_t mode;                  /* ARMALO_MODE_…; 0: it has none */
    char id[ARMALO_ATTEST_NAME_SIZE];
} armalo_i_predicate_said;

/* Check a predicate of ours against its schema, and read what is common. 1; 0 and the member's name in fault when it
 * does not fit: one that is not known as it stands in the text. */
int armalo_i_predicate_read(int predicate, armalo_i_json_value value, armalo_i_predicate_said *said,
                            char fault[ARMALO_ATTEST_NAME_SIZE]);

#endif
