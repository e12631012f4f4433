/* SPDX-License-Identifier: MIT */
/* Fuzz target: the input is a payload, which the target signs, so that what reads verified bytes is reached. Behind a
 * zero byte there may be values of withheld sections. Granted only where a second reading finds a Statement v1 with a
 * type that the policy accepts and, for the types that are ours, exactly the members that they have. */
#include "attest_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Typed from the list of signed artifacts; the foreign type has any. */
static const struct {
    const char *type, *members[16];
} types[] = {
    {"\"urn:example:a\"", {NULL}},
    {"\"urn:armalo:eval-result:v1\"",
     {"\"agent\"", "\"pact_digest\"", "\"mode\"", "\"started_at\"", "\"finished_at\"", "\"results\"", "\"suite\"",
      "\"suite_digest\"", NULL}},
    {"\"urn:armalo:pact:v1\"", {"\"pact\"", "\"parties\"", NULL}},
    {"\"urn:armalo:approval:v1\"",
     {"\"action_digest\"", "\"approver\"", "\"role\"", "\"decision\"", "\"nonce\"", "\"issued_at\"", "\"expires_at\"",
      "\"reason\"", NULL}},
    {"\"urn:armalo:receipt:v1\"",
     {"\"id\"", "\"action\"", "\"action_digest\"", "\"agent\"", "\"org\"", "\"mode\"", "\"outcome\"", "\"started_at\"",
      "\"finished_at\"", "\"decision\"", "\"approvals\"", "\"evidence\"", "\"result_digest\"", "\"cost\"", NULL}},
    {"\"urn:armalo:release-smoke:v1\"", {"\"release\"", "\"mode\"", "\"ran_at\"", "\"checks\"", NULL}},
    {"\"urn:armalo:revocations:v1\"",
     {"\"issuer\"", "\"number\"", "\"this_update\"", "\"next_update\"", "\"revoked\"", NULL}},
    {"\"urn:armalo:bundle:v1\"",
     {"\"bundle_id\"", "\"agent\"", "\"scope\"", "\"issued_at\"", "\"expires_at\"", "\"sections\"", NULL}},
};
#define TYPES (sizeof types / sizeof types[0])

static int has_exactly(read_span predicate, const char *const *members) {
    read_members m;
    size_t count = 0;
    if (!read_members_of(predicate, '{', &m)) return 0;
    for (; members[count] != NULL; count++) {
        if (read_member(&m, members[count]).len == 0) return 0;
    }
    return m.count == count;
}

static int every_subject_has_a_digest(read_span subject) {
    read_members list, one, digest;
    if (!read_members_of(subject, '[', &list) || list.count == 0) return 0;
    for (size_t i = 0; i < list.count && i < READ_MEMBERS; i++) {
        if (!read_members_of(list.value[i], '{', &one) ||
            !read_members_of(read_member(&one, "\"digest\""), '{', &digest) || digest.count == 0)
            return 0;
    }
    return 1;
}

/* What every grant's payload is. */
static int may(fuzz_bytes payload) {
    read_members m;
    fuzz_bytes canonical = fuzz_canonical(payload.at, payload.len);
    int good = 0;
    if (read_members_of(fuzz_span(canonical), '{', &m) && m.count > READ_MEMBERS) {
        good = 1; /* too many for the second reading */
    } else if (read_members_of(fuzz_span(canonical), '{', &m) &&
               read_is(read_member(&m, "\"_type\""), "\"https://in-toto.io/Statement/v1\"") &&
               every_subject_has_a_digest(read_member(&m, "\"subject\""))) {
        read_span type = read_member(&m, "\"predicateType\""), predicate = read_member(&m, "\"predicate\"");
        good = read_is(type, types[0].type) && (predicate.len == 0 || predicate.at[0] == '{');
        for (size_t i = 1; i < TYPES; i++)
            good |= read_is(type, types[i].type) && has_exactly(predicate, types[i].members);
    }
    free(canonical.at);
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static armalo_trust *trust;
    static armalo_attest_policy *policy;
    if (size == 0 || size > FUZZ_MAX) return 0;
    if (trust == NULL) {
        trust = fuzz_trust_new(0);
        policy = fuzz_policy_new(
            "{\"v\":1,\"formats\":[\"dsse\"],\"issuers\":[\"" FUZZ_OWNER "\"],\"any_age\":true,\"no_revocation\":true,"
            "\"any_subject\":true,\"issued_at\":\"/predicate/iat\",\"expires_at\":\"/predicate/exp\","
            "\"predicate_types\":[\"urn:example:a\",\"urn:armalo:eval-result:v1\",\"urn:armalo:pact:v1\","
            "\"urn:armalo:approval:v1\",\"urn:armalo:receipt:v1\",\"urn:armalo:release-smoke:v1\","
            "\"urn:armalo:revocations:v1\",\"urn:armalo:bundle:v1\"]}");
    }
    const uint8_t *zero = memchr(data, 0, size);
    size_t len = zero == NULL ? size : (size_t)(zero - data), rest = zero == NULL ? 0 : size - len - 1;
    armalo_attested_facts facts;
    fuzz_bytes envelope = fuzz_envelope(data, len, FUZZ_FIRST), payload;
    fuzz_look(envelope.at, envelope.len);
    if (fuzz_verify(policy, trust, envelope.at, envelope.len, &payload, &facts)) {
        fuzz_must(fuzz_digest_is(facts.payload_sha256, data, len));
        fuzz_must(payload.len <= len && may(payload)); /* without white space around it */
        const uint8_t *at = data;
        while (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n') at++;
        fuzz_must(memcmp(payload.at, at, payload.len) == 0);
    }
    free(payload.at);
    if (rest > 0) {
        armalo_decision why;
        char *revealed = fuzz_exact(zero + 1, rest);
        armalo_attest_request request = {.struct_size = sizeof request,
                                         .artifact = envelope.at,
                                         .artifact_len = envelope.len,
                                         .revealed = revealed,
                                         .revealed_len = rest};
        int granted = armalo_attest_verify(policy, trust, &request, NULL, &why);
        fuzz_check_decision(&why, granted);
        if (granted) fuzz_must(armalo_json_check(revealed, rest, SIZE_MAX, NULL) == 1);
        free(revealed);
    }
    free(envelope.at);
    return 0;
}
