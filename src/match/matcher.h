/* What the parts of the matcher share; only match/ includes this. */
#ifndef DEDUP_MATCH_MATCHER_H
#define DEDUP_MATCH_MATCHER_H

#include "match/marks.h"
#include "match/match.h"
#include "match/rows.h"
#include "match/samples.h"
#include "sketch/sketch.h"

#define NONE UINT32_MAX

/* What is known of a unit. Units with equal keys are one text, which is told by the number of the first of them. */
struct text {
    uint64_t hash; /* of the key */
    uint64_t begin;
    uint32_t count;    /* begin and count: its key in the store. 0: no text */
    uint32_t shingles; /* windows, repeats included: no fewer than distinct shingles. 0: only compared exactly */
    struct signature signature;
};

static inline struct key_ref text_ref(const struct text *text)
{
    return (struct key_ref){text->begin, text->count};
}

struct matcher {
    struct match_options options;
    struct key_store *keys; /* borrowed */
    struct sketch_layout layout;
    struct mark_plan marks;

    struct rows rows;         /* struct text of each unit */
    const struct text *texts; /* the same, from the decision on */
    size_t unit_count;
    uint32_t *unit_texts; /* from the decision on: text of each unit, NONE for an empty key */

    struct band_keys *bands;
    struct samples samples; /* none when no marks are looked for */
};

/* One sketched unit in a list of entries. Its band keys lie in match_entries.values, its samples in those of samples.
 */
struct entry {
    uint64_t hash;
    uint32_t count; /* code points; 0: no text */
    uint32_t shingles;
    uint32_t keys;    /* 0, or one for each band: 0 where it has none */
    uint32_t samples; /* how many */
    struct signature signature;
};

/* Makes matcher->texts those of all units. Errors: MEMORY, READ, WRITE. */
DEDUP_NODISCARD dedup_status matcher_view_texts(struct matcher *matcher, dedup_error *error);
/* Give back what the decision no longer needs. */
void matcher_drop_bands(struct matcher *matcher);
void matcher_drop_samples(struct matcher *matcher);
void matcher_drop_texts(struct matcher *matcher);

struct match_entries {
    struct entry *items;
    size_t count, capacity;
    uint32_t *values;
    size_t value_count, value_capacity;
    uint32_t *samples;
    size_t sample_count, sample_capacity;
};

#endif
