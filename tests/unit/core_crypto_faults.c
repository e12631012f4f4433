/* SPDX-License-Identifier: MIT */
/* Each call into libsodium that can fail does fail: what needs it is refused, and nothing is granted or written. The
 * functions below stand before libsodium's own, since the program is searched first. */
#define _GNU_SOURCE
#include "crypto/crypto.h"
#include "webhook_forge.h"

#include <dlfcn.h>

/* What a broken call answers; 0: it works. */
static struct { int init, kdf, seed_keypair, sign, verify, point, seal, open; } broken;

static void (*real(const char *name))(void) {
    void *found = dlsym(RTLD_NEXT, name);
    void (*function)(void) = NULL;
    if (found == NULL) abort();
    memcpy(&function, &found, sizeof function);
    return function;
}

int sodium_init(void) { return broken.init != 0 ? broken.init : ((int (*)(void))real("sodium_init"))(); }

int crypto_kdf_derive_from_key(unsigned char *out, size_t len, uint64_t id, const char context[8],
                               const unsigned char key[32]) {
    if (broken.kdf != 0) return broken.kdf;
    return ((int (*)(unsigned char *, size_t, uint64_t, const char *, const unsigned char *))real(
        "crypto_kdf_derive_from_key"))(out, len, id, context, key);
}
int crypto_sign_seed_keypair(unsigned char *public_key, unsigned char *secret_key, const unsigned char *seed) {
    if (broken.seed_keypair != 0) return broken.seed_keypair;
    return ((int (*)(unsigned char *, unsigned char *, const unsigned char *))real("crypto_sign_seed_keypair"))(
        public_key, secret_key, seed);
}
int crypto_sign_detached(unsigned char *signature, unsigned long long *size, const unsigned char *text,
                         unsigned long long len, const unsigned char *key) {
    if (broken.sign != 0) return broken.sign;
    return ((int (*)(unsigned char *, unsigned long long *, const unsigned char *, unsigned long long,
                     const unsigned char *))real("crypto_sign_detached"))(signature, size, text, len, key);
}
int crypto_sign_verify_detached(const unsigned char *signature, const unsigned char *text, unsigned long long len,
                                const unsigned char *key) {
    if (broken.verify != 0) return broken.verify;
    return ((int (*)(const unsigned char *, const unsigned char *, unsigned long long, const unsigned char *))real(
        "crypto_sign_verify_detached"))(signature, text, len, key);
}
int crypto_core_ed25519_is_valid_point(const unsigned char *point) {
    if (broken.point != 0) return broken.point;
    return ((int (*)(const unsigned char *))real("crypto_core_ed25519_is_valid_point"))(point);
}
int crypto_aead_xchacha20poly1305_ietf_encrypt(unsigned char *out, unsigned long long *size, const unsigned char *text,
                                               unsigned long long len, const unsigned char *ad,
                                               unsigned long long ad_len, const unsigned char *none,
                                               const unsigned char *nonce, const unsigned char *key) {
    if (broken.seal != 0) return broken.seal;
    return ((int (*)(unsigned char *, unsigned long long *, const unsigned char *, unsigned long long,
                     const unsigned char *, unsigned long long, const unsigned char *, const unsigned char *,
                     const unsigned char *))real("crypto_aead_xchacha20poly1305_ietf_encrypt"))(
        out, size, text, len, ad, ad_len, none, nonce, key);
}
int crypto_aead_xchacha20poly1305_ietf_decrypt(unsigned char *out, unsigned long long *size, unsigned char *none,
                                               const unsigned char *text, unsigned long long len,
                                               const unsigned char *ad, unsigned long long ad_len,
                                               const unsigned char *nonce, const unsigned char *key) {
    if (broken.open != 0) return broken.open;
    return ((int (*)(unsigned char *, unsigned long long *, unsigned char *, const unsigned char *, unsigned long long,
                     const unsigned char *, unsigned long long, const unsigned char *,
                     const unsigned char *))real("crypto_aead_xchacha20poly1305_ietf_decrypt"))(
        out, size, none, text, len, ad, ad_len, nonce, key);
}

