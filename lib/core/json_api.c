/* SPDX-License-Identifier: MIT */
/* The public face of the strict JSON reader: the codec's statuses become reasons here. */
#include "armalo/json.h"

#include "codec/json.h"
#include "core/json_reason.h"

_Static_assert(ARMALO_JSON_MAX_DEPTH == ARMALO_I_JSON_MAX_DEPTH, "one limit");
_Static_assert(ARMALO_JSON_MAX_MEMBERS == ARMALO_I_JSON_MAX_MEMBERS, "one limit");

uint32_t armalo_i_json_reason(int status) {
    switch (status) {
    case ARMALO_I_JSON_OK:
        return ARMALO_REASON_GRANTED;
    case ARMALO_I_JSON_SYNTAX:
        return ARMALO_REASON_JSON_SYNTAX;
    case ARMALO_I_JSON_EMPTY:
        return ARMALO_REASON_JSON_EMPTY;
    case ARMALO_I_JSON_TRAILING:
        return ARMALO_REASON_JSON_TRAILING;
    case ARMALO_I_JSON_UTF8:
        return ARMALO_REASON_JSON_UTF8;
    case ARMALO_I_JSON_BOM:
        return ARMALO_REASON_JSON_BOM;
    case ARMALO_I_JSON_CONTROL:
        return ARMALO_REASON_JSON_CONTROL;
    case ARMALO_I_JSON_ESCAPE:
        return ARMALO_REASON_JSON_ESCAPE;
    case ARMALO_I_JSON_SURROGATE:
        return ARMALO_REASON_JSON_SURROGATE;
    case ARMALO_I_JSON_NUL_NAME:
        return ARMALO_REASON_JSON_NUL_NAME;
    case ARMALO_I_JSON_DUPLICATE:
        return ARMALO_REASON_JSON_DUPLICATE;
    case ARMALO_I_JSON_NUMBER_RANGE:
        return ARMALO_REASON_JSON_NUMBER_RANGE;
    case ARMALO_I_JSON_DEPTH:
        return ARMALO_REASON_JSON_DEPTH;
    case ARMALO_I_JSON_SIZE:
        return ARMALO_REASON_JSON_SIZE;
    case ARMALO_I_JSON_MEMBERS:
        return ARMALO_REASON_JSON_SIZE; /* only where nothing may be allocated */
    case ARMALO_I_JSON_NO_MEMORY:
        return ARMALO_REASON_NO_MEMORY;
    default:
        return ARMALO_REASON_UNDECIDED;
    }
}

static int armalo_i_json_refuse(armalo_json_error *error, uint32_t reason, const armalo_i_json_fault *fault) {
    if (error != NULL) {
        error->reason = reason;
        error->offset = fault == NULL ? 0 : fault->offset;
        error->line = fault == NULL ? 0 : fault->line;
        error->column = fault == NULL ? 0 : fault->column;
    }
    return 0;
}

/* Load the text, or fill error in. */
static int armalo_i_json_open(const char *text, size_t len, size_t max_len, armalo_i_json_value *root,
                              armalo_json_error *error) {
    armalo_i_json_fault fault = {0};
    if (error != NULL) memset(error, 0, sizeof *error);
    if (text == NULL && len != 0) return armalo_i_json_refuse(error, ARMALO_REASON_INVALID_ARGUMENT, NULL);
    if (armalo_i_json_load(armalo_i_span_of(text == NULL ? "" : text, len), max_len, root, &fault) != 1) {
        return armalo_i_json_refuse(error, armalo_i_json_reason(fault.status), &fault);
    }
    return 1;
}

int armalo_json_check(const char *text, size_t len, size_t max_len, armalo_json_error *error) {
    armalo_i_json_value root;
    return armalo_i_json_open(text, len, max_len, &root, error);
}

int armalo_json_canonical(const char *text, size_t len, char *buf, size_t cap, size_t *out_len,
                          armalo_json_error *error) {
    armalo_i_json_value root;
    armalo_i_json_fault fault = {0};
    size_t need = 0;
    if (out_len != NULL) *out_len = 0;
    if (!armalo_i_json_open(text, len, ARMALO_JSON_CANONICAL_MAX, &root, error)) return 0;
    if (buf == NULL && cap != 0) return armalo_i_json_refuse(error, ARMALO_REASON_INVALID_ARGUMENT, NULL);
    if (armalo_i_json_canonical(root, buf, cap, &need, &fault) != 1) {
        if (fault.status == ARMALO_I_JSON_NO_MEMORY) return armalo_i_json_refuse(error, ARMALO_REASON_NO_MEMORY, NULL);
        if (out_len != NULL) *out_len = need;
        return armalo_i_json_refuse(error, ARMALO_REASON_BUFFER_TOO_SMALL, NULL);
    }
    if (out_len != NULL) *out_len = need;
    return 1;
}
