/* SPDX-License-Identifier: MIT */
/* attest/policy.c: reading a policy. What is left out is refused here, so that a verification never has to guess. */
#include "attest/policy.h"

#include "attest/alg.h"
#include "attest/digest.h"
#include "attest/predicate.h"
#include "codec/memory.h"
#include "codec/text.h"
#include "core/decide.h"

typedef struct armalo_i_policy_reader {
    armalo_attest_policy *policy;
    char *room; /* where unescaped texts go */
    size_t left;
    char fault[64]; /* a member that is not known, cut; or which claim */
} armalo_i_policy_reader;

int armalo_i_list_has(const armalo_i_list *list, armalo_i_span text) {
    for (size_t i = 0; i < list->count; i++) {
        if (armalo_i_span_equal(list->item[i], text)) return 1;
    }
    return 0;
}

static int armalo_i_policy_text(armalo_i_policy_reader *r, armalo_i_json_value value, armalo_i_span *text) {
    size_t len = 0;
    if (!armalo_i_json_identifier(value, r->room, r->left, &len) || len >= ARMALO_ATTEST_NAME_SIZE) return 0;
    *text = armalo_i_span_of(r->room, len);
    r->room += len + 1;
    r->left -= len + 1;
    return 1;
}

/* A list that is there has something in it, and nothing twice. */
static int armalo_i_policy_list(armalo_i_policy_reader *r, armalo_i_json_value value, armalo_i_list *list) {
    armalo_i_json_iter iter;
    armalo_i_json_value none, item;
    armalo_i_span text;
    list->count = 0;
    if (value.type != ARMALO_I_JSON_ARRAY || !armalo_i_json_enter(value, &iter)) return 0;
    while (armalo_i_json_next(&iter, &none, &item)) {
        if (list->count == ARMALO_ATTEST_MAX_LIST || !armalo_i_policy_text(r, item, &text)) return 0;
        if (armalo_i_list_has(list, text)) return 0;
        list->item[list->count++] = text;
    }
    return list->count > 0;
}

/* A waiver is the literal true: false, null or a word would be read as one by somebody. */
static int armalo_i_policy_waiver(armalo_i_json_value value, int *flag) {
    *flag = value.type == ARMALO_I_JSON_TRUE;
    return *flag;
}

static int armalo_i_policy_seconds(armalo_i_json_value value, int64_t min, int64_t max, int64_t *ms) {
    int64_t seconds;
    if (!armalo_i_json_integer(value, &seconds) || seconds < min || seconds > max) return 0;
    *ms = seconds * 1000;
    return 1;
}

static int armalo_i_policy_pointer(armalo_i_json_value value, armalo_i_json_pointer *pointer, int *has) {
    char text[256];
    size_t len = 0;
    *has = armalo_i_json_identifier(value, text, sizeof text, &len) &&
           armalo_i_json_pointer_parse(armalo_i_span_of(text, len), pointer) && pointer->count > 0;
    return *has;
}

static int armalo_i_policy_formats(armalo_i_json_value value, unsigned *formats) {
    static const char *const names[] = {
        [ARMALO_FORMAT_DSSE] = "dsse", [ARMALO_FORMAT_JWS] = "jws", [ARMALO_FORMAT_VC] = "vc"};
    armalo_i_json_iter iter;
    armalo_i_json_value none, item;
    *formats = 0;
    if (value.type != ARMALO_I_JSON_ARRAY || !armalo_i_json_enter(value, &iter)) return 0;
    while (armalo_i_json_next(&iter, &none, &item)) {
        int format = ARMALO_FORMAT_DSSE;
        while (format <= ARMALO_FORMAT_VC && !armalo_i_json_equals(item, armalo_i_span_text(names[format]))) format++;
        if (format > ARMALO_FORMAT_VC || (*formats & ARMALO_I_FORMAT_BIT(format)) != 0) return 0;
        *formats |= ARMALO_I_FORMAT_BIT(format);
    }
    return *formats != 0;
}

static int armalo_i_policy_algorithms(armalo_i_json_value value, unsigned *algorithms) {
    armalo_i_json_iter iter;
    armalo_i_json_value none, item;
    *algorithms = 0;
    if (value.type != ARMALO_I_JSON_ARRAY || !armalo_i_json_enter(value, &iter)) return 0;
    while (armalo_i_json_next(&iter, &none, &item)) {
        int alg = armalo_i_alg_of(item);
        if (alg == ARMALO_I_ALG_NONE || (*algorithms & ARMALO_I_ALG_BIT(alg)) != 0) return 0;
        *algorithms |= ARMALO_I_ALG_BIT(alg);
    }
    return *algorithms != 0;
}

