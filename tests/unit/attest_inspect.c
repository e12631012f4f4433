/* SPDX-License-Identifier: MIT */
/* Reading: values and facts of what was verified, and what an artifact says that nobody has verified. */
#include "attest_forge.h"

static forge_court c;
static forge_jws f;

static void open_court(void) {
    forge_court_open(&c, "");
    forge_jws_init(&f);
}
static void close_court(void) { forge_court_close(&c); }

static armalo_attested *verified(const char *artifact, const char *subject) {
    armalo_attested *attested = NULL;
    armalo_attest_request request = forge_request(artifact, subject);
    EXPECT_GRANT(c.w, forge_verify(c.w, c.policy, c.trust, &request, &attested));
    return attested;
}

/* ---- Values of what was verified ---- */

/* Read into a block of exactly cap bytes that were 'x' before: what is not written stays. */
static int value_in(const armalo_attested *attested, const char *pointer, size_t cap, char **out, size_t *len,
                    int32_t *type) {
    char *block = malloc(cap > 0 ? cap : 1);
    if (block == NULL) abort();
    memset(block, 'x', cap);
    *len = 12345;
    *type = 12345;
    int got = armalo_attested_value(attested, pointer, cap > 0 ? block : NULL, cap, len, type);
    must(got == 0 || got == 1);
    for (size_t i = 0; i < cap && !got; i++) must(block[i] == 'x');
    if (out != NULL) *out = got ? (char *)(uintptr_t)forge_bytes_of(block, cap).at : NULL;
    free(block);
    return got;
}

/* In a buffer that is just large enough, in all that are smaller, and in a larger one. */
static void expect_value(const armalo_attested *attested, const char *pointer, int32_t type, const char *want,
                         size_t want_len) {
    char *got;
    size_t len;
    int32_t seen;
    for (size_t cap = 0; cap <= want_len + 5; cap += cap + 7 < want_len ? 5 : 1) {
        int there = value_in(attested, pointer, cap, &got, &len, &seen);
        if (there != (cap > want_len) || len != want_len || seen != type)
            ck_abort_msg("%s in %zu bytes: %d, %zu bytes of type %d", pointer, cap, there, len, seen);
        if (there && (memcmp(got, want, want_len) != 0 || got[want_len] != 0))
            ck_abort_msg("%s is %s and not %s", pointer, got, want);
    }
    /* Neither length nor type need be asked for. */
    char *block = forge_keep(want_len + 1);
    must(armalo_attested_value(attested, pointer, block, want_len + 1, NULL, NULL) == 1);
    must(memcmp(block, want, want_len + 1) == 0 || block[want_len] == 0);
}
static void expect_text(const armalo_attested *attested, const char *pointer, int32_t type, const char *want) {
    expect_value(attested, pointer, type, want, strlen(want));
}

static void expect_nothing(const armalo_attested *attested, const char *pointer) {
    size_t len;
    int32_t type;
    for (size_t cap = 0; cap < 50; cap += 49) {
        must(value_in(attested, pointer, cap, NULL, &len, &type) == 0);
        if (len != 0 || type != 0) ck_abort_msg("%s is there", pointer);
    }
    must(armalo_attested_value(attested, pointer, NULL, 0, NULL, NULL) == 0);
}

