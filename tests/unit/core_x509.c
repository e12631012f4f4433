/* SPDX-License-Identifier: MIT */
/* Certificates: chains with one defect each, and what a good one tells. */
#include "cert_forge.h"

static armalo_i_cert cert;
static pkey_text text, roots;
static cert_plan root_plan, middle_plan, leaf_plan;
static cert_made root, middle, leaf;

static int judge_of(int rsa_alg, int max_chain) {
    static const armalo_i_cert none;
    memset(&cert, 0xff, sizeof cert);
    pkey_queue();
    int status = armalo_i_cert_chain(&cert, pkey_text_span(&text), pkey_text_span(&roots), rsa_alg, max_chain);
    pkey_queue_kept();
    if (status != ARMALO_I_KEY_OK) ck_assert_mem_eq(&cert, &none, sizeof none);
    return status;
}
static int judge(void) { return judge_of(ARMALO_I_ALG_PS256, 5); }
static int judge_once(void) {
    int status = judge();
    armalo_i_cert_end(&cert);
    return status;
}

static void setup(void) {
    root_plan = cert_root;
    middle_plan = cert_middle;
    leaf_plan = cert_leaf;
}

static EVP_PKEY *p256(void) { return EVP_EC_gen("P-256"); }

static void present(void) {
    text.len = roots.len = 0;
    cert_text(&text, &leaf);
    cert_text(&text, &middle);
    cert_text(&roots, &root);
}

/* Three certificates by the plans, with these keys (NULL: P-256), in the two texts. */
static void make(EVP_PKEY *root_key, EVP_PKEY *middle_key, EVP_PKEY *leaf_key) {
    root = cert_make(&root_plan, root_key != NULL ? root_key : p256(), NULL);
    middle = cert_make(&middle_plan, middle_key != NULL ? middle_key : p256(), &root);
    leaf = cert_make(&leaf_plan, leaf_key != NULL ? leaf_key : p256(), &middle);
    present();
}
static void drop(void) {
    cert_free(&root);
    cert_free(&middle);
    cert_free(&leaf);
}
static int judge_made(void) {
    make(NULL, NULL, NULL);
    int status = judge_once();
    drop();
    return status;
}

/* ---- What holds ---- */

static void expect_signs(int alg) { /* cert.key is the leaf's */
    static pkey_bytes signature;
    pkey_sign(leaf.pkey, alg, ARMALO_I_ECDSA_RAW, "text", 4, &signature);
    ck_assert_int_eq(cert.key.alg, alg);
    ck_assert_int_eq(pkey_judge(&cert.key, armalo_i_span_text("text"), pkey_span(&signature), ARMALO_I_ECDSA_RAW), 1);
    ck_assert_int_eq(pkey_judge(&cert.key, armalo_i_span_text("Text"), pkey_span(&signature), ARMALO_I_ECDSA_RAW), 0);
}

START_TEST(test_keys) {
    static const int algs[] = {ARMALO_I_ALG_EDDSA, ARMALO_I_ALG_ES256, ARMALO_I_ALG_ES384, ARMALO_I_ALG_PS256,
                               ARMALO_I_ALG_RS256};
    const int alg = algs[_i];
    EVP_PKEY *keys[3];
    setup();
    for (int i = 0; i < 3; i++) keys[i] = pkey_make(alg);
    root_plan.digest = middle_plan.digest = leaf_plan.digest = alg == ARMALO_I_ALG_EDDSA ? NULL : "SHA256";
    make(keys[0], keys[1], keys[2]);
    ck_assert_int_eq(judge_of(alg == ARMALO_I_ALG_RS256 ? alg : ARMALO_I_ALG_PS256, 3), ARMALO_I_KEY_OK);
    expect_signs(alg);
    ck_assert_uint_eq(cert.usage_count, 0);
    armalo_i_cert_end(&cert);
    ck_assert(cert.key.alg == 0 && cert.not_after_ms == 0);
    if (alg == ARMALO_I_ALG_PS256) ck_assert_int_eq(judge_of(ARMALO_I_ALG_ES256, 3), ARMALO_I_KEY_UNSUPPORTED);
    drop();
}
END_TEST

