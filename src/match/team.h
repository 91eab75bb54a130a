/* Numbered jobs in parallel, with their results taken in order: ordered_run for work that is known beforehand. */
#ifndef DEDUP_MATCH_TEAM_H
#define DEDUP_MATCH_TEAM_H

#include <stddef.h>

#include "dedup/error.h"

struct team_job {
    void *context;
    size_t count;       /* jobs 0 .. count - 1 */
    size_t worker_size; /* bytes of scratch per thread, zeroed at first, > 0 */
    size_t result_size; /* bytes of a result, zeroed at first and reused, > 0 */
    /* Does job `index`. In parallel. */
    dedup_status (*work)(void *context, void *worker, void *result, size_t index, dedup_error *error);
    /* Takes the results in order, one at a time; NULL when there is nothing to take. */
    dedup_status (*take)(void *context, void *result, size_t index, dedup_error *error);
    /* Free what scratch and results own; NULL when they own nothing. */
    void (*release_worker)(void *worker);
    void (*release_result)(void *result);
};

/* Runs all jobs with up to `threads` threads. Errors: MEMORY, or the first of a job in order. */
DEDUP_NODISCARD dedup_status team_run(const struct team_job *job, unsigned threads, dedup_error *error);

#endif
