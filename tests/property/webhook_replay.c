/* SPDX-License-Identifier: MIT */
/* A delivery is processed once, however often it is shown and however its unsigned parts are dressed up. */
#include "test.h"
#include "webhook_samples.h"

#define LEASE_MS 60000
#define KEEP_MS  INT64_C(601000) /* the least for a tolerance of 300 seconds */

/* Every way to show one delivery again that its signature cannot see. A bit each; all combinations are shown. */
enum disguise {
    OTHER_ID = 1,      /* an id that nobody signed */
    OTHER_EVENT = 2,   /* an event's name that nobody signed */
    UPPER_CASE = 4,    /* header names */
    OTHER_ORDER = 8,   /* of the headers */
    MORE_HEADERS = 16, /* that the scheme does not know */
    ONE_PROOF = 32,    /* of several signatures, the last alone */
    JUNK_PROOF = 64,   /* a signature that is none, beside the good one */
    IN_PIECES = 128,
    DISGUISES = 256
};

typedef struct shown {
    armalo_header header[6];
    size_t count;
    char name[4][64], value[512];
} shown;

typedef struct stage {
    sample s;
    int64_t now_ms;
    armalo_host *host;
    armalo_store *store;
    armalo_webhook *hook;
} stage;

static const char *role_name(const sample *s, enum sample_role role) {
    /* The family this sample is of is the one whose signature header it has. */
    for (size_t f = 0; f < 2; f++) {
        const armalo_header *found = NULL;
        armalo_request r = sample_request(s);
        const char *signature = s->family[f][SAMPLE_SIGNATURE];
        if (signature != NULL && sample_find(&r, signature, strlen(signature), &found) == 1) return s->family[f][role];
    }
    return NULL;
}

static armalo_header *named(shown *v, const char *name) {
    for (size_t i = 0; name != NULL && i < v->count; i++) {
        if (v->header[i].name_len == strlen(name) && memcmp(v->header[i].name, name, strlen(name)) == 0)
            return &v->header[i];
    }
    return NULL;
}

static void set_value(armalo_header *h, const char *value) {
    h->value = value;
    h->value_len = strlen(value);
}

static void disguise(const sample *s, unsigned how, shown *v) {
    memset(v, 0, sizeof *v);
    v->count = s->header_count;
    memcpy(v->header, s->header, v->count * sizeof v->header[0]);
    armalo_header *id = named(v, role_name(s, SAMPLE_ID)), *event = named(v, role_name(s, SAMPLE_EVENT));
    armalo_header *signature = named(v, role_name(s, SAMPLE_SIGNATURE));
    if ((how & OTHER_ID) && id != NULL && !s->id_signed) set_value(id, "another-id");
    const sample_item *proof = &s->item[how & ONE_PROOF ? s->item_count - 1 : 0]; /* the weakest that is shown */
    if ((how & OTHER_EVENT) && event != NULL && !proof->needs_names) set_value(event, "another_event");
    if (how & (ONE_PROOF | JUNK_PROOF)) {
        size_t from = how & ONE_PROOF ? s->item_count - 1 : 0, len = 0;
        char separator[2] = {s->separator, '\0'};
        if (s->timestamp_item != NULL) len = (size_t)snprintf(v->value, sizeof v->value, "%s", s->timestamp_item);
        if (s->names_item != NULL)
            len += (size_t)snprintf(v->value + len, sizeof v->value - len, "%s%s", separator, s->names_item);
        if ((how & JUNK_PROOF) && s->separator != 0)
            len += (size_t)snprintf(v->value + len, sizeof v->value - len, "%sv1,AAAA%sv9=00", len > 0 ? separator : "",
                                    separator);
        for (size_t i = from; i < s->item_count; i++)
            len += (size_t)snprintf(v->value + len, sizeof v->value - len, "%s%s", len > 0 ? separator : "",
                                    s->item[i].text);
        set_value(signature, v->value);
    }
    if (how & MORE_HEADERS) {
        static const armalo_header more[] = {{"X-Forwarded-For", 15, "192.0.2.7", 9}, {"idempotency-key", 15, "9", 1}};
        memcpy(v->header + v->count, more, sizeof more);
        v->count += 2;
    }
    for (size_t i = 0; (how & UPPER_CASE) && i < s->header_count; i++) {
        for (size_t k = 0; k < v->header[i].name_len; k++) {
            char c = v->header[i].name[k];
            v->name[i][k] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        }
        v->header[i].name = v->name[i];
    }
    for (size_t i = 0; (how & OTHER_ORDER) && i < v->count / 2; i++) {
        armalo_header h = v->header[i];
        v->header[i] = v->header[v->count - 1 - i];
        v->header[v->count - 1 - i] = h;
    }
}

