/* madvise is not in POSIX. */
#define _DEFAULT_SOURCE

#include "base/pages.h"

#include <stdlib.h>
#include <sys/mman.h>

void *pages_alloc(size_t size)
{
    void *block = aligned_alloc(LARGE_PAGE, size);
#ifdef MADV_HUGEPAGE
    if (block)
        (void)madvise(block, size, MADV_HUGEPAGE); /* only a hint */
#endif
    return block;
}
