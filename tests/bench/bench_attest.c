/* SPDX-License-Identifier: MIT */
/* A whole verification of an attestation against the bare check of its signature.
 *
 * Ours:  armalo_attest_verify: envelope or token read, base64, the key found among ten, the signature, statement or
 *        claims read, issuer, subject, times, one claim compared; audit off, constant clock. Nothing is read back
 *        afterwards, but in the row that says so, which takes two digests and a value more.
 * Floor: the same signature over the same bytes (the PAE, the signing input) by libsodium or by OpenSSL's EVP with the
 *        EVP_MD and the EVP_PKEY ready, and nothing else. */
#include "armalo.h"
#include "attest/revocations.h"
#include "bench.h"
#include "codec/json.h"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sodium.h>

#define NOW INT64_C(1700000000)

static int64_t clock_ms(void *ctx) {
    (void)ctx;
    return NOW * 1000;
}

static void need(int holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "bench_attest: %s\n", what);
    exit(2);
}

/* A key with its PEM texts, made by OpenSSL. */
typedef struct bench_key {
    EVP_PKEY *pkey;
    char private_pem[4096], public_pem[4096];
    unsigned char ed25519[32];
} bench_key;

static void pem_of(EVP_PKEY *pkey, int is_private, char *out, size_t cap) {
    BIO *bio = BIO_new(BIO_s_mem());
    char *data;
    int made = is_private ? PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL)
                          : PEM_write_bio_PUBKEY(bio, pkey);
    long len = BIO_get_mem_data(bio, &data);
    need(made == 1 && len > 0 && (size_t)len < cap, "PEM");
    memcpy(out, data, (size_t)len);
    out[len] = 0;
    BIO_free(bio);
}

static void key_make(bench_key *key, const char *curve) {
    size_t len = sizeof key->ed25519;
    key->pkey = curve == NULL ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519") : EVP_PKEY_Q_keygen(NULL, NULL, "EC", curve);
    need(key->pkey != NULL, "a key");
    if (curve == NULL) need(EVP_PKEY_get_raw_public_key(key->pkey, key->ed25519, &len) == 1, "a raw key");
    pem_of(key->pkey, 1, key->private_pem, sizeof key->private_pem);
    pem_of(key->pkey, 0, key->public_pem, sizeof key->public_pem);
}

/* One artifact and everything that judges it. */
typedef struct subject {
    armalo_host *host;
    armalo_trust *trust;
    armalo_attest_policy *policy;
    armalo_attest_request request;
    char *artifact;
    unsigned char *message; /* what the signature is over */
    size_t message_len;
    unsigned char signature[128];
    size_t signature_len;
    bench_key *key;
    EVP_MD *sha256;
} subject;

static void run_ours(void *ctx, size_t times) {
    subject *s = ctx;
    armalo_decision why;
    for (size_t i = 0; i < times; i++) {
        if (armalo_attest_verify(s->policy, s->trust, &s->request, NULL, &why) != 1) {
            fprintf(stderr, "bench_attest: denied: %s %s\n", armalo_reason_name(why.reason), why.detail);
            exit(2);
        }
        bench_sink += why.reason;
    }
}

static void run_reading(void *ctx, size_t times) {
    subject *s = ctx;
    armalo_decision why;
    armalo_attested_facts facts;
    char buf[64];
    for (size_t i = 0; i < times; i++) {
        armalo_attested *attested = NULL;
        int there = armalo_attest_verify(s->policy, s->trust, &s->request, &attested, &why) &&
                    armalo_attested_value(attested, "/predicate/score", buf, sizeof buf, NULL, NULL);
        need(there, "a value");
        armalo_attested_facts_get(attested, 0, &facts);
        armalo_attested_free(attested);
        bench_sink += facts.payload_sha256[0];
    }
}

static void run_sodium(void *ctx, size_t times) {
    subject *s = ctx;
    for (size_t i = 0; i < times; i++)
        bench_sink += (uint64_t)crypto_sign_verify_detached(s->signature, s->message, s->message_len, s->key->ed25519);
}

