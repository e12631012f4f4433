/* SPDX-License-Identifier: MIT */
/* attest/predicate.c: the schemas of the predicates that are ours. Each member listed is required, and no other may be
 * there. */
#include "attest/predicate.h"

#include "armalo/host.h"
#include "attest/digest.h"
#include "codec/text.h"

enum armalo_i_form {
    ARMALO_I_FORM_TEXT,    /* an identifier of 1 to 255 bytes */
    ARMALO_I_FORM_WORDS,   /* any text of up to 1,023 bytes, also empty */
    ARMALO_I_FORM_DIGEST,  /* "sha256:" and 64 lowercase hexadecimal digits */
    ARMALO_I_FORM_RESULT,  /* the same, or null: there was no result */
    ARMALO_I_FORM_TIME,    /* RFC 3339 */
    ARMALO_I_FORM_MODE,    /* a deployment mode */
    ARMALO_I_FORM_WHOLE,   /* an integer from 0 to 2^53-1 */
    ARMALO_I_FORM_WORD,    /* one of the words of `more`, separated by spaces */
    ARMALO_I_FORM_MEASURE, /* a number, a text or a boolean */
    ARMALO_I_FORM_OBJECT,  /* an object: of the schema `more`, or any where that is NULL */
    ARMALO_I_FORM_COST,    /* an object, or null */
    ARMALO_I_FORM_TEXTS,   /* an array of identifiers */
    ARMALO_I_FORM_DIGESTS, /* an array of digests */
    ARMALO_I_FORM_OBJECTS  /* an array of objects of the schema `more` */
};

typedef struct armalo_i_field {
    const char *name; /* NULL ends the schema */
    uint8_t form, means;
    const void *more;
} armalo_i_field;

