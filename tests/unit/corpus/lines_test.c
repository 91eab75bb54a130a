#include "corpus/lines.h"

#include "corpus/codec.h"
#include "scratch.h"

static const struct stream_limits wide = {.bytes = UINT64_MAX, .ratio = 0};
static const struct line_format bytes_format = {.unit = 1};

static struct input_stream *open_stream(const struct scratch *scratch, enum container container)
{
    struct corpus_file file = {.path = "file", .container = container};
    struct input_stream *stream;
    assert_int_equal(input_stream_open(scratch->root, &file, false, &wide, &stream, NULL), DEDUP_OK);
    return stream;
}

/* Units of "\n", "\r" and others that hold a 0x0a byte in some place. */
static void make_bytes(struct random *random, struct line_format format, size_t units, dedup_buffer *out)
{
    dedup_buffer_clear(out);
    for (size_t i = 0; i < units; i++) {
        unsigned char unit[4] = {0};
        size_t kind = random_below(random, 12);
        unsigned place = format.big_endian ? format.unit - 1 : 0;
        unit[place] = kind < 2 ? '\n' : kind < 4 ? '\r' : (unsigned char)('a' + kind);
        if (kind > 8)
            unit[random_below(random, format.unit)] = kind > 10 ? '\n' : 0xff;
        assert_int_equal(dedup_buffer_append(out, unit, format.unit, NULL), DEDUP_OK);
    }
}

static bool naive_is(struct line_format format, const char *unit, char c)
{
    char wanted[4] = {0};
    wanted[format.big_endian ? format.unit - 1 : 0] = c;
    return memcmp(unit, wanted, format.unit) == 0;
}

/* The line that begins at `begin`, found unit by unit. */
static struct raw_line naive_line(struct line_format format, const dedup_buffer *all, size_t begin, uint64_t number)
{
    struct raw_line line = {.bytes = all->data + begin, .offset = begin, .number = number};
    size_t at = begin;
    while (all->length - at >= format.unit && !naive_is(format, all->data + at, '\n'))
        at += format.unit;
    if (all->length - at < format.unit) {
        line.length = all->length - begin;
        return line;
    }
    line.terminator = format.unit;
    line.length = at - begin;
    if (line.length >= format.unit && naive_is(format, all->data + at - format.unit, '\r')) {
        line.length -= format.unit;
        line.terminator += format.unit;
    }
    return line;
}

/* Reads the stream and compares with the naive lines of `all`. */
static void assert_lines(struct input_stream *stream, struct line_format format, const dedup_buffer *all, size_t size,
                         size_t maximum)
{
    struct line_reader reader;
    struct line_block block;
    line_reader_init(&reader, stream, format, size, maximum);
    line_block_init(&block);
    size_t at = 0;
    uint64_t number = 1;
    for (;;) {
        dedup_error error;
        if (line_reader_next(&reader, &block, &error) != DEDUP_OK)
            fail_msg("%s", error.message);
        if (block.bytes.length == 0)
            break;
        assert_int_equal(block.offset, at);
        assert_int_equal(block.first_line, number);
        struct raw_line line = {0};
        uint64_t lines = 0;
        while (line_block_next(&block, &line)) {
            size_t got = line.length + line.terminator;
            lines++;
            if (!block.piece) {
                struct raw_line wanted = naive_line(format, all, at, number);
                size_t before_feed = wanted.length + (wanted.terminator ? wanted.terminator - format.unit : 0);
                assert_true(before_feed <= maximum);
                assert_int_equal(line.length, wanted.length);
                assert_int_equal(line.terminator, wanted.terminator);
            } else {
                assert_int_equal(got, block.bytes.length);
            }
            assert_int_equal(line.offset, at);
            assert_int_equal(line.number, number);
            assert_true(memcmp(line.bytes, all->data + at, got) == 0);
            at += got;
            if (!block.piece || line.terminator != 0)
                number++;
        }
        assert_int_equal(lines, block.lines);
    }
    assert_int_equal(at, all->length);
    assert_int_equal(line_reader_next(&reader, &block, NULL), DEDUP_OK); /* the end stays */
    assert_int_equal(block.bytes.length, 0);
    line_reader_release(&reader);
    line_block_release(&block);
}

