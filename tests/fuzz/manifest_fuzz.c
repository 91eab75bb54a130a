/* Any bytes as a manifest: refused with a message, or a state and two fingerprints that end. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/manifest.h"
#include "pipeline/places.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char output[] = "/tmp/dedup-fuzz-XXXXXX";
    struct manifest manifest;
    dedup_error error = {0};
    require(mkdtemp(output) != NULL);
    int directory = open(output, O_RDONLY | O_DIRECTORY);
    require(directory >= 0 && mkdirat(directory, PLACE_OWN, 0700) == 0);
    require(manifest_read(directory, &manifest, &error) == DEDUP_OK && manifest.state == MANIFEST_ABSENT);
    int file = openat(directory, PLACE_MANIFEST, O_WRONLY | O_CREAT, 0600);
    require(file >= 0 && write(file, data, size) == (ssize_t)size);
    close(file);
    dedup_status status = manifest_read(directory, &manifest, &error);
    if (status == DEDUP_OK) {
        require(manifest.state == MANIFEST_RUNNING || manifest.state == MANIFEST_DONE);
        require(memchr(manifest.parameters, '\0', sizeof manifest.parameters) != NULL);
        require(memchr(manifest.input, '\0', sizeof manifest.input) != NULL);
    } else {
        require(error.status == status && error.message[0] != '\0');
    }
    require(unlinkat(directory, PLACE_MANIFEST, 0) == 0 && unlinkat(directory, PLACE_OWN, AT_REMOVEDIR) == 0);
    close(directory);
    require(rmdir(output) == 0);
    return 0;
}
