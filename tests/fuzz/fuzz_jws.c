/* SPDX-License-Identifier: MIT */
/* Fuzz target: the input is a JWS, compact or flattened: granted only with the claims that Node signed. Or it begins
 * with '!' or '?': then the first line is a protected header and the rest a payload, which the target signs, as a
 * compact JWS or as a flattened one: granted only where a second reading finds nothing against them. */
#include "attest_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The header asks for the key's algorithm, brings no key, and nothing that must be understood. */
static int header_holds(const char *text, size_t len) {
    static const char *const never[] = {"\"crit\"", "\"jwk\"", "\"jku\"", "\"x5u\"", "\"x5c\""};
    read_members m;
    fuzz_bytes canonical = fuzz_canonical(text, len);
    int good = read_members_of(fuzz_span(canonical), '{', &m);
    if (good && m.count <= READ_MEMBERS) {
        read_span alg = read_member(&m, "\"alg\""), b64 = read_member(&m, "\"b64\"");
        good = (read_is(alg, "\"EdDSA\"") || read_is(alg, "\"Ed25519\"")) && (b64.len == 0 || read_is(b64, "true"));
        for (size_t i = 0; i < 5; i++) good &= read_member(&m, never[i]).len == 0;
    }
    free(canonical.at);
    return good;
}

/* The key's owner says it, for nobody else, not before its time and not after it. */
static int claims_hold(const char *text, size_t len) {
    read_members m;
    fuzz_bytes canonical = fuzz_canonical(text, len);
    int good = read_members_of(fuzz_span(canonical), '{', &m);
    if (good && m.count <= READ_MEMBERS) {
        read_span exp = read_member(&m, "\"exp\""), nbf = read_member(&m, "\"nbf\""), iat = read_member(&m, "\"iat\"");
        good = read_is(read_member(&m, "\"iss\""), "\"" FUZZ_OWNER "\"") && read_member(&m, "\"aud\"").len == 0;
        good &= exp.len == 0 || (exp.at[0] != '-' && strtoll(exp.at, NULL, 10) * 1000 > FUZZ_NOW_MS);
        good &= nbf.len == 0 || strtoll(nbf.at, NULL, 10) * 1000 <= FUZZ_NOW_MS + 60000;
        good &= iat.len == 0 || strtoll(iat.at, NULL, 10) * 1000 <= FUZZ_NOW_MS + 60000;
    }
    free(canonical.at);
    return good;
}

static void judge_signed(const armalo_attest_policy *policy, armalo_trust *trust, const char *text, size_t len,
                         int flattened) {
    const char *line = memchr(text, '\n', len);
    size_t header = line == NULL ? len : (size_t)(line - text), rest = line == NULL ? 0 : len - header - 1;
    const char *claims = line == NULL ? text + len : line + 1;
    armalo_attested_facts facts;
    fuzz_bytes jws = fuzz_jws(text, header, claims, rest, flattened, FUZZ_FIRST), payload;
    fuzz_look(jws.at, jws.len);
    if (fuzz_verify(policy, trust, jws.at, jws.len, &payload, &facts))
        fuzz_must(header_holds(text, header) && claims_hold(claims, rest) && payload.len <= rest &&
                  fuzz_digest_is(facts.payload_sha256, claims, rest));
    free(payload.at);
    free(jws.at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static armalo_trust *trust;
    static armalo_attest_policy *node, *own;
    if (size == 0 || size > FUZZ_MAX) return 0;
    if (trust == NULL) {
        trust = fuzz_trust_new(1);
        node = fuzz_policy_new("{\"v\":1,\"formats\":[\"jws\",\"dsse\",\"vc\"],\"issuers\":[\"" FUZZ_NODE_OWNER "\"],"
                               "\"algorithms\":[\"EdDSA\",\"ES256\",\"ES384\",\"PS256\",\"RS256\"],\"any_subject\":"
                               "true,\"audience\":[\"https://verifier.example\"],\"expiry_required\":true,"
                               "\"no_revocation\":true,\"predicate_types\":[\"a\"],\"credential_types\":[\"a\"]}");
        own = fuzz_policy_new("{\"v\":1,\"formats\":[\"jws\"],\"issuers\":[\"" FUZZ_OWNER "\"],\"any_subject\":true,"
                              "\"any_age\":true,\"no_revocation\":true}");
    }
    if (data[0] == '!' || data[0] == '?') {
        judge_signed(own, trust, (const char *)data + 1, size - 1, data[0] == '?');
        return 0;
    }
    armalo_attested_facts facts;
    fuzz_bytes payload;
    fuzz_look(data, size);
    if (fuzz_verify(node, trust, data, size, &payload, &facts))
        fuzz_must(read_is(fuzz_span(payload), node_jws_payload));
    free(payload.at);
    return 0;
}
