/* SPDX-License-Identifier: MIT */
/* No small change of an artifact is granted, unless it changes nothing that counts: every bit, every truncation, every
 * byte left out, exchanged with the next, or added, of a sample of each format. What does not count is written down
 * here, as a second reading of each format that says of any text whether it means the same and, if so, what was changed
 * in it; it is held both ways. And what is handed out of a changed artifact is what was signed, byte for byte.
 * Revocation lists, which are envelopes, likewise: none is loaded, and the list in use stays. */
#include "attest_changes.h"

/* What may be changed. */
enum free_part {
    /* Of JSON: white space between tokens, escapes, the order of members, ways to write a number. Of an envelope and of
     * a flattened JWS only the texts inside are signed; in a credential JCS (RFC 8785) makes them equal. */
    SPELLING,
    PADDING, /* DSSE: of base64, which may be there or not */
    /* DSSE: "keyid: OPTIONAL, unauthenticated hint" (envelope.md), its name and its value; of a flattened JWS the kid
     * of the header that is not signed. */
    HINT,
    /* DSSE: "Consumers MUST ignore unrecognized fields" (envelope.md). RFC 7515 4: header parameters that are not
     * understood "MUST be ignored"; 7.2.1: so must additional members. */
    UNKNOWN,
    /* eddsa-jcs-2022 (3.3.2): the contexts of a credential that follow those of its proof are not hashed, and not
     * handed out. */
    CONTEXT,
    OTHER_PROOF, /* VC Data Integrity 2.1.1: of a set of proofs, one of a cryptosuite that is not ours */
    FREE_PARTS,
    COUNTS = FREE_PARTS /* all else */
};
static const char *const part_name[] = {"spelling",       "padding",         "hint",
                                        "unknown member", "further context", "other proof"};

typedef struct sample {
    const char *name;
    const char *text, *subject;
    char canonical[3 * CHANGED_MAX];                                    /* of the text, where it is JSON */
    read_members members;                                               /* of that */
    int (*reads)(const struct sample *s, const char *text, size_t len); /* enum free_part, or COUNTS */
    unsigned others; /* bytes added at each place; see change_more() */
    int bits_only;
} sample;

typedef struct court {
    world *w;
    armalo_trust *trust;
    armalo_attest_policy *policy;
    const sample *s;
    armalo_attested_facts facts; /* of the sample */
    char payload[4096];
    size_t payload_len;
    unsigned long tried, granted[FREE_PARTS];
} court;

/* ---- Second readings ---- */

static char changed_canonical[3 * CHANGED_MAX];

