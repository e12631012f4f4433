/* SPDX-License-Identifier: MIT */
/* tests/world.h: a world to decide in (clock, audit sink, root key), and what every denial and every grant must look
 * like. Header only; a world belongs to one thread. */
#ifndef ARMALO_TESTS_WORLD_H
#define ARMALO_TESTS_WORLD_H

#include "armalo.h"
#include "test.h"

#include <stdarg.h>

#define FORGE_NOW_S      INT64_C(1700000000)
#define FORGE_EVENT_SIZE 8192
#define FORGE_EVENTS     8 /* events that a world remembers */

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
    char taboo[16][160]; /* texts that may not appear in any event, detail or public text */
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
    if (w->taboos == sizeof w->taboo / sizeof w->taboo[0]) return;
    snprintf(w->taboo[w->taboos++], sizeof w->taboo[0], "%s", text);
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
    if (w->why.evidence == ARMALO_POSITIVE) FORGE_FAIL("a denial that holds");
    /* A test key, or an artifact of a weaker mode, holds, but as a simulation. */
    if (w->why.evidence == ARMALO_SIMULATED && reason != ARMALO_REASON_KEY_SIMULATED &&
        reason != ARMALO_REASON_ATTEST_SIMULATED)
        FORGE_FAIL("a denial that holds");
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

#endif
