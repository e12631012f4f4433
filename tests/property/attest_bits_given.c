/* SPDX-License-Identifier: MIT */
/* What the host gives, changed a little: keys and policies. A changed text of keys is refused, or it is another key,
 * which did not sign, or nothing that counts was changed: a second reading of each form says which, and is held both
 * ways. A changed bit of a policy makes no grant of a denial, but where the policy then says so: each is listed. */
#include "attest_changes.h"
#include "cert_forge.h"

static world *w;

static void open_world(void) {
    static world one;
    w = &one;
    world_init(w);
    w->config.audit = NULL;
    w->config.audit_off = ARMALO_AUDIT_OFF;
    world_start(w);
}

static void close_world(void) {
    world_end(w);
    forge_forget();
}

/* ---- Keys ---- */

enum free_part {
    SPELLING, /* white space and the like: RFC 7468 2: parsers "MAY ignore" it; of did:key, the ends of lines */
    NAME,     /* the kid of a JWK, which only names it */
    NARROWS,  /* a member of a JWK that only narrows what the key is for (RFC 7517 4.2 to 4.4) or when it counts, where
               * it is gone or still allows this */
    UNKNOWN,  /* RFC 7517 4: members that are not understood "MUST be ignored"; of did:key, comments */
    FREE_PARTS,
    COUNTS = FREE_PARTS
};
static const char *const part_name[] = {"spelling", "name", "narrowing member", "unknown"};

typedef struct keys {
    const char *name, *text;
    size_t len;
    const char *alg;                                                  /* of the one JWK, and what it may say */
    int (*reads)(const struct keys *k, const char *text, size_t len); /* enum free_part, or COUNTS */
    armalo_anchor anchor;
    const char *artifact; /* that the key signed */
    armalo_attest_policy *policy;
    unsigned long tried, made, granted[FREE_PARTS];
} keys;

static char given_canonical[3 * CHANGED_MAX], changed_canonical[3 * CHANGED_MAX];

/* The one key of a key set. */
static int read_jwk(read_span whole, read_members *set, read_members *jwk) {
    read_members list;
    return read_members_of(whole, '{', set) && read_members_of(read_member(set, "\"keys\""), '[', &list) &&
           list.count == 1 && read_members_of(list.value[0], '{', jwk);
}

/* A text without control characters, which the canonical form escapes. */
static int is_name(read_span value) {
    if (!read_is_string(value) || value.len == 2 || value.len > 2 + 255) return 0;
    for (size_t i = 1; i + 1 < value.len; i++) {
        if (value.at[i] == 0x7F || (value.at[i] == '\\' && strchr("bfnrtu", value.at[i + 1]) != NULL)) return 0;
    }
    return 1;
}

/* A whole number as it stands in the text, which the canonical form would tidy up: 1, or 0. Absent: *number stays. */
static int read_whole(read_span canonical, const char *text, size_t len, const char *name, int64_t *number) {
    const char *at = text, *end = text + len;
    size_t size = strlen(name);
    if (canonical.len == 0) return 1;
    while (at + size < end && memcmp(at, name, size) != 0) at++;
    for (at += size; at < end && strchr(" \t\r\n:", *at) != NULL; at++) continue;
    int64_t value = 0, negative = at < end && *at == '-';
    at += negative;
    if (at == end || *at < '0' || *at > '9') return 0;
    for (; at < end && *at >= '0' && *at <= '9'; at++) value = value * 10 + (*at - '0');
    *number = negative ? -value : value;
    return at < end && strchr(" \t\r\n,}", *at) != NULL && value < INT64_C(1) << 53 && !(negative && value == 0);
}

static int operations_verify(read_span value) {
    read_members list;
    if (value.len == 0) return 1;
    if (!read_members_of(value, '[', &list)) return 0;
    for (size_t i = 0; i < list.count; i++) {
        if (read_is(list.value[i], "\"verify\"")) return 1;
    }
    return 0;
}

