/* OUT/.dedup/files.jsonl.zst, what became of every file, and codes.jsonl.zst; the formats stand in
 * src/report/README.md. */
#ifndef DEDUP_PIPELINE_INVENTORY_H
#define DEDUP_PIPELINE_INVENTORY_H

#include "pipeline/job.h"
#include "pipeline/journal.h"
#include "report/report.h"

/* What becomes of files. */
extern const char fate_cleaned[]; /* in OUT, without what the log holds */
extern const char fate_removed[]; /* a duplicate: the log holds it */
extern const char fate_passed[];  /* in OUT, byte for byte */
extern const char fate_other[];   /* no documents: below OUT/.dedup/others, byte for byte */
extern const char fate_link[];    /* a symbolic link: its target is recorded */
extern const char fate_folder[];  /* an empty folder */
extern const char fate_left[];    /* left out on purpose */
extern const char fate_lost[];    /* could not be read */

/* "gz", "zst" ...; NULL for a plain file. */
const char *container_name(enum container container);
/* The container of a name; false when there is none of that name. */
bool container_named(const char *name, enum container *out);

/* Opens the journal, with a lane for each batch, and adds its first line. Errors: WRITE, MEMORY. */
DEDUP_NODISCARD dedup_status inventory_open(const struct job *job, struct journal *journal, dedup_error *error);
/* Appends a line to `out`, or to the journal; without a log there are none. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status inventory_add(const struct job *job, const struct report_file *line, dedup_buffer *out,
                                           dedup_error *error);
DEDUP_NODISCARD dedup_status inventory_write(const struct job *job, const struct report_file *line,
                                             struct journal *journal, dedup_error *error);
/* Writes the codes that were met, where there are any. Errors: WRITE, MEMORY, ARGUMENT. */
DEDUP_NODISCARD dedup_status inventory_write_codes(const struct job *job, dedup_error *error);

/* Copies a file of the input as it lies on the disk to `target` below OUT. *copied is false when it could not be read
 * to its end; then `reason` says why and nothing is left. Errors: WRITE, MEMORY. */
DEDUP_NODISCARD dedup_status copy_file_to(const struct job *job, const char *path, const char *target,
                                          dedup_buffer *scratch, bool *copied, struct file_sum *sum,
                                          dedup_error *reason, dedup_error *error);

/* Keeps what holds no documents and lists it in the journal. Errors: WRITE, MEMORY, STOPPED. */
DEDUP_NODISCARD dedup_status job_write_others(struct job *job, struct journal *journal, dedup_error *error);

#endif
