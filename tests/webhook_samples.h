/* SPDX-License-Identifier: MIT */
/* tests/webhook_samples.h: one valid delivery of every shape that the presets know, signed with OpenSSL alone, and the
 * rule that says which changes of it count. Needs no test framework, so that fuzz targets can use it too. */
#ifndef ARMALO_TESTS_WEBHOOK_SAMPLES_H
#define ARMALO_TESTS_WEBHOOK_SAMPLES_H

#include "armalo/webhook.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE_NOW_S  INT64_C(1700000000)
#define SAMPLE_NOW_MS (SAMPLE_NOW_S * 1000)
#define SAMPLE_TS     "1700000000"

enum sample_kind {
    SAMPLE_STANDARD_V1,
    SAMPLE_STANDARD_V1A,
    SAMPLE_STANDARD_BOTH,     /* v1 and v1a in one header */
    SAMPLE_STANDARD_ROTATED,  /* two secrets, signed under the second */
    SAMPLE_STANDARD_ROTATING, /* two secrets, signed under both */
    SAMPLE_SVIX,
    SAMPLE_SVIX_PLAIN, /* the same under the webhook-… names */
    SAMPLE_WHOP,
    SAMPLE_ARMALO,
    SAMPLE_GITHUB,
    SAMPLE_SLACK,
    SAMPLE_SHOPIFY,
    SAMPLE_SHOPIFY_PLAIN, /* without the X- */
    SAMPLE_HOOK0_V0,
    SAMPLE_HOOK0_V1, /* covers two headers */
    SAMPLE_HOOK0_BOTH,
    SAMPLE_STRIPE,
    SAMPLE_STRIPE_ROTATING,
    SAMPLES
};

enum sample_role { SAMPLE_ID, SAMPLE_TIMESTAMP, SAMPLE_SIGNATURE, SAMPLE_EVENT, SAMPLE_ROLES };

typedef struct sample_item {
    char text[128];
    int needs_names; /* it holds only together with the h= item and the headers which that names */
} sample_item;

typedef struct sample {
    const char *label, *scheme;
    const char *event; /* the one event on the allowlist, and this delivery's */
    armalo_secret secret[2];
    size_t secret_count;
    armalo_header header[4];
    size_t header_count;
    char body[192];
    size_t body_len;
    /* What sample_holds() goes by. */
    const char *family[2][SAMPLE_ROLES]; /* names of the headers; NULL: there is none */
    int id_signed, event_in_header;
    char separator;      /* between the items of the signature header; 0: it is one item */
    sample_item item[4]; /* each proves the delivery alone */
    size_t item_count;
    const char *timestamp_item, *names_item, *id;
    char value[4][512], secret_text[2][96];
} sample;

/* Key bytes. Texts, so that a secret which leaks is seen in whatever it leaked into. */
static const char sample_key_one[] = "first.secret.of.the.samples.0001",
                  sample_key_two[] = "other.secret.of.the.samples.0002";
static const char sample_seed[] = "ed25519.seed.of.the.samples.0003";

static inline void sample_base64(const unsigned char *bytes, size_t len, char *out) {
    (void)EVP_EncodeBlock((unsigned char *)out, bytes, (int)len);
}

static inline void sample_hmac(const char *key, const char *content, unsigned char tag[32]) {
    unsigned len = 32;
    if (HMAC(EVP_sha256(), key, (int)strlen(key), (const unsigned char *)content, strlen(content), tag, &len) == NULL)
        abort();
}

static inline EVP_PKEY *sample_ed25519(unsigned char public_key[32]) {
    size_t len = 32;
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, (const unsigned char *)sample_seed, 32);
    if (key == NULL || EVP_PKEY_get_raw_public_key(key, public_key, &len) != 1) abort();
    return key;
}

static inline void sample_add_item(sample *s, const char *prefix, const unsigned char *bytes, size_t len, int hex) {
    sample_item *item = &s->item[s->item_count++];
    char text[96];
    if (hex)
        for (size_t i = 0; i < len; i++) snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    else
        sample_base64(bytes, len, text);
    snprintf(item->text, sizeof item->text, "%s%s", prefix, text);
}

static inline void sample_sign(sample *s, const char *prefix, const char *key, const char *content, int hex) {
    unsigned char tag[32];
    sample_hmac(key, content, tag);
    sample_add_item(s, prefix, tag, sizeof tag, hex);
}

