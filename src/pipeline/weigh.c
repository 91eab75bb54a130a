/* job_weigh: the write pass of a dry run, in which everything is rendered and accounted for, and nothing is written. */
#include <fcntl.h>
#include <stdlib.h>

#include "base/failure.h"
#include "pipeline/crew.h"
#include "pipeline/journal.h"
#include "pipeline/render.h"

struct weigh_batch {
    struct portion portion;
    struct account account;
};

struct weigh_pass {
    struct job *job;
    struct portion_reader *reader;
    struct journal log; /* with options->log_file */
};

static dedup_status create_batch(const struct job *job, void **out, dedup_error *error)
{
    struct weigh_batch *batch = calloc(1, sizeof *batch);
    if (!batch)
        return fail_memory(error, "a batch");
    *out = batch;
    portion_init(&batch->portion);
    return account_init(&batch->account, job, error);
}

static void free_batch(void *item)
{
    struct weigh_batch *batch = item;
    if (!batch)
        return;
    portion_release(&batch->portion);
    account_release(&batch->account);
    free(batch);
}

static dedup_status produce(void *context, void *item, bool *more, dedup_error *error)
{
    struct weigh_pass *pass = context;
    struct weigh_batch *batch = item;
    account_clear(&batch->account, pass->job);
    return portion_next(pass->reader, &batch->portion, more, error);
}

/* Accounts for a document that was opened again. */
static dedup_status weigh(struct worker *worker, const struct leaving *leaving, struct account *account,
                          dedup_error *error)
{
    if (job_document_leaves(worker->job, leaving->document)) {
        TRY(account_duplicates(worker, leaving, false, account, error));
        return account_removed(worker, leaving, account, error);
    }
    dedup_buffer_clear(&worker->kept);
    TRY(render_kept(worker, leaving, &worker->kept, account, error));
    account->out.bytes += worker->kept.length + (leaving->whole - leaving->source->length);
    return DEDUP_OK;
}

static dedup_status weigh_file(struct worker *worker, size_t index, struct account *account, dedup_error *error)
{
    const struct job *job = worker->job;
    const struct document_record *record = &job->records[job->states[index].first_document];
    struct reading reading = {0};
    struct source source;
    dedup_error reason;
    if (record->flags & DOCUMENT_EMPTY)
        return DEDUP_OK;
    dedup_status status = DEDUP_ERROR_CHANGED;
    if (!job->states[index].broken && !(record->flags & DOCUMENT_PASSED))
        status = worker_open_file(worker, &job->listing.files[index], &reading, &source, &reason);
    if (status != DEDUP_OK || reading.record.checksum != record->checksum) {
        account->out.documents++;
        return status == DEDUP_ERROR_MEMORY ? fail_memory(error, "a document") : DEDUP_OK;
    }
    struct leaving leaving = {job->states[index].first_document, &source, index, 0, source.length};
    return weigh(worker, &leaving, account, error);
}

static dedup_status weigh_line(struct worker *worker, const struct portion *portion, const struct raw_line *line,
                               struct account *account, dedup_error *error)
{
    const struct job *job = worker->job;
    const struct file_state *state = &job->states[portion->file];
    struct source source;
    size_t whole = line->length + line->terminator;
    bool known = line->number <= state->document_count;
    uint32_t document = (uint32_t)(state->first_document + line->number - 1);
    const struct document_record *record = known ? &job->records[document] : NULL;
    if (record && (record->flags & DOCUMENT_EMPTY)) {
        account->out.bytes += job->options->sample == 0 ? whole : 0;
        return DEDUP_OK;
    }
    if (!record || (record->flags & DOCUMENT_PASSED) || hash64_of(line->bytes, line->length) != record->checksum) {
        account->out.documents++;
        account->out.bytes += whole;
        return DEDUP_OK;
    }
    TRY(worker_reopen_line(worker, portion, document, line, true, &source, error));
    struct leaving leaving = {document, &source, portion->file, line->offset, whole};
    return weigh(worker, &leaving, account, error);
}

static dedup_status work(void *context, void *worker, void *item, dedup_error *error)
{
    struct weigh_batch *batch = item;
    const struct portion *portion = &batch->portion;
    (void)context;
    for (size_t i = 0; !portion->lines && i < portion->file_count; i++)
        TRY(weigh_file(worker, portion->file + i, &batch->account, error));
    if (portion->lines && portion->block.piece) {
        batch->account.out.documents += !portion->again;
        batch->account.out.bytes += portion->block.bytes.length;
        return DEDUP_OK;
    }
    for (struct raw_line line = {0}; portion->lines && portion_line(portion, &line);)
        TRY(weigh_line(worker, portion, &line, &batch->account, error));
    return DEDUP_OK;
}

static dedup_status consume(void *context, void *item, dedup_error *error)
{
    struct weigh_pass *pass = context;
    const struct weigh_batch *batch = item;
    const struct account *account = &batch->account;
    TRY(account_take(pass->job, account, error));
    if (pass->job->options->log_file) {
        TRY(journal_append(&pass->log, account->log.data, account->log.length, error));
        TRY(journal_append(&pass->log, account->duplicates.data, account->duplicates.length, error));
        TRY(journal_turn(&pass->log, 0, error));
    }
    return job_portion_done(pass->job, "weigh", &batch->portion, error);
}

dedup_status job_weigh(struct job *job, dedup_error *error)
{
    struct weigh_pass pass = {.job = job};
    struct ordered_stages stages = {&pass, produce, work, consume};
    const char *log = job->options->log_file;
    dedup_status status = portion_reader_create(job, PORTIONS_WRITE, &pass.reader, error);
    if (status == DEDUP_OK && log)
        status = journal_open(&pass.log, AT_FDCWD, log, 0, error);
    if (status == DEDUP_OK)
        status = crew_run(job, &stages, create_batch, free_batch, error);
    if (status == DEDUP_OK && log)
        status = journal_commit(&pass.log, error);
    journal_discard(&pass.log);
    portion_reader_free(pass.reader);
    return status;
}
