#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/folder.h"

struct place {
    char path[64];
    int directory;
};

static int make_place(void **state)
{
    struct place *place = malloc(sizeof *place);
    if (!place)
        return -1;
    (void)snprintf(place->path, sizeof place->path, "%s", "/tmp/dedup-file-test-XXXXXX");
    if (!mkdtemp(place->path))
        return -1;
    place->directory = open(place->path, O_RDONLY | O_DIRECTORY);
    *state = place;
    return place->directory < 0;
}

static void remove_below(int directory)
{
    DIR *list = fdopendir(dup(directory));
    rewinddir(list);
    for (struct dirent *entry; (entry = readdir(list));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        int child = openat(directory, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        if (child >= 0) {
            remove_below(child);
            close(child);
        }
        unlinkat(directory, entry->d_name, child >= 0 ? AT_REMOVEDIR : 0);
    }
    closedir(list);
}

static int remove_place(void **state)
{
    struct place *place = *state;
    remove_below(place->directory);
    close(place->directory);
    int result = rmdir(place->path);
    free(place);
    return result;
}

static size_t entries(int directory)
{
    size_t count = 0;
    DIR *list = fdopendir(dup(directory));
    rewinddir(list);
    for (struct dirent *entry; (entry = readdir(list));)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(list);
    return count;
}

static void write_whole(int directory, const char *path, const char *text, bool durable)
{
    struct atomic_file file;
    assert_int_equal(atomic_file_open(&file, directory, path, NULL), DEDUP_OK);
    assert_int_equal(atomic_file_write(&file, text, strlen(text), NULL), DEDUP_OK);
    assert_int_equal(atomic_file_commit(&file, durable, NULL), DEDUP_OK);
    assert_int_equal(file.descriptor, -1);
    atomic_file_discard(&file);
}

static void assert_content(int directory, const char *path, const char *want)
{
    dedup_buffer buffer;
    dedup_buffer_init(&buffer, 1 << 20);
    assert_int_equal(file_read(directory, path, &buffer, NULL), DEDUP_OK);
    assert_string_equal(buffer.data, want);
    dedup_buffer_release(&buffer);
}

static void test_a_file_appears_whole(void **state)
{
    const struct place *place = *state;
    struct atomic_file file;
    assert_int_equal(atomic_file_open(&file, place->directory, "a", NULL), DEDUP_OK);
    assert_int_equal(atomic_file_write(&file, "one", 3, NULL), DEDUP_OK);
    assert_int_equal(faccessat(place->directory, "a", F_OK, 0), -1);
    assert_memory_equal(file.temporary, atomic_file_prefix, strlen(atomic_file_prefix));
    assert_int_equal(atomic_file_write(&file, "two", 3, NULL), DEDUP_OK);
    assert_int_equal(atomic_file_commit(&file, true, NULL), DEDUP_OK);
    assert_content(place->directory, "a", "onetwo");
    write_whole(place->directory, "a", "new", false);
    assert_content(place->directory, "a", "new");
    write_whole(place->directory, "empty", "", false);
    assert_content(place->directory, "empty", "");
    assert_int_equal(entries(place->directory), 2);
}

/* More pieces than go out at once, some of them empty. */
static void test_pieces_follow_each_other(void **state)
{
    enum { PIECES = 1000 };
    const struct place *place = *state;
    struct file_piece pieces[PIECES];
    static const char digits[] = "0123456789";
    char want[4 * PIECES + 1] = "";
    size_t length = 0;
    struct atomic_file file;
    for (int i = 0; i < PIECES; i++) {
        pieces[i] = (struct file_piece){digits + i % 6, (size_t)(i % 5)};
        memcpy(want + length, pieces[i].bytes, pieces[i].length);
        length += pieces[i].length;
    }
    assert_int_equal(atomic_file_open(&file, place->directory, "pieces", NULL), DEDUP_OK);
    assert_int_equal(atomic_file_write_pieces(&file, pieces, PIECES, NULL), DEDUP_OK);
    assert_int_equal(atomic_file_write_pieces(&file, pieces, 0, NULL), DEDUP_OK);
    assert_int_equal(atomic_file_commit(&file, false, NULL), DEDUP_OK);
    assert_content(place->directory, "pieces", want);
}

/* A file that begins its way to the disk while it grows. */
static void test_a_long_file_is_written_whole(void **state)
{
    enum { PIECE = (3 << 20) + 7, PIECES = 5 };
    const struct place *place = *state;
    struct atomic_file file;
    dedup_buffer content;
    char *piece = malloc(PIECE);
    assert_non_null(piece);
    dedup_buffer_init(&content, SIZE_MAX / 2);
    assert_int_equal(atomic_file_open(&file, place->directory, "long", NULL), DEDUP_OK);
    for (int i = 0; i < PIECES; i++) {
        memset(piece, 'a' + i, PIECE);
        assert_int_equal(atomic_file_write(&file, piece, PIECE, NULL), DEDUP_OK);
    }
    assert_int_equal(atomic_file_commit(&file, true, NULL), DEDUP_OK);
    assert_int_equal(file_read(place->directory, "long", &content, NULL), DEDUP_OK);
    assert_int_equal(content.length, (size_t)PIECE * PIECES);
    for (int i = 0; i < PIECES; i++) {
        memset(piece, 'a' + i, PIECE);
        assert_memory_equal(content.data + (size_t)i * PIECE, piece, PIECE);
    }
    dedup_buffer_release(&content);
    free(piece);
}

static void test_folders_are_made(void **state)
{
    const struct place *place = *state;
    write_whole(place->directory, "x/y/z/file", "deep", true);
    write_whole(place->directory, "x/y/other", "less", false);
    assert_content(place->directory, "x/y/z/file", "deep");
    char absolute[128];
    (void)snprintf(absolute, sizeof absolute, "%s/p//q/r", place->path);
    write_whole(place->directory, absolute, "absolute", true);
    assert_content(place->directory, "p/q/r", "absolute");
    assert_int_equal(folder_make_parents(place->directory, "", NULL), DEDUP_OK);
    assert_int_equal(folder_make_parents(place->directory, "/", NULL), DEDUP_OK);
    assert_int_equal(folder_make_parents(place->directory, "nothing", NULL), DEDUP_OK);
    assert_int_equal(entries(place->directory), 2);
}

static void test_discard_leaves_nothing(void **state)
{
    const struct place *place = *state;
    struct atomic_file file;
    assert_int_equal(atomic_file_open(&file, place->directory, "a", NULL), DEDUP_OK);
    atomic_file_discard(&file);
    atomic_file_discard(&file);
    struct atomic_file zero = {0};
    atomic_file_discard(&zero);
    assert_int_equal(entries(place->directory), 0);
}

/* Names with one hash, runs that were killed: whatever stands under the temporary name belongs to somebody else. */
static void test_writers_do_not_share_a_temporary_file(void **state)
{
    const struct place *place = *state;
    struct atomic_file first, second;
    assert_int_equal(atomic_file_open(&first, place->directory, "a", NULL), DEDUP_OK);
    assert_int_equal(atomic_file_open(&second, place->directory, "a", NULL), DEDUP_OK);
    assert_string_not_equal(first.temporary, second.temporary);
    assert_int_equal(atomic_file_write(&first, "first", 5, NULL), DEDUP_OK);
    assert_int_equal(atomic_file_write(&second, "second", 6, NULL), DEDUP_OK);
    assert_int_equal(atomic_file_commit(&second, false, NULL), DEDUP_OK);
    assert_content(place->directory, "a", "second");
    assert_int_equal(atomic_file_commit(&first, false, NULL), DEDUP_OK);
    assert_content(place->directory, "a", "first");
    assert_int_equal(entries(place->directory), 1);
}

static void test_long_names(void **state)
{
    const struct place *place = *state;
    char name[300];
    memset(name, 'n', sizeof name);
    name[255] = '\0';
    write_whole(place->directory, name, "fits", false);
    assert_content(place->directory, name, "fits");
    name[255] = 'n';
    name[256] = '\0';
    struct atomic_file file;
    dedup_error error;
    assert_int_equal(atomic_file_open(&file, place->directory, name, NULL), DEDUP_OK);
    assert_int_equal(atomic_file_commit(&file, false, &error), DEDUP_ERROR_WRITE);
    assert_non_null(strstr(error.message, "File name too long"));
    assert_int_equal(entries(place->directory), 1);
}

static void test_what_is_in_the_way_stays(void **state)
{
    const struct place *place = *state;
    write_whole(place->directory, "folder/file", "kept", false);
    struct atomic_file file;
    dedup_error error;
    assert_int_equal(atomic_file_open(&file, place->directory, "folder", NULL), DEDUP_OK);
    assert_int_equal(atomic_file_commit(&file, false, &error), DEDUP_ERROR_WRITE);
    assert_non_null(strstr(error.message, "folder"));
    assert_int_equal(atomic_file_open(&file, place->directory, "folder/file/below", &error), DEDUP_ERROR_WRITE);
    assert_null(file.path);
    atomic_file_discard(&file);
    assert_int_equal(entries(place->directory), 1);
    assert_content(place->directory, "folder/file", "kept");
}

static void test_a_full_disk_is_an_error(void **state)
{
    const struct place *place = *state;
    int full = open("/dev/full", O_WRONLY);
    if (full < 0)
        skip();
    struct atomic_file file;
    dedup_error error;
    assert_int_equal(atomic_file_open(&file, place->directory, "a", NULL), DEDUP_OK);
    assert_true(dup2(full, file.descriptor) >= 0);
    close(full);
    assert_int_equal(atomic_file_write(&file, "x", 1, &error), DEDUP_ERROR_WRITE);
    assert_string_equal(error.message, "cannot write a: No space left on device");
    atomic_file_discard(&file);
    assert_int_equal(entries(place->directory), 0);
}

enum { LARGE = 1 << 20 };

struct drain {
    int descriptor;
    pthread_t writer;
    size_t sum, count;
};

static void ignore_signal(int signal)
{
    (void)signal;
}

/* Reads a pipe slowly and interrupts the writer before every portion. */
static void *drain_slowly(void *argument)
{
    struct drain *drain = argument;
    unsigned char bytes[5000];
    for (ssize_t got; (got = read(drain->descriptor, bytes, sizeof bytes)) > 0;) {
        for (ssize_t i = 0; i < got; i++)
            drain->sum += bytes[i];
        drain->count += (size_t)got;
        if (drain->count < LARGE)
            pthread_kill(drain->writer, SIGUSR1);
    }
    return NULL;
}

static void test_interrupted_and_short_writes(void **state)
{
    const struct place *place = *state;
    struct sigaction action = {.sa_handler = ignore_signal};
    assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    struct atomic_file file;
    assert_int_equal(atomic_file_open(&file, place->directory, "a", NULL), DEDUP_OK);
    assert_true(dup2(pipes[1], file.descriptor) >= 0);
    close(pipes[1]);
    unsigned char *bytes = malloc(LARGE);
    assert_non_null(bytes);
    size_t sum = 0;
    for (size_t i = 0; i < LARGE; i++)
        sum += bytes[i] = (unsigned char)(i * 7 + i / 999);
    struct drain drain = {.descriptor = pipes[0], .writer = pthread_self()};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, drain_slowly, &drain), 0);
    assert_int_equal(atomic_file_write(&file, bytes, LARGE, NULL), DEDUP_OK);
    assert_int_equal(atomic_file_commit(&file, false, NULL), DEDUP_OK);
    pthread_join(thread, NULL);
    assert_int_equal(drain.count, LARGE);
    assert_int_equal(drain.sum, sum);
    free(bytes);
    close(pipes[0]);
}

