/* SPDX-License-Identifier: MIT */
/* The signature header: how many, of which version, in which spelling, and that only the right one counts. */
#include "webhook_forge.h"

static world w;
static forge f;

static armalo_webhook *begin(int kind) {
    world_init(&w);
    world_start(&w);
    forge_make(&f, kind, FORGE_NOW_S, 0);
    return forge_hook(&w, kind, NULL);
}
static void end(armalo_webhook *hook) {
    armalo_webhook_free(hook);
    world_end(&w);
}
static int verify(armalo_webhook *hook) { return armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why); }

/* A copy of the honest delivery's signature item, and a value made of others around it. */
static char good[160], value[20000];

static void items_begin(void) {
    forge_sign_now(&f, FORGE_KEY, value);
    snprintf(good, sizeof good, "%s%s", f.kind->prefix, value);
    value[0] = 0;
    if (f.kind->timestamp_item) snprintf(value, sizeof value, "t=%s", f.timestamp);
    if (f.kind->content == FORGE_TS_NAMES_VALUES_BODY) strcat(value, ",h=" FORGE_COVERED);
}
static void item(const char *text) {
    size_t len = strlen(value);
    snprintf(value + len, sizeof value - len, "%.1s%s", len == 0 ? "" : f.kind->items == ',' ? "," : " ", text);
}
static void items_end(void) { forge_set(&f, f.kind->signature, value); }

/* A well-formed signature of the kind's version that is wrong. */
static const char *wrong(int n) {
    static char text[160];
    char signature[140];
    forge_sign(f.kind, FORGE_OTHER_KEY, &n, sizeof n, signature);
    snprintf(text, sizeof text, "%s%s", f.kind->prefix, signature);
    return text;
}

static const int listed[] = {FORGE_STANDARD, FORGE_STANDARD_V1A, FORGE_SVIX,  FORGE_WHOP,
                             FORGE_HOOK0_V0, FORGE_HOOK0_V1,     FORGE_STRIPE};

START_TEST(test_how_many) {
    armalo_webhook *hook = begin(listed[_i]);
    for (int before = 0; before <= 17; before++) { /* the good one after this many wrong ones */
        items_begin();
        for (int n = 0; n < before; n++) item(wrong(n));
        item(good);
        items_end();
        if (strlen(value) > ARMALO_WEBHOOK_MAX_VALUE)
            EXPECT_DENY(&w, verify(hook), ARMALO_REASON_HEADER_TOO_LONG);
        else if (before < 16)
            EXPECT_GRANT(&w, verify(hook));
        else
            EXPECT_DENY(&w, verify(hook), ARMALO_REASON_SIGNATURES_TOO_MANY);
        items_begin();
        if (before < 17) item(good);
        for (int n = 0; n < before; n++) item("v9=x"); /* those of other versions count too */
        items_end();
        if (before < 16)
            EXPECT_GRANT(&w, verify(hook));
        else
            EXPECT_DENY(&w, verify(hook), ARMALO_REASON_SIGNATURES_TOO_MANY);
    }
    items_begin();
    if (value[0] == 0) strcpy(value, " ");
    items_end();
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_SIGNATURE_MISSING);
    items_begin();
    if (value[0] == 0) strcpy(value, " ");
    for (int n = 0; n < 10000; n++) item("");
    items_end();
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_HEADER_TOO_LONG);
    items_begin();
    if (value[0] == 0) strcpy(value, " ");
    for (int n = 0; n < 3900; n++) item(""); /* nothing, often, is nothing */
    items_end();
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_SIGNATURE_MISSING);
    item(good);
    items_end();
    EXPECT_GRANT(&w, verify(hook));
    end(hook);
}
END_TEST

/* CVE-2024-21491: a comparison to the shorter length took "v1," alone. Every cut of the signature is refused. */
START_TEST(test_lengths) {
    armalo_webhook *hook = begin(_i);
    char signature[140], cut[140];
    forge_sign_now(&f, FORGE_KEY, signature);
    size_t len = strlen(signature), prefix = strlen(f.kind->prefix);
    for (size_t n = 0; n < len; n++) {
        snprintf(cut, sizeof cut, "%.*s", (int)n, signature);
        forge_wrap(&f, cut);
        forge_set(&f, f.kind->signature, f.signature);
        if (n + prefix == 0)
            EXPECT_DENY(&w, verify(hook), ARMALO_REASON_HEADER_EMPTY);
        else
            EXPECT_DENY(&w, verify(hook), ARMALO_REASON_SIGNATURE_LENGTH);
    }
    static const char *const more[] = {"=", "A", "0", "==", "\\", "AAAA"};
    for (size_t i = 0; i < 6; i++) {
        snprintf(cut, sizeof cut, "%.130s%s", signature, more[i]);
        forge_wrap(&f, cut);
        forge_set(&f, f.kind->signature, f.signature);
        EXPECT_DENY(&w, verify(hook), ARMALO_REASON_SIGNATURE_LENGTH);
    }
    snprintf(cut, sizeof cut, "%s", signature);
    forge_wrap(&f, cut);
    forge_set(&f, f.kind->signature, f.signature);
    EXPECT_GRANT(&w, verify(hook));
    end(hook);
}
END_TEST

