/* SPDX-License-Identifier: MIT */
/* Nothing that the calls about keys write, but for the token that is issued, holds a token, the root key or a key made
 * from it, in any spelling; nor does a refusal tell the digest or the seal that would have been right. */
#include "key_forge.h"

#include <ctype.h>

/* All output, and all needles. */
static struct out {
    unsigned char bytes[1 << 23];
    size_t len;
} out;

#define NEEDLES 400
static struct needle {
    char what[48];
    unsigned char bytes[300];
    size_t len;
} needles[NEEDLES];
static size_t needle_count;

static void keep(const void *bytes, size_t len) {
    if (out.len + len + 1 > sizeof out.bytes) ck_abort_msg("more output than expected");
    if (len > 0) memcpy(out.bytes + out.len, bytes, len);
    out.len += len;
    out.bytes[out.len++] = '\n';
}

static void keep_text(const char *text) { keep(text, strlen(text)); }

static void seek(const char *what, const char *form, const void *bytes, size_t len) {
    if (len < 10) return; /* shorter, a find could be chance */
    if (needle_count == NEEDLES || len > sizeof needles[0].bytes) ck_abort_msg("no room for %s", what);
    struct needle *n = &needles[needle_count++];
    snprintf(n->what, sizeof n->what, "%s %s", what, form);
    memcpy(n->bytes, bytes, len);
    n->len = len;
}

/* The bytes, and as hex and base64. Base64 inside a longer text starts at one of three phases. */
static void seek_all(const char *what, const void *bytes, size_t len) {
    const unsigned char *in = bytes;
    char text[400];
    seek(what, "as it is", bytes, len);
    for (size_t i = 0; i < len; i++) snprintf(text + 2 * i, 3, "%02x", in[i]);
    seek(what, "as hex", text, 2 * len);
    for (size_t i = 0; i < 2 * len; i++) text[i] = (char)toupper((unsigned char)text[i]);
    seek(what, "as HEX", text, 2 * len);
    for (size_t phase = 0; phase < 3 && len > phase + 8; phase++) {
        size_t whole = (len - phase) / 3 * 3;
        EVP_EncodeBlock((unsigned char *)text, in + phase, (int)whole);
        seek(what, "as base64", text, whole / 3 * 4);
    }
}

/* A token: whole, without what anybody may know of it, and without its check. */
static void seek_token(const char *token) {
    size_t len = strlen(token);
    seek_all("a token", token, len);
    if (len > 38) {
        seek_all("a token's body and check", token + len - 38, 38);
        seek_all("a token's body", token + len - 38, 32);
    }
}

/* A record's member such as "hs256:…", with its quotes: its digits, and the bytes that they are. */
static void seek_tag(const char *what, const char *json) {
    unsigned char tag[32];
    const char *digits = strchr(json, ':') + 1;
    for (size_t i = 0; i < 32; i++) {
        unsigned byte = 0;
        must(sscanf(digits + 2 * i, "%2x", &byte) == 1);
        tag[i] = (unsigned char)byte;
    }
    seek_all(what, tag, sizeof tag);
}

static int find(const void *bytes, size_t len) {
    const unsigned char *first = bytes;
    for (size_t i = 0; i + len <= out.len; i++) {
        const unsigned char *at = memchr(out.bytes + i, first[0], out.len - len - i + 1);
        if (at == NULL) return 0;
        i = (size_t)(at - out.bytes);
        if (memcmp(at, bytes, len) == 0) return 1;
    }
    return 0;
}

static void search(size_t at_least) {
    ck_assert_uint_gt(out.len, at_least);
    for (size_t i = 0; i < needle_count; i++) {
        if (find(needles[i].bytes, needles[i].len)) ck_abort_msg("%s came out", needles[i].what);
    }
}

static int64_t now_ms = FORGE_NOW_S * 1000;
static int kept = 1; /* what the sink answers */

static int64_t out_clock(void *ctx) {
    (void)ctx;
    return now_ms;
}

static int keep_event(void *ctx, const char *event, size_t len) {
    (void)ctx;
    keep(event, len);
    return kept;
}

static void keep_decision(const armalo_decision *why) {
    char text[ARMALO_OPERATOR_TEXT_SIZE];
    keep(why, sizeof *why);
    keep_text(armalo_decision_operator(why, text, sizeof text, NULL));
    keep_text(armalo_decision_public(why, text, sizeof text, NULL));
}

static uint8_t root[32];

static armalo_host *open_host(int32_t mode) {
    armalo_decision why;
    armalo_host_config config = {.struct_size = sizeof config,
                                 .mode = mode,
                                 .now_ms = out_clock,
                                 .audit = keep_event,
                                 .root_key = root,
                                 .root_key_len = sizeof root};
    armalo_host *host = armalo_host_new(&config, &why);
    ck_assert_ptr_nonnull(host);
    keep_decision(&why);
    return host;
}

