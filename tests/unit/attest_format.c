/* SPDX-License-Identifier: MIT */
/* Which format an artifact is, how large it may be, whether a policy accepts it; and every argument of a verification
 * that is wrong, and every host that cannot decide. */
#include "attest_forge.h"

static forge_court c;
static const char *text[4]; /* a good one of each format, by ARMALO_FORMAT_…; 0: a flattened JWS */
static const char *subject[4];

static void open_court(const char *changes) {
    static forge_dsse dsse;
    static forge_jws jws;
    static forge_credential credential;
    forge_court_open(&c, changes);
    forge_dsse_init(&dsse);
    forge_jws_init(&jws);
    forge_credential_init(&credential);
    text[0] = forge_jws_flattened(&jws);
    text[ARMALO_FORMAT_DSSE] = forge_dsse_text(&dsse);
    text[ARMALO_FORMAT_JWS] = forge_jws_compact(&jws);
    text[ARMALO_FORMAT_VC] = forge_credential_text(&credential);
    subject[0] = subject[ARMALO_FORMAT_JWS] = FORGE_SUB;
    subject[ARMALO_FORMAT_DSSE] = forge_subject();
    subject[ARMALO_FORMAT_VC] = FORGE_CREDENTIAL_SUBJECT;
}
static void close_court(void) { forge_court_close(&c); }

static int judge(const char *artifact) { return forge_court_judge(&c, artifact, FORGE_SUB); }
static int judge_bytes(const void *artifact, size_t len, const char *about) {
    armalo_attest_request request = forge_request("", about);
    request.artifact = artifact;
    request.artifact_len = len;
    return forge_verify(c.w, c.policy, c.trust, &request, NULL);
}

#define UNKNOWN   ARMALO_REASON_ATTEST_FORMAT_UNKNOWN
#define REFUSED   ARMALO_REASON_ATTEST_FORMAT_REFUSED
#define MALFORMED ARMALO_REASON_ATTEST_MALFORMED
#define SIZE      ARMALO_REASON_ATTEST_SIZE
#define ARGUMENT  ARMALO_REASON_INVALID_ARGUMENT

/* ---- Which format ---- */

static const struct {
    const char *name;
    int format;
} signs[] = {{"payloadType", ARMALO_FORMAT_DSSE},
             {"protected", ARMALO_FORMAT_JWS},
             {"signature", ARMALO_FORMAT_JWS},
             {"@context", ARMALO_FORMAT_VC},
             {"proof", ARMALO_FORMAT_VC}};
static const char *const formats[] = {"", "dsse", "jws", "vc"};

/* What is taken for a format is refused by a policy that has only the others. */
START_TEST(test_signs) {
    open_court("");
    for (int format = 1; format <= 3; format++) {
        forge_court_policy(&c, forge_text("\"formats\":[\"%s\"]", formats[format]));
        for (size_t i = 0; i < 5; i++) {
            const int same = signs[i].format == format;
            char *one = forge_text("{\"%s\":7}", signs[i].name);
            EXPECT_DENY_CALL(c.w, judge(one), same ? MALFORMED : REFUSED);
            one = forge_text("{\"x\":[{}],\"%s\":null,\"payload\":\"\"}", signs[i].name);
            EXPECT_DENY_CALL(c.w, judge(one), same ? MALFORMED : REFUSED);
            one = forge_text("{\"\\u00%02x%s\":7}", (unsigned)signs[i].name[0], signs[i].name + 1);
            EXPECT_DENY_CALL(c.w, judge(one), same ? MALFORMED : REFUSED);
            /* The signs of two are none of one, whichever comes first. */
            for (size_t k = 0; k < 5; k++) {
                if (k == i) continue;
                char *two = forge_text("{\"%s\":7,\"x\":1,\"%s\":7}", signs[i].name, signs[k].name);
                EXPECT_DENY_CALL(c.w, judge(two),
                                 signs[k].format != signs[i].format ? UNKNOWN
                                 : same                             ? MALFORMED
                                                                    : REFUSED);
            }
        }
    }
    /* All good ones, with one sign of another more. */
    forge_court_policy(&c, "");
    for (int format = 0; format <= 3; format++) {
        EXPECT_GRANT(c.w, forge_court_judge(&c, text[format], subject[format]));
        if (format == ARMALO_FORMAT_JWS) continue;
        for (size_t i = 0; i < 5; i++) {
            if (signs[i].format == (format == 0 ? ARMALO_FORMAT_JWS : format)) continue;
            char *mixed = forge_text("{\"%s\":null,%s", signs[i].name, text[format] + 1);
            EXPECT_DENY_CALL(c.w, forge_court_judge(&c, mixed, subject[format]), UNKNOWN);
        }
    }
    close_court();
}
END_TEST

