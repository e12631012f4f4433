/* SPDX-License-Identifier: MIT */
/* tests/key_forge.h: tokens and key records made by OpenSSL, libsodium and a bitwise CRC-32 alone, any member of which
 * can be spelled in any way; a reader of issued records; and a lookup that can misbehave. Header only. */
#ifndef ARMALO_TESTS_KEY_FORGE_H
#define ARMALO_TESTS_KEY_FORGE_H

#include "world.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>
#include <time.h>

/* For loops: Check writes something down for each of its assertions, held or not. */
#ifndef must
#define must(what)                                                                                                     \
    do {                                                                                                               \
        if (!(what)) ck_abort_msg("%s:%d: %s does not hold", __FILE__, __LINE__, #what);                               \
    } while (0)
#endif

/* ---- Primitives ---- */

/* CRC-32 as zlib has it: polynomial 0xEDB88320 reflected, all ones before and after. */
static inline uint32_t forge_crc32(const void *bytes, size_t len) {
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < len; i++) {
        crc ^= ((const unsigned char *)bytes)[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xEDB88320) : 0);
    }
    return crc ^ UINT32_MAX;
}

static const char forge_base62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* Six base62 digits of the CRC-32, the highest first. */
static inline void forge_check(const char *text, size_t len, char out[7]) {
    uint32_t crc = forge_crc32(text, len);
    for (int i = 5; i >= 0; i--, crc /= 62) out[i] = forge_base62[crc % 62];
    out[6] = 0;
}

/* Sub-keys of the root key: 1 the pepper of digests, 2 the seal of records. */
static inline void forge_subkey(const uint8_t root[32], uint64_t number, uint8_t out[32]) {
    if (sodium_init() < 0 || crypto_kdf_derive_from_key(out, 32, number, "armalo_1", root) != 0) abort();
}

static inline void forge_hex32(const char *kind, const uint8_t tag[32], char out[72]) {
    size_t at = (size_t)snprintf(out, 8, "%s:", kind);
    for (size_t i = 0; i < 32; i++) at += (size_t)snprintf(out + at, 3, "%02x", tag[i]);
}

static inline void forge_hs256(const uint8_t root[32], uint64_t number, const void *text, size_t len, char out[72]) {
    uint8_t key[32], tag[32];
    unsigned tag_len = 0;
    forge_subkey(root, number, key);
    if (HMAC(EVP_sha256(), key, 32, text, len, tag, &tag_len) == NULL || tag_len != 32) abort();
    forge_hex32("hs256", tag, out);
}

static inline void forge_sha256(const void *text, size_t len, char out[72]) {
    uint8_t tag[32];
    unsigned tag_len = 0;
    if (EVP_Digest(text, len, tag, &tag_len, EVP_sha256(), NULL) != 1 || tag_len != 32) abort();
    forge_hex32("sha256", tag, out);
}

/* "2023-11-14T22:13:20.000Z" with its quotes, or null for 0. */
static inline const char *forge_time(int64_t ms, char out[40]) {
    struct tm tm;
    time_t s = (time_t)(ms / 1000);
    if (ms == 0) return strcpy(out, "null");
    if (gmtime_r(&s, &tm) == NULL) abort();
    snprintf(out, 40, "\"%04d-%02d-%02dT%02d:%02d:%02d.%03dZ\"", (tm.tm_year + 1900) % 10000, (tm.tm_mon + 1) % 100,
             tm.tm_mday % 100, tm.tm_hour % 100, tm.tm_min % 100, tm.tm_sec % 100, (int)(ms % 1000));
    return out;
}

/* ---- Tokens and records ---- */

enum forge_member {
    KEY_V,
    KEY_ID,
    KEY_ORG,
    KEY_NAME,
    KEY_DIGEST,
    KEY_SCOPES,
    KEY_ENV,
    KEY_USE,
    KEY_CREATED_AT,
    KEY_NOT_BEFORE,
    KEY_EXPIRES_AT,
    KEY_REVOKED_AT,
    KEY_REPLACES,
    KEY_SEAL,
    KEY_MEMBERS
};

