/* SPDX-License-Identifier: MIT */
/* One key signs every HMAC version of a scheme: what was signed as the content of one must not be believed as that of
 * another. */
#include "test.h"
#include "webhook_samples.h"

/* hook0's v0 signs "t.body", its v1 "t.names.values.body". A v0 delivery whose body has dots in it, shown as a v1 one:
 * its beginning as the names, the next part as a value, the rest as the body. */
START_TEST(test_v0_shown_as_v1) {
    static const char body[] = "{\"amount\":\"1.5.9\"}", names[] = "{\"amount\":\"1";
    sample s;
    int64_t now_ms = SAMPLE_NOW_MS;
    armalo_decision why;
    armalo_delivery delivery;
    char content[128], value[256], tag_text[65];
    unsigned char tag[32];
    sample_make(&s, SAMPLE_HOOK0_V0);
    armalo_host *host = sample_host(&now_ms);
    armalo_webhook_config config = sample_config(&s, 1, NULL);
    armalo_webhook *hook = armalo_webhook_new(host, &config, &why);
    snprintf(content, sizeof content, "%s.%s", SAMPLE_TS, body);
    sample_hmac(sample_key_one, content, tag);
    for (size_t i = 0; i < sizeof tag; i++) snprintf(tag_text + 2 * i, 3, "%02x", tag[i]);
    armalo_header headers[2] = {{"X-Hook0-Signature", 17, value, 0}, {names, sizeof names - 1, "5", 1}};
    armalo_request r = {.struct_size = sizeof r, .headers = headers, .header_count = 2};

    headers[0].value_len = (size_t)snprintf(value, sizeof value, "t=%s,v0=%s", SAMPLE_TS, tag_text);
    r.body = body;
    r.body_len = sizeof body - 1;
    ck_assert_int_eq(armalo_webhook_verify(hook, &r, &delivery, &why), 1); /* as it was sent */

    headers[0].value_len = (size_t)snprintf(value, sizeof value, "t=%s,h=%s,v1=%s", SAMPLE_TS, names, tag_text);
    r.body = "9\"}";
    r.body_len = 3;
    ck_assert_int_eq(armalo_webhook_verify(hook, &r, &delivery, &why), 0);
    ck_assert_uint_eq(why.reason, ARMALO_REASON_SIGNED_HEADER_MISSING);
    ck_assert_uint_eq(why.authenticated, 0);
    armalo_webhook_free(hook);
    armalo_host_free(host);
}
END_TEST

/* The other way round: a v1 delivery with its names and values in the body. */
START_TEST(test_v1_shown_as_v0) {
    sample s;
    int64_t now_ms = SAMPLE_NOW_MS;
    armalo_decision why;
    armalo_delivery delivery;
    char body[256], value[256];
    sample_make(&s, SAMPLE_HOOK0_V1);
    armalo_host *host = sample_host(&now_ms);
    armalo_webhook_config config = sample_config(&s, 1, NULL);
    armalo_webhook *hook = armalo_webhook_new(host, &config, &why);
    armalo_request r = sample_request(&s);
    ck_assert_int_eq(armalo_webhook_verify(hook, &r, &delivery, &why), 1);
    armalo_header header = {"X-Hook0-Signature", 17, value, 0};
    header.value_len = (size_t)snprintf(value, sizeof value, "t=%s,v0=%s", SAMPLE_TS, s.item[0].text + 3);
    r.headers = &header;
    r.header_count = 1;
    r.body = body;
    r.body_len = (size_t)snprintf(body, sizeof body, "%s.%s.eu-1.%s", SAMPLE_HOOK0_NAMES, SAMPLE_HOOK0_DOTLESS, s.body);
    ck_assert_int_eq(armalo_webhook_verify(hook, &r, &delivery, &why), 0);
    ck_assert_uint_eq(why.reason, ARMALO_REASON_SIGNED_HEADER_AMBIGUOUS);
    armalo_webhook_free(hook);
    armalo_host_free(host);
}
END_TEST

