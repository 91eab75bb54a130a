#include "sketch/numbers.h"

#include <string.h>

#ifdef ISA_X86
#include <immintrin.h>
#endif

/* A digit has a code: its value and 1, and FIRST where a number begins. Codes are hashed in words of 8, the last filled
 * up with 0, and at least LEAST_WORDS of them, so that how many digits a short key has is nothing to guess. */
enum { FIRST = 16, WORD_CODES = 8, LEAST_WORDS = 2 };
/* Points are looked at by STEP or fewer. More than CODES codes do not wait to be hashed. */
enum { STEP = 16, CODES = 128, CODES_ROOM = CODES + 2 * STEP };

static inline bool is_digit(uint32_t point)
{
    return point - '0' < 10;
}

/* A hash of numbers on its way. */
struct reader {
    uint64_t hash;
    uint64_t before;      /* not 0: the last point is a digit */
    size_t count;         /* of codes that wait */
    bool begun;           /* words are in the hash */
    unsigned char *codes; /* of CODES_ROOM bytes */
};

static inline ISA_INLINE void reader_init(struct reader *reader, unsigned char *codes)
{
    reader->codes = codes;
    reader->hash = reader->before = 0;
    reader->count = 0;
    reader->begun = false;
}

/* Takes words of codes into the hash. Words of 0 leave 0 as it is. */
static inline ISA_INLINE void fold_words(struct reader *reader, size_t words)
{
    uint64_t hash = reader->hash;
    for (size_t i = 0; i < words; i++) {
        uint64_t word;
        memcpy(&word, reader->codes + i * WORD_CODES, WORD_CODES);
        hash = (hash + word) * 0x9e3779b97f4a7c15;
        hash ^= hash >> 32;
    }
    reader->hash = hash;
}

/* Makes room for the next step. */
static inline ISA_INLINE void fold_waiting(struct reader *reader)
{
    if (reader->count <= CODES)
        return;
    size_t words = reader->count / WORD_CODES;
    fold_words(reader, words);
    reader->count -= words * WORD_CODES;
    memcpy(reader->codes, reader->codes + words * WORD_CODES, WORD_CODES);
    reader->begun = true;
}

static inline ISA_INLINE uint64_t reader_end(struct reader *reader)
{
    size_t words = (reader->count + WORD_CODES - 1) / WORD_CODES;
    memset(reader->codes + reader->count, 0, LEAST_WORDS * WORD_CODES);
    fold_words(reader, words < LEAST_WORDS && !reader->begun ? LEAST_WORDS : words);
    return reader->hash;
}

/* Adds the digits of up to STEP points; bit i: points[i] is one. */
static inline ISA_INLINE void add_digits(struct reader *reader, const uint32_t *points, uint32_t digits)
{
    uint32_t firsts = digits & ~(digits << 1 | (uint32_t)reader->before);
    reader->before = digits >> (STEP - 1);
    for (; digits != 0; digits &= digits - 1) {
        unsigned place = (unsigned)__builtin_ctz(digits);
        uint32_t code = points[place] - '0' + 1 + (firsts >> place & 1) * FIRST;
        reader->codes[reader->count++] = (unsigned char)code;
    }
    fold_waiting(reader);
}

static uint32_t digits_plain(const uint32_t *points, size_t count)
{
    uint32_t digits = 0;
    for (size_t i = 0; i < count; i++)
        digits |= (uint32_t)is_digit(points[i]) << i;
    return digits;
}

static uint64_t hash_plain(const uint32_t *points, size_t count)
{
    unsigned char codes[CODES_ROOM];
    struct reader reader;
    reader_init(&reader, codes);
    for (size_t i = 0; i < count; i += STEP)
        add_digits(&reader, points + i, digits_plain(points + i, count - i < STEP ? count - i : STEP));
    return reader_end(&reader);
}

#ifdef ISA_X86
/* All bits where one of four points is a digit. */
static inline __m128i are_digits_sse2(const uint32_t *points)
{
    /* Moved so that signed words compare as unsigned ones do. */
    const __m128i move = _mm_set1_epi32(INT32_MAX - '0' + 1), end = _mm_set1_epi32(INT32_MIN + 10);
    __m128i moved = _mm_add_epi32(_mm_loadu_si128((const __m128i *)(const void *)points), move);
    return _mm_cmplt_epi32(moved, end);
}

