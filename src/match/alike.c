#include "match/alike.h"

#include <string.h>

#include "match/matcher.h"

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

/* The first of `count` planes that differs from `plane` in `most` bits or fewer; `count` when none does. */
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
#endif

static size_t find(enum isa isa, const struct plane *planes, size_t count, struct plane plane, unsigned most)
{
#ifdef ISA_X86
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
    struct plane planes[ALIKE_UNITS_MOST];
    const struct entry *units = entries->items + first;
    const size_t count = entries->count - first;
    const unsigned most = BAND_LANES_MAXIMUM - alike->cut;
    for (size_t i = 0; i < count; i++) {
        planes[i] = plane_of(&units[i]);
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
