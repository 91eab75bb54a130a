/* Length and checksum of what goes by in pieces. */
#ifndef DEDUP_BASE_SUM_H
#define DEDUP_BASE_SUM_H

#include "base/hash.h"
#include "dedup/error.h"

struct file_sum {
    uint64_t length;
    struct hash128 hash; /* XXH3, 128 bits */
};

static inline struct file_sum sum_of(const void *bytes, size_t length)
{
    return (struct file_sum){length, hash128_of(bytes, length)};
}

static inline bool file_sum_equal(const struct file_sum *a, const struct file_sum *b)
{
    return a->length == b->length && hash128_equal(a->hash, b->hash);
}

struct sum;

/* Errors: MEMORY. */
DEDUP_NODISCARD dedup_status sum_create(struct sum **out, dedup_error *error);
void sum_free(struct sum *sum); /* NULL is fine */
/* Begins anew. */
void sum_clear(struct sum *sum);
void sum_add(struct sum *sum, const void *bytes, size_t length);
struct file_sum sum_result(const struct sum *sum);

#endif
