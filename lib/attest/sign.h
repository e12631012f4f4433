/* SPDX-License-Identifier: MIT */
/* attest/sign.h: what is to be signed, put together. */
#ifndef ARMALO_ATTEST_SIGN_H
#define ARMALO_ATTEST_SIGN_H

#include "armalo/attest.h"
#include "codec/json.h"

/* Memory for a text that is written in one piece: text is NULL until made; release it. */
typedef struct armalo_i_made {
    char *text;
    size_t len;
} armalo_i_made;

/* The statement that spec describes, made in this mode. GRANTED, or a reason and *detail. */
uint32_t armalo_i_statement_make(const armalo_attest_spec *spec, int32_t mode, armalo_i_made *statement,
                                 const char **detail);

/* The predicate of a bundle with the digest of each section in place, and without the values that are withheld.
 * GRANTED, or a reason and *detail. */
uint32_t armalo_i_bundle_make(armalo_i_json_value predicate, const armalo_attest_spec *spec, armalo_i_made *out,
                              const char **detail);

#endif
