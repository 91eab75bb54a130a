/* Blocks of memory in large pages, where the system has them: fewer faults, fewer misses of the page table. */
#ifndef DEDUP_BASE_PAGES_H
#define DEDUP_BASE_PAGES_H

#include <stddef.h>

enum { LARGE_PAGE = 2 << 20 };

/* A block of `size` bytes, a multiple of LARGE_PAGE, to be freed by free(); NULL when memory runs out. */
void *pages_alloc(size_t size);

#endif
