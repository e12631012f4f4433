/* SPDX-License-Identifier: MIT */
/* Literals whose hashes collide are told apart by their text: the hash is no secret, and whoever asks can choose such.
 * */
#include "access/route_trie.h"
#include "route_forge.h"

#include <string.h>

/* The hash of a literal, as lib/access/route_trie.c takes it: its words one after the other. Any two words that lead
 * from two states to one are a collision. */
static uint64_t mix(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * UINT64_C(0xD6E8FEB86659FD93);
    return hash ^ hash >> 32;
}

static uint64_t word_of(const char *text) {
    uint64_t word = 0;
    for (int i = 0; i < 8; i++) word |= (uint64_t)(unsigned char)text[i] << (8 * i);
    return word;
}

static uint64_t state = 99;
static void random_word(char *text) {
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (int i = 0; i < 8; i++) {
        state = state * UINT64_C(6364136223846793005) + 1;
        text[i] = plain[state >> 58];
    }
}

/* Put other words where `from` and the eight bytes after it are, so that the hash stays: 8 bytes at random, and those
 * that make up for it, when they can stand in a path. */
static void collide(char *text, size_t from) {
    uint64_t start = strlen(text), word;
    for (size_t at = 0; at < from; at += 8) start = mix(start, word_of(text + at));
    uint64_t goal = mix(start, word_of(text + from)) ^ word_of(text + from + 8);
    for (int good = 0; !good;) {
        random_word(text + from);
        word = goal ^ mix(start, word_of(text + from));
        good = 1;
        for (int i = 0; i < 8; i++) {
            char c = (char)(word >> (8 * i) & 0xFF);
            good &= (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                    c == '_' || c == '~' || c == '!' || c == '$' || c == '&' || (c >= '\'' && c <= ',') || c == '=' ||
                    c == ':' || c == '@';
            text[from + 8 + (size_t)i] = c;
        }
    }
}

static armalo_i_route_trie trie;
static armalo_i_route_path path;

static void put(const char *literal, uint32_t route) {
    char text[100];
    int len = snprintf(text, sizeof text, "/%s", literal);
    must(armalo_i_route_template_split(armalo_i_span_of(text, (size_t)len), &path) == ARMALO_REASON_GRANTED);
    must(armalo_i_route_trie_add(&trie, 0, &path, route) == 1);
}

static uint32_t find(const char *literal) {
    char text[100];
    int len = snprintf(text, sizeof text, "/%s", literal), respelled;
    must(armalo_i_route_path_split(armalo_i_span_of(text, (size_t)len), &path) == 1);
    return armalo_i_route_trie_find(&trie, 0, &path, &respelled);
}

/* Literals in the table that have the same print as another. */
static unsigned colliding(void) {
    unsigned count = 0;
    for (uint32_t i = 0; i <= trie.mask; i++) {
        for (uint32_t k = 0; k <= trie.mask; k++)
            count +=
                i != k && trie.slot[i].node != 0 && trie.slot[k].node != 0 && trie.slot[i].print == trie.slot[k].print;
    }
    return count;
}

/* Two literals of 16 bytes, and two of 40 whose first 16 are alike; each with a third that is not in the table. */
START_TEST(test_collisions) {
    static const struct {
        const char *text;
        size_t from;
    } literals[] = {{"abcdefghijklmnop", 0},
                    {"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN", 16},
                    {"0123456789012345678901234567890123456789", 24}};
    must(armalo_i_route_trie_new(&trie) == 1);
    for (uint32_t i = 0; i < 3; i++) {
        char other[3][64];
        for (int k = 0; k < 3; k++) {
            strcpy(other[k], literals[i].text);
            if (k > 0) collide(other[k], literals[i].from);
        }
        put(other[0], 2 * i);
        must(find(other[1]) == ARMALO_I_ROUTE_NONE);
        put(other[1], 2 * i + 1);
        must(colliding() == 2 * (i + 1)); /* or this test tests nothing */
        must(find(other[0]) == 2 * i);
        must(find(other[1]) == 2 * i + 1);
        must(find(other[2]) == ARMALO_I_ROUTE_NONE);
    }
    armalo_i_route_trie_free(&trie);
}
END_TEST

typedef struct candidate {
    uint32_t print;
    char text[17];
} candidate;

static int by_print(const void *a, const void *b) {
    uint32_t x = ((const candidate *)a)->print, y = ((const candidate *)b)->print;
    return (x > y) - (x < y);
}

/* Alike in their first eight bytes: their hashes differ, the half of it that is kept in a slot need not. */
START_TEST(test_same_beginning) {
    enum { COUNT = 400000 };
    candidate *all = malloc(COUNT * sizeof *all);
    unsigned pairs = 0;
    for (size_t i = 0; i < COUNT; i++) {
        memcpy(all[i].text, "resource12345678", 17);
        random_word(all[i].text + 8);
        uint64_t hash = mix(mix(16, word_of(all[i].text)), word_of(all[i].text + 8));
        all[i].print = (uint32_t)(hash * UINT64_C(0x9E3779B97F4A7C15) >> 32); /* below the root of GET, node 0 */
    }
    qsort(all, COUNT, sizeof *all, by_print);
    for (size_t i = 0; i + 1 < COUNT; i++) {
        if (all[i].print != all[i + 1].print || strcmp(all[i].text, all[i + 1].text) == 0) continue;
        must(armalo_i_route_trie_new(&trie) == 1);
        put(all[i].text, 5);
        must(find(all[i + 1].text) == ARMALO_I_ROUTE_NONE);
        put(all[i + 1].text, 6);
        must(colliding() == 2);
        must(find(all[i].text) == 5 && find(all[i + 1].text) == 6);
        armalo_i_route_trie_free(&trie);
        pairs++;
    }
    must(pairs > 0);
    free(all);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_collisions);
    tcase_add_test(tc, test_same_beginning);
}

TEST_MAIN("route_trie", fill, 60)
