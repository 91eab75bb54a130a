#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/failure.h"
#include "pipeline/crew.h"
#include "pipeline/journal.h"
#include "pipeline/learn_pass.h"
#include "pipeline/places.h"
#include "pipeline/render.h"

enum { COPY_STEP = 1 << 20 };

/* Something that went wrong with one document, to be told in order. */
struct write_problem {
    dedup_status status;
    size_t file;
    uint64_t line;
    char message[DEDUP_MESSAGE_SIZE];
};

struct write_batch {
    struct portion portion;
    dedup_buffer output; /* lines that stay */
    struct account account;
    struct write_problem *problems;
    size_t problem_count, problem_capacity;
};

struct write_pass {
    struct job *job;
    struct portion_reader *reader;
    struct journal removed, duplicates;
    struct output_stream *lines; /* JSON Lines file being written */
};

static dedup_status create_batch(const struct job *job, void **out, dedup_error *error)
{
    struct write_batch *batch = calloc(1, sizeof *batch);
    if (!batch)
        return fail_memory(error, "a batch");
    *out = batch;
    portion_init(&batch->portion);
    dedup_buffer_init(&batch->output, SIZE_MAX);
    return account_init(&batch->account, job, error);
}

static void free_batch(void *item)
{
    struct write_batch *batch = item;
    if (!batch)
        return;
    portion_release(&batch->portion);
    dedup_buffer_release(&batch->output);
    account_release(&batch->account);
    free(batch->problems);
    free(batch);
}

static dedup_status produce(void *context, void *item, bool *more, dedup_error *error)
{
    struct write_pass *pass = context;
    struct write_batch *batch = item;
    dedup_buffer_clear(&batch->output);
    account_clear(&batch->account, pass->job);
    batch->problem_count = 0;
    return portion_next(pass->reader, &batch->portion, more, error);
}

static dedup_status note_problem(struct write_batch *batch, dedup_status status, size_t file, uint64_t line,
                                 const char *message, dedup_error *error)
{
    TRY(array_reserve(&batch->problems, &batch->problem_capacity, batch->problem_count + 1, "problems", error));
    struct write_problem *problem = &batch->problems[batch->problem_count++];
    *problem = (struct write_problem){.status = status, .file = file, .line = line};
    (void)snprintf(problem->message, sizeof problem->message, "%s", message);
    return DEDUP_OK;
}

/* Copies what `in` gives to `out`. *status and *reason tell of a failure to read; failures to write are returned. */
static dedup_status copy_stream(struct worker *worker, struct input_stream *in, struct output_stream *out,
                                dedup_status *status, dedup_error *reason, dedup_error *error)
{
    dedup_buffer *step = &worker->kept;
    dedup_buffer_clear(step);
    TRY(dedup_buffer_reserve(step, COPY_STEP, error));
    for (size_t length = COPY_STEP; length == COPY_STEP;) {
        *status = input_stream_read(in, step->data, COPY_STEP, &length, reason);
        if (*status != DEDUP_OK)
            return DEDUP_OK;
        TRY(output_stream_write(out, step->data, length, error));
    }
    return DEDUP_OK;
}

/* Copies a file as it lies on the disk, compressed or not. A file that cannot be read was reported before and is left
 * out. */
static dedup_status copy_file(struct worker *worker, const struct corpus_file *file, struct write_batch *batch,
                              dedup_error *error)
{
    const struct job *job = worker->job;
    struct corpus_file plain = *file;
    struct stream_limits limits = {UINT64_MAX, UINT32_MAX};
    struct input_stream *in;
    struct output_stream *out;
    dedup_error reason;
    plain.container = CONTAINER_PLAIN;
    if (input_stream_open(job->input, &plain, job->options->follow, &limits, &in, &reason) != DEDUP_OK)
        return DEDUP_OK;
    dedup_status unreadable = DEDUP_OK;
    dedup_status status = output_stream_open(job->output, file->path, CONTAINER_PLAIN, &out, error);
    if (status == DEDUP_OK) {
        status = copy_stream(worker, in, out, &unreadable, &reason, error);
        if (status == DEDUP_OK && unreadable == DEDUP_OK)
            status = output_stream_commit(out, error);
        else
            output_stream_discard(out);
    }
    input_stream_close(in);
    batch->account.out.documents += status == DEDUP_OK && unreadable == DEDUP_OK;
    return status;
}

