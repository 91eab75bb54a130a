#include "text/fold_kernel.h"

#ifdef ISA_X86

#include <immintrin.h>
#include <string.h>

#include "text/fold_table.h"

/* AVX-512 VBMI2: the places of all lead bytes are compressed to the front of a register and fetch the bytes of their
 * sequences by permutation, so that code points of all lengths cost the same. */
enum { STRIDE = 62 /* leads of a load of 64 bytes for which all bytes of 3 are there */ };

/* Code points of 32 sequences from their bytes: 16-bit lanes, FOLD_FAR's place for those of 4 bytes. */
ISA_TARGET_AVX512VBMI static inline __m512i assemble(__m256i first, __m256i second, __m256i third)
{
    const __m512i low = _mm512_set1_epi16(0x3f);
    __m512i lead = _mm512_cvtepu8_epi16(first);
    __m512i middle = _mm512_and_si512(_mm512_cvtepu8_epi16(second), low);
    __m512i last = _mm512_and_si512(_mm512_cvtepu8_epi16(third), low);
    __m512i three = _mm512_or_si512(_mm512_or_si512(_mm512_slli_epi16(lead, 12), _mm512_slli_epi16(middle, 6)), last);
    __m512i two = _mm512_or_si512(_mm512_slli_epi16(_mm512_and_si512(lead, _mm512_set1_epi16(0x1f)), 6), middle);
    __m512i points = _mm512_mask_mov_epi16(three, _mm512_cmplt_epu16_mask(lead, _mm512_set1_epi16(0xe0)), two);
    points = _mm512_mask_mov_epi16(points, _mm512_cmplt_epu16_mask(lead, _mm512_set1_epi16(0x80)), lead);
    return _mm512_mask_mov_epi16(points, _mm512_cmpge_epu16_mask(lead, _mm512_set1_epi16(0xf0)),
                                 _mm512_set1_epi16((short)FOLD_FAR_POINT));
}

ISA_TARGET_AVX512VBMI static inline void decode_leads(__m512i bytes, __mmask64 leads, size_t at,
                                                      struct fold_block *block)
{
    __m512i iota = _mm512_set_epi8(63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43,
                                   42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22,
                                   21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    const __m512i one = _mm512_set1_epi8(1), base = _mm512_set1_epi16((short)at);
    __m512i place = _mm512_maskz_compress_epi8(leads, iota);
    __m512i behind = _mm512_add_epi8(place, one);
    __m512i first = _mm512_permutexvar_epi8(place, bytes);
    __m512i second = _mm512_permutexvar_epi8(behind, bytes);
    __m512i third = _mm512_permutexvar_epi8(_mm512_add_epi8(behind, one), bytes);
    uint16_t *values = block->values + block->count, *places = block->places + block->count;
    size_t count = (size_t)_mm_popcnt_u64(leads);
    _mm512_storeu_si512(
        values, assemble(_mm512_castsi512_si256(first), _mm512_castsi512_si256(second), _mm512_castsi512_si256(third)));
    _mm512_storeu_si512(places, _mm512_add_epi16(_mm512_cvtepu8_epi16(_mm512_castsi512_si256(place)), base));
    if (count > 32) {
        _mm512_storeu_si512(values + 32,
                            assemble(_mm512_extracti64x4_epi64(first, 1), _mm512_extracti64x4_epi64(second, 1),
                                     _mm512_extracti64x4_epi64(third, 1)));
        _mm512_storeu_si512(places + 32,
                            _mm512_add_epi16(_mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(place, 1)), base));
    }
    block->count += count;
}

