/* Cleaning one text: boilerplate of scraped articles by rule packs.
 *
 *     dedup_cleaner *cleaner;
 *     dedup_cleaner_create(DEDUP_CLEAN_SAFE, &cleaner, &error);
 *     dedup_cleaner_clean(cleaner, text, length, &kept, NULL, NULL, &error);
 *     dedup_cleaner_free(cleaner);
 *
 * A cleaner is immutable once it is used and may be shared by threads. */
#ifndef DEDUP_CLEAN_H
#define DEDUP_CLEAN_H

#include <stdbool.h>

#include "dedup/buffer.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum dedup_clean_level {
    DEDUP_CLEAN_OFF = 0,
    DEDUP_CLEAN_SAFE = 1,      /* structural repairs, whole-line rules, bare words in the head and tail zone */
    DEDUP_CLEAN_STANDARD = 2,  /* also glued fragments, related-article blocks, comments, bylines between title and
                                  text, lines learned per source */
    DEDUP_CLEAN_AGGRESSIVE = 3 /* also other bylines, captions, tags, short unpunctuated lines in the zones, tables that
                                  were written one cell a line */
} dedup_clean_level;

typedef struct dedup_cleaner dedup_cleaner;

/* A cleaner with the built-in rule packs. The caller frees it. Errors: MEMORY, FORMAT (a pack is broken). */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_cleaner_create(dedup_clean_level level, dedup_cleaner **out,
                                                            dedup_error *error);
DEDUP_API void dedup_cleaner_free(dedup_cleaner *cleaner); /* NULL is fine */

/* Adds the rules of a pack, `name` being what messages call it. Format: README. After a failure the cleaner can only be
 * freed. Errors: MEMORY, FORMAT (names pack and line). */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_cleaner_add_pack(dedup_cleaner *cleaner, const char *name,
                                                              const char *text, size_t length, dedup_error *error);
/* The same with the pack in a file, `path` being its name. Errors: also READ, LIMIT (64 MiB). */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_cleaner_add_file(dedup_cleaner *cleaner, const char *path,
                                                              dedup_error *error);
/* Switches a rule (by id), a family (id up to a dot) or a class (one letter) on or off. Errors: ARGUMENT (unknown). */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_cleaner_switch(dedup_cleaner *cleaner, const char *what, bool on,
                                                            dedup_error *error);

/* A rule. Strings are NUL-terminated and live as long as the cleaner. */
typedef struct dedup_rule {
    const char *id;   /* "app.open-read" */
    const char *pack; /* pack that holds it; "" for rules that are code */
    size_t line;      /* of the pack */
    char kind; /* class: A whole line anywhere, Z in head and tail, M word of menus, B block in the tail, F fragment, O
                  metadata, S structural */
    dedup_clean_level level; /* lowest level at which it works */
    bool on;
} dedup_rule;

DEDUP_API size_t dedup_cleaner_rule_count(const dedup_cleaner *cleaner);
/* Rule `index`, below the count. */
DEDUP_API void dedup_cleaner_rule(const dedup_cleaner *cleaner, size_t index, dedup_rule *out);

/* An example of a pack that does not hold: a `match` that stays, or a `keep` that loses something. */
typedef struct dedup_example {
    const char *rule, *pack; /* NUL-terminated */
    size_t line;             /* of the pack */
    bool keep;
    const char *text; /* not NUL-terminated */
    size_t length;
    const char *taken_by; /* rule that took a part of a `keep`; NULL for a `match` */
} dedup_example;
typedef void dedup_example_callback(void *context, const dedup_example *example);

/* Tries all examples of the packs, each at the levels at which it must hold, and reports those that do not. *tried gets
 * the number of examples, *failed that of reports. Errors: MEMORY, ARGUMENT (the cleaner is off). */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_cleaner_test(const dedup_cleaner *cleaner, size_t *tried, size_t *failed,
                                                          dedup_example_callback *callback, void *context,
                                                          dedup_error *error);

/* One thing that was removed from a text, or replaced. Strings are not NUL-terminated and live during the call only. */
typedef struct dedup_removal {
    const char *rule;        /* id of the rule, NUL-terminated: "app.open", "repeat.block", "blank" */
    size_t begin, end;       /* bytes of the text */
    const char *replacement; /* what took its place; NULL when nothing did */
    size_t replacement_length;
} dedup_removal;
typedef void dedup_removal_callback(void *context, const dedup_removal *removal);

/* Appends what is left of `text` (UTF-8) to `kept`, repeats inside the text included in what is removed, and reports
 * every removal in order of place when `callback` is not NULL. Errors: MEMORY, LIMIT, FORMAT (text is not UTF-8). */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_cleaner_clean(const dedup_cleaner *cleaner, const char *text,
                                                           size_t length, dedup_buffer *kept,
                                                           dedup_removal_callback *callback, void *context,
                                                           dedup_error *error);

/* Why a rule that knows a line left it, the most telling first. */
typedef enum dedup_obstacle {
    DEDUP_OBSTACLE_NONE = 0, /* no rule knows the line */
    DEDUP_OBSTACLE_RESTORED, /* rules would have taken too much of the prose of this text, so all of it stayed */
    DEDUP_OBSTACLE_ZONE,     /* where the line stands it is content: the rule works in head, tail or menus only */
    DEDUP_OBSTACLE_CONTENT,  /* markup or code */
    DEDUP_OBSTACLE_REST,     /* the rule takes a fragment, and too little of the line would be left */
    DEDUP_OBSTACLE_LENGTH,   /* the line is longer than the rule takes */
    DEDUP_OBSTACLE_LEVEL,    /* the rule works from a higher level on */
    DEDUP_OBSTACLE_OFF       /* the rule is switched off */
} dedup_obstacle;

/* What became of one line. Strings live during the call only; `text` and `kept` are not NUL-terminated. */
typedef struct dedup_line {
    size_t number;    /* from 1 */
    const char *text; /* without its line end */
    size_t length;
    const char *kept; /* what is left of it */
    size_t kept_length;
    const char *rules; /* ids of (up to 8) rules that took or changed it, ", " between; "" when it stayed as it was */
    bool removed;
    dedup_obstacle obstacle; /* why a rule that knows the line left it */
    dedup_rule near_by;      /* that rule; zeroed for DEDUP_OBSTACLE_NONE */
} dedup_line;
typedef void dedup_line_callback(void *context, const dedup_line *line);

/* Cleans `text` as dedup_cleaner_clean does and tells of every line, in order, what became of it and why. Errors:
 * MEMORY, LIMIT, FORMAT (text is not UTF-8). */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_cleaner_explain(const dedup_cleaner *cleaner, const char *text,
                                                             size_t length, dedup_line_callback *callback,
                                                             void *context, dedup_error *error);

#ifdef __cplusplus
}
#endif
#endif
