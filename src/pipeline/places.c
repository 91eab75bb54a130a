#include "pipeline/places.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/failure.h"
#include "base/file.h"
#include "base/folder.h"

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Climbs from `start` to the root of the file system. */
bool place_lies_within(int start, const struct stat *target)
{
    struct stat here, above;
    bool met = false;
    if (fstat(start, &here) != 0)
        here = (struct stat){0};
    while (!(met = same_file(&here, target))) {
        int parent = file_open(start, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        close(start);
        start = parent;
        if (start < 0 || fstat(start, &above) != 0 || same_file(&above, &here))
            break;
        here = above;
    }
    if (start >= 0)
        close(start);
    return met;
}

int place_open_existing(const char *path, bool *whole)
{
    char *part = strdup(path);
    *whole = true;
    while (part) {
        int descriptor = file_open(AT_FDCWD, part, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (descriptor >= 0 || (errno != ENOENT && errno != ENOTDIR) || (*whole && errno == ENOTDIR)) {
            int code = errno;
            free(part);
            errno = code;
            return descriptor;
        }
        *whole = false;
        char *slash = strrchr(part, '/');
        if (!slash) {
            free(part);
            return file_open(AT_FDCWD, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        }
        slash[slash == part] = '\0';
    }
    errno = ENOMEM;
    return -1;
}

/* Whether the folder `name` holds nothing, or nothing but a folder `but`. */
static bool is_empty_folder(int descriptor, const char *name, const char *but)
{
    int copy = file_open(descriptor, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *folder = copy < 0 ? NULL : fdopendir(copy);
    if (!folder) {
        if (copy >= 0)
            close(copy);
        return false;
    }
    bool empty = true;
    for (struct dirent *entry; empty && (entry = readdir(folder));)
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 || strcmp(entry->d_name, but) == 0;
    closedir(folder);
    return empty;
}

bool place_is_empty(int descriptor)
{
    return is_empty_folder(descriptor, ".", "");
}

dedup_status place_open_input(const char *path, int *out, dedup_error *error)
{
    int input = file_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (input < 0 && errno == ENOTDIR)
        return fail(error, DEDUP_ERROR_READ, "%s is not a directory; --in takes the directory that holds the files",
                    path);
    if (input < 0)
        return fail_errno(error, DEDUP_ERROR_READ, errno, "cannot open the input %s (check the path given to --in)",
                          path);
    if (faccessat(input, ".", R_OK | X_OK, AT_EACCESS) != 0) {
        int code = errno;
        close(input);
        return fail_errno(error, DEDUP_ERROR_READ, code, "cannot look into %s (check its permissions)", path);
    }
    *out = input;
    return DEDUP_OK;
}

/* Whether a folder, or what is there of the way to it, is IN or lies below it; what cannot be opened does not. */
static bool lies_inside(int input, const char *folder)
{
    bool whole;
    struct stat facts;
    int descriptor = fstat(input, &facts) == 0 ? place_open_existing(folder, &whole) : -1;
    return descriptor >= 0 && place_lies_within(descriptor, &facts);
}

dedup_status place_check_outside(int input, const char *log, const char *temporary, dedup_error *error)
{
    if (temporary && lies_inside(input, temporary))
        return fail(error, DEDUP_ERROR_ARGUMENT, "%s lies inside the input; name a folder outside with --tmp",
                    temporary);
    if (!log)
        return DEDUP_OK;
    const char *slash = strrchr(log, '/');
    char *folder = slash ? strndup(log, (size_t)(slash - log) + 1) : strdup(".");
    if (!folder)
        return fail_memory(error, "the name of a folder");
    bool inside = lies_inside(input, folder);
    free(folder);
    return inside
               ? fail(error, DEDUP_ERROR_ARGUMENT, "%s lies inside the input; name a file outside with --log-file", log)
               : DEDUP_OK;
}

/* Whether a run was killed before it made its lock. */
static bool is_begun(int descriptor)
{
    return is_empty_folder(descriptor, ".", PLACE_OWN) && is_empty_folder(descriptor, PLACE_OWN, "");
}

dedup_status place_refuse_link(const char *output, const char *path, size_t length, dedup_error *error)
{
    return fail(error, DEDUP_ERROR_CONFLICT,
                "%s/%.*s is a symbolic link, and nothing is written through it; delete it, or name a new directory "
                "with --out",
                output, (int)length, path);
}

/* An OUT that is there must be empty or ours. */
static dedup_status look_into_output(const char *path, int descriptor, bool *fresh, dedup_error *error)
{
    struct stat facts;
    if (fstatat(descriptor, PLACE_OWN, &facts, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(facts.st_mode))
        return place_refuse_link(path, PLACE_OWN, sizeof PLACE_OWN - 1, error);
    *fresh = fstatat(descriptor, PLACE_MANIFEST, &facts, AT_SYMLINK_NOFOLLOW) != 0 &&
             fstatat(descriptor, PLACE_LOCK, &facts, AT_SYMLINK_NOFOLLOW) != 0;
    if (*fresh && !place_is_empty(descriptor) && !is_begun(descriptor))
        return fail(error, DEDUP_ERROR_CONFLICT,
                    "%s is not empty and not the output of an earlier run; name a new or empty directory with --out",
                    path);
    return DEDUP_OK;
}

static dedup_status check_output(const dedup_options *options, struct places *places, dedup_error *error)
{
    bool whole;
    int output = place_open_existing(options->output, &whole);
    if (output < 0 && errno == ENOTDIR)
        return fail(error, DEDUP_ERROR_CONFLICT, "%s is not a directory; name a new or empty directory with --out",
                    options->output);
    if (output < 0)
        return fail_errno(error, DEDUP_ERROR_ARGUMENT, errno,
                          "cannot open the output %s (check the path given to --out)", options->output);
    struct stat facts, input;
    dedup_status status = DEDUP_OK;
    if (fstat(output, &facts) != 0 || fstat(places->input, &input) != 0)
        status = fail_errno(error, DEDUP_ERROR_ARGUMENT, errno, "cannot look at the output %s", options->output);
    else if (whole && same_file(&facts, &input))
        status = fail(error, DEDUP_ERROR_ARGUMENT, "%s is both input and output; name another directory with --out",
                      options->output);
    else if (whole && place_lies_within(dup(places->input), &facts))
        status = fail(error, DEDUP_ERROR_ARGUMENT,
                      "the input lies inside the output %s; name a directory outside with --out", options->output);
    else if (place_lies_within(dup(output), &input))
        status = fail(error, DEDUP_ERROR_ARGUMENT,
                      "the output %s lies inside the input; name a directory outside with --out", options->output);
    else if (whole)
        status = look_into_output(options->output, output, &places->fresh, error);
    close(output);
    return status;
}

dedup_status places_open(const dedup_options *options, struct places *out, dedup_error *error)
{
    *out = (struct places){.input = -1, .output = -1, .lock = -1, .fresh = true};
    TRY(place_open_input(options->input, &out->input, error));
    dedup_status status = place_check_outside(out->input, NULL, options->temporary, error);
    if (status == DEDUP_OK)
        status = check_output(options, out, error);
    if (status != DEDUP_OK)
        places_release(out);
    return status;
}

dedup_status places_claim(const dedup_options *options, struct places *places, dedup_error *error)
{
    const char *path = options->output;
    TRY(folder_make_parents(AT_FDCWD, path, error));
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        return fail_errno(error, DEDUP_ERROR_WRITE, errno, "cannot create the output directory %s", path);
    places->output = file_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (places->output < 0)
        return fail_errno(error, DEDUP_ERROR_WRITE, errno, "cannot open the output directory %s", path);
    const char *name;
    int own = folder_enter(places->output, PLACE_LOCK, true, &name);
    if (own == -1)
        return folder_fail(places->output, PLACE_LOCK, name, errno, error);
    places->lock = file_open(own, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW);
    folder_leave(places->output, own);
    if (places->lock < 0 && errno == ELOOP)
        return place_refuse_link(path, PLACE_LOCK, sizeof PLACE_LOCK - 1, error);
    if (places->lock < 0)
        return fail_errno(error, DEDUP_ERROR_WRITE, errno, "cannot create %s/%s", path, PLACE_LOCK);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(places->lock, F_SETLK, &lock) != 0)
        return fail(error, DEDUP_ERROR_CONFLICT, "another run is writing to %s; wait for it or name another --out",
                    path);
    return DEDUP_OK;
}

void places_release(struct places *places)
{
    int *descriptors[] = {&places->input, &places->output, &places->lock};
    for (size_t i = 0; i < sizeof descriptors / sizeof *descriptors; i++) {
        if (*descriptors[i] >= 0)
            close(*descriptors[i]);
        *descriptors[i] = -1;
    }
}
