/* Whether a document may repeat itself, told by the sketches of its paragraphs. */
#ifndef DEDUP_MATCH_ALIKE_H
#define DEDUP_MATCH_ALIKE_H

#include "base/isa.h"
#include "match/match.h"

/* For more units than this match_alike_find takes longer than a search in the text. */
enum { ALIKE_UNITS_MOST = 64 };

/* What two signatures have to agree in. */
struct match_alike {
    unsigned cut; /* at least, see signature_cut */
};

/* `threshold`: Jaccard similarity from which two units are near duplicates. */
void match_alike_init(struct match_alike *alike, double threshold);

/* Whether two of the units from number `first` of the list on, ALIKE_UNITS_MOST at most, may be equal or near
 * duplicates. It misses no equal ones, and a near duplicate with a probability below 1e-4. */
bool match_alike_find(const struct match_alike *alike, const struct match_entries *entries, size_t first);
/* The same by a given instruction set, which the processor must have; for tests. */
bool match_alike_find_by(enum isa isa, const struct match_alike *alike, const struct match_entries *entries,
                         size_t first);

/* Whether the last of the units, which must have its samples, may have text in it twice: a stretch of 100 shingles is
 * missed about once in 15 times, one of 200 hardly ever. */
bool match_alike_inside(const struct match_entries *entries);

#endif
