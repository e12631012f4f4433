/* SPDX-License-Identifier: MIT */
/* Each reading of the clock, and each event, of a session of calls about attestations fails, once or from then on: the
 * call that it belongs to denies and changes nothing, so that the lists in use stay; the others answer as always. */
#include "alloc_passes.h"
#include "attest_forge.h"

/* The n-th reading of the clock, or event. */
static struct {
    unsigned long at, calls; /* at 0: none */
    int forever;             /* and all after it */
    int64_t answer;          /* what it then says */
    uint32_t reason;         /* of a denial that comes of it */
} weather;

static int strikes(void) {
    weather.calls++;
    return weather.at != 0 && (weather.forever ? weather.calls >= weather.at : weather.calls == weather.at);
}

static int64_t failing_clock(void *ctx) { return strikes() ? weather.answer : ((world *)ctx)->now_ms; }

static int failing_sink(void *ctx, const char *event, size_t len) {
    (void)ctx;
    must(strlen(event) == len);
    return strikes() ? (int)weather.answer : 1;
}

static void weather_reset(unsigned long at, int64_t answer, int forever, uint32_t reason) {
    memset(&weather, 0, sizeof weather);
    weather.at = at;
    weather.answer = answer;
    weather.forever = forever;
    weather.reason = reason;
}

/* ---- The session ---- */

/* Two lists, of which the second takes back what the first revokes, and revokes something else. */
enum { FIRST_LIST, SECOND_LIST, LISTS };
enum { REVOKED_FIRST, REVOKED_THEN, NEVER_REVOKED, ARTIFACTS };

static world w;
static const char *lists[LISTS], *artifacts[ARTIFACTS], *envelope;
static armalo_attest_policy *policy;
static forge_anchors anchors;

static const char *make_jws(const char *id) {
    static forge_jws f;
    forge_jws_init(&f);
    forge_put(&f.claims, "jti", forge_quote(id));
    return forge_jws_compact(&f);
}

static const char *make_list(int number, const char *id) {
    static forge_dsse f;
    forge_dsse_init_as(&f, "urn:armalo:revocations:v1", "\"issuer\":\"" FORGE_CI_OWNER "\"");
    forge_put(&f.predicate, "number", forge_text("%d", number));
    forge_put(&f.predicate, "this_update", forge_when(-60));
    forge_put(&f.predicate, "next_update", forge_when(3600));
    forge_put(&f.predicate, "revoked", forge_text("[{\"id\":\"%s\",\"at\":%s,\"reason\":\"\"}]", id, forge_when(-90)));
    return forge_dsse_text(&f);
}

static void open_session(void) {
    static forge_dsse f;
    world_start(&w);
    forge_dsse_init(&f);
    envelope = forge_dsse_text(&f);
    lists[FIRST_LIST] = make_list(7, "jwt-first");
    lists[SECOND_LIST] = make_list(8, "jwt-then");
    artifacts[REVOKED_FIRST] = make_jws("jwt-first");
    artifacts[REVOKED_THEN] = make_jws("jwt-then");
    artifacts[NEVER_REVOKED] = make_jws("jwt-never");
    forge_anchors_init(&anchors);
    policy = forge_policy(&w, "\"revocation\":{\"max_age_s\":3600},\"no_revocation\":,\"max_age_s\":3600,\"any_age\":");
}

static void close_session(void) {
    armalo_attest_policy_free(policy);
    world_end(&w);
    forge_forget();
}

static int sign(void) {
    static char out[4096];
    size_t len = 99;
    const forge_signer *s = forge_signer_of(FORGE_CI_2);
    armalo_attest_spec spec = {.struct_size = sizeof spec,
                               .key = s->private_pem,
                               .key_len = strlen(s->private_pem),
                               .envelope = envelope,
                               .envelope_len = strlen(envelope)};
    memset(out, 0, sizeof out);
    int done = armalo_attest_sign(w.host, &spec, out, sizeof out, &len, &w.why);
    must(done ? strlen(out) == len : len == 0 && forge_zero(out, sizeof out));
    return done;
}

static int load(armalo_trust *trust, int list) {
    int64_t number = 99;
    int done = armalo_revocations_load(trust, NULL, lists[list], strlen(lists[list]), 0, &number, &w.why);
    must(number == (done ? 7 + list : 99));
    return done;
}

/* What a verification comes to follows from the list that is in use. */
static uint32_t verdict(int artifact, int in_use) {
    if (in_use == LISTS) return ARMALO_REASON_ATTEST_REVOCATION_MISSING;
    return artifact == in_use ? ARMALO_REASON_ATTEST_REVOKED : ARMALO_REASON_GRANTED;
}

