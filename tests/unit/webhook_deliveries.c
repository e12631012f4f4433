/* SPDX-License-Identifier: MIT */
/* Delivery ids, keys in the store, and dispositions. */
#include "webhook_forge.h"

static world w;
static forge f;
static forge_config c;
static forge_store s;

static armalo_webhook *begin(int kind) {
    world_init(&w);
    world_start(&w);
    forge_store_init(&s);
    forge_config_init(&c, kind, FORGE_RECEIVES);
    c.config.store = &s.store;
    forge_make(&f, kind, FORGE_NOW_S, 0);
    return forge_open(&w, &c.config);
}
static void end(armalo_webhook *hook) {
    armalo_webhook_free(hook);
    world_end(&w);
}
static int verify(armalo_webhook *hook) { return armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why); }

/* Granted with this disposition; only ARMALO_PROCESS comes with a token. */
static armalo_delivery expect(armalo_webhook *hook, int32_t disposition) {
    static const char *const words[] = {"", "process", "in_progress", "duplicate", "unchecked"};
    char want[64];
    EXPECT_GRANT(&w, verify(hook));
    ck_assert_int_eq(w.delivery.disposition, disposition);
    ck_assert_int_eq(w.delivery.token != 0, disposition == ARMALO_PROCESS);
    snprintf(want, sizeof want, "\"disposition\":\"%s\"}}", words[disposition]);
    ck_assert_ptr_nonnull(strstr(forge_last(&w), want));
    ck_assert_uint_eq(w.why.labels & ARMALO_LABEL_REPLAY_UNCHECKED, 0);
    return w.delivery;
}
static int settle(armalo_webhook *hook, const armalo_delivery *delivery, int outcome) {
    return armalo_webhook_settle(hook, delivery, outcome, &w.why);
}

START_TEST(test_life_of_a_delivery) {
    armalo_webhook *hook = begin(_i);
    armalo_delivery first = expect(hook, ARMALO_PROCESS);
    ck_assert_int_eq(s.last.now_ms, FORGE_NOW_S * 1000);
    ck_assert_int_eq(s.last.lease_until_ms, FORGE_NOW_S * 1000 + 60000);
    ck_assert_int_eq(s.last.keep_until_ms, FORGE_NOW_S * 1000 + 345600000);
    ck_assert_uint_eq(s.last.struct_size, sizeof s.last);
    ck_assert_mem_eq(s.last.key, first.key, 32);
    ck_assert_uint_eq(first.token, s.last_token);
    expect(hook, ARMALO_IN_PROGRESS);
    w.now_ms += 59999;
    expect(hook, ARMALO_IN_PROGRESS);
    w.now_ms += 1; /* the lease ran out: the host that had it may have died */
    armalo_delivery second = expect(hook, ARMALO_PROCESS);
    ck_assert_uint_ne(first.token, second.token);
    EXPECT_DENY_CALL(&w, settle(hook, &first, ARMALO_DONE), ARMALO_REASON_CLAIM_LOST);
    EXPECT_GRANT(&w, settle(hook, &second, ARMALO_FAILED)); /* given back: the next attempt is processed */
    ck_assert_ptr_nonnull(strstr(forge_last(&w), "\"type\":\"ai.armalo.audit.webhook.failed\""));
    second = expect(hook, ARMALO_PROCESS);
    EXPECT_GRANT(&w, settle(hook, &second, ARMALO_DONE));
    ck_assert_ptr_nonnull(strstr(forge_last(&w), "\"type\":\"ai.armalo.audit.webhook.done\""));
    ck_assert_int_eq(s.last.keep_until_ms, w.now_ms + 345600000);
    EXPECT_DENY_CALL(&w, settle(hook, &second, ARMALO_DONE), ARMALO_REASON_CLAIM_LOST); /* twice */
    EXPECT_DENY_CALL(&w, settle(hook, &second, ARMALO_FAILED), ARMALO_REASON_CLAIM_LOST);
    expect(hook, ARMALO_DUPLICATE);
    end(hook);
}
END_TEST

