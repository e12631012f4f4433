/* SPDX-License-Identifier: MIT */
/* What an endpoint refuses to be made of. */
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

START_TEST(test_arguments) {
    armalo_webhook *hook = NULL;
    static const size_t sizes[] = {0, 8, sizeof c.config - 1, sizeof c.config + 1};
    begin(FORGE_STANDARD);
    EXPECT_REFUSE(&w, (hook = armalo_webhook_new(NULL, &c.config, &w.why)) != NULL, ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(&w, (hook = armalo_webhook_new(w.host, NULL, &w.why)) != NULL, ARMALO_REASON_INVALID_ARGUMENT);
    for (size_t i = 0; i < 4; i++) {
        c.config.struct_size = sizes[i];
        expect_no_hook(ARMALO_REASON_INVALID_ARGUMENT, "config.struct_size");
    }
    c.config.struct_size = sizeof c.config;
    expect_hook();
    armalo_webhook_free(NULL);
    world_end(&w);
}
END_TEST

START_TEST(test_schemes) {
    static const char *const unknown[] = {"", "Standard", "standard ", "standar", "sha1", "github\n"};
    begin(FORGE_STANDARD);
    for (size_t i = 0; i < 6; i++) {
        c.config.scheme = unknown[i];
        expect_no_hook(ARMALO_REASON_SCHEME_UNKNOWN, NULL);
    }
    c.config.scheme = NULL;
    expect_no_hook(ARMALO_REASON_WEBHOOK_CONFIG_INVALID, NULL);
    c.config.scheme = "standard";
    c.config.scheme_json = "{}";
    c.config.scheme_json_len = 2;
    expect_no_hook(ARMALO_REASON_WEBHOOK_CONFIG_INVALID, NULL);
    world_end(&w);
}
END_TEST

/* ---- Secrets ---- */

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

/* ---- Events ---- */

START_TEST(test_events) {
    char longest[130];
    const char *names[3] = {"a", longest, NULL};
    static const char *many[1025];
    static char text[1025][8];
    begin(FORGE_STANDARD);
    c.config.events = NULL;
    c.config.event_count = 0;
    expect_no_hook(ARMALO_REASON_EVENTS_MISSING, NULL);
    c.config.any_event = ARMALO_ANY_EVENT;
    expect_hook();
    static const uint32_t wrong[] = {1, ARMALO_ANY_EVENT ^ 1, UINT32_MAX};
    for (size_t i = 0; i < 3; i++) {
        c.config.any_event = wrong[i];
        expect_no_hook(ARMALO_REASON_WEBHOOK_CONFIG_INVALID, "any_event");
    }
    c.config.any_event = ARMALO_ANY_EVENT; /* and a list: which is meant? */
    c.config.events = names;
    c.config.event_count = 1;
    expect_no_hook(ARMALO_REASON_WEBHOOK_CONFIG_INVALID, "events");
    c.config.any_event = 0;
    expect_hook();
    c.config.event_count = 0;
    expect_no_hook(ARMALO_REASON_WEBHOOK_CONFIG_INVALID, "events");
    c.config.event_count = 2;
    memset(longest, 'e', sizeof longest);
    longest[127] = 0;
    expect_hook();
    longest[127] = 'e';
    longest[128] = 0;
    expect_no_hook(ARMALO_REASON_WEBHOOK_CONFIG_INVALID, "events");
    longest[0] = 0;
    expect_no_hook(ARMALO_REASON_WEBHOOK_CONFIG_INVALID, "events");
    names[1] = NULL;
    expect_no_hook(ARMALO_REASON_WEBHOOK_CONFIG_INVALID, "events");
    c.config.events = NULL;
    expect_no_hook(ARMALO_REASON_WEBHOOK_CONFIG_INVALID, "events");
    for (int i = 0; i < 1025; i++) {
        snprintf(text[i], sizeof text[i], "e%d", (i * 7) % 1025);
        many[i] = text[i];
    }
    c.config.events = many;
    c.config.event_count = 1024;
    expect_hook();
    c.config.event_count = 1025;
    expect_no_hook(ARMALO_REASON_WEBHOOK_CONFIG_INVALID, "events");
    world_end(&w);
}
END_TEST

/* ---- The rest ---- */

START_TEST(test_endpoint_names) {
    static const char *const bad[] = {"",     "a b", "a/b", "a\nb", "caf\xC3\xA9", "a\"b",
                                      "a\\b", "a,b", "a{b", "a%",   "a\x7f",       "-a\t"};
    char longest[65];
    begin(FORGE_STANDARD);
    for (size_t i = 0; i < 12; i++) {
        c.config.endpoint = bad[i];
        expect_no_hook(ARMALO_REASON_WEBHOOK_CONFIG_INVALID, "endpoint");
    }
    memset(longest, 'a', sizeof longest);
    longest[64] = 0;
    c.config.endpoint = longest;
    expect_no_hook(ARMALO_REASON_WEBHOOK_CONFIG_INVALID, "endpoint");
    longest[63] = 0;
    expect_hook();
    c.config.endpoint = "ABCxyz019_.:-";
    expect_hook();
    c.config.endpoint = NULL;
    expect_hook();
    world_end(&w);
}
END_TEST

START_TEST(test_numbers) {
    static const struct {
        int64_t tolerance_s, lease_ms, keep_ms;
        const char *fault;
    } rows[] = {
        {-1, 0, 0, "tolerance_s"},
        {INT64_MIN, 0, 0, "tolerance_s"},
        {86401, 0, 0, "tolerance_s"},
        {INT64_MAX, 0, 0, "tolerance_s"},
        {86400, 0, 0, NULL},
        {1, 0, 0, NULL},
        {0, -1, 0, "lease_ms"},
        {0, 86400001, 0, "lease_ms"},
        {0, INT64_MAX, 0, "lease_ms"},
        {0, 86400000, 0, NULL},
        {0, 1, 0, NULL},
        {0, 0, -1, "keep_ms"},
        {0, 0, INT64_MAX, "keep_ms"},
        {0, 0, INT64_C(315360000001), "keep_ms"},
        {0, 0, INT64_C(315360000000), NULL},
        {0, 0, 1, "keep_ms"},
        {0, 0, 600000, "keep_ms"}, /* twice the scheme's 300 seconds, and the second that the window rounds off */
        {0, 0, 600999, "keep_ms"},
        {0, 0, 601000, NULL},
        {100, 0, 200999, "keep_ms"},
        {100, 0, 201000, NULL},
        {1, 0, 59999, "keep_ms"}, /* the lease outlives it */
        {1, 0, 60000, NULL},
        {1, 20000, 19999, "keep_ms"},
    };
    begin(FORGE_STANDARD);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        c.config.tolerance_s = rows[i].tolerance_s;
        c.config.lease_ms = rows[i].lease_ms;
        c.config.keep_ms = rows[i].keep_ms;
        if (rows[i].fault == NULL)
            expect_hook();
        else
            expect_no_hook(ARMALO_REASON_WEBHOOK_CONFIG_INVALID, rows[i].fault);
    }
    world_end(&w);
}
END_TEST

