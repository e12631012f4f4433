/* SPDX-License-Identifier: MIT */
/* Making public keys. Each is judged here by its numbers, and again by OpenSSL or libsodium when it is made of them. */
#include "crypto/pkey_inside.h"

#include "codec/memory.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/rsa.h>

#define ARMALO_I_RSA_E_LEAST 65537
#define ARMALO_I_RSA_E_MOST  (UINT64_C(1) << 32) /* a larger one only makes work */

const armalo_i_pkey_curve *armalo_i_pkey_curve_of(int alg) {
    static const armalo_i_pkey_curve es256 = {NID_X9_62_prime256v1, 32, "P-256", "SHA256"};
    static const armalo_i_pkey_curve es384 = {NID_secp384r1, 48, "P-384", "SHA384"};
    return alg == ARMALO_I_ALG_ES256 ? &es256 : alg == ARMALO_I_ALG_ES384 ? &es384 : NULL;
}

static unsigned long armalo_i_pkey_reason(unsigned long error) { return error & ERR_REASON_MASK; }

unsigned long armalo_i_pkey_enter(void) {
    unsigned long before = ERR_peek_last_error();
    ERR_set_mark();
    return before;
}

int armalo_i_pkey_leave(unsigned long before, int status) {
    unsigned long error = ERR_peek_last_error();
    int starved = error != before && armalo_i_pkey_reason(error) == ERR_R_MALLOC_FAILURE;
    if (before == 0) { /* the host had none: all that are there can be looked through */
        while ((error = ERR_get_error()) != 0) starved |= armalo_i_pkey_reason(error) == ERR_R_MALLOC_FAILURE;
    }
    ERR_pop_to_mark();
    return starved && status != ARMALO_I_KEY_OK ? ARMALO_I_KEY_NO_MEMORY : status;
}

int armalo_i_pkey_below(const uint8_t *a, const uint8_t *b, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if (a[i] != b[i]) return a[i] < b[i];
    }
    return 0;
}

void armalo_i_pkey_free(void *pkey) {
    armalo_i_pkey *own = pkey;
    if (own == NULL) return;
    EVP_PKEY_CTX_free(own->verifier);
    EVP_PKEY_free(own->pkey);
    EVP_PKEY_free(own->secret); /* its numbers are cleared */
    EVP_MD_free(own->md);
    armalo_i_release(own);
}

void armalo_i_public_end(armalo_i_public_key *key) {
    armalo_i_pkey_free(key->pkey);
    armalo_i_zero(key, sizeof *key);
}

int armalo_i_public_ed25519(armalo_i_public_key *key, const uint8_t bytes[ARMALO_I_ED25519_PUBLIC]) {
    armalo_i_zero(key, sizeof *key);
    if (!armalo_i_ed25519_usable(bytes)) return ARMALO_I_KEY_WEAK;
    memcpy(key->ed25519, bytes, ARMALO_I_ED25519_PUBLIC);
    key->alg = ARMALO_I_ALG_EDDSA;
    return ARMALO_I_KEY_OK;
}

int armalo_i_pkey_set_rsa(EVP_PKEY_CTX *context, int alg, const EVP_MD *md) {
    int padding = alg == ARMALO_I_ALG_PS256 ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING;
    if (EVP_PKEY_CTX_set_rsa_padding(context, padding) != 1 || EVP_PKEY_CTX_set_signature_md(context, md) != 1)
        return 0;
    /* RFC 7518 3.5: "The size of the salt value is the same size as the hash function output." */
    return alg == ARMALO_I_ALG_RS256 || (EVP_PKEY_CTX_set_rsa_pss_saltlen(context, ARMALO_I_SHA256_SIZE) == 1 &&
                                         EVP_PKEY_CTX_set_rsa_mgf1_md(context, md) == 1);
}

