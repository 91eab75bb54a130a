#include "match/pool.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/failure.h"
#include "match/spill.h"

enum {
    CHUNK_ENTRIES = 1023, /* a chunk is 8 KiB */
    SLAB_CHUNKS = 64,
    LINE_ENTRIES = 8,               /* of a cache line: the next one is fetched when one is full, for there are many */
    PARTITION_ENTRIES = 128 * 1024, /* wanted size: a partition fits in the second cache level */
    PARTITION_BITS_MAXIMUM = 12,
    STAGE_ENTRIES = 64 * 1024,
};

struct chunk {
    struct chunk *next;
    uint64_t entries[CHUNK_ENTRIES];
};

_Static_assert(SLAB_CHUNKS * sizeof(struct chunk) == SPILL_BLOCK, "a slab is a block");

struct partition {
    struct chunk *newest; /* the others are full */
    size_t used;          /* entries in the newest */
};

/* A stretch of the file that belongs to one partition: offset and length in entries. */
struct extent {
    uint64_t begin;
    uint64_t count;
};

struct pool {
    unsigned bits;
    struct partition *partitions;
    struct chunk **slabs;
    size_t slab_count, slab_capacity;
    size_t chunk_count, chunk_limit; /* chunks in use, and how many may be */
    int directory, file;
    uint64_t written;       /* entries in the file */
    struct extent *extents; /* run after run, one per partition */
    size_t run_count, extent_capacity;
    uint64_t *stage; /* entries on their way to the file */
};

static size_t limit_of(uint64_t memory, int directory)
{
    if (memory == 0 || directory < 0 || memory / sizeof(struct chunk) >= SIZE_MAX)
        return SIZE_MAX;
    return (size_t)(memory / sizeof(struct chunk));
}

dedup_status pool_create(uint64_t expected, uint64_t memory, int spill_directory, struct pool **out, dedup_error *error)
{
    struct pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return fail_memory(error, "candidate keys");
    while (pool->bits < PARTITION_BITS_MAXIMUM && expected >> pool->bits > PARTITION_ENTRIES)
        pool->bits++;
    pool->directory = spill_directory;
    pool->file = -1;
    size_t least = (size_t)2 << pool->bits; /* a full and an open chunk for every partition */
    size_t limit = limit_of(memory, spill_directory);
    pool->chunk_limit = limit > least ? limit : least;
    pool->partitions = calloc((size_t)1 << pool->bits, sizeof *pool->partitions);
    if (!pool->partitions) {
        pool_free(pool);
        return fail_memory(error, "candidate keys");
    }
    *out = pool;
    return DEDUP_OK;
}

void pool_free(struct pool *pool)
{
    if (!pool)
        return;
    if (pool->file >= 0)
        close(pool->file);
    for (size_t i = 0; i < pool->slab_count; i++)
        free(pool->slabs[i]);
    free(pool->slabs);
    free(pool->partitions);
    free(pool->extents);
    free(pool->stage);
    free(pool);
}

size_t pool_partitions(const struct pool *pool)
{
    return (size_t)1 << pool->bits;
}

/* Moves a partition's chunks to the stage, which is written whenever it is full. */
static dedup_status stage_partition(struct pool *pool, struct partition *partition, size_t *staged, dedup_error *error)
{
    size_t count = partition->used;
    for (const struct chunk *chunk = partition->newest; chunk; chunk = chunk->next) {
        if (*staged + count > STAGE_ENTRIES) {
            TRY(spill_write(pool->file, pool->stage, *staged * sizeof *pool->stage, pool->written * sizeof *pool->stage,
                            error));
            pool->written += *staged;
            *staged = 0;
        }
        memcpy(pool->stage + *staged, chunk->entries, count * sizeof *chunk->entries);
        *staged += count;
        count = CHUNK_ENTRIES;
    }
    *partition = (struct partition){0};
    return DEDUP_OK;
}

static dedup_status prepare_spill(struct pool *pool, dedup_error *error)
{
    if (pool->file < 0)
        TRY(spill_open(pool->directory, &pool->file, error));
    if (!pool->stage)
        pool->stage = malloc(STAGE_ENTRIES * sizeof *pool->stage);
    if (!pool->stage)
        return fail_memory(error, "candidate keys");
    return array_reserve(&pool->extents, &pool->extent_capacity, (pool->run_count + 1) << pool->bits, "candidate keys",
                         error);
}

