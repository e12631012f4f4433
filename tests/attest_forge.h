/* SPDX-License-Identifier: MIT */
/* tests/attest_forge.h: keys, envelopes, JWS and credentials made by OpenSSL alone, any member of which can be
 * spelled in any way; a trust and a policy to judge them by. Header only; for one thread (what is made can be read
 * by many).  Texts that a function here returns live until forge_forget() or the end of the program. A member's text
 * is JSON, so a string comes with its quotes: forge_quote(). */
#ifndef ARMALO_TESTS_ATTEST_FORGE_H
#define ARMALO_TESTS_ATTEST_FORGE_H

#include "world.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <time.h>

/* For loops: Check writes something down for each of its assertions, held or not. */
#ifndef must
#define must(what)                                                                                                     \
    do {                                                                                                               \
        if (!(what)) ck_abort_msg("%s:%d: %s does not hold", __FILE__, __LINE__, #what);                               \
    } while (0)
#endif

/* ---- Texts ---- */

typedef struct forge_kept {
    struct forge_kept *next;
    size_t reserved;
} forge_kept;
static forge_kept *forge_all_kept;

static inline void *forge_keep(size_t size) {
    forge_kept *kept = malloc(sizeof *kept + size);
    if (kept == NULL) abort();
    kept->next = forge_all_kept;
    forge_all_kept = kept;
    return kept + 1;
}

/* No text that was made before may be used afterwards. */
static inline void forge_forget(void) {
    while (forge_all_kept != NULL) {
        forge_kept *kept = forge_all_kept;
        forge_all_kept = kept->next;
        free(kept);
    }
}

/* As printf; of any length. */
__attribute__((format(printf, 1, 2))) static inline char *forge_text(const char *format, ...) {
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    int len = vsnprintf(NULL, 0, format, list);
    if (len < 0) abort();
    char *text = forge_keep((size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    va_end(list);
    return text;
}

static inline char *forge_quote(const char *text) { return forge_text("\"%s\"", text); }

/* The text with every occurrence of `old` replaced; old must be there. */
static inline char *forge_replace(const char *text, const char *old, const char *by) {
    size_t count = 0;
    for (const char *at = strstr(text, old); at != NULL; at = strstr(at + strlen(old), old)) count++;
    if (count == 0) ck_abort_msg("no %s in %s", old, text);
    char *out = forge_keep(strlen(text) + count * strlen(by) + 1), *to = out;
    for (const char *at; (at = strstr(text, old)) != NULL; text = at + strlen(old)) {
        memcpy(to, text, (size_t)(at - text));
        to += at - text;
        memcpy(to, by, strlen(by));
        to += strlen(by);
    }
    memcpy(to, text, strlen(text) + 1);
    return out;
}

/* Bytes that may hold anything. */
typedef struct forge_bytes {
    const uint8_t *at;
    size_t len;
} forge_bytes;

static inline forge_bytes forge_bytes_of(const void *at, size_t len) {
    uint8_t *copy = forge_keep(len + 1);
    if (len > 0) memcpy(copy, at, len);
    copy[len] = 0;
    forge_bytes bytes = {copy, len};
    return bytes;
}
static inline forge_bytes forge_bytes_text(const char *text) { return forge_bytes_of(text, strlen(text)); }

static inline forge_bytes forge_join(forge_bytes a, forge_bytes b) {
    uint8_t *both = forge_keep(a.len + b.len + 1);
    memcpy(both, a.at, a.len);
    memcpy(both + a.len, b.at, b.len);
    both[a.len + b.len] = 0;
    forge_bytes bytes = {both, a.len + b.len};
    return bytes;
}

/* ---- Encodings and digests ---- */

/* The standard alphabet, with padding. */
static inline char *forge_base64(forge_bytes bytes) {
    char *text = forge_keep((bytes.len + 2) / 3 * 4 + 1);
    EVP_EncodeBlock((unsigned char *)text, bytes.at, (int)bytes.len);
    return text;
}

static inline char *forge_unpadded(const char *base64) {
    char *text = forge_text("%s", base64);
    while (text[0] != 0 && text[strlen(text) - 1] == '=') text[strlen(text) - 1] = 0;
    return text;
}

/* The other alphabet. */
static inline char *forge_url_alphabet(const char *base64) {
    char *text = forge_text("%s", base64);
    for (char *c = text; *c != 0; c++) *c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
    return text;
}

static inline char *forge_base64url(forge_bytes bytes) {
    return forge_url_alphabet(forge_unpadded(forge_base64(bytes)));
}

static inline char *forge_hex(forge_bytes bytes) {
    char *text = forge_keep(2 * bytes.len + 1);
    text[0] = 0;
    for (size_t i = 0; i < bytes.len; i++) snprintf(text + 2 * i, 3, "%02x", bytes.at[i]);
    return text;
}

/* Bitcoin's alphabet: the number in base 58, and a '1' for each zero byte at the front. */
static inline char *forge_base58(forge_bytes bytes) {
    static const char digits[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    char *text = forge_keep(2 * bytes.len + 2), *end = text + 2 * bytes.len + 1, *at = end;
    BIGNUM *number = BN_bin2bn(bytes.at, (int)bytes.len, NULL);
    *end = 0;
    while (!BN_is_zero(number)) *--at = digits[BN_div_word(number, 58)];
    for (size_t i = 0; i < bytes.len && bytes.at[i] == 0; i++) *--at = '1';
    BN_free(number);
    return at;
}

static inline forge_bytes forge_digest(const char *name, forge_bytes bytes) {
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (EVP_Digest(bytes.at, bytes.len, digest, &len, EVP_get_digestbyname(name), NULL) != 1) abort();
    return forge_bytes_of(digest, len);
}

/* "sha256:" and the hexadecimal digest; likewise sha512. */
static inline char *forge_sha256_name(forge_bytes bytes) {
    return forge_text("sha256:%s", forge_hex(forge_digest("SHA256", bytes)));
}
static inline char *forge_sha512_name(forge_bytes bytes) {
    return forge_text("sha512:%s", forge_hex(forge_digest("SHA512", bytes)));
}

/* RFC 3339, with quotes. */
static inline char *forge_rfc3339(int64_t ms) {
    struct tm tm;
    time_t s = (time_t)(ms / 1000);
    if (gmtime_r(&s, &tm) == NULL) abort();
    return forge_text("\"%04d-%02d-%02dT%02d:%02d:%02d.%03dZ\"", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                      tm.tm_hour, tm.tm_min, tm.tm_sec, (int)(ms % 1000));
}
/* That many seconds after the worlds' now. */
static inline char *forge_when(int64_t seconds) { return forge_rfc3339((FORGE_NOW_S + seconds) * 1000); }

/* ---- Objects ---- */

#define FORGE_OBJECT_MEMBERS 48

/* A JSON object whose members are texts. */
typedef struct forge_object {
    size_t count;
    struct {
        const char *name, *json;
    } member[FORGE_OBJECT_MEMBERS];
} forge_object;

static inline size_t forge_object_at(const forge_object *o, const char *name) {
    size_t at = 0;
    while (at < o->count && strcmp(o->member[at].name, name) != 0) at++;
    return at;
}

/* One more member, also where its name is there already. */
static inline void forge_put_again(forge_object *o, const char *name, const char *json) {
    if (o->count == FORGE_OBJECT_MEMBERS) ck_abort_msg("no room for %s", name);
    o->member[o->count].name = forge_text("%s", name);
    o->member[o->count++].json = forge_text("%s", json);
}

/* NULL when it is not there. */
static inline const char *forge_member_text(const forge_object *o, const char *name) {
    size_t at = forge_object_at(o, name);
    return at == o->count ? NULL : o->member[at].json;
}

/* Replace it, or add it. */
static inline void forge_put(forge_object *o, const char *name, const char *json) {
    size_t at = forge_object_at(o, name);
    if (at == o->count)
        forge_put_again(o, name, json);
    else
        o->member[at].json = forge_text("%s", json);
}

/* It must be there. */
static inline void forge_drop(forge_object *o, const char *name) {
    size_t at = forge_object_at(o, name);
    if (at == o->count) ck_abort_msg("no member %s", name);
    memmove(&o->member[at], &o->member[at + 1], (o->count - at - 1) * sizeof o->member[0]);
    o->count--;
}

static inline void forge_rename(forge_object *o, const char *name, const char *by) {
    size_t at = forge_object_at(o, name);
    if (at == o->count) ck_abort_msg("no member %s", name);
    o->member[at].name = forge_text("%s", by);
}

/* As the members stand, without spaces. */
static inline char *forge_object_text(const forge_object *o) {
    size_t size = 3, len = 0;
    for (size_t i = 0; i < o->count; i++) size += strlen(o->member[i].name) + strlen(o->member[i].json) + 4;
    char *text = forge_keep(size);
    text[len++] = '{';
    for (size_t i = 0; i < o->count; i++)
        len += (size_t)snprintf(text + len, size - len, "%s\"%s\":%s", i > 0 ? "," : "", o->member[i].name,
                                o->member[i].json);
    text[len++] = '}';
    text[len] = 0;
    return text;
}

/* RFC 8785: members sorted by name (ASCII here), no space. The members' texts must be canonical themselves. */
static inline char *forge_object_canonical(const forge_object *o) {
    forge_object sorted = *o;
    for (size_t i = 0; i < sorted.count; i++) {
        for (size_t k = i + 1; k < sorted.count; k++) {
            if (strcmp(sorted.member[k].name, sorted.member[i].name) >= 0) continue;
            const char *name = sorted.member[i].name, *json = sorted.member[i].json;
            sorted.member[i] = sorted.member[k];
            sorted.member[k].name = name;
            sorted.member[k].json = json;
        }
    }
    return forge_object_text(&sorted);
}

/* Take members out of a text like "\"threshold\":2,\"any_age\":,\"max_age_s\":60": each replaces or adds one; one
 * without a value removes it. */
static inline void forge_put_all(forge_object *o, const char *changes) {
    for (const char *at = changes; *at != 0; at += *at == ',') {
        const char *name = at + 1, *end = *at == '"' ? strchr(name, '"') : NULL;
        if (end == NULL || end[1] != ':') ck_abort_msg("not a list of members: %s", at);
        const char *value = end + 2;
        int depth = 0, quoted = 0;
        for (at = value; *at != 0 && (quoted || depth > 0 || *at != ','); at++) {
            if (quoted && *at == '\\' && at[1] != 0)
                at++;
            else if (*at == '"')
                quoted = !quoted;
            else if (!quoted)
                depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
        }
        char *key = forge_text("%.*s", (int)(end - name), name);
        if (at == value)
            forge_drop(o, key);
        else
            forge_put(o, key, forge_text("%.*s", (int)(at - value), value));
    }
}

/* ---- Keys ---- */

enum forge_algorithm { FORGE_EDDSA, FORGE_ES256, FORGE_ES384, FORGE_PS256, FORGE_RS256 };

static inline const char *forge_algorithm_name(enum forge_algorithm alg) {
    static const char *const names[] = {"EdDSA", "ES256", "ES384", "PS256", "RS256"};
    return names[alg];
}

#define FORGE_CI_OWNER    "https://ci.example"
#define FORGE_OTHER_OWNER "https://other.example"

/* Whose keys there are. Those of the CI and of the other are in the default trust. */
enum {
    FORGE_CI,         /* Ed25519, "ci-1" */
    FORGE_CI_2,       /* Ed25519, "ci-2" */
    FORGE_CI_P256,    /* "ci-p256" */
    FORGE_CI_P384,    /* "ci-p384" */
    FORGE_CI_RSA,     /* 2048 bits, bound to PS256, "ci-rsa" */
    FORGE_OTHER,      /* Ed25519, "other-1" */
    FORGE_OTHER_P256, /* "other-p256" */
    FORGE_STRANGER,   /* Ed25519, trusted by nobody, "stranger-1" */
    FORGE_STRANGER_P256,
    FORGE_STRANGER_RSA,
    FORGE_EXTRA, /* and FORGE_EXTRA + n: Ed25519, "extra-n", of nobody until an anchor says so */
    FORGE_SIGNERS = FORGE_EXTRA + 1200
};

typedef struct forge_signer {
    enum forge_algorithm alg;
    const char *owner; /* in the default trust; NULL: not in it */
    EVP_PKEY *pkey;
    uint8_t raw[32]; /* Ed25519's public key */
    char id[32];
    char thumbprint[44]; /* RFC 7638 */
    char jwk[1024];      /* the members that a thumbprint is over, and no others */
    char public_pem[1024], private_pem[2048];
} forge_signer;

static inline void forge_pem_take(BIO *bio, int written, char *out, size_t cap) {
    int len = written == 1 ? BIO_read(bio, out, (int)cap - 1) : -1;
    if (len <= 0 || BIO_pending(bio) > 0) abort();
    out[len] = 0;
    BIO_free(bio);
}

static inline EVP_PKEY *forge_rsa_pkey(unsigned bits) {
    EVP_PKEY *pkey = EVP_RSA_gen(bits);
    if (pkey == NULL) abort();
    return pkey;
}

/* RFC 8032: any 32 bytes are a private key. */
static inline EVP_PKEY *forge_ed25519_pkey(int which) {
    uint8_t seed[32];
    for (size_t i = 0; i < sizeof seed; i++) seed[i] = (uint8_t)(3 * i + 17 + (size_t)which * (i == 0 ? 1 : 0));
    seed[1] = (uint8_t)(which >> 8);
    EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof seed);
    if (pkey == NULL) abort();
    return pkey;
}

static inline char *forge_key_number(const EVP_PKEY *pkey, const char *name, int width) {
    uint8_t bytes[1024];
    BIGNUM *number = NULL;
    if (EVP_PKEY_get_bn_param(pkey, name, &number) != 1) abort();
    int len = width > 0 ? width : BN_num_bytes(number);
    if (BN_bn2binpad(number, bytes, len) != len) abort();
    BN_free(number);
    return forge_base64url(forge_bytes_of(bytes, (size_t)len));
}

/* The JWK with the members that RFC 7638 3.2 asks for, in their order. */
static inline char *forge_pkey_jwk(const EVP_PKEY *pkey, enum forge_algorithm alg) {
    uint8_t raw[32];
    size_t len = sizeof raw;
    int field = alg == FORGE_ES256 ? 32 : 48;
    switch (alg) {
    case FORGE_EDDSA:
        if (EVP_PKEY_get_raw_public_key(pkey, raw, &len) != 1 || len != sizeof raw) abort();
        return forge_text("{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"%s\"}",
                          forge_base64url(forge_bytes_of(raw, sizeof raw)));
    case FORGE_ES256:
    case FORGE_ES384:
        return forge_text("{\"crv\":\"P-%s\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}",
                          alg == FORGE_ES256 ? "256" : "384", forge_key_number(pkey, OSSL_PKEY_PARAM_EC_PUB_X, field),
                          forge_key_number(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, field));
    default:
        return forge_text("{\"e\":\"%s\",\"kty\":\"RSA\",\"n\":\"%s\"}",
                          forge_key_number(pkey, OSSL_PKEY_PARAM_RSA_E, 0),
                          forge_key_number(pkey, OSSL_PKEY_PARAM_RSA_N, 0));
    }
}

static inline void forge_signer_fill(forge_signer *s, EVP_PKEY *pkey, enum forge_algorithm alg) {
    s->alg = alg;
    s->pkey = pkey;
    size_t len = sizeof s->raw;
    if (alg == FORGE_EDDSA && EVP_PKEY_get_raw_public_key(pkey, s->raw, &len) != 1) abort();
    snprintf(s->jwk, sizeof s->jwk, "%s", forge_pkey_jwk(pkey, alg));
    snprintf(s->thumbprint, sizeof s->thumbprint, "%s",
             forge_base64url(forge_digest("SHA256", forge_bytes_text(s->jwk))));
    BIO *bio = BIO_new(BIO_s_mem());
    forge_pem_take(bio, PEM_write_bio_PUBKEY(bio, pkey), s->public_pem, sizeof s->public_pem);
    bio = BIO_new(BIO_s_mem());
    forge_pem_take(bio, PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL), s->private_pem,
                   sizeof s->private_pem);
}

/* Made at the first call, and the same for the rest of the program: Ed25519 from a fixed seed, the others at random. */
static inline const forge_signer *forge_signer_of(int which) {
    static forge_signer *made[FORGE_SIGNERS];
    static const struct {
        const char *id, *owner;
        enum forge_algorithm alg;
    } named[FORGE_EXTRA] = {
        [FORGE_CI] = {"ci-1", FORGE_CI_OWNER, FORGE_EDDSA},
        [FORGE_CI_2] = {"ci-2", FORGE_CI_OWNER, FORGE_EDDSA},
        [FORGE_CI_P256] = {"ci-p256", FORGE_CI_OWNER, FORGE_ES256},
        [FORGE_CI_P384] = {"ci-p384", FORGE_CI_OWNER, FORGE_ES384},
        [FORGE_CI_RSA] = {"ci-rsa", FORGE_CI_OWNER, FORGE_PS256},
        [FORGE_OTHER] = {"other-1", FORGE_OTHER_OWNER, FORGE_EDDSA},
        [FORGE_OTHER_P256] = {"other-p256", FORGE_OTHER_OWNER, FORGE_ES256},
        [FORGE_STRANGER] = {"stranger-1", NULL, FORGE_EDDSA},
        [FORGE_STRANGER_P256] = {"stranger-p256", NULL, FORGE_ES256},
        [FORGE_STRANGER_RSA] = {"stranger-rsa", NULL, FORGE_PS256},
    };
    if (which < 0 || which >= FORGE_SIGNERS) abort();
    if (made[which] != NULL) return made[which];
    forge_signer *s = calloc(1, sizeof *s);
    if (s == NULL) abort();
    enum forge_algorithm alg = which < FORGE_EXTRA ? named[which].alg : FORGE_EDDSA;
    if (which < FORGE_EXTRA) {
        s->owner = named[which].owner;
        snprintf(s->id, sizeof s->id, "%s", named[which].id);
    } else {
        snprintf(s->id, sizeof s->id, "extra-%d", which - FORGE_EXTRA);
    }
    forge_signer_fill(s,
                      alg == FORGE_EDDSA   ? forge_ed25519_pkey(which)
                      : alg == FORGE_ES256 ? EVP_EC_gen("P-256")
                      : alg == FORGE_ES384 ? EVP_EC_gen("P-384")
                                           : forge_rsa_pkey(2048),
                      alg);
    return made[which] = s;
}

/* Make what every test of a program needs before they become processes of their own. */
static inline void forge_keys_ready(void) {
    for (int i = 0; i < FORGE_STRANGER; i++) (void)forge_signer_of(i);
}

/* The form of a signature by ECDSA. */
enum { FORGE_RAW, FORGE_DER };

static inline forge_bytes forge_der_to_raw(forge_bytes der, int field) {
    uint8_t raw[96];
    const unsigned char *at = der.at;
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)der.len);
    if (pair == NULL || BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, field) != field ||
        BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + field, field) != field)
        abort();
    ECDSA_SIG_free(pair);
    return forge_bytes_of(raw, (size_t)(2 * field));
}

