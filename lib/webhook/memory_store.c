/* SPDX-License-Identifier: MIT */
/* The delivery store in memory: a hash table in shards, each an open-addressing table under a lock of its own.
 * A claim that finds its delivery settled or leased changes nothing, and takes no lock.
 *
 * Capacity. Up to two shards' worth of deliveries, there is one shard and the capacity is exact. Beyond that the keys
 * spread over shards of 4,096 to 8,191 deliveries on average, and each shard takes a sixth more than its average: 10.6
 * standard deviations, so that a shard which is full before the whole store holds its capacity has odds below 2^-50.
 * Shards of this size also bound how long a sweep can hold a lock.
 *
 * Forgetting. Nothing is dropped before its time: a slot is reusable when now >= keep_until, which is never before the
 * end of its lease. A shard is swept only when it is full and something in it may be past its time. A delivery that is
 * given back is removed at once, since "never seen" and "given back" are answered alike. */
#include "armalo/store.h"
#include "codec/memory.h"
#include "core/decide.h"
#include "crypto/crypto.h"

#include <stdatomic.h>
#include <string.h>

#if defined(__unix__) || defined(__APPLE__)
#include <sched.h>
#define ARMALO_I_STORE_YIELD() (void)sched_yield()
#else
#define ARMALO_I_STORE_YIELD() (void)0
#endif

#define ARMALO_I_STORE_UNAVAILABLE (-1) /* no disposition and no outcome of a settlement */
#define ARMALO_I_STORE_SHARD       4096u
#define ARMALO_I_STORE_SPINS       100u

/* What a slot's token says when it is not the token of a claim. */
#define ARMALO_I_SLOT_FREE UINT64_C(0)
#define ARMALO_I_SLOT_DONE UINT64_C(1)

#define ARMALO_I_KEY_WORDS (ARMALO_DELIVERY_KEY_SIZE / sizeof(uint64_t))

/* Slots are read without the lock, so they hold atomics. Loads acquire and stores release: a reader that sees anything
 * of a change sees the odd turn before it too. Zeroed memory is a slot that is free. */
typedef struct armalo_i_slot {
    _Atomic uint64_t key[ARMALO_I_KEY_WORDS];
    _Atomic uint64_t token;
    _Atomic int64_t lease_until_ms;
    _Atomic int64_t keep_until_ms; /* reusable at this time, done or not */
} armalo_i_slot;

#define ARMALO_I_LOAD(member)         atomic_load_explicit(&(member), memory_order_acquire)
#define ARMALO_I_STORE(member, value) atomic_store_explicit(&(member), (value), memory_order_release)

typedef struct armalo_i_shard {
    _Atomic uint64_t turn; /* odd while a thread holds the lock; another number after each change */
    uint32_t used;         /* slots that are not free */
    uint64_t last_token;   /* counts up from a random number: no token is given out twice, whatever is forgotten */
    int64_t earliest_ms;   /* no slot is reusable before this time */
    armalo_i_slot *slots;
} armalo_i_shard;

typedef struct armalo_i_memory_store {
    armalo_store store;
    uint64_t factor;
    uint32_t shards;
    uint32_t limit; /* deliveries that a shard may hold, less than its slots, so that every probe meets a free one */
    uint32_t slots; /* of a shard */
    armalo_i_shard shard[];
} armalo_i_memory_store;

/* A key on its way to its place. */
typedef struct armalo_i_sought {
    uint64_t key[ARMALO_I_KEY_WORDS];
    uint32_t shard;
    uint32_t home;
} armalo_i_sought;

/* Multiply-shift hashing by a random odd factor: whoever can choose deliveries, and so some of the bits of their
 * digests, still cannot crowd them into one place. The high bits are the good ones, and only those are used. */
static inline void armalo_i_store_place(const armalo_i_memory_store *memory, armalo_i_sought *sought) {
    const uint64_t *key = sought->key;
    uint64_t hash = (key[0] ^ key[1] ^ key[2] ^ key[3]) * memory->factor >> 32;
    uint64_t spread = hash * memory->shards;
    sought->shard = (uint32_t)(spread >> 32);
    sought->home = (uint32_t)(((spread & UINT32_MAX) * memory->slots) >> 32);
}

static inline armalo_i_sought armalo_i_store_seek(const armalo_i_memory_store *memory, const uint8_t *key) {
    armalo_i_sought sought;
    for (size_t i = 0; i < ARMALO_I_KEY_WORDS; i++)
        memcpy(&sought.key[i], key + i * sizeof sought.key[i], sizeof sought.key[i]);
    armalo_i_store_place(memory, &sought);
    return sought;
}