START_TEST(test_unknown) {
    static const char *const rows[] = {
        "{}",
        " { } ",
        "{\"payload\":\"e30\",\"signatures\":[]}",
        "{\"payload\":\"e30\",\"header\":{},\"signatures\":[{\"protected\":\"e30\",\"signature\":\"AA\"}]}",
        "{\"x\":{\"payloadType\":1}}",
        "{\"x\":[{\"proof\":1}]}",
        "{\"x\":\"proof\"}",
        "{\"PayloadType\":1,\"Protected\":1,\"Signature\":1,\"Proof\":1,\"context\":1,\"@Context\":1}",
        "{\"payloadtype\":1}",
        "{\"proof \":1}",
        "[]",
        "[{\"proof\":1}]",
        "null",
        "true",
        "7",
        "\"\"",
        "x",
        "a.b",
        "-----BEGIN SIGNATURE-----",
        "<proof/>",
        " ",
        "\n",
        "\t\r\n ",
        "\xEF\xBB\xBF",
        "\xEF\xBB\xBF{\"proof\":1}",
        "\xFF\xFE{",
        "\xC2\xA0{\"proof\":1}",
        "e30.e30.AA ",
        " e30.e30.AA",
        "e30.e30.AA\n",
        "\"e30.e30.AA\"",
    };
    open_court("");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) EXPECT_DENY_CALL(c.w, judge(rows[i]), UNKNOWN);
    EXPECT_DENY_CALL(c.w, judge_bytes("\0{}", 3, NULL), UNKNOWN);
    EXPECT_DENY_CALL(c.w, judge_bytes("\0", 1, NULL), UNKNOWN);
    for (int format = 0; format <= 3; format++) {
        EXPECT_DENY_CALL(c.w, judge(forge_text("\xEF\xBB\xBF%s", text[format])), UNKNOWN);
        EXPECT_DENY_CALL(c.w, judge(forge_text("[%s]", text[format])), UNKNOWN);
        EXPECT_DENY_CALL(c.w, judge(forge_text(",%s", text[format])), UNKNOWN);
    }
    close_court();
}
END_TEST

/* What begins like an object and is none is nothing else either. */
START_TEST(test_not_strict) {
    static const char *const rows[] = {
        "{",
        "{x",
        " {\"proof\":1",
        "{\"proof\":1}x",
        "{\"proof\":1}{}",
        "{\"proof\":1}.e30.AA",
        "{\"proof\":1,}",
        "{\"proof\":1,\"proof\":2}",
        "{\"proof\":1,\"pr\\u006fof\":2}",
        "{\"proof\":01}",
        "{'proof':1}",
        "{\"proof\":1e400}",
        "{\"proof\":\"\\ud800\"}",
        "{\"proof\":\"\xFF\"}",
        "{\"proof\":\"\n\"}",
        "{\"a\\u0000\":1,\"proof\":1}",
        "\v{\"proof\":1}",
        "\f{\"proof\":1}",
        "{/**/\"proof\":1}",
    };
    open_court("");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) EXPECT_DENY_CALL(c.w, judge(rows[i]), MALFORMED);
    EXPECT_DENY_CALL(c.w, judge_bytes("{\"proof\":1}", 12, NULL), MALFORMED); /* with its NUL */
    char deep[200] = "{\"proof\":";
    memset(deep + 9, '[', 64);
    memset(deep + 73, ']', 64);
    strcpy(deep + 137, "}");
    EXPECT_DENY_CALL(c.w, judge(deep), MALFORMED);
    close_court();
}
END_TEST

