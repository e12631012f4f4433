/* SPDX-License-Identifier: MIT */
/* tests/json_read.h: a second, small reading of JSON, for what the library has read: only of a canonical text
 * (RFC 8785), in which everything has one spelling. Header only; needs nothing. */
#ifndef ARMALO_TESTS_JSON_READ_H
#define ARMALO_TESTS_JSON_READ_H

#include <string.h>

#define READ_MEMBERS 64

/* The members of an object, or the elements of an array (without names), of a canonical text: no white space, and one
 * spelling of everything. Names and strings with their quotes. */
typedef struct read_span {
    const char *at;
    size_t len;
} read_span;
typedef struct read_members {
    size_t count;
    read_span name[READ_MEMBERS], value[READ_MEMBERS];
} read_members;

static inline read_span read_of(const char *text) { return (read_span){text, strlen(text)}; }
static inline int read_same(read_span a, read_span b) { return a.len == b.len && memcmp(a.at, b.at, a.len) == 0; }
static inline int read_is(read_span a, const char *text) { return read_same(a, read_of(text)); }
static inline int read_is_string(read_span a) { return a.len > 1 && a.at[0] == '"'; }

static inline size_t read_skip(const char *text, size_t len, size_t at) {
    int depth = 0, quoted = 0;
    for (; at < len; at++) {
        char c = text[at];
        if (quoted && c == '\\')
            at++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            depth++;
        else if (!quoted && depth == 0 && (c == ',' || c == ':' || c == '}' || c == ']'))
            break;
        else if (!quoted && (c == '}' || c == ']'))
            depth--;
    }
    return at;
}

/* 1 if the value begins with `open` and was read. Of more than READ_MEMBERS the first are, and count is one more. */
static inline int read_members_of(read_span value, char open, read_members *out) {
    out->count = 0;
    if (value.len < 2 || value.at[0] != open) return 0;
    for (size_t at = 1, end; at + 1 < value.len; at = end + 1) {
        if (out->count == READ_MEMBERS) {
            out->count++;
            return 1;
        }
        end = read_skip(value.at, value.len, at);
        out->name[out->count] = (read_span){value.at + at, open == '{' ? end - at : 0};
        if (open == '{') {
            at = end + 1;
            end = read_skip(value.at, value.len, at);
        }
        out->value[out->count++] = (read_span){value.at + at, end - at};
    }
    return 1;
}

/* The value of a name, given with its quotes; len 0: it is not there. */
static inline read_span read_member(const read_members *m, const char *name) {
    for (size_t i = 0; i < m->count && i < READ_MEMBERS; i++) {
        if (read_is(m->name[i], name)) return m->value[i];
    }
    return (read_span){"", 0};
}

#endif
