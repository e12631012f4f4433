/* SPDX-License-Identifier: MIT */
/* The table of reasons, and that every reason of it is provoked by a test. */
#define _POSIX_C_SOURCE 200809L
#include "world.h"

#include <ctype.h>
#include <glob.h>

typedef struct row {
    uint32_t number;
    const char *constant, *name;
    int32_t evidence, public_class;
    const char *meaning;
} row;
static const row rows[] = {
#define ROW(number, NAME, name, evidence, class_, meaning)                                                             \
    {number, "ARMALO_REASON_" #NAME, name, ARMALO_##evidence, ARMALO_CLASS_##class_, meaning},
    ARMALO_REASONS(ROW)
#undef ROW
};
#define ROWS (sizeof rows / sizeof rows[0])

START_TEST(test_unique_and_walked_in_order) {
    uint32_t walked = 0;
    for (size_t i = 0; i < ROWS; i++) {
        ck_assert_str_eq(armalo_reason_name(rows[i].number), rows[i].name);
        ck_assert_str_eq(armalo_reason_meaning(rows[i].number), rows[i].meaning);
        for (size_t j = 0; j < i; j++) {
            ck_assert_uint_ne(rows[i].number, rows[j].number);
            ck_assert_str_ne(rows[i].name, rows[j].name);
            ck_assert_str_ne(rows[i].meaning, rows[j].meaning);
        }
        if (i == 0) continue;
        walked = armalo_reason_next(walked);
        ck_assert_uint_eq(walked, rows[i].number);
    }
    ck_assert_uint_eq(armalo_reason_next(walked), 0);
    ck_assert_uint_eq(rows[0].number, 0);
    ck_assert_str_eq(armalo_reason_name(0), "core.undecided");
    ck_assert_str_eq(armalo_reason_name(1), "core.granted");
}
END_TEST

START_TEST(test_names_are_dotted_lower_case) {
    for (size_t i = 0; i < ROWS; i++) {
        int dots = 0;
        for (const char *p = rows[i].name; *p != 0; p++) {
            ck_assert_msg((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '_' || *p == '.', "%s",
                          rows[i].name);
            dots += *p == '.';
        }
        ck_assert_msg(dots == 1, "%s", rows[i].name);
    }
}
END_TEST

START_TEST(test_unknown_numbers_are_undecided) {
    for (uint32_t n = 0; n < 1000; n++) {
        int known = 0;
        for (size_t i = 0; i < ROWS; i++) known |= rows[i].number == n;
        if (!known) ck_assert_str_eq(armalo_reason_name(n), "core.undecided");
        if (!known) ck_assert_str_eq(armalo_reason_meaning(n), armalo_reason_meaning(0));
        uint32_t next = armalo_reason_next(n);
        ck_assert(next == 0 || next > n);
    }
    ck_assert_str_eq(armalo_reason_name(UINT32_MAX), "core.undecided");
    ck_assert_str_eq(armalo_reason_name(UINT32_C(1) << 31), "core.undecided");
    ck_assert_uint_eq(armalo_reason_next(UINT32_MAX), 0);
    ck_assert_uint_eq(armalo_reason_next(UINT32_MAX - 1), 0);
}
END_TEST

/* Numbers that the world has seen: typed in, so that a row that is renumbered or renamed is noticed. */
START_TEST(test_numbers_and_names_are_stable) {
    static const struct {
        uint32_t number;
        const char *name;
    } known[] = {
        {2, "core.invalid_argument"},
        {3, "core.no_memory"},
        {4, "core.crypto_failed"},
        {5, "core.buffer_too_small"},
        {20, "host.mode_unset"},
        {25, "host.audit_failed"},
        {28, "host.config_invalid"},
        {40, "json.syntax"},

        {60, "webhook.scheme_unknown"},
        {71, "webhook.config_invalid"},
        {80, "webhook.headers_too_many"},
        {87, "webhook.body_too_large"},
        {93, "webhook.timestamp_stale"},
        {105, "webhook.signature_mismatch"},
        {112, "webhook.event_not_allowed"},
        {116, "webhook.store_unavailable"},
        {117, "webhook.claim_lost"},
        {123, "webhook.secret_record_expired"},
        {300, "trust.malformed"},
        {309, "trust.stale"},
        {330, "attest.size"},
        {341, "attest.signature_mismatch"},
        {356, "attest.expired"},
        {362, "attest.simulated"},
        {367, "attest.section_mismatch"},
        {380, "attest.key_unusable"},
        {382, "attest.revocation_rollback"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        ck_assert_str_eq(armalo_reason_name(known[i].number), known[i].name);
}
END_TEST

/* Only core.granted holds; what could not be checked is never shown as checked. */
START_TEST(test_evidence_and_class_fit) {
    for (size_t i = 0; i < ROWS; i++) {
        int grant = rows[i].number == ARMALO_REASON_GRANTED;
        ck_assert_int_eq(rows[i].evidence == ARMALO_POSITIVE, grant);
        ck_assert_int_eq(rows[i].public_class == ARMALO_CLASS_OK, grant);
        int simulated = strstr(rows[i].name, ".simulated") != NULL; /* of a key, of an attestation */
        ck_assert_int_eq(rows[i].evidence == ARMALO_SIMULATED, simulated);
        if (rows[i].public_class == ARMALO_CLASS_UNAVAILABLE)
            ck_assert_msg(rows[i].evidence == ARMALO_UNAVAILABLE, "%s", rows[i].name);
    }
}
END_TEST

static char *whole_file(const char *path) {
    FILE *file = fopen(path, "r");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) ck_abort_msg("cannot read %s", path);
    size_t size = (size_t)ftell(file);
    char *text = calloc(1, size + 1);
    rewind(file);
    if (text == NULL || fread(text, 1, size, file) != size) ck_abort_msg("cannot read %s", path);
    fclose(file);
    return text;
}

/* The constant stands there as a word of its own. */
static int mentions(const char *text, const char *constant) {
    size_t len = strlen(constant);
    for (const char *at = text; (at = strstr(at, constant)) != NULL; at += len) {
        if (!isalnum((unsigned char)at[len]) && at[len] != '_') return 1;
    }
    return 0;
}

/* quality.md 2: every reason is provoked by a test. The suites name what they provoke by its constant (in EXPECT_… or
 * in a row of a table that ends in one), so a reason that no suite names is one that no test provokes. */
START_TEST(test_every_reason_is_provoked) {
    char pattern[512];
    glob_t found;
    const char *slash = strrchr(__FILE__, '/');
    int untested = 0;
    size_t base = slash == NULL ? 0 : (size_t)(slash - __FILE__) + 1;
    snprintf(pattern, sizeof pattern, "%.*s../*/*.c", (int)base, __FILE__);
    ck_assert_int_eq(glob(pattern, 0, NULL, &found), 0);
    char **text = calloc(found.gl_pathc, sizeof *text);
    ck_assert_ptr_ne(text, NULL);
    for (size_t f = 0; f < found.gl_pathc; f++) {
        if (strstr(found.gl_pathv[f], "core_reasons.c") == NULL) text[f] = whole_file(found.gl_pathv[f]);
    }
    for (size_t i = 1; i < ROWS; i++) {
        int named = 0;
        for (size_t f = 0; f < found.gl_pathc && !named; f++)
            named = text[f] != NULL && mentions(text[f], rows[i].constant);
        if (!named) printf("no test provokes %s\n", rows[i].constant);
        untested += !named;
    }
    for (size_t f = 0; f < found.gl_pathc; f++) free(text[f]);
    free(text);
    globfree(&found);
    ck_assert_int_eq(untested, 0);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_unique_and_walked_in_order);
    tcase_add_test(tc, test_names_are_dotted_lower_case);
    tcase_add_test(tc, test_unknown_numbers_are_undecided);
    tcase_add_test(tc, test_numbers_and_names_are_stable);
    tcase_add_test(tc, test_evidence_and_class_fit);
    tcase_add_test(tc, test_every_reason_is_provoked);
}
TEST_MAIN("core_reasons", fill, 60)
