#include "corpus/stream.h"

#include "base/file.h"
#include "corpus/codec.h"
#include "scratch.h"

static const struct stream_limits wide = {.bytes = UINT64_MAX, .ratio = UINT32_MAX};
static const char *const endings[] = {"txt", "gz", "zst", "xz", "bz2", "lz4"};
enum { CONTAINERS = 6 };

/* Text that packs to a good part of its length. */
static void make_text(struct random *random, size_t length, dedup_buffer *out)
{
    dedup_buffer_init(out, SIZE_MAX);
    assert_int_equal(dedup_buffer_reserve(out, length, NULL), DEDUP_OK);
    for (size_t i = 0; i < length; i++)
        out->data[i] = (char)("天地玄黄宇宙洪荒\n"[random_below(random, 25)]);
    out->length = length;
}

static void pack(enum container container, const void *bytes, size_t length, dedup_buffer *out)
{
    const struct codec *codec = codec_of(container);
    void *state = codec->pack_create();
    assert_non_null(state);
    const char *next = bytes;
    for (; length > CODEC_PIECE; next += CODEC_PIECE, length -= CODEC_PIECE)
        assert_int_equal(codec->pack(state, next, CODEC_PIECE, false, out, NULL), DEDUP_OK);
    assert_int_equal(codec->pack(state, next, length, true, out, NULL), DEDUP_OK);
    codec->pack_free(state);
}

/* Reads `path` whole in reads of `step` bytes. */
static dedup_status read_steps(const struct scratch *scratch, const char *path, enum container container,
                               const struct stream_limits *limits, size_t step, dedup_buffer *out, dedup_error *error)
{
    struct corpus_file file = {.path = path, .container = container};
    struct input_stream *stream;
    dedup_status status = input_stream_open(scratch->root, &file, false, limits, &stream, error);
    if (status != DEDUP_OK)
        return status;
    for (size_t length = step; status == DEDUP_OK && length == step;) {
        assert_int_equal(dedup_buffer_reserve(out, step, NULL), DEDUP_OK);
        status = input_stream_read(stream, out->data + out->length, step, &length, error);
        out->length += length;
    }
    if (status != DEDUP_OK) { /* a failure stays */
        size_t length;
        char byte;
        assert_int_equal(input_stream_read(stream, &byte, 1, &length, NULL), status);
        assert_int_equal(length, 0);
    }
    input_stream_close(stream);
    return status;
}

static dedup_status read_bytes(const struct scratch *scratch, enum container container, const dedup_buffer *packed,
                               size_t step, dedup_buffer *out, dedup_error *error)
{
    scratch_write(scratch, "file", packed->data, packed->length);
    dedup_buffer_clear(out);
    return read_steps(scratch, "file", container, &wide, step, out, error);
}

static void assert_same(const dedup_buffer *a, const dedup_buffer *b)
{
    assert_int_equal(a->length, b->length);
    assert_true(a->length == 0 || memcmp(a->data, b->data, a->length) == 0);
}

/* At once, or in pieces that are given together. */
static void write_somehow(struct random *random, struct output_stream *out, const char *bytes, size_t length)
{
    enum { MOST = 40 };
    struct file_piece pieces[MOST];
    size_t count = random_below(random, MOST), done = 0;
    for (size_t i = 0; i < count; i++) {
        size_t piece = random_below(random, length - done + 1);
        piece = i + 1 == count ? length - done : random_below(random, 3) == 0 ? piece : piece % 1000;
        pieces[i] = (struct file_piece){bytes + done, piece};
        done += piece;
    }
    if (count != 0)
        assert_int_equal(output_stream_write_pieces(out, pieces, count, NULL), DEDUP_OK);
    else
        assert_int_equal(output_stream_write(out, bytes, length, NULL), DEDUP_OK);
}