static int jwks_reads(const keys *k, const char *text, size_t len) {
    static const char *const parts[] = {"\"kty\"", "\"crv\"", "\"x\"", "\"y\"", "\"n\"", "\"e\""};
    static const char *const narrowing[] = {"\"use\"", "\"alg\"", "\"key_ops\"", "\"nbf\"", "\"exp\""};
    read_members set, own_set, jwk, own;
    int64_t from = 0, until = INT64_MAX;
    read_span whole = read_canonical(text, len, changed_canonical);
    if (!read_jwk(whole, &set, &jwk)) return COUNTS;
    must(read_jwk(read_of(given_canonical), &own_set, &own));
    for (size_t i = 0; i < 6; i++) {
        if (!read_same(read_member(&jwk, parts[i]), read_member(&own, parts[i]))) return COUNTS;
    }
    read_span use = read_member(&jwk, "\"use\""), alg = read_member(&jwk, "\"alg\""),
              kid = read_member(&jwk, "\"kid\"");
    if (use.len > 0 && !read_is(use, "\"sig\"")) return COUNTS;
    if (alg.len > 0 && !read_is(alg, k->alg) && !(read_is(alg, "\"Ed25519\"") && strcmp(k->alg, "\"EdDSA\"") == 0))
        return COUNTS;
    if (!operations_verify(read_member(&jwk, "\"key_ops\""))) return COUNTS;
    if (read_member(&jwk, "\"d\"").len > 0 || read_member(&jwk, "\"k\"").len > 0) return COUNTS; /* a private key */
    if (kid.len > 0 && !is_name(kid)) return COUNTS;
    if (!read_whole(read_member(&jwk, "\"nbf\""), text, len, "\"nbf\"", &from) ||
        !read_whole(read_member(&jwk, "\"exp\""), text, len, "\"exp\"", &until))
        return COUNTS;
    if (from > FORGE_NOW_S - 60 || until <= FORGE_NOW_S) return COUNTS; /* when it was signed, and now */
    if (read_is(whole, given_canonical)) return SPELLING;
    if (!read_same(kid, read_member(&own, "\"kid\""))) return NAME;
    for (size_t i = 0; i < 5; i++) {
        if (!read_same(read_member(&jwk, narrowing[i]), read_member(&own, narrowing[i]))) return NARROWS;
    }
    return UNKNOWN;
}

static int is_white(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/* One block between its two markers: white space may be before it, behind it, and among its digits. */
static int pem_reads(const keys *k, const char *text, size_t len) {
    const char *at = text, *end = text + len, *mark = k->text, *digit = strchr(mark, '\n'),
               *mark_end = strstr(digit, "-----END");
    const size_t mark_len = (size_t)(digit - mark), end_len = strcspn(mark_end, "\n");
    while (at < end && is_white(*at)) at++;
    if ((size_t)(end - at) <= mark_len || memcmp(at, mark, mark_len) != 0) return COUNTS;
    at += mark_len;
    if (*at != '\n' && *at != '\r') return COUNTS; /* a line of its own */
    for (; at < end && *at != '-'; at++) {
        while (is_white(*digit)) digit++;
        if (!is_white(*at) && *at != *digit++) return COUNTS;
    }
    while (is_white(*digit)) digit++;
    if (digit != mark_end || (size_t)(end - at) < end_len || memcmp(at, mark_end, end_len) != 0) return COUNTS;
    for (at += end_len; at < end; at++) {
        if (!is_white(*at)) return COUNTS;
    }
    return SPELLING;
}

/* Lines that are neither empty nor comments: there is one, and it is the key. */
static int did_reads(const keys *k, const char *text, size_t len) {
    size_t lines = 0, size = 0;
    const char *did = strstr(k->text, "did:key:");
    for (const char *at = text, *end = text + len; at < end; at += size + 1) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size = (size_t)((stop == NULL ? end : stop) - at);
        size_t bare = size > 0 && at[size - 1] == '\r' ? size - 1 : size;
        if (bare == 0 || at[0] == '#') continue;
        if (bare != strcspn(did, "\r\n") || memcmp(at, did, bare) != 0) return COUNTS;
        lines++;
    }
    if (lines != 1) return COUNTS;
    return len == k->len ? UNKNOWN : SPELLING;
}

