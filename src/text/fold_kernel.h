/* The kernels of the fold key: decoding with table look-up, and packing. All instruction sets give the same result;
 * tests compare them. */
#ifndef DEDUP_TEXT_FOLD_KERNEL_H
#define DEDUP_TEXT_FOLD_KERNEL_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/isa.h"
#include "text/fold_table.h"

enum {
    FOLD_BLOCK_BYTES = 1024, /* text of a block */
    FOLD_BLOCK_SLACK = 64,   /* elements that kernels may write behind what they report */
};

/* How many values of each kind stand somewhere: four counts of 16 bits in one word, which are added and subtracted
 * together. A block has fewer than 2^16 of any kind. */
enum {
    FOLD_COUNT_KEPT = 0,
    FOLD_COUNT_SYMBOLS = 16, /* FOLD_SYMBOL, FOLD_STOP */
    FOLD_COUNT_SENTENCES = 32,
    FOLD_COUNT_STOPS = 48,
};

static inline size_t fold_count(uint64_t counts, unsigned kind)
{
    return (size_t)(counts >> kind & 0xffff);
}

/* A line terminator among what was packed, or the end of that. */
struct fold_end {
    uint64_t counts; /* of what was packed before it */
    size_t point;    /* its index in the block */
};

/* Some text, decoded: for each code point that begins in it, its fold_near value and its place. */
struct fold_block {
    uint16_t values[FOLD_BLOCK_BYTES + FOLD_BLOCK_SLACK];
    uint16_t places[FOLD_BLOCK_BYTES + FOLD_BLOCK_SLACK]; /* bytes from the begin of the block */
    size_t count;
    struct fold_end ends[FOLD_BLOCK_BYTES + FOLD_BLOCK_SLACK]; /* the terminators that `pack` found last, and its end */
    size_t end_count;                                          /* without the last */
};

/* A set of kernels. */
struct fold_kernel {
    /* Fills values and places from the start of `text` (`length` > 0 bytes) and returns how many bytes it took, up to
     * FOLD_BLOCK_BYTES. The last code point may reach behind them; the next call then begins inside it and skips its
     * rest. Code points above U+FFFF get FOLD_FAR. */
    size_t (*decode)(const unsigned char *text, size_t length, struct fold_block *block);
    /* Copies the kept ones of values[from, count) to `out` and fills `ends`, up to the first value that stands for
     * other code points than itself (above FOLD_BREAK) or to the end. FOLD_BLOCK_SLACK elements more than kept may be
     * overwritten. */
    void (*pack)(struct fold_block *block, size_t from, uint32_t *out);
};

/* Adds the code points that begin in text[at, limit) to the block, one by one; returns `limit`. */
size_t fold_decode_rest(const unsigned char *text, size_t at, size_t limit, struct fold_block *block);

/* Replaces the code points in `values` by their fold_near values. Eight loads come before eight stores, because loads
 * that have to wait for stores to unrelated places cost twice as much. Gathers are no faster, and on many CPUs much
 * slower. */
static inline void fold_look_up_block(struct fold_block *block)
{
    size_t i = 0;
    for (; i + 8 <= block->count; i += 8) {
        uint16_t values[8];
        for (size_t j = 0; j < 8; j++)
            values[j] = fold_near[block->values[i + j]];
        memcpy(block->values + i, values, sizeof values);
    }
    for (; i < block->count; i++)
        block->values[i] = fold_near[block->values[i]];
}

/* The kernels for an instruction set; the next lower one's when it has none of its own. */
const struct fold_kernel *fold_kernel_for(enum isa isa);

#ifdef ISA_X86
extern const struct fold_kernel fold_kernel_avx2, fold_kernel_avx512vbmi;
#endif

#endif
