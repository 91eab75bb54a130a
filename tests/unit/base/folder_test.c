#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/folder.h"

/* A folder `tree` with the folder `real`, and links in it: `into` leads to `outside`, which is beside it, `near` to
 * `real`, `nowhere` to nothing. */
struct place {
    char path[64];
    int above, tree;
};

static int make_place(void **state)
{
    struct place *place = malloc(sizeof *place);
    if (!place)
        return -1;
    (void)snprintf(place->path, sizeof place->path, "%s", "/tmp/dedup-folder-test-XXXXXX");
    if (!mkdtemp(place->path))
        return -1;
    place->above = open(place->path, O_RDONLY | O_DIRECTORY);
    *state = place;
    bool made = mkdirat(place->above, "tree", 0777) == 0 && mkdirat(place->above, "outside", 0777) == 0;
    place->tree = openat(place->above, "tree", O_RDONLY | O_DIRECTORY);
    return made && mkdirat(place->tree, "real", 0777) == 0 && symlinkat("../outside", place->tree, "into") == 0 &&
                   symlinkat("real", place->tree, "near") == 0 && symlinkat("missing", place->tree, "nowhere") == 0
               ? 0
               : -1;
}

static int remove_place(void **state)
{
    struct place *place = *state;
    char command[3 * sizeof place->path];
    close(place->tree);
    close(place->above);
    (void)snprintf(command, sizeof command, "chmod -R u+rwx %s && rm -r %s", place->path, place->path);
    int result = system(command);
    free(place);
    return result;
}

