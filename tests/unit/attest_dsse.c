/* SPDX-License-Identifier: MIT */
/* DSSE envelopes: their form, their encodings, what a signature is over, and whose it may be. */
#include "attest_forge.h"
#include "vectors/attest/dsse.h"

static forge_court c;
static forge_dsse f;

static void open_court(const char *changes) {
    forge_court_open(&c, changes);
    forge_dsse_init(&f);
}

static int judge(const char *envelope) { return forge_court_judge(&c, envelope, forge_subject()); }
static int verify(void) { return judge(forge_dsse_text(&f)); }

/* Signed by this key alone, with the hint that is given (JSON, or NULL for none). */
static void sign_as(int which, const char *keyid) {
    f.count = 0;
    forge_dsse_sign(&f, forge_signer_of(which))->keyid = keyid;
}

/* One member more of the predicate, so that the base64 of payload and signature has every digit that a test is
 * about. */
static int has_digits(const char *digits) {
    forge_bytes payload = forge_dsse_payload(&f);
    const char *text = forge_base64(payload);
    const char *sig = forge_base64(
        forge_signature(f.signature[0].signer, f.signature[0].signer->alg, FORGE_RAW, forge_pae(f.type, payload)));
    for (; *digits != 0; digits++)
        if (strchr(text, *digits) == NULL || strchr(sig, *digits) == NULL) return 0;
    return 1;
}
static void with_digits(const char *digits) {
    for (int i = 0; i < 4096; i++) {
        forge_put(&f.predicate, "note", forge_text("\"%0*d ~>?~ ~?>~?>~?>?\"", i % 3 + 1, i));
        if (has_digits(digits)) return;
    }
    ck_abort_msg("no text has %s", digits);
}

/* ---- A good one ---- */

START_TEST(test_granted) {
    open_court("\"name\":\"builds\"");
    const char *text = forge_dsse_text(&f);
    forge_bytes payload = forge_dsse_payload(&f);
    armalo_attest_request request = forge_request(text, forge_subject());
    armalo_attested *attested = NULL;
    armalo_attested_facts facts;
    EXPECT_GRANT(c.w, forge_verify(c.w, c.policy, c.trust, &request, &attested));
    armalo_attested_facts_get(attested, 0, &facts);
    ck_assert_int_eq(facts.format, ARMALO_FORMAT_DSSE);
    ck_assert_uint_eq(facts.signer_count, 1);
    ck_assert_int_eq(facts.issued_ms, 0);
    ck_assert_int_eq(facts.expires_ms, 0);
    ck_assert_mem_eq(facts.artifact_sha256, forge_digest("SHA256", forge_bytes_text(text)).at, 32);
    ck_assert_mem_eq(facts.payload_sha256, forge_digest("SHA256", payload).at, 32);
    ck_assert_str_eq(facts.owner, FORGE_CI_OWNER);
    ck_assert_str_eq(facts.key_id, "ci-1");
    ck_assert_str_eq(facts.type, FORGE_TYPE);
    ck_assert_str_eq(facts.id, "");
    ck_assert_str_eq(c.w->why.principal, FORGE_CI_OWNER);
    ck_assert_uint_eq(c.w->why.labels & ARMALO_LABEL_FRESHNESS_NOT_PROVIDED, ARMALO_LABEL_FRESHNESS_NOT_PROVIDED);
    const char *event = forge_last(c.w);
    ck_assert_ptr_nonnull(strstr(event, "\"type\":\"ai.armalo.audit.attest.verify\""));
    ck_assert_ptr_nonnull(strstr(event, forge_text("\"subject\":\"%s\"", forge_sha256_name(forge_bytes_text(text)))));
    ck_assert_ptr_nonnull(strstr(event, forge_text("\"payload\":\"%s\"", forge_sha256_name(payload))));
    ck_assert_ptr_nonnull(
        strstr(event, forge_text("\"policy\":\"%s\",\"policy_name\":\"builds\"",
                                 forge_sha256_name(forge_bytes_text(forge_policy_text("\"name\":\"builds\""))))));
    ck_assert_ptr_nonnull(
        strstr(event, forge_text("\"keys\":[\"%s\"],\"key_count\":1", forge_signer_of(0)->thumbprint)));
    /* Values of what was signed, byte for byte, and of nothing around it. */
    char value[4096];
    size_t len = 0;
    int32_t type = 0;
    ck_assert_int_eq(armalo_attested_value(attested, "", value, sizeof value, &len, &type), 1);
    ck_assert_str_eq(value, (const char *)payload.at);
    ck_assert_int_eq(type, ARMALO_JSON_OBJECT);
    ck_assert_int_eq(armalo_attested_value(attested, "/predicate/score", value, sizeof value, &len, &type), 1);
    ck_assert_str_eq(value, "93");
    ck_assert_int_eq(type, ARMALO_JSON_NUMBER);
    static const char *const around[] = {"/payload", "/payloadType", "/signatures", "/signatures/0/keyid"};
    for (size_t i = 0; i < 4; i++) {
        memset(value, 'x', sizeof value);
        ck_assert_int_eq(armalo_attested_value(attested, around[i], value, sizeof value, &len, &type), 0);
        ck_assert_uint_eq(len, 0);
        ck_assert_int_eq(type, 0);
        ck_assert_int_eq(value[0], 'x');
    }
    armalo_attested_free(attested);
    forge_court_close(&c);
}
END_TEST

/* ---- Form ---- */

