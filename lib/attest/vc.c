/* SPDX-License-Identifier: MIT */
/* attest/vc.c: a W3C verifiable credential (VC Data Model 2.0) with eddsa-jcs-2022 proofs (vc-di-eddsa 3.3). */
#include "armalo/reasons.h"
#include "attest/artifact.h"
#include "codec/base58.h"
#include "codec/json_inside.h"
#include "codec/text.h"

/* "1e20", of four characters, is written with 21 digits (RFC 8785 3.2.2.3): nothing grows more. */
#define ARMALO_I_VC_CANONICAL_GROWTH 6

static int armalo_i_vc_is(armalo_i_json_value value, const char *text) {
    return armalo_i_json_equals(value, armalo_i_span_text(text));
}

/* A text in the memory of the artifact. */
static uint32_t armalo_i_vc_text(armalo_i_artifact *a, size_t cap, armalo_i_writer *w) {
    w->buf = armalo_i_artifact_alloc(a, cap);
    w->cap = w->buf == NULL ? 0 : cap;
    w->len = 0;
    return w->buf == NULL ? ARMALO_REASON_NO_MEMORY : ARMALO_REASON_GRANTED;
}

/* The object without one member, and with another one's value replaced unless that is NONE. */
static uint32_t armalo_i_vc_without(armalo_i_artifact *a, armalo_i_json_value object, const char *left_out,
                                    const char *replaced, armalo_i_json_value by, armalo_i_span *out) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, value;
    armalo_i_writer w;
    uint32_t reason = armalo_i_vc_text(a, object.raw.len + by.raw.len + 2, &w);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    if (!armalo_i_json_enter(object, &iter)) return ARMALO_REASON_ATTEST_MALFORMED;
    armalo_i_write_raw(&w, "{", 1);
    for (int first = 1; armalo_i_json_next(&iter, &name, &value);) {
        if (armalo_i_vc_is(name, left_out)) continue;
        if (by.type != ARMALO_I_JSON_NONE && armalo_i_vc_is(name, replaced)) value = by;
        if (!first) armalo_i_write_raw(&w, ",", 1);
        first = 0;
        armalo_i_write_raw(&w, name.raw.ptr, name.raw.len);
        armalo_i_write_raw(&w, ":", 1);
        armalo_i_write_raw(&w, value.raw.ptr, value.raw.len);
    }
    armalo_i_write_raw(&w, "}", 1);
    if (w.len > w.cap) return ARMALO_REASON_ATTEST_MALFORMED;
    *out = armalo_i_span_of(w.buf, w.len);
    return ARMALO_REASON_GRANTED;
}

/* The canonical form of a text of ours that is certainly JSON. */
static uint32_t armalo_i_vc_canonical(armalo_i_artifact *a, armalo_i_span text, armalo_i_span *out) {
    armalo_i_json_value root;
    armalo_i_json_fault fault;
    armalo_i_writer w;
    size_t len = 0;
    uint32_t reason = armalo_i_vc_text(a, ARMALO_I_VC_CANONICAL_GROWTH * text.len, &w);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    if (!armalo_i_json_load(text, SIZE_MAX, &root, &fault) ||
        !armalo_i_json_canonical(root, w.buf, w.cap, &len, &fault))
        return fault.status == ARMALO_I_JSON_NO_MEMORY ? ARMALO_REASON_NO_MEMORY : ARMALO_REASON_ATTEST_MALFORMED;
    *out = armalo_i_span_of(w.buf, len);
    return ARMALO_REASON_GRANTED;
}

/* The value, or the one element that a value stands for: contexts are a value or an ordered list of them. */
static int armalo_i_vc_next(armalo_i_json_iter *iter, int *single, armalo_i_json_value whole,
                            armalo_i_json_value *out) {
    armalo_i_json_value none;
    if (*single < 0) return armalo_i_json_next(iter, &none, out);
    *out = whole;
    return (*single)++ == 0;
}
static int armalo_i_vc_enter(armalo_i_json_value whole, armalo_i_json_iter *iter) {
    return whole.type == ARMALO_I_JSON_ARRAY && armalo_i_json_enter(whole, iter) ? -1 : 0;
}

/* vc-di-eddsa 3.3.2 step 4.1: "Check that the securedDocument.@context starts with all values contained in the
 * proofOptions.@context in the same order." */
