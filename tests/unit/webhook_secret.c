/* SPDX-License-Identifier: MIT */
/* Secret records: shown once, stored sealed, and refused after any edit. */
#include "webhook_forge.h"

static world w;
static char secret[ARMALO_WEBHOOK_SECRET_SIZE + 16], record[ARMALO_WEBHOOK_RECORD_SIZE + 16],
    opened[ARMALO_WEBHOOK_SECRET_SIZE + 16];

static void begin(void) {
    world_init(&w);
    world_start(&w);
}

static int issue(const char *endpoint, int64_t expires_ms) {
    memset(secret, 0xFF, sizeof secret);
    memset(record, 0xFF, sizeof record);
    return armalo_webhook_secret_issue(w.host, endpoint, expires_ms, secret, ARMALO_WEBHOOK_SECRET_SIZE, record,
                                       ARMALO_WEBHOOK_RECORD_SIZE, &w.why);
}
static int64_t expires;
static int open_text(const char *text, size_t len, const char *endpoint) {
    memset(opened, 0xFF, sizeof opened);
    expires = -7;
    return armalo_webhook_secret_open(w.host, text, len, endpoint, opened, ARMALO_WEBHOOK_SECRET_SIZE, &expires,
                                      &w.why);
}
#define EXPECT_CLOSED(call, reason)                                                                                    \
    do {                                                                                                               \
        EXPECT_DENY_CALL(&w, call, reason);                                                                            \
        ck_assert(forge_poisoned(opened, sizeof opened));                                                              \
        ck_assert_int_eq(expires, -7);                                                                                 \
    } while (0)
#define EXPECT_NOT_ISSUED(call, reason)                                                                                \
    do {                                                                                                               \
        EXPECT_DENY_CALL(&w, call, reason);                                                                            \
        ck_assert(forge_poisoned(secret, sizeof secret) && forge_poisoned(record, sizeof record));                     \
    } while (0)

START_TEST(test_issue_and_open) {
    static const int64_t ends[] = {0, FORGE_NOW_S * 1000 + 1, FORGE_NOW_S * 1000 + 86400000, INT64_C(253402300799999)};
    begin();
    for (size_t i = 0; i < 4; i++) {
        EXPECT_GRANT(&w, issue("wh_billing", ends[i]));
        ck_assert_int_eq(strncmp(secret, "whsec_", 6), 0);
        ck_assert_uint_eq(strlen(secret), 6 + 44); /* 32 bytes */
        ck_assert_int_eq(armalo_json_check(record, strlen(record), SIZE_MAX, NULL), 1);
        ck_assert_int_eq(strncmp(record, "{\"v\":1,\"id\":\"whs_", 17), 0);
        ck_assert_ptr_nonnull(strstr(forge_last(&w), "\"type\":\"ai.armalo.audit.webhook.secret.issued\""));
        ck_assert_ptr_nonnull(strstr(forge_last(&w), "\"subject\":\"wh_billing\""));
        ck_assert_ptr_nonnull(strstr(record, ",\"endpoint\":\"wh_billing\",\"nonce\":\""));
        ck_assert_ptr_nonnull(strstr(record, ",\"created_at\":\"2023-11-14T22:13:20.000Z\",\"expires_at\":"));
        ck_assert_int_eq(strstr(record, "\"expires_at\":null}") != NULL, ends[i] == 0);
        EXPECT_GRANT(&w, open_text(record, strlen(record), "wh_billing"));
        ck_assert_str_eq(opened, secret);
        ck_assert_int_eq(expires, ends[i]);
        ck_assert_int_eq(
            armalo_webhook_secret_open(w.host, record, strlen(record), "wh_billing", opened, sizeof opened, NULL, NULL),
            1);
    }
    world_end(&w);
}
END_TEST

