/* SPDX-License-Identifier: MIT */
/* Nothing that comes out holds a secret: every public call is driven over good and bad inputs, every text and struct
 * that it writes is kept, and all of it is searched for each secret's text, for its bytes, and for both as hex and as
 * base64 (at any alignment); and, where a signature was refused, for the one that would have been right. */
#include "armalo.h"
#include "test.h"
#include "webhook_samples.h"

#include <ctype.h>

/* All output, and all needles. */
static struct heap {
    unsigned char bytes[1 << 22];
    size_t len;
} out;

#define NEEDLES 512
static struct needle {
    char what[48];
    unsigned char bytes[1100];
    size_t len;
} needles[NEEDLES];
static size_t needle_count;

static void keep(const void *bytes, size_t len) {
    ck_assert_uint_le(out.len + len + 1, sizeof out.bytes);
    if (len > 0) memcpy(out.bytes + out.len, bytes, len);
    out.len += len;
    out.bytes[out.len++] = '\n';
}

static void keep_text(const char *text) { keep(text, strlen(text)); }

static void seek(const char *what, const char *form, const void *bytes, size_t len) {
    /* Shorter than this, a find could be chance. */
    if (len < 10) return;
    ck_assert_uint_lt(needle_count, NEEDLES);
    struct needle *n = &needles[needle_count++];
    ck_assert_uint_le(len, sizeof n->bytes);
    snprintf(n->what, sizeof n->what, "%s %s", what, form);
    memcpy(n->bytes, bytes, len);
    n->len = len;
}

/* The bytes, and their spellings. Base64 of a text that stands inside a longer one starts at any of three phases: what
 * is left of it, whatever stands around it, is the same. */
static void seek_all(const char *what, const void *bytes, size_t len) {
    const unsigned char *in = bytes;
    char text[1400];
    seek(what, "as it is", bytes, len);
    for (size_t i = 0; i < len; i++) snprintf(text + 2 * i, 3, "%02x", in[i]);
    seek(what, "as hex", text, 2 * len);
    for (size_t i = 0; i < 2 * len; i++) text[i] = (char)toupper((unsigned char)text[i]);
    seek(what, "as HEX", text, 2 * len);
    for (size_t phase = 0; phase < 3 && len > phase + 6; phase++) {
        size_t whole = (len - phase) / 3 * 3;
        sample_base64(in + phase, whole, text);
        seek(what, "as base64", text, whole / 3 * 4);
    }
}

/* A secret in its own spelling, and what it decodes to. */
static void seek_secret(const char *what, const char *text) {
    unsigned char bytes[600];
    const char *digits =
        strncmp(text, "whsec_", 6) == 0 || strncmp(text, "whsk_", 5) == 0 ? strchr(text, '_') + 1 : NULL;
    seek_all(what, text, strlen(text));
    if (digits == NULL) return;
    seek(what, "without its prefix", digits, strlen(digits));
    int len = EVP_DecodeBlock(bytes, (const unsigned char *)digits, (int)strlen(digits));
    while (len > 0 && digits[strlen(digits) - 1] == '=' && bytes[len - 1] == 0) len--;
    if (len > 0) seek_all(what, bytes, (size_t)len);
}

static int find(const struct needle *n) {
    for (size_t i = 0; i + n->len <= out.len; i++) {
        const unsigned char *at = memchr(out.bytes + i, n->bytes[0], out.len - n->len - i + 1);
        if (at == NULL) return 0;
        i = (size_t)(at - out.bytes);
        if (memcmp(at, n->bytes, n->len) == 0) return 1;
    }
    return 0;
}

static int told(const char *text) {
    struct needle n = {"", {0}, strlen(text)};
    memcpy(n.bytes, text, n.len);
    return find(&n);
}

static void search(size_t at_least) {
    ck_assert_uint_gt(out.len, at_least);
    for (size_t i = 0; i < needle_count; i++) ck_assert_msg(!find(&needles[i]), "%s came out", needles[i].what);
}

static int keep_event(void *ctx, const char *event, size_t len) {
    (void)ctx;
    keep(event, len);
    return 1;
}

static int lose_event(void *ctx, const char *event, size_t len) {
    (void)keep_event(ctx, event, len);
    return 0;
}

