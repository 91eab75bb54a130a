#include "pipeline/learn_pass.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/hash.h"
#include "pipeline/crew.h"
#include "pipeline/worker.h"
#include "sketch/shingle.h"
#include "sketch/sketch.h"

enum {
    ALIKE_LANES = 100,  /* lanes of a signature that agree in documents that are nearly the same: Jaccard .7 */
    SKETCH_POINTS = 640 /* code points of a document that are sketched */
};

struct learn_pass {
    struct job *job;
    struct portion_reader *reader;
    bool *wanted; /* per file of the listing: text files that are in the sample of their folder */
};

/* One document. */
struct learn_entry {
    size_t name, name_length; /* in the names of the batch */
    size_t mark;              /* its first */
    struct learn_document document;
};

struct learn_batch {
    struct portion portion;
    struct learn_entry *entries;
    size_t entry_count, entry_capacity;
    dedup_buffer names;
    uint64_t *marks;
    size_t mark_count, mark_capacity;
    uint64_t unread; /* a bit for every file of the portion that could not be read */
};

_Static_assert(PORTION_FILES <= 64, "a bit for every file");

static dedup_status create_batch(const struct job *job, void **out, dedup_error *error)
{
    (void)job;
    struct learn_batch *batch = calloc(1, sizeof *batch);
    *out = batch;
    if (!batch)
        return fail_memory(error, "a batch");
    portion_init(&batch->portion);
    dedup_buffer_init(&batch->names, SIZE_MAX);
    return DEDUP_OK;
}

static void free_batch(void *item)
{
    struct learn_batch *batch = item;
    if (!batch)
        return;
    portion_release(&batch->portion);
    free(batch->entries);
    dedup_buffer_release(&batch->names);
    free(batch->marks);
    free(batch);
}

static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) : 0;
}

const char *job_source_name(const struct job *job, size_t file, const struct source *source, size_t *length)
{
    const struct corpus_file *entry = &job->listing.files[file];
    if (source->origin) {
        *length = strlen(source->origin);
        return source->origin;
    }
    *length = entry->format == FORMAT_TEXT ? folder_length(entry->path) : strlen(entry->path);
    if (*length != 0)
        return entry->path;
    *length = 1;
    return ".";
}

static dedup_status produce(void *context, void *item, bool *more, dedup_error *error)
{
    struct learn_pass *pass = context;
    struct learn_batch *batch = item;
    batch->entry_count = 0;
    batch->mark_count = 0;
    batch->unread = 0;
    dedup_buffer_clear(&batch->names);
    return portion_next(pass->reader, &batch->portion, more, error);
}

/* Sketches a piece of the middle of a key, which is body and not template. */
static void sketch_points(const uint32_t *points, size_t count, uint64_t out[4])
{
    uint64_t hashes[SKETCH_POINTS];
    struct sketch sketch;
    struct key_hash key = {0};
    size_t used = count < SKETCH_POINTS ? count : SKETCH_POINTS;
    sketch_clear(&sketch);
    shingle_hash(points + (count - used) / 2, used, hashes);
    sketch_update(&sketch, hashes, shingle_count(used), &key);
    struct signature signature = signature_of(&sketch);
    memcpy(out, &signature, sizeof signature);
}

static bool are_alike(const uint64_t a[4], const uint64_t b[4])
{
    struct signature left, right;
    memcpy(&left, a, sizeof left);
    memcpy(&right, b, sizeof right);
    return signature_agreement(&left, &right) >= ALIKE_LANES;
}

/* Adds an opened document to the batch if the sample of its source may take it. */
static dedup_status learn_document(struct worker *worker, struct learn_batch *batch, size_t file, uint64_t order,
                                   const struct source *source, dedup_error *error)
{
    size_t length, point_count;
    const uint32_t *points;
    const char *name = job_source_name(worker->job, file, source, &length);
    if (!learner_wants(worker->job->learner, learn_source(name, length), order))
        return DEDUP_OK;
    TRY(array_reserve(&batch->entries, &batch->entry_capacity, batch->entry_count + 1, "documents", error));
    struct learn_entry *entry = &batch->entries[batch->entry_count];
    *entry = (struct learn_entry){batch->names.length, length, batch->mark_count, {.order = order}};
    TRY(dedup_buffer_append(&batch->names, name, length, error));
    TRY(learn_read(worker->reader, source->text, source->text_length, &batch->marks, &batch->mark_count,
                   &batch->mark_capacity, &points, &point_count, error));
    sketch_points(points, point_count, entry->document.sketch);
    entry->document.mark_count = batch->mark_count - entry->mark;
    batch->entry_count++;
    return DEDUP_OK;
}

/* Failures that concern one input are reported by the read pass: it meets them too, or says that it did not. */
static dedup_status skip_local(dedup_status status, const dedup_error *reason, dedup_error *error)
{
    if (job_is_local(status))
        return DEDUP_OK;
    return fail(error, status, "%s", reason->message);
}

static uint64_t order_of(const char *bytes, size_t length)
{
    return hash64_of(bytes, length);
}

