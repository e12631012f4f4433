/* SPDX-License-Identifier: MIT */
/* tests/fuzz/attest_fuzz.h: keys, signatures and artifacts made by libsodium alone, a trust that knows two of the keys,
 * and what holds of every verification and every look. A target ends the process where something does not hold. */
#ifndef ARMALO_TESTS_FUZZ_ATTEST_FUZZ_H
#define ARMALO_TESTS_FUZZ_ATTEST_FUZZ_H

#include "json_read.h"
#include "key_fuzz.h"
#include "vectors/attest/node_jws.h"

#define FUZZ_OWNER      "https://fuzz.example"
#define FUZZ_NODE_OWNER "https://issuer.example" /* of the keys of vectors/attest/node_jws.h */
#define FUZZ_MAX        (1 << 16)                /* bytes of an input that is looked at */

/* ---- Keys ---- */

enum { FUZZ_FIRST, FUZZ_SECOND, FUZZ_STRANGER, FUZZ_SIGNERS };

typedef struct fuzz_signer {
    uint8_t public_key[32], secret[64];
} fuzz_signer;

/* RFC 8032: any 32 bytes are a private key. The stranger's is in no trust. */
static inline const fuzz_signer *fuzz_signer_of(int which) {
    static fuzz_signer made[FUZZ_SIGNERS];
    static int ready;
    for (int i = 0; !ready && i < FUZZ_SIGNERS; i++) {
        uint8_t seed[32];
        memset(seed, 0x41 + i, sizeof seed);
        fuzz_must(sodium_init() >= 0 && crypto_sign_seed_keypair(made[i].public_key, made[i].secret, seed) == 0);
    }
    ready = 1;
    return &made[which];
}

static inline armalo_anchor fuzz_anchor(int which, const char *key_id) {
    return (armalo_anchor){.struct_size = sizeof(armalo_anchor),
                           .form = ARMALO_ANCHOR_ED25519,
                           .data = fuzz_signer_of(which)->public_key,
                           .len = 32,
                           .owner = FUZZ_OWNER,
                           .key_id = key_id,
                           .pinned = ARMALO_PINNED};
}

/* The first two keys, and Node's with `node`, which take their time to make. */
static inline armalo_trust *fuzz_trust_new(int node) {
    armalo_decision why;
    armalo_anchor anchors[3] = {fuzz_anchor(FUZZ_FIRST, "first"), fuzz_anchor(FUZZ_SECOND, "second"),
                                fuzz_anchor(FUZZ_FIRST, NULL)};
    anchors[2].form = ARMALO_ANCHOR_TEXT;
    anchors[2].data = node_jws_jwks;
    anchors[2].len = strlen(node_jws_jwks);
    anchors[2].owner = FUZZ_NODE_OWNER;
    armalo_trust *trust = armalo_trust_new(fuzz_host(), anchors, node ? 3 : 2, &why);
    fuzz_must(trust != NULL);
    return trust;
}

static inline armalo_attest_policy *fuzz_policy_new(const char *text) {
    armalo_decision why;
    armalo_attest_policy *policy = armalo_attest_policy_new(fuzz_host(), text, strlen(text), &why);
    fuzz_must(policy != NULL);
    return policy;
}

/* ---- Texts ---- */

/* Bytes that grow; to be freed. */
typedef struct fuzz_bytes {
    char *at;
    size_t len;
} fuzz_bytes;

static inline void fuzz_add(fuzz_bytes *b, const void *bytes, size_t len) {
    b->at = realloc(b->at, b->len + len + 1);
    fuzz_must(b->at != NULL);
    if (len > 0) memcpy(b->at + b->len, bytes, len);
    b->len += len;
    b->at[b->len] = 0;
}

static inline void fuzz_add_text(fuzz_bytes *b, const char *text) { fuzz_add(b, text, strlen(text)); }

static inline void fuzz_add_base64(fuzz_bytes *b, const void *bytes, size_t len, int variant) {
    size_t size = sodium_base64_encoded_len(len, variant);
    char *text = malloc(size);
    fuzz_must(text != NULL && sodium_bin2base64(text, size, bytes, len, variant) == text);
    fuzz_add_text(b, text);
    free(text);
}

static inline void fuzz_sign(int which, const void *message, size_t len, uint8_t signature[64]) {
    fuzz_must(crypto_sign_detached(signature, NULL, message, len, fuzz_signer_of(which)->secret) == 0);
}

/* SPEC dsse protocol, with payloadType application/vnd.in-toto+json. */
static inline fuzz_bytes fuzz_envelope(const void *payload, size_t len, int which) {
    static const char type[] = "application/vnd.in-toto+json";
    static const char *const ids[FUZZ_SIGNERS] = {"first", "second", "stranger"};
    char head[80];
    uint8_t signature[64];
    fuzz_bytes message = {NULL, 0}, envelope = {NULL, 0};
    snprintf(head, sizeof head, "DSSEv1 %zu %s %zu ", sizeof type - 1, type, len);
    fuzz_add_text(&message, head);
    fuzz_add(&message, payload, len);
    fuzz_sign(which, message.at, message.len, signature);
    free(message.at);
    fuzz_add_text(&envelope, "{\"payload\":\"");
    fuzz_add_base64(&envelope, payload, len, sodium_base64_VARIANT_ORIGINAL);
    fuzz_add_text(&envelope, "\",\"payloadType\":\"");
    fuzz_add_text(&envelope, type);
    fuzz_add_text(&envelope, "\",\"signatures\":[{\"keyid\":\"");
    fuzz_add_text(&envelope, ids[which]);
    fuzz_add_text(&envelope, "\",\"sig\":\"");
    fuzz_add_base64(&envelope, signature, sizeof signature, sodium_base64_VARIANT_ORIGINAL);
    fuzz_add_text(&envelope, "\"}]}");
    return envelope;
}