static inline uint32_t armalo_i_store_next(const armalo_i_memory_store *memory, uint32_t at) {
    return at + 1 == memory->slots ? 0 : at + 1;
}

static inline int armalo_i_slot_holds(armalo_i_slot *slot, const uint64_t *key) {
    return ARMALO_I_LOAD(slot->key[0]) == key[0] && ARMALO_I_LOAD(slot->key[1]) == key[1] &&
           ARMALO_I_LOAD(slot->key[2]) == key[2] && ARMALO_I_LOAD(slot->key[3]) == key[3];
}

/* The slot of the key, or the free one where it would go. To a reader without the lock a change can look like a table
 * with no end; it gives up in its second round. */
static inline armalo_i_slot *armalo_i_store_find(const armalo_i_memory_store *memory, armalo_i_slot *slots,
                                                 const armalo_i_sought *sought) {
    armalo_i_slot *slot = slots + sought->home, *end = slots + memory->slots;
    int rounds = 0;
    while (ARMALO_I_LOAD(slot->token) != ARMALO_I_SLOT_FREE && !armalo_i_slot_holds(slot, sought->key)) {
        if (++slot != end) continue;
        slot = slots;
        if (rounds++ > 0) break;
    }
    return slot;
}

/* What a slot says to a claim: ARMALO_PROCESS when it is free or may be taken over. */
static inline int32_t armalo_i_slot_disposition(armalo_i_slot *slot, int64_t now_ms) {
    uint64_t token = ARMALO_I_LOAD(slot->token);
    if (token == ARMALO_I_SLOT_FREE) return ARMALO_PROCESS;
    if (token == ARMALO_I_SLOT_DONE)
        return now_ms < ARMALO_I_LOAD(slot->keep_until_ms) ? ARMALO_DUPLICATE : ARMALO_PROCESS;
    return now_ms < ARMALO_I_LOAD(slot->lease_until_ms) ? ARMALO_IN_PROGRESS : ARMALO_PROCESS;
}

/* Take the lock if the shard is still as it was at that turn. */
static int armalo_i_store_lock_at(armalo_i_shard *shard, uint64_t turn) {
    return turn % 2 == 0 && atomic_compare_exchange_strong_explicit(&shard->turn, &turn, turn + 1, memory_order_acquire,
                                                                    memory_order_relaxed);
}

static void armalo_i_store_lock(armalo_i_shard *shard) {
    for (uint32_t spins = 0; !armalo_i_store_lock_at(shard, ARMALO_I_LOAD(shard->turn)); spins++)
        if (spins >= ARMALO_I_STORE_SPINS) ARMALO_I_STORE_YIELD(); /* the holder may have been preempted */
}

static void armalo_i_store_unlock(armalo_i_shard *shard) {
    ARMALO_I_STORE(shard->turn, ARMALO_I_LOAD(shard->turn) + 1);
}

static void armalo_i_slot_move(armalo_i_slot *to, armalo_i_slot *from) {
    for (size_t i = 0; i < ARMALO_I_KEY_WORDS; i++) ARMALO_I_STORE(to->key[i], ARMALO_I_LOAD(from->key[i]));
    ARMALO_I_STORE(to->lease_until_ms, ARMALO_I_LOAD(from->lease_until_ms));
    ARMALO_I_STORE(to->keep_until_ms, ARMALO_I_LOAD(from->keep_until_ms));
    ARMALO_I_STORE(to->token, ARMALO_I_LOAD(from->token));
}

/* Free a slot and move back what had to go past it, so that no probe ends too early. */
static void armalo_i_store_remove(const armalo_i_memory_store *memory, armalo_i_shard *shard, uint32_t hole) {
    armalo_i_slot *slots = shard->slots;
    for (uint32_t at = armalo_i_store_next(memory, hole); ARMALO_I_LOAD(slots[at].token) != ARMALO_I_SLOT_FREE;
         at = armalo_i_store_next(memory, at)) {
        armalo_i_sought moved;
        for (size_t i = 0; i < ARMALO_I_KEY_WORDS; i++) moved.key[i] = ARMALO_I_LOAD(slots[at].key[i]);
        armalo_i_store_place(memory, &moved);
        /* It stays if its home lies in (hole, at], counted round the end of the table. */
        int after_hole = hole < moved.home, up_to_at = moved.home <= at;
        if (hole < at ? after_hole && up_to_at : after_hole || up_to_at) continue;
        armalo_i_slot_move(&slots[hole], &slots[at]);
        hole = at;
    }
    ARMALO_I_STORE(slots[hole].token, ARMALO_I_SLOT_FREE);
    shard->used--;
}

