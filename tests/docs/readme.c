/* SPDX-License-Identifier: MIT */
/* Runs the README: it is linked with the C example found there, which defines receive(); the rows printed are those of
 * its table of failures. Each check that holds prints "ok NAME", each that does not "FAILED NAME". */
#include <armalo.h>
#include <stdio.h>
#include <string.h>

int handle(const char *event, const void *body, size_t len);
void respond(int status, const char *text);
void receive(armalo_webhook *hook, const armalo_request *request);

/* The published vector of Standard Webhooks. */
#define SECRET    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define BODY      "{\"test\": 2432232314}"
#define SIGNED_MS INT64_C(1614265330000)

static int handled, outcome, last_status;
static char last_text[ARMALO_PUBLIC_TEXT_SIZE];

int handle(const char *event, const void *body, size_t len) {
    (void)event, (void)body, (void)len;
    handled++;
    return outcome;
}

void respond(int status, const char *text) {
    last_status = status;
    (void)snprintf(last_text, sizeof last_text, "%s", text);
}

static void check(const char *name, int holds) { printf("%s %s\n", holds ? "ok" : "FAILED", name); }

static int64_t constant_ms(void *ctx) { return *(const int64_t *)ctx; }
static int keep(void *ctx, const char *event, size_t len) { return (void)event, (void)len, *(const int *)ctx; }

/* What there is to receive with; each row changes one thing. */
typedef struct setting {
    armalo_host_config host;
    armalo_webhook_config hook;
    armalo_secret secret;
    int has_store;
    size_t spoil_store; /* deliveries that fill the store first */
    int64_t now_ms;
    int kept;
} setting;

static void good(setting *s) {
    memset(s, 0, sizeof *s);
    s->now_ms = SIGNED_MS;
    s->kept = 1;
    s->host = (armalo_host_config){.struct_size = sizeof s->host,
                                   .mode = ARMALO_MODE_PRODUCTION,
                                   .now_ms = constant_ms,
                                   .clock_ctx = &s->now_ms,
                                   .audit = keep,
                                   .audit_ctx = &s->kept};
    s->secret = (armalo_secret){.text = SECRET, .text_len = strlen(SECRET)};
    s->hook = (armalo_webhook_config){.struct_size = sizeof s->hook,
                                      .scheme = "standard",
                                      .secrets = &s->secret,
                                      .secret_count = 1,
                                      .any_event = ARMALO_ANY_EVENT};
    s->has_store = 1;
}

