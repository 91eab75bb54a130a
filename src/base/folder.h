/* The way to a file through its folders.
 *
 * Below a folder no symbolic link is followed: what is written there stays there, whatever somebody has put in the way.
 * What is relative to AT_FDCWD is a path of the user, whose links lead where they were meant to. */
#ifndef DEDUP_BASE_FOLDER_H
#define DEDUP_BASE_FOLDER_H

#include <stdbool.h>

#include "dedup/error.h"

/* Opens the folder that holds the last component of `path`, however long the path is; `make` creates what is missing.
 * Returns the descriptor that the last component, *name, is relative to: `directory` itself when `path` has no other,
 * otherwise one that the caller closes and that serves as the start of other paths alone. -1 and errno when a folder
 * cannot be entered, ELOOP when a symbolic link below `directory` is in the way; *name is the end of its path then. */
int folder_enter(int directory, const char *path, bool make, const char **name);
/* Closes what folder_enter has opened. errno stays. */
void folder_leave(int directory, int folder);
/* Tells why folder_enter has failed: `end` is its *name, `code` its errno. Errors: WRITE. */
DEDUP_NODISCARD dedup_status folder_fail(int directory, const char *path, const char *end, int code,
                                         dedup_error *error);
/* Creates all folders above the last component of `path`. Errors: WRITE. */
DEDUP_NODISCARD dedup_status folder_make_parents(int directory, const char *path, dedup_error *error);

#endif