static void what_is_written_can_be_read(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    struct random random = random_make(1);
    static const size_t lengths[] = {0, 1, CODEC_PIECE - 1, CODEC_PIECE, CODEC_PIECE + 1, 700001};
    for (int c = 0; c < CONTAINERS; c++) {
        for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
            dedup_buffer text, first, back;
            make_text(&random, lengths[i], &text);
            dedup_buffer_init(&first, SIZE_MAX);
            dedup_buffer_init(&back, SIZE_MAX);
            char path[64];
            for (int round = 0; round < 2; round++) { /* however the writes are cut, the file is the same */
                (void)snprintf(path, sizeof path, "new/folder%d/%zu.%s", round, lengths[i], endings[c]);
                struct output_stream *out;
                assert_int_equal(output_stream_open(scratch.root, path, (enum container)c, &out, NULL), DEDUP_OK);
                for (size_t done = 0; done < text.length;) {
                    size_t piece = 1 + random_below(&random, round == 0 ? 500000 : 3000);
                    piece = piece < text.length - done ? piece : text.length - done;
                    write_somehow(&random, out, text.data + done, piece);
                    done += piece;
                }
                assert_int_equal(faccessat(scratch.root, path, F_OK, 0), -1);
                assert_int_equal(output_stream_commit(out, NULL), DEDUP_OK);
                assert_int_equal(file_read(scratch.root, path, round == 0 ? &first : &back, NULL), DEDUP_OK);
            }
            assert_same(&first, &back);
            dedup_buffer_clear(&back);
            assert_int_equal(read_steps(&scratch, path, (enum container)c, &wide, 30011, &back, NULL), DEDUP_OK);
            assert_same(&text, &back);
            dedup_buffer_release(&text);
            dedup_buffer_release(&first);
            dedup_buffer_release(&back);
        }
    }
    scratch_close(&scratch);
}

static void paths_may_start_anywhere(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    char path[128];
    (void)snprintf(path, sizeof path, "%s/new/file", scratch.path);
    struct output_stream *out;
    struct input_stream *in;
    struct corpus_file file = {.path = path};
    assert_int_equal(output_stream_open(AT_FDCWD, path, CONTAINER_PLAIN, &out, NULL), DEDUP_OK);
    assert_int_equal(output_stream_commit(out, NULL), DEDUP_OK);
    assert_int_equal(input_stream_open(AT_FDCWD, &file, false, &wide, &in, NULL), DEDUP_OK);
    input_stream_close(in);
    assert_int_equal(scratch_run(&scratch, "test -f new/file"), 0);
    scratch_close(&scratch);
}

static void discarding_leaves_nothing(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    struct output_stream *out;
    assert_int_equal(output_stream_open(scratch.root, "a.gz", CONTAINER_GZ, &out, NULL), DEDUP_OK);
    assert_int_equal(output_stream_write(out, "abc", 3, NULL), DEDUP_OK);
    output_stream_discard(out);
    output_stream_discard(NULL);
    assert_int_equal(scratch_run(&scratch, "test -z \"$(ls -A)\""), 0);
    scratch_close(&scratch);
}

static void members_follow_each_other(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    struct random random = random_make(2);
    static const size_t lengths[] = {70000, 0, 0, 3, 200000, 0, 1};
    for (int c = CONTAINER_GZ; c < CONTAINERS; c++) {
        dedup_buffer whole, packed, back;
        dedup_buffer_init(&whole, SIZE_MAX);
        dedup_buffer_init(&packed, SIZE_MAX);
        dedup_buffer_init(&back, SIZE_MAX);
        for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
            dedup_buffer text;
            make_text(&random, lengths[i], &text);
            pack((enum container)c, text.data, text.length, &packed);
            assert_int_equal(dedup_buffer_append(&whole, text.data, text.length, NULL), DEDUP_OK);
            dedup_buffer_release(&text);
        }
        for (size_t step = 1; step < 2000000; step = step * 33 + 4) {
            assert_int_equal(read_bytes(&scratch, (enum container)c, &packed, step, &back, NULL), DEDUP_OK);
            assert_same(&whole, &back);
        }
        char zeros[100000] = {0}; /* padding, as tapes leave it */
        size_t length = packed.length;
        assert_int_equal(dedup_buffer_append(&packed, zeros, sizeof zeros, NULL), DEDUP_OK);
        assert_int_equal(read_bytes(&scratch, (enum container)c, &packed, 5000, &back, NULL), DEDUP_OK);
        assert_same(&whole, &back);

        packed.length = length;
        assert_int_equal(dedup_buffer_append(&packed, "something else", 14, NULL), DEDUP_OK);
        dedup_error error;
        assert_int_equal(read_bytes(&scratch, (enum container)c, &packed, 5000, &back, &error), DEDUP_ERROR_FORMAT);
        assert_same(&whole, &back); /* what came before was good */
        char place[64];
        (void)snprintf(place, sizeof place, "at byte %zu", length);
        assert_non_null(strstr(error.message, place));
        dedup_buffer_release(&whole);
        dedup_buffer_release(&packed);
        dedup_buffer_release(&back);
    }
    scratch_close(&scratch);
}

