/* report.json, back into numbers. */
#ifndef DEDUP_PIPELINE_REPORT_READ_H
#define DEDUP_PIPELINE_REPORT_READ_H

#include "base/arena.h"
#include "dedup/run.h"

/* What was read. The summary has everything but `memory`; of the options those that decide how it is shown, and
 * text_field. */
struct stored_report {
    dedup_options options;
    dedup_summary summary;
    const char *version;
    struct arena names;
};

/* Reads report.json, which may be anything. Errors: FORMAT, MEMORY; `out` is to be released in any case. */
DEDUP_NODISCARD dedup_status stored_report_parse(const char *text, size_t length, struct stored_report *out,
                                                 dedup_error *error);
void stored_report_release(struct stored_report *report);

#endif
