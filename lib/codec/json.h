/* SPDX-License-Identifier: MIT */
/* codec/json.h: the one strict JSON reader.
 *
 * One pass (scan) decides whether a text is strict JSON, and on the way can fetch one member by JSON pointer. Only a
 * text that a scan has accepted may be walked (enter, next): the walk trusts the grammar and builds no tree. */
#ifndef ARMALO_CODEC_JSON_H
#define ARMALO_CODEC_JSON_H

#include "codec/span.h"

#define ARMALO_I_JSON_MAX_DEPTH   64
#define ARMALO_I_JSON_MAX_MEMBERS 1024
#define ARMALO_I_JSON_POINTER_MAX 8 /* tokens of a pointer */

enum armalo_i_json_status {
    ARMALO_I_JSON_BAD = 0, /* not decided */
    ARMALO_I_JSON_OK = 1,
    ARMALO_I_JSON_SYNTAX,
    ARMALO_I_JSON_EMPTY,
    ARMALO_I_JSON_TRAILING,
    ARMALO_I_JSON_UTF8,
    ARMALO_I_JSON_BOM,
    ARMALO_I_JSON_CONTROL,
    ARMALO_I_JSON_ESCAPE,
    ARMALO_I_JSON_SURROGATE,
    ARMALO_I_JSON_NUL_NAME,
    ARMALO_I_JSON_DUPLICATE,
    ARMALO_I_JSON_NUMBER_RANGE,
    ARMALO_I_JSON_DEPTH,
    ARMALO_I_JSON_SIZE,
    ARMALO_I_JSON_MEMBERS,
    ARMALO_I_JSON_NO_MEMORY
};

typedef struct armalo_i_json_fault {
    int status; /* enum armalo_i_json_status */
    size_t offset, line, column;
} armalo_i_json_fault;

enum armalo_i_json_type {
    ARMALO_I_JSON_NONE = 0,
    ARMALO_I_JSON_NULL,
    ARMALO_I_JSON_TRUE,
    ARMALO_I_JSON_FALSE,
    ARMALO_I_JSON_NUMBER,
    ARMALO_I_JSON_STRING,
    ARMALO_I_JSON_ARRAY,
    ARMALO_I_JSON_OBJECT
};

/* A value inside a scanned text: its type and its raw bytes (a string's with the quotes). */
typedef struct armalo_i_json_value {
    int type; /* enum armalo_i_json_type */
    armalo_i_span raw;
} armalo_i_json_value;

/* A JSON pointer (RFC 6901), parsed once. Tokens point into the pointer's own text buffer, unescaped. */
typedef struct armalo_i_json_pointer {
    size_t count;
    struct {
        uint16_t start, len;
    } token[ARMALO_I_JSON_POINTER_MAX];
    char text[256];
} armalo_i_json_pointer;

/* 1 if text is a valid RFC 6901 pointer of at most ARMALO_I_JSON_POINTER_MAX tokens and 255 bytes; else 0. "" is the
 * whole document. */
int armalo_i_json_pointer_parse(armalo_i_span text, armalo_i_json_pointer *pointer);

/* The check. 1 if text is strict JSON of at most max_len bytes; else 0 and *fault says why (NULL allowed). Allocates
 * nothing; at most ARMALO_I_JSON_MAX_MEMBERS members open at once. With pointer not NULL, *found is the value it names,
 * or type ARMALO_I_JSON_NONE; *found is NONE whenever 0 is returned. */
int armalo_i_json_scan(armalo_i_span text, size_t max_len, const armalo_i_json_pointer *pointer,
                       armalo_i_json_value *found, armalo_i_json_fault *fault);

/* The same for up to ARMALO_I_JSON_LOAD_MEMBERS members open at once: allocates when the stack's share is not enough.
 * *root is the whole value. */
#define ARMALO_I_JSON_LOAD_MEMBERS ((size_t)1 << 22)
int armalo_i_json_load(armalo_i_span text, size_t max_len, armalo_i_json_value *root, armalo_i_json_fault *fault);

/* The same, and on the way the members of the whole, when it is an object, are kept, so that nobody has to walk it
 * again: those that come first, and whether there are more. */
