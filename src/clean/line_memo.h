/* Short lines that were looked at lately, with what was found out: the lines of templates, which have words of rules by
 * the dozen, stand in one document after the other. Nothing in it depends on the document that a line stands in. */
#ifndef DEDUP_CLEAN_LINE_MEMO_H
#define DEDUP_CLEAN_LINE_MEMO_H

#include <stdbool.h>
#include <stdint.h>

#include "dedup/error.h"

enum {
    LINE_MEMO_LENGTH = 120,    /* bytes of the longest line that is remembered */
    LINE_MEMO_CANDIDATES = 24, /* patterns of a line that is remembered, at most */
    LINE_MEMO_LINES = 1 << 9,
};

/* What a whole-line rule that works anywhere (class A) or a bar of forms makes of a line. */
enum line_verdict { VERDICT_UNKNOWN = 0, VERDICT_STAYS, VERDICT_GOES };

struct line_memory {
    uint32_t length; /* 0: nothing is remembered here */
    char text[LINE_MEMO_LENGTH];
    uint32_t patterns, forms; /* see line_note */
    uint32_t candidate_count;
    uint32_t candidates[LINE_MEMO_CANDIDATES];
    struct {
        enum line_verdict verdict;
        uint32_t rule; /* by which it goes */
    } fate[2];         /* in plain text, in Markdown */
};

/* Zeroed, it remembers nothing. */
struct line_memo {
    struct line_memory *lines; /* by hash of the text; owned */
};

DEDUP_NODISCARD dedup_status line_memo_reserve(struct line_memo *memo, dedup_error *error);
void line_memo_release(struct line_memo *memo);
/* Forgets everything. */
void line_memo_clear(struct line_memo *memo);

/* The place of a line, of 1 to LINE_MEMO_LENGTH bytes. */
uint32_t line_memo_place(const char *text, uint32_t length);
/* Whether that is the line that place `place` remembers. */
bool line_memo_knows(const struct line_memo *memo, uint32_t place, const char *text, uint32_t length);

#endif
