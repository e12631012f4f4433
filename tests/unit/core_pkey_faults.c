/* SPDX-License-Identifier: MIT */
/* Each call of OpenSSL that can fail does fail, one after another, and then each allocation of OpenSSL's: no signature
 * holds by it, none is called wrong by it, no key and no chain comes out, and nothing leaks. The functions below stand
 * before OpenSSL's own, since the program is searched first. */
#define _GNU_SOURCE
#include "cert_forge.h"

#include <dlfcn.h>

/* The call that fails, counted from 1 (0: none does), and with what where it returns a number. */
static struct {
    unsigned at, calls;
    int answer, fired;
    int raised; /* 1: it says that it has no memory; 2: and then something else */
    const char *name;
} fault;

/* Where the program's own code is, the library's with it: what OpenSSL calls within itself is not meant. */
extern const char __executable_start[], etext[];

static int fails(const char *name, const void *caller) {
    const char *from = caller;
    if (from < __executable_start || from >= etext) return 0;
    if (++fault.calls != fault.at) return 0;
    fault.name = name;
    fault.fired = 1;
    if (fault.raised > 0) ERR_raise(ERR_LIB_ASN1, ERR_R_MALLOC_FAILURE);
    if (fault.raised > 1) ERR_raise(ERR_LIB_ASN1, ERR_R_NESTED_ASN1_ERROR);
    return 1;
}

