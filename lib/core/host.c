/* SPDX-License-Identifier: MIT */
#include "core/host.h"

#include "codec/memory.h"
#include "codec/text.h"
#include "core/decide.h"
#include "crypto/crypto.h"

/* Contexts and numbers of the sub-keys (libsodium crypto_kdf). Never change or reuse one. */
#define ARMALO_I_KDF_CONTEXT     "armalo_1"
#define ARMALO_I_KDF_PEPPER      1
#define ARMALO_I_KDF_RECORD_SEAL 2
#define ARMALO_I_KDF_SECRET_SEAL 3

static int armalo_i_hmac_subkey(const uint8_t *root_key, uint64_t number, armalo_i_hmac_key *key) {
    uint8_t bytes[32];
    int made = armalo_i_kdf(root_key, number, ARMALO_I_KDF_CONTEXT, bytes);
    if (made) armalo_i_hmac_key_make(key, bytes, sizeof bytes);
    armalo_i_wipe(bytes, sizeof bytes);
    return made;
}

static int armalo_i_root_key_usable(const uint8_t *key, size_t len) {
    if (len != ARMALO_ROOT_KEY_SIZE) return 0;
    uint8_t differs = 0;
    for (size_t i = 1; i < len; i++) differs |= (uint8_t)(key[i] ^ key[0]);
    return differs != 0; /* a zeroed or otherwise unfilled buffer is no key */
}

static int armalo_i_source_usable(const char *source, size_t cap, size_t *len) {
    for (size_t i = 0; i < cap; i++) {
        unsigned char c = (unsigned char)source[i];
        if (c == 0) {
            *len = i;
            return i > 0;
        }
        if (c <= ' ' || c > '~') return 0;
    }
    return 0;
}

armalo_host *armalo_host_new(const armalo_host_config *config, armalo_decision *why) {
    armalo_i_refuse(why, ARMALO_REASON_UNDECIDED, NULL);
    if (config == NULL || config->struct_size != sizeof *config) {
        armalo_i_refuse(why, ARMALO_REASON_INVALID_ARGUMENT, config == NULL ? "config is NULL" : "config.struct_size");
        return NULL;
    }
    const char *source = config->source != NULL ? config->source : "urn:armalo:host";
    size_t source_len = 0;
    const char *fault = NULL;
    if (config->mode < ARMALO_MODE_UNSET || config->mode > ARMALO_MODE_DRY_RUN) fault = "mode";
    if (config->audit_off != 0 && config->audit_off != ARMALO_AUDIT_OFF) fault = "audit_off";
    if (config->audit_off != 0 && config->audit != NULL) fault = "audit_off, though there is a sink";
    if (config->clock_floor_ms < 0 || config->clock_floor_ms > ARMALO_I_TIME_MAX_MS) fault = "clock_floor_ms";
    if (!armalo_i_source_usable(source, sizeof((armalo_host *)0)->source, &source_len)) fault = "source";
    if (fault != NULL) {
        armalo_i_refuse(why, ARMALO_REASON_HOST_CONFIG_INVALID, fault);
        return NULL;
    }
    int has_key = config->root_key != NULL;
    if (has_key ? !armalo_i_root_key_usable(config->root_key, config->root_key_len) : config->root_key_len != 0) {
        armalo_i_refuse(why, ARMALO_REASON_HOST_ROOT_KEY_INVALID, NULL);
        return NULL;
    }
    armalo_host *host = armalo_i_alloc(sizeof *host);
    if (host == NULL) {
        armalo_i_refuse(why, ARMALO_REASON_NO_MEMORY, NULL);
        return NULL;
    }
    host->mode = config->mode;
    host->audit_off = config->audit_off == ARMALO_AUDIT_OFF;
    host->now_ms = config->now_ms;
    host->clock_ctx = config->clock_ctx;
    host->audit = config->audit;
    host->audit_ctx = config->audit_ctx;
    host->clock_floor_ms = config->clock_floor_ms;
    memcpy(host->source, source, source_len + 1);
    for (size_t i = 0; i < ARMALO_I_ID_SHARDS; i++) atomic_init(&host->ids[i].next, 0);
    uint8_t random[8];
    char hex[17];
    int ready = armalo_i_crypto_ready() && armalo_i_random(random, sizeof random);
    if (ready && has_key) {
        host->has_root_key = 1;
        ready = armalo_i_kdf(config->root_key, ARMALO_I_KDF_SECRET_SEAL, ARMALO_I_KDF_CONTEXT, host->secret_seal_key) &&
                armalo_i_hmac_subkey(config->root_key, ARMALO_I_KDF_PEPPER, &host->pepper) &&
                armalo_i_hmac_subkey(config->root_key, ARMALO_I_KDF_RECORD_SEAL, &host->record_seal);
    }
    if (!ready) {
        armalo_host_free(host);
        armalo_i_refuse(why, ARMALO_REASON_CRYPTO_FAILED, NULL);
        return NULL;
    }
    armalo_i_hex_encode(random, sizeof random, hex);
    memcpy(host->id_prefix, hex, sizeof host->id_prefix);
    return host;
}

