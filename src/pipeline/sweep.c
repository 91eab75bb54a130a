#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/failure.h"
#include "base/file.h"
#include "base/folder.h"
#include "match/spill.h"
#include "pipeline/places.h"

/* Deletes what begins with `prefix` in a folder. */
static void sweep_folder(int folder, const char *prefix)
{
    int descriptor = file_open(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = descriptor >= 0 ? fdopendir(descriptor) : NULL;
    if (!entries) {
        if (descriptor >= 0)
            close(descriptor);
        return;
    }
    for (struct dirent *entry; (entry = readdir(entries));)
        if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0)
            (void)unlinkat(descriptor, entry->d_name, 0);
    closedir(entries);
}

/* A sweep over the folders of files that come in the order of their names. */
struct sweep {
    const char *path; /* of OUT */
    int output;
    const char *last; /* a file of the folder that was swept last */
    size_t last_length;
    dedup_buffer name;
};

/* Sweeps the folder of a file, the path of which below OUT is `root` and `path`, once for neighbours. */
static dedup_status sweep_beside(struct sweep *sweep, const char *root, const char *path, dedup_error *error)
{
    const char *slash = strrchr(path, '/'), *end;
    size_t length = slash ? (size_t)(slash - path) : 0;
    if (sweep->last && length == sweep->last_length && memcmp(path, sweep->last, length) == 0)
        return DEDUP_OK;
    sweep->last = path;
    sweep->last_length = length;
    dedup_buffer_clear(&sweep->name);
    TRY(dedup_buffer_printf(&sweep->name, error, "%s%s", root, path));
    int folder = folder_enter(sweep->output, sweep->name.data, false, &end);
    if (folder == -1)
        return errno != ELOOP
                   ? DEDUP_OK
                   : place_refuse_link(sweep->path, sweep->name.data, (size_t)(end - sweep->name.data), error);
    sweep_folder(folder, atomic_file_prefix);
    folder_leave(sweep->output, folder);
    return DEDUP_OK;
}

static dedup_status sweep_all(struct sweep *sweep, const struct corpus_listing *listing, dedup_error *error)
{
    TRY(sweep_beside(sweep, PLACE_OWN "/", "", error));
    sweep->last = NULL;
    for (size_t i = 0; i < listing->file_count; i++)
        TRY(sweep_beside(sweep, "", listing->files[i].path, error));
    sweep->last = NULL;
    for (size_t i = 0; i < listing->skipped_count; i++)
        TRY(sweep_beside(sweep, PLACE_OTHERS "/", listing->skipped[i].path, error));
    return DEDUP_OK;
}

dedup_status places_sweep(const char *path, int output, int spill, const struct corpus_listing *listing,
                          dedup_error *error)
{
    struct sweep sweep = {.path = path, .output = output};
    dedup_buffer_init(&sweep.name, SIZE_MAX);
    sweep_folder(spill, spill_prefix); /* other programs use it, too */
    dedup_status status = sweep_all(&sweep, listing, error);
    dedup_buffer_release(&sweep.name);
    return status;
}
