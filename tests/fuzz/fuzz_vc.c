/* SPDX-License-Identifier: MIT */
/* Fuzz target: the input is a credential: granted only with the content of the published example. Or it begins with
 * '!': then the first line is the options of a proof and the rest a credential without one, both of which the target
 * signs as eddsa-jcs-2022 says: granted only where a second reading finds nothing against them. */
#include "attest_fuzz.h"
#include "vectors/attest/eddsa_jcs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Bitcoin's alphabet. */
static void add_base58(fuzz_bytes *b, const uint8_t *bytes, size_t len) {
    static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    uint8_t digits[128] = {0};
    char text[129];
    size_t count = 0, ones = 0;
    while (ones < len && bytes[ones] == 0) ones++;
    for (size_t i = ones; i < len; i++) {
        unsigned carry = bytes[i];
        for (size_t k = 0; k < count || carry > 0; k++) {
            fuzz_must(k < sizeof digits);
            carry += 256u * digits[k];
            digits[k] = (uint8_t)(carry % 58);
            carry /= 58;
            if (k == count) count++;
        }
    }
    for (size_t i = 0; i < ones; i++) text[i] = '1';
    for (size_t i = 0; i < count; i++) text[ones + i] = alphabet[digits[count - 1 - i]];
    text[ones + count] = 0;
    fuzz_add_text(b, text);
}

/* The object with one member replaced or added, and another one left out: canonical to canonical. */
static fuzz_bytes with(read_span object, const char *name, read_span value, const char *left_out) {
    read_members m;
    fuzz_bytes out = {NULL, 0}, canonical;
    fuzz_must(read_members_of(object, '{', &m) && m.count <= READ_MEMBERS);
    fuzz_add_text(&out, "{");
    for (size_t i = 0; i < m.count; i++) {
        if (read_is(m.name[i], left_out) || read_is(m.name[i], name)) continue;
        if (out.len > 1) fuzz_add_text(&out, ",");
        fuzz_add(&out, m.name[i].at, m.name[i].len);
        fuzz_add_text(&out, ":");
        fuzz_add(&out, m.value[i].at, m.value[i].len);
    }
    if (value.len > 0) {
        if (out.len > 1) fuzz_add_text(&out, ",");
        fuzz_add_text(&out, name);
        fuzz_add_text(&out, ":");
        fuzz_add(&out, value.at, value.len);
    }
    fuzz_add_text(&out, "}");
    canonical = fuzz_canonical(out.at, out.len);
    free(out.at);
    fuzz_must(canonical.len > 0);
    return canonical;
}

/* 3.3.1 to 3.3.6: hash of the options, hash of the document with the proof's context, signed. */
static fuzz_bytes make(read_span options, read_span document, read_span context) {
    uint8_t hash[64], signature[64];
    fuzz_bytes secured = with(document, "\"@context\"", context, "\"proof\""), value = {NULL, 0}, proof, whole;
    crypto_hash_sha256(hash, (const uint8_t *)options.at, options.len);
    crypto_hash_sha256(hash + 32, (const uint8_t *)secured.at, secured.len);
    fuzz_sign(FUZZ_FIRST, hash, sizeof hash, signature);
    fuzz_add_text(&value, "\"z");
    add_base58(&value, signature, sizeof signature);
    fuzz_add_text(&value, "\"");
    proof = with(options, "\"proofValue\"", fuzz_span(value), "");
    whole = with(document, "\"proof\"", fuzz_span(proof), "");
    free(secured.at);
    free(value.at);
    free(proof.at);
    return whole;
}

