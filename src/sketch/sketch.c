#include "sketch/sketch.h"

#include <math.h>
#include <stdbool.h>

#ifdef ISA_X86
#include <immintrin.h>
#endif

/* The bits of a hash below those that choose the group. */
enum { GROUP_SHIFT = 60 };

/* Odd multipliers from a SplitMix64 stream. */
static const uint32_t multiplier[SKETCH_LANES] = {0x9237e547, 0x1e4c69b5, 0x04406b93, 0xcfd93125,
                                                  0xf978c49d, 0x8af08a75, 0x973df779, 0x46514ecb};

static const uint64_t key_multiplier = 0x9e3779b97f4a7c15;

void sketch_clear(struct sketch *sketch)
{
    memset(sketch, 0xff, sizeof *sketch);
}

/* The key hash of a stretch can be summed up in columns, which do not wait for each other: hash i in column i %
 * COLUMNS, each column like a stretch of its own, with zeros behind the last hash. */
enum { COLUMNS = 4 };

struct columns {
    uint64_t sums[COLUMNS], prefixes[COLUMNS];
};

static inline void join_columns(struct key_hash *key, const struct columns *columns, size_t count, size_t zeros)
{
    struct key_hash stretch = {.count = count};
    for (uint64_t j = 0; j < COLUMNS; j++) {
        stretch.sum += columns->sums[j];
        stretch.prefix += COLUMNS * columns->prefixes[j] - j * columns->sums[j];
    }
    stretch.prefix -= stretch.sum * zeros;
    key_hash_join(key, &stretch);
}

/* Compiled once per instruction set; compilers vectorise it. */
static inline ISA_INLINE void add_to_key(struct key_hash *key, const uint64_t *hashes, size_t count)
{
    struct columns columns = {0};
    size_t i = 0;
    for (; i + COLUMNS <= count; i += COLUMNS) {
        for (size_t j = 0; j < COLUMNS; j++) {
            columns.sums[j] += hashes[i + j];
            columns.prefixes[j] += columns.sums[j];
        }
    }
    join_columns(key, &columns, i, 0);
    for (; i < count; i++) {
        key->sum += hashes[i];
        key->prefix += key->sum;
        key->count++;
    }
}

/* A form that compilers vectorise: the lanes are nowhere else. */
static void update_plain(struct sketch *sketch, const uint64_t *hashes, size_t count, struct key_hash *key)
{
    uint32_t *restrict minima = sketch->lanes;
    add_to_key(key, hashes, count);
    for (size_t i = 0; i < count; i++) {
        uint32_t *lanes = minima + (hashes[i] >> GROUP_SHIFT) * SKETCH_LANES, x = (uint32_t)hashes[i];
        ISA_KEEP_LOOP
        for (size_t lane = 0; lane < SKETCH_LANES; lane++) {
            uint32_t value = x * multiplier[lane], least = lanes[lane];
            lanes[lane] = value < least ? value : least;
        }
    }
}

#ifdef ISA_X86
/* The minima of the group that a hash chooses, by the upper half of its last byte. */
static inline void *group_of(struct sketch *sketch, const uint64_t *hash)
{
    return sketch->lanes + (((const unsigned char *)hash)[7] & 0xf0u) / 16 * SKETCH_LANES;
}

/* Four products of four lanes of 32 bits; only SSE4 has them in one. */
static inline __m128i products_sse2(__m128i x, const __m128i *factors)
{
    __m128 low = _mm_castsi128_ps(_mm_mul_epu32(x, factors[0]));
    __m128 high = _mm_castsi128_ps(_mm_mul_epu32(x, factors[1]));
    return _mm_castps_si128(_mm_shuffle_ps(low, high, 0x88));
}

static inline __m128i least_sse2(__m128i a, __m128i b)
{
    const __m128i sign = _mm_set1_epi32(INT32_MIN); /* the comparison is one of signed words */
    __m128i above = _mm_cmpgt_epi32(_mm_xor_si128(a, sign), _mm_xor_si128(b, sign));
    return _mm_xor_si128(a, _mm_and_si128(_mm_xor_si128(a, b), above));
}

