#include "clean/gate.h"

#include <string.h>

#include "base/failure.h"

#ifdef ISA_X86
#include <immintrin.h>
#endif

static uint64_t bit_at(const struct gate *gate, const uint32_t *points)
{
    return gate_has(gate, gate_hash(points, gate_width(points, 1 + GATE_BEHIND)));
}

void gate_scan_scalar(const struct gate *gate, const uint32_t *points, size_t words, uint64_t *out)
{
    for (size_t i = 0; i < words; i++, points += PLACE_WORD) {
        uint64_t word = 0;
        for (size_t j = 0; j < PLACE_WORD; j++)
            word |= bit_at(gate, points + j) << j;
        out[i] = word;
    }
}

#ifdef ISA_X86
ISA_TARGET_AVX2 static inline uint64_t eight_bits(const struct gate *gate, const uint32_t *points)
{
    __m256i first = _mm256_loadu_si256((const __m256i *)(const void *)points);
    __m256i second = _mm256_loadu_si256((const __m256i *)(const void *)(points + 1));
    __m256i third = _mm256_loadu_si256((const __m256i *)(const void *)(points + 2));
    __m256i other = _mm256_and_si256(_mm256_or_si256(first, second), _mm256_set1_epi32(GATE_NOT_ASCII));
    __m256i three = _mm256_cmpeq_epi32(other, _mm256_setzero_si256());
    __m256i sum = _mm256_add_epi32(_mm256_mullo_epi32(first, _mm256_set1_epi32((int)GATE_FIRST)),
                                   _mm256_mullo_epi32(second, _mm256_set1_epi32((int)GATE_SECOND)));
    third = _mm256_mullo_epi32(third, _mm256_set1_epi32((int)GATE_THIRD));
    sum = _mm256_add_epi32(sum, _mm256_and_si256(three, third));
    __m256i one = _mm256_set1_epi32(1), places = _mm256_set1_epi32(31);
    __m256i word =
        _mm256_i32gather_epi32((const int *)(const void *)gate->words, _mm256_srli_epi32(sum, 32 - GATE_WORD_BITS), 4);
    __m256i hash = _mm256_srli_epi32(sum, 32 - GATE_HASH_BITS);
    __m256i bits =
        _mm256_or_si256(_mm256_sllv_epi32(one, _mm256_and_si256(hash, places)),
                        _mm256_sllv_epi32(one, _mm256_and_si256(_mm256_srli_epi32(hash, GATE_PLACE_BITS), places)));
    __m256i open = _mm256_cmpeq_epi32(_mm256_and_si256(word, bits), bits);
    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(open));
}

ISA_TARGET_AVX2 void gate_scan_avx2(const struct gate *gate, const uint32_t *points, size_t words, uint64_t *out)
{
    for (size_t i = 0; i < words; i++, points += PLACE_WORD) {
        uint64_t word = 0;
        for (size_t j = 0; j < PLACE_WORD; j += 8)
            word |= eight_bits(gate, points + j) << j;
        out[i] = word;
    }
}

/* Tables of 64 bytes; two are looked up at once by seven bits. */
enum { TABLES = GATE_SET_BYTES / 64 };

struct sets512 {
    __m512i tables[GATE_SETS][TABLES];
    __m512i bits;      /* 1 << i % 8 */
    __m512i low, high; /* which of 128 bytes are the lower ones, the upper ones of words */
};

ISA_TARGET_AVX512VBMI static inline struct sets512 load_sets(const struct gate *gate)
{
    static const unsigned char even[PLACE_WORD] = {
        0,  2,  4,  6,  8,  10, 12,  14,  16,  18,  20,  22,  24,  26,  28,  30,  32,  34,  36,  38, 40, 42,
        44, 46, 48, 50, 52, 54, 56,  58,  60,  62,  64,  66,  68,  70,  72,  74,  76,  78,  80,  82, 84, 86,
        88, 90, 92, 94, 96, 98, 100, 102, 104, 106, 108, 110, 112, 114, 116, 118, 120, 122, 124, 126};
    struct sets512 sets;
    for (int set = 0; set < GATE_SETS; set++)
        for (int i = 0; i < TABLES; i++)
            sets.tables[set][i] = _mm512_loadu_si512(gate->sets[set] + PLACE_WORD * i);
    sets.bits = _mm512_set1_epi64((long long)0x8040201008040201);
    sets.low = _mm512_loadu_si512(even);
    sets.high = _mm512_or_si512(sets.low, _mm512_set1_epi8(1));
    return sets;
}

/* The lower halves of 32 code points. */
ISA_TARGET_AVX512VBMI static inline __m512i lower_halves(const uint32_t *points)
{
    static const uint16_t even[] = {0,  2,  4,  6,  8,  10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30,
                                    32, 34, 36, 38, 40, 42, 44, 46, 48, 50, 52, 54, 56, 58, 60, 62};
    return _mm512_permutex2var_epi16(_mm512_loadu_si512(points), _mm512_loadu_si512(even),
                                     _mm512_loadu_si512(points + 16));
}

/* The letters of 64 pairs, 32 in a vector. */
struct pairs512 {
    __m512i first[2], second[2];
};

