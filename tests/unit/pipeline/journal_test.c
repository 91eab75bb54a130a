#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <unistd.h>

#include "pipeline/journal.h"
#include "pipeline/journal_reader.h"
#include "random.h"

enum { BATCHES = 400, LONGEST = 20000 };

static const char place_name[] = "log.zst";

struct place {
    char path[64];
    int directory;
};

static int make_place(void **state)
{
    static struct place place;
    (void)snprintf(place.path, sizeof place.path, "%s", "/tmp/dedup-journal-test-XXXXXX");
    if (!mkdtemp(place.path))
        return -1;
    place.directory = open(place.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *state = &place;
    return place.directory < 0;
}

static int remove_place(void **state)
{
    struct place *place = *state;
    (void)unlinkat(place->directory, place_name, 0);
    close(place->directory);
    return rmdir(place->path);
}

/* What batch `number` has to say: a line of some length, now and then a very long one or nothing. */
static void make_record(unsigned number, dedup_buffer *out)
{
    struct random random = random_make(number + 1);
    uint32_t kind = (uint32_t)random_below(&random, 20);
    size_t length = kind == 0 ? LONGEST : kind == 1 ? 0 : random_below(&random, 3000);
    dedup_buffer_clear(out);
    if (kind == 1)
        return;
    for (size_t i = 0; i < length; i++)
        assert_int_equal(dedup_buffer_append(out, "abcdefghijklmnop" + random_below(&random, 16), 1, NULL), DEDUP_OK);
    assert_int_equal(dedup_buffer_append(out, "\n", 1, NULL), DEDUP_OK);
}

/* Writes a log as batches in `lanes` would: each lane is packed ahead of its turn, at a time of its own, or not. */
static void write_log(int directory, size_t lanes, unsigned batches, uint64_t seed)
{
    struct random random = random_make(seed);
    struct journal journal;
    dedup_buffer record;
    dedup_buffer_init(&record, SIZE_MAX / 2);
    assert_int_equal(journal_open(&journal, directory, place_name, lanes, NULL), DEDUP_OK);
    for (unsigned i = 0; i < batches; i++) {
        size_t lane = lanes != 0 ? i % lanes : 0;
        if (random_below(&random, 3) != 0)
            assert_int_equal(journal_pack(&journal, lane, NULL), DEDUP_OK);
        make_record(i, &record);
        assert_int_equal(journal_append(&journal, record.data, record.length, NULL), DEDUP_OK);
        assert_int_equal(journal_turn(&journal, lane, NULL), DEDUP_OK);
    }
    assert_int_equal(journal_commit(&journal, NULL), DEDUP_OK);
    journal_discard(&journal);
    dedup_buffer_release(&record);
}

static void take_file(int directory, dedup_buffer *out)
{
    dedup_buffer_init(out, SIZE_MAX / 2);
    assert_int_equal(file_read(directory, place_name, out, NULL), DEDUP_OK);
}

static void test_the_file_does_not_depend_on_the_lanes(void **state)
{
    static const size_t lanes[] = {2, 3, 8, 16};
    const struct place *place = *state;
    dedup_buffer one, other;
    write_log(place->directory, 1, BATCHES, 1);
    take_file(place->directory, &one);
    assert_true(one.length != 0);
    for (size_t i = 0; i < sizeof lanes / sizeof *lanes; i++) {
        write_log(place->directory, lanes[i], BATCHES, lanes[i]);
        take_file(place->directory, &other);
        assert_int_equal(other.length, one.length);
        assert_memory_equal(other.data, one.data, one.length);
        dedup_buffer_release(&other);
    }
    dedup_buffer_release(&one);
}

static void test_records_come_back_in_order(void **state)
{
    const struct place *place = *state;
    struct journal_reader *reader;
    dedup_buffer record;
    const char *line;
    size_t length;
    bool missing;
    dedup_buffer_init(&record, SIZE_MAX / 2);
    write_log(place->directory, 4, BATCHES, 7);
    assert_int_equal(journal_reader_open(place->path, place_name, LONGEST + 1, &reader, &missing, NULL), DEDUP_OK);
    for (unsigned i = 0; i < BATCHES; i++) {
        make_record(i, &record);
        if (record.length == 0)
            continue;
        assert_int_equal(journal_reader_next(reader, &line, &length, NULL), DEDUP_OK);
        assert_non_null(line);
        assert_int_equal(length, record.length - 1);
        assert_memory_equal(line, record.data, length);
    }
    assert_int_equal(journal_reader_next(reader, &line, &length, NULL), DEDUP_OK);
    assert_null(line);
    journal_reader_close(reader);
    dedup_buffer_release(&record);
}

static void test_an_empty_log_is_a_file(void **state)
{
    const struct place *place = *state;
    struct journal_reader *reader;
    const char *line;
    size_t length;
    bool missing;
    write_log(place->directory, 4, 0, 1);
    assert_int_equal(journal_reader_open(place->path, place_name, LONGEST, &reader, &missing, NULL), DEDUP_OK);
    assert_int_equal(journal_reader_next(reader, &line, &length, NULL), DEDUP_OK);
    assert_null(line);
    journal_reader_close(reader);
}

static void test_a_plain_log_holds_the_records(void **state)
{
    const struct place *place = *state;
    dedup_buffer file, record;
    size_t at = 0;
    dedup_buffer_init(&record, SIZE_MAX / 2);
    write_log(place->directory, 0, BATCHES, 3);
    take_file(place->directory, &file);
    for (unsigned i = 0; i < BATCHES; i++) {
        make_record(i, &record);
        assert_true(record.length <= file.length - at);
        if (record.length != 0)
            assert_memory_equal(file.data + at, record.data, record.length);
        at += record.length;
    }
    assert_int_equal(at, file.length);
    dedup_buffer_release(&file);
    dedup_buffer_release(&record);
}

static void test_discarding_leaves_nothing(void **state)
{
    const struct place *place = *state;
    struct journal journal;
    dedup_buffer record;
    dedup_buffer_init(&record, SIZE_MAX / 2);
    assert_int_equal(journal_open(&journal, place->directory, place_name, 2, NULL), DEDUP_OK);
    for (unsigned i = 0; i < BATCHES; i++) {
        make_record(i, &record);
        assert_int_equal(journal_append(&journal, record.data, record.length, NULL), DEDUP_OK);
        assert_int_equal(journal_turn(&journal, i % 2, NULL), DEDUP_OK);
    }
    journal_discard(&journal);
    journal_discard(&journal);
    assert_int_equal(faccessat(place->directory, place_name, F_OK, 0), -1);
    dedup_buffer_release(&record);
}

#define in_place(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_place(test_the_file_does_not_depend_on_the_lanes),
        in_place(test_records_come_back_in_order),
        in_place(test_an_empty_log_is_a_file),
        in_place(test_a_plain_log_holds_the_records),
        in_place(test_discarding_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
