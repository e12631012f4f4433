/* SPDX-License-Identifier: MIT */
/* Nothing that the calls about attestations write holds anything of a private key: not the envelope that it signs, no
 * decision, no event, whatever becomes of the call; nor what other calls say when somebody gives them a private key for
 * something else. */
#include "attest_forge.h"

#include <ctype.h>

/* All output, and all needles. */
static struct out {
    unsigned char bytes[1 << 23];
    size_t len;
} out;

#define NEEDLES 400
static struct needle {
    char what[64];
    unsigned char bytes[600];
    size_t len;
} needles[NEEDLES];
static size_t needle_count;

static void keep(const void *bytes, size_t len) {
    if (out.len + len + 1 > sizeof out.bytes) ck_abort_msg("more output than expected");
    if (len > 0) memcpy(out.bytes + out.len, bytes, len);
    out.len += len;
    out.bytes[out.len++] = '\n';
}

static void keep_text(const char *text) { keep(text, strlen(text)); }

static void seek(const char *what, const char *form, const void *bytes, size_t len) {
    if (needle_count == NEEDLES || len > sizeof needles[0].bytes) ck_abort_msg("no room for %s", what);
    must(len >= 12); /* shorter, a find could be chance */
    struct needle *n = &needles[needle_count++];
    snprintf(n->what, sizeof n->what, "%s %s", what, form);
    memcpy(n->bytes, bytes, len);
    n->len = len;
}

/* The bytes, their hex, and their base64 in both alphabets. Base64 inside a longer text starts at one of three
 * phases. */
static void seek_all(const char *what, const void *bytes, size_t len) {
    const unsigned char *in = bytes;
    if (len > 96) len = 96; /* of a long number its beginning is enough */
    seek(what, "as it is", bytes, len);
    char *hex = forge_hex(forge_bytes_of(bytes, len));
    seek(what, "as hex", hex, 2 * len);
    for (char *c = hex; *c != 0; c++) *c = (char)toupper((unsigned char)*c);
    seek(what, "as HEX", hex, 2 * len);
    for (size_t phase = 0; phase < 3; phase++) {
        const char *text = forge_base64(forge_bytes_of(in + phase, (len - phase) / 3 * 3));
        seek(what, "as base64", text, strlen(text));
        seek(what, "as base64url", forge_url_alphabet(text), strlen(text));
    }
}

/* Each line of a PEM text but its markers. */
static void seek_lines(const char *what, const char *pem) {
    for (const char *at = pem; *at != 0;) {
        size_t len = strcspn(at, "\n");
        if (len >= 16 && at[0] != '-') seek(what, "as a line", at, len < 64 ? len : 64);
        at += len + (at[len] == '\n');
    }
}

static void seek_number(const char *what, const EVP_PKEY *pkey, const char *name) {
    unsigned char bytes[1024];
    BIGNUM *number = NULL;
    must(EVP_PKEY_get_bn_param(pkey, name, &number) == 1);
    int len = BN_bn2bin(number, bytes);
    BN_clear_free(number);
    seek_all(what, bytes, (size_t)len);
}

static void seek_key(const forge_signer *s) {
    unsigned char seed[32];
    size_t len = sizeof seed;
    seek_lines(s->id, s->private_pem);
    if (s->alg == FORGE_EDDSA) {
        must(EVP_PKEY_get_raw_private_key(s->pkey, seed, &len) == 1 && len == 32);
        seek_all("a seed", seed, len);
    } else if (s->alg == FORGE_PS256) {
        seek_number("an RSA exponent", s->pkey, OSSL_PKEY_PARAM_RSA_D);
        seek_number("an RSA prime", s->pkey, OSSL_PKEY_PARAM_RSA_FACTOR1);
        seek_number("an RSA prime", s->pkey, OSSL_PKEY_PARAM_RSA_FACTOR2);
        seek_number("an RSA coefficient", s->pkey, OSSL_PKEY_PARAM_RSA_COEFFICIENT1);
    } else {
        seek_number("a scalar", s->pkey, OSSL_PKEY_PARAM_PRIV_KEY);
    }
}

