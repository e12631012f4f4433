/* SPDX-License-Identifier: MIT */
/* attest/claims_set.c: the claims of a JWS (RFC 7519 4.1). */
#include "armalo/reasons.h"
#include "attest/said.h"
#include "attest/times.h"

static int armalo_i_jwt_is(armalo_i_json_value name, const char *text) {
    return armalo_i_json_equals(name, armalo_i_span_text(text));
}

/* A media type; RFC 7515 4.1.9: "recipients ... MUST treat it as if "application/" were prepended to any "typ" value
 * not containing a '/'", and media types compare without regard to case. */
static armalo_i_span armalo_i_typ_bare(armalo_i_span typ) {
    armalo_i_span prefix = armalo_i_span_text("application/");
    if (typ.len > prefix.len && armalo_i_span_equal_nocase(armalo_i_span_of(typ.ptr, prefix.len), prefix) &&
        memchr(typ.ptr + prefix.len, '/', typ.len - prefix.len) == NULL)
        return armalo_i_span_of(typ.ptr + prefix.len, typ.len - prefix.len);
    return typ;
}

static int armalo_i_typ_accepted(const armalo_i_list *accepted, armalo_i_span typ) {
    for (size_t i = 0; i < accepted->count; i++) {
        if (armalo_i_span_equal_nocase(armalo_i_typ_bare(accepted->item[i]), armalo_i_typ_bare(typ))) return 1;
    }
    return accepted->count == 0; /* the policy names none */
}

/* Plain dates: a text is no NumericDate. */
static int armalo_i_jwt_time(armalo_i_json_value value, int64_t *ms) {
    return value.type == ARMALO_I_JSON_NUMBER && armalo_i_time_read(value, ms);
}

/* RFC 7519 4.1.3: "an array of case-sensitive strings", or "a single case-sensitive string". */
static int armalo_i_jwt_audience(armalo_i_json_value value) {
    armalo_i_json_iter iter;
    armalo_i_json_value none, item;
    if (value.type == ARMALO_I_JSON_STRING) return 1;
    if (value.type != ARMALO_I_JSON_ARRAY || !armalo_i_json_enter(value, &iter)) return 0;
    while (armalo_i_json_next(&iter, &none, &item))
        if (item.type != ARMALO_I_JSON_STRING) return 0;
    return 1;
}

uint32_t armalo_i_claims_set_read(const armalo_attest_policy *policy, const char *typ, armalo_i_said *said) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, value;
    size_t len = 0;
    said->detail = "typ";
    memcpy(said->type, typ, strlen(typ));
    if (!armalo_i_typ_accepted(&policy->typ, armalo_i_span_text(typ))) return ARMALO_REASON_ATTEST_TYPE_REFUSED;
    said->detail = NULL;
    if (!armalo_i_json_enter(said->root, &iter)) return ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED;
    while (armalo_i_json_next(&iter, &name, &value)) {
        int good = 1;
        if (armalo_i_jwt_is(name, "iss")) {
            good = armalo_i_json_identifier(value, said->issuer, sizeof said->issuer, &len);
        } else if (armalo_i_jwt_is(name, "jti")) {
            good = armalo_i_json_identifier(value, said->id, sizeof said->id, &len);
        } else if (armalo_i_jwt_is(name, "sub")) {
            said->subject = value;
            good = value.type == ARMALO_I_JSON_STRING;
        } else if (armalo_i_jwt_is(name, "aud")) {
            said->audience = value;
            good = armalo_i_jwt_audience(value);
        }
        armalo_i_span_show(name.raw, said->text, sizeof said->text); /* which is at fault, if one is */
        said->detail = said->text;
        if (!good) return ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED;
        if (armalo_i_jwt_is(name, "exp"))
            good = armalo_i_jwt_time(value, &said->expires_ms);
        else if (armalo_i_jwt_is(name, "nbf"))
            good = armalo_i_jwt_time(value, &said->begins_ms);
        else if (armalo_i_jwt_is(name, "iat"))
            good = armalo_i_jwt_time(value, &said->issued_ms);
        if (!good) return ARMALO_REASON_ATTEST_TIME_UNREADABLE;
    }
    said->detail = NULL;
    return ARMALO_REASON_GRANTED;
}
