/* SPDX-License-Identifier: MIT */
/* armalo/attest.h: attestations: bytes that claim something, and whether to rely on them.
 *
 * An artifact is a DSSE envelope around an in-toto Statement v1, a JWS (compact or flattened) around a set of claims,
 * or a W3C Verifiable Credential with an eddsa-jcs-2022 proof. Trust says whose keys are known; a policy (JSON,
 * armalo_attest(7)) says what is accepted of whom; a verification joins the two with one artifact and one subject.
 *
 * A grant says that the artifact is genuine and fits the policy. It does not say that what it says is good: a failed
 * evaluation and a refused approval are granted too, unless the policy's claims ask for the outcome.
 *
 * Checks are made in this order: the call; the host (mode, clock); size, format and form; algorithm and signatures,
 * over keys of trust that the policy accepts; then, of the verified bytes alone: form and type, issuer, subject,
 * audience, times, claims, sections, simulation, status, revocation; the audit event. A message brings no key and no
 * address, and chooses no algorithm; a key id in it only says which of the accepted keys are tried first. */
#ifndef ARMALO_ATTEST_H
#define ARMALO_ATTEST_H

#include "armalo/host.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Limits. What is past a limit is denied. */
#define ARMALO_ATTEST_MAX_SIZE       ((size_t)16 * 1024 * 1024)  /* bytes of an artifact */
#define ARMALO_ATTEST_MAX_CREDENTIAL ((size_t)1024 * 1024)       /* bytes of a credential */
#define ARMALO_ATTEST_MAX_PROOFS     8                           /* of one credential */
#define ARMALO_ATTEST_MAX_SIGNATURES 64                          /* of one artifact */
#define ARMALO_ATTEST_MAX_ATTEMPTS   256                         /* signatures tried against keys, for one artifact */
#define ARMALO_ATTEST_MAX_WORK       ((size_t)256 * 1024 * 1024) /* bytes in all of these attempts */
#define ARMALO_ATTEST_MAX_SUBJECTS   16384                       /* of one statement */
#define ARMALO_ATTEST_MAX_POLICY     65536                       /* bytes of a policy */
#define ARMALO_ATTEST_MAX_LIST       64                          /* items of a list of a policy */
#define ARMALO_ATTEST_NAME_SIZE      256                         /* an issuer, a type, an id, with its NUL */
#define ARMALO_TRUST_MAX_KEYS        1024                        /* of one trust */
#define ARMALO_TRUST_MAX_SIZE        ((size_t)4 * 1024 * 1024)   /* bytes of one anchor */
#define ARMALO_TRUST_MAX_CHAIN       8  /* certificates from a leaf to its root, both counted */
#define ARMALO_TRUST_MAX_LISTS       64 /* issuers whose revocation lists one trust holds */
#define ARMALO_REVOCATIONS_MAX_SIZE  ((size_t)512 * 1024 * 1024) /* bytes of a revocation list */
#define ARMALO_REVOCATIONS_MAX       ((size_t)1 << 22)           /* entries of a revocation list */

/* Forms of an anchor. */
#define ARMALO_ANCHOR_TEXT    1 /* JWKS, PEM or lines of did:key, told apart by how they begin */
#define ARMALO_ANCHOR_ED25519 2 /* the 32 bytes of one Ed25519 public key */

/* Value of armalo_anchor.pinned that means: these keys do not grow old, on purpose. */
#define ARMALO_PINNED UINT32_C(0x0B1DDED5)

/* Where keys come from. Zero it, set struct_size, then set what you have. In an array all have the same struct_size.
 * Times are milliseconds since the Unix epoch, and not before March 1973 (which would be seconds). */
