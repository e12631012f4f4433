/* SPDX-License-Identifier: MIT */
/* One delivery, from its headers to its signature. */
#include "codec/memory.h"
#include "codec/text.h"
#include "core/decide.h"
#include "core/json_reason.h"
#include "webhook/webhook.h"

#define ARMALO_I_MAX_SECONDS   UINT64_C(9007199254740991) /* 2^53-1 */
#define ARMALO_I_ED25519_STACK 8192

/* What the items of the signature header came to, besides signatures that can be checked. */
typedef struct armalo_i_items {
    armalo_i_span timestamp, names;
    unsigned timestamps, name_lists, total, unknown, malformed, wrong_length;
} armalo_i_items;

static int armalo_i_has_prefix(armalo_i_span item, const armalo_i_text *prefix) {
    return item.len >= prefix->len && memcmp(item.ptr, prefix->text, prefix->len) == 0;
}

static int armalo_i_version_of(const armalo_i_scheme *s, armalo_i_span item) {
    int best = -1;
    for (int v = 0; v < s->version_count; v++) {
        if (!armalo_i_has_prefix(item, &s->version[v].prefix)) continue;
        if (best < 0 || s->version[v].prefix.len > s->version[best].prefix.len) best = v;
    }
    return best;
}

static int armalo_i_version_checkable(const armalo_webhook *hook, const armalo_i_version *version, int64_t now_ms) {
    for (uint32_t k = 0; k < hook->key_count; k++) {
        if (armalo_i_key_checks(&hook->key[k], version->algorithm) && armalo_i_key_active(&hook->key[k], now_ms))
            return 1;
    }
    return 0;
}

static void armalo_i_take_signature(armalo_i_check *check, int v, armalo_i_span text, armalo_i_items *items) {
    const armalo_i_version *version = &check->hook->scheme.version[v];
    size_t size = version->algorithm == ARMALO_I_ED25519 ? ARMALO_I_ED25519_SIGNATURE : ARMALO_I_SHA256_SIZE, len = 0;
    size_t text_len = version->encoding == ARMALO_I_HEX ? 2 * size : ARMALO_I_BASE64_LEN(size);
    armalo_i_signature *signature = &check->signature[check->signature_count];
    if (text.len != text_len) {
        items->wrong_length++;
        return;
    }
    int decoded = version->encoding == ARMALO_I_HEX ? armalo_i_hex_decode(text, signature->bytes, size, &len)
                                                    : armalo_i_base64_decode(text, signature->bytes, size, &len);
    if (decoded != 1 || len != size) {
        items->malformed++;
        return;
    }
    signature->version = (uint8_t)v;
    check->signature_count++;
}

static uint32_t armalo_i_take_items(armalo_i_check *check, armalo_i_span value, armalo_i_items *items) {
    const armalo_i_scheme *s = &check->hook->scheme;
    memset(items, 0, sizeof *items);
    while (value.ptr != NULL) {
        const char *end = s->separator.len > 0 ? memchr(value.ptr, s->separator.text[0], value.len) : NULL;
        armalo_i_span item = armalo_i_span_of(value.ptr, end == NULL ? value.len : (size_t)(end - value.ptr));
        value = end == NULL ? armalo_i_span_of(NULL, 0) : armalo_i_span_of(end + 1, value.len - item.len - 1);
        if (s->timestamp_prefix.len > 0 && armalo_i_has_prefix(item, &s->timestamp_prefix)) {
            items->timestamps++;
            items->timestamp = armalo_i_span_of(item.ptr + s->timestamp_prefix.len, item.len - s->timestamp_prefix.len);
            continue;
        }
        if (s->names_prefix.len > 0 && armalo_i_has_prefix(item, &s->names_prefix)) {
            items->name_lists++;
            items->names = armalo_i_span_of(item.ptr + s->names_prefix.len, item.len - s->names_prefix.len);
            continue;
        }
        if (item.len == 0) continue;
        if (++items->total > ARMALO_WEBHOOK_MAX_SIGNATURES) return ARMALO_REASON_SIGNATURES_TOO_MANY;
        int v = armalo_i_version_of(s, item);
        if (v < 0 || !armalo_i_version_checkable(check->hook, &s->version[v], check->now_ms)) {
            items->unknown++;
            continue;
        }
        size_t skip = s->version[v].prefix.len;
        armalo_i_take_signature(check, v, armalo_i_span_of(item.ptr + skip, item.len - skip), items);
    }
    return items->name_lists > 1 ? ARMALO_REASON_SIGNED_HEADER_AMBIGUOUS : ARMALO_REASON_GRANTED;
}