static int armalo_i_policy_claim(armalo_i_json_value value, armalo_i_claim *claim, char shown[64]) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, member;
    int has_pointer = 0;
    memset(claim, 0, sizeof *claim);
    if (value.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(value, &iter)) return 0;
    while (armalo_i_json_next(&iter, &name, &member)) {
        if (armalo_i_json_equals(name, armalo_i_span_text("pointer"))) {
            if (!armalo_i_policy_pointer(member, &claim->pointer, &has_pointer)) return 0;
            armalo_i_span body = {member.raw.ptr + 1, member.raw.len - 2}; /* of a string, as it is a pointer */
            armalo_i_span_show(body, shown, 64);
        } else if (armalo_i_json_equals(name, armalo_i_span_text("operator"))) {
            claim->op = armalo_i_operator_of(member);
        } else if (armalo_i_json_equals(name, armalo_i_span_text("value"))) {
            claim->value = member;
        } else {
            return 0;
        }
    }
    return has_pointer && claim->op != ARMALO_I_OP_NONE && armalo_i_operator_fits(claim->op, claim->value);
}

static int armalo_i_policy_claims(armalo_i_policy_reader *r, armalo_i_json_value value) {
    armalo_attest_policy *p = r->policy;
    armalo_i_json_iter iter;
    armalo_i_json_value none, item;
    char number[21];
    static const char claims[] = "claims";
    memcpy(r->fault, claims, sizeof claims);
    if (value.type != ARMALO_I_JSON_ARRAY || !armalo_i_json_enter(value, &iter)) return 0;
    while (armalo_i_json_next(&iter, &none, &item)) {
        armalo_i_decimal_text(p->claim_count, number);
        r->fault[sizeof claims - 1] = '/';
        memcpy(r->fault + sizeof claims, number, sizeof number);
        if (p->claim_count == ARMALO_ATTEST_MAX_LIST) return 0;
        if (!armalo_i_policy_claim(item, &p->claim[p->claim_count], p->claim_text[p->claim_count])) return 0;
        p->claim_count++;
    }
    return p->claim_count > 0;
}

static int armalo_i_policy_revocation(armalo_i_policy_reader *r, armalo_i_json_value value) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, member;
    if (value.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(value, &iter)) return 0;
    while (armalo_i_json_next(&iter, &name, &member)) {
        if (armalo_i_json_equals(name, armalo_i_span_text("max_age_s"))) {
            if (!armalo_i_policy_seconds(member, 1, ARMALO_I_AGE_MAX_S, &r->policy->revocation_max_age_ms)) return 0;
        } else if (armalo_i_json_equals(name, armalo_i_span_text("issuers"))) {
            if (!armalo_i_policy_list(r, member, &r->policy->revocation_issuers)) return 0;
        } else {
            return 0;
        }
    }
    return r->policy->revocation_max_age_ms > 0;
}

static int armalo_i_policy_ecdsa(armalo_i_json_value value, int *ecdsa) {
    *ecdsa = armalo_i_json_equals(value, armalo_i_span_text("der")) ? ARMALO_I_ECDSA_DER : ARMALO_I_ECDSA_RAW;
    return *ecdsa == ARMALO_I_ECDSA_DER || armalo_i_json_equals(value, armalo_i_span_text("raw"));
}

static int armalo_i_policy_name(armalo_i_json_value value, char *name) {
    size_t len = 0;
    return armalo_i_json_identifier(value, name, ARMALO_NAME_SIZE, &len);
}

static int armalo_i_policy_threshold(armalo_i_json_value value, uint32_t *threshold) {
    int64_t number;
    if (!armalo_i_json_integer(value, &number) || number < 1 || number > ARMALO_ATTEST_MAX_SIGNATURES) return 0;
    *threshold = (uint32_t)number;
    return 1;
}

static const char *const armalo_i_policy_members[] = {
    "v",           "name",       "formats",   "issuers",         "keys",          "any_signer",
    "threshold",   "algorithms", "ecdsa",     "predicate_types", "typ",           "credential_types",
    "any_subject", "audience",   "max_age_s", "expiry_required", "any_age",       "issued_at",
    "expires_at",  "skew_s",     "claims",    "revocation",      "no_revocation", "accept_simulated",
    "any_status",  "usages"};
#define ARMALO_I_POLICY_MEMBERS (sizeof armalo_i_policy_members / sizeof armalo_i_policy_members[0])
#define ARMALO_I_POLICY_CLAIMS  20

