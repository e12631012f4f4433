/* SPDX-License-Identifier: MIT */
/* The claims of a JWS (RFC 7519 4.1): whose they are, of whom, for whom, and when: each missing, of another type, and
 * at the edge of what a policy accepts. */
#include "attest_forge.h"

static forge_court c;
static forge_jws f;

static void open_court(const char *changes) {
    forge_court_open(&c, changes);
    forge_jws_init(&f);
}
static void close_court(void) { forge_court_close(&c); }

static int judge_as(const char *subject) { return forge_court_judge(&c, forge_jws_compact(&f), subject); }
static int judge(void) { return judge_as(FORGE_SUB); }

static void expect(uint32_t reason) {
    if (reason == ARMALO_REASON_GRANTED)
        EXPECT_GRANT(c.w, judge());
    else
        EXPECT_DENY_CALL(c.w, judge(), reason);
}

/* With this claim; json NULL: without it. */
static void claim(const char *name, const char *json) {
    forge_jws_init(&f);
    if (json == NULL)
        forge_drop(&f.claims, name);
    else
        forge_put(&f.claims, name, json);
}

#define GOOD   ARMALO_REASON_GRANTED
#define FORM   ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED
#define ISSUER ARMALO_REASON_ATTEST_ISSUER_MISMATCH
#define ABOUT  ARMALO_REASON_ATTEST_SUBJECT_MISMATCH
#define WHOM   ARMALO_REASON_ATTEST_AUDIENCE_MISMATCH
#define WHEN   ARMALO_REASON_ATTEST_TIME_UNREADABLE
#define ABSENT ARMALO_REASON_ATTEST_TIME_MISSING
#define ENDED  ARMALO_REASON_ATTEST_EXPIRED
#define EARLY  ARMALO_REASON_ATTEST_NOT_YET_VALID
#define OLD    ARMALO_REASON_ATTEST_TOO_OLD

/* ---- Texts ---- */

/* Of every type that is none. */
static const char *const no_text[] = {"null", "true", "false", "0", "7", "1.5", "{}", "{\"id\":\"x\"}"};

START_TEST(test_types) {
    static const char *const names[] = {"iss", "sub", "jti", "aud"};
    open_court("\"audience\":[\"v\"]");
    for (size_t n = 0; n < 4; n++) {
        for (size_t i = 0; i < sizeof no_text / sizeof no_text[0]; i++) {
            claim("aud", "\"v\"");
            forge_put(&f.claims, names[n], no_text[i]);
            expect(FORM);
        }
        if (n == 3) continue;
        claim("aud", "\"v\"");
        forge_put(&f.claims, names[n], "[]");
        expect(FORM);
        forge_put(&f.claims, names[n], forge_text("[\"%s\"]", n == 0 ? FORGE_CI_OWNER : FORGE_SUB));
        expect(FORM);
    }
    /* What becomes a name has 1 to 255 bytes and no control character. */
    static const char *const bad[] = {"\"\"", "\"a\\u0000\"", "\"\\n\"", "\"\\u007f\""};
    forge_court_policy(&c, "\"issuers\":,\"any_signer\":true");
    for (size_t i = 0; i < 4; i++) {
        claim("iss", bad[i]);
        expect(FORM);
        claim("jti", bad[i]);
        expect(FORM);
    }
    claim("jti", forge_text("\"%0255d\"", 7));
    expect(GOOD);
    claim("jti", forge_text("\"%0256d\"", 7));
    expect(FORM);
    claim("iss", forge_text("\"%0255d\"", 7));
    expect(ISSUER);
    claim("iss", forge_text("\"%0256d\"", 7));
    expect(FORM);
    /* Unknown claims may be anything; names in other cases are unknown. */
    claim("ISS", "7");
    forge_put_all(&f.claims, "\"Exp\":\"x\",\"NBF\":null,\"scope\":[1]");
    expect(GOOD);
    claim("jti", NULL);
    expect(GOOD);
    close_court();
}
END_TEST