static inline void sample_sign_ed25519(sample *s, const char *content) {
    unsigned char public_key[32], signature[64];
    size_t len = sizeof signature;
    EVP_PKEY *key = sample_ed25519(public_key);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) != 1 ||
        EVP_DigestSign(ctx, signature, &len, (const unsigned char *)content, strlen(content)) != 1)
        abort();
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    sample_add_item(s, "v1a,", signature, sizeof signature, 0);
}

static inline void sample_header(sample *s, const char *name, const char *value) {
    size_t at = s->header_count++;
    snprintf(s->value[at], sizeof s->value[at], "%s", value);
    s->header[at] = (armalo_header){name, strlen(name), s->value[at], strlen(s->value[at])};
}

static inline void sample_secret(sample *s, const char *prefix, const void *bytes, int base64) {
    char text[64];
    size_t at = s->secret_count++;
    if (base64)
        sample_base64(bytes, 32, text);
    else
        snprintf(text, sizeof text, "%s", (const char *)bytes);
    snprintf(s->secret_text[at], sizeof s->secret_text[at], "%s%s", prefix, text);
    s->secret[at] = (armalo_secret){s->secret_text[at], strlen(s->secret_text[at]), 0};
}

static inline void sample_family(sample *s, size_t f, const char *id, const char *ts, const char *sig, const char *ev) {
    const char *names[SAMPLE_ROLES] = {id, ts, sig, ev};
    memcpy(s->family[f], names, sizeof names);
}

/* All items so far, in one header value; first is what stands before them. */
static inline void sample_signature_header(sample *s, const char *name, const char *first) {
    char value[512];
    size_t len = (size_t)snprintf(value, sizeof value, "%s", first);
    for (size_t i = 0; i < s->item_count; i++) {
        char separator[2] = {len > 0 ? s->separator : '\0', '\0'};
        len += (size_t)snprintf(value + len, sizeof value - len, "%s%s", separator, s->item[i].text);
    }
    sample_header(s, name, value);
}

static inline void sample_standard(sample *s, enum sample_kind kind) {
    static const char body[] = "{\"type\":\"invoice.paid\",\"data\":{\"amount\":\"12.50\"}}";
    const char *const *names = s->family[kind == SAMPLE_SVIX_PLAIN];
    char content[512];
    int whop = kind == SAMPLE_WHOP, old = kind == SAMPLE_STANDARD_ROTATED;
    s->scheme = whop ? "whop" : kind == SAMPLE_SVIX || kind == SAMPLE_SVIX_PLAIN ? "svix" : "standard";
    s->event = "invoice.paid";
    s->id = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W";
    s->id_signed = 1;
    s->separator = ' ';
    s->body_len = (size_t)snprintf(s->body, sizeof s->body, "%s", body);
    sample_family(s, 0, "webhook-id", "webhook-timestamp", "webhook-signature", NULL);
    if (strcmp(s->scheme, "svix") == 0) {
        memcpy(s->family[1], s->family[0], sizeof s->family[1]);
        sample_family(s, 0, "svix-id", "svix-timestamp", "svix-signature", NULL);
    }
    snprintf(content, sizeof content, "%s.%s.%s", s->id, SAMPLE_TS, body);
    if (kind == SAMPLE_STANDARD_V1A || kind == SAMPLE_STANDARD_BOTH) {
        unsigned char public_key[32];
        EVP_PKEY_free(sample_ed25519(public_key));
        sample_secret(s, "whpk_", public_key, 1);
        sample_sign_ed25519(s, content);
    }
    if (kind != SAMPLE_STANDARD_V1A) {
        sample_secret(s, whop ? "" : "whsec_", sample_key_one, !whop);
        if (!old) sample_sign(s, "v1,", sample_key_one, content, 0);
    }
    if (kind == SAMPLE_STANDARD_ROTATING || old) {
        sample_secret(s, "whsec_", sample_key_two, 1);
        sample_sign(s, "v1,", sample_key_two, content, 0);
    }
    sample_header(s, names[SAMPLE_ID], s->id);
    sample_header(s, names[SAMPLE_TIMESTAMP], SAMPLE_TS);
    sample_signature_header(s, names[SAMPLE_SIGNATURE], "");
}

