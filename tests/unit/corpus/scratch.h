/* A folder of its own for each test, and files in it. */
#ifndef DEDUP_TESTS_CORPUS_SCRATCH_H
#define DEDUP_TESTS_CORPUS_SCRATCH_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

struct scratch {
    char path[64];
    int root;
};

static inline void scratch_open(struct scratch *scratch)
{
    (void)snprintf(scratch->path, sizeof scratch->path, "/tmp/dedup-test-XXXXXX");
    assert_non_null(mkdtemp(scratch->path));
    scratch->root = open(scratch->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(scratch->root >= 0);
}

/* Runs a command of the shell in the folder; its exit code. */
static inline int scratch_run(const struct scratch *scratch, const char *command)
{
    char line[1024];
    (void)snprintf(line, sizeof line, "cd %s && { %s; }", scratch->path, command);
    return system(line);
}

static inline void scratch_close(struct scratch *scratch)
{
    close(scratch->root);
    char line[128];
    (void)snprintf(line, sizeof line, "rm -rf %s", scratch->path);
    assert_int_equal(system(line), 0);
}

/* Root may read everything: tests of permissions run as nobody then. */
static inline void scratch_drop_rights(const struct scratch *scratch)
{
    if (geteuid() == 0) {
        assert_int_equal(chmod(scratch->path, 0755), 0);
        assert_int_equal(seteuid(65534), 0);
    }
}

static inline void scratch_regain_rights(void)
{
    if (getuid() == 0)
        assert_int_equal(seteuid(0), 0);
}

static inline void scratch_write(const struct scratch *scratch, const char *path, const void *bytes, size_t length)
{
    int descriptor = openat(scratch->root, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    assert_true(descriptor >= 0);
    for (size_t done = 0; done < length;) {
        ssize_t wrote = write(descriptor, (const char *)bytes + done, length - done);
        assert_true(wrote > 0);
        done += (size_t)wrote;
    }
    assert_int_equal(close(descriptor), 0);
}

#endif
