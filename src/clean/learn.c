#include "clean/learn.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/hash.h"

struct learned_entry {
    uint64_t mark;
    uint32_t documents;
};

/* A document of a lesson. */
struct pupil {
    uint64_t sketch[4];
    size_t begin, count; /* its marks */
    bool copy;           /* nearly the same as an earlier one */
};

/* Open addressing: how many documents have a mark. */
struct mark_count {
    uint64_t mark;            /* 0: free */
    uint32_t documents, last; /* `last`: number of the last document that has it, from 1 */
};

struct lesson {
    struct pupil *pupils;
    size_t pupil_count, pupil_capacity;
    uint64_t *marks; /* of all documents */
    size_t mark_count, mark_capacity;
    struct mark_count *table;
    size_t mask, table_capacity;
    /* What was decided. */
    struct learned_entry *entries; /* ascending by mark */
    size_t entry_count, entry_capacity;
    uint32_t sample; /* distinct documents */
    unsigned zones;  /* bits of enum learn_zone where lines are known */
};

uint64_t learn_source(const char *name, size_t length)
{
    return hash64_of(name, length);
}

dedup_status lesson_create(struct lesson **out, dedup_error *error)
{
    *out = calloc(1, sizeof **out);
    return *out ? DEDUP_OK : fail_memory(error, "what is learned");
}

void lesson_free(struct lesson *lesson)
{
    if (!lesson)
        return;
    free(lesson->pupils);
    free(lesson->marks);
    free(lesson->table);
    free(lesson->entries);
    free(lesson);
}

void lesson_clear(struct lesson *lesson)
{
    lesson->pupil_count = 0;
    lesson->mark_count = 0;
    lesson->entry_count = 0;
}

dedup_status lesson_add(struct lesson *lesson, const struct learn_content *content, dedup_error *error)
{
    size_t count = content->mark_count;
    TRY(array_reserve(&lesson->pupils, &lesson->pupil_capacity, lesson->pupil_count + 1, "what is learned", error));
    TRY(array_reserve(&lesson->marks, &lesson->mark_capacity, lesson->mark_count + count, "what is learned", error));
    struct pupil *pupil = &lesson->pupils[lesson->pupil_count++];
    *pupil = (struct pupil){.begin = lesson->mark_count, .count = count};
    memcpy(pupil->sketch, content->sketch, sizeof pupil->sketch);
    if (count != 0)
        memcpy(lesson->marks + lesson->mark_count, content->marks, count * sizeof *lesson->marks);
    lesson->mark_count += count;
    return DEDUP_OK;
}

/* Empties the table and makes it large enough for the marks of all documents. */
static dedup_status clear_table(struct lesson *lesson, dedup_error *error)
{
    size_t size = 16;
    while (size < 2 * lesson->mark_count)
        size *= 2;
    TRY(array_reserve(&lesson->table, &lesson->table_capacity, size, "what is learned", error));
    memset(lesson->table, 0, size * sizeof *lesson->table);
    lesson->mask = size - 1;
    return DEDUP_OK;
}

/* Counts the marks of document `index`. Returns in how many documents the most frequent of them is so far that is not
 * a label. */
static uint32_t count_marks(struct lesson *lesson, size_t index)
{
    const struct pupil *pupil = &lesson->pupils[index];
    uint32_t number = (uint32_t)index + 1, most = 0;
    for (size_t i = 0; i < pupil->count; i++) {
        uint64_t mark = lesson->marks[pupil->begin + i];
        size_t place = (size_t)(mark >> 32 ^ mark >> 13) & lesson->mask;
        while (lesson->table[place].mark != 0 && lesson->table[place].mark != mark)
            place = (place + 1) & lesson->mask;
        struct mark_count *count = &lesson->table[place];
        count->mark = mark;
        count->documents += count->last != number;
        count->last = number;
        if (count->documents > most && learn_form_of(mark) != LEARN_LABEL)
            most = count->documents;
    }
    return most;
}

dedup_status lesson_look(struct lesson *lesson, bool *promising, dedup_error *error)
{
    *promising = false;
    TRY(clear_table(lesson, error));
    for (size_t i = 0; i < lesson->pupil_count && !*promising; i++)
        *promising = count_marks(lesson, i) >= LEARN_RECUR;
    return DEDUP_OK;
}