#define FAULT(type, name, bad, parameters, arguments)                                                                  \
    type name parameters {                                                                                             \
        static type(*next) parameters;                                                                                 \
        if (next == NULL) {                                                                                            \
            void *found = dlsym(RTLD_NEXT, #name);                                                                     \
            if (found == NULL) abort();                                                                                \
            memcpy(&next, &found, sizeof next);                                                                        \
        }                                                                                                              \
        return fails(#name, __builtin_return_address(0)) ? (type)(bad) : next arguments;                               \
    }
#define FAULT_INT(name, parameters, arguments) FAULT(int, name, fault.answer, parameters, arguments)

typedef const EVP_PKEY *key_in;
typedef const unsigned char *bytes_in;

FAULT(EVP_MD *, EVP_MD_fetch, NULL, (OSSL_LIB_CTX * a, const char *b, const char *c), (a, b, c))
FAULT(EVP_PKEY_CTX *, EVP_PKEY_CTX_new_from_pkey, NULL, (OSSL_LIB_CTX * a, EVP_PKEY *b, const char *c), (a, b, c))
FAULT(EVP_PKEY_CTX *, EVP_PKEY_CTX_new_from_name, NULL, (OSSL_LIB_CTX * a, const char *b, const char *c), (a, b, c))
FAULT(EVP_PKEY_CTX *, EVP_PKEY_CTX_dup, NULL, (const EVP_PKEY_CTX *a), (a))
FAULT_INT(EVP_PKEY_verify_init, (EVP_PKEY_CTX * a), (a))
FAULT_INT(EVP_PKEY_verify_recover_init, (EVP_PKEY_CTX * a), (a))
FAULT_INT(EVP_PKEY_sign_init, (EVP_PKEY_CTX * a), (a))
FAULT_INT(EVP_PKEY_fromdata_init, (EVP_PKEY_CTX * a), (a))
FAULT_INT(EVP_PKEY_fromdata, (EVP_PKEY_CTX * a, EVP_PKEY **b, int c, OSSL_PARAM *d), (a, b, c, d))
FAULT_INT(EVP_PKEY_CTX_set_rsa_padding, (EVP_PKEY_CTX * a, int b), (a, b))
FAULT_INT(EVP_PKEY_CTX_set_rsa_pss_saltlen, (EVP_PKEY_CTX * a, int b), (a, b))
FAULT_INT(EVP_PKEY_CTX_set_rsa_mgf1_md, (EVP_PKEY_CTX * a, const EVP_MD *b), (a, b))
FAULT_INT(EVP_PKEY_CTX_set_signature_md, (EVP_PKEY_CTX * a, const EVP_MD *b), (a, b))
FAULT_INT(EVP_PKEY_verify_recover, (EVP_PKEY_CTX * a, unsigned char *b, size_t *c, bytes_in d, size_t e),
          (a, b, c, d, e))
FAULT_INT(EVP_PKEY_sign, (EVP_PKEY_CTX * a, unsigned char *b, size_t *c, bytes_in d, size_t e), (a, b, c, d, e))
FAULT_INT(EVP_PKEY_get_group_name, (key_in a, char *b, size_t c, size_t *d), (a, b, c, d))
FAULT_INT(EVP_PKEY_get_int_param, (key_in a, const char *b, int *c), (a, b, c))
FAULT_INT(EVP_PKEY_get_bn_param, (key_in a, const char *b, BIGNUM **c), (a, b, c))
FAULT_INT(EVP_PKEY_get_octet_string_param, (key_in a, const char *b, unsigned char *c, size_t d, size_t *e),
          (a, b, c, d, e))
FAULT_INT(EVP_PKEY_is_a, (key_in a, const char *b), (a, b))
FAULT_INT(EVP_Digest, (const void *a, size_t b, unsigned char *c, unsigned *d, const EVP_MD *e, ENGINE *f),
          (a, b, c, d, e, f))
FAULT(EC_GROUP *, EC_GROUP_new_by_curve_name, NULL, (int a), (a))
FAULT(EC_POINT *, EC_POINT_new, NULL, (const EC_GROUP *a), (a))
FAULT_INT(EC_POINT_oct2point, (const EC_GROUP *a, EC_POINT *b, bytes_in c, size_t d, BN_CTX *e), (a, b, c, d, e))
FAULT(size_t, EC_POINT_point2oct, 0,
      (const EC_GROUP *a, const EC_POINT *b, point_conversion_form_t c, unsigned char *d, size_t e, BN_CTX *f),
      (a, b, c, d, e, f))
FAULT_INT(EC_POINT_mul,
          (const EC_GROUP *a, EC_POINT *b, const BIGNUM *c, const EC_POINT *d, const BIGNUM *e, BN_CTX *f),
          (a, b, c, d, e, f))
FAULT_INT(EC_POINT_is_at_infinity, (const EC_GROUP *a, const EC_POINT *b), (a, b))
FAULT(BN_CTX *, BN_CTX_new, NULL, (void), ())
FAULT(BIGNUM *, BN_bin2bn, NULL, (bytes_in a, int b, BIGNUM *c), (a, b, c))
FAULT_INT(BN_bn2binpad, (const BIGNUM *a, unsigned char *b, int c), (a, b, c))
FAULT_INT(BN_bn2nativepad, (const BIGNUM *a, unsigned char *b, int c), (a, b, c))
FAULT_INT(BN_bn2bin, (const BIGNUM *a, unsigned char *b), (a, b))
FAULT(X509_PUBKEY *, d2i_X509_PUBKEY, NULL, (X509_PUBKEY * *a, bytes_in *b, long c), (a, b, c))
FAULT_INT(i2d_X509_PUBKEY, (const X509_PUBKEY *a, unsigned char **b), (a, b))
FAULT_INT(X509_PUBKEY_get0_param, (ASN1_OBJECT * *a, bytes_in *b, int *c, X509_ALGOR **d, const X509_PUBKEY *e),
          (a, b, c, d, e))
FAULT(EVP_PKEY *, X509_PUBKEY_get0, NULL, (const X509_PUBKEY *a), (a))
FAULT(PKCS8_PRIV_KEY_INFO *, d2i_PKCS8_PRIV_KEY_INFO, NULL, (PKCS8_PRIV_KEY_INFO * *a, bytes_in *b, long c), (a, b, c))
FAULT_INT(PKCS8_pkey_get0,
          (const ASN1_OBJECT **a, bytes_in *b, int *c, const X509_ALGOR **d, const PKCS8_PRIV_KEY_INFO *e),
          (a, b, c, d, e))
FAULT(EVP_PKEY *, EVP_PKCS82PKEY, NULL, (const PKCS8_PRIV_KEY_INFO *a), (a))
FAULT(EVP_PKEY *, d2i_PrivateKey, NULL, (int a, EVP_PKEY **b, bytes_in *c, long d), (a, b, c, d))
FAULT(X509 *, d2i_X509, NULL, (X509 * *a, bytes_in *b, long c), (a, b, c))
FAULT(X509_STORE *, X509_STORE_new, NULL, (void), ())
FAULT(X509_STORE_CTX *, X509_STORE_CTX_new, NULL, (void), ())
FAULT_INT(X509_STORE_add_cert, (X509_STORE * a, X509 *b), (a, b))
FAULT_INT(X509_STORE_CTX_init, (X509_STORE_CTX * a, X509_STORE *b, X509 *c, STACK_OF(X509) * d), (a, b, c, d))
FAULT_INT(X509_VERIFY_PARAM_set_flags, (X509_VERIFY_PARAM * a, unsigned long b), (a, b))
FAULT_INT(X509_VERIFY_PARAM_clear_flags, (X509_VERIFY_PARAM * a, unsigned long b), (a, b))
FAULT_INT(X509_VERIFY_PARAM_add0_policy, (X509_VERIFY_PARAM * a, ASN1_OBJECT *b), (a, b))
FAULT_INT(X509_verify_cert, (X509_STORE_CTX * a), (a))
FAULT_INT(OBJ_obj2txt, (char *a, int b, const ASN1_OBJECT *c, int d), (a, b, c, d))
FAULT(OPENSSL_STACK *, OPENSSL_sk_new_null, NULL, (void), ())
FAULT_INT(X509_add_cert, (STACK_OF(X509) * a, X509 *b, int c), (a, b, c))

/* EVP_PKEY_verify is set to one answer instead; a great number: it works. */
static int verify_answer = INT32_MAX;
int EVP_PKEY_verify(EVP_PKEY_CTX *a, bytes_in b, size_t c, bytes_in d, size_t e) {
    static int (*next)(EVP_PKEY_CTX *, bytes_in, size_t, bytes_in, size_t);
    if (next == NULL) {
        void *found = dlsym(RTLD_NEXT, "EVP_PKEY_verify");
        memcpy(&next, &found, sizeof next);
    }
    return verify_answer != INT32_MAX ? verify_answer : next(a, b, c, d, e);
}

/* ---- Allocations ---- */

static struct {
    unsigned at, calls;
    int fired;
} heap;
static long live; /* blocks that OpenSSL has */

static int starves(void) {
    if (heap.at == 0 || ++heap.calls != heap.at) return 0;
    heap.fired = 1;
    return 1;
}
static void *heap_malloc(size_t size, const char *file, int line) {
    (void)file;
    (void)line;
    if (size == 0 || starves()) return NULL;
    live++;
    return malloc(size);
}
static void heap_free(void *memory, const char *file, int line) {
    (void)file;
    (void)line;
    live -= memory != NULL;
    free(memory);
}
static void *heap_realloc(void *memory, size_t size, const char *file, int line) {
    if (memory == NULL) return heap_malloc(size, file, line);
    if (size == 0) {
        heap_free(memory, file, line);
        return NULL;
    }
    return starves() ? NULL : realloc(memory, size);
}

/* ---- What is done ---- */

enum { MAKE, PEM, VERIFY, REFUSE, PRIVATE, SIGN, HALF, CHAIN, WORKS };
static const int algs[] = {ARMALO_I_ALG_EDDSA, ARMALO_I_ALG_ES256, ARMALO_I_ALG_ES384, ARMALO_I_ALG_PS256,
                           ARMALO_I_ALG_RS256};
#define ALGS ((int)(sizeof algs / sizeof algs[0]))
static const char message[] = "a message";

/* What each work needs, made before anything fails. */
static int alg;
static armalo_i_public_key given;
static armalo_i_private_key secret;
static uint8_t thumbprint[32];
static pkey_bytes a, b, good, bad;
static pkey_text public_text, private_text, chain_text, root_text;

static void prepare(int which) {
    alg = algs[which];
    EVP_PKEY *pkey = pkey_make(alg);
    ck_assert_int_eq(pkey_of(&given, pkey, alg), ARMALO_I_KEY_OK);
    ck_assert_int_eq(armalo_i_public_thumbprint(&given, thumbprint), 1);
    if (alg == ARMALO_I_ALG_EDDSA) {
        memcpy(a.at, given.ed25519, 32);
    } else if (alg == ARMALO_I_ALG_ES256 || alg == ARMALO_I_ALG_ES384) {
        const int field = alg == ARMALO_I_ALG_ES256 ? 32 : 48;
        pkey_number(pkey, OSSL_PKEY_PARAM_EC_PUB_X, field, &a);
        pkey_number(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, field, &b);
    } else {
        pkey_number(pkey, OSSL_PKEY_PARAM_RSA_N, 0, &a);
        pkey_number(pkey, OSSL_PKEY_PARAM_RSA_E, 0, &b);
    }
    pkey_sign(pkey, alg, ARMALO_I_ECDSA_RAW, message, sizeof message, &good);
    pkey_sign(pkey, alg, ARMALO_I_ECDSA_RAW, message, sizeof message - 1, &bad);
    public_text.len = private_text.len = chain_text.len = root_text.len = 0;
    pkey_text_public(&public_text, pkey);
    BIO *bio = BIO_new(BIO_s_mem());
    pkey_text_take(&private_text, bio, PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL));
    ck_assert_int_eq(armalo_i_private_pem(&secret, pkey_text_span(&private_text)), ARMALO_I_KEY_OK);
    cert_plan plan = cert_leaf;
    plan.extended = "codeSigning,1.2.3.4";
    cert_made root = cert_make(&cert_root, EVP_EC_gen("P-256"), NULL);
    cert_made middle = cert_make(&cert_middle, EVP_EC_gen("P-256"), &root);
    cert_made leaf = cert_make(&plan, pkey, &middle);
    cert_text(&chain_text, &leaf);
    cert_text(&chain_text, &middle);
    cert_text(&root_text, &root);
    cert_free(&leaf);
    cert_free(&middle);
    cert_free(&root);
}
static void finish(void) {
    armalo_i_public_end(&given);
    armalo_i_private_end(&secret);
}

static int rsa_alg(void) { return alg == ARMALO_I_ALG_RS256 ? ARMALO_I_ALG_RS256 : ARMALO_I_ALG_PS256; }
static int private_alg(void) { return alg == ARMALO_I_ALG_RS256 ? ARMALO_I_ALG_PS256 : alg; }

/* A key that came out although a call failed is the right one all the same. */
static void expect_key(const armalo_i_public_key *key, int want_alg) {
    uint8_t got[32];
    ck_assert_int_eq(armalo_i_public_thumbprint(key, got), 1);
    ck_assert_mem_eq(got, thumbprint, sizeof got);
    ck_assert_int_eq(key->alg, want_alg);
}

static int blame; /* the last status */

static int made_public(armalo_i_public_key *key, int status, int want_alg) {
    blame = status;
    static const armalo_i_public_key none;
    if (status == ARMALO_I_KEY_OK)
        expect_key(key, want_alg);
    else
        ck_assert_mem_eq(key, &none, sizeof none);
    armalo_i_public_end(key);
    return status == ARMALO_I_KEY_OK;
}

/* Does it, and sees that what comes out is right or nothing. 1 if it was done. */
static int work(int what) {
    armalo_i_public_key key;
    armalo_i_private_key own;
    armalo_i_cert cert;
    size_t at = 0, len = 0;
    int checked = 99, done = 0, status;
    uint8_t out[ARMALO_I_SIGNATURE_MAX];
    switch (what) {
    case MAKE:
        memset(&key, 0xff, sizeof key);
        status = alg == ARMALO_I_ALG_EDDSA ? armalo_i_public_ed25519(&key, a.at)
                 : alg == ARMALO_I_ALG_ES256 || alg == ARMALO_I_ALG_ES384
                     ? armalo_i_public_ec(&key, alg, pkey_span(&a), pkey_span(&b))
                     : armalo_i_public_rsa(&key, alg, pkey_span(&a), pkey_span(&b));
        /* The numbers are good. */
        ck_assert(status == ARMALO_I_KEY_OK || status == ARMALO_I_KEY_FAILED || status == ARMALO_I_KEY_NO_MEMORY);
        return made_public(&key, status, alg);
    case PEM:
        memset(&key, 0xff, sizeof key);
        return made_public(&key, armalo_i_public_pem(&key, pkey_text_span(&public_text), &at, rsa_alg()), alg);
    case VERIFY:
        done = armalo_i_public_verify(&given, armalo_i_span_of(message, sizeof message), pkey_span(&good),
                                      ARMALO_I_ECDSA_RAW, &checked);
        ck_assert_int_eq(checked, done); /* it holds, or it was not checked; never "does not hold" */
        return done;
    case REFUSE:
        ck_assert_int_eq(armalo_i_public_verify(&given, armalo_i_span_of(message, sizeof message), pkey_span(&bad),
                                                ARMALO_I_ECDSA_RAW, &checked),
                         0);
        ck_assert(checked == 0 || checked == 1);
        return checked;
    case PRIVATE:
        memset(&own, 0xff, sizeof own);
        blame = status = armalo_i_private_pem(&own, pkey_text_span(&private_text));
        if (status == ARMALO_I_KEY_OK) {
            ck_assert_int_eq(own.alg, private_alg());
        } else {
            static const armalo_i_private_key none;
            ck_assert_mem_eq(&own, &none, sizeof none);
        }
        armalo_i_private_end(&own);
        return status == ARMALO_I_KEY_OK;
    case SIGN:
        done = armalo_i_private_sign(&secret, armalo_i_span_of(message, sizeof message), out, &len);
        if (!done) ck_assert_uint_eq(len, 0);
        return done;
    case HALF:
        memset(&key, 0xff, sizeof key);
        return made_public(&key, armalo_i_private_public(&secret, &key), private_alg());
    default:
        memset(&cert, 0xff, sizeof cert);
        blame = status =
            armalo_i_cert_chain(&cert, pkey_text_span(&chain_text), pkey_text_span(&root_text), rsa_alg(), 3);
        if (status == ARMALO_I_KEY_OK) {
            expect_key(&cert.key, alg);
            ck_assert_int_eq(cert.not_before_ms, INT64_C(1704067200000));
            ck_assert_int_eq(cert.not_after_ms, INT64_C(1735689600000));
            ck_assert_uint_eq(cert.usage_count, 2);
            ck_assert_str_eq(cert.usage[0], "1.3.6.1.5.5.7.3.3");
            ck_assert_str_eq(cert.usage[1], "1.2.3.4");
        } else {
            static const armalo_i_cert none;
            ck_assert_mem_eq(&cert, &none, sizeof none);
        }
        armalo_i_cert_end(&cert);
        return status == ARMALO_I_KEY_OK;
    }
}

/* ---- Calls that fail ---- */

START_TEST(test_calls) {
    static const int answers[] = {0, -1, -2, INT32_MIN};
    prepare(_i);
    for (int what = 0; what < WORKS; what++) {
        for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
            fault.answer = answers[i];
            for (unsigned at = 1;; at++) {
                fault.calls = 0;
                fault.fired = 0;
                pkey_queue();
                fault.at = at;
                blame = ARMALO_I_KEY_FAILED;
                int done = work(what);
                fault.at = 0;
                pkey_queue_kept();
                if (!fault.fired) {
                    ck_assert_msg(done == 1, "%d of %d without a fault", what, alg);
                    break;
                }
                /* "It is no EC key" is the right answer for RSA. */
                if (strcmp(fault.name, "EVP_PKEY_is_a") == 0) continue;
                /* Of RSA a wrong signature is found out without it. */
                if (what == REFUSE && strcmp(fault.name, "EVP_PKEY_CTX_dup") == 0) continue;
                /* A key without a curve's name is of none that is known. Nothing else is said of what was given. */
                const int unnamed = strcmp(fault.name, "EVP_PKEY_get_group_name") == 0;
                ck_assert_msg(blame == ARMALO_I_KEY_BAD || blame == ARMALO_I_KEY_FAILED ||
                                  blame == ARMALO_I_KEY_NO_MEMORY || (unnamed && blame == ARMALO_I_KEY_UNSUPPORTED),
                              "%d of %d, call %u: %s: %d", what, alg, at, fault.name, blame);
                ck_assert_msg(done == 0, "%d of %d, call %u: %s", what, alg, at, fault.name);
            }
        }
    }
    finish();
}
END_TEST