static int nothing_reads(const keys *k, const char *text, size_t len) {
    must(k->len != len || memcmp(k->text, text, len) != 0);
    return COUNTS;
}

/* Does what these keys vouch for include the artifact? */
static int vouch(keys *k, const char *text, size_t len) {
    armalo_anchor anchor = k->anchor;
    char *exact = malloc(len > 0 ? len : 1);
    memcpy(exact, text, len);
    if (anchor.data == NULL) {
        anchor.data = exact;
        anchor.len = len;
    } else {
        anchor.roots = exact;
        anchor.roots_len = len;
    }
    armalo_trust *trust = armalo_trust_new(w->host, &anchor, 1, &w->why);
    free(exact);
    must(!armalo_decision_granted(&w->why));
    if (trust == NULL) return 0;
    k->made++;
    int granted = forge_verify_text(w, k->policy, trust, k->artifact, FORGE_SUB);
    armalo_trust_free(trust);
    return granted;
}

static void judge_keys(void *ctx, const char *bytes, size_t len, const char *what, size_t at) {
    keys *k = ctx;
    int part = k->reads(k, bytes, len), granted = vouch(k, bytes, len);
    k->tried++;
    if (granted != (part != COUNTS))
        ck_abort_msg("%s, %s %zu: %s (%s; read as %s) %.*s", k->name, what, at, granted ? "granted" : "denied",
                     armalo_reason_name(w->why.reason), part == COUNTS ? "what counts" : part_name[part], (int)len,
                     bytes);
    if (granted) k->granted[part]++;
}

static const char *signed_by(int signer) {
    static forge_jws f;
    forge_jws_init(&f);
    forge_jws_signer(&f, forge_signer_of(signer));
    return forge_jws_compact(&f);
}

static void keys_init(keys *k, const char *name, int signer) {
    memset(k, 0, sizeof *k);
    k->name = name;
    k->anchor.struct_size = sizeof k->anchor;
    k->anchor.form = ARMALO_ANCHOR_TEXT;
    k->anchor.owner = FORGE_CI_OWNER;
    k->anchor.pinned = ARMALO_PINNED;
    k->artifact = signed_by(signer);
    k->policy = forge_policy(w, "");
}

static void keys_text(keys *k, const char *text) {
    k->text = text;
    k->len = strlen(text);
}

/* parts: of enum free_part, a bit each, what must have occurred. slow: fewer changes. */
static void keys_judge(keys *k, unsigned parts, int slow) {
    ck_assert_msg(vouch(k, k->text, k->len), "%s: %s (%s)", k->name, armalo_reason_name(w->why.reason), w->why.detail);
    k->made = 0;
    change_bits(k->text, k->len, judge_keys, k);
    change_cuts(k->text, k->len, judge_keys, k);
    if (!slow) change_bytes(k->text, k->len, 100, judge_keys, k);
    if (!slow) change_more(k->text, k->len, 4, judge_keys, k);
    printf("# %-24s %6lu changes of %zu bytes, %5lu still keys", k->name, k->tried, k->len, k->made);
    for (int part = 0; part < FREE_PARTS; part++) {
        if (k->granted[part] > 0) printf("; %s: %lu", part_name[part], k->granted[part]);
        ck_assert_msg((k->granted[part] > 0) == (int)(parts >> part & 1), "%s: %s", k->name, part_name[part]);
    }
    printf("\n");
    armalo_attest_policy_free(k->policy);
}

