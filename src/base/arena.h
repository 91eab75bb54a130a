/* Bump allocation for memory that dies together. */
#ifndef DEDUP_BASE_ARENA_H
#define DEDUP_BASE_ARENA_H

#include "dedup/error.h"

struct arena_block;

struct arena {
    struct arena_block *current; /* the block that serves now, behind it those before; NULL: none yet */
    size_t used;                 /* bytes served from `current` */
};

void arena_init(struct arena *arena);
/* Frees everything. */
void arena_release(struct arena *arena);

/* `count * size` bytes aligned for any type, uninitialised; NULL when memory or size_t runs out.
 * The arena owns them until it is released. A request of 0 bytes returns a valid pointer. */
void *arena_alloc(struct arena *arena, size_t count, size_t size);
/* A NUL-terminated copy of `length` bytes. NULL when memory runs out. */
char *arena_copy(struct arena *arena, const char *bytes, size_t length);

#endif