/* The window on one side and then on the other: remembered as long as the timestamp can be fresh. */
START_TEST(test_remembered_while_fresh) {
    world_init(&w);
    world_start(&w);
    forge_store_init(&s);
    forge_config_init(&c, FORGE_STANDARD, FORGE_RECEIVES);
    c.config.store = &s.store;
    c.config.keep_ms = 601000; /* the least there may be */
    armalo_webhook *hook = forge_open(&w, &c.config);
    for (int fraction = 0; fraction < 1000; fraction += 111) {
        forge_store_init(&s);
        w.now_ms = FORGE_NOW_S * 1000 + fraction;
        forge_make(&f, FORGE_STANDARD, FORGE_NOW_S + 300, 0);
        armalo_delivery first = expect(hook, ARMALO_PROCESS);
        EXPECT_GRANT(&w, settle(hook, &first, ARMALO_DONE));
        for (int64_t later = 599000; later <= 602000; later += 1) {
            w.now_ms = FORGE_NOW_S * 1000 + fraction + later;
            int granted = verify(hook);
            ck_assert(!granted || w.delivery.disposition == ARMALO_DUPLICATE);
            if (!granted) ck_assert_uint_eq(w.why.reason, ARMALO_REASON_TIMESTAMP_STALE);
        }
    }
    end(hook);
}
END_TEST

/* ---- What tells deliveries apart ---- */

static void key_of(armalo_webhook *hook, uint8_t key[32]) {
    EXPECT_GRANT(&w, verify(hook));
    memcpy(key, w.delivery.key, 32);
}

START_TEST(test_signed_id_is_the_key) {
    uint8_t one[32], two[32];
    armalo_webhook *hook = begin(FORGE_STANDARD);
    key_of(hook, one);
    forge_make(&f, FORGE_STANDARD, FORGE_NOW_S - 5, 0); /* the next attempt: another timestamp */
    key_of(hook, two);
    ck_assert_mem_eq(one, two, 32);
    snprintf(f.id, sizeof f.id, FORGE_ID "x");
    forge_set(&f, "webhook-id", f.id);
    forge_resign(&f);
    key_of(hook, two);
    ck_assert_mem_ne(one, two, 32);
    snprintf(f.id, sizeof f.id, "MSG_2Lh9KRb0pzN4LePd3XiA4v12Axj"); /* ids are exact */
    forge_set(&f, "webhook-id", f.id);
    forge_resign(&f);
    key_of(hook, two);
    ck_assert_mem_ne(one, two, 32);
    end(hook);
}
END_TEST

/* facts.md 1.1 11: an id that is not signed is not a key. Changing it, or what else is free, gets past nothing. */
START_TEST(test_unsigned_id_is_no_key) {
    static const int kinds[] = {FORGE_ARMALO, FORGE_GITHUB, FORGE_SHOPIFY, FORGE_SHOPIFY_NEW};
    armalo_webhook *hook = begin(kinds[_i]);
    armalo_delivery first = expect(hook, ARMALO_PROCESS);
    EXPECT_GRANT(&w, settle(hook, &first, ARMALO_DONE));
    forge_set(&f, f.kind->id, "another-id");
    expect(hook, ARMALO_DUPLICATE);
    ck_assert_str_eq(w.delivery.id, "another-id");
    forge_set(&f, f.kind->event, "ping");
    expect(hook, ARMALO_DUPLICATE);
    forge_add(&f, "X-Something", "new");
    expect(hook, ARMALO_DUPLICATE);
    f.body[f.request.body_len++] = '\n';
    forge_resign(&f);
    expect(hook, ARMALO_PROCESS);
    end(hook);
}
END_TEST

/* Shopify's two spellings of its headers, and Svix's, are one delivery. */
START_TEST(test_family_is_no_key) {
    static const int pairs[][2] = {{FORGE_SHOPIFY, FORGE_SHOPIFY_NEW}, {FORGE_SVIX, FORGE_SVIX_WEBHOOK}};
    armalo_webhook *hook = begin(pairs[_i][0]);
    armalo_delivery first = expect(hook, ARMALO_PROCESS);
    EXPECT_GRANT(&w, settle(hook, &first, ARMALO_DONE));
    forge_make(&f, pairs[_i][1], FORGE_NOW_S, 0);
    expect(hook, ARMALO_DUPLICATE);
    end(hook);
}
END_TEST

