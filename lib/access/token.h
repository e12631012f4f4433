/* SPDX-License-Identifier: MIT */
/* access/token.h: the form of an API key's token. */
#ifndef ARMALO_ACCESS_TOKEN_H
#define ARMALO_ACCESS_TOKEN_H

#include "codec/span.h"

#define ARMALO_I_TOKEN_BODY  32
#define ARMALO_I_TOKEN_CHECK 6

/* CRC-32 (IEEE) by eight bytes at a time. */
typedef struct armalo_i_crc32 {
    uint32_t table[8][256];
} armalo_i_crc32;
void armalo_i_crc32_make(armalo_i_crc32 *crc);
uint32_t armalo_i_crc32_of(const armalo_i_crc32 *crc, armalo_i_span text);

/* Is this a token by its form? 1 and *env, or 0. The check characters are another question: see below. */
int armalo_i_token_form(armalo_i_span token, int32_t *env);
int armalo_i_token_checks(const armalo_i_crc32 *crc, armalo_i_span token);

/* A new token, NUL-terminated, and its length; 0 when the random generator failed. out has ARMALO_KEY_TOKEN_SIZE
 * bytes. */
size_t armalo_i_token_make(const char *prefix, int32_t env, char *out);

/* "live", "test", "sim"; NULL for what is no environment. */
const char *armalo_i_env_name(int32_t env);

#endif
