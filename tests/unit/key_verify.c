/* SPDX-License-Identifier: MIT */
/* May the bearer of this token do this: each reason to deny, one at a time; environments and modes; migrated keys; and
 * every answer that a host's lookup can give. */
#include "key_forge.h"

#include <limits.h>

static world *w;
static forge_key key;
static armalo_keys *keys;
static armalo_access ask;

static int verify(void) { return armalo_key_verify(keys, key.token, key.token_len, &ask, &w->why); }

/* Who the decision is about. */
static void expect_whose(const char *principal, const char *org, uint32_t authenticated) {
    if (strcmp(w->why.principal, principal) != 0 || strcmp(w->why.org, org) != 0)
        ck_abort_msg("principal %s of %s", w->why.principal, w->why.org);
    if (w->why.authenticated != authenticated) ck_abort_msg("authenticated is %u", (unsigned)w->why.authenticated);
    char want[128];
    snprintf(want, sizeof want, "\"subject\":\"%s\"", principal[0] == 0 ? "-" : principal);
    must(strstr(forge_last(w), "\"type\":\"ai.armalo.audit.key.verify\"") != NULL);
    must(strstr(forge_last(w), want) != NULL);
}

static void open_world(void) {
    w = world_new();
    ask = forge_access();
    forge_key_make(&key, w->root_key, 1);
    forge_key_taboo(w, &key);
}

/* Stores `key` as it is now. */
static void store(void) {
    armalo_keys_free(keys);
    keys = forge_keys_of(w, &key, 1);
}

static void close_world(void) {
    armalo_keys_free(keys);
    keys = NULL;
    world_free(w);
}

static void with(enum forge_member m, const char *json) {
    forge_key_with(&key, w->root_key, 1, m, json);
    store();
}

/* ---- Times and revocation ---- */

START_TEST(test_expiry) {
    open_world();
    const int64_t at = FORGE_NOW_S * 1000 + 5000;
    char time[40];
    with(KEY_EXPIRES_AT, forge_time(at, time));
    static const int64_t before[] = {5000, 1, 0, -1, -1000000};
    for (size_t i = 0; i < 5; i++) {
        w->now_ms = at - before[i];
        if (before[i] > 0) {
            EXPECT_GRANT(w, verify());
            expect_whose("key_1", "org_1", 1);
        } else { /* from this very millisecond on */
            EXPECT_DENY_CALL(w, verify(), ARMALO_REASON_KEY_EXPIRED);
            expect_whose("key_1", "org_1", 0);
        }
    }
    w->now_ms = FORGE_NOW_S * 1000;
    with(KEY_NOT_BEFORE, forge_time(at, time));
    for (size_t i = 0; i < 5; i++) {
        w->now_ms = at - before[i];
        if (before[i] > 0) {
            EXPECT_DENY_CALL(w, verify(), ARMALO_REASON_KEY_NOT_YET_VALID);
            expect_whose("key_1", "org_1", 0);
        } else {
            EXPECT_GRANT(w, verify());
        }
    }
    w->now_ms = FORGE_NOW_S * 1000;
    static const int64_t when[] = {-1000000, 0, 1000000};
    for (size_t i = 0; i < 3; i++) {
        with(KEY_REVOKED_AT, forge_time(FORGE_NOW_S * 1000 + when[i], time));
        EXPECT_DENY_CALL(w, verify(), ARMALO_REASON_KEY_REVOKED);
        expect_whose("key_1", "org_1", 0);
    }
    /* Revoked is said before expired. */
    forge_set(&key, KEY_EXPIRES_AT, forge_time(FORGE_NOW_S * 1000 - 1, time));
    forge_seal(&key, w->root_key);
    store();
    EXPECT_DENY_CALL(w, verify(), ARMALO_REASON_KEY_REVOKED);
    close_world();
}
END_TEST

START_TEST(test_revoke) {
    open_world();
    store();
    forge_key other;
    forge_key_make(&other, w->root_key, 2);
    EXPECT_GRANT(w, verify());
    EXPECT_GRANT(w, armalo_keys_revoke(keys, "key_1", 5, &w->why));
    ck_assert_str_eq(w->why.principal, "key_1");
    ck_assert_ptr_nonnull(strstr(forge_last(w), "\"type\":\"ai.armalo.audit.key.revoked\""));
    EXPECT_DENY_CALL(w, verify(), ARMALO_REASON_KEY_REVOKED);
    EXPECT_GRANT(w, armalo_keys_revoke(keys, "key_1", 5, &w->why)); /* it is revoked now: that is what was asked */
    /* Loaded again, it stays revoked; and one that is revoked before it is ever loaded is so from the start. */
    char text[3000];
    EXPECT_GRANT(w, armalo_keys_load(keys, text, forge_line(&key, text, sizeof text), NULL, &w->why));
    EXPECT_DENY_CALL(w, verify(), ARMALO_REASON_KEY_REVOKED);
    EXPECT_DENY_CALL(w, armalo_keys_revoke(keys, "key_2", 5, &w->why), ARMALO_REASON_KEY_NOT_FOUND);
    EXPECT_GRANT(w, armalo_keys_load(keys, text, forge_line(&other, text, sizeof text), NULL, &w->why));
    EXPECT_DENY_CALL(w, armalo_key_verify(keys, other.token, other.token_len, &ask, &w->why),
                     ARMALO_REASON_KEY_REVOKED);
    /* Another store knows nothing of it. */
    armalo_keys *fresh = forge_keys_of(w, &key, 1);
    EXPECT_GRANT(w, armalo_key_verify(fresh, key.token, key.token_len, &ask, &w->why));
    armalo_keys_free(fresh);
    close_world();
}
END_TEST