/* A signature over the message. alg must be one that the key can make. */
static inline forge_bytes forge_signature(const forge_signer *s, enum forge_algorithm alg, int form,
                                          forge_bytes message) {
    uint8_t out[1024];
    size_t len = sizeof out;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *settings = NULL;
    const char *digest = alg == FORGE_EDDSA ? NULL : alg == FORGE_ES384 ? "SHA384" : "SHA256";
    if (EVP_DigestSignInit_ex(ctx, &settings, digest, NULL, NULL, s->pkey, NULL) != 1) abort();
    if (alg == FORGE_PS256 && (EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) != 1 ||
                               EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) != 1))
        abort();
    if (EVP_DigestSign(ctx, out, &len, message.at, message.len) != 1) abort();
    EVP_MD_CTX_free(ctx);
    forge_bytes bytes = forge_bytes_of(out, len);
    if ((alg != FORGE_ES256 && alg != FORGE_ES384) || form == FORGE_DER) return bytes;
    return forge_der_to_raw(bytes, alg == FORGE_ES256 ? 32 : 48);
}

/* ---- Trust ---- */

#define FORGE_ANCHORS 1100

/* Anchors: each one PEM public key with owner and id. Change what they hold before forge_trust(). */
typedef struct forge_anchors {
    size_t count;
    armalo_anchor anchor[FORGE_ANCHORS];
} forge_anchors;

