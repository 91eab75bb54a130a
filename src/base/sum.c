#include "base/sum.h"

#include <stdlib.h>

#include "base/failure.h"
#include "base/hash_kernel.h"

struct sum {
    XXH3_state_t *state; /* aligned */
    uint64_t length;
};

dedup_status sum_create(struct sum **out, dedup_error *error)
{
    struct sum *sum = calloc(1, sizeof *sum);
    if (sum)
        sum->state = XXH3_createState();
    if (!sum || !sum->state) {
        free(sum);
        return fail_memory(error, "a checksum");
    }
    sum_clear(sum);
    *out = sum;
    return DEDUP_OK;
}

void sum_free(struct sum *sum)
{
    if (sum)
        (void)XXH3_freeState(sum->state);
    free(sum);
}

void sum_clear(struct sum *sum)
{
    sum->length = 0;
    (void)XXH3_128bits_reset(sum->state);
}

void sum_add(struct sum *sum, const void *bytes, size_t length)
{
    sum->length += length;
    if (length != 0)
        hash_kernel_for(isa_best())->update128(sum->state, bytes, length);
}

struct file_sum sum_result(const struct sum *sum)
{
    XXH128_hash_t hash = XXH3_128bits_digest(sum->state);
    return (struct file_sum){sum->length, {hash.low64, hash.high64}};
}
