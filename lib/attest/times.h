/* SPDX-License-Identifier: MIT */
/* attest/times.h: times in what was verified. */
#ifndef ARMALO_ATTEST_TIMES_H
#define ARMALO_ATTEST_TIMES_H

#include "codec/json.h"
#include "codec/text.h"

/* RFC 3339, or whole seconds since the epoch (RFC 7519 2, NumericDate, here without fractions). 1 and *ms: 0 where
 * value is NONE; a time at or before the epoch is its first millisecond, so that it is long past and not absent. */
static inline int armalo_i_time_read(armalo_i_json_value value, int64_t *ms) {
    char text[64];
    size_t len = 0;
    int64_t seconds = 0;
    *ms = 0;
    if (value.type == ARMALO_I_JSON_NONE) return 1;
    if (value.type == ARMALO_I_JSON_STRING) {
        if (!armalo_i_json_identifier(value, text, sizeof text, &len) ||
            !armalo_i_time_parse(armalo_i_span_of(text, len), ms))
            return 0;
    } else {
        if (!armalo_i_json_integer(value, &seconds)) return 0;
        if (seconds > ARMALO_I_TIME_MAX_MS / 1000) return 0; /* milliseconds, most likely */
        *ms = seconds > 0 ? seconds * 1000 : 0;
    }
    if (*ms == 0) *ms = 1;
    return 1;
}

/* Of two ends the earlier; 0 is none. */
static inline int64_t armalo_i_earlier_end(int64_t a, int64_t b) { return a == 0 || (b != 0 && b < a) ? b : a; }

#endif
