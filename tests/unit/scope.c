/* SPDX-License-Identifier: MIT */
/* Scopes: the grammar byte by byte, lists, and what a set allows, against a naive reading of the same rules. */
#include "key_forge.h"

/* ---- The rules once more, as plainly as can be: [a-z][a-z0-9_.-]{0,31}:([a-z][a-z0-9_.-]{0,31}|\*) ---- */

static size_t plain_part(const char *text, size_t len) {
    size_t n = 0;
    if (len == 0 || text[0] < 'a' || text[0] > 'z') return 0;
    while (n < len && text[n] != 0 && strchr("abcdefghijklmnopqrstuvwxyz0123456789_.-", text[n]) != NULL) n++;
    return n <= 32 ? n : 0;
}

static int plain_scope(const char *text, size_t len) {
    size_t n = plain_part(text, len);
    if (n == 0 || n + 1 >= len || text[n] != ':') return 0;
    if (len == n + 2 && text[n + 1] == '*') return 1;
    return plain_part(text + n + 1, len - n - 1) == len - n - 1;
}

static int plain_list(const char *text, size_t len) {
    size_t start = 0;
    for (size_t i = 0; i <= len; i++) {
        if (i < len && text[i] != ',' && text[i] != ' ') continue;
        if (!plain_scope(text + start, i - start)) return 0;
        start = i + 1;
    }
    return 1;
}

static const char *const resources[] = {"a", "b", "ab", "a.b", "a-b"};
static const char *const actions[] = {"*", "r", "w", "rw", "r.w"};
#define RESOURCES 5
#define ACTIONS   5

/* A set is a bit for each resource and action. An action that no set names, "fresh", is allowed by "*" alone. */
static int plain_allows(uint32_t set, int resource, int action) {
    if (action < ACTIONS && set >> (resource * ACTIONS + action) & 1) return 1;
    return action != 0 && (set >> (resource * ACTIONS) & 1);
}

static int plain_subset(uint32_t narrow, uint32_t wide) {
    for (int r = 0; r < RESOURCES; r++) {
        for (int a = 0; a <= ACTIONS; a++) { /* ACTIONS itself: the fresh one */
            if (plain_allows(narrow, r, a) && !plain_allows(wide, r, a)) return 0;
        }
    }
    return 1;
}

static armalo_scopes *set_of(const char *text) {
    armalo_decision why;
    armalo_scopes *set = armalo_scopes_new(text, strlen(text), &why);
    if (set == NULL) ck_abort_msg("%s is refused: %s (%s)", text, armalo_reason_name(why.reason), why.detail);
    return set;
}

static armalo_scopes *set_of_bits(uint32_t bits, char separator) {
    char text[512];
    size_t at = 0;
    for (int r = RESOURCES - 1; r >= 0; r--) { /* not in their order */
        for (int a = 0; a < ACTIONS; a++) {
            if (bits >> (r * ACTIONS + a) & 1)
                at += (size_t)snprintf(text + at, sizeof text - at, "%s:%s%c", resources[r], actions[a], separator);
        }
    }
    text[at - 1] = 0;
    return set_of(text);
}

static int allows(const armalo_scopes *set, const char *scope) {
    return armalo_scopes_allow(set, scope, strlen(scope));
}

/* ---- Grammar ---- */

/* The text in a heap block of its own length: a sanitizer sees a read past the end. 1 if it is a set. */
static int accepted(const char *text, size_t len) {
    armalo_decision why;
    memset(&why, 0xFF, sizeof why);
    char *block = malloc(len > 0 ? len : 1);
    if (block == NULL) abort();
    memcpy(block, text, len);
    armalo_scopes *set = armalo_scopes_new(block, len, &why);
    free(block);
    must(armalo_decision_granted(&why) == 0 && why.grant != ARMALO_GRANT);
    must(why.reason == (set != NULL ? ARMALO_REASON_UNDECIDED : ARMALO_REASON_KEY_SCOPE_INVALID));
    int made = set != NULL;
    armalo_scopes_free(set);
    return made;
}

