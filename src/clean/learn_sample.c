#include "clean/learn_sample.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"

struct source_sample {
    uint64_t id; /* learn_source of the name */
    char *name;  /* owned */
    size_t name_length;
    struct learn_choice *choices; /* ascending by order; owned */
    size_t count, capacity;
};

struct learner {
    uint64_t memory, used;         /* bytes */
    size_t sample;                 /* documents of a source now */
    uint64_t barred;               /* sources with this number and above are left out */
    struct source_sample *sources; /* in the order in which they came */
    size_t count, capacity;
    uint32_t *table; /* open addressing by id: index in `sources` from 1; 0: free */
    size_t mask;
    pthread_mutex_t lock;
};

enum { TABLE_FIRST = 64 };

dedup_status learner_create(uint64_t memory, struct learner **out, dedup_error *error)
{
    struct learner *learner = calloc(1, sizeof *learner);
    uint32_t *table = calloc(TABLE_FIRST, sizeof *table);
    *out = NULL;
    if (!learner || !table || pthread_mutex_init(&learner->lock, NULL) != 0) {
        free(learner);
        free(table);
        return fail_memory(error, "what is learned");
    }
    learner->memory = memory;
    learner->sample = LEARN_SAMPLE;
    learner->barred = UINT64_MAX;
    learner->table = table;
    learner->mask = TABLE_FIRST - 1;
    *out = learner;
    return DEDUP_OK;
}

static uint64_t size_of(const struct learn_choice *choice)
{
    const struct learn_content *content = choice->content;
    return sizeof *choice + (content ? sizeof *content + content->mark_count * sizeof *content->marks : 0);
}

static uint64_t fixed_size(const struct source_sample *source)
{
    return sizeof *source + source->name_length + 1;
}

/* Leaves the first `count` documents in a sample. */
static void trim(struct learner *learner, struct source_sample *source, size_t count)
{
    while (source->count > count) {
        struct learn_choice *last = &source->choices[--source->count];
        learner->used -= size_of(last);
        free(last->content);
    }
}

static void release_source(struct learner *learner, struct source_sample *source)
{
    trim(learner, source, 0);
    learner->used -= fixed_size(source);
    free(source->choices);
    free(source->name);
}

void learner_free(struct learner *learner)
{
    if (!learner)
        return;
    for (size_t i = 0; i < learner->count; i++)
        release_source(learner, &learner->sources[i]);
    free(learner->sources);
    free(learner->table);
    (void)pthread_mutex_destroy(&learner->lock);
    free(learner);
}

/* The place in the table of a source, or the free one where it would stand. */
static uint32_t *find_slot(const struct learner *learner, uint64_t id)
{
    size_t place = (size_t)id & learner->mask;
    while (learner->table[place] != 0 && learner->sources[learner->table[place] - 1].id != id)
        place = (place + 1) & learner->mask;
    return &learner->table[place];
}

static struct source_sample *find_source(const struct learner *learner, uint64_t id)
{
    uint32_t number = *find_slot(learner, id);
    return number != 0 ? &learner->sources[number - 1] : NULL;
}

static void fill_table(struct learner *learner)
{
    memset(learner->table, 0, (learner->mask + 1) * sizeof *learner->table);
    for (size_t i = 0; i < learner->count; i++)
        *find_slot(learner, learner->sources[i].id) = (uint32_t)i + 1;
}

static dedup_status grow_table(struct learner *learner, dedup_error *error)
{
    size_t size = 2 * (learner->mask + 1);
    uint32_t *table = calloc(size, sizeof *table);
    if (!table)
        return fail_memory(error, "what is learned");
    free(learner->table);
    learner->table = table;
    learner->mask = size - 1;
    fill_table(learner);
    return DEDUP_OK;
}

static bool is_full(const struct learner *learner, const struct source_sample *source, uint64_t order)
{
    return source->choices && source->count >= learner->sample && source->choices[learner->sample - 1].order <= order;
}

bool learner_wants(struct learner *learner, uint64_t source, uint64_t order)
{
    (void)pthread_mutex_lock(&learner->lock);
    const struct source_sample *known = find_source(learner, source);
    bool wants = source < learner->barred && !(known && is_full(learner, known, order));
    (void)pthread_mutex_unlock(&learner->lock);
    return wants;
}

