/* SPDX-License-Identifier: MIT */
/* crypto/pkey.h: public keys that check signatures, and private ones that make them. A key is bound to one algorithm:
 * what a message says of algorithms never reaches this room. */
#ifndef ARMALO_CRYPTO_PKEY_H
#define ARMALO_CRYPTO_PKEY_H

#include "codec/span.h"
#include "crypto/crypto.h"

/* JOSE names (RFC 7518, RFC 8037). */
enum armalo_i_alg {
    ARMALO_I_ALG_NONE = 0,
    ARMALO_I_ALG_EDDSA, /* Ed25519, pure */
    ARMALO_I_ALG_ES256,
    ARMALO_I_ALG_ES384,
    ARMALO_I_ALG_PS256, /* salt of 32 bytes, MGF1 with SHA-256 */
    ARMALO_I_ALG_RS256,
    ARMALO_I_ALGS
};

#define ARMALO_I_RSA_MIN_BITS  2048
#define ARMALO_I_RSA_MAX_BITS  8192
#define ARMALO_I_SIGNATURE_MAX 1024 /* bytes: RSA of ARMALO_I_RSA_MAX_BITS */

/* What comes of reading a key or a chain. */
enum armalo_i_key_status {
    ARMALO_I_KEY_BAD = 0, /* malformed */
    ARMALO_I_KEY_OK = 1,
    ARMALO_I_KEY_UNSUPPORTED, /* a type, a curve or an algorithm that is none of the above */
    ARMALO_I_KEY_WEAK,        /* small order, off the curve, RSA of a wrong size or with a bad exponent */
    ARMALO_I_KEY_CHAIN,       /* a certificate that leads up to no root, or may not sign */
    ARMALO_I_KEY_TOO_LONG,    /* a chain that is too long */
    ARMALO_I_KEY_NO_MEMORY,
    ARMALO_I_KEY_FAILED /* the library failed */
};

/* A public key. Zeroed: no key, which verifies nothing. */
typedef struct armalo_i_public_key {
    int alg;                                  /* enum armalo_i_alg */
    uint8_t ed25519[ARMALO_I_ED25519_PUBLIC]; /* of EDDSA */
    void *pkey;                               /* OpenSSL's, of the others; owned */
} armalo_i_public_key;

/* Make a key; each returns enum armalo_i_key_status and leaves a zeroed key unless it is OK. alg of EC: ES256 or ES384
 * (the curve follows); of RSA: PS256 or RS256. Coordinates are exactly as long as the curve's field (RFC 7518 6.2.1.2).
 * A point is SEC 1, compressed or uncompressed. */
int armalo_i_public_ed25519(armalo_i_public_key *key, const uint8_t bytes[ARMALO_I_ED25519_PUBLIC]);
int armalo_i_public_ec(armalo_i_public_key *key, int alg, armalo_i_span x, armalo_i_span y);
int armalo_i_public_ec_point(armalo_i_public_key *key, int alg, armalo_i_span point);
int armalo_i_public_rsa(armalo_i_public_key *key, int alg, armalo_i_span n, armalo_i_span e);

/* The next PEM "PUBLIC KEY" block of text, from *at on, which moves behind it. rsa_alg is what an RSA key is bound to.
 * OK, another status, or -1 when no block follows (only white space may). Where none could be cut out, *at stays. */
int armalo_i_public_pem(armalo_i_public_key *key, armalo_i_span text, size_t *at, int rsa_alg);

void armalo_i_public_end(armalo_i_public_key *key); /* zeroed afterwards */

/* RFC 7638: SHA-256 of the key as a JWK with the required members alone. 1 if made. */
int armalo_i_public_thumbprint(const armalo_i_public_key *key, uint8_t out[ARMALO_I_SHA256_SIZE]);

/* How an ECDSA signature is written. */
enum { ARMALO_I_ECDSA_RAW = 0, ARMALO_I_ECDSA_DER = 1 }; /* r || s of fixed length; or a DER SEQUENCE, strictly */

/* 1 if the signature holds, else 0. *checked is 1 when that was found out either way, 0 when the library failed. */
int armalo_i_public_verify(const armalo_i_public_key *key, armalo_i_span message, armalo_i_span signature, int ecdsa,
                           int *checked);

/* A private key. Zeroed: none. */
typedef struct armalo_i_private_key {
    int alg;
    uint8_t ed25519[ARMALO_I_ED25519_SECRET];
    void *pkey;
} armalo_i_private_key;

/* From PEM (PKCS #8, or SEC 1 / PKCS #1), one key whose halves belong together. An encrypted one is UNSUPPORTED; nobody
 * is ever asked for a passphrase. RSA signs PS256. Returns enum armalo_i_key_status (WEAK included). */
int armalo_i_private_pem(armalo_i_private_key *key, armalo_i_span text);
/* Its public half. Returns enum armalo_i_key_status. */
int armalo_i_private_public(const armalo_i_private_key *key, armalo_i_public_key *out);
/* ECDSA as r || s. 1 if signed. */
int armalo_i_private_sign(const armalo_i_private_key *key, armalo_i_span message,
                          uint8_t signature[ARMALO_I_SIGNATURE_MAX], size_t *len);
void armalo_i_private_end(armalo_i_private_key *key); /* wiped */

#define ARMALO_I_CERT_TEXT      16
#define ARMALO_I_CERT_USAGES    16
#define ARMALO_I_CERT_USAGE_MAX 64

/* The key of a certificate that leads up to a root. */
typedef struct armalo_i_cert {
    armalo_i_public_key key;
    /* When every certificate of the chain is valid. The second that begins at not_after_ms belongs to it still. */
    int64_t not_before_ms, not_after_ms;
    size_t usage_count; /* extended key usages of the leaf, as dotted OIDs */
    char usage[ARMALO_I_CERT_USAGES][ARMALO_I_CERT_USAGE_MAX];
} armalo_i_cert;

/* text: a leaf certificate and, after it, intermediates in any order (PEM). roots: self-signed certificates (PEM). Each
 * text has at most ARMALO_I_CERT_TEXT of them (else TOO_LONG), and nothing else but white space. The chain may have at
 * most max_chain certificates, leaf and root counted. Validity is not judged here but told (RFC 5280 6.1 otherwise: CA
 * flags, path lengths, name constraints, policies, key usage, no critical extension that is not understood). A leaf
 * that is a CA or a root, or whose key usage does not allow digital signatures, is CHAIN. SHA-1 and RSA below 2048 bits
 * are WEAK anywhere in the chain but in the root's own signature. Returns enum armalo_i_key_status. */
int armalo_i_cert_chain(armalo_i_cert *cert, armalo_i_span text, armalo_i_span roots, int rsa_alg, int max_chain);
void armalo_i_cert_end(armalo_i_cert *cert);

#endif
