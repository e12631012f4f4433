/* SPDX-License-Identifier: MIT */
#include "access/record.h"

#include "access/token.h"
#include "codec/text.h"
#include "core/decide.h"

static const char *const armalo_i_digest_prefix[] = {"hs256:", "sha256:", "argon2id:"};

int armalo_i_key_name_valid(const char *text) {
    size_t len = 0;
    for (; text[len] != 0; len++) {
        char c = text[len];
        int good =
            (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr("_.:-", c) != NULL;
        if (!good || len == ARMALO_KEY_ID_MAX) return 0;
    }
    return len > 0;
}

void armalo_i_token_digest(const armalo_host *host, armalo_i_span token, uint8_t digest[ARMALO_I_SHA256_SIZE]) {
    armalo_i_sha256 state = host->pepper.inner;
    armalo_i_sha256_add(&state, token.ptr, token.len);
    armalo_i_hmac_end(&host->pepper, &state, digest);
    armalo_i_wipe(&state, sizeof state);
}

void armalo_i_digest_text(int kind, const uint8_t digest[ARMALO_I_SHA256_SIZE], char *out) {
    size_t len = strlen(armalo_i_digest_prefix[kind]);
    memcpy(out, armalo_i_digest_prefix[kind], len);
    armalo_i_hex_encode(digest, ARMALO_I_SHA256_SIZE, out + len);
}

/* ---- The seal: HMAC-SHA256 over the canonical JSON (RFC 8785) of the record without `seal`. The members are known,
 * so it is written in the order of their names. */
static void armalo_i_key_member(armalo_i_writer *w, const char *name_and_colon, const char *text, int empty_is_null) {
    armalo_i_write_text(w, name_and_colon);
    if (empty_is_null && text[0] == 0)
        armalo_i_write_text(w, "null");
    else
        armalo_i_write_string(w, text, strlen(text));
}

static void armalo_i_key_scopes_write(armalo_i_writer *w, const armalo_i_key_record *r) {
    armalo_i_span list = armalo_i_span_of(r->scopes, r->scopes_len), scope;
    size_t at = 0;
    armalo_i_write_text(w, ",\"scopes\":[");
    for (int first = 1; armalo_i_scopes_next(list, &at, &scope) == 1; first = 0) {
        if (!first) armalo_i_write_raw(w, ",", 1);
        armalo_i_write_string(w, scope.ptr, scope.len);
    }
    armalo_i_write_raw(w, "]", 1);
}

static const char *armalo_i_use_name(int32_t use) { return use == ARMALO_USE_SERVER ? "server" : "any"; }

static void armalo_i_key_record_digest(const armalo_host *host, const armalo_i_key_record *r,
                                       uint8_t seal[ARMALO_I_SHA256_SIZE]) {
    char text[ARMALO_KEY_RECORD_SIZE];
    armalo_i_writer w = {text, sizeof text, 0};
    armalo_i_key_member(&w, "{\"created_at\":", r->created_at, 0);
    armalo_i_key_member(&w, ",\"digest\":", r->digest, 0);
    armalo_i_key_member(&w, ",\"env\":", armalo_i_env_name(r->env), 0);
    armalo_i_key_member(&w, ",\"expires_at\":", r->expires_at, 1);
    armalo_i_key_member(&w, ",\"id\":", r->id, 0);
    armalo_i_key_member(&w, ",\"name\":", r->name, 0);
    armalo_i_key_member(&w, ",\"not_before\":", r->not_before, 1);
    armalo_i_key_member(&w, ",\"org\":", r->org, 0);
    armalo_i_key_member(&w, ",\"replaces\":", r->replaces, 1);
    armalo_i_key_member(&w, ",\"revoked_at\":", r->revoked_at, 1);
    armalo_i_key_scopes_write(&w, r);
    armalo_i_key_member(&w, ",\"use\":", armalo_i_use_name(r->use), 0);
    armalo_i_write_text(&w, ",\"v\":1}");
    armalo_i_sha256 state = host->record_seal.inner;
    armalo_i_sha256_add(&state, text,
                        w.len < sizeof text ? w.len : sizeof text); /* a record that is read or sealed fits */
    armalo_i_hmac_end(&host->record_seal, &state, seal);
}

int armalo_i_key_record_seal(const armalo_host *host, armalo_i_key_record *r, char *out) {
    uint8_t seal[ARMALO_I_SHA256_SIZE];
    armalo_i_writer w = {out, ARMALO_KEY_RECORD_SIZE, 0};
    armalo_i_key_record_digest(host, r, seal);
    armalo_i_digest_text(ARMALO_I_DIGEST_HS256, seal, r->seal);
    armalo_i_key_member(&w, "{\"v\":1,\"id\":", r->id, 0);
    armalo_i_key_member(&w, ",\"org\":", r->org, 0);
    armalo_i_key_member(&w, ",\"name\":", r->name, 0);
    armalo_i_key_member(&w, ",\"digest\":", r->digest, 0);
    armalo_i_key_scopes_write(&w, r);
    armalo_i_key_member(&w, ",\"env\":", armalo_i_env_name(r->env), 0);
    armalo_i_key_member(&w, ",\"use\":", armalo_i_use_name(r->use), 0);
    armalo_i_key_member(&w, ",\"created_at\":", r->created_at, 0);
    armalo_i_key_member(&w, ",\"not_before\":", r->not_before, 1);
    armalo_i_key_member(&w, ",\"expires_at\":", r->expires_at, 1);
    armalo_i_key_member(&w, ",\"revoked_at\":", r->revoked_at, 1);
    armalo_i_key_member(&w, ",\"replaces\":", r->replaces, 1);
    armalo_i_key_member(&w, ",\"seal\":", r->seal, 0);
    armalo_i_write_raw(&w, "}", 1);
    if (w.len >= ARMALO_KEY_RECORD_SIZE) return 0;
    out[w.len] = 0;
    return 1;
}

/* ---- Reading. */
static int armalo_i_key_read_time(armalo_i_json_value value, int may_be_null, char *text, int64_t *ms) {
    size_t len = 0;
    *ms = 0;
    text[0] = 0;
    if (value.type == ARMALO_I_JSON_NULL) return may_be_null;
    return armalo_i_json_identifier(value, text, ARMALO_I_TIME_TEXT, &len) &&
           armalo_i_time_parse(armalo_i_span_of(text, len), ms) && *ms > 0;
}

static int armalo_i_key_read_key_name(armalo_i_json_value value, char *text) {
    size_t len = 0;
    return armalo_i_json_identifier(value, text, ARMALO_KEY_ID_MAX + 1, &len) && armalo_i_key_name_valid(text);
}

/* As libsodium writes it: plain ASCII, so that it comes out of a record as it went in. */
static int armalo_i_is_argon2id(const char *text) {
    static const char head[] = "$argon2id$";
    if (strncmp(text, head, sizeof head - 1) != 0) return 0;
    for (; *text != 0; text++) {
        char c = *text;
        int good =
            (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr("$=,+/", c) != NULL;
        if (!good) return 0;
    }
    return 1;
}

int armalo_i_key_record_set_digest(armalo_i_key_record *r, const char *text) {
    size_t len = strlen(text), size = 0;
    if (len >= sizeof r->digest) return 0;
    if (text != r->digest) memcpy(r->digest, text, len + 1);
    for (int kind = ARMALO_I_DIGEST_HS256; kind <= ARMALO_I_DIGEST_ARGON2ID; kind++) {
        size_t prefix = strlen(armalo_i_digest_prefix[kind]);
        if (len <= prefix || strncmp(text, armalo_i_digest_prefix[kind], prefix) != 0) continue;
        r->kind = kind;
        if (kind == ARMALO_I_DIGEST_ARGON2ID) return armalo_i_is_argon2id(text + prefix);
        armalo_i_span digits = armalo_i_span_of(text + prefix, len - prefix);
        return armalo_i_hex_decode(digits, r->digest_bytes, sizeof r->digest_bytes, &size) &&
               size == sizeof r->digest_bytes;
    }
    return 0;
}

static int armalo_i_key_read_digest(armalo_i_json_value value, armalo_i_key_record *r) {
    size_t len = 0;
    return armalo_i_json_identifier(value, r->digest, sizeof r->digest, &len) &&
           armalo_i_key_record_set_digest(r, r->digest);
}

static int armalo_i_key_read_scopes(armalo_i_json_value value, armalo_i_key_record *r) {
    armalo_i_json_iter iter;
    armalo_i_json_value none, element;
    int wild, count = 0;
    r->scopes_len = 0;
    if (value.type != ARMALO_I_JSON_ARRAY || !armalo_i_json_enter(value, &iter)) return 0;
    while (armalo_i_json_next(&iter, &none, &element)) {
        char *at = r->scopes + r->scopes_len + (count > 0);
        size_t len = 0;
        if (count++ == ARMALO_SCOPES_MAX) return 0;
        if (!armalo_i_json_identifier(element, at, ARMALO_SCOPE_MAX + 1, &len)) return 0;
        if (!armalo_i_scope_valid(armalo_i_span_of(at, len), &wild)) return 0;
        if (count > 1) at[-1] = ' ';
        r->scopes_len += len + (size_t)(count > 1);
    }
    return count > 0;
}

static int armalo_i_key_read_seal(armalo_i_json_value value, armalo_i_key_record *r) {
    size_t len = 0;
    return armalo_i_json_identifier(value, r->seal, sizeof r->seal, &len);
}

static int armalo_i_key_read_label(armalo_i_json_value value, armalo_i_key_record *r) {
    size_t len = 0;
    if (!armalo_i_json_string(value, r->name, sizeof r->name - 1, &len)) return 0;
    r->name[len] = 0;
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)r->name[i] < 0x20 || r->name[i] == 0x7f) return 0;
    }
    return 1;
}

