#include "match/window_filter.h"

#include <string.h>

#include "base/gather.h"

/* Odd; nothing depends on their values but that they are fixed. */
static const uint16_t factors[WINDOW_LENGTH] = {0x9e37, 0x79b9, 0x7f4b, 0x1ce5, 0xb979};

static inline uint16_t place_of(const uint16_t *units)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < WINDOW_LENGTH; i++)
        sum += (uint32_t)factors[i] * units[i];
    return (uint16_t)sum;
}

void window_filter_clear(struct window_filter *filter)
{
    memset(filter->bits, 0, sizeof filter->bits);
}

void window_filter_add(struct window_filter *filter, const uint16_t *units)
{
    uint32_t place = place_of(units);
    filter->bits[place >> 5] |= (uint32_t)1 << (place & 31);
}

static size_t find_scalar(const struct window_filter *filter, const uint16_t *units, size_t begin, size_t count,
                          uint32_t *places)
{
    size_t found = 0;
    for (size_t i = begin; i < count; i++) {
        uint32_t place = place_of(units + i);
        places[found] = (uint32_t)i;
        found += filter->bits[place >> 5] >> (place & 31) & 1;
    }
    return found;
}

#ifdef ISA_X86
/* Writes the places from `first` on of those of 16 windows that may be in the set, and anything behind them. */
ISA_TARGET_AVX512 static inline size_t look_up(const struct window_filter *filter, __m256i sums, size_t first,
                                               uint32_t *places)
{
    const __m512i steps = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    __m512i place = _mm512_cvtepu16_epi32(sums);
    __m512i words = gather_32(filter->bits, _mm512_srli_epi32(place, 5));
    __m512i bits = _mm512_sllv_epi32(_mm512_set1_epi32(1), _mm512_and_si512(place, _mm512_set1_epi32(31)));
    __mmask16 hits = _mm512_test_epi32_mask(words, bits);
    __m512i numbers = _mm512_add_epi32(steps, _mm512_set1_epi32((int)first));
    _mm512_storeu_si512(places, _mm512_maskz_compress_epi32(hits, numbers));
    return (size_t)__builtin_popcount(hits);
}

ISA_TARGET_AVX512 static size_t find_avx512(const struct window_filter *filter, const uint16_t *units, size_t count,
                                            uint32_t *places)
{
    size_t found = 0, i = 0;
    for (; i + 32 <= count; i += 32) {
        __m512i sums = _mm512_setzero_si512();
        for (size_t k = 0; k < WINDOW_LENGTH; k++)
            sums = _mm512_add_epi16(
                sums, _mm512_mullo_epi16(_mm512_loadu_si512(units + i + k), _mm512_set1_epi16((short)factors[k])));
        found += look_up(filter, _mm512_castsi512_si256(sums), i, places + found);
        found += look_up(filter, _mm512_extracti64x4_epi64(sums, 1), i + 16, places + found);
    }
    return found + find_scalar(filter, units, i, count, places + found);
}
#endif

size_t window_filter_find_by(enum isa isa, const struct window_filter *filter, const uint16_t *units, size_t count,
                             uint32_t *places)
{
#ifdef ISA_X86
    if (isa >= ISA_AVX512)
        return find_avx512(filter, units, count, places);
#endif
    (void)isa;
    return find_scalar(filter, units, 0, count, places);
}

size_t window_filter_find(const struct window_filter *filter, const uint16_t *units, size_t count, uint32_t *places)
{
    return window_filter_find_by(isa_best(), filter, units, count, places);
}
