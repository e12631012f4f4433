/* SPDX-License-Identifier: MIT */
/* tests/webhook_forge.h: deliveries of every preset signed by OpenSSL and libsodium alone, with one flag for each
 * defect, and a store that can misbehave. What a decision must look like is in tests/world.h.
 *
 * Header only; a program that includes it links with libarmalo.a, Check, libcrypto and libsodium, as the Makefile does.
 */
#ifndef ARMALO_TESTS_WEBHOOK_FORGE_H
#define ARMALO_TESTS_WEBHOOK_FORGE_H

#include "world.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

/* The texts that tests put together are short; what the compiler knows of their buffers alone is not. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wformat-truncation"
#endif

#define FORGE_MAX_BODY 4096

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

/* Which presets a defect can befall. */
enum forge_part {
    FORGE_ALWAYS,
    FORGE_HAS_ID,
    FORGE_ID_SIGNED,
    FORGE_ID_BODY,
    FORGE_HAS_TIME,
    FORGE_HAS_PREFIX,
    FORGE_HAS_ITEMS,
    FORGE_EVENT_HEADER,
    FORGE_EVENT_BODY,
    FORGE_NAMES
};

static inline int forge_has(const forge_kind *k, enum forge_part part) {
    switch (part) {
    case FORGE_HAS_ID:
        return k->id != NULL;
    case FORGE_ID_SIGNED:
        return k->content == FORGE_ID_TS_BODY;
    case FORGE_ID_BODY:
        return k->id_in_body;
    case FORGE_HAS_TIME:
        return k->timestamp != NULL || k->timestamp_item;
    case FORGE_HAS_PREFIX:
        return k->prefix[0] != 0;
    case FORGE_HAS_ITEMS:
        return k->items != 0;
    case FORGE_EVENT_HEADER:
        return k->event != NULL;
    case FORGE_EVENT_BODY:
        return k->event_in_body;
    case FORGE_NAMES:
        return k->content == FORGE_TS_NAMES_VALUES_BODY;
    default:
        return 1;
    }
}

/* One flag for each defect, the part that it spoils, and the one reason for it with an allowlist of the forge's event.
 */
/* clang-format off */
#define FORGE_DEFECTS(X) \
    X(NO_HEADERS, ALWAYS, HEADER_MISSING) \
    X(NO_SIGNATURE, ALWAYS, HEADER_MISSING) \
    X(NO_ID, HAS_ID, HEADER_MISSING) \
    X(NO_TIMESTAMP, HAS_TIME, HEADER_MISSING) \
    X(NO_EVENT, EVENT_HEADER, HEADER_MISSING) \
    X(EMPTY_SIGNATURE, ALWAYS, HEADER_EMPTY) \
    X(EMPTY_ID, HAS_ID, HEADER_EMPTY) \
    X(EMPTY_TIMESTAMP, HAS_TIME, HEADER_EMPTY) \
    X(EMPTY_EVENT, EVENT_HEADER, HEADER_EMPTY) \
    X(TWO_SIGNATURES, ALWAYS, HEADER_REPEATED) \
    X(TWO_IDS, HAS_ID, HEADER_REPEATED) \
    X(TWO_TIMESTAMPS, HAS_TIME, HEADER_REPEATED) \
    X(TWO_EVENTS, EVENT_HEADER, HEADER_REPEATED) \
    X(MANY_HEADERS, ALWAYS, HEADERS_TOO_MANY) \
    X(LONG_SIGNATURE, ALWAYS, HEADER_TOO_LONG) \
    X(LONG_ID, HAS_ID, HEADER_TOO_LONG) \
    X(LONG_EVENT, ALWAYS, EVENT_UNREADABLE) \
    X(ID_NOT_ASCII, HAS_ID, HEADER_INVALID) \
    X(SIGNATURE_NOT_ASCII, ALWAYS, HEADER_INVALID) \
    X(ID_WITH_DOT, ID_SIGNED, ID_INVALID) \
    X(ID_WITH_SPACE, HAS_ID, ID_INVALID) \
    X(STALE, HAS_TIME, TIMESTAMP_STALE) \
    X(FUTURE, HAS_TIME, TIMESTAMP_FUTURE) \
    X(TIMESTAMP_SIGN, HAS_TIME, TIMESTAMP_MALFORMED) \
    X(TIMESTAMP_ZERO, HAS_TIME, TIMESTAMP_MALFORMED) \
    X(TIMESTAMP_FRACTION, HAS_TIME, TIMESTAMP_MALFORMED) \
    X(TIMESTAMP_SPACE, HAS_TIME, TIMESTAMP_MALFORMED) \
    X(TIMESTAMP_HUGE, HAS_TIME, TIMESTAMP_MALFORMED) \
    X(WRONG_KEY, ALWAYS, SIGNATURE_MISMATCH) \
    X(SIGNATURE_FLIPPED, ALWAYS, SIGNATURE_MISMATCH) \
    X(SIGNATURE_SHORT, ALWAYS, SIGNATURE_LENGTH) \
    X(SIGNATURE_LONG, ALWAYS, SIGNATURE_LENGTH) \
    X(SIGNATURE_MALFORMED, ALWAYS, SIGNATURE_MALFORMED) \
    X(SIGNATURE_VERSION, HAS_PREFIX, SIGNATURE_VERSION) \
    X(SIGNATURE_NONE, HAS_ITEMS, SIGNATURE_MISSING) \
    X(MANY_SIGNATURES, HAS_ITEMS, SIGNATURES_TOO_MANY) \
    X(BODY_CHANGED, ALWAYS, SIGNATURE_MISMATCH) \
    X(BODY_CUT, ALWAYS, SIGNATURE_MISMATCH) \
    X(BODY_LONGER, ALWAYS, SIGNATURE_MISMATCH) \
    X(ID_CHANGED, ID_SIGNED, SIGNATURE_MISMATCH) \
    X(TIMESTAMP_CHANGED, HAS_TIME, SIGNATURE_MISMATCH) \
    X(BODY_TOO_LARGE, ALWAYS, BODY_TOO_LARGE) \
    X(EVENT_OTHER, ALWAYS, EVENT_NOT_ALLOWED) \
    X(EVENT_IN_BODY_MISSING, EVENT_BODY, EVENT_MISSING) \
    X(EVENT_IN_BODY_NUMBER, EVENT_BODY, EVENT_UNREADABLE) \
    X(EVENT_IN_BODY_TWICE, EVENT_BODY, EVENT_UNREADABLE) \
    X(BODY_NOT_JSON, EVENT_BODY, EVENT_UNREADABLE) \
    X(ID_IN_BODY_MISSING, ID_BODY, DELIVERY_ID_MISSING) \
    X(ID_IN_BODY_NUMBER, ID_BODY, DELIVERY_ID_UNREADABLE) \
    X(NAMES_MISSING, NAMES, SIGNED_HEADER_MISSING) \
    X(NAMES_TWICE, NAMES, SIGNED_HEADER_AMBIGUOUS) \
    X(NAMED_MISSING, NAMES, SIGNED_HEADER_MISSING) \
    X(NAMED_AMBIGUOUS, NAMES, SIGNED_HEADER_AMBIGUOUS) \
    X(NAMED_TWICE, NAMES, HEADER_REPEATED) \
    X(NAMED_CHANGED, NAMES, SIGNATURE_MISMATCH)