static bool is_there(int directory, const char *path)
{
    struct stat facts;
    return fstatat(directory, path, &facts, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Entering `path` fails with `code` behind the first `length` bytes of it. */
static void assert_closed(int directory, const char *path, bool make, int code, size_t length)
{
    const char *name;
    assert_int_equal(folder_enter(directory, path, make, &name), -1);
    assert_int_equal(errno, code);
    assert_int_equal(name - path, length);
}

static void test_a_folder_is_entered(void **state)
{
    const struct place *place = *state;
    const char *name;
    assert_int_equal(folder_enter(place->tree, "file", true, &name), place->tree);
    assert_string_equal(name, "file");
    int folder = folder_enter(place->tree, "a//b/c/file", true, &name);
    assert_true(folder >= 0);
    assert_string_equal(name, "file");
    assert_int_equal(mkdirat(folder, "here", 0777), 0);
    errno = EDOM;
    folder_leave(place->tree, folder);
    assert_int_equal(errno, EDOM);
    assert_true(is_there(place->tree, "a/b/c/here"));
    folder = folder_enter(place->tree, "real/", false, &name);
    assert_true(folder >= 0);
    assert_string_equal(name, "");
    folder_leave(place->tree, folder);
}

static void test_what_is_no_folder_is_told(void **state)
{
    const struct place *place = *state;
    char name[NAME_MAX + 8];
    assert_closed(place->tree, "real/missing/file", false, ENOENT, strlen("real/missing"));
    assert_false(is_there(place->tree, "real/missing"));
    assert_int_equal(close(openat(place->tree, "plain", O_WRONLY | O_CREAT, 0600)), 0);
    assert_closed(place->tree, "plain/file", true, ENOTDIR, strlen("plain"));
    memset(name, 'n', sizeof name);
    memcpy(name + NAME_MAX + 1, "/file", 6);
    assert_closed(place->tree, name, true, ENAMETOOLONG, NAME_MAX + 1);
}

static void test_links_are_not_followed(void **state)
{
    const struct place *place = *state;
    assert_closed(place->tree, "into/file", true, ELOOP, strlen("into"));
    assert_closed(place->tree, "into/below/file", true, ELOOP, strlen("into"));
    assert_closed(place->tree, "near/file", false, ELOOP, strlen("near"));
    assert_closed(place->tree, "nowhere/file", true, ELOOP, strlen("nowhere"));
    assert_int_equal(symlinkat("../into", place->tree, "real/deeper"), 0);
    assert_closed(place->tree, "real/deeper/file", true, ELOOP, strlen("real/deeper"));
    assert_false(is_there(place->above, "outside/below"));
}

static void test_files_stay_below(void **state)
{
    const struct place *place = *state;
    struct atomic_file file;
    dedup_error error;
    assert_int_equal(close(openat(place->above, "outside/file", O_WRONLY | O_CREAT, 0600)), 0);
    assert_int_equal(atomic_file_open(&file, place->tree, "into/file", &error), DEDUP_ERROR_WRITE);
    assert_string_equal(error.message, "into is a symbolic link, and nothing is written through it; delete it, or name "
                                       "another directory");
    assert_int_equal(file_remove(place->tree, "into/file", &error), DEDUP_ERROR_WRITE);
    assert_non_null(strstr(error.message, "into is a symbolic link"));
    assert_int_equal(folder_make_parents(place->tree, "into/below/", &error), DEDUP_ERROR_WRITE);
    assert_true(is_there(place->above, "outside/file"));
    assert_false(is_there(place->above, "outside/below"));
}

/* A link in the place of a file is replaced, and deleted, itself. */
static void test_links_to_files_are_replaced(void **state)
{
    const struct place *place = *state;
    struct atomic_file file;
    struct stat facts;
    assert_int_equal(close(openat(place->above, "outside/file", O_WRONLY | O_CREAT, 0600)), 0);
    assert_int_equal(symlinkat("../../outside/file", place->tree, "real/file"), 0);
    assert_int_equal(atomic_file_open(&file, place->tree, "real/file", NULL), DEDUP_OK);
    assert_int_equal(atomic_file_write(&file, "new", 3, NULL), DEDUP_OK);
    assert_int_equal(atomic_file_commit(&file, true, NULL), DEDUP_OK);
    assert_int_equal(fstatat(place->tree, "real/file", &facts, AT_SYMLINK_NOFOLLOW), 0);
    assert_true(S_ISREG(facts.st_mode));
    assert_int_equal(fstatat(place->above, "outside/file", &facts, 0), 0);
    assert_int_equal(facts.st_size, 0);
    assert_int_equal(symlinkat("../../outside/file", place->tree, "real/other"), 0);
    assert_int_equal(file_remove(place->tree, "real/other", NULL), DEDUP_OK);
    assert_false(is_there(place->tree, "real/other"));
    assert_true(is_there(place->above, "outside/file"));
}

/* A path that a user gave may lead through links, and through folders that one cannot look into. */
static void test_paths_of_users_are_followed(void **state)
{
    const struct place *place = *state;
    struct atomic_file file;
    char path[sizeof place->path + 32];
    (void)snprintf(path, sizeof path, "%s/tree/into/new/file", place->path);
    assert_int_equal(fchmodat(place->above, "tree", 0300, 0), 0);
    assert_int_equal(atomic_file_open(&file, AT_FDCWD, path, NULL), DEDUP_OK);
    assert_int_equal(atomic_file_commit(&file, true, NULL), DEDUP_OK);
    assert_true(is_there(place->above, "outside/new/file"));
    assert_int_equal(file_remove(AT_FDCWD, path, NULL), DEDUP_OK);
    assert_false(is_there(place->above, "outside/new/file"));
}

/* Paths are longer than one system call takes. */
static void test_long_paths(void **state)
{
    enum { DEPTH = 60, NAME = 200 };
    const struct place *place = *state;
    struct atomic_file file;
    char path[DEPTH * (NAME + 1) + 1];
    memset(path, 'd', sizeof path);
    for (size_t i = 1; i < DEPTH; i++)
        path[i * (NAME + 1)] = '/';
    path[sizeof path - 1] = '\0';
    assert_int_equal(atomic_file_open(&file, place->tree, path, NULL), DEDUP_OK);
    assert_int_equal(atomic_file_commit(&file, true, NULL), DEDUP_OK);
    const char *rest = path;
    int folder = file_reach(place->tree, &rest);
    assert_true(folder >= 0 && is_there(folder, rest));
    close(folder);
    assert_int_equal(file_remove(place->tree, path, NULL), DEDUP_OK);
}

#define in_place(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_place(test_a_folder_is_entered),
        in_place(test_what_is_no_folder_is_told),
        in_place(test_links_are_not_followed),
        in_place(test_files_stay_below),
        in_place(test_links_to_files_are_replaced),
        in_place(test_paths_of_users_are_followed),
        in_place(test_long_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
