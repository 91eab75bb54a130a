/* What is looked at to learn from a line: hashes of the line and of its parts, and what speaks for a template. */
#ifndef DEDUP_CLEAN_LEARN_TEXT_H
#define DEDUP_CLEAN_LEARN_TEXT_H

#include "clean/gate.h"
#include "text/document.h"

/* Where a line stands. The same line is counted apart in each zone. */
enum learn_zone { LEARN_HEAD = 0, LEARN_TAIL, LEARN_MIDDLE, LEARN_ZONES };

/* What recurs. A frame is what is left of a line's fold key without addresses and with one 0 for every number: two
 * lines that differ in a date or a link have the same. */
enum learn_form {
    LEARN_LINE = 0, /* the whole fold key */
    LEARN_FRAME,    /* the whole frame, where it differs from the key */
    LEARN_PREFIX,   /* the beginning of the frame, of one of the lengths below */
    LEARN_SUFFIX,   /* its end */
    LEARN_LABEL,    /* what stands before the first colon */
    LEARN_FORMS
};

enum {
    LEARN_STEPS = 9,           /* lengths of prefixes and suffixes */
    LEARN_LABEL_LONGEST = 8,   /* code points */
    LEARN_LINE_LONGEST = 2000, /* code points; longer lines are not looked at */
    LEARN_MARKS = 3 + 2 * LEARN_STEPS,
};
extern const uint32_t learn_steps[LEARN_STEPS]; /* code points, ascending */

/* The hash of one thing that may recur. Its low bits tell form, zone and length, so hashes of different kinds never
 * meet. */
enum { LEARN_POINTS = 256 };
uint64_t learn_hash(const uint32_t *points, size_t count, enum learn_form form, enum learn_zone zone);
/* Its length if that is below LEARN_POINTS, else 0. */
static inline uint32_t learn_points_of(uint64_t hash)
{
    return (uint32_t)(hash >> 5 & (LEARN_POINTS - 1));
}
static inline enum learn_form learn_form_of(uint64_t hash)
{
    return (enum learn_form)(hash & 7);
}
static inline enum learn_zone learn_zone_of(uint64_t hash)
{
    return (enum learn_zone)(hash >> 3 & 3);
}

/* Words in which notices and credits are written, in the form of the fold key. */
enum learn_word {
    WORD_NOTICE = 1, /* speaks for a notice: 关注, 扫码, 转载 */
    WORD_STRONG = 2, /* is hardly found elsewhere: 公众号, 免责声明 */
    WORD_CREDIT = 4, /* names who made a text and where it comes from: 作者, 来源 */
};
/* Adds to the gate what these words begin with. */
void learn_words_open(struct gate *gate);
/* Lists of the words that begin alike. */
enum { LEXICON_LISTS = 256, LEXICON_WORDS = 128 };
struct learn_lexicon {
    uint8_t first[LEXICON_LISTS], next[LEXICON_WORDS]; /* numbers of words, from 1; 0 ends a list */
};
void learn_lexicon_init(struct learn_lexicon *lexicon);
/* The kinds of words that stand in a key: a set of enum learn_word. `map`: of a gate with the words, with the key at
 * its place `begin`; NULL: every point may begin one. */
unsigned learn_words(const struct learn_lexicon *lexicon, const struct place_map *map, size_t begin,
                     const uint32_t *points, size_t count);

/* Where an address, or the target of a Markdown link, that begins at `text` ends; `text` itself when none does. */
const char *learn_behind_address(const char *text, const char *end);

/* A line as it is looked at. */
struct learn_line {
    const char *text;
    uint32_t length;
    const uint32_t *key; /* its fold key */
    uint32_t key_count;
    uint32_t flags;        /* of text_line */
    unsigned words;        /* kinds of words in it: a set of enum learn_word */
    uint32_t label;        /* code points of the label at the start of the key; 0: none */
    bool value;            /* something stands behind the colon */
    struct fold_key frame; /* after learn_line_frame; owned */
    struct learn_lexicon lexicon;
};

void learn_line_init(struct learn_line *line);
void learn_line_release(struct learn_line *line);
/* Takes line `number` of a document, all but its frame. `map`: of the document's key, see learn_words. */
void learn_line_set(struct learn_line *line, const struct text_document *document, const struct place_map *map,
                    size_t number);
/* Makes the frame. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status learn_line_frame(struct learn_line *line, dedup_error *error);
/* Writes the hashes of the line in a zone to `marks` and returns how many there are. Its parts and its frame are among
 * them when it has words; then the frame must have been made. */
size_t learn_line_marks(const struct learn_line *line, enum learn_zone zone, uint64_t marks[LEARN_MARKS]);

/* Letters of a key that are not digits, counted up to `most`. */
uint32_t learn_letters(const uint32_t *points, size_t count, uint32_t most);
/* True when more than half of a key is ASCII. */
bool learn_is_ascii(const uint32_t *points, size_t count);

#endif
