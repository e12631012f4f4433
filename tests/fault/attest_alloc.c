/* SPDX-License-Identifier: MIT */
/* Each allocation that the calls about attestations ask for fails. One of the library's (once, and then that one and
 * all after it): the call denies with core.no_memory, writes nothing, gives back every block, and leaves the lists in
 * use. One of OpenSSL's: the same, or the call is done all the same and right; a good signature is never called a wrong
 * one, a wrong one never holds. Linked with --wrap, as tests/fault/alloc.c. */
#include "attest_forge.h"
#include "cert_forge.h"

#include <openssl/crypto.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);

/* Two heaps, the library's and OpenSSL's. Blocks are counted always, failures happen only while one is armed. */
typedef struct heap {
    int armed, persistent;
    long asked, fail_at, failed, live;
} heap;
static heap ours, theirs;

static int refused(heap *h) {
    if (!h->armed) return 0;
    h->asked++;
    if (h->fail_at == 0 || (h->persistent ? h->asked < h->fail_at : h->asked != h->fail_at)) return 0;
    h->failed++;
    return 1;
}

static void *given(heap *h, void *memory) {
    h->live += memory != NULL;
    return memory;
}

void *__wrap_malloc(size_t size) { return refused(&ours) ? NULL : given(&ours, __real_malloc(size)); }
void *__wrap_calloc(size_t count, size_t size) {
    return refused(&ours) ? NULL : given(&ours, __real_calloc(count, size));
}
void *__wrap_realloc(void *memory, size_t size) {
    if (refused(&ours)) return NULL;
    return memory == NULL ? given(&ours, __real_realloc(NULL, size)) : __real_realloc(memory, size);
}
void __wrap_free(void *memory) {
    ours.live -= memory != NULL;
    __real_free(memory);
}

static void *their_malloc(size_t size, const char *file, int line) {
    (void)file;
    (void)line;
    return size == 0 || refused(&theirs) ? NULL : given(&theirs, __real_malloc(size));
}
static void their_free(void *memory, const char *file, int line) {
    (void)file;
    (void)line;
    theirs.live -= memory != NULL;
    __real_free(memory);
}
static void *their_realloc(void *memory, size_t size, const char *file, int line) {
    if (memory == NULL) return their_malloc(size, file, line);
    if (size == 0) {
        their_free(memory, file, line);
        return NULL;
    }
    return refused(&theirs) ? NULL : __real_realloc(memory, size);
}

/* ---- What there is before anything fails ---- */

typedef struct text {
    const char *at;
    size_t len;
} text;

static world *w;
static armalo_trust *trust;
static armalo_attest_policy *policy;
static text dsse, bundle, revealed, es256, es384, ps256, rs256, credential, jwks, pems, dids, leaf, roots, policy_text;
static text many_dsse, many_jws, many_credential, many_jwks, many_predicate;
static text bad_dsse, bad_es256, bad_es384, bad_ps256, bad_rs256, first_list, second_list, predicate;
static const char *digest;
static forge_anchors anchors;

static text kept(const char *string) {
    size_t len = strlen(string);
    char *copy = __real_malloc(len + 1);
    memcpy(copy, string, len + 1);
    return (text){copy, len};
}

/* The first digit of the signature is another one. */
static text spoiled(text good) {
    char *copy = forge_text("%s", good.at), *dot = strrchr(copy, '.');
    char *digit = dot != NULL && copy[0] != '{' ? dot + 1 : strstr(copy, "\"sig\":\"") + 7;
    *digit = *digit == 'A' ? 'B' : 'A';
    return kept(copy);
}

static text make_jws(int signer, enum forge_algorithm alg, const char *id) {
    static forge_jws f;
    forge_jws_init(&f);
    forge_jws_signer(&f, forge_signer_of(signer));
    f.alg = alg;
    forge_put(&f.header, "alg", forge_quote(forge_algorithm_name(alg)));
    forge_put(&f.claims, "jti", forge_quote(id));
    return kept(signer == FORGE_CI_RSA ? forge_jws_flattened(&f) : forge_jws_compact(&f));
}