static int armalo_i_key_read_env(armalo_i_json_value value, armalo_i_key_record *r) {
    for (r->env = ARMALO_ENV_LIVE; r->env <= ARMALO_ENV_SIM; r->env++) {
        if (armalo_i_json_equals(value, armalo_i_span_text(armalo_i_env_name(r->env)))) return 1;
    }
    return 0;
}

static int armalo_i_key_read_use(armalo_i_json_value value, armalo_i_key_record *r) {
    for (r->use = ARMALO_USE_SERVER; r->use <= ARMALO_USE_ANY; r->use++) {
        if (armalo_i_json_equals(value, armalo_i_span_text(armalo_i_use_name(r->use)))) return 1;
    }
    return 0;
}

static const char *const armalo_i_key_members[] = {"v",          "id",         "org",      "name",       "digest",
                                                   "scopes",     "env",        "use",      "created_at", "not_before",
                                                   "expires_at", "revoked_at", "replaces", "seal"};
#define ARMALO_I_KEY_MEMBERS (sizeof armalo_i_key_members / sizeof armalo_i_key_members[0])

static int armalo_i_key_read_member(size_t member, armalo_i_json_value value, armalo_i_key_record *r) {
    int64_t number = 0;
    switch (member) {
    case 0:
        return armalo_i_json_integer(value, &number) && number == 1;
    case 1:
        return armalo_i_key_read_key_name(value, r->id);
    case 2:
        return armalo_i_key_read_key_name(value, r->org);
    case 3:
        return armalo_i_key_read_label(value, r);
    case 4:
        return armalo_i_key_read_digest(value, r);
    case 5:
        return armalo_i_key_read_scopes(value, r);
    case 6:
        return value.type == ARMALO_I_JSON_STRING && armalo_i_key_read_env(value, r);
    case 7:
        return value.type == ARMALO_I_JSON_STRING && armalo_i_key_read_use(value, r);
    case 8:
        return armalo_i_key_read_time(value, 0, r->created_at, &number);
    case 9:
        return armalo_i_key_read_time(value, 1, r->not_before, &r->not_before_ms);
    case 10:
        return armalo_i_key_read_time(value, 1, r->expires_at, &r->expires_ms);
    case 11:
        return armalo_i_key_read_time(value, 1, r->revoked_at, &r->revoked_ms);
    case 12:
        r->replaces[0] = 0;
        return value.type == ARMALO_I_JSON_NULL || armalo_i_key_read_key_name(value, r->replaces);
    case 13:
        return armalo_i_key_read_seal(value, r);
    default:
        return 0;
    }
}

