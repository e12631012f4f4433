/* SPDX-License-Identifier: MIT */
/* attest/bundle_make.c: the sections of a bundle that is to be signed. */
#include "armalo/reasons.h"
#include "attest/digest.h"
#include "attest/sign.h"
#include "codec/memory.h"

/* A section as it was given. */
typedef struct armalo_i_section {
    armalo_i_json_value name, digest, value;
    int withheld;
} armalo_i_section;

static int armalo_i_section_withheld(armalo_i_json_value name, const armalo_attest_spec *spec, size_t *found) {
    for (size_t i = 0; i < spec->withhold_count; i++) {
        if (!armalo_i_json_equals(name, armalo_i_span_text(spec->withhold[i]))) continue;
        ++*found;
        return 1;
    }
    return 0;
}

static int armalo_i_section_take(armalo_i_json_value object, armalo_i_section *section) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, member;
    if (object.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(object, &iter)) return 0;
    while (armalo_i_json_next(&iter, &name, &member)) {
        if (armalo_i_json_equals(name, armalo_i_span_text("digest")))
            section->digest = member;
        else if (armalo_i_json_equals(name, armalo_i_span_text("value")))
            section->value = member;
        else
            return 0;
    }
    return section->digest.type != ARMALO_I_JSON_NONE || section->value.type != ARMALO_I_JSON_NONE;
}

/* A digest that is given is kept as it is: whether it fits is judged like that of any other bundle. But the value that
 * it stands for may be about to go. */
static uint32_t armalo_i_section_write(armalo_i_writer *w, const armalo_i_section *s) {
    char digest[ARMALO_I_DIGEST_NAME];
    uint8_t bytes[ARMALO_I_SHA256_SIZE];
    int has_value = s->value.type != ARMALO_I_JSON_NONE;
    armalo_i_write_raw(w, s->name.raw.ptr, s->name.raw.len);
    armalo_i_write_text(w, ":{\"digest\":");
    if (has_value) {
        uint32_t reason = armalo_i_canonical_digest(s->value, bytes);
        if (reason != ARMALO_REASON_GRANTED) return reason;
        armalo_i_digest_text_of(bytes, digest);
        if (s->digest.type != ARMALO_I_JSON_NONE && !armalo_i_json_equals(s->digest, armalo_i_span_text(digest)))
            return ARMALO_REASON_ATTEST_SECTION_MISMATCH;
        armalo_i_write_string(w, digest, strlen(digest));
    } else {
        armalo_i_write_raw(w, s->digest.raw.ptr, s->digest.raw.len);
    }
    if (has_value && !s->withheld) {
        armalo_i_write_text(w, ",\"value\":");
        armalo_i_write_raw(w, s->value.raw.ptr, s->value.raw.len);
    }
    armalo_i_write_raw(w, "}", 1);
    return ARMALO_REASON_GRANTED;
}

static uint32_t armalo_i_sections_write(armalo_i_writer *w, armalo_i_json_value sections,
                                        const armalo_attest_spec *spec, size_t *found) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, object;
    *found = 0;
    if (sections.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(sections, &iter))
        return ARMALO_REASON_ATTEST_PREDICATE_INVALID;
    armalo_i_write_raw(w, "{", 1);
    for (int first = 1; armalo_i_json_next(&iter, &name, &object); first = 0) {
        armalo_i_section section;
        memset(&section, 0, sizeof section);
        section.name = name;
        section.withheld = armalo_i_section_withheld(name, spec, found);
        if (!armalo_i_section_take(object, &section)) return ARMALO_REASON_ATTEST_PREDICATE_INVALID;
        if (!first) armalo_i_write_raw(w, ",", 1);
        uint32_t reason = armalo_i_section_write(w, &section);
        if (reason != ARMALO_REASON_GRANTED) return reason;
    }
    armalo_i_write_raw(w, "}", 1);
    return ARMALO_REASON_GRANTED;
}

static uint32_t armalo_i_bundle_write(armalo_i_writer *w, armalo_i_json_value predicate, const armalo_attest_spec *spec,
                                      size_t *found) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, value;
    uint32_t reason = ARMALO_REASON_GRANTED;
    *found = 0;
    if (!armalo_i_json_enter(predicate, &iter)) return ARMALO_REASON_ATTEST_PREDICATE_INVALID;
    armalo_i_write_raw(w, "{", 1);
    for (int first = 1; armalo_i_json_next(&iter, &name, &value) && reason == ARMALO_REASON_GRANTED; first = 0) {
        if (!first) armalo_i_write_raw(w, ",", 1);
        armalo_i_write_raw(w, name.raw.ptr, name.raw.len);
        armalo_i_write_raw(w, ":", 1);
        if (armalo_i_json_equals(name, armalo_i_span_text("sections")))
            reason = armalo_i_sections_write(w, value, spec, found);
        else
            armalo_i_write_raw(w, value.raw.ptr, value.raw.len);
    }
    armalo_i_write_raw(w, "}", 1);
    return reason;
}

uint32_t armalo_i_bundle_make(armalo_i_json_value predicate, const armalo_attest_spec *spec, armalo_i_made *out,
                              const char **detail) {
    armalo_i_writer w = {NULL, 0, 0};
    size_t found = 0;
    *detail = "sections";
    uint32_t reason = armalo_i_bundle_write(&w, predicate, spec, &found);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    *detail = "withhold";
    if (found != spec->withhold_count)
        return ARMALO_REASON_ATTEST_SPEC_INVALID; /* a name that is no section's, or twice */
    out->text = armalo_i_alloc(w.len);
    if (out->text == NULL) return ARMALO_REASON_NO_MEMORY;
    out->len = w.len;
    w.buf = out->text;
    w.cap = w.len;
    w.len = 0;
    reason = armalo_i_bundle_write(&w, predicate, spec, &found);
    if (reason == ARMALO_REASON_GRANTED) *detail = NULL;
    return reason;
}
