/* SPDX-License-Identifier: MIT */
/* attest/anchor.c: the forms in which keys come: PEM, certificates, did:key, raw. (jwks.c has JWKS.) */
#include "attest/trust.h"
#include "codec/base58.h"
#include "codec/memory.h"
#include "codec/text.h"

static int armalo_i_rsa_alg(const armalo_anchor *anchor) {
    return anchor->rs256 == 1 ? ARMALO_I_ALG_RS256 : ARMALO_I_ALG_PS256;
}

static uint32_t armalo_i_anchor_raw(armalo_trust *trust, const armalo_anchor *anchor) {
    armalo_i_public_key key;
    if (anchor->len != ARMALO_I_ED25519_PUBLIC) return ARMALO_REASON_TRUST_MALFORMED;
    uint32_t reason = armalo_i_key_reason(armalo_i_public_ed25519(&key, anchor->data));
    if (reason != ARMALO_REASON_GRANTED) return reason;
    return armalo_i_trust_add(trust, anchor, &key, NULL, 0, 0);
}

static uint32_t armalo_i_anchor_pem(armalo_trust *trust, const armalo_anchor *anchor, armalo_i_span text) {
    armalo_i_public_key key;
    size_t at = 0, count = 0;
    for (;;) {
        int status = armalo_i_public_pem(&key, text, &at, armalo_i_rsa_alg(anchor));
        if (status == -1) return ARMALO_REASON_GRANTED;
        uint32_t reason = armalo_i_key_reason(status);
        if (reason == ARMALO_REASON_GRANTED && anchor->key_id != NULL && count++ > 0) {
            armalo_i_public_end(&key); /* one id, several keys */
            reason = ARMALO_REASON_TRUST_MALFORMED;
        }
        if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_trust_add(trust, anchor, &key, NULL, 0, 0);
        if (reason != ARMALO_REASON_GRANTED) return reason;
    }
}

static uint32_t armalo_i_anchor_certificate(armalo_trust *trust, const armalo_anchor *anchor, armalo_i_span text) {
    armalo_i_cert cert;
    if (anchor->roots == NULL) return ARMALO_REASON_TRUST_ROOTS_MISSING;
    int status = armalo_i_cert_chain(&cert, text, armalo_i_span_of(anchor->roots, anchor->roots_len),
                                     armalo_i_rsa_alg(anchor), ARMALO_TRUST_MAX_CHAIN);
    uint32_t reason = armalo_i_key_reason(status);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    void *usage = armalo_i_alloc(sizeof cert.usage);
    /* RFC 5280 4.1.2.5: "the date on which the certificate validity period ends" belongs to it. */
    reason = usage == NULL
                 ? ARMALO_REASON_NO_MEMORY
                 : armalo_i_trust_add(trust, anchor, &cert.key, NULL, cert.not_before_ms, cert.not_after_ms + 1000);
    if (reason == ARMALO_REASON_GRANTED) {
        armalo_i_trust_key *added = &trust->keys[trust->count - 1];
        memcpy(usage, cert.usage, sizeof cert.usage);
        added->usage = usage;
        added->usage_count = cert.usage_count;
    } else {
        armalo_i_release(usage);
    }
    armalo_i_cert_end(&cert);
    return reason;
}

/* did:key: "z" and base58btc of a multicodec and the key. */
static int armalo_i_did_key(armalo_i_public_key *key, armalo_i_span multibase) {
    uint8_t bytes[ARMALO_I_BASE58_MAX];
    size_t len = 0;
    if (multibase.len < 2 || multibase.ptr[0] != 'z') return ARMALO_I_KEY_BAD;
    if (!armalo_i_base58_decode(armalo_i_span_of(multibase.ptr + 1, multibase.len - 1), bytes, sizeof bytes, &len))
        return ARMALO_I_KEY_BAD;
    if (len <= 2) return ARMALO_I_KEY_BAD;
    if (bytes[0] == 0xed && bytes[1] == 0x01) /* ed25519-pub */
        return len == 2 + ARMALO_I_ED25519_PUBLIC ? armalo_i_public_ed25519(key, bytes + 2) : ARMALO_I_KEY_BAD;
    if (bytes[0] == 0x80 && bytes[1] == 0x24) /* p256-pub, as a compressed point */
        return len == 2 + 33 ? armalo_i_public_ec_point(key, ARMALO_I_ALG_ES256, armalo_i_span_of(bytes + 2, 33))
                             : ARMALO_I_KEY_BAD;
    return ARMALO_I_KEY_UNSUPPORTED;
}