static int armalo_i_pkey_verifier(armalo_i_pkey *own, int alg) {
    const armalo_i_pkey_curve *curve = armalo_i_pkey_curve_of(alg);
    own->md = EVP_MD_fetch(NULL, curve != NULL ? curve->digest : "SHA256", NULL);
    own->verifier = EVP_PKEY_CTX_new_from_pkey(NULL, own->pkey, NULL);
    if (own->md == NULL || own->verifier == NULL || EVP_PKEY_verify_init(own->verifier) != 1) return 0;
    return curve != NULL || armalo_i_pkey_set_rsa(own->verifier, alg, own->md);
}

/* `own` has its numbers; it becomes the key's, or goes. */
static int armalo_i_pkey_finish(armalo_i_public_key *key, armalo_i_pkey *own, int alg, const char *type,
                                OSSL_PARAM *params) {
    EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    int made = maker != NULL && EVP_PKEY_fromdata_init(maker) == 1 &&
               EVP_PKEY_fromdata(maker, &own->pkey, EVP_PKEY_PUBLIC_KEY, params) == 1 &&
               armalo_i_pkey_verifier(own, alg);
    int status = made ? ARMALO_I_KEY_OK : ARMALO_I_KEY_FAILED;
    EVP_PKEY_CTX_free(maker);
    if (made) {
        key->pkey = own;
        key->alg = alg;
    } else {
        armalo_i_pkey_free(own);
    }
    return status;
}

/* The point with this x and this parity of y. OpenSSL says clearly whether there is one; of a given x and y it says
 * "not on the curve" also when it was out of memory. */
static int armalo_i_pkey_point(armalo_i_pkey *own, const armalo_i_pkey_curve *curve, const uint8_t *x, int odd) {
    uint8_t compressed[1 + ARMALO_I_EC_FIELD_MAX];
    int status = ARMALO_I_KEY_OK;
    EC_GROUP *group = EC_GROUP_new_by_curve_name(curve->nid);
    EC_POINT *point = group == NULL ? NULL : EC_POINT_new(group);
    BN_CTX *room = point == NULL ? NULL : BN_CTX_new();
    compressed[0] = odd ? 3 : 2;
    memcpy(compressed + 1, x, curve->field);
    own->body_len = 1 + 2 * curve->field;
    if (room == NULL) {
        status = ARMALO_I_KEY_FAILED;
    } else if (EC_POINT_oct2point(group, point, compressed, 1 + curve->field, room) != 1) {
        unsigned long why = armalo_i_pkey_reason(ERR_peek_last_error()); /* no y; or x is not below p */
        status = why == EC_R_INVALID_COMPRESSED_POINT || why == EC_R_INVALID_ENCODING ? ARMALO_I_KEY_WEAK
                                                                                      : ARMALO_I_KEY_FAILED;
    } else if (EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, own->body, own->body_len, room) !=
                   own->body_len ||
               BN_bn2binpad(EC_GROUP_get0_order(group), own->order, (int)curve->field) != (int)curve->field) {
        status = ARMALO_I_KEY_FAILED;
    }
    BN_CTX_free(room);
    EC_POINT_free(point);
    EC_GROUP_free(group);
    return status;
}

/* y: NULL for a compressed point. */
static int armalo_i_pkey_ec(armalo_i_public_key *key, int alg, const uint8_t *x, const uint8_t *y, int odd) {
    const armalo_i_pkey_curve *curve = armalo_i_pkey_curve_of(alg);
    armalo_i_pkey *own = armalo_i_alloc(sizeof *own);
    if (own == NULL) return ARMALO_I_KEY_NO_MEMORY;
    const unsigned long before = armalo_i_pkey_enter();
    own->size = 2 * curve->field;
    int status = armalo_i_pkey_point(own, curve, x, odd);
    if (status == ARMALO_I_KEY_OK && y != NULL &&
        !armalo_i_span_equal(armalo_i_span_of(own->body + 1 + curve->field, curve->field),
                             armalo_i_span_of(y, curve->field)))
        status = ARMALO_I_KEY_WEAK; /* off the curve, or y is not below p */
    if (status == ARMALO_I_KEY_OK) {
        char name[8];
        memcpy(name, curve->name, strlen(curve->name) + 1);
        OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, name, 0),
                               OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, own->body, own->body_len),
                               OSSL_PARAM_construct_end()};
        status = armalo_i_pkey_finish(key, own, alg, "EC", params);
    } else {
        armalo_i_pkey_free(own);
    }
    return armalo_i_pkey_leave(before, status);
}

