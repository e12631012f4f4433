/* SPDX-License-Identifier: MIT */
/* Claims of a policy: every operator over values of every type, numbers to their last digit, and where pointers lead.
 * What cannot be compared is neither equal nor unequal. */
#include "attest_forge.h"

static forge_court c;
static forge_jws f;

#define MISSING    ARMALO_REASON_ATTEST_CLAIM_MISSING
#define UNREADABLE ARMALO_REASON_ATTEST_CLAIM_UNREADABLE
#define MISMATCH   ARMALO_REASON_ATTEST_CLAIM_MISMATCH
#define GOOD       ARMALO_REASON_GRANTED

static const char *const operators[] = {"lt", "lte", "gt", "gte", "eq", "neq", "includes", "excludes"};
enum { LT, LTE, GT, GTE, EQ, NEQ, INCLUDES, EXCLUDES };

static void open_court(void) {
    forge_court_open(&c, "");
    forge_jws_init(&f);
}
static void close_court(void) { forge_court_close(&c); }

/* What is there of the claim "x"; NULL: nothing. Signed once for many questions. */
static const char *signed_with(const char *found) {
    forge_jws_init(&f);
    if (found != NULL) forge_put(&f.claims, "x", found);
    return forge_jws_compact(&f);
}

static const char *condition(const char *pointer, const char *op, const char *wanted) {
    return forge_text("{\"pointer\":\"%s\",\"operator\":\"%s\",\"value\":%s}", pointer, op, wanted);
}

/* One question; the pointer is in the detail of a denial. */
static void ask_at(const char *artifact, const char *subject, const char *pointer, const char *op, const char *wanted,
                   uint32_t reason) {
    forge_court_policy(&c, forge_text("\"claims\":[%s]", condition(pointer, op, wanted)));
    unsigned before = forge_poison(c.w);
    int granted = forge_court_judge(&c, artifact, subject);
    char *call = forge_text("%s %s %s", pointer, op, wanted);
    if (reason == GOOD)
        forge_granted(c.w, granted, before, __FILE__, __LINE__, call);
    else
        forge_denied(c.w, granted, reason, before, 1, __FILE__, __LINE__, call);
    if (reason != GOOD && strcmp(c.w->why.detail, pointer) != 0) ck_abort_msg("the detail is %s", c.w->why.detail);
}
static void ask(const char *artifact, int op, const char *wanted, uint32_t reason) {
    ask_at(artifact, FORGE_SUB, "/x", operators[op], wanted, reason);
}

/* The six that order: what they say of a value that is less than, equal to or greater than the wanted one. */
static void ask_ordered(const char *artifact, const char *wanted, int order) {
    ask(artifact, LT, wanted, order < 0 ? GOOD : MISMATCH);
    ask(artifact, LTE, wanted, order <= 0 ? GOOD : MISMATCH);
    ask(artifact, GT, wanted, order > 0 ? GOOD : MISMATCH);
    ask(artifact, GTE, wanted, order >= 0 ? GOOD : MISMATCH);
    ask(artifact, EQ, wanted, order == 0 ? GOOD : MISMATCH);
    ask(artifact, NEQ, wanted, order != 0 ? GOOD : MISMATCH);
}

/* ---- Numbers ---- */