static void run_openssl(void *ctx, size_t times) {
    subject *s = ctx;
    for (size_t i = 0; i < times; i++) {
        EVP_MD_CTX *md = EVP_MD_CTX_new();
        need(EVP_DigestVerifyInit(md, NULL, s->sha256, NULL, s->key->pkey) == 1, "DigestVerifyInit");
        int holds = EVP_DigestVerify(md, s->signature, s->signature_len, s->message, s->message_len);
        need(holds == 1, "the floor's signature");
        bench_sink += (uint64_t)holds;
        EVP_MD_CTX_free(md);
    }
}

/* Ten keys, the right one last. */
static armalo_trust *trust_of(armalo_host *host, const bench_key *keys, size_t count) {
    armalo_anchor anchors[80];
    armalo_decision why;
    memset(anchors, 0, sizeof anchors);
    for (size_t i = 0; i < count; i++) {
        anchors[i].struct_size = sizeof anchors[i];
        anchors[i].form = ARMALO_ANCHOR_TEXT;
        anchors[i].data = keys[i].public_pem;
        anchors[i].len = strlen(keys[i].public_pem);
        anchors[i].owner = "https://ci.example";
        anchors[i].pinned = ARMALO_PINNED;
    }
    armalo_trust *trust = armalo_trust_new(host, anchors, count, &why);
    need(trust != NULL, armalo_reason_name(why.reason));
    return trust;
}

static void subject_make(subject *s, armalo_host *host, bench_key *keys, size_t count, const char *policy) {
    armalo_decision why;
    memset(s, 0, sizeof *s);
    s->host = host;
    s->key = &keys[count - 1];
    s->trust = trust_of(host, keys, count);
    s->policy = armalo_attest_policy_new(host, policy, strlen(policy), &why);
    need(s->policy != NULL, why.detail);
    s->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    s->request.struct_size = sizeof s->request;
}

static void subject_free(subject *s) {
    armalo_attest_policy_free(s->policy);
    armalo_trust_free(s->trust);
    EVP_MD_free(s->sha256);
    free(s->artifact);
    free(s->message);
}

static const char dsse_policy[] = "{\"v\":1,\"formats\":[\"dsse\"],\"issuers\":[\"https://"
                                  "ci.example\"],\"predicate_types\":[\"https://example.com/test/v1\"],"
                                  "\"max_age_s\":86400,\"issued_at\":\"/predicate/at\",\"no_revocation\":true,"
                                  "\"claims\":[{\"pointer\":\"/predicate/score\",\"operator\":\"gte\",\"value\":80}]}";
static const char digest_of_hello[] = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

/* An envelope by one or more keys around a statement of about len bytes with so many subjects, the one asked for last.
 */
