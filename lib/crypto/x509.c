/* SPDX-License-Identifier: MIT */
/* Certificates. OpenSSL builds the chain and checks it (RFC 5280 6.1); when it is valid is read off here, because the
 * moment that counts is the caller's to choose. Nothing is fetched and nothing comes from the system's trust store. */
#include "crypto/pkey_inside.h"

#include "codec/memory.h"
#include "codec/text.h"

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#define ARMALO_I_CERT_DER_MAX (64 << 10) /* bytes of one */
#define ARMALO_I_CERT_LEVEL   2          /* of OpenSSL: 112 bits of security, which refuses SHA-1 and RSA below 2048 */

/* OpenSSL's typed stacks are functions in its headers, which this library keeps out of its own objects. */
static int armalo_i_stack_count(const void *stack) { return OPENSSL_sk_num(stack); }
static void *armalo_i_stack_at(const void *stack, int i) { return OPENSSL_sk_value(stack, i); }

static void armalo_i_cert_free_all(STACK_OF(X509) * certs) {
    for (int i = 0; i < armalo_i_stack_count(certs); i++) X509_free(armalo_i_stack_at(certs, i));
    OPENSSL_sk_free((OPENSSL_STACK *)certs);
}

void armalo_i_cert_end(armalo_i_cert *cert) {
    armalo_i_public_end(&cert->key);
    armalo_i_zero(cert, sizeof *cert);
}

static int armalo_i_cert_one(STACK_OF(X509) * into, const armalo_i_pem *pem) {
    const unsigned char *der = pem->der;
    if (!armalo_i_pem_is(pem, "CERTIFICATE")) return ARMALO_I_KEY_BAD;
    if (armalo_i_stack_count(into) >= ARMALO_I_CERT_TEXT) return ARMALO_I_KEY_TOO_LONG;
    X509 *one = d2i_X509(NULL, &der, (long)pem->len);
    if (one == NULL) return ARMALO_I_KEY_BAD;
    int status = der == pem->der + pem->len ? ARMALO_I_KEY_OK : ARMALO_I_KEY_BAD;
    if (status == ARMALO_I_KEY_OK && X509_add_cert(into, one, X509_ADD_FLAG_DEFAULT) != 1)
        status = ARMALO_I_KEY_NO_MEMORY;
    if (status != ARMALO_I_KEY_OK) X509_free(one);
    return status;
}

/* All certificates of the text, one at least. */
static int armalo_i_cert_read(STACK_OF(X509) * into, armalo_i_span text) {
    armalo_i_pem pem;
    size_t at = 0;
    for (;;) {
        int status = armalo_i_pem_next(&pem, text, &at, ARMALO_I_CERT_DER_MAX);
        if (status == -1) return armalo_i_stack_count(into) > 0 ? ARMALO_I_KEY_OK : ARMALO_I_KEY_BAD;
        if (status != ARMALO_I_KEY_OK) return status;
        status = armalo_i_cert_one(into, &pem);
        armalo_i_pem_end(&pem);
        if (status != ARMALO_I_KEY_OK) return status;
    }
}

/* RFC 5280 4.1.2.5: YYMMDDHHMMSSZ, where YY of 50 and above is 19YY, or YYYYMMDDHHMMSSZ. */
static int armalo_i_cert_time(const ASN1_TIME *time, int64_t *ms) {
    const char *digits = (const char *)ASN1_STRING_get0_data(time);
    const int type = ASN1_STRING_type(time), len = ASN1_STRING_length(time);
    char text[] = "20YY-MM-DDTHH:MM:SSZ";
    if (type == V_ASN1_UTCTIME && len == 13) {
        if (digits[0] >= '5') memcpy(text, "19", 2);
    } else if (type == V_ASN1_GENERALIZEDTIME && len == 15) {
        memcpy(text, digits, 2);
        digits += 2;
    } else {
        return 0;
    }
    for (size_t at = 2; at < sizeof text - 1; at += 3, digits += 2) memcpy(text + at, digits, 2);
    return digits[0] == 'Z' && armalo_i_time_parse(armalo_i_span_text(text), ms);
}

/* From the latest beginning to the earliest end. */
static int armalo_i_cert_window(armalo_i_cert *cert, const STACK_OF(X509) * chain) {
    cert->not_before_ms = 0;
    cert->not_after_ms = INT64_MAX;
    for (int i = 0; i < armalo_i_stack_count(chain); i++) {
        int64_t from = 0, to = 0;
        if (!armalo_i_cert_time(X509_get0_notBefore(armalo_i_stack_at(chain, i)), &from) ||
            !armalo_i_cert_time(X509_get0_notAfter(armalo_i_stack_at(chain, i)), &to))
            return ARMALO_I_KEY_BAD;
        if (from > cert->not_before_ms) cert->not_before_ms = from;
        if (to < cert->not_after_ms) cert->not_after_ms = to;
    }
    return ARMALO_I_KEY_OK;
}

static int armalo_i_cert_usages(armalo_i_cert *cert, const X509 *leaf) {
    int critical = 0, status = ARMALO_I_KEY_OK;
    EXTENDED_KEY_USAGE *usages = X509_get_ext_d2i(leaf, NID_ext_key_usage, &critical, NULL);
    if (usages == NULL) return critical == -1 ? ARMALO_I_KEY_OK : ARMALO_I_KEY_BAD; /* -1: no such extension */
    int count = armalo_i_stack_count(usages); /* RFC 5280 4.2.1.12: SIZE (1..MAX) */
    if (count < 1 || count > ARMALO_I_CERT_USAGES) status = ARMALO_I_KEY_BAD;
    for (int i = 0; i < count && status == ARMALO_I_KEY_OK; i++) {
        int len = OBJ_obj2txt(cert->usage[i], ARMALO_I_CERT_USAGE_MAX, armalo_i_stack_at(usages, i), 1);
        if (len < 1 || len >= ARMALO_I_CERT_USAGE_MAX) status = ARMALO_I_KEY_BAD;
        cert->usage_count++;
    }
    EXTENDED_KEY_USAGE_free(usages);
    return status;
}