START_TEST(test_numbers) {
    static const struct {
        const char *a, *b;
        int order;
    } rows[] = {
        {"5", "5", 0},
        {"4", "5", -1},
        {"-5", "5", -1},
        {"-5", "-4", -1},
        {"0", "-0", 0},
        {"0", "0.0e9", 0},
        {"5", "5.0", 0},
        {"5", "50e-1", 0},
        {"5", "0.05E+2", 0},
        {"1e15", "1000000000000000", 0},
        {"9", "10", -1},
        {"9.5", "10", -1},
        {"0.1", "0.10", 0},
        /* To a double these are the same. */
        {"0.1", "0.1000000000000000055511151231257827", -1},
        {"4.99999999999999999999", "5", -1},
        {"5", "5.00000000000000000001", -1},
        {"123456789.123456789", "123456789.12345678900000000001", -1},
        {"-0.30000000000000004", "-0.3", -1},
        {"0", "1e-400", -1}, /* to a double zero */
        {"1e-401", "1e-400", -1},
        {"0.000000000000000001", "0.0000000000000000010000000000000000000000001", -1},
        /* To the last integer that all readers agree on. */
        {"9007199254740990", "9007199254740991", -1},
        {"-9007199254740991", "-9007199254740990", -1},
        {"9007199254740991", "9007199254740991.0", 0},
        {"9007199254740990.5", "9007199254740991", -1},
    };
    open_court();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *a = signed_with(rows[i].a), *b = signed_with(rows[i].b);
        ask_ordered(a, rows[i].b, rows[i].order);
        ask_ordered(b, rows[i].a, -rows[i].order);
        ask_ordered(a, rows[i].a, 0);
    }
    close_court();
}
END_TEST

/* Numbers that readers round are read by nobody. */
START_TEST(test_rounded) {
    static const char *const numbers[] = {"9007199254740992",
                                          "-9007199254740992",
                                          "9007199254740993",
                                          "9007199254740992.0",
                                          "1e16",
                                          "1e300",
                                          "18446744073709551616",
                                          "-1E20",
                                          "900719925474099200e-2"};
    static const char *const wanted[] = {"5", "9007199254740991", "-1", "0.5"};
    open_court();
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        const char *artifact = signed_with(numbers[i]);
        for (int op = LT; op <= NEQ; op++) ask(artifact, op, wanted[i % 4], UNREADABLE);
    }
    close_court();
}
END_TEST

/* ---- Texts and booleans ---- */

START_TEST(test_texts) {
    static const struct {
        const char *found, *wanted;
        int equal;
    } rows[] = {
        {"\"a\"", "\"a\"", 1},
        {"\"\\u0061\"", "\"a\"", 1},
        {"\"a\"", "\"\\u0061\"", 1},
        {"\"a\\/b\"", "\"a/b\"", 1},
        {"\"\\ud83d\\ude00\"", "\"\xF0\x9F\x98\x80\"", 1},
        {"\"\"", "\"\"", 1},
        {"\"a\\u0000b\"", "\"a\\u0000b\"", 1},
        {"\"a\\u0000b\"", "\"a\\u0000c\"", 0},
        {"\"a\"", "\"a\\u0000\"", 0},
        {"\"a\"", "\"A\"", 0},
        {"\"a\"", "\"b\"", 0},
        {"\"a\"", "\"aa\"", 0},
        {"\"a\"", "\"a \"", 0},
        {"\"a\"", "\"\"", 0},
        {"\"5\"", "\"5.0\"", 0},
        {"\"\xC3\xA4\"", "\"a\\u0308\"", 0}, /* alike to the eye */
        {"\"null\"", "\"\"", 0},
    };
    open_court();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *artifact = signed_with(rows[i].found);
        ask(artifact, EQ, rows[i].wanted, rows[i].equal ? GOOD : MISMATCH);
        ask(artifact, NEQ, rows[i].wanted, rows[i].equal ? MISMATCH : GOOD);
    }
    static const char *const truths[] = {"true", "false"};
    for (int found = 0; found < 2; found++) {
        const char *artifact = signed_with(truths[found]);
        for (int wanted = 0; wanted < 2; wanted++) {
            ask(artifact, EQ, truths[wanted], found == wanted ? GOOD : MISMATCH);
            ask(artifact, NEQ, truths[wanted], found == wanted ? MISMATCH : GOOD);
        }
    }
    close_court();
}
END_TEST

/* ---- Other types, and nothing ---- */

enum { NUMBER, TEXT, BOOLEAN, OTHER };

