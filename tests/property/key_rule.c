/* SPDX-License-Identifier: MIT */
/* The rule for granting a key, written a second time in a few lines, against the library, for everything that a
 * verification depends on, all together: mode, clock, sink, where the record is found, the key's environment, use and
 * times, and what is asked for. */
#include "key_forge.h"

enum sink { SINK_KEEPS, SINK_FAILS, SINK_MISSING, SINK_OFF, SINKS };
enum source { LOADED, LOOKED_UP, LOOKUP_FAILS, NOWHERE, SOURCES };
enum state { GOOD, REVOKED, EXPIRED, NOT_YET, STATES };
enum org { OURS, OTHERS, NO_ORG, ANY_ORG, BOTH_ORGS, ORGS };
enum scope { HAS, LACKS, NONSENSE, NO_SCOPE, IDENTITY, BOTH_SCOPES, SCOPES };

static const int32_t modes[] = {ARMALO_MODE_UNSET, ARMALO_MODE_PRODUCTION, ARMALO_MODE_STAGING, ARMALO_MODE_SIMULATION,
                                ARMALO_MODE_DRY_RUN};
static const char *const envs[] = {"live", "test", "sim"};

/* One key for each environment, use and state. */
#define KEYS (3 * 2 * STATES)
static forge_key keys_of[KEYS];
static char line_of[KEYS][2000], all[KEYS * 2000];
static size_t all_len;

static void make_keys(const uint8_t root[32]) {
    char time[40];
    all_len = 0;
    for (unsigned n = 0; n < KEYS; n++) {
        forge_key *k = &keys_of[n];
        forge_key_env(k, root, n, envs[n % 3]);
        forge_set(k, KEY_USE, n / 3 % 2 == 0 ? "\"server\"" : "\"any\"");
        static const enum forge_member members[] = {KEY_V, KEY_REVOKED_AT, KEY_EXPIRES_AT, KEY_NOT_BEFORE};
        if (n / 6 != GOOD) forge_set(k, members[n / 6], forge_time(FORGE_NOW_S * 1000 + (n / 6 == NOT_YET), time));
        forge_seal(k, root);
        size_t len = forge_line(k, line_of[n], sizeof line_of[n]);
        memcpy(all + all_len, line_of[n], len);
        all_len += len;
        all[all_len++] = '\n';
    }
}

static int find(void *ctx, const char *digest, char *buf, size_t cap, size_t *len) {
    (void)ctx;
    for (unsigned n = 0; n < KEYS; n++) {
        if (strstr(line_of[n], digest) == NULL) continue;
        *len = strlen(line_of[n]);
        must(*len <= cap);
        memcpy(buf, line_of[n], *len);
        return 1;
    }
    return 0;
}

static int find_not(void *ctx, const char *digest, char *buf, size_t cap, size_t *len) {
    (void)find(ctx, digest, buf, cap, len);
    return -1;
}

typedef struct question {
    int32_t mode;
    enum sink sink;
    int clock;
    enum source source;
    unsigned key;
    int32_t intent, caller;
    enum org org;
    enum scope scope;
} question;

static int host_decides(const question *q) { return q->mode != ARMALO_MODE_UNSET && q->clock; }

static int said_in_full(const question *q) {
    int intent = q->intent == ARMALO_READ || q->intent == ARMALO_MUTATION;
    int caller = q->caller == ARMALO_CALLER_SERVER || q->caller == ARMALO_CALLER_BROWSER;
    int org = q->org == OURS || q->org == OTHERS || q->org == ANY_ORG;
    int scope = q->scope == HAS || q->scope == LACKS || q->scope == NONSENSE ||
                (q->scope == IDENTITY && q->intent == ARMALO_READ);
    return intent && caller && org && scope;
}

static int is_found(const question *q) {
    return q->source == LOOKED_UP || (q->source == LOADED && q->sink != SINK_MISSING && q->mode != ARMALO_MODE_UNSET);
}

static int is_home(const question *q) {
    unsigned env = q->key % 3;
    if (env == 0) return q->mode == ARMALO_MODE_PRODUCTION;
    if (env == 1) return q->mode == ARMALO_MODE_STAGING;
    return q->mode == ARMALO_MODE_SIMULATION || q->mode == ARMALO_MODE_DRY_RUN;
}

/* The bearer is who the key says, here and now. */
static int is_proved(const question *q) {
    return host_decides(q) && said_in_full(q) && is_found(q) && q->key / 6 == GOOD &&
           (is_home(q) || (q->key % 3 != 0 && q->mode != ARMALO_MODE_PRODUCTION));
}

static int may(const question *q) {
    int any_use = q->key / 3 % 2 == 1;
    if (!is_proved(q) || q->org == OTHERS || q->scope == LACKS || q->scope == NONSENSE) return 0;
    if (q->caller == ARMALO_CALLER_BROWSER && (!any_use || q->intent == ARMALO_MUTATION)) return 0;
    if (q->intent == ARMALO_MUTATION && any_use) return 0;
    return q->intent == ARMALO_READ || q->sink == SINK_KEEPS || q->sink == SINK_OFF;
}

static unsigned long grants, asked;

