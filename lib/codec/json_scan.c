/* SPDX-License-Identifier: MIT */
/* codec/json_scan.c: is this text strict JSON, and what does a pointer name in it? One pass, no recursion. */
#include "codec/json_inside.h"
#include "codec/json_names.h"
#include "codec/memory.h"
#include "codec/swar.h"
#include "codec/utf8.h"

typedef const unsigned char *armalo_i_at;

typedef struct armalo_i_json_scanner {
    armalo_i_at end;
    armalo_i_at fault; /* where status was found */
    int status;
    armalo_i_json_name *names; /* of the open objects, outermost first */
    size_t cap;
} armalo_i_json_scanner;

/* The container that an inner one interrupts. */
typedef struct armalo_i_json_frame {
    size_t base;    /* its first name */
    uint64_t sieve; /* one bit for each name's fingerprint: a clear bit proves a name to be new */
    int is_object;
} armalo_i_json_frame;

static armalo_i_at armalo_i_json_fail(armalo_i_json_scanner *s, int status, armalo_i_at at) {
    s->status = status;
    s->fault = at;
    return NULL;
}

static armalo_i_at armalo_i_json_space(armalo_i_at p, armalo_i_at end) {
    for (;;) {
        while (p < end && (*p == '\n' || *p == '\r' || *p == '\t')) p++;
        if (p == end || *p != ' ') return p;
        uint64_t mark; /* indentation comes in long runs */
        while ((mark = armalo_i_mark_not(armalo_i_word_before(p, end), ' ')) == 0) p += 8;
        p += armalo_i_first(mark);
    }
}
#define ARMALO_I_SPACE(p, end)                                                                                         \
    if ((p) < (end) && *(p) <= ' ') (p) = armalo_i_json_space((p), (end))