/* hook0: what was processed under v1 is a duplicate under v0, and the other way round. */
START_TEST(test_version_is_no_key) {
    for (int first_kind = 0; first_kind < 2; first_kind++) {
        armalo_webhook *hook = begin(first_kind == 0 ? FORGE_HOOK0_V1 : FORGE_HOOK0_V0);
        armalo_delivery first = expect(hook, ARMALO_PROCESS);
        EXPECT_GRANT(&w, settle(hook, &first, ARMALO_DONE));
        forge_make(&f, first_kind == 0 ? FORGE_HOOK0_V0 : FORGE_HOOK0_V1, FORGE_NOW_S, 0);
        expect(hook, ARMALO_DUPLICATE);
        forge_make(&f, FORGE_HOOK0_V0, FORGE_NOW_S - 1, 0); /* no id: another timestamp is another delivery */
        expect(hook, ARMALO_PROCESS);
        end(hook);
    }
}
END_TEST

/* Where the timestamp ends and the body begins is part of the key. */
START_TEST(test_timestamp_and_body_apart) {
    uint8_t one[32], two[32];
    armalo_webhook *hook = begin(FORGE_SLACK);
    armalo_webhook_free(hook);
    c.config.events = NULL;
    c.config.event_count = 0;
    c.config.any_event = ARMALO_ANY_EVENT;
    hook = forge_open(&w, &c.config);
    w.now_ms = 10000;
    for (int split = 1; split <= 2; split++) {
        snprintf(f.timestamp, sizeof f.timestamp, "%.*s", split, "12");
        forge_set(&f, f.kind->timestamp, f.timestamp);
        f.request.body = &"12{}"[split];
        f.request.body_len = strlen(f.request.body);
        forge_resign(&f);
        key_of(hook, split == 1 ? one : two);
    }
    ck_assert_mem_ne(one, two, 32);
    end(hook);
}
END_TEST

/* v1 and v1a of one delivery carry one signed id. */
START_TEST(test_standard_version_is_no_key) {
    armalo_webhook *hook = begin(FORGE_STANDARD);
    armalo_webhook_free(hook);
    forge_config_add(&c, FORGE_STANDARD_V1A, FORGE_KEY, FORGE_RECEIVES, 0);
    hook = forge_open(&w, &c.config);
    expect(hook, ARMALO_PROCESS);
    forge_make(&f, FORGE_STANDARD_V1A, FORGE_NOW_S, 0);
    expect(hook, ARMALO_IN_PROGRESS);
    end(hook);
}
END_TEST

