/* SPDX-License-Identifier: MIT */
/* attest/statement.c: in-toto Statement v1. */
#include "armalo/reasons.h"
#include "attest/dsse.h"
#include "attest/said.h"
#include "attest/times.h"
#include "codec/text.h"

static int armalo_i_statement_is(armalo_i_json_value value, const char *text) {
    return armalo_i_json_equals(value, armalo_i_span_text(text));
}

/* In "application/vnd.in-toto.<predicate>+json" the predicate is not believed. */
int armalo_i_statement_type(const char *payload_type) {
    static const char head[] = "application/vnd.in-toto.", tail[] = "+json";
    size_t len = strlen(payload_type);
    if (strcmp(payload_type, ARMALO_I_PAYLOAD_TYPE) == 0) return 1;
    return len > sizeof head - 1 + sizeof tail - 1 && strncmp(payload_type, head, sizeof head - 1) == 0 &&
           strcmp(payload_type + len - (sizeof tail - 1), tail) == 0;
}

/* A digest of `bytes` bytes in lowercase hexadecimal. */
static int armalo_i_statement_hex(armalo_i_json_value value, size_t bytes) {
    armalo_i_span text = armalo_i_plain_string(value);
    if (text.len != 2 * bytes) return 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return 0;
    }
    return 1;
}

/* "Each element MUST have digest set" (in-toto Statement v1, subject); other algorithms than ours are passed over. */
static int armalo_i_subject_fits(armalo_i_json_value subject) {
    armalo_i_json_value digest = armalo_i_json_member(subject, "digest"), name, value;
    armalo_i_json_iter iter;
    int count = 0;
    if (digest.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(digest, &iter)) return 0;
    for (; armalo_i_json_next(&iter, &name, &value); count++) {
        if (value.type != ARMALO_I_JSON_STRING) return 0;
        if (armalo_i_statement_is(name, "sha256") && !armalo_i_statement_hex(value, ARMALO_I_SHA256_SIZE)) return 0;
        if (armalo_i_statement_is(name, "sha512") && !armalo_i_statement_hex(value, ARMALO_I_SHA512_SIZE)) return 0;
    }
    return count > 0;
}

static int armalo_i_subjects_fit(armalo_i_json_value subjects) {
    armalo_i_json_iter iter;
    armalo_i_json_value none, subject;
    size_t count = 0;
    if (subjects.type != ARMALO_I_JSON_ARRAY || !armalo_i_json_enter(subjects, &iter)) return 0;
    while (armalo_i_json_next(&iter, &none, &subject))
        if (++count > ARMALO_ATTEST_MAX_SUBJECTS || !armalo_i_subject_fits(subject)) return 0;
    return count > 0;
}

/* The mode it was made in, where the statement itself says so: the weaker one, if its predicate says another. */
static int armalo_i_statement_mode(armalo_i_said *said) {
    armalo_i_json_value word = armalo_i_json_kept(&said->members, said->root, ARMALO_I_STATEMENT_MODE);
    if (word.type == ARMALO_I_JSON_NONE) return 1;
    int32_t mode = armalo_i_mode_of(word);
    if (said->mode == 0 || armalo_i_mode_worth(mode) < armalo_i_mode_worth(said->mode)) said->mode = mode;
    return mode != 0;
}

static uint32_t armalo_i_statement_ours(armalo_i_said *said) {
    armalo_i_predicate_said ours;
    if (!armalo_i_predicate_read(said->predicate, said->predicate_value, &ours, said->text)) {
        said->detail = said->text;
        return ARMALO_REASON_ATTEST_PREDICATE_INVALID;
    }
    said->issued_ms = ours.issued_ms;
    said->expires_ms = ours.expires_ms;
    said->mode = said->predicate_mode = ours.mode;
    memcpy(said->id, ours.id, sizeof said->id);
    return ARMALO_REASON_GRANTED;
}

/* The time that the policy says is there: a pointer that finds nothing may have been mistyped. */
static uint32_t armalo_i_statement_time(const armalo_i_said *said, const armalo_i_json_pointer *pointer, int64_t *ms) {
    if (!armalo_i_time_read(armalo_i_said_find(said, pointer), ms)) return ARMALO_REASON_ATTEST_TIME_UNREADABLE;
    return *ms != 0 ? ARMALO_REASON_GRANTED : ARMALO_REASON_ATTEST_TIME_MISSING;
}

/* Where a predicate has no such time that is known, the policy says where it is. */
static uint32_t armalo_i_statement_times(const armalo_attest_policy *policy, armalo_i_said *said) {
    uint32_t reason = ARMALO_REASON_GRANTED;
    said->detail = "issued_at";
    if (policy->has_issued_at && !armalo_i_predicate_says(said->predicate, ARMALO_I_MEANS_ISSUED))
        reason = armalo_i_statement_time(said, &policy->issued_at, &said->issued_ms);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    said->detail = "expires_at";
    if (policy->has_expires_at && !armalo_i_predicate_says(said->predicate, ARMALO_I_MEANS_EXPIRES))
        reason = armalo_i_statement_time(said, &policy->expires_at, &said->expires_ms);
    if (reason == ARMALO_REASON_GRANTED) said->detail = NULL;
    return reason;
}

uint32_t armalo_i_statement_form(const char *payload_type, armalo_i_said *said) {
    armalo_i_json_value type = armalo_i_json_kept(&said->members, said->root, "_type");
    armalo_i_json_value predicate_type = armalo_i_json_kept(&said->members, said->root, "predicateType");
    size_t len = 0;
    int unknown = 0;
    said->detail = "payloadType";
    if (!armalo_i_statement_type(payload_type)) return ARMALO_REASON_ATTEST_TYPE_REFUSED;
    said->detail = "_type, subject, predicateType, predicate";
    if (said->root.type != ARMALO_I_JSON_OBJECT) return ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED;
    said->subject = armalo_i_json_kept(&said->members, said->root, "subject");
    said->predicate_value = armalo_i_json_kept(&said->members, said->root, "predicate");
    if (!armalo_i_statement_is(type, "https://in-toto.io/Statement/v1") || !armalo_i_subjects_fit(said->subject) ||
        !armalo_i_json_identifier(predicate_type, said->type, sizeof said->type, &len) ||
        (said->predicate_value.type != ARMALO_I_JSON_NONE && said->predicate_value.type != ARMALO_I_JSON_OBJECT))
        return ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED;
    said->detail = "predicateType: no urn:armalo: type that there is";
    said->predicate = armalo_i_predicate_of(armalo_i_span_of(said->type, len), &unknown);
    if (unknown) return ARMALO_REASON_ATTEST_TYPE_REFUSED;
    said->detail = NULL;
    uint32_t reason =
        said->predicate != ARMALO_I_PREDICATE_FOREIGN ? armalo_i_statement_ours(said) : ARMALO_REASON_GRANTED;
    if (reason != ARMALO_REASON_GRANTED || armalo_i_statement_mode(said)) return reason;
    said->detail = ARMALO_I_STATEMENT_MODE;
    return ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED;
}

uint32_t armalo_i_statement_read(const armalo_attest_policy *policy, const char *payload_type, armalo_i_said *said) {
    uint32_t reason = armalo_i_statement_form(payload_type, said);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    said->detail = "predicateType";
    if (!armalo_i_list_has(&policy->predicate_types, armalo_i_span_text(said->type)))
        return ARMALO_REASON_ATTEST_TYPE_REFUSED;
    return armalo_i_statement_times(policy, said);
}
