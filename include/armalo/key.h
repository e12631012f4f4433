/* SPDX-License-Identifier: MIT */
/* armalo/key.h: API keys: issued once, stored only as sealed records, checked against any number of them.
 *
 * A token is {prefix}_{env}_{32 base62 characters}{6 base62 characters of the CRC-32 of everything before them}. It is
 * shown once. What a host stores is a record: one line of JSON with a keyed digest of the token and a seal over all its
 * members, both under keys derived from the host's root key (armalo_key(7) has the members). */
#ifndef ARMALO_KEY_H
#define ARMALO_KEY_H

#include "armalo/host.h"
#include "armalo/scope.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Environments of a key. Each is for one kind of mode. Elsewhere a live key is refused; a test or sim key is refused in
 * production and carries at most the evidence SIMULATED in the other modes. */
#define ARMALO_ENV_LIVE 1 /* "live": production */
#define ARMALO_ENV_TEST 2 /* "test": staging */
#define ARMALO_ENV_SIM  3 /* "sim": simulation and dry run */

/* Where a key may be used. */
#define ARMALO_USE_SERVER      1 /* "server": never from a browser */
#define ARMALO_USE_ANY         2 /* "any": also from a browser, but never for a mutation */

#define ARMALO_KEY_TOKEN_SIZE  64                /* bytes for any token, with its NUL */
#define ARMALO_KEY_RECORD_SIZE 20480             /* bytes for any record, with its NUL */
#define ARMALO_KEY_ID_MAX      63                /* bytes of a key's id, of an org */
#define ARMALO_KEY_LABEL_MAX   127               /* bytes of a key's name */
#define ARMALO_KEYS_MAX        ((size_t)1 << 26) /* records of one store */

/* What a key to be issued is like. Zero it, set struct_size, then set what you have. */
typedef struct armalo_key_spec {
    size_t struct_size; /* sizeof(armalo_key_spec) */
    const char *org;    /* whose key: 1 to 63 bytes of [A-Za-z0-9_.:-], NUL-terminated; required */
    const char *name;   /* for people: up to 127 bytes of UTF-8 without control characters, NUL-terminated; NULL: "" */
    const char *scopes; /* as for armalo_scopes_new(), NUL-terminated; required */
    const char *prefix; /* 2 to 16 of [a-z0-9], NUL-terminated; NULL: "pk" */
    int32_t env;        /* ARMALO_ENV_…; required */
    int32_t use;        /* ARMALO_USE_…; required */
    int64_t not_before_ms; /* Unix epoch; 0: at once */
    int64_t expires_ms;    /* Unix epoch, in the future; 0: never */
    const char *parent;    /* record of the key that mints this one, parent_len bytes; NULL: the host itself issues. The
                            * new key must be of the same org and env, within the parent's scopes, and may not outlive
                            * it; a USE_ANY key cannot mint a USE_SERVER one; the parent must be valid now */
    size_t parent_len;     /* 0 with NULL */
    const char *digest; /* digest of a key that was issued elsewhere, to be sealed as a record here: "sha256:…" of its
                            * token or "argon2id:…" (libsodium's string), NUL-terminated; then no token is made, and the
                            * text at token is empty. NULL: a new token */
} armalo_key_spec;

/* Issue a key. The token is shown this once; what you store is the record.
 * Returns: 1 if issued; 0 in every other case (nothing is written then).
 * Args:    host: with a root key.
 *          spec: not NULL.
 *          token_cap: bytes at token; ARMALO_KEY_TOKEN_SIZE is enough.
 *          record_cap: bytes at record; ARMALO_KEY_RECORD_SIZE is enough.
 * Out:     token: NUL-terminated. Show it, then wipe it. Not NULL.
 *          record: one line of JSON, NUL-terminated. Not NULL.
 *          why: the decision; principal is the new key's id. NULL is allowed.
 * Reasons: core.granted; core.invalid_argument, core.no_memory, core.buffer_too_small, core.crypto_failed,
 *          host.mode_unset, host.clock_*, host.audit_*, host.root_key_missing, key.spec_invalid, key.scope_invalid,
 *          key.attenuation, key.record_malformed, key.record_altered, key.revoked, key.expired, key.not_yet_valid
 *          (the last five: of the parent).
 * Thread safety: any thread. */
ARMALO_API ARMALO_MUST_USE int armalo_key_issue(armalo_host *host, const armalo_key_spec *spec, char *token,
                                                size_t token_cap, char *record, size_t record_cap,
                                                armalo_decision *why);

