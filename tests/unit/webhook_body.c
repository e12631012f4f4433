/* SPDX-License-Identifier: MIT */
/* Bodies, the allowlist of events, and labels that a host refuses or requires. */
#include "webhook_forge.h"

static world w;
static forge f;
static forge_config c;

static armalo_webhook *begin(int kind) {
    world_init(&w);
    world_start(&w);
    forge_config_init(&c, kind, FORGE_RECEIVES);
    return forge_open(&w, &c.config);
}
static void end(armalo_webhook *hook) {
    armalo_webhook_free(hook);
    world_end(&w);
}
static int verify(armalo_webhook *hook) { return armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why); }

static void set_body(const void *body, size_t len) {
    f.request.body = body;
    f.request.body_len = len;
    forge_resign(&f);
}
static void set_text(const char *body) { set_body(body, strlen(body)); }

START_TEST(test_sizes) {
    static char body[FORGE_MAX_BODY + 1];
    world_init(&w);
    world_start(&w);
    forge_config_init(&c, _i, FORGE_RECEIVES);
    c.config.events = NULL;
    c.config.event_count = 0;
    c.config.any_event = ARMALO_ANY_EVENT;
    armalo_webhook *hook = forge_open(&w, &c.config);
    memset(body, ' ', sizeof body);
    memcpy(body, "{\"id\":\"evt_1\"}", 14);
    static const size_t sizes[] = {14, 55, 56, 63, 64, 65, 119, 120, 1000, FORGE_MAX_BODY - 1, FORGE_MAX_BODY};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        forge_make(&f, _i, FORGE_NOW_S, 0);
        char *exact = malloc(sizes[i]); /* so that a byte too many is noticed */
        ck_assert_ptr_nonnull(exact);
        memcpy(exact, body, sizes[i]);
        set_body(exact, sizes[i]);
        EXPECT_GRANT(&w, verify(hook));
        free(exact);
    }
    forge_make(&f, _i, FORGE_NOW_S, 0);
    set_body(body, FORGE_MAX_BODY + 1);
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_BODY_TOO_LARGE);
    f.request.body_len = SIZE_MAX;
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_BODY_TOO_LARGE);
    /* An empty body is a body. */
    forge_make(&f, _i, FORGE_NOW_S, 0);
    for (int null = 0; null < 2; null++) {
        set_body(null ? NULL : body, 0);
        if (f.kind->id_in_body)
            EXPECT_DENY(&w, verify(hook), ARMALO_REASON_DELIVERY_ID_UNREADABLE);
        else
            EXPECT_GRANT(&w, verify(hook));
    }
    end(hook);
}
END_TEST

/* facts.md 1.1 9: bytes, never text. 0xFF is not U+FFFD, and what follows a NUL is signed too. */
START_TEST(test_bytes) {
    armalo_webhook *hook = begin(_i);
    unsigned char body[64];
    for (size_t len = 0; len < sizeof body; len++) {
        forge_make(&f, _i, FORGE_NOW_S, 0);
        for (size_t i = 0; i < len; i++) body[i] = (unsigned char)(i * 67);
        set_body(body, len);
        int granted = verify(hook);
        ck_assert(granted == 1 || w.why.reason == ARMALO_REASON_EVENT_UNREADABLE); /* the signature held */
        if (len < 3) continue;
        body[2]++;
        EXPECT_DENY(&w, verify(hook), ARMALO_REASON_SIGNATURE_MISMATCH);
        body[2]--;
        body[0] = 0;
        set_body(body, len);
        body[len - 1]++;
        EXPECT_DENY(&w, verify(hook), ARMALO_REASON_SIGNATURE_MISMATCH);
    }
    forge_make(&f, _i, FORGE_NOW_S, 0);
    set_text("\xFF");
    f.request.body = "\xEF\xBF\xBD";
    f.request.body_len = 3;
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_SIGNATURE_MISMATCH);
    forge_make(&f, _i, FORGE_NOW_S, 0); /* parsed and printed again is another body */
    set_text("{\"type\":\"invoice.paid\",\"id\":\"evt_1\",\"n\":1.0}");
    f.request.body = "{\"type\":\"invoice.paid\",\"id\":\"evt_1\",\"n\":1}";
    f.request.body_len = strlen(f.request.body);
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_SIGNATURE_MISMATCH);
    end(hook);
}
END_TEST

/* ---- Events in the body ---- */