/* Members of which one byte less makes a private key. */
static void judge_jwk(const char *name, int signer, const char *alg) {
    keys k;
    const forge_signer *s = forge_signer_of(signer);
    keys_init(&k, name, signer);
    k.alg = forge_quote(alg);
    keys_text(&k, forge_text("{\"note\":\"a remark\",\"keys\":[ %.*s,\"kid\":\"%s\",\"use\":\"sig\",\"alg\":\"%s\","
                             "\"key_ops\":[\"verify\",\"x\"],\"nbf\":%lld,\"exp\":%lld,\"dd\":\"a\",\"kk\":1}]}\n",
                             (int)strlen(s->jwk) - 1, s->jwk, s->id, alg, (long long)FORGE_NOW_S - 86400,
                             (long long)FORGE_NOW_S + 86400));
    read_span whole = read_canonical(k.text, k.len, given_canonical);
    given_canonical[whole.len] = 0;
    k.reads = jwks_reads;
    keys_judge(&k, 1u << SPELLING | 1u << NAME | 1u << NARROWS | 1u << UNKNOWN, strcmp(alg, "PS256") == 0);
}

START_TEST(test_jwks) {
    open_world();
    judge_jwk("JWKS, Ed25519", FORGE_CI, "EdDSA");
    judge_jwk("JWKS, P-256", FORGE_CI_P256, "ES256");
    judge_jwk("JWKS, RSA", FORGE_CI_RSA, "PS256");
    close_world();
}
END_TEST

/* The last bit of the point is 0, so that a reader who is told not to use it reads the same point. */
static void make_even(void) {
    forge_signer *s = (forge_signer *)(uintptr_t)forge_signer_of(FORGE_OTHER_P256);
    for (;;) {
        uint8_t y[32];
        BIGNUM *number = NULL;
        must(EVP_PKEY_get_bn_param(s->pkey, OSSL_PKEY_PARAM_EC_PUB_Y, &number) == 1 &&
             BN_bn2binpad(number, y, 32) == 32);
        BN_free(number);
        if (y[31] % 2 == 0) return;
        EVP_PKEY_free(s->pkey);
        forge_signer_fill(s, EVP_EC_gen("P-256"), FORGE_ES256);
    }
}

START_TEST(test_pem) {
    static const int signers[] = {FORGE_CI, FORGE_OTHER_P256, FORGE_CI_RSA};
    open_world();
    make_even();
    for (size_t i = 0; i < 3; i++) {
        keys k;
        const forge_signer *s = forge_signer_of(signers[i]);
        keys_init(&k, forge_text("PEM, %s", s->id), signers[i]);
        keys_text(&k, s->public_pem);
        k.reads = pem_reads;
        keys_judge(&k, 1u << SPELLING, signers[i] == FORGE_CI_RSA);
    }
    close_world();
}
END_TEST

START_TEST(test_did_key) {
    uint8_t multicodec[34] = {0xED, 0x01};
    keys k;
    open_world();
    keys_init(&k, "did:key", FORGE_CI);
    memcpy(multicodec + 2, forge_signer_of(FORGE_CI)->raw, 32);
    keys_text(&k, forge_text("# the key\r\n\ndid:key:z%s\r\n#\n", forge_base58(forge_bytes_of(multicodec, 34))));
    k.reads = did_reads;
    keys_judge(&k, 1u << SPELLING | 1u << UNKNOWN, 0);
    close_world();
}
END_TEST

START_TEST(test_raw) {
    keys k;
    open_world();
    keys_init(&k, "32 bytes", FORGE_CI);
    k.text = (const char *)forge_signer_of(FORGE_CI)->raw;
    k.len = 32;
    k.anchor.form = ARMALO_ANCHOR_ED25519;
    k.reads = nothing_reads;
    keys_judge(&k, 0, 0);
    close_world();
}
END_TEST

