#include "base/ordered.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/failure.h"

enum slot_state { SLOT_FREE, SLOT_BUSY, SLOT_READY };

struct slot {
    enum slot_state state;
    void *item;
    dedup_status status; /* of its work */
    dedup_error error;
};

/* Slots form a ring: what is produced as number n lives in slot n % count, in the free item that was used last, which
 * is still in a cache. */
struct ordered {
    const struct ordered_stages *stages;
    void **free_items;
    size_t free_count;
    struct slot *slots;
    size_t slot_count;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t produced, consumed; /* items so far */
    bool producing, consuming; /* somebody is in that stage */
    bool ended;                /* nothing more will be produced */
    dedup_status status;       /* first failure in order */
    dedup_error error;
};

struct member {
    struct ordered *ordered;
    void *worker;
};

static void settle_failure(struct ordered *ordered, dedup_status status, const dedup_error *error)
{
    if (ordered->status == DEDUP_OK) {
        ordered->status = status;
        ordered->error = *error;
        ordered->error.status = status;
    }
    ordered->ended = true;
}

static bool can_consume(const struct ordered *ordered)
{
    return !ordered->consuming && ordered->consumed < ordered->produced &&
           ordered->slots[ordered->consumed % ordered->slot_count].state == SLOT_READY;
}

static bool can_produce(const struct ordered *ordered)
{
    return !ordered->producing && !ordered->ended && ordered->produced - ordered->consumed < ordered->slot_count;
}

/* Called and returns with the lock held. */
static void consume_one(struct ordered *ordered)
{
    struct slot *slot = &ordered->slots[ordered->consumed % ordered->slot_count];
    dedup_status status = slot->status;
    dedup_error error = slot->error;
    if (status == DEDUP_OK && ordered->status == DEDUP_OK) {
        ordered->consuming = true;
        pthread_mutex_unlock(&ordered->lock);
        status = ordered->stages->consume(ordered->stages->context, slot->item, &error);
        pthread_mutex_lock(&ordered->lock);
        ordered->consuming = false;
    }
    if (status != DEDUP_OK)
        settle_failure(ordered, status, &error);
    slot->state = SLOT_FREE;
    ordered->free_items[ordered->free_count++] = slot->item;
    ordered->consumed++;
    pthread_cond_broadcast(&ordered->changed);
}

/* Called and returns with the lock held. */
static void produce_one(struct ordered *ordered, void *worker)
{
    struct slot *slot = &ordered->slots[ordered->produced % ordered->slot_count];
    dedup_error error = {0};
    bool more = true;
    slot->item = ordered->free_items[--ordered->free_count];
    ordered->producing = true;
    pthread_mutex_unlock(&ordered->lock);
    dedup_status status = ordered->stages->produce(ordered->stages->context, slot->item, &more, &error);
    pthread_mutex_lock(&ordered->lock);
    ordered->producing = false;
    if (status == DEDUP_OK && !more) {
        ordered->ended = true;
        ordered->free_items[ordered->free_count++] = slot->item;
        pthread_cond_broadcast(&ordered->changed);
        return;
    }
    ordered->produced++;
    slot->state = SLOT_BUSY;
    pthread_cond_broadcast(&ordered->changed);
    if (status == DEDUP_OK) {
        pthread_mutex_unlock(&ordered->lock);
        status = ordered->stages->work(ordered->stages->context, worker, slot->item, &error);
        pthread_mutex_lock(&ordered->lock);
    }
    slot->status = status;
    slot->error = error;
    if (status != DEDUP_OK)
        ordered->ended = true;
    slot->state = SLOT_READY;
    pthread_cond_broadcast(&ordered->changed);
}

static void *run_member(void *argument)
{
    struct member *member = argument;
    struct ordered *ordered = member->ordered;
    pthread_mutex_lock(&ordered->lock);
    while (!ordered->ended || ordered->consumed < ordered->produced || ordered->producing) {
        if (can_consume(ordered))
            consume_one(ordered);
        else if (can_produce(ordered))
            produce_one(ordered, member->worker);
        else
            pthread_cond_wait(&ordered->changed, &ordered->lock);
    }
    pthread_mutex_unlock(&ordered->lock);
    return NULL;
}

/* Runs one member per worker; the calling thread is the first, threads that cannot be had are done without. */
static void run_members(struct ordered *ordered, struct member *members, pthread_t *threads, void *const *workers,
                        size_t thread_count)
{
    size_t started = 0;
    for (size_t i = 0; i < thread_count; i++)
        members[i] = (struct member){ordered, workers[i]};
    while (started + 1 < thread_count &&
           pthread_create(&threads[started], NULL, run_member, &members[started + 1]) == 0)
        started++;
    (void)run_member(&members[0]);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

dedup_status ordered_run(const struct ordered_stages *stages, void *const *workers, size_t thread_count,
                         void *const *items, size_t item_count, dedup_error *error)
{
    struct ordered ordered = {.stages = stages, .free_count = item_count, .slot_count = item_count};
    ordered.slots = calloc(item_count, sizeof *ordered.slots);
    ordered.free_items = calloc(item_count, sizeof *ordered.free_items);
    struct member *members = calloc(thread_count, sizeof *members);
    pthread_t *threads = calloc(thread_count, sizeof *threads);
    if (!ordered.slots || !ordered.free_items || !members || !threads) {
        ordered.status = fail_memory(&ordered.error, "threads");
    } else {
        memcpy(ordered.free_items, items, item_count * sizeof *items);
        pthread_mutex_init(&ordered.lock, NULL);
        pthread_cond_init(&ordered.changed, NULL);
        run_members(&ordered, members, threads, workers, thread_count);
        pthread_cond_destroy(&ordered.changed);
        pthread_mutex_destroy(&ordered.lock);
    }
    free(threads);
    free(members);
    free(ordered.free_items);
    free(ordered.slots);
    if (ordered.status != DEDUP_OK && error)
        *error = ordered.error;
    return ordered.status;
}