static dedup_status write_text(struct worker *worker, const struct corpus_file *file, const struct leaving *leaving,
                               struct write_batch *batch, dedup_error *error)
{
    struct output_stream *out;
    dedup_buffer_clear(&worker->kept);
    TRY(render_kept(worker, leaving, &worker->kept, &batch->account, error));
    TRY(output_stream_open(worker->job->output, file->path, file->container, &out, error));
    dedup_status status = output_stream_write(out, worker->kept.data, worker->kept.length, error);
    if (status != DEDUP_OK) {
        output_stream_discard(out);
        return status;
    }
    batch->account.out.bytes += worker->kept.length;
    return output_stream_commit(out, error);
}

static dedup_status read_again(struct worker *worker, const struct corpus_file *file, dedup_error *error)
{
    const struct job *job = worker->job;
    struct stream_limits limits = job_limits(job);
    struct input_stream *in;
    dedup_buffer_clear(&worker->raw);
    TRY(input_stream_open(job->input, file, job->options->follow, &limits, &in, error));
    dedup_status status = input_stream_read_all(in, &worker->raw, error);
    input_stream_close(in);
    return status;
}

/* Notes the text of a document that the report shows. */
static dedup_status note_text(struct worker *worker, const struct leaving *leaving, struct account *account,
                              dedup_error *error)
{
    if (!survey_wants(worker->job->survey, leaving->document))
        return DEDUP_OK;
    TRY(render_text(worker, leaving, &worker->kept, error));
    return survey_note_text(account->notes, leaving->document, worker->kept.data ? worker->kept.data : "",
                            worker->kept.length, error);
}

/* Counts a document for its source; `before` is what the account said before it was written. */
static dedup_status note_source(const struct worker *worker, const struct leaving *leaving,
                                const struct account *before, struct account *account, dedup_error *error)
{
    const struct document_record *record = &worker->job->records[leaving->document];
    const dedup_volume in = {1, record->paragraphs, record->characters, 0};
    const dedup_volume out = {account->out.documents - before->out.documents,
                              account->out.paragraphs - before->out.paragraphs,
                              account->out.characters - before->out.characters, 0};
    size_t length;
    const char *name = job_source_name(worker->job, leaving->file, leaving->source, &length);
    return survey_note_source(account->notes, name, length, &in, &out,
                              account->boilerplate_characters - before->boilerplate_characters, error);
}

/* Counts a document that is written as it came. */
static dedup_status note_passed(const struct job *job, size_t file, struct account *account, dedup_error *error)
{
    static const dedup_volume one = {.documents = 1};
    static const struct source unknown = {0};
    size_t length;
    const char *name = job_source_name(job, file, &unknown, &length);
    return survey_note_source(account->notes, name, length, &one, &one, 0, error);
}

static dedup_status write_text_file(struct worker *worker, size_t index, struct write_batch *batch, dedup_error *error)
{
    const struct job *job = worker->job;
    const struct corpus_file *file = &job->listing.files[index];
    uint32_t number = job->states[index].first_document;
    const struct document_record *record = &job->records[number];
    if (record->flags & DOCUMENT_PASSED) {
        TRY(note_passed(job, index, &batch->account, error));
        return copy_file(worker, file, batch, error);
    }
    dedup_error reason;
    const char *bytes = "";
    dedup_status status = read_again(worker, file, &reason);
    if (worker->raw.length != 0)
        bytes = worker->raw.data;
    if (status != DEDUP_OK || hash64_of(bytes, worker->raw.length) != record->checksum) {
        TRY(note_problem(
            batch, DEDUP_ERROR_CHANGED, index, 0,
            "the file changed while the run was reading; it was passed on unchanged, run again to clean it", error));
        return copy_file(worker, file, batch, error);
    }
    struct source source;
    TRY(source_open_text(&worker->desk, &job->encodings[record->encoding], bytes, worker->raw.length, &source, error));
    struct leaving leaving = {number, &source, index, 0, worker->raw.length};
    const struct account before = batch->account;
    TRY(note_text(worker, &leaving, &batch->account, error));
    if (!job_document_leaves(job, number)) {
        TRY(account_mark(job, index, source.encoding->mark, &batch->account, error));
        TRY(write_text(worker, file, &leaving, batch, error));
    } else {
        TRY(account_duplicates(worker, &leaving, false, &batch->account, error));
        TRY(account_removed(worker, &leaving, &batch->account, error));
    }
    return note_source(worker, &leaving, &before, &batch->account, error);
}