static inline armalo_anchor *forge_anchor(forge_anchors *a, const forge_signer *s, const char *owner) {
    if (a->count == FORGE_ANCHORS) abort();
    armalo_anchor *anchor = &a->anchor[a->count++];
    memset(anchor, 0, sizeof *anchor);
    anchor->struct_size = sizeof *anchor;
    anchor->form = ARMALO_ANCHOR_TEXT;
    anchor->data = s->public_pem;
    anchor->len = strlen(s->public_pem);
    anchor->owner = owner;
    anchor->key_id = s->id;
    anchor->pinned = ARMALO_PINNED;
    return anchor;
}

/* The keys of the two owners. */
static inline void forge_anchors_init(forge_anchors *a) {
    a->count = 0;
    for (int i = 0; i < FORGE_STRANGER; i++) forge_anchor(a, forge_signer_of(i), forge_signer_of(i)->owner);
}

static inline armalo_trust *forge_trust(world *w, const forge_anchors *a) {
    armalo_trust *trust = armalo_trust_new(w->host, a->anchor, a->count, &w->why);
    if (trust == NULL) ck_abort_msg("no trust: %s (%s)", armalo_reason_name(w->why.reason), w->why.detail);
    return trust;
}

static inline armalo_trust *forge_default_trust(world *w) {
    static forge_anchors anchors;
    forge_anchors_init(&anchors);
    return forge_trust(w, &anchors);
}

