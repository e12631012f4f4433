/* SPDX-License-Identifier: MIT */
/* Runs the README: it is linked with the third C example found there, which defines may_release(); the rows printed are
 * those of its table of attestations. Each check that holds prints "ok NAME", each that does not "FAILED NAME". */
#include <armalo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int may_release(const armalo_attest_policy *policy, armalo_trust *trust, const char *report, size_t report_len,
                const void *release, size_t release_len);

/* The key pair that RFC 8410 10.3 publishes, and a stranger's. */
#define OWN_KEY                                                                                                        \
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"                  \
    "-----END PRIVATE KEY-----\n"
#define OWN_PUBLIC                                                                                                     \
    "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"                       \
    "-----END PUBLIC KEY-----\n"
#define STRANGERS_KEY                                                                                                  \
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIBERERERERERERERERERERERERERERERERERERERERER\n"                  \
    "-----END PRIVATE KEY-----\n"
#define CI         "https://ci.example"
#define NOW_MS     INT64_C(1700000000000) /* 2023-11-14T22:13:20Z */
#define HELLO      "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
#define HEX        "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
#define EVAL       "urn:armalo:eval-result:v1"
#define POLICY(of) "{\"v\":1,\"formats\":[\"dsse\"],\"issuers\":[\"" CI "\"],\"predicate_types\":[\"" EVAL "\"]," of "}"

static void check(const char *name, int holds) { printf("%s %s\n", holds ? "ok" : "FAILED", name); }

static int64_t constant_ms(void *ctx) { return *(const int64_t *)ctx; }
static int keep(void *ctx, const char *event, size_t len) { return (void)event, (void)len, *(const int *)ctx; }

static void need(int holds, const armalo_decision *why) {
    if (holds) return;
    fprintf(stderr, "%s %s\n", armalo_reason_name(why->reason), why->detail);
    exit(EXIT_FAILURE);
}

/* A good attestation, and what it is judged with; each row changes one thing. */
typedef struct setting {
    armalo_host *host;
    armalo_trust *trust;
    const char *policy, *release;
    int64_t now_ms;
    int kept, lists; /* lists: one is loaded */
    int64_t max_age_ms;
    const char *revoked;
    char artifact[4096];
} setting;

static armalo_host *host_of(setting *s, int mode) {
    armalo_decision why;
    armalo_host_config config = {.struct_size = sizeof config,
                                 .mode = mode,
                                 .now_ms = constant_ms,
                                 .clock_ctx = &s->now_ms,
                                 .audit = keep,
                                 .audit_ctx = &s->kept};
    armalo_host *host = armalo_host_new(&config, &why);
    need(host != NULL, &why);
    return host;
}

static void sign(setting *s, const char *mode, const char *key, const char *type, const char *predicate, char *out,
                 size_t cap) {
    armalo_decision why;
    const char *subject = HELLO;
    armalo_host *host = host_of(s, strcmp(mode, "production") == 0 ? ARMALO_MODE_PRODUCTION : ARMALO_MODE_SIMULATION);
    armalo_attest_spec spec = {.struct_size = sizeof spec,
                               .key = key,
                               .key_len = strlen(key),
                               .predicate_type = type,
                               .predicate = predicate,
                               .predicate_len = strlen(predicate),
                               .subjects = &subject,
                               .subject_count = 1};
    need(armalo_attest_sign(host, &spec, out, cap, NULL, &why), &why);
    armalo_host_free(host);
}

/* An evaluation of the release, signed. */
static void report(setting *s, const char *mode, const char *finished_at, const char *key) {
    char predicate[1024];
    (void)snprintf(predicate, sizeof predicate,
                   "{\"agent\":\"agent_1\",\"pact_digest\":\"sha256:" HEX
                   "\",\"mode\":\"%s\",\"started_at\":\"2023-11-14T00:00:00Z\",\"finished_at\":\"%s\",\"results\":[{"
                   "\"type\":\"accuracy\",\"actual\":0.97,\"samples\":200,\"method\":\"deterministic\"}],"
                   "\"suite\":\"release\",\"suite_digest\":\"sha256:" HEX "\"}",
                   mode, finished_at);
    sign(s, mode, key, EVAL, predicate, s->artifact, sizeof s->artifact);
}

static void good(setting *s) {
    memset(s, 0, sizeof *s);
    s->now_ms = NOW_MS;
    s->kept = s->lists = 1;
    s->release = "hello";
    s->revoked = "nothing";
    s->policy = POLICY("\"max_age_s\":86400,\"revocation\":{\"max_age_s\":3600}");
    report(s, "production", "2023-11-14T22:00:00Z", OWN_KEY);
}

static void trust(setting *s) {
    armalo_decision why;
    char list[2048], predicate[512];
    armalo_anchor anchor = {.struct_size = sizeof anchor,
                            .form = ARMALO_ANCHOR_TEXT,
                            .data = OWN_PUBLIC,
                            .len = strlen(OWN_PUBLIC),
                            .owner = CI,
                            .fetched_ms = NOW_MS - 1000,
                            .max_age_ms = s->max_age_ms == 0 ? 30 * INT64_C(86400000) : s->max_age_ms};
    s->host = host_of(s, ARMALO_MODE_PRODUCTION);
    need((s->trust = armalo_trust_new(s->host, &anchor, 1, &why)) != NULL, &why);
    if (!s->lists) return;
    (void)snprintf(
        predicate, sizeof predicate,
        "{\"issuer\":\"" CI "\",\"number\":7,\"this_update\":\"2023-11-14T22:10:00Z\",\"next_update\":"
        "\"2023-11-15T22:10:00Z\",\"revoked\":[{\"id\":\"%s\",\"at\":\"2023-11-14T22:10:00Z\",\"reason\":\"\"}]}",
        s->revoked);
    sign(s, "production", OWN_KEY, "urn:armalo:revocations:v1", predicate, list, sizeof list);
    need(armalo_revocations_load(s->trust, NULL, list, strlen(list), 0, NULL, &why), &why);
}