/* libsodium says 0 for good and -1 for bad; whatever else it might say is bad too. */
static const int answers[] = {-1, 1, 2, INT32_MAX, INT32_MIN};
#define ANSWERS ((int)(sizeof answers / sizeof answers[0]))

static world w;
static forge f;
static forge_config c;

static void setup(void) {
    memset(&broken, 0, sizeof broken);
    world_init(&w);
    world_start(&w);
}

START_TEST(test_wrappers) {
    uint8_t a[64] = {1}, b[96] = {2}, d[96] = {3};
    const int answer = answers[_i];
    setup();
    broken.kdf = broken.seed_keypair = broken.sign = broken.verify = broken.seal = broken.open = answer;
    ck_assert_int_eq(armalo_i_kdf(a, 1, "12345678", b), 0);
    ck_assert_int_eq(armalo_i_ed25519_from_seed(a, b, d), 0);
    ck_assert_int_eq(armalo_i_ed25519_sign(a, b, 1, d), 0);
    ck_assert_int_eq(armalo_i_ed25519_verify(a, b, 1, d), 0);
    ck_assert_int_eq(armalo_i_aead_seal(a, b, NULL, 0, a, 1, d), 0);
    ck_assert_int_eq(armalo_i_aead_open(a, b, NULL, 0, a, 20, d), 0);
    if (answer != 1) { /* here 1 is yes */
        broken.point = answer;
        ck_assert_int_eq(armalo_i_ed25519_usable(a), 0);
    }
    if (answer < 0) { /* here 0 and 1 are good, as "ready" and "ready already" */
        broken.init = answer;
        ck_assert_int_eq(armalo_i_crypto_ready(), 0);
        ck_assert_int_eq(armalo_i_random(a, sizeof a), 0);
    }
    memset(&broken, 0, sizeof broken);
    world_end(&w);
}
END_TEST

START_TEST(test_host) {
    armalo_host *host = NULL;
    setup();
    broken.init = -1;
    EXPECT_REFUSE(&w, (host = armalo_host_new(&w.config, &w.why)) != NULL, ARMALO_REASON_CRYPTO_FAILED);
    broken.init = 0;
    broken.kdf = -1;
    EXPECT_REFUSE(&w, (host = armalo_host_new(&w.config, &w.why)) != NULL, ARMALO_REASON_CRYPTO_FAILED);
    w.config.root_key = NULL; /* without a root key no key is derived */
    w.config.root_key_len = 0;
    host = armalo_host_new(&w.config, &w.why);
    ck_assert_ptr_nonnull(host);
    armalo_host_free(host);
    world_end(&w);
}
END_TEST

START_TEST(test_memory_store) {
    armalo_store *store = NULL;
    setup();
    broken.init = -1;
    EXPECT_REFUSE(&w, (store = armalo_memory_store_new(10, &w.why)) != NULL, ARMALO_REASON_CRYPTO_FAILED);
    world_end(&w);
}
END_TEST

START_TEST(test_endpoint) {
    armalo_webhook *hook = NULL;
    setup();
    forge_config_init(&c, FORGE_STANDARD_V1A, FORGE_SENDS);
    broken.seed_keypair = -1;
    EXPECT_REFUSE(&w, (hook = armalo_webhook_new(w.host, &c.config, &w.why)) != NULL, ARMALO_REASON_CRYPTO_FAILED);
    memset(&broken, 0, sizeof broken);
    forge_config_init(&c, FORGE_STANDARD_V1A, FORGE_RECEIVES);
    broken.point = -1;
    EXPECT_REFUSE(&w, (hook = armalo_webhook_new(w.host, &c.config, &w.why)) != NULL, ARMALO_REASON_SECRET_WEAK);
    world_end(&w);
}
END_TEST

START_TEST(test_verify) {
    setup();
    armalo_webhook *hook = forge_hook(&w, FORGE_STANDARD_V1A, NULL);
    forge_make(&f, FORGE_STANDARD_V1A, FORGE_NOW_S, 0);
    EXPECT_GRANT(&w, armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why));
    for (int i = 0; i < ANSWERS; i++) {
        broken.verify = answers[i];
        EXPECT_DENY(&w, armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why), ARMALO_REASON_SIGNATURE_MISMATCH);
    }
    armalo_webhook_free(hook);
    world_end(&w);
}
END_TEST