/* Of many keys exactly those are revoked that were named. */
START_TEST(test_revoke_many) {
    static forge_key some[60];
    open_world();
    for (unsigned n = 0; n < 60; n++) forge_key_make(&some[n], w->root_key, 100 + n);
    keys = forge_keys_of(w, some, 60);
    for (unsigned i = 0; i < 60; i++) {
        unsigned n = i * 37 % 60;
        char id[16];
        int len = snprintf(id, sizeof id, "key_%u", 100 + n);
        if (n % 3 == 0) must(armalo_keys_revoke(keys, id, (size_t)len, NULL) == 1);
        for (unsigned k = 0; k < 60; k++) {
            int gone = k % 3 == 0 && k * 13 % 60 <= i; /* 13 * 37 is 1 mod 60 */
            must(armalo_key_verify(keys, some[k].token, some[k].token_len, &ask, &w->why) == !gone);
            must(!gone || w->why.reason == ARMALO_REASON_KEY_REVOKED);
        }
    }
    close_world();
}
END_TEST

/* Taking away waits for nothing. */
START_TEST(test_revoke_on_any_host) {
    open_world();
    for (int fault = 0; fault < 3; fault++) {
        store();
        w->audit_answer = fault != 0;
        w->now_ms = fault == 1 ? -1 : fault == 2 ? INT64_MAX : FORGE_NOW_S * 1000;
        ck_assert_int_eq(armalo_keys_revoke(keys, "key_1", 5, &w->why), 0);
        ck_assert_uint_eq(w->why.reason,
                          fault == 0 ? ARMALO_REASON_HOST_AUDIT_FAILED : ARMALO_REASON_HOST_CLOCK_UNAVAILABLE);
        ck_assert_int_eq(armalo_decision_granted(&w->why), 0);
        w->audit_answer = 1;
        w->now_ms = FORGE_NOW_S * 1000;
        EXPECT_DENY_CALL(w, verify(), ARMALO_REASON_KEY_REVOKED);
    }
    static const char *const no_ids[] = {"", "key 1", "key_1\n", "key/1", "\xC3\xA4"};
    store();
    for (size_t i = 0; i < 5; i++)
        EXPECT_REFUSE(w, armalo_keys_revoke(keys, no_ids[i], strlen(no_ids[i]), &w->why),
                      ARMALO_REASON_INVALID_ARGUMENT);
    char long_id[80];
    memset(long_id, 'a', sizeof long_id);
    EXPECT_DENY_CALL(w, armalo_keys_revoke(keys, long_id, 63, &w->why), ARMALO_REASON_KEY_NOT_FOUND);
    EXPECT_REFUSE(w, armalo_keys_revoke(keys, long_id, 64, &w->why), ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_keys_revoke(keys, "key_1\0x", 7, &w->why), ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_keys_revoke(keys, NULL, 5, &w->why), ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_keys_revoke(NULL, "key_1", 5, &w->why), ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_DENY_CALL(w, armalo_keys_revoke(keys, "key_", 4, &w->why), ARMALO_REASON_KEY_NOT_FOUND);
    EXPECT_DENY_CALL(w, armalo_keys_revoke(keys, "key_11", 6, &w->why), ARMALO_REASON_KEY_NOT_FOUND);
    EXPECT_GRANT(w, verify());
    ck_assert_int_eq(armalo_keys_revoke(keys, "key_1\0x", 5, NULL), 1);
    EXPECT_DENY_CALL(w, verify(), ARMALO_REASON_KEY_REVOKED);
    close_world();
}
END_TEST

/* ---- Environments and modes ---- */

/* From armalo/key.h: live is for production, test for staging, sim for simulation and dry run. Elsewhere a live key is
 * refused; a test or sim key is refused in production and carries at most SIMULATED in any other mode. Grants in
 * simulation and dry run are SIMULATED anyhow (armalo/host.h). */
START_TEST(test_environments) {
    static const char *const envs[] = {"live", "test", "sim"};
    static const int32_t modes[] = {ARMALO_MODE_PRODUCTION, ARMALO_MODE_STAGING, ARMALO_MODE_SIMULATION,
                                    ARMALO_MODE_DRY_RUN};
    enum { P = ARMALO_POSITIVE, S = ARMALO_SIMULATED, L = -1, T = -2 }; /* L: environment, T: simulated */
    static const int want[3][4] = {{P, L, L, L}, {T, P, S, S}, {T, S, S, S}};
    for (size_t e = 0; e < 3; e++) {
        for (size_t m = 0; m < 4; m++) {
            w = malloc(sizeof *w);
            if (w == NULL) abort();
            world_init(w);
            w->config.mode = modes[m];
            world_start(w);
            ask = forge_access();
            forge_key_env(&key, w->root_key, 1, envs[e]);
            w->grant_evidence = modes[m] == ARMALO_MODE_SIMULATION || modes[m] == ARMALO_MODE_DRY_RUN ? S : P;
            keys = forge_keys_of(w, &key, 1);
            w->grant_evidence = want[e][m];
            for (int mutation = 0; mutation < 2; mutation++) {
                ask.intent = mutation ? ARMALO_MUTATION : ARMALO_READ;
                if (want[e][m] == L || want[e][m] == T) {
                    EXPECT_DENY_CALL(w, verify(),
                                     want[e][m] == L ? ARMALO_REASON_KEY_ENVIRONMENT : ARMALO_REASON_KEY_SIMULATED);
                    expect_whose("key_1", "org_1", 0);
                } else {
                    EXPECT_GRANT(w, verify());
                    expect_whose("key_1", "org_1", 1);
                }
                ck_assert_int_eq(w->why.mode, modes[m]);
            }
            close_world();
        }
    }
}
END_TEST

/* A token that says live does not make a live key of a test record: the sealed record counts. */
START_TEST(test_environment_of_the_record) {
    open_world();
    forge_key_env(&key, w->root_key, 1, "live");
    forge_set(&key, KEY_ENV, "\"test\"");
    forge_seal(&key, w->root_key);
    store();
    EXPECT_DENY_CALL(w, verify(), ARMALO_REASON_KEY_SIMULATED);
    close_world();
}
END_TEST

/* ---- What is asked for ---- */

/* What is left out, or given in two ways, denies before anything is looked at, for a good key as for a bad token. */
static void expect_unsaid(uint32_t reason) {
    EXPECT_DENY_CALL(w, verify(), reason);
    expect_whose("", "", 0);
    EXPECT_DENY_CALL(w, armalo_key_verify(keys, "nonsense", 8, &ask, &w->why), reason);
    expect_whose("", "", 0);
}

START_TEST(test_unsaid) {
    static const int32_t numbers[] = {0, 3, -1, INT32_MAX, INT32_MIN};
    static const uint32_t words[] = {1, UINT32_MAX, ARMALO_IDENTITY_ONLY ^ 1, ARMALO_ANY_ORG ^ 1};
    open_world();
    store();
    for (size_t i = 0; i < 5; i++) {
        ask = forge_access();
        ask.intent = numbers[i];
        expect_unsaid(ARMALO_REASON_KEY_ACCESS_UNSPECIFIED);
        ask = forge_access();
        ask.caller = numbers[i];
        expect_unsaid(ARMALO_REASON_KEY_ACCESS_UNSPECIFIED);
    }
    ask = forge_access();
    ask.org = NULL;
    expect_unsaid(ARMALO_REASON_KEY_ORG_UNSPECIFIED);
    ask.any_org = ARMALO_IDENTITY_ONLY; /* the other magic word */
    expect_unsaid(ARMALO_REASON_KEY_ORG_UNSPECIFIED);
    ask.any_org = ARMALO_ANY_ORG;
    EXPECT_GRANT(w, verify());
    expect_whose("key_1", "org_1", 1);
    ask.org = "org_1"; /* this one, and any */
    expect_unsaid(ARMALO_REASON_KEY_ORG_UNSPECIFIED);
    static const char *const orgs[] = {"", "org 1", "org_1\n", "*"};
    for (size_t i = 0; i < 4; i++) {
        ask = forge_access();
        ask.org = orgs[i];
        expect_unsaid(ARMALO_REASON_KEY_ORG_UNSPECIFIED);
    }
    for (size_t i = 0; i < 4; i++) {
        ask = forge_access();
        ask.any_org = words[i];
        expect_unsaid(ARMALO_REASON_KEY_ORG_UNSPECIFIED);
        ask.org = NULL;
        expect_unsaid(ARMALO_REASON_KEY_ORG_UNSPECIFIED);
        ask = forge_access();
        ask.identity_only = words[i];
        expect_unsaid(ARMALO_REASON_KEY_SCOPE_UNSPECIFIED);
        ask.scopes = NULL;
        expect_unsaid(ARMALO_REASON_KEY_SCOPE_UNSPECIFIED);
    }
    ask = forge_access();
    ask.scopes = NULL;
    expect_unsaid(ARMALO_REASON_KEY_SCOPE_UNSPECIFIED);
    ask.identity_only = ARMALO_ANY_ORG;
    expect_unsaid(ARMALO_REASON_KEY_SCOPE_UNSPECIFIED);
    ask.identity_only = ARMALO_IDENTITY_ONLY;
    EXPECT_GRANT(w, verify());
    ask.intent = ARMALO_MUTATION; /* a mutation needs a scope */
    expect_unsaid(ARMALO_REASON_KEY_SCOPE_UNSPECIFIED);
    ask = forge_access();
    ask.identity_only = ARMALO_IDENTITY_ONLY; /* and scopes */
    expect_unsaid(ARMALO_REASON_KEY_SCOPE_UNSPECIFIED);
    close_world();
}
END_TEST

/* All zero is a denial, and so is garbage; and a struct of another size is not read. */
START_TEST(test_arguments) {
    open_world();
    store();
    memset(&ask, 0, sizeof ask);
    EXPECT_REFUSE(w, verify(), ARMALO_REASON_INVALID_ARGUMENT);
    ask.struct_size = sizeof ask;
    EXPECT_DENY_CALL(w, verify(), ARMALO_REASON_KEY_ACCESS_UNSPECIFIED);
    static const size_t sizes[] = {1, sizeof ask - 1, sizeof ask + 1, SIZE_MAX};
    for (size_t i = 0; i < 4; i++) {
        ask = forge_access();
        ask.struct_size = sizes[i];
        EXPECT_REFUSE(w, verify(), ARMALO_REASON_INVALID_ARGUMENT);
    }
    ask = forge_access();
    EXPECT_REFUSE(w, armalo_key_verify(NULL, key.token, key.token_len, &ask, &w->why), ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_key_verify(keys, key.token, key.token_len, NULL, &w->why), ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_key_verify(NULL, NULL, 0, NULL, &w->why), ARMALO_REASON_INVALID_ARGUMENT);
    ck_assert_int_eq(armalo_key_verify(NULL, NULL, 0, NULL, NULL), 0);
    ck_assert_int_eq(armalo_key_verify(keys, NULL, 0, &ask, NULL), 0);
    ck_assert_int_eq(armalo_key_verify(keys, key.token, key.token_len - 1, &ask, NULL), 0);
    ck_assert_int_eq(armalo_key_verify(keys, key.token, key.token_len, &ask, NULL), 1);
    ask.request_id = "req-of-caller";
    ask.request_id_len = 13;
    EXPECT_GRANT(w, verify());
    ck_assert_str_eq(w->why.request_id, "req-of-caller");
    close_world();
}
END_TEST

START_TEST(test_org) {
    static const char *const others[] = {"org_2", "org_", "org_11", "ORG_1", "org_1.", "Org_1", "org-1"};
    open_world();
    store();
    for (size_t i = 0; i < 7; i++) {
        ask.org = others[i];
        EXPECT_DENY_CALL(w, verify(), ARMALO_REASON_KEY_ORG_MISMATCH);
        expect_whose("key_1", "org_1", 1);
    }
    ask.org = "org_1";
    EXPECT_GRANT(w, verify());
    close_world();
}
END_TEST

/* The key has agents:read, agents:write and pacts:*. */
START_TEST(test_scopes) {
    static const struct {
        const char *scopes;
        uint32_t reason;
    } rows[] = {
        {"agents:read", ARMALO_REASON_GRANTED},
        {"agents:write", ARMALO_REASON_GRANTED},
        {"agents:read agents:write", ARMALO_REASON_GRANTED},
        {"agents:read,agents:write,pacts:verify", ARMALO_REASON_GRANTED},
        {"pacts:anything.at-all", ARMALO_REASON_GRANTED},
        {"pacts:*", ARMALO_REASON_GRANTED},
        {"agents:read agents:read", ARMALO_REASON_GRANTED},
        {"pacts:a pacts:b pacts:c pacts:d pacts:e pacts:f pacts:g pacts:h pacts:i pacts:j pacts:k pacts:l pacts:m "
         "pacts:n "
         "pacts:o pacts:p",
         ARMALO_REASON_GRANTED}, /* sixteen */
        {"pacts:a pacts:b pacts:c pacts:d pacts:e pacts:f pacts:g pacts:h pacts:i pacts:j pacts:k pacts:l pacts:m "
         "pacts:n "
         "pacts:o pacts:p pacts:q",
         ARMALO_REASON_KEY_SCOPE_INVALID},
        {"agents:admin", ARMALO_REASON_KEY_SCOPE_MISSING},
        {"agents:*", ARMALO_REASON_KEY_SCOPE_MISSING},
        {"agents:rea", ARMALO_REASON_KEY_SCOPE_MISSING},
        {"agents:reads", ARMALO_REASON_KEY_SCOPE_MISSING},
        {"agent:read", ARMALO_REASON_KEY_SCOPE_MISSING},
        {"pact:read", ARMALO_REASON_KEY_SCOPE_MISSING},
        {"pactss:read", ARMALO_REASON_KEY_SCOPE_MISSING},
        {"agents:read keys:write", ARMALO_REASON_KEY_SCOPE_MISSING},
        {"keys:write agents:read", ARMALO_REASON_KEY_SCOPE_MISSING},
        {"", ARMALO_REASON_KEY_SCOPE_INVALID},
        {" ", ARMALO_REASON_KEY_SCOPE_INVALID},
        {"*:*", ARMALO_REASON_KEY_SCOPE_INVALID},
        {"*", ARMALO_REASON_KEY_SCOPE_INVALID},
        {"agents", ARMALO_REASON_KEY_SCOPE_INVALID},
        {"Agents:read", ARMALO_REASON_KEY_SCOPE_INVALID},
        {"agents:read ", ARMALO_REASON_KEY_SCOPE_INVALID},
        {" agents:read", ARMALO_REASON_KEY_SCOPE_INVALID},
        {"agents:read  agents:write", ARMALO_REASON_KEY_SCOPE_INVALID},
        {"agents:read,,agents:write", ARMALO_REASON_KEY_SCOPE_INVALID},
        {"agents:read\n", ARMALO_REASON_KEY_SCOPE_INVALID},
        {"keys:write *:*", ARMALO_REASON_KEY_SCOPE_INVALID},
        {"*:* keys:write", ARMALO_REASON_KEY_SCOPE_INVALID},
    };
    open_world();
    store();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ask.scopes = rows[i].scopes;
        if (rows[i].reason == ARMALO_REASON_GRANTED)
            EXPECT_GRANT(w, verify());
        else
            EXPECT_DENY_CALL(w, verify(), rows[i].reason);
        expect_whose("key_1", "org_1", 1);
    }
    /* The operator is told which one is missing, and nobody else. */
    ask.scopes = "agents:read keys:write webhooks:read";
    EXPECT_DENY_CALL(w, verify(), ARMALO_REASON_KEY_SCOPE_MISSING);
    ck_assert_str_eq(w->why.detail, "keys:write");
    /* A list that would fill more than an event. */
    static char huge[100000];
    memset(huge, 'a', sizeof huge - 1);
    ask.scopes = huge;
    EXPECT_DENY_CALL(w, verify(), ARMALO_REASON_KEY_SCOPE_INVALID);
    for (size_t i = 0; i + 8 < sizeof huge; i += 8) memcpy(huge + i, "pacts:r ", 8);
    huge[sizeof huge - 1] = 0;
    huge[80000 - 1] = 0;
    EXPECT_DENY_CALL(w, verify(), ARMALO_REASON_KEY_SCOPE_INVALID);
    /* The event says what was needed. */
    ask.scopes = "agents:write,pacts:read";
    ask.intent = ARMALO_MUTATION;
    EXPECT_GRANT(w, verify());
    ck_assert_ptr_nonnull(
        strstr(forge_last(w), "\"intent\":\"mutation\",\"required\":[\"agents:write\",\"pacts:read\"]"));
    close_world();
}
END_TEST