typedef struct armalo_anchor {
    size_t struct_size; /* sizeof(armalo_anchor) */
    int32_t form;       /* ARMALO_ANCHOR_…; required */
    int32_t rs256;      /* 0: an RSA key that names no algorithm is bound to PS256; 1: to RS256 */
    const void *data;   /* keys that you know to be the owner's: len bytes, read now, not kept. A JWKS ({"keys":[…]});
                            * PEM public keys; one PEM certificate and the intermediates above it (see roots); lines of
                            * did:key (empty lines and lines that begin with # are passed over); or 32 raw bytes */
    size_t len;         /* 1 to ARMALO_TRUST_MAX_SIZE */
    const char *owner;  /* whom the keys speak for: the `iss` of a JWS, the `issuer` of a credential, the issuers of a
                            * policy. 1 to 255 bytes of visible ASCII, NUL-terminated. NULL: nobody, or for a did:key
                            * the DID itself. Nobody's keys sign no credential and no revocation list */
    const char *key_id; /* your name for the key, only where there is one: 1 to 255 bytes of visible ASCII,
                            * NUL-terminated. NULL: the JWK's kid, unless it looks like a thumbprint; for did:key what
                            * follows "did:key:"; else the key's thumbprint (RFC 7638, SHA-256, base64url) */
    const char *roots;  /* self-signed PEM certificates that a certificate in data must lead up to: roots_len bytes;
                            * required with a certificate; NULL otherwise */
    size_t roots_len;   /* 0 with NULL; at most ARMALO_TRUST_MAX_SIZE */
    int64_t not_before_ms; /* the keys count from this time on; 0: whatever the time. A JWK's nbf and exp and the
                            * validity of every certificate of a chain narrow it further */
    int64_t expires_ms;    /* the keys count until just before this time; 0: without end */
    int64_t fetched_ms;    /* when data was fetched from the owner; with max_age_ms. If the host's clock is earlier, by
                            * more than the policy's skew_s, the keys do not count: host.clock_behind */
    int64_t max_age_ms;    /* how long after fetched_ms the keys count; then fetch again, or it is trust.stale */
    uint32_t pinned;       /* ARMALO_PINNED for keys that you keep yourself; fetched_ms and max_age_ms must then be 0.
                            * Otherwise both must be set: trust.unbounded */
    uint32_t reserved;     /* 0 */
} armalo_anchor;

typedef struct armalo_trust armalo_trust;

/* Make a set of trusted keys. All or nothing. To change keys make another, and load the revocation lists into it before
 * it is used: until then a policy with no_revocation knows of nothing that is revoked.
 * A key is bound to one algorithm: Ed25519 to EdDSA, P-256 to ES256, P-384 to ES384, RSA to PS256 unless its JWK says
 * RS256 (or rs256). Members of a JWKS that hold no signature key of these ("use":"enc", other types) are passed over. A
 * key has two names: its thumbprint, which no other key has, and an id, which another key may have too.
 * Returns: a handle, to be ended with armalo_trust_free(); NULL when refused.
 * Args:    host: must outlive the handle; not NULL.
 *          anchors: count anchors; not NULL; nothing is kept of them.
 *          count: 1 or more.
 * Out:     why: the reason of a refusal, with the anchor's number (from 1) in its detail; grants nothing. NULL is
 *          allowed.
 * Reasons: core.invalid_argument, core.no_memory, core.crypto_failed, trust.malformed, trust.empty, trust.key_weak,
 *          trust.key_unsupported, trust.key_duplicate, trust.too_many, trust.roots_missing, trust.chain_invalid,
 *          trust.unbounded.
 * Follows: RFC 7517, RFC 7518, RFC 8037, RFC 7638, RFC 5280, did:key.
 * Thread safety: any thread. */
ARMALO_API ARMALO_MUST_USE armalo_trust *armalo_trust_new(armalo_host *host, const armalo_anchor *anchors, size_t count,
                                                          armalo_decision *why);

/* End a set of trusted keys and its revocation lists.
 * Args:    trust: NULL is allowed and does nothing.
 * Thread safety: no other thread may use it any more. */
ARMALO_API void armalo_trust_free(armalo_trust *trust);

