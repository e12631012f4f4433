/* SPDX-License-Identifier: MIT */
/* W3C Data Integrity EdDSA Cryptosuites v1.0, eddsa-jcs-2022: appendix B.3 of the Recommendation, and two earlier
 * sets of github.com/w3c/vc-di-eddsa, TestVectors/eddsa-jcs-2022, with the same key and document. All three signatures
 * hold. Of the second set the canonical proof and its hashes, of the third the canonical proof and the signature in
 * hexadecimal follow from what is published. */
#ifndef ARMALO_VECTORS_EDDSA_JCS_H
#define ARMALO_VECTORS_EDDSA_JCS_H

/* keyPair.json: multibase, multicodec ed25519-pub (0xED01) and ed25519-priv (0x8026); the bare keys are not there. */
static const char eddsa_jcs_public_multibase[] = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
static const char eddsa_jcs_secret_multibase[] = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq";
static const char eddsa_jcs_public_hex[] = "b00d8d938e7f773d51565aad36a623f5344f7f5d1960f9cf3e8e12620ea2810f";
static const char eddsa_jcs_secret_hex[] = "c96ef9ea10c5e414c471723aff9de72c35fa5b70fae97e8832ecac7d2e2b8ed6";

/* canonDocJCS.txt and docHashJCS.txt, the same for all sets. */
static const char eddsa_jcs_document[] =
    "{\"@context\":[\"https://www.w3.org/ns/credentials/v2\",\"https://www.w3.org/ns/credentials/examples/v2"
    "\"],\"credentialSubject\":{\"alumniOf\":\"The School of Examples\",\"id\":\"did:example:abcdefgh\"},\"de"
    "scription\":\"A minimum viable example of an Alumni Credential.\",\"id\":\"urn:uuid:58172aac-d8ba-11ed-8"
    "3dd-0b3aef56cc33\",\"issuer\":\"https://vc.example/issuers/5678\",\"name\":\"Alumni Credential\",\"type"
    "\":[\"VerifiableCredential\",\"AlumniCredential\"],\"validFrom\":\"2023-01-01T00:00:00Z\"}";
static const char eddsa_jcs_document_hash_hex[] = "59b7cb6251b8991add1ce0bc83107e3db9dbbab5bd2c28f687db1a03abc92f19";

typedef struct eddsa_jcs_vector {
    const char *name, *credential; /* signedJCS.json */
    const char *proof;             /* the canonical proof options, proofCanonJCS.txt */
    const char *proof_hash_hex, *combined_hash_hex, *signature_hex, *proof_value;
    const char *method;
} eddsa_jcs_vector;

