/* SPDX-License-Identifier: MIT */
/* attest/dsse.h: what signing and verifying an envelope share. */
#ifndef ARMALO_ATTEST_DSSE_H
#define ARMALO_ATTEST_DSSE_H

#include "armalo/attest.h"
#include "codec/json.h"

#define ARMALO_I_PAE_HEAD_MAX (6 + 3 * 22 + ARMALO_ATTEST_NAME_SIZE)
#define ARMALO_I_PAYLOAD_TYPE "application/vnd.in-toto+json"

/* Everything of the pre-authentication encoding that stands before the payload. type has fewer than
 * ARMALO_ATTEST_NAME_SIZE bytes. Returns the length. */
size_t armalo_i_pae_head(armalo_i_span type, size_t payload_len, char out[ARMALO_I_PAE_HEAD_MAX]);

#endif
