/* SPDX-License-Identifier: MIT */
/* attest/attested.c: reading what was verified. The handle exists only after a grant. */
#include "attest/attested.h"

#include "attest/digest.h"
#include "codec/memory.h"

void armalo_attested_free(armalo_attested *attested) {
    if (attested == NULL) return;
    armalo_i_artifact_end(&attested->artifact);
    armalo_i_release(attested);
}

void armalo_attested_facts_get(const armalo_attested *attested, uint32_t signer, armalo_attested_facts *facts) {
    if (facts == NULL) return;
    memset(facts, 0, sizeof *facts);
    if (attested == NULL || signer >= attested->facts.signer_count) return;
    *facts = attested->facts;
    armalo_i_digest_of(attested->payload, facts->payload_sha256);
    const armalo_i_attested_signer *key = &attested->signers[signer];
    memcpy(facts->owner, key->owner, sizeof key->owner);
    memcpy(facts->key_id, key->id, sizeof key->id);
    memcpy(facts->thumbprint, key->thumbprint, sizeof key->thumbprint);
}

static int32_t armalo_i_public_type(int type) {
    switch (type) {
    case ARMALO_I_JSON_NULL:
        return ARMALO_JSON_NULL;
    case ARMALO_I_JSON_TRUE:
        return ARMALO_JSON_TRUE;
    case ARMALO_I_JSON_FALSE:
        return ARMALO_JSON_FALSE;
    case ARMALO_I_JSON_NUMBER:
        return ARMALO_JSON_NUMBER;
    case ARMALO_I_JSON_STRING:
        return ARMALO_JSON_STRING;
    case ARMALO_I_JSON_ARRAY:
        return ARMALO_JSON_ARRAY;
    case ARMALO_I_JSON_OBJECT:
        return ARMALO_JSON_OBJECT;
    default:
        return 0;
    }
}

int armalo_attested_value(const armalo_attested *attested, const char *pointer, char *buf, size_t cap, size_t *len,
                          int32_t *type) {
    armalo_i_json_pointer parsed;
    size_t unseen_len = 0, size = 0;
    int32_t unseen_type = 0;
    if (len == NULL) len = &unseen_len;
    if (type == NULL) type = &unseen_type;
    *len = 0;
    *type = 0;
    if (attested == NULL || pointer == NULL || (buf == NULL && cap > 0)) return 0;
    if (!armalo_i_json_pointer_parse(armalo_i_span_text(pointer), &parsed)) return 0;
    armalo_i_json_value value = armalo_i_json_find(attested->root, &parsed);
    if (value.type == ARMALO_I_JSON_NONE) return 0;
    *type = armalo_i_public_type(value.type);
    if (value.type != ARMALO_I_JSON_STRING) {
        *len = value.raw.len;
        if (cap <= value.raw.len) return 0;
        memcpy(buf, value.raw.ptr, value.raw.len);
        buf[value.raw.len] = 0;
        return 1;
    }
    *len = armalo_i_json_string_len(value);
    if (cap <= *len || !armalo_i_json_string(value, buf, cap - 1, &size)) return 0;
    buf[size] = 0;
    return 1;
}