/* The leaf signs what is no certificate: it is no authority, and may make digital signatures. */
static int armalo_i_cert_may_sign(X509 *leaf) {
    return X509_check_ca(leaf) == 0 && (X509_get_extension_flags(leaf) & (EXFLAG_INVALID | EXFLAG_CA)) == 0 &&
           (X509_get_key_usage(leaf) & KU_DIGITAL_SIGNATURE) != 0; /* all bits, where there is no such extension */
}

static int armalo_i_cert_refusal(int error) {
    switch (error) {
    case X509_V_ERR_OUT_OF_MEM:
        return ARMALO_I_KEY_NO_MEMORY;
    case X509_V_OK: /* refused, and no reason given */
    case X509_V_ERR_UNSPECIFIED:
    case X509_V_ERR_INVALID_CALL:
    case X509_V_ERR_STORE_LOOKUP:
        return ARMALO_I_KEY_FAILED;
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
        return ARMALO_I_KEY_TOO_LONG;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
        return ARMALO_I_KEY_WEAK;
    default:
        return ARMALO_I_KEY_CHAIN;
    }
}

static int armalo_i_cert_prepare(X509_STORE_CTX *context, X509_STORE *store, STACK_OF(X509) * given,
                                 const STACK_OF(X509) * trusted, int max_chain) {
    for (int i = 0; i < armalo_i_stack_count(trusted); i++) {
        if (X509_STORE_add_cert(store, armalo_i_stack_at(trusted, i)) != 1) return 0;
    }
    if (X509_STORE_CTX_init(context, store, armalo_i_stack_at(given, 0), given) != 1) return 0;
    X509_VERIFY_PARAM *rules = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_depth(rules, max_chain - 2); /* of OpenSSL: those between the leaf and the root */
    X509_VERIFY_PARAM_set_auth_level(rules, ARMALO_I_CERT_LEVEL);
    /* RFC 5280 6.1.1 (c): any policy is asked for, so that only what the chain itself requires is enforced. */
    return X509_VERIFY_PARAM_add0_policy(rules, OBJ_nid2obj(NID_any_policy)) == 1 &&
           X509_VERIFY_PARAM_clear_flags(rules, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_ALLOW_PROXY_CERTS) == 1 &&
           X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_X509_STRICT | X509_V_FLAG_NO_CHECK_TIME |
                                                  X509_V_FLAG_POLICY_CHECK) == 1;
}

static int armalo_i_cert_judge(armalo_i_cert *cert, X509_STORE_CTX *context, int rsa_alg, int max_chain) {
    int answer = X509_verify_cert(context);
    if (answer != 1) return answer < 0 ? ARMALO_I_KEY_FAILED : armalo_i_cert_refusal(X509_STORE_CTX_get_error(context));
    const STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(context);
    X509 *leaf = armalo_i_stack_at(chain, 0);
    if (armalo_i_stack_count(chain) > max_chain) return ARMALO_I_KEY_TOO_LONG;
    if (armalo_i_stack_count(chain) < 2) return ARMALO_I_KEY_CHAIN; /* a leaf that is its own root */
    if (!armalo_i_cert_may_sign(leaf)) return ARMALO_I_KEY_CHAIN;
    int status = armalo_i_cert_window(cert, chain);
    if (status == ARMALO_I_KEY_OK) status = armalo_i_cert_usages(cert, leaf);
    return status == ARMALO_I_KEY_OK ? armalo_i_pkey_of_spki(&cert->key, X509_get_X509_PUBKEY(leaf), rsa_alg) : status;
}

int armalo_i_cert_chain(armalo_i_cert *cert, armalo_i_span text, armalo_i_span roots, int rsa_alg, int max_chain) {
    armalo_i_zero(cert, sizeof *cert);
    if (max_chain < 2) return ARMALO_I_KEY_TOO_LONG;
    if (max_chain > 2 * ARMALO_I_CERT_TEXT) max_chain = 2 * ARMALO_I_CERT_TEXT; /* there are no more */
    const unsigned long before = armalo_i_pkey_enter();
    STACK_OF(X509) *given = sk_X509_new_null(), *trusted = sk_X509_new_null();
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    int status = ARMALO_I_KEY_NO_MEMORY;
    if (given != NULL && trusted != NULL && store != NULL && context != NULL) status = armalo_i_cert_read(given, text);
    if (status == ARMALO_I_KEY_OK) status = armalo_i_cert_read(trusted, roots);
    if (status == ARMALO_I_KEY_OK)
        status = armalo_i_cert_prepare(context, store, given, trusted, max_chain)
                     ? armalo_i_cert_judge(cert, context, rsa_alg, max_chain)
                     : ARMALO_I_KEY_FAILED;
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    armalo_i_cert_free_all(trusted);
    armalo_i_cert_free_all(given);
    status = armalo_i_pkey_leave(before, status);
    if (status != ARMALO_I_KEY_OK) armalo_i_cert_end(cert);
    return status;
}