/* White space that JSON has, around what is JSON. */
START_TEST(test_white_space) {
    open_court("");
    static const char *const around[] = {" ", "\n", "\r\n", "\t", " \t\r\n "};
    for (size_t i = 0; i < 5; i++) {
        for (int format = 0; format <= 3; format++) {
            const char *before = forge_text("%s%s", around[i], text[format]);
            const char *behind = forge_text("%s%s", text[format], around[i]);
            if (format == ARMALO_FORMAT_JWS) { /* in a compact JWS there is none */
                EXPECT_DENY_CALL(c.w, judge(before), UNKNOWN);
                EXPECT_DENY_CALL(c.w, judge(behind), UNKNOWN);
            } else {
                EXPECT_GRANT(c.w, forge_court_judge(&c, before, subject[format]));
                EXPECT_GRANT(c.w, forge_court_judge(&c, behind, subject[format]));
            }
        }
    }
    close_court();
}
END_TEST

START_TEST(test_accepted_formats) {
    open_court("");
    for (unsigned set = 1; set < 8; set++) {
        char *list = forge_text("%s", "");
        for (int format = 1; format <= 3; format++)
            if ((set & 1u << (format - 1)) != 0)
                list = forge_text("%s%s\"%s\"", list, *list != 0 ? "," : "", formats[format]);
        forge_court_policy(&c, forge_text("\"formats\":[%s]", list));
        for (int format = 0; format <= 3; format++) {
            const unsigned bit = 1u << ((format == 0 ? ARMALO_FORMAT_JWS : format) - 1);
            if ((set & bit) != 0)
                EXPECT_GRANT(c.w, forge_court_judge(&c, text[format], subject[format]));
            else
                EXPECT_DENY_CALL(c.w, forge_court_judge(&c, text[format], subject[format]), REFUSED);
        }
    }
    close_court();
}
END_TEST

/* ---- How large ---- */

START_TEST(test_size) {
    open_court("");
    EXPECT_DENY_CALL(c.w, judge_bytes("", 0, FORGE_SUB), SIZE);
    const size_t most = ARMALO_ATTEST_MAX_SIZE, len = strlen(text[ARMALO_FORMAT_DSSE]);
    char *large = malloc(most + 1);
    memset(large, ' ', most + 1);
    memcpy(large, text[ARMALO_FORMAT_DSSE], len);
    EXPECT_GRANT(c.w, judge_bytes(large, most, subject[ARMALO_FORMAT_DSSE]));
    EXPECT_DENY_CALL(c.w, judge_bytes(large, most + 1, subject[ARMALO_FORMAT_DSSE]), SIZE);
    ck_assert_ptr_nonnull(strstr(forge_last(c.w), "\"subject\":\"-\"")); /* not even its digest is taken */
    free(large);
    close_court();
}
END_TEST

/* ---- Arguments ---- */