static const armalo_i_field armalo_i_result_fields[] = {
    {"type", ARMALO_I_FORM_TEXT, 0, NULL},
    {"actual", ARMALO_I_FORM_MEASURE, 0, NULL},
    {"samples", ARMALO_I_FORM_WHOLE, 0, NULL},
    {"method", ARMALO_I_FORM_WORD, 0, "deterministic heuristic jury"},
    {NULL, 0, 0, NULL},
};
static const armalo_i_field armalo_i_eval_result_fields[] = {
    {"agent", ARMALO_I_FORM_TEXT, 0, NULL},
    {"pact_digest", ARMALO_I_FORM_DIGEST, 0, NULL},
    {"mode", ARMALO_I_FORM_MODE, 0, NULL},
    {"started_at", ARMALO_I_FORM_TIME, 0, NULL},
    {"finished_at", ARMALO_I_FORM_TIME, ARMALO_I_MEANS_ISSUED, NULL},
    {"results", ARMALO_I_FORM_OBJECTS, 0, armalo_i_result_fields},
    {"suite", ARMALO_I_FORM_TEXT, 0, NULL},
    {"suite_digest", ARMALO_I_FORM_DIGEST, 0, NULL},
    {NULL, 0, 0, NULL},
};
static const armalo_i_field armalo_i_pact_fields[] = {
    {"pact", ARMALO_I_FORM_OBJECT, 0, NULL},
    {"parties", ARMALO_I_FORM_TEXTS, 0, NULL},
    {NULL, 0, 0, NULL},
};
static const armalo_i_field armalo_i_approval_fields[] = {
    {"action_digest", ARMALO_I_FORM_DIGEST, 0, NULL},
    {"approver", ARMALO_I_FORM_TEXT, 0, NULL},
    {"role", ARMALO_I_FORM_TEXT, 0, NULL},
    {"decision", ARMALO_I_FORM_WORD, 0, "approve refuse"},
    {"nonce", ARMALO_I_FORM_TEXT, ARMALO_I_MEANS_ID, NULL},
    {"issued_at", ARMALO_I_FORM_TIME, ARMALO_I_MEANS_ISSUED, NULL},
    {"expires_at", ARMALO_I_FORM_TIME, ARMALO_I_MEANS_EXPIRES, NULL},
    {"reason", ARMALO_I_FORM_WORDS, 0, NULL},
    {NULL, 0, 0, NULL},
};
static const armalo_i_field armalo_i_decision_fields[] = {
    {"reason", ARMALO_I_FORM_TEXT, 0, NULL},
    {"evidence", ARMALO_I_FORM_WORD, 0, "unavailable negative stale simulated positive"},
    {"request_id", ARMALO_I_FORM_TEXT, 0, NULL},
    {NULL, 0, 0, NULL},
};
static const armalo_i_field armalo_i_receipt_fields[] = {
    {"id", ARMALO_I_FORM_TEXT, ARMALO_I_MEANS_ID, NULL},
    {"action", ARMALO_I_FORM_TEXT, 0, NULL},
    {"action_digest", ARMALO_I_FORM_DIGEST, 0, NULL},
    {"agent", ARMALO_I_FORM_TEXT, 0, NULL},
    {"org", ARMALO_I_FORM_TEXT, 0, NULL},
    {"mode", ARMALO_I_FORM_MODE, 0, NULL},
    {"outcome", ARMALO_I_FORM_WORD, 0, "succeeded failed denied simulated unknown"},
    {"started_at", ARMALO_I_FORM_TIME, 0, NULL},
    {"finished_at", ARMALO_I_FORM_TIME, ARMALO_I_MEANS_ISSUED, NULL},
    {"decision", ARMALO_I_FORM_OBJECT, 0, armalo_i_decision_fields},
    {"approvals", ARMALO_I_FORM_TEXTS, 0, NULL},
    {"evidence", ARMALO_I_FORM_DIGESTS, 0, NULL},
    {"result_digest", ARMALO_I_FORM_RESULT, 0, NULL},
    {"cost", ARMALO_I_FORM_COST, 0, NULL},
    {NULL, 0, 0, NULL},
};
static const armalo_i_field armalo_i_check_fields[] = {
    {"name", ARMALO_I_FORM_TEXT, 0, NULL},
    {"outcome", ARMALO_I_FORM_WORD, 0, "passed failed skipped unknown"},
    {NULL, 0, 0, NULL},
};
static const armalo_i_field armalo_i_release_smoke_fields[] = {
    {"release", ARMALO_I_FORM_TEXT, 0, NULL},
    {"mode", ARMALO_I_FORM_MODE, 0, NULL},
    {"ran_at", ARMALO_I_FORM_TIME, ARMALO_I_MEANS_ISSUED, NULL},
    {"checks", ARMALO_I_FORM_OBJECTS, 0, armalo_i_check_fields},
    {NULL, 0, 0, NULL},
};
static const armalo_i_field armalo_i_revoked_fields[] = {
    {"id", ARMALO_I_FORM_TEXT, 0, NULL},
    {"at", ARMALO_I_FORM_TIME, 0, NULL},
    {"reason", ARMALO_I_FORM_WORDS, 0, NULL},
    {NULL, 0, 0, NULL},
};
static const armalo_i_field armalo_i_revocations_fields[] = {
    {"issuer", ARMALO_I_FORM_TEXT, 0, NULL},
    {"number", ARMALO_I_FORM_WHOLE, 0, NULL},
    {"this_update", ARMALO_I_FORM_TIME, ARMALO_I_MEANS_ISSUED, NULL},
    {"next_update", ARMALO_I_FORM_TIME, ARMALO_I_MEANS_EXPIRES, NULL},
    {"revoked", ARMALO_I_FORM_OBJECTS, 0, armalo_i_revoked_fields},
    {NULL, 0, 0, NULL},
};
static const armalo_i_field armalo_i_bundle_fields[] = {
    {"bundle_id", ARMALO_I_FORM_TEXT, ARMALO_I_MEANS_ID, NULL},
    {"agent", ARMALO_I_FORM_TEXT, 0, NULL},
    {"scope", ARMALO_I_FORM_TEXTS, 0, NULL},
    {"issued_at", ARMALO_I_FORM_TIME, ARMALO_I_MEANS_ISSUED, NULL},
    {"expires_at", ARMALO_I_FORM_TIME, ARMALO_I_MEANS_EXPIRES, NULL},
    {"sections", ARMALO_I_FORM_OBJECT, 0, NULL}, /* bundle.c */
    {NULL, 0, 0, NULL},
};

static const struct {
    const char *type;
    const armalo_i_field *fields;
} armalo_i_predicates[ARMALO_I_PREDICATES] = {
    [ARMALO_I_PREDICATE_EVAL_RESULT] = {"urn:armalo:eval-result:v1", armalo_i_eval_result_fields},
    [ARMALO_I_PREDICATE_PACT] = {"urn:armalo:pact:v1", armalo_i_pact_fields},
    [ARMALO_I_PREDICATE_APPROVAL] = {"urn:armalo:approval:v1", armalo_i_approval_fields},
    [ARMALO_I_PREDICATE_RECEIPT] = {"urn:armalo:receipt:v1", armalo_i_receipt_fields},
    [ARMALO_I_PREDICATE_RELEASE_SMOKE] = {"urn:armalo:release-smoke:v1", armalo_i_release_smoke_fields},
    [ARMALO_I_PREDICATE_REVOCATIONS] = {ARMALO_I_REVOCATIONS_TYPE, armalo_i_revocations_fields},
    [ARMALO_I_PREDICATE_BUNDLE] = {"urn:armalo:bundle:v1", armalo_i_bundle_fields},
};

