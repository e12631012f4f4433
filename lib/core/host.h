/* SPDX-License-Identifier: MIT */
/* core/host.h: the inside of a host handle. */
#ifndef ARMALO_CORE_HOST_H
#define ARMALO_CORE_HOST_H

#include "armalo/host.h"
#include "crypto/crypto.h"

#include <stdatomic.h>

/* Request and event ids count up in one of several counters, picked by where the caller's stack lies, so that threads
 * do not share a cache line on the hot path. */
#define ARMALO_I_ID_SHARDS 32
#define ARMALO_I_ID_LEN    36 /* "req_" + 16 hex digits of the host + 16 of shard and counter */

typedef struct armalo_i_id_shard {
    _Atomic uint64_t next;
    uint8_t padding[64 - sizeof(uint64_t)];
} armalo_i_id_shard;

struct armalo_host {
    int32_t mode; /* a valid mode, or ARMALO_MODE_UNSET */
    int32_t audit_off;
    int32_t has_root_key;
    armalo_clock_fn now_ms;
    void *clock_ctx;
    armalo_audit_fn audit;
    void *audit_ctx;
    int64_t clock_floor_ms;
    char id_prefix[16];
    char source[256];
    uint8_t secret_seal_key[32]; /* sub-keys of the root key; the root key itself is not kept */
    armalo_i_hmac_key pepper;    /* for the digests of tokens */
    armalo_i_hmac_key record_seal;
    armalo_i_id_shard ids[ARMALO_I_ID_SHARDS];
};

/* GRANTED and *now_ms, or the reason why there is no time. */
uint32_t armalo_i_host_now(const armalo_host *host, int64_t *now_ms);

/* A new id: four characters of kind ("req_", "evt_", "whs_"), then what no other id of this host has. Writes
 * ARMALO_I_ID_LEN bytes and a NUL. */
void armalo_i_host_id(const armalo_host *host, const char kind[4], char *out);

#endif
