/* SPDX-License-Identifier: MIT */
#include "codec/memory.h"
#include "codec/text.h"
#include "core/decide.h"
#include "core/host.h"

static const struct {
    int32_t status;
    const char *word;
} armalo_i_classes[] = {
    [ARMALO_CLASS_INTERNAL] = {500, "internal"},       [ARMALO_CLASS_OK] = {200, "ok"},
    [ARMALO_CLASS_BAD_REQUEST] = {400, "bad_request"}, [ARMALO_CLASS_UNAUTHORIZED] = {401, "unauthorized"},
    [ARMALO_CLASS_FORBIDDEN] = {403, "forbidden"},     [ARMALO_CLASS_NOT_FOUND] = {404, "not_found"},
    [ARMALO_CLASS_CONFLICT] = {409, "conflict"},       [ARMALO_CLASS_TOO_LARGE] = {413, "too_large"},
    [ARMALO_CLASS_UNAVAILABLE] = {503, "unavailable"},
};

static const struct {
    uint32_t bit;
    const char *name;
} armalo_i_labels[] = {
    {ARMALO_LABEL_COMPATIBILITY, "compatibility"},
    {ARMALO_LABEL_FRESHNESS_NOT_PROVIDED, "freshness:not_provided"},
    {ARMALO_LABEL_DELIVERY_ID_UNSIGNED, "delivery_id:unsigned"},
    {ARMALO_LABEL_EVENT_UNSIGNED, "event:unsigned"},
    {ARMALO_LABEL_COVERS_ID, "covers:id"},
    {ARMALO_LABEL_COVERS_TIMESTAMP, "covers:timestamp"},
    {ARMALO_LABEL_COVERS_BODY, "covers:body"},
    {ARMALO_LABEL_COVERS_HEADERS, "covers:headers"},
    {ARMALO_LABEL_REPLAY_UNCHECKED, "replay:unchecked"},
    {ARMALO_LABEL_AUDIT_OFF, "audit:off"},
    {ARMALO_LABEL_MODE_STAGING, "mode:staging"},
    {ARMALO_LABEL_MODE_SIMULATION, "mode:simulation"},
    {ARMALO_LABEL_MODE_DRY_RUN, "mode:dry_run"},
    {ARMALO_LABEL_KEY_LEGACY, "key:legacy"},
};

static int32_t armalo_i_class_known(int32_t public_class) {
    return public_class >= 0 && public_class <= ARMALO_CLASS_UNAVAILABLE ? public_class : ARMALO_CLASS_INTERNAL;
}

int32_t armalo_i_class_status(int32_t public_class) {
    return armalo_i_classes[armalo_i_class_known(public_class)].status;
}

static const char *armalo_i_mode_name(int32_t mode) {
    switch (mode) {
    case ARMALO_MODE_PRODUCTION:
        return "production";
    case ARMALO_MODE_STAGING:
        return "staging";
    case ARMALO_MODE_SIMULATION:
        return "simulation";
    case ARMALO_MODE_DRY_RUN:
        return "dry_run";
    default:
        return NULL;
    }
}

static uint32_t armalo_i_mode_label(int32_t mode) {
    switch (mode) {
    case ARMALO_MODE_STAGING:
        return ARMALO_LABEL_MODE_STAGING;
    case ARMALO_MODE_SIMULATION:
        return ARMALO_LABEL_MODE_SIMULATION;
    case ARMALO_MODE_DRY_RUN:
        return ARMALO_LABEL_MODE_DRY_RUN;
    default:
        return 0;
    }
}

void armalo_i_decision_reason(armalo_decision *why, uint32_t reason) {
    why->grant = 0;
    why->reason = reason;
    why->evidence = armalo_i_reason_evidence(reason);
    why->public_class = armalo_i_reason_class(reason);
    why->http_status = armalo_i_class_status(why->public_class);
}

void armalo_i_decision_detail(armalo_decision *why, const char *a, const char *b, const char *c) {
    const char *piece[] = {a, b, c};
    size_t at = 0;
    for (size_t i = 0; i < 3; i++) {
        for (const char *p = piece[i]; p != NULL && *p != 0 && at + 1 < sizeof why->detail; p++) why->detail[at++] = *p;
    }
    why->detail[at] = 0;
}

int armalo_i_refuse(armalo_decision *why, uint32_t reason, const char *detail) {
    if (why == NULL) return 0;
    armalo_i_zero(why, sizeof *why);
    armalo_i_decision_reason(why, reason);
    armalo_i_decision_detail(why, detail, NULL, NULL);
    return 0;
}

static int armalo_i_request_id_usable(armalo_i_span id) {
    if (id.ptr == NULL || id.len == 0 || id.len >= ARMALO_REQUEST_ID_SIZE) return 0;
    for (size_t i = 0; i < id.len; i++) {
        if (id.ptr[i] <= ' ' || id.ptr[i] > '~') return 0;
    }
    return 1;
}

uint32_t armalo_i_decision_begin(const armalo_host *host, armalo_decision *why, armalo_i_span request_id) {
    armalo_i_zero(why, sizeof *why);
    armalo_i_decision_reason(why, ARMALO_REASON_UNDECIDED);
    if (host == NULL) return ARMALO_REASON_INVALID_ARGUMENT;
    why->mode = host->mode;
    why->labels = armalo_i_mode_label(host->mode) | (host->audit_off ? ARMALO_LABEL_AUDIT_OFF : 0);
    uint32_t clock = armalo_i_host_now(host, &why->decided_at_ms);
    if (armalo_i_request_id_usable(request_id))
        memcpy(why->request_id, request_id.ptr, request_id.len);
    else
        armalo_i_host_id(host, "req_", why->request_id);
    if (armalo_i_mode_name(host->mode) == NULL) return ARMALO_REASON_HOST_MODE_UNSET;
    return clock;
}

