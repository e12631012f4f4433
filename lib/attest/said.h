/* SPDX-License-Identifier: MIT */
/* attest/said.h: what verified bytes say, in one shape for the three formats. */
#ifndef ARMALO_ATTEST_SAID_H
#define ARMALO_ATTEST_SAID_H

#include "attest/predicate.h"
#include "attest/signers.h"

typedef struct armalo_i_said {
    int format;
    armalo_i_json_value root;             /* of the payload */
    armalo_i_json_members members;        /* of root */
    char issuer[ARMALO_ATTEST_NAME_SIZE]; /* that it names; empty: none */
    char type[ARMALO_ATTEST_NAME_SIZE];   /* the one that the policy accepts */
    char id[ARMALO_ATTEST_NAME_SIZE];
    int predicate;                            /* enum armalo_i_predicate */
    armalo_i_json_value predicate_value;      /* NONE: none */
    armalo_i_json_value subject;              /* array of a statement, sub, credentialSubject; NONE: none */
    armalo_i_json_value audience;             /* aud of a JWS; NONE: none */
    int64_t begins_ms, issued_ms, expires_ms; /* 0: it does not say */
    int64_t ends_ms;        /* when it counts no longer: expires_ms, or the end of a proof that counts; 0: never */
    int32_t mode;           /* ARMALO_MODE_… it was made in; 0: it does not say */
    int32_t predicate_mode; /* as its predicate says; 0: it does not */
    int has_status;         /* a credential with a credentialStatus */
    const char *detail;
    char text[ARMALO_ATTEST_NAME_SIZE]; /* where a detail lies that is no constant */
} armalo_i_said;

/* Read the payload that the signers' signatures cover: GRANTED, or a reason. Judges form and type, and nothing else. */
uint32_t armalo_i_said_read(const armalo_attest_policy *policy, const armalo_i_artifact *artifact,
                            const armalo_i_signers *signers, armalo_i_said *said);

/* The formats' own parts of it. */
/* 1 for the payload type of a statement: "application/vnd.in-toto+json", "application/vnd.in-toto.<predicate>+json". */
int armalo_i_statement_type(const char *payload_type);
uint32_t armalo_i_statement_read(const armalo_attest_policy *policy, const char *payload_type, armalo_i_said *said);
/* A statement, and a predicate of ours, without regard to what a policy accepts. */
uint32_t armalo_i_statement_form(const char *payload_type, armalo_i_said *said);
uint32_t armalo_i_claims_set_read(const armalo_attest_policy *policy, const char *typ, armalo_i_said *said);
uint32_t armalo_i_credential_read(const armalo_attest_policy *policy, armalo_i_said *said);

/* The value that a pointer names in the payload. Most lead into the predicate, which is known already. */
armalo_i_json_value armalo_i_said_find(const armalo_i_said *said, const armalo_i_json_pointer *pointer);

/* How much a mode is worth as evidence: what was made in a weaker one than the host's is a simulation to it. */
int armalo_i_mode_worth(int32_t mode);

/* Does one of the subjects have this digest ("sha256:…" or "sha512:…") or this id? */
int armalo_i_subject_matches(const armalo_i_said *said, armalo_i_span subject);

/* The sections of a bundle, and what is revealed of them (NONE: nothing): GRANTED, ATTEST_SECTION_MISMATCH or
 * NO_MEMORY; then which section is at fault. */
uint32_t armalo_i_bundle_judge(armalo_i_json_value predicate, armalo_i_json_value revealed,
                               char fault[ARMALO_ATTEST_NAME_SIZE]);

#endif