START_TEST(test_members) {
    static const char *const wrong[] = {"null", "true", "false", "7", "[]", "{}", "\"text\"", "[\"a\"]"};
    static const char *const names[] = {"payload", "payloadType", "signatures"};
    open_court("");
    for (size_t n = 0; n < 3; n++) {
        for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
            int text = wrong[i][0] == '"', array = wrong[i][0] == '[';
            if (n < 2 ? text : array) continue; /* the right type; see below */
            forge_put(&f.envelope, names[n], wrong[i]);
            EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_MALFORMED);
        }
        f.envelope.count = 0;
        char *all = forge_dsse_text(&f);
        EXPECT_GRANT(c.w, judge(all));
        /* Missing, or under another name, as which it is ignored. Without its payloadType nothing says that it is
         * one. */
        EXPECT_DENY_CALL(c.w, judge(forge_replace(all, forge_quote(names[n]), forge_text("\"x%s\"", names[n]))),
                         n == 1 ? ARMALO_REASON_ATTEST_FORMAT_UNKNOWN : ARMALO_REASON_ATTEST_MALFORMED);
        char *other_case = forge_text("\"%c%s\"", names[n][0] - 'a' + 'A', names[n] + 1);
        EXPECT_DENY_CALL(c.w, judge(forge_replace(all, forge_quote(names[n]), other_case)),
                         n == 1 ? ARMALO_REASON_ATTEST_FORMAT_UNKNOWN : ARMALO_REASON_ATTEST_MALFORMED);
        /* An escape in its name makes no other name of it. */
        char *escaped = forge_text("\"\\u00%02x%s\"", (unsigned)names[n][0], names[n] + 1);
        EXPECT_GRANT(c.w, judge(forge_replace(all, forge_quote(names[n]), escaped)));
    }
    forge_put(&f.envelope, "signatures", "[]");
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNATURE_MISSING);
    f.envelope.count = 0;
    f.type = "";
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_MALFORMED);
    static const char *const control[] = {"\"a\\u0000b\"", "\"a\\n\"", "\"\\u007f\"",
                                          "\"application/vnd.in-toto+json\\u0000\""};
    for (size_t i = 0; i < 4; i++) {
        forge_put(&f.envelope, "payloadType", control[i]);
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_MALFORMED);
    }
    f.envelope.count = 0;
    f.type = "application/vnd.in-toto+json";
    f.payload = ""; /* an empty payload is one, and says nothing */
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
    forge_court_close(&c);
}
END_TEST

START_TEST(test_payload_type_length) {
    char type[300];
    open_court("");
    memset(type, 'a', sizeof type);
    memcpy(type, "application/vnd.in-toto.", 24);
    memcpy(type + 250, "+json", 6); /* 255 bytes */
    f.type = type;
    EXPECT_GRANT(c.w, verify());
    memcpy(type + 250, "a+json", 7);
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_MALFORMED);
    forge_court_close(&c);
}
END_TEST

START_TEST(test_signature_members) {
    static const char *const wrong[] = {"null", "true", "7", "\"text\"", "[]", "{}", "{\"keyid\":\"ci-1\"}"};
    static const char *const no_text[] = {"null", "true", "7", "[]", "{}", "[\"a\"]"};
    open_court("");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        f.signature[0].whole = wrong[i];
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_MALFORMED);
    }
    f.signature[0].whole = NULL;
    for (size_t i = 0; i < sizeof no_text / sizeof no_text[0]; i++) {
        f.signature[0].keyid = no_text[i];
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_MALFORMED);
        f.signature[0].keyid = "\"ci-1\"";
        f.signature[0].sig = no_text[i];
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_MALFORMED);
        f.signature[0].sig = NULL;
    }
    EXPECT_GRANT(c.w, verify());
    f.signature[0].sig = "\"\"";
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    forge_court_close(&c);
}
END_TEST

/* "Consumers MUST ignore unrecognized fields." But what two readers could take for two formats is none. */
START_TEST(test_unknown_members) {
    static const char *const unknown[] = {"mediaType", "verificationMaterial", "Payload", "header", "x", ""};
    static const char *const foreign[] = {"protected", "signature", "@context", "proof"};
    open_court("");
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        f.envelope.count = 0;
        forge_put(&f.envelope, unknown[i], "{\"payload\":\"AAAA\",\"sig\":[1,2,{}]}");
        EXPECT_GRANT(c.w, verify());
    }
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        f.envelope.count = 0;
        forge_put(&f.envelope, foreign[i], "\"AAAA\"");
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_FORMAT_UNKNOWN);
    }
    f.envelope.count = 0;
    char *text = forge_dsse_text(&f);
    EXPECT_GRANT(c.w, judge(forge_replace(text, "\"keyid\":", "\"cert\":null,\"x\":{\"sig\":\"AAAA\"},\"keyid\":")));
    forge_court_close(&c);
}
END_TEST

/* Wherever a member stands among others. */
static char *unknown_members(int count) {
    char *text = forge_keep((size_t)count * 16 + 1), *at = text;
    *at = 0;
    for (int i = 0; i < count; i++) at += sprintf(at, "\"x%d\":%d,", i, i);
    return text;
}

START_TEST(test_behind_many) {
    static const int counts[] = {1, 12, 13, 14, 15, 16, 17, 33, 2000};
    static const char *const names[] = {"payload", "payloadType", "signatures"};
    static const char *const foreign[] = {"protected", "signature", "@context", "proof"};
    open_court("");
    char *text = forge_dsse_text(&f);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        char *many = unknown_members(counts[i]), *all = forge_text("{%s%s", many, text + 1);
        EXPECT_GRANT(c.w, judge(all));
        for (size_t n = 0; n < 3; n++) {
            char *name = forge_text("\"%s\":", names[n]);
            EXPECT_GRANT(c.w, judge(forge_replace(text, name, forge_text("%s%s", many, name))));
            /* Not there, or there twice. */
            EXPECT_DENY_CALL(c.w, judge(forge_replace(all, name, forge_text("\"y%s\":", names[n]))),
                             n == 1 ? ARMALO_REASON_ATTEST_FORMAT_UNKNOWN : ARMALO_REASON_ATTEST_MALFORMED);
            EXPECT_DENY_CALL(c.w, judge(forge_text("{%s\"\",%s%s", name, many, text + 1)),
                             ARMALO_REASON_ATTEST_MALFORMED);
        }
        for (size_t n = 0; n < 4; n++) {
            EXPECT_DENY_CALL(c.w, judge(forge_text("{\"%s\":1,%s%s", foreign[n], many, text + 1)),
                             ARMALO_REASON_ATTEST_FORMAT_UNKNOWN);
            EXPECT_DENY_CALL(c.w, judge(forge_text("%.*s,%s\"%s\":1}", (int)strlen(text) - 1, text, many, foreign[n])),
                             ARMALO_REASON_ATTEST_FORMAT_UNKNOWN);
        }
    }
    forge_court_close(&c);
}
END_TEST

