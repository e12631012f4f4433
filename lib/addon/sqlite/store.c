/* SPDX-License-Identifier: MIT */
/* The durable delivery store: one SQLite file, one connection, one lock around it.
 *
 * A claim is one transaction that takes the write lock first (BEGIN IMMEDIATE), so that no two processes can see the
 * same delivery as new. Whatever goes wrong, the transaction is rolled back and the answer is no disposition at all. */
#define _DEFAULT_SOURCE
#include "armalo/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARMALO_I_SQLITE_UNAVAILABLE    (-1)       /* no disposition and no outcome of a settlement */
#define ARMALO_I_SQLITE_APPLICATION    0x41524d44 /* "ARMD" */
#define ARMALO_I_SQLITE_VERSION        1
#define ARMALO_I_SQLITE_BUSY_MAX_MS    60000
#define ARMALO_I_SQLITE_WAIT_MS        10
#define ARMALO_I_SQLITE_HEADER_SIZE    100
#define ARMALO_I_SQLITE_PAGE_AT        16 /* in the file's header: the size of a page, two bytes */
#define ARMALO_I_SQLITE_APPLICATION_AT 68 /* and the application's id, big-endian */

/* keep_until_ms is never before lease_until_ms: past it the row may go, settled or not. The counter of tokens outlives
 * the rows, so that no token is ever given out twice; it starts anywhere, so that a new file does not repeat an old
 * one's tokens. */
static const char armalo_i_sqlite_schema[] =
    "CREATE TABLE delivery (key BLOB PRIMARY KEY CHECK (length(key) = 32), token INTEGER NOT NULL,"
    " done INTEGER NOT NULL, lease_until_ms INTEGER NOT NULL, keep_until_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX delivery_keep ON delivery (keep_until_ms);"
    "CREATE TABLE token (one INTEGER PRIMARY KEY CHECK (one = 1), last INTEGER NOT NULL) STRICT;"
    "INSERT INTO token VALUES (1, random() & 0x3fffffffffffffff);"
    "PRAGMA application_id = 0x41524d44;"
    "PRAGMA user_version = 1";

enum {
    ARMALO_I_SQL_BEGIN,
    ARMALO_I_SQL_COMMIT,
    ARMALO_I_SQL_ROLLBACK,
    ARMALO_I_SQL_LOOK,
    ARMALO_I_SQL_PRUNE,
    ARMALO_I_SQL_TOKEN,
    ARMALO_I_SQL_TAKE,
    ARMALO_I_SQL_DONE,
    ARMALO_I_SQL_FAILED,
    ARMALO_I_SQL_COUNT
};

/* Parameters: 1 key, 2 token, 3 now or lease_until_ms, 4 keep_until_ms. */
static const char *const armalo_i_sqlite_sql[ARMALO_I_SQL_COUNT] = {
    "BEGIN IMMEDIATE",
    "COMMIT",
    "ROLLBACK",
    "SELECT done, lease_until_ms, keep_until_ms FROM delivery WHERE key = ?1",
    /* More than a claim adds, so that the file stops growing; few, so that no claim waits long. */
    "DELETE FROM delivery WHERE key IN (SELECT key FROM delivery WHERE keep_until_ms <= ?3 LIMIT 8)",
    "UPDATE token SET last = last + 1 RETURNING last",
    "REPLACE INTO delivery (key, token, done, lease_until_ms, keep_until_ms) VALUES (?1, ?2, 0, ?3, max(?3, ?4))",
    /* The longer promise holds, so that a clock that went back in between cannot shorten it. */
    "UPDATE delivery SET done = 1, keep_until_ms = max(keep_until_ms, ?4) WHERE key = ?1 AND token = ?2 AND done = 0",
    "DELETE FROM delivery WHERE key = ?1 AND token = ?2 AND done = 0",
};

typedef struct armalo_i_sqlite {
    armalo_store store;
    sqlite3 *db;
    sqlite3_stmt *sql[ARMALO_I_SQL_COUNT];
    pthread_mutex_t lock;
    int has_lock;
    _Atomic uint32_t waits_lost; /* how often the whole busy timeout was waited in vain */
} armalo_i_sqlite;

/* Leave nothing under way. */
static void armalo_i_sqlite_rest(armalo_i_sqlite *self) {
    for (int i = 0; i < ARMALO_I_SQL_COUNT; i++) (void)sqlite3_reset(self->sql[i]);
    if (sqlite3_get_autocommit(self->db)) return;
    (void)sqlite3_step(self->sql[ARMALO_I_SQL_ROLLBACK]);
    (void)sqlite3_reset(self->sql[ARMALO_I_SQL_ROLLBACK]);
}

