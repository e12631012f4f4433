/* SPDX-License-Identifier: MIT */
/* codec/json_names.c: finding a member name that comes twice, without allocating, in O(n log n) whatever the names. */
#include "codec/json_names.h"
#include "codec/json_inside.h"
#include "codec/sort.h"

uint64_t armalo_i_json_print(armalo_i_span body) {
    armalo_i_json_reader reader = armalo_i_json_reader_of(body);
    uint64_t print = ARMALO_I_JSON_PRINT_START, word = 0;
    unsigned shift = 0;
    for (int c; (c = armalo_i_json_reader_next(&reader)) >= 0;) {
        word |= (uint64_t)c << shift;
        shift += 8;
        if (shift != 64) continue;
        print = armalo_i_json_print_word(print, word);
        word = 0;
        shift = 0;
    }
    return armalo_i_json_print_end(print, word);
}

const armalo_i_json_name *armalo_i_json_name_among(const armalo_i_json_name *names, size_t count,
                                                   const armalo_i_json_name *name) {
    for (size_t i = 0; i < count; i++)
        if (names[i].print == name->print &&
            armalo_i_json_compare(names[i].body, name->body, ARMALO_I_JSON_BY_UTF8) == 0)
            return &names[i];
    return NULL;
}

static int armalo_i_json_name_order(const void *a, const void *b) {
    const armalo_i_json_name *x = a, *y = b;
    if (x->print != y->print) return x->print < y->print ? -1 : 1;
    int order = armalo_i_json_compare(x->body, y->body, ARMALO_I_JSON_BY_UTF8);
    return order != 0 ? order : (x->body.ptr > y->body.ptr) - (x->body.ptr < y->body.ptr);
}

#define ARMALO_I_SIEVE_BITS 13 /* of the fingerprint */

/* Keeps only the names whose bits of the fingerprint some other name has too, and returns how many are left: for the
 * sizes that occur in practice, next to none. */
static size_t armalo_i_json_sieve(armalo_i_json_name *names, size_t count) {
    uint64_t once[1 << (ARMALO_I_SIEVE_BITS - 6)] = {0}, twice[1 << (ARMALO_I_SIEVE_BITS - 6)] = {0};
    for (size_t i = 0; i < count; i++) {
        size_t slot = (size_t)(names[i].print >> (64 - ARMALO_I_SIEVE_BITS));
        uint64_t bit = UINT64_C(1) << (slot & 63);
        twice[slot >> 6] |= once[slot >> 6] & bit;
        once[slot >> 6] |= bit;
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        size_t slot = (size_t)(names[i].print >> (64 - ARMALO_I_SIEVE_BITS));
        if ((twice[slot >> 6] >> (slot & 63) & 1) != 0) names[kept++] = names[i];
    }
    return kept;
}

const char *armalo_i_json_name_twice(armalo_i_json_name *names, size_t count) {
    const char *found = NULL;
    count = armalo_i_json_sieve(names, count);
    armalo_i_sort(names, count, sizeof names[0], armalo_i_json_name_order);
    for (size_t i = 1; i < count; i++) {
        const char *second = names[i].body.ptr;
        if (names[i - 1].print == names[i].print && (found == NULL || second < found) &&
            armalo_i_json_compare(names[i - 1].body, names[i].body, ARMALO_I_JSON_BY_UTF8) == 0)
            found = second;
    }
    return found;
}