/* What the authorities sign with is OpenSSL's to judge. */
START_TEST(test_authority_keys) {
    setup();
    root_plan.digest = middle_plan.digest = "SHA512";
    leaf_plan.digest = "SHA384";
    make(EVP_EC_gen("P-521"), pkey_make_rsa(3072, 65537), NULL);
    ck_assert_int_eq(judge(), ARMALO_I_KEY_OK);
    expect_signs(ARMALO_I_ALG_ES256);
    armalo_i_cert_end(&cert);
    drop();
}
END_TEST

/* leaf, `between` intermediates, root */
static void chain(int between) {
    cert_made made[8];
    made[0] = cert_make(&root_plan, p256(), NULL);
    for (int i = 1; i <= between; i++) {
        char name[] = "middle 0";
        name[7] = (char)(name[7] + i);
        middle_plan.name = name;
        made[i] = cert_make(&middle_plan, p256(), &made[i - 1]);
    }
    leaf = cert_make(&leaf_plan, p256(), &made[between]);
    text.len = roots.len = 0;
    cert_text(&text, &leaf);
    for (int i = 1; i <= between; i++) cert_text(&text, &made[i]); /* upside down */
    cert_text(&roots, &made[0]);
    for (int i = 0; i <= between; i++) cert_free(&made[i]);
}

START_TEST(test_lengths) {
    setup();
    for (int between = 0; between < 6; between++) {
        chain(between);
        for (int max = -1; max <= 9; max++) {
            ck_assert_msg(judge_of(ARMALO_I_ALG_PS256, max) ==
                              (max >= between + 2 ? ARMALO_I_KEY_OK : ARMALO_I_KEY_TOO_LONG),
                          "%d between, at most %d", between, max);
            armalo_i_cert_end(&cert);
        }
        ck_assert_int_eq(judge_of(ARMALO_I_ALG_PS256, INT32_MAX), ARMALO_I_KEY_OK);
        expect_signs(ARMALO_I_ALG_ES256);
        armalo_i_cert_end(&cert);
        ck_assert_int_eq(judge_of(ARMALO_I_ALG_PS256, INT32_MIN), ARMALO_I_KEY_TOO_LONG);
        cert_free(&leaf);
    }
}
END_TEST

/* What is not needed does no harm, but the first is the leaf. */
START_TEST(test_order) {
    setup();
    make(NULL, NULL, NULL);
    cert_made stranger = cert_make(&cert_root, p256(), NULL);
    text.len = 0;
    cert_text(&text, &leaf);
    cert_text(&text, &stranger);
    cert_text(&text, &root);
    pkey_text_add(&text, "\r\n\r\n");
    cert_text(&text, &middle);
    cert_text(&text, &middle);
    cert_text(&roots, &stranger);
    cert_text(&roots, &root);
    ck_assert_int_eq(judge(), ARMALO_I_KEY_OK);
    expect_signs(ARMALO_I_ALG_ES256);
    armalo_i_cert_end(&cert);
    text.len = 0;
    cert_text(&text, &middle);
    cert_text(&text, &leaf);
    ck_assert_int_eq(judge(), ARMALO_I_KEY_CHAIN);
    cert_free(&stranger);
    drop();
}
END_TEST

/* ---- What leads nowhere ---- */

START_TEST(test_strangers) {
    setup();
    make(NULL, NULL, NULL);
    cert_made other = cert_make(&cert_root, p256(), NULL); /* of the same name */
    roots.len = 0;
    cert_text(&roots, &other);
    ck_assert_int_eq(judge(), ARMALO_I_KEY_CHAIN);
    cert_text(&text, &root); /* who brings its own root */
    ck_assert_int_eq(judge(), ARMALO_I_KEY_CHAIN);
    text.len = 0;
    cert_text(&text, &root);
    ck_assert_int_eq(judge(), ARMALO_I_KEY_CHAIN);
    present();
    text.len = 0; /* without the intermediate */
    cert_text(&text, &leaf);
    ck_assert_int_eq(judge(), ARMALO_I_KEY_CHAIN);
    roots.len = 0; /* an intermediate is no root */
    cert_text(&roots, &middle);
    ck_assert_int_eq(judge(), ARMALO_I_KEY_CHAIN);
    cert_text(&roots, &leaf);
    ck_assert_int_eq(judge(), ARMALO_I_KEY_CHAIN);
    cert_text(&roots, &root);
    ck_assert_int_eq(judge(), ARMALO_I_KEY_OK);
    armalo_i_cert_end(&cert);
    cert_free(&other);
    drop();
    leaf = cert_make(&leaf_plan, p256(), NULL); /* signed by itself */
    text.len = 0;
    cert_text(&text, &leaf);
    ck_assert_int_eq(judge(), ARMALO_I_KEY_CHAIN);
    cert_free(&leaf);
}
END_TEST