/* ---- Policies ---- */

#define FORGE_TYPE            "https://ci.example/build/v1" /* of the default predicate */
#define FORGE_CREDENTIAL_TYPE "BuildCredential"

/* Takes the CI's word in every format, however old, with no list of revocations; and then the changes of
 * forge_put_all(). What is given is not checked here. */
static inline char *forge_policy_text(const char *changes) {
    forge_object policy = {.count = 0};
    forge_put_all(&policy, "\"v\":1,\"formats\":[\"dsse\",\"jws\",\"vc\"],\"issuers\":[\"" FORGE_CI_OWNER "\"],"
                           "\"predicate_types\":[\"" FORGE_TYPE "\"],\"credential_types\":[\"" FORGE_CREDENTIAL_TYPE
                           "\"],\"any_age\":true,\"no_revocation\":true");
    forge_put_all(&policy, changes);
    /* What is asked of a format that is not accepted contradicts it. */
    const char *formats = forge_member_text(&policy, "formats");
    if (strstr(formats, "dsse") == NULL) forge_drop(&policy, "predicate_types");
    if (strstr(formats, "vc") == NULL) forge_drop(&policy, "credential_types");
    return forge_object_text(&policy);
}

static inline armalo_attest_policy *forge_policy(world *w, const char *changes) {
    const char *text = forge_policy_text(changes);
    armalo_attest_policy *policy = armalo_attest_policy_new(w->host, text, strlen(text), &w->why);
    if (policy == NULL)
        ck_abort_msg("no policy: %s (%s) in %s", armalo_reason_name(w->why.reason), w->why.detail, text);
    return policy;
}