ISA_TARGET_AVX512VBMI static inline struct pairs512 load_pairs(const uint32_t *points)
{
    struct pairs512 pairs;
    for (int i = 0; i < 2; i++, points += PLACE_WORD / 2) {
        __m512i first = lower_halves(points), second = lower_halves(points + 1), third = lower_halves(points + 2);
        __mmask32 three =
            _mm512_testn_epi16_mask(_mm512_or_si512(first, second), _mm512_set1_epi16((short)GATE_NOT_ASCII));
        pairs.first[i] = first;
        pairs.second[i] = _mm512_mask_add_epi16(second, three, second, _mm512_slli_epi16(third, PAIR_THIRD_SHIFT));
    }
    return pairs;
}

/* 64 of the low bytes of a hash, and of the high ones. */
struct bytes512 {
    __m512i low, high;
};

ISA_TARGET_AVX512VBMI static inline struct bytes512 hash512(const struct sets512 *sets, const struct pairs512 *pairs,
                                                            short by_first, short by_second)
{
    __m512i hashes[2];
    for (int i = 0; i < 2; i++)
        hashes[i] = _mm512_add_epi16(_mm512_mullo_epi16(pairs->first[i], _mm512_set1_epi16(by_first)),
                                     _mm512_mullo_epi16(pairs->second[i], _mm512_set1_epi16(by_second)));
    return (struct bytes512){_mm512_permutex2var_epi8(hashes[0], sets->low, hashes[1]),
                             _mm512_permutex2var_epi8(hashes[0], sets->high, hashes[1])};
}

/* Which of 64 pairs are in a set, given their places (gate_place_of). */
ISA_TARGET_AVX512VBMI static inline uint64_t in_set512(const struct sets512 *sets, int set, __m512i high, __m512i low)
{
    const __m512i *tables = sets->tables[set];
    __mmask64 odd = _mm512_movepi8_mask(high);
    __m512i lower = _mm512_mask_blend_epi8(odd, _mm512_permutex2var_epi8(tables[0], high, tables[1]),
                                           _mm512_permutex2var_epi8(tables[2], high, tables[3]));
    __m512i upper = _mm512_mask_blend_epi8(odd, _mm512_permutex2var_epi8(tables[4], high, tables[5]),
                                           _mm512_permutex2var_epi8(tables[6], high, tables[7]));
    return _mm512_test_epi8_mask(_mm512_mask_blend_epi8(_mm512_movepi8_mask(low), lower, upper),
                                 _mm512_permutexvar_epi8(low, sets->bits));
}

ISA_TARGET_AVX512VBMI void gate_scan_avx512vbmi(const struct gate *gate, const uint32_t *points, size_t words,
                                                uint64_t *out)
{
    const struct sets512 sets = load_sets(gate);
    for (size_t i = 0; i < words; i++, points += PLACE_WORD) {
        struct pairs512 pairs = load_pairs(points);
        struct bytes512 hash = hash512(&sets, &pairs, (short)PAIR_FIRST, (short)PAIR_SECOND);
        struct bytes512 other = hash512(&sets, &pairs, (short)PAIR_OTHER_FIRST, (short)PAIR_OTHER_SECOND);
        out[i] = in_set512(&sets, 0, hash.high, hash.low) & in_set512(&sets, 1, other.high, other.low) &
                 in_set512(&sets, 2, hash.low, other.high) & in_set512(&sets, 3, other.low, hash.high);
    }
}
#endif

static void scan_words(const struct gate *gate, const uint32_t *points, size_t words, uint64_t *out)
{
#ifdef ISA_X86
    if (isa_best() >= ISA_AVX512VBMI) {
        gate_scan_avx512vbmi(gate, points, words, out);
        return;
    }
    if (isa_best() >= ISA_AVX2) {
        gate_scan_avx2(gate, points, words, out);
        return;
    }
#endif
    gate_scan_scalar(gate, points, words, out);
}

/* Scans the last `count` points, at most a word and GATE_BEHIND, which are copied so that zeros follow them. */
static void scan_end(const struct gate *gate, const uint32_t *points, size_t count, uint64_t *out)
{
    uint32_t copy[2 * PLACE_WORD + GATE_BEHIND] = {0};
    if (count != 0)
        memcpy(copy, points, count * sizeof *points);
    scan_words(gate, copy, count / PLACE_WORD + 1, out);
    for (size_t i = count > GATE_BEHIND ? count - GATE_BEHIND : 0; i < count; i++)
        if (gate_width(points + i, count - i) == 0)
            out[i / PLACE_WORD] &= ~(UINT64_C(1) << i % PLACE_WORD);
}

dedup_status gate_scan(const struct gate *gate, const uint32_t *points, size_t count, struct place_map *map,
                       dedup_error *error)
{
    size_t whole = count > GATE_BEHIND ? (count - GATE_BEHIND) / PLACE_WORD : 0;
    TRY(place_map_reserve(map, count, error));
    scan_words(gate, points, whole, map->words);
    uint64_t end[2] = {0};
    size_t at = whole * PLACE_WORD;
    scan_end(gate, count != 0 ? points + at : points, count - at, end);
    memcpy(map->words + whole, end, ((count - at) / PLACE_WORD + 1) * sizeof *end);
    return DEDUP_OK;
}