/* Which member a name is. Records are mostly written in our own order, so the next one is tried first. */
static size_t armalo_i_member_of(armalo_i_json_value name, size_t next) {
    if (next < ARMALO_I_KEY_MEMBERS && armalo_i_json_equals(name, armalo_i_span_text(armalo_i_key_members[next])))
        return next;
    size_t i = 0;
    while (i < ARMALO_I_KEY_MEMBERS && !armalo_i_json_equals(name, armalo_i_span_text(armalo_i_key_members[i]))) i++;
    return i;
}

static int armalo_i_key_record_read(armalo_i_span json, armalo_i_key_record *r) {
    static const armalo_i_json_pointer whole;
    armalo_i_json_value root, name, value;
    armalo_i_json_iter iter;
    size_t next = 0, count = 0;
    if (armalo_i_json_scan(json, ARMALO_KEY_RECORD_SIZE - 1, &whole, &root, NULL) != 1) return 0;
    if (root.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(root, &iter)) return 0;
    while (armalo_i_json_next(&iter, &name, &value)) {
        size_t member = armalo_i_member_of(name, next);
        if (member == ARMALO_I_KEY_MEMBERS || !armalo_i_key_read_member(member, value, r)) return 0;
        next = member + 1;
        count++;
    }
    return count == ARMALO_I_KEY_MEMBERS; /* no name occurs twice, so each is there */
}