static void update_sse2(struct sketch *sketch, const uint64_t *hashes, size_t count, struct key_hash *key)
{
    __m128i factors[SKETCH_LANES / 2];
    for (size_t i = 0; i < SKETCH_LANES / 2; i++)
        factors[i] = _mm_set_epi64x(multiplier[2 * i + 1], multiplier[2 * i]);
    add_to_key(key, hashes, count);
    for (size_t i = 0; i < count; i++) {
        __m128i *lanes = group_of(sketch, hashes + i);
        __m128i x = _mm_shuffle_epi32(_mm_cvtsi32_si128((int)hashes[i]), 0);
        for (size_t j = 0; j < SKETCH_LANES / 4; j++)
            _mm_store_si128(lanes + j, least_sse2(_mm_load_si128(lanes + j), products_sse2(x, factors + 2 * j)));
    }
}

ISA_TARGET_SSE42 static void update_sse42(struct sketch *sketch, const uint64_t *hashes, size_t count,
                                          struct key_hash *key)
{
    const __m128i *factors = (const __m128i *)(const void *)multiplier;
    const __m128i low = _mm_loadu_si128(factors), high = _mm_loadu_si128(factors + 1);
    add_to_key(key, hashes, count);
    for (size_t i = 0; i < count; i++) {
        __m128i *lanes = group_of(sketch, hashes + i);
        __m128i x = _mm_shuffle_epi32(_mm_cvtsi32_si128((int)hashes[i]), 0);
        _mm_store_si128(lanes, _mm_min_epu32(_mm_mullo_epi32(x, low), _mm_load_si128(lanes)));
        _mm_store_si128(lanes + 1, _mm_min_epu32(_mm_mullo_epi32(x, high), _mm_load_si128(lanes + 1)));
    }
}

/* The low half of a hash comes straight from memory to all lanes. `from` and `to` are one sketch: of two addresses each
 * is added to the place of the group by the instruction that uses it. */
static inline ISA_INLINE ISA_TARGET_AVX2 void lower_avx2(const struct sketch *from, struct sketch *to,
                                                         const uint64_t *hash, __m256i factors)
{
    _Static_assert(sizeof factors == 2 * 16, "the upper half of the last byte is 16 times the group");
    size_t group = 2 * (size_t)(((const unsigned char *)hash)[7] & 0xf0u);
    __m256i products = _mm256_mullo_epi32(_mm256_broadcastd_epi32(_mm_loadu_si32(hash)), factors);
    const __m256i *least = (const __m256i *)(const void *)((const unsigned char *)from + group);
    _mm256_store_si256((__m256i *)(void *)((unsigned char *)to + group),
                       _mm256_min_epu32(products, _mm256_load_si256(least)));
}

/* How many hashes there are cannot be predicted: those behind the last four are not taken one by one, but in four of
 * which some were taken before, which does minima no harm, and as columns with zeros behind them. Compiled once per
 * instruction set: AVX-512 has products with a number in memory. */
static inline ISA_INLINE ISA_TARGET_AVX2 void update_four(const struct sketch *from, struct sketch *to,
                                                          const uint64_t *hashes, size_t count, struct key_hash *key)
{
    static const int64_t masks[2 * COLUMNS] = {-1, -1, -1, -1, 0, 0, 0, 0};
    const __m256i factors = _mm256_loadu_si256((const __m256i *)(const void *)multiplier);
    __m256i sums = _mm256_setzero_si256(), prefixes = sums;
    size_t i = 0;
    for (; i + COLUMNS <= count; i += COLUMNS) {
        sums = _mm256_add_epi64(sums, _mm256_loadu_si256((const __m256i *)(const void *)(hashes + i)));
        prefixes = _mm256_add_epi64(prefixes, sums);
        for (size_t j = 0; j < COLUMNS; j++)
            lower_avx2(from, to, hashes + i + j, factors);
    }
    __m256i mask = _mm256_loadu_si256((const __m256i *)(const void *)(masks + COLUMNS - (count - i)));
    sums = _mm256_add_epi64(sums, _mm256_maskload_epi64((const long long *)(const void *)(hashes + i), mask));
    prefixes = _mm256_add_epi64(prefixes, sums);
    for (size_t j = 0; i != 0 && i < count && j < COLUMNS; j++)
        lower_avx2(from, to, hashes + count - COLUMNS + j, factors);
    for (; i < count && count < COLUMNS; i++)
        lower_avx2(from, to, hashes + i, factors);
    struct columns columns;
    _mm256_storeu_si256((__m256i *)(void *)columns.sums, sums);
    _mm256_storeu_si256((__m256i *)(void *)columns.prefixes, prefixes);
    join_columns(key, &columns, count, COLUMNS - count % COLUMNS);
}