/* Load a signed revocation list: a DSSE envelope of type urn:armalo:revocations:v1, whose predicate has issuer, number,
 * this_update, next_update and revoked, a list of {"id","at","reason"}. It takes the place of the same issuer's list
 * that was loaded before: what it leaves out is no longer revoked. An id is a key's (its thumbprint, its key_id, the
 * kid, multibase or did:key that it came with, or the issuer, "#" and one of these), an artifact's (facts.id), or
 * "sha256:" and payload_sha256 of the facts in digits of either case. (Not artifact_sha256, not a subject, not an
 * owner.) An id that fits nothing is no error. What is on the list is revoked whatever its `at`.
 * When 0 is returned, verify nothing: a policy with no_revocation would go on granting what the list revokes.
 * The list must be signed by a key of this trust whose owner is the list's issuer (RS256 is refused, and an ECDSA
 * signature must be r || s). It is refused if the list it replaces revokes a key of the issuer's that signed it, has a
 * higher number, or has the same number and says something else.
 * Returns: 1 if loaded; 0 in every other case: the lists in use stay.
 * Args:    trust: NULL is denied.
 *          issuer: whose list it must be, NUL-terminated; NULL: any issuer's.
 *          list: len bytes: the envelope; NULL is denied. Nothing is kept of it.
 *          len: 1 to ARMALO_REVOCATIONS_MAX_SIZE.
 *          min_number: the lowest number that is accepted: the one you remembered of this issuer's last list, so that a
 *          restart does not bring an older one back; 0: any; below 0 is denied.
 * Out:     number: the list's number, for you to remember; not written on a denial. NULL is allowed.
 *          why: the decision; principal is the thumbprint of the key that signed. NULL is allowed.
 * Reasons: core.granted; core.invalid_argument, core.no_memory, core.crypto_failed, host.mode_unset, host.clock_*,
 *          host.audit_*, trust.stale, trust.too_many (more than ARMALO_TRUST_MAX_LISTS), attest.size,
 *          attest.format_unknown, attest.format_refused, attest.malformed, attest.encoding, attest.signature_missing,
 *          attest.signatures_many, attest.algorithm_refused, attest.signer_unknown, attest.signature_mismatch,
 *          attest.key_expired, attest.key_not_yet_valid, attest.payload_malformed, attest.predicate_invalid,
 *          attest.type_refused, attest.issuer_mismatch, attest.simulated, attest.revoked (the key that signed it),
 *          attest.revocation_stale (the list is past its next_update, or not yet made), attest.revocation_rollback.
 * Follows: DSSE 1.0.2, in-toto Statement v1.
 * Thread safety: any number of threads, also while others verify. */
ARMALO_API ARMALO_MUST_USE int armalo_revocations_load(armalo_trust *trust, const char *issuer, const void *list,
                                                       size_t len, int64_t min_number, int64_t *number,
                                                       armalo_decision *why);

typedef struct armalo_attest_policy armalo_attest_policy;

/* Make a policy from its JSON; armalo_attest(7) has all members. It must say "v":1; "formats"; whose keys ("issuers",
 * "keys" or "any_signer":true); "predicate_types" for statements and "credential_types" for credentials; how old
 * ("max_age_s", "expiry_required":true or "any_age":true); and "revocation":{"max_age_s":…} or "no_revocation":true.
 * One that leaves any of these out is refused: there is no default that trusts. So is one that asks something of a
 * format that it does not accept.
 * Returns: a handle, to be ended with armalo_attest_policy_free(); NULL when refused.
 * Args:    host: must outlive the handle; not NULL.
 *          json: len bytes; not NULL; nothing is kept of it.
 *          len: 1 to ARMALO_ATTEST_MAX_POLICY.
 * Out:     why: the reason of a refusal, with the member at fault in its detail; grants nothing. NULL is allowed.
 * Reasons: core.invalid_argument, core.no_memory, attest.policy_malformed, attest.policy_incomplete.
 * Thread safety: any thread; the policy is read only and can be shared. */
ARMALO_API ARMALO_MUST_USE armalo_attest_policy *armalo_attest_policy_new(armalo_host *host, const char *json,
                                                                          size_t len, armalo_decision *why);

/* End a policy.
 * Args:    policy: NULL is allowed and does nothing.
 * Thread safety: no other thread may use it any more. */
ARMALO_API void armalo_attest_policy_free(armalo_attest_policy *policy);

