/* SPDX-License-Identifier: MIT */
/* Anchors: what they must say, whose their keys are and what they are called, how many there may be and for how long
 * they count. */
#include "trust_forge.h"
#include "vectors/attest/rfc7515.h"

#define BAD ARMALO_REASON_TRUST_MALFORMED

START_TEST(test_raw) {
    open_world();
    const forge_signer *s = forge_signer_of(FORGE_CI);
    armalo_anchor a = anchor_raw(s->raw);
    accepted(&a, 1, 1);
    ck_assert_int_eq(trust->keys[0].key.alg, EDDSA);
    ck_assert_str_eq(trust->keys[0].id, s->thumbprint);
    ck_assert_str_eq(trust->keys[0].owner, "");
    EXPECT_GRANT(w, verify(FORGE_CI));
    EXPECT_DENY_CALL(w, verify(FORGE_STRANGER), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    uint8_t longer[33] = {0};
    memcpy(longer, s->raw, 32);
    for (size_t len = 1; len <= 33; len++) {
        a = anchor_raw(longer);
        a.len = len;
        if (len != 32) refused(&a, 1, BAD, 1);
    }
    /* What is text elsewhere is none here, and the other way round. */
    a = anchor_of(jwks(jwk(FORGE_CI, "")));
    a.form = ARMALO_ANCHOR_ED25519;
    refused(&a, 1, BAD, 1);
    a = anchor_bytes(s->raw, 32);
    refused(&a, 1, BAD, 1);
    close_world();
}
END_TEST

START_TEST(test_anchor_members) {
    open_world();
    char *text = jwks(jwk(FORGE_CI, ""));
    armalo_anchor good = anchor_of(text), a = good;
    accepted(&good, 1, 1);
    static const int32_t forms[] = {0, 3, -1, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < 5; i++) {
        a = good;
        a.form = forms[i];
        refused(&a, 1, BAD, 1);
    }
    static const int32_t flags[] = {2, -1, INT32_MAX};
    for (size_t i = 0; i < 3; i++) {
        a = good;
        a.rs256 = flags[i];
        refused(&a, 1, BAD, 1);
    }
    a = good;
    a.reserved = 1;
    refused(&a, 1, BAD, 1);
    a = good;
    a.data = NULL;
    refused(&a, 1, BAD, 1);
    a.len = 0;
    refused(&a, 1, BAD, 1);
    a = good;
    a.len = 0;
    refused(&a, 1, BAD, 1);
    a = good;
    a.roots = "x";
    EXPECT_REFUSE(w, (trust = armalo_trust_new(w->host, &a, 1, &w->why)) != NULL, BAD);
    a = good;
    a.roots_len = 1;
    EXPECT_REFUSE(w, (trust = armalo_trust_new(w->host, &a, 1, &w->why)) != NULL, BAD);
    static const size_t sizes[] = {0, 1, sizeof a - 1, sizeof a + 1, SIZE_MAX};
    for (size_t i = 0; i < 5; i++) {
        a = good;
        a.struct_size = sizes[i];
        refused(&a, 1, ARMALO_REASON_INVALID_ARGUMENT, 1);
    }
    /* Times: 0, or from March 1973 (before that they are seconds by mistake) to the end of 9999. An age may be less. */
    static const int64_t times[] = {-1, INT64_MIN,   INT64_C(253402300800000), INT64_MAX,
                                    1,  FORGE_NOW_S, INT64_C(99999999999)};
    for (size_t i = 0; i < 7; i++) {
        for (int member = 0; member < (i < 4 ? 4 : 3); member++) {
            a = good;
            if (member >= 2) a.pinned = 0;
            if (member >= 2) a.fetched_ms = a.max_age_ms = FORGE_NOW_S * 1000;
            *(member == 0   ? &a.not_before_ms
              : member == 1 ? &a.expires_ms
              : member == 2 ? &a.fetched_ms
                            : &a.max_age_ms) = times[i];
            refused(&a, 1, BAD, 1);
        }
    }
    a = good;
    a.not_before_ms = a.expires_ms = INT64_C(100000000000);
    accepted(&a, 1, 1);
    a.not_before_ms = a.expires_ms = INT64_C(253402300799999);
    accepted(&a, 1, 1);
    a.pinned = 0;
    a.fetched_ms = a.max_age_ms = INT64_C(253402300799999);
    accepted(&a, 1, 1);
    close_world();
}
END_TEST

START_TEST(test_anchor_arguments) {
    open_world();
    armalo_anchor a = anchor_raw(forge_signer_of(FORGE_CI)->raw);
    EXPECT_REFUSE(w, armalo_trust_new(NULL, &a, 1, &w->why) != NULL, ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_trust_new(w->host, NULL, 1, &w->why) != NULL, ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_trust_new(w->host, &a, 0, &w->why) != NULL, ARMALO_REASON_INVALID_ARGUMENT);
    EXPECT_REFUSE(w, armalo_trust_new(w->host, NULL, 0, &w->why) != NULL, ARMALO_REASON_INVALID_ARGUMENT);
    ck_assert_ptr_null(armalo_trust_new(NULL, NULL, 0, NULL));
    a.len = 31;
    ck_assert_ptr_null(armalo_trust_new(w->host, &a, 1, NULL));
    a.len = 32;
    trust = armalo_trust_new(w->host, &a, 1, NULL);
    ck_assert_ptr_nonnull(trust);
    armalo_trust_free(NULL);
    close_world();
}
END_TEST

/* 1 to 255 bytes of visible ASCII. */
START_TEST(test_anchor_names) {
    open_world();
    char longest[257];
    memset(longest, 'x', 256);
    longest[256] = 0;
    const char *bad[] = {"", " ", "a b", "a\n", "\t", "\x7f", "\xC3\xA4", "a\x1f", longest};
    armalo_anchor a = anchor_raw(forge_signer_of(FORGE_CI)->raw);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        a.owner = bad[i];
        refused(&a, 1, BAD, 1);
        a.owner = NULL;
        a.key_id = bad[i];
        refused(&a, 1, BAD, 1);
        a.key_id = NULL;
    }
    longest[255] = 0;
    a.owner = longest;
    a.key_id = longest;
    accepted(&a, 1, 1);
    ck_assert_str_eq(trust->keys[0].owner, longest);
    ck_assert_str_eq(trust->keys[0].id, longest);
    a.owner = "!";
    a.key_id = "~";
    accepted(&a, 1, 1);
    ck_assert_str_eq(trust->keys[0].owner, "!");
    ck_assert_str_eq(trust->keys[0].id, "~");
    close_world();
}
END_TEST

