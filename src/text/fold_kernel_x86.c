#include "text/fold_kernel.h"

#ifdef ISA_X86

#include <immintrin.h>
#include <stdbool.h>
#include <string.h>

#include "base/front.h"
#include "text/fold_shapes.h"
#include "text/fold_table.h"

/* What 64 values are, a bit for each. */
struct word {
    uint64_t kept, breaks, sentences, symbols, stops;
    uint64_t inserts; /* above FOLD_BREAK */
};

/* Where packing stands. */
struct packing {
    struct fold_end *end; /* the next one */
    uint64_t counts;
    size_t last; /* the values before it are packed */
};

static inline ISA_INLINE uint64_t count_below(const struct word *word, uint64_t below)
{
    return (uint64_t)__builtin_popcountll(word->kept & below) << FOLD_COUNT_KEPT |
           (uint64_t)__builtin_popcountll(word->symbols & below) << FOLD_COUNT_SYMBOLS |
           (uint64_t)__builtin_popcountll(word->sentences & below) << FOLD_COUNT_SENTENCES |
           (uint64_t)__builtin_popcountll(word->stops & below) << FOLD_COUNT_STOPS;
}

/* Leaves of the word that begins with value `at` what comes before the last value and the first insert. */
static inline ISA_INLINE void limit_word(struct word *word, size_t at, struct packing *packing)
{
    uint64_t there = packing->last - at < 64 ? ((uint64_t)1 << (packing->last - at)) - 1 : ~(uint64_t)0;
    uint64_t inserts = word->inserts & there;
    if (inserts != 0) {
        packing->last = at + (size_t)__builtin_ctzll(inserts);
        there = (inserts & (~inserts + 1)) - 1;
    }
    word->kept &= there;
    word->breaks &= there;
    word->sentences &= there;
    word->symbols &= there;
    word->stops &= there;
}

/* Writes the ends of the word that begins with value `at`. Whether a word has none, one or two cannot be predicted, so
 * two are always written, of which some may not count. */
static inline ISA_INLINE void add_ends(const struct word *word, size_t at, struct packing *packing)
{
    struct fold_end *end = packing->end;
    packing->end += __builtin_popcountll(word->breaks);
    uint64_t rest = word->breaks;
    do {
        for (int i = 0; i < 2; i++, rest &= rest - 1, end++) {
            uint64_t lowest = rest & (~rest + 1);
            end->counts = packing->counts + count_below(word, lowest - 1);
            end->point = at + (size_t)__builtin_popcountll(lowest - 1);
        }
    } while (rest != 0);
    packing->counts += count_below(word, ~(uint64_t)0);
}

static inline ISA_INLINE void end_packing(struct fold_block *block, const struct packing *packing)
{
    *packing->end = (struct fold_end){packing->counts, packing->last};
    block->end_count = (size_t)(packing->end - block->ends);
}

/* AVX-512 VBMI2: the places of all lead bytes are compressed to the front of a register and fetch the bytes of their
 * sequences by permutation, so that code points of all lengths cost the same. */
enum { STRIDE = 62 /* leads of a load of 64 bytes for which all bytes of 3 are there */ };

/* A 16-bit lane for each sequence: its code point from its three bytes, FOLD_FAR's place if it has four. `pairs` has
 * the place of the lead twice in each lane; `rare`: some sequence has two or four bytes. */
ISA_TARGET_AVX512VBMI static inline __m512i assemble(__m512i pairs, __m512i bytes, bool rare)
{
    const __mmask64 even = 0x5555555555555555;
    __m512i lead = _mm512_maskz_permutexvar_epi8(even, pairs, bytes);
    __m512i tail = _mm512_permutexvar_epi8(_mm512_add_epi8(pairs, _mm512_set1_epi16(0x0102)), bytes);
    __m512i low = _mm512_maddubs_epi16(_mm512_and_si512(tail, _mm512_set1_epi8(0x3f)), _mm512_set1_epi16(0x4001));
    __m512i points = _mm512_or_si512(_mm512_slli_epi16(lead, 12), low);
    if (rare) {
        __m512i two = _mm512_or_si512(_mm512_slli_epi16(_mm512_and_si512(lead, _mm512_set1_epi16(0x1f)), 6),
                                      _mm512_srli_epi16(low, 6));
        points = _mm512_mask_mov_epi16(points, _mm512_cmplt_epu16_mask(lead, _mm512_set1_epi16(0xe0)), two);
        points = _mm512_mask_mov_epi16(points, _mm512_cmpge_epu16_mask(lead, _mm512_set1_epi16(0xf0)),
                                       _mm512_set1_epi16((short)FOLD_FAR_POINT));
    }
    return _mm512_mask_mov_epi16(points, _mm512_cmplt_epu16_mask(lead, _mm512_set1_epi16(0x80)), lead);
}

