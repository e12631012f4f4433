/* SPDX-License-Identifier: MIT */
/* armalo/json.h: strict JSON, for hosts that want to read what the library reads.
 *
 * Strict means: RFC 8259 grammar exactly, UTF-8 without BOM, one value and nothing after it, no duplicate member names
 * (compared after unescaping), no U+0000 in a member name, no lone surrogates, no number too large for a double,
 * nesting at most ARMALO_JSON_MAX_DEPTH; the same in every locale. */
#ifndef ARMALO_JSON_H
#define ARMALO_JSON_H

#include "armalo/decision.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ARMALO_JSON_MAX_DEPTH 64
/* Members of all objects open at one time, where no memory may be allocated (a webhook's body). armalo_json_check() and
 * armalo_json_canonical() have no such limit; they allocate when a document has more. */
#define ARMALO_JSON_MAX_MEMBERS 1024

/* Where and why a text is not strict JSON. */
typedef struct armalo_json_error {
    uint32_t reason;   /* ARMALO_REASON_JSON_…, ARMALO_REASON_NO_MEMORY, … */
    uint32_t reserved; /* 0 */
    size_t offset;     /* bytes before the fault */
    size_t line;       /* from 1; lines end with LF */
    size_t column;     /* from 1, in bytes */
} armalo_json_error;

/* Is this strict JSON?
 * Returns: 1 if it is; 0 if not, or if it could not be checked.
 * Args:    text: len bytes; need not be NUL-terminated; NULL is allowed only with len 0.
 *          len: bytes at text.
 *          max_len: the most bytes you are ready to read; longer is json.size. SIZE_MAX: no limit.
 * Out:     error: the fault; all zero after success. NULL is allowed.
 * Reasons: json.syntax … json.size; core.invalid_argument, core.no_memory.
 * Follows: RFC 8259, RFC 7493 (names).
 * Thread safety: any thread. Allocates nothing unless more than ARMALO_JSON_MAX_MEMBERS members are open at once. */
ARMALO_API ARMALO_MUST_USE int armalo_json_check(const char *text, size_t len, size_t max_len,
                                                 armalo_json_error *error);

/* The canonical form of a strict JSON text: what digests and signatures are made over.
 * Returns: 1 if written; 0 if the text is not strict JSON or the buffer is too small (nothing is written then).
 * Args:    text, len: as for armalo_json_check(); at most ARMALO_JSON_CANONICAL_MAX bytes.
 *          cap: bytes at buf. Three times len is always enough.
 * Out:     buf: cap bytes; not NUL-terminated; NULL is allowed when cap is 0. May not overlap text.
 *          out_len: bytes of the canonical form, also when buf was too small (error: core.buffer_too_small); 0 on any
 *          other failure. NULL is allowed.
 *          error: the fault; all zero after success. NULL is allowed.
 * Reasons: json.syntax … json.size; core.invalid_argument, core.buffer_too_small, core.no_memory.
 * Follows: RFC 8785 (JCS). A number that a double cannot hold exactly is written as the double nearest to it, as the
 *          RFC says; keep money and large integers in strings.
 * Thread safety: any thread. Allocates. */
ARMALO_API ARMALO_MUST_USE int armalo_json_canonical(const char *text, size_t len, char *buf, size_t cap,
                                                     size_t *out_len, armalo_json_error *error);
#define ARMALO_JSON_CANONICAL_MAX ((size_t)64 * 1024 * 1024)

#ifdef __cplusplus
}
#endif
#endif
