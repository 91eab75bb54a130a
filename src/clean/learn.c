#include "clean/learn.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/hash.h"

/* A document of a sample. */
struct sampled {
    uint64_t order;
    uint64_t sketch[4];
    size_t count;
    uint64_t marks[]; /* may repeat */
};

struct source_sample {
    uint64_t id; /* learn_source of the name */
    char *name;  /* owned */
    size_t name_length;
    struct sampled **documents; /* ascending by order; owned */
    size_t count, capacity;
};

struct learner {
    learn_alike *alike;
    uint64_t memory, used;         /* bytes */
    size_t sample;                 /* documents of a source now */
    uint64_t barred;               /* sources with this number and above are left out */
    struct source_sample *sources; /* ascending by id */
    size_t count, capacity;
    pthread_mutex_t lock;
};

dedup_status learner_create(uint64_t memory, learn_alike *alike, struct learner **out, dedup_error *error)
{
    struct learner *learner = calloc(1, sizeof *learner);
    *out = NULL;
    if (!learner)
        return fail_memory(error, "what is learned");
    if (pthread_mutex_init(&learner->lock, NULL) != 0) {
        free(learner);
        return fail_memory(error, "what is learned");
    }
    learner->alike = alike;
    learner->memory = memory;
    learner->sample = LEARN_SAMPLE;
    learner->barred = UINT64_MAX;
    *out = learner;
    return DEDUP_OK;
}

static uint64_t size_of(const struct sampled *document)
{
    return sizeof *document + document->count * sizeof *document->marks;
}

static uint64_t fixed_size(const struct source_sample *source)
{
    return sizeof *source + source->name_length + 1;
}

static void release_source(struct source_sample *source)
{
    for (size_t i = 0; i < source->count; i++)
        free(source->documents[i]);
    free(source->documents);
    free(source->name);
}

void learner_free(struct learner *learner)
{
    if (!learner)
        return;
    for (size_t i = 0; i < learner->count; i++)
        release_source(&learner->sources[i]);
    free(learner->sources);
    (void)pthread_mutex_destroy(&learner->lock);
    free(learner);
}

uint64_t learn_source(const char *name, size_t length)
{
    return hash64_of(name, length);
}

