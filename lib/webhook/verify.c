/* SPDX-License-Identifier: MIT */
/* Receiving: a delivery in one piece or in many, its claim, and its settlement. */
#include "audit/event.h"
#include "codec/memory.h"
#include "core/decide.h"
#include "webhook/webhook.h"

/* Room for the members of an event's data that belong to a delivery, with every byte escaped. */
#define ARMALO_I_MEMBERS_SIZE (6 * ARMALO_WEBHOOK_MAX_ID + 6 * ARMALO_WEBHOOK_MAX_EVENT + 160)

/* A delivery to be settled comes from the host, and may be garbage. */
static void armalo_i_delivery_members(const armalo_delivery *delivery, char *buf, size_t cap) {
    static const char *const dispositions[] = {"null", "\"process\"", "\"in_progress\"", "\"duplicate\"",
                                               "\"unchecked\""};
    armalo_i_writer w = {buf, cap - 1, 0};
    armalo_i_write_text(&w, ",\"control\":\"webhooks\"");
    armalo_i_write_member(&w, ",\"delivery_id\":", delivery->id, sizeof delivery->id);
    armalo_i_write_member(&w, ",\"event\":", delivery->event, sizeof delivery->event);
    armalo_i_write_text(&w, ",\"timestamp\":");
    armalo_i_write_int(&w, delivery->timestamp_s);
    armalo_i_write_text(&w, ",\"disposition\":");
    int known = delivery->disposition >= 0 && delivery->disposition <= ARMALO_UNCHECKED;
    armalo_i_write_text(&w, dispositions[known ? delivery->disposition : 0]);
    buf[w.len < cap ? w.len : 0] = 0;
}

static uint32_t armalo_i_claim(const armalo_webhook *hook, armalo_delivery *delivery, int64_t now_ms,
                               armalo_claim *claim) {
    memset(claim, 0, sizeof *claim);
    claim->struct_size = sizeof *claim;
    memcpy(claim->key, delivery->key, sizeof claim->key);
    claim->now_ms = now_ms;
    claim->lease_until_ms = now_ms + hook->lease_ms;
    claim->keep_until_ms = now_ms + hook->keep_ms;
    int32_t answer = hook->store->claim(hook->store->ctx, claim, &delivery->token);
    if (answer != ARMALO_PROCESS && answer != ARMALO_IN_PROGRESS && answer != ARMALO_DUPLICATE) {
        return ARMALO_REASON_STORE_UNAVAILABLE;
    }
    if (answer != ARMALO_PROCESS) delivery->token = 0;
    delivery->disposition = answer;
    return ARMALO_REASON_GRANTED;
}

int armalo_i_webhook_conclude(armalo_webhook *hook, uint32_t reason, armalo_delivery *delivery, armalo_decision *why) {
    char members[ARMALO_I_MEMBERS_SIZE];
    members[0] = 0;
    armalo_claim claim;
    int claimed = 0;
    if (reason == ARMALO_REASON_GRANTED && hook->store == NULL) delivery->disposition = ARMALO_UNCHECKED;
    if (reason == ARMALO_REASON_GRANTED && hook->store != NULL) {
        reason = armalo_i_claim(hook, delivery, why->decided_at_ms, &claim);
        claimed = reason == ARMALO_REASON_GRANTED && delivery->disposition == ARMALO_PROCESS;
    }
    if (hook->host->audit != NULL) armalo_i_delivery_members(delivery, members, sizeof members);
    armalo_i_event event = {"webhook.verify", hook->endpoint, members, 1};
    int granted = armalo_i_conclude(hook->host, why, reason, &event);
    if (!granted) {
        /* Denied after the claim (the audit sink failed): give the delivery back, so that the next attempt is
         * processed. */
        if (claimed) (void)hook->store->settle(hook->store->ctx, &claim, delivery->token, ARMALO_FAILED);
        armalo_i_zero(delivery, sizeof *delivery);
    }
    armalo_i_health_count(hook, ARMALO_I_VERIFY_FAILURE, granted, why);
    return granted;
}

/* Fill the decision with a denial and see whether there is anything to judge. */
static uint32_t armalo_i_webhook_open(const armalo_webhook *hook, const armalo_request *request, int has_delivery,
                                      armalo_decision *why) {
    int known = request != NULL && request->struct_size == sizeof *request;
    armalo_i_span id =
        known ? armalo_i_span_of(request->request_id, request->request_id_len) : armalo_i_span_of(NULL, 0);
    uint32_t reason = armalo_i_decision_begin(hook == NULL ? NULL : hook->host, why, id);
    if (hook == NULL || !known || (hook->store != NULL && !has_delivery) ||
        (request->body == NULL && request->body_len > 0)) {
        return ARMALO_REASON_INVALID_ARGUMENT;
    }
    return reason;
}

