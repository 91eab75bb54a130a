/* IN and OUT: are they what they must be, and may this run write there? */
#ifndef DEDUP_PIPELINE_PLACES_H
#define DEDUP_PIPELINE_PLACES_H

#include "dedup/run.h"

/* Files of a run, below OUT. */
#define PLACE_OWN        ".dedup"
#define PLACE_MANIFEST   ".dedup/manifest.json"
#define PLACE_LOCK       ".dedup/lock"
#define PLACE_REPORT     ".dedup/report.json"
#define PLACE_DUPLICATES ".dedup/duplicates.jsonl"
#define PLACE_REMOVED    ".dedup/removed.jsonl.zst"

struct places {
    int input, output; /* directory descriptors; -1: not open */
    int lock;          /* descriptor that holds the lock of OUT; -1: none */
    bool fresh;        /* OUT holds nothing of an earlier run */
};

/* Opens IN and looks at OUT, which is neither created nor changed: it must be missing, empty, or the place of an
 * earlier run, and neither may lie inside the other. Errors: READ (IN), ARGUMENT (nesting), CONFLICT (OUT holds
 * something else). */
DEDUP_NODISCARD dedup_status places_open(const dedup_options *options, struct places *out, dedup_error *error);
/* Creates OUT where it is missing, opens and locks it. Errors: WRITE, CONFLICT (another run works there). */
DEDUP_NODISCARD dedup_status places_claim(const dedup_options *options, struct places *places, dedup_error *error);
void places_release(struct places *places);

#endif