/* A certificate of the CI's key by a root. Every bit of it is under the root's signature. */
static void make_chain(cert_made *root, cert_made *leaf) {
    cert_plan plan = cert_leaf;
    plan.from = "230101000000Z";
    EVP_PKEY *pkey = forge_signer_of(FORGE_CI_P256)->pkey;
    EVP_PKEY_up_ref(pkey);
    *root = cert_make(&cert_root, EVP_EC_gen("P-256"), NULL);
    *leaf = cert_make(&plan, pkey, root);
}

START_TEST(test_certificate) {
    static pkey_text text, roots;
    cert_made root, leaf;
    keys k;
    open_world();
    make_chain(&root, &leaf);
    cert_text(&text, &leaf);
    cert_text(&roots, &root);
    keys_init(&k, "certificate", FORGE_CI_P256);
    k.anchor.roots = roots.at;
    k.anchor.roots_len = roots.len;
    keys_text(&k, text.at);
    k.reads = pem_reads;
    keys_judge(&k, 1u << SPELLING, 1);
    cert_free(&root);
    cert_free(&leaf);
    close_world();
}
END_TEST

/* A root is believed for its name and its key (RFC 5280 6.1.1 d); its serial number, its signature of itself and what
 * else does not narrow it do not count. So a changed root that still leads to the key has the same of these two. */
static X509 *root_of(const char *text, size_t len) {
    BIO *bio = BIO_new_mem_buf(text, (int)len);
    X509 *x509 = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free(bio);
    return x509;
}

static struct {
    keys k;
    const X509 *root;
    unsigned long granted;
} rooted;

static void judge_root(void *ctx, const char *bytes, size_t len, const char *what, size_t at) {
    (void)ctx;
    rooted.k.tried++;
    if (!vouch(&rooted.k, bytes, len)) return;
    rooted.granted++;
    X509 *x509 = root_of(bytes, len);
    if (x509 == NULL || X509_NAME_cmp(X509_get_subject_name(x509), X509_get_subject_name(rooted.root)) != 0 ||
        EVP_PKEY_eq(X509_get0_pubkey(x509), X509_get0_pubkey(rooted.root)) != 1)
        ck_abort_msg("another root is believed: %s %zu", what, at);
    X509_free(x509);
}

START_TEST(test_root) {
    static pkey_text text, roots;
    cert_made root, leaf;
    open_world();
    make_chain(&root, &leaf);
    cert_text(&text, &leaf);
    cert_text(&roots, &root);
    keys_init(&rooted.k, "root", FORGE_CI_P256);
    rooted.k.anchor.data = text.at;
    rooted.k.anchor.len = text.len;
    rooted.root = root.x509;
    ck_assert(vouch(&rooted.k, roots.at, roots.len));
    change_bits(roots.at, roots.len, judge_root, NULL);
    change_cuts(roots.at, roots.len, judge_root, NULL);
    ck_assert_uint_gt(rooted.granted, 0);
    ck_assert_uint_lt(rooted.granted, rooted.k.tried / 3);
    printf("# %-24s %6lu changes of %zu bytes; the same root: %lu\n", "root", rooted.k.tried, roots.len,
           rooted.granted);
    armalo_attest_policy_free(rooted.k.policy);
    cert_free(&root);
    cert_free(&leaf);
    close_world();
}
END_TEST

/* ---- Policies ---- */

/* A policy that denies for one reason, and the changes of a bit after which it says that it grants. */
typedef struct stricter {
    const char *changes; /* of the forge's policy */
    uint32_t reason;
    enum { JWS, JWS_AHEAD, JWS_ENDLESS, JWS_AUDIENCE, DSSE, CREDENTIAL, CREDENTIAL_STATUS } artifact;
    const char *granting[4]; /* what the text then has in it */
    int no_subject;
} stricter;

