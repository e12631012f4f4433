/* SPDX-License-Identifier: MIT */
/* Texts that are no secret of a scheme: missing, empty, short, long, in another spelling, or a key that anybody has. */
#include "webhook_forge.h"

static world w;
static forge_config c;

static void begin(int kind) {
    world_init(&w);
    world_start(&w);
    forge_config_init(&c, kind, FORGE_RECEIVES);
}

/* Refused by this reason, with or without a place to say so; nothing is written to the audit sink. */
static void expect_no_hook(uint32_t reason, const char *detail) {
    armalo_webhook *hook = NULL;
    EXPECT_REFUSE(&w, (hook = armalo_webhook_new(w.host, &c.config, &w.why)) != NULL, reason);
    ck_assert_ptr_null(hook);
    ck_assert_ptr_null(armalo_webhook_new(w.host, &c.config, NULL));
    if (detail != NULL) ck_assert_str_eq(w.why.detail, detail);
}

static void expect_hook(void) {
    armalo_webhook *hook = armalo_webhook_new(w.host, &c.config, &w.why);
    ck_assert_msg(hook != NULL, "%s (%s)", armalo_reason_name(w.why.reason), w.why.detail);
    ck_assert_uint_eq(w.why.reason, ARMALO_REASON_UNDECIDED);
    ck_assert_int_eq(armalo_decision_granted(&w.why), 0);
    ck_assert_uint_eq(w.decisions, 0);
    armalo_webhook_free(hook);
}

static void set_secret(const char *text, size_t len) {
    c.secret[0].text = text;
    c.secret[0].text_len = len;
}

START_TEST(test_secrets_missing_or_too_many) {
    begin(FORGE_STANDARD);
    c.config.secret_count = 0;
    expect_no_hook(ARMALO_REASON_SECRET_MISSING, NULL);
    c.config.secrets = NULL;
    expect_no_hook(ARMALO_REASON_SECRET_MISSING, NULL);
    c.config.secret_count = 1;
    expect_no_hook(ARMALO_REASON_SECRET_MISSING, NULL);
    forge_config_init(&c, FORGE_STANDARD, FORGE_RECEIVES);
    for (int n = 1; n < 8; n++) forge_config_add(&c, FORGE_STANDARD, FORGE_OTHER_KEY, FORGE_RECEIVES, 0);
    expect_hook();
    forge_config_add(&c, FORGE_STANDARD, FORGE_OTHER_KEY, FORGE_RECEIVES, 0);
    expect_no_hook(ARMALO_REASON_SECRET_TOO_MANY, NULL);
    c.config.secret_count = SIZE_MAX;
    expect_no_hook(ARMALO_REASON_SECRET_TOO_MANY, NULL);
    c.config.secret_count = 2;
    c.secret[1].expires_ms = -1;
    expect_no_hook(ARMALO_REASON_WEBHOOK_CONFIG_INVALID, "secrets[1]");
    world_end(&w);
}
END_TEST

/* facts.md 1.1: the empty secret, in every spelling, for every preset. */
START_TEST(test_secret_empty) {
    begin(_i);
    set_secret("", 0);
    expect_no_hook(ARMALO_REASON_SECRET_EMPTY, "secrets[0]");
    set_secret(NULL, 0);
    expect_no_hook(ARMALO_REASON_SECRET_EMPTY, "secrets[0]");
    set_secret(NULL, 40);
    expect_no_hook(ARMALO_REASON_SECRET_EMPTY, "secrets[0]");
    static const char *const prefixes[] = {"whsec_", "whpk_", "whsk_"};
    for (size_t i = 0; i < 3; i++) {
        set_secret(prefixes[i], strlen(prefixes[i]));
        const forge_kind *k = forge_kind_of(_i);
        expect_no_hook(k->raw ? ARMALO_REASON_SECRET_SHORT : ARMALO_REASON_SECRET_EMPTY, "secrets[0]");
    }
    world_end(&w);
}
END_TEST

/* 24 bytes for Standard Webhooks, 16 for the others: one less is too short. */
START_TEST(test_secret_short) {
    const forge_kind *k = forge_kind_of(_i);
    size_t least = strcmp(k->scheme, "standard") == 0 ? 24 : 16;
    begin(_i);
    for (size_t len = 1; len <= 40; len++) {
        char text[80] = "whsec_";
        if (k->raw)
            memcpy(text, FORGE_KEY FORGE_OTHER_KEY, len);
        else
            forge_base64(FORGE_KEY FORGE_OTHER_KEY, len, text + 6);
        set_secret(text, k->raw ? len : strlen(text));
        if (len < least)
            expect_no_hook(ARMALO_REASON_SECRET_SHORT, "secrets[0]");
        else
            expect_hook();
    }
    world_end(&w);
}
END_TEST

