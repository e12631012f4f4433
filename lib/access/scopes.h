/* SPDX-License-Identifier: MIT */
/* access/scopes.h: the inside of a set of scopes. */
#ifndef ARMALO_ACCESS_SCOPES_H
#define ARMALO_ACCESS_SCOPES_H

#include "armalo/scope.h"
#include "codec/span.h"

/* 1 if text is one scope; *is_wild tells "resource:*". */
int armalo_i_scope_valid(armalo_i_span text, int *is_wild);

/* The next scope of a list (separated by a comma or a single space). 1 and *scope, 0 at the end, -1 when the list is
 * malformed. *at starts at 0. */
int armalo_i_scopes_next(armalo_i_span list, size_t *at, armalo_i_span *scope);

#endif