ISA_TARGET_AVX512VBMI static size_t decode_avx512vbmi(const unsigned char *text, size_t length,
                                                      struct fold_block *block)
{
    const __m512i first_lead = _mm512_set1_epi8((char)0xc0);
    const __mmask64 whole = ((__mmask64)1 << STRIDE) - 1;
    size_t limit = length < FOLD_BLOCK_BYTES ? length : FOLD_BLOCK_BYTES, at = 0;
    block->count = 0;
    for (; length - at > 64 && at + STRIDE <= limit; at += STRIDE) {
        __m512i bytes = _mm512_loadu_si512(text + at);
        __mmask64 continuations = _mm512_cmplt_epi8_mask(bytes, first_lead);
        decode_leads(bytes, ~continuations & whole, at, block);
    }
    if (length - at <= 64 && length > at) {
        __mmask64 there = ~(__mmask64)0 >> (64 - (length - at));
        __m512i bytes = _mm512_maskz_loadu_epi8(there, text + at);
        decode_leads(bytes, ~_mm512_cmplt_epi8_mask(bytes, first_lead) & there, at, block);
        at = length;
    }
    fold_look_up_block(block);
    return at;
}

ISA_TARGET_AVX512VBMI static size_t pack_avx512vbmi(const struct fold_block *block, size_t from, uint32_t *out,
                                                    struct fold_packed *packed)
{
    const __m512i special_from = _mm512_set1_epi32(FOLD_SPECIAL), kept_from = _mm512_set1_epi32(FOLD_KEPT);
    size_t kept = 0, symbols = 0, i = from;
    unsigned sentences = 0, stops = 0, special = 0;
    for (; i < block->count; i += 16) {
        __m512i values = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(block->values + i)));
        size_t rest = block->count - i;
        unsigned there = rest >= 16 ? 0xffffu : (1u << rest) - 1;
        special = _mm512_mask_cmpge_epu32_mask((__mmask16)there, values, special_from);
        __mmask16 before = (__mmask16)(special ? (special & -special) - 1 : there);
        __mmask16 keep = _mm512_mask_cmpge_epu32_mask(before, values, kept_from);
        __mmask16 sentence = _mm512_mask_cmpeq_epu32_mask(before, values, _mm512_set1_epi32(FOLD_SENTENCE));
        __mmask16 symbol = _mm512_mask_cmpeq_epu32_mask(before, values, _mm512_set1_epi32(FOLD_SYMBOL));
        __mmask16 stop = _mm512_mask_cmpeq_epu32_mask(before, values, _mm512_set1_epi32(FOLD_STOP));
        _mm512_storeu_si512(out + kept, _mm512_maskz_compress_epi32(keep, values));
        kept += (size_t)_mm_popcnt_u32(keep);
        symbols += (size_t)_mm_popcnt_u32((unsigned)symbol | stop);
        sentences |= sentence;
        stops |= stop;
        if (special)
            break;
    }
    *packed = (struct fold_packed){kept, symbols, sentences != 0, stops != 0};
    return special ? i + (size_t)_tzcnt_u32(special) : block->count;
}

const struct fold_kernel fold_kernel_avx512vbmi = {decode_avx512vbmi, pack_avx512vbmi};

/* AVX2: lead bytes are found 64 at a time; PEXT takes the payload bits out of each sequence whatever its length. */
ISA_TARGET_AVX2 static inline uint64_t leads_of(const unsigned char *text)
{
    const __m256i last_continuation = _mm256_set1_epi8((char)0xbf);
    __m256i low = _mm256_loadu_si256((const __m256i *)text), high = _mm256_loadu_si256((const __m256i *)(text + 32));
    uint64_t low_mask = (uint32_t)_mm256_movemask_epi8(_mm256_cmpgt_epi8(low, last_continuation));
    uint64_t high_mask = (uint32_t)_mm256_movemask_epi8(_mm256_cmpgt_epi8(high, last_continuation));
    return low_mask | high_mask << 32;
}

static inline int word_at(const unsigned char *text)
{
    int word;
    memcpy(&word, text, sizeof word);
    return word;
}

/* The code points of eight sequences, given the four bytes from the begin of each. Moved so that the last byte of a
 * sequence is the lowest, all lengths have their payload in the same places. */
