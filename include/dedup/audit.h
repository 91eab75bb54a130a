/* Nothing is lost: what a finished run kept and what it removed make up its input.
 *
 *     dedup_audit_options options;
 *     dedup_audit_options_init(&options);
 *     options.output = "clean", options.input = "scraped";
 *     dedup_verify(&options, NULL, &summary, &error);        summary.differences is 0: all of it is there
 *     options.target = "again";
 *     dedup_restore(&options, NULL, &summary, &error);       without `input`
 *
 * Both read the output and its records (format: src/report/README.md), which may be damaged or made to do harm: nothing
 * is written outside of `target`, and every file is checked by its length and checksum before it gets its name. */
#ifndef DEDUP_AUDIT_H
#define DEDUP_AUDIT_H

#include "dedup/run.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dedup_audit_options {
    const char *output;        /* of a finished run */
    const char *input;         /* of that run; dedup_verify only */
    const char *target;        /* new or empty directory, or one that was not finished; dedup_restore only */
    uint64_t maximum_document; /* that of the run: bounds the memory for one record */
    uint64_t maximum_file;     /* decompressed bytes of one file */
    uint32_t maximum_ratio;    /* decompressed bytes per compressed byte */
} dedup_audit_options;

/* Fills in the defaults of a run. */
DEDUP_API void dedup_audit_options_init(dedup_audit_options *options);

/* A file that is not what it must be. Others are looked at all the same. */
typedef struct dedup_difference {
    const char *path; /* below the input, escaped for display */
    bool placed;      /* `offset` says where the difference begins */
    uint64_t offset;  /* byte of the file, decompressed */
    const char *message;
} dedup_difference;

/* What is told while it works. Any member may be NULL. */
typedef struct dedup_audit_observer {
    void *context;
    void (*difference)(void *context, const dedup_difference *difference);
    /* Returns false to stop (DEDUP_ERROR_STOPPED). */
    bool (*progress)(void *context, const dedup_progress *progress);
} dedup_audit_observer;

typedef struct dedup_audit_summary {
    uint64_t files, links, folders; /* that are right, or were restored */
    uint64_t bytes;                 /* of those files, decompressed: the three below together */
    uint64_t bytes_kept;            /* from the output */
    uint64_t bytes_logged;          /* from the log */
    uint64_t bytes_measured;        /* known by their length alone, with --log ranges */
    uint64_t packed_same;           /* compressed files restored as they were ... */
    uint64_t packed_anew;           /* ... or with the same content in other compressed bytes */
    uint64_t left;                  /* files and folders that the run left out on purpose */
    uint64_t differences;
} dedup_audit_summary;

/* Proves byte by byte that the output and its log make up the input, and that neither has more or less. On DEDUP_OK
 * the summary (may be NULL) says whether they do. Errors: READ, ARGUMENT (not the output of a finished run, or one
 * without a log), FORMAT (damaged records), LIMIT, MEMORY, STOPPED. */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_verify(const dedup_audit_options *options,
                                                    const dedup_audit_observer *observer, dedup_audit_summary *summary,
                                                    dedup_error *error);
/* Rebuilds the input of a run below `target`. Files that cannot be rebuilt are told as differences and left out. A
 * restore that was stopped is finished by the same call. Modes, owners and times are not restored. Errors: as
 * dedup_verify, CONFLICT (`target` holds something else), WRITE, ARGUMENT (also: a log without texts). */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_restore(const dedup_audit_options *options,
                                                     const dedup_audit_observer *observer, dedup_audit_summary *summary,
                                                     dedup_error *error);

#ifdef __cplusplus
}
#endif
#endif
