#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* syncfs */
#endif

#include <errno.h>
#include <unistd.h>

#include "base/failure.h"
#include "base/file.h"

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