static const armalo_header headers[] = {
    {"webhook-id", 10, "msg_p5jXN8AQM9LWM0D4loKWxJek", 28},
    {"webhook-timestamp", 17, "1614265330", 10},
    {"webhook-signature", 17, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", 47},
};

static armalo_request delivery_of(const char *body) {
    armalo_request r = {
        .struct_size = sizeof r, .headers = headers, .header_count = 3, .body = body, .body_len = strlen(body)};
    return r;
}

/* The row of the table for a good delivery received with this. */
static void row(setting *s, const char *but) {
    armalo_decision why;
    armalo_delivery delivery;
    armalo_request request = delivery_of(BODY);
    armalo_host *host = armalo_host_new(&s->host, &why);
    armalo_store *store = s->has_store ? armalo_memory_store_new(1, &why) : NULL;
    if (s->spoil_store > 0) {
        armalo_claim claim = {.struct_size = sizeof claim,
                              .now_ms = s->now_ms,
                              .lease_until_ms = s->now_ms + 60000,
                              .keep_until_ms = s->now_ms + 600000};
        uint64_t token;
        check("the store takes one", store->claim(store->ctx, &claim, &token) == ARMALO_PROCESS);
    }
    s->hook.store = store;
    armalo_webhook *hook = armalo_webhook_new(host, &s->hook, &why);
    if (hook == NULL) {
        printf("| %s | no endpoint: `%s` |\n", but, armalo_reason_name(why.reason));
    } else if (!armalo_webhook_verify(hook, &request, &delivery, &why)) {
        printf("| %s | denied: `%s` |\n", but, armalo_reason_name(why.reason));
    } else {
        printf("| %s | believed, but never told to process: `%s` |\n", but,
               delivery.disposition == ARMALO_UNCHECKED ? "unchecked" : "not this");
    }
    armalo_webhook_free(hook);
    armalo_store_free(store);
    armalo_host_free(host);
}

static void table(void) {
    setting s;
    good(&s), s.host.mode = ARMALO_MODE_UNSET, row(&s, "the host has no mode");
    good(&s), s.host.now_ms = NULL, row(&s, "the host has no clock");
    good(&s), s.now_ms = 0, row(&s, "the clock fails");
    good(&s), s.host.clock_floor_ms = SIGNED_MS + 1, row(&s, "the clock is behind a time already proved");
    good(&s), s.host.audit = NULL, row(&s, "the host has no audit sink");
    good(&s), s.kept = 0, row(&s, "the audit sink fails");
    good(&s), s.spoil_store = 1, row(&s, "the store fails or is full");
    good(&s), s.secret.expires_ms = SIGNED_MS, row(&s, "every secret has expired");
    good(&s), s.has_store = 0, row(&s, "there is no store");
    good(&s), s.hook.secrets = NULL, s.hook.secret_count = 0, row(&s, "there is no secret");
    good(&s), s.secret.text_len = 0, row(&s, "the secret is empty");
    good(&s), s.hook.any_event = 0, row(&s, "there is no allowlist of events");
}

static void example(void) {
    setting s;
    armalo_decision why;
    armalo_request request = delivery_of(BODY), changed = delivery_of("{\"test\": 2432232315}");
    good(&s);
    armalo_host *host = armalo_host_new(&s.host, &why);
    armalo_store *store = armalo_memory_store_new(10, &why);
    s.hook.store = store;
    armalo_webhook *hook = armalo_webhook_new(host, &s.hook, &why);
    receive(hook, &changed);
    check("a changed body is not handled", handled == 0 && last_status == 401);
    check("its answer is generic", strcmp(last_text, "{\"error\":\"unauthorized\"}") == 0);
    outcome = ARMALO_FAILED;
    receive(hook, &request);
    check("a delivery whose work failed is asked for again", handled == 1 && last_status == 503);
    outcome = ARMALO_DONE;
    receive(hook, &request);
    check("and is then handled", handled == 2 && last_status == 200);
    receive(hook, &request);
    check("a duplicate is acknowledged, not handled", handled == 2 && last_status == 200);
    s.kept = 0;
    receive(hook, &request);
    check("without an audit trail nothing is acknowledged", handled == 2 && last_status == 503);
    receive(NULL, &request);
    check("without an endpoint nothing is", handled == 2 && last_status == 500);
    armalo_webhook_free(hook);
    armalo_store_free(store);
    s.hook.store = NULL, s.kept = 1;
    hook = armalo_webhook_new(host, &s.hook, &why);
    receive(hook, &request);
    check("what nobody remembers is not handled and not acknowledged", handled == 2 && last_status == 503);
    armalo_webhook_free(hook);
    armalo_host_free(host);
}

int main(void) {
    static const char *const evidence[] = {"unavailable", "negative", "stale", "simulated", "positive"};
    for (int32_t i = 0; i < 5; i++)
        printf("`%s` (\n", evidence[i]), check("its name", strcmp(armalo_evidence_name(i), evidence[i]) == 0);
    armalo_decision noise;
    memset(&noise, 0, sizeof noise);
    check("zeroed memory denies", !armalo_decision_granted(&noise));
    memset(&noise, 0xFF, sizeof noise);
    check("noise denies", !armalo_decision_granted(&noise));
    example();
    table();
    return 0;
}