/* Why no signature of the delivery can be checked. */
static uint32_t armalo_i_items_reason(const armalo_i_items *items) {
    if (items->malformed > 0) return ARMALO_REASON_SIGNATURE_MALFORMED;
    if (items->wrong_length > 0) return ARMALO_REASON_SIGNATURE_LENGTH;
    return items->unknown > 0 ? ARMALO_REASON_SIGNATURE_VERSION : ARMALO_REASON_SIGNATURE_MISSING;
}

uint32_t armalo_i_check_fresh(const armalo_i_check *check, int64_t now_ms) {
    if (!check->hook->scheme.has_timestamp) return ARMALO_REASON_GRANTED; /* labelled freshness:not_provided */
    int64_t age = now_ms / 1000 - check->timestamp_s;                     /* both between 0 and 2^53 */
    if (age > check->hook->tolerance_s) return ARMALO_REASON_TIMESTAMP_STALE;
    return age < -check->hook->tolerance_s ? ARMALO_REASON_TIMESTAMP_FUTURE : ARMALO_REASON_GRANTED;
}

static uint32_t armalo_i_take_timestamp(armalo_i_check *check, armalo_i_span text) {
    uint64_t seconds = 0;
    if (text.len == 0) return ARMALO_REASON_TIMESTAMP_MISSING;
    if (armalo_i_decimal(text, ARMALO_I_MAX_SECONDS, &seconds) != 1) return ARMALO_REASON_TIMESTAMP_MALFORMED;
    check->timestamp_s = (int64_t)seconds;
    return armalo_i_check_fresh(check, check->now_ms);
}

static int armalo_i_version_present(const armalo_i_check *check, uint8_t v) {
    for (uint32_t i = 0; i < check->signature_count; i++) {
        if (check->signature[i].version == v) return 1;
    }
    return 0;
}

/* Put a version's content together and open a lane for each secret that can check it. */
static uint32_t armalo_i_open_version(armalo_i_check *check, uint8_t v, const armalo_i_content_input *in) {
    const armalo_webhook *hook = check->hook;
    const armalo_i_version *version = &hook->scheme.version[v];
    char prefix[ARMALO_I_CONTENT_PREFIX_MAX];
    size_t len = 0;
    int event_covered = 0;
    uint32_t reason = armalo_i_content_prefix(version, in, prefix, sizeof prefix, &len, &event_covered);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    if (event_covered) check->event_covered |= UINT32_C(1) << v;
    if (version->algorithm == ARMALO_I_ED25519) {
        if (len > sizeof check->ed25519_prefix) return ARMALO_REASON_HEADER_TOO_LONG;
        memcpy(check->ed25519_prefix, prefix, len);
        check->ed25519_prefix_len = len;
        check->ed25519_version = v;
        check->needs_body = 1;
        return ARMALO_REASON_GRANTED;
    }
    for (uint8_t k = 0; k < hook->key_count; k++) {
        const armalo_i_key *key = &hook->key[k];
        if (key->kind != ARMALO_I_SECRET_HMAC || !armalo_i_key_active(key, check->now_ms)) continue;
        armalo_i_lane *lane = &check->lane[check->lane_count++];
        lane->version = v;
        lane->key = k;
        lane->state = key->hmac.inner;
        armalo_i_sha256_add(&lane->state, prefix, len);
    }
    return ARMALO_REASON_GRANTED;
}

/* A version whose content cannot be put together cannot be checked, but another one may be. */
static uint32_t armalo_i_open_versions(armalo_i_check *check, const armalo_i_content_input *in) {
    uint32_t opened = 0, fault = ARMALO_REASON_UNDECIDED;
    for (uint8_t v = 0; v < check->hook->scheme.version_count; v++) {
        if (!armalo_i_version_present(check, v)) continue;
        uint32_t reason = armalo_i_open_version(check, v, in);
        if (reason == ARMALO_REASON_GRANTED)
            opened++;
        else if (fault == ARMALO_REASON_UNDECIDED)
            fault = reason;
    }
    return opened > 0 ? ARMALO_REASON_GRANTED : fault;
}

/* Where no signed id tells deliveries apart, what was signed does: the timestamp and the body. Which version was signed
 * plays no part, or one delivery could be given twice under two versions. */
