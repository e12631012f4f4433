/* SPDX-License-Identifier: MIT */
#include "access/route_path.h"

#include "codec/swar.h"
#include "codec/utf8.h"

/* What a byte is in a path. 0: it stands for itself. */
#define ARMALO_I_BYTE_SLASH   1
#define ARMALO_I_BYTE_ESCAPE  2
#define ARMALO_I_BYTE_REFUSED 4

/* clang-format off */
static const uint8_t armalo_i_route_byte[256] = {
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 0, 4, 4, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, /* space " # refused, % escapes, / */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 0, 4, 4, /* ; < > ? */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 4, 4, 0, /* [ \ ] ^ */
    4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* ` */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 4, 0, 4, /* { | } DEL */
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
};
/* clang-format on */

static int armalo_i_route_letter(unsigned char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

static int armalo_i_route_digit(unsigned char c) { return c >= '0' && c <= '9'; }

/* RFC 3986 2.3 */
static int armalo_i_route_unreserved(unsigned char c) {
    return armalo_i_route_letter(c) || armalo_i_route_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/* The two digits after a "%", or -1. */
static int armalo_i_route_escape(const unsigned char *p, const unsigned char *end, int *lower) {
    int value = 0;
    if (end - p < 3) return -1;
    for (int i = 1; i <= 2; i++) {
        unsigned char c = p[i];
        int digit = armalo_i_route_digit(c)                  ? c - '0'
                    : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                             : -1;
        if (digit < 0) return -1;
        *lower |= c >= 'a';
        value = value << 4 | digit;
    }
    return value;
}

static int armalo_i_route_escape_refused(unsigned char c) {
    return c < ' ' || c == 0x7F || armalo_i_route_unreserved(c) || strchr("/\\?#;%", c) != NULL;
}

static int armalo_i_route_is_utf8(const char *text, size_t len) {
    const unsigned char *p = (const unsigned char *)text;
    for (size_t at = 0, bad = 0, n; at < len; at += n) {
        if ((n = armalo_i_utf8_len(p + at, len - at, &bad)) == 0) return 0;
    }
    return 1;
}

/* One segment, which may have escapes. 1, its decoded bytes and how many; *respelled if it has another spelling. */
static int armalo_i_route_decode(armalo_i_span raw, char *out, uint32_t *len, int *respelled) {
    const unsigned char *p = (const unsigned char *)raw.ptr, *end = p + raw.len;
    *len = 0;
    *respelled = 0;
    while (p < end) {
        unsigned char c = *p;
        unsigned kind = armalo_i_route_byte[c];
        if (kind & (ARMALO_I_BYTE_REFUSED | ARMALO_I_BYTE_SLASH)) return 0;
        if (kind == ARMALO_I_BYTE_ESCAPE) {
            int value = armalo_i_route_escape(p, end, respelled);
            if (value < 0 || armalo_i_route_escape_refused((unsigned char)value)) return 0;
            c = (unsigned char)value;
            if (armalo_i_route_byte[c] == 0) *respelled = 1; /* it could stand for itself */
            p += 2;
        }
        out[(*len)++] = (char)c;
        p++;
    }
    return armalo_i_route_is_utf8(out, *len);
}

static int armalo_i_route_dots(const char *text, size_t len) {
    return text[0] == '.' && (len == 1 || (len == 2 && text[1] == '.'));
}

/* A path on its way through the cut. */
typedef struct armalo_i_route_cut {
    armalo_i_route_segment *segment, *end;
    uint32_t start; /* of the segment that is not closed yet */
    unsigned odd;   /* a segment was empty, "." or ".." */
} armalo_i_route_cut;

static inline int armalo_i_route_close(armalo_i_route_cut *cut, const char *text, size_t at) {
    armalo_i_route_segment *segment = cut->segment;
    uint32_t len = (uint32_t)at - cut->start;
    if (segment == cut->end) return 0;
    cut->segment++;
    segment->text = text + cut->start;
    segment->start = cut->start;
    segment->len = segment->raw_len = len;
    if (len <= 2) cut->odd |= len == 0 || armalo_i_route_dots(segment->text, len);
    cut->start = (uint32_t)at + 1;
    return 1;
}

/* The number of the lowest bit that is set; there is one. */
static inline size_t armalo_i_route_lowest(uint64_t bits) {
#if defined(__GNUC__)
    return (size_t)__builtin_ctzll(bits);
#else
    size_t n = 0;
    while (!(bits >> n & 1)) n++;
    return n;
#endif
}

/* Cut at the slashes, of which the first begins the text. 1, and the kinds of all bytes in *kinds; 0 if a segment is
 * odd, or they are too many. */
static int armalo_i_route_cut_all(armalo_i_span text, armalo_i_route_path *path, unsigned *kinds) {
    const unsigned char *p = (const unsigned char *)text.ptr, *byte = armalo_i_route_byte;
    armalo_i_route_cut cut = {path->segment, path->segment + ARMALO_ROUTE_MAX_SEGMENTS, 1, 0};
    unsigned seen = 0;
    for (size_t from = 1; from < text.len; from += 64) {
        /* First all slashes of a block, then all segments: so a segment's length does not decide a branch. */
        size_t len = text.len - from < 64 ? text.len - from : 64, i = 0;
        uint64_t slashes = 0;
        for (; i + 8 <= len; i += 8) {
            const unsigned char *q = p + from + i;
            seen |= (unsigned)byte[q[0]] | byte[q[1]] | byte[q[2]] | byte[q[3]] | byte[q[4]] | byte[q[5]] | byte[q[6]] |
                    byte[q[7]];
            uint64_t marks = ~armalo_i_mark_not(armalo_i_word(q), '/') & ARMALO_I_BYTES(0x80);
            slashes |= (marks >> 7) * UINT64_C(0x0102040810204080) >> 56 << i;
        }
        for (; i < len; i++) {
            seen |= byte[p[from + i]];
            slashes |= (uint64_t)(p[from + i] == '/') << i;
        }
        for (; slashes != 0; slashes &= slashes - 1) {
            if (!armalo_i_route_close(&cut, text.ptr, from + armalo_i_route_lowest(slashes))) return 0;
        }
    }
    if (!armalo_i_route_close(&cut, text.ptr, text.len)) return 0;
    path->count = (uint32_t)(cut.segment - path->segment);
    *kinds = seen;
    return !cut.odd;
}

/* Decode every segment into the path's own room. */
static int armalo_i_route_decode_all(armalo_i_span text, armalo_i_route_path *path) {
    size_t used = 0;
    path->first = path->decoded;
    path->end = path->decoded + sizeof path->decoded;
    for (uint32_t n = 0; n < path->count; n++) {
        armalo_i_route_segment *segment = &path->segment[n];
        armalo_i_span raw = armalo_i_span_of(text.ptr + segment->start, segment->raw_len);
        int respelled;
        segment->text = path->decoded + used;
        if (!armalo_i_route_decode(raw, path->decoded + used, &segment->len, &respelled)) return 0;
        if (respelled) path->respelled |= UINT32_C(1) << n;
        used += segment->len;
    }
    return 1;
}

/* 1 if the text can be a path that has segments, 0 if it can be none, -1 if it is "/". */
static int armalo_i_route_open(armalo_i_span text, armalo_i_route_path *path) {
    path->count = path->respelled = path->parameters = 0;
    if (text.len == 0 || text.len > ARMALO_ROUTE_MAX_PATH || text.ptr[0] != '/') return 0;
    path->first = text.ptr;
    path->end = text.ptr + text.len;
    return text.len > 1 ? 1 : -1;
}

int armalo_i_route_path_split(armalo_i_span text, armalo_i_route_path *path) {
    unsigned kinds;
    int open = armalo_i_route_open(text, path);
    if (open != 1) return open == -1;
    if (!armalo_i_route_cut_all(text, path, &kinds) || kinds & ARMALO_I_BYTE_REFUSED) return 0;
    return kinds & ARMALO_I_BYTE_ESCAPE ? armalo_i_route_decode_all(text, path) : 1;
}

/* {name}: [A-Za-z_][A-Za-z0-9_]{0,63} */
static int armalo_i_route_parameter(armalo_i_span raw) {
    if (raw.len < 3 || raw.len > 2 + 64 || raw.ptr[raw.len - 1] != '}' ||
        armalo_i_route_digit((unsigned char)raw.ptr[1]))
        return 0;
    for (size_t i = 1; i < raw.len - 1; i++) {
        unsigned char c = (unsigned char)raw.ptr[i];
        if (!armalo_i_route_letter(c) && !armalo_i_route_digit(c) && c != '_') return 0;
    }
    return 1;
}

/* A segment of a template, its text in the path's own room. */
static int armalo_i_route_template_segment(armalo_i_span text, armalo_i_route_path *path, uint32_t n, size_t *used) {
    armalo_i_route_segment *segment = &path->segment[n];
    armalo_i_span raw = armalo_i_span_of(text.ptr + segment->start, segment->raw_len);
    int respelled;
    segment->text = path->decoded + *used;
    if (raw.ptr[0] == '{') {
        if (!armalo_i_route_parameter(raw)) return 0;
        path->parameters |= UINT32_C(1) << n;
        segment->len = (uint32_t)raw.len - 2;
        memcpy(path->decoded + *used, raw.ptr + 1, segment->len);
    } else if (!armalo_i_route_decode(raw, path->decoded + *used, &segment->len, &respelled) || respelled) {
        return 0;
    }
    *used += segment->len;
    return 1;
}

static int armalo_i_route_repeats(const armalo_i_route_path *path, uint32_t n) {
    for (uint32_t k = 0; k < n; k++) {
        if (path->parameters >> k & 1 &&
            armalo_i_span_equal(armalo_i_span_of(path->segment[k].text, path->segment[k].len),
                                armalo_i_span_of(path->segment[n].text, path->segment[n].len)))
            return 1;
    }
    return 0;
}

uint32_t armalo_i_route_template_split(armalo_i_span text, armalo_i_route_path *path) {
    uint32_t reason = ARMALO_REASON_GRANTED;
    unsigned kinds;
    size_t used = 0;
    int open = armalo_i_route_open(text, path);
    path->first = path->decoded;
    path->end = path->decoded + sizeof path->decoded;
    if (open == -1) return reason;
    if (open == 0 || !armalo_i_route_cut_all(text, path, &kinds)) return ARMALO_REASON_ROUTE_INVALID_PATH;
    for (uint32_t n = 0; n < path->count; n++) {
        if (!armalo_i_route_template_segment(text, path, n, &used)) return ARMALO_REASON_ROUTE_INVALID_PATH;
        if (path->parameters >> n & 1 && armalo_i_route_repeats(path, n))
            reason = ARMALO_REASON_ROUTE_PARAMETER_REPEATED;
    }
    return reason;
}

_Static_assert(ARMALO_ROUTE_MAX_SEGMENTS <= 32, "a bit for each segment");
