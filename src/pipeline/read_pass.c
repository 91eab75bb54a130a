#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/ordered.h"
#include "pipeline/crew.h"
#include "pipeline/learn_pass.h"
#include "pipeline/worker.h"

struct read_pass {
    struct job *job;
    struct portion_reader *reader;
};

static dedup_status produce(void *context, void *item, bool *more, dedup_error *error)
{
    struct read_pass *pass = context;
    struct read_batch *batch = item;
    read_batch_clear(batch);
    return portion_next(pass->reader, &batch->portion, more, error);
}

/* A new entry at the end of the batch. */
static dedup_status add_reading(struct read_batch *batch, struct reading **out, dedup_error *error)
{
    TRY(array_reserve(&batch->readings, &batch->reading_capacity, batch->reading_count + 1, "documents", error));
    *out = &batch->readings[batch->reading_count++];
    memset(*out, 0, offsetof(struct reading, message));
    (*out)->message[0] = '\0';
    return DEDUP_OK;
}

/* Marks the last entry as one that is passed on as it is, and says why. */
static dedup_status pass_on(struct worker *worker, struct read_batch *batch, dedup_status status,
                            const dedup_error *reason, dedup_error *error)
{
    struct reading *reading = &batch->readings[batch->reading_count - 1];
    reading->status = status;
    (void)snprintf(reading->message, sizeof reading->message, "%s", reason->message);
    return worker_pass_document(worker, batch, error);
}

/* Cleans with what was learned of the document's source from now on. */
static void worker_learned(struct worker *worker, size_t file, const struct source *source)
{
    const struct job *job = worker->job;
    if (!job->learned)
        return;
    size_t length;
    const char *name = job_source_name(job, file, source, &length);
    text_cleaner_learned(worker->cleaner, learned_find(job->learned, name, length));
}

/* A document that a rule cannot cope with is passed on. */
static dedup_status read_document(struct worker *worker, const struct source *source, struct read_batch *batch,
                                  dedup_error *error)
{
    struct reading *reading = &batch->readings[batch->reading_count - 1];
    dedup_error reason;
    dedup_status status = worker_read_document(worker, source, batch, reading, &reason);
    if (job_is_local(status))
        return pass_on(worker, batch, status, &reason, error);
    return status == DEDUP_OK ? DEDUP_OK : fail(error, status, "%s", reason.message);
}

/* Marks the last entry as one that holds no document. */
static dedup_status leave_out(struct worker *worker, struct read_batch *batch, dedup_error *error)
{
    batch->readings[batch->reading_count - 1].record.flags |= DOCUMENT_EMPTY;
    return worker_pass_document(worker, batch, error);
}

static dedup_status read_text_file(struct worker *worker, const struct corpus_file *file, struct read_batch *batch,
                                   dedup_error *error)
{
    struct reading *reading;
    struct source source;
    dedup_error reason;
    TRY(add_reading(batch, &reading, error));
    if (!job_in_sample(worker->job, (size_t)(file - worker->job->listing.files), 0))
        return leave_out(worker, batch, error);
    dedup_status status = worker_open_file(worker, file, reading, &source, &reason);
    if (job_is_local(status)) {
        reading->broken = true;
        return pass_on(worker, batch, status, &reason, error);
    }
    if (status != DEDUP_OK)
        return fail(error, status, "%s", reason.message);
    worker_learned(worker, (size_t)(file - worker->job->listing.files), &source);
    return read_document(worker, &source, batch, error);
}

static dedup_status read_line(struct worker *worker, const struct raw_line *line, struct read_batch *batch,
                              dedup_error *error)
{
    struct source_fields fields = worker_fields(worker);
    const struct portion *portion = &batch->portion;
    struct reading *reading;
    struct source source;
    dedup_error reason;
    TRY(add_reading(batch, &reading, error));
    reading->encoding = portion->encoding;
    reading->bytes = line->length;
    reading->record.checksum = hash64_of(line->bytes, line->length);
    reading->record.date = worker_file_date(worker, &worker->job->listing.files[portion->file]);
    if (line_is_blank(line->bytes, line->length) || !job_in_sample(worker->job, portion->file, line->number))
        return leave_out(worker, batch, error);
    dedup_status status =
        source_open_json(&worker->desk, &portion->encoding, &fields, line->bytes, line->length, &source, &reason);
    if (job_is_local(status))
        return pass_on(worker, batch, status, &reason, error);
    if (status != DEDUP_OK)
        return fail(error, status, "%s", reason.message);
    worker_learned(worker, portion->file, &source);
    return read_document(worker, &source, batch, error);
}

