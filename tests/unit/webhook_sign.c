/* SPDX-License-Identifier: MIT */
/* Signing: the headers are those that others would write, our own receiver takes them, and nothing is written on a
 * denial. */
#include "webhook_forge.h"

static world w;
static forge f;
static forge_config c;
static char buf[ARMALO_WEBHOOK_HEADERS_SIZE + 64];
static size_t len;

static armalo_webhook *begin(int kind) {
    world_init(&w);
    world_start(&w);
    forge_config_init(&c, kind, FORGE_SENDS);
    forge_make(&f, kind, FORGE_NOW_S, 0);
    return forge_open(&w, &c.config);
}
static void end(armalo_webhook *hook) {
    armalo_webhook_free(hook);
    world_end(&w);
}

static int sign_id(armalo_webhook *hook, const char *id, size_t id_len, int64_t timestamp_s, size_t cap) {
    memset(buf, 0xFF, sizeof buf);
    len = 99;
    return armalo_webhook_sign(hook, id, id_len, f.request.body, f.request.body_len, timestamp_s, buf, cap, &len,
                               &w.why);
}
static int sign(armalo_webhook *hook) {
    return sign_id(hook, f.kind->id == NULL ? NULL : f.id, f.kind->id == NULL ? 0 : strlen(f.id), FORGE_NOW_S,
                   ARMALO_WEBHOOK_HEADERS_SIZE);
}
/* Denied, and not a byte of the buffer was touched. */
#define EXPECT_UNSIGNED(call, reason)                                                                                  \
    do {                                                                                                               \
        EXPECT_DENY_CALL(&w, call, reason);                                                                            \
        ck_assert(forge_poisoned(buf, sizeof buf));                                                                    \
        ck_assert_uint_eq(len, 0);                                                                                     \
    } while (0)

static void lower(char *text) {
    for (; *text != 0 && *text != ':'; text++) *text = (char)(*text >= 'A' && *text <= 'Z' ? *text + 32 : *text);
}

/* The headers of f as a sender writes them: its id, timestamp and signature, names in lower case. */
static void expected(char *out, size_t size) {
    const char *names[] = {f.kind->id, f.kind->timestamp, f.kind->signature};
    const char *values[] = {f.id, f.timestamp, f.signature};
    size_t at = 0;
    for (int i = 0; i < 3; i++) {
        if (names[i] == NULL) continue;
        char *line = out + at;
        at += (size_t)snprintf(line, size - at, "%s: %s\r\n", names[i], values[i]);
        lower(line);
    }
}

/* "name: value\r\n…" back to header fields. */
static size_t parse(const char *text, armalo_header *headers) {
    size_t count = 0;
    while (*text != 0) {
        const char *colon = strstr(text, ": "), *line_end = strstr(text, "\r\n");
        ck_assert(colon != NULL && line_end != NULL && colon < line_end);
        armalo_header header = {text, (size_t)(colon - text), colon + 2, (size_t)(line_end - colon) - 2};
        headers[count++] = header;
        text = line_end + 2;
    }
    return count;
}

/* hook0's v1 covers headers that only the HTTP layer knows: what is signed there is v0. Where a scheme has two
 * families, the first is written. */
static const int kinds[] = {FORGE_STANDARD, FORGE_STANDARD_V1A, FORGE_SVIX,    FORGE_WHOP,     FORGE_ARMALO,
                            FORGE_GITHUB,   FORGE_SLACK,        FORGE_SHOPIFY, FORGE_HOOK0_V0, FORGE_STRIPE};
#define KINDS ((int)(sizeof kinds / sizeof kinds[0]))

START_TEST(test_equal_to_others) {
    char want[1024];
    armalo_webhook *hook = begin(kinds[_i]);
    EXPECT_GRANT(&w, sign(hook));
    expected(want, sizeof want);
    ck_assert_str_eq(buf, want);
    ck_assert_uint_eq(len, strlen(want));
    ck_assert(forge_poisoned(buf + len + 1, sizeof buf - len - 1));
    ck_assert_ptr_nonnull(strstr(forge_last(&w), "\"type\":\"ai.armalo.audit.webhook.sign\""));
    static const size_t sizes[] = {0, 1, 55, 56, 64, 1000, FORGE_MAX_BODY};
    static char body[FORGE_MAX_BODY];
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        memset(body, 0xA5, sizeof body);
        f.request.body = i == 0 ? NULL : body;
        f.request.body_len = sizes[i];
        forge_resign(&f);
        EXPECT_GRANT(&w, sign(hook));
        expected(want, sizeof want);
        ck_assert_str_eq(buf, want);
    }
    end(hook);
}
END_TEST

