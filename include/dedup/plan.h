/* How surely does a run find the duplicates that it looks for? The banding it would use, and its detection curve.
 *
 *     dedup_options options;
 *     dedup_options_init(&options);
 *     options.threshold = 0.7;
 *     dedup_plan_make(&options, 0, NULL, &plan, &error);
 *
 * A pair of texts is compared when the two share a band of their MinHash signatures. At Jaccard similarity J that
 * happens with probability 1 - (1 - J^rows)^bands (Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", 3.4).
 * The measured curve shows what becomes of the formula on real text and small sets. */
#ifndef DEDUP_PLAN_H
#define DEDUP_PLAN_H

#include "dedup/run.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Sizes of texts, counted in distinct shingles: 64 to 2047, 32 to 63, 16 to 31. */
enum { DEDUP_PLAN_SIZES = 3, DEDUP_PLAN_POINTS = 16 };

/* Pairs that were made, and how many of them shared a band. */
typedef struct dedup_plan_count {
    uint64_t pairs, found;
} dedup_plan_count;

typedef struct dedup_plan_point {
    double jaccard;
    double theory; /* probability that a pair is found */
    dedup_plan_count measured[DEDUP_PLAN_SIZES];
} dedup_plan_point;

typedef struct dedup_plan {
    unsigned bands, rows;
    dedup_plan_point points[DEDUP_PLAN_POINTS]; /* J = .30, .35, ... 1.00 and the threshold, in order */
    size_t point_count;
    size_t threshold; /* index of the point that is the threshold */
} dedup_plan;

/* Plans a search among `units` documents; 0: as many as a run over options->input expects, or a million without input.
 * Of the options, `threshold` counts, `bands` and `rows` when they are not 0, and with `input` those that say how files
 * are read.
 *
 * With options->input (otherwise NULL), the curve is measured: pieces of the documents of that directory, uncleaned,
 * are compared with copies in which single characters were replaced until the exact similarity is within .01 of J. The
 * first 256 MB are read, and nothing is written. The result depends on the input and the options only. `observer` may
 * be NULL; its stages are "list", "read" and "measure" (pairs).
 *
 * Errors: ARGUMENT (also: no text to measure on), READ, MEMORY, STOPPED. */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_plan_make(const dedup_options *options, uint64_t units,
                                                       const dedup_observer *observer, dedup_plan *plan,
                                                       dedup_error *error);

/* What a run with one threshold would do. */
typedef struct dedup_sweep_point {
    double threshold;
    uint64_t exact, near, contained; /* documents that would be found to be duplicates */
    /* The most doubtful near duplicate, the one that is least like its keeper: names of both, owned by the sweep and
     * escaped for display, and their exact similarity. NULL when there is none. */
    char *dropped, *kept;
    double similarity;
} dedup_sweep_point;

typedef struct dedup_sweep {
    uint64_t documents; /* that were compared */
    dedup_sweep_point *points;
    size_t count;
} dedup_sweep;

enum { DEDUP_SWEEP_MAXIMUM = 1000 };

/* Finds out what a run over options->input would do at each of `count` ascending thresholds, 0.05 to 1. The input is
 * read, cleaned and searched once, and nothing is written; options->sample counts. Repeats inside documents are taken
 * out as by a run with options->threshold. The observer may be NULL. Errors: ARGUMENT, READ, MEMORY, FORMAT (rules),
 * STOPPED. */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_sweep_make(const dedup_options *options, const double *thresholds,
                                                        size_t count, const dedup_observer *observer,
                                                        dedup_sweep *sweep, dedup_error *error);
DEDUP_API void dedup_sweep_release(dedup_sweep *sweep);

#ifdef __cplusplus
}
#endif
#endif
