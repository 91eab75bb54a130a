/* Files that appear whole or not at all, and reading whole files.
 *
 * Paths are relative to a directory descriptor, bytes as the file system has them. */
#ifndef DEDUP_BASE_FILE_H
#define DEDUP_BASE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "dedup/buffer.h"

/* A file being written under a temporary name (`.dedup-tmp-…` in the target's folder). */
struct atomic_file {
    int directory;      /* descriptor that `path` is relative to */
    int folder;         /* descriptor of the file's folder; `directory` when that is it */
    int descriptor;     /* -1 when closed */
    char *path;         /* final name below `directory`, owned */
    const char *name;   /* the last component of `path` */
    char temporary[32]; /* name in the folder until commit */
    uint64_t length;    /* bytes written so far */
    uint64_t begun;     /* of them, those whose way to the disk has begun */
};

/* Bytes that are written together with others. */
struct file_piece {
    const char *bytes;
    size_t length;
};

extern const char atomic_file_prefix[]; /* how temporary names begin: what a later run may delete */

/* Creates missing parent folders, goes through no link below `directory` (folder.h), and opens a temporary file that no
 * other writer has. Errors: MEMORY, WRITE. */
DEDUP_NODISCARD dedup_status atomic_file_open(struct atomic_file *file, int directory, const char *path,
                                              dedup_error *error);
/* Writes all bytes (short writes and interruptions are retried). Errors: WRITE. */
DEDUP_NODISCARD dedup_status atomic_file_write(struct atomic_file *file, const void *bytes, size_t length,
                                               dedup_error *error);
/* Writes pieces one after the other. Errors: WRITE. */
DEDUP_NODISCARD dedup_status atomic_file_write_pieces(struct atomic_file *file, const struct file_piece *pieces,
                                                      size_t count, dedup_error *error);
/* Closes and renames to the final name, `durable` first makes content and name reach the disk. The file is closed after
 * the call whatever it returns. Errors: WRITE; the temporary file is gone then, and what stood under the final name is
 * untouched unless only the last step failed, to make the new name durable. */
DEDUP_NODISCARD dedup_status atomic_file_commit(struct atomic_file *file, bool durable, dedup_error *error);
/* Deletes the temporary file. Does nothing on a file that was committed, discarded or zeroed. */
void atomic_file_discard(struct atomic_file *file);

/* openat(2) that is not interrupted. A file that it creates has the mode 0666. */
int file_open(int directory, const char *path, int flags);
/* Deletes a file, through no link below `directory`; one that is not there is no error. Errors: WRITE. */
DEDUP_NODISCARD dedup_status file_remove(int directory, const char *path, dedup_error *error);
/* Opens the folders at the start of *path until the rest fits into one system call, and moves *path to that rest.
 * Returns the descriptor that the rest is relative to: `directory` itself when nothing was to do, otherwise one that
 * the caller closes; -1 and errno when a folder cannot be opened. */
int file_reach(int directory, const char **path);
/* Appends a whole regular file to `out`, which bounds it. Never waits for a pipe or terminal. Errors: READ, MEMORY,
 * LIMIT; the content of `out` is unchanged then. */
DEDUP_NODISCARD dedup_status file_read(int directory, const char *path, dedup_buffer *out, dedup_error *error);
/* Begins to bring bytes of a file to the disk and does not wait for them, so that less is left to do when they must be
 * there. Does nothing where the system knows no such thing. */
void file_begin_sync(int descriptor, uint64_t begin, uint64_t length);
/* To be called when a file has grown from `from` to `to` bytes: now and then asks for blocks behind its end, as many as
 * it has already within bounds. On ext4 writing then takes a quarter less time, because blocks are not reserved one by
 * one; other file systems gain nothing, or lose (compression), and are not asked. What fails here fails again, if it
 * must, when the bytes are written. The length of the file stays. */
void file_make_room(int descriptor, uint64_t from, uint64_t to);
/* Gives back what a finished file of `length` bytes did not need. */
void file_return_room(int descriptor, uint64_t length);
/* Makes everything that was written to the file system of `directory` reach the disk. Errors: WRITE. */
DEDUP_NODISCARD dedup_status file_sync_tree(int directory, dedup_error *error);

#endif