static text make_list(int number, const char *id) {
    static forge_dsse f;
    forge_dsse_init_as(&f, "urn:armalo:revocations:v1", "\"issuer\":\"" FORGE_CI_OWNER "\"");
    forge_put(&f.predicate, "number", forge_text("%d", number));
    forge_put(&f.predicate, "this_update", forge_when(-60));
    forge_put(&f.predicate, "next_update", forge_when(3600));
    forge_put(&f.predicate, "revoked", forge_text("[{\"id\":\"%s\",\"at\":%s,\"reason\":\"\"}]", id, forge_when(-90)));
    f.count = 0;
    forge_dsse_sign(&f, forge_signer_of(FORGE_CI_P256));
    return kept(forge_dsse_text(&f));
}

static void make_statements(void) {
    static forge_dsse f;
    forge_dsse_init(&f);
    forge_dsse_sign(&f, forge_signer_of(FORGE_CI_P256));
    dsse = kept(forge_dsse_text(&f));
    bad_dsse = spoiled(dsse);
    digest = kept(forge_subject()).at;
    const char *value = forge_sha256_name(forge_bytes_text("{\"a\":[1,2]}"));
    predicate = kept(forge_text("{\"bundle_id\":\"b-1\",\"agent\":\"a\",\"scope\":[\"one\",\"two\"],\"issued_at\":%s,"
                                "\"expires_at\":%s,\"sections\":{\"one\":{\"digest\":\"%s\"},\"two\":{\"value\":7}}}",
                                forge_when(-60), forge_when(3600), value));
    const char *seven = forge_sha256_name(forge_bytes_text("7"));
    forge_dsse_init_as(&f, "urn:armalo:bundle:v1", "\"bundle_id\":\"b-1\",\"agent\":\"a\",\"scope\":[\"one\",\"two\"]");
    forge_put(&f.predicate, "issued_at", forge_when(-60));
    forge_put(&f.predicate, "expires_at", forge_when(3600));
    forge_put(&f.predicate, "sections",
              forge_text("{\"one\":{\"digest\":\"%s\"},\"two\":{\"digest\":\"%s\",\"value\":7}}", value, seven));
    bundle = kept(forge_dsse_text(&f));
    revealed = kept("{\"one\":{\"a\":[1, 2]}}");
}

static void make_keys(void) {
    static pkey_text chain, root_text;
    const forge_signer *ci = forge_signer_of(FORGE_CI), *p256 = forge_signer_of(FORGE_CI_P256),
                       *p384 = forge_signer_of(FORGE_CI_P384), *rsa = forge_signer_of(FORGE_CI_RSA);
    jwks = kept(forge_text("{\"keys\":[%.*s,\"kid\":\"a\"},%s,%s,%s,{\"kty\":\"oct\",\"k\":\"AA\"}]}",
                           (int)strlen(ci->jwk) - 1, ci->jwk, p256->jwk, p384->jwk, rsa->jwk));
    pems = kept(forge_text("%s%s%s%s", ci->public_pem, p256->public_pem, p384->public_pem, rsa->public_pem));
    uint8_t multicodec[34] = {0xED, 0x01};
    memcpy(multicodec + 2, ci->raw, 32);
    const char *ed25519 = forge_base58(forge_bytes_of(multicodec, 34));
    multicodec[0] = 0x80;
    multicodec[1] = 0x24;
    size_t len = 0;
    uint8_t point[65], compressed[35] = {0x80, 0x24};
    must(EVP_PKEY_get_octet_string_param(p256->pkey, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &len) == 1 &&
         len == 65);
    compressed[2] = (uint8_t)(2 + point[64] % 2);
    memcpy(compressed + 3, point + 1, 32);
    dids = kept(forge_text("# two\ndid:key:z%s\ndid:key:z%s\n", ed25519, forge_base58(forge_bytes_of(compressed, 35))));
    cert_plan plan = cert_leaf;
    plan.from = "230101000000Z";
    plan.extended = "codeSigning";
    EVP_PKEY_up_ref(p256->pkey);
    cert_made root = cert_make(&cert_root, EVP_EC_gen("P-256"), NULL), made = cert_make(&plan, p256->pkey, &root);
    chain.len = root_text.len = 0;
    cert_text(&chain, &made);
    cert_text(&root_text, &root);
    leaf = kept(chain.at);
    roots = kept(root_text.at);
    cert_free(&made);
    cert_free(&root);
}

