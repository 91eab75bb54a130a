/* Duplicates among units that come one after another: each is decided when it comes, against all that stayed before it.
 *
 * The rules and the order of the tries are those of match.h with the units in order of arrival: exact copies are found
 * by the hash of their key, near duplicates by the bands of their sketch, contained ones by their marks (winnow.h), and
 * every candidate is verified exactly. A unit that is contained in one that comes later stays, which is where the
 * verdicts differ from matcher_decide; and texts with fewer than WINNOW_WINDOW shingles are not looked for inside
 * others. */
#ifndef DEDUP_MATCH_ONLINE_H
#define DEDUP_MATCH_ONLINE_H

#include "match/match.h"

struct online;

/* Of `options` the threshold, the containment and, as a bound on all memory of the index, `memory` (UINT64_MAX: none)
 * count; with a spill_directory the fold keys move to a file there when they fill half of it. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status online_create(const struct match_options *options, struct online **out,
                                           dedup_error *error);
void online_free(struct online *online); /* NULL is fine */

/* Decides about the only unit in `entries` (sketched for the same options), whose key is `points`, and takes it when it
 * stays. `unit` is its number, higher than those before; verdict->keeper names one of them. An empty key stays and is
 * not taken. Errors: MEMORY, READ, WRITE; LIMIT when the index is full, and then the unit is not taken: the index is as
 * it was and can be asked on. */
DEDUP_NODISCARD dedup_status online_take(struct online *online, const struct match_entries *entries,
                                         const uint32_t *points, size_t count, uint32_t unit,
                                         struct match_verdict *verdict, dedup_error *error);

/* Bytes that the index holds in memory. */
uint64_t online_bytes(const struct online *online);

#endif
