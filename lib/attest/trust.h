/* SPDX-License-Identifier: MIT */
/* attest/trust.h: the inside of a set of trusted keys. */
#ifndef ARMALO_ATTEST_TRUST_H
#define ARMALO_ATTEST_TRUST_H

#include "access/epoch.h"
#include "armalo/attest.h"
#include "attest/revocations.h"
#include "core/host.h"
#include "crypto/pkey.h"

#define ARMALO_I_THUMBPRINT_TEXT 44 /* base64url of 32 bytes, with NUL */
#define ARMALO_I_DID_KEY         "did:key:"

/* One key, its owner and when it counts. Texts are NUL-terminated. */
typedef struct armalo_i_trust_key {
    armalo_i_public_key key;
    char owner[ARMALO_ATTEST_NAME_SIZE]; /* empty: nobody's */
    char id[ARMALO_ATTEST_NAME_SIZE];
    char own_name[ARMALO_ATTEST_NAME_SIZE]; /* the kid or the multibase that it came with; empty: none. The same as id
                                             * unless the host named it */
    char thumbprint[ARMALO_I_THUMBPRINT_TEXT];
    int is_did_key; /* own_name is all of it but "did:key:" */
    int id_is_kid;  /* the id is what a JWK calls itself, which may be what another issuer calls a key of theirs */
    int64_t not_before_ms, expires_ms; /* 0: from ever, without end */
    int64_t fetched_ms, stale_ms;      /* fetched then, and too long ago from this time on; 0: pinned */
    size_t usage_count;
    char (*usage)[ARMALO_I_CERT_USAGE_MAX]; /* extended key usages of its certificate; owned */
} armalo_i_trust_key;

struct armalo_trust {
    armalo_host *host;
    armalo_i_trust_key *keys;
    size_t count, cap;
    armalo_i_epoch epoch;
    _Atomic(armalo_i_revocation_lists *) lists; /* NULL: none loaded; replaced as a whole */
};

/* Take a key into the set, ending it where it is refused. own_name: the kid or multibase that it came with, NULL:
 * none; its id is the anchor's key_id, or else that unless it looks like a thumbprint, or else its thumbprint. nbf and
 * exp narrow the anchor's window (0: they do not). GRANTED or a reason. */
uint32_t armalo_i_trust_add(armalo_trust *trust, const armalo_anchor *anchor, armalo_i_public_key *key,
                            const char *own_name, int64_t not_before_ms, int64_t expires_ms);

/* 1 if the list has the key, by any of the names that its issuer may know it by. */
int armalo_i_key_revoked(const armalo_i_revocations *list, const armalo_i_trust_key *key);

/* The reason for a status of a key; GRANTED for OK. */
uint32_t armalo_i_key_reason(int status);

/* Read the keys of an anchor. GRANTED or a reason. */
uint32_t armalo_i_anchor_read(armalo_trust *trust, const armalo_anchor *anchor);
uint32_t armalo_i_jwks_read(armalo_trust *trust, const armalo_anchor *anchor, armalo_i_span text);

/* 1 if text is 1 to 255 bytes of visible ASCII, NUL-terminated. */
int armalo_i_attest_name(const char *text);

#endif