/* iss is the owner of the key: always where it is there and the key has one, and it must be there where the policy has
 * issuers. */
START_TEST(test_iss) {
    static const char *const policies[] = {
        "",                                                               /* issuers: the CI */
        "\"issuers\":[\"" FORGE_CI_OWNER "\",\"" FORGE_OTHER_OWNER "\"]", /* and another */
        "\"issuers\":,\"keys\":[\"ci-1\"]",                               /* a key */
        "\"issuers\":,\"any_signer\":true",                               /* anybody */
        "\"keys\":[\"ci-1\"]",                                            /* a key of the CI */
    };
    static const struct {
        const char *iss;
        uint32_t with_issuers, without;
    } rows[] = {
        {"\"" FORGE_CI_OWNER "\"", GOOD, GOOD},
        {"\"https:\\/\\/ci.example\"", GOOD, GOOD},
        {NULL, ISSUER, GOOD},
        {"\"" FORGE_OTHER_OWNER "\"", ISSUER, ISSUER},
        {"\"" FORGE_CI_OWNER "/\"", ISSUER, ISSUER},
        {"\"" FORGE_CI_OWNER " \"", ISSUER, ISSUER},
        {"\"HTTPS://ci.example\"", ISSUER, ISSUER},
        {"\"https://ci.exampl\"", ISSUER, ISSUER},
        {"\"https://ci.example.evil.example\"", ISSUER, ISSUER},
        {"\"ci-1\"", ISSUER, ISSUER},
        {"\"*\"", ISSUER, ISSUER},
    };
    open_court("");
    for (size_t p = 0; p < sizeof policies / sizeof policies[0]; p++) {
        forge_court_policy(&c, policies[p]);
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            claim("iss", rows[i].iss);
            expect(p == 2 || p == 3 ? rows[i].without : rows[i].with_issuers);
        }
    }
    /* A key of nobody's speaks for nobody: whatever it says, and only where the policy asks for no issuer. */
    static forge_anchors anchors;
    anchors.count = 0;
    forge_anchor(&anchors, forge_signer_of(FORGE_CI), NULL);
    forge_court_trust(&c, &anchors);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        claim("iss", rows[i].iss);
        forge_court_policy(&c, "\"issuers\":,\"any_signer\":true");
        expect(GOOD);
        forge_court_policy(&c, "\"issuers\":,\"keys\":[\"ci-1\"]");
        expect(GOOD);
        forge_court_policy(&c, "");
        expect(ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
    }
    close_court();
}
END_TEST

