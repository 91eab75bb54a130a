#include "match/marks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "match/samples.h"
#include "sketch/shingle.h"

enum {
    MARKS_WANTED = 12,
    SEEN_BITS = 14,
    ENOUGH = 3, /* marks in common that chance hardly gives */
};

/* Chance that fewer marks are found than are needed, in a text that contains just the share asked for. */
static const double mark_miss = 1e-4;

/* From this share on, marks are links. */
static const double linked_from = 0.9;

/* Chance that a link holds where the share c is found: its samples are there, and none of the places where pieces meet
 * lies between them, though as many as there can be are spread over the text, each with other samples in it. */
static double link_share(double c)
{
    return c * exp(-(double)(1 << SAMPLE_BITS) * (1 - c) / (SHINGLE_LENGTH - 1));
}

/* The largest n such that of `marks` marks, each found with probability `share`, fewer than n are found with a
 * probability of at most mark_miss. */
static unsigned likely_of(unsigned marks, double share)
{
    double at_most = 0, term = pow(1 - share, marks);
    unsigned found = 0;
    for (; found < marks; found++) {
        at_most += term;
        if (at_most > mark_miss)
            break;
        term *= (double)(marks - found) / (found + 1) * share / (1 - share);
    }
    return found;
}

void mark_plan_init(struct mark_plan *plan, double containment)
{
    *plan = (struct mark_plan){.linked = containment >= linked_from, .containment = containment};
    if (containment > 1)
        return;
    /* At a share of 1 every mark must be found; the formulas want a little less. */
    double share = containment < 0.9999 ? containment : 0.9999;
    share = plan->linked ? link_share(share) : share;
    double enough = ceil(log(mark_miss) / log(1 - share));
    plan->most = enough < MARKS_WANTED ? MARKS_WANTED : enough < MARKS_MAXIMUM ? (unsigned)enough : MARKS_MAXIMUM;
    for (unsigned marks = 1; marks <= plan->most; marks++)
        plan->likely[marks] = (uint8_t)likely_of(marks, share);
    /* At the smallest shares even the most marks leave a little more to chance. */
    if (plan->likely[plan->most] == 0)
        plan->likely[plan->most] = 1;
}

size_t mark_plan_missing(const struct mark_plan *plan, size_t shingles)
{
    double missing = floor((1 - plan->containment) * (double)shingles + 1e-9);
    return missing > 0 ? (size_t)missing : 0;
}

static size_t values_of(const struct mark_plan *plan, size_t samples)
{
    return plan->linked && samples != 0 ? samples - 1 : samples;
}

size_t mark_plan_count(const struct mark_plan *plan, size_t samples)
{
    size_t values = values_of(plan, samples);
    return values < plan->most ? values : plan->most;
}

/* What few missing shingles can cost. Those at the ends of a text cost three links, but for a chance of 1e-4; so do
 * four in the middle, where two pieces meet, as the ends are whole then, and each further meeting one more. A single
 * sample costs one shingle. */
static size_t certain_of(const struct mark_plan *plan, size_t marks, size_t missing)
{
    const size_t few = 3 * (SHINGLE_LENGTH - 1);
    size_t cost = missing;
    if (plan->linked && missing != 0)
        cost = missing < few ? 3 + missing / (SHINGLE_LENGTH - 1) : marks;
    return cost < marks ? marks - cost : 0;
}

size_t mark_plan_needed(const struct mark_plan *plan, size_t marks, size_t shingles)
{
    size_t certain = certain_of(plan, marks, mark_plan_missing(plan, shingles)), likely = plan->likely[marks];
    if (plan->linked && certain > ENOUGH)
        certain = ENOUGH;
    return certain > likely ? certain : likely;
}

void mark_chooser_release(struct mark_chooser *chooser)
{
    free(chooser->seen);
    free(chooser->all);
    *chooser = (struct mark_chooser){0};
}

/* Counts the samples that were met before in the same text, and a few others that share their bits. */
static dedup_status count_repeats(struct mark_chooser *chooser, const uint32_t *samples, size_t count, size_t *repeats,
                                  dedup_error *error)
{
    const size_t size = (size_t)1 << SEEN_BITS;
    if (!chooser->seen)
        chooser->seen = calloc(size, sizeof *chooser->seen);
    if (!chooser->seen)
        return fail_memory(error, "marks");
    if (++chooser->number == 0) {
        memset(chooser->seen, 0, size);
        chooser->number = 1;
    }
    size_t met = 0;
    for (size_t i = 0; i < count; i++) {
        uint8_t *seen = &chooser->seen[samples[i] & (size - 1)];
        met += *seen == chooser->number;
        *seen = chooser->number;
    }
    *repeats = met;
    return DEDUP_OK;
}

static uint32_t value_at(const struct mark_plan *plan, const uint32_t *samples, size_t i)
{
    return plan->linked ? mark_link(samples[i], samples[i + 1]) : samples[i];
}

static bool has_twice(const uint32_t *marks, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (marks[i] == marks[j])
                return true;
    return false;
}

static int compare_values(const void *a, const void *b)
{
    const uint32_t *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

/* Chooses among the different values of a text that repeats itself. */
static dedup_status choose_distinct(const struct mark_plan *plan, struct mark_chooser *chooser,
                                    const uint32_t *samples, size_t values, uint32_t *marks, size_t *chosen,
                                    dedup_error *error)
{
    size_t distinct = 0;
    TRY(array_reserve(&chooser->all, &chooser->all_capacity, values, "marks", error));
    for (size_t i = 0; i < values; i++)
        chooser->all[i] = value_at(plan, samples, i);
    qsort(chooser->all, values, sizeof *chooser->all, compare_values);
    for (size_t i = 0; i < values; i++)
        if (i == 0 || chooser->all[i] != chooser->all[i - 1])
            chooser->all[distinct++] = chooser->all[i];
    *chosen = distinct < plan->most ? distinct : plan->most;
    for (size_t i = 0; i < *chosen; i++)
        marks[i] = chooser->all[i * distinct / *chosen];
    return DEDUP_OK;
}

dedup_status marks_choose(const struct mark_plan *plan, struct mark_chooser *chooser, const uint32_t *samples,
                          size_t count, uint32_t *marks, size_t *chosen, size_t *repeats, dedup_error *error)
{
    size_t values = values_of(plan, count);
    TRY(count_repeats(chooser, samples, count, repeats, error));
    *chosen = mark_plan_count(plan, count);
    for (size_t i = 0; i < *chosen; i++)
        marks[i] = value_at(plan, samples, i * values / *chosen);
    if (*repeats != 0 && has_twice(marks, *chosen))
        return choose_distinct(plan, chooser, samples, values, marks, chosen, error);
    return DEDUP_OK;
}

double marks_distinct(size_t shingles, size_t samples, size_t repeats)
{
    const double allowance = 2;
    double left = (double)samples - (double)repeats - allowance;
    return left > 0 ? (double)shingles * left / (double)samples : 1;
}