/* A line that is too long has one entry, made when its first piece comes. */
static dedup_status read_piece(struct worker *worker, const struct portion *portion, struct read_batch *batch,
                               dedup_error *error)
{
    struct reading *reading;
    dedup_error reason;
    if (portion->again)
        return DEDUP_OK;
    TRY(add_reading(batch, &reading, error));
    reading->encoding = portion->encoding;
    dedup_status status =
        fail(&reason, DEDUP_ERROR_LIMIT, "the line is longer than --max-document allows; it was passed on unchanged");
    return pass_on(worker, batch, status, &reason, error);
}

static dedup_status work(void *context, void *worker_item, void *item, dedup_error *error)
{
    struct read_pass *pass = context;
    struct worker *worker = worker_item;
    struct read_batch *batch = item;
    const struct portion *portion = &batch->portion;
    if (!portion->lines) {
        for (size_t i = 0; i < portion->file_count; i++)
            TRY(read_text_file(worker, &pass->job->listing.files[portion->file + i], batch, error));
        return DEDUP_OK;
    }
    if (portion->block.piece)
        return read_piece(worker, portion, batch, error);
    for (struct raw_line line = {0}; portion_line(portion, &line);)
        TRY(read_line(worker, &line, batch, error));
    return DEDUP_OK;
}

/* The number of an encoding in job.encodings, where it is added if it is new. */
static dedup_status intern_encoding(struct job *job, const struct encoding *encoding, uint16_t *index,
                                    dedup_error *error)
{
    size_t i = 0;
    while (i < job->encoding_count &&
           (strcmp(job->encodings[i].name, encoding->name) != 0 || job->encodings[i].mark != encoding->mark))
        i++;
    if (i == job->encoding_count) {
        TRY(array_reserve(&job->encodings, &job->encoding_capacity, i + 1, "encodings", error));
        TRY(array_reserve(&job->encoding_files, &job->encoding_files_capacity, i + 1, "encodings", error));
        job->encodings[i] = *encoding;
        job->encoding_files[i] = 0;
        job->encoding_count++;
    }
    *index = (uint16_t)i;
    return DEDUP_OK;
}

/* Reports a document that is passed on, by file and line. */
static dedup_status report_reading(struct job *job, const struct portion *portion, size_t index,
                                   const struct reading *reading, dedup_error *error)
{
    size_t file = portion->lines ? portion->file : portion->file + index;
    uint64_t line = portion->lines ? portion->block.first_line + index : 0;
    return job_problem_add(job, reading->status, job->listing.files[file].path, line, reading->message, error);
}

/* Tells of a file that is read now, but could not be when its lines were to be learned. */
static dedup_status report_unlearned(struct job *job, size_t file, dedup_error *error)
{
    if (!job->states[file].unlearned)
        return DEDUP_OK;
    return job_problem_add(job, DEDUP_ERROR_CHANGED, job->listing.files[file].path, 0,
                           "the file could not be read for a moment, and no lines were learned from it; run again to "
                           "clean with them",
                           error);
}

/* Moves the results of one document to the job. */
static dedup_status take_reading(struct job *job, struct read_batch *batch, size_t index, dedup_error *error)
{
    struct reading *reading = &batch->readings[index];
    struct document_record record = reading->record;
    const struct portion *portion = &batch->portion;
    record.cuts += job->cuts.bytes.length;
    if (record.id != 0)
        record.id += job->ids.length;
    record.first_unit += (uint32_t)job->paragraph_count;
    if (!(record.flags & DOCUMENT_PASSED) || portion->lines)
        TRY(intern_encoding(job, &reading->encoding, &record.encoding, error));
    if (!(record.flags & DOCUMENT_PASSED) && !portion->lines)
        job->encoding_files[record.encoding]++;
    if (reading->status != DEDUP_OK)
        TRY(report_reading(job, portion, index, reading, error));
    if (!portion->lines && reading->status == DEDUP_OK)
        TRY(report_unlearned(job, portion->file + index, error));
    if (!portion->lines)
        job->states[portion->file + index] = (struct file_state){
            .first_document = (uint32_t)job->record_count, .document_count = 1, .broken = reading->broken};
    TRY(array_reserve(&job->records, &job->record_capacity, job->record_count + 1, "documents", error));
    job->records[job->record_count++] = record;
    job->repairs += record.repairs;
    job->restored += (record.flags & DOCUMENT_RESTORED) != 0;
    job->repeats.blocks += reading->repeats.blocks;
    job->repeats.exact += reading->repeats.exact;
    job->repeats.near += reading->repeats.near;
    job->in.documents += !(record.flags & DOCUMENT_EMPTY);
    job->in.characters += record.characters;
    job->in.paragraphs += record.paragraphs;
    if (!portion->lines || (job->options->sample != 0 && !(record.flags & DOCUMENT_EMPTY)))
        job->in.bytes += reading->bytes;
    return DEDUP_OK;
}