/* The secret is in what is returned, and nowhere else: not in the record, not in an event, not in a decision. */
START_TEST(test_secret_is_untold) {
    unsigned char bytes[48];
    char hex[100];
    begin();
    for (int n = 0; n < 20; n++) {
        EXPECT_GRANT(&w, issue("wh_1", 0));
        int len = EVP_DecodeBlock(bytes, (unsigned char *)secret + 6, 44);
        ck_assert_int_ge(len, 32);
        forge_hex(bytes, 32, hex);
        const char *forms[] = {secret + 6, hex};
        for (size_t i = 0; i < 2; i++) {
            ck_assert_ptr_null(strstr(record, forms[i]));
            for (unsigned e = 0; e < FORGE_EVENTS; e++) ck_assert_ptr_null(strstr(w.event[e], forms[i]));
        }
        EXPECT_GRANT(&w, open_text(record, strlen(record), "wh_1"));
        for (unsigned e = 0; e < FORGE_EVENTS; e++) ck_assert_ptr_null(strstr(w.event[e], secret + 6));
        ck_assert_ptr_nonnull(strstr(forge_last(&w), "\"type\":\"ai.armalo.audit.webhook.secret.opened\""));
    }
    world_end(&w);
}
END_TEST

/* A record sealed by libsodium alone, as the format says: XChaCha20-Poly1305 under sub-key 3 of the root key in the
 * context "armalo_1", with the canonical JSON of the other members as associated data. It must open for as long as
 * records are kept. */
START_TEST(test_sealed_elsewhere) {
    unsigned char key[32], nonce[24], sealed[48];
    char nonce_text[40], sealed_text[80], data[600], whole[600], want[64] = "whsec_";
    begin();
    ck_assert_int_ge(sodium_init(), 0);
    for (size_t i = 0; i < sizeof nonce; i++) nonce[i] = (unsigned char)(200 - i);
    forge_base64(nonce, sizeof nonce, nonce_text);
    ck_assert_int_eq(crypto_kdf_derive_from_key(key, 32, 3, "armalo_1", w.root_key), 0);
    static const char *const ends[] = {"null", "\"2030-01-02T03:04:05.678Z\""};
    for (size_t i = 0; i < 2; i++) {
        int len = snprintf(data, sizeof data,
                           "{\"created_at\":\"2023-11-01T00:00:00.000Z\",\"endpoint\":\"wh_1\",\"expires_at\":%s,"
                           "\"id\":\"whs_7\",\"nonce\":\"%s\",\"v\":1}",
                           ends[i], nonce_text);
        ck_assert_int_eq(crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, NULL, (const unsigned char *)FORGE_KEY, 32,
                                                                    (const unsigned char *)data,
                                                                    (unsigned long long)len, NULL, nonce, key),
                         0);
        forge_base64(sealed, sizeof sealed, sealed_text);
        len = snprintf(whole, sizeof whole,
                       "{\"v\":1,\"id\":\"whs_7\",\"endpoint\":\"wh_1\",\"nonce\":\"%s\",\"sealed\":\"%s\","
                       "\"created_at\":\"2023-11-01T00:00:00.000Z\",\"expires_at\":%s}",
                       nonce_text, sealed_text, ends[i]);
        EXPECT_GRANT(&w, open_text(whole, (size_t)len, "wh_1"));
        forge_base64(FORGE_KEY, 32, want + 6);
        ck_assert_str_eq(opened, want);
        ck_assert_int_eq(expires, i == 0 ? 0 : INT64_C(1893553445678)); /* date -u -d 2030-01-02T03:04:05 +%s */
    }
    world_end(&w);
}
END_TEST

/* No two secrets, nonces, ids or seals are alike. */
START_TEST(test_all_different) {
    static char secrets[50][ARMALO_WEBHOOK_SECRET_SIZE], records[50][ARMALO_WEBHOOK_RECORD_SIZE];
    static const char *const members[] = {"\"id\":\"", "\"nonce\":\"", "\"sealed\":\""};
    begin();
    for (int n = 0; n < 50; n++) {
        EXPECT_GRANT(&w, issue("wh_1", 0));
        memcpy(secrets[n], secret, sizeof secrets[n]);
        memcpy(records[n], record, sizeof records[n]);
        for (int m = 0; m < n; m++) {
            ck_assert_str_ne(secrets[m], secrets[n]);
            for (size_t i = 0; i < 3; i++) {
                const char *a = strstr(records[m], members[i]), *b = strstr(records[n], members[i]);
                ck_assert(a != NULL && b != NULL && strncmp(a, b, 44) != 0);
            }
        }
    }
    world_end(&w);
}
END_TEST

