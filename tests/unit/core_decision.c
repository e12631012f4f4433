/* SPDX-License-Identifier: MIT */
/* A decision as memory and as text: what is not a grant to the last bit denies, and a stranger learns the class alone.
 */
#include "world.h"

static armalo_decision a_denial(uint32_t reason) {
    const forge_row *row = forge_row_of(reason);
    armalo_decision d;
    memset(&d, 0, sizeof d);
    d.reason = reason;
    d.evidence = row->evidence;
    d.public_class = row->public_class;
    d.http_status = forge_status(row->public_class);
    return d;
}

static armalo_decision a_grant(void) {
    armalo_decision d = a_denial(ARMALO_REASON_GRANTED);
    d.grant = ARMALO_GRANT;
    return d;
}

static const char *public_of(const armalo_decision *d) {
    static char text[ARMALO_PUBLIC_TEXT_SIZE];
    size_t len = 0;
    memset(text, 0xFF, sizeof text);
    ck_assert_ptr_eq(armalo_decision_public(d, text, sizeof text, &len), text);
    ck_assert_uint_eq(strlen(text), len);
    ck_assert_int_eq(armalo_json_check(text, len, SIZE_MAX, NULL), 1);
    return text;
}

static const char *operator_of(const armalo_decision *d) {
    static char text[ARMALO_OPERATOR_TEXT_SIZE];
    size_t len = 0;
    memset(text, 0xFF, sizeof text);
    ck_assert_ptr_eq(armalo_decision_operator(d, text, sizeof text, &len), text);
    ck_assert_uint_eq(strlen(text), len);
    ck_assert_int_eq(armalo_json_check(text, len, SIZE_MAX, NULL), 1);
    return text;
}

START_TEST(test_only_the_exact_grant_grants) {
    armalo_decision d = a_grant();
    ck_assert_int_eq(armalo_decision_granted(&d), 1);
    ck_assert_int_eq(armalo_decision_granted(NULL), 0);
    for (unsigned bit = 0; bit < 32; bit++) {
        d = a_grant();
        d.grant ^= UINT32_C(1) << bit;
        ck_assert_int_eq(armalo_decision_granted(&d), 0);
        d = a_grant();
        d.reason ^= UINT32_C(1) << bit;
        ck_assert_int_eq(armalo_decision_granted(&d), 0);
        ck_assert_ptr_eq(strstr(public_of(&d), "\"status\""), NULL);
        ck_assert_ptr_ne(strstr(operator_of(&d), "{\"granted\":false,"), NULL);
    }
    for (uint32_t reason = armalo_reason_next(1); reason != 0; reason = armalo_reason_next(reason)) {
        d = a_denial(reason);
        ck_assert_int_eq(armalo_decision_granted(&d), 0);
        d.grant = ARMALO_GRANT;
        ck_assert_int_eq(armalo_decision_granted(&d), 0);
        d.grant = 1;
        ck_assert_int_eq(armalo_decision_granted(&d), 0);
    }
}
END_TEST

/* Memory full of any one byte is a denial, and its texts end, are strict JSON and stay within their promised sizes. */
START_TEST(test_garbage_denies) {
    armalo_decision d;
    for (int byte = 0; byte < 256; byte++) {
        memset(&d, byte, sizeof d);
        ck_assert_int_eq(armalo_decision_granted(&d), 0);
        ck_assert_int_eq(strncmp(operator_of(&d), "{\"granted\":false,", 17), 0);
        ck_assert_ptr_eq(strstr(public_of(&d), "\"request_id\""), NULL); /* authenticated is not 1 */
        ck_assert_int_eq(strncmp(public_of(&d), "{\"error\":\"internal\"", 19), 0);
        d.authenticated = 1;
        d.labels = UINT32_MAX;
        d.decided_at_ms = INT64_C(253402300799999);
        (void)public_of(&d);
        (void)operator_of(&d);
    }
    uint64_t x = 88172645463325252u;
    for (int round = 0; round < 20000; round++) {
        unsigned char bytes[sizeof d];
        for (size_t i = 0; i < sizeof bytes; i++) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            bytes[i] = (unsigned char)(x >> 32);
        }
        memcpy(&d, bytes, sizeof d);
        ck_assert_int_eq(armalo_decision_granted(&d), 0);
        d.authenticated = (uint32_t)round % 2;
        d.public_class = round % 11 - 1;
        (void)operator_of(&d);
        ck_assert_int_eq(strncmp(public_of(&d), "{\"error\":\"", 10), 0);
    }
}
END_TEST

