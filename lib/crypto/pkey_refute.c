/* SPDX-License-Identifier: MIT */
/* Telling a signature that does not hold from a check that failed, where OpenSSL answers both alike. What is computed
 * here never makes a signature hold: it is asked only after OpenSSL did not confirm it. */
#include "crypto/pkey_inside.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>

/* RFC 8017 9.2, note 1 */
static const uint8_t armalo_i_rsa_sha256_info[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                                   0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};

/* RFC 8017 9.2: 00 01 FF … FF 00, the algorithm, the digest. */
static int armalo_i_rsa_is_pkcs1(const uint8_t *em, size_t len, const uint8_t digest[ARMALO_I_SHA256_SIZE]) {
    const size_t info = sizeof armalo_i_rsa_sha256_info, zero = len - ARMALO_I_SHA256_SIZE - info - 1;
    int same = em[0] == 0 && em[1] == 1 && em[zero] == 0;
    for (size_t i = 2; i < zero; i++) same &= em[i] == 0xff;
    return same &&
           armalo_i_span_equal(armalo_i_span_of(em + zero + 1, info),
                               armalo_i_span_of(armalo_i_rsa_sha256_info, info)) &&
           armalo_i_span_equal(armalo_i_span_of(em + zero + 1 + info, ARMALO_I_SHA256_SIZE),
                               armalo_i_span_of(digest, ARMALO_I_SHA256_SIZE));
}

/* RFC 8017 B.2.1, taken off the data that it masks. */
static void armalo_i_rsa_unmask(const uint8_t seed[ARMALO_I_SHA256_SIZE], uint8_t *data, size_t len) {
    uint8_t block[ARMALO_I_SHA256_SIZE], count[4] = {0};
    for (size_t at = 0; at < len; at += sizeof block, count[3]++) { /* at most 1024 bytes: 32 blocks */
        armalo_i_sha256 state;
        armalo_i_sha256_begin(&state);
        armalo_i_sha256_add(&state, seed, ARMALO_I_SHA256_SIZE);
        armalo_i_sha256_add(&state, count, sizeof count);
        armalo_i_sha256_end(&state, block);
        for (size_t i = 0; i < sizeof block && at + i < len; i++) data[at + i] ^= block[i];
    }
}

/* RFC 8017 9.1.2 with a salt of 32 bytes: zeros, 01 and the salt, masked; their hash; bc. `bits` is emBits. */
static int armalo_i_rsa_is_pss(uint8_t *em, size_t len, size_t bits, const uint8_t digest[ARMALO_I_SHA256_SIZE]) {
    static const uint8_t zeros[8];
    uint8_t again[ARMALO_I_SHA256_SIZE];
    if (bits % 8 == 0) { /* em is a byte shorter than the modulus */
        if (em[0] != 0) return 0;
        em++;
        len--;
    }
    const size_t masked = len - ARMALO_I_SHA256_SIZE - 1, one = masked - ARMALO_I_SHA256_SIZE - 1;
    const uint8_t top = (uint8_t)(0xff >> (8 * len - bits)), *hash = em + masked;
    if (em[len - 1] != 0xbc || (em[0] & ~top) != 0) return 0;
    armalo_i_rsa_unmask(hash, em, masked);
    em[0] &= top;
    for (size_t i = 0; i < one; i++) {
        if (em[i] != 0) return 0;
    }
    if (em[one] != 1) return 0;
    armalo_i_sha256 state;
    armalo_i_sha256_begin(&state);
    armalo_i_sha256_add(&state, zeros, sizeof zeros);
    armalo_i_sha256_add(&state, digest, ARMALO_I_SHA256_SIZE);
    armalo_i_sha256_add(&state, em + one + 1, ARMALO_I_SHA256_SIZE);
    armalo_i_sha256_end(&state, again);
    return armalo_i_span_equal(armalo_i_span_of(again, sizeof again), armalo_i_span_of(hash, sizeof again));
}

int armalo_i_rsa_refuted(const armalo_i_pkey *pkey, int alg, const uint8_t digest[ARMALO_I_SHA256_SIZE],
                         armalo_i_span signature) {
    uint8_t em[ARMALO_I_SIGNATURE_MAX];
    size_t len = sizeof em, bits = 8 * pkey->size - 1;
    for (uint8_t top = pkey->body[0]; top < 0x80; top = (uint8_t)(top << 1)) bits--;
    /* Without a padding it is the bare power, which every number below n has. */
    EVP_PKEY_CTX *power = EVP_PKEY_CTX_new_from_pkey(NULL, pkey->pkey, NULL);
    int raised = power != NULL && EVP_PKEY_verify_recover_init(power) == 1 &&
                 EVP_PKEY_CTX_set_rsa_padding(power, RSA_NO_PADDING) == 1 &&
                 EVP_PKEY_verify_recover(power, em, &len, (const uint8_t *)signature.ptr, signature.len) == 1 &&
                 len == pkey->size;
    EVP_PKEY_CTX_free(power);
    if (!raised) return 0;
    return alg == ARMALO_I_ALG_RS256   ? !armalo_i_rsa_is_pkcs1(em, len, digest)
           : alg == ARMALO_I_ALG_PS256 ? !armalo_i_rsa_is_pss(em, len, bits, digest)
                                       : 0;
}

/* (h/s) G + (r/s) Q is at infinity exactly where h G + r Q is. Who has the private key can make such a signature. */
int armalo_i_ecdsa_refuted(const armalo_i_pkey *pkey, int alg, const uint8_t *digest, const uint8_t *raw) {
    const armalo_i_pkey_curve *curve = armalo_i_pkey_curve_of(alg);
    const int field = (int)(pkey->size / 2); /* as long as the digest, and as the group's order */
    EC_GROUP *group = EC_GROUP_new_by_curve_name(curve->nid);
    EC_POINT *q = group == NULL ? NULL : EC_POINT_new(group), *sum = group == NULL ? NULL : EC_POINT_new(group);
    BN_CTX *room = BN_CTX_new();
    BIGNUM *h = BN_bin2bn(digest, field, NULL), *r = BN_bin2bn(raw, field, NULL);
    int at_infinity = q != NULL && sum != NULL && room != NULL && h != NULL && r != NULL &&
                      EC_POINT_oct2point(group, q, pkey->body, pkey->body_len, room) == 1 &&
                      EC_POINT_mul(group, sum, h, q, r, room) == 1 && EC_POINT_is_at_infinity(group, sum) == 1;
    BN_free(h);
    BN_free(r);
    BN_CTX_free(room);
    EC_POINT_free(sum);
    EC_POINT_free(q);
    EC_GROUP_free(group);
    return at_infinity;
}
