/* SPDX-License-Identifier: MIT */
/* Verify one credential: the smallest whole program.
 *
 *     cc attest_verify.c $(pkg-config --cflags --libs armalo) && ./a.out
 *
 * The credential is the W3C's published test vector of eddsa-jcs-2022. It is verified twice: as it was issued, and with
 * one letter of it changed. The exit status is 0 only if the first is granted and the second is denied. */
#include <armalo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char credential[] =
    "{\"@context\":[\"https://www.w3.org/ns/credentials/v2\",\"https://www.w3.org/ns/credentials/examples/v2\"],"
    "\"id\":\"urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33\",\"type\":[\"VerifiableCredential\",\"AlumniCredential\"],"
    "\"name\":\"Alumni Credential\",\"description\":\"A minimum viable example of an Alumni Credential.\","
    "\"issuer\":\"https://vc.example/issuers/5678\",\"validFrom\":\"2023-01-01T00:00:00Z\","
    "\"credentialSubject\":{\"id\":\"did:example:abcdefgh\",\"alumniOf\":\"The School of Examples\"},"
    "\"proof\":{\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"eddsa-jcs-2022\",\"created\":\"2023-02-24T23:36:"
    "38Z\","
    "\"verificationMethod\":\"https://vc.example/issuers/5678#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2\","
    "\"proofPurpose\":\"assertionMethod\",\"@context\":[\"https://www.w3.org/ns/credentials/v2\","
    "\"https://www.w3.org/ns/credentials/examples/v2\"],\"proofValue\":"
    "\"z63t83Y53KfzJ5ZosfKTnqfMcKB2dmTrfjSaQjeNNjAD5srBowQfmWqeRb8rRjmeEuCBEsddF9LsVogtuTsijJKh4\"}}";

/* The issuer's key, as the issuer published it. A real host fetches keys, and says when it did and how old they may
 * grow. */
static const char issuer_key[] = "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";

/* What is accepted. Leave anything out that must be said, and there is no policy. */
static const char policy_json[] =
    "{\"v\":1,\"formats\":[\"vc\"],\"issuers\":[\"https://vc.example/issuers/5678\"],"
    "\"credential_types\":[\"AlumniCredential\"],\"max_age_s\":31536000,\"no_revocation\":true,"
    "\"claims\":[{\"pointer\":\"/credentialSubject/alumniOf\",\"operator\":\"eq\",\"value\":\"The School of "
    "Examples\"}]}";

/* The vector was signed in 2023, so this program lives there too. A real host asks its system's clock. */
static int64_t clock_2023(void *ctx) {
    (void)ctx;
    return INT64_C(1680000000) * 1000;
}

/* Every decision comes by here. A real host keeps the event, and returns 1 only when it is kept. */
static int audit_to_stderr(void *ctx, const char *event, size_t len) {
    (void)ctx;
    return fprintf(stderr, "audit: %.*s\n", (int)len, event) > 0;
}

static int check(const armalo_attest_policy *policy, armalo_trust *trust, const char *artifact) {
    armalo_attest_request request = {
        .struct_size = sizeof request,
        .artifact = artifact,
        .artifact_len = strlen(artifact),
        .subject = "did:example:abcdefgh", /* whom you were shown it for */
    };
    armalo_decision why;
    armalo_attested *attested = NULL;
    char line[ARMALO_OPERATOR_TEXT_SIZE], school[64];
    int granted = armalo_attest_verify(policy, trust, &request, &attested, &why);
    printf("%s\n", armalo_decision_operator(&why, line, sizeof line, NULL));
    if (armalo_attested_value(attested, "/credentialSubject/alumniOf", school, sizeof school, NULL, NULL))
        printf("alumni of: %s\n", school);
    armalo_attested_free(attested);
    return granted;
}

int main(void) {
    armalo_decision why;
    char line[ARMALO_OPERATOR_TEXT_SIZE], changed[sizeof credential];
    armalo_host_config host_config = {
        .struct_size = sizeof host_config,
        .mode = ARMALO_MODE_PRODUCTION,
        .now_ms = clock_2023,
        .audit = audit_to_stderr,
    };
    armalo_anchor anchor = {
        .struct_size = sizeof anchor,
        .form = ARMALO_ANCHOR_TEXT,
        .data = issuer_key,
        .len = strlen(issuer_key),
        .owner = "https://vc.example/issuers/5678", /* whose key it is: nobody else says so */
        .pinned = ARMALO_PINNED,
    };
    armalo_host *host = armalo_host_new(&host_config, &why);
    armalo_trust *trust = host != NULL ? armalo_trust_new(host, &anchor, 1, &why) : NULL;
    armalo_attest_policy *policy =
        trust != NULL ? armalo_attest_policy_new(host, policy_json, strlen(policy_json), &why) : NULL;

    int good = 0, bad = 0;
    if (policy != NULL) {
        memcpy(changed, credential, sizeof credential);
        *strstr(changed, "abcdefgh") = 'A';
        good = check(policy, trust, credential);
        bad = check(policy, trust, changed);
    } else {
        fprintf(stderr, "refused: %s\n", armalo_decision_operator(&why, line, sizeof line, NULL));
    }

    armalo_attest_policy_free(policy);
    armalo_trust_free(trust);
    armalo_host_free(host);
    return good && !bad ? EXIT_SUCCESS : EXIT_FAILURE;
}
