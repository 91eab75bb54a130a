/* The generated tables of the fold key, of the matching form and of point classes (fold_table.inc). */
#ifndef DEDUP_TEXT_FOLD_TABLE_H
#define DEDUP_TEXT_FOLD_TABLE_H

#include <stdint.h>

/* The versions of the data that the tables were made of. */
extern const char fold_table_sources[];

/* Code points below U+10000. fold_near[p] is the key of p: a code point from FOLD_KEPT on and below FOLD_SPECIAL;
 * below, p is dropped, and the value says what it is; from FOLD_SPECIAL on it is not that simple. Behind the first
 * 65536 values stand the pages of 128 that the matching form does not share with the key: the matching form of p is
 * fold_near[match_near[p / 128] * 128 + p % 128], FOLD_DROPPED when it is dropped, otherwise with the same meaning. */
enum fold_value {
    FOLD_DROPPED = 0,
    FOLD_SENTENCE = 1, /* ends a sentence: POINT_SENTENCE outside ASCII */
    FOLD_SYMBOL = 2,   /* ASCII punctuation but for # and *, with which Markdown marks headings and emphasis */
    FOLD_STOP = 3,     /* such a symbol that may end a sentence: . ! ? ; */
    FOLD_KEPT = 4,
    FOLD_SPECIAL = 0xd800,
    FOLD_BREAK = 0xd800,  /* a line terminator; dropped */
    FOLD_FAR = 0xd801,    /* a surrogate, as which kernels read what is above U+FFFF */
    FOLD_EXPAND = 0xd802, /* + i: expansion i */
};
enum { FOLD_FAR_POINT = 0xd800 /* a surrogate */, FOLD_PAGE = 128 };
extern const uint16_t fold_near[];
extern const uint16_t match_near[512];

/* Code points from U+10000 on: fold_far and match_far name the page of p; its value is added to p, is FOLD_FAR_DROP, or
 * FOLD_FAR_EXPAND + i for expansion i. */
enum { FOLD_FAR_DROP = -(1 << 30), FOLD_FAR_EXPAND = 1 << 30 };
extern const int32_t fold_far_pages[][FOLD_PAGE];
extern const uint16_t fold_far[8192];
extern const uint16_t match_far[8192];

/* Expansion i: fold_expansion_points[fold_expansion_start[i]] up to start[i + 1]. Also holds the single
 * targets that are no value of fold_near. */
enum { FOLD_LONGEST = 18 };
extern const uint32_t fold_expansion_points[];
extern const uint16_t fold_expansion_start[];

extern const uint8_t class_pages[][FOLD_PAGE];
extern const uint8_t class_stage[8704];

static inline int32_t fold_near_look_up(uint32_t value, uint32_t *target)
{
    *target = value;
    return value >= FOLD_EXPAND ? (int32_t)value - FOLD_EXPAND : -1;
}

static inline int32_t fold_far_look_up(const uint16_t *index, uint32_t point, uint32_t *target)
{
    int32_t value = fold_far_pages[index[(point - 0x10000) / FOLD_PAGE]][point % FOLD_PAGE];
    *target = value == FOLD_FAR_DROP ? 0 : (uint32_t)((int32_t)point + value);
    return value >= FOLD_FAR_EXPAND ? value - FOLD_FAR_EXPAND : -1;
}

/* The key of `point` (up to U+10FFFF): the index of an expansion, or -1 and *target is the key, 0 when it is dropped.
 * `point` is not a line terminator. */
static inline int32_t fold_look_up(uint32_t point, uint32_t *target)
{
    if (point < 0x10000)
        return fold_near_look_up(fold_near[point], target);
    return fold_far_look_up(fold_far, point, target);
}

/* The same of the matching form. */
static inline int32_t match_look_up(uint32_t point, uint32_t *target)
{
    if (point < 0x10000)
        return fold_near_look_up(fold_near[match_near[point / FOLD_PAGE] * FOLD_PAGE + point % FOLD_PAGE], target);
    return fold_far_look_up(match_far, point, target);
}

/* enum point_class bits of a code point up to U+10FFFF. */
static inline unsigned class_of_point(uint32_t point)
{
    return class_pages[class_stage[point / FOLD_PAGE]][point % FOLD_PAGE];
}

#endif
