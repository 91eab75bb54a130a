/* Version of libdedup. The build reads these three numbers; there is no second place to change. */
#ifndef DEDUP_VERSION_H
#define DEDUP_VERSION_H

#include <stdbool.h>

#define DEDUP_VERSION_MAJOR 0
#define DEDUP_VERSION_MINOR 1
#define DEDUP_VERSION_PATCH 0

/* The same as text, "1.2.3". */
#define DEDUP_VERSION_TEXT                                                                                             \
    DEDUP_VERSION_QUOTE(DEDUP_VERSION_MAJOR)                                                                           \
    "." DEDUP_VERSION_QUOTE(DEDUP_VERSION_MINOR) "." DEDUP_VERSION_QUOTE(DEDUP_VERSION_PATCH)
#define DEDUP_VERSION_QUOTE(number)  DEDUP_VERSION_QUOTE_(number)
#define DEDUP_VERSION_QUOTE_(number) #number

#include "dedup/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A library that libdedup uses, or what it is built for. Strings are static. */
typedef struct dedup_component {
    const char *name;    /* "PCRE2" */
    const char *version; /* as it is at run time where the library tells, else at build time; may be empty */
} dedup_component;

/* The version of the library that is linked, "1.2.3". */
DEDUP_API const char *dedup_version(void);
/* The vector instructions that this processor makes it use: "scalar", "sse2", "sse42", "avx2", "avx512" or
 * "avx512vbmi". */
DEDUP_API const char *dedup_instructions(void);
/* Component `index`; false when there are no more. */
DEDUP_API bool dedup_version_component(size_t index, dedup_component *out);

#ifdef __cplusplus
}
#endif

#endif
