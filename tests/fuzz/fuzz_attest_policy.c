/* SPDX-License-Identifier: MIT */
/* Fuzz target: the input is a policy. It is taken only where a second reading finds everything said that must be said:
 * formats, whose word, types, how old, revocation; and nothing that it does not know. Whatever it says, a stranger's
 * word is not taken, and that of a known key only where it names its owner, or nobody. */
#include "attest_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int is_one_of(read_span text, const char *const *words) {
    for (; *words != NULL; words++) {
        if (read_is(text, *words)) return 1;
    }
    return 0;
}

/* A list that has something in it. *there: it is. */
static int list_holds(const read_members *m, const char *name, int *there) {
    read_members list;
    read_span value = read_member(m, name);
    *there = value.len > 0;
    return !*there || (read_members_of(value, '[', &list) && list.count > 0);
}

/* A waiver, which is true. */
static int waiver_holds(const read_members *m, const char *name, int *there) {
    read_span value = read_member(m, name);
    *there = value.len > 0;
    return !*there || read_is(value, "true");
}

/* A number of seconds in the canonical form. */
static int seconds_hold(read_span value, int *there) {
    *there = value.len > 0;
    return !*there || (value.at[0] >= '1' && value.at[0] <= '9' && strtoll(value.at, NULL, 10) <= 315360000);
}

static int formats_hold(read_span value, int *dsse, int *vc) {
    static const char *const names[] = {"\"dsse\"", "\"jws\"", "\"vc\"", NULL};
    read_members list;
    *dsse = *vc = 0;
    if (!read_members_of(value, '[', &list) || list.count == 0 || list.count > 3) return 0;
    for (size_t i = 0; i < list.count; i++) {
        if (!is_one_of(list.value[i], names)) return 0;
        *dsse |= read_is(list.value[i], names[0]);
        *vc |= read_is(list.value[i], names[2]);
    }
    return 1;
}

static int may(const read_members *m) {
    static const char *const known[] = {"\"v\"",
                                        "\"name\"",
                                        "\"formats\"",
                                        "\"issuers\"",
                                        "\"keys\"",
                                        "\"any_signer\"",
                                        "\"threshold\"",
                                        "\"algorithms\"",
                                        "\"ecdsa\"",
                                        "\"predicate_types\"",
                                        "\"typ\"",
                                        "\"credential_types\"",
                                        "\"any_subject\"",
                                        "\"audience\"",
                                        "\"max_age_s\"",
                                        "\"expiry_required\"",
                                        "\"any_age\"",
                                        "\"issued_at\"",
                                        "\"expires_at\"",
                                        "\"skew_s\"",
                                        "\"claims\"",
                                        "\"revocation\"",
                                        "\"no_revocation\"",
                                        "\"accept_simulated\"",
                                        "\"any_status\"",
                                        "\"usages\"",
                                        NULL};
    read_members list;
    int dsse, vc, issuers, keys, any, max, ends, any_age, none, types, listed = 0;
    for (size_t i = 0; i < m->count; i++) {
        if (!is_one_of(m->name[i], known)) return 0;
    }
    if (!read_is(read_member(m, "\"v\""), "1") || !formats_hold(read_member(m, "\"formats\""), &dsse, &vc)) return 0;
    if (!list_holds(m, "\"issuers\"", &issuers) || !list_holds(m, "\"keys\"", &keys) ||
        !waiver_holds(m, "\"any_signer\"", &any) || any == (issuers || keys))
        return 0;
    if (!list_holds(m, "\"predicate_types\"", &types) || (dsse && !types)) return 0;
    if (!list_holds(m, "\"credential_types\"", &types) || (vc && !types)) return 0;
    if (!seconds_hold(read_member(m, "\"max_age_s\""), &max) || !waiver_holds(m, "\"expiry_required\"", &ends) ||
        !waiver_holds(m, "\"any_age\"", &any_age) || any_age == (max || ends))
        return 0;
    if (read_members_of(read_member(m, "\"revocation\""), '{', &list) &&
        !seconds_hold(read_member(&list, "\"max_age_s\""), &listed))
        return 0;
    return waiver_holds(m, "\"no_revocation\"", &none) && none != listed &&
           (listed || read_member(m, "\"revocation\"").len == 0);
}