/* Texts with more members than the reader has room for without asking. */
static void make_many(void) {
    static forge_dsse d;
    static forge_jws j;
    static forge_credential c;
    char *many = forge_text("{");
    for (int i = 0; i < 1100; i++) {
        size_t len = strlen(many);
        char *longer = forge_keep(len + 16);
        memcpy(longer, many, len);
        snprintf(longer + len, 16, "%s\"m%04d\":0", i > 0 ? "," : "", i);
        many = longer;
    }
    many = forge_text("%s}", many);
    forge_dsse_init(&d);
    forge_put(&d.predicate, "many", many);
    forge_put(&d.envelope, "many", many);
    many_dsse = kept(forge_dsse_text(&d));
    forge_jws_init(&j);
    forge_put(&j.header, "many", many);
    forge_put(&j.claims, "many", many);
    many_jws = kept(forge_jws_flattened(&j));
    forge_credential_init(&c);
    forge_put(&c.document, "credentialSubject",
              forge_text("{\"id\":\"" FORGE_CREDENTIAL_SUBJECT "\",\"many\":%s}", many));
    many_credential = kept(forge_credential_text(&c));
    many_jwks = kept(forge_text("{\"many\":%s,\"keys\":[%s]}", many, forge_signer_of(FORGE_CI_P256)->jwk));
    many_predicate = kept(forge_text("{\"many\":%s}", many));
}

static armalo_trust *make_trust(void) {
    static const int all[] = {FORGE_CI, FORGE_CI_2, FORGE_CI_P256, FORGE_CI_P384, FORGE_CI_RSA, FORGE_STRANGER_RSA};
    anchors.count = 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        forge_anchor(&anchors, forge_signer_of(all[i]), FORGE_CI_OWNER)->rs256 = all[i] == FORGE_STRANGER_RSA;
    return forge_trust(w, &anchors);
}

static void open_scene(void) {
    static const char types[] = "\"predicate_types\":[\"" FORGE_TYPE "\",\"urn:armalo:bundle:v1\"],"
                                "\"algorithms\":[\"EdDSA\",\"ES256\",\"ES384\",\"PS256\",\"RS256\"]";
    static forge_credential vc;
    w = world_new();
    make_statements();
    make_many();
    make_keys();
    es256 = make_jws(FORGE_CI_P256, FORGE_ES256, "jwt-1");
    es384 = make_jws(FORGE_CI_P384, FORGE_ES384, "jwt-1");
    ps256 = make_jws(FORGE_CI_RSA, FORGE_PS256, "jwt-1");
    rs256 = make_jws(FORGE_STRANGER_RSA, FORGE_RS256, "jwt-1");
    bad_es256 = spoiled(es256);
    bad_es384 = spoiled(es384);
    bad_rs256 = spoiled(rs256);
    bad_ps256 = kept(forge_replace(ps256.at, "\"signature\":\"", "\"signature\":\"AAAA"));
    char *cut = (char *)(uintptr_t)strstr(bad_ps256.at, "\"signature\":\"AAAA") + 17;
    memmove(cut, cut + 4, strlen(cut + 4) + 1); /* as long as before */
    bad_ps256.len -= 4;
    forge_credential_init(&vc);
    credential = kept(forge_credential_text(&vc));
    first_list = make_list(7, "revoked-before");
    second_list = make_list(8, "revoked-after");
    policy_text = kept(forge_policy_text("\"keys\":[\"ci-1\",\"ci-2\"],\"algorithms\":[\"EdDSA\"],\"typ\":[\"JWT\"],"
                                         "\"audience\":[\"a\",\"b\"],\"max_age_s\":60,\"any_age\":,\"claims\":["
                                         "{\"pointer\":\"/a\",\"operator\":\"eq\",\"value\":\"b\"}],\"name\":\"n\""));
    trust = make_trust();
    policy = forge_policy(w, types);
    must(armalo_revocations_load(trust, NULL, first_list.at, first_list.len, 0, NULL, &w->why) == 1);
    forge_forget(); /* what is needed was kept */
}

