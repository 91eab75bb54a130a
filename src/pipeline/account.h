/* The account of what leaves: records of the removal log, lines of duplicates.jsonl, and counts. */
#ifndef DEDUP_PIPELINE_ACCOUNT_H
#define DEDUP_PIPELINE_ACCOUNT_H

#include "pipeline/survey.h"
#include "pipeline/worker.h"
#include "text/code_forms.h"

/* Encodings whose codes are written down. */
enum { ACCOUNT_GB18030, ACCOUNT_BIG5, ACCOUNT_CODES };

/* Where the accounts of a batch gather. */
struct account {
    dedup_buffer log;        /* records of the removal log */
    uint64_t removals;       /* how many */
    dedup_buffer files;      /* lines of the inventory */
    dedup_buffer duplicates; /* lines of duplicates.jsonl */
    uint64_t *rule_counts, *rule_characters;
    uint64_t boilerplate_characters, duplicate_characters;
    dedup_volume out;
    struct survey_notes *notes;           /* for the report */
    struct code_set *used[ACCOUNT_CODES]; /* codes of GB18030 and Big5 that were met; NULL: none */
};

DEDUP_NODISCARD dedup_status account_init(struct account *account, const struct job *job, dedup_error *error);
void account_release(struct account *account);
void account_clear(struct account *account, const struct job *job);

/* Adds the counters of an account to those of the job. */
void account_count(struct job *job, const struct account *account);
/* The same, and the codes that were met. Not in parallel. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status account_take(struct job *job, const struct account *account, dedup_error *error);

/* A document in the write pass. */
struct leaving {
    uint32_t document; /* its number */
    const struct source *source;
    size_t file;     /* of the listing */
    uint64_t offset; /* of its first byte in the decompressed file */
    size_t whole;    /* its bytes in the file, line terminator included */
};

/* Writes the name of a document to `out`, replacing what is there: its path, or path:line. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status account_name(const struct job *job, uint32_t document, dedup_buffer *out,
                                          dedup_error *error);

/* The set of `used` for a family that has one, made when it is missing. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status account_codes(struct account *account, enum encoding_family family, struct code_set **out,
                                           dedup_error *error);
/* Logs and counts a document that leaves as a whole. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status account_removed(struct worker *worker, const struct leaving *leaving,
                                             struct account *account, dedup_error *error);
/* Logs and counts the cuts of worker->document, which holds those of `leaving` and are mapped, and the repairs. Errors:
 * MEMORY. */
DEDUP_NODISCARD dedup_status account_cuts(struct worker *worker, const struct leaving *leaving, struct account *account,
                                          dedup_error *error);
/* Lists and counts a document that stays as it is. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status account_verbatim(struct worker *worker, const struct leaving *leaving,
                                              struct account *account, dedup_error *error);
/* Lists the duplicates that a document, its repeats and its paragraphs are. When it is `kept`, worker->document holds
 * its cuts, and its lines if repeats were cut. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status account_duplicates(struct worker *worker, const struct leaving *leaving, bool kept,
                                                struct account *account, dedup_error *error);

#endif