/* The disposition of the delivery in this disguise, or the reason of its denial as a negative number. */
static int32_t show(stage *g, unsigned how, armalo_delivery *delivery) {
    shown v;
    armalo_decision why;
    armalo_request r = sample_request(&g->s);
    int granted;
    disguise(&g->s, how, &v);
    r.headers = v.header;
    r.header_count = v.count;
    memset(delivery, 0xA5, sizeof *delivery);
    if (how & IN_PIECES) {
        r.body = NULL;
        r.body_len = 0;
        armalo_webhook_stream *stream = armalo_webhook_begin(g->hook, &r, &why);
        if (stream == NULL) return -(int32_t)why.reason;
        ck_assert_int_eq(armalo_webhook_update(stream, g->s.body, 5), 1);
        ck_assert_int_eq(armalo_webhook_update(stream, g->s.body + 5, g->s.body_len - 5), 1);
        granted = armalo_webhook_finish(stream, delivery, &why);
    } else {
        granted = armalo_webhook_verify(g->hook, &r, delivery, &why);
    }
    return granted ? delivery->disposition : -(int32_t)why.reason;
}

static void open_stage(stage *g, int kind) {
    armalo_decision why;
    sample_make(&g->s, (enum sample_kind)kind);
    g->now_ms = SAMPLE_NOW_MS;
    g->host = sample_host(&g->now_ms);
    g->store = armalo_memory_store_new(16, &why);
    ck_assert(g->host != NULL && g->store != NULL);
    armalo_webhook_config config = sample_config(&g->s, 1, g->store);
    config.lease_ms = LEASE_MS;
    config.keep_ms = KEEP_MS;
    g->hook = armalo_webhook_new(g->host, &config, &why);
    ck_assert_msg(g->hook != NULL, "%s", armalo_reason_name(why.reason));
}

static void close_stage(stage *g) {
    armalo_webhook_free(g->hook);
    armalo_store_free(g->store);
    armalo_host_free(g->host);
}

#define EXPECT_SHOWN(g, how, delivery, expected)                                                                       \
    do {                                                                                                               \
        int32_t shown_ = show(g, how, delivery);                                                                       \
        ck_assert_msg(shown_ == (expected), "%s, disguise %u: %d, not %d", (g)->s.label, (unsigned)(how), shown_,      \
                      (int)(expected));                                                                                \
    } while (0)