/* Each byte of a half twice. */
ISA_TARGET_AVX512VBMI static inline __m512i twice(__m512i places, int half)
{
    const __m512i low = _mm512_set_epi8(31, 31, 30, 30, 29, 29, 28, 28, 27, 27, 26, 26, 25, 25, 24, 24, 23, 23, 22, 22,
                                        21, 21, 20, 20, 19, 19, 18, 18, 17, 17, 16, 16, 15, 15, 14, 14, 13, 13, 12, 12,
                                        11, 11, 10, 10, 9, 9, 8, 8, 7, 7, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 0, 0);
    return _mm512_permutexvar_epi8(_mm512_add_epi8(low, _mm512_set1_epi8((char)(32 * half))), places);
}

ISA_TARGET_AVX512VBMI static inline void decode_leads(__m512i bytes, __mmask64 leads, size_t at,
                                                      struct fold_block *block)
{
    const __m512i iota =
        _mm512_set_epi8(63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40,
                        39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16,
                        15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    const __m512i base = _mm512_set1_epi16((short)at), byte = _mm512_set1_epi16(0xff);
    __m512i upper = _mm512_and_si512(bytes, _mm512_set1_epi8((char)0xf0));
    bool rare =
        (_mm512_cmpneq_epi8_mask(upper, _mm512_set1_epi8((char)0xe0)) & _mm512_movepi8_mask(bytes) & leads) != 0;
    __m512i places = _mm512_maskz_compress_epi8(leads, iota);
    size_t count = (size_t)_mm_popcnt_u64(leads);
    for (int half = 0; half < 1 + (count > 32); half++) {
        __m512i pairs = twice(places, half);
        size_t begin = block->count + 32 * (size_t)half;
        _mm512_storeu_si512(block->values + begin, assemble(pairs, bytes, rare));
        _mm512_storeu_si512(block->places + begin, _mm512_add_epi16(_mm512_and_si512(pairs, byte), base));
    }
    block->count += count;
}

ISA_TARGET_AVX512VBMI static size_t decode_avx512vbmi(const unsigned char *text, size_t length,
                                                      struct fold_block *block)
{
    const __m512i first_lead = _mm512_set1_epi8((char)0xc0);
    const __mmask64 whole = ((__mmask64)1 << STRIDE) - 1;
    size_t limit = length < FOLD_BLOCK_BYTES ? length : FOLD_BLOCK_BYTES, at = 0;
    block->count = 0;
    for (; length - at > 64 && at + STRIDE <= limit; at += STRIDE) {
        __m512i bytes = _mm512_loadu_si512(text + at);
        __mmask64 continuations = _mm512_cmplt_epi8_mask(bytes, first_lead);
        decode_leads(bytes, ~continuations & whole, at, block);
    }
    if (length - at <= 64 && length > at) {
        __mmask64 there = ~(__mmask64)0 >> (64 - (length - at));
        __m512i bytes = _mm512_maskz_loadu_epi8(there, text + at);
        decode_leads(bytes, ~_mm512_cmplt_epi8_mask(bytes, first_lead) & there, at, block);
        at = length;
    }
    fold_look_up_block(block);
    return at;
}

/* The values that a comparison with `what` holds for. */
#define WORD_MASK(compare, what)                                                                                       \
    (_mm512_##compare##_epu16_mask(low, _mm512_set1_epi16((short)(what))) |                                            \
     (uint64_t)_mm512_##compare##_epu16_mask(high, _mm512_set1_epi16((short)(what))) << 32)

ISA_TARGET_AVX512VBMI static inline struct word word_of_avx512vbmi(__m512i low, __m512i high)
{
    struct word word = {
        .kept = WORD_MASK(cmplt, FOLD_SPECIAL) & WORD_MASK(cmpge, FOLD_KEPT),
        .breaks = WORD_MASK(cmpeq, FOLD_BREAK),
        .sentences = WORD_MASK(cmpeq, FOLD_SENTENCE),
        .symbols = WORD_MASK(cmpeq, FOLD_SYMBOL),
        .stops = WORD_MASK(cmpeq, FOLD_STOP),
        .inserts = WORD_MASK(cmpgt, FOLD_BREAK),
    };
    word.symbols |= word.stops;
    return word;
}

/* Packs 32 values, of which `kept` are kept; returns how many. */
ISA_TARGET_AVX512VBMI static inline size_t pack_half(__m512i values, uint32_t kept, uint32_t *out)
{
    __m512i packed = _mm512_maskz_compress_epi16(kept, values);
    _mm512_storeu_si512(out, _mm512_cvtepu16_epi32(_mm512_castsi512_si256(packed)));
    _mm512_storeu_si512(out + 16, _mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(packed, 1)));
    return (size_t)_mm_popcnt_u32(kept);
}

ISA_TARGET_AVX512VBMI static void pack_avx512vbmi(struct fold_block *block, size_t from, uint32_t *out)
{
    struct packing packing = {.end = block->ends, .last = block->count};
    for (size_t i = from; i < packing.last; i += 64) {
        __m512i low = _mm512_loadu_si512(block->values + i), high = _mm512_loadu_si512(block->values + i + 32);
        struct word word = word_of_avx512vbmi(low, high);
        limit_word(&word, i, &packing);
        add_ends(&word, i, &packing);
        out += pack_half(low, (uint32_t)word.kept, out);
        out += pack_half(high, (uint32_t)(word.kept >> 32), out);
    }
    end_packing(block, &packing);
}

const struct fold_kernel fold_kernel_avx512vbmi = {decode_avx512vbmi, pack_avx512vbmi, fold_place};

/* AVX2: which bytes are leads is found for a whole block at first. Then of each 16 sequences, which is all that stands
 * in 48 bytes of Chinese, the bits of the leads tell where each fourth one begins and which shape the four have, so
 * that nothing has to be guessed and only the step to the next 16 has to wait for the one before. */
enum {
    WINDOW = 64,
    WINDOW_SEQUENCES = FOLD_GROUP,
    READ_AHEAD = 2 * WINDOW, /* what is read behind a block */
};

/* Notes which of 64 bytes are leads; raises `most` to the largest of them. */
ISA_TARGET_AVX2 static inline uint64_t leads_of(const unsigned char *text, __m256i *most)
{
    const __m256i first_lead = _mm256_set1_epi8((char)0xc0);
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)text);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(text + 32));
    *most = _mm256_max_epu8(*most, _mm256_max_epu8(low, high));
    return ~((uint32_t)_mm256_movemask_epi8(_mm256_cmpgt_epi8(first_lead, low)) |
             (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpgt_epi8(first_lead, high)) << 32);
}