START_TEST(test_duplicates) {
    open_court("");
    char *text = forge_dsse_text(&f);
    static const char *const names[] = {"payload", "payloadType", "signatures", "sig", "keyid"};
    for (size_t i = 0; i < 5; i++) {
        const char *value = strcmp(names[i], "signatures") == 0 ? "[]" : "\"ci-1\"";
        char *twice = forge_text("\"%s\":%s,\"%s\":", names[i], value, names[i]);
        char *escaped = forge_text("\"\\u00%02x%s\":%s,\"%s\":", (unsigned)names[i][0], names[i] + 1, value, names[i]);
        EXPECT_DENY_CALL(c.w, judge(forge_replace(text, forge_text("\"%s\":", names[i]), twice)),
                         ARMALO_REASON_ATTEST_MALFORMED);
        EXPECT_DENY_CALL(c.w, judge(forge_replace(text, forge_text("\"%s\":", names[i]), escaped)),
                         ARMALO_REASON_ATTEST_MALFORMED);
    }
    /* Of a member that does not count, too. */
    forge_put_again(&f.envelope, "x", "1");
    text = forge_dsse_text(&f);
    EXPECT_DENY_CALL(c.w, judge(forge_replace(text, "\"x\":1", "\"x\":1,\"x\":1")), ARMALO_REASON_ATTEST_MALFORMED);
    forge_court_close(&c);
}
END_TEST

START_TEST(test_text) {
    static const struct {
        const char *text;
        uint32_t reason;
    } rows[] = {
        {"", ARMALO_REASON_ATTEST_SIZE},
        {" ", ARMALO_REASON_ATTEST_FORMAT_UNKNOWN},
        {"x", ARMALO_REASON_ATTEST_FORMAT_UNKNOWN},
        {"null", ARMALO_REASON_ATTEST_FORMAT_UNKNOWN},
        {"[]", ARMALO_REASON_ATTEST_FORMAT_UNKNOWN},
        {"\"payloadType\"", ARMALO_REASON_ATTEST_FORMAT_UNKNOWN},
        {"{}", ARMALO_REASON_ATTEST_FORMAT_UNKNOWN},
        {"{\"payload\":\"\",\"signatures\":[]}", ARMALO_REASON_ATTEST_FORMAT_UNKNOWN},
        {"{\"a\":{\"payloadType\":1}}", ARMALO_REASON_ATTEST_FORMAT_UNKNOWN},
        {"{", ARMALO_REASON_ATTEST_MALFORMED},
        {"{\"payloadType\":\"a\",}", ARMALO_REASON_ATTEST_MALFORMED},
        {"{\"payloadType\":\"a\"} {}", ARMALO_REASON_ATTEST_MALFORMED},
        {"{\"payloadType\":\"\xC3\"}", ARMALO_REASON_ATTEST_MALFORMED},
        {"{'payloadType':'a'}", ARMALO_REASON_ATTEST_MALFORMED},
    };
    open_court("");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        EXPECT_DENY_CALL(c.w, judge(rows[i].text), rows[i].reason);
    char *text = forge_dsse_text(&f);
    EXPECT_GRANT(c.w, judge(forge_text(" \t\r\n%s \t\r\n", text)));
    EXPECT_DENY_CALL(c.w, judge(forge_text("\v%s", text)), ARMALO_REASON_ATTEST_MALFORMED);
    EXPECT_DENY_CALL(c.w, judge(forge_text("\xEF\xBB\xBF%s", text)), ARMALO_REASON_ATTEST_FORMAT_UNKNOWN);
    EXPECT_DENY_CALL(c.w, judge(forge_text("%sx", text)), ARMALO_REASON_ATTEST_MALFORMED);
    EXPECT_DENY_CALL(c.w, judge(forge_text("%s%s", text, text)), ARMALO_REASON_ATTEST_MALFORMED);
    EXPECT_DENY_CALL(c.w, judge(forge_text("[%s]", text)), ARMALO_REASON_ATTEST_FORMAT_UNKNOWN);
    armalo_attest_request request = forge_request(text, forge_subject());
    for (size_t len = strlen(text); --len > 0;) { /* truncated anywhere */
        request.artifact_len = len;
        must(forge_verify(c.w, c.policy, c.trust, &request, NULL) == 0);
        must(c.w->why.reason == ARMALO_REASON_ATTEST_MALFORMED);
    }
    request.artifact_len = strlen(text) + 1; /* with its NUL */
    EXPECT_DENY_CALL(c.w, forge_verify(c.w, c.policy, c.trust, &request, NULL), ARMALO_REASON_ATTEST_MALFORMED);
    forge_court_close(&c);
}
END_TEST

START_TEST(test_size) {
    open_court("");
    char *text = forge_dsse_text(&f), *long_text = forge_keep(ARMALO_ATTEST_MAX_SIZE + 2);
    memset(long_text, ' ', ARMALO_ATTEST_MAX_SIZE + 2);
    memcpy(long_text, text, strlen(text));
    armalo_attest_request request = forge_request(text, forge_subject());
    request.artifact = long_text;
    request.artifact_len = ARMALO_ATTEST_MAX_SIZE;
    EXPECT_GRANT(c.w, forge_verify(c.w, c.policy, c.trust, &request, NULL));
    request.artifact_len++;
    EXPECT_DENY_CALL(c.w, forge_verify(c.w, c.policy, c.trust, &request, NULL), ARMALO_REASON_ATTEST_SIZE);
    ck_assert_ptr_nonnull(strstr(forge_last(c.w), "\"subject\":\"-\"")); /* not even its digest is taken */
    forge_court_close(&c);
}
END_TEST

START_TEST(test_format_refused) {
    open_court("\"formats\":[\"jws\",\"vc\"]");
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_FORMAT_REFUSED);
    forge_court_policy(&c, "\"formats\":[\"dsse\"]");
    EXPECT_GRANT(c.w, verify());
    forge_court_close(&c);
}
END_TEST

/* ---- Encodings ---- */