ISA_TARGET_AVX2 static void update_avx2(const struct sketch *from, struct sketch *to, const uint64_t *hashes,
                                        size_t count, struct key_hash *key)
{
    update_four(from, to, hashes, count, key);
}

ISA_TARGET_AVX512 static void update_avx512(const struct sketch *from, struct sketch *to, const uint64_t *hashes,
                                            size_t count, struct key_hash *key)
{
    update_four(from, to, hashes, count, key);
}
#endif

void sketch_update_by(enum isa isa, struct sketch *sketch, const uint64_t *hashes, size_t count, struct key_hash *key)
{
#ifdef ISA_X86
    if (isa >= ISA_AVX512)
        update_avx512(sketch, sketch, hashes, count, key);
    else if (isa >= ISA_AVX2)
        update_avx2(sketch, sketch, hashes, count, key);
    else if (isa >= ISA_SSE42)
        update_sse42(sketch, hashes, count, key);
    else if (isa >= ISA_SSE2)
        update_sse2(sketch, hashes, count, key);
    else
#endif
        update_plain(sketch, hashes, count, key);
}

void sketch_update(struct sketch *sketch, const uint64_t *hashes, size_t count, struct key_hash *key)
{
    sketch_update_by(isa_best(), sketch, hashes, count, key);
}

/* Compiled once per instruction set; compilers vectorise it. */
static inline ISA_INLINE void drain(struct sketch *sketch, struct sketch *others, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t lane = 0; lane < SKETCH_MINIMA; lane++) {
            uint32_t mine = sketch->lanes[lane], theirs = others[i].lanes[lane];
            sketch->lanes[lane] = theirs < mine ? theirs : mine;
        }
        sketch_clear(&others[i]);
    }
}

static void drain_plain(struct sketch *sketch, struct sketch *others, size_t count)
{
    drain(sketch, others, count);
}

#ifdef ISA_X86
ISA_TARGET_SSE42 static void drain_sse42(struct sketch *sketch, struct sketch *others, size_t count)
{
    drain(sketch, others, count);
}

/* In two halves, whose minima stay in registers. */
ISA_TARGET_AVX2 static void drain_avx2(struct sketch *sketch, struct sketch *others, size_t count)
{
    enum { HALF = SKETCH_MINIMA / SKETCH_LANES / 2 };
    for (size_t begin = 0; begin < SKETCH_MINIMA; begin += HALF * SKETCH_LANES) {
        __m256i least[HALF], *mine = (__m256i *)(void *)(sketch->lanes + begin);
        for (size_t v = 0; v < HALF; v++)
            least[v] = _mm256_load_si256(mine + v);
        for (size_t i = 0; i < count; i++) {
            __m256i *theirs = (__m256i *)(void *)(others[i].lanes + begin);
            for (size_t v = 0; v < HALF; v++) {
                least[v] = _mm256_min_epu32(least[v], _mm256_load_si256(theirs + v));
                _mm256_store_si256(theirs + v, _mm256_set1_epi32(-1));
            }
        }
        for (size_t v = 0; v < HALF; v++)
            _mm256_store_si256(mine + v, least[v]);
    }
}

/* Vectors of AVX-512. */
enum { VECTOR_LANES = 16, VECTORS = SKETCH_MINIMA / VECTOR_LANES };

