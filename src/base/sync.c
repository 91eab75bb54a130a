#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* syncfs, sync_file_range */
#endif

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/failure.h"
#include "base/file.h"

void file_begin_sync(int descriptor, uint64_t begin, uint64_t length)
{
#ifdef __linux__
    /* What fails here fails again when the file is made durable. */
    (void)sync_file_range(descriptor, (off_t)begin, (off_t)length, SYNC_FILE_RANGE_WRITE);
#else
    (void)descriptor;
    (void)begin;
    (void)length;
#endif
}

dedup_status file_sync_tree(int directory, dedup_error *error)
{
#ifdef __linux__
    if (syncfs(directory) != 0)
        return fail_errno(error, DEDUP_ERROR_WRITE, errno, "cannot make the output durable");
#else
    (void)directory;
    (void)error;
    sync();
#endif
    return DEDUP_OK;
}
