/* SPDX-License-Identifier: MIT */
/* The oracle of fuzz_dsse finds a verifier that believes what nobody signed: the planted one must end the process. */
#include "fuzz/planted_attest.c"
#include "test.h"

#include <signal.h>

static int target(fuzz_bytes envelope) { return LLVMFuzzerTestOneInput((const uint8_t *)envelope.at, envelope.len); }

/* What is signed is granted with or without the hole. */
START_TEST(test_valid) {
    fuzz_bytes envelope = fuzz_envelope(signed_payloads[_i], strlen(signed_payloads[_i]), FUZZ_FIRST);
    ck_assert_int_eq(target(envelope), 0);
    free(envelope.at);
}
END_TEST

/* A stranger's, of another payload and of the same one. */
START_TEST(test_stranger) {
    char payload[1024], *score;
    snprintf(payload, sizeof payload, "%s", signed_payloads[0]);
    ck_assert_ptr_nonnull(score = strstr(payload, "93"));
    if (_i == 0) score[1] = '4';
    fuzz_bytes envelope = fuzz_envelope(payload, strlen(payload), FUZZ_STRANGER);
    (void)target(envelope);
    free(envelope.at);
}
END_TEST

/* One digit of a signature. */
START_TEST(test_changed) {
    fuzz_bytes envelope = fuzz_envelope(signed_payloads[0], strlen(signed_payloads[0]), FUZZ_FIRST);
    char *digit = strstr(envelope.at, "\"sig\":\"") + 7 + _i;
    *digit = *digit == 'A' ? 'B' : 'A';
    (void)target(envelope);
    free(envelope.at);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_loop_test(tc, test_valid, 0, 2);
    tcase_add_loop_test_raise_signal(tc, test_stranger, SIGABRT, 0, 2);
    tcase_add_loop_test_raise_signal(tc, test_changed, SIGABRT, 0, 10);
}

TEST_MAIN("fuzz_oracle_attest", fill, 60)
