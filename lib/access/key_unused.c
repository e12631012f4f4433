/* SPDX-License-Identifier: MIT */
/* Least privilege: the scopes of a key that its audit trail never needed. */
#include "access/record.h"
#include "audit/event.h"
#include "codec/memory.h"
#include "core/decide.h"

#define ARMALO_I_LOG_LINE_MAX ((size_t)1 << 20)

/* The scopes of the key, in their canonical order, and which of them were seen to be needed. */
typedef struct armalo_i_usage {
    armalo_i_key_record record;
    char text[ARMALO_SCOPES_TEXT_SIZE];
    size_t text_len;
    uint8_t used[ARMALO_SCOPES_MAX];
} armalo_i_usage;

/* A granted scope was used if it, or for resource:* one of its resource, was required. */
static void armalo_i_usage_mark(armalo_i_usage *usage, armalo_i_span required) {
    armalo_i_span list = armalo_i_span_of(usage->text, usage->text_len), scope;
    size_t at = 0;
    for (size_t i = 0; armalo_i_scopes_next(list, &at, &scope) == 1; i++) {
        int wild = scope.ptr[scope.len - 1] == '*';
        if (armalo_i_span_equal(scope, required))
            usage->used[i] = 1;
        else if (wild && required.len >= scope.len &&
                 armalo_i_span_equal(armalo_i_span_of(scope.ptr, scope.len - 1),
                                     armalo_i_span_of(required.ptr, scope.len - 1)))
            usage->used[i] = 1;
    }
}

/* One event. 1 if it could be read, of whatever kind it is; 0 if it is none. */
static int armalo_i_usage_event(armalo_i_usage *usage, armalo_i_span line) {
    static const armalo_i_json_pointer whole;
    armalo_i_json_value root, none, element;
    armalo_i_json_iter iter;
    if (armalo_i_json_scan(line, ARMALO_I_LOG_LINE_MAX, &whole, &root, NULL) != 1 || root.type != ARMALO_I_JSON_OBJECT)
        return 0;
    if (armalo_i_json_member(root, "specversion").type != ARMALO_I_JSON_STRING) return 0;
    armalo_i_json_value data = armalo_i_json_member(root, "data"), decision = armalo_i_json_member(data, "decision");
    armalo_i_json_value principal = armalo_i_json_member(decision, "principal");
    if (armalo_i_json_member(decision, "granted").type != ARMALO_I_JSON_TRUE) return 1;
    if (principal.type != ARMALO_I_JSON_STRING ||
        !armalo_i_json_equals(principal, armalo_i_span_text(usage->record.id)))
        return 1;
    armalo_i_json_value required = armalo_i_json_member(data, "required");
    if (required.type != ARMALO_I_JSON_ARRAY || !armalo_i_json_enter(required, &iter)) return 1;
    while (armalo_i_json_next(&iter, &none, &element)) {
        char scope[ARMALO_SCOPE_MAX + 1];
        size_t len = 0;
        if (!armalo_i_json_identifier(element, scope, sizeof scope, &len)) return 0;
        armalo_i_usage_mark(usage, armalo_i_span_of(scope, len));
    }
    return 1;
}

static uint32_t armalo_i_usage_read(const armalo_host *host, armalo_i_span record, armalo_i_span log,
                                    armalo_i_usage *usage) {
    uint32_t reason = armalo_i_key_record_open(host, record, &usage->record);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    armalo_scopes *set = armalo_scopes_new(usage->record.scopes, usage->record.scopes_len, NULL);
    if (set == NULL) return ARMALO_REASON_NO_MEMORY;
    int fits = armalo_scopes_text(set, usage->text, sizeof usage->text, &usage->text_len);
    armalo_scopes_free(set);
    if (!fits) return ARMALO_REASON_UNDECIDED;
    while (log.len > 0) {
        const char *end = memchr(log.ptr, '\n', log.len);
        size_t len = end == NULL ? log.len : (size_t)(end - log.ptr);
        armalo_i_span line = armalo_i_span_of(log.ptr, len > 0 && log.ptr[len - 1] == '\r' ? len - 1 : len);
        if (line.len > 0 && !armalo_i_usage_event(usage, line)) return ARMALO_REASON_KEY_LOG_MALFORMED;
        size_t taken = end == NULL ? len : len + 1;
        log = armalo_i_span_of(log.ptr + taken, log.len - taken);
    }
    return ARMALO_REASON_GRANTED;
}

static size_t armalo_i_usage_write(const armalo_i_usage *usage, char *buf, size_t cap) {
    armalo_i_span list = armalo_i_span_of(usage->text, usage->text_len), scope;
    armalo_i_writer w = {buf, cap, 0};
    size_t at = 0;
    for (size_t i = 0; armalo_i_scopes_next(list, &at, &scope) == 1; i++) {
        if (usage->used[i]) continue;
        if (w.len > 0) armalo_i_write_raw(&w, " ", 1);
        armalo_i_write_raw(&w, scope.ptr, scope.len);
    }
    return w.len;
}

int armalo_key_unused(armalo_host *host, const char *record, size_t record_len, const char *log, size_t log_len,
                      char *buf, size_t cap, size_t *len, armalo_decision *why) {
    armalo_decision unseen_why;
    size_t need = 0;
    if (why == NULL) why = &unseen_why;
    if (len != NULL) *len = 0;
    if (host == NULL || record == NULL || (log == NULL && log_len > 0) || (buf == NULL && cap > 0)) {
        return armalo_i_refuse(why, ARMALO_REASON_INVALID_ARGUMENT, NULL);
    }
    uint32_t reason = armalo_i_decision_begin(host, why, armalo_i_span_of(NULL, 0));
    if (reason == ARMALO_REASON_GRANTED && !host->has_root_key) reason = ARMALO_REASON_HOST_ROOT_KEY_MISSING;
    armalo_i_usage *usage = reason == ARMALO_REASON_GRANTED ? armalo_i_alloc(sizeof *usage) : NULL;
    if (reason == ARMALO_REASON_GRANTED && usage == NULL) reason = ARMALO_REASON_NO_MEMORY;
    if (reason == ARMALO_REASON_GRANTED) {
        reason = armalo_i_usage_read(host, armalo_i_span_of(record, record_len), armalo_i_span_of(log, log_len), usage);
    }
    if (reason == ARMALO_REASON_GRANTED) {
        need = armalo_i_usage_write(usage, NULL, 0);
        if (len != NULL) *len = need;
        if (need >= cap) reason = ARMALO_REASON_BUFFER_TOO_SMALL;
        memcpy(why->principal, usage->record.id, sizeof why->principal);
        memcpy(why->org, usage->record.org, sizeof why->org);
    }
    armalo_i_event event = {"key.reviewed", why->principal[0] != 0 ? why->principal : "-", ",\"control\":\"api_keys\"",
                            0};
    int granted = armalo_i_conclude(host, why, reason, &event);
    if (granted) buf[armalo_i_usage_write(usage, buf, cap)] = 0;
    armalo_i_release(usage);
    return granted;
}