static void envelope_make(subject *s, bench_key *keys, size_t signers, size_t len, size_t subjects, int dense) {
    char *predicate = malloc(len + 256), *payload = NULL;
    char(*text)[80] = calloc(subjects, sizeof *text);
    const char **list = calloc(subjects, sizeof *list);
    armalo_decision why;
    /* Like build provenance: mostly names and digests; or dense: mostly punctuation. */
    const char *item = dense ? "{\"n\":%zu,\"text\":\"finding\"}"
                             : "{\"uri\":\"pkg:npm/%%40example/package-%zu@1.2.3\",\"digest\":{\"sha512\":"
                               "\"3a71f1d2c5e0b1a4f6d8c7e9b0a1f2d3c4e5b6a7f8d9c0e1b2a3f4d5c6e7b8a9\"}}";
    size_t at = (size_t)sprintf(predicate, "{\"score\":87,\"at\":\"2023-11-14T22:00:00Z\",\"materials\":[");
    for (size_t i = 0; at + 420 < len; i++) {
        if (i > 0) predicate[at++] = ',';
        at += (size_t)sprintf(predicate + at, item, i);
    }
    at += (size_t)sprintf(predicate + at, "]}");
    for (size_t i = 0; i < subjects; i++) {
        sprintf(text[i], "sha256:%064zx", i);
        list[i] = i + 1 == subjects ? digest_of_hello : text[i];
    }
    size_t cap = 2 * (at + 100 * subjects) + 300 * signers + 1024;
    char *out = malloc(cap), *before = NULL;
    size_t out_len = 0;
    for (size_t i = 0; i < signers; i++) {
        armalo_attest_spec spec = {
            .struct_size = sizeof spec, .key = keys[i].private_pem, .key_len = strlen(keys[i].private_pem)};
        if (i == 0) {
            spec.predicate_type = "https://example.com/test/v1";
            spec.predicate = predicate;
            spec.predicate_len = at;
            spec.subjects = list;
            spec.subject_count = subjects;
        } else {
            spec.envelope = before;
            spec.envelope_len = out_len;
        }
        char *next = malloc(cap);
        need(armalo_attest_sign(s->host, &spec, next, cap, &out_len, &why) == 1, armalo_reason_name(why.reason));
        free(before);
        before = next;
    }
    memcpy(out, before, out_len + 1);
    s->artifact = out;
    s->request.artifact = out;
    s->request.artifact_len = out_len;
    s->request.subject = digest_of_hello;
    /* The floor's bytes, by OpenSSL's base64. */
    char *b64 = strstr(out, "\"payload\":\"") + 11, *end = strchr(b64, '"');
    payload = malloc((size_t)(end - b64));
    int size = EVP_DecodeBlock((unsigned char *)payload, (unsigned char *)b64, (int)(end - b64));
    while (end[-1] == '=') end--, size--;
    s->message = malloc((size_t)size + 128);
    int head = sprintf((char *)s->message, "DSSEv1 28 application/vnd.in-toto+json %d ", size);
    memcpy(s->message + head, payload, (size_t)size);
    s->message_len = (size_t)(head + size);
    unsigned char decoded[128];
    char *sig = strstr(out, "\"sig\":\"") + 7;
    need(EVP_DecodeBlock(decoded, (unsigned char *)sig, (int)strcspn(sig, "\"")) >= 64, "sig");
    memcpy(s->signature, decoded, 64);
    s->signature_len = 64;
    if (EVP_PKEY_is_a(keys[0].pkey, "ED25519")) {
        s->key = &keys[0];
        need(crypto_sign_verify_detached(s->signature, s->message, s->message_len, keys[0].ed25519) == 0,
             "the floor's bytes");
    }
    free(before);
    free(payload);
    free(predicate);
    free(text);
    free(list);
}

static size_t base64url(const unsigned char *in, size_t len, char *out) {
    size_t n = (size_t)EVP_EncodeBlock((unsigned char *)out, in, (int)len);
    for (size_t i = 0; i < n; i++) out[i] = (char)(out[i] == '+' ? '-' : out[i] == '/' ? '_' : out[i]);
    while (n > 0 && out[n - 1] == '=') n--;
    out[n] = 0;
    return n;
}