/* Every character of the signature replaced by every other: a mismatch or malformed, never a grant. */
START_TEST(test_every_character) {
    static const char hex[] = "0123456789abcdef";
    static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    armalo_webhook *hook = begin(_i);
    char signature[140];
    forge_sign_now(&f, FORGE_KEY, signature);
    size_t len = strlen(signature);
    for (size_t at = 0; at < len; at++) {
        for (char c = 0x21; c < 0x7F; c++) {
            char was = signature[at];
            if (c == was || (f.kind->items != 0 && c == f.kind->items)) continue;
            signature[at] = c;
            forge_wrap(&f, signature);
            forge_set(&f, f.kind->signature, f.signature);
            ck_assert_int_eq(verify(hook), 0);
            int mark = !f.kind->hex && at + 3 >= len; /* where padding and stray bits are */
            int inside = strchr(f.kind->hex ? hex : base64, c) != NULL;
            uint32_t want = inside ? ARMALO_REASON_SIGNATURE_MISMATCH : ARMALO_REASON_SIGNATURE_MALFORMED;
            if (!mark || !inside) ck_assert_msg(w.why.reason == want, "%c at %zu of %s", c, at, f.kind->name);
            ck_assert(w.why.reason == ARMALO_REASON_SIGNATURE_MISMATCH ||
                      w.why.reason == ARMALO_REASON_SIGNATURE_MALFORMED);
            signature[at] = was;
        }
    }
    end(hook);
}
END_TEST

/* facts.md 1.1 10: the bits that base64 leaves over must be zero, or one signature had several spellings. */
START_TEST(test_stray_bits) {
    static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static const int kinds[] = {FORGE_STANDARD, FORGE_STANDARD_V1A, FORGE_SVIX, FORGE_WHOP, FORGE_SHOPIFY};
    armalo_webhook *hook = begin(kinds[_i]);
    char signature[140];
    forge_sign_now(&f, FORGE_KEY, signature);
    char *last = strchr(signature, '=') - 1;
    size_t index = (size_t)(strchr(base64, *last) - base64);
    unsigned stray = last[2] == '=' ? 15 : 3;
    ck_assert_uint_eq(index & stray, 0);
    for (unsigned bits = 0; bits <= stray; bits++) {
        *last = base64[index | bits];
        forge_wrap(&f, signature);
        forge_set(&f, f.kind->signature, f.signature);
        if (bits == 0)
            EXPECT_GRANT(&w, verify(hook));
        else
            EXPECT_DENY(&w, verify(hook), ARMALO_REASON_SIGNATURE_MALFORMED);
    }
    end(hook);
}
END_TEST

START_TEST(test_spellings) {
    armalo_webhook *hook = begin(FORGE_GITHUB);
    char upper[80];
    snprintf(upper, sizeof upper, "%.71s", f.signature);
    for (char *p = upper + 7; *p != 0; p++) *p = (char)(*p >= 'a' && *p <= 'f' ? *p - 32 : *p);
    forge_set(&f, "X-Hub-Signature-256", upper);
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_SIGNATURE_MALFORMED);
    static const char *const prefixes[] = {"SHA256=", "sha256:", "sha256 ", "sha512=", "", "sha256"};
    for (size_t i = 0; i < 6; i++) {
        snprintf(upper, sizeof upper, "%s%.64s", prefixes[i], f.signature + 7);
        forge_set(&f, "X-Hub-Signature-256", upper);
        EXPECT_DENY(&w, verify(hook), ARMALO_REASON_SIGNATURE_VERSION);
    }
    snprintf(upper, sizeof upper, "%.72s,", f.signature); /* one item: nothing is split there */
    forge_set(&f, "X-Hub-Signature-256", upper);
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_SIGNATURE_LENGTH);
    end(hook);
}
END_TEST

