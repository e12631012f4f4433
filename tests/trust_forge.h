/* SPDX-License-Identifier: MIT */
/* tests/trust_forge.h: anchors, and whether a trust is made of them. What is made is looked at from inside, and tried
 * by signatures that OpenSSL made. Header only, for programs of one thread. */
#ifndef ARMALO_TESTS_TRUST_FORGE_H
#define ARMALO_TESTS_TRUST_FORGE_H

#include "attest/trust.h"
#include "attest_forge.h"

#define EDDSA ARMALO_I_ALG_EDDSA
#define ES256 ARMALO_I_ALG_ES256
#define ES384 ARMALO_I_ALG_ES384
#define PS256 ARMALO_I_ALG_PS256
#define RS256 ARMALO_I_ALG_RS256

static world *w;
static armalo_trust *trust;
static armalo_attest_policy *policy;

#define ALGORITHMS "\"algorithms\":[\"EdDSA\",\"ES256\",\"ES384\",\"PS256\",\"RS256\"]"

/* A policy that leaves all to the trust. */
static inline void open_world(void) {
    w = world_new();
    policy = forge_policy(w, "\"issuers\":,\"any_signer\":true,\"any_subject\":true," ALGORITHMS);
}

static inline void close_trust(void) {
    armalo_trust_free(trust);
    trust = NULL;
}

static inline void close_world(void) {
    close_trust();
    armalo_attest_policy_free(policy);
    world_free(w);
    forge_forget();
}

static inline char *block_of(const void *at, size_t len) {
    char *block = malloc(len > 0 ? len : 1);
    if (block == NULL) abort();
    memcpy(block, at, len);
    return block;
}

static inline void spoil(const void *block, size_t len) {
    if (block == NULL) return;
    memset((char *)(uintptr_t)block, 'x', len);
    free((void *)(uintptr_t)block);
}

/* From blocks of exactly the sizes given, which are gone afterwards: nothing is kept of them. */
static inline int make(const armalo_anchor *anchors, size_t count) {
    armalo_anchor *own = malloc(count * sizeof *own);
    if (own == NULL) abort();
    for (size_t i = 0; i < count; i++) {
        own[i] = anchors[i];
        if (own[i].data != NULL) own[i].data = block_of(own[i].data, own[i].len);
        if (own[i].owner != NULL) own[i].owner = block_of(own[i].owner, strlen(own[i].owner) + 1);
        if (own[i].key_id != NULL) own[i].key_id = block_of(own[i].key_id, strlen(own[i].key_id) + 1);
        if (own[i].roots != NULL) own[i].roots = block_of(own[i].roots, own[i].roots_len);
    }
    close_trust();
    trust = armalo_trust_new(w->host, own, count, &w->why);
    for (size_t i = 0; i < count; i++) {
        spoil(own[i].data, own[i].len);
        spoil(own[i].owner, own[i].owner == NULL ? 0 : strlen(own[i].owner));
        spoil(own[i].key_id, own[i].key_id == NULL ? 0 : strlen(own[i].key_id));
        spoil(own[i].roots, own[i].roots_len);
    }
    free(own);
    return trust != NULL;
}

/* `at`: the number of the anchor that is at fault. */
static inline void refused(const armalo_anchor *anchors, size_t count, uint32_t reason, size_t at) {
    char detail[32];
    EXPECT_REFUSE(w, make(anchors, count), reason);
    snprintf(detail, sizeof detail, "anchor %zu", at);
    if (strcmp(w->why.detail, detail) != 0) ck_abort_msg("the detail is %s", w->why.detail);
}

static inline void accepted(const armalo_anchor *anchors, size_t count, size_t keys) {
    unsigned before = forge_poison(w);
    if (!make(anchors, count)) ck_abort_msg("%s: %s", armalo_reason_name(w->why.reason), w->why.detail);
    must(armalo_decision_granted(&w->why) == 0 && w->why.reason == ARMALO_REASON_UNDECIDED);
    must(w->decisions == before);
    if (trust->count != keys) ck_abort_msg("%zu keys instead of %zu", trust->count, keys);
}

