/* SPDX-License-Identifier: MIT */
#include "access/key_snapshot.h"

#include "codec/memory.h"
#include "core/decide.h"

static uint64_t armalo_i_key_hash(const void *bytes, size_t len) {
    const unsigned char *p = bytes;
    uint64_t hash = len, word;
    for (; len >= 8; len -= 8, p += 8) {
        memcpy(&word, p, 8);
        hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 32;
    }
    for (word = 0; len > 0; len--) word = word << 8 | p[len - 1];
    hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 32;
}

/* Digests are uniform, so a few bytes of one are a good hash of it. */
static uint32_t armalo_i_key_home(const uint8_t digest[ARMALO_I_SHA256_SIZE]) {
    uint32_t home;
    memcpy(&home, digest + 8, sizeof home);
    return home;
}

armalo_i_key_slot *armalo_i_key_find(const armalo_i_key_snapshot *snapshot, const uint8_t digest[ARMALO_I_SHA256_SIZE],
                                     int kind) {
    for (uint32_t at = armalo_i_key_home(digest) & snapshot->mask;; at = (at + 1) & snapshot->mask) {
        armalo_i_key_slot *slot = &snapshot->slots[at];
        if (!slot->used) return NULL;
        if (slot->kind == kind && armalo_i_equal(slot->digest, digest, ARMALO_I_SHA256_SIZE)) return slot;
    }
}

static armalo_i_key_slot *armalo_i_key_place(const armalo_i_key_snapshot *snapshot, uint32_t place) {
    return place <= snapshot->mask ? &snapshot->slots[place] : &snapshot->passwords[place - snapshot->mask - 1].slot;
}

armalo_i_key_slot *armalo_i_key_find_id(const armalo_i_key_snapshot *snapshot, armalo_i_span id,
                                        const armalo_i_key_password **password) {
    *password = NULL;
    for (uint32_t at = (uint32_t)armalo_i_key_hash(id.ptr, id.len);; at++) {
        uint32_t place = snapshot->by_id[at & snapshot->mask];
        if (place == 0) return NULL;
        armalo_i_key_slot *slot = armalo_i_key_place(snapshot, place - 1);
        if (!armalo_i_span_equal(armalo_i_span_text(slot->id), id)) continue;
        if (place - 1 > snapshot->mask) *password = &snapshot->passwords[place - 1 - snapshot->mask - 1];
        return slot;
    }
}

/* ---- Shared texts. Each table doubles when it is half full. */
static int armalo_i_key_grow_index(uint32_t **index, uint32_t *mask, uint32_t count) {
    if (*index != NULL && 2 * count <= *mask) return 1;
    uint32_t size = *index == NULL ? 64 : 2 * (*mask + 1);
    uint32_t *grown = armalo_i_alloc(size * sizeof *grown);
    if (grown == NULL) return 0;
    armalo_i_release(*index);
    *index = grown;
    *mask = size - 1;
    return 2; /* to be filled again */
}

static int armalo_i_key_org(armalo_i_key_orgs *orgs, const char *name, uint32_t *number) {
    size_t len = strlen(name);
    int grown = armalo_i_key_grow_index(&orgs->index, &orgs->mask, orgs->count);
    if (grown == 0) return 0;
    for (uint32_t i = 0; grown == 2 && i < orgs->count; i++) {
        uint32_t at = (uint32_t)armalo_i_key_hash(orgs->name[i], strlen(orgs->name[i]));
        while (orgs->index[at & orgs->mask] != 0) at++;
        orgs->index[at & orgs->mask] = i + 1;
    }
    uint32_t at = (uint32_t)armalo_i_key_hash(name, len);
    for (; orgs->index[at & orgs->mask] != 0; at++) {
        *number = orgs->index[at & orgs->mask] - 1;
        if (strcmp(orgs->name[*number], name) == 0) return 1;
    }
    if (orgs->count == orgs->cap) {
        uint32_t cap = orgs->cap == 0 ? 32 : 2 * orgs->cap;
        char(*names)[ARMALO_KEY_ID_MAX + 1] = armalo_i_realloc(orgs->name, cap * sizeof *names);
        if (names == NULL) return 0;
        orgs->name = names;
        orgs->cap = cap;
    }
    *number = orgs->count;
    memcpy(orgs->name[orgs->count++], name, len + 1);
    orgs->index[at & orgs->mask] = orgs->count;
    return 1;
}

