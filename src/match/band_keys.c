#include "match/band_keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "match/blocks.h"

#ifdef ISA_X86
#include <emmintrin.h>
#endif

enum {
    TILE_ROWS = 16,        /* a cache line of each column */
    TURN = 4,              /* rows and bands that are turned at once */
    PART_ROWS = 4 << 20,   /* rows of which a part is made, up to PART_BITS_MAXIMUM */
    PART_BITS_MAXIMUM = 3, /* each part reads all of a column */
    SECOND_SHIFT = 42,     /* the second filter looks at the bits of keys that the first one does not look at */
};

/* A block is column after column of `block_rows` each, first the numbers of the texts. */
struct band_keys {
    unsigned bands;
    size_t block_rows;
    struct blocks blocks;
    uint32_t *last; /* block */
    size_t rows;    /* those behind the last full tile are not in the block yet */
    uint32_t texts[TILE_ROWS];
    uint32_t *tile;  /* the keys of so many rows, row by row, before they go to their columns */
    uint32_t *names; /* of rows, see band_keys_name */
};

dedup_status band_keys_create(unsigned bands, uint64_t memory, int spill_directory, struct band_keys **out,
                              dedup_error *error)
{
    struct band_keys *table = calloc(1, sizeof *table);
    if (!table)
        return fail_memory(error, "candidate keys");
    table->bands = bands;
    table->tile = malloc(sizeof *table->tile * TILE_ROWS * bands);
    if (!table->tile) {
        free(table);
        return fail_memory(error, "candidate keys");
    }
    table->block_rows = SPILL_BLOCK / sizeof(uint32_t) / (bands + 1) / TILE_ROWS * TILE_ROWS;
    blocks_init(&table->blocks, memory, spill_directory, "candidate keys");
    *out = table;
    return DEDUP_OK;
}

void band_keys_free(struct band_keys *table)
{
    if (!table)
        return;
    blocks_release(&table->blocks);
    free(table->tile);
    free(table->names);
    free(table);
}

/* Moves the keys of bands `band` to `end` of a tile to the rows of their columns, which are `step` rows long. */
static void turn_scalar(const uint32_t *tile, unsigned bands, unsigned band, unsigned end, uint32_t *columns,
                        size_t step)
{
    for (; band < end; band++)
        for (size_t row = 0; row < TILE_ROWS; row++)
            columns[band * step + row] = tile[row * bands + band];
}

#ifdef ISA_X86
/* The same for as many bands as can be turned TURN at a time. Returns how many. Every x86-64 can do this. */
static unsigned turn_sse2(const uint32_t *tile, unsigned bands, uint32_t *columns, size_t step)
{
    unsigned band = 0;
    for (; band + TURN <= bands; band += TURN) {
        for (size_t row = 0; row < TILE_ROWS; row += TURN) {
            const uint32_t *from = tile + row * bands + band;
            uint32_t *to = columns + band * step + row;
            __m128i a = _mm_loadu_si128((const __m128i *)(const void *)from);
            __m128i b = _mm_loadu_si128((const __m128i *)(const void *)(from + bands));
            __m128i c = _mm_loadu_si128((const __m128i *)(const void *)(from + (size_t)2 * bands));
            __m128i d = _mm_loadu_si128((const __m128i *)(const void *)(from + (size_t)3 * bands));
            __m128i ab = _mm_unpacklo_epi32(a, b), cd = _mm_unpacklo_epi32(c, d);
            __m128i ab_high = _mm_unpackhi_epi32(a, b), cd_high = _mm_unpackhi_epi32(c, d);
            _mm_store_si128((__m128i *)(void *)to, _mm_unpacklo_epi64(ab, cd));
            _mm_store_si128((__m128i *)(void *)(to + step), _mm_unpackhi_epi64(ab, cd));
            _mm_store_si128((__m128i *)(void *)(to + 2 * step), _mm_unpacklo_epi64(ab_high, cd_high));
            _mm_store_si128((__m128i *)(void *)(to + 3 * step), _mm_unpackhi_epi64(ab_high, cd_high));
        }
    }
    return band;
}
#endif

/* Copies the tile that ends at or behind the last row to the block. */
static void put_tile(const struct band_keys *table)
{
    size_t row = (table->rows - 1) / TILE_ROWS * TILE_ROWS % table->block_rows, step = table->block_rows;
    uint32_t *columns = table->last + step + row;
    unsigned band = 0;
    memcpy(table->last + row, table->texts, sizeof table->texts);
#ifdef ISA_X86
    band = turn_sse2(table->tile, table->bands, columns, step);
#endif
    turn_scalar(table->tile, table->bands, band, table->bands, columns, step);
}

