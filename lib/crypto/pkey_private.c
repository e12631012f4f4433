/* SPDX-License-Identifier: MIT */
/* Private keys: reading and signing. */
#include "crypto/pkey_inside.h"

#include "codec/memory.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#define ARMALO_I_PEM_PRIVATE_MAX (16 << 10) /* bytes in DER: RSA of 8192 bits has under 5000 */

void armalo_i_private_end(armalo_i_private_key *key) {
    armalo_i_pkey_free(key->pkey); /* OpenSSL clears a private key's numbers when it frees them */
    armalo_i_wipe(key, sizeof *key);
}

/* An OCTET STRING of the seed (RFC 8410 7). */
static int armalo_i_private_seed(armalo_i_private_key *key, const uint8_t *bytes, int len) {
    uint8_t public_key[ARMALO_I_ED25519_PUBLIC];
    if (len != 2 + ARMALO_I_ED25519_SEED || bytes[0] != 0x04 || bytes[1] != ARMALO_I_ED25519_SEED)
        return ARMALO_I_KEY_BAD;
    if (!armalo_i_ed25519_from_seed(bytes + 2, public_key, key->ed25519)) return ARMALO_I_KEY_FAILED;
    key->alg = ARMALO_I_ALG_EDDSA;
    return ARMALO_I_KEY_OK;
}

/* Signs once and verifies: the halves may not belong together. */
static int armalo_i_private_try(const armalo_i_private_key *key) {
    const armalo_i_public_key half = {key->alg, {0}, key->pkey};
    const armalo_i_span text = armalo_i_span_text("armalo");
    uint8_t signature[ARMALO_I_SIGNATURE_MAX];
    size_t len = 0;
    int checked = 0;
    if (!armalo_i_private_sign(key, text, signature, &len)) return ARMALO_I_KEY_FAILED;
    if (armalo_i_public_verify(&half, text, armalo_i_span_of(signature, len), ARMALO_I_ECDSA_RAW, &checked))
        return ARMALO_I_KEY_OK;
    return checked ? ARMALO_I_KEY_BAD : ARMALO_I_KEY_FAILED;
}

/* Takes pkey, which may be NULL: it could not be read. */
static int armalo_i_private_of_evp(armalo_i_private_key *key, EVP_PKEY *pkey) {
    armalo_i_public_key half;
    if (pkey == NULL) return ARMALO_I_KEY_BAD;
    int status = armalo_i_pkey_of_evp(&half, pkey, ARMALO_I_ALG_PS256);
    if (status != ARMALO_I_KEY_OK) {
        EVP_PKEY_free(pkey);
        return status;
    }
    ((armalo_i_pkey *)half.pkey)->secret = pkey;
    key->alg = half.alg;
    key->pkey = half.pkey;
    return armalo_i_private_try(key);
}

/* RFC 5958: the algorithm says what the key is. */
static int armalo_i_private_pkcs8(armalo_i_private_key *key, const armalo_i_pem *pem) {
    const unsigned char *der = pem->der, *bytes = NULL;
    const ASN1_OBJECT *algorithm = NULL;
    int len = 0, status;
    PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &der, (long)pem->len);
    if (info == NULL) return armalo_i_private_of_evp(key, NULL);
    if (der != pem->der + pem->len || PKCS8_pkey_get0(&algorithm, &bytes, &len, NULL, info) != 1) {
        status = ARMALO_I_KEY_BAD;
    } else {
        switch (OBJ_obj2nid(algorithm)) {
        case NID_ED25519:
            status = armalo_i_private_seed(key, bytes, len);
            break;
        case NID_X9_62_id_ecPublicKey:
        case NID_rsaEncryption:
            status = armalo_i_private_of_evp(key, EVP_PKCS82PKEY(info));
            break;
        default:
            status = ARMALO_I_KEY_UNSUPPORTED;
        }
    }
    PKCS8_PRIV_KEY_INFO_free(info); /* clears the key's bytes */
    return status;
}

static int armalo_i_private_block(armalo_i_private_key *key, const armalo_i_pem *pem) {
    const unsigned char *der = pem->der;
    if (armalo_i_pem_is(pem, "PRIVATE KEY")) return armalo_i_private_pkcs8(key, pem);
    if (armalo_i_pem_is(pem, "ENCRYPTED PRIVATE KEY")) return ARMALO_I_KEY_UNSUPPORTED;
    int ec = armalo_i_pem_is(pem, "EC PRIVATE KEY");
    if (!ec && !armalo_i_pem_is(pem, "RSA PRIVATE KEY")) return ARMALO_I_KEY_BAD;
    EVP_PKEY *pkey = d2i_PrivateKey(ec ? EVP_PKEY_EC : EVP_PKEY_RSA, NULL, &der, (long)pem->len);
    if (pkey != NULL && der != pem->der + pem->len) {
        EVP_PKEY_free(pkey);
        return ARMALO_I_KEY_BAD;
    }
    return armalo_i_private_of_evp(key, pkey);
}