/* Finds the leads of text[0, end) and a window behind it, and how many stand in the former. Returns whether some
 * sequence has four bytes. */
ISA_TARGET_AVX2 static inline bool find_leads(const unsigned char *text, size_t end, struct fold_block *block)
{
    const __m256i last_near = _mm256_set1_epi8((char)0xef);
    __m256i most = last_near;
    size_t count = 0, chunk = 0;
    for (; chunk < end / WINDOW; chunk++) {
        block->leads[chunk] = leads_of(text + chunk * WINDOW, &most);
        count += (size_t)_mm_popcnt_u64(block->leads[chunk]);
    }
    block->leads[chunk] = leads_of(text + chunk * WINDOW, &most);
    block->leads[chunk + 1] = leads_of(text + (chunk + 1) * WINDOW, &most);
    block->count = count + (size_t)_mm_popcnt_u64(_bzhi_u64(block->leads[chunk], (unsigned)(end % WINDOW)));
    __m256i far = _mm256_xor_si256(most, last_near);
    return !_mm256_testz_si256(far, far);
}

/* The leads from a place on, for 57 bytes or more. */
ISA_TARGET_AVX2 static inline uint64_t leads_from(const struct fold_block *block, size_t place)
{
    uint64_t leads;
    memcpy(&leads, (const unsigned char *)block->leads + place / 8, sizeof leads);
    return leads >> place % 8;
}