/* Use, intent and caller: all eight. */
START_TEST(test_use) {
    static const struct {
        const char *use;
        int32_t intent, caller;
        uint32_t reason;
    } rows[] = {
        {"\"server\"", ARMALO_READ, ARMALO_CALLER_SERVER, ARMALO_REASON_GRANTED},
        {"\"server\"", ARMALO_MUTATION, ARMALO_CALLER_SERVER, ARMALO_REASON_GRANTED},
        {"\"server\"", ARMALO_READ, ARMALO_CALLER_BROWSER, ARMALO_REASON_KEY_BROWSER},
        {"\"server\"", ARMALO_MUTATION, ARMALO_CALLER_BROWSER, ARMALO_REASON_KEY_BROWSER},
        {"\"any\"", ARMALO_READ, ARMALO_CALLER_SERVER, ARMALO_REASON_GRANTED},
        {"\"any\"", ARMALO_READ, ARMALO_CALLER_BROWSER, ARMALO_REASON_GRANTED},
        {"\"any\"", ARMALO_MUTATION, ARMALO_CALLER_SERVER, ARMALO_REASON_KEY_MUTATION},
        {"\"any\"", ARMALO_MUTATION, ARMALO_CALLER_BROWSER, ARMALO_REASON_KEY_BROWSER},
    };
    open_world();
    for (size_t i = 0; i < 8; i++) {
        with(KEY_USE, rows[i].use);
        ask = forge_access();
        ask.intent = rows[i].intent;
        ask.caller = rows[i].caller;
        if (rows[i].reason == ARMALO_REASON_GRANTED)
            EXPECT_GRANT(w, verify());
        else
            EXPECT_DENY_CALL(w, verify(), rows[i].reason);
        expect_whose("key_1", "org_1", 1);
    }
    close_world();
}
END_TEST