static void lines_are_those_of_a_naive_reader(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    struct random random = random_make(21);
    dedup_buffer all;
    dedup_buffer_init(&all, SIZE_MAX);
    static const struct line_format formats[] = {{1, false}, {2, false}, {2, true}, {4, false}, {4, true}};
    for (int round = 0; round < 3000; round++) {
        struct line_format format = formats[round % 5];
        make_bytes(&random, format, random_below(&random, 200), &all);
        if (round % 7 == 0) /* half a unit at the end */
            assert_int_equal(dedup_buffer_append(&all, "\n\0x", random_below(&random, 4), NULL), DEDUP_OK);
        scratch_write(&scratch, "file", all.data, all.length);
        struct input_stream *stream = open_stream(&scratch, CONTAINER_PLAIN);
        size_t maximum = 4 + random_below(&random, round % 2 ? 40 : 2000);
        assert_lines(stream, format, &all, 4 + random_below(&random, round % 3 ? 300 : 20), maximum);
        input_stream_close(stream);
    }
    dedup_buffer_release(&all);
    scratch_close(&scratch);
}

static void lines_longer_than_the_bound_come_as_pieces(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    struct {
        const char *text;
        bool piece;
    } cases[] = {
        {"0123456789\n", false}, {"0123456789", false}, {"012345678\r\n", false},
        {"0123456789a\n", true}, {"0123456789a", true}, {"0123456789\r\n", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        scratch_write(&scratch, "file", cases[i].text, strlen(cases[i].text));
        struct input_stream *stream = open_stream(&scratch, CONTAINER_PLAIN);
        struct line_reader reader;
        struct line_block block;
        line_reader_init(&reader, stream, bytes_format, 100, 10);
        line_block_init(&block);
        assert_int_equal(line_reader_next(&reader, &block, NULL), DEDUP_OK);
        assert_int_equal(block.piece, cases[i].piece);
        line_reader_release(&reader);
        line_block_release(&block);
        input_stream_close(stream);
    }
    scratch_close(&scratch);
}

static void a_line_of_100_megabytes_is_one_block(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    size_t length = 100u << 20;
    dedup_buffer all;
    dedup_buffer_init(&all, SIZE_MAX);
    assert_int_equal(dedup_buffer_append(&all, "short\n", 6, NULL), DEDUP_OK);
    assert_int_equal(dedup_buffer_reserve(&all, length, NULL), DEDUP_OK);
    memset(all.data + 6, 'x', length);
    all.length += length;
    assert_int_equal(dedup_buffer_append(&all, "\nend", 4, NULL), DEDUP_OK);
    scratch_write(&scratch, "file", all.data, all.length);
    for (int bounded = 0; bounded < 2; bounded++) {
        struct input_stream *stream = open_stream(&scratch, CONTAINER_PLAIN);
        assert_lines(stream, bytes_format, &all, 1 << 20, bounded ? 10 << 20 : UINT32_MAX);
        input_stream_close(stream);
    }
    dedup_buffer_release(&all);
    scratch_close(&scratch);
}

static void the_lines_before_a_break_are_given(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    const struct codec *codec = codec_of(CONTAINER_GZ);
    dedup_buffer packed;
    dedup_buffer_init(&packed, SIZE_MAX);
    void *packer = codec->pack_create();
    assert_int_equal(codec->pack(packer, "one\ntwo\nthr", 11 - 1, true, &packed, NULL), DEDUP_OK);
    codec->pack_free(packer);
    packed.data[packed.length - 6] ^= 1; /* the checksum */
    scratch_write(&scratch, "file", packed.data, packed.length);
    struct input_stream *stream = open_stream(&scratch, CONTAINER_GZ);
    struct line_reader reader;
    struct line_block block;
    dedup_error error;
    line_reader_init(&reader, stream, bytes_format, 100, 100);
    line_block_init(&block);
    assert_int_equal(line_reader_next(&reader, &block, &error), DEDUP_OK);
    assert_string_equal(block.bytes.data, "one\ntwo\n");
    assert_int_equal(block.lines, 2);
    assert_int_equal(line_reader_next(&reader, &block, &error), DEDUP_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "file is broken"));
    assert_int_equal(block.bytes.length, 2);
    assert_memory_equal(block.bytes.data, "th", 2);
    assert_int_equal(block.first_line, 3);
    assert_int_equal(block.offset, 8);
    assert_int_equal(line_reader_next(&reader, &block, &error), DEDUP_ERROR_FORMAT);
    assert_int_equal(block.bytes.length, 0);
    line_reader_release(&reader);
    line_block_release(&block);
    input_stream_close(stream);
    dedup_buffer_release(&packed);
    scratch_close(&scratch);
}

static void files_may_grow_while_they_are_read(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    scratch_write(&scratch, "file", "one\n", 4);
    struct input_stream *stream = open_stream(&scratch, CONTAINER_PLAIN);
    scratch_write(&scratch, "file", "one\ntwo\n", 8);
    dedup_buffer all = {.data = (char *)(uintptr_t) "one\ntwo\n", .length = 8};
    assert_lines(stream, bytes_format, &all, 100, 100);
    input_stream_close(stream);
    scratch_close(&scratch);
}