int armalo_i_predicate_of(armalo_i_span type, int *unknown) {
    armalo_i_span ours = armalo_i_span_text("urn:armalo:");
    *unknown = 0;
    for (int i = ARMALO_I_PREDICATE_EVAL_RESULT; i < ARMALO_I_PREDICATES; i++) {
        if (armalo_i_span_equal(type, armalo_i_span_text(armalo_i_predicates[i].type))) return i;
    }
    *unknown = type.len >= ours.len && armalo_i_span_equal_nocase(armalo_i_span_of(type.ptr, ours.len), ours);
    return ARMALO_I_PREDICATE_FOREIGN;
}

static int armalo_i_form_text(armalo_i_json_value value) {
    char text[ARMALO_ATTEST_NAME_SIZE];
    size_t len = 0;
    return armalo_i_json_identifier(value, text, sizeof text, &len);
}

static int armalo_i_form_words(armalo_i_json_value value) {
    char text[1024];
    size_t len = 0;
    return armalo_i_json_string(value, text, sizeof text - 1, &len);
}

static int armalo_i_form_digest(armalo_i_json_value value) {
    char text[ARMALO_I_DIGEST_NAME];
    size_t len = 0;
    return armalo_i_json_identifier(value, text, sizeof text, &len) &&
           armalo_i_is_digest_name(armalo_i_span_of(text, len));
}

static int armalo_i_form_time(armalo_i_json_value value, int64_t *ms) {
    char text[64];
    size_t len = 0;
    return armalo_i_json_identifier(value, text, sizeof text, &len) &&
           armalo_i_time_parse(armalo_i_span_of(text, len), ms) && *ms > 0;
}

/* Which of the words it is, from 1; 0 if none. */
static int armalo_i_form_word(armalo_i_json_value value, const char *words) {
    int which = 1;
    for (const char *at = words;; which++) {
        const char *end = strchr(at, ' ');
        size_t len = end == NULL ? strlen(at) : (size_t)(end - at);
        if (armalo_i_json_equals(value, armalo_i_span_of(at, len))) return which;
        if (end == NULL) return 0;
        at = end + 1;
    }
}

static const char *const armalo_i_mode_words[] = {[ARMALO_MODE_PRODUCTION] = "production",
                                                  [ARMALO_MODE_STAGING] = "staging",
                                                  [ARMALO_MODE_SIMULATION] = "simulation",
                                                  [ARMALO_MODE_DRY_RUN] = "dry_run"};

const char *armalo_i_mode_word(int32_t mode) {
    return mode >= ARMALO_MODE_PRODUCTION && mode <= ARMALO_MODE_DRY_RUN ? armalo_i_mode_words[mode] : "";
}

int32_t armalo_i_mode_of(armalo_i_json_value word) {
    for (int32_t mode = ARMALO_MODE_PRODUCTION; mode <= ARMALO_MODE_DRY_RUN; mode++)
        if (armalo_i_json_equals(word, armalo_i_span_text(armalo_i_mode_words[mode]))) return mode;
    return 0;
}

static int armalo_i_form_whole(armalo_i_json_value value) {
    int64_t number;
    return armalo_i_json_integer(value, &number) && number >= 0;
}

static int armalo_i_form_each(armalo_i_json_value value, int (*form)(armalo_i_json_value)) {
    armalo_i_json_iter iter;
    armalo_i_json_value none, item;
    if (value.type != ARMALO_I_JSON_ARRAY || !armalo_i_json_enter(value, &iter)) return 0;
    while (armalo_i_json_next(&iter, &none, &item))
        if (!form(item)) return 0;
    return 1;
}

static int armalo_i_fields_fit(const armalo_i_field *fields, armalo_i_json_value object, armalo_i_predicate_said *said,
                               armalo_i_span *fault);

static int armalo_i_objects_fit(const armalo_i_field *fields, armalo_i_json_value array, armalo_i_span *fault) {
    armalo_i_json_iter iter;
    armalo_i_json_value none, item;
    if (array.type != ARMALO_I_JSON_ARRAY || !armalo_i_json_enter(array, &iter)) return 0;
    while (armalo_i_json_next(&iter, &none, &item))
        if (!armalo_i_fields_fit(fields, item, NULL, fault)) return 0;
    return 1;
}