/* Replace a key: a new token (prefix "pk") and record with the same org, name, scopes, env, use, not_before and
 * expiry, whose `replaces` names the old key; and the old record, which now expires after the overlap (or when it
 * would have, if that is sooner).
 * Returns: 1 if rotated; 0 in every other case (nothing is written then).
 * Args:    host: with the root key that sealed the record.
 *          record: len bytes of JSON; not NULL. The key must be valid now.
 *          overlap_ms: how long both keys work; 0 to 31,536,000,000 (a year).
 *          token_cap, record_cap, old_cap: bytes at token, new_record, old_record; as for armalo_key_issue().
 * Out:     token, new_record: as for armalo_key_issue(). Not NULL.
 *          old_record: one line of JSON, NUL-terminated, in place of record. Not NULL.
 *          why: the decision; principal is the new key's id. NULL is allowed.
 * Reasons: core.granted; core.invalid_argument, core.no_memory, core.buffer_too_small, core.crypto_failed,
 *          host.mode_unset, host.clock_*, host.audit_*, host.root_key_missing, key.spec_invalid, key.record_malformed,
 *          key.record_altered, key.revoked, key.expired, key.not_yet_valid.
 * Thread safety: any thread. */
ARMALO_API ARMALO_MUST_USE int armalo_key_rotate(armalo_host *host, const char *record, size_t len, int64_t overlap_ms,
                                                 char *token, size_t token_cap, char *new_record, size_t record_cap,
                                                 char *old_record, size_t old_cap, armalo_decision *why);

/* Revoke a record: the same record with revoked_at set to now, sealed again. See armalo_keys_revoke() for a loaded key.
 * Returns: 1 if revoked (or revoked before: then it comes back as it was); 0 in every other case (nothing is written).
 * Args:    host: with the root key that sealed the record.
 *          record: len bytes of JSON; not NULL.
 *          cap: bytes at out; ARMALO_KEY_RECORD_SIZE is enough.
 * Out:     out: one line of JSON, NUL-terminated. Not NULL.
 *          why: the decision; principal is the key's id. NULL is allowed.
 * Reasons: core.granted; core.invalid_argument, core.no_memory, core.buffer_too_small, core.crypto_failed,
 *          host.mode_unset, host.clock_*, host.audit_*, host.root_key_missing, key.record_malformed,
 *          key.record_altered.
 * Thread safety: any thread. */
ARMALO_API ARMALO_MUST_USE int armalo_key_revoke(armalo_host *host, const char *record, size_t len, char *out,
                                                 size_t cap, armalo_decision *why);

typedef struct armalo_keys armalo_keys;

/* The host's own lookup of a record by digest, for keys that live in a database.
 * Returns: 1 and the record in buf, *len bytes; 0 if there is no such key; anything else if that could not be found out
 *          (the decision is then key.lookup_unavailable, never key.unknown).
 * Args:    ctx: lookup_ctx of the configuration.
 *          digest: the member `digest` of the record looked for, "hs256:…" (or "sha256:…" of a migrated key),
 *          NUL-terminated.
 *          cap: bytes at buf.
 * Out:     buf, len: the record's JSON.
 * Called from whichever thread verifies. */
typedef int (*armalo_key_lookup_fn)(void *ctx, const char *digest, char *buf, size_t cap, size_t *len);

/* A store of keys: records that were loaded, or the host's lookup. Make one; load records into it as often as they
 * change.
 * Returns: a handle, to be ended with armalo_keys_free(); NULL when refused.
 * Args:    host: with the root key that sealed the records; must outlive the handle.
 *          lookup: asked when the loaded records (if any) do not have the digest; NULL: none.
 *          lookup_ctx: passed to lookup; not owned; may be NULL.
 * Out:     why: the reason of a refusal; grants nothing. NULL is allowed.
 * Reasons: core.invalid_argument, core.no_memory, host.root_key_missing.
 * Thread safety: any thread. */
ARMALO_API ARMALO_MUST_USE armalo_keys *armalo_keys_new(armalo_host *host, armalo_key_lookup_fn lookup,
                                                        void *lookup_ctx, armalo_decision *why);

/* End a store.
 * Args:    keys: NULL is allowed and does nothing.
 * Thread safety: no other thread may use the store any more. */
ARMALO_API void armalo_keys_free(armalo_keys *keys);

/* Load records in place of those loaded before: all or nothing. Other threads verify meanwhile, against the old ones
 * until the new ones are ready. Keys revoked with armalo_keys_revoke() stay revoked.
 * Returns: 1 if loaded; 0 in every other case: the records in use stay.
 * Args:    keys: not NULL.
 *          text: len bytes: records, one a line (LF or CRLF), empty lines ignored; NULL is allowed with len 0: no keys.
 *          len: bytes at text.
 * Out:     bad_line: the line that was refused, from 1; 0 when no line is to blame. NULL is allowed.
 *          why: the decision. NULL is allowed.
 * Reasons: core.granted; core.invalid_argument, core.no_memory, host.mode_unset, host.clock_*, host.audit_*,
 *          key.record_malformed, key.record_altered, key.record_duplicate.
 * Thread safety: any number of threads. Of loads at the same time the one that began last stays. */
ARMALO_API ARMALO_MUST_USE int armalo_keys_load(armalo_keys *keys, const char *text, size_t len, size_t *bad_line,
                                                armalo_decision *why);

