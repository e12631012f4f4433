/* SPDX-License-Identifier: MIT */
/* core/json_reason.h: from the strict reader's status to a reason of the table. */
#ifndef ARMALO_CORE_JSON_REASON_H
#define ARMALO_CORE_JSON_REASON_H

#include <stdint.h>

uint32_t armalo_i_json_reason(int status);

#endif
