#include "match/repeat_blocks.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/hash.h"

enum {
    BLOCK_LINES = 3,
    BLOCK_CHARACTERS = 100,
    LATEST_TRIED = 15, /* copies tried besides the first */
    PROBES = 128,      /* places of the table tried for a class: whoever crafts collisions hides repeats, no more */
};

static const uint64_t hash_prime = ((uint64_t)1 << 61) - 1;
static const uint64_t hash_base = 0x0b4e0ef37bc32127;

void repeat_blocks_init(struct repeat_blocks *blocks)
{
    *blocks = (struct repeat_blocks){0};
}

void repeat_blocks_release(struct repeat_blocks *blocks)
{
    free(blocks->classes);
    free(blocks->sums);
    free(blocks->hashes);
    free(blocks->table);
    repeat_blocks_init(blocks);
}

/* One piece of memory for the arrays of 32-bit numbers, one for those of 64 bits, one for the sums; each array has a
 * place more than there are paragraphs. */
static dedup_status reserve(struct repeat_blocks *blocks, size_t count, dedup_error *error)
{
    enum { NARROW = 8, WIDE = 3 };
    size_t room = count + 1, narrow = 0, wide = 0, sums = 0;
    if (room <= blocks->capacity)
        return DEDUP_OK;
    room += room / 2;
    blocks->capacity = 0;
    if (room > SIZE_MAX / NARROW)
        return fail_memory(error, "paragraphs");
    TRY(array_reserve(&blocks->classes, &narrow, room * NARROW, "paragraphs", error));
    TRY(array_reserve(&blocks->hashes, &wide, room * WIDE, "paragraphs", error));
    TRY(array_reserve(&blocks->sums, &sums, room, "paragraphs", error));
    blocks->founder = blocks->classes + room;
    blocks->kept = blocks->founder + room;
    blocks->previous = blocks->kept + room;
    blocks->first = blocks->previous + room;
    blocks->latest = blocks->first + room;
    blocks->last_prose = blocks->latest + room;
    blocks->next_prose = blocks->last_prose + room;
    blocks->kept_hashes = blocks->hashes + room;
    blocks->powers = blocks->kept_hashes + room;
    blocks->capacity = room;
    return DEDUP_OK;
}

static bool same_key(const uint32_t *points, const struct paragraph *a, const struct paragraph *b)
{
    return a->key_count == b->key_count && memcmp(points + a->key, points + b->key, a->key_count * sizeof *points) == 0;
}

/* The class of a paragraph, a new one unless one with the same key is found. */
static uint32_t classify(struct repeat_blocks *blocks, size_t mask, const uint32_t *points, uint32_t index)
{
    const struct paragraph *paragraph = &blocks->paragraphs[index];
    uint64_t hash = hash64_of(points + paragraph->key, paragraph->key_count * sizeof *points);
    size_t place = (size_t)hash & mask;
    for (unsigned probe = 0; probe < PROBES; probe++, place = (place + 1) & mask) {
        uint32_t other = blocks->table[place];
        if (other == NO_PARAGRAPH) {
            blocks->table[place] = index;
            break;
        }
        if (same_key(points, &blocks->paragraphs[other], paragraph))
            return blocks->classes[other];
    }
    blocks->founder[blocks->class_count] = index;
    blocks->first[blocks->class_count] = NO_PARAGRAPH;
    blocks->latest[blocks->class_count] = NO_PARAGRAPH;
    return (uint32_t)blocks->class_count++;
}

static dedup_status classify_all(struct repeat_blocks *blocks, const uint32_t *points, dedup_error *error)
{
    size_t places = 16;
    while (places / 4 < blocks->count)
        places *= 2;
    TRY(array_reserve(&blocks->table, &blocks->table_capacity, places, "paragraphs", error));
    memset(blocks->table, 0xff, places * sizeof *blocks->table);
    blocks->class_count = 0;
    for (size_t i = 0; i < blocks->count; i++)
        blocks->classes[i] = classify(blocks, places - 1, points, (uint32_t)i);
    return DEDUP_OK;
}

static uint64_t reduce(uint64_t x)
{
    x = (x & hash_prime) + (x >> 61);
    return x >= hash_prime ? x - hash_prime : x;
}

