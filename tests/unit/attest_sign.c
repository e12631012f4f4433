/* SPDX-License-Identifier: MIT */
/* Signing: what OpenSSL makes of it, what a verification makes of it, what is not signed, and what is never told. */
#include "attest_forge.h"

static forge_court c;
static armalo_attest_spec spec;

#define TYPE FORGE_TYPE
#define OUT  65536
static char out[OUT];
static size_t out_len;

/* Room that is poisoned before; what is denied writes nothing, and tells a length only of a room that is too small. */
static int sign_into(size_t cap) {
    char *room = malloc(cap + 1);
    if (room == NULL) abort();
    memset(room, 'x', cap + 1);
    out_len = 77;
    out[0] = 0;
    int made = armalo_attest_sign(c.w->host, &spec, cap == 0 ? NULL : room, cap, &out_len, &c.w->why);
    if (made == 1) {
        must(out_len < cap && strlen(room) == out_len && room[cap] == 'x');
        if (cap <= sizeof out) memcpy(out, room, out_len + 1);
    } else {
        for (size_t i = 0; i <= cap; i++) must(room[i] == 'x');
        must(c.w->why.reason == ARMALO_REASON_BUFFER_TOO_SMALL ? out_len >= cap : out_len == 0);
    }
    free(room);
    return made;
}
static int sign(void) { return sign_into(OUT); }

/* What may not be told of a key: each line of its PEM text that is long enough to be one. */
static void taboo_pem(const char *pem) {
    for (const char *at = pem; *at != 0; at += strspn(at, "\n")) {
        size_t len = strcspn(at, "\n");
        if (len >= 16 && at[0] != '-') forge_taboo(c.w, forge_text("%.*s", (int)len, at));
        at += len;
    }
}

static void key_is(const char *pem) {
    spec.key = pem;
    spec.key_len = strlen(pem);
    taboo_pem(pem);
}
static void predicate_is(const char *type, const char *json) {
    spec.predicate_type = type;
    spec.predicate = json;
    spec.predicate_len = strlen(json);
}

static void spec_init(int which) {
    memset(&spec, 0, sizeof spec);
    spec.struct_size = sizeof spec;
    key_is(forge_signer_of(which)->private_pem);
    predicate_is(TYPE, "{\"score\":93}");
}

/* Another signature to this envelope, by this key. */
static void add_to(const char *envelope, int which) {
    spec_init(which);
    predicate_is(NULL, "");
    spec.predicate = NULL;
    spec.envelope = envelope;
    spec.envelope_len = strlen(envelope);
}

static void open_court(void) {
    forge_court_open(&c, "\"any_subject\":true");
    spec_init(FORGE_CI);
}

static forge_bytes unbase64(const char *text, size_t len) {
    uint8_t *bytes = forge_keep(len + 1);
    int size = EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)len);
    must(size >= 0 && len % 4 == 0);
    for (size_t i = 1; i <= 2 && i <= len && text[len - i] == '='; i++) size--;
    return forge_bytes_of(bytes, (size_t)size);
}

/* The text of a string member of the last envelope that was signed, from its last occurrence. */
static char *member(const char *name) {
    const char *found = NULL, *sought = forge_text("\"%s\":\"", name);
    for (const char *at = out; (at = strstr(at, sought)) != NULL; at++) found = at;
    must(found != NULL);
    found += strlen(sought);
    return forge_text("%.*s", (int)strcspn(found, "\""), found);
}
static forge_bytes payload(void) { return unbase64(member("payload"), strlen(member("payload"))); }

/* Does OpenSSL find this signature over this message good? */
static int openssl_verifies(const forge_signer *s, forge_bytes sig, forge_bytes message) {
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *settings = NULL;
    const char *digest = s->alg == FORGE_EDDSA ? NULL : s->alg == FORGE_ES384 ? "SHA384" : "SHA256";
    must(EVP_DigestVerifyInit_ex(ctx, &settings, digest, NULL, NULL, s->pkey, NULL) == 1);
    if (s->alg == FORGE_PS256) {
        must(EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1);
        must(EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, 32) == 1);
    }
    unsigned char der[256], *end = der;
    if (s->alg == FORGE_ES256 || s->alg == FORGE_ES384) { /* r and s side by side */
        int field = s->alg == FORGE_ES256 ? 32 : 48;
        must(sig.len == (size_t)(2 * field));
        ECDSA_SIG *pair = ECDSA_SIG_new();
        must(ECDSA_SIG_set0(pair, BN_bin2bn(sig.at, field, NULL), BN_bin2bn(sig.at + field, field, NULL)) == 1);
        sig.len = (size_t)i2d_ECDSA_SIG(pair, &end);
        sig.at = der;
        ECDSA_SIG_free(pair);
    }
    int good = EVP_DigestVerify(ctx, sig.at, sig.len, message.at, message.len);
    EVP_MD_CTX_free(ctx);
    return good == 1;
}

static void expect_signed(const forge_signer *s, const char *keyid) {
    EXPECT_GRANT(c.w, sign());
    forge_bytes sig = unbase64(member("sig"), strlen(member("sig")));
    must(openssl_verifies(s, sig, forge_pae(FORGE_PAYLOAD_TYPE, payload())));
    ck_assert_str_eq(out, forge_text("{\"payload\":\"%s\",\"payloadType\":\"" FORGE_PAYLOAD_TYPE "\",\"signatures\":["
                                     "{\"keyid\":\"%s\",\"sig\":\"%s\"}]}",
                                     forge_base64(payload()), keyid, forge_base64(sig)));
    ck_assert_str_eq(c.w->why.principal, s->thumbprint);
    ck_assert_ptr_nonnull(strstr(forge_last(c.w), "\"type\":\"ai.armalo.audit.attest.sign\""));
    ck_assert_ptr_nonnull(strstr(forge_last(c.w), forge_text("\"subject\":\"%s\"", forge_sha256_name(payload()))));
    forge_untold(c.w, out);
}

