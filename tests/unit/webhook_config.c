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
        if (bit < 14)
            expect_hook();
        else
            expect_no_hook(ARMALO_REASON_WEBHOOK_CONFIG_INVALID, "refuse_labels");
        c.config.refuse_labels = 0;
        c.config.require_labels = UINT32_C(1) << bit;
        if (bit < 14)
            expect_hook();
        else
            expect_no_hook(ARMALO_REASON_WEBHOOK_CONFIG_INVALID, "require_labels");
        c.config.refuse_labels = bit < 14 ? UINT32_C(1) << bit : 1; /* both: nothing could ever be granted */
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
    tcase_add_test(tc, test_events);
    tcase_add_test(tc, test_endpoint_names);
    tcase_add_test(tc, test_numbers);
    tcase_add_test(tc, test_labels);
    tcase_add_test(tc, test_store_incomplete);
    tcase_add_test(tc, test_config_is_copied);
}
TEST_MAIN("webhook_config", fill, 60)