START_TEST(test_types) {
    static const struct {
        const char *json;
        int type;
    } found[] = {{"5", NUMBER},      {"0", NUMBER},      {"\"5\"", TEXT}, {"\"true\"", TEXT},  {"\"\"", TEXT},
                 {"true", BOOLEAN},  {"false", BOOLEAN}, {"null", OTHER}, {"[]", OTHER},       {"[5]", OTHER},
                 {"[\"5\"]", OTHER}, {"[true]", OTHER},  {"{}", OTHER},   {"{\"x\":5}", OTHER}};
    static const struct {
        const char *json;
        int type;
    } wanted[] = {{"5", NUMBER}, {"\"5\"", TEXT}, {"true", BOOLEAN}};
    open_court();
    for (size_t i = 0; i < sizeof found / sizeof found[0]; i++) {
        const char *artifact = signed_with(found[i].json);
        for (size_t k = 0; k < 3; k++) {
            for (int op = wanted[k].type == NUMBER ? LT : EQ; op <= NEQ; op++)
                if (found[i].type != wanted[k].type) ask(artifact, op, wanted[k].json, UNREADABLE);
            /* Lists of things are asked for in arrays alone. */
            if (found[i].json[0] != '[') ask(artifact, INCLUDES, wanted[k].json, UNREADABLE);
            if (found[i].json[0] != '[') ask(artifact, EXCLUDES, wanted[k].json, UNREADABLE);
        }
    }
    /* What is not there is not unequal, and not excluded. */
    const char *nothing = signed_with(NULL);
    for (size_t k = 0; k < 3; k++)
        for (int op = wanted[k].type == NUMBER ? LT : EQ; op <= EXCLUDES; op++)
            ask(nothing, op, wanted[k].json, MISSING);
    close_court();
}
END_TEST

START_TEST(test_arrays) {
    static const struct {
        const char *found, *wanted;
        int there; /* -1: cannot be told */
    } rows[] = {
        {"[5]", "5", 1},
        {"[4,5,6]", "5", 1},
        {"[4,5.0]", "5", 1},
        {"[4,0.5e1]", "5", 1},
        {"[]", "5", 0},
        {"[4,6]", "5", 0},
        {"[5.00000000000000000001]", "5", 0},
        {"[\"5\"]", "5", 0},
        {"[[5]]", "5", 0},
        {"[{\"x\":5}]", "5", 0},
        {"[null,true]", "5", 0},
        {"[9007199254740992]", "5", -1}, /* a number that might be any */
        {"[4,1e300]", "5", -1},
        {"[1e300,5]", "5", 1},
        {"[5,1e300]", "5", 1},
        {"[9007199254740992]", "\"a\"", 0},
        {"[\"a\"]", "\"a\"", 1},
        {"[\"b\",\"\\u0061\"]", "\"a\"", 1},
        {"[\"b\",\"A\",\"aa\",\"\"]", "\"a\"", 0},
        {"[1,null,{},[\"a\"]]", "\"a\"", 0},
        {"\"a\"", "\"a\"", -1},
        {"[\"\"]", "\"\"", 1},
        {"[true]", "true", 1},
        {"[false]", "true", 0},
        {"[false]", "false", 1},
        {"[1,\"true\",null]", "true", 0},
        {"[]", "false", 0},
    };
    open_court();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *artifact = signed_with(rows[i].found);
        ask(artifact, INCLUDES, rows[i].wanted, rows[i].there < 0 ? UNREADABLE : rows[i].there ? GOOD : MISMATCH);
        ask(artifact, EXCLUDES, rows[i].wanted, rows[i].there < 0 ? UNREADABLE : rows[i].there ? MISMATCH : GOOD);
    }
    close_court();
}
END_TEST

/* ---- Pointers ---- */