/* A line that takes no part: written as it came, in UTF-8 like the rest of its file. */
static dedup_status write_line_as_is(struct worker *worker, struct write_batch *batch, const char *line, size_t whole,
                                     dedup_error *error)
{
    struct encoding encoding = batch->portion.encoding;
    if (encoding.family == ENCODING_UTF8)
        return dedup_buffer_append(&batch->output, line, whole, error);
    struct decoded decoded;
    encoding.mark = 0;
    TRY(decoder_decode(worker->desk.decoder, &encoding, line, whole, &decoded, error));
    return dedup_buffer_append(&batch->output, decoded.text, decoded.length, error);
}

static dedup_status write_line(struct worker *worker, struct write_batch *batch, const struct raw_line *line,
                               dedup_error *error)
{
    const struct job *job = worker->job;
    const struct portion *portion = &batch->portion;
    const struct file_state *state = &job->states[portion->file];
    size_t whole = line->length + line->terminator;
    uint64_t number = line->number - 1;
    const struct document_record *record = &job->records[state->first_document + number];
    bool known = number < state->document_count && hash64_of(line->bytes, line->length) == record->checksum;
    if (!known)
        TRY(note_problem(
            batch, DEDUP_ERROR_CHANGED, portion->file, line->number,
            "the file changed while the run was reading; the line was passed on unchanged, run again to clean it",
            error));
    if (!known || (record->flags & DOCUMENT_PASSED)) {
        bool blank = known && (record->flags & DOCUMENT_EMPTY);
        batch->account.out.documents += !blank;
        if (!blank)
            TRY(note_passed(job, portion->file, &batch->account, error));
        return write_line_as_is(worker, batch, line->bytes, whole, error);
    }
    const dedup_options *options = job->options;
    struct source_fields fields = {.text = options->text_field, .origin = options->source_field, .origins = true};
    struct source source;
    TRY(source_open_json(&worker->desk, &portion->encoding, &fields, line->bytes, line->length, &source, error));
    struct leaving leaving = {(uint32_t)(state->first_document + number), &source, portion->file, line->offset, whole};
    const struct account before = batch->account;
    TRY(note_text(worker, &leaving, &batch->account, error));
    if (job_document_leaves(job, leaving.document)) {
        TRY(account_duplicates(worker, &leaving, false, &batch->account, error));
        TRY(account_removed(worker, &leaving, &batch->account, error));
    } else {
        TRY(render_kept(worker, &leaving, &batch->output, &batch->account, error));
        TRY(write_line_as_is(worker, batch, line->bytes + line->length, line->terminator, error));
    }
    return note_source(worker, &leaving, &before, &batch->account, error);
}

static dedup_status work(void *context, void *worker_item, void *item, dedup_error *error)
{
    struct worker *worker = worker_item;
    struct write_batch *batch = item;
    const struct portion *portion = &batch->portion;
    (void)context;
    if (!portion->lines) {
        for (size_t i = 0; i < portion->file_count; i++)
            TRY(write_text_file(worker, portion->file + i, batch, error));
        return DEDUP_OK;
    }
    if (portion->block.piece)
        return write_line_as_is(worker, batch, portion->block.bytes.data, portion->block.bytes.length, error);
    if (portion->first && portion->status == DEDUP_OK)
        TRY(account_mark(worker->job, portion->file, portion->encoding.mark, &batch->account, error));
    for (struct raw_line line = {0}; portion_line(portion, &line);)
        TRY(write_line(worker, batch, &line, error));
    return DEDUP_OK;
}