START_TEST(test_sub) {
    static const char *const others[] = {"",
                                         "urn:example:agent:",
                                         "urn:example:agent:11",
                                         "urn:example:agent:1 ",
                                         "URN:example:agent:1",
                                         "rn:example:agent:1",
                                         FORGE_CI_OWNER,
                                         "*",
                                         "sha256:aa"};
    open_court("");
    EXPECT_GRANT(c.w, judge());
    claim("sub", "\"urn:example:agent:\\u0031\"");
    EXPECT_GRANT(c.w, judge());
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        claim("sub", forge_quote(FORGE_SUB));
        EXPECT_DENY_CALL(c.w, judge_as(others[i]), i == 0 ? ARMALO_REASON_ATTEST_SUBJECT_UNSPECIFIED : ABOUT);
        claim("sub", forge_quote(others[i]));
        EXPECT_DENY_CALL(c.w, judge(), ABOUT);
    }
    /* Said by neither: never granted by silence. */
    claim("sub", NULL);
    EXPECT_DENY_CALL(c.w, judge(), ABOUT);
    EXPECT_DENY_CALL(c.w, judge_as(""), ARMALO_REASON_ATTEST_SUBJECT_UNSPECIFIED);
    EXPECT_DENY_CALL(c.w, judge_as(NULL), ARMALO_REASON_ATTEST_SUBJECT_UNSPECIFIED);
    claim("sub", forge_quote(FORGE_SUB));
    EXPECT_DENY_CALL(c.w, judge_as(NULL), ARMALO_REASON_ATTEST_SUBJECT_UNSPECIFIED);
    /* A policy may waive it; a subject that is named counts all the same. */
    forge_court_policy(&c, "\"any_subject\":true");
    EXPECT_GRANT(c.w, judge_as(NULL));
    EXPECT_GRANT(c.w, judge());
    EXPECT_DENY_CALL(c.w, judge_as("urn:example:agent:2"), ABOUT);
    claim("sub", NULL);
    EXPECT_GRANT(c.w, judge_as(NULL));
    EXPECT_DENY_CALL(c.w, judge(), ABOUT);
    /* A subject that is given as data is named by its digest. */
    forge_court_policy(&c, "");
    forge_bytes data = forge_bytes_text(FORGE_SUBJECT_DATA);
    const char *const subs[] = {forge_sha256_name(data), forge_sha512_name(data),
                                forge_hex(forge_digest("SHA256", data))};
    for (size_t i = 0; i < 3; i++) {
        claim("sub", forge_quote(subs[i]));
        armalo_attest_request request = forge_request(forge_jws_compact(&f), NULL);
        request.subject_data = data.at;
        request.subject_len = data.len;
        if (i < 2)
            EXPECT_GRANT(c.w, forge_verify(c.w, c.policy, c.trust, &request, NULL));
        else
            EXPECT_DENY_CALL(c.w, forge_verify(c.w, c.policy, c.trust, &request, NULL), ABOUT);
        request.subject_len--;
        EXPECT_DENY_CALL(c.w, forge_verify(c.w, c.policy, c.trust, &request, NULL), ABOUT);
    }
    close_court();
}
END_TEST

START_TEST(test_aud) {
    static const struct {
        const char *aud;
        uint32_t without, with; /* a policy's audience: a and b */
    } rows[] = {
        {NULL, GOOD, WHOM},
        {"\"a\"", WHOM, GOOD},
        {"\"b\"", WHOM, GOOD},
        {"\"\\u0061\"", WHOM, GOOD},
        {"[\"a\"]", WHOM, GOOD},
        {"[\"x\",\"b\"]", WHOM, GOOD},
        {"[\"x\",\"y\",\"z\"]", WHOM, WHOM},
        {"\"x\"", WHOM, WHOM},
        {"\"\"", WHOM, WHOM},
        {"\"A\"", WHOM, WHOM},
        {"\"a \"", WHOM, WHOM},
        {"\"a,b\"", WHOM, WHOM},
        {"\"aa\"", WHOM, WHOM},
        {"\"*\"", WHOM, WHOM},
        {"[]", WHOM, WHOM},
        {"[\"\"]", WHOM, WHOM},
        {"[[\"a\"]]", FORM, FORM},
        {"[\"a\",1]", FORM, FORM},
        {"[1,\"a\"]", FORM, FORM},
        {"[\"a\",null]", FORM, FORM},
        {"{\"a\":1}", FORM, FORM},
        {"7", FORM, FORM},
        {"null", FORM, FORM},
        {"true", FORM, FORM},
    };
    open_court("");
    for (int with = 0; with < 2; with++) {
        forge_court_policy(&c, with ? "\"audience\":[\"a\",\"b\"]" : "");
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            forge_jws_init(&f);
            if (rows[i].aud != NULL) forge_put(&f.claims, "aud", rows[i].aud);
            expect(with ? rows[i].with : rows[i].without);
        }
    }
    close_court();
}
END_TEST

/* ---- Times ---- */

static const char *const times[] = {"exp", "nbf", "iat"};

