/* SPDX-License-Identifier: MIT */
/* codec/json_inside.h: what the json_*.c files share. All of it trusts that a scan has accepted the text. */
#ifndef ARMALO_CODEC_JSON_INSIDE_H
#define ARMALO_CODEC_JSON_INSIDE_H

#include "codec/json.h"

/* The bytes of a string, unescaped one by one, from the raw text between its quotes. */
typedef struct armalo_i_json_reader {
    const char *at, *end;
    size_t used, have;
    char pending[4]; /* what an escape stands for: have bytes, of which used are read */
} armalo_i_json_reader;

static inline armalo_i_json_reader armalo_i_json_reader_of(armalo_i_span body) {
    armalo_i_json_reader reader = {body.ptr, body.ptr + body.len, 0, 0, {0}};
    return reader;
}
/* 0 to 255, or -1 at the end. */
int armalo_i_json_reader_next(armalo_i_json_reader *reader);

static inline armalo_i_span armalo_i_json_body(armalo_i_span raw) { /* a raw string without its quotes */
    return armalo_i_span_of(raw.ptr + 1, raw.len - 2);
}

static inline armalo_i_span armalo_i_json_token(const armalo_i_json_pointer *pointer, size_t i) {
    return armalo_i_span_of(pointer->text + pointer->token[i].start, pointer->token[i].len);
}

/* Compare two bodies unescaped: by UTF-8 bytes, or by UTF-16 code units (RFC 8785 3.2.3). Less than, equal to or
 * greater than 0. */
enum { ARMALO_I_JSON_BY_UTF8, ARMALO_I_JSON_BY_UTF16 };
int armalo_i_json_compare(armalo_i_span a, armalo_i_span b, int by);

/* 1 if the body, unescaped, is text. */
int armalo_i_json_body_equals(armalo_i_span body, armalo_i_span text);

/* 1 if a number of valid grammar is so large that a double cannot hold it: it would round to infinity. */
int armalo_i_json_number_overflows(armalo_i_span number);

/* The canonical text of a number of valid grammar that does not overflow (RFC 8785 3.2.2.3). Returns the length. */
size_t armalo_i_json_number_canonical(armalo_i_span number, char out[32]);

/* One byte of a string, escaped where it must be (RFC 8785 3.2.2.2). */
void armalo_i_json_write_byte(armalo_i_writer *w, unsigned char byte);

#endif