START_TEST(test_round_trip) {
    armalo_webhook *sender = begin(kinds[_i]);
    forge_config_init(&c, kinds[_i], FORGE_RECEIVES);
    armalo_webhook *receiver = forge_open(&w, &c.config);
    armalo_header headers[8];
    EXPECT_GRANT(&w, sign_id(sender, f.kind->id == NULL ? NULL : f.id, f.kind->id == NULL ? 0 : strlen(f.id), 0,
                             ARMALO_WEBHOOK_HEADERS_SIZE)); /* 0: the host's clock */
    armalo_request request = f.request;
    request.headers = headers;
    request.header_count = parse(buf, headers);
    if (f.kind->event != NULL) headers[request.header_count++] = forge_header(f.kind->event, f.event);
    EXPECT_GRANT(&w, armalo_webhook_verify(receiver, &request, &w.delivery, &w.why));
    int has_time = f.kind->timestamp != NULL || f.kind->timestamp_item;
    ck_assert_int_eq(w.delivery.timestamp_s, has_time ? FORGE_NOW_S : 0);
    request.body_len--;
    EXPECT_DENY(&w, armalo_webhook_verify(receiver, &request, &w.delivery, &w.why), ARMALO_REASON_SIGNATURE_MISMATCH);
    armalo_webhook_free(receiver);
    end(sender);
}
END_TEST

/* During a rotation there is one signature for each active secret, where the header has room for several. */
START_TEST(test_rotation) {
    char other[140], want[1024], item[160];
    armalo_webhook *hook = begin(kinds[_i]);
    armalo_webhook_free(hook);
    forge_config_add(&c, kinds[_i], FORGE_OTHER_KEY, FORGE_SENDS, FORGE_NOW_S * 1000); /* expired: does not sign */
    forge_config_add(&c, kinds[_i], FORGE_OTHER_KEY, FORGE_SENDS, FORGE_NOW_S * 1000 + 1);
    hook = forge_open(&w, &c.config);
    forge_sign_now(&f, FORGE_OTHER_KEY, other);
    if (f.kind->items != 0) {
        snprintf(item, sizeof item, "%c%s%s", f.kind->items, f.kind->prefix, other);
        strcat(f.signature, item);
    }
    EXPECT_GRANT(&w, sign(hook));
    expected(want, sizeof want);
    ck_assert_str_eq(buf, want);
    end(hook);
}
END_TEST

START_TEST(test_expired) {
    armalo_webhook *hook = begin(kinds[_i]);
    armalo_webhook_free(hook);
    c.secret[0].expires_ms = FORGE_NOW_S * 1000 + 1;
    hook = forge_open(&w, &c.config);
    EXPECT_GRANT(&w, sign(hook));
    w.now_ms++;
    EXPECT_UNSIGNED(sign(hook), ARMALO_REASON_SECRET_EXPIRED);
    end(hook);
}
END_TEST

/* v1 with the shared secret and v1a with the private key, in one header. */
START_TEST(test_both_algorithms) {
    static forge g;
    char want[1024], item[200];
    armalo_webhook *hook = begin(FORGE_STANDARD);
    armalo_webhook_free(hook);
    forge_config_add(&c, FORGE_STANDARD_V1A, FORGE_OTHER_KEY, FORGE_SENDS, 0);
    hook = forge_open(&w, &c.config);
    forge_make_with(&g, FORGE_STANDARD_V1A, FORGE_OTHER_KEY, FORGE_NOW_S, 0);
    snprintf(item, sizeof item, " %.180s", g.signature);
    strcat(f.signature, item);
    EXPECT_GRANT(&w, sign(hook));
    expected(want, sizeof want);
    ck_assert_str_eq(buf, want);
    end(hook);
}
END_TEST

