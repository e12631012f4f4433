/* SPDX-License-Identifier: MIT */
/* attest/statement_make.c: an in-toto Statement v1 that is to be signed. The predicate stands in it byte for byte, so
 * that no number in it is rounded on the way. */
#include "armalo/reasons.h"
#include "attest/digest.h"
#include "attest/predicate.h"
#include "attest/sign.h"
#include "codec/memory.h"
#include "codec/text.h"

static int armalo_i_statement_write(armalo_i_writer *w, const armalo_attest_spec *spec, int32_t mode,
                                    armalo_i_span predicate, const char *own_subject) {
    size_t count = spec->subjects == NULL ? 1 : spec->subject_count;
    armalo_i_write_text(w, "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[");
    for (size_t i = 0; i < count; i++) {
        const char *algorithm;
        armalo_i_span hex;
        const char *subject = spec->subjects == NULL ? own_subject : spec->subjects[i];
        if (subject == NULL || !armalo_i_digest_parts(armalo_i_span_text(subject), &algorithm, &hex)) return 0;
        if (i > 0) armalo_i_write_raw(w, ",", 1);
        armalo_i_write_text(w, "{\"digest\":{\"");
        armalo_i_write_text(w, algorithm);
        armalo_i_write_text(w, "\":\"");
        armalo_i_write_raw(w, hex.ptr, hex.len);
        armalo_i_write_text(w, "\"}}");
    }
    armalo_i_write_text(w, "],\"predicateType\":");
    armalo_i_write_string(w, spec->predicate_type, strlen(spec->predicate_type));
    armalo_i_write_text(w, ",\"predicate\":");
    armalo_i_write_raw(w, predicate.ptr, predicate.len);
    /* What is made outside production says so itself, whatever its predicate can say. */
    if (mode != ARMALO_MODE_PRODUCTION) {
        armalo_i_write_text(w, ",\"" ARMALO_I_STATEMENT_MODE "\":\"");
        armalo_i_write_text(w, armalo_i_mode_word(mode));
        armalo_i_write_raw(w, "\"", 1);
    }
    armalo_i_write_raw(w, "}", 1);
    return 1;
}

static uint32_t armalo_i_statement_put(const armalo_attest_spec *spec, int32_t mode, armalo_i_span predicate,
                                       armalo_i_made *statement, const char **detail) {
    char own_subject[ARMALO_I_DIGEST_NAME] = "";
    uint8_t digest[ARMALO_I_SHA256_SIZE];
    armalo_i_json_value root;
    armalo_i_json_fault fault;
    armalo_i_writer w = {NULL, 0, 0};
    if (spec->subject_data != NULL) {
        armalo_i_digest_name(armalo_i_span_of(spec->subject_data, spec->subject_len), own_subject);
    } else if (spec->subjects == NULL) {
        if (!armalo_i_json_load(predicate, ARMALO_ATTEST_MAX_SIZE, &root, &fault)) return ARMALO_REASON_NO_MEMORY;
        uint32_t reason = armalo_i_canonical_digest(root, digest);
        if (reason != ARMALO_REASON_GRANTED) return reason;
        armalo_i_digest_text_of(digest, own_subject);
    }
    *detail = "subjects";
    if (!armalo_i_statement_write(&w, spec, mode, predicate, own_subject)) return ARMALO_REASON_ATTEST_SPEC_INVALID;
    *detail = NULL;
    statement->text = armalo_i_alloc(w.len);
    if (statement->text == NULL) return ARMALO_REASON_NO_MEMORY;
    statement->len = w.len;
    w.buf = statement->text;
    w.cap = w.len;
    w.len = 0;
    return armalo_i_statement_write(&w, spec, mode, predicate, own_subject) ? ARMALO_REASON_GRANTED
                                                                            : ARMALO_REASON_ATTEST_SPEC_INVALID;
}

uint32_t armalo_i_statement_make(const armalo_attest_spec *spec, int32_t mode, armalo_i_made *statement,
                                 const char **detail) {
    armalo_i_json_value predicate;
    armalo_i_json_fault fault;
    armalo_i_made bundle = {NULL, 0};
    int unknown = 0;
    *detail = "predicate";
    armalo_i_span text = armalo_i_span_of(spec->predicate, spec->predicate_len);
    if (!armalo_i_json_load(text, ARMALO_ATTEST_MAX_SIZE / 2, &predicate, &fault))
        return fault.status == ARMALO_I_JSON_NO_MEMORY ? ARMALO_REASON_NO_MEMORY
                                                       : ARMALO_REASON_ATTEST_PREDICATE_INVALID;
    if (predicate.type != ARMALO_I_JSON_OBJECT) return ARMALO_REASON_ATTEST_PREDICATE_INVALID;
    int kind = armalo_i_predicate_of(armalo_i_span_text(spec->predicate_type), &unknown);
    uint32_t reason = ARMALO_REASON_GRANTED;
    if (kind == ARMALO_I_PREDICATE_BUNDLE) {
        reason = armalo_i_bundle_make(predicate, spec, &bundle, detail);
        text = armalo_i_span_of(bundle.text, bundle.len);
    } else if (spec->withhold_count > 0) {
        *detail = "withhold";
        reason = ARMALO_REASON_ATTEST_SPEC_INVALID;
    }
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_statement_put(spec, mode, text, statement, detail);
    armalo_i_release(bundle.text);
    return reason;
}
