/* The paragraphs of a document: which lines make one, where its key is, whether it is prose. */
#ifndef DEDUP_MATCH_PARAGRAPHS_H
#define DEDUP_MATCH_PARAGRAPHS_H

#include "text/document.h"

/* How lines make paragraphs. */
enum paragraph_mode {
    PARAGRAPH_LINE,  /* each line is one */
    PARAGRAPH_BLANK, /* lines up to a blank line are one */
    PARAGRAPH_AUTO,  /* BLANK when the document is hard-wrapped, LINE otherwise */
};

/* One paragraph of the kept text: lines [first, last] of the document. Lines without a key make no paragraph. */
struct paragraph {
    uint32_t first, last; /* lines; removed lines between them do not count */
    uint32_t key;         /* place of its key in the kept key of the document (document_kept_key), code points */
    uint32_t key_count;   /* > 0 */
    uint32_t prose;       /* 1: has 28 letters or more, sentence punctuation, is not code; lines judged as one */
};

struct paragraph_list {
    struct paragraph *items; /* in order of place */
    size_t count, capacity;
    size_t prose;      /* how many are prose */
    dedup_buffer text; /* scratch: the text of a paragraph that is not a line as it came */
    struct fold_key key;
};

void paragraph_list_init(struct paragraph_list *list);
void paragraph_list_release(struct paragraph_list *list);

/* Lists the paragraphs of the kept text (after document_settle), in place of what was listed. Errors: MEMORY, LIMIT. */
DEDUP_NODISCARD dedup_status paragraph_list_set(struct paragraph_list *list, const struct text_document *document,
                                                enum paragraph_mode mode, dedup_error *error);

/* True when the lines were broken to a width: lines that another follows without a blank line are so full that the next
 * word would not have fitted into the common width, of 40 to 120 columns, and few of them end a sentence. Lists, verse,
 * dialogue, code and texts with a paragraph on each line are not like that. */
bool document_is_wrapped(const struct text_document *document);

#endif