START_TEST(test_verify_arguments) {
    open_court("");
    const armalo_attest_request good = forge_request(text[ARMALO_FORMAT_JWS], FORGE_SUB);
    armalo_attested *const nowhere = (armalo_attested *)(uintptr_t)-1;
    armalo_attested *attested = nowhere;
    /* Without a host there is nobody to tell. */
    EXPECT_REFUSE(c.w, armalo_attest_verify(NULL, c.trust, &good, &attested, &c.w->why), ARGUMENT);
    ck_assert_ptr_null(attested);
    attested = nowhere;
    EXPECT_REFUSE(c.w, armalo_attest_verify(c.policy, NULL, &good, &attested, &c.w->why), ARGUMENT);
    ck_assert_ptr_null(attested);
    attested = nowhere;
    EXPECT_REFUSE(c.w, armalo_attest_verify(c.policy, c.trust, NULL, &attested, &c.w->why), ARGUMENT);
    ck_assert_ptr_null(attested);
    ck_assert_int_eq(armalo_attest_verify(NULL, NULL, NULL, NULL, NULL), 0);
    static const size_t sizes[] = {0, 1, sizeof good - 1, sizeof good + 1, SIZE_MAX};
    for (size_t i = 0; i < 5; i++) {
        armalo_attest_request request = good;
        request.struct_size = sizes[i];
        attested = nowhere;
        EXPECT_REFUSE(c.w, armalo_attest_verify(c.policy, c.trust, &request, &attested, &c.w->why), ARGUMENT);
        ck_assert_ptr_null(attested);
    }
    /* Neither a decision nor a handle need be asked for. */
    ck_assert_int_eq(armalo_attest_verify(c.policy, c.trust, &good, NULL, NULL), 1);
    EXPECT_GRANT(c.w, armalo_attest_verify(c.policy, c.trust, &good, NULL, &c.w->why));
    ck_assert_int_eq(armalo_attest_verify(c.policy, c.trust, &good, &attested, NULL), 1);
    ck_assert_ptr_nonnull(attested);
    armalo_attested_free(attested);
    /* With both handles they are of one host. */
    world *other = world_new();
    armalo_trust *theirs = forge_default_trust(other);
    armalo_attest_policy *their_policy = forge_policy(other, "");
    EXPECT_REFUSE(c.w, armalo_attest_verify(c.policy, theirs, &good, NULL, &c.w->why), ARGUMENT);
    EXPECT_REFUSE(c.w, armalo_attest_verify(their_policy, c.trust, &good, NULL, &c.w->why), ARGUMENT);
    ck_assert_uint_eq(other->decisions, 0);
    ck_assert_int_eq(armalo_attest_verify(their_policy, theirs, &good, NULL, NULL), 1);
    armalo_attest_policy_free(their_policy);
    armalo_trust_free(theirs);
    world_free(other);
    close_court();
}
END_TEST

/* Members of the request that contradict each other: told to the audit trail, before anything is read. */
START_TEST(test_request_members) {
    open_court("");
    const armalo_attest_request good = forge_request(text[ARMALO_FORMAT_JWS], FORGE_SUB);
    for (int fault = 0; fault < 8; fault++) {
        armalo_attest_request request = good;
        uint32_t reason = ARGUMENT;
        switch (fault) {
        case 0:
            request.artifact = NULL;
            break;
        case 1:
            request.artifact = NULL;
            request.artifact_len = 0;
            break;
        case 2:
            request.subject_data = "x";
            request.subject_len = 1;
            break;
        case 3:
            request.subject_data = "x";
            break;
        case 4:
            request.subject_len = 1;
            break;
        case 5:
            request.revealed_len = 1;
            break;
        case 6:
            request.revealed = "{}";
            break;
        default:
            request.revealed = "{}";
            request.revealed_len = ARMALO_ATTEST_MAX_SIZE + 1;
            reason = SIZE;
        }
        armalo_attested *attested = (armalo_attested *)(uintptr_t)-1;
        EXPECT_DENY_CALL(c.w, armalo_attest_verify(c.policy, c.trust, &request, &attested, &c.w->why), reason);
        ck_assert_ptr_null(attested);
    }
    /* What is revealed of what has no sections. */
    armalo_attest_request request = good;
    request.revealed = "{}";
    request.revealed_len = 2;
    EXPECT_DENY_CALL(c.w, forge_verify(c.w, c.policy, c.trust, &request, NULL), ARMALO_REASON_ATTEST_SECTION_MISMATCH);
    request.revealed = "x";
    request.revealed_len = 1;
    EXPECT_DENY_CALL(c.w, forge_verify(c.w, c.policy, c.trust, &request, NULL), ARMALO_REASON_ATTEST_SECTION_MISMATCH);
    close_court();
}
END_TEST

