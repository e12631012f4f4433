/* SPDX-License-Identifier: MIT */
/* tests/pkey_forge.h: keys and signatures made with OpenSSL, and what the library says of them. Header only. */
#ifndef ARMALO_TESTS_PKEY_FORGE_H
#define ARMALO_TESTS_PKEY_FORGE_H

#include "codec/text.h"
#include "crypto/pkey.h"
#include "test.h"
#include "vectors/keys/rfc9500.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

typedef struct pkey_bytes {
    uint8_t at[8192];
    size_t len;
} pkey_bytes;

static inline armalo_i_span pkey_span(const pkey_bytes *bytes) { return armalo_i_span_of(bytes->at, bytes->len); }

static inline pkey_bytes pkey_hex(const char *hex) {
    pkey_bytes bytes = {.len = strlen(hex) / 2};
    ck_assert_uint_le(bytes.len, sizeof bytes.at);
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned byte = 0;
        if (sscanf(hex + 2 * i, "%2x", &byte) != 1) ck_abort_msg("bad hex");
        bytes.at[i] = (uint8_t)byte;
    }
    return bytes;
}

static inline pkey_bytes pkey_base64url(const char *text) {
    pkey_bytes bytes = {.len = 0};
    if (!armalo_i_base64url_decode(armalo_i_span_text(text), bytes.at, sizeof bytes.at, &bytes.len))
        ck_abort_msg("bad base64url");
    return bytes;
}

/* The host's error queue: whatever is called between the two leaves it as it was. */
static inline void pkey_queue(void) {
    ERR_clear_error();
    ERR_raise(ERR_LIB_USER, 77);
    ERR_raise(ERR_LIB_USER, 78);
}
static inline void pkey_queue_kept(void) {
    ck_assert_int_eq(ERR_GET_REASON(ERR_get_error()), 77);
    ck_assert_int_eq(ERR_GET_REASON(ERR_get_error()), 78);
    ck_assert_uint_eq(ERR_get_error(), 0);
}

/* A block of exactly this size, so that the sanitizers see a byte too many that is read. */
static inline armalo_i_span pkey_exact(armalo_i_span from) {
    char *block = from.ptr == NULL ? NULL : malloc(from.len + (from.len == 0));
    if (block == NULL && from.ptr != NULL) abort();
    if (from.len > 0) memcpy(block, from.ptr, from.len);
    return armalo_i_span_of(block, from.len);
}

/* 1 it holds, 0 it does not, -1 that was not found out. With an empty error queue and with the host's errors in it. */
static inline int pkey_judge(const armalo_i_public_key *key, armalo_i_span message_from, armalo_i_span signature_from,
                             int form) {
    int checked = 99, again = 99;
    const armalo_i_span message = pkey_exact(message_from), signature = pkey_exact(signature_from);
    ERR_clear_error();
    int holds = armalo_i_public_verify(key, message, signature, form, &checked);
    ck_assert_uint_eq(ERR_peek_error(), 0);
    pkey_queue();
    ck_assert_int_eq(armalo_i_public_verify(key, message, signature, form, &again), holds);
    pkey_queue_kept();
    ck_assert_int_eq(checked, again);
    if (holds) ck_assert_int_eq(holds & checked, 1);
    free((void *)(uintptr_t)message.ptr);
    free((void *)(uintptr_t)signature.ptr);
    return checked == 1 ? holds : -1;
}

/* A status other than OK leaves a zeroed key. */
static inline int pkey_status(int status, const armalo_i_public_key *key) {
    static const armalo_i_public_key none;
    pkey_queue_kept();
    if (status != ARMALO_I_KEY_OK) ck_assert_mem_eq(key, &none, sizeof none);
    return status;
}
static inline int pkey_ec(armalo_i_public_key *key, int alg, const pkey_bytes *x, const pkey_bytes *y) {
    memset(key, 0xff, sizeof *key);
    pkey_queue();
    return pkey_status(armalo_i_public_ec(key, alg, pkey_span(x), pkey_span(y)), key);
}
static inline int pkey_point(armalo_i_public_key *key, int alg, const pkey_bytes *point) {
    memset(key, 0xff, sizeof *key);
    pkey_queue();
    return pkey_status(armalo_i_public_ec_point(key, alg, pkey_span(point)), key);
}
static inline int pkey_rsa(armalo_i_public_key *key, int alg, const pkey_bytes *n, const pkey_bytes *e) {
    memset(key, 0xff, sizeof *key);
    pkey_queue();
    return pkey_status(armalo_i_public_rsa(key, alg, pkey_span(n), pkey_span(e)), key);
}
static inline int pkey_ed25519(armalo_i_public_key *key, const pkey_bytes *bytes) {
    memset(key, 0xff, sizeof *key);
    pkey_queue();
    ck_assert_uint_eq(bytes->len, ARMALO_I_ED25519_PUBLIC);
    return pkey_status(armalo_i_public_ed25519(key, bytes->at), key);
}