START_TEST(test_time_types) {
    static const char *const bad[] = {"null",
                                      "true",
                                      "false",
                                      "\"\"",
                                      "\"1700003600\"",
                                      "\"2030-01-01T00:00:00Z\"",
                                      "[]",
                                      "{}",
                                      "[1700003600]",
                                      "1700003600.0",
                                      "1700003600.5",
                                      "1.7e9",
                                      "17E8",
                                      "-0",
                                      "9007199254740992",
                                      "-9007199254740992",
                                      "18446744073709551616",
                                      "1e300"};
    open_court("");
    for (size_t n = 0; n < 3; n++) {
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
            claim(times[n], bad[i]);
            expect(WHEN);
            ck_assert_str_eq(c.w->why.detail, forge_quote(times[n]));
        }
        /* What no double can hold is no JSON here. */
        claim(times[n], "1e400");
        expect(FORM);
        claim(times[n], "-1e400");
        expect(FORM);
        claim(times[n], "0170000000");
        expect(FORM);
        claim(times[n], NULL);
        expect(GOOD);
    }
    /* An end that cannot be read is not the same as none, also where the policy asks for none. */
    forge_court_policy(&c, "\"any_age\":,\"max_age_s\":3600");
    claim("exp", "\"never\"");
    expect(WHEN);
    close_court();
}
END_TEST

START_TEST(test_time_range) {
    static const struct {
        const char *name, *json;
        uint32_t reason;
    } rows[] = {
        {"exp", "9007199254740991", WHEN},
        {"exp", "253402300800", WHEN}, /* 10000-01-01T00:00:00Z */
        {"exp", "253402300799", GOOD},
        {"exp", "1700000001", GOOD},
        {"exp", "1700000000", ENDED},
        {"exp", "1", ENDED},
        {"exp", "0", ENDED},
        {"exp", "-1", ENDED},
        {"exp", "-9007199254740991", ENDED},
        {"nbf", "9007199254740991", WHEN},
        {"nbf", "253402300800", WHEN}, /* 10000-01-01T00:00:00Z */
        {"nbf", "253402300799", EARLY},
        {"nbf", "1700000060", GOOD},
        {"nbf", "1700000061", EARLY},
        {"nbf", "0", GOOD},
        {"nbf", "-1", GOOD},
        {"iat", "9007199254740991", WHEN},
        {"iat", "253402300800", WHEN}, /* 10000-01-01T00:00:00Z */
        {"iat", "253402300799", EARLY},
        {"iat", "1700000060", GOOD},
        {"iat", "1700000061", EARLY},
        {"iat", "0", GOOD},
        {"iat", "-1", GOOD},
    };
    open_court("");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        claim(rows[i].name, rows[i].json);
        expect(rows[i].reason);
    }
    /* Made in 1970 or before is made long ago, and not "does not say". */
    forge_court_policy(&c, "\"any_age\":,\"max_age_s\":315360000");
    static const char *const past[] = {"0", "-1", "1", "-9007199254740991"};
    for (size_t i = 0; i < 4; i++) {
        claim("iat", past[i]);
        expect(OLD);
    }
    claim("iat", NULL);
    expect(ABSENT);
    close_court();
}
END_TEST

/* The moment of the end does not belong to it, to the millisecond, whatever the skew. */
START_TEST(test_expiry) {
    open_court("");
    const int64_t end_ms = (FORGE_NOW_S + 3600) * 1000;
    static const int skews[] = {0, 60, 300};
    for (size_t i = 0; i < 3; i++) {
        forge_court_policy(&c, forge_text("\"skew_s\":%d,\"any_age\":,\"expiry_required\":true", skews[i]));
        claim("exp", forge_text("%lld", (long long)(end_ms / 1000)));
        c.w->now_ms = end_ms - 1;
        expect(GOOD);
        c.w->now_ms = end_ms;
        expect(ENDED);
        c.w->now_ms = end_ms + 1;
        expect(ENDED);
        c.w->now_ms = INT64_C(253402300799999);
        expect(ENDED);
        c.w->now_ms = FORGE_NOW_S * 1000;
        claim("exp", NULL);
        expect(ABSENT);
    }
    /* Where it need not end it may have no end; an end that is there counts. */
    forge_court_policy(&c, "");
    expect(GOOD);
    claim("exp", forge_text("%lld", (long long)FORGE_NOW_S));
    expect(ENDED);
    close_court();
}
END_TEST