static const char *const forge_member_name[KEY_MEMBERS] = {
    "v",   "id",         "org",        "name",       "digest",     "scopes",   "env",
    "use", "created_at", "not_before", "expires_at", "revoked_at", "replaces", "seal"};

/* A key: its token, and the JSON text of each member of its record. Copy it by assignment. */
typedef struct forge_key {
    char token[ARMALO_KEY_TOKEN_SIZE];
    size_t token_len;
    uint16_t at[KEY_MEMBERS]; /* where a member's text begins */
    uint16_t used;
    char text[30000];
} forge_key;

static inline const char *forge_get(const forge_key *k, enum forge_member m) { return k->text + k->at[m]; }

/* Give a member this JSON text. Seal again afterwards, or it is an edited record. */
static inline void forge_set(forge_key *k, enum forge_member m, const char *json) {
    size_t len = strlen(json);
    if (k->used + len + 1 > sizeof k->text) ck_abort_msg("no room in a forged key");
    memcpy(k->text + k->used, json, len + 1);
    k->at[m] = k->used;
    k->used = (uint16_t)(k->used + len + 1);
}

static inline void forge_set_string(forge_key *k, enum forge_member m, const char *text) {
    char json[20000];
    snprintf(json, sizeof json, "\"%s\"", text);
    forge_set(k, m, json);
}

static inline void forge_set_time(forge_key *k, enum forge_member m, int64_t ms) {
    char text[40];
    forge_set(k, m, forge_time(ms, text));
}

/* RFC 8785: members sorted by name, no space. The members' texts must be canonical themselves. */
static inline size_t forge_canonical(const forge_key *k, char *out, size_t cap) {
    static const enum forge_member sorted[] = {KEY_CREATED_AT, KEY_DIGEST,     KEY_ENV, KEY_EXPIRES_AT, KEY_ID,
                                               KEY_NAME,       KEY_NOT_BEFORE, KEY_ORG, KEY_REPLACES,   KEY_REVOKED_AT,
                                               KEY_SCOPES,     KEY_USE,        KEY_V};
    size_t at = 0;
    for (size_t i = 0; i < KEY_MEMBERS - 1; i++)
        at += (size_t)snprintf(out + at, cap - at, "%s\"%s\":%s", i == 0 ? "{" : ",", forge_member_name[sorted[i]],
                               forge_get(k, sorted[i]));
    return at + (size_t)snprintf(out + at, cap - at, "}");
}

static inline void forge_seal_text(const forge_key *k, const uint8_t root[32], char out[72]) {
    static char canonical[32000];
    forge_hs256(root, 2, canonical, forge_canonical(k, canonical, sizeof canonical), out);
}

static inline void forge_seal(forge_key *k, const uint8_t root[32]) {
    char seal[72];
    forge_seal_text(k, root, seal);
    forge_set_string(k, KEY_SEAL, seal);
}

/* The token with its check characters, and the digest that belongs to it. body: 32 characters. */
static inline void forge_token(forge_key *k, const uint8_t root[32], const char *prefix, const char *env,
                               const char *body) {
    char digest[72];
    k->token_len = (size_t)snprintf(k->token, sizeof k->token - 6, "%s_%s_%s", prefix, env, body);
    forge_check(k->token, k->token_len, k->token + k->token_len);
    k->token_len += 6;
    forge_hs256(root, 1, k->token, k->token_len, digest);
    forge_set_string(k, KEY_DIGEST, digest);
}

/* A random-looking body for a number, another one for each. */
static inline void forge_body(uint64_t number, char out[33]) {
    uint64_t x = number * UINT64_C(0x9E3779B97F4A7C15) + 1;
    for (int i = 0; i < 32; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        out[i] = forge_base62[(x >> 33) % 62];
    }
    for (int i = 0; i < 6; i++, number /= 62) out[i] = forge_base62[number % 62];
    out[32] = 0;
}