/* The audit sink: for a mutation its failure denies, for a read it does not. */
START_TEST(test_audit) {
    open_world();
    store();
    w->audit_answer = 0;
    EXPECT_GRANT(w, verify());
    ask.intent = ARMALO_MUTATION;
    ck_assert_int_eq(verify(), 0);
    ck_assert_uint_eq(w->why.reason, ARMALO_REASON_HOST_AUDIT_FAILED);
    ck_assert_int_eq(armalo_decision_granted(&w->why), 0);
    close_world();
}
END_TEST

/* A host without mode or clock decides nothing, whoever asks. */
START_TEST(test_hosts) {
    for (int fault = 0; fault < 4; fault++) {
        w = malloc(sizeof *w);
        if (w == NULL) abort();
        world_init(w);
        static const uint32_t reasons[] = {ARMALO_REASON_HOST_MODE_UNSET, ARMALO_REASON_HOST_CLOCK_MISSING,
                                           ARMALO_REASON_HOST_CLOCK_BEHIND, ARMALO_REASON_HOST_AUDIT_MISSING};
        if (fault == 0) w->config.mode = ARMALO_MODE_UNSET;
        if (fault == 1) w->config.now_ms = NULL;
        if (fault == 2) w->config.clock_floor_ms = w->now_ms + 1;
        if (fault == 3) w->config.audit = NULL, w->expected = 0;
        world_start(w);
        forge_key_make(&key, w->root_key, 1);
        char line[3000];
        forge_lookup lookup = {.answer = 1, .record = line, .len = forge_line(&key, line, sizeof line)};
        keys = forge_keys_new(w, forge_lookup_record, &lookup);
        ask = forge_access();
        ask.intent = ARMALO_MUTATION;
        EXPECT_DENY_CALL(w, verify(), reasons[fault]);
        EXPECT_DENY_CALL(w, armalo_keys_load(keys, line, strlen(line), NULL, &w->why), reasons[fault]);
        if (fault < 3) ck_assert_uint_eq(lookup.asked, 0);
        ck_assert_int_eq(armalo_keys_revoke(keys, "key_1", 5, &w->why), 0);
        close_world();
    }
}
END_TEST

