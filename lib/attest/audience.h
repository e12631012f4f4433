/* SPDX-License-Identifier: MIT */
/* attest/audience.h: for whom something was made. */
#ifndef ARMALO_ATTEST_AUDIENCE_H
#define ARMALO_ATTEST_AUDIENCE_H

#include "attest/policy.h"

/* Does `aud`, or the domain of a proof (NONE: nothing is said), name one of the audiences of the policy? Where the
 * policy has none, nothing may be said. */
int armalo_i_audience_fits(const armalo_attest_policy *policy, armalo_i_json_value value);

#endif
