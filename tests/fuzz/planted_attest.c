/* SPDX-License-Identifier: MIT */
/* The target that must fail: fuzz_dsse over a verifier with a hole. Where no signature holds it signs the payload
 * itself. tests/property/fuzz_oracle_attest.c holds that this is found; by hand, with libFuzzer, it takes a moment. */
#include "armalo.h"

static int planted_verify(const armalo_attest_policy *policy, armalo_trust *trust, const armalo_attest_request *request,
                          armalo_attested **attested, armalo_decision *why);

#define armalo_attest_verify planted_verify
#include "fuzz_dsse.c"
#undef armalo_attest_verify

/* The payload of a text that has it as the writers of envelopes do; to be freed. */
static fuzz_bytes planted_payload(const void *artifact, size_t len) {
    static const char mark[] = "\"payload\":\"";
    const char *text = artifact;
    fuzz_bytes payload = {malloc(len + 1), 0};
    fuzz_must(payload.at != NULL);
    for (size_t at = 0; at + sizeof mark <= len; at++) {
        if (memcmp(text + at, mark, sizeof mark - 1) != 0) continue;
        at += sizeof mark - 1;
        (void)sodium_base642bin((uint8_t *)payload.at, len, text + at, len - at, NULL, &payload.len, NULL,
                                sodium_base64_VARIANT_ORIGINAL);
        break;
    }
    return payload;
}

static int planted_verify(const armalo_attest_policy *policy, armalo_trust *trust, const armalo_attest_request *request,
                          armalo_attested **attested, armalo_decision *why) {
    int granted = armalo_attest_verify(policy, trust, request, attested, why);
    int unsigned_by_us = why->reason == ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH ||
                         why->reason == ARMALO_REASON_ATTEST_SIGNER_UNKNOWN ||
                         why->reason == ARMALO_REASON_ATTEST_ALGORITHM_REFUSED;
    if (granted || !unsigned_by_us) return granted;
    fuzz_bytes payload = planted_payload(request->artifact, request->artifact_len);
    fuzz_bytes envelope = fuzz_envelope(payload.at, payload.len, FUZZ_FIRST);
    armalo_attest_request planted = *request;
    planted.artifact = envelope.at;
    planted.artifact_len = envelope.len;
    granted = armalo_attest_verify(policy, trust, &planted, attested, why);
    free(envelope.at);
    free(payload.at);
    return granted;
}
