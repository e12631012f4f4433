/* SPDX-License-Identifier: MIT */
#include "core/assumptions.h"
#include "core/decide.h"

typedef struct armalo_i_reason_row {
    const char *name, *meaning;
    uint8_t evidence, public_class;
} armalo_i_reason_row;

static const armalo_i_reason_row armalo_i_reason_rows[] = {
#define ARMALO_I_ROW(number, NAME, name, evidence, class_, meaning)                                                    \
    [number] = {name, meaning, ARMALO_##evidence, ARMALO_CLASS_##class_},
    ARMALO_REASONS(ARMALO_I_ROW)
#undef ARMALO_I_ROW
};
#define ARMALO_I_REASON_END ((uint32_t)(sizeof armalo_i_reason_rows / sizeof armalo_i_reason_rows[0]))

static const armalo_i_reason_row *armalo_i_reason_row_of(uint32_t reason) {
    if (reason >= ARMALO_I_REASON_END || armalo_i_reason_rows[reason].name == NULL) reason = ARMALO_REASON_UNDECIDED;
    return &armalo_i_reason_rows[reason];
}

const char *armalo_version(void) { return ARMALO_VERSION; }

const char *armalo_reason_name(uint32_t reason) { return armalo_i_reason_row_of(reason)->name; }

const char *armalo_reason_meaning(uint32_t reason) { return armalo_i_reason_row_of(reason)->meaning; }

int32_t armalo_i_reason_evidence(uint32_t reason) { return armalo_i_reason_row_of(reason)->evidence; }

int32_t armalo_i_reason_class(uint32_t reason) { return armalo_i_reason_row_of(reason)->public_class; }

uint32_t armalo_reason_next(uint32_t after) {
    for (uint32_t r = after; r < ARMALO_I_REASON_END - 1; r++) {
        if (armalo_i_reason_rows[r + 1].name != NULL) return r + 1;
    }
    return 0;
}
