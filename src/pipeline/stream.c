/* A stream is a job with one file of lines that is decided line by line. */
#include "pipeline/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/hash.h"
#include "match/online.h"
#include "pipeline/removals.h"
#include "pipeline/render.h"

/* How many documents the bands are chosen for. */
enum { UNITS_EXPECTED = 10000000, NEAR_MINIMUM = 1 };

static const char stream_name[] = "-", byte_order_mark[] = "\xef\xbb\xbf";

struct dedup_stream {
    dedup_options options;
    struct job job;
    struct corpus_file file; /* the only one of the job */
    struct file_state state;
    struct encoding encoding;
    struct worker *worker;
    struct read_batch *batch;
    struct account account;
    struct online *online;
    dedup_buffer kept;
    size_t verdict_capacity;
    uint64_t offset; /* bytes that came before */
    uint64_t problems;
};

static dedup_status open_temporary(struct job *job, dedup_error *error)
{
    const char *path = job->options->temporary;
    if (!path || job->options->memory == 0)
        return DEDUP_OK;
    job->spill = file_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return job->spill >= 0
               ? DEDUP_OK
               : fail_errno(error, DEDUP_ERROR_WRITE, errno, "cannot open the folder %s (check --tmp)", path);
}

static dedup_status make_index(struct dedup_stream *stream, dedup_error *error)
{
    struct job *job = &stream->job;
    const dedup_options *options = job->options;
    struct match_options match = {.threshold = options->threshold,
                                  .containment = options->containment,
                                  .near_minimum = NEAR_MINIMUM,
                                  .bands = {options->bands, options->rows},
                                  .thread_count = 1,
                                  .memory = options->memory != 0 ? options->memory : UINT64_MAX,
                                  .spill_directory = job->spill};
    TRY(online_create(&match, &stream->online, error));
    match.containment = 2; /* the job's own matcher only sketches */
    match.spill_directory = -1;
    TRY(key_store_create(UINT64_MAX, -1, &job->keys, error));
    return matcher_create(&match, UNITS_EXPECTED, job->keys, &job->documents_matcher, error);
}

static dedup_status fill_stream(struct dedup_stream *stream, dedup_error *error)
{
    struct job *job = &stream->job;
    stream->file = (struct corpus_file){.path = stream_name, .format = FORMAT_JSONL};
    job->listing.files = &stream->file;
    job->listing.file_count = 1;
    job->states = &stream->state;
    TRY(encoding_named("UTF-8", &stream->encoding, error));
    TRY(job_make_cleaner(job, error));
    TRY(open_temporary(job, error));
    TRY(make_index(stream, error));
    TRY(worker_create(job, &stream->worker, error));
    TRY(read_batch_create(&stream->batch, error));
    TRY(array_reserve(&stream->batch->readings, &stream->batch->reading_capacity, 1, "a document", error));
    return account_init(&stream->account, job, error);
}

dedup_status dedup_stream_create(const dedup_options *options, const dedup_observer *observer, dedup_stream **out,
                                 dedup_error *error)
{
    if (options->encoding)
        return fail(error, DEDUP_ERROR_ARGUMENT, "a stream is UTF-8; let iconv(1) make it so");
    if (options->paragraphs == DEDUP_PARAGRAPHS_CORPUS)
        return fail(error, DEDUP_ERROR_ARGUMENT, "a stream does not compare paragraphs across documents");
    dedup_stream *stream = calloc(1, sizeof *stream);
    if (!stream)
        return fail_memory(error, "a stream");
    dedup_buffer_init(&stream->kept, SIZE_MAX);
    stream->options = *options;
    stream->options.input = stream->options.output = stream_name;
    stream->options.dry_run = false;
    stream->options.log_file = NULL;
    stream->options.sample = 0;
    dedup_status status = job_init(&stream->job, &stream->options, observer, error);
    if (status != DEDUP_OK) {
        free(stream);
        return status;
    }
    status = fill_stream(stream, error);
    if (status != DEDUP_OK) {
        dedup_stream_free(stream);
        return status;
    }
    *out = stream;
    return DEDUP_OK;
}