START_TEST(test_values) {
    open_court();
    static const char payload[] =
        " { \"iss\":\"https:\\/\\/ci.example\", \"sub\" : \"" FORGE_SUB "\",\n"
        "\"null\":null,\"true\":true,\"false\":false,\"number\":-1.50E+2,\"zero\":-0,"
        "\"array\":[ 1 , [] ],\"object\":{ \"a\" : { \"b\" : [ {}, \"c\" ] } },\"empty\":\"\",\"none\":{},"
        "\"escapes\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\ud83d\\ude00\",\"utf8\":\"\xC3\xA4\xF0\x9F\x98\x80\","
        "\"nul\":\"a\\u0000b\\u0000\",\"\":1,\"m~n\":2,\"o/p\":3,\"\\u0071\":4,"
        "\"1\":{\"2\":{\"3\":{\"4\":{\"5\":{\"6\":{\"7\":{\"8\":8}}}}}}}} \n";
    f.payload = payload;
    armalo_attested *a = verified(forge_jws_compact(&f), FORGE_SUB);
    expect_text(a, "/null", ARMALO_JSON_NULL, "null");
    expect_text(a, "/true", ARMALO_JSON_TRUE, "true");
    expect_text(a, "/false", ARMALO_JSON_FALSE, "false");
    /* As it stands, where it is no string. */
    expect_text(a, "/number", ARMALO_JSON_NUMBER, "-1.50E+2");
    expect_text(a, "/zero", ARMALO_JSON_NUMBER, "-0");
    expect_text(a, "/array", ARMALO_JSON_ARRAY, "[ 1 , [] ]");
    expect_text(a, "/array/0", ARMALO_JSON_NUMBER, "1");
    expect_text(a, "/array/1", ARMALO_JSON_ARRAY, "[]");
    expect_text(a, "/object", ARMALO_JSON_OBJECT, "{ \"a\" : { \"b\" : [ {}, \"c\" ] } }");
    expect_text(a, "/object/a/b/1", ARMALO_JSON_STRING, "c");
    expect_text(a, "/none", ARMALO_JSON_OBJECT, "{}");
    /* Unescaped, where it is one. */
    expect_text(a, "/iss", ARMALO_JSON_STRING, FORGE_CI_OWNER);
    expect_text(a, "/empty", ARMALO_JSON_STRING, "");
    expect_text(a, "/escapes", ARMALO_JSON_STRING, "\"\\/\b\f\n\r\t\xC3\xA4\xF0\x9F\x98\x80");
    expect_text(a, "/utf8", ARMALO_JSON_STRING, "\xC3\xA4\xF0\x9F\x98\x80");
    expect_value(a, "/nul", ARMALO_JSON_STRING, "a\0b\0", 4);
    expect_text(a, "/", ARMALO_JSON_NUMBER, "1");
    expect_text(a, "/m~0n", ARMALO_JSON_NUMBER, "2");
    expect_text(a, "/o~1p", ARMALO_JSON_NUMBER, "3");
    expect_text(a, "/q", ARMALO_JSON_NUMBER, "4");
    expect_text(a, "/1/2/3/4/5/6/7", ARMALO_JSON_OBJECT, "{\"8\":8}");
    expect_text(a, "/1/2/3/4/5/6/7/8", ARMALO_JSON_NUMBER, "8");
    /* The whole, from its brace to its brace. */
    char *whole = forge_text("%s", payload + 1);
    whole[strlen(whole) - 2] = 0;
    expect_text(a, "", ARMALO_JSON_OBJECT, whole);
    static const char *const nothing[] = {"/missing", "/Null", "/null/a", "/array/2", "/array/-", "/array/00",
                                          "/array/01", "/array/-1", "/array/", "/empty/0", "/iss/0", "/object/b",
                                          "/object/a/b/1/c", "/nul ", "/alg", "/payload", "//",
                                          /* No pointers. */
                                          "iss", "#/iss", " ", "/~", "/~2", "/m~n", "/o~", "/1/2/3/4/5/6/7/8/9"};
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) expect_nothing(a, nothing[i]);
    expect_nothing(a, forge_text("/%0255d", 7));
    expect_nothing(a, forge_text("/%04000d", 7));
    armalo_attested_free(a);
    close_court();
}
END_TEST

START_TEST(test_value_arguments) {
    open_court();
    armalo_attested *a = verified(forge_jws_compact(&f), FORGE_SUB);
    char buf[8] = "xxxxxxx";
    size_t len = 5;
    int32_t type = 5;
    ck_assert_int_eq(armalo_attested_value(NULL, "/score", buf, sizeof buf, &len, &type), 0);
    ck_assert_uint_eq(len, 0);
    ck_assert_int_eq(type, 0);
    len = 5;
    type = 5;
    ck_assert_int_eq(armalo_attested_value(a, NULL, buf, sizeof buf, &len, &type), 0);
    ck_assert_uint_eq(len, 0);
    ck_assert_int_eq(type, 0);
    len = 5;
    type = 5;
    ck_assert_int_eq(armalo_attested_value(a, "/score", NULL, 8, &len, &type), 0);
    ck_assert_uint_eq(len, 0);
    ck_assert_int_eq(type, 0);
    ck_assert_str_eq(buf, "xxxxxxx");
    ck_assert_int_eq(armalo_attested_value(NULL, NULL, NULL, 0, NULL, NULL), 0);
    ck_assert_int_eq(armalo_attested_value(a, "/score", buf, 3, NULL, NULL), 1);
    ck_assert_str_eq(buf, "93");
    ck_assert_str_eq(buf + 3, "xxxx");
    armalo_attested_free(a);
    armalo_attested_free(NULL);
    close_court();
}
END_TEST

