#include "clean/learn.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/hash.h"
#include "base/utf8.h"

enum {
    LEAST_DOCUMENTS = 6,    /* that have a line in common */
    LEAST_SHARE = 4,        /* one in so many of the sample must have it */
    LEAST_SAMPLE = 8,       /* documents of a source from which anything is learned */
    LINE_LETTERS = 9,       /* shorter lines are headings, answers and refrains */
    HEAD_LETTERS = 10,      /* the same in the head, where titles and bylines stand */
    PART_SHORT = 8,         /* letters of a prefix or suffix that is counted ... */
    PART_LONG = 16,         /* ... of a longer one ... */
    PART_SURE = 64,         /* ... and of one that is template whatever else the line has */
    LABEL_LETTERS = 8,      /* letters of a label before a colon, at most */
    HASHES = 8,             /* of one line: itself, three prefixes, three suffixes, label */
    SAMPLE_MOST = 256,      /* documents of one source, at most */
    MEMORY_LEAST = 1 << 20, /* bytes */
};

/* The line hashes of a sampled document; 0 where there is none. */
struct sampled {
    uint64_t source;
    uint64_t order; /* hash of the document: the smallest of a source are kept */
    uint64_t hashes[LEARNED_LINES][HASHES];
};

struct learner {
    struct sampled **documents; /* sorted by source, then order */
    size_t count, capacity;
    size_t limit;  /* documents that fit into the memory */
    size_t sample; /* documents kept of one source now */
};

struct learned {
    struct learned_entry *entries; /* sorted by source, then hash */
    size_t count, capacity;
};

dedup_status learner_create(uint64_t memory, struct learner **out, dedup_error *error)
{
    uint64_t bytes = memory < MEMORY_LEAST ? MEMORY_LEAST : memory;
    uint64_t limit = bytes / sizeof(struct sampled);
    *out = calloc(1, sizeof **out);
    if (!*out)
        return fail_memory(error, "what is learned");
    (*out)->limit = limit < SIZE_MAX ? (size_t)limit : SIZE_MAX;
    (*out)->sample = SAMPLE_MOST;
    return DEDUP_OK;
}

void learner_free(struct learner *learner)
{
    if (!learner)
        return;
    for (size_t i = 0; i < learner->count; i++)
        free(learner->documents[i]);
    free(learner->documents);
    free(learner);
}

size_t learned_lines(const struct text_document *document, size_t lines[LEARNED_LINES], size_t *heads)
{
    const uint32_t dead = LINE_BLANK | LINE_REMOVED;
    size_t count = 0, begin = 0, end = document->line_count;
    *heads = 0;
    for (; begin < end && *heads < LEARNED_SIDE; begin++)
        if (!(document->lines[begin].flags & dead))
            lines[(*heads)++] = begin;
    count = *heads;
    for (; end > begin && count - *heads < LEARNED_SIDE; end--)
        if (!(document->lines[end - 1].flags & dead))
            lines[count++] = end - 1;
    for (size_t i = *heads, j = count; i + 1 < j; i++) {
        size_t other = lines[--j];
        lines[j] = lines[i];
        lines[i] = other;
    }
    /* A short document is all head until here; its second half is its tail. */
    if (count < LEARNED_LINES)
        *heads = count / 2 < *heads ? (count + 1) / 2 : *heads;
    return count;
}

/* Letters before the colon that ends a label at the start of a line; 0 when there is no label. */
static uint32_t label_letters(const char *text, const char *end)
{
    uint32_t letters = 0;
    while (text < end && letters <= LABEL_LETTERS) {
        uint32_t point = utf8_next(&text);
        if (point == ':' || point == 0xff1a)
            return letters >= 2 ? letters : 0;
        letters += (point_class(point) & (POINT_LETTER | POINT_MARK | POINT_NUMBER)) != 0;
    }
    return 0;
}

static uint64_t part_hash(const uint32_t *points, uint32_t count, enum learned_part part, bool head)
{
    uint64_t hash = hash64_of(points, count * sizeof *points) ^ (uint64_t)part << 1 ^ (uint64_t)head;
    return hash ? hash : 1;
}

/* Parts by their place in a row of hashes. */
static const enum learned_part part_of[HASHES] = {
    LEARNED_LINE,   LEARNED_PREFIX, LEARNED_PREFIX, LEARNED_PREFIX,
    LEARNED_SUFFIX, LEARNED_SUFFIX, LEARNED_SUFFIX, LEARNED_LABEL,
};
static const uint32_t letters_of[HASHES] = {0, PART_SHORT, PART_LONG, PART_SURE, PART_SHORT, PART_LONG, PART_SURE, 0};