int armalo_i_public_ec(armalo_i_public_key *key, int alg, armalo_i_span x, armalo_i_span y) {
    const armalo_i_pkey_curve *curve = armalo_i_pkey_curve_of(alg);
    armalo_i_zero(key, sizeof *key);
    if (curve == NULL) return ARMALO_I_KEY_UNSUPPORTED;
    /* RFC 7518 6.2.1.2: "The length of this octet string MUST be the full size of a coordinate" */
    if (x.len != curve->field || y.len != curve->field) return ARMALO_I_KEY_BAD;
    const uint8_t *ordinate = (const uint8_t *)y.ptr;
    return armalo_i_pkey_ec(key, alg, (const uint8_t *)x.ptr, ordinate, ordinate[curve->field - 1] & 1);
}

/* SEC 1 2.3.3. The hybrid forms are not used by anyone. */
int armalo_i_public_ec_point(armalo_i_public_key *key, int alg, armalo_i_span point) {
    const armalo_i_pkey_curve *curve = armalo_i_pkey_curve_of(alg);
    const uint8_t *bytes = (const uint8_t *)point.ptr;
    armalo_i_zero(key, sizeof *key);
    if (curve == NULL) return ARMALO_I_KEY_UNSUPPORTED;
    if (point.len == 1 && bytes[0] == 0) return ARMALO_I_KEY_WEAK; /* at infinity */
    if (point.len == 1 + curve->field && (bytes[0] == 2 || bytes[0] == 3))
        return armalo_i_pkey_ec(key, alg, bytes + 1, NULL, bytes[0] == 3);
    if (point.len != 1 + 2 * curve->field || bytes[0] != 4) return ARMALO_I_KEY_BAD;
    return armalo_i_public_ec(key, alg, armalo_i_span_of(bytes + 1, curve->field),
                              armalo_i_span_of(bytes + 1 + curve->field, curve->field));
}

static int armalo_i_pkey_rsa(armalo_i_public_key *key, int alg, armalo_i_pkey *own, uint64_t exponent) {
    uint8_t native[ARMALO_I_SIGNATURE_MAX]; /* as OSSL_PARAM has numbers: in the machine's order */
    BIGNUM *modulus = BN_bin2bn(own->body, (int)own->body_len, NULL);
    if (modulus == NULL || BN_bn2nativepad(modulus, native, (int)own->body_len) != (int)own->body_len) {
        BN_free(modulus);
        armalo_i_pkey_free(own);
        return ARMALO_I_KEY_FAILED;
    }
    BN_free(modulus);
    OSSL_PARAM params[] = {OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, native, own->body_len),
                           OSSL_PARAM_construct_uint64(OSSL_PKEY_PARAM_RSA_E, &exponent), OSSL_PARAM_construct_end()};
    return armalo_i_pkey_finish(key, own, alg, "RSA", params);
}