/* First in one disguise, then in every other one: once to process, then in progress, then a duplicate. */
START_TEST(test_once) {
    for (unsigned first = 0; first < DISGUISES; first += 15) {
        stage g;
        armalo_delivery mine, other;
        armalo_decision why;
        open_stage(&g, _i);
        EXPECT_SHOWN(&g, first, &mine, ARMALO_PROCESS);
        ck_assert_uint_ne(mine.token, 0);
        for (unsigned how = 0; how < DISGUISES; how++) {
            EXPECT_SHOWN(&g, how, &other, ARMALO_IN_PROGRESS);
            ck_assert_uint_eq(other.token, 0);
            ck_assert_int_eq(armalo_webhook_settle(g.hook, &other, ARMALO_DONE, &why), 0);
            ck_assert_uint_eq(why.reason, ARMALO_REASON_CLAIM_LOST);
        }
        ck_assert_int_eq(armalo_webhook_settle(g.hook, &mine, ARMALO_DONE, &why), 1);
        for (unsigned how = 0; how < DISGUISES; how++) EXPECT_SHOWN(&g, how, &other, ARMALO_DUPLICATE);
        ck_assert_int_eq(armalo_webhook_settle(g.hook, &mine, ARMALO_DONE, &why), 0);
        ck_assert_int_eq(armalo_webhook_settle(g.hook, &mine, ARMALO_FAILED, &why), 0); /* not given back any more */
        EXPECT_SHOWN(&g, first, &other, ARMALO_DUPLICATE);
        close_stage(&g);
    }
}
END_TEST

/* Given back, it is processed again, three times, and then once for all. */
START_TEST(test_failed) {
    stage g;
    armalo_delivery mine, other;
    armalo_decision why;
    uint64_t tokens[4];
    open_stage(&g, _i);
    for (unsigned round = 0; round < 4; round++) {
        unsigned how = round * 37 % DISGUISES;
        EXPECT_SHOWN(&g, how, &mine, ARMALO_PROCESS);
        EXPECT_SHOWN(&g, how ^ UPPER_CASE, &other, ARMALO_IN_PROGRESS);
        tokens[round] = mine.token;
        for (unsigned before = 0; before < round; before++) ck_assert_uint_ne(tokens[before], tokens[round]);
        /* Any outcome but ARMALO_DONE gives it back. */
        static const int outcomes[] = {ARMALO_FAILED, 2, -1, ARMALO_DONE};
        ck_assert_int_eq(armalo_webhook_settle(g.hook, &mine, outcomes[round], &why), 1);
        ck_assert_int_eq(armalo_webhook_settle(g.hook, &mine, ARMALO_DONE, &why), 0);
        ck_assert_uint_eq(why.reason, ARMALO_REASON_CLAIM_LOST);
    }
    for (unsigned how = 0; how < DISGUISES; how++) EXPECT_SHOWN(&g, how, &other, ARMALO_DUPLICATE);
    close_stage(&g);
}
END_TEST

/* The lease ends at its millisecond and not before; who held it has lost it once another has claimed. */
START_TEST(test_lease) {
    stage g;
    armalo_delivery first, second, other;
    armalo_decision why;
    open_stage(&g, _i);
    EXPECT_SHOWN(&g, 0, &first, ARMALO_PROCESS);
    g.now_ms = SAMPLE_NOW_MS + LEASE_MS - 1;
    EXPECT_SHOWN(&g, OTHER_ID, &other, ARMALO_IN_PROGRESS);
    g.now_ms = SAMPLE_NOW_MS + LEASE_MS;
    EXPECT_SHOWN(&g, OTHER_ID | OTHER_EVENT, &second, ARMALO_PROCESS);
    ck_assert_uint_ne(first.token, second.token);
    EXPECT_SHOWN(&g, 0, &other, ARMALO_IN_PROGRESS);
    ck_assert_int_eq(armalo_webhook_settle(g.hook, &first, ARMALO_DONE, &why), 0);
    ck_assert_uint_eq(why.reason, ARMALO_REASON_CLAIM_LOST);
    ck_assert_int_eq(armalo_webhook_settle(g.hook, &first, ARMALO_FAILED, &why), 0);
    EXPECT_SHOWN(&g, 0, &other, ARMALO_IN_PROGRESS); /* the loser's word has changed nothing */
    /* A lapsed lease that nobody has claimed since may still be settled. */
    g.now_ms += 2 * LEASE_MS;
    ck_assert_int_eq(armalo_webhook_settle(g.hook, &second, ARMALO_DONE, &why), 1);
    EXPECT_SHOWN(&g, 0, &other, ARMALO_DUPLICATE);
    close_stage(&g);
}
END_TEST

