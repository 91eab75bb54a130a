/* The pattern language of rule packs: PCRE2 over match lines, with three conveniences.
 *
 *   a space       up to three characters that are neither letters nor digits nor end a sentence, or none: "扫码 关注"
 * also matches "扫码，关注" and "扫码关注"; inside [] it is a space {name}        a slot: a named piece of pattern, put
 * in as a group any script    letters outside ASCII are folded as match lines are: （ and 讀 may be written as they
 * appear
 *
 * A whole-line pattern is anchored at both ends, where up to 12 characters of punctuation may stand. */
#ifndef DEDUP_CLEAN_PATTERN_H
#define DEDUP_CLEAN_PATTERN_H

#include "base/arena.h"
#include "dedup/buffer.h"
#include "text/fold.h"

/* Named pieces of pattern, expanded when they are defined. */
struct slot_table {
    struct slot {
        const char *name, *text; /* in the arena, NUL-terminated */
    } * slots;                   /* owned */
    size_t count, capacity;
};

/* Where in a line a pattern must match. */
enum pattern_place {
    PLACE_LINE = 0, /* the whole line */
    PLACE_END, /* a fragment at the end, after a sentence end, a closing bracket or quote, a space, or from the start */
    PLACE_START,  /* a fragment at the start */
    PLACE_INSIDE, /* a fragment anywhere */
};

/* Defines a slot, in place of one of the same name. Errors: MEMORY, FORMAT. */
DEDUP_NODISCARD dedup_status slot_define(struct slot_table *table, struct arena *arena, const char *name,
                                         size_t name_length, const char *text, size_t length, dedup_error *error);

/* Appends the PCRE2 form of a pattern, anchors not included. Errors: MEMORY, LIMIT, FORMAT (unknown slot). */
DEDUP_NODISCARD dedup_status pattern_expand(const struct slot_table *table, const char *text, size_t length,
                                            dedup_buffer *out, dedup_error *error);
/* Appends the expanded form with the anchors of its place. Errors as above. */
DEDUP_NODISCARD dedup_status pattern_anchor(const char *expanded, size_t length, enum pattern_place place,
                                            dedup_buffer *out, dedup_error *error);

#endif