/* ---- The host's lookup ---- */

static char record[ARMALO_KEY_RECORD_SIZE + 64];

static void expect_lookup(forge_lookup lookup, uint32_t reason, const char *principal) {
    armalo_keys_free(keys);
    keys = forge_keys_new(w, forge_lookup_record, &lookup);
    if (reason == ARMALO_REASON_GRANTED)
        EXPECT_GRANT(w, verify());
    else
        EXPECT_DENY_CALL(w, verify(), reason);
    must(strcmp(w->why.principal, principal) == 0);
    must(lookup.asked == 1);
    char digest[300];
    snprintf(digest, sizeof digest, "\"%s\"", lookup.digest);
    must(strcmp(digest, forge_get(&key, KEY_DIGEST)) == 0); /* that is what was asked for */
    armalo_keys_free(keys);
    keys = NULL;
}

START_TEST(test_lookup_answers) {
    open_world();
    size_t len = forge_line(&key, record, sizeof record);
    static const int answers[] = {-1, 2, 3, 100, INT_MAX, INT_MIN, -2};
    expect_lookup((forge_lookup){1, 0, record, len, 0, ""}, ARMALO_REASON_GRANTED, "key_1");
    expect_lookup((forge_lookup){0, 0, NULL, 0, 0, ""}, ARMALO_REASON_KEY_UNKNOWN, "");
    expect_lookup((forge_lookup){0, 0, record, len, 0, ""}, ARMALO_REASON_KEY_UNKNOWN, ""); /* "no", but a record */
    for (size_t i = 0; i < 7; i++) {
        expect_lookup((forge_lookup){answers[i], 0, record, len, 0, ""}, ARMALO_REASON_KEY_LOOKUP_UNAVAILABLE, "");
        expect_lookup((forge_lookup){answers[i], 0, NULL, 0, 0, ""}, ARMALO_REASON_KEY_LOOKUP_UNAVAILABLE, "");
    }
    /* "Yes", and nothing, or too much, or a length that is none. */
    expect_lookup((forge_lookup){1, 0, NULL, 0, 0, ""}, ARMALO_REASON_KEY_RECORD_MALFORMED, "");
    expect_lookup((forge_lookup){1, 0, record, 0, 0, ""}, ARMALO_REASON_KEY_RECORD_MALFORMED, "");
    expect_lookup((forge_lookup){1, 0, record, len - 1, 0, ""}, ARMALO_REASON_KEY_RECORD_MALFORMED, "");
    expect_lookup((forge_lookup){1, 0, record, len + 1, 0, ""}, ARMALO_REASON_KEY_RECORD_MALFORMED, "");
    expect_lookup((forge_lookup){1, 0, record, ARMALO_KEY_RECORD_SIZE, 0, ""}, ARMALO_REASON_KEY_RECORD_MALFORMED, "");
    expect_lookup((forge_lookup){1, 0, record, ARMALO_KEY_RECORD_SIZE + 1, 0, ""}, ARMALO_REASON_KEY_LOOKUP_UNAVAILABLE,
                  "");
    expect_lookup((forge_lookup){1, 0, record, SIZE_MAX, 0, ""}, ARMALO_REASON_KEY_LOOKUP_UNAVAILABLE, "");
    expect_lookup((forge_lookup){1, 0, "garbage", 7, 0, ""}, ARMALO_REASON_KEY_RECORD_MALFORMED, "");
    expect_lookup((forge_lookup){1, 0, "{}", 2, 0, ""}, ARMALO_REASON_KEY_RECORD_MALFORMED, "");
    static char two[3 * ARMALO_KEY_RECORD_SIZE];
    snprintf(two, sizeof two, "%s\n%s", record, record);
    expect_lookup((forge_lookup){1, 0, two, strlen(two), 0, ""}, ARMALO_REASON_KEY_RECORD_MALFORMED, "");
    close_world();
}
END_TEST