/* Contents of which one could be read as the other. */
START_TEST(test_contents_part) {
    static const struct {
        const char *first, *second;
        int accepted;
    } rows[] = {{"A{body}", "B{body}", 1},
                {"{body}", "{body}", 1},
                {"{body}", "x{body}", 0},
                {"a{body}", "ab{body}", 0},
                {"{id}.{body}", "{id}/{body}", 0},
                {"v1.{id}.{body}", "v2.{id}/{body}", 1},
                {"{id}.{header:x-a}.{body}", "{id}.{body}", 0},
                {"{id}.{header:x-a}.{body}", "{header:x-a}.{id}.{body}", 0}};
    int64_t now_ms = SAMPLE_NOW_MS;
    armalo_host *host = sample_host(&now_ms);
    armalo_secret secret = {sample_key_one, sizeof sample_key_one - 1, 0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char json[512];
        armalo_decision why;
        armalo_webhook_config config = {.struct_size = sizeof config,
                                        .secrets = &secret,
                                        .secret_count = 1,
                                        .any_event = ARMALO_ANY_EVENT,
                                        .scheme_json = json};
        config.scheme_json_len = (size_t)snprintf(
            json, sizeof json,
            "{\"v\":1,\"name\":\"own\",\"headers\":[{%s\"signature\":\"x-sig\"}],\"signatures\":["
            "{\"prefix\":\"a=\",\"algorithm\":\"hmac-sha256\",\"encoding\":\"hex\",\"content\":\"%s\"},"
            "{\"prefix\":\"b=\",\"algorithm\":\"hmac-sha256\",\"encoding\":\"hex\",\"content\":\"%s\"}],"
            "\"secret\":{\"encoding\":\"raw\",\"min_bytes\":16}}",
            strstr(rows[i].first, "{id}") != NULL ? "\"id\":\"x-id\"," : "", rows[i].first, rows[i].second);
        armalo_webhook *hook = armalo_webhook_new(host, &config, &why);
        ck_assert_msg((hook != NULL) == rows[i].accepted, "%s and %s: %s %s", rows[i].first, rows[i].second,
                      armalo_reason_name(why.reason), why.detail);
        if (hook == NULL) ck_assert_str_eq(why.detail, "signatures.content");
        armalo_webhook_free(hook);
    }
    armalo_host_free(host);
}
END_TEST

/* What a scheme signs, it must be able to verify: each item of the header is of one kind, and whole. */
START_TEST(test_items_are_certain) {
    static const struct {
        const char *separator, *first, *first_encoding, *second;
        int accepted;
    } rows[] = {
        {",", "a=", "hex", "b=", 1},   {" ", "v1,", "base64", "v1a,", 1},
        {",", "v1", "hex", "v1=", 1},  {",", "v1,", "hex", "b=", 0}, /* the separator in a prefix */
        {"7", "a=", "hex", "b=", 0},                                 /* in a signature */
        {"=", "a:", "hex", "b:", 0},   {"+", "a=", "hex", "b=", 0},
        {",", "", "hex", "a", 0},      {",", "", "hex", "x", 1}, /* no hex text begins with x */
        {",", "", "base64", "x", 0},   {",", "v1", "hex", "v12", 0},
        {",", "v", "base64", "v=", 0}, {",", "a=", "hex", "a=", 0},
    };
    int64_t now_ms = SAMPLE_NOW_MS;
    armalo_host *host = sample_host(&now_ms);
    armalo_secret secret = {sample_key_one, sizeof sample_key_one - 1, 0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char json[512];
        armalo_decision why;
        armalo_webhook_config config = {.struct_size = sizeof config,
                                        .secrets = &secret,
                                        .secret_count = 1,
                                        .any_event = ARMALO_ANY_EVENT,
                                        .scheme_json = json};
        config.scheme_json_len = (size_t)snprintf(
            json, sizeof json,
            "{\"v\":1,\"name\":\"own\",\"headers\":[{\"signature\":\"x-sig\"}],\"separator\":\"%s\",\"signatures\":["
            "{\"prefix\":\"%s\",\"algorithm\":\"hmac-sha256\",\"encoding\":\"%s\",\"content\":\"A{body}\"},"
            "{\"prefix\":\"%s\",\"algorithm\":\"hmac-sha256\",\"encoding\":\"base64\",\"content\":\"B{body}\"}],"
            "\"secret\":{\"encoding\":\"raw\",\"min_bytes\":16}}",
            rows[i].separator, rows[i].first, rows[i].first_encoding, rows[i].second);
        armalo_webhook *hook = armalo_webhook_new(host, &config, &why);
        ck_assert_msg((hook != NULL) == rows[i].accepted, "row %zu: %s %s", i, armalo_reason_name(why.reason),
                      why.detail);
        if (hook == NULL) ck_assert_str_eq(why.detail, "signatures.prefix");
        armalo_webhook_free(hook);
    }
    armalo_host_free(host);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_v0_shown_as_v1);
    tcase_add_test(tc, test_v1_shown_as_v0);
    tcase_add_test(tc, test_contents_part);
    tcase_add_test(tc, test_items_are_certain);
}

TEST_MAIN("webhook_versions", fill, 10)