static void armalo_i_open_content_key(armalo_i_check *check, armalo_i_span timestamp) {
    const armalo_i_scheme *s = &check->hook->scheme;
    check->has_content_key =
        check->hook->store != NULL && !s->has_id_pointer && !(s->version[0].covers & ARMALO_LABEL_COVERS_ID);
    if (!check->has_content_key) return;
    check->content_key = check->hook->store_key;
    armalo_i_sha256_add(&check->content_key, "c", 1);
    armalo_i_sha256_add(&check->content_key, timestamp.ptr, timestamp.len);
    armalo_i_sha256_add(&check->content_key, ".", 1);
}

static int armalo_i_any_key_active(const armalo_webhook *hook, int64_t now_ms) {
    for (uint32_t k = 0; k < hook->key_count; k++) {
        if (armalo_i_key_active(&hook->key[k], now_ms)) return 1;
    }
    return 0;
}

uint32_t armalo_i_check_begin(armalo_i_check *check, const armalo_webhook *hook, const armalo_request *request,
                              int64_t now_ms, const char **detail) {
    const armalo_i_scheme *s = &hook->scheme;
    armalo_i_fields fields;
    armalo_i_items items;
    const uint8_t *family = NULL;
    check->hook = hook;
    check->now_ms = now_ms;
    check->timestamp_s = 0;
    check->event_covered = check->signature_count = check->lane_count = 0;
    check->body_len = check->ed25519_prefix_len = 0;
    check->ed25519_version = ARMALO_I_VERSIONS;
    check->needs_body = (!hook->any_event && s->has_event_pointer) || s->has_id_pointer;
    check->id = check->event = armalo_i_span_of(NULL, 0);
    if (!armalo_i_any_key_active(hook, now_ms)) return ARMALO_REASON_SECRET_EXPIRED;

    uint32_t reason = armalo_i_fields_find(s, request, !hook->any_event, &fields, &family, detail);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    *detail = NULL;
    check->event_header = family[ARMALO_I_ROLE_EVENT];
    if (check->event_header != ARMALO_I_NO_HEADER && fields.count[check->event_header] == 1) {
        check->event = fields.value[check->event_header];
        if (check->event.len > ARMALO_WEBHOOK_MAX_EVENT) return ARMALO_REASON_EVENT_UNREADABLE;
    }
    if (family[ARMALO_I_ROLE_ID] != ARMALO_I_NO_HEADER) {
        check->id = fields.value[family[ARMALO_I_ROLE_ID]];
        if (check->id.len > ARMALO_WEBHOOK_MAX_ID) return ARMALO_REASON_HEADER_TOO_LONG;
        if (memchr(check->id.ptr, ' ', check->id.len) != NULL) return ARMALO_REASON_ID_INVALID; /* visible ASCII */
    }

    reason = armalo_i_take_items(check, fields.value[family[ARMALO_I_ROLE_SIGNATURE]], &items);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    armalo_i_content_input in = {&fields, request, check->id, items.timestamp, items.names, check->event_header, s};
    if (family[ARMALO_I_ROLE_TIMESTAMP] != ARMALO_I_NO_HEADER)
        in.timestamp = fields.value[family[ARMALO_I_ROLE_TIMESTAMP]];
    if (items.timestamps > 1) return ARMALO_REASON_TIMESTAMP_MALFORMED;
    reason = s->has_timestamp ? armalo_i_take_timestamp(check, in.timestamp) : ARMALO_REASON_GRANTED;
    if (reason != ARMALO_REASON_GRANTED) return reason;

    if (check->signature_count == 0) return armalo_i_items_reason(&items);
    armalo_i_open_content_key(check, in.timestamp);
    return armalo_i_open_versions(check, &in);
}

uint32_t armalo_i_check_update(armalo_i_check *check, const void *data, size_t len) {
    if (len > check->hook->max_body - check->body_len) return ARMALO_REASON_BODY_TOO_LARGE;
    if (check->body_len == 0 && len > 0) check->body_first = *(const char *)data;
    check->body_len += len;
    for (uint32_t i = 0; i < check->lane_count; i++) armalo_i_sha256_add(&check->lane[i].state, data, len);
    if (check->has_content_key) armalo_i_sha256_add(&check->content_key, data, len);
    return ARMALO_REASON_GRANTED;
}

static int armalo_i_lane_blurred(const armalo_i_check *check, const armalo_i_lane *lane) {
    return armalo_i_body_blurs(&check->hook->scheme.version[lane->version], &check->body_first, check->body_len);
}

