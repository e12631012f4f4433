/* SPDX-License-Identifier: MIT */
/* attest/artifact.h: the three formats, brought into one shape: signatures over messages, and a payload that nobody may
 * read before a signature holds. */
#ifndef ARMALO_ATTEST_ARTIFACT_H
#define ARMALO_ATTEST_ARTIFACT_H

#include "armalo/attest.h"
#include "codec/json.h"
#include "crypto/pkey.h"

#define ARMALO_I_ALG_FOREIGN (-1)

/* One signature as the artifact shows it. */
typedef struct armalo_i_signature {
    armalo_i_span hint;    /* which key it says it is of: believed by nobody, only tried first; empty: none */
    armalo_i_span bytes;   /* decoded; empty: none that could hold */
    armalo_i_span message; /* what it is over */
    armalo_i_span payload; /* what of the message is handed out once it holds */
    int alg;               /* enum armalo_i_alg that the message asks for; NONE: the key's own; FOREIGN: none of ours */
    uint32_t refused;      /* a reason why this signature can never count, whatever it is of; 0: none */
    armalo_i_span owner;   /* whose key it must be; empty: anybody's */
    armalo_i_span method;  /* of a credential: the key's id within the hint, which follows the "#" */
    const uint8_t *only;   /* the Ed25519 key that alone may have made it; NULL: any */
    /* What a proof of a credential says of itself. */
    int is_proof;
    int64_t created_ms, expires_ms; /* 0: nothing; where it does not say when it was made, validFrom says it */
    armalo_i_json_value domain;     /* NONE: nothing */
    armalo_i_json_value context;    /* its own @context; NONE: that of the credential */
} armalo_i_signature;

/* A piece of memory of an artifact. */
typedef struct armalo_i_block {
    struct armalo_i_block *next;
    size_t reserved; /* keeps what follows aligned */
} armalo_i_block;

typedef struct armalo_i_artifact {
    int format; /* ARMALO_FORMAT_… */
    size_t count;
    size_t room; /* how many signatures fit */
    armalo_i_signature *signature;
    char type[ARMALO_ATTEST_NAME_SIZE];   /* payloadType of an envelope, typ of a JWS; empty: none */
    char issuer[ARMALO_ATTEST_NAME_SIZE]; /* of a credential, whose key must have signed it */
    armalo_i_json_value root;             /* the whole, when it is JSON */
    armalo_i_json_members members;        /* of the whole */
    size_t canonical;                     /* bytes of a credential that were put into canonical form */
    const char *detail;                   /* what is wrong with it, for the operator; NULL: nothing to say */
    armalo_i_block *blocks;
} armalo_i_artifact;

/* Memory that lives as long as the artifact; NULL when there is none. */
void *armalo_i_artifact_alloc(armalo_i_artifact *a, size_t size);
void armalo_i_artifact_end(armalo_i_artifact *a);

/* One signature more, zeroed: the last of a->count. NULL for no memory. Those before it may move. */
armalo_i_signature *armalo_i_artifact_signature(armalo_i_artifact *a);

/* Which format it is: GRANTED and a->format (and a->root for the JSON ones), or a reason. */
uint32_t armalo_i_artifact_format(armalo_i_artifact *a, armalo_i_span text, size_t max);

/* Read it as its format, which has been found: GRANTED, or a reason. Nothing is verified. */
uint32_t armalo_i_artifact_open(armalo_i_artifact *a, armalo_i_span text);
uint32_t armalo_i_dsse_open(armalo_i_artifact *a);
uint32_t armalo_i_jws_open_compact(armalo_i_artifact *a, armalo_i_span text);
uint32_t armalo_i_jws_open_flattened(armalo_i_artifact *a);
uint32_t armalo_i_vc_open(armalo_i_artifact *a);

/* What a JSON string says, copied only where something in it is escaped. GRANTED, NO_MEMORY, or MALFORMED where it is
 * no string. */
uint32_t armalo_i_artifact_string(armalo_i_artifact *a, armalo_i_json_value string, armalo_i_span *out);

/* The bytes of a JSON string between its quotes when nothing in it is escaped; else an empty span. */
armalo_i_span armalo_i_plain_string(armalo_i_json_value string);

#endif
