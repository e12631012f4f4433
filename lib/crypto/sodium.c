/* SPDX-License-Identifier: MIT */
#include "crypto/crypto.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

_Static_assert(ARMALO_I_ED25519_PUBLIC == crypto_sign_PUBLICKEYBYTES, "Ed25519 public key");
_Static_assert(ARMALO_I_ED25519_SECRET == crypto_sign_SECRETKEYBYTES, "Ed25519 secret key");
_Static_assert(ARMALO_I_ED25519_SEED == crypto_sign_SEEDBYTES, "Ed25519 seed");
_Static_assert(ARMALO_I_ED25519_SIGNATURE == crypto_sign_BYTES, "Ed25519 signature");
_Static_assert(ARMALO_I_SHA512_SIZE == crypto_hash_sha512_BYTES, "SHA-512");
_Static_assert(ARMALO_I_AEAD_KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "AEAD key");
_Static_assert(ARMALO_I_AEAD_NONCE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "AEAD nonce");
_Static_assert(ARMALO_I_AEAD_TAG == crypto_aead_xchacha20poly1305_ietf_ABYTES, "AEAD tag");
_Static_assert(crypto_kdf_KEYBYTES == 32 && crypto_kdf_CONTEXTBYTES == 8, "KDF");

/* sodium_init gives 0 the first time and 1 later; only less than 0 is a failure. */
int armalo_i_crypto_ready(void) { return sodium_init() >= 0; }

int armalo_i_random(void *out, size_t len) {
    if (!armalo_i_crypto_ready()) return 0; /* before sodium_init the generator may not be seeded */
    randombytes_buf(out, len);
    return 1;
}

void armalo_i_wipe(void *memory, size_t len) {
    if (len > 0) sodium_memzero(memory, len);
}

int armalo_i_equal(const void *a, const void *b, size_t len) {
    if (len == 32)
        return crypto_verify_32(a, b) == 0; /* the size of a tag: the same promise, several bytes at a time */
    return len > 0 && sodium_memcmp(a, b, len) == 0;
}

void armalo_i_sha512(const void *data, size_t len, uint8_t digest[ARMALO_I_SHA512_SIZE]) {
    (void)crypto_hash_sha512(digest, data, len); /* 0 always: it only counts and compresses */
}

int armalo_i_ed25519_usable(const uint8_t public_key[ARMALO_I_ED25519_PUBLIC]) {
    return crypto_core_ed25519_is_valid_point(public_key) == 1; /* canonical, on the curve, in the prime-order group */
}

int armalo_i_ed25519_verify(const uint8_t public_key[ARMALO_I_ED25519_PUBLIC], const uint8_t *message, size_t len,
                            const uint8_t signature[ARMALO_I_ED25519_SIGNATURE]) {
    return crypto_sign_verify_detached(signature, message, len, public_key) == 0;
}

int armalo_i_ed25519_from_seed(const uint8_t seed[ARMALO_I_ED25519_SEED], uint8_t public_key[ARMALO_I_ED25519_PUBLIC],
                               uint8_t secret_key[ARMALO_I_ED25519_SECRET]) {
    return crypto_sign_seed_keypair(public_key, secret_key, seed) == 0;
}

int armalo_i_ed25519_sign(const uint8_t secret_key[ARMALO_I_ED25519_SECRET], const uint8_t *message, size_t len,
                          uint8_t signature[ARMALO_I_ED25519_SIGNATURE]) {
    return crypto_sign_detached(signature, NULL, message, len, secret_key) == 0;
}

int armalo_i_aead_seal(const uint8_t key[ARMALO_I_AEAD_KEY], const uint8_t nonce[ARMALO_I_AEAD_NONCE], const void *ad,
                       size_t ad_len, const uint8_t *in, size_t len, uint8_t *out) {
    unsigned long long written = 0;
    return crypto_aead_xchacha20poly1305_ietf_encrypt(out, &written, in, len, ad, ad_len, NULL, nonce, key) == 0 &&
           written == len + ARMALO_I_AEAD_TAG;
}

int armalo_i_aead_open(const uint8_t key[ARMALO_I_AEAD_KEY], const uint8_t nonce[ARMALO_I_AEAD_NONCE], const void *ad,
                       size_t ad_len, const uint8_t *in, size_t len, uint8_t *out) {
    unsigned long long written = 0;
    return len >= ARMALO_I_AEAD_TAG &&
           crypto_aead_xchacha20poly1305_ietf_decrypt(out, &written, NULL, in, len, ad, ad_len, nonce, key) == 0 &&
           written == len - ARMALO_I_AEAD_TAG;
}

int armalo_i_argon2id_verify(const char *string, const void *password, size_t len, int *checked) {
    *checked = 0;
    if (strncmp(string, crypto_pwhash_argon2id_STRPREFIX, sizeof crypto_pwhash_argon2id_STRPREFIX - 1) != 0) return 0;
    errno = 0;
    int fits = crypto_pwhash_argon2id_str_verify(string, password, len) == 0;
    *checked = fits || errno == EINVAL; /* libsodium sets EINVAL for a wrong password alone */
    return fits;
}

int armalo_i_kdf(const uint8_t root[32], uint64_t id, const char context[8], uint8_t out[32]) {
    return crypto_kdf_derive_from_key(out, 32, id, context, root) == 0;
}
