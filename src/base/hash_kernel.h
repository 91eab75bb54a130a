/* XXH3 of long input. What the library's header compiles to depends on the flags of its source file: once as
 * everywhere, once with AVX2, which takes half the time, and once with AVX-512, which takes a fifth less still. All
 * give the same values; a test compares them. */
#ifndef DEDUP_BASE_HASH_KERNEL_H
#define DEDUP_BASE_HASH_KERNEL_H

#include "base/hash.h"
#include "base/isa.h"

struct hash_kernel {
    uint64_t (*hash64)(const void *bytes, size_t length);
    struct hash128 (*hash128)(const void *bytes, size_t length);
    void (*update128)(XXH3_state_t *state, const void *bytes, size_t length);
};

/* What each source file of a kernel makes of the library's header. */
static inline uint64_t hash_body64(const void *bytes, size_t length)
{
    return XXH3_64bits(bytes, length);
}

static inline struct hash128 hash_body128(const void *bytes, size_t length)
{
    XXH128_hash_t hash = XXH3_128bits(bytes, length);
    return (struct hash128){hash.low64, hash.high64};
}

static inline void hash_body_update(XXH3_state_t *state, const void *bytes, size_t length)
{
    (void)XXH3_128bits_update(state, bytes, length);
}

#define HASH_KERNEL                                                                                                    \
    {                                                                                                                  \
        hash_body64, hash_body128, hash_body_update                                                                    \
    }

extern const struct hash_kernel hash_kernel_plain;
#ifdef ISA_X86
extern const struct hash_kernel hash_kernel_avx2;
extern const struct hash_kernel hash_kernel_avx512;
#endif

/* The kernel for an instruction set. */
const struct hash_kernel *hash_kernel_for(enum isa isa);

#endif