/* ---- What OpenSSL makes ---- */

static inline EVP_PKEY *pkey_made(EVP_PKEY *pkey) {
    if (pkey == NULL) ck_abort_msg("no key");
    return pkey;
}

static inline EVP_PKEY *pkey_make_rsa(unsigned bits, unsigned long exponent) {
    EVP_PKEY *pkey = NULL;
    EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    BIGNUM *e = BN_new();
    ck_assert_int_eq(BN_set_word(e, exponent), 1);
    ck_assert_int_eq(EVP_PKEY_keygen_init(maker), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_keygen_bits(maker, (int)bits), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set1_rsa_keygen_pubexp(maker, e), 1);
    ck_assert_int_eq(EVP_PKEY_generate(maker, &pkey), 1);
    BN_free(e);
    EVP_PKEY_CTX_free(maker);
    return pkey_made(pkey);
}

/* Of exactly so many bits: OpenSSL's generator rounds odd sizes. */
static inline EVP_PKEY *pkey_make_rsa_of(int bits) {
    EVP_PKEY *pkey = NULL;
    BN_CTX *room = BN_CTX_new();
    BIGNUM *p = BN_new(), *q = BN_new(), *n = BN_new(), *e = BN_new(), *d = BN_new(), *phi = BN_new();
    ck_assert_int_eq(BN_set_word(e, 65537), 1);
    do {
        ck_assert_int_eq(BN_generate_prime_ex(p, 1024, 0, NULL, NULL, NULL), 1);
        ck_assert_int_eq(BN_generate_prime_ex(q, bits - 1024, 0, NULL, NULL, NULL), 1);
        ck_assert_int_eq(BN_mul(n, p, q, room), 1);
        BN_sub_word(p, 1);
        BN_sub_word(q, 1);
        BN_mul(phi, p, q, room);
    } while (BN_num_bits(n) != bits || BN_mod_inverse(d, e, phi, room) == NULL);
    uint8_t numbers[3][512];
    OSSL_PARAM params[4] = {OSSL_PARAM_END, OSSL_PARAM_END, OSSL_PARAM_END, OSSL_PARAM_END};
    const char *const names[] = {OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D};
    const BIGNUM *const values[] = {n, e, d};
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(BN_bn2nativepad(values[i], numbers[i], sizeof numbers[i]), sizeof numbers[i]);
        params[i] = OSSL_PARAM_construct_BN(names[i], numbers[i], sizeof numbers[i]);
    }
    EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    ck_assert_int_eq(EVP_PKEY_fromdata_init(maker), 1);
    ck_assert_int_eq(EVP_PKEY_fromdata(maker, &pkey, EVP_PKEY_KEYPAIR, params), 1);
    EVP_PKEY_CTX_free(maker);
    BN_free(p);
    BN_free(q);
    BN_free(n);
    BN_free(e);
    BN_free(d);
    BN_free(phi);
    BN_CTX_free(room);
    ck_assert_int_eq(EVP_PKEY_get_bits(pkey), bits);
    return pkey;
}

static inline void pkey_number(const EVP_PKEY *pkey, const char *name, int width, pkey_bytes *out) {
    BIGNUM *number = NULL;
    ck_assert_int_eq(EVP_PKEY_get_bn_param(pkey, name, &number), 1);
    out->len = (size_t)(width > 0 ? width : BN_num_bytes(number));
    ck_assert_int_eq(BN_bn2binpad(number, out->at, (int)out->len), (int)out->len);
    BN_free(number);
}

/* The library's public key of OpenSSL's, by its numbers. */
static inline int pkey_of(armalo_i_public_key *key, const EVP_PKEY *pkey, int alg) {
    pkey_bytes a, b;
    if (alg == ARMALO_I_ALG_EDDSA) {
        a.len = ARMALO_I_ED25519_PUBLIC;
        ck_assert_int_eq(EVP_PKEY_get_raw_public_key(pkey, a.at, &a.len), 1);
        return pkey_ed25519(key, &a);
    }
    if (alg == ARMALO_I_ALG_PS256 || alg == ARMALO_I_ALG_RS256) {
        pkey_number(pkey, OSSL_PKEY_PARAM_RSA_N, 0, &a);
        pkey_number(pkey, OSSL_PKEY_PARAM_RSA_E, 0, &b);
        return pkey_rsa(key, alg, &a, &b);
    }
    const int field = alg == ARMALO_I_ALG_ES256 ? 32 : 48;
    pkey_number(pkey, OSSL_PKEY_PARAM_EC_PUB_X, field, &a);
    pkey_number(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, field, &b);
    return pkey_ec(key, alg, &a, &b);
}

