/* SPDX-License-Identifier: MIT */
/* Issuing, rotating and revoking keys. */
#include "access/record.h"
#include "access/token.h"
#include "audit/event.h"
#include "codec/memory.h"
#include "codec/text.h"
#include "core/decide.h"

#define ARMALO_I_OVERLAP_MAX_MS INT64_C(31536000000) /* a year */

/* What a call needs while it works: too much for some stacks, and it holds a token. */
typedef struct armalo_i_issuing {
    armalo_i_key_record parent, record;
    char token[ARMALO_KEY_TOKEN_SIZE], text[ARMALO_KEY_RECORD_SIZE], old_text[ARMALO_KEY_RECORD_SIZE];
    const char *detail;
} armalo_i_issuing;

static int armalo_i_key_prefix_valid(const char *prefix) {
    size_t len = 0;
    for (; prefix[len] != 0; len++) {
        char c = prefix[len];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) || len == 16) return 0;
    }
    return len >= 2;
}

static int armalo_i_key_label_valid(const char *name) {
    armalo_i_json_value root;
    char text[6 * ARMALO_KEY_LABEL_MAX + 8];
    armalo_i_writer w = {text, sizeof text, 0};
    size_t len = 0;
    for (; name[len] != 0; len++) {
        if ((unsigned char)name[len] < 0x20 || name[len] == 0x7f || len == ARMALO_KEY_LABEL_MAX) return 0;
    }
    /* UTF-8, as the strict reader has it. The writer would mend what is not, and so make it differ. */
    armalo_i_write_string(&w, name, len);
    static const armalo_i_json_pointer whole;
    return armalo_i_json_scan(armalo_i_span_of(text, w.len), sizeof text, &whole, &root, NULL) == 1 &&
           armalo_i_json_equals(root, armalo_i_span_of(name, len));
}

static const char *armalo_i_spec_fault(const armalo_key_spec *spec, int64_t now_ms) {
    if (spec->org == NULL || !armalo_i_key_name_valid(spec->org)) return "org";
    if (spec->name != NULL && !armalo_i_key_label_valid(spec->name)) return "name";
    if (spec->scopes == NULL) return "scopes";
    if (spec->prefix != NULL && !armalo_i_key_prefix_valid(spec->prefix)) return "prefix";
    if (armalo_i_env_name(spec->env) == NULL) return "env";
    if (spec->use != ARMALO_USE_SERVER && spec->use != ARMALO_USE_ANY) return "use";
    if (spec->not_before_ms < 0 || spec->not_before_ms > ARMALO_I_TIME_MAX_MS) return "not_before_ms";
    if (spec->expires_ms != 0 && (spec->expires_ms <= now_ms || spec->expires_ms > ARMALO_I_TIME_MAX_MS))
        return "expires_ms";
    if (spec->expires_ms != 0 && spec->expires_ms <= spec->not_before_ms) return "expires_ms";
    if ((spec->parent == NULL) != (spec->parent_len == 0)) return "parent_len";
    /* A keyed digest is made here and nowhere else. */
    if (spec->digest != NULL && strncmp(spec->digest, "sha256:", 7) != 0 &&
        strncmp(spec->digest, "argon2id:", 9) != 0) {
        return "digest";
    }
    if (spec->digest != NULL && spec->prefix != NULL) return "prefix";
    return NULL;
}

/* A key may mint only what it could do itself. */
static uint32_t armalo_i_attenuates(const armalo_host *host, const armalo_key_spec *spec, const armalo_scopes *scopes,
                                    int64_t now_ms, armalo_i_issuing *work) {
    armalo_i_key_record *parent = &work->parent;
    uint32_t reason = armalo_i_key_record_open(host, armalo_i_span_of(spec->parent, spec->parent_len), parent);
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_key_record_valid(parent, now_ms);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    armalo_scopes *wider = armalo_scopes_new(parent->scopes, parent->scopes_len, NULL);
    if (wider == NULL) return ARMALO_REASON_NO_MEMORY;
    int within = armalo_scopes_subset(scopes, wider);
    armalo_scopes_free(wider);
    work->detail = NULL;
    if (strcmp(spec->org, parent->org) != 0)
        work->detail = "org";
    else if (!within)
        work->detail = "scopes";
    else if (spec->env != parent->env)
        work->detail = "env";
    else if (spec->use == ARMALO_USE_SERVER && parent->use != ARMALO_USE_SERVER)
        work->detail = "use";
    else if (parent->expires_ms != 0 && (spec->expires_ms == 0 || spec->expires_ms > parent->expires_ms)) {
        work->detail = "expires_ms";
    }
    return work->detail == NULL ? ARMALO_REASON_GRANTED : ARMALO_REASON_KEY_ATTENUATION;
}