void armalo_host_free(armalo_host *host) {
    if (host == NULL) return;
    armalo_i_wipe(host, sizeof *host);
    armalo_i_release(host);
}

uint32_t armalo_i_host_now(const armalo_host *host, int64_t *now_ms) {
    *now_ms = 0;
    if (host->now_ms == NULL) return ARMALO_REASON_HOST_CLOCK_MISSING;
    int64_t now = host->now_ms(host->clock_ctx);
    if (now <= 0 || now > ARMALO_I_TIME_MAX_MS) return ARMALO_REASON_HOST_CLOCK_UNAVAILABLE;
    *now_ms = now;
    return now < host->clock_floor_ms ? ARMALO_REASON_HOST_CLOCK_BEHIND : ARMALO_REASON_GRANTED;
}

/* Eight hex digits at once, the lowest first: spread the nibbles to bytes, then add '0', and 39 more where a nibble is
 * above 9. */
static inline void armalo_i_hex8(uint64_t x, char *out) {
    const uint64_t ones = UINT64_C(0x0101010101010101);
    x = (x | x << 16) & UINT64_C(0x0000ffff0000ffff);
    x = (x | x << 8) & UINT64_C(0x00ff00ff00ff00ff);
    x = (x | x << 4) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    x += ones * '0' + ((x + ones * 6) >> 4 & ones) * ('a' - '0' - 10);
    memcpy(out, &x, 8); /* on a big-endian machine the highest first; an id has no order */
}

void armalo_i_host_id(const armalo_host *host, const char kind[4], char *out) {
    /* Threads have stacks of their own, so the page of a local variable tells them apart well enough to spread the
     * counters. The id is unique whichever shard is taken. */
    uint64_t page = (uint64_t)(uintptr_t)&page >> 12;
    uint64_t shard = (page * UINT64_C(0x9E3779B97F4A7C15)) >> 59;
    /* The handle is const to its users; the counters are its only moving part. */
    armalo_i_id_shard *slot = (armalo_i_id_shard *)(uintptr_t)&host->ids[shard];
    uint64_t number =
        shard << 56 | (atomic_fetch_add_explicit(&slot->next, 1, memory_order_relaxed) & (UINT64_MAX >> 8));
    memcpy(out, kind, 4);
    memcpy(out + 4, host->id_prefix, 16);
    armalo_i_hex8(number & UINT32_MAX, out + 20);
    armalo_i_hex8(number >> 32, out + 28);
    out[ARMALO_I_ID_LEN] = 0;
}

_Static_assert(ARMALO_I_ID_SHARDS == 32, "five bits pick a shard");
_Static_assert(ARMALO_I_ID_LEN < ARMALO_REQUEST_ID_SIZE, "an id fits into a decision");