int armalo_i_public_rsa(armalo_i_public_key *key, int alg, armalo_i_span n, armalo_i_span e) {
    armalo_i_zero(key, sizeof *key);
    if (!armalo_i_pkey_is_rsa(alg)) return ARMALO_I_KEY_UNSUPPORTED;
    const uint8_t *modulus = (const uint8_t *)n.ptr, *bytes = (const uint8_t *)e.ptr;
    /* RFC 7518 6.3.1.1: no leading zero octets. */
    if (n.len == 0 || e.len == 0 || modulus[0] == 0 || bytes[0] == 0) return ARMALO_I_KEY_BAD;
    uint64_t exponent = 0;
    if (e.len > ARMALO_I_RSA_E_MAX) return ARMALO_I_KEY_WEAK;
    for (size_t i = 0; i < e.len; i++) exponent = exponent << 8 | bytes[i];
    if (exponent < ARMALO_I_RSA_E_LEAST || exponent > ARMALO_I_RSA_E_MOST || exponent % 2 == 0)
        return ARMALO_I_KEY_WEAK;
    /* 8 divides both bounds: only the least one leaves a byte that must be full. */
    if (n.len < ARMALO_I_RSA_MIN_BITS / 8 || n.len > ARMALO_I_RSA_MAX_BITS / 8) return ARMALO_I_KEY_WEAK;
    if (n.len == ARMALO_I_RSA_MIN_BITS / 8 && modulus[0] < 0x80) return ARMALO_I_KEY_WEAK;
    if (modulus[n.len - 1] % 2 == 0) return ARMALO_I_KEY_WEAK;
    armalo_i_pkey *own = armalo_i_alloc(sizeof *own);
    if (own == NULL) return ARMALO_I_KEY_NO_MEMORY;
    own->size = own->body_len = n.len;
    own->e_len = e.len;
    memcpy(own->body, modulus, n.len);
    memcpy(own->e, bytes, e.len);
    const unsigned long before = armalo_i_pkey_enter();
    return armalo_i_pkey_leave(before, armalo_i_pkey_rsa(key, alg, own, exponent));
}

/* EC of a named curve, or RSA. */
static int armalo_i_pkey_ec_of_evp(armalo_i_public_key *key, const EVP_PKEY *pkey) {
    char name[32];
    uint8_t point[1 + 2 * ARMALO_I_EC_FIELD_MAX];
    size_t len = 0;
    int specified = 0, alg;
    if (EVP_PKEY_get_group_name(pkey, name, sizeof name, NULL) != 1) return ARMALO_I_KEY_UNSUPPORTED;
    if (strcmp(name, SN_X9_62_prime256v1) == 0)
        alg = ARMALO_I_ALG_ES256;
    else if (strcmp(name, SN_secp384r1) == 0)
        alg = ARMALO_I_ALG_ES384;
    else
        return ARMALO_I_KEY_UNSUPPORTED;
    if (EVP_PKEY_get_int_param(pkey, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &specified) != 1 ||
        EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &len) != 1)
        return ARMALO_I_KEY_FAILED;
    return specified != 0 ? ARMALO_I_KEY_UNSUPPORTED : armalo_i_public_ec_point(key, alg, armalo_i_span_of(point, len));
}

static int armalo_i_pkey_rsa_of_evp(armalo_i_public_key *key, const EVP_PKEY *pkey, int rsa_alg) {
    uint8_t modulus[ARMALO_I_SIGNATURE_MAX], exponent[ARMALO_I_RSA_E_MAX];
    BIGNUM *n = NULL, *e = NULL;
    int status;
    if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &n) != 1 ||
        EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &e) != 1) {
        status = ARMALO_I_KEY_FAILED;
    } else if (BN_num_bytes(n) > (int)sizeof modulus || BN_num_bytes(e) > (int)sizeof exponent) {
        status = ARMALO_I_KEY_WEAK;
    } else {
        int n_len = BN_bn2bin(n, modulus), e_len = BN_bn2bin(e, exponent);
        status = armalo_i_public_rsa(key, rsa_alg, armalo_i_span_of(modulus, n_len > 0 ? (size_t)n_len : 0),
                                     armalo_i_span_of(exponent, e_len > 0 ? (size_t)e_len : 0));
    }
    BN_free(n);
    BN_free(e);
    return status;
}

int armalo_i_pkey_of_evp(armalo_i_public_key *key, const EVP_PKEY *pkey, int rsa_alg) {
    armalo_i_zero(key, sizeof *key);
    if (EVP_PKEY_is_a(pkey, "EC") == 1) return armalo_i_pkey_ec_of_evp(key, pkey);
    if (EVP_PKEY_is_a(pkey, "RSA") == 1) return armalo_i_pkey_rsa_of_evp(key, pkey, rsa_alg);
    return ARMALO_I_KEY_UNSUPPORTED;
}