static void ask(world *w, armalo_keys *keys, const question *q) {
    static const char *const scopes[] = {"agents:read pacts:x", "agents:read keys:write", "agents:read *:*", NULL, NULL,
                                         "agents:read"};
    armalo_access access = {.struct_size = sizeof access,
                            .intent = q->intent,
                            .caller = q->caller,
                            .scopes = scopes[q->scope],
                            .identity_only = q->scope == IDENTITY || q->scope == BOTH_SCOPES ? ARMALO_IDENTITY_ONLY : 0,
                            .org = q->org == OURS || q->org == BOTH_ORGS ? "org_1"
                                   : q->org == OTHERS                    ? "org_2"
                                                                         : NULL,
                            .any_org = q->org == ANY_ORG || q->org == BOTH_ORGS ? ARMALO_ANY_ORG : 0};
    const forge_key *k = &keys_of[q->key];
    unsigned before = forge_poison(w);
    int granted = armalo_key_verify(keys, k->token, k->token_len, &access, &w->why), want = may(q);
    if (granted != want || armalo_decision_granted(&w->why) != want)
        ck_abort_msg("mode %d sink %d clock %d source %d key %u intent %d caller %d org %d scope %d: %d (%s)",
                     (int)q->mode, q->sink, q->clock, q->source, q->key, (int)q->intent, (int)q->caller, q->org,
                     q->scope, granted, armalo_reason_name(w->why.reason));
    asked++;
    grants += (unsigned)want;
    int simulated = q->mode == ARMALO_MODE_SIMULATION || q->mode == ARMALO_MODE_DRY_RUN || !is_home(q);
    if (want)
        must(w->why.evidence == (simulated ? ARMALO_SIMULATED : ARMALO_POSITIVE));
    else
        must(w->why.evidence == forge_row_of(w->why.reason)->evidence && w->why.evidence != ARMALO_POSITIVE);
    must(want || w->why.evidence != ARMALO_SIMULATED || w->why.reason == ARMALO_REASON_KEY_SIMULATED);
    must(w->why.authenticated == (uint32_t)is_proved(q));
    /* What could not be checked is neither right nor wrong. */
    if (!host_decides(q) || !said_in_full(q) || q->source == LOOKUP_FAILS) must(w->why.evidence == ARMALO_UNAVAILABLE);
    if (host_decides(q) && said_in_full(q) && q->source == LOOKUP_FAILS)
        must(w->why.reason == ARMALO_REASON_KEY_LOOKUP_UNAVAILABLE);
    if (host_decides(q) && said_in_full(q) && q->source == NOWHERE && q->sink != SINK_MISSING)
        must(w->why.reason == ARMALO_REASON_KEY_UNKNOWN);
    must((w->why.principal[0] != 0) == (host_decides(q) && said_in_full(q) && is_found(q)));
    must(w->decisions - before == (q->sink == SINK_KEEPS || q->sink == SINK_FAILS));
}

static void ask_all(world *w, question q) {
    armalo_keys *keys[SOURCES] = {forge_keys_new(w, NULL, NULL), forge_keys_new(w, find, NULL),
                                  forge_keys_new(w, find_not, NULL), forge_keys_new(w, NULL, NULL)};
    int loads = q.mode != ARMALO_MODE_UNSET && q.sink != SINK_MISSING;
    must(armalo_keys_load(keys[LOADED], all, all_len, NULL, &w->why) == loads);
    must(armalo_keys_load(keys[NOWHERE], NULL, 0, NULL, &w->why) == loads);
    w->audit_answer = q.sink == SINK_KEEPS;
    if (!q.clock) w->now_ms = 0;
    for (int source = 0; source < SOURCES; source++) {
        q.source = (enum source)source;
        for (q.key = 0; q.key < KEYS; q.key++) {
            for (unsigned n = 0; n < 3 * 3 * ORGS * SCOPES; n++) {
                q.intent = (int32_t)(n % 3);
                q.caller = (int32_t)(n / 3 % 3);
                q.org = (enum org)(n / 9 % ORGS);
                q.scope = (enum scope)(n / 9 / ORGS);
                ask(w, keys[source], &q);
            }
        }
        armalo_keys_free(keys[source]);
    }
}

START_TEST(test_rule) {
    question q = {.mode = modes[_i / (SINKS + 1)], .sink = (enum sink)(_i % (SINKS + 1)), .clock = 1};
    if (q.sink == SINKS) { /* a fifth host: no time */
        q.sink = SINK_KEEPS;
        q.clock = 0;
    }
    static world w;
    world_init(&w);
    w.config.mode = q.mode;
    if (q.sink == SINK_MISSING || q.sink == SINK_OFF) w.config.audit = NULL;
    if (q.sink == SINK_OFF) w.config.audit_off = ARMALO_AUDIT_OFF;
    world_start(&w);
    make_keys(w.root_key);
    grants = asked = 0;
    ask_all(&w, q);
    ck_assert_uint_eq(asked, SOURCES * KEYS * 9 * ORGS * SCOPES);
    if (host_decides(&q))
        ck_assert_uint_gt(grants, 0);
    else
        ck_assert_uint_eq(grants, 0);
    world_end(&w);
}
END_TEST

static void fill(TCase *tc) { tcase_add_loop_test(tc, test_rule, 0, 5 * (SINKS + 1)); }

TEST_MAIN("key_rule", fill, 100)
