/* SPDX-License-Identifier: MIT */
/* Making and ending an endpoint. */
#include "webhook/endpoint.h"
#include "codec/memory.h"
#include "core/decide.h"
#include "webhook/webhook.h"

int armalo_i_endpoint_usable(const char *name) {
    size_t len = 0;
    for (; name[len] != 0; len++) {
        char c = name[len];
        int good =
            (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr("_.:-", c) != NULL;
        if (!good || len >= ARMALO_I_ENDPOINT_MAX) return 0;
    }
    return len > 0;
}

static uint32_t armalo_i_read_scheme(armalo_webhook *hook, const armalo_webhook_config *config, const char **detail) {
    armalo_i_span json = armalo_i_span_of(config->scheme_json, config->scheme_json_len);
    if ((config->scheme == NULL) == (config->scheme_json == NULL)) {
        *detail = "exactly one of scheme and scheme_json";
        return ARMALO_REASON_WEBHOOK_CONFIG_INVALID;
    }
    if (config->scheme != NULL) json = armalo_i_preset(config->scheme);
    if (config->scheme != NULL && json.len == 0) return ARMALO_REASON_SCHEME_UNKNOWN;
    return armalo_i_scheme_parse(json, &hook->scheme, detail);
}

static uint32_t armalo_i_read_secrets(armalo_webhook *hook, const armalo_webhook_config *config, const char **detail) {
    static const char *const which[ARMALO_WEBHOOK_MAX_SECRETS] = {
        "secrets[0]", "secrets[1]", "secrets[2]", "secrets[3]", "secrets[4]", "secrets[5]", "secrets[6]", "secrets[7]"};
    if (config->secrets == NULL || config->secret_count == 0) return ARMALO_REASON_SECRET_MISSING;
    if (config->secret_count > ARMALO_WEBHOOK_MAX_SECRETS) return ARMALO_REASON_SECRET_TOO_MANY;
    for (size_t i = 0; i < config->secret_count; i++) {
        *detail = which[i];
        if (config->secrets[i].expires_ms < 0) return ARMALO_REASON_WEBHOOK_CONFIG_INVALID;
        uint32_t reason = armalo_i_key_read(&hook->scheme, &config->secrets[i], &hook->key[i]);
        if (reason != ARMALO_REASON_GRANTED) return reason;
        /* A secret that no version of the scheme can use would sit there unnoticed. */
        int used = 0;
        for (size_t v = 0; v < hook->scheme.version_count; v++) {
            used |= armalo_i_key_checks(&hook->key[i], hook->scheme.version[v].algorithm);
        }
        if (!used) return ARMALO_REASON_SECRET_ENCODING;
        hook->key_count++;
    }
    *detail = NULL;
    return ARMALO_REASON_GRANTED;
}

static void armalo_i_sort_events(char **events, uint32_t count) {
    for (uint32_t i = 1; i < count; i++) { /* at most 1,024, once */
        char *event = events[i];
        uint32_t at = i;
        for (; at > 0 && strcmp(events[at - 1], event) > 0; at--) events[at] = events[at - 1];
        events[at] = event;
    }
}

static uint32_t armalo_i_read_events(armalo_webhook *hook, const armalo_webhook_config *config, const char **detail) {
    int any = config->any_event == ARMALO_ANY_EVENT;
    *detail = "any_event";
    if (config->any_event != 0 && !any) return ARMALO_REASON_WEBHOOK_CONFIG_INVALID;
    *detail = "events";
    if (config->event_count == 0 || config->events == NULL) {
        if (config->event_count != 0 || config->events != NULL) return ARMALO_REASON_WEBHOOK_CONFIG_INVALID;
        hook->any_event = any;
        *detail = NULL;
        return any ? ARMALO_REASON_GRANTED : ARMALO_REASON_EVENTS_MISSING;
    }
    if (any || config->event_count > ARMALO_WEBHOOK_MAX_EVENTS) return ARMALO_REASON_WEBHOOK_CONFIG_INVALID;
    size_t size = config->event_count * sizeof(char *);
    for (size_t i = 0; i < config->event_count; i++) {
        if (config->events[i] == NULL) return ARMALO_REASON_WEBHOOK_CONFIG_INVALID;
        size_t len = strlen(config->events[i]);
        if (len == 0 || len > ARMALO_WEBHOOK_MAX_EVENT) return ARMALO_REASON_WEBHOOK_CONFIG_INVALID;
        size += len + 1;
    }
    if (!hook->scheme.has_event_pointer && hook->scheme.family[0][ARMALO_I_ROLE_EVENT] == ARMALO_I_NO_HEADER) {
        *detail = "events, but the scheme does not say where the event's name is";
        return ARMALO_REASON_WEBHOOK_CONFIG_INVALID;
    }
    hook->events = armalo_i_alloc(size);
    if (hook->events == NULL) return ARMALO_REASON_NO_MEMORY;
    char *text = (char *)(hook->events + config->event_count);
    for (size_t i = 0; i < config->event_count; i++) {
        size_t len = strlen(config->events[i]) + 1;
        memcpy(text, config->events[i], len);
        hook->events[i] = text;
        text += len;
    }
    hook->event_count = (uint32_t)config->event_count;
    armalo_i_sort_events(hook->events, hook->event_count);
    *detail = NULL;
    return ARMALO_REASON_GRANTED;
}

static const char *armalo_i_numbers_fault(const armalo_webhook_config *config, int64_t tolerance_s) {
    const int64_t day_ms = 86400000, ten_years_ms = 3650 * day_ms;
    if (config->tolerance_s < 0 || config->tolerance_s > ARMALO_WEBHOOK_MAX_TOLERANCE_S) return "tolerance_s";
    if (config->lease_ms < 0 || config->lease_ms > day_ms) return "lease_ms";
    if (config->keep_ms < 0 || config->keep_ms > ten_years_ms) return "keep_ms";
    /* Forgotten while its timestamp is still good, a delivery could be replayed. Ages are judged in whole seconds, so
     * one more counts. */
    int64_t keep_ms = config->keep_ms != 0 ? config->keep_ms : ARMALO_WEBHOOK_KEEP_DEFAULT_MS;
    int64_t lease_ms = config->lease_ms != 0 ? config->lease_ms : ARMALO_WEBHOOK_LEASE_DEFAULT_MS;
    if (keep_ms < 2 * tolerance_s * 1000 + 1000 || keep_ms < lease_ms) return "keep_ms";
    /* A label this library does not know could not be refused, or found. */
    if (config->refuse_labels & ~ARMALO_I_LABELS) return "refuse_labels";
    if (config->require_labels & ~ARMALO_I_LABELS || config->require_labels & config->refuse_labels)
        return "require_labels";
    return NULL;
}

static uint32_t armalo_i_read_numbers(armalo_webhook *hook, const armalo_webhook_config *config, const char **detail) {
    hook->tolerance_s = config->tolerance_s != 0 ? config->tolerance_s : hook->scheme.tolerance_s;
    *detail = armalo_i_numbers_fault(config, hook->tolerance_s);
    if (*detail != NULL) return ARMALO_REASON_WEBHOOK_CONFIG_INVALID;
    hook->max_body = config->max_body != 0 ? config->max_body : ARMALO_WEBHOOK_BODY_DEFAULT;
    hook->lease_ms = config->lease_ms != 0 ? config->lease_ms : ARMALO_WEBHOOK_LEASE_DEFAULT_MS;
    hook->keep_ms = config->keep_ms != 0 ? config->keep_ms : ARMALO_WEBHOOK_KEEP_DEFAULT_MS;
    hook->alert_after = config->alert_after != 0 ? config->alert_after : ARMALO_WEBHOOK_ALERT_DEFAULT;
    hook->refuse_labels = config->refuse_labels;
    hook->require_labels = config->require_labels;
    return ARMALO_REASON_GRANTED;
}

static uint32_t armalo_i_read_store(armalo_webhook *hook, const armalo_webhook_config *config, const char **detail) {
    const armalo_store *store = config->store;
    if (store != NULL && (store->struct_size != sizeof *store || store->claim == NULL || store->settle == NULL)) {
        *detail = "store";
        return ARMALO_REASON_WEBHOOK_CONFIG_INVALID;
    }
    hook->store = store;
    /* Delivery keys begin with the endpoint's name and a NUL, so that endpoints can share a store. */
    armalo_i_sha256_begin(&hook->store_key);
    armalo_i_sha256_add(&hook->store_key, hook->endpoint, strlen(hook->endpoint) + 1);
    return ARMALO_REASON_GRANTED;
}

static uint32_t armalo_i_read_config(armalo_webhook *hook, const armalo_webhook_config *config, const char **detail) {
    const char *endpoint = config->endpoint != NULL ? config->endpoint : "default";
    *detail = "endpoint";
    if (!armalo_i_endpoint_usable(endpoint)) return ARMALO_REASON_WEBHOOK_CONFIG_INVALID;
    memcpy(hook->endpoint, endpoint, strlen(endpoint) + 1);
    *detail = NULL;
    uint32_t reason = armalo_i_read_scheme(hook, config, detail);
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_read_secrets(hook, config, detail);
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_read_events(hook, config, detail);
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_read_numbers(hook, config, detail);
    return reason == ARMALO_REASON_GRANTED ? armalo_i_read_store(hook, config, detail) : reason;
}

armalo_webhook *armalo_webhook_new(armalo_host *host, const armalo_webhook_config *config, armalo_decision *why) {
    const char *detail = NULL;
    armalo_i_refuse(why, ARMALO_REASON_UNDECIDED, NULL);
    if (host == NULL || config == NULL || config->struct_size != sizeof *config) {
        armalo_i_refuse(why, ARMALO_REASON_INVALID_ARGUMENT,
                        host == NULL     ? "host is NULL"
                        : config == NULL ? "config is NULL"
                                         : "config.struct_size");
        return NULL;
    }
    armalo_webhook *hook = armalo_i_alloc(sizeof *hook);
    if (hook == NULL) {
        armalo_i_refuse(why, ARMALO_REASON_NO_MEMORY, NULL);
        return NULL;
    }
    hook->host = host;
    for (size_t i = 0; i < ARMALO_I_FAILURES; i++) atomic_init(&hook->failures[i], 0);
    uint32_t reason = armalo_i_read_config(hook, config, &detail);
    if (reason == ARMALO_REASON_GRANTED) return hook;
    armalo_webhook_free(hook);
    armalo_i_refuse(why, reason, detail);
    return NULL;
}

void armalo_webhook_free(armalo_webhook *hook) {
    if (hook == NULL) return;
    armalo_i_release(hook->events);
    armalo_i_release_wiped(hook, sizeof *hook);
}

_Static_assert(ARMALO_I_ENDPOINT_MAX + 1 == sizeof(((armalo_webhook *)0)->endpoint), "the name fits");
_Static_assert(sizeof(((armalo_webhook *)0)->endpoint) == ARMALO_NAME_SIZE,
               "a decision's principal is the endpoint's name");