#define FORGE_KEY_SCOPES "[\"agents:read\",\"agents:write\",\"pacts:*\"]"

/* Key number n of org_1: live, for servers, without end, sealed. */
static inline void forge_key_make(forge_key *k, const uint8_t root[32], unsigned n) {
    char body[33], id[32];
    memset(k, 0, offsetof(forge_key, text));
    forge_body(n, body);
    snprintf(id, sizeof id, "key_%u", n);
    forge_set(k, KEY_V, "1");
    forge_set_string(k, KEY_ID, id);
    forge_set_string(k, KEY_ORG, "org_1");
    forge_set_string(k, KEY_NAME, "a forged key");
    forge_token(k, root, "pk", "live", body);
    forge_set(k, KEY_SCOPES, FORGE_KEY_SCOPES);
    forge_set_string(k, KEY_ENV, "live");
    forge_set_string(k, KEY_USE, "server");
    forge_set_time(k, KEY_CREATED_AT, (FORGE_NOW_S - 1000) * 1000);
    forge_set(k, KEY_NOT_BEFORE, "null");
    forge_set(k, KEY_EXPIRES_AT, "null");
    forge_set(k, KEY_REVOKED_AT, "null");
    forge_set(k, KEY_REPLACES, "null");
    forge_seal(k, root);
}

/* The same, with one member changed, sealed. */
static inline void forge_key_with(forge_key *k, const uint8_t root[32], unsigned n, enum forge_member m,
                                  const char *json) {
    forge_key_make(k, root, n);
    forge_set(k, m, json);
    forge_seal(k, root);
}

/* A key of this environment: in its record and in its token. */
static inline void forge_key_env(forge_key *k, const uint8_t root[32], unsigned n, const char *env) {
    char body[33];
    forge_body(n, body);
    forge_key_make(k, root, n);
    forge_token(k, root, "pk", env, body);
    forge_set_string(k, KEY_ENV, env);
    forge_seal(k, root);
}

/* The record, members in the order of the format. Returns its length. */
static inline size_t forge_line(const forge_key *k, char *out, size_t cap) {
    size_t at = 0;
    for (size_t m = 0; m < KEY_MEMBERS; m++)
        at += (size_t)snprintf(out + at, cap - at, "%s\"%s\":%s", m == 0 ? "{" : ",", forge_member_name[m],
                               forge_get(k, (enum forge_member)m));
    at += (size_t)snprintf(out + at, cap - at, "}");
    if (at >= cap) ck_abort_msg("no room for a forged record");
    return at;
}

/* Reads an issued record: exactly the known members in the known order and nothing else. 1 if it is that. */
static inline int forge_read(forge_key *k, const char *line, size_t len) {
    const char *at = line, *end = line + len;
    char want[24];
    memset(k, 0, offsetof(forge_key, text));
    if (strlen(line) != len || len >= ARMALO_KEY_RECORD_SIZE || strchr(line, '\n') != NULL) return 0;
    for (size_t m = 0; m < KEY_MEMBERS; m++) {
        static char value[ARMALO_KEY_RECORD_SIZE];
        size_t head = (size_t)snprintf(want, sizeof want, "%s\"%s\":", m == 0 ? "{" : ",", forge_member_name[m]);
        if (strncmp(at, want, head) != 0) return 0;
        at += head;
        if (m + 1 < KEY_MEMBERS)
            snprintf(want, sizeof want, ",\"%s\":", forge_member_name[m + 1]);
        else
            strcpy(want, "}");
        const char *next = strstr(at, want);
        if (next == NULL) return 0;
        memcpy(value, at, (size_t)(next - at));
        value[next - at] = 0;
        forge_set(k, (enum forge_member)m, value);
        at = next;
    }
    return at + 1 == end;
}

