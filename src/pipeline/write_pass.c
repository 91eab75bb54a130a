#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/failure.h"
#include "pipeline/crew.h"
#include "pipeline/inventory.h"
#include "pipeline/places.h"
#include "pipeline/removals.h"
#include "pipeline/render.h"
#include "pipeline/stretches.h"
#include "pipeline/witness.h"

/* Something that went wrong with one document, to be told in order. */
struct write_problem {
    dedup_status status;
    size_t file;
    uint64_t line;
    char message[DEDUP_MESSAGE_SIZE];
};

struct write_batch {
    struct portion portion;
    struct stretches output; /* lines that stay */
    struct account account;
    struct write_problem *problems;
    size_t problem_count, problem_capacity;
    size_t lane; /* of the journals */
};

struct write_pass {
    struct job *job;
    struct portion_reader *reader;
    struct journal removed, duplicates, files;
    size_t batches;              /* so far */
    struct output_stream *lines; /* JSON Lines file being written */
    uint64_t removals;           /* records of that file */
    struct sum *output;          /* of what was written of it */
};

static dedup_status create_batch(const struct job *job, void **out, dedup_error *error)
{
    struct write_batch *batch = calloc(1, sizeof *batch);
    if (!batch)
        return fail_memory(error, "a batch");
    *out = batch;
    portion_init(&batch->portion);
    stretches_init(&batch->output);
    return account_init(&batch->account, job, error);
}

static void free_batch(void *item)
{
    struct write_batch *batch = item;
    if (!batch)
        return;
    portion_release(&batch->portion);
    stretches_release(&batch->output);
    account_release(&batch->account);
    free(batch->problems);
    free(batch);
}