static dedup_status add_source(struct learner *learner, const char *name, size_t length, uint64_t id,
                               dedup_error *error)
{
    TRY(array_reserve(&learner->sources, &learner->capacity, learner->count + 1, "what is learned", error));
    if (2 * learner->count > learner->mask)
        TRY(grow_table(learner, error));
    struct source_sample source = {.id = id, .name = malloc(length + 1), .name_length = length};
    if (!source.name)
        return fail_memory(error, "what is learned");
    memcpy(source.name, name, length);
    source.name[length] = '\0';
    learner->sources[learner->count++] = source;
    *find_slot(learner, id) = (uint32_t)learner->count;
    learner->used += fixed_size(&source);
    return DEDUP_OK;
}

/* A copy with its marks behind it; *out is NULL without content. */
static dedup_status copy_content(const struct learn_content *content, struct learn_content **out, dedup_error *error)
{
    *out = NULL;
    if (!content)
        return DEDUP_OK;
    size_t size = content->mark_count * sizeof *content->marks;
    struct learn_content *copy = malloc(sizeof *copy + size);
    if (!copy)
        return fail_memory(error, "what is learned");
    *copy = *content;
    copy->marks = (uint64_t *)(copy + 1);
    if (size != 0)
        memcpy(copy + 1, content->marks, size);
    *out = copy;
    return DEDUP_OK;
}

/* The place of the first document whose order is not below `order`. */
static size_t find_choice(const struct source_sample *source, uint64_t order)
{
    size_t low = 0, high = source->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (source->choices[middle].order < order)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static dedup_status add_choice(struct learner *learner, struct source_sample *source, const struct learn_choice *choice,
                               dedup_error *error)
{
    size_t place = find_choice(source, choice->order);
    if (place < source->count && source->choices[place].order == choice->order)
        return DEDUP_OK;
    struct learn_choice own = *choice;
    TRY(array_reserve(&source->choices, &source->capacity, source->count + 1, "what is learned", error));
    TRY(copy_content(choice->content, &own.content, error));
    memmove(source->choices + place + 1, source->choices + place, (source->count - place) * sizeof own);
    source->choices[place] = own;
    source->count++;
    learner->used += size_of(&own);
    trim(learner, source, learner->sample);
    return DEDUP_OK;
}

/* Leaves out an eighth of the sources, those with the largest numbers. */
static void bar_sources(struct learner *learner)
{
    size_t kept = 0;
    learner->barred = learner->barred / 8 * 7;
    for (size_t i = 0; i < learner->count; i++) {
        if (learner->sources[i].id < learner->barred)
            learner->sources[kept++] = learner->sources[i];
        else
            release_source(learner, &learner->sources[i]);
    }
    learner->count = kept;
    fill_table(learner);
}

/* Lowers the size of samples, then leaves sources out, until the memory suffices. */
static void economize(struct learner *learner)
{
    while (learner->used > learner->memory && learner->sample > LEARN_SAMPLE_LEAST) {
        learner->sample /= 2;
        for (size_t i = 0; i < learner->count; i++)
            trim(learner, &learner->sources[i], learner->sample);
    }
    while (learner->used > learner->memory && learner->count > 0)
        bar_sources(learner);
}

static dedup_status add_locked(struct learner *learner, const char *name, size_t length,
                               const struct learn_choice *choice, dedup_error *error)
{
    uint64_t id = learn_source(name, length);
    if (id >= learner->barred)
        return DEDUP_OK;
    struct source_sample *source = find_source(learner, id);
    if (!source) {
        TRY(add_source(learner, name, length, id, error));
        source = &learner->sources[learner->count - 1];
    }
    if (!is_full(learner, source, choice->order))
        TRY(add_choice(learner, source, choice, error));
    economize(learner);
    return DEDUP_OK;
}

dedup_status learner_add(struct learner *learner, const char *name, size_t length, const struct learn_choice *choice,
                         dedup_error *error)
{
    (void)pthread_mutex_lock(&learner->lock);
    dedup_status status = add_locked(learner, name, length, choice, error);
    (void)pthread_mutex_unlock(&learner->lock);
    return status;
}

size_t learner_source_count(const struct learner *learner)
{
    return learner->count;
}

struct learn_sample learner_sample(const struct learner *learner, size_t index)
{
    const struct source_sample *source = &learner->sources[index];
    return (struct learn_sample){source->name, source->name_length, source->choices, source->count};
}
