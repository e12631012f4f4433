/* SPDX-License-Identifier: MIT */
/* tests/sqlite_faults.h: a layer under SQLite in which each operation on a file, and each allocation, can fail. Nothing
 * is synced for real: that is what a disk does, and it is slow. */
#ifndef ARMALO_TESTS_SQLITE_FAULTS_H
#define ARMALO_TESTS_SQLITE_FAULTS_H

#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    FAULT_WRITE,       /* an I/O error */
    FAULT_FULL,        /* the disk is full */
    FAULT_HALF,        /* the disk is full after half of the bytes */
    FAULT_SYNC,        /* what was written may not be there after a power cut */
    FAULT_READ,        /* an I/O error */
    FAULT_SIZE,        /* an I/O error */
    FAULT_LOCK,        /* an I/O error */
    FAULT_SHARED,      /* the shared memory of the WAL cannot be mapped */
    FAULT_SHARED_LOCK, /* an I/O error */
    FAULT_OPEN,        /* a file cannot be opened */
    FAULT_MEMORY,      /* no memory */
    FAULT_BUSY,        /* another process is faster */
    FAULT_KINDS,
    FAULT_ALONE /* another process is there too when the file is wanted alone */
};

static struct {
    int32_t kind;
    int armed, stays, struck;
    int no_shared; /* files have no shared memory at all */
    uint64_t chances;
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
    sqlite3_mem_methods memory;
} fault;

static inline const char *fault_name(int32_t kind) {
    static const char *const names[FAULT_KINDS] = {"write", "full disk",     "half a write", "sync", "read",   "size",
                                                   "lock",  "shared memory", "shared lock",  "open", "memory", "busy"};
    return names[kind];
}

static inline void fault_arm(int32_t kind, uint64_t n, int stays) {
    fault.kind = kind;
    fault.chances = n;
    fault.stays = stays;
    fault.struck = 0;
    fault.armed = 1;
}

static inline int fault_disarm(void) {
    fault.armed = 0;
    return fault.struck;
}

static inline int fault_strikes(int32_t kind) {
    if (!fault.armed || fault.kind != kind) return 0;
    if (fault.struck) return fault.stays;
    if (fault.chances > 0) {
        fault.chances--;
        return 0;
    }
    fault.struck = 1;
    return 1;
}

typedef struct fault_file {
    sqlite3_file base;
    sqlite3_file *real;
} fault_file;

#define REAL(file)              (((fault_file *)(void *)(file))->real)
#define CALL(file, method, ...) REAL(file)->pMethods->method(REAL(file), __VA_ARGS__)

static int fault_close(sqlite3_file *f) { return REAL(f)->pMethods->xClose(REAL(f)); }
static int fault_read(sqlite3_file *f, void *to, int len, sqlite3_int64 at) {
    return fault_strikes(FAULT_READ) ? SQLITE_IOERR_READ : CALL(f, xRead, to, len, at);
}
static int fault_write(sqlite3_file *f, const void *from, int len, sqlite3_int64 at) {
    if (fault_strikes(FAULT_WRITE)) return SQLITE_IOERR_WRITE;
    if (fault_strikes(FAULT_FULL)) return SQLITE_FULL;
    if (fault_strikes(FAULT_HALF)) {
        (void)CALL(f, xWrite, from, len / 2, at);
        return SQLITE_FULL;
    }
    return CALL(f, xWrite, from, len, at);
}
static int fault_truncate(sqlite3_file *f, sqlite3_int64 len) { return CALL(f, xTruncate, len); }
static int fault_sync(sqlite3_file *f, int flags) {
    (void)f;
    (void)flags;
    return fault_strikes(FAULT_SYNC) ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}
