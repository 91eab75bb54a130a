/* Any bytes as the removal log of a run, compressed (first byte odd) or as they are: refused with a message, or records
 * that end. Each record is also parsed as restore does. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "audit/record.h"
#include "dedup/log.h"
#include "pipeline/journal_reader.h"
#include "pipeline/places.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

struct seen {
    uint64_t lines, bytes;
};

static dedup_status take(void *context, const char *line, size_t length, dedup_error *error)
{
    struct seen *seen = context;
    struct record record;
    dedup_error reason = {0};
    (void)error;
    seen->lines++;
    seen->bytes += length + 1;
    require(memchr(line, '\n', length) == NULL);
    record_init(&record);
    dedup_status status = record_parse(&record, line, length, &reason);
    if (status == DEDUP_OK)
        require(record.begin < record.end);
    else
        require(reason.status == status && reason.message[0] != '\0');
    record_release(&record);
    return DEDUP_OK;
}

/* The same lines come in small portions, with a bound. */
static void read_bounded(const char *output, size_t longest, const struct seen *seen, dedup_status status)
{
    struct journal_reader *reader;
    bool missing;
    const char *line = "";
    size_t length;
    struct seen again = {0};
    require(journal_reader_open(output, PLACE_REMOVED, longest, &reader, &missing, NULL) == DEDUP_OK);
    dedup_status bounded = DEDUP_OK;
    while (bounded == DEDUP_OK && line) {
        bounded = journal_reader_next(reader, &line, &length, NULL);
        if (bounded == DEDUP_OK && line) {
            require(length <= longest);
            again.lines++;
            again.bytes += length + 1;
        }
    }
    journal_reader_close(reader);
    if (bounded == DEDUP_OK)
        require(status == DEDUP_OK && again.lines == seen->lines && again.bytes == seen->bytes);
    else
        require(bounded == DEDUP_ERROR_LIMIT || status != DEDUP_OK);
}

static void write_log(int directory, const uint8_t *data, size_t size, bool compress)
{
    size_t room = ZSTD_compressBound(size);
    void *packed = malloc(room + 1);
    require(packed != NULL);
    if (compress) {
        size = ZSTD_compress(packed, room, data, size, 1);
        require(!ZSTD_isError(size));
        data = packed;
    }
    int file = openat(directory, PLACE_REMOVED, O_WRONLY | O_CREAT, 0600);
    require(file >= 0 && write(file, data, size) == (ssize_t)size);
    close(file);
    free(packed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char output[] = "/tmp/dedup-fuzz-XXXXXX";
    struct seen seen = {0};
    dedup_error error = {0};
    if (size == 0)
        return 0;
    require(mkdtemp(output) != NULL);
    int directory = open(output, O_RDONLY | O_DIRECTORY);
    require(directory >= 0 && mkdirat(directory, PLACE_OWN, 0700) == 0);
    require(dedup_log_read(output, take, &seen, &error) == DEDUP_ERROR_READ);
    write_log(directory, data + 1, size - 1, data[0] % 2 == 1);
    dedup_status status = dedup_log_read(output, take, &seen, &error);
    require(status == DEDUP_OK || (error.status == status && error.message[0] != '\0'));
    if (data[0] % 2 == 1 && status == DEDUP_OK)
        require(seen.bytes == size - 1);
    read_bounded(output, data[0], &seen, status);
    require(unlinkat(directory, PLACE_REMOVED, 0) == 0 && unlinkat(directory, PLACE_OWN, AT_REMOVEDIR) == 0);
    close(directory);
    require(rmdir(output) == 0);
    return 0;
}