void dedup_stream_free(dedup_stream *stream)
{
    if (!stream)
        return;
    online_free(stream->online);
    account_release(&stream->account);
    read_batch_free(stream->batch);
    worker_free(stream->worker);
    dedup_buffer_release(&stream->kept);
    stream->job.listing = (struct corpus_listing){0};
    stream->job.states = NULL;
    job_release(&stream->job);
    free(stream);
}

/* Bytes for every document that came, and for one more. */
static uint64_t record_bytes(const struct dedup_stream *stream)
{
    uint64_t records = stream->job.record_count + 1, size = sizeof(struct document_record);
    return records * (size + sizeof(struct match_verdict)) * 3 / 2 + stream->job.ids.length;
}

uint64_t dedup_stream_memory(const dedup_stream *stream)
{
    return online_bytes(stream->online) + record_bytes(stream);
}

/* Adds a document with the facts of `reading`, whose cuts are in the batch; its verdict is that it stays. */
static dedup_status add_record(struct dedup_stream *stream, const struct reading *reading, dedup_error *error)
{
    struct job *job = &stream->job;
    size_t number = job->record_count;
    if (number >= UINT32_MAX - 1)
        return fail(error, DEDUP_ERROR_LIMIT, "more than 4294967294 documents in one stream");
    if (job->options->memory != 0 && dedup_stream_memory(stream) > job->options->memory)
        return fail(error, DEDUP_ERROR_LIMIT, "%zu documents take all the memory that --memory allows", number);
    TRY(array_reserve(&job->records, &job->record_capacity, number + 1, "documents", error));
    TRY(array_reserve(&job->document_verdicts, &stream->verdict_capacity, number + 1, "documents", error));
    dedup_buffer_clear(&job->cuts.bytes);
    TRY(dedup_buffer_append(&job->cuts.bytes, stream->batch->cuts.data, stream->batch->cuts.length, error));
    job->records[number] = reading->record;
    job->document_verdicts[number] = (struct match_verdict){(uint32_t)number, 0, MATCH_KEPT};
    job->record_count++;
    stream->state.document_count++;
    return DEDUP_OK;
}

/* Takes the last document back: it could not be decided. */
static void drop_record(struct dedup_stream *stream)
{
    stream->job.record_count--;
    stream->state.document_count--;
}

/* Stores the id of the last document, and forgets it again with `false`. */
static dedup_status keep_id(struct dedup_stream *stream, bool keep, dedup_error *error)
{
    struct job *job = &stream->job;
    struct document_record *record = &job->records[job->record_count - 1];
    const dedup_buffer *ids = &stream->batch->ids;
    if (record->id == 0)
        return DEDUP_OK;
    if (keep) {
        record->id = job->ids.length + 1;
        return dedup_buffer_append(&job->ids, ids->data, ids->length, error);
    }
    job->ids.length = record->id - 1;
    record->id = 0;
    return DEDUP_OK;
}

/* Adds what one document weighs to the numbers of the job. */
static void count_document(struct dedup_stream *stream, const struct reading *reading, size_t whole)
{
    struct job *job = &stream->job;
    const struct document_record *record = &reading->record;
    const struct match_verdict *verdict = &job->document_verdicts[job->record_count - 1];
    job->repairs += record->repairs;
    job->restored += (record->flags & DOCUMENT_RESTORED) != 0;
    job->repeats.blocks += reading->repeats.blocks;
    job->repeats.exact += reading->repeats.exact;
    job->repeats.near += reading->repeats.near;
    job->in.documents++;
    job->in.characters += record->characters;
    job->in.paragraphs += record->paragraphs;
    job->document_counts.exact += verdict->method == MATCH_EXACT;
    job->document_counts.near += verdict->method == MATCH_NEAR;
    job->document_counts.contained += verdict->method == MATCH_CONTAINED;
    account_count(job, &stream->account);
    job->in.bytes += whole;
    job->out.bytes += stream->kept.length;
}

