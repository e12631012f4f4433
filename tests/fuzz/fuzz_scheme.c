/* SPDX-License-Identifier: MIT */
/* Fuzz target: the input is a scheme. What is accepted signs (or says that it cannot), what it signs is believed, and
 * not with a bit of the body changed. */
#include "webhook_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char body[] = "{\"id\":\"evt_1\",\"type\":\"a.b\",\"data\":{\"id\":\"x\",\"type\":[\"c\"]}}";

/* As long as a secret may be, and base64 of 384 bytes too. */
static void make_secrets(armalo_secret secrets[2]) {
    static char text[513], private_text[64] = "whsk_";
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < 512; i++) text[i] = digits[(i * 37 + i / 64) % 64];
    sample_base64((const unsigned char *)sample_seed, 32, private_text + 5);
    secrets[0] = (armalo_secret){text, 512, 0};
    secrets[1] = (armalo_secret){private_text, strlen(private_text), 0};
}

/* With the secrets that this scheme takes. */
static armalo_webhook *open_scheme(armalo_host *host, const uint8_t *data, size_t size) {
    armalo_secret secrets[2];
    armalo_decision why;
    make_secrets(secrets);
    for (int choice = 0; choice < 3; choice++) {
        armalo_webhook_config config = {.struct_size = sizeof config,
                                        .any_event = ARMALO_ANY_EVENT,
                                        .scheme_json = (const char *)data,
                                        .scheme_json_len = size,
                                        .secrets = choice == 2 ? secrets + 1 : secrets,
                                        .secret_count = choice == 0 ? 2 : 1};
        memset(&why, 0xA5, sizeof why);
        armalo_webhook *hook = armalo_webhook_new(host, &config, &why);
        if (hook != NULL) return hook;
        fuzz_check_decision(&why, 0);
        if (why.reason == ARMALO_REASON_SCHEME_INVALID) {
            fuzz_must(why.detail[0] != 0); /* what is wrong with it */
            return NULL;
        }
        fuzz_must(why.reason == ARMALO_REASON_SECRET_ENCODING || why.reason == ARMALO_REASON_SECRET_SHORT ||
                  why.reason == ARMALO_REASON_SECRET_EMPTY);
    }
    return NULL;
}

/* "Name: value\r\n" lines to headers that point into them. */
static size_t split(char *text, armalo_header headers[FUZZ_HEADERS]) {
    size_t count = 0;
    for (char *line = text; *line != 0;) {
        char *colon = strstr(line, ": "), *end = strstr(line, "\r\n");
        fuzz_must(colon != NULL && end != NULL && colon < end && count < FUZZ_HEADERS);
        headers[count++] = (armalo_header){line, (size_t)(colon - line), colon + 2, (size_t)(end - colon - 2)};
        line = end + 2;
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static armalo_host *host;
    static int64_t now_ms = SAMPLE_NOW_MS;
    static const char *const ids[] = {NULL, "msg_1", "9"};
    char text[ARMALO_WEBHOOK_HEADERS_SIZE], changed[sizeof body];
    armalo_header headers[FUZZ_HEADERS];
    armalo_decision why;
    if (host == NULL) host = sample_host(&now_ms);
    char *json = fuzz_exact(data, size);
    armalo_webhook *hook = open_scheme(host, (const uint8_t *)json, size);
    free(json);
    for (size_t i = 0; hook != NULL && i < sizeof ids / sizeof ids[0]; i++) {
        size_t len = 0;
        memset(text, 0xA5, sizeof text);
        if (!armalo_webhook_sign(hook, ids[i], ids[i] != NULL ? strlen(ids[i]) : 0, body, sizeof body - 1, 0, text,
                                 sizeof text, &len, &why)) {
            fuzz_must(len == 0 && (unsigned char)text[0] == 0xA5);
            fuzz_check_decision(&why, 0);
            /* An id that is not wanted, or that the scheme's content cannot hold. */
            fuzz_must(why.reason == ARMALO_REASON_CANNOT_SIGN || why.reason == ARMALO_REASON_ID_INVALID);
            continue;
        }
        fuzz_check_decision(&why, 1);
        fuzz_must(strlen(text) == len);
        armalo_request r = {.struct_size = sizeof r,
                            .headers = headers,
                            .header_count = split(text, headers),
                            .body = body,
                            .body_len = sizeof body - 1};
        size_t piece = 1 + size % 30;
        /* The signature held; the scheme may still look for an id or event in the body and not find it. */
        fuzz_must(fuzz_verify(hook, &r, piece, &why) == 1 || why.authenticated == 1);
        memcpy(changed, body, sizeof body);
        size_t bit = size * 31 % (8 * (sizeof body - 1));
        changed[bit / 8] = (char)(changed[bit / 8] ^ (1 << bit % 8));
        r.body = changed;
        fuzz_must(fuzz_verify(hook, &r, piece, &why) == 0 && why.authenticated == 0);
        r.body = body;
        r.body_len--;
        fuzz_must(fuzz_verify(hook, &r, piece, &why) == 0 && why.authenticated == 0);
    }
    armalo_webhook_free(hook);
    return 0;
}
