/* SPDX-License-Identifier: MIT */
#include "access/route_trie.h"

#include "codec/memory.h"
#include "codec/swar.h"

/* A segment as it is looked up. */
typedef struct armalo_i_route_key {
    uint64_t word[2], hash;
    armalo_i_span text;
} armalo_i_route_key;

/* Up to eight bytes at p as a word. [first, end) may be read. */
static inline uint64_t armalo_i_route_load(const char *p, size_t len, const char *first, const char *end) {
    uint64_t word;
    if (end - p >= 8)
        word = armalo_i_word((const unsigned char *)p);
    else if (end - first >= 8)
        word = armalo_i_word((const unsigned char *)end - 8) >> (8 * (size_t)(8 - (end - p)));
    else
        return armalo_i_word_part((const unsigned char *)p, len);
    return len >= 8 ? word : word & ((UINT64_C(1) << (8 * len)) - 1);
}

static inline uint64_t armalo_i_route_mix(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * UINT64_C(0xD6E8FEB86659FD93);
    return hash ^ hash >> 32;
}

static inline armalo_i_route_key armalo_i_route_key_of(const armalo_i_route_path *path, uint32_t n) {
    armalo_i_route_key key;
    const char *p = path->segment[n].text;
    size_t len = path->segment[n].len;
    key.text = armalo_i_span_of(p, len);
    key.word[0] = armalo_i_route_load(p, len < 8 ? len : 8, path->first, path->end);
    key.word[1] = 0;
    key.hash = armalo_i_route_mix(len, key.word[0]);
    if (len <= 8) return key;
    len = len < 16 ? len : 16;
    key.word[1] = armalo_i_route_load(p + 8, len - 8, path->first, path->end);
    key.hash = armalo_i_route_mix(key.hash, key.word[1]);
    for (size_t at = 16, left; at < key.text.len; at += 8) {
        left = key.text.len - at;
        key.hash =
            armalo_i_route_mix(key.hash, armalo_i_route_load(p + at, left < 8 ? left : 8, path->first, path->end));
    }
    return key;
}

static inline uint32_t armalo_i_route_print(uint64_t hash, uint32_t parent) {
    return (uint32_t)((hash + parent) * UINT64_C(0x9E3779B97F4A7C15) >> 32);
}

static inline int armalo_i_route_is(const armalo_i_route_trie *trie, uint32_t node, uint32_t parent,
                                    const armalo_i_route_key *key) {
    const armalo_i_route_node *n = &trie->node[node];
    if (n->parent != parent || n->len != key->text.len || n->word[0] != key->word[0] || n->word[1] != key->word[1])
        return 0;
    return n->len <= 16 || armalo_i_span_equal(armalo_i_span_of(trie->text + trie->link[node].rest, n->len - 16u),
                                               armalo_i_span_of(key->text.ptr + 16, n->len - 16u));
}

/* The node of a literal below a parent, or 0. */
static inline uint32_t armalo_i_route_literal(const armalo_i_route_trie *trie, uint32_t parent,
                                              const armalo_i_route_key *key) {
    uint32_t print = armalo_i_route_print(key->hash, parent);
    for (uint32_t at = print;; at++) {
        armalo_i_route_slot slot = trie->slot[at & trie->mask];
        if (slot.node == 0) return 0;
        if (slot.print == print && armalo_i_route_is(trie, slot.node, parent, key)) return slot.node;
    }
}

uint32_t armalo_i_route_method(armalo_i_span method) {
    static const char names[ARMALO_I_ROUTE_METHODS][8] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
    for (uint32_t n = 0; n < ARMALO_I_ROUTE_METHODS; n++) {
        if (armalo_i_span_equal(method, armalo_i_span_text(names[n]))) return n;
    }
    return ARMALO_I_ROUTE_METHODS;
}

int armalo_i_route_trie_new(armalo_i_route_trie *trie) {
    armalo_i_route_trie empty = {0};
    *trie = empty;
    trie->node_cap = 64;
    trie->node_count = ARMALO_I_ROUTE_METHODS;
    trie->mask = 63;
    trie->node = armalo_i_alloc(trie->node_cap * sizeof trie->node[0]);
    trie->link = armalo_i_alloc(trie->node_cap * sizeof trie->link[0]);
    trie->slot = armalo_i_alloc((trie->mask + 1) * sizeof trie->slot[0]);
    return trie->node != NULL && trie->link != NULL && trie->slot != NULL;
}

