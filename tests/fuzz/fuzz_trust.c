/* SPDX-License-Identifier: MIT */
/* Fuzz target: the input is a text of keys; behind a zero byte there may be roots. Whatever keys come of it, none of
 * them made what a stranger signed; the same text gives the same answer again, and twice in one trust it is refused, as
 * each of its keys is there twice. */
#include "attest_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static armalo_trust *make(const armalo_anchor *anchors, size_t count, armalo_decision *why) {
    armalo_trust *trust = armalo_trust_new(fuzz_host(), anchors, count, why);
    fuzz_must(!armalo_decision_granted(why) && (trust == NULL) == (why->reason != ARMALO_REASON_UNDECIDED));
    fuzz_must(why->evidence != ARMALO_POSITIVE && why->evidence != ARMALO_SIMULATED);
    return trust;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static armalo_attest_policy *policy;
    static fuzz_bytes envelope, jws;
    static const char claims[] = "{\"sub\":\"a\"}", header[] = "{\"alg\":\"EdDSA\"}";
    static const char statement[] =
        "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"digest\":{\"a\":\"\"}}],"
        "\"predicateType\":\"urn:example:a\"}";
    if (size == 0 || size > FUZZ_MAX) return 0;
    if (policy == NULL) {
        policy =
            fuzz_policy_new("{\"v\":1,\"formats\":[\"dsse\",\"jws\"],\"any_signer\":true,\"any_age\":true,"
                            "\"algorithms\":[\"EdDSA\",\"ES256\",\"ES384\",\"PS256\",\"RS256\"],"
                            "\"no_revocation\":true,\"any_subject\":true,\"predicate_types\":[\"urn:example:a\"]}");
        envelope = fuzz_envelope(statement, strlen(statement), FUZZ_STRANGER);
        jws = fuzz_jws(header, strlen(header), claims, strlen(claims), 0, FUZZ_STRANGER);
        armalo_decision known;
        fuzz_bytes payload;
        armalo_attested_facts facts;
        armalo_anchor anchor = fuzz_anchor(FUZZ_STRANGER, NULL);
        armalo_trust *trust = make(&anchor, 1, &known); /* to whom knows the stranger both are good */
        fuzz_must(fuzz_verify(policy, trust, envelope.at, envelope.len, &payload, &facts));
        free(payload.at);
        fuzz_must(fuzz_verify(policy, trust, jws.at, jws.len, &payload, &facts));
        free(payload.at);
        armalo_trust_free(trust);
    }
    const uint8_t *zero = memchr(data, 0, size);
    size_t len = zero == NULL ? size : (size_t)(zero - data), rest = zero == NULL ? 0 : size - len - 1;
    if (len == 0) return 0;
    char *text = fuzz_exact(data, len), *roots = rest > 0 ? fuzz_exact(zero + 1, rest) : NULL;
    armalo_anchor anchors[2];
    armalo_decision why;
    anchors[0] = (armalo_anchor){.struct_size = sizeof anchors[0],
                                 .form = ARMALO_ANCHOR_TEXT,
                                 .rs256 = (int32_t)(len % 2),
                                 .data = text,
                                 .len = len,
                                 .owner = len % 3 == 0 ? FUZZ_OWNER : NULL,
                                 .roots = roots,
                                 .roots_len = rest,
                                 .pinned = ARMALO_PINNED};
    anchors[1] = anchors[0];
    armalo_trust *trust = make(anchors, 1, &why);
    uint32_t reason = why.reason;
    armalo_trust *again = make(anchors, 1, &why);
    fuzz_must(why.reason == reason);
    armalo_trust *twice = make(anchors, 2, &why);
    fuzz_must(twice == NULL);
    if (trust != NULL)
        fuzz_must(why.reason == ARMALO_REASON_TRUST_KEY_DUPLICATE || why.reason == ARMALO_REASON_TRUST_TOO_MANY);
    free(text);
    free(roots);
    if (trust != NULL) {
        fuzz_bytes payload;
        armalo_attested_facts facts;
        fuzz_must(!fuzz_verify(policy, trust, envelope.at, envelope.len, &payload, &facts));
        fuzz_must(!fuzz_verify(policy, trust, jws.at, jws.len, &payload, &facts));
    }
    armalo_trust_free(trust);
    armalo_trust_free(again);
    return 0;
}
