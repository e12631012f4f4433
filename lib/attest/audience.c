/* SPDX-License-Identifier: MIT */
#include "attest/audience.h"

/* A text, or an array of texts, one of which is an audience of the policy. */
static int armalo_i_audience_named(const armalo_i_list *audience, armalo_i_json_value value) {
    armalo_i_json_iter iter;
    armalo_i_json_value none, item;
    if (value.type == ARMALO_I_JSON_ARRAY) {
        if (!armalo_i_json_enter(value, &iter)) return 0;
        while (armalo_i_json_next(&iter, &none, &item))
            if (item.type == ARMALO_I_JSON_STRING && armalo_i_audience_named(audience, item)) return 1;
        return 0;
    }
    for (size_t i = 0; i < audience->count; i++) {
        if (armalo_i_json_equals(value, audience->item[i])) return 1;
    }
    return 0;
}

int armalo_i_audience_fits(const armalo_attest_policy *policy, armalo_i_json_value value) {
    /* RFC 7519 4.1.3: "If the principal processing the claim does not identify itself with a value in the "aud" claim
     * when this claim is present, then the JWT MUST be rejected." */
    if (value.type == ARMALO_I_JSON_NONE) return policy->audience.count == 0;
    return armalo_i_audience_named(&policy->audience, value);
}