/* A settled delivery is remembered for as long as its timestamp could be believed. Where nothing says how old a
 * delivery is, it is remembered for exactly keep_ms, and what comes after is new: the label says so. */
START_TEST(test_keep) {
    stage g;
    armalo_delivery mine, other;
    armalo_decision why;
    open_stage(&g, _i);
    int dated = strstr("armalo github shopify", g.s.scheme) == NULL;
    EXPECT_SHOWN(&g, 0, &mine, ARMALO_PROCESS);
    ck_assert_int_eq(armalo_webhook_settle(g.hook, &mine, ARMALO_DONE, &why), 1);
    for (int64_t after_ms = 0; after_ms <= KEEP_MS; after_ms += 1000) {
        g.now_ms = SAMPLE_NOW_MS + (after_ms < KEEP_MS ? after_ms : KEEP_MS - 1);
        int32_t expected = dated && after_ms > 300000 ? -ARMALO_REASON_TIMESTAMP_STALE : ARMALO_DUPLICATE;
        EXPECT_SHOWN(&g, (unsigned)(after_ms / 1000) % DISGUISES, &other, expected);
    }
    g.now_ms = SAMPLE_NOW_MS + KEEP_MS;
    EXPECT_SHOWN(&g, 0, &other, dated ? -ARMALO_REASON_TIMESTAMP_STALE : ARMALO_PROCESS);
    close_stage(&g);
}
END_TEST

/* Two endpoints in one store do not stand in each other's way, and one full store processes nothing new. */
START_TEST(test_shared_and_full) {
    stage g;
    armalo_decision why;
    armalo_delivery mine, other;
    open_stage(&g, _i);
    armalo_webhook *first = g.hook;
    armalo_webhook_config config = sample_config(&g.s, 1, g.store);
    config.endpoint = "another";
    g.hook = armalo_webhook_new(g.host, &config, &why);
    ck_assert_ptr_nonnull(g.hook);
    EXPECT_SHOWN(&g, 0, &mine, ARMALO_PROCESS);
    armalo_webhook_free(g.hook);
    g.hook = first;
    EXPECT_SHOWN(&g, 0, &other, ARMALO_PROCESS);
    ck_assert_mem_ne(mine.key, other.key, sizeof mine.key);
    close_stage(&g);

    armalo_store *tiny = armalo_memory_store_new(1, &why);
    stage a, b;
    open_stage(&a, _i);
    open_stage(&b, (_i + 1) % SAMPLES);
    armalo_webhook_config one = sample_config(&a.s, 1, tiny), two = sample_config(&b.s, 1, tiny);
    two.endpoint = "two";
    armalo_webhook_free(a.hook);
    armalo_webhook_free(b.hook);
    a.hook = armalo_webhook_new(a.host, &one, &why);
    b.hook = armalo_webhook_new(b.host, &two, &why);
    EXPECT_SHOWN(&a, 0, &mine, ARMALO_PROCESS);
    EXPECT_SHOWN(&b, 0, &other, -ARMALO_REASON_STORE_UNAVAILABLE);
    ck_assert_int_eq(armalo_webhook_settle(a.hook, &mine, ARMALO_DONE, &why), 1);
    EXPECT_SHOWN(&b, 0, &other, -ARMALO_REASON_STORE_UNAVAILABLE); /* nothing is forgotten to make room */
    EXPECT_SHOWN(&a, 0, &other, ARMALO_DUPLICATE);
    close_stage(&a);
    close_stage(&b);
    armalo_store_free(tiny);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_loop_test(tc, test_once, 0, SAMPLES);
    tcase_add_loop_test(tc, test_failed, 0, SAMPLES);
    tcase_add_loop_test(tc, test_lease, 0, SAMPLES);
    tcase_add_loop_test(tc, test_keep, 0, SAMPLES);
    tcase_add_loop_test(tc, test_shared_and_full, 0, SAMPLES);
}

TEST_MAIN("webhook_replay", fill, 120)
