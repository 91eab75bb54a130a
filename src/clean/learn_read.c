/* What is looked at of a document: its first and its last lines, and short ones with words of notices wherever they
 * stand. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "clean/learn.h"

enum {
    MIDDLE_LEAST = 10, /* code points of a line that is counted wherever it stands */
    MIDDLE_MOST = 80,
    MIDDLE_BYTES = 4, /* of a code point, at most */
    LINE_LEAST = 2,   /* code points of a key */
};

struct learn_reader {
    struct text_document head, tail; /* windows of the document */
    struct fold_key key;             /* of both */
    struct gate words;               /* of notices and credits */
    struct place_map map;            /* where they may begin in the key of the window that is looked at */
    struct learn_line line;
    struct fold_key between; /* of one line between them */
};

dedup_status learn_reader_create(struct learn_reader **out, dedup_error *error)
{
    struct learn_reader *reader = calloc(1, sizeof *reader);
    *out = reader;
    if (!reader)
        return fail_memory(error, "a reader");
    document_init(&reader->head);
    document_init(&reader->tail);
    fold_key_init(&reader->key);
    learn_words_open(&reader->words);
    learn_line_init(&reader->line);
    fold_key_init(&reader->between);
    return DEDUP_OK;
}

void learn_reader_free(struct learn_reader *reader)
{
    if (!reader)
        return;
    document_release(&reader->head);
    document_release(&reader->tail);
    fold_key_release(&reader->key);
    place_map_release(&reader->map);
    learn_line_release(&reader->line);
    fold_key_release(&reader->between);
    free(reader);
}

/* Where marks go. */
struct mark_list {
    uint64_t **items;
    size_t *count, *capacity;
};

static dedup_status mark_line(struct learn_reader *reader, const struct text_document *document, size_t number,
                              enum learn_zone zone, const struct mark_list *marks, dedup_error *error)
{
    const struct text_line *line = &document->lines[number];
    if (line->flags & LINE_FENCED || line->key_count < LINE_LEAST || line->key_count > LEARN_LINE_LONGEST)
        return DEDUP_OK;
    learn_line_set(&reader->line, document, &reader->map, number);
    if (reader->line.words != 0)
        TRY(learn_line_frame(&reader->line, error));
    TRY(array_reserve(marks->items, marks->capacity, *marks->count + LEARN_MARKS, "what is learned", error));
    *marks->count += learn_line_marks(&reader->line, zone, *marks->items + *marks->count);
    return DEDUP_OK;
}

static bool is_live(const struct text_line *line)
{
    return !(line->flags & LINE_BLANK);
}

static dedup_status mark_head(struct learn_reader *reader, const struct text_document *document,
                              const struct mark_list *marks, dedup_error *error)
{
    unsigned live = 0, prose = 0;
    for (size_t i = 0; i < document->line_count && live < LEARN_SIDE && prose < LEARN_PROSE; i++) {
        if (!is_live(&document->lines[i]))
            continue;
        live++;
        prose += (document->lines[i].flags & LINE_PROSE) != 0;
        TRY(mark_line(reader, document, i, LEARN_HEAD, marks, error));
    }
    return DEDUP_OK;
}

static dedup_status mark_tail(struct learn_reader *reader, const struct text_document *document,
                              const struct mark_list *marks, dedup_error *error)
{
    unsigned live = 0, prose = 0;
    for (size_t i = document->line_count; i > 0 && live < LEARN_SIDE && prose < LEARN_PROSE; i--) {
        if (!is_live(&document->lines[i - 1]))
            continue;
        live++;
        prose += (document->lines[i - 1].flags & LINE_PROSE) != 0;
        TRY(mark_line(reader, document, i - 1, LEARN_TAIL, marks, error));
    }
    return DEDUP_OK;
}