START_TEST(test_alphabets) {
    open_court("");
    with_digits("+/");
    for (int url = 0; url < 2; url++) {
        for (int unpadded = 0; unpadded < 2; unpadded++) {
            f.url_alphabet = url;
            f.unpadded = unpadded;
            /* "Either standard or URL-safe encoding is allowed": with its padding; the other is written without,
             * too. */
            if (unpadded && !url)
                EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_ENCODING);
            else
                EXPECT_GRANT(c.w, verify());
        }
    }
    f.url_alphabet = f.unpadded = 0;
    char *text = forge_dsse_text(&f);
    EXPECT_GRANT(c.w, judge(forge_replace(text, "/", "\\/")));
    EXPECT_GRANT(c.w, judge(forge_replace(text, "+", "\\u002b")));
    EXPECT_DENY_CALL(c.w, judge(forge_replace(text, "+", "\\\\u002b")), ARMALO_REASON_ATTEST_ENCODING);
    /* Each member in the alphabet that it likes, but not two in one. */
    const char *payload = forge_base64(forge_dsse_payload(&f));
    forge_put(&f.envelope, "payload", forge_quote(forge_url_alphabet(payload)));
    EXPECT_GRANT(c.w, verify());
    char *mixed = forge_text("%s", payload);
    *strchr(mixed, '+') = '-';
    forge_put(&f.envelope, "payload", forge_quote(mixed));
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_ENCODING);
    mixed = forge_text("%s", payload);
    for (char *at = mixed; (at = strchr(at, '/')) != NULL;) *at = '_';
    forge_put(&f.envelope, "payload", forge_quote(mixed));
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_ENCODING);
    f.envelope.count = 0;
    const char *sig = forge_base64(
        forge_signature(f.signature[0].signer, FORGE_EDDSA, FORGE_RAW, forge_pae(f.type, forge_dsse_payload(&f))));
    f.signature[0].sig = forge_quote(forge_url_alphabet(sig));
    EXPECT_GRANT(c.w, verify());
    mixed = forge_text("%s", sig);
    *strchr(mixed, '/') = '_';
    f.signature[0].sig = forge_quote(mixed);
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_ENCODING);
    forge_court_close(&c);
}
END_TEST

/* One text for each value: the padding is right, and the bits that it leaves over are zero. */
START_TEST(test_padding_and_stray_bits) {
    open_court("");
    for (size_t rest = 0; rest < 3; rest++) { /* 0, 1 or 2 bytes behind the last whole group */
        for (int i = 1; forge_dsse_payload(&f).len % 3 != rest; i++)
            forge_put(&f.predicate, "note", forge_text("\"%.*s\"", i, "aaaaaaaa"));
        char *text = forge_base64(forge_dsse_payload(&f));
        size_t len = strlen(text), digits = rest == 0 ? len : len - 3 + rest;
        EXPECT_GRANT(c.w, verify());
#define WITH(...)                                                                                                      \
    do {                                                                                                               \
        forge_put(&f.envelope, "payload", forge_text("\"" __VA_ARGS__));                                               \
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_ENCODING);                                                \
    } while (0)
        WITH("%s=\"", text);
        WITH("%s==\"", text);
        WITH("%s====\"", text);
        WITH("=%s\"", text);
        WITH("%.*s=%s\"", (int)(digits - 4), text, text + digits - 4);
        WITH("%.*s*\"", (int)(digits - 1), text);
        WITH("%s\\n\"", text);
        WITH("%.*s\\n%s\"", 76, text, text + 76);
        WITH(" %s\"", text);
        WITH("%.*s%s\"", (int)digits, text, rest == 0 ? "A" : rest == 1 ? "AAA" : "AA"); /* a digit in a group alone */
        if (rest == 1) WITH("%.*s=\"", (int)digits, text);                               /* one '=' of two */
        if (rest == 2) WITH("%.*s==\"", (int)digits, text);
        if (rest != 0) { /* the next digit differs in the lowest bit, which nothing of the value is in */
            static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
            char stray = alphabet[(strchr(alphabet, text[digits - 1]) - alphabet) | 1];
            must(stray != text[digits - 1]);
            WITH("%.*s%c%s\"", (int)(digits - 1), text, stray, text + digits);
        }
#undef WITH
        f.envelope.count = 0;
        EXPECT_GRANT(c.w, verify());
    }
    /* The same of the signature: 64 bytes leave one behind. */
    const char *sig = forge_base64(
        forge_signature(f.signature[0].signer, FORGE_EDDSA, FORGE_RAW, forge_pae(f.type, forge_dsse_payload(&f))));
    static const char *const sigs[] = {"\"%.86s=\"",   "\"%.86s===\"", "\"%.85s==\"",  "\"%s=\"",
                                       "\"%.88s\\n\"", "\"%.86s*=\"",  "\"\\u0000%s\""};
    for (size_t i = 0; i < sizeof sigs / sizeof sigs[0]; i++) {
        char text[128];
        char *at = text;
        for (const char *p = sigs[i]; *p != 0; p++) { /* a format that is no literal is no format */
            if (*p != '%') {
                *at++ = *p;
                continue;
            }
            size_t n = p[1] == '.' ? (size_t)strtoul(p + 2, NULL, 10) : strlen(sig);
            memcpy(at, sig, n);
            at += n;
            p = strchr(p, 's');
        }
        *at = 0;
        f.signature[0].sig = text;
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_ENCODING);
    }
    forge_court_close(&c);
}
END_TEST

/* ---- Many signatures ---- */

/* count signatures by keys that nobody trusts, and a good one at the place `at` (past the end: none). */
static void with_strangers(size_t count, size_t at) {
    f.count = 0;
    for (size_t i = 0; i < count; i++) forge_dsse_sign(&f, forge_signer_of(i == at ? FORGE_CI : FORGE_EXTRA + (int)i));
}

