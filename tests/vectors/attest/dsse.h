/* SPDX-License-Identifier: MIT */
/* DSSE v1.0.0, github.com/secure-systems-lab/dsse: the sample of protocol.md and the vectors of
 * testvectors/vectors.json, whose envelopes are indented here as a JSON writer does it. */
#ifndef ARMALO_VECTORS_DSSE_H
#define ARMALO_VECTORS_DSSE_H

/* protocol.md, "Test Vectors": ECDSA over P-256 and SHA-256, the signature r and s side by side. The coordinates and
 * the private key are decimal there. */
static const char dsse_payload[] = "hello world";
static const char dsse_payload_type[] = "http://example.com/HelloWorld";
static const char dsse_pae[] = "DSSEv1 29 http://example.com/HelloWorld 11 hello world";
static const char dsse_x_hex[] = "67cd390f77aa359cb08c2235f652270493a9ed832b0abcc01f70954c0390d238";
static const char dsse_y_hex[] = "0c782bd54e269125a44f4433aff1432ce94e12bca73aa67ac80cea12608ddf74";
static const char dsse_d_hex[] = "d73ec437fd6346e3619c5ebfdfff0f6916804955ad32ac9ac492b0ede1f6ffb7";
static const char dsse_signature_hex[] =
    "03726ab101ad56c2763b6c6aac8e487275e2a79193a09dc5f859d9f8ef3c4a3b51eab0c06a369b64a7222537d4887a893dc200ae"
    "21060074d57825235b624864";
static const char dsse_envelope[] =
    "{\"payload\": \"aGVsbG8gd29ybGQ=\",\n"
    " \"payloadType\": \"http://example.com/HelloWorld\",\n"
    " \"signatures\": [{\"sig\": \"A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAH"
    "TVeCUjW2JIZA==\"}]}";

/* The point as a key set (not there). */
static const char dsse_jwks[] =
    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"Z805D3eqNZywjCI19lInBJOp7YMrCrzAH3CVTAOQ0jg\",\"y\""
    ":\"DHgr1U4mkSWkT0Qzr_FDLOlOErynOqZ6yAzqEmCN33Q\"}]}";

/* testvectors/vectors.json. Keys A and B are those of RFC 8032, TEST 1 and TEST 2. */
static const char dsse_key_a_hex[] = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
static const char dsse_key_b_hex[] = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";

typedef struct dsse_vector {
    const char *id, *envelope;
    const char *pae_hex; /* what the signatures are over */
    const char *trusted; /* the trusted keys, by letter */
    unsigned threshold;
    const char *types[2]; /* the payload types that the verifier takes */
    int accepted;
} dsse_vector;

