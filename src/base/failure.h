/* How the rooms report failure: fill a dedup_error and return its status, or pass a callee's failure on. */
#ifndef DEDUP_BASE_FAILURE_H
#define DEDUP_BASE_FAILURE_H

#include <stdarg.h>
#include <stdbool.h>

#include "dedup/error.h"

/* Fills `error` (which may be NULL) with a formatted message, escapes its control characters, returns `status`. */
DEDUP_NODISCARD dedup_status fail(dedup_error *error, dedup_status status, const char *format, ...) DEDUP_PRINTF(3, 4);
/* The same, with `: reason` of the errno value `code` appended; a message that is too long is cut before the reason. */
DEDUP_NODISCARD dedup_status fail_errno(dedup_error *error, dedup_status status, int code, const char *format, ...)
    DEDUP_PRINTF(4, 5);
/* Out of memory while making `what`. */
DEDUP_NODISCARD dedup_status fail_memory(dedup_error *error, const char *what);

/* The analyser of clang looks at one source file at a time: this tells it that what fails is not DEDUP_OK. */
#ifdef __clang_analyzer__
#define fail(error, status, ...)             ((void)(fail)(error, status, __VA_ARGS__), status)
#define fail_errno(error, status, code, ...) ((void)(fail_errno)(error, status, code, __VA_ARGS__), status)
#define fail_memory(error, what)             ((void)(fail_memory)(error, what), DEDUP_ERROR_MEMORY)
#endif

/* Returns from the calling function when `expression` is not DEDUP_OK. */
#define TRY(expression)                                                                                                \
    do {                                                                                                               \
        dedup_status try_status_ = (expression);                                                                       \
        if (try_status_ != DEDUP_OK)                                                                                   \
            return try_status_;                                                                                        \
    } while (0)

#endif
