/* SPDX-License-Identifier: MIT */
/* armalo.h: everything. Each header included here can also be included, and read, alone.
 *
 * Rules that hold everywhere:
 *  - A verifying function returns 1 when granted and 0 in every other case. Never compare with anything but 1 or 0.
 *  - Arguments come in this order: the handle, what is to be judged (pointer, then length), then the outputs, the
 * decision
 *    (`why`) last.
 *  - Inputs are pointer + length and need not be NUL-terminated, unless the comment says NUL-terminated. They are
 * copied if they are kept; nothing returned points into them.
 *  - Configuration and request structs begin with struct_size: set it to sizeof the struct. Zero the rest: a member
 * that is left zero means the documented default, and where there is no safe default, a denial.
 *  - Times are milliseconds since the Unix epoch (…_ms); durations carry their unit (…_ms, …_s).
 *  - Handles are made by _new and ended by _free, which takes NULL. A handle may be used by any number of threads at
 * once unless its comment says otherwise.
 *  - There is no global state, no thread, no socket, no environment variable. */
#ifndef ARMALO_H
#define ARMALO_H

#include "armalo/attest.h"
#include "armalo/base.h"
#include "armalo/decision.h"
#include "armalo/host.h"
#include "armalo/json.h"
#include "armalo/key.h"
#include "armalo/reasons.h"
#include "armalo/route.h"
#include "armalo/scope.h"
#include "armalo/store.h"
#include "armalo/webhook.h"

#endif