/* An issued secret serves an endpoint at once, and is what another implementation would take. */
START_TEST(test_issued_secret_works) {
    static forge f;
    static forge_config c;
    unsigned char bytes[48];
    begin();
    EXPECT_GRANT(&w, issue("default", 0));
    forge_config_init(&c, FORGE_STANDARD, FORGE_RECEIVES);
    c.secret[0].text = secret;
    c.secret[0].text_len = strlen(secret);
    forge_taboo(&w, secret + 6);
    armalo_webhook *hook = forge_open(&w, &c.config);
    forge_make(&f, FORGE_STANDARD, FORGE_NOW_S, 0);
    char content[600], signature[80] = "v1,";
    unsigned char tag[32];
    EVP_DecodeBlock(bytes, (unsigned char *)secret + 6, 44);
    int len = snprintf(content, sizeof content, "%s.%s.%s", f.id, f.timestamp, f.body);
    HMAC(EVP_sha256(), bytes, 32, (unsigned char *)content, (size_t)len, tag, NULL);
    forge_base64(tag, 32, signature + 3);
    forge_set(&f, "webhook-signature", signature);
    EXPECT_GRANT(&w, armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why));
    armalo_webhook_free(hook);
    world_end(&w);
}
END_TEST

/* Every byte of a record replaced by every other printable one, and every cut: malformed or altered, never opened. */
START_TEST(test_every_byte_counts) {
    begin();
    EXPECT_GRANT(&w, issue("wh_1", FORGE_NOW_S * 1000 + 1000000));
    size_t len = strlen(record);
    for (size_t at = 0; at < len; at++) {
        char was = record[at];
        for (int byte = 0; byte < 256; byte += byte >= 0x7F ? 32 : 1) {
            if ((char)byte == was) continue;
            record[at] = (char)byte;
            ck_assert_msg(open_text(record, len, "wh_1") == 0, "byte %d at %zu of %s", byte, at, record);
            ck_assert(w.why.reason == ARMALO_REASON_SECRET_RECORD_MALFORMED ||
                      w.why.reason == ARMALO_REASON_SECRET_RECORD_ALTERED);
            ck_assert(forge_poisoned(opened, sizeof opened));
        }
        record[at] = was;
    }
    for (size_t cut = 0; cut < len; cut++)
        EXPECT_CLOSED(open_text(record, cut, "wh_1"), ARMALO_REASON_SECRET_RECORD_MALFORMED);
    EXPECT_GRANT(&w, open_text(record, len, "wh_1"));
    world_end(&w);
}
END_TEST

/* The record with `from` replaced by `to`. */
static const char *edited(const char *from, const char *to) {
    static char text[1024];
    const char *at = strstr(record, from);
    if (at == NULL) ck_abort_msg("%s is not in %s", from, record);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - record), record, to, at + strlen(from));
    return text;
}

