/* SPDX-License-Identifier: MIT */
/* May the bearer of this token do this? */
#include "access/key_store.h"
#include "audit/event.h"
#include "codec/memory.h"
#include "codec/text.h"
#include "core/decide.h"

#define ARMALO_I_ACCESS_SCOPES_MAX 16
#define ARMALO_I_LEGACY_TOKEN_MAX  256

/* What is asked for must be said in full before anything is looked at. */
static uint32_t armalo_i_access_fault(const armalo_access *access) {
    int any_org = access->any_org == ARMALO_ANY_ORG, identity = access->identity_only == ARMALO_IDENTITY_ONLY;
    if (access->intent != ARMALO_READ && access->intent != ARMALO_MUTATION) return ARMALO_REASON_KEY_ACCESS_UNSPECIFIED;
    if (access->caller != ARMALO_CALLER_SERVER && access->caller != ARMALO_CALLER_BROWSER) {
        return ARMALO_REASON_KEY_ACCESS_UNSPECIFIED;
    }
    if ((access->org != NULL) == any_org || (access->any_org != 0 && !any_org))
        return ARMALO_REASON_KEY_ORG_UNSPECIFIED;
    if (access->org != NULL && !armalo_i_key_name_valid(access->org)) return ARMALO_REASON_KEY_ORG_UNSPECIFIED;
    if ((access->scopes != NULL) == identity || (access->identity_only != 0 && !identity)) {
        return ARMALO_REASON_KEY_SCOPE_UNSPECIFIED;
    }
    return identity && access->intent != ARMALO_READ ? ARMALO_REASON_KEY_SCOPE_UNSPECIFIED : ARMALO_REASON_GRANTED;
}

/* The written rule of environments: a key is for one mode; in any other a live key is worth nothing, and a test or sim
 * key is worth a simulation, but never in production. */
static uint32_t armalo_i_env_rule(int32_t env, int32_t mode, int32_t *at_most) {
    int home = (env == ARMALO_ENV_LIVE && mode == ARMALO_MODE_PRODUCTION) ||
               (env == ARMALO_ENV_TEST && mode == ARMALO_MODE_STAGING) ||
               (env == ARMALO_ENV_SIM && (mode == ARMALO_MODE_SIMULATION || mode == ARMALO_MODE_DRY_RUN));
    *at_most = home ? ARMALO_POSITIVE : ARMALO_SIMULATED;
    if (home) return ARMALO_REASON_GRANTED;
    if (env == ARMALO_ENV_LIVE) return ARMALO_REASON_KEY_ENVIRONMENT;
    return mode == ARMALO_MODE_PRODUCTION ? ARMALO_REASON_KEY_SIMULATED : ARMALO_REASON_GRANTED;
}

/* What is known of a key, wherever its record came from. */
typedef struct armalo_i_key_found {
    const char *id, *org;
    const armalo_scopes *scopes;
    int32_t env, use, kind;
    int64_t not_before_ms, expires_ms;
    int revoked;
} armalo_i_key_found;

/* Every scope that is needed. The first one that is missing is named to the operator. */
static uint32_t armalo_i_scopes_judge(const armalo_scopes *granted, const char *required, armalo_decision *why) {
    armalo_i_span list = armalo_i_span_text(required), scope, missing = {NULL, 0};
    size_t at = 0, count = 0;
    int more, wild;
    while ((more = armalo_i_scopes_next(list, &at, &scope)) == 1) {
        if (++count > ARMALO_I_ACCESS_SCOPES_MAX) return ARMALO_REASON_KEY_SCOPE_INVALID;
        if (armalo_scopes_allow(granted, scope.ptr, scope.len)) continue;
        if (!armalo_i_scope_valid(scope, &wild)) return ARMALO_REASON_KEY_SCOPE_INVALID;
        if (missing.len == 0) missing = scope;
    }
    if (more != 0 || count == 0) return ARMALO_REASON_KEY_SCOPE_INVALID;
    if (missing.len == 0) return ARMALO_REASON_GRANTED;
    char name[ARMALO_SCOPE_MAX + 1] = "";
    memcpy(name, missing.ptr, missing.len);
    armalo_i_decision_detail(why, name, NULL, NULL);
    return ARMALO_REASON_KEY_SCOPE_MISSING;
}

