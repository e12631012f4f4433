/* SPDX-License-Identifier: MIT */
/* codec/memory.c: every byte of heap that the library uses comes from and goes back to here. */
#include "codec/memory.h"

#include <stdlib.h>
#include <string.h>

/* Called through a volatile pointer: the compiler cannot know that it is memset, so it cannot drop the call as a store
 * that nobody reads. */
static void *(*const volatile armalo_i_wipe)(void *, int, size_t) = memset;

void *armalo_i_alloc(size_t size) { return size == 0 ? NULL : calloc(1, size); }

void *armalo_i_realloc(void *memory, size_t size) { return size == 0 ? NULL : realloc(memory, size); }

void armalo_i_release(void *memory) { free(memory); }

void armalo_i_release_wiped(void *memory, size_t size) {
    if (memory != NULL && size != 0) armalo_i_wipe(memory, 0, size);
    free(memory);
}

void armalo_i_zero(void *memory, size_t size) { memset(memory, 0, size); }
