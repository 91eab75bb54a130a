/* Errors of libdedup.
 *
 * Every function that can fail returns a dedup_status and takes a `dedup_error *` as its last parameter, which may be
 * NULL. On failure the error is filled with a sentence for people that names the file, the place and the cure.
 * Nothing in the library prints, exits or keeps a last error of its own. */
#ifndef DEDUP_ERROR_H
#define DEDUP_ERROR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(DEDUP_SHARED) && defined(__GNUC__)
#define DEDUP_API __attribute__((visibility("default")))
#else
#define DEDUP_API
#endif

#if defined(__GNUC__)
#define DEDUP_NODISCARD            __attribute__((warn_unused_result))
#define DEDUP_PRINTF(index, first) __attribute__((format(printf, index, first)))
#else
#define DEDUP_NODISCARD
#define DEDUP_PRINTF(index, first)
#endif

/* The values are pinned: they never change their meaning between versions. */
typedef enum dedup_status {
    DEDUP_OK = 0,
    DEDUP_ERROR_MEMORY = 1,   /* an allocation failed */
    DEDUP_ERROR_ARGUMENT = 2, /* an option or argument makes no sense, alone or with the others */
    DEDUP_ERROR_READ = 3,     /* the operating system could not read an input */
    DEDUP_ERROR_WRITE = 4,    /* the operating system could not write an output (disk full, permission) */
    DEDUP_ERROR_FORMAT = 5,   /* an input is not what it says it is: broken archive, invalid JSON, bad rule */
    DEDUP_ERROR_LIMIT = 6,    /* an input passes a documented bound */
    DEDUP_ERROR_CONFLICT = 7, /* an output place is taken by something that is not ours */
    DEDUP_ERROR_CHANGED = 8,  /* an input changed while it was read */
    DEDUP_ERROR_STOPPED = 9   /* the caller asked to stop */
} dedup_status;

enum { DEDUP_MESSAGE_SIZE = 512 };

/* One failure. `message` is NUL-terminated UTF-8 in which every control character of the input is escaped. */
typedef struct dedup_error {
    dedup_status status;
    char message[DEDUP_MESSAGE_SIZE];
} dedup_error;

/* Short lower-case name of a status ("read", "limit"); never NULL, static storage. */
DEDUP_API const char *dedup_status_name(dedup_status status);

#ifdef __cplusplus
}
#endif
#endif
