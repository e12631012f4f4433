/* SPDX-License-Identifier: MIT */
/* A row of the wycheproof_*.h tables. Bytes are in hexadecimal. */
#ifndef ARMALO_VECTORS_WYCHEPROOF_H
#define ARMALO_VECTORS_WYCHEPROOF_H

#include <stddef.h>

typedef struct wycheproof_case {
    int number; /* tcId; 0 for a key */
    int holds;
    const char *message, *signature; /* or the key's two numbers */
    const char *remark;
} wycheproof_case;

#endif