/* One artifact to be judged. Zero it, set struct_size, then set what you have. */
typedef struct armalo_attest_request {
    size_t struct_size;       /* sizeof(armalo_attest_request) */
    const void *artifact;     /* artifact_len bytes as received (a compact JWS: without a line end); not NULL */
    size_t artifact_len;      /* 1 to ARMALO_ATTEST_MAX_SIZE */
    const char *subject;      /* what the artifact must speak of, NUL-terminated: "sha256:" or "sha512:" and lowercase
                               * digits, for any one of the subjects of a statement; the `sub` of a JWS; the id of a
                               * credential's credentialSubject. NULL: see subject_data; with neither,
                               * attest.subject_unspecified, or with any_subject in the policy a grant for whatever it
                               * speaks of */
    const void *subject_data; /* the subject itself (a release, a report): its digests are taken here. subject_len
                               * bytes; NULL: not given, while not NULL with length 0 is the empty file; together with
                               * subject it is core.invalid_argument */
    size_t subject_len;       /* 0 with NULL */
    const char *revealed;     /* values of withheld sections of a bundle, as a JSON object {"name":value}; each must
                               * fit its digest. They do not show in what was verified. revealed_len bytes; NULL: none;
                               * with anything but a bundle it is attest.section_mismatch */
    size_t revealed_len;      /* 0 with NULL; at most ARMALO_ATTEST_MAX_SIZE */
    const char *request_id;   /* your id for this request, for logs: 1 to 47 bytes of visible ASCII; NULL, or unusable:
                               * one is made */
    size_t request_id_len;    /* 0 with NULL */
} armalo_attest_request;

/* What was verified: exists only after a grant, needs nothing that it was made from, and does not change when a key is
 * revoked later. */
typedef struct armalo_attested armalo_attested;

/* May this artifact be relied upon?
 * Granted means: signed by as many distinct keys as the policy asks for, of whom it accepts, for this subject, of an
 * accepted type, in time, with the claims it asks for, not revoked. (Distinct keys, not owners: one owner with two keys
 * meets a threshold of 2.) A grant counts as a mutation: no audit, no grant. A host in simulation or dry run grants
 * too, with the evidence ARMALO_SIMULATED.
 * Returns: 1 if granted; 0 in every other case.
 * Args:    policy: NULL is denied.
 *          trust: made with the same host as policy (else core.invalid_argument); NULL is denied.
 *          request: NULL is denied; nothing is kept of it.
 * Out:     attested: a handle to what was verified, to be ended with armalo_attested_free(); NULL is written when
 *          denied. What it held before is overwritten, not freed. NULL is allowed.
 *          why: the decision; principal is the owner of the first key that counts (where its name is longer than 63
 *          bytes, or it has none, the key's thumbprint). NULL is allowed.
 * Reasons: core.granted; core.invalid_argument, core.no_memory, core.crypto_failed, host.mode_unset, host.clock_*,
 *          host.audit_*, trust.stale, attest.size … attest.section_mismatch (330 to 367 of armalo/reasons.h).
 * Follows: DSSE 1.0.2, in-toto Statement v1, RFC 7515, RFC 7519, RFC 8037, RFC 8725, VC Data Model 2.0, Data Integrity
 *          EdDSA Cryptosuites 1.0 (eddsa-jcs-2022).
 * Thread safety: any number of threads, also while revocation lists are loaded. */
ARMALO_API ARMALO_MUST_USE int armalo_attest_verify(const armalo_attest_policy *policy, armalo_trust *trust,
                                                    const armalo_attest_request *request, armalo_attested **attested,
                                                    armalo_decision *why);

/* End what was verified.
 * Args:    attested: NULL is allowed and does nothing.
 * Thread safety: no other thread may use it any more. */
ARMALO_API void armalo_attested_free(armalo_attested *attested);

/* Formats of an artifact. */
#define ARMALO_FORMAT_DSSE            1
#define ARMALO_FORMAT_JWS             2
#define ARMALO_FORMAT_VC              3

#define ARMALO_DIGEST_SIZE            32
#define ARMALO_ATTEST_THUMBPRINT_SIZE 48 /* 43 characters, and NULs */