/* The place of the first source whose number is not below `id`. */
static size_t find_source(const struct learner *learner, uint64_t id)
{
    size_t low = 0, high = learner->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (learner->sources[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_full(const struct learner *learner, const struct source_sample *source, uint64_t order)
{
    return source->count >= learner->sample && source->documents[learner->sample - 1]->order <= order;
}

bool learner_wants(struct learner *learner, uint64_t source, uint64_t order)
{
    (void)pthread_mutex_lock(&learner->lock);
    size_t place = find_source(learner, source);
    bool known = place < learner->count && learner->sources[place].id == source;
    bool wants = source < learner->barred && !(known && is_full(learner, &learner->sources[place], order));
    (void)pthread_mutex_unlock(&learner->lock);
    return wants;
}

static dedup_status insert_source(struct learner *learner, size_t place, const char *name, size_t length,
                                  dedup_error *error)
{
    TRY(array_reserve(&learner->sources, &learner->capacity, learner->count + 1, "what is learned", error));
    struct source_sample source = {.id = learn_source(name, length), .name = malloc(length + 1), .name_length = length};
    if (!source.name)
        return fail_memory(error, "what is learned");
    memcpy(source.name, name, length);
    source.name[length] = '\0';
    memmove(learner->sources + place + 1, learner->sources + place, (learner->count - place) * sizeof source);
    learner->sources[place] = source;
    learner->count++;
    learner->used += fixed_size(&source);
    return DEDUP_OK;
}

static struct sampled *copy_document(const struct learn_document *document)
{
    struct sampled *copy = malloc(sizeof *copy + document->mark_count * sizeof *copy->marks);
    if (!copy)
        return NULL;
    copy->order = document->order;
    memcpy(copy->sketch, document->sketch, sizeof copy->sketch);
    if (document->mark_count != 0)
        memcpy(copy->marks, document->marks, document->mark_count * sizeof *copy->marks);
    copy->count = document->mark_count;
    return copy;
}

/* Cuts the samples of a source to size. */
static void trim(struct learner *learner, struct source_sample *source)
{
    while (source->count > learner->sample) {
        struct sampled *last = source->documents[--source->count];
        learner->used -= size_of(last);
        free(last);
    }
}

/* Lowers the size of samples, then leaves sources out, until the memory suffices. */
static void economize(struct learner *learner)
{
    while (learner->used > learner->memory && learner->sample > LEARN_SAMPLE_LEAST) {
        learner->sample /= 2;
        for (size_t i = 0; i < learner->count; i++)
            trim(learner, &learner->sources[i]);
    }
    while (learner->used > learner->memory && learner->count > 0) {
        struct source_sample *last = &learner->sources[learner->count - 1];
        learner->barred = last->id;
        for (size_t i = 0; i < last->count; i++)
            learner->used -= size_of(last->documents[i]);
        learner->used -= fixed_size(last);
        release_source(last);
        learner->count--;
    }
}

static dedup_status insert_document(struct learner *learner, struct source_sample *source,
                                    const struct learn_document *document, dedup_error *error)
{
    size_t place = source->count;
    while (place > 0 && source->documents[place - 1]->order > document->order)
        place--;
    if (place > 0 && source->documents[place - 1]->order == document->order)
        return DEDUP_OK;
    TRY(array_reserve(&source->documents, &source->capacity, source->count + 1, "what is learned", error));
    struct sampled *copy = copy_document(document);
    if (!copy)
        return fail_memory(error, "what is learned");
    memmove(source->documents + place + 1, source->documents + place,
            (source->count - place) * sizeof *source->documents);
    source->documents[place] = copy;
    source->count++;
    learner->used += size_of(copy);
    trim(learner, source);
    return DEDUP_OK;
}

static dedup_status add_locked(struct learner *learner, const char *name, size_t length,
                               const struct learn_document *document, dedup_error *error)
{
    uint64_t id = learn_source(name, length);
    if (id >= learner->barred)
        return DEDUP_OK;
    size_t place = find_source(learner, id);
    if (place == learner->count || learner->sources[place].id != id)
        TRY(insert_source(learner, place, name, length, error));
    if (!is_full(learner, &learner->sources[place], document->order))
        TRY(insert_document(learner, &learner->sources[place], document, error));
    economize(learner);
    return DEDUP_OK;
}

dedup_status learner_add(struct learner *learner, const char *name, size_t length,
                         const struct learn_document *document, dedup_error *error)
{
    (void)pthread_mutex_lock(&learner->lock);
    dedup_status status = add_locked(learner, name, length, document, error);
    (void)pthread_mutex_unlock(&learner->lock);
    return status;
}

struct learned_entry {
    uint64_t mark;
    uint32_t documents;
};

struct learned_source {
    uint64_t id;
    char *name; /* owned */
    uint32_t sample;
    bool middle;
    uint32_t first;                /* index of its first entry among all */
    struct learned_entry *entries; /* ascending by mark; owned */
    size_t count, capacity;
};

struct learned {
    struct learned_source *sources; /* ascending by name */
    size_t count, capacity;
    size_t total; /* entries of all sources */
};

/* Lists the documents of a sample that are not nearly the same as an earlier one; returns how many there are. */
static size_t list_distinct(const struct learner *learner, const struct source_sample *source,
                            const struct sampled *distinct[LEARN_SAMPLE])
{
    size_t count = 0;
    for (size_t i = 0; i < source->count; i++) {
        size_t other = 0;
        while (other < count && !learner->alike(source->documents[i]->sketch, distinct[other]->sketch))
            other++;
        if (other == count)
            distinct[count++] = source->documents[i];
    }
    return count;
}

/* Labels are kept when few documents have them: they only matter beside lines that many have. */
static bool is_frequent(uint64_t mark, size_t documents, size_t sample)
{
    if (learn_form_of(mark) == LEARN_LABEL)
        return documents >= 3;
    return documents >= LEARN_RECUR && documents * LEARN_SHARE >= sample;
}

/* Open addressing: how many documents have a mark. */
struct mark_table {
    struct mark_count {
        uint64_t mark;            /* 0: free */
        uint32_t documents, last; /* `last`: number of the last document that has it, from 1 */
    } * counts;
    size_t mask;
};

static void count_marks(struct mark_table *table, const struct sampled *document, uint32_t number)
{
    for (size_t i = 0; i < document->count; i++) {
        uint64_t mark = document->marks[i];
        size_t place = (size_t)(mark >> 32 ^ mark >> 13) & table->mask;
        while (table->counts[place].mark != 0 && table->counts[place].mark != mark)
            place = (place + 1) & table->mask;
        struct mark_count *count = &table->counts[place];
        count->mark = mark;
        count->documents += count->last != number;
        count->last = number;
    }
}

static int by_mark(const void *a, const void *b)
{
    const struct learned_entry *x = a, *y = b;
    return (x->mark > y->mark) - (x->mark < y->mark);
}

static dedup_status keep_frequent(struct learned_source *source, const struct mark_table *table, dedup_error *error)
{
    for (size_t i = 0; i <= table->mask; i++) {
        const struct mark_count *count = &table->counts[i];
        if (count->mark == 0 || !is_frequent(count->mark, count->documents, source->sample))
            continue;
        TRY(array_reserve(&source->entries, &source->capacity, source->count + 1, "what is learned", error));
        source->entries[source->count++] = (struct learned_entry){count->mark, count->documents};
        source->middle |= learn_zone_of(count->mark) == LEARN_MIDDLE;
    }
    if (source->count != 0)
        qsort(source->entries, source->count, sizeof *source->entries, by_mark);
    return DEDUP_OK;
}

/* Counts the marks of the distinct documents of a source. */
static dedup_status count_source(const struct learner *learner, const struct source_sample *sample,
                                 struct learned_source *source, dedup_error *error)
{
    const struct sampled *distinct[LEARN_SAMPLE];
    size_t documents = list_distinct(learner, sample, distinct), total = 0, size = 16;
    source->sample = (uint32_t)documents;
    if (documents < LEARN_DOCUMENTS)
        return DEDUP_OK;
    for (size_t i = 0; i < documents; i++)
        total += distinct[i]->count;
    while (size < 2 * total)
        size *= 2;
    struct mark_table table = {calloc(size, sizeof *table.counts), size - 1};
    if (!table.counts)
        return fail_memory(error, "what is learned");
    for (size_t i = 0; i < documents; i++)
        count_marks(&table, distinct[i], (uint32_t)i + 1);
    dedup_status status = keep_frequent(source, &table, error);
    free(table.counts);
    return status;
}

static dedup_status decide_source(const struct learner *learner, const struct source_sample *sample,
                                  struct learned *learned, dedup_error *error)
{
    struct learned_source source = {.id = sample->id};
    dedup_status status = count_source(learner, sample, &source, error);
    if (status == DEDUP_OK && source.count != 0) {
        status = array_reserve(&learned->sources, &learned->capacity, learned->count + 1, "what is learned", error);
        source.name = strdup(sample->name);
        if (status == DEDUP_OK && !source.name)
            status = fail_memory(error, "what is learned");
        if (status == DEDUP_OK) {
            learned->sources[learned->count++] = source;
            return DEDUP_OK;
        }
        free(source.name);
    }
    free(source.entries);
    return status;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct learned_source *)a)->name, ((const struct learned_source *)b)->name);
}

