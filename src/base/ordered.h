/* A bounded, ordered pipeline: items are produced one after another, worked on in parallel and consumed in the order in
 * which they were produced, so that results do not depend on the number of threads. Threads are equal: each takes the
 * next thing that can be done (consume before produce), so one thread alone runs the same loop. */
#ifndef DEDUP_BASE_ORDERED_H
#define DEDUP_BASE_ORDERED_H

#include <stdbool.h>

#include "dedup/error.h"

struct ordered_stages {
    void *context;
    /* Fills `item`; sets *more to false (and leaves the item alone) at the end. One call at a time. */
    dedup_status (*produce)(void *context, void *item, bool *more, dedup_error *error);
    /* Works on `item` with the worker's own scratch. In parallel. */
    dedup_status (*work)(void *context, void *worker, void *item, dedup_error *error);
    /* Takes the result. One call at a time, in order of production. */
    dedup_status (*consume)(void *context, void *item, dedup_error *error);
};

/* Runs the stages with `thread_count` threads (>= 1; the caller's is one of them), one of `workers` each, over
 * `item_count` reusable items (>= 1; 2 per thread keeps all busy). The caller owns items and workers.
 * The first failure in production order is returned; later items are not consumed. */
DEDUP_NODISCARD dedup_status ordered_run(const struct ordered_stages *stages, void *const *workers, size_t thread_count,
                                         void *const *items, size_t item_count, dedup_error *error);

#endif