/* Why nothing matched. */
static uint32_t armalo_i_mismatch(const armalo_i_check *check) {
    for (uint32_t l = 0; l < check->lane_count; l++) {
        if (armalo_i_lane_blurred(check, &check->lane[l])) return ARMALO_REASON_SIGNED_HEADER_AMBIGUOUS;
    }
    return ARMALO_REASON_SIGNATURE_MISMATCH;
}

/* All lanes against all signatures of their version, without an early end. *matched: bit n for version n. */
static void armalo_i_match_hmac(armalo_i_check *check, uint32_t *matched) {
    uint8_t tag[ARMALO_I_SHA256_SIZE];
    for (uint32_t l = 0; l < check->lane_count; l++) {
        armalo_i_lane *lane = &check->lane[l];
        if (armalo_i_lane_blurred(check, lane)) continue;
        if (!armalo_i_key_active(&check->hook->key[lane->key], check->now_ms))
            continue; /* expired while the body came */
        armalo_i_hmac_end(&check->hook->key[lane->key].hmac, &lane->state, tag);
        for (uint32_t i = 0; i < check->signature_count; i++) {
            if (check->signature[i].version != lane->version) continue;
            *matched |= (uint32_t)armalo_i_equal(tag, check->signature[i].bytes, sizeof tag) << lane->version;
        }
    }
    armalo_i_wipe(tag, sizeof tag); /* the right tag for these bytes would let anybody send them */
}

static void armalo_i_match_ed25519(const armalo_i_check *check, const uint8_t *content, size_t len, uint32_t *matched) {
    for (uint32_t i = 0; i < check->signature_count; i++) {
        if (check->signature[i].version != check->ed25519_version) continue;
        for (uint32_t k = 0; k < check->hook->key_count; k++) {
            const armalo_i_key *key = &check->hook->key[k];
            if (key->kind == ARMALO_I_SECRET_HMAC || !armalo_i_key_active(key, check->now_ms)) continue;
            int good = armalo_i_ed25519_verify(key->ed25519_public, content, len, check->signature[i].bytes);
            *matched |= (uint32_t)good << check->ed25519_version;
        }
    }
}

/* Pure Ed25519 wants its message in one piece: the content up to the body, and the body. */
static uint32_t armalo_i_end_ed25519(const armalo_i_check *check, const uint8_t *whole, uint32_t *matched) {
    uint8_t small[ARMALO_I_ED25519_STACK], *content = small;
    size_t len = check->ed25519_prefix_len + check->body_len;
    if (len > sizeof small) {
        content = armalo_i_alloc(len);
        if (content == NULL) return ARMALO_REASON_NO_MEMORY;
    }
    memcpy(content, check->ed25519_prefix, check->ed25519_prefix_len);
    if (check->body_len > 0) memcpy(content + check->ed25519_prefix_len, whole, check->body_len);
    armalo_i_match_ed25519(check, content, len, matched);
    if (content != small) armalo_i_release(content);
    return ARMALO_REASON_GRANTED;
}

static uint32_t armalo_i_labels_of(const armalo_i_check *check, uint32_t matched) {
    const armalo_i_scheme *s = &check->hook->scheme;
    uint32_t labels = 0;
    for (uint32_t v = 0; v < s->version_count; v++) {
        if (matched >> v & 1) labels |= s->version[v].covers;
    }
    if (s->compatibility) labels |= ARMALO_LABEL_COMPATIBILITY;
    if (!s->has_timestamp) labels |= ARMALO_LABEL_FRESHNESS_NOT_PROVIDED;
    if (check->id.len > 0 && !(labels & ARMALO_LABEL_COVERS_ID)) labels |= ARMALO_LABEL_DELIVERY_ID_UNSIGNED;
    if (check->event.len > 0 && !(check->event_covered & matched)) labels |= ARMALO_LABEL_EVENT_UNSIGNED;
    if (check->hook->store == NULL) labels |= ARMALO_LABEL_REPLAY_UNCHECKED;
    return labels;
}

