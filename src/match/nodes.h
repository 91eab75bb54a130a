/* The texts that take part in a decision, numbered by preference, and their best units. */
#ifndef DEDUP_MATCH_NODES_H
#define DEDUP_MATCH_NODES_H

#include "match/matcher.h"

/* Node n is preferred to node n + 1. */
struct nodes {
    uint32_t *units; /* the first unit of the text in the order */
    uint32_t *texts;
    uint32_t *of_text; /* node of a text, NONE when it takes no part */
    size_t count;
};

/* After twins_find of the same order. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status nodes_make(const struct matcher *matcher, const uint32_t *order, size_t count,
                                        struct nodes *nodes, dedup_error *error);
void nodes_release(struct nodes *nodes);

#endif
