/* Compiled with -mavx512f and its kin. */
#include "base/hash_kernel.h"

#ifdef ISA_X86
const struct hash_kernel hash_kernel_avx512 = HASH_KERNEL;
#endif
