#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/failure.h"
#include "base/folder.h"
#include "base/hash.h"

const char atomic_file_prefix[] = ".dedup-tmp-";

/* How many names are tried when temporary files of killed runs, or of a name with the same hash, are in the way. */
enum { TEMPORARY_ATTEMPTS = 1000 };

enum { PIECES_AT_ONCE = 128 };

/* Bytes of a file that are brought to the disk together while it grows. */
enum { SYNC_STEP = 4 << 20 };

enum { FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_CLOEXEC };

int file_open(int directory, const char *path, int flags)
{
    int descriptor;
    do
        descriptor = openat(directory, path, flags, 0666);
    while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

int file_reach(int directory, const char **path)
{
    const char *rest = *path;
    size_t length = strlen(rest);
    int here = directory;
    while (length >= PATH_MAX) {
        char piece[PATH_MAX];
        memcpy(piece, rest, PATH_MAX - 1);
        piece[PATH_MAX - 1] = '\0';
        char *slash = strrchr(piece, '/');
        if (slash)
            *slash = '\0';
        int next = slash ? file_open(here, piece, FOLDER_FLAGS) : -1;
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

static void forget(struct atomic_file *file)
{
    folder_leave(file->directory, file->folder);
    free(file->path);
    file->path = NULL;
    file->descriptor = -1;
}

/* Creates a file that nobody else has; its name is made of a hash, because the final one may be as long as names can
 * be. Returns its descriptor, or -1 with errno. */
static int create_temporary(struct atomic_file *file)
{
    unsigned long long hash = hash64_of(file->name, strlen(file->name));
    int descriptor = -1;
    for (unsigned attempt = 0; attempt < TEMPORARY_ATTEMPTS; attempt++) {
        (void)snprintf(file->temporary, sizeof file->temporary, "%s%016llx-%u", atomic_file_prefix, hash, attempt);
        descriptor = file_open(file->folder, file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC);
        if (descriptor >= 0 || errno != EEXIST)
            break;
    }
    return descriptor;
}

dedup_status atomic_file_open(struct atomic_file *file, int directory, const char *path, dedup_error *error)
{
    *file = (struct atomic_file){.directory = directory, .descriptor = -1, .path = strdup(path)};
    if (!file->path)
        return fail_memory(error, "a path");
    file->folder = folder_enter(directory, file->path, true, &file->name);
    if (file->folder == -1) {
        dedup_status status = folder_fail(directory, file->path, file->name, errno, error);
        file->folder = directory;
        forget(file);
        return status;
    }
    file->descriptor = create_temporary(file);
    if (file->descriptor < 0) {
        int code = errno;
        forget(file);
        return fail_errno(error, DEDUP_ERROR_WRITE, code, "cannot create %s", path);
    }
    return DEDUP_OK;
}

/* Describes what follows byte `done` of the first piece to writev(2), as far as it goes at once; returns the number. */
static int describe(const struct file_piece *pieces, size_t count, size_t done, struct iovec *out)
{
    size_t used = count < PIECES_AT_ONCE ? count : PIECES_AT_ONCE;
    for (size_t i = 0; i < used; i++)
        out[i] = (struct iovec){(void *)pieces[i].bytes, pieces[i].length};
    out[0].iov_base = (void *)(pieces[0].bytes + done);
    out[0].iov_len -= done;
    return (int)used;
}

dedup_status atomic_file_write_pieces(struct atomic_file *file, const struct file_piece *pieces, size_t count,
                                      dedup_error *error)
{
    struct iovec parts[PIECES_AT_ONCE];
    size_t done = 0; /* of the first piece */
    uint64_t begin = file->length;
    for (; count != 0 && pieces->length == 0; count--)
        pieces++;
    while (count != 0) {
        ssize_t written = writev(file->descriptor, parts, describe(pieces, count, done, parts));
        if (written == 0 || (written < 0 && errno != EINTR))
            return fail_errno(error, DEDUP_ERROR_WRITE, written == 0 ? EIO : errno, "cannot write %s", file->path);
        file->length += written > 0 ? (size_t)written : 0;
        for (done += written > 0 ? (size_t)written : 0; count != 0 && done >= pieces->length; count--)
            done -= pieces++->length;
    }
    file_make_room(file->descriptor, begin, file->length);
    if (file->length - file->begun >= SYNC_STEP) {
        file_begin_sync(file->descriptor, file->begun, file->length - file->begun);
        file->begun = file->length;
    }
    return DEDUP_OK;
}

dedup_status atomic_file_write(struct atomic_file *file, const void *bytes, size_t length, dedup_error *error)
{
    const struct file_piece piece = {bytes, length};
    return atomic_file_write_pieces(file, &piece, 1, error);
}

static int sync_descriptor(int descriptor)
{
    int result;
    do
        result = fsync(descriptor);
    while (result != 0 && errno == EINTR);
    return result;
}

/* Makes the name durable. File systems that know no such thing say EINVAL, which is as good as it gets. */
static dedup_status sync_parent(const struct atomic_file *file, dedup_error *error)
{
    int descriptor = file_open(file->folder, ".", FOLDER_FLAGS);
    bool synced = descriptor >= 0 && (sync_descriptor(descriptor) == 0 || errno == EINVAL);
    int code = errno;
    if (descriptor >= 0)
        close(descriptor);
    return synced ? DEDUP_OK
                  : fail_errno(error, DEDUP_ERROR_WRITE, code, "cannot make the folder of %s durable", file->path);
}

dedup_status atomic_file_commit(struct atomic_file *file, bool durable, dedup_error *error)
{
    file_return_room(file->descriptor, file->length);
    bool whole = !durable || sync_descriptor(file->descriptor) == 0;
    int code = errno;
    if (close(file->descriptor) != 0 && whole) {
        whole = false;
        code = errno;
    }
    file->descriptor = -1;
    if (whole && renameat(file->folder, file->temporary, file->folder, file->name) != 0) {
        whole = false;
        code = errno;
    }
    dedup_status status = DEDUP_OK;
    if (!whole) {
        unlinkat(file->folder, file->temporary, 0);
        status = fail_errno(error, DEDUP_ERROR_WRITE, code, "cannot finish %s", file->path);
    } else if (durable) {
        status = sync_parent(file, error);
    }
    forget(file);
    return status;
}

void atomic_file_discard(struct atomic_file *file)
{
    if (!file->path)
        return;
    if (file->descriptor >= 0)
        close(file->descriptor);
    unlinkat(file->folder, file->temporary, 0);
    forget(file);
}

dedup_status file_remove(int directory, const char *path, dedup_error *error)
{
    const char *name;
    int folder = folder_enter(directory, path, false, &name), code = errno;
    if (folder != -1) {
        bool gone = unlinkat(folder, name, 0) == 0;
        code = errno;
        folder_leave(directory, folder);
        if (gone)
            return DEDUP_OK;
    }
    if (code == ENOENT || code == ENOTDIR)
        return DEDUP_OK;
    return folder == -1 ? folder_fail(directory, path, name, code, error)
                        : fail_errno(error, DEDUP_ERROR_WRITE, code, "cannot delete %s of an earlier run", path);
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Reads from where `descriptor` stands to the end. `hint`: bytes that are expected, and one more to meet the end. */
static dedup_status read_rest(int descriptor, const char *path, size_t hint, dedup_buffer *out, dedup_error *error)
{
    TRY(dedup_buffer_reserve(out, smaller(hint, out->limit - out->length), error));
    for (;;) {
        char beyond;
        if (out->length == out->capacity)
            TRY(dedup_buffer_reserve(out, smaller(64 * 1024, out->limit - out->length), error));
        size_t room = out->capacity - out->length;
        ssize_t got = room != 0 ? read(descriptor, out->data + out->length, room) : read(descriptor, &beyond, 1);
        if (got == 0)
            return DEDUP_OK;
        if (got < 0 && errno != EINTR)
            return fail_errno(error, DEDUP_ERROR_READ, errno, "cannot read %s", path);
        if (got > 0 && room == 0)
            return fail(error, DEDUP_ERROR_LIMIT, "%s is longer than %zu bytes", path, out->limit);
        if (got > 0)
            out->length += (size_t)got;
    }
}

dedup_status file_read(int directory, const char *path, dedup_buffer *out, dedup_error *error)
{
    int descriptor = file_open(directory, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0)
        return fail_errno(error, DEDUP_ERROR_READ, errno, "cannot open %s", path);
    dedup_status status;
    size_t before = out->length;
    struct stat facts;
    if (fstat(descriptor, &facts) != 0)
        status = fail_errno(error, DEDUP_ERROR_READ, errno, "cannot read %s", path);
    else if (!S_ISREG(facts.st_mode))
        status = fail(error, DEDUP_ERROR_READ, "%s is not a regular file", path);
    else
        status = read_rest(descriptor, path, (size_t)facts.st_size + 1, out, error);
    if (status != DEDUP_OK)
        out->length = before;
    if (out->data)
        out->data[out->length] = '\0';
    close(descriptor);
    return status;
}