/* OpenSSL says 1, or the signature does not hold. 0 is a mismatch in the case of ECDSA; of RSA it may be a failure
 * too, and is told apart. */
START_TEST(test_verify_answers) {
    static const int answers[] = {0, -1, -2, 2, 100, INT32_MIN};
    prepare(_i);
    if (alg == ARMALO_I_ALG_EDDSA) return; /* not of OpenSSL */
    const int rsa = alg == ARMALO_I_ALG_PS256 || alg == ARMALO_I_ALG_RS256;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        int checked = 99;
        verify_answer = answers[i];
        ck_assert_int_eq(armalo_i_public_verify(&given, armalo_i_span_of(message, sizeof message), pkey_span(&good),
                                                ARMALO_I_ECDSA_RAW, &checked),
                         0);
        ck_assert_int_eq(checked, !rsa && answers[i] == 0);
        checked = 99;
        ck_assert_int_eq(armalo_i_public_verify(&given, armalo_i_span_of(message, sizeof message), pkey_span(&bad),
                                                ARMALO_I_ECDSA_RAW, &checked),
                         0);
        ck_assert_int_eq(checked, rsa || answers[i] == 0);
    }
    verify_answer = INT32_MAX;
    ck_assert_int_eq(work(VERIFY), 1);
    finish();
}
END_TEST