#define ARMALO_I_JSON_MEMBERS_KEPT 16
typedef struct armalo_i_json_members {
    size_t count, more;
    armalo_i_span name[ARMALO_I_JSON_MEMBERS_KEPT]; /* as it stands between its quotes */
    armalo_i_json_value value[ARMALO_I_JSON_MEMBERS_KEPT];
} armalo_i_json_members;
int armalo_i_json_load_members(armalo_i_span text, size_t max_len, armalo_i_json_members *members,
                               armalo_i_json_value *root, armalo_i_json_fault *fault);
/* The member of that name; type NONE when absent. */
armalo_i_json_value armalo_i_json_kept(const armalo_i_json_members *members, armalo_i_json_value root,
                                       const char *name);

/* Walking an array or object of a scanned text. enter: 1 if value is an array or object. next: 1 and the next member
 * (name is the raw string with quotes; type NONE for arrays), 0 at the end. */
typedef struct armalo_i_json_iter {
    const char *at, *end;
    int is_object;
    int first;
} armalo_i_json_iter;
int armalo_i_json_enter(armalo_i_json_value value, armalo_i_json_iter *iter);
int armalo_i_json_next(armalo_i_json_iter *iter, armalo_i_json_value *name, armalo_i_json_value *value);

/* 1 if the string value (or name), unescaped, equals text. */
int armalo_i_json_equals(armalo_i_json_value string, armalo_i_span text);

/* Unescape a string value into buf. 1 and *len if value is a string that fits into cap bytes; else 0. Not
 * NUL-terminated; may hold NUL bytes. */
int armalo_i_json_string(armalo_i_json_value value, char *buf, size_t cap, size_t *len);

/* The bytes that a string value has unescaped; 0 for what is no string. */
size_t armalo_i_json_string_len(armalo_i_json_value value);

/* The same for what becomes an identifier: NUL-terminated (cap counts it), and a string with U+0000 or any control
 * character below U+0020 or U+007F in it, or an empty one, is refused. */
int armalo_i_json_identifier(armalo_i_json_value value, char *buf, size_t cap, size_t *len);

/* 1 if value is a number written as a plain integer (no fraction, no exponent, no minus zero) within +-(2^53-1); else
 * 0. */
int armalo_i_json_integer(armalo_i_json_value value, int64_t *out);

/* The member of an object by name (unescaped compare); type NONE when absent or when value is no object. */
armalo_i_json_value armalo_i_json_member(armalo_i_json_value object, const char *name);

/* The value that a pointer names under a value of a scanned text; type NONE when there is none. */
armalo_i_json_value armalo_i_json_find(armalo_i_json_value root, const armalo_i_json_pointer *pointer);
/* The same by the tokens from number `first` on. */
armalo_i_json_value armalo_i_json_find_from(armalo_i_json_value root, const armalo_i_json_pointer *pointer,
                                            size_t first);

/* Compare two numbers exactly, as decimals. 1 and *order (less than, equal to or greater than 0); 0 when one of them is
 * no number, or an integer beyond +-(2^53-1), which other readers round (RFC 7493 2.2). */
int armalo_i_json_number_compare(armalo_i_json_value a, armalo_i_json_value b, int *order);

/* RFC 8785. Writes into buf up to cap and returns in *len the full length. 1 if done and it fit; 0 with status OK if
 * only the space was missing (nothing is written then: pass cap 0 to measure); 0 with status NO_MEMORY (or BAD for a
 * root of type NONE) and *len 0 otherwise. root must come from a scanned text. */
int armalo_i_json_canonical(armalo_i_json_value root, char *buf, size_t cap, size_t *len, armalo_i_json_fault *fault);

/* ECMAScript Number::toString (ECMA-262 6.1.6.1.20) of a finite double: at most 25 bytes, NUL-terminated. Returns the
 * length; 0 for NaN or infinity. The same in every locale. */
size_t armalo_i_json_number_text(double value, char out[32]);

/* Writing JSON: counts beyond cap, so that a first pass with cap 0 measures. */
typedef struct armalo_i_writer {
    char *buf;
    size_t cap, len;
} armalo_i_writer;
void armalo_i_write_raw(armalo_i_writer *w, const char *text, size_t len);
void armalo_i_write_text(armalo_i_writer *w, const char *nul_terminated);
/* A JSON string with quotes; bytes that are not UTF-8 become U+FFFD, so the output is always strict JSON. */
void armalo_i_write_string(armalo_i_writer *w, const char *text, size_t len);
void armalo_i_write_int(armalo_i_writer *w, int64_t value);

#endif
