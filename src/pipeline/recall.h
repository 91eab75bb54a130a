/* Recall of a banding, measured on pairs whose exact similarity is known: pieces of real text and edited copies. */
#ifndef DEDUP_PIPELINE_RECALL_H
#define DEDUP_PIPELINE_RECALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dedup/error.h"
#include "sketch/sketch.h"

/* Stretches of fold keys, in memory. */
struct recall_sample {
    uint32_t *points;
    size_t point_count, point_capacity;
    struct recall_text {
        size_t begin, count;
    } * texts;
    size_t text_count, text_capacity;
};

void recall_sample_release(struct recall_sample *sample);
/* Adds a copy of a stretch. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status recall_sample_add(struct recall_sample *sample, const uint32_t *points, size_t count,
                                               dedup_error *error);

/* Set sizes are octaves: from 2^least to below 2^most distinct shingles. */
enum { RECALL_OCTAVE_MAXIMUM = 11 };

struct recall_wish {
    double jaccard; /* each pair's exact similarity is within .01 of it */
    unsigned least,
        most;       /* octaves, 2 to RECALL_OCTAVE_MAXIMUM; each is equally likely where the text is long enough */
    uint64_t pairs; /* fewer are made where the similarity cannot be reached, or of texts that are too short */
    uint64_t seed;
};

struct recall_count {
    uint64_t pairs, found; /* found: they share a band key */
};

struct recall_meter; /* scratch */

DEDUP_NODISCARD dedup_status recall_meter_create(struct recall_meter **out, dedup_error *error);
void recall_meter_free(struct recall_meter *meter); /* NULL is fine */

/* Makes pairs and counts those that are found. Equal arguments give equal counts. */
struct recall_count recall_measure(struct recall_meter *meter, const struct recall_sample *sample,
                                   const struct sketch_layout *layout, const struct recall_wish *wish);

#endif