/* All minima stay in registers. */
ISA_TARGET_AVX512 static void drain_avx512(struct sketch *sketch, struct sketch *others, size_t count)
{
    __m512i least[VECTORS];
    for (size_t v = 0; v < VECTORS; v++)
        least[v] = _mm512_load_si512(sketch->lanes + v * VECTOR_LANES);
    for (size_t i = 0; i < count; i++) {
        for (size_t v = 0; v < VECTORS; v++) {
            uint32_t *lanes = others[i].lanes + v * VECTOR_LANES;
            least[v] = _mm512_min_epu32(least[v], _mm512_load_si512(lanes));
            _mm512_store_si512(lanes, _mm512_set1_epi32(-1));
        }
    }
    for (size_t v = 0; v < VECTORS; v++)
        _mm512_store_si512(sketch->lanes + v * VECTOR_LANES, least[v]);
}
#endif

void sketch_drain_by(enum isa isa, struct sketch *sketch, struct sketch *others, size_t count)
{
#ifdef ISA_X86
    if (isa >= ISA_AVX512)
        drain_avx512(sketch, others, count);
    else if (isa >= ISA_AVX2)
        drain_avx2(sketch, others, count);
    else if (isa >= ISA_SSE42)
        drain_sse42(sketch, others, count);
    else
#endif
        drain_plain(sketch, others, count);
}

void sketch_drain(struct sketch *sketch, struct sketch *others, size_t count)
{
    sketch_drain_by(isa_best(), sketch, others, count);
}

/* What has been given out while a layout is made. */
struct layout_state {
    unsigned uses[SKETCH_GROUPS];                /* lanes given out per group */
    unsigned met[SKETCH_GROUPS][SKETCH_GROUPS];  /* bands in which two groups meet */
    unsigned chosen[ROWS_MAXIMUM], chosen_count; /* groups of the band in work, each once */
};

static bool is_chosen(const struct layout_state *state, unsigned group)
{
    for (unsigned i = 0; i < state->chosen_count; i++)
        if (state->chosen[i] == group)
            return true;
    return false;
}

/* The group of the next row: even use of all lanes first, then groups that have met those of this band least. A group
 * that the band has already is preferred when `again` is true, avoided when it is false. */
static unsigned choose_group(const struct layout_state *state, unsigned band, bool again)
{
    unsigned best = 0, best_score = UINT32_MAX;
    for (unsigned i = 0; i < SKETCH_GROUPS; i++) {
        unsigned group = (i + band * 3) % SKETCH_GROUPS;
        unsigned score = 8 * state->uses[group];
        for (unsigned j = 0; j < state->chosen_count; j++)
            score += 3 * state->met[group][state->chosen[j]];
        if (is_chosen(state, group) != again)
            score += 1024;
        if (state->uses[group] >= SKETCH_LANES)
            score += 65536;
        if (score < best_score) {
            best_score = score;
            best = group;
        }
    }
    return best;
}

void sketch_layout_init(struct sketch_layout *layout, struct band_plan plan)
{
    *layout = (struct sketch_layout){.plan = plan};
    struct layout_state state = {0};
    for (unsigned band = 0; band < plan.bands; band++) {
        state.chosen_count = 0;
        for (unsigned row = 0; row < plan.rows; row++) {
            unsigned group = choose_group(&state, band, row >= GROUPS_PER_BAND);
            layout->lanes[band * plan.rows + row] = (uint8_t)(group * SKETCH_LANES + state.uses[group]++);
            if (!is_chosen(&state, group)) {
                for (unsigned i = 0; i < state.chosen_count; i++) {
                    state.met[group][state.chosen[i]]++;
                    state.met[state.chosen[i]][group]++;
                }
                state.chosen[state.chosen_count++] = group;
            }
        }
        for (unsigned row = 0; row < plan.rows; row++)
            layout->columns[row * plan.bands + band] = layout->lanes[band * plan.rows + row];
    }
}

