/* SPDX-License-Identifier: MIT */
/* core_pkey_faults with every allocation failing once, also where there are thousands. */
#define EVERY 1
#include "../unit/core_pkey_faults.c"