/* A short line with words that are hardly found elsewhere, wherever it stands; `map` and `begin` as for learn_words. */
static dedup_status mark_short(struct learn_reader *reader, const struct place_map *map, size_t begin,
                               const uint32_t *key, size_t count, const struct mark_list *marks, dedup_error *error)
{
    if (count < MIDDLE_LEAST || count > MIDDLE_MOST ||
        !(learn_words(&reader->line.lexicon, map, begin, key, count) & WORD_STRONG))
        return DEDUP_OK;
    TRY(array_reserve(marks->items, marks->capacity, *marks->count + 1, "what is learned", error));
    (*marks->items)[(*marks->count)++] = learn_hash(key, count, LEARN_LINE, LEARN_MIDDLE);
    return DEDUP_OK;
}

static dedup_status mark_middle(struct learn_reader *reader, const struct text_document *document,
                                const struct mark_list *marks, dedup_error *error)
{
    for (size_t i = 0; i < document->line_count; i++) {
        const struct text_line *line = &document->lines[i];
        if (!(line->flags & LINE_FENCED))
            TRY(mark_short(reader, &reader->map, line->key, document->key.points + line->key, line->key_count, marks,
                           error));
    }
    return DEDUP_OK;
}

/* The same between the windows of a long document. Only lines that are short enough are folded. */
static dedup_status mark_between(struct learn_reader *reader, const char *text, uint32_t length,
                                 const struct mark_list *marks, dedup_error *error)
{
    for (uint32_t at = 0, next; at < length; at = next) {
        const char *feed = memchr(text + at, '\n', length - at);
        uint32_t end = feed ? (uint32_t)(feed - text) : length;
        next = end + 1;
        if (end - at < MIDDLE_LEAST || end - at > MIDDLE_BYTES * MIDDLE_MOST)
            continue;
        fold_key_clear(&reader->between);
        TRY(fold_append(&reader->between, text + at, end - at, error));
        TRY(mark_short(reader, NULL, 0, reader->between.points, reader->between.count, marks, error));
    }
    return DEDUP_OK;
}

/* Behind the last line feed of the first LEARN_WINDOW bytes; the whole text when that leaves little. */
static uint32_t head_window(const char *text, uint32_t length)
{
    uint32_t end = LEARN_WINDOW;
    if (length <= 2 * LEARN_WINDOW)
        return length;
    while (end > 0 && text[end - 1] != '\n')
        end--;
    return end;
}

static uint32_t tail_window(const char *text, uint32_t length, uint32_t head)
{
    uint32_t begin = length - LEARN_WINDOW > head ? length - LEARN_WINDOW : head;
    while (begin < length && begin > head && text[begin - 1] != '\n')
        begin++;
    return begin;
}

static dedup_status append_key(struct fold_key *key, const struct fold_key *other, dedup_error *error)
{
    TRY(array_reserve(&key->points, &key->capacity, key->count + other->count + 1, "a fold key", error));
    if (other->count != 0)
        memcpy(key->points + key->count, other->points, other->count * sizeof *other->points);
    key->count += other->count;
    return DEDUP_OK;
}

dedup_status learn_read(struct learn_reader *reader, const char *text, uint32_t length, uint64_t **marks, size_t *count,
                        size_t *capacity, const uint32_t **points, size_t *point_count, dedup_error *error)
{
    struct mark_list list = {marks, count, capacity};
    uint32_t head = head_window(text, length);
    fold_key_clear(&reader->key);
    TRY(document_set(&reader->head, text, head, error));
    TRY(append_key(&reader->key, &reader->head.key, error));
    TRY(gate_scan(&reader->words, reader->head.key.points, reader->head.key.count, &reader->map, error));
    TRY(mark_head(reader, &reader->head, &list, error));
    TRY(mark_middle(reader, &reader->head, &list, error));
    const struct text_document *last = &reader->head;
    if (head < length) {
        uint32_t tail = tail_window(text, length, head);
        TRY(mark_between(reader, text + head, tail - head, &list, error));
        TRY(document_set(&reader->tail, text + tail, length - tail, error));
        TRY(append_key(&reader->key, &reader->tail.key, error));
        TRY(gate_scan(&reader->words, reader->tail.key.points, reader->tail.key.count, &reader->map, error));
        TRY(mark_middle(reader, &reader->tail, &list, error));
        last = &reader->tail;
    }
    TRY(mark_tail(reader, last, &list, error));
    *points = reader->key.points;
    *point_count = reader->key.count;
    return DEDUP_OK;
}
