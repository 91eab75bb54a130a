/* Any records as those of a run: what is restored is proved, and nothing lies outside of the target.
 *
 * The input has four parts, parted by bytes 1e: files.jsonl, removed.jsonl, codes.jsonl, and the content of the files a
 * and b/c of the output, of b/d.gz, and of others/a. */
#define _XOPEN_SOURCE 700

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "base/file.h"
#include "corpus/stream.h"
#include "dedup/audit.h"
#include "pipeline/places.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PARTS = 4, ROOM = 64 };

static void require(bool holds)
{
    if (!holds)
        abort();
}

static int delete_entry(const char *path, const struct stat *facts, int kind, struct FTW *place)
{
    (void)facts;
    (void)kind;
    (void)place;
    return remove(path);
}

static void put(int root, const char *path, const void *bytes, size_t size)
{
    struct atomic_file file;
    require(atomic_file_open(&file, root, path, NULL) == DEDUP_OK);
    require(atomic_file_write(&file, bytes, size, NULL) == DEDUP_OK);
    require(atomic_file_commit(&file, false, NULL) == DEDUP_OK);
}

static void put_journal(int root, const char *path, const void *bytes, size_t size)
{
    size_t room = ZSTD_compressBound(size);
    void *packed = malloc(room);
    require(packed != NULL);
    size_t length = ZSTD_compress(packed, room, bytes, size, 1);
    require(!ZSTD_isError(length));
    put(root, path, packed, length);
    free(packed);
}

static void put_packed(int root, const char *path, const void *bytes, size_t size)
{
    struct output_stream *out;
    require(output_stream_open(root, path, CONTAINER_GZ, &out, NULL) == DEDUP_OK);
    require(output_stream_write(out, bytes, size, NULL) == DEDUP_OK);
    require(output_stream_commit(out, NULL) == DEDUP_OK);
}

/* Makes the output, and an input that has its files. */
static void build(int root, const uint8_t *const *parts, const size_t *sizes)
{
    static const char manifest[] = "{\"state\":\"done\",\"parameters\":\"p\",\"input\":\"i\"}\n";
    put(root, "out/" PLACE_MANIFEST, manifest, sizeof manifest - 1);
    put_journal(root, "out/" PLACE_FILES, parts[0], sizes[0]);
    put_journal(root, "out/" PLACE_REMOVED, parts[1], sizes[1]);
    if (sizes[2] != 0)
        put_journal(root, "out/" PLACE_CODES, parts[2], sizes[2]);
    const char *const copies[] = {"out/a", "out/b/c", "out/" PLACE_OTHERS "/a", "in/a", "in/b/c"};
    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++)
        put(root, copies[i], parts[3], sizes[3]);
    put_packed(root, "out/b/d.gz", parts[3], sizes[3]);
    put_packed(root, "in/b/d.gz", parts[3], sizes[3]);
}

static void note(void *context, const dedup_difference *difference)
{
    uint64_t *count = context;
    ++*count;
    require(difference->path[0] != '\0' || difference->message[0] != '\0');
}

static void check_result(dedup_status status, const dedup_audit_summary *summary, uint64_t told,
                         const dedup_error *error)
{
    if (status == DEDUP_OK)
        require(summary->differences == told &&
                summary->bytes == summary->bytes_kept + summary->bytes_logged + summary->bytes_measured);
    else
        require(error->status == status && error->message[0] != '\0');
}

static void audit(const char *root)
{
    char output[ROOM], input[ROOM], target[ROOM];
    dedup_audit_options options;
    dedup_audit_summary summary;
    dedup_error error = {0};
    uint64_t told = 0;
    const dedup_audit_observer observer = {.context = &told, .difference = note};
    (void)snprintf(output, sizeof output, "%s/out", root);
    (void)snprintf(input, sizeof input, "%s/in", root);
    (void)snprintf(target, sizeof target, "%s/to", root);
    dedup_audit_options_init(&options);
    options.output = output;
    options.input = input;
    options.target = target;
    options.maximum_document = 1 << 16;
    dedup_status status = dedup_verify(&options, &observer, &summary, &error);
    check_result(status, &summary, told, &error);
    told = 0;
    status = dedup_restore(&options, &observer, &summary, &error);
    check_result(status, &summary, told, &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char root[] = "/dev/shm/dedup-fuzz-XXXXXX", other[] = "/tmp/dedup-fuzz-XXXXXX";
    const uint8_t *parts[PARTS] = {data, data + size, data + size, data + size};
    size_t sizes[PARTS] = {size}, part = 0;
    for (size_t i = 0; i < size && part < PARTS - 1; i++) {
        if (data[i] != 0x1e)
            continue;
        sizes[part] = (size_t)(data + i - parts[part]);
        part++;
        parts[part] = data + i + 1;
        sizes[part] = size - i - 1;
    }
    const char *place = mkdtemp(root) ? root : mkdtemp(other);
    require(place != NULL);
    int directory = open(place, O_RDONLY | O_DIRECTORY);
    require(directory >= 0);
    build(directory, parts, sizes);
    audit(place);
    /* Only what was made stands beside the target. */
    require(unlinkat(directory, "in/b/c", 0) == 0 && unlinkat(directory, "in/b/d.gz", 0) == 0 &&
            unlinkat(directory, "in/b", AT_REMOVEDIR) == 0 && unlinkat(directory, "in/a", 0) == 0 &&
            unlinkat(directory, "in", AT_REMOVEDIR) == 0);
    char folder[2][ROOM];
    (void)snprintf(folder[0], sizeof folder[0], "%s/out", place);
    (void)snprintf(folder[1], sizeof folder[1], "%s/to", place);
    for (int i = 0; i < 2; i++)
        (void)nftw(folder[i], delete_entry, 16, FTW_DEPTH | FTW_PHYS);
    close(directory);
    require(rmdir(place) == 0);
    return 0;
}
