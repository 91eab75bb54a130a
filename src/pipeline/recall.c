#include "pipeline/recall.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "sketch/shingle.h"

enum {
    PIECE = (1 << RECALL_OCTAVE_MAXIMUM) + SHINGLE_LENGTH, /* longest piece in code points */
    TRIES = 24,                                            /* steps of edits before another piece is taken */
    ATTEMPTS = 64,                                         /* pieces per pair before a wish is given up as too hard */
    GRACE = 64,                                            /* pairs that this is granted in advance */
};
static const double tolerance = 0.01;

struct edit {
    uint32_t place, before; /* the code point that was replaced */
};

struct recall_meter {
    uint64_t random;
    size_t count; /* code points of the piece and of its copy */
    uint32_t copy[PIECE];
    struct edit edits[PIECE];
    size_t edit_count;
    uint64_t piece_set[PIECE], copy_set[PIECE], scratch[PIECE];
    size_t piece_size, copy_size; /* of the sets */
};

void recall_sample_release(struct recall_sample *sample)
{
    free(sample->points);
    free(sample->texts);
    *sample = (struct recall_sample){0};
}

dedup_status recall_sample_add(struct recall_sample *sample, const uint32_t *points, size_t count, dedup_error *error)
{
    TRY(array_reserve(&sample->points, &sample->point_capacity, sample->point_count + count, "a sample", error));
    TRY(array_reserve(&sample->texts, &sample->text_capacity, sample->text_count + 1, "a sample", error));
    memcpy(sample->points + sample->point_count, points, count * sizeof *points);
    sample->texts[sample->text_count++] = (struct recall_text){sample->point_count, count};
    sample->point_count += count;
    return DEDUP_OK;
}

dedup_status recall_meter_create(struct recall_meter **out, dedup_error *error)
{
    *out = calloc(1, sizeof **out);
    return *out ? DEDUP_OK : fail_memory(error, "a measurement");
}

void recall_meter_free(struct recall_meter *meter)
{
    free(meter);
}

/* SplitMix64 (Steele, Lea and Flood 2014), brought below `bound` by a multiplication. */
static size_t random_below(struct recall_meter *meter, size_t bound)
{
    uint64_t x = meter->random += 0x9e3779b97f4a7c15;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return (size_t)(((x ^ x >> 31) >> 32) * (uint64_t)bound >> 32);
}

/* The shingles of a text as a set; returns its size. */
static size_t make_set(struct recall_meter *meter, const uint32_t *points, uint64_t *set)
{
    shingle_hash(points, meter->count, set);
    return shingle_set(set, shingle_count(meter->count), meter->scratch);
}

static double similarity(size_t piece, size_t copy, size_t shared)
{
    return (double)shared / (double)(piece + copy - shared);
}

/* Whether sets of this size can be as similar as wished: in small ones every shingle is a step. */
static bool can_reach(size_t size, double wanted)
{
    size_t differing = (size_t)((double)size * (1 - wanted) / (1 + wanted));
    for (size_t i = differing; i <= differing + 1 && i <= size; i++)
        if (fabs(similarity(size, size, size - i) - wanted) <= tolerance)
            return true;
    return false;
}

/* Takes a piece of a text, whose set has a size of one of the octaves. */
static bool take_piece(struct recall_meter *meter, const uint32_t *points, size_t count, const struct recall_wish *wish)
{
    unsigned most = wish->least;
    if (shingle_count(count) < (size_t)1 << wish->least)
        return false;
    while (most + 1 < wish->most && shingle_count(count) >= (size_t)1 << (most + 1))
        most++;
    size_t size = (size_t)1 << (wish->least + random_below(meter, most - wish->least + 1));
    size += random_below(meter, size);
    if (size > shingle_count(count))
        size = shingle_count(count);
    meter->count = size + SHINGLE_LENGTH - 1;
    memcpy(meter->copy, points + random_below(meter, count - meter->count + 1), meter->count * sizeof *points);
    meter->edit_count = 0;
    meter->piece_size = make_set(meter, meter->copy, meter->piece_set);
    return meter->piece_size >= (size_t)1 << wish->least && can_reach(meter->piece_size, wish->jaccard);
}