START_TEST(test_members) {
    static const struct {
        const char *from, *to;
        uint32_t reason;
    } rows[] = {
        {"{\"v\":1,", "{\"v\":2,", ARMALO_REASON_SECRET_RECORD_MALFORMED},
        {"{\"v\":1,", "{", ARMALO_REASON_SECRET_RECORD_MALFORMED},
        {"{\"v\":1,", "{\"v\":1,\"v\":1,", ARMALO_REASON_SECRET_RECORD_MALFORMED},
        {"{\"v\":1,", "{\"v\":1,\"note\":\"x\",", ARMALO_REASON_SECRET_RECORD_MALFORMED},
        {"{\"v\":1,", "{\"V\":1,", ARMALO_REASON_SECRET_RECORD_MALFORMED},
        {"{\"v\":1,", "[{\"v\":1,", ARMALO_REASON_SECRET_RECORD_MALFORMED},
        {"\"id\":\"whs_", "\"id\":\"wht_", ARMALO_REASON_SECRET_RECORD_ALTERED},
        {"\"id\":\"whs_", "\"id\":\"\\u0077hs_x", ARMALO_REASON_SECRET_RECORD_ALTERED},
        {"\"id\":\"whs_", "\"id\":\"\\\"", ARMALO_REASON_SECRET_RECORD_MALFORMED},
        {"\"id\":\"whs_", "\"id\":\"\\u0000", ARMALO_REASON_SECRET_RECORD_MALFORMED},
        {"\"endpoint\":\"wh_1\"", "\"endpoint\":\"wh_2\"", ARMALO_REASON_SECRET_RECORD_ALTERED},
        {"\"endpoint\":\"wh_1\"", "\"endpoint\":\"wh 1\"", ARMALO_REASON_SECRET_RECORD_MALFORMED},
        {"\"endpoint\":\"wh_1\"", "\"endpoint\":\"\"", ARMALO_REASON_SECRET_RECORD_MALFORMED},
        {"\"endpoint\":\"wh_1\"", "\"endpoint\":null", ARMALO_REASON_SECRET_RECORD_MALFORMED},
        {"\"nonce\":\"", "\"nonce\":\"AAAA", ARMALO_REASON_SECRET_RECORD_MALFORMED},
        {"\"sealed\":\"", "\"sealed\":\"AAAA", ARMALO_REASON_SECRET_RECORD_MALFORMED},
        {"2023-11-14T22:13:20.000Z", "2023-11-14T22:13:21.000Z", ARMALO_REASON_SECRET_RECORD_ALTERED},
        {"2023-11-14T22:13:20.000Z", "2023-11-14T22:13:20Z", ARMALO_REASON_SECRET_RECORD_ALTERED},
        {"2023-11-14T22:13:20.000Z", "yesterday", ARMALO_REASON_SECRET_RECORD_MALFORMED},
        {"\"expires_at\":null", "\"expires_at\":\"2099-01-01T00:00:00.000Z\"", ARMALO_REASON_SECRET_RECORD_ALTERED},
        {"\"expires_at\":null", "\"expires_at\":\"1970-01-01T00:00:00.000Z\"", ARMALO_REASON_SECRET_RECORD_MALFORMED},
        {"\"expires_at\":null", "\"expires_at\":0", ARMALO_REASON_SECRET_RECORD_MALFORMED},
        {",\"expires_at\":null", "", ARMALO_REASON_SECRET_RECORD_MALFORMED},
        {"null}", "null}x", ARMALO_REASON_SECRET_RECORD_MALFORMED},
        {"null}", "null}{}", ARMALO_REASON_SECRET_RECORD_MALFORMED},
        {"null}", "null,}", ARMALO_REASON_SECRET_RECORD_MALFORMED},
    };
    begin();
    EXPECT_GRANT(&w, issue("wh_1", 0));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *text = edited(rows[i].from, rows[i].to);
        EXPECT_CLOSED(open_text(text, strlen(text), "wh_1"), rows[i].reason);
    }
    /* An end that is taken away or put off. */
    EXPECT_GRANT(&w, issue("wh_1", FORGE_NOW_S * 1000 + 5000));
    const char *text = edited("\"2023-11-14T22:13:25.000Z\"", "null");
    EXPECT_CLOSED(open_text(text, strlen(text), "wh_1"), ARMALO_REASON_SECRET_RECORD_ALTERED);
    text = edited("22:13:25", "22:13:26");
    EXPECT_CLOSED(open_text(text, strlen(text), "wh_1"), ARMALO_REASON_SECRET_RECORD_ALTERED);
    static const char *const nothing[] = {"", "{}", "null", "[]", "\"\"", "{\"v\":1}", "\xEF\xBB\xBF{}"};
    for (size_t i = 0; i < 7; i++)
        EXPECT_CLOSED(open_text(nothing[i], strlen(nothing[i]), "wh_1"), ARMALO_REASON_SECRET_RECORD_MALFORMED);
    world_end(&w);
}
END_TEST

