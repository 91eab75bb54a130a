#include "pipeline/learn_pass.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "pipeline/crew.h"
#include "pipeline/learn_choose.h"
#include "pipeline/learn_content.h"

struct learn_pass {
    struct job *job;
    size_t next;    /* source of the learner */
    uint64_t begun; /* bytes that count as done when the lessons begin */
};

/* One source. */
struct learn_batch {
    struct learn_sample sample;
    size_t source; /* of the learner */
    struct lesson *lesson;
    struct learn_marks marks; /* of the document read last */
    struct learn_file lines;  /* the JSON Lines file read last */
    uint32_t *unread;         /* files that could not be read */
    size_t unread_count, unread_capacity;
};

const char *job_source_name(const struct job *job, size_t file, const struct source *source, size_t *length)
{
    const struct corpus_file *entry = &job->listing.files[file];
    if (source->origin) {
        *length = strlen(source->origin);
        return source->origin;
    }
    const char *end = entry->format == FORMAT_TEXT ? strrchr(entry->path, '/') : entry->path + strlen(entry->path);
    *length = end ? (size_t)(end - entry->path) : 0;
    if (*length != 0)
        return entry->path;
    *length = 1;
    return ".";
}

static dedup_status create_batch(const struct job *job, void **out, dedup_error *error)
{
    (void)job;
    struct learn_batch *batch = calloc(1, sizeof *batch);
    *out = batch;
    return batch ? lesson_create(&batch->lesson, error) : fail_memory(error, "a batch");
}

static void free_batch(void *item)
{
    struct learn_batch *batch = item;
    if (!batch)
        return;
    lesson_free(batch->lesson);
    free(batch->marks.items);
    learn_file_close(&batch->lines);
    free(batch->unread);
    free(batch);
}

/* The next source with documents enough. */
static dedup_status produce(void *context, void *item, bool *more, dedup_error *error)
{
    (void)error;
    struct learn_pass *pass = context;
    const struct learner *learner = pass->job->learner;
    struct learn_batch *batch = item;
    lesson_clear(batch->lesson);
    batch->unread_count = 0;
    *more = false;
    for (size_t count = learner_source_count(learner); pass->next < count && !*more; pass->next++) {
        batch->source = pass->next;
        batch->sample = learner_sample(learner, pass->next);
        *more = batch->sample.count >= LEARN_DOCUMENTS;
    }
    return DEDUP_OK;
}

dedup_status learn_file_open(const struct job *job, size_t file, struct learn_file *open,
                             const struct input_stream **stream, dedup_error *error)
{
    struct stream_limits limits = job_limits(job);
    if (!open->stream || open->file != file) {
        learn_file_close(open);
        TRY(input_stream_open(job->input, &job->listing.files[file], job->options->follow, &limits, &open->stream,
                              error));
        open->file = file;
    }
    *stream = open->stream;
    return DEDUP_OK;
}

void learn_file_close(struct learn_file *open)
{
    input_stream_close(open->stream);
    open->stream = NULL;
}

static dedup_status open_line(struct worker *worker, struct learn_batch *batch, const struct learn_place *place,
                              struct source *source, dedup_error *error)
{
    struct source_fields fields = {.text = worker->job->options->text_field};
    const struct input_stream *stream;
    size_t length;
    dedup_buffer_clear(&worker->raw);
    TRY(dedup_buffer_reserve(&worker->raw, place->length, error));
    TRY(learn_file_open(worker->job, place->file, &batch->lines, &stream, error));
    TRY(input_stream_read_at(stream, place->offset, worker->raw.data, place->length, &length, error));
    return source_open_json(&worker->desk, &encoding_utf8, &fields, worker->raw.data, length, source, error);
}

