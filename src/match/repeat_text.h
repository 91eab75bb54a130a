/* Text of a document that stands in it a second time with other line breaks: an article that is there as paragraphs and
 * again as one line, or with every sentence on its own line.
 *
 * A walk over the lines joins the keys of those that stay. From each line on the longest runs of characters are looked
 * up that stand in what was kept before, whatever the line breaks: RUN characters or more each. Runs that follow each
 * other closely, in the copy and in the kept text alike, make a chain, so that an edit costs the lines it is in and no
 * more. Of a chain only lines that it covers from their first to their last character go, and only when they are
 *   - COPY_SURE characters or more, or COPY_LEAST and at least two thirds of what stays: a second copy is nearly as
 * long as the text, or long; a lead, a quotation, a refrain is neither;
 *   - mostly prose, in the lines of the copy or in those that stay.
 * It is the later copy that goes. Lines that are covered in part stay whole, and so does code, and what an earlier cut
 * names.
 *
 * Every STEP-th place of the kept text is indexed by the GRAM characters there, and the grams of all places behind are
 * looked up once. A run of RUN characters holds such a place; it is missed only when its grams stand there more than
 * TRIED times, or when its copy ends right before the line it begins in and it is shorter than twice as long. */
#ifndef DEDUP_MATCH_REPEAT_TEXT_H
#define DEDUP_MATCH_REPEAT_TEXT_H

#include "match/paragraphs.h"

/* What became of a line so far, a set. */
enum line_fate {
    LINE_TAKEN = 1, /* cut */
    LINE_NAMED = 2, /* named by a cut as the copy that stays, and therefore to stay */
};

/* A line of the kept text. */
struct kept_line {
    uint32_t begin; /* in the kept key */
    uint32_t prose; /* characters of prose before it */
    uint32_t line;  /* of the document */
};

/* Characters of the document that stand in the kept text. */
struct text_run {
    uint32_t begin, end; /* in the key */
    uint32_t kept;       /* where its copy begins in the kept key */
};

/* Lines that repeat kept ones. */
struct text_repeat {
    uint32_t first, last; /* lines of the document; those between without a key or taken before go with them */
    uint32_t kept;        /* line in which the copy of the first begins */
    uint32_t lines;       /* that have a key and were not taken before */
};

struct repeat_text {
    const struct paragraph *lines;        /* borrowed: lines that have a key */
    const struct text_document *document; /* borrowed */
    const unsigned char *fates;           /* borrowed: of each line of the document, enum line_fate */
    const uint32_t *points;               /* borrowed: the key of all lines */
    size_t count, total;                  /* of lines, of points */
    size_t left;                          /* points of lines that stay */
    size_t place;                         /* the first gram that was not looked up in vain */
    uint64_t leaving;                     /* factor of the code point that leaves a gram */
    uint32_t *kept;                       /* the key of the kept lines */
    struct kept_line *kept_lines;
    size_t kept_count, kept_line_count;
    uint32_t *table;    /* by hash of a gram: its latest place in `kept` / STEP + 1; 0: none */
    uint32_t *previous; /* of each indexed place: the one before it with the same place in the table */
    size_t indexed;
    unsigned table_log;
    struct text_run *runs; /* the chain */
    size_t run_count;
    struct text_repeat *repeats; /* what was found */
    size_t repeat_count;
    bool met; /* some gram stands there twice */
    size_t kept_capacity, kept_line_capacity, table_capacity, previous_capacity, run_capacity, repeat_capacity;
};

void repeat_text_init(struct repeat_text *text);
void repeat_text_release(struct repeat_text *text);

/* Finds text->repeats, in order of place, and text->met. `list`: the lines of a document as paragraphs, whose keys lie
 * one after the other in `points`; fates[i]: what became of line i of the document. Lines that are taken count where
 * the copy is measured and are no part of the kept text. Time is linear in the document. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status repeat_text_find(struct repeat_text *text, const struct paragraph_list *list,
                                              const struct text_document *document, const uint32_t *points,
                                              const unsigned char *fates, dedup_error *error);

#endif