START_TEST(test_each_byte) {
    static const char *const texts[] = {"ab:cd", "a:b", "a9_.-:b9_.-", "ab:*", "a:b c:d", "a:b,c:*"};
    for (size_t t = 0; t < 6; t++) {
        char text[32];
        size_t len = strlen(texts[t]), good = 0;
        for (size_t at = 0; at < len; at++) {
            for (int byte = 0; byte < 256; byte++) {
                memcpy(text, texts[t], len);
                text[at] = (char)byte;
                int want = plain_list(text, len);
                if (accepted(text, len) != want) ck_abort_msg("%s with byte %d at %zu", texts[t], byte, at);
                good += (size_t)want;
                if (strpbrk(texts[t], ", ") != NULL) continue;
                /* As one scope, it is allowed by a set of everything near it only if it is one. */
                armalo_scopes *set = set_of("ab:* a:* a9_.-:* b:*");
                if (armalo_scopes_allow(set, text, len) && !plain_scope(text, len))
                    ck_abort_msg("%s with byte %d at %zu is allowed", texts[t], byte, at);
                armalo_scopes_free(set);
            }
        }
        ck_assert_uint_gt(good, 20);
    }
}
END_TEST

START_TEST(test_lengths) {
    char text[160];
    armalo_scopes *wild = set_of("a:* aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:*");
    for (size_t resource = 0; resource <= 70; resource++) {
        for (size_t action = 0; action <= 70; action++) {
            memset(text, 'a', sizeof text);
            text[resource] = ':';
            int want = resource >= 1 && resource <= 32 && action >= 1 && action <= 32;
            must(accepted(text, resource + 1 + action) == want);
            int allowed = want && (resource == 1 || resource == 32);
            must(armalo_scopes_allow(wild, text, resource + 1 + action) == allowed);
            text[resource + 1] = '*';
            if (action > 0)
                must(accepted(text, resource + 1 + action) == (resource >= 1 && resource <= 32 && action == 1));
        }
        memset(text, 'a', sizeof text);
        must(!accepted(text, resource)); /* no colon */
    }
    ck_assert_int_eq(ARMALO_SCOPE_MAX, 32 + 1 + 32);
    armalo_scopes_free(wild);
}
END_TEST

START_TEST(test_lists) {
    static const char *const good[] = {"a:b",     "a:b c:d", "a:b,c:d",     "a:b,c:d e:f,g:h",
                                       "a:b a:b", "a:*,a:b", "z:z y:y x:x", "a:b,a:b,a:b"};
    static const char *const bad[] = {
        "",         " ",        ",",        " a:b",     "a:b ",      ",a:b",      "a:b,",       "a:b  c:d",
        "a:b,,c:d", "a:b, c:d", "a:b ,c:d", "a:b\tc:d", "a:b\nc:d",  "a:b;c:d",   "a:b|c:d",    "a:b\n",
        "a:b\r",    "*:*",      "*:read",   "*",        "a:**",      "a:b*",      "a:*b",       "a*:b",
        "a:b:c",    "a::b",     ":b",       "a:",       ":",         "a",         "A:b",        "a:B",
        "a:b C:d",  "1a:b",     "a:1b",     "-a:b",     "a:.b",      "_a:b",      "\xC3\xA4:b", "a:b\xA0",
        "a:%2a",    "a :b",     "a/b:c",    "a:b c",    "a:b c:d:e", "a:b c:*:*", "a:\\*",      "\"a:b\""};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) must(accepted(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (accepted(bad[i], strlen(bad[i]))) ck_abort_msg("\"%s\" is accepted", bad[i]);
    }
    must(!accepted("a:b\0", 4));
    must(!accepted("a:b\0c:d", 7));
    must(!accepted("\0", 1));
}
END_TEST