/* A public key checks and cannot sign. */
START_TEST(test_cannot_sign) {
    armalo_webhook *hook = begin(FORGE_STANDARD_V1A);
    armalo_webhook_free(hook);
    forge_config_init(&c, FORGE_STANDARD_V1A, FORGE_RECEIVES);
    hook = forge_open(&w, &c.config);
    EXPECT_UNSIGNED(sign(hook), ARMALO_REASON_CANNOT_SIGN);
    armalo_webhook_free(hook);
    forge_config_add(&c, FORGE_STANDARD, FORGE_KEY, FORGE_SENDS, 0); /* and beside a secret it does no harm */
    hook = forge_open(&w, &c.config);
    forge_make(&f, FORGE_STANDARD, FORGE_NOW_S, 0);
    EXPECT_GRANT(&w, sign(hook));
    ck_assert_ptr_null(strstr(buf, "v1a,"));
    /* A scheme of which every version covers headers. */
    static const char scheme[] =
        "{\"v\":1,\"name\":\"own\",\"headers\":[{\"signature\":\"x-sig\"}],\"signatures\":[{\"prefix\":\"\","
        "\"algorithm\":\"hmac-sha256\",\"encoding\":\"hex\",\"content\":\"{header:x-a}.{body}\"}],\"secret\":{"
        "\"encoding\":\"raw\",\"min_bytes\":16}}";
    armalo_webhook_free(hook);
    forge_config_init(&c, FORGE_GITHUB, FORGE_SENDS);
    c.config.scheme = NULL;
    c.config.scheme_json = scheme;
    c.config.scheme_json_len = sizeof scheme - 1;
    c.config.events = NULL;
    c.config.event_count = 0;
    c.config.any_event = ARMALO_ANY_EVENT;
    hook = forge_open(&w, &c.config);
    EXPECT_UNSIGNED(sign_id(hook, NULL, 0, 0, sizeof buf), ARMALO_REASON_CANNOT_SIGN);
    end(hook);
}
END_TEST

START_TEST(test_buffers) {
    armalo_webhook *hook = begin(kinds[_i]);
    const char *id = f.kind->id == NULL ? NULL : f.id;
    size_t id_len = id == NULL ? 0 : strlen(id);
    EXPECT_GRANT(&w, sign(hook));
    const size_t need = len;
    for (size_t cap = 0; cap <= need; cap += cap + 1 < need ? need / 7 : 1) {
        EXPECT_DENY_CALL(&w, sign_id(hook, id, id_len, FORGE_NOW_S, cap), ARMALO_REASON_BUFFER_TOO_SMALL);
        ck_assert_uint_eq(len, need);
        ck_assert(forge_poisoned(buf, sizeof buf));
    }
    EXPECT_GRANT(&w, sign_id(hook, id, id_len, FORGE_NOW_S, need + 1));
    ck_assert_uint_eq(len, need);
    ck_assert_uint_eq(strlen(buf), need);
    ck_assert(forge_poisoned(buf + need + 1, sizeof buf - need - 1));
    len = 0; /* measuring */
    EXPECT_DENY_CALL(
        &w,
        armalo_webhook_sign(hook, id, id_len, f.request.body, f.request.body_len, FORGE_NOW_S, NULL, 0, &len, &w.why),
        ARMALO_REASON_BUFFER_TOO_SMALL);
    ck_assert_uint_eq(len, need);
    ck_assert_int_eq(armalo_webhook_sign(hook, id, id_len, f.request.body, f.request.body_len, FORGE_NOW_S, buf,
                                         sizeof buf, NULL, NULL),
                     1);
    end(hook);
}
END_TEST

/* Eight secrets and the longest id fit into the promised size. */
START_TEST(test_promised_size) {
    char id[255];
    armalo_webhook *hook = begin(kinds[_i]);
    armalo_webhook_free(hook);
    while (c.config.secret_count < 8) forge_config_add(&c, kinds[_i], FORGE_OTHER_KEY, FORGE_SENDS, 0);
    hook = forge_open(&w, &c.config);
    memset(id, 'i', sizeof id);
    int has_id = f.kind->id != NULL;
    EXPECT_GRANT(&w, sign_id(hook, has_id ? id : NULL, has_id ? sizeof id : 0, INT64_C(9007199254740991),
                             ARMALO_WEBHOOK_HEADERS_SIZE));
    end(hook);
}
END_TEST

