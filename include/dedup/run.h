/* The main job: a directory in, a clean and duplicate-free directory out, and an account of every byte.
 *
 *     dedup_options options;
 *     dedup_options_init(&options);
 *     options.input = "scraped", options.output = "clean";
 *     dedup_run(&options, NULL, &summary, &error);
 *
 * What a run leaves in `output`: the tree, and below `.dedup/` report.json, duplicates.jsonl, removed.jsonl.zst,
 * files.jsonl.zst and manifest.json (formats: README). Nothing is ever written below `input`. The result depends on the
 * input and on the options that are marked (result), on nothing else: not on threads, processor, or the order in which
 * files were created. */
#ifndef DEDUP_RUN_H
#define DEDUP_RUN_H

#include <stdbool.h>

#include "dedup/buffer.h"
#include "dedup/clean.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What happens to duplicate documents. */
typedef enum dedup_documents { DEDUP_DOCUMENTS_REMOVE = 0, DEDUP_DOCUMENTS_KEEP } dedup_documents;
/* How far duplicate blocks and paragraphs are removed: inside each document, not at all (but counted and listed), also
 * across documents; or they are not even looked for. */
typedef enum dedup_paragraphs {
    DEDUP_PARAGRAPHS_DOCUMENT = 0,
    DEDUP_PARAGRAPHS_KEEP,
    DEDUP_PARAGRAPHS_CORPUS,
    DEDUP_PARAGRAPHS_OFF
} dedup_paragraphs;
/* What a paragraph is: decided per document, a line, or lines up to a blank line. */
typedef enum dedup_paragraph_unit {
    DEDUP_PARAGRAPH_AUTO = 0,
    DEDUP_PARAGRAPH_LINE,
    DEDUP_PARAGRAPH_BLANK
} dedup_paragraph_unit;
/* Which of several duplicates stays. */
typedef enum dedup_keep {
    DEDUP_KEEP_BEST = 0, /* longest fold key, then fewest repairs, then path */
    DEDUP_KEEP_FIRST,    /* by path, then line */
    DEDUP_KEEP_NEWEST    /* latest date field or file time, then path */
} dedup_keep;
/* How much the removal log holds. */
typedef enum dedup_log { DEDUP_LOG_TEXT = 0, DEDUP_LOG_RANGES, DEDUP_LOG_OFF } dedup_log;
/* What happens to files that hold no documents: kept below output/.dedup/others, for dedup_restore, or left out. */
typedef enum dedup_others { DEDUP_OTHERS_KEEP = 0, DEDUP_OTHERS_LEAVE } dedup_others;

typedef struct dedup_options {
    const char *input;             /* directory */
    const char *output;            /* directory; created when missing */
    const char *encoding;          /* (result) declared encoding of all files; NULL: detected per file */
    const char *text_field;        /* (result) JSON Lines field that holds the text: "text" */
    const char *id_field;          /* (result) field that names the document in reports beside path:line; NULL: none */
    const char *date_field;        /* (result) field that DEDUP_KEEP_NEWEST compares; NULL: file time */
    const char *source_field;      /* (result) field that names the source of a document, for what is learned per
                                      source; NULL: "source", "site", or the host of "url" */
    dedup_clean_level clean;       /* (result) */
    const char *const *rule_files; /* (result) rule packs to add */
    size_t rule_file_count;
    const char *const *rules_off; /* (result) ids, families or classes of rules to switch off */
    size_t rules_off_count;
    dedup_documents documents;      /* (result) */
    dedup_paragraphs paragraphs;    /* (result) */
    dedup_paragraph_unit paragraph; /* (result) */
    double threshold;               /* (result) Jaccard, 0.05..1 */
    double containment;             /* (result) share, 0.05..1; above 1: contained documents stay */
    dedup_keep keep;                /* (result) */
    unsigned bands, rows;           /* (result) banding; 0: chosen for recall >= .999 */
    dedup_log log;
    dedup_others others;       /* only with a log */
    bool follow;               /* (result) follow symbolic links */
    unsigned threads;          /* 0: as many as processors */
    uint64_t memory;           /* bytes for the search of duplicates before it spills to `temporary`; 0: 64 MiB */
    const char *temporary;     /* folder for spill files, not below input (SIGBUS if its disk fails); NULL: .dedup */
    uint64_t maximum_document; /* bytes; longer documents are passed on unchanged and reported */
    uint64_t maximum_file;     /* decompressed bytes of one file */
    uint32_t maximum_ratio;    /* decompressed bytes per compressed byte */
    bool dry_run;              /* find out what a run would do: `output` is not looked at and nothing is written but */
    const char *log_file;      /* of a dry run: a file, not below input, for removal log and duplicates; NULL: none */
    uint64_t sample;           /* of a dry run: so many documents, those whose names have the smallest hashes, and no
                                  others; what is learned is learned from all. 0: all documents */
} dedup_options;

