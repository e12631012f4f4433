/* SPDX-License-Identifier: MIT */
/* Timestamps: plain decimal seconds, a window on both sides that nothing switches off, secrets that expire. */
#include "webhook_forge.h"

static world w;
static forge f;

static void begin(void) {
    world_init(&w);
    world_start(&w);
}
static int verify(armalo_webhook *hook) { return armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why); }

static const int timed[] = {FORGE_STANDARD, FORGE_STANDARD_V1A, FORGE_SVIX,     FORGE_WHOP,
                            FORGE_SLACK,    FORGE_HOOK0_V0,     FORGE_HOOK0_V1, FORGE_STRIPE};
#define TIMED ((int)(sizeof timed / sizeof timed[0]))

/* The delivery with this timestamp text, honestly signed. */
static void stamp(int kind, const char *text) {
    forge_make(&f, kind, FORGE_NOW_S, 0);
    snprintf(f.timestamp, sizeof f.timestamp, "%s", text);
    if (f.kind->timestamp != NULL) forge_set(&f, f.kind->timestamp, f.timestamp);
    forge_resign(&f);
}

START_TEST(test_form) {
    static const char *const bad[] = {
        "+1700000000",
        "-1700000000",
        "-1",
        "1.5",
        "1700000000.0",
        "1e9",
        "1E9",
        "01700000000",
        "00",
        "0x6553f100",
        " 1700000000",
        "1700000000 ",
        "17000 00000",
        "1_700_000_000",
        "1,700,000,000",
        "1700000000s",
        "now",
        "NaN",
        "inf",
        "9007199254740992",
        "18446744073709551615",
        "18446744073709551616",
        "18446744075409551616",
        "99999999999999999999",
        "9223372036854775807",
        "9223372036854775808",
        "36893488147419103232",
    };
    begin();
    armalo_webhook *hook = forge_hook(&w, timed[_i], NULL);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        /* In an item of a header, a comma ends the item. */
        if (strchr(bad[i], ',') != NULL && forge_kind_of(timed[_i])->items == ',') continue;
        stamp(timed[_i], bad[i]);
        EXPECT_DENY(&w, verify(hook), ARMALO_REASON_TIMESTAMP_MALFORMED);
    }
    static const char *const old[] = {"0", "1", "9", "1699999699"};
    for (size_t i = 0; i < 4; i++) {
        stamp(timed[_i], old[i]);
        EXPECT_DENY(&w, verify(hook), ARMALO_REASON_TIMESTAMP_STALE);
    }
    static const char *const future[] = {"1700000301", "2147483648", "4294967296", "9007199254740991"};
    for (size_t i = 0; i < 4; i++) {
        stamp(timed[_i], future[i]);
        EXPECT_DENY(&w, verify(hook), ARMALO_REASON_TIMESTAMP_FUTURE);
    }
    forge_make(&f, timed[_i], FORGE_NOW_S, FORGE_BIT(NO_TIMESTAMP));
    EXPECT_DENY(&w, verify(hook),
                f.kind->timestamp != NULL ? ARMALO_REASON_HEADER_MISSING : ARMALO_REASON_TIMESTAMP_MISSING);
    armalo_webhook_free(hook);
    world_end(&w);
}
END_TEST

/* 300 seconds is inside and 301 is not, on both sides; fractions of the clock's second are dropped. */
START_TEST(test_window) {
    begin();
    armalo_webhook *hook = forge_hook(&w, timed[_i], NULL);
    for (int ms = 0; ms < 1000; ms += 333) {
        for (int64_t age = -302; age <= 302; age += age > -299 && age < 299 ? 299 : 1) {
            w.now_ms = FORGE_NOW_S * 1000 + ms;
            forge_make(&f, timed[_i], FORGE_NOW_S - age, 0);
            if (age > 300)
                EXPECT_DENY(&w, verify(hook), ARMALO_REASON_TIMESTAMP_STALE);
            else if (age < -300)
                EXPECT_DENY(&w, verify(hook), ARMALO_REASON_TIMESTAMP_FUTURE);
            else
                EXPECT_GRANT(&w, verify(hook));
        }
    }
    armalo_webhook_free(hook);
    world_end(&w);
}
END_TEST

/* facts.md 1.1 4: tolerance 0 is the scheme's own, never "for ever"; others count exactly. */
START_TEST(test_tolerance) {
    static const int64_t tolerances[] = {0, 1, 2, 300, 3600, 86400};
    begin();
    for (size_t i = 0; i < 6; i++) {
        static forge_config c;
        forge_config_init(&c, FORGE_STANDARD, FORGE_RECEIVES);
        c.config.tolerance_s = tolerances[i];
        int64_t window = tolerances[i] == 0 ? 300 : tolerances[i];
        armalo_webhook *hook = forge_open(&w, &c.config);
        forge_make(&f, FORGE_STANDARD, FORGE_NOW_S - window, 0);
        EXPECT_GRANT(&w, verify(hook));
        forge_make(&f, FORGE_STANDARD, FORGE_NOW_S + window, 0);
        EXPECT_GRANT(&w, verify(hook));
        forge_make(&f, FORGE_STANDARD, FORGE_NOW_S - window - 1, 0);
        EXPECT_DENY(&w, verify(hook), ARMALO_REASON_TIMESTAMP_STALE);
        forge_make(&f, FORGE_STANDARD, FORGE_NOW_S + window + 1, 0);
        EXPECT_DENY(&w, verify(hook), ARMALO_REASON_TIMESTAMP_FUTURE);
        armalo_webhook_free(hook);
    }
    world_end(&w);
}
END_TEST