/* Fills stream->kept and the account with what becomes of a document. */
static dedup_status render(struct dedup_stream *stream, const struct source *source, size_t whole, dedup_error *error)
{
    struct leaving leaving = {(uint32_t)(stream->job.record_count - 1), source, 0, stream->offset, whole};
    if (!job_document_leaves(&stream->job, leaving.document)) {
        TRY(render_kept(stream->worker, &leaving, &stream->kept, &stream->account, error));
        return dedup_buffer_append(&stream->kept, source->bytes + source->length, whole - source->length, error);
    }
    TRY(account_duplicates(stream->worker, &leaving, false, &stream->account, error));
    return account_removed(stream->worker, &leaving, &stream->account, error);
}

/* Makes the verdict for the caller; with it the document has been taken. */
static dedup_status finish(struct dedup_stream *stream, dedup_fate fate, size_t whole, dedup_verdict *verdict,
                           dedup_error *error)
{
    uint32_t document = (uint32_t)(stream->job.record_count - 1);
    const struct match_verdict *found = &stream->job.document_verdicts[document];
    dedup_buffer *log = &stream->account.log;
    TRY(dedup_buffer_append(log, stream->account.duplicates.data, stream->account.duplicates.length, error));
    *verdict = (dedup_verdict){.fate = fate,
                               .leaves = job_document_leaves(&stream->job, document),
                               .number = (uint64_t)document + 1,
                               .kept = found->method != MATCH_KEPT ? (uint64_t)found->keeper + 1 : 0,
                               .similarity = (double)found->similarity,
                               .text = stream->kept.length != 0 ? stream->kept.data : "",
                               .length = stream->kept.length,
                               .log = log->length != 0 ? log->data : "",
                               .log_length = log->length};
    stream->offset += whole;
    return DEDUP_OK;
}

static void start(struct dedup_stream *stream)
{
    read_batch_clear(stream->batch);
    account_clear(&stream->account, &stream->job);
    dedup_buffer_clear(&stream->kept);
}

/* Passes a line on as it came. `reason` is NULL for a blank one. */
static dedup_status pass_on(struct dedup_stream *stream, const char *line, size_t whole, const dedup_error *reason,
                            dedup_verdict *verdict, dedup_error *error)
{
    static const struct reading nothing = {.record = {.flags = DOCUMENT_PASSED}};
    struct job *job = &stream->job;
    TRY(dedup_buffer_append(&stream->kept, line, whole, error));
    TRY(add_record(stream, &nothing, error));
    if (reason && job->observer->problem) {
        dedup_problem told = {reason->status, stream_name, job->record_count, reason->message};
        job->observer->problem(job->observer->context, &told);
    }
    stream->problems += reason != NULL;
    job->in.documents += reason != NULL;
    job->out.documents += reason != NULL;
    job->in.bytes += whole;
    job->out.bytes += whole;
    return finish(stream, reason ? DEDUP_FATE_PASSED : DEDUP_FATE_BLANK, whole, verdict, error);
}

/* Cleans and decides an opened document of `whole` bytes. */
static dedup_status take(struct dedup_stream *stream, const struct source *source, size_t whole, dedup_verdict *verdict,
                         dedup_error *error)
{
    static const dedup_fate fates[] = {[MATCH_KEPT] = DEDUP_FATE_KEPT,
                                       [MATCH_EXACT] = DEDUP_FATE_EXACT,
                                       [MATCH_NEAR] = DEDUP_FATE_NEAR,
                                       [MATCH_CONTAINED] = DEDUP_FATE_CONTAINED};
    struct read_batch *batch = stream->batch;
    struct worker *worker = stream->worker;
    struct reading *reading = &batch->readings[batch->reading_count++];
    *reading = (struct reading){.encoding = stream->encoding, .bytes = whole};
    dedup_error reason;
    dedup_status status = worker_read_document(worker, source, batch, reading, &reason);
    if (job_is_local(status)) /* a rule cannot cope with it */
        return pass_on(stream, source->bytes, whole, &reason, verdict, error);
    if (status != DEDUP_OK)
        return fail(error, status, "%s", reason.message);
    TRY(add_record(stream, reading, error));
    uint32_t document = (uint32_t)(stream->job.record_count - 1);
    struct match_verdict *found = &stream->job.document_verdicts[document];
    status = keep_id(stream, true, error);
    if (status == DEDUP_OK)
        status = online_take(stream->online, batch->documents, worker->kept_key->points, worker->kept_key->count,
                             document, found, error);
    if (status == DEDUP_OK)
        status = render(stream, source, whole, error);
    if (status == DEDUP_OK && found->method != MATCH_KEPT)
        status = keep_id(stream, false, error);
    if (status != DEDUP_OK) {
        drop_record(stream);
        return status;
    }
    count_document(stream, reading, whole);
    return finish(stream, fates[found->method], whole, verdict, error);
}