static int armalo_i_vc_context_begins(armalo_i_json_value document, armalo_i_json_value proof) {
    armalo_i_json_iter in_document, in_proof;
    armalo_i_json_value here, there;
    int one_here = armalo_i_vc_enter(document, &in_document), one_there = armalo_i_vc_enter(proof, &in_proof);
    while (armalo_i_vc_next(&in_proof, &one_there, proof, &there)) {
        if (!armalo_i_vc_next(&in_document, &one_here, document, &here) || here.type != there.type) return 0;
        int same = here.type == ARMALO_I_JSON_STRING
                       ? armalo_i_json_compare(armalo_i_json_body(here.raw), armalo_i_json_body(there.raw),
                                               ARMALO_I_JSON_BY_UTF8) == 0
                       : armalo_i_span_equal(here.raw, there.raw);
        if (!same) return 0;
    }
    return 1;
}

typedef struct armalo_i_vc_proof {
    armalo_i_json_value type, suite, method, purpose, value, created, expires, domain, context, previous;
} armalo_i_vc_proof;

static int armalo_i_vc_proof_read(armalo_i_json_value object, armalo_i_vc_proof *p) {
    static const struct {
        const char *name;
        size_t at;
    } members[] = {
        {"type", offsetof(armalo_i_vc_proof, type)},
        {"cryptosuite", offsetof(armalo_i_vc_proof, suite)},
        {"verificationMethod", offsetof(armalo_i_vc_proof, method)},
        {"proofPurpose", offsetof(armalo_i_vc_proof, purpose)},
        {"proofValue", offsetof(armalo_i_vc_proof, value)},
        {"created", offsetof(armalo_i_vc_proof, created)},
        {"expires", offsetof(armalo_i_vc_proof, expires)},
        {"domain", offsetof(armalo_i_vc_proof, domain)},
        {"@context", offsetof(armalo_i_vc_proof, context)},
        {"previousProof", offsetof(armalo_i_vc_proof, previous)},
    };
    armalo_i_json_iter iter;
    armalo_i_json_value name, value;
    memset(p, 0, sizeof *p);
    if (object.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(object, &iter)) return 0;
    while (armalo_i_json_next(&iter, &name, &value)) {
        for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
            if (armalo_i_vc_is(name, members[i].name)) memcpy((char *)p + members[i].at, &value, sizeof value);
    }
    return p->type.type == ARMALO_I_JSON_STRING;
}

static int armalo_i_vc_time(armalo_i_json_value value, int64_t *ms) {
    char text[64];
    size_t len = 0;
    *ms = 0;
    return value.type == ARMALO_I_JSON_NONE || (armalo_i_json_identifier(value, text, sizeof text, &len) &&
                                                armalo_i_time_parse(armalo_i_span_of(text, len), ms) && *ms > 0);
}

/* did:key:X#X, where X is the key: the only verification method that says itself which key it is. */
static uint32_t armalo_i_vc_did_key(armalo_i_artifact *a, armalo_i_span controller, armalo_i_signature *s) {
    static const char did[] = "did:key:z";
    const size_t head = sizeof did - 2, size = 2 + ARMALO_I_ED25519_PUBLIC;
    armalo_i_span x = s->method;
    size_t len = 0;
    if (controller.len <= head + 1 ||
        !armalo_i_span_equal(armalo_i_span_of(controller.ptr, head + 1), armalo_i_span_text(did)) ||
        !armalo_i_span_equal(armalo_i_span_of(controller.ptr + head, controller.len - head), x))
        return ARMALO_REASON_ATTEST_ISSUER_MISMATCH;
    uint8_t *key = armalo_i_artifact_alloc(a, size);
    if (key == NULL) return ARMALO_REASON_NO_MEMORY;
    if (!armalo_i_base58_decode(armalo_i_span_of(x.ptr + 1, x.len - 1), key, size, &len) || len != size ||
        key[0] != 0xed || key[1] != 0x01) /* ed25519-pub */
        return ARMALO_REASON_ATTEST_ISSUER_MISMATCH;
    s->only = key + 2;
    return ARMALO_REASON_GRANTED;
}

/* The verification method is a key of the issuer. Its id is the issuer's, "#", and the key's; or it is a did:key, and
 * then trust must know that very key as the issuer's. */
static uint32_t armalo_i_vc_method(armalo_i_artifact *a, armalo_i_json_value method, armalo_i_signature *s) {
    armalo_i_span issuer = armalo_i_span_text(a->issuer);
    size_t len = 0;
    char *text = armalo_i_artifact_alloc(a, method.raw.len); /* JSON may escape the slash */
    if (text == NULL) return ARMALO_REASON_NO_MEMORY;
    if (!armalo_i_json_identifier(method, text, method.raw.len, &len)) return ARMALO_REASON_ATTEST_MALFORMED;
    const char *hash = memchr(text, '#', len);
    if (hash == NULL) return ARMALO_REASON_ATTEST_ISSUER_MISMATCH; /* a key, but nobody's */
    armalo_i_span controller = armalo_i_span_of(text, (size_t)(hash - text));
    s->hint = armalo_i_span_of(text, len);
    s->method = armalo_i_span_of(hash + 1, len - controller.len - 1);
    s->owner = issuer;
    return armalo_i_span_equal(controller, issuer) ? ARMALO_REASON_GRANTED : armalo_i_vc_did_key(a, controller, s);
}