static int armalo_i_key_sets_room(armalo_i_key_sets *sets) {
    if (sets->count < sets->cap) return 1;
    uint32_t cap = sets->cap == 0 ? 32 : 2 * sets->cap;
    armalo_scopes **set = armalo_i_realloc(sets->set, cap * sizeof *set);
    if (set == NULL) return 0;
    sets->set = set;
    uint64_t *hash = armalo_i_realloc(sets->hash, cap * sizeof *hash);
    if (hash == NULL) return 0;
    sets->hash = hash;
    sets->cap = cap;
    return 1;
}

/* Sets are told apart by their canonical text. */
static int armalo_i_key_set_is(const armalo_scopes *a, const armalo_scopes *b) {
    return armalo_scopes_subset(a, b) && armalo_scopes_subset(b, a);
}

static int armalo_i_key_set(armalo_i_key_sets *sets, const armalo_i_key_record *r, uint32_t *number) {
    /* The hash is over the text as it stands: another order of the same scopes only costs another set. */
    uint64_t hash = armalo_i_key_hash(r->scopes, r->scopes_len);
    armalo_scopes *set = NULL;
    int grown = armalo_i_key_grow_index(&sets->index, &sets->mask, sets->count);
    if (grown == 0) return 0;
    for (uint32_t i = 0; grown == 2 && i < sets->count; i++) {
        uint32_t at = (uint32_t)sets->hash[i];
        while (sets->index[at & sets->mask] != 0) at++;
        sets->index[at & sets->mask] = i + 1;
    }
    uint32_t at = (uint32_t)hash;
    for (; sets->index[at & sets->mask] != 0; at++) {
        *number = sets->index[at & sets->mask] - 1;
        if (sets->hash[*number] != hash) continue;
        if (set == NULL) set = armalo_scopes_new(r->scopes, r->scopes_len, NULL);
        if (set == NULL) return 0;
        if (armalo_i_key_set_is(set, sets->set[*number])) {
            armalo_scopes_free(set);
            return 1;
        }
    }
    if (set == NULL) set = armalo_scopes_new(r->scopes, r->scopes_len, NULL);
    if (set == NULL || !armalo_i_key_sets_room(sets)) {
        armalo_scopes_free(set);
        return 0;
    }
    *number = sets->count;
    sets->hash[sets->count] = hash;
    sets->set[sets->count++] = set;
    sets->index[at & sets->mask] = sets->count;
    return 1;
}

/* ---- Records. */
static uint32_t armalo_i_key_slot_fill(armalo_i_key_snapshot *s, const armalo_i_key_record *r,
                                       armalo_i_key_slot *slot) {
    if (!armalo_i_key_org(&s->orgs, r->org, &slot->org) || !armalo_i_key_set(&s->sets, r, &slot->scopes)) {
        return ARMALO_REASON_NO_MEMORY;
    }
    memcpy(slot->digest, r->digest_bytes, sizeof slot->digest);
    slot->not_before_ms = r->not_before_ms;
    slot->expires_ms = r->expires_ms;
    slot->used = 1;
    slot->kind = (uint8_t)r->kind;
    slot->env = (uint8_t)r->env;
    slot->use = (uint8_t)r->use;
    atomic_init(&slot->revoked, r->revoked_ms != 0);
    memcpy(slot->id, r->id, sizeof slot->id);
    return ARMALO_REASON_GRANTED;
}

static uint32_t armalo_i_key_password_add(armalo_i_key_snapshot *s, const armalo_i_key_record *r, uint32_t *place) {
    if (s->password_count == s->password_cap) {
        uint32_t cap = s->password_cap == 0 ? 8 : 2 * s->password_cap;
        armalo_i_key_password *grown = armalo_i_realloc(s->passwords, cap * sizeof *grown);
        if (grown == NULL) return ARMALO_REASON_NO_MEMORY;
        s->passwords = grown;
        s->password_cap = cap;
    }
    armalo_i_key_password *password = &s->passwords[s->password_count];
    memset(password, 0, sizeof *password);
    memcpy(password->hash, strchr(r->digest, ':') + 1, strlen(strchr(r->digest, ':') + 1) + 1);
    *place = s->mask + 1 + s->password_count++;
    return armalo_i_key_slot_fill(s, r, &password->slot);
}

static uint32_t armalo_i_key_digest_add(armalo_i_key_snapshot *s, const armalo_i_key_record *r, uint32_t *place) {
    uint32_t at = armalo_i_key_home(r->digest_bytes) & s->mask;
    for (; s->slots[at].used; at = (at + 1) & s->mask) {
        if (s->slots[at].kind == r->kind &&
            armalo_i_equal(s->slots[at].digest, r->digest_bytes, ARMALO_I_SHA256_SIZE)) {
            return ARMALO_REASON_KEY_RECORD_DUPLICATE;
        }
    }
    *place = at;
    return armalo_i_key_slot_fill(s, r, &s->slots[at]);
}

