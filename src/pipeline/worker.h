/* What one thread needs to take a document from bytes to cuts, key and sketches; and the batches it fills. */
#ifndef DEDUP_PIPELINE_WORKER_H
#define DEDUP_PIPELINE_WORKER_H

#include "match/alike.h"
#include "pipeline/clean_text.h"
#include "pipeline/job.h"
#include "pipeline/portion.h"
#include "pipeline/source.h"

struct reading;

struct worker {
    const struct job *job;
    struct source_desk desk;
    struct text_document document;
    struct fold_key key;             /* of the kept text, when something is cut */
    const struct fold_key *kept_key; /* that of the document read last: `key`, or its document's */
    struct text_cleaner *cleaner;
    struct paragraph_list whole, left; /* paragraphs of the document, and of what its cuts leave */
    struct match_worker *sketcher;
    struct match_alike alike;
    struct match_part *parts; /* prose paragraphs of the kept key */
    size_t part_count, part_capacity;
    dedup_buffer raw;             /* a whole text file */
    dedup_buffer kept;            /* kept text */
    dedup_buffer name, kept_name; /* ids for the account */
    uint32_t *places;             /* mapped places of cuts */
    size_t place_capacity;
    uint32_t *bounds;
    size_t bound_capacity;
    uint32_t *line_places; /* places of cuts in the line as UTF-8 */
    size_t line_place_capacity;
    struct log_place *log_places; /* what the log says beside the cuts, see removals.h */
    size_t log_place_count, log_place_capacity;
    bool irregular;       /* the document whose cuts were logged last cannot be encoded again */
    dedup_buffer escaped; /* a piece of a JSON string */
    struct learn_reader *reader;
};

/* Reads and decodes a text file; fills in checksum, encoding, bytes, date and flags of `reading`. Errors: MEMORY, READ,
 * LIMIT. */
DEDUP_NODISCARD dedup_status worker_open_file(struct worker *worker, const struct corpus_file *file,
                                              struct reading *reading, struct source *source, dedup_error *error);
/* The date of a file: in seconds where documents have dates of their own, else in nanoseconds. */
int64_t worker_file_date(const struct worker *worker, const struct corpus_file *file);
/* The fields of a JSON line that the options ask for. */
struct source_fields worker_fields(const struct worker *worker);

/* Opens a line of `portion` that is known to be that of a document, `text` if its text is wanted. Errors: MEMORY,
 * LIMIT.
 */
DEDUP_NODISCARD dedup_status worker_reopen_line(struct worker *worker, const struct portion *portion, uint32_t document,
                                                const struct raw_line *line, bool text, struct source *source,
                                                dedup_error *error);

DEDUP_NODISCARD dedup_status worker_create(const struct job *job, struct worker **out, dedup_error *error);
void worker_free(struct worker *worker); /* NULL is fine */

/* One file or line of a batch after reading. */
struct reading {
    struct document_record record; /* cuts, first_unit, encoding: counted within the batch */
    struct encoding encoding;
    uint64_t bytes; /* of the document in the decompressed file */
    struct repeat_totals repeats;
    dedup_status status;              /* DEDUP_OK, or why it is passed on as it is */
    bool broken;                      /* text file: could not be read to its end */
    char message[DEDUP_MESSAGE_SIZE]; /* when status is not DEDUP_OK */
};

/* Consecutive documents on their way through the read pass. */
struct read_batch {
    struct portion portion;
    struct reading *readings;
    size_t reading_count, reading_capacity;
    dedup_buffer cuts, ids;
    uint16_t *units; /* kept keys, one after the other */
    size_t unit_count, unit_capacity;
    struct match_entries *documents, *paragraphs;
    struct key_ref *document_refs, *paragraph_refs; /* places within `units` until they are stored */
    size_t document_ref_count, document_ref_capacity;
    size_t paragraph_ref_count, paragraph_ref_capacity;
    struct paragraph_record *paragraph_records; /* document: index within the batch */
    size_t paragraph_record_capacity;
    struct learn_notes notes; /* what was cut by what was learned */
};

DEDUP_NODISCARD dedup_status read_batch_create(struct read_batch **out, dedup_error *error);
void read_batch_free(struct read_batch *batch); /* NULL is fine */
void read_batch_clear(struct read_batch *batch);

/* Cleans and sketches an opened document and appends it to the batch, `reading` being its new last entry. Errors:
 * MEMORY; LIMIT when a rule of the user takes too many steps, and nothing was appended. */
DEDUP_NODISCARD dedup_status worker_read_document(struct worker *worker, const struct source *source,
                                                  struct read_batch *batch, struct reading *reading,
                                                  dedup_error *error);
/* Appends a document that takes no part (flags and status are the caller's). Errors: MEMORY. */
DEDUP_NODISCARD dedup_status worker_pass_document(struct worker *worker, struct read_batch *batch, dedup_error *error);

/* Fills worker->bounds with begin and end of every cut of worker->document, whose text is that of `source`, and for
 * JSON worker->line_places with their places in the line. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status worker_map_cuts(struct worker *worker, const struct source *source, dedup_error *error);

#endif
