/* SPDX-License-Identifier: MIT */
/* SHA-256 and HMAC from OpenSSL's low-level calls. They are marked deprecated in favour of EVP, but only they have a
 * state that is plain memory: it is copied by assignment, so the key schedule is done once per secret, a verification
 * allocates nothing, and no state is shared between threads. (EVP allocates and looks its algorithm up at every use.)
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/crypto.h"

#include <openssl/sha.h>
#include <string.h>

_Static_assert(sizeof(SHA256_CTX) <= sizeof(armalo_i_sha256), "the state fits");
_Static_assert(_Alignof(SHA256_CTX) <= _Alignof(armalo_i_sha256), "the state is aligned");

static SHA256_CTX *armalo_i_sha256_ctx(armalo_i_sha256 *state) { return (SHA256_CTX *)(void *)state->opaque; }

/* The three calls give 1 always: they only count and compress. */
void armalo_i_sha256_begin(armalo_i_sha256 *state) { (void)SHA256_Init(armalo_i_sha256_ctx(state)); }

void armalo_i_sha256_add(armalo_i_sha256 *state, const void *data, size_t len) {
    if (len > 0) (void)SHA256_Update(armalo_i_sha256_ctx(state), data, len);
}

void armalo_i_sha256_end(armalo_i_sha256 *state, uint8_t digest[ARMALO_I_SHA256_SIZE]) {
    (void)SHA256_Final(digest, armalo_i_sha256_ctx(state));
}

void armalo_i_hmac_key_make(armalo_i_hmac_key *key, const void *bytes, size_t len) {
    uint8_t block[SHA256_CBLOCK] = {0};
    if (len > sizeof block) { /* RFC 2104 2: "Applications that use keys longer than B bytes will first hash the key" */
        armalo_i_sha256_begin(&key->inner);
        armalo_i_sha256_add(&key->inner, bytes, len);
        armalo_i_sha256_end(&key->inner, block);
    } else if (len > 0) {
        memcpy(block, bytes, len);
    }
    for (size_t i = 0; i < sizeof block; i++) block[i] ^= 0x36;
    armalo_i_sha256_begin(&key->inner);
    armalo_i_sha256_add(&key->inner, block, sizeof block);
    for (size_t i = 0; i < sizeof block; i++) block[i] ^= 0x36 ^ 0x5c;
    armalo_i_sha256_begin(&key->outer);
    armalo_i_sha256_add(&key->outer, block, sizeof block);
    armalo_i_wipe(block, sizeof block);
}

void armalo_i_hmac_end(const armalo_i_hmac_key *key, armalo_i_sha256 *state, uint8_t tag[ARMALO_I_SHA256_SIZE]) {
    armalo_i_sha256_end(state, tag);
    *state = key->outer;
    armalo_i_sha256_add(state, tag, ARMALO_I_SHA256_SIZE);
    armalo_i_sha256_end(state, tag);
}