static int find(const void *bytes, size_t len) {
    const unsigned char *first = bytes;
    for (size_t i = 0; i + len <= out.len; i++) {
        const unsigned char *at = memchr(out.bytes + i, first[0], out.len - len - i + 1);
        if (at == NULL) return 0;
        i = (size_t)(at - out.bytes);
        if (memcmp(at, bytes, len) == 0) return 1;
    }
    return 0;
}

static void search(size_t at_least) {
    ck_assert_uint_gt(out.len, at_least);
    for (size_t i = 0; i < needle_count; i++) {
        if (find(needles[i].bytes, needles[i].len)) ck_abort_msg("%s came out", needles[i].what);
    }
}

/* ---- A host whose words are kept ---- */

static struct {
    int64_t now_ms;
    int kept; /* what the sink answers */
} at = {FORGE_NOW_S * 1000, 1};

static int64_t out_clock(void *ctx) {
    (void)ctx;
    return at.now_ms;
}

static int keep_event(void *ctx, const char *event, size_t len) {
    (void)ctx;
    keep(event, len);
    return at.kept;
}

static void keep_decision(const armalo_decision *why) {
    char text[ARMALO_OPERATOR_TEXT_SIZE];
    keep(why, sizeof *why);
    keep_text(armalo_decision_operator(why, text, sizeof text, NULL));
    keep_text(armalo_decision_public(why, text, sizeof text, NULL));
}

static armalo_host *open_host(int32_t mode, int audit) {
    armalo_decision why;
    armalo_host_config config = {
        .struct_size = sizeof config, .mode = mode, .now_ms = out_clock, .audit = audit ? keep_event : NULL};
    armalo_host *host = armalo_host_new(&config, &why);
    ck_assert_ptr_nonnull(host);
    keep_decision(&why);
    return host;
}

static void reset(void) {
    forge_forget();
    out.len = 0;
    needle_count = 0;
    at.now_ms = FORGE_NOW_S * 1000;
    at.kept = 1;
}

static unsigned signed_count, refused_count;

/* Everything that a signing can write: the whole buffer, in whichever way it ends. */
static void sign(armalo_host *host, const armalo_attest_spec *spec, size_t cap) {
    static char buf[20000];
    armalo_decision why;
    size_t len = 0;
    memset(buf, 0, sizeof buf);
    memset(&why, 0, sizeof why);
    must(cap <= sizeof buf);
    int done = armalo_attest_sign(host, spec, cap == 0 ? NULL : buf, cap, &len, &why);
    must(done || forge_zero(buf, sizeof buf));
    if (done) keep(buf, sizeof buf); /* all of it */
    keep(&len, sizeof len);
    keep_decision(&why);
    signed_count += (unsigned)done;
    refused_count += !done;
    if (!done) return;
    char shown[40000];
    must(armalo_attest_inspect(buf, len, shown, sizeof shown, NULL, &why) == 1);
    keep_text(shown);
}

static armalo_attest_spec good_spec(const char *pem) {
    static const char predicate[] = "{\"score\":93}";
    armalo_attest_spec spec = {.struct_size = sizeof spec,
                               .key = pem,
                               .key_len = strlen(pem),
                               .predicate_type = "urn:example:type",
                               .predicate = predicate,
                               .predicate_len = sizeof predicate - 1};
    return spec;
}

