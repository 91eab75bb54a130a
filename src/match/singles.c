#include "match/singles.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/gather.h"

enum {
    BITS_LEAST = 10,
    PLACES_PER_KEY = 4, /* at least, of those seen */
    AGAIN_FEWER = 1,    /* the map of those seen again has 1 << AGAIN_FEWER times fewer places */
    PORTION = 512,      /* keys that are looked up before those that were seen are noted */
    PREFETCH_KEY = 16,
};

void singles_release(struct singles *singles)
{
    free(singles->seen);
    free(singles->again);
}

static inline size_t words_of(unsigned bits)
{
    return (size_t)1 << (bits - 6);
}

dedup_status singles_start(struct singles *singles, size_t expected, dedup_error *error)
{
    unsigned bits = BITS_LEAST;
    while (bits < 32 && (uint64_t)1 << bits < (uint64_t)expected * PLACES_PER_KEY)
        bits++;
    singles->seen_bits = bits;
    singles->again_bits = bits - AGAIN_FEWER;
    size_t seen = words_of(singles->seen_bits), again = words_of(singles->again_bits);
    TRY(array_reserve(&singles->seen, &singles->seen_capacity, seen, "candidates", error));
    TRY(array_reserve(&singles->again, &singles->again_capacity, again, "candidates", error));
    memset(singles->seen, 0, seen * sizeof *singles->seen);
    memset(singles->again, 0, again * sizeof *singles->again);
    return DEDUP_OK;
}

/* The place of a key among those seen: its lowest bits. */
static inline uint32_t seen_place(const struct singles *singles, uint32_t key)
{
    return key & (uint32_t)(((uint64_t)1 << singles->seen_bits) - 1);
}

/* Its place among those seen again, which depends on all its bits. */
static const uint32_t again_factor = 0x9e3779b1;

static inline uint32_t again_place(const struct singles *singles, uint32_t key)
{
    return key * again_factor >> (32 - singles->again_bits);
}

/* Keys that were seen before, on their way to the map of those seen again. */
struct noted {
    uint32_t keys[PORTION];
    size_t count;
};

/* Notes a key as seen, and whether its place was taken before. One that takes no part leaves no trace. */
static inline void see(const struct singles *singles, uint32_t key, bool taken, struct noted *noted)
{
    uint32_t place = seen_place(singles, key);
    uint64_t *word = &singles->seen[place >> 6], before = *word;
    *word = before | (uint64_t)taken << (place & 63);
    noted->keys[noted->count] = key;
    noted->count += (before >> (place & 63)) & taken;
}

/* Notes keys as seen again. */
static void see_again(const struct singles *singles, const struct noted *noted)
{
    for (size_t i = 0; i < noted->count; i++) {
        uint32_t place = again_place(singles, noted->keys[i]);
        singles->again[place >> 6] |= (uint64_t)1 << (place & 63);
    }
}

static inline bool is_again(const struct singles *singles, uint32_t key)
{
    uint32_t place = again_place(singles, key);
    return singles->again[place >> 6] >> (place & 63) & 1;
}

dedup_status singles_drop(struct singles *singles, uint64_t *items, size_t *count, unsigned shift, dedup_error *error)
{
    struct noted noted;
    size_t kept = 0;
    TRY(singles_start(singles, *count, error));
    for (size_t begin = 0; begin < *count; begin += PORTION) {
        size_t end = *count - begin < PORTION ? *count : begin + PORTION;
        noted.count = 0;
        for (size_t i = begin; i < end; i++)
            see(singles, (uint32_t)(items[i] >> shift), true, &noted);
        see_again(singles, &noted);
    }
    for (size_t i = 0; i < *count; i++) {
        uint64_t item = items[i];
        items[kept] = item;
        kept += is_again(singles, (uint32_t)(item >> shift));
    }
    *count = kept;
    return DEDUP_OK;
}

static inline bool in_range(struct key_range range, uint32_t key, uint32_t number)
{
    return (key - range.first <= range.last - range.first) & (number != NO_NUMBER);
}

void singles_add(struct singles *singles, struct key_range range, const uint32_t *keys, const uint32_t *numbers,
                 size_t count)
{
    const struct singles held = *singles;
    struct noted noted;
    for (size_t begin = 0; begin < count; begin += PORTION) {
        size_t end = count - begin < PORTION ? count : begin + PORTION;
        noted.count = 0;
        for (size_t i = begin; i < end; i++) {
            uint32_t ahead = keys[i + PREFETCH_KEY < count ? i + PREFETCH_KEY : i];
            __builtin_prefetch(&held.seen[seen_place(&held, ahead) >> 6], 1);
            see(&held, keys[i], in_range(range, keys[i], numbers[i]), &noted);
        }
        see_again(&held, &noted);
    }
}

static size_t select_scalar(const struct singles *singles, struct key_range range, const uint32_t *keys,
                            const uint32_t *numbers, size_t count, uint64_t *items)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t key = keys[i];
        bool taken = in_range(range, key, numbers[i]);
        items[kept] = (uint64_t)((key - range.first) << range.shift) << 32 | numbers[i];
        kept += taken & is_again(singles, key);
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
    const __m512i first = _mm512_set1_epi32((int)range.first), factor = _mm512_set1_epi32((int)again_factor);
    const __m512i span = _mm512_set1_epi32((int)(range.last - range.first)), none = _mm512_set1_epi32(-1);
    const __m512i one = _mm512_set1_epi32(1), in_word = _mm512_set1_epi32(31);
    const __m128i shift = _mm_cvtsi32_si128((int)range.shift);
    const __m128i unused = _mm_cvtsi32_si128((int)(32 - singles->again_bits));
    const uint32_t *again = (const uint32_t *)(const void *)singles->again;
    size_t i = 0, kept = 0;
    for (; i + 16 <= count; i += 16) {
        __m512i key = _mm512_loadu_si512(keys + i), from = _mm512_sub_epi32(key, first);
        __m512i number = _mm512_loadu_si512(numbers + i);
        __mmask16 taken = _mm512_mask_cmple_epu32_mask(_mm512_cmpneq_epi32_mask(number, none), from, span);
        __m512i place = _mm512_srl_epi32(_mm512_mullo_epi32(key, factor), unused);
        __m512i bit = _mm512_sllv_epi32(one, _mm512_and_si512(place, in_word));
        __mmask16 hits = _mm512_mask_test_epi32_mask(taken, gather_32(again, _mm512_srli_epi32(place, 5)), bit);
        __m512i found = _mm512_maskz_compress_epi32(hits, _mm512_sll_epi32(from, shift));
        __m512i numbered = _mm512_maskz_compress_epi32(hits, number);
        put_items(items + kept, _mm512_castsi512_si256(found), _mm512_castsi512_si256(numbered));
        put_items(items + kept + 8, _mm512_extracti64x4_epi64(found, 1), _mm512_extracti64x4_epi64(numbered, 1));
        kept += (size_t)__builtin_popcount(hits);
    }
    return kept + select_scalar(singles, range, keys + i, numbers + i, count - i, items + kept);
}
#endif

size_t singles_select_by(enum isa isa, const struct singles *singles, struct key_range range, const uint32_t *keys,
                         const uint32_t *numbers, size_t count, uint64_t *items)
{
#ifdef ISA_X86
    if (isa >= ISA_AVX512)
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