/* The place of the lead with a number. */
ISA_TARGET_AVX2 static inline size_t lead_place(uint64_t leads, unsigned number)
{
    return (size_t)_tzcnt_u64(_pdep_u64((uint64_t)1 << number, leads));
}

/* The shape of the four sequences from a place on; that of another byte than the last is asked for, which the next lead
 * tells. */
ISA_TARGET_AVX2 static inline const __m128i *shape_at(uint64_t leads, size_t place)
{
    size_t ends = leads >> place >> 1 & ((1 << FOLD_SHAPE_ENDS) - 1);
    return (const __m128i *)(const void *)(fold_shapes + fold_shape_places[ends]);
}

/* Four sequences from each of two places on, a lane each. All lengths have their payload in the same places. */
ISA_TARGET_AVX2 static inline __m256i assemble_lanes(const unsigned char *text, uint64_t leads, size_t low, size_t high)
{
    __m256i bytes =
        _mm256_loadu2_m128i((const __m128i *)(const void *)(text + high), (const __m128i *)(const void *)(text + low));
    __m256i shapes = _mm256_loadu2_m128i(shape_at(leads, high), shape_at(leads, low));
    __m256i payload = _mm256_and_si256(_mm256_shuffle_epi8(bytes, shapes), _mm256_set1_epi32(0x000f3f7f));
    __m256i pairs = _mm256_maddubs_epi16(payload, _mm256_set1_epi32(0x00014001));
    return _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x10000001));
}

/* Whether one of 16 sequences may have four bytes: whether three bytes without a lead follow each other. */
static inline bool may_be_far(uint64_t leads)
{
    return (~(leads | leads >> 1 | leads >> 2) & (((uint64_t)1 << 48) - 1)) != 0;
}

/* Decodes 16 sequences from the lead at text + at on, into values[from..]; returns where the next one begins. */
ISA_TARGET_AVX2 static inline size_t decode_window(const unsigned char *text, size_t at, bool far,
                                                   struct fold_block *block, size_t from)
{
    uint64_t leads = leads_from(block, at);
    if (far && may_be_far(leads)) {
        for (size_t i = 0; i < WINDOW_SEQUENCES; i++)
            at += fold_decode_one(text + at, &block->values[from + i]);
        return at;
    }
    size_t fourth = lead_place(leads, 4), eighth = lead_place(leads, 8), twelfth = lead_place(leads, 12);
    __m256i low = assemble_lanes(text + at, leads, 0, eighth);
    __m256i high = assemble_lanes(text + at, leads, fourth, twelfth);
    _mm256_storeu_si256((__m256i *)(void *)(block->values + from), _mm256_packus_epi32(low, high));
    return at + lead_place(leads, WINDOW_SEQUENCES);
}

ISA_TARGET_AVX2 static size_t decode_avx2(const unsigned char *text, size_t length, struct fold_block *block)
{
    unsigned char copy[FOLD_BLOCK_BYTES + 2 * READ_AHEAD];
    size_t end = length < FOLD_BLOCK_BYTES ? length : FOLD_BLOCK_BYTES;
    if (length < FOLD_BLOCK_BYTES + READ_AHEAD) {
        memcpy(copy, text, length);
        for (size_t i = 0; i < READ_AHEAD; i += sizeof(__m256i)) /* as a call it would take longer */
            _mm256_storeu_si256((__m256i *)(void *)(copy + length + i), _mm256_setzero_si256());
        text = copy;
    }
    bool far = find_leads(text, end, block);
    size_t at = (size_t)_tzcnt_u64(block->leads[0]);
    for (size_t i = 0; i < block->count; i += WINDOW_SEQUENCES) {
        block->groups[i / WINDOW_SEQUENCES] = (uint16_t)at;
        at = decode_window(text, at, far, block, i);
    }
    fold_look_up_block(block);
    return end;
}

ISA_TARGET_AVX2 static size_t place_avx2(const struct fold_block *block, size_t point)
{
    enum { SURE = 56 };
    size_t at = block->groups[point / WINDOW_SEQUENCES];
    unsigned number = point % WINDOW_SEQUENCES;
    uint64_t leads = leads_from(block, at) & (((uint64_t)1 << SURE) - 1);
    unsigned known = (unsigned)_mm_popcnt_u64(leads);
    if (number < known)
        return at + lead_place(leads, number);
    return at + SURE + lead_place(leads_from(block, at + SURE), number - known);
}

