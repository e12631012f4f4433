/* SPDX-License-Identifier: MIT */
/* attest/alg.h: names of algorithms (RFC 7518 3.1, RFC 8037 3.1, RFC 9864 2.2). */
#ifndef ARMALO_ATTEST_ALG_H
#define ARMALO_ATTEST_ALG_H

#include "codec/json.h"
#include "crypto/pkey.h"

/* enum armalo_i_alg for a JSON string; ARMALO_I_ALG_NONE for any other, "none" and keyed hashes among them. */
int armalo_i_alg_of(armalo_i_json_value name);
const char *armalo_i_alg_name(int alg);

#endif