/* Two lanes in a word; an empty one takes the place of a second that is not there. */
static inline uint64_t lane_pair(const struct sketch *sketch, const uint8_t *lane, bool both)
{
    return sketch->lanes[lane[0]] | (uint64_t)(both ? sketch->lanes[lane[1]] : UINT32_MAX) << 32;
}

/* Always in line, so that the usual number of rows can be a constant. */
static inline ISA_INLINE void keys_of(const struct sketch *sketch, const struct sketch_layout *layout, unsigned rows,
                                      uint64_t salt, uint32_t *keys)
{
    const uint8_t *lane = layout->lanes;
    uint64_t number = 0;
    for (unsigned band = 0; band < layout->plan.bands; band++, lane += rows) {
        uint64_t key = salt ^ (number += key_multiplier), all = UINT64_MAX;
        for (unsigned row = 0; row < rows; row += 2) {
            uint64_t pair = lane_pair(sketch, lane + row, row + 1 < rows);
            all &= pair;
            key = (key ^ pair) * key_multiplier;
            key ^= key >> 32;
        }
        keys[band] = all != UINT64_MAX ? (uint32_t)(key >> 32) + (key >> 32 == 0) : 0;
    }
}

static void keys_plain(const struct sketch *sketch, const struct sketch_layout *layout, uint64_t salt, uint32_t *keys)
{
    if (layout->plan.rows == 4)
        keys_of(sketch, layout, 4, salt, keys);
    else
        keys_of(sketch, layout, layout->plan.rows, salt, keys);
}

#ifdef ISA_X86
/* Looks up 16 of the 128 lanes; `all` are the vectors of these. */
ISA_TARGET_AVX512 static inline __m512i pick_lanes(const __m512i *all, const uint8_t *lanes)
{
    __m512i places = _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(const void *)lanes));
    __mmask16 second = _mm512_test_epi32_mask(places, _mm512_set1_epi32(32));
    __mmask16 upper = _mm512_test_epi32_mask(places, _mm512_set1_epi32(64));
    __m512i a = _mm512_permutex2var_epi32(all[0], places, all[1]);
    __m512i b = _mm512_permutex2var_epi32(all[2], places, all[3]);
    __m512i c = _mm512_permutex2var_epi32(all[4], places, all[5]);
    __m512i d = _mm512_permutex2var_epi32(all[6], places, all[7]);
    return _mm512_mask_blend_epi32(upper, _mm512_mask_blend_epi32(second, a, b), _mm512_mask_blend_epi32(second, c, d));
}

ISA_TARGET_AVX512 static inline __m512i mix_pair(__m512i key, __m512i pair)
{
    key = _mm512_mullo_epi64(_mm512_xor_si512(key, pair), _mm512_set1_epi64((long long)key_multiplier));
    return _mm512_xor_si512(key, _mm512_srli_epi64(key, 32));
}

/* Sixteen words, one for each band, in the order in which unpacking leaves them. */
struct words {
    __m512i low, high;
};

/* Their upper halves, band by band. */
ISA_TARGET_AVX512 static inline __m512i upper_halves(struct words words)
{
    const __m512i order = _mm512_setr_epi32(1, 3, 17, 19, 5, 7, 21, 23, 9, 11, 25, 27, 13, 15, 29, 31);
    return _mm512_permutex2var_epi32(words.low, order, words.high);
}

