/* SPDX-License-Identifier: MIT */
/* kill -9 against the SQLite store. A child takes 2,000 deliveries, one after the other, and reports each answer it
 * got; again and again it is killed in the middle, wherever it happens to be, and another goes on. What was answered
 * must hold: what was settled is never processed again, what was claimed is leased, and after its lease is processed
 * again. */
#define _POSIX_C_SOURCE 200809L
#include "alloc_passes.h"
#include "stores.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>

#define DELIVERIES 2000
#define NOW        INT64_C(1000)
#define LEASE      INT64_C(2000)
#define KEEP       INT64_C(9000)

/* What a child was told. C: process it, with this token; D: settled as done; F: given back; X: an answer that should
 * not be. Written at once after the answer, with one write() that no kill can halve. */
typedef struct report {
    uint64_t token;
    uint32_t delivery;
    char what;
} report;

static void tell(int to, char what, uint32_t delivery, uint64_t token) {
    report r;
    memset(&r, 0, sizeof r);
    r.what = what;
    r.delivery = delivery;
    r.token = token;
    if (write(to, &r, sizeof r) != (ssize_t)sizeof r) _exit(3);
}

/* Every fifth delivery fails at first; every seventh is never settled. */
static int fails_first(uint32_t delivery) { return delivery % 5 == 0; }
static int is_abandoned(uint32_t delivery) { return delivery % 7 == 3; }

static void take(const armalo_store *store, int to, uint32_t delivery) {
    for (int attempt = 0; attempt < 2; attempt++) {
        uint64_t token = 0;
        armalo_claim claim = claim_of(delivery, NOW, LEASE, KEEP);
        int32_t got = store->claim(store->ctx, &claim, &token);
        if (got == ARMALO_IN_PROGRESS || got == ARMALO_DUPLICATE) return; /* an earlier child got this far */
        tell(to, got == ARMALO_PROCESS ? 'C' : 'X', delivery, token);
        if (is_abandoned(delivery)) return;
        int failed = attempt == 0 && fails_first(delivery);
        got = store->settle(store->ctx, &claim, token, failed ? ARMALO_FAILED : ARMALO_DONE);
        tell(to, got != 1 ? 'X' : failed ? 'F' : 'D', delivery, token);
        if (!failed) return;
    }
}

static void child(const place *p, int to, uint32_t first, uint64_t random) {
    armalo_store *store = armalo_sqlite_store_new(p->file, 0, NULL);
    if (store == NULL) tell(to, 'X', 0, 0);
    for (uint32_t delivery = first; store != NULL && delivery < DELIVERIES; delivery++) {
        take(store, to, delivery);
        /* And an old one again: it may have been given back, and nothing else. */
        take(store, to, (uint32_t)(next_random(&random) % (delivery + 1)));
    }
    _exit(0);
}

typedef struct known {
    char last; /* the last report: 0, C, D or F */
    int doubt; /* a child was killed at work on it: its last answer may have been on the way */
    uint64_t tokens[16];
    size_t count;
} known;

static void hear(known *all, const report *r) {
    known *k = &all[r->delivery];
    ck_assert_msg(r->what != 'X', "delivery %u: a wrong answer", (unsigned)r->delivery);
    if (r->what == 'C') {
        ck_assert_msg(k->last != 'D', "delivery %u: processed after it was settled", (unsigned)r->delivery);
        ck_assert_msg(k->last != 'C' || k->doubt, "delivery %u: processed by two", (unsigned)r->delivery);
        for (size_t i = 0; i < k->count; i++) ck_assert_uint_ne(k->tokens[i], r->token);
        ck_assert_uint_lt(k->count, sizeof k->tokens / sizeof k->tokens[0]);
        k->tokens[k->count++] = r->token;
    }
    k->last = r->what;
}

/* What can be asked without changing anything. */
static void check_held(const place *p, const known *all, uint32_t end) {
    armalo_store *store = store_make(SQLITE, 0, p);
    for (uint32_t i = 0; i < end; i++) {
        uint64_t token;
        if (all[i].last != 'D' && (all[i].last != 'C' || all[i].doubt)) continue;
        ck_assert_msg(claims(store, i, NOW, LEASE, KEEP, &token) ==
                          (all[i].last == 'D' ? ARMALO_DUPLICATE : ARMALO_IN_PROGRESS),
                      "delivery %u, last told %c", (unsigned)i, all[i].last);
    }
    armalo_store_free(store);
}