static int fault_size(sqlite3_file *f, sqlite3_int64 *len) {
    return fault_strikes(FAULT_SIZE) ? SQLITE_IOERR_FSTAT : CALL(f, xFileSize, len);
}
static int fault_lock(sqlite3_file *f, int level) {
    if (fault_strikes(FAULT_LOCK)) return SQLITE_IOERR_LOCK;
    if (level == SQLITE_LOCK_EXCLUSIVE && fault_strikes(FAULT_ALONE)) return SQLITE_BUSY;
    return CALL(f, xLock, level);
}
static int fault_unlock(sqlite3_file *f, int level) { return CALL(f, xUnlock, level); }
static int fault_reserved(sqlite3_file *f, int *is) { return CALL(f, xCheckReservedLock, is); }
static int fault_control(sqlite3_file *f, int op, void *arg) { return CALL(f, xFileControl, op, arg); }
static int fault_sector(sqlite3_file *f) { return REAL(f)->pMethods->xSectorSize(REAL(f)); }
static int fault_device(sqlite3_file *f) { return REAL(f)->pMethods->xDeviceCharacteristics(REAL(f)); }
static int fault_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **at) {
    return fault_strikes(FAULT_SHARED) ? SQLITE_IOERR_SHMMAP : CALL(f, xShmMap, page, size, extend, at);
}
static int fault_shm_lock(sqlite3_file *f, int from, int count, int flags) {
    /* To let go of a lock always works. */
    if (flags & SQLITE_SHM_LOCK && fault_strikes(FAULT_SHARED_LOCK)) return SQLITE_IOERR_SHMLOCK;
    /* Lock 0 is the one of writers. */
    if (flags & SQLITE_SHM_LOCK && from == 0 && fault_strikes(FAULT_BUSY)) return SQLITE_BUSY;
    return CALL(f, xShmLock, from, count, flags);
}
static void fault_shm_barrier(sqlite3_file *f) { REAL(f)->pMethods->xShmBarrier(REAL(f)); }
static int fault_shm_unmap(sqlite3_file *f, int discard) { return CALL(f, xShmUnmap, discard); }

static int fault_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out) {
    static const sqlite3_io_methods with_shared = {2,
                                                   fault_close,
                                                   fault_read,
                                                   fault_write,
                                                   fault_truncate,
                                                   fault_sync,
                                                   fault_size,
                                                   fault_lock,
                                                   fault_unlock,
                                                   fault_reserved,
                                                   fault_control,
                                                   fault_sector,
                                                   fault_device,
                                                   fault_shm_map,
                                                   fault_shm_lock,
                                                   fault_shm_barrier,
                                                   fault_shm_unmap,
                                                   NULL,
                                                   NULL};
    static const sqlite3_io_methods without = {1,
                                               fault_close,
                                               fault_read,
                                               fault_write,
                                               fault_truncate,
                                               fault_sync,
                                               fault_size,
                                               fault_lock,
                                               fault_unlock,
                                               fault_reserved,
                                               fault_control,
                                               fault_sector,
                                               fault_device,
                                               NULL,
                                               NULL,
                                               NULL,
                                               NULL,
                                               NULL,
                                               NULL};
    (void)vfs;
    f->pMethods = NULL;
    if (fault_strikes(FAULT_OPEN)) return SQLITE_CANTOPEN;
    REAL(f) = (sqlite3_file *)(void *)((fault_file *)(void *)f + 1);
    int result = fault.real->xOpen(fault.real, name, REAL(f), flags, out);
    if (result == SQLITE_OK) f->pMethods = fault.no_shared ? &without : &with_shared;
    return result;
}

static void *fault_malloc(int size) { return fault_strikes(FAULT_MEMORY) ? NULL : fault.memory.xMalloc(size); }
static void *fault_realloc(void *at, int size) {
    return fault_strikes(FAULT_MEMORY) ? NULL : fault.memory.xRealloc(at, size);
}

/* Before anything else uses SQLite. */
static inline void faults_install(void) {
    sqlite3_mem_methods memory;
    int done = sqlite3_config(SQLITE_CONFIG_GETMALLOC, &fault.memory);
    memory = fault.memory;
    memory.xMalloc = fault_malloc;
    memory.xRealloc = fault_realloc;
    if (done == SQLITE_OK) done = sqlite3_config(SQLITE_CONFIG_MALLOC, &memory);
    if (done == SQLITE_OK) done = sqlite3_initialize();
    if (done != SQLITE_OK) abort();
    fault.real = sqlite3_vfs_find(NULL);
    fault.vfs = *fault.real;
    fault.vfs.zName = "faults";
    fault.vfs.pNext = NULL;
    fault.vfs.szOsFile = (int)sizeof(fault_file) + fault.real->szOsFile;
    fault.vfs.xOpen = fault_open;
    if (sqlite3_vfs_register(&fault.vfs, 1) != SQLITE_OK) abort();
}

#endif