/* Fills in the defaults. */
DEDUP_API void dedup_options_init(dedup_options *options);

/* Sizes of one side of a run. */
typedef struct dedup_volume {
    uint64_t documents, paragraphs, characters, bytes;
} dedup_volume;

/* A thing with a name and a count: an encoding, a rule, a reason. */
typedef struct dedup_tally {
    const char *name;
    uint64_t count;      /* documents, files or removals */
    uint64_t characters; /* removed, where that makes sense */
} dedup_tally;

/* The numbers of a finished run. Strings and arrays belong to the summary. */
typedef struct dedup_summary {
    dedup_volume in, out;
    uint64_t files, files_skipped;
    uint64_t exact, near, contained; /* documents found to be duplicates, by method */
    uint64_t block_repeats, paragraph_repeats_exact, paragraph_repeats_near; /* inside documents */
    uint64_t paragraph_exact, paragraph_near;                                /* across documents, among survivors */
    uint64_t repairs;                                                        /* stretches of bytes that became U+FFFD */
    uint64_t restored;               /* documents that cleaning would have damaged and that were left as they were */
    uint64_t problems;               /* files and lines that were reported */
    uint64_t duplicate_characters;   /* characters of removed documents and repeats */
    uint64_t boilerplate_characters; /* characters that rules removed */
    dedup_tally *rules;              /* most characters first */
    size_t rule_count;
    dedup_tally *encodings; /* most files first */
    size_t encoding_count;
    unsigned bands, rows; /* banding that was used for documents */
    unsigned threads;
    double wall_seconds, cpu_seconds;
    struct dedup_summary_memory *memory; /* private */
} dedup_summary;

DEDUP_API void dedup_summary_release(dedup_summary *summary);

/* Something about an input that a person should know; the run goes on. `path` and `message` are escaped for display. */
typedef struct dedup_problem {
    dedup_status status;
    const char *path; /* below input */
    uint64_t line;    /* of the file, from 1; 0: the whole file */
    const char *message;
} dedup_problem;

/* How far a run is. */
typedef struct dedup_progress {
    const char *stage;    /* "list", "read", "match", "write", "stream" */
    uint64_t done, total; /* bytes of input in "read", "write" and "stream", units in "match"; total 0: unknown */
} dedup_progress;

/* What a run tells its caller while it works. Calls never overlap. Any member may be NULL. */
typedef struct dedup_observer {
    void *context;
    void (*problem)(void *context, const dedup_problem *problem);
    /* Returns false to stop the run (DEDUP_ERROR_STOPPED). */
    bool (*progress)(void *context, const dedup_progress *progress);
} dedup_observer;

/* Runs the job, or with `dry_run` only finds out the numbers. On DEDUP_OK `summary` (may be NULL) holds the numbers,
 * also when problems were reported. A run that was killed is finished by the same call. Errors: ARGUMENT and CONFLICT
 * before anything is written; READ, WRITE, MEMORY.
 */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_run(const dedup_options *options, const dedup_observer *observer,
                                                 dedup_summary *summary, dedup_error *error);

/* Appends the summary as lines for people. `color`: with ANSI colours. With options->output NULL nothing is said about
 * the place of the report. Errors: MEMORY, LIMIT. */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_summary_text(const dedup_options *options, const dedup_summary *summary,
                                                          bool color, dedup_buffer *out, dedup_error *error);

#ifdef __cplusplus
}
#endif
#endif
