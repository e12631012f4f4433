/* SPDX-License-Identifier: MIT */
/* attest/jwks.c: a JWK Set (RFC 7517): the keys in it that can check a signature here. */
#include "attest/alg.h"
#include "attest/trust.h"
#include "codec/json.h"
#include "codec/text.h"

/* Members of a JWK that count here. Others are ignored (RFC 7517 4: "any members used in a JWK that are not understood
 * ... MUST be ignored"). */
typedef struct armalo_i_jwk {
    armalo_i_json_value kty, crv, x, y, n, e, d, k, alg, use, key_ops, kid, nbf, exp;
} armalo_i_jwk;

static const struct {
    const char *name;
    size_t at;
} armalo_i_jwk_members[] = {
    {"kty", offsetof(armalo_i_jwk, kty)}, {"crv", offsetof(armalo_i_jwk, crv)},
    {"x", offsetof(armalo_i_jwk, x)},     {"y", offsetof(armalo_i_jwk, y)},
    {"n", offsetof(armalo_i_jwk, n)},     {"e", offsetof(armalo_i_jwk, e)},
    {"d", offsetof(armalo_i_jwk, d)},     {"k", offsetof(armalo_i_jwk, k)},
    {"alg", offsetof(armalo_i_jwk, alg)}, {"use", offsetof(armalo_i_jwk, use)},
    {"kid", offsetof(armalo_i_jwk, kid)}, {"key_ops", offsetof(armalo_i_jwk, key_ops)},
    {"nbf", offsetof(armalo_i_jwk, nbf)}, {"exp", offsetof(armalo_i_jwk, exp)},
};

static int armalo_i_jwk_take(armalo_i_json_value object, armalo_i_jwk *jwk) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, value;
    memset(jwk, 0, sizeof *jwk);
    if (object.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(object, &iter)) return 0;
    while (armalo_i_json_next(&iter, &name, &value)) {
        for (size_t i = 0; i < sizeof armalo_i_jwk_members / sizeof armalo_i_jwk_members[0]; i++) {
            if (!armalo_i_json_equals(name, armalo_i_span_text(armalo_i_jwk_members[i].name))) continue;
            memcpy((char *)jwk + armalo_i_jwk_members[i].at, &value, sizeof value);
        }
    }
    return 1;
}

static int armalo_i_jwk_is(armalo_i_json_value value, const char *text) {
    return armalo_i_json_equals(value, armalo_i_span_text(text));
}

/* RFC 7517 4.2 and 4.3: for signatures, as far as it says. */
static int armalo_i_jwk_signs(const armalo_i_jwk *jwk) {
    armalo_i_json_iter iter;
    armalo_i_json_value none, operation;
    if (jwk->use.type != ARMALO_I_JSON_NONE && !armalo_i_jwk_is(jwk->use, "sig")) return 0;
    if (jwk->key_ops.type == ARMALO_I_JSON_NONE) return 1;
    if (jwk->key_ops.type != ARMALO_I_JSON_ARRAY || !armalo_i_json_enter(jwk->key_ops, &iter)) return 0;
    while (armalo_i_json_next(&iter, &none, &operation))
        if (armalo_i_jwk_is(operation, "verify")) return 1;
    return 0;
}

/* One base64url member into out: 1 if it is there and canonical. */
static int armalo_i_jwk_bytes(armalo_i_json_value value, uint8_t *out, size_t cap, armalo_i_span *bytes) {
    char text[ARMALO_I_RSA_MAX_BITS / 6 + 8];
    size_t len = 0, size = 0;
    if (!armalo_i_json_string(value, text, sizeof text, &len)) return 0;
    if (!armalo_i_base64url_decode(armalo_i_span_of(text, len), out, cap, &size)) return 0;
    *bytes = armalo_i_span_of(out, size);
    return 1;
}

/* The algorithm that kty and crv stand for; for RSA the one the anchor binds it to. NONE: none of ours. */
static int armalo_i_jwk_own_alg(const armalo_i_jwk *jwk, const armalo_anchor *anchor) {
    if (armalo_i_jwk_is(jwk->kty, "OKP")) /* RFC 8037 2 */
        return armalo_i_jwk_is(jwk->crv, "Ed25519") ? ARMALO_I_ALG_EDDSA : ARMALO_I_ALG_NONE;
    if (armalo_i_jwk_is(jwk->kty, "EC"))
        return armalo_i_jwk_is(jwk->crv, "P-256")   ? ARMALO_I_ALG_ES256
               : armalo_i_jwk_is(jwk->crv, "P-384") ? ARMALO_I_ALG_ES384
                                                    : ARMALO_I_ALG_NONE;
    if (armalo_i_jwk_is(jwk->kty, "RSA")) return anchor->rs256 == 1 ? ARMALO_I_ALG_RS256 : ARMALO_I_ALG_PS256;
    return ARMALO_I_ALG_NONE;
}

static int armalo_i_alg_is_rsa(int alg) { return alg == ARMALO_I_ALG_PS256 || alg == ARMALO_I_ALG_RS256; }

/* What the JWK binds itself to. NONE: a key to pass over. */
static uint32_t armalo_i_jwk_alg(const armalo_i_jwk *jwk, const armalo_anchor *anchor, int *alg) {
    *alg = armalo_i_jwk_own_alg(jwk, anchor);
    if (*alg == ARMALO_I_ALG_NONE || jwk->alg.type == ARMALO_I_JSON_NONE) return ARMALO_REASON_GRANTED;
    if (jwk->alg.type != ARMALO_I_JSON_STRING) return ARMALO_REASON_TRUST_MALFORMED;
    int said = armalo_i_alg_of(jwk->alg);
    if (said == ARMALO_I_ALG_NONE || (armalo_i_alg_is_rsa(said) && armalo_i_alg_is_rsa(*alg)))
        *alg = said; /* for an algorithm that is not here (PS512, RSA-OAEP), or RSA's choice */
    return *alg == said ? ARMALO_REASON_GRANTED : ARMALO_REASON_TRUST_KEY_UNSUPPORTED;
}