static void keep_decision(const armalo_decision *why) {
    char text[ARMALO_OPERATOR_TEXT_SIZE];
    keep(why, sizeof *why);
    keep_text(armalo_decision_operator(why, text, sizeof text, NULL));
    keep_text(armalo_decision_public(why, text, sizeof text, NULL));
    keep_text(armalo_reason_name(why->reason));
    keep_text(armalo_reason_meaning(why->reason));
}

static const char root_key[] = "root.key.that.nobody.may.see.00";

static armalo_host *open_host(int64_t *now_ms, int32_t mode, armalo_audit_fn audit) {
    armalo_decision why;
    armalo_host_config config = {.struct_size = sizeof config,
                                 .mode = mode,
                                 .now_ms = sample_clock,
                                 .clock_ctx = now_ms,
                                 .audit = audit,
                                 .root_key = (const uint8_t *)root_key,
                                 .root_key_len = ARMALO_ROOT_KEY_SIZE};
    armalo_host *host = armalo_host_new(&config, &why);
    ck_assert_ptr_nonnull(host);
    keep_decision(&why);
    return host;
}

static void reset(void) {
    out.len = 0;
    needle_count = 0;
    seek_all("root key", root_key, sizeof root_key - 1);
}

static void deliver(armalo_webhook *hook, armalo_request r) {
    armalo_delivery delivery;
    armalo_decision why;
    armalo_webhook_health health;
    int granted = armalo_webhook_verify(hook, &r, &delivery, &why);
    keep(&granted, sizeof granted);
    keep_decision(&why);
    keep(&delivery, sizeof delivery);
    (void)armalo_webhook_settle(hook, &delivery, ARMALO_FAILED, &why);
    keep_decision(&why);
    armalo_webhook_health_get(hook, &health);
    keep(&health, sizeof health);
    const char *body = r.body;
    size_t len = r.body_len;
    r.body = NULL;
    r.body_len = 0;
    armalo_webhook_stream *stream = armalo_webhook_begin(hook, &r, &why);
    keep_decision(&why);
    if (stream == NULL) return;
    int taken = armalo_webhook_update(stream, body, len);
    granted = armalo_webhook_finish(stream, &delivery, &why);
    ck_assert(taken || !granted);
    keep_decision(&why);
    keep(&delivery, sizeof delivery);
}

/* The secret where a person might put it by mistake: the deliveries that carry it are the sender's own leak, so they
 * are left out; all else is tried. */
static void deliver_badly(armalo_webhook *hook, const sample *s) {
    for (size_t i = 0; i < s->header_count; i++) {
        static const char *const values[] = {"", " ", "v1,AAAA", "v1=00", "sha256=00", "t=1,v1=zz", "\xff", "9"};
        for (size_t v = 0; v < sizeof values / sizeof values[0]; v++) {
            armalo_header headers[4];
            armalo_request r = sample_request(s);
            memcpy(headers, s->header, sizeof headers);
            headers[i].value = values[v];
            headers[i].value_len = strlen(values[v]);
            r.headers = headers;
            deliver(hook, r);
            headers[i] = headers[0]; /* one twice, one missing */
            deliver(hook, r);
        }
    }
    armalo_request r = sample_request(s);
    r.body = "{}";
    r.body_len = 2;
    deliver(hook, r);
    r.header_count = 0;
    deliver(hook, r);
}

START_TEST(test_receive) {
    sample s;
    int64_t now_ms = SAMPLE_NOW_MS;
    reset();
    sample_make(&s, (enum sample_kind)_i);
    for (size_t i = 0; i < s.secret_count; i++) {
        if (strncmp(s.secret_text[i], "whpk_", 5) != 0) seek_secret("a secret", s.secret_text[i]);
    }
    static const int32_t modes[] = {ARMALO_MODE_UNSET, ARMALO_MODE_PRODUCTION, ARMALO_MODE_SIMULATION};
    for (size_t m = 0; m < 6; m++) {
        armalo_decision why;
        armalo_host *host = open_host(&now_ms, modes[m % 3], m < 3 ? keep_event : lose_event);
        armalo_store *store = armalo_memory_store_new(64, &why);
        keep_decision(&why);
        for (int any = 0; any < 2; any++) {
            armalo_webhook_config config = sample_config(&s, any, store);
            config.alert_after = 2;
            armalo_webhook *hook = armalo_webhook_new(host, &config, &why);
            ck_assert_ptr_nonnull(hook);
            keep_decision(&why);
            deliver(hook, sample_request(&s));
            deliver(hook, sample_request(&s));
            deliver_badly(hook, &s);
            now_ms = SAMPLE_NOW_MS + 9999999;
            deliver(hook, sample_request(&s));
            now_ms = SAMPLE_NOW_MS;
            armalo_webhook_free(hook);
        }
        armalo_store_free(store);
        armalo_host_free(host);
    }
    search(50000);
}
END_TEST