/* ---- No memory ---- */

/* A reader that blames the text although it was out of memory. */
START_TEST(test_blame) {
    armalo_i_public_key key;
    prepare(_i);
    for (unsigned host = 0; host < 3; host++) {
        for (int raised = 0; raised < 3; raised++) {
            size_t at = 0;
            ERR_clear_error();
            if (host == 1) ERR_raise(ERR_LIB_USER, 77);
            if (host == 2) ERR_raise(ERR_LIB_USER, ERR_R_MALLOC_FAILURE); /* of long ago */
            const unsigned long last = ERR_peek_last_error();
            memset(&fault, 0, sizeof fault);
            fault.at = 1;
            fault.raised = raised;
            int status = armalo_i_public_pem(&key, pkey_text_span(&public_text), &at, rsa_alg());
            ck_assert_int_eq(fault.fired, 1);
            ck_assert_str_eq(fault.name, "d2i_X509_PUBKEY");
            fault.at = 0;
            ck_assert_uint_eq(ERR_peek_last_error(), last);
            /* Behind an error of the host's only the last one can be looked at. */
            int told = raised == 1 || (raised == 2 && host == 0);
            ck_assert_msg(status == (told ? ARMALO_I_KEY_NO_MEMORY : ARMALO_I_KEY_BAD), "%u, %d: %d", host, raised,
                          status);
        }
    }
    ERR_clear_error();
    finish();
}
END_TEST