START_TEST(test_how_many) {
    open_court("\"issuers\":,\"keys\":[\"ci-1\"]"); /* one key to try, so that the attempts do not run out */
    static const size_t places[] = {0, 1, 31, 62, 63};
    for (size_t i = 0; i < 5; i++) {
        with_strangers(64, places[i]);
        EXPECT_GRANT(c.w, verify());
    }
    with_strangers(64, 64);
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
    with_strangers(65, 0);
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNATURES_MANY);
    with_strangers(65, 64);
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNATURES_MANY);
    /* Ten thousand. */
    static char many[10000 * 12 + 8];
    with_strangers(1, 0);
    const char *good = forge_dsse_signature(&f, &f.signature[0], forge_pae(f.type, forge_dsse_payload(&f)));
    for (int first = 0; first < 2; first++) {
        size_t len = 0;
        many[len++] = '[';
        if (first) len += (size_t)snprintf(many + len, sizeof many - len, "%s,", good);
        for (int i = 0; i < 9999; i++)
            len += (size_t)snprintf(many + len, sizeof many - len, "%s{\"sig\":\"\"}", i > 0 ? "," : "");
        snprintf(many + len, sizeof many - len, "]");
        forge_put(&f.envelope, "signatures", many);
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNATURES_MANY);
    }
    forge_court_close(&c);
}
END_TEST

/* One that does not hold takes nothing from one that does. */
START_TEST(test_bad_beside_good) {
    open_court("");
    forge_bytes message = forge_pae(f.type, forge_dsse_payload(&f));
    const char *good = forge_base64(forge_signature(forge_signer_of(FORGE_CI), FORGE_EDDSA, FORGE_RAW, message));
    char *bad = forge_text("%s", good);
    bad[20] = bad[20] == 'A' ? 'B' : 'A';
    for (int order = 0; order < 2; order++) {
        static const char *const keyids[] = {"\"ci-1\"", "\"ci-2\"", "\"stranger-1\"", "\"\"", NULL};
        for (size_t i = 0; i < 5; i++) {
            f.count = 0;
            struct forge_one_signature *first = forge_dsse_sign(&f, forge_signer_of(FORGE_CI)),
                                       *second = forge_dsse_sign(&f, forge_signer_of(FORGE_CI));
            struct forge_one_signature *spoilt = order == 0 ? first : second;
            spoilt->sig = forge_quote(bad);
            spoilt->keyid = keyids[i];
            EXPECT_GRANT(c.w, verify());
            f.count = 1;
            f.signature[0].sig = forge_quote(bad);
            f.signature[0].keyid = keyids[i];
            EXPECT_DENY_CALL(c.w, verify(),
                             i == 2 ? ARMALO_REASON_ATTEST_SIGNER_UNKNOWN : ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
        }
    }
    /* But what is no envelope at all is not read in parts. */
    forge_dsse_init(&f);
    forge_dsse_sign(&f, forge_signer_of(FORGE_CI_2))->sig = "\"*\"";
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_ENCODING);
    f.signature[1].sig = "7";
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_MALFORMED);
    forge_court_close(&c);
}
END_TEST

/* ---- Whose signature ---- */

/* What a key id says narrows what is tried, and decides nothing. */
START_TEST(test_key_ids) {
    open_court("");
    char *thumbprint = forge_quote(forge_signer_of(FORGE_CI)->thumbprint);
    char *of_another = forge_quote(forge_signer_of(FORGE_CI_2)->thumbprint);
    char *longest = forge_text("\"%0*d\"", 10000, 1);
    const struct {
        const char *keyid;
        uint32_t of_ours, of_a_strangers;
    } rows[] = {
        {NULL, ARMALO_REASON_GRANTED, ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH},
        {"\"\"", ARMALO_REASON_GRANTED, ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH},
        {"\"ci-1\"", ARMALO_REASON_GRANTED, ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH},
        {thumbprint, ARMALO_REASON_GRANTED, ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH},
        {"\"nobody\"", ARMALO_REASON_GRANTED, ARMALO_REASON_ATTEST_SIGNER_UNKNOWN},
        {"\"CI-1\"", ARMALO_REASON_GRANTED, ARMALO_REASON_ATTEST_SIGNER_UNKNOWN},
        {"\"ci-1 \"", ARMALO_REASON_GRANTED, ARMALO_REASON_ATTEST_SIGNER_UNKNOWN},
        {"\"ci-1\\u0000\"", ARMALO_REASON_GRANTED, ARMALO_REASON_ATTEST_SIGNER_UNKNOWN},
        {"\"\\u0063i-1\"", ARMALO_REASON_GRANTED, ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH},
        {longest, ARMALO_REASON_GRANTED, ARMALO_REASON_ATTEST_SIGNER_UNKNOWN},
        {"\"other-1\"", ARMALO_REASON_GRANTED, ARMALO_REASON_ATTEST_SIGNER_UNKNOWN}, /* a key that the policy refuses */
        {"\"ci-2\"", ARMALO_REASON_GRANTED, ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH}, /* only tried first */
        {of_another, ARMALO_REASON_GRANTED, ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH},
        {"\"ci-rsa\"", ARMALO_REASON_GRANTED, ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        sign_as(FORGE_CI, rows[i].keyid);
        if (rows[i].of_ours == ARMALO_REASON_GRANTED)
            EXPECT_GRANT(c.w, verify());
        else
            EXPECT_DENY_CALL(c.w, verify(), rows[i].of_ours);
        sign_as(FORGE_STRANGER, rows[i].keyid);
        EXPECT_DENY_CALL(c.w, verify(), rows[i].of_a_strangers);
    }
    forge_court_close(&c);
}
END_TEST

/* A key of the trust counts where the policy names its owner or the key; issuers and keys must both hold. */
START_TEST(test_permitted_keys) {
    static const struct {
        const char *changes;
        int ci, other; /* 1: accepted */
    } rows[] = {
        {"", 1, 0},
        {"\"issuers\":[\"" FORGE_OTHER_OWNER "\"]", 0, 1},
        {"\"issuers\":[\"" FORGE_OTHER_OWNER "\",\"" FORGE_CI_OWNER "\"]", 1, 1},
        {"\"issuers\":,\"any_signer\":true", 1, 1},
        {"\"issuers\":,\"keys\":[\"ci-1\"]", 1, 0},
        {"\"issuers\":,\"keys\":[\"other-1\"]", 0, 1},
        {"\"issuers\":,\"keys\":[\"ci-1\",\"other-1\"]", 1, 1},
        {"\"keys\":[\"ci-1\"]", 1, 0},
        {"\"keys\":[\"ci-2\"]", 0, 0},
        {"\"keys\":[\"other-1\"]", 0, 0},
        {"\"issuers\":[\"https://ci.example/\"]", 0, 0},
        {"\"issuers\":[\"https://CI.example\"]", 0, 0},
        {"\"issuers\":[\"https://ci.exampl\"]", 0, 0},
    };
    open_court("");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        forge_court_policy(&c, rows[i].changes);
        for (int other = 0; other < 2; other++) {
            forge_dsse_init(&f);
            sign_as(other ? FORGE_OTHER : FORGE_CI, other ? "\"other-1\"" : "\"ci-1\"");
            if (other ? rows[i].other : rows[i].ci)
                EXPECT_GRANT(c.w, verify());
            else
                EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
        }
    }
    forge_court_policy(&c, forge_text("\"issuers\":,\"keys\":[\"%s\"]", forge_signer_of(FORGE_OTHER)->thumbprint));
    EXPECT_GRANT(c.w, verify());
    sign_as(FORGE_CI, "\"ci-1\"");
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
    forge_court_close(&c);
}
END_TEST

