/* SPDX-License-Identifier: MIT */
/* Fuzz target: the input is the predicate of a revocation list, which the target puts into a statement and signs, so
 * that its reader is reached. Loaded only where a second reading finds the five members, the signer as issuer, a
 * number, and entries with ids; then each id that it finds is revoked, and another one is not. */
#include "attest_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static fuzz_bytes make_list(const void *predicate, size_t len) {
    fuzz_bytes statement = {NULL, 0}, envelope;
    fuzz_add_text(&statement, "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"digest\":{\"a\":\"\"}}],"
                              "\"predicateType\":\"urn:armalo:revocations:v1\",\"predicate\":");
    fuzz_add(&statement, predicate, len);
    fuzz_add_text(&statement, "}");
    envelope = fuzz_envelope(statement.at, statement.len, FUZZ_FIRST);
    free(statement.at);
    return envelope;
}

/* Does the trust revoke a JWS of this id (JSON, with its quotes)? */
static int revokes(armalo_trust *trust, read_span id) {
    static armalo_attest_policy *policy;
    static const char header[] = "{\"alg\":\"EdDSA\"}";
    armalo_attested *attested = NULL;
    armalo_decision why;
    fuzz_bytes claims = {NULL, 0}, jws;
    if (policy == NULL)
        policy =
            fuzz_policy_new("{\"v\":1,\"formats\":[\"jws\"],\"any_signer\":true,\"any_age\":true,\"any_subject\":true,"
                            "\"no_revocation\":true}");
    fuzz_add_text(&claims, "{\"jti\":");
    fuzz_add(&claims, id.at, id.len);
    fuzz_add_text(&claims, "}");
    jws = fuzz_jws(header, strlen(header), claims.at, claims.len, 0, FUZZ_SECOND);
    armalo_attest_request request = {.struct_size = sizeof request, .artifact = jws.at, .artifact_len = jws.len};
    int granted = armalo_attest_verify(policy, trust, &request, &attested, &why);
    fuzz_check_decision(&why, granted);
    fuzz_must(granted || why.reason == ARMALO_REASON_ATTEST_REVOKED);
    armalo_attested_free(attested);
    free(claims.at);
    free(jws.at);
    return !granted;
}

static void loaded(armalo_trust *trust, read_span predicate, int64_t number) {
    static const char never[] = "\"never on a list\"";
    read_members m, list, entry;
    int found = 0;
    fuzz_must(read_members_of(predicate, '{', &m) && m.count == 5);
    fuzz_must(read_is(read_member(&m, "\"issuer\""), "\"" FUZZ_OWNER "\""));
    read_span said = read_member(&m, "\"number\"");
    fuzz_must(said.len > 0 && said.at[0] >= '0' && said.at[0] <= '9' && strtoll(said.at, NULL, 10) == number);
    fuzz_must(read_is_string(read_member(&m, "\"this_update\"")) && read_is_string(read_member(&m, "\"next_update\"")));
    fuzz_must(read_members_of(read_member(&m, "\"revoked\""), '[', &list));
    for (size_t i = 0; i < list.count && i < READ_MEMBERS; i++) {
        fuzz_must(read_members_of(list.value[i], '{', &entry) && entry.count == 3);
        read_span id = read_member(&entry, "\"id\"");
        fuzz_must(read_is_string(id) && read_is_string(read_member(&entry, "\"at\"")) &&
                  read_is_string(read_member(&entry, "\"reason\"")));
        if (i < 4) fuzz_must(revokes(trust, id));
        found |= read_is(id, never) || read_is(id, "\"second\"");
    }
    if (list.count <= READ_MEMBERS && !found) fuzz_must(!revokes(trust, read_of(never)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    armalo_decision why;
    if (size > FUZZ_MAX) return 0;
    armalo_trust *trust = fuzz_trust_new(0);
    fuzz_bytes list = make_list(data, size);
    int64_t number = -1, again = -1;
    char *exact = fuzz_exact(list.at, list.len);
    int done = armalo_revocations_load(trust, FUZZ_OWNER, exact, list.len, 0, &number, &why);
    free(exact);
    fuzz_check_decision(&why, done);
    if (done) {
        fuzz_bytes predicate = fuzz_canonical(data, size);
        if (predicate.len > 0) loaded(trust, fuzz_span(predicate), number);
        free(predicate.at);
        /* The same once more is the same, unless it revokes its own signer; under a higher floor it is refused. */
        int reloaded = armalo_revocations_load(trust, NULL, list.at, list.len, number, &again, &why);
        fuzz_must(reloaded ? again == number : again == -1 && why.reason == ARMALO_REASON_ATTEST_REVOKED);
        again = number;
        fuzz_must(armalo_revocations_load(trust, NULL, list.at, list.len, number + 1, &again, &why) == 0);
        fuzz_must(why.reason == ARMALO_REASON_ATTEST_REVOCATION_ROLLBACK && again == number);
        fuzz_must(armalo_revocations_load(trust, FUZZ_NODE_OWNER, list.at, list.len, 0, NULL, &why) == 0);
    } else {
        fuzz_must(number == -1 && !revokes(trust, read_of("\"a\"")));
    }
    free(list.at);
    armalo_trust_free(trust);
    return 0;
}
