#include "match/matcher.h"

#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "match/band_keys.h"

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
    mark_plan_init(&matcher->marks, matcher->options.containment);
    uint64_t memory = matcher->options.memory;
    int directory = matcher->options.spill_directory;
    if (matcher->marks.wanted != 0)
        memory = memory / 2 + memory % 2;
    samples_init(&matcher->samples, memory, directory);
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
    samples_release(&matcher->samples);
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

bool matcher_samples(const struct matcher *matcher)
{
    return matcher->marks.wanted != 0;
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

/* Adds a unit for which there is room; `values` are its band keys. */
static dedup_status add_unit(struct matcher *matcher, const struct entry *entry, const uint32_t *values,
                             const uint32_t *samples, struct key_ref ref, dedup_error *error)
{
    uint32_t unit = (uint32_t)matcher->unit_count;
    void *row;
    TRY(rows_add(&matcher->rows, &row, error));
    *(struct text *)row = (struct text){entry->hash, ref.begin, ref.count, entry->shingles, entry->signature};
    if (matcher->marks.wanted != 0)
        TRY(samples_add(&matcher->samples, samples, entry->samples, error));
    if (entry->keys != 0)
        TRY(band_keys_add(matcher->bands, values, unit, error));
    matcher->unit_count++;
    return DEDUP_OK;
}

dedup_status matcher_add(struct matcher *matcher, const struct match_entries *entries, const struct key_ref *refs,
                         dedup_error *error)
{
    const uint32_t *values = entries->values;
    const uint32_t *samples = entries->samples;
    if (entries->count == 0) /* then there need not be a matcher */
        return DEDUP_OK;
    size_t units = matcher->unit_count + entries->count;
    if (units >= NONE)
        return fail(error, DEDUP_ERROR_LIMIT, "more than 4 billion texts");
    for (size_t i = 0; i < entries->count; i++) {
        const struct entry *entry = &entries->items[i];
        TRY(add_unit(matcher, entry, values, samples, refs[i], error));
        if (values) /* NULL while no unit has any */
            values += entry->keys;
        if (samples)
            samples += entry->samples;
    }
    return DEDUP_OK;
}