/* Beginnings may be as far ahead as the skew, to the millisecond. */
START_TEST(test_beginnings) {
    open_court("");
    static const int skews[] = {-1, 0, 1, 60, 300}; /* -1: the default */
    for (size_t n = 1; n < 3; n++) {
        for (size_t i = 0; i < 5; i++) {
            const int64_t skew_ms = (skews[i] < 0 ? 60 : skews[i]) * 1000;
            const int64_t begins_ms = (FORGE_NOW_S + 1000) * 1000;
            forge_court_policy(&c, skews[i] < 0 ? "" : forge_text("\"skew_s\":%d", skews[i]));
            claim(times[n], forge_text("%lld", (long long)(begins_ms / 1000)));
            c.w->now_ms = begins_ms - skew_ms;
            expect(GOOD);
            c.w->now_ms--;
            expect(EARLY);
            c.w->now_ms = begins_ms + 1;
            expect(GOOD);
        }
    }
    close_court();
}
END_TEST

START_TEST(test_age) {
    open_court("\"any_age\":,\"max_age_s\":100");
    const int64_t made_ms = FORGE_NOW_S * 1000;
    claim("iat", forge_text("%lld", (long long)(made_ms / 1000)));
    c.w->now_ms = made_ms + 100000;
    expect(GOOD);
    c.w->now_ms++;
    expect(OLD);
    c.w->now_ms = made_ms - 60000; /* ahead by as much as the skew */
    expect(GOOD);
    c.w->now_ms--;
    expect(EARLY);
    /* The skew adds nothing to the age. */
    forge_court_policy(&c, "\"any_age\":,\"max_age_s\":100,\"skew_s\":300");
    c.w->now_ms = made_ms + 100001;
    expect(OLD);
    /* Only iat says when it was made. */
    c.w->now_ms = made_ms;
    claim("iat", NULL);
    expect(ABSENT);
    forge_put(&f.claims, "auth_time", "1700000000");
    expect(ABSENT);
    forge_court_policy(&c, "\"any_age\":,\"max_age_s\":100,\"expiry_required\":true");
    claim("iat", forge_text("%lld", (long long)FORGE_NOW_S));
    expect(GOOD);
    forge_drop(&f.claims, "exp");
    expect(ABSENT);
    /* Both are asked for: too old, though it has not ended. */
    claim("iat", forge_text("%lld", (long long)FORGE_NOW_S - 101));
    expect(OLD);
    close_court();
}
END_TEST

/* What says neither when it was made nor when it ends is labelled so. */
START_TEST(test_freshness_label) {
    open_court("");
    for (int said = 0; said < 4; said++) {
        forge_jws_init(&f);
        if ((said & 1) == 0) forge_drop(&f.claims, "iat");
        if ((said & 2) == 0) forge_drop(&f.claims, "exp");
        expect(GOOD);
        ck_assert_uint_eq(c.w->why.labels & ARMALO_LABEL_FRESHNESS_NOT_PROVIDED,
                          said == 0 ? ARMALO_LABEL_FRESHNESS_NOT_PROVIDED : 0);
    }
    close_court();
}
END_TEST

