#include "match/recall_keys.h"

#include <stdlib.h>

#include "base/failure.h"
#include "match/team.h"

enum { BATCH_WORDS = 256 }; /* words of wanted texts that are looked at as one job */

struct recall {
    const struct matcher *matcher;
    const uint64_t *wanted;
    size_t *places; /* where the copies of each batch begin */
    size_t batches; /* that are copied */
};

static void release_window(void *worker)
{
    block_window_release(worker);
}

static size_t word_count(const struct recall *recall)
{
    return recall->matcher->unit_count / 64 + 1;
}

static size_t batch_end(const struct recall *recall, size_t batch)
{
    size_t end = (batch + 1) * BATCH_WORDS, words = word_count(recall);
    return end < words ? end : words;
}

/* The text of the lowest bit of a word, when its key is worth a copy; else NULL. */
static struct text *text_at(const struct recall *recall, size_t word, uint64_t bits)
{
    struct text *text = &recall->matcher->texts[word * 64 + (size_t)__builtin_ctzll(bits)];
    return key_store_is_far(recall->matcher->keys, text_ref(text)) ? text : NULL;
}

/* How many units the copies of a batch take. */
static size_t measure_batch(const struct recall *recall, size_t batch)
{
    size_t units = 0;
    for (size_t word = batch * BATCH_WORDS; word < batch_end(recall, batch); word++)
        for (uint64_t bits = recall->wanted[word]; bits != 0; bits &= bits - 1) {
            const struct text *text = text_at(recall, word, bits);
            units += text ? text->count : 0;
        }
    return units;
}

/* Finds out how much room the batches need, and how many there is room for. */
static dedup_status plan_batches(struct recall *recall, dedup_error *error)
{
    size_t batches = (word_count(recall) + BATCH_WORDS - 1) / BATCH_WORDS, place = 0;
    size_t room = key_store_room(recall->matcher->keys), first;
    recall->places = malloc((batches + 1) * sizeof *recall->places);
    if (!recall->places)
        return fail_memory(error, "the fold keys");
    for (; recall->batches < batches && place <= room; recall->batches++) {
        recall->places[recall->batches] = place;
        place += measure_batch(recall, recall->batches);
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
    size_t place = recall->places[batch];
    (void)result;
    for (size_t word = batch * BATCH_WORDS; word < batch_end(recall, batch); word++)
        for (uint64_t bits = recall->wanted[word]; bits != 0; bits &= bits - 1) {
            struct text *text = text_at(recall, word, bits);
            if (!text)
                continue;
            TRY(key_store_copy(recall->matcher->keys, text_ref(text), worker, place, &text->begin, error));
            place += text->count;
        }
    return DEDUP_OK;
}

dedup_status recall_keys(const struct matcher *matcher, const uint64_t *wanted, dedup_error *error)
{
    struct recall recall = {.matcher = matcher, .wanted = wanted};
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
