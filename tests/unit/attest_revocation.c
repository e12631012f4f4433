/* SPDX-License-Identifier: MIT */
/* Revocation lists: which are loaded and which are not, what they revoke, and what a policy asks of them. */
#include "attest_forge.h"

static forge_court c;
static forge_dsse f;    /* a list */
static forge_dsse good; /* what is judged: a receipt of the CI's with the id "rcpt_1" */
static forge_anchors anchors;

#define LIST    "urn:armalo:revocations:v1"
#define RECEIPT "urn:armalo:receipt:v1"
#define DIGEST  "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
#define ASKED   "\"no_revocation\":,\"revocation\":{\"max_age_s\":3600}"

/* ids: separated by spaces. */
static char *entries(const char *ids) {
    char *list = forge_text("[");
    for (const char *at = ids; *at != 0; at += strspn(at, " ")) {
        int len = (int)strcspn(at, " ");
        list = forge_text("%s%s{\"id\":\"%.*s\",\"at\":\"2023-11-14T22:12:20Z\",\"reason\":\"lost\"}", list,
                          list[1] == 0 ? "" : ",", len, at);
        at += len;
    }
    return forge_text("%s]", list);
}

/* A list of this issuer, made a minute ago and good for an hour, signed by this key. */
static void list_init(const char *issuer, int which, int64_t number, const char *ids) {
    forge_dsse_init(&f);
    forge_put(&f.statement, "predicateType", "\"" LIST "\"");
    f.predicate.count = 0;
    forge_put(&f.predicate, "issuer", forge_quote(issuer));
    forge_put(&f.predicate, "number", forge_text("%lld", (long long)number));
    forge_put(&f.predicate, "this_update", forge_when(-60));
    forge_put(&f.predicate, "next_update", forge_when(3600));
    forge_put(&f.predicate, "revoked", entries(ids));
    f.count = 0;
    forge_dsse_sign(&f, forge_signer_of(which));
}

/* From memory of exactly its size that is gone afterwards. The number that a host remembers is left alone unless a list
 * was loaded. */
static int load_bytes(const void *bytes, size_t len, int64_t min_number, int64_t number) {
    int64_t told = -77;
    void *copy = malloc(len > 0 ? len : 1);
    if (copy == NULL) abort();
    memcpy(copy, bytes, len);
    int loaded = armalo_revocations_load(c.trust, NULL, copy, len, min_number, &told, &c.w->why);
    free(copy);
    must(told == (loaded ? number : -77));
    return loaded;
}
static int load(void) {
    const char *text = forge_dsse_text(&f);
    return load_bytes(text, strlen(text), 0, strtoll(forge_member_text(&f.predicate, "number"), NULL, 10));
}
static int load_text(const char *text) { return load_bytes(text, strlen(text), 0, -1); }

static int verify(void) { return forge_court_judge(&c, forge_dsse_text(&good), NULL); }

static void policy(const char *changes) {
    forge_court_policy(&c, forge_text("\"any_subject\":true,\"credential_types\":[\"" FORGE_CREDENTIAL_TYPE "\"],"
                                      "\"predicate_types\":[\"" RECEIPT "\",\"urn:armalo:bundle:v1\","
                                      "\"urn:armalo:approval:v1\",\"" FORGE_TYPE "\"]%s%s",
                                      changes[0] == 0 ? "" : ",", changes));
}

static void open_court(const char *changes) {
    forge_court_open(&c, "");
    policy(changes);
    forge_dsse_init_as(&good, RECEIPT,
                       "\"id\":\"rcpt_1\",\"action\":\"a\",\"action_digest\":\"" DIGEST "\",\"agent\":\"agent_1\","
                       "\"org\":\"org_1\",\"mode\":\"production\",\"outcome\":\"succeeded\","
                       "\"started_at\":\"2023-11-14T22:12:20Z\",\"finished_at\":\"2023-11-14T22:12:20Z\","
                       "\"decision\":{\"reason\":\"r\",\"evidence\":\"positive\",\"request_id\":\"q\"},"
                       "\"approvals\":[],\"evidence\":[],\"result_digest\":null,\"cost\":null");
}

static void expect(uint32_t reason) {
    if (reason == ARMALO_REASON_GRANTED)
        EXPECT_GRANT(c.w, verify());
    else
        EXPECT_DENY_CALL(c.w, verify(), reason);
}

/* ---- Loading ---- */

START_TEST(test_load) {
    open_court(ASKED);
    expect(ARMALO_REASON_ATTEST_REVOCATION_MISSING);
    list_init(FORGE_CI_OWNER, FORGE_CI_2, 7, "x y x");
    EXPECT_GRANT(c.w, load());
    ck_assert_str_eq(c.w->why.principal, forge_signer_of(FORGE_CI_2)->thumbprint);
    const char *event = forge_last(c.w);
    ck_assert_ptr_nonnull(strstr(event, "\"type\":\"ai.armalo.audit.attest.revocations\""));
    ck_assert_ptr_nonnull(strstr(event, "\"subject\":\"" FORGE_CI_OWNER "\""));
    ck_assert_ptr_nonnull(strstr(event, "\"number\":7,\"revoked\":2}"));
    expect(ARMALO_REASON_GRANTED);
    /* Any key of the issuer's, of any kind. */
    static const int keys[] = {FORGE_CI, FORGE_CI_P256, FORGE_CI_P384, FORGE_CI_RSA};
    for (int i = 0; i < 4; i++) {
        list_init(FORGE_CI_OWNER, keys[i], 8 + i, "x");
        EXPECT_GRANT(c.w, load());
    }
    /* Nothing revoked is a list, too. */
    list_init(FORGE_CI_OWNER, FORGE_CI, 20, "");
    EXPECT_GRANT(c.w, load());
    ck_assert_ptr_nonnull(strstr(forge_last(c.w), "\"number\":20,\"revoked\":0}"));
    const char *text = forge_dsse_text(&f);
    ck_assert_int_eq(armalo_revocations_load(c.trust, NULL, text, strlen(text), 0, NULL, NULL), 1);
    /* A list that is larger than an artifact may be. */
    char *spaces = forge_keep(ARMALO_ATTEST_MAX_SIZE + 1);
    memset(spaces, ' ', ARMALO_ATTEST_MAX_SIZE + 1);
    memcpy(spaces, text, strlen(text));
    EXPECT_GRANT(c.w, load_bytes(spaces, ARMALO_ATTEST_MAX_SIZE + 1, 0, 20));
    /* Another trust knows nothing of it. */
    armalo_trust *fresh = forge_default_trust(c.w);
    EXPECT_DENY_CALL(c.w, forge_verify_text(c.w, c.policy, fresh, forge_dsse_text(&good), NULL),
                     ARMALO_REASON_ATTEST_REVOCATION_MISSING);
    armalo_trust_free(fresh);
    forge_court_close(&c);
}
END_TEST

