/* SPDX-License-Identifier: MIT */
/* One trust, verified against by many threads while others load revocation lists: every answer is one that some list in
 * use gives, a list whose load has returned is in use, and of several writers the lower number never comes last. Also
 * built with ThreadSanitizer. */
#include "attest_forge.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#define READERS 3
#define LISTS   120 /* of the CI, with the numbers from 0 on: even ones revoke ci-1, odd ones ci-2 */
#define OTHERS  30  /* of the other owner: each revokes other-1 */

#define LIST    "urn:armalo:revocations:v1"

/* What is judged, by whom it is signed. */
enum { BY_1, BY_2, BY_BOTH, BY_OTHER, ARTIFACTS };

typedef struct shared {
    armalo_host *host;
    armalo_trust *trust;
    armalo_attest_policy *policy;
    const char *list[LISTS], *other[OTHERS], *artifact[ARTIFACTS];
    _Atomic int loading, loaded; /* number of the list that is being loaded, and of the last whose load returned */
    _Atomic int highest;         /* of those that were loaded */
    _Atomic int other_loaded, writers;
    int three_writers;
    _Atomic unsigned long events, granted, revoked, exact, wrong;
    pthread_barrier_t start;
} shared;

static shared sh;

static int64_t constant_clock(void *ctx) {
    (void)ctx;
    return FORGE_NOW_S * 1000;
}

static int count_event(void *ctx, const char *event, size_t len) {
    (void)len;
    atomic_fetch_add((_Atomic unsigned long *)ctx, 1);
    /* A load is told of while it holds the writers' lock: let the others come up to it. */
    if (sh.three_writers && strstr(event, "attest.revocations") != NULL) (void)sched_yield();
    return 1;
}

static const char *list_of(const char *issuer, int which, int number, const char *id) {
    static forge_dsse f;
    forge_dsse_init_as(&f, LIST, "\"next_update\":\"2023-11-15T22:13:20Z\",\"this_update\":\"2023-11-14T22:12:20Z\"");
    forge_put(&f.predicate, "issuer", forge_quote(issuer));
    forge_put(&f.predicate, "number", forge_text("%d", number));
    forge_put(&f.predicate, "revoked",
              forge_text("[{\"id\":\"%s\",\"at\":\"2023-11-14T22:12:20Z\",\"reason\":\"\"}]", id));
    f.count = 0;
    forge_dsse_sign(&f, forge_signer_of(which));
    return forge_dsse_text(&f);
}

/* Everything that the threads use is made before they start. */
static void open_shared(void) {
    static forge_anchors anchors;
    static forge_dsse f;
    static const int by[ARTIFACTS][2] = {{FORGE_CI, -1}, {FORGE_CI_2, -1}, {FORGE_CI, FORGE_CI_2}, {FORGE_OTHER, -1}};
    memset(&sh, 0, sizeof sh);
    armalo_host_config config = {.struct_size = sizeof config,
                                 .mode = ARMALO_MODE_PRODUCTION,
                                 .now_ms = constant_clock,
                                 .audit = count_event,
                                 .audit_ctx = &sh.events};
    sh.host = armalo_host_new(&config, NULL);
    anchors.count = 0;
    static const int ours[] = {FORGE_CI, FORGE_CI_2, FORGE_EXTRA, FORGE_OTHER, FORGE_EXTRA + 1};
    for (int i = 0; i < 5; i++) /* the extra ones sign the lists, and are never revoked */
        forge_anchor(&anchors, forge_signer_of(ours[i]), i < 3 ? FORGE_CI_OWNER : FORGE_OTHER_OWNER);
    sh.trust = armalo_trust_new(sh.host, anchors.anchor, anchors.count, NULL);
    const char *policy = forge_policy_text("\"any_subject\":true,\"issuers\":,\"any_signer\":true,\"no_revocation\":,"
                                           "\"revocation\":{\"max_age_s\":3600}");
    sh.policy = armalo_attest_policy_new(sh.host, policy, strlen(policy), NULL);
    ck_assert_ptr_nonnull(sh.host);
    ck_assert_ptr_nonnull(sh.trust);
    ck_assert_ptr_nonnull(sh.policy);
    for (int i = 0; i < LISTS; i++) sh.list[i] = list_of(FORGE_CI_OWNER, FORGE_EXTRA, i, i % 2 == 0 ? "ci-1" : "ci-2");
    for (int i = 0; i < OTHERS; i++) sh.other[i] = list_of(FORGE_OTHER_OWNER, FORGE_EXTRA + 1, i, "other-1");
    for (int i = 0; i < ARTIFACTS; i++) {
        forge_dsse_init(&f);
        f.count = 0;
        for (int k = 0; k < 2; k++)
            if (by[i][k] >= 0) forge_dsse_sign(&f, forge_signer_of(by[i][k]));
        sh.artifact[i] = forge_dsse_text(&f);
    }
}

