/* SPDX-License-Identifier: MIT */
/* in-toto Statement v1: what a signed payload must be, of which subjects it speaks, and what is read of it. */
#include "attest_forge.h"

static forge_court c;
static forge_dsse f;

static void open_court(const char *changes) {
    forge_court_open(&c, changes);
    forge_dsse_init(&f);
}

static int verify_of(const char *subject) { return forge_court_judge(&c, forge_dsse_text(&f), subject); }
static int verify(void) { return verify_of(forge_subject()); }
static int verify_data(const void *data, size_t len) {
    armalo_attest_request request = forge_request(forge_dsse_text(&f), NULL);
    request.subject_data = data;
    request.subject_len = len;
    return forge_verify(c.w, c.policy, c.trust, &request, NULL);
}

static char *sha256_of(const char *text) { return forge_hex(forge_digest("SHA256", forge_bytes_text(text))); }
static char *sha512_of(const char *text) { return forge_hex(forge_digest("SHA512", forge_bytes_text(text))); }

static void subjects(const char *json) { forge_put(&f.statement, "subject", json); }
/* One subject with this digest object. */
static void digest(const char *json) { subjects(forge_text("[{\"digest\":%s}]", json)); }

/* ---- Form ---- */

static const char *const some_json[] = {"null", "true", "7",    "[]",       "{}",
                                        "[1]",  "[{}]", "\"\"", "\"text\"", "{\"a\":1}"};
#define SOME (sizeof some_json / sizeof some_json[0])

START_TEST(test_type) {
    static const char *const wrong[] = {
        "\"https://in-toto.io/Statement/v0.1\"",     "\"https://in-toto.io/Statement/v1.0\"",
        "\"https://in-toto.io/Statement/v1/\"",      "\"https://in-toto.io/Statement/v2\"",
        "\"https://in-toto.io/statement/v1\"",       "\"HTTPS://in-toto.io/Statement/v1\"",
        "\"http://in-toto.io/Statement/v1\"",        "\"https://in-toto.io/Statement/v\"",
        "\"https://in-toto.io/Statement/v1\\u0000\""};
    open_court("");
    EXPECT_GRANT(c.w, verify());
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        forge_put(&f.statement, "_type", wrong[i]);
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
    }
    for (size_t i = 0; i < SOME; i++) {
        forge_put(&f.statement, "_type", some_json[i]);
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
    }
    forge_drop(&f.statement, "_type");
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
    forge_put(&f.statement, "type", "\"https://in-toto.io/Statement/v1\"");
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
    forge_put(&f.statement, "_type", "\"https:\\/\\/in-toto.io\\/Statement\\/v\\u0031\"");
    EXPECT_GRANT(c.w, verify()); /* the same text */
    forge_court_close(&c);
}
END_TEST

/* A statement of v0.1 as in-toto published it: _type, and nothing else, differs. */
START_TEST(test_version_0) {
    open_court("");
    f.payload = forge_replace((const char *)forge_dsse_payload(&f).at, "Statement/v1", "Statement/v0.1");
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
    forge_court_close(&c);
}
END_TEST