/* A statement and claims of the first key's, and the stranger's of both. */
static struct {
    fuzz_bytes envelope, jws, strange_envelope, strange_jws;
    armalo_trust *trust;
} scene;

static void open_scene(void) {
    static const char claims[] =
        "{\"iss\":\"" FUZZ_OWNER "\",\"sub\":\"a\",\"iat\":1699999990,\"exp\":1700000600,\"score\":7,"
        "\"tags\":[\"x\",1]}";
    static const char header[] = "{\"alg\":\"EdDSA\",\"kid\":\"first\",\"typ\":\"JWT\"}";
    static const char statement[] =
        "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"digest\":{\"a\":\"\"}}],"
        "\"predicateType\":\"urn:example:a\",\"predicate\":{\"score\":7,\"iat\":1699999990}}";
    scene.trust = fuzz_trust_new(1);
    scene.envelope = fuzz_envelope(statement, strlen(statement), FUZZ_FIRST);
    scene.strange_envelope = fuzz_envelope(statement, strlen(statement), FUZZ_STRANGER);
    scene.jws = fuzz_jws(header, strlen(header), claims, strlen(claims), 0, FUZZ_FIRST);
    scene.strange_jws = fuzz_jws(header, strlen(header), claims, strlen(claims), 1, FUZZ_STRANGER);
}

/* Granted only by a policy that names the owner, the key, or nobody. */
static void judge(const armalo_attest_policy *policy, const fuzz_bytes *artifact, const read_members *m, int dsse) {
    read_members list;
    fuzz_bytes payload;
    armalo_attested_facts facts;
    int granted = fuzz_verify(policy, scene.trust, artifact->at, artifact->len, &payload, &facts);
    free(payload.at);
    if (!granted || m->count > READ_MEMBERS) return;
    int named = 1;
    if (read_members_of(read_member(m, "\"issuers\""), '[', &list)) {
        named = 0;
        for (size_t i = 0; i < list.count && i < READ_MEMBERS; i++)
            named |= read_is(list.value[i], "\"" FUZZ_OWNER "\"");
        named |= list.count > READ_MEMBERS;
    }
    fuzz_must(named);
    fuzz_must(read_member(m, "\"any_subject\"").len > 0 && read_member(m, "\"audience\"").len == 0);
    fuzz_must(read_member(m, "\"no_revocation\"").len > 0 && read_member(m, "\"usages\"").len == 0);
    read_span threshold = read_member(m, "\"threshold\"");
    fuzz_must(threshold.len == 0 || read_is(threshold, "1"));
    if (dsse) fuzz_must(read_member(m, "\"expiry_required\"").len == 0 || read_member(m, "\"expires_at\"").len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    armalo_decision why;
    read_members m;
    fuzz_bytes payload;
    armalo_attested_facts facts;
    if (scene.trust == NULL) open_scene();
    if (size > 2 * ARMALO_ATTEST_MAX_POLICY) return 0;
    char *text = fuzz_exact(data, size);
    armalo_attest_policy *policy = armalo_attest_policy_new(fuzz_host(), text, size, &why);
    free(text);
    fuzz_must(!armalo_decision_granted(&why) && why.evidence != ARMALO_POSITIVE);
    if (policy == NULL) {
        fuzz_must(why.reason == ARMALO_REASON_POLICY_MALFORMED || why.reason == ARMALO_REASON_POLICY_INCOMPLETE);
        return 0;
    }
    fuzz_bytes canonical = fuzz_canonical(data, size);
    fuzz_must(size <= ARMALO_ATTEST_MAX_POLICY && read_members_of(fuzz_span(canonical), '{', &m));
    fuzz_must(m.count <= READ_MEMBERS && may(&m)); /* it knows 26 members, and takes none twice */
    fuzz_must(
        !fuzz_verify(policy, scene.trust, scene.strange_envelope.at, scene.strange_envelope.len, &payload, &facts));
    fuzz_must(!fuzz_verify(policy, scene.trust, scene.strange_jws.at, scene.strange_jws.len, &payload, &facts));
    judge(policy, &scene.envelope, &m, 1);
    judge(policy, &scene.jws, &m, 0);
    free(canonical.at);
    armalo_attest_policy_free(policy);
    return 0;
}