/* "proofValue ... MUST be ... base58-btc": 'z' and 64 bytes. */
static uint32_t armalo_i_vc_value(armalo_i_artifact *a, armalo_i_json_value value, armalo_i_signature *s) {
    armalo_i_span text = armalo_i_plain_string(value);
    size_t len = 0;
    if (value.type != ARMALO_I_JSON_STRING) return ARMALO_REASON_ATTEST_MALFORMED;
    uint8_t *bytes = armalo_i_artifact_alloc(a, ARMALO_I_ED25519_SIGNATURE);
    if (bytes == NULL) return ARMALO_REASON_NO_MEMORY;
    if (text.len < 2 || text.ptr[0] != 'z' ||
        !armalo_i_base58_decode(armalo_i_span_of(text.ptr + 1, text.len - 1), bytes, ARMALO_I_ED25519_SIGNATURE, &len))
        return ARMALO_REASON_ATTEST_ENCODING;
    s->bytes = armalo_i_span_of(bytes, len);
    return ARMALO_REASON_GRANTED;
}

/* vc-di-eddsa 3.3.4: "hashData ... the concatenation of proofConfigHash followed by transformedDocumentHash". */
static uint32_t armalo_i_vc_hash(armalo_i_artifact *a, armalo_i_span options, armalo_i_signature *s) {
    armalo_i_sha256 state;
    uint8_t *hash = armalo_i_artifact_alloc(a, 2 * ARMALO_I_SHA256_SIZE);
    if (hash == NULL) return ARMALO_REASON_NO_MEMORY;
    armalo_i_sha256_begin(&state);
    armalo_i_sha256_add(&state, options.ptr, options.len);
    armalo_i_sha256_end(&state, hash);
    armalo_i_sha256_begin(&state);
    armalo_i_sha256_add(&state, s->payload.ptr, s->payload.len);
    armalo_i_sha256_end(&state, hash + ARMALO_I_SHA256_SIZE);
    s->message = armalo_i_span_of(hash, 2 * ARMALO_I_SHA256_SIZE);
    return ARMALO_REASON_GRANTED;
}

/* What a proof before this one that has the same @context signs too. */
static armalo_i_span armalo_i_vc_shared(const armalo_i_artifact *a, const armalo_i_signature *s) {
    armalo_i_span none = {NULL, 0};
    for (size_t i = 0; i < a->count; i++) {
        const armalo_i_signature *other = &a->signature[i];
        if (other != s && other->is_proof && armalo_i_span_equal(other->context.raw, s->context.raw))
            return other->payload;
    }
    return none;
}

static uint32_t armalo_i_vc_message(armalo_i_artifact *a, armalo_i_json_value document, armalo_i_json_value object,
                                    armalo_i_signature *s) {
    static const armalo_i_json_value armalo_i_vc_none = {ARMALO_I_JSON_NONE, {NULL, 0}};
    armalo_i_span options, unsecured;
    uint32_t reason = armalo_i_vc_without(a, object, "proofValue", "", armalo_i_vc_none, &options);
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_vc_canonical(a, options, &options);
    s->payload = armalo_i_vc_shared(a, s);
    if (reason == ARMALO_REASON_GRANTED && s->payload.len == 0) {
        /* Anybody may add proofs, each with another @context: together they may not cost more than the largest does. */
        a->detail = "the contexts of the proofs are too many for its size";
        if (document.raw.len > ARMALO_ATTEST_MAX_CREDENTIAL - a->canonical) return ARMALO_REASON_ATTEST_SIZE;
        a->detail = NULL;
        a->canonical += document.raw.len;
        reason = armalo_i_vc_without(a, document, "proof", "@context", s->context, &unsecured);
        if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_vc_canonical(a, unsecured, &s->payload);
    }
    return reason == ARMALO_REASON_GRANTED ? armalo_i_vc_hash(a, options, s) : reason;
}

/* Why a proof cannot count, whatever else it has; 0 if it might. */
static uint32_t armalo_i_vc_refused(const armalo_i_vc_proof *p) {
    /* A chained proof vouches for the order of others, which is not followed here. */
    if (p->previous.type != ARMALO_I_JSON_NONE) return ARMALO_REASON_ATTEST_CRITICAL;
    /* vc-di-eddsa 3.3.5 asks for an error if both differ; one is enough here. */
    if (!armalo_i_vc_is(p->type, "DataIntegrityProof") || !armalo_i_vc_is(p->suite, "eddsa-jcs-2022"))
        return ARMALO_REASON_ATTEST_ALGORITHM_REFUSED;
    return armalo_i_vc_is(p->purpose, "assertionMethod") ? 0 : ARMALO_REASON_ATTEST_PURPOSE;
}

