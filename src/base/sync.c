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

/* Files shorter than the least get no room; a longer one gets no more than the most at once. */
enum { ROOM_LEAST = 1 << 20, ROOM_MOST = 64 << 20 };

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

/* Gives a file blocks from `begin` on where that is worth it; false where it is not, or not possible. */
static bool allocate(int descriptor, uint64_t begin, uint64_t length)
{
#ifdef __linux__
    struct statfs facts;
    return fstatfs(descriptor, &facts) == 0 && facts.f_type == EXT4_SUPER_MAGIC &&
           fallocate(descriptor, FALLOC_FL_KEEP_SIZE, (off_t)begin, (off_t)length) == 0;
#else
    (void)descriptor;
    (void)begin;
    (void)length;
    return false;
#endif
}

void file_make_room(struct file_room *room, int descriptor, uint64_t length)
{
    if (length < ROOM_LEAST || length + ROOM_LEAST <= room->end || room->refused)
        return;
    uint64_t begin = room->end > length ? room->end : length, more = length < ROOM_MOST ? length : ROOM_MOST;
    room->refused = !allocate(descriptor, begin, more);
    room->end = room->refused ? room->end : begin + more;
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
