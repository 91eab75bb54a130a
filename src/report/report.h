/* The account of a run: report.json, duplicates.jsonl records, removal log records, and the summary for people. */
#ifndef DEDUP_REPORT_REPORT_H
#define DEDUP_REPORT_REPORT_H

#include "dedup/run.h"

/* A problem as it is kept for the report; same meaning as dedup_problem. */
struct report_problem {
    dedup_status status;
    const char *path;
    uint64_t line;
    const char *message;
};

/* A file that holds no documents and was not passed on. */
struct report_skipped {
    const char *path;
    const char *reason;
};

/* Everything report.json says. Borrowed. */
struct report {
    const dedup_options *options;
    const dedup_summary *summary;
    const struct report_problem *problems;
    size_t problem_count;
    const struct report_skipped *skipped;
    size_t skipped_count;
    bool reproducible; /* leave out what differs between two equal runs (times, threads) */
};

/* Appends report.json (schema "dedup-report-1", documented in README). Errors: MEMORY, LIMIT. */
DEDUP_NODISCARD dedup_status report_json(const struct report *report, dedup_buffer *out, dedup_error *error);

/* Names of option values, as on the command line; static. */
const char *report_clean_name(dedup_clean_level level);
const char *report_documents_name(dedup_documents value);
const char *report_paragraphs_name(dedup_paragraphs value);
const char *report_paragraph_unit_name(dedup_paragraph_unit value);
const char *report_keep_name(dedup_keep value);
const char *report_log_name(dedup_log value);

/* One line of duplicates.jsonl. Lines are 0 where the unit is a document. */
struct report_duplicate {
    const char *unit;                 /* "document", "paragraph", "block" */
    const char *dropped, *kept;       /* ids, raw bytes */
    uint64_t dropped_line, kept_line; /* from 1 */
    const char *method;               /* "exact", "near", "contained" */
    double similarity;
    bool removed; /* false: found but kept, as the options say */
};
DEDUP_NODISCARD dedup_status report_duplicate(const struct report_duplicate *duplicate, dedup_buffer *out,
                                              dedup_error *error);

/* One line of the removal log. */
struct report_removal {
    const char *document; /* id */
    uint64_t begin, end;  /* bytes of the (decompressed) input file */
    const char *reason;   /* rule id, "blank", "repeat.block", "duplicate.document", "decode", ... */
    const char *kept;     /* id of the keeper document; NULL: none, or the document itself */
    uint64_t kept_line;   /* line of the keeper, from 1; 0: none */
    double similarity;    /* 0: not a duplicate */
    const char *text;     /* removed text, UTF-8; NULL: not logged */
    size_t text_length;
    const char *replacement; /* NULL: none */
    size_t replacement_length;
};
DEDUP_NODISCARD dedup_status report_removal(const struct report_removal *removal, dedup_buffer *out,
                                            dedup_error *error);

#endif
