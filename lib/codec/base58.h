/* SPDX-License-Identifier: MIT */
/* codec/base58.h: base58btc, as multibase 'z' of did:key and Data Integrity has it. */
#ifndef ARMALO_CODEC_BASE58_H
#define ARMALO_CODEC_BASE58_H

#include "codec/span.h"

#define ARMALO_I_BASE58_MAX 192 /* characters that are decoded: the work grows with their square */

/* 1 and *len if text is base58btc (alphabet without 0, O, I and l; each leading '1' one zero byte) of at most cap bytes
 * and ARMALO_I_BASE58_MAX characters; 0 otherwise. Every value has one spelling. */
int armalo_i_base58_decode(armalo_i_span text, uint8_t *out, size_t cap, size_t *len);
/* Writes at most cap - 1 characters and a NUL; returns the length, or 0 where it does not fit (or len is 0). */
size_t armalo_i_base58_encode(const uint8_t *in, size_t len, char *out, size_t cap);

#endif
