/* SPDX-License-Identifier: MIT */
/* attest/attested.h: the inside of what was verified. */
#ifndef ARMALO_ATTEST_ATTESTED_H
#define ARMALO_ATTEST_ATTESTED_H

#include "attest/said.h"

/* A key that signed. The trust that it is of may be gone by the time somebody asks. */
typedef struct armalo_i_attested_signer {
    char owner[ARMALO_ATTEST_NAME_SIZE], id[ARMALO_ATTEST_NAME_SIZE], thumbprint[ARMALO_I_THUMBPRINT_TEXT];
} armalo_i_attested_signer;

struct armalo_attested {
    armalo_i_artifact artifact; /* its memory holds the payload */
    armalo_i_json_value root;
    armalo_i_span payload;
    armalo_i_attested_signer *signers; /* facts.signer_count of them, in the artifact's memory */
    armalo_attested_facts facts;       /* but for the signer, and payload_sha256, which is taken when it is asked for */
};

#endif