static uint32_t armalo_i_key_found_judge(const armalo_i_key_found *key, const armalo_access *access,
                                         armalo_decision *why, int32_t *at_most) {
    int64_t now_ms = why->decided_at_ms;
    memcpy(why->principal, key->id, strlen(key->id) + 1);
    memcpy(why->org, key->org, strlen(key->org) + 1);
    if (key->kind != ARMALO_I_DIGEST_HS256) why->labels |= ARMALO_LABEL_KEY_LEGACY;
    if (key->revoked) return ARMALO_REASON_KEY_REVOKED;
    if (key->expires_ms != 0 && now_ms >= key->expires_ms) return ARMALO_REASON_KEY_EXPIRED;
    if (key->not_before_ms != 0 && now_ms < key->not_before_ms) return ARMALO_REASON_KEY_NOT_YET_VALID;
    uint32_t reason = armalo_i_env_rule(key->env, why->mode, at_most);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    why->authenticated = 1;
    if (access->org != NULL && strcmp(access->org, key->org) != 0) return ARMALO_REASON_KEY_ORG_MISMATCH;
    if (access->caller == ARMALO_CALLER_BROWSER && (key->use != ARMALO_USE_ANY || access->intent == ARMALO_MUTATION)) {
        return ARMALO_REASON_KEY_BROWSER;
    }
    if (access->intent == ARMALO_MUTATION && key->use != ARMALO_USE_SERVER) return ARMALO_REASON_KEY_MUTATION;
    return access->scopes == NULL ? ARMALO_REASON_GRANTED : armalo_i_scopes_judge(key->scopes, access->scopes, why);
}

static uint32_t armalo_i_key_slot_judge(const armalo_i_key_snapshot *snapshot, armalo_i_key_slot *slot,
                                        const armalo_access *access, armalo_decision *why, int32_t *at_most) {
    armalo_i_key_found key = {slot->id,
                              snapshot->orgs.name[slot->org],
                              snapshot->sets.set[slot->scopes],
                              slot->env,
                              slot->use,
                              slot->kind,
                              slot->not_before_ms,
                              slot->expires_ms,
                              atomic_load_explicit(&slot->revoked, memory_order_acquire) != 0};
    return armalo_i_key_found_judge(&key, access, why, at_most);
}

/* Ask the host. What comes back is believed only under its seal, and only if it is the record that was asked for. */
static uint32_t armalo_i_key_lookup(armalo_keys *keys, int kind, const uint8_t digest[ARMALO_I_SHA256_SIZE],
                                    const armalo_access *access, armalo_decision *why, int32_t *at_most) {
    char text[ARMALO_I_SEAL_TEXT];
    size_t len = 0;
    armalo_i_digest_text(kind, digest, text);
    char *json = armalo_i_alloc(ARMALO_KEY_RECORD_SIZE);
    armalo_i_key_record *r = armalo_i_alloc(sizeof *r);
    armalo_scopes *scopes = NULL;
    uint32_t reason = ARMALO_REASON_NO_MEMORY;
    if (json == NULL || r == NULL) goto done;
    int answer = keys->lookup(keys->lookup_ctx, text, json, ARMALO_KEY_RECORD_SIZE, &len);
    reason = answer == 0 ? ARMALO_REASON_KEY_UNKNOWN : ARMALO_REASON_KEY_LOOKUP_UNAVAILABLE;
    if (answer != 1 || len > ARMALO_KEY_RECORD_SIZE) goto done;
    reason = armalo_i_key_record_open(keys->host, armalo_i_span_of(json, len), r);
    if (reason != ARMALO_REASON_GRANTED) goto done;
    reason = ARMALO_REASON_KEY_RECORD_ALTERED; /* sealed, but another key's */
    if (r->kind != kind || armalo_i_equal(r->digest_bytes, digest, ARMALO_I_SHA256_SIZE) != 1) goto done;
    reason = ARMALO_REASON_NO_MEMORY;
    scopes = armalo_scopes_new(r->scopes, r->scopes_len, NULL);
    if (scopes == NULL) goto done;
    _Atomic uint64_t *place = armalo_i_epoch_enter(&keys->epoch);
    int revoked = r->revoked_ms != 0 || armalo_i_key_is_revoked(atomic_load(&keys->revoked), r->id);
    armalo_i_epoch_leave(place);
    armalo_i_key_found key = {r->id, r->org, scopes, r->env, r->use, kind, r->not_before_ms, r->expires_ms, revoked};
    reason = armalo_i_key_found_judge(&key, access, why, at_most);
done:
    armalo_scopes_free(scopes);
    armalo_i_release(r);
    armalo_i_release(json);
    return reason;
}