static void cut_files_are_never_taken_for_whole(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    struct random random = random_make(3);
    dedup_buffer text, back;
    make_text(&random, 300, &text);
    dedup_buffer_init(&back, SIZE_MAX);
    for (int c = CONTAINER_GZ; c < CONTAINERS; c++) {
        dedup_buffer packed;
        dedup_buffer_init(&packed, SIZE_MAX);
        pack((enum container)c, text.data, text.length, &packed);
        size_t one = packed.length;
        pack((enum container)c, text.data, text.length, &packed);
        for (size_t cut = 0; cut < packed.length; cut++) {
            dedup_buffer part = packed;
            part.length = cut;
            dedup_status status = read_bytes(&scratch, (enum container)c, &part, 300, &back, NULL);
            bool boundary = cut == 0 || cut == one;
            if ((status == DEDUP_OK) != boundary)
                fail_msg("%s cut at %zu of %zu: status %d", endings[c], cut, packed.length, status);
            if (status != DEDUP_OK)
                assert_int_equal(status, DEDUP_ERROR_FORMAT);
            for (size_t i = 0; i < back.length; i++)
                assert_int_equal(back.data[i], text.data[i % text.length]);
        }
        dedup_buffer_release(&packed);
    }
    dedup_buffer_release(&text);
    dedup_buffer_release(&back);
    scratch_close(&scratch);
}

static void changed_files_never_give_other_bytes(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    struct random random = random_make(4);
    dedup_buffer text, back;
    make_text(&random, 200, &text);
    dedup_buffer_init(&back, SIZE_MAX);
    for (int c = CONTAINER_GZ; c < CONTAINERS; c++) {
        dedup_buffer packed;
        dedup_buffer_init(&packed, SIZE_MAX);
        pack((enum container)c, text.data, text.length, &packed);
        size_t found = 0, changed = 0;
        for (size_t bit = 0; bit < packed.length * 8; bit += 1 + random_below(&random, 8)) {
            packed.data[bit / 8] = (char)(packed.data[bit / 8] ^ 1 << bit % 8);
            dedup_status status = read_bytes(&scratch, (enum container)c, &packed, 1000, &back, NULL);
            if (status == DEDUP_OK)
                assert_same(&text, &back); /* a bit that means nothing, such as a time stamp */
            else
                found++;
            changed++;
            packed.data[bit / 8] = (char)(packed.data[bit / 8] ^ 1 << bit % 8);
        }
        assert_true(found > changed * 3 / 4);
        dedup_buffer_release(&packed);
    }
    dedup_buffer_release(&text);
    dedup_buffer_release(&back);
    scratch_close(&scratch);
}

static void plain_text_under_a_packed_name_is_named(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    dedup_buffer back;
    dedup_buffer_init(&back, SIZE_MAX);
    for (int c = CONTAINER_GZ; c < CONTAINERS; c++) {
        dedup_error error;
        dedup_buffer text = {.data = (char *)(uintptr_t) "just a text\n", .length = 12};
        assert_int_equal(read_bytes(&scratch, (enum container)c, &text, 100, &back, &error), DEDUP_ERROR_FORMAT);
        assert_non_null(strstr(error.message, "in spite of its name"));
        assert_int_equal(back.length, 0);
        text.length = 0; /* a file of no bytes holds no bytes */
        assert_int_equal(read_bytes(&scratch, (enum container)c, &text, 100, &back, &error), DEDUP_OK);
        assert_int_equal(back.length, 0);
    }
    dedup_buffer_release(&back);
    scratch_close(&scratch);
}

static void only_one_layer_is_unpacked(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    for (int c = CONTAINER_GZ; c < CONTAINERS; c++) {
        dedup_buffer inner, outer, back;
        dedup_buffer_init(&inner, SIZE_MAX);
        dedup_buffer_init(&outer, SIZE_MAX);
        dedup_buffer_init(&back, SIZE_MAX);
        pack((enum container)c, "text", 4, &inner);
        pack((enum container)c, inner.data, inner.length, &outer);
        assert_int_equal(read_bytes(&scratch, (enum container)c, &outer, 1000, &back, NULL), DEDUP_OK);
        assert_same(&inner, &back);
        dedup_buffer_release(&inner);
        dedup_buffer_release(&outer);
        dedup_buffer_release(&back);
    }
    scratch_close(&scratch);
}