/* a * b modulo 2^61 - 1. */
static uint64_t multiply(uint64_t a, uint64_t b)
{
    XXH128_hash_t product = XXH_mult64to128(a, b);
    return reduce((product.low64 & hash_prime) + (product.low64 >> 61 | product.high64 << 3));
}

static uint64_t extend_hash(uint64_t hash, uint32_t class)
{
    return reduce(multiply(hash, hash_base) + class + 1);
}

/* Hash of `length` elements from `begin` on. */
static uint64_t range_hash(const uint64_t *prefixes, const uint64_t *powers, size_t begin, size_t length)
{
    return reduce(prefixes[begin + length] + hash_prime - multiply(prefixes[begin], powers[length]));
}

static uint32_t lines_with_text(const struct text_document *document, const struct paragraph *paragraph)
{
    uint32_t lines = 0;
    for (uint32_t i = paragraph->first; i <= paragraph->last; i++)
        lines += (document->lines[i].flags & LINE_REMOVED) == 0 && document->lines[i].key_count != 0;
    return lines;
}

/* Prefix sums and hashes, and the nearest prose on both sides. */
static void sum_up(struct repeat_blocks *blocks)
{
    uint32_t prose = NO_PARAGRAPH;
    blocks->sums[0] = (struct block_sums){0};
    blocks->hashes[0] = blocks->kept_hashes[0] = 0;
    blocks->powers[0] = 1;
    for (size_t i = 0; i < blocks->count; i++) {
        const struct paragraph *paragraph = &blocks->paragraphs[i];
        struct block_sums sums = blocks->sums[i];
        sums.characters += paragraph->key_count;
        sums.prose += paragraph->prose ? paragraph->key_count : 0;
        sums.lines += lines_with_text(blocks->document, paragraph);
        blocks->sums[i + 1] = sums;
        blocks->hashes[i + 1] = extend_hash(blocks->hashes[i], blocks->classes[i]);
        blocks->powers[i + 1] = multiply(blocks->powers[i], hash_base);
        prose = paragraph->prose ? (uint32_t)i : prose;
        blocks->last_prose[i] = prose;
    }
    prose = NO_PARAGRAPH;
    for (size_t i = blocks->count; i-- > 0;) {
        prose = blocks->paragraphs[i].prose ? (uint32_t)i : prose;
        blocks->next_prose[i] = prose;
    }
}

dedup_status repeat_blocks_set(struct repeat_blocks *blocks, const struct paragraph *paragraphs, size_t count,
                               const struct text_document *document, const uint32_t *points, dedup_error *error)
{
    TRY(reserve(blocks, count, error));
    blocks->paragraphs = paragraphs;
    blocks->document = document;
    blocks->count = count;
    blocks->kept_count = 0;
    TRY(classify_all(blocks, points, error));
    sum_up(blocks);
    return DEDUP_OK;
}

static bool is_code(const struct repeat_blocks *blocks, size_t paragraph)
{
    return (blocks->document->lines[blocks->paragraphs[paragraph].first].flags & LINE_CODE) != 0;
}

/* True when the border before a paragraph runs through code: to cut there would leave half a listing. */
static bool splits_code(const struct repeat_blocks *blocks, size_t paragraph)
{
    return paragraph > 0 && paragraph < blocks->count && is_code(blocks, paragraph - 1) && is_code(blocks, paragraph);
}

static bool makes_block(const struct repeat_blocks *blocks, size_t begin, size_t end)
{
    if (splits_code(blocks, begin) || splits_code(blocks, end))
        return false;
    const struct block_sums *a = &blocks->sums[begin], *b = &blocks->sums[end];
    uint32_t characters = b->characters - a->characters;
    return b->lines - a->lines >= BLOCK_LINES && characters >= BLOCK_CHARACTERS &&
           (uint64_t)(b->prose - a->prose) * 2 >= characters;
}

/* Makes [*begin, *end) a block: as it is, else from its first to its last prose. False when neither is one. */
static bool trim(const struct repeat_blocks *blocks, size_t *begin, size_t *end)
{
    if (*end - *begin == 0)
        return false;
    if (makes_block(blocks, *begin, *end))
        return true;
    size_t first = blocks->next_prose[*begin], last = blocks->last_prose[*end - 1];
    if (first == NO_PARAGRAPH || last == NO_PARAGRAPH || first > last || first < *begin ||
        !makes_block(blocks, first, last + 1))
        return false;
    *begin = first;
    *end = last + 1;
    return true;
}