START_TEST(test_facts_arguments) {
    open_court();
    armalo_attested *a = verified(forge_jws_compact(&f), FORGE_SUB);
    armalo_attested_facts facts, again;
    memset(&facts, 0xFF, sizeof facts);
    armalo_attested_facts_get(NULL, 0, &facts);
    ck_assert(forge_zero(&facts, sizeof facts));
    armalo_attested_facts_get(a, 0, NULL);
    armalo_attested_facts_get(NULL, 0, NULL);
    memset(&facts, 0xFF, sizeof facts);
    memset(&again, 0, sizeof again);
    armalo_attested_facts_get(a, 0, &facts);
    armalo_attested_facts_get(a, 0, &again);
    ck_assert_mem_eq(&facts, &again, sizeof facts); /* every byte is written */
    armalo_attested_free(a);
    close_court();
}
END_TEST

/* What was verified stays, whatever becomes of the policy, the trust and the artifact. */
START_TEST(test_outlives) {
    open_court();
    armalo_attested *a = verified(forge_jws_compact(&f), FORGE_SUB);
    forge_court_policy(&c, "\"issuers\":[\"x\"]");
    static forge_anchors anchors;
    anchors.count = 0;
    forge_anchor(&anchors, forge_signer_of(FORGE_OTHER), FORGE_OTHER_OWNER);
    forge_court_trust(&c, &anchors);
    armalo_attested_facts facts;
    armalo_attested_facts_get(a, 0, &facts);
    ck_assert_str_eq(facts.owner, FORGE_CI_OWNER);
    ck_assert_str_eq(facts.key_id, "ci-1");
    expect_text(a, "/score", ARMALO_JSON_NUMBER, "93");
    armalo_attested_free(a);
    close_court();
}
END_TEST

/* ---- What nobody has verified ---- */

/* From a block of exactly len bytes, into a block of exactly cap. */
static int inspect_bytes(const void *artifact, size_t len, size_t cap, char **out, size_t *out_len) {
    char *block = malloc(cap > 0 ? cap : 1), *from = malloc(len > 0 ? len : 1);
    if (block == NULL || from == NULL) abort();
    memset(block, 'x', cap);
    memcpy(from, artifact, len);
    *out_len = 12345;
    int read = armalo_attest_inspect(from, len, cap > 0 ? block : NULL, cap, out_len, &c.w->why);
    must(read == 0 || read == 1);
    for (size_t i = 0; i < cap && !read; i++) must(block[i] == 'x');
    must(armalo_decision_granted(&c.w->why) == 0);
    if (out != NULL) *out = read ? (char *)(uintptr_t)forge_bytes_of(block, cap).at : NULL;
    free(block);
    free(from);
    return read;
}

static void refused_bytes(const void *artifact, size_t len, uint32_t reason) {
    size_t out_len;
    for (size_t cap = 0; cap < 5000; cap += 4999) {
        EXPECT_REFUSE(c.w, inspect_bytes(artifact, len, cap, NULL, &out_len), reason);
        ck_assert_uint_eq(out_len, 0);
    }
}
static void refused(const char *artifact, uint32_t reason) { refused_bytes(artifact, strlen(artifact), reason); }

