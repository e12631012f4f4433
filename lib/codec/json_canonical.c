/* SPDX-License-Identifier: MIT */
/* codec/json_canonical.c: the JSON Canonicalization Scheme (RFC 8785). */
#include "codec/json_inside.h"
#include "codec/memory.h"
#include "codec/sort.h"

typedef struct armalo_i_canonical_member {
    armalo_i_span name; /* body */
    armalo_i_json_value value;
} armalo_i_canonical_member;

/* The members of the objects that are being written, outermost first. */
typedef struct armalo_i_canonical {
    armalo_i_writer out;
    armalo_i_canonical_member *members;
    size_t count, cap;
} armalo_i_canonical;

static int armalo_i_canonical_order(const void *a, const void *b) {
    const armalo_i_canonical_member *x = a, *y = b;
    return armalo_i_json_compare(x->name, y->name, ARMALO_I_JSON_BY_UTF16);
}

static int armalo_i_canonical_push(armalo_i_canonical *c, armalo_i_json_value name, armalo_i_json_value value) {
    if (c->count == c->cap) {
        size_t cap = c->cap == 0 ? 64 : c->cap * 2;
        armalo_i_canonical_member *grown = NULL;
        if (cap <= SIZE_MAX / sizeof *grown) grown = armalo_i_realloc(c->members, cap * sizeof *grown);
        if (grown == NULL) return 0;
        c->members = grown;
        c->cap = cap;
    }
    c->members[c->count].name = armalo_i_json_body(name.raw);
    c->members[c->count++].value = value;
    return 1;
}

/* RFC 8785 3.2.2.2: only what must be escaped is. Text without an escape is canonical as it stands. */
static void armalo_i_canonical_string(armalo_i_writer *w, armalo_i_span body) {
    armalo_i_json_reader reader = armalo_i_json_reader_of(body);
    armalo_i_write_raw(w, "\"", 1);
    while (reader.at < reader.end) {
        size_t left = (size_t)(reader.end - reader.at);
        const char *escape = memchr(reader.at, '\\', left);
        size_t plain = escape == NULL ? left : (size_t)(escape - reader.at);
        armalo_i_write_raw(w, reader.at, plain);
        reader.at += plain;
        if (escape == NULL) break;
        do armalo_i_json_write_byte(w, (unsigned char)armalo_i_json_reader_next(&reader));
        while (reader.used < reader.have);
    }
    armalo_i_write_raw(w, "\"", 1);
}

/* 0 if there is no memory. As deep as the text is: at most ARMALO_I_JSON_MAX_DEPTH. */
static int armalo_i_canonical_value(armalo_i_canonical *c, armalo_i_json_value value) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, inner;
    char number[32];
    switch (value.type) {
    case ARMALO_I_JSON_STRING:
        armalo_i_canonical_string(&c->out, armalo_i_json_body(value.raw));
        return 1;
    case ARMALO_I_JSON_NUMBER:
        armalo_i_write_raw(&c->out, number, armalo_i_json_number_canonical(value.raw, number));
        return 1;
    case ARMALO_I_JSON_ARRAY:
        armalo_i_write_raw(&c->out, "[", 1);
        armalo_i_json_enter(value, &iter);
        for (int first = 1; armalo_i_json_next(&iter, &name, &inner); first = 0) {
            if (!first) armalo_i_write_raw(&c->out, ",", 1);
            if (!armalo_i_canonical_value(c, inner)) return 0;
        }
        armalo_i_write_raw(&c->out, "]", 1);
        return 1;
    case ARMALO_I_JSON_OBJECT:
        break;
    default:
        armalo_i_write_raw(&c->out, value.raw.ptr, value.raw.len);
        return 1;
    }
    size_t base = c->count;
    armalo_i_json_enter(value, &iter);
    while (armalo_i_json_next(&iter, &name, &inner))
        if (!armalo_i_canonical_push(c, name, inner)) return 0;
    size_t end = c->count;
    if (end != base) armalo_i_sort(c->members + base, end - base, sizeof c->members[0], armalo_i_canonical_order);
    armalo_i_write_raw(&c->out, "{", 1);
    for (size_t i = base; i < end; i++) {
        armalo_i_canonical_member member = c->members[i]; /* the list may move meanwhile */
        if (i != base) armalo_i_write_raw(&c->out, ",", 1);
        armalo_i_canonical_string(&c->out, member.name);
        armalo_i_write_raw(&c->out, ":", 1);
        if (!armalo_i_canonical_value(c, member.value)) return 0;
    }
    armalo_i_write_raw(&c->out, "}", 1);
    c->count = base;
    return 1;
}

int armalo_i_json_canonical(armalo_i_json_value root, char *buf, size_t cap, size_t *len, armalo_i_json_fault *fault) {
    armalo_i_canonical c;
    memset(&c, 0, sizeof c);
    if (fault != NULL) memset(fault, 0, sizeof *fault);
    *len = 0;
    /* Nothing grows more than a number such as 1e20, from 4 bytes to 21. With less room than that could take, the
     * first pass only measures, so that a buffer too small is left alone. */
    int done, certain = root.raw.len <= cap / 6;
    if (certain) {
        c.out.buf = buf;
        c.out.cap = cap;
    }
    done = root.type != ARMALO_I_JSON_NONE && armalo_i_canonical_value(&c, root);
    size_t size = c.out.len;
    if (done && !certain && size <= cap) {
        c.out.buf = buf;
        c.out.cap = cap;
        c.out.len = 0;
        done = armalo_i_canonical_value(&c, root);
    }
    armalo_i_release(c.members);
    if (fault != NULL)
        fault->status = done                              ? ARMALO_I_JSON_OK
                        : root.type == ARMALO_I_JSON_NONE ? ARMALO_I_JSON_BAD
                                                          : ARMALO_I_JSON_NO_MEMORY;
    if (!done) return 0;
    *len = size;
    return size <= cap;
}
