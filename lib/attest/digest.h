/* SPDX-License-Identifier: MIT */
/* attest/digest.h: digests as artifacts and the audit trail name them. */
#ifndef ARMALO_ATTEST_DIGEST_H
#define ARMALO_ATTEST_DIGEST_H

#include "codec/json.h"
#include "crypto/crypto.h"

#define ARMALO_I_DIGEST_NAME (7 + 2 * ARMALO_I_SHA256_SIZE + 1) /* "sha256:" and the digits, with NUL */

void armalo_i_digest_of(armalo_i_span bytes, uint8_t digest[ARMALO_I_SHA256_SIZE]);

/* "sha256:" and the digits of a digest, or of bytes. */
void armalo_i_digest_text_of(const uint8_t digest[ARMALO_I_SHA256_SIZE], char out[ARMALO_I_DIGEST_NAME]);
void armalo_i_digest_name(armalo_i_span bytes, char out[ARMALO_I_DIGEST_NAME]);

/* 1 if the text is "sha256:" or "sha512:" and as many lowercase digits: which one, and the digits. */
int armalo_i_digest_parts(armalo_i_span text, const char **algorithm, armalo_i_span *hex);

/* 1 if the text is "sha256:" and 64 lowercase digits. */
int armalo_i_is_digest_name(armalo_i_span text);

/* The digest of the canonical form of a value of a scanned text. GRANTED or NO_MEMORY. */
uint32_t armalo_i_canonical_digest(armalo_i_json_value value, uint8_t digest[ARMALO_I_SHA256_SIZE]);

#endif
