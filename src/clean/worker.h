/* What one thread needs to clean, and the steps that share it. Internal to this room. */
#ifndef DEDUP_CLEAN_WORKER_H
#define DEDUP_CLEAN_WORKER_H

#include "clean/cleaner.h"
#include "clean/learned_rules.h"
#include "clean/line_memo.h"
#include "clean/rules.h"
#include "text/recode.h"

struct dedup_cleaner {
    dedup_clean_level level;
    struct rule_set rules;
};

/* A reading in brackets behind a character. */
struct annotation {
    uint32_t begin, end; /* bytes of the bracket, both marks included */
    uint32_t line;
    uint32_t point;   /* the character in front of it */
    uint64_t reading; /* hash of the syllable */
    bool known;       /* the table has this reading for it */
};

/* A reading without its opening bracket, between the bytes of characters. */
struct shift {
    uint32_t line, at;
};

/* What the zones know of a line. */
enum line_kind {
    KIND_LIVE = 1,    /* still counts */
    KIND_KNOWN = 2,   /* live, and a word or bar of controls (class Z) */
    KIND_CONTROL = 4, /* known, a word of menus (class M), or taken by a rule before */
    KIND_PROSE = 8,
    KIND_SHORT = 16, /* live, few letters, no end of a sentence */
    KIND_LINE = 32,  /* live, no end of a sentence, could be a headline */
    KIND_TEXT = 64,  /* live, and markup of content: heading, list item, table row, code */
    KIND_CALL = 128, /* live, could be a headline but for the ! or ? in it */
};

/* A line of a table. */
struct cell {
    uint64_t hash; /* of its fold key */
    uint32_t line;
    bool figure;
};

enum note_flag {
    NOTE_LINK = 1,  /* has a link of Markdown: "](http" */
    NOTE_LATIN = 2, /* has a character that begins with C2 or C3 in UTF-8 */
};

/* What find_candidates finds out about a line. */
struct line_note {
    uint64_t marks;    /* of its matching form: those of the signs of the rule set, and what any line has */
    uint32_t end;      /* its candidates are those before this one, from the end of the line before on */
    uint32_t patterns; /* their classes: a set of enum rule_class */
    uint32_t forms;    /* classes of the forms that its key equals */
    uint32_t flags;    /* set of enum note_flag */
    uint32_t memory;   /* place in the memo, from 1; 0: the line is not remembered */
};

struct clean_worker {
    const dedup_cleaner *cleaner;
    dedup_clean_level level;
    pcre2_match_data *match;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
    /* The matching form of the stretch of a line that is being matched. */
    struct folded {
        struct match_line line;
        uint32_t begin, end; /* bytes of the document's text; equal when there is none */
        uint32_t characters;
    } folded;
    struct place_map marks;       /* scratch: signs of a stretch */
    struct place_map signs;       /* of the document: where signs of the rule set are in its text */
    struct prefilter_scan scan;   /* of its key */
    struct prefilter_scan part;   /* scratch: of a stretch of a line */
    struct line_note *line_notes; /* of its lines; owned */
    size_t note_capacity;
    uint32_t *noted; /* the lines that may be anything but blank or plain prose, in order; owned */
    size_t noted_count, noted_capacity;
    uint32_t *candidates; /* patterns whose literals the lines have, for each in the order of the packs; owned */
    size_t candidate_count, candidate_capacity;
    struct line_memo memo; /* at this level */
    uint32_t *repairs;     /* bytes of the text at which repairs may begin, in order; owned */
    size_t repair_count, repair_capacity;
    struct prefilter_hits hits; /* of the line that is being matched */
    struct fold_key key;        /* scratch */
    struct annotation *annotations;
    size_t annotation_count, annotation_capacity;
    struct shift *shifts;
    size_t shift_count, shift_capacity;
    struct recoder *recoder;      /* NULL until needed */
    bool no_recoder;              /* this system cannot make one */
    dedup_buffer bytes, repaired; /* scratch of repairs */
    uint32_t *byte_origin;        /* scratch of mojibake.c */
    size_t byte_origin_capacity;
    uint32_t *lines; /* scratch: line numbers */
    size_t line_capacity;
    struct cell *cells; /* scratch of cells.c */
    size_t cell_capacity;
    unsigned char *kinds; /* per line: set of enum line_kind */
    size_t kind_capacity;
    const struct learned_source *learned; /* of the source of the document; NULL: nothing */
    struct learn_line learn_line;         /* scratch */
    struct edge *edges;                   /* scratch of learned_cut.c */
    size_t edge_capacity;
    struct learn_notes notes; /* about the document */
    bool head;                /* the line that is matched stands between title and text */
    bool technical;           /* the document shows code, so lines that look like code are content */
    bool markdown; /* the document is written in Markdown: addresses of pictures, tags and references are content */
};

