#include "text/fold_kernel.h"

#include <stdbool.h>

#include "text/fold_table.h"

size_t fold_place(const struct fold_block *block, size_t point)
{
    return block->places[point];
}

/* Whether two sequences of three bytes stand there, in any byte order. */
static inline bool two_of_three_bytes(const unsigned char *bytes)
{
    static const unsigned char mask[8] = {0xf0, 0, 0, 0xf0, 0, 0, 0, 0};
    static const unsigned char form[8] = {0xe0, 0, 0, 0xe0, 0, 0, 0, 0};
    uint64_t word, mask_word, form_word;
    memcpy(&word, bytes, 8);
    memcpy(&mask_word, mask, 8);
    memcpy(&form_word, form, 8);
    return (word & mask_word) == form_word;
}

/* The key of the code point of three bytes. The upper half of the first falls out of the 16 bits. */
static inline uint16_t value_of_three(const unsigned char *bytes)
{
    enum { TAILS = 0x80 << 6 | 0x80 };
    return fold_near[(uint16_t)(((unsigned)bytes[0] << 12) + ((unsigned)bytes[1] << 6) + bytes[2] - TAILS)];
}

static size_t decode(const unsigned char *text, size_t length, struct fold_block *block)
{
    size_t at = 0, end = length < FOLD_BLOCK_BYTES ? length : FOLD_BLOCK_BYTES, count = 0;
    while (at < end && (text[at] & 0xc0) == 0x80)
        at++;
    while (at < end) {
        while (end - at >= 8 && two_of_three_bytes(text + at)) {
            block->places[count] = (uint16_t)at;
            block->places[count + 1] = (uint16_t)(at + 3);
            block->values[count] = value_of_three(text + at);
            block->values[count + 1] = value_of_three(text + at + 3);
            count += 2;
            at += 6;
        }
        uint16_t point;
        block->places[count] = (uint16_t)at;
        at += fold_decode_one(text + at, &point);
        block->values[count++] = fold_near[point];
    }
    block->count = count;
    return end;
}

static void pack(struct fold_block *block, size_t from, uint32_t *out)
{
    static const uint64_t one_of[] = {
        [FOLD_SENTENCE] = (uint64_t)1 << FOLD_COUNT_SENTENCES,
        [FOLD_SYMBOL] = (uint64_t)1 << FOLD_COUNT_SYMBOLS,
        [FOLD_STOP] = (uint64_t)1 << FOLD_COUNT_STOPS | (uint64_t)1 << FOLD_COUNT_SYMBOLS,
        [FOLD_KEPT] = (uint64_t)1 << FOLD_COUNT_KEPT,
    };
    uint64_t counts = 0;
    size_t i = from, ends = 0;
    for (; i < block->count; i++) {
        size_t value = block->values[i];
        if (value >= FOLD_SPECIAL) {
            if (value != FOLD_BREAK)
                break;
            block->ends[ends++] = (struct fold_end){counts, i};
            continue;
        }
        out[fold_count(counts, FOLD_COUNT_KEPT)] = (uint32_t)value;
        counts += one_of[value < FOLD_KEPT ? value : FOLD_KEPT];
    }
    block->ends[ends] = (struct fold_end){counts, i};
    block->end_count = ends;
}

const struct fold_kernel *fold_kernel_for(enum isa isa)
{
    static const struct fold_kernel scalar = {decode, pack, fold_place};
#ifdef ISA_X86
    if (isa >= ISA_AVX512VBMI)
        return &fold_kernel_avx512vbmi;
    if (isa >= ISA_AVX2)
        return &fold_kernel_avx2;
#else
    (void)isa;
#endif
    return &scalar;
}
