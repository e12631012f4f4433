/* SPDX-License-Identifier: MIT */
/* k of n: what counts is keys that signed, each once, whatever the envelope says of them. */
#include "attest_forge.h"

static forge_court c;
static forge_dsse f;
static forge_anchors anchors;

#define KEYS  8 /* of the panel */
#define PANEL "https://panel.example"

static int verify(void) { return forge_court_judge(&c, forge_dsse_text(&f), forge_subject()); }

static void threshold(unsigned k) {
    forge_court_policy(&c, forge_text("\"issuers\":[\"" PANEL "\"],\"threshold\":%u", k));
}

/* Extra key number n. */
static const forge_signer *member(int n) { return forge_signer_of(FORGE_EXTRA + n); }

static void open_court(unsigned k) {
    forge_court_open(&c, "");
    anchors.count = 0;
    for (int i = 0; i < KEYS; i++) forge_anchor(&anchors, member(i), PANEL);
    forge_anchor(&anchors, forge_signer_of(FORGE_OTHER), FORGE_OTHER_OWNER);
    forge_court_trust(&c, &anchors);
    threshold(k);
    forge_dsse_init(&f);
    f.count = 0;
}

/* A grant by that many keys. */
static void expect_signers(uint32_t count) {
    armalo_attest_request request = forge_request(forge_dsse_text(&f), forge_subject());
    armalo_attested *attested = NULL;
    armalo_attested_facts facts;
    EXPECT_GRANT(c.w, forge_verify(c.w, c.policy, c.trust, &request, &attested));
    armalo_attested_facts_get(attested, 0, &facts);
    ck_assert_uint_eq(facts.signer_count, count);
    ck_assert_ptr_nonnull(strstr(forge_last(c.w), forge_text("\"key_count\":%u", (unsigned)count)));
    armalo_attested_free(attested);
}

/* Every subset of five keys against every threshold. */
START_TEST(test_every_subset) {
    for (unsigned k = 1; k <= 5; k++) {
        open_court(k);
        for (unsigned set = 0; set < 32; set++) {
            unsigned size = 0;
            f.count = 0;
            for (int i = 4; i >= 0; i--) {
                if ((set >> i & 1) == 0) continue;
                forge_dsse_sign(&f, member(i));
                size++;
            }
            if (size >= k)
                expect_signers(size);
            else
                EXPECT_DENY_CALL(c.w, verify(),
                                 size == 0 ? ARMALO_REASON_ATTEST_SIGNATURE_MISSING : ARMALO_REASON_ATTEST_THRESHOLD);
        }
        forge_court_close(&c);
    }
}
END_TEST

/* The facts are those of the first key that counts, and the event names them all. */
START_TEST(test_who_signed) {
    open_court(2);
    static const int order[] = {3, 1, 2};
    forge_dsse_sign(&f, forge_signer_of(FORGE_STRANGER));
    for (size_t i = 0; i < 3; i++) forge_dsse_sign(&f, member(order[i]));
    armalo_attest_request request = forge_request(forge_dsse_text(&f), forge_subject());
    armalo_attested *attested = NULL;
    armalo_attested_facts facts;
    EXPECT_GRANT(c.w, forge_verify(c.w, c.policy, c.trust, &request, &attested));
    armalo_attested_facts_get(attested, 0, &facts);
    ck_assert_str_eq(facts.key_id, "extra-3");
    ck_assert_str_eq(facts.owner, PANEL);
    ck_assert_uint_eq(facts.signer_count, 3);
    ck_assert_ptr_nonnull(
        strstr(forge_last(c.w), forge_text("\"keys\":[\"%s\",\"%s\",\"%s\"],\"key_count\":3", member(3)->thumbprint,
                                           member(1)->thumbprint, member(2)->thumbprint)));
    ck_assert_str_eq(c.w->why.principal, PANEL);
    armalo_attested_free(attested);
    /* Of many keys the event names the first eight, and says how many there were. */
    f.count = 0;
    anchors.count = 0;
    for (int i = 0; i < 64; i++) {
        forge_anchor(&anchors, member(i), PANEL);
        forge_dsse_sign(&f, member(i));
    }
    forge_court_trust(&c, &anchors);
    threshold(64);
    expect_signers(64);
    ck_assert_ptr_nonnull(strstr(forge_last(c.w), member(7)->thumbprint));
    ck_assert_ptr_null(strstr(forge_last(c.w), member(8)->thumbprint));
    f.count = 63;
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_THRESHOLD);
    forge_court_close(&c);
}
END_TEST

/* The principal is the owner, where it fits and there is one; else the key's thumbprint. */
START_TEST(test_principal) {
    char owner[256];
    open_court(1);
    forge_court_policy(&c, "\"issuers\":,\"any_signer\":true");
    forge_dsse_sign(&f, member(0));
    static const size_t lens[] = {1, 62, 63, 64, 255};
    for (size_t i = 0; i < 5; i++) {
        memset(owner, 'o', sizeof owner);
        owner[lens[i]] = 0;
        anchors.count = 0;
        forge_anchor(&anchors, member(0), owner);
        forge_court_trust(&c, &anchors);
        EXPECT_GRANT(c.w, verify());
        ck_assert_str_eq(c.w->why.principal, lens[i] < 64 ? owner : member(0)->thumbprint);
    }
    anchors.count = 0;
    forge_anchor(&anchors, member(0), NULL);
    forge_court_trust(&c, &anchors);
    EXPECT_GRANT(c.w, verify());
    ck_assert_str_eq(c.w->why.principal, member(0)->thumbprint);
    forge_court_close(&c);
}
END_TEST