/* Take the connection. 1 if taken. */
static int armalo_i_sqlite_enter(armalo_i_sqlite *self) {
    uint32_t waits_lost = atomic_load(&self->waits_lost);
    if (pthread_mutex_lock(&self->lock) != 0) return 0;
    /* Whoever had the connection while this thread waited has just waited for another process in vain. To wait for it
     * once more would add up the timeouts of all threads that stand in line. */
    if (atomic_load(&self->waits_lost) != waits_lost) {
        (void)pthread_mutex_unlock(&self->lock);
        return 0;
    }
    armalo_i_sqlite_rest(self); /* for want of memory even a rollback can have failed */
    return 1;
}

static void armalo_i_sqlite_leave(armalo_i_sqlite *self) {
    armalo_i_sqlite_rest(self);
    (void)pthread_mutex_unlock(&self->lock);
}

/* One step of a statement: SQLITE_ROW, SQLITE_DONE or what went wrong. */
static int armalo_i_sqlite_step(armalo_i_sqlite *self, int which) {
    int result = sqlite3_step(self->sql[which]);
    if ((result & 0xff) == SQLITE_BUSY) atomic_fetch_add(&self->waits_lost, 1);
    return result;
}

/* The parameters that the statement has. 1 if all are bound. */
static int armalo_i_sqlite_bind(armalo_i_sqlite *self, int which, const uint8_t *key, uint64_t token, int64_t time_ms,
                                int64_t keep_until_ms) {
    sqlite3_stmt *sql = self->sql[which];
    int count = sqlite3_bind_parameter_count(sql);
    if (key != NULL && sqlite3_bind_blob(sql, 1, key, ARMALO_DELIVERY_KEY_SIZE, SQLITE_STATIC) != SQLITE_OK) return 0;
    if (count >= 2 && sqlite3_bind_int64(sql, 2, (sqlite3_int64)token) != SQLITE_OK) return 0;
    if (count >= 3 && sqlite3_bind_int64(sql, 3, time_ms) != SQLITE_OK) return 0;
    return count < 4 || sqlite3_bind_int64(sql, 4, keep_until_ms) == SQLITE_OK;
}

/* What the file says to a claim: ARMALO_PROCESS when there is no row or it may be taken over. */
static int32_t armalo_i_sqlite_look(armalo_i_sqlite *self, const armalo_claim *claim) {
    sqlite3_stmt *look = self->sql[ARMALO_I_SQL_LOOK];
    if (!armalo_i_sqlite_bind(self, ARMALO_I_SQL_LOOK, claim->key, 0, 0, 0)) return ARMALO_I_SQLITE_UNAVAILABLE;
    int result = armalo_i_sqlite_step(self, ARMALO_I_SQL_LOOK);
    if (result == SQLITE_DONE) return ARMALO_PROCESS;
    if (result != SQLITE_ROW) return ARMALO_I_SQLITE_UNAVAILABLE;
    for (int i = 0; i < 3; i++) /* in a damaged file a column can be anything, and NULL would read as long ago */
        if (sqlite3_column_type(look, i) != SQLITE_INTEGER) return ARMALO_I_SQLITE_UNAVAILABLE;
    int done = sqlite3_column_int64(look, 0) != 0;
    int64_t until_ms = sqlite3_column_int64(look, done ? 2 : 1);
    if (sqlite3_reset(look) != SQLITE_OK) return ARMALO_I_SQLITE_UNAVAILABLE;
    if (claim->now_ms >= until_ms) return ARMALO_PROCESS;
    return done ? ARMALO_DUPLICATE : ARMALO_IN_PROGRESS;
}

