/* SPDX-License-Identifier: MIT */
/* access/key_store.h: loaded keys: a snapshot that is read by many and replaced as a whole. */
#ifndef ARMALO_ACCESS_KEY_STORE_H
#define ARMALO_ACCESS_KEY_STORE_H

#include "access/epoch.h"
#include "access/keys.h"
#include "access/record.h"
#include "access/token.h"

/* A key as a verification needs it: two cache lines side by side, the first of which tells whether it is this key. */
typedef struct armalo_i_key_slot {
    uint8_t digest[ARMALO_I_SHA256_SIZE];
    int64_t not_before_ms, expires_ms;
    uint32_t org, scopes; /* numbers in the snapshot */
    uint8_t used, kind, env, use;
    _Atomic uint32_t revoked;
    char id[ARMALO_KEY_ID_MAX + 1];
} armalo_i_key_slot;
_Static_assert(sizeof(armalo_i_key_slot) == 128, "two cache lines");

/* A key whose digest is a password hash: found by its id, not by its token. */
typedef struct armalo_i_key_password {
    armalo_i_key_slot slot;
    char hash[ARMALO_I_DIGEST_TEXT];
} armalo_i_key_password;

/* Texts that many keys share, each kept once. */
typedef struct armalo_i_key_orgs {
    char (*name)[ARMALO_KEY_ID_MAX + 1];
    uint32_t *index; /* hash table: number plus 1 */
    uint32_t count, cap, mask;
} armalo_i_key_orgs;

typedef struct armalo_i_key_sets {
    armalo_scopes **set;
    uint64_t *hash;
    uint32_t *index;
    uint32_t count, cap, mask;
} armalo_i_key_sets;

typedef struct armalo_i_key_snapshot {
    armalo_i_key_slot *slots; /* mask + 1 of them, at most three quarters used; what was allocated is raw_slots */
    void *raw_slots;
    uint32_t mask, count;
    uint32_t *by_id; /* hash table of mask + 1: place of the slot plus 1; places past mask are passwords */
    armalo_i_key_password *passwords;
    uint32_t password_count, password_cap;
    armalo_i_key_orgs orgs;
    armalo_i_key_sets sets;
} armalo_i_key_snapshot;

/* Ids that were revoked by call; immutable, replaced as a whole. */
typedef struct armalo_i_key_revoked {
    size_t count;
    char id[][ARMALO_KEY_ID_MAX + 1];
} armalo_i_key_revoked;

struct armalo_keys {
    armalo_host *host;
    armalo_key_lookup_fn lookup;
    void *lookup_ctx;
    armalo_i_crc32 crc;
    armalo_i_epoch epoch;
    _Atomic(armalo_i_key_snapshot *) snapshot;
    _Atomic(armalo_i_key_revoked *) revoked;
    _Atomic uint64_t loads; /* that began */
    uint64_t loaded;        /* number of the one that is in use; under the writer's lock */
};

/* The slot of a digest, or NULL. The walk takes as long whether it is there or not, but for its length. */
armalo_i_key_slot *armalo_i_key_find(const armalo_i_key_snapshot *snapshot, const uint8_t digest[ARMALO_I_SHA256_SIZE],
                                     int kind);
/* The slot of an id, or NULL; *password is set where the key is one. */
armalo_i_key_slot *armalo_i_key_find_id(const armalo_i_key_snapshot *snapshot, armalo_i_span id,
                                        const armalo_i_key_password **password);
int armalo_i_key_is_revoked(const armalo_i_key_revoked *revoked, const char *id);

#endif