/* The keys of up to 16 bands from `band` on; more are written, up to 16. */
ISA_TARGET_AVX512 static inline ISA_INLINE void keys_avx512(const struct sketch *sketch,
                                                            const struct sketch_layout *layout, unsigned rows,
                                                            unsigned band, uint64_t salt, uint32_t *keys)
{
    const __m512i none = _mm512_set1_epi64(-1), step = _mm512_set1_epi64((long long)key_multiplier);
    const __m512i low_bands = _mm512_setr_epi64(1, 2, 5, 6, 9, 10, 13, 14), two = _mm512_set1_epi64(2);
    const __m512i salts = _mm512_set1_epi64((long long)salt), least = _mm512_set1_epi64((long long)1 << 32);
    const __m512i numbers = _mm512_add_epi64(low_bands, _mm512_set1_epi64(band));
    const unsigned bands = layout->plan.bands;
    __m512i minima[VECTORS];
    for (size_t i = 0; i < VECTORS; i++)
        minima[i] = _mm512_load_si512(sketch->lanes + i * VECTOR_LANES);
    struct words all = {none, none};
    struct words key = {
        _mm512_xor_si512(salts, _mm512_mullo_epi64(numbers, step)),
        _mm512_xor_si512(salts, _mm512_mullo_epi64(_mm512_add_epi64(numbers, two), step)),
    };
    for (unsigned row = 0; row < rows; row += 2) {
        const uint8_t *lanes = layout->columns + row * bands + band;
        __m512i first = pick_lanes(minima, lanes), second = row + 1 < rows ? pick_lanes(minima, lanes + bands) : none;
        struct words pair = {_mm512_unpacklo_epi32(first, second), _mm512_unpackhi_epi32(first, second)};
        all.low = _mm512_and_si512(all.low, pair.low);
        all.high = _mm512_and_si512(all.high, pair.high);
        key.low = mix_pair(key.low, pair.low);
        key.high = mix_pair(key.high, pair.high);
    }
    key.low = _mm512_maskz_max_epu64(_mm512_cmpneq_epi64_mask(all.low, none), key.low, least);
    key.high = _mm512_maskz_max_epu64(_mm512_cmpneq_epi64_mask(all.high, none), key.high, least);
    _mm512_storeu_si512(keys, upper_halves(key));
}

ISA_TARGET_AVX512 static void all_keys_avx512(const struct sketch *sketches, size_t count,
                                              const struct sketch_layout *layout, const uint64_t *salts, uint32_t *keys)
{
    const unsigned bands = layout->plan.bands, rows = layout->plan.rows;
    if (rows == 4 && bands <= VECTOR_LANES) { /* as usual: what does not depend on the sketch is made once */
        for (size_t i = 0; i < count; i++)
            keys_avx512(&sketches[i], layout, 4, 0, salts[i], keys + i * bands);
        return;
    }
    for (size_t i = 0; i < count; i++)
        for (unsigned band = 0; band < bands; band += VECTOR_LANES)
            keys_avx512(&sketches[i], layout, rows, band, salts[i], keys + i * bands + band);
}
#endif

void sketch_keys_by(enum isa isa, const struct sketch *sketches, size_t count, const struct sketch_layout *layout,
                    const uint64_t *salts, uint32_t *keys)
{
#ifdef ISA_X86
    if (isa >= ISA_AVX512) {
        all_keys_avx512(sketches, count, layout, salts, keys);
        return;
    }
#endif
    (void)isa;
    for (size_t i = 0; i < count; i++)
        keys_plain(&sketches[i], layout, salts[i], keys + i * layout->plan.bands);
}

void sketch_keys(const struct sketch *sketches, size_t count, const struct sketch_layout *layout, const uint64_t *salts,
                 uint32_t *keys)
{
    sketch_keys_by(isa_best(), sketches, count, layout, salts, keys);
}

static const uint32_t signature_factor = 0x9e3779b1;

static struct signature signature_plain(const struct sketch *sketch)
{
    struct signature signature = {{{0}}};
    for (size_t lane = 0; lane < SKETCH_MINIMA; lane++) {
        uint32_t bits = sketch->lanes[lane] * signature_factor >> 30;
        signature.planes[0][lane / 32] |= (bits & 1) << lane % 32;
        signature.planes[1][lane / 32] |= (bits >> 1) << lane % 32;
    }
    return signature;
}

#ifdef ISA_X86
/* The highest bits of 32 lanes. */
static inline uint32_t high_bits_sse2(const __m128i *lanes)
{
    __m128i low = _mm_packs_epi16(_mm_packs_epi32(lanes[0], lanes[1]), _mm_packs_epi32(lanes[2], lanes[3]));
    __m128i high = _mm_packs_epi16(_mm_packs_epi32(lanes[4], lanes[5]), _mm_packs_epi32(lanes[6], lanes[7]));
    return (uint32_t)_mm_movemask_epi8(low) | (uint32_t)_mm_movemask_epi8(high) << 16;
}