/* The seal of one record on another one, though both are genuine. */
START_TEST(test_swapped_parts) {
    static const char *const members[] = {"\"id\":\"", "\"nonce\":\"", "\"sealed\":\""};
    char other[ARMALO_WEBHOOK_RECORD_SIZE], text[ARMALO_WEBHOOK_RECORD_SIZE];
    begin();
    EXPECT_GRANT(&w, issue("wh_1", 0));
    memcpy(other, record, sizeof other);
    EXPECT_GRANT(&w, issue("wh_1", 0));
    ck_assert_uint_eq(strlen(record), strlen(other));
    for (size_t i = 0; i < 3; i++) {
        memcpy(text, record, sizeof text);
        size_t from = (size_t)(strstr(other, members[i]) - other), to = from + strlen(members[i]);
        while (other[to] != '"') to++;
        ck_assert_int_eq(text[to], '"');
        memcpy(text + from, other + from, to - from);
        EXPECT_CLOSED(open_text(text, strlen(text), "wh_1"), ARMALO_REASON_SECRET_RECORD_ALTERED);
    }
    world_end(&w);
}
END_TEST

START_TEST(test_wrong_key_or_endpoint) {
    begin();
    EXPECT_GRANT(&w, issue("wh_1", 0));
    char kept[ARMALO_WEBHOOK_RECORD_SIZE];
    memcpy(kept, record, sizeof kept);
    static const char *const others[] = {"wh_2", "wh_11", "wh_", "WH_1", "", "wh 1", "wh_1\n"};
    for (size_t i = 0; i < 7; i++)
        EXPECT_CLOSED(open_text(kept, strlen(kept), others[i]), ARMALO_REASON_SECRET_RECORD_ALTERED);
    world_end(&w);
    for (size_t bit = 0; bit < 256; bit += 17) {
        world_init(&w);
        w.root_key[bit / 8] ^= (uint8_t)(1u << bit % 8);
        world_start(&w);
        EXPECT_CLOSED(open_text(kept, strlen(kept), "wh_1"), ARMALO_REASON_SECRET_RECORD_ALTERED);
        world_end(&w);
    }
    begin(); /* the same root key in another host */
    EXPECT_GRANT(&w, open_text(kept, strlen(kept), "wh_1"));
    world_end(&w);
}
END_TEST

START_TEST(test_expiry) {
    begin();
    EXPECT_GRANT(&w, issue("wh_1", FORGE_NOW_S * 1000 + 5000));
    w.now_ms += 4999;
    EXPECT_GRANT(&w, open_text(record, strlen(record), "wh_1"));
    w.now_ms += 1;
    EXPECT_CLOSED(open_text(record, strlen(record), "wh_1"), ARMALO_REASON_SECRET_RECORD_EXPIRED);
    static const int64_t past[] = {-1, 1, INT64_MIN, INT64_C(253402300800000), INT64_MAX};
    for (size_t i = 0; i < 5; i++) EXPECT_NOT_ISSUED(issue("wh_1", past[i]), ARMALO_REASON_WEBHOOK_CONFIG_INVALID);
    EXPECT_NOT_ISSUED(issue("wh_1", w.now_ms), ARMALO_REASON_WEBHOOK_CONFIG_INVALID);
    EXPECT_GRANT(&w, issue("wh_1", w.now_ms + 1));
    world_end(&w);
}
END_TEST

START_TEST(test_no_root_key) {
    world_init(&w);
    w.config.root_key = NULL;
    w.config.root_key_len = 0;
    world_start(&w);
    EXPECT_NOT_ISSUED(issue("wh_1", 0), ARMALO_REASON_HOST_ROOT_KEY_MISSING);
    EXPECT_CLOSED(open_text("{}", 2, "wh_1"), ARMALO_REASON_HOST_ROOT_KEY_MISSING);
    world_end(&w);
}
END_TEST