/* What every format can tell, and one of the keys that signed. This struct never grows. */
typedef struct armalo_attested_facts {
    int32_t format;        /* ARMALO_FORMAT_… */
    uint32_t signer_count; /* distinct keys that count */
    int64_t issued_ms;     /* when it says it was made, Unix epoch; 0: it does not say. A credential: the oldest
                            * `created` of the proofs that count (of one without: validFrom) */
    int64_t expires_ms;    /* when it says it ends; of a credential also when the first of the proofs that count ends,
                            * if that is earlier; 0: it does not say */
    int32_t mode;          /* ARMALO_MODE_… it says it was made in; 0: it does not say */
    uint32_t reserved;     /* 0 */
    uint8_t artifact_sha256[ARMALO_DIGEST_SIZE]; /* of the artifact as received; the audit event has it too. Anybody can
                                                  * wrap the same payload anew: to revoke, use payload_sha256 */
    uint8_t payload_sha256[ARMALO_DIGEST_SIZE];  /* of the verified bytes (a credential: of its canonical form without
                                                  * proof) */
    char owner[ARMALO_ATTEST_NAME_SIZE];         /* of the key; empty when it has none */
    char key_id[ARMALO_ATTEST_NAME_SIZE];        /* of the key */
    char thumbprint[ARMALO_ATTEST_THUMBPRINT_SIZE]; /* of the key (RFC 7638, SHA-256, base64url): no other has it */
    char type[ARMALO_ATTEST_NAME_SIZE]; /* predicate type; the `typ` of a JWS; the accepted type of a credential; may be
                                         * empty */
    char id[ARMALO_ATTEST_NAME_SIZE];   /* jti; id of a credential, a receipt or a bundle; an approval's nonce; may be
                                         * empty */
} armalo_attested_facts;

/* Read the facts, and those of one of the keys that signed. The order of signatures is itself not signed: where several
 * keys count, look at each.
 * Args:    attested: NULL gives zeros.
 *          signer: which key, 0 to signer_count - 1; any other number gives zeros.
 * Out:     facts: NULL does nothing.
 * Thread safety: reads only. */
ARMALO_API void armalo_attested_facts_get(const armalo_attested *attested, uint32_t signer,
                                          armalo_attested_facts *facts);

/* Types of a JSON value. */
#define ARMALO_JSON_NULL   1
#define ARMALO_JSON_TRUE   2
#define ARMALO_JSON_FALSE  3
#define ARMALO_JSON_NUMBER 4
#define ARMALO_JSON_STRING 5
#define ARMALO_JSON_ARRAY  6
#define ARMALO_JSON_OBJECT 7

/* A value of what was verified, and of nothing else: of the statement ("/predicate/score"), of the claims ("/score"),
 * or of the credential without its proofs in its canonical form ("/credentialSubject/score"). To decide by a value,
 * rather ask for it in the policy's claims.
 * Returns: 1 if it is there and was written, which is not to say that it is true; 0 in every other case (nothing is
 *          written to buf then).
 * Args:    attested: from armalo_attest_verify(); NULL returns 0.
 *          pointer: JSON pointer (RFC 6901), NUL-terminated, at most 255 bytes and 8 tokens; "" is the whole; NULL
 *          returns 0.
 *          cap: bytes at buf.
 * Out:     buf: a string unescaped; any other value as its JSON text stands in the verified bytes; NUL-terminated. The
 *          text of true and of the string "true" are alike: compare type too. A string may hold NUL bytes: use len.
 *          NULL is allowed when cap is 0.
 *          len: bytes without NUL, also when buf was too small; 0 when the value is not there. NULL is allowed.
 *          type: ARMALO_JSON_…, also when buf was too small; 0 only when the value is not there. NULL is allowed.
 * Follows: RFC 6901.
 * Thread safety: reads only. */
ARMALO_API ARMALO_MUST_USE int armalo_attested_value(const armalo_attested *attested, const char *pointer, char *buf,
                                                     size_t cap, size_t *len, int32_t *type);