int armalo_decision_granted(const armalo_decision *decision) {
    return decision != NULL && decision->grant == ARMALO_GRANT && decision->reason == ARMALO_REASON_GRANTED;
}

/* Texts of a decision may be garbage without an end. */
static armalo_i_span armalo_i_bounded(const char *text, size_t size) {
    const char *end = memchr(text, 0, size);
    return armalo_i_span_of(text, end == NULL ? size : (size_t)(end - text));
}

void armalo_i_write_member(armalo_i_writer *w, const char *name_and_colon, const char *text, size_t size) {
    armalo_i_span span = armalo_i_bounded(text, size);
    armalo_i_write_text(w, name_and_colon);
    if (span.len == 0)
        armalo_i_write_text(w, "null");
    else
        armalo_i_write_string(w, span.ptr, span.len);
}

/* The class alone decides the words; a denial that carries the class of a grant is a broken one. */
static int32_t armalo_i_class_shown(const armalo_decision *d, int granted) {
    if (granted) return ARMALO_CLASS_OK;
    int32_t shown = armalo_i_class_known(d->public_class);
    return shown == ARMALO_CLASS_OK ? ARMALO_CLASS_INTERNAL : shown;
}

void armalo_i_decision_write(armalo_i_writer *w, const armalo_decision *d, int granted) {
    char time[ARMALO_I_TIME_LEN + 1];
    const char *mode = armalo_i_mode_name(d->mode);
    int32_t shown = armalo_i_class_shown(d, granted);
    armalo_i_write_text(w, granted ? "{\"granted\":true,\"evidence\":\"" : "{\"granted\":false,\"evidence\":\"");
    armalo_i_write_text(w, armalo_evidence_name(d->evidence));
    armalo_i_write_text(w, "\",\"reason\":\"");
    armalo_i_write_text(w, armalo_reason_name(d->reason));
    armalo_i_write_text(w, "\",\"class\":\"");
    armalo_i_write_text(w, armalo_i_classes[shown].word);
    armalo_i_write_text(w, "\",\"http_status\":");
    armalo_i_write_int(w, armalo_i_classes[shown].status);
    armalo_i_write_member(w, ",\"detail\":", d->detail, sizeof d->detail);
    armalo_i_write_member(w, ",\"request_id\":", d->request_id, sizeof d->request_id);
    armalo_i_write_text(w, ",\"decided_at\":");
    if (d->decided_at_ms > 0 && armalo_i_time_text(d->decided_at_ms, time) > 0) {
        armalo_i_write_string(w, time, ARMALO_I_TIME_LEN);
    } else {
        armalo_i_write_text(w, "null");
    }
    armalo_i_write_text(w, ",\"mode\":");
    if (mode != NULL)
        armalo_i_write_string(w, mode, strlen(mode));
    else
        armalo_i_write_text(w, "null");
    armalo_i_write_member(w, ",\"principal\":", d->principal, sizeof d->principal);
    armalo_i_write_member(w, ",\"org\":", d->org, sizeof d->org);
    armalo_i_write_text(w, ",\"labels\":[");
    int first = 1;
    for (size_t i = 0; i < sizeof armalo_i_labels / sizeof armalo_i_labels[0]; i++) {
        if (!(d->labels & armalo_i_labels[i].bit)) continue;
        if (!first) armalo_i_write_raw(w, ",", 1);
        first = 0;
        armalo_i_write_string(w, armalo_i_labels[i].name, strlen(armalo_i_labels[i].name));
    }
    armalo_i_write_text(w, "]}");
}

static const armalo_decision armalo_i_no_decision; /* all zero: a denial */

static void armalo_i_public_write(armalo_i_writer *w, const armalo_decision *d) {
    int granted = armalo_decision_granted(d);
    int32_t shown = armalo_i_class_shown(d, granted);
    armalo_i_write_text(w, granted ? "{\"status\":\"" : "{\"error\":\"");
    armalo_i_write_text(w, armalo_i_classes[shown].word);
    armalo_i_write_raw(w, "\"", 1);
    armalo_i_span id = armalo_i_bounded(d->request_id, sizeof d->request_id);
    if (d->authenticated == 1 && id.len > 0) {
        armalo_i_write_text(w, ",\"request_id\":");
        armalo_i_write_string(w, id.ptr, id.len);
    }
    armalo_i_write_raw(w, "}", 1);
}

static void armalo_i_operator_write(armalo_i_writer *w, const armalo_decision *d) {
    armalo_i_decision_write(w, d, armalo_decision_granted(d));
}

/* Measure, then write: a buffer that is too small stays as it was. */
static const char *armalo_i_decision_text(void (*write)(armalo_i_writer *, const armalo_decision *),
                                          const armalo_decision *d, char *buf, size_t cap, size_t *len,
                                          const char *fallback) {
    if (d == NULL) d = &armalo_i_no_decision;
    armalo_i_writer measure = {NULL, 0, 0};
    write(&measure, d);
    if (len != NULL) *len = measure.len;
    if (buf == NULL || measure.len >= cap) return fallback;
    armalo_i_writer w = {buf, cap, 0};
    write(&w, d);
    buf[w.len] = 0;
    return buf;
}

const char *armalo_decision_public(const armalo_decision *decision, char *buf, size_t cap, size_t *len) {
    return armalo_i_decision_text(armalo_i_public_write, decision, buf, cap, len, "{\"error\":\"internal\"}");
}

const char *armalo_decision_operator(const armalo_decision *decision, char *buf, size_t cap, size_t *len) {
    return armalo_i_decision_text(armalo_i_operator_write, decision, buf, cap, len,
                                  "{\"granted\":false,\"reason\":\"core.buffer_too_small\"}");
}
