/* SPDX-License-Identifier: MIT */
#include "attest/alg.h"

static const struct {
    const char *name;
    int alg;
} armalo_i_alg_names[] = {
    {"EdDSA", ARMALO_I_ALG_EDDSA}, {"ES256", ARMALO_I_ALG_ES256}, {"ES384", ARMALO_I_ALG_ES384},
    {"PS256", ARMALO_I_ALG_PS256}, {"RS256", ARMALO_I_ALG_RS256}, {"Ed25519", ARMALO_I_ALG_EDDSA},
};
#define ARMALO_I_ALG_NAMES (sizeof armalo_i_alg_names / sizeof armalo_i_alg_names[0])

int armalo_i_alg_of(armalo_i_json_value name) {
    for (size_t i = 0; i < ARMALO_I_ALG_NAMES; i++) {
        if (armalo_i_json_equals(name, armalo_i_span_text(armalo_i_alg_names[i].name)))
            return armalo_i_alg_names[i].alg;
    }
    return ARMALO_I_ALG_NONE;
}

const char *armalo_i_alg_name(int alg) {
    for (size_t i = 0; i < ARMALO_I_ALG_NAMES; i++) {
        if (armalo_i_alg_names[i].alg == alg) return armalo_i_alg_names[i].name;
    }
    return "none";
}
