#include "match/matcher.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/isa.h"
#include "match/band_keys.h"

enum {
    MARKS_WANTED = 12,
    MARKS_LEAST = 6,
    SAMPLES_EXPECTED = 64, /* of a text, for the number of partitions only */
    FIRST_SLOTS = 1024,
};
enum { PREFETCH_SLOT = 16 }; /* how many entries ahead memory is asked for */

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

static uint16_t tag_of(uint64_t hash)
{
    uint16_t tag = (uint16_t)(hash >> 48);
    return tag != 0 ? tag : 1;
}

/* Makes the table of texts `count` slots (a power of two) large. */
static dedup_status resize_slots(struct matcher *matcher, size_t count, dedup_error *error)
{
    uint16_t *tags = calloc(count, sizeof *tags);
    uint32_t *numbers = calloc(count, sizeof *numbers);
    if (!tags || !numbers) {
        free(tags);
        free(numbers);
        return fail_memory(error, "the table of texts");
    }
    for (size_t i = 0; i < matcher->text_count; i++) {
        uint64_t hash = matcher->texts[i].hash;
        size_t slot = hash & (count - 1);
        while (tags[slot] != 0)
            slot = (slot + 1) & (count - 1);
        tags[slot] = tag_of(hash);
        numbers[slot] = (uint32_t)i;
    }
    matcher_drop_table(matcher);
    matcher->tags = tags;
    matcher->numbers = numbers;
    matcher->slot_count = count;
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
    TRY(band_keys_create(plan.bands, memory, directory, &matcher->bands, error));
    return resize_slots(matcher, FIRST_SLOTS, error);
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
    dedup_status status = build(matcher, units, error);
    if (status != DEDUP_OK) {
        matcher_free(matcher);
        return status;
    }
    *out = matcher;
    return DEDUP_OK;
}

void matcher_drop_table(struct matcher *matcher)
{
    free(matcher->tags);
    free(matcher->numbers);
    matcher->tags = NULL;
    matcher->numbers = NULL;
    matcher->slot_count = 0;
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
    free(matcher->texts);
    free(matcher->unit_texts);
    free(matcher->twins);
    matcher->texts = NULL;
    matcher->unit_texts = NULL;
    matcher->twins = NULL;
    matcher->text_count = matcher->text_capacity = matcher->unit_count = matcher->unit_capacity = 0;
    matcher->twin_count = matcher->twin_capacity = 0;
}

void matcher_free(struct matcher *matcher)
{
    if (!matcher)
        return;
    matcher_drop_table(matcher);
    matcher_drop_bands(matcher);
    matcher_drop_samples(matcher);
    matcher_drop_texts(matcher);
    free(matcher);
}

struct band_plan matcher_bands(const struct matcher *matcher)
{
    return matcher->layout.plan;
}

struct key_ref matcher_key(const struct matcher *matcher, uint32_t unit)
{
    uint32_t text = matcher->unit_texts[unit];
    return text == NONE ? (struct key_ref){0, 0} : text_ref(&matcher->texts[text]);
}

/* The slot of the text with this hash and length, or the empty one where it belongs. */
static size_t find_slot(const struct matcher *matcher, uint64_t hash, uint32_t count)
{
    size_t mask = matcher->slot_count - 1, slot = hash & mask;
    uint16_t tag = tag_of(hash);
    for (; matcher->tags[slot] != 0; slot = (slot + 1) & mask) {
        if (matcher->tags[slot] != tag)
            continue;
        const struct text *text = &matcher->texts[matcher->numbers[slot]];
        if (text->hash == hash && text->count == count)
            break;
    }
    return slot;
}

/* Takes the samples of a text. Marks that are not sampled are larger than the others, so the last one tells. */
static dedup_status add_samples(struct matcher *matcher, const struct entry *entry, const uint64_t *samples,
                                uint32_t number, dedup_error *error)
{
    matcher->mark_counts[number] = (uint8_t)entry->marks;
    if (samples && entry->marks != 0 && is_rare(samples[entry->marks - 1])) { /* NULL: no unit has any yet */
        TRY(array_reserve(&matcher->rare_texts, &matcher->rare_capacity, matcher->rare_count + 1, "marks", error));
        matcher->rare_texts[matcher->rare_count++] = number;
    }
    return pool_add(matcher->samples, samples, entry->samples, number, error);
}