/* Which reason is told when several signatures fail in different ways: the nearest miss. */
START_TEST(test_nearest_miss) {
    armalo_webhook *hook = begin(FORGE_STANDARD);
    static const struct {
        const char *value;
        uint32_t reason;
    } rows[] = {
        {"v2,AAAA", ARMALO_REASON_SIGNATURE_VERSION},
        {"v1=AAAA", ARMALO_REASON_SIGNATURE_VERSION},
        {"v1a,AAAA", ARMALO_REASON_SIGNATURE_VERSION}, /* no secret of this endpoint checks v1a */
        {"v1", ARMALO_REASON_SIGNATURE_VERSION},
        {"v2,AAAA v1,", ARMALO_REASON_SIGNATURE_LENGTH},
        {"v1, v2,AAAA", ARMALO_REASON_SIGNATURE_LENGTH},
        {"v1,AAAA v1,-0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", ARMALO_REASON_SIGNATURE_MALFORMED},
        {"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1,AAAA", ARMALO_REASON_SIGNATURE_MISMATCH},
        {"g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", ARMALO_REASON_SIGNATURE_VERSION},
        {"v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", ARMALO_REASON_SIGNATURE_LENGTH},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        forge_set(&f, "webhook-signature", rows[i].value);
        EXPECT_DENY(&w, verify(hook), rows[i].reason);
    }
    end(hook);
}
END_TEST

/* A key checks the signatures of its own kind and no others. */
START_TEST(test_v1_and_v1a) {
    static forge_config c;
    static forge g;
    char both[400];
    world_init(&w);
    world_start(&w);
    forge_config_init(&c, FORGE_STANDARD, FORGE_RECEIVES);
    forge_config_add(&c, FORGE_STANDARD_V1A, FORGE_OTHER_KEY, FORGE_RECEIVES, 0);
    armalo_webhook *hook = forge_open(&w, &c.config);
    forge_make_with(&f, FORGE_STANDARD, FORGE_KEY, FORGE_NOW_S, 0);
    EXPECT_GRANT(&w, verify(hook));
    forge_make_with(&g, FORGE_STANDARD_V1A, FORGE_OTHER_KEY, FORGE_NOW_S, 0);
    EXPECT_GRANT(&w, armalo_webhook_verify(hook, &g.request, &w.delivery, &w.why));
    snprintf(both, sizeof both, "%.150s %.150s", f.signature, g.signature);
    forge_set(&f, "webhook-signature", both);
    EXPECT_GRANT(&w, verify(hook));
    /* The bytes of one under the prefix of the other. */
    snprintf(both, sizeof both, "v1a,%.150s", strchr(f.signature, ',') + 1);
    forge_set(&f, "webhook-signature", both);
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_SIGNATURE_LENGTH);
    forge_make_with(&f, FORGE_STANDARD, FORGE_OTHER_KEY, FORGE_NOW_S, 0); /* an HMAC under the Ed25519 seed */
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_SIGNATURE_MISMATCH);
    forge_make_with(&g, FORGE_STANDARD_V1A, FORGE_KEY, FORGE_NOW_S, 0);
    EXPECT_DENY(&w, armalo_webhook_verify(hook, &g.request, &w.delivery, &w.why), ARMALO_REASON_SIGNATURE_MISMATCH);
    armalo_webhook_free(hook);
    /* facts.md 1.3 1: the public key as an HMAC secret. */
    forge_config_init(&c, FORGE_STANDARD_V1A, FORGE_RECEIVES);
    hook = forge_open(&w, &c.config);
    unsigned char public_key[33], secret_key[64];
    ck_assert_int_eq(crypto_sign_seed_keypair(public_key, secret_key, (const unsigned char *)FORGE_KEY), 0);
    forge_make(&f, FORGE_STANDARD, FORGE_NOW_S, 0);
    char content[1024], text[80] = "v1,";
    unsigned char tag[32];
    int len = snprintf(content, sizeof content, "%s.%s.%.500s", f.id, f.timestamp, f.body);
    HMAC(EVP_sha256(), public_key, 32, (unsigned char *)content, (size_t)len, tag, NULL);
    forge_base64(tag, 32, text + 3);
    forge_set(&f, "webhook-signature", text);
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_SIGNATURE_VERSION);
    end(hook);
}
END_TEST

