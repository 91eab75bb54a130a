#include "match/matcher.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "match/band_keys.h"
#include "sketch/shingle.h"

enum {
    MARKS_WANTED = 12,
    MARKS_LEAST = 6,
    SAMPLES_EXPECTED = 64, /* of a text, for the number of partitions only */
};

/* Chance that fewer marks are found than are needed, in a text that contains just the share asked for. */
static const double mark_miss = 1e-4;

/* The largest n such that of `marks` marks, each found with probability `share`, fewer than n are found with a
 * probability of at most mark_miss; at least 1. */
static unsigned needed_of(unsigned marks, double share)
{
    double at_most = 0, term = pow(1 - share, marks);
    unsigned found = 0;
    for (; found < marks; found++) {
        at_most += term;
        if (at_most > mark_miss)
            break;
        term *= (double)(marks - found) / (found + 1) * share / (1 - share);
    }
    return found > 1 ? found : 1;
}

static void plan_marks(struct matcher *matcher)
{
    double share = matcher->options.containment;
    if (share > 1)
        return;
    /* At a share of 1 every mark must be found; the formulas want a little less. */
    share = share < 0.9999 ? share : 0.9999;
    double enough = ceil(log(mark_miss) / log(1 - share));
    unsigned certain = enough < MARKS_MAXIMUM ? (unsigned)enough : MARKS_MAXIMUM;
    matcher->marks = certain > MARKS_WANTED ? certain : MARKS_WANTED;
    matcher->marks_least = certain > MARKS_LEAST ? certain : MARKS_LEAST;
    for (unsigned marks = 1; marks <= matcher->marks; marks++)
        matcher->marks_needed[marks] = (uint8_t)needed_of(marks, share);
}

static dedup_status check_options(const struct match_options *options, dedup_error *error)
{
    if (!(options->threshold >= 0.05 && options->threshold <= 1))
        return fail(error, DEDUP_ERROR_ARGUMENT, "the threshold must lie between 0.05 and 1");
    if (!(options->containment >= 0.05))
        return fail(error, DEDUP_ERROR_ARGUMENT, "the containment must be 0.05 or more");
    struct band_plan plan = options->bands;
    if (plan.bands != 0 && (plan.rows == 0 || plan.rows > ROWS_MAXIMUM || plan.bands > BAND_LANES_MAXIMUM / plan.rows))
        return fail(error, DEDUP_ERROR_ARGUMENT, "bands of %u x %u: at most %d rows, and %d lanes in all", plan.bands,
                    plan.rows, ROWS_MAXIMUM, BAND_LANES_MAXIMUM);
    return DEDUP_OK;
}

static dedup_status build(struct matcher *matcher, uint64_t units, dedup_error *error)
{
    struct band_plan plan = matcher->options.bands;
    if (plan.bands == 0)
        plan = band_plan_choose(matcher->options.threshold, units);
    sketch_layout_init(&matcher->layout, plan);
    plan_marks(matcher);
    uint64_t known = units < UINT32_MAX ? units : UINT32_MAX, memory = matcher->options.memory;
    int directory = matcher->options.spill_directory;
    if (matcher->marks != 0) {
        memory = memory / 2 + memory % 2;
        TRY(pool_create(known * SAMPLES_EXPECTED, memory, directory, &matcher->samples, error));
    }
    return band_keys_create(plan.bands, memory, directory, &matcher->bands, error);
}

dedup_status matcher_create(const struct match_options *options, uint64_t units, struct key_store *keys,
                            struct matcher **out, dedup_error *error)
{
    TRY(check_options(options, error));
    struct matcher *matcher = calloc(1, sizeof *matcher);
    if (!matcher)
        return fail_memory(error, "the matcher");
    matcher->options = *options;
    matcher->keys = keys;
    rows_init(&matcher->rows, sizeof *matcher->texts, options->memory, options->spill_directory, "texts");
    dedup_status status = build(matcher, units, error);
    if (status != DEDUP_OK) {
        matcher_free(matcher);
        return status;
    }
    *out = matcher;
    return DEDUP_OK;
}