static int armalo_i_policy_member(armalo_i_policy_reader *r, size_t member, armalo_i_json_value value) {
    armalo_attest_policy *p = r->policy;
    int64_t number;
    switch (member) {
    case 0:
        return armalo_i_json_integer(value, &number) && number == 1;
    case 1:
        return armalo_i_policy_name(value, p->name);
    case 2:
        return armalo_i_policy_formats(value, &p->formats);
    case 3:
        return armalo_i_policy_list(r, value, &p->issuers);
    case 4:
        return armalo_i_policy_list(r, value, &p->keys);
    case 5:
        return armalo_i_policy_waiver(value, &p->any_signer);
    case 6:
        return armalo_i_policy_threshold(value, &p->threshold);
    case 7:
        return armalo_i_policy_algorithms(value, &p->algorithms);
    case 8:
        p->has_ecdsa = 1;
        return armalo_i_policy_ecdsa(value, &p->ecdsa);
    case 9:
        return armalo_i_policy_list(r, value, &p->predicate_types);
    case 10:
        return armalo_i_policy_list(r, value, &p->typ);
    case 11:
        return armalo_i_policy_list(r, value, &p->credential_types);
    case 12:
        return armalo_i_policy_waiver(value, &p->any_subject);
    case 13:
        return armalo_i_policy_list(r, value, &p->audience);
    case 14:
        return armalo_i_policy_seconds(value, 1, ARMALO_I_AGE_MAX_S, &p->max_age_ms);
    case 15:
        return armalo_i_policy_waiver(value, &p->expiry_required);
    case 16:
        return armalo_i_policy_waiver(value, &p->any_age);
    case 17:
        return armalo_i_policy_pointer(value, &p->issued_at, &p->has_issued_at);
    case 18:
        return armalo_i_policy_pointer(value, &p->expires_at, &p->has_expires_at);
    case 19:
        return armalo_i_policy_seconds(value, 0, ARMALO_I_SKEW_MAX_S, &p->skew_ms);
    case ARMALO_I_POLICY_CLAIMS:
        return armalo_i_policy_claims(r, value);
    case 21:
        return armalo_i_policy_revocation(r, value);
    case 22:
        return armalo_i_policy_waiver(value, &p->no_revocation);
    case 23:
        return armalo_i_policy_waiver(value, &p->accept_simulated);
    case 24:
        return armalo_i_policy_waiver(value, &p->any_status);
    case 25:
        return armalo_i_policy_list(r, value, &p->usages);
    default:
        return 0;
    }
}

/* Has every accepted type of predicate this time of its own, so that the policy has none to point at? */
static int armalo_i_policy_all_say(const armalo_attest_policy *p, int means) {
    int unknown = 0;
    for (size_t i = 0; i < p->predicate_types.count; i++) {
        if (!armalo_i_predicate_says(armalo_i_predicate_of(p->predicate_types.item[i], &unknown), means)) return 0;
    }
    return p->predicate_types.count > 0;
}

/* A member that asks something of a format that is not accepted, or NULL. Whoever wrote it believes that it binds what
 * is accepted. */
static const char *armalo_i_policy_idle(const armalo_attest_policy *p) {
    if ((p->formats & ARMALO_I_FORMAT_BIT(ARMALO_FORMAT_DSSE)) == 0) {
        if (p->predicate_types.count > 0) return "predicate_types without dsse";
        if (p->has_issued_at) return "issued_at without dsse";
        if (p->has_expires_at) return "expires_at without dsse";
        if (p->has_ecdsa) return "ecdsa without dsse";
    }
    if (p->has_issued_at && armalo_i_policy_all_say(p, ARMALO_I_MEANS_ISSUED)) return "issued_at";
    if (p->has_expires_at && armalo_i_policy_all_say(p, ARMALO_I_MEANS_EXPIRES)) return "expires_at";
    if ((p->formats & ARMALO_I_FORMAT_BIT(ARMALO_FORMAT_JWS)) == 0 && p->typ.count > 0) return "typ without jws";
    if ((p->formats & ARMALO_I_FORMAT_BIT(ARMALO_FORMAT_VC)) == 0) {
        if (p->credential_types.count > 0) return "credential_types without vc";
        if (p->any_status) return "any_status without vc";
    }
    return NULL;
}

/* The member that contradicts another one, or NULL. */
static const char *armalo_i_policy_conflict(const armalo_attest_policy *p) {
    int signers = p->issuers.count > 0 || p->keys.count > 0, ages = p->max_age_ms > 0 || p->expiry_required;
    if (signers && p->any_signer) return "any_signer";
    if (ages && p->any_age) return "any_age";
    if (p->revocation_max_age_ms > 0 && p->no_revocation) return "no_revocation";
    return p->formats == 0 ? NULL : armalo_i_policy_idle(p);
}

