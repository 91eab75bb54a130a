/* The names that an inventory lists, to find those that it does not. */
#ifndef DEDUP_AUDIT_NAMES_H
#define DEDUP_AUDIT_NAMES_H

#include <stdbool.h>

#include "base/arena.h"

struct names {
    struct arena arena;
    struct name {
        const char *path;
        bool written; /* it is in the output */
    } * items;
    size_t count, capacity;
};

void names_init(struct names *names);
void names_release(struct names *names);
/* Errors: MEMORY. */
DEDUP_NODISCARD dedup_status names_add(struct names *names, const char *path, bool written, dedup_error *error);
/* After the last. */
void names_sort(struct names *names);
/* NULL: it is not there. */
const struct name *names_find(const struct names *names, const char *path);

#endif
