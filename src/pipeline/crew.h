/* Workers and batches of a pass: made, run in order, freed. */
#ifndef DEDUP_PIPELINE_CREW_H
#define DEDUP_PIPELINE_CREW_H

#include "base/ordered.h"
#include "pipeline/job.h"
#include "pipeline/portion.h"

/* How many batches a pass has, which are used in turn. */
size_t crew_batches(const struct job *job);
/* Runs a pass with one worker (worker_create) per thread and batches made by `create_item`. */
DEDUP_NODISCARD dedup_status crew_run(struct job *job, const struct ordered_stages *stages,
                                      dedup_status (*create_item)(const struct job *job, void **out,
                                                                  dedup_error *error),
                                      void (*free_item)(void *item), dedup_error *error);

/* Counts a consumed portion as done and tells the observer. Errors: STOPPED. */
DEDUP_NODISCARD dedup_status job_portion_done(struct job *job, const char *stage, const struct portion *portion,
                                              dedup_error *error);

#endif