static void close_scene(void) {
    text *all[] = {
        &many_dsse,  &many_jws,    &many_credential, &many_jwks, &many_predicate, &dsse,      &bundle,    &revealed,
        &es256,      &es384,       &ps256,           &rs256,     &credential,     &jwks,      &pems,      &dids,
        &leaf,       &roots,       &policy_text,     &bad_dsse,  &bad_es256,      &bad_es384, &bad_ps256, &bad_rs256,
        &first_list, &second_list, &predicate};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) __real_free((char *)(uintptr_t)all[i]->at);
    __real_free((char *)(uintptr_t)digest);
    armalo_attest_policy_free(policy);
    armalo_trust_free(trust);
    world_free(w);
    forge_forget();
}

/* ---- Runs ---- */

/* What a run came to. dirty: an output that should hold nothing holds something, or what was there has changed. */
typedef struct outcome {
    int done;
    uint32_t reason;
    int dirty;
    long left, their_left; /* blocks that were not given back */
} outcome;

static struct { int ours, theirs; } armed; /* which heap fails in a run */

static void begin(void) {
    ours.armed = armed.ours;
    theirs.armed = armed.theirs;
}
static void end(void) { ours.armed = theirs.armed = 0; }

static outcome of(int done, int dirty) {
    return (outcome){done, w->why.reason, dirty || done != armalo_decision_granted(&w->why), 0, 0};
}

/* Keys. Those that were made check what they should. */
static outcome run_trust(text data, text root_text, const char *key_id, text artifact, const char *subject) {
    armalo_anchor anchor = {.struct_size = sizeof anchor,
                            .form = ARMALO_ANCHOR_TEXT,
                            .data = data.at,
                            .len = data.len,
                            .owner = FORGE_CI_OWNER,
                            .key_id = key_id,
                            .roots = root_text.at,
                            .roots_len = root_text.len,
                            .pinned = ARMALO_PINNED};
    begin();
    armalo_trust *made = armalo_trust_new(w->host, &anchor, 1, &w->why);
    end();
    outcome o = {made != NULL, w->why.reason, armalo_decision_granted(&w->why), 0, 0};
    if (made == NULL) return o;
    armalo_attest_request request = forge_request("", subject);
    request.artifact = artifact.at;
    request.artifact_len = artifact.len;
    o.dirty |= !forge_verify(w, policy, made, &request, NULL);
    armalo_trust_free(made);
    return o;
}

static const text no_text = {NULL, 0};
static outcome run_jwks(void) { return run_trust(jwks, no_text, NULL, ps256, FORGE_SUB); }
static outcome run_pem(void) { return run_trust(pems, no_text, NULL, es384, FORGE_SUB); }
static outcome run_dids(void) { return run_trust(dids, no_text, NULL, es256, FORGE_SUB); }
static outcome run_chain(void) { return run_trust(leaf, roots, "ci-p256", es256, FORGE_SUB); }

static outcome run_many_jwks(void) { return run_trust(many_jwks, no_text, NULL, es256, FORGE_SUB); }

static outcome run_policy(void) {
    begin();
    armalo_attest_policy *made = armalo_attest_policy_new(w->host, policy_text.at, policy_text.len, &w->why);
    end();
    armalo_attest_policy_free(made);
    return (outcome){made != NULL, w->why.reason, armalo_decision_granted(&w->why), 0, 0};
}

static outcome run_verify(text artifact, const char *subject, text values) {
    armalo_attested *got = (armalo_attested *)(uintptr_t)-1;
    armalo_attest_request request = {.struct_size = sizeof request,
                                     .artifact = artifact.at,
                                     .artifact_len = artifact.len,
                                     .subject = subject,
                                     .revealed = values.at,
                                     .revealed_len = values.len};
    if (subject == NULL) request.subject_data = FORGE_SUBJECT_DATA;
    if (subject == NULL) request.subject_len = strlen(FORGE_SUBJECT_DATA);
    begin();
    int done = armalo_attest_verify(policy, trust, &request, &got, &w->why);
    end();
    outcome o = of(done, done ? got == NULL : got != NULL);
    armalo_attested_free(done ? got : NULL);
    return o;
}