int armalo_webhook_verify(armalo_webhook *hook, const armalo_request *request, armalo_delivery *delivery,
                          armalo_decision *why) {
    armalo_decision unseen_why;
    armalo_delivery unseen;
    armalo_i_check check;
    check.lane_count = 0;
    const char *detail = NULL;
    int has_delivery = delivery != NULL;
    if (why == NULL) why = &unseen_why;
    if (delivery == NULL) delivery = &unseen;
    armalo_i_zero(delivery, sizeof *delivery);
    uint32_t reason = armalo_i_webhook_open(hook, request, has_delivery, why);
    if (hook == NULL) return armalo_i_refuse(why, reason, NULL);
    if (reason == ARMALO_REASON_GRANTED && request->body_len > hook->max_body) reason = ARMALO_REASON_BODY_TOO_LARGE;
    if (reason == ARMALO_REASON_GRANTED) {
        reason = armalo_i_check_begin(&check, hook, request, why->decided_at_ms, &detail);
    }
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_check_update(&check, request->body, request->body_len);
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_check_end(&check, request->body, delivery, why);
    armalo_i_wipe(check.lane, check.lane_count * sizeof check.lane[0]); /* keyed states */
    if (detail != NULL) armalo_i_decision_detail(why, detail, NULL, NULL);
    return armalo_i_webhook_conclude(hook, reason, delivery, why);
}

int armalo_webhook_settle(armalo_webhook *hook, const armalo_delivery *delivery, int outcome, armalo_decision *why) {
    armalo_decision unseen_why;
    char members[ARMALO_I_MEMBERS_SIZE];
    members[0] = 0;
    if (why == NULL) why = &unseen_why;
    uint32_t reason = armalo_i_decision_begin(hook == NULL ? NULL : hook->host, why, armalo_i_span_of(NULL, 0));
    if (hook == NULL || delivery == NULL || hook->store == NULL) reason = ARMALO_REASON_INVALID_ARGUMENT;
    if (hook == NULL) return armalo_i_refuse(why, reason, NULL);
    if (reason == ARMALO_REASON_GRANTED && delivery->disposition != ARMALO_PROCESS) reason = ARMALO_REASON_CLAIM_LOST;
    if (reason == ARMALO_REASON_GRANTED) {
        armalo_claim claim = {sizeof claim, {0}, why->decided_at_ms, 0, why->decided_at_ms + hook->keep_ms};
        memcpy(claim.key, delivery->key, sizeof claim.key);
        outcome = outcome == ARMALO_DONE ? ARMALO_DONE : ARMALO_FAILED;
        int32_t answer = hook->store->settle(hook->store->ctx, &claim, delivery->token, outcome);
        if (answer != 1)
            reason = answer == 0 ? ARMALO_REASON_CLAIM_LOST : ARMALO_REASON_STORE_UNAVAILABLE;
        else
            armalo_i_health_count(hook, ARMALO_I_HANDLER_FAILURE, outcome == ARMALO_DONE, why);
    }
    if (delivery != NULL && hook->host->audit != NULL) armalo_i_delivery_members(delivery, members, sizeof members);
    armalo_i_event event = {outcome == ARMALO_DONE ? "webhook.done" : "webhook.failed", hook->endpoint, members, 0};
    return armalo_i_conclude(hook->host, why, reason, &event);
}

struct armalo_webhook_stream {
    armalo_webhook *hook;
    uint32_t reason; /* why the delivery is denied already, or GRANTED */
    armalo_i_check check;
    armalo_decision why;
    uint8_t *body; /* kept only when the end needs it in one piece */
    size_t cap;
    char id[ARMALO_WEBHOOK_MAX_ID], event[ARMALO_WEBHOOK_MAX_EVENT];
};

/* The request's memory is the caller's: keep what the end still reads. */
static armalo_i_span armalo_i_keep(armalo_i_span value, char *own) {
    if (value.len > 0) memcpy(own, value.ptr, value.len);
    return armalo_i_span_of(own, value.len);
}

