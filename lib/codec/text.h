/* SPDX-License-Identifier: MIT */
/* codec/text.h: small canonical text forms: base64, base64url, hex, decimal, RFC 3339 time. Decoders take exactly one
 * spelling of each value: right padding, no stray bits, no white space. */
#ifndef ARMALO_CODEC_TEXT_H
#define ARMALO_CODEC_TEXT_H

#include "codec/span.h"

/* Bytes of base64 text for n bytes (with padding), without NUL. */
#define ARMALO_I_BASE64_LEN(n) (((n) + 2) / 3 * 4)

/* Each decoder: 1 and *len if text is the canonical form of at most cap bytes; 0 otherwise (out may be partly written).
 * The time taken depends on the length and on where the first bad byte is, not on good bytes. */
int armalo_i_base64_decode(armalo_i_span text, uint8_t *out, size_t cap, size_t *len);
int armalo_i_base64url_decode(armalo_i_span text, uint8_t *out, size_t cap, size_t *len); /* no padding, RFC 7515 */
/* base64 or base64url, but one of them throughout; with the right padding, or, if no '+' or '/' is there, without. */
int armalo_i_base64_either_decode(armalo_i_span text, uint8_t *out, size_t cap, size_t *len);
int armalo_i_hex_decode(armalo_i_span text, uint8_t *out, size_t cap, size_t *len); /* lowercase only */

/* Each encoder writes the whole text and a NUL and returns the length; out must have room. */
size_t armalo_i_base64_encode(const uint8_t *in, size_t len, char *out);
size_t armalo_i_base64url_encode(const uint8_t *in, size_t len, char *out);
size_t armalo_i_hex_encode(const uint8_t *in, size_t len, char *out);

/* A plain unsigned decimal number: digits only, no leading zero (except "0"), at most `max`. 1 and *value, or 0. */
int armalo_i_decimal(armalo_i_span text, uint64_t max, uint64_t *value);
/* Writes the decimal text and a NUL (out: 21 bytes) and returns the length. */
size_t armalo_i_decimal_text(uint64_t value, char *out);

/* RFC 3339 in UTC with milliseconds: "2026-11-23T14:00:00.000Z". time_text writes 24 bytes and a NUL, and returns 24;
 * for a time outside 1970-01-01 .. 9999-12-31 it writes "" and returns 0. time_parse takes "Z" or an offset, upper
 * case, an optional fraction of 1 to 9 digits, years 1970 to 9999, and no leap seconds: 1 and *ms, or 0. */
#define ARMALO_I_TIME_LEN    24
#define ARMALO_I_TIME_MAX_MS INT64_C(253402300799999)
size_t armalo_i_time_text(int64_t ms, char *out);
int armalo_i_time_parse(armalo_i_span text, int64_t *ms);
/* An HTTP date (RFC 9110 5.6.7), the preferred form only: "Sun, 06 Nov 1994 08:49:37 GMT". 1 and *ms, or 0. */
int armalo_i_http_date_parse(armalo_i_span text, int64_t *ms);

#endif
