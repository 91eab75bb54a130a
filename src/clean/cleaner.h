/* The cleaner: rule packs and structural repairs over the lines of one document.
 *
 * One pass works in two steps around the search for repeats, because repeats are found best when notices no longer
 * stand between the copies, and the head and tail zones are known only when the second copy is gone: clean_structure
 * placeholders, entities, invisible characters, pinyin, paragraph numbers, whole-line rules (class A) clean_zones zone
 * words (Z), blocks (B), fragments (F), metadata (O) by level, then the governor Both only add cuts. Cuts inside lines
 * are seen by rules in the next pass only; pipeline/clean_text.h runs passes until one of them finds nothing, which
 * makes clean(clean(x)) = clean(x) true by construction. */
#ifndef DEDUP_CLEAN_CLEANER_H
#define DEDUP_CLEAN_CLEANER_H

#include "dedup/clean.h"
#include "text/document.h"

struct clean_worker; /* match data, JIT stack and scratch of one thread */

DEDUP_NODISCARD dedup_status clean_worker_create(const dedup_cleaner *cleaner, struct clean_worker **out,
                                                 dedup_error *error);
void clean_worker_free(struct clean_worker *worker); /* NULL is fine */

/* What happened to one document. */
struct clean_outcome {
    bool restored; /* the governor took all rule cuts back: more than a fifth of the prose would have gone */
    bool unstable; /* cuts were made after which rules may see the text differently: another pass is due */
};

/* `document` comes fresh from document_set. *outcome is filled anew. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status clean_structure(struct clean_worker *worker, struct text_document *document,
                                             struct clean_outcome *outcome, dedup_error *error);
/* Settles the cuts and collapses blank runs. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status clean_zones(struct clean_worker *worker, struct text_document *document,
                                         struct clean_outcome *outcome, dedup_error *error);

/* The rules of a cleaner, for counting and naming: rule i is the one that cuts with reason CUT_RULE + i. */
size_t cleaner_rule_count(const dedup_cleaner *cleaner);
const char *cleaner_rule_id(const dedup_cleaner *cleaner, size_t rule);
dedup_clean_level cleaner_level(const dedup_cleaner *cleaner);
/* Name of any cut reason: "blank", "repeat.block", "repeat.paragraph", "duplicate.paragraph", or the rule's id. */
const char *cleaner_reason_name(const dedup_cleaner *cleaner, uint32_t reason);

#endif
