/* SPDX-License-Identifier: MIT */
/* Certificates: whose word it is that a key is somebody's, and for how long. */
#include "cert_forge.h"
#include "trust_forge.h"

#define BAD     ARMALO_REASON_TRUST_MALFORMED
#define WEAK    ARMALO_REASON_TRUST_KEY_WEAK
#define FOREIGN ARMALO_REASON_TRUST_KEY_UNSUPPORTED

/* In force from the first of November 2023 to the first of December, a second before which it ends. */
#define NOVEMBER_MS INT64_C(1698796800000)
#define DECEMBER_MS INT64_C(1701388800000)

typedef struct chain {
    cert_plan root_plan, middle_plan, leaf_plan;
    cert_made root, middle, leaf;
    char *given, *roots; /* leaf and middle; root */
} chain;

static char *cert_pem(const cert_made *made) {
    static pkey_text text;
    text.len = 0;
    cert_text(&text, made);
    return forge_text("%s", text.at);
}

static chain chain_plan(void) {
    chain c = {.root_plan = cert_root, .middle_plan = cert_middle, .leaf_plan = cert_leaf};
    c.leaf_plan.from = "231101000000Z";
    c.leaf_plan.until = "231130235959Z";
    return c;
}

/* leaf: the key that it certifies, which stays its owner's. */
static void chain_make(chain *c, EVP_PKEY *leaf) {
    c->root = cert_make(&c->root_plan, EVP_EC_gen("P-256"), NULL);
    c->middle = cert_make(&c->middle_plan, EVP_EC_gen("P-256"), &c->root);
    EVP_PKEY_up_ref(leaf);
    c->leaf = cert_make(&c->leaf_plan, leaf, &c->middle);
    c->given = forge_text("%s%s", cert_pem(&c->leaf), cert_pem(&c->middle));
    c->roots = cert_pem(&c->root);
}
static void chain_free(chain *c) {
    cert_free(&c->root);
    cert_free(&c->middle);
    cert_free(&c->leaf);
}

static armalo_anchor anchor_chain(const char *given, const char *roots) {
    armalo_anchor a = anchor_of(given);
    a.roots = roots;
    a.roots_len = roots == NULL ? 0 : strlen(roots);
    return a;
}
static void refused_chain(const char *given, const char *roots, uint32_t reason) {
    armalo_anchor a = anchor_chain(given, roots);
    refused(&a, 1, reason, 1);
}

START_TEST(test_certificate) {
    open_world();
    static const int kinds[] = {FORGE_CI, FORGE_CI_P256, FORGE_CI_P384, FORGE_CI_RSA};
    static const int algs[] = {EDDSA, ES256, ES384, PS256};
    for (size_t i = 0; i < 4; i++) {
        const forge_signer *s = forge_signer_of(kinds[i]);
        chain c = chain_plan();
        chain_make(&c, s->pkey);
        armalo_anchor a = anchor_chain(c.given, c.roots);
        accepted(&a, 1, 1);
        ck_assert_int_eq(trust->keys[0].key.alg, algs[i]);
        ck_assert_str_eq(trust->keys[0].id, s->thumbprint);
        ck_assert_str_eq(trust->keys[0].owner, "");
        ck_assert_int_eq(trust->keys[0].not_before_ms, NOVEMBER_MS);
        ck_assert_int_eq(trust->keys[0].expires_ms, DECEMBER_MS);
        EXPECT_GRANT(w, verify(kinds[i]));
        ck_assert_int_eq(verify(FORGE_STRANGER), 0);
        a.owner = FORGE_CI_OWNER;
        a.key_id = "leaf-1";
        accepted(&a, 1, 1);
        ck_assert_str_eq(trust->keys[0].id, "leaf-1");
        ck_assert_str_eq(trust->keys[0].owner, FORGE_CI_OWNER);
        if (algs[i] == PS256) {
            a.rs256 = 1;
            accepted(&a, 1, 1);
            ck_assert_int_eq(trust->keys[0].key.alg, RS256);
            EXPECT_GRANT(w, verify_rs256(FORGE_CI_RSA));
        }
        /* CRLF, white space around, other roots besides. */
        a = anchor_chain(forge_text("\n %s\n", forge_replace(c.given, "\n", "\r\n")), c.roots);
        accepted(&a, 1, 1);
        chain_free(&c);
    }
    close_world();
}
END_TEST

