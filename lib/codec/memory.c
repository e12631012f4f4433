/* SPDX-License-Identifier: MIT */
/* codec/memory.c: every byte of heap that the library uses comes from and goes back to here. */
#include "codec/memory.h"

#include <stdlib.h>
#include <string.h>

/* Through a pointer to volatile: the compiler cannot drop stores that nobody reads. */
static void armalo_i_memory_wipe(void *memory, size_t size) {
    volatile unsigned char *at = memory;
    for (size_t i = 0; i < size; i++) at[i] = 0;
}

void *armalo_i_alloc(size_t size) { return size == 0 ? NULL : calloc(1, size); }

void *armalo_i_realloc(void *memory, size_t size) { return size == 0 ? NULL : realloc(memory, size); }

void armalo_i_release(void *memory) { free(memory); }

void armalo_i_release_wiped(void *memory, size_t size) {
    if (memory != NULL && size != 0) armalo_i_memory_wipe(memory, size);
    free(memory);
}

void armalo_i_zero(void *memory, size_t size) { memset(memory, 0, size); }
