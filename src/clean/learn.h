/* Lines that the documents of one source have in common, learned from the documents themselves.
 *
 * Before the documents are cleaned a sample of those of each source is read (clean/learn_sample.h): learn_read looks at
 * the first and the last lines of a document, and a lesson counts what those of one source have in common. Then
 * clean_worker_learned tells the cleaner of which source a document is. What recurs is counted as whole lines, and by
 * beginnings, ends and labels, because the part that varies (name, date, title, address) hides the template. Documents
 * that are nearly the same count once, because the body of an article that is there in many copies recurs too. */
#ifndef DEDUP_CLEAN_LEARN_H
#define DEDUP_CLEAN_LEARN_H

#include "clean/learn_text.h"

enum {
    LEARN_DOCUMENTS = 8, /* distinct documents of a source from which anything is learned */
    LEARN_RECUR = 6,     /* documents that must have a line in common ... */
    LEARN_SHARE = 4,     /* ... which must be one in so many */
    LEARN_FIRST = 64,    /* documents of a sample that are read first, and the others only if LEARN_RECUR of them have
                            a line in common: one that a quarter of all documents have is in 16 of them, and in less
                            than 6 once in 2400 times */
    LEARN_SIDE = 16,     /* lines looked at on either side that are not known ... */
    LEARN_PROSE = 3,     /* ... so many of them prose */
    LEARN_WINDOW = 4 << 10, /* bytes on either side */
};

/* What one document gives. */
struct learn_content {
    uint64_t sketch[4];    /* see learn_alike */
    const uint64_t *marks; /* learn_hash of its lines and their parts, in order of place, may repeat */
    size_t mark_count;
};

/* Reads documents; one per thread. */
struct learn_reader;
DEDUP_NODISCARD dedup_status learn_reader_create(struct learn_reader **out, dedup_error *error);
void learn_reader_free(struct learn_reader *reader); /* NULL is fine */
/* Appends the marks of a document to `marks` and lets *points be the fold key of the part that was looked at, for the
 * sketch. Valid until the next call. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status learn_read(struct learn_reader *reader, const char *text, uint32_t length,
                                        uint64_t **marks, size_t *count, size_t *capacity, const uint32_t **points,
                                        size_t *point_count, dedup_error *error);

/* The number by which a source is known. */
uint64_t learn_source(const char *name, size_t length);

/* True when two sketches are of documents that are nearly the same. */
typedef bool learn_alike(const uint64_t a[4], const uint64_t b[4]);

/* Counts what the documents of one source have in common. */
struct lesson;
DEDUP_NODISCARD dedup_status lesson_create(struct lesson **out, dedup_error *error);
void lesson_free(struct lesson *lesson); /* NULL is fine */
/* Forgets all documents. */
void lesson_clear(struct lesson *lesson);
/* Takes a document; its content is copied. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status lesson_add(struct lesson *lesson, const struct learn_content *content, dedup_error *error);
/* *promising: LEARN_RECUR of the documents, copies too, have a line in common. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status lesson_look(struct lesson *lesson, bool *promising, dedup_error *error);
/* Decides what was learned from the documents; of some that are nearly the same the first counts. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status lesson_end(struct lesson *lesson, learn_alike *alike, dedup_error *error);

/* What was learned. Immutable; shared by threads. */
struct learned;
struct learned_source;

DEDUP_NODISCARD dedup_status learned_create(struct learned **out, dedup_error *error);
void learned_free(struct learned *learned); /* NULL is fine */
/* Adds what a lesson that has ended tells of the source `name`, if anything. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status learned_add(struct learned *learned, const char *name, size_t length,
                                         const struct lesson *lesson, dedup_error *error);
/* Puts the sources in order; nothing is added after that, and nothing asked before. */
void learned_finish(struct learned *learned);

/* What was learned of a source; NULL: nothing. */
const struct learned_source *learned_find(const struct learned *learned, const char *name, size_t length);
/* Documents of the sample that have the mark; 0: too few. */
uint32_t learned_count(const struct learned_source *source, uint64_t mark);
/* Distinct documents of its sample. */
uint32_t learned_sample(const struct learned_source *source);
/* The number of the source (learn_source). */
uint64_t learned_id(const struct learned_source *source);

/* Something that recurs. */
struct learned_fact {
    uint64_t mark;
    uint32_t documents; /* of the sample that have it */
    uint32_t points;    /* code points of a prefix, suffix or label */
    uint32_t index;     /* among all that was learned */
};
/* Fact `index` of a source, in order of marks; false when there are no more. */
bool learned_fact(const struct learned_source *source, size_t index, struct learned_fact *out);
/* The fact with this mark, which there must be: its index among all. */
uint32_t learned_index(const struct learned_source *source, uint64_t mark);
/* How many facts there are in all sources. */
size_t learned_total(const struct learned *learned);
/* True when a line that stands there may be known. */
bool learned_zone(const struct learned_source *source, enum learn_zone zone);

size_t learned_source_count(const struct learned *learned);
/* Source `index`, in order of names; *name gets its name. */
const struct learned_source *learned_source_at(const struct learned *learned, size_t index, const char **name);

#endif