/* The ends of the clock's own range. */
START_TEST(test_clock_extremes) {
    begin();
    armalo_webhook *hook = forge_hook(&w, FORGE_STANDARD, NULL);
    w.now_ms = 1;
    stamp(FORGE_STANDARD, "0");
    EXPECT_GRANT(&w, verify(hook));
    stamp(FORGE_STANDARD, "300");
    EXPECT_GRANT(&w, verify(hook));
    stamp(FORGE_STANDARD, "301");
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_TIMESTAMP_FUTURE);
    stamp(FORGE_STANDARD, "9007199254740991");
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_TIMESTAMP_FUTURE);
    w.now_ms = INT64_C(253402300799999); /* 9999-12-31T23:59:59.999Z */
    stamp(FORGE_STANDARD, "253402300799");
    EXPECT_GRANT(&w, verify(hook));
    stamp(FORGE_STANDARD, "253402301099");
    EXPECT_GRANT(&w, verify(hook));
    stamp(FORGE_STANDARD, "0");
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_TIMESTAMP_STALE);
    armalo_webhook_free(hook);
    world_end(&w);
}
END_TEST

/* facts.md 1.1 6: no signed timestamp, no freshness, however the delivery is dressed up. */
START_TEST(test_unsigned_time_is_not_fresh) {
    static const int untimed[] = {FORGE_ARMALO, FORGE_GITHUB, FORGE_SHOPIFY, FORGE_SHOPIFY_NEW};
    begin();
    armalo_webhook *hook = forge_hook(&w, untimed[_i], NULL);
    forge_make(&f, untimed[_i], FORGE_NOW_S, 0);
    forge_add(&f, "X-Timestamp", "1700000000");
    forge_add(&f, "X-Shopify-Triggered-At", "2023-11-14T22:13:20Z");
    EXPECT_GRANT(&w, verify(hook));
    ck_assert_uint_ne(w.why.labels & ARMALO_LABEL_FRESHNESS_NOT_PROVIDED, 0);
    ck_assert_uint_eq(w.why.labels & ARMALO_LABEL_COVERS_TIMESTAMP, 0);
    ck_assert_int_eq(w.delivery.timestamp_s, 0);
    armalo_webhook_free(hook);
    static forge_config c;
    forge_config_init(&c, untimed[_i], FORGE_RECEIVES);
    c.config.refuse_labels = ARMALO_LABEL_FRESHNESS_NOT_PROVIDED;
    hook = forge_open(&w, &c.config);
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_LABEL_REFUSED);
    armalo_webhook_free(hook);
    world_end(&w);
}
END_TEST

/* ---- Rotation ---- */

/* Signed by the old secret, by the new one or by both, before, at and after the old one's end. */
START_TEST(test_rotation) {
    static forge_config c;
    const int64_t end_ms = FORGE_NOW_S * 1000 + 500;
    const forge_kind *k = forge_kind_of(_i);
    begin();
    forge_config_init(&c, _i, FORGE_RECEIVES);
    forge_config_add(&c, _i, FORGE_OTHER_KEY, FORGE_RECEIVES, 0);
    c.secret[0].expires_ms = end_ms;
    armalo_webhook *hook = forge_open(&w, &c.config);
    for (int64_t now_ms = end_ms - 1; now_ms <= end_ms + 1; now_ms++) {
        w.now_ms = now_ms;
        forge_make_with(&f, _i, FORGE_KEY, FORGE_NOW_S, 0); /* the old one counts until its end, exclusive */
        if (now_ms < end_ms)
            EXPECT_GRANT(&w, verify(hook));
        else
            EXPECT_DENY(&w, verify(hook), ARMALO_REASON_SIGNATURE_MISMATCH);
        forge_make_with(&f, _i, FORGE_OTHER_KEY, FORGE_NOW_S, 0);
        EXPECT_GRANT(&w, verify(hook));
        if (k->items == 0) continue;
        char other[140], item[160]; /* both signatures in one header, in either order */
        forge_sign_now(&f, FORGE_KEY, other);
        snprintf(item, sizeof item, "%c%s%s", k->items, k->prefix, other);
        strcat(f.signature, item);
        forge_set(&f, k->signature, f.signature);
        EXPECT_GRANT(&w, verify(hook));
    }
    armalo_webhook_free(hook);
    world_end(&w);
}
END_TEST

START_TEST(test_all_expired) {
    static forge_config c;
    begin();
    forge_config_init(&c, _i, FORGE_RECEIVES);
    forge_config_add(&c, _i, FORGE_OTHER_KEY, FORGE_RECEIVES, FORGE_NOW_S * 1000 - 1);
    c.secret[0].expires_ms = FORGE_NOW_S * 1000;
    armalo_webhook *hook = forge_open(&w, &c.config);
    forge_make(&f, _i, FORGE_NOW_S, 0);
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_SECRET_EXPIRED);
    w.now_ms--;
    EXPECT_GRANT(&w, verify(hook));
    armalo_webhook_free(hook);
    world_end(&w);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_loop_test(tc, test_form, 0, TIMED);
    tcase_add_loop_test(tc, test_window, 0, TIMED);
    tcase_add_test(tc, test_tolerance);
    tcase_add_test(tc, test_clock_extremes);
    tcase_add_loop_test(tc, test_unsigned_time_is_not_fresh, 0, 4);
    tcase_add_loop_test(tc, test_rotation, 0, FORGE_KINDS);
    tcase_add_loop_test(tc, test_all_expired, 0, FORGE_KINDS);
}
TEST_MAIN("webhook_time", fill, 60)
