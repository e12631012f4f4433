/* SPDX-License-Identifier: MIT */
/* Finding the scheme's headers among those of a request. */
#include "webhook/webhook.h"

/* Eight bytes with A-Z made a-z and all else as it is (a plain "or 0x20" would also make CR look like '-'). */
static uint64_t armalo_i_lower8(uint64_t w) {
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t low7 = w & (ones * 0x7f);
    uint64_t above_z = low7 + ones * (0x7f - 'Z');
    uint64_t from_a = low7 + ones * (0x80 - 'A');
    uint64_t upper = (from_a ^ above_z) & ~w & (ones * 0x80);
    return w | upper >> 2;
}

static uint64_t armalo_i_load8(const char *p) {
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return w;
}

/* name against a wanted one of the same length, which is in lower case already: its first and its last eight bytes,
 * then what may lie between. */
static int armalo_i_name_equal(const char *name, const armalo_i_wanted *wanted) {
    size_t len = wanted->len;
    if (len < 8) return armalo_i_span_equal_nocase(armalo_i_span_of(name, len), armalo_i_span_of(wanted->name, len));
    uint64_t differs = armalo_i_lower8(armalo_i_load8(name)) ^ armalo_i_load8(wanted->name);
    if (differs != 0) return 0;
    differs = armalo_i_lower8(armalo_i_load8(name + len - 8)) ^ armalo_i_load8(wanted->name + len - 8);
    for (size_t i = 8; i + 8 < len; i += 8) {
        differs |= armalo_i_lower8(armalo_i_load8(name + i)) ^ armalo_i_load8(wanted->name + i);
    }
    return differs == 0;
}

/* RFC 9110 5.5: field values are visible characters, space and tab; we take printable ASCII only. Eight bytes at a
 * time: the top bit of each byte of `bad` tells a byte of 0x80 or more, of 0x7f, or below 0x20. */
static uint64_t armalo_i_unprintable8(uint64_t w) {
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones * 0x80;
    return (w | (w + ones) | ~((w | tops) - ones * 0x20)) & tops;
}

static int armalo_i_printable(armalo_i_span value) {
    uint64_t bad = 0;
    if (value.len < 8) {
        for (size_t i = 0; i < value.len; i++) bad |= (uint64_t)(value.ptr[i] < 0x20 || value.ptr[i] > 0x7e);
        return bad == 0;
    }
    for (size_t i = 0; i + 8 <= value.len; i += 8) bad |= armalo_i_unprintable8(armalo_i_load8(value.ptr + i));
    bad |= armalo_i_unprintable8(armalo_i_load8(value.ptr + value.len - 8));
    return bad == 0;
}

static uint32_t armalo_i_field_fault(const armalo_i_fields *fields, uint8_t header) {
    armalo_i_span value = fields->value[header];
    if (fields->count[header] > 1) return ARMALO_REASON_HEADER_REPEATED;
    if (value.len == 0) return ARMALO_REASON_HEADER_EMPTY;
    if (value.len > ARMALO_WEBHOOK_MAX_VALUE) return ARMALO_REASON_HEADER_TOO_LONG;
    return armalo_i_printable(value) ? ARMALO_REASON_GRANTED : ARMALO_REASON_HEADER_INVALID;
}

/* Everything a family needs is there. The event's header counts only when there is an allowlist to hold it against. */
static int armalo_i_family_missing(const uint8_t *family, const armalo_i_fields *fields, int needs_event) {
    for (int role = 0; role < ARMALO_I_ROLES; role++) {
        if (family[role] == ARMALO_I_NO_HEADER || (role == ARMALO_I_ROLE_EVENT && !needs_event)) continue;
        if (fields->count[family[role]] == 0) return family[role];
    }
    return -1;
}

static int armalo_i_family_touched(const uint8_t *family, const armalo_i_fields *fields) {
    for (int role = 0; role < ARMALO_I_ROLES; role++) {
        if (family[role] != ARMALO_I_NO_HEADER && fields->count[family[role]] > 0) return 1;
    }
    return 0;
}

/* One complete family or none: fields are never mixed between families. */
static uint32_t armalo_i_family_pick(const armalo_i_scheme *s, const armalo_i_fields *fields, int needs_event,
                                     const uint8_t **family, const char **culprit) {
    int touched = 0;
    for (size_t f = 0; f < s->family_count; f++) {
        int missing = armalo_i_family_missing(s->family[f], fields, needs_event);
        if (missing < 0) {
            *family = s->family[f];
            return ARMALO_REASON_GRANTED;
        }
        int is_touched = armalo_i_family_touched(s->family[f], fields);
        if (is_touched || *culprit == NULL) *culprit = s->wanted[missing].name;
        touched += is_touched;
    }
    return touched > 1 ? ARMALO_REASON_HEADER_FAMILY_MIXED : ARMALO_REASON_HEADER_MISSING;
}

uint32_t armalo_i_fields_find(const armalo_i_scheme *scheme, const armalo_request *request, int needs_event,
                              armalo_i_fields *fields, const uint8_t **family, const char **culprit) {
    *culprit = NULL;
    memset(fields->count, 0, sizeof fields->count);
    if (request->header_count > ARMALO_WEBHOOK_MAX_HEADERS) return ARMALO_REASON_HEADERS_TOO_MANY;
    if (request->headers == NULL && request->header_count > 0) return ARMALO_REASON_INVALID_ARGUMENT;
    for (size_t i = 0; i < request->header_count; i++) {
        const armalo_header *header = &request->headers[i];
        if (header->name == NULL || (header->value == NULL && header->value_len > 0))
            return ARMALO_REASON_INVALID_ARGUMENT;
        if (header->name_len >= ARMALO_I_NAME_MAX) continue;
        uint8_t w = scheme->wanted_of[header->name_len];
        while (w != ARMALO_I_NO_HEADER && !armalo_i_name_equal(header->name, &scheme->wanted[w]))
            w = scheme->wanted[w].next;
        if (w == ARMALO_I_NO_HEADER) continue;
        fields->value[w] = armalo_i_span_of(header->value, header->value_len);
        if (fields->count[w] < 2) fields->count[w]++;
    }
    uint32_t reason = armalo_i_family_pick(scheme, fields, needs_event, family, culprit);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    /* Every header the scheme knows is held to the same rules, whichever family it is of: what is there must be one,
     * and readable. */
    for (uint8_t w = 0; w < scheme->wanted_count; w++) {
        reason = fields->count[w] == 0 ? ARMALO_REASON_GRANTED : armalo_i_field_fault(fields, w);
        if (reason != ARMALO_REASON_GRANTED) {
            *culprit = scheme->wanted[w].name;
            return reason;
        }
    }
    return ARMALO_REASON_GRANTED;
}
