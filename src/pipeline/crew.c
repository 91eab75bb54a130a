#include "pipeline/crew.h"

#include <stdlib.h>

#include "base/failure.h"
#include "pipeline/worker.h"

enum { ITEMS_PER_THREAD = 4 };

struct crew {
    void **workers, **items;
    size_t worker_count, item_count;
};

static dedup_status fill_crew(struct crew *crew, const struct job *job,
                              dedup_status (*create_item)(const struct job *, void **, dedup_error *),
                              dedup_error *error)
{
    crew->workers = calloc(crew->worker_count, sizeof *crew->workers);
    crew->items = calloc(crew->item_count, sizeof *crew->items);
    if (!crew->workers || !crew->items)
        return fail_memory(error, "threads");
    for (size_t i = 0; i < crew->worker_count; i++)
        TRY(worker_create(job, (struct worker **)&crew->workers[i], error));
    for (size_t i = 0; i < crew->item_count; i++)
        TRY(create_item(job, &crew->items[i], error));
    return DEDUP_OK;
}

static void empty_crew(struct crew *crew, void (*free_item)(void *item))
{
    for (size_t i = 0; crew->workers && i < crew->worker_count; i++)
        worker_free(crew->workers[i]);
    for (size_t i = 0; crew->items && i < crew->item_count; i++)
        free_item(crew->items[i]);
    free(crew->workers);
    free(crew->items);
}

size_t crew_batches(const struct job *job)
{
    return job->threads == 1 ? 1 : job->threads * ITEMS_PER_THREAD;
}

dedup_status crew_run(struct job *job, const struct ordered_stages *stages,
                      dedup_status (*create_item)(const struct job *job, void **out, dedup_error *error),
                      void (*free_item)(void *item), dedup_error *error)
{
    struct crew crew = {.worker_count = job->threads, .item_count = crew_batches(job)};
    job->bytes_done = 0;
    dedup_status status = fill_crew(&crew, job, create_item, error);
    if (status == DEDUP_OK)
        status = ordered_run(stages, crew.workers, crew.worker_count, crew.items, crew.item_count, error);
    empty_crew(&crew, free_item);
    return status;
}

dedup_status job_portion_done(struct job *job, const char *stage, const struct portion *portion, dedup_error *error)
{
    const struct corpus_file *files = job->listing.files;
    if (!portion->lines) {
        for (size_t i = 0; i < portion->file_count; i++)
            job->bytes_done += files[portion->file + i].size;
    } else if (portion->apart) {
        uint64_t begin = portion->range * portion->ranges.window, end = portion->range_end * portion->ranges.window;
        job->bytes_done += (end < portion->ranges.size ? end : portion->ranges.size) - begin;
    } else if (files[portion->file].container == CONTAINER_PLAIN) {
        job->bytes_done += portion->block.bytes.length;
    } else if (portion->last) {
        job->bytes_done += files[portion->file].size;
    }
    return job_progress(job, stage, job->bytes_done, job->bytes_total, error);
}