static outcome run_dsse(void) { return run_verify(dsse, digest, no_text); }
static outcome run_bundle(void) { return run_verify(bundle, NULL, revealed); }
static outcome run_es256(void) { return run_verify(es256, FORGE_SUB, no_text); }
static outcome run_es384(void) { return run_verify(es384, FORGE_SUB, no_text); }
static outcome run_ps256(void) { return run_verify(ps256, FORGE_SUB, no_text); }
static outcome run_rs256(void) { return run_verify(rs256, FORGE_SUB, no_text); }
static outcome run_credential(void) { return run_verify(credential, FORGE_CREDENTIAL_SUBJECT, no_text); }
static outcome run_many_dsse(void) { return run_verify(many_dsse, digest, no_text); }
static outcome run_many_jws(void) { return run_verify(many_jws, FORGE_SUB, no_text); }
static outcome run_many_credential(void) { return run_verify(many_credential, FORGE_CREDENTIAL_SUBJECT, no_text); }
static outcome run_bad_es256(void) { return run_verify(bad_es256, FORGE_SUB, no_text); }
static outcome run_bad_es384(void) { return run_verify(bad_es384, FORGE_SUB, no_text); }
static outcome run_bad_ps256(void) { return run_verify(bad_ps256, FORGE_SUB, no_text); }
static outcome run_bad_rs256(void) { return run_verify(bad_rs256, FORGE_SUB, no_text); }

/* What the trust's list says, with memory to spare. */
static int revokes(armalo_trust *t, const char *id) {
    text artifact = make_jws(FORGE_CI, FORGE_EDDSA, id);
    armalo_attest_request request = forge_request(artifact.at, FORGE_SUB);
    armalo_decision before = w->why;
    int granted = forge_verify(w, policy, t, &request, NULL);
    must(granted || w->why.reason == ARMALO_REASON_ATTEST_REVOKED);
    w->why = before;
    __real_free((char *)(uintptr_t)artifact.at);
    forge_forget();
    return !granted;
}

static outcome run_load(armalo_trust *t, text list, const char *id, const char *other) {
    int64_t number = 99;
    begin();
    int done = armalo_revocations_load(t, NULL, list.at, list.len, 0, &number, &w->why);
    end();
    return of(done, number != (done ? list.at == first_list.at ? 7 : 8 : 99) || revokes(t, id) != done ||
                        (other != NULL && revokes(t, other) == done));
}

static outcome run_first_list(void) {
    armalo_trust *fresh = forge_trust(w, &anchors);
    outcome o = run_load(fresh, first_list, "revoked-before", NULL);
    armalo_trust_free(fresh);
    return o;
}

static outcome run_next_list(void) {
    armalo_trust *fresh = forge_trust(w, &anchors);
    if (armalo_revocations_load(fresh, NULL, first_list.at, first_list.len, 0, NULL, &w->why) != 1)
        ck_abort_msg("no list");
    outcome o = run_load(fresh, second_list, "revoked-after", "revoked-before");
    armalo_trust_free(fresh);
    return o;
}

static char out[32768];

/* What is signed holds, and what is not signed is not there. */
static outcome run_sign(armalo_attest_spec *spec, int signer) {
    static const char *const withheld[] = {"two"};
    size_t len = 99;
    spec->struct_size = sizeof *spec;
    spec->key = forge_signer_of(signer)->private_pem;
    spec->key_len = strlen(spec->key);
    if (spec->envelope == NULL && spec->predicate == NULL) {
        spec->predicate_type = "urn:armalo:bundle:v1";
        spec->predicate = predicate.at;
        spec->predicate_len = predicate.len;
        spec->withhold = withheld;
        spec->withhold_count = 1;
    }
    memset(out, 0x5A, sizeof out);
    begin();
    int done = armalo_attest_sign(w->host, spec, out, sizeof out, &len, &w->why);
    end();
    int dirty = 0;
    for (size_t i = 0; i < sizeof out && !done; i++) dirty |= out[i] != 0x5A;
    outcome o = of(done, dirty || (!done && len != 0));
    if (!done) return o;
    armalo_attest_policy *any =
        forge_policy(w, forge_text("\"predicate_types\":[\"urn:armalo:bundle:v1\",\"" FORGE_TYPE "\"],"
                                   "\"any_subject\":true,\"threshold\":%d",
                                   spec->envelope == NULL ? 1 : 3));
    o.dirty |= !forge_verify_text(w, any, trust, out, NULL);
    armalo_attest_policy_free(any);
    forge_forget();
    return o;
}

