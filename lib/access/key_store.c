/* SPDX-License-Identifier: MIT */
/* The store of keys: loading, revoking in place, and what verification reads. */
#include "access/key_store.h"

#include "access/key_snapshot.h"
#include "audit/event.h"
#include "codec/memory.h"
#include "core/decide.h"

armalo_keys *armalo_keys_new(armalo_host *host, armalo_key_lookup_fn lookup, void *lookup_ctx, armalo_decision *why) {
    armalo_i_refuse(why, ARMALO_REASON_UNDECIDED, NULL);
    uint32_t reason = host == NULL ? ARMALO_REASON_INVALID_ARGUMENT : ARMALO_REASON_GRANTED;
    if (reason == ARMALO_REASON_GRANTED && !host->has_root_key) reason = ARMALO_REASON_HOST_ROOT_KEY_MISSING;
    armalo_keys *keys = reason == ARMALO_REASON_GRANTED ? armalo_i_alloc(sizeof *keys) : NULL;
    if (reason == ARMALO_REASON_GRANTED && keys == NULL) reason = ARMALO_REASON_NO_MEMORY;
    if (reason != ARMALO_REASON_GRANTED) {
        armalo_i_refuse(why, reason, NULL);
        return NULL;
    }
    keys->host = host;
    keys->lookup = lookup;
    keys->lookup_ctx = lookup_ctx;
    armalo_i_crc32_make(&keys->crc);
    armalo_i_epoch_init(&keys->epoch);
    atomic_init(&keys->snapshot, NULL);
    atomic_init(&keys->revoked, NULL);
    atomic_init(&keys->loads, 0);
    return keys;
}

void armalo_keys_free(armalo_keys *keys) {
    if (keys == NULL) return;
    armalo_i_key_snapshot_free(atomic_load(&keys->snapshot));
    armalo_i_release(atomic_load(&keys->revoked));
    armalo_i_release(keys);
}

const armalo_host *armalo_i_keys_host(const armalo_keys *keys) { return keys->host; }

int armalo_i_key_is_revoked(const armalo_i_key_revoked *revoked, const char *id) {
    if (revoked == NULL) return 0;
    size_t low = 0, high = revoked->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(id, revoked->id[middle]);
        if (order == 0) return 1;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return 0;
}

/* Keys that were revoked by call stay revoked in the new snapshot. Under the writer's lock, so none is missed. */
static void armalo_i_key_revoke_again(armalo_i_key_snapshot *snapshot, const armalo_i_key_revoked *revoked) {
    const armalo_i_key_password *password;
    for (size_t i = 0; revoked != NULL && i < revoked->count; i++) {
        armalo_i_key_slot *slot = armalo_i_key_find_id(snapshot, armalo_i_span_text(revoked->id[i]), &password);
        if (slot != NULL) atomic_store(&slot->revoked, 1);
    }
}

int armalo_keys_load(armalo_keys *keys, const char *text, size_t len, size_t *bad_line, armalo_decision *why) {
    armalo_decision unseen_why;
    armalo_i_key_snapshot *snapshot = NULL;
    size_t unseen_line = 0;
    char members[96];
    if (why == NULL) why = &unseen_why;
    if (bad_line == NULL) bad_line = &unseen_line;
    *bad_line = 0;
    if (keys == NULL || (text == NULL && len > 0)) return armalo_i_refuse(why, ARMALO_REASON_INVALID_ARGUMENT, NULL);
    uint64_t number = atomic_fetch_add(&keys->loads, 1) + 1;
    uint32_t reason = armalo_i_decision_begin(keys->host, why, armalo_i_span_of(NULL, 0));
    if (reason == ARMALO_REASON_GRANTED) {
        reason = armalo_i_key_snapshot_read(keys->host, armalo_i_span_of(text, len), &snapshot, bad_line);
    }
    armalo_i_writer w = {members, sizeof members - 1, 0};
    armalo_i_write_text(&w, ",\"control\":\"api_keys\",\"keys\":");
    armalo_i_write_int(&w, snapshot == NULL ? 0 : snapshot->count);
    armalo_i_write_text(&w, ",\"bad_line\":");
    armalo_i_write_int(&w, (int64_t)*bad_line);
    members[w.len] = 0;
    armalo_i_event event = {"key.loaded", "-", members, 1};
    int granted = armalo_i_conclude(keys->host, why, reason, &event);
    if (!granted) {
        armalo_i_key_snapshot_free(snapshot);
        return 0;
    }
    armalo_i_epoch_lock(&keys->epoch);
    armalo_i_key_snapshot *old = snapshot;
    /* Of loads at the same time the one that began last stays, or a slow one would bring back keys that are gone. */
    if (number > keys->loaded) {
        keys->loaded = number;
        armalo_i_key_revoke_again(snapshot, atomic_load(&keys->revoked));
        old = atomic_exchange(&keys->snapshot, snapshot);
        armalo_i_epoch_wait(&keys->epoch);
    }
    armalo_i_epoch_unlock(&keys->epoch);
    armalo_i_key_snapshot_free(old);
    return granted;
}

