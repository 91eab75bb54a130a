#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/failure.h"
#include "base/file.h"
#include "match/spill.h"
#include "pipeline/places.h"

/* Opens the folder `path` (its first `length` bytes) below `directory`; -1 when it is not there. */
static int open_folder(int directory, const char *path, size_t length, dedup_buffer *name)
{
    dedup_buffer_clear(name);
    if (dedup_buffer_append(name, length != 0 ? path : ".", length != 0 ? length : 1, NULL) != DEDUP_OK)
        return -1;
    const char *rest = name->data;
    int reached = file_reach(directory, &rest);
    if (reached < 0)
        return -1;
    int folder = file_open(reached, rest, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (reached != directory)
        close(reached);
    return folder;
}

/* Deletes what begins with `prefix` in a folder. */
static void sweep_folder(int directory, const char *path, size_t length, const char *prefix, dedup_buffer *name)
{
    int descriptor = open_folder(directory, path, length, name);
    DIR *folder = descriptor >= 0 ? fdopendir(descriptor) : NULL;
    if (!folder) {
        if (descriptor >= 0)
            close(descriptor);
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder));)
        if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0)
            (void)unlinkat(descriptor, entry->d_name, 0);
    closedir(folder);
}

/* A sweep over the folders of files that come in the order of their names. */
struct sweep {
    int directory; /* -1: there is nothing to sweep */
    const char *last;
    size_t last_length;
    dedup_buffer *name;
};

/* Sweeps the folder of a file, once for neighbours. */
static void sweep_beside(struct sweep *sweep, const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) : 0;
    if (sweep->directory < 0 || (sweep->last && length == sweep->last_length && memcmp(path, sweep->last, length) == 0))
        return;
    sweep_folder(sweep->directory, path, length, atomic_file_prefix, sweep->name);
    sweep->last = path;
    sweep->last_length = length;
}

void places_sweep(int output, int spill, const struct corpus_listing *listing)
{
    dedup_buffer name;
    dedup_buffer_init(&name, SIZE_MAX);
    sweep_folder(output, PLACE_OWN, sizeof PLACE_OWN - 1, atomic_file_prefix, &name);
    sweep_folder(spill, "", 0, spill_prefix, &name); /* other programs use it, too */
    struct sweep tree = {.directory = output, .name = &name};
    for (size_t i = 0; i < listing->file_count; i++)
        sweep_beside(&tree, listing->files[i].path);
    struct sweep others = {.directory = open_folder(output, PLACE_OTHERS, sizeof PLACE_OTHERS - 1, &name),
                           .name = &name};
    for (size_t i = 0; i < listing->skipped_count; i++)
        sweep_beside(&others, listing->skipped[i].path);
    if (others.directory >= 0)
        close(others.directory);
    dedup_buffer_release(&name);
}
