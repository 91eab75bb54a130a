#include "load.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/file.h"
#include "base/utf8_validate.h"

void must(dedup_status status, const dedup_error *error)
{
    if (status == DEDUP_OK)
        return;
    fprintf(stderr, "%s\n", error->message);
    exit(1);
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static bool is_text(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && (strcmp(dot, ".txt") == 0 || strcmp(dot, ".md") == 0);
}

static void load_file(struct texts *texts, const char *path)
{
    dedup_error error;
    size_t begin = texts->bytes.length;
    must(file_read(AT_FDCWD, path, &texts->bytes, &error), &error);
    size_t length = utf8_prefix(texts->bytes.data + begin, texts->bytes.length - begin);
    must(array_reserve(&texts->items, &texts->capacity, texts->count + 1, "texts", &error), &error);
    texts->items[texts->count++] = (struct span){begin, length};
    if (length > texts->longest)
        texts->longest = length;
}

static void load_path(struct texts *texts, const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, visible, alphasort);
    if (count < 0 && is_text(path))
        load_file(texts, path);
    for (int i = 0; i < count; i++) {
        char below[4096];
        (void)snprintf(below, sizeof below, "%s/%s", path, entries[i]->d_name);
        load_path(texts, below);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

void texts_load(struct texts *texts, const char *path)
{
    *texts = (struct texts){0};
    dedup_buffer_init(&texts->bytes, SIZE_MAX);
    load_path(texts, path);
}

void texts_release(struct texts *texts)
{
    dedup_buffer_release(&texts->bytes);
    free(texts->items);
}
