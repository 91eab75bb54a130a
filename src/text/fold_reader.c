#include "text/fold_reader.h"

#include "base/array.h"
#include "base/failure.h"
#include "base/utf8.h"
#include "text/fold_table.h"

void fold_reader_init(struct fold_reader *reader, const char *text, size_t length, enum isa isa)
{
    reader->kernel = fold_kernel_for(isa);
    reader->text = (const unsigned char *)text;
    reader->length = length;
    reader->begin = 0;
    reader->end = 0;
    reader->next = 0;
    reader->feed_behind = false;
    reader->block.count = 0;
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

/* Decodes the next block. */
static void refill(struct fold_reader *reader)
{
    reader->begin = reader->end;
    reader->end += reader->kernel->decode(reader->text + reader->begin, reader->length - reader->begin, &reader->block);
    reader->next = reader->feed_behind;
    reader->feed_behind = false;
}

/* The length of the line terminator at `place`. The line feed of CR LF is taken out of the block, or remembered when it
 * is in the next one. */
static size_t end_line(struct fold_reader *reader, size_t place)
{
    const unsigned char *text = reader->text + place;
    if (text[0] >= 0x80)
        return text[0] >= 0xe0 ? 3 : 2;
    if (text[0] != '\r' || place + 1 == reader->length || text[1] != '\n')
        return 1;
    reader->feed_behind = reader->next == reader->block.count;
    reader->next += !reader->feed_behind;
    return 2;
}

/* Folds what is left of the block up to the first special code point. */
static dedup_status fold_plain(struct fold_reader *reader, struct fold_key *key, struct fold_content *content,
                               dedup_error *error)
{
    struct fold_packed packed;
    size_t from = reader->next;
    TRY(reserve(key, reader->block.count - from + FOLD_BLOCK_SLACK, error));
    reader->next = reader->kernel->pack(&reader->block, from, key->points + key->count, &packed);
    key->count += packed.kept;
    content->points += reader->next - from;
    content->symbols += packed.symbols;
    content->sentence = content->sentence || packed.sentence;
    content->stop = content->stop || packed.stop;
    return DEDUP_OK;
}

dedup_status fold_reader_line(struct fold_reader *reader, struct fold_key *key, struct fold_line *line,
                              dedup_error *error)
{
    const struct fold_block *block = &reader->block;
    *line = (struct fold_line){.end = reader->length, .next = reader->length};
    for (;;) {
        if (reader->next == block->count && reader->end == reader->length)
            return DEDUP_OK;
        if (reader->next == block->count)
            refill(reader);
        TRY(fold_plain(reader, key, &line->content, error));
        if (reader->next == block->count)
            continue;
        size_t place = reader->begin + block->places[reader->next];
        if (block->values[reader->next++] == FOLD_BREAK) {
            line->end = place;
            line->next = place + end_line(reader, place);
            return DEDUP_OK;
        }
        const char *text = (const char *)reader->text + place;
        TRY(append_special(key, utf8_next(&text), error));
        line->content.points++;
    }
}