/* Whether two base64 texts, with their quotes, are the same bytes; *same_text: also the same text. */
static int same_base64(read_span a, read_span b, int *padding) {
    char digits[2][CHANGED_MAX];
    size_t len[2] = {0, 0};
    *padding |= !read_same(a, b);
    for (int k = 0; k < 2; k++) {
        read_span t = k == 0 ? a : b;
        size_t padded = 0;
        int standard = 0, url = 0;
        if (!read_is_string(t)) return 0;
        for (size_t i = 1; i + 1 < t.len; i++) {
            char c = t.at[i];
            padded += c == '=';
            if (c != '=' && padded > 0) return 0;
            standard |= c == '+' || c == '/';
            url |= c == '-' || c == '_';
            if (c == '-') c = '+';
            if (c == '_') c = '/';
            if (c != '=' && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", c) == NULL)
                return 0;
            if (c != '=' && c != 0) digits[k][len[k]++] = c;
        }
        if ((standard && url) || padded > 2 || (padded > 0 && (len[k] + padded) % 4 != 0)) return 0;
        if (padded == 0 && len[k] % 4 != 0 && standard) return 0; /* unpadded is of the other alphabet */
    }
    return len[0] == len[1] && memcmp(digits[0], digits[1], len[0]) == 0;
}

static int is_one_of(read_span name, const char *const *names) {
    for (; *names != NULL; names++) {
        if (read_is(name, *names)) return 1;
    }
    return 0;
}

/* Members that are none of `known` and `ignored` differ. */
static int unknown_differ(const read_members *a, const read_members *b, const char *const *known) {
    if (a->count != b->count) return 1;
    for (size_t i = 0; i < a->count; i++) {
        int known_a = is_one_of(a->name[i], known);
        if (known_a != is_one_of(b->name[i], known)) return 1;
        if (!known_a && (!read_same(a->name[i], b->name[i]) || !read_same(a->value[i], b->value[i]))) return 1;
    }
    return 0;
}

/* Of both objects one, or other signs than those of its own format. */
static int has_any(const read_members *m, const char *const *names) {
    for (size_t i = 0; i < m->count; i++) {
        if (is_one_of(m->name[i], names)) return 1;
    }
    return 0;
}

static int dsse_reads(const sample *s, const char *text, size_t len) {
    static const char *const known[] = {"\"payload\"", "\"payloadType\"", "\"signatures\"", NULL};
    static const char *const known_of_signature[] = {"\"sig\"", "\"keyid\"", NULL};
    static const char *const foreign[] = {"\"protected\"", "\"signature\"", "\"@context\"", "\"proof\"", NULL};
    read_members m, list, own_list, one, own;
    int padding = 0, hint = 0, unknown = 0;
    read_span whole = read_canonical(text, len, changed_canonical);
    if (!read_members_of(whole, '{', &m)) return COUNTS;
    if (read_is(whole, s->canonical)) return SPELLING;
    if (!same_base64(read_member(&m, "\"payload\""), read_member(&s->members, "\"payload\""), &padding)) return COUNTS;
    if (!read_same(read_member(&m, "\"payloadType\""), read_member(&s->members, "\"payloadType\""))) return COUNTS;
    if (has_any(&m, foreign)) return COUNTS;
    if (!read_members_of(read_member(&m, "\"signatures\""), '[', &list)) return COUNTS;
    must(read_members_of(read_member(&s->members, "\"signatures\""), '[', &own_list));
    if (list.count != own_list.count) return COUNTS;
    for (size_t i = 0; i < list.count; i++) {
        if (!read_members_of(list.value[i], '{', &one)) return COUNTS;
        must(read_members_of(own_list.value[i], '{', &own));
        if (!same_base64(read_member(&one, "\"sig\""), read_member(&own, "\"sig\""), &padding)) return COUNTS;
        read_span keyid = read_member(&one, "\"keyid\"");
        if (keyid.len > 0 && !read_is_string(keyid)) return COUNTS; /* it is optional, and a text */
        hint |= !read_same(keyid, read_member(&own, "\"keyid\""));
        unknown |= unknown_differ(&one, &own, known_of_signature);
    }
    unknown |= unknown_differ(&m, &s->members, known);
    must(padding || hint || unknown);
    return hint ? HINT : unknown ? UNKNOWN : PADDING;
}

static int flattened_reads(const sample *s, const char *text, size_t len) {
    static const char *const known[] = {"\"payload\"", "\"protected\"", "\"signature\"", "\"header\"", NULL};
    static const char *const foreign[] = {"\"payloadType\"", "\"@context\"", "\"proof\"", "\"signatures\"", NULL};
    /* RFC 7515 4.1.11 and 7.2.1, and headers that bring a key or an algorithm. The protected header has alg and typ. */
    static const char *const refused[] = {"\"crit\"", "\"jwk\"", "\"jku\"", "\"x5u\"",
                                          "\"x5c\"",  "\"alg\"", "\"typ\"", NULL};
    read_members m, header, own;
    read_span whole = read_canonical(text, len, changed_canonical);
    if (!read_members_of(whole, '{', &m)) return COUNTS;
    if (read_is(whole, s->canonical)) return SPELLING;
    for (size_t i = 0; i < 3; i++) {
        if (!read_same(read_member(&m, known[i]), read_member(&s->members, known[i]))) return COUNTS;
    }
    if (has_any(&m, foreign)) return COUNTS;
    read_span open = read_member(&m, "\"header\"");
    if (open.len == 0) return UNKNOWN; /* under another name */
    if (!read_members_of(open, '{', &header) || has_any(&header, refused)) return COUNTS;
    read_span b64 = read_member(&header, "\"b64\"");
    if (b64.len > 0 && !read_is(b64, "true")) return COUNTS;
    must(read_members_of(read_member(&s->members, "\"header\""), '{', &own));
    return read_same(read_member(&header, "\"kid\""), read_member(&own, "\"kid\"")) ? UNKNOWN : HINT;
}

static int compact_reads(const sample *s, const char *text, size_t len) {
    must(strlen(s->text) != len || memcmp(s->text, text, len) != 0);
    return COUNTS; /* header, payload and signature are all there is, in the one spelling that base64url has */
}

/* A proof without a type is none; else one of a suite that is not here is for other readers. */
static int is_other_proof(read_span proof) {
    read_members m;
    return read_members_of(proof, '{', &m) && read_is_string(read_member(&m, "\"type\"")) &&
           !read_is(read_member(&m, "\"cryptosuite\""), "\"eddsa-jcs-2022\"");
}

static int credential_reads(const sample *s, const char *text, size_t len) {
    static const char *const apart[] = {"\"@context\"", "\"proof\"", NULL};
    static const char *const foreign[] = {"\"payloadType\"", "\"protected\"", "\"signature\"", NULL};
    read_members m, list, own_list;
    int part = CONTEXT;
    read_span whole = read_canonical(text, len, changed_canonical);
    if (!read_members_of(whole, '{', &m) || has_any(&m, foreign)) return COUNTS;
    if (read_is(whole, s->canonical)) return SPELLING;
    if (unknown_differ(&m, &s->members, apart)) return COUNTS;
    read_span proof = read_member(&m, "\"proof\""), own_proof = read_member(&s->members, "\"proof\"");
    if (!read_same(proof, own_proof)) {
        if (!read_members_of(own_proof, '[', &own_list) || !read_members_of(proof, '[', &list)) return COUNTS;
        if (list.count != own_list.count || !read_same(list.value[0], own_list.value[0])) return COUNTS;
        if (!is_other_proof(list.value[1])) return COUNTS;
        part = OTHER_PROOF;
    }
    must(read_members_of(read_member(&s->members, "\"@context\""), '[', &own_list));
    if (!read_members_of(read_member(&m, "\"@context\""), '[', &list)) return COUNTS;
    return list.count > 0 && read_same(list.value[0], own_list.value[0]) ? part : COUNTS; /* the proof has one */
}

/* ---- Samples ---- */

enum sample_kind {
    DSSE,
    FLATTENED,
    CREDENTIAL,
    PROOF_SET,
    JWS_EDDSA,
    JWS_ES256,
    JWS_ES384,
    JWS_PS256,
    JWS_RS256,
    SAMPLES
};

/* Unknown members of which one byte more makes a known one: that one may not be there twice, or not be there at all. */
static void make_dsse(sample *s) {
    static forge_dsse f;
    forge_dsse_init(&f);
    forge_dsse_sign(&f, forge_signer_of(FORGE_CI_P256));
    while (forge_dsse_payload(&f).len % 3 != 2) /* one '=' */
        forge_put(&f.predicate, "builder", forge_text("\"%s1\"", forge_member_text(&f.predicate, "score")));
    forge_put(&f.envelope, "proo", "\"a remark\"");
    s->text = forge_replace(forge_text("%s\n", forge_dsse_text(&f)), ",\"payloadType\"", "\t,\r\n \"payloadType\"");
    s->text = forge_replace(s->text, "{\"keyid\":\"ci-1\",", "{\"si\":\"a remark\", \"keyid\":\"ci-1\",");
    s->subject = forge_subject();
    s->name = "DSSE";
    s->reads = dsse_reads;
    s->others = 4;
}

static void make_flattened(sample *s) {
    static forge_jws f;
    forge_jws_init(&f);
    forge_drop(&f.header, "kid");
    forge_put_all(&f.open_header, "\"kid\":\"ci-1\",\"jw\":\"a\",\"x5\":\"b\",\"cri\":[\"c\"],\"ty\":\"d\"");
    forge_put_all(&f.flattened, "\"sinatures\":\"a remark\"");
    s->text = forge_replace(forge_text("%s\n", forge_jws_flattened(&f)), ",\"header\"", " ,\t\"header\"");
    s->subject = FORGE_SUB;
    s->name = "flattened JWS";
    s->reads = flattened_reads;
    s->others = 4;
}

/* Signed in the canonical form, and then spelled otherwise. */
static void make_credential(sample *s, int set) {
    static forge_credential f;
    forge_credential_init(&f);
    forge_put(&f.document, "@context", "[\"https://www.w3.org/ns/credentials/v2\",\"https://ci.example/context\"]");
    const char *proof = forge_proof_text(&f);
    if (set)
        proof = forge_text("[%s,{\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"ecdsa-rdfc-2019\",\"created\":7,"
                           "\"verificationMethod\":\"did:example:1\",\"proofPurpose\":\"assertionMethod\","
                           "\"proofValue\":\"z1\"}]",
                           proof);
    forge_put(&f.document, "proof", proof);
    s->text = forge_replace(forge_credential_text(&f), "\"score\":93", "\"score\" : 93.0");
    s->text = forge_replace(s->text, "\"" FORGE_CI_OWNER "\"", "\t\"https:\\/\\/ci.example\"\n");
    s->subject = FORGE_CREDENTIAL_SUBJECT;
    s->name = set ? "credential, two proofs" : "credential";
    s->reads = credential_reads;
    s->others = set ? 0 : 4;
}

static void make_compact(sample *s, int signer, enum forge_algorithm alg) {
    static forge_jws f;
    forge_jws_init(&f);
    forge_jws_signer(&f, forge_signer_of(signer));
    f.alg = alg;
    forge_put(&f.header, "alg", forge_quote(forge_algorithm_name(alg)));
    if (alg == FORGE_ES384) { /* slow: a short one, and no more than its bits and its truncations */
        s->bits_only = 1;
        forge_put_all(&f.claims, "\"jti\":,\"nbf\":,\"iat\":");
        forge_drop(&f.header, "typ");
    }
    s->text = forge_jws_compact(&f);
    s->subject = FORGE_SUB;
    s->name = forge_text("JWS %s", forge_algorithm_name(alg));
    s->reads = compact_reads;
    s->others = alg == FORGE_EDDSA ? 256 : 0;
}

static void make_sample(sample *s, enum sample_kind kind) {
    memset(s, 0, sizeof *s);
    switch (kind) {
    case DSSE:
        make_dsse(s);
        break;
    case FLATTENED:
        make_flattened(s);
        break;
    case CREDENTIAL:
    case PROOF_SET:
        make_credential(s, kind == PROOF_SET);
        break;
    case JWS_EDDSA:
        make_compact(s, FORGE_CI, FORGE_EDDSA);
        break;
    case JWS_ES256:
        make_compact(s, FORGE_CI_P256, FORGE_ES256);
        break;
    case JWS_ES384:
        make_compact(s, FORGE_CI_P384, FORGE_ES384);
        break;
    case JWS_PS256:
        make_compact(s, FORGE_CI_RSA, FORGE_PS256);
        break;
    default:
        make_compact(s, FORGE_CI_RSA, FORGE_RS256);
        break;
    }
    if (kind >= JWS_EDDSA) return;
    read_span whole = read_canonical(s->text, strlen(s->text), s->canonical);
    s->canonical[whole.len] = 0;
    must(read_members_of(whole, '{', &s->members));
}

/* ---- The judge ---- */

static int ask(court *c, const char *text, size_t len, armalo_attested **attested) {
    armalo_attest_request request = forge_request("", c->s->subject);
    request.artifact = text;
    request.artifact_len = len;
    return forge_verify(c->w, c->policy, c->trust, &request, attested);
}

/* What is handed out is the sample's, to the byte; only the artifact's digest is its own. */
static void same_content(court *c, armalo_attested *attested, const char *what, size_t at) {
    static char payload[sizeof c->payload];
    armalo_attested_facts facts;
    size_t len = 0;
    armalo_attested_facts_get(attested, 0, &facts);
    must(memcmp(facts.artifact_sha256, c->facts.artifact_sha256, sizeof facts.artifact_sha256) != 0);
    memcpy(facts.artifact_sha256, c->facts.artifact_sha256, sizeof facts.artifact_sha256);
    if (!armalo_attested_value(attested, "", payload, sizeof payload, &len, NULL) || len != c->payload_len ||
        memcmp(payload, c->payload, len) != 0 || memcmp(&facts, &c->facts, sizeof facts) != 0)
        ck_abort_msg("%s, %s %zu: something else is handed out", c->s->name, what, at);
}

static void judge(void *ctx, const char *bytes, size_t len, const char *what, size_t at) {
    court *c = ctx;
    armalo_attested *attested = NULL;
    int part = c->s->reads(c->s, bytes, len);
    int granted = ask(c, bytes, len, &attested);
    c->tried++;
    if (granted != (part != COUNTS))
        ck_abort_msg("%s, %s %zu: %s (%s; read as %s) in %.*s", c->s->name, what, at, granted ? "granted" : "denied",
                     armalo_reason_name(c->w->why.reason), part == COUNTS ? "what counts" : part_name[part], (int)len,
                     bytes);
    must(granted == armalo_decision_granted(&c->w->why));
    if (!granted) {
        must(c->w->why.evidence != ARMALO_POSITIVE && c->w->why.evidence != ARMALO_SIMULATED);
        return;
    }
    c->granted[part]++;
    same_content(c, attested, what, at);
    armalo_attested_free(attested);
}

static void open_court(court *c, const sample *s) {
    static forge_anchors anchors;
    static world w;
    memset(c, 0, sizeof *c);
    c->s = s;
    c->w = &w;
    world_init(&w);
    w.config.audit = NULL; /* events have tests of their own */
    w.config.audit_off = ARMALO_AUDIT_OFF;
    world_start(&w);
    forge_anchors_init(&anchors);
    for (size_t i = 0; i < anchors.count; i++)
        anchors.anchor[i].rs256 = strcmp(s->name, "JWS RS256") == 0; /* the key is bound to what it signs */
    c->trust = forge_trust(&w, &anchors);
    c->policy =
        forge_policy(&w, s->reads == dsse_reads ? "\"threshold\":2" /* so that both signatures count */
                                                : "\"algorithms\":[\"EdDSA\",\"ES256\",\"ES384\",\"PS256\",\"RS256\"]");
    armalo_attested *attested = NULL;
    if (!ask(c, s->text, strlen(s->text), &attested))
        ck_abort_msg("%s: %s (%s) %s", s->name, armalo_reason_name(w.why.reason), w.why.detail, s->text);
    armalo_attested_facts_get(attested, 0, &c->facts);
    must(armalo_attested_value(attested, "", c->payload, sizeof c->payload, &c->payload_len, NULL));
    armalo_attested_free(attested);
}

static void close_court(court *c) {
    armalo_attest_policy_free(c->policy);
    armalo_trust_free(c->trust);
    world_end(c->w);
    forge_forget();
}

START_TEST(test_changes) {
    static const unsigned parts[SAMPLES] = {
        [DSSE] = 1u << SPELLING | 1u << PADDING | 1u << HINT | 1u << UNKNOWN,
        [FLATTENED] = 1u << SPELLING | 1u << HINT | 1u << UNKNOWN,
        [CREDENTIAL] = 1u << SPELLING | 1u << CONTEXT,
        [PROOF_SET] = 1u << SPELLING | 1u << CONTEXT | 1u << OTHER_PROOF,
    };
    static sample s;
    static court c;
    make_sample(&s, (enum sample_kind)_i);
    open_court(&c, &s);
    size_t len = strlen(s.text);
    change_bits(s.text, len, judge, &c);
    change_cuts(s.text, len, judge, &c);
    if (!s.bits_only) {
        change_bytes(s.text, len, 100, judge, &c);
        change_more(s.text, len, s.others, judge, &c);
    }
    printf("# %-24s %7lu changes of %zu bytes", s.name, c.tried, len);
    for (int part = 0; part < FREE_PARTS; part++) {
        if (c.granted[part] > 0) printf("; %s: %lu", part_name[part], c.granted[part]);
        ck_assert_int_eq(c.granted[part] > 0, parts[_i] >> part & 1);
    }
    printf("\n");
    close_court(&c);
}
END_TEST

/* ---- Revocation lists ---- */

/* A list of the CI that revokes this id. */
static void make_list(sample *s, int number, const char *id) {
    static forge_dsse f;
    forge_dsse_init_as(&f, "urn:armalo:revocations:v1", "\"issuer\":\"" FORGE_CI_OWNER "\"");
    forge_put(&f.predicate, "number", forge_text("%d", number));
    forge_put(&f.predicate, "this_update", forge_when(-60));
    forge_put(&f.predicate, "next_update", forge_when(3600));
    forge_put(&f.predicate, "revoked", forge_text("[{\"id\":\"%s\",\"at\":%s,\"reason\":\"\"}]", id, forge_when(-90)));
    forge_put(&f.envelope, "note", "\"a remark\"");
    memset(s, 0, sizeof *s);
    s->text = forge_dsse_text(&f);
    s->name = "revocation list";
    s->reads = dsse_reads;
    read_span whole = read_canonical(s->text, strlen(s->text), s->canonical);
    s->canonical[whole.len] = 0;
    must(read_members_of(whole, '{', &s->members));
}

/* The list in use, and an artifact that it revokes, and another one. */
static struct { const char *list, *revoked, *other; } in_use;

static int load(court *c, const char *text, size_t len) {
    int64_t number = 99;
    char *exact = malloc(len > 0 ? len : 1);
    memcpy(exact, text, len);
    int loaded = armalo_revocations_load(c->trust, NULL, exact, len, 0, &number, &c->w->why);
    free(exact);
    must(armalo_decision_granted(&c->w->why) == loaded && (loaded ? number == 7 || number == 8 : number == 99));
    return loaded;
}

/* A trust in which it is in use: a later one does not give way. */
static void use_list(court *c) {
    static forge_anchors anchors;
    forge_anchors_init(&anchors);
    armalo_trust_free(c->trust);
    c->trust = forge_trust(c->w, &anchors);
    must(load(c, in_use.list, strlen(in_use.list)));
}

static int is_revoked(court *c, const char *artifact) {
    int granted = forge_verify_text(c->w, c->policy, c->trust, artifact, FORGE_SUB);
    must(granted || c->w->why.reason == ARMALO_REASON_ATTEST_REVOKED);
    return !granted;
}

static void judge_list(void *ctx, const char *bytes, size_t len, const char *what, size_t at) {
    court *c = ctx;
    int part = c->s->reads(c->s, bytes, len);
    int loaded = load(c, bytes, len);
    c->tried++;
    if (loaded != (part != COUNTS))
        ck_abort_msg("%s %zu: %s (%s) %.*s", what, at, loaded ? "loaded" : "refused",
                     armalo_reason_name(c->w->why.reason), (int)len, bytes);
    if (loaded) c->granted[part]++;
    if (loaded) must(is_revoked(c, in_use.other) && !is_revoked(c, in_use.revoked));
    if (loaded) use_list(c);
    if (c->tried % 8 == 0) must(is_revoked(c, in_use.revoked) && !is_revoked(c, in_use.other));
}

START_TEST(test_lists) {
    static sample s;
    static court c;
    static forge_jws f;
    forge_jws_init(&f);
    in_use.revoked = forge_jws_compact(&f);
    forge_put(&f.claims, "jti", "\"jwt-2\"");
    s.text = in_use.other = forge_jws_compact(&f);
    s.subject = FORGE_SUB;
    s.name = "JWS";
    open_court(&c, &s);
    make_list(&s, 7, "jwt-1");
    in_use.list = s.text;
    use_list(&c);
    must(is_revoked(&c, in_use.revoked));
    make_list(&s, 8, "jwt-2");
    size_t len = strlen(s.text);
    change_bits(s.text, len, judge_list, &c);
    change_cuts(s.text, len, judge_list, &c);
    ck_assert_uint_gt(c.granted[HINT], 0);
    ck_assert_uint_gt(c.granted[UNKNOWN], 0);
    printf("# %-24s %7lu changes of %zu bytes\n", s.name, c.tried, len);
    close_court(&c);
}
END_TEST

static void fill(TCase *tc) {
    forge_keys_ready();
    tcase_add_loop_test(tc, test_changes, 0, SAMPLES);
    tcase_add_test(tc, test_lists);
}

TEST_MAIN("attest_bits", fill, 100)
