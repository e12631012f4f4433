/* SPDX-License-Identifier: MIT */
/* crypto/crypto.h: what the library uses of libsodium and OpenSSL, behind one convention: 1 is success, 0 is everything
 * else. Only lib/crypto/ sees theirs. */
#ifndef ARMALO_CRYPTO_CRYPTO_H
#define ARMALO_CRYPTO_CRYPTO_H

#include <stddef.h>
#include <stdint.h>

#define ARMALO_I_SHA256_SIZE       32
#define ARMALO_I_ED25519_PUBLIC    32
#define ARMALO_I_ED25519_SEED      32
#define ARMALO_I_ED25519_SECRET    64
#define ARMALO_I_ED25519_SIGNATURE 64
#define ARMALO_I_AEAD_KEY          32
#define ARMALO_I_AEAD_NONCE        24
#define ARMALO_I_AEAD_TAG          16

/* Make the libraries ready. 1 if they are. Any thread, any number of times. */
int armalo_i_crypto_ready(void);

/* Random bytes. 1 if filled. */
int armalo_i_random(void *out, size_t len);

/* Overwrite memory so that the compiler cannot leave it out. */
void armalo_i_wipe(void *memory, size_t len);

/* 1 if the len bytes are equal, in time that depends on len alone; 0 if not, and 0 for len 0. */
int armalo_i_equal(const void *a, const void *b, size_t len);

/* SHA-256 with a state that can be copied by assignment. No step fails and none allocates. */
typedef struct armalo_i_sha256 {
    uint32_t opaque[28]; /* as OpenSSL keeps it: 32-bit words */
} armalo_i_sha256;
void armalo_i_sha256_begin(armalo_i_sha256 *state);
void armalo_i_sha256_add(armalo_i_sha256 *state, const void *data, size_t len);
void armalo_i_sha256_end(armalo_i_sha256 *state, uint8_t digest[ARMALO_I_SHA256_SIZE]);

/* SHA-512 of a text in one piece. */
#define ARMALO_I_SHA512_SIZE 64
void armalo_i_sha512(const void *data, size_t len, uint8_t digest[ARMALO_I_SHA512_SIZE]);

/* HMAC-SHA256 (RFC 2104) with the key schedule done once: a message then costs only its own blocks. */
typedef struct armalo_i_hmac_key {
    armalo_i_sha256 inner, outer;
} armalo_i_hmac_key;
void armalo_i_hmac_key_make(armalo_i_hmac_key *key, const void *bytes, size_t len);
/* begin: copy key->inner; add with armalo_i_sha256_add; end: the tag. */
void armalo_i_hmac_end(const armalo_i_hmac_key *key, armalo_i_sha256 *state, uint8_t tag[ARMALO_I_SHA256_SIZE]);

/* Ed25519 (RFC 8032), pure. usable: 1 if the key is a canonical point of large order. verify: 1 if the signature holds.
 */
int armalo_i_ed25519_usable(const uint8_t public_key[ARMALO_I_ED25519_PUBLIC]);
int armalo_i_ed25519_verify(const uint8_t public_key[ARMALO_I_ED25519_PUBLIC], const uint8_t *message, size_t len,
                            const uint8_t signature[ARMALO_I_ED25519_SIGNATURE]);
/* From the 32-byte seed: the public key and libsodium's 64-byte secret key. 1 if made. */
int armalo_i_ed25519_from_seed(const uint8_t seed[ARMALO_I_ED25519_SEED], uint8_t public_key[ARMALO_I_ED25519_PUBLIC],
                               uint8_t secret_key[ARMALO_I_ED25519_SECRET]);
int armalo_i_ed25519_sign(const uint8_t secret_key[ARMALO_I_ED25519_SECRET], const uint8_t *message, size_t len,
                          uint8_t signature[ARMALO_I_ED25519_SIGNATURE]);

/* XChaCha20-Poly1305. out of seal has len + ARMALO_I_AEAD_TAG bytes; of open, len - ARMALO_I_AEAD_TAG. 1 if done; open
 * gives 0 and writes nothing usable when a bit differs. */
int armalo_i_aead_seal(const uint8_t key[ARMALO_I_AEAD_KEY], const uint8_t nonce[ARMALO_I_AEAD_NONCE], const void *ad,
                       size_t ad_len, const uint8_t *in, size_t len, uint8_t *out);
int armalo_i_aead_open(const uint8_t key[ARMALO_I_AEAD_KEY], const uint8_t nonce[ARMALO_I_AEAD_NONCE], const void *ad,
                       size_t ad_len, const uint8_t *in, size_t len, uint8_t *out);

/* A password hash string of libsodium (argon2id). 1 if the password fits. *checked is 1 when that was found out either
 * way, 0 when it could not be (no memory, not such a string). */
int armalo_i_argon2id_verify(const char *string, const void *password, size_t len, int *checked);

/* Sub-key number `id` of a 32-byte root key, in an 8-byte context (libsodium crypto_kdf). 1 if made. */
int armalo_i_kdf(const uint8_t root[32], uint64_t id, const char context[8], uint8_t out[32]);

#endif
