/* SPDX-License-Identifier: MIT */
/* One key, many threads: each answer is the one that a single thread gets. Also built with ThreadSanitizer. */
#include "pkey_forge.h"

#include <pthread.h>
#include <stdatomic.h>

#define THREADS 8
#define ROUNDS  60

static const int algs[] = {ARMALO_I_ALG_EDDSA, ARMALO_I_ALG_ES256, ARMALO_I_ALG_ES384, ARMALO_I_ALG_PS256,
                           ARMALO_I_ALG_RS256};
#define ALGS ((int)(sizeof algs / sizeof algs[0]))

static armalo_i_public_key key;
static armalo_i_private_key secret;
static pkey_bytes good;
static atomic_uint wrong;
static pthread_barrier_t start;

static void *verify(void *own) {
    static const char text[] = "text";
    const unsigned number = *(const unsigned *)own;
    pthread_barrier_wait(&start);
    for (unsigned i = 0; i < ROUNDS; i++) {
        const unsigned len = (i + number) % 2 == 0 ? 4 : 3; /* signed are all 4 */
        int checked = 0;
        int holds =
            armalo_i_public_verify(&key, armalo_i_span_of(text, len), pkey_span(&good), ARMALO_I_ECDSA_RAW, &checked);
        if (checked != 1 || holds != (len == 4)) atomic_fetch_add(&wrong, 1);
        if (i % 8 != 0) continue;
        uint8_t signature[ARMALO_I_SIGNATURE_MAX];
        size_t size = 0;
        armalo_i_public_key half;
        if (!armalo_i_private_sign(&secret, armalo_i_span_of(text, 4), signature, &size) ||
            armalo_i_private_public(&secret, &half) != ARMALO_I_KEY_OK) {
            atomic_fetch_add(&wrong, 1);
            continue;
        }
        if (!armalo_i_public_verify(&half, armalo_i_span_of(text, 4), armalo_i_span_of(signature, size),
                                    ARMALO_I_ECDSA_RAW, &checked))
            atomic_fetch_add(&wrong, 1);
        armalo_i_public_end(&half);
    }
    return NULL;
}

START_TEST(test_threads) {
    pthread_t threads[THREADS];
    unsigned numbers[THREADS];
    static pkey_text text;
    EVP_PKEY *pkey = pkey_make(algs[_i]);
    ck_assert_int_eq(pkey_of(&key, pkey, algs[_i]), ARMALO_I_KEY_OK);
    pkey_sign(pkey, algs[_i], ARMALO_I_ECDSA_RAW, "text", 4, &good);
    BIO *bio = BIO_new(BIO_s_mem());
    text.len = 0;
    pkey_text_take(&text, bio, PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL));
    ck_assert_int_eq(armalo_i_private_pem(&secret, pkey_text_span(&text)), ARMALO_I_KEY_OK);
    EVP_PKEY_free(pkey);
    ck_assert_int_eq(pthread_barrier_init(&start, NULL, THREADS), 0);
    for (unsigned i = 0; i < THREADS; i++) {
        numbers[i] = i;
        ck_assert_int_eq(pthread_create(&threads[i], NULL, verify, &numbers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    pthread_barrier_destroy(&start);
    ck_assert_uint_eq(atomic_load(&wrong), 0);
    armalo_i_public_end(&key);
    armalo_i_private_end(&secret);
}
END_TEST

static void fill(TCase *tc) { tcase_add_loop_test(tc, test_threads, 0, ALGS); }
TEST_MAIN("core_pkey_threads", fill, 120)