/* The hashes of a line by which it may be known again. Code in fences is never known. */
static void hash_line(const struct text_document *document, size_t number, bool head, uint64_t hashes[HASHES])
{
    const struct text_line *line = &document->lines[number];
    const uint32_t *points = document->key.points + line->key;
    memset(hashes, 0, HASHES * sizeof *hashes);
    if (line->flags & LINE_FENCED)
        return;
    if (line->key_count >= (head ? HEAD_LETTERS : LINE_LETTERS))
        hashes[0] = part_hash(points, line->key_count, LEARNED_LINE, head);
    for (size_t i = 1; i < HASHES - 1; i++) {
        if (line->key_count <= letters_of[i])
            continue;
        const uint32_t *part = part_of[i] == LEARNED_PREFIX ? points : points + line->key_count - letters_of[i];
        hashes[i] = part_hash(part, letters_of[i], part_of[i], head);
    }
    uint32_t label = label_letters(document->text + line->begin, document->text + line->end);
    if (label != 0 && label < line->key_count)
        hashes[HASHES - 1] = part_hash(points, label, LEARNED_LABEL, head);
}

/* Where a document belongs in the list; *found: it is there. */
static size_t find_place(const struct learner *learner, uint64_t source, uint64_t order, bool *found)
{
    size_t low = 0, high = learner->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct sampled *other = learner->documents[middle];
        if (other->source < source || (other->source == source && other->order < order))
            low = middle + 1;
        else
            high = middle;
    }
    *found =
        low < learner->count && learner->documents[low]->source == source && learner->documents[low]->order == order;
    return low;
}

/* Keeps of every source no more than learner->sample documents. */
static void thin_out(struct learner *learner)
{
    size_t kept = 0, own = 0;
    for (size_t i = 0; i < learner->count; i++) {
        struct sampled *document = learner->documents[i];
        own = kept > 0 && learner->documents[kept - 1]->source == document->source ? own + 1 : 1;
        if (own <= learner->sample)
            learner->documents[kept++] = document;
        else
            free(document);
    }
    learner->count = kept;
}

/* The first document of a source in the list is at or before `place`; counts those before it. */
static size_t rank_of(const struct learner *learner, size_t place, uint64_t source)
{
    size_t rank = 0;
    while (rank < place && learner->documents[place - rank - 1]->source == source)
        rank++;
    return rank;
}

/* Drops the document of the source that is one too many, if any. */
static void drop_last(struct learner *learner, size_t place, uint64_t source)
{
    size_t end = place;
    while (end < learner->count && learner->documents[end]->source == source)
        end++;
    if (rank_of(learner, end, source) <= learner->sample)
        return;
    free(learner->documents[end - 1]);
    memmove(learner->documents + end - 1, learner->documents + end,
            (learner->count - end) * sizeof *learner->documents);
    learner->count--;
}

dedup_status learner_count(struct learner *learner, uint64_t source, const struct text_document *document,
                           dedup_error *error)
{
    uint64_t order = hash64_of(document->key.points, document->key.count * sizeof *document->key.points);
    bool found;
    size_t place = find_place(learner, source, order, &found);
    if (found || rank_of(learner, place, source) >= learner->sample)
        return DEDUP_OK;
    TRY(array_reserve(&learner->documents, &learner->capacity, learner->count + 1, "what is learned", error));
    struct sampled *sampled = calloc(1, sizeof *sampled);
    if (!sampled)
        return fail_memory(error, "what is learned");
    size_t lines[LEARNED_LINES], heads, count = learned_lines(document, lines, &heads);
    sampled->source = source;
    sampled->order = order;
    for (size_t i = 0; i < count; i++)
        hash_line(document, lines[i], i < heads, sampled->hashes[i]);
    memmove(learner->documents + place + 1, learner->documents + place,
            (learner->count - place) * sizeof *learner->documents);
    learner->documents[place] = sampled;
    learner->count++;
    drop_last(learner, place, source);
    while (learner->count > learner->limit && learner->sample > 1) {
        learner->sample /= 2;
        thin_out(learner);
    }
    return DEDUP_OK;
}

/* A hash of one document. */
struct occurrence {
    uint64_t hash;
    uint32_t document;
    uint32_t kind; /* place in the row of hashes */
};