START_TEST(test_certificate_roots) {
    open_world();
    chain c = chain_plan(), other = chain_plan();
    chain_make(&c, forge_signer_of(FORGE_CI)->pkey);
    chain_make(&other, forge_signer_of(FORGE_CI_2)->pkey); /* of the same names */
    char *leaf = cert_pem(&c.leaf), *middle = cert_pem(&c.middle);
    /* Without roots. */
    refused_chain(c.given, NULL, ARMALO_REASON_TRUST_ROOTS_MISSING);
    refused_chain(leaf, NULL, ARMALO_REASON_TRUST_ROOTS_MISSING);
    refused_chain(c.roots, NULL, ARMALO_REASON_TRUST_ROOTS_MISSING);
    refused_chain(forge_text("%s%s", c.given, c.roots), NULL, ARMALO_REASON_TRUST_ROOTS_MISSING);
    /* A stranger's, and a stranger who brings a root. */
    refused_chain(other.given, c.roots, ARMALO_REASON_TRUST_CHAIN_INVALID);
    refused_chain(forge_text("%s%s", other.given, other.roots), c.roots, ARMALO_REASON_TRUST_CHAIN_INVALID);
    refused_chain(c.given, other.roots, ARMALO_REASON_TRUST_CHAIN_INVALID);
    refused_chain(forge_text("%s%s", leaf, cert_pem(&other.middle)), c.roots, ARMALO_REASON_TRUST_CHAIN_INVALID);
    /* A link is missing; a link is no root. */
    refused_chain(leaf, c.roots, ARMALO_REASON_TRUST_CHAIN_INVALID);
    refused_chain(leaf, middle, ARMALO_REASON_TRUST_CHAIN_INVALID);
    refused_chain(c.given, leaf, ARMALO_REASON_TRUST_CHAIN_INVALID);
    /* Roots for what is no certificate. */
    refused_chain(forge_signer_of(FORGE_CI)->public_pem, c.roots, BAD);
    refused_chain(jwks(jwk(FORGE_CI, "")), c.roots, BAD);
    refused_chain(did_of(FORGE_CI), c.roots, BAD);
    armalo_anchor a = anchor_raw(forge_signer_of(FORGE_CI)->raw);
    a.roots = c.roots;
    a.roots_len = strlen(c.roots);
    refused(&a, 1, BAD, 1);
    /* Roots that are none. */
    refused_chain(c.given, " ", BAD);
    refused_chain(c.given, "x", BAD);
    refused_chain(c.given, forge_signer_of(FORGE_CI)->public_pem, BAD);
    refused_chain(c.given, forge_text("%sx", c.roots), BAD);
    refused_chain(c.given, forge_text("x%s", c.roots), BAD);
    /* Text around the certificates, and keys among them. */
    refused_chain(forge_text("x\n%s", c.given), c.roots, BAD);
    refused_chain(forge_text("%sx\n", c.given), c.roots, BAD);
    refused_chain(forge_text("%s%s", c.given, forge_signer_of(FORGE_CI)->private_pem), c.roots, BAD);
    refused_chain(forge_text("%s%s", c.given, forge_signer_of(FORGE_CI)->public_pem), c.roots, BAD);
    refused_chain(forge_replace(c.given, "CERTIFICATE", "TRUSTED CERTIFICATE"), c.roots, BAD);
    /* One of several roots will do, and the order of the links does not matter. */
    a = anchor_chain(c.given, forge_text("%s%s", other.roots, c.roots));
    accepted(&a, 1, 1);
    a = anchor_chain(forge_text("%s%s%s", leaf, cert_pem(&other.middle), middle), c.roots);
    accepted(&a, 1, 1);
    EXPECT_GRANT(w, verify(FORGE_CI));
    EXPECT_DENY_CALL(w, verify(FORGE_CI_2), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    chain_free(&c);
    chain_free(&other);
    close_world();
}
END_TEST

/* One defect in one of the three. */
START_TEST(test_certificate_defects) {
    open_world();
    EVP_PKEY *weak = pkey_make_rsa(1024, 65537), *foreign = EVP_EC_gen("P-521"),
             *edwards = pkey_make(ARMALO_I_ALG_EDDSA);
    for (int defect = 0; defect < 12; defect++) {
        uint32_t reason = ARMALO_REASON_TRUST_CHAIN_INVALID;
        EVP_PKEY *key = edwards;
        chain c = chain_plan();
        switch (defect) {
        case 0: /* none */
            reason = ARMALO_REASON_GRANTED;
            break;
        case 1:
            c.leaf_plan.basic = "critical,CA:TRUE";
            break;
        case 2:
            c.leaf_plan.usage = "critical,keyEncipherment";
            break;
        case 3:
            c.leaf_plan.usage = "critical,digitalSignature,keyCertSign";
            break;
        case 4:
            c.middle_plan.basic = "critical,CA:FALSE";
            break;
        case 5:
            c.middle_plan.usage = "critical,digitalSignature";
            break;
        case 6:
            c.root_plan.basic = "critical,CA:TRUE,pathlen:0";
            break;
        case 7:
            c.leaf_plan.more[0][0] = "1.2.3.4.5";
            c.leaf_plan.more[0][1] = "critical,ASN1:NULL";
            break;
        case 8:
            c.middle_plan.more[0][0] = "nameConstraints";
            c.middle_plan.more[0][1] = "critical,permitted;email:ci.example";
            c.leaf_plan.more[0][0] = "subjectAltName";
            c.leaf_plan.more[0][1] = "email:build@other.example";
            break;
        case 9:
            c.leaf_plan.digest = "SHA1";
            reason = WEAK;
            break;
        case 10:
            key = weak;
            reason = WEAK;
            break;
        default:
            key = foreign;
            reason = FOREIGN;
        }
        chain_make(&c, key);
        armalo_anchor a = anchor_chain(c.given, c.roots);
        if (reason == ARMALO_REASON_GRANTED)
            accepted(&a, 1, 1);
        else
            refused(&a, 1, reason, 1);
        chain_free(&c);
    }
    EVP_PKEY_free(weak);
    EVP_PKEY_free(foreign);
    EVP_PKEY_free(edwards);
    close_world();
}
END_TEST

START_TEST(test_certificate_length) {
    open_world();
    cert_made link[ARMALO_TRUST_MAX_CHAIN + 1];
    for (size_t count = ARMALO_TRUST_MAX_CHAIN; count <= ARMALO_TRUST_MAX_CHAIN + 1; count++) {
        chain plan = chain_plan();
        char *given = forge_text("%s", "");
        for (size_t i = 0; i < count; i++) { /* from the root to the leaf */
            cert_plan p = i == 0 ? plan.root_plan : i + 1 == count ? plan.leaf_plan : plan.middle_plan;
            p.name = i + 1 == count ? "leaf" : forge_text("authority %zu", i);
            EVP_PKEY *key = i + 1 == count ? forge_signer_of(FORGE_CI)->pkey : EVP_EC_gen("P-256");
            if (i + 1 == count) EVP_PKEY_up_ref(key);
            link[i] = cert_make(&p, key, i == 0 ? NULL : &link[i - 1]);
            if (i > 0) given = forge_text("%s%s", cert_pem(&link[i]), given);
        }
        armalo_anchor a = anchor_chain(given, cert_pem(&link[0]));
        if (count <= ARMALO_TRUST_MAX_CHAIN)
            accepted(&a, 1, 1);
        else
            refused(&a, 1, ARMALO_REASON_TRUST_TOO_MANY, 1);
        for (size_t i = 0; i < count; i++) cert_free(&link[i]);
    }
    /* More certificates than anybody needs, of whatever they are. */
    chain c = chain_plan();
    chain_make(&c, forge_signer_of(FORGE_CI)->pkey);
    char *given = c.given;
    for (size_t i = 0; i < 16; i++) given = forge_text("%s%s", given, cert_pem(&c.middle));
    refused_chain(given, c.roots, ARMALO_REASON_TRUST_TOO_MANY);
    chain_free(&c);
    close_world();
}
END_TEST

/* A chain that has ended, or has not begun, is taken: whether it counts is judged when something is verified. */
START_TEST(test_certificate_validity) {
    open_world();
    for (int narrow = 0; narrow < 4; narrow++) {
        chain c = chain_plan();
        /* The leaf is in force for longer than one of the others. */
        if (narrow > 0) c.leaf_plan.from = "220101000000Z";
        if (narrow > 0) c.leaf_plan.until = "20380101000000Z";
        if (narrow == 1) c.middle_plan.from = "231101000000Z";
        if (narrow == 1) c.middle_plan.until = "20231130235959Z";
        if (narrow == 2) c.root_plan.from = "231101000000Z";
        if (narrow == 2) c.root_plan.until = "231130235959Z";
        chain_make(&c, forge_signer_of(FORGE_CI)->pkey);
        armalo_anchor a = anchor_chain(c.given, c.roots);
        if (narrow == 3) {
            a.not_before_ms = NOVEMBER_MS;
            a.expires_ms = DECEMBER_MS;
        }
        accepted(&a, 1, 1);
        static const struct {
            int64_t now_ms;
            uint32_t reason;
        } rows[] = {{NOVEMBER_MS - 1, ARMALO_REASON_ATTEST_KEY_NOT_YET_VALID},
                    {NOVEMBER_MS, ARMALO_REASON_GRANTED},
                    {DECEMBER_MS - 1, ARMALO_REASON_GRANTED}, /* 23:59:59 belongs to it */
                    {DECEMBER_MS, ARMALO_REASON_ATTEST_KEY_EXPIRED},
                    {1, ARMALO_REASON_ATTEST_KEY_NOT_YET_VALID},
                    {INT64_C(4000000000000), ARMALO_REASON_ATTEST_KEY_EXPIRED}};
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            w->now_ms = rows[i].now_ms;
            if (rows[i].reason == ARMALO_REASON_GRANTED)
                EXPECT_GRANT(w, verify(FORGE_CI));
            else
                EXPECT_DENY_CALL(w, verify(FORGE_CI), rows[i].reason);
        }
        chain_free(&c);
    }
    close_world();
}
END_TEST