static uint32_t armalo_i_anchor_did_line(armalo_trust *trust, const armalo_anchor *anchor, armalo_i_span line) {
    static const char did[] = ARMALO_I_DID_KEY;
    char owner[ARMALO_ATTEST_NAME_SIZE];
    const size_t head = sizeof did - 1;
    armalo_i_public_key key;
    if (line.len <= head || line.len >= sizeof owner ||
        !armalo_i_span_equal(armalo_i_span_of(line.ptr, head), armalo_i_span_text(did)))
        return ARMALO_REASON_TRUST_MALFORMED;
    memcpy(owner, line.ptr, line.len);
    owner[line.len] = 0;
    uint32_t reason = armalo_i_key_reason(armalo_i_did_key(&key, armalo_i_span_of(line.ptr + head, line.len - head)));
    if (reason != ARMALO_REASON_GRANTED) return reason;
    armalo_anchor own = *anchor;
    if (own.owner == NULL) own.owner = owner; /* a did:key speaks for itself */
    reason = armalo_i_trust_add(trust, &own, &key, owner + head, 0, 0);
    if (reason == ARMALO_REASON_GRANTED) trust->keys[trust->count - 1].is_did_key = 1;
    return reason;
}

static uint32_t armalo_i_anchor_dids(armalo_trust *trust, const armalo_anchor *anchor, armalo_i_span text) {
    const char *at = text.ptr, *end = text.ptr + text.len;
    size_t count = 0;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (stop == NULL) stop = end;
        armalo_i_span line = armalo_i_span_of(at, (size_t)(stop - at));
        if (line.len > 0 && line.ptr[line.len - 1] == '\r') line.len--;
        at = stop < end ? stop + 1 : end;
        if (line.len == 0 || line.ptr[0] == '#') continue;
        if (anchor->key_id != NULL && count++ > 0) return ARMALO_REASON_TRUST_MALFORMED; /* one id, several keys */
        uint32_t reason = armalo_i_anchor_did_line(trust, anchor, line);
        if (reason != ARMALO_REASON_GRANTED) return reason;
    }
    return ARMALO_REASON_GRANTED;
}

static int armalo_i_begins(armalo_i_span text, const char *with) {
    size_t len = strlen(with);
    return text.len >= len && armalo_i_span_equal(armalo_i_span_of(text.ptr, len), armalo_i_span_text(with));
}

uint32_t armalo_i_anchor_read(armalo_trust *trust, const armalo_anchor *anchor) {
    armalo_i_span text = armalo_i_span_of(anchor->data, anchor->len), bare = text;
    if (anchor->form == ARMALO_ANCHOR_ED25519)
        return anchor->roots == NULL ? armalo_i_anchor_raw(trust, anchor) : ARMALO_REASON_TRUST_MALFORMED;
    while (bare.len > 0 && strchr(" \t\r\n", bare.ptr[0]) != NULL && bare.ptr[0] != 0)
        bare = armalo_i_span_of(bare.ptr + 1, bare.len - 1);
    if (armalo_i_begins(bare, "-----BEGIN CERTIFICATE-----")) return armalo_i_anchor_certificate(trust, anchor, bare);
    if (anchor->roots != NULL) return ARMALO_REASON_TRUST_MALFORMED; /* roots for what is no certificate */
    if (armalo_i_begins(bare, "{")) return armalo_i_jwks_read(trust, anchor, text);
    if (armalo_i_begins(bare, "-----BEGIN ")) return armalo_i_anchor_pem(trust, anchor, bare);
    return armalo_i_anchor_dids(trust, anchor, text);
}