static void shows(const char *artifact, const char *want) {
    char *got;
    size_t len;
    const size_t artifact_len = strlen(artifact), want_len = strlen(want);
    unsigned before = c.w->decisions;
    if (!inspect_bytes(artifact, artifact_len, want_len + 1, &got, &len))
        ck_abort_msg("%s: %s", armalo_reason_name(c.w->why.reason), c.w->why.detail);
    if (strcmp(got, want) != 0) ck_abort_msg("%s and not %s", got, want);
    must(len == want_len);
    must(strncmp(got, "{\"verified\":false,", 18) == 0);
    must(armalo_json_check(got, len, SIZE_MAX, NULL) == 1);
    must(c.w->decisions == before); /* nothing is decided */
    /* Too small a buffer. */
    static const size_t less[] = {0, 1, 10};
    for (size_t i = 0; i < 4; i++) {
        size_t cap = i < 3 ? less[i] : want_len;
        EXPECT_REFUSE(c.w, inspect_bytes(artifact, artifact_len, cap, NULL, &len), ARMALO_REASON_BUFFER_TOO_SMALL);
        must(len == want_len);
    }
    /* And it is no artifact itself. */
    must(forge_court_judge(&c, got, NULL) == 0);
    must(c.w->why.reason == ARMALO_REASON_ATTEST_FORMAT_UNKNOWN);
}

static const char *shown(const char *format, const char *signatures, const char *type, const char *payload) {
    return forge_text("{\"verified\":false,\"format\":\"%s\",\"signatures\":[%s],\"type\":%s,\"payload\":%s}", format,
                      signatures, type, payload);
}

