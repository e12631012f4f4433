/* SPDX-License-Identifier: MIT */
/* The oracle of fuzz_delivery finds a verifier that grants without proof: the planted one must end the process, and a
 * few random changes must be enough for it. */
#include "fuzz/planted_grant.c"
#include "test.h"

#include <signal.h>

/* Untouched deliveries are granted with or without the hole. */
START_TEST(test_valid) {
    const uint8_t input[2] = {(uint8_t)_i, (uint8_t)(_i & 1)};
    ck_assert_int_eq(LLVMFuzzerTestOneInput(input, sizeof input), 0);
}
END_TEST

/* One bit of the body. */
START_TEST(test_body) {
    const uint8_t input[] = {(uint8_t)_i, 1, 0, 2, 5};
    (void)LLVMFuzzerTestOneInput(input, sizeof input);
}
END_TEST

/* Whatever comes, as a fuzzer's first tries would be. */
START_TEST(test_random) {
    uint32_t random = 1 + (uint32_t)_i;
    for (int i = 0; i < 200; i++) {
        uint8_t input[16];
        for (size_t k = 0; k < sizeof input; k++) {
            random = random * UINT32_C(1664525) + UINT32_C(1013904223);
            input[k] = (uint8_t)(random >> 24);
        }
        (void)LLVMFuzzerTestOneInput(input, 1 + (size_t)(random >> 28));
    }
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_loop_test(tc, test_valid, 0, SAMPLES);
    tcase_add_loop_test_raise_signal(tc, test_body, SIGABRT, 0, SAMPLES);
    tcase_add_loop_test_raise_signal(tc, test_random, SIGABRT, 0, 5);
}

TEST_MAIN("fuzz_oracle", fill, 60)
