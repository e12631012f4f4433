/* SPDX-License-Identifier: MIT */
/* attest/trust.c: a set of trusted keys, made whole or not at all. */
#include "attest/trust.h"

#include "attest/times.h"
#include "codec/memory.h"
#include "codec/text.h"
#include "core/decide.h"

int armalo_i_attest_name(const char *text) {
    size_t len = 0;
    for (; text[len] != 0; len++) {
        if (text[len] <= ' ' || text[len] > '~' || len + 1 == ARMALO_ATTEST_NAME_SIZE) return 0;
    }
    return len > 0;
}

uint32_t armalo_i_key_reason(int status) {
    switch (status) {
    case ARMALO_I_KEY_OK:
        return ARMALO_REASON_GRANTED;
    case ARMALO_I_KEY_UNSUPPORTED:
        return ARMALO_REASON_TRUST_KEY_UNSUPPORTED;
    case ARMALO_I_KEY_WEAK:
        return ARMALO_REASON_TRUST_KEY_WEAK;
    case ARMALO_I_KEY_CHAIN:
        return ARMALO_REASON_TRUST_CHAIN_INVALID;
    case ARMALO_I_KEY_TOO_LONG:
        return ARMALO_REASON_TRUST_TOO_MANY;
    case ARMALO_I_KEY_NO_MEMORY:
        return ARMALO_REASON_NO_MEMORY;
    case ARMALO_I_KEY_FAILED:
        return ARMALO_REASON_CRYPTO_FAILED;
    default:
        return ARMALO_REASON_TRUST_MALFORMED;
    }
}

static int64_t armalo_i_later(int64_t a, int64_t b) { return a > b ? a : b; }

/* What looks like a thumbprint names the one key whose it is: whoever publishes a key could else give it the name of
 * another. */
static int armalo_i_like_thumbprint(const char *name) {
    uint8_t bytes[ARMALO_I_SHA256_SIZE];
    size_t len = 0;
    return armalo_i_base64url_decode(armalo_i_span_text(name), bytes, sizeof bytes, &len) && len == sizeof bytes;
}

static int armalo_i_name_revoked(const armalo_i_revocations *list, const char *owner, const char *name) {
    char method[2 * ARMALO_ATTEST_NAME_SIZE]; /* as a verification method: the owner, "#" and the name */
    armalo_i_writer w = {method, sizeof method, 0};
    if (name[0] == 0) return 0;
    if (armalo_i_revoked(list, armalo_i_span_text(name))) return 1;
    armalo_i_write_text(&w, owner);
    armalo_i_write_raw(&w, "#", 1);
    armalo_i_write_text(&w, name);
    return owner[0] != 0 && armalo_i_revoked(list, armalo_i_span_of(method, w.len));
}

int armalo_i_key_revoked(const armalo_i_revocations *list, const armalo_i_trust_key *key) {
    char did[sizeof ARMALO_I_DID_KEY + ARMALO_ATTEST_NAME_SIZE] = ARMALO_I_DID_KEY;
    if (armalo_i_name_revoked(list, key->owner, key->id) || armalo_i_name_revoked(list, key->owner, key->own_name) ||
        armalo_i_name_revoked(list, key->owner, key->thumbprint))
        return 1;
    if (!key->is_did_key) return 0;
    memcpy(did + sizeof ARMALO_I_DID_KEY - 1, key->own_name, strlen(key->own_name) + 1);
    return armalo_i_name_revoked(list, did, key->own_name) || armalo_i_revoked(list, armalo_i_span_text(did));
}

static int armalo_i_trust_grow(armalo_trust *trust) {
    if (trust->count < trust->cap) return 1;
    size_t cap = trust->cap == 0 ? 8 : trust->cap * 2;
    armalo_i_trust_key *grown = armalo_i_realloc(trust->keys, cap * sizeof *grown);
    if (grown == NULL) return 0;
    trust->keys = grown;
    trust->cap = cap;
    return 1;
}

uint32_t armalo_i_trust_add(armalo_trust *trust, const armalo_anchor *anchor, armalo_i_public_key *key,
                            const char *own_name, int64_t not_before_ms, int64_t expires_ms) {
    uint8_t thumbprint[ARMALO_I_SHA256_SIZE];
    uint32_t reason = ARMALO_REASON_GRANTED;
    armalo_i_trust_key *new_key = NULL;
    if (trust->count == ARMALO_TRUST_MAX_KEYS) {
        reason = ARMALO_REASON_TRUST_TOO_MANY;
    } else if (!armalo_i_trust_grow(trust)) {
        reason = ARMALO_REASON_NO_MEMORY;
    } else if (!armalo_i_public_thumbprint(key, thumbprint)) {
        reason = ARMALO_REASON_CRYPTO_FAILED;
    } else {
        new_key = &trust->keys[trust->count];
        memset(new_key, 0, sizeof *new_key);
        armalo_i_base64url_encode(thumbprint, sizeof thumbprint, new_key->thumbprint);
    }
    /* One key, one owner, one algorithm: what signs must be told apart from what else signs with it. */
    for (size_t i = 0; new_key != NULL && i < trust->count; i++) {
        if (strcmp(trust->keys[i].thumbprint, new_key->thumbprint) == 0) reason = ARMALO_REASON_TRUST_KEY_DUPLICATE;
    }
    if (reason != ARMALO_REASON_GRANTED) {
        armalo_i_public_end(key);
        return reason;
    }
    const char *id = anchor->key_id;
    if (id == NULL) id = own_name != NULL && !armalo_i_like_thumbprint(own_name) ? own_name : new_key->thumbprint;
    if (anchor->owner != NULL) memcpy(new_key->owner, anchor->owner, strlen(anchor->owner));
    memcpy(new_key->id, id, strlen(id));
    if (own_name != NULL) memcpy(new_key->own_name, own_name, strlen(own_name));
    new_key->not_before_ms = armalo_i_later(anchor->not_before_ms, not_before_ms);
    new_key->expires_ms = armalo_i_earlier_end(anchor->expires_ms, expires_ms);
    new_key->fetched_ms = anchor->fetched_ms;
    new_key->stale_ms = anchor->pinned == ARMALO_PINNED ? 0 : anchor->fetched_ms + anchor->max_age_ms;
    new_key->key = *key;
    memset(key, 0, sizeof *key);
    trust->count++;
    return ARMALO_REASON_GRANTED;
}

