#include "clean/gate.h"

#include "base/failure.h"
#include "base/gather.h"

static uint64_t bit_at(const struct gate *gate, const uint32_t *points, size_t left)
{
    size_t width = gate_width(points, left);
    return width != 0 && gate_has(gate, gate_hash(points, width));
}

void gate_scan_scalar(const struct gate *gate, const uint32_t *points, size_t words, uint64_t *out)
{
    for (size_t i = 0; i < words; i++, points += PLACE_WORD) {
        uint64_t word = 0;
        for (size_t j = 0; j < PLACE_WORD; j++)
            word |= bit_at(gate, points + j, 1 + GATE_BEHIND) << j;
        out[i] = word;
    }
}

#ifdef ISA_X86
ISA_TARGET_AVX2 static inline uint64_t eight_bits(const struct gate *gate, const uint32_t *points)
{
    __m256i first = _mm256_loadu_si256((const __m256i *)(const void *)points);
    __m256i second = _mm256_loadu_si256((const __m256i *)(const void *)(points + 1));
    __m256i third = _mm256_loadu_si256((const __m256i *)(const void *)(points + 2));
    __m256i three = _mm256_cmpgt_epi32(_mm256_set1_epi32(0x80), _mm256_or_si256(first, second));
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

ISA_TARGET_AVX512 static inline uint64_t sixteen_bits(const struct gate *gate, const uint32_t *points)
{
    __m512i first = _mm512_loadu_si512(points);
    __m512i second = _mm512_loadu_si512(points + 1);
    __m512i third = _mm512_loadu_si512(points + 2);
    __mmask16 three = _mm512_cmplt_epu32_mask(_mm512_or_si512(first, second), _mm512_set1_epi32(0x80));
    __m512i sum = _mm512_add_epi32(_mm512_mullo_epi32(first, _mm512_set1_epi32((int)GATE_FIRST)),
                                   _mm512_mullo_epi32(second, _mm512_set1_epi32((int)GATE_SECOND)));
    third = _mm512_mullo_epi32(third, _mm512_set1_epi32((int)GATE_THIRD));
    sum = _mm512_mask_add_epi32(sum, three, sum, third);
    __m512i one = _mm512_set1_epi32(1), places = _mm512_set1_epi32(31);
    __m512i word = gather_32(gate->words, _mm512_srli_epi32(sum, 32 - GATE_WORD_BITS));
    __m512i hash = _mm512_srli_epi32(sum, 32 - GATE_HASH_BITS);
    __m512i bits =
        _mm512_or_si512(_mm512_sllv_epi32(one, _mm512_and_si512(hash, places)),
                        _mm512_sllv_epi32(one, _mm512_and_si512(_mm512_srli_epi32(hash, GATE_PLACE_BITS), places)));
    __m512i closed = _mm512_andnot_si512(word, bits);
    return _mm512_testn_epi32_mask(closed, closed);
}

ISA_TARGET_AVX512 void gate_scan_avx512(const struct gate *gate, const uint32_t *points, size_t words, uint64_t *out)
{
    for (size_t i = 0; i < words; i++, points += PLACE_WORD)
        out[i] = sixteen_bits(gate, points) | sixteen_bits(gate, points + 16) << 16 |
                 sixteen_bits(gate, points + 32) << 32 | sixteen_bits(gate, points + 48) << 48;
}
#endif

static void scan_words(const struct gate *gate, const uint32_t *points, size_t words, uint64_t *out)
{
#ifdef ISA_X86
    if (isa_best() >= ISA_AVX512) {
        gate_scan_avx512(gate, points, words, out);
        return;
    }
    if (isa_best() >= ISA_AVX2) {
        gate_scan_avx2(gate, points, words, out);
        return;
    }
#endif
    gate_scan_scalar(gate, points, words, out);
}

dedup_status gate_scan(const struct gate *gate, const uint32_t *points, size_t count, struct place_map *map,
                       dedup_error *error)
{
    size_t whole = count > GATE_BEHIND ? (count - GATE_BEHIND) / PLACE_WORD : 0;
    TRY(place_map_reserve(map, count, error));
    scan_words(gate, points, whole, map->words);
    for (size_t at = whole * PLACE_WORD; at < count; at += PLACE_WORD) {
        uint64_t word = 0;
        for (size_t i = at; i < count && i < at + PLACE_WORD; i++)
            word |= bit_at(gate, points + i, count - i) << (i - at);
        map->words[at / PLACE_WORD] = word;
    }
    return DEDUP_OK;
}