ISA_TARGET_AVX2 static inline __m128i assemble_words(__m256i words)
{
    const __m256i reverse = _mm256_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12, 3, 2, 1, 0, 7, 6, 5,
                                             4, 11, 10, 9, 8, 15, 14, 13, 12);
    /* Bits behind the sequence, by the upper half of its lead: indices above 7 wrap, and only 8 to 11 are none. */
    const __m256i behind_ascii = _mm256_set1_epi32(24);
    const __m256i behind_other = _mm256_setr_epi32(0, 0, 0, 0, 16, 16, 8, 0);
    words = _mm256_shuffle_epi8(words, reverse);
    __m256i half = _mm256_srli_epi32(words, 28);
    __m256i behind = _mm256_permutevar8x32_epi32(behind_other, half);
    behind = _mm256_blendv_epi8(behind_ascii, behind, _mm256_srai_epi32(words, 31));
    __m256i moved = _mm256_srlv_epi32(words, behind);
    __m256i points =
        _mm256_or_si256(_mm256_and_si256(moved, _mm256_set1_epi32(0x7f)),
                        _mm256_or_si256(_mm256_and_si256(_mm256_srli_epi32(moved, 2), _mm256_set1_epi32(0xfc0)),
                                        _mm256_and_si256(_mm256_srli_epi32(moved, 4), _mm256_set1_epi32(0xf000))));
    __m256i far = _mm256_cmpeq_epi32(half, _mm256_set1_epi32(0xf));
    points = _mm256_blendv_epi8(points, _mm256_set1_epi32(FOLD_FAR_POINT), far);
    return _mm_packus_epi32(_mm256_castsi256_si128(points), _mm256_extracti128_si256(points, 1));
}

/* Decodes up to eight sequences, those of the lowest bits of *leads, which are taken out. */
ISA_TARGET_AVX2 static inline void decode_eight(const unsigned char *text, size_t at, uint64_t *leads, uint16_t *values,
                                                uint16_t *places)
{
    unsigned p[8];
    for (int i = 0; i < 8; i++) {
        p[i] = (unsigned)at + (unsigned)_tzcnt_u64(*leads);
        *leads &= *leads - 1;
    }
    __m256i words =
        _mm256_setr_epi32(word_at(text + p[0]), word_at(text + p[1]), word_at(text + p[2]), word_at(text + p[3]),
                          word_at(text + p[4]), word_at(text + p[5]), word_at(text + p[6]), word_at(text + p[7]));
    __m128i place = _mm_setr_epi16((short)p[0], (short)p[1], (short)p[2], (short)p[3], (short)p[4], (short)p[5],
                                   (short)p[6], (short)p[7]);
    _mm_storeu_si128((__m128i *)values, assemble_words(words));
    _mm_storeu_si128((__m128i *)places, place);
}

/* The leads of eight sequences of three bytes, which most of a Chinese text is, and of what follows, as bits. */
enum { EIGHT_OF_THREE = 0x1249249, EIGHT_OF_THREE_MASK = 0x1ffffff, EIGHT_OF_THREE_LENGTH = 24 };

ISA_TARGET_AVX2 static inline void decode_eight_of_three(const unsigned char *text, size_t place, uint16_t *values,
                                                         uint16_t *places)
{
    const __m256i reverse = _mm256_setr_epi8(2, 1, 0, -1, 5, 4, 3, -1, 8, 7, 6, -1, 11, 10, 9, -1, 2, 1, 0, -1, 5, 4, 3,
                                             -1, 8, 7, 6, -1, 11, 10, 9, -1);
    __m128i low = _mm_loadu_si128((const __m128i *)(const void *)(text + place));
    __m128i high = _mm_loadu_si128((const __m128i *)(const void *)(text + place + 12));
    __m256i words = _mm256_shuffle_epi8(_mm256_set_m128i(high, low), reverse);
    __m256i points =
        _mm256_or_si256(_mm256_and_si256(words, _mm256_set1_epi32(0x3f)),
                        _mm256_or_si256(_mm256_and_si256(_mm256_srli_epi32(words, 2), _mm256_set1_epi32(0xfc0)),
                                        _mm256_and_si256(_mm256_srli_epi32(words, 4), _mm256_set1_epi32(0xf000))));
    __m128i thirds = _mm_setr_epi16(0, 3, 6, 9, 12, 15, 18, 21);
    _mm_storeu_si128((__m128i *)values,
                     _mm_packus_epi32(_mm256_castsi256_si128(points), _mm256_extracti128_si256(points, 1)));
    _mm_storeu_si128((__m128i *)places, _mm_add_epi16(thirds, _mm_set1_epi16((short)place)));
}