/* ---- What is signed ---- */

START_TEST(test_each_key) {
    static const int keys[] = {FORGE_CI, FORGE_CI_P256, FORGE_CI_P384, FORGE_CI_RSA};
    open_court();
    for (size_t i = 0; i < 4; i++) {
        const forge_signer *s = forge_signer_of(keys[i]);
        spec_init(keys[i]);
        expect_signed(s, s->thumbprint);
        EXPECT_GRANT(c.w, forge_court_judge(&c, out, NULL));
        spec.key_id = "~!\"\\id";
        expect_signed(s, "~!\\\"\\\\id");
        spec.key_id = s->id;
        expect_signed(s, s->id);
        EXPECT_GRANT(c.w, forge_court_judge(&c, out, NULL));
        /* Signed by this key and no other. */
        forge_court_policy(&c, forge_text("\"any_subject\":true,\"issuers\":,\"keys\":[\"%s\"]",
                                          forge_signer_of(keys[(i + 1) % 4])->id));
        EXPECT_DENY_CALL(c.w, forge_court_judge(&c, out, NULL), ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
        forge_court_policy(&c, "\"any_subject\":true");
    }
    forge_court_close(&c);
}
END_TEST

/* The older forms of PEM: SEC 1 and PKCS #1. */
START_TEST(test_older_pem) {
    static const int keys[] = {FORGE_CI_P256, FORGE_CI_P384, FORGE_CI_RSA};
    open_court();
    for (size_t i = 0; i < 3; i++) {
        const forge_signer *s = forge_signer_of(keys[i]);
        char *pem = forge_keep(4096);
        BIO *bio = BIO_new(BIO_s_mem());
        forge_pem_take(bio, PEM_write_bio_PrivateKey_traditional(bio, s->pkey, NULL, NULL, 0, NULL, NULL), pem, 4096);
        ck_assert_ptr_nonnull(strstr(pem, i < 2 ? "BEGIN EC PRIVATE KEY" : "BEGIN RSA PRIVATE KEY"));
        key_is(pem);
        expect_signed(s, s->thumbprint);
        EXPECT_GRANT(c.w, forge_court_judge(&c, out, NULL));
    }
    forge_court_close(&c);
}
END_TEST

/* The predicate stands in the statement byte for byte, so that no number of it is rounded on the way. */
START_TEST(test_predicate_stays) {
    static const char predicate[] = "{ \"b\" : 1.50e+1,\n\t\"a\":[0.1000000000000000055511151231257827,1E-40,"
                                    "123456789012345678901234567890,-0,\"\\u00e9\\/\xC3\xA9\"],\"score\":93 }";
    open_court();
    predicate_is(TYPE, predicate);
    EXPECT_GRANT(c.w, sign());
    armalo_attest_request request = forge_request(out, NULL);
    armalo_attested *attested = NULL;
    char value[1024];
    size_t len = 0;
    EXPECT_GRANT(c.w, forge_verify(c.w, c.policy, c.trust, &request, &attested));
    ck_assert_int_eq(armalo_attested_value(attested, "/predicate", value, sizeof value, &len, NULL), 1);
    ck_assert_str_eq(value, predicate);
    ck_assert_int_eq(armalo_attested_value(attested, "/predicateType", value, sizeof value, &len, NULL), 1);
    ck_assert_str_eq(value, TYPE);
    ck_assert_int_eq(armalo_attested_value(attested, "/_type", value, sizeof value, &len, NULL), 1);
    ck_assert_str_eq(value, "https://in-toto.io/Statement/v1");
    armalo_attested_free(attested);
    /* As it was given: what surrounds it is not of it. */
    ck_assert_ptr_nonnull(strstr((const char *)payload().at, forge_text("\"predicate\":%s}", predicate)));
    forge_court_close(&c);
}
END_TEST

/* Without subjects the predicate is its own: the digest of its canonical form, which is typed here by hand. */
START_TEST(test_own_subject) {
    static const struct {
        const char *given, *canonical;
    } rows[] = {
        {"{}", "{}"},
        {"{\"score\":93}", "{\"score\":93}"},
        {" { \"b\" : [ 1.50e+1 , 1e21, 0.000001 ] ,\n\"a\":\"\\u00e9\\/\" } ",
         "{\"a\":\"\xC3\xA9/\",\"b\":[15,1e+21,0.000001]}"},
    };
    open_court();
    forge_court_policy(&c, "");
    for (size_t i = 0; i < 3; i++) {
        predicate_is(TYPE, rows[i].given);
        EXPECT_GRANT(c.w, sign());
        const char *subject = forge_sha256_name(forge_bytes_text(rows[i].canonical));
        EXPECT_GRANT(c.w, forge_court_judge(&c, out, subject));
        EXPECT_DENY_CALL(c.w, forge_court_judge(&c, out, forge_subject()), ARMALO_REASON_ATTEST_SUBJECT_MISMATCH);
        ck_assert_ptr_nonnull(strstr((const char *)payload().at,
                                     forge_text("\"subject\":[{\"digest\":{\"sha256\":\"%s\"}}]", subject + 7)));
    }
    forge_court_close(&c);
}
END_TEST

START_TEST(test_subjects) {
    open_court();
    forge_court_policy(&c, "");
    const char *const subjects[] = {forge_sha256_name(forge_bytes_text("a")), forge_sha512_name(forge_bytes_text("b")),
                                    forge_sha256_name(forge_bytes_text("c"))};
    spec.subjects = subjects;
    for (size_t count = 1; count <= 3; count++) {
        spec.subject_count = count;
        EXPECT_GRANT(c.w, sign());
        for (size_t i = 0; i < 3; i++) {
            if (i < count)
                EXPECT_GRANT(c.w, forge_court_judge(&c, out, subjects[i]));
            else
                EXPECT_DENY_CALL(c.w, forge_court_judge(&c, out, subjects[i]), ARMALO_REASON_ATTEST_SUBJECT_MISMATCH);
        }
        /* Those that are named, and not the predicate's own. */
        EXPECT_DENY_CALL(c.w, forge_court_judge(&c, out, forge_sha256_name(forge_bytes_text("{\"score\":93}"))),
                         ARMALO_REASON_ATTEST_SUBJECT_MISMATCH);
    }
    forge_court_close(&c);
}
END_TEST

START_TEST(test_most_subjects) {
    static const char *subjects[ARMALO_ATTEST_MAX_SUBJECTS + 1];
    open_court();
    for (size_t i = 0; i <= ARMALO_ATTEST_MAX_SUBJECTS; i++)
        subjects[i] = "sha256:" /* the digest of nothing */
                      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    spec.subjects = subjects;
    spec.subject_count = ARMALO_ATTEST_MAX_SUBJECTS + 1;
    EXPECT_DENY_CALL(c.w, sign(), ARMALO_REASON_ATTEST_SPEC_INVALID);
    ck_assert_str_eq(c.w->why.detail, "subjects");
    spec.subject_count = ARMALO_ATTEST_MAX_SUBJECTS;
    EXPECT_DENY_CALL(c.w, sign_into(0), ARMALO_REASON_BUFFER_TOO_SMALL);
    EXPECT_GRANT(c.w, sign_into(out_len + 1));
    forge_court_close(&c);
}
END_TEST

/* ---- Faults of the spec ---- */

static void expect_fault(uint32_t reason, const char *detail) {
    EXPECT_DENY_CALL(c.w, sign(), reason);
    ck_assert_str_eq(c.w->why.detail, detail);
    spec_init(FORGE_CI);
}
static void expect_invalid(const char *detail) { expect_fault(ARMALO_REASON_ATTEST_SPEC_INVALID, detail); }

START_TEST(test_arguments) {
    open_court();
    static const size_t sizes[] = {0, 1, sizeof spec - 1, sizeof spec + 1, SIZE_MAX};
    for (size_t i = 0; i < 5; i++) {
        spec.struct_size = sizes[i];
        EXPECT_REFUSE(c.w, sign(), ARMALO_REASON_INVALID_ARGUMENT);
    }
    spec.struct_size = sizeof spec;
    out_len = 7;
    EXPECT_REFUSE(c.w, armalo_attest_sign(NULL, &spec, out, OUT, &out_len, &c.w->why), ARMALO_REASON_INVALID_ARGUMENT);
    ck_assert_uint_eq(out_len, 0);
    EXPECT_REFUSE(c.w, armalo_attest_sign(c.w->host, NULL, out, OUT, &out_len, &c.w->why),
                  ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(c.w, armalo_attest_sign(c.w->host, &spec, NULL, 1, &out_len, &c.w->why),
                  ARMALO_REASON_INVALID_ARGUMENT);
    ck_assert_int_eq(armalo_attest_sign(NULL, NULL, NULL, 0, NULL, NULL), 0);
    ck_assert_int_eq(armalo_attest_sign(c.w->host, &spec, NULL, 0, NULL, NULL), 0);
    ck_assert_int_eq(armalo_attest_sign(c.w->host, &spec, out, OUT, NULL, NULL), 1);
    forge_court_close(&c);
}
END_TEST

START_TEST(test_spec_faults) {
    static const char *const names[] = {"", " ", "a b", "a\n", "\xC3\xA9", "\x7F", "a\tb"};
    static const char *const no_subjects[] = {
        "",
        "sha256",
        "sha256:",
        "sha256:00",
        "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
        "sha256:2CF24DBA5FB0A30E26E83B2AC5B9E29E1B161E5C1FA7425E73043362938B9824",
        "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b982",
        "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b98240",
        "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b982400",
        "sha512:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
        "SHA256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
        "sha1:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
        "sha256-2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
        "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b982g",
        "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b98 4"};
    open_court();
    char *long_name = forge_text("%0255d", 1), *too_long = forge_text("%0256d", 1);
    EXPECT_GRANT(c.w, sign());
    spec.key = NULL;
    expect_invalid("key");
    spec.key_len = 0;
    expect_invalid("key");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        spec.key_id = names[i];
        expect_invalid("key_id");
        spec.predicate_type = names[i];
        expect_invalid("predicate_type");
    }
    spec.key_id = too_long;
    expect_invalid("key_id");
    spec.predicate_type = too_long;
    expect_invalid("predicate_type");
    spec.predicate_type = spec.key_id = long_name;
    EXPECT_GRANT(c.w, sign());
    spec_init(FORGE_CI);
    spec.predicate_type = NULL;
    expect_invalid("predicate_type");
    spec.predicate = NULL;
    expect_invalid("predicate");
    spec.predicate = NULL;
    spec.predicate_len = 0;
    expect_invalid("predicate");
    const char *subjects[] = {"sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", NULL};
    spec.subject_count = 1;
    expect_invalid("subjects");
    spec.subjects = subjects;
    expect_invalid("subjects");
    spec.subjects = subjects;
    spec.subject_count = 2;
    expect_invalid("subjects");
    for (size_t i = 0; i < sizeof no_subjects / sizeof no_subjects[0]; i++) {
        spec.subjects = subjects;
        spec.subject_count = 2;
        subjects[1] = no_subjects[i];
        expect_invalid("subjects");
    }
    const char *withhold[] = {"a", NULL};
    spec.withhold_count = 1;
    expect_invalid("withhold");
    spec.withhold = withhold;
    expect_invalid("withhold");
    spec.withhold = withhold;
    spec.withhold_count = 2;
    expect_invalid("withhold");
    spec.withhold = withhold;
    spec.withhold_count = 1;
    expect_invalid("withhold"); /* of what is no bundle */
    spec.envelope_len = 2;
    expect_invalid("envelope");
    spec.envelope = "{}"; /* a predicate too */
    spec.envelope_len = 2;
    expect_invalid("envelope");
    forge_court_close(&c);
}
END_TEST

/* Of an envelope nothing else is given, not even one member. */
START_TEST(test_envelope_and_more) {
    static const char *const subjects[] = {"sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"};
    open_court();
    EXPECT_GRANT(c.w, sign());
    const char *envelope = forge_text("%s", out);
    for (int i = 0; i < 7; i++) {
        spec.predicate = NULL;
        spec.predicate_type = NULL;
        spec.predicate_len = 0;
        spec.envelope = envelope;
        spec.envelope_len = strlen(envelope);
        if (i == 0) spec.predicate = "{}";
        if (i == 1) spec.predicate_type = TYPE;
        if (i == 2) spec.predicate_len = 1;
        if (i == 3) spec.envelope_len = 0;
        if (i == 4) {
            spec.subjects = subjects;
            spec.subject_count = 1;
        }
        if (i == 5) {
            spec.withhold = subjects;
            spec.withhold_count = 1;
        }
        if (i < 6)
            expect_invalid("envelope");
        else
            EXPECT_GRANT(c.w, sign());
    }
    forge_court_close(&c);
}
END_TEST

START_TEST(test_predicates) {
    static const char *const no_object[] = {"",
                                            " ",
                                            "null",
                                            "7",
                                            "[]",
                                            "\"text\"",
                                            "{",
                                            "{}x",
                                            "{\"a\":1,\"a\":2}",
                                            "{\"a\":1e400}",
                                            "{\"a\":\"\xC3\"}",
                                            "{\"a\":01}"};
    open_court();
    for (size_t i = 0; i < sizeof no_object / sizeof no_object[0]; i++) {
        predicate_is(TYPE, no_object[i]);
        expect_fault(ARMALO_REASON_ATTEST_PREDICATE_INVALID, "predicate");
    }
    /* As deep as JSON may nest here, which the statement around it makes one too deep. */
    for (int depth = 62; depth < 66; depth++) {
        char open[80], close[80];
        memset(open, '[', sizeof open);
        memset(close, ']', sizeof close);
        open[depth - 1] = close[depth - 1] = 0;
        predicate_is(TYPE, forge_text("{\"a\":%s%s}", open, close));
        if (depth < 64)
            EXPECT_GRANT(c.w, sign());
        else
            expect_fault(ARMALO_REASON_ATTEST_PREDICATE_INVALID, "predicate");
    }
    /* What claims to be ours is ours, or nothing. */
    static const char *const unknown[] = {"urn:armalo:receipt:v2", "urn:armalo:", "URN:armalo:receipt:v1"};
    for (size_t i = 0; i < 3; i++) {
        predicate_is(unknown[i], "{}");
        expect_invalid("predicateType: no urn:armalo: type that there is");
    }
    static const char smoke[] = "{\"release\":\"1.0\",\"mode\":\"production\",\"ran_at\":\"2023-11-14T22:12:20Z\","
                                "\"checks\":[{\"name\":\"a\",\"outcome\":\"passed\"}]}";
    predicate_is("urn:armalo:release-smoke:v1", smoke);
    EXPECT_GRANT(c.w, sign());
    const struct {
        const char *old, *by, *detail;
    } rows[] = {
        {"\"release\"", "\"Release\"", "\"Release\""},
        {"\"1.0\"", "1.0", "release"},
        {"passed", "Passed", "outcome"},
        {"\"name\":\"a\",", "", "name"},
        {"2023-11-14T", "2023-11-14 ", "ran_at"},
        {"\"mode\":\"production\",", "", "mode"},
        {"production", "", "mode"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        predicate_is("urn:armalo:release-smoke:v1", forge_replace(smoke, rows[i].old, rows[i].by));
        expect_fault(ARMALO_REASON_ATTEST_PREDICATE_INVALID, rows[i].detail);
    }
    forge_court_close(&c);
}
END_TEST

/* Half the size of an artifact, and one byte more. */
START_TEST(test_predicate_size) {
    const size_t most = ARMALO_ATTEST_MAX_SIZE / 2;
    open_court();
    char *text = forge_keep(most + 2);
    memset(text, ' ', most + 1);
    memcpy(text, "{}", 2);
    spec.predicate = text;
    spec.predicate_len = most;
    EXPECT_GRANT(c.w, sign_into(ARMALO_ATTEST_MAX_SIZE + 1));
    spec.predicate_len = most + 1;
    EXPECT_DENY_CALL(c.w, sign_into(100), ARMALO_REASON_ATTEST_SPEC_INVALID);
    ck_assert_str_eq(c.w->why.detail, "predicate");
    forge_court_close(&c);
}
END_TEST

static const char *const mode_words[] = {"production", "staging", "simulation", "dry_run"};

static void open_host(size_t mode) {
    static const int32_t modes[] = {ARMALO_MODE_PRODUCTION, ARMALO_MODE_STAGING, ARMALO_MODE_SIMULATION,
                                    ARMALO_MODE_DRY_RUN};
    world *w = malloc(sizeof *w);
    if (w == NULL) abort();
    world_init(w);
    w->config.mode = modes[mode];
    w->grant_evidence = mode < 2 ? ARMALO_POSITIVE : ARMALO_SIMULATED;
    world_start(w);
    c.w = w;
    spec_init(FORGE_CI);
}

/* A host signs what it made in its own mode. */
START_TEST(test_modes) {
    char *made[4] = {NULL, NULL, NULL, NULL};
    for (size_t host = 0; host < 4; host++) {
        open_host(host);
        for (size_t says = 0; says < 4; says++) {
            predicate_is("urn:armalo:release-smoke:v1",
                         forge_text("{\"release\":\"1.0\",\"mode\":\"%s\",\"ran_at\":\"2023-11-14T22:12:20Z\","
                                    "\"checks\":[]}",
                                    mode_words[says]));
            if (host == says) {
                EXPECT_GRANT(c.w, sign());
                made[says] = strdup(out);
            } else {
                EXPECT_DENY_CALL(c.w, sign(), ARMALO_REASON_ATTEST_SPEC_INVALID);
                ck_assert_str_eq(c.w->why.detail, "mode");
            }
        }
        forge_court_close(&c);
    }
    /* Nor does it put its signature to what another made. */
    for (size_t host = 0; host < 4; host++) {
        open_host(host);
        for (size_t i = 0; i < 4; i++) {
            add_to(made[i], FORGE_CI_2);
            if (host == i) {
                EXPECT_GRANT(c.w, sign());
            } else {
                EXPECT_DENY_CALL(c.w, sign(), ARMALO_REASON_ATTEST_SPEC_INVALID);
                ck_assert_str_eq(c.w->why.detail, "mode");
            }
        }
        forge_court_close(&c);
    }
    for (size_t i = 0; i < 4; i++) free(made[i]);
}
END_TEST

/* What is signed outside production says so itself, whatever its predicate can say, and so is not taken for more. */
START_TEST(test_label) {
    static const char *const types[][2] = {
        {TYPE, "{\"score\":93}"},
        {"urn:armalo:bundle:v1", "{\"bundle_id\":\"b\",\"agent\":\"a\",\"scope\":[],\"sections\":{},"
                                 "\"issued_at\":\"2023-11-14T22:12:20Z\",\"expires_at\":\"2023-11-14T23:13:20Z\"}"},
    };
    char *made[2][4];
    for (size_t host = 0; host < 4; host++) {
        open_host(host);
        for (size_t i = 0; i < 2; i++) {
            predicate_is(types[i][0], types[i][1]);
            EXPECT_GRANT(c.w, sign());
            made[i][host] = strdup(out);
            const char *label = forge_text("\"armalo_mode\":\"%s\"", mode_words[host]);
            const char *text = (const char *)payload().at;
            must((strstr(text, "armalo_mode") == NULL) == (host == 0));
            must((strstr(text, label) == NULL) == (host == 0));
        }
        forge_court_close(&c);
    }
    for (size_t host = 0; host < 4; host++) {
        open_host(host);
        c.trust = forge_default_trust(c.w);
        forge_court_policy(&c, "\"any_subject\":true,\"predicate_types\":[\"" TYPE "\",\"urn:armalo:bundle:v1\"]");
        for (size_t i = 0; i < 2 * 4; i++) {
            size_t by = i % 4, worth[] = {3, 2, 1, 1};
            if (worth[by] >= worth[host])
                EXPECT_GRANT(c.w, forge_court_judge(&c, made[i / 4][by], NULL));
            else
                EXPECT_DENY_CALL(c.w, forge_court_judge(&c, made[i / 4][by], NULL), ARMALO_REASON_ATTEST_SIMULATED);
            add_to(made[i / 4][by], FORGE_CI_2);
            if (by == host)
                EXPECT_GRANT(c.w, sign());
            else
                EXPECT_DENY_CALL(c.w, sign(), ARMALO_REASON_ATTEST_SPEC_INVALID);
        }
        forge_court_close(&c);
    }
    for (size_t i = 0; i < 8; i++) free(made[i / 4][i % 4]);
}
END_TEST

/* ---- Room, and the audit trail ---- */

START_TEST(test_room) {
    open_court();
    EXPECT_DENY_CALL(c.w, sign_into(0), ARMALO_REASON_BUFFER_TOO_SMALL);
    size_t needed = out_len;
    EXPECT_GRANT(c.w, sign());
    ck_assert_uint_eq(out_len, needed);
    ck_assert_uint_eq(strlen(out), needed);
    char *whole = forge_text("%s", out);
    EXPECT_GRANT(c.w, sign_into(needed + 1));
    ck_assert_str_eq(out, whole); /* Ed25519 signs alike each time */
    static const size_t less[] = {0, 1, 2, 10};
    for (size_t i = 0; i < 4; i++) {
        EXPECT_DENY_CALL(c.w, sign_into(needed - less[i]), ARMALO_REASON_BUFFER_TOO_SMALL);
        ck_assert_uint_eq(out_len, needed);
    }
    EXPECT_DENY_CALL(c.w, sign_into(1), ARMALO_REASON_BUFFER_TOO_SMALL);
    ck_assert_uint_eq(out_len, needed);
    forge_court_close(&c);
}
END_TEST

START_TEST(test_audit) {
    static const int answers[] = {0, -1, 2};
    open_court();
    for (size_t i = 0; i < 3; i++) {
        c.w->audit_answer = answers[i];
        ck_assert_int_eq(sign(), 0); /* and nothing was written, see sign_into */
        ck_assert_uint_eq(c.w->why.reason, ARMALO_REASON_HOST_AUDIT_FAILED);
        ck_assert_int_eq(armalo_decision_granted(&c.w->why), 0);
    }
    c.w->audit_answer = 1;
    EXPECT_GRANT(c.w, sign());
    forge_court_close(&c);
    static const uint32_t reasons[] = {ARMALO_REASON_HOST_AUDIT_MISSING, ARMALO_REASON_HOST_MODE_UNSET,
                                       ARMALO_REASON_HOST_CLOCK_MISSING, ARMALO_REASON_HOST_CLOCK_BEHIND};
    for (size_t i = 0; i < 4; i++) {
        world *w = malloc(sizeof *w);
        if (w == NULL) abort();
        world_init(w);
        if (i == 0) {
            w->config.audit = NULL;
            w->config.audit_ctx = NULL;
            w->expected = 0;
        }
        if (i == 1) w->config.mode = 0;
        if (i == 2) w->config.now_ms = NULL;
        if (i == 3) w->config.clock_floor_ms = w->now_ms + 1;
        world_start(w);
        c.w = w;
        spec_init(FORGE_CI);
        EXPECT_DENY_CALL(w, sign(), reasons[i]);
        forge_court_close(&c);
    }
}
END_TEST

/* ---- Another signature ---- */

START_TEST(test_another_signature) {
    static const int keys[] = {FORGE_CI, FORGE_OTHER_P256, FORGE_CI_RSA};
    open_court();
    EXPECT_GRANT(c.w, sign());
    const char *text = (const char *)payload().at;
    for (unsigned i = 1; i < 3; i++) {
        char *before = forge_text("%s", out);
        add_to(before, keys[i]);
        EXPECT_GRANT(c.w, sign());
        ck_assert_str_eq(c.w->why.principal, forge_signer_of(keys[i])->thumbprint);
        /* What was there stands as it stood, and the new one is last. */
        ck_assert_mem_eq(out, before, strlen(before) - 2);
        ck_assert_str_eq((const char *)payload().at, text);
        forge_court_policy(&c,
                           forge_text("\"any_subject\":true,\"issuers\":,\"any_signer\":true,\"threshold\":%u", i + 1));
        EXPECT_GRANT(c.w, forge_court_judge(&c, out, NULL));
        EXPECT_DENY_CALL(c.w, forge_court_judge(&c, before, NULL), ARMALO_REASON_ATTEST_THRESHOLD);
    }
    /* The same key once more is not one more. */
    add_to(forge_text("%s", out), FORGE_CI);
    EXPECT_GRANT(c.w, sign());
    forge_court_policy(&c, "\"any_subject\":true,\"issuers\":,\"any_signer\":true,\"threshold\":4");
    EXPECT_DENY_CALL(c.w, forge_court_judge(&c, out, NULL), ARMALO_REASON_ATTEST_THRESHOLD);
    forge_court_close(&c);
}
END_TEST

/* To an envelope that another program wrote: its alphabet, its spaces, what it says besides, signatures that are not
 * good. */
START_TEST(test_foreign_envelope) {
    static forge_dsse f;
    open_court();
    forge_dsse_init(&f);
    forge_put(&f.predicate, "note", "\"~>?~?>~\"");
    f.url_alphabet = 1;
    f.type = "application/vnd.in-toto.stra\xC3\x9F"
             "e+json";
    forge_dsse_sign(&f, forge_signer_of(FORGE_STRANGER))->whole =
        "{ \"x\" : [1.0, {}], \"sig\":\"AAAA\", \"keyid\":\"\" }";
    char *envelope =
        forge_text(" %s\n", forge_replace(forge_dsse_text(&f), ",\"payloadType\"", " ,\n\"more\":[1],\"payloadType\""));
    add_to(envelope, FORGE_OTHER);
    EXPECT_GRANT(c.w, sign());
    ck_assert_ptr_nonnull(strstr(out, f.signature[1].whole));
    ck_assert_str_eq((const char *)payload().at, (const char *)forge_dsse_payload(&f).at);
    forge_court_policy(&c, "\"any_subject\":true,\"issuers\":,\"any_signer\":true,\"threshold\":2");
    EXPECT_GRANT(c.w, forge_court_judge(&c, out, NULL));
    forge_court_close(&c);
}
END_TEST

START_TEST(test_many_signatures) {
    static forge_dsse f;
    open_court();
    forge_dsse_init(&f);
    for (int i = 1; i < 63; i++) forge_dsse_sign(&f, forge_signer_of(FORGE_EXTRA + i));
    add_to(forge_dsse_text(&f), FORGE_CI_2);
    EXPECT_GRANT(c.w, sign());
    forge_court_policy(&c, "\"any_subject\":true,\"issuers\":,\"keys\":[\"ci-2\"]");
    EXPECT_GRANT(c.w, forge_court_judge(&c, out, NULL));
    add_to(forge_text("%s", out), FORGE_CI_2); /* to 64 */
    EXPECT_DENY_CALL(c.w, sign(), ARMALO_REASON_ATTEST_SIGNATURES_MANY);
    for (int i = 63; i < 65; i++) forge_dsse_sign(&f, forge_signer_of(FORGE_EXTRA + i));
    add_to(forge_dsse_text(&f), FORGE_CI_2); /* to 65 */
    EXPECT_DENY_CALL(c.w, sign(), ARMALO_REASON_ATTEST_SIGNATURES_MANY);
    forge_court_close(&c);
}
END_TEST

START_TEST(test_no_envelope) {
    static forge_jws jws;
    static forge_credential credential;
    static forge_dsse f;
    open_court();
    forge_jws_init(&jws);
    forge_credential_init(&credential);
    forge_dsse_init(&f);
    char *good = forge_dsse_text(&f);
    forge_put(&f.envelope, "signatures", "[]");
    const char *const no_signatures = forge_dsse_text(&f);
    const struct {
        const char *envelope;
        uint32_t reason;
    } rows[] = {
        {"{", ARMALO_REASON_ATTEST_MALFORMED},
        {"{}", ARMALO_REASON_ATTEST_MALFORMED},
        {"x", ARMALO_REASON_ATTEST_MALFORMED},
        {"null", ARMALO_REASON_ATTEST_MALFORMED},
        {forge_text("%sx", good), ARMALO_REASON_ATTEST_MALFORMED},
        {forge_replace(good, "\"payload\":", "\"Payload\":"), ARMALO_REASON_ATTEST_MALFORMED},
        {forge_replace(good, "\"sig\":\"", "\"sig\":7,\"x\":\""), ARMALO_REASON_ATTEST_MALFORMED},
        {no_signatures, ARMALO_REASON_ATTEST_MALFORMED},
        {forge_jws_compact(&jws), ARMALO_REASON_ATTEST_MALFORMED},
        {forge_jws_flattened(&jws), ARMALO_REASON_ATTEST_MALFORMED},
        {forge_credential_text(&credential), ARMALO_REASON_ATTEST_MALFORMED},
        {forge_replace(good, "\"sig\":\"", "\"sig\":\"="), ARMALO_REASON_ATTEST_ENCODING},
        {forge_replace(good, "\"payload\":\"", "\"payload\":\"*"), ARMALO_REASON_ATTEST_ENCODING},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        add_to(rows[i].envelope, FORGE_CI);
        EXPECT_DENY_CALL(c.w, sign(), rows[i].reason);
    }
    add_to(good, FORGE_CI);
    EXPECT_GRANT(c.w, sign());
    forge_court_close(&c);
}
END_TEST

/* A payload that is there is judged as a new one would be. */
START_TEST(test_payload_of_an_envelope) {
    static forge_dsse f;
    open_court();
    static const struct {
        const char *type, *member, *json, *payload;
        uint32_t reason;
        const char *detail;
    } rows[] = {
        {FORGE_PAYLOAD_TYPE, NULL, NULL, NULL, ARMALO_REASON_GRANTED, ""},
        {FORGE_PAYLOAD_TYPE, NULL, NULL, "hello world", ARMALO_REASON_ATTEST_SPEC_INVALID, "payload"},
        {FORGE_PAYLOAD_TYPE, NULL, NULL, "", ARMALO_REASON_ATTEST_SPEC_INVALID, "payload"},
        {FORGE_PAYLOAD_TYPE, NULL, NULL, "[]", ARMALO_REASON_ATTEST_SPEC_INVALID,
         "_type, subject, predicateType, predicate"},
        {"text/plain", NULL, NULL, NULL, ARMALO_REASON_ATTEST_SPEC_INVALID, "payloadType"},
        {FORGE_PAYLOAD_TYPE, "_type", "\"https://in-toto.io/Statement/v0.1\"", NULL, ARMALO_REASON_ATTEST_SPEC_INVALID,
         "_type, subject, predicateType, predicate"},
        {FORGE_PAYLOAD_TYPE, "subject", "[]", NULL, ARMALO_REASON_ATTEST_SPEC_INVALID,
         "_type, subject, predicateType, predicate"},
        {FORGE_PAYLOAD_TYPE, "predicateType", "\"urn:armalo:x\"", NULL, ARMALO_REASON_ATTEST_SPEC_INVALID,
         "predicateType: no urn:armalo: type that there is"},
        {FORGE_PAYLOAD_TYPE, "predicateType", "\"urn:armalo:receipt:v1\"", NULL, ARMALO_REASON_ATTEST_PREDICATE_INVALID,
         "\"builder\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        forge_dsse_init(&f);
        f.type = rows[i].type;
        f.payload = rows[i].payload;
        if (rows[i].member != NULL) forge_put(&f.statement, rows[i].member, rows[i].json);
        add_to(forge_dsse_text(&f), FORGE_CI_2);
        if (rows[i].reason == ARMALO_REASON_GRANTED) {
            EXPECT_GRANT(c.w, sign());
            continue;
        }
        EXPECT_DENY_CALL(c.w, sign(), rows[i].reason);
        ck_assert_str_eq(c.w->why.detail, rows[i].detail);
    }
    forge_court_close(&c);
}
END_TEST

/* No envelope comes out that no verification would take. */
START_TEST(test_envelope_size) {
    open_court();
    EXPECT_GRANT(c.w, sign());
    size_t room = ARMALO_ATTEST_MAX_SIZE;
    char *long_keyid = forge_keep(room + 64);
    const char *good = forge_text("%s", out), *tail = strstr(good, "\",\"sig\"");
    size_t head = (size_t)(tail - good);
    /* Another signature takes ,{"keyid":"","sig":""} and 43 and 88 digits. */
    static const size_t less[] = {153, 152, 0};
    for (int i = 0; i < 4; i++) {
        /* One keyid so long that the envelope has just that many bytes. */
        size_t len = i < 3 ? room - less[i] : room + 1;
        memset(long_keyid, 'k', len);
        memcpy(long_keyid, good, head);
        memcpy(long_keyid + len - strlen(tail), tail, strlen(tail) + 1);
        spec_init(FORGE_CI);
        predicate_is(NULL, "");
        spec.predicate = NULL;
        spec.envelope = long_keyid;
        spec.envelope_len = len;
        if (i == 0)
            EXPECT_GRANT(c.w, sign_into(room + 1));
        else
            EXPECT_DENY_CALL(c.w, sign_into(100), ARMALO_REASON_ATTEST_SIZE);
    }
    forge_court_close(&c);
}
END_TEST

/* ---- Keys that cannot sign ---- */

static const char *pem_of(EVP_PKEY *pkey, const EVP_CIPHER *cipher, const char *passphrase) {
    char *pem = forge_keep(8192);
    BIO *bio = BIO_new(BIO_s_mem());
    forge_pem_take(bio,
                   PEM_write_bio_PKCS8PrivateKey(bio, pkey, cipher, passphrase,
                                                 passphrase == NULL ? 0 : (int)strlen(passphrase), NULL, NULL),
                   pem, 8192);
    return pem;
}
static const char *pem_of_new(EVP_PKEY *pkey) {
    must(pkey != NULL);
    const char *pem = pem_of(pkey, NULL, NULL);
    EVP_PKEY_free(pkey);
    return pem;
}

START_TEST(test_unusable_keys) {
    open_court();
    const forge_signer *s = forge_signer_of(FORGE_CI), *rsa = forge_signer_of(FORGE_CI_RSA);
    const char *good = s->private_pem;
    char *older = forge_keep(4096);
    BIO *bio = BIO_new(BIO_s_mem());
    forge_pem_take(bio,
                   PEM_write_bio_PrivateKey_traditional(bio, rsa->pkey, EVP_aes_128_cbc(),
                                                        (const unsigned char *)"secret", 6, NULL, NULL),
                   older, 4096);
    ck_assert_ptr_nonnull(strstr(older, "ENCRYPTED"));
    const char *const keys[] = {
        pem_of(s->pkey, EVP_aes_256_cbc(), "secret"),
        pem_of(rsa->pkey, EVP_aes_256_cbc(), "secret"),
        older,
        s->public_pem,
        rsa->public_pem,
        s->jwk,
        pem_of_new(forge_rsa_pkey(1024)),
        pem_of_new(EVP_EC_gen("P-521")),
        pem_of_new(EVP_EC_gen("secp256k1")),
        pem_of_new(EVP_PKEY_Q_keygen(NULL, NULL, "X25519")),
        pem_of_new(EVP_PKEY_Q_keygen(NULL, NULL, "ED448")),
        "x",
        "garbage that is not for others",
        "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5IGF0IGFsbCwgYnV0IGEgc2VjcmV0\n-----END PRIVATE KEY-----\n",
        forge_replace(good, "PRIVATE", "PUBLIC"),
        forge_replace(good, "PRIVATE", "ENCRYPTED PRIVATE"),
        forge_text("%.*s", (int)strlen(good) - 10, good),
        forge_text("%.60s", good),
        forge_text("%s%s", good, forge_signer_of(FORGE_CI_P256)->private_pem), /* which of them? */
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        key_is(keys[i]);
        forge_taboo(c.w, "not for others");
        forge_taboo(c.w, "secret");
        EXPECT_DENY_CALL(c.w, sign(), ARMALO_REASON_ATTEST_KEY_UNUSABLE);
        ck_assert_str_eq(c.w->why.principal, "");
        c.w->taboos = 0;
    }
    spec_init(FORGE_CI);
    spec.key_len--; /* its last newline */
    EXPECT_GRANT(c.w, sign());
    forge_court_close(&c);
}
END_TEST

/* Nothing of a private key is in the envelope, an event or a detail, whatever comes of it: see taboo_pem, and the
 * raw bytes in the other forms that a program might print. */
START_TEST(test_nothing_of_the_key) {
    static const int keys[] = {FORGE_CI, FORGE_CI_P256, FORGE_CI_P384};
    open_court();
    for (size_t i = 0; i < 3; i++) {
        const EVP_PKEY *pkey = forge_signer_of(keys[i])->pkey;
        uint8_t raw[66];
        size_t len = sizeof raw;
        if (i == 0) {
            must(EVP_PKEY_get_raw_private_key(pkey, raw, &len) == 1);
        } else {
            BIGNUM *d = NULL;
            len = i == 1 ? 32 : 48;
            must(EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_PRIV_KEY, &d) == 1);
            must(BN_bn2binpad(d, raw, (int)len) == (int)len);
            BN_clear_free(d);
        }
        c.w->taboos = 0;
        spec_init(keys[i]);
        forge_taboo(c.w, forge_hex(forge_bytes_of(raw, len)));
        forge_taboo(c.w, forge_unpadded(forge_base64(forge_bytes_of(raw, len))));
        forge_taboo(c.w, forge_base64url(forge_bytes_of(raw, len)));
        EXPECT_GRANT(c.w, sign());
        forge_untold(c.w, out);
        EXPECT_DENY_CALL(c.w, sign_into(10), ARMALO_REASON_BUFFER_TOO_SMALL);
        spec.predicate_type = "urn:armalo:receipt:v1";
        EXPECT_DENY_CALL(c.w, sign(), ARMALO_REASON_ATTEST_PREDICATE_INVALID);
        spec.predicate_type = "";
        EXPECT_DENY_CALL(c.w, sign(), ARMALO_REASON_ATTEST_SPEC_INVALID);
    }
    forge_court_close(&c);
}
END_TEST

static void fill(TCase *tc) {
    forge_keys_ready();
    tcase_add_test(tc, test_each_key);
    tcase_add_test(tc, test_older_pem);
    tcase_add_test(tc, test_predicate_stays);
    tcase_add_test(tc, test_own_subject);
    tcase_add_test(tc, test_subjects);
    tcase_add_test(tc, test_most_subjects);
    tcase_add_test(tc, test_arguments);
    tcase_add_test(tc, test_spec_faults);
    tcase_add_test(tc, test_envelope_and_more);
    tcase_add_test(tc, test_predicates);
    tcase_add_test(tc, test_predicate_size);
    tcase_add_test(tc, test_modes);
    tcase_add_test(tc, test_label);
    tcase_add_test(tc, test_room);
    tcase_add_test(tc, test_audit);
    tcase_add_test(tc, test_another_signature);
    tcase_add_test(tc, test_foreign_envelope);
    tcase_add_test(tc, test_many_signatures);
    tcase_add_test(tc, test_no_envelope);
    tcase_add_test(tc, test_payload_of_an_envelope);
    tcase_add_test(tc, test_envelope_size);
    tcase_add_test(tc, test_unusable_keys);
    tcase_add_test(tc, test_nothing_of_the_key);
}

TEST_MAIN("attest_sign", fill, 60)
