/* SPDX-License-Identifier: MIT */
/* Everything under the SQLite store fails: the disk, the memory, the lock, the file itself. A call then gives an answer
 * that denies, changes nothing that was remembered, and once the fault is gone the same store works again. */
#define _DEFAULT_SOURCE
#include "alloc_passes.h"
#include "sqlite_faults.h"
#include "stores.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

#define LEASE INT64_C(2000)
#define KEEP  INT64_C(9000)

static sqlite3 *db_open(const char *file) {
    sqlite3 *db = NULL;
    ck_assert_int_eq(sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL), SQLITE_OK);
    return db;
}

static void db_exec(sqlite3 *db, const char *sql) {
    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(db));
}

/* What the query says, as one text to be freed. */
static char *db_text(const char *file, const char *sql) {
    sqlite3 *db = db_open(file);
    sqlite3_stmt *query = NULL;
    ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &query, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(query), SQLITE_ROW);
    const char *text = (const char *)sqlite3_column_text(query, 0);
    char *copy = strdup(text == NULL ? "" : text);
    (void)sqlite3_finalize(query);
    (void)sqlite3_close(db);
    return copy;
}

/* Everything that the store remembers. */
static char *db_content(const place *p) {
    return db_text(p->file,
                   "SELECT (SELECT last FROM token) || (SELECT group_concat(hex(key) || token || ',' || done ||"
                   " ',' || lease_until_ms || ',' || keep_until_ms) FROM (SELECT * FROM delivery ORDER BY key))");
}

static void check_integrity(const place *p) {
    char *text = db_text(p->file, "PRAGMA integrity_check");
    ck_assert_str_eq(text, "ok");
    free(text);
}

/* Deliveries of each kind, at 1000: 1 done, 2 and 3 leased, 4 given back, and many that are past their time. */
typedef struct prepared {
    place p;
    uint64_t leased, leased_too;
} prepared;

static prepared prepare(void) {
    prepared m = {place_make(), 0, 0};
    armalo_store *store = store_make(SQLITE, 0, &m.p);
    uint64_t token;
    for (uint64_t i = 100; i < 110; i++) ck_assert_int_eq(claims(store, i, 0, 500, 900, &token), ARMALO_PROCESS);
    ck_assert_int_eq(claims(store, 1, 1, LEASE, KEEP, &token), ARMALO_PROCESS);
    ck_assert_int_eq(settles(store, 1, 1, KEEP, token, ARMALO_DONE), 1);
    ck_assert_int_eq(claims(store, 2, 1, LEASE, KEEP, &m.leased), ARMALO_PROCESS);
    ck_assert_int_eq(claims(store, 3, 1, LEASE, KEEP, &m.leased_too), ARMALO_PROCESS);
    ck_assert_int_eq(claims(store, 4, 1, LEASE, KEEP, &token), ARMALO_PROCESS);
    ck_assert_int_eq(settles(store, 4, 1, 0, token, ARMALO_FAILED), 1);
    armalo_store_free(store);
    return m;
}

/* What a caller was told while things failed. */
typedef struct told {
    int32_t claim_done, claim_leased, claim_new, settle_new, settle_leased, give_back;
} told;

/* What may be found afterwards, given what was told: an answer binds; no answer leaves both. */
static void check_afterwards(const armalo_store *store, const told *t, const char *when) {
    uint64_t token;
    int32_t got = claims(store, 1, 1000, LEASE, KEEP, &token);
    ck_assert_msg(got == ARMALO_DUPLICATE, "%s: what was done gives %d", when, (int)got);
    got = claims(store, 2, 1000, LEASE, KEEP, &token);
    ck_assert_msg(got == ARMALO_DUPLICATE || (got == ARMALO_IN_PROGRESS && t->settle_leased != 1),
                  "%s: what was leased gives %d after settle gave %d", when, (int)got, (int)t->settle_leased);
    got = claims(store, 3, 1000, LEASE, KEEP, &token);
    ck_assert_msg(got == ARMALO_PROCESS || (got == ARMALO_IN_PROGRESS && t->give_back != 1),
                  "%s: what was given back gives %d after settle gave %d", when, (int)got, (int)t->give_back);
    if (got == ARMALO_PROCESS) ck_assert_int_eq(settles(store, 3, 1000, 0, token, ARMALO_FAILED), 1);
    got = claims(store, 5, 1000, LEASE, KEEP, &token);
    ck_assert_msg(t->settle_new == 1               ? got == ARMALO_DUPLICATE
                  : t->claim_new == ARMALO_PROCESS ? got == ARMALO_IN_PROGRESS || got == ARMALO_DUPLICATE
                                                   : got == ARMALO_PROCESS || got == ARMALO_IN_PROGRESS,
                  "%s: the new one gives %d after claim gave %d and settle %d", when, (int)got, (int)t->claim_new,
                  (int)t->settle_new);
    if (got == ARMALO_PROCESS) ck_assert_int_eq(settles(store, 5, 1000, 0, token, ARMALO_FAILED), 1);
}