static void reset(void) {
    uint8_t sub[32];
    out.len = 0;
    needle_count = 0;
    for (size_t i = 0; i < 32; i++) root[i] = (uint8_t)(0xA1 ^ 29 * i);
    seek_all("the root key", root, 32);
    for (uint64_t number = 1; number <= 3; number++) {
        forge_subkey(root, number, sub);
        seek_all(number == 1 ? "the pepper" : number == 2 ? "the seal key" : "the secrets' key", sub, 32);
    }
}

static void ask(armalo_keys *keys, const char *token, size_t len, const armalo_access *access) {
    armalo_decision why;
    memset(&why, 0, sizeof why);
    int granted = armalo_key_verify(keys, token, len, access, &why);
    keep(&granted, sizeof granted);
    keep_decision(&why);
}

/* A token in every way that verification can end. */
static void ask_everything(armalo_keys *keys, const char *token) {
    static const char *const scopes[] = {"agents:read", "keys:write", "*:*", "", NULL};
    static const char *const orgs[] = {"org_1", "org_2", NULL};
    size_t len = strlen(token);
    for (int n = 0; n < 5 * 3 * 3 * 3; n++) {
        armalo_access access = forge_access();
        access.scopes = scopes[n % 5];
        access.org = orgs[n / 5 % 3];
        access.intent = n / 15 % 3;
        access.caller = n / 45 % 3;
        ask(keys, token, len, &access);
    }
    armalo_access access = forge_access();
    access.key_id = "key_1";
    ask(keys, token, len, &access);
    char text[ARMALO_KEY_TOKEN_SIZE + 8];
    for (size_t i = 0; i < len; i += 5) { /* typing errors: nearly the token, and told to nobody either */
        snprintf(text, sizeof text, "%s", token);
        text[i] = text[i] == 'x' ? 'y' : 'x';
        ask(keys, text, len, &access);
        ask(keys, text, i, &access);
    }
    snprintf(text, sizeof text, "%s\n", token);
    ask(keys, text, len + 1, &access);
}

static const int32_t modes[] = {ARMALO_MODE_PRODUCTION, ARMALO_MODE_STAGING, ARMALO_MODE_SIMULATION, ARMALO_MODE_UNSET};

START_TEST(test_verify) {
    static forge_key key, old;
    char line[3000], digest[72];
    reset();
    forge_key_env(&key, root, 1, "live");
    seek_token(key.token);
    seek_tag("a digest", forge_get(&key, KEY_DIGEST));
    seek_tag("a seal", forge_get(&key, KEY_SEAL));
    forge_key_make(&old, root, 2);
    static const char legacy[] = "an-old-token-of-another-kind";
    forge_sha256(legacy, strlen(legacy), digest);
    forge_set_string(&old, KEY_DIGEST, digest);
    forge_seal(&old, root);
    seek_token(legacy);
    seek_tag("a digest", forge_get(&old, KEY_DIGEST));
    for (size_t m = 0; m < 4; m++) {
        kept = m != 1;
        armalo_host *host = open_host(modes[m]);
        armalo_decision why;
        size_t len = forge_line(&key, line, sizeof line), bad;
        forge_lookup lookup = {.answer = m == 3 ? -1 : 1, .only = 1, .record = line, .len = len};
        armalo_keys *keys = armalo_keys_new(host, forge_lookup_record, &lookup, &why);
        ck_assert_ptr_nonnull(keys);
        keep_decision(&why);
        ask_everything(keys, key.token); /* looked up */
        ask_everything(keys, legacy);
        size_t both = len + (size_t)sprintf(line + len, "\n");
        both += forge_line(&old, line + both, sizeof line - both);
        (void)!armalo_keys_load(keys, line, both, &bad, &why);
        keep_decision(&why);
        ask_everything(keys, key.token);
        ask_everything(keys, legacy);
        (void)armalo_keys_revoke(keys, "key_1", 5, &why);
        keep_decision(&why);
        ask_everything(keys, key.token);
        armalo_keys_free(keys);
        armalo_host_free(host);
    }
    kept = 1;
    search(100000);
}
END_TEST

