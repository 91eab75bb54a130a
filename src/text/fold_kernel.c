#include "text/fold_kernel.h"

#include "text/fold_table.h"

static size_t decode(const unsigned char *text, size_t length, struct fold_block *block)
{
    size_t limit = length < FOLD_BLOCK_BYTES ? length : FOLD_BLOCK_BYTES, at = 0, count = 0;
    while (at < limit && (text[at] & 0xc0) == 0x80)
        at++;
    while (at < limit) {
        const unsigned char *bytes = text + at;
        unsigned lead = bytes[0];
        block->places[count] = (uint16_t)at;
        if (lead < 0x80) {
            block->values[count++] = (uint16_t)lead;
            at += 1;
        } else if (lead >= 0xe0 && lead < 0xf0) {
            block->values[count++] = (uint16_t)((lead & 0x0fu) << 12 | (bytes[1] & 0x3fu) << 6 | (bytes[2] & 0x3fu));
            at += 3;
        } else if (lead < 0xe0) {
            block->values[count++] = (uint16_t)((lead & 0x1fu) << 6 | (bytes[1] & 0x3fu));
            at += 2;
        } else {
            block->values[count++] = FOLD_FAR_POINT;
            at += 4;
        }
    }
    block->count = count;
    fold_look_up_block(block);
    return limit;
}

static size_t pack(const struct fold_block *block, size_t from, uint32_t *out, struct fold_packed *packed)
{
    /* Three counters in one word; a block has fewer than 2^16 of each kind. */
    static const uint64_t one_of[FOLD_KEPT] = {
        [FOLD_SENTENCE] = 1, [FOLD_SYMBOL] = 1u << 16, [FOLD_STOP] = (uint64_t)1 << 32 | 1u << 16};
    uint64_t counters = 0;
    size_t i = from, kept = 0;
    for (; i < block->count && block->values[i] < FOLD_SPECIAL; i++) {
        uint16_t value = block->values[i];
        out[kept] = value;
        kept += value >= FOLD_KEPT;
        counters += value < FOLD_KEPT ? one_of[value] : 0;
    }
    *packed = (struct fold_packed){
        .kept = kept,
        .symbols = counters >> 16 & 0xffff,
        .sentence = (counters & 0xffff) != 0,
        .stop = counters >> 32 != 0,
    };
    return i;
}

const struct fold_kernel *fold_kernel_for(enum isa isa)
{
    static const struct fold_kernel scalar = {decode, pack};
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