/* The same key twice is one key: under its id, its thumbprint, another text or none, once or many times, with the same
 * signature or another one. */
START_TEST(test_one_key_twice) {
    open_court(2);
    char *thumbprint = forge_quote(member(0)->thumbprint);
    const char *const keyids[] = {"\"extra-0\"", thumbprint, "\"another\"", "\"\"", NULL};
    for (size_t i = 0; i < 5; i++) {
        for (size_t k = 0; k < 5; k++) {
            f.count = 0;
            forge_dsse_sign(&f, member(0))->keyid = keyids[i];
            forge_dsse_sign(&f, member(0))->keyid = keyids[k];
            EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_THRESHOLD);
        }
    }
    f.count = 0;
    for (int i = 0; i < 20; i++) forge_dsse_sign(&f, member(0));
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_THRESHOLD);
    threshold(1);
    expect_signers(1);
    forge_dsse_sign(&f, member(1));
    threshold(2);
    expect_signers(2);
    threshold(3);
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_THRESHOLD);
    /* Signatures by ECDSA and by RSA with PSS differ each time they are made. */
    static const int kinds[] = {FORGE_CI_P256, FORGE_CI_P384, FORGE_CI_RSA};
    armalo_trust_free(c.trust);
    c.trust = forge_default_trust(c.w);
    forge_court_policy(&c, "\"threshold\":2");
    for (size_t i = 0; i < 3; i++) {
        f.count = 0;
        for (int k = 0; k < 3; k++) forge_dsse_sign(&f, forge_signer_of(kinds[i]));
        f.signature[1].keyid = NULL;
        f.signature[2].keyid = "\"another\"";
        EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_THRESHOLD);
    }
    forge_court_close(&c);
}
END_TEST

/* One key under two ids, two owners or in two forms is refused when the trust is made. */
START_TEST(test_one_key_under_two_names) {
    open_court(2);
    char *jwks = forge_text("{\"keys\":[%s]}", member(0)->jwk);
    for (int how = 0; how < 4; how++) {
        anchors.count = 0;
        forge_anchor(&anchors, member(0), PANEL);
        forge_anchor(&anchors, member(1), PANEL);
        armalo_anchor *again = forge_anchor(&anchors, member(0), how == 1 ? FORGE_OTHER_OWNER : PANEL);
        if (how == 0) again->key_id = "second";
        if (how == 2) {
            again->data = jwks;
            again->len = strlen(jwks);
        }
        if (how == 3) {
            again->form = ARMALO_ANCHOR_ED25519;
            again->data = member(0)->raw;
            again->len = 32;
            again->key_id = "third";
        }
        EXPECT_REFUSE(c.w, armalo_trust_new(c.w->host, anchors.anchor, anchors.count, &c.w->why) != NULL,
                      ARMALO_REASON_TRUST_KEY_DUPLICATE);
        ck_assert_str_eq(c.w->why.detail, "anchor 3");
    }
    /* Two keys under one id are two keys. */
    anchors.count = 0;
    forge_anchor(&anchors, member(0), PANEL)->key_id = "same";
    forge_anchor(&anchors, member(1), PANEL)->key_id = "same";
    forge_court_trust(&c, &anchors);
    forge_dsse_sign(&f, member(0))->keyid = "\"same\"";
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_THRESHOLD);
    forge_dsse_sign(&f, member(1))->keyid = "\"same\"";
    expect_signers(2);
    forge_court_close(&c);
}
END_TEST

/* Who is not permitted counts for nothing. */
START_TEST(test_strangers_among_them) {
    open_court(2);
    forge_dsse_sign(&f, member(0));
    forge_dsse_sign(&f, forge_signer_of(FORGE_STRANGER));
    forge_dsse_sign(&f, forge_signer_of(FORGE_OTHER)); /* trusted, but not for this policy */
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_THRESHOLD);
    forge_dsse_sign(&f, member(1));
    expect_signers(2);
    f.signature[3].sig = "\"AAAA\"";
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_THRESHOLD);
    /* A stranger's signature under the id of one who has not signed. */
    f.signature[3].sig = NULL;
    f.signature[3].signer = forge_signer_of(FORGE_STRANGER);
    f.signature[3].keyid = "\"extra-1\"";
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_THRESHOLD);
    /* A copy of a good signature under the id of one who has not signed. */
    f.signature[3].signer = member(0);
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_THRESHOLD);
    forge_court_policy(&c, "\"issuers\":[\"" PANEL "\",\"" FORGE_OTHER_OWNER "\"],\"threshold\":2");
    expect_signers(2);
    forge_court_close(&c);
}
END_TEST