/* A fresh id for the record, and a fresh token, or the digest of one that was issued elsewhere. */
static uint32_t armalo_i_key_record_token(const armalo_host *host, const char *prefix, const char *digest,
                                          int64_t now_ms, armalo_i_issuing *work) {
    armalo_i_key_record *r = &work->record;
    uint8_t random[12];
    if (armalo_i_random(random, sizeof random) != 1) return ARMALO_REASON_CRYPTO_FAILED;
    memcpy(r->id, "key_", 4);
    armalo_i_hex_encode(random, sizeof random, r->id + 4);
    armalo_i_time_text(now_ms, r->created_at);
    r->revoked_at[0] = 0;
    r->revoked_ms = 0;
    if (digest != NULL) {
        work->detail = armalo_i_key_record_set_digest(r, digest) ? NULL : "digest";
        return work->detail == NULL ? ARMALO_REASON_GRANTED : ARMALO_REASON_KEY_SPEC_INVALID;
    }
    size_t len = armalo_i_token_make(prefix, r->env, work->token);
    if (len == 0) return ARMALO_REASON_CRYPTO_FAILED;
    armalo_i_token_digest(host, armalo_i_span_of(work->token, len), r->digest_bytes);
    r->kind = ARMALO_I_DIGEST_HS256;
    armalo_i_digest_text(r->kind, r->digest_bytes, r->digest);
    return ARMALO_REASON_GRANTED;
}

static void armalo_i_set_time(int64_t ms, char *text, int64_t *kept_ms) {
    *kept_ms = ms;
    text[0] = 0;
    if (ms != 0) armalo_i_time_text(ms, text);
}

static uint32_t armalo_i_issue(const armalo_host *host, const armalo_key_spec *spec, int64_t now_ms,
                               armalo_i_issuing *work) {
    armalo_i_key_record *r = &work->record;
    armalo_decision fault;
    work->detail = armalo_i_spec_fault(spec, now_ms);
    if (work->detail != NULL) return ARMALO_REASON_KEY_SPEC_INVALID;
    armalo_scopes *scopes = armalo_scopes_new(spec->scopes, strlen(spec->scopes), &fault);
    if (scopes == NULL) return fault.reason;
    uint32_t reason =
        spec->parent == NULL ? ARMALO_REASON_GRANTED : armalo_i_attenuates(host, spec, scopes, now_ms, work);
    (void)!armalo_scopes_text(scopes, r->scopes, sizeof r->scopes, &r->scopes_len); /* any set fits */
    armalo_scopes_free(scopes);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    memcpy(r->org, spec->org, strlen(spec->org) + 1);
    if (spec->name != NULL) memcpy(r->name, spec->name, strlen(spec->name) + 1);
    r->env = spec->env;
    r->use = spec->use;
    armalo_i_set_time(spec->not_before_ms, r->not_before, &r->not_before_ms);
    armalo_i_set_time(spec->expires_ms, r->expires_at, &r->expires_ms);
    reason = armalo_i_key_record_token(host, spec->prefix != NULL ? spec->prefix : "pk", spec->digest, now_ms, work);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    return armalo_i_key_record_seal(host, r, work->text) ? ARMALO_REASON_GRANTED : ARMALO_REASON_KEY_SPEC_INVALID;
}

/* The end of each call here: nothing has been written to the caller's buffers yet. */
static int armalo_i_key_conclude(const armalo_host *host, armalo_decision *why, uint32_t reason, const char *type,
                                 const armalo_i_issuing *work) {
    char members[192];
    armalo_i_writer w = {members, sizeof members - 1, 0};
    const armalo_i_key_record *r = work == NULL ? NULL : &work->record;
    if (work != NULL && work->detail != NULL) armalo_i_decision_detail(why, work->detail, NULL, NULL);
    armalo_i_write_text(&w, ",\"control\":\"api_keys\"");
    if (r != NULL && r->id[0] != 0) {
        memcpy(why->principal, r->id, sizeof why->principal);
        memcpy(why->org, r->org, sizeof why->org);
        if (r->replaces[0] != 0) {
            armalo_i_write_text(&w, ",\"replaces\":");
            armalo_i_write_string(&w, r->replaces, strlen(r->replaces));
        }
    }
    members[w.len < sizeof members ? w.len : 0] = 0;
    armalo_i_event event = {type, r != NULL && r->id[0] != 0 ? r->id : "-", members, 1};
    return armalo_i_conclude(host, why, reason, &event);
}

static uint32_t armalo_i_issuing_begin(const armalo_host *host, armalo_decision *why, armalo_i_issuing **work) {
    uint32_t reason = armalo_i_decision_begin(host, why, armalo_i_span_of(NULL, 0));
    *work = NULL;
    if (reason != ARMALO_REASON_GRANTED) return reason;
    if (!host->has_root_key) return ARMALO_REASON_HOST_ROOT_KEY_MISSING;
    *work = armalo_i_alloc(sizeof **work);
    return *work == NULL ? ARMALO_REASON_NO_MEMORY : ARMALO_REASON_GRANTED;
}

