#include "pipeline/learn_choose.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/hash.h"
#include "pipeline/crew.h"
#include "pipeline/learn_content.h"
#include "pipeline/learn_pass.h"

enum { ORDER_BYTES = 128 }; /* hashed of the beginning, the middle and the end of a line */

struct choosing {
    struct job *job;
    struct portion_reader *reader;
};

/* A line that its source may take. */
struct chosen {
    size_t name, name_length; /* in the names of the batch */
    struct learn_choice choice;
    struct learn_content content; /* when the line cannot be read again; its marks follow those of the line before */
};

struct choose_batch {
    struct portion portion;
    struct learn_file file; /* of the ranges */
    bool again;             /* lines can be read again by their place */
    struct chosen *lines;
    size_t line_count, line_capacity;
    dedup_buffer names;
    struct learn_marks marks;
};

static dedup_status create_batch(const struct job *job, void **out, dedup_error *error)
{
    (void)job;
    struct choose_batch *batch = calloc(1, sizeof *batch);
    *out = batch;
    if (!batch)
        return fail_memory(error, "a batch");
    portion_init(&batch->portion);
    dedup_buffer_init(&batch->names, SIZE_MAX);
    return DEDUP_OK;
}

static void free_batch(void *item)
{
    struct choose_batch *batch = item;
    if (!batch)
        return;
    portion_release(&batch->portion);
    learn_file_close(&batch->file);
    free(batch->lines);
    dedup_buffer_release(&batch->names);
    free(batch->marks.items);
    free(batch);
}

static dedup_status produce(void *context, void *item, bool *more, dedup_error *error)
{
    struct choosing *choosing = context;
    struct choose_batch *batch = item;
    struct portion *portion = &batch->portion;
    batch->line_count = 0;
    batch->marks.count = 0;
    dedup_buffer_clear(&batch->names);
    TRY(portion_next(choosing->reader, portion, more, error));
    batch->again = *more && portion->apart && portion->encoding.family == ENCODING_UTF8;
    return DEDUP_OK;
}

/* Lines of the same length with these bytes in common count as one. */
static uint64_t order_of(const char *bytes, size_t length)
{
    if (length <= 3 * ORDER_BYTES)
        return hash64_of(bytes, length);
    struct {
        uint64_t length, begin, middle, end;
    } parts = {length, hash64_of(bytes, ORDER_BYTES), hash64_of(bytes + length / 2, ORDER_BYTES),
               hash64_of(bytes + length - ORDER_BYTES, ORDER_BYTES)};
    return hash64_of(&parts, sizeof parts);
}

/* Reads the line that was added last. It goes again when it is no document. */
static dedup_status read_content(struct worker *worker, struct choose_batch *batch, const struct raw_line *line,
                                 dedup_error *error)
{
    struct chosen *chosen = &batch->lines[batch->line_count - 1];
    struct source_fields fields = {.text = worker->job->options->text_field};
    struct source source;
    dedup_error reason;
    dedup_status status =
        source_open_json(&worker->desk, &batch->portion.encoding, &fields, line->bytes, line->length, &source, &reason);
    if (status == DEDUP_OK)
        return learn_content(worker, &source, &batch->marks, &chosen->content, error);
    batch->line_count--;
    return learn_skip_local(status, &reason, error);
}

/* Adds a line to the batch if the sample of its source may take it. */
static dedup_status choose_line(struct worker *worker, struct choose_batch *batch, const struct raw_line *line,
                                dedup_error *error)
{
    const struct job *job = worker->job;
    struct source_fields fields = {.origin = job->options->source_field, .origins = true};
    struct source source;
    dedup_error reason;
    size_t file = batch->portion.file, length;
    dedup_status status =
        source_open_json(&worker->desk, &batch->portion.encoding, &fields, line->bytes, line->length, &source, &reason);
    if (status != DEDUP_OK)
        return learn_skip_local(status, &reason, error);
    const char *name = job_source_name(job, file, &source, &length);
    uint64_t order = order_of(line->bytes, line->length);
    if (!learner_wants(job->learner, learn_source(name, length), order))
        return DEDUP_OK;
    TRY(array_reserve(&batch->lines, &batch->line_capacity, batch->line_count + 1, "documents", error));
    batch->lines[batch->line_count++] =
        (struct chosen){batch->names.length,
                        length,
                        {.order = order, .place = {line->offset, (uint32_t)line->length, (uint32_t)file}},
                        {{0}, NULL, 0}};
    TRY(dedup_buffer_append(&batch->names, name, length, error));
    return batch->again ? DEDUP_OK : read_content(worker, batch, line, error);
}