START_TEST(test_refusals_say_which) {
    armalo_decision why;
    ck_assert_ptr_null(armalo_scopes_new("a:b c:D e:f", 11, &why));
    ck_assert_uint_eq(why.reason, ARMALO_REASON_KEY_SCOPE_INVALID);
    ck_assert_int_eq(why.evidence, ARMALO_UNAVAILABLE);
    ck_assert_ptr_nonnull(strstr(why.detail, "c:D"));
    ck_assert_ptr_null(strstr(why.detail, "a:b"));
    /* However long and whatever it holds, the detail is a text that ends. */
    char text[5000];
    memset(text, 0xFE, sizeof text);
    ck_assert_ptr_null(armalo_scopes_new(text, sizeof text, &why));
    ck_assert_ptr_nonnull(memchr(why.detail, 0, sizeof why.detail));
    char line[ARMALO_OPERATOR_TEXT_SIZE];
    size_t len;
    ck_assert_ptr_eq(armalo_decision_operator(&why, line, sizeof line, &len), line);
    ck_assert_int_eq(armalo_json_check(line, len, SIZE_MAX, NULL), 1);
    memset(&why, 0xFF, sizeof why);
    ck_assert_ptr_null(armalo_scopes_new(NULL, 5, &why));
    ck_assert(why.reason == ARMALO_REASON_INVALID_ARGUMENT && !armalo_decision_granted(&why));
    ck_assert_ptr_null(armalo_scopes_new(NULL, 0, &why));
    ck_assert(why.reason == ARMALO_REASON_INVALID_ARGUMENT || why.reason == ARMALO_REASON_KEY_SCOPE_INVALID);
    ck_assert_ptr_null(armalo_scopes_new("a:B", 3, NULL));
    ck_assert_ptr_null(armalo_scopes_new(NULL, 0, NULL));
    armalo_scopes *set = armalo_scopes_new("a:b", 3, NULL);
    ck_assert_ptr_nonnull(set);
    armalo_scopes_free(set);
    armalo_scopes_free(NULL);
}
END_TEST

/* ---- Many ---- */

static char many[300 * (ARMALO_SCOPE_MAX + 1)];

/* count scopes of full length, each another one, and the first of them `repeats` times more. */
static size_t make_many(unsigned count, unsigned repeats) {
    size_t at = 0;
    for (unsigned i = 0; i < count + repeats; i++) {
        unsigned n = i < count ? (i * 37) % count : 0; /* 37 is coprime to 255, 256 and 257 */
        at += (size_t)snprintf(many + at, sizeof many - at, "%sresource.%023u:action.%025u", i > 0 ? "," : "", n, n);
    }
    return at;
}

START_TEST(test_most) {
    char text[ARMALO_SCOPES_TEXT_SIZE], one[80];
    size_t len;
    for (unsigned count = 255; count <= 257; count++) {
        int want = count <= ARMALO_SCOPES_MAX;
        ck_assert_int_eq(accepted(many, make_many(count, 0)), want);
        /* Repeated ones count once. */
        ck_assert_int_eq(accepted(many, make_many(count, 40)), want);
    }
    armalo_scopes *set = armalo_scopes_new(many, make_many(256, 0), NULL);
    ck_assert_ptr_nonnull(set);
    ck_assert_int_eq(armalo_scopes_text(set, text, sizeof text, &len), 1);
    ck_assert_uint_eq(len, 256 * 65 + 255);
    for (unsigned n = 0; n < 300; n++) {
        snprintf(one, sizeof one, "resource.%023u:action.%025u", n, n);
        must(allows(set, one) == (n < 256));
        snprintf(one, sizeof one, "resource.%023u:action.%025u", n, n + 1);
        must(!allows(set, one));
        if (n < 256)
            must(strncmp(text + n * 66, many, 9) == 0 &&
                 (n == 0 || strncmp(text + (n - 1) * 66, text + n * 66, 65) < 0));
    }
    armalo_scopes_free(set);
}
END_TEST

/* ---- What is allowed ---- */

static uint32_t random_bits(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    uint64_t x = *state >> 20, y = *state >> 38;
    return (uint32_t)(x & (y | x >> 13)) & ((UINT32_C(1) << (RESOURCES * ACTIONS)) - 1);
}

/* What this set says of every scope there is, and of every near miss. */
static void ask_everything(const armalo_scopes *set, uint32_t bits) {
    char text[64];
    for (int r = 0; r < RESOURCES; r++) {
        for (int a = 0; a <= ACTIONS; a++) {
            size_t len =
                (size_t)snprintf(text, sizeof text, "%s:%s", resources[r], a == ACTIONS ? "fresh" : actions[a]);
            if (armalo_scopes_allow(set, text, len) != plain_allows(bits, r, a))
                ck_abort_msg("set %x, %s: not %d", (unsigned)bits, text, plain_allows(bits, r, a));
            must(!armalo_scopes_allow(set, text, 0));
            must(!armalo_scopes_allow(set, text, strlen(resources[r])));     /* the resource alone */
            must(!armalo_scopes_allow(set, text, strlen(resources[r]) + 1)); /* and with its colon */
            must(!armalo_scopes_allow(set, text, len + 1));                  /* with the NUL */
            text[len] = '*';
            must(!armalo_scopes_allow(set, text, len + 1));
            text[len] = ' ';
            must(!armalo_scopes_allow(set, text, len + 1));
            text[0] = 'A';
            must(!armalo_scopes_allow(set, text, len));
        }
    }
    must(!allows(set, "*:*") && !allows(set, "*:r") && !allows(set, "*") && !allows(set, ":") && !allows(set, ""));
    must(!allows(set, "c:r") && !allows(set, "c:*") && !allows(set, "a:r b:r") && !allows(set, "a:r,a:w"));
}

