#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* syncfs, sync_file_range, fallocate */
#endif

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/magic.h>
#include <sys/vfs.h>
#endif

#include "base/failure.h"
#include "base/file.h"

/* A file gets room from the least length on, and never more than the most at once. */
enum { ROOM_LEAST = 1 << 20, ROOM_MOST = 16 << 20 };

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

#ifdef __linux__
static bool gains_by_room(int descriptor)
{
    struct statfs facts;
    return fstatfs(descriptor, &facts) == 0 && facts.f_type == EXT4_SUPER_MAGIC;
}

/* The next length at which a file gets room: powers of two, then multiples of the most. */
static uint64_t next_room(uint64_t length)
{
    uint64_t step = ROOM_LEAST;
    while (step < ROOM_MOST && 2 * step <= length)
        step *= 2;
    return (length / step + 1) * step;
}
#endif

void file_make_room(int descriptor, uint64_t from, uint64_t to)
{
#ifdef __linux__
    if (to >= next_room(from) && gains_by_room(descriptor))
        (void)fallocate(descriptor, FALLOC_FL_KEEP_SIZE, (off_t)to, (off_t)(next_room(to) - to));
#else
    (void)descriptor;
    (void)from;
    (void)to;
#endif
}

void file_return_room(int descriptor, uint64_t length)
{
#ifdef __linux__
    if (length >= ROOM_LEAST && gains_by_room(descriptor) && ftruncate(descriptor, (off_t)length) != 0)
        return; /* room that is left is no harm */
#else
    (void)descriptor;
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