/* The issuer's word, by a method of its own, to assert, of an accepted type, for everybody. */
static int may(const read_members *options, const read_members *document) {
    read_members list;
    read_span issuer = read_member(document, "\"issuer\""), method = read_member(options, "\"verificationMethod\"");
    int typed = 0;
    if (!read_is(read_member(options, "\"type\""), "\"DataIntegrityProof\"") ||
        !read_is(read_member(options, "\"cryptosuite\""), "\"eddsa-jcs-2022\"") ||
        !read_is(read_member(options, "\"proofPurpose\""), "\"assertionMethod\"") ||
        read_member(options, "\"previousProof\"").len > 0 || read_member(options, "\"domain\"").len > 0)
        return 0;
    if (method.len < sizeof "\"" FUZZ_OWNER "#" || memcmp(method.at, "\"" FUZZ_OWNER "#", sizeof "\"" FUZZ_OWNER) != 0)
        return 0;
    if (issuer.len > 0 && issuer.at[0] == '{' && read_members_of(issuer, '{', &list))
        issuer = read_member(&list, "\"id\"");
    if (!read_is(issuer, "\"" FUZZ_OWNER "\"")) return 0;
    if (!read_members_of(read_member(document, "\"type\""), '[', &list)) return 0;
    for (size_t i = 0; i < list.count && i < READ_MEMBERS; i++)
        typed |= read_is(list.value[i], "\"AlumniCredential\"")       ? 1
                 : read_is(list.value[i], "\"VerifiableCredential\"") ? 2
                                                                      : 0;
    return (typed == 3 || list.count > READ_MEMBERS) && read_member(document, "\"credentialSubject\"").len > 0 &&
           read_member(document, "\"credentialStatus\"").len == 0;
}

static void judge_signed(const armalo_attest_policy *policy, armalo_trust *trust, const char *text, size_t len) {
    const char *line = memchr(text, '\n', len);
    if (line == NULL) return;
    fuzz_bytes options = fuzz_canonical(text, (size_t)(line - text)), document, payload;
    document = fuzz_canonical(line + 1, len - (size_t)(line + 1 - text));
    armalo_attested_facts facts;
    read_members o, d;
    if (read_members_of(fuzz_span(options), '{', &o) && read_members_of(fuzz_span(document), '{', &d) &&
        o.count < READ_MEMBERS && d.count < READ_MEMBERS && read_member(&o, "\"proofValue\"").len == 0) {
        read_span context = read_member(&o, "\"@context\"");
        if (context.len == 0) context = read_member(&d, "\"@context\"");
        fuzz_bytes whole = make(fuzz_span(options), fuzz_span(document), context);
        fuzz_look(whole.at, whole.len);
        if (fuzz_verify(policy, trust, whole.at, whole.len, &payload, &facts)) {
            fuzz_bytes secured = with(fuzz_span(document), "\"@context\"", context, "\"proof\"");
            fuzz_must(read_same(fuzz_span(payload), fuzz_span(secured)) && may(&o, &d));
            fuzz_must(fuzz_digest_is(facts.payload_sha256, secured.at, secured.len));
            free(secured.at);
        }
        free(payload.at);
        free(whole.at);
    }
    free(options.at);
    free(document.at);
}

/* The published key, as that of the two names that the three examples call it by. */
static armalo_trust *make_trust(void) {
    static char did[128];
    armalo_decision why;
    armalo_anchor anchors[2] = {fuzz_anchor(FUZZ_FIRST, "first"), fuzz_anchor(FUZZ_FIRST, NULL)};
    snprintf(did, sizeof did, "did:key:%s", eddsa_jcs_public_multibase);
    anchors[1].form = ARMALO_ANCHOR_TEXT;
    anchors[1].data = did;
    anchors[1].len = strlen(did);
    anchors[1].owner = "https://vc.example/issuers/5678";
    armalo_trust *trust = armalo_trust_new(fuzz_host(), anchors, 2, &why);
    fuzz_must(trust != NULL);
    return trust;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static armalo_trust *trust;
    static armalo_attest_policy *published, *own;
    if (size == 0 || size > FUZZ_MAX) return 0;
    if (trust == NULL) {
        trust = make_trust();
        published = fuzz_policy_new("{\"v\":1,\"formats\":[\"vc\"],\"issuers\":[\"https://vc.example/issuers/5678\"],"
                                    "\"any_subject\":true,\"any_age\":true,\"no_revocation\":true,"
                                    "\"credential_types\":[\"AlumniCredential\"]}");
        own = fuzz_policy_new("{\"v\":1,\"formats\":[\"vc\",\"jws\"],\"issuers\":[\"" FUZZ_OWNER
                              "\"],\"any_subject\":true,"
                              "\"any_age\":true,\"no_revocation\":true,\"credential_types\":[\"AlumniCredential\"]}");
    }
    if (data[0] == '!') {
        judge_signed(own, trust, (const char *)data + 1, size - 1);
        return 0;
    }
    fuzz_bytes payload;
    armalo_attested_facts facts;
    fuzz_look(data, size);
    if (fuzz_verify(published, trust, data, size, &payload, &facts))
        fuzz_must(read_is(fuzz_span(payload), eddsa_jcs_document));
    free(payload.at);
    return 0;
}
