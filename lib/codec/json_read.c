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

/* p is after the opening quote; returns what follows the closing one. */
static const char *armalo_i_json_skip_string(const char *p, const char *end) {
    while (p < end) {
        uint64_t mark =
            armalo_i_mark_string(armalo_i_word_before((const unsigned char *)p, (const unsigned char *)end));
        if (mark == 0) {
            p += 8;
            continue;
        }
        p += armalo_i_first(mark);
        if (p >= end) break;
        if (*p == '"') return p + 1;
        p += *p == '\\' ? 2 : 1;
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

static armalo_i_json_value armalo_i_json_named(armalo_i_json_value object, armalo_i_span wanted) {
    armalo_i_json_value key, value = {ARMALO_I_JSON_NONE, {NULL, 0}};
    armalo_i_json_iter iter;
    if (object.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(object, &iter)) return value;
    while (armalo_i_json_next(&iter, &key, &value))
        if (armalo_i_json_equals(key, wanted)) return value;
    return value; /* the end has set it to NONE */
}

/* RFC 6901 section 4: an array index is digits without leading zeros; "-" names no element that exists. */
static armalo_i_json_value armalo_i_json_element(armalo_i_json_value array, armalo_i_span token) {
    armalo_i_json_value none, value = {ARMALO_I_JSON_NONE, {NULL, 0}};
    armalo_i_json_iter iter;
    uint64_t index;
    if (!armalo_i_decimal(token, array.raw.len, &index) || !armalo_i_json_enter(array, &iter)) return value;
    while (armalo_i_json_next(&iter, &none, &value) && index != 0) index--;
    return value;
}

armalo_i_json_value armalo_i_json_member(armalo_i_json_value object, const char *name) {
    return armalo_i_json_named(object, armalo_i_span_text(name));
}

armalo_i_json_value armalo_i_json_find(armalo_i_json_value root, const armalo_i_json_pointer *pointer) {
    for (size_t i = 0; i < pointer->count; i++) {
        armalo_i_span token = armalo_i_json_token(pointer, i);
        root = root.type == ARMALO_I_JSON_ARRAY ? armalo_i_json_element(root, token) : armalo_i_json_named(root, token);
    }
    return root;
}