static uint64_t hash_sse2(const uint32_t *points, size_t count)
{
    unsigned char codes[CODES_ROOM];
    struct reader reader;
    size_t i = 0;
    reader_init(&reader, codes);
    for (; i + STEP <= count; i += STEP) {
        __m128i low = _mm_packs_epi32(are_digits_sse2(points + i), are_digits_sse2(points + i + 4));
        __m128i high = _mm_packs_epi32(are_digits_sse2(points + i + 8), are_digits_sse2(points + i + 12));
        add_digits(&reader, points + i, (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(low, high)));
    }
    add_digits(&reader, points + i, digits_plain(points + i, count - i));
    return reader_end(&reader);
}

/* Adds the digits of eight points. */
ISA_TARGET_AVX2 static inline void add_eight(struct reader *reader, __m256i points)
{
    const __m256i lowest = _mm256_set1_epi32(0x0c080400), halves = _mm256_setr_epi32(0, 4, 0, 4, 0, 4, 0, 4);
    __m256i value = _mm256_sub_epi32(points, _mm256_set1_epi32('0'));
    __m256i is = _mm256_cmpeq_epi32(_mm256_min_epu32(value, _mm256_set1_epi32(9)), value);
    __m256i code = _mm256_and_si256(_mm256_sub_epi32(value, _mm256_set1_epi32(-1)), is);
    __m128i bytes = _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(code, lowest), halves));
    uint64_t others = (uint64_t)_mm_cvtsi128_si64(_mm_cmpeq_epi8(bytes, _mm_setzero_si128())), digits = ~others;
    uint64_t firsts = digits & ~(digits << 8 | reader->before);
    uint64_t codes = (uint64_t)_mm_cvtsi128_si64(bytes) | (firsts & 0x0101010101010101 * FIRST);
    codes = _pext_u64(codes, digits);
    memcpy(reader->codes + reader->count, &codes, sizeof codes);
    reader->count += (size_t)_mm_popcnt_u64(digits) / 8;
    reader->before = digits >> 56;
    fold_waiting(reader);
}

ISA_TARGET_AVX2 static uint64_t hash_avx2(const uint32_t *points, size_t count)
{
    const __m256i places = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    unsigned char codes[CODES_ROOM];
    struct reader reader;
    size_t i = 0;
    reader_init(&reader, codes);
    for (; i + 8 <= count; i += 8)
        add_eight(&reader, _mm256_loadu_si256((const __m256i *)(const void *)(points + i)));
    __m256i there = _mm256_cmpgt_epi32(_mm256_set1_epi32((int)(count - i)), places);
    add_eight(&reader, _mm256_maskload_epi32((const int *)(const void *)(points + i), there));
    return reader_end(&reader);
}

ISA_TARGET_AVX512 static inline void add_sixteen(struct reader *reader, __m512i points)
{
    const __m512i first = _mm512_set1_epi32(FIRST);
    __m512i value = _mm512_sub_epi32(points, _mm512_set1_epi32('0'));
    uint32_t digits = _mm512_cmplt_epu32_mask(value, _mm512_set1_epi32(10));
    uint32_t firsts = digits & ~(digits << 1 | (uint32_t)reader->before);
    __m512i code = _mm512_sub_epi32(value, _mm512_set1_epi32(-1));
    code = _mm512_mask_add_epi32(code, (__mmask16)firsts, code, first);
    code = _mm512_maskz_compress_epi32((__mmask16)digits, code);
    _mm_storeu_si128((__m128i *)(void *)(reader->codes + reader->count), _mm512_cvtepi32_epi8(code));
    reader->count += (size_t)_mm_popcnt_u32(digits);
    reader->before = digits >> 15;
    fold_waiting(reader);
}

ISA_TARGET_AVX512 static uint64_t hash_avx512(const uint32_t *points, size_t count)
{
    unsigned char codes[CODES_ROOM];
    struct reader reader;
    size_t i = 0;
    reader_init(&reader, codes);
    for (; i + 16 <= count; i += 16)
        add_sixteen(&reader, _mm512_loadu_si512(points + i));
    __mmask16 there = (__mmask16)((1u << (count - i)) - 1);
    add_sixteen(&reader, _mm512_maskz_loadu_epi32(there, points + i));
    return reader_end(&reader);
}
#endif

uint64_t numbers_hash_by(enum isa isa, const uint32_t *points, size_t count)
{
#ifdef ISA_X86
    if (isa >= ISA_AVX512)
        return hash_avx512(points, count);
    if (isa >= ISA_AVX2)
        return hash_avx2(points, count);
    if (isa >= ISA_SSE2)
        return hash_sse2(points, count);
#endif
    (void)isa;
    return hash_plain(points, count);
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
