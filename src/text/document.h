/* A document under work: its decoded text, its lines with their fold keys, and what has been decided to cut.
 *
 * Cleaning never edits text. It adds cuts; the kept text is the text without its cuts. The same list is the removal
 * log, and the reason why kept + removed = input can be proved. */
#ifndef DEDUP_TEXT_DOCUMENT_H
#define DEDUP_TEXT_DOCUMENT_H

#include <stdbool.h>

#include "text/fold.h"

enum line_flag {
    LINE_BLANK = 1,   /* nothing but spaces and invisible characters */
    LINE_PROSE = 2,   /* 28 letters or more (tags, addresses not counted), sentence punctuation, not code or heading */
    LINE_CODE = 4,    /* inside a Markdown fence, or mostly ASCII symbols */
    LINE_REMOVED = 8, /* a cut takes the whole line */
    LINE_CUT = 16,    /* a cut takes part of the line: its key slice is out of date */
    LINE_FENCED = 32, /* inside a Markdown fence; also LINE_CODE */
    LINE_UNENDED =
        64, /* has a key, is no code, and has no mark that may end a sentence or clause (POINT_SENTENCE, .) */
};

struct text_line {
    uint32_t begin;     /* first byte */
    uint32_t end;       /* one past its last byte, terminator not counted */
    uint32_t next;      /* first byte of the next line: end + length of the terminator (0 at the end of the text) */
    uint32_t key;       /* first code point of its fold key in document.key */
    uint32_t key_count; /* how many */
    uint32_t flags;     /* set of enum line_flag */
};

/* Why a stretch was cut. Values from CUT_RULE on are rules: reason - CUT_RULE is the rule's index in the cleaner. */
enum cut_reason {
    CUT_BLANK_RUN = 0, /* blank lines collapsed */
    CUT_BLOCK = 1,     /* lines that repeat earlier ones of this document, whatever the line breaks */
    CUT_PARAGRAPH = 2, /* a paragraph that repeats an earlier one of this document */
    CUT_CORPUS = 3,    /* a paragraph that repeats one of another document */
    CUT_REPAIR = 4,    /* bytes that could not be read and became U+FFFD; made when a line is written */
    CUT_RULE = 16,
};

struct text_cut {
    uint32_t begin, end;         /* bytes of the text */
    uint32_t reason;             /* enum cut_reason, or CUT_RULE + rule */
    uint32_t kept_line;          /* block, paragraph: line (from 0) of the copy that stays; 0 otherwise */
    float similarity;            /* paragraph: Jaccard; 1 for verbatim; 0 for rules */
    uint32_t replacement;        /* offset in document.replacements of the text that takes its place */
    uint32_t replacement_length; /* 0: nothing does */
};

struct text_document {
    const char *text; /* borrowed, valid UTF-8 */
    uint32_t length;
    uint32_t characters;     /* code points of the text; 0 when it is only borrowed */
    struct text_line *lines; /* tile the text: lines[i].next == lines[i + 1].begin */
    size_t line_count, line_capacity;
    struct fold_key key; /* keys of all lines, one after the other */
    struct text_cut *cuts;
    size_t cut_count, cut_capacity;
    bool flagged;              /* lines may have LINE_REMOVED or LINE_CUT */
    dedup_buffer replacements; /* bytes that replace cuts */
};

void document_init(struct text_document *document);
void document_release(struct text_document *document);
/* Forgets text, lines and cuts, and keeps the memory. */
void document_clear(struct text_document *document);

/* Takes a new text (valid UTF-8): splits it into lines (LF, CRLF, CR, U+2028, U+2029, U+0085), folds and classifies
 * each, forgets cuts. A text that ends with a terminator has no empty last line. A Markdown fence makes code of what it
 * encloses only when it is closed and most of that does not read like prose, so that a stray fence does no harm.
 * Errors: MEMORY, LIMIT (a key of 2^32 code points); the document is empty then. */
DEDUP_NODISCARD dedup_status document_set(struct text_document *document, const char *text, uint32_t length,
                                          dedup_error *error);

/* Takes a new text like document_set, but as a whole: it gets its key and characters and no lines. *filled: how many
 * lines have a key. For texts of which no line is looked at. */
DEDUP_NODISCARD dedup_status document_set_whole(struct text_document *document, const char *text, uint32_t length,
                                                uint32_t *filled, dedup_error *error);

/* Takes a new text without looking at it: it has no lines and no key. For applying cuts that are known. */
void document_borrow(struct text_document *document, const char *text, uint32_t length);

/* Adds a cut of [begin, end), both between code points, and flags the lines it touches. Cuts may come in any order; an
 * empty one is left out. A replacement should have no line terminators. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status document_cut(struct text_document *document, const struct text_cut *cut,
                                          dedup_error *error);
/* Cuts a whole line with its terminator and flags it LINE_REMOVED. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status document_cut_line(struct text_document *document, size_t line, uint32_t reason,
                                               uint32_t kept_line, float similarity, dedup_error *error);
/* Sorts the cuts by place, drops those inside others (of two equal ones the one with the higher reason), moves the
 * begin of one that reaches into the next out of the first, joins neighbours that touch when reason, kept_line and
 * similarity are the same and nothing is replaced. LINE_REMOVED and LINE_CUT become what the cuts say, also after the
 * caller took some away. n log n in the cuts, linear when they came in order. */
void document_settle(struct text_document *document);

/* After document_settle: cuts every blank line that follows a kept blank line or opens the text, and the blank lines at
 * the end of the text, then settles. Lines are those of the kept text: one that is partly cut is blank when the rest
 * is, its replacements included, and where a cut takes a terminator two lines are one. Only to be called when the
 * document is being cleaned; doing it again to the kept text changes nothing. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status document_collapse_blanks(struct text_document *document, dedup_error *error);

/* Appends the kept text (after document_settle). Errors: MEMORY, LIMIT. */
DEDUP_NODISCARD dedup_status document_kept_text(const struct text_document *document, dedup_buffer *out,
                                                dedup_error *error);
/* Appends the fold key of the kept text (after document_settle); equals fold_append of the kept text. Errors: MEMORY.
 */
DEDUP_NODISCARD dedup_status document_kept_key(const struct text_document *document, struct fold_key *out,
                                               dedup_error *error);

/* The line that holds byte `offset` of the text; 0 when the document has no lines. */
size_t document_line_at(const struct text_document *document, uint32_t offset);

/* True when `text` (valid UTF-8) is nothing but spaces and invisible characters. */
bool text_is_blank(const char *text, size_t length);
/* What kind of line `text` with the fold key `key` is by itself: LINE_BLANK, LINE_PROSE, LINE_CODE, LINE_UNENDED or 0.
 * Several lines may be judged as one. */
uint32_t text_classify(const char *text, size_t length, const uint32_t *key, size_t key_count);

#endif
