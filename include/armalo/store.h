/* SPDX-License-Identifier: MIT */
/* armalo/store.h: where a webhook receiver remembers which deliveries it has taken.
 *
 * A delivery is claimed under a lease before it is handed to the host, and settled afterwards. A host that dies in
 * between loses nothing: the lease lapses and the sender's next attempt is processed. What cannot be claimed is not
 * processed. Use the memory store (one process), armalo/sqlite.h (one machine, durable), or your own: fill in
 * armalo_store. */
#ifndef ARMALO_STORE_H
#define ARMALO_STORE_H

#include "armalo/decision.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Dispositions: what a store answers to a claim, and what a verified delivery carries. */
#define ARMALO_NO_DISPOSITION 0 /* not verified */
#define ARMALO_PROCESS        1 /* yours: process it, then settle it */
#define ARMALO_IN_PROGRESS    2 /* another caller holds the lease: do nothing, let the sender try again */
#define ARMALO_DUPLICATE      3 /* already settled as done: acknowledge, do nothing */
#define ARMALO_UNCHECKED      4 /* no store: nobody knows whether this was processed before */

/* Outcomes of a settlement. */
#define ARMALO_FAILED            0 /* give it back: the next attempt is processed */
#define ARMALO_DONE              1 /* never process it again */

#define ARMALO_DELIVERY_KEY_SIZE 32

/* One claim, as a store sees it. */
typedef struct armalo_claim {
    size_t struct_size;                    /* sizeof(armalo_claim) */
    uint8_t key[ARMALO_DELIVERY_KEY_SIZE]; /* identifies the delivery: a SHA-256 digest */
    int64_t now_ms;                        /* the host's clock */
    int64_t lease_until_ms;                /* the claim lapses at this time (a claim at exactly this time succeeds) */
    int64_t keep_until_ms;                 /* a settled delivery must be remembered until then */
} armalo_claim;

/* A store. Fill one in to use your own; every function may be called from any thread that verifies. */
typedef struct armalo_store {
    size_t struct_size; /* sizeof(armalo_store) */
    void *ctx;          /* passed to the functions; owned by the store */

    /* Claim claim->key, atomically against every other claim and settlement.
     * Returns: ARMALO_PROCESS (new, given back, or its lease ran out: now leased to this caller), ARMALO_IN_PROGRESS,
     *          ARMALO_DUPLICATE; anything else (ARMALO_UNCHECKED too) means the store could not tell, and the delivery
     *          is denied.
     * Out:     token: with ARMALO_PROCESS a number that no other claim of this key ever had or will have. */
    int32_t (*claim)(void *ctx, const armalo_claim *claim, uint64_t *token);

    /* Settle a claim. Only claim->key and claim->now_ms are meant, and keep_until_ms with ARMALO_DONE.
     * Returns: 1 if this token's claim is settled now; 0 if the claim is not (or no longer) this token's; anything else
     *          means the store could not tell. A lapsed lease that nobody has claimed since may still be settled.
     * Args:    outcome: ARMALO_DONE or ARMALO_FAILED. */
    int32_t (*settle)(void *ctx, const armalo_claim *claim, uint64_t token, int32_t outcome);

    /* Free the store and ctx; called by armalo_store_free(). NULL when the struct is the host's own and there is
     * nothing to free: armalo_store_free() then does nothing. */
    void (*release)(struct armalo_store *store);
} armalo_store;

/* A bounded delivery store in memory, for one process. It holds up to `capacity` deliveries that are not yet past their
 * keep_until_ms; when it is full a new claim is UNAVAILABLE (nothing is forgotten to make room, since forgetting is how
 * a replay gets in). About 80 bytes a delivery, allocated at once.
 * Returns: a store, to be ended with armalo_store_free(); NULL when refused.
 * Args:    capacity: 1 to ARMALO_MEMORY_STORE_MAX deliveries.
 * Out:     why: the reason of a refusal; grants nothing. NULL is allowed.
 * Reasons: core.invalid_argument, core.no_memory, core.crypto_failed.
 * Thread safety: the store can be used from any number of threads. */
ARMALO_API ARMALO_MUST_USE armalo_store *armalo_memory_store_new(size_t capacity, armalo_decision *why);
#define ARMALO_MEMORY_STORE_MAX ((size_t)1 << 26)

/* End a store. End the webhook handles that use it first.
 * Args:    store: a store; NULL is allowed and does nothing.
 * Thread safety: no other thread may use the store any more. */
ARMALO_API void armalo_store_free(armalo_store *store);

#ifdef __cplusplus
}
#endif
#endif