/* Writes everything that is in memory as one run, partition after partition, and takes all chunks back. */
static dedup_status spill_run(struct pool *pool, dedup_error *error)
{
    TRY(prepare_spill(pool, error));
    struct extent *extents = pool->extents + (pool->run_count << pool->bits);
    size_t staged = 0;
    for (size_t p = 0; p < pool_partitions(pool); p++) {
        extents[p].begin = pool->written + staged;
        TRY(stage_partition(pool, &pool->partitions[p], &staged, error));
        extents[p].count = pool->written + staged - extents[p].begin;
    }
    TRY(spill_write(pool->file, pool->stage, staged * sizeof *pool->stage, pool->written * sizeof *pool->stage, error));
    pool->written += staged;
    pool->run_count++;
    pool->chunk_count = 0;
    return DEDUP_OK;
}

/* Gives the partition a fresh chunk. */
static dedup_status add_chunk(struct pool *pool, struct partition *partition, dedup_error *error)
{
    if (pool->chunk_count >= pool->chunk_limit)
        TRY(spill_run(pool, error));
    size_t slab = pool->chunk_count / SLAB_CHUNKS;
    if (slab == pool->slab_count) {
        TRY(array_reserve(&pool->slabs, &pool->slab_capacity, slab + 1, "candidate keys", error));
        pool->slabs[slab] = aligned_alloc(SPILL_PAGE, SLAB_CHUNKS * sizeof **pool->slabs);
        if (!pool->slabs[slab])
            return fail_memory(error, "candidate keys");
        pool->slab_count++;
    }
    struct chunk *chunk = pool->slabs[slab] + pool->chunk_count++ % SLAB_CHUNKS;
    chunk->next = partition->newest;
    partition->newest = chunk;
    partition->used = 0;
    return DEDUP_OK;
}

dedup_status pool_add(struct pool *pool, const uint64_t *keys, size_t count, uint32_t number, dedup_error *error)
{
    for (size_t i = 0; i < count; i++) {
        struct partition *partition = &pool->partitions[(keys[i] >> 32) >> (32 - pool->bits)];
        if (!partition->newest || partition->used == CHUNK_ENTRIES)
            TRY(add_chunk(pool, partition, error));
        uint64_t *entry = &partition->newest->entries[partition->used++];
        *entry = keys[i] << 32 | number;
        if (partition->used % LINE_ENTRIES == 0 && partition->used + LINE_ENTRIES < CHUNK_ENTRIES)
            __builtin_prefetch(entry + LINE_ENTRIES, 1);
    }
    return DEDUP_OK;
}

static size_t count_entries(const struct pool *pool, size_t partition)
{
    size_t count = 0;
    for (size_t run = 0; run < pool->run_count; run++)
        count += (size_t)pool->extents[(run << pool->bits) + partition].count;
    const struct partition *held = &pool->partitions[partition];
    for (const struct chunk *chunk = held->newest; chunk; chunk = chunk->next)
        count += chunk == held->newest ? held->used : CHUNK_ENTRIES;
    return count;
}

dedup_status pool_load(const struct pool *pool, size_t partition, struct pool_entries *entries, dedup_error *error)
{
    TRY(array_reserve(&entries->items, &entries->capacity, count_entries(pool, partition) + 1, "candidate keys",
                      error));
    uint64_t *next = entries->items;
    for (size_t run = 0; run < pool->run_count; run++) {
        struct extent extent = pool->extents[(run << pool->bits) + partition];
        TRY(spill_read(pool->file, next, (size_t)extent.count * sizeof *next, extent.begin * sizeof *next, error));
        next += extent.count;
    }
    size_t count = pool->partitions[partition].used;
    for (const struct chunk *chunk = pool->partitions[partition].newest; chunk; chunk = chunk->next) {
        memcpy(next, chunk->entries, count * sizeof *next);
        next += count;
        count = CHUNK_ENTRIES;
    }
    entries->count = (size_t)(next - entries->items);
    return DEDUP_OK;
}