/* Replaces one code point of the copy by one that occurs in the text. */
static void add_edit(struct recall_meter *meter, size_t place, const uint32_t *points, size_t count)
{
    if (meter->edit_count == PIECE)
        return;
    meter->edits[meter->edit_count++] = (struct edit){(uint32_t)place, meter->copy[place]};
    meter->copy[place] = points[random_below(meter, count)];
}

static void undo_edit(struct recall_meter *meter)
{
    if (meter->edit_count == 0)
        return;
    const struct edit *edit = &meter->edits[--meter->edit_count];
    meter->copy[edit->place] = edit->before;
}

/* Changes `missing` more shingles: five by each edit anywhere, fewer by one close behind another or to the start. */
static void change(struct recall_meter *meter, size_t missing, const uint32_t *points, size_t count)
{
    for (size_t left = missing / SHINGLE_LENGTH; left > 0; left--)
        add_edit(meter, random_below(meter, meter->count), points, count);
    if (missing < SHINGLE_LENGTH) {
        size_t last = meter->edit_count != 0 ? meter->edits[meter->edit_count - 1].place + 1 : 0;
        add_edit(meter, (last + missing - 1) % meter->count, points, count);
    }
}

/* Edits the copy until it is as similar as wished; false when this piece does not get there. */
static bool make_copy(struct recall_meter *meter, const uint32_t *points, size_t count, double wanted)
{
    size_t differing = (size_t)((double)meter->piece_size * (1 - wanted) / (1 + wanted) + 0.5);
    for (unsigned i = 0; i < TRIES; i++) {
        meter->copy_size = make_set(meter, meter->copy, meter->copy_set);
        size_t shared = shingle_overlap(meter->piece_set, meter->piece_size, meter->copy_set, meter->copy_size);
        if (fabs(similarity(meter->piece_size, meter->copy_size, shared) - wanted) <= tolerance)
            return true;
        size_t differ = meter->piece_size - shared;
        if (differ < differing)
            change(meter, differing - differ, points, count);
        else
            undo_edit(meter);
    }
    return false;
}

static void make_keys(const uint64_t *set, size_t size, const struct sketch_layout *layout, uint32_t *keys)
{
    static const uint64_t no_salt;
    struct sketch sketch;
    struct key_hash key = {0};
    sketch_clear(&sketch);
    sketch_update(&sketch, set, size, &key);
    sketch_keys(&sketch, 1, layout, &no_salt, keys);
}

static bool shares_band(const struct recall_meter *meter, const struct sketch_layout *layout)
{
    uint32_t mine[BANDS_MAXIMUM + SKETCH_KEY_SLACK], other[BANDS_MAXIMUM + SKETCH_KEY_SLACK];
    make_keys(meter->piece_set, meter->piece_size, layout, mine);
    make_keys(meter->copy_set, meter->copy_size, layout, other);
    for (size_t i = 0; i < layout->plan.bands; i++)
        if (mine[i] == other[i] && mine[i] != 0)
            return true;
    return false;
}

struct recall_count recall_measure(struct recall_meter *meter, const struct recall_sample *sample,
                                   const struct sketch_layout *layout, const struct recall_wish *wish)
{
    struct recall_count count = {0};
    meter->random = wish->seed;
    for (uint64_t attempt = 0; count.pairs < wish->pairs && attempt < ATTEMPTS * (count.pairs + GRACE); attempt++) {
        const struct recall_text *text = &sample->texts[random_below(meter, sample->text_count)];
        const uint32_t *points = sample->points + text->begin;
        if (!take_piece(meter, points, text->count, wish) || !make_copy(meter, points, text->count, wish->jaccard))
            continue;
        count.pairs++;
        count.found += shares_band(meter, layout);
    }
    return count;
}
