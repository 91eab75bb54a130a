/* The rules of a cleaner: built-in ones, and those of rule packs, compiled. */
#ifndef DEDUP_CLEAN_RULES_H
#define DEDUP_CLEAN_RULES_H

#include "clean/code.h"
#include "clean/pattern.h"
#include "clean/prefilter.h"
#include "clean/signs.h"
#include "dedup/clean.h"

enum {
    RULE_LIMIT_DEFAULT = 60, /* characters of a line that a pattern may take when the rule does not say */
    RULE_LIMIT_MAXIMUM = 1000,
    RULE_STEPS_MAXIMUM = 200000, /* of one match; ends any pattern on any line within a millisecond or so */
    RULE_REST_DEFAULT = 10,      /* letters that a fragment leaves when the rule does not say */
    RULE_LIMIT_OPEN = 40,        /* the same for patterns that require neither literal nor mark; metadata excepted */
    RULE_ID_MAXIMUM = 63,
    FORM_BITS = 1 << 15,
    FORM_LEADS = 1 << 14,
};

/* Sets of classes of rules; a rule is of one. */
enum rule_class {
    CLASS_A = 1 << ('A' - 'A'),
    CLASS_B = 1 << ('B' - 'A'),
    CLASS_F = 1 << ('F' - 'A'),
    CLASS_M = 1 << ('M' - 'A'),
    CLASS_O = 1 << ('O' - 'A'),
    CLASS_Z = 1 << ('Z' - 'A'),
};
static inline uint32_t class_of(char kind)
{
    return UINT32_C(1) << (kind - 'A');
}

/* Rules that are code. Their places in the set are these values. */
enum builtin_rule {
    RULE_INVISIBLE = 0,  /* repair.invisible: zero-width, soft hyphen, private use */
    RULE_ENTITY,         /* repair.entity: HTML entities */
    RULE_MOJIBAKE,       /* repair.mojibake: lines that were read in the wrong encoding */
    RULE_PINYIN,         /* repair.pinyin: readings put behind converted characters */
    RULE_IMAGE,          /* structure.image: image placeholders of Markdown */
    RULE_NUMBER,         /* structure.number: the numbers 1..N of paragraphs on lines of their own */
    RULE_TITLE,          /* structure.title: the title a second time above the text */
    RULE_CONTROLS,       /* structure.controls: zone words in a row, wherever they stand */
    RULE_MENU,           /* zone.menu: short lines in a row, some of them known words of menus, outside of the body */
    RULE_RAIL,           /* zone.rail: the same without known words, and lists of headlines */
    RULE_COMMENTS,       /* zone.comments: a thread of comments below the text */
    RULE_CELLS,          /* zone.cells: long tables of figures, one cell a line */
    RULE_BYLINE,         /* zone.byline: the name of an account above its time */
    RULE_TAGS,           /* zone.tags: words of the text glued to one below it */
    RULE_SHORT,          /* zone.short: unpunctuated short lines in the zones */
    RULE_END,            /* fragment.end: "（完）" behind a sentence */
    RULE_LEARNED_LINE,   /* learned.line: a line that the source repeats */
    RULE_LEARNED_PREFIX, /* learned.prefix: a line that begins as others of the source do */
    RULE_LEARNED_SUFFIX, /* learned.suffix: a line that ends as others do */
    RULE_LEARNED_FIELD,  /* learned.field: a line of a block of credits */
    RULE_BUILTIN_COUNT
};

struct rule {
    const char *id;           /* NUL-terminated */
    const char *pack;         /* what messages call the pack; "" for built-in rules */
    uint32_t line;            /* of the pack */
    char kind;                /* class letter: A Z B F O; S for structural rules */
    bool on;                  /* switched on */
    bool built_in;            /* of a pack that is compiled in */
    dedup_clean_level level;  /* the lowest level at which it works */
    dedup_clean_level head;   /* the same between title and text */
    enum pattern_place place; /* PLACE_LINE but for fragments (F) */
    uint32_t limit;           /* longest line in characters */
    uint32_t rest;            /* fragments: letters that the line has left */
};

struct rule_pattern {
    struct pattern_code *code;
    uint32_t rule;
    bool open; /* requires no literal: is tried on every line that is short enough and has one of its marks */
    uint64_t marks[MARK_SETS]; /* see requirement */
};

/* A line that a rule takes when its fold key is equal. */
struct rule_form {
    uint64_t hash;
    const uint32_t *points; /* in the arena */
    uint32_t count;
    uint32_t rule;
};

struct rule_example {
    uint32_t rule;
    uint32_t line; /* of the pack */
    bool keep;     /* must stay; otherwise must go */
    const char *text;
    uint32_t length;
};

