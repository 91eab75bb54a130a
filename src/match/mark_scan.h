/* The search for marks that are not sampled: those of short texts, looked up in all shingles of all texts. */
#ifndef DEDUP_MATCH_MARK_SCAN_H
#define DEDUP_MATCH_MARK_SCAN_H

#include "match/nodes.h"

/* Adds the shingles of nodes that may be such marks to matcher->samples. Linear in the length of all texts; nothing to
 * do when all marks are sampled. Once more does no harm. Errors: MEMORY, READ, WRITE. */
DEDUP_NODISCARD dedup_status mark_scan(const struct matcher *matcher, const struct nodes *nodes, dedup_error *error);

#endif
