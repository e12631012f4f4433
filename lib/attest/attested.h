/* SPDX-License-Identifier: MIT */
/* attest/attested.h: the inside of what was verified. */
#ifndef ARMALO_ATTEST_ATTESTED_H
#define ARMALO_ATTEST_ATTESTED_H

#include "attest/said.h"

struct armalo_attested {
    armalo_i_artifact artifact; /* its memory holds the payload */
    armalo_i_json_value root;
    armalo_i_span payload;
    armalo_attested_facts facts; /* but for payload_sha256, which is taken when it is asked for */
};

#endif