/* ---- DSSE ---- */

#define FORGE_PAYLOAD_TYPE "application/vnd.in-toto+json"
#define FORGE_SUBJECT_DATA "release 1.0\n"

/* SPEC dsse protocol: "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body. */
static inline forge_bytes forge_pae(const char *type, forge_bytes payload) {
    return forge_join(forge_bytes_text(forge_text("DSSEv1 %zu %s %zu ", strlen(type), type, payload.len)), payload);
}

/* The encoding of DSSE v0.1: the number of parts and each length in eight bytes, the lowest first. */
static inline forge_bytes forge_pae_v0(const char *type, forge_bytes payload) {
    uint8_t count[8] = {2}, lens[2][8];
    for (size_t i = 0; i < 8; i++) {
        lens[0][i] = (uint8_t)((uint64_t)strlen(type) >> 8 * i);
        lens[1][i] = (uint8_t)((uint64_t)payload.len >> 8 * i);
    }
    forge_bytes pae = forge_join(forge_bytes_of(count, 8), forge_bytes_of(lens[0], 8));
    pae = forge_join(pae, forge_bytes_text(type));
    return forge_join(forge_join(pae, forge_bytes_of(lens[1], 8)), payload);
}

#define FORGE_SIGNATURES 70

/* An envelope around a statement, before it is text. */
typedef struct forge_dsse {
    forge_object predicate;
    forge_object statement; /* its "predicate" is the one above unless it is put here too */
    const char *payload;    /* instead of the statement; NULL: the statement */
    const char *type;       /* payloadType, as it is signed */
    forge_object envelope;  /* members in place of those made (payload, payloadType, signatures), and further ones */
    int url_alphabet, unpadded, der, pae_v0; /* 1: so */
    size_t count;
    struct forge_one_signature {
        const forge_signer *signer;
        const char *keyid; /* JSON; NULL: no keyid */
        const char *sig;   /* JSON, instead of the signature; NULL: the signature */
        const char *whole; /* JSON, instead of the object; NULL: the object */
        forge_bytes over;  /* instead of the pre-authentication encoding; at NULL: that */
    } signature[FORGE_SIGNATURES];
} forge_dsse;