/* The key knows its algorithm; the policy may refuse it. */
/* A policy of whose names the trust has none denies everything: it says so, and of a stranger it does not. */
START_TEST(test_no_key_permitted) {
    static forge_anchors anchors;
    static const char whole[] = "issuers and keys of the policy name no key of the trust";
    open_court("\"issuers\":[\"" FORGE_OTHER_OWNER "\"]");
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
    ck_assert_str_eq(c.w->why.detail, "");
    anchors.count = 0;
    forge_anchor(&anchors, forge_signer_of(FORGE_CI), NULL); /* nobody's */
    forge_court_trust(&c, &anchors);
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
    ck_assert_str_eq(c.w->why.detail, whole);
    forge_court_policy(&c, "\"issuers\":,\"keys\":[\"another\"]");
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
    ck_assert_str_eq(c.w->why.detail, whole);
    forge_court_close(&c);
}
END_TEST

START_TEST(test_algorithms) {
    static const struct {
        int which;
        const char *algorithm;
    } rows[] = {{FORGE_CI, "EdDSA"},
                {FORGE_CI, "Ed25519"},
                {FORGE_CI_P256, "ES256"},
                {FORGE_CI_P384, "ES384"},
                {FORGE_CI_RSA, "PS256"}};
    static const char *const all[] = {"EdDSA", "ES256", "ES384", "PS256", "RS256"};
    open_court("");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        forge_court_policy(&c, "");
        sign_as(rows[i].which, NULL);
        EXPECT_GRANT(c.w, verify());
        forge_court_policy(&c, forge_text("\"algorithms\":[\"%s\"]", rows[i].algorithm));
        EXPECT_GRANT(c.w, verify());
        sign_as(rows[i].which, forge_quote(forge_signer_of(rows[i].which)->id));
        for (size_t k = 0; k < sizeof all / sizeof all[0]; k++) {
            if (strcmp(all[k], rows[i].algorithm) == 0 || (k == 0 && i == 1)) continue;
            forge_court_policy(&c, forge_text("\"algorithms\":[\"%s\"]", all[k]));
            EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_ALGORITHM_REFUSED);
        }
    }
    /* RSA with PKCS #1 v1.5 only for a key that is bound to it, and where the policy names it. */
    static forge_anchors anchors;
    const forge_signer *rsa = forge_signer_of(FORGE_CI_RSA);
    f.count = 0;
    forge_dsse_sign(&f, rsa)->sig = forge_quote(
        forge_base64(forge_signature(rsa, FORGE_RS256, FORGE_RAW, forge_pae(f.type, forge_dsse_payload(&f)))));
    forge_court_policy(&c, "\"algorithms\":[\"PS256\",\"RS256\"]");
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    anchors.count = 0;
    forge_anchor(&anchors, rsa, FORGE_CI_OWNER)->rs256 = 1;
    forge_court_trust(&c, &anchors);
    EXPECT_GRANT(c.w, verify());
    forge_court_policy(&c, "");
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_ALGORITHM_REFUSED);
    f.signature[0].sig = NULL;
    forge_court_policy(&c, "\"algorithms\":[\"PS256\",\"RS256\"]");
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    forge_court_close(&c);
}
END_TEST

/* The form of a signature by ECDSA is the policy's word, and never guessed. */
START_TEST(test_ecdsa_forms) {
    static const int keys[] = {FORGE_CI_P256, FORGE_CI_P384};
    open_court("");
    for (size_t i = 0; i < 2; i++) {
        const forge_signer *s = forge_signer_of(keys[i]);
        sign_as(keys[i], forge_quote(s->id));
        for (int form = FORGE_RAW; form <= FORGE_DER; form++) {
            f.der = form == FORGE_DER;
            forge_court_policy(&c, form == FORGE_DER ? "\"ecdsa\":\"der\"" : "\"ecdsa\":\"raw\"");
            EXPECT_GRANT(c.w, verify());
            forge_court_policy(&c, form == FORGE_DER ? "" : "\"ecdsa\":\"der\"");
            EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
            ck_assert_str_eq(c.w->why.detail,
                             form == FORGE_DER ? "an ECDSA signature in DER, where r || s must be" : "");
        }
        /* Other spellings of the same two numbers. */
        forge_bytes message = forge_pae(f.type, forge_dsse_payload(&f));
        forge_bytes der = forge_signature(s, s->alg, FORGE_DER, message);
        forge_bytes raw = forge_der_to_raw(der, s->alg == FORGE_ES256 ? 32 : 48);
        forge_bytes zero = forge_bytes_of("", 1), half = {raw.at, raw.len / 2};
        forge_bytes rest = {raw.at + raw.len / 2, raw.len / 2};
        const struct {
            forge_bytes bytes;
            const char *policy;
        } rows[] = {
            {forge_join(raw, zero), ""},
            {forge_join(zero, raw), ""},
            {forge_join(forge_join(zero, half), forge_join(zero, rest)), ""},
            {half, ""},
            {forge_join(rest, half), ""},
            {forge_join(der, zero), "\"ecdsa\":\"der\""},
            {{der.at, der.len - 1}, "\"ecdsa\":\"der\""},
        };
        for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
            forge_court_policy(&c, rows[k].policy);
            f.signature[0].sig = forge_quote(forge_base64(rows[k].bytes));
            EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
        }
        f.signature[0].sig = forge_quote(forge_base64(raw));
        forge_court_policy(&c, "");
        EXPECT_GRANT(c.w, verify());
    }
    forge_court_close(&c);
}
END_TEST

