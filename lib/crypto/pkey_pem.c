/* SPDX-License-Identifier: MIT */
/* PEM blocks, and the public keys in them. Blocks are cut out here and not by OpenSSL, whose reader passes over what it
 * does not know and asks at the terminal for passphrases. */
#include "crypto/pkey_inside.h"

#include "codec/memory.h"
#include "codec/text.h"

#include <openssl/x509.h>

#define ARMALO_I_PEM_LABEL_MAX 64
#define ARMALO_I_PEM_KEY_MAX   (8 << 10) /* bytes of a public key in DER: four times the longest */

static int armalo_i_pem_white(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

static int armalo_i_pem_at(armalo_i_span text, size_t at, const char *what, size_t len) {
    return text.len - at >= len &&
           armalo_i_span_equal(armalo_i_span_of(text.ptr + at, len), armalo_i_span_of(what, len));
}

/* Moves over "-----BEGIN label-----" and its line's end. 1 if there. */
static int armalo_i_pem_begin(armalo_i_span text, size_t *at, armalo_i_span *label) {
    if (!armalo_i_pem_at(text, *at, "-----BEGIN ", 11)) return 0;
    size_t from = *at + 11, to = from;
    while (to < text.len && to - from < ARMALO_I_PEM_LABEL_MAX && text.ptr[to] != '-' && text.ptr[to] != '\n') to++;
    if (to == from || !armalo_i_pem_at(text, to, "-----", 5)) return 0;
    *label = armalo_i_span_of(text.ptr + from, to - from);
    *at = to + 5;
    return *at < text.len && (text.ptr[*at] == '\n' || text.ptr[*at] == '\r');
}

/* Moves over "-----END label-----", behind which a line or the text ends. 1 if there. */
static int armalo_i_pem_end_line(armalo_i_span text, size_t *at, armalo_i_span label) {
    if (!armalo_i_pem_at(text, *at, "-----END ", 9)) return 0;
    if (!armalo_i_pem_at(text, *at + 9, label.ptr, label.len)) return 0;
    if (!armalo_i_pem_at(text, *at + 9 + label.len, "-----", 5)) return 0;
    *at += 9 + label.len + 5;
    return *at == text.len || armalo_i_pem_white(text.ptr[*at]);
}

void armalo_i_pem_end(armalo_i_pem *pem) {
    armalo_i_release_wiped(pem->der, pem->room);
    armalo_i_zero(pem, sizeof *pem);
}

/* base64 without its white space. One block of memory has the bytes and, behind them, the digits. */
static int armalo_i_pem_decode(armalo_i_pem *pem, armalo_i_span body, size_t max) {
    /* The digits are 4/3 as many, and lines may end as often. */
    if (body.len == 0 || body.len / 2 > max) return ARMALO_I_KEY_BAD;
    pem->room = 2 * body.len;
    pem->der = armalo_i_alloc(pem->room);
    if (pem->der == NULL) return ARMALO_I_KEY_NO_MEMORY;
    char *digits = (char *)pem->der + body.len;
    size_t count = 0;
    for (size_t i = 0; i < body.len; i++) {
        if (!armalo_i_pem_white(body.ptr[i])) digits[count++] = body.ptr[i];
    }
    return count > 0 && armalo_i_base64_decode(armalo_i_span_of(digits, count), pem->der, max, &pem->len)
               ? ARMALO_I_KEY_OK
               : ARMALO_I_KEY_BAD;
}

int armalo_i_pem_next(armalo_i_pem *pem, armalo_i_span text, size_t *at, size_t max) {
    size_t here = *at;
    armalo_i_zero(pem, sizeof *pem);
    while (here < text.len && armalo_i_pem_white(text.ptr[here])) here++;
    if (here >= text.len) return -1;
    if (!armalo_i_pem_begin(text, &here, &pem->label)) return ARMALO_I_KEY_BAD;
    size_t body = here;
    while (body < text.len && armalo_i_pem_white(text.ptr[body])) body++;
    if (armalo_i_pem_at(text, body, "Proc-Type:", 10)) return ARMALO_I_KEY_UNSUPPORTED; /* RFC 1421: encrypted */
    while (here < text.len && text.ptr[here] != '-') here++;
    size_t end = here;
    if (!armalo_i_pem_end_line(text, &here, pem->label)) return ARMALO_I_KEY_BAD;
    int status = armalo_i_pem_decode(pem, armalo_i_span_of(text.ptr + body, end - body), max);
    if (status == ARMALO_I_KEY_OK)
        *at = here;
    else
        armalo_i_pem_end(pem);
    return status;
}

/* RFC 5480 2.1.1: "specifiedCurve, which is explicit parameters, MUST NOT be used" */
static int armalo_i_spki_ec(armalo_i_public_key *key, int type, const void *curve, armalo_i_span point) {
    int nid = type == V_ASN1_OBJECT ? OBJ_obj2nid(curve) : NID_undef;
    if (nid == NID_X9_62_prime256v1) return armalo_i_public_ec_point(key, ARMALO_I_ALG_ES256, point);
    if (nid == NID_secp384r1) return armalo_i_public_ec_point(key, ARMALO_I_ALG_ES384, point);
    return type == V_ASN1_OBJECT || type == V_ASN1_SEQUENCE ? ARMALO_I_KEY_UNSUPPORTED : ARMALO_I_KEY_BAD;
}

int armalo_i_pkey_of_spki(armalo_i_public_key *key, const X509_PUBKEY *spki, int rsa_alg) {
    ASN1_OBJECT *algorithm = NULL;
    const unsigned char *bytes = NULL;
    const void *parameter = NULL;
    X509_ALGOR *whole = NULL;
    int len = 0, type = 0;
    armalo_i_zero(key, sizeof *key);
    if (X509_PUBKEY_get0_param(&algorithm, &bytes, &len, &whole, spki) != 1 || len < 0) return ARMALO_I_KEY_FAILED;
    X509_ALGOR_get0(NULL, &type, &parameter, whole);
    switch (OBJ_obj2nid(algorithm)) {
    case NID_ED25519: /* RFC 8410 3: "the parameters MUST be absent"; 4: the bit string is the key */
        if (type != V_ASN1_UNDEF || len != ARMALO_I_ED25519_PUBLIC) return ARMALO_I_KEY_BAD;
        return armalo_i_public_ed25519(key, bytes);
    case NID_X9_62_id_ecPublicKey:
        return armalo_i_spki_ec(key, type, parameter, armalo_i_span_of(bytes, (size_t)len));
    case NID_rsaEncryption: /* RFC 3279 2.3.1: "The parameters field MUST have ASN.1 type NULL" */
        if (type != V_ASN1_NULL) return ARMALO_I_KEY_BAD;
        break;
    default: /* RSA keys for PSS alone are here too: their parameters would be one more thing to judge */
        return ARMALO_I_KEY_UNSUPPORTED;
    }
    const EVP_PKEY *rsa = X509_PUBKEY_get0(spki);
    return rsa == NULL ? ARMALO_I_KEY_BAD : armalo_i_pkey_of_evp(key, rsa, rsa_alg);
}

/* X.690 10 and 11.2: a key has one DER form. OpenSSL reads other forms too, which are all longer, and bits that a bit
 * string says are not used. Status. */
static int armalo_i_spki_is_der(const X509_PUBKEY *spki, const armalo_i_pem *pem) {
    const unsigned char *bytes = NULL;
    int len = 0, size = i2d_X509_PUBKEY(spki, NULL);
    if (X509_PUBKEY_get0_param(NULL, &bytes, &len, NULL, spki) != 1 || size <= 0) return ARMALO_I_KEY_FAILED;
    if ((size_t)size != pem->len || len < 0 || len >= size) return ARMALO_I_KEY_BAD;
    /* The bits end the whole; before them stands how many are not used. */
    return pem->der[size - len - 1] == 0 ? ARMALO_I_KEY_OK : ARMALO_I_KEY_BAD;
}

int armalo_i_public_pem(armalo_i_public_key *key, armalo_i_span text, size_t *at, int rsa_alg) {
    armalo_i_pem pem;
    armalo_i_zero(key, sizeof *key);
    int status = armalo_i_pem_next(&pem, text, at, ARMALO_I_PEM_KEY_MAX);
    if (status != ARMALO_I_KEY_OK) return status;
    const unsigned long before = armalo_i_pkey_enter();
    status = ARMALO_I_KEY_BAD;
    if (armalo_i_pem_is(&pem, "PUBLIC KEY")) {
        const unsigned char *der = pem.der;
        X509_PUBKEY *spki = d2i_X509_PUBKEY(NULL, &der, (long)pem.len);
        if (spki != NULL && der == pem.der + pem.len) status = armalo_i_spki_is_der(spki, &pem);
        if (status == ARMALO_I_KEY_OK) status = armalo_i_pkey_of_spki(key, spki, rsa_alg);
        X509_PUBKEY_free(spki);
    }
    armalo_i_pem_end(&pem);
    return armalo_i_pkey_leave(before, status);
}
