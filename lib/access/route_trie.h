/* SPDX-License-Identifier: MIT */
/* access/route_trie.h: the templates of a table as a trie of segments, one for each method.
 *
 * A request goes to the literal where there is one, else to the parameter, and comes back for the parameter where the
 * literal leads nowhere. Of templates that match the same request, one must be the more specific (a literal wherever
 * the other has one, and at one place more); others are not to be put in. So what is found first is the most specific.
 * */
#ifndef ARMALO_ACCESS_ROUTE_TRIE_H
#define ARMALO_ACCESS_ROUTE_TRIE_H

#include "access/route_path.h"

/* A node is the segment that leads to it. Nodes 0 to ARMALO_I_ROUTE_METHODS - 1 are the roots. Two to a cache line. */
typedef struct armalo_i_route_node {
    uint64_t word[2]; /* the first 16 bytes of a literal, then zeros */
    uint32_t parent;
    uint32_t parameter; /* the node below for any segment; 0: none */
    uint32_t route;     /* number of the route that ends here, plus 1; 0: none */
    uint16_t len;       /* bytes of the literal */
    uint16_t lengths;   /* bit n: a literal below has n bytes, modulo 16. Spares most look-ups of a parameter's value */
} armalo_i_route_node;

/* What is seldom needed of it. */
typedef struct armalo_i_route_link {
    uint32_t child; /* the first literal below; 0: none */
    uint32_t next;  /* the next literal below the same parent; 0: none */
    uint32_t rest;  /* a literal's bytes after the 16th, in the trie's text */
} armalo_i_route_link;

/* Literals by their parent and text: open addressing, at most half full. */
typedef struct armalo_i_route_slot {
    uint32_t print, node; /* node 0: free */
} armalo_i_route_slot;

typedef struct armalo_i_route_trie {
    armalo_i_route_node *node;
    armalo_i_route_link *link;
    armalo_i_route_slot *slot;
    char *text;
    uint32_t node_count, node_cap, literal_count, mask, text_len, text_cap;
} armalo_i_route_trie;

#define ARMALO_I_ROUTE_METHODS 7
#define ARMALO_I_ROUTE_NONE    UINT32_MAX

/* The number of a method, or ARMALO_I_ROUTE_METHODS for any other text. */
uint32_t armalo_i_route_method(armalo_i_span method);

/* 1, or 0 if there is no memory; free it in either case. */
int armalo_i_route_trie_new(armalo_i_route_trie *trie);
void armalo_i_route_trie_free(armalo_i_route_trie *trie);

/* A route in the trie that matches a request which this template matches as well, while neither is the more specific;
 * ARMALO_I_ROUTE_NONE if there is none. *steps goes down with each node that is looked at, and is 0 if they did not
 * suffice to tell. */
uint32_t armalo_i_route_trie_overlap(const armalo_i_route_trie *trie, uint32_t method,
                                     const armalo_i_route_path *template, uint32_t *steps);

/* Put a template in. Of two with the same literals at the same places the first stays. 1, or 0 if there is no memory.
 * */
int armalo_i_route_trie_add(armalo_i_route_trie *trie, uint32_t method, const armalo_i_route_path *template,
                            uint32_t route);

/* The route that a request matches, or ARMALO_I_ROUTE_NONE. *respelled is 1 (and the answer NONE) when a segment is
 * another spelling of a literal that the table has there: whoever decodes first could find another route. */
uint32_t armalo_i_route_trie_find(const armalo_i_route_trie *trie, uint32_t method, const armalo_i_route_path *path,
                                  int *respelled);

#endif