/* One child until `reports` reports have come, and then a little longer. Returns the delivery to go on with. */
static uint32_t run(const place *p, known *all, uint32_t first, uint64_t reports, uint64_t delay, uint64_t random) {
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        (void)close(ends[0]);
        child(p, ends[1], first, random);
    }
    (void)close(ends[1]);
    uint32_t last = first, furthest = first;
    report r;
    for (uint64_t i = 0; read(ends[0], &r, sizeof r) == (ssize_t)sizeof r; i++) {
        hear(all, &r);
        last = r.delivery;
        if (last > furthest) furthest = last;
        if (i != reports) continue;
        for (volatile uint64_t spin = 0; spin < delay; spin++) {
        }
        ck_assert_int_eq(kill(pid, SIGKILL), 0);
    }
    (void)close(ends[0]);
    int status = 0;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status)) {
        ck_assert_int_eq(WEXITSTATUS(status), 0);
        return DELIVERIES;
    }
    ck_assert_int_eq(WTERMSIG(status), SIGKILL);
    /* On the way can have been the next answer about the last delivery told of, the one after it, or an old one that
     * could still change. */
    for (uint32_t i = 0; i <= furthest + 1 && i < DELIVERIES; i++)
        if (i >= furthest || i == last || all[i].last == 'F') all[i].doubt = 1;
    return furthest;
}

START_TEST(what_was_answered_holds) {
    place p = place_make();
    known *all = calloc(DELIVERIES, sizeof *all);
    ck_assert_ptr_nonnull(all);
    uint64_t random = 99;
    uint32_t next = 0, kills = 0;
    while (next < DELIVERIES) {
        uint64_t r = next_random(&random);
        next = run(&p, all, next, r % 64, (r >> 8) % 300000, r | 1);
        kills++;
        check_held(&p, all, next);
    }
    ck_assert_uint_gt(kills, 40);

    /* When all leases have run out, what was not settled is processed again; then nothing is left. */
    armalo_store *store = store_make(SQLITE, 0, &p);
    size_t done = 0, again = 0, doubtful = 0;
    for (uint32_t i = 0; i < DELIVERIES; i++) {
        uint64_t token;
        int32_t got = claims(store, i, LEASE, LEASE + 1000, KEEP, &token);
        if (all[i].last == 'D') {
            ck_assert_int_eq(got, ARMALO_DUPLICATE);
            done++;
            continue;
        }
        if (got == ARMALO_DUPLICATE && all[i].doubt) { /* the settlement was taken, the answer never heard */
            doubtful++;
            continue;
        }
        ck_assert_msg(got == ARMALO_PROCESS, "delivery %u is lost", (unsigned)i);
        for (size_t t = 0; t < all[i].count; t++) ck_assert_uint_ne(all[i].tokens[t], token);
        ck_assert_int_eq(settles(store, i, LEASE, KEEP, token, ARMALO_DONE), 1);
        ck_assert_int_eq(claims(store, i, KEEP - 1, KEEP, KEEP, &token), ARMALO_DUPLICATE);
        again++;
    }
    ck_assert_uint_gt(done, DELIVERIES / 2);
    ck_assert_uint_ge(again, DELIVERIES / 8);
    ck_assert_uint_le(doubtful, kills);
    armalo_store_free(store);

    sqlite3 *db = NULL;
    sqlite3_stmt *check = NULL;
    ck_assert_int_eq(sqlite3_open_v2(p.file, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &check, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(check), SQLITE_ROW);
    ck_assert_str_eq((const char *)sqlite3_column_text(check, 0), "ok");
    (void)sqlite3_finalize(check);
    (void)sqlite3_close(db);
    free(all);
    place_remove(&p);
}
END_TEST

static void fill(TCase *tc) { tcase_add_test(tc, what_was_answered_holds); }

TEST_MAIN("store_kill", fill, 150)
