/* SPDX-License-Identifier: MIT */
/* Keys that were issued elsewhere: their digests are sealed into records, and they are known as legacy. */
#include "armalo.h"
#include "test.h"

#include <sodium.h>

static int64_t now_ms(void *ctx) {
    (void)ctx;
    return INT64_C(1764000000000);
}

static armalo_host *host_new(void) {
    static uint8_t root[32];
    for (uint8_t i = 0; i < 32; i++) root[i] = (uint8_t)(i + 1);
    armalo_host_config config = {.struct_size = sizeof config,
                                 .mode = ARMALO_MODE_PRODUCTION,
                                 .audit_off = ARMALO_AUDIT_OFF,
                                 .now_ms = now_ms,
                                 .root_key = root,
                                 .root_key_len = sizeof root};
    return armalo_host_new(&config, NULL);
}

static int issue(armalo_host *host, const char *digest, const char *prefix, char *record, armalo_decision *why) {
    char token[ARMALO_KEY_TOKEN_SIZE] = "poison";
    armalo_key_spec spec = {.struct_size = sizeof spec,
                            .org = "org_1",
                            .scopes = "agents:read",
                            .prefix = prefix,
                            .env = ARMALO_ENV_LIVE,
                            .use = ARMALO_USE_SERVER,
                            .digest = digest};
    int issued = armalo_key_issue(host, &spec, token, sizeof token, record, ARMALO_KEY_RECORD_SIZE, why);
    ck_assert_str_eq(token, issued ? "" : "poison");
    return issued;
}

static uint32_t verify(armalo_keys *keys, const char *token, const char *key_id, armalo_decision *why) {
    armalo_access access = {.struct_size = sizeof access,
                            .org = "org_1",
                            .scopes = "agents:read",
                            .intent = ARMALO_READ,
                            .caller = ARMALO_CALLER_SERVER,
                            .key_id = key_id};
    ck_assert_int_eq(armalo_key_verify(keys, token, strlen(token), &access, why), why->reason == ARMALO_REASON_GRANTED);
    return why->reason;
}

START_TEST(test_sha256) {
    /* printf 'old-system-token' | sha256sum */
    static const char old[] = "old-system-token";
    unsigned char hash[32];
    char digest[72] = "sha256:", record[ARMALO_KEY_RECORD_SIZE];
    armalo_decision why;
    armalo_host *host = host_new();
    crypto_hash_sha256(hash, (const unsigned char *)old, sizeof old - 1);
    sodium_bin2hex(digest + 7, 65, hash, sizeof hash);
    ck_assert_int_eq(issue(host, digest, NULL, record, &why), 1);
    ck_assert_ptr_nonnull(strstr(record, digest));
    armalo_keys *keys = armalo_keys_new(host, NULL, NULL, &why);
    ck_assert_int_eq(armalo_keys_load(keys, record, strlen(record), NULL, &why), 1);
    ck_assert_uint_eq(verify(keys, old, NULL, &why), ARMALO_REASON_GRANTED);
    ck_assert_uint_eq(why.labels & ARMALO_LABEL_KEY_LEGACY, ARMALO_LABEL_KEY_LEGACY);
    ck_assert_uint_eq(verify(keys, "old-system-tokem", NULL, &why), ARMALO_REASON_KEY_MALFORMED);
    ck_assert_uint_eq(verify(keys, digest, NULL, &why), ARMALO_REASON_KEY_MALFORMED); /* the digest is no token */
    armalo_keys_free(keys);
    armalo_host_free(host);
}
END_TEST

START_TEST(test_argon2id) {
    char digest[160] = "argon2id:", record[ARMALO_KEY_RECORD_SIZE], id[ARMALO_NAME_SIZE];
    armalo_decision why;
    armalo_host *host = host_new();
    ck_assert_int_eq(crypto_pwhash_argon2id_str(digest + 9, "hunter2", 7, crypto_pwhash_argon2id_OPSLIMIT_MIN,
                                                crypto_pwhash_argon2id_MEMLIMIT_MIN),
                     0);
    ck_assert_int_eq(issue(host, digest, NULL, record, &why), 1);
    memcpy(id, why.principal, sizeof id);
    armalo_keys *keys = armalo_keys_new(host, NULL, NULL, &why);
    ck_assert_int_eq(armalo_keys_load(keys, record, strlen(record), NULL, &why), 1);
    ck_assert_uint_eq(verify(keys, "hunter2", id, &why), ARMALO_REASON_GRANTED);
    ck_assert_uint_eq(why.labels & ARMALO_LABEL_KEY_LEGACY, ARMALO_LABEL_KEY_LEGACY);
    ck_assert_uint_eq(verify(keys, "hunter3", id, &why), ARMALO_REASON_KEY_UNKNOWN);
    ck_assert_uint_eq(verify(keys, "hunter2", NULL, &why), ARMALO_REASON_KEY_MALFORMED);
    armalo_keys_free(keys);
    armalo_host_free(host);
}
END_TEST

START_TEST(test_refused) {
    static const char *const bad[] = {"",
                                      "sha256:",
                                      "sha256:00",
                                      "md5:d41d8cd98f00b204e9800998ecf8427e",
                                      "hs256:0000000000000000000000000000000000000000000000000000000000000000",
                                      "sha256:000000000000000000000000000000000000000000000000000000000000000G",
                                      "sha256:00000000000000000000000000000000000000000000000000000000000000AA"};
    char record[ARMALO_KEY_RECORD_SIZE] = "poison";
    armalo_decision why;
    armalo_host *host = host_new();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_int_eq(issue(host, bad[i], NULL, record, &why), 0);
        ck_assert_uint_eq(why.reason, ARMALO_REASON_KEY_SPEC_INVALID);
        ck_assert_str_eq(why.detail, "digest");
        ck_assert_str_eq(record, "poison");
    }
    /* A prefix belongs to a token, and none is made. */
    ck_assert_int_eq(
        issue(host, "sha256:0000000000000000000000000000000000000000000000000000000000000001", "pk", record, &why), 0);
    ck_assert_str_eq(why.detail, "prefix");
    armalo_host_free(host);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_sha256);
    tcase_add_test(tc, test_argon2id);
    tcase_add_test(tc, test_refused);
}

TEST_MAIN("key_migrate", fill, 20)