static const stricter stricter_policies[] = {
    {"\"max_age_s\":30,\"any_age\":", ARMALO_REASON_ATTEST_TOO_OLD, JWS, {"\"max_age_s\":70"}, 0},
    {"\"issuers\":[\"https://ci.exampld\"]", ARMALO_REASON_ATTEST_SIGNER_UNKNOWN, JWS, {"\"https://ci.example\""}, 0},
    {"\"keys\":[\"ci-0\"]", ARMALO_REASON_ATTEST_SIGNER_UNKNOWN, JWS, {"\"keys\":[\"ci-1\"]"}, 0},
    {"\"threshold\":3", ARMALO_REASON_ATTEST_THRESHOLD, JWS, {"\"threshold\":1"}, 0},
    {"\"algorithms\":[\"ES256\"]", ARMALO_REASON_ATTEST_ALGORITHM_REFUSED, JWS, {NULL}, 0},
    {"\"formats\":[\"vc\"]", ARMALO_REASON_ATTEST_FORMAT_REFUSED, JWS, {NULL}, 0},
    {"\"typ\":[\"JWU\"]", ARMALO_REASON_ATTEST_TYPE_REFUSED, JWS, {"\"JWT\""}, 0},
    {"", ARMALO_REASON_ATTEST_SUBJECT_UNSPECIFIED, JWS, {NULL}, 1},
    {"\"audience\":[\"verifier\"]", ARMALO_REASON_ATTEST_AUDIENCE_MISMATCH, JWS, {NULL}, 0},
    {"\"audience\":[\"werifier\"]", ARMALO_REASON_ATTEST_AUDIENCE_MISMATCH, JWS_AUDIENCE, {"\"verifier\""}, 0},
    {"", ARMALO_REASON_ATTEST_AUDIENCE_MISMATCH, JWS_AUDIENCE, {NULL}, 0},
    {"\"claims\":[{\"pointer\":\"/score\",\"operator\":\"gte\",\"value\":95}]",
     ARMALO_REASON_ATTEST_CLAIM_MISMATCH,
     JWS,
     {"\"value\":85", "\"value\":15", "\"value\":91"},
     0},
    {"\"claims\":[{\"pointer\":\"/scord\",\"operator\":\"gte\",\"value\":1}]",
     ARMALO_REASON_ATTEST_CLAIM_MISSING,
     JWS,
     {"\"/score\""},
     0},
    {"\"expiry_required\":true,\"any_age\":", ARMALO_REASON_ATTEST_TIME_MISSING, JWS_ENDLESS, {NULL}, 0},
    {"\"skew_s\":60", ARMALO_REASON_ATTEST_NOT_YET_VALID, JWS_AHEAD, {"\"skew_s\":70", "\"skew_s\":68"}, 0},
    {"\"revocation\":{\"max_age_s\":60},\"no_revocation\":", ARMALO_REASON_ATTEST_REVOCATION_MISSING, JWS, {NULL}, 0},
    {"\"usages\":[\"1.3.6.1.5.5.7.3.3\"]", ARMALO_REASON_ATTEST_KEY_USAGE, JWS, {NULL}, 0},
    {"\"predicate_types\":[\"https://ci.example/build/v0\"]",
     ARMALO_REASON_ATTEST_TYPE_REFUSED,
     DSSE,
     {"\"https://ci.example/build/v1\""},
     0},
    {"\"max_age_s\":600,\"any_age\":,\"issued_at\":\"/predicate/built_au\"",
     ARMALO_REASON_ATTEST_TIME_MISSING,
     DSSE,
     {"\"/predicate/built_at\""},
     0},
    {"\"credential_types\":[\"BuildCredentiam\"]",
     ARMALO_REASON_ATTEST_TYPE_REFUSED,
     CREDENTIAL,
     {"\"BuildCredential\""},
     0},
    {"", ARMALO_REASON_ATTEST_STATUS_UNCHECKED, CREDENTIAL_STATUS, {NULL}, 0},
};
#define POLICIES ((int)(sizeof stricter_policies / sizeof stricter_policies[0]))

static struct {
    const stricter *row;
    armalo_trust *trust;
    const char *artifact, *subject;
    unsigned long tried, made;
    unsigned granted[4];
} scene;

