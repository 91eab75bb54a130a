#include "match/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/failure.h"
#include "base/file.h"

const char spill_prefix[] = ".dedup-tmp-spill-";

enum { NAME_TRIES = 1000 };

dedup_status spill_open(int directory, int *descriptor, dedup_error *error)
{
    for (unsigned i = 0; i < NAME_TRIES; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%s%ld-%u", spill_prefix, (long)getpid(), i);
        int file = openat(directory, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (file < 0 && (errno == EEXIST || errno == EINTR))
            continue;
        if (file < 0)
            break;
        (void)unlinkat(directory, name, 0);
        *descriptor = file;
        return DEDUP_OK;
    }
    return fail_errno(error, DEDUP_ERROR_WRITE, errno, "cannot create a temporary file");
}

dedup_status spill_write(int descriptor, const void *bytes, size_t length, uint64_t offset, dedup_error *error)
{
    const char *next = bytes;
    uint64_t begin = offset;
    while (length != 0) {
        ssize_t written = pwrite(descriptor, next, length, (off_t)offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return fail_errno(error, DEDUP_ERROR_WRITE, errno, "cannot write a temporary file");
        next += written;
        length -= (size_t)written;
        offset += (uint64_t)written;
    }
    file_make_room(descriptor, begin, offset);
    return DEDUP_OK;
}

dedup_status spill_read(int descriptor, void *bytes, size_t length, uint64_t offset, dedup_error *error)
{
    char *next = bytes;
    while (length != 0) {
        ssize_t got = pread(descriptor, next, length, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_errno(error, DEDUP_ERROR_READ, errno, "cannot read a temporary file");
        if (got == 0)
            return fail(error, DEDUP_ERROR_READ, "a temporary file is shorter than it was");
        next += got;
        length -= (size_t)got;
        offset += (uint64_t)got;
    }
    return DEDUP_OK;
}