/* Stripe: the id is in the body, so an event that is sent again with another timestamp is the same. */
START_TEST(test_id_in_body) {
    armalo_webhook *hook = begin(FORGE_STRIPE);
    armalo_delivery first = expect(hook, ARMALO_PROCESS);
    ck_assert_str_eq(first.id, "evt_1NG8Du2eZvKYlo2CUI79vXWy");
    forge_make(&f, FORGE_STRIPE, FORGE_NOW_S - 10, 0);
    expect(hook, ARMALO_IN_PROGRESS);
    static const struct {
        const char *body;
        uint32_t reason;
    } rows[] = {
        {"{\"type\":\"ping\",\"id\":\"evt_1NG8Du2eZvKYlo2CUI79vXW\\u0079\",\"x\":0}",
         ARMALO_REASON_GRANTED}, /* the same */
        {"{\"type\":\"ping\"}", ARMALO_REASON_DELIVERY_ID_MISSING},
        {"{\"type\":\"ping\",\"Id\":\"evt_1\"}", ARMALO_REASON_DELIVERY_ID_MISSING},
        {"{\"type\":\"ping\",\"data\":{\"id\":\"evt_1\"}}", ARMALO_REASON_DELIVERY_ID_MISSING},
        {"{\"type\":\"ping\",\"id\":null}", ARMALO_REASON_DELIVERY_ID_UNREADABLE},
        {"{\"type\":\"ping\",\"id\":1}", ARMALO_REASON_DELIVERY_ID_UNREADABLE},
        {"{\"type\":\"ping\",\"id\":\"\"}", ARMALO_REASON_DELIVERY_ID_UNREADABLE},
        {"{\"type\":\"ping\",\"id\":\"a\\u0000b\"}", ARMALO_REASON_DELIVERY_ID_UNREADABLE},
        {"{\"type\":\"ping\",\"id\":[\"a\"]}", ARMALO_REASON_DELIVERY_ID_UNREADABLE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        forge_make(&f, FORGE_STRIPE, FORGE_NOW_S, 0);
        f.request.body = rows[i].body;
        f.request.body_len = strlen(rows[i].body);
        forge_resign(&f);
        if (rows[i].reason == ARMALO_REASON_GRANTED)
            expect(hook, ARMALO_IN_PROGRESS);
        else
            EXPECT_DENY(&w, verify(hook), rows[i].reason);
    }
    static char body[400];
    for (int len = 254; len <= 256; len++) { /* bytes of the id */
        snprintf(body, sizeof body, "{\"type\":\"ping\",\"id\":\"%0*d\"}", len, 7);
        f.request.body = body;
        f.request.body_len = strlen(body);
        forge_resign(&f);
        if (len <= 255)
            expect(hook, ARMALO_PROCESS);
        else
            EXPECT_DENY(&w, verify(hook), ARMALO_REASON_DELIVERY_ID_UNREADABLE);
    }
    end(hook);
}
END_TEST

/* Endpoints that share a store do not share deliveries. */
START_TEST(test_endpoints_apart) {
    armalo_webhook *hook = begin(_i);
    c.config.endpoint = "other";
    armalo_webhook *other = forge_open(&w, &c.config);
    armalo_delivery one = expect(hook, ARMALO_PROCESS), two = expect(other, ARMALO_PROCESS);
    ck_assert_mem_ne(one.key, two.key, 32);
    ck_assert_str_eq(w.why.principal, "other");
    c.config.endpoint = "defaul"; /* "defaul" + "t…" is not "default" */
    armalo_webhook *near = forge_open(&w, &c.config);
    armalo_delivery three = expect(near, ARMALO_PROCESS);
    ck_assert_mem_ne(one.key, three.key, 32);
    armalo_webhook_free(near);
    armalo_webhook_free(other);
    end(hook);
}
END_TEST

/* Where the endpoint's name ends is part of the key: "a" with the id "ib" is not "ai" with the id "b". */
START_TEST(test_endpoint_and_id_apart) {
    static const char *const names[] = {"a", "ai"}, *const ids[] = {"ib", "b"};
    uint8_t key[2][32];
    armalo_webhook *hook = begin(FORGE_STANDARD);
    for (size_t i = 0; i < 2; i++) {
        armalo_webhook_free(hook);
        c.config.endpoint = names[i];
        hook = forge_open(&w, &c.config);
        snprintf(f.id, sizeof f.id, "%s", ids[i]);
        forge_set(&f, "webhook-id", f.id);
        forge_resign(&f);
        key_of(hook, key[i]);
    }
    ck_assert_mem_ne(key[0], key[1], 32);
    end(hook);
}
END_TEST

START_TEST(test_ids) {
    static const struct {
        size_t len;
        char fill, odd;
        uint32_t signed_id, unsigned_id;
    } rows[] = {
        {1, 'a', 'a', ARMALO_REASON_GRANTED, ARMALO_REASON_GRANTED},
        {255, 'a', 'a', ARMALO_REASON_GRANTED, ARMALO_REASON_GRANTED},
        {256, 'a', 'a', ARMALO_REASON_HEADER_TOO_LONG, ARMALO_REASON_HEADER_TOO_LONG},
        {4096, 'a', 'a', ARMALO_REASON_HEADER_TOO_LONG, ARMALO_REASON_HEADER_TOO_LONG},
        {10, 'a', '.', ARMALO_REASON_ID_INVALID, ARMALO_REASON_GRANTED},
        {1, 'a', '.', ARMALO_REASON_ID_INVALID, ARMALO_REASON_GRANTED},
        {10, 'a', ' ', ARMALO_REASON_ID_INVALID, ARMALO_REASON_ID_INVALID},
        {10, 'a', '\t', ARMALO_REASON_HEADER_INVALID, ARMALO_REASON_HEADER_INVALID},
        {10, 'a', 0, ARMALO_REASON_HEADER_INVALID, ARMALO_REASON_HEADER_INVALID},
        {10, 'a', '\x7f', ARMALO_REASON_HEADER_INVALID, ARMALO_REASON_HEADER_INVALID},
        {10, 'a', '\xe9', ARMALO_REASON_HEADER_INVALID, ARMALO_REASON_HEADER_INVALID},
        {10, '~', '"', ARMALO_REASON_GRANTED, ARMALO_REASON_GRANTED},
        {255, '"', '\\', ARMALO_REASON_GRANTED, ARMALO_REASON_GRANTED}, /* the longest in an event: all escaped */
    };
    static char id[5000];
    static const int kinds[] = {FORGE_STANDARD, FORGE_GITHUB};
    armalo_webhook *hook = begin(kinds[_i]);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t want = _i == 0 ? rows[i].signed_id : rows[i].unsigned_id;
        forge_make(&f, kinds[_i], FORGE_NOW_S, 0);
        memset(id, rows[i].fill, rows[i].len);
        id[rows[i].len / 2] = rows[i].odd;
        if (_i == 0 && rows[i].len < sizeof f.id) {
            memcpy(f.id, id, rows[i].len);
            f.id[rows[i].len] = 0;
            forge_resign(&f);
        }
        armalo_header *header = forge_find(&f, f.kind->id);
        header->value = id;
        header->value_len = rows[i].len;
        forge_store_init(&s);
        if (want == ARMALO_REASON_GRANTED) {
            expect(hook, ARMALO_PROCESS);
            ck_assert_uint_eq(strlen(w.delivery.id), rows[i].len);
            ck_assert_mem_eq(w.delivery.id, id, rows[i].len);
        } else {
            EXPECT_DENY(&w, verify(hook), want);
        }
    }
    end(hook);
}
END_TEST

