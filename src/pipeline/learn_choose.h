/* The first half of the learning pass: which documents of each source are read. */
#ifndef DEDUP_PIPELINE_LEARN_CHOOSE_H
#define DEDUP_PIPELINE_LEARN_CHOOSE_H

#include "pipeline/job.h"

/* Fills job->learner. Text files are chosen by their paths; of JSON Lines the lines of some ranges are looked at for
 * their source (learn_ranges.h), of compressed ones, which cannot be read by place, every line. Lines that cannot be
 * opened again by their place, because the file is compressed or not UTF-8, come with their content.
 * Errors: MEMORY, STOPPED. */
DEDUP_NODISCARD dedup_status learn_choose(struct job *job, dedup_error *error);

#endif