/* Patterns that require no literal, by the lines that they look at; metadata sees few and stands apart. */
enum rule_open { OPEN_ANYWHERE = 0, OPEN_ZONE, OPEN_METADATA, OPEN_COUNT };

struct rule_set {
    struct arena arena;
    bool trusted; /* patterns that are added are known to be valid, so they need not be compiled yet */
    struct slot_table slots;
    struct rule *rules;
    size_t rule_count, rule_capacity;
    struct rule_pattern *patterns;
    size_t pattern_count, pattern_capacity;
    struct open_patterns {
        uint32_t *patterns; /* owned */
        size_t count, capacity;
        uint32_t limit;      /* longest line that one of them takes */
        uint64_t marks;      /* a line that one of them takes has one of these */
    } open[OPEN_COUNT];      /* patterns that are open, by rule_open */
    struct rule_form *forms; /* sorted by hash after rule_set_build */
    size_t form_count, form_capacity;
    uint32_t form_longest; /* code points */
    /* After rule_set_build the bits of every form are set: form_bit of all of it, form_lead of its first letters. */
    uint64_t form_bits[FORM_BITS / 64], form_leads[FORM_LEADS / 64];
    struct rule_example *examples;
    size_t example_count, example_capacity;
    struct prefilter prefilter;    /* its gate is open to the words of notices too */
    struct sign_set signs;         /* the rarest marks that open patterns require, metadata excepted */
    struct sign_set pattern_signs; /* all marks that patterns require */
};

/* Makes a set of the built-in rules. Errors: MEMORY; the set needs no release then. */
DEDUP_NODISCARD dedup_status rule_set_init(struct rule_set *set, dedup_error *error);
void rule_set_release(struct rule_set *set);

/* Reads a pack (format: packs/README.md). On failure the set must be released. rule_set_build is to follow. Errors:
 * MEMORY, FORMAT ("name:line: what"). */
DEDUP_NODISCARD dedup_status rule_set_add_pack(struct rule_set *set, const char *name, const char *text, size_t length,
                                               dedup_error *error);
/* Makes forms and prefilter ready for use. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status rule_set_build(struct rule_set *set, dedup_error *error);

/* Parts of rules, for the pack reader. `rule` is the index that rule_set_add gave. Errors: MEMORY, FORMAT. */
DEDUP_NODISCARD dedup_status rule_set_add(struct rule_set *set, const struct rule *rule, size_t *index,
                                          dedup_error *error);
/* `needs`: literals that the pack gives by hand; NULL: found by literals_required. */
DEDUP_NODISCARD dedup_status rule_set_add_pattern(struct rule_set *set, size_t rule, const char *text, size_t length,
                                                  const struct requirement *needs, dedup_error *error);
DEDUP_NODISCARD dedup_status rule_set_add_form(struct rule_set *set, size_t rule, const char *text, size_t length,
                                               dedup_error *error);
DEDUP_NODISCARD dedup_status rule_set_add_example(struct rule_set *set, const struct rule_example *example,
                                                  dedup_error *error);

/* What tells most keys from those of forms at a look. */
static inline uint32_t form_bit(const uint32_t *points, size_t count)
{
    uint32_t sum = points[0] * GATE_FIRST + points[count - 1] * GATE_SECOND + (uint32_t)count * GATE_THIRD;
    return sum >> 8 & (FORM_BITS - 1);
}

/* Of the first two letters; `second` is 0 for a form of one. */
static inline uint32_t form_lead(uint32_t first, uint32_t second)
{
    return (first * GATE_FIRST + second * GATE_SECOND) >> 8 & (FORM_LEADS - 1);
}

/* False for a key that no form has. */
static inline bool rule_set_may_have(const struct rule_set *set, const uint32_t *points, size_t count)
{
    if (count == 0 || count > set->form_longest)
        return false;
    uint32_t bit = form_bit(points, count);
    return set->form_bits[bit / 64] >> bit % 64 & 1;
}

/* False for a key, which is not empty, that no form begins. */
static inline bool rule_set_may_begin(const struct rule_set *set, const uint32_t *points, size_t count)
{
    uint32_t one = form_lead(points[0], 0), two = count > 1 ? form_lead(points[0], points[1]) : one;
    return (set->form_leads[one / 64] >> one % 64 | set->form_leads[two / 64] >> two % 64) & 1;
}

/* The first form at or behind `from` with this key whose hash is `hash`; form_count when there is none. */
size_t rule_set_find_form(const struct rule_set *set, size_t from, uint64_t hash, const uint32_t *points, size_t count);

static inline enum rule_open rule_open(char kind)
{
    return kind == 'A' ? OPEN_ANYWHERE : kind == 'O' ? OPEN_METADATA : OPEN_ZONE;
}

static inline bool rule_active(const struct rule *rule, dedup_clean_level level)
{
    return rule->on && rule->level <= level;
}

#endif
