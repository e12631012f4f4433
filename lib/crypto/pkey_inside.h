/* SPDX-License-Identifier: MIT */
/* crypto/pkey_inside.h: what the files of pkey.h share. */
#ifndef ARMALO_CRYPTO_PKEY_INSIDE_H
#define ARMALO_CRYPTO_PKEY_INSIDE_H

#include "crypto/pkey.h"

#include <openssl/evp.h>

#define ARMALO_I_EC_FIELD_MAX 48 /* bytes: P-384 */
#define ARMALO_I_RSA_E_MAX    8

/* What a key's `pkey` points to. Written while it is made, then only read, by any number of threads. */
typedef struct armalo_i_pkey {
    EVP_PKEY *pkey;
    EVP_PKEY *secret;       /* of a private key; else NULL */
    EVP_PKEY_CTX *verifier; /* ready to verify a digest; copied for each signature, which spares the look-ups */
    EVP_MD *md;
    size_t size;                          /* bytes of a signature, raw where it is ECDSA's */
    uint8_t order[ARMALO_I_EC_FIELD_MAX]; /* EC: of the group */
    uint8_t e[ARMALO_I_RSA_E_MAX];        /* RSA: the exponent, of e_len bytes */
    size_t e_len, body_len;
    uint8_t body[ARMALO_I_SIGNATURE_MAX]; /* EC: the point, uncompressed; RSA: the modulus */
} armalo_i_pkey;

/* An algorithm's curve. */
typedef struct armalo_i_pkey_curve {
    int nid;
    size_t field;              /* bytes of a coordinate, and of r and of s */
    const char *name, *digest; /* as JOSE and as OpenSSL say it */
} armalo_i_pkey_curve;
const armalo_i_pkey_curve *armalo_i_pkey_curve_of(int alg); /* NULL: not of EC */

static inline int armalo_i_pkey_is_rsa(int alg) { return alg == ARMALO_I_ALG_PS256 || alg == ARMALO_I_ALG_RS256; }

void armalo_i_pkey_free(void *pkey); /* an armalo_i_pkey; NULL does nothing */

/* Around all calls of OpenSSL, whose error queue is the host's, and stays as it was. enter tells its last error, for
 * leave. leave gives the status back, or NO_MEMORY where a refusal came of that: OpenSSL often blames the key. */
unsigned long armalo_i_pkey_enter(void);
int armalo_i_pkey_leave(unsigned long before, int status);

/* 1 if a < b as big-endian numbers of len bytes. Public values only. */
int armalo_i_pkey_below(const uint8_t *a, const uint8_t *b, size_t len);

/* A key out of OpenSSL's and out of X.509's form of it, judged as every other. Status. */
int armalo_i_pkey_of_evp(armalo_i_public_key *key, const EVP_PKEY *pkey, int rsa_alg);
int armalo_i_pkey_of_spki(armalo_i_public_key *key, const X509_PUBKEY *spki, int rsa_alg);

/* What RSA's algorithm asks of a context that is ready to sign or to verify. 1 if set. */
int armalo_i_pkey_set_rsa(EVP_PKEY_CTX *context, int alg, const EVP_MD *md);

/* The digest that the algorithm signs. 1 if made. */
int armalo_i_pkey_digest(const armalo_i_pkey *pkey, int alg, armalo_i_span message, uint8_t out[EVP_MAX_MD_SIZE],
                         size_t *len);

/* ECDSA signatures: r || s, of `field` bytes each, and DER. to_der returns the length. of_der: 1 if der is the one DER
 * form of two numbers that fit. */
#define ARMALO_I_ECDSA_DER_MAX (2 + 2 * (3 + ARMALO_I_EC_FIELD_MAX))
size_t armalo_i_ecdsa_to_der(const uint8_t *raw, size_t field, uint8_t der[ARMALO_I_ECDSA_DER_MAX]);
int armalo_i_ecdsa_of_der(armalo_i_span der, size_t field, uint8_t *raw);

/* Asked after OpenSSL did not confirm a signature of the right length and range: 1 if it certainly does not hold, 0
 * where that was not found out. */
int armalo_i_rsa_refuted(const armalo_i_pkey *pkey, int alg, const uint8_t digest[ARMALO_I_SHA256_SIZE],
                         armalo_i_span signature);
int armalo_i_ecdsa_refuted(const armalo_i_pkey *pkey, int alg, const uint8_t *digest, const uint8_t *raw);

/* A PEM block (RFC 7468). */
typedef struct armalo_i_pem {
    armalo_i_span label; /* inside the text */
    uint8_t *der;        /* owned */
    size_t len, room;
} armalo_i_pem;
/* The block that begins in text at *at, or there behind white space, of at most max bytes. OK, and *at moves behind it;
 * -1 when only white space is left; BAD, UNSUPPORTED (encrypted) or NO_MEMORY, and there is nothing to end. */
int armalo_i_pem_next(armalo_i_pem *pem, armalo_i_span text, size_t *at, size_t max);
void armalo_i_pem_end(armalo_i_pem *pem); /* wiped */

static inline int armalo_i_pem_is(const armalo_i_pem *pem, const char *label) {
    return armalo_i_span_equal(pem->label, armalo_i_span_text(label));
}

#endif