/* How many paragraphs from `begin` on are those from kept[copy] on; may be too many when hashes collide. */
static size_t common_length(const struct repeat_blocks *blocks, size_t copy, size_t begin)
{
    size_t of_copy = blocks->kept_count - copy, of_rest = blocks->count - begin;
    size_t limit = of_copy < of_rest ? of_copy : of_rest, length = 0, step = 1;
    for (bool doubling = true; step > 0;) {
        bool equal = step <= limit - length && range_hash(blocks->kept_hashes, blocks->powers, copy + length, step) ==
                                                   range_hash(blocks->hashes, blocks->powers, begin + length, step);
        length += equal ? step : 0;
        doubling = doubling && equal;
        step = doubling ? step * 2 : step / 2;
    }
    return length;
}

/* How many really are. */
static size_t exact_length(const struct repeat_blocks *blocks, size_t copy, size_t begin, size_t length)
{
    size_t i = 0;
    while (i < length && blocks->classes[blocks->kept[copy + i]] == blocks->classes[begin + i])
        i++;
    return i;
}

/* True when the run could begin one paragraph earlier, where it has been tried already. */
static bool extends_left(const struct repeat_blocks *blocks, size_t copy, size_t begin)
{
    return copy > 0 && begin > 0 && blocks->kept[blocks->kept_count - 1] == begin - 1 &&
           blocks->classes[blocks->kept[copy - 1]] == blocks->classes[begin - 1];
}

struct best_run {
    size_t copy, length; /* where it begins in the kept text; untrimmed */
    size_t size;         /* trimmed */
};

static void try_copy(const struct repeat_blocks *blocks, size_t copy, size_t begin, struct best_run *best)
{
    if (!blocks->paragraphs[begin].prose && extends_left(blocks, copy, begin))
        return;
    size_t length = common_length(blocks, copy, begin), first = begin, end = begin + length;
    if (trim(blocks, &first, &end) && end - first > best->size)
        *best = (struct best_run){copy, length, end - first};
}

bool repeat_blocks_find(const struct repeat_blocks *blocks, size_t begin, struct repeat_run *run)
{
    uint32_t class = blocks->classes[begin], first = blocks->first[class];
    struct best_run best = {0};
    if (first == NO_PARAGRAPH)
        return false;
    try_copy(blocks, first, begin, &best);
    uint32_t copy = blocks->latest[class];
    for (unsigned tried = 0; tried < LATEST_TRIED && copy != first; tried++, copy = blocks->previous[copy])
        try_copy(blocks, copy, begin, &best);
    if (best.size == 0)
        return false;
    run->begin = begin;
    run->end = begin + exact_length(blocks, best.copy, begin, best.length);
    if (!trim(blocks, &run->begin, &run->end))
        return false;
    run->kept = blocks->kept[best.copy + (run->begin - begin)];
    run->lines = blocks->sums[run->end].lines - blocks->sums[run->begin].lines;
    return true;
}

bool repeat_blocks_seen(const struct repeat_blocks *blocks, size_t paragraph)
{
    return blocks->founder[blocks->classes[paragraph]] != paragraph;
}

uint32_t repeat_blocks_equal(const struct repeat_blocks *blocks, size_t paragraph)
{
    uint32_t first = blocks->first[blocks->classes[paragraph]];
    return first == NO_PARAGRAPH ? NO_PARAGRAPH : blocks->kept[first];
}

void repeat_blocks_keep(struct repeat_blocks *blocks, size_t paragraph)
{
    uint32_t class = blocks->classes[paragraph], place = (uint32_t)blocks->kept_count++;
    blocks->kept[place] = (uint32_t)paragraph;
    blocks->previous[place] = blocks->latest[class];
    blocks->latest[class] = place;
    if (blocks->first[class] == NO_PARAGRAPH)
        blocks->first[class] = place;
    blocks->kept_hashes[place + 1] = extend_hash(blocks->kept_hashes[place], class);
}