/* Compares the lines that begin in [begin, end) with the naive ones from *at on, which moves behind them. Lines that
 * are longer than the bound may be missing. */
static void assert_between(const struct input_stream *stream, struct line_format format, const dedup_buffer *all,
                           uint64_t begin, uint64_t end, size_t maximum, struct line_block *block, size_t *at)
{
    struct raw_line line = {0};
    assert_int_equal(line_block_between(stream, format, begin, end, maximum, block, NULL), DEDUP_OK);
    for (uint64_t number = 1; line_block_next(block, &line); number++) {
        struct raw_line wanted = naive_line(format, all, *at, number);
        while (line.offset > *at) {
            assert_true(wanted.length + wanted.terminator - format.unit > maximum);
            *at += wanted.length + wanted.terminator;
            wanted = naive_line(format, all, *at, number);
        }
        assert_true(line.offset == *at && line.offset >= begin && line.offset < end);
        assert_int_equal(line.length, wanted.length);
        assert_int_equal(line.terminator, wanted.terminator);
        assert_int_equal(line.number, number);
        assert_true(memcmp(line.bytes, all->data + *at, line.length + line.terminator) == 0);
        *at += line.length + line.terminator;
    }
    while (*at < end && *at < all->length) {
        struct raw_line missing = naive_line(format, all, *at, 1);
        assert_true(missing.length + missing.terminator > maximum);
        *at += missing.length + missing.terminator;
    }
}

static void ranges_give_every_line_once(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    struct random random = random_make(22);
    struct line_block block;
    dedup_buffer all;
    dedup_buffer_init(&all, SIZE_MAX);
    line_block_init(&block);
    static const struct line_format formats[] = {{1, false}, {2, false}, {2, true}, {4, false}, {4, true}};
    for (int round = 0; round < 3000; round++) {
        struct line_format format = formats[round % 5];
        make_bytes(&random, format, random_below(&random, 200), &all);
        if (round % 6 == 0) /* a line that takes several steps to read */
            for (int i = 0; i < 20000; i++)
                assert_int_equal(dedup_buffer_append(&all, "xxxx", format.unit, NULL), DEDUP_OK);
        if (round % 7 == 0) /* half a unit at the end */
            assert_int_equal(dedup_buffer_append(&all, "\n\0x", random_below(&random, 4), NULL), DEDUP_OK);
        scratch_write(&scratch, "file", all.data, all.length);
        struct input_stream *stream = open_stream(&scratch, CONTAINER_PLAIN);
        size_t maximum = round % 2 ? 4 + random_below(&random, 40) : 1 << 20, at = 0;
        for (uint64_t begin = 0, end; begin < all.length; begin = end) {
            end = begin + (uint64_t)format.unit * (1 + random_below(&random, round % 3 ? 200 : 8));
            assert_between(stream, format, &all, begin, end, maximum, &block, &at);
        }
        assert_int_equal(at, all.length);
        assert_int_equal(line_block_between(stream, format, all.length + 64, all.length + 99, 9, &block, NULL),
                         DEDUP_OK);
        assert_int_equal(block.bytes.length, 0);
        input_stream_close(stream);
    }
    line_block_release(&block);
    dedup_buffer_release(&all);
    scratch_close(&scratch);
}

/* The lines of [begin, end) of a file as text, each in brackets with its offset. */
static void assert_range(const void *bytes, size_t length, struct line_format format, uint64_t begin, uint64_t end,
                         size_t maximum, const char *wanted)
{
    struct scratch scratch;
    struct line_block block;
    struct raw_line line = {0};
    char text[256] = "";
    size_t written = 0;
    scratch_open(&scratch);
    scratch_write(&scratch, "file", bytes, length);
    struct input_stream *stream = open_stream(&scratch, CONTAINER_PLAIN);
    line_block_init(&block);
    assert_int_equal(line_block_between(stream, format, begin, end, maximum, &block, NULL), DEDUP_OK);
    while (line_block_next(&block, &line))
        written += (size_t)snprintf(text + written, sizeof text - written, "[%d %.*s+%d]", (int)line.offset,
                                    (int)line.length, line.bytes, (int)line.terminator);
    assert_string_equal(text, wanted);
    line_block_release(&block);
    input_stream_close(stream);
    scratch_close(&scratch);
}

