/* Repeats inside one document: blocks of lines, single paragraphs, and text with other line breaks that stand there a
 * second time.
 *
 * One walk from the first paragraph to the last. A paragraph that is kept joins the kept text; what comes later is only
 * compared with the kept text before it, so the copy that a cut names always stays. */
#ifndef DEDUP_MATCH_REPEATS_H
#define DEDUP_MATCH_REPEATS_H

#include "match/paragraphs.h"

struct repeats; /* scratch of one worker */

/* `threshold`: Jaccard similarity from which two paragraphs are near duplicates, 0.05..1. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status repeats_create(double threshold, struct repeats **out, dedup_error *error);
void repeats_free(struct repeats *repeats); /* NULL is fine */

/* What was found. */
struct repeat_counts {
    uint32_t blocks, block_lines; /* lines that are not blank */
    uint32_t paragraphs_exact, paragraphs_near;
};

/* Cuts later copies: blocks (>= 3 consecutive non-blank lines, >= 100 folded characters, at least half of them in prose
 * paragraphs, equal in the fold key), then prose paragraphs whose key equals an earlier one's, or that have from 32
 * code points on J >= threshold and the same numbers in the same order. Then lines that stand in the kept text with
 * other line breaks, whatever the paragraphs are; they count as blocks (see repeat_text.h). The cuts name the first
 * line of the copy that stays. Settles the document's cuts first when it has some. Time is linear in the document but
 * for a factor of log(lines). With `cut` false nothing is cut and only the counts are given. `whole`: the paragraphs of
 * the text without cuts if they are known, otherwise NULL. Errors: MEMORY, LIMIT. */
DEDUP_NODISCARD dedup_status repeats_find(struct repeats *repeats, struct text_document *document,
                                          enum paragraph_mode mode, const struct paragraph_list *whole, bool cut,
                                          struct repeat_counts *counts, dedup_error *error);

/* True when the last call found nothing in this document that may repeat, and so would another now that more of its
 * lines are gone as a whole: each line was a paragraph, and is one still. `mode`: of both calls. */
bool repeats_ruled_out(const struct repeats *repeats, const struct text_document *document, enum paragraph_mode mode);

#endif
