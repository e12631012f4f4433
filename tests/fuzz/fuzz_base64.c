/* SPDX-License-Identifier: MIT */
/* Fuzz target: what base64, base64url and hex accept is the one spelling of its bytes. */
#include "codec/text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef int decoder(armalo_i_span text, uint8_t *out, size_t cap, size_t *len);
typedef size_t encoder(const uint8_t *in, size_t len, char *out);

static void must(int holds) {
    if (!holds) abort();
}

static void one_spelling(decoder *decode, encoder *encode, armalo_i_span text) {
    size_t len = SIZE_MAX, again;
    uint8_t *bytes = malloc(text.len + 1), *exact;
    must(bytes != NULL);
    if (decode(text, bytes, text.len, &len)) {
        char *spelt = malloc(ARMALO_I_BASE64_LEN(len) + 2 * len + 1);
        must(spelt != NULL && len <= text.len);
        must(encode(bytes, len, spelt) == text.len && spelt[text.len] == '\0');
        must(armalo_i_span_equal(text, armalo_i_span_of(spelt, text.len)));
        exact = malloc(len + (len == 0));
        must(exact != NULL && decode(text, exact, len, &again) && again == len);
        if (len != 0) must(memcmp(exact, bytes, len) == 0 && !decode(text, exact, len - 1, &again));
        free(exact);
        free(spelt);
    } else {
        must(len == SIZE_MAX);
    }
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    armalo_i_span text = armalo_i_span_of(data, size);
    one_spelling(armalo_i_base64_decode, armalo_i_base64_encode, text);
    one_spelling(armalo_i_base64url_decode, armalo_i_base64url_encode, text);
    one_spelling(armalo_i_hex_decode, armalo_i_hex_encode, text);
    return 0;
}
