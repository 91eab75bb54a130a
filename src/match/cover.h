/* The greedy cover: which nodes survive, and which survivor each other node duplicates.
 *
 * Nodes are visited by preference, except that a text is visited after those that contain it. A visited node is dropped
 * when it meets a rule against a survivor, tried in order of their estimated similarity; else it survives. So a dropped
 * node names a survivor that it resembles directly, and no survivor meets a rule against another one. Nodes that share
 * no bucket, directly or through others, cannot matter to each other: components are covered independently. */
#ifndef DEDUP_MATCH_COVER_H
#define DEDUP_MATCH_COVER_H

#include "match/buckets.h"
#include "match/contain.h"

/* Writes the verdicts of all nodes' units (verdicts[nodes->units[n]]) and adds to `counts`. The members of `buckets`
 * are used up. Errors: MEMORY, READ. */
DEDUP_NODISCARD dedup_status cover_nodes(const struct matcher *matcher, const struct nodes *nodes,
                                         struct buckets *buckets, const struct containers *containers,
                                         struct match_verdict *verdicts, struct match_counts *counts,
                                         dedup_error *error);

#endif
