#include "text/fold_kernel.h"

#include "text/fold_table.h"

size_t fold_place(const struct fold_block *block, size_t point)
{
    return block->places[point];
}

static size_t decode(const unsigned char *text, size_t length, struct fold_block *block)
{
    size_t at = 0, end = length < FOLD_BLOCK_BYTES ? length : FOLD_BLOCK_BYTES, count = 0;
    while (at < end && (text[at] & 0xc0) == 0x80)
        at++;
    while (at < end) {
        block->places[count] = (uint16_t)at;
        at += fold_decode_one(text + at, &block->values[count++]);
    }
    block->count = count;
    fold_look_up_block(block);
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
    for (; i < block->count && block->values[i] <= FOLD_BREAK; i++) {
        uint16_t value = block->values[i];
        if (value == FOLD_BREAK) {
            block->ends[ends++] = (struct fold_end){counts, i};
            continue;
        }
        out[fold_count(counts, FOLD_COUNT_KEPT)] = value;
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
