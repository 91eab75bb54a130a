#include "sketch/numbers.h"

#ifdef ISA_X86
#include <immintrin.h>
#endif

/* Digits are hashed in words of 12: five bits for each, which tell the first of a number from the others. */
enum { BLOCK = 64, WORD_DIGITS = 12, DIGIT_BITS = 5, FIRST = 16 };

static bool is_digit(uint32_t point)
{
    return point - '0' < 10;
}

/* A hash of numbers on its way. */
struct reader {
    uint64_t hash;
    uint64_t word; /* of `held` digits, which are not in the hash yet */
    unsigned held;
    uint64_t before; /* whether the last point of the block before is a digit */
};

static inline uint64_t fold_word(uint64_t hash, uint64_t word)
{
    hash = (hash + word) * 0x9e3779b97f4a7c15;
    return hash ^ hash >> 32;
}

/* Adds the digits of a block; bit i: points[i] is one. */
static inline ISA_INLINE void add_digits(struct reader *reader, const uint32_t *points, uint64_t digits)
{
    uint64_t firsts = digits & ~(digits << 1 | reader->before);
    reader->before = digits >> (BLOCK - 1);
    for (; digits != 0; digits &= digits - 1) {
        size_t place = (size_t)__builtin_ctzll(digits);
        uint64_t digit = points[place] - '0' + 1 + FIRST * (firsts >> place & 1);
        reader->word = reader->word << DIGIT_BITS | digit;
        if (++reader->held == WORD_DIGITS) {
            reader->hash = fold_word(reader->hash, reader->word);
            reader->word = reader->held = 0;
        }
    }
}

/* Which of up to BLOCK points are digits. */
static inline ISA_INLINE uint64_t digits_of(const uint32_t *points, size_t count)
{
    uint64_t digits = 0;
    uint32_t any = 0;
    for (size_t i = 0; i < count; i++)
        any |= is_digit(points[i]);
    for (size_t i = 0; any && i < count; i++)
        digits |= (uint64_t)is_digit(points[i]) << i;
    return digits;
}

static uint64_t hash_scalar(const uint32_t *points, size_t count)
{
    struct reader reader = {0};
    for (size_t i = 0; i < count; i += BLOCK)
        add_digits(&reader, points + i, digits_of(points + i, count - i < BLOCK ? count - i : BLOCK));
    return fold_word(reader.hash, reader.word);
}

#ifdef ISA_X86
ISA_TARGET_AVX2 static inline uint64_t digits_avx2(const uint32_t *points, size_t count)
{
    const __m256i zero = _mm256_set1_epi32('0'), nine = _mm256_set1_epi32(9);
    const __m256i places = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    uint64_t digits = 0;
    for (size_t i = 0; i < count; i += 8) {
        __m256i there = _mm256_cmpgt_epi32(_mm256_set1_epi32((int)(count - i)), places);
        __m256i value = _mm256_sub_epi32(_mm256_maskload_epi32((const int *)(const void *)(points + i), there), zero);
        __m256i is = _mm256_cmpeq_epi32(_mm256_min_epu32(value, nine), value);
        digits |= (uint64_t)(uint8_t)_mm256_movemask_ps(_mm256_castsi256_ps(is)) << i;
    }
    return digits;
}

ISA_TARGET_AVX2 static uint64_t hash_avx2(const uint32_t *points, size_t count)
{
    struct reader reader = {0};
    for (size_t i = 0; i < count; i += BLOCK)
        add_digits(&reader, points + i, digits_avx2(points + i, count - i < BLOCK ? count - i : BLOCK));
    return fold_word(reader.hash, reader.word);
}

/* Of a full block. */
ISA_TARGET_AVX512 static inline uint64_t digits_avx512(const uint32_t *points)
{
    const __m512i zero = _mm512_set1_epi32('0'), ten = _mm512_set1_epi32(10);
    uint64_t digits = 0;
    for (size_t i = 0; i < BLOCK; i += 16)
        digits |= (uint64_t)_mm512_cmplt_epu32_mask(_mm512_sub_epi32(_mm512_loadu_si512(points + i), zero), ten) << i;
    return digits;
}

ISA_TARGET_AVX512 static uint64_t hash_avx512(const uint32_t *points, size_t count)
{
    const __m512i zero = _mm512_set1_epi32('0'), ten = _mm512_set1_epi32(10);
    struct reader reader = {0};
    size_t i = 0;
    for (; i + BLOCK <= count; i += BLOCK)
        add_digits(&reader, points + i, digits_avx512(points + i));
    const uint64_t there = (UINT64_C(1) << (count - i)) - 1;
    uint64_t digits = 0;
    for (size_t j = 0; j < count - i; j += 16) {
        __mmask16 some = (__mmask16)(there >> j);
        __m512i value = _mm512_sub_epi32(_mm512_maskz_loadu_epi32(some, points + i + j), zero);
        digits |= (uint64_t)_mm512_mask_cmplt_epu32_mask(some, value, ten) << j;
    }
    add_digits(&reader, points + i, digits);
    return fold_word(reader.hash, reader.word);
}
#endif

uint64_t numbers_hash_by(enum isa isa, const uint32_t *points, size_t count)
{
#ifdef ISA_X86
    if (isa >= ISA_AVX512)
        return hash_avx512(points, count);
    if (isa >= ISA_AVX2)
        return hash_avx2(points, count);
#endif
    (void)isa;
    return hash_scalar(points, count);
}

uint64_t numbers_hash(const uint32_t *points, size_t count)
{
    return numbers_hash_by(isa_best(), points, count);
}

/* The first place from `from` on that holds a digit. */
static size_t next_digit(const uint32_t *points, size_t count, size_t from)
{
    while (from < count && !is_digit(points[from]))
        from++;
    return from;
}

bool numbers_equal(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count)
{
    for (size_t i = 0, j = 0;;) {
        i = next_digit(a, a_count, i);
        j = next_digit(b, b_count, j);
        if (i == a_count || j == b_count)
            return i == a_count && j == b_count;
        while (i < a_count && j < b_count && is_digit(a[i]) && a[i] == b[j]) {
            i++;
            j++;
        }
        if ((i < a_count && is_digit(a[i])) || (j < b_count && is_digit(b[j])))
            return false;
    }
}
