/* SPDX-License-Identifier: MIT */
#include "armalo/decision.h"

/* NEGATIVE < UNAVAILABLE < STALE < SIMULATED < POSITIVE: a chain, so all is its minimum and any its maximum, and the
 * laws of a lattice hold. A number that is no state ranks as UNAVAILABLE. */
static const int32_t armalo_i_evidence_chain[] = {ARMALO_NEGATIVE, ARMALO_UNAVAILABLE, ARMALO_STALE, ARMALO_SIMULATED,
                                                  ARMALO_POSITIVE};

static int armalo_i_evidence_rank(int32_t state) {
    for (int rank = 0; rank < 5; rank++) {
        if (armalo_i_evidence_chain[rank] == state) return rank;
    }
    return 1; /* as UNAVAILABLE */
}

int32_t armalo_evidence_all(const int32_t *states, size_t count) {
    if (states == NULL || count == 0) return ARMALO_UNAVAILABLE;
    int weakest = armalo_i_evidence_rank(states[0]);
    for (size_t i = 1; i < count; i++) {
        int rank = armalo_i_evidence_rank(states[i]);
        if (rank < weakest) weakest = rank;
    }
    return armalo_i_evidence_chain[weakest];
}

int32_t armalo_evidence_any(const int32_t *states, size_t count) {
    if (states == NULL || count == 0) return ARMALO_UNAVAILABLE;
    int strongest = armalo_i_evidence_rank(states[0]);
    for (size_t i = 1; i < count; i++) {
        int rank = armalo_i_evidence_rank(states[i]);
        if (rank > strongest) strongest = rank;
    }
    return armalo_i_evidence_chain[strongest];
}

const char *armalo_evidence_name(int32_t evidence) {
    switch (evidence) {
    case ARMALO_NEGATIVE:
        return "negative";
    case ARMALO_STALE:
        return "stale";
    case ARMALO_SIMULATED:
        return "simulated";
    case ARMALO_POSITIVE:
        return "positive";
    default:
        return "unavailable";
    }
}