/* RFC 7515 7.1 and 7.2.2. */
static inline fuzz_bytes fuzz_jws(const void *header, size_t header_len, const void *payload, size_t payload_len,
                                  int flattened, int which) {
    uint8_t signature[64];
    fuzz_bytes message = {NULL, 0}, made = {NULL, 0};
    fuzz_add_base64(&message, header, header_len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    size_t dot = message.len;
    fuzz_add_text(&message, ".");
    fuzz_add_base64(&message, payload, payload_len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    fuzz_sign(which, message.at, message.len, signature);
    if (flattened) {
        fuzz_add_text(&made, "{\"protected\":\"");
        fuzz_add(&made, message.at, dot);
        fuzz_add_text(&made, "\",\"payload\":\"");
        fuzz_add(&made, message.at + dot + 1, message.len - dot - 1);
        fuzz_add_text(&made, "\",\"signature\":\"");
    } else {
        fuzz_add(&made, message.at, message.len);
        fuzz_add_text(&made, ".");
    }
    fuzz_add_base64(&made, signature, sizeof signature, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    if (flattened) fuzz_add_text(&made, "\"}");
    free(message.at);
    return made;
}

/* The canonical form, to be freed; at NULL where it is not strict JSON. */
static inline fuzz_bytes fuzz_canonical(const void *text, size_t len) {
    fuzz_bytes canonical = {NULL, 0};
    size_t size = 0;
    if (armalo_json_canonical(text, len, NULL, 0, &size, NULL) || size == 0) return canonical;
    canonical.at = malloc(size + 1);
    fuzz_must(canonical.at != NULL);
    fuzz_must(armalo_json_canonical(text, len, canonical.at, size, &canonical.len, NULL) && canonical.len == size);
    canonical.at[size] = 0;
    return canonical;
}

static inline read_span fuzz_span(fuzz_bytes b) { return (read_span){b.at == NULL ? "" : b.at, b.len}; }

/* ---- Questions ---- */

/* All of what was verified, to be freed. */
static inline fuzz_bytes fuzz_payload(const armalo_attested *attested) {
    fuzz_bytes payload = {NULL, 0};
    size_t len = 0;
    fuzz_must(armalo_attested_value(attested, "", NULL, 0, &len, NULL) == 0 && len > 0); /* no room yet */
    payload.at = malloc(len + 1);
    fuzz_must(payload.at != NULL);
    fuzz_must(armalo_attested_value(attested, "", payload.at, len + 1, &payload.len, NULL) == 1 && payload.len == len);
    return payload;
}

/* The digest is of these bytes. */
static inline int fuzz_digest_is(const uint8_t digest[ARMALO_DIGEST_SIZE], const void *bytes, size_t len) {
    uint8_t own[32];
    crypto_hash_sha256(own, bytes, len);
    return memcmp(own, digest, sizeof own) == 0;
}

/* 1, *payload (to be freed) and *facts if granted, else 0. The artifact is in a block of its exact size, which is gone
 * before anything is read of it. */
static inline int fuzz_verify(const armalo_attest_policy *policy, armalo_trust *trust, const void *artifact, size_t len,
                              fuzz_bytes *payload, armalo_attested_facts *facts) {
    armalo_attested *attested = (armalo_attested *)(uintptr_t)-1;
    armalo_decision why;
    char *exact = fuzz_exact(artifact, len);
    armalo_attest_request request = {.struct_size = sizeof request, .artifact = exact, .artifact_len = len};
    *payload = (fuzz_bytes){NULL, 0};
    int granted = armalo_attest_verify(policy, trust, &request, &attested, &why);
    free(exact);
    fuzz_check_decision(&why, granted);
    fuzz_must(granted ? attested != NULL && why.evidence == ARMALO_POSITIVE
                      : attested == NULL && why.evidence != ARMALO_POSITIVE);
    if (!granted) return 0;
    *payload = fuzz_payload(attested);
    armalo_attested_facts_get(attested, 0, facts);
    fuzz_must(facts->signer_count >= 1 && facts->format >= ARMALO_FORMAT_DSSE && facts->format <= ARMALO_FORMAT_VC);
    fuzz_must(fuzz_digest_is(facts->artifact_sha256, artifact, len));
    armalo_attested_free(attested);
    return 1;
}

/* A look says first that nothing is verified, and is strict JSON. */
static inline void fuzz_look(const void *artifact, size_t len) {
    static const char head[] = "{\"verified\":false,\"format\":\"";
    armalo_decision why;
    size_t need = 99, got = 99;
    char *exact = fuzz_exact(artifact, len), small[8] = "";
    fuzz_must(armalo_attest_inspect(exact, len, small, sizeof small, &need, &why) == 0 && small[0] == 0);
    fuzz_check_decision(&why, 0);
    fuzz_must((need > 0) == (why.reason == ARMALO_REASON_BUFFER_TOO_SMALL));
    char *text = malloc(need + 1);
    fuzz_must(text != NULL);
    int read = armalo_attest_inspect(exact, len, text, need + 1, &got, &why);
    fuzz_must(read == (need > 0) && got == need && !armalo_decision_granted(&why));
    if (read) fuzz_must(strlen(text) == need && strncmp(text, head, sizeof head - 1) == 0);
    if (read) fuzz_must(armalo_json_check(text, need, SIZE_MAX, NULL) == 1);
    free(text);
    free(exact);
}

#endif