/* Those that sign the body alone: id and event are headers that nobody signed. */
static inline void sample_body_only(sample *s, enum sample_kind kind) {
    int shopify = kind == SAMPLE_SHOPIFY || kind == SAMPLE_SHOPIFY_PLAIN, github = kind == SAMPLE_GITHUB;
    s->body_len = (size_t)snprintf(s->body, sizeof s->body, "{\"action\":\"opened\",\"number\":7}");
    s->scheme = shopify ? "shopify" : github ? "github" : "armalo";
    s->event = shopify ? "orders/create" : "pull_request";
    s->id = "72d3162e-cc78-11e3-81ab-4c9367dc0958";
    s->event_in_header = 1;
    if (shopify) {
        sample_family(s, 0, "X-Shopify-Webhook-Id", NULL, "X-Shopify-Hmac-SHA256", "X-Shopify-Topic");
        sample_family(s, 1, "Shopify-Webhook-Id", NULL, "Shopify-Hmac-SHA256", "Shopify-Topic");
    } else if (github) {
        sample_family(s, 0, "X-GitHub-Delivery", NULL, "X-Hub-Signature-256", "X-GitHub-Event");
    } else {
        sample_family(s, 0, "X-Armalo-Delivery", NULL, "X-Armalo-Signature", "X-Armalo-Event");
    }
    const char *const *names = s->family[kind == SAMPLE_SHOPIFY_PLAIN];
    sample_secret(s, "", sample_key_one, 0);
    sample_sign(s, github ? "sha256=" : "", sample_key_one, s->body, !shopify);
    sample_header(s, names[SAMPLE_ID], s->id);
    sample_signature_header(s, names[SAMPLE_SIGNATURE], "");
    sample_header(s, names[SAMPLE_EVENT], s->event);
}

static inline void sample_slack(sample *s) {
    char content[512];
    s->scheme = "slack";
    s->event = "event_callback";
    s->body_len = (size_t)snprintf(s->body, sizeof s->body, "{\"type\":\"event_callback\",\"event_id\":\"Ev08\"}");
    sample_family(s, 0, NULL, "X-Slack-Request-Timestamp", "X-Slack-Signature", NULL);
    sample_secret(s, "", sample_key_one, 0);
    snprintf(content, sizeof content, "v0:%s:%s", SAMPLE_TS, s->body);
    sample_sign(s, "v0=", sample_key_one, content, 1);
    sample_header(s, s->family[0][SAMPLE_TIMESTAMP], SAMPLE_TS);
    sample_signature_header(s, s->family[0][SAMPLE_SIGNATURE], "");
}

#define SAMPLE_HOOK0_NAMES   "x-event-type x-zone"
#define SAMPLE_HOOK0_EVENT   "onramp.transaction.updated"
#define SAMPLE_HOOK0_DOTLESS "onramp_updated" /* a covered value may not hold the dot that joins the values */

static inline void sample_hook0(sample *s, enum sample_kind kind) {
    char content[512];
    int v0 = kind != SAMPLE_HOOK0_V1, v1 = kind != SAMPLE_HOOK0_V0;
    s->scheme = "hook0";
    s->event = v1 ? SAMPLE_HOOK0_DOTLESS : SAMPLE_HOOK0_EVENT;
    s->event_in_header = 1;
    s->separator = ',';
    s->timestamp_item = "t=" SAMPLE_TS;
    s->names_item = v1 ? "h=" SAMPLE_HOOK0_NAMES : NULL;
    s->body_len = (size_t)snprintf(s->body, sizeof s->body, "{\"status\":\"done\",\"txs\":[1,2]}");
    sample_family(s, 0, NULL, NULL, "X-Hook0-Signature", "X-Event-Type");
    sample_secret(s, "", sample_key_one, 0);
    if (v0) {
        snprintf(content, sizeof content, "%s.%s", SAMPLE_TS, s->body);
        sample_sign(s, "v0=", sample_key_one, content, 1);
    }
    if (v1) {
        snprintf(content, sizeof content, "%s.%s.%s.%s.%s", SAMPLE_TS, SAMPLE_HOOK0_NAMES, SAMPLE_HOOK0_DOTLESS, "eu-1",
                 s->body);
        sample_sign(s, "v1=", sample_key_one, content, 1);
        s->item[s->item_count - 1].needs_names = 1;
    }
    sample_signature_header(s, "X-Hook0-Signature", v1 ? "t=" SAMPLE_TS ",h=" SAMPLE_HOOK0_NAMES : "t=" SAMPLE_TS);
    sample_header(s, "X-Event-Type", s->event);
    sample_header(s, "X-Zone", "eu-1");
}