START_TEST(test_ids) {
    static char long_id[256];
    const forge_kind *k = forge_kind_of(kinds[_i]);
    armalo_webhook *hook = begin(kinds[_i]);
    memset(long_id, 'i', sizeof long_id);
    const struct {
        const char *id;
        size_t len;
    } bad[] = {{"a b", 3}, {"a\r\nX-Injected: 1", 16}, {"a\0b", 3}, {"\x7f", 1}, {"caf\xC3\xA9", 5}, {long_id, 256},
               {"a\t", 2}};
    for (size_t i = 0; i < 7; i++)
        EXPECT_UNSIGNED(sign_id(hook, bad[i].id, bad[i].len, 0, sizeof buf), ARMALO_REASON_ID_INVALID);
    if (k->id != NULL)
        EXPECT_UNSIGNED(sign_id(hook, NULL, 0, 0, sizeof buf), ARMALO_REASON_ID_INVALID);
    else /* the scheme has none */
        EXPECT_UNSIGNED(sign_id(hook, "msg_1", 5, 0, sizeof buf), ARMALO_REASON_ID_INVALID);
    if (k->id != NULL) EXPECT_GRANT(&w, sign_id(hook, "!~", 2, 0, sizeof buf)); /* the ends of visible ASCII */
    if (k->content == FORGE_ID_TS_BODY)
        EXPECT_UNSIGNED(sign_id(hook, "msg.1", 5, 0, sizeof buf), ARMALO_REASON_ID_INVALID);
    end(hook);
}
END_TEST

/* hook0's v0 signs "t.body", its v1 "t.names.values.body": a v0 signature of this body would be a v1 one of {}. */
START_TEST(test_body_like_names) {
    armalo_webhook *hook = begin(FORGE_HOOK0_V0);
    static const char *const bad[] = {"x-event-type.paid.{}", "x", "0", "."}, *const good[] = {"{x-a.b.{}", " x", "[",
                                                                                               ""};
    for (size_t i = 0; i < 4; i++) {
        f.request.body = bad[i];
        f.request.body_len = strlen(bad[i]);
        EXPECT_UNSIGNED(sign(hook), ARMALO_REASON_SIGNED_HEADER_AMBIGUOUS);
    }
    for (size_t i = 0; i < 4; i++) {
        f.request.body = good[i];
        f.request.body_len = strlen(good[i]);
        EXPECT_GRANT(&w, sign(hook));
    }
    end(hook);
}
END_TEST

START_TEST(test_arguments) {
    armalo_webhook *hook = begin(FORGE_STANDARD);
    EXPECT_REFUSE(&w, sign(NULL), ARMALO_REASON_INVALID_ARGUMENT);
    ck_assert(forge_poisoned(buf, sizeof buf));
    EXPECT_UNSIGNED(sign_id(hook, NULL, 5, 0, sizeof buf), ARMALO_REASON_INVALID_ARGUMENT);
    f.request.body = NULL;
    EXPECT_UNSIGNED(sign(hook), ARMALO_REASON_INVALID_ARGUMENT);
    forge_make(&f, FORGE_STANDARD, FORGE_NOW_S, 0);
    len = 99;
    EXPECT_DENY_CALL(&w, armalo_webhook_sign(hook, "a", 1, "", 0, 0, NULL, 10, &len, &w.why),
                     ARMALO_REASON_INVALID_ARGUMENT);
    ck_assert_uint_eq(len, 0);
    f.request.body_len = FORGE_MAX_BODY + 1;
    EXPECT_UNSIGNED(sign(hook), ARMALO_REASON_BODY_TOO_LARGE);
    forge_make(&f, FORGE_STANDARD, FORGE_NOW_S, 0);
    static const int64_t times[] = {-1, INT64_MIN, INT64_C(9007199254740992), INT64_MAX};
    for (size_t i = 0; i < 4; i++)
        EXPECT_UNSIGNED(sign_id(hook, "a", 1, times[i], sizeof buf), ARMALO_REASON_TIMESTAMP_MALFORMED);
    w.now_ms = 999; /* 1970-01-01T00:00:00: no timestamp that a receiver could take */
    EXPECT_UNSIGNED(sign_id(hook, "a", 1, 0, sizeof buf), ARMALO_REASON_TIMESTAMP_MALFORMED);
    end(hook);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_loop_test(tc, test_equal_to_others, 0, KINDS);
    tcase_add_loop_test(tc, test_round_trip, 0, KINDS);
    tcase_add_loop_test(tc, test_rotation, 0, KINDS);
    tcase_add_loop_test(tc, test_expired, 0, KINDS);
    tcase_add_test(tc, test_both_algorithms);
    tcase_add_test(tc, test_cannot_sign);
    tcase_add_loop_test(tc, test_buffers, 0, KINDS);
    tcase_add_loop_test(tc, test_promised_size, 0, KINDS);
    tcase_add_loop_test(tc, test_ids, 0, KINDS);
    tcase_add_test(tc, test_body_like_names);
    tcase_add_test(tc, test_arguments);
}
TEST_MAIN("webhook_sign", fill, 60)