START_TEST(test_arguments) {
    open_court("");
    list_init(FORGE_CI_OWNER, FORGE_CI, 7, "rcpt_1");
    const char *text = forge_dsse_text(&f);
    int64_t number = 5;
    EXPECT_REFUSE(c.w, armalo_revocations_load(NULL, NULL, text, strlen(text), 0, &number, &c.w->why),
                  ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(c.w, armalo_revocations_load(c.trust, NULL, NULL, 0, 0, &number, &c.w->why),
                  ARMALO_REASON_INVALID_ARGUMENT);
    ck_assert_int_eq(number, 5);
    EXPECT_REFUSE(c.w, load_bytes(text, strlen(text), -1, 0), ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(c.w, load_bytes(text, strlen(text), INT64_MIN, 0), ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_DENY_CALL(c.w, load_bytes(text, 0, 0, 0), ARMALO_REASON_ATTEST_SIZE);
    EXPECT_DENY_CALL(c.w, load_bytes(text, strlen(text) - 1, 0, 0), ARMALO_REASON_ATTEST_MALFORMED);
    ck_assert_int_eq(armalo_revocations_load(NULL, NULL, NULL, 0, 0, NULL, NULL), 0);
    expect(ARMALO_REASON_GRANTED);
    forge_court_close(&c);
}
END_TEST

/* A list that is not loaded changes nothing: what was revoked is, and what was not is not. */
static void expect_refused(int returned, uint32_t reason, unsigned before) {
    forge_denied(c.w, returned, reason, before, 1, __FILE__, __LINE__, "load");
    expect(ARMALO_REASON_GRANTED);
    good.signature[0].signer = forge_signer_of(FORGE_CI_2);
    good.signature[0].keyid = "\"ci-2\"";
    expect(ARMALO_REASON_ATTEST_REVOKED);
    good.signature[0].signer = forge_signer_of(FORGE_CI);
    good.signature[0].keyid = "\"ci-1\"";
}
#define EXPECT_REFUSED(call, reason)                                                                                   \
    do {                                                                                                               \
        unsigned before_ = forge_poison(c.w);                                                                          \
        int returned_ = (call);                                                                                        \
        expect_refused(returned_, reason, before_);                                                                    \
    } while (0)

/* A list that would revoke rcpt_1 and give ci-2 free, with one thing wrong. The one in use does the opposite. */
static void open_with_a_list(void) {
    open_court(ASKED);
    list_init(FORGE_CI_OWNER, FORGE_CI, 7, "ci-2");
    EXPECT_GRANT(c.w, load());
    list_init(FORGE_CI_OWNER, FORGE_CI, 8, "rcpt_1");
}
static void expect_loads(void) {
    EXPECT_GRANT(c.w, load());
    expect(ARMALO_REASON_ATTEST_REVOKED);
}

START_TEST(test_no_list) {
    static forge_jws jws;
    static forge_credential credential;
    open_with_a_list();
    forge_jws_init(&jws);
    forge_credential_init(&credential);
    char *text = forge_dsse_text(&f);
    EXPECT_REFUSED(load_text("x"), ARMALO_REASON_ATTEST_FORMAT_UNKNOWN);
    EXPECT_REFUSED(load_text("{}"), ARMALO_REASON_ATTEST_FORMAT_UNKNOWN);
    EXPECT_REFUSED(load_text(forge_jws_compact(&jws)), ARMALO_REASON_ATTEST_FORMAT_REFUSED);
    EXPECT_REFUSED(load_text(forge_jws_flattened(&jws)), ARMALO_REASON_ATTEST_FORMAT_REFUSED);
    EXPECT_REFUSED(load_text(forge_credential_text(&credential)), ARMALO_REASON_ATTEST_FORMAT_REFUSED);
    EXPECT_REFUSED(load_text(forge_text("%sx", text)), ARMALO_REASON_ATTEST_MALFORMED);
    EXPECT_REFUSED(load_text(forge_replace(text, "\"payload\"", "\"Payload\"")), ARMALO_REASON_ATTEST_MALFORMED);
    EXPECT_REFUSED(load_text(forge_replace(text, "\"sig\":\"", "\"sig\":\"*")), ARMALO_REASON_ATTEST_ENCODING);
    /* Not signed, or by nobody who may. */
    f.count = 0;
    EXPECT_REFUSED(load(), ARMALO_REASON_ATTEST_SIGNATURE_MISSING);
    forge_dsse_sign(&f, forge_signer_of(FORGE_STRANGER));
    EXPECT_REFUSED(load(), ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
    f.signature[0].keyid = NULL;
    EXPECT_REFUSED(load(), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    f.signature[0].keyid = "\"ci-1\"";
    EXPECT_REFUSED(load(), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    for (int i = 0; i < 64; i++) forge_dsse_sign(&f, forge_signer_of(FORGE_CI));
    EXPECT_REFUSED(load(), ARMALO_REASON_ATTEST_SIGNATURES_MANY);
    f.count = 0;
    forge_dsse_sign(&f, forge_signer_of(FORGE_CI_P256));
    f.der = 1;
    EXPECT_REFUSED(load(), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    f.der = 0;
    expect_loads();
    forge_court_close(&c);
}
END_TEST

START_TEST(test_no_statement) {
    open_with_a_list();
    static const char *const members[] = {"issuer", "number", "this_update", "next_update", "revoked"};
    for (size_t i = 0; i < 5; i++) {
        forge_object whole = f.predicate;
        forge_drop(&f.predicate, members[i]);
        const char *text = forge_dsse_text(&f);
        EXPECT_REFUSED(load_text(text), ARMALO_REASON_ATTEST_PREDICATE_INVALID);
        f.predicate = whole;
        forge_put(&f.predicate, members[i], "null");
        text = forge_dsse_text(&f);
        EXPECT_REFUSED(load_text(text), ARMALO_REASON_ATTEST_PREDICATE_INVALID);
        f.predicate = whole;
    }
    forge_put(&f.predicate, "x", "1");
    EXPECT_REFUSED(load(), ARMALO_REASON_ATTEST_PREDICATE_INVALID);
    forge_drop(&f.predicate, "x");
    forge_put(&f.predicate, "revoked", "[{\"id\":\"\",\"at\":\"2023-11-14T22:12:20Z\",\"reason\":\"\"}]");
    EXPECT_REFUSED(load(), ARMALO_REASON_ATTEST_PREDICATE_INVALID);
    forge_put(&f.predicate, "revoked", entries("rcpt_1"));
    forge_put(&f.statement, "predicateType", "\"" RECEIPT "\"");
    EXPECT_REFUSED(load(), ARMALO_REASON_ATTEST_PREDICATE_INVALID);
    forge_put(&f.statement, "predicateType", "\"" FORGE_TYPE "\"");
    EXPECT_REFUSED(load(), ARMALO_REASON_ATTEST_TYPE_REFUSED);
    forge_put(&f.statement, "predicateType", "\"urn:armalo:revocations:v2\"");
    EXPECT_REFUSED(load(), ARMALO_REASON_ATTEST_TYPE_REFUSED);
    forge_put(&f.statement, "predicateType", "\"" LIST "\"");
    f.type = "application/json";
    EXPECT_REFUSED(load(), ARMALO_REASON_ATTEST_TYPE_REFUSED);
    f.type = FORGE_PAYLOAD_TYPE;
    forge_put(&f.statement, "_type", "\"https://in-toto.io/Statement/v0.1\"");
    EXPECT_REFUSED(load(), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
    forge_put(&f.statement, "_type", "\"https://in-toto.io/Statement/v1\"");
    /* A good attestation of another type is no list. */
    const char *receipt = forge_dsse_text(&good);
    EXPECT_REFUSED(load_text(receipt), ARMALO_REASON_ATTEST_TYPE_REFUSED);
    expect_loads();
    forge_court_close(&c);
}
END_TEST

/* Who may revoke: the issuer, with a key of its own. */
START_TEST(test_whose_list) {
    open_with_a_list();
    f.count = 0;
    forge_dsse_sign(&f, forge_signer_of(FORGE_OTHER));
    EXPECT_REFUSED(load(), ARMALO_REASON_ATTEST_ISSUER_MISMATCH);
    static const char *const names[] = {"https://ci.exampl", "https://ci.example/", "https://CI.example", "ci-1", "x"};
    f.count = 0;
    forge_dsse_sign(&f, forge_signer_of(FORGE_CI));
    for (size_t i = 0; i < 5; i++) {
        forge_put(&f.predicate, "issuer", forge_quote(names[i]));
        EXPECT_REFUSED(load(), ARMALO_REASON_ATTEST_ISSUER_MISMATCH);
    }
    forge_put(&f.predicate, "issuer", forge_quote(FORGE_CI_OWNER));
    /* With another one beside: the issuer's is the principal. */
    f.count = 0;
    forge_dsse_sign(&f, forge_signer_of(FORGE_OTHER));
    forge_dsse_sign(&f, forge_signer_of(FORGE_CI));
    expect_loads();
    ck_assert_str_eq(c.w->why.principal, FORGE_CI_OWNER);
    list_init(FORGE_CI_OWNER, FORGE_OTHER, 9, "");
    forge_dsse_sign(&f, forge_signer_of(FORGE_CI));
    EXPECT_GRANT(c.w, load());
    ck_assert_str_eq(c.w->why.principal, forge_signer_of(FORGE_CI)->thumbprint);
    forge_court_close(&c);
}
END_TEST

/* A key of nobody's speaks for no issuer. */
START_TEST(test_no_owner) {
    open_court("");
    anchors.count = 0;
    forge_anchor(&anchors, forge_signer_of(FORGE_CI), NULL);
    forge_court_trust(&c, &anchors);
    list_init(FORGE_CI_OWNER, FORGE_CI, 7, "rcpt_1");
    EXPECT_DENY_CALL(c.w, load(), ARMALO_REASON_ATTEST_ISSUER_MISMATCH);
    list_init("ci-1", FORGE_CI, 7, "rcpt_1");
    EXPECT_DENY_CALL(c.w, load(), ARMALO_REASON_ATTEST_ISSUER_MISMATCH);
    /* And where lists are asked for, such a key has none. */
    policy("\"issuers\":,\"any_signer\":true," ASKED);
    expect(ARMALO_REASON_ATTEST_REVOCATION_MISSING);
    policy("\"issuers\":,\"any_signer\":true");
    expect(ARMALO_REASON_GRANTED);
    forge_court_close(&c);
}
END_TEST

/* RSA with PKCS #1 v1.5 is nothing that a list is signed with; and keys count as for any artifact. */
START_TEST(test_keys) {
    const int64_t now = FORGE_NOW_S * 1000;
    static const uint32_t reasons[] = {ARMALO_REASON_ATTEST_ALGORITHM_REFUSED, ARMALO_REASON_ATTEST_KEY_EXPIRED,
                                       ARMALO_REASON_ATTEST_KEY_NOT_YET_VALID, ARMALO_REASON_TRUST_STALE};
    for (int how = 0; how < 4; how++) {
        open_court("");
        const forge_signer *s = forge_signer_of(how == 0 ? FORGE_CI_RSA : FORGE_CI);
        anchors.count = 0;
        armalo_anchor *a = forge_anchor(&anchors, s, FORGE_CI_OWNER);
        list_init(FORGE_CI_OWNER, how == 0 ? FORGE_CI_RSA : FORGE_CI, 7, "rcpt_1");
        if (how == 0) {
            a->rs256 = 1;
            f.signature[0].sig = forge_quote(
                forge_base64(forge_signature(s, FORGE_RS256, FORGE_RAW, forge_pae(f.type, forge_dsse_payload(&f)))));
        }
        if (how == 1) a->expires_ms = now;
        if (how == 2) a->not_before_ms = now + 1;
        if (how == 3) {
            a->pinned = 0;
            a->fetched_ms = now - 1000;
            a->max_age_ms = 1000;
        }
        forge_court_trust(&c, &anchors);
        EXPECT_DENY_CALL(c.w, load(), reasons[how]);
        forge_court_close(&c);
    }
}
END_TEST

START_TEST(test_rollback) {
    open_with_a_list();
    static const int64_t lower[] = {6, 0};
    for (size_t i = 0; i < 2; i++) {
        forge_put(&f.predicate, "number", forge_text("%lld", (long long)lower[i]));
        EXPECT_REFUSED(load(), ARMALO_REASON_ATTEST_REVOCATION_ROLLBACK);
    }
    /* A lower one than was remembered, whatever is loaded. */
    forge_put(&f.predicate, "number", "100");
    const char *text = forge_dsse_text(&f);
    EXPECT_REFUSED(load_bytes(text, strlen(text), 101, 100), ARMALO_REASON_ATTEST_REVOCATION_ROLLBACK);
    EXPECT_REFUSED(load_bytes(text, strlen(text), INT64_MAX, 100), ARMALO_REASON_ATTEST_REVOCATION_ROLLBACK);
    armalo_trust *fresh = forge_default_trust(c.w);
    armalo_trust *before = c.trust;
    c.trust = fresh;
    EXPECT_DENY_CALL(c.w, load_bytes(text, strlen(text), 101, 100), ARMALO_REASON_ATTEST_REVOCATION_ROLLBACK);
    expect(ARMALO_REASON_ATTEST_REVOCATION_MISSING);
    EXPECT_GRANT(c.w, load_bytes(text, strlen(text), 100, 100));
    armalo_trust_free(fresh);
    c.trust = before;
    /* The same number is the same list, whoever signs it, or it would take back what that one says. */
    forge_put(&f.predicate, "number", "7");
    EXPECT_REFUSED(load(), ARMALO_REASON_ATTEST_REVOCATION_ROLLBACK);
    list_init(FORGE_CI_OWNER, FORGE_CI, 7, "ci-2 rcpt_1");
    EXPECT_REFUSED(load(), ARMALO_REASON_ATTEST_REVOCATION_ROLLBACK);
    list_init(FORGE_CI_OWNER, FORGE_CI, 7, "ci-2");
    EXPECT_GRANT(c.w, load());
    list_init(FORGE_CI_OWNER, FORGE_CI_P256, 7, "ci-2");
    EXPECT_GRANT(c.w, load());
    list_init(FORGE_CI_OWNER, FORGE_CI, 8, "rcpt_1");
    expect_loads();
    forge_put(&f.predicate, "number", "9007199254740991");
    EXPECT_GRANT(c.w, load());
    forge_put(&f.predicate, "number", "9007199254740990");
    EXPECT_DENY_CALL(c.w, load(), ARMALO_REASON_ATTEST_REVOCATION_ROLLBACK);
    /* Each issuer counts for itself. */
    list_init(FORGE_OTHER_OWNER, FORGE_OTHER, 1, "");
    EXPECT_GRANT(c.w, load());
    forge_court_close(&c);
}
END_TEST

START_TEST(test_times) {
    const int64_t now = FORGE_NOW_S * 1000;
    open_with_a_list();
    forge_put(&f.predicate, "next_update", forge_rfc3339(now));
    EXPECT_REFUSED(load(), ARMALO_REASON_ATTEST_REVOCATION_STALE);
    forge_put(&f.predicate, "next_update", forge_when(-30));
    EXPECT_REFUSED(load(), ARMALO_REASON_ATTEST_REVOCATION_STALE);
    forge_put(&f.predicate, "next_update", forge_when(7200));
    forge_put(&f.predicate, "this_update", forge_rfc3339(now + 60001));
    EXPECT_REFUSED(load(), ARMALO_REASON_ATTEST_REVOCATION_STALE);
    forge_put(&f.predicate, "this_update", forge_rfc3339(now + 60000)); /* as far as clocks may differ */
    expect_loads();
    list_init(FORGE_CI_OWNER, FORGE_CI, 9, "rcpt_1");
    forge_put(&f.predicate, "next_update", forge_rfc3339(now + 1));
    expect_loads();
    list_init(FORGE_CI_OWNER, FORGE_CI, 10, "rcpt_1");
    forge_put(&f.predicate, "this_update", forge_when(-100000000)); /* how old it may be is the policy's word */
    expect_loads();
    forge_court_close(&c);
}
END_TEST

/* A digest is one in capitals, too. Everything else is an id, which others chose: whatever it looks like, a list that
 * has it loads, for an issuer that could not revoke it could not revoke the next one either. */
START_TEST(test_spellings) {
    open_with_a_list();
    const char *payload = forge_sha256_name(forge_dsse_payload(&good)), *digits = payload + 7;
    char *upper = forge_text("sha256:%s", digits);
    for (char *at = upper + 7; *at != 0; at++) *at = *at >= 'a' ? (char)(*at - 'a' + 'A') : *at;
    const struct {
        const char *id;
        int revokes;
    } rows[] = {
        {payload, 1},
        {upper, 1},
        {forge_text("SHA256:%s", digits), 1},
        {forge_text("Sha256:%s", upper + 7), 1},
        {forge_text("\\u0073ha256:%s", digits), 1},
        {forge_text("sha256:%.63s", digits), 0},
        {forge_text("sha256:%s0", digits), 0},
        {forge_text("sha256:%.63sg", digits), 0},
        {forge_text("sha256-%s", digits), 0},
        {"sha256:", 0},
        {"sha512:00", 0},
        {"SHA-1:00", 0},
        {"shard:7", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        list_init(FORGE_CI_OWNER, FORGE_CI, 100 + (int)i, "");
        forge_put(&f.predicate, "revoked", entries(forge_text("x %s y", rows[i].id)));
        EXPECT_GRANT(c.w, load());
        expect(rows[i].revokes ? ARMALO_REASON_ATTEST_REVOKED : ARMALO_REASON_GRANTED);
    }
    forge_court_close(&c);
}
END_TEST

/* Whose list it is that revokes, is missing or too old. */
START_TEST(test_whose) {
    open_court(ASKED);
    expect(ARMALO_REASON_ATTEST_REVOCATION_MISSING);
    ck_assert_str_eq(c.w->why.detail, FORGE_CI_OWNER);
    list_init(FORGE_CI_OWNER, FORGE_CI_P256, 1, "");
    EXPECT_GRANT(c.w, load());
    expect(ARMALO_REASON_GRANTED);
    ck_assert_str_eq(c.w->why.detail, "");
    policy("\"no_revocation\":,\"revocation\":{\"max_age_s\":59}");
    expect(ARMALO_REASON_ATTEST_REVOCATION_STALE);
    ck_assert_str_eq(c.w->why.detail, FORGE_CI_OWNER);
    policy("\"no_revocation\":,\"revocation\":{\"max_age_s\":3600,\"issuers\":[\"" FORGE_CI_OWNER
           "\",\"" FORGE_OTHER_OWNER "\"]}");
    expect(ARMALO_REASON_ATTEST_REVOCATION_MISSING);
    ck_assert_str_eq(c.w->why.detail, FORGE_OTHER_OWNER);
    /* Revoked by the one tells more than missing of the other. */
    list_init(FORGE_OTHER_OWNER, FORGE_OTHER, 1, "rcpt_1");
    EXPECT_GRANT(c.w, load());
    policy("\"no_revocation\":,\"revocation\":{\"max_age_s\":3600,\"issuers\":[\"nobody.example\",\"" FORGE_OTHER_OWNER
           "\"]}");
    expect(ARMALO_REASON_ATTEST_REVOKED);
    ck_assert_str_eq(c.w->why.detail, FORGE_OTHER_OWNER);
    forge_court_close(&c);
}
END_TEST

/* Each name of ci-2, which comes as one of three things, and which the host has named, too, or not. */
static void expect_names(int came_as, const char *host_id) {
    static forge_anchors renamed;
    open_court(ASKED);
    const forge_signer *signer = forge_signer_of(FORGE_CI_2);
    uint8_t bytes[34] = {0xed, 0x01};
    memcpy(bytes + 2, signer->raw, 32);
    const char *multibase = forge_text("z%s", forge_base58(forge_bytes_of(bytes, 34)));
    const char *jwks = forge_text("{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"2026-01\",\"x\":\"%s\"}]}",
                                  forge_base64url(forge_bytes_of(signer->raw, 32)));
    const char *own_name = came_as == 0 ? "2026-01" : came_as == 1 ? multibase : signer->thumbprint;
    const struct {
        const char *id;
        int revokes;
    } listed[] = {
        {"other", 0},
        {own_name, 1},
        {forge_text(FORGE_CI_OWNER "#%s", own_name), 1},
        {forge_text(FORGE_OTHER_OWNER "#%s", own_name), 0},
        {signer->thumbprint, 1},
        {forge_text("did:key:%s", own_name), came_as == 1},
        {forge_text("did:key:%s#%s", own_name, own_name), came_as == 1},
        {"prod", host_id != NULL},
        {FORGE_CI_OWNER "#prod", host_id != NULL},
    };
    renamed.count = 0;
    forge_anchor(&renamed, forge_signer_of(FORGE_CI), FORGE_CI_OWNER);
    armalo_anchor *a = forge_anchor(&renamed, signer, FORGE_CI_OWNER);
    a->key_id = host_id;
    if (came_as < 2) {
        a->form = ARMALO_ANCHOR_TEXT;
        a->data = came_as == 0 ? jwks : forge_text("did:key:%s", multibase);
        a->len = strlen(a->data);
    }
    forge_court_trust(&c, &renamed);
    good.signature[0].signer = signer;
    good.signature[0].keyid = NULL;
    for (size_t i = 0; i < sizeof listed / sizeof listed[0]; i++) {
        list_init(FORGE_CI_OWNER, FORGE_CI, 1 + (int)i, listed[i].id);
        EXPECT_GRANT(c.w, load());
        expect(listed[i].revokes ? ARMALO_REASON_ATTEST_REVOKED : ARMALO_REASON_GRANTED);
    }
    forge_court_close(&c);
}

/* A host may call a key whatever it likes; its issuer lists it by the name that it published. */
START_TEST(test_renamed_key) {
    for (int came_as = 0; came_as < 3; came_as++) {
        expect_names(came_as, NULL);
        expect_names(came_as, "prod");
    }
}
END_TEST

/* A list that was made in a weaker mode than the host's is none to it. */
START_TEST(test_mode) {
    static const char *const words[] = {"production", "staging", "simulation", "dry_run"};
    static const int32_t hosts[] = {ARMALO_MODE_PRODUCTION, ARMALO_MODE_STAGING, ARMALO_MODE_SIMULATION,
                                    ARMALO_MODE_DRY_RUN};
    static const int loads[4][4] = {{1, 0, 0, 0}, {1, 1, 0, 0}, {1, 1, 1, 1}, {1, 1, 1, 1}};
    for (size_t h = 0; h < 4; h++) {
        world *w = malloc(sizeof *w);
        if (w == NULL) abort();
        world_init(w);
        w->config.mode = hosts[h];
        w->grant_evidence = h < 2 ? ARMALO_POSITIVE : ARMALO_SIMULATED;
        world_start(w);
        c.w = w;
        c.trust = forge_default_trust(w);
        for (int i = 0; i < 4; i++) {
            list_init(FORGE_CI_OWNER, FORGE_CI, i, "x");
            forge_put(&f.statement, "armalo_mode", forge_quote(words[i]));
            if (loads[h][i])
                EXPECT_GRANT(w, load());
            else
                EXPECT_DENY_CALL(w, load(), ARMALO_REASON_ATTEST_SIMULATED);
        }
        list_init(FORGE_CI_OWNER, FORGE_CI, 4, "x"); /* without a word it is of production */
        EXPECT_GRANT(w, load());
        forge_court_close(&c);
    }
    open_with_a_list();
    forge_put(&f.statement, "armalo_mode", "\"staging\"");
    EXPECT_REFUSED(load(), ARMALO_REASON_ATTEST_SIMULATED);
    forge_put(&f.statement, "armalo_mode", "\"Production\"");
    EXPECT_REFUSED(load(), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
    forge_put(&f.statement, "armalo_mode", "\"production\"");
    expect_loads();
    forge_court_close(&c);
}
END_TEST

/* Who was revoked may not sign that they were not. */
START_TEST(test_revoked_key_signs) {
    for (int by = 0; by < 2; by++) { /* by its id, by its thumbprint */
        open_court(ASKED);
        list_init(FORGE_CI_OWNER, FORGE_CI, 7,
                  by == 0 ? "ci-1 ci-2"
                          : forge_text("%s %s", forge_signer_of(FORGE_CI)->thumbprint,
                                       forge_signer_of(FORGE_CI_2)->thumbprint));
        EXPECT_GRANT(c.w, load()); /* the last word of a key may be of itself */
        expect(ARMALO_REASON_ATTEST_REVOKED);
        list_init(FORGE_CI_OWNER, FORGE_CI, 8, "");
        EXPECT_DENY_CALL(c.w, load(), ARMALO_REASON_ATTEST_REVOKED);
        expect(ARMALO_REASON_ATTEST_REVOKED);
        list_init(FORGE_CI_OWNER, FORGE_CI_2, 8, "");
        EXPECT_DENY_CALL(c.w, load(), ARMALO_REASON_ATTEST_REVOKED);
        list_init(FORGE_CI_OWNER, FORGE_CI_P256, 8, "");
        forge_dsse_sign(&f, forge_signer_of(FORGE_CI));
        EXPECT_DENY_CALL(c.w, load(), ARMALO_REASON_ATTEST_REVOKED);
        list_init(FORGE_OTHER_OWNER, FORGE_OTHER, 1, "ci-p256"); /* says somebody else */
        EXPECT_GRANT(c.w, load());
        list_init(FORGE_CI_OWNER, FORGE_CI_P256, 8, "");
        EXPECT_GRANT(c.w, load());
        expect(ARMALO_REASON_GRANTED);
        list_init(FORGE_CI_OWNER, FORGE_CI, 9, "");
        EXPECT_GRANT(c.w, load());
        forge_court_close(&c);
    }
}
END_TEST

/* No audit, no list; nor on a host that cannot decide. */
START_TEST(test_host) {
    static const int answers[] = {0, -1, 2};
    open_with_a_list();
    for (size_t i = 0; i < 3; i++) {
        c.w->audit_answer = answers[i];
        ck_assert_int_eq(load(), 0);
        ck_assert_uint_eq(c.w->why.reason, ARMALO_REASON_HOST_AUDIT_FAILED);
        ck_assert_int_eq(armalo_decision_granted(&c.w->why), 0);
        c.w->audit_answer = 1;
        expect(ARMALO_REASON_GRANTED);
        /* Not even its number counts. */
        forge_put(&f.predicate, "number", "1000");
    }
    c.w->now_ms = -1;
    EXPECT_DENY_CALL(c.w, load(), ARMALO_REASON_HOST_CLOCK_UNAVAILABLE);
    c.w->now_ms = FORGE_NOW_S * 1000;
    expect(ARMALO_REASON_GRANTED);
    forge_put(&f.predicate, "number", "8");
    expect_loads();
    forge_court_close(&c);
    static const uint32_t reasons[] = {ARMALO_REASON_HOST_AUDIT_MISSING, ARMALO_REASON_HOST_MODE_UNSET,
                                       ARMALO_REASON_HOST_CLOCK_MISSING};
    for (size_t i = 0; i < 3; i++) {
        world *w = malloc(sizeof *w);
        if (w == NULL) abort();
        world_init(w);
        if (i == 0) {
            w->config.audit = NULL;
            w->config.audit_ctx = NULL;
            w->expected = 0;
        }
        if (i == 1) w->config.mode = 0;
        if (i == 2) w->config.now_ms = NULL;
        world_start(w);
        c.w = w;
        c.trust = forge_default_trust(w);
        list_init(FORGE_CI_OWNER, FORGE_CI, 7, "rcpt_1");
        EXPECT_DENY_CALL(w, load(), reasons[i]);
        forge_court_close(&c);
    }
}
END_TEST

/* Lists of at most 64 issuers; each of them can be replaced even then. */
START_TEST(test_many_issuers) {
    static char owner[65][32];
    open_court("");
    anchors.count = 0;
    for (int i = 0; i < 65; i++) {
        snprintf(owner[i], sizeof owner[i], "https://%d.example", i);
        forge_anchor(&anchors, forge_signer_of(FORGE_EXTRA + i), owner[i]);
    }
    forge_court_trust(&c, &anchors);
    for (int i = 0; i < 64; i++) {
        list_init(owner[i], FORGE_EXTRA + i, 1, "");
        EXPECT_GRANT(c.w, load());
    }
    list_init(owner[64], FORGE_EXTRA + 64, 1, "rcpt_1");
    EXPECT_DENY_CALL(c.w, load(), ARMALO_REASON_TRUST_TOO_MANY);
    for (int i = 0; i < 64; i += 63) {
        list_init(owner[i], FORGE_EXTRA + i, 2, "rcpt_1");
        EXPECT_GRANT(c.w, load());
        list_init(owner[i], FORGE_EXTRA + i, 1, "");
        EXPECT_DENY_CALL(c.w, load(), ARMALO_REASON_ATTEST_REVOCATION_ROLLBACK);
    }
    policy(forge_text("\"issuers\":,\"any_signer\":true,\"no_revocation\":,\"revocation\":{\"max_age_s\":3600}"));
    for (int i = 0; i < 65; i++) {
        good.count = 0;
        forge_dsse_sign(&good, forge_signer_of(FORGE_EXTRA + i));
        expect(i == 64             ? ARMALO_REASON_ATTEST_REVOCATION_MISSING
               : i == 0 || i == 63 ? ARMALO_REASON_ATTEST_REVOKED
                                   : ARMALO_REASON_GRANTED);
    }
    forge_court_close(&c);
}
END_TEST

/* ---- What is revoked ---- */

START_TEST(test_what_is_revoked) {
    open_court("");
    const char *payload = forge_sha256_name(forge_dsse_payload(&good));
    const char *artifact = forge_sha256_name(forge_bytes_text(forge_dsse_text(&good)));
    const char *thumbprint = forge_signer_of(FORGE_CI)->thumbprint;
    const struct {
        const char *ids;
        int revoked;
    } rows[] = {
        {"ci-1", 1},
        {thumbprint, 1},
        {"rcpt_1", 1},
        {payload, 1},
        {"a b rcpt_1 c", 1},
        {"rcpt\\u005f1", 1}, /* the same text */
        {"", 0},
        {"ci-2", 0},
        {"ci-", 0},
        {"ci-11", 0},
        {"CI-1", 0},
        {"rcpt_2", 0},
        {"rcpt_1\\u0020", 0},
        {FORGE_CI_OWNER, 0},
        {artifact, 0},
        {payload + 7, 0},
        {"agent_1", 0},
        {DIGEST, 0},
        {forge_signer_of(FORGE_CI_2)->thumbprint, 0},
        {RECEIPT, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        list_init(FORGE_CI_OWNER, FORGE_CI_P256, (int64_t)i, rows[i].ids);
        EXPECT_GRANT(c.w, load());
        for (int asked = 0; asked < 2;
             asked++) { /* what is known to be revoked is, whether or not a list is asked for */
            policy(asked ? ASKED : "");
            expect(rows[i].revoked ? ARMALO_REASON_ATTEST_REVOKED : ARMALO_REASON_GRANTED);
        }
    }
    /* The longest id. */
    char *longest = forge_text("%0255d", 1);
    forge_put(&good.predicate, "id", forge_quote(longest));
    list_init(FORGE_CI_OWNER, FORGE_CI_P256, 100, longest);
    EXPECT_GRANT(c.w, load());
    expect(ARMALO_REASON_ATTEST_REVOKED);
    longest[0] = '1';
    forge_put(&good.predicate, "id", forge_quote(longest));
    expect(ARMALO_REASON_GRANTED);
    forge_court_close(&c);
}
END_TEST

/* The ids that the other types and formats have. */
START_TEST(test_ids_of_formats) {
    static forge_jws jws;
    static forge_credential credential;
    static forge_dsse bundle, approval, foreign;
    open_court("");
    forge_jws_init(&jws);
    forge_credential_init(&credential);
    forge_dsse_init_as(&bundle, "urn:armalo:bundle:v1",
                       "\"bundle_id\":\"bundle_1\",\"agent\":\"a\",\"scope\":[],\"issued_at\":\"2023-11-14T22:12:20Z\","
                       "\"expires_at\":\"2023-11-14T23:13:20Z\",\"sections\":{}");
    forge_dsse_init_as(&approval, "urn:armalo:approval:v1",
                       "\"action_digest\":\"" DIGEST "\",\"approver\":\"" FORGE_CI_OWNER "\",\"role\":\"r\","
                       "\"decision\":\"approve\",\"nonce\":\"nonce_1\",\"issued_at\":\"2023-11-14T22:12:20Z\","
                       "\"expires_at\":\"2023-11-14T23:13:20Z\",\"reason\":\"\"");
    forge_dsse_init(&foreign);
    forge_put(&foreign.predicate, "id", "\"foreign_1\"");
    const struct {
        const char *text, *id, *payload; /* id NULL: it has none */
    } rows[] = {
        {forge_jws_compact(&jws), "jwt-1", forge_sha256_name(forge_bytes_text(forge_object_text(&jws.claims)))},
        {forge_jws_flattened(&jws), "jwt-1", forge_sha256_name(forge_bytes_text(forge_object_text(&jws.claims)))},
        {forge_credential_text(&credential), "urn:example:credential:1",
         forge_sha256_name(forge_bytes_text(forge_object_canonical(&credential.document)))},
        {forge_dsse_text(&bundle), "bundle_1", forge_sha256_name(forge_dsse_payload(&bundle))},
        {forge_dsse_text(&approval), "nonce_1", forge_sha256_name(forge_dsse_payload(&approval))},
        {forge_dsse_text(&foreign), NULL, forge_sha256_name(forge_dsse_payload(&foreign))},
    };
    int64_t number = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int what = 0; what < 4; what++) {
            const char *id = what == 0   ? rows[i].id != NULL ? rows[i].id : "foreign_1"
                             : what == 1 ? rows[i].payload
                             : what == 2 ? "ci-1"
                                         : "other";
            list_init(FORGE_CI_OWNER, FORGE_CI_P256, ++number, id);
            EXPECT_GRANT(c.w, load());
            if (what == 3 || (what == 0 && rows[i].id == NULL))
                EXPECT_GRANT(c.w, forge_court_judge(&c, rows[i].text, NULL));
            else
                EXPECT_DENY_CALL(c.w, forge_court_judge(&c, rows[i].text, NULL), ARMALO_REASON_ATTEST_REVOKED);
        }
    }
    forge_court_close(&c);
}
END_TEST

/* One of several that signed is enough; one whose signature does not count is not. */
START_TEST(test_one_of_several) {
    open_court("\"threshold\":2");
    list_init(FORGE_CI_OWNER, FORGE_CI, 1, "ci-p256");
    EXPECT_GRANT(c.w, load());
    forge_dsse_sign(&good, forge_signer_of(FORGE_CI_2));
    expect(ARMALO_REASON_GRANTED);
    forge_dsse_sign(&good, forge_signer_of(FORGE_CI_P256));
    expect(ARMALO_REASON_ATTEST_REVOKED);
    policy("\"issuers\":,\"keys\":[\"ci-1\",\"ci-2\"]");
    expect(ARMALO_REASON_GRANTED);
    forge_court_close(&c);
}
END_TEST

/* A list speaks for its issuer: of what others sign it says nothing, unless the policy names it. */
START_TEST(test_list_of_another) {
    open_court(ASKED);
    const char *all = forge_text("ci-1 %s rcpt_1 %s", forge_signer_of(FORGE_CI)->thumbprint,
                                 forge_sha256_name(forge_dsse_payload(&good)));
    list_init(FORGE_OTHER_OWNER, FORGE_OTHER, 1, all);
    EXPECT_GRANT(c.w, load());
    expect(ARMALO_REASON_ATTEST_REVOCATION_MISSING);
    policy("");
    expect(ARMALO_REASON_GRANTED);
    list_init(FORGE_CI_OWNER, FORGE_CI, 1, "x");
    EXPECT_GRANT(c.w, load());
    policy(ASKED);
    expect(ARMALO_REASON_GRANTED);
    policy("\"no_revocation\":,\"revocation\":{\"max_age_s\":3600,\"issuers\":[\"" FORGE_OTHER_OWNER "\"]}");
    expect(ARMALO_REASON_ATTEST_REVOKED);
    /* What the other signs itself is revoked. */
    policy("\"issuers\":[\"" FORGE_OTHER_OWNER "\"]");
    good.count = 0;
    forge_dsse_sign(&good, forge_signer_of(FORGE_OTHER));
    expect(ARMALO_REASON_ATTEST_REVOKED);
    forge_put(&good.predicate, "id", "\"rcpt_2\"");
    expect(ARMALO_REASON_GRANTED);
    forge_court_close(&c);
}
END_TEST

/* Two lists at a time, each replaced by its own. */
START_TEST(test_two_lists) {
    static const int keys[] = {FORGE_CI, FORGE_OTHER};
    static const char *const owners[] = {FORGE_CI_OWNER, FORGE_OTHER_OWNER};
    int revoked[2] = {0, 0};
    open_court("\"issuers\":,\"any_signer\":true");
    for (int i = 0; i < 16; i++) {
        int which = (i * 7 + i / 3) % 2;
        revoked[which] = i % 4 < 2;
        list_init(owners[which], keys[which], i, revoked[which] ? "rcpt_1" : "x");
        EXPECT_GRANT(c.w, load());
        for (int k = 0; k < 2; k++) {
            good.count = 0;
            forge_dsse_sign(&good, forge_signer_of(keys[k]));
            expect(revoked[k] ? ARMALO_REASON_ATTEST_REVOKED : ARMALO_REASON_GRANTED);
        }
    }
    forge_court_close(&c);
}
END_TEST

/* ---- What a policy asks ---- */

START_TEST(test_asked) {
    const int64_t now = FORGE_NOW_S * 1000;
    open_court("\"no_revocation\":,\"revocation\":{\"max_age_s\":600}");
    expect(ARMALO_REASON_ATTEST_REVOCATION_MISSING);
    list_init(FORGE_CI_OWNER, FORGE_CI, 1, "x");
    EXPECT_GRANT(c.w, load()); /* made a minute ago, good for an hour */
    static const struct {
        int64_t at_ms; /* from now */
        uint32_t reason;
    } rows[] = {
        {0, ARMALO_REASON_GRANTED},
        {540000, ARMALO_REASON_GRANTED}, /* ten minutes old */
        {540001, ARMALO_REASON_ATTEST_REVOCATION_STALE},
        {-120000, ARMALO_REASON_GRANTED}, /* made in a minute: clocks may differ by one */
        {-120001, ARMALO_REASON_ATTEST_REVOCATION_STALE},
    };
    forge_put(&good.predicate, "finished_at", forge_when(-10000)); /* so that it is not itself of the future */
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        c.w->now_ms = now + rows[i].at_ms;
        expect(rows[i].reason);
    }
    /* Past its next_update, however old the policy lets it be. */
    policy("\"no_revocation\":,\"revocation\":{\"max_age_s\":1000000}");
    c.w->now_ms = now + 3600000 - 1;
    expect(ARMALO_REASON_GRANTED);
    c.w->now_ms = now + 3600000;
    expect(ARMALO_REASON_ATTEST_REVOCATION_STALE);
    /* A policy that asks for none takes it as it is. */
    policy("");
    expect(ARMALO_REASON_GRANTED);
    /* What a list revokes stays revoked, however old it is. */
    c.w->now_ms = now;
    list_init(FORGE_CI_OWNER, FORGE_CI, 2, "rcpt_1");
    EXPECT_GRANT(c.w, load());
    c.w->now_ms = now + INT64_C(86400000) * 365;
    expect(ARMALO_REASON_ATTEST_REVOKED);
    policy("\"no_revocation\":,\"revocation\":{\"max_age_s\":600}");
    expect(ARMALO_REASON_ATTEST_REVOKED);
    /* The skew of the policy is for lists, too. */
    c.w->now_ms = now;
    list_init(FORGE_CI_OWNER, FORGE_CI, 3, "x");
    forge_put(&f.predicate, "this_update", forge_rfc3339(now + 10000));
    EXPECT_GRANT(c.w, load());
    expect(ARMALO_REASON_GRANTED);
    policy("\"skew_s\":10,\"no_revocation\":,\"revocation\":{\"max_age_s\":600}");
    expect(ARMALO_REASON_GRANTED);
    policy("\"skew_s\":9,\"no_revocation\":,\"revocation\":{\"max_age_s\":600}");
    expect(ARMALO_REASON_ATTEST_REVOCATION_STALE);
    forge_court_close(&c);
}
END_TEST

/* The owners' lists, or those of the issuers that are named: each must be there. */
START_TEST(test_named_issuers) {
    static const char both[] = "\"no_revocation\":,\"revocation\":{\"max_age_s\":3600,\"issuers\":["
                               "\"https://panel.example\",\"" FORGE_OTHER_OWNER "\"]}";
    open_court(both);
    forge_anchors_init(&anchors);
    forge_anchor(&anchors, forge_signer_of(FORGE_EXTRA), "https://panel.example");
    forge_court_trust(&c, &anchors);
    expect(ARMALO_REASON_ATTEST_REVOCATION_MISSING);
    list_init("https://panel.example", FORGE_EXTRA, 1, "x");
    EXPECT_GRANT(c.w, load());
    expect(ARMALO_REASON_ATTEST_REVOCATION_MISSING);
    list_init(FORGE_OTHER_OWNER, FORGE_OTHER, 1, "x");
    EXPECT_GRANT(c.w, load());
    expect(ARMALO_REASON_GRANTED); /* the owner's is not one of them */
    list_init(FORGE_CI_OWNER, FORGE_CI, 1, "x");
    forge_put(&f.predicate, "this_update", forge_when(-3601));
    EXPECT_GRANT(c.w, load());
    expect(ARMALO_REASON_GRANTED); /* nor need it be fresh */
    forge_court_trust(&c, &anchors);
    list_init(FORGE_CI_OWNER, FORGE_CI, 1, "x"); /* nor does it stand for one of them */
    EXPECT_GRANT(c.w, load());
    expect(ARMALO_REASON_ATTEST_REVOCATION_MISSING);
    list_init(FORGE_OTHER_OWNER, FORGE_OTHER, 1, "x");
    EXPECT_GRANT(c.w, load());
    expect(ARMALO_REASON_ATTEST_REVOCATION_MISSING);
    list_init("https://panel.example", FORGE_EXTRA, 1, "x");
    EXPECT_GRANT(c.w, load());
    expect(ARMALO_REASON_GRANTED);
    /* One of them too old is one that is not there. */
    list_init("https://panel.example", FORGE_EXTRA, 2, "x");
    forge_put(&f.predicate, "this_update", forge_when(-3601));
    EXPECT_GRANT(c.w, load());
    expect(ARMALO_REASON_ATTEST_REVOCATION_STALE);
    /* Each of them revokes, and so does the owner's. */
    static const struct {
        const char *owner;
        int which;
    } lists[] = {{FORGE_OTHER_OWNER, FORGE_OTHER}, {"https://panel.example", FORGE_EXTRA}, {FORGE_CI_OWNER, FORGE_CI}};
    for (int i = 0; i < 3; i++) {
        list_init(lists[i].owner, lists[i].which, 3, "ci-1");
        if (i == 2) { /* its keys must be left to sign the next */
            f.count = 0;
            forge_dsse_sign(&f, forge_signer_of(FORGE_CI_2));
        }
        EXPECT_GRANT(c.w, load());
        expect(ARMALO_REASON_ATTEST_REVOKED);
        list_init(lists[i].owner, i == 2 ? FORGE_CI_2 : lists[i].which, 4, "x");
        EXPECT_GRANT(c.w, load());
        expect(i == 0 ? ARMALO_REASON_ATTEST_REVOCATION_STALE : ARMALO_REASON_GRANTED);
    }
    forge_court_close(&c);
}
END_TEST

/* Where two owners signed, the lists of both are asked for. */
START_TEST(test_two_owners) {
    open_court("\"issuers\":,\"any_signer\":true," ASKED);
    forge_dsse_sign(&good, forge_signer_of(FORGE_OTHER));
    list_init(FORGE_CI_OWNER, FORGE_CI, 1, "x");
    EXPECT_GRANT(c.w, load());
    expect(ARMALO_REASON_ATTEST_REVOCATION_MISSING);
    list_init(FORGE_OTHER_OWNER, FORGE_OTHER, 1, "x");
    EXPECT_GRANT(c.w, load());
    expect(ARMALO_REASON_GRANTED);
    list_init(FORGE_OTHER_OWNER, FORGE_OTHER, 2, "other-1");
    EXPECT_GRANT(c.w, load());
    expect(ARMALO_REASON_ATTEST_REVOKED);
    forge_court_close(&c);
}
END_TEST

/* Of many ids exactly those that are listed. */
START_TEST(test_many_ids) {
    const int count = 20000;
    open_court(ASKED);
    char *list = forge_keep((size_t)count * 80 + 2);
    size_t len = 0;
    for (int i = 0; i < count; i++)
        len += (size_t)sprintf(list + len, "%c{\"id\":\"rcpt_%d\",\"at\":\"2023-11-14T22:12:20Z\",\"reason\":\"\"}",
                               i == 0 ? '[' : ',', 3 * i);
    memcpy(list + len, "]", 2);
    list_init(FORGE_CI_OWNER, FORGE_CI, 1, "");
    forge_put(&f.predicate, "revoked", list);
    EXPECT_GRANT(c.w, load());
    ck_assert_ptr_nonnull(strstr(forge_last(c.w), "\"revoked\":20000}"));
    for (int i = 0; i < 400; i++) {
        int id = i * 211 % (3 * count + 100);
        forge_put(&good.predicate, "id", forge_text("\"rcpt_%d\"", id));
        int revoked = id % 3 == 0 && id < 3 * count;
        must(verify() == !revoked);
        must(!revoked || c.w->why.reason == ARMALO_REASON_ATTEST_REVOKED);
    }
    forge_court_close(&c);
}
END_TEST

static void fill(TCase *tc) {
    forge_keys_ready();
    tcase_add_test(tc, test_load);
    tcase_add_test(tc, test_arguments);
    tcase_add_test(tc, test_no_list);
    tcase_add_test(tc, test_no_statement);
    tcase_add_test(tc, test_whose_list);
    tcase_add_test(tc, test_no_owner);
    tcase_add_test(tc, test_keys);
    tcase_add_test(tc, test_rollback);
    tcase_add_test(tc, test_times);
    tcase_add_test(tc, test_spellings);
    tcase_add_test(tc, test_whose);
    tcase_add_test(tc, test_renamed_key);
    tcase_add_test(tc, test_mode);
    tcase_add_test(tc, test_revoked_key_signs);
    tcase_add_test(tc, test_host);
    tcase_add_test(tc, test_many_issuers);
    tcase_add_test(tc, test_what_is_revoked);
    tcase_add_test(tc, test_ids_of_formats);
    tcase_add_test(tc, test_one_of_several);
    tcase_add_test(tc, test_list_of_another);
    tcase_add_test(tc, test_two_lists);
    tcase_add_test(tc, test_asked);
    tcase_add_test(tc, test_named_issuers);
    tcase_add_test(tc, test_two_owners);
    tcase_add_test(tc, test_many_ids);
}

TEST_MAIN("attest_revocation", fill, 60)