dedup_status learner_decide(const struct learner *learner, struct learned **out, dedup_error *error)
{
    struct learned *learned = calloc(1, sizeof *learned);
    *out = NULL;
    if (!learned)
        return fail_memory(error, "what is learned");
    for (size_t i = 0; i < learner->count; i++) {
        dedup_status status = decide_source(learner, &learner->sources[i], learned, error);
        if (status != DEDUP_OK) {
            learned_free(learned);
            return status;
        }
    }
    if (learned->count != 0)
        qsort(learned->sources, learned->count, sizeof *learned->sources, by_name);
    for (size_t i = 0; i < learned->count; i++) {
        learned->sources[i].first = (uint32_t)learned->total;
        learned->total += learned->sources[i].count;
    }
    *out = learned;
    return DEDUP_OK;
}

void learned_free(struct learned *learned)
{
    if (!learned)
        return;
    for (size_t i = 0; i < learned->count; i++) {
        free(learned->sources[i].name);
        free(learned->sources[i].entries);
    }
    free(learned->sources);
    free(learned);
}

static int compare_name(const char *name, size_t length, const char *other)
{
    size_t other_length = strlen(other);
    int order = memcmp(name, other, length < other_length ? length : other_length);
    return order != 0 ? order : (length > other_length) - (length < other_length);
}

const struct learned_source *learned_find(const struct learned *learned, const char *name, size_t length)
{
    size_t low = 0, high = learned->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_name(name, length, learned->sources[middle].name);
        if (order == 0)
            return &learned->sources[middle];
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* The place of the first entry whose mark is not below `mark`. */
static size_t find_entry(const struct learned_source *source, uint64_t mark)
{
    size_t low = 0, high = source->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (source->entries[middle].mark < mark)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t learned_count(const struct learned_source *source, uint64_t mark)
{
    size_t place = find_entry(source, mark);
    return place < source->count && source->entries[place].mark == mark ? source->entries[place].documents : 0;
}

uint32_t learned_index(const struct learned_source *source, uint64_t mark)
{
    return source->first + (uint32_t)find_entry(source, mark);
}

bool learned_fact(const struct learned_source *source, size_t index, struct learned_fact *out)
{
    if (index >= source->count)
        return false;
    const struct learned_entry *entry = &source->entries[index];
    *out = (struct learned_fact){entry->mark, entry->documents, learn_points_of(entry->mark),
                                 source->first + (uint32_t)index};
    return true;
}

size_t learned_total(const struct learned *learned)
{
    return learned->total;
}

uint64_t learned_id(const struct learned_source *source)
{
    return source->id;
}

uint32_t learned_sample(const struct learned_source *source)
{
    return source->sample;
}

bool learned_middle(const struct learned_source *source)
{
    return source->middle;
}

size_t learned_source_count(const struct learned *learned)
{
    return learned->count;
}

const struct learned_source *learned_source_at(const struct learned *learned, size_t index, const char **name)
{
    *name = learned->sources[index].name;
    return &learned->sources[index];
}
