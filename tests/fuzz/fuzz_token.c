/* SPDX-License-Identifier: MIT */
/* Fuzz target: the input is a token, and, over a good one, what is changed of it. Granted is the token that was issued
 * and no other, and each refusal is the one that the form calls for. */
#include "key_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char known[] = "pk_live_100000u23XHSY6eCLU6XTNZRFt7vcegf2dtHK6", old[] = "an old token";
static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static size_t record(char *out, size_t cap, const char *id, const char *digest) {
    char seal[64];
    int holds,
        len = snprintf(
            out, cap,
            "{\"v\":1,\"id\":\"%s\",\"org\":\"org_1\",\"name\":\"\",\"digest\":\"%s\",\"scopes\":[\"agents:read\"],"
            "\"env\":"
            "\"live\","
            "\"use\":\"server\",\"created_at\":\"2023-11-14T21:56:40.000Z\",\"not_before\":null,\"expires_at\":null,"
            "\"revoked_at\":null,\"replaces\":null,\"seal\":\"hs256:%064d\"}\n",
            id, digest, 0);
    fuzz_must(fuzz_seal(out, (size_t)len - 1, seal, &holds));
    memcpy(out + len - 3 - 64, seal, 64);
    return (size_t)len;
}

static armalo_keys *store(void) {
    static armalo_keys *keys;
    char text[4096], digest[80] = "hs256:";
    uint8_t tag[32];
    if (keys != NULL) return keys;
    fuzz_tag(1, known, sizeof known - 1, digest + 6);
    digest[70] = 0;
    size_t len = record(text, sizeof text, "key_1", digest);
    fuzz_must(EVP_Digest(old, sizeof old - 1, tag, NULL, EVP_sha256(), NULL) == 1);
    strcpy(digest, "sha256:");
    for (size_t i = 0; i < 32; i++) snprintf(digest + 7 + 2 * i, 3, "%02x", tag[i]);
    len += record(text + len, sizeof text - len, "key_2", digest);
    keys = armalo_keys_new(fuzz_host(), NULL, NULL, NULL);
    fuzz_must(keys != NULL && armalo_keys_load(keys, text, len, NULL, NULL) == 1);
    return keys;
}

/* [a-z0-9]{2,16}_(live|test|sim)_[0-9A-Za-z]{38} */
static int form(const char *token, size_t len) {
    size_t p = 0, e = 0;
    static const char *const envs[] = {"_live_", "_test_", "_sim_"};
    while (p < len && ((token[p] >= 'a' && token[p] <= 'z') || (token[p] >= '0' && token[p] <= '9'))) p++;
    if (p < 2 || p > 16) return 0;
    for (size_t i = 0; i < 3; i++) {
        if (len - p >= strlen(envs[i]) && memcmp(token + p, envs[i], strlen(envs[i])) == 0) e = strlen(envs[i]);
    }
    if (e == 0 || len != p + e + 38) return 0;
    for (size_t i = p + e; i < len; i++) {
        if (token[i] == 0 || strchr(digits, token[i]) == NULL) return 0;
    }
    return 1;
}

static void check_of(const char *text, size_t len, char out[6]) {
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < len; i++) {
        crc ^= (uint8_t)text[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xEDB88320) : 0);
    }
    crc = ~crc;
    for (int i = 5; i >= 0; i--, crc /= 62) out[i] = digits[crc % 62];
}

static void try_token(const void *bytes, size_t len) {
    armalo_decision why;
    char *token = fuzz_exact(bytes, len), check[6];
    armalo_access access = {.struct_size = sizeof access,
                            .org = "org_1",
                            .scopes = "agents:read",
                            .intent = ARMALO_READ,
                            .caller = ARMALO_CALLER_SERVER,
                            .key_id = len % 2 == 0 ? "key_1" : NULL};
    int granted = armalo_key_verify(store(), token, len, &access, &why);
    fuzz_check_decision(&why, granted);
    int is_known = len == sizeof known - 1 && memcmp(token, known, len) == 0;
    int is_old = len == sizeof old - 1 && memcmp(token, old, len) == 0;
    fuzz_must(granted == (is_known || is_old));
    fuzz_must(strcmp(why.principal, is_known ? "key_1" : is_old ? "key_2" : "") == 0);
    fuzz_must((why.labels & ARMALO_LABEL_KEY_LEGACY) == (is_old ? ARMALO_LABEL_KEY_LEGACY : 0));
    if (!granted) {
        uint32_t reason = ARMALO_REASON_KEY_MALFORMED;
        if (form(token, len)) {
            check_of(token, len - 6, check);
            reason = memcmp(token + len - 6, check, 6) == 0 ? ARMALO_REASON_KEY_UNKNOWN : ARMALO_REASON_KEY_CHECKSUM;
        }
        fuzz_must(why.reason == reason && why.authenticated == 0);
    }
    free(token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char changed[sizeof known];
    try_token(data, size);
    memcpy(changed, known, sizeof changed);
    for (size_t i = 0; i < size && i < sizeof known - 1; i++) changed[i] = (char)(changed[i] ^ data[i]);
    try_token(changed, sizeof known - 1);
    check_of(changed, sizeof known - 7, changed + sizeof known - 7);
    try_token(changed, sizeof known - 1);
    if (size < 57) { /* with a check that fits */
        char checked[64];
        if (size > 0) memcpy(checked, data, size);
        check_of(checked, size, checked + size);
        try_token(checked, size + 6);
    }
    return 0;
}
