/* SPDX-License-Identifier: MIT */
/* armalo/host.h: what the library may know of the program it runs in: its mode, its clock, its audit sink, its root
 * key.
 *
 * The library reads no clock, no environment and no file of its own. What is left out denies: no mode, no clock or no
 * sink, no grant. */
#ifndef ARMALO_HOST_H
#define ARMALO_HOST_H

#include "armalo/decision.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Deployment modes. 0 is no mode, and denies. Decisions outside production carry the label mode:staging,
 * mode:simulation or mode:dry_run; grants made in simulation or dry run carry the evidence SIMULATED. */
#define ARMALO_MODE_UNSET      0
#define ARMALO_MODE_PRODUCTION 1
#define ARMALO_MODE_STAGING    2
#define ARMALO_MODE_SIMULATION 3
#define ARMALO_MODE_DRY_RUN    4

#define ARMALO_ROOT_KEY_SIZE   32

/* Value of armalo_host_config.audit_off that means: run without a sink, on purpose. Decisions are labelled audit:off.
 */
#define ARMALO_AUDIT_OFF UINT32_C(0x0FF0A0D1)

/* The host's clock.
 * Returns: milliseconds since the Unix epoch; 0 or less when the time is not known, which denies.
 * Args:    ctx: clock_ctx of the configuration.
 * Called from whichever thread asks for a decision; must be thread-safe if the handle is shared. */
typedef int64_t (*armalo_clock_fn)(void *ctx);

/* The host's audit sink. One CloudEvents 1.0 event (JSON, one line, no newline) a call; it never holds a secret.
 * Returns: 1 when the event is kept; anything else is a failure, which denies mutations.
 * Args:    ctx: audit_ctx of the configuration.
 *          event, len: the JSON text, NUL-terminated; valid during the call only.
 * Called from whichever thread asks for a decision; must be thread-safe if the handle is shared. It is inside that
 * decision: it must not end what the decision uses, and must not load a revocation list. */
typedef int (*armalo_audit_fn)(void *ctx, const char *event, size_t len);

/* Configuration. Zero it, set struct_size, then set what you have. */
typedef struct armalo_host_config {
    size_t struct_size; /* sizeof(armalo_host_config) */
    int32_t mode;       /* ARMALO_MODE_…; unset denies every decision */
    uint32_t
        audit_off; /* 0: a missing sink denies mutations; ARMALO_AUDIT_OFF: run without a sink on purpose. Any other
                         * value, or ARMALO_AUDIT_OFF together with a sink, is host.config_invalid */
    armalo_clock_fn now_ms; /* the clock; NULL denies every decision */
    void *clock_ctx;        /* passed to now_ms; may be NULL; not owned */
    armalo_audit_fn audit;  /* the sink; NULL: see audit_off */
    void *audit_ctx;        /* passed to audit; may be NULL; not owned */
    const uint8_t
        *root_key;       /* 32 bytes that are not all alike; what is needed of it is copied into memory that is wiped;
                              * NULL when nothing is sealed or digested */
    size_t root_key_len; /* ARMALO_ROOT_KEY_SIZE, or 0 with NULL */
    int64_t clock_floor_ms; /* the newest time the host has ever proved; a clock behind it denies; 0: no floor; negative
                              * or after 9999-12-31 is host.config_invalid */
    const char
        *source; /* CloudEvents "source", a URI reference: 1 to 255 bytes of visible ASCII, NUL-terminated, copied;
                         * NULL: "urn:armalo:host" */
} armalo_host_config;

typedef struct armalo_host armalo_host;

/* Make a host. Do it once at start-up; share it between threads. After fork() make another: parent and child would give
 * out the same ids (and a memory store is not shared between them).
 * Returns: a handle, to be ended with armalo_host_free(); NULL when refused (why says the reason).
 * Args:    config: the configuration; NULL is refused. Everything in it is copied except the two contexts.
 * Out:     why: the reason of a refusal; after success it says host creation went well but it grants nothing
 *          (core.undecided). NULL is allowed.
 * Reasons: core.invalid_argument, core.no_memory, core.crypto_failed, host.config_invalid, host.root_key_invalid.
 *          A missing mode, clock or sink is not refused here: it denies each decision by its own reason, so that the
 *          audit trail shows it.
 * Thread safety: any thread. */
ARMALO_API ARMALO_MUST_USE armalo_host *armalo_host_new(const armalo_host_config *config, armalo_decision *why);

/* End a host and wipe its keys. End what was made from it first.
 * Args:    host: from armalo_host_new(); NULL is allowed and does nothing.
 * Thread safety: no other thread may use the host any more. */
ARMALO_API void armalo_host_free(armalo_host *host);

#ifdef __cplusplus
}
#endif
#endif
