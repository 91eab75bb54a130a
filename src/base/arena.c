#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BLOCK = 64 * 1024 };

struct arena_block {
    struct arena_block *before;
    size_t size; /* bytes of `memory` */
    alignas(max_align_t) unsigned char memory[];
};

void arena_init(struct arena *arena)
{
    *arena = (struct arena){0};
}

void arena_release(struct arena *arena)
{
    for (struct arena_block *block = arena->current; block;) {
        struct arena_block *before = block->before;
        free(block);
        block = before;
    }
    arena_init(arena);
}

/* Makes a new block with room for `need` bytes current. */
static struct arena_block *add_block(struct arena *arena, size_t need)
{
    size_t size = need > ARENA_BLOCK ? need : ARENA_BLOCK;
    struct arena_block *block = malloc(sizeof *block + size);
    if (!block)
        return NULL;
    *block = (struct arena_block){.before = arena->current, .size = size};
    arena->current = block;
    arena->used = 0;
    return block;
}

void *arena_alloc(struct arena *arena, size_t count, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size != 0 && count > (SIZE_MAX - sizeof(struct arena_block) - align) / size)
        return NULL;
    size_t need = (count * size + align - 1) / align * align;
    struct arena_block *block = arena->current;
    if (!block || need > block->size - arena->used)
        block = add_block(arena, need);
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