START_TEST(test_exact_texts) {
    armalo_decision d;
    memset(&d, 0, sizeof d);
    ck_assert_str_eq(public_of(&d), "{\"error\":\"internal\"}");
    ck_assert_str_eq(public_of(NULL), "{\"error\":\"internal\"}");
    const char *undecided = "{\"granted\":false,\"evidence\":\"unavailable\",\"reason\":\"core.undecided\",\"class\":"
                            "\"internal\",\"http_status\":500,\"detail\":null,\"request_id\":null,\"decided_at\":null,"
                            "\"mode\":null,\"principal\":null,\"org\":null,\"labels\":[]}";
    ck_assert_str_eq(operator_of(&d), undecided);
    ck_assert_str_eq(operator_of(NULL), undecided);

    d = a_grant();
    ck_assert_str_eq(public_of(&d), "{\"status\":\"ok\"}");
    d.authenticated = 1;
    d.mode = ARMALO_MODE_PRODUCTION;
    d.decided_at_ms = INT64_C(1700000000123);
    d.labels = ARMALO_LABEL_COVERS_BODY | ARMALO_LABEL_FRESHNESS_NOT_PROVIDED;
    memcpy(d.request_id, "req_1", 6);
    memcpy(d.principal, "billing", 8);
    memcpy(d.org, "org_1", 6);
    memcpy(d.detail, "a \"quoted\" \\ thing\n", 20);
    ck_assert_str_eq(public_of(&d), "{\"status\":\"ok\",\"request_id\":\"req_1\"}");
    ck_assert_str_eq(
        operator_of(&d),
        "{\"granted\":true,\"evidence\":\"positive\",\"reason\":\"core.granted\",\"class\":\"ok\",\"http_"
        "status\":200,\"detail\":\"a \\\"quoted\\\" \\\\ thing\\n\",\"request_id\":\"req_1\",\"decided_at\":"
        "\"2023-11-14T22:13:20.123Z\",\"mode\":\"production\",\"principal\":\"billing\",\"org\":\"org_1\","
        "\"labels\":[\"freshness:not_provided\",\"covers:body\"]}");
    d.authenticated = 2;
    ck_assert_str_eq(public_of(&d), "{\"status\":\"ok\"}");

    /* A denial that carries the class of a grant is a broken one: a stranger is told "internal". */
    d = a_grant();
    d.grant = 0;
    ck_assert_str_eq(public_of(&d), "{\"error\":\"internal\"}");
    d = a_denial(ARMALO_REASON_SIGNATURE_MISMATCH);
    ck_assert_str_eq(public_of(&d), "{\"error\":\"unauthorized\"}");
    d.public_class = ARMALO_CLASS_OK;
    ck_assert_str_eq(public_of(&d), "{\"error\":\"internal\"}");
}
END_TEST

START_TEST(test_labels_and_modes_by_name) {
    static const struct {
        uint32_t bit;
        const char *name;
    } labels[] = {
        {0x0001, "compatibility"},
        {0x0002, "freshness:not_provided"},
        {0x0004, "delivery_id:unsigned"},
        {0x0008, "event:unsigned"},
        {0x0010, "covers:id"},
        {0x0020, "covers:timestamp"},
        {0x0040, "covers:body"},
        {0x0080, "covers:headers"},
        {0x0100, "replay:unchecked"},
        {0x0200, "audit:off"},
        {0x0400, "mode:staging"},
        {0x0800, "mode:simulation"},
        {0x1000, "mode:dry_run"},
        {0x2000, "key:legacy"},
    };
    static const char *const modes[] = {NULL, "production", "staging", "simulation", "dry_run", NULL};
    char want[64];
    armalo_decision d;
    memset(&d, 0, sizeof d);
    for (size_t i = 0; i < 14; i++) {
        d.labels = labels[i].bit;
        snprintf(want, sizeof want, "\"labels\":[\"%s\"]}", labels[i].name);
        ck_assert_ptr_ne(strstr(operator_of(&d), want), NULL);
    }
    d.labels = UINT32_MAX & ~UINT32_C(0x3FFF); /* bits without a meaning have no name */
    ck_assert_ptr_ne(strstr(operator_of(&d), "\"labels\":[]}"), NULL);
    for (int32_t mode = -1; mode < 6; mode++) {
        d.mode = mode;
        if (mode >= 0 && modes[mode] != NULL)
            snprintf(want, sizeof want, "\"mode\":\"%s\",", modes[mode]);
        else
            snprintf(want, sizeof want, "\"mode\":null,");
        ck_assert_ptr_ne(strstr(operator_of(&d), want), NULL);
    }
}
END_TEST