/* Returns the calls that were struck. */
static unsigned session(void) {
    static const struct {
        enum { LOAD, VERIFY, SIGN } what;
        int which;
    } calls[] = {{VERIFY, NEVER_REVOKED},
                 {LOAD, FIRST_LIST},
                 {VERIFY, NEVER_REVOKED},
                 {VERIFY, REVOKED_FIRST},
                 {VERIFY, REVOKED_THEN},
                 {SIGN, 0},
                 {LOAD, SECOND_LIST},
                 {VERIFY, REVOKED_FIRST},
                 {VERIFY, REVOKED_THEN},
                 {VERIFY, NEVER_REVOKED},
                 {SIGN, 0}};
    unsigned struck = 0;
    int in_use = LISTS;
    armalo_trust *trust = forge_trust(&w, &anchors);
    for (size_t n = 0; n < sizeof calls / sizeof calls[0]; n++) {
        unsigned long before = weather.calls;
        uint32_t reason = ARMALO_REASON_GRANTED; /* when nothing fails */
        int done;
        if (calls[n].what == LOAD) {
            done = load(trust, calls[n].which);
            if (done) in_use = calls[n].which;
        } else if (calls[n].what == SIGN) {
            done = sign();
        } else {
            reason = verdict(calls[n].which, in_use);
            done = forge_verify_text(&w, policy, trust, artifacts[calls[n].which], FORGE_SUB);
        }
        must(weather.calls > before);
        int hit = weather.at != 0 && weather.calls >= weather.at && (weather.forever || before < weather.at);
        struck += (unsigned)hit;
        if (done != (reason == ARMALO_REASON_GRANTED && !hit) || armalo_decision_granted(&w.why) != done)
            ck_abort_msg("call %zu, struck at %lu: %s", n, weather.at, armalo_reason_name(w.why.reason));
        if (done) continue;
        /* A denial by the rule stays one when its event is lost; without a clock there is no rule. */
        int lost = hit && reason != ARMALO_REASON_GRANTED && w.why.reason == reason;
        if (w.why.reason != (hit ? weather.reason : reason) && !lost)
            ck_abort_msg("call %zu, struck at %lu: %s", n, weather.at, armalo_reason_name(w.why.reason));
        must(w.why.evidence == forge_row_of(w.why.reason)->evidence && w.why.evidence != ARMALO_POSITIVE);
    }
    armalo_trust_free(trust);
    return struck;
}

/* Every reading or event of it, once and from then on. */
static void strike_all(int64_t answer, uint32_t reason) {
    weather_reset(0, 0, 0, 0);
    ck_assert_uint_eq(session(), 0);
    unsigned long all = weather.calls;
    ck_assert_uint_ge(all, 11);
    for (int forever = 0; forever < 2; forever++) {
        for (unsigned long n = 1; n <= all; n++) {
            weather_reset(n, answer, forever, reason);
            ck_assert_uint_ge(session(), 1);
        }
    }
}

START_TEST(test_clock) {
    static const struct {
        int64_t says;
        uint32_t reason;
    } rows[] = {{0, ARMALO_REASON_HOST_CLOCK_UNAVAILABLE},
                {-1, ARMALO_REASON_HOST_CLOCK_UNAVAILABLE},
                {INT64_MIN, ARMALO_REASON_HOST_CLOCK_UNAVAILABLE},
                {INT64_MAX, ARMALO_REASON_HOST_CLOCK_UNAVAILABLE},
                {INT64_C(253402300800000), ARMALO_REASON_HOST_CLOCK_UNAVAILABLE}, /* the year 10000 */
                {FORGE_NOW_S * 1000 - 86400001, ARMALO_REASON_HOST_CLOCK_BEHIND}};
    world_init(&w);
    w.config.now_ms = failing_clock;
    w.config.clock_floor_ms = FORGE_NOW_S * 1000 - 86400000;
    open_session();
    strike_all(rows[_i].says, rows[_i].reason);
    close_session();
}
END_TEST

START_TEST(test_sink) {
    static const int answers[] = {0, -1, 2};
    world_init(&w);
    w.config.audit = failing_sink;
    open_session();
    strike_all(answers[_i], ARMALO_REASON_HOST_AUDIT_FAILED);
    ck_assert_uint_eq(weather.calls, 11); /* one event each */
    close_session();
}
END_TEST

static void fill(TCase *tc) {
    forge_keys_ready();
    tcase_add_loop_test(tc, test_clock, 0, 6);
    tcase_add_loop_test(tc, test_sink, 0, 3);
}

TEST_MAIN("fault_attest_session", fill, 100)
