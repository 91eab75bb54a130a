/* One run: what its passes share.
 *
 *   list    -> files
 *   read    -> a record, cuts and sketches for every document, paragraphs for every prose paragraph of its kept text
 *   decide  -> a verdict for every document and paragraph
 *   write   -> the tree, the removal log and duplicates.jsonl
 *
 * Nothing of a document's text stays in memory between read and write: the write pass reads the input again, checks
 * that it is the same, and applies the recorded cuts. */
#ifndef DEDUP_PIPELINE_JOB_H
#define DEDUP_PIPELINE_JOB_H

#include "clean/cleaner.h"
#include "corpus/listing.h"
#include "corpus/stream.h"
#include "dedup/run.h"
#include "match/match.h"
#include "match/repeats.h"
#include "pipeline/cut_store.h"
#include "pipeline/source.h"
#include "text/encoding.h"

enum document_flag {
    DOCUMENT_PASSED = 1,   /* not understood (bad line, too long, broken file): written as it came, takes no part */
    DOCUMENT_EMPTY = 2,    /* a blank line of a JSON Lines file: passed, but nothing to report */
    DOCUMENT_RESTORED = 4, /* the governor took the rule cuts back */
    DOCUMENT_ADDRESS = 8   /* its origin is an address */
};

/* What is remembered of a document. A text file is one document, every line of a JSON Lines file is one. */
struct document_record {
    uint64_t checksum; /* XXH3 of its bytes in the decompressed file; a line without its terminator */
    uint64_t cuts;     /* its place in the cut store */
    uint64_t id;       /* place of its id in job.ids, from 1; 0: none */
    int64_t date;      /* for DEDUP_KEEP_NEWEST: seconds or nanoseconds, one kind per run; INT64_MIN: unreadable */
    uint32_t cut_count;
    uint32_t key_points; /* code points of the kept fold key */
    uint32_t repairs;
    uint32_t characters; /* code points */
    uint32_t paragraphs, kept_paragraphs;
    uint32_t first_unit; /* its first paragraph unit; the next document's is the end */
    uint16_t encoding;   /* index in job.encodings */
    uint16_t flags;      /* set of enum document_flag */
    struct source_places places;
};

/* A prose paragraph of the kept text of a document: a unit of the paragraph matcher. */
struct paragraph_record {
    uint32_t document;
    uint32_t first, last; /* lines of the document, from 0 */
};

/* Documents of a file: job.records[first_document ...]. */
struct file_state {
    uint32_t first_document;
    uint32_t document_count;
    bool broken;    /* could not be read to its end: copied as it is */
    bool unlearned; /* the learning pass could not read it */
};

struct job_problem {
    dedup_status status;
    char *path; /* owned, as the file system has it */
    uint64_t line;
    char *message; /* owned */
};

/* Repeats inside documents, summed over a run or a batch. */
struct repeat_totals {
    uint64_t blocks, exact, near, characters;
};

struct job {
    const dedup_options *options;
    const dedup_observer *observer; /* never NULL */
    unsigned threads;
    enum paragraph_mode paragraph_mode;
    int input, output; /* directory descriptors */
    int spill;         /* folder for temporary files */
    bool again;        /* OUT may hold files of an earlier run */
    struct corpus_listing listing;
    struct file_state *states; /* one per file of the listing */

    dedup_cleaner *cleaner;                  /* NULL: cleaning is off */
    uint64_t *rule_counts, *rule_characters; /* per rule of the cleaner */
    struct learner *learner;                 /* during the learning pass */
    struct learned *learned;                 /* NULL: nothing was learned */
    struct learned_account *learned_account; /* what it cut; NULL with it */

    struct encoding *encodings; /* those that were met */
    uint64_t *encoding_files;
    size_t encoding_count, encoding_capacity;
    size_t encoding_files_capacity;

    struct document_record *records;
    size_t record_count, record_capacity;
    struct paragraph_record *paragraphs;
    size_t paragraph_count, paragraph_capacity;
    struct cut_store cuts;
    dedup_buffer ids; /* values of the id field, NUL-terminated, one after the other */