START_TEST(test_payload) {
    static const char *const no_statement[] = {
        "null", "7", "\"text\"", "[]", "{}", "not JSON", " ", "{\"_type\":\"https://in-toto.io/Statement/v1\"}"};
    open_court("");
    for (size_t i = 0; i < sizeof no_statement / sizeof no_statement[0]; i++) {
        f.payload = no_statement[i];
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
    }
    f.payload = NULL;
    char *text = forge_text("%s", (const char *)forge_dsse_payload(&f).at);
    const char *const spoilt[] = {
        forge_text("%sx", text),
        forge_text("[%s]", text),
        forge_text("\xEF\xBB\xBF%s", text),
        forge_replace(text, "\"subject\":", "\"subject\":[],\"subject\":"),
        forge_replace(text, "\"subject\":", "\"subjec\\u0074\":[],\"subject\":"),
        forge_replace(text, "\"_type\":", "\"x\":1e400,\"_type\":"),
        forge_replace(text, "\"_type\":", "\"x\":\"\xC3\",\"_type\":"),
        forge_replace(text, "\"_type\":", "\"x\":\"\\ud800\",\"_type\":"),
        forge_replace(text, "}}", "},}"),
        forge_replace(text, "\"score\":93", "\"score\":093"),
        forge_replace(text, "\"score\":93", "\"score\":93,\"score\":94"),
        forge_replace(text, "_type", "_Type"),
        forge_replace(text, "\"subject\"", "\"subjects\""),
        forge_replace(text, "predicateType", "predicate_type"),
    };
    for (size_t i = 0; i < sizeof spoilt / sizeof spoilt[0]; i++) {
        f.payload = spoilt[i];
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
    }
    const char *const same[] = {text, forge_text(" \n%s\r\t", text),
                                forge_replace(text, "\"_type\":", "\"x\":[1,{}],\"_type\":")};
    for (size_t i = 0; i < 3; i++) {
        f.payload = same[i];
        EXPECT_GRANT(c.w, verify());
    }
    /* Truncated anywhere, and signed so. */
    for (size_t len = strlen(text); len-- > 0;) {
        f.payload = forge_text("%.*s", (int)len, text);
        must(verify() == 0 && c.w->why.reason == ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
    }
    forge_court_close(&c);
}
END_TEST

/* Wherever a member stands among others. */
START_TEST(test_behind_many) {
    static const int counts[] = {1, 11, 12, 13, 14, 15, 16, 17, 2000};
    static const char *const names[] = {"_type", "subject", "predicateType", "predicate"};
    open_court("\"claims\":[{\"pointer\":\"/predicate/score\",\"operator\":\"eq\",\"value\":93}]");
    char *text = forge_text("%s", (const char *)forge_dsse_payload(&f).at);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        char *many = forge_keep((size_t)counts[i] * 16 + 1), *at = many;
        for (int k = 0; k < counts[i]; k++) at += sprintf(at, "\"x%d\":%d,", k, k);
        f.payload = forge_text("{%s%s", many, text + 1);
        EXPECT_GRANT(c.w, verify());
        for (size_t n = 0; n < 4; n++) {
            char *name = forge_text("\"%s\":", names[n]);
            f.payload = forge_replace(text, name, forge_text("%s%s", many, name));
            EXPECT_GRANT(c.w, verify());
            f.payload = forge_replace(f.payload, name, forge_text("\"y%s\":", names[n]));
            EXPECT_DENY_CALL(c.w, verify(),
                             n == 3 ? ARMALO_REASON_ATTEST_CLAIM_MISSING /* it need not be there */
                                    : ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
            f.payload = forge_text("{%s{},%s%s", name, many, text + 1);
            EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
        }
    }
    forge_court_close(&c);
}
END_TEST

/* What nests too deep is no JSON here. */
START_TEST(test_depth) {
    char open[80], close[80];
    open_court("");
    for (int depth = 60; depth < 70; depth++) {
        memset(open, '[', sizeof open);
        memset(close, ']', sizeof close);
        open[depth] = close[depth] = 0;
        forge_put(&f.predicate, "deep", forge_text("%s%s", open, close));
        int granted = verify();
        must(granted == (depth + 2 <= 64)); /* inside statement and predicate */
        must(granted || c.w->why.reason == ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
    }
    forge_court_close(&c);
}
END_TEST

START_TEST(test_payload_types) {
    static const struct {
        const char *type;
        uint32_t reason;
    } rows[] = {
        {"application/vnd.in-toto+json", ARMALO_REASON_GRANTED},
        {"application/vnd.in-toto.provenance+json", ARMALO_REASON_GRANTED},
        {"application/vnd.in-toto.a.b+json", ARMALO_REASON_GRANTED},
        {"application/vnd.in-toto.+json", ARMALO_REASON_ATTEST_TYPE_REFUSED},
        {"application/vnd.in-toto.x", ARMALO_REASON_ATTEST_TYPE_REFUSED},
        {"application/vnd.in-toto", ARMALO_REASON_ATTEST_TYPE_REFUSED},
        {"application/vnd.in-toto+jso", ARMALO_REASON_ATTEST_TYPE_REFUSED},
        {"application/vnd.in-toto+json ", ARMALO_REASON_ATTEST_TYPE_REFUSED},
        {"application/vnd.in-toto+json; charset=utf-8", ARMALO_REASON_ATTEST_TYPE_REFUSED},
        {"application/vnd.in-totox+json", ARMALO_REASON_ATTEST_TYPE_REFUSED},
        {"application/vnd.in-toto-x+json", ARMALO_REASON_ATTEST_TYPE_REFUSED},
        {"Application/vnd.in-toto+json", ARMALO_REASON_ATTEST_TYPE_REFUSED},
        {"vnd.in-toto+json", ARMALO_REASON_ATTEST_TYPE_REFUSED},
        {"application/json", ARMALO_REASON_ATTEST_TYPE_REFUSED},
        {"application/vnd.in-toto.x+xml", ARMALO_REASON_ATTEST_TYPE_REFUSED},
        {"https://in-toto.io/Statement/v1", ARMALO_REASON_ATTEST_TYPE_REFUSED},
        {"x", ARMALO_REASON_ATTEST_TYPE_REFUSED},
    };
    open_court("");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        f.type = rows[i].type;
        if (rows[i].reason == ARMALO_REASON_GRANTED)
            EXPECT_GRANT(c.w, verify());
        else
            EXPECT_DENY_CALL(c.w, verify(), rows[i].reason);
    }
    /* Bytes of another type are not looked at, whatever they are; and no type is refused before a signature holds. */
    f.type = "text/plain";
    f.payload = "hello world";
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_TYPE_REFUSED);
    f.signature[0].signer = forge_signer_of(FORGE_STRANGER);
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    forge_court_close(&c);
}
END_TEST