static void test_reading_minds_the_bound(void **state)
{
    const struct place *place = *state;
    write_whole(place->directory, "ten", "0123456789", false);
    for (size_t limit = 0; limit < 14; limit++) {
        dedup_buffer buffer;
        dedup_error error;
        dedup_buffer_init(&buffer, limit);
        if (limit > 1)
            assert_int_equal(dedup_buffer_append(&buffer, "=>", 2, NULL), DEDUP_OK);
        dedup_status status = file_read(place->directory, "ten", &buffer, &error);
        assert_int_equal(status, limit < 12 ? DEDUP_ERROR_LIMIT : DEDUP_OK);
        if (status != DEDUP_OK)
            assert_non_null(strstr(error.message, "ten"));
        assert_string_equal(buffer.data, limit <= 1 ? "" : status == DEDUP_OK ? "=>0123456789" : "=>");
        dedup_buffer_release(&buffer);
    }
}

static void test_reading_what_does_not_tell_its_size(void **unused)
{
    (void)unused;
    dedup_buffer buffer;
    dedup_buffer_init(&buffer, 1 << 20);
    if (access("/proc/self/status", R_OK) != 0)
        skip();
    assert_int_equal(file_read(AT_FDCWD, "/proc/self/status", &buffer, NULL), DEDUP_OK);
    assert_memory_equal(buffer.data, "Name:", 5);
    dedup_buffer_release(&buffer);
}

