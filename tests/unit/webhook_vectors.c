/* SPDX-License-Identifier: MIT */
/* Deliveries that others have published with their secrets and signatures. */
#include "webhook_forge.h"

typedef struct vector {
    const char *scheme, *secret;
    int64_t now_s;
    struct {
        const char *name, *value;
    } header[3];
    const char *body;
} vector;

static const vector vectors[] = {
    /* Standard Webhooks: the reference libraries' own test. */
    {"standard",
     "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
     1614265330,
     {{"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
      {"webhook-timestamp", "1614265330"},
      {"webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}},
     "{\"test\": 2432232314}"},
    /* Standard Webhooks: the specification's example. */
    {"standard",
     "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
     1649367553,
     {{"webhook-id", "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk"},
      {"webhook-timestamp", "1649367553"},
      {"webhook-signature", "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="}},
     "{\"email\":\"test@example.com\",\"username\":\"test_user\"}"},
    /* The same delivery as Svix's libraries test it. */
    {"svix",
     "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
     1614265330,
     {{"svix-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
      {"svix-timestamp", "1614265330"},
      {"svix-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}},
     "{\"test\": 2432232314}"},
    /* GitHub: "Validating webhook deliveries". */
    {"github",
     "It's a Secret to Everybody",
     1700000000,
     {{"X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"},
      {"X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958"},
      {"X-GitHub-Event", "issues"}},
     "Hello, World!"},
    /* Slack: "Verifying requests from Slack". */
    {"slack",
     "8f742231b10e8888abcd99yyyzzz85a5",
     1531420618,
     {{"X-Slack-Request-Timestamp", "1531420618"},
      {"X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"},
      {NULL, NULL}},
     "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name="
     "foobar&"
     "user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack."
     "com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121."
     "803a0bc887a14d10d2c447fce8b6703c"},
};

static armalo_webhook *open_vector(world *w, const vector *v) {
    armalo_secret secret = {v->secret, strlen(v->secret), 0};
    armalo_webhook_config config;
    memset(&config, 0, sizeof config);
    config.struct_size = sizeof config;
    config.scheme = v->scheme;
    config.secrets = &secret;
    config.secret_count = 1;
    config.any_event = ARMALO_ANY_EVENT;
    return forge_open(w, &config);
}

START_TEST(test_vector) {
    const vector *v = &vectors[_i];
    armalo_header headers[3];
    size_t count = 0, len = strlen(v->body);
    while (count < 3 && v->header[count].name != NULL) {
        headers[count] = forge_header(v->header[count].name, v->header[count].value);
        count++;
    }
    /* The body in a heap block of exactly its size, so that a byte too many is noticed. */
    char *body = malloc(len);
    ck_assert_ptr_nonnull(body);
    memcpy(body, v->body, len);
    armalo_request request = {sizeof request, headers, count, body, len, NULL, 0};
    world *w = world_new();
    w->now_ms = v->now_s * 1000;
    armalo_webhook *hook = open_vector(w, v);
    EXPECT_GRANT(w, armalo_webhook_verify(hook, &request, &w->delivery, &w->why));
    ck_assert_int_eq(w->delivery.disposition, ARMALO_UNCHECKED);
    for (size_t bit = 0; bit < 8 * len; bit++) { /* any other body is another delivery */
        body[bit / 8] = (char)(body[bit / 8] ^ (1 << bit % 8));
        EXPECT_DENY(w, armalo_webhook_verify(hook, &request, &w->delivery, &w->why), ARMALO_REASON_SIGNATURE_MISMATCH);
        body[bit / 8] = (char)(body[bit / 8] ^ (1 << bit % 8));
    }
    armalo_webhook_free(hook);
    free(body);
    world_free(w);
}
END_TEST

/* The same deliveries, signed by us. */
START_TEST(test_vector_signed) {
    const vector *v = &vectors[_i];
    char headers[ARMALO_WEBHOOK_HEADERS_SIZE], lower[128], want[400];
    world *w = world_new();
    armalo_webhook *hook = open_vector(w, v);
    w->now_ms = v->now_s * 1000;
    const char *id = strcmp(v->scheme, "github") == 0  ? v->header[1].value
                     : strcmp(v->scheme, "slack") == 0 ? NULL
                                                       : v->header[0].value;
    size_t len = 0;
    EXPECT_GRANT(w, armalo_webhook_sign(hook, id, id == NULL ? 0 : strlen(id), v->body, strlen(v->body), v->now_s,
                                        headers, sizeof headers, &len, &w->why));
    ck_assert_uint_eq(strlen(headers), len);
    for (size_t i = 0; i < 3 && v->header[i].name != NULL; i++) {
        if (strcmp(v->header[i].name, "X-GitHub-Event") == 0) continue; /* the sender's own */
        size_t n = 0;
        for (; v->header[i].name[n] != 0; n++) {
            char c = v->header[i].name[n];
            lower[n] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
        }
        lower[n] = 0;
        snprintf(want, sizeof want, "%s: %s\r\n", lower, v->header[i].value);
        ck_assert_msg(strstr(headers, want) != NULL, "%s not in %s", want, headers);
    }
    armalo_webhook_free(hook);
    world_free(w);
}
END_TEST

static void fill(TCase *tc) {
    const int count = (int)(sizeof vectors / sizeof vectors[0]);
    tcase_add_loop_test(tc, test_vector, 0, count);
    tcase_add_loop_test(tc, test_vector_signed, 0, count);
}
TEST_MAIN("webhook_vectors", fill, 60)
