/* SPDX-License-Identifier: MIT */
/* tests/webhook_forge.h: a world to decide in (clock, audit sink, store), deliveries of every preset signed by OpenSSL
 * and libsodium alone, with one flag for each defect, and what every denial and every grant must look like.
 *
 * Header only; a program that includes it links with libarmalo.a, Check, libcrypto and libsodium, as the Makefile does.
 * A world belongs to one thread. */
#ifndef ARMALO_TESTS_WEBHOOK_FORGE_H
#define ARMALO_TESTS_WEBHOOK_FORGE_H

#include "armalo.h"
#include "test.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>
#include <stdarg.h>

#define FORGE_NOW_S      INT64_C(1700000000)
#define FORGE_MAX_BODY   4096
#define FORGE_EVENT_SIZE 8192
#define FORGE_EVENTS     8 /* events that a world remembers */

/* ---- The world ---- */

typedef struct world {
    int64_t now_ms;
    int audit_answer;   /* what the sink says: 1 keeps the event */
    unsigned decisions; /* events that were offered to the sink, alerts not counted */
    unsigned alerts;    /* "webhook.alert" events */
    unsigned expected;  /* events that one decision must give: 1, or 0 without a sink */
    int32_t grant_evidence;
    char event[FORGE_EVENTS][FORGE_EVENT_SIZE]; /* decision number n is in event[n % FORGE_EVENTS] */
    char alert[FORGE_EVENT_SIZE];               /* the last alert */
    uint8_t root_key[32];
    const char *taboo[16]; /* texts that may not appear in any event, detail or public text */
    size_t taboos;
    armalo_host_config config;
    armalo_host *host;
    armalo_decision why;
    armalo_delivery delivery;
} world;

static inline int64_t forge_clock(void *ctx) { return ((world *)ctx)->now_ms; }

static inline void forge_untold(const world *w, const char *text) {
    for (size_t i = 0; i < w->taboos; i++) {
        if (strstr(text, w->taboo[i]) != NULL) ck_abort_msg("a secret is told: %s in %s", w->taboo[i], text);
    }
}

static inline void forge_taboo(world *w, const char *text) {
    if (w->taboos < sizeof w->taboo / sizeof w->taboo[0]) w->taboo[w->taboos++] = text;
}

static inline int forge_sink(void *ctx, const char *event, size_t len) {
    world *w = ctx;
    if (strlen(event) != len || len >= FORGE_EVENT_SIZE) ck_abort_msg("an event of the wrong length");
    forge_untold(w, event);
    if (strstr(event, "\"type\":\"ai.armalo.audit.webhook.alert\"") != NULL) {
        w->alerts++;
        memcpy(w->alert, event, len + 1);
    } else {
        memcpy(w->event[w->decisions++ % FORGE_EVENTS], event, len + 1);
    }
    return w->audit_answer;
}

/* The last decision's event. */
static inline const char *forge_last(const world *w) {
    return w->decisions == 0 ? "" : w->event[(w->decisions - 1) % FORGE_EVENTS];
}

/* init, then change w->config if you must, then start. */
static inline void world_init(world *w) {
    memset(w, 0, sizeof *w);
    w->now_ms = FORGE_NOW_S * 1000;
    w->audit_answer = 1;
    w->expected = 1;
    w->grant_evidence = ARMALO_POSITIVE;
    for (size_t i = 0; i < sizeof w->root_key; i++) w->root_key[i] = (uint8_t)(7 * i + 1);
    w->config.struct_size = sizeof w->config;
    w->config.mode = ARMALO_MODE_PRODUCTION;
    w->config.now_ms = forge_clock;
    w->config.clock_ctx = w;
    w->config.audit = forge_sink;
    w->config.audit_ctx = w;
    w->config.root_key = w->root_key;
    w->config.root_key_len = sizeof w->root_key;
}

static inline void world_start(world *w) {
    w->host = armalo_host_new(&w->config, &w->why);
    if (w->host == NULL) ck_abort_msg("no host: %s", armalo_reason_name(w->why.reason));
}

static inline world *world_new(void) {
    world *w = malloc(sizeof *w);
    if (w == NULL) abort();
    world_init(w);
    world_start(w);
    return w;
}

static inline void world_end(world *w) {
    armalo_host_free(w->host);
    w->host = NULL;
}

static inline void world_free(world *w) {
    world_end(w);
    free(w);
}

/* ---- What a decision must look like ---- */

typedef struct forge_row {
    uint32_t reason;
    const char *name;
    int32_t evidence, public_class;
} forge_row;

static inline const forge_row *forge_row_of(uint32_t reason) {
    static const forge_row rows[] = {
#define FORGE_ROW(number, NAME, name, evidence, class_, meaning)                                                       \
    {number, name, ARMALO_##evidence, ARMALO_CLASS_##class_},
        ARMALO_REASONS(FORGE_ROW)
#undef FORGE_ROW
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].reason == reason) return &rows[i];
    }
    ck_abort_msg("no such reason: %u", (unsigned)reason);
    return NULL;
}

static inline const char *forge_evidence_word(int32_t evidence) {
    static const char *const words[] = {"unavailable", "negative", "stale", "simulated", "positive"};
    return evidence >= 0 && evidence <= 4 ? words[evidence] : "?";
}

/* Typed from the table of public classes in armalo/decision.h. */
static inline int32_t forge_status(int32_t public_class) {
    static const int32_t status[] = {500, 200, 400, 401, 403, 404, 409, 413, 503};
    return status[public_class];
}
static inline const char *forge_word(int32_t public_class) {
    static const char *const words[] = {"internal",  "ok",       "bad_request", "unauthorized", "forbidden",
                                        "not_found", "conflict", "too_large",   "unavailable"};
    return words[public_class];
}

static inline int forge_zero(const void *memory, size_t len) {
    const unsigned char *p = memory;
    for (size_t i = 0; i < len; i++) {
        if (p[i] != 0) return 0;
    }
    return 1;
}
static inline int forge_poisoned(const void *memory, size_t len) {
    const unsigned char *p = memory;
    for (size_t i = 0; i < len; i++) {
        if (p[i] != 0xFF) return 0;
    }
    return 1;
}