static int by_hash(const void *a, const void *b)
{
    const struct occurrence *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->document > y->document) - (x->document < y->document);
}

/* Adds the hashes that enough of the `sample` documents have, from the sorted occurrences. */
static dedup_status keep_frequent(struct learned *learned, const struct occurrence *occurrences, size_t count,
                                  uint64_t source, size_t sample, dedup_error *error)
{
    for (size_t i = 0; i < count;) {
        size_t end = i, documents = 0;
        for (; end < count && occurrences[end].hash == occurrences[i].hash; end++)
            documents += end == i || occurrences[end].document != occurrences[end - 1].document;
        if (documents >= LEAST_DOCUMENTS && documents * LEAST_SHARE >= sample) {
            TRY(array_reserve(&learned->entries, &learned->capacity, learned->count + 1, "what is learned", error));
            learned->entries[learned->count++] = (struct learned_entry){
                .source = source,
                .hash = occurrences[i].hash,
                .documents = (uint32_t)documents,
                .sample = (uint32_t)sample,
                .part = part_of[occurrences[i].kind],
            };
        }
        i = end;
    }
    return DEDUP_OK;
}

/* Learns from the documents [begin, end) of the list, which are those of one source. */
static dedup_status learn_source(const struct learner *learner, size_t begin, size_t end, struct learned *learned,
                                 dedup_error *error)
{
    if (end - begin < LEAST_SAMPLE)
        return DEDUP_OK;
    size_t most = (end - begin) * LEARNED_LINES * HASHES, count = 0;
    struct occurrence *occurrences = calloc(most, sizeof *occurrences);
    if (!occurrences)
        return fail_memory(error, "what is learned");
    for (size_t i = begin; i < end; i++)
        for (size_t line = 0; line < LEARNED_LINES; line++)
            for (uint32_t kind = 0; kind < HASHES; kind++)
                if (learner->documents[i]->hashes[line][kind] != 0)
                    occurrences[count++] =
                        (struct occurrence){learner->documents[i]->hashes[line][kind], (uint32_t)(i - begin), kind};
    if (count != 0)
        qsort(occurrences, count, sizeof *occurrences, by_hash);
    dedup_status status =
        keep_frequent(learned, occurrences, count, learner->documents[begin]->source, end - begin, error);
    free(occurrences);
    return status;
}

dedup_status learner_decide(const struct learner *learner, struct learned **out, dedup_error *error)
{
    struct learned *learned = calloc(1, sizeof *learned);
    *out = NULL;
    if (!learned)
        return fail_memory(error, "what is learned");
    dedup_status status = DEDUP_OK;
    for (size_t begin = 0; begin < learner->count && status == DEDUP_OK;) {
        size_t end = begin;
        while (end < learner->count && learner->documents[end]->source == learner->documents[begin]->source)
            end++;
        status = learn_source(learner, begin, end, learned, error);
        begin = end;
    }
    if (status != DEDUP_OK) {
        learned_free(learned);
        return status;
    }
    *out = learned;
    return DEDUP_OK;
}

void learned_free(struct learned *learned)
{
    if (!learned)
        return;
    free(learned->entries);
    free(learned);
}

static bool is_learned(const struct learned *learned, uint64_t source, uint64_t hash)
{
    size_t low = 0, high = learned->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct learned_entry *entry = &learned->entries[middle];
        if (entry->source == source && entry->hash == hash)
            return true;
        if (entry->source < source || (entry->source == source && entry->hash < hash))
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

struct learned_match learned_look_up(const struct learned *learned, uint64_t source,
                                     const struct text_document *document, size_t line, bool head)
{
    uint64_t hashes[HASHES];
    struct learned_match match = {0};
    uint32_t prefix = 0, suffix = 0;
    hash_line(document, line, head, hashes);
    for (size_t i = 0; i < HASHES; i++) {
        if (hashes[i] == 0 || !is_learned(learned, source, hashes[i]))
            continue;
        match.parts |= 1u << part_of[i];
        if (part_of[i] == LEARNED_PREFIX)
            prefix = letters_of[i];
        if (part_of[i] == LEARNED_SUFFIX)
            suffix = letters_of[i];
    }
    match.shared = prefix + suffix;
    return match;
}

bool learned_entry(const struct learned *learned, size_t index, struct learned_entry *out)
{
    if (index >= learned->count)
        return false;
    *out = learned->entries[index];
    return true;
}