/* Lease the delivery, within the transaction. 1 if the rows are as they should be. */
static int armalo_i_sqlite_take(armalo_i_sqlite *self, const armalo_claim *claim, uint64_t *token) {
    sqlite3_stmt *next = self->sql[ARMALO_I_SQL_TOKEN];
    if (!armalo_i_sqlite_bind(self, ARMALO_I_SQL_PRUNE, NULL, 0, claim->now_ms, 0) ||
        armalo_i_sqlite_step(self, ARMALO_I_SQL_PRUNE) != SQLITE_DONE ||
        armalo_i_sqlite_step(self, ARMALO_I_SQL_TOKEN) != SQLITE_ROW)
        return 0;
    int64_t last = sqlite3_column_type(next, 0) == SQLITE_INTEGER ? sqlite3_column_int64(next, 0) : 0;
    if (last <= 0 || armalo_i_sqlite_step(self, ARMALO_I_SQL_TOKEN) != SQLITE_DONE) return 0;
    *token = (uint64_t)last;
    return armalo_i_sqlite_bind(self, ARMALO_I_SQL_TAKE, claim->key, *token, claim->lease_until_ms,
                                claim->keep_until_ms) &&
           armalo_i_sqlite_step(self, ARMALO_I_SQL_TAKE) == SQLITE_DONE;
}

static int32_t armalo_i_sqlite_claim(void *ctx, const armalo_claim *claim, uint64_t *token) {
    armalo_i_sqlite *self = ctx;
    if (self == NULL || claim == NULL || claim->struct_size != sizeof *claim || token == NULL ||
        !armalo_i_sqlite_enter(self))
        return ARMALO_I_SQLITE_UNAVAILABLE;
    int32_t disposition = ARMALO_I_SQLITE_UNAVAILABLE;
    uint64_t taken = 0;
    if (armalo_i_sqlite_step(self, ARMALO_I_SQL_BEGIN) == SQLITE_DONE) {
        disposition = armalo_i_sqlite_look(self, claim);
        if (disposition == ARMALO_PROCESS && !armalo_i_sqlite_take(self, claim, &taken))
            disposition = ARMALO_I_SQLITE_UNAVAILABLE;
        if (disposition != ARMALO_I_SQLITE_UNAVAILABLE &&
            armalo_i_sqlite_step(self, ARMALO_I_SQL_COMMIT) != SQLITE_DONE)
            disposition = ARMALO_I_SQLITE_UNAVAILABLE;
    }
    armalo_i_sqlite_leave(self);
    if (disposition == ARMALO_PROCESS) *token = taken;
    return disposition;
}

static int32_t armalo_i_sqlite_settle(void *ctx, const armalo_claim *claim, uint64_t token, int32_t outcome) {
    armalo_i_sqlite *self = ctx;
    if (self == NULL || claim == NULL || claim->struct_size != sizeof *claim || !armalo_i_sqlite_enter(self))
        return ARMALO_I_SQLITE_UNAVAILABLE;
    int which = outcome == ARMALO_DONE ? ARMALO_I_SQL_DONE : ARMALO_I_SQL_FAILED;
    int32_t settled = ARMALO_I_SQLITE_UNAVAILABLE;
    if (armalo_i_sqlite_bind(self, which, claim->key, token, 0, claim->keep_until_ms) &&
        armalo_i_sqlite_step(self, which) == SQLITE_DONE)
        settled = sqlite3_changes(self->db) == 1;
    armalo_i_sqlite_leave(self);
    return settled;
}

static void armalo_i_sqlite_release(armalo_store *store) {
    armalo_i_sqlite *self = store->ctx;
    for (int i = 0; i < ARMALO_I_SQL_COUNT; i++) (void)sqlite3_finalize(self->sql[i]);
    (void)sqlite3_close(self->db);
    if (self->has_lock) (void)pthread_mutex_destroy(&self->lock);
    sqlite3_free(self);
}