/* Moves the accounts of a batch to the job. */
static void take_account(struct job *job, const struct account *account)
{
    size_t rules = job->cleaner ? cleaner_rule_count(job->cleaner) : 0;
    for (size_t i = 0; i < rules; i++) {
        job->rule_counts[i] += account->rule_counts[i];
        job->rule_characters[i] += account->rule_characters[i];
    }
    job->boilerplate_characters += account->boilerplate_characters;
    job->duplicate_characters += account->duplicate_characters;
    job->out.documents += account->out.documents;
    job->out.paragraphs += account->out.paragraphs;
    job->out.characters += account->out.characters;
    job->out.bytes += account->out.bytes;
}

static dedup_status write_lines(struct write_pass *pass, const struct write_batch *batch, dedup_error *error)
{
    struct job *job = pass->job;
    const struct portion *portion = &batch->portion;
    const struct corpus_file *file = &job->listing.files[portion->file];
    if (portion->status != DEDUP_OK) {
        output_stream_discard(pass->lines);
        pass->lines = NULL;
        return job_problem_add(job, DEDUP_ERROR_CHANGED, file->path, 0, portion->failure.message, error);
    }
    if (portion->first)
        TRY(output_stream_open(job->output, file->path, file->container, &pass->lines, error));
    TRY(output_stream_write(pass->lines, batch->output.data, batch->output.length, error));
    job->out.bytes += batch->output.length;
    if (!portion->last)
        return DEDUP_OK;
    struct output_stream *lines = pass->lines;
    pass->lines = NULL;
    return output_stream_commit(lines, error);
}

static dedup_status consume(void *context, void *item, dedup_error *error)
{
    struct write_pass *pass = context;
    struct write_batch *batch = item;
    struct job *job = pass->job;
    take_account(job, &batch->account);
    TRY(survey_take(job->survey, batch->account.notes, error));
    for (size_t i = 0; i < batch->problem_count; i++) {
        const struct write_problem *problem = &batch->problems[i];
        TRY(job_problem_add(job, problem->status, job->listing.files[problem->file].path, problem->line,
                            problem->message, error));
    }
    if (job->options->log != DEDUP_LOG_OFF)
        TRY(journal_append(&pass->removed, batch->account.log.data, batch->account.log.length, error));
    TRY(journal_append(&pass->duplicates, batch->account.duplicates.data, batch->account.duplicates.length, error));
    if (batch->portion.lines)
        TRY(write_lines(pass, batch, error));
    return job_portion_done(job, "write", &batch->portion, error);
}

static dedup_status open_pass(struct write_pass *pass, dedup_error *error)
{
    struct job *job = pass->job;
    TRY(survey_create(job, &job->survey, error));
    TRY(portion_reader_create(job, true, &pass->reader, error));
    if (job->options->log != DEDUP_LOG_OFF)
        TRY(journal_open(&pass->removed, job->output, PLACE_REMOVED, true, error));
    return journal_open(&pass->duplicates, job->output, PLACE_DUPLICATES, false, error);
}

static dedup_status commit_pass(struct write_pass *pass, dedup_error *error)
{
    if (pass->job->options->log != DEDUP_LOG_OFF)
        TRY(journal_commit(&pass->removed, error));
    return journal_commit(&pass->duplicates, error);
}

dedup_status job_write(struct job *job, dedup_error *error)
{
    struct write_pass pass = {.job = job};
    struct ordered_stages stages = {&pass, produce, work, consume};
    dedup_status status = open_pass(&pass, error);
    if (status == DEDUP_OK)
        status = crew_run(job, &stages, create_batch, free_batch, error);
    if (status == DEDUP_OK)
        status = commit_pass(&pass, error);
    output_stream_discard(pass.lines);
    journal_discard(&pass.removed);
    journal_discard(&pass.duplicates);
    portion_reader_free(pass.reader);
    return status;
}