START_TEST(test_labels) {
    begin(FORGE_STANDARD);
    for (unsigned bit = 0; bit < 32; bit++) {
        c.config.refuse_labels = UINT32_C(1) << bit;
        if (bit < 13)
            expect_hook();
        else
            expect_no_hook(ARMALO_REASON_WEBHOOK_CONFIG_INVALID, "refuse_labels");
        c.config.refuse_labels = 0;
        c.config.require_labels = UINT32_C(1) << bit;
        if (bit < 13)
            expect_hook();
        else
            expect_no_hook(ARMALO_REASON_WEBHOOK_CONFIG_INVALID, "require_labels");
        c.config.refuse_labels = bit < 13 ? UINT32_C(1) << bit : 1; /* both: nothing could ever be granted */
        expect_no_hook(ARMALO_REASON_WEBHOOK_CONFIG_INVALID, "require_labels");
        c.config.refuse_labels = c.config.require_labels = 0;
    }
    world_end(&w);
}
END_TEST

START_TEST(test_store_incomplete) {
    forge_store s;
    begin(FORGE_STANDARD);
    for (int fault = 0; fault < 6; fault++) {
        forge_store_init(&s);
        c.config.store = &s.store;
        if (fault == 1) s.store.claim = NULL;
        if (fault == 2) s.store.settle = NULL;
        if (fault == 3) s.store.struct_size = 0;
        if (fault == 4) s.store.struct_size--;
        if (fault == 5) s.store.struct_size++;
        if (fault == 0)
            expect_hook();
        else
            expect_no_hook(ARMALO_REASON_WEBHOOK_CONFIG_INVALID, "store");
    }
    world_end(&w);
}
END_TEST

/* Everything but the store is copied. */
START_TEST(test_config_is_copied) {
    static forge f;
    char event[] = FORGE_EVENT, endpoint[] = "billing";
    const char *events[] = {event};
    begin(FORGE_STANDARD);
    c.config.events = events;
    c.config.event_count = 1;
    c.config.endpoint = endpoint;
    armalo_webhook *hook = forge_open(&w, &c.config);
    memset(event, 'x', sizeof event - 1);
    memset(endpoint, 'x', sizeof endpoint - 1);
    memset(&c, 0xFF, sizeof c);
    forge_make(&f, FORGE_STANDARD, FORGE_NOW_S, 0);
    EXPECT_GRANT(&w, armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why));
    ck_assert_str_eq(w.why.principal, "billing");
    armalo_webhook_free(hook);
    world_end(&w);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_arguments);
    tcase_add_test(tc, test_schemes);
    tcase_add_test(tc, test_secrets_missing_or_too_many);
    tcase_add_loop_test(tc, test_secret_empty, 0, FORGE_KINDS);
    tcase_add_loop_test(tc, test_secret_short, 0, FORGE_KINDS);
    tcase_add_loop_test(tc, test_secret_long, 0, FORGE_KINDS);
    tcase_add_test(tc, test_secret_base64);
    tcase_add_loop_test(tc, test_secret_with_line_break, 0, FORGE_KINDS);
    tcase_add_test(tc, test_secret_all_alike);
    tcase_add_test(tc, test_ed25519_keys);
    tcase_add_test(tc, test_ed25519_elsewhere_is_text);
    tcase_add_test(tc, test_events);
    tcase_add_test(tc, test_endpoint_names);
    tcase_add_test(tc, test_numbers);
    tcase_add_test(tc, test_labels);
    tcase_add_test(tc, test_store_incomplete);
    tcase_add_test(tc, test_config_is_copied);
}
TEST_MAIN("webhook_config", fill, 60)