static outcome run_sign_ed25519(void) {
    armalo_attest_spec spec = {.struct_size = 0};
    return run_sign(&spec, FORGE_CI);
}
static outcome run_sign_p256(void) {
    armalo_attest_spec spec = {.struct_size = 0};
    return run_sign(&spec, FORGE_CI_P256);
}
static outcome run_sign_many(void) {
    armalo_attest_spec spec = {
        .predicate_type = FORGE_TYPE, .predicate = many_predicate.at, .predicate_len = many_predicate.len};
    return run_sign(&spec, FORGE_CI);
}
static outcome run_sign_p384(void) {
    armalo_attest_spec spec = {.struct_size = 0};
    return run_sign(&spec, FORGE_CI_P384);
}
static outcome run_sign_rsa(void) { /* a third signature on an envelope */
    armalo_attest_spec spec = {.envelope = dsse.at, .envelope_len = dsse.len};
    return run_sign(&spec, FORGE_CI_RSA);
}

static outcome run_inspect(text artifact) {
    size_t len = 99;
    memset(out, 0x5A, sizeof out);
    begin();
    int done = armalo_attest_inspect(artifact.at, artifact.len, out, sizeof out, &len, &w->why);
    end();
    int dirty = armalo_decision_granted(&w->why);
    for (size_t i = 0; i < sizeof out && !done; i++) dirty |= out[i] != 0x5A;
    return (outcome){done, w->why.reason, dirty || (!done && len != 0), 0, 0};
}

static outcome run_inspect_dsse(void) { return run_inspect(dsse); }
static outcome run_inspect_jws(void) { return run_inspect(ps256); }
static outcome run_inspect_credential(void) { return run_inspect(credential); }

/* at_least: allocations of a run, of ours and of OpenSSL's. good: what it comes to when nothing fails. */
static const struct {
    const char *name;
    outcome (*run)(void);
    long ours, theirs;
    uint32_t good;
} runs[] = {
    {"trust_new, JWKS", run_jwks, 5, 100, ARMALO_REASON_GRANTED},
    {"trust_new, PEM", run_pem, 8, 100, ARMALO_REASON_GRANTED},
    {"trust_new, did:key", run_dids, 3, 20, ARMALO_REASON_GRANTED},
    {"trust_new, certificates", run_chain, 5, 100, ARMALO_REASON_GRANTED},
    {"attest_policy_new", run_policy, 2, 0, ARMALO_REASON_GRANTED},
    {"attest_verify, DSSE", run_dsse, 5, 10, ARMALO_REASON_GRANTED},
    {"attest_verify, a bundle", run_bundle, 5, 0, ARMALO_REASON_GRANTED},
    {"attest_verify, ES256", run_es256, 5, 10, ARMALO_REASON_GRANTED},
    {"attest_verify, ES384", run_es384, 5, 10, ARMALO_REASON_GRANTED},
    {"attest_verify, PS256", run_ps256, 5, 10, ARMALO_REASON_GRANTED},
    {"attest_verify, RS256", run_rs256, 5, 10, ARMALO_REASON_GRANTED},
    {"attest_verify, a credential", run_credential, 8, 0, ARMALO_REASON_GRANTED},
    {"attest_verify, not ES256", run_bad_es256, 5, 10, ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH},
    {"attest_verify, not ES384", run_bad_es384, 5, 10, ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH},
    {"attest_verify, not PS256", run_bad_ps256, 5, 10, ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH},
    {"attest_verify, not RS256", run_bad_rs256, 5, 10, ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH},
    {"trust_revoke, the first", run_first_list, 8, 10, ARMALO_REASON_GRANTED},
    {"trust_revoke, the next", run_next_list, 8, 10, ARMALO_REASON_GRANTED},
    {"attest_sign, Ed25519", run_sign_ed25519, 6, 0, ARMALO_REASON_GRANTED},
    {"attest_sign, P-256", run_sign_p256, 6, 50, ARMALO_REASON_GRANTED},
    {"attest_sign, P-384", run_sign_p384, 6, 50, ARMALO_REASON_GRANTED},
    {"attest_sign, RSA", run_sign_rsa, 6, 50, ARMALO_REASON_GRANTED},
    {"trust_new, many members", run_many_jwks, 4, 0, ARMALO_REASON_GRANTED},
    {"attest_verify, a large DSSE", run_many_dsse, 7, 0, ARMALO_REASON_GRANTED},
    {"attest_verify, a large JWS", run_many_jws, 8, 0, ARMALO_REASON_GRANTED},
    {"attest_verify, a large VC", run_many_credential, 14, 0, ARMALO_REASON_GRANTED},
    {"attest_sign, many members", run_sign_many, 8, 0, ARMALO_REASON_GRANTED},
    {"attest_inspect, DSSE", run_inspect_dsse, 4, 0, ARMALO_REASON_GRANTED},
    {"attest_inspect, JWS", run_inspect_jws, 4, 0, ARMALO_REASON_GRANTED},
    {"attest_inspect, credential", run_inspect_credential, 8, 0, ARMALO_REASON_GRANTED},
};
#define RUNS ((int)(sizeof runs / sizeof runs[0]))