armalo_webhook_stream *armalo_webhook_begin(armalo_webhook *hook, const armalo_request *request, armalo_decision *why) {
    armalo_decision unseen_why;
    armalo_delivery none;
    const char *detail = NULL;
    if (why == NULL) why = &unseen_why;
    memset(&none, 0, sizeof none);
    uint32_t reason = armalo_i_webhook_open(hook, request, 1, why);
    if (hook == NULL) {
        armalo_i_refuse(why, reason, NULL);
        return NULL;
    }
    if (reason == ARMALO_REASON_GRANTED && request->body != NULL) reason = ARMALO_REASON_INVALID_ARGUMENT;
    armalo_webhook_stream *stream = reason == ARMALO_REASON_GRANTED ? armalo_i_alloc(sizeof *stream) : NULL;
    if (stream != NULL) {
        reason = armalo_i_check_begin(&stream->check, hook, request, why->decided_at_ms, &detail);
    } else if (reason == ARMALO_REASON_GRANTED) {
        reason = ARMALO_REASON_NO_MEMORY;
    }
    if (reason != ARMALO_REASON_GRANTED) {
        armalo_webhook_cancel(stream);
        armalo_i_decision_detail(why, detail, NULL, NULL);
        (void)armalo_i_webhook_conclude(hook, reason, &none, why);
        return NULL;
    }
    stream->hook = hook;
    stream->reason = ARMALO_REASON_GRANTED;
    stream->check.id = armalo_i_keep(stream->check.id, stream->id);
    stream->check.event = armalo_i_keep(stream->check.event, stream->event);
    stream->why = *why;
    return stream;
}

static uint32_t armalo_i_stream_keep(armalo_webhook_stream *stream, const void *data, size_t len) {
    size_t have = stream->check.body_len, max = stream->hook->max_body; /* len fits: update has looked */
    if (have + len > stream->cap) {
        size_t cap = stream->cap == 0 ? 4096 : stream->cap;
        while (cap < have + len) cap = cap > max / 2 ? max : cap * 2;
        uint8_t *body = armalo_i_realloc(stream->body, cap);
        if (body == NULL) return ARMALO_REASON_NO_MEMORY;
        stream->body = body;
        stream->cap = cap;
    }
    memcpy(stream->body + have, data, len);
    return ARMALO_REASON_GRANTED;
}

int armalo_webhook_update(armalo_webhook_stream *stream, const void *data, size_t len) {
    if (stream == NULL || stream->reason != ARMALO_REASON_GRANTED) return 0;
    if (len == 0) return 1;
    if (data == NULL)
        stream->reason = ARMALO_REASON_INVALID_ARGUMENT;
    else if (len > stream->hook->max_body - stream->check.body_len)
        stream->reason = ARMALO_REASON_BODY_TOO_LARGE;
    else if (stream->check.needs_body)
        stream->reason = armalo_i_stream_keep(stream, data, len);
    if (stream->reason == ARMALO_REASON_GRANTED) stream->reason = armalo_i_check_update(&stream->check, data, len);
    return stream->reason == ARMALO_REASON_GRANTED;
}

int armalo_webhook_finish(armalo_webhook_stream *stream, armalo_delivery *delivery, armalo_decision *why) {
    armalo_decision unseen_why;
    armalo_delivery unseen;
    if (why == NULL) why = &unseen_why;
    int has_delivery = delivery != NULL;
    if (delivery == NULL) delivery = &unseen;
    armalo_i_zero(delivery, sizeof *delivery);
    if (stream == NULL) return armalo_i_refuse(why, ARMALO_REASON_INVALID_ARGUMENT, NULL);
    armalo_webhook *hook = stream->hook;
    armalo_i_span id = armalo_i_span_text(stream->why.request_id);
    uint32_t reason = armalo_i_decision_begin(hook->host, why, id);
    if (hook->store != NULL && !has_delivery) reason = ARMALO_REASON_INVALID_ARGUMENT;
    if (reason == ARMALO_REASON_GRANTED) reason = stream->reason;
    if (reason == ARMALO_REASON_GRANTED) {
        /* The body may have taken its time: what was fresh at the beginning must still be. */
        stream->check.now_ms = why->decided_at_ms;
        reason = armalo_i_check_fresh(&stream->check, why->decided_at_ms);
    }
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_check_end(&stream->check, stream->body, delivery, why);
    int granted = armalo_i_webhook_conclude(hook, reason, delivery, why);
    armalo_webhook_cancel(stream);
    return granted;
}

void armalo_webhook_cancel(armalo_webhook_stream *stream) {
    if (stream == NULL) return;
    armalo_i_release(stream->body);
    armalo_i_release_wiped(stream, sizeof *stream); /* the lanes hold keyed states */
}