START_TEST(test_lookup_records) {
    char line[3000];
    open_world();
    /* Altered. */
    forge_key other = key;
    forge_set(&other, KEY_SCOPES, "[\"agents:*\",\"agents:read\"]");
    expect_lookup((forge_lookup){1, 0, line, forge_line(&other, line, sizeof line), 0, ""},
                  ARMALO_REASON_KEY_RECORD_ALTERED, "");
    /* Sealed, but another key's. */
    forge_key_make(&other, w->root_key, 2);
    expect_lookup((forge_lookup){1, 0, line, forge_line(&other, line, sizeof line), 0, ""},
                  ARMALO_REASON_KEY_RECORD_ALTERED, "");
    /* Sealed, with the right bytes as a digest of another kind. */
    other = key;
    char digest[80];
    snprintf(digest, sizeof digest, "\"sha256:%s", forge_get(&key, KEY_DIGEST) + 7);
    forge_set(&other, KEY_DIGEST, digest);
    forge_seal(&other, w->root_key);
    expect_lookup((forge_lookup){1, 0, line, forge_line(&other, line, sizeof line), 0, ""},
                  ARMALO_REASON_KEY_RECORD_ALTERED, "");
    /* What the store judges, it judges of looked-up records too. */
    char time[40];
    static const struct {
        enum forge_member member;
        int64_t offset_ms;
        const char *json;
        uint32_t reason;
    } rows[] = {
        {KEY_REVOKED_AT, 1, NULL, ARMALO_REASON_KEY_REVOKED},
        {KEY_EXPIRES_AT, 0, NULL, ARMALO_REASON_KEY_EXPIRED},
        {KEY_EXPIRES_AT, 1, NULL, ARMALO_REASON_GRANTED},
        {KEY_NOT_BEFORE, 1, NULL, ARMALO_REASON_KEY_NOT_YET_VALID},
        {KEY_NOT_BEFORE, 0, NULL, ARMALO_REASON_GRANTED},
        {KEY_ENV, 0, "\"sim\"", ARMALO_REASON_KEY_SIMULATED},
        {KEY_ORG, 0, "\"org_2\"", ARMALO_REASON_KEY_ORG_MISMATCH},
        {KEY_SCOPES, 0, "[\"agents:write\"]", ARMALO_REASON_KEY_SCOPE_MISSING},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        forge_key_with(&key, w->root_key, 1, rows[i].member,
                       rows[i].json != NULL ? rows[i].json : forge_time(FORGE_NOW_S * 1000 + rows[i].offset_ms, time));
        expect_lookup((forge_lookup){1, 0, line, forge_line(&key, line, sizeof line), 0, ""}, rows[i].reason, "key_1");
    }
    close_world();
}
END_TEST

/* Asked only for what is not loaded; a revocation by id holds for what it answers, too. */
START_TEST(test_lookup_and_store) {
    char line[3000], text[3000];
    forge_key other;
    open_world();
    forge_key_make(&other, w->root_key, 2);
    forge_lookup lookup = {1, 1, line, forge_line(&other, line, sizeof line), 0, ""};
    keys = forge_keys_new(w, forge_lookup_record, &lookup);
    EXPECT_GRANT(w, armalo_keys_load(keys, text, forge_line(&key, text, sizeof text), NULL, &w->why));
    EXPECT_GRANT(w, verify());
    ck_assert_uint_eq(lookup.asked, 0);
    EXPECT_GRANT(w, armalo_key_verify(keys, other.token, other.token_len, &ask, &w->why));
    ck_assert_str_eq(w->why.principal, "key_2");
    ck_assert_uint_eq(lookup.asked, 1);
    EXPECT_GRANT(w, armalo_keys_revoke(keys, "key_1", 5, &w->why));
    lookup.asked = 0;
    EXPECT_DENY_CALL(w, verify(), ARMALO_REASON_KEY_REVOKED);
    ck_assert_uint_eq(lookup.asked, 0);
    EXPECT_DENY_CALL(w, armalo_keys_revoke(keys, "key_2", 5, &w->why), ARMALO_REASON_KEY_NOT_FOUND);
    EXPECT_DENY_CALL(w, armalo_key_verify(keys, other.token, other.token_len, &ask, &w->why),
                     ARMALO_REASON_KEY_REVOKED);
    /* What is asked for is said in full before the lookup is asked. */
    lookup.asked = 0;
    ask.org = NULL;
    EXPECT_DENY_CALL(w, armalo_key_verify(keys, other.token, other.token_len, &ask, &w->why),
                     ARMALO_REASON_KEY_ORG_UNSPECIFIED);
    ck_assert_uint_eq(lookup.asked, 0);
    close_world();
}
END_TEST