/* One run in which the fault strikes at its n-th chance, and from then on always if it stays. Returns whether it
 * did. */
static int run_with_fault(int32_t kind, int stays, uint64_t n) {
    prepared m = prepare();
    armalo_decision why;
    memset(&why, 0xff, sizeof why);
    uint64_t token = 0;
    told t = {-1, -1, -1, -1, -1, -1};
    fault_arm(kind, n, stays);
    armalo_store *store = armalo_sqlite_store_new(m.p.file, 1, &why);
    if (store != NULL) {
        t.claim_done = claims(store, 1, 1000, LEASE, KEEP, &token);
        t.claim_leased = claims(store, 2, 1000, LEASE, KEEP, &token);
        t.claim_new = claims(store, 5, 1000, LEASE, KEEP, &token);
        if (t.claim_new == ARMALO_PROCESS) t.settle_new = settles(store, 5, 1000, KEEP, token, ARMALO_DONE);
        t.settle_leased = settles(store, 2, 1000, KEEP, m.leased, ARMALO_DONE);
        t.give_back = settles(store, 3, 1000, 0, m.leased_too, ARMALO_FAILED);
    }
    int struck = fault_disarm();
    ck_assert_int_eq(armalo_decision_granted(&why), 0);
    if (store == NULL) {
        ck_assert_int_eq(struck, 1);
        ck_assert_uint_eq(why.reason, kind == FAULT_MEMORY ? ARMALO_REASON_NO_MEMORY : ARMALO_REASON_STORE_UNAVAILABLE);
    }
    ck_assert(t.claim_done == ARMALO_DUPLICATE || is_unavailable(t.claim_done));
    ck_assert(t.claim_leased == ARMALO_IN_PROGRESS || is_unavailable(t.claim_leased));
    ck_assert(t.claim_new == ARMALO_PROCESS || is_unavailable(t.claim_new));
    ck_assert(t.settle_new == 1 || t.settle_new == -1);
    ck_assert(t.settle_leased == 1 || t.settle_leased == -1);
    ck_assert(t.give_back == 1 || t.give_back == -1);
    if (!struck)
        ck_assert(t.claim_done == ARMALO_DUPLICATE && t.settle_new == 1 && t.settle_leased == 1 && t.give_back == 1);
    if (store != NULL) check_afterwards(store, &t, "the same store");
    armalo_store_free(store);
    store = store_make(SQLITE, 0, &m.p);
    check_afterwards(store, &t, "opened again");
    armalo_store_free(store);
    check_integrity(&m.p);
    place_remove(&m.p);
    return struck;
}

START_TEST(each_operation_fails) {
    int32_t kind = _i / 2;
    uint64_t n = 0;
    while (run_with_fault(kind, _i % 2, n)) n++;
    ck_assert_msg(n > 0, "nothing to fail in %s", fault_name(kind));
}
END_TEST