static void test_reading_other_things_fails(void **state)
{
    const struct place *place = *state;
    dedup_buffer buffer;
    dedup_error error;
    dedup_buffer_init(&buffer, 100);
    assert_int_equal(file_read(place->directory, "missing\n", &buffer, &error), DEDUP_ERROR_READ);
    assert_string_equal(error.message, "cannot open missing\\x0A: No such file or directory");
    assert_int_equal(file_read(place->directory, ".", &buffer, &error), DEDUP_ERROR_READ);
    assert_string_equal(error.message, ". is not a regular file");
    assert_int_equal(mkfifoat(place->directory, "pipe", 0600), 0);
    assert_int_equal(file_read(place->directory, "pipe", &buffer, &error), DEDUP_ERROR_READ);
    assert_int_equal(buffer.length, 0);
    dedup_buffer_release(&buffer);
}

/* Room that a long file was given ahead and did not need is given back, and its bytes are what was written. */
static void test_room_is_given_back(void **state)
{
    enum { STEP = 300 * 1000, STEPS = 11 };
    const struct place *place = *state;
    struct atomic_file file;
    struct stat facts;
    dedup_buffer read;
    char *bytes = malloc(STEP);
    assert_non_null(bytes);
    assert_int_equal(atomic_file_open(&file, place->directory, "long", NULL), DEDUP_OK);
    for (int i = 0; i < STEPS; i++) {
        memset(bytes, 'a' + i, STEP);
        assert_int_equal(atomic_file_write(&file, bytes, STEP, NULL), DEDUP_OK);
        assert_int_equal(fstat(file.descriptor, &facts), 0);
        assert_int_equal(facts.st_size, (i + 1) * STEP);
    }
    assert_int_equal(atomic_file_commit(&file, true, NULL), DEDUP_OK);
    assert_int_equal(fstatat(place->directory, "long", &facts, 0), 0);
    assert_in_range(facts.st_blocks * 512, 0, STEPS * STEP + (64 << 10));
    dedup_buffer_init(&read, SIZE_MAX);
    assert_int_equal(file_read(place->directory, "long", &read, NULL), DEDUP_OK);
    assert_int_equal(read.length, STEPS * STEP);
    for (size_t i = 0; i < read.length; i++)
        if (read.data[i] != (char)('a' + i / STEP))
            fail_msg("byte %zu is wrong", i);
    dedup_buffer_release(&read);
    free(bytes);
}

#define in_place(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_place(test_a_file_appears_whole),
        in_place(test_pieces_follow_each_other),
        in_place(test_a_long_file_is_written_whole),
        in_place(test_folders_are_made),
        in_place(test_discard_leaves_nothing),
        in_place(test_writers_do_not_share_a_temporary_file),
        in_place(test_long_names),
        in_place(test_what_is_in_the_way_stays),
        in_place(test_a_full_disk_is_an_error),
        in_place(test_interrupted_and_short_writes),
        in_place(test_reading_minds_the_bound),
        in_place(test_room_is_given_back),
        cmocka_unit_test(test_reading_what_does_not_tell_its_size),
        in_place(test_reading_other_things_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