static dedup_status choose_block(struct worker *worker, struct choose_batch *batch, dedup_error *error)
{
    for (struct raw_line line = {0}; portion_line(&batch->portion, &line);)
        if (line.length <= worker->job->options->maximum_document)
            TRY(choose_line(worker, batch, &line, error));
    return DEDUP_OK;
}

static dedup_status read_range(const struct job *job, struct choose_batch *batch, uint64_t index, dedup_error *error)
{
    const struct input_stream *stream;
    TRY(learn_file_open(job, batch->portion.file, &batch->file, &stream, error));
    return portion_read_range(&batch->portion, job, stream, index, error);
}

/* Looks at the ranges of a portion. What fails for the file ends its portion. */
static dedup_status choose_apart(struct worker *worker, struct choose_batch *batch, dedup_error *error)
{
    struct portion *portion = &batch->portion;
    for (uint64_t i = portion->range; i < portion->range_end; i++) {
        portion->status = read_range(worker->job, batch, i, &portion->failure);
        if (portion->status != DEDUP_OK)
            return learn_skip_local(portion->status, &portion->failure, error);
        TRY(choose_block(worker, batch, error));
    }
    return DEDUP_OK;
}

static dedup_status work(void *context, void *worker, void *item, dedup_error *error)
{
    (void)context;
    struct choose_batch *batch = item;
    if (batch->portion.apart)
        return choose_apart(worker, batch, error);
    return batch->portion.lines && !batch->portion.block.piece ? choose_block(worker, batch, error) : DEDUP_OK;
}

static dedup_status consume(void *context, void *item, dedup_error *error)
{
    struct job *job = ((struct choosing *)context)->job;
    struct choose_batch *batch = item;
    if (!batch->portion.lines)
        return DEDUP_OK;
    if (batch->portion.status == DEDUP_ERROR_READ)
        job->states[batch->portion.file].unlearned = true;
    const uint64_t *marks = batch->marks.items;
    for (size_t i = 0; i < batch->line_count; i++) {
        struct chosen *chosen = &batch->lines[i];
        chosen->content.marks = marks;
        marks += chosen->content.mark_count;
        if (!batch->again)
            chosen->choice.content = &chosen->content;
        TRY(learner_add(job->learner, batch->names.data + chosen->name, chosen->name_length, &chosen->choice, error));
    }
    return job_portion_done(job, "learn", &batch->portion, error);
}

static dedup_status choose_lines(struct job *job, dedup_error *error)
{
    struct choosing choosing = {.job = job};
    struct ordered_stages stages = {&choosing, produce, work, consume};
    TRY(portion_reader_create(job, PORTIONS_LEARN, &choosing.reader, error));
    dedup_status status = crew_run(job, &stages, create_batch, free_batch, error);
    portion_reader_free(choosing.reader);
    return status;
}

dedup_status learn_choose(struct job *job, dedup_error *error)
{
    static const struct source unknown = {0};
    bool lines = false;
    job->bytes_done = 0;
    for (size_t i = 0; i < job->listing.file_count; i++) {
        const struct corpus_file *file = &job->listing.files[i];
        struct learn_choice choice = {.order = hash64_of(file->path, strlen(file->path)), .place.file = (uint32_t)i};
        size_t length;
        lines |= file->format == FORMAT_JSONL;
        if (file->format != FORMAT_TEXT)
            continue;
        const char *name = job_source_name(job, i, &unknown, &length);
        if (learner_wants(job->learner, learn_source(name, length), choice.order))
            TRY(learner_add(job->learner, name, length, &choice, error));
    }
    return lines ? choose_lines(job, error) : DEDUP_OK;
}