static dedup_status take_units(struct job *job, struct read_batch *batch, dedup_error *error)
{
    uint64_t begin;
    TRY(key_store_append(job->keys, batch->units, batch->unit_count, &begin, error));
    for (size_t i = 0; i < batch->document_ref_count; i++)
        batch->document_refs[i].begin += begin;
    for (size_t i = 0; i < batch->paragraph_ref_count; i++) {
        batch->paragraph_refs[i].begin += begin;
        batch->paragraph_records[i].document += (uint32_t)(job->record_count - batch->reading_count);
    }
    TRY(matcher_add(job->documents_matcher, batch->documents, batch->document_refs, error));
    TRY(matcher_add(job->paragraphs_matcher, batch->paragraphs, batch->paragraph_refs, error));
    TRY(array_reserve(&job->paragraphs, &job->paragraph_capacity, job->paragraph_count + batch->paragraph_ref_count,
                      "paragraphs", error));
    if (batch->paragraph_ref_count != 0)
        memcpy(job->paragraphs + job->paragraph_count, batch->paragraph_records,
               batch->paragraph_ref_count * sizeof *batch->paragraph_records);
    job->paragraph_count += batch->paragraph_ref_count;
    return DEDUP_OK;
}

/* Keeps account of the file that lines belong to. */
static dedup_status take_lines(struct job *job, const struct read_batch *batch, dedup_error *error)
{
    const struct portion *portion = &batch->portion;
    struct file_state *state = &job->states[portion->file];
    if (portion->first && portion->status == DEDUP_OK)
        TRY(report_unlearned(job, portion->file, error));
    if (portion->first)
        *state = (struct file_state){.first_document = (uint32_t)job->record_count};
    state->document_count += (uint32_t)batch->reading_count;
    job->in.bytes += job->options->sample == 0 ? portion->block.bytes.length : 0;
    if (portion->first && portion->status == DEDUP_OK) {
        uint16_t index;
        TRY(intern_encoding(job, &portion->encoding, &index, error));
        job->encoding_files[index]++;
    }
    if (portion->status == DEDUP_OK)
        return DEDUP_OK;
    state->broken = true;
    return job_problem_add(job, portion->status, job->listing.files[portion->file].path, 0, portion->failure.message,
                           error);
}

static dedup_status consume(void *context, void *item, dedup_error *error)
{
    struct read_pass *pass = context;
    struct read_batch *batch = item;
    struct job *job = pass->job;
    if (job->record_count + batch->reading_count >= UINT32_MAX ||
        job->paragraph_count + batch->paragraph_ref_count >= UINT32_MAX)
        return fail(error, DEDUP_ERROR_LIMIT, "more than 4294967294 documents or paragraphs; split the input");
    if (batch->portion.lines)
        TRY(take_lines(job, batch, error));
    for (size_t i = 0; i < batch->reading_count; i++)
        TRY(take_reading(job, batch, i, error));
    TRY(take_units(job, batch, error));
    if (job->learned_account)
        TRY(learned_account_add(job->learned_account, &batch->notes, error));
    TRY(dedup_buffer_append(&job->ids, batch->ids.data, batch->ids.length, error));
    TRY(dedup_buffer_append(&job->cuts.bytes, batch->cuts.data, batch->cuts.length, error));
    return job_portion_done(job, "read", &batch->portion, error);
}

static dedup_status create_item(const struct job *job, void **out, dedup_error *error)
{
    (void)job;
    return read_batch_create((struct read_batch **)out, error);
}

static void free_item(void *item)
{
    read_batch_free(item);
}

dedup_status job_read(struct job *job, dedup_error *error)
{
    struct read_pass pass = {.job = job};
    TRY(portion_reader_create(job, PORTIONS_READ, &pass.reader, error));
    struct ordered_stages stages = {&pass, produce, work, consume};
    dedup_status status = crew_run(job, &stages, create_item, free_item, error);
    portion_reader_free(pass.reader);
    return status;
}
