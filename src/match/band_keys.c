#include "match/band_keys.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/failure.h"
#include "match/spill.h"

enum {
    ROW_STEP = 16,
    PART_ROWS = 256 * 1024, /* rows of which a part is made, up to PART_BITS_MAXIMUM */
    PART_BITS_MAXIMUM = 3,  /* each part reads all of a column */
};

/* A block has SPILL_BLOCK bytes: column after column of `block_rows` each, first the numbers of the texts. */
struct band_keys {
    unsigned bands;
    size_t block_rows;
    uint32_t **blocks; /* those behind the first `flushed` */
    size_t block_count, block_capacity;
    size_t flushed;     /* blocks in the file */
    size_t blocks_held; /* how many may be before they are written to the file */
    size_t rows;
    int directory, file;
};

dedup_status band_keys_create(unsigned bands, uint64_t memory, int spill_directory, struct band_keys **out,
                              dedup_error *error)
{
    struct band_keys *table = calloc(1, sizeof *table);
    if (!table)
        return fail_memory(error, "candidate keys");
    uint64_t blocks = memory / SPILL_BLOCK;
    bool bounded = memory != 0 && spill_directory >= 0 && blocks < SIZE_MAX;
    table->bands = bands;
    table->block_rows = SPILL_BLOCK / sizeof(uint32_t) / (bands + 1) / ROW_STEP * ROW_STEP;
    table->blocks_held = bounded ? (size_t)blocks + (blocks == 0) : SIZE_MAX;
    table->directory = spill_directory;
    table->file = -1;
    *out = table;
    return DEDUP_OK;
}

static void free_blocks(struct band_keys *table)
{
    for (size_t i = 0; i < table->block_count; i++)
        free(table->blocks[i]);
    table->block_count = 0;
}

void band_keys_free(struct band_keys *table)
{
    if (!table)
        return;
    if (table->file >= 0)
        close(table->file);
    free_blocks(table);
    free(table->blocks);
    free(table);
}

/* Writes all blocks, which are full, to the file. */
static dedup_status flush(struct band_keys *table, dedup_error *error)
{
    if (table->file < 0)
        TRY(spill_open(table->directory, &table->file, error));
    for (size_t i = 0; i < table->block_count; i++) {
        TRY(spill_write(table->file, table->blocks[i], SPILL_BLOCK, (uint64_t)table->flushed * SPILL_BLOCK, error));
        table->flushed++;
    }
    free_blocks(table);
    return DEDUP_OK;
}

static dedup_status add_block(struct band_keys *table, dedup_error *error)
{
    if (table->block_count >= table->blocks_held)
        TRY(flush(table, error));
    TRY(array_reserve(&table->blocks, &table->block_capacity, table->block_count + 1, "candidate keys", error));
    table->blocks[table->block_count] = aligned_alloc(SPILL_PAGE, SPILL_BLOCK);
    if (!table->blocks[table->block_count])
        return fail_memory(error, "candidate keys");
    table->block_count++;
    return DEDUP_OK;
}

dedup_status band_keys_add(struct band_keys *table, const uint64_t *keys, uint32_t text, dedup_error *error)
{
    size_t row = table->rows % table->block_rows, step = table->block_rows;
    if (row == 0)
        TRY(add_block(table, error));
    uint32_t *place = table->blocks[table->block_count - 1] + row;
    *place = text;
    for (unsigned band = 0; band < table->bands; band++) {
        uint32_t key = (uint32_t)(keys[band] >> 32);
        place += step;
        *place = key + (key == 0 && keys[band] != 0);
    }
    table->rows++;
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

/* *units: `count` rows of a column of a block, in place or in `window`. */
static dedup_status view(const struct band_keys *table, size_t block, size_t column, size_t count, uint32_t *window,
                         const uint32_t **units, dedup_error *error)
{
    size_t begin = column * table->block_rows;
    if (block >= table->flushed) {
        *units = table->blocks[block - table->flushed] + begin;
        return DEDUP_OK;
    }
    *units = window;
    return spill_read(table->file, window, count * sizeof *window,
                      (uint64_t)block * SPILL_BLOCK + begin * sizeof *window, error);
}

/* Appends the entries of one block whose keys have the top bits `top`. There is room for one more. */
static void select_rows(const uint32_t *texts, const uint32_t *keys, size_t count, unsigned bits, uint32_t top,
                        const struct nodes *nodes, struct pool_entries *entries)
{
    size_t kept = entries->count;
    for (size_t i = 0; i < count; i++) {
        uint32_t key = keys[i], node = nodes->of_text[texts[i]];
        uint32_t turned = (uint32_t)((uint64_t)key << bits | (uint64_t)key >> (32 - bits));
        entries->items[kept] = (uint64_t)turned << 32 | node;
        kept += ((uint64_t)key >> (32 - bits) == top) & (key != 0) & (node != NONE);
    }
    entries->count = kept;
}

dedup_status band_keys_load(const struct band_keys *table, const struct nodes *nodes, size_t part,
                            struct band_column *scratch, struct pool_entries *entries, dedup_error *error)
{
    unsigned bits = part_bits(table);
    size_t column = 1 + (part >> bits), top = part & (((size_t)1 << bits) - 1);
    TRY(array_reserve(&scratch->units, &scratch->capacity, 2 * table->block_rows, "candidate keys", error));
    entries->count = 0;
    for (size_t block = 0; block < table->flushed + table->block_count; block++) {
        size_t left = table->rows - block * table->block_rows;
        size_t count = left < table->block_rows ? left : table->block_rows;
        const uint32_t *texts, *keys;
        TRY(view(table, block, 0, count, scratch->units, &texts, error));
        TRY(view(table, block, column, count, scratch->units + table->block_rows, &keys, error));
        TRY(array_reserve(&entries->items, &entries->capacity, entries->count + count + 1, "candidate keys", error));
        select_rows(texts, keys, count, bits, (uint32_t)top, nodes, entries);
    }
    return DEDUP_OK;
}