dedup_status band_keys_add(struct band_keys *table, const uint32_t *keys, uint32_t text, dedup_error *error)
{
    size_t row = table->rows % TILE_ROWS;
    if (table->rows % table->block_rows == 0) {
        void *block;
        TRY(blocks_add(&table->blocks, &block, error));
        table->last = block;
    }
    table->texts[row] = text;
    memcpy(table->tile + row * table->bands, keys, table->bands * sizeof *keys);
    table->rows++;
    if (row + 1 == TILE_ROWS)
        put_tile(table);
    return DEDUP_OK;
}

static unsigned part_bits(const struct band_keys *table)
{
    unsigned bits = 0;
    while (bits < PART_BITS_MAXIMUM && table->rows >> bits > PART_ROWS)
        bits++;
    return bits;
}

size_t band_keys_parts(const struct band_keys *table)
{
    return table->rows != 0 ? (size_t)table->bands << part_bits(table) : 0;
}

static size_t block_count(const struct band_keys *table)
{
    return (table->rows + table->block_rows - 1) / table->block_rows;
}

/* *units: `count` rows of a column of a block, in place or in `window`. */
static dedup_status view(const struct band_keys *table, size_t block, size_t column, size_t count, uint32_t *window,
                         const uint32_t **units, dedup_error *error)
{
    uint64_t place = (uint64_t)block * SPILL_BLOCK + column * table->block_rows * sizeof *window;
    *units = blocks_at(&table->blocks, place, count * sizeof *window);
    if (*units)
        return DEDUP_OK;
    *units = window;
    return blocks_read(&table->blocks, place, window, count * sizeof *window, error);
}

/* The keys of a part. Those that a text does not have, which are 0, are in none. */
static struct key_range range_of(const struct band_keys *table, size_t part)
{
    unsigned bits = part_bits(table);
    uint64_t span = (uint64_t)1 << (32 - bits), first = span * (part & (((size_t)1 << bits) - 1));
    return (struct key_range){(uint32_t)(first != 0 ? first : 1), (uint32_t)(first + span - 1), bits};
}

static size_t rows_of(const struct band_keys *table, size_t block)
{
    size_t left = table->rows - block * table->block_rows;
    return left < table->block_rows ? left : table->block_rows;
}

dedup_status band_keys_name(struct band_keys *table, const uint32_t *names, dedup_error *error)
{
    size_t step = table->block_rows, blocks = block_count(table);
    if (table->rows % TILE_ROWS != 0)
        put_tile(table);
    free(table->names);
    table->names = malloc((blocks + 1) * step * sizeof *table->names);
    if (!table->names)
        return fail_memory(error, "candidate keys");
    for (size_t block = 0; block < blocks; block++) {
        uint32_t *out = table->names + block * step;
        const uint32_t *texts;
        TRY(view(table, block, 0, rows_of(table, block), out, &texts, error));
        for (size_t row = 0; row < rows_of(table, block); row++)
            out[row] = names[texts[row]];
    }
    return DEDUP_OK;
}

/* Makes the filter of the keys of a part. */
static dedup_status filter_part(const struct band_keys *table, size_t column, struct key_range range,
                                struct band_scratch *scratch, dedup_error *error)
{
    TRY(singles_start(&scratch->singles, table->rows >> range.shift, error));
    for (size_t block = 0; block < block_count(table); block++) {
        const uint32_t *keys;
        size_t count = rows_of(table, block);
        TRY(view(table, block, column, count, scratch->units, &keys, error));
        singles_add(&scratch->singles, range, keys, table->names + block * table->block_rows, count);
    }
    return DEDUP_OK;
}

dedup_status band_keys_load(const struct band_keys *table, size_t part, struct band_scratch *scratch,
                            struct key_entries *entries, dedup_error *error)
{
    struct key_range range = range_of(table, part);
    size_t column = 1 + (part >> range.shift);
    TRY(array_reserve(&scratch->units, &scratch->capacity, table->block_rows, "candidate keys", error));
    TRY(filter_part(table, column, range, scratch, error));
    entries->count = 0;
    for (size_t block = 0; block < block_count(table); block++) {
        size_t count = rows_of(table, block);
        const uint32_t *keys;
        TRY(view(table, block, column, count, scratch->units, &keys, error));
        TRY(array_reserve(&entries->items, &entries->capacity, entries->count + count + SINGLES_SLACK, "candidate keys",
                          error));
        entries->count += singles_select(&scratch->singles, range, keys, table->names + block * table->block_rows,
                                         count, entries->items + entries->count);
    }
    return singles_drop(&scratch->singles, entries->items, &entries->count, SECOND_SHIFT, error);
}

void band_scratch_release(struct band_scratch *scratch)
{
    singles_release(&scratch->singles);
    free(scratch->units);
}