/* Of 32 values a byte each, in their order. */
ISA_TARGET_AVX2 static inline __m256i narrow(__m256i low, __m256i high)
{
    return _mm256_permute4x64_epi64(_mm256_packus_epi16(low, high), 0xd8);
}

/* Bit `bit` of each byte. */
ISA_TARGET_AVX2 static inline uint64_t bits_of_bytes(__m256i bytes, int bit)
{
    return (uint32_t)_mm256_movemask_epi8(_mm256_slli_epi16(bytes, 7 - bit));
}

ISA_TARGET_AVX2 static inline uint64_t bytes_equal(__m256i bytes, char what)
{
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(what)));
}

_Static_assert(FOLD_SENTENCE == 1 && FOLD_SYMBOL == 2 && FOLD_STOP == 3 && FOLD_KEPT == 4, "half_of reads their bits");

/* What 32 values are, in the lower halves. */
ISA_TARGET_AVX2 static inline struct word half_of(const uint16_t *values)
{
    const __m256i least = _mm256_set1_epi16(FOLD_KEPT), plain = _mm256_set1_epi16((short)(FOLD_SPECIAL - 1));
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)values);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(values + 16));
    __m256i kind = narrow(_mm256_min_epu16(low, least), _mm256_min_epu16(high, least));
    __m256i special = narrow(_mm256_subs_epu16(low, plain), _mm256_subs_epu16(high, plain));
    uint64_t usual = bytes_equal(special, 0), odd = bits_of_bytes(kind, 0);
    struct word half = {
        .kept = bits_of_bytes(kind, 2) & usual,
        .breaks = bytes_equal(special, FOLD_BREAK - FOLD_SPECIAL + 1),
        .symbols = bits_of_bytes(kind, 1),
    };
    half.sentences = odd & ~half.symbols;
    half.stops = odd & half.symbols;
    half.inserts = (usual | half.breaks) ^ UINT32_MAX;
    return half;
}

ISA_TARGET_AVX2 static inline struct word word_of_avx2(const uint16_t *values)
{
    struct word low = half_of(values), high = half_of(values + 32);
    return (struct word){
        .kept = low.kept | high.kept << 32,
        .breaks = low.breaks | high.breaks << 32,
        .sentences = low.sentences | high.sentences << 32,
        .symbols = low.symbols | high.symbols << 32,
        .stops = low.stops | high.stops << 32,
        .inserts = low.inserts | high.inserts << 32,
    };
}

/* Packs 32 values, of which `kept` are kept; returns where the next ones go. */
ISA_TARGET_AVX2 static inline uint32_t *pack_half_avx2(const uint16_t *values, uint32_t kept, uint32_t *out)
{
    for (size_t i = 0; i < 4; i++, kept >>= 8) {
        __m256i lanes = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(const void *)(values + 8 * i)));
        _mm256_storeu_si256((__m256i *)(void *)out, lanes_to_front(lanes, (uint8_t)kept));
        out += _mm_popcnt_u32((uint8_t)kept);
    }
    return out;
}

/* Fewer values are packed faster one by one. */
enum { SHORT = 16 };

ISA_TARGET_AVX2 static void pack_avx2(struct fold_block *block, size_t from, uint32_t *out)
{
    struct packing packing = {.end = block->ends, .last = block->count};
    if (block->count - from < SHORT) {
        fold_kernel_for(ISA_SCALAR)->pack(block, from, out);
        return;
    }
    for (size_t i = from; i < packing.last; i += 64) {
        struct word word = word_of_avx2(block->values + i);
        limit_word(&word, i, &packing);
        add_ends(&word, i, &packing);
        out = pack_half_avx2(block->values + i, (uint32_t)word.kept, out);
        if (packing.last - i > 32)
            out = pack_half_avx2(block->values + i + 32, (uint32_t)(word.kept >> 32), out);
    }
    end_packing(block, &packing);
}

const struct fold_kernel fold_kernel_avx2 = {decode_avx2, pack_avx2, place_avx2};

#endif