START_TEST(test_pointers) {
    static const struct {
        const char *pointer;
        uint32_t reason; /* GOOD: there, and 7 */
    } rows[] = {
        {"/x/a", GOOD},
        {"/x/b/0", GOOD},
        {"/x/b/1/c", GOOD},
        {"/x/m~0n", GOOD},
        {"/x/o~1p", GOOD},
        {"/x/", GOOD},
        {"/x/ ", GOOD},
        {"/x/\xC3\xA4", GOOD},
        {"/x/q\\\"r", GOOD},
        {"/x/1/2/3/4/5/6/7", GOOD},
        {"/x", UNREADABLE},
        {"/x/b", UNREADABLE},
        {"/x/none", UNREADABLE},
        {"/x/A", MISSING},
        {"/x/aa", MISSING},
        {"/x/a/b", MISSING},
        {"/x/b/2", MISSING},
        {"/x/b/-", MISSING},
        {"/x/b/00", MISSING},
        {"/x/b/01", MISSING},
        {"/x/b/-1", MISSING},
        {"/x/b/+0", MISSING},
        {"/x/b/18446744073709551616", MISSING},
        {"/x/b/", MISSING},
        {"/x/s/0", MISSING}, /* inside a text */
        {"/x/none/a", MISSING},
        {"/x/o/p", MISSING},
        {"/x/0", MISSING},
        {"/y", MISSING},
        {"/X", MISSING},
        {"/", MISSING},
    };
    open_court();
    const char *artifact =
        signed_with("{\"a\":7,\"b\":[7,{\"c\":7}],\"m~n\":7,\"o/p\":7,\"\":7,\" \":7,\"\\u00e4\":7,\"q\\\"r\":7,"
                    "\"1\":{\"2\":{\"3\":{\"4\":{\"5\":{\"6\":{\"7\":7}}}}}},\"none\":null,\"s\":\"7\"}");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ask_at(artifact, FORGE_SUB, rows[i].pointer, "eq", "7", rows[i].reason);
    close_court();
}
END_TEST

/* Of each format from its own root, and of nothing around it. */
START_TEST(test_roots) {
    open_court();
    static forge_dsse dsse;
    forge_dsse_init(&dsse);
    forge_put(&dsse.predicate, "", "7");
    const char *envelope = forge_dsse_text(&dsse), *subject = forge_subject();
    ask_at(envelope, subject, "/predicate/score", "eq", "93", GOOD);
    ask_at(envelope, subject, "/predicate/score", "lt", "93", MISMATCH);
    ask_at(envelope, subject, "/predicate/", "eq", "7", GOOD);
    ask_at(envelope, subject, "/predicate/score/x", "eq", "93", MISSING);
    ask_at(envelope, subject, "/predicate/scor", "eq", "93", MISSING);
    ask_at(envelope, subject, "/predicate", "eq", "93", UNREADABLE);
    ask_at(envelope, subject, "/predicateType", "eq", forge_quote(FORGE_TYPE), GOOD);
    ask_at(envelope, subject, "/predicates/score", "eq", "93", MISSING);
    ask_at(envelope, subject, "/pred", "eq", "93", MISSING);
    ask_at(envelope, subject, "/score", "eq", "93", MISSING);
    ask_at(envelope, subject, "/subject/0/name", "eq", "\"release.tar\"", GOOD);
    ask_at(envelope, subject, "/_type", "neq", "\"x\"", GOOD);
    ask_at(envelope, subject, "/payloadType", "neq", "\"x\"", MISSING);
    ask_at(envelope, subject, "/signatures/0/keyid", "eq", "\"ci-1\"", MISSING);
    /* A statement may have no predicate; nothing in it is there then. */
    dsse.payload = forge_replace((const char *)forge_dsse_payload(&dsse).at, "\"predicate\":", "\"Predicate\":");
    envelope = forge_dsse_text(&dsse);
    ask_at(envelope, subject, "/predicate/score", "neq", "0", MISSING);
    ask_at(envelope, subject, "/predicate", "neq", "0", MISSING);
    ask_at(envelope, subject, "/Predicate/score", "eq", "93", GOOD);
    static forge_credential credential;
    forge_credential_init(&credential);
    const char *text = forge_credential_text(&credential);
    ask_at(text, FORGE_CREDENTIAL_SUBJECT, "/credentialSubject/score", "gte", "93", GOOD);
    ask_at(text, FORGE_CREDENTIAL_SUBJECT, "/credentialSubject/score", "gt", "93", MISMATCH);
    ask_at(text, FORGE_CREDENTIAL_SUBJECT, "/type", "includes", "\"VerifiableCredential\"", GOOD);
    ask_at(text, FORGE_CREDENTIAL_SUBJECT, "/type", "excludes", "\"VerifiableCredential\"", MISMATCH);
    ask_at(text, FORGE_CREDENTIAL_SUBJECT, "/proof/proofPurpose", "eq", "\"assertionMethod\"", MISSING);
    ask_at(text, FORGE_CREDENTIAL_SUBJECT, "/predicate/score", "eq", "93", MISSING);
    const char *jws = signed_with("7");
    ask_at(jws, FORGE_SUB, "/iss", "eq", forge_quote(FORGE_CI_OWNER), GOOD);
    ask_at(jws, FORGE_SUB, "/alg", "eq", "\"EdDSA\"", MISSING);
    ask_at(jws, FORGE_SUB, "/predicate/score", "eq", "93", MISSING);
    /* "predicate" is a name like others where there is no statement. */
    forge_jws_init(&f);
    forge_put(&f.claims, "predicate", "{\"score\":93}");
    ask_at(forge_jws_compact(&f), FORGE_SUB, "/predicate/score", "eq", "93", GOOD);
    ask_at(forge_jws_compact(&f), FORGE_SUB, "/predicate/score", "eq", "94", MISMATCH);
    close_court();
}
END_TEST