/* Another connection holds the write lock. */
START_TEST(locked) {
    prepared m = prepare();
    armalo_store *store = armalo_sqlite_store_new(m.p.file, 20, NULL);
    ck_assert_ptr_nonnull(store);
    char *before = db_content(&m.p);
    sqlite3 *other = db_open(m.p.file);
    db_exec(other, "BEGIN IMMEDIATE");
    uint64_t token;
    for (uint64_t key = 1; key < 6; key++) ck_assert(is_unavailable(claims(store, key, LEASE, KEEP, KEEP, &token)));
    ck_assert_int_eq(settles(store, 2, 1000, KEEP, m.leased, ARMALO_DONE), -1);
    ck_assert_int_eq(settles(store, 2, 1000, KEEP, m.leased, ARMALO_FAILED), -1);
    armalo_decision why;
    memset(&why, 0xff, sizeof why);
    ck_assert_ptr_null(armalo_sqlite_store_new(m.p.file, 20, &why));
    ck_assert_uint_eq(why.reason, ARMALO_REASON_STORE_UNAVAILABLE);
    ck_assert_int_eq(why.http_status, 503);
    ck_assert_str_eq(why.detail, "database is locked"); /* SQLite's own words */
    db_exec(other, "ROLLBACK");
    (void)sqlite3_close(other);
    char *after = db_content(&m.p);
    ck_assert_str_eq(before, after);
    ck_assert_int_eq(claims(store, 2, 1000, LEASE, KEEP, &token), ARMALO_IN_PROGRESS);
    ck_assert_int_eq(settles(store, 2, 1000, KEEP, m.leased, ARMALO_DONE), 1);
    ck_assert_int_eq(claims(store, 5, 1000, LEASE, KEEP, &token), ARMALO_PROCESS);
    free(before);
    free(after);
    armalo_store_free(store);
    place_remove(&m.p);
}
END_TEST

/* Other processes that make the same new file at the same time are waited for. */
START_TEST(made_by_many) {
    int struck = 1;
    for (uint64_t n = 0; struck; n++) {
        place p = place_make();
        fault_arm(FAULT_ALONE, n, 0);
        armalo_store *store = store_make(SQLITE, 0, &p);
        struck = fault_disarm();
        ck_assert(struck || n > 1);
        armalo_store_free(store);
        place_remove(&p);
    }
}
END_TEST

/* Threads that stand in line do not wait one timeout after the other: all together take about one. */
#define WAITERS 40

static void *waits(void *arg) {
    armalo_store *store = arg;
    armalo_claim claim = claim_of(77, 1000, LEASE, KEEP);
    uint64_t token;
    return is_unavailable(store->claim(store->ctx, &claim, &token)) ? arg : NULL;
}

START_TEST(locked_for_all) {
    prepared m = prepare();
    armalo_store *store = armalo_sqlite_store_new(m.p.file, 1000, NULL);
    ck_assert_ptr_nonnull(store);
    sqlite3 *other = db_open(m.p.file);
    db_exec(other, "BEGIN IMMEDIATE");
    pthread_t threads[WAITERS];
    (void)alarm(WAITERS / 2); /* half of what the timeouts add up to */
    for (int i = 0; i < WAITERS; i++) ck_assert_int_eq(pthread_create(&threads[i], NULL, waits, store), 0);
    for (int i = 0; i < WAITERS; i++) {
        void *result;
        ck_assert_int_eq(pthread_join(threads[i], &result), 0);
        ck_assert_ptr_eq(result, store);
    }
    (void)alarm(0);
    db_exec(other, "ROLLBACK");
    (void)sqlite3_close(other);
    uint64_t token;
    ck_assert_int_eq(claims(store, 77, 1000, LEASE, KEEP, &token), ARMALO_PROCESS);
    armalo_store_free(store);
    place_remove(&m.p);
}
END_TEST

/* The bytes of a file. */
typedef struct bytes {
    size_t len;
    uint8_t *at;
} bytes;

static bytes file_read(const char *name) {
    struct stat status;
    bytes b = {0, NULL};
    if (stat(name, &status) != 0) return b;
    b.len = (size_t)status.st_size;
    b.at = malloc(b.len + 1);
    FILE *file = fopen(name, "rb");
    ck_assert(b.at != NULL && file != NULL);
    ck_assert_uint_eq(fread(b.at, 1, b.len, file), b.len);
    (void)fclose(file);
    return b;
}