/* The system's store, which the environment names, has no say. */
START_TEST(test_system_store) {
    char path[] = "/tmp/core_x509_XXXXXX";
    setup();
    make(NULL, NULL, NULL);
    FILE *file = fdopen(mkstemp(path), "w");
    ck_assert_ptr_nonnull(file);
    fwrite(roots.at, 1, roots.len, file);
    fclose(file);
    setenv("SSL_CERT_FILE", path, 1);
    cert_made other = cert_make(&cert_root, p256(), NULL);
    roots.len = 0;
    cert_text(&roots, &other);
    ck_assert_int_eq(judge(), ARMALO_I_KEY_CHAIN);
    unsetenv("SSL_CERT_FILE");
    remove(path);
    cert_free(&other);
    drop();
}
END_TEST

START_TEST(test_wrong_issuer_key) {
    setup();
    make(NULL, NULL, NULL);
    cert_made liar = {middle.x509, p256()}; /* the name of the one, the key of the other */
    leaf_plan.no_identifiers = 1;
    cert_made forged = cert_make(&leaf_plan, p256(), &liar);
    text.len = 0;
    cert_text(&text, &forged);
    cert_text(&text, &middle);
    ck_assert_int_eq(judge(), ARMALO_I_KEY_CHAIN);
    leaf_plan.no_identifiers = 0;
    cert_free(&forged);
    forged = cert_make(&leaf_plan, p256(), &liar);
    text.len = 0;
    cert_text(&text, &forged);
    cert_text(&text, &middle);
    ck_assert_int_eq(judge(), ARMALO_I_KEY_CHAIN);
    EVP_PKEY_free(liar.pkey);
    cert_free(&forged);
    drop();
}
END_TEST

/* Each byte of the leaf and of the intermediate is signed, or is the signature. */
START_TEST(test_damage) {
    setup();
    make(NULL, NULL, NULL);
    for (int which = 0; which < 2; which++) {
        unsigned char *der = NULL;
        const int len = i2d_X509(which == 0 ? leaf.x509 : middle.x509, &der);
        for (int i = 0; i < len; i++) {
            der[i] ^= 0x21;
            text.len = 0;
            if (which == 1) cert_text(&text, &leaf);
            pkey_text_block(&text, "CERTIFICATE", der, (size_t)len);
            if (which == 0) cert_text(&text, &middle);
            ck_assert_int_ne(judge_once(), ARMALO_I_KEY_OK);
            der[i] ^= 0x21;
        }
        OPENSSL_free(der);
    }
    drop();
}
END_TEST

/* ---- What an authority may ---- */

START_TEST(test_authorities) {
    static const struct {
        const char *basic, *usage;
        int status;
    } cases[] = {
        {"critical,CA:TRUE", "critical,keyCertSign", ARMALO_I_KEY_OK},
        {"critical,CA:TRUE,pathlen:0", "critical,keyCertSign", ARMALO_I_KEY_OK},
        {"critical,CA:FALSE", "critical,keyCertSign", ARMALO_I_KEY_CHAIN},
        {"critical,CA:FALSE", "critical,digitalSignature", ARMALO_I_KEY_CHAIN},
        {"critical,CA:FALSE", NULL, ARMALO_I_KEY_CHAIN},
        {NULL, "critical,keyCertSign", ARMALO_I_KEY_CHAIN},
        {NULL, NULL, ARMALO_I_KEY_CHAIN},
        {"critical,CA:TRUE", "critical,digitalSignature", ARMALO_I_KEY_CHAIN},
        {"critical,CA:TRUE", "critical,cRLSign", ARMALO_I_KEY_CHAIN},
        {"critical,CA:TRUE", NULL, ARMALO_I_KEY_CHAIN},          /* RFC 5280 4.2.1.3: "MUST include this extension" */
        {"CA:TRUE", "critical,keyCertSign", ARMALO_I_KEY_CHAIN}, /* 4.2.1.9: "MUST mark the extension as critical" */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        setup();
        middle_plan.basic = cases[i].basic;
        middle_plan.usage = cases[i].usage;
        int status = judge_made();
        ck_assert_msg(status == cases[i].status, "intermediate %zu: %d", i, status);
        setup();
        root_plan.basic =
            cases[i].basic == NULL || strstr(cases[i].basic, "pathlen") == NULL ? cases[i].basic : "critical,CA:TRUE";
        root_plan.usage = cases[i].usage;
        status = judge_made();
        ck_assert_msg(status == cases[i].status, "root %zu: %d", i, status);
    }
    setup();
    root_plan.basic = "critical,CA:TRUE,pathlen:0"; /* there is an intermediate */
    ck_assert_int_eq(judge_made(), ARMALO_I_KEY_CHAIN);
    root_plan.basic = "critical,CA:TRUE,pathlen:1";
    ck_assert_int_eq(judge_made(), ARMALO_I_KEY_OK);
    chain(1);
    ck_assert_int_eq(judge_once(), ARMALO_I_KEY_OK);
    cert_free(&leaf);
    chain(2);
    ck_assert_int_eq(judge_once(), ARMALO_I_KEY_CHAIN);
    cert_free(&leaf);
}
END_TEST

