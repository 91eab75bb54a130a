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
    unsigned wanted; /* marks of a text, about; 0: none are looked for */
    bool linked;
    double containment;
    /* Of n marks, so many are found in a text that contains the share `containment`, but for a chance of 1e-4. */
    uint8_t likely[MARKS_MAXIMUM + 1];
};

void mark_plan_init(struct mark_plan *plan, double containment);

/* How many of `marks` a text of so many shingles needs to have in another one that contains it; 0: perhaps none are
 * left there, so that others have to be looked for. */
size_t mark_plan_needed(const struct mark_plan *plan, size_t marks, size_t shingles);
/* How many of so many shingles may be missing in a text that contains the share `containment` of them. */
size_t mark_plan_missing(const struct mark_plan *plan, size_t shingles);

/* A sample and the one `step` places behind it as one number: a link where this is 1, else (0) the sample alone. */
static inline uint32_t mark_value(const uint32_t *sample, unsigned step)
{
    return sample[0] * UINT32_C(0x9e3779b0) + sample[step];
}

/* The step, and how many values, numbers that may be marks, there are among `count` samples. */
static inline unsigned mark_step(const struct mark_plan *plan)
{
    return plan->linked;
}

static inline size_t mark_values(const struct mark_plan *plan, size_t count)
{
    return plan->linked && count != 0 ? count - 1 : count;
}

/* Writes the marks of a text with these samples, the smallest of its values, each once, to `marks`, which holds
 * MARKS_MAXIMUM; returns how many they are. What marks a long text has, and which, does not depend on how often it
 * repeats itself. */
size_t marks_choose(const struct mark_plan *plan, const uint32_t *samples, size_t count, uint32_t *marks);

/* Scratch to compare samples of texts; all zero at first. */
struct sample_table {
    uint8_t *seen; /* where a sample was met last, by some of its bits */
    uint8_t number;
};

void sample_table_release(struct sample_table *table);
/* *distinct: no more than the different shingles of a text with so many shingles and these samples, as far as they
 * tell; chance leaves it too high for one in ten of the texts that have about as many repeats as it allows for. Errors:
 * MEMORY. */
DEDUP_NODISCARD dedup_status sample_table_distinct(struct sample_table *table, size_t shingles, const uint32_t *samples,
                                                   size_t count, double *distinct, dedup_error *error);
/* *may: false when so few samples of a text are among those of another one that it cannot contain the share asked for,
 * but for a chance of 1e-4. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status sample_table_compare(struct sample_table *table, double containment,
                                                  const uint32_t *samples, size_t count, const uint32_t *other,
                                                  size_t other_count, bool *may, dedup_error *error);

#endif