/* A password key is named by its id; only then is the token held against its hash. That takes long, and a load or a
 * revocation must not wait for it: the hash is copied, and the key looked up once more when it is known to fit. */
static uint32_t armalo_i_key_password_judge(armalo_keys *keys, armalo_i_span token, const armalo_access *access,
                                            armalo_decision *why, int32_t *at_most) {
    const armalo_i_key_password *password = NULL;
    armalo_i_span id = armalo_i_span_text(access->key_id);
    char hash[ARMALO_I_DIGEST_TEXT] = "";
    int checked = 0;
    _Atomic uint64_t *place = armalo_i_epoch_enter(&keys->epoch);
    const armalo_i_key_snapshot *snapshot = atomic_load(&keys->snapshot);
    if (snapshot != NULL) (void)armalo_i_key_find_id(snapshot, id, &password);
    if (password != NULL) memcpy(hash, password->hash, sizeof hash);
    armalo_i_epoch_leave(place);
    if (password == NULL) return ARMALO_REASON_UNDECIDED; /* no such key: go on */
    int fits = armalo_i_argon2id_verify(hash, token.ptr, token.len, &checked);
    if (!checked) return ARMALO_REASON_CRYPTO_FAILED;
    if (!fits) return ARMALO_REASON_KEY_UNKNOWN;
    place = armalo_i_epoch_enter(&keys->epoch);
    snapshot = atomic_load(&keys->snapshot);
    armalo_i_key_slot *slot = armalo_i_key_find_id(snapshot, id, &password); /* there is a snapshot from the first on */
    uint32_t reason = slot == NULL || password == NULL || strcmp(password->hash, hash) != 0
                          ? ARMALO_REASON_KEY_UNKNOWN /* it was taken away meanwhile */
                          : armalo_i_key_slot_judge(snapshot, slot, access, why, at_most);
    armalo_i_epoch_leave(place);
    return reason;
}

/* What a token that was found nowhere would have to pass, so that it takes as long to refuse. */
static void armalo_i_key_miss(const armalo_i_key_snapshot *snapshot, const armalo_access *access,
                              armalo_decision *why) {
    armalo_decision scratch = *why;
    int32_t at_most;
    if (snapshot == NULL || snapshot->sets.count == 0) return;
    armalo_i_key_found key = {
        "", "", snapshot->sets.set[0], ARMALO_ENV_LIVE, ARMALO_USE_SERVER, ARMALO_I_DIGEST_HS256, 0, 0, 0};
    armalo_access all = *access;
    all.org = NULL;
    (void)armalo_i_key_found_judge(&key, &all, &scratch, &at_most);
}

static uint32_t armalo_i_key_in_snapshot(const armalo_i_key_snapshot *snapshot, int kind,
                                         const uint8_t digest[ARMALO_I_SHA256_SIZE], const armalo_access *access,
                                         armalo_decision *why, int32_t *at_most) {
    if (snapshot == NULL) return ARMALO_REASON_UNDECIDED;
    armalo_i_key_slot *slot = armalo_i_key_find(snapshot, digest, kind);
    return slot == NULL ? ARMALO_REASON_UNDECIDED : armalo_i_key_slot_judge(snapshot, slot, access, why, at_most);
}

/* Tokens of ours are known by their form and found by their keyed digest; any other text can only be a migrated key. */
static uint32_t armalo_i_token_digest_of(const armalo_keys *keys, armalo_i_span token, int *kind,
                                         uint8_t digest[ARMALO_I_SHA256_SIZE], uint32_t *not_found) {
    int32_t env;
    *kind = ARMALO_I_DIGEST_HS256;
    *not_found = ARMALO_REASON_KEY_UNKNOWN;
    if (token.len == 0 || token.len > ARMALO_I_LEGACY_TOKEN_MAX) return ARMALO_REASON_KEY_MALFORMED;
    if (armalo_i_token_form(token, &env)) {
        /* A typing error is refused before anything is looked up. */
        if (!armalo_i_token_checks(&keys->crc, token)) return ARMALO_REASON_KEY_CHECKSUM;
        armalo_i_token_digest(keys->host, token, digest);
        return ARMALO_REASON_GRANTED;
    }
    armalo_i_sha256 state;
    *kind = ARMALO_I_DIGEST_SHA256;
    *not_found = ARMALO_REASON_KEY_MALFORMED;
    armalo_i_sha256_begin(&state);
    armalo_i_sha256_add(&state, token.ptr, token.len);
    armalo_i_sha256_end(&state, digest);
    armalo_i_wipe(&state, sizeof state);
    return ARMALO_REASON_GRANTED;
}

