#include "audit/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"

void names_init(struct names *names)
{
    *names = (struct names){0};
    arena_init(&names->arena);
}

void names_release(struct names *names)
{
    arena_release(&names->arena);
    free(names->items);
}

dedup_status names_add(struct names *names, const char *path, bool written, dedup_error *error)
{
    TRY(array_reserve(&names->items, &names->capacity, names->count + 1, "a list of names", error));
    char *copy = arena_copy(&names->arena, path, strlen(path));
    if (!copy)
        return fail_memory(error, "a list of names");
    names->items[names->count++] = (struct name){copy, written};
    return DEDUP_OK;
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct name *)a)->path, ((const struct name *)b)->path);
}

void names_sort(struct names *names)
{
    if (names->count > 1)
        qsort(names->items, names->count, sizeof *names->items, compare);
}

const struct name *names_find(const struct names *names, const char *path)
{
    const struct name key = {path, false};
    return names->count != 0 ? bsearch(&key, names->items, names->count, sizeof *names->items, compare) : NULL;
}