START_TEST(test_event_in_body) {
    static const struct {
        const char *body;
        uint32_t reason;
    } rows[] = {
        {"{\"type\":\"invoice.paid\"}", ARMALO_REASON_GRANTED},
        {"{\"a\":{\"type\":\"x\"},\"type\":\"invoice.paid\"}", ARMALO_REASON_GRANTED},
        {"{\"\\u0074ype\":\"invoice\\u002Epaid\"}", ARMALO_REASON_GRANTED}, /* the same name, escaped */
        {"{\"type\":\"ping\"}", ARMALO_REASON_GRANTED},
        {"{\"type\":\"Invoice.paid\"}", ARMALO_REASON_EVENT_NOT_ALLOWED},
        {"{\"type\":\"INVOICE.PAID\"}", ARMALO_REASON_EVENT_NOT_ALLOWED},
        {"{\"type\":\"invoice\"}", ARMALO_REASON_EVENT_NOT_ALLOWED},
        {"{\"type\":\"invoice.\"}", ARMALO_REASON_EVENT_NOT_ALLOWED},
        {"{\"type\":\"invoice.paid.now\"}", ARMALO_REASON_EVENT_NOT_ALLOWED},
        {"{\"type\":\"invoice.pai\"}", ARMALO_REASON_EVENT_NOT_ALLOWED},
        {"{\"type\":\" invoice.paid\"}", ARMALO_REASON_EVENT_NOT_ALLOWED},
        {"{\"type\":\"invoice.paid \"}", ARMALO_REASON_EVENT_NOT_ALLOWED},
        {"{\"type\":\"*\"}", ARMALO_REASON_EVENT_NOT_ALLOWED},
        {"{\"type\":\"p\"}", ARMALO_REASON_EVENT_NOT_ALLOWED},
        {"{\"type\":\"zzz\"}", ARMALO_REASON_EVENT_NOT_ALLOWED},
        {"{}", ARMALO_REASON_EVENT_MISSING},
        {"{\"Type\":\"invoice.paid\"}", ARMALO_REASON_EVENT_MISSING},
        {"{\"a\":{\"type\":\"invoice.paid\"}}", ARMALO_REASON_EVENT_MISSING},
        {"[{\"type\":\"invoice.paid\"}]", ARMALO_REASON_EVENT_MISSING},
        {"\"invoice.paid\"", ARMALO_REASON_EVENT_MISSING},
        {"null", ARMALO_REASON_EVENT_MISSING},
        {"{\"type\":\"\"}", ARMALO_REASON_EVENT_UNREADABLE},
        {"{\"type\":null}", ARMALO_REASON_EVENT_UNREADABLE},
        {"{\"type\":1}", ARMALO_REASON_EVENT_UNREADABLE},
        {"{\"type\":true}", ARMALO_REASON_EVENT_UNREADABLE},
        {"{\"type\":[\"invoice.paid\"]}", ARMALO_REASON_EVENT_UNREADABLE},
        {"{\"type\":{\"a\":\"invoice.paid\"}}", ARMALO_REASON_EVENT_UNREADABLE},
        {"{\"type\":\"invoice.paid\\u0000\"}", ARMALO_REASON_EVENT_UNREADABLE},
        {"{\"type\":\"invoice.paid\\u0000.void\"}", ARMALO_REASON_EVENT_UNREADABLE},
        {"{\"type\":\"invoice.paid\\n\"}", ARMALO_REASON_EVENT_UNREADABLE},
        {"{\"type\":\"invoice.void\",\"type\":\"invoice.paid\"}", ARMALO_REASON_EVENT_UNREADABLE},
        {"{\"type\":\"invoice.paid\",\"t\\u0079pe\":\"invoice.paid\"}", ARMALO_REASON_EVENT_UNREADABLE},
        {"{\"type\":\"invoice.paid\",\"a\":1,\"a\":2}", ARMALO_REASON_EVENT_UNREADABLE},
        {"{\"type\":\"invoice.paid\"} x", ARMALO_REASON_EVENT_UNREADABLE},
        {"{\"type\":\"invoice.paid\",}", ARMALO_REASON_EVENT_UNREADABLE},
        {"{'type':'invoice.paid'}", ARMALO_REASON_EVENT_UNREADABLE},
        {"{\"type\":\"invoice.paid\",\"n\":1e400}", ARMALO_REASON_EVENT_UNREADABLE},
        {"{\"type\":\"invoice.paid\",\"n\":\"\xFF\"}", ARMALO_REASON_EVENT_UNREADABLE},
        {"\xEF\xBB\xBF{\"type\":\"invoice.paid\"}", ARMALO_REASON_EVENT_UNREADABLE},
        {"type=invoice.paid", ARMALO_REASON_EVENT_UNREADABLE},
        {"", ARMALO_REASON_EVENT_UNREADABLE},
    };
    static const int kinds[] = {FORGE_STANDARD, FORGE_STANDARD_V1A, FORGE_SLACK};
    armalo_webhook *hook = begin(kinds[_i]);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        forge_make(&f, kinds[_i], FORGE_NOW_S, 0);
        set_text(rows[i].body);
        if (rows[i].reason == ARMALO_REASON_GRANTED)
            EXPECT_GRANT(&w, verify(hook));
        else
            EXPECT_DENY(&w, verify(hook), rows[i].reason);
    }
    static const char *const faults[][2] = {
        /* the operator is told what is wrong with it */
        {"{\"type\":\"ping\",\"type\":\"ping\"}", "json.duplicate"},
        {"{\"type\":\"ping\"} x", "json.trailing"},
        {"", "json.empty"},
        {"{\"type\":ping}", "json.syntax"},
        {"{\"type\":\"\xFF\"}", "json.utf8"},
    };
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        forge_make(&f, kinds[_i], FORGE_NOW_S, 0);
        set_text(faults[i][0]);
        EXPECT_DENY(&w, verify(hook), ARMALO_REASON_EVENT_UNREADABLE);
        ck_assert_str_eq(w.why.detail, faults[i][1]);
    }
    forge_make(&f, kinds[_i], FORGE_NOW_S, 0);
    static const char nul[] = "{\"type\":\"invoice.paid\"}\0";
    set_body(nul, sizeof nul - 1);
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_EVENT_UNREADABLE);
    end(hook);
}
END_TEST

