#include "match/recall_keys.h"

#include <stdlib.h>

#include "base/failure.h"
#include "match/team.h"

enum { BATCH_WORDS = 256 }; /* words of wanted texts that are looked at as one job */

struct recall {
    const struct matcher *matcher;
    struct recalled_keys *keys;
    size_t *places; /* where the copies of each batch begin */
    size_t batches, copied;
};

dedup_status recalled_keys_init(struct recalled_keys *keys, const struct matcher *matcher, dedup_error *error)
{
    *keys = (struct recalled_keys){.texts = matcher->texts,
                                   .wanted = calloc(matcher->unit_count / 64 + 1, sizeof *keys->wanted)};
    return keys->wanted ? DEDUP_OK : fail_memory(error, "the fold keys");
}

void recalled_keys_release(struct recalled_keys *keys)
{
    free(keys->wanted);
    free(keys->ranks);
    free(keys->begins);
    *keys = (struct recalled_keys){0};
}

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

/* The text of the lowest bit of a word. */
static const struct text *text_at(const struct recall *recall, size_t word, uint64_t bits)
{
    return &recall->keys->texts[word * 64 + (size_t)__builtin_ctzll(bits)];
}

static bool is_copied(const struct recall *recall, const struct text *text)
{
    return key_store_is_far(recall->matcher->keys, text_ref(text));
}

/* Where the copies of a batch end that begin at `place`. */
static size_t measure_batch(const struct recall *recall, size_t batch, size_t place)
{
    for (size_t word = batch * BATCH_WORDS; word < batch_end(recall, batch); word++)
        for (uint64_t bits = recall->keys->wanted[word]; bits != 0; bits &= bits - 1) {
            const struct text *text = text_at(recall, word, bits);
            if (is_copied(recall, text))
                place = key_store_place(place, text->count) + text->count;
        }
    return place;
}

/* Counts the wanted texts before each word. */
static dedup_status rank(const struct recall *recall, dedup_error *error)
{
    struct recalled_keys *keys = recall->keys;
    size_t words = word_count(recall), count = 0;
    keys->ranks = malloc(words * sizeof *keys->ranks);
    if (!keys->ranks)
        return fail_memory(error, "the fold keys");
    for (size_t word = 0; word < words; word++) {
        keys->ranks[word] = (uint32_t)count;
        count += (size_t)__builtin_popcountll(keys->wanted[word]);
    }
    keys->begins = malloc((count + 1) * sizeof *keys->begins);
    return keys->begins ? DEDUP_OK : fail_memory(error, "the fold keys");
}

/* Finds out how much room the batches need, and how many there is room for. */
static dedup_status plan_batches(struct recall *recall, dedup_error *error)
{
    const struct copy_room room = key_store_room(recall->matcher->keys);
    size_t place = room.begin;
    recall->batches = (word_count(recall) + BATCH_WORDS - 1) / BATCH_WORDS;
    recall->places = malloc((recall->batches + 1) * sizeof *recall->places);
    if (!recall->places)
        return fail_memory(error, "the fold keys");
    while (recall->copied < recall->batches) {
        size_t end = measure_batch(recall, recall->copied, place);
        if (end > room.end)
            break;
        recall->places[recall->copied++] = place;
        place = end;
    }
    return key_store_hold(recall->matcher->keys, place, error);
}

static dedup_status load_batch(void *context, void *worker, void *result, size_t batch, dedup_error *error)
{
    const struct recall *recall = context;
    bool room = batch < recall->copied;
    size_t place = room ? recall->places[batch] : 0;
    uint64_t *begin = recall->keys->begins + recall->keys->ranks[batch * BATCH_WORDS];
    (void)result;
    for (size_t word = batch * BATCH_WORDS; word < batch_end(recall, batch); word++)
        for (uint64_t bits = recall->keys->wanted[word]; bits != 0; bits &= bits - 1, begin++) {
            const struct text *text = text_at(recall, word, bits);
            *begin = text->begin;
            if (!room || !is_copied(recall, text))
                continue;
            place = key_store_place(place, text->count);
            TRY(key_store_copy(recall->matcher->keys, text_ref(text), worker, place, begin, error));
            place += text->count;
        }
    return DEDUP_OK;
}

dedup_status recalled_keys_load(struct recalled_keys *keys, const struct matcher *matcher, dedup_error *error)
{
    struct recall recall = {.matcher = matcher, .keys = keys};
    dedup_status status = rank(&recall, error);
    if (status == DEDUP_OK)
        status = plan_batches(&recall, error);
    const struct team_job job = {.context = &recall,
                                 .count = recall.batches,
                                 .worker_size = sizeof(struct block_window),
                                 .result_size = 1,
                                 .work = load_batch,
                                 .release_worker = release_window};
    if (status == DEDUP_OK)
        status = team_run(&job, matcher->options.thread_count, error);
    free(recall.places);
    return status;
}
