/* SPDX-License-Identifier: MIT */
/* Fuzz target: the input is an artifact that should be an envelope. Granted only with a payload that its key did sign:
 * the two below, which the corpus has. */
#include "attest_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const signed_payloads[] = {
    "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"name\":\"a\",\"digest\":{\"sha256\":"
    "\"7b4871e6b3540505462706"
    "8a49669e601dc93c5201ec75105d5858b79aecea12\"}}],\"predicateType\":\"urn:example:a\",\"predicate\":{\"score\":93}}",
    "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"digest\":{\"sha1\":\"1\"}}],"
    "\"predicateType\":\"urn:example:b\"}",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static armalo_trust *trust;
    static armalo_attest_policy *policies[2];
    if (size > FUZZ_MAX) return 0;
    if (trust == NULL) {
        trust = fuzz_trust_new(1);
        policies[0] = fuzz_policy_new("{\"v\":1,\"formats\":[\"dsse\"],\"any_signer\":true,\"any_age\":true,"
                                      "\"no_revocation\":true,\"any_subject\":true,"
                                      "\"predicate_types\":[\"urn:example:a\",\"urn:example:b\"]}");
        policies[1] = fuzz_policy_new("{\"v\":1,\"formats\":[\"dsse\",\"jws\",\"vc\"],\"issuers\":[\"" FUZZ_OWNER "\"],"
                                      "\"keys\":[\"first\",\"second\"],\"threshold\":2,\"ecdsa\":\"der\",\"any_age\":"
                                      "true,\"no_revocation\":true,\"any_subject\":true,\"credential_types\":[\"c\"],"
                                      "\"predicate_types\":[\"urn:example:a\",\"urn:example:b\"]}");
    }
    fuzz_look(data, size);
    int granted[2];
    for (int i = 0; i < 2; i++) {
        fuzz_bytes payload;
        armalo_attested_facts facts;
        int known = 0;
        granted[i] = fuzz_verify(policies[i], trust, data, size, &payload, &facts);
        for (size_t k = 0; k < 2 && granted[i]; k++)
            known |=
                payload.len == strlen(signed_payloads[k]) && memcmp(payload.at, signed_payloads[k], payload.len) == 0;
        fuzz_must(!granted[i] || (known && fuzz_digest_is(facts.payload_sha256, payload.at, payload.len)));
        free(payload.at);
    }
    fuzz_must(granted[0] || !granted[1]); /* the second asks for more */
    return 0;
}