START_TEST(test_predicate_type) {
    char longest[300];
    open_court("");
    for (size_t i = 0; i < SOME; i++) {
        if (strcmp(some_json[i], "\"text\"") == 0) continue;
        forge_put(&f.statement, "predicateType", some_json[i]);
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
    }
    static const char *const control[] = {"\"a\\u0000\"", "\"a\\n\"", "\"a\\u007f\""};
    for (size_t i = 0; i < 3; i++) {
        forge_put(&f.statement, "predicateType", control[i]);
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
    }
    forge_drop(&f.statement, "predicateType");
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
    static const char *const others[] = {"text",
                                         FORGE_TYPE "/",
                                         FORGE_TYPE " ",
                                         "https://ci.example/build/v",
                                         "*",
                                         "https://CI.example/build/v1",
                                         "https://ci.example/build/v2"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        forge_put(&f.statement, "predicateType", forge_quote(others[i]));
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_TYPE_REFUSED);
    }
    forge_put(&f.statement, "predicateType", forge_quote(FORGE_TYPE));
    EXPECT_GRANT(c.w, verify());
    forge_court_policy(&c, "\"predicate_types\":[\"a\",\"" FORGE_TYPE "\"]");
    EXPECT_GRANT(c.w, verify());
    forge_court_policy(&c, "\"predicate_types\":[\"a\",\"b\"]");
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_TYPE_REFUSED);
    /* 255 bytes, and one more. */
    memset(longest, 'p', sizeof longest);
    longest[255] = 0;
    forge_court_policy(&c, forge_text("\"predicate_types\":[\"%s\"]", longest));
    forge_put(&f.statement, "predicateType", forge_quote(longest));
    EXPECT_GRANT(c.w, verify());
    forge_put(&f.statement, "predicateType", forge_text("\"%sp\"", longest));
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
    forge_court_close(&c);
}
END_TEST

/* A predicate is an object or absent: a type may say it all. */
START_TEST(test_predicate) {
    open_court("");
    for (size_t i = 0; i < SOME; i++) {
        forge_put(&f.statement, "predicate", some_json[i]);
        if (some_json[i][0] == '{')
            EXPECT_GRANT(c.w, verify());
        else
            EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
    }
    char *absent = forge_replace((const char *)forge_dsse_payload(&f).at, "\"predicate\":", "\"other\":");
    f.payload = absent;
    EXPECT_GRANT(c.w, verify());
    forge_court_close(&c);
}
END_TEST

/* ---- Subjects ---- */