/* Sign it with one more key, with the key's id as a hint. */
static inline struct forge_one_signature *forge_dsse_sign(forge_dsse *f, const forge_signer *s) {
    if (f->count == FORGE_SIGNATURES) abort();
    struct forge_one_signature *one = &f->signature[f->count++];
    memset(one, 0, sizeof *one);
    one->signer = s;
    one->keyid = forge_quote(s->id);
    return one;
}

/* A statement of a foreign type about FORGE_SUBJECT_DATA, signed by the CI's first key. */
static inline void forge_dsse_init(forge_dsse *f) {
    memset(f, 0, sizeof *f);
    forge_bytes subject = forge_bytes_text(FORGE_SUBJECT_DATA);
    forge_put_all(&f->predicate, "\"builder\":\"urn:example:builder:7\",\"score\":93");
    forge_put(&f->predicate, "built_at", forge_when(-60));
    forge_put(&f->statement, "_type", "\"https://in-toto.io/Statement/v1\"");
    forge_put(&f->statement, "subject",
              forge_text("[{\"name\":\"release.tar\",\"digest\":{\"sha256\":\"%s\"}}]",
                         forge_hex(forge_digest("SHA256", subject))));
    forge_put(&f->statement, "predicateType", forge_quote(FORGE_TYPE));
    f->type = FORGE_PAYLOAD_TYPE;
    forge_dsse_sign(f, forge_signer_of(FORGE_CI));
}

/* A statement of this type with these members of its predicate. */
static inline void forge_dsse_init_as(forge_dsse *f, const char *predicate_type, const char *members) {
    forge_dsse_init(f);
    f->predicate.count = 0;
    forge_put_all(&f->predicate, members);
    forge_put(&f->statement, "predicateType", forge_quote(predicate_type));
}

static inline char *forge_dsse_encode(const forge_dsse *f, forge_bytes bytes) {
    char *text = forge_base64(bytes);
    if (f->url_alphabet) text = forge_url_alphabet(text);
    return f->unpadded ? forge_unpadded(text) : text;
}

static inline forge_bytes forge_dsse_payload(const forge_dsse *f) {
    forge_object statement = f->statement;
    if (f->payload != NULL) return forge_bytes_text(f->payload);
    if (forge_member_text(&statement, "predicate") == NULL)
        forge_put(&statement, "predicate", forge_object_text(&f->predicate));
    return forge_bytes_text(forge_object_text(&statement));
}

static inline char *forge_dsse_signature(const forge_dsse *f, const struct forge_one_signature *one,
                                         forge_bytes message) {
    forge_object object = {.count = 0};
    if (one->whole != NULL) return forge_text("%s", one->whole);
    if (one->over.at != NULL) message = one->over;
    if (one->keyid != NULL) forge_put(&object, "keyid", one->keyid);
    forge_put(&object, "sig",
              one->sig != NULL
                  ? one->sig
                  : forge_quote(forge_dsse_encode(
                        f, forge_signature(one->signer, one->signer->alg, f->der ? FORGE_DER : FORGE_RAW, message))));
    return forge_object_text(&object);
}

static inline char *forge_dsse_text(const forge_dsse *f) {
    forge_object envelope = {.count = 0};
    forge_bytes payload = forge_dsse_payload(f);
    forge_bytes message = f->pae_v0 ? forge_pae_v0(f->type, payload) : forge_pae(f->type, payload);
    char *signatures = forge_text("[");
    for (size_t i = 0; i < f->count; i++)
        signatures =
            forge_text("%s%s%s", signatures, i > 0 ? "," : "", forge_dsse_signature(f, &f->signature[i], message));
    forge_put(&envelope, "payload", forge_quote(forge_dsse_encode(f, payload)));
    forge_put(&envelope, "payloadType", forge_quote(f->type));
    forge_put(&envelope, "signatures", forge_text("%s]", signatures));
    for (size_t i = 0; i < f->envelope.count; i++)
        forge_put(&envelope, f->envelope.member[i].name, f->envelope.member[i].json);
    return forge_object_text(&envelope);
}

/* ---- JWS ---- */

#define FORGE_SUB "urn:example:agent:1"

/* A JWS around claims, before it is text. */
typedef struct forge_jws {
    const forge_signer *signer;
    enum forge_algorithm alg; /* of the signature that is made; the header's is a member of its own */
    forge_object header, claims;
    const char *header_text;  /* instead of the header; NULL: the header */
    const char *payload;      /* instead of the claims; NULL: the claims */
    const char *part[3];      /* base64url texts instead of header, payload and signature; NULL: those */
    forge_object open_header; /* of the flattened form */
    forge_object flattened;   /* members in place of those made (protected, payload, signature, header), and others */
    int form;                 /* of a signature by ECDSA: FORGE_RAW is right */
} forge_jws;