static const eddsa_jcs_vector eddsa_jcs_vectors[] = {
    {"the Recommendation",
     "{\n"
     "  \"@context\": [\n"
     "    \"https://www.w3.org/ns/credentials/v2\",\n"
     "    \"https://www.w3.org/ns/credentials/examples/v2\"\n"
     "  ],\n"
     "  \"id\": \"urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33\",\n"
     "  \"type\": [\n"
     "    \"VerifiableCredential\",\n"
     "    \"AlumniCredential\"\n"
     "  ],\n"
     "  \"name\": \"Alumni Credential\",\n"
     "  \"description\": \"A minimum viable example of an Alumni Credential.\",\n"
     "  \"issuer\": \"https://vc.example/issuers/5678\",\n"
     "  \"validFrom\": \"2023-01-01T00:00:00Z\",\n"
     "  \"credentialSubject\": {\n"
     "    \"id\": \"did:example:abcdefgh\",\n"
     "    \"alumniOf\": \"The School of Examples\"\n"
     "  },\n"
     "  \"proof\": {\n"
     "    \"type\": \"DataIntegrityProof\",\n"
     "    \"cryptosuite\": \"eddsa-jcs-2022\",\n"
     "    \"created\": \"2023-02-24T23:36:38Z\",\n"
     "    \"verificationMethod\": \"did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2#z6MkrJVnaZkeF"
     "zdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2\",\n"
     "    \"proofPurpose\": \"assertionMethod\",\n"
     "    \"@context\": [\n"
     "      \"https://www.w3.org/ns/credentials/v2\",\n"
     "      \"https://www.w3.org/ns/credentials/examples/v2\"\n"
     "    ],\n"
     "    \"proofValue\": \"z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdc"
     "nTMuVor51aX\"\n"
     "  }\n"
     "}",
     "{\"@context\":[\"https://www.w3.org/ns/credentials/v2\",\"https://www.w3.org/ns/credentials/examples"
     "/v2\"],\"created\":\"2023-02-24T23:36:38Z\",\"cryptosuite\":\"eddsa-jcs-2022\",\"proofPurpose\":\"as"
     "sertionMethod\",\"type\":\"DataIntegrityProof\",\"verificationMethod\":\"did:key:z6MkrJVnaZkeFzdQyMZ"
     "u1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2\"}",
     "66ab154f5c2890a140cb8388a22a160454f80575f6eae09e5a097cabe539a1db",
     "66ab154f5c2890a140cb8388a22a160454f80575f6eae09e5a097cabe539a1db59b7cb6251b8991add1ce0bc83107e3db9db"
     "bab5bd2c28f687db1a03abc92f19",
     "407cd12654b33d718ecbb99179a1506daaa849450bf3fc523cce3e1c96f8b80351da3f253d725c6f00b07c9e5448d50b3ef7"
     "8012b9ab54255116d069c6dd2808",
     "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX",
     "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4s"
     "wbTQ2"},
    {"commit 369f0f0: the key by its https URL",
     "{\n"
     "  \"@context\": [\n"
     "    \"https://www.w3.org/ns/credentials/v2\",\n"
     "    \"https://www.w3.org/ns/credentials/examples/v2\"\n"
     "  ],\n"
     "  \"id\": \"urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33\",\n"
     "  \"type\": [\n"
     "    \"VerifiableCredential\",\n"
     "    \"AlumniCredential\"\n"
     "  ],\n"
     "  \"name\": \"Alumni Credential\",\n"
     "  \"description\": \"A minimum viable example of an Alumni Credential.\",\n"
     "  \"issuer\": \"https://vc.example/issuers/5678\",\n"
     "  \"validFrom\": \"2023-01-01T00:00:00Z\",\n"
     "  \"credentialSubject\": {\n"
     "    \"id\": \"did:example:abcdefgh\",\n"
     "    \"alumniOf\": \"The School of Examples\"\n"
     "  },\n"
     "  \"proof\": {\n"
     "    \"type\": \"DataIntegrityProof\",\n"
     "    \"cryptosuite\": \"eddsa-jcs-2022\",\n"
     "    \"created\": \"2023-02-24T23:36:38Z\",\n"
     "    \"verificationMethod\": \"https://vc.example/issuers/5678#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7X"
     "JPt4swbTQ2\",\n"
     "    \"proofPurpose\": \"assertionMethod\",\n"
     "    \"@context\": [\n"
     "      \"https://www.w3.org/ns/credentials/v2\",\n"
     "      \"https://www.w3.org/ns/credentials/examples/v2\"\n"
     "    ],\n"
     "    \"proofValue\": \"z63t83Y53KfzJ5ZosfKTnqfMcKB2dmTrfjSaQjeNNjAD5srBowQfmWqeRb8rRjmeEuCBEsddF9LsVo"
     "gtuTsijJKh4\"\n"
     "  }\n"
     "}",
     "{\"@context\":[\"https://www.w3.org/ns/credentials/v2\",\"https://www.w3.org/ns/credentials/examples"
     "/v2\"],\"created\":\"2023-02-24T23:36:38Z\",\"cryptosuite\":\"eddsa-jcs-2022\",\"proofPurpose\":\"as"
     "sertionMethod\",\"type\":\"DataIntegrityProof\",\"verificationMethod\":\"https://vc.example/issuers/"
     "5678#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2\"}",
     "ac75a9fbdb9b5606c064a88bb59ab355900074f6def99d16a82dd071a7a67066",
     "ac75a9fbdb9b5606c064a88bb59ab355900074f6def99d16a82dd071a7a6706659b7cb6251b8991add1ce0bc83107e3db9db"
     "bab5bd2c28f687db1a03abc92f19",
     "fc91dec6565f35fbe185a77352e7fc512f95d1904da305cfef32ab8135469301f5a72d4e7a58368fc6ffc497b44633993bac"
     "054e3bc1436e3c846db8f1544503",
     "z63t83Y53KfzJ5ZosfKTnqfMcKB2dmTrfjSaQjeNNjAD5srBowQfmWqeRb8rRjmeEuCBEsddF9LsVogtuTsijJKh4",
     "https://vc.example/issuers/5678#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"},
    {"commit 4ced357: the same, and no @context in the proof",
     "{\n"
     "  \"@context\": [\n"
     "    \"https://www.w3.org/ns/credentials/v2\",\n"
     "    \"https://www.w3.org/ns/credentials/examples/v2\"\n"
     "  ],\n"
     "  \"id\": \"urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33\",\n"
     "  \"type\": [\n"
     "    \"VerifiableCredential\",\n"
     "    \"AlumniCredential\"\n"
     "  ],\n"
     "  \"name\": \"Alumni Credential\",\n"
     "  \"description\": \"A minimum viable example of an Alumni Credential.\",\n"
     "  \"issuer\": \"https://vc.example/issuers/5678\",\n"
     "  \"validFrom\": \"2023-01-01T00:00:00Z\",\n"
     "  \"credentialSubject\": {\n"
     "    \"id\": \"did:example:abcdefgh\",\n"
     "    \"alumniOf\": \"The School of Examples\"\n"
     "  },\n"
     "  \"proof\": {\n"
     "    \"type\": \"DataIntegrityProof\",\n"
     "    \"cryptosuite\": \"eddsa-jcs-2022\",\n"
     "    \"created\": \"2023-02-24T23:36:38Z\",\n"
     "    \"verificationMethod\": \"https://vc.example/issuers/5678#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7X"
     "JPt4swbTQ2\",\n"
     "    \"proofPurpose\": \"assertionMethod\",\n"
     "    \"proofValue\": \"z3P6rHMUaWG6e3Ac6xYFht8aEvoVXndgKTtEY8kzWYXzk8dKmAo2GJeZiJw4qoZ2PGp4ugdaHx3oQi"
     "LpeFBLDqP2M\"\n"
     "  }\n"
     "}",
     "{\"created\":\"2023-02-24T23:36:38Z\",\"cryptosuite\":\"eddsa-jcs-2022\",\"proofPurpose\":\"assertio"
     "nMethod\",\"type\":\"DataIntegrityProof\",\"verificationMethod\":\"https://vc.example/issuers/5678#z"
     "6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2\"}",
     "56d860737b1bc788da1f5c5a506115278314559a680f37976502c9b3ed1f38f4",
     "56d860737b1bc788da1f5c5a506115278314559a680f37976502c9b3ed1f38f459b7cb6251b8991add1ce0bc83107e3db9db"
     "bab5bd2c28f687db1a03abc92f19",
     "7717cab27b6a4d91a472922d0ec071ead8297ce65c47436ca95b98c646d109abbd0c52cab09e83af605e2d896f29a30bbf81"
     "cbe0c2089a7193d908c96eaf6106",
     "z3P6rHMUaWG6e3Ac6xYFht8aEvoVXndgKTtEY8kzWYXzk8dKmAo2GJeZiJw4qoZ2PGp4ugdaHx3oQiLpeFBLDqP2M",
     "https://vc.example/issuers/5678#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"},
};

#endif