START_TEST(test_allow) {
    uint64_t state = UINT64_C(0x243F6A8885A308D3);
    for (int bit = 0; bit < RESOURCES * ACTIONS; bit++) {
        armalo_scopes *set = set_of_bits(UINT32_C(1) << bit, ' ');
        ask_everything(set, UINT32_C(1) << bit);
        armalo_scopes_free(set);
    }
    for (int i = 0; i < 3000; i++) {
        uint32_t bits = random_bits(&state) | UINT32_C(1) << (i % (RESOURCES * ACTIONS));
        armalo_scopes *set = set_of_bits(bits, i % 2 ? ' ' : ',');
        ask_everything(set, bits);
        armalo_scopes_free(set);
    }
}
END_TEST

START_TEST(test_subset) {
    uint64_t state = UINT64_C(0x13198A2E03707344);
    int held = 0, failed = 0;
    for (int i = 0; i < 20000; i++) {
        uint32_t narrow = random_bits(&state) | UINT32_C(1) << (i % (RESOURCES * ACTIONS)),
                 wide = random_bits(&state) | 1;
        if (i % 3 == 0) wide |= narrow; /* else it would seldom hold */
        if (i % 3 == 1) narrow &= narrow - 1, narrow |= narrow == 0;
        armalo_scopes *a = set_of_bits(narrow, ' '), *b = set_of_bits(wide, ' ');
        int want = plain_subset(narrow, wide);
        if (armalo_scopes_subset(a, b) != want)
            ck_abort_msg("%x in %x: not %d", (unsigned)narrow, (unsigned)wide, want);
        must(armalo_scopes_subset(b, a) == plain_subset(wide, narrow));
        must(armalo_scopes_subset(a, a) == 1);
        held += want;
        failed += !want;
        armalo_scopes_free(a);
        armalo_scopes_free(b);
    }
    ck_assert_int_gt(held, 2000);
    ck_assert_int_gt(failed, 2000);
}
END_TEST

/* Every pair of one scope and one scope. */
START_TEST(test_subset_of_one) {
    for (int x = 0; x < RESOURCES * ACTIONS; x++) {
        for (int y = 0; y < RESOURCES * ACTIONS; y++) {
            armalo_scopes *a = set_of_bits(UINT32_C(1) << x, ' '), *b = set_of_bits(UINT32_C(1) << y, ' ');
            int same_resource = x / ACTIONS == y / ACTIONS;
            must(armalo_scopes_subset(a, b) == (x == y || (same_resource && y % ACTIONS == 0)));
            armalo_scopes_free(a);
            armalo_scopes_free(b);
        }
    }
}
END_TEST

/* The list of docs: sorted, complete, and none of them gives another. */
START_TEST(test_known) {
    static const char *const known[] = {"agents:read",  "agents:write",   "approvals:write", "escrow:read",
                                        "escrow:write", "evals:read",     "evals:write",     "keys:read",
                                        "keys:write",   "pacts:read",     "pacts:verify",    "pacts:write",
                                        "trust:read",   "webhooks:admin", "webhooks:read",   "webhooks:write"};
    char want[512] = "";
    for (size_t i = 0; i < 16; i++) {
        if (i > 0) strcat(want, " ");
        strcat(want, known[i]);
    }
    ck_assert_str_eq(armalo_scopes_known(), want);
    armalo_scopes *all = set_of(armalo_scopes_known());
    for (size_t i = 0; i < 16; i++) {
        armalo_scopes *one = set_of(known[i]);
        for (size_t j = 0; j < 16; j++) must(allows(one, known[j]) == (i == j));
        must(armalo_scopes_subset(one, all) && !armalo_scopes_subset(all, one));
        must(allows(all, known[i]));
        armalo_scopes_free(one);
    }
    ck_assert_int_eq(allows(all, "agents:*"), 0);
    ck_assert_int_eq(allows(all, "agents:delete"), 0);
    armalo_scopes_free(all);
}
END_TEST

