#include "match/window_filter.h"

#include <stdbool.h>
#include <string.h>

#ifdef ISA_X86
#include <immintrin.h>
#endif

enum {
    CHUNK = 1024, /* windows whose sums are made before they are looked up */
    COARSE_SHIFT = 10,
};

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
    memset(filter, 0, sizeof *filter);
}

void window_filter_add(struct window_filter *filter, const uint16_t *units)
{
    uint32_t first = place_of(units, factors[0]), second = place_of(units, factors[1]);
    filter->coarse[first >> COARSE_SHIFT] |= (uint16_t)(1 << (first & 15));
    filter->bits[0][first >> 6] |= (uint64_t)1 << (first & 63);
    filter->bits[1][second >> 6] |= (uint64_t)1 << (second & 63);
}

static inline bool has_place(const uint64_t *bits, uint16_t place)
{
    return bits[place >> 6] >> (place & 63) & 1;
}

/* Leaves those of `places` whose second place is taken too; returns how many they are. */
static size_t look_again(const struct window_filter *filter, const uint16_t *units, uint32_t *places, size_t count)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t place = places[i];
        places[found] = place;
        found += has_place(filter->bits[1], place_of(units + place, factors[1]));
    }
    return found;
}

static size_t find_scalar(const struct window_filter *filter, const uint16_t *units, size_t begin, size_t count,
                          uint32_t *places)
{
    size_t found = 0;
    for (size_t i = begin; i < count; i++) {
        places[found] = (uint32_t)i;
        found += has_place(filter->bits[0], place_of(units + i, factors[0]));
    }
    return look_again(filter, units, places, found);
}

#ifdef ISA_X86
/* Writes the sums of `count` windows, a multiple of 16. */
ISA_TARGET_AVX2 static void sum_all(const uint16_t *units, size_t count, uint16_t *sums)
{
    for (size_t i = 0; i < count; i += 16) {
        __m256i sum = _mm256_setzero_si256();
        for (size_t k = 0; k < WINDOW_LENGTH; k++) {
            __m256i window = _mm256_loadu_si256((const __m256i *)(const void *)(units + i + k));
            sum = _mm256_add_epi16(sum, _mm256_mullo_epi16(window, _mm256_set1_epi16((short)factors[0][k])));
        }
        _mm256_storeu_si256((__m256i *)(void *)(sums + i), sum);
    }
}

ISA_TARGET_AVX2 static size_t find_avx2(const struct window_filter *filter, const uint16_t *units, size_t count,
                                        uint32_t *places)
{
    uint16_t sums[CHUNK];
    size_t found = 0, whole = count / 16 * 16;
    for (size_t begin = 0; begin < whole; begin += CHUNK) {
        size_t size = whole - begin < CHUNK ? whole - begin : CHUNK;
        sum_all(units + begin, size, sums);
        for (size_t i = 0; i < size; i++) {
            places[found] = (uint32_t)(begin + i);
            found += has_place(filter->bits[0], sums[i]);
        }
    }
    found = look_again(filter, units, places, found);
    return found + find_scalar(filter, units, whole, count, places + found);
}

/* The sums of 32 windows. */
ISA_TARGET_AVX512VBMI static inline __m512i sums_of(const uint16_t *units)
{
    __m512i sums = _mm512_setzero_si512();
    for (size_t k = 0; k < WINDOW_LENGTH; k++)
        sums = _mm512_add_epi16(
            sums, _mm512_mullo_epi16(_mm512_loadu_si512(units + k), _mm512_set1_epi16((short)factors[0][k])));
    return sums;
}

/* Writes the sums of those of `count` windows, up to CHUNK and a multiple of 32, that the coarse filter has, and their
 * numbers. */
ISA_TARGET_AVX512VBMI static size_t pick(const struct window_filter *filter, const uint16_t *units, size_t count,
                                         uint16_t *sums, uint16_t *numbers)
{
    const __m512i low = _mm512_loadu_si512(filter->coarse), high = _mm512_loadu_si512(filter->coarse + 32);
    const __m512i one = _mm512_set1_epi16(1), in_word = _mm512_set1_epi16(15), step = _mm512_set1_epi16(32);
    __m512i number = _mm512_set_epi16(31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12,
                                      11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    size_t picked = 0;
    for (size_t i = 0; i < count; i += 32) {
        __m512i sum = sums_of(units + i);
        __m512i word = _mm512_permutex2var_epi16(low, _mm512_srli_epi16(sum, COARSE_SHIFT), high);
        __mmask32 hits = _mm512_test_epi16_mask(word, _mm512_sllv_epi16(one, _mm512_and_si512(sum, in_word)));
        _mm512_storeu_si512(sums + picked, _mm512_maskz_compress_epi16(hits, sum));
        _mm512_storeu_si512(numbers + picked, _mm512_maskz_compress_epi16(hits, number));
        picked += (size_t)__builtin_popcount(hits);
        number = _mm512_add_epi16(number, step);
    }
    return picked;
}

ISA_TARGET_AVX512VBMI static size_t find_avx512vbmi(const struct window_filter *filter, const uint16_t *units,
                                                    size_t count, uint32_t *places)
{
    uint16_t sums[CHUNK + 32], numbers[CHUNK + 32];
    size_t found = 0, whole = count / 32 * 32;
    for (size_t begin = 0; begin < whole; begin += CHUNK) {
        size_t picked = pick(filter, units + begin, whole - begin < CHUNK ? whole - begin : CHUNK, sums, numbers);
        for (size_t i = 0; i < picked; i++) {
            places[found] = (uint32_t)(begin + numbers[i]);
            found += has_place(filter->bits[0], sums[i]);
        }
    }
    found = look_again(filter, units, places, found);
    return found + find_scalar(filter, units, whole, count, places + found);
}
#endif

size_t window_filter_find_by(enum isa isa, const struct window_filter *filter, const uint16_t *units, size_t count,
                             uint32_t *places)
{
#ifdef ISA_X86
    if (isa >= ISA_AVX512VBMI)
        return find_avx512vbmi(filter, units, count, places);
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