static uint32_t armalo_i_vc_proof_open(armalo_i_artifact *a, armalo_i_json_value document, armalo_i_json_value object) {
    armalo_i_vc_proof p;
    if (a->count == ARMALO_ATTEST_MAX_PROOFS) return ARMALO_REASON_ATTEST_SIGNATURES_MANY;
    armalo_i_signature *s = armalo_i_artifact_signature(a);
    if (s == NULL) return ARMALO_REASON_NO_MEMORY;
    s->alg = ARMALO_I_ALG_EDDSA;
    a->detail = "proof";
    if (!armalo_i_vc_proof_read(object, &p)) return ARMALO_REASON_ATTEST_MALFORMED;
    s->refused = armalo_i_vc_refused(&p);
    uint32_t reason = s->refused != 0 ? ARMALO_REASON_GRANTED : armalo_i_vc_method(a, p.method, s);
    if (reason == ARMALO_REASON_ATTEST_ISSUER_MISMATCH) s->refused = reason; /* a witness's, say */
    if (s->refused != 0) {
        a->detail = NULL;
        return ARMALO_REASON_GRANTED; /* perhaps one of a set, meant for other readers */
    }
    if (reason != ARMALO_REASON_GRANTED) return reason;
    a->detail = "created, or expires of a proof";
    if (!armalo_i_vc_time(p.created, &s->created_ms) || !armalo_i_vc_time(p.expires, &s->expires_ms))
        return ARMALO_REASON_ATTEST_TIME_UNREADABLE;
    a->detail = "validFrom";
    if (s->created_ms == 0 && !armalo_i_vc_time(armalo_i_json_member(document, "validFrom"), &s->created_ms))
        return ARMALO_REASON_ATTEST_TIME_UNREADABLE;
    a->detail = "proof";
    s->is_proof = 1;
    s->domain = p.domain;
    s->context = p.context;
    if (armalo_i_span_equal(p.context.raw, armalo_i_json_member(document, "@context").raw))
        memset(&s->context, 0, sizeof s->context); /* it says what the credential says anyway */
    reason = armalo_i_vc_value(a, p.value, s);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    a->detail = "@context";
    if (p.context.type != ARMALO_I_JSON_NONE &&
        !armalo_i_vc_context_begins(armalo_i_json_member(document, "@context"), p.context))
        return ARMALO_REASON_ATTEST_MALFORMED;
    a->detail = NULL;
    return armalo_i_vc_message(a, document, object, s);
}

/* VC Data Model 2.0 4.7: "issuer ... MUST be either a URL or an object containing an id property whose value is a
 * URL". */
static int armalo_i_vc_issuer(armalo_i_artifact *a, armalo_i_json_value document) {
    armalo_i_json_value issuer = armalo_i_json_member(document, "issuer");
    size_t len = 0;
    if (issuer.type == ARMALO_I_JSON_OBJECT) issuer = armalo_i_json_member(issuer, "id");
    return armalo_i_json_identifier(issuer, a->issuer, sizeof a->issuer, &len);
}

uint32_t armalo_i_vc_open(armalo_i_artifact *a) {
    armalo_i_json_value document = a->root, none, object;
    armalo_i_json_value proof = armalo_i_json_kept(&a->members, a->root, "proof");
    armalo_i_json_iter iter;
    a->format = ARMALO_FORMAT_VC;
    /* Each proof may ask for a canonical form of its own. */
    if (document.raw.len > ARMALO_ATTEST_MAX_CREDENTIAL) return ARMALO_REASON_ATTEST_SIZE;
    a->detail = "issuer";
    if (!armalo_i_vc_issuer(a, document)) return ARMALO_REASON_ATTEST_MALFORMED;
    a->detail = NULL;
    if (proof.type == ARMALO_I_JSON_NONE) return ARMALO_REASON_ATTEST_SIGNATURE_MISSING;
    if (proof.type != ARMALO_I_JSON_ARRAY) return armalo_i_vc_proof_open(a, document, proof);
    if (!armalo_i_json_enter(proof, &iter)) return ARMALO_REASON_ATTEST_MALFORMED;
    while (armalo_i_json_next(&iter, &none, &object)) {
        uint32_t reason = armalo_i_vc_proof_open(a, document, object);
        if (reason != ARMALO_REASON_GRANTED) return reason;
    }
    return a->count > 0 ? ARMALO_REASON_GRANTED : ARMALO_REASON_ATTEST_SIGNATURE_MISSING;
}