START_TEST(test_subject_forms) {
    open_court("\"any_subject\":true");
    const char *d = sha256_of(FORGE_SUBJECT_DATA), *d512 = sha512_of(FORGE_SUBJECT_DATA);
    const char *const good[] = {
        forge_text("{\"sha256\":\"%s\"}", d),
        forge_text("{\"sha512\":\"%s\"}", d512),
        forge_text("{\"sha256\":\"%s\",\"sha512\":\"%s\"}", d, d512),
        forge_text("{\"gitCommit\":\"%.40s\",\"sha256\":\"%s\"}", d, d),
        forge_text("{\"gitCommit\":\"%.40s\"}", d),
        "{\"unknown\":\"\"}",
        "{\"SHA256\":\"x\"}",
    };
    char *upper = forge_text("%s", d);
    for (char *at = upper; *at != 0; at++) *at = *at >= 'a' ? (char)(*at - 'a' + 'A') : *at;
    const char *const bad[] = {
        "{}",
        "null",
        "7",
        "[]",
        "\"text\"",
        "{\"sha256\":null}",
        "{\"sha256\":7}",
        "{\"sha256\":[]}",
        "{\"sha256\":\"\"}",
        "{\"gitCommit\":7}",
        forge_text("{\"sha256\":\"%.63s\"}", d),
        forge_text("{\"sha256\":\"%.62s\"}", d),
        forge_text("{\"sha256\":\"%s0\"}", d),
        forge_text("{\"sha256\":\"%s00\"}", d),
        forge_text("{\"sha256\":\"%s\"}", d512),
        forge_text("{\"sha512\":\"%s\"}", d),
        forge_text("{\"sha512\":\"%.127s\"}", d512),
        forge_text("{\"sha512\":\"%s00\"}", d512),
        forge_text("{\"sha256\":\"%s\"}", upper),
        forge_text("{\"sha256\":\"sha256:%.57s\"}", d),
        forge_text("{\"sha256\":\"%.63sg\"}", d),
        forge_text("{\"sha256\":\" %.63s\"}", d),
        forge_text("{\"sha256\":\"%s\",\"sha512\":\"00\"}", d),
        forge_text("{\"sha256\":\"00\",\"sha512\":\"%s\"}", d512),
        forge_text("{\"sha256\":\"%s\",\"gitCommit\":null}", d),
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        digest(good[i]);
        EXPECT_GRANT(c.w, verify_of(NULL));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        digest(bad[i]);
        EXPECT_DENY_CALL(c.w, verify_of(NULL), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
        /* One that is none spoils the others. */
        subjects(forge_text("[{\"digest\":{\"sha256\":\"%s\"}},{\"digest\":%s}]", d, bad[i]));
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
    }
    static const char *const no_subjects[] = {"null",
                                              "7",
                                              "\"text\"",
                                              "{}",
                                              "[]",
                                              "[null]",
                                              "[7]",
                                              "[\"text\"]",
                                              "[[]]",
                                              "[{}]",
                                              "[{\"name\":\"a\"}]",
                                              "{\"digest\":{\"a\":\"b\"}}",
                                              "[{\"Digest\":{\"a\":\"b\"}}]"};
    for (size_t i = 0; i < sizeof no_subjects / sizeof no_subjects[0]; i++) {
        subjects(no_subjects[i]);
        EXPECT_DENY_CALL(c.w, verify_of(NULL), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
    }
    forge_drop(&f.statement, "subject");
    EXPECT_DENY_CALL(c.w, verify_of(NULL), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
    forge_court_close(&c);
}
END_TEST

/* By digest alone: names, order and what else a subject has count for nothing. */
START_TEST(test_subject_matches) {
    open_court("");
    const char *a = sha256_of("a"), *b = sha256_of("b"), *a512 = sha512_of("a"), *b512 = sha512_of("b");
    subjects(forge_text("[{\"name\":\"%s\",\"digest\":{\"gitCommit\":\"%s\",\"sha256\":\"%s\"}},"
                        "{\"name\":\"a\",\"uri\":\"x\",\"digest\":{\"sha512\":\"%s\"}}]",
                        b, b, a, b512));
    EXPECT_GRANT(c.w, verify_of(forge_text("sha256:%s", a)));
    EXPECT_GRANT(c.w, verify_of(forge_text("sha512:%s", b512)));
    EXPECT_GRANT(c.w, verify_data("a", 1));
    EXPECT_GRANT(c.w, verify_data("b", 1)); /* by its sha512 alone */
    const char *const others[] = {
        forge_text("sha256:%s", b),
        forge_text("sha512:%s", a512),
        forge_text("sha512:%s", a),
        forge_text("sha256:%s", b512),
        forge_text("SHA256:%s", a),
        forge_text("sha256:%.63s", a),
        forge_text("sha256:%s0", a),
        forge_text("sha256:%s ", a),
        forge_text(" sha256:%s", a),
        forge_text("sha256=%s", a),
        forge_text("sha256%s", a),
        forge_text("gitCommit:%s", b),
        a,
        b,
        "a",
        "release.tar",
        "sha256:",
        "sha512:",
        "sha256",
        "sha256:*",
        FORGE_SUB,
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        EXPECT_DENY_CALL(c.w, verify_of(others[i]), ARMALO_REASON_ATTEST_SUBJECT_MISMATCH);
        /* The operator is told what no statement can speak of: all but the first two. */
        ck_assert_str_eq(c.w->why.detail, i < 2 ? "" : "asked for: not sha256: or sha512: and lowercase digits");
    }
    static const char *const data[] = {"c", "a\n", "A", "aa", ""};
    for (size_t i = 0; i < 5; i++)
        EXPECT_DENY_CALL(c.w, verify_data(data[i], strlen(data[i])), ARMALO_REASON_ATTEST_SUBJECT_MISMATCH);
    EXPECT_DENY_CALL(c.w, verify_data("a", 0), ARMALO_REASON_ATTEST_SUBJECT_MISMATCH);
    EXPECT_DENY_CALL(c.w, verify_data("ab", 2), ARMALO_REASON_ATTEST_SUBJECT_MISMATCH);
    /* Nothing is a subject, too, if it is what was signed. */
    digest(forge_text("{\"sha256\":\"%s\"}", sha256_of("")));
    EXPECT_GRANT(c.w, verify_data("x", 0));
    EXPECT_DENY_CALL(c.w, verify_data("x", 1), ARMALO_REASON_ATTEST_SUBJECT_MISMATCH);
    /* Capitals are another text, and what is signed has none. */
    char *upper = forge_text("sha256:%s", a);
    for (char *at = upper + 7; *at != 0; at++) *at = *at >= 'a' ? (char)(*at - 'a' + 'A') : *at;
    digest(forge_text("{\"sha256\":\"%s\"}", a));
    EXPECT_DENY_CALL(c.w, verify_of(upper), ARMALO_REASON_ATTEST_SUBJECT_MISMATCH);
    forge_court_close(&c);
}
END_TEST

/* Where a policy says that a time is, there it is: what finds nothing may have been mistyped. */
START_TEST(test_pointed_times) {
    static const struct {
        const char *at, *value; /* of a member "at" of the predicate; NULL: none */
        uint32_t issued, expires;
    } rows[] = {
        {"/predicate/at", "1699999999", ARMALO_REASON_GRANTED, ARMALO_REASON_ATTEST_EXPIRED},
        {"/predicate/at", "1700003600", ARMALO_REASON_ATTEST_NOT_YET_VALID, ARMALO_REASON_GRANTED},
        {"/predicate/at", "\"2023-11-14T22:13:20Z\"", ARMALO_REASON_GRANTED, ARMALO_REASON_ATTEST_EXPIRED},
        {"/predicate/at", "\"2023-11-14T22:13:21Z\"", ARMALO_REASON_GRANTED, ARMALO_REASON_GRANTED},
        {"/predicate/at", NULL, ARMALO_REASON_ATTEST_TIME_MISSING, ARMALO_REASON_ATTEST_TIME_MISSING},
        {"/predicate/At", "1700000001", ARMALO_REASON_ATTEST_TIME_MISSING, ARMALO_REASON_ATTEST_TIME_MISSING},
        {"/at", "1700000001", ARMALO_REASON_ATTEST_TIME_MISSING, ARMALO_REASON_ATTEST_TIME_MISSING},
        {"/predicate/at/0", "[1700000001]", ARMALO_REASON_GRANTED, ARMALO_REASON_GRANTED},
        {"/predicate/at", "null", ARMALO_REASON_ATTEST_TIME_UNREADABLE, ARMALO_REASON_ATTEST_TIME_UNREADABLE},
        {"/predicate/at", "1700000001000", ARMALO_REASON_ATTEST_TIME_UNREADABLE, ARMALO_REASON_ATTEST_TIME_UNREADABLE},
        {"/predicate/at", "0", ARMALO_REASON_GRANTED, ARMALO_REASON_ATTEST_EXPIRED},
    };
    static const char *const names[] = {"issued_at", "expires_at"};
    open_court("");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t n = 0; n < 2; n++) {
            uint32_t reason = n == 0 ? rows[i].issued : rows[i].expires;
            forge_court_policy(&c, forge_text("\"%s\":\"%s\"", names[n], rows[i].at));
            forge_dsse_init(&f);
            if (rows[i].value != NULL) forge_put(&f.predicate, "at", rows[i].value);
            if (reason == ARMALO_REASON_GRANTED) {
                EXPECT_GRANT(c.w, verify());
                continue;
            }
            EXPECT_DENY_CALL(c.w, verify(), reason);
            if (reason == ARMALO_REASON_ATTEST_TIME_MISSING || reason == ARMALO_REASON_ATTEST_TIME_UNREADABLE)
                ck_assert_str_eq(c.w->why.detail, names[n]);
        }
    }
    forge_court_close(&c);
}
END_TEST

/* Who does not say what it must speak of has not asked; with any_subject it may. What is named must match all the
 * same. */
START_TEST(test_subject_unspecified) {
    open_court("");
    EXPECT_DENY_CALL(c.w, verify_of(NULL), ARMALO_REASON_ATTEST_SUBJECT_UNSPECIFIED);
    forge_court_policy(&c, "\"any_subject\":true");
    EXPECT_GRANT(c.w, verify_of(NULL));
    EXPECT_GRANT(c.w, verify());
    EXPECT_DENY_CALL(c.w, verify_of(forge_text("sha256:%s", sha256_of("x"))), ARMALO_REASON_ATTEST_SUBJECT_MISMATCH);
    EXPECT_DENY_CALL(c.w, verify_of(""),
                     ARMALO_REASON_ATTEST_SUBJECT_UNSPECIFIED); /* an empty variable is no subject */
    EXPECT_DENY_CALL(c.w, verify_data("x", 1), ARMALO_REASON_ATTEST_SUBJECT_MISMATCH);
    EXPECT_DENY_CALL(c.w, verify_data("", 0), ARMALO_REASON_ATTEST_SUBJECT_MISMATCH);
    EXPECT_GRANT(c.w, verify_data(FORGE_SUBJECT_DATA, strlen(FORGE_SUBJECT_DATA)));
    forge_court_close(&c);
}
END_TEST

START_TEST(test_subjects_many) {
    const size_t most = ARMALO_ATTEST_MAX_SUBJECTS;
    open_court("");
    ck_assert_uint_eq(most, 16384);
    char *list = forge_keep((most + 1) * 100 + 2);
    for (int over = 0; over < 2; over++) {
        size_t len = 0;
        for (size_t i = 0; i < most + (size_t)over; i++)
            len += (size_t)snprintf(list + len, 100, "%c{\"digest\":{\"sha256\":\"%064zx\"}}", i == 0 ? '[' : ',', i);
        memcpy(list + len, "]", 2);
        subjects(list);
        const char *last = forge_text("sha256:%064zx", most - 1 + (size_t)over);
        if (over) {
            EXPECT_DENY_CALL(c.w, verify_of(last), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
        } else {
            EXPECT_GRANT(c.w, verify_of(last));
            EXPECT_DENY_CALL(c.w, verify_of(forge_text("sha256:%064zx", most)), ARMALO_REASON_ATTEST_SUBJECT_MISMATCH);
        }
    }
    forge_court_close(&c);
}
END_TEST

/* ---- The call ---- */

START_TEST(test_request) {
    open_court("");
    const char *text = forge_dsse_text(&f);
    const armalo_attest_request good = forge_request(text, forge_subject());
    armalo_attest_request r = good;
    armalo_attested *attested = NULL;
#define JUDGE() forge_verify(c.w, c.policy, c.trust, &r, NULL)
    static const size_t sizes[] = {0, 1, sizeof r - 1, sizeof r + 1, SIZE_MAX};
    for (size_t i = 0; i < 5; i++) {
        r = good;
        r.struct_size = sizes[i];
        EXPECT_REFUSE(c.w, JUDGE(), ARMALO_REASON_INVALID_ARGUMENT);
    }
    r = good;
    EXPECT_REFUSE(c.w, forge_verify(c.w, NULL, c.trust, &r, NULL), ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(c.w, forge_verify(c.w, c.policy, NULL, &r, NULL), ARMALO_REASON_INVALID_ARGUMENT);
    attested = (armalo_attested *)&r;
    EXPECT_REFUSE(c.w, armalo_attest_verify(c.policy, c.trust, NULL, &attested, &c.w->why),
                  ARMALO_REASON_INVALID_ARGUMENT);
    ck_assert_ptr_null(attested);
    ck_assert_int_eq(armalo_attest_verify(NULL, NULL, NULL, NULL, NULL), 0);
    /* Trust of another host. */
    world *other = world_new();
    armalo_trust *trust = forge_default_trust(other);
    EXPECT_REFUSE(c.w, forge_verify(c.w, c.policy, trust, &r, NULL), ARMALO_REASON_INVALID_ARGUMENT);
    armalo_trust_free(trust);
    world_free(other);
    r.artifact = NULL;
    EXPECT_DENY_CALL(c.w, JUDGE(), ARMALO_REASON_INVALID_ARGUMENT);
    r = good;
    r.artifact_len = 0;
    EXPECT_DENY_CALL(c.w, JUDGE(), ARMALO_REASON_ATTEST_SIZE);
    r = good;
    r.subject_data = FORGE_SUBJECT_DATA; /* both, though they agree */
    r.subject_len = strlen(FORGE_SUBJECT_DATA);
    EXPECT_DENY_CALL(c.w, JUDGE(), ARMALO_REASON_INVALID_ARGUMENT);
    r.subject = NULL;
    EXPECT_GRANT(c.w, JUDGE());
    r.subject_data = NULL;
    EXPECT_DENY_CALL(c.w, JUDGE(), ARMALO_REASON_INVALID_ARGUMENT);
    r = good;
    r.revealed = "{}";
    EXPECT_DENY_CALL(c.w, JUDGE(), ARMALO_REASON_INVALID_ARGUMENT);
    r.revealed_len = 2;
    EXPECT_DENY_CALL(c.w, JUDGE(), ARMALO_REASON_ATTEST_SECTION_MISMATCH); /* sections of what is no bundle */
    r.revealed_len = ARMALO_ATTEST_MAX_SIZE + 1;
    EXPECT_DENY_CALL(c.w, JUDGE(), ARMALO_REASON_ATTEST_SIZE);
    r.revealed = NULL;
    EXPECT_DENY_CALL(c.w, JUDGE(), ARMALO_REASON_INVALID_ARGUMENT);
    r = good;
    r.request_id = "req-of-caller";
    r.request_id_len = 13;
    EXPECT_GRANT(c.w, JUDGE());
    ck_assert_str_eq(c.w->why.request_id, "req-of-caller");
    r = good;
    ck_assert_int_eq(armalo_attest_verify(c.policy, c.trust, &r, NULL, NULL), 1);
    r.subject = "x";
    ck_assert_int_eq(armalo_attest_verify(c.policy, c.trust, &r, NULL, NULL), 0);
#undef JUDGE
    forge_court_close(&c);
}
END_TEST

/* A grant counts as a mutation: no audit, no grant, and no handle. */
START_TEST(test_audit) {
    static const int answers[] = {0, -1, 2, 1 << 8};
    open_court("");
    for (size_t i = 0; i < 4; i++) {
        c.w->audit_answer = answers[i];
        ck_assert_int_eq(verify(), 0);
        ck_assert_uint_eq(c.w->why.reason, ARMALO_REASON_HOST_AUDIT_FAILED);
        ck_assert_int_eq(armalo_decision_granted(&c.w->why), 0);
    }
    c.w->audit_answer = 1;
    EXPECT_GRANT(c.w, verify());
    forge_court_close(&c);
}
END_TEST

/* The longest event that there can be is told whole: every text as long as it may be, and each of its bytes escaped. */
START_TEST(test_longest_event) {
    static forge_anchors anchors;
    char quotes[2 * 255 + 1], name[2 * 63 + 1], owner[256];
    open_court("");
    for (size_t i = 0; i < sizeof quotes - 1; i++) quotes[i] = i % 2 == 0 ? '\\' : '"';
    quotes[sizeof quotes - 1] = 0;
    memcpy(name, quotes, sizeof name - 1);
    name[sizeof name - 1] = 0;
    memset(owner, '"', sizeof owner - 1);
    owner[63] = 0; /* the principal */
    anchors.count = 0;
    f.count = 0;
    for (int i = 0; i < 64; i++) {
        forge_anchor(&anchors, forge_signer_of(FORGE_EXTRA + i), owner);
        forge_dsse_sign(&f, forge_signer_of(FORGE_EXTRA + i));
    }
    forge_court_trust(&c, &anchors);
    for (int label = 0; label < 2; label++) {
        forge_court_policy(&c, forge_text("\"name\":\"%.*s\",\"issuers\":,\"any_signer\":true,"
                                          "\"predicate_types\":[\"%s\",\"urn:armalo:receipt:v1\"]",
                                          126, name, quotes));
        forge_put(&f.statement, "predicateType", forge_quote(quotes));
        if (label == 1) { /* and one with the longest id */
            forge_put(&f.statement, "predicateType", "\"urn:armalo:receipt:v1\"");
            f.predicate.count = 0;
            forge_put_all(&f.predicate,
                          "\"action\":\"a\",\"agent\":\"a\",\"org\":\"o\",\"mode\":\"production\","
                          "\"outcome\":\"succeeded\",\"started_at\":\"2023-11-14T22:12:20Z\","
                          "\"finished_at\":\"2023-11-14T22:12:20Z\",\"approvals\":[],\"evidence\":[],"
                          "\"decision\":{\"reason\":\"r\",\"evidence\":\"positive\",\"request_id\":\"q\"},"
                          "\"result_digest\":null,\"cost\":null");
            forge_put(&f.predicate, "action_digest", forge_quote(forge_subject()));
            forge_put(&f.predicate, "id", forge_quote(quotes));
        }
        EXPECT_GRANT(c.w, verify());
        ck_assert_ptr_nonnull(strstr(forge_last(c.w), "\"key_count\":64"));
        ck_assert_ptr_nonnull(strstr(forge_last(c.w), forge_quote(quotes)));
        ck_assert_str_eq(c.w->why.principal, owner);
    }
    forge_court_close(&c);
}
END_TEST

/* A host that cannot decide, or could not tell of it, grants nothing, however good the artifact. */
START_TEST(test_host) {
    static const uint32_t reasons[] = {ARMALO_REASON_HOST_AUDIT_MISSING, ARMALO_REASON_HOST_MODE_UNSET,
                                       ARMALO_REASON_HOST_CLOCK_MISSING, ARMALO_REASON_HOST_CLOCK_BEHIND};
    for (size_t i = 0; i < 4; i++) {
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
        if (i == 3) w->config.clock_floor_ms = w->now_ms + 1;
        world_start(w);
        c.w = w;
        c.trust = forge_default_trust(w);
        c.policy = forge_policy(w, "");
        forge_dsse_init(&f);
        EXPECT_DENY_CALL(w, verify(), reasons[i]);
        forge_court_close(&c);
    }
    open_court("");
    static const int64_t times[] = {-1, INT64_MAX, 0};
    for (size_t i = 0; i < 3; i++) {
        c.w->now_ms = times[i];
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_HOST_CLOCK_UNAVAILABLE);
    }
    forge_court_close(&c);
}
END_TEST

/* ---- Values ---- */

START_TEST(test_values) {
    open_court("");
    forge_put_all(&f.predicate, "\"a/b\":{\"c~d\":[10,\"x\\u00e9\\n\\u0000y\",null,true,false,{\"k\":\"v\"},[]]},"
                                "\"big\":123456789012345678901234567890,\"spelled\":1.50e+1,\"\":\"no name\"");
    static const struct {
        const char *pointer, *value; /* NULL: there is none */
        size_t len;
        int32_t type;
    } rows[] = {
        {"/_type", "https://in-toto.io/Statement/v1", 31, ARMALO_JSON_STRING},
        {"/predicate/a~1b/c~0d/0", "10", 2, ARMALO_JSON_NUMBER},
        {"/predicate/a~1b/c~0d/1", "x\xC3\xA9\n\0y", 6, ARMALO_JSON_STRING},
        {"/predicate/a~1b/c~0d/2", "null", 4, ARMALO_JSON_NULL},
        {"/predicate/a~1b/c~0d/3", "true", 4, ARMALO_JSON_TRUE},
        {"/predicate/a~1b/c~0d/4", "false", 5, ARMALO_JSON_FALSE},
        {"/predicate/a~1b/c~0d/5", "{\"k\":\"v\"}", 9, ARMALO_JSON_OBJECT},
        {"/predicate/a~1b/c~0d/6", "[]", 2, ARMALO_JSON_ARRAY},
        {"/predicate/big", "123456789012345678901234567890", 30, ARMALO_JSON_NUMBER},
        {"/predicate/spelled", "1.50e+1", 7, ARMALO_JSON_NUMBER},
        {"/predicate/", "no name", 7, ARMALO_JSON_STRING},
        {"/predicate/a~1b/c~0d/7", NULL, 0, 0},
        {"/predicate/a~1b/c~0d/00", NULL, 0, 0},
        {"/predicate/a~1b/c~0d/-", NULL, 0, 0},
        {"/predicate/a/b", NULL, 0, 0},
        {"/predicate/Big", NULL, 0, 0},
        {"/predicate/big/0", NULL, 0, 0},
        {"predicate", NULL, 0, 0},
        {"/predicate~", NULL, 0, 0},
        {"/", NULL, 0, 0},
        {"/a/b/c/d/e/f/g/h/i", NULL, 0, 0},
    };
    armalo_attest_request request = forge_request(forge_dsse_text(&f), forge_subject());
    armalo_attested *attested = NULL;
    EXPECT_GRANT(c.w, forge_verify(c.w, c.policy, c.trust, &request, &attested));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char buf[64];
        size_t len = 77;
        int32_t type = 77;
        int there = rows[i].value != NULL;
        for (size_t cap = 0; cap <= rows[i].len + 2;
             cap++) { /* a buffer that is too small is told so, and not written */
            char *exact = malloc(cap > 0 ? cap : 1);
            if (exact == NULL) abort();
            memset(exact, 'x', cap > 0 ? cap : 1);
            must(armalo_attested_value(attested, rows[i].pointer, cap > 0 ? exact : NULL, cap, &len, &type) ==
                 (there && cap > rows[i].len));
            must(len == rows[i].len && type == rows[i].type);
            must(!(there && cap > rows[i].len) || memcmp(exact, rows[i].value, len + 1) == 0);
            must((there && cap > rows[i].len) || cap == 0 || exact[0] == 'x');
            free(exact);
        }
        must(armalo_attested_value(attested, rows[i].pointer, buf, sizeof buf, NULL, NULL) == there);
    }
    char buf[8];
    size_t len = 7;
    int32_t type = 7;
    ck_assert_int_eq(armalo_attested_value(NULL, "", buf, sizeof buf, &len, &type), 0);
    ck_assert_uint_eq(len, 0);
    ck_assert_int_eq(type, 0);
    len = 7;
    ck_assert_int_eq(armalo_attested_value(attested, NULL, buf, sizeof buf, &len, &type), 0);
    ck_assert_uint_eq(len, 0);
    ck_assert_int_eq(armalo_attested_value(attested, "/_type", NULL, 5, &len, &type), 0);
    ck_assert_uint_eq(len, 0);
    armalo_attested_facts_get(attested, 0, NULL);
    armalo_attested_free(attested);
    armalo_attested_free(NULL);
    forge_court_close(&c);
}
END_TEST

static void fill(TCase *tc) {
    forge_keys_ready();
    tcase_add_test(tc, test_type);
    tcase_add_test(tc, test_version_0);
    tcase_add_test(tc, test_payload);
    tcase_add_test(tc, test_behind_many);
    tcase_add_test(tc, test_depth);
    tcase_add_test(tc, test_payload_types);
    tcase_add_test(tc, test_predicate_type);
    tcase_add_test(tc, test_predicate);
    tcase_add_test(tc, test_subject_forms);
    tcase_add_test(tc, test_subject_matches);
    tcase_add_test(tc, test_pointed_times);
    tcase_add_test(tc, test_subject_unspecified);
    tcase_add_test(tc, test_subjects_many);
    tcase_add_test(tc, test_request);
    tcase_add_test(tc, test_audit);
    tcase_add_test(tc, test_longest_event);
    tcase_add_test(tc, test_host);
    tcase_add_test(tc, test_values);
}

TEST_MAIN("attest_statement", fill, 60)
