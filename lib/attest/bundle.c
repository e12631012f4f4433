/* SPDX-License-Identifier: MIT */
/* attest/bundle.c: sections of a bundle: each is there with its digest, and its value where that is not withheld. */
#include "armalo/reasons.h"
#include "attest/digest.h"
#include "attest/said.h"

#define ARMALO_I_SECTIONS_MAX 256

/* Is this "sha256:" and the digest of the value? */
static uint32_t armalo_i_section_fits(armalo_i_json_value digest, armalo_i_json_value value) {
    uint8_t bytes[ARMALO_I_SHA256_SIZE];
    char text[ARMALO_I_DIGEST_NAME];
    uint32_t reason = armalo_i_canonical_digest(value, bytes);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    armalo_i_digest_text_of(bytes, text);
    return armalo_i_json_equals(digest, armalo_i_span_text(text)) ? ARMALO_REASON_GRANTED
                                                                  : ARMALO_REASON_ATTEST_SECTION_MISMATCH;
}

/* {"digest":…} or {"digest":…,"value":…}. */
static uint32_t armalo_i_section_judge(armalo_i_json_value section, armalo_i_json_value *out) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, member, digest = {ARMALO_I_JSON_NONE, {NULL, 0}}, value = digest;
    if (section.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(section, &iter))
        return ARMALO_REASON_ATTEST_SECTION_MISMATCH;
    while (armalo_i_json_next(&iter, &name, &member)) {
        if (armalo_i_json_equals(name, armalo_i_span_text("digest")))
            digest = member;
        else if (armalo_i_json_equals(name, armalo_i_span_text("value")))
            value = member;
        else
            return ARMALO_REASON_ATTEST_SECTION_MISMATCH;
    }
    if (!armalo_i_is_digest_name(armalo_i_plain_string(digest))) return ARMALO_REASON_ATTEST_SECTION_MISMATCH;
    *out = digest;
    return value.type == ARMALO_I_JSON_NONE ? ARMALO_REASON_GRANTED : armalo_i_section_fits(digest, value);
}

/* The sections, walked once. */
typedef struct armalo_i_sections {
    size_t count;
    armalo_i_json_value name[ARMALO_I_SECTIONS_MAX], digest[ARMALO_I_SECTIONS_MAX];
} armalo_i_sections;

/* How often the name is in the scope. */
static size_t armalo_i_scope_count(armalo_i_json_value scope, armalo_i_span wanted, size_t *count) {
    armalo_i_json_iter iter;
    armalo_i_json_value none, item;
    size_t found = 0;
    *count = 0;
    if (!armalo_i_json_enter(scope, &iter)) return 0;
    for (; armalo_i_json_next(&iter, &none, &item); ++*count) found += (size_t)armalo_i_json_equals(item, wanted);
    return found;
}

static uint32_t armalo_i_sections_judge(armalo_i_json_value sections, armalo_i_json_value scope, armalo_i_sections *out,
                                        char fault[ARMALO_ATTEST_NAME_SIZE]) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, section;
    size_t listed = 0;
    out->count = 0;
    (void)armalo_i_scope_count(scope, armalo_i_span_text(""), &listed);
    if (listed > ARMALO_I_SECTIONS_MAX || !armalo_i_json_enter(sections, &iter))
        return ARMALO_REASON_ATTEST_SECTION_MISMATCH;
    while (armalo_i_json_next(&iter, &name, &section)) {
        char text[ARMALO_ATTEST_NAME_SIZE];
        size_t len = 0;
        armalo_i_span_show(name.raw, fault, ARMALO_ATTEST_NAME_SIZE);
        if (out->count == ARMALO_I_SECTIONS_MAX || !armalo_i_json_identifier(name, text, sizeof text, &len) ||
            armalo_i_scope_count(scope, armalo_i_span_of(text, len), &listed) != 1)
            return ARMALO_REASON_ATTEST_SECTION_MISMATCH;
        out->name[out->count] = name;
        uint32_t reason = armalo_i_section_judge(section, &out->digest[out->count++]);
        if (reason != ARMALO_REASON_GRANTED) return reason;
    }
    armalo_i_span_show(armalo_i_span_text("scope"), fault, ARMALO_ATTEST_NAME_SIZE);
    return out->count == listed ? ARMALO_REASON_GRANTED : ARMALO_REASON_ATTEST_SECTION_MISMATCH;
}

/* NONE where there is no such section. */
static armalo_i_json_value armalo_i_section_digest(const armalo_i_sections *sections, armalo_i_span name) {
    armalo_i_json_value none = {ARMALO_I_JSON_NONE, {NULL, 0}};
    for (size_t i = 0; i < sections->count; i++) {
        if (armalo_i_json_equals(sections->name[i], name)) return sections->digest[i];
    }
    return none;
}

static uint32_t armalo_i_revealed_judge(const armalo_i_sections *sections, armalo_i_json_value revealed,
                                        char fault[ARMALO_ATTEST_NAME_SIZE]) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, value;
    if (revealed.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(revealed, &iter))
        return ARMALO_REASON_ATTEST_SECTION_MISMATCH;
    while (armalo_i_json_next(&iter, &name, &value)) {
        char text[ARMALO_ATTEST_NAME_SIZE];
        size_t len = 0;
        armalo_i_span_show(name.raw, fault, ARMALO_ATTEST_NAME_SIZE);
        if (!armalo_i_json_identifier(name, text, sizeof text, &len)) return ARMALO_REASON_ATTEST_SECTION_MISMATCH;
        armalo_i_json_value digest = armalo_i_section_digest(sections, armalo_i_span_of(text, len));
        if (digest.type == ARMALO_I_JSON_NONE) return ARMALO_REASON_ATTEST_SECTION_MISMATCH;
        uint32_t reason = armalo_i_section_fits(digest, value);
        if (reason != ARMALO_REASON_GRANTED) return reason;
    }
    return ARMALO_REASON_GRANTED;
}

uint32_t armalo_i_bundle_judge(armalo_i_json_value predicate, armalo_i_json_value revealed,
                               char fault[ARMALO_ATTEST_NAME_SIZE]) {
    armalo_i_sections sections;
    armalo_i_span_show(armalo_i_span_text("scope"), fault, ARMALO_ATTEST_NAME_SIZE);
    uint32_t reason = armalo_i_sections_judge(armalo_i_json_member(predicate, "sections"),
                                              armalo_i_json_member(predicate, "scope"), &sections, fault);
    if (reason != ARMALO_REASON_GRANTED || revealed.type == ARMALO_I_JSON_NONE) return reason;
    armalo_i_span_show(armalo_i_span_text("revealed"), fault, ARMALO_ATTEST_NAME_SIZE);
    return armalo_i_revealed_judge(&sections, revealed, fault);
}
