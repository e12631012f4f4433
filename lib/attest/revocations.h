/* SPDX-License-Identifier: MIT */
/* attest/revocations.h: revocation lists: which ids of an issuer are revoked, read by many and replaced as a whole. */
#ifndef ARMALO_ATTEST_REVOCATIONS_H
#define ARMALO_ATTEST_REVOCATIONS_H

#include "armalo/attest.h"
#include "codec/json.h"
#include "crypto/crypto.h"

#define ARMALO_I_REVOKED_PRINT 16 /* bytes kept of the SHA-256 of an id: a false hit costs 2^-128, and denies */

/* The list of one issuer: an open hash table, at most half full. */
typedef struct armalo_i_revocations {
    char issuer[ARMALO_ATTEST_NAME_SIZE];
    int64_t number, this_update_ms, next_update_ms;
    uint8_t payload_sha256[ARMALO_I_SHA256_SIZE];
    size_t count, mask;
    uint64_t factor;                         /* of the hash table */
    uint8_t (*slot)[ARMALO_I_REVOKED_PRINT]; /* all zero: empty */
} armalo_i_revocations;

typedef struct armalo_i_revocation_lists {
    size_t count;
    armalo_i_revocations *list[ARMALO_TRUST_MAX_LISTS];
} armalo_i_revocation_lists;

/* Read the predicate of a list, whose members have been checked. GRANTED or a reason; *list is NULL unless GRANTED. */
uint32_t armalo_i_revocations_read(armalo_i_json_value predicate, armalo_i_revocations **list);
void armalo_i_revocations_free(armalo_i_revocations *list);

/* The list of an issuer, or NULL. lists may be NULL. */
const armalo_i_revocations *armalo_i_revocations_of(const armalo_i_revocation_lists *lists, const char *issuer);

/* 1 if the id is on the list. */
int armalo_i_revoked(const armalo_i_revocations *list, armalo_i_span id);

#endif
