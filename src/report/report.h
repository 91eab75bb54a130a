/* The account of a run: report.json, duplicates.jsonl records, removal log records, and the summary for people. */
#ifndef DEDUP_REPORT_REPORT_H
#define DEDUP_REPORT_REPORT_H

#include <stdbool.h>

#include "base/sum.h"
#include "dedup/run.h"

/* A problem as it is kept for the report. */
struct report_problem {
    dedup_status status;
    const char *path;    /* raw bytes: the report makes them readable and exact */
    uint64_t line;       /* from 1; 0: the whole file */
    const char *message; /* as in a dedup_error */
};

/* A file that holds no documents and was not passed on. */
struct report_skipped {
    const char *path; /* raw bytes */
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
    bool reproducible; /* leave out "run": places, threads, memory and times, in which two equal runs may differ */
};

/* Appends report.json, schema "dedup-report-1", with a final line feed:
 *
 *   schema, version
 *   options                  those that decide the result, by their names on the command line; null: not set
 *   files, files_skipped
 *   in, out                  {documents, paragraphs, characters, bytes}
 *   removed_characters       {boilerplate, duplicates}
 *   duplicates               {documents {exact, near, contained}, blocks_in_document {exact},
 *                             paragraphs_in_document {exact, near}, paragraphs_in_corpus {exact, near}}
 *   repairs, restored, problem_count
 *   encodings                [{name, files}]
 *   rules                    [{id, count, characters}]
 *   problems                 [{path, line?, status, message}]
 *   skipped                  [{path, reason}]
 *   engine                   {bands, rows}
 *   run                      {in, out, threads, memory, tmp, wall_seconds, cpu_seconds}; absent when reproducible
 *
 * Text that is not valid UTF-8 is shown with U+FFFD and has its bytes in a second field, NAME_bytes, in hexadecimal:
 * here and in both kinds of records below. Numbers do not depend on the locale. Errors: MEMORY, LIMIT. */
DEDUP_NODISCARD dedup_status report_json(const struct report *report, dedup_buffer *out, dedup_error *error);

/* Appends report.html: the same and the findings for people, in one page that needs nothing else, readable without
 * scripts, in English and Chinese. Equal runs have equal pages but for the lines between <!-- run --> and <!-- /run
 * -->, which are left out when reproducible. Errors: MEMORY, LIMIT. */
struct report_findings;
DEDUP_NODISCARD dedup_status report_html(const struct report *report, const struct report_findings *findings,
                                         dedup_buffer *out, dedup_error *error);

/* Names of option values, as on the command line; static. */
const char *report_clean_name(dedup_clean_level level);
const char *report_documents_name(dedup_documents value);
const char *report_paragraphs_name(dedup_paragraphs value);
const char *report_paragraph_unit_name(dedup_paragraph_unit value);
const char *report_keep_name(dedup_keep value);
const char *report_log_name(dedup_log value);

/* One line of duplicates.jsonl:
 * {"unit":U,"dropped":ID,"line":N,"kept":ID,"kept_line":N,"similarity":0.9231,"method":M,"removed":true}
 * Lines are left out when they are 0, as they are where the unit is a document. Similarity has 4 decimals. */
struct report_duplicate {
    const char *unit;                 /* "document", "paragraph", "block" */
    const char *dropped, *kept;       /* ids, raw bytes */
    uint64_t dropped_line, kept_line; /* from 1 */
    const char *dropped_id, *kept_id; /* values of --id-field; NULL: none */
    const char *method;               /* "exact", "near", "contained" */
    double similarity;
    bool removed; /* false: found but kept, as the options say */
};
/* Appends the line. Errors: MEMORY, LIMIT; `out` is as it was then. */
DEDUP_NODISCARD dedup_status report_duplicate(const struct report_duplicate *duplicate, dedup_buffer *out,
                                              dedup_error *error);

/* One line of the removal log, see README.md:
 * {"document":ID,"begin":N,"end":N,"reason":R,"kept":ID,"kept_line":N,"similarity":S,"text":T,"replacement":T,
 *  "written":N,"escape":E,"bytes":HEX}
 * Everything behind the reason is left out when it is not there. */
struct report_removal {
    const char *document; /* id */
    const char *id;       /* value of --id-field; NULL: none */
    uint64_t begin, end;  /* bytes of the (decompressed) input file */
    const char *reason;   /* rule id, "blank", "repeat.block", "duplicate.document", "decode", ... */
    const char *kept;     /* id of the keeper document; NULL: none, or the document itself */
    uint64_t kept_line;   /* line of the keeper, from 1; 0: none */
    double similarity;    /* 0: not a duplicate */
    const char *text;     /* what was removed, any bytes; NULL: not logged */
    size_t text_length;
    const char *replacement; /* NULL: none */
    size_t replacement_length;
    uint64_t written;   /* bytes of the output in its place; told unless 0 or those of the replacement */
    const char *escape; /* how `text` stands in a JSON string of the input; NULL: it does not */
    const char *bytes;  /* the bytes of the input, where `text` does not give them; NULL: it does, or not logged */
    size_t bytes_length;
};
/* Appends the line. Errors: MEMORY, LIMIT; `out` is as it was then. */
DEDUP_NODISCARD dedup_status report_removal(const struct report_removal *removal, dedup_buffer *out,
                                            dedup_error *error);

/* One line of the inventory, see README.md. */
struct report_file {
    const char *path;     /* below the input, raw bytes */
    const char *fate;     /* "cleaned", "removed", ... */
    const char *reason;   /* NULL: none */
    const char *encoding; /* NULL: not decoded */
    const char *container;
    bool summed;            /* `sum` is known */
    struct file_sum sum;    /* of the file, decompressed when it was read as documents */
    bool repacked;          /* it is compressed, and its documents were read: */
    struct file_sum packed; /* of the file as it lies on the disk */
    bool written;           /* it is in the output, woven: */
    struct file_sum output; /* of that, decompressed */
    uint64_t removals;      /* records of the removal log */
    const char *target;     /* of a symbolic link; NULL: it is none */
};
/* Appends the line. Errors: MEMORY, LIMIT; `out` is as it was then. */
DEDUP_NODISCARD dedup_status report_file(const struct report_file *file, dedup_buffer *out, dedup_error *error);

#endif
