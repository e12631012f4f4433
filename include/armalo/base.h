/* SPDX-License-Identifier: MIT */
/* armalo/base.h: what every libarmalo header shares: export marks and the version. */
#ifndef ARMALO_BASE_H
#define ARMALO_BASE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define ARMALO_API      __attribute__((visibility("default")))
#define ARMALO_MUST_USE __attribute__((warn_unused_result))
#else
#define ARMALO_API
#define ARMALO_MUST_USE
#endif

/* The version of these headers. */
#define ARMALO_VERSION "0.2.0"

/* The version of the library that is running, for comparing with ARMALO_VERSION.
 * Returns: a constant NUL-terminated text such as "0.2.0"; never NULL; do not free.
 * Thread safety: any thread, any time. */
ARMALO_API const char *armalo_version(void);

#ifdef __cplusplus
}
#endif
#endif