static uint32_t armalo_i_body_text(const armalo_i_check *check, const uint8_t *whole,
                                   const armalo_i_json_pointer *pointer, armalo_decision *why, char *out, size_t cap,
                                   uint32_t missing, uint32_t unreadable) {
    armalo_i_json_value found;
    armalo_i_span body = armalo_i_span_of(whole == NULL ? (const uint8_t *)"" : whole, check->body_len);
    size_t len = 0;
    armalo_i_json_fault fault;
    if (armalo_i_json_scan(body, SIZE_MAX, pointer, &found, &fault) != 1) {
        const char *name = armalo_reason_name(armalo_i_json_reason(fault.status));
        armalo_i_decision_detail(why, fault.status == ARMALO_I_JSON_MEMBERS ? "too many members open at once" : name,
                                 NULL, NULL);
        return unreadable;
    }
    if (found.type == ARMALO_I_JSON_NONE) return missing;
    return armalo_i_json_identifier(found, out, cap, &len) == 1 ? ARMALO_REASON_GRANTED : unreadable;
}

static int armalo_i_event_allowed(const armalo_webhook *hook, const char *event) {
    uint32_t low = 0, high = hook->event_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(event, hook->events[middle]);
        if (order == 0) return 1;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return 0;
}

static uint32_t armalo_i_judge_event(const armalo_i_check *check, const uint8_t *whole, armalo_delivery *delivery,
                                     armalo_decision *why) {
    const armalo_webhook *hook = check->hook;
    if (check->event.len > 0) memcpy(delivery->event, check->event.ptr, check->event.len);
    if (hook->any_event) return ARMALO_REASON_GRANTED;
    if (hook->scheme.has_event_pointer) {
        uint32_t reason =
            armalo_i_body_text(check, whole, &hook->scheme.event_pointer, why, delivery->event, sizeof delivery->event,
                               ARMALO_REASON_EVENT_MISSING, ARMALO_REASON_EVENT_UNREADABLE);
        if (reason != ARMALO_REASON_GRANTED) return reason;
    }
    if (delivery->event[0] == 0) return ARMALO_REASON_EVENT_MISSING;
    return armalo_i_event_allowed(hook, delivery->event) ? ARMALO_REASON_GRANTED : ARMALO_REASON_EVENT_NOT_ALLOWED;
}

/* The delivery's id, and its key in the store. */
static uint32_t armalo_i_judge_id(armalo_i_check *check, const uint8_t *whole, armalo_delivery *delivery,
                                  armalo_decision *why) {
    const armalo_webhook *hook = check->hook;
    if (check->id.len > 0) memcpy(delivery->id, check->id.ptr, check->id.len);
    if (hook->scheme.has_id_pointer) {
        uint32_t reason =
            armalo_i_body_text(check, whole, &hook->scheme.id_pointer, why, delivery->id, sizeof delivery->id,
                               ARMALO_REASON_DELIVERY_ID_MISSING, ARMALO_REASON_DELIVERY_ID_UNREADABLE);
        if (reason != ARMALO_REASON_GRANTED) return reason;
    }
    if (hook->store == NULL) return ARMALO_REASON_GRANTED;
    if (!check->has_content_key) {
        check->content_key = hook->store_key;
        armalo_i_sha256_add(&check->content_key, "i", 1);
        armalo_i_sha256_add(&check->content_key, delivery->id, strlen(delivery->id));
    }
    armalo_i_sha256_end(&check->content_key, delivery->key);
    return ARMALO_REASON_GRANTED;
}

uint32_t armalo_i_check_end(armalo_i_check *check, const uint8_t *whole, armalo_delivery *delivery,
                            armalo_decision *why) {
    const armalo_webhook *hook = check->hook;
    uint32_t matched = 0;
    if (check->needs_body && whole == NULL && check->body_len > 0) return ARMALO_REASON_UNDECIDED;
    if (!armalo_i_any_key_active(hook, check->now_ms)) return ARMALO_REASON_SECRET_EXPIRED; /* while the body came */
    armalo_i_match_hmac(check, &matched);
    if (check->ed25519_version < ARMALO_I_VERSIONS) {
        uint32_t reason = armalo_i_end_ed25519(check, whole, &matched);
        if (reason != ARMALO_REASON_GRANTED) return reason;
    }
    if (matched == 0) return armalo_i_mismatch(check);

    why->authenticated = 1;
    memcpy(why->principal, hook->endpoint, sizeof why->principal);
    why->labels |= armalo_i_labels_of(check, matched);
    if (why->labels & hook->refuse_labels || ~why->labels & hook->require_labels) return ARMALO_REASON_LABEL_REFUSED;
    delivery->timestamp_s = check->timestamp_s;
    uint32_t reason = armalo_i_judge_event(check, whole, delivery, why);
    return reason == ARMALO_REASON_GRANTED ? armalo_i_judge_id(check, whole, delivery, why) : reason;
}
