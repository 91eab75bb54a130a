/* Lines that the documents of one source have in common, learned from the documents themselves.
 *
 * Two passes: learner_count over every distinct document (near-duplicate documents must count once, because the body of
 * an article that many sites copy recurs too), learner_decide, then cleaning with clean_worker_learned. What is counted
 * is the first and the last lines of a document, as whole lines and by their beginnings and ends, where the varying
 * part (name, date, title) hides the template.
 *
 * Memory is bounded: of each source the documents with the smallest hashes are kept, a uniform sample that depends on
 * neither their order nor on threads. */
#ifndef DEDUP_CLEAN_LEARN_H
#define DEDUP_CLEAN_LEARN_H

#include "text/document.h"

struct learner;

/* `memory`: bytes for the sample of all sources; at least 1 MiB is used. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status learner_create(uint64_t memory, struct learner **out, dedup_error *error);
void learner_free(struct learner *learner); /* NULL is fine */

/* Counts a document of a source (a hash of its name), fresh from document_set. Equal documents count once. Not in
 * parallel; the order of calls makes no difference. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status learner_count(struct learner *learner, uint64_t source,
                                           const struct text_document *document, dedup_error *error);

/* What was learned. Immutable; shared by threads. */
struct learned;

/* Decides what recurs: in at least 6 documents and a quarter of the sample of a source of at least 8. Errors: MEMORY.
 */
DEDUP_NODISCARD dedup_status learner_decide(const struct learner *learner, struct learned **out, dedup_error *error);
void learned_free(struct learned *learned); /* NULL is fine */

/* Which part of a line recurs. */
enum learned_part { LEARNED_LINE = 0, LEARNED_PREFIX, LEARNED_SUFFIX, LEARNED_LABEL, LEARNED_PARTS };

/* What was learned about a line of a source. */
struct learned_match {
    uint32_t parts;  /* set of 1 << enum learned_part */
    uint32_t shared; /* letters of the longest prefix and suffix that recur */
};

/* `head`: the line stands in the first half of the document. */
struct learned_match learned_look_up(const struct learned *learned, uint64_t source,
                                     const struct text_document *document, size_t line, bool head);

/* The first and the last live lines of a document, among which templates are looked for: lists their numbers in order;
 * `lines` holds LEARNED_LINES. *heads gets how many belong to the head. Returns how many there are. */
enum { LEARNED_SIDE = 16, LEARNED_LINES = 2 * LEARNED_SIDE };
size_t learned_lines(const struct text_document *document, size_t lines[LEARNED_LINES], size_t *heads);

/* How much was learned, for reports: entry `index` of all, false when there are no more. */
struct learned_entry {
    uint64_t source;
    uint64_t hash;
    uint32_t documents; /* of the sample that have it */
    uint32_t sample;    /* documents of the source that were looked at */
    enum learned_part part;
};
bool learned_entry(const struct learned *learned, size_t index, struct learned_entry *out);

#endif
