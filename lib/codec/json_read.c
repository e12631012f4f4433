/* SPDX-License-Identifier: MIT */
/* codec/json_read.c: reading values of a text that a scan has accepted. */
#include "codec/json_inside.h"
#include "codec/swar.h"
#include "codec/text.h"
#include "codec/utf8.h"

static unsigned armalo_i_json_hex4(const char *p) {
    unsigned code = 0;
    for (int i = 0; i < 4; i++) {
        unsigned char c = (unsigned char)p[i];
        code = code << 4 | ((c <= '9' ? c : c + 9u) & 15u); /* 'A' and 'a' end in 1 */
    }
    return code;
}

int armalo_i_json_reader_next(armalo_i_json_reader *reader) {
    if (reader->used < reader->have) return (unsigned char)reader->pending[reader->used++];
    if (reader->at == reader->end) return -1;
    char c = *reader->at++;
    if (c != '\\') return (unsigned char)c;
    c = *reader->at++;
    switch (c) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'u':
        break;
    default:
        return (unsigned char)c; /* quote, backslash, slash */
    }
    unsigned code = armalo_i_json_hex4(reader->at);
    reader->at += 4;
    if (code >= 0xD800 && code <= 0xDBFF) { /* the scan saw to it that the other half follows */
        code = 0x10000u + ((code - 0xD800u) << 10) + (armalo_i_json_hex4(reader->at + 2) - 0xDC00u);
        reader->at += 6;
    }
    reader->have = armalo_i_utf8_put(code, reader->pending);
    reader->used = 1;
    return (unsigned char)reader->pending[0];
}

static int armalo_i_json_is_plain(armalo_i_span body) {
    return body.len == 0 || memchr(body.ptr, '\\', body.len) == NULL;
}

/* UTF-16 puts supplementary characters (UTF-8 lead F0 to F4) before U+E000 to U+FFFF (lead EE and EF), and otherwise
 * orders as UTF-8 does. No other byte of valid UTF-8 is EE or EF. */
static int armalo_i_json_weight(int byte, int by) {
    return by == ARMALO_I_JSON_BY_UTF16 && (byte == 0xEE || byte == 0xEF) ? byte | 0x10 : byte;
}

int armalo_i_json_compare(armalo_i_span a, armalo_i_span b, int by) {
    if (armalo_i_json_is_plain(a) && armalo_i_json_is_plain(b)) {
        size_t shorter = a.len < b.len ? a.len : b.len, i = 0;
        if (armalo_i_span_equal(armalo_i_span_of(a.ptr, shorter), armalo_i_span_of(b.ptr, shorter)))
            return (a.len > b.len) - (a.len < b.len);
        while (a.ptr[i] == b.ptr[i]) i++;
        return armalo_i_json_weight((unsigned char)a.ptr[i], by) - armalo_i_json_weight((unsigned char)b.ptr[i], by);
    }
    armalo_i_json_reader left = armalo_i_json_reader_of(a), right = armalo_i_json_reader_of(b);
    for (;;) {
        int x = armalo_i_json_reader_next(&left), y = armalo_i_json_reader_next(&right);
        if (x != y) return armalo_i_json_weight(x, by) - armalo_i_json_weight(y, by);
        if (x < 0) return 0;
    }
}

int armalo_i_json_body_equals(armalo_i_span body, armalo_i_span text) {
    if (armalo_i_json_is_plain(body)) return armalo_i_span_equal(body, text);
    armalo_i_json_reader reader = armalo_i_json_reader_of(body);
    for (size_t i = 0; i < text.len; i++)
        if (armalo_i_json_reader_next(&reader) != (unsigned char)text.ptr[i]) return 0;
    return armalo_i_json_reader_next(&reader) < 0;
}

int armalo_i_json_equals(armalo_i_json_value string, armalo_i_span text) {
    return string.type == ARMALO_I_JSON_STRING && armalo_i_json_body_equals(armalo_i_json_body(string.raw), text);
}