/* Adds a text that is new; `values` are its band keys and samples. */
static dedup_status add_text(struct matcher *matcher, const struct entry *entry, const uint64_t *values,
                             struct key_ref ref, size_t slot, dedup_error *error)
{
    uint32_t number = (uint32_t)matcher->text_count;
    if (matcher->marks != 0)
        TRY(add_samples(matcher, entry, values + entry->keys, number, error));
    if (entry->keys != 0)
        TRY(band_keys_add(matcher->bands, values, number, error));
    matcher->texts[number] = (struct text){entry->hash, ref.begin, ref.count, entry->shingles, entry->signature};
    matcher->text_count++;
    matcher->tags[slot] = tag_of(entry->hash);
    matcher->numbers[slot] = number;
    return DEDUP_OK;
}

/* Adds a unit for which there is room. */
static dedup_status add_unit(struct matcher *matcher, const struct entry *entry, const uint64_t *values,
                             struct key_ref ref, dedup_error *error)
{
    uint32_t unit = (uint32_t)matcher->unit_count, number = NONE;
    if (entry->count != 0) {
        size_t slot = find_slot(matcher, entry->hash, ref.count);
        if (matcher->tags[slot] == 0) {
            number = (uint32_t)matcher->text_count;
            TRY(add_text(matcher, entry, values, ref, slot, error));
        } else {
            number = matcher->numbers[slot];
            TRY(array_reserve(&matcher->twins, &matcher->twin_capacity, matcher->twin_count + 1, "texts", error));
            matcher->twins[matcher->twin_count++] = (struct twin){ref.begin, unit};
        }
    }
    matcher->unit_texts[unit] = number;
    matcher->unit_count++;
    return DEDUP_OK;
}

/* Makes room for `more` units that may all be different texts. */
static dedup_status make_room(struct matcher *matcher, size_t more, dedup_error *error)
{
    size_t units = matcher->unit_count + more, texts = matcher->text_count + more;
    if (more > NONE - matcher->unit_count)
        return fail(error, DEDUP_ERROR_LIMIT, "more than 4 billion texts");
    TRY(array_reserve(&matcher->unit_texts, &matcher->unit_capacity, units, "texts", error));
    TRY(array_reserve(&matcher->texts, &matcher->text_capacity, texts, "texts", error));
    if (matcher->marks != 0)
        TRY(array_reserve(&matcher->mark_counts, &matcher->mark_count_capacity, texts, "marks", error));
    size_t slots = matcher->slot_count;
    while (slots / 4 * 3 < texts)
        slots *= 2;
    return slots != matcher->slot_count ? resize_slots(matcher, slots, error) : DEDUP_OK;
}

/* Starts to load the slot of a later entry. Always in line: GCC drops calls of a function that only prefetches. */
static inline ISA_INLINE void prefetch(const struct matcher *matcher, const struct entry *entry, size_t left)
{
    if (left > PREFETCH_SLOT) {
        size_t slot = entry[PREFETCH_SLOT].hash & (matcher->slot_count - 1);
        __builtin_prefetch(&matcher->tags[slot]);
        __builtin_prefetch(&matcher->numbers[slot], 1);
    }
}

dedup_status matcher_add(struct matcher *matcher, const struct match_entries *entries, const struct key_ref *refs,
                         dedup_error *error)
{
    const uint64_t *values = entries->values;
    if (entries->count != 0) /* without units there need not be a matcher */
        TRY(make_room(matcher, entries->count, error));
    for (size_t i = 0; i < entries->count; i++) {
        const struct entry *entry = &entries->items[i];
        prefetch(matcher, entry, entries->count - i);
        TRY(add_unit(matcher, entry, values, refs[i], error));
        if (values) /* NULL while no unit has any */
            values += entry->keys + entry->samples;
    }
    return DEDUP_OK;
}