/* Those three read with OpenSSL's decoders, which allocate some thousand times. tests/long has them all fail. */
#ifndef EVERY
#define EVERY 37
#endif

static long blocks(void) {
    OPENSSL_thread_stop(); /* errors that are over keep their texts' memory */
    return live;
}

START_TEST(test_memory) {
    const int what = _i / ALGS;
    prepare(_i % ALGS);
    ERR_clear_error();
    for (int i = 0; i < 3; i++) ck_assert_int_eq(work(what), 1); /* what OpenSSL keeps for ever is there now */
    const long before = blocks();
    const unsigned step = what == PEM || what == PRIVATE || what == CHAIN ? EVERY : 1;
    unsigned at = 1, failed = 0;
    for (;; at += step) {
        heap.calls = 0;
        heap.fired = 0;
        heap.at = at;
        int done = work(what);
        heap.at = 0;
        ERR_clear_error();
        if (!heap.fired) {
            ck_assert_int_eq(done, 1);
            break;
        }
        failed += !done;
    }
    ck_assert(at == 1 || failed > 0 || alg == ARMALO_I_ALG_EDDSA);
    for (int i = 0; i < 3; i++) ck_assert_int_eq(work(what), 1);
    const long after = blocks();
    ck_assert_msg(after <= before, "%ld blocks are left of %u faults", after - before, at);
    finish();
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_loop_test(tc, test_calls, 0, ALGS);
    tcase_add_loop_test(tc, test_verify_answers, 0, ALGS);
    tcase_add_loop_test(tc, test_blame, 0, ALGS);
    tcase_add_loop_test(tc, test_memory, 0, ALGS * WORKS);
}

int main(void) {
    if (CRYPTO_set_mem_functions(heap_malloc, heap_realloc, heap_free) != 1) return EXIT_FAILURE;
    return test_main("core_pkey_faults", fill, 120);
}
