/* SPDX-License-Identifier: MIT */
/* codec/json_names.h: the member names of the objects that are open in a scan, to find a name that comes twice. */
#ifndef ARMALO_CODEC_JSON_NAMES_H
#define ARMALO_CODEC_JSON_NAMES_H

#include "codec/span.h"

typedef struct armalo_i_json_name {
    uint64_t print; /* fingerprint of the unescaped bytes */
    armalo_i_span body;
} armalo_i_json_name;

/* An object with more names than this is checked when it closes; one with fewer, name by name. So one check costs at
 * most this many comparisons a name, even for names that an attacker chose to have one fingerprint. */
#define ARMALO_I_JSON_FEW_NAMES 32

/* The fingerprint takes eight bytes at a time, the last word (0 to 7 bytes, then zeros) through the end function. */
#define ARMALO_I_JSON_PRINT_START UINT64_C(0x9E3779B97F4A7C15)
static inline uint64_t armalo_i_json_print_word(uint64_t print, uint64_t word) {
    print = (print ^ word) * UINT64_C(0xD6E8FEB86659FD93);
    return print ^ print >> 32;
}
static inline uint64_t armalo_i_json_print_end(uint64_t print, uint64_t word) {
    return armalo_i_json_print_word(print, word) * UINT64_C(0xD6E8FEB86659FD93);
}
/* The same for any name. */
uint64_t armalo_i_json_print(armalo_i_span body);

/* The name among names[0 .. count - 1] that equals name, or NULL. */
const armalo_i_json_name *armalo_i_json_name_among(const armalo_i_json_name *names, size_t count,
                                                   const armalo_i_json_name *name);

/* The first name in the text that repeats an earlier one, as its body's address; NULL if there is none. Reorders and
 * overwrites names. */
const char *armalo_i_json_name_twice(armalo_i_json_name *names, size_t count);

#endif
