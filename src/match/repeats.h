/* Repeats inside one document: blocks of lines and single paragraphs that stand there a second time. */
#ifndef DEDUP_MATCH_REPEATS_H
#define DEDUP_MATCH_REPEATS_H

#include "text/document.h"

/* How lines make paragraphs. */
enum paragraph_mode {
    PARAGRAPH_LINE,  /* each line is one */
    PARAGRAPH_BLANK, /* lines up to a blank line are one */
    PARAGRAPH_AUTO,  /* BLANK when the document is hard-wrapped, LINE otherwise */
};

/* One paragraph of the kept text: lines [first, last] of the document. */
struct paragraph {
    uint32_t first, last; /* lines; removed lines between them do not count */
    uint32_t key;         /* place of its key in the kept key of the document (document_kept_key), code points */
    uint32_t key_count;
    uint32_t prose; /* 1: has 28 letters or more, sentence punctuation, is not code */
};

struct repeats; /* scratch of one worker */

DEDUP_NODISCARD dedup_status repeats_create(double threshold, struct repeats **out, dedup_error *error);
void repeats_free(struct repeats *repeats); /* NULL is fine */

/* Cuts later copies: blocks (>= 3 consecutive non-blank lines, >= 100 folded characters, at least half of them in prose
 * lines, equal in the fold key), then prose paragraphs whose key equals an earlier one's, or that have from 32 code
 * points on J >= threshold and the same numbers in the same order. Time is linear in the document but for verified
 * pairs. With `cut` false nothing is cut and only the counts are given. Errors: MEMORY. */
struct repeat_counts {
    uint32_t blocks, block_lines, paragraphs_exact, paragraphs_near;
};
DEDUP_NODISCARD dedup_status repeats_find(struct repeats *repeats, struct text_document *document,
                                          enum paragraph_mode mode, bool cut, struct repeat_counts *counts,
                                          dedup_error *error);

/* Lists the paragraphs of the kept text (after document_settle). The list belongs to `repeats` until its next call.
 * Errors: MEMORY. */
DEDUP_NODISCARD dedup_status repeats_paragraphs(struct repeats *repeats, const struct text_document *document,
                                                enum paragraph_mode mode, const struct paragraph **out, size_t *count,
                                                dedup_error *error);

#endif