/* Version 1 says nothing of authorities. */
START_TEST(test_version1) {
    setup();
    middle_plan.version1 = 1;
    ck_assert_int_eq(judge_made(), ARMALO_I_KEY_CHAIN);
    setup();
    root_plan.version1 = 1;
    ck_assert_int_eq(judge_made(), ARMALO_I_KEY_CHAIN);
    setup();
    leaf_plan.version1 = 1;
    ck_assert_int_eq(judge_made(), ARMALO_I_KEY_OK);
}
END_TEST

START_TEST(test_extensions) {
    static const struct {
        int where; /* 0 root, 1 intermediate, 2 leaf */
        const char *name, *value;
        int status;
    } cases[] = {
        {2, "1.2.3.4.5", "DER:0500", ARMALO_I_KEY_OK},
        {1, "1.2.3.4.5", "DER:0500", ARMALO_I_KEY_OK},
        {2, "1.2.3.4.5", "critical,DER:0500", ARMALO_I_KEY_CHAIN},
        {1, "1.2.3.4.5", "critical,DER:0500", ARMALO_I_KEY_CHAIN},
        {0, "1.2.3.4.5", "critical,DER:0500", ARMALO_I_KEY_CHAIN},
        {2, "1.3.6.1.5.5.7.1.14", "critical,DER:300c300a06082b06010505071500", ARMALO_I_KEY_CHAIN}, /* a proxy */
        {1, "nameConstraints", "critical,permitted;DNS:example.com", ARMALO_I_KEY_OK},
        {1, "nameConstraints", "critical,permitted;DNS:example.org", ARMALO_I_KEY_CHAIN},
        {1, "nameConstraints", "critical,excluded;DNS:example.com", ARMALO_I_KEY_CHAIN},
        {0, "nameConstraints", "critical,excluded;DNS:host.example.com", ARMALO_I_KEY_CHAIN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        setup();
        leaf_plan.more[0][0] = "subjectAltName";
        leaf_plan.more[0][1] = "DNS:host.example.com";
        cert_plan *plan = cases[i].where == 0 ? &root_plan : cases[i].where == 1 ? &middle_plan : &leaf_plan;
        const size_t at = plan == &leaf_plan;
        plan->more[at][0] = cases[i].name;
        plan->more[at][1] = cases[i].value;
        int status = judge_made();
        ck_assert_msg(status == cases[i].status, "case %zu: %d", i, status);
    }
    setup(); /* a policy that the whole chain has is an explicit one */
    middle_plan.more[0][0] = "policyConstraints";
    middle_plan.more[0][1] = "critical,requireExplicitPolicy:0";
    middle_plan.more[1][0] = leaf_plan.more[0][0] = "2.5.29.32";
    middle_plan.more[1][1] = leaf_plan.more[0][1] = "DER:3007300506032a0304"; /* 1.2.3.4 */
    ck_assert_int_eq(judge_made(), ARMALO_I_KEY_OK);
    leaf_plan.more[0][1] = "DER:3007300506032a0305";
    ck_assert_int_eq(judge_made(), ARMALO_I_KEY_CHAIN);
    leaf_plan.more[0][0] = NULL;
    ck_assert_int_eq(judge_made(), ARMALO_I_KEY_CHAIN);
    middle_plan.more[0][0] = middle_plan.more[1][0];
    middle_plan.more[0][1] = middle_plan.more[1][1];
    middle_plan.more[1][0] = NULL;
    ck_assert_int_eq(judge_made(), ARMALO_I_KEY_OK);
    setup(); /* RFC 5280 4.2.1.1: who was signed by which key of the issuer's must be said */
    leaf_plan.no_identifiers = 1;
    ck_assert_int_eq(judge_made(), ARMALO_I_KEY_CHAIN);
}
END_TEST

START_TEST(test_leaf_usage) {
    static const struct {
        const char *basic, *usage;
        int status;
    } cases[] = {
        {"critical,CA:FALSE", "critical,digitalSignature", ARMALO_I_KEY_OK},
        {"critical,CA:FALSE", "critical,digitalSignature,keyEncipherment", ARMALO_I_KEY_OK},
        {"critical,CA:FALSE", "digitalSignature", ARMALO_I_KEY_OK},
        {"critical,CA:FALSE", NULL, ARMALO_I_KEY_OK},
        {NULL, "critical,digitalSignature", ARMALO_I_KEY_OK},
        {NULL, NULL, ARMALO_I_KEY_OK},
        {"critical,CA:FALSE", "critical,keyEncipherment", ARMALO_I_KEY_CHAIN},
        {"critical,CA:FALSE", "critical,nonRepudiation", ARMALO_I_KEY_CHAIN},
        {"critical,CA:FALSE", "critical,keyAgreement,dataEncipherment,cRLSign", ARMALO_I_KEY_CHAIN},
        {"critical,CA:FALSE", "critical,decipherOnly,keyAgreement", ARMALO_I_KEY_CHAIN},
        {"critical,CA:FALSE", "critical,digitalSignature,keyCertSign", ARMALO_I_KEY_CHAIN},
        {NULL, "critical,digitalSignature,keyCertSign", ARMALO_I_KEY_CHAIN},
        {"critical,CA:TRUE", "critical,digitalSignature,keyCertSign", ARMALO_I_KEY_CHAIN},
        {"critical,CA:TRUE", "critical,digitalSignature", ARMALO_I_KEY_CHAIN},
        {"critical,CA:TRUE", NULL, ARMALO_I_KEY_CHAIN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        setup();
        leaf_plan.basic = cases[i].basic;
        leaf_plan.usage = cases[i].usage;
        int status = judge_made();
        ck_assert_msg(status == cases[i].status, "case %zu: %d", i, status);
    }
}
END_TEST

/* ---- Weakness ---- */

START_TEST(test_weak) {
    setup();
    root_plan.digest = "SHA1"; /* nobody needs a root's own signature */
    ck_assert_int_eq(judge_made(), ARMALO_I_KEY_OK);
    setup();
    middle_plan.digest = "SHA1";
    ck_assert_int_eq(judge_made(), ARMALO_I_KEY_WEAK);
    setup();
    leaf_plan.digest = "SHA1";
    ck_assert_int_eq(judge_made(), ARMALO_I_KEY_WEAK);
    for (int which = 0; which < 3; which++) {
        EVP_PKEY *keys[3] = {NULL, NULL, NULL};
        setup();
        keys[which] = pkey_make_rsa(1024, 65537);
        make(keys[0], keys[1], keys[2]);
        ck_assert_msg(judge_once() == ARMALO_I_KEY_WEAK, "%d", which);
        drop();
    }
    setup();
    make(NULL, NULL, pkey_make_rsa(2048, 3));
    ck_assert_int_eq(judge(), ARMALO_I_KEY_WEAK);
    drop();
    make(NULL, NULL, EVP_EC_gen("P-521"));
    ck_assert_int_eq(judge(), ARMALO_I_KEY_UNSUPPORTED);
    drop();
    make(NULL, NULL, EVP_EC_gen("secp256k1"));
    ck_assert_int_eq(judge(), ARMALO_I_KEY_UNSUPPORTED);
    drop();
    const uint8_t order4[32] = {0};
    make(NULL, NULL, EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, order4, sizeof order4));
    ck_assert_int_eq(judge(), ARMALO_I_KEY_WEAK);
    drop();
    EVP_PKEY *spelled = p256(); /* RFC 5480 2.1.1 */
    ck_assert_int_eq(EVP_PKEY_set_utf8_string_param(spelled, OSSL_PKEY_PARAM_EC_ENCODING, "explicit"), 1);
    make(NULL, spelled, NULL);
    ck_assert_int_eq(judge(), ARMALO_I_KEY_CHAIN);
    drop();
}
END_TEST

/* ---- When ---- */

#define MS(s) (INT64_C(1000) * INT64_C(s))

START_TEST(test_window) {
    static const struct {
        const char *from[3], *until[3]; /* root, intermediate, leaf */
        int status;
        int64_t not_before_ms, not_after_ms;
    } cases[] = {
        /* the leaf's, the intermediate's, the root's; of each some; none at all */
        {{"200101000000Z", "210101000000Z", "240101000000Z"},
         {"400101000000Z", "390101000000Z", "250101000001Z"},
         ARMALO_I_KEY_OK,
         MS(1704067200),
         MS(1735689601)},
        {{"200101000000Z", "240229120000Z", "240101000000Z"},
         {"400101000000Z", "240301000000Z", "250101000000Z"},
         ARMALO_I_KEY_OK,
         MS(1709208000),
         MS(1709251200)},
        {{"241231235959Z", "210101000000Z", "240101000000Z"},
         {"241231235959Z", "390101000000Z", "250101000000Z"},
         ARMALO_I_KEY_OK,
         MS(1735689599),
         MS(1735689599)},
        {{"200101000000Z", "250101000000Z", "240101000000Z"},
         {"230101000000Z", "390101000000Z", "250101000000Z"},
         ARMALO_I_KEY_OK,
         MS(1735689600),
         MS(1672531200)},
        /* RFC 5280 4.1.2.5: from 2050 on GeneralizedTime; no end is written 9999 */
        {{"200101000000Z", "210101000000Z", "20500101000000Z"},
         {"99991231235959Z", "99991231235959Z", "99991231235959Z"},
         ARMALO_I_KEY_OK,
         MS(2524608000),
         MS(253402300799)},
        {{"700101000000Z", "19700101000000Z", "19700101000000Z"},
         {"491231235959Z", "390101000000Z", "491231235959Z"},
         ARMALO_I_KEY_OK,
         0,
         MS(2177452800)},
        {{"500101000000Z", "210101000000Z", "240101000000Z"}, /* 1950 */
         {"400101000000Z", "390101000000Z", "250101000000Z"},
         ARMALO_I_KEY_BAD,
         0,
         0},
        {{"691231235959Z", "210101000000Z", "240101000000Z"},
         {"400101000000Z", "390101000000Z", "250101000000Z"},
         ARMALO_I_KEY_BAD,
         0,
         0},
        {{"200101000000Z", "19691231235959Z", "240101000000Z"},
         {"400101000000Z", "390101000000Z", "250101000000Z"},
         ARMALO_I_KEY_BAD,
         0,
         0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        setup();
        cert_plan *const plans[] = {&root_plan, &middle_plan, &leaf_plan};
        for (int j = 0; j < 3; j++) {
            plans[j]->from = cases[i].from[j];
            plans[j]->until = cases[i].until[j];
        }
        make(NULL, NULL, NULL);
        int status = judge();
        ck_assert_msg(status == cases[i].status, "case %zu: %d", i, status);
        ck_assert_int_eq(cert.not_before_ms, cases[i].not_before_ms);
        ck_assert_int_eq(cert.not_after_ms, cases[i].not_after_ms);
        armalo_i_cert_end(&cert);
        drop();
    }
}
END_TEST

START_TEST(test_times_malformed) {
    static const char *const times[] = {
        "2401010000Z",
        "240101000000",
        "240101000000+0000",
        "2401010000+00",
        "20240101000000",
        "20240101000000.0Z",
        "202401010000Z",
        "241301000000Z",
        "240001000000Z",
        "240100000000Z",
        "240132000000Z",
        "230229000000Z",
        "240101240000Z",
        "240101006000Z",
        "240101000060Z",
        "2401010000 0Z",
        "-40101000000Z",
        "24010100000aZ",
        "240101000000z",
        "20240101000000z",
        "20230229000000Z",
        "2024010100000000Z",
        "20240101000000Zx",
        "G240101000000Z",
        "U20240101000000Z",
        "G202401010000Z",
        "99991231235960Z",
        "",
        "Z",
    };
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        for (int which = 0; which < 4; which++) {
            setup();
            *(which == 0   ? &leaf_plan.from
              : which == 1 ? &leaf_plan.until
              : which == 2 ? &middle_plan.from
                           : &root_plan.until) = times[i];
            int status = judge_made();
            ck_assert_msg(status == ARMALO_I_KEY_BAD, "%s: %d", times[i], status);
        }
    }
}
END_TEST

/* ---- For what ---- */

START_TEST(test_usages) {
    setup();
    leaf_plan.extended = "codeSigning,serverAuth,1.3.6.1.4.1.57264.1.99,anyExtendedKeyUsage";
    make(NULL, NULL, NULL);
    ck_assert_int_eq(judge(), ARMALO_I_KEY_OK);
    ck_assert_uint_eq(cert.usage_count, 4);
    ck_assert_str_eq(cert.usage[0], "1.3.6.1.5.5.7.3.3");
    ck_assert_str_eq(cert.usage[1], "1.3.6.1.5.5.7.3.1");
    ck_assert_str_eq(cert.usage[2], "1.3.6.1.4.1.57264.1.99");
    ck_assert_str_eq(cert.usage[3], "2.5.29.37.0");
    armalo_i_cert_end(&cert);
    drop();
    leaf_plan.extended = "critical,1.2.3";
    make(NULL, NULL, NULL);
    ck_assert_int_eq(judge(), ARMALO_I_KEY_OK);
    ck_assert_uint_eq(cert.usage_count, 1);
    ck_assert_str_eq(cert.usage[0], "1.2.3");
    armalo_i_cert_end(&cert);
    drop();
}
END_TEST

START_TEST(test_usages_bounds) {
    char list[1024] = "1.2.0";
    for (int i = 1; i < ARMALO_I_CERT_USAGES; i++) snprintf(list + strlen(list), 16, ",1.2.%d", i);
    setup();
    leaf_plan.extended = list;
    make(NULL, NULL, NULL);
    ck_assert_int_eq(judge(), ARMALO_I_KEY_OK);
    ck_assert_uint_eq(cert.usage_count, ARMALO_I_CERT_USAGES);
    ck_assert_str_eq(cert.usage[15], "1.2.15");
    armalo_i_cert_end(&cert);
    drop();
    strcat(list, ",1.2.16");
    ck_assert_int_eq(judge_made(), ARMALO_I_KEY_BAD);
    for (size_t len = ARMALO_I_CERT_USAGE_MAX - 3; len <= ARMALO_I_CERT_USAGE_MAX + 2; len++) {
        strcpy(list, "1.2");
        while (strlen(list) + 2 < len) strcat(list, ".3");
        if (strlen(list) + 1 == len) strcat(list, "3");
        if (strlen(list) != len) continue;
        leaf_plan.extended = list;
        ck_assert_int_eq(judge_made(), len < ARMALO_I_CERT_USAGE_MAX ? ARMALO_I_KEY_OK : ARMALO_I_KEY_BAD);
    }
    /* An empty list, and none: RFC 5280 4.2.1.12 has at least one. */
    setup();
    leaf_plan.more[0][0] = "2.5.29.37";
    leaf_plan.more[0][1] = "DER:3000";
    ck_assert_int_ne(judge_made(), ARMALO_I_KEY_OK);
    leaf_plan.more[0][1] = "DER:0500";
    ck_assert_int_ne(judge_made(), ARMALO_I_KEY_OK);
    leaf_plan.extended = "codeSigning"; /* twice */
    leaf_plan.more[0][1] = "DER:300606042a030405";
    ck_assert_int_ne(judge_made(), ARMALO_I_KEY_OK);
}
END_TEST

/* ---- The texts ---- */

START_TEST(test_texts) {
    setup();
    make(NULL, NULL, NULL);
    const size_t text_len = text.len, roots_len = roots.len;
    ck_assert_int_eq(judge_once(), ARMALO_I_KEY_OK);
    for (int which = 0; which < 2; which++) {
        pkey_text *const of = which == 0 ? &text : &roots;
        const size_t len = which == 0 ? text_len : roots_len;
        present();
        of->len = 0;
        ck_assert_int_eq(judge(), ARMALO_I_KEY_BAD);
        pkey_text_add(of, "\n\n");
        ck_assert_int_eq(judge(), ARMALO_I_KEY_BAD);
        present();
        pkey_text_add(of, "x");
        ck_assert_int_eq(judge(), ARMALO_I_KEY_BAD);
        present();
        pkey_text_block(of, "TRUSTED CERTIFICATE", "x", 1);
        ck_assert_int_eq(judge(), ARMALO_I_KEY_BAD);
        present();
        pkey_text_block(of, "CERTIFICATE", "x", 1);
        ck_assert_int_eq(judge(), ARMALO_I_KEY_BAD);
        present();
        pkey_text_public(of, leaf.pkey);
        ck_assert_int_eq(judge(), ARMALO_I_KEY_BAD);
        for (size_t cut = 1; cut < len; cut += 37) {
            present();
            of->len = len - 1 - cut;
            ck_assert_int_ne(judge_once(), ARMALO_I_KEY_OK);
        }
        present();
        of->len--; /* the last line's end */
        ck_assert_int_eq(judge_once(), ARMALO_I_KEY_OK);
        present();
        of->at[10] = 0;
        ck_assert_int_eq(judge(), ARMALO_I_KEY_BAD);
        unsigned char *der = NULL;
        const int size = i2d_X509(root.x509, &der);
        unsigned char *more = realloc(der, (size_t)size + 1);
        more[size] = 0;
        present();
        pkey_text_block(of, "CERTIFICATE", more, (size_t)size + 1); /* a byte behind the end */
        ck_assert_int_eq(judge(), ARMALO_I_KEY_BAD);
        free(more);
        const char *const labels[] = {"TRUSTED CERTIFICATE", "X509 CERTIFICATE", "CERTIFICATE REQUEST", "certificate"};
        for (size_t i = 0; i < 4; i++) { /* it is one, and is not called one */
            unsigned char *one = NULL;
            const int whole = i2d_X509(root.x509, &one);
            present();
            pkey_text_block(of, labels[i], one, (size_t)whole);
            OPENSSL_free(one);
            ck_assert_int_eq(judge(), ARMALO_I_KEY_BAD);
        }
        present();
        const int there = which == 0 ? 2 : 1;
        for (int i = there; i < ARMALO_I_CERT_TEXT; i++) cert_text(of, &root);
        ck_assert_int_eq(judge_once(), ARMALO_I_KEY_OK);
        cert_text(of, &root);
        ck_assert_int_eq(judge(), ARMALO_I_KEY_TOO_LONG);
    }
    drop();
}
END_TEST

/* A certificate that is root and leaf at once: no chain. (A key that is trusted for itself is given as a key.) */
START_TEST(test_pinned) {
    static const char *const usages[] = {"critical,digitalSignature", NULL, "critical,digitalSignature,keyCertSign"};
    for (int i = 0; i < 4; i++) {
        setup();
        leaf_plan.usage = usages[i % 3];
        if (i == 3) leaf_plan.basic = "critical,CA:TRUE";
        leaf = cert_make(&leaf_plan, p256(), NULL);
        text.len = roots.len = 0;
        cert_text(&text, &leaf);
        cert_text(&roots, &leaf);
        for (int max = 2; max < 4; max++) ck_assert_int_eq(judge_of(ARMALO_I_ALG_PS256, max), ARMALO_I_KEY_CHAIN);
        cert_free(&leaf);
    }
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_loop_test(tc, test_keys, 0, 5);
    tcase_add_test(tc, test_authority_keys);
    tcase_add_test(tc, test_lengths);
    tcase_add_test(tc, test_order);
    tcase_add_test(tc, test_strangers);
    tcase_add_test(tc, test_system_store);
    tcase_add_test(tc, test_wrong_issuer_key);
    tcase_add_test(tc, test_damage);
    tcase_add_test(tc, test_authorities);
    tcase_add_test(tc, test_version1);
    tcase_add_test(tc, test_extensions);
    tcase_add_test(tc, test_leaf_usage);
    tcase_add_test(tc, test_weak);
    tcase_add_test(tc, test_window);
    tcase_add_test(tc, test_times_malformed);
    tcase_add_test(tc, test_usages);
    tcase_add_test(tc, test_usages_bounds);
    tcase_add_test(tc, test_texts);
    tcase_add_test(tc, test_pinned);
}
TEST_MAIN("core_x509", fill, 60)
