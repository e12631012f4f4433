/* SPDX-License-Identifier: MIT */
/* attest/claims.c: what could not be compared is neither equal nor unequal, but unreadable. */
#include "attest/claims.h"

#include "armalo/reasons.h"
#include "codec/json_inside.h"

int armalo_i_operator_of(armalo_i_json_value name) {
    static const char *const names[] = {
        [ARMALO_I_OP_LT] = "lt",
        [ARMALO_I_OP_LTE] = "lte",
        [ARMALO_I_OP_GT] = "gt",
        [ARMALO_I_OP_GTE] = "gte",
        [ARMALO_I_OP_EQ] = "eq",
        [ARMALO_I_OP_NEQ] = "neq",
        [ARMALO_I_OP_INCLUDES] = "includes",
        [ARMALO_I_OP_EXCLUDES] = "excludes",
    };
    for (int op = ARMALO_I_OP_LT; op <= ARMALO_I_OP_EXCLUDES; op++) {
        if (armalo_i_json_equals(name, armalo_i_span_text(names[op]))) return op;
    }
    return ARMALO_I_OP_NONE;
}

static int armalo_i_is_boolean(armalo_i_json_value value) {
    return value.type == ARMALO_I_JSON_TRUE || value.type == ARMALO_I_JSON_FALSE;
}

int armalo_i_operator_fits(int op, armalo_i_json_value value) {
    int order;
    if (value.type == ARMALO_I_JSON_NUMBER) return armalo_i_json_number_compare(value, value, &order);
    if (value.type != ARMALO_I_JSON_STRING && !armalo_i_is_boolean(value)) return 0;
    return op >= ARMALO_I_OP_EQ;
}

/* 1 and *order if the two can be compared: less than, equal to or greater than 0 (strings and booleans: 0 or not). */
static int armalo_i_claim_order(armalo_i_json_value found, armalo_i_json_value wanted, int *order) {
    if (wanted.type == ARMALO_I_JSON_NUMBER) return armalo_i_json_number_compare(found, wanted, order);
    if (armalo_i_is_boolean(wanted)) {
        *order = found.type != wanted.type;
        return armalo_i_is_boolean(found);
    }
    if (wanted.type != ARMALO_I_JSON_STRING || found.type != ARMALO_I_JSON_STRING) return 0;
    *order =
        armalo_i_json_compare(armalo_i_json_body(found.raw), armalo_i_json_body(wanted.raw), ARMALO_I_JSON_BY_UTF8);
    return 1;
}

/* Is it an element of the array? An element that cannot be compared might be the one: 0 with *certain 0. */
static int armalo_i_claim_among(armalo_i_json_value array, armalo_i_json_value wanted, int *certain) {
    armalo_i_json_iter iter;
    armalo_i_json_value none, element;
    int order;
    *certain = 1;
    if (!armalo_i_json_enter(array, &iter)) return 0;
    while (armalo_i_json_next(&iter, &none, &element)) {
        if (armalo_i_claim_order(element, wanted, &order)) {
            if (order == 0) return *certain = 1;
        } else if (element.type == wanted.type) {
            *certain = 0; /* a number that readers round */
        }
    }
    return 0;
}

static uint32_t armalo_i_claim_verdict(int holds) {
    return holds ? ARMALO_REASON_GRANTED : ARMALO_REASON_ATTEST_CLAIM_MISMATCH;
}

uint32_t armalo_i_claim_judge(const armalo_i_claim *claim, armalo_i_json_value found) {
    int order = 0;
    if (found.type == ARMALO_I_JSON_NONE) return ARMALO_REASON_ATTEST_CLAIM_MISSING;
    if (claim->op == ARMALO_I_OP_INCLUDES || claim->op == ARMALO_I_OP_EXCLUDES) {
        int certain = 0;
        if (found.type != ARMALO_I_JSON_ARRAY) return ARMALO_REASON_ATTEST_CLAIM_UNREADABLE;
        int there = armalo_i_claim_among(found, claim->value, &certain);
        if (!certain) return ARMALO_REASON_ATTEST_CLAIM_UNREADABLE;
        return armalo_i_claim_verdict(there == (claim->op == ARMALO_I_OP_INCLUDES));
    }
    if (!armalo_i_claim_order(found, claim->value, &order)) return ARMALO_REASON_ATTEST_CLAIM_UNREADABLE;
    switch (claim->op) {
    case ARMALO_I_OP_LT:
        return armalo_i_claim_verdict(order < 0);
    case ARMALO_I_OP_LTE:
        return armalo_i_claim_verdict(order <= 0);
    case ARMALO_I_OP_GT:
        return armalo_i_claim_verdict(order > 0);
    case ARMALO_I_OP_GTE:
        return armalo_i_claim_verdict(order >= 0);
    case ARMALO_I_OP_EQ:
        return armalo_i_claim_verdict(order == 0);
    case ARMALO_I_OP_NEQ:
        return armalo_i_claim_verdict(order != 0);
    default:
        return ARMALO_REASON_ATTEST_CLAIM_UNREADABLE;
    }
}
