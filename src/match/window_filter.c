#include "match/window_filter.h"

#include <stdbool.h>
#include <string.h>

#include "base/gather.h"

/* Odd; nothing depends on their values but that they are fixed. */
static const uint16_t factors[2][WINDOW_LENGTH] = {{0x9e37, 0x79b9, 0x7f4b, 0x1ce5, 0xb979},
                                                   {0x85eb, 0xca6b, 0xc2b3, 0xae3d, 0x27d5}};

static inline uint16_t place_of(const uint16_t *units, const uint16_t *by)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < WINDOW_LENGTH; i++)
        sum += (uint32_t)by[i] * units[i];
    return (uint16_t)sum;
}

void window_filter_clear(struct window_filter *filter)
{
    memset(filter->bits, 0, sizeof filter->bits);
}

void window_filter_add(struct window_filter *filter, const uint16_t *units)
{
    for (size_t i = 0; i < 2; i++) {
        uint32_t place = place_of(units, factors[i]);
        filter->bits[i][place >> 5] |= (uint32_t)1 << (place & 31);
    }
}

static inline bool has_place(const struct window_filter *filter, const uint16_t *units, size_t i)
{
    uint32_t place = place_of(units, factors[i]);
    return filter->bits[i][place >> 5] >> (place & 31) & 1;
}

/* Appends the places from `begin` on. */
static size_t find_scalar(const struct window_filter *filter, const uint16_t *units, size_t begin, size_t count,
                          uint32_t *places)
{
    size_t found = 0;
    for (size_t i = begin; i < count; i++)
        if (has_place(filter, units + i, 0) && has_place(filter, units + i, 1))
            places[found++] = (uint32_t)i;
    return found;
}

#ifdef ISA_X86
/* A bit for each of 8 windows: whether its first place is taken. */
ISA_TARGET_AVX2 static inline uint32_t likely_of(const struct window_filter *filter, __m128i sums)
{
    __m256i place = _mm256_cvtepu16_epi32(sums);
    __m256i words = _mm256_i32gather_epi32((const int *)(const void *)filter->bits[0], _mm256_srli_epi32(place, 5), 4);
    __m256i left = _mm256_sub_epi32(_mm256_set1_epi32(31), _mm256_and_si256(place, _mm256_set1_epi32(31)));
    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_sllv_epi32(words, left)));
}

ISA_TARGET_AVX2 static size_t find_avx2(const struct window_filter *filter, const uint16_t *units, size_t count,
                                        uint32_t *places)
{
    size_t found = 0, i = 0;
    for (; i + 16 <= count; i += 16) {
        __m256i sums = _mm256_setzero_si256();
        for (size_t k = 0; k < WINDOW_LENGTH; k++) {
            __m256i window = _mm256_loadu_si256((const __m256i *)(const void *)(units + i + k));
            sums = _mm256_add_epi16(sums, _mm256_mullo_epi16(window, _mm256_set1_epi16((short)factors[0][k])));
        }
        uint32_t likely =
            likely_of(filter, _mm256_castsi256_si128(sums)) | likely_of(filter, _mm256_extracti128_si256(sums, 1)) << 8;
        for (; likely != 0; likely &= likely - 1) {
            size_t place = i + (size_t)__builtin_ctz(likely);
            places[found] = (uint32_t)place;
            found += has_place(filter, units + place, 1);
        }
    }
    return found + find_scalar(filter, units, i, count, places + found);
}

/* Writes the places from `first` on of those of 16 windows whose first place is taken, and anything behind them. */
ISA_TARGET_AVX512 static inline size_t look_up(const struct window_filter *filter, __m256i sums, size_t first,
                                               uint32_t *places)
{
    const __m512i steps = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    __m512i place = _mm512_cvtepu16_epi32(sums);
    __m512i words = gather_32(filter->bits[0], _mm512_srli_epi32(place, 5));
    __m512i bits = _mm512_sllv_epi32(_mm512_set1_epi32(1), _mm512_and_si512(place, _mm512_set1_epi32(31)));
    __mmask16 hits = _mm512_test_epi32_mask(words, bits);
    __m512i numbers = _mm512_add_epi32(steps, _mm512_set1_epi32((int)first));
    _mm512_storeu_si512(places, _mm512_maskz_compress_epi32(hits, numbers));
    return (size_t)__builtin_popcount(hits);
}

ISA_TARGET_AVX512 static size_t find_avx512(const struct window_filter *filter, const uint16_t *units, size_t count,
                                            uint32_t *places)
{
    size_t likely = 0, found = 0, i = 0;
    for (; i + 32 <= count; i += 32) {
        __m512i sums = _mm512_setzero_si512();
        for (size_t k = 0; k < WINDOW_LENGTH; k++)
            sums = _mm512_add_epi16(
                sums, _mm512_mullo_epi16(_mm512_loadu_si512(units + i + k), _mm512_set1_epi16((short)factors[0][k])));
        likely += look_up(filter, _mm512_castsi512_si256(sums), i, places + likely);
        likely += look_up(filter, _mm512_extracti64x4_epi64(sums, 1), i + 16, places + likely);
    }
    for (size_t k = 0; k < likely; k++) {
        uint32_t place = places[k];
        places[found] = place;
        found += has_place(filter, units + place, 1);
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
    if (isa >= ISA_AVX2)
        return find_avx2(filter, units, count, places);
#endif
    (void)isa;
    return find_scalar(filter, units, 0, count, places);
}

size_t window_filter_find(const struct window_filter *filter, const uint16_t *units, size_t count, uint32_t *places)
{
    return window_filter_find_by(isa_best(), filter, units, count, places);
}
