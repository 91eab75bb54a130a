#include "match/team.h"

#include <stdlib.h>

#include "base/failure.h"
#include "base/ordered.h"

struct team {
    const struct team_job *job;
    size_t next;
};

struct item {
    size_t index;
    void *result;
};

static dedup_status produce(void *context, void *item, bool *more, dedup_error *error)
{
    (void)error;
    struct team *team = context;
    *more = team->next < team->job->count;
    if (*more)
        ((struct item *)item)->index = team->next++;
    return DEDUP_OK;
}

static dedup_status work(void *context, void *worker, void *item, dedup_error *error)
{
    const struct team_job *job = ((struct team *)context)->job;
    struct item *mine = item;
    return job->work(job->context, worker, mine->result, mine->index, error);
}

static dedup_status consume(void *context, void *item, dedup_error *error)
{
    const struct team_job *job = ((struct team *)context)->job;
    struct item *mine = item;
    return job->take ? job->take(job->context, mine->result, mine->index, error) : DEDUP_OK;
}

/* `count` zeroed blocks of `size` bytes; NULL when memory runs out. */
static void **make_blocks(size_t count, size_t size)
{
    void **blocks = calloc(count, sizeof *blocks);
    for (size_t i = 0; blocks && i < count; i++) {
        blocks[i] = calloc(1, size);
        if (!blocks[i]) {
            while (i-- > 0)
                free(blocks[i]);
            free(blocks);
            return NULL;
        }
    }
    return blocks;
}

static void free_blocks(void **blocks, size_t count, void (*release)(void *))
{
    for (size_t i = 0; blocks && i < count; i++) {
        if (release)
            release(blocks[i]);
        free(blocks[i]);
    }
    free(blocks);
}

static dedup_status run_items(struct team *team, void **workers, size_t threads, void **results, void **items,
                              size_t item_count, dedup_error *error)
{
    const struct ordered_stages stages = {team, produce, work, consume};
    for (size_t i = 0; i < item_count; i++)
        ((struct item *)items[i])->result = results[i];
    return ordered_run(&stages, workers, threads, items, item_count, error);
}

dedup_status team_run(const struct team_job *job, unsigned threads, dedup_error *error)
{
    size_t worker_count = threads < job->count ? threads : job->count;
    if (worker_count == 0)
        worker_count = 1;
    size_t item_count = 2 * worker_count;
    struct team team = {job, 0};
    void **workers = make_blocks(worker_count, job->worker_size);
    void **results = make_blocks(item_count, job->result_size);
    void **items = make_blocks(item_count, sizeof(struct item));
    dedup_status status = workers && results && items
                              ? run_items(&team, workers, worker_count, results, items, item_count, error)
                              : fail_memory(error, "threads");
    free_blocks(items, item_count, NULL);
    free_blocks(results, item_count, job->release_result);
    free_blocks(workers, worker_count, job->release_worker);
    return status;
}
