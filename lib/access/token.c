/* SPDX-License-Identifier: MIT */
/* {prefix}_{env}_{body}{check}: made to be found by secret scanners, and to be refused without a lookup when mistyped.
 * */
#include "access/token.h"

#include "armalo/key.h"
#include "crypto/crypto.h"

static const char armalo_i_base62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

void armalo_i_crc32_make(armalo_i_crc32 *crc) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t value = byte;
        for (int bit = 0; bit < 8; bit++) value = value >> 1 ^ (value & 1 ? UINT32_C(0xEDB88320) : 0);
        crc->table[0][byte] = value;
    }
    for (size_t row = 1; row < 8; row++) {
        for (size_t byte = 0; byte < 256; byte++) {
            uint32_t before = crc->table[row - 1][byte];
            crc->table[row][byte] = before >> 8 ^ crc->table[0][before & 255];
        }
    }
}

uint32_t armalo_i_crc32_of(const armalo_i_crc32 *crc, armalo_i_span text) {
    const unsigned char *p = (const unsigned char *)text.ptr;
    uint32_t value = UINT32_MAX;
    size_t left = text.len;
    for (; left >= 8; left -= 8, p += 8) {
        value ^= (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        value = crc->table[7][value & 255] ^ crc->table[6][value >> 8 & 255] ^ crc->table[5][value >> 16 & 255] ^
                crc->table[4][value >> 24] ^ crc->table[3][p[4]] ^ crc->table[2][p[5]] ^ crc->table[1][p[6]] ^
                crc->table[0][p[7]];
    }
    for (; left > 0; left--, p++) value = value >> 8 ^ crc->table[0][(value ^ *p) & 255];
    return ~value;
}

const char *armalo_i_env_name(int32_t env) {
    switch (env) {
    case ARMALO_ENV_LIVE:
        return "live";
    case ARMALO_ENV_TEST:
        return "test";
    case ARMALO_ENV_SIM:
        return "sim";
    default:
        return NULL;
    }
}

static int armalo_i_is_lower(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

static int armalo_i_is_base62(char c) { return armalo_i_is_lower(c) || (c >= 'A' && c <= 'Z'); }

int armalo_i_token_form(armalo_i_span token, int32_t *env) {
    size_t prefix = 0, tail = ARMALO_I_TOKEN_BODY + ARMALO_I_TOKEN_CHECK;
    while (prefix < token.len && prefix <= 16 && armalo_i_is_lower(token.ptr[prefix])) prefix++;
    if (prefix < 2 || prefix > 16 || token.len < prefix + 1 + 3 + 1 + tail || token.ptr[prefix] != '_') return 0;
    armalo_i_span rest = armalo_i_span_of(token.ptr + prefix + 1, token.len - prefix - 1);
    *env = 0;
    for (int32_t e = ARMALO_ENV_LIVE; e <= ARMALO_ENV_SIM; e++) {
        armalo_i_span name = armalo_i_span_text(armalo_i_env_name(e));
        if (rest.len == name.len + 1 + tail && rest.ptr[name.len] == '_' &&
            armalo_i_span_equal(armalo_i_span_of(rest.ptr, name.len), name))
            *env = e;
    }
    if (*env == 0) return 0;
    unsigned good = 1;
    for (size_t i = token.len - tail; i < token.len; i++) good &= (unsigned)armalo_i_is_base62(token.ptr[i]);
    return good == 1;
}

static void armalo_i_token_check_text(uint32_t value, char out[ARMALO_I_TOKEN_CHECK]) {
    for (size_t i = ARMALO_I_TOKEN_CHECK; i > 0; i--, value /= 62) out[i - 1] = armalo_i_base62[value % 62];
}

int armalo_i_token_checks(const armalo_i_crc32 *crc, armalo_i_span token) {
    char check[ARMALO_I_TOKEN_CHECK];
    size_t len = token.len - ARMALO_I_TOKEN_CHECK;
    armalo_i_token_check_text(armalo_i_crc32_of(crc, armalo_i_span_of(token.ptr, len)), check);
    /* A typo filter: anybody can compute it. */
    return armalo_i_span_equal(armalo_i_span_of(check, sizeof check), armalo_i_span_of(token.ptr + len, sizeof check));
}

size_t armalo_i_token_make(const char *prefix, int32_t env, char *out) {
    armalo_i_crc32 crc;
    uint8_t random[2 * ARMALO_I_TOKEN_BODY];
    size_t len = strlen(prefix), made = 0;
    const char *name = armalo_i_env_name(env);
    memcpy(out, prefix, len);
    out[len++] = '_';
    memcpy(out + len, name, strlen(name));
    len += strlen(name);
    out[len++] = '_';
    while (made < ARMALO_I_TOKEN_BODY) {
        if (armalo_i_random(random, sizeof random) != 1) return 0;
        for (size_t i = 0; i < sizeof random && made < ARMALO_I_TOKEN_BODY; i++) {
            if ((random[i] & 63) < 62)
                out[len + made++] = armalo_i_base62[random[i] & 63]; /* no digit more often than another */
        }
    }
    armalo_i_wipe(random, sizeof random);
    len += ARMALO_I_TOKEN_BODY;
    armalo_i_crc32_make(&crc);
    armalo_i_token_check_text(armalo_i_crc32_of(&crc, armalo_i_span_of(out, len)), out + len);
    len += ARMALO_I_TOKEN_CHECK;
    out[len] = 0;
    return len;
}

_Static_assert(16 + 1 + 4 + 1 + ARMALO_I_TOKEN_BODY + ARMALO_I_TOKEN_CHECK < ARMALO_KEY_TOKEN_SIZE, "any token fits");