/* Refused records: neither their right seal nor their digest is told. */
START_TEST(test_load) {
    static forge_key key;
    char line[3000];
    armalo_decision why;
    reset();
    const size_t roots = needle_count;
    armalo_host *host = open_host(ARMALO_MODE_PRODUCTION);
    armalo_keys *keys = armalo_keys_new(host, NULL, NULL, &why);
    for (unsigned n = 0; n < 40; n++) {
        needle_count = roots;
        forge_key_make(&key, root, n);
        forge_set(&key, KEY_SCOPES, "[\"agents:*\"]"); /* what somebody would like, but cannot seal */
        char seal[72], quoted[80];
        forge_seal_text(&key, root, seal);
        snprintf(quoted, sizeof quoted, "\"%s\"", seal);
        seek_tag("the right seal", quoted);
        seek_tag("the digest", forge_get(&key, KEY_DIGEST));
        seek_token(key.token);
        size_t len = forge_line(&key, line, sizeof line), bad;
        must(armalo_keys_load(keys, line, len - n % 2, &bad, &why) == 0);
        keep_decision(&why);
        char issued[ARMALO_KEY_TOKEN_SIZE] = "", record[ARMALO_KEY_RECORD_SIZE] = "";
        must(armalo_key_revoke(host, line, len, record, sizeof record, &why) == 0);
        keep_decision(&why);
        keep_text(record);
        armalo_key_spec spec = {.struct_size = sizeof spec,
                                .org = "org_1",
                                .scopes = "agents:read",
                                .env = ARMALO_ENV_LIVE,
                                .use = ARMALO_USE_SERVER,
                                .parent = line,
                                .parent_len = len};
        must(armalo_key_issue(host, &spec, issued, sizeof issued, record, sizeof record, &why) == 0);
        keep_decision(&why);
        keep_text(issued);
        keep_text(record);
        forge_lookup lookup = {.answer = 1, .record = line, .len = len};
        armalo_keys *looked = armalo_keys_new(host, forge_lookup_record, &lookup, &why);
        ask_everything(looked, key.token);
        armalo_keys_free(looked);
        search(1000);
        out.len = 0;
    }
    armalo_keys_free(keys);
    armalo_host_free(host);
}
END_TEST

/* The token is in the buffer for it, and nowhere else. */
START_TEST(test_issue) {
    armalo_decision why;
    reset();
    const size_t roots = needle_count;
    armalo_host *host = open_host(ARMALO_MODE_PRODUCTION);
    for (int n = 0; n < 30; n++) {
        char token[ARMALO_KEY_TOKEN_SIZE], second[ARMALO_KEY_TOKEN_SIZE], unused[256];
        static char record[ARMALO_KEY_RECORD_SIZE], next[ARMALO_KEY_RECORD_SIZE], old[ARMALO_KEY_RECORD_SIZE];
        armalo_key_spec spec = {.struct_size = sizeof spec,
                                .org = "org_1",
                                .scopes = "agents:read",
                                .env = 1 + n % 3,
                                .use = ARMALO_USE_SERVER};
        memset(record, 0, sizeof record);
        memset(next, 0, sizeof next);
        memset(old, 0, sizeof old);
        must(armalo_key_issue(host, &spec, token, sizeof token, record, sizeof record, &why) == 1);
        keep_decision(&why);
        keep(record, sizeof record); /* the whole buffer */
        must(armalo_key_rotate(host, record, strlen(record), 5, second, sizeof second, next, sizeof next, old,
                               sizeof old, &why) == 1);
        keep_decision(&why);
        keep(next, sizeof next);
        keep(old, sizeof old);
        must(armalo_key_revoke(host, next, strlen(next), old, sizeof old, &why) == 1);
        keep_decision(&why);
        keep(old, sizeof old);
        must(armalo_key_unused(host, record, strlen(record), (const char *)out.bytes, 0, unused, sizeof unused, NULL,
                               &why) == 1);
        keep_decision(&why);
        keep_text(unused);
        seek_token(token);
        seek_token(second);
        search(1000);
        /* A refused call leaves nothing, of this token or of one before. */
        char small[ARMALO_KEY_TOKEN_SIZE] = "";
        must(armalo_key_issue(host, &spec, small, sizeof small, old, 10, &why) == 0);
        keep(small, sizeof small);
        keep_decision(&why);
        needle_count = roots;
        seek_token(token);
        seek_token(second);
        search(1000);
        out.len = 0;
    }
    armalo_host_free(host);
}
END_TEST

/* What is sought can be found: the search itself is tried. */
START_TEST(test_search) {
    static forge_key key;
    reset();
    forge_key_make(&key, root, 1);
    seek_token(key.token);
    keep_text("before");
    keep_text(key.token);
    keep_text("after");
    ck_assert(find(key.token, key.token_len) && find(key.token + 8, 32) && !find("befor3", 6));
    char base64[200];
    out.len = 0;
    char text[100];
    snprintf(text, sizeof text, "Authorization: %s", key.token);
    EVP_EncodeBlock((unsigned char *)base64, (unsigned char *)text, (int)strlen(text));
    keep_text(base64);
    size_t found = 0;
    for (size_t i = 0; i < needle_count; i++) found += (size_t)find(needles[i].bytes, needles[i].len);
    ck_assert_uint_ge(found, 3); /* in base64: whole, body and check, body */
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_verify);
    tcase_add_test(tc, test_load);
    tcase_add_test(tc, test_issue);
    tcase_add_test(tc, test_search);
}

TEST_MAIN("key_no_secrets", fill, 100)