/* With another key: its algorithm, its id. */
static inline void forge_jws_signer(forge_jws *f, const forge_signer *s) {
    f->signer = s;
    f->alg = s->alg;
    forge_put(&f->header, "alg", forge_quote(forge_algorithm_name(s->alg)));
    forge_put(&f->header, "kid", forge_quote(s->id));
}

/* Claims of the CI about FORGE_SUB, signed with its first key, valid from a minute before now to an hour after. */
static inline void forge_jws_init(forge_jws *f) {
    memset(f, 0, sizeof *f);
    forge_jws_signer(f, forge_signer_of(FORGE_CI));
    forge_put(&f->header, "typ", "\"JWT\"");
    forge_put(&f->claims, "iss", forge_quote(FORGE_CI_OWNER));
    forge_put(&f->claims, "sub", forge_quote(FORGE_SUB));
    forge_put(&f->claims, "jti", "\"jwt-1\"");
    forge_put(&f->claims, "iat", forge_text("%lld", (long long)FORGE_NOW_S - 60));
    forge_put(&f->claims, "nbf", forge_text("%lld", (long long)FORGE_NOW_S - 60));
    forge_put(&f->claims, "exp", forge_text("%lld", (long long)FORGE_NOW_S + 3600));
    forge_put(&f->claims, "score", "93");
}

static inline void forge_jws_parts(const forge_jws *f, const char *part[3]) {
    const char *header = f->header_text != NULL ? f->header_text : forge_object_text(&f->header);
    const char *payload = f->payload != NULL ? f->payload : forge_object_text(&f->claims);
    part[0] = f->part[0] != NULL ? f->part[0] : forge_base64url(forge_bytes_text(header));
    part[1] = f->part[1] != NULL ? f->part[1] : forge_base64url(forge_bytes_text(payload));
    forge_bytes message = forge_bytes_text(forge_text("%s.%s", part[0], part[1]));
    part[2] = f->part[2] != NULL ? f->part[2] : forge_base64url(forge_signature(f->signer, f->alg, f->form, message));
}

static inline char *forge_jws_compact(const forge_jws *f) {
    const char *part[3];
    forge_jws_parts(f, part);
    return forge_text("%s.%s.%s", part[0], part[1], part[2]);
}

static inline char *forge_jws_flattened(const forge_jws *f) {
    const char *part[3];
    forge_object object = {.count = 0};
    forge_jws_parts(f, part);
    forge_put(&object, "payload", forge_quote(part[1]));
    forge_put(&object, "protected", forge_quote(part[0]));
    if (f->open_header.count > 0) forge_put(&object, "header", forge_object_text(&f->open_header));
    forge_put(&object, "signature", forge_quote(part[2]));
    for (size_t i = 0; i < f->flattened.count; i++)
        forge_put(&object, f->flattened.member[i].name, f->flattened.member[i].json);
    return forge_object_text(&object);
}

/* ---- Credentials ---- */

#define FORGE_CREDENTIAL_SUBJECT "did:example:agent:1"

/* A credential with one proof, before it is text. The members' texts must be canonical (RFC 8785), since they are
 * hashed as they stand; spell the finished text otherwise where a test is about that. */
typedef struct forge_credential {
    const forge_signer *signer;
    forge_object document; /* without proof */
    forge_object proof;    /* without proofValue */
    const char *value;     /* JSON, instead of the proofValue; NULL: that */
} forge_credential;

/* With another key: its verification method. */
static inline void forge_credential_signer(forge_credential *f, const forge_signer *s, const char *issuer) {
    f->signer = s;
    forge_put(&f->proof, "verificationMethod", forge_text("\"%s#%s\"", issuer, s->id));
}

/* The CI's word about FORGE_CREDENTIAL_SUBJECT, made with its first key, valid from a minute before now to an hour
 * after. */
static inline void forge_credential_init(forge_credential *f) {
    memset(f, 0, sizeof *f);
    forge_put_all(&f->document, "\"@context\":[\"https://www.w3.org/ns/credentials/v2\"],"
                                "\"id\":\"urn:example:credential:1\","
                                "\"type\":[\"VerifiableCredential\",\"" FORGE_CREDENTIAL_TYPE "\"],"
                                "\"issuer\":\"" FORGE_CI_OWNER "\","
                                "\"credentialSubject\":{\"id\":\"" FORGE_CREDENTIAL_SUBJECT "\",\"score\":93}");
    forge_put(&f->document, "validFrom", forge_when(-60));
    forge_put(&f->document, "validUntil", forge_when(3600));
    forge_put_all(&f->proof, "\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"eddsa-jcs-2022\","
                             "\"proofPurpose\":\"assertionMethod\","
                             "\"@context\":[\"https://www.w3.org/ns/credentials/v2\"]");
    forge_put(&f->proof, "created", forge_when(-60));
    forge_credential_signer(f, forge_signer_of(FORGE_CI), FORGE_CI_OWNER);
}