static void file_write(const char *name, const void *data, size_t len) {
    FILE *file = fopen(name, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(data, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

/* Refused, and neither the file nor what lies beside it has changed by a byte. */
static void refused_untouched(const place *p, const char *what) {
    static const char *const ends[] = {"", "-journal", "-wal"};
    bytes before[3];
    char name[96];
    for (size_t i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", p->file, ends[i]);
        before[i] = file_read(name);
    }
    armalo_decision why;
    memset(&why, 0xff, sizeof why);
    ck_assert_msg(armalo_sqlite_store_new(p->file, 1, &why) == NULL, "%s is taken", what);
    ck_assert_msg(why.reason == ARMALO_REASON_STORE_UNAVAILABLE, "%s: %s", what, armalo_reason_name(why.reason));
    ck_assert_int_eq(armalo_decision_granted(&why), 0);
    ck_assert_msg(why.detail[0] != 0, "%s: no detail", what);
    for (size_t i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", p->file, ends[i]);
        bytes after = file_read(name);
        ck_assert_msg(before[i].len == after.len && (after.len == 0 || memcmp(before[i].at, after.at, after.len) == 0),
                      "%s: %s has changed", what, name);
        free(before[i].at);
        free(after.at);
    }
}

START_TEST(not_a_database) {
    place p = place_make();
    char text[6000]; /* SQLite takes a file of one byte for an empty one */
    memset(text, 'a', sizeof text);
    static const size_t sizes[] = {2, 15, 16, 99, 100, 512, 4096, sizeof text};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        memset(text, 'a', sizeof text);
        file_write(p.file, text, sizes[i]);
        refused_untouched(&p, "text");
        memcpy(text, "SQLite format 3", 16);
        file_write(p.file, text, sizes[i]);
        refused_untouched(&p, "text with SQLite's first bytes");
        memcpy(text + 68, "ARMD", 4);
        file_write(p.file, text, sizes[i]);
        refused_untouched(&p, "text with a delivery store's marks");
    }
    (void)unlink(p.file);
    ck_assert_int_eq(mkdir(p.file, 0700), 0);
    armalo_decision why;
    ck_assert_ptr_null(armalo_sqlite_store_new(p.file, 1, &why));
    ck_assert_uint_eq(why.reason, ARMALO_REASON_STORE_UNAVAILABLE);
    char inside[96];
    snprintf(inside, sizeof inside, "%s/none/deliveries", p.dir);
    ck_assert_ptr_null(armalo_sqlite_store_new(inside, 1, &why));
    ck_assert_uint_eq(why.reason, ARMALO_REASON_STORE_UNAVAILABLE);
    ck_assert_str_eq(why.detail, "unable to open database file");
    (void)rmdir(p.file);
    place_remove(&p);
}
END_TEST

#define SOME_TABLE "CREATE TABLE t (x); INSERT INTO t VALUES (randomblob(9000));"

START_TEST(another_applications_database) {
    static const char *const made[] = {
        SOME_TABLE,
        "VACUUM", /* nothing in it, but made by somebody */
        "PRAGMA application_id = 1;" SOME_TABLE,
        "PRAGMA application_id = 1; PRAGMA user_version = 1; CREATE TABLE delivery (x); CREATE TABLE token (x);",
        "PRAGMA journal_mode = WAL;" SOME_TABLE,
        "PRAGMA page_size = 512;" SOME_TABLE,
        /* Ours by its mark, of a version that this library does not know, or none of ours inside. */
        "PRAGMA application_id = 0x41524d44; PRAGMA user_version = 2;" SOME_TABLE,
        "PRAGMA application_id = 0x41524d44; PRAGMA user_version = 0;" SOME_TABLE,
        "PRAGMA application_id = 0x41524d44; PRAGMA user_version = 1;" SOME_TABLE,
        "PRAGMA application_id = 0x41524d44; PRAGMA user_version = 1;" SOME_TABLE
        "CREATE TABLE delivery (key, token, done, keep_until_ms); CREATE TABLE token (last);",
    };
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        place p = place_make();
        sqlite3 *db = db_open(p.file);
        db_exec(db, made[i]);
        (void)sqlite3_close(db);
        refused_untouched(&p, made[i]);
        place_remove(&p);
    }
}
END_TEST

/* A copy of the files as a crash would leave them. Returns how many there are. */
static size_t copy_files(const place *from, const place *to) {
    static const char *const ends[] = {"", "-journal", "-wal"};
    size_t files = 0;
    for (size_t i = 0; i < 3; i++) {
        char name[96];
        snprintf(name, sizeof name, "%s%s", from->file, ends[i]);
        bytes b = file_read(name);
        snprintf(name, sizeof name, "%s%s", to->file, ends[i]);
        if (b.len > 0) file_write(name, b.at, b.len);
        files += b.len > 0;
        free(b.at);
    }
    return files;
}

/* Another application's database in the middle of its work, or as a crash left it: nothing is recovered for it. */
START_TEST(another_applications_unfinished_work) {
    static const char *const modes[] = {"PRAGMA journal_mode = WAL", "PRAGMA journal_mode = DELETE"};
    for (size_t i = 0; i < 2; i++) {
        place p = place_make(), crashed = place_make();
        sqlite3 *db = db_open(p.file);
        db_exec(db, modes[i]);
        db_exec(db, "PRAGMA cache_size = 1;" SOME_TABLE "BEGIN IMMEDIATE");
        for (int rows = 0; rows < 20; rows++) db_exec(db, "INSERT INTO t VALUES (randomblob(9000))");
        refused_untouched(&p, "a database in use");
        ck_assert_uint_eq(copy_files(&p, &crashed), 2);
        refused_untouched(&crashed, "a database after a crash");
        db_exec(db, "ROLLBACK");
        (void)sqlite3_close(db);
        place_remove(&p);
        place_remove(&crashed);
    }
}
END_TEST

/* A later version of the library may have changed what the tables mean. */
START_TEST(another_version) {
    prepared m = prepare();
    place crashed = place_make();
    sqlite3 *db = db_open(m.p.file);
    db_exec(db, "PRAGMA user_version = 2");
    ck_assert_uint_eq(copy_files(&m.p, &crashed), 2);
    refused_untouched(&m.p, "version 2 in use");
    refused_untouched(&crashed, "version 2 after a crash");
    (void)sqlite3_close(db);
    refused_untouched(&m.p, "version 2");
    place_remove(&m.p);
    place_remove(&crashed);
}
END_TEST

/* Rows that this library would never write. */
START_TEST(rows_that_say_nothing) {
    static const char *const values[] = {"NULL, 3000, 3000", "0, NULL, 3000", "1, 3000, NULL", "0, 'x', 3000",
                                         "1, 3000, x'00'",   "'', 1, 1",      "0, 0.5, 3000",  "NULL, NULL, NULL"};
    place p = place_make();
    sqlite3 *db = db_open(p.file);
    db_exec(db, "PRAGMA application_id = 0x41524d44; PRAGMA user_version = 1; CREATE TABLE token (one, last);"
                "INSERT INTO token VALUES (1, 1);"
                "CREATE TABLE delivery (key PRIMARY KEY, token, done, lease_until_ms, keep_until_ms) WITHOUT ROWID;");
    for (uint64_t i = 0; i < 8; i++) {
        char sql[256], hex[2 * ARMALO_DELIVERY_KEY_SIZE + 1];
        armalo_claim claim = claim_of(i, 0, 0, 0);
        for (size_t b = 0; b < sizeof claim.key; b++) snprintf(hex + 2 * b, 3, "%02x", claim.key[b]);
        snprintf(sql, sizeof sql, "INSERT INTO delivery VALUES (x'%s', 5, %s)", hex, values[i]);
        db_exec(db, sql);
    }
    armalo_store *store = store_make(SQLITE, 0, &p);
    uint64_t token;
    for (uint64_t i = 0; i < 8; i++) ck_assert(is_unavailable(claims(store, i, 1000, LEASE, KEEP, &token)));
    ck_assert_int_eq(claims(store, 8, 1000, LEASE, KEEP, &token), ARMALO_PROCESS);
    /* And a counter that is at its end, gone, or not a number. */
    db_exec(db, "UPDATE token SET last = 9223372036854775807");
    ck_assert(is_unavailable(claims(store, 9, 1000, LEASE, KEEP, &token)));
    db_exec(db, "UPDATE token SET last = -5");
    ck_assert(is_unavailable(claims(store, 9, 1000, LEASE, KEEP, &token)));
    db_exec(db, "UPDATE token SET last = NULL");
    ck_assert(is_unavailable(claims(store, 9, 1000, LEASE, KEEP, &token)));
    db_exec(db, "DELETE FROM token");
    ck_assert(is_unavailable(claims(store, 10, 1000, LEASE, KEEP, &token)));
    db_exec(db, "DROP TABLE token");
    ck_assert(is_unavailable(claims(store, 10, 1000, LEASE, KEEP, &token)));
    db_exec(db, "DROP TABLE delivery");
    ck_assert(is_unavailable(claims(store, 10, 1000, LEASE, KEEP, &token)));
    ck_assert_int_eq(settles(store, 8, 1000, KEEP, token, ARMALO_DONE), -1);
    (void)sqlite3_close(db);
    armalo_store_free(store);
    place_remove(&p);
}
END_TEST

/* A file system without shared memory has no WAL, and so no durable store. */
START_TEST(no_shared_memory) {
    place p = place_make();
    armalo_decision why;
    fault.no_shared = 1;
    memset(&why, 0xff, sizeof why);
    ck_assert_ptr_null(armalo_sqlite_store_new(p.file, 1, &why));
    ck_assert_uint_eq(why.reason, ARMALO_REASON_STORE_UNAVAILABLE);
    ck_assert_str_eq(why.detail, "the file cannot be used in WAL mode");
    fault.no_shared = 0;
    armalo_store_free(store_make(SQLITE, 0, &p));
    place_remove(&p);
}
END_TEST

/* Without the right to write there is no store. Root may everything, so this is done as somebody else. */
START_TEST(read_only) {
    uid_t uid = geteuid();
    gid_t gid = getegid();
    prepared m = prepare();
    place empty = place_make();
    int root = uid == 0;
    if (root) {
        ck_assert_int_eq(chown(m.p.dir, 65534, 65534) | chown(m.p.file, 65534, 65534) | chown(empty.dir, 65534, 65534),
                         0);
        ck_assert_int_eq(setegid(65534) | seteuid(65534), 0);
    }
    ck_assert_int_eq(chmod(m.p.file, 0400), 0);
    refused_untouched(&m.p, "a read-only file");
    ck_assert_int_eq(chmod(m.p.file, 0), 0);
    armalo_decision why;
    ck_assert_ptr_null(armalo_sqlite_store_new(m.p.file, 1, &why));
    ck_assert_uint_eq(why.reason, ARMALO_REASON_STORE_UNAVAILABLE);
    ck_assert_int_eq(chmod(m.p.file, 0600) | chmod(m.p.dir, 0500), 0);
    refused_untouched(&m.p, "a file in a read-only directory");
    ck_assert_int_eq(chmod(empty.dir, 0500), 0);
    ck_assert_ptr_null(armalo_sqlite_store_new(empty.file, 1, &why));
    ck_assert_uint_eq(why.reason, ARMALO_REASON_STORE_UNAVAILABLE);
    ck_assert_int_ne(access(empty.file, F_OK), 0);
    ck_assert_int_eq(chmod(m.p.dir, 0700) | chmod(empty.dir, 0700), 0);
    uint64_t token;
    armalo_store *store = store_make(SQLITE, 0, &m.p); /* and with it, all is as it was */
    ck_assert_int_eq(claims(store, 1, 1000, LEASE, KEEP, &token), ARMALO_DUPLICATE);
    armalo_store_free(store);
    if (root) ck_assert_int_eq(seteuid(uid) | setegid(gid), 0);
    place_remove(&m.p);
    place_remove(&empty);
}
END_TEST

/* A file with many deliveries that are done. */
#define MANY 300

static bytes many_done(const place *p) {
    armalo_store *store = store_make(SQLITE, 0, p);
    for (uint64_t i = 0; i < MANY; i++) {
        uint64_t token;
        ck_assert_int_eq(claims(store, i, 1000, LEASE, KEEP, &token), ARMALO_PROCESS);
        ck_assert_int_eq(settles(store, i, 1000, KEEP, token, ARMALO_DONE), 1);
    }
    armalo_store_free(store);
    return file_read(p->file);
}

/* The damaged file: refused, or every answer is the right one or none. */
static size_t damaged(const place *p, const uint8_t *data, size_t len, const char *what, size_t at) {
    place_remove(p);
    ck_assert_int_eq(mkdir(p->dir, 0700), 0);
    file_write(p->file, data, len);
    armalo_store *store = armalo_sqlite_store_new(p->file, 1, NULL);
    size_t known = 0;
    for (uint64_t i = 0; store != NULL && i < MANY; i += 3) {
        uint64_t token;
        int32_t got = claims(store, i, LEASE, KEEP - 1, KEEP, &token);
        ck_assert_msg(got == ARMALO_DUPLICATE || is_unavailable(got), "%s at %zu: %d", what, at, (int)got);
        known += got == ARMALO_DUPLICATE;
    }
    armalo_store_free(store);
    return known;
}

START_TEST(truncated) {
    place p = place_make();
    bytes b = many_done(&p);
    ck_assert_uint_gt(b.len, 8 * 4096);
    /* From two bytes on: what is shorter is a new file. */
    for (size_t len = 2; len < b.len; len += len < 200 ? 33 : 911) (void)damaged(&p, b.at, len, "truncated", len);
    for (size_t len = 4096; len < b.len; len += 4096) ck_assert_uint_eq(damaged(&p, b.at, len, "truncated", len), 0);
    ck_assert_uint_eq(damaged(&p, b.at, b.len, "whole", b.len), MANY / 3);
    free(b.at);
    place_remove(&p);
}
END_TEST

START_TEST(pages_lost) {
    place p = place_make();
    bytes b = many_done(&p);
    uint8_t *copy = malloc(b.len);
    ck_assert_ptr_nonnull(copy);
    uint64_t random = 4711;
    size_t known = 0, pages = 0;
    for (size_t at = 0; at < b.len; at += 4096)
        for (int with = 0; with < 4; with++) {
            memcpy(copy, b.at, b.len);
            if (with < 2) memset(copy + at, with == 0 ? 0 : 0xff, 4096);
            for (size_t i = 0; with == 2 && i < 4096; i++) copy[at + i] = (uint8_t)next_random(&random);
            if (with == 3) memset(copy + at, 0, 8); /* the page's own header */
            size_t got = damaged(&p, copy, b.len, "page lost", at);
            known += got;
            pages++;
            if (at == 0) ck_assert_uint_eq(got, 0);
        }
    ck_assert_uint_lt(known, pages * MANY / 3);
    free(copy);
    free(b.at);
    place_remove(&p);
}
END_TEST

/* SQLite keeps no checksums: a flipped bit inside a row may go unseen, and then the row says something else. It may not
 * crash, and whatever is said is one of the answers. */
START_TEST(bits_flipped) {
    place p = place_make();
    bytes b = many_done(&p);
    uint64_t random = 815;
    for (int i = 0; i < 300; i++) {
        uint64_t r = next_random(&random);
        size_t at = r % b.len;
        b.at[at] = (uint8_t)(b.at[at] ^ (1u << (r >> 61)));
        place_remove(&p);
        ck_assert_int_eq(mkdir(p.dir, 0700), 0);
        file_write(p.file, b.at, b.len);
        armalo_store *store = armalo_sqlite_store_new(p.file, 1, NULL);
        for (uint64_t n = 0; store != NULL && n < MANY; n += 20) {
            uint64_t token = 0;
            (void)claims(store, n, LEASE, KEEP - 1, KEEP, &token);
            ck_assert_int_le(settles(store, n, LEASE, KEEP, token, ARMALO_DONE), 1);
        }
        armalo_store_free(store);
        b.at[at] = (uint8_t)(b.at[at] ^ (1u << (r >> 61)));
    }
    free(b.at);
    place_remove(&p);
}
END_TEST

static void fill(TCase *tc) {
    faults_install();
    /* The last would be FAULT_BUSY that stays: SQLite tries for ten seconds to open such a file, and locked() is
     * that. */
    tcase_add_loop_test(tc, each_operation_fails, 0, 2 * FAULT_KINDS - 1);
    tcase_add_test(tc, locked);
    tcase_add_test(tc, made_by_many);
    tcase_add_test(tc, locked_for_all);
    tcase_add_test(tc, not_a_database);
    tcase_add_test(tc, another_applications_database);
    tcase_add_test(tc, another_applications_unfinished_work);
    tcase_add_test(tc, another_version);
    tcase_add_test(tc, rows_that_say_nothing);
    tcase_add_test(tc, no_shared_memory);
    tcase_add_test(tc, read_only);
    tcase_add_test(tc, truncated);
    tcase_add_test(tc, pages_lost);
    tcase_add_test(tc, bits_flipped);
}

TEST_MAIN("store_sqlite", fill, 120)