/* Extended key usages that the policy asks for. */
START_TEST(test_certificate_usages) {
    open_world();
    static const struct {
        const char *extended; /* of the leaf */
        const char *wanted;
        int good;
    } rows[] = {
        {"codeSigning", "\"1.3.6.1.5.5.7.3.3\"", 1},
        {"codeSigning,1.2.3.4", "\"1.2.3.4\"", 1},
        {"codeSigning,1.2.3.4", "\"1.2.3.4\",\"1.3.6.1.5.5.7.3.3\"", 1},
        {"codeSigning", "\"1.2.3.4\",\"1.3.6.1.5.5.7.3.3\"", 0},
        {"codeSigning", "\"1.3.6.1.5.5.7.3.3\",\"1.2.3.4\"", 0},
        {"codeSigning", "\"1.3.6.1.5.5.7.3.4\"", 0},
        {"codeSigning", "\"1.3.6.1.5.5.7.3\"", 0},
        {"codeSigning", "\"1.3.6.1.5.5.7.3.30\"", 0},
        {"codeSigning", "\"codeSigning\"", 0},
        {"anyExtendedKeyUsage", "\"1.3.6.1.5.5.7.3.3\"", 0}, /* any is none that was asked for */
        {"anyExtendedKeyUsage", "\"2.5.29.37.0\"", 1},
        {"clientAuth", "\"1.3.6.1.5.5.7.3.3\"", 0},
        {NULL, "\"1.3.6.1.5.5.7.3.3\"", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        chain c = chain_plan();
        c.leaf_plan.extended = rows[i].extended;
        chain_make(&c, forge_signer_of(FORGE_CI)->pkey);
        armalo_anchor two[] = {anchor_chain(c.given, c.roots), anchor_of(forge_signer_of(FORGE_CI_2)->public_pem)};
        accepted(two, 2, 2);
        set_policy("\"issuers\":,\"any_signer\":true,\"any_subject\":true");
        EXPECT_GRANT(w, verify(FORGE_CI));
        set_policy(forge_text("\"issuers\":,\"any_signer\":true,\"any_subject\":true,\"usages\":[%s]", rows[i].wanted));
        if (rows[i].good)
            EXPECT_GRANT(w, verify(FORGE_CI));
        else
            EXPECT_DENY_CALL(w, verify(FORGE_CI), ARMALO_REASON_ATTEST_KEY_USAGE);
        /* A key without a certificate has no usages. */
        EXPECT_DENY_CALL(w, verify(FORGE_CI_2), ARMALO_REASON_ATTEST_KEY_USAGE);
        EXPECT_DENY_CALL(w, verify(FORGE_STRANGER), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
        chain_free(&c);
    }
    close_world();
}
END_TEST

/* The key of a certificate is a key like others. */
START_TEST(test_certificate_duplicate) {
    open_world();
    chain c = chain_plan();
    chain_make(&c, forge_signer_of(FORGE_CI)->pkey);
    armalo_anchor two[] = {anchor_chain(c.given, c.roots), anchor_of(forge_signer_of(FORGE_CI)->public_pem)};
    refused(two, 2, ARMALO_REASON_TRUST_KEY_DUPLICATE, 2);
    armalo_anchor turned[] = {two[1], two[0]};
    refused(turned, 2, ARMALO_REASON_TRUST_KEY_DUPLICATE, 2);
    two[1] = two[0];
    refused(two, 2, ARMALO_REASON_TRUST_KEY_DUPLICATE, 2);
    chain_free(&c);
    close_world();
}
END_TEST

static void fill(TCase *tc) {
    for (int i = 0; i < FORGE_EXTRA; i++) (void)forge_signer_of(i);
    tcase_add_test(tc, test_certificate);
    tcase_add_test(tc, test_certificate_roots);
    tcase_add_test(tc, test_certificate_defects);
    tcase_add_test(tc, test_certificate_length);
    tcase_add_test(tc, test_certificate_validity);
    tcase_add_test(tc, test_certificate_usages);
    tcase_add_test(tc, test_certificate_duplicate);
}

TEST_MAIN("attest_trust_chain", fill, 60)