static outcome run_with(int which, long fail_at, int persistent, int library) {
    memset(&w->why, 0xFF, sizeof w->why);
    armed.ours = library;
    armed.theirs = !library;
    OPENSSL_thread_stop(); /* what OpenSSL keeps for a thread: its errors, its random numbers */
    ours = theirs = (heap){0, persistent, 0, fail_at, 0, 0};
    ERR_clear_error(); /* room for errors: without it OpenSSL could not say that it has no memory */
    outcome o = runs[which].run();
    OPENSSL_thread_stop();
    o.left = ours.live; /* Check has blocks of its own */
    o.their_left = theirs.live;
    return o;
}

static int right(int which, outcome o) {
    if (runs[which].good != ARMALO_REASON_GRANTED) return !o.done && !o.dirty && o.reason == runs[which].good;
    return o.done && !o.dirty;
}

/* Twice without a failure: the first time OpenSSL makes what it keeps. *asked: allocations of the heap that will
 * fail. */
static void warm_up(int which, int library, long *asked) {
    for (int i = 0; i < 2; i++) {
        outcome o = run_with(which, 0, 0, library);
        ck_assert_msg(right(which, o), "%s: %s", runs[which].name, armalo_reason_name(o.reason));
    }
    *asked = library ? ours.asked : theirs.asked;
}

START_TEST(test_ours) {
    long asked = 0;
    open_scene();
    warm_up(_i, 1, &asked);
    ck_assert_msg(asked >= runs[_i].ours, "%s: %ld allocations", runs[_i].name, asked);
    for (int persistent = 0; persistent < 2; persistent++) {
        for (long n = 1; n <= asked; n++) {
            outcome o = run_with(_i, n, persistent, 1);
            ck_assert_msg(ours.failed > 0, "%s: allocation %ld never came", runs[_i].name, n);
            ck_assert_msg(!o.done, "%s went on without allocation %ld", runs[_i].name, n);
            ck_assert_msg(o.reason == ARMALO_REASON_NO_MEMORY, "%s, allocation %ld: %s", runs[_i].name, n,
                          armalo_reason_name(o.reason));
            ck_assert_msg(!o.dirty, "%s, allocation %ld: something changed (%d)", runs[_i].name, n, o.dirty);
            ck_assert_msg(o.left == 0, "%s, allocation %ld: %ld blocks left", runs[_i].name, n, o.left);
        }
    }
    ck_assert(right(_i, run_with(_i, 0, 0, 1)));
    printf("# %-28s %4ld allocations\n", runs[_i].name, asked);
    close_scene();
}
END_TEST