/* vc-di-eddsa 3.3: SHA-256 of the canonical proof options, then of the canonical document. */
static inline char *forge_proof_text(const forge_credential *f) {
    forge_object document = f->document, proof = f->proof;
    /* 3.3.2: what the proof names as its context is what is verified. */
    if (forge_member_text(&proof, "@context") != NULL)
        forge_put(&document, "@context", forge_member_text(&proof, "@context"));
    forge_bytes hash = forge_join(forge_digest("SHA256", forge_bytes_text(forge_object_canonical(&proof))),
                                  forge_digest("SHA256", forge_bytes_text(forge_object_canonical(&document))));
    forge_put(&proof, "proofValue",
              f->value != NULL ? f->value
                               : forge_text("\"z%s\"", forge_base58(forge_signature(f->signer, FORGE_EDDSA, 0, hash))));
    return forge_object_text(&proof);
}

static inline char *forge_credential_text(const forge_credential *f) {
    forge_object document = f->document;
    if (forge_member_text(&document, "proof") == NULL) forge_put(&document, "proof", forge_proof_text(f));
    return forge_object_text(&document);
}

/* ---- Verifying ---- */

/* subject: NULL for none. For DSSE there is forge_subject(). */
static inline armalo_attest_request forge_request(const char *artifact, const char *subject) {
    armalo_attest_request request;
    memset(&request, 0, sizeof request);
    request.struct_size = sizeof request;
    request.artifact = artifact;
    request.artifact_len = strlen(artifact);
    request.subject = subject;
    return request;
}

static inline const char *forge_subject(void) { return forge_sha256_name(forge_bytes_text(FORGE_SUBJECT_DATA)); }

/* armalo_attest_verify() over a copy of the artifact of exactly its size that is gone afterwards. A denial leaves
 * NULL, a grant a handle: in *attested, for the caller to free, or, where attested is NULL, here and freed. */
static inline int forge_verify(world *w, const armalo_attest_policy *policy, armalo_trust *trust,
                               const armalo_attest_request *request, armalo_attested **attested) {
    armalo_attested *got = (armalo_attested *)(uintptr_t)-1;
    armalo_attested_facts facts;
    armalo_attest_request copy = *request;
    void *bytes = request->artifact == NULL ? NULL : malloc(request->artifact_len > 0 ? request->artifact_len : 1);
    if (bytes != NULL) memcpy(bytes, request->artifact, request->artifact_len);
    copy.artifact = bytes;
    if (attested != NULL) *attested = NULL;
    int granted = armalo_attest_verify(policy, trust, &copy, &got, &w->why);
    free(bytes);
    if (granted != 0 && granted != 1) ck_abort_msg("verify returned %d", granted);
    if (!granted && got != NULL) ck_abort_msg("a denial leaves a handle");
    if (granted && (got == NULL || got == (armalo_attested *)(uintptr_t)-1)) ck_abort_msg("a grant leaves no handle");
    memset(&facts, 0xFF, sizeof facts);
    armalo_attested_facts_get(got, 0, &facts);
    if (granted && (facts.format < ARMALO_FORMAT_DSSE || facts.format > ARMALO_FORMAT_VC || facts.signer_count == 0))
        ck_abort_msg("a grant with no facts");
    if (!granted && !forge_zero(&facts, sizeof facts)) ck_abort_msg("a denial tells facts");
    if (attested != NULL)
        *attested = got;
    else
        armalo_attested_free(got);
    return granted;
}

/* The same of a text and a subject. */
static inline int forge_verify_text(world *w, const armalo_attest_policy *policy, armalo_trust *trust,
                                    const char *artifact, const char *subject) {
    armalo_attest_request request = forge_request(artifact, subject);
    return forge_verify(w, policy, trust, &request, NULL);
}

/* ---- A world with a trust and a policy ---- */

typedef struct forge_court {
    world *w;
    armalo_trust *trust;
    armalo_attest_policy *policy;
} forge_court;

/* Another policy: the default one with these changes. */
static inline void forge_court_policy(forge_court *c, const char *changes) {
    armalo_attest_policy_free(c->policy);
    c->policy = forge_policy(c->w, changes);
}

/* Other keys. */
static inline void forge_court_trust(forge_court *c, const forge_anchors *anchors) {
    armalo_trust_free(c->trust);
    c->trust = forge_trust(c->w, anchors);
}

static inline void forge_court_open(forge_court *c, const char *changes) {
    memset(c, 0, sizeof *c);
    c->w = world_new();
    c->trust = forge_default_trust(c->w);
    forge_court_policy(c, changes);
}

static inline void forge_court_close(forge_court *c) {
    armalo_attest_policy_free(c->policy);
    armalo_trust_free(c->trust);
    world_free(c->w);
    memset(c, 0, sizeof *c);
    forge_forget();
}

/* One question to it. */
static inline int forge_court_judge(forge_court *c, const char *artifact, const char *subject) {
    return forge_verify_text(c->w, c->policy, c->trust, artifact, subject);
}

#endif
