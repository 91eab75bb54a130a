#include "base/hash_kernel.h"

const struct hash_kernel hash_kernel_plain = HASH_KERNEL;

const struct hash_kernel *hash_kernel_for(enum isa isa)
{
#ifdef ISA_X86
    if (isa >= ISA_AVX512)
        return &hash_kernel_avx512;
    if (isa >= ISA_AVX2)
        return &hash_kernel_avx2;
#endif
    (void)isa;
    return &hash_kernel_plain;
}

uint64_t hash64_long(const void *bytes, size_t length)
{
    return hash_kernel_for(isa_best())->hash64(bytes, length);
}

struct hash128 hash128_of(const void *bytes, size_t length)
{
    return hash_kernel_for(isa_best())->hash128(bytes, length);
}
