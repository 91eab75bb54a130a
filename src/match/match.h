/* Duplicates among units (documents, or paragraphs): exact, near, contained.
 *
 * Workers turn a key into a `match_entry` (hashes, signature, band keys); the owner adds entries in order and stores
 * the keys; match_decide then finds candidates (locality-sensitive hashing over bands, Broder 1997, Indyk and Motwani
 * 1998, and sampled shingles for containment), verifies every one exactly on the stored keys, and selects survivors by
 * a greedy cover: units are visited in order of preference and one is dropped only for a survivor that meets the rule
 * directly. */
#ifndef DEDUP_MATCH_MATCH_H
#define DEDUP_MATCH_MATCH_H

#include <stdbool.h>

#include "base/hash.h"
#include "dedup/error.h"
#include "match/key_store.h"
#include "sketch/bands.h"

struct match_options {
    double threshold;       /* Jaccard from which two units are near duplicates, 0.05..1 */
    double containment;     /* share of a shorter unit found in a longer one from which it is contained; > 1: never */
    uint32_t near_minimum;  /* units with shorter keys are only compared exactly (documents 1, paragraphs 32) */
    bool same_numbers;      /* near units must have the same numbers in the same order */
    struct band_plan bands; /* bands == 0: chosen from threshold and number of units */
    unsigned thread_count;  /* for match_decide */
    uint64_t memory;        /* bytes that candidate search may hold in memory; more is spilled */
    int spill_directory;    /* descriptor of a folder for spill files, -1: never spill */
};

enum match_method { MATCH_KEPT = 0, MATCH_EXACT, MATCH_NEAR, MATCH_CONTAINED };

/* The verdict on one unit. A unit that is kept has method MATCH_KEPT. */
struct match_verdict {
    uint32_t keeper;  /* the survivor it duplicates */
    float similarity; /* Jaccard; containment for MATCH_CONTAINED; 1 for MATCH_EXACT */
    uint32_t method;  /* enum match_method */
};

/* Counters of one match_decide. */
struct match_counts {
    uint64_t units;                  /* with a key that is not empty */
    uint64_t distinct;               /* different fold keys */
    uint64_t candidates;             /* pairs that shared a bucket and were not yet tried */
    uint64_t verified;               /* pairs compared exactly */
    uint64_t skipped;                /* pairs not tried because a bucket was too full */
    uint64_t exact, near, contained; /* units that were found to be duplicates */
};

struct match_worker; /* scratch of one thread for sketching */
struct matcher;

/* `units`: the number of units expected (an upper bound is fine), for the choice of bands. Errors: MEMORY, ARGUMENT. */
DEDUP_NODISCARD dedup_status matcher_create(const struct match_options *options, uint64_t units, struct key_store *keys,
                                            struct matcher **out, dedup_error *error);
void matcher_free(struct matcher *matcher); /* NULL is fine */
/* The banding that is used. */
struct band_plan matcher_bands(const struct matcher *matcher);
/* Whether samples of units are taken. */
bool matcher_samples(const struct matcher *matcher);
/* The key of a unit, after the last one was added. Errors: MEMORY, READ, WRITE. */
DEDUP_NODISCARD dedup_status matcher_key(struct matcher *matcher, uint32_t unit, struct key_ref *ref,
                                         dedup_error *error);

DEDUP_NODISCARD dedup_status match_worker_create(const struct matcher *matcher, struct match_worker **out,
                                                 dedup_error *error);
void match_worker_free(struct match_worker *worker); /* NULL is fine */

/* A list of sketched units, filled by a worker and handed to matcher_add; reused. */
struct match_entries;
DEDUP_NODISCARD dedup_status match_entries_create(struct match_entries **out, dedup_error *error);
void match_entries_free(struct match_entries *entries);
void match_entries_clear(struct match_entries *entries);

/* How far a list is filled, for taking back what is appended later. */
struct match_entries_end {
    size_t count, value_count, sample_count;
};
struct match_entries_end match_entries_end(const struct match_entries *entries);
void match_entries_cut(struct match_entries *entries, struct match_entries_end end);

/* A stretch of a key that is a unit of another matcher. */
struct match_part {
    uint32_t begin, count; /* code points */
};

/* Parts of one key, in order of place and apart from each other. Their matcher looks for no contained texts; keys that
 * are shorter than a shingle are only compared exactly. */
struct match_parts {
    const struct matcher *matcher;
    const struct match_part *items;
    size_t count;
    struct match_entries *entries; /* to which they are appended */
};

/* Sketches the key of one unit and appends it to `entries`; and its parts, which may be NULL, to theirs. Shingles of
 * parts are hashed once for both: the sketch of a key is the minimum of those of its parts and of what lies between. In
 * parallel, one worker and one list each. Errors: MEMORY, LIMIT. */
DEDUP_NODISCARD dedup_status match_sketch(struct match_worker *worker, const uint32_t *points, size_t count,
                                          struct match_entries *entries, const struct match_parts *parts,
                                          dedup_error *error);

/* Takes the units of `entries`, whose keys are refs[0..]; they get the next numbers from 0 on. Not in parallel.
 * Errors: MEMORY, WRITE (spill). */
DEDUP_NODISCARD dedup_status matcher_add(struct matcher *matcher, const struct match_entries *entries,
                                         const struct key_ref *refs, dedup_error *error);

/* Decides about the units order[0..count), best first; units that are not in `order` take no part. verdicts is indexed
 * by unit. Uses the matcher up: what it holds is given back as soon as it is not needed, and then only matcher_bands
 * and match_worker_create may be called. The result depends on nothing but keys and order. Errors: MEMORY, READ, WRITE.
 */
DEDUP_NODISCARD dedup_status matcher_decide(struct matcher *matcher, const uint32_t *order, size_t count,
                                            struct match_verdict *verdicts, struct match_counts *counts,
                                            dedup_error *error);

/* Decisions at several thresholds, none below the one that the matcher was made for. */
struct match_sweep {
    const double *thresholds;
    size_t count; /* >= 1 */
    void *context;
    /* Takes what was decided at thresholds[index]. */
    dedup_status (*take)(void *context, size_t index, const struct match_verdict *verdicts,
                         const struct match_counts *counts, dedup_error *error);
};

/* matcher_decide at each threshold in turn, with one search for candidates; `verdicts` is used for all of them. The
 * candidates are those of the lowest threshold, so that a verdict can only differ from that of a matcher of its own
 * where that one misses a pair. Uses the matcher up. Errors: those of matcher_decide and of `take`. */
DEDUP_NODISCARD dedup_status matcher_sweep(struct matcher *matcher, const uint32_t *order, size_t count,
                                           const struct match_sweep *sweep, struct match_verdict *verdicts,
                                           dedup_error *error);

#endif
