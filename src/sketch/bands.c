#include "sketch/bands.h"

#include <math.h>

/* Mean of J^rows over random pairs of Chinese documents, measured for 3 to 8 rows on texts full of templates. */
static const double chance_match[] = {1, 8e-4, 3e-6, 2.7e-7, 5.4e-8, 1.1e-8, 4.3e-9, 1.6e-9, 6e-10};
enum { ROWS_CHOSEN_MAXIMUM = sizeof chance_match / sizeof *chance_match - 1 };

/* Costs in nanoseconds: making, keeping and grouping one key; meeting and rejecting one chance candidate. */
static const double key_cost = 64, candidate_cost = 50;
/* Texts of one source resemble each other however few they are: chance candidates are counted as among so many. */
static const double similar_units = 3e6;

/* Units up to which seven missed pairs in ten thousand at the threshold are accepted, which hardly one pair in a
 * hundred is so near to; above it, one in twenty thousand, because as many more units have as many more pairs there. */
static const uint64_t many_units = 10000000;
static const double miss_few = 7e-4, miss_many = 5e-5;

double band_plan_recall(struct band_plan plan, double jaccard)
{
    return 1 - pow(1 - pow(jaccard, plan.rows), plan.bands);
}

/* Bands of `rows` rows that touch all groups and miss a pair at `threshold` with probability <= `miss`; 0 when 128
 * lanes are too few. */
static unsigned bands_needed(double threshold, unsigned rows, double miss)
{
    double band = pow(threshold, rows), touched = rows < GROUPS_PER_BAND ? rows : GROUPS_PER_BAND;
    double needed = band < 1 ? ceil(log(miss) / log1p(-band) - 1e-9) : 1;
    needed = fmax(needed, ceil(BAND_GROUPS / touched));
    return needed * rows <= BAND_LANES_MAXIMUM ? (unsigned)needed : 0;
}

static struct band_plan cheapest(double threshold, uint64_t units, double miss)
{
    struct band_plan best = {0, 0};
    double best_cost = INFINITY, met = fmax((double)units, similar_units);
    for (unsigned rows = 1; rows <= ROWS_CHOSEN_MAXIMUM; rows++) {
        unsigned bands = bands_needed(threshold, rows, miss);
        double cost = bands * (key_cost + met * chance_match[rows] * candidate_cost);
        if (bands != 0 && cost < best_cost) {
            best_cost = cost;
            best = (struct band_plan){bands, rows};
        }
    }
    return best;
}

struct band_plan band_plan_choose(double threshold, uint64_t units)
{
    struct band_plan plan = cheapest(threshold, units, units > many_units ? miss_many : miss_few);
    if (plan.bands == 0)
        plan = cheapest(threshold, units, 1e-3);
    return plan.bands != 0 ? plan : (struct band_plan){BANDS_MAXIMUM, 1};
}
