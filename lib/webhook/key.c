/* SPDX-License-Identifier: MIT */
/* From the text of a secret to a key. */
#include "codec/text.h"
#include "webhook/webhook.h"

/* A key of one repeated byte is a buffer nobody filled. */
static int armalo_i_all_alike(const uint8_t *bytes, size_t len) {
    uint8_t differs = 0;
    for (size_t i = 1; i < len; i++) differs |= (uint8_t)(bytes[i] ^ bytes[0]);
    return differs == 0;
}

static int armalo_i_cut(armalo_i_span *text, const char *prefix, size_t len) {
    if (text->len < len || memcmp(text->ptr, prefix, len) != 0) return 0;
    *text = armalo_i_span_of(text->ptr + len, text->len - len);
    return 1;
}

static uint32_t armalo_i_ed25519_public_read(const uint8_t *bytes, size_t len, armalo_i_key *key) {
    if (len != ARMALO_I_ED25519_PUBLIC) return ARMALO_REASON_SECRET_ENCODING;
    if (armalo_i_ed25519_usable(bytes) != 1) return ARMALO_REASON_SECRET_WEAK;
    memcpy(key->ed25519_public, bytes, len);
    key->kind = ARMALO_I_SECRET_ED25519_PUBLIC;
    return ARMALO_REASON_GRANTED;
}

/* The private key is its 32-byte seed, alone or followed by the public key, which must then belong to it. */
static uint32_t armalo_i_ed25519_private_read(const uint8_t *bytes, size_t len, armalo_i_key *key) {
    if (len != ARMALO_I_ED25519_SEED && len != ARMALO_I_ED25519_SECRET) return ARMALO_REASON_SECRET_ENCODING;
    if (armalo_i_all_alike(bytes, ARMALO_I_ED25519_SEED)) return ARMALO_REASON_SECRET_WEAK;
    if (armalo_i_ed25519_from_seed(bytes, key->ed25519_public, key->ed25519_secret) != 1)
        return ARMALO_REASON_CRYPTO_FAILED;
    if (len == ARMALO_I_ED25519_SECRET &&
        armalo_i_equal(bytes + ARMALO_I_ED25519_SEED, key->ed25519_public, ARMALO_I_ED25519_PUBLIC) != 1) {
        return ARMALO_REASON_SECRET_ENCODING;
    }
    key->kind = ARMALO_I_SECRET_ED25519_PRIVATE;
    return ARMALO_REASON_GRANTED;
}

static uint32_t armalo_i_hmac_read(const armalo_i_scheme *scheme, const uint8_t *bytes, size_t len, armalo_i_key *key) {
    if (len == 0) return ARMALO_REASON_SECRET_EMPTY;
    if (len < scheme->secret_min) return ARMALO_REASON_SECRET_SHORT;
    if (armalo_i_all_alike(bytes, len)) return ARMALO_REASON_SECRET_WEAK;
    armalo_i_hmac_key_make(&key->hmac, bytes, len);
    key->kind = ARMALO_I_SECRET_HMAC;
    return ARMALO_REASON_GRANTED;
}

/* A line break at an end is what is left of a file that was read without trimming; it would make a different key. */
static int armalo_i_is_line(armalo_i_span text) {
    return memchr(text.ptr, '\n', text.len) == NULL && memchr(text.ptr, '\r', text.len) == NULL;
}

uint32_t armalo_i_key_read(const armalo_i_scheme *scheme, const armalo_secret *secret, armalo_i_key *key) {
    uint8_t bytes[ARMALO_WEBHOOK_MAX_SECRET];
    size_t len = 0;
    if (secret->text == NULL || secret->text_len == 0) return ARMALO_REASON_SECRET_EMPTY;
    if (secret->text_len > sizeof bytes) return ARMALO_REASON_SECRET_LONG;
    armalo_i_span text = armalo_i_span_of(secret->text, secret->text_len);
    if (!armalo_i_is_line(text)) return ARMALO_REASON_SECRET_ENCODING;
    key->expires_ms = secret->expires_ms;

    int is_public = scheme->has_ed25519 && armalo_i_cut(&text, "whpk_", 5);
    int is_private = !is_public && scheme->has_ed25519 && armalo_i_cut(&text, "whsk_", 5);
    if (!is_public && !is_private && scheme->secret_encoding == ARMALO_I_RAW) {
        return armalo_i_hmac_read(scheme, (const uint8_t *)text.ptr, text.len, key);
    }
    if (!is_public && !is_private) (void)armalo_i_cut(&text, scheme->secret_prefix.text, scheme->secret_prefix.len);
    uint32_t reason = ARMALO_REASON_SECRET_ENCODING;
    if (text.len == 0)
        reason = ARMALO_REASON_SECRET_EMPTY;
    else if (armalo_i_base64_decode(text, bytes, sizeof bytes, &len) == 1) {
        if (is_public)
            reason = armalo_i_ed25519_public_read(bytes, len, key);
        else if (is_private)
            reason = armalo_i_ed25519_private_read(bytes, len, key);
        else
            reason = armalo_i_hmac_read(scheme, bytes, len, key);
    }
    armalo_i_wipe(bytes, sizeof bytes);
    return reason;
}