/* ---- Migrated keys ---- */

static void migrate(const char *token, size_t len) {
    char digest[72];
    forge_sha256(token, len, digest);
    forge_key_make(&key, w->root_key, 1);
    forge_set_string(&key, KEY_DIGEST, digest);
    forge_seal(&key, w->root_key);
}

START_TEST(test_sha256) {
    static const char *const tokens[] = {"sk-0123456789abcdef", "x", "a token with spaces", "ak_live_short",
                                         "\xFF\x01\x80"};
    open_world();
    for (size_t i = 0; i < 5; i++) {
        size_t len = strlen(tokens[i]);
        migrate(tokens[i], len);
        store();
        EXPECT_GRANT(w, armalo_key_verify(keys, tokens[i], len, &ask, &w->why));
        expect_whose("key_1", "org_1", 1);
        ck_assert_uint_eq(w->why.labels, ARMALO_LABEL_KEY_LEGACY);
        ck_assert_ptr_nonnull(strstr(forge_last(w), "\"labels\":[\"key:legacy\"]"));
        char near[64];
        memcpy(near, tokens[i], len);
        near[len] = 'x';
        EXPECT_DENY_CALL(w, armalo_key_verify(keys, near, len + 1, &ask, &w->why), ARMALO_REASON_KEY_MALFORMED);
        near[0] ^= 1;
        EXPECT_DENY_CALL(w, armalo_key_verify(keys, near, len, &ask, &w->why), ARMALO_REASON_KEY_MALFORMED);
        EXPECT_DENY_CALL(w, armalo_key_verify(keys, tokens[i], len - 1, &ask, &w->why), ARMALO_REASON_KEY_MALFORMED);
        expect_whose("", "", 0);
        ck_assert_uint_eq(w->why.labels, 0);
        /* Found by the lookup as well. */
        char line[3000];
        forge_lookup lookup = {1, 1, line, forge_line(&key, line, sizeof line), 0, ""};
        armalo_keys *looked = forge_keys_new(w, forge_lookup_record, &lookup);
        EXPECT_GRANT(w, armalo_key_verify(looked, tokens[i], len, &ask, &w->why));
        ck_assert_uint_eq(w->why.labels, ARMALO_LABEL_KEY_LEGACY);
        ck_assert_uint_eq(lookup.asked, 1);
        armalo_keys_free(looked);
        /* The digest itself, which anybody who saw the database has, is no token. */
        const char *digest = forge_get(&key, KEY_DIGEST) + 1;
        EXPECT_DENY_CALL(w, armalo_key_verify(keys, digest, strlen(digest) - 1, &ask, &w->why),
                         ARMALO_REASON_KEY_MALFORMED);
        EXPECT_DENY_CALL(w, armalo_key_verify(keys, digest + 7, 64, &ask, &w->why), ARMALO_REASON_KEY_MALFORMED);
    }
    /* A record with the right bytes under the other kind's name is not found. */
    forge_key_make(&key, w->root_key, 1);
    char digest[80];
    snprintf(digest, sizeof digest, "\"sha256:%s", forge_get(&key, KEY_DIGEST) + 7);
    with(KEY_DIGEST, digest);
    EXPECT_DENY_CALL(w, verify(), ARMALO_REASON_KEY_UNKNOWN);
    close_world();
}
END_TEST

static const char password[] = "correct horse battery staple";

static void hash_password(const char *text, char json[200]) {
    char hash[crypto_pwhash_STRBYTES];
    if (sodium_init() < 0 || crypto_pwhash_str_alg(hash, text, strlen(text), crypto_pwhash_OPSLIMIT_MIN,
                                                   crypto_pwhash_MEMLIMIT_MIN, crypto_pwhash_ALG_ARGON2ID13) != 0)
        abort();
    snprintf(json, 200, "\"argon2id:%s\"", hash);
}

static int with_password(const char *text) { return armalo_key_verify(keys, text, strlen(text), &ask, &w->why); }

