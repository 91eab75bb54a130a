/* The documents of each source from which is learned.
 *
 * Of every source the documents with the smallest order hashes are kept: a uniform sample of those that are
 * offered, which depends neither on their order nor on threads ("bottom-k", Cohen and Kaplan 2007). Most are known by
 * their place only, so that a document is not read before it is certain that it stays in the sample. */
#ifndef DEDUP_CLEAN_LEARN_SAMPLE_H
#define DEDUP_CLEAN_LEARN_SAMPLE_H

#include "clean/learn.h"

enum {
    LEARN_SAMPLE = 256,       /* documents of one source, at most */
    LEARN_SAMPLE_LEAST = 16,  /* what this is lowered to before whole sources are left out */
    LEARN_MEMORY = 128 << 20, /* bytes that the samples of all sources may take */
};

/* Where a document is: bytes of a file, in the numbers of the caller. */
struct learn_place {
    uint64_t offset;
    uint32_t length, file;
};

/* A document of a sample. */
struct learn_choice {
    uint64_t order; /* hash of the document */
    struct learn_place place;
    struct learn_content *content; /* NULL: is to be read from its place; owned by the learner */
};

struct learner;

DEDUP_NODISCARD dedup_status learner_create(uint64_t memory, struct learner **out, dedup_error *error);
void learner_free(struct learner *learner); /* NULL is fine */

/* False when a document with this order would not enter the sample, now or later, so that nothing need be read of it.
 * Safe in parallel with learner_add. */
bool learner_wants(struct learner *learner, uint64_t source, uint64_t order);
/* Takes a document of the source `name`; its content is copied. Of equal orders the first one is taken. One call at a
 * time. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status learner_add(struct learner *learner, const char *name, size_t length,
                                         const struct learn_choice *choice, dedup_error *error);

/* The sample of a source, ascending by order. Valid until the next learner_add. */
struct learn_sample {
    const char *name;
    size_t name_length;
    const struct learn_choice *choices;
    size_t count;
};
size_t learner_source_count(const struct learner *learner);
/* The sample of source `index`, in the order in which they came. */
struct learn_sample learner_sample(const struct learner *learner, size_t index);

#endif
