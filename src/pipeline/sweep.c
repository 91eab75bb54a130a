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

void places_sweep(int output, int spill, const struct corpus_listing *listing)
{
    dedup_buffer name;
    dedup_buffer_init(&name, SIZE_MAX);
    sweep_folder(output, PLACE_OWN, sizeof PLACE_OWN - 1, atomic_file_prefix, &name);
    sweep_folder(spill, "", 0, spill_prefix, &name); /* other programs use it, too */
    const char *last = NULL;
    size_t last_length = 0;
    for (size_t i = 0; i < listing->file_count; i++) {
        const char *path = listing->files[i].path, *slash = strrchr(path, '/');
        size_t length = slash ? (size_t)(slash - path) : 0;
        if (last && length == last_length && memcmp(path, last, length) == 0)
            continue;
        sweep_folder(output, path, length, atomic_file_prefix, &name);
        last = path;
        last_length = length;
    }
    dedup_buffer_release(&name);
}
