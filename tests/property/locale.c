/* SPDX-License-Identifier: MIT */
/* A host that runs in a locale with decimal commas, or with a dotless i, gets the same bytes as one that does not. */
#include "armalo.h"
#include "test.h"
#include "webhook_samples.h"

#include <locale.h>

/* Everything that came out, as one text. Ids are numbered afresh by each host, and the time of a next attempt has a
 * random part: they are cut out. */
typedef struct transcript {
    char *text;
    size_t len, cap;
} transcript;

static void write_to(transcript *t, const char *text, size_t len) {
    static const char *const cut[] = {"\"evt_", "\"req_", "\"whs_", "\"next_at\":\""};
    if (t->len + len + 2 > t->cap) {
        t->cap = 2 * (t->len + len + 2);
        t->text = realloc(t->text, t->cap);
        ck_assert_ptr_nonnull(t->text);
    }
    for (size_t i = 0; i < len;) {
        size_t skip = 0;
        for (size_t k = 0; k < sizeof cut / sizeof cut[0]; k++) {
            size_t n = strlen(cut[k]);
            if (len - i > n && memcmp(text + i, cut[k], n) == 0) skip = n;
        }
        if (skip == 0) {
            t->text[t->len++] = text[i++];
            continue;
        }
        for (i += skip; i < len && text[i] != '"';) i++;
    }
    t->text[t->len++] = '\n';
    t->text[t->len] = '\0';
}

static void write_decision(transcript *t, const armalo_decision *why) {
    char text[ARMALO_OPERATOR_TEXT_SIZE];
    const char *line = armalo_decision_operator(why, text, sizeof text, NULL);
    write_to(t, line, strlen(line));
    armalo_decision copy = *why;
    copy.authenticated = 0; /* a made request id differs from host to host */
    line = armalo_decision_public(&copy, text, sizeof text, NULL);
    write_to(t, line, strlen(line));
}

static int keep_event(void *ctx, const char *event, size_t len) {
    write_to(ctx, event, len);
    return 1;
}

static void receive(transcript *t, armalo_host *host, enum sample_kind kind, int any) {
    sample s;
    armalo_decision why;
    armalo_delivery delivery;
    sample_make(&s, kind);
    armalo_webhook_config config = sample_config(&s, any, NULL);
    armalo_webhook *hook = armalo_webhook_new(host, &config, &why);
    write_decision(t, &why);
    armalo_request r = sample_request(&s);
    char upper[4][64];
    armalo_header headers[4];
    for (size_t i = 0; i < s.header_count; i++) { /* where the i of a name meets its capital */
        headers[i] = s.header[i];
        for (size_t k = 0; k < headers[i].name_len; k++) {
            char c = headers[i].name[k];
            upper[i][k] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        }
        headers[i].name = upper[i];
    }
    r.headers = headers;
    ck_assert_int_eq(armalo_webhook_verify(hook, &r, &delivery, &why), 1);
    write_decision(t, &why);
    write_to(t, delivery.id, strlen(delivery.id));
    write_to(t, delivery.event, strlen(delivery.event));
    r.body_len--;
    ck_assert_int_eq(armalo_webhook_verify(hook, &r, &delivery, &why), 0);
    write_decision(t, &why);
    char text[ARMALO_WEBHOOK_HEADERS_SIZE];
    const char *id = s.family[0][SAMPLE_ID] != NULL ? "msg_1" : NULL;
    if (armalo_webhook_sign(hook, id, id != NULL ? 5 : 0, s.body, s.body_len, 1234567890, text, sizeof text, NULL,
                            &why))
        write_to(t, text, strlen(text));
    write_decision(t, &why);
    armalo_webhook_free(hook);
}

static void retry(transcript *t, armalo_webhook *hook) {
    static const char *const waits[] = {"120", "Sun, 06 Nov 2033 08:49:37 GMT", "1.5", "1,5", "so. 06 nov. 2033", NULL};
    static const int64_t schedule[] = {0, 0}; /* no wait of its own, so no jitter */
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
        armalo_decision why;
        armalo_retry plan;
        armalo_attempt a = {.struct_size = sizeof a,
                            .id = "msg_1",
                            .id_len = 5,
                            .number = 1,
                            .http_status = 503,
                            .started_ms = SAMPLE_NOW_MS,
                            .finished_ms = SAMPLE_NOW_MS + 1500,
                            .schedule_s = schedule,
                            .schedule_count = 2,
                            .retry_after = waits[i]};
        if (waits[i] != NULL) a.retry_after_len = strlen(waits[i]);
        ck_assert_int_eq(armalo_webhook_retry(hook, &a, &plan, &why), 1);
        ck_assert_int_eq(plan.action, ARMALO_RETRY_AT);
        char text[64];
        /* The wait that was asked for has jitter, which is random: whether there was one is not. */
        snprintf(text, sizeof text, "%d", plan.next_ms > a.finished_ms);
        write_to(t, text, strlen(text));
    }
}