int armalo_key_issue(armalo_host *host, const armalo_key_spec *spec, char *token, size_t token_cap, char *record,
                     size_t record_cap, armalo_decision *why) {
    armalo_decision unseen_why;
    armalo_i_issuing *work = NULL;
    if (why == NULL) why = &unseen_why;
    if (host == NULL || spec == NULL || spec->struct_size != sizeof *spec || token == NULL || record == NULL) {
        return armalo_i_refuse(why, ARMALO_REASON_INVALID_ARGUMENT, NULL);
    }
    uint32_t reason = armalo_i_issuing_begin(host, why, &work);
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_issue(host, spec, why->decided_at_ms, work);
    if (reason == ARMALO_REASON_GRANTED && (strlen(work->token) >= token_cap || strlen(work->text) >= record_cap)) {
        reason = ARMALO_REASON_BUFFER_TOO_SMALL;
    }
    int granted = armalo_i_key_conclude(host, why, reason, "key.issued", work);
    if (granted) {
        memcpy(token, work->token, strlen(work->token) + 1);
        memcpy(record, work->text, strlen(work->text) + 1);
    }
    armalo_i_release_wiped(work, work == NULL ? 0 : sizeof *work);
    return granted;
}

static uint32_t armalo_i_rotate(const armalo_host *host, armalo_i_span json, int64_t overlap_ms, int64_t now_ms,
                                armalo_i_issuing *work) {
    armalo_i_key_record *old = &work->parent, *r = &work->record;
    uint32_t reason = armalo_i_key_record_open(host, json, old);
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_key_record_valid(old, now_ms);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    if (overlap_ms < 0 || overlap_ms > ARMALO_I_OVERLAP_MAX_MS || now_ms > ARMALO_I_TIME_MAX_MS - overlap_ms) {
        work->detail = "overlap_ms";
        return ARMALO_REASON_KEY_SPEC_INVALID;
    }
    *r = *old;
    memcpy(r->replaces, old->id, sizeof r->replaces);
    reason = armalo_i_key_record_token(host, "pk", NULL, now_ms, work);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    if (old->expires_ms == 0 || old->expires_ms > now_ms + overlap_ms) {
        armalo_i_set_time(now_ms + overlap_ms, old->expires_at, &old->expires_ms);
    }
    return armalo_i_key_record_seal(host, r, work->text) && armalo_i_key_record_seal(host, old, work->old_text)
               ? ARMALO_REASON_GRANTED
               : ARMALO_REASON_KEY_SPEC_INVALID;
}

int armalo_key_rotate(armalo_host *host, const char *record, size_t len, int64_t overlap_ms, char *token,
                      size_t token_cap, char *new_record, size_t record_cap, char *old_record, size_t old_cap,
                      armalo_decision *why) {
    armalo_decision unseen_why;
    armalo_i_issuing *work = NULL;
    if (why == NULL) why = &unseen_why;
    if (host == NULL || record == NULL || token == NULL || new_record == NULL || old_record == NULL) {
        return armalo_i_refuse(why, ARMALO_REASON_INVALID_ARGUMENT, NULL);
    }
    uint32_t reason = armalo_i_issuing_begin(host, why, &work);
    if (reason == ARMALO_REASON_GRANTED) {
        reason = armalo_i_rotate(host, armalo_i_span_of(record, len), overlap_ms, why->decided_at_ms, work);
    }
    if (reason == ARMALO_REASON_GRANTED &&
        (strlen(work->token) >= token_cap || strlen(work->text) >= record_cap || strlen(work->old_text) >= old_cap)) {
        reason = ARMALO_REASON_BUFFER_TOO_SMALL;
    }
    int granted = armalo_i_key_conclude(host, why, reason, "key.rotated", work);
    if (granted) {
        memcpy(token, work->token, strlen(work->token) + 1);
        memcpy(new_record, work->text, strlen(work->text) + 1);
        memcpy(old_record, work->old_text, strlen(work->old_text) + 1);
    }
    armalo_i_release_wiped(work, work == NULL ? 0 : sizeof *work);
    return granted;
}

int armalo_key_revoke(armalo_host *host, const char *record, size_t len, char *out, size_t cap, armalo_decision *why) {
    armalo_decision unseen_why;
    armalo_i_issuing *work = NULL;
    if (why == NULL) why = &unseen_why;
    if (host == NULL || record == NULL || out == NULL)
        return armalo_i_refuse(why, ARMALO_REASON_INVALID_ARGUMENT, NULL);
    uint32_t reason = armalo_i_issuing_begin(host, why, &work);
    if (reason == ARMALO_REASON_GRANTED) {
        armalo_i_key_record *r = &work->record;
        reason = armalo_i_key_record_open(host, armalo_i_span_of(record, len), r);
        if (reason == ARMALO_REASON_GRANTED) {
            if (r->revoked_ms == 0) armalo_i_set_time(why->decided_at_ms, r->revoked_at, &r->revoked_ms);
            if (!armalo_i_key_record_seal(host, r, work->text)) reason = ARMALO_REASON_KEY_RECORD_MALFORMED;
        } else {
            r->id[0] = 0; /* not to be named by a record that does not hold */
        }
    }
    if (reason == ARMALO_REASON_GRANTED && strlen(work->text) >= cap) reason = ARMALO_REASON_BUFFER_TOO_SMALL;
    int granted = armalo_i_key_conclude(host, why, reason, "key.revoked", work);
    if (granted) memcpy(out, work->text, strlen(work->text) + 1);
    armalo_i_release_wiped(work, work == NULL ? 0 : sizeof *work);
    return granted;
}