/* A key in every way in which it can be used wrongly, or be refused itself. */
static void sign_everything(armalo_host *host, const char *pem) {
    static const char *const wrong[] = {"sha256:00"};
    armalo_attest_spec spec = good_spec(pem);
    sign(host, &spec, 20000);
    sign(host, &spec, 0);
    sign(host, &spec, 100);
    for (int n = 0; n < 8; n++) {
        spec = good_spec(pem);
        if (n == 0) spec.key_id = "a key";
        if (n == 1) spec.predicate_type = NULL;
        if (n == 2) spec.predicate_type = "urn:armalo:receipt:v1";
        if (n == 3) spec.predicate_len--;
        if (n == 4) spec.subjects = wrong;
        if (n == 4) spec.subject_count = 1;
        if (n == 5) spec.withhold = wrong;
        if (n == 5) spec.withhold_count = 1;
        if (n == 6) spec.predicate = NULL;
        if (n == 6) spec.predicate_len = 0;
        if (n == 6) spec.envelope = pem; /* the wrong way round */
        if (n == 6) spec.envelope_len = strlen(pem);
        if (n == 7) spec.predicate = pem;
        if (n == 7) spec.predicate_len = strlen(pem);
        sign(host, &spec, 20000);
    }
    size_t len = strlen(pem);
    char *damaged = forge_text("%s", pem);
    for (size_t i = 0; i < len; i += 13) { /* typing errors: nearly the key, and told to nobody either */
        damaged[i] = damaged[i] == 'x' ? 'y' : 'x';
        spec = good_spec(damaged);
        sign(host, &spec, 20000);
        damaged[i] = pem[i];
        spec.key = pem;
        spec.key_len = i;
        sign(host, &spec, 20000);
    }
    spec = good_spec(forge_text("%s%s", pem, pem));
    sign(host, &spec, 20000);
    spec = good_spec(forge_text("%s the password is here", pem));
    sign(host, &spec, 20000);
}

/* The same key in the older form, where it has one. */
static char *older_form(const forge_signer *s) {
    BIO *bio = BIO_new(BIO_s_mem());
    char text[4096];
    forge_pem_take(bio, PEM_write_bio_PrivateKey_traditional(bio, s->pkey, NULL, NULL, 0, NULL, NULL), text,
                   sizeof text);
    return forge_text("%s", text);
}

static const int signers[] = {FORGE_CI, FORGE_CI_P256, FORGE_CI_P384, FORGE_CI_RSA};

START_TEST(test_sign) {
    static const int32_t modes[] = {ARMALO_MODE_PRODUCTION, ARMALO_MODE_SIMULATION, ARMALO_MODE_UNSET,
                                    ARMALO_MODE_STAGING, ARMALO_MODE_DRY_RUN};
    const forge_signer *s = forge_signer_of(signers[_i]);
    reset();
    seek_key(s);
    const char *older = s->alg == FORGE_EDDSA ? NULL : older_form(s);
    if (older != NULL) seek_lines("an older form", older);
    signed_count = refused_count = 0;
    for (size_t m = 0; m < 5; m++) {
        at.kept = m != 3;
        at.now_ms = m == 1 ? -1 : FORGE_NOW_S * 1000;
        armalo_host *host = open_host(modes[m], m != 4);
        armalo_attest_spec spec = good_spec(s->private_pem);
        if (m == 0) sign_everything(host, s->private_pem);
        if (m == 0 && older != NULL) sign_everything(host, older);
        sign(host, &spec, 20000);
        armalo_host_free(host);
        search(1000);
        out.len = 0;
    }
    ck_assert_uint_ge(signed_count, 2);
    ck_assert_uint_ge(refused_count, 20);
}
END_TEST