static void close_shared(void) {
    armalo_attest_policy_free(sh.policy);
    armalo_trust_free(sh.trust);
    armalo_host_free(sh.host);
    forge_forget();
}

static uint32_t load(const char *list) {
    armalo_decision why;
    int64_t number = -1;
    int loaded = armalo_revocations_load(sh.trust, NULL, list, strlen(list), 0, &number, &why);
    if (loaded != armalo_decision_granted(&why) || (!loaded && number != -1)) atomic_fetch_add(&sh.wrong, 1);
    return why.reason;
}

static uint32_t judge(int which) {
    armalo_decision why;
    armalo_attested *attested = NULL;
    armalo_attest_request request = forge_request(sh.artifact[which], NULL);
    int granted = armalo_attest_verify(sh.policy, sh.trust, &request, &attested, &why);
    if (granted != armalo_decision_granted(&why) || granted != (attested != NULL)) atomic_fetch_add(&sh.wrong, 1);
    armalo_attested_free(attested);
    atomic_fetch_add(granted ? &sh.granted : &sh.revoked, 1);
    return why.reason;
}

static void wrong_unless(int holds) {
    if (!holds) atomic_fetch_add(&sh.wrong, 1);
}

static void read_once(int one_writer) {
    for (int which = BY_1; which <= BY_2; which++) {
        int before = atomic_load(&sh.loaded);
        uint32_t reason = judge(which);
        int after = atomic_load(&sh.loading);
        wrong_unless(reason == ARMALO_REASON_GRANTED || reason == ARMALO_REASON_ATTEST_REVOKED);
        if (!one_writer || before != after) continue;
        /* Nobody loaded meanwhile: the answer is that of this one list. */
        wrong_unless((reason == ARMALO_REASON_ATTEST_REVOKED) == (before % 2 == which));
        atomic_fetch_add(&sh.exact, 1);
    }
    wrong_unless(judge(BY_BOTH) == ARMALO_REASON_ATTEST_REVOKED); /* by every list there is */
    int was_loaded = atomic_load(&sh.other_loaded);
    uint32_t reason = judge(BY_OTHER);
    wrong_unless(reason == ARMALO_REASON_ATTEST_REVOKED ||
                 (!was_loaded && reason == ARMALO_REASON_ATTEST_REVOCATION_MISSING));
}

static void *reads(void *arg) {
    (void)pthread_barrier_wait(&sh.start);
    do {
        read_once(*(const int *)arg);
    } while (atomic_load(&sh.writers) > 0);
    return NULL;
}

/* The only writer of the CI's lists. Refused ones in between change nothing. */
static void *loads_in_order(void *arg) {
    (void)arg;
    (void)pthread_barrier_wait(&sh.start);
    for (int i = 1; i < LISTS; i++) {
        atomic_store(&sh.loading, i);
        wrong_unless(load(sh.list[i]) == ARMALO_REASON_GRANTED);
        atomic_store(&sh.loaded, i);
        if (i % 3 == 0) wrong_unless(load(sh.list[i - 1]) == ARMALO_REASON_ATTEST_REVOCATION_ROLLBACK);
        if (i % 5 == 0) wrong_unless(load("{\"payloadType\":1}") == ARMALO_REASON_ATTEST_MALFORMED);
        read_once(1);
    }
    atomic_store(&sh.highest, LISTS - 1);
    atomic_fetch_sub(&sh.writers, 1);
    return NULL;
}