/* Where the caller's keys are read OpenSSL sometimes blames the key, without a word of memory; no key comes of it. */
static int is_failure(int which, uint32_t reason) {
    int keys = strncmp(runs[which].name, "trust_new", 9) == 0;
    return reason == ARMALO_REASON_NO_MEMORY || reason == ARMALO_REASON_CRYPTO_FAILED ||
           (keys && (reason == ARMALO_REASON_TRUST_MALFORMED || reason == ARMALO_REASON_TRUST_KEY_WEAK ||
                     reason == ARMALO_REASON_TRUST_CHAIN_INVALID));
}

/* An allocation may be one that OpenSSL can do without; then what came out is right. Of thousands (its decoders of
 * keys) all of the first and of the last are tried, and some of those between. */
START_TEST(test_openssls) {
    long asked = 0, gone_on = 0, tried = 0;
    open_scene();
    warm_up(_i, 0, &asked);
    ck_assert_msg(asked >= runs[_i].theirs, "%s: %ld allocations", runs[_i].name, asked);
    for (int persistent = 0; persistent < 2; persistent++) {
        for (long n = 1; n <= asked; n += n > 60 && n < asked - 60 ? 1 + asked / 60 : 1) {
            outcome o = run_with(_i, n, persistent, 0);
            if (theirs.failed == 0) ck_assert(right(_i, o)); /* RSA's blinding asks now for more, now for less */
            ck_assert_msg(!o.dirty, "%s, allocation %ld: something is wrong", runs[_i].name, n);
            ck_assert_msg(right(_i, o) || (!o.done && is_failure(_i, o.reason)), "%s, allocation %ld: %s",
                          runs[_i].name, n, armalo_reason_name(o.reason));
            ck_assert_msg(o.left == 0 && o.their_left == 0, "%s, allocation %ld: %ld and %ld left", runs[_i].name, n,
                          o.left, o.their_left);
            gone_on += right(_i, o);
            tried++;
        }
    }
    ck_assert(gone_on < tried || tried == 0);
    ck_assert(right(_i, run_with(_i, 0, 0, 0)));
    printf("# %-28s %4ld allocations of OpenSSL's, %ld tried, done without: %ld\n", runs[_i].name, asked, tried,
           gone_on);
    close_scene();
}
END_TEST

/* Reading what was verified asks for nothing. */
START_TEST(test_none) {
    armalo_attested *attested = NULL;
    armalo_attested_facts facts;
    char value[512];
    int32_t type = 0;
    open_scene();
    armalo_attest_request request = forge_request(credential.at, FORGE_CREDENTIAL_SUBJECT);
    ck_assert_int_eq(forge_verify(w, policy, trust, &request, &attested), 1);
    memset(&ours, 0, sizeof ours);
    memset(&theirs, 0, sizeof theirs);
    ours.fail_at = theirs.fail_at = 1;
    ours.armed = theirs.armed = 1;
    armalo_attested_facts_get(attested, 0, &facts);
    int read = armalo_attested_value(attested, "/credentialSubject/score", value, sizeof value, NULL, &type);
    int small = armalo_attested_value(attested, "", value, 3, NULL, NULL);
    end();
    ck_assert(read == 1 && small == 0 && type == ARMALO_JSON_NUMBER && strcmp(value, "93") == 0);
    ck_assert_uint_eq(facts.signer_count, 1);
    ck_assert(ours.asked == 0 && theirs.asked == 0);
    armalo_attested_free(attested);
    close_scene();
}
END_TEST

static void fill(TCase *tc) {
    if (CRYPTO_set_mem_functions(their_malloc, their_realloc, their_free) != 1) abort(); /* before anything else */
    forge_keys_ready();
    (void)forge_signer_of(FORGE_STRANGER_RSA);
    tcase_add_loop_test(tc, test_ours, 0, RUNS);
    tcase_add_loop_test(tc, test_openssls, 0, RUNS);
    tcase_add_test(tc, test_none);
}

TEST_MAIN("fault_attest_alloc", fill, 100)