/* Finds the documents that are nearly the same as an earlier one. */
static void find_copies(struct lesson *lesson, learn_alike *alike)
{
    lesson->sample = 0;
    for (size_t i = 0; i < lesson->pupil_count; i++) {
        struct pupil *pupil = &lesson->pupils[i];
        pupil->copy = false;
        for (size_t j = 0; j < i && !pupil->copy; j++)
            pupil->copy = !lesson->pupils[j].copy && alike(pupil->sketch, lesson->pupils[j].sketch);
        lesson->sample += !pupil->copy;
    }
}

/* Labels are kept when few documents have them: they only matter beside lines that many have. */
static bool is_frequent(uint64_t mark, size_t documents, size_t sample)
{
    if (learn_form_of(mark) == LEARN_LABEL)
        return documents >= 3;
    return documents >= LEARN_RECUR && documents * LEARN_SHARE >= sample;
}

static int by_mark(const void *a, const void *b)
{
    const struct learned_entry *x = a, *y = b;
    return (x->mark > y->mark) - (x->mark < y->mark);
}

static dedup_status keep_frequent(struct lesson *lesson, dedup_error *error)
{
    for (size_t i = 0; i <= lesson->mask; i++) {
        const struct mark_count *count = &lesson->table[i];
        if (count->mark == 0 || !is_frequent(count->mark, count->documents, lesson->sample))
            continue;
        TRY(array_reserve(&lesson->entries, &lesson->entry_capacity, lesson->entry_count + 1, "what is learned",
                          error));
        lesson->entries[lesson->entry_count++] = (struct learned_entry){count->mark, count->documents};
        if (learn_form_of(count->mark) != LEARN_LABEL)
            lesson->zones |= 1u << learn_zone_of(count->mark);
    }
    return DEDUP_OK;
}

dedup_status lesson_end(struct lesson *lesson, learn_alike *alike, dedup_error *error)
{
    lesson->entry_count = 0;
    lesson->zones = 0;
    find_copies(lesson, alike);
    if (lesson->sample < LEARN_DOCUMENTS)
        return DEDUP_OK;
    TRY(clear_table(lesson, error));
    for (size_t i = 0; i < lesson->pupil_count; i++)
        if (!lesson->pupils[i].copy)
            (void)count_marks(lesson, i);
    TRY(keep_frequent(lesson, error));
    if (lesson->zones == 0)
        lesson->entry_count = 0;
    if (lesson->entry_count != 0)
        qsort(lesson->entries, lesson->entry_count, sizeof *lesson->entries, by_mark);
    return DEDUP_OK;
}

struct learned_source {
    uint64_t id;
    char *name; /* owned */
    uint32_t sample;
    unsigned zones;                /* bits of enum learn_zone where lines are known */
    uint32_t first;                /* index of its first entry among all */
    struct learned_entry *entries; /* ascending by mark; owned */
    size_t count;
};

struct learned {
    struct learned_source *sources; /* ascending by name */
    size_t count, capacity;
    size_t total; /* entries of all sources */
};

dedup_status learned_create(struct learned **out, dedup_error *error)
{
    *out = calloc(1, sizeof **out);
    return *out ? DEDUP_OK : fail_memory(error, "what is learned");
}

dedup_status learned_add(struct learned *learned, const char *name, size_t length, const struct lesson *lesson,
                         dedup_error *error)
{
    size_t count = lesson->entry_count;
    if (count == 0)
        return DEDUP_OK;
    TRY(array_reserve(&learned->sources, &learned->capacity, learned->count + 1, "what is learned", error));
    struct learned_source source = {.id = learn_source(name, length),
                                    .name = strndup(name, length),
                                    .sample = lesson->sample,
                                    .zones = lesson->zones,
                                    .entries = malloc(count * sizeof *lesson->entries),
                                    .count = count};
    if (!source.name || !source.entries) {
        free(source.name);
        free(source.entries);
        return fail_memory(error, "what is learned");
    }
    memcpy(source.entries, lesson->entries, count * sizeof *lesson->entries);
    learned->sources[learned->count++] = source;
    return DEDUP_OK;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct learned_source *)a)->name, ((const struct learned_source *)b)->name);
}

void learned_finish(struct learned *learned)
{
    if (learned->count != 0)
        qsort(learned->sources, learned->count, sizeof *learned->sources, by_name);
    for (size_t i = 0; i < learned->count; i++) {
        learned->sources[i].first = (uint32_t)learned->total;
        learned->total += learned->sources[i].count;
    }
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

bool learned_zone(const struct learned_source *source, enum learn_zone zone)
{
    return source->zones >> zone & 1;
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