/* A refused delivery does not tell the signature that would have been accepted. */
START_TEST(test_right_signature) {
    sample s, other;
    int64_t now_ms = SAMPLE_NOW_MS;
    armalo_decision why;
    reset();
    sample_make(&s, (enum sample_kind)_i);
    other = s; /* its items and its body; the header's values are s's */
    for (size_t i = 0; i < s.item_count; i++) {
        const char *text = s.item[i].text, *comma = strpbrk(text, ",=");
        const char *digits = comma != NULL && comma - text < 8 ? comma + 1 : text;
        unsigned char tag[96];
        int len = 0;
        seek("the right signature", "as it is", digits, strlen(digits));
        if (strlen(digits) == 64 && digits[63] != '=') {
            for (len = 0; len < 32; len++) {
                unsigned byte = 0;
                ck_assert_int_eq(sscanf(digits + 2 * len, "%2x", &byte), 1);
                tag[len] = (unsigned char)byte;
            }
        } else {
            len = EVP_DecodeBlock(tag, (const unsigned char *)digits, (int)strlen(digits)) > 48 ? 64 : 32;
        }
        seek_all("the right signature", tag, (size_t)len);
    }
    armalo_host *host = open_host(&now_ms, ARMALO_MODE_PRODUCTION, keep_event);
    armalo_webhook_config config = sample_config(&s, 1, NULL);
    armalo_webhook *hook = armalo_webhook_new(host, &config, &why);
    /* Another signature of the right form in the place of each. */
    for (size_t h = 0; h < s.header_count; h++) {
        for (size_t i = 0; i < s.item_count; i++) {
            char *found = strstr(s.value[h], other.item[i].text);
            if (found == NULL) continue;
            size_t len = strlen(other.item[i].text), digits = len < 60 ? 43 : len > 80 ? 86 : 64;
            char *first = found + (len - digits - (len < 60 ? 1 : len > 80 ? 2 : 0));
            for (size_t k = 0; k + 1 < digits; k += 3) first[k] = first[k] == 'a' ? 'b' : 'a';
        }
    }
    deliver(hook, sample_request(&s));
    ck_assert(told("\"reason\":\"webhook.signature_mismatch\""));
    search(1000);
    armalo_webhook_free(hook);
    armalo_host_free(host);
}
END_TEST

