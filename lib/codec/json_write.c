/* SPDX-License-Identifier: MIT */
/* codec/json_write.c: writing JSON into a caller's buffer. */
#include "codec/json_inside.h"
#include "codec/swar.h"
#include "codec/text.h"
#include "codec/utf8.h"

void armalo_i_write_raw(armalo_i_writer *w, const char *text, size_t len) {
    if (len != 0 && w->len <= w->cap && len <= w->cap - w->len) memcpy(w->buf + w->len, text, len);
    w->len = len > SIZE_MAX - w->len ? SIZE_MAX : w->len + len;
}

void armalo_i_write_text(armalo_i_writer *w, const char *nul_terminated) {
    armalo_i_write_raw(w, nul_terminated, strlen(nul_terminated));
}

void armalo_i_json_write_byte(armalo_i_writer *w, unsigned char byte) {
    static const char armalo_i_escape_names[] = "btn\0fr"; /* U+0008 to U+000D, but U+000B */
    char text[6] = {'\\', 'u', '0', '0', 0, 0};
    if (byte == '"' || byte == '\\') {
        text[1] = (char)byte;
        armalo_i_write_raw(w, text, 2);
    } else if (byte >= 0x20) {
        text[0] = (char)byte;
        armalo_i_write_raw(w, text, 1);
    } else if (byte >= 0x08 && byte <= 0x0D && byte != 0x0B) {
        text[1] = armalo_i_escape_names[byte - 0x08];
        armalo_i_write_raw(w, text, 2);
    } else {
        text[4] = (char)('0' + (byte >> 4));
        text[5] = "0123456789abcdef"[byte & 15];
        armalo_i_write_raw(w, text, 6);
    }
}

void armalo_i_write_string(armalo_i_writer *w, const char *text, size_t len) {
    if (len == 0) text = ""; /* NULL is allowed then */
    const unsigned char *p = (const unsigned char *)text, *end = p + len, *plain = p;
    armalo_i_write_raw(w, "\"", 1);
    while (p < end) {
        size_t left = (size_t)(end - p), bad = 1;
        if (*p >= 0x80) {
            size_t size = armalo_i_utf8_len(p, left, &bad);
            p += size;
            if (size != 0) continue;
        } else {
            uint64_t mark = armalo_i_mark_string(armalo_i_word_before(p, end));
            size_t run = mark == 0 ? 8 : armalo_i_first(mark); /* never past the end: zeros are marked */
            p += run;
            if (run != 0) continue;
        }
        armalo_i_write_raw(w, (const char *)plain, (size_t)(p - plain));
        if (*p >= 0x80) {
            armalo_i_write_raw(w, "\xEF\xBF\xBD", 3);
            p += bad;
        } else {
            armalo_i_json_write_byte(w, *p++);
        }
        plain = p;
    }
    if (plain != end) armalo_i_write_raw(w, (const char *)plain, (size_t)(end - plain));
    armalo_i_write_raw(w, "\"", 1);
}

void armalo_i_write_int(armalo_i_writer *w, int64_t value) {
    char text[21];
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    if (value < 0) armalo_i_write_raw(w, "-", 1);
    armalo_i_write_raw(w, text, armalo_i_decimal_text(magnitude, text));
}