static const char *make_artifact(const stricter *row) {
    static forge_jws jws;
    static forge_dsse dsse;
    static forge_credential credential;
    scene.subject = FORGE_SUB;
    forge_jws_init(&jws);
    forge_dsse_init(&dsse);
    forge_credential_init(&credential);
    if (row->artifact == JWS_AHEAD) forge_put(&jws.claims, "iat", forge_text("%lld", (long long)FORGE_NOW_S + 66));
    if (row->artifact == JWS_ENDLESS) forge_drop(&jws.claims, "exp");
    if (row->artifact == JWS_AUDIENCE) forge_put(&jws.claims, "aud", "\"verifier\"");
    if (row->artifact == CREDENTIAL_STATUS) forge_put(&credential.document, "credentialStatus", "{\"id\":\"urn:x:1\"}");
    if (row->artifact <= JWS_AUDIENCE) return forge_jws_compact(&jws);
    scene.subject = row->artifact == DSSE ? forge_subject() : FORGE_CREDENTIAL_SUBJECT;
    return row->artifact == DSSE ? forge_dsse_text(&dsse) : forge_credential_text(&credential);
}

static void judge_policy(void *ctx, const char *bytes, size_t len, const char *what, size_t at) {
    (void)ctx;
    char *exact = malloc(len > 0 ? len : 1);
    memcpy(exact, bytes, len);
    armalo_attest_policy *policy = armalo_attest_policy_new(w->host, exact, len, &w->why);
    free(exact);
    must(!armalo_decision_granted(&w->why));
    scene.tried++;
    if (policy == NULL) return;
    scene.made++;
    int granted =
        forge_verify_text(w, policy, scene.trust, scene.artifact, scene.row->no_subject ? NULL : scene.subject);
    armalo_attest_policy_free(policy);
    if (!granted) return;
    const char *text = forge_text("%.*s", (int)len, bytes);
    for (size_t i = 0; i < 4 && scene.row->granting[i] != NULL; i++) {
        if (strstr(text, scene.row->granting[i]) == NULL) continue;
        scene.granted[i]++;
        return;
    }
    ck_abort_msg("%s: %s %zu makes a grant of it: %s", scene.row->changes, what, at, text);
}

START_TEST(test_policy) {
    open_world();
    memset(&scene, 0, sizeof scene);
    scene.row = &stricter_policies[_i];
    scene.trust = forge_default_trust(w);
    scene.artifact = make_artifact(scene.row);
    const char *subject = scene.row->no_subject ? NULL : scene.subject;
    const char *text = forge_policy_text(scene.row->changes);
    armalo_attest_policy *policy = forge_policy(w, scene.row->changes);
    must(!forge_verify_text(w, policy, scene.trust, scene.artifact, subject));
    ck_assert_str_eq(armalo_reason_name(w->why.reason), armalo_reason_name(scene.row->reason));
    armalo_attest_policy_free(policy);
    change_bits(text, strlen(text), judge_policy, NULL);
    change_cuts(text, strlen(text), judge_policy, NULL);
    for (size_t i = 0; i < 4; i++) ck_assert_uint_eq(scene.granted[i], scene.row->granting[i] != NULL);
    printf("# %-32s %5lu changes, %4lu still policies\n", armalo_reason_name(scene.row->reason), scene.tried,
           scene.made);
    armalo_trust_free(scene.trust);
    close_world();
}
END_TEST

static void fill(TCase *tc) {
    forge_keys_ready();
    tcase_add_test(tc, test_jwks);
    tcase_add_test(tc, test_pem);
    tcase_add_test(tc, test_did_key);
    tcase_add_test(tc, test_raw);
    tcase_add_test(tc, test_certificate);
    tcase_add_test(tc, test_root);
    tcase_add_loop_test(tc, test_policy, 0, POLICIES);
}

TEST_MAIN("attest_bits_given", fill, 100)