/* A delivery that is denied never reaches the store. */
START_TEST(test_denied_claims_nothing) {
    armalo_webhook *hook = begin(_i);
    for (int number = 0; number < FORGE_DEFECT_COUNT; number++) {
        uint32_t reason = forge_reason(forge_kind_of(_i), number);
        if (reason == ARMALO_REASON_GRANTED) continue;
        forge_make(&f, _i, FORGE_NOW_S, UINT64_C(1) << number);
        EXPECT_DENY(&w, verify(hook), reason);
    }
    ck_assert_uint_eq(s.claims, 0);
    end(hook);
}
END_TEST

/* No store: nobody knows, and the decision says so. */
START_TEST(test_no_store) {
    armalo_webhook *hook = begin(_i);
    armalo_webhook_free(hook);
    c.config.store = NULL;
    hook = forge_open(&w, &c.config);
    for (int n = 0; n < 3; n++) {
        EXPECT_GRANT(&w, verify(hook));
        ck_assert_int_eq(w.delivery.disposition, ARMALO_UNCHECKED);
        ck_assert_uint_ne(w.why.labels & ARMALO_LABEL_REPLAY_UNCHECKED, 0);
    }
    ck_assert_int_eq(armalo_webhook_verify(hook, &f.request, NULL, &w.why), 1);
    end(hook);
    hook = begin(_i); /* with a store, the delivery must have somewhere to go */
    unsigned before = forge_poison(&w);
    ck_assert_int_eq(armalo_webhook_verify(hook, &f.request, NULL, &w.why), 0);
    forge_denied(&w, 0, ARMALO_REASON_INVALID_ARGUMENT, before, 1, __FILE__, __LINE__, "no delivery");
    ck_assert_uint_eq(s.claims, 0);
    end(hook);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_loop_test(tc, test_life_of_a_delivery, 0, FORGE_KINDS);
    tcase_add_test(tc, test_remembered_while_fresh);
    tcase_add_test(tc, test_signed_id_is_the_key);
    tcase_add_loop_test(tc, test_unsigned_id_is_no_key, 0, 4);
    tcase_add_loop_test(tc, test_family_is_no_key, 0, 2);
    tcase_add_test(tc, test_version_is_no_key);
    tcase_add_test(tc, test_timestamp_and_body_apart);
    tcase_add_test(tc, test_standard_version_is_no_key);
    tcase_add_test(tc, test_id_in_body);
    tcase_add_loop_test(tc, test_endpoints_apart, 0, FORGE_KINDS);
    tcase_add_test(tc, test_endpoint_and_id_apart);
    tcase_add_loop_test(tc, test_ids, 0, 2);
    tcase_add_loop_test(tc, test_denied_claims_nothing, 0, FORGE_KINDS);
    tcase_add_loop_test(tc, test_no_store, 0, FORGE_KINDS);
}
TEST_MAIN("webhook_deliveries", fill, 60)