/* The member that must be said and is not, or NULL. */
static const char *armalo_i_policy_lacks(const armalo_attest_policy *p, int has_version) {
    if (!has_version) return "v";
    if (p->formats == 0) return "formats";
    if (p->issuers.count == 0 && p->keys.count == 0 && !p->any_signer) return "issuers, keys or any_signer";
    if ((p->formats & ARMALO_I_FORMAT_BIT(ARMALO_FORMAT_DSSE)) != 0 && p->predicate_types.count == 0)
        return "predicate_types";
    if ((p->formats & ARMALO_I_FORMAT_BIT(ARMALO_FORMAT_VC)) != 0 && p->credential_types.count == 0)
        return "credential_types";
    if (p->max_age_ms == 0 && !p->expiry_required && !p->any_age) return "max_age_s, expiry_required or any_age";
    if (p->revocation_max_age_ms == 0 && !p->no_revocation) return "revocation or no_revocation";
    return NULL;
}

static uint32_t armalo_i_policy_read(armalo_i_policy_reader *r, const char **fault) {
    armalo_i_json_value root, name, value;
    armalo_i_json_iter iter;
    armalo_i_json_fault why;
    size_t has_version = 0;
    *fault = "not strict JSON, or no object";
    if (!armalo_i_json_load(armalo_i_span_of(r->policy->text, r->policy->text_len), ARMALO_ATTEST_MAX_POLICY, &root,
                            &why))
        return why.status == ARMALO_I_JSON_NO_MEMORY ? ARMALO_REASON_NO_MEMORY : ARMALO_REASON_POLICY_MALFORMED;
    if (root.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(root, &iter)) return ARMALO_REASON_POLICY_MALFORMED;
    while (armalo_i_json_next(&iter, &name, &value)) {
        size_t i = 0;
        while (i < ARMALO_I_POLICY_MEMBERS &&
               !armalo_i_json_equals(name, armalo_i_span_text(armalo_i_policy_members[i])))
            i++;
        armalo_i_span_show(name.raw, r->fault, sizeof r->fault);
        *fault = i < ARMALO_I_POLICY_MEMBERS && i != ARMALO_I_POLICY_CLAIMS ? armalo_i_policy_members[i] : r->fault;
        if (!armalo_i_policy_member(r, i, value)) return ARMALO_REASON_POLICY_MALFORMED;
        has_version |= i == 0;
    }
    if ((*fault = armalo_i_policy_conflict(r->policy)) != NULL) return ARMALO_REASON_POLICY_MALFORMED;
    if ((*fault = armalo_i_policy_lacks(r->policy, has_version != 0)) != NULL) return ARMALO_REASON_POLICY_INCOMPLETE;
    return ARMALO_REASON_GRANTED;
}

static void armalo_i_policy_defaults(armalo_attest_policy *p) {
    p->threshold = 1;
    p->max_work = ARMALO_ATTEST_MAX_WORK;
    p->skew_ms = ARMALO_I_SKEW_DEFAULT_MS;
    /* RSASSA-PKCS1-v1_5 only where a policy names it. */
    p->algorithms = ARMALO_I_ALG_BIT(ARMALO_I_ALG_EDDSA) | ARMALO_I_ALG_BIT(ARMALO_I_ALG_ES256) |
                    ARMALO_I_ALG_BIT(ARMALO_I_ALG_ES384) | ARMALO_I_ALG_BIT(ARMALO_I_ALG_PS256);
}

armalo_attest_policy *armalo_attest_policy_new(armalo_host *host, const char *json, size_t len, armalo_decision *why) {
    const char *fault = NULL;
    uint32_t reason = ARMALO_REASON_NO_MEMORY;
    armalo_i_policy_reader reader = {NULL, NULL, len, ""};
    armalo_i_refuse(why, ARMALO_REASON_UNDECIDED, NULL);
    if (host == NULL || json == NULL) {
        armalo_i_refuse(why, ARMALO_REASON_INVALID_ARGUMENT, NULL);
        return NULL;
    }
    if (len == 0 || len > ARMALO_ATTEST_MAX_POLICY) {
        armalo_i_refuse(why, ARMALO_REASON_POLICY_MALFORMED, "length");
        return NULL;
    }
    armalo_attest_policy *policy = armalo_i_alloc(sizeof *policy);
    if (policy != NULL) policy->text = armalo_i_alloc(2 * len);
    if (policy != NULL && policy->text != NULL) {
        policy->host = host;
        policy->text_len = len;
        memcpy(policy->text, json, len);
        armalo_i_digest_of(armalo_i_span_of(json, len), policy->digest);
        armalo_i_policy_defaults(policy);
        reader.policy = policy;
        reader.room = policy->text + len;
        reason = armalo_i_policy_read(&reader, &fault);
    }
    if (reason == ARMALO_REASON_GRANTED) return policy;
    armalo_i_refuse(why, reason, reason == ARMALO_REASON_NO_MEMORY ? NULL : fault);
    armalo_attest_policy_free(policy);
    return NULL;
}

void armalo_attest_policy_free(armalo_attest_policy *policy) {
    if (policy == NULL) return;
    armalo_i_release(policy->text);
    armalo_i_release(policy);
}
