/* SPDX-License-Identifier: MIT */
/* Fuzz target: the input is a record, or many. Without its right seal it is nothing to any call. With the seal put
 * right it may be accepted, and then what is made of it is accepted again. */
#include "key_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char mark[] = "\"seal\":\"hs256:";

/* What the lookup answers. */
typedef struct answer {
    const char *text;
    size_t len;
} answer;

static int look_up(void *ctx, const char *digest, char *buf, size_t cap, size_t *len) {
    const answer *a = ctx;
    fuzz_must(strncmp(digest, "hs256:", 6) == 0 || strncmp(digest, "sha256:", 7) == 0);
    memcpy(buf, a->text, a->len < cap ? a->len : cap);
    *len = a->len;
    return 1;
}

/* Of every call, whether it takes this text as a record. They must agree, but for what each asks besides. */
static int accepted(const char *text, size_t len) {
    static char record[ARMALO_KEY_RECORD_SIZE], old[ARMALO_KEY_RECORD_SIZE], unused[ARMALO_SCOPES_TEXT_SIZE];
    char token[ARMALO_KEY_TOKEN_SIZE];
    armalo_decision why;
    armalo_host *host = fuzz_host();
    int reviewed = armalo_key_unused(host, text, len, NULL, 0, unused, sizeof unused, NULL, &why);
    fuzz_check_decision(&why, reviewed);
    int revoked = armalo_key_revoke(host, text, len, old, sizeof old, &why);
    fuzz_check_decision(&why, revoked);
    fuzz_must(reviewed == revoked);
    int rotated =
        armalo_key_rotate(host, text, len, 1000, token, sizeof token, record, sizeof record, old, sizeof old, &why);
    fuzz_check_decision(&why, rotated);
    fuzz_must(rotated == 0 || reviewed);
    armalo_key_spec spec = {.struct_size = sizeof spec,
                            .org = "org_1",
                            .scopes = "agents:read",
                            .env = ARMALO_ENV_LIVE,
                            .use = ARMALO_USE_ANY,
                            .expires_ms = FUZZ_NOW_MS + 1,
                            .parent = text,
                            .parent_len = len};
    int minted = len > 0 && armalo_key_issue(host, &spec, token, sizeof token, record, sizeof record, &why);
    fuzz_must(minted == 0 || rotated);
    answer a = {text, len};
    armalo_keys *keys = armalo_keys_new(host, look_up, &a, &why);
    fuzz_must(keys != NULL);
    armalo_access access = {.struct_size = sizeof access,
                            .any_org = ARMALO_ANY_ORG,
                            .scopes = "agents:read",
                            .intent = ARMALO_READ,
                            .caller = ARMALO_CALLER_SERVER};
    static const char known[] = "pk_live_100000u23XHSY6eCLU6XTNZRFt7vcegf2dtHK6";
    int granted = armalo_key_verify(keys, known, sizeof known - 1, &access, &why);
    fuzz_check_decision(&why, granted);
    fuzz_must(granted == 0 || reviewed);
    armalo_keys_free(keys);
    return reviewed;
}

/* The right seal in the place of the digits that are there. 1 if there is such a place. */
static int put_right(char *text, size_t len) {
    char seal[64];
    int holds;
    if (len < sizeof mark - 1 + 64) return 0;
    for (size_t at = 0; at + sizeof mark - 1 + 64 <= len; at++) {
        if (memcmp(text + at, mark, sizeof mark - 1) != 0 || !fuzz_seal(text, len, seal, &holds)) continue;
        memcpy(text + at + sizeof mark - 1, seal, 64);
        return 1;
    }
    return 0;
}

static int right_already(const char *text, size_t len) {
    char seal[64];
    int holds;
    return fuzz_seal(text, len, seal, &holds) && holds;
}

/* What was sealed right and accepted: revoked, it is again a record, which comes back as it is. */
static void again(const char *text, size_t len) {
    static char once[ARMALO_KEY_RECORD_SIZE], twice[ARMALO_KEY_RECORD_SIZE];
    size_t bad = 99;
    fuzz_must(armalo_key_revoke(fuzz_host(), text, len, once, sizeof once, NULL));
    fuzz_must(right_already(once, strlen(once)));
    fuzz_must(armalo_key_revoke(fuzz_host(), once, strlen(once), twice, sizeof twice, NULL) &&
              strcmp(once, twice) == 0);
    armalo_keys *keys = armalo_keys_new(fuzz_host(), NULL, NULL, NULL);
    fuzz_must(keys != NULL);
    fuzz_must(armalo_keys_load(keys, once, strlen(once), &bad, NULL) == 1 && bad == 0);
    if (memchr(text, '\n', len) == NULL) fuzz_must(armalo_keys_load(keys, text, len, &bad, NULL) == 1);
    armalo_keys_free(keys);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    armalo_decision why;
    size_t bad = 99, lines = 1;
    if (size > 60000) return 0;
    char *text = fuzz_exact(data, size);
    /* As a file of records. */
    for (size_t i = 0; i < size; i++) lines += data[i] == '\n';
    armalo_keys *keys = armalo_keys_new(fuzz_host(), NULL, NULL, NULL);
    fuzz_must(keys != NULL);
    int loaded = armalo_keys_load(keys, text, size, &bad, &why);
    fuzz_check_decision(&why, loaded);
    fuzz_must(loaded ? bad == 0 : bad >= 1 && bad <= lines);
    armalo_keys_free(keys);
    /* As one, as it is and with its seal put right. */
    if (accepted(text, size)) fuzz_must(right_already(text, size));
    if (put_right(text, size) && accepted(text, size)) again(text, size);
    free(text);
    return 0;
}