/* A private key where a public one, a policy, an artifact or a list should be. */
START_TEST(test_elsewhere) {
    static forge_anchors anchors;
    const forge_signer *s = forge_signer_of(signers[_i]);
    char shown[4096];
    armalo_decision why;
    size_t len = 0;
    static world w;
    reset();
    seek_key(s);
    world_init(&w);
    w.config.audit = keep_event;
    world_start(&w);
    const char *pem = s->private_pem;
    armalo_attest_policy *policy = forge_policy(&w, ""),
                         *none = armalo_attest_policy_new(w.host, pem, strlen(pem), &why);
    keep_decision(&why);
    anchors.count = 0;
    armalo_anchor *anchor = forge_anchor(&anchors, s, FORGE_CI_OWNER);
    anchor->data = pem;
    anchor->len = strlen(pem);
    armalo_trust *refused = armalo_trust_new(w.host, anchors.anchor, 1, &why);
    keep_decision(&why);
    /* A JWK with its private half (RFC 8037 2, RFC 7518 6.2.2). */
    uint8_t secret[64];
    size_t secret_len = sizeof secret;
    if (s->alg == FORGE_EDDSA) {
        must(EVP_PKEY_get_raw_private_key(s->pkey, secret, &secret_len) == 1);
        const char *jwks = forge_text("{\"keys\":[%.*s,\"d\":\"%s\"}]}", (int)strlen(s->jwk) - 1, s->jwk,
                                      forge_base64url(forge_bytes_of(secret, secret_len)));
        anchor->data = jwks;
        anchor->len = strlen(jwks);
        must(armalo_trust_new(w.host, anchors.anchor, 1, &why) == NULL);
        keep_decision(&why);
    }
    must(none == NULL && refused == NULL);
    armalo_trust *trust = forge_default_trust(&w);
    must(armalo_revocations_load(trust, NULL, pem, strlen(pem), 0, NULL, &why) == 0);
    keep_decision(&why);
    must(armalo_attest_inspect(pem, strlen(pem), shown, sizeof shown, &len, &why) == 0);
    keep_decision(&why);
    static forge_jws jws;
    forge_jws_init(&jws);
    const char *artifact = forge_jws_compact(&jws);
    for (int n = 0; n < 4; n++) {
        armalo_attest_request request = forge_request(n == 0 ? pem : artifact, n == 1 ? pem : FORGE_SUB);
        if (n == 2) {
            request.subject = NULL;
            request.subject_data = pem;
            request.subject_len = strlen(pem);
        }
        if (n == 3) {
            request.revealed = pem;
            request.revealed_len = strlen(pem);
        }
        must(forge_verify(&w, policy, trust, &request, NULL) == 0);
        keep_decision(&w.why);
    }
    search(1000);
    armalo_attest_policy_free(policy);
    armalo_trust_free(trust);
    world_end(&w);
}
END_TEST

/* What is sought can be found: the search itself is tried. */
START_TEST(test_search) {
    const forge_signer *s = forge_signer_of(signers[_i]);
    reset();
    seek_key(s);
    keep_text("before");
    keep_text(s->private_pem);
    size_t found = 0, lines = 0;
    for (const char *c = s->private_pem; *c != 0; c++) lines += *c == '\n';
    for (size_t i = 0; i < needle_count; i++) found += (size_t)find(needles[i].bytes, needles[i].len);
    ck_assert_uint_ge(found, lines - 2); /* every line but the markers, unless the last is short */
    out.len = 0;
    uint8_t seed[32];
    size_t len = sizeof seed;
    if (s->alg != FORGE_EDDSA) return;
    must(EVP_PKEY_get_raw_private_key(s->pkey, seed, &len) == 1);
    keep(seed, len);
    keep_text(forge_hex(forge_bytes_of(seed, len)));
    keep_text(forge_base64(forge_join(forge_bytes_text("1"), forge_bytes_of(seed, len))));
    for (size_t i = found = 0; i < needle_count; i++) found += (size_t)find(needles[i].bytes, needles[i].len);
    ck_assert_uint_ge(found, 3);
}
END_TEST

static void fill(TCase *tc) {
    forge_keys_ready();
    tcase_add_loop_test(tc, test_sign, 0, 4);
    tcase_add_loop_test(tc, test_elsewhere, 0, 4);
    tcase_add_loop_test(tc, test_search, 0, 4);
}

TEST_MAIN("attest_no_secrets", fill, 100)