/* Revoke a loaded key at once, for every thread, until the handle ends (write the record of armalo_key_revoke() to
 * make it last).
 * Returns: 1 if the key is revoked now; 0 in every other case.
 * Args:    keys: not NULL.
 *          id: len bytes, the key's id; not NULL.
 *          len: 1 to ARMALO_KEY_ID_MAX.
 * Out:     why: the decision. NULL is allowed.
 * Reasons: core.granted; core.invalid_argument, core.no_memory, host.mode_unset, host.clock_*, host.audit_* (revoked
 *          all the same), key.not_found (no loaded key has this id; it is remembered all the same).
 * Thread safety: any number of threads. */
ARMALO_API int armalo_keys_revoke(armalo_keys *keys, const char *id, size_t len, armalo_decision *why);

/* What is asked for. */
#define ARMALO_READ     1
#define ARMALO_MUTATION 2
/* Where the request comes from, as the host knows it. */
#define ARMALO_CALLER_SERVER  1
#define ARMALO_CALLER_BROWSER 2
/* Values that mean: not checked, on purpose. */
#define ARMALO_ANY_ORG       UINT32_C(0x0A4E0264)
#define ARMALO_IDENTITY_ONLY UINT32_C(0x01DE4717)

/* What a token is to be good for. Zero it, set struct_size, then set every member that is required: what is left out
 * denies. */
typedef struct armalo_access {
    size_t struct_size; /* sizeof(armalo_access) */
    const char *org;    /* the key must be of this org, NUL-terminated; NULL: see any_org */
    const char *scopes; /* every one of these must be allowed, as for armalo_scopes_new(), NUL-terminated, at most 16;
                               * NULL: see identity_only */
    int32_t intent;     /* ARMALO_READ or ARMALO_MUTATION; required */
    int32_t caller;     /* ARMALO_CALLER_…; required */
    uint32_t any_org;   /* ARMALO_ANY_ORG, with org NULL, to take a key of any org and compare why->org yourself; any
                             * other value, or both, is key.org_unspecified */
    uint32_t identity_only; /* ARMALO_IDENTITY_ONLY, with scopes NULL, to ask who it is and nothing else; only with
                             * ARMALO_READ; any other value, or both, is key.scope_unspecified */
    const char *key_id; /* id of the key, NUL-terminated, where the caller also sends it: needed for argon2id records,
                               * which cannot be found by the token; NULL: those are not tried */
    const char *request_id; /* as in armalo_request */
    size_t request_id_len;  /* 0 with NULL */
} armalo_access;

/* May the bearer of this token do this?
 * Returns: 1 if granted; 0 in every other case.
 * Args:    keys: from armalo_keys_new(); NULL is denied.
 *          token: len bytes, as the caller sent it, without "Bearer "; NULL is denied. Not kept. Empty, longer than 256
 *          bytes, or neither a token nor a migrated key: key.malformed.
 *          len: bytes at token.
 *          access: what is asked for; NULL is denied.
 * Out:     why: the decision; when the key is known and sealed, principal is its id and org its org. NULL is allowed.
 * Reasons: core.granted; core.invalid_argument, core.no_memory, core.crypto_failed (an argon2id hash that cannot be
 *          checked), host.mode_unset, host.clock_*, host.audit_*,
 *          key.malformed, key.checksum, key.unknown, key.revoked, key.expired, key.not_yet_valid, key.environment,
 *          key.simulated, key.org_unspecified, key.org_mismatch, key.scope_unspecified, key.scope_invalid,
 *          key.scope_missing, key.access_unspecified, key.browser, key.mutation, key.record_malformed,
 *          key.record_altered, key.lookup_unavailable, key.store_missing.
 * Thread safety: any number of threads, also while records are loaded. Allocates nothing, unless the host's lookup or
 *          an argon2id record is used. A lookup that misses does the same work as one that hits. */
ARMALO_API ARMALO_MUST_USE int armalo_key_verify(armalo_keys *keys, const char *token, size_t len,
                                                 const armalo_access *access, armalo_decision *why);

/* Which of a key's scopes did it never use? Reads audit events, one JSON a line, as the audit sink got them; counts the
 * granted ones of this key.
 * Returns: 1 if every line could be read; 0 in every other case (nothing is written then).
 * Args:    host: with the root key that sealed the record.
 *          record: record_len bytes: the key's record; not NULL.
 *          log: log_len bytes of events; lines of other types are passed over; NULL is allowed with 0.
 *          cap: bytes at buf; ARMALO_SCOPES_TEXT_SIZE is enough.
 * Out:     buf: the scopes never used, sorted, separated by single spaces, NUL-terminated; "" when all were.
 *          len: bytes of the text without NUL, also when buf was too small; 0 on any other failure. NULL is allowed.
 *          why: the decision. NULL is allowed.
 * Reasons: core.granted; core.invalid_argument, core.no_memory, core.buffer_too_small, host.mode_unset, host.clock_*,
 *          host.root_key_missing, key.record_malformed, key.record_altered, key.log_malformed.
 * Thread safety: any thread. */
ARMALO_API ARMALO_MUST_USE int armalo_key_unused(armalo_host *host, const char *record, size_t record_len,
                                                 const char *log, size_t log_len, char *buf, size_t cap, size_t *len,
                                                 armalo_decision *why);

#ifdef __cplusplus
}
#endif
#endif