static void json(transcript *t) {
    static const char *const texts[] = {
        "1.5",
        "[0.1,1e-7,123456789012345680000,-0.0]",
        "1,5",
        "[1,5]",
        "{\"I\":1,\"i\":2,\"\\u0131\":3}",
        "[3.1415926535897932384626433832795,2.2250738585072014e-308,5e-324,1.7976931348623157e308]",
        "1e309",
        "{\"\xC3\xA4\":\"\xC4\xB0\",\"z\":1.25,\"Z\":1000000.5}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char out[512], line[160];
        size_t len = 0;
        armalo_json_error error;
        int good = armalo_json_check(texts[i], strlen(texts[i]), SIZE_MAX, &error);
        snprintf(line, sizeof line, "%d %u %zu %zu %zu", good, (unsigned)error.reason, error.offset, error.line,
                 error.column);
        write_to(t, line, strlen(line));
        if (armalo_json_canonical(texts[i], strlen(texts[i]), out, sizeof out, &len, &error)) write_to(t, out, len);
    }
}

static void run(const char *locale, const char *record, transcript *t) {
    static const uint8_t root[ARMALO_ROOT_KEY_SIZE] = "root key of the locale test....";
    int64_t now_ms = SAMPLE_NOW_MS;
    memset(t, 0, sizeof *t);
    ck_assert_msg(setlocale(LC_ALL, locale) != NULL, "the locale %s is not installed (locales-all)", locale);
    armalo_host_config config = {.struct_size = sizeof config,
                                 .mode = ARMALO_MODE_PRODUCTION,
                                 .now_ms = sample_clock,
                                 .clock_ctx = &now_ms,
                                 .audit = keep_event,
                                 .audit_ctx = t,
                                 .root_key = root,
                                 .root_key_len = sizeof root};
    armalo_host *host = armalo_host_new(&config, NULL);
    ck_assert_ptr_nonnull(host);
    for (int kind = 0; kind < SAMPLES; kind++) {
        receive(t, host, (enum sample_kind)kind, 0);
        receive(t, host, (enum sample_kind)kind, 1);
    }
    sample s;
    armalo_decision why;
    char secret[ARMALO_WEBHOOK_SECRET_SIZE];
    int64_t expires_ms = 0;
    sample_make(&s, SAMPLE_STANDARD_V1);
    armalo_webhook_config hook_config = sample_config(&s, 1, NULL);
    armalo_webhook *hook = armalo_webhook_new(host, &hook_config, NULL);
    retry(t, hook);
    armalo_webhook_free(hook);
    json(t);
    ck_assert_int_eq(
        armalo_webhook_secret_open(host, record, strlen(record), "wh_1", secret, sizeof secret, &expires_ms, &why), 1);
    ck_assert_int_eq(expires_ms, SAMPLE_NOW_MS + 1500);
    write_to(t, secret, strlen(secret));
    armalo_host_free(host);
    ck_assert_str_eq(setlocale(LC_ALL, NULL), locale); /* and the host's locale is still its own */
}

static void make_record(char *record) {
    static const uint8_t root[ARMALO_ROOT_KEY_SIZE] = "root key of the locale test....";
    int64_t now_ms = SAMPLE_NOW_MS;
    char secret[ARMALO_WEBHOOK_SECRET_SIZE];
    armalo_host_config config = {.struct_size = sizeof config,
                                 .mode = ARMALO_MODE_PRODUCTION,
                                 .now_ms = sample_clock,
                                 .clock_ctx = &now_ms,
                                 .audit_off = ARMALO_AUDIT_OFF,
                                 .root_key = root,
                                 .root_key_len = sizeof root};
    armalo_host *host = armalo_host_new(&config, NULL);
    ck_assert_int_eq(armalo_webhook_secret_issue(host, "wh_1", SAMPLE_NOW_MS + 1500, secret, sizeof secret, record,
                                                 ARMALO_WEBHOOK_RECORD_SIZE, NULL),
                     1);
    armalo_host_free(host);
}

static void same_in(const char *locale) {
    transcript plain, there;
    char record[ARMALO_WEBHOOK_RECORD_SIZE];
    make_record(record);
    run("C", record, &plain);
    run(locale, record, &there);
    ck_assert_uint_gt(plain.len, 20000); /* the transcript holds what it should */
    ck_assert_uint_eq(plain.len, there.len);
    ck_assert(memcmp(plain.text, there.text, plain.len) == 0);
    ck_assert_ptr_nonnull(strstr(plain.text, "\n[0.1,1e-7,123456789012345680000,0]\n")); /* RFC 8785 3.2.2.3 */
    free(plain.text);
    free(there.text);
    setlocale(LC_ALL, "C");
}

START_TEST(test_german) {
    ck_assert_msg(setlocale(LC_ALL, "de_DE.UTF-8") != NULL, "the locale de_DE.UTF-8 is not installed (locales-all)");
    ck_assert_str_eq(localeconv()->decimal_point, ",");
    char text[8];
    snprintf(text, sizeof text, "%.1f", 1.5);
    ck_assert_str_eq(text, "1,5"); /* the trap is set */
    same_in("de_DE.UTF-8");
}
END_TEST

START_TEST(test_turkish) { same_in("tr_TR.UTF-8"); }
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_german);
    tcase_add_test(tc, test_turkish);
}

TEST_MAIN("locale", fill, 60)
