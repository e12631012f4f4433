/* SPDX-License-Identifier: MIT */
/* tests/alloc_passes.h: programs of tests/fault are linked with --wrap around the heap; those that include this make no
 * allocation fail. */
#ifndef ARMALO_TESTS_ALLOC_PASSES_H
#define ARMALO_TESTS_ALLOC_PASSES_H

#include <stddef.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);
void *__wrap_malloc(size_t size) { return __real_malloc(size); }
void *__wrap_calloc(size_t count, size_t size) { return __real_calloc(count, size); }
void *__wrap_realloc(void *memory, size_t size) { return __real_realloc(memory, size); }
void __wrap_free(void *memory) { __real_free(memory); }

#endif
