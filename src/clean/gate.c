#include "clean/gate.h"

#include <string.h>

#include "base/failure.h"

#ifdef ISA_X86
#include <immintrin.h>
#endif

/* Whether the gate is open at points[0], of which `left` can be read. */
static uint64_t bit_at(const struct gate *gate, const uint32_t *points, size_t left)
{
    size_t width = gate_width(points, left);
    return width != 0 && gate_has(gate, gate_hash(points, width));
}

void gate_scan_scalar(const struct gate *gate, const uint32_t *points, size_t count, uint64_t *out)
{
    memset(out, 0, gate_words(count) * sizeof *out);
    for (size_t i = 0; i < count; i++)
        out[i / PLACE_WORD] |= bit_at(gate, points + i, count - i) << i % PLACE_WORD;
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

ISA_TARGET_AVX2 void gate_scan_avx2(const struct gate *gate, const uint32_t *points, size_t count, uint64_t *out)
{
    size_t i = 0;
    memset(out, 0, gate_words(count) * sizeof *out);
    for (; i + 8 + GATE_BEHIND <= count; i += 8)
        out[i / PLACE_WORD] |= eight_bits(gate, points + i) << i % PLACE_WORD;
    for (; i < count; i++)
        out[i / PLACE_WORD] |= bit_at(gate, points + i, count - i) << i % PLACE_WORD;
}

enum { HALF_WORD = PLACE_WORD / 2 }; /* points in a vector */

/* The lower halves of 32 code points, zeros behind `left` of them. */
ISA_TARGET_AVX512VBMI static inline __m512i lower_halves(const uint32_t *points, size_t left)
{
    static const uint16_t even[] = {0,  2,  4,  6,  8,  10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30,
                                    32, 34, 36, 38, 40, 42, 44, 46, 48, 50, 52, 54, 56, 58, 60, 62};
    __mmask32 there = left < HALF_WORD ? (__mmask32)((UINT32_C(1) << left) - 1) : UINT32_MAX;
    return _mm512_permutex2var_epi16(_mm512_maskz_loadu_epi32((__mmask16)there, points), _mm512_loadu_si512(even),
                                     _mm512_maskz_loadu_epi32((__mmask16)(there >> 16), points + 16));
}

/* The 32 letters behind each of `letters` by `distance`, which is less than 32. */
ISA_TARGET_AVX512VBMI static inline __m512i behind512(__m512i letters, __m512i next, short distance)
{
    static const uint16_t places[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                      16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
    __m512i from = _mm512_add_epi16(_mm512_loadu_si512(places), _mm512_set1_epi16(distance));
    return _mm512_permutex2var_epi16(letters, from, next);
}

/* The letters of 64 pairs, 32 in a vector. */
struct pairs512 {
    __m512i first[2], second[2];
};

ISA_TARGET_AVX512VBMI static inline struct pairs512 pair512(__m512i letters, __m512i next, __m512i last)
{
    const __m512i other = _mm512_set1_epi16((short)GATE_NOT_ASCII);
    struct pairs512 pairs = {{letters, next}, {behind512(letters, next, 1), behind512(next, last, 1)}};
    __mmask32 three = _mm512_testn_epi16_mask(_mm512_or_si512(letters, pairs.second[0]), other);
    __mmask32 next_three = _mm512_testn_epi16_mask(_mm512_or_si512(next, pairs.second[1]), other);
    if ((three | next_three) == 0)
        return pairs;
    pairs.second[0] = _mm512_mask_add_epi16(pairs.second[0], three, pairs.second[0],
                                            _mm512_slli_epi16(behind512(letters, next, 2), PAIR_THIRD_SHIFT));
    pairs.second[1] = _mm512_mask_add_epi16(pairs.second[1], next_three, pairs.second[1],
                                            _mm512_slli_epi16(behind512(next, last, 2), PAIR_THIRD_SHIFT));
    return pairs;
}

/* 64 of the low bytes of a hash, and of the high ones: those of both vectors in turn. */
struct bytes512 {
    __m512i low, high;
};

ISA_TARGET_AVX512VBMI static inline struct bytes512 hash512(const struct pairs512 *pairs, short by_first,
                                                            short by_second)
{
    const __mmask64 odd = UINT64_C(0xaaaaaaaaaaaaaaaa);
    __m512i hashes[2];
    for (int i = 0; i < 2; i++)
        hashes[i] = _mm512_add_epi16(_mm512_mullo_epi16(pairs->first[i], _mm512_set1_epi16(by_first)),
                                     _mm512_mullo_epi16(pairs->second[i], _mm512_set1_epi16(by_second)));
    return (struct bytes512){_mm512_mask_mov_epi8(hashes[0], odd, _mm512_slli_epi16(hashes[1], 8)),
                             _mm512_mask_mov_epi8(_mm512_srli_epi16(hashes[0], 8), odd, hashes[1])};
}

/* A set in tables of 64 bytes; two are looked up at once by seven bits. */
struct set512 {
    __m512i tables[GATE_SET_BYTES / PLACE_WORD];
};

ISA_TARGET_AVX512VBMI static inline struct set512 load512(const unsigned char bytes[GATE_SET_BYTES])
{
    struct set512 set;
    for (size_t i = 0; i < GATE_SET_BYTES / PLACE_WORD; i++)
        set.tables[i] = _mm512_loadu_si512(bytes + PLACE_WORD * i);
    return set;
}

/* Which of 64 pairs are in a set, given their places (gate_place_of). */
ISA_TARGET_AVX512VBMI static inline __mmask64 in_set512(struct set512 set, __m512i high, __m512i low)
{
    const __m512i bits = _mm512_set1_epi64((long long)0x8040201008040201); /* 1 << i % 8 */
    __mmask64 odd = _mm512_movepi8_mask(high);
    __m512i lower = _mm512_mask_blend_epi8(odd, _mm512_permutex2var_epi8(set.tables[0], high, set.tables[1]),
                                           _mm512_permutex2var_epi8(set.tables[2], high, set.tables[3]));
    __m512i upper = _mm512_mask_blend_epi8(odd, _mm512_permutex2var_epi8(set.tables[4], high, set.tables[5]),
                                           _mm512_permutex2var_epi8(set.tables[6], high, set.tables[7]));
    return _mm512_test_epi8_mask(_mm512_mask_blend_epi8(_mm512_movepi8_mask(low), lower, upper),
                                 _mm512_permutexvar_epi8(low, bits));
}

/* The bits of 64 places, of which the vectors had every other one. */
ISA_TARGET_AVX512VBMI static inline uint64_t in_order(__mmask64 bits)
{
    return _pext_u64(bits, UINT64_C(0x5555555555555555)) | _pext_u64(bits, UINT64_C(0xaaaaaaaaaaaaaaaa)) << HALF_WORD;
}

/* The letters from point `at` of `count` on. */
ISA_TARGET_AVX512VBMI static inline __m512i letters512(const uint32_t *points, size_t count, size_t at)
{
    return at < count ? lower_halves(points + at, count - at) : _mm512_setzero_si512();
}

/* Two of the sets stay in registers, of which there is one for each of their tables. */
ISA_TARGET_AVX512VBMI void gate_scan_avx512vbmi(const struct gate *gate, const uint32_t *points, size_t count,
                                                uint64_t *out)
{
    const struct set512 set = load512(gate->sets[0]), other_set = load512(gate->sets[1]);
    __m512i letters = letters512(points, count, 0);
    for (size_t i = 0; i < gate_words(count); i++) {
        __m512i next = letters512(points, count, i * PLACE_WORD + HALF_WORD);
        __m512i last = letters512(points, count, (i + 1) * PLACE_WORD);
        struct pairs512 pairs = pair512(letters, next, last);
        struct bytes512 hash = hash512(&pairs, (short)PAIR_FIRST, (short)PAIR_SECOND);
        struct bytes512 other = hash512(&pairs, (short)PAIR_OTHER_FIRST, (short)PAIR_OTHER_SECOND);
        out[i] = in_order(in_set512(set, hash.high, hash.low) & in_set512(other_set, other.high, other.low) &
                          in_set512(load512(gate->sets[2]), hash.low, other.high) &
                          in_set512(load512(gate->sets[3]), other.low, hash.high));
        letters = last;
    }
    for (size_t i = count > GATE_BEHIND ? count - GATE_BEHIND : 0; i < count; i++)
        if (gate_width(points + i, count - i) == 0)
            out[i / PLACE_WORD] &= ~(UINT64_C(1) << i % PLACE_WORD);
}
#endif

dedup_status gate_scan(const struct gate *gate, const uint32_t *points, size_t count, struct place_map *map,
                       dedup_error *error)
{
    TRY(place_map_reserve(map, count, error));
#ifdef ISA_X86
    if (isa_best() >= ISA_AVX512VBMI) {
        gate_scan_avx512vbmi(gate, points, count, map->words);
        return DEDUP_OK;
    }
    if (isa_best() >= ISA_AVX2) {
        gate_scan_avx2(gate, points, count, map->words);
        return DEDUP_OK;
    }
#endif
    gate_scan_scalar(gate, points, count, map->words);
    return DEDUP_OK;
}