static int armalo_i_jwk_key(const armalo_i_jwk *jwk, int alg, armalo_i_public_key *key) {
    uint8_t first[ARMALO_I_RSA_MAX_BITS / 8 + 1], second[ARMALO_I_RSA_MAX_BITS / 8 + 1];
    armalo_i_span a, b;
    if (armalo_i_alg_is_rsa(alg)) {
        if (!armalo_i_jwk_bytes(jwk->n, first, sizeof first, &a)) return ARMALO_I_KEY_BAD;
        if (!armalo_i_jwk_bytes(jwk->e, second, sizeof second, &b)) return ARMALO_I_KEY_BAD;
        return armalo_i_public_rsa(key, alg, a, b);
    }
    if (!armalo_i_jwk_bytes(jwk->x, first, sizeof first, &a)) return ARMALO_I_KEY_BAD;
    if (alg == ARMALO_I_ALG_EDDSA)
        return a.len == ARMALO_I_ED25519_PUBLIC ? armalo_i_public_ed25519(key, first) : ARMALO_I_KEY_BAD;
    if (!armalo_i_jwk_bytes(jwk->y, second, sizeof second, &b)) return ARMALO_I_KEY_BAD;
    return armalo_i_public_ec(key, alg, a, b);
}

/* NumericDate, whole seconds, none beyond the year 9999 (they would be milliseconds, most likely); 0 where it is
 * absent. An end at or before 1970 is kept as the first millisecond. */
static int armalo_i_jwk_time(armalo_i_json_value value, int64_t *ms) {
    int64_t seconds;
    *ms = 0;
    if (value.type == ARMALO_I_JSON_NONE) return 1;
    if (!armalo_i_json_integer(value, &seconds) || seconds > ARMALO_I_TIME_MAX_MS / 1000) return 0;
    *ms = seconds > 0 ? seconds * 1000 : 1;
    return 1;
}

static uint32_t armalo_i_jwk_read(armalo_trust *trust, const armalo_anchor *anchor, armalo_i_json_value object) {
    char kid[ARMALO_ATTEST_NAME_SIZE];
    size_t len = 0;
    int64_t not_before_ms, expires_ms;
    armalo_i_public_key key;
    armalo_i_jwk jwk;
    int alg;
    if (!armalo_i_jwk_take(object, &jwk) || jwk.kty.type != ARMALO_I_JSON_STRING) return ARMALO_REASON_TRUST_MALFORMED;
    uint32_t reason = armalo_i_jwk_alg(&jwk, anchor, &alg);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    if (alg == ARMALO_I_ALG_NONE || !armalo_i_jwk_signs(&jwk)) return ARMALO_REASON_GRANTED;
    /* A private key among the public ones was published, or is about to be. */
    if (jwk.d.type != ARMALO_I_JSON_NONE || jwk.k.type != ARMALO_I_JSON_NONE) return ARMALO_REASON_TRUST_MALFORMED;
    int has_kid = jwk.kid.type != ARMALO_I_JSON_NONE;
    if (has_kid && !armalo_i_json_identifier(jwk.kid, kid, sizeof kid, &len)) return ARMALO_REASON_TRUST_MALFORMED;
    if (!armalo_i_jwk_time(jwk.nbf, &not_before_ms) || !armalo_i_jwk_time(jwk.exp, &expires_ms))
        return ARMALO_REASON_TRUST_MALFORMED;
    reason = armalo_i_key_reason(armalo_i_jwk_key(&jwk, alg, &key));
    if (reason != ARMALO_REASON_GRANTED) return reason;
    reason = armalo_i_trust_add(trust, anchor, &key, has_kid ? kid : NULL, not_before_ms, expires_ms);
    if (reason == ARMALO_REASON_GRANTED) trust->keys[trust->count - 1].id_is_kid = has_kid && anchor->key_id == NULL;
    return reason;
}

uint32_t armalo_i_jwks_read(armalo_trust *trust, const armalo_anchor *anchor, armalo_i_span text) {
    armalo_i_json_value root, none, object;
    armalo_i_json_iter iter;
    armalo_i_json_fault fault;
    size_t before = trust->count;
    if (!armalo_i_json_load(text, ARMALO_TRUST_MAX_SIZE, &root, &fault))
        return fault.status == ARMALO_I_JSON_NO_MEMORY ? ARMALO_REASON_NO_MEMORY : ARMALO_REASON_TRUST_MALFORMED;
    armalo_i_json_value keys = armalo_i_json_member(root, "keys");
    if (keys.type != ARMALO_I_JSON_ARRAY || !armalo_i_json_enter(keys, &iter)) return ARMALO_REASON_TRUST_MALFORMED;
    while (armalo_i_json_next(&iter, &none, &object)) {
        uint32_t reason = armalo_i_jwk_read(trust, anchor, object);
        if (reason != ARMALO_REASON_GRANTED) return reason;
        if (anchor->key_id != NULL && trust->count - before > 1)
            return ARMALO_REASON_TRUST_MALFORMED; /* one id, several keys */
    }
    return ARMALO_REASON_GRANTED;
}