/* A token of about len bytes, signed by OpenSSL. */
static void token_make(subject *s, const char *alg, size_t len) {
    char header[128], claims[4096], text[8192];
    unsigned char raw[256];
    size_t raw_len = sizeof raw, at;
    sprintf(header, "{\"alg\":\"%s\",\"kid\":\"none-of-ours\",\"typ\":\"JWT\"}", alg);
    at = (size_t)sprintf(
        claims, "{\"iss\":\"https://"
                "ci.example\",\"sub\":\"agent_1\",\"iat\":1699999000,\"exp\":1700009000,\"score\":87,\"notes\":\"");
    while (at < len * 3 / 4 - 100) claims[at++] = 'n';
    at += (size_t)sprintf(claims + at, "\"}");
    size_t n = base64url((unsigned char *)header, strlen(header), text);
    text[n++] = '.';
    n += base64url((unsigned char *)claims, at, text + n);
    s->message = malloc(n);
    memcpy(s->message, text, n);
    s->message_len = n;
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    int is_ec = EVP_PKEY_is_a(s->key->pkey, "EC");
    need(EVP_DigestSignInit(md, NULL, is_ec ? s->sha256 : NULL, NULL, s->key->pkey) == 1 &&
             EVP_DigestSign(md, raw, &raw_len, s->message, s->message_len) == 1,
         "sign");
    EVP_MD_CTX_free(md);
    memcpy(s->signature, raw, raw_len);
    s->signature_len = raw_len;
    if (is_ec) { /* DER for the floor, r || s for the token */
        const unsigned char *der = raw;
        ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)raw_len);
        unsigned char both[64];
        need(BN_bn2binpad(ECDSA_SIG_get0_r(sig), both, 32) == 32 &&
                 BN_bn2binpad(ECDSA_SIG_get0_s(sig), both + 32, 32) == 32,
             "r, s");
        ECDSA_SIG_free(sig);
        memcpy(raw, both, 64);
    }
    text[n++] = '.';
    n += base64url(raw, 64, text + n);
    s->artifact = strdup(text);
    s->request.artifact = s->artifact;
    s->request.artifact_len = n;
    s->request.subject = "agent_1";
}

static const char jws_policy[] =
    "{\"v\":1,\"formats\":[\"jws\"],\"issuers\":[\"https://ci.example\"],\"typ\":[\"JWT\"],"
    "\"max_age_s\":86400,\"expiry_required\":true,\"no_revocation\":true,"
    "\"claims\":[{\"pointer\":\"/score\",\"operator\":\"gte\",\"value\":80}]}";

/* ---- Revocation: a million ids. ---- */
typedef struct lookups {
    armalo_i_revocations *list;
    char (*id)[32];
    size_t count;
} lookups;

static void run_lookup(void *ctx, size_t times) {
    lookups *l = ctx;
    for (size_t i = 0, at = 1; i < times; i++) {
        at = (at * 2654435761u + 12345) % l->count;
        bench_sink += (uint64_t)armalo_i_revoked(l->list, armalo_i_span_of(l->id[at], 20));
    }
}

/* What a lookup cannot do without: a SHA-256 of the id and one load that misses the cache. */
static void run_lookup_floor(void *ctx, size_t times) {
    lookups *l = ctx;
    unsigned char digest[32];
    for (size_t i = 0, at = 1; i < times; i++) {
        at = (at * 2654435761u + 12345) % l->count;
        crypto_hash_sha256(digest, (unsigned char *)l->id[at], 20);
        size_t place = ((size_t)digest[0] | (size_t)digest[1] << 8 | (size_t)digest[2] << 16) & l->list->mask;
        bench_sink += l->list->slot[place][0];
    }
}

static void lookups_make(lookups *l, size_t count) {
    char *text = malloc(count * 100 + 256);
    armalo_i_json_value root;
    size_t at = (size_t)sprintf(text, "{\"issuer\":\"i\",\"number\":1,\"this_update\":\"2023-11-14T00:00:00Z\",\"next_"
                                      "update\":\"2023-11-15T00:00:00Z\",\"revoked\":[");
    l->count = count;
    l->id = calloc(count, sizeof *l->id);
    for (size_t i = 0; i < count; i++) {
        sprintf(l->id[i], "%s_%015zu", i % 2 ? "good" : "evil", i); /* half are on the list */
        if (i % 2) continue;
        at += (size_t)sprintf(text + at, "%s{\"id\":\"%s\",\"at\":\"2023-11-13T00:00:00Z\",\"reason\":\"\"}",
                              i > 0 ? "," : "", l->id[i]);
    }
    at += (size_t)sprintf(text + at, "]}");
    need(armalo_i_json_load(armalo_i_span_of(text, at), SIZE_MAX, &root, NULL) == 1, "list");
    double start = bench_now_ns();
    need(armalo_i_revocations_read(root, &l->list) == 1, "a list");
    printf("a list of %zu ids read into place: %.0f ms, %zu bytes an id\n", l->list->count,
           (bench_now_ns() - start) / 1e6, (l->list->mask + 1) * sizeof l->list->slot[0] / l->list->count);
    free(text);
}

