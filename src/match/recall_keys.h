/* Keys that are about to be compared, brought back from the file first. */
#ifndef DEDUP_MATCH_RECALL_KEYS_H
#define DEDUP_MATCH_RECALL_KEYS_H

#include "match/matcher.h"

/* Copies short keys of the texts that are `wanted`, a bit for each, to memory, as many as the key store allows, in the
 * order in which they lie in the file; the texts get their new places. Errors: MEMORY, READ. */
DEDUP_NODISCARD dedup_status recall_keys(const struct matcher *matcher, const uint64_t *wanted, dedup_error *error);

#endif
