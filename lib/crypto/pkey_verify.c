/* SPDX-License-Identifier: MIT */
/* Verifying. Only OpenSSL and libsodium say that a signature holds. That it does not is said here when it cannot
 * (length, range), by OpenSSL where its answer is plain, and by pkey_refute.c where it is not. */
#include "crypto/pkey_inside.h"

#include <openssl/err.h>

int armalo_i_pkey_digest(const armalo_i_pkey *pkey, int alg, armalo_i_span message, uint8_t out[EVP_MAX_MD_SIZE],
                         size_t *len) {
    if (alg == ARMALO_I_ALG_ES384) {
        unsigned size = 0;
        int made = EVP_Digest(message.ptr, message.len, out, &size, pkey->md, NULL) == 1;
        *len = size;
        return made;
    }
    armalo_i_sha256 state;
    armalo_i_sha256_begin(&state);
    armalo_i_sha256_add(&state, message.ptr, message.len);
    armalo_i_sha256_end(&state, out);
    *len = ARMALO_I_SHA256_SIZE;
    return 1;
}

/* OpenSSL's word: 1 it holds, 0 it does not or a call failed, negative a call failed. */
static int armalo_i_pkey_ask(const armalo_i_pkey *pkey, const uint8_t *signature, size_t len, const uint8_t *digest,
                             size_t digest_len) {
    EVP_PKEY_CTX *verifier = EVP_PKEY_CTX_dup(pkey->verifier);
    int answer = verifier == NULL ? -1 : EVP_PKEY_verify(verifier, signature, len, digest, digest_len);
    EVP_PKEY_CTX_free(verifier);
    return answer;
}

static int armalo_i_verify_rsa(const armalo_i_pkey *pkey, int alg, armalo_i_span message, armalo_i_span signature,
                               int *checked) {
    const uint8_t *bytes = (const uint8_t *)signature.ptr;
    uint8_t digest[EVP_MAX_MD_SIZE];
    size_t len = 0;
    /* RFC 8017 8.1.2 and 8.2.2: k octets; 5.2.2: below n. */
    if (signature.len != pkey->size || !armalo_i_pkey_below(bytes, pkey->body, pkey->size)) {
        *checked = 1;
        return 0;
    }
    if (!armalo_i_pkey_digest(pkey, alg, message, digest, &len)) return 0;
    int holds = armalo_i_pkey_ask(pkey, bytes, signature.len, digest, len) == 1;
    *checked = holds || armalo_i_rsa_refuted(pkey, alg, digest, signature);
    return holds;
}

/* 1 <= number < order */
static int armalo_i_ecdsa_in_range(const uint8_t *number, const uint8_t *order, size_t field) {
    static const uint8_t zero[ARMALO_I_EC_FIELD_MAX];
    return armalo_i_pkey_below(zero, number, field) && armalo_i_pkey_below(number, order, field);
}

static int armalo_i_verify_ecdsa(const armalo_i_pkey *pkey, int alg, armalo_i_span message, armalo_i_span signature,
                                 int form, int *checked) {
    uint8_t raw[2 * ARMALO_I_EC_FIELD_MAX], der[ARMALO_I_ECDSA_DER_MAX], digest[EVP_MAX_MD_SIZE];
    size_t field = pkey->size / 2, len = 0;
    int right = form == ARMALO_I_ECDSA_DER ? armalo_i_ecdsa_of_der(signature, field, raw) : signature.len == pkey->size;
    if (right && form == ARMALO_I_ECDSA_RAW) memcpy(raw, signature.ptr, pkey->size);
    if (!right || !armalo_i_ecdsa_in_range(raw, pkey->order, field) ||
        !armalo_i_ecdsa_in_range(raw + field, pkey->order, field)) {
        *checked = 1;
        return 0;
    }
    if (!armalo_i_pkey_digest(pkey, alg, message, digest, &len)) return 0;
    int answer = armalo_i_pkey_ask(pkey, der, armalo_i_ecdsa_to_der(raw, field, der), digest, len);
    /* Of ECDSA 0 is "does not hold" alone; it has no such word where the sum of the points is at infinity. */
    *checked = answer == 1 || answer == 0 || armalo_i_ecdsa_refuted(pkey, alg, digest, raw);
    return answer == 1;
}

int armalo_i_public_verify(const armalo_i_public_key *key, armalo_i_span message, armalo_i_span signature, int ecdsa,
                           int *checked) {
    int holds = 0;
    *checked = 0;
    if (key->alg == ARMALO_I_ALG_EDDSA) {
        *checked = 1; /* libsodium computes, and allocates nothing */
        return signature.len == ARMALO_I_ED25519_SIGNATURE &&
               armalo_i_ed25519_verify(key->ed25519, (const uint8_t *)message.ptr, message.len,
                                       (const uint8_t *)signature.ptr);
    }
    if (key->pkey == NULL) return 0;
    ERR_set_mark();
    if (armalo_i_pkey_is_rsa(key->alg))
        holds = armalo_i_verify_rsa(key->pkey, key->alg, message, signature, checked);
    else if (ecdsa == ARMALO_I_ECDSA_RAW || ecdsa == ARMALO_I_ECDSA_DER)
        holds = armalo_i_verify_ecdsa(key->pkey, key->alg, message, signature, ecdsa, checked);
    ERR_pop_to_mark();
    return holds;
}