uint32_t armalo_i_key_record_open(const armalo_host *host, armalo_i_span json, armalo_i_key_record *r) {
    uint8_t seal[ARMALO_I_SHA256_SIZE];
    char expected[ARMALO_I_SEAL_TEXT];
    memset(r, 0, offsetof(armalo_i_key_record, scopes));
    if (!armalo_i_key_record_read(json, r)) return ARMALO_REASON_KEY_RECORD_MALFORMED;
    armalo_i_key_record_digest(host, r, seal);
    armalo_i_digest_text(ARMALO_I_DIGEST_HS256, seal, expected);
    size_t len = strlen(expected);
    if (strlen(r->seal) != len || armalo_i_equal(r->seal, expected, len) != 1) return ARMALO_REASON_KEY_RECORD_ALTERED;
    return ARMALO_REASON_GRANTED;
}

uint32_t armalo_i_key_record_valid(const armalo_i_key_record *r, int64_t now_ms) {
    if (r->revoked_ms != 0)
        return ARMALO_REASON_KEY_REVOKED; /* whenever it was: nothing is granted before a revocation again */
    if (r->expires_ms != 0 && now_ms >= r->expires_ms) return ARMALO_REASON_KEY_EXPIRED;
    return r->not_before_ms != 0 && now_ms < r->not_before_ms ? ARMALO_REASON_KEY_NOT_YET_VALID : ARMALO_REASON_GRANTED;
}

_Static_assert(ARMALO_KEY_RECORD_SIZE > ARMALO_SCOPES_MAX * (ARMALO_SCOPE_MAX + 3) + 2048, "any record fits");
