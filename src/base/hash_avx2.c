/* Compiled with -mavx2. */
#include "base/hash_kernel.h"

#ifdef ISA_X86
const struct hash_kernel hash_kernel_avx2 = HASH_KERNEL;
#endif