/* clang-format on */
enum forge_defect_number {
#define FORGE_NUMBER(NAME, part, reason) FORGE_NUMBER_##NAME,
    FORGE_DEFECTS(FORGE_NUMBER)
#undef FORGE_NUMBER
        FORGE_DEFECT_COUNT
};
#define FORGE_BIT(NAME) (UINT64_C(1) << FORGE_NUMBER_##NAME)
_Static_assert(FORGE_DEFECT_COUNT <= 64, "one bit each");

static inline const char *forge_defect_name(int number) {
    static const char *const names[] = {
#define FORGE_NAME(NAME, part, reason) #NAME,
        FORGE_DEFECTS(FORGE_NAME)
#undef FORGE_NAME
    };
    return number >= 0 && number < FORGE_DEFECT_COUNT ? names[number] : "?";
}

/* The reason for a single defect; ARMALO_REASON_GRANTED when the preset does not have the part. */
static inline uint32_t forge_reason(const forge_kind *k, int number) {
    static const struct {
        enum forge_part part;
        uint32_t reason;
    } rows[] = {
#define FORGE_REASON(NAME, part, reason) {FORGE_##part, ARMALO_REASON_##reason},
        FORGE_DEFECTS(FORGE_REASON)
#undef FORGE_REASON
    };
    if (!forge_has(k, rows[number].part)) return ARMALO_REASON_GRANTED;
    if (k->timestamp_item && (number == FORGE_NUMBER_NO_TIMESTAMP || number == FORGE_NUMBER_EMPTY_TIMESTAMP))
        return ARMALO_REASON_TIMESTAMP_MISSING;
    if (k->timestamp_item && number == FORGE_NUMBER_TWO_TIMESTAMPS) return ARMALO_REASON_TIMESTAMP_MALFORMED;
    return rows[number].reason;
}

#define FORGE_EVENT "invoice.paid"
#define FORGE_ID    "msg_2Lh9KRb0pzN4LePd3XiA4v12Axj"
/* The names of the headers that hook0 v1 covers here, in the order of h=. */
#define FORGE_COVERED "x-event-type x-tenant"

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
        len = (size_t)snprintf(content, room, "%s." FORGE_COVERED ".%s.%s.", f->timestamp, f->event, f->tenant);
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
        snprintf(f->signature, sizeof f->signature, "t=%s,h=" FORGE_COVERED ",v1=%s", f->timestamp, signature);
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
    if (defects & FORGE_BIT(BODY_NOT_JSON)) snprintf(f->body, sizeof f->body, "{type=" FORGE_EVENT);
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
        if (names != NULL &&
            (defects & (FORGE_BIT(NAMES_MISSING) | FORGE_BIT(NAMES_TWICE))) == FORGE_BIT(NAMES_MISSING))
            names[0] = 'z';
        if (defects & FORGE_BIT(NAMES_TWICE)) strcat(f->signature, ",h=" FORGE_COVERED);
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
    snprintf(f->id, sizeof f->id, "%s%s%s%s", FORGE_ID, defects & FORGE_BIT(ID_WITH_DOT) ? ".1" : "",
             defects & FORGE_BIT(ID_WITH_SPACE) ? " 1" : "", defects & FORGE_BIT(ID_NOT_ASCII) ? "\xC3\xA9" : "");
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
    for (size_t i = 0; i < config->secret_count; i++) { /* what an endpoint was given may not be told */
        char text[160];
        if (config->secrets[i].text_len >= sizeof text) continue;
        memcpy(text, config->secrets[i].text, config->secrets[i].text_len);
        text[config->secrets[i].text_len] = 0;
        forge_taboo(w, text);
    }
    forge_taboo(w, FORGE_KEY);
    return hook;
}

/* The endpoint of a kind with the usual configuration. */
static inline armalo_webhook *forge_hook(world *w, int kind, const armalo_store *store) {
    forge_config c;
    forge_config_init(&c, kind, FORGE_RECEIVES);
    c.config.store = store;
    return forge_open(w, &c.config);
}

#endif
