#include "match/singles.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/gather.h"

enum {
    PAIRS_PER_WORD = 32, /* of bits: the lower half of a word tells what was seen, the upper half what was seen again */
    PAIRS_PER_KEY = 6,   /* at least */
    PREFETCH_WORD = 16,
};

void singles_release(struct singles *singles)
{
    free(singles->words);
}

dedup_status singles_start(struct singles *singles, size_t expected, dedup_error *error)
{
    size_t words = 16;
    while (words * PAIRS_PER_WORD < expected * PAIRS_PER_KEY)
        words *= 2;
    TRY(array_reserve(&singles->words, &singles->capacity, words, "candidates", error));
    memset(singles->words, 0, words * sizeof *singles->words);
    singles->count = words;
    return DEDUP_OK;
}

static inline void mark(uint64_t *word, uint64_t bit)
{
    uint64_t before = *word;
    *word = before | bit | (before & bit) << PAIRS_PER_WORD;
}

static inline size_t word_of(uint64_t key, size_t mask)
{
    return (size_t)(key / PAIRS_PER_WORD) & mask;
}

static inline bool is_again(uint64_t word, uint64_t key)
{
    return word >> (PAIRS_PER_WORD + key % PAIRS_PER_WORD) & 1;
}

dedup_status singles_drop(struct singles *singles, uint64_t *items, size_t *count, unsigned shift, dedup_error *error)
{
    TRY(singles_start(singles, *count, error));
    uint64_t *words = singles->words;
    size_t mask = singles->count - 1, kept = 0;
    for (size_t i = 0; i < *count; i++) {
        uint64_t key = items[i] >> shift;
        mark(&words[word_of(key, mask)], (uint64_t)1 << key % PAIRS_PER_WORD);
    }
    for (size_t i = 0; i < *count; i++) {
        uint64_t item = items[i], key = item >> shift;
        items[kept] = item;
        kept += is_again(words[word_of(key, mask)], key);
    }
    *count = kept;
    return DEDUP_OK;
}

static inline bool in_range(struct key_range range, uint32_t key)
{
    return key - range.first <= range.last - range.first;
}

/* Keys outside of the range go to the first word, which they leave as it is, so that none costs a look far away. */
void singles_add(struct singles *singles, struct key_range range, const uint32_t *keys, size_t count)
{
    uint64_t *words = singles->words;
    size_t mask = singles->count - 1;
    for (size_t i = 0; i < count; i++) {
        uint32_t key = keys[i], ahead = keys[i + PREFETCH_WORD < count ? i + PREFETCH_WORD : i];
        uint64_t taken = in_range(range, key);
        __builtin_prefetch(&words[in_range(range, ahead) ? word_of(ahead, mask) : 0], 1);
        mark(&words[word_of(key, mask) & -(size_t)taken], taken << key % PAIRS_PER_WORD);
    }
}

static size_t select_scalar(const struct singles *singles, struct key_range range, const uint32_t *keys,
                            const uint32_t *numbers, size_t count, uint64_t *items)
{
    size_t mask = singles->count - 1, kept = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t key = keys[i];
        bool taken = in_range(range, key);
        items[kept] = (uint64_t)((key - range.first) << range.shift) << 32 | numbers[i];
        kept += taken & is_again(singles->words[word_of(key, mask) & -(size_t)taken], key);
    }
    return kept;
}

#ifdef ISA_X86
/* Writes eight items, each of a key and a number. */
ISA_TARGET_AVX512 static inline void put_items(uint64_t *items, __m256i keys, __m256i numbers)
{
    __m512i high = _mm512_slli_epi64(_mm512_cvtepu32_epi64(keys), 32);
    _mm512_storeu_si512(items, _mm512_or_si512(high, _mm512_cvtepu32_epi64(numbers)));
}

ISA_TARGET_AVX512 static size_t select_avx512(const struct singles *singles, struct key_range range,
                                              const uint32_t *keys, const uint32_t *numbers, size_t count,
                                              uint64_t *items)
{
    const __m512i first = _mm512_set1_epi32((int)range.first), one = _mm512_set1_epi32(1);
    const __m512i span = _mm512_set1_epi32((int)(range.last - range.first));
    const __m512i halves = _mm512_set1_epi32((int)(2 * (singles->count - 1)));
    const __m128i shift = _mm_cvtsi32_si128((int)range.shift);
    size_t i = 0, kept = 0;
    for (; i + 16 <= count; i += 16) {
        __m512i key = _mm512_loadu_si512(keys + i), from = _mm512_sub_epi32(key, first);
        __mmask16 taken = _mm512_cmple_epu32_mask(from, span);
        /* The upper half of word n is half 2 n + 1. */
        __m512i half = _mm512_maskz_and_epi32(taken, _mm512_srli_epi32(key, 4), halves);
        __m512i again = gather_32((const uint32_t *)(const void *)singles->words + 1, half);
        __m512i bit = _mm512_sllv_epi32(one, _mm512_and_si512(key, _mm512_set1_epi32(PAIRS_PER_WORD - 1)));
        __mmask16 hits = _mm512_mask_test_epi32_mask(taken, again, bit);
        __m512i found = _mm512_maskz_compress_epi32(hits, _mm512_sll_epi32(from, shift));
        __m512i number = _mm512_maskz_compress_epi32(hits, _mm512_loadu_si512(numbers + i));
        put_items(items + kept, _mm512_castsi512_si256(found), _mm512_castsi512_si256(number));
        put_items(items + kept + 8, _mm512_extracti64x4_epi64(found, 1), _mm512_extracti64x4_epi64(number, 1));
        kept += (size_t)__builtin_popcount(hits);
    }
    return kept + select_scalar(singles, range, keys + i, numbers + i, count - i, items + kept);
}
#endif

size_t singles_select_by(enum isa isa, const struct singles *singles, struct key_range range, const uint32_t *keys,
                         const uint32_t *numbers, size_t count, uint64_t *items)
{
#ifdef ISA_X86
    /* Places of 32 bits are signed. */
    if (isa >= ISA_AVX512 && singles->count <= (size_t)1 << 28)
        return select_avx512(singles, range, keys, numbers, count, items);
#endif
    (void)isa;
    return select_scalar(singles, range, keys, numbers, count, items);
}

size_t singles_select(const struct singles *singles, struct key_range range, const uint32_t *keys,
                      const uint32_t *numbers, size_t count, uint64_t *items)
{
    return singles_select_by(isa_best(), singles, range, keys, numbers, count, items);
}