static void limits_stop_bombs(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    dedup_buffer zeros, packed, back;
    dedup_buffer_init(&zeros, SIZE_MAX);
    dedup_buffer_init(&back, SIZE_MAX);
    size_t length = (size_t)STREAM_RATIO_FROM + (8 << 20);
    assert_int_equal(dedup_buffer_reserve(&zeros, length, NULL), DEDUP_OK);
    memset(zeros.data, 0, length);
    static const enum container kinds[] = {CONTAINER_GZ, CONTAINER_ZST};
    for (size_t i = 0; i < 2; i++) {
        dedup_buffer_init(&packed, SIZE_MAX);
        pack(kinds[i], zeros.data, length, &packed);
        scratch_write(&scratch, "bomb", packed.data, packed.length);
        dedup_error error;
        struct stream_limits ratio = {.bytes = UINT64_MAX, .ratio = 300};
        dedup_buffer_clear(&back);
        assert_int_equal(read_steps(&scratch, "bomb", kinds[i], &ratio, 1 << 20, &back, &error), DEDUP_ERROR_LIMIT);
        assert_non_null(strstr(error.message, "bomb unpacks to more than 300 times"));
        assert_true(back.length <= (size_t)STREAM_RATIO_FROM + (1 << 20));

        struct stream_limits bytes = {.bytes = 100000, .ratio = 0};
        dedup_buffer_clear(&back);
        assert_int_equal(read_steps(&scratch, "bomb", kinds[i], &bytes, 77777, &back, &error), DEDUP_ERROR_LIMIT);
        assert_int_equal(back.length, 100000);
        bytes.bytes = length; /* exactly at the bound is fine */
        dedup_buffer_clear(&back);
        assert_int_equal(read_steps(&scratch, "bomb", kinds[i], &bytes, 1 << 20, &back, &error), DEDUP_OK);
        assert_int_equal(back.length, length);
        dedup_buffer_release(&packed);
    }
    dedup_buffer_release(&zeros);
    dedup_buffer_release(&back);
    scratch_close(&scratch);
}

static void whole_files_meet_the_bound_of_the_buffer(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    struct random random = random_make(5);
    dedup_buffer text, packed;
    make_text(&random, 300000, &text);
    for (int c = 0; c < CONTAINERS; c++) {
        dedup_buffer_init(&packed, SIZE_MAX);
        if (c == CONTAINER_PLAIN)
            assert_int_equal(dedup_buffer_append(&packed, text.data, text.length, NULL), DEDUP_OK);
        else
            pack((enum container)c, text.data, text.length, &packed);
        scratch_write(&scratch, "file", packed.data, packed.length);
        for (size_t limit = 299999; limit <= 300001; limit++) {
            /* The listing may have seen another size. */
            struct corpus_file file = {.path = "file", .container = (enum container)c, .size = limit % 2 ? 10 : 300000};
            dedup_buffer back;
            dedup_buffer_init(&back, limit);
            struct input_stream *stream;
            assert_int_equal(input_stream_open(scratch.root, &file, false, &wide, &stream, NULL), DEDUP_OK);
            dedup_status status = input_stream_read_all(stream, &back, NULL);
            assert_int_equal(status, limit < 300000 ? DEDUP_ERROR_LIMIT : DEDUP_OK);
            assert_int_equal(back.length, limit < 300000 ? limit : 300000);
            assert_memory_equal(back.data, text.data, back.length);
            input_stream_close(stream);
            dedup_buffer_release(&back);
        }
        dedup_buffer_release(&packed);
    }
    dedup_buffer_release(&text);
    scratch_close(&scratch);
}

static void what_cannot_be_opened_is_named(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    scratch_write(&scratch, "secret", "x", 1);
    assert_int_equal(scratch_run(&scratch, "mkfifo fifo; mkdir folder; ln -s secret link; chmod 0 secret"), 0);
    static const char *const paths[] = {"missing", "fifo", "folder", "link", "secret"};
    scratch_drop_rights(&scratch);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        dedup_error error;
        dedup_buffer out;
        dedup_buffer_init(&out, 10);
        assert_int_equal(read_steps(&scratch, paths[i], CONTAINER_PLAIN, &wide, 5, &out, &error), DEDUP_ERROR_READ);
        assert_non_null(strstr(error.message, paths[i]));
        dedup_buffer_release(&out);
    }
    scratch_regain_rights();
    struct corpus_file link = {.path = "link"};
    struct input_stream *stream;
    assert_int_equal(scratch_run(&scratch, "chmod 600 secret"), 0);
    assert_int_equal(input_stream_open(scratch.root, &link, true, &wide, &stream, NULL), DEDUP_OK);
    input_stream_close(stream);
    input_stream_close(NULL);
    scratch_close(&scratch);
}

