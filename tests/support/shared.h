/* Where the measuring data is that is no part of the repository: DEDUP_SHARED, or `shared` beside it. */
#ifndef DEDUP_TESTS_SHARED_H
#define DEDUP_TESTS_SHARED_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Writes the path of `name` below the folder to `out`; false, with a message, when it is not there. */
static inline bool shared_path(const char *name, char *out, size_t size)
{
    const char *folder = getenv("DEDUP_SHARED");
    (void)snprintf(out, size, "%s/%s", folder ? folder : DEDUP_SOURCE_DIR "/../shared", name);
    if (access(out, R_OK) == 0)
        return true;
    printf("skipped: %s is not there\n", out);
    return false;
}

#endif
