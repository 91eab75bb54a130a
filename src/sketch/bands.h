/* Banding: which rows of a MinHash signature make a band, and how likely a pair shares one. */
#ifndef DEDUP_SKETCH_BANDS_H
#define DEDUP_SKETCH_BANDS_H

#include <stdint.h>

enum { BANDS_MAXIMUM = 64, ROWS_MAXIMUM = 8, BAND_LANES_MAXIMUM = 128 };

struct band_plan {
    unsigned bands, rows; /* bands * rows <= BAND_LANES_MAXIMUM */
};

/* The fewest band keys that find a pair at `threshold` with probability >= .999 and keep chance candidates linear for
 * `units` units: rows grow with the number of units. */
struct band_plan band_plan_choose(double threshold, uint64_t units);

/* Probability that a pair of Jaccard similarity `jaccard` shares at least one band: 1 - (1 - J^rows)^bands. */
double band_plan_recall(struct band_plan plan, double jaccard);

#endif
