#include "match/recall_keys.h"

#include <stdlib.h>

#include "base/failure.h"
#include "match/team.h"

enum { BATCH = 16 * 1024 }; /* units that are looked at as one job */

struct recall {
    const struct matcher *matcher;
    const struct nodes *nodes;
    const struct components *components;
    size_t *places; /* where the copies of each batch begin */
    size_t batches; /* that are copied */
};

static void release_window(void *worker)
{
    block_window_release(worker);
}

/* Whether a text has candidates, and its key is worth a copy. */
static bool is_wanted(const struct recall *recall, size_t text)
{
    uint32_t node = recall->nodes->of_text[text];
    return node != NONE && recall->components->places[node] != NONE &&
           key_store_is_far(recall->matcher->keys, text_ref(&recall->matcher->texts[text]));
}

static size_t batch_end(const struct recall *recall, size_t batch)
{
    size_t end = (batch + 1) * BATCH, units = recall->matcher->unit_count;
    return end < units ? end : units;
}

/* Finds out how much room the batches need, and how many there is room for. */
static dedup_status plan_batches(struct recall *recall, dedup_error *error)
{
    size_t batches = (recall->matcher->unit_count + BATCH - 1) / BATCH, place = 0;
    size_t room = key_store_room(recall->matcher->keys), first;
    recall->places = malloc((batches + 1) * sizeof *recall->places);
    if (!recall->places)
        return fail_memory(error, "the fold keys");
    for (; recall->batches < batches && place <= room; recall->batches++) {
        recall->places[recall->batches] = place;
        for (size_t text = recall->batches * BATCH; text < batch_end(recall, recall->batches); text++)
            place += is_wanted(recall, text) ? recall->matcher->texts[text].count : 0;
    }
    if (place > room)
        place = recall->places[--recall->batches];
    TRY(key_store_hold(recall->matcher->keys, place, &first, error));
    for (size_t i = 0; i < recall->batches; i++)
        recall->places[i] += first;
    return DEDUP_OK;
}

static dedup_status copy_batch(void *context, void *worker, void *result, size_t batch, dedup_error *error)
{
    const struct recall *recall = context;
    const struct matcher *matcher = recall->matcher;
    size_t place = recall->places[batch];
    (void)result;
    for (size_t i = batch * BATCH; i < batch_end(recall, batch); i++) {
        struct text *text = &matcher->texts[i];
        if (!is_wanted(recall, i))
            continue;
        TRY(key_store_copy(matcher->keys, text_ref(text), worker, place, &text->begin, error));
        place += text->count;
    }
    return DEDUP_OK;
}

dedup_status recall_keys(const struct matcher *matcher, const struct nodes *nodes, const struct components *components,
                         dedup_error *error)
{
    struct recall recall = {.matcher = matcher, .nodes = nodes, .components = components};
    dedup_status status = plan_batches(&recall, error);
    const struct team_job job = {.context = &recall,
                                 .count = recall.batches,
                                 .worker_size = sizeof(struct block_window),
                                 .result_size = 1,
                                 .work = copy_batch,
                                 .release_worker = release_window};
    if (status == DEDUP_OK)
        status = team_run(&job, matcher->options.thread_count, error);
    free(recall.places);
    return status;
}