START_TEST(test_inspect_jws) {
    open_court();
    const char *claims = forge_object_text(&f.claims);
    const char *one = "{\"key_id\":\"ci-1\",\"algorithm\":\"EdDSA\"}";
    shows(forge_jws_compact(&f), shown("jws", one, "\"JWT\"", claims));
    shows(forge_jws_flattened(&f), shown("jws", one, "\"JWT\"", claims));
    /* As little verified when a stranger made it, or nobody. */
    f.part[2] = "AAAA";
    shows(forge_jws_compact(&f), shown("jws", one, "\"JWT\"", claims));
    f.part[2] = "";
    shows(forge_jws_compact(&f), shown("jws", one, "\"JWT\"", claims));
    f.part[2] = NULL;
    static const char *const none[] = {"\"none\"", "\"HS256\"", "\"RS512\"", "\"\""};
    for (size_t i = 0; i < 4; i++) {
        forge_put(&f.header, "alg", none[i]);
        shows(forge_jws_compact(&f), shown("jws", "{\"key_id\":\"ci-1\",\"algorithm\":null}", "\"JWT\"", claims));
    }
    static const char *const algorithms[][2] = {{"EdDSA", "EdDSA"}, {"Ed25519", "EdDSA"}, {"ES256", "ES256"},
                                                {"ES384", "ES384"}, {"PS256", "PS256"},   {"RS256", "RS256"}};
    for (size_t i = 0; i < 6; i++) {
        forge_put(&f.header, "alg", forge_quote(algorithms[i][0]));
        shows(forge_jws_compact(&f),
              shown("jws", forge_text("{\"key_id\":\"ci-1\",\"algorithm\":\"%s\"}", algorithms[i][1]), "\"JWT\"",
                    claims));
    }
    /* What can never count can be looked at. */
    forge_jws_init(&f);
    forge_put(&f.header, "crit", "[\"x\"]");
    forge_put(&f.header, "jwk", "{}");
    shows(forge_jws_compact(&f), shown("jws", one, "\"JWT\"", claims));
    forge_jws_init(&f);
    forge_drop(&f.header, "kid");
    forge_drop(&f.header, "typ");
    shows(forge_jws_compact(&f), shown("jws", "{\"key_id\":null,\"algorithm\":\"EdDSA\"}", "null", claims));
    /* A payload that is no JSON is shown as a text; bytes that are none, too. */
    forge_jws_init(&f);
    static const char *const payloads[][2] = {
        {"", "null"},
        {"x", "\"x\""},
        {"\"x\"", "\"x\""},
        {"7", "7"},
        {" [ 1 ] ", "[ 1 ]"},
        {"{\"a\":1,\"a\":2}", "\"{\\\"a\\\":1,\\\"a\\\":2}\""},
        {"{\"verified\":true}", "{\"verified\":true}"},
        {"a\n\"\\\x01", "\"a\\n\\\"\\\\\\u0001\""},
        {"\xFF\xC3", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
    };
    for (size_t i = 0; i < sizeof payloads / sizeof payloads[0]; i++) {
        f.payload = payloads[i][0];
        shows(forge_jws_compact(&f), shown("jws", one, "\"JWT\"", payloads[i][1]));
    }
    /* So is JSON that, within this object, would be deeper than a reader goes. */
    for (int depth = 63; depth <= 64; depth++) {
        char open[64], close[64];
        memset(open, '[', sizeof open);
        memset(close, ']', sizeof close);
        f.payload = forge_text("[\"[[{\\\"[\",\"\\\\\",{},%.*s7%.*s,[]]", depth - 1, open, depth - 1, close);
        const char *quoted = forge_quote(forge_replace(forge_replace(f.payload, "\\", "\\\\"), "\"", "\\\""));
        shows(forge_jws_compact(&f), shown("jws", one, "\"JWT\"", depth == 63 ? f.payload : quoted));
    }
    close_court();
}
END_TEST

START_TEST(test_inspect_dsse) {
    open_court();
    static forge_dsse dsse;
    forge_dsse_init(&dsse);
    const char *payload = (const char *)forge_dsse_payload(&dsse).at;
    shows(forge_dsse_text(&dsse),
          shown("dsse", "{\"key_id\":\"ci-1\",\"algorithm\":null}", forge_quote(FORGE_PAYLOAD_TYPE), payload));
    forge_dsse_sign(&dsse, forge_signer_of(FORGE_STRANGER))->keyid = NULL;
    forge_dsse_sign(&dsse, forge_signer_of(FORGE_CI_P256));
    shows(forge_dsse_text(&dsse), shown("dsse",
                                        "{\"key_id\":\"ci-1\",\"algorithm\":null},{\"key_id\":null,\"algorithm\":null},"
                                        "{\"key_id\":\"ci-p256\",\"algorithm\":null}",
                                        forge_quote(FORGE_PAYLOAD_TYPE), payload));
    /* Of any type, and any payload. */
    dsse.type = "http://example.com/HelloWorld";
    dsse.payload = "hello world";
    dsse.count = 1;
    shows(forge_dsse_text(&dsse), shown("dsse", "{\"key_id\":\"ci-1\",\"algorithm\":null}",
                                        "\"http://example.com/HelloWorld\"", "\"hello world\""));
    close_court();
}
END_TEST

START_TEST(test_inspect_credential) {
    open_court();
    static forge_credential credential;
    forge_credential_init(&credential);
    const char *canonical = forge_object_canonical(&credential.document);
    const char *one = "{\"key_id\":\"" FORGE_CI_OWNER "#ci-1\",\"algorithm\":\"EdDSA\"}";
    char *text = forge_credential_text(&credential);
    shows(text, shown("vc", one, "null", canonical));
    /* However it is spelled, in its canonical form. */
    shows(forge_replace(text, ",\"", " ,\n\""), shown("vc", one, "null", canonical));
    /* Of several proofs those that cannot be read have no names; the payload is what the first that can covers. */
    const char *proof = strstr(text, "\"proof\":") + strlen("\"proof\":");
    char *good = forge_text("%.*s", (int)strlen(proof) - 1, proof);
    char *foreign = forge_replace(good, "eddsa-jcs-2022", "ecdsa-jcs-2019");
    const char *none = "{\"key_id\":null,\"algorithm\":null}";
    forge_put(&credential.document, "proof", forge_text("[%s,%s]", foreign, good));
    shows(forge_object_text(&credential.document), shown("vc", forge_text("%s,%s", none, one), "null", canonical));
    /* Where there is none, all of it as it stands. */
    forge_put(&credential.document, "proof", foreign);
    text = forge_object_text(&credential.document);
    shows(text, shown("vc", none, "null", text));
    close_court();
}
END_TEST

START_TEST(test_inspect_refused) {
    open_court();
    static forge_dsse dsse;
    static forge_credential credential;
    forge_dsse_init(&dsse);
    forge_credential_init(&credential);
    refused_bytes("", 0, ARMALO_REASON_ATTEST_SIZE);
    char *large = malloc(ARMALO_ATTEST_MAX_SIZE + 1);
    memset(large, 'A', ARMALO_ATTEST_MAX_SIZE + 1);
    size_t len;
    EXPECT_REFUSE(c.w, armalo_attest_inspect(large, ARMALO_ATTEST_MAX_SIZE + 1, NULL, 0, &len, &c.w->why),
                  ARMALO_REASON_ATTEST_SIZE);
    EXPECT_REFUSE(c.w, armalo_attest_inspect(large, ARMALO_ATTEST_MAX_SIZE, NULL, 0, &len, &c.w->why),
                  ARMALO_REASON_ATTEST_FORMAT_UNKNOWN);
    free(large);
    static const char *const unknown[] = {
        "{}", "x", "[]", "a.b", "\xEF\xBB\xBF{\"proof\":1}", "{\"proof\":1,\"payloadType\":1}"};
    for (size_t i = 0; i < 6; i++) refused(unknown[i], ARMALO_REASON_ATTEST_FORMAT_UNKNOWN);
    static const char *const malformed[] = {"{\"proof\":1",        "{\"proof\":1,\"proof\":1}", "{\"proof\":1}",
                                            "{\"payloadType\":1}", "{\"signature\":\"AA\"}",    "e30.e30.AA",
                                            "W10.e30.AA",
                                            /* [] */ "..",         "{\"protected\":null}"};
    for (size_t i = 0; i < 9; i++) refused(malformed[i], ARMALO_REASON_ATTEST_MALFORMED);
    f.part[0] = "e30="; /* padded */
    refused(forge_jws_compact(&f), ARMALO_REASON_ATTEST_ENCODING);
    dsse.signature[0].sig = "\"A\"";
    refused(forge_dsse_text(&dsse), ARMALO_REASON_ATTEST_ENCODING);
    dsse.count = 0;
    refused(forge_dsse_text(&dsse), ARMALO_REASON_ATTEST_SIGNATURE_MISSING);
    refused(forge_object_text(&credential.document), ARMALO_REASON_ATTEST_SIGNATURE_MISSING);
    for (int i = 0; i <= ARMALO_ATTEST_MAX_SIGNATURES; i++) forge_dsse_sign(&dsse, forge_signer_of(FORGE_CI));
    refused(forge_dsse_text(&dsse), ARMALO_REASON_ATTEST_SIGNATURES_MANY);
    forge_put(&credential.proof, "created", "\"x\"");
    refused(forge_credential_text(&credential), ARMALO_REASON_ATTEST_TIME_UNREADABLE);
    close_court();
}
END_TEST

START_TEST(test_inspect_arguments) {
    open_court();
    const char *good = forge_jws_compact(&f);
    const size_t len = strlen(good);
    char buf[2000];
    size_t out_len = 5;
    EXPECT_REFUSE(c.w, armalo_attest_inspect(NULL, len, buf, sizeof buf, &out_len, &c.w->why),
                  ARMALO_REASON_INVALID_ARGUMENT);
    ck_assert_uint_eq(out_len, 0);
    out_len = 5;
    EXPECT_REFUSE(c.w, armalo_attest_inspect(NULL, 0, buf, sizeof buf, &out_len, &c.w->why),
                  ARMALO_REASON_INVALID_ARGUMENT);
    ck_assert_uint_eq(out_len, 0);
    out_len = 5;
    EXPECT_REFUSE(c.w, armalo_attest_inspect(good, len, NULL, 1, &out_len, &c.w->why), ARMALO_REASON_INVALID_ARGUMENT);
    ck_assert_uint_eq(out_len, 0);
    ck_assert_int_eq(armalo_attest_inspect(NULL, 0, NULL, 0, NULL, NULL), 0);
    ck_assert_int_eq(armalo_attest_inspect(good, len, NULL, 0, NULL, NULL), 0);
    ck_assert_int_eq(armalo_attest_inspect(good, len, buf, sizeof buf, NULL, NULL), 1);
    ck_assert_int_eq(strncmp(buf, "{\"verified\":false,", 18), 0);
    close_court();
}
END_TEST

static void fill(TCase *tc) {
    for (int i = 0; i < FORGE_EXTRA; i++) (void)forge_signer_of(i);
    tcase_add_test(tc, test_values);
    tcase_add_test(tc, test_value_arguments);
    tcase_add_test(tc, test_facts_arguments);
    tcase_add_test(tc, test_outlives);
    tcase_add_test(tc, test_inspect_jws);
    tcase_add_test(tc, test_inspect_dsse);
    tcase_add_test(tc, test_inspect_credential);
    tcase_add_test(tc, test_inspect_refused);
    tcase_add_test(tc, test_inspect_arguments);
}

TEST_MAIN("attest_inspect", fill, 60)
