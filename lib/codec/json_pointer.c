/* SPDX-License-Identifier: MIT */
/* codec/json_pointer.c: a JSON pointer (RFC 6901) as a list of unescaped tokens. */
#include "codec/json.h"

int armalo_i_json_pointer_parse(armalo_i_span text, armalo_i_json_pointer *pointer) {
    memset(pointer, 0, sizeof *pointer);
    if (text.len >= sizeof pointer->text || (text.len != 0 && text.ptr[0] != '/')) return 0;
    size_t count = 0, used = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '/') {
            if (count == ARMALO_I_JSON_POINTER_MAX) return 0;
            pointer->token[count++].start = (uint16_t)used;
            continue;
        }
        if (c == '~') { /* RFC 6901 section 3: "~0" is "~" and "~1" is "/"; nothing else may follow */
            if (++i == text.len || (text.ptr[i] != '0' && text.ptr[i] != '1')) return 0;
            c = text.ptr[i] == '0' ? '~' : '/';
        }
        pointer->text[used++] = c;
        pointer->token[count - 1].len++;
    }
    pointer->count = count;
    return 1;
}
