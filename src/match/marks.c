#include "match/marks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "match/samples.h"
#include "sketch/shingle.h"

enum {
    MARKS_WANTED = 14,
    MARKS_LEAST = 8,   /* fewer, though there are more to choose from, happen once in 40 times: then more are taken */
    WANTED_MOST = 150, /* so that hardly ever more than MARKS_MAXIMUM are chosen */
    ENOUGH = 3,        /* marks in common that chance hardly gives */
    BLOCK = 256,
    SEEN_BITS = 14,
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
    plan->wanted = enough < MARKS_WANTED ? MARKS_WANTED : enough < WANTED_MOST ? (unsigned)enough : WANTED_MOST;
    for (unsigned marks = 1; marks <= MARKS_MAXIMUM; marks++)
        plan->likely[marks] = (uint8_t)likely_of(marks, share);
    /* At the smallest shares even the most marks leave a little more to chance. */
    for (unsigned marks = plan->wanted; marks <= MARKS_MAXIMUM && plan->likely[marks] == 0; marks++)
        plan->likely[marks] = 1;
}

size_t mark_plan_missing(const struct mark_plan *plan, size_t shingles)
{
    double missing = floor((1 - plan->containment) * (double)shingles + 1e-9);
    return missing > 0 ? (size_t)missing : 0;
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

/* Different marks, and the last bits of them, by which most others are told. */
struct chosen {
    uint32_t *marks;
    size_t count;
    uint64_t seen;
};

static void add_mark(struct chosen *chosen, uint32_t mark)
{
    bool there = false;
    if (chosen->seen >> (mark & 63) & 1)
        for (size_t i = 0; i < chosen->count; i++)
            there |= chosen->marks[i] == mark;
    chosen->seen |= (uint64_t)1 << (mark & 63);
    chosen->marks[chosen->count] = mark;
    chosen->count += !there;
}

/* Writes the different values up to a limit, no more than MARKS_MAXIMUM. */
static size_t choose_up_to(const uint32_t *samples, size_t count, unsigned step, uint32_t limit, uint32_t *marks)
{
    uint32_t likely[BLOCK];
    struct chosen chosen = {.marks = marks};
    for (size_t begin = 0; begin < count && chosen.count < MARKS_MAXIMUM; begin += BLOCK) {
        size_t end = count - begin < BLOCK ? count : begin + BLOCK, kept = 0;
        for (size_t i = begin; i < end; i++) {
            uint32_t value = mark_value(samples + i, step);
            likely[kept] = value;
            kept += value <= limit;
        }
        for (size_t i = 0; i < kept && chosen.count < MARKS_MAXIMUM; i++)
            add_mark(&chosen, likely[i]);
    }
    return chosen.count;
}

size_t marks_choose(const struct mark_plan *plan, const uint32_t *samples, size_t count, uint32_t *marks)
{
    const unsigned step = mark_step(plan);
    size_t values = mark_values(plan, count);
    uint64_t limit = values > plan->wanted ? (uint64_t)UINT32_MAX * plan->wanted / values : UINT32_MAX;
    size_t least = plan->wanted / 2 > MARKS_LEAST ? plan->wanted / 2 : MARKS_LEAST;
    size_t chosen = choose_up_to(samples, values, step, (uint32_t)limit, marks);
    while (chosen < least && limit < UINT32_MAX) {
        limit = 2 * limit < UINT32_MAX ? 2 * limit : UINT32_MAX;
        chosen = choose_up_to(samples, values, step, (uint32_t)limit, marks);
    }
    return chosen;
}

void sample_table_release(struct sample_table *table)
{
    free(table->seen);
    *table = (struct sample_table){0};
}

/* What a place of the table holds, added to the number of the pair of texts in work. */
enum { IN_OTHER, IN_BOTH, IN_MINE, STATES };

/* Goes to the next pair of texts, of which nothing was met yet. */
static dedup_status next_pair(struct sample_table *table, dedup_error *error)
{
    const size_t size = (size_t)1 << SEEN_BITS;
    if (!table->seen)
        table->seen = calloc(size, sizeof *table->seen);
    if (!table->seen)
        return fail_memory(error, "marks");
    table->number = (uint8_t)(table->number + STATES);
    if (table->number > UINT8_MAX - STATES) {
        memset(table->seen, 0, size);
        table->number = 1;
    }
    return DEDUP_OK;
}

static inline uint32_t place_of(uint32_t sample)
{
    return sample & (((uint32_t)1 << SEEN_BITS) - 1);
}

dedup_status sample_table_distinct(struct sample_table *table, size_t shingles, const uint32_t *samples, size_t count,
                                   double *distinct, dedup_error *error)
{
    const double allowance = 2;
    size_t repeats = 0;
    TRY(next_pair(table, error));
    uint8_t *const all = table->seen, number = table->number;
    for (size_t i = 0; i < count; i++) {
        uint8_t *seen = &all[place_of(samples[i])];
        repeats += *seen == number;
        *seen = number;
    }
    double left = (double)count - (double)repeats - allowance;
    *distinct = left > 0 ? (double)shingles * left / (double)count : 1;
    return DEDUP_OK;
}

dedup_status sample_table_compare(struct sample_table *table, double containment, const uint32_t *samples, size_t count,
                                  const uint32_t *other, size_t other_count, bool *may, dedup_error *error)
{
    const double deviations = 4.5;
    size_t shared = 0, distinct = 0;
    TRY(next_pair(table, error));
    uint8_t *const places = table->seen, number = table->number;
    for (size_t i = 0; i < other_count; i++)
        places[place_of(other[i])] = (uint8_t)(number + IN_OTHER);
    for (size_t i = 0; i < count; i++) {
        uint8_t *seen = &places[place_of(samples[i])], state = (uint8_t)(*seen - number);
        shared += state == IN_OTHER;
        distinct += state != IN_BOTH && state != IN_MINE;
        *seen = (uint8_t)(number + (state == IN_OTHER || state == IN_BOTH ? IN_BOTH : IN_MINE));
    }
    double share = containment < 1 ? containment : 1, all = (double)distinct;
    *may = (double)shared >= share * all - deviations * sqrt(share * (1 - share) * all) - 1;
    return DEDUP_OK;
}