int armalo_i_json_string(armalo_i_json_value value, char *buf, size_t cap, size_t *len) {
    if (value.type != ARMALO_I_JSON_STRING) return 0;
    armalo_i_span body = armalo_i_json_body(value.raw);
    size_t n = 0;
    if (armalo_i_json_is_plain(body)) {
        if (body.len > cap) return 0;
        if (body.len != 0) memcpy(buf, body.ptr, body.len);
        n = body.len;
    } else {
        armalo_i_json_reader reader = armalo_i_json_reader_of(body);
        for (int c; (c = armalo_i_json_reader_next(&reader)) >= 0;) {
            if (n == cap) return 0;
            buf[n++] = (char)c;
        }
    }
    *len = n;
    return 1;
}

size_t armalo_i_json_string_len(armalo_i_json_value value) {
    if (value.type != ARMALO_I_JSON_STRING) return 0;
    armalo_i_span body = armalo_i_json_body(value.raw);
    if (armalo_i_json_is_plain(body)) return body.len;
    armalo_i_json_reader reader = armalo_i_json_reader_of(body);
    size_t n = 0;
    while (armalo_i_json_reader_next(&reader) >= 0) n++;
    return n;
}

int armalo_i_json_identifier(armalo_i_json_value value, char *buf, size_t cap, size_t *len) {
    size_t n = 0;
    if (cap == 0 || !armalo_i_json_string(value, buf, cap - 1, &n) || n == 0) return 0;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)buf[i] < 0x20 || buf[i] == 0x7F) return 0;
    buf[n] = '\0';
    *len = n;
    return 1;
}

int armalo_i_json_integer(armalo_i_json_value value, int64_t *out) {
    if (value.type != ARMALO_I_JSON_NUMBER) return 0;
    armalo_i_span digits = value.raw;
    int negative = digits.ptr[0] == '-';
    if (negative) digits = armalo_i_span_of(digits.ptr + 1, digits.len - 1);
    uint64_t magnitude;
    /* RFC 7493 2.2: beyond 2^53 - 1 two readers may see different integers. */
    if (!armalo_i_decimal(digits, (UINT64_C(1) << 53) - 1, &magnitude) || (negative && magnitude == 0)) return 0;
    *out = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return 1;
}

static const char *armalo_i_json_skip_space(const char *p, const char *end) {
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r' || *p == ',' || *p == ':')) p++;
    return p;
}

/* p is after the opening quote; returns what follows the closing one. Most strings are short; long ones (an envelope's
 * payload) are left to memchr. */
static const char *armalo_i_json_skip_string(const char *p, const char *end) {
    for (int words = 0; words < 4 && end - p >= 8; words++, p += 8) {
        uint64_t word = armalo_i_word((const unsigned char *)p);
        uint64_t mark = armalo_i_mark(word, '"') | armalo_i_mark(word, '\\');
        if (mark == 0) continue;
        p += armalo_i_first(mark);
        if (*p == '"') return p + 1;
        break;
    }
    const char *quote = p; /* the next one, once looked for */
    for (int known = 0; p < end;) {
        if (!known || quote < p) quote = memchr(p, '"', (size_t)(end - p));
        if (quote == NULL) return end;
        known = 1;
        const char *escape = memchr(p, '\\', (size_t)(quote - p));
        if (escape == NULL) return quote + 1;
        p = escape + 2;
    }
    return end;
}

static armalo_i_json_value armalo_i_json_value_at(const char *p, const char *end) {
    armalo_i_json_value value = {ARMALO_I_JSON_NUMBER, {p, 0}};
    const char *at = p + 1;
    size_t depth = 1;
    switch (*p) {
    case '"':
        value.type = ARMALO_I_JSON_STRING;
        at = armalo_i_json_skip_string(at, end);
        break;
    case '{':
    case '[':
        value.type = *p == '{' ? ARMALO_I_JSON_OBJECT : ARMALO_I_JSON_ARRAY;
        while (at < end && depth != 0) {
            char c = *at++;
            if (c == '"')
                at = armalo_i_json_skip_string(at, end);
            else if (c == '{' || c == '[')
                depth++;
            else if (c == '}' || c == ']')
                depth--;
        }
        break;
    default:
        if (*p == 'n') value.type = ARMALO_I_JSON_NULL;
        if (*p == 't') value.type = ARMALO_I_JSON_TRUE;
        if (*p == 'f') value.type = ARMALO_I_JSON_FALSE;
        while (at<end && * at> ' ' && *at != ',' && *at != ']' && *at != '}') at++;
    }
    value.raw.len = (size_t)(at - p);
    return value;
}

