/* SPDX-License-Identifier: MIT */
/* access/record.h: key records: what is stored of a key, and its seal. */
#ifndef ARMALO_ACCESS_RECORD_H
#define ARMALO_ACCESS_RECORD_H

#include "access/scopes.h"
#include "armalo/key.h"
#include "core/host.h"

#define ARMALO_I_TIME_TEXT   40 /* an RFC 3339 time of any spelling we read, with NUL */
#define ARMALO_I_DIGEST_TEXT 144
#define ARMALO_I_SEAL_TEXT   72 /* "hs256:" and 64 digits, with NUL */

/* Kinds of digest. */
enum armalo_i_digest_kind { ARMALO_I_DIGEST_HS256, ARMALO_I_DIGEST_SHA256, ARMALO_I_DIGEST_ARGON2ID };

/* A record. Texts are NUL-terminated; an empty time stands for null, and so does an empty `replaces`. */
typedef struct armalo_i_key_record {
    char id[ARMALO_KEY_ID_MAX + 1], org[ARMALO_KEY_ID_MAX + 1], name[ARMALO_KEY_LABEL_MAX + 1];
    char digest[ARMALO_I_DIGEST_TEXT];
    int kind;                                   /* enum armalo_i_digest_kind */
    uint8_t digest_bytes[ARMALO_I_SHA256_SIZE]; /* of HS256 and SHA256 */
    int32_t env, use;
    char created_at[ARMALO_I_TIME_TEXT], not_before[ARMALO_I_TIME_TEXT], expires_at[ARMALO_I_TIME_TEXT],
        revoked_at[ARMALO_I_TIME_TEXT];
    int64_t not_before_ms, expires_ms, revoked_ms; /* 0: null */
    char replaces[ARMALO_KEY_ID_MAX + 1];
    char seal[ARMALO_I_SEAL_TEXT];
    size_t scopes_len;
    char scopes[ARMALO_SCOPES_TEXT_SIZE]; /* in the record's order, separated by single spaces */
} armalo_i_key_record;

/* Read a record and check its seal. GRANTED, KEY_RECORD_MALFORMED or KEY_RECORD_ALTERED. */
uint32_t armalo_i_key_record_open(const armalo_host *host, armalo_i_span json, armalo_i_key_record *record);

/* Seal a record and write it, NUL-terminated, into out of ARMALO_KEY_RECORD_SIZE bytes. 1 if it fits. */
int armalo_i_key_record_seal(const armalo_host *host, armalo_i_key_record *record, char *out);

/* Take a digest as a record has it: 1 and digest, kind and digest_bytes, or 0. */
int armalo_i_key_record_set_digest(armalo_i_key_record *record, const char *text);

/* May this key be used at this time? GRANTED, KEY_REVOKED, KEY_EXPIRED or KEY_NOT_YET_VALID. */
uint32_t armalo_i_key_record_valid(const armalo_i_key_record *record, int64_t now_ms);

/* The digest of a token as a record has it. */
void armalo_i_token_digest(const armalo_host *host, armalo_i_span token, uint8_t digest[ARMALO_I_SHA256_SIZE]);

/* "hs256:" or "sha256:" and the digits, NUL-terminated. out: ARMALO_I_SEAL_TEXT bytes. */
void armalo_i_digest_text(int kind, const uint8_t digest[ARMALO_I_SHA256_SIZE], char *out);

/* 1 if text is 1 to 63 bytes of [A-Za-z0-9_.:-]: an id or an org. */
int armalo_i_key_name_valid(const char *text);

#endif