/* Not given, or a time that was meant: what lies before March 1973 is seconds that were taken for milliseconds. */
static int armalo_i_time_meant(int64_t ms) {
    return ms == 0 || (ms >= INT64_C(100000000000) && ms <= ARMALO_I_TIME_MAX_MS);
}

/* Everything that is trusted says how old it may grow. */
static uint32_t armalo_i_anchor_fault(const armalo_anchor *a) {
    if (a->data == NULL || a->len == 0 || (a->form != ARMALO_ANCHOR_TEXT && a->form != ARMALO_ANCHOR_ED25519) ||
        (a->rs256 != 0 && a->rs256 != 1) || a->reserved != 0 || (a->roots == NULL) != (a->roots_len == 0) ||
        !armalo_i_time_meant(a->not_before_ms) || !armalo_i_time_meant(a->expires_ms) ||
        !armalo_i_time_meant(a->fetched_ms) || a->max_age_ms < 0 || a->max_age_ms > ARMALO_I_TIME_MAX_MS ||
        (a->owner != NULL && !armalo_i_attest_name(a->owner)) ||
        (a->key_id != NULL && !armalo_i_attest_name(a->key_id)))
        return ARMALO_REASON_TRUST_MALFORMED;
    if (a->len > ARMALO_TRUST_MAX_SIZE || a->roots_len > ARMALO_TRUST_MAX_SIZE) return ARMALO_REASON_TRUST_TOO_MANY;
    int pinned = a->pinned == ARMALO_PINNED, bounded = a->fetched_ms > 0 && a->max_age_ms > 0;
    int said = a->fetched_ms != 0 || a->max_age_ms != 0;
    if ((a->pinned != 0 && !pinned) || pinned == said || (!pinned && !bounded)) return ARMALO_REASON_TRUST_UNBOUNDED;
    return ARMALO_REASON_GRANTED;
}

static uint32_t armalo_i_trust_read(armalo_trust *trust, const armalo_anchor *anchors, size_t count, size_t *at) {
    uint32_t reason = ARMALO_REASON_TRUST_EMPTY;
    for (*at = 0; *at < count; ++*at) {
        const armalo_anchor *anchor = &anchors[*at];
        size_t before = trust->count;
        reason = anchor->struct_size != sizeof *anchor ? ARMALO_REASON_INVALID_ARGUMENT : armalo_i_anchor_fault(anchor);
        if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_anchor_read(trust, anchor);
        if (reason == ARMALO_REASON_GRANTED && trust->count == before) reason = ARMALO_REASON_TRUST_EMPTY;
        if (reason != ARMALO_REASON_GRANTED) break;
    }
    return reason;
}

armalo_trust *armalo_trust_new(armalo_host *host, const armalo_anchor *anchors, size_t count, armalo_decision *why) {
    char number[21] = "";
    size_t at = 0;
    armalo_i_refuse(why, ARMALO_REASON_UNDECIDED, NULL);
    if (host == NULL || anchors == NULL || count == 0) {
        armalo_i_refuse(why, ARMALO_REASON_INVALID_ARGUMENT, NULL);
        return NULL;
    }
    armalo_trust *trust = armalo_i_alloc(sizeof *trust);
    if (trust == NULL) {
        armalo_i_refuse(why, ARMALO_REASON_NO_MEMORY, NULL);
        return NULL;
    }
    trust->host = host;
    armalo_i_epoch_init(&trust->epoch);
    atomic_init(&trust->lists, NULL);
    uint32_t reason =
        armalo_i_crypto_ready() ? armalo_i_trust_read(trust, anchors, count, &at) : ARMALO_REASON_CRYPTO_FAILED;
    if (reason == ARMALO_REASON_GRANTED) return trust;
    armalo_i_refuse(why, reason, NULL);
    armalo_i_decimal_text(at + 1, number);
    if (why != NULL) armalo_i_decision_detail(why, "anchor ", number, NULL);
    armalo_trust_free(trust);
    return NULL;
}

void armalo_trust_free(armalo_trust *trust) {
    if (trust == NULL) return;
    for (size_t i = 0; i < trust->count; i++) {
        armalo_i_public_end(&trust->keys[i].key);
        armalo_i_release(trust->keys[i].usage);
    }
    armalo_i_revocation_lists *lists = atomic_load(&trust->lists);
    for (size_t i = 0; lists != NULL && i < lists->count; i++) armalo_i_revocations_free(lists->list[i]);
    armalo_i_release(lists);
    armalo_i_release(trust->keys);
    armalo_i_release(trust);
}
