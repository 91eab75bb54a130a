/* OUT/.dedup/manifest.json: what makes a run recognise its own output, and finish it when it was killed. */
#ifndef DEDUP_PIPELINE_MANIFEST_H
#define DEDUP_PIPELINE_MANIFEST_H

#include "corpus/listing.h"
#include "dedup/run.h"

enum manifest_state { MANIFEST_ABSENT, MANIFEST_RUNNING, MANIFEST_DONE };

struct manifest {
    enum manifest_state state;
    char parameters[33]; /* fingerprint of the options that matter for the result, 32 hex digits */
    char input[33];      /* fingerprint of names, sizes and times of the input files */
};

/* The manifest that a run with these options over these files has. Errors: MEMORY, READ (a rule file). */
DEDUP_NODISCARD dedup_status manifest_make(const dedup_options *options, const struct corpus_listing *listing,
                                           struct manifest *out, dedup_error *error);
/* Reads the manifest of OUT. Errors: READ, FORMAT, MEMORY. */
DEDUP_NODISCARD dedup_status manifest_read(int output, struct manifest *out, dedup_error *error);
/* Replaces it, durably. Errors: WRITE, MEMORY. */
DEDUP_NODISCARD dedup_status manifest_write(int output, const struct manifest *manifest, const dedup_options *options,
                                            dedup_error *error);

#endif