static struct signature signature_sse2(const struct sketch *sketch)
{
    const __m128i factor = _mm_set1_epi32((int)signature_factor);
    struct signature signature;
    for (size_t word = 0; word < 4; word++) {
        __m128i mixed[8];
        for (size_t i = 0; i < 8; i++) {
            __m128i lanes = _mm_load_si128((const __m128i *)(const void *)(sketch->lanes + 32 * word + 4 * i));
            __m128i even = _mm_mul_epu32(lanes, factor), odd = _mm_mul_epu32(_mm_srli_epi64(lanes, 32), factor);
            mixed[i] = _mm_unpacklo_epi32(_mm_shuffle_epi32(even, 8), _mm_shuffle_epi32(odd, 8));
        }
        signature.planes[1][word] = high_bits_sse2(mixed);
        for (size_t i = 0; i < 8; i++)
            mixed[i] = _mm_slli_epi32(mixed[i], 1);
        signature.planes[0][word] = high_bits_sse2(mixed);
    }
    return signature;
}

/* The highest bits of eight lanes. */
ISA_TARGET_AVX2 static inline uint32_t high_bits(__m256i lanes)
{
    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(lanes));
}

ISA_TARGET_AVX2 static struct signature signature_avx2(const struct sketch *sketch)
{
    const __m256i factor = _mm256_set1_epi32((int)signature_factor);
    struct signature signature = {{{0}}};
    for (size_t lane = 0; lane < SKETCH_MINIMA; lane += 8) {
        const __m256i *lanes = (const __m256i *)(const void *)(sketch->lanes + lane);
        __m256i mixed = _mm256_mullo_epi32(_mm256_load_si256(lanes), factor);
        signature.planes[1][lane / 32] |= high_bits(mixed) << lane % 32;
        signature.planes[0][lane / 32] |= high_bits(_mm256_slli_epi32(mixed, 1)) << lane % 32;
    }
    return signature;
}

ISA_TARGET_AVX512 static struct signature signature_avx512(const struct sketch *sketch)
{
    const __m512i factor = _mm512_set1_epi32((int)signature_factor);
    struct signature signature;
    for (size_t word = 0; word < 4; word++) {
        __m512i first = _mm512_mullo_epi32(_mm512_load_si512(sketch->lanes + 32 * word), factor);
        __m512i second = _mm512_mullo_epi32(_mm512_load_si512(sketch->lanes + 32 * word + VECTOR_LANES), factor);
        signature.planes[1][word] = _mm512_movepi32_mask(first) | (uint32_t)_mm512_movepi32_mask(second) << 16;
        first = _mm512_slli_epi32(first, 1);
        second = _mm512_slli_epi32(second, 1);
        signature.planes[0][word] = _mm512_movepi32_mask(first) | (uint32_t)_mm512_movepi32_mask(second) << 16;
    }
    return signature;
}
#endif

struct signature signature_by(enum isa isa, const struct sketch *sketch)
{
#ifdef ISA_X86
    if (isa >= ISA_AVX512)
        return signature_avx512(sketch);
    if (isa >= ISA_AVX2)
        return signature_avx2(sketch);
    if (isa >= ISA_SSE2)
        return signature_sse2(sketch);
#endif
    (void)isa;
    return signature_plain(sketch);
}

struct signature signature_of(const struct sketch *sketch)
{
    return signature_by(isa_best(), sketch);
}

/* The lanes of a group agree or differ together in part, which spreads the agreement more than a binomial. */
static const double spread = 1.15;

unsigned signature_cut(double threshold)
{
    double agree = threshold + (1 - threshold) / 4;
    double sigma = sqrt(BAND_LANES_MAXIMUM * agree * (1 - agree));
    double cut = floor(BAND_LANES_MAXIMUM * agree - 4 * spread * sigma);
    return cut > 0 ? (unsigned)cut : 0;
}
