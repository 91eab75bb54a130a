/* The rule packs of src/clean/packs, compiled in by embed.cmake. */
#ifndef DEDUP_CLEAN_PACKS_H
#define DEDUP_CLEAN_PACKS_H

#include <stddef.h>

struct builtin_pack {
    const char *name;
    const char *text;
    size_t length;
};

extern const struct builtin_pack builtin_packs[];
extern const size_t builtin_pack_count;

#endif
