/* SPDX-License-Identifier: MIT */
/* Fuzz target: arbitrary headers and bodies against every preset, under secrets that the input cannot know: never
 * granted, and every denial is as documented. */
#include "webhook_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const presets[] = {"standard", "svix",    "whop",  "armalo", "github",
                                      "slack",    "shopify", "hook0", "stripe"};

/* Names that the presets read, so that the input need not spell them. */
static const char *const names[] = {"webhook-id",
                                    "webhook-timestamp",
                                    "webhook-signature",
                                    "svix-id",
                                    "svix-timestamp",
                                    "svix-signature",
                                    "x-armalo-delivery",
                                    "X-Armalo-Signature",
                                    "x-armalo-event",
                                    "X-GitHub-Delivery",
                                    "X-Hub-Signature-256",
                                    "X-GitHub-Event",
                                    "X-Slack-Request-Timestamp",
                                    "X-Slack-Signature",
                                    "X-Shopify-Webhook-Id",
                                    "X-Shopify-Hmac-SHA256",
                                    "X-Shopify-Topic",
                                    "shopify-webhook-id",
                                    "shopify-hmac-sha256",
                                    "shopify-topic",
                                    "X-Hook0-Signature",
                                    "X-Event-Type",
                                    "stripe-signature",
                                    "X-Zone"};
#define PRESETS (sizeof presets / sizeof presets[0])
#define NAMES   (sizeof names / sizeof names[0])

static armalo_webhook *endpoint(size_t preset, int any) {
    static armalo_webhook *hooks[PRESETS][2];
    static armalo_host *host;
    static int64_t now_ms = SAMPLE_NOW_MS;
    static const char *const events[] = {"a", "invoice.paid", "pull_request"};
    static const char raw[] = "a secret that no input has", coded[] = "whsec_c2VjcmV0IHRoYXQgbm8gaW5wdXQgaGFzISEh";
    /* RFC 8032 7.1, test 1. */
    static const char public_key[] = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    if (host == NULL) host = sample_host(&now_ms);
    if (hooks[preset][any] == NULL) {
        armalo_secret secrets[2] = {{raw, sizeof raw - 1, 0}, {public_key, sizeof public_key - 1, 0}};
        armalo_webhook_config config = {.struct_size = sizeof config,
                                        .scheme = presets[preset],
                                        .secrets = secrets,
                                        .secret_count = 1,
                                        .max_body = 4096};
        if (preset < 2) {
            secrets[0] = (armalo_secret){coded, sizeof coded - 1, 0};
            config.secret_count = 2;
        }
        /* stripe has no event in a header: its events are in the body. */
        config.any_event = any ? ARMALO_ANY_EVENT : 0;
        config.events = any ? NULL : events;
        config.event_count = any ? 0 : 3;
        hooks[preset][any] = armalo_webhook_new(host, &config, NULL);
        fuzz_must(hooks[preset][any] != NULL);
    }
    return hooks[preset][any];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input in = {data, size};
    armalo_header headers[FUZZ_HEADERS];
    armalo_decision why;
    uint8_t pick = fuzz_byte(&in), how = fuzz_byte(&in);
    armalo_request r = {.struct_size = sizeof r, .headers = headers};
    /* Each header: which name (or its length, when it is spelt out), the value's length, the bytes. */
    while (in.left > 0 && r.header_count < FUZZ_HEADERS) {
        armalo_header *h = &headers[r.header_count];
        uint8_t which = fuzz_byte(&in);
        if (which == 255) break;
        memset(h, 0, sizeof *h);
        if (which < 4 * NAMES) {
            h->name = names[which % NAMES];
            h->name_len = strlen(h->name);
        } else {
            h->name_len = which - 4 * NAMES < in.left ? which - 4 * NAMES : in.left;
            h->name = (const char *)in.at;
            in.at += h->name_len;
            in.left -= h->name_len;
        }
        size_t len = fuzz_byte(&in);
        if (len > in.left) len = in.left;
        h->value = len > 0 || (how & 2) ? (const char *)in.at : NULL;
        h->value_len = len;
        in.at += len;
        in.left -= len;
        r.header_count++;
    }
    r.body = in.left > 0 ? in.at : NULL;
    r.body_len = in.left;
    if ((how & 0xF0) == 0xF0) { /* a host's mistakes */
        if (how & 4) r.struct_size--;
        if ((how & 8) && r.header_count > 0) headers[0].name = NULL;
    }
    int granted = fuzz_verify(endpoint(pick % PRESETS, how & 1), &r, 1 + (how >> 2) % 32u, &why);
    fuzz_must(granted == 0);
    fuzz_must(why.authenticated == 0 && why.principal[0] == 0);
    return 0;
}