/* All must hold; the first that does not is told. */
START_TEST(test_several) {
    static const struct {
        const char *pointer, *op, *wanted;
        uint32_t reason;
    } conditions[] = {
        {"/score", "gte", "93", GOOD},   {"/jti", "eq", "\"jwt-1\"", GOOD}, {"/score", "lt", "93", MISMATCH},
        {"/jti", "eq", "5", UNREADABLE}, {"/none", "neq", "5", MISSING},
    };
    open_court();
    const char *artifact = signed_with(NULL);
    for (size_t i = 0; i < 125; i++) {
        const size_t chosen[3] = {i % 5, i / 5 % 5, i / 25};
        char *list = forge_text("%s", "");
        uint32_t reason = GOOD;
        const char *detail = "";
        for (size_t k = 0; k < 3; k++) {
            list = forge_text(
                "%s%s%s", list, k > 0 ? "," : "",
                condition(conditions[chosen[k]].pointer, conditions[chosen[k]].op, conditions[chosen[k]].wanted));
            if (reason == GOOD && conditions[chosen[k]].reason != GOOD) {
                reason = conditions[chosen[k]].reason;
                detail = conditions[chosen[k]].pointer;
            }
        }
        forge_court_policy(&c, forge_text("\"claims\":[%s]", list));
        if (reason == GOOD) {
            EXPECT_GRANT(c.w, forge_court_judge(&c, artifact, FORGE_SUB));
        } else {
            EXPECT_DENY_CALL(c.w, forge_court_judge(&c, artifact, FORGE_SUB), reason);
            ck_assert_str_eq(c.w->why.detail, detail);
        }
    }
    /* The last of as many as there may be. */
    char *list = forge_text("%s", "");
    for (size_t i = 0; i < ARMALO_ATTEST_MAX_LIST; i++)
        list = forge_text("%s%s%s", list, i > 0 ? "," : "", condition("/score", "gte", forge_text("%zu", i + 30)));
    forge_court_policy(&c, forge_text("\"claims\":[%s]", list));
    EXPECT_GRANT(c.w, forge_court_judge(&c, artifact, FORGE_SUB));
    forge_court_policy(&c, forge_text("\"claims\":[%s]", forge_replace(list, "\"value\":93", "\"value\":94")));
    EXPECT_DENY_CALL(c.w, forge_court_judge(&c, artifact, FORGE_SUB), MISMATCH);
    close_court();
}
END_TEST

static void fill(TCase *tc) {
    for (int i = 0; i < FORGE_EXTRA; i++) (void)forge_signer_of(i);
    tcase_add_test(tc, test_numbers);
    tcase_add_test(tc, test_rounded);
    tcase_add_test(tc, test_texts);
    tcase_add_test(tc, test_types);
    tcase_add_test(tc, test_arrays);
    tcase_add_test(tc, test_pointers);
    tcase_add_test(tc, test_roots);
    tcase_add_test(tc, test_several);
}

TEST_MAIN("attest_claims", fill, 60)