void armalo_i_route_trie_free(armalo_i_route_trie *trie) {
    armalo_i_release(trie->node);
    armalo_i_release(trie->link);
    armalo_i_release(trie->slot);
    armalo_i_release(trie->text);
}

static void armalo_i_route_slot_take(armalo_i_route_trie *trie, armalo_i_route_slot slot) {
    uint32_t at = slot.print;
    while (trie->slot[at & trie->mask].node != 0) at++;
    trie->slot[at & trie->mask] = slot;
}

/* Room for one node, one literal and its text more. */
static int armalo_i_route_trie_grow(armalo_i_route_trie *trie, size_t text) {
    if (trie->node_count == trie->node_cap) {
        size_t cap = (size_t)trie->node_cap * 2;
        void *more = armalo_i_realloc(trie->node, cap * sizeof trie->node[0]);
        if (more == NULL) return 0;
        trie->node = more;
        more = armalo_i_realloc(trie->link, cap * sizeof trie->link[0]);
        if (more == NULL) return 0;
        trie->link = more;
        trie->node_cap = (uint32_t)cap;
    }
    if (trie->text_cap - trie->text_len < text) {
        size_t cap = 2 * (size_t)trie->text_cap + text;
        void *more = armalo_i_realloc(trie->text, cap);
        if (more == NULL) return 0;
        trie->text = more;
        trie->text_cap = (uint32_t)cap;
    }
    if (trie->literal_count * 2 >= trie->mask) {
        armalo_i_route_slot *old = trie->slot;
        uint32_t count = trie->mask + 1;
        trie->slot = armalo_i_alloc((size_t)count * 2 * sizeof old[0]);
        if (trie->slot == NULL) {
            trie->slot = old;
            return 0;
        }
        trie->mask = count * 2 - 1;
        for (uint32_t i = 0; i < count; i++) {
            if (old[i].node != 0) armalo_i_route_slot_take(trie, old[i]);
        }
        armalo_i_release(old);
    }
    return 1;
}

static uint32_t armalo_i_route_node_add(armalo_i_route_trie *trie, uint32_t parent) {
    uint32_t number = trie->node_count++;
    armalo_i_route_node node = {.parent = parent};
    armalo_i_route_link link = {0, 0, 0};
    trie->node[number] = node;
    trie->link[number] = link;
    return number;
}

static uint32_t armalo_i_route_literal_add(armalo_i_route_trie *trie, uint32_t parent, const armalo_i_route_key *key) {
    uint32_t number = armalo_i_route_node_add(trie, parent);
    armalo_i_route_node *node = &trie->node[number];
    armalo_i_route_link *link = &trie->link[number];
    node->word[0] = key->word[0];
    node->word[1] = key->word[1];
    node->len = (uint16_t)key->text.len;
    link->rest = trie->text_len;
    if (node->len > 16) {
        memcpy(trie->text + trie->text_len, key->text.ptr + 16, node->len - 16u);
        trie->text_len += node->len - 16u;
    }
    trie->node[parent].lengths |= (uint16_t)(1u << (node->len & 15));
    link->next = trie->link[parent].child;
    trie->link[parent].child = number;
    armalo_i_route_slot slot = {armalo_i_route_print(key->hash, parent), number};
    armalo_i_route_slot_take(trie, slot);
    trie->literal_count++;
    return number;
}

static inline int armalo_i_route_may_be(const armalo_i_route_node *parent, const armalo_i_route_segment *segment) {
    return parent->lengths >> (segment->len & 15) & 1;
}

int armalo_i_route_trie_add(armalo_i_route_trie *trie, uint32_t method, const armalo_i_route_path *template,
                            uint32_t route) {
    uint32_t node = method;
    for (uint32_t n = 0; n < template->count; n++) {
        uint32_t below;
        if (!armalo_i_route_trie_grow(trie, template->segment[n].len)) return 0;
        if (template->parameters >> n & 1) {
            below = trie->node[node].parameter;
            if (below == 0) below = trie->node[node].parameter = armalo_i_route_node_add(trie, node);
        } else {
            armalo_i_route_key key = armalo_i_route_key_of(template, n);
            below = armalo_i_route_literal(trie, node, &key);
            if (below == 0) below = armalo_i_route_literal_add(trie, node, &key);
        }
        node = below;
    }
    if (trie->node[node].route == 0) trie->node[node].route = route + 1;
    return 1;
}

