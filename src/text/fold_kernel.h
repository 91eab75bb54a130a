/* The kernels of the fold key: decoding with table look-up, and packing. All instruction sets give the same result;
 * tests compare them. */
#ifndef DEDUP_TEXT_FOLD_KERNEL_H
#define DEDUP_TEXT_FOLD_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/isa.h"
#include "text/fold_table.h"

enum {
    FOLD_BLOCK_BYTES = 1024, /* text of a block */
    FOLD_BLOCK_SLACK = 64,   /* elements that kernels may write behind what they report */
};

/* Some text, decoded: for each code point that begins in it, its fold_near value and its place. */
struct fold_block {
    uint16_t values[FOLD_BLOCK_BYTES + FOLD_BLOCK_SLACK];
    uint16_t places[FOLD_BLOCK_BYTES + FOLD_BLOCK_SLACK]; /* bytes from the begin of the block */
    size_t count;
};

/* What `pack` found. */
struct fold_packed {
    size_t kept;    /* values copied */
    size_t symbols; /* FOLD_SYMBOL, FOLD_STOP */
    bool sentence;  /* FOLD_SENTENCE is among them */
    bool stop;      /* FOLD_STOP is */
};

/* A set of kernels. */
struct fold_kernel {
    /* Fills `block` from the start of `text` (`length` > 0 bytes) and returns how many bytes it took, up to
     * FOLD_BLOCK_BYTES. The last code point may reach behind them; the next call then begins inside it and skips its
     * rest. Code points above U+FFFF get FOLD_FAR. */
    size_t (*decode)(const unsigned char *text, size_t length, struct fold_block *block);
    /* Copies the kept ones of values[from, count) to `out` up to the first special one, whose index it returns; `count`
     * when there is none. FOLD_BLOCK_SLACK elements more than kept may be overwritten. */
    size_t (*pack)(const struct fold_block *block, size_t from, uint32_t *out, struct fold_packed *packed);
};

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