/* ---- The text ---- */

static void text_is(const char *list, const char *want) {
    char text[ARMALO_SCOPES_TEXT_SIZE];
    size_t len = 99, need = strlen(want);
    armalo_scopes *set = set_of(list);
    for (size_t cap = 0; cap <= need + 2; cap++) {
        memset(text, 0x5A, sizeof text);
        len = 99;
        int done = armalo_scopes_text(set, text, cap, &len);
        ck_assert_uint_eq(len, need);
        ck_assert_int_eq(done, cap > need);
        if (done) ck_assert_str_eq(text, want);
        for (size_t i = done ? need + 1 : 0; i < need + 8; i++) must(text[i] == 0x5A);
    }
    ck_assert_int_eq(armalo_scopes_text(set, NULL, 0, &len), 0);
    ck_assert_uint_eq(len, need);
    ck_assert_int_eq(armalo_scopes_text(set, text, sizeof text, NULL), 1);
    armalo_scopes *again = set_of(text); /* what is written is read, as the same */
    ck_assert(armalo_scopes_subset(set, again) && armalo_scopes_subset(again, set));
    armalo_scopes_free(again);
    armalo_scopes_free(set);
}

START_TEST(test_text) {
    text_is("a:b", "a:b");
    text_is("c:d,a:b a:*", "a:* a:b c:d");
    text_is("a:b,a:b a:b", "a:b");
    text_is("b:a a:z a:* a.b:c a-b:c ab:c a1:c a_:c", "a-b:c a.b:c a1:c a:* a:z a_:c ab:c b:a"); /* by bytes */
    text_is("a:b a:bb a:b.b a:ba", "a:b a:b.b a:ba a:bb");
}
END_TEST

START_TEST(test_null) {
    char text[64] = "untouched";
    size_t len = 99;
    armalo_scopes *set = set_of("a:b");
    ck_assert_int_eq(armalo_scopes_allow(NULL, "a:b", 3), 0);
    ck_assert_int_eq(armalo_scopes_allow(set, NULL, 0), 0);
    ck_assert_int_eq(armalo_scopes_allow(set, NULL, 3), 0);
    ck_assert_int_eq(armalo_scopes_allow(NULL, NULL, 0), 0);
    ck_assert_int_eq(armalo_scopes_allow(set, "a:b", 3), 1);
    ck_assert_int_eq(armalo_scopes_subset(NULL, set), 0);
    ck_assert_int_eq(armalo_scopes_subset(set, NULL), 0);
    ck_assert_int_eq(armalo_scopes_subset(NULL, NULL), 0);
    ck_assert_int_eq(armalo_scopes_text(NULL, text, sizeof text, &len), 0);
    ck_assert_uint_eq(len, 0);
    ck_assert_str_eq(text, "untouched");
    ck_assert_int_eq(armalo_scopes_text(NULL, NULL, 0, NULL), 0);
    ck_assert_int_eq(armalo_scopes_text(set, NULL, 0, NULL), 0);
    armalo_scopes_free(set);
}
END_TEST

/* The text was copied. */
START_TEST(test_copied) {
    char text[] = "a:b c:*";
    armalo_scopes *set = armalo_scopes_new(text, strlen(text), NULL);
    memset(text, 'z', sizeof text);
    ck_assert_int_eq(allows(set, "a:b"), 1);
    ck_assert_int_eq(allows(set, "c:x"), 1);
    ck_assert_int_eq(allows(set, "zzz"), 0);
    armalo_scopes_free(set);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_each_byte);
    tcase_add_test(tc, test_lengths);
    tcase_add_test(tc, test_lists);
    tcase_add_test(tc, test_refusals_say_which);
    tcase_add_test(tc, test_most);
    tcase_add_test(tc, test_allow);
    tcase_add_test(tc, test_subset);
    tcase_add_test(tc, test_subset_of_one);
    tcase_add_test(tc, test_known);
    tcase_add_test(tc, test_text);
    tcase_add_test(tc, test_null);
    tcase_add_test(tc, test_copied);
}

TEST_MAIN("scope", fill, 60)