/* How a route in the trie and the template have differed so far. */
#define ARMALO_I_ROUTE_WIDER    1 /* it has a parameter where the template has a literal */
#define ARMALO_I_ROUTE_NARROWER 2 /* the other way round */

typedef struct armalo_i_route_search {
    const armalo_i_route_trie *trie;
    const armalo_i_route_path *template;
    uint32_t steps;
} armalo_i_route_search;

/* From a node on that can match what the template's first n segments match. As deep as a path has segments. */
static uint32_t armalo_i_route_overlap_below(armalo_i_route_search *search, uint32_t node, uint32_t n,
                                             unsigned differ) {
    const armalo_i_route_trie *trie = search->trie;
    const armalo_i_route_path *template = search->template;
    uint32_t found = 0, below = trie->node[node].parameter;
    if (search->steps == 0) return 0;
    search->steps--;
    if (n == template->count) {
        int more_specific = differ == ARMALO_I_ROUTE_WIDER || differ == ARMALO_I_ROUTE_NARROWER;
        return more_specific ? 0 : trie->node[node].route;
    }
    if (template->parameters >> n & 1) {
        /* What is narrower here must be wider elsewhere, and if it is not yet, then at a literal to come. */
        uint32_t rest = template->count < 32 ? (UINT32_C(1) << template->count) - 1 : UINT32_MAX;
        int may_cross = differ & ARMALO_I_ROUTE_WIDER || (~template->parameters & rest) >> n != 0;
        if (below != 0) found = armalo_i_route_overlap_below(search, below, n + 1, differ);
        for (below = may_cross ? trie->link[node].child : 0; below != 0 && found == 0; below = trie->link[below].next)
            found = armalo_i_route_overlap_below(search, below, n + 1, differ | ARMALO_I_ROUTE_NARROWER);
        return found;
    }
    if (below != 0) found = armalo_i_route_overlap_below(search, below, n + 1, differ | ARMALO_I_ROUTE_WIDER);
    if (found != 0 || !armalo_i_route_may_be(&trie->node[node], &template->segment[n])) return found;
    armalo_i_route_key key = armalo_i_route_key_of(template, n);
    below = armalo_i_route_literal(trie, node, &key);
    return below == 0 ? 0 : armalo_i_route_overlap_below(search, below, n + 1, differ);
}

uint32_t armalo_i_route_trie_overlap(const armalo_i_route_trie *trie, uint32_t method,
                                     const armalo_i_route_path *template, uint32_t *steps) {
    armalo_i_route_search search = {trie, template, *steps};
    uint32_t route = armalo_i_route_overlap_below(&search, method, 0, 0);
    *steps = search.steps;
    return route == 0 ? ARMALO_I_ROUTE_NONE : route - 1;
}

uint32_t armalo_i_route_trie_find(const armalo_i_route_trie *trie, uint32_t method, const armalo_i_route_path *path,
                                  int *respelled) {
    uint32_t other[ARMALO_ROUTE_MAX_SEGMENTS]; /* the parameter beside the literal that was taken at this depth */
    uint32_t open = 0;                         /* bit n: other[n] is still to be tried */
    uint32_t node = method, n = 0, below;
    *respelled = 0;
    for (;;) {
        const armalo_i_route_node *at = &trie->node[node];
        if (n == path->count) {
            if (at->route != 0) return at->route - 1;
            below = 0;
        } else {
            below = at->parameter;
            if (armalo_i_route_may_be(at, &path->segment[n])) {
                armalo_i_route_key key = armalo_i_route_key_of(path, n);
                uint32_t literal = armalo_i_route_literal(trie, node, &key);
                if (literal != 0) {
                    if (path->respelled >> n & 1) {
                        *respelled = 1;
                        return ARMALO_I_ROUTE_NONE;
                    }
                    other[n] = below;
                    if (below != 0) open |= UINT32_C(1) << n;
                    below = literal;
                }
            }
            n++;
        }
        if (below == 0) {
            if (open == 0) return ARMALO_I_ROUTE_NONE;
            for (n = ARMALO_ROUTE_MAX_SEGMENTS - 1; !(open >> n & 1);) n--; /* the deepest */
            open &= ~(UINT32_C(1) << n);
            below = other[n++];
        }
        node = below;
    }
}

_Static_assert(sizeof(armalo_i_route_node) == 32, "two to a cache line");
_Static_assert(ARMALO_ROUTE_MAX_PATH <= UINT16_MAX, "a literal's length fits");