ISA_TARGET_AVX2 static size_t decode_avx2(const unsigned char *text, size_t length, struct fold_block *block)
{
    size_t at = 0, count = 0;
    for (; at + 64 <= FOLD_BLOCK_BYTES && length - at >= 64 + 4; at += 64) {
        uint64_t leads = leads_of(text + at);
        size_t end = count + (size_t)_mm_popcnt_u64(leads);
        for (size_t i = count; i < end; i += 8) {
            size_t first = (size_t)_tzcnt_u64(leads);
            if ((leads >> first & EIGHT_OF_THREE_MASK) == EIGHT_OF_THREE) {
                decode_eight_of_three(text, at + first, block->values + i, block->places + i);
                leads &= ~(uint64_t)0 << first << EIGHT_OF_THREE_LENGTH;
            } else {
                decode_eight(text, at, &leads, block->values + i, block->places + i);
            }
        }
        count = end;
    }
    if (at == 0)
        return fold_kernel_for(ISA_SCALAR)->decode(text, length, block);
    block->count = count;
    fold_look_up_block(block);
    return at;
}

/* Where the lanes of `keep` go: the permutation that moves them to the front. */
ISA_TARGET_AVX2 static inline __m256i packing(uint32_t keep)
{
    uint64_t bytes = _pdep_u64(keep, 0x0101010101010101) * 0xff;
    return _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)_pext_u64(0x0706050403020100, bytes)));
}

ISA_TARGET_AVX2 static inline uint32_t lanes_of(__m256i mask)
{
    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(mask));
}

ISA_TARGET_AVX2 static size_t pack_avx2(const struct fold_block *block, size_t from, uint32_t *out,
                                        struct fold_packed *packed)
{
    const __m256i last_plain = _mm256_set1_epi32(FOLD_SPECIAL - 1), last_dropped = _mm256_set1_epi32(FOLD_KEPT - 1);
    size_t kept = 0, symbols = 0, i = from;
    uint32_t sentences = 0, stops = 0, special = 0;
    for (; i < block->count; i += 8) {
        __m256i values = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(block->values + i)));
        size_t rest = block->count - i;
        uint32_t there = rest >= 8 ? 0xff : (1u << rest) - 1;
        special = there & lanes_of(_mm256_cmpgt_epi32(values, last_plain));
        uint32_t before = special ? (special & -special) - 1 : there;
        uint32_t keep = before & lanes_of(_mm256_cmpgt_epi32(values, last_dropped));
        uint32_t symbol = before & lanes_of(_mm256_cmpeq_epi32(values, _mm256_set1_epi32(FOLD_SYMBOL)));
        uint32_t stop = before & lanes_of(_mm256_cmpeq_epi32(values, _mm256_set1_epi32(FOLD_STOP)));
        sentences |= before & lanes_of(_mm256_cmpeq_epi32(values, _mm256_set1_epi32(FOLD_SENTENCE)));
        _mm256_storeu_si256((__m256i *)(out + kept), _mm256_permutevar8x32_epi32(values, packing(keep)));
        kept += (size_t)_mm_popcnt_u32(keep);
        symbols += (size_t)_mm_popcnt_u32(symbol | stop);
        stops |= stop;
        if (special)
            break;
    }
    *packed = (struct fold_packed){kept, symbols, sentences != 0, stops != 0};
    return special ? i + (size_t)_tzcnt_u32(special) : block->count;
}

const struct fold_kernel fold_kernel_avx2 = {decode_avx2, pack_avx2};

#endif
