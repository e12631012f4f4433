/* SPDX-License-Identifier: MIT */
/* armalo/scope.h: scopes, "resource:action".
 *
 * Resource and action are [a-z][a-z0-9_.-]{0,31} each; a granted scope may be "resource:*". Nothing implies anything
 * else: write does not give read, and "*:*" does not exist. In a list they are separated by one comma or one space
 * each, none at the ends. */
#ifndef ARMALO_SCOPE_H
#define ARMALO_SCOPE_H

#include "armalo/decision.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ARMALO_SCOPE_MAX        65    /* bytes of one scope */
#define ARMALO_SCOPES_MAX       256   /* scopes of one set */
#define ARMALO_SCOPES_TEXT_SIZE 16896 /* enough for the text of any set, with its NUL */

typedef struct armalo_scopes armalo_scopes;

/* Read a set of scopes.
 * Returns: a set, to be ended with armalo_scopes_free(); NULL when refused (why says the reason).
 * Args:    text: len bytes, scopes separated by a comma or a single space; repeated ones count once; copied. NULL or an
 *          empty list is refused: a set of nothing is nothing to check against.
 *          len: bytes at text.
 * Out:     why: the reason of a refusal, with the scope at fault in its detail; grants nothing. NULL is allowed.
 * Reasons: core.invalid_argument, core.no_memory, key.scope_invalid.
 * Thread safety: any thread; the set is read only and can be shared. */
ARMALO_API ARMALO_MUST_USE armalo_scopes *armalo_scopes_new(const char *text, size_t len, armalo_decision *why);

/* End a set.
 * Args:    scopes: from armalo_scopes_new(); NULL is allowed and does nothing. */
ARMALO_API void armalo_scopes_free(armalo_scopes *scopes);

/* Does the set allow this scope: is it in the set, or its resource with "*"?
 * Returns: 1 if allowed; 0 in every other case (a scope that is none, and NULL, included).
 * Args:    scopes: a set; NULL allows nothing.
 *          scope: len bytes, one scope. "resource:*" is allowed only by itself. NULL is allowed by nothing.
 *          len: bytes at scope.
 * Thread safety: reads only; allocates nothing. */
ARMALO_API ARMALO_MUST_USE int armalo_scopes_allow(const armalo_scopes *scopes, const char *scope, size_t len);

/* Is everything that `scopes` allows allowed by `of` as well? What one key may mint of another.
 * Returns: 1 if so; 0 in every other case (NULL included).
 * Args:    scopes: the narrower set.
 *          of: the wider one.
 * Thread safety: reads only; allocates nothing. */
ARMALO_API ARMALO_MUST_USE int armalo_scopes_subset(const armalo_scopes *scopes, const armalo_scopes *of);

/* The set as text: sorted by bytes, separated by single spaces.
 * Returns: 1 if written; 0 if not (nothing is written then).
 * Args:    scopes: a set; NULL returns 0.
 *          cap: bytes at buf; ARMALO_SCOPES_TEXT_SIZE is always enough.
 * Out:     buf: cap bytes, NUL-terminated. NULL is allowed when cap is 0.
 *          len: bytes of the text without NUL, also when buf was too small; 0 for NULL. NULL is allowed.
 * Thread safety: reads only. */
ARMALO_API ARMALO_MUST_USE int armalo_scopes_text(const armalo_scopes *scopes, char *buf, size_t cap, size_t *len);

/* The well-known scopes, sorted, separated by single spaces. Any other scope of the grammar is as good.
 * Returns: a constant NUL-terminated text. Do not free. */
ARMALO_API const char *armalo_scopes_known(void);

#ifdef __cplusplus
}
#endif
#endif