/* quality.md 4: the public bytes of any two reasons of one class are the same, whatever else the decisions hold. */
START_TEST(test_public_text_depends_on_class_alone) {
    char first[9][ARMALO_PUBLIC_TEXT_SIZE];
    int seen[9] = {0};
    uint32_t reason = 0;
    do {
        armalo_decision d = a_denial(reason);
        int32_t c = d.public_class;
        if (reason != ARMALO_REASON_GRANTED) {
            memcpy(d.detail, "header x is missing", 20);
            memcpy(d.principal, "someone", 8);
            memcpy(d.org, "org_9", 6);
            memcpy(d.request_id, "req_77", 7);
            d.labels = reason;
            d.mode = (int32_t)(reason % 5);
            d.decided_at_ms = reason;
            if (!seen[c]++) strcpy(first[c], public_of(&d));
            ck_assert_str_eq(public_of(&d), first[c]);
            char want[64];
            snprintf(want, sizeof want, "{\"error\":\"%s\"}", forge_word(c));
            ck_assert_str_eq(public_of(&d), want);
            d.authenticated = 1;
            snprintf(want, sizeof want, "{\"error\":\"%s\",\"request_id\":\"req_77\"}", forge_word(c));
            ck_assert_str_eq(public_of(&d), want);
        }
    } while ((reason = armalo_reason_next(reason)) != 0);
    ck_assert_int_eq(seen[ARMALO_CLASS_OK], 0);
    ck_assert_int_gt(seen[ARMALO_CLASS_UNAUTHORIZED], 5);
    ck_assert_int_gt(seen[ARMALO_CLASS_BAD_REQUEST], 5);
}
END_TEST

START_TEST(test_buffer_too_small_writes_nothing) {
    armalo_decision d = a_grant();
    memcpy(d.request_id, "req_1", 6);
    d.authenticated = 1;
    const char *(*const write[])(const armalo_decision *, char *, size_t, size_t *) = {armalo_decision_public,
                                                                                       armalo_decision_operator};
    const char *const fallback[] = {"{\"error\":\"internal\"}",
                                    "{\"granted\":false,\"reason\":\"core.buffer_too_small\"}"};
    for (int which = 0; which < 2; which++) {
        char whole[ARMALO_OPERATOR_TEXT_SIZE], buf[ARMALO_OPERATOR_TEXT_SIZE];
        size_t len = 0, told = 0;
        write[which](&d, whole, sizeof whole, &len);
        ck_assert_str_eq(write[which](&d, NULL, 0, &told), fallback[which]);
        ck_assert_uint_eq(told, len);
        ck_assert_str_eq(write[which](&d, NULL, sizeof buf, NULL), fallback[which]);
        for (size_t cap = 0; cap <= len; cap++) {
            memset(buf, 0xFF, sizeof buf);
            told = 0;
            ck_assert_str_eq(write[which](&d, buf, cap, &told), fallback[which]);
            ck_assert_uint_eq(told, len);
            ck_assert(forge_poisoned(buf, sizeof buf));
        }
        memset(buf, 0xFF, sizeof buf);
        ck_assert_ptr_eq(write[which](&d, buf, len + 1, NULL), buf);
        ck_assert_str_eq(buf, whole);
        ck_assert(forge_poisoned(buf + len + 1, sizeof buf - len - 1));
    }
}
END_TEST

/* The longest texts: every byte needs its longest escape. */
START_TEST(test_promised_sizes_hold) {
    armalo_decision d = a_denial(ARMALO_REASON_SCHEME_INVALID);
    static const unsigned char worst[] = {1, 0x7F, 0xFF, '"', 0xC3, 0xE2, 0xF0};
    for (size_t i = 0; i < sizeof worst; i++) {
        memset(d.request_id, worst[i], sizeof d.request_id);
        memset(d.principal, worst[i], sizeof d.principal);
        memset(d.org, worst[i], sizeof d.org);
        memset(d.detail, worst[i], sizeof d.detail);
        d.authenticated = 1;
        d.labels = UINT32_MAX;
        d.mode = ARMALO_MODE_PRODUCTION;
        d.decided_at_ms = INT64_C(253402300799999);
        for (uint32_t reason = 1; reason != 0; reason = armalo_reason_next(reason)) {
            d.reason = reason;
            (void)public_of(&d);
            (void)operator_of(&d);
        }
    }
    d.decided_at_ms = INT64_MAX;
    ck_assert_ptr_ne(strstr(operator_of(&d), "\"decided_at\":null,"), NULL);
    d.decided_at_ms = -1;
    ck_assert_ptr_ne(strstr(operator_of(&d), "\"decided_at\":null,"), NULL);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_only_the_exact_grant_grants);
    tcase_add_test(tc, test_garbage_denies);
    tcase_add_test(tc, test_exact_texts);
    tcase_add_test(tc, test_labels_and_modes_by_name);
    tcase_add_test(tc, test_public_text_depends_on_class_alone);
    tcase_add_test(tc, test_buffer_too_small_writes_nothing);
    tcase_add_test(tc, test_promised_sizes_hold);
}
TEST_MAIN("core_decision", fill, 60)
