/* SPDX-License-Identifier: MIT */
/* tests/cert_forge.h: certificates made with OpenSSL, right or with one defect. Header only. */
#ifndef ARMALO_TESTS_CERT_FORGE_H
#define ARMALO_TESTS_CERT_FORGE_H

#include "pkey_forge.h"

#include <openssl/x509.h>
#include <openssl/x509v3.h>

/* What a certificate says. Extensions are written as in OpenSSL's configuration; NULL: there is none. */
typedef struct cert_plan {
    const char *name, *basic, *usage, *extended;
    const char *more[3][2];   /* other extensions: name or OID, and value */
    const char *from, *until; /* UTCTime or GeneralizedTime by their length */
    const char *digest;       /* NULL: Ed25519 */
    int version1;             /* without any extension */
    int no_identifiers;       /* neither subject's nor issuer's */
} cert_plan;

typedef struct cert_made {
    X509 *x509;
    EVP_PKEY *pkey;
} cert_made;

static const cert_plan cert_root = {.name = "root",
                                    .basic = "critical,CA:TRUE",
                                    .usage = "critical,keyCertSign,cRLSign",
                                    .from = "200101000000Z",
                                    .until = "400101000000Z",
                                    .digest = "SHA256"};
static const cert_plan cert_middle = {.name = "middle",
                                      .basic = "critical,CA:TRUE",
                                      .usage = "critical,keyCertSign",
                                      .from = "210101000000Z",
                                      .until = "390101000000Z",
                                      .digest = "SHA256"};
static const cert_plan cert_leaf = {.name = "leaf",
                                    .basic = "critical,CA:FALSE",
                                    .usage = "critical,digitalSignature",
                                    .from = "240101000000Z",
                                    .until = "250101000000Z",
                                    .digest = "SHA256"};

static inline void cert_extension(X509 *x509, X509V3_CTX *context, const char *name, const char *value) {
    if (value == NULL) return;
    X509_EXTENSION *extension = X509V3_EXT_nconf(NULL, context, name, value);
    if (extension == NULL) ck_abort_msg("extension %s=%s", name, value);
    ck_assert_int_eq(X509_add_ext(x509, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

static inline void cert_time(ASN1_TIME *time, const char *text) {
    int utc = strlen(text) <= 13;
    if (text[0] == 'U' || text[0] == 'G') utc = *text++ == 'U'; /* of the wrong length for its type */
    ck_assert_int_eq(ASN1_STRING_set(time, text, -1), 1);
    time->type = utc ? V_ASN1_UTCTIME : V_ASN1_GENERALIZEDTIME;
}

static inline void cert_extensions(X509 *x509, const cert_plan *plan, X509 *issuer) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, x509, NULL, NULL, 0);
    cert_extension(x509, &context, "basicConstraints", plan->basic);
    cert_extension(x509, &context, "keyUsage", plan->usage);
    cert_extension(x509, &context, "extendedKeyUsage", plan->extended);
    if (!plan->no_identifiers) {
        cert_extension(x509, &context, "subjectKeyIdentifier", "hash");
        cert_extension(x509, &context, "authorityKeyIdentifier", issuer == x509 ? NULL : "keyid,issuer");
    }
    for (size_t i = 0; i < 3 && plan->more[i][0] != NULL; i++)
        cert_extension(x509, &context, plan->more[i][0], plan->more[i][1]);
}

/* A certificate of pkey (taken) by issuer; NULL: by itself. */
static inline cert_made cert_make(const cert_plan *plan, EVP_PKEY *pkey, const cert_made *issuer) {
    static long serial;
    cert_made made = {X509_new(), pkey_made(pkey)};
    if (issuer == NULL) issuer = &made;
    X509_set_version(made.x509, plan->version1 ? X509_VERSION_1 : X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made.x509), ++serial);
    cert_time(X509_getm_notBefore(made.x509), plan->from);
    cert_time(X509_getm_notAfter(made.x509), plan->until);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made.x509), "CN", MBSTRING_ASC, (const unsigned char *)plan->name,
                               -1, -1, 0);
    X509_set_issuer_name(made.x509, X509_get_subject_name(issuer->x509));
    ck_assert_int_eq(X509_set_pubkey(made.x509, pkey), 1);
    if (!plan->version1) cert_extensions(made.x509, plan, issuer->x509);
    EVP_MD *md = plan->digest == NULL ? NULL : EVP_MD_fetch(NULL, plan->digest, NULL);
    ck_assert_int_gt(X509_sign(made.x509, issuer->pkey, md), 0);
    EVP_MD_free(md);
    return made;
}

static inline void cert_free(cert_made *made) {
    X509_free(made->x509);
    EVP_PKEY_free(made->pkey);
    made->x509 = NULL;
    made->pkey = NULL;
}

static inline void cert_text(pkey_text *text, const cert_made *made) {
    BIO *bio = BIO_new(BIO_s_mem());
    pkey_text_take(text, bio, PEM_write_bio_X509(bio, made->x509));
}

#endif