/* Text of a line, without its terminator. */
static inline const char *line_text(const struct text_document *document, size_t line)
{
    return document->text + document->lines[line].begin;
}

static inline uint32_t line_length(const struct text_document *document, size_t line)
{
    return document->lines[line].end - document->lines[line].begin;
}

/* A line that still counts: not blank, not removed. */
static inline bool line_live(const struct text_document *document, size_t line)
{
    return (document->lines[line].flags & (LINE_BLANK | LINE_REMOVED)) == 0;
}

/* A line that rules may look at: live, and not code that the document is about. */
static inline bool line_open(const struct clean_worker *worker, const struct text_document *document, size_t line)
{
    uint32_t closed = LINE_BLANK | LINE_REMOVED | LINE_FENCED | (worker->technical ? LINE_CODE : 0);
    return (document->lines[line].flags & closed) == 0;
}

/* Whether a rule takes lines like the one that is matched. */
static inline bool rule_works(const struct clean_worker *worker, size_t rule)
{
    const struct rule *one = &worker->cleaner->rules.rules[rule];
    return one->on && (worker->head ? one->head : one->level) <= worker->level;
}

/* Whether a rule takes lines somewhere in a document. */
static inline bool rule_may_work(const struct clean_worker *worker, size_t rule)
{
    const struct rule *one = &worker->cleaner->rules.rules[rule];
    return one->on && (one->head < one->level ? one->head : one->level) <= worker->level;
}

/* The open patterns of rules of the classes, but for metadata. */
static inline const struct open_patterns *open_for(const struct rule_set *set, uint32_t classes)
{
    return &set->open[classes & CLASS_A ? OPEN_ANYWHERE : OPEN_ZONE];
}

/* Whether one of them may match a line. */
static inline bool open_may_match(const struct clean_worker *worker, const struct text_document *document, size_t line,
                                  uint32_t classes)
{
    const struct open_patterns *open = open_for(&worker->cleaner->rules, classes);
    return open->marks & worker->line_notes[line].marks && document->lines[line].key_count <= open->limit;
}

/* Searches a fresh document: fills signs, scan, notes, candidates, repairs and noted. To be done before its lines are
 * matched, when worker->technical is known. Lines that are not open get no candidates. A line that is not among those
 * noted is blank, or open prose in which rules and repairs find nothing: no step but the search for learned lines looks
 * at its text. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status find_candidates(struct clean_worker *worker, const struct text_document *document,
                                             dedup_error *error);
/* Makes hits of the candidates of a line whose rules are of these classes. */
void take_candidates(struct clean_worker *worker, size_t line, uint32_t classes);

/* The rule of one of the classes (a set of enum rule_class) that takes this whole line; *found is false when none
 * does. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status match_whole_line(struct clean_worker *worker, const struct text_document *document,
                                              size_t line, uint32_t classes, size_t *rule, bool *found,
                                              dedup_error *error);
/* A line that is a row of forms of class A or Z with marks or wide spaces between them: a bar of buttons or links. The
 * rule of its first form takes it. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status match_bar(struct clean_worker *worker, const struct text_document *document, size_t line,
                                       size_t *rule, bool *found, dedup_error *error);
/* The rule of one of the classes whose form, not pattern, equals the key of a line that was open when the document was
 * searched; false when there is none. */
bool match_form(const struct clean_worker *worker, const struct text_document *document, size_t line, uint32_t classes,
                size_t *rule);

/* Makes worker->folded that of [begin, end) of the document's text, if it is not already. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status fold_stretch(struct clean_worker *worker, const struct text_document *document,
                                          uint32_t begin, uint32_t end, dedup_error *error);
/* Runs a pattern over worker->folded from byte `start` on. A built-in rule that takes too many
 * steps does not match. Errors: LIMIT (a rule of the user takes too many steps), MEMORY. */
DEDUP_NODISCARD dedup_status match_pattern(struct clean_worker *worker, const struct rule_pattern *pattern,
                                           uint32_t start, uint32_t options, bool *found, dedup_error *error);

/* A stretch of a line. */
struct fragment {
    uint32_t begin, end; /* bytes of the document's text */
    size_t rule;
};
/* A fragment (class F) at the start, at the end or inside of [begin, end) of line `number`. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status match_fragment(struct clean_worker *worker, const struct text_document *document,
                                            size_t number, uint32_t begin, uint32_t end, struct fragment *fragment,
                                            bool *found, dedup_error *error);

/* True for a line that begins or looks like markup of content: a Markdown heading, a row of a table, ASCII text that is
 * indented like code. Whole-line rules do not take it. */