/* Every refusal of a configuration, with the secret in it. */
START_TEST(test_refused) {
    int64_t now_ms = SAMPLE_NOW_MS;
    reset();
    armalo_host *host = open_host(&now_ms, ARMALO_MODE_PRODUCTION, keep_event);
    static const char *const secrets[] = {"whsec_bm90LWVub3VnaC1ieXRlcw==",                    /* too short */
                                          "whsec_c2VjcmV0IHdpdGggYSBiYWQgZW5kaW5nISEhISEhISE", /* padding missing */
                                          "whsec_c2VjcmV0IHdpdGggYSBsaW5lIGJyZWFrIGF0IGl0cyBlbmQ=\n",
                                          "whsec_c2VjcmV0!HdpdGgganVuayBpbiB0aGUgbWlkZGxlIG9mIGl0",
                                          "whsk_ZWQyNTUxOSBzZWVkIG9mIHRoZSB3cm9uZyBsZW5ndGg=",
                                          "whpk_c2VjcmV0IHB1dCB3aGVyZSBhIHB1YmxpYyBrZXkgYmVsb25ncyE=",
                                          "a raw secret that nobody may see in a log"};
    static const char *const schemes[] = {"standard", "svix", "whop", "github", "stripe", "nonesuch"};
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        armalo_secret secret = {secrets[i], strlen(secrets[i]), 0};
        seek("a refused secret", "as it is", secrets[i], strlen(secrets[i]));
        seek("a refused secret", "in part", secrets[i] + 6, strlen(secrets[i]) - 8);
        for (size_t k = 0; k < 2 * sizeof schemes / sizeof schemes[0]; k++) {
            armalo_decision why;
            armalo_webhook_config config = {.struct_size = sizeof config,
                                            .secrets = &secret,
                                            .secret_count = 1,
                                            .any_event = k % 2 ? ARMALO_ANY_EVENT : 0,
                                            .scheme = schemes[k / 2]};
            armalo_webhook *hook = armalo_webhook_new(host, &config, &why);
            keep_decision(&why);
            armalo_webhook_free(hook);
            config.endpoint = secrets[i]; /* the secret in the wrong member: refused, or else it is a name */
            if (strpbrk(secrets[i], "=!\n ") != NULL) {
                hook = armalo_webhook_new(host, &config, &why);
                ck_assert_ptr_null(hook);
                keep_decision(&why);
            }
            config.endpoint = NULL;
            config.scheme = NULL;
            config.scheme_json = secrets[i];
            config.scheme_json_len = strlen(secrets[i]);
            hook = armalo_webhook_new(host, &config, &why);
            ck_assert_ptr_null(hook);
            keep_decision(&why);
            config.scheme = secrets[i];
            config.scheme_json = NULL;
            config.scheme_json_len = 0;
            hook = armalo_webhook_new(host, &config, &why);
            ck_assert_ptr_null(hook);
            keep_decision(&why);
        }
    }
    armalo_host_config config = {
        .struct_size = sizeof config, .root_key = (const uint8_t *)root_key, .root_key_len = 31};
    armalo_decision why;
    ck_assert_ptr_null(armalo_host_new(&config, &why));
    keep_decision(&why);
    armalo_host_free(host);
    search(5000);
}
END_TEST

/* Sending: the headers hold signatures and nothing else of the secret; records hold it sealed. */
START_TEST(test_send) {
    int64_t now_ms = SAMPLE_NOW_MS;
    reset();
    for (int kind = 0; kind < SAMPLES; kind++) {
        sample s;
        armalo_decision why;
        armalo_host *host = open_host(&now_ms, ARMALO_MODE_PRODUCTION, keep_event);
        sample_make(&s, (enum sample_kind)kind);
        char private_text[64] = "whsk_";
        sample_base64((const unsigned char *)sample_seed, 32, private_text + 5);
        armalo_webhook_config config = sample_config(&s, 1, NULL);
        armalo_secret private_secret = {private_text, strlen(private_text), 0};
        if (kind == SAMPLE_STANDARD_V1A) config.secrets = &private_secret;
        needle_count = 0;
        seek_all("root key", root_key, sizeof root_key - 1);
        for (size_t i = 0; i < s.secret_count; i++) {
            if (strncmp(s.secret_text[i], "whpk_", 5) != 0) seek_secret("a secret", s.secret_text[i]);
        }
        seek_secret("a private key", private_text);
        armalo_webhook *hook = armalo_webhook_new(host, &config, &why);
        const char *id = s.family[0][SAMPLE_ID] != NULL ? "msg_1" : NULL;
        for (size_t cap = 0; cap <= ARMALO_WEBHOOK_HEADERS_SIZE; cap += 512) {
            char text[ARMALO_WEBHOOK_HEADERS_SIZE] = "";
            size_t len = 0;
            int done = armalo_webhook_sign(hook, id, id == NULL ? 0 : 5, s.body, s.body_len, 0, text, cap, &len, &why);
            keep_decision(&why);
            keep(text, sizeof text); /* the whole buffer, whatever was done with it */
            if (kind != SAMPLE_HOOK0_V1 && cap > 1024) ck_assert_int_eq(done, 1);
        }
        armalo_retry plan;
        armalo_attempt attempt = {.struct_size = sizeof attempt,
                                  .id = "msg_1",
                                  .id_len = 5,
                                  .number = 1,
                                  .http_status = 500,
                                  .started_ms = 1,
                                  .finished_ms = 2};
        ck_assert_int_eq(armalo_webhook_retry(hook, &attempt, &plan, &why), 1);
        keep_decision(&why);
        armalo_webhook_free(hook);
        armalo_host_free(host);
        search(1000);
        out.len = 0;
    }
}
END_TEST