/* 1 if a record that was read has the digest of this token and a seal that holds. */
static inline int forge_holds(const forge_key *k, const uint8_t root[32], const char *token) {
    char text[72], quoted[80];
    if (token != NULL) {
        forge_hs256(root, 1, token, strlen(token), text);
        snprintf(quoted, sizeof quoted, "\"%s\"", text);
        if (strcmp(forge_get(k, KEY_DIGEST), quoted) != 0) return 0;
    }
    forge_seal_text(k, root, text);
    snprintf(quoted, sizeof quoted, "\"%s\"", text);
    return strcmp(forge_get(k, KEY_SEAL), quoted) == 0;
}

/* 1 if the form of a token and its check characters are right. */
static inline int forge_token_right(const char *token, const char *prefix, const char *env) {
    char head[32], check[7];
    size_t len = strlen(token), want = (size_t)snprintf(head, sizeof head, "%s_%s_", prefix, env);
    if (len != want + 38 || strncmp(token, head, want) != 0) return 0;
    if (strspn(token + want, forge_base62) != 38) return 0;
    forge_check(token, len - 6, check);
    return strcmp(token + len - 6, check) == 0;
}

/* The token and what identifies it may not be told. */
static inline void forge_key_taboo(world *w, const forge_key *k) {
    forge_taboo(w, k->token);
    forge_taboo(w, strchr(k->token + 3, '_') + 1); /* without prefix and environment */
}

/* ---- Stores ---- */

static inline armalo_keys *forge_keys_new(world *w, armalo_key_lookup_fn lookup, void *ctx) {
    armalo_keys *keys = armalo_keys_new(w->host, lookup, ctx, &w->why);
    if (keys == NULL) ck_abort_msg("no store of keys: %s", armalo_reason_name(w->why.reason));
    return keys;
}

/* A store of count forged keys. */
static inline armalo_keys *forge_keys_of(world *w, const forge_key *k, size_t count) {
    armalo_keys *keys = forge_keys_new(w, NULL, NULL);
    size_t cap = count * ARMALO_KEY_RECORD_SIZE + 1, at = 0, bad = 99;
    char *text = malloc(cap);
    if (text == NULL) abort();
    text[0] = 0;
    for (size_t i = 0; i < count; i++) {
        at += forge_line(&k[i], text + at, cap - at);
        text[at++] = '\n';
    }
    if (armalo_keys_load(keys, text, at, &bad, &w->why) != 1)
        ck_abort_msg("a forged key is refused: line %zu, %s (%s)", bad, armalo_reason_name(w->why.reason),
                     w->why.detail);
    free(text);
    return keys;
}

/* Asks for what every forged key gives: a read of agents:read in org_1 by a server. */
static inline armalo_access forge_access(void) {
    return (armalo_access){.struct_size = sizeof(armalo_access),
                           .org = "org_1",
                           .scopes = "agents:read",
                           .intent = ARMALO_READ,
                           .caller = ARMALO_CALLER_SERVER};
}

/* A lookup that answers as it is told, and remembers what it was asked. */
typedef struct forge_lookup {
    int answer;         /* what it returns */
    int only;           /* 1: 0 for any other digest than that of the record */
    const char *record; /* NULL: writes nothing */
    size_t len;         /* what it says is the length */
    unsigned asked;
    char digest[256];
} forge_lookup;

static inline int forge_lookup_record(void *ctx, const char *digest, char *buf, size_t cap, size_t *len) {
    forge_lookup *l = ctx;
    l->asked++;
    snprintf(l->digest, sizeof l->digest, "%s", digest);
    if (l->only && (l->record == NULL || strstr(l->record, digest) == NULL)) return 0;
    if (l->record != NULL) {
        size_t have = strlen(l->record);
        memcpy(buf, l->record, have < cap ? have : cap);
        *len = l->len;
    }
    return l->answer;
}

#endif