/* A key outside its window, or fetched too long ago, does not count; alone, it is the reason. */
START_TEST(test_keys_outside_their_window) {
    const int64_t now = FORGE_NOW_S * 1000;
    static const uint32_t reasons[] = {ARMALO_REASON_ATTEST_KEY_EXPIRED, ARMALO_REASON_ATTEST_KEY_NOT_YET_VALID,
                                       ARMALO_REASON_TRUST_STALE};
    for (int how = 0; how < 3; how++) {
        for (int by = 0; by < 2; by++) { /* the last millisecond inside, the first outside */
            open_court(2);
            armalo_anchor *a = &anchors.anchor[0];
            if (how == 0) a->expires_ms = now + 1 - by;
            if (how == 1) a->not_before_ms = now + by;
            if (how == 2) {
                a->pinned = 0;
                a->fetched_ms = now - 5000;
                a->max_age_ms = 5001 - by;
            }
            forge_court_trust(&c, &anchors);
            forge_dsse_sign(&f, member(0));
            threshold(1);
            if (by == 0)
                expect_signers(1);
            else
                EXPECT_DENY_CALL(c.w, verify(), reasons[how]);
            forge_dsse_sign(&f, member(1));
            expect_signers(by == 0 ? 2 : 1);
            threshold(2);
            if (by == 0)
                expect_signers(2);
            else
                EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_THRESHOLD);
            forge_dsse_sign(&f, member(2));
            expect_signers(by == 0 ? 3 : 2);
            forge_court_close(&c);
        }
    }
}
END_TEST

/* Nor may a key have signed what says that it was made before the key counted. */
START_TEST(test_made_before_the_key) {
    const int64_t made = (FORGE_NOW_S - 60) * 1000; /* what built_at says */
    for (int after = 0; after < 2; after++) {
        open_court(1);
        anchors.anchor[0].not_before_ms = made + after;
        forge_court_trust(&c, &anchors);
        forge_court_policy(&c, "\"issuers\":[\"" PANEL "\"],\"issued_at\":\"/predicate/built_at\"");
        forge_dsse_sign(&f, member(0));
        if (after)
            EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_KEY_NOT_YET_VALID);
        else
            expect_signers(1);
        threshold(1); /* where nobody asks when it was made, nobody knows */
        expect_signers(1);
        forge_court_close(&c);
    }
}
END_TEST

/* How many times a signature may be tried against a key is bounded, whatever the numbers of both. */
START_TEST(test_attempts) {
    open_court(1);
    anchors.count = 0;
    for (int i = 0; i < 64; i++) forge_anchor(&anchors, member(i), PANEL);
    forge_court_trust(&c, &anchors);
    /* Four strangers without a hint are tried against all 64 keys: 256 attempts, and there is no room for another
     * one. */
    for (int i = 0; i < 4; i++) forge_dsse_sign(&f, member(100 + i))->keyid = NULL;
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    /* Without a hint neither has a good one after them. */
    forge_dsse_sign(&f, member(63))->keyid = NULL;
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNATURES_MANY);
    /* One that names its key is tried first, wherever it stands, and its key not again: 1 + 4 * 63. */
    f.signature[4].keyid = forge_quote(member(63)->id);
    expect_signers(1);
    for (int i = 0; i < 3; i++) forge_dsse_sign(&f, member(i)); /* 4 + 4 * 60 = 244 */
    expect_signers(4);
    forge_dsse_sign(&f, member(104))->keyid = NULL; /* 4 + 5 * 60 */
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNATURES_MANY);
    /* A hint that names a key costs one attempt, however many keys there are, where it is right. */
    f.count = 0;
    for (int i = 0; i < 64; i++) forge_dsse_sign(&f, member(i))->keyid = forge_quote(member(i)->id);
    expect_signers(64);
    /* Where it is wrong, the others are tried after it. */
    f.count = 0;
    for (int i = 0; i < 4; i++) forge_dsse_sign(&f, member(200 + i))->keyid = forge_quote(member(i)->id);
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    forge_dsse_sign(&f, member(204))->keyid = forge_quote(member(4)->id);
    EXPECT_DENY_CALL(c.w, verify(), ARMALO_REASON_ATTEST_SIGNATURES_MANY);
    /* Hints that are crossed find their keys all the same. */
    f.count = 0;
    for (int i = 0; i < 4; i++) forge_dsse_sign(&f, member(i))->keyid = forge_quote(member(3 - i)->id);
    expect_signers(4);
    forge_court_close(&c);
}
END_TEST

static void fill(TCase *tc) {
    forge_keys_ready();
    tcase_add_test(tc, test_every_subset);
    tcase_add_test(tc, test_who_signed);
    tcase_add_test(tc, test_principal);
    tcase_add_test(tc, test_one_key_twice);
    tcase_add_test(tc, test_one_key_under_two_names);
    tcase_add_test(tc, test_strangers_among_them);
    tcase_add_test(tc, test_keys_outside_their_window);
    tcase_add_test(tc, test_made_before_the_key);
    tcase_add_test(tc, test_attempts);
}

TEST_MAIN("attest_threshold", fill, 60)