START_TEST(test_records) {
    int64_t now_ms = SAMPLE_NOW_MS;
    reset();
    armalo_host *hosts[2] = {open_host(&now_ms, ARMALO_MODE_PRODUCTION, keep_event),
                             open_host(&now_ms, ARMALO_MODE_PRODUCTION, lose_event)};
    for (int i = 0; i < 20; i++) {
        char secret[ARMALO_WEBHOOK_SECRET_SIZE], record[ARMALO_WEBHOOK_RECORD_SIZE], opened[ARMALO_WEBHOOK_SECRET_SIZE];
        armalo_decision why;
        int64_t expires_ms;
        memset(record, 0, sizeof record);
        int issued = armalo_webhook_secret_issue(hosts[0], "wh_1", SAMPLE_NOW_MS + 5000, secret, sizeof secret, record,
                                                 sizeof record, &why);
        ck_assert_int_eq(issued, 1);
        keep_decision(&why);
        keep(record, sizeof record);
        seek_secret("an issued secret", secret);
        /* A call that is refused has written nothing, not even in part. */
        static const size_t caps[] = {0, 1, 20, 50, 51};
        for (size_t c = 0; c < sizeof caps / sizeof caps[0]; c++) {
            memset(opened, 0, sizeof opened);
            int done = armalo_webhook_secret_open(hosts[0], record, strlen(record), "wh_1", opened, caps[c],
                                                  &expires_ms, &why);
            keep_decision(&why);
            if (caps[c] <= strlen(secret))
                ck_assert_int_eq(done, 0);
            else
                ck_assert_str_eq(opened, secret);
            if (!done) keep(opened, sizeof opened);
        }
        memset(opened, 0, sizeof opened);
        ck_assert_int_eq(armalo_webhook_secret_open(hosts[0], record, strlen(record), "wh_2", opened, sizeof opened,
                                                    &expires_ms, &why),
                         0);
        keep_decision(&why);
        keep(opened, sizeof opened);
        now_ms = SAMPLE_NOW_MS + 5000;
        ck_assert_int_eq(armalo_webhook_secret_open(hosts[0], record, strlen(record), "wh_1", opened, sizeof opened,
                                                    &expires_ms, &why),
                         0);
        now_ms = SAMPLE_NOW_MS;
        keep_decision(&why);
        keep(opened, sizeof opened);
        memset(opened, 0, sizeof opened);
        memset(record, 0, sizeof record);
        ck_assert_int_eq(
            armalo_webhook_secret_issue(hosts[1], "wh_1", 0, opened, sizeof opened, record, sizeof record, &why), 0);
        keep_decision(&why);
        for (size_t k = 0; k < sizeof opened; k++) ck_assert_int_eq(opened[k], 0);
        for (size_t k = 0; k < sizeof record; k++) ck_assert_int_eq(record[k], 0);
    }
    search(20000);
    armalo_host_free(hosts[0]);
    armalo_host_free(hosts[1]);
}
END_TEST

/* The search finds what it looks for, in each spelling. */
START_TEST(test_the_search) {
    static const char secret[] = "whsec_VGhpcyBpcyB3aGF0IG11c3Qgbm90IGNvbWUgb3V0Lg==";
    for (size_t form = 0;; form++) {
        reset();
        seek_secret("it", secret);
        if (form >= needle_count) break;
        keep("before", 6);
        keep(needles[form].bytes, needles[form].len);
        ck_assert(find(&needles[form]));
    }
    reset();
    seek_secret("it", secret);
    unsigned found = 0;
    char text[128];
    sample_base64((const unsigned char *)"xThis is what must not come out.yz", 34, text); /* at another phase */
    keep_text(text);
    for (size_t i = 0; i < needle_count; i++) found += (unsigned)find(&needles[i]);
    ck_assert_uint_gt(found, 0);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_the_search);
    tcase_add_loop_test(tc, test_receive, 0, SAMPLES);
    tcase_add_loop_test(tc, test_right_signature, 0, SAMPLES);
    tcase_add_test(tc, test_refused);
    tcase_add_test(tc, test_send);
    tcase_add_test(tc, test_records);
}

TEST_MAIN("no_secrets", fill, 60)