/* A list with one id more, in order; the same list where it is there already; NULL where there is no memory. */
static armalo_i_key_revoked *armalo_i_key_revoked_with(armalo_i_key_revoked *old, armalo_i_span id) {
    size_t count = old == NULL ? 0 : old->count, at = 0;
    char name[ARMALO_KEY_ID_MAX + 1] = "";
    memcpy(name, id.ptr, id.len);
    if (armalo_i_key_is_revoked(old, name)) return old;
    armalo_i_key_revoked *list = armalo_i_alloc(sizeof *list + (count + 1) * sizeof list->id[0]);
    if (list == NULL) return NULL;
    while (at < count && strcmp(old->id[at], name) < 0) at++;
    if (at > 0) memcpy(list->id, old->id, at * sizeof list->id[0]);
    memcpy(list->id[at], name, sizeof name);
    if (at < count) memcpy(list->id[at + 1], old->id[at], (count - at) * sizeof list->id[0]);
    list->count = count + 1;
    return list;
}

/* Revoke in the snapshot and remember it. Under the writer's lock. */
static uint32_t armalo_i_key_revoke_now(armalo_keys *keys, armalo_i_span id) {
    const armalo_i_key_password *password;
    armalo_i_key_snapshot *snapshot = atomic_load(&keys->snapshot);
    armalo_i_key_slot *slot = snapshot == NULL ? NULL : armalo_i_key_find_id(snapshot, id, &password);
    if (slot != NULL) atomic_store(&slot->revoked, 1); /* first: it must hold even if it cannot be remembered */
    armalo_i_key_revoked *old = atomic_load(&keys->revoked), *list = armalo_i_key_revoked_with(old, id);
    if (list == NULL) return ARMALO_REASON_NO_MEMORY;
    if (list != old) {
        atomic_store(&keys->revoked, list);
        armalo_i_epoch_wait(&keys->epoch);
        armalo_i_release(old);
    }
    return slot == NULL ? ARMALO_REASON_KEY_NOT_FOUND : ARMALO_REASON_GRANTED;
}

int armalo_keys_revoke(armalo_keys *keys, const char *id, size_t len, armalo_decision *why) {
    armalo_decision unseen_why;
    char name[ARMALO_KEY_ID_MAX + 1] = "";
    if (why == NULL) why = &unseen_why;
    if (keys == NULL || id == NULL || len == 0 || len > ARMALO_KEY_ID_MAX) {
        return armalo_i_refuse(why, ARMALO_REASON_INVALID_ARGUMENT, NULL);
    }
    memcpy(name, id, len);
    uint32_t reason = armalo_i_decision_begin(keys->host, why, armalo_i_span_of(NULL, 0));
    if (!armalo_i_key_name_valid(name) || strlen(name) != len) {
        return armalo_i_refuse(why, ARMALO_REASON_INVALID_ARGUMENT, "id");
    }
    memcpy(why->principal, name, sizeof why->principal);
    /* A revocation never waits for a clock, a mode or an audit sink: it only takes away. */
    armalo_i_epoch_lock(&keys->epoch);
    uint32_t revoked = armalo_i_key_revoke_now(keys, armalo_i_span_of(name, len));
    armalo_i_epoch_unlock(&keys->epoch);
    if (reason == ARMALO_REASON_GRANTED) reason = revoked;
    armalo_i_event event = {"key.revoked", name, ",\"control\":\"api_keys\"", 1};
    return armalo_i_conclude(keys->host, why, reason, &event);
}