/* Each check in its place: of two defects the earlier one is told. */
START_TEST(test_order) {
    static const struct {
        const char *name, *json;
        uint32_t reason;
    } defects[] = {
        {"exp", "\"x\"", WHEN},
        {"iss", "\"" FORGE_OTHER_OWNER "\"", ISSUER},
        {"sub", "\"urn:example:agent:2\"", ABOUT},
        {"aud", "\"x\"", WHOM},
        {"exp", "1", ENDED},
        {"nbf", "1800000000", EARLY},
        {"iat", "1600000000", OLD},
        {"score", "1", ARMALO_REASON_ATTEST_CLAIM_MISMATCH},
    };
    const size_t count = sizeof defects / sizeof defects[0];
    open_court("\"any_age\":,\"max_age_s\":600,"
               "\"claims\":[{\"pointer\":\"/score\",\"operator\":\"eq\",\"value\":93}]");
    for (size_t i = 0; i < count; i++) {
        for (size_t k = i; k < count; k++) {
            forge_jws_init(&f);
            forge_put(&f.claims, defects[k].name, defects[k].json);
            forge_put(&f.claims, defects[i].name, defects[i].json);
            expect(defects[i].reason);
        }
    }
    close_court();
}
END_TEST

START_TEST(test_facts) {
    open_court("");
    armalo_attest_request request = forge_request(forge_jws_flattened(&f), FORGE_SUB);
    armalo_attested *attested = NULL;
    armalo_attested_facts facts;
    EXPECT_GRANT(c.w, forge_verify(c.w, c.policy, c.trust, &request, &attested));
    armalo_attested_facts_get(attested, 0, &facts);
    ck_assert_int_eq(facts.format, ARMALO_FORMAT_JWS);
    ck_assert_uint_eq(facts.signer_count, 1);
    ck_assert_int_eq(facts.issued_ms, (FORGE_NOW_S - 60) * 1000);
    ck_assert_int_eq(facts.expires_ms, (FORGE_NOW_S + 3600) * 1000);
    ck_assert_mem_eq(facts.artifact_sha256, forge_digest("SHA256", forge_bytes_text(request.artifact)).at, 32);
    ck_assert_mem_eq(facts.payload_sha256, forge_digest("SHA256", forge_bytes_text(forge_object_text(&f.claims))).at,
                     32);
    ck_assert_str_eq(facts.owner, FORGE_CI_OWNER);
    ck_assert_str_eq(facts.key_id, "ci-1");
    ck_assert_str_eq(facts.type, "JWT");
    ck_assert_str_eq(facts.id, "jwt-1");
    armalo_attested_free(attested);
    /* With the fewest claims there is little to tell. */
    forge_jws_init(&f);
    f.payload = "{\"iss\":\"" FORGE_CI_OWNER "\",\"sub\":\"" FORGE_SUB "\"}";
    forge_drop(&f.header, "typ");
    request = forge_request(forge_jws_compact(&f), FORGE_SUB);
    EXPECT_GRANT(c.w, forge_verify(c.w, c.policy, c.trust, &request, &attested));
    armalo_attested_facts_get(attested, 0, &facts);
    ck_assert_int_eq(facts.issued_ms, 0);
    ck_assert_int_eq(facts.expires_ms, 0);
    ck_assert_str_eq(facts.type, "");
    ck_assert_str_eq(facts.id, "");
    armalo_attested_free(attested);
    close_court();
}
END_TEST

static void fill(TCase *tc) {
    for (int i = 0; i < FORGE_EXTRA; i++) (void)forge_signer_of(i);
    tcase_add_test(tc, test_types);
    tcase_add_test(tc, test_iss);
    tcase_add_test(tc, test_sub);
    tcase_add_test(tc, test_aud);
    tcase_add_test(tc, test_time_types);
    tcase_add_test(tc, test_time_range);
    tcase_add_test(tc, test_expiry);
    tcase_add_test(tc, test_beginnings);
    tcase_add_test(tc, test_age);
    tcase_add_test(tc, test_freshness_label);
    tcase_add_test(tc, test_order);
    tcase_add_test(tc, test_facts);
}

TEST_MAIN("attest_jws_claims", fill, 60)