/* ---- What is signed ---- */

/* Lengths count bytes. */
START_TEST(test_non_ascii_type) {
    open_court("");
    f.type = "application/vnd.in-toto.stra\xC3\x9F"
             "e+json";
    forge_bytes payload = forge_dsse_payload(&f);
    EXPECT_GRANT(c.w, verify());
    char *in_code_points = forge_text("DSSEv1 %zu %s %zu %s", strlen(f.type) - 1, f.type, payload.len, payload.at);
    f.signature[0].over = forge_bytes_text(in_code_points);
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    /* Of the payload likewise. */
    f.type = FORGE_PAYLOAD_TYPE;
    forge_put(&f.predicate, "note",
              "\"stra\xC3\x9F"
              "e\"");
    payload = forge_dsse_payload(&f);
    f.signature[0].over.at = NULL;
    EXPECT_GRANT(c.w, verify());
    in_code_points = forge_text("DSSEv1 %zu %s %zu %s", strlen(f.type), f.type, payload.len - 1, payload.at);
    f.signature[0].over = forge_bytes_text(in_code_points);
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    forge_court_close(&c);
}
END_TEST

/* Nothing but the pre-authentication encoding will do. */
START_TEST(test_other_messages) {
    open_court("");
    forge_bytes payload = forge_dsse_payload(&f);
    const char *text = (const char *)payload.at, *type = f.type;
    size_t n = strlen(type), m = payload.len;
    const char *const messages[] = {
        text,
        forge_base64(payload),
        forge_text("%s.%s", type, text),
        forge_text("DSSEv1 %zu %s %zu %s", n, type, strlen(forge_base64(payload)), forge_base64(payload)),
        forge_text("DSSEv1 %zu %s %zu %s\n", n, type, m, text),
        forge_text("DSSEv1 %zu %s %zu %s", n, type, m + 1, text),
        forge_text("DSSEv1 %zu %s %zu %s", n + 1, type, m, text),
        forge_text("DSSEv1 0%zu %s %zu %s", n, type, m, text),
        forge_text("DSSEv1 %zu %s 0%zu %s", n, type, m, text),
        forge_text("DSSEv1 %zx %s %zx %s", n, type, m, text),
        forge_text("DSSEv1  %zu %s %zu %s", n, type, m, text),
        forge_text("DSSEv1 %zu \"%s\" %zu %s", n, type, m, text),
        forge_text("DSSEv1 %zu %s %zu  %s", n, type, m, text),
        forge_text("DSSEv2 %zu %s %zu %s", n, type, m, text),
        forge_text("dssev1 %zu %s %zu %s", n, type, m, text),
        forge_text("%zu %s %zu %s", n, type, m, text),
        forge_text("DSSEv1 %zu %s %zu %s", m, text, n, type),
        "",
    };
    f.signature[0].over = forge_bytes_text(forge_text("DSSEv1 %zu %s %zu %s", n, type, m, text));
    EXPECT_GRANT(c.w, verify());
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        f.signature[0].over = forge_bytes_text(messages[i]);
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    }
    f.signature[0].over.at = NULL;
    f.pae_v0 = 1; /* the encoding of v0.1 */
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    forge_court_close(&c);
}
END_TEST

/* The type is under the signature: another one, good in itself, is another message. */
START_TEST(test_type_is_signed) {
    static const char other[] = "application/vnd.in-toto.provenance+json";
    open_court("");
    forge_put(&f.envelope, "payloadType", forge_quote(other));
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    f.type = other;
    EXPECT_GRANT(c.w, verify());
    forge_put(&f.envelope, "payloadType", "\"application\\/vnd.in-toto.provenance\\u002bjson\"");
    EXPECT_GRANT(c.w, verify()); /* the same type, spelled otherwise */
    forge_put(&f.envelope, "payloadType", forge_quote(FORGE_PAYLOAD_TYPE));
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    forge_court_close(&c);
}
END_TEST