/* Making an RSA key takes a second at times. */
static inline EVP_PKEY *pkey_known_rsa(void) {
    BIO *bio = BIO_new_mem_buf(rfc9500_rsa2048, -1);
    EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    BIO_free(bio);
    return pkey_made(pkey);
}

/* A new key, where that is quick. */
static inline EVP_PKEY *pkey_make(int alg) {
    return alg == ARMALO_I_ALG_EDDSA   ? pkey_made(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"))
           : alg == ARMALO_I_ALG_ES256 ? pkey_made(EVP_EC_gen("P-256"))
           : alg == ARMALO_I_ALG_ES384 ? pkey_made(EVP_EC_gen("P-384"))
                                       : pkey_known_rsa();
}

/* A signature by OpenSSL. digest: NULL for Ed25519. salt: -1 for PKCS #1 v1.5. ECDSA's is DER. */
static inline void pkey_sign_as(EVP_PKEY *pkey, const char *digest, int salt, const char *mgf1, const void *message,
                                size_t len, pkey_bytes *out) {
    EVP_MD_CTX *signer = EVP_MD_CTX_new();
    EVP_PKEY_CTX *settings = NULL;
    out->len = sizeof out->at;
    ck_assert_int_eq(EVP_DigestSignInit_ex(signer, &settings, digest, NULL, NULL, pkey, NULL), 1);
    if (EVP_PKEY_is_a(pkey, "RSA")) {
        ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(settings, salt < 0 ? RSA_PKCS1_PADDING : RSA_PKCS1_PSS_PADDING),
                         1);
        if (salt >= 0) {
            ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, salt), 1);
            ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_mgf1_md_name(settings, mgf1, NULL), 1);
        }
    }
    ck_assert_int_eq(EVP_DigestSign(signer, out->at, &out->len, message, len), 1);
    EVP_MD_CTX_free(signer);
}

/* As alg has it; ECDSA's in the form asked for. */
static inline void pkey_sign(EVP_PKEY *pkey, int alg, int form, const void *message, size_t len, pkey_bytes *out) {
    if (alg == ARMALO_I_ALG_EDDSA) {
        pkey_sign_as(pkey, NULL, 0, NULL, message, len, out);
        return;
    }
    pkey_sign_as(pkey, alg == ARMALO_I_ALG_ES384 ? "SHA384" : "SHA256", alg == ARMALO_I_ALG_RS256 ? -1 : 32, "SHA256",
                 message, len, out);
    if ((alg != ARMALO_I_ALG_ES256 && alg != ARMALO_I_ALG_ES384) || form == ARMALO_I_ECDSA_DER) return;
    const int field = alg == ARMALO_I_ALG_ES256 ? 32 : 48;
    const unsigned char *der = out->at;
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)out->len);
    out->len = (size_t)(2 * field);
    ck_assert_int_eq(BN_bn2binpad(ECDSA_SIG_get0_r(pair), out->at, field), field);
    ck_assert_int_eq(BN_bn2binpad(ECDSA_SIG_get0_s(pair), out->at + field, field), field);
    ECDSA_SIG_free(pair);
}

/* What a writer of OpenSSL leaves in a BIO, as text behind what is there. */
typedef struct pkey_text {
    char at[65536];
    size_t len;
} pkey_text;

static inline armalo_i_span pkey_text_span(const pkey_text *text) { return armalo_i_span_of(text->at, text->len); }

static inline void pkey_text_add(pkey_text *text, const char *more) {
    size_t len = strlen(more);
    if (len >= sizeof text->at - text->len) ck_abort_msg("no room");
    memcpy(text->at + text->len, more, len + 1);
    text->len += len;
}

static inline void pkey_text_take(pkey_text *text, BIO *bio, int written) {
    if (written != 1) ck_abort_msg("nothing written");
    int got = BIO_read(bio, text->at + text->len, (int)(sizeof text->at - text->len - 1));
    if (got <= 0 || BIO_pending(bio) > 0) ck_abort_msg("no room");
    text->len += (size_t)got;
    text->at[text->len] = 0;
    BIO_free(bio);
}

static inline void pkey_text_public(pkey_text *text, const EVP_PKEY *pkey) {
    BIO *bio = BIO_new(BIO_s_mem());
    pkey_text_take(text, bio, PEM_write_bio_PUBKEY(bio, pkey));
}

/* A block of these bytes. */
static inline void pkey_text_block(pkey_text *text, const char *label, const void *bytes, size_t len) {
    BIO *bio = BIO_new(BIO_s_mem());
    pkey_text_take(text, bio, PEM_write_bio(bio, label, "", bytes, (long)len) > 0);
}

#endif
