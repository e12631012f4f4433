/* SPDX-License-Identifier: MIT */
/* codec/sort.c: insertion sort for a few elements, heapsort for more. */
#include "codec/sort.h"

#include <string.h>

#define ARMALO_I_SORT_FEW 12

/* Lets the element at root of a heap of count elements sink to its place. */
static void armalo_i_sink(char *base, size_t root, size_t count, size_t size,
                          int (*order)(const void *, const void *)) {
    char sinking[ARMALO_I_SORT_MAX_SIZE];
    memcpy(sinking, base + root * size, size);
    for (;;) {
        size_t child = 2 * root + 1;
        if (child >= count) break;
        if (child + 1 < count && order(base + child * size, base + (child + 1) * size) < 0) child++;
        if (order(sinking, base + child * size) >= 0) break;
        memcpy(base + root * size, base + child * size, size);
        root = child;
    }
    memcpy(base + root * size, sinking, size);
}

void armalo_i_sort(void *base, size_t count, size_t size, int (*order)(const void *a, const void *b)) {
    char *first = base, held[ARMALO_I_SORT_MAX_SIZE];
    if (count <= ARMALO_I_SORT_FEW) {
        for (size_t i = 1; i < count; i++) {
            size_t at = i;
            while (at > 0 && order(first + (at - 1) * size, first + i * size) > 0) at--;
            if (at == i) continue;
            memcpy(held, first + i * size, size);
            memmove(first + (at + 1) * size, first + at * size, (i - at) * size);
            memcpy(first + at * size, held, size);
        }
        return;
    }
    for (size_t root = count / 2; root > 0; root--) armalo_i_sink(first, root - 1, count, size, order);
    for (size_t last = count - 1; last > 0; last--) {
        memcpy(held, first + last * size, size);
        memcpy(first + last * size, first, size);
        memcpy(first, held, size);
        armalo_i_sink(first, 0, last, size, order);
    }
}