/* One of three: this one has every third list. */
static void *loads_some(void *arg) {
    int first = *(const int *)arg;
    (void)pthread_barrier_wait(&sh.start);
    for (int i = first; i < LISTS; i += 3) {
        uint32_t reason = load(sh.list[i]);
        wrong_unless(reason == ARMALO_REASON_GRANTED || reason == ARMALO_REASON_ATTEST_REVOCATION_ROLLBACK);
        if (reason != ARMALO_REASON_GRANTED) continue;
        int highest = atomic_load(&sh.highest);
        while (highest < i && !atomic_compare_exchange_weak(&sh.highest, &highest, i)) continue;
    }
    atomic_fetch_sub(&sh.writers, 1);
    return NULL;
}

static void *loads_others(void *arg) {
    (void)arg;
    (void)pthread_barrier_wait(&sh.start);
    for (int i = 0; i < OTHERS; i++) {
        wrong_unless(load(sh.other[i]) == ARMALO_REASON_GRANTED);
        atomic_store(&sh.other_loaded, 1);
        for (int k = 0; k < 3; k++) wrong_unless(judge(BY_OTHER) == ARMALO_REASON_ATTEST_REVOKED);
    }
    atomic_fetch_sub(&sh.writers, 1);
    return NULL;
}

static void run(int one_writer) {
    static const int first[] = {1, 2, 3};
    pthread_t thread[READERS + 4];
    int count = 0, writers = one_writer ? 2 : 4, readers = one_writer ? READERS : 1;
    open_shared();
    sh.three_writers = !one_writer;
    ck_assert_uint_eq(judge(BY_1), ARMALO_REASON_ATTEST_REVOCATION_MISSING);
    ck_assert_uint_eq(load(sh.list[0]), ARMALO_REASON_GRANTED);
    atomic_store(&sh.writers, writers);
    ck_assert_int_eq(pthread_barrier_init(&sh.start, NULL, (unsigned)(readers + writers)), 0);
    for (int i = 0; i < readers; i++) ck_assert_int_eq(pthread_create(&thread[count++], NULL, reads, &one_writer), 0);
    if (one_writer) {
        ck_assert_int_eq(pthread_create(&thread[count++], NULL, loads_in_order, NULL), 0);
    } else {
        for (int i = 0; i < 3; i++)
            ck_assert_int_eq(pthread_create(&thread[count++], NULL, loads_some, (void *)(uintptr_t)&first[i]), 0);
    }
    ck_assert_int_eq(pthread_create(&thread[count++], NULL, loads_others, NULL), 0);
    for (int i = 0; i < count; i++) ck_assert_int_eq(pthread_join(thread[i], NULL), 0);
    pthread_barrier_destroy(&sh.start);
    ck_assert_uint_eq(atomic_load(&sh.wrong), 0);
    ck_assert_uint_gt(atomic_load(&sh.granted), 0);
    ck_assert_uint_gt(atomic_load(&sh.revoked), 0);
    if (one_writer) ck_assert_uint_gt(atomic_load(&sh.exact), 0);
    /* The highest number is the one in use, and the other owner's list is still there. */
    int highest = atomic_load(&sh.highest);
    ck_assert_int_eq(highest, LISTS - 1);
    for (int which = BY_1; which <= BY_2; which++)
        ck_assert_uint_eq(judge(which), highest % 2 == which ? ARMALO_REASON_ATTEST_REVOKED : ARMALO_REASON_GRANTED);
    ck_assert_uint_eq(judge(BY_OTHER), ARMALO_REASON_ATTEST_REVOKED);
    ck_assert_uint_eq(load(sh.list[highest - 1]), ARMALO_REASON_ATTEST_REVOCATION_ROLLBACK);
    ck_assert_uint_eq(load(sh.list[highest]), ARMALO_REASON_GRANTED);
    ck_assert_uint_eq(atomic_load(&sh.wrong), 0);
    close_shared();
}

START_TEST(test_one_writer) { run(1); }
END_TEST

START_TEST(test_three_writers) { run(0); }
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_one_writer);
    tcase_add_test(tc, test_three_writers);
}

TEST_MAIN("attest_thread_revocation", fill, 60)