START_TEST(test_secret_long) {
    static char text[600];
    begin(_i);
    for (size_t i = 0; i < sizeof text; i++) text[i] = (char)('A' + i % 26);
    set_secret(text, 512);
    expect_hook();
    set_secret(text, 513);
    expect_no_hook(ARMALO_REASON_SECRET_LONG, "secrets[0]");
    set_secret(text, SIZE_MAX);
    expect_no_hook(ARMALO_REASON_SECRET_LONG, "secrets[0]");
    world_end(&w);
}
END_TEST

/* RFC 4648: one spelling of each value. Padding, alphabet, stray bits and what surrounds the text all count. */
START_TEST(test_secret_base64) {
    static const char *const bad[] = {
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",       /* 31 characters */
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw=",     /* padding that is not needed */
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw==",    /**/
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAA",    /* padding missing */
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAB==",  /* stray bits */
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAB=",  /* stray bits */
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwA===",  /* impossible */
        "whsec_MfKQ9r8G-YqrTwjUPD8ILPZIo2LaLaSw",      /* the URL-safe alphabet */
        "whsec_MfKQ9r8G_YqrTwjUPD8ILPZIo2LaLaSw",      /**/
        "whsec_MfKQ9r8G KYqrTwjUPD8ILPZIo2LaLaSw",     /* white space */
        " whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",     /**/
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw ",     /**/
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n",    /* a file's last line */
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\r\n",  /**/
        "\nwhsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",    /**/
        "v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",   /* facts.md 2: hours lost to this */
        "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",      /**/
        "whsec_whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" /**/
    };
    begin(FORGE_STANDARD);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        set_secret(bad[i], strlen(bad[i]));
        expect_no_hook(ARMALO_REASON_SECRET_ENCODING, "secrets[0]");
    }
    set_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\0", 39);
    expect_no_hook(ARMALO_REASON_SECRET_ENCODING, "secrets[0]");
    static const char *const good[] = {
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAA==", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAA="};
    for (size_t i = 0; i < 4; i++) {
        set_secret(good[i], strlen(good[i]));
        expect_hook();
    }
    world_end(&w);
}
END_TEST

START_TEST(test_secret_with_line_break) {
    static const char *const bad[] = {FORGE_KEY "\n", FORGE_KEY "\r", FORGE_KEY "\r\n", ("\n" FORGE_KEY),
                                      "abcdefghijklmnop\nqrstuvwx"};
    begin(_i);
    for (size_t i = 0; i < 5; i++) {
        set_secret(bad[i], strlen(bad[i]));
        expect_no_hook(ARMALO_REASON_SECRET_ENCODING, "secrets[0]");
    }
    world_end(&w);
}
END_TEST

/* A key of one repeated byte is a buffer that nobody filled. */
START_TEST(test_secret_all_alike) {
    char text[160];
    for (int byte = 0; byte < 256; byte += 5) {
        unsigned char alike[64];
        memset(alike, byte, sizeof alike);
        begin(FORGE_STANDARD);
        memcpy(text, "whsec_", 6);
        forge_base64(alike, 32, text + 6);
        set_secret(text, strlen(text));
        expect_no_hook(ARMALO_REASON_SECRET_WEAK, "secrets[0]");
        memcpy(text, "whsk_", 5);
        forge_base64(alike, 32, text + 5);
        set_secret(text, strlen(text));
        expect_no_hook(ARMALO_REASON_SECRET_WEAK, "secrets[0]");
        world_end(&w);
        begin(FORGE_GITHUB);
        set_secret((const char *)alike, 40);
        expect_no_hook(byte == '\n' || byte == '\r' ? ARMALO_REASON_SECRET_ENCODING : ARMALO_REASON_SECRET_WEAK,
                       "secrets[0]");
        alike[39] ^= 1;
        if (byte != '\n' && byte != '\r' && alike[39] != '\n' && alike[39] != '\r') expect_hook();
        world_end(&w);
    }
}
END_TEST

