#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
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

dedup_status file_make_parents(int directory, const char *path, dedup_error *error)
{
    char *copy = strdup(path);
    if (!copy)
        return fail_memory(error, "a path");
    dedup_status status = DEDUP_OK;
    for (char *slash = strchr(copy + 1, '/'); slash && status == DEDUP_OK; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdirat(directory, copy, 0777) != 0 && errno != EEXIST)
            status = fail_errno(error, DEDUP_ERROR_WRITE, errno, "cannot create folder %s", copy);
        *slash = '/';
    }
    free(copy);
    return status;
}

static void forget(struct atomic_file *file)
{
    free(file->path);
    free(file->temporary);
    *file = (struct atomic_file){.descriptor = -1};
}

static int open_temporary(const struct atomic_file *file)
{
    return openat(file->directory, file->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
}

dedup_status atomic_file_open(struct atomic_file *file, int directory, const char *path, dedup_error *error)
{
    *file = (struct atomic_file){.directory = directory, .descriptor = -1};
    file->path = strdup(path);
    file->temporary = temporary_name(path);
    if (!file->path || !file->temporary) {
        forget(file);
        return fail_memory(error, "a path");
    }
    file->descriptor = open_temporary(file);
    if (file->descriptor < 0 && errno == ENOENT) {
        dedup_status status = file_make_parents(directory, path, error);
        if (status != DEDUP_OK) {
            forget(file);
            return status;
        }
        file->descriptor = open_temporary(file);
    }
    if (file->descriptor < 0) {
        int code = errno;
        forget(file);
        return fail_errno(error, DEDUP_ERROR_WRITE, code, "cannot create %s", path);
    }
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
