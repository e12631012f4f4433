/* SPDX-License-Identifier: MIT */
/* tests/test.h: one test program is one suite: list its cases in a fill function and end with TEST_MAIN. */
#ifndef ARMALO_TESTS_TEST_H
#define ARMALO_TESTS_TEST_H

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline int test_main(const char *name, void (*fill)(TCase *tc), double timeout_s) {
    Suite *suite = suite_create(name);
    TCase *tc = tcase_create(name);
    tcase_set_timeout(tc, timeout_s); /* 0: none */
    fill(tc);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner), ran = srunner_ntests_run(runner);
    srunner_free(runner);
    /* The line that tests/run adds up. */
    printf("%s: %d passed, %d failed\n", name, ran - failed, failed);
    return failed == 0 && ran > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#define TEST_MAIN(name, fill, timeout_s)                                                                               \
    int main(void) { return test_main(name, fill, timeout_s); }

#endif
