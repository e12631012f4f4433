/* SPDX-License-Identifier: MIT */
/* Fuzz target: the input is two lists of scopes, divided by a line end. Each is accepted as the grammar says, allows
 * what a naive reading allows, and is a subset of the other when all of it is allowed there. */
#include "key_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct scope {
    const char *text;
    size_t len;
} scope;

#define MOST 2000
typedef struct list {
    size_t count;
    scope at[MOST];
} list;

/* How many bytes of [a-z][a-z0-9_.-]{0,31}; 0 if it does not begin so or goes on for longer. */
static size_t part(const char *text, size_t len) {
    size_t n = 0;
    if (len == 0 || text[0] < 'a' || text[0] > 'z') return 0;
    while (n < len && text[n] != 0 && strchr("abcdefghijklmnopqrstuvwxyz0123456789_.-", text[n]) != NULL) n++;
    return n <= 32 ? n : 0;
}

static int is_scope(scope s) {
    size_t n = part(s.text, s.len);
    if (n == 0 || n + 1 >= s.len || s.text[n] != ':') return 0;
    if (s.len == n + 2 && s.text[n + 1] == '*') return 1;
    return part(s.text + n + 1, s.len - n - 1) == s.len - n - 1;
}

static int same(scope a, scope b) { return a.len == b.len && memcmp(a.text, b.text, a.len) == 0; }

/* The different scopes of a text; 0 if it is no list, or one of more than there may be. */
static int read_list(const char *text, size_t len, list *l) {
    size_t start = 0;
    l->count = 0;
    for (size_t i = 0; i <= len; i++) {
        if (i < len && text[i] != ',' && text[i] != ' ') continue;
        scope s = {text + start, i - start};
        start = i + 1;
        if (!is_scope(s)) return 0;
        size_t n = 0;
        while (n < l->count && !same(l->at[n], s)) n++;
        if (n == l->count) {
            if (l->count == MOST) return 0;
            l->at[l->count++] = s;
        }
    }
    return l->count <= ARMALO_SCOPES_MAX;
}

static int allows(const list *l, scope s) {
    if (!is_scope(s)) return 0;
    int wild = s.text[s.len - 1] == '*';
    for (size_t i = 0; i < l->count; i++) {
        scope g = l->at[i];
        if (same(g, s)) return 1;
        if (!wild && g.text[g.len - 1] == '*' && s.len >= g.len && memcmp(g.text, s.text, g.len - 1) == 0) return 1;
    }
    return 0;
}

static armalo_scopes *set_of(const char *text, size_t len, list *l) {
    armalo_decision why;
    armalo_scopes *set = armalo_scopes_new(text, len, &why);
    int want = read_list(text, len, l);
    fuzz_must((set != NULL) == want && !armalo_decision_granted(&why));
    fuzz_must(why.reason == (set != NULL ? ARMALO_REASON_UNDECIDED : ARMALO_REASON_KEY_SCOPE_INVALID));
    fuzz_must(memchr(why.detail, 0, sizeof why.detail) != NULL);
    return set;
}

static void check_text(armalo_scopes *set, const list *l) {
    static char text[ARMALO_SCOPES_TEXT_SIZE], again[ARMALO_SCOPES_TEXT_SIZE];
    static list sorted;
    size_t len = 0;
    fuzz_must(armalo_scopes_text(set, text, sizeof text, &len) && strlen(text) == len);
    fuzz_must(read_list(text, len, &sorted) && sorted.count == l->count && strchr(text, ',') == NULL);
    for (size_t i = 0; i < l->count; i++) {
        size_t n = 0;
        while (n < sorted.count && !same(sorted.at[n], l->at[i])) n++;
        fuzz_must(n < sorted.count);
    }
    for (size_t i = 1; i < sorted.count; i++) {
        scope a = sorted.at[i - 1], b = sorted.at[i];
        int order = memcmp(a.text, b.text, a.len < b.len ? a.len : b.len);
        fuzz_must(order < 0 || (order == 0 && a.len < b.len));
    }
    armalo_scopes *copy = armalo_scopes_new(text, len, NULL);
    fuzz_must(copy != NULL && armalo_scopes_text(copy, again, sizeof again, NULL) && strcmp(text, again) == 0);
    armalo_scopes_free(copy);
}

/* Every piece of a text between separators, scope or not. */
static void ask_pieces(const armalo_scopes *set, const list *l, const char *text, size_t len) {
    size_t start = 0;
    for (size_t i = 0; i <= len; i++) {
        if (i < len && text[i] != ',' && text[i] != ' ') continue;
        scope s = {text + start, i - start};
        fuzz_must(armalo_scopes_allow(set, s.text, s.len) == allows(l, s));
        start = i + 1;
    }
    scope whole = {text, len};
    fuzz_must(armalo_scopes_allow(set, text, len) == allows(l, whole));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static list lists[2];
    if (size > 20000) return 0;
    const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
    size_t len[2] = {end == NULL ? size : (size_t)(end - data), end == NULL ? 0 : size - (size_t)(end - data) - 1};
    char *text[2] = {fuzz_exact(data, len[0]), fuzz_exact(end == NULL ? data : end + 1, len[1])};
    armalo_scopes *set[2] = {set_of(text[0], len[0], &lists[0]), set_of(text[1], len[1], &lists[1])};
    for (int i = 0; i < 2; i++) {
        if (set[i] == NULL) continue;
        check_text(set[i], &lists[i]);
        ask_pieces(set[i], &lists[i], text[0], len[0]);
        ask_pieces(set[i], &lists[i], text[1], len[1]);
        fuzz_must(armalo_scopes_subset(set[i], set[i]));
        fuzz_must(!armalo_scopes_subset(set[i], NULL) && !armalo_scopes_subset(NULL, set[i]));
        if (set[!i] == NULL) continue;
        int want = 1;
        for (size_t n = 0; n < lists[i].count; n++) want &= allows(&lists[!i], lists[i].at[n]);
        fuzz_must(armalo_scopes_subset(set[i], set[!i]) == want);
    }
    for (int i = 0; i < 2; i++) {
        armalo_scopes_free(set[i]);
        free(text[i]);
    }
    return 0;
}
