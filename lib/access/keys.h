/* SPDX-License-Identifier: MIT */
/* access/keys.h: what the authoriser of routes needs of the keys. */
#ifndef ARMALO_ACCESS_KEYS_H
#define ARMALO_ACCESS_KEYS_H

#include "access/scopes.h"
#include "armalo/key.h"
#include "core/host.h"

/* The judgement of armalo_key_verify() without its beginning (armalo_i_decision_begin) and end (armalo_i_conclude):
 * GRANTED or the reason to deny. Fills principal, org, labels and authenticated of why; *at_most gets the strongest
 * evidence that this key can carry in the host's mode (POSITIVE or SIMULATED). access is as for the public call. */
uint32_t armalo_i_key_judge(armalo_keys *keys, const char *token, size_t len, const armalo_access *access,
                            armalo_decision *why, int32_t *at_most);

const armalo_host *armalo_i_keys_host(const armalo_keys *keys);

#endif