static uint32_t armalo_i_key_add(armalo_i_key_snapshot *s, const armalo_i_key_record *r) {
    const armalo_i_key_password *password;
    uint32_t place = 0;
    size_t id_len = strlen(r->id);
    if (armalo_i_key_find_id(s, armalo_i_span_of(r->id, id_len), &password) != NULL)
        return ARMALO_REASON_KEY_RECORD_DUPLICATE;
    uint32_t reason = r->kind == ARMALO_I_DIGEST_ARGON2ID ? armalo_i_key_password_add(s, r, &place)
                                                          : armalo_i_key_digest_add(s, r, &place);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    uint32_t at = (uint32_t)armalo_i_key_hash(r->id, id_len);
    while (s->by_id[at & s->mask] != 0) at++;
    s->by_id[at & s->mask] = place + 1;
    s->count++;
    return ARMALO_REASON_GRANTED;
}

/* The next line, without its end. 1, or 0 after the last. */
static int armalo_i_next_line(armalo_i_span *rest, armalo_i_span *line) {
    if (rest->len == 0) return 0;
    const char *end = memchr(rest->ptr, '\n', rest->len);
    size_t len = end == NULL ? rest->len : (size_t)(end - rest->ptr);
    *line = armalo_i_span_of(rest->ptr, len > 0 && rest->ptr[len - 1] == '\r' ? len - 1 : len);
    size_t taken = end == NULL ? len : len + 1;
    *rest = armalo_i_span_of(rest->ptr + taken, rest->len - taken);
    return 1;
}

static armalo_i_key_snapshot *armalo_i_key_snapshot_make(size_t records) {
    armalo_i_key_snapshot *s = armalo_i_alloc(sizeof *s);
    if (s == NULL) return NULL;
    size_t size = 16;
    while (size / 4 * 3 < records) size *= 2;
    if (size > (SIZE_MAX - 127) / sizeof *s->slots) { /* with 32 bits: lines enough for that fit into memory */
        armalo_i_release(s);
        return NULL;
    }
    s->mask = (uint32_t)(size - 1);
    s->raw_slots = armalo_i_alloc(size * sizeof *s->slots + 127);
    s->by_id = armalo_i_alloc(size * sizeof *s->by_id);
    if (s->raw_slots == NULL || s->by_id == NULL) {
        armalo_i_key_snapshot_free(s);
        return NULL;
    }
    /* On a pair of cache lines each, so that a lookup waits for memory once. */
    s->slots = (armalo_i_key_slot *)(void *)((char *)s->raw_slots + (128 - (uintptr_t)s->raw_slots % 128) % 128);
    return s;
}

void armalo_i_key_snapshot_free(armalo_i_key_snapshot *s) {
    if (s == NULL) return;
    for (uint32_t i = 0; i < s->sets.count; i++) armalo_scopes_free(s->sets.set[i]);
    armalo_i_release(s->sets.set);
    armalo_i_release(s->sets.hash);
    armalo_i_release(s->sets.index);
    armalo_i_release(s->orgs.name);
    armalo_i_release(s->orgs.index);
    armalo_i_release(s->passwords);
    armalo_i_release(s->by_id);
    armalo_i_release(s->raw_slots);
    armalo_i_release(s);
}

uint32_t armalo_i_key_snapshot_read(const armalo_host *host, armalo_i_span text, armalo_i_key_snapshot **snapshot,
                                    size_t *bad_line) {
    armalo_i_span rest = text, line;
    size_t records = 0, number = 0;
    *snapshot = NULL;
    *bad_line = 0;
    while (armalo_i_next_line(&rest, &line)) records += line.len > 0;
    if (records > ARMALO_KEYS_MAX) return ARMALO_REASON_KEY_RECORD_MALFORMED;
    armalo_i_key_snapshot *s = armalo_i_key_snapshot_make(records);
    armalo_i_key_record *r = armalo_i_alloc(sizeof *r);
    uint32_t reason = s == NULL || r == NULL ? ARMALO_REASON_NO_MEMORY : ARMALO_REASON_GRANTED;
    rest = text;
    while (reason == ARMALO_REASON_GRANTED && armalo_i_next_line(&rest, &line)) {
        number++;
        if (line.len == 0) continue;
        reason = armalo_i_key_record_open(host, line, r);
        if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_key_add(s, r);
        if (reason != ARMALO_REASON_GRANTED && reason != ARMALO_REASON_NO_MEMORY) *bad_line = number;
    }
    armalo_i_release(r);
    if (reason == ARMALO_REASON_GRANTED)
        *snapshot = s;
    else
        armalo_i_key_snapshot_free(s);
    return reason;
}
