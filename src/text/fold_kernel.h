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
    FOLD_GROUP = 16,
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

/* Some text, decoded: for each code point that begins in it, its fold_near value. */
struct fold_block {
    uint16_t values[FOLD_BLOCK_BYTES + FOLD_BLOCK_SLACK];
    size_t count;
    /* Where the code points begin, as `place` of the kernel reads it. */
    union {
        uint16_t places[FOLD_BLOCK_BYTES + FOLD_BLOCK_SLACK]; /* of each code point */
        struct {
            uint64_t leads[FOLD_BLOCK_BYTES / 64 + 2];          /* a bit for each byte: whether one begins with it */
            uint16_t groups[FOLD_BLOCK_BYTES / FOLD_GROUP + 1]; /* places of each 16th */
        };
    };
    struct fold_end ends[FOLD_BLOCK_BYTES + FOLD_BLOCK_SLACK]; /* the terminators that `pack` found last, and its end */
    size_t end_count;                                          /* without the last */
};

/* A set of kernels. */
struct fold_kernel {
    /* Fills a block from the start of `text` (`length` > 0 bytes) and returns how many bytes it took, up to
     * FOLD_BLOCK_BYTES. The last code point may reach behind them; the next call then begins inside it and skips its
     * rest. Code points above U+FFFF get FOLD_FAR. */
    size_t (*decode)(const unsigned char *text, size_t length, struct fold_block *block);
    /* Copies the kept ones of values[from, count) to `out` and fills `ends`, up to the first value that stands for
     * other code points than itself (above FOLD_BREAK) or to the end. FOLD_BLOCK_SLACK elements more than kept may be
     * overwritten. */
    void (*pack)(struct fold_block *block, size_t from, uint32_t *out);
    /* Where the code point with an index begins: bytes from the begin of the block. */
    size_t (*place)(const struct fold_block *block, size_t point);
};

/* Reads one code point; returns its length. */
static inline size_t fold_decode_one(const unsigned char *bytes, uint16_t *value)
{
    unsigned lead = bytes[0];
    if (lead < 0x80) {
        *value = (uint16_t)lead;
        return 1;
    }
    if (lead < 0xe0) {
        *value = (uint16_t)((lead & 0x1fu) << 6 | (bytes[1] & 0x3fu));
        return 2;
    }
    if (lead < 0xf0) {
        *value = (uint16_t)((lead & 0x0fu) << 12 | (bytes[1] & 0x3fu) << 6 | (bytes[2] & 0x3fu));
        return 3;
    }
    *value = FOLD_FAR_POINT;
    return 4;
}

/* What `places` says. */
size_t fold_place(const struct fold_block *block, size_t point);

enum { FOLD_LOOK_UP = 8 };

/* Replaces the code points in `values` by their fold_near values, and those behind them up to a multiple of
 * FOLD_LOOK_UP, which must be set. Eight loads come before eight stores, because loads that have to wait for stores to
 * unrelated places cost twice as much. Gathers are no faster, and on many CPUs much slower. */
static inline void fold_look_up_block(struct fold_block *block)
{
    const size_t count = block->count;
    for (size_t i = 0; i < count; i += FOLD_LOOK_UP) {
        uint16_t values[FOLD_LOOK_UP];
        for (size_t j = 0; j < FOLD_LOOK_UP; j++)
            values[j] = fold_near[block->values[i + j]];
        memcpy(block->values + i, values, sizeof values);
    }
}

/* The kernels for an instruction set; the next lower one's when it has none of its own. */
const struct fold_kernel *fold_kernel_for(enum isa isa);

#ifdef ISA_X86
extern const struct fold_kernel fold_kernel_avx2, fold_kernel_avx512vbmi;
#endif

#endif
