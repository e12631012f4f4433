/* SPDX-License-Identifier: MIT */
/* Fuzz target: the canonical form is strict JSON, is its own canonical form, and fits the documented bound. */
#include "codec/json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds) {
    if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    armalo_i_json_value root;
    armalo_i_json_fault fault;
    size_t len, again;
    if (!armalo_i_json_load(armalo_i_span_of(data, size), SIZE_MAX, &root, NULL)) return 0;
    must(!armalo_i_json_canonical(root, NULL, 0, &len, &fault) && fault.status == ARMALO_I_JSON_OK);
    must(len >= 1 && len <= 6 * size);
    char *first = malloc(len), *second = malloc(6 * len);
    must(first != NULL && second != NULL);
    must(armalo_i_json_canonical(root, first, len, &again, &fault) && again == len);
    must(armalo_i_json_load(armalo_i_span_of(first, len), SIZE_MAX, &root, NULL));
    must(root.raw.len == len); /* no space around it */
    must(armalo_i_json_canonical(root, second, 6 * len, &again, &fault) && again == len);
    must(memcmp(first, second, len) == 0);
    free(first);
    free(second);
    return 0;
}