dedup_status dedup_stream_push(dedup_stream *stream, const char *text, size_t length, dedup_verdict *verdict,
                               dedup_error *error)
{
    struct source source;
    start(stream);
    if (length > stream->options.maximum_document)
        return fail(error, DEDUP_ERROR_LIMIT, "the text is longer than the longest document");
    TRY(source_open_text(&stream->worker->desk, &stream->encoding, text, length, &source, error));
    return take(stream, &source, length, verdict, error);
}

/* Bytes of the line end that a line has. */
static size_t terminator_of(const char *line, size_t length)
{
    if (length == 0 || line[length - 1] != '\n')
        return 0;
    return length > 1 && line[length - 2] == '\r' ? 2 : 1;
}

/* Why a line that is too long is passed on. */
static dedup_status too_long(dedup_error *reason)
{
    return fail(reason, DEDUP_ERROR_LIMIT, "the line is longer than --max-document allows; it was passed on unchanged");
}

dedup_status dedup_stream_push_line(dedup_stream *stream, const char *line, size_t length, dedup_verdict *verdict,
                                    dedup_error *error)
{
    const size_t mark = sizeof byte_order_mark - 1;
    struct source_fields fields = worker_fields(stream->worker);
    struct source source;
    dedup_error reason;
    start(stream);
    if (stream->job.record_count == 0 && length >= mark && memcmp(line, byte_order_mark, mark) == 0) {
        TRY(removals_mark(&stream->job, 0, line, (unsigned)mark, &stream->account, error));
        stream->offset = mark;
        line += mark;
        length -= mark;
    }
    size_t end = length - terminator_of(line, length);
    if (line_is_blank(line, end))
        return pass_on(stream, line, length, NULL, verdict, error);
    dedup_status status = DEDUP_OK;
    if (end > stream->options.maximum_document)
        status = too_long(&reason);
    else
        status = source_open_json(&stream->worker->desk, &stream->encoding, &fields, line, end, &source, &reason);
    if (job_is_local(status))
        return pass_on(stream, line, length, &reason, verdict, error);
    if (status != DEDUP_OK)
        return fail(error, status, "%s", reason.message);
    return take(stream, &source, length, verdict, error);
}

dedup_status stream_push_piece(dedup_stream *stream, const char *piece, size_t length, dedup_verdict *verdict,
                               dedup_error *error)
{
    dedup_error reason;
    start(stream);
    return too_long(&reason) != DEDUP_OK ? pass_on(stream, piece, length, &reason, verdict, error) : DEDUP_OK;
}

void stream_count_piece(dedup_stream *stream, size_t length)
{
    stream->offset += length;
    stream->job.in.bytes += length;
    stream->job.out.bytes += length;
}

const dedup_options *stream_options(const dedup_stream *stream)
{
    return &stream->options;
}

bool stream_progress(const dedup_stream *stream, uint64_t bytes)
{
    const dedup_observer *observer = stream->job.observer;
    dedup_progress progress = {"stream", bytes, 0};
    return !observer->progress || observer->progress(observer->context, &progress);
}

dedup_status dedup_stream_summary(const dedup_stream *stream, dedup_summary *summary, dedup_error *error)
{
    TRY(job_summarize(&stream->job, summary, error));
    summary->files = 0;
    summary->threads = 1;
    summary->problems = stream->problems;
    return DEDUP_OK;
}