START_TEST(test_request_id) {
    open_court("");
    static const struct {
        const char *id;
        size_t len;
        int used;
    } rows[] = {{"req-7", 5, 1}, {"req-7", 3, 1}, {NULL, 0, 0}, {NULL, 5, 0}, {"", 0, 0}, {"a b", 3, 0}, {"a\n", 2, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        armalo_attest_request request = forge_request(text[ARMALO_FORMAT_JWS], FORGE_SUB);
        request.request_id = rows[i].id;
        request.request_id_len = rows[i].len;
        EXPECT_GRANT(c.w, forge_verify(c.w, c.policy, c.trust, &request, NULL));
        if (rows[i].used)
            ck_assert_str_eq(c.w->why.request_id, forge_text("%.*s", (int)rows[i].len, rows[i].id));
        else
            ck_assert_int_eq(strncmp(c.w->why.request_id, "req_", 4), 0);
        /* A stranger learns it only as one who has proved who they are. */
        request.subject = "urn:example:agent:2";
        EXPECT_DENY_CALL(c.w, forge_verify(c.w, c.policy, c.trust, &request, NULL),
                         ARMALO_REASON_ATTEST_SUBJECT_MISMATCH);
        ck_assert_int_eq(c.w->why.authenticated, 0);
    }
    close_court();
}
END_TEST

/* ---- The host ---- */

/* A court of a host with one thing changed. */
static void court_of(int change) {
    memset(&c, 0, sizeof c);
    c.w = malloc(sizeof *c.w);
    if (c.w == NULL) abort();
    world_init(c.w);
    if (change == 0) c.w->config.mode = 0;
    if (change == 1) c.w->config.now_ms = NULL;
    if (change == 2) c.w->now_ms = -1;
    if (change == 3) c.w->config.clock_floor_ms = c.w->now_ms + 1;
    if (change == 4) c.w->config.audit = NULL;
    if (change == 5) c.w->audit_answer = 0;
    c.w->expected = change == 4 ? 0 : 1;
    world_start(c.w);
    c.trust = forge_default_trust(c.w);
    forge_court_policy(&c, "");
}

START_TEST(test_host) {
    static const uint32_t reasons[] = {ARMALO_REASON_HOST_MODE_UNSET, ARMALO_REASON_HOST_CLOCK_MISSING,
                                       ARMALO_REASON_HOST_CLOCK_UNAVAILABLE, ARMALO_REASON_HOST_CLOCK_BEHIND,
                                       ARMALO_REASON_HOST_AUDIT_MISSING};
    open_court("");
    const char *good = strdup(text[ARMALO_FORMAT_JWS]);
    close_court();
    for (int change = 0; change < 5; change++) {
        court_of(change);
        EXPECT_DENY_CALL(c.w, judge(good), reasons[change]);
        /* A denial needs no audit; its reason stays, where the host could decide at all. */
        EXPECT_DENY_CALL(c.w, judge("{}"), change < 4 ? reasons[change] : UNKNOWN);
        /* A wrong call comes before the host. */
        armalo_attest_request request = forge_request("", NULL);
        request.artifact = NULL;
        EXPECT_DENY_CALL(c.w, forge_verify(c.w, c.policy, c.trust, &request, NULL), ARGUMENT);
        close_court();
    }
    /* A sink that does not keep the event of a grant, which says so, turns it into a denial. */
    court_of(5);
    forge_poison(c.w);
    ck_assert_int_eq(judge(good), 0); /* and no handle */
    ck_assert_uint_eq(c.w->why.reason, ARMALO_REASON_HOST_AUDIT_FAILED);
    ck_assert_int_eq(c.w->why.evidence, ARMALO_UNAVAILABLE);
    ck_assert_int_eq(armalo_decision_granted(&c.w->why), 0);
    EXPECT_DENY_CALL(c.w, judge("{}"), UNKNOWN);
    close_court();
    free((void *)(uintptr_t)good);
}
END_TEST

static void fill(TCase *tc) {
    for (int i = 0; i < FORGE_EXTRA; i++) (void)forge_signer_of(i);
    tcase_add_test(tc, test_signs);
    tcase_add_test(tc, test_unknown);
    tcase_add_test(tc, test_not_strict);
    tcase_add_test(tc, test_white_space);
    tcase_add_test(tc, test_accepted_formats);
    tcase_add_test(tc, test_size);
    tcase_add_test(tc, test_verify_arguments);
    tcase_add_test(tc, test_request_members);
    tcase_add_test(tc, test_request_id);
    tcase_add_test(tc, test_host);
}

TEST_MAIN("attest_format", fill, 60)