static dedup_status produce(void *context, void *item, bool *more, dedup_error *error)
{
    struct write_pass *pass = context;
    struct write_batch *batch = item;
    stretches_clear(&batch->output);
    account_clear(&batch->account, pass->job);
    batch->problem_count = 0;
    batch->lane = pass->batches++ % crew_batches(pass->job);
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

/* Passes a file on as it lies on the disk, compressed or not. One that cannot be read was reported before and is left
 * out. */
static dedup_status copy_file(struct worker *worker, const struct corpus_file *file, struct write_batch *batch,
                              dedup_error *error)
{
    const struct job *job = worker->job;
    struct report_file line = {.path = file->path, .fate = fate_passed};
    dedup_error reason;
    TRY(copy_file_to(job, file->path, file->path, &worker->kept, &line.summed, &line.sum, &reason, error));
    if (!line.summed) {
        line.fate = fate_lost;
        line.reason = reason.message;
        TRY(job_forget(job, file->path, error));
    }
    batch->account.out.documents += line.summed;
    return inventory_add(job, &line, &batch->account.files, error);
}

static dedup_status write_text(struct worker *worker, const struct corpus_file *file, const struct leaving *leaving,
                               struct write_batch *batch, dedup_error *error)
{
    struct output_stream *out;
    struct account *account = &batch->account;
    size_t log_length = account->log.length;
    dedup_buffer_clear(&worker->kept);
    TRY(render_kept(worker, leaving, &worker->kept, account, error));
    TRY(removals_whole(worker, leaving, log_length, worker->kept.length, account, error));
    TRY(output_stream_open(worker->job->output, file->path, file->container, &out, error));
    dedup_status status = output_stream_write(out, worker->kept.data, worker->kept.length, error);
    if (status != DEDUP_OK) {
        output_stream_discard(out);
        return status;
    }
    account->out.bytes += worker->kept.length;
    return output_stream_commit(out, error);
}

/* Reads a file again; `line` gets what it is like on the disk, when it is compressed. */
static dedup_status read_again(struct worker *worker, const struct corpus_file *file, struct report_file *line,
                               dedup_error *error)
{
    const struct job *job = worker->job;
    struct stream_limits limits = job_limits(job);
    struct input_stream *in;
    dedup_buffer_clear(&worker->raw);
    TRY(input_stream_open(job->input, file, job->options->follow, &limits, &in, error));
    dedup_status status = input_stream_read_all(in, &worker->raw, error);
    line->repacked = input_stream_packed(in, &line->packed);
    input_stream_close(in);
    return status;
}

/* Writes a text that was read again, or logs that it leaves; `line` is its line of the inventory. */
static dedup_status write_known_text(struct worker *worker, size_t index, const char *bytes, struct report_file *line,
                                     struct write_batch *batch, dedup_error *error)
{
    const struct job *job = worker->job;
    uint32_t number = job->states[index].first_document;
    const struct encoding *encoding = &job->encodings[job->records[number].encoding];
    uint64_t before = batch->account.removals;
    struct source source;
    TRY(source_open_text(&worker->desk, encoding, bytes, worker->raw.length, &source, error));
    struct leaving leaving = {number, &source, index, 0, worker->raw.length};
    const struct account account = batch->account;
    TRY(witness_text(worker, &leaving, &batch->account, error));
    bool leaves = job_document_leaves(job, number);
    TRY(removals_mark(job, index, bytes, encoding->mark, &batch->account, error));
    if (leaves) {
        TRY(job_forget(job, job->listing.files[index].path, error));
        TRY(account_duplicates(worker, &leaving, false, &batch->account, error));
        TRY(account_removed(worker, &leaving, &batch->account, error));
    } else {
        TRY(write_text(worker, &job->listing.files[index], &leaving, batch, error));
        line->written = true;
        line->output = sum_of(worker->kept.data, worker->kept.length);
    }
    TRY(witness_source(worker, &leaving, &account, &batch->account, error));
    line->fate = leaves ? fate_removed : fate_cleaned;
    line->encoding = encoding->name;
    line->container = container_name(job->listing.files[index].container);
    line->summed = true;
    line->sum = sum_of(bytes, worker->raw.length);
    line->removals = batch->account.removals - before;
    return inventory_add(job, line, &batch->account.files, error);
}

static dedup_status write_text_file(struct worker *worker, size_t index, struct write_batch *batch, dedup_error *error)
{
    const struct job *job = worker->job;
    const struct corpus_file *file = &job->listing.files[index];
    const struct file_state *state = &job->states[index];
    const struct document_record *record = &job->records[state->first_document];
    if (state->broken || (record->flags & DOCUMENT_PASSED)) {
        TRY(witness_passed(job, index, &batch->account, error));
        return copy_file(worker, file, batch, error);
    }
    dedup_error reason;
    struct report_file line = {.path = file->path};
    const char *bytes = "";
    dedup_status status = read_again(worker, file, &line, &reason);
    if (worker->raw.length != 0)
        bytes = worker->raw.data;
    if (status == DEDUP_OK && hash64_of(bytes, worker->raw.length) == record->checksum)
        return write_known_text(worker, index, bytes, &line, batch, error);
    TRY(note_problem(batch, DEDUP_ERROR_CHANGED, index, 0,
                     "the file changed while the run was reading; it was passed on unchanged, run again to clean it",
                     error));
    return copy_file(worker, file, batch, error);
}

/* Passes bytes of a file of lines on, in UTF-8 like the rest of its output; *written is how many they are there. */
static dedup_status write_as_is(struct worker *worker, struct write_batch *batch, const char *bytes, size_t length,
                                struct source *source, size_t *written, dedup_error *error)
{
    struct decoded decoded;
    dedup_buffer *copies;
    *source = (struct source){.bytes = bytes, .length = length, .encoding = &batch->portion.encoding, .json = true};
    *written = length;
    if (source->encoding->family == ENCODING_UTF8)
        return stretches_keep(&batch->output, bytes, length, error);
    struct encoding within = *source->encoding;
    within.mark = 0;
    TRY(decoder_decode(worker->desk.decoder, &within, bytes, length, &decoded, error));
    source->line_repairs = decoded.repairs;
    source->line_repair_count = decoded.repair_count;
    *written = decoded.length;
    TRY(stretches_copies(&batch->output, &copies, error));
    return dedup_buffer_append(copies, decoded.text, decoded.length, error);
}

/* A line, or a piece of one, that takes no part. */
static dedup_status pass_line(struct worker *worker, struct write_batch *batch, const char *bytes, size_t whole,
                              uint64_t offset, uint64_t number, dedup_error *error)
{
    const struct portion *portion = &batch->portion;
    size_t written;
    struct source source;
    TRY(write_as_is(worker, batch, bytes, whole, &source, &written, error));
    if (source.encoding->family == ENCODING_UTF8)
        return DEDUP_OK;
    dedup_buffer_clear(&worker->name);
    TRY(corpus_document_id(worker->job->listing.files[portion->file].path, number, &worker->name, error));
    return removals_passed(worker, &source, offset, written, &batch->account, error);
}

/* Whether anything of a document's text is cut or was repaired. */
static bool is_touched(const struct job *job, uint32_t document)
{
    const struct document_record *record = &job->records[document];
    bool touched = record->cut_count != 0 || record->repairs != 0;
    uint32_t unit = 0, end = 0;
    if (job->options->paragraphs == DEDUP_PARAGRAPHS_CORPUS)
        job_units(job, document, &unit, &end);
    for (; unit < end && !touched; unit++)
        touched = job->paragraph_verdicts[unit].method != MATCH_KEPT;
    return touched;
}

/* Whether the line of a document stays or goes as it is, so that its text need not be made. */
static bool is_verbatim(const struct job *job, const struct portion *portion, uint32_t document)
{
    return portion->encoding.family == ENCODING_UTF8 && !survey_wants(job->survey, document) &&
           (job_document_leaves(job, document) || !is_touched(job, document));
}

/* Writes a line that stays, as it is or without its cuts. */
static dedup_status keep_line(struct worker *worker, struct write_batch *batch, const struct raw_line *line,
                              const struct leaving *leaving, bool verbatim, dedup_error *error)
{
    struct account *account = &batch->account;
    size_t log_length = account->log.length, whole, terminator;
    struct source source;
    dedup_buffer *copies;
    if (verbatim) {
        TRY(account_verbatim(worker, leaving, account, error));
        return stretches_keep(&batch->output, line->bytes, line->length + line->terminator, error);
    }
    TRY(stretches_copies(&batch->output, &copies, error));
    whole = copies->length;
    TRY(render_kept(worker, leaving, copies, account, error));
    whole = copies->length - whole;
    TRY(write_as_is(worker, batch, line->bytes + line->length, line->terminator, &source, &terminator, error));
    return removals_whole(worker, leaving, log_length, whole + terminator, account, error);
}

/* A line of a document that is known. */
static dedup_status write_known_line(struct worker *worker, struct write_batch *batch, const struct raw_line *line,
                                     uint32_t document, dedup_error *error)
{
    const struct job *job = worker->job;
    const struct portion *portion = &batch->portion;
    struct source source;
    bool verbatim = is_verbatim(job, portion, document);
    TRY(worker_reopen_line(worker, portion, document, line, !verbatim, &source, error));
    struct leaving leaving = {document, &source, portion->file, line->offset, line->length + line->terminator};
    const struct account account = batch->account;
    TRY(witness_text(worker, &leaving, &batch->account, error));
    if (job_document_leaves(job, document)) {
        TRY(account_duplicates(worker, &leaving, false, &batch->account, error));
        TRY(account_removed(worker, &leaving, &batch->account, error));
    } else {
        TRY(keep_line(worker, batch, line, &leaving, verbatim, error));
    }
    return witness_source(worker, &leaving, &account, &batch->account, error);
}

static dedup_status write_line(struct worker *worker, struct write_batch *batch, const struct raw_line *line,
                               dedup_error *error)
{
    const struct job *job = worker->job;
    const struct portion *portion = &batch->portion;
    const struct file_state *state = &job->states[portion->file];
    uint64_t number = line->number - 1;
    const struct document_record *record = &job->records[state->first_document + number];
    bool known = number < state->document_count && hash64_of(line->bytes, line->length) == record->checksum;
    if (known && !(record->flags & DOCUMENT_PASSED))
        return write_known_line(worker, batch, line, (uint32_t)(state->first_document + number), error);
    if (!known)
        TRY(note_problem(
            batch, DEDUP_ERROR_CHANGED, portion->file, line->number,
            "the file changed while the run was reading; the line was passed on unchanged, run again to clean it",
            error));
    bool blank = known && (record->flags & DOCUMENT_EMPTY);
    batch->account.out.documents += !blank;
    if (!blank)
        TRY(witness_passed(job, portion->file, &batch->account, error));
    return pass_line(worker, batch, line->bytes, line->length + line->terminator, line->offset, line->number, error);
}

static dedup_status write_block(struct worker *worker, struct write_batch *batch, dedup_error *error)
{
    const struct portion *portion = &batch->portion;
    const struct line_block *block = &portion->block;
    batch->account.out.documents += block->piece && !portion->again;
    if (block->piece)
        return pass_line(worker, batch, block->bytes.data, block->bytes.length, block->offset, block->first_line,
                         error);
    if (portion->first && portion->status == DEDUP_OK)
        TRY(removals_mark(worker->job, portion->file, block->bytes.data, portion->encoding.mark, &batch->account,
                          error));
    for (struct raw_line line = {0}; portion_line(portion, &line);)
        TRY(write_line(worker, batch, &line, error));
    return DEDUP_OK;
}

static dedup_status work(void *context, void *worker_item, void *item, dedup_error *error)
{
    struct worker *worker = worker_item;
    struct write_batch *batch = item;
    const struct portion *portion = &batch->portion;
    struct write_pass *pass = context;
    TRY(journal_pack(&pass->removed, batch->lane, error));
    TRY(journal_pack(&pass->files, batch->lane, error));
    if (!portion->lines) {
        for (size_t i = 0; i < portion->file_count; i++)
            TRY(write_text_file(worker, portion->file + i, batch, error));
        return DEDUP_OK;
    }
    TRY(write_block(worker, batch, error));
    return stretches_settle(&batch->output, error);
}

/* The line of the inventory for a file of lines that is done. */
static dedup_status list_lines(struct write_pass *pass, const struct portion *portion, dedup_error *error)
{
    const struct corpus_file *file = &pass->job->listing.files[portion->file];
    struct report_file line = {.path = file->path,
                               .fate = fate_cleaned,
                               .encoding = portion->encoding.name,
                               .container = container_name(file->container),
                               .summed = true,
                               .sum = portion->sum,
                               .repacked = file->container != CONTAINER_PLAIN,
                               .packed = portion->packed,
                               .written = true,
                               .output = sum_result(pass->output),
                               .removals = pass->removals};
    if (portion->status != DEDUP_OK)
        line = (struct report_file){
            .path = file->path, .fate = fate_lost, .reason = portion->failure.message, .removals = pass->removals};
    return inventory_write(pass->job, &line, &pass->files, error);
}

static dedup_status write_lines(struct write_pass *pass, const struct write_batch *batch, dedup_error *error)
{
    struct job *job = pass->job;
    const struct portion *portion = &batch->portion;
    const struct corpus_file *file = &job->listing.files[portion->file];
    if (portion->first) {
        pass->removals = 0;
        sum_clear(pass->output);
    }
    pass->removals += batch->account.removals;
    for (size_t i = 0; i < batch->output.count; i++)
        sum_add(pass->output, batch->output.pieces[i].bytes, batch->output.pieces[i].length);
    if (portion->last)
        TRY(list_lines(pass, portion, error));
    if (portion->status != DEDUP_OK) {
        output_stream_discard(pass->lines);
        pass->lines = NULL;
        TRY(job_forget(job, file->path, error));
        return job_problem_add(job, DEDUP_ERROR_CHANGED, file->path, 0, portion->failure.message, error);
    }
    if (portion->first)
        TRY(output_stream_open(job->output, file->path, file->container, &pass->lines, error));
    TRY(output_stream_write_pieces(pass->lines, batch->output.pieces, batch->output.count, error));
    job->out.bytes += batch->output.length;
    if (!portion->last)
        return DEDUP_OK;
    struct output_stream *lines = pass->lines;
    pass->lines = NULL;
    return output_stream_commit(lines, error);
}

/* Adds what a batch has gathered to the journals. */
static dedup_status write_journals(struct write_pass *pass, const struct write_batch *batch, dedup_error *error)
{
    const struct account *account = &batch->account;
    TRY(journal_append(&pass->removed, account->log.data, account->log.length, error));
    TRY(journal_append(&pass->files, account->files.data, account->files.length, error));
    TRY(journal_append(&pass->duplicates, account->duplicates.data, account->duplicates.length, error));
    TRY(journal_turn(&pass->removed, batch->lane, error));
    TRY(journal_turn(&pass->files, batch->lane, error));
    return journal_turn(&pass->duplicates, batch->lane, error);
}

static dedup_status consume(void *context, void *item, dedup_error *error)
{
    struct write_pass *pass = context;
    struct write_batch *batch = item;
    struct job *job = pass->job;
    TRY(account_take(job, &batch->account, error));
    TRY(survey_take(job->survey, batch->account.notes, error));
    for (size_t i = 0; i < batch->problem_count; i++) {
        const struct write_problem *problem = &batch->problems[i];
        TRY(job_problem_add(job, problem->status, job->listing.files[problem->file].path, problem->line,
                            problem->message, error));
    }
    TRY(write_journals(pass, batch, error));
    if (batch->portion.lines)
        TRY(write_lines(pass, batch, error));
    return job_portion_done(job, "write", &batch->portion, error);
}

static dedup_status open_pass(struct write_pass *pass, dedup_error *error)
{
    struct job *job = pass->job;
    TRY(survey_create(job, &job->survey, error));
    TRY(portion_reader_create(job, PORTIONS_WRITE, &pass->reader, error));
    TRY(sum_create(&pass->output, error));
    if (job->options->log != DEDUP_LOG_OFF)
        TRY(journal_open(&pass->removed, job->output, PLACE_REMOVED, crew_batches(job), error));
    TRY(inventory_open(job, &pass->files, error));
    return journal_open(&pass->duplicates, job->output, PLACE_DUPLICATES, 0, error);
}

static dedup_status commit_pass(struct write_pass *pass, dedup_error *error)
{
    if (pass->job->options->log != DEDUP_LOG_OFF)
        TRY(journal_commit(&pass->removed, error));
    TRY(inventory_write_codes(pass->job, error));
    TRY(journal_commit(&pass->files, error));
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
        status = job_write_others(job, &pass.files, error);
    if (status == DEDUP_OK)
        status = commit_pass(&pass, error);
    output_stream_discard(pass.lines);
    journal_discard(&pass.removed);
    journal_discard(&pass.files);
    journal_discard(&pass.duplicates);
    portion_reader_free(pass.reader);
    sum_free(pass.output);
    return status;
}