static const char *ed25519_text(const char *prefix, const unsigned char *bytes, size_t len) {
    static char text[200];
    snprintf(text, sizeof text, "%s", prefix);
    forge_base64(bytes, len, text + strlen(prefix));
    set_secret(text, strlen(text));
    return text;
}

START_TEST(test_ed25519_keys) {
    unsigned char public_key[64], secret_key[96] = {0}, weak[32] = {0};
    ck_assert_int_ge(sodium_init(), 0);
    ck_assert_int_eq(crypto_sign_seed_keypair(public_key, secret_key, (const unsigned char *)FORGE_KEY), 0);
    begin(FORGE_STANDARD);
    ed25519_text("whpk_", public_key, 32);
    expect_hook();
    ed25519_text("whsk_", secret_key, 64);
    expect_hook();
    ed25519_text("whsk_", secret_key, 32); /* the seed alone */
    expect_hook();
    static const size_t sizes[] = {1, 31, 33, 48, 63, 65, 96};
    for (size_t i = 0; i < 7; i++) {
        memcpy(public_key + 32, public_key, 32);
        if (sizes[i] <= 64) {
            ed25519_text("whpk_", public_key, sizes[i]);
            expect_no_hook(ARMALO_REASON_SECRET_ENCODING, "secrets[0]");
        }
        ed25519_text("whsk_", secret_key, sizes[i]);
        expect_no_hook(ARMALO_REASON_SECRET_ENCODING, "secrets[0]");
    }
    ed25519_text("whpk_", public_key, 64);
    expect_no_hook(ARMALO_REASON_SECRET_ENCODING, "secrets[0]");
    for (size_t bit = 256; bit < 512; bit += 9) { /* the halves of a private key belong together */
        secret_key[bit / 8] ^= (unsigned char)(1u << bit % 8);
        ed25519_text("whsk_", secret_key, 64);
        expect_no_hook(ARMALO_REASON_SECRET_ENCODING, "secrets[0]");
        secret_key[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    ed25519_text("whpk_", weak, 32); /* y = 0 */
    expect_no_hook(ARMALO_REASON_SECRET_WEAK, "secrets[0]");
    weak[0] = 1; /* the identity: for it R = identity, S = 0 signs every message */
    ed25519_text("whpk_", weak, 32);
    expect_no_hook(ARMALO_REASON_SECRET_WEAK, "secrets[0]");
    memset(weak, 0xFF, sizeof weak);
    weak[0] = 0xEE;
    weak[31] = 0x7F; /* p + 1: the identity in another spelling */
    ed25519_text("whpk_", weak, 32);
    expect_no_hook(ARMALO_REASON_SECRET_WEAK, "secrets[0]");
    world_end(&w);
}
END_TEST

/* Only schemes with Ed25519 know whpk_ and whsk_: elsewhere they are raw text, and nothing is cut off. */
START_TEST(test_ed25519_elsewhere_is_text) {
    static forge f;
    char text[160];
    begin(FORGE_GITHUB);
    forge_secret(forge_kind_of(FORGE_STANDARD_V1A), FORGE_KEY, FORGE_RECEIVES, text);
    set_secret(text, strlen(text));
    armalo_webhook *hook = forge_open(&w, &c.config);
    forge_make_with(&f, FORGE_GITHUB, text, FORGE_NOW_S, 0);
    EXPECT_GRANT(&w, armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why));
    forge_make_with(&f, FORGE_GITHUB, text + 5, FORGE_NOW_S, 0);
    EXPECT_DENY(&w, armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why), ARMALO_REASON_SIGNATURE_MISMATCH);
    armalo_webhook_free(hook);
    world_end(&w);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_secrets_missing_or_too_many);
    tcase_add_loop_test(tc, test_secret_empty, 0, FORGE_KINDS);
    tcase_add_loop_test(tc, test_secret_short, 0, FORGE_KINDS);
    tcase_add_loop_test(tc, test_secret_long, 0, FORGE_KINDS);
    tcase_add_test(tc, test_secret_base64);
    tcase_add_loop_test(tc, test_secret_with_line_break, 0, FORGE_KINDS);
    tcase_add_test(tc, test_secret_all_alike);
    tcase_add_test(tc, test_ed25519_keys);
    tcase_add_test(tc, test_ed25519_elsewhere_is_text);
}
TEST_MAIN("webhook_keys", fill, 60)
