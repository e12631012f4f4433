/* SPDX-License-Identifier: MIT */
/* The algebra of evidence: a chain NEGATIVE < UNAVAILABLE < STALE < SIMULATED < POSITIVE, all = minimum, any = maximum.
 */
#include "armalo.h"
#include "test.h"

/* The states in the order of the chain, then numbers that are no states. */
static const int32_t inputs[] = {
    ARMALO_NEGATIVE, ARMALO_UNAVAILABLE, ARMALO_STALE, ARMALO_SIMULATED, ARMALO_POSITIVE, -1, 5, INT32_MAX, INT32_MIN};
#define INPUTS ((int)(sizeof inputs / sizeof inputs[0]))

static int32_t all2(int32_t a, int32_t b) {
    int32_t states[] = {a, b};
    return armalo_evidence_all(states, 2);
}
static int32_t any2(int32_t a, int32_t b) {
    int32_t states[] = {a, b};
    return armalo_evidence_any(states, 2);
}
/* What a number counts as. */
static int32_t state_of(int32_t x) { return x >= 0 && x <= 4 ? x : ARMALO_UNAVAILABLE; }

START_TEST(test_pairs_by_hand) {
    enum { U = ARMALO_UNAVAILABLE, N = ARMALO_NEGATIVE, T = ARMALO_STALE, S = ARMALO_SIMULATED, P = ARMALO_POSITIVE };
    static const int32_t table[][4] = {
        /* a, b, all, any: typed from the order in armalo/decision.h */
        {N, N, N, N}, {N, U, N, U}, {N, T, N, T}, {N, S, N, S}, {N, P, N, P}, {U, N, N, U}, {U, U, U, U},
        {U, T, U, T}, {U, S, U, S}, {U, P, U, P}, {T, N, N, T}, {T, U, U, T}, {T, T, T, T}, {T, S, T, S},
        {T, P, T, P}, {S, N, N, S}, {S, U, U, S}, {S, T, T, S}, {S, S, S, S}, {S, P, S, P}, {P, N, N, P},
        {P, U, U, P}, {P, T, T, P}, {P, S, S, P}, {P, P, P, P},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        ck_assert_int_eq(all2(table[i][0], table[i][1]), table[i][2]);
        ck_assert_int_eq(any2(table[i][0], table[i][1]), table[i][3]);
    }
    ck_assert_int_eq(sizeof table / sizeof table[0], 25);
}
END_TEST

START_TEST(test_nothing_shows_nothing) {
    const int32_t positive = ARMALO_POSITIVE;
    ck_assert_int_eq(armalo_evidence_all(NULL, 0), ARMALO_UNAVAILABLE);
    ck_assert_int_eq(armalo_evidence_any(NULL, 0), ARMALO_UNAVAILABLE);
    ck_assert_int_eq(armalo_evidence_all(NULL, 7), ARMALO_UNAVAILABLE);
    ck_assert_int_eq(armalo_evidence_any(NULL, 7), ARMALO_UNAVAILABLE);
    ck_assert_int_eq(armalo_evidence_all(&positive, 0), ARMALO_UNAVAILABLE);
    ck_assert_int_eq(armalo_evidence_any(&positive, 0), ARMALO_UNAVAILABLE);
    for (int a = 0; a < INPUTS; a++) {
        ck_assert_int_eq(armalo_evidence_all(&inputs[a], 1), state_of(inputs[a]));
        ck_assert_int_eq(armalo_evidence_any(&inputs[a], 1), state_of(inputs[a]));
    }
}
END_TEST

START_TEST(test_lattice_laws) {
    for (int a = 0; a < INPUTS; a++) {
        for (int b = 0; b < INPUTS; b++) {
            int32_t x = inputs[a], y = inputs[b];
            ck_assert_int_eq(all2(x, y), all2(y, x));
            ck_assert_int_eq(any2(x, y), any2(y, x));
            ck_assert_int_eq(all2(x, x), state_of(x));
            ck_assert_int_eq(any2(x, x), state_of(x));
            ck_assert_int_eq(all2(x, any2(x, y)), state_of(x));
            ck_assert_int_eq(any2(x, all2(x, y)), state_of(x));
            for (int c = 0; c < INPUTS; c++) {
                int32_t z = inputs[c];
                ck_assert_int_eq(all2(all2(x, y), z), all2(x, all2(y, z)));
                ck_assert_int_eq(any2(any2(x, y), z), any2(x, any2(y, z)));
                ck_assert_int_eq(all2(x, any2(y, z)), any2(all2(x, y), all2(x, z)));
                ck_assert_int_eq(any2(x, all2(y, z)), all2(any2(x, y), any2(x, z)));
            }
        }
    }
}
END_TEST

/* Every tuple of up to five inputs: the same as folding pairs (so the order does not matter, nor the grouping), and
 * positive only from positive. */
START_TEST(test_every_tuple) {
    int32_t states[5];
    int index[5];
    for (int count = 1; count <= 5; count++) {
        memset(index, 0, sizeof index);
        for (;;) {
            int positive = 0, negative = 0;
            for (int i = 0; i < count; i++) {
                states[i] = inputs[index[i]];
                positive += states[i] == ARMALO_POSITIVE;
                negative += states[i] == ARMALO_NEGATIVE;
            }
            int32_t all = armalo_evidence_all(states, (size_t)count), any = armalo_evidence_any(states, (size_t)count);
            int32_t all_fold = states[0], any_fold = states[0];
            for (int i = count - 1; i >= 0; i--) {
                all_fold = all2(states[i], all_fold);
                any_fold = any2(any_fold, states[i]);
            }
            ck_assert_int_eq(all, all_fold);
            ck_assert_int_eq(any, any_fold);
            ck_assert_int_eq(all == ARMALO_POSITIVE, positive == count);
            ck_assert_int_eq(any == ARMALO_POSITIVE, positive > 0);
            ck_assert_int_eq(all == ARMALO_NEGATIVE, negative > 0);
            ck_assert_int_eq(any == ARMALO_NEGATIVE, negative == count);
            int at = 0;
            while (at < count && ++index[at] == INPUTS) index[at++] = 0;
            if (at == count) break;
        }
    }
}
END_TEST

START_TEST(test_names) {
    ck_assert_str_eq(armalo_evidence_name(ARMALO_UNAVAILABLE), "unavailable");
    ck_assert_str_eq(armalo_evidence_name(ARMALO_NEGATIVE), "negative");
    ck_assert_str_eq(armalo_evidence_name(ARMALO_STALE), "stale");
    ck_assert_str_eq(armalo_evidence_name(ARMALO_SIMULATED), "simulated");
    ck_assert_str_eq(armalo_evidence_name(ARMALO_POSITIVE), "positive");
    for (int a = 5; a < INPUTS; a++) ck_assert_str_eq(armalo_evidence_name(inputs[a]), "unavailable");
    ck_assert_int_eq(ARMALO_UNAVAILABLE, 0); /* zeroed memory is no evidence */
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_pairs_by_hand);
    tcase_add_test(tc, test_nothing_shows_nothing);
    tcase_add_test(tc, test_lattice_laws);
    tcase_add_test(tc, test_every_tuple);
    tcase_add_test(tc, test_names);
}
TEST_MAIN("core_evidence", fill, 60)