static void a_range_gives_the_lines_that_begin_in_it(void **state)
{
    (void)state;
    static const char text[] = "one\ntwo\r\n\nlast";
    static const struct {
        uint64_t begin, end;
        const char *lines;
    } cases[] = {
        {0, 1, "[0 one+1]"},                            /* a line that goes on behind the range */
        {1, 4, ""},                                     /* inside a line, up to the begin of the next */
        {1, 5, "[4 two+2]"},                            /* one byte of the next */
        {4, 9, "[4 two+2]"},                            /* from the begin of a line to that of another */
        {8, 9, ""},                                     /* a range between CR and LF */
        {9, 10, "[9 +1]"},                              /* an empty line */
        {10, 11, "[10 last+0]"},                        /* the last, without end */
        {11, 14, ""},                                   /* its rest */
        {14, 90, ""},                                   /* behind the file */
        {0, 90, "[0 one+1][4 two+2][9 +1][10 last+0]"}, /* all and more */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_range(text, sizeof text - 1, bytes_format, cases[i].begin, cases[i].end, 100, cases[i].lines);
}

static void ranges_know_units(void **state)
{
    (void)state;
    static const char little[] = "a\0\n\0\0\nb\0\n\0c"; /* the second 0a belongs to U+0A00; half a unit at the end */
    static const char big[] = "\0a\0\n\n\0\0b\0\n\0";
    static const struct line_format formats[] = {{2, false}, {2, true}};
    for (int i = 0; i < 2; i++) {
        assert_range(i ? big : little, 11, formats[i], 2, 4, 100, "");
        assert_range(i ? big : little, 11, formats[i], 6, 10, 100, "");
    }
    assert_range(little, 11, formats[0], 4, 12, 100, "[4 +2][10 c+0]");
    assert_range(big, 11, formats[1], 4, 12, 100, "[4 \n+2][10 +0]");
}

static void a_range_ends_before_a_line_that_is_too_long(void **state)
{
    (void)state;
    static char text[20000];
    memset(text, 'x', sizeof text);
    memcpy(text, "one\n", 4);
    memcpy(text + 15000, "\nend\n", 5);
    assert_range(text, sizeof text, bytes_format, 0, 10, 100, "[0 one+1]");
    assert_range(text, sizeof text, bytes_format, 4, 9000, 100, "");
    assert_range(text, sizeof text, bytes_format, 15000, 15002, 100, "[15001 end+1]");
}

static void a_range_of_a_file_that_shrank_ends_with_it(void **state)
{
    (void)state;
    struct scratch scratch;
    struct line_block block;
    struct raw_line line = {0};
    scratch_open(&scratch);
    scratch_write(&scratch, "file", "one\ntwo\nthree\n", 14);
    struct input_stream *stream = open_stream(&scratch, CONTAINER_PLAIN);
    line_block_init(&block);
    scratch_write(&scratch, "file", "one\ntw", 6);
    assert_int_equal(line_block_between(stream, bytes_format, 2, 14, 100, &block, NULL), DEDUP_OK);
    assert_true(line_block_next(&block, &line));
    assert_int_equal(line.offset, 4);
    assert_int_equal(line.length, 2);
    assert_false(line_block_next(&block, &line));
    assert_int_equal(line_block_between(stream, bytes_format, 8, 14, 100, &block, NULL), DEDUP_OK);
    assert_int_equal(block.bytes.length, 0);
    assert_int_equal(block.lines, 0);
    line_block_release(&block);
    input_stream_close(stream);
    scratch_close(&scratch);
}

static void ids_name_path_and_line(void **state)
{
    (void)state;
    dedup_buffer id;
    dedup_buffer_init(&id, 100);
    assert_int_equal(corpus_document_id("a/b.txt", 0, &id, NULL), DEDUP_OK);
    assert_string_equal(id.data, "a/b.txt");
    dedup_buffer_clear(&id);
    assert_int_equal(corpus_document_id("a\n%s.jsonl", UINT64_MAX, &id, NULL), DEDUP_OK);
    assert_string_equal(id.data, "a\n%s.jsonl:18446744073709551615");
    dedup_buffer_release(&id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_those_of_a_naive_reader),
        cmocka_unit_test(lines_longer_than_the_bound_come_as_pieces),
        cmocka_unit_test(a_line_of_100_megabytes_is_one_block),
        cmocka_unit_test(the_lines_before_a_break_are_given),
        cmocka_unit_test(files_may_grow_while_they_are_read),
        cmocka_unit_test(ranges_give_every_line_once),
        cmocka_unit_test(a_range_gives_the_lines_that_begin_in_it),
        cmocka_unit_test(ranges_know_units),
        cmocka_unit_test(a_range_ends_before_a_line_that_is_too_long),
        cmocka_unit_test(a_range_of_a_file_that_shrank_ends_with_it),
        cmocka_unit_test(ids_name_path_and_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