static const dsse_vector dsse_vectors[] = {
    {"single-signature",
     "{\n"
     " \"payload\": \"eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEifQ==\",\n"
     " \"payloadType\": \"application/vnd.in-toto+json\",\n"
     " \"signatures\": [\n"
     "  {\n"
     "   \"sig\": \"2WAfaHm5jluo0w+0rk8uVkluELJYWjSmU9x7EUzx+AyteDGJ4/nqyJXfmAUVFIAoQafWm7AxBZNw5M9ixNHiCA"
     "==\",\n"
     "   \"keyid\": \"A\"\n"
     "  }\n"
     " ]\n"
     "}",
     "445353457631203238206170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e203433207b225f7479706522"
     "3a2268747470733a2f2f696e2d746f746f2e696f2f53746174656d656e742f7631227d",
     "A",
     1,
     {"application/vnd.in-toto+json"},
     1},
    {"url-safe-base64",
     "{\n"
     " \"payload\": \"-_-_Pj8=\",\n"
     " \"payloadType\": \"application/vnd.in-toto+json\",\n"
     " \"signatures\": [\n"
     "  {\n"
     "   \"sig\": \"P-_KHICeR7tI6S_YyejJTRtrXhcQyQ2LYPaL8h90KjC9qN8HU_svOQ6TuDOT1HIrsGW886DbWNWcCmX5twLrAw"
     "==\",\n"
     "   \"keyid\": \"A\"\n"
     "  }\n"
     " ]\n"
     "}",
     "445353457631203238206170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e203520fbffbf3e3f",
     "A",
     1,
     {"application/vnd.in-toto+json"},
     1},
    {"payload-type-swapped",
     "{\n"
     " \"payload\": \"eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEifQ==\",\n"
     " \"payloadType\": \"application/vnd.example.other+json\",\n"
     " \"signatures\": [\n"
     "  {\n"
     "   \"sig\": \"2WAfaHm5jluo0w+0rk8uVkluELJYWjSmU9x7EUzx+AyteDGJ4/nqyJXfmAUVFIAoQafWm7AxBZNw5M9ixNHiCA"
     "==\",\n"
     "   \"keyid\": \"A\"\n"
     "  }\n"
     " ]\n"
     "}",
     "445353457631203238206170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e203433207b225f7479706522"
     "3a2268747470733a2f2f696e2d746f746f2e696f2f53746174656d656e742f7631227d",
     "A",
     1,
     {"application/vnd.in-toto+json", "application/vnd.example.other+json"},
     0},
    {"non-ascii-payload-type",
     "{\n"
     " \"payload\": \"eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEifQ==\",\n"
     " \"payloadType\": \"application/vnd.ex\303\244mple+json\",\n"
     " \"signatures\": [\n"
     "  {\n"
     "   \"sig\": \"xmSk/ug66ysT7ayhkCIjhAq42zgZXSsEWuzUaNL7w2eGAdF/NU6/fRXPtmfN+5DNSAs5/i2lUnHjbbjPsu0tAw"
     "==\",\n"
     "   \"keyid\": \"A\"\n"
     "  }\n"
     " ]\n"
     "}",
     "445353457631203239206170706c69636174696f6e2f766e642e6578c3a46d706c652b6a736f6e203433207b225f74797065"
     "223a2268747470733a2f2f696e2d746f746f2e696f2f53746174656d656e742f7631227d",
     "A",
     1,
     {"application/vnd.ex\303\244mple+json"},
     1},
    {"empty-payload",
     "{\n"
     " \"payload\": \"\",\n"
     " \"payloadType\": \"application/vnd.in-toto+json\",\n"
     " \"signatures\": [\n"
     "  {\n"
     "   \"sig\": \"gSggCAaTLTYyRH6FIDBem6meyIynsYy8RTHVzwx9tnTb7Bg/1jMWnuVgI/gffqmbsC2VX5/jHfkkDqsj7CDbDg"
     "==\",\n"
     "   \"keyid\": \"A\"\n"
     "  }\n"
     " ]\n"
     "}",
     "445353457631203238206170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e203020",
     "A",
     1,
     {"application/vnd.in-toto+json"},
     1},
    {"empty-payload-type",
     "{\n"
     " \"payload\": \"eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEifQ==\",\n"
     " \"payloadType\": \"\",\n"
     " \"signatures\": [\n"
     "  {\n"
     "   \"sig\": \"iC3q/+3Rm0+lpAJRueDmDh15PnwCfxKmS0NAfKsbv+zgulXQC/WM9trc+j1XEqlwDIg/vf/uNfebeD6sxInrDg"
     "==\",\n"
     "   \"keyid\": \"A\"\n"
     "  }\n"
     " ]\n"
     "}",
     "445353457631203020203433207b225f74797065223a2268747470733a2f2f696e2d746f746f2e696f2f53746174656d656e"
     "742f7631227d",
     "A",
     1,
     {"application/vnd.in-toto+json"},
     0},
    {"threshold-two-distinct-keys",
     "{\n"
     " \"payload\": \"eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEifQ==\",\n"
     " \"payloadType\": \"application/vnd.in-toto+json\",\n"
     " \"signatures\": [\n"
     "  {\n"
     "   \"sig\": \"2WAfaHm5jluo0w+0rk8uVkluELJYWjSmU9x7EUzx+AyteDGJ4/nqyJXfmAUVFIAoQafWm7AxBZNw5M9ixNHiCA"
     "==\",\n"
     "   \"keyid\": \"A\"\n"
     "  },\n"
     "  {\n"
     "   \"sig\": \"c1+67/aT0yqEpwx8PsVY3MLHsj9D0CZ014/Fv/QlG59P+9CobUZ7xECJ/V3USG0Ob9CiE5LjReEZUzNF2l7eBw"
     "==\",\n"
     "   \"keyid\": \"B\"\n"
     "  }\n"
     " ]\n"
     "}",
     "445353457631203238206170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e203433207b225f7479706522"
     "3a2268747470733a2f2f696e2d746f746f2e696f2f53746174656d656e742f7631227d",
     "AB",
     2,
     {"application/vnd.in-toto+json"},
     1},
    {"threshold-two-one-key-twice",
     "{\n"
     " \"payload\": \"eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEifQ==\",\n"
     " \"payloadType\": \"application/vnd.in-toto+json\",\n"
     " \"signatures\": [\n"
     "  {\n"
     "   \"sig\": \"2WAfaHm5jluo0w+0rk8uVkluELJYWjSmU9x7EUzx+AyteDGJ4/nqyJXfmAUVFIAoQafWm7AxBZNw5M9ixNHiCA"
     "==\",\n"
     "   \"keyid\": \"A\"\n"
     "  },\n"
     "  {\n"
     "   \"sig\": \"2WAfaHm5jluo0w+0rk8uVkluELJYWjSmU9x7EUzx+AyteDGJ4/nqyJXfmAUVFIAoQafWm7AxBZNw5M9ixNHiCA"
     "==\",\n"
     "   \"keyid\": \"A\"\n"
     "  }\n"
     " ]\n"
     "}",
     "445353457631203238206170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e203433207b225f7479706522"
     "3a2268747470733a2f2f696e2d746f746f2e696f2f53746174656d656e742f7631227d",
     "AB",
     2,
     {"application/vnd.in-toto+json"},
     0},
    {"threshold-two-without-keyids",
     "{\n"
     " \"payload\": \"eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEifQ==\",\n"
     " \"payloadType\": \"application/vnd.in-toto+json\",\n"
     " \"signatures\": [\n"
     "  {\n"
     "   \"sig\": \"2WAfaHm5jluo0w+0rk8uVkluELJYWjSmU9x7EUzx+AyteDGJ4/nqyJXfmAUVFIAoQafWm7AxBZNw5M9ixNHiCA"
     "==\"\n"
     "  },\n"
     "  {\n"
     "   \"sig\": \"c1+67/aT0yqEpwx8PsVY3MLHsj9D0CZ014/Fv/QlG59P+9CobUZ7xECJ/V3USG0Ob9CiE5LjReEZUzNF2l7eBw"
     "==\"\n"
     "  }\n"
     " ]\n"
     "}",
     "445353457631203238206170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e203433207b225f7479706522"
     "3a2268747470733a2f2f696e2d746f746f2e696f2f53746174656d656e742f7631227d",
     "AB",
     2,
     {"application/vnd.in-toto+json"},
     1},
};

#endif
