/* What dedup_verify and dedup_restore share. */
#ifndef DEDUP_AUDIT_PRIVATE_H
#define DEDUP_AUDIT_PRIVATE_H

#include "audit/weave.h"
#include "dedup/audit.h"

struct audit {
    const dedup_audit_options *options;
    const dedup_audit_observer *observer; /* never NULL */
    dedup_audit_summary summary;
    int output; /* directory descriptor */
    struct inventory inventory;
    struct encoders encoders;
    struct weaver *weaver;
    struct weave_counts counts; /* of the file that was rebuilt last */
    char fingerprints[80];      /* of the run: which one this is */
};

/* Opens the records of a finished run. Errors: READ, ARGUMENT, FORMAT, MEMORY. */
DEDUP_NODISCARD dedup_status audit_open(struct audit *audit, const dedup_audit_options *options,
                                        const dedup_audit_observer *observer, dedup_error *error);
void audit_close(struct audit *audit);

/* Tells the observer about a file; `place` NULL: no byte of it in particular. The message is made safe to show. */
void audit_tell(struct audit *audit, const char *path, const uint64_t *place, const char *format, ...)
    DEDUP_PRINTF(4, 5);
/* Tells it how far the work is. Errors: STOPPED. */
DEDUP_NODISCARD dedup_status audit_progress(struct audit *audit, const char *stage, uint64_t done, dedup_error *error);

/* Opens a file below a folder, never through a link in the last place unless `follow`. Errors: READ, MEMORY. */
DEDUP_NODISCARD dedup_status audit_open_file(const struct audit *audit, int folder, const char *path,
                                             enum container container, bool follow, struct input_stream **out,
                                             dedup_error *error);
/* The file of the output that holds one as it was: passed on, or kept aside. Errors: READ, MEMORY. */
DEDUP_NODISCARD dedup_status audit_open_copy(const struct audit *audit, const struct listed *file,
                                             struct input_stream **out, dedup_error *error);
/* Length and checksum of a file. Errors: READ, FORMAT, LIMIT, MEMORY. */
DEDUP_NODISCARD dedup_status audit_sum(const struct audit *audit, int folder, const char *path,
                                       enum container container, bool follow, struct file_sum *out, dedup_error *error);
/* Sends what `file` was to the sink, woven or copied. *place is the byte that was reached; what fails because of this
 * file alone, or in the sink, is told in `reason` and returned in *own. Errors: READ, FORMAT, LIMIT, MEMORY. */
DEDUP_NODISCARD dedup_status audit_rebuild(struct audit *audit, const struct listed *file,
                                           const struct weave_sink *sink, uint64_t *place, dedup_status *own,
                                           dedup_error *reason, dedup_error *error);
/* Counts the file that was rebuilt last as one that is right. */
void audit_count(struct audit *audit);

#endif
