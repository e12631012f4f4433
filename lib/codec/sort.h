/* SPDX-License-Identifier: MIT */
/* codec/sort.h: a sort in place. libc's may allocate, and some take quadratic time on chosen input. */
#ifndef ARMALO_CODEC_SORT_H
#define ARMALO_CODEC_SORT_H

#include <stddef.h>

#define ARMALO_I_SORT_MAX_SIZE 64 /* bytes of an element */

/* Sorts count elements of size bytes (at most ARMALO_I_SORT_MAX_SIZE) by order, which returns less than, equal to or
 * greater than 0. O(n log n) whatever the input; equal elements end up in any order. */
void armalo_i_sort(void *base, size_t count, size_t size, int (*order)(const void *a, const void *b));

#endif
