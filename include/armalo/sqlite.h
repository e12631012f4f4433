/* SPDX-License-Identifier: MIT */
/* armalo/sqlite.h: the durable delivery store for one machine. A library of its own: link with -larmalo-sqlite
 * (pkg-config armalo-sqlite). */
#ifndef ARMALO_SQLITE_H
#define ARMALO_SQLITE_H

#include "armalo/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Open (or make) a delivery store in a SQLite file. The file is used in WAL mode with synchronous=FULL: a claim or a
 * settlement that was answered survives kill -9 and a power cut. Several processes on one machine may share the file;
 * the file must be on a local file system.
 * Returns: a store, to be ended with armalo_store_free(); NULL when refused.
 * Args:    path: NUL-terminated file name, not NULL, not empty; copied. ":memory:" and "file:" URIs are refused.
 *          busy_timeout_ms: how long a call may wait for another process's lock before it is UNAVAILABLE;
 *          0 means ARMALO_SQLITE_BUSY_TIMEOUT_MS; at most 60,000.
 * Out:     why: the reason of a refusal, with SQLite's own message in its detail; grants nothing. NULL is allowed.
 * Reasons: core.invalid_argument, core.no_memory, webhook.store_unavailable (cannot be opened, is not a database, is a
 *          database of another application or version).
 * Thread safety: the store can be used from any number of threads; do not use it in a child after fork(). */
ARMALO_API ARMALO_MUST_USE armalo_store *armalo_sqlite_store_new(const char *path, int32_t busy_timeout_ms,
                                                                 armalo_decision *why);
#define ARMALO_SQLITE_BUSY_TIMEOUT_MS 2000

#ifdef __cplusplus
}
#endif
#endif