/* 1,024 members open at once and no more, since nothing may be allocated there. */
START_TEST(test_members) {
    static char body[FORGE_MAX_BODY * 2];
    world_init(&w);
    world_start(&w);
    forge_config_init(&c, FORGE_GITHUB, FORGE_RECEIVES);
    c.config.scheme = "slack";
    c.config.max_body = sizeof body;
    armalo_webhook *hook = forge_open(&w, &c.config);
    for (int members = 1023; members <= 1025; members++) {
        size_t at = (size_t)snprintf(body, sizeof body, "{\"type\":\"ping\"");
        for (int i = 1; i < members; i++) at += (size_t)snprintf(body + at, 16, ",\"%x\":0", i);
        body[at++] = '}';
        ck_assert_uint_lt(at, FORGE_MAX_BODY * 2);
        forge_make(&f, FORGE_SLACK, FORGE_NOW_S, 0);
        set_body(body, at);
        if (members <= 1024)
            EXPECT_GRANT(&w, verify(hook));
        else
            EXPECT_DENY(&w, verify(hook), ARMALO_REASON_EVENT_UNREADABLE);
    }
    end(hook);
}
END_TEST

/* Without an allowlist the body is nobody's business: it need not even be JSON, and no event is told. */
START_TEST(test_any_event) {
    world_init(&w);
    world_start(&w);
    forge_config_init(&c, FORGE_STANDARD, FORGE_RECEIVES);
    c.config.events = NULL;
    c.config.event_count = 0;
    c.config.any_event = ARMALO_ANY_EVENT;
    armalo_webhook *hook = forge_open(&w, &c.config);
    static const char *const bodies[] = {"", "not json", "{\"type\":1,\"type\":2}", "{\"type\":\"anything\"}"};
    for (size_t i = 0; i < 4; i++) {
        forge_make(&f, FORGE_STANDARD, FORGE_NOW_S, 0);
        set_text(bodies[i]);
        EXPECT_GRANT(&w, verify(hook));
        ck_assert_str_eq(w.delivery.event, "");
        ck_assert_ptr_nonnull(strstr(forge_last(&w), "\"event\":null,"));
    }
    armalo_webhook_free(hook);
    /* A header with the event need not be there then, but if it is, it is one, readable, and told. */
    c.config.scheme = "github";
    forge_secret(forge_kind_of(FORGE_GITHUB), FORGE_KEY, FORGE_RECEIVES, c.text[0]);
    c.secret[0].text_len = strlen(c.text[0]);
    hook = forge_open(&w, &c.config);
    forge_make(&f, FORGE_GITHUB, FORGE_NOW_S, FORGE_BIT(EVENT_OTHER));
    EXPECT_GRANT(&w, verify(hook));
    ck_assert_str_eq(w.delivery.event, "invoice.void");
    ck_assert_uint_ne(w.why.labels & ARMALO_LABEL_EVENT_UNSIGNED, 0);
    forge_make(&f, FORGE_GITHUB, FORGE_NOW_S, FORGE_BIT(NO_EVENT));
    EXPECT_GRANT(&w, verify(hook));
    ck_assert_str_eq(w.delivery.event, "");
    ck_assert_uint_eq(w.why.labels & ARMALO_LABEL_EVENT_UNSIGNED, 0);
    forge_make(&f, FORGE_GITHUB, FORGE_NOW_S, FORGE_BIT(TWO_EVENTS));
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_HEADER_REPEATED);
    forge_make(&f, FORGE_GITHUB, FORGE_NOW_S, FORGE_BIT(LONG_EVENT));
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_EVENT_UNREADABLE);
    end(hook);
}
END_TEST