/* A receiver that was given the private key checks with its public half. */
START_TEST(test_private_key_checks) {
    static forge_config c;
    world_init(&w);
    world_start(&w);
    forge_config_init(&c, FORGE_STANDARD_V1A, FORGE_SENDS);
    armalo_webhook *hook = forge_open(&w, &c.config);
    forge_make(&f, FORGE_STANDARD_V1A, FORGE_NOW_S, 0);
    EXPECT_GRANT(&w, verify(hook));
    forge_make(&f, FORGE_STANDARD_V1A, FORGE_NOW_S, FORGE_BIT(WRONG_KEY));
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_SIGNATURE_MISMATCH);
    end(hook);
}
END_TEST

/* Ed25519 over a header that is as long as it may be, and longer than there is room for. */
START_TEST(test_ed25519_content_too_long) {
    static const char scheme[] =
        "{\"v\":1,\"name\":\"own\",\"headers\":[{\"signature\":\"x-sig\"}],\"signatures\":[{\"prefix\":\"\","
        "\"algorithm\":\"ed25519\",\"encoding\":\"hex\",\"content\":\"{header:x-a}.{body}\"}],\"secret\":{"
        "\"encoding\":\"raw\",\"min_bytes\":16}}";
    static char long_value[5000], content[5010];
    static forge_config c;
    unsigned char bytes[64], public_key[32], secret_key[64];
    char text[132];
    world_init(&w);
    world_start(&w);
    forge_config_init(&c, FORGE_STANDARD_V1A, FORGE_RECEIVES);
    c.config.scheme = NULL;
    c.config.scheme_json = scheme;
    c.config.scheme_json_len = sizeof scheme - 1;
    c.config.events = NULL;
    c.config.event_count = 0;
    c.config.any_event = ARMALO_ANY_EVENT;
    armalo_webhook *hook = forge_open(&w, &c.config);
    ck_assert_int_eq(crypto_sign_seed_keypair(public_key, secret_key, (const unsigned char *)FORGE_KEY), 0);
    memset(long_value, 'a', sizeof long_value);
    memset(content, 'a', sizeof content);
    static const size_t lengths[] = {1, 100, 318, 319, 1000, 4096};
    for (size_t i = 0; i < 6; i++) {
        memcpy(content + lengths[i], ".{}", 3);
        ck_assert_int_eq(crypto_sign_detached(bytes, NULL, (unsigned char *)content, lengths[i] + 3, secret_key), 0);
        memset(content, 'a', sizeof content);
        forge_hex(bytes, 64, text);
        armalo_header headers[] = {forge_header("x-sig", text), {"x-a", 3, long_value, lengths[i]}};
        armalo_request request = {sizeof request, headers, 2, "{}", 2, NULL, 0};
        if (lengths[i] <= 318)
            EXPECT_GRANT(&w, armalo_webhook_verify(hook, &request, &w.delivery, &w.why));
        else
            EXPECT_DENY(&w, armalo_webhook_verify(hook, &request, &w.delivery, &w.why), ARMALO_REASON_HEADER_TOO_LONG);
    }
    end(hook);
}
END_TEST

/* All of eight secrets are tried, whichever of them signed. */
START_TEST(test_eight_secrets) {
    static forge_config c;
    char keys[9][33];
    world_init(&w);
    world_start(&w);
    forge_config_init(&c, _i, FORGE_RECEIVES);
    c.config.secret_count = 0;
    for (int n = 0; n < 9; n++) {
        snprintf(keys[n], sizeof keys[n], "%d%s", n, &FORGE_KEY[1]);
        if (n < 8) forge_config_add(&c, _i, keys[n], FORGE_RECEIVES, 0);
    }
    armalo_webhook *hook = forge_open(&w, &c.config);
    for (int n = 0; n < 9; n++) {
        forge_make_with(&f, _i, keys[n], FORGE_NOW_S, 0);
        if (n < 8)
            EXPECT_GRANT(&w, verify(hook));
        else
            EXPECT_DENY(&w, verify(hook), ARMALO_REASON_SIGNATURE_MISMATCH);
    }
    end(hook);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_loop_test(tc, test_how_many, 0, (int)(sizeof listed / sizeof listed[0]));
    tcase_add_loop_test(tc, test_lengths, 0, FORGE_KINDS);
    tcase_add_loop_test(tc, test_every_character, 0, FORGE_KINDS);
    tcase_add_loop_test(tc, test_stray_bits, 0, 5);
    tcase_add_test(tc, test_spellings);
    tcase_add_test(tc, test_nearest_miss);
    tcase_add_test(tc, test_v1_and_v1a);
    tcase_add_test(tc, test_private_key_checks);
    tcase_add_test(tc, test_ed25519_content_too_long);
    tcase_add_loop_test(tc, test_eight_secrets, 0, FORGE_KINDS);
}
TEST_MAIN("webhook_signatures", fill, 60)
