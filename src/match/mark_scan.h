/* The search for the marks of rare texts, short ones with few sampled hashes: they are looked up in all shingles of all
 * texts. */
#ifndef DEDUP_MATCH_MARK_SCAN_H
#define DEDUP_MATCH_MARK_SCAN_H

#include "match/nodes.h"

/* Chooses the marks of rare texts and adds them to matcher->samples, with the shingles of nodes that may be such marks.
 * Linear in the length of all texts; nothing to do when no text is rare. Only once. Errors: MEMORY, READ, WRITE. */
DEDUP_NODISCARD dedup_status mark_scan(const struct matcher *matcher, const struct nodes *nodes, dedup_error *error);

#endif