static int verify(setting *s, armalo_decision *why) {
    armalo_attest_request request = {.struct_size = sizeof request,
                                     .artifact = s->artifact,
                                     .artifact_len = strlen(s->artifact),
                                     .subject_data = s->release,
                                     .subject_len = s->release == NULL ? 0 : strlen(s->release)};
    armalo_attest_policy *policy = armalo_attest_policy_new(s->host, s->policy, strlen(s->policy), why);
    int granted = policy != NULL && armalo_attest_verify(policy, s->trust, &request, NULL, why);
    armalo_attest_policy_free(policy);
    return granted;
}

static void end(setting *s) {
    armalo_trust_free(s->trust);
    armalo_host_free(s->host);
}

/* later_ms: how much later than the loading it is judged. kept: what the audit sink answers by then. */
static void row_later(setting *s, const char *but, int64_t later_ms, int kept) {
    armalo_decision why;
    trust(s);
    s->now_ms += later_ms;
    s->kept = kept;
    int granted = verify(s, &why);
    int no_policy = why.reason == ARMALO_REASON_POLICY_INCOMPLETE;
    printf("| %s | %s: `%s` |\n", but,
           granted     ? "GRANTED"
           : no_policy ? "no policy"
                       : "denied",
           armalo_reason_name(why.reason));
    end(s);
}
static void row(setting *s, const char *but) { row_later(s, but, 0, 1); }

static void changed(setting *s) {
    char *payload = strstr(s->artifact, "\"payload\":\"");
    payload[strlen("\"payload\":\"") + 100] ^= 1; /* a letter of base64 becomes another one */
}

static void table(void) {
    setting s;
    good(&s), changed(&s), row(&s, "one byte of it was changed");
    good(&s), report(&s, "production", "2023-11-14T22:00:00Z", STRANGERS_KEY), row(&s, "a stranger signed it");
    good(&s), s.release = "hullo", row(&s, "it speaks of another release");
    good(&s), s.release = NULL, row(&s, "nobody says what it must speak of");
    good(&s), report(&s, "production", "2023-11-13T22:00:00Z", OWN_KEY), row(&s, "it was made too long ago");
    good(&s), report(&s, "simulation", "2023-11-14T22:00:00Z", OWN_KEY), row(&s, "it was made in simulation");
    good(&s);
    s.policy = POLICY("\"max_age_s\":86400,\"no_revocation\":true,\"threshold\":2");
    row(&s, "two must sign it, and one did");
    good(&s);
    s.policy =
        POLICY("\"max_age_s\":86400,\"no_revocation\":true,\"claims\":[{\"pointer\":\"/predicate/results/0/actual\","
               "\"operator\":\"gte\",\"value\":0.99}]");
    row(&s, "a score in it is too low");
    good(&s);
    s.policy =
        POLICY("\"max_age_s\":86400,\"no_revocation\":true,\"claims\":[{\"pointer\":\"/predicate/results/1/actual\","
               "\"operator\":\"gte\",\"value\":0.9}]");
    row(&s, "a score is not in it");
    good(&s), s.revoked = "3YZxBJ12jO3n_mXt_q-j_Z-TFP1vt-NiI3OCf-fEnHQ", row(&s, "the key that signed it was revoked");
    good(&s), s.lists = 0, row(&s, "no revocation list was loaded");
    good(&s), row_later(&s, "the revocation list is too old", 3600000, 1);
    good(&s), s.max_age_ms = 600000, row_later(&s, "its key was fetched too long ago", 600000, 1);
    good(&s), row_later(&s, "the audit sink fails", 0, 0);
    good(&s), s.policy = "{\"v\":1,\"formats\":[\"dsse\"]}", row(&s, "the policy does not say whose keys");
}

static void example(void) {
    setting s;
    armalo_decision why;
    good(&s), trust(&s);
    armalo_attest_policy *policy = armalo_attest_policy_new(s.host, s.policy, strlen(s.policy), &why);
    need(policy != NULL, &why);
    check("the release that was evaluated",
          may_release(policy, s.trust, s.artifact, strlen(s.artifact), "hello", 5) == 1);
    check("another release", may_release(policy, s.trust, s.artifact, strlen(s.artifact), "hullo", 5) == 0);
    changed(&s);
    check("a changed report", may_release(policy, s.trust, s.artifact, strlen(s.artifact), "hello", 5) == 0);
    check("no report", may_release(policy, s.trust, NULL, 0, "hello", 5) == 0);
    check("no policy", may_release(NULL, s.trust, s.artifact, strlen(s.artifact), "hello", 5) == 0);
    armalo_attest_policy_free(policy);
    end(&s);
}

int main(void) {
    example();
    table();
    return 0;
}
