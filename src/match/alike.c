#include "match/alike.h"

#include <string.h>

#ifdef ISA_X86
#include <immintrin.h>
#endif

#include "match/marks.h"
#include "match/matcher.h"

enum {
    PADDING = 3,
    LINK_PLACES = 2048,
    LINK_PLACES_LEAST = 64,
    LINKS_TWICE = 2, /* so many links of samples that stand there twice are no chance */
};

/* The first plane of a signature. Planes of equal units are equal. */
struct plane {
    uint64_t words[2];
};

void match_alike_init(struct match_alike *alike, double threshold)
{
    *alike = (struct match_alike){signature_cut(threshold)};
}

/* That of a unit without sketch is made of its hash, so that others have other planes. */
static struct plane plane_of(const struct entry *entry)
{
    struct plane plane = {{entry->hash, entry->hash * 0x9e3779b97f4a7c15}};
    if (entry->shingles != 0)
        memcpy(&plane, entry->signature.planes[0], sizeof plane);
    return plane;
}

static bool are_alike(const struct match_alike *alike, const struct entry *a, const struct entry *b)
{
    if (a->shingles == 0 || b->shingles == 0)
        return a->hash == b->hash && a->count == b->count;
    return signature_agreement(&a->signature, &b->signature) >= alike->cut;
}

/* The first of `count` planes that differs from `plane` in `most` bits or fewer; `count` when none does. PADDING planes
 * behind them may be read. */
static inline ISA_INLINE size_t find_by(const struct plane *planes, size_t count, struct plane plane, unsigned most,
                                        unsigned (*bits)(uint64_t a, uint64_t b))
{
    size_t i = 0;
    while (i < count && bits(planes[i].words[0] ^ plane.words[0], planes[i].words[1] ^ plane.words[1]) > most)
        i++;
    return i;
}

#ifdef ISA_X86
ISA_TARGET_SSE42 static inline ISA_INLINE unsigned count_bits(uint64_t a, uint64_t b)
{
    return (unsigned)(__builtin_popcountll(a) + __builtin_popcountll(b));
}

ISA_TARGET_SSE42 static size_t find_sse42(const struct plane *planes, size_t count, struct plane plane, unsigned most)
{
    return find_by(planes, count, plane, most, count_bits);
}

/* Bits set in the numbers 0 to 15. */
static const unsigned char nibble_bits[16] = {0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4};

/* Four planes at once. */
ISA_TARGET_AVX512 static size_t find_avx512(const struct plane *planes, size_t count, struct plane plane, unsigned most)
{
    const __m512i bits = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)nibble_bits));
    const __m512i mine = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)&plane));
    const __m512i low = _mm512_set1_epi8(0x0f), bound = _mm512_set1_epi64(most);
    for (size_t i = 0; i < count; i += 4) {
        __m512i differ = _mm512_xor_si512(_mm512_loadu_si512(planes + i), mine);
        __m512i lower = _mm512_shuffle_epi8(bits, _mm512_and_si512(differ, low));
        __m512i upper = _mm512_shuffle_epi8(bits, _mm512_and_si512(_mm512_srli_epi16(differ, 4), low));
        __m512i halves = _mm512_sad_epu8(_mm512_add_epi8(lower, upper), _mm512_setzero_si512());
        __m512i sums = _mm512_add_epi64(halves, _mm512_shuffle_epi32(halves, _MM_PERM_BADC));
        unsigned near = _mm512_cmple_epu64_mask(sums, bound);
        size_t first = i + (size_t)__builtin_ctz(near | 0x100) / 2;
        if (near != 0)
            return first < count ? first : count;
    }
    return count;
}
#endif

static size_t find(enum isa isa, const struct plane *planes, size_t count, struct plane plane, unsigned most)
{
#ifdef ISA_X86
    if (isa >= ISA_AVX512)
        return find_avx512(planes, count, plane, most);
    if (isa >= ISA_SSE42)
        return find_sse42(planes, count, plane, most);
#endif
    (void)isa;
    return find_by(planes, count, plane, most, signature_bits);
}

/* Signatures that differ in so many bits of one plane agree in no more lanes than the cut asks for; only the others are
 * looked at whole. */
bool match_alike_find_by(enum isa isa, const struct match_alike *alike, const struct match_entries *entries,
                         size_t first)
{
    struct plane planes[ALIKE_UNITS_MOST + PADDING];
    const struct entry *units = entries->items + first;
    const size_t count = entries->count - first;
    const unsigned most = BAND_LANES_MAXIMUM - alike->cut;
    for (size_t i = 0; i < count; i++)
        planes[i] = plane_of(&units[i]);
    memset(planes + count, 0, PADDING * sizeof *planes);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; (j += find(isa, planes + j, i - j, planes[i], most)) < i; j++)
            if (are_alike(alike, &units[i], &units[j]))
                return true;
    }
    return false;
}

bool match_alike_find(const struct match_alike *alike, const struct match_entries *entries, size_t first)
{
    return match_alike_find_by(isa_best(), alike, entries, first);
}

/* A place remembers the latest link that fell on it by its upper half, which may be that of another one. */
bool match_alike_inside(const struct match_entries *entries)
{
    uint16_t seen[LINK_PLACES];
    const size_t samples = entries->items[entries->count - 1].samples;
    const uint32_t *first = entries->samples + entries->sample_count - samples;
    size_t twice = 0, places = LINK_PLACES_LEAST;
    while (places < 8 * samples && places < LINK_PLACES)
        places *= 2;
    memset(seen, 0, places * sizeof *seen);
    for (size_t i = 0; i + 1 < samples; i++) {
        const uint32_t link = mark_value(first + i, 1);
        const uint16_t upper = (uint16_t)(link >> 16 | 1);
        uint16_t *place = &seen[link & (places - 1)];
        twice += *place == upper;
        *place = upper;
    }
    return twice >= LINKS_TWICE;
}
