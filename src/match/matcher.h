/* What the parts of the matcher share; only match/ includes this. */
#ifndef DEDUP_MATCH_MATCHER_H
#define DEDUP_MATCH_MATCHER_H

#include "match/match.h"
#include "match/pool.h"
#include "match/rows.h"
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

/* Marks are a few shingle hashes of a text that are looked up in all other texts to find those that contain it. The
 * lowest hashes of all texts, one in 2^SAMPLE_BITS, are kept, so the smallest hashes of a text can be looked up among
 * those; the marks of a short text that has too few of them are looked up in all shingles again (mark_scan.h). */
enum { MARKS_MAXIMUM = 192, SAMPLE_BITS = 4, SAMPLE_KEY_SHIFT = SAMPLE_BITS + 1 };

static inline bool is_sampled(uint64_t hash)
{
    return hash >> (64 - SAMPLE_BITS) == 0;
}

/* A sampled hash or a mark as an entry of matcher->samples: the lowest bit tells marks, the next ones are the top bits
 * of the hash, the others its lower bits, which are spread. One bit of the hash is lost. */
static inline uint64_t sample_key(uint64_t hash, bool mark)
{
    return hash << SAMPLE_KEY_SHIFT | hash >> (64 - SAMPLE_BITS) << 1 | mark;
}

struct matcher {
    struct match_options options;
    struct key_store *keys; /* borrowed */
    struct sketch_layout layout;
    unsigned marks;       /* per text at most; 0: no search for contained texts */
    unsigned marks_least; /* so many sampled marks are enough */
    /* Of n marks, so many are found in a text that contains the share `containment`, but for a chance of 1e-4. */
    uint8_t marks_needed[MARKS_MAXIMUM + 1];

    struct rows rows;         /* struct text of each unit */
    const struct text *texts; /* the same, from the decision on */
    size_t unit_count;
    uint32_t *unit_texts; /* from the decision on: text of each unit, NONE for an empty key */

    struct band_keys *bands;
    struct pool *samples; /* sampled hashes and marks of texts, see sample_key; NULL without marks */
    uint8_t *mark_counts; /* per unit; of rare texts once they are looked for */
    size_t mark_count_capacity;
    uint32_t *rare_texts; /* units with too few sampled hashes */
    size_t rare_count, rare_capacity;
};

/* One sketched unit in a list of entries. In match_entries.values lie its band keys and then its samples, the marks
 * first, ascending. */
struct entry {
    uint64_t hash;
    uint32_t count; /* code points; 0: no text */
    uint32_t shingles;
    uint32_t keys;           /* 0, or one for each band: 0 where it has none */
    uint32_t marks, samples; /* how many; samples include marks, none where too few are sampled */
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
    uint64_t *values;
    size_t value_count, value_capacity;
};

#endif