int armalo_i_json_enter(armalo_i_json_value value, armalo_i_json_iter *iter) {
    if (value.type != ARMALO_I_JSON_OBJECT && value.type != ARMALO_I_JSON_ARRAY) return 0;
    iter->at = value.raw.ptr + 1;
    iter->end = value.raw.ptr + value.raw.len - 1;
    iter->is_object = value.type == ARMALO_I_JSON_OBJECT;
    iter->first = 1;
    return 1;
}

int armalo_i_json_next(armalo_i_json_iter *iter, armalo_i_json_value *name, armalo_i_json_value *value) {
    static const armalo_i_json_value armalo_i_json_none = {ARMALO_I_JSON_NONE, {NULL, 0}};
    *name = *value = armalo_i_json_none;
    iter->first = 0;
    iter->at = armalo_i_json_skip_space(iter->at, iter->end);
    if (iter->at == iter->end) return 0;
    if (iter->is_object) {
        *name = armalo_i_json_value_at(iter->at, iter->end);
        iter->at = armalo_i_json_skip_space(name->raw.ptr + name->raw.len, iter->end);
    }
    *value = armalo_i_json_value_at(iter->at, iter->end);
    iter->at = value->raw.ptr + value->raw.len;
    return 1;
}

/* The start of the member or element that a token names in the container at p, or NULL. Nothing behind it is read. */
static const char *armalo_i_json_inside(const char *p, const char *end, armalo_i_span token) {
    int is_object = *p == '{';
    uint64_t index = 0, wanted = 0;
    /* RFC 6901 section 4: an array index is digits without leading zeros; "-" names no element that exists. */
    if (!is_object && (*p != '[' || !armalo_i_decimal(token, (uint64_t)(end - p), &wanted))) return NULL;
    for (p++;; index++) {
        int found = !is_object && index == wanted;
        p = armalo_i_json_skip_space(p, end);
        if (p >= end || *p == '}' || *p == ']') return NULL;
        if (is_object) {
            armalo_i_json_value name = armalo_i_json_value_at(p, end);
            found = armalo_i_json_equals(name, token);
            p = armalo_i_json_skip_space(name.raw.ptr + name.raw.len, end);
        }
        if (found) return p;
        armalo_i_json_value value = armalo_i_json_value_at(p, end);
        p = value.raw.ptr + value.raw.len;
    }
}

armalo_i_json_value armalo_i_json_member(armalo_i_json_value object, const char *name) {
    static const armalo_i_json_value armalo_i_json_none = {ARMALO_I_JSON_NONE, {NULL, 0}};
    if (object.type != ARMALO_I_JSON_OBJECT) return armalo_i_json_none;
    const char *end = object.raw.ptr + object.raw.len, *p;
    p = armalo_i_json_inside(object.raw.ptr, end, armalo_i_span_text(name));
    return p == NULL ? armalo_i_json_none : armalo_i_json_value_at(p, end);
}

armalo_i_json_value armalo_i_json_find_from(armalo_i_json_value root, const armalo_i_json_pointer *pointer,
                                            size_t first) {
    static const armalo_i_json_value armalo_i_json_none = {ARMALO_I_JSON_NONE, {NULL, 0}};
    if (root.type == ARMALO_I_JSON_NONE || first >= pointer->count) return root;
    const char *p = root.raw.ptr, *end = root.raw.ptr + root.raw.len;
    for (size_t i = first; i < pointer->count && p != NULL; i++)
        p = *p == '{' || *p == '[' ? armalo_i_json_inside(p, end, armalo_i_json_token(pointer, i)) : NULL;
    return p == NULL ? armalo_i_json_none : armalo_i_json_value_at(p, end);
}

armalo_i_json_value armalo_i_json_find(armalo_i_json_value root, const armalo_i_json_pointer *pointer) {
    return armalo_i_json_find_from(root, pointer, 0);
}