static inline void sample_stripe(sample *s, enum sample_kind kind) {
    char content[512];
    s->scheme = "stripe";
    s->event = "charge.succeeded";
    s->id = "evt_1NG8Du2eZvKYlo2CUI79vXWy";
    s->id_signed = 1;
    s->separator = ',';
    s->timestamp_item = "t=" SAMPLE_TS;
    s->body_len = (size_t)snprintf(s->body, sizeof s->body, "{\"id\":\"%s\",\"type\":\"charge.succeeded\"}", s->id);
    sample_family(s, 0, NULL, NULL, "Stripe-Signature", NULL);
    snprintf(content, sizeof content, "%s.%s", SAMPLE_TS, s->body);
    sample_secret(s, "", sample_key_one, 0);
    sample_sign(s, "v1=", sample_key_one, content, 1);
    if (kind == SAMPLE_STRIPE_ROTATING) {
        sample_secret(s, "", sample_key_two, 0);
        sample_sign(s, "v1=", sample_key_two, content, 1);
    }
    sample_signature_header(s, "Stripe-Signature", s->timestamp_item);
}

static inline void sample_make(sample *s, enum sample_kind kind) {
    static const char *const labels[SAMPLES] = {"standard v1",
                                                "standard v1a",
                                                "standard v1+v1a",
                                                "standard, second secret",
                                                "standard, two secrets",
                                                "svix",
                                                "svix as webhook-*",
                                                "whop",
                                                "armalo",
                                                "github",
                                                "slack",
                                                "shopify",
                                                "shopify without X-",
                                                "hook0 v0",
                                                "hook0 v1",
                                                "hook0 v0+v1",
                                                "stripe",
                                                "stripe, two secrets"};
    memset(s, 0, sizeof *s);
    s->label = labels[kind];
    if (kind <= SAMPLE_WHOP)
        sample_standard(s, kind);
    else if (kind == SAMPLE_SLACK)
        sample_slack(s);
    else if (kind == SAMPLE_HOOK0_V0 || kind == SAMPLE_HOOK0_V1 || kind == SAMPLE_HOOK0_BOTH)
        sample_hook0(s, kind);
    else if (kind == SAMPLE_STRIPE || kind == SAMPLE_STRIPE_ROTATING)
        sample_stripe(s, kind);
    else
        sample_body_only(s, kind);
}

static inline armalo_webhook_config sample_config(const sample *s, int any_event, const armalo_store *store) {
    armalo_webhook_config config = {.struct_size = sizeof config,
                                    .scheme = s->scheme,
                                    .secrets = s->secret,
                                    .secret_count = s->secret_count,
                                    .store = store};
    if (any_event)
        config.any_event = ARMALO_ANY_EVENT;
    else {
        config.events = &s->event;
        config.event_count = 1;
    }
    return config;
}

static inline armalo_request sample_request(const sample *s) {
    return (armalo_request){.struct_size = sizeof(armalo_request),
                            .headers = s->header,
                            .header_count = s->header_count,
                            .body = s->body,
                            .body_len = s->body_len,
                            .request_id = "req-sample",
                            .request_id_len = 10};
}

/* A host whose clock is the number at now, without a sink. */
static inline int64_t sample_clock(void *now) { return *(const int64_t *)now; }

static inline armalo_host *sample_host(int64_t *now) {
    armalo_host_config config = {.struct_size = sizeof config,
                                 .mode = ARMALO_MODE_PRODUCTION,
                                 .audit_off = ARMALO_AUDIT_OFF,
                                 .now_ms = sample_clock,
                                 .clock_ctx = now};
    return armalo_host_new(&config, NULL);
}

/* The rule, told apart from the library: is this request, made from the sample by whatever changes, still proved? */

static inline int sample_same(const char *a, size_t a_len, const char *b) {
    return a_len == strlen(b) && (a_len == 0 || memcmp(a, b, a_len) == 0);
}

/* How many headers have this name, in any case, and the last one of them. */
static inline size_t sample_find(const armalo_request *r, const char *name, size_t name_len,
                                 const armalo_header **found) {
    size_t count = 0;
    for (size_t i = 0; i < r->header_count; i++) {
        const armalo_header *h = &r->headers[i];
        size_t same = 0;
        while (h->name_len == name_len && same < name_len) {
            char a = h->name[same], b = name[same];
            if (a >= 'A' && a <= 'Z') a = (char)(a - 'A' + 'a');
            if (b >= 'A' && b <= 'Z') b = (char)(b - 'A' + 'a');
            if (a != b) break;
            same++;
        }
        if (h->name_len != name_len || same < name_len) continue;
        *found = h;
        count++;
    }
    return count;
}

static inline int sample_visible(const armalo_header *h, char lowest) {
    for (size_t i = 0; i < h->value_len; i++) {
        if (h->value[i] < lowest || h->value[i] > '~') return 0;
    }
    return h->value_len > 0;
}

