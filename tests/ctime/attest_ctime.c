/* SPDX-License-Identifier: MIT */
/* Under valgrind, with the seed of an Ed25519 key marked undefined: a branch or a memory address that depends on it is
 * an error.
 *
 * Claimed: from the moment that a key is read, no step of signing an attestation depends on its seed, and nothing of it
 * reaches the envelope but the signature (which is declassified here), the decision, or an event; this also where the
 * signing is refused after that.
 * Not claimed: reading the key's PEM (base64's tables, OpenSSL's parser; once a call); P-256, P-384 and RSA, whose
 * secrets never leave OpenSSL; verifying, in which nothing is secret. */
#include "attest_forge.h"

#include <valgrind/memcheck.h>

#include "crypto/pkey.h"

/* The library's own signing, in which the seed is secret once it was read, and the signature public once it was
 * made. */
static unsigned marked, declassified;

static int marked_private_pem(armalo_i_private_key *key, armalo_i_span text) {
    int status = armalo_i_private_pem(key, text);
    if (status != ARMALO_I_KEY_OK || key->alg != ARMALO_I_ALG_EDDSA) return status;
    marked++;
    (void)VALGRIND_MAKE_MEM_UNDEFINED(key->ed25519, ARMALO_I_ED25519_SEED); /* the public half follows it */
    return status;
}

static int declassified_private_sign(const armalo_i_private_key *key, armalo_i_span message,
                                     uint8_t signature[ARMALO_I_SIGNATURE_MAX], size_t *len) {
    unsigned char bits[64] = {0};
    int made = armalo_i_private_sign(key, message, signature, len);
    (void)VALGRIND_MAKE_MEM_DEFINED(&made, sizeof made);
    (void)VALGRIND_MAKE_MEM_DEFINED(len, sizeof *len);
    /* The secret must have come this far, or the test would say nothing. */
    (void)VALGRIND_GET_VBITS(signature, bits, *len < sizeof bits ? *len : sizeof bits);
    declassified += *len == sizeof bits && bits[0] == 0xFF && bits[63] != 0;
    (void)VALGRIND_MAKE_MEM_DEFINED(signature, ARMALO_I_SIGNATURE_MAX);
    return made;
}

#define armalo_i_private_pem  marked_private_pem
#define armalo_i_private_sign declassified_private_sign
#include "attest/sign.c"
#undef armalo_i_private_pem
#undef armalo_i_private_sign

#define EXPECT_DEFINED(object) ck_assert_uint_eq(VALGRIND_CHECK_MEM_IS_DEFINED(&(object), sizeof(object)), 0)

START_TEST(test_under_valgrind) {
    ck_assert_msg(RUNNING_ON_VALGRIND != 0, "this test says something only under valgrind");
}
END_TEST

static unsigned events;
static int defined_sink(void *ctx, const char *event, size_t len) {
    (void)ctx;
    ck_assert_uint_eq(VALGRIND_CHECK_MEM_IS_DEFINED(event, len + 1), 0);
    events++;
    return 1;
}

/* The whole of the buffer, not only what was written. */
static void sign_one(world *w, const armalo_attest_spec *spec, size_t cap, uint32_t reason) {
    static char buf[8192];
    size_t len = 0;
    memset(buf, 0, sizeof buf);
    unsigned long errors = VALGRIND_COUNT_ERRORS;
    int done = armalo_attest_sign(w->host, spec, buf, cap, &len, &w->why);
    EXPECT_DEFINED(done);
    EXPECT_DEFINED(len);
    EXPECT_DEFINED(buf);
    EXPECT_DEFINED(w->why);
    ck_assert_msg(VALGRIND_COUNT_ERRORS == errors, "something depends on the secret");
    ck_assert_int_eq(done, reason == ARMALO_REASON_GRANTED);
    ck_assert_uint_eq(w->why.reason, reason);
}

START_TEST(test_sign) {
    static const char predicate[] = "{\"score\":93}";
    world w;
    world_init(&w);
    w.config.audit = defined_sink;
    world_start(&w);
    const forge_signer *s = forge_signer_of(FORGE_CI);
    armalo_attest_spec spec = {.struct_size = sizeof spec,
                               .key = s->private_pem,
                               .key_len = strlen(s->private_pem),
                               .predicate_type = "urn:example:type",
                               .predicate = predicate,
                               .predicate_len = sizeof predicate - 1};
    marked = declassified = events = 0;
    sign_one(&w, &spec, 8192, ARMALO_REASON_GRANTED);
    sign_one(&w, &spec, 100, ARMALO_REASON_BUFFER_TOO_SMALL);
    ck_assert_uint_eq(declassified, 2);
    spec.predicate_len--;
    sign_one(&w, &spec, 8192, ARMALO_REASON_ATTEST_PREDICATE_INVALID);
    spec.predicate_len++;
    spec.predicate_type = "urn:armalo:receipt:v1";
    sign_one(&w, &spec, 8192, ARMALO_REASON_ATTEST_PREDICATE_INVALID);
    spec.predicate_type = "urn:armalo:other:v1";
    sign_one(&w, &spec, 8192, ARMALO_REASON_ATTEST_SPEC_INVALID);
    ck_assert_uint_eq(marked, 5);
    ck_assert_uint_eq(events, 5);
    world_end(&w);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_under_valgrind);
    tcase_add_test(tc, test_sign);
}

TEST_MAIN("attest_ctime", fill, 0)
