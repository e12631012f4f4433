/* SPDX-License-Identifier: MIT */
/* Scopes: the grammar, and sets that are asked often. */
#include "access/scopes.h"

#include "codec/memory.h"
#include "core/decide.h"

#define ARMALO_I_SCOPE_PART  32
#define ARMALO_I_SCOPE_SLOTS 512 /* a power of two, twice the scopes of the largest set */

/* A set: its scopes sorted, and a hash table to find one. */
struct armalo_scopes {
    uint32_t count, mask;
    int has_wild;
    uint16_t slot[ARMALO_I_SCOPE_SLOTS]; /* number of a scope plus 1; 0: free. Only the first mask + 1 are used */
    struct {
        uint8_t len, wild;
        char text[ARMALO_SCOPE_MAX + 1];
    } scope[];
};

/* How much of text is [a-z][a-z0-9_.-]{0,31}. */
static size_t armalo_i_scope_part(armalo_i_span text) {
    size_t len = 0;
    while (len < text.len && len <= ARMALO_I_SCOPE_PART) {
        char c = text.ptr[len];
        int letter = c >= 'a' && c <= 'z';
        if (!letter && (len == 0 || !((c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-'))) break;
        len++;
    }
    return len <= ARMALO_I_SCOPE_PART ? len : 0;
}

int armalo_i_scope_valid(armalo_i_span text, int *is_wild) {
    size_t resource = armalo_i_scope_part(text);
    *is_wild = 0;
    if (resource == 0 || resource + 1 >= text.len || text.ptr[resource] != ':') return 0;
    armalo_i_span action = armalo_i_span_of(text.ptr + resource + 1, text.len - resource - 1);
    *is_wild = action.len == 1 && action.ptr[0] == '*';
    return *is_wild || armalo_i_scope_part(action) == action.len;
}

int armalo_i_scopes_next(armalo_i_span list, size_t *at, armalo_i_span *scope) {
    if (*at == 0 && list.len == 0) return -1;
    if (*at > list.len) return 0;
    size_t start = *at, end = start;
    while (end < list.len && list.ptr[end] != ' ' && list.ptr[end] != ',') end++;
    *scope = armalo_i_span_of(list.ptr + start, end - start);
    *at = end + 1;
    return end > start ? 1 : -1; /* two separators, or one at an end */
}

static uint32_t armalo_i_scope_hash(armalo_i_span text) {
    uint64_t hash = text.len, word;
    size_t i = 0;
    for (; i + 8 <= text.len; i += 8) {
        memcpy(&word, text.ptr + i, 8);
        hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 29;
    }
    word = 0;
    for (size_t shift = 0; i < text.len; i++, shift += 8) word |= (uint64_t)(unsigned char)text.ptr[i] << shift;
    hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(hash >> 40);
}

static int armalo_i_scopes_has(const armalo_scopes *set, armalo_i_span text) {
    for (uint32_t at = armalo_i_scope_hash(text);; at++) {
        uint32_t number = set->slot[at & set->mask];
        if (number == 0) return 0;
        if (armalo_i_span_equal(armalo_i_span_of(set->scope[number - 1].text, set->scope[number - 1].len), text))
            return 1;
    }
}

static int armalo_i_scopes_allow(const armalo_scopes *set, armalo_i_span scope) {
    char wild[ARMALO_SCOPE_MAX];
    int is_wild;
    if (scope.len == 0 || scope.len > ARMALO_SCOPE_MAX) return 0;
    if (armalo_i_scopes_has(set, scope)) return 1; /* what is in the set is a scope */
    if (!set->has_wild || !armalo_i_scope_valid(scope, &is_wild) || is_wild) return 0;
    size_t resource = armalo_i_scope_part(scope);
    memcpy(wild, scope.ptr, resource);
    memcpy(wild + resource, ":*", 2);
    return armalo_i_scopes_has(set, armalo_i_span_of(wild, resource + 2));
}

/* 1 if it is in the set now; 0 if the set is full. */
static int armalo_i_scopes_add(armalo_scopes *set, armalo_i_span text, int wild) {
    uint32_t at = 0;
    while (at < set->count && strcmp(set->scope[at].text, text.ptr) < 0) at++;
    if (at < set->count && strcmp(set->scope[at].text, text.ptr) == 0) return 1;
    if (set->count == ARMALO_SCOPES_MAX) return 0;
    memmove(&set->scope[at + 1], &set->scope[at], (set->count - at) * sizeof set->scope[0]);
    memset(&set->scope[at], 0, sizeof set->scope[at]);
    set->scope[at].len = (uint8_t)text.len;
    set->scope[at].wild = (uint8_t)wild;
    memcpy(set->scope[at].text, text.ptr, text.len);
    set->has_wild |= wild;
    set->count++;
    return 1;
}

static void armalo_i_scopes_index(armalo_scopes *set) {
    set->mask = 1;
    while (set->mask + 1 < 2 * set->count) set->mask = set->mask * 2 + 1;
    for (uint32_t i = 0; i < set->count; i++) {
        uint32_t at = armalo_i_scope_hash(armalo_i_span_of(set->scope[i].text, set->scope[i].len));
        while (set->slot[at & set->mask] != 0) at++;
        set->slot[at & set->mask] = (uint16_t)(i + 1);
    }
}

/* How many there are, repeated ones included; 0 for a list that is malformed, with the fault in why. */
static size_t armalo_i_scopes_count(armalo_i_span list, armalo_decision *why) {
    size_t at = 0, count = 0;
    armalo_i_span scope;
    int more, wild;
    while ((more = armalo_i_scopes_next(list, &at, &scope)) == 1) {
        if (!armalo_i_scope_valid(scope, &wild)) {
            char shown[ARMALO_SCOPE_MAX + 1] = "";
            memcpy(shown, scope.ptr, scope.len < sizeof shown ? scope.len : sizeof shown - 1);
            armalo_i_refuse(why, ARMALO_REASON_KEY_SCOPE_INVALID, shown);
            return 0;
        }
        count++;
    }
    if (more == 0 && count > 0) return count;
    armalo_i_refuse(why, ARMALO_REASON_KEY_SCOPE_INVALID, "an empty list, or a separator too many");
    return 0;
}

armalo_scopes *armalo_scopes_new(const char *text, size_t len, armalo_decision *why) {
    armalo_i_span list = armalo_i_span_of(text, len), scope;
    armalo_i_refuse(why, ARMALO_REASON_UNDECIDED, NULL);
    if (text == NULL) {
        armalo_i_refuse(why, len == 0 ? ARMALO_REASON_KEY_SCOPE_INVALID : ARMALO_REASON_INVALID_ARGUMENT,
                        "text is NULL");
        return NULL;
    }
    size_t count = armalo_i_scopes_count(list, why), at = 0;
    if (count == 0) return NULL;
    if (count > ARMALO_SCOPES_MAX) count = ARMALO_SCOPES_MAX; /* more is right only if some are repeated */
    armalo_scopes *set = armalo_i_alloc(sizeof *set + count * sizeof set->scope[0]);
    if (set == NULL) {
        armalo_i_refuse(why, ARMALO_REASON_NO_MEMORY, NULL);
        return NULL;
    }
    while (armalo_i_scopes_next(list, &at, &scope) == 1) {
        char name[ARMALO_SCOPE_MAX + 1] = "";
        int wild = 0;
        memcpy(name, scope.ptr, scope.len);
        (void)armalo_i_scope_valid(scope, &wild);
        if (!armalo_i_scopes_add(set, armalo_i_span_of(name, scope.len), wild)) {
            armalo_scopes_free(set);
            armalo_i_refuse(why, ARMALO_REASON_KEY_SCOPE_INVALID, "too many scopes");
            return NULL;
        }
    }
    armalo_i_scopes_index(set);
    return set;
}

void armalo_scopes_free(armalo_scopes *scopes) { armalo_i_release(scopes); }

int armalo_scopes_allow(const armalo_scopes *scopes, const char *scope, size_t len) {
    return scopes != NULL && scope != NULL && armalo_i_scopes_allow(scopes, armalo_i_span_of(scope, len));
}

int armalo_scopes_subset(const armalo_scopes *scopes, const armalo_scopes *of) {
    if (scopes == NULL || of == NULL) return 0;
    for (uint32_t i = 0; i < scopes->count; i++) {
        if (!armalo_i_scopes_allow(of, armalo_i_span_of(scopes->scope[i].text, scopes->scope[i].len))) return 0;
    }
    return 1;
}

int armalo_scopes_text(const armalo_scopes *scopes, char *buf, size_t cap, size_t *len) {
    size_t need = 0;
    if (len != NULL) *len = 0;
    if (scopes == NULL) return 0;
    for (uint32_t i = 0; i < scopes->count; i++) need += scopes->scope[i].len + (size_t)(i > 0);
    if (len != NULL) *len = need;
    if (buf == NULL || need >= cap) return 0;
    for (uint32_t i = 0; i < scopes->count; i++) {
        if (i > 0) *buf++ = ' ';
        memcpy(buf, scopes->scope[i].text, scopes->scope[i].len);
        buf += scopes->scope[i].len;
    }
    *buf = 0;
    return 1;
}

const char *armalo_scopes_known(void) {
    return "agents:read agents:write approvals:write escrow:read escrow:write evals:read evals:write keys:read "
           "keys:write "
           "pacts:read pacts:verify pacts:write trust:read webhooks:admin webhooks:read webhooks:write";
}

_Static_assert(ARMALO_I_SCOPE_SLOTS == 2 * ARMALO_SCOPES_MAX, "half of the table stays free");
_Static_assert(ARMALO_SCOPES_TEXT_SIZE >= ARMALO_SCOPES_MAX * (ARMALO_SCOPE_MAX + 1), "any set fits");