static dedup_status open_place(struct worker *worker, struct learn_batch *batch, const struct learn_place *place,
                               struct source *source, dedup_error *error)
{
    const struct corpus_file *file = &worker->job->listing.files[place->file];
    struct reading reading = {0};
    return file->format == FORMAT_TEXT ? worker_open_file(worker, file, &reading, source, error)
                                       : open_line(worker, batch, place, source, error);
}

/* Adds a document to the lesson, if it can be read. */
static dedup_status learn_document(struct worker *worker, struct learn_batch *batch, const struct learn_choice *choice,
                                   dedup_error *error)
{
    struct learn_content content;
    struct source source;
    dedup_error reason;
    if (choice->content)
        return lesson_add(batch->lesson, choice->content, error);
    dedup_status status = open_place(worker, batch, &choice->place, &source, &reason);
    if (status == DEDUP_ERROR_READ) {
        TRY(array_reserve(&batch->unread, &batch->unread_capacity, batch->unread_count + 1, "files", error));
        batch->unread[batch->unread_count++] = choice->place.file;
    }
    if (status != DEDUP_OK)
        return learn_skip_local(status, &reason, error);
    batch->marks.count = 0;
    TRY(learn_content(worker, &source, &batch->marks, &content, error));
    content.marks = batch->marks.items;
    return lesson_add(batch->lesson, &content, error);
}

static dedup_status learn_documents(struct worker *worker, struct learn_batch *batch, size_t begin, size_t end,
                                    dedup_error *error)
{
    for (size_t i = begin; i < end; i++)
        TRY(learn_document(worker, batch, &batch->sample.choices[i], error));
    return DEDUP_OK;
}

static dedup_status work(void *context, void *worker, void *item, dedup_error *error)
{
    (void)context;
    struct learn_batch *batch = item;
    size_t count = batch->sample.count, first = count < LEARN_FIRST ? count : LEARN_FIRST;
    bool promising;
    TRY(learn_documents(worker, batch, 0, first, error));
    TRY(lesson_look(batch->lesson, &promising, error));
    if (!promising)
        return DEDUP_OK;
    TRY(learn_documents(worker, batch, first, count, error));
    return lesson_end(batch->lesson, learn_are_alike, error);
}

static dedup_status consume(void *context, void *item, dedup_error *error)
{
    struct learn_pass *pass = context;
    struct learn_batch *batch = item;
    struct job *job = pass->job;
    for (size_t i = 0; i < batch->unread_count; i++)
        job->states[batch->unread[i]].unlearned = true;
    TRY(learned_add(job->learned, batch->sample.name, batch->sample.name_length, batch->lesson, error));
    uint64_t share = (job->bytes_total - pass->begun) / learner_source_count(job->learner);
    return job_progress(job, "learn", pass->begun + share * (batch->source + 1), job->bytes_total, error);
}

/* True when a source has documents enough, so that the threads for lessons are worth their making. */
static bool has_lessons(const struct learner *learner)
{
    size_t count = learner_source_count(learner), i = 0;
    while (i < count && learner_sample(learner, i).count < LEARN_DOCUMENTS)
        i++;
    return i < count;
}

static dedup_status give_lessons(struct job *job, dedup_error *error)
{
    struct learn_pass pass = {.job = job, .begun = job->bytes_done};
    struct ordered_stages stages = {&pass, produce, work, consume};
    TRY(learned_create(&job->learned, error));
    if (has_lessons(job->learner))
        TRY(crew_run(job, &stages, create_batch, free_batch, error));
    learned_finish(job->learned);
    return learned_account_create(job->learned, &job->learned_account, error);
}

dedup_status job_learn(struct job *job, dedup_error *error)
{
    if (!job->cleaner || !cleaner_learns(job->cleaner))
        return DEDUP_OK;
    TRY(learner_create(LEARN_MEMORY, &job->learner, error));
    dedup_status status = learn_choose(job, error);
    if (status == DEDUP_OK)
        status = give_lessons(job, error);
    learner_free(job->learner);
    job->learner = NULL;
    return status;
}