bool is_markup(const char *text, uint32_t length);

/* Cuts [begin, end) of line `line`, or all of it, by a rule. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status cut_part(struct text_document *document, size_t line, uint32_t begin, uint32_t end,
                                      size_t rule, const char *replacement, size_t replacement_length,
                                      dedup_error *error);
DEDUP_NODISCARD dedup_status cut_line(struct text_document *document, size_t line, size_t rule, dedup_error *error);

/* Cuts a line that the zones take; `worker->kinds` is filled. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status cut_zone_line(struct clean_worker *worker, struct text_document *document, size_t line,
                                           size_t rule, struct clean_outcome *outcome, dedup_error *error);
/* Cuts the threads of comments below the first prose; `worker->kinds` is filled. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status cut_comments(struct clean_worker *worker, struct text_document *document,
                                          struct clean_outcome *outcome, dedup_error *error);
/* True for a line with a name and a value, or the name alone: "标 题：渡口往事". A colon behind a digit tells the time.
 */
bool has_label(const struct text_document *document, size_t line);
/* True when a third of the live lines of [begin, end) have a label. */
bool is_facts(const struct clean_worker *worker, const struct text_document *document, size_t begin, size_t end);
/* Makes content of names with their values that stand in a row. `lines`: of kind KIND_LINE or KIND_CALL, at most. */
void keep_facts(const struct clean_worker *worker, const struct text_document *document, size_t lines);
/* Cuts long tables that were written one cell a line; `worker->kinds` is filled. `lines`: as above. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status cut_cells(struct clean_worker *worker, struct text_document *document, size_t lines,
                                       struct clean_outcome *outcome, dedup_error *error);

/* Cuts bylines and times from the lines above `begin`, the first of the body. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status cut_bylines(struct clean_worker *worker, struct text_document *document, size_t begin,
                                         struct clean_outcome *outcome, dedup_error *error);
/* Cuts the last line when it is tags that are glued to one word, `end` being the end of the body. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status cut_tags(struct clean_worker *worker, struct text_document *document, size_t end,
                                      struct clean_outcome *outcome, dedup_error *error);

/* A closer look at a sign: false where no repair begins. */
bool repair_may_begin(const char *text, uint32_t at, uint32_t length);
/* Repairs inside lines: invisible characters, entities, pinyin. */
DEDUP_NODISCARD dedup_status repair_lines(struct clean_worker *worker, struct text_document *document, bool *changed,
                                          dedup_error *error);
/* Makes worker->recoder when there is none yet; *ready is false when this system cannot. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status worker_need_recoder(struct clean_worker *worker, bool *ready, dedup_error *error);
/* Replaces lines that were read in the wrong encoding. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status repair_mojibake(struct clean_worker *worker, struct text_document *document, bool *changed,
                                             dedup_error *error);
/* The length of the syllable with one tone mark at text[0] that a closing bracket follows; 0 for anything else. */
size_t read_syllable(const char *text, size_t length);
/* The length of a reading whose opening bracket is lost ("?q\u016b)") at text[0]; 0 for anything else. */
size_t pinyin_shift_length(const char *text, size_t length);
/* Notes such a reading at text[at]; repairs all of them, once the document shows the converter. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status pinyin_shift_note(struct clean_worker *worker, const struct text_document *document,
                                               size_t line, uint32_t at, dedup_error *error);
DEDUP_NODISCARD dedup_status pinyin_shift_cut(struct clean_worker *worker, struct text_document *document,
                                              bool *changed, dedup_error *error);
/* Notes a bracket at text[at] that may be a reading; decides about all of them. */
DEDUP_NODISCARD dedup_status pinyin_note(struct clean_worker *worker, const struct text_document *document, size_t line,
                                         uint32_t at, dedup_error *error);
DEDUP_NODISCARD dedup_status pinyin_cut(struct clean_worker *worker, struct text_document *document, bool *changed,
                                        dedup_error *error);

/* Cuts what the worker has learned about its source. */
DEDUP_NODISCARD dedup_status cut_learned(struct clean_worker *worker, struct text_document *document,
                                         struct clean_outcome *outcome, dedup_error *error);

/* Takes rule cuts back when they hurt (see cleaner.h) and says whether it did. */
bool govern(const struct clean_worker *worker, struct text_document *document);

#endif