static void files_of_the_command_line_tools_are_read(void **state)
{
    (void)state;
    static const char *const pack_with[] = {"", "gzip -c", "zstd -qc", "xz -c", "bzip2 -c", "lz4 -qc"};
    static const char *const unpack_with[] = {"", "gzip -dc", "zstd -dqc", "xz -dc", "bzip2 -dc", "lz4 -dqc"};
    struct scratch scratch;
    scratch_open(&scratch);
    struct random random = random_make(6);
    dedup_buffer text, back;
    make_text(&random, 100000, &text);
    dedup_buffer_init(&back, SIZE_MAX);
    scratch_write(&scratch, "a", text.data, text.length);
    for (int c = CONTAINER_GZ; c < CONTAINERS; c++) {
        char command[256];
        (void)snprintf(command, sizeof command, "command -v %.*s >/dev/null", (int)strcspn(pack_with[c], " "),
                       pack_with[c]);
        if (scratch_run(&scratch, command) != 0) {
            print_message("%s is not installed: skipped\n", pack_with[c]);
            continue;
        }
        (void)snprintf(command, sizeof command, "for i in a /dev/null a; do %s <$i; done >file", pack_with[c]);
        assert_int_equal(scratch_run(&scratch, command), 0);
        dedup_buffer_clear(&back);
        assert_int_equal(read_steps(&scratch, "file", (enum container)c, &wide, 999, &back, NULL), DEDUP_OK);
        assert_int_equal(back.length, 2 * text.length);
        assert_memory_equal(back.data, text.data, text.length);
        assert_memory_equal(back.data + text.length, text.data, text.length);

        struct output_stream *out;
        assert_int_equal(output_stream_open(scratch.root, "ours", (enum container)c, &out, NULL), DEDUP_OK);
        assert_int_equal(output_stream_write(out, text.data, text.length, NULL), DEDUP_OK);
        assert_int_equal(output_stream_commit(out, NULL), DEDUP_OK);
        (void)snprintf(command, sizeof command, "%s <ours | cmp - a", unpack_with[c]);
        assert_int_equal(scratch_run(&scratch, command), 0);
    }
    dedup_buffer_release(&text);
    dedup_buffer_release(&back);
    scratch_close(&scratch);
}

/* A place can be read whatever was read before, and the stream goes on where it was. */
static void places_of_plain_files_can_be_read(void **state)
{
    struct scratch scratch;
    struct corpus_file file = {.path = "file", .container = CONTAINER_PLAIN};
    struct input_stream *stream;
    char bytes[16];
    size_t length;
    (void)state;
    scratch_open(&scratch);
    scratch_write(&scratch, "file", "0123456789", 10);
    assert_int_equal(input_stream_open(scratch.root, &file, false, &wide, &stream, NULL), DEDUP_OK);
    static const struct {
        uint64_t offset;
        size_t size;
        const char *expected;
    } cases[] = {{3, 4, "3456"}, {0, 1, "0"}, {8, 16, "89"}, {10, 3, ""}, {UINT32_MAX, 3, ""}, {5, 0, ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(input_stream_read_at(stream, cases[i].offset, bytes, cases[i].size, &length, NULL), DEDUP_OK);
        assert_int_equal(length, strlen(cases[i].expected));
        assert_memory_equal(bytes, cases[i].expected, length);
        assert_int_equal(input_stream_read(stream, bytes, 1, &length, NULL), DEDUP_OK);
        assert_int_equal(length, 1);
        assert_int_equal(bytes[0], '0' + (int)i);
    }
    input_stream_close(stream);
    scratch_close(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_can_be_read),
        cmocka_unit_test(places_of_plain_files_can_be_read),
        cmocka_unit_test(paths_may_start_anywhere),
        cmocka_unit_test(discarding_leaves_nothing),
        cmocka_unit_test(members_follow_each_other),
        cmocka_unit_test(cut_files_are_never_taken_for_whole),
        cmocka_unit_test(changed_files_never_give_other_bytes),
        cmocka_unit_test(plain_text_under_a_packed_name_is_named),
        cmocka_unit_test(only_one_layer_is_unpacked),
        cmocka_unit_test(limits_stop_bombs),
        cmocka_unit_test(whole_files_meet_the_bound_of_the_buffer),
        cmocka_unit_test(what_cannot_be_opened_is_named),
        cmocka_unit_test(files_of_the_command_line_tools_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
