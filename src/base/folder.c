#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* O_PATH */
#endif

#include "base/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/failure.h"
#include "base/file.h"

/* Folders on the way may be such that one may pass and not look around. */
#if defined(O_SEARCH)
#define PASS O_SEARCH
#elif defined(O_PATH)
#define PASS O_PATH
#else
#define PASS O_RDONLY
#endif

/* Opens a folder by its name of `length` bytes, none: the root. -1 and errno on failure. */
static int step_into(int here, const char *name, size_t length, bool make, bool follow)
{
    const int flags = PASS | O_DIRECTORY | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW);
    char folder[NAME_MAX + 1] = "/";
    struct stat facts;
    if (length > NAME_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (length != 0) {
        memcpy(folder, name, length);
        folder[length] = '\0';
    }
    int next = file_open(here, folder, flags);
    if (next < 0 && errno == ENOENT && make && (mkdirat(here, folder, 0777) == 0 || errno == EEXIST))
        next = file_open(here, folder, flags);
    if (next < 0 && errno == ENOTDIR && !follow) /* systems disagree on what they say of links */
        errno = fstatat(here, folder, &facts, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(facts.st_mode) ? ELOOP : ENOTDIR;
    return next;
}

int folder_enter(int directory, const char *path, bool make, const char **name)
{
    int here = directory;
    *name = path;
    for (const char *slash; (slash = strchr(*name, '/')); *name = slash + 1) {
        if (slash == *name && slash != path)
            continue;
        int next = step_into(here, *name, (size_t)(slash - *name), make, directory == AT_FDCWD);
        folder_leave(directory, here);
        if (next < 0) {
            *name = slash;
            return -1;
        }
        here = next;
    }
    return here;
}

void folder_leave(int directory, int folder)
{
    int code = errno;
    if (folder != directory)
        close(folder);
    errno = code;
}

dedup_status folder_fail(int directory, const char *path, const char *end, int code, dedup_error *error)
{
    int length = end != path ? (int)(end - path) : 1;
    if (code == ELOOP && directory != AT_FDCWD)
        return fail(error, DEDUP_ERROR_WRITE,
                    "%.*s is a symbolic link, and nothing is written through it; delete it, or name another directory",
                    length, path);
    return fail_errno(error, DEDUP_ERROR_WRITE, code, "cannot create or enter folder %.*s", length, path);
}

dedup_status folder_make_parents(int directory, const char *path, dedup_error *error)
{
    const char *name;
    int folder = folder_enter(directory, path, true, &name);
    if (folder == -1)
        return folder_fail(directory, path, name, errno, error);
    folder_leave(directory, folder);
    return DEDUP_OK;
}
