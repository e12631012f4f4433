/* SPDX-License-Identifier: MIT */
/* attest/credential.c: what a credential says (VC Data Model 2.0), read from the canonical form that was hashed. */
#include "armalo/reasons.h"
#include "attest/said.h"
#include "attest/times.h"

static int armalo_i_credential_is(armalo_i_json_value value, const char *text) {
    return armalo_i_json_equals(value, armalo_i_span_text(text));
}

/* 4.3: "@context ... an ordered set where the first item is a URL with the value
 * https://www.w3.org/ns/credentials/v2". */
static int armalo_i_credential_context(armalo_i_json_value context) {
    armalo_i_json_iter iter;
    armalo_i_json_value none, first;
    return context.type == ARMALO_I_JSON_ARRAY && armalo_i_json_enter(context, &iter) &&
           armalo_i_json_next(&iter, &none, &first) &&
           armalo_i_credential_is(first, "https://www.w3.org/ns/credentials/v2");
}

/* 4.5: a text or a set of texts, "VerifiableCredential" among them. The first other one that the policy names is the
 * type. */
static uint32_t armalo_i_credential_type(const armalo_attest_policy *policy, armalo_i_json_value types,
                                         armalo_i_said *said) {
    armalo_i_json_iter iter;
    armalo_i_json_value none, item;
    int is_credential = 0;
    if (types.type != ARMALO_I_JSON_ARRAY || !armalo_i_json_enter(types, &iter))
        return armalo_i_credential_is(types, "VerifiableCredential") ? ARMALO_REASON_ATTEST_TYPE_REFUSED
                                                                     : ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED;
    while (armalo_i_json_next(&iter, &none, &item)) {
        char type[ARMALO_ATTEST_NAME_SIZE];
        size_t len = 0;
        if (!armalo_i_json_identifier(item, type, sizeof type, &len)) return ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED;
        if (strcmp(type, "VerifiableCredential") == 0)
            is_credential = 1;
        else if (said->type[0] == 0 && armalo_i_list_has(&policy->credential_types, armalo_i_span_of(type, len)))
            memcpy(said->type, type, len + 1);
    }
    if (!is_credential) return ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED;
    return said->type[0] != 0 ? ARMALO_REASON_GRANTED : ARMALO_REASON_ATTEST_TYPE_REFUSED;
}

static int armalo_i_credential_time(armalo_i_json_value value, int64_t *ms) {
    return value.type == ARMALO_I_JSON_STRING && armalo_i_time_read(value, ms);
}

static int armalo_i_credential_issuer(armalo_i_json_value issuer, armalo_i_said *said) {
    size_t len = 0;
    if (issuer.type == ARMALO_I_JSON_OBJECT) issuer = armalo_i_json_member(issuer, "id");
    return armalo_i_json_identifier(issuer, said->issuer, sizeof said->issuer, &len);
}

uint32_t armalo_i_credential_read(const armalo_attest_policy *policy, armalo_i_said *said) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, value, types = {ARMALO_I_JSON_NONE, {NULL, 0}}, context = types;
    size_t len = 0;
    if (!armalo_i_json_enter(said->root, &iter)) return ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED;
    while (armalo_i_json_next(&iter, &name, &value)) {
        int good = 1;
        if (armalo_i_credential_is(name, "@context"))
            context = value;
        else if (armalo_i_credential_is(name, "type"))
            types = value;
        else if (armalo_i_credential_is(name, "id"))
            good = armalo_i_json_identifier(value, said->id, sizeof said->id, &len);
        else if (armalo_i_credential_is(name, "issuer"))
            good = armalo_i_credential_issuer(value, said);
        else if (armalo_i_credential_is(name, "credentialSubject"))
            said->subject = value;
        else if (armalo_i_credential_is(name, "credentialStatus"))
            said->has_status = 1;
        armalo_i_span_show(name.raw, said->text, sizeof said->text); /* which is at fault, if one is */
        said->detail = said->text;
        if (!good) return ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED;
        if (armalo_i_credential_is(name, "validFrom"))
            good = armalo_i_credential_time(value, &said->begins_ms);
        else if (armalo_i_credential_is(name, "validUntil"))
            good = armalo_i_credential_time(value, &said->expires_ms);
        if (!good) return ARMALO_REASON_ATTEST_TIME_UNREADABLE;
    }
    said->detail = "@context, type, issuer, credentialSubject";
    if (!armalo_i_credential_context(context) || said->issuer[0] == 0 ||
        (said->subject.type != ARMALO_I_JSON_OBJECT && said->subject.type != ARMALO_I_JSON_ARRAY))
        return ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED;
    uint32_t reason = armalo_i_credential_type(policy, types, said);
    if (reason == ARMALO_REASON_GRANTED) said->detail = NULL;
    return reason;
}
