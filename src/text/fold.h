/* The fold key: the form in which two texts are compared, never written out.
 *
 * For every code point: NFKC_Casefold (Unicode 15, UAX #44), then traditional to simplified (first candidate of
 * OpenCC's character table), then everything outside the categories L*, M*, N* is dropped. One generated table holds
 * the whole function; see generate/ for its maker. Canonical reordering across code points is not part of the key, so
 * the key of a text is the keys of its parts, one after the other. */
#ifndef DEDUP_TEXT_FOLD_H
#define DEDUP_TEXT_FOLD_H

#include <stdbool.h>

#include "dedup/buffer.h"

struct fold_key {
    uint32_t *points; /* owned; code points */
    size_t count, capacity;
};

void fold_key_init(struct fold_key *key);
void fold_key_release(struct fold_key *key);
void fold_key_clear(struct fold_key *key);

/* Appends the key of `text`, which must be valid UTF-8. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status fold_append(struct fold_key *key, const char *text, size_t length, dedup_error *error);
/* The same for any bytes: ill-formed ones count as U+FFFD, which has no key. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status fold_append_any(struct fold_key *key, const char *text, size_t length, dedup_error *error);
/* The key of a code point up to U+10FFFF when it is one code point; else 0. */
uint32_t fold_point(uint32_t point);

/* What kind of character a code point is: a set of these bits. Spaces and invisible characters have no other bit; none
 * is set for what is not assigned and for surrogates. */
enum point_class {
    POINT_LETTER = 1,        /* L* */
    POINT_MARK = 2,          /* M* */
    POINT_NUMBER = 4,        /* N* */
    POINT_HAN = 8,           /* script Han */
    POINT_SPACE = 16,        /* White_Space: Zs, tab, line terminators, U+000B, U+000C */
    POINT_INVISIBLE = 32,    /* default ignorable, zero-width, private use, other controls */
    POINT_SENTENCE = 64,     /* ends a sentence or clause in either width and in other scripts: 。！？；…!?; */
    POINT_PUNCTUATION = 128, /* P*, S* */
};
unsigned point_class(uint32_t point);

/* The matching form of a line: what rules see. Full, half width, small and vertical forms become the plain ones (！ to
 * ～ become ASCII), quotation marks of all kinds but ' become ", dashes and minus signs -, vertical bars |, 〜 becomes
 * ~, decimal digits ASCII; letters as in the fold key: lower case, simplified. Spaces of all kinds become one space for
 * each run, invisible characters are dropped, both ends trimmed. Everything else stays: 。、…《》①㈠Ⅷ. Written as UTF-8
 * with a map back. */
struct match_line {
    char *text;       /* NUL-terminated; owned */
    uint32_t *origin; /* origin[i]: offset in the source line of the character that byte i of text came from;
                         origin[length]: the end of the last character. Owned. */
    uint32_t length;
    size_t capacity;
};

void match_line_init(struct match_line *line);
void match_line_release(struct match_line *line);
/* Replaces the content of `line` by the matching form of `text` (valid UTF-8, one line). Errors: MEMORY. */
DEDUP_NODISCARD dedup_status match_line_set(struct match_line *line, const char *text, size_t length,
                                            dedup_error *error);
/* Whether the matching form of a character (a code point up to U+10FFFF, no space) is that character. */
bool match_keeps(uint32_t point);

#endif