static dedup_status learn_file(struct worker *worker, struct learn_batch *batch, size_t file, dedup_error *error)
{
    const struct corpus_file *entry = &worker->job->listing.files[file];
    struct reading reading = {0};
    struct source source;
    dedup_error reason;
    dedup_status status = worker_open_file(worker, entry, &reading, &source, &reason);
    if (status == DEDUP_ERROR_READ)
        batch->unread |= (uint64_t)1 << (file - batch->portion.file);
    if (status != DEDUP_OK)
        return skip_local(status, &reason, error);
    return learn_document(worker, batch, file, order_of(entry->path, strlen(entry->path)), &source, error);
}

static dedup_status learn_lines(struct worker *worker, struct learn_batch *batch, dedup_error *error)
{
    const struct portion *portion = &batch->portion;
    struct source_fields fields = worker_fields(worker);
    for (struct raw_line line = {0}; portion_line(portion, &line);) {
        struct source source;
        dedup_error reason;
        dedup_status status =
            source_open_json(&worker->desk, &portion->encoding, &fields, line.bytes, line.length, &source, &reason);
        if (status != DEDUP_OK) {
            TRY(skip_local(status, &reason, error));
            continue;
        }
        TRY(learn_document(worker, batch, portion->file, order_of(line.bytes, line.length), &source, error));
    }
    return DEDUP_OK;
}

static dedup_status work(void *context, void *worker_item, void *item, dedup_error *error)
{
    const struct learn_pass *pass = context;
    struct worker *worker = worker_item;
    struct learn_batch *batch = item;
    const struct portion *portion = &batch->portion;
    if (portion->lines)
        return portion->block.piece ? DEDUP_OK : learn_lines(worker, batch, error);
    for (size_t i = portion->file; i < portion->file + portion->file_count; i++)
        if (pass->wanted[i])
            TRY(learn_file(worker, batch, i, error));
    return DEDUP_OK;
}

static dedup_status consume(void *context, void *item, dedup_error *error)
{
    struct learn_pass *pass = context;
    struct learn_batch *batch = item;
    const struct portion *portion = &batch->portion;
    if (portion->status == DEDUP_ERROR_READ)
        pass->job->states[portion->file].unlearned = true;
    for (size_t i = 0; i < portion->file_count; i++)
        if (batch->unread >> i & 1)
            pass->job->states[portion->file + i].unlearned = true;
    for (size_t i = 0; i < batch->entry_count; i++) {
        struct learn_entry *entry = &batch->entries[i];
        entry->document.marks = batch->marks + entry->mark;
        TRY(learner_add(pass->job->learner, batch->names.data + entry->name, entry->name_length, &entry->document,
                        error));
    }
    return job_portion_done(pass->job, "learn", &batch->portion, error);
}

/* A text file and the folder that it is in. */
struct candidate {
    uint64_t source, order;
    size_t file;
};

static int by_source(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

/* Marks the files that the samples of folders will hold, so that no others are read. */
static void choose(const struct candidate *candidates, size_t count, struct learn_pass *pass, bool *any)
{
    for (size_t begin = 0, end; begin < count; begin = end) {
        for (end = begin; end < count && candidates[end].source == candidates[begin].source;)
            end++;
        for (size_t i = begin; i < end && i < begin + LEARN_SAMPLE && end - begin >= LEARN_DOCUMENTS; i++)
            *any = pass->wanted[candidates[i].file] = true;
    }
}

static dedup_status choose_files(struct learn_pass *pass, bool *any, dedup_error *error)
{
    const struct corpus_listing *listing = &pass->job->listing;
    struct candidate *candidates = calloc(listing->file_count + 1, sizeof *candidates);
    pass->wanted = calloc(listing->file_count + 1, sizeof *pass->wanted);
    size_t count = 0;
    *any = false;
    if (!candidates || !pass->wanted) {
        free(candidates);
        return fail_memory(error, "the list of files");
    }
    for (size_t i = 0; i < listing->file_count; i++) {
        const struct corpus_file *file = &listing->files[i];
        if (file->format == FORMAT_TEXT)
            candidates[count++] = (struct candidate){learn_source(file->path, folder_length(file->path)),
                                                     order_of(file->path, strlen(file->path)), i};
        else
            *any = true;
    }
    if (count != 0)
        qsort(candidates, count, sizeof *candidates, by_source);
    choose(candidates, count, pass, any);
    free(candidates);
    return DEDUP_OK;
}

static dedup_status run_pass(struct learn_pass *pass, dedup_error *error)
{
    struct job *job = pass->job;
    struct ordered_stages stages = {pass, produce, work, consume};
    TRY(learner_create(LEARN_MEMORY, are_alike, &job->learner, error));
    TRY(portion_reader_create(job, false, &pass->reader, error));
    TRY(crew_run(job, &stages, create_batch, free_batch, error));
    TRY(learner_decide(job->learner, &job->learned, error));
    return learned_account_create(job->learned, &job->learned_account, error);
}

dedup_status job_learn(struct job *job, dedup_error *error)
{
    struct learn_pass pass = {.job = job};
    bool any = false;
    if (!job->cleaner || !cleaner_learns(job->cleaner))
        return DEDUP_OK;
    dedup_status status = choose_files(&pass, &any, error);
    if (status == DEDUP_OK && any)
        status = run_pass(&pass, error);
    portion_reader_free(pass.reader);
    learner_free(job->learner);
    job->learner = NULL;
    free(pass.wanted);
    return status;
}