/* Four hexadecimal digits, or -1. */
static int armalo_i_json_unit(armalo_i_at p, armalo_i_at end) {
    int unit = 0;
    if (end - p < 4) return -1;
    for (int i = 0; i < 4; i++) {
        int c = p[i], digit = c >= '0' && c <= '9'                     ? c - '0'
                              : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                                       : -1;
        if (digit < 0) return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

/* p is at the backslash. */
static armalo_i_at armalo_i_json_escape(armalo_i_json_scanner *s, armalo_i_at p, int is_name) {
    switch (s->end - p < 2 ? '\0' : p[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        return p + 2;
    case 'u':
        break;
    default:
        return armalo_i_json_fail(s, ARMALO_I_JSON_ESCAPE, p);
    }
    int unit = armalo_i_json_unit(p + 2, s->end);
    if (unit < 0) return armalo_i_json_fail(s, ARMALO_I_JSON_ESCAPE, p);
    if (unit == 0 && is_name) return armalo_i_json_fail(s, ARMALO_I_JSON_NUL_NAME, p);
    if (unit < 0xD800 || unit > 0xDFFF) return p + 6;
    /* RFC 7493 2.1: a surrogate must be the first half of a pair that is there. */
    if (unit <= 0xDBFF && s->end - p >= 8 && p[6] == '\\' && p[7] == 'u') {
        int low = armalo_i_json_unit(p + 8, s->end);
        if (low < 0) return armalo_i_json_fail(s, ARMALO_I_JSON_ESCAPE, p + 6);
        if (low >= 0xDC00 && low <= 0xDFFF) return p + 12;
    }
    return armalo_i_json_fail(s, ARMALO_I_JSON_SURROGATE, p);
}

/* Plain bytes of a long string, four words at a time; returns where fewer are plain or left. */
static inline armalo_i_at armalo_i_json_plain(armalo_i_at p, armalo_i_at end) {
    while (end - p >= 32 &&
           (armalo_i_mark_string(armalo_i_word(p)) | armalo_i_mark_string(armalo_i_word(p + 8)) |
            armalo_i_mark_string(armalo_i_word(p + 16)) | armalo_i_mark_string(armalo_i_word(p + 24))) == 0)
        p += 32;
    return p;
}

/* p is inside a string; returns what follows the closing quote. */
static armalo_i_at armalo_i_json_text(armalo_i_json_scanner *s, armalo_i_at p, int is_name) {
    armalo_i_at end = s->end, already_long = p + 32;
    for (;;) {
        uint64_t mark = armalo_i_mark_string(armalo_i_word_before(p, end));
        if (mark == 0) {
            p += 8;
            if (p >= already_long) p = armalo_i_json_plain(p, end);
            continue;
        }
        p += armalo_i_first(mark); /* the zeros that stand for bytes after the end are marked too */
        if (p >= end) return armalo_i_json_fail(s, ARMALO_I_JSON_SYNTAX, end);
        if (*p == '"') return p + 1;
        if (*p >= 0x80) {
            do {
                size_t bad, len = armalo_i_utf8_len(p, (size_t)(end - p), &bad);
                if (len == 0) return armalo_i_json_fail(s, ARMALO_I_JSON_UTF8, p);
                p += len;
            } while (p < end && *p >= 0x80);
        } else if (*p == '\\') {
            if ((p = armalo_i_json_escape(s, p, is_name)) == NULL) return NULL;
        } else {
            return armalo_i_json_fail(s, ARMALO_I_JSON_CONTROL, p);
        }
    }
}

/* p is at the quote of a member's name. Most names are short and plain, so the fingerprint is taken on the way. */
static armalo_i_at armalo_i_json_member_name(armalo_i_json_scanner *s, armalo_i_at p, armalo_i_json_name *name) {
    armalo_i_at at = p + 1, end = s->end;
    uint64_t word, mark, print = ARMALO_I_JSON_PRINT_START;
    name->body.ptr = (const char *)at;
    while ((mark = armalo_i_mark_string(word = armalo_i_word_before(at, end))) == 0) {
        print = armalo_i_json_print_word(print, word);
        at += 8;
    }
    at += armalo_i_first(mark);
    if (at < end && *at == '"') {
        name->body.len = (size_t)(at - (p + 1));
        name->print = armalo_i_json_print_end(print, armalo_i_before_first(word, mark));
        return at + 1;
    }
    if ((at = armalo_i_json_text(s, p + 1, 1)) == NULL) return NULL;
    name->body.len = (size_t)(at - 1 - (p + 1));
    name->print = armalo_i_json_print(name->body);
    return at;
}

static armalo_i_at armalo_i_json_digits(armalo_i_at p, armalo_i_at end) {
    uint64_t mark; /* the zeros after the end are no digits */
    while ((mark = armalo_i_mark_not_digit(armalo_i_word_before(p, end))) == 0) p += 8;
    return p + armalo_i_first(mark);
}

/* p is at the minus sign or the first digit. */
static armalo_i_at armalo_i_json_number(armalo_i_json_scanner *s, armalo_i_at p) {
    armalo_i_at start = p, end = s->end, digits = *p == '-' ? p + 1 : p;
    p = armalo_i_json_digits(digits, end);
    if (p == digits) return armalo_i_json_fail(s, ARMALO_I_JSON_SYNTAX, p);
    if (*digits == '0' && p - digits > 1) return armalo_i_json_fail(s, ARMALO_I_JSON_SYNTAX, digits + 1);
    int may_overflow = p - digits > 308;
    if (p < end && *p == '.') {
        digits = p + 1;
        p = armalo_i_json_digits(digits, end);
        if (p == digits) return armalo_i_json_fail(s, ARMALO_I_JSON_SYNTAX, p);
    }
    if (p < end && (*p | 0x20) == 'e') {
        digits = p + 1;
        if (digits < end && (*digits == '+' || *digits == '-')) digits++;
        p = armalo_i_json_digits(digits, end);
        if (p == digits) return armalo_i_json_fail(s, ARMALO_I_JSON_SYNTAX, p);
        may_overflow = 1;
    }
    if (may_overflow && armalo_i_json_number_overflows(armalo_i_span_of(start, (size_t)(p - start))))
        return armalo_i_json_fail(s, ARMALO_I_JSON_NUMBER_RANGE, start);
    return p;
}

static armalo_i_at armalo_i_json_literal(armalo_i_json_scanner *s, armalo_i_at p, const char *literal) {
    for (; *literal != '\0'; literal++, p++)
        if (p == s->end || *p != (unsigned char)*literal) return armalo_i_json_fail(s, ARMALO_I_JSON_SYNTAX, p);
    return p;
}

/* A byte that can begin nothing here. */
static armalo_i_at armalo_i_json_unexpected(armalo_i_json_scanner *s, armalo_i_at p) {
    size_t bad;
    int is_text = p == s->end || armalo_i_utf8_len(p, (size_t)(s->end - p), &bad) != 0;
    return armalo_i_json_fail(s, is_text ? ARMALO_I_JSON_SYNTAX : ARMALO_I_JSON_UTF8, p);
}

static int armalo_i_json_type_of(unsigned char c) {
    switch (c) {
    case '"':
        return ARMALO_I_JSON_STRING;
    case '{':
        return ARMALO_I_JSON_OBJECT;
    case '[':
        return ARMALO_I_JSON_ARRAY;
    case 't':
        return ARMALO_I_JSON_TRUE;
    case 'f':
        return ARMALO_I_JSON_FALSE;
    case 'n':
        return ARMALO_I_JSON_NULL;
    default:
        return ARMALO_I_JSON_NUMBER;
    }
}

/* Following a pointer through the scan. While live is the depth of the open container, its members or elements are
 * compared with token[live - 1]. Names do not repeat, so what has matched once can be left for good (live = 0). */
typedef struct armalo_i_json_chase {
    const armalo_i_json_pointer *pointer;
    size_t live, target; /* target: the depth at which the wanted value stands, or ARMALO_I_JSON_NOWHERE */
    size_t index;        /* of the next element of the live array */
    int next;            /* the value that comes next is on the way */
    armalo_i_json_value value;
    armalo_i_json_members *members; /* instead of a pointer: the members of the whole, which is then the value */
} armalo_i_json_chase;
#define ARMALO_I_JSON_NOWHERE (ARMALO_I_JSON_MAX_DEPTH + 1)

/* RFC 6901 section 4: an array index is digits without leading zeros; "-" names no element that exists. */
static int armalo_i_json_is_index(armalo_i_span token, size_t index) {
    char digits[24];
    size_t len = 0;
    do {
        digits[sizeof digits - ++len] = (char)('0' + index % 10);
        index /= 10;
    } while (index != 0);
    return armalo_i_span_equal(token, armalo_i_span_of(digits + sizeof digits - len, len));
}

/* The root, or a member of it, begins at p. */
static void armalo_i_json_member_begins(armalo_i_json_chase *chase, armalo_i_at p, size_t depth) {
    armalo_i_json_value *value = depth == 0 ? &chase->value : &chase->members->value[chase->members->count];
    value->type = armalo_i_json_type_of(*p);
    value->raw.ptr = (const char *)p;
    chase->target = depth;
    if (depth == 0 && *p == '{') chase->live = 1;
}

/* The value at p, at this depth, is on the way: it is the wanted one, or its inside is next. */
static void armalo_i_json_step(armalo_i_json_chase *chase, armalo_i_at p, size_t depth) {
    chase->next = 0;
    if (chase->members != NULL) {
        armalo_i_json_member_begins(chase, p, depth);
        return;
    }
    chase->live = 0;
    if (depth == chase->pointer->count) {
        chase->target = depth;
        chase->value.type = armalo_i_json_type_of(*p);
        chase->value.raw.ptr = (const char *)p;
    } else if (*p == '{' || *p == '[') {
        chase->live = depth + 1;
        chase->index = 0;
    }
}

/* Is the value of this name on the way? */
static int armalo_i_json_on_way(armalo_i_json_chase *chase, armalo_i_span body) {
    armalo_i_json_members *members = chase->members;
    if (members == NULL) return armalo_i_json_body_equals(body, armalo_i_json_token(chase->pointer, chase->live - 1));
    if (members->count == ARMALO_I_JSON_MEMBERS_KEPT) {
        members->more = 1;
        return 0;
    }
    members->name[members->count] = body;
    return 1;
}

/* The value that began last on the way ends before p. */
static void armalo_i_json_reached(armalo_i_json_chase *chase, armalo_i_at p, size_t depth) {
    armalo_i_json_value *value = &chase->value;
    chase->target = ARMALO_I_JSON_NOWHERE;
    if (chase->members != NULL && depth == 1) {
        value = &chase->members->value[chase->members->count++];
        chase->target = 0;
    }
    value->raw.len = (size_t)((const char *)p - value->raw.ptr);
}

/* The pass itself: what follows the value and the space after it, or NULL. */
static armalo_i_at armalo_i_json_pass(armalo_i_json_scanner *s, armalo_i_at p, armalo_i_json_chase *chase) {
    armalo_i_json_frame frames[ARMALO_I_JSON_MAX_DEPTH], top = {0, 0, 0};
    armalo_i_json_name *names = s->names;
    armalo_i_at end = s->end;
    size_t depth = 0, count = 0;
value:
    ARMALO_I_SPACE(p, end);
    if (p == end) return armalo_i_json_fail(s, depth == 0 ? ARMALO_I_JSON_EMPTY : ARMALO_I_JSON_SYNTAX, p);
    if (chase->next) armalo_i_json_step(chase, p, depth);
    switch (*p) {
    case '"':
        p = armalo_i_json_text(s, p + 1, 0);
        break;
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
        p = armalo_i_json_number(s, p);
        break;
    case 't':
        p = armalo_i_json_literal(s, p, "true");
        break;
    case 'f':
        p = armalo_i_json_literal(s, p, "false");
        break;
    case 'n':
        p = armalo_i_json_literal(s, p, "null");
        break;
    case '{':
    case '[':
        if (depth == ARMALO_I_JSON_MAX_DEPTH) return armalo_i_json_fail(s, ARMALO_I_JSON_DEPTH, p);
        frames[depth++] = top;
        top.base = count;
        top.sieve = 0;
        top.is_object = *p++ == '{';
        ARMALO_I_SPACE(p, end);
        if (p < end && *p == (top.is_object ? '}' : ']')) goto close;
        if (top.is_object) goto name;
        goto element;
    default:
        return armalo_i_json_unexpected(s, p);
    }
    if (p == NULL) return NULL;
done:
    if (depth == chase->target) armalo_i_json_reached(chase, p, depth);
    ARMALO_I_SPACE(p, end);
    if (depth == 0) return p;
    if (p == end) return armalo_i_json_fail(s, ARMALO_I_JSON_SYNTAX, p);
    if (*p == ',') {
        p++;
        if (top.is_object) {
            ARMALO_I_SPACE(p, end);
            goto name;
        }
        goto element;
    }
    if (*p != (top.is_object ? '}' : ']')) return armalo_i_json_unexpected(s, p);
close:
    if (count - top.base > ARMALO_I_JSON_FEW_NAMES) {
        const char *twice = armalo_i_json_name_twice(names + top.base, count - top.base);
        if (twice != NULL) return armalo_i_json_fail(s, ARMALO_I_JSON_DUPLICATE, (armalo_i_at)twice - 1);
    }
    if (depth == chase->live) chase->live = 0;
    count = top.base;
    top = frames[--depth];
    p++;
    goto done;
element:
    if (depth == chase->live)
        chase->next = armalo_i_json_is_index(armalo_i_json_token(chase->pointer, chase->live - 1), chase->index++);
    goto value;
name:
    if (p == end || *p != '"') return armalo_i_json_unexpected(s, p);
    if (count == s->cap) return armalo_i_json_fail(s, ARMALO_I_JSON_MEMBERS, p);
    armalo_i_json_name *name = &names[count];
    armalo_i_at quote = p;
    if ((p = armalo_i_json_member_name(s, p, name)) == NULL) return NULL;
    uint64_t bit = UINT64_C(1) << (name->print >> 58);
    if ((top.sieve & bit) != 0 && count - top.base <= ARMALO_I_JSON_FEW_NAMES &&
        armalo_i_json_name_among(names + top.base, count - top.base, name) != NULL)
        return armalo_i_json_fail(s, ARMALO_I_JSON_DUPLICATE, quote);
    top.sieve |= bit;
    count++;
    if (depth == chase->live) chase->next = armalo_i_json_on_way(chase, name->body);
    ARMALO_I_SPACE(p, end);
    if (p == end || *p != ':') return armalo_i_json_unexpected(s, p);
    p++;
    goto value;
}

static int armalo_i_json_verdict(armalo_i_span text, int status, size_t offset, armalo_i_json_fault *fault) {
    if (fault == NULL) return status == ARMALO_I_JSON_OK;
    memset(fault, 0, sizeof *fault);
    fault->status = status;
    if (status == ARMALO_I_JSON_OK) return 1;
    if (status == ARMALO_I_JSON_BAD) return 0;
    fault->offset = offset;
    fault->line = 1;
    size_t line_start = 0;
    for (size_t i = 0; i < offset; i++)
        if (text.ptr[i] == '\n') {
            fault->line++;
            line_start = i + 1;
        }
    fault->column = offset - line_start + 1;
    return 0;
}

/* scan with room for cap names. members instead of a pointer: NULL, or what to collect. */
static int armalo_i_json_scan_with(armalo_i_span text, size_t max_len, armalo_i_json_name *names, size_t cap,
                                   const armalo_i_json_pointer *pointer, armalo_i_json_members *members,
                                   armalo_i_json_value *found, armalo_i_json_fault *fault) {
    static const armalo_i_json_value armalo_i_json_none = {ARMALO_I_JSON_NONE, {NULL, 0}};
    if (found != NULL) *found = armalo_i_json_none;
    if (members != NULL) members->count = members->more = 0;
    if (text.len == 0) text.ptr = "";
    if (text.ptr == NULL) return armalo_i_json_verdict(text, ARMALO_I_JSON_BAD, 0, fault);
    if (text.len > max_len) return armalo_i_json_verdict(text, ARMALO_I_JSON_SIZE, max_len, fault);
    if (text.len >= 3 && armalo_i_span_equal(armalo_i_span_of(text.ptr, 3), armalo_i_span_text("\xEF\xBB\xBF")))
        return armalo_i_json_verdict(text, ARMALO_I_JSON_BOM, 0, fault);
    armalo_i_at start = (armalo_i_at)text.ptr;
    armalo_i_json_scanner s = {start + text.len, NULL, ARMALO_I_JSON_OK, names, cap};
    int wanted = pointer != NULL || members != NULL;
    armalo_i_json_chase chase = {pointer, 0, ARMALO_I_JSON_NOWHERE, 0, wanted, armalo_i_json_none, members};
    armalo_i_at after = armalo_i_json_pass(&s, start, &chase);
    if (after != NULL && after != s.end) armalo_i_json_fail(&s, ARMALO_I_JSON_TRAILING, after);
    if (s.status == ARMALO_I_JSON_OK && found != NULL) *found = chase.value;
    return armalo_i_json_verdict(text, s.status, s.fault == NULL ? 0 : (size_t)(s.fault - start), fault);
}

int armalo_i_json_scan(armalo_i_span text, size_t max_len, const armalo_i_json_pointer *pointer,
                       armalo_i_json_value *found, armalo_i_json_fault *fault) {
    armalo_i_json_name names[ARMALO_I_JSON_MAX_MEMBERS];
    return armalo_i_json_scan_with(text, max_len, names, ARMALO_I_JSON_MAX_MEMBERS, pointer, NULL, found, fault);
}

int armalo_i_json_load_members(armalo_i_span text, size_t max_len, armalo_i_json_members *kept,
                               armalo_i_json_value *root, armalo_i_json_fault *fault) {
    static const armalo_i_json_pointer armalo_i_json_whole;
    const armalo_i_json_pointer *pointer = kept == NULL ? &armalo_i_json_whole : NULL;
    armalo_i_json_name few[ARMALO_I_JSON_MAX_MEMBERS], *names = NULL;
    armalo_i_json_fault why;
    if (fault == NULL) fault = &why;
    if (armalo_i_json_scan_with(text, max_len, few, ARMALO_I_JSON_MAX_MEMBERS, pointer, kept, root, fault)) return 1;
    if (fault->status != ARMALO_I_JSON_MEMBERS) return 0;
    /* Each member has a colon, and takes five bytes or more: "":0, */
    size_t members = 0;
    for (size_t i = 0; i < text.len; i++) members += text.ptr[i] == ':';
    if (members > text.len / 5 + 1) members = text.len / 5 + 1;
    if (members > ARMALO_I_JSON_LOAD_MEMBERS) members = ARMALO_I_JSON_LOAD_MEMBERS;
    if (members <= SIZE_MAX / sizeof *names) names = armalo_i_alloc(members * sizeof *names);
    if (names == NULL) {
        fault->status = ARMALO_I_JSON_NO_MEMORY;
        return 0;
    }
    int ok = armalo_i_json_scan_with(text, max_len, names, members, pointer, kept, root, fault);
    armalo_i_release(names);
    return ok;
}

int armalo_i_json_load(armalo_i_span text, size_t max_len, armalo_i_json_value *root, armalo_i_json_fault *fault) {
    return armalo_i_json_load_members(text, max_len, NULL, root, fault);
}

armalo_i_json_value armalo_i_json_kept(const armalo_i_json_members *members, armalo_i_json_value root,
                                       const char *name) {
    static const armalo_i_json_value armalo_i_json_none = {ARMALO_I_JSON_NONE, {NULL, 0}};
    armalo_i_span wanted = armalo_i_span_text(name);
    for (size_t i = 0; i < members->count; i++)
        if (armalo_i_json_body_equals(members->name[i], wanted)) return members->value[i];
    return members->more ? armalo_i_json_member(root, name) : armalo_i_json_none;
}
