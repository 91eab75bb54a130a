/* Banding: how many keys of how many rows a signature gives, and how likely a pair shares one. */
#ifndef DEDUP_SKETCH_BANDS_H
#define DEDUP_SKETCH_BANDS_H

#include <stdint.h>

enum { BANDS_MAXIMUM = 128, ROWS_MAXIMUM = 16, BAND_LANES_MAXIMUM = 128 };

/* The lanes of a sketch lie in groups, and a band touches at most three of them (see sketch.h). */
enum { BAND_GROUPS = 16, GROUPS_PER_BAND = 3 };

struct band_plan {
    unsigned bands, rows; /* bands * rows <= BAND_LANES_MAXIMUM */
};

/* The cheapest plan in which the bands together touch all groups, so that even a single shingle has a key, and that
 * finds a pair at `threshold` with probability >= .999 among `units` units: more rows cost more keys and save chance
 * candidates, whose number per unit grows with `units`. Below a threshold of .053 no plan of 128 lanes reaches .999
 * (.9986 at .05); then the surest one is returned. */
struct band_plan band_plan_choose(double threshold, uint64_t units);

/* Probability that a pair of Jaccard similarity `jaccard` shares at least one band: 1 - (1 - J^rows)^bands. */
double band_plan_recall(struct band_plan plan, double jaccard);

#endif