void matcher_drop_bands(struct matcher *matcher)
{
    band_keys_free(matcher->bands);
    matcher->bands = NULL;
}

void matcher_drop_samples(struct matcher *matcher)
{
    pool_free(matcher->samples);
    free(matcher->mark_counts);
    free(matcher->rare_texts);
    matcher->samples = NULL;
    matcher->mark_counts = NULL;
    matcher->rare_texts = NULL;
    matcher->mark_count_capacity = matcher->rare_count = matcher->rare_capacity = 0;
}

void matcher_drop_texts(struct matcher *matcher)
{
    rows_release(&matcher->rows);
    free(matcher->unit_texts);
    matcher->texts = NULL;
    matcher->unit_texts = NULL;
    matcher->unit_count = 0;
}

void matcher_free(struct matcher *matcher)
{
    if (!matcher)
        return;
    matcher_drop_bands(matcher);
    matcher_drop_samples(matcher);
    matcher_drop_texts(matcher);
    free(matcher);
}

struct band_plan matcher_bands(const struct matcher *matcher)
{
    return matcher->layout.plan;
}

dedup_status matcher_view_texts(struct matcher *matcher, dedup_error *error)
{
    const void *texts;
    TRY(rows_view(&matcher->rows, &texts, error));
    matcher->texts = texts;
    return DEDUP_OK;
}

dedup_status matcher_key(struct matcher *matcher, uint32_t unit, struct key_ref *ref, dedup_error *error)
{
    TRY(matcher_view_texts(matcher, error));
    *ref = text_ref(&matcher->texts[unit]);
    return DEDUP_OK;
}

/* Takes the samples of a unit. A key that is shorter than a shingle stands in no other text. */
static dedup_status add_samples(struct matcher *matcher, const struct entry *entry, const uint64_t *samples,
                                uint32_t unit, dedup_error *error)
{
    if (entry->marks == 0 && entry->count >= SHINGLE_LENGTH) {
        TRY(array_reserve(&matcher->rare_texts, &matcher->rare_capacity, matcher->rare_count + 1, "marks", error));
        matcher->rare_texts[matcher->rare_count++] = unit;
    }
    return pool_add(matcher->samples, samples, entry->samples, unit, error);
}

/* Adds a unit for which there is room; `values` are its band keys and samples. */
static dedup_status add_unit(struct matcher *matcher, const struct entry *entry, const uint64_t *values,
                             struct key_ref ref, dedup_error *error)
{
    uint32_t unit = (uint32_t)matcher->unit_count;
    void *row;
    TRY(rows_add(&matcher->rows, &row, error));
    *(struct text *)row = (struct text){entry->hash, ref.begin, ref.count, entry->shingles, entry->signature};
    if (matcher->marks != 0)
        matcher->mark_counts[unit] = (uint8_t)entry->marks;
    if (matcher->marks != 0 && entry->shingles != 0)
        TRY(add_samples(matcher, entry, values + entry->keys, unit, error));
    if (entry->keys != 0)
        TRY(band_keys_add(matcher->bands, values, unit, error));
    matcher->unit_count++;
    return DEDUP_OK;
}

dedup_status matcher_add(struct matcher *matcher, const struct match_entries *entries, const struct key_ref *refs,
                         dedup_error *error)
{
    const uint64_t *values = entries->values;
    if (entries->count == 0) /* then there need not be a matcher */
        return DEDUP_OK;
    size_t units = matcher->unit_count + entries->count;
    if (units >= NONE)
        return fail(error, DEDUP_ERROR_LIMIT, "more than 4 billion texts");
    if (matcher->marks != 0)
        TRY(array_reserve(&matcher->mark_counts, &matcher->mark_count_capacity, units, "marks", error));
    for (size_t i = 0; i < entries->count; i++) {
        const struct entry *entry = &entries->items[i];
        TRY(add_unit(matcher, entry, values, refs[i], error));
        if (values) /* NULL while no unit has any */
            values += entry->keys + entry->samples;
    }
    return DEDUP_OK;
}