uint32_t armalo_i_key_judge(armalo_keys *keys, const char *token, size_t len, const armalo_access *access,
                            armalo_decision *why, int32_t *at_most) {
    uint8_t digest[ARMALO_I_SHA256_SIZE];
    uint32_t not_found;
    int kind;
    *at_most = ARMALO_POSITIVE;
    uint32_t reason = armalo_i_access_fault(access);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    armalo_i_span text = armalo_i_span_of(token, len);
    reason = armalo_i_token_digest_of(keys, text, &kind, digest, &not_found);
    if (reason != ARMALO_REASON_GRANTED) return reason;

    if (access->key_id != NULL) {
        reason = armalo_i_key_password_judge(keys, text, access, why, at_most);
        if (reason != ARMALO_REASON_UNDECIDED) {
            armalo_i_wipe(digest, sizeof digest);
            return reason;
        }
    }
    _Atomic uint64_t *place = armalo_i_epoch_enter(&keys->epoch);
    const armalo_i_key_snapshot *snapshot = atomic_load(&keys->snapshot);
    int loaded = snapshot != NULL;
    reason = armalo_i_key_in_snapshot(snapshot, kind, digest, access, why, at_most);
    if (reason == ARMALO_REASON_UNDECIDED) armalo_i_key_miss(snapshot, access, why);
    armalo_i_epoch_leave(place); /* not held while the host's lookup runs: a load must not wait for a database */

    if (reason == ARMALO_REASON_UNDECIDED && keys->lookup != NULL) {
        reason = armalo_i_key_lookup(keys, kind, digest, access, why, at_most);
        if (reason == ARMALO_REASON_KEY_UNKNOWN) reason = not_found;
    } else if (reason == ARMALO_REASON_UNDECIDED) {
        reason = loaded ? not_found : ARMALO_REASON_KEY_STORE_MISSING;
    }
    armalo_i_wipe(digest, sizeof digest);
    return reason;
}

static void armalo_i_access_members(const armalo_access *access, char *buf, size_t cap) {
    armalo_i_writer w = {buf, cap - 1, 0};
    armalo_i_write_text(&w, ",\"control\":\"api_keys\",\"intent\":");
    armalo_i_write_text(&w, access->intent == ARMALO_MUTATION ? "\"mutation\"" : "\"read\"");
    armalo_i_write_text(&w, ",\"required\":[");
    armalo_i_span list = armalo_i_span_text(access->scopes == NULL ? "" : access->scopes), scope;
    size_t at = 0;
    for (int first = 1; armalo_i_scopes_next(list, &at, &scope) == 1; first = 0) {
        if (!first) armalo_i_write_raw(&w, ",", 1);
        armalo_i_write_string(&w, scope.ptr, scope.len);
    }
    armalo_i_write_raw(&w, "]", 1);
    buf[w.len < cap ? w.len : 0] = 0; /* a list that is too long was denied; its event goes without it */
}

int armalo_key_verify(armalo_keys *keys, const char *token, size_t len, const armalo_access *access,
                      armalo_decision *why) {
    armalo_decision unseen_why;
    char members[2048];
    int32_t at_most = ARMALO_UNAVAILABLE;
    if (why == NULL) why = &unseen_why;
    members[0] = 0;
    if (keys == NULL || access == NULL || access->struct_size != sizeof *access) {
        return armalo_i_refuse(why, ARMALO_REASON_INVALID_ARGUMENT, NULL);
    }
    armalo_i_span id = armalo_i_span_of(access->request_id, access->request_id_len);
    uint32_t reason = armalo_i_decision_begin(keys->host, why, id);
    if (token == NULL) reason = ARMALO_REASON_INVALID_ARGUMENT;
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_key_judge(keys, token, len, access, why, &at_most);
    if (keys->host->audit != NULL) armalo_i_access_members(access, members, sizeof members);
    const char *subject = why->principal[0] != 0 ? why->principal : "-";
    armalo_i_event event = {"key.verify", subject, members, access->intent == ARMALO_MUTATION};
    return armalo_i_conclude_at_most(keys->host, why, reason, &event, at_most);
}