static int armalo_i_sqlite_exec(armalo_i_sqlite *self, const char *sql) {
    return sqlite3_exec(self->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* The one number that a query gives. 1 if it gave it. */
static int armalo_i_sqlite_number(armalo_i_sqlite *self, const char *sql, int64_t *number) {
    sqlite3_stmt *query = NULL;
    int found = sqlite3_prepare_v2(self->db, sql, -1, &query, NULL) == SQLITE_OK && sqlite3_step(query) == SQLITE_ROW;
    if (found) *number = sqlite3_column_int64(query, 0);
    return sqlite3_finalize(query) == SQLITE_OK && found;
}

/* Make an empty file that only its owner may read, before SQLite would make one that all may; it gives the files beside
 * it the same mode. A file that is there is left alone. Best without ever opening it, since to close a file drops the
 * locks that any other connection of this process holds on it; some systems allow mknod() to the superuser only. */
static void armalo_i_sqlite_make_file(const char *path) {
    if (mknod(path, S_IFREG | 0600, 0) == 0 || errno == EEXIST) return;
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0) (void)close(file);
}

/* Is this file empty or a whole delivery store, by its first bytes and its length? Read without a lock and before
 * SQLite looks at it, since with a lock SQLite may begin to recover or write the file, which may be another
 * application's. NULL if so, otherwise what is wrong. */
static const char *armalo_i_sqlite_stranger(armalo_i_sqlite *self) {
    static const char magic[16] = "SQLite format 3";
    sqlite3_file *file = NULL;
    sqlite3_int64 size = 0;
    uint8_t header[ARMALO_I_SQLITE_HEADER_SIZE];
    if (sqlite3_file_control(self->db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
        file->pMethods == NULL || file->pMethods->xFileSize(file, &size) != SQLITE_OK)
        return "the file cannot be read";
    if (size == 0) return NULL;
    if (file->pMethods->xRead(file, header, sizeof header, 0) != SQLITE_OK) return "the file cannot be read";
    for (size_t i = 0; i < sizeof magic; i++)
        if (header[i] != (uint8_t)magic[i]) return "not a database";
    const uint8_t *at = header + ARMALO_I_SQLITE_APPLICATION_AT;
    uint32_t application = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    if (application != ARMALO_I_SQLITE_APPLICATION) return "not a delivery store";
    /* A database is whole pages. SQLite sees that pages are missing, but takes what is missing of a page for zeros. The
     * size of a page is big-endian, and 1 says 65,536: none is smaller than 512, so the low byte tells only that. */
    sqlite3_int64 page = header[ARMALO_I_SQLITE_PAGE_AT] * 256 + header[ARMALO_I_SQLITE_PAGE_AT + 1] * 65536;
    return page == 0 || size % page != 0 ? "the file is cut off" : NULL;
}

/* Make the tables if there are none, and see that they are of this version. The write lock is held. NULL if so,
 * otherwise what is wrong ("": SQLite knows). */
static const char *armalo_i_sqlite_tables(armalo_i_sqlite *self) {
    int64_t objects = 0, application = 0, version = 0;
    if (!armalo_i_sqlite_number(self, "SELECT count(*) FROM sqlite_schema", &objects)) return "";
    if (objects == 0 && !armalo_i_sqlite_exec(self, armalo_i_sqlite_schema)) return "";
    if (!armalo_i_sqlite_number(self, "PRAGMA application_id", &application) ||
        !armalo_i_sqlite_number(self, "PRAGMA user_version", &version))
        return "";
    if (application != ARMALO_I_SQLITE_APPLICATION) return "not a delivery store";
    if (version != ARMALO_I_SQLITE_VERSION) return "a delivery store of another version";
    return NULL;
}

/* Put the file into WAL mode. 1 if it is. Where another connection is there too, SQLite gives up at once rather than
 * wait as it was told, as when several processes start at the same time on a new file: so the waiting is done here. */
static int armalo_i_sqlite_use_wal(armalo_i_sqlite *self, int32_t busy_timeout_ms) {
    int64_t is_wal = 0;
    (void)sqlite3_busy_timeout(self->db, 0);
    for (int32_t waited_ms = 0; !armalo_i_sqlite_exec(self, "PRAGMA journal_mode = WAL");) {
        if (sqlite3_errcode(self->db) != SQLITE_BUSY || waited_ms >= busy_timeout_ms) return 0;
        waited_ms += sqlite3_sleep(ARMALO_I_SQLITE_WAIT_MS);
    }
    (void)sqlite3_busy_timeout(self->db, busy_timeout_ms);
    /* The pragma succeeds where it cannot change the mode, and answers with the mode that remains. */
    return armalo_i_sqlite_number(self, "SELECT journal_mode = 'wal' FROM pragma_journal_mode", &is_wal) && is_wal == 1;
}

/* Open, check and prepare. NULL if done, otherwise what is wrong ("": SQLite knows). */
static const char *armalo_i_sqlite_open(armalo_i_sqlite *self, const char *path, int32_t busy_timeout_ms) {
    armalo_i_sqlite_make_file(path);
    if (sqlite3_open_v2(path, &self->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) return "";
    if (sqlite3_db_readonly(self->db, "main") != 0) return "the file is read-only";
    /* Nothing in the file is run, and until it is known to be ours, closing does not touch it. */
    if (sqlite3_db_config(self->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL) != SQLITE_OK ||
        sqlite3_db_config(self->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) != SQLITE_OK ||
        sqlite3_db_config(self->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL) != SQLITE_OK ||
        sqlite3_db_config(self->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL) != SQLITE_OK ||
        sqlite3_db_config(self->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL) != SQLITE_OK ||
        sqlite3_busy_timeout(self->db, busy_timeout_ms) != SQLITE_OK)
        return "";
    const char *wrong = armalo_i_sqlite_stranger(self);
    if (wrong != NULL) return wrong;
    if (!armalo_i_sqlite_exec(self, "PRAGMA synchronous = FULL; PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1;"
                                    "PRAGMA cell_size_check = 1; BEGIN IMMEDIATE"))
        return "";
    wrong = armalo_i_sqlite_tables(self);
    if (wrong != NULL) return wrong; /* closing rolls back */
    if (!armalo_i_sqlite_exec(self, "COMMIT")) return "";
    for (int i = 0; i < ARMALO_I_SQL_COUNT; i++)
        if (sqlite3_prepare_v3(self->db, armalo_i_sqlite_sql[i], -1, SQLITE_PREPARE_PERSISTENT, &self->sql[i], NULL) !=
            SQLITE_OK)
            return "";
    if (!armalo_i_sqlite_use_wal(self, busy_timeout_ms))
        return sqlite3_errcode(self->db) == SQLITE_OK ? "the file cannot be used in WAL mode" : "";
    return sqlite3_db_config(self->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL) == SQLITE_OK ? NULL : "";
}

/* A denial, as the core library makes them for calls that refuse. */
static void armalo_i_sqlite_refuse(armalo_decision *why, uint32_t reason, const char *detail) {
    if (why == NULL) return;
    int internal = reason == ARMALO_REASON_UNDECIDED || reason == ARMALO_REASON_INVALID_ARGUMENT;
    memset(why, 0, sizeof *why);
    why->reason = reason;
    why->evidence = ARMALO_UNAVAILABLE;
    why->public_class = internal ? ARMALO_CLASS_INTERNAL : ARMALO_CLASS_UNAVAILABLE;
    why->http_status = internal ? 500 : 503;
    for (size_t i = 0; i + 1 < sizeof why->detail && detail[i] != 0; i++)
        why->detail[i] = (char)(detail[i] >= ' ' && detail[i] <= '~' ? detail[i] : '?'); /* may quote the file */
}

armalo_store *armalo_sqlite_store_new(const char *path, int32_t busy_timeout_ms, armalo_decision *why) {
    armalo_i_sqlite_refuse(why, ARMALO_REASON_UNDECIDED, "");
    const char *fault = NULL;
    if (path == NULL || path[0] == 0 || strcmp(path, ":memory:") == 0 || strncmp(path, "file:", 5) == 0) fault = "path";
    if (busy_timeout_ms < 0 || busy_timeout_ms > ARMALO_I_SQLITE_BUSY_MAX_MS) fault = "busy_timeout_ms";
    if (fault != NULL) {
        armalo_i_sqlite_refuse(why, ARMALO_REASON_INVALID_ARGUMENT, fault);
        return NULL;
    }
    armalo_i_sqlite *self = sqlite3_malloc64(sizeof *self);
    if (self == NULL) {
        armalo_i_sqlite_refuse(why, ARMALO_REASON_NO_MEMORY, "");
        return NULL;
    }
    memset(self, 0, sizeof *self);
    self->store.struct_size = sizeof self->store;
    self->store.ctx = self;
    self->store.claim = armalo_i_sqlite_claim;
    self->store.settle = armalo_i_sqlite_settle;
    self->store.release = armalo_i_sqlite_release;
    atomic_init(&self->waits_lost, 0);
    self->has_lock = pthread_mutex_init(&self->lock, NULL) == 0;
    const char *wrong = "the lock cannot be made";
    if (self->has_lock)
        wrong =
            armalo_i_sqlite_open(self, path, busy_timeout_ms == 0 ? ARMALO_SQLITE_BUSY_TIMEOUT_MS : busy_timeout_ms);
    if (wrong == NULL) return &self->store;
    int no_memory = self->has_lock && (self->db == NULL || sqlite3_errcode(self->db) == SQLITE_NOMEM);
    armalo_i_sqlite_refuse(why, no_memory ? ARMALO_REASON_NO_MEMORY : ARMALO_REASON_STORE_UNAVAILABLE,
                           wrong[0] != 0 ? wrong : sqlite3_errmsg(self->db));
    armalo_i_sqlite_release(&self->store);
    return NULL;
}