START_TEST(test_sign) {
    char buf[ARMALO_WEBHOOK_HEADERS_SIZE];
    size_t len = 9;
    setup();
    forge_config_init(&c, FORGE_STANDARD_V1A, FORGE_SENDS);
    armalo_webhook *hook = forge_open(&w, &c.config);
    for (int i = 0; i < ANSWERS; i++) {
        broken.sign = answers[i];
        memset(buf, 0xFF, sizeof buf);
        EXPECT_DENY_CALL(&w, armalo_webhook_sign(hook, "msg_1", 5, "{}", 2, 0, buf, sizeof buf, &len, &w.why),
                         ARMALO_REASON_CRYPTO_FAILED);
        ck_assert(forge_poisoned(buf, sizeof buf));
        ck_assert_uint_eq(len, 0);
    }
    armalo_webhook_free(hook);
    world_end(&w);
}
END_TEST

START_TEST(test_secret) {
    char secret[ARMALO_WEBHOOK_SECRET_SIZE], record[ARMALO_WEBHOOK_RECORD_SIZE];
    setup();
    for (int i = 0; i < ANSWERS + 1; i++) {
        memset(secret, 0xFF, sizeof secret);
        memset(record, 0xFF, sizeof record);
        memset(&broken, 0, sizeof broken);
        if (i < ANSWERS)
            broken.seal = answers[i];
        else
            broken.init = -1; /* no random bytes: no secret */
        EXPECT_DENY_CALL(
            &w, armalo_webhook_secret_issue(w.host, "wh_1", 0, secret, sizeof secret, record, sizeof record, &w.why),
            ARMALO_REASON_CRYPTO_FAILED);
        ck_assert(forge_poisoned(secret, sizeof secret) && forge_poisoned(record, sizeof record));
    }
    memset(&broken, 0, sizeof broken);
    EXPECT_GRANT(&w,
                 armalo_webhook_secret_issue(w.host, "wh_1", 0, secret, sizeof secret, record, sizeof record, &w.why));
    for (int i = 0; i < ANSWERS; i++) {
        broken.open = answers[i];
        memset(secret, 0xFF, sizeof secret);
        EXPECT_DENY_CALL(
            &w, armalo_webhook_secret_open(w.host, record, strlen(record), "wh_1", secret, sizeof secret, NULL, &w.why),
            ARMALO_REASON_SECRET_RECORD_ALTERED);
        ck_assert(forge_poisoned(secret, sizeof secret));
    }
    world_end(&w);
}
END_TEST

START_TEST(test_retry) {
    armalo_retry plan;
    armalo_attempt attempt = {.struct_size = sizeof attempt, .id = "msg_1", .id_len = 5, .number = 1};
    setup();
    attempt.started_ms = attempt.finished_ms = FORGE_NOW_S * 1000;
    forge_config_init(&c, FORGE_STANDARD, FORGE_SENDS);
    armalo_webhook *hook = forge_open(&w, &c.config);
    broken.init = -1; /* no jitter: no plan */
    memset(&plan, 0xFF, sizeof plan);
    EXPECT_DENY_CALL(&w, armalo_webhook_retry(hook, &attempt, &plan, &w.why), ARMALO_REASON_CRYPTO_FAILED);
    ck_assert(forge_zero(&plan, sizeof plan));
    armalo_webhook_free(hook);
    world_end(&w);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_loop_test(tc, test_wrappers, 0, ANSWERS);
    tcase_add_test(tc, test_host);
    tcase_add_test(tc, test_memory_store);
    tcase_add_test(tc, test_endpoint);
    tcase_add_test(tc, test_verify);
    tcase_add_test(tc, test_sign);
    tcase_add_test(tc, test_secret);
    tcase_add_test(tc, test_retry);
}
TEST_MAIN("core_crypto_faults", fill, 60)
