/* Keys of texts with candidates, brought back from the file before they are compared. */
#ifndef DEDUP_MATCH_RECALL_KEYS_H
#define DEDUP_MATCH_RECALL_KEYS_H

#include "match/components.h"
#include "match/nodes.h"

/* Copies short keys of the texts in components to memory, as many as the key store allows, in the order in which they
 * lie in the file; the texts get their new places. Errors: MEMORY, READ. */
DEDUP_NODISCARD dedup_status recall_keys(const struct matcher *matcher, const struct nodes *nodes,
                                         const struct components *components, dedup_error *error);

#endif