/* What is to be signed. Zero it, set struct_size, then set what you have. */
typedef struct armalo_attest_spec {
    size_t struct_size;          /* sizeof(armalo_attest_spec) */
    const char *key;             /* key_len bytes: one PEM private key (PKCS #8, SEC 1 or PKCS #1, not encrypted):
                                  * Ed25519, P-256, P-384, or RSA (which signs PS256); not NULL. Copied into memory
                                  * that is wiped */
    size_t key_len;              /* 1 or more */
    const char *key_id;          /* written as the keyid, which is only a hint: 1 to 255 bytes of visible ASCII,
                                  * NUL-terminated; NULL: the key's thumbprint (RFC 7638) */
    const char *predicate_type;  /* a URI: 1 to 255 bytes of visible ASCII, NUL-terminated; NULL with envelope */
    const char *predicate;       /* predicate_len bytes: a JSON object. A type of ours (urn:armalo:…) has exactly its
                                  * members; one with a mode must name the host's. Nothing is added: if the age is to be
                                  * judged, a time must be in it. NULL with envelope */
    size_t predicate_len;        /* at most half of ARMALO_ATTEST_MAX_SIZE; 0 with NULL */
    const char *const *subjects; /* "sha256:" or "sha512:" and lowercase digits, NUL-terminated each; NULL: see
                                  * subject_data; with neither, the predicate itself is the subject (SHA-256 of its
                                  * canonical JSON) */
    size_t subject_count;        /* 1 to ARMALO_ATTEST_MAX_SUBJECTS; 0 with NULL */
    const void *subject_data;    /* the one subject itself: subject_len bytes, whose SHA-256 is taken here; NULL: see
                                  * subjects; together with them it is attest.spec_invalid */
    size_t subject_len;          /* 0 with NULL */
    const char *const *withhold; /* names of sections of a bundle whose values are left out, each leaving its digest,
                                  * NUL-terminated; NULL: none */
    size_t withhold_count;       /* 0 with NULL */
    const char *envelope;        /* envelope_len bytes: an envelope to which another signature is added, over the
                                  * same payload. The payload is judged as a new one would be; the signatures that
                                  * are there are not. NULL: a new one */
    size_t envelope_len;         /* 0 with NULL */
} armalo_attest_spec;

/* Sign a statement: a DSSE envelope around an in-toto Statement v1. The digest of each section of a bundle is computed
 * where it is not given, and checked where it is. Outside production the statement gets a member "armalo_mode", by
 * which a verification knows it for what it is; give such hosts keys of their own all the same.
 * Returns: 1 if signed; 0 in every other case (nothing is written to buf then).
 * Args:    host: as for every decision; not NULL.
 *          spec: not NULL.
 *          cap: bytes at buf.
 * Out:     buf: the envelope, one line of JSON, NUL-terminated. NULL is allowed when cap is 0.
 *          len: bytes without NUL, also when buf was too small; 0 on any other failure. NULL is allowed.
 *          why: the decision; principal is the key's thumbprint. NULL is allowed.
 * Reasons: core.granted; core.invalid_argument, core.no_memory, core.buffer_too_small, core.crypto_failed,
 *          host.mode_unset, host.clock_*, host.audit_*, attest.key_unusable, attest.spec_invalid,
 *          attest.predicate_invalid, attest.section_mismatch, attest.malformed, attest.encoding, attest.size,
 *          attest.signatures_many (of the envelope).
 * Follows: DSSE 1.0.2, in-toto Statement v1.
 * Thread safety: any thread. */
ARMALO_API ARMALO_MUST_USE int armalo_attest_sign(armalo_host *host, const armalo_attest_spec *spec, char *buf,
                                                  size_t cap, size_t *len, armalo_decision *why);

/* Show what an artifact says, without judging it, for people. Nothing of it is verified, and the text says so first.
 * Decide nothing by it, not even which keys to fetch.
 * Returns: 1 if it could be read; 0 in every other case (nothing is written to buf then).
 * Args:    artifact: artifact_len bytes; NULL returns 0.
 *          artifact_len: 1 to ARMALO_ATTEST_MAX_SIZE.
 *          cap: bytes at buf.
 * Out:     buf: a JSON object, NUL-terminated: {"verified":false,"format":…,"signatures":[{"key_id":…,"algorithm":…}],
 *          "type":…,"payload":…}; type is the payloadType of an envelope or the typ of a JWS, and what the artifact
 *          does not say is null. NULL is allowed when cap is 0.
 *          len: bytes without NUL, also when buf was too small; 0 on any other failure. NULL is allowed.
 *          why: the reason of a refusal; grants nothing. NULL is allowed.
 * Reasons: core.invalid_argument, core.no_memory, core.buffer_too_small, attest.size, attest.format_unknown,
 *          attest.malformed, attest.encoding, attest.signature_missing, attest.signatures_many, attest.time_unreadable
 *          (of a credential's proof).
 * Thread safety: any thread. */
ARMALO_API ARMALO_MUST_USE int armalo_attest_inspect(const void *artifact, size_t artifact_len, char *buf, size_t cap,
                                                     size_t *len, armalo_decision *why);

#ifdef __cplusplus
}
#endif
#endif