/* Whose key it is, and what it is called, in each form. */
START_TEST(test_owners_and_ids) {
    open_world();
    const forge_signer *s = forge_signer_of(FORGE_CI);
    char *did = did_of(FORGE_CI);
    const armalo_anchor forms[] = {anchor_of(jwks(jwk(FORGE_CI, ""))),
                                   anchor_of(jwks(jwk(FORGE_CI, "\"kid\":\"kid-1\""))), anchor_of(s->public_pem),
                                   anchor_of(did), anchor_raw(s->raw)};
    const char *ids[] = {s->thumbprint, "kid-1", s->thumbprint, did + strlen("did:key:"), s->thumbprint};
    for (size_t i = 0; i < 5; i++) {
        for (int given = 0; given < 4; given++) {
            armalo_anchor a = forms[i];
            if (given & 1) a.owner = FORGE_CI_OWNER;
            if (given & 2) a.key_id = "my-key";
            accepted(&a, 1, 1);
            ck_assert_str_eq(trust->keys[0].owner, given & 1 ? FORGE_CI_OWNER : i == 3 ? did : "");
            ck_assert_str_eq(trust->keys[0].id, given & 2 ? "my-key" : ids[i]);
            ck_assert_str_eq(trust->keys[0].thumbprint, s->thumbprint);
            /* A policy takes keys by either name; but what a JWK calls itself names it only among those of an owner. */
            const char *id = given & 2 ? "my-key" : ids[i];
            set_policy(forge_text("\"issuers\":,\"any_subject\":true,\"keys\":[\"%s\"]", id));
            if (strcmp(id, "kid-1") == 0)
                EXPECT_DENY_CALL(w, verify(FORGE_CI), ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
            else
                EXPECT_GRANT(w, verify(FORGE_CI));
            set_policy(forge_text("\"any_subject\":true,\"keys\":[\"%s\"]", id));
            if (given & 1)
                EXPECT_GRANT(w, verify_of(FORGE_CI, FORGE_CI_OWNER));
            else
                EXPECT_DENY_CALL(w, verify_of(FORGE_CI, FORGE_CI_OWNER), ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
            set_policy(forge_text("\"issuers\":,\"any_subject\":true,\"keys\":[\"%s\"]", s->thumbprint));
            EXPECT_GRANT(w, verify(FORGE_CI));
            set_policy("\"issuers\":,\"any_subject\":true,\"keys\":[\"other\"]");
            EXPECT_DENY_CALL(w, verify(FORGE_CI), ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
        }
    }
    /* Of two owners the one could call a key as the other calls another. */
    armalo_anchor named = forms[1];
    named.owner = FORGE_CI_OWNER;
    accepted(&named, 1, 1);
    set_policy("\"any_subject\":true,\"keys\":[\"kid-1\"]");
    EXPECT_GRANT(w, verify_of(FORGE_CI, FORGE_CI_OWNER));
    set_policy("\"any_subject\":true,\"keys\":[\"kid-1\"],\"issuers\":[\"" FORGE_CI_OWNER "\",\"" FORGE_OTHER_OWNER
               "\"]");
    EXPECT_DENY_CALL(w, verify_of(FORGE_CI, FORGE_CI_OWNER), ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
    /* One id is for one key. */
    armalo_anchor a = anchor_of(jwks(forge_text("%s,%s", jwk(FORGE_CI, ""), jwk(FORGE_CI_2, ""))));
    a.key_id = "my-key";
    refused(&a, 1, BAD, 1);
    a = anchor_of(pems(FORGE_CI, FORGE_CI_2));
    a.key_id = "my-key";
    refused(&a, 1, BAD, 1);
    a = anchor_of(forge_text("%s\n%s", did, did_of(FORGE_CI_2)));
    a.key_id = "my-key";
    refused(&a, 1, BAD, 1);
    /* Where only one is a key for signatures, there is one. */
    a = anchor_of(
        jwks(forge_text("%s,%s,%s", jwk(FORGE_CI_P256, "\"use\":\"enc\""), jwk(FORGE_CI, ""), rfc7515_a4_jwk)));
    a.key_id = "my-key";
    accepted(&a, 1, 1);
    ck_assert_str_eq(trust->keys[0].id, "my-key");
    /* An owner is everybody's in the anchor. */
    a = anchor_of(pems(FORGE_CI, FORGE_CI_2));
    a.owner = FORGE_CI_OWNER;
    armalo_anchor more[] = {a, anchor_of(forge_signer_of(FORGE_OTHER)->public_pem)};
    accepted(more, 2, 3);
    ck_assert_str_eq(trust->keys[0].owner, FORGE_CI_OWNER);
    ck_assert_str_eq(trust->keys[1].owner, FORGE_CI_OWNER);
    ck_assert_str_eq(trust->keys[2].owner, "");
    close_world();
}
END_TEST

/* The principal of a decision: the owner, or what is certain to fit. */
START_TEST(test_principal) {
    open_world();
    char owner[256];
    memset(owner, 'x', sizeof owner);
    armalo_anchor a = anchor_raw(forge_signer_of(FORGE_CI)->raw);
    accepted(&a, 1, 1);
    EXPECT_GRANT(w, verify(FORGE_CI));
    ck_assert_str_eq(w->why.principal, forge_signer_of(FORGE_CI)->thumbprint);
    static const size_t lens[] = {1, ARMALO_NAME_SIZE - 1, ARMALO_NAME_SIZE, 255};
    for (size_t i = 0; i < 4; i++) {
        owner[lens[i]] = 0;
        a.owner = owner;
        accepted(&a, 1, 1);
        EXPECT_GRANT(w, verify(FORGE_CI));
        ck_assert_str_eq(w->why.principal, lens[i] < ARMALO_NAME_SIZE ? owner : forge_signer_of(FORGE_CI)->thumbprint);
        owner[lens[i]] = 'x';
    }
    close_world();
}
END_TEST

/* ---- Duplicates, limits, all or nothing ---- */

/* One key has one owner, one algorithm and one window. */
START_TEST(test_duplicates) {
    open_world();
    const forge_signer *s = forge_signer_of(FORGE_CI);
    char *key = jwk(FORGE_CI, "\"kid\":\"a\"");
    refused_text(jwks(forge_text("%s,%s", key, key)), ARMALO_REASON_TRUST_KEY_DUPLICATE);
    refused_text(jwks(forge_text("%s,%s", key, jwk(FORGE_CI, "\"kid\":\"b\""))), ARMALO_REASON_TRUST_KEY_DUPLICATE);
    refused_text(pems(FORGE_CI_P256, FORGE_CI_P256), ARMALO_REASON_TRUST_KEY_DUPLICATE);
    refused_text(forge_text("%s\n%s", did_of(FORGE_CI), did_of(FORGE_CI)), ARMALO_REASON_TRUST_KEY_DUPLICATE);
    refused_text(
        jwks(forge_text("%s,%s", jwk(FORGE_CI_RSA, "\"alg\":\"PS256\""), jwk(FORGE_CI_RSA, "\"alg\":\"RS256\""))),
        ARMALO_REASON_TRUST_KEY_DUPLICATE);
    const armalo_anchor forms[] = {anchor_of(jwks(jwk(FORGE_CI, ""))), anchor_of(s->public_pem),
                                   anchor_of(did_of(FORGE_CI)), anchor_raw(s->raw)};
    for (size_t i = 0; i < 4; i++) {
        for (size_t k = 0; k < 4; k++) {
            armalo_anchor two[] = {forms[i], anchor_of(forge_signer_of(FORGE_OTHER)->public_pem), forms[k]};
            two[0].owner = FORGE_CI_OWNER;
            two[2].owner = FORGE_OTHER_OWNER;
            refused(two, 3, ARMALO_REASON_TRUST_KEY_DUPLICATE, 3);
        }
    }
    /* Where one of the two is passed over there is only one. */
    accepted_text(jwks(forge_text("%s,%s", key, jwk(FORGE_CI, "\"use\":\"enc\""))), 1);
    close_world();
}
END_TEST

static char *jwks_of_many(size_t count) {
    char *text = forge_keep(count * 128 + 16);
    size_t at = (size_t)sprintf(text, "{\"keys\":[");
    for (size_t i = 0; i < count; i++)
        at += (size_t)sprintf(text + at, "%s%s", i > 0 ? "," : "", forge_signer_of(FORGE_EXTRA + (int)i)->jwk);
    sprintf(text + at, "]}");
    return text;
}

START_TEST(test_many_keys) {
    open_world();
    char *full = jwks_of_many(ARMALO_TRUST_MAX_KEYS);
    accepted_text(full, ARMALO_TRUST_MAX_KEYS);
    /* The last is a key like the first. */
    set_policy(forge_text("\"issuers\":,\"any_subject\":true,\"keys\":[\"%s\"]",
                          forge_signer_of(FORGE_EXTRA + ARMALO_TRUST_MAX_KEYS - 1)->thumbprint));
    EXPECT_GRANT(w, verify(FORGE_EXTRA + ARMALO_TRUST_MAX_KEYS - 1));
    EXPECT_DENY_CALL(w, verify(FORGE_EXTRA), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    refused_text(jwks_of_many(ARMALO_TRUST_MAX_KEYS + 1), ARMALO_REASON_TRUST_TOO_MANY);
    armalo_anchor two[] = {anchor_of(full), anchor_raw(forge_signer_of(FORGE_CI)->raw)};
    refused(two, 2, ARMALO_REASON_TRUST_TOO_MANY, 2);
    close_world();
}
END_TEST

START_TEST(test_size) {
    open_world();
    char *key = jwks(jwk(FORGE_CI, ""));
    const size_t most = ARMALO_TRUST_MAX_SIZE, len = strlen(key);
    char *padded = malloc(most + 1);
    memcpy(padded, key, len);
    memset(padded + len, ' ', most + 1 - len);
    armalo_anchor a = anchor_bytes(padded, most);
    accepted(&a, 1, 1);
    a.len++;
    refused(&a, 1, ARMALO_REASON_TRUST_TOO_MANY, 1);
    a = anchor_of(forge_signer_of(FORGE_CI)->public_pem);
    a.roots = padded;
    a.roots_len = most + 1;
    refused(&a, 1, ARMALO_REASON_TRUST_TOO_MANY, 1);
    free(padded);
    close_world();
}
END_TEST

START_TEST(test_all_or_nothing) {
    open_world();
    armalo_anchor three[] = {anchor_of(forge_signer_of(FORGE_CI)->public_pem), anchor_of(did_of(FORGE_CI_P256)),
                             anchor_of(jwks(jwk(FORGE_OTHER, "")))};
    accepted(three, 3, 3);
    armalo_anchor bad = anchor_of("x"), empty = anchor_of("#"), unbounded = three[0];
    unbounded.pinned = 0;
    for (size_t at = 0; at < 3; at++) {
        armalo_anchor a[3] = {three[0], three[1], three[2]};
        a[at] = bad;
        refused(a, 3, BAD, at + 1);
        a[at] = empty;
        refused(a, 3, ARMALO_REASON_TRUST_EMPTY, at + 1);
        a[at] = unbounded;
        refused(a, 3, ARMALO_REASON_TRUST_UNBOUNDED, at + 1);
        a[at] = three[at];
        a[at].struct_size--;
        refused(a, 3, ARMALO_REASON_INVALID_ARGUMENT, at + 1);
    }
    /* The first fault is told. */
    armalo_anchor faults[] = {three[0], empty, bad};
    refused(faults, 3, ARMALO_REASON_TRUST_EMPTY, 2);
    close_world();
}
END_TEST

/* ---- How long keys count ---- */

START_TEST(test_bounds) {
    open_world();
    static const uint32_t pins[] = {0, ARMALO_PINNED, 1, ARMALO_PINNED + 1, ~ARMALO_PINNED, UINT32_MAX};
    static const int64_t fetched[] = {0, INT64_C(1700000000000), INT64_C(253402300799999)};
    static const int64_t ages[] = {0, 1, INT64_C(86400000)};
    for (size_t p = 0; p < sizeof pins / sizeof pins[0]; p++) {
        for (size_t f = 0; f < 3; f++) {
            for (size_t m = 0; m < 3; m++) {
                armalo_anchor a = anchor_raw(forge_signer_of(FORGE_CI)->raw);
                a.pinned = pins[p];
                a.fetched_ms = fetched[f];
                a.max_age_ms = ages[m];
                if ((p == 1 && f == 0 && m == 0) || (p == 0 && f > 0 && m > 0))
                    accepted(&a, 1, 1);
                else
                    refused(&a, 1, ARMALO_REASON_TRUST_UNBOUNDED, 1);
            }
        }
    }
    close_world();
}
END_TEST

START_TEST(test_stale) {
    open_world();
    armalo_anchor a = anchor_raw(forge_signer_of(FORGE_CI)->raw);
    a.pinned = 0;
    a.fetched_ms = w->now_ms - 5000;
    a.max_age_ms = 5001;
    armalo_anchor two[] = {a, anchor_of(forge_signer_of(FORGE_CI_2)->public_pem)};
    accepted(two, 2, 2);
    EXPECT_GRANT(w, verify(FORGE_CI));
    w->now_ms++;
    EXPECT_DENY_CALL(w, verify(FORGE_CI), ARMALO_REASON_TRUST_STALE);
    EXPECT_GRANT(w, verify(FORGE_CI_2)); /* pinned */
    w->now_ms += INT64_C(1000) * 86400 * 365 * 100;
    EXPECT_DENY_CALL(w, verify(FORGE_CI), ARMALO_REASON_TRUST_STALE);
    EXPECT_GRANT(w, verify(FORGE_CI_2));
    /* A clock set back would keep keys fresh for ever: they cannot have been fetched in the future. */
    w->now_ms = a.fetched_ms - 60000;
    EXPECT_GRANT(w, verify(FORGE_CI));
    w->now_ms--;
    EXPECT_DENY_CALL(w, verify(FORGE_CI), ARMALO_REASON_HOST_CLOCK_BEHIND);
    EXPECT_GRANT(w, verify(FORGE_CI_2));
    set_policy("\"issuers\":,\"any_signer\":true,\"any_subject\":true,\"skew_s\":0");
    w->now_ms = a.fetched_ms;
    EXPECT_GRANT(w, verify(FORGE_CI));
    w->now_ms--;
    EXPECT_DENY_CALL(w, verify(FORGE_CI), ARMALO_REASON_HOST_CLOCK_BEHIND);
    /* Only a signature that holds is told so. */
    EXPECT_DENY_CALL(w, verify(FORGE_STRANGER), ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
    close_world();
}
END_TEST

/* The narrower of the anchor's window and the key's own. */
START_TEST(test_windows) {
    static const struct {
        int64_t from, to;     /* of the anchor, seconds from now; 0: none */
        int64_t nbf, exp;     /* of the JWK; 0: none */
        int64_t begins, ends; /* what counts; 0: none */
    } rows[] = {
        {0, 0, 0, 0, 0, 0},          {-10, 0, 0, 0, -10, 0},      {0, 10, 0, 0, 0, 10},
        {0, 0, -10, 0, -10, 0},      {0, 0, 0, 10, 0, 10},        {-10, 10, -20, 20, -10, 10},
        {-20, 20, -10, 10, -10, 10}, {-10, 20, -20, 10, -10, 10}, {-10, 10, 0, 20, -10, 10},
        {-10, 0, -20, 20, -10, 20},  {-10, 10, -10, 10, -10, 10},
    };
    open_world();
    const int64_t now_ms = w->now_ms;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *times = forge_text("%s", "");
        if (rows[i].nbf != 0) times = forge_text("\"nbf\":%lld", (long long)(FORGE_NOW_S + rows[i].nbf));
        if (rows[i].exp != 0)
            times = forge_text("%s%s\"exp\":%lld", times, *times ? "," : "", (long long)(FORGE_NOW_S + rows[i].exp));
        armalo_anchor a = anchor_of(jwks(jwk(FORGE_CI, times)));
        if (rows[i].from != 0) a.not_before_ms = now_ms + rows[i].from * 1000;
        if (rows[i].to != 0) a.expires_ms = now_ms + rows[i].to * 1000;
        accepted(&a, 1, 1);
        w->now_ms = now_ms;
        EXPECT_GRANT(w, verify(FORGE_CI));
        w->now_ms = now_ms + rows[i].begins * 1000;
        if (rows[i].begins != 0) {
            EXPECT_GRANT(w, verify(FORGE_CI));
            w->now_ms--;
            EXPECT_DENY_CALL(w, verify(FORGE_CI), ARMALO_REASON_ATTEST_KEY_NOT_YET_VALID);
        } else {
            w->now_ms = 1;
            EXPECT_GRANT(w, verify(FORGE_CI));
        }
        w->now_ms = now_ms + rows[i].ends * 1000;
        if (rows[i].ends != 0) {
            EXPECT_DENY_CALL(w, verify(FORGE_CI), ARMALO_REASON_ATTEST_KEY_EXPIRED);
            w->now_ms--;
            EXPECT_GRANT(w, verify(FORGE_CI));
        } else {
            w->now_ms = INT64_C(253402300799999);
            EXPECT_GRANT(w, verify(FORGE_CI));
        }
    }
    close_world();
}
END_TEST

/* A key signs for what was made in its time: what says that it was made before is refused now, too. */
START_TEST(test_made_before_the_key) {
    open_world();
    static forge_jws f;
    armalo_anchor a = anchor_raw(forge_signer_of(FORGE_CI)->raw);
    a.owner = FORGE_CI_OWNER;
    a.not_before_ms = w->now_ms - 60000;
    accepted(&a, 1, 1);
    forge_jws_init(&f);
    EXPECT_GRANT(w, forge_verify_text(w, policy, trust, forge_jws_compact(&f), FORGE_SUB));
    forge_put(&f.claims, "iat", forge_text("%lld", (long long)FORGE_NOW_S - 61));
    EXPECT_DENY_CALL(w, forge_verify_text(w, policy, trust, forge_jws_compact(&f), FORGE_SUB),
                     ARMALO_REASON_ATTEST_KEY_NOT_YET_VALID);
    forge_drop(&f.claims, "iat");
    EXPECT_GRANT(w, forge_verify_text(w, policy, trust, forge_jws_compact(&f), FORGE_SUB));
    close_world();
}
END_TEST

static void fill(TCase *tc) {
    for (int i = 0; i < FORGE_EXTRA; i++) (void)forge_signer_of(i);
    tcase_add_test(tc, test_raw);
    tcase_add_test(tc, test_anchor_members);
    tcase_add_test(tc, test_anchor_arguments);
    tcase_add_test(tc, test_anchor_names);
    tcase_add_test(tc, test_owners_and_ids);
    tcase_add_test(tc, test_principal);
    tcase_add_test(tc, test_duplicates);
    tcase_add_test(tc, test_many_keys);
    tcase_add_test(tc, test_size);
    tcase_add_test(tc, test_all_or_nothing);
    tcase_add_test(tc, test_bounds);
    tcase_add_test(tc, test_stale);
    tcase_add_test(tc, test_windows);
    tcase_add_test(tc, test_made_before_the_key);
}

TEST_MAIN("attest_trust", fill, 60)