    struct key_store *keys;
    struct matcher *documents_matcher, *paragraphs_matcher; /* of paragraphs NULL: they are not compared */
    struct match_verdict *document_verdicts, *paragraph_verdicts;
    struct match_counts document_counts, paragraph_counts;

    struct survey *survey; /* of the write pass */

    struct job_problem *problems;
    size_t problem_count, problem_capacity;

    struct code_set *used[2]; /* codes of GB18030 and Big5 that were met; NULL: none */

    dedup_volume in, out;
    struct repeat_totals repeats;
    uint64_t repairs, restored, boilerplate_characters, duplicate_characters;
    uint64_t bytes_done, bytes_total;
    uint64_t sample_last; /* with options->sample: the largest hash that the sample takes */
};

/* Takes the options, after checking them; nothing is opened. Errors: ARGUMENT. */
DEDUP_NODISCARD dedup_status job_init(struct job *job, const dedup_options *options, const dedup_observer *observer,
                                      dedup_error *error);
void job_release(struct job *job);
/* Makes the cleaner that the options ask for, and room for its counts. Errors: MEMORY, READ, FORMAT and ARGUMENT
 * (rules). */
DEDUP_NODISCARD dedup_status job_make_cleaner(struct job *job, dedup_error *error);
/* Makes the cleaner and lists the files below the directory descriptor `input`, which is borrowed. Errors: MEMORY,
 * READ, FORMAT and ARGUMENT (rules). */
DEDUP_NODISCARD dedup_status job_list(struct job *job, int input, dedup_error *error);
/* Makes the key store and the matchers for the listed files, before job_read. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status job_make_matchers(struct job *job, dedup_error *error);

/* Records a problem of an input and tells the observer. Not in parallel. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status job_problem_add(struct job *job, dedup_status status, const char *path, uint64_t line,
                                             const char *message, dedup_error *error);
/* Tells the observer how far `stage` is. Errors: STOPPED when it says so. */
DEDUP_NODISCARD dedup_status job_progress(struct job *job, const char *stage, uint64_t done, uint64_t total,
                                          dedup_error *error);

/* The encoding to use for a file: the declared one (with its byte order mark looked for), or what the bytes say. */
DEDUP_NODISCARD dedup_status job_encoding(const struct job *job, struct decoder *decoder, const void *bytes,
                                          size_t length, struct encoding *out, dedup_error *error);

/* The id of a document by --id-field, NULL when it has none. */
const char *job_document_id(const struct job *job, size_t document);

/* True when the verdict on `document` says that it leaves. */
bool job_document_leaves(const struct job *job, size_t document);

/* The paragraph units [*begin, *end) of a document. */
void job_units(const struct job *job, uint32_t document, uint32_t *begin, uint32_t *end);

/* True for failures that concern one input only, so that the work goes on. */
bool job_is_local(dedup_status status);

/* Deletes a file below OUT that an earlier run may have left and this one does not write. Errors: WRITE. */
DEDUP_NODISCARD dedup_status job_forget(const struct job *job, const char *path, dedup_error *error);

/* The documents that take part in a decision, the preferred ones first; the caller frees *order. Documents of a file
 * that could not be read to its end take no part from then on. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status job_order(struct job *job, uint32_t **order, size_t *count, dedup_error *error);

/* Finds the documents of options->sample, when there is one: after job_list. Errors: MEMORY, STOPPED. */
DEDUP_NODISCARD dedup_status job_choose_sample(struct job *job, dedup_error *error);
/* True when a document takes part: `line` of a file of the listing, 0 for a text file. */
bool job_in_sample(const struct job *job, size_t file, uint64_t line);

/* Instead of job_write: finds out what it would write. Documents of files that changed meanwhile count as passed on.
 * Errors: MEMORY, WRITE (the log), STOPPED. */
DEDUP_NODISCARD dedup_status job_weigh(struct job *job, dedup_error *error);

/* The three passes. */
DEDUP_NODISCARD dedup_status job_read(struct job *job, dedup_error *error);
DEDUP_NODISCARD dedup_status job_decide(struct job *job, dedup_error *error);
DEDUP_NODISCARD dedup_status job_write(struct job *job, dedup_error *error);

/* Builds the summary from the counters of a finished job. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status job_summarize(const struct job *job, dedup_summary *summary, dedup_error *error);

#endif
