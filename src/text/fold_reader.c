#include "text/fold_reader.h"

#include "base/array.h"
#include "base/failure.h"
#include "base/utf8.h"
#include "text/fold_table.h"

enum { FETCH_AHEAD = 2 * FOLD_BLOCK_BYTES };

void fold_reader_init(struct fold_reader *reader, const char *text, size_t length, enum isa isa)
{
    reader->kernel = fold_kernel_for(isa);
    reader->text = (const unsigned char *)text;
    reader->length = length;
    reader->begin = reader->end = 0;
    reader->to = reader->next = reader->next_end = 0;
    reader->counts = 0;
    reader->key = 0;
    reader->points = 0;
    reader->feed_behind = false;
    reader->block.count = reader->block.end_count = 0;
    reader->block.ends[0] = (struct fold_end){0};
}

static dedup_status reserve(struct fold_key *key, size_t extra, dedup_error *error)
{
    if (extra > SIZE_MAX - key->count)
        return fail_memory(error, "a fold key");
    return array_reserve(&key->points, &key->capacity, key->count + extra, "a fold key", error);
}

/* Appends the key of a code point above U+FFFF or one whose key is an expansion. */
static dedup_status append_special(struct fold_key *key, uint32_t point, dedup_error *error)
{
    uint32_t target = 0;
    int32_t expansion = fold_look_up(point, &target);
    TRY(reserve(key, FOLD_LONGEST, error));
    if (expansion < 0) {
        key->points[key->count] = target;
        key->count += target >= FOLD_KEPT;
        return DEDUP_OK;
    }
    for (unsigned i = fold_expansion_start[expansion]; i < fold_expansion_start[expansion + 1]; i++)
        key->points[key->count++] = fold_expansion_points[i];
    return DEDUP_OK;
}

/* Asks for text that is a block behind the next one. Behind a long text usually stands another. */
static void fetch_ahead(const struct fold_reader *reader)
{
#if defined(__GNUC__)
    uintptr_t begin = (uintptr_t)(reader->text + reader->begin) + FETCH_AHEAD;
    for (size_t i = 0; i < FOLD_BLOCK_BYTES; i += 64)
        __builtin_prefetch((const void *)(begin + i));
#else
    (void)reader;
#endif
}

/* Packs what is left of the block, or of the next one, up to the first code point that is not that simple; one that
 * stopped this before comes first. Only to be called when all that was packed belongs to lines. */
static dedup_status pack_more(struct fold_reader *reader, struct fold_key *key, struct fold_content *content,
                              dedup_error *error)
{
    struct fold_block *block = &reader->block;
    if (reader->to < block->count) {
        const char *text = (const char *)reader->text + reader->begin + reader->kernel->place(block, reader->to++);
        TRY(append_special(key, utf8_next(&text), error));
        content->points++;
    }
    if (reader->to == block->count && reader->end < reader->length) {
        reader->begin = reader->end;
        if (reader->length - reader->begin >= FOLD_BLOCK_BYTES)
            fetch_ahead(reader);
        reader->end += reader->kernel->decode(reader->text + reader->begin, reader->length - reader->begin, block);
        reader->points += block->count;
        reader->to = 0;
    }
    TRY(reserve(key, block->count - reader->to + FOLD_BLOCK_SLACK, error));
    reader->kernel->pack(block, reader->to, key->points + key->count);
    reader->key = key->count;
    reader->counts = 0;
    reader->next = reader->to + reader->feed_behind;
    reader->next_end = reader->feed_behind;
    reader->feed_behind = false;
    reader->to = block->ends[block->end_count].point;
    key->count += fold_count(block->ends[block->end_count].counts, FOLD_COUNT_KEPT);
    return DEDUP_OK;
}

/* Gives to the line what comes before the next end. */
static void take_packed(struct fold_reader *reader, struct fold_line *line)
{
    struct fold_content *content = &line->content;
    const struct fold_end *end = &reader->block.ends[reader->next_end];
    uint64_t counts = end->counts - reader->counts;
    content->points += end->point - reader->next;
    content->symbols += fold_count(counts, FOLD_COUNT_SYMBOLS);
    content->sentence = content->sentence || fold_count(counts, FOLD_COUNT_SENTENCES) != 0;
    content->stop = content->stop || fold_count(counts, FOLD_COUNT_STOPS) != 0;
    line->key_end = reader->key + fold_count(end->counts, FOLD_COUNT_KEPT);
    reader->counts = end->counts;
    reader->next = end->point;
}

/* Moves behind the terminator at `place`, and returns its length. */
static size_t pass_terminator(struct fold_reader *reader, size_t place)
{
    const unsigned char *text = reader->text + place;
    reader->next++;
    reader->next_end++;
    if (text[0] >= 0x80)
        return text[0] >= 0xe0 ? 3 : 2;
    if (text[0] != '\r' || place + 1 == reader->length || text[1] != '\n')
        return 1;
    reader->feed_behind = reader->next == reader->to;
    reader->next += !reader->feed_behind;
    reader->next_end += !reader->feed_behind;
    return 2;
}

dedup_status fold_reader_line(struct fold_reader *reader, struct fold_key *key, struct fold_line *line,
                              dedup_error *error)
{
    *line = (struct fold_line){.end = reader->length, .next = reader->length};
    for (;;) {
        take_packed(reader, line);
        if (reader->next_end < reader->block.end_count)
            break;
        if (reader->to == reader->block.count && reader->end == reader->length)
            return DEDUP_OK;
        TRY(pack_more(reader, key, &line->content, error));
    }
    line->end = reader->begin + reader->kernel->place(&reader->block, reader->next);
    line->next = line->end + pass_terminator(reader, line->end);
    return DEDUP_OK;
}

dedup_status fold_reader_whole(struct fold_reader *reader, struct fold_key *key, struct fold_whole *whole,
                               dedup_error *error)
{
    const struct fold_block *block = &reader->block;
    struct fold_content content = {0};
    size_t filled = 0, line = key->count; /* where its key begins */
    while (reader->to < block->count || reader->end < reader->length) {
        TRY(pack_more(reader, key, &content, error));
        for (size_t i = 0; i < block->end_count; i++) {
            size_t end = reader->key + fold_count(block->ends[i].counts, FOLD_COUNT_KEPT);
            filled += end > line;
            line = end;
        }
    }
    *whole = (struct fold_whole){reader->points, filled + (key->count > line)};
    return DEDUP_OK;
}