__attribute__((format(printf, 4, 5), noreturn)) static inline void
forge_fail(const char *file, int line, const char *call, const char *format, ...) {
    char text[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    ck_abort_msg("%s:%d: %s: %s", file, line, call, text);
    abort(); /* Check does not return */
}
#define FORGE_FAIL(...) forge_fail(file, line, call, __VA_ARGS__)

/* The decision's texts and its event: strict JSON that says what the decision says. */
static inline void forge_texts(const world *w, int granted, const char *file, int line, const char *call) {
    char text[ARMALO_OPERATOR_TEXT_SIZE], shown[ARMALO_PUBLIC_TEXT_SIZE], head[160];
    size_t len = 0;
    const forge_row *row = forge_row_of(w->why.reason);
    snprintf(head, sizeof head, "{\"granted\":%s,\"evidence\":\"%s\",\"reason\":\"%s\",\"class\":\"%s\",",
             granted ? "true" : "false", forge_evidence_word(w->why.evidence), row->name,
             forge_word(w->why.public_class));
    const char *operator_text = armalo_decision_operator(&w->why, text, sizeof text, &len);
    if (operator_text != text || strlen(text) != len) FORGE_FAIL("the operator's text does not fit");
    if (armalo_json_check(text, len, SIZE_MAX, NULL) != 1) FORGE_FAIL("the operator's text is not strict JSON");
    if (strncmp(text, head, strlen(head)) != 0) FORGE_FAIL("the operator's text is %s", text);
    forge_untold(w, text);
    const char *public_text = armalo_decision_public(&w->why, shown, sizeof shown, &len);
    if (public_text != shown || strlen(shown) != len) FORGE_FAIL("the public text does not fit");
    if (armalo_json_check(shown, len, SIZE_MAX, NULL) != 1) FORGE_FAIL("the public text is not strict JSON");
    snprintf(head, sizeof head, granted ? "{\"status\":\"%s\"" : "{\"error\":\"%s\"", forge_word(w->why.public_class));
    if (strncmp(shown, head, strlen(head)) != 0) FORGE_FAIL("the public text is %s", shown);
    if (strstr(shown, row->name) != NULL) FORGE_FAIL("the public text tells the reason: %s", shown);
    int has_id = strstr(shown, "\"request_id\"") != NULL;
    if (has_id != (w->why.authenticated == 1 && w->why.request_id[0] != 0)) FORGE_FAIL("the public text is %s", shown);
    forge_untold(w, shown);
}

static inline void forge_event_agrees(const world *w, int granted, const char *file, int line, const char *call) {
    const char *event = forge_last(w);
    char want[200];
    if (armalo_json_check(event, strlen(event), SIZE_MAX, NULL) != 1) FORGE_FAIL("the event is not strict JSON");
    snprintf(want, sizeof want, "\"data\":{\"decision\":{\"granted\":%s,\"evidence\":\"%s\",\"reason\":\"%s\",",
             granted ? "true" : "false", forge_evidence_word(w->why.evidence), forge_row_of(w->why.reason)->name);
    if (strstr(event, want) == NULL) FORGE_FAIL("the event does not say %s but %s", want, event);
    if (!granted && strstr(event, "\"granted\":true") != NULL) FORGE_FAIL("the event of a denial grants");
}

static inline unsigned forge_poison(world *w) {
    memset(&w->why, 0xFF, sizeof w->why);
    memset(&w->delivery, 0xFF, sizeof w->delivery);
    return w->decisions;
}

static inline void forge_denied(world *w, int returned, uint32_t reason, unsigned before, unsigned events,
                                const char *file, int line, const char *call) {
    const forge_row *row = forge_row_of(reason);
    if (returned != 0) FORGE_FAIL("returned %d", returned);
    if (w->why.reason != reason) {
        FORGE_FAIL("%s instead of %s (%.100s)", armalo_reason_name(w->why.reason), row->name, w->why.detail);
    }
    if (armalo_decision_granted(&w->why) != 0 || w->why.grant == ARMALO_GRANT) FORGE_FAIL("the decision grants");
    if (w->why.evidence != row->evidence) FORGE_FAIL("evidence %d", (int)w->why.evidence);
    if (w->why.evidence == ARMALO_POSITIVE || w->why.evidence == ARMALO_SIMULATED) FORGE_FAIL("a denial that holds");
    if (w->why.public_class != row->public_class) FORGE_FAIL("class %d", (int)w->why.public_class);
    if (w->why.http_status != forge_status(row->public_class)) FORGE_FAIL("status %d", (int)w->why.http_status);
    forge_texts(w, 0, file, line, call);
    if (w->decisions - before != events) FORGE_FAIL("%u events instead of %u", w->decisions - before, events);
    if (events > 0) forge_event_agrees(w, 0, file, line, call);
}

static inline void forge_granted(world *w, int returned, unsigned before, const char *file, int line,
                                 const char *call) {
    if (returned != 1)
        FORGE_FAIL("returned %d: %s (%.100s)", returned, armalo_reason_name(w->why.reason), w->why.detail);
    if (armalo_decision_granted(&w->why) != 1 || w->why.grant != ARMALO_GRANT)
        FORGE_FAIL("the decision does not grant");
    if (w->why.reason != ARMALO_REASON_GRANTED) FORGE_FAIL("%s", armalo_reason_name(w->why.reason));
    if (w->why.evidence != w->grant_evidence) FORGE_FAIL("evidence %d", (int)w->why.evidence);
    if (w->why.public_class != ARMALO_CLASS_OK || w->why.http_status != 200) FORGE_FAIL("not the class of a grant");
    if (w->why.request_id[0] == 0) FORGE_FAIL("no request id");
    forge_texts(w, 1, file, line, call);
    if (w->decisions - before != w->expected) FORGE_FAIL("%u events", w->decisions - before);
    if (w->expected > 0) forge_event_agrees(w, 1, file, line, call);
}

/* The calls write to w->why, and verify and finish to w->delivery. EXPECT_DENY is for verify and finish: the delivery
 * must be all zero bytes afterwards. EXPECT_DENY_CALL is for the other deciding functions: they may not touch w's
 * delivery. EXPECT_REFUSE is for what refuses before there is anything to decide, or without a host: no event. */
#define EXPECT_DENY(w, call, reason)                                                                                   \
    do {                                                                                                               \
        unsigned forge_before_ = forge_poison(w);                                                                      \
        int forge_returned_ = (call);                                                                                  \
        forge_denied(w, forge_returned_, reason, forge_before_, (w)->expected, __FILE__, __LINE__, #call);             \
        ck_assert_msg(forge_zero(&(w)->delivery, sizeof(w)->delivery), "%s: a denied delivery is not zero", #call);    \
    } while (0)
#define EXPECT_DENY_CALL(w, call, reason)                                                                              \
    do {                                                                                                               \
        unsigned forge_before_ = forge_poison(w);                                                                      \
        int forge_returned_ = (call);                                                                                  \
        forge_denied(w, forge_returned_, reason, forge_before_, (w)->expected, __FILE__, __LINE__, #call);             \
        ck_assert_msg(forge_poisoned(&(w)->delivery, sizeof(w)->delivery), "%s: writes out of place", #call);          \
    } while (0)
#define EXPECT_REFUSE(w, call, reason)                                                                                 \
    do {                                                                                                               \
        unsigned forge_before_ = forge_poison(w);                                                                      \
        int forge_returned_ = (call);                                                                                  \
        forge_denied(w, forge_returned_, reason, forge_before_, 0, __FILE__, __LINE__, #call);                         \
    } while (0)
#define EXPECT_GRANT(w, call)                                                                                          \
    do {                                                                                                               \
        unsigned forge_before_ = forge_poison(w);                                                                      \
        int forge_returned_ = (call);                                                                                  \
        forge_granted(w, forge_returned_, forge_before_, __FILE__, __LINE__, #call);                                   \
    } while (0)

/* ---- A store that remembers up to 64 deliveries, does as the contract says, and can be made to misbehave ---- */

typedef struct forge_store {
    armalo_store store;
    unsigned claims, settles;
    int misclaim, missettle; /* 1: answer what follows and change nothing */
    int32_t claim_answer, settle_answer;
    armalo_claim last;    /* the last claim or settlement, as it was asked for */
    int32_t last_outcome; /* of the last settlement */
    uint64_t last_token;  /* the last that was given out */
    size_t count;
    struct {
        uint8_t key[ARMALO_DELIVERY_KEY_SIZE];
        uint64_t token; /* 0: given back */
        int64_t lease_until_ms, keep_until_ms;
        int done;
    } entry[64];
} forge_store;

static inline int32_t forge_claim(void *ctx, const armalo_claim *claim, uint64_t *token) {
    forge_store *s = ctx;
    size_t at = 0;
    s->claims++;
    s->last = *claim;
    if (s->misclaim) return s->claim_answer;
    while (at < s->count && memcmp(s->entry[at].key, claim->key, sizeof claim->key) != 0) at++;
    if (at == 64) return -1;
    if (at == s->count) {
        s->count++;
        memcpy(s->entry[at].key, claim->key, sizeof claim->key);
    } else if (s->entry[at].done && claim->now_ms < s->entry[at].keep_until_ms) {
        return ARMALO_DUPLICATE;
    } else if (!s->entry[at].done && s->entry[at].token != 0 && claim->now_ms < s->entry[at].lease_until_ms) {
        return ARMALO_IN_PROGRESS;
    }
    s->entry[at].done = 0;
    s->entry[at].token = *token = ++s->last_token;
    s->entry[at].lease_until_ms = claim->lease_until_ms;
    s->entry[at].keep_until_ms = claim->keep_until_ms;
    return ARMALO_PROCESS;
}

static inline int32_t forge_settle(void *ctx, const armalo_claim *claim, uint64_t token, int32_t outcome) {
    forge_store *s = ctx;
    s->settles++;
    s->last = *claim;
    s->last_outcome = outcome;
    if (s->missettle) return s->settle_answer;
    for (size_t at = 0; at < s->count; at++) {
        if (memcmp(s->entry[at].key, claim->key, sizeof claim->key) != 0) continue;
        if (s->entry[at].done || s->entry[at].token != token || token == 0) return 0;
        s->entry[at].done = outcome == ARMALO_DONE;
        if (outcome != ARMALO_DONE) s->entry[at].token = 0;
        s->entry[at].keep_until_ms = claim->keep_until_ms;
        return 1;
    }
    return 0;
}

static inline void forge_store_init(forge_store *s) {
    memset(s, 0, sizeof *s);
    s->store.struct_size = sizeof s->store;
    s->store.ctx = s;
    s->store.claim = forge_claim;
    s->store.settle = forge_settle;
    s->last_token = 1000;
}

/* ---- Deliveries ---- */

enum forge_content { FORGE_ID_TS_BODY, FORGE_TS_BODY, FORGE_V0_TS_BODY, FORGE_BODY, FORGE_TS_NAMES_VALUES_BODY };

typedef struct forge_kind {
    const char *name, *scheme;
    const char *id, *timestamp, *signature, *event; /* header names; NULL: the scheme has none */
    const char *prefix;                             /* before a signature */
    int items;                                      /* the character between items of the header; 0: one item */
    int timestamp_item;                             /* the timestamp is the item t= */
    enum forge_content content;
    int hex, raw, ed25519;
    int event_in_body, id_in_body;
    uint32_t labels; /* of a grant without a store */
} forge_kind;

#define FORGE_UNSIGNED                                                                                                 \
    (ARMALO_LABEL_COVERS_BODY | ARMALO_LABEL_FRESHNESS_NOT_PROVIDED | ARMALO_LABEL_DELIVERY_ID_UNSIGNED |              \
     ARMALO_LABEL_EVENT_UNSIGNED | ARMALO_LABEL_REPLAY_UNCHECKED)
#define FORGE_SIGNED_ID                                                                                                \
    (ARMALO_LABEL_COVERS_ID | ARMALO_LABEL_COVERS_TIMESTAMP | ARMALO_LABEL_COVERS_BODY | ARMALO_LABEL_REPLAY_UNCHECKED)
#define FORGE_SIGNED_TIME (ARMALO_LABEL_COVERS_TIMESTAMP | ARMALO_LABEL_COVERS_BODY | ARMALO_LABEL_REPLAY_UNCHECKED)

enum {
    FORGE_STANDARD,
    FORGE_STANDARD_V1A,
    FORGE_SVIX,
    FORGE_SVIX_WEBHOOK,
    FORGE_WHOP,
    FORGE_ARMALO,
    FORGE_GITHUB,
    FORGE_SLACK,
    FORGE_SHOPIFY,
    FORGE_SHOPIFY_NEW,
    FORGE_HOOK0_V0,
    FORGE_HOOK0_V1,
    FORGE_STRIPE,
    FORGE_KINDS
};

/* From Standard Webhooks 1.0.0 and from the senders' own documentation. */
static inline const forge_kind *forge_kind_of(int kind) {
    static const forge_kind kinds[FORGE_KINDS] = {
        [FORGE_STANDARD] = {"standard v1", "standard", "webhook-id", "webhook-timestamp", "webhook-signature", NULL,
                            "v1,", ' ', 0, FORGE_ID_TS_BODY, 0, 0, 0, 1, 0, FORGE_SIGNED_ID},
        [FORGE_STANDARD_V1A] = {"standard v1a", "standard", "webhook-id", "webhook-timestamp", "webhook-signature",
                                NULL, "v1a,", ' ', 0, FORGE_ID_TS_BODY, 0, 0, 1, 1, 0, FORGE_SIGNED_ID},
        [FORGE_SVIX] = {"svix", "svix", "svix-id", "svix-timestamp", "svix-signature", NULL, "v1,", ' ', 0,
                        FORGE_ID_TS_BODY, 0, 0, 0, 1, 0, FORGE_SIGNED_ID},
        [FORGE_SVIX_WEBHOOK] = {"svix under webhook-…", "svix", "webhook-id", "webhook-timestamp", "webhook-signature",
                                NULL, "v1,", ' ', 0, FORGE_ID_TS_BODY, 0, 0, 0, 1, 0, FORGE_SIGNED_ID},
        [FORGE_WHOP] = {"whop", "whop", "webhook-id", "webhook-timestamp", "webhook-signature", NULL, "v1,", ' ', 0,
                        FORGE_ID_TS_BODY, 0, 1, 0, 1, 0, FORGE_SIGNED_ID},
        [FORGE_ARMALO] = {"armalo", "armalo", "X-Armalo-Delivery", NULL, "X-Armalo-Signature", "X-Armalo-Event", "", 0,
                          0, FORGE_BODY, 1, 1, 0, 0, 0, FORGE_UNSIGNED},
        [FORGE_GITHUB] = {"github", "github", "X-GitHub-Delivery", NULL, "X-Hub-Signature-256", "X-GitHub-Event",
                          "sha256=", 0, 0, FORGE_BODY, 1, 1, 0, 0, 0, FORGE_UNSIGNED},
        [FORGE_SLACK] = {"slack", "slack", NULL, "X-Slack-Request-Timestamp", "X-Slack-Signature", NULL, "v0=", 0, 0,
                         FORGE_V0_TS_BODY, 1, 1, 0, 1, 0, FORGE_SIGNED_TIME},
        [FORGE_SHOPIFY] = {"shopify", "shopify", "X-Shopify-Webhook-Id", NULL, "X-Shopify-Hmac-SHA256",
                           "X-Shopify-Topic", "", 0, 0, FORGE_BODY, 0, 1, 0, 0, 0, FORGE_UNSIGNED},
        [FORGE_SHOPIFY_NEW] = {"shopify without X-", "shopify", "Shopify-Webhook-Id", NULL, "Shopify-Hmac-SHA256",
                               "Shopify-Topic", "", 0, 0, FORGE_BODY, 0, 1, 0, 0, 0, FORGE_UNSIGNED},
        [FORGE_HOOK0_V0] = {"hook0 v0", "hook0", NULL, NULL, "X-Hook0-Signature", "X-Event-Type", "v0=", ',', 1,
                            FORGE_TS_BODY, 1, 1, 0, 0, 0, FORGE_SIGNED_TIME | ARMALO_LABEL_EVENT_UNSIGNED},
        [FORGE_HOOK0_V1] = {"hook0 v1", "hook0", NULL, NULL, "X-Hook0-Signature", "X-Event-Type", "v1=", ',', 1,
                            FORGE_TS_NAMES_VALUES_BODY, 1, 1, 0, 0, 0, FORGE_SIGNED_TIME | ARMALO_LABEL_COVERS_HEADERS},
        [FORGE_STRIPE] = {"stripe", "stripe", NULL, NULL, "Stripe-Signature", NULL, "v1=", ',', 1, FORGE_TS_BODY, 1, 1,
                          0, 1, 1, FORGE_SIGNED_TIME | ARMALO_LABEL_COMPATIBILITY},
    };
    return &kinds[kind];
}

/* The keys: 32 bytes each, which are printable so that they serve as raw secrets too. */
#define FORGE_KEY       "c7Qd0xWn3Jf8Lr2Hy5Tb9Vk4Mz1Gp6Us"
#define FORGE_OTHER_KEY "Zy1Xw2Vu3Ts4Rq5Po6Nm7Lk8Ji9Hg0Fe"

static inline size_t forge_base64(const void *bytes, size_t len, char *out) {
    return (size_t)EVP_EncodeBlock((unsigned char *)out, bytes, (int)len);
}
static inline size_t forge_hex(const void *bytes, size_t len, char *out) {
    for (size_t i = 0; i < len; i++) snprintf(out + 2 * i, 3, "%02x", ((const unsigned char *)bytes)[i]);
    return 2 * len;
}

/* The text of a secret, as the preset's sender gives it, made from 32 bytes of key. Ed25519: whpk_, or whsk_ to sign.
 */
enum forge_side { FORGE_RECEIVES, FORGE_SENDS };
static inline const char *forge_secret(const forge_kind *kind, const char *key, enum forge_side side, char out[160]) {
    unsigned char public_key[32], secret_key[64];
    if (kind->raw) {
        snprintf(out, 160, "%s", key);
    } else if (!kind->ed25519) {
        memcpy(out, "whsec_", 6);
        forge_base64(key, 32, out + 6);
    } else {
        if (sodium_init() < 0 || crypto_sign_seed_keypair(public_key, secret_key, (const unsigned char *)key) != 0)
            abort();
        memcpy(out, side == FORGE_SENDS ? "whsk_" : "whpk_", 5);
        if (side == FORGE_SENDS)
            forge_base64(secret_key, 64, out + 5);
        else
            forge_base64(public_key, 32, out + 5);
    }
    return out;
}

/* A signature over content, encoded as the preset's header has it, without its prefix. */
static inline void forge_sign(const forge_kind *kind, const char *key, const void *content, size_t len, char out[132]) {
    unsigned char bytes[64], public_key[32], secret_key[64];
    unsigned size = 32;
    if (kind->ed25519) {
        if (sodium_init() < 0 || crypto_sign_seed_keypair(public_key, secret_key, (const unsigned char *)key) != 0 ||
            crypto_sign_detached(bytes, NULL, content, len, secret_key) != 0)
            abort();
        size = 64;
    } else if (HMAC(EVP_sha256(), key, (int)strlen(key), content, len, bytes, &size) == NULL || size != 32) {
        abort();
    }
    if (kind->hex)
        forge_hex(bytes, size, out);
    else
        forge_base64(bytes, size, out);
}

/* One flag for each defect. */
#define FORGE_DEFECTS(X)                                                                                               \
    X(NO_HEADERS)                                                                                                      \
    X(NO_SIGNATURE)                                                                                                    \
    X(NO_ID) X(NO_TIMESTAMP) X(NO_EVENT) X(EMPTY_SIGNATURE) X(EMPTY_ID) X(EMPTY_TIMESTAMP) X(EMPTY_EVENT)              \
        X(TWO_SIGNATURES) X(TWO_IDS) X(TWO_TIMESTAMPS) X(TWO_EVENTS) X(MANY_HEADERS) X(LONG_SIGNATURE) X(LONG_ID)      \
            X(LONG_EVENT) X(ID_NOT_ASCII) X(SIGNATURE_NOT_ASCII) X(ID_WITH_DOT) X(ID_WITH_SPACE) X(STALE) X(FUTURE)    \
                X(TIMESTAMP_SIGN) X(TIMESTAMP_ZERO) X(TIMESTAMP_FRACTION) X(TIMESTAMP_SPACE) X(TIMESTAMP_HUGE)         \
                    X(WRONG_KEY) X(SIGNATURE_FLIPPED) X(SIGNATURE_SHORT) X(SIGNATURE_LONG) X(SIGNATURE_MALFORMED)      \
                        X(SIGNATURE_VERSION) X(SIGNATURE_NONE) X(MANY_SIGNATURES) X(BODY_CHANGED) X(BODY_CUT)          \
                            X(BODY_LONGER) X(ID_CHANGED) X(TIMESTAMP_CHANGED) X(BODY_TOO_LARGE) X(EVENT_OTHER)         \
                                X(EVENT_IN_BODY_MISSING) X(EVENT_IN_BODY_NUMBER) X(EVENT_IN_BODY_TWICE)                \
                                    X(BODY_NOT_JSON) X(ID_IN_BODY_MISSING) X(ID_IN_BODY_NUMBER) X(NAMES_MISSING)       \
                                        X(NAMES_TWICE) X(NAMED_MISSING) X(NAMED_AMBIGUOUS) X(NAMED_TWICE)              \
                                            X(NAMED_CHANGED)
enum forge_defect_number {
#define FORGE_NUMBER(NAME) FORGE_NUMBER_##NAME,
    FORGE_DEFECTS(FORGE_NUMBER)
#undef FORGE_NUMBER
        FORGE_DEFECT_COUNT
};
#define FORGE_BIT(NAME) (UINT64_C(1) << FORGE_NUMBER_##NAME)
_Static_assert(FORGE_DEFECT_COUNT <= 64, "one bit each");

static inline const char *forge_defect_name(int number) {
    static const char *const names[] = {
#define FORGE_NAME(NAME) #NAME,
        FORGE_DEFECTS(FORGE_NAME)
#undef FORGE_NAME
    };
    return number >= 0 && number < FORGE_DEFECT_COUNT ? names[number] : "?";
}

/* The one reason for a single defect, with an allowlist of "invoice.paid"; ARMALO_REASON_GRANTED when the preset does
 * not have the part that would be defective. */
static inline uint32_t forge_reason(const forge_kind *k, int number) {
    const int has_ts = k->timestamp != NULL || k->timestamp_item, hook0 = k->content == FORGE_TS_NAMES_VALUES_BODY;
    switch (number) {
    case FORGE_NUMBER_NO_HEADERS:
    case FORGE_NUMBER_NO_SIGNATURE:
        return ARMALO_REASON_HEADER_MISSING;
    case FORGE_NUMBER_NO_ID:
        return k->id ? ARMALO_REASON_HEADER_MISSING : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_NO_TIMESTAMP:
        return k->timestamp        ? ARMALO_REASON_HEADER_MISSING
               : k->timestamp_item ? ARMALO_REASON_TIMESTAMP_MISSING
                                   : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_NO_EVENT:
        return k->event ? ARMALO_REASON_HEADER_MISSING : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_EMPTY_SIGNATURE:
        return ARMALO_REASON_HEADER_EMPTY;
    case FORGE_NUMBER_EMPTY_ID:
        return k->id ? ARMALO_REASON_HEADER_EMPTY : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_EMPTY_TIMESTAMP:
        return k->timestamp        ? ARMALO_REASON_HEADER_EMPTY
               : k->timestamp_item ? ARMALO_REASON_TIMESTAMP_MISSING
                                   : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_EMPTY_EVENT:
        return k->event ? ARMALO_REASON_HEADER_EMPTY : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_TWO_SIGNATURES:
        return ARMALO_REASON_HEADER_REPEATED;
    case FORGE_NUMBER_TWO_IDS:
        return k->id ? ARMALO_REASON_HEADER_REPEATED : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_TWO_TIMESTAMPS:
        return k->timestamp        ? ARMALO_REASON_HEADER_REPEATED
               : k->timestamp_item ? ARMALO_REASON_TIMESTAMP_MALFORMED
                                   : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_TWO_EVENTS:
        return k->event ? ARMALO_REASON_HEADER_REPEATED : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_MANY_HEADERS:
        return ARMALO_REASON_HEADERS_TOO_MANY;
    case FORGE_NUMBER_LONG_SIGNATURE:
        return ARMALO_REASON_HEADER_TOO_LONG;
    case FORGE_NUMBER_LONG_ID:
        return k->id ? ARMALO_REASON_HEADER_TOO_LONG : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_LONG_EVENT:
        return ARMALO_REASON_EVENT_UNREADABLE;
    case FORGE_NUMBER_ID_NOT_ASCII:
        return k->id ? ARMALO_REASON_HEADER_INVALID : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_SIGNATURE_NOT_ASCII:
        return ARMALO_REASON_HEADER_INVALID;
    case FORGE_NUMBER_ID_WITH_DOT:
        return k->content == FORGE_ID_TS_BODY ? ARMALO_REASON_ID_INVALID : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_ID_WITH_SPACE:
        return k->id ? ARMALO_REASON_ID_INVALID : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_STALE:
        return has_ts ? ARMALO_REASON_TIMESTAMP_STALE : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_FUTURE:
        return has_ts ? ARMALO_REASON_TIMESTAMP_FUTURE : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_TIMESTAMP_SIGN:
    case FORGE_NUMBER_TIMESTAMP_ZERO:
    case FORGE_NUMBER_TIMESTAMP_FRACTION:
    case FORGE_NUMBER_TIMESTAMP_SPACE:
    case FORGE_NUMBER_TIMESTAMP_HUGE:
        return has_ts ? ARMALO_REASON_TIMESTAMP_MALFORMED : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_WRONG_KEY:
    case FORGE_NUMBER_SIGNATURE_FLIPPED:
        return ARMALO_REASON_SIGNATURE_MISMATCH;
    case FORGE_NUMBER_SIGNATURE_SHORT:
    case FORGE_NUMBER_SIGNATURE_LONG:
        return ARMALO_REASON_SIGNATURE_LENGTH;
    case FORGE_NUMBER_SIGNATURE_MALFORMED:
        return ARMALO_REASON_SIGNATURE_MALFORMED;
    case FORGE_NUMBER_SIGNATURE_VERSION:
        return k->prefix[0] != 0 ? ARMALO_REASON_SIGNATURE_VERSION : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_SIGNATURE_NONE:
        return k->items ? ARMALO_REASON_SIGNATURE_MISSING : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_MANY_SIGNATURES:
        return k->items ? ARMALO_REASON_SIGNATURES_TOO_MANY : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_BODY_CHANGED:
    case FORGE_NUMBER_BODY_CUT:
    case FORGE_NUMBER_BODY_LONGER:
        return ARMALO_REASON_SIGNATURE_MISMATCH;
    case FORGE_NUMBER_ID_CHANGED:
        return k->content == FORGE_ID_TS_BODY ? ARMALO_REASON_SIGNATURE_MISMATCH : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_TIMESTAMP_CHANGED:
        return has_ts ? ARMALO_REASON_SIGNATURE_MISMATCH : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_BODY_TOO_LARGE:
        return ARMALO_REASON_BODY_TOO_LARGE;
    case FORGE_NUMBER_EVENT_OTHER:
        return ARMALO_REASON_EVENT_NOT_ALLOWED;
    case FORGE_NUMBER_EVENT_IN_BODY_MISSING:
        return k->event_in_body ? ARMALO_REASON_EVENT_MISSING : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_EVENT_IN_BODY_NUMBER:
    case FORGE_NUMBER_EVENT_IN_BODY_TWICE:
    case FORGE_NUMBER_BODY_NOT_JSON:
        return k->event_in_body ? ARMALO_REASON_EVENT_UNREADABLE : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_ID_IN_BODY_MISSING:
        return k->id_in_body ? ARMALO_REASON_DELIVERY_ID_MISSING : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_ID_IN_BODY_NUMBER:
        return k->id_in_body ? ARMALO_REASON_DELIVERY_ID_UNREADABLE : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_NAMES_MISSING:
    case FORGE_NUMBER_NAMED_MISSING:
        return hook0 ? ARMALO_REASON_SIGNED_HEADER_MISSING : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_NAMES_TWICE:
    case FORGE_NUMBER_NAMED_AMBIGUOUS:
        return hook0 ? ARMALO_REASON_SIGNED_HEADER_AMBIGUOUS : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_NAMED_TWICE:
        return hook0 ? ARMALO_REASON_HEADER_REPEATED : ARMALO_REASON_GRANTED;
    case FORGE_NUMBER_NAMED_CHANGED:
        return hook0 ? ARMALO_REASON_SIGNATURE_MISMATCH : ARMALO_REASON_GRANTED;
    default:
        return ARMALO_REASON_UNDECIDED;
    }
}

#define FORGE_EVENT "invoice.paid"
#define FORGE_ID    "msg_2Lh9KRb0pzN4LePd3XiA4v12Axj"
/* The names of the headers that hook0 v1 covers here, in the order of h=. */
#define FORGE_NAMES "x-event-type x-tenant"

/* A delivery. forge_make() fills everything; a test may then change headers, values and body, and use f->request. */
typedef struct forge {
    const forge_kind *kind;
    const char *key; /* what it was signed with */
    char id[512], timestamp[64], event[512], signature[8192], tenant[64];
    char body[2 * FORGE_MAX_BODY];
    armalo_header headers[300];
    armalo_request request;
} forge;

static inline armalo_header forge_header(const char *name, const char *value) {
    armalo_header header = {name, strlen(name), value, strlen(value)};
    return header;
}

static inline void forge_add(forge *f, const char *name, const char *value) {
    f->headers[f->request.header_count++] = forge_header(name, value);
}

/* The header of the request with this name; NULL: none. */
static inline armalo_header *forge_find(forge *f, const char *name) {
    for (size_t i = 0; i < f->request.header_count; i++) {
        if (strlen(name) == f->headers[i].name_len && memcmp(f->headers[i].name, name, strlen(name)) == 0)
            return &f->headers[i];
    }
    return NULL;
}

static inline void forge_set(forge *f, const char *name, const char *value) {
    armalo_header *header = forge_find(f, name);
    if (header == NULL) ck_abort_msg("no header %s", name);
    header->value = value;
    header->value_len = strlen(value);
}

/* The signature, without prefix, over what f holds now. */
static inline void forge_sign_now(const forge *f, const char *key, char out[132]) {
    static char content[2 * FORGE_MAX_BODY + 2048];
    size_t len = 0, room = sizeof content - f->request.body_len;
    switch (f->kind->content) {
    case FORGE_ID_TS_BODY:
        len = (size_t)snprintf(content, room, "%s.%s.", f->id, f->timestamp);
        break;
    case FORGE_TS_BODY:
        len = (size_t)snprintf(content, room, "%s.", f->timestamp);
        break;
    case FORGE_V0_TS_BODY:
        len = (size_t)snprintf(content, room, "v0:%s:", f->timestamp);
        break;
    case FORGE_TS_NAMES_VALUES_BODY:
        len = (size_t)snprintf(content, room, "%s." FORGE_NAMES ".%s.%s.", f->timestamp, f->event, f->tenant);
        break;
    case FORGE_BODY:
        break;
    }
    if (f->request.body_len > 0) memcpy(content + len, f->request.body, f->request.body_len);
    forge_sign(f->kind, key, content, len + f->request.body_len, out);
}

/* The signature header's value, from one signature. */
static inline void forge_wrap(forge *f, const char *signature) {
    if (f->kind->content == FORGE_TS_NAMES_VALUES_BODY)
        snprintf(f->signature, sizeof f->signature, "t=%s,h=" FORGE_NAMES ",v1=%s", f->timestamp, signature);
    else if (f->kind->timestamp_item)
        snprintf(f->signature, sizeof f->signature, "t=%s,%s%s", f->timestamp, f->kind->prefix, signature);
    else
        snprintf(f->signature, sizeof f->signature, "%s%s", f->kind->prefix, signature);
}

static inline void forge_body_make(forge *f, uint64_t defects) {
    const char *type = "\"type\":\"" FORGE_EVENT "\",", *id = "\"id\":\"evt_1NG8Du2eZvKYlo2CUI79vXWy\",";
    if (defects & FORGE_BIT(EVENT_OTHER)) type = "\"type\":\"invoice.void\",";
    if (defects & FORGE_BIT(EVENT_IN_BODY_MISSING)) type = "";
    if (defects & FORGE_BIT(EVENT_IN_BODY_NUMBER)) type = "\"type\":1,";
    if (defects & FORGE_BIT(EVENT_IN_BODY_TWICE)) type = "\"type\":\"" FORGE_EVENT "\",\"type\":\"" FORGE_EVENT "\",";
    if (defects & FORGE_BIT(ID_IN_BODY_MISSING)) id = "";
    if (defects & FORGE_BIT(ID_IN_BODY_NUMBER)) id = "\"id\":7,";
    if (defects & FORGE_BIT(LONG_EVENT))
        snprintf(f->body, sizeof f->body, "{%s\"type\":\"%0200d\",\"data\":{}}", id, 1);
    else
        snprintf(f->body, sizeof f->body, "{%s%s\"data\":{\"amount\":\"12.50\"}}", id, type);
    if (defects & FORGE_BIT(BODY_NOT_JSON)) snprintf(f->body, sizeof f->body, "type=" FORGE_EVENT);
    f->request.body = f->body;
    f->request.body_len = strlen(f->body);
}

static inline void forge_timestamp_make(forge *f, int64_t now_s, uint64_t defects) {
    int64_t at = defects & FORGE_BIT(STALE) ? now_s - 301 : defects & FORGE_BIT(FUTURE) ? now_s + 301 : now_s;
    const char *format = defects & FORGE_BIT(TIMESTAMP_SIGN)       ? "+%lld"
                         : defects & FORGE_BIT(TIMESTAMP_ZERO)     ? "0%lld"
                         : defects & FORGE_BIT(TIMESTAMP_FRACTION) ? "%lld.0"
                         : defects & FORGE_BIT(TIMESTAMP_SPACE)    ? "%lld "
                         : defects & FORGE_BIT(TIMESTAMP_HUGE)     ? "%lld00000000000"
                                                                   : "%lld";
    snprintf(f->timestamp, sizeof f->timestamp, format, (long long)at);
}

/* Spoil the encoded signature. */
static inline void forge_spoil(const forge *f, char *signature, uint64_t defects) {
    size_t len = strlen(signature);
    if (defects & FORGE_BIT(SIGNATURE_FLIPPED)) signature[0] = signature[0] == '0' ? '1' : '0';
    if (defects & FORGE_BIT(SIGNATURE_MALFORMED)) signature[3] = f->kind->hex ? 'G' : '-';
    if (defects & FORGE_BIT(SIGNATURE_SHORT)) signature[len - 1] = 0;
    if (defects & FORGE_BIT(SIGNATURE_LONG)) memcpy(signature + len, f->kind->hex ? "0" : "=", 2);
}

static inline void forge_signature_make(forge *f, uint64_t defects) {
    char signature[140], many[512] = "";
    forge_sign_now(f, f->key, signature);
    forge_spoil(f, signature, defects);
    forge_wrap(f, signature);
    char *item = strstr(f->signature, f->kind->prefix);
    if (f->kind->timestamp_item) item = strstr(f->signature, f->kind->prefix);
    if (defects & FORGE_BIT(SIGNATURE_VERSION) && f->kind->prefix[0] != 0) item[0] = 'x';
    if (defects & FORGE_BIT(SIGNATURE_NONE) && f->kind->items) {
        if (f->kind->timestamp_item)
            item[-1] = 0;
        else
            memcpy(f->signature, "  ", 3);
    }
    if (defects & FORGE_BIT(MANY_SIGNATURES) && f->kind->items) {
        for (int i = 0; i < 16; i++) snprintf(many + strlen(many), 16, "%cx%d", f->kind->items, i);
        memcpy(f->signature + strlen(f->signature), many, strlen(many) + 1);
    }
    if (f->kind->timestamp_item && defects & (FORGE_BIT(NO_TIMESTAMP) | FORGE_BIT(EMPTY_TIMESTAMP))) {
        size_t cut = strlen(f->timestamp) + (defects & FORGE_BIT(NO_TIMESTAMP) ? 3u : 0u);
        char *from = f->signature + (defects & FORGE_BIT(NO_TIMESTAMP) ? 0 : 2);
        memmove(from, from + cut, strlen(from + cut) + 1);
    } else if (f->kind->timestamp_item && defects & FORGE_BIT(TWO_TIMESTAMPS)) {
        snprintf(f->signature + strlen(f->signature), 80, ",t=%s", f->timestamp);
    }
    if (f->kind->content == FORGE_TS_NAMES_VALUES_BODY) {
        char *names = strstr(f->signature, "h=");
        if (names != NULL && defects & FORGE_BIT(NAMES_MISSING)) names[0] = 'z';
        if (defects & FORGE_BIT(NAMES_TWICE)) strcat(f->signature, ",h=" FORGE_NAMES);
    }
    if (defects & FORGE_BIT(LONG_SIGNATURE)) {
        size_t len = strlen(f->signature);
        memset(f->signature + len, 'A', 5000 - len);
        f->signature[5000] = 0;
    }
    if (defects & FORGE_BIT(SIGNATURE_NOT_ASCII)) strcat(f->signature, "\xC3\xA9");
    if (defects & FORGE_BIT(EMPTY_SIGNATURE)) f->signature[0] = 0;
}

static inline void forge_add_role(forge *f, const char *name, const char *value, uint64_t defects, uint64_t none,
                                  uint64_t empty, uint64_t twice) {
    if (name == NULL || defects & none) return;
    forge_add(f, name, defects & empty ? "" : value);
    if (defects & twice) forge_add(f, name, value);
}

/* A delivery of the kind, signed at now_s with key, with the defects. */
static inline void forge_make_with(forge *f, int kind, const char *key, int64_t now_s, uint64_t defects) {
    memset(f, 0, sizeof *f);
    f->kind = forge_kind_of(kind);
    f->key = defects & FORGE_BIT(WRONG_KEY) ? FORGE_OTHER_KEY : key;
    f->request.struct_size = sizeof f->request;
    f->request.headers = f->headers;
    snprintf(f->id, sizeof f->id, "%s",
             defects & FORGE_BIT(ID_WITH_DOT)     ? "msg.1"
             : defects & FORGE_BIT(ID_WITH_SPACE) ? "msg 1"
             : defects & FORGE_BIT(ID_NOT_ASCII)  ? "msg_\xC3\xA9"
                                                  : FORGE_ID);
    if (defects & FORGE_BIT(LONG_ID)) snprintf(f->id, sizeof f->id, "%0256d", 1);
    snprintf(f->event, sizeof f->event, "%s",
             defects & FORGE_BIT(EVENT_OTHER)                 ? "invoice.void"
             : f->kind->content == FORGE_TS_NAMES_VALUES_BODY ? "invoice_paid"
                                                              : FORGE_EVENT);
    if (f->kind->content == FORGE_TS_NAMES_VALUES_BODY && defects & FORGE_BIT(EVENT_OTHER))
        snprintf(f->event, sizeof f->event, "invoice_void");
    if (defects & FORGE_BIT(LONG_EVENT)) snprintf(f->event, sizeof f->event, "%0128d", 1);
    snprintf(f->tenant, sizeof f->tenant, defects & FORGE_BIT(NAMED_AMBIGUOUS) ? "a.b" : "tenant-1");
    forge_timestamp_make(f, now_s, defects);
    forge_body_make(f, defects);
    forge_signature_make(f, defects);
    if (defects & FORGE_BIT(ID_CHANGED)) f->id[0] = 'n';
    if (defects & FORGE_BIT(TIMESTAMP_CHANGED)) {
        char other[32];
        snprintf(other, sizeof other, "%lld", (long long)now_s - 1);
        char *in_item = f->kind->timestamp_item ? strstr(f->signature, f->timestamp) : f->timestamp;
        if (in_item != NULL) memcpy(in_item, other, strlen(other));
    }
    if (defects & FORGE_BIT(BODY_CHANGED)) f->body[f->request.body_len - 4] ^= 1;
    if (defects & FORGE_BIT(BODY_CUT)) f->request.body_len--;
    if (defects & FORGE_BIT(BODY_LONGER)) f->body[f->request.body_len++] = ' ';
    if (defects & FORGE_BIT(NAMED_CHANGED)) f->tenant[0] = 'T';
    if (defects & FORGE_BIT(BODY_TOO_LARGE)) f->request.body_len = FORGE_MAX_BODY + 1;
    if (!(defects & FORGE_BIT(NO_HEADERS))) {
        forge_add(f, "Content-Type", "application/json");
        forge_add_role(f, f->kind->id, f->id, defects, FORGE_BIT(NO_ID), FORGE_BIT(EMPTY_ID), FORGE_BIT(TWO_IDS));
        forge_add_role(f, f->kind->timestamp, f->timestamp, defects, FORGE_BIT(NO_TIMESTAMP),
                       FORGE_BIT(EMPTY_TIMESTAMP), FORGE_BIT(TWO_TIMESTAMPS));
        forge_add_role(f, f->kind->signature, f->signature, defects, FORGE_BIT(NO_SIGNATURE),
                       FORGE_BIT(EMPTY_SIGNATURE), FORGE_BIT(TWO_SIGNATURES));
        forge_add_role(f, f->kind->event, f->event, defects, FORGE_BIT(NO_EVENT), FORGE_BIT(EMPTY_EVENT),
                       FORGE_BIT(TWO_EVENTS));
        if (f->kind->content == FORGE_TS_NAMES_VALUES_BODY)
            forge_add_role(f, "X-Tenant", f->tenant, defects, FORGE_BIT(NAMED_MISSING), 0, FORGE_BIT(NAMED_TWICE));
        forge_add(f, "User-Agent", "forge/1");
    }
    while (defects & FORGE_BIT(MANY_HEADERS) && f->request.header_count < 257) forge_add(f, "X-Filler", "1");
}

static inline void forge_make(forge *f, int kind, int64_t now_s, uint64_t defects) {
    forge_make_with(f, kind, FORGE_KEY, now_s, defects);
}

/* Sign again what the test has changed. */
static inline void forge_resign(forge *f) {
    char signature[140];
    forge_sign_now(f, f->key, signature);
    forge_wrap(f, signature);
    forge_set(f, f->kind->signature, f->signature);
}

/* ---- Endpoints ---- */

typedef struct forge_config {
    armalo_webhook_config config;
    armalo_secret secret[9];
    char text[9][160];
} forge_config;

static inline const char *const *forge_events(void) {
    static const char *const events[] = {"ping", FORGE_EVENT, "invoice_paid"};
    return events;
}

/* One secret (FORGE_KEY), an allowlist with the forge's event, no store. Add to it what the test is about. */
static inline void forge_config_init(forge_config *c, int kind, enum forge_side side) {
    memset(c, 0, sizeof *c);
    forge_secret(forge_kind_of(kind), FORGE_KEY, side, c->text[0]);
    c->secret[0].text = c->text[0];
    c->secret[0].text_len = strlen(c->text[0]);
    c->config.struct_size = sizeof c->config;
    c->config.scheme = forge_kind_of(kind)->scheme;
    c->config.secrets = c->secret;
    c->config.secret_count = 1;
    c->config.events = forge_events();
    c->config.event_count = 3;
    c->config.max_body = FORGE_MAX_BODY;
}

static inline void forge_config_add(forge_config *c, int kind, const char *key, enum forge_side side,
                                    int64_t expires_ms) {
    size_t n = c->config.secret_count++;
    forge_secret(forge_kind_of(kind), key, side, c->text[n]);
    c->secret[n].text = c->text[n];
    c->secret[n].text_len = strlen(c->text[n]);
    c->secret[n].expires_ms = expires_ms;
}

static inline armalo_webhook *forge_open(world *w, const armalo_webhook_config *config) {
    armalo_webhook *hook = armalo_webhook_new(w->host, config, &w->why);
    if (hook == NULL) ck_abort_msg("no endpoint: %s (%s)", armalo_reason_name(w->why.reason), w->why.detail);
    return hook;
}

/* The endpoint of a kind with the usual configuration. Its secrets must not be told. */
static inline armalo_webhook *forge_hook(world *w, int kind, const armalo_store *store) {
    forge_config c;
    forge_config_init(&c, kind, FORGE_RECEIVES);
    c.config.store = store;
    forge_taboo(w, FORGE_KEY);
    return forge_open(w, &c.config);
}

#endif