/* Every header that h= names is there once, with the value it had. */
static inline int sample_covered_hold(const sample *s, const armalo_request *r) {
    const armalo_header *h = NULL;
    return sample_find(r, "x-event-type", 12, &h) == 1 && sample_same(h->value, h->value_len, s->event) &&
           sample_find(r, "x-zone", 6, &h) == 1 && sample_same(h->value, h->value_len, "eu-1");
}

static inline int sample_signature_holds(const sample *s, const armalo_request *r, const armalo_header *h) {
    size_t timestamps = 0, good_timestamps = 0, lists = 0, good_lists = 0, proved = 0, proved_with_names = 0;
    if (!sample_visible(h, ' ')) return 0;
    for (size_t at = 0; at <= h->value_len;) {
        size_t end = at;
        while (end < h->value_len && (s->separator == 0 || h->value[end] != s->separator)) end++;
        const char *item = h->value + at;
        size_t len = end - at;
        at = end + 1;
        if (s->timestamp_item != NULL && len >= 2 && memcmp(item, "t=", 2) == 0) {
            timestamps++;
            good_timestamps += (size_t)sample_same(item, len, s->timestamp_item);
        }
        if (strcmp(s->scheme, "hook0") == 0 && len >= 2 && memcmp(item, "h=", 2) == 0) {
            lists++;
            good_lists += (size_t)(s->names_item != NULL && sample_same(item, len, s->names_item));
        }
        for (size_t i = 0; i < s->item_count; i++) {
            if (!sample_same(item, len, s->item[i].text)) continue;
            if (s->item[i].needs_names)
                proved_with_names++;
            else
                proved++;
        }
    }
    if (s->timestamp_item != NULL && (timestamps != 1 || good_timestamps != 1)) return 0;
    if (lists > 1) return 0;
    /* Not counted: what else stands in the header. One item that proves the delivery is enough, and an unknown or
     * broken one beside it takes nothing away. */
    return proved > 0 || (proved_with_names > 0 && good_lists == 1 && sample_covered_hold(s, r));
}

static inline int sample_family_holds(const sample *s, const armalo_request *r, const char *const *family,
                                      int any_event) {
    const armalo_header *h = NULL;
    if (family[SAMPLE_SIGNATURE] == NULL) return 0;
    if (sample_find(r, family[SAMPLE_SIGNATURE], strlen(family[SAMPLE_SIGNATURE]), &h) != 1) return 0;
    if (!sample_signature_holds(s, r, h)) return 0;
    if (family[SAMPLE_TIMESTAMP] != NULL &&
        (sample_find(r, family[SAMPLE_TIMESTAMP], strlen(family[SAMPLE_TIMESTAMP]), &h) != 1 ||
         !sample_same(h->value, h->value_len, SAMPLE_TS)))
        return 0;
    if (family[SAMPLE_ID] != NULL) {
        if (sample_find(r, family[SAMPLE_ID], strlen(family[SAMPLE_ID]), &h) != 1) return 0;
        /* Not counted: the text of an id that the sender does not sign (github, shopify, armalo). It must still be one
         * word; the decision is labelled delivery_id:unsigned. */
        if (s->id_signed ? !sample_same(h->value, h->value_len, s->id) : !sample_visible(h, '!') || h->value_len > 255)
            return 0;
    }
    if (family[SAMPLE_EVENT] != NULL) {
        size_t count = sample_find(r, family[SAMPLE_EVENT], strlen(family[SAMPLE_EVENT]), &h);
        if (count > 1 || (!any_event && count != 1)) return 0;
        if (!any_event && !sample_same(h->value, h->value_len, s->event)) return 0;
        /* Not counted, where every event is let in: the text of an event's name that the sender does not sign, and
         * whether it is there. The decision is labelled event:unsigned. */
        if (count == 1 && (!sample_visible(h, ' ') || h->value_len > ARMALO_WEBHOOK_MAX_EVENT)) return 0;
    }
    return 1;
}

/* Not counted anywhere: the case of header names, their order, and headers that the scheme does not know. */
static inline int sample_holds(const sample *s, const armalo_request *r, int any_event) {
    if (r->body_len != s->body_len || (s->body_len > 0 && memcmp(r->body, s->body, s->body_len) != 0)) return 0;
    return sample_family_holds(s, r, s->family[0], any_event) || sample_family_holds(s, r, s->family[1], any_event);
}

#endif
