#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BLOCK = 64 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t size; /* bytes of `memory` */
    alignas(max_align_t) unsigned char memory[];
};

void arena_init(struct arena *arena)
{
    *arena = (struct arena){0};
}

void arena_release(struct arena *arena)
{
    for (struct arena_block *block = arena->first; block;) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
    arena_init(arena);
}

void arena_clear(struct arena *arena)
{
    arena->current = arena->first;
    arena->used = 0;
}

/* Makes a block with room for `need` bytes current. The next one, which is unused, serves if it is large enough; else a
 * larger one takes its place, so that an arena that is cleared again and again does not collect blocks of all sizes. */
static struct arena_block *next_block(struct arena *arena, size_t need)
{
    struct arena_block **link = arena->current ? &arena->current->next : &arena->first;
    if (!*link || (*link)->size < need) {
        size_t size = need > ARENA_BLOCK ? need : ARENA_BLOCK;
        struct arena_block *block = malloc(sizeof *block + size);
        if (!block)
            return NULL;
        block->size = size;
        block->next = *link ? (*link)->next : NULL;
        free(*link);
        *link = block;
    }
    arena->current = *link;
    arena->used = 0;
    return *link;
}

void *arena_alloc(struct arena *arena, size_t count, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size != 0 && count > (SIZE_MAX - sizeof(struct arena_block) - align) / size)
        return NULL;
    size_t need = (count * size + align - 1) / align * align;
    struct arena_block *block = arena->current;
    if (!block || need > block->size - arena->used)
        block = next_block(arena, need);
    if (!block)
        return NULL;
    void *memory = block->memory + arena->used;
    arena->used += need;
    return memory;
}

char *arena_copy(struct arena *arena, const char *bytes, size_t length)
{
    char *copy = length < SIZE_MAX ? arena_alloc(arena, length + 1, 1) : NULL;
    if (copy) {
        if (length != 0)
            memcpy(copy, bytes, length);
        copy[length] = '\0';
    }
    return copy;
}