static void armalo_i_store_sweep(const armalo_i_memory_store *memory, armalo_i_shard *shard, int64_t now_ms) {
    int64_t earliest_ms = INT64_MAX;
    for (uint32_t at = 0; at < memory->slots; at++) {
        armalo_i_slot *slot = &shard->slots[at];
        while (ARMALO_I_LOAD(slot->token) != ARMALO_I_SLOT_FREE) {
            int64_t keep_until_ms = ARMALO_I_LOAD(slot->keep_until_ms);
            if (now_ms < keep_until_ms) {
                if (keep_until_ms < earliest_ms) earliest_ms = keep_until_ms;
                break;
            }
            /* What moves into the hole comes from further on, or was looked at already: no slot is missed. */
            armalo_i_store_remove(memory, shard, at);
        }
    }
    shard->earliest_ms = earliest_ms;
}

/* Lease a slot that is free or may be taken over. The lock is held. */
static int32_t armalo_i_store_take(const armalo_i_memory_store *memory, armalo_i_shard *shard, armalo_i_slot *slot,
                                   const armalo_i_sought *sought, const armalo_claim *claim, uint64_t *token) {
    if (ARMALO_I_LOAD(slot->token) == ARMALO_I_SLOT_FREE) {
        if (shard->used >= memory->limit && claim->now_ms >= shard->earliest_ms) {
            armalo_i_store_sweep(memory, shard, claim->now_ms);
            slot = armalo_i_store_find(memory, shard->slots, sought);
        }
        if (shard->used >= memory->limit) return ARMALO_I_STORE_UNAVAILABLE;
        for (size_t i = 0; i < ARMALO_I_KEY_WORDS; i++) ARMALO_I_STORE(slot->key[i], sought->key[i]);
        shard->used++;
    }
    int64_t lease_ms = claim->lease_until_ms;
    int64_t keep_ms = claim->keep_until_ms > lease_ms ? claim->keep_until_ms : lease_ms;
    ARMALO_I_STORE(slot->lease_until_ms, lease_ms);
    ARMALO_I_STORE(slot->keep_until_ms, keep_ms);
    ARMALO_I_STORE(slot->token, ++shard->last_token);
    if (keep_ms < shard->earliest_ms) shard->earliest_ms = keep_ms;
    *token = shard->last_token;
    return ARMALO_PROCESS;
}

/* The claim that changes something, or could not look in peace: slot is what it found at that turn. */
static int32_t armalo_i_store_claim_locked(armalo_i_memory_store *memory, const armalo_claim *claim,
                                           armalo_i_slot *slot, uint64_t turn, uint64_t *token) {
    armalo_i_sought sought = armalo_i_store_seek(memory, claim->key);
    armalo_i_shard *shard = &memory->shard[sought.shard];
    if (!armalo_i_store_lock_at(shard, turn)) {
        armalo_i_store_lock(shard);
        slot = armalo_i_store_find(memory, shard->slots, &sought);
    }
    int32_t disposition = armalo_i_slot_disposition(slot, claim->now_ms);
    if (disposition == ARMALO_PROCESS) disposition = armalo_i_store_take(memory, shard, slot, &sought, claim, token);
    armalo_i_store_unlock(shard);
    return disposition;
}

static int32_t armalo_i_store_claim(void *ctx, const armalo_claim *claim, uint64_t *token) {
    armalo_i_memory_store *memory = ctx;
    if (memory == NULL || claim == NULL || claim->struct_size != sizeof *claim || token == NULL)
        return ARMALO_I_STORE_UNAVAILABLE;
    /* What is found without the lock counts only if the shard is still at the same turn afterwards. */
    armalo_i_sought sought = armalo_i_store_seek(memory, claim->key);
    armalo_i_shard *shard = &memory->shard[sought.shard];
    uint64_t turn = ARMALO_I_LOAD(shard->turn);
    armalo_i_slot *slot = armalo_i_store_find(memory, shard->slots, &sought);
    int32_t disposition = armalo_i_slot_disposition(slot, claim->now_ms);
    if (disposition != ARMALO_PROCESS && turn % 2 == 0 && ARMALO_I_LOAD(shard->turn) == turn) return disposition;
    return armalo_i_store_claim_locked(memory, claim, slot, turn, token);
}