START_TEST(test_arguments) {
    begin();
    armalo_host *host = w.host;
    static const char *const bad[] = {
        "", "a b", "a\"b", "a/b", "caf\xC3\xA9", "a234567890123456789012345678901234567890123456789012345678901234"};
    for (size_t i = 0; i < 6; i++) EXPECT_NOT_ISSUED(issue(bad[i], 0), ARMALO_REASON_WEBHOOK_CONFIG_INVALID);
    ck_assert_int_eq(armalo_webhook_secret_issue(host, "wh_1", 0, secret, sizeof secret, record, sizeof record, NULL),
                     1);
    EXPECT_GRANT(&w, issue("a23456789012345678901234567890123456789012345678901234567890123", 0)); /* 63 */
    EXPECT_NOT_ISSUED(issue(NULL, 0), ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_NOT_ISSUED(
        armalo_webhook_secret_issue(host, "wh_1", 0, NULL, 64, record, ARMALO_WEBHOOK_RECORD_SIZE, &w.why),
        ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_NOT_ISSUED(
        armalo_webhook_secret_issue(host, "wh_1", 0, secret, ARMALO_WEBHOOK_SECRET_SIZE, NULL, 512, &w.why),
        ARMALO_REASON_INVALID_ARGUMENT);
    w.host = NULL;
    EXPECT_REFUSE(&w, issue("wh_1", 0), ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(&w, open_text("{}", 2, "wh_1"), ARMALO_REASON_INVALID_ARGUMENT);
    w.host = host;
    EXPECT_CLOSED(open_text(NULL, 2, "wh_1"), ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_CLOSED(open_text("{}", 2, NULL), ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_DENY_CALL(&w, armalo_webhook_secret_open(host, "{}", 2, "wh_1", NULL, 64, NULL, &w.why),
                     ARMALO_REASON_INVALID_ARGUMENT);
    world_end(&w);
}
END_TEST

START_TEST(test_buffers) {
    begin();
    EXPECT_GRANT(&w, issue("wh_1", 0));
    const size_t secret_len = strlen(secret), record_len = strlen(record);
    for (int which = 0; which < 2; which++) {
        for (size_t cap = 0; cap <= (which == 0 ? secret_len : record_len); cap += cap < 3 ? 1 : 7) {
            memset(secret, 0xFF, sizeof secret);
            memset(record, 0xFF, sizeof record);
            size_t secret_cap = which == 0 ? cap : sizeof secret, record_cap = which == 1 ? cap : sizeof record;
            EXPECT_NOT_ISSUED(
                armalo_webhook_secret_issue(w.host, "wh_1", 0, secret, secret_cap, record, record_cap, &w.why),
                ARMALO_REASON_BUFFER_TOO_SMALL);
        }
    }
    EXPECT_NOT_ISSUED(
        armalo_webhook_secret_issue(w.host, "wh_1", 0, secret, secret_len, record, record_len + 1, &w.why),
        ARMALO_REASON_BUFFER_TOO_SMALL);
    EXPECT_NOT_ISSUED(
        armalo_webhook_secret_issue(w.host, "wh_1", 0, secret, secret_len + 1, record, record_len, &w.why),
        ARMALO_REASON_BUFFER_TOO_SMALL);
    EXPECT_GRANT(
        &w, armalo_webhook_secret_issue(w.host, "wh_1", 0, secret, secret_len + 1, record, record_len + 1, &w.why));
    ck_assert(forge_poisoned(secret + secret_len + 1, sizeof secret - secret_len - 1));
    for (size_t cap = 0; cap <= secret_len + 1; cap++) {
        memset(opened, 0xFF, sizeof opened);
        expires = -7;
        int good = cap == secret_len + 1;
        if (good)
            EXPECT_GRANT(&w,
                         armalo_webhook_secret_open(w.host, record, record_len, "wh_1", opened, cap, &expires, &w.why));
        else
            EXPECT_CLOSED(armalo_webhook_secret_open(w.host, record, record_len, "wh_1", opened, cap, &expires, &w.why),
                          ARMALO_REASON_BUFFER_TOO_SMALL);
    }
    world_end(&w);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_issue_and_open);
    tcase_add_test(tc, test_secret_is_untold);
    tcase_add_test(tc, test_sealed_elsewhere);
    tcase_add_test(tc, test_all_different);
    tcase_add_test(tc, test_issued_secret_works);
    tcase_add_test(tc, test_every_byte_counts);
    tcase_add_test(tc, test_members);
    tcase_add_test(tc, test_swapped_parts);
    tcase_add_test(tc, test_wrong_key_or_endpoint);
    tcase_add_test(tc, test_expiry);
    tcase_add_test(tc, test_no_root_key);
    tcase_add_test(tc, test_arguments);
    tcase_add_test(tc, test_buffers);
}
TEST_MAIN("webhook_secret", fill, 60)