/* Each of 1,024 names is found, and none between, before or after them. */
START_TEST(test_long_allowlist) {
    static char text[1024][8];
    static const char *names[1024];
    char near[16];
    world_init(&w);
    world_start(&w);
    forge_config_init(&c, FORGE_GITHUB, FORGE_RECEIVES);
    for (int i = 0; i < 1024; i++) {
        snprintf(text[i], sizeof text[i], "e%04d", (i * 389) % 1024 * 2);
        names[i] = text[i];
    }
    c.config.events = names;
    c.config.event_count = 1024;
    armalo_webhook *hook = forge_open(&w, &c.config);
    forge_make(&f, FORGE_GITHUB, FORGE_NOW_S, 0);
    for (int i = -1; i < 2050; i++) {
        snprintf(near, sizeof near, i < 0 ? "e" : "e%04d", i);
        forge_set(&f, "X-GitHub-Event", near);
        ck_assert_msg(verify(hook) == (i >= 0 && i < 2048 && i % 2 == 0), "%s", near);
    }
    end(hook);
}
END_TEST

START_TEST(test_longest_event) {
    char longest[129];
    const char *names[] = {longest};
    world_init(&w);
    world_start(&w);
    memset(longest, 'e', sizeof longest);
    longest[127] = 0;
    forge_config_init(&c, FORGE_GITHUB, FORGE_RECEIVES);
    c.config.events = names;
    c.config.event_count = 1;
    armalo_webhook *hook = forge_open(&w, &c.config);
    forge_make(&f, FORGE_GITHUB, FORGE_NOW_S, 0);
    forge_set(&f, "X-GitHub-Event", longest);
    EXPECT_GRANT(&w, verify(hook));
    ck_assert_str_eq(w.delivery.event, longest);
    longest[127] = 'e';
    longest[128] = 0;
    forge_set(&f, "X-GitHub-Event", longest);
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_EVENT_UNREADABLE);
    longest[126] = 0;
    forge_set(&f, "X-GitHub-Event", longest);
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_EVENT_NOT_ALLOWED);
    end(hook);
}
END_TEST

/* ---- Labels ---- */

/* For each kind and each label: refused when the decision would carry it, required when it would not, else granted. */
START_TEST(test_refuse_and_require) {
    const forge_kind *k = forge_kind_of(_i);
    world_init(&w);
    w.config.mode = ARMALO_MODE_STAGING;
    world_start(&w);
    for (unsigned bit = 0; bit < 13; bit++) {
        uint32_t label = UINT32_C(1) << bit;
        int carries = ((k->labels | ARMALO_LABEL_MODE_STAGING) & label) != 0;
        for (int require = 0; require < 2; require++) {
            forge_config_init(&c, _i, FORGE_RECEIVES);
            *(require ? &c.config.require_labels : &c.config.refuse_labels) = label;
            armalo_webhook *hook = forge_open(&w, &c.config);
            forge_make(&f, _i, FORGE_NOW_S, 0);
            if (carries == require)
                EXPECT_GRANT(&w, verify(hook));
            else
                EXPECT_DENY(&w, verify(hook), ARMALO_REASON_LABEL_REFUSED);
            /* It is judged only after the signature: a stranger learns nothing of it. */
            forge_make(&f, _i, FORGE_NOW_S, FORGE_BIT(WRONG_KEY));
            EXPECT_DENY(&w, verify(hook), ARMALO_REASON_SIGNATURE_MISMATCH);
            armalo_webhook_free(hook);
        }
    }
    world_end(&w);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_loop_test(tc, test_sizes, 0, FORGE_KINDS);
    tcase_add_loop_test(tc, test_bytes, 0, FORGE_KINDS);
    tcase_add_loop_test(tc, test_event_in_body, 0, 3);
    tcase_add_test(tc, test_members);
    tcase_add_test(tc, test_any_event);
    tcase_add_test(tc, test_long_allowlist);
    tcase_add_test(tc, test_longest_event);
    tcase_add_loop_test(tc, test_refuse_and_require, 0, FORGE_KINDS);
}
TEST_MAIN("webhook_body", fill, 60)