static int armalo_i_field_fits(const armalo_i_field *field, armalo_i_json_value value, armalo_i_predicate_said *said,
                               armalo_i_span *fault) {
    int64_t ms = 0;
    int32_t mode;
    int null = value.type == ARMALO_I_JSON_NULL;
    size_t len = 0;
    switch (field->form) {
    case ARMALO_I_FORM_TEXT:
        if (field->means == ARMALO_I_MEANS_ID && said != NULL)
            return armalo_i_json_identifier(value, said->id, sizeof said->id, &len);
        return armalo_i_form_text(value);
    case ARMALO_I_FORM_WORDS:
        return armalo_i_form_words(value);
    case ARMALO_I_FORM_DIGEST:
        return armalo_i_form_digest(value);
    case ARMALO_I_FORM_RESULT:
        return null || armalo_i_form_digest(value);
    case ARMALO_I_FORM_TIME:
        if (!armalo_i_form_time(value, &ms)) return 0;
        if (said != NULL && field->means == ARMALO_I_MEANS_ISSUED) said->issued_ms = ms;
        if (said != NULL && field->means == ARMALO_I_MEANS_EXPIRES) said->expires_ms = ms;
        return 1;
    case ARMALO_I_FORM_MODE:
        mode = armalo_i_mode_of(value);
        if (said != NULL) said->mode = mode;
        return mode != 0;
    case ARMALO_I_FORM_WHOLE:
        return armalo_i_form_whole(value);
    case ARMALO_I_FORM_WORD:
        return armalo_i_form_word(value, field->more) != 0;
    case ARMALO_I_FORM_MEASURE:
        return value.type == ARMALO_I_JSON_NUMBER || value.type == ARMALO_I_JSON_STRING ||
               value.type == ARMALO_I_JSON_TRUE || value.type == ARMALO_I_JSON_FALSE;
    case ARMALO_I_FORM_OBJECT:
        if (field->more != NULL) return armalo_i_fields_fit(field->more, value, NULL, fault);
        return value.type == ARMALO_I_JSON_OBJECT;
    case ARMALO_I_FORM_COST:
        return null || value.type == ARMALO_I_JSON_OBJECT;
    case ARMALO_I_FORM_TEXTS:
        return armalo_i_form_each(value, armalo_i_form_text);
    case ARMALO_I_FORM_DIGESTS:
        return armalo_i_form_each(value, armalo_i_form_digest);
    case ARMALO_I_FORM_OBJECTS:
        return armalo_i_objects_fit(field->more, value, fault);
    default:
        return 0;
    }
}

static int armalo_i_fields_fit(const armalo_i_field *fields, armalo_i_json_value object, armalo_i_predicate_said *said,
                               armalo_i_span *fault) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, value;
    uint32_t seen = 0;
    size_t next = 0, count = 0;
    if (object.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(object, &iter)) return 0;
    while (fields[count].name != NULL) count++;
    while (armalo_i_json_next(&iter, &name, &value)) {
        size_t i = next < count && armalo_i_json_equals(name, armalo_i_span_text(fields[next].name)) ? next : 0;
        while (i < count && !armalo_i_json_equals(name, armalo_i_span_text(fields[i].name))) i++;
        *fault = i < count ? armalo_i_span_text(fields[i].name) : name.raw;
        if (i == count) return 0;
        if (!armalo_i_field_fits(&fields[i], value, said, fault)) return 0;
        seen |= UINT32_C(1) << i; /* no schema has more than 32 */
        next = i + 1;
    }
    for (size_t i = 0; i < count; i++) {
        *fault = armalo_i_span_text(fields[i].name);
        if ((seen & UINT32_C(1) << i) == 0) return 0;
    }
    return 1;
}

int armalo_i_predicate_says(int predicate, int means) {
    if (predicate <= ARMALO_I_PREDICATE_FOREIGN || predicate >= ARMALO_I_PREDICATES) return 0;
    for (const armalo_i_field *field = armalo_i_predicates[predicate].fields; field->name != NULL; field++) {
        if (field->means == means) return 1;
    }
    return 0;
}

int armalo_i_predicate_read(int predicate, armalo_i_json_value value, armalo_i_predicate_said *said,
                            char fault[ARMALO_ATTEST_NAME_SIZE]) {
    armalo_i_span name = armalo_i_span_text("predicate");
    memset(said, 0, sizeof *said);
    if (predicate > ARMALO_I_PREDICATE_FOREIGN && predicate < ARMALO_I_PREDICATES &&
        armalo_i_fields_fit(armalo_i_predicates[predicate].fields, value, said, &name))
        return 1;
    armalo_i_span_show(name, fault, ARMALO_ATTEST_NAME_SIZE);
    return 0;
}
