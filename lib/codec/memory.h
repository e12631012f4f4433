/* SPDX-License-Identifier: MIT */
/* codec/memory.h: the one door to the heap, so that tests can make every allocation fail. */
#ifndef ARMALO_CODEC_MEMORY_H
#define ARMALO_CODEC_MEMORY_H

#include <stddef.h>

void *armalo_i_alloc(size_t size);                 /* zeroed; NULL when there is none or size is 0 */
void *armalo_i_realloc(void *memory, size_t size); /* NULL when there is none: the old block stays */
void armalo_i_release(void *memory);               /* NULL does nothing */
void armalo_i_release_wiped(void *memory, size_t size);

/* memset to 0 by a call: for a few hundred bytes on the hot path compilers would otherwise put in a slow string
 * instruction. */
void armalo_i_zero(void *memory, size_t size);

#endif
