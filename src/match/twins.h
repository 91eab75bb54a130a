/* Units with equal keys, which are one text. */
#ifndef DEDUP_MATCH_TWINS_H
#define DEDUP_MATCH_TWINS_H

#include "match/matcher.h"

/* Makes matcher->texts and matcher->unit_texts. Units with equal hashes and lengths get the first of them as their
 * text; those among order[0..count) only when their keys are equal, else none: one that only seems equal, which an
 * attacker can bring about, survives. Errors: MEMORY, READ, ARGUMENT (a unit that is unknown), WRITE. */
DEDUP_NODISCARD dedup_status twins_find(struct matcher *matcher, const uint32_t *order, size_t count,
                                        dedup_error *error);

#endif