static inline armalo_anchor anchor_bytes(const void *data, size_t len) {
    armalo_anchor a;
    memset(&a, 0, sizeof a);
    a.struct_size = sizeof a;
    a.form = ARMALO_ANCHOR_TEXT;
    a.data = data;
    a.len = len;
    a.pinned = ARMALO_PINNED;
    return a;
}
static inline armalo_anchor anchor_of(const char *text) { return anchor_bytes(text, strlen(text)); }

static inline armalo_anchor anchor_raw(const uint8_t *bytes) {
    armalo_anchor a = anchor_bytes(bytes, 32);
    a.form = ARMALO_ANCHOR_ED25519;
    return a;
}

static inline void refused_text(const char *text, uint32_t reason) {
    armalo_anchor a = anchor_of(text);
    refused(&a, 1, reason, 1);
}
static inline void accepted_text(const char *text, size_t keys) {
    armalo_anchor a = anchor_of(text);
    accepted(&a, 1, keys);
}

/* A JWS of this key, with no times in it, against the trust and the policy. iss: NULL for none. */
static inline char *signed_by(int which, const char *iss) {
    static forge_jws f;
    forge_jws_init(&f);
    forge_jws_signer(&f, forge_signer_of(which));
    forge_drop(&f.header, "kid");
    forge_drop(&f.claims, "iss");
    if (iss != NULL) forge_put(&f.claims, "iss", forge_quote(iss));
    forge_drop(&f.claims, "iat");
    forge_drop(&f.claims, "nbf");
    forge_drop(&f.claims, "exp");
    return forge_jws_compact(&f);
}
static inline int verify_of(int which, const char *iss) {
    return forge_verify_text(w, policy, trust, signed_by(which, iss), NULL);
}
static inline int verify(int which) { return verify_of(which, NULL); }

/* RFC 7515: the same key under PKCS #1. */
static inline int verify_rs256(int which) {
    static forge_jws f;
    forge_jws_init(&f);
    forge_jws_signer(&f, forge_signer_of(which));
    f.alg = FORGE_RS256;
    forge_put(&f.header, "alg", "\"RS256\"");
    forge_drop(&f.claims, "iss");
    return forge_verify_text(w, policy, trust, forge_jws_compact(&f), NULL);
}

static inline void set_policy(const char *changes) {
    armalo_attest_policy_free(policy);
    policy = forge_policy(w, changes);
}

/* ---- JWKS ---- */

static inline char *jwks(const char *keys) { return forge_text("{\"keys\":[%s]}", keys); }

/* A signer's JWK with changes. */
static inline char *jwk(int which, const char *changes) {
    forge_object o = {.count = 0};
    char *text = forge_text("%s", forge_signer_of(which)->jwk + 1);
    text[strlen(text) - 1] = 0;
    forge_put_all(&o, text);
    forge_put_all(&o, changes);
    return forge_object_text(&o);
}

static inline char *did_of(int which) {
    const forge_signer *s = forge_signer_of(which);
    uint8_t bytes[35] = {0xed, 0x01}, point[65];
    size_t len = 0;
    if (s->alg == FORGE_EDDSA) {
        memcpy(bytes + 2, s->raw, 32);
        return forge_text("did:key:z%s", forge_base58(forge_bytes_of(bytes, 34)));
    }
    if (EVP_PKEY_get_octet_string_param(s->pkey, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &len) != 1 || len != 65)
        abort();
    bytes[0] = 0x80;
    bytes[1] = 0x24;
    bytes[2] = (uint8_t)(2 + point[64] % 2);
    memcpy(bytes + 3, point + 1, 32);
    return forge_text("did:key:z%s", forge_base58(forge_bytes_of(bytes, 35)));
}

/* The PEM public keys of these signers, one after the other. */
static inline char *pems(int a, int b) {
    return forge_text("%s%s", forge_signer_of(a)->public_pem, b < 0 ? "" : forge_signer_of(b)->public_pem);
}

#endif
