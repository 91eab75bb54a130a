/* Marks: a few samples of a text that are looked up among those of all others, to find the texts that contain it.
 *
 * A mark is a link: two samples with none between them, as one number. Most single shingles of 5 characters stand in
 * other texts too; a link covers some 20 and stands in copies only (compare the k-min-mers of Ekim, Berger and Chikhi
 * 2021). A share c of a text cannot stand in another one in many pieces, because each place where two pieces meet costs
 * at least SHINGLE_LENGTH - 1 shingles; so most links hold. Where c is so small that pieces may be short, the marks are
 * single samples. */
#ifndef DEDUP_MATCH_MARKS_H
#define DEDUP_MATCH_MARKS_H

#include "match/match.h"

enum { MARKS_MAXIMUM = 192 };

struct mark_plan {
    unsigned most; /* marks of a text; 0: none are looked for */
    bool linked;
    double containment;
    /* Of n marks, so many are found in a text that contains the share `containment`, but for a chance of 1e-4. */
    uint8_t likely[MARKS_MAXIMUM + 1];
};

void mark_plan_init(struct mark_plan *plan, double containment);

/* How many marks a text with so many samples has. */
size_t mark_plan_count(const struct mark_plan *plan, size_t samples);
/* How many of `marks` a text of so many shingles needs to have in another one that contains it; 0: perhaps none are
 * left there, so that others have to be looked for. */
size_t mark_plan_needed(const struct mark_plan *plan, size_t marks, size_t shingles);
/* How many of so many shingles may be missing in a text that contains the share `containment` of them. */
size_t mark_plan_missing(const struct mark_plan *plan, size_t shingles);

/* Scratch for marks of one text after the other; all zero at first. */
struct mark_chooser {
    uint8_t *seen;    /* whether a sample was met, by some of its bits, in the text of that number */
    uint8_t number;
    uint32_t *all;
    size_t all_capacity;
};

void mark_chooser_release(struct mark_chooser *chooser);

/* Writes the marks of a text to `marks` (up to MARKS_MAXIMUM), evenly from its samples, and returns how many they are,
 * each of them once. *repeats: how many of the samples are repeats, or a few more. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status marks_choose(const struct mark_plan *plan, struct mark_chooser *chooser,
                                          const uint32_t *samples, size_t count, uint32_t *marks, size_t *chosen,
                                          size_t *repeats, dedup_error *error);

/* Two samples with none between them as one number. */
static inline uint32_t mark_link(uint32_t first, uint32_t second)
{
    return first * UINT32_C(0x9e3779b1) + second;
}

/* No more than the different shingles of a text with so many shingles and samples, as far as its samples tell; chance
 * leaves it too high for one in ten of the texts that have about as many repeats as it allows for. */
double marks_distinct(size_t shingles, size_t samples, size_t repeats);

#endif