static int32_t armalo_i_store_settle(void *ctx, const armalo_claim *claim, uint64_t token, int32_t outcome) {
    armalo_i_memory_store *memory = ctx;
    if (memory == NULL || claim == NULL || claim->struct_size != sizeof *claim) return ARMALO_I_STORE_UNAVAILABLE;
    if (token == ARMALO_I_SLOT_FREE || token == ARMALO_I_SLOT_DONE) return 0; /* never given out */
    armalo_i_sought sought = armalo_i_store_seek(memory, claim->key);
    armalo_i_shard *shard = &memory->shard[sought.shard];
    armalo_i_store_lock(shard);
    armalo_i_slot *slot = armalo_i_store_find(memory, shard->slots, &sought);
    int mine = ARMALO_I_LOAD(slot->token) == token;
    if (mine && outcome == ARMALO_DONE) {
        /* The longer promise holds, so that a clock that went back in between cannot shorten it. */
        if (claim->keep_until_ms > ARMALO_I_LOAD(slot->keep_until_ms))
            ARMALO_I_STORE(slot->keep_until_ms, claim->keep_until_ms);
        ARMALO_I_STORE(slot->token, ARMALO_I_SLOT_DONE);
    } else if (mine) {
        armalo_i_store_remove(memory, shard, (uint32_t)(slot - shard->slots));
    }
    armalo_i_store_unlock(shard);
    return mine;
}

static void armalo_i_store_release(armalo_store *store) { armalo_i_release(store->ctx); }

/* The sizes of a store; 0 when size_t cannot hold it. */
static size_t armalo_i_store_size(armalo_i_memory_store *sizes, size_t capacity) {
    uint32_t wanted = (uint32_t)capacity;
    sizes->shards = wanted < 2 * ARMALO_I_STORE_SHARD ? 1 : wanted / ARMALO_I_STORE_SHARD;
    uint32_t average = (wanted + sizes->shards - 1) / sizes->shards;
    sizes->limit = sizes->shards == 1 ? average : average + average / 6;
    sizes->slots = sizes->limit + sizes->limit / 4 + 1; /* at most four fifths full */
    uint64_t size = sizeof *sizes + (uint64_t)sizes->shards * sizeof(armalo_i_shard) +
                    (uint64_t)sizes->shards * sizes->slots * sizeof(armalo_i_slot);
    return size <= SIZE_MAX ? (size_t)size : 0;
}

armalo_store *armalo_memory_store_new(size_t capacity, armalo_decision *why) {
    armalo_i_refuse(why, ARMALO_REASON_UNDECIDED, NULL);
    if (capacity == 0 || capacity > ARMALO_MEMORY_STORE_MAX) {
        armalo_i_refuse(why, ARMALO_REASON_INVALID_ARGUMENT, "capacity");
        return NULL;
    }
    armalo_i_memory_store sizes;
    memset(&sizes, 0, sizeof sizes);
    size_t size = armalo_i_store_size(&sizes, capacity);
    armalo_i_memory_store *memory = armalo_i_alloc(size);
    if (memory == NULL) {
        armalo_i_refuse(why, ARMALO_REASON_NO_MEMORY, NULL);
        return NULL;
    }
    *memory = sizes;
    int random = armalo_i_random(&memory->factor, sizeof memory->factor);
    memory->factor |= 1;
    armalo_i_slot *slots = (armalo_i_slot *)(void *)&memory->shard[memory->shards];
    for (uint32_t i = 0; random && i < memory->shards; i++) {
        armalo_i_shard *shard = &memory->shard[i];
        random = armalo_i_random(&shard->last_token, sizeof shard->last_token);
        shard->last_token =
            (shard->last_token >> 1) + ARMALO_I_SLOT_DONE; /* half the numbers are left to count through */
        shard->earliest_ms = INT64_MAX;
        shard->slots = slots + (size_t)i * memory->slots;
        atomic_init(&shard->turn, 0);
    }
    if (!random) {
        armalo_i_release(memory);
        armalo_i_refuse(why, ARMALO_REASON_CRYPTO_FAILED, NULL);
        return NULL;
    }
    memory->store.struct_size = sizeof memory->store;
    memory->store.ctx = memory;
    memory->store.claim = armalo_i_store_claim;
    memory->store.settle = armalo_i_store_settle;
    memory->store.release = armalo_i_store_release;
    return &memory->store;
}