START_TEST(test_argon2id) {
    char json[200];
    open_world();
    forge_taboo(w, password);
    hash_password(password, json);
    with(KEY_DIGEST, json);
    /* Without its id it cannot be found; with another's, neither. */
    EXPECT_DENY_CALL(w, with_password(password), ARMALO_REASON_KEY_MALFORMED);
    expect_whose("", "", 0);
    static const char *const others[] = {"", "key_2", "key_11", "key_", "KEY_1", "key_1 "};
    for (size_t i = 0; i < 6; i++) {
        ask.key_id = others[i];
        EXPECT_DENY_CALL(w, with_password(password), ARMALO_REASON_KEY_MALFORMED);
        expect_whose("", "", 0);
    }
    ask.key_id = "key_1";
    EXPECT_GRANT(w, with_password(password));
    expect_whose("key_1", "org_1", 1);
    ck_assert_uint_eq(w->why.labels, ARMALO_LABEL_KEY_LEGACY);
    static const char *const wrong[] = {"correct horse battery stapl", "correct horse battery staple ",
                                        "Correct horse battery staple", "x"};
    for (size_t i = 0; i < 4; i++) {
        EXPECT_DENY_CALL(w, with_password(wrong[i]), ARMALO_REASON_KEY_UNKNOWN);
        expect_whose("", "", 0);
        ck_assert_uint_eq(w->why.labels, 0);
    }
    EXPECT_DENY_CALL(w, with_password(json), ARMALO_REASON_KEY_UNKNOWN); /* the hash is no password */
    json[strlen(json) - 1] = 0;
    EXPECT_DENY_CALL(w, with_password(json + 1 + strlen("argon2id:")), ARMALO_REASON_KEY_UNKNOWN);
    EXPECT_DENY_CALL(w, armalo_key_verify(keys, "", 0, &ask, &w->why), ARMALO_REASON_KEY_MALFORMED);
    /* All that is judged of others is judged of it. */
    ask.scopes = "keys:write";
    EXPECT_DENY_CALL(w, with_password(password), ARMALO_REASON_KEY_SCOPE_MISSING);
    expect_whose("key_1", "org_1", 1);
    ask = forge_access();
    ask.key_id = "key_1";
    ask.org = "org_2";
    EXPECT_DENY_CALL(w, with_password(password), ARMALO_REASON_KEY_ORG_MISMATCH);
    ask.org = "org_1";
    EXPECT_GRANT(w, armalo_keys_revoke(keys, "key_1", 5, &w->why));
    EXPECT_DENY_CALL(w, with_password(password), ARMALO_REASON_KEY_REVOKED);
    /* The password of one key does not open another. */
    static forge_key two[2];
    for (unsigned n = 0; n < 2; n++) {
        hash_password(n == 0 ? "the first" : "the second", json);
        forge_key_with(&two[n], w->root_key, 5 + n, KEY_DIGEST, json);
    }
    armalo_keys_free(keys);
    keys = forge_keys_of(w, two, 2);
    ask.key_id = "key_5";
    EXPECT_GRANT(w, with_password("the first"));
    EXPECT_DENY_CALL(w, with_password("the second"), ARMALO_REASON_KEY_UNKNOWN);
    ask.key_id = "key_6";
    EXPECT_GRANT(w, with_password("the second"));
    EXPECT_DENY_CALL(w, with_password("the first"), ARMALO_REASON_KEY_UNKNOWN);
    close_world();
}
END_TEST

/* A hash that cannot be checked is neither right nor wrong: it is not granted, and not said to be a wrong password. */
START_TEST(test_argon2id_unreadable) {
    static const char *const hashes[] = {"\"argon2id:x\"", "\"argon2id:$argon2id$\"",
                                         "\"argon2id:$argon2id$v=19$m=8,t=1,p=1$$\"",
                                         "\"argon2id:$argon2id$v=19$m=0,t=0,p=0$AAAA$AAAA\"",
                                         "\"argon2id:$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy\""};
    open_world();
    for (size_t i = 0; i < 5; i++) {
        forge_key_with(&key, w->root_key, 1, KEY_DIGEST, hashes[i]);
        char line[3000];
        armalo_keys *own = forge_keys_new(w, NULL, NULL);
        int loaded = armalo_keys_load(own, line, forge_line(&key, line, sizeof line), NULL, &w->why);
        if (!loaded) ck_assert_uint_eq(w->why.reason, ARMALO_REASON_KEY_RECORD_MALFORMED);
        ask.key_id = "key_1";
        int granted = armalo_key_verify(own, "x", 1, &ask, &w->why);
        ck_assert_int_eq(granted, 0);
        ck_assert_int_eq(armalo_decision_granted(&w->why), 0);
        if (loaded) ck_assert_int_eq(w->why.evidence, ARMALO_UNAVAILABLE);
        armalo_keys_free(own);
    }
    close_world();
}
END_TEST

/* ---- One public answer ---- */

/* Reasons of one class, and callers who have proved nothing: the same bytes. */
START_TEST(test_public_answers) {
    char answer[ARMALO_PUBLIC_TEXT_SIZE], time[40];
    open_world();
    for (int i = 0; i < 5; i++) {
        forge_key_make(&key, w->root_key, 1);
        if (i == 1) forge_set(&key, KEY_REVOKED_AT, forge_time(w->now_ms, time));
        if (i == 2) forge_set(&key, KEY_EXPIRES_AT, forge_time(w->now_ms, time));
        if (i == 3) forge_set(&key, KEY_NOT_BEFORE, forge_time(w->now_ms + 1, time));
        if (i == 4) forge_set(&key, KEY_ENV, "\"test\"");
        forge_seal(&key, w->root_key);
        store();
        if (i == 0) forge_key_make(&key, w->root_key, 2);
        ck_assert_int_eq(verify(), 0);
        ck_assert_str_eq(armalo_decision_public(&w->why, answer, sizeof answer, NULL), "{\"error\":\"unauthorized\"}");
        ck_assert_int_eq(w->why.http_status, 401);
    }
    close_world();
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_expiry);
    tcase_add_test(tc, test_revoke);
    tcase_add_test(tc, test_revoke_many);
    tcase_add_test(tc, test_revoke_on_any_host);
    tcase_add_test(tc, test_environments);
    tcase_add_test(tc, test_environment_of_the_record);
    tcase_add_test(tc, test_unsaid);
    tcase_add_test(tc, test_arguments);
    tcase_add_test(tc, test_org);
    tcase_add_test(tc, test_scopes);
    tcase_add_test(tc, test_use);
    tcase_add_test(tc, test_audit);
    tcase_add_test(tc, test_hosts);
    tcase_add_test(tc, test_lookup_answers);
    tcase_add_test(tc, test_lookup_records);
    tcase_add_test(tc, test_lookup_and_store);
    tcase_add_test(tc, test_sha256);
    tcase_add_test(tc, test_argon2id);
    tcase_add_test(tc, test_argon2id_unreadable);
    tcase_add_test(tc, test_public_answers);
}

TEST_MAIN("key_verify", fill, 60)