/* The payload is under the signature: every bit of it, and of the signature. */
START_TEST(test_bits) {
    open_court("");
    forge_bytes payload = forge_dsse_payload(&f);
    forge_bytes sig = forge_signature(f.signature[0].signer, FORGE_EDDSA, FORGE_RAW, forge_pae(f.type, payload));
    for (int part = 0; part < 2; part++) {
        forge_bytes bytes = part == 0 ? payload : sig;
        for (size_t bit = 0; bit < 8 * bytes.len; bit++) {
            uint8_t *flipped = (uint8_t *)(uintptr_t)bytes.at;
            flipped[bit / 8] ^= (uint8_t)(1u << bit % 8);
            forge_put(&f.envelope, "payload", forge_quote(forge_base64(payload)));
            f.signature[0].sig = forge_quote(forge_base64(sig));
            must(verify() == 0 && c.w->why.reason == ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
            flipped[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
    forge_put(&f.envelope, "payload", forge_quote(forge_base64(payload)));
    f.signature[0].sig = forge_quote(forge_base64(sig));
    EXPECT_GRANT(c.w, verify());
    forge_court_close(&c);
}
END_TEST

/* ---- The vectors of the specification ---- */

static void unhex(const char *hex, uint8_t *out) {
    for (size_t i = 0; hex[2 * i] != 0; i++) {
        unsigned byte = 0;
        must(sscanf(hex + 2 * i, "%2x", &byte) == 1);
        out[i] = (uint8_t)byte;
    }
}

/* The reason to deny says how far it came: the sample's payload type is none that is taken here, which is said of
 * what a trusted key has signed, and of nothing else. */
START_TEST(test_spec_sample) {
    open_court("\"issuers\":,\"any_signer\":true");
    armalo_anchor anchor;
    memset(&anchor, 0, sizeof anchor);
    anchor.struct_size = sizeof anchor;
    anchor.form = ARMALO_ANCHOR_TEXT;
    anchor.data = dsse_jwks;
    anchor.len = strlen(dsse_jwks);
    anchor.pinned = ARMALO_PINNED;
    armalo_trust *trust = armalo_trust_new(c.w->host, &anchor, 1, &c.w->why);
    ck_assert_ptr_nonnull(trust);
    EXPECT_DENY_CALL(c.w, forge_verify_text(c.w, c.policy, trust, dsse_envelope, forge_subject()),
                     ARMALO_REASON_ATTEST_TYPE_REFUSED);
    static const char *const changes[][2] = {
        {"aGVsbG8gd29ybGQ=", "aGVsbG8gd29ybGU="}, {"HelloWorld", "HelloWorle"}, {"A3Jqs", "A3Jqt"}};
    for (size_t i = 0; i < 3; i++)
        EXPECT_DENY_CALL(c.w,
                         forge_verify_text(c.w, c.policy, trust,
                                           forge_replace(dsse_envelope, changes[i][0], changes[i][1]), forge_subject()),
                         ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    armalo_trust_free(trust);
    forge_court_close(&c);
}
END_TEST

/* What must be said of each vector: those that are accepted there have a payload that is no statement here. */
static uint32_t vector_reason(const char *id) {
    static const struct {
        const char *id;
        uint32_t reason;
    } rows[] = {
        {"single-signature", ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED},
        {"url-safe-base64", ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED},
        {"payload-type-swapped", ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH},
        {"non-ascii-payload-type", ARMALO_REASON_ATTEST_TYPE_REFUSED},
        {"empty-payload", ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED},
        {"empty-payload-type", ARMALO_REASON_ATTEST_MALFORMED},
        {"threshold-two-distinct-keys", ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED},
        {"threshold-two-one-key-twice", ARMALO_REASON_ATTEST_THRESHOLD},
        {"threshold-two-without-keyids", ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].id, id) == 0) return rows[i].reason;
    ck_abort_msg("a vector that is new: %s", id);
    return 0;
}

START_TEST(test_spec_vectors) {
    uint8_t keys[2][32];
    open_court("");
    unhex(dsse_key_a_hex, keys[0]);
    unhex(dsse_key_b_hex, keys[1]);
    for (size_t i = 0; i < sizeof dsse_vectors / sizeof dsse_vectors[0]; i++) {
        const dsse_vector *v = &dsse_vectors[i];
        armalo_anchor anchors[2];
        size_t count = strlen(v->trusted);
        memset(anchors, 0, sizeof anchors);
        for (size_t k = 0; k < count; k++) {
            anchors[k].struct_size = sizeof anchors[k];
            anchors[k].form = ARMALO_ANCHOR_ED25519;
            anchors[k].data = keys[v->trusted[k] - 'A'];
            anchors[k].len = 32;
            anchors[k].key_id = v->trusted[k] == 'A' ? "A" : "B";
            anchors[k].pinned = ARMALO_PINNED;
        }
        armalo_trust *trust = armalo_trust_new(c.w->host, anchors, count, &c.w->why);
        ck_assert_ptr_nonnull(trust);
        forge_court_policy(&c, forge_text("\"issuers\":,\"any_signer\":true,\"threshold\":%u", v->threshold));
        uint32_t reason = vector_reason(v->id);
        EXPECT_DENY_CALL(c.w, forge_verify_text(c.w, c.policy, trust, v->envelope, forge_subject()), reason);
        /* What is accepted there got past its signatures, and with one digit changed it does not. */
        int past = reason == ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED || reason == ARMALO_REASON_ATTEST_TYPE_REFUSED;
        ck_assert_int_eq(past, v->accepted);
        char *spoilt = forge_text("%s", v->envelope);
        static const char sig[] = "\"sig\": \"";
        char *digit = strstr(spoilt, sig) + strlen(sig);
        for (int k = 0; past && k < 2; k++) {
            digit[5] = digit[5] == 'A' ? 'B' : 'A';
            EXPECT_DENY_CALL(c.w, forge_verify_text(c.w, c.policy, trust, spoilt, forge_subject()),
                             k == 0 && v->threshold == 2 ? ARMALO_REASON_ATTEST_THRESHOLD
                                                         : ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
            if (strstr(digit, sig) == NULL) break;
            digit = strstr(digit, sig) + strlen(sig);
        }
        armalo_trust_free(trust);
    }
    forge_court_close(&c);
}
END_TEST

static void fill(TCase *tc) {
    forge_keys_ready();
    tcase_add_test(tc, test_granted);
    tcase_add_test(tc, test_members);
    tcase_add_test(tc, test_payload_type_length);
    tcase_add_test(tc, test_signature_members);
    tcase_add_test(tc, test_unknown_members);
    tcase_add_test(tc, test_behind_many);
    tcase_add_test(tc, test_duplicates);
    tcase_add_test(tc, test_text);
    tcase_add_test(tc, test_size);
    tcase_add_test(tc, test_format_refused);
    tcase_add_test(tc, test_alphabets);
    tcase_add_test(tc, test_padding_and_stray_bits);
    tcase_add_test(tc, test_how_many);
    tcase_add_test(tc, test_bad_beside_good);
    tcase_add_test(tc, test_key_ids);
    tcase_add_test(tc, test_permitted_keys);
    tcase_add_test(tc, test_no_key_permitted);
    tcase_add_test(tc, test_algorithms);
    tcase_add_test(tc, test_ecdsa_forms);
    tcase_add_test(tc, test_non_ascii_type);
    tcase_add_test(tc, test_other_messages);
    tcase_add_test(tc, test_type_is_signed);
    tcase_add_test(tc, test_bits);
    tcase_add_test(tc, test_spec_sample);
    tcase_add_test(tc, test_spec_vectors);
}

TEST_MAIN("attest_dsse", fill, 60)
