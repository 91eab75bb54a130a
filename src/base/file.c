#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/failure.h"

const char atomic_file_prefix[] = ".dedup-tmp-";

/* "folder/name" -> "folder/.dedup-tmp-<hash of name>", NULL when memory runs out. One writer per final name, so the
 * name need not be random; a hash keeps it within the length that file systems allow. */
static char *temporary_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t folder = slash ? (size_t)(slash - path) + 1 : 0;
    uint64_t hash = 14695981039346656037u;
    for (const char *c = path + folder; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    size_t size = folder + sizeof atomic_file_prefix + 16;
    char *name = malloc(size);
    if (name) {
        memcpy(name, path, folder);
        (void)snprintf(name + folder, size - folder, "%s%016llx", atomic_file_prefix, (unsigned long long)hash);
    }
    return name;
}

enum {
    FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
    REACH = PATH_MAX - 64 /* a temporary name in the same folder still fits */
};

int file_reach(int directory, const char **path)
{
    const char *rest = *path;
    size_t length = strlen(rest);
    int here = directory;
    while (length >= REACH) {
        char piece[REACH];
        memcpy(piece, rest, REACH - 1);
        piece[REACH - 1] = '\0';
        char *slash = strrchr(piece, '/');
        if (slash)
            *slash = '\0';
        int next = slash ? openat(here, piece, FOLDER_FLAGS) : -1;
        int code = slash ? errno : ENAMETOOLONG;
        if (here != directory)
            close(here);
        if (next < 0) {
            errno = code;
            return -1;
        }
        here = next;
        size_t step = (size_t)(slash - piece) + 1;
        rest += step;
        length -= step;
    }
    *path = rest;
    return here;
}

/* Creates the folder `name` when it is missing and opens it; -1 and errno on failure. */
static int make_folder(int directory, const char *name, size_t length)
{
    char copy[NAME_MAX + 1];
    if (length > NAME_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(copy, name, length);
    copy[length] = '\0';
    const char *folder = length != 0 ? copy : "/";
    return mkdirat(directory, folder, 0777) == 0 || errno == EEXIST ? openat(directory, folder, FOLDER_FLAGS) : -1;
}

dedup_status file_make_parents(int directory, const char *path, dedup_error *error)
{
    int here = directory;
    const char *name = path;
    for (const char *slash; (slash = strchr(name, '/')); name = slash + 1) {
        if (slash == name && name != path)
            continue;
        int next = make_folder(here, name, (size_t)(slash - name));
        int code = errno;
        if (here != directory)
            close(here);
        if (next < 0)
            return fail_errno(error, DEDUP_ERROR_WRITE, code, "cannot create folder %.*s", (int)(slash - path), path);
        here = next;
    }
    if (here != directory)
        close(here);
    return DEDUP_OK;
}

static void forget(struct atomic_file *file)
{
    if (file->owned)
        close(file->directory);
    free(file->path);
    free(file->temporary);
    *file = (struct atomic_file){.descriptor = -1};
}

/* Opens the temporary file; -1 and errno on failure. `path` is relative to `directory`. */
static int open_temporary(struct atomic_file *file, int directory, const char *path)
{
    const char *rest = path;
    int reached = file_reach(directory, &rest);
    if (reached == -1)
        return -1;
    file->directory = reached;
    file->owned = reached != directory;
    file->path = strdup(rest);
    file->temporary = temporary_name(rest);
    if (!file->path || !file->temporary) {
        errno = ENOMEM;
        return -1;
    }
    return openat(reached, file->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
}

dedup_status atomic_file_open(struct atomic_file *file, int directory, const char *path, dedup_error *error)
{
    *file = (struct atomic_file){.descriptor = -1};
    int descriptor = open_temporary(file, directory, path);
    if (descriptor < 0 && errno == ENOENT) {
        forget(file);
        TRY(file_make_parents(directory, path, error));
        descriptor = open_temporary(file, directory, path);
    }
    if (descriptor < 0) {
        int code = errno;
        forget(file);
        return code == ENOMEM ? fail_memory(error, "a path")
                              : fail_errno(error, DEDUP_ERROR_WRITE, code, "cannot create %s", path);
    }
    file->descriptor = descriptor;
    return DEDUP_OK;
}

dedup_status atomic_file_write(struct atomic_file *file, const void *bytes, size_t length, dedup_error *error)
{
    const char *next = bytes;
    while (length != 0) {
        ssize_t written = write(file->descriptor, next, length);
        if (written < 0 && errno != EINTR)
            return fail_errno(error, DEDUP_ERROR_WRITE, errno, "cannot write %s", file->path);
        if (written > 0) {
            next += written;
            length -= (size_t)written;
        }
    }
    return DEDUP_OK;
}

static dedup_status sync_parent(const struct atomic_file *file, dedup_error *error)
{
    char *folder = strdup(file->path);
    if (!folder)
        return fail_memory(error, "a path");
    char *slash = strrchr(folder, '/');
    if (slash)
        *slash = '\0';
    int descriptor = openat(file->directory, slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    bool synced = descriptor >= 0 && fsync(descriptor) == 0;
    int code = errno;
    if (descriptor >= 0)
        close(descriptor);
    return synced ? DEDUP_OK
                  : fail_errno(error, DEDUP_ERROR_WRITE, code, "cannot make the folder of %s durable", file->path);
}

dedup_status atomic_file_commit(struct atomic_file *file, bool durable, dedup_error *error)
{
    bool whole = !durable || fsync(file->descriptor) == 0;
    int code = errno;
    if (close(file->descriptor) != 0 && whole) {
        whole = false;
        code = errno;
    }
    file->descriptor = -1;
    if (whole && renameat(file->directory, file->temporary, file->directory, file->path) != 0) {
        whole = false;
        code = errno;
    }
    dedup_status status = DEDUP_OK;
    if (!whole) {
        unlinkat(file->directory, file->temporary, 0);
        status = fail_errno(error, DEDUP_ERROR_WRITE, code, "cannot finish %s", file->path);
    } else if (durable) {
        status = sync_parent(file, error);
    }
    forget(file);
    return status;
}

void atomic_file_discard(struct atomic_file *file)
{
    if (!file->temporary)
        return;
    if (file->descriptor >= 0)
        close(file->descriptor);
    unlinkat(file->directory, file->temporary, 0);
    forget(file);
}

dedup_status file_read(int directory, const char *path, dedup_buffer *out, dedup_error *error)
{
    int descriptor = openat(directory, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return fail_errno(error, DEDUP_ERROR_READ, errno, "cannot open %s", path);
    dedup_status status = DEDUP_OK;
    struct stat facts;
    if (fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode))
        status = fail(error, DEDUP_ERROR_READ, "%s is not a regular file", path);
    size_t step = 64 * 1024;
    for (ssize_t got = 1; status == DEDUP_OK && got != 0;) {
        status = dedup_buffer_reserve(out, step, error);
        if (status != DEDUP_OK)
            break;
        got = read(descriptor, out->data + out->length, step);
        if (got > 0)
            out->length += (size_t)got;
        else if (got < 0 && errno != EINTR)
            status = fail_errno(error, DEDUP_ERROR_READ, errno, "cannot read %s", path);
    }
    if (out->data)
        out->data[out->length] = '\0';
    close(descriptor);
    return status;
}