int main(void) {
    static bench_key keys[80], ec[10];
    armalo_host_config config = {.struct_size = sizeof config,
                                 .mode = ARMALO_MODE_PRODUCTION,
                                 .now_ms = clock_ms,
                                 .audit_off = ARMALO_AUDIT_OFF};
    armalo_decision why;
    subject s;
    lookups l;
    need(sodium_init() >= 0, "libsodium");
    armalo_host *host = armalo_host_new(&config, &why);
    need(host != NULL, "host");
    for (size_t i = 0; i < 80; i++) key_make(&keys[i], NULL);
    for (size_t i = 0; i < 10; i++) key_make(&ec[i], "P-256");

    bench_title("attestations: all of a verification against the bare signature");
    subject_make(&s, host, keys, 10, dsse_policy);
    envelope_make(&s, keys, 1, 2048, 1, 0);
    bench_row("DSSE, Ed25519, statement of 2 KiB", run_ours, &s, "libsodium, same bytes", run_sodium, &s, 1.10);
    bench_row("  the same, facts and a value read", run_reading, &s, "libsodium, same bytes", run_sodium, &s, 0);
    subject_free(&s);
    subject_make(&s, host, keys, 10, dsse_policy);
    envelope_make(&s, keys, 1, 2048, 1, 1);
    bench_row("  the same, mostly punctuation", run_ours, &s, "libsodium, same bytes", run_sodium, &s, 0);
    subject_free(&s);
    subject_make(&s, host, keys, 1, jws_policy);
    token_make(&s, "EdDSA", 1024);
    bench_row("JWS EdDSA, 1 KiB", run_ours, &s, "libsodium, same bytes", run_sodium, &s, 1.10);
    subject_free(&s);
    subject_make(&s, host, ec, 1, jws_policy);
    token_make(&s, "ES256", 1024);
    bench_row("JWS ES256, 1 KiB", run_ours, &s, "OpenSSL EVP, same bytes", run_openssl, &s, 1.08);
    subject_free(&s);

    bench_title("linear: ten times the subjects, eight times the signatures");
    static const size_t subjects[] = {10, 100, 1000, 10000};
    for (size_t i = 0; i < 4; i++) {
        subject_make(&s, host, keys, 1, dsse_policy);
        envelope_make(&s, keys, 1, 400, subjects[i], 0);
        char name[64];
        sprintf(name, "DSSE, %zu subjects", subjects[i]);
        bench_row(name, run_ours, &s, "libsodium, same bytes", run_sodium, &s, 0);
        subject_free(&s);
    }
    static const size_t signers[] = {1, 8, 64};
    for (size_t i = 0; i < 3; i++) {
        subject_make(&s, host, keys, 64, dsse_policy);
        envelope_make(&s, keys, signers[i], 2048, 1, 0);
        char name[64];
        sprintf(name, "DSSE, %zu signatures by as many of 64 keys", signers[i]);
        bench_row(name, run_ours, &s, "one by libsodium", run_sodium, &s, 0);
        subject_free(&s);
    }

    bench_title("revocation");
    lookups_make(&l, 2000000);
    bench_row("one id against a list of 1,000,000", run_lookup, &l, "SHA-256 and one cache miss", run_lookup_floor, &l,
              0);
    armalo_i_revocations_free(l.list);
    free(l.id);
    for (size_t i = 0; i < 80; i++) EVP_PKEY_free(keys[i].pkey);
    for (size_t i = 0; i < 10; i++) EVP_PKEY_free(ec[i].pkey);
    armalo_host_free(host);
    return 0;
}