int armalo_i_private_pem(armalo_i_private_key *key, armalo_i_span text) {
    armalo_i_pem pem, rest;
    size_t at = 0;
    armalo_i_zero(key, sizeof *key);
    int status = armalo_i_pem_next(&pem, text, &at, ARMALO_I_PEM_PRIVATE_MAX);
    if (status == ARMALO_I_KEY_OK && armalo_i_pem_is(&pem, "EC PARAMETERS")) { /* as `openssl ecparam -genkey` writes */
        armalo_i_pem_end(&pem);
        status = armalo_i_pem_next(&pem, text, &at, ARMALO_I_PEM_PRIVATE_MAX);
        if (status == ARMALO_I_KEY_OK && !armalo_i_pem_is(&pem, "EC PRIVATE KEY")) {
            armalo_i_pem_end(&pem);
            status = ARMALO_I_KEY_BAD;
        }
    }
    if (status != ARMALO_I_KEY_OK) return status == -1 ? ARMALO_I_KEY_BAD : status;
    const unsigned long before = armalo_i_pkey_enter();
    status = armalo_i_pkey_leave(before, armalo_i_private_block(key, &pem));
    armalo_i_pem_end(&pem);
    if (status == ARMALO_I_KEY_OK && armalo_i_pem_next(&rest, text, &at, ARMALO_I_PEM_PRIVATE_MAX) != -1) {
        armalo_i_pem_end(&rest);
        status = ARMALO_I_KEY_BAD; /* one key */
    }
    if (status != ARMALO_I_KEY_OK) armalo_i_private_end(key);
    return status;
}

int armalo_i_private_public(const armalo_i_private_key *key, armalo_i_public_key *out) {
    const armalo_i_pkey *own = key->pkey;
    armalo_i_zero(out, sizeof *out);
    if (key->alg == ARMALO_I_ALG_EDDSA) /* libsodium keeps it behind the seed */
        return armalo_i_public_ed25519(out, key->ed25519 + ARMALO_I_ED25519_SEED);
    if (own == NULL) return ARMALO_I_KEY_BAD;
    armalo_i_span body = armalo_i_span_of(own->body, own->body_len);
    return armalo_i_pkey_is_rsa(key->alg)
               ? armalo_i_public_rsa(out, key->alg, body, armalo_i_span_of(own->e, own->e_len))
               : armalo_i_public_ec_point(out, key->alg, body);
}

static int armalo_i_private_evp_sign(const armalo_i_pkey *own, int alg, armalo_i_span message, uint8_t *out,
                                     size_t *len) {
    uint8_t digest[EVP_MAX_MD_SIZE];
    size_t digest_len = 0;
    if (!armalo_i_pkey_digest(own, alg, message, digest, &digest_len)) return 0;
    EVP_PKEY_CTX *signer = EVP_PKEY_CTX_new_from_pkey(NULL, own->secret, NULL);
    int made = signer != NULL && EVP_PKEY_sign_init(signer) == 1 &&
               (!armalo_i_pkey_is_rsa(alg) || armalo_i_pkey_set_rsa(signer, alg, own->md)) &&
               EVP_PKEY_sign(signer, out, len, digest, digest_len) == 1;
    EVP_PKEY_CTX_free(signer);
    return made;
}

int armalo_i_private_sign(const armalo_i_private_key *key, armalo_i_span message,
                          uint8_t signature[ARMALO_I_SIGNATURE_MAX], size_t *len) {
    const armalo_i_pkey *own = key->pkey;
    *len = 0;
    if (key->alg == ARMALO_I_ALG_EDDSA) {
        if (!armalo_i_ed25519_sign(key->ed25519, (const uint8_t *)message.ptr, message.len, signature)) return 0;
        *len = ARMALO_I_ED25519_SIGNATURE;
        return 1;
    }
    if (own == NULL || own->secret == NULL) return 0;
    uint8_t out[ARMALO_I_SIGNATURE_MAX];
    size_t made = sizeof out;
    ERR_set_mark();
    int done = armalo_i_private_evp_sign(own, key->alg, message, out, &made);
    ERR_pop_to_mark();
    if (!done) return 0;
    if (armalo_i_pkey_is_rsa(key->alg)) {
        if (made != own->size) return 0;
        memcpy(signature, out, made);
    } else if (!armalo_i_ecdsa_of_der(armalo_i_span_of(out, made), own->size / 2, signature)) {
        return 0;
    }
    *len = own->size;
    return 1;
}
