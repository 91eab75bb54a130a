#include "corpus/listing.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include "base/file.h"
#include "corpus/stream.h"
#include "scratch.h"

static void list(const struct scratch *scratch, bool follow, struct corpus_listing *out)
{
    dedup_error error;
    dedup_status status = corpus_list(scratch->root, follow, out, &error);
    if (status != DEDUP_OK)
        fail_msg("%s", error.message);
    for (size_t i = 1; i < out->file_count; i++)
        assert_true(strcmp(out->files[i - 1].path, out->files[i].path) < 0);
    for (size_t i = 1; i < out->skipped_count; i++)
        assert_true(strcmp(out->skipped[i - 1].path, out->skipped[i].path) < 0);
}

/* Compares with "path\n..." and "path: reason\n..." */
static void assert_listing(const struct corpus_listing *listing, const char *files, const char *skipped)
{
    dedup_buffer text;
    dedup_buffer_init(&text, SIZE_MAX);
    assert_int_equal(dedup_buffer_append(&text, "", 0, NULL), DEDUP_OK);
    for (size_t i = 0; i < listing->file_count; i++)
        assert_int_equal(dedup_buffer_printf(&text, NULL, "%s\n", listing->files[i].path), DEDUP_OK);
    assert_string_equal(text.data, files);
    dedup_buffer_clear(&text);
    for (size_t i = 0; i < listing->skipped_count; i++)
        assert_int_equal(dedup_buffer_printf(&text, NULL, "%s: %s%s\n", listing->skipped[i].path,
                                             listing->skipped[i].status == DEDUP_OK ? "" : "! ",
                                             listing->skipped[i].reason),
                         DEDUP_OK);
    assert_string_equal(text.data, skipped);
    dedup_buffer_release(&text);
}

static void endings_decide(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum container container;
        enum format format;
    } cases[] = {
        {".txt", CONTAINER_PLAIN, FORMAT_TEXT},        {"A.TXT.Gz", CONTAINER_GZ, FORMAT_TEXT},
        {"a b.md.zst", CONTAINER_ZST, FORMAT_TEXT},    {"a.jsonl.xz", CONTAINER_XZ, FORMAT_JSONL},
        {"a.ndjson.bz2", CONTAINER_BZ2, FORMAT_JSONL}, {"a.text.lz4", CONTAINER_LZ4, FORMAT_TEXT},
        {"b.md", CONTAINER_PLAIN, FORMAT_TEXT},        {"c.gz.txt", CONTAINER_PLAIN, FORMAT_TEXT},
        {"d.NDJSON", CONTAINER_PLAIN, FORMAT_JSONL},   {"e.txt.jsonl", CONTAINER_PLAIN, FORMAT_JSONL},
    };
    static const char *const others[] = {"a.gz", "b.txt.gz.gz", "c.json", "d.txt~", "e.zip", "gz", "txt", "x.html"};
    struct scratch scratch;
    scratch_open(&scratch);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        scratch_write(&scratch, cases[i].name, "12345", i % 5);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        scratch_write(&scratch, others[i], "", 0);
    struct corpus_listing listing;
    list(&scratch, false, &listing);
    assert_int_equal(listing.file_count, sizeof cases / sizeof *cases);
    for (size_t i = 0; i < listing.file_count; i++) {
        bool found = false;
        for (size_t j = 0; j < sizeof cases / sizeof *cases; j++) {
            if (strcmp(cases[j].name, listing.files[i].path) != 0)
                continue;
            found = true;
            assert_int_equal(listing.files[i].container, cases[j].container);
            assert_int_equal(listing.files[i].format, cases[j].format);
            assert_int_equal(listing.files[i].size, j % 5);
            int64_t now = (int64_t)time(NULL) * 1000000000;
            assert_true(llabs(listing.files[i].modified_ns - now) < 3600 * INT64_C(1000000000));
        }
        assert_true(found);
    }
    assert_int_equal(listing.skipped_count, sizeof others / sizeof *others);
    for (size_t i = 0; i < listing.skipped_count; i++) {
        assert_string_equal(listing.skipped[i].path, others[i]);
        assert_string_equal(listing.skipped[i].reason, "not a text or JSON Lines file");
        assert_int_equal(listing.skipped[i].status, DEDUP_OK);
    }
    corpus_listing_release(&listing);
    corpus_listing_release(&listing);
    scratch_close(&scratch);
}

static void whole_paths_are_ordered_as_bytes(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    /* '-' < '/' < '0', and bytes above 127 come last */
    assert_int_equal(scratch_run(&scratch, "mkdir a a0 a- 'é'; touch a/z.txt a0/b.txt a-/c.txt a.txt 'é/x.md' z.md"),
                     0);
    struct corpus_listing listing;
    list(&scratch, false, &listing);
    assert_listing(&listing, "a-/c.txt\na.txt\na/z.txt\na0/b.txt\nz.md\né/x.md\n", "");
    corpus_listing_release(&listing);
    scratch_close(&scratch);
}

static void names_are_bytes(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    scratch_write(&scratch, "new\nline.txt", "x", 1);
    scratch_write(&scratch, "\xff\xfe \x80.txt", "x", 1);
    struct corpus_listing listing;
    list(&scratch, false, &listing);
    assert_listing(&listing, "new\nline.txt\n\xff\xfe \x80.txt\n", "");
    corpus_listing_release(&listing);
    scratch_close(&scratch);
}

static void special_files_and_our_own_are_skipped(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    scratch_write(&scratch, ".dedup-tmp-00112233.txt", "x", 1);
    assert_int_equal(scratch_run(&scratch,
                                 "mkfifo fifo.txt; mkdir -p sub/.dedup .dedup folder.txt;"
                                 "touch sub/.dedup/manifest.json sub/.dedup/x.txt .dedup/x.txt folder.txt/y.md"),
                     0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s/socket.md", scratch.path);
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(server, (const struct sockaddr *)&address, sizeof address), 0);
    struct corpus_listing listing;
    list(&scratch, true, &listing);
    assert_listing(&listing, ".dedup/x.txt\nfolder.txt/y.md\n",
                   ".dedup-tmp-00112233.txt: unfinished output of an earlier run\nfifo.txt: special file\n"
                   "socket.md: special file\nsub/.dedup: records of an earlier run\n");
    corpus_listing_release(&listing);
    close(server);
    scratch_close(&scratch);
}

static void links_are_followed_on_demand_only(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    assert_int_equal(scratch_run(&scratch,
                                 "mkdir -p in/real/deep out; touch in/real/a.txt in/real/deep/b.txt out/o.txt;"
                                 "ln -s ../out in/outside; ln -s real in/twin; ln -s real/a.txt in/copy.md;"
                                 "ln -s missing in/dangling.txt; ln -s self.txt in/self.txt;"
                                 "ln -s .. in/real/up; ln -s /dev/null in/null.txt"),
                     0);
    struct scratch in = {.root = openat(scratch.root, "in", O_RDONLY | O_DIRECTORY)};
    struct corpus_listing listing;
    list(&in, false, &listing);
    assert_listing(&listing, "real/a.txt\nreal/deep/b.txt\n",
                   "copy.md: symbolic link\ndangling.txt: symbolic link\nnull.txt: symbolic link\n"
                   "outside: symbolic link\nreal/up: symbolic link\nself.txt: symbolic link\ntwin: symbolic link\n");
    corpus_listing_release(&listing);
    list(&in, true, &listing);
    assert_listing(&listing, "copy.md\noutside/o.txt\nreal/a.txt\nreal/deep/b.txt\ntwin/a.txt\ntwin/deep/b.txt\n",
                   "dangling.txt: ! symbolic link that leads nowhere\nnull.txt: special file\n"
                   "real/up: symbolic link loop\nself.txt: ! symbolic link that leads nowhere\n"
                   "twin/up: symbolic link loop\n");
    corpus_listing_release(&listing);
    close(in.root);
    scratch_close(&scratch);
}

static void loops_through_the_outside_end(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    /* The link leads above the root; the root is met again below it as a plain folder. */
    assert_int_equal(scratch_run(&scratch, "mkdir in; touch in/a.txt; ln -s .. in/up"), 0);
    struct scratch in = {.root = openat(scratch.root, "in", O_RDONLY | O_DIRECTORY)};
    struct corpus_listing listing;
    list(&in, true, &listing);
    assert_listing(&listing, "a.txt\n", "up/in: symbolic link loop\n");
    corpus_listing_release(&listing);
    close(in.root);
    scratch_close(&scratch);
}

static void links_cannot_blow_a_tree_up(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    /* 2^60 paths */
    assert_int_equal(scratch_run(&scratch, "i=60; mkdir d60; while [ $i -gt 0 ]; do j=$i; i=$((i-1)); mkdir d$i;"
                                           "ln -s ../d$j d$i/a; ln -s ../d$j d$i/b; done"),
                     0);
    struct corpus_listing listing;
    list(&scratch, true, &listing);
    assert_int_equal(listing.file_count, 0);
    assert_true(listing.skipped_count > 0);
    for (size_t i = 0; i < listing.skipped_count; i++)
        assert_int_equal(listing.skipped[i].status, DEDUP_ERROR_LIMIT);
    corpus_listing_release(&listing);
    scratch_close(&scratch);
}

static void unreadable_folders_are_problems(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    assert_int_equal(scratch_run(&scratch, "mkdir closed; touch closed/a.txt b.txt; chmod 0 closed"), 0);
    struct corpus_listing listing;
    scratch_drop_rights(&scratch);
    list(&scratch, false, &listing);
    scratch_regain_rights();
    assert_listing(&listing, "b.txt\n", "closed: ! folder: permission denied\n");
    corpus_listing_release(&listing);
    assert_int_equal(scratch_run(&scratch, "chmod 700 closed"), 0);
    scratch_close(&scratch);
}

/* Makes a chain of folders "d/d/d..." with a file and two side folders ("a" and "z", each with a file) at every
 * `every`-th level; returns the number of files. */
static size_t make_chain(int root, size_t depth, size_t every)
{
    int here = dup(root);
    size_t files = 0;
    for (size_t i = 0; i < depth; i++) {
        assert_int_equal(mkdirat(here, "d", 0777), 0);
        int next = openat(here, "d", O_RDONLY | O_DIRECTORY);
        close(here);
        here = next;
        if (i % every != 0)
            continue;
        assert_true(mkdirat(here, "a", 0777) == 0 && mkdirat(here, "z", 0777) == 0);
        static const char *const names[] = {"f.txt", "a/f.txt", "z/f.txt"};
        for (size_t k = 0; k < 3; k++, files++) {
            int file = openat(here, names[k], O_WRONLY | O_CREAT, 0666);
            assert_true(file >= 0);
            close(file);
        }
    }
    close(here);
    return files;
}

static void deep_trees_are_walked(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    size_t files = make_chain(scratch.root, 5000, 100);
    struct corpus_listing listing;
    list(&scratch, false, &listing);
    assert_int_equal(listing.file_count, files);
    assert_int_equal(listing.skipped_count, 0);
    struct stream_limits limits = {.bytes = 1000, .ratio = 1000};
    for (size_t i = 0; i < listing.file_count; i++) { /* paths beyond PATH_MAX can be written and read */
        struct output_stream *out;
        struct input_stream *in;
        char path[12000], content[100];
        (void)snprintf(path, sizeof path, "copy/%s", listing.files[i].path);
        int length = snprintf(content, sizeof content, "file %zu", i);
        assert_int_equal(output_stream_open(scratch.root, path, CONTAINER_PLAIN, &out, NULL), DEDUP_OK);
        assert_int_equal(output_stream_write(out, content, (size_t)length, NULL), DEDUP_OK);
        assert_int_equal(output_stream_commit(out, NULL), DEDUP_OK);
        struct corpus_file file = listing.files[i];
        file.path = path;
        dedup_buffer back;
        dedup_buffer_init(&back, 1000);
        assert_int_equal(input_stream_open(scratch.root, &file, false, &limits, &in, NULL), DEDUP_OK);
        assert_int_equal(input_stream_read_all(in, &back, NULL), DEDUP_OK);
        assert_string_equal(back.data, content);
        dedup_buffer_release(&back);
        input_stream_close(in);
    }
    corpus_listing_release(&listing);
    list(&scratch, false, &listing);
    assert_int_equal(listing.file_count, 2 * files);
    corpus_listing_release(&listing);
    scratch_close(&scratch);
}

static void deep_trees_behind_links_are_walked(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    /* Links every few levels: ".." leads elsewhere, so folders have to be found again from the root. */
    assert_int_equal(scratch_run(&scratch,
                                 "mkdir in; i=0; while [ $i -lt 50 ]; do j=$((i+1)); mkdir -p p$i/a p$i/z;"
                                 "touch p$i/a/f.txt p$i/z/f.txt; ln -s ../p$j p$i/n; i=$j; done; ln -s ../p0 in/n"),
                     0);
    struct scratch in = {.root = openat(scratch.root, "in", O_RDONLY | O_DIRECTORY)};
    struct corpus_listing listing;
    list(&in, true, &listing);
    assert_int_equal(listing.file_count, 2 * LISTING_LINKS_MAXIMUM);
    assert_int_equal(listing.skipped_count, 1);
    assert_string_equal(listing.skipped[0].reason, "too many symbolic links on the way");
    struct stream_limits limits = {0};
    for (size_t i = 0; i < listing.file_count; i++) {
        struct input_stream *stream;
        assert_int_equal(input_stream_open(in.root, &listing.files[i], true, &limits, &stream, NULL), DEDUP_OK);
        input_stream_close(stream);
    }
    corpus_listing_release(&listing);
    close(in.root);
    scratch_close(&scratch);
}

static void a_root_that_is_no_folder_fails(void **state)
{
    (void)state;
    struct corpus_listing listing;
    dedup_error error;
    assert_int_equal(corpus_list(-1, false, &listing, &error), DEDUP_ERROR_READ);
    assert_int_equal(error.status, DEDUP_ERROR_READ);
    corpus_listing_release(&listing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(endings_decide),
        cmocka_unit_test(whole_paths_are_ordered_as_bytes),
        cmocka_unit_test(names_are_bytes),
        cmocka_unit_test(special_files_and_our_own_are_skipped),
        cmocka_unit_test(links_are_followed_on_demand_only),
        cmocka_unit_test(loops_through_the_outside_end),
        cmocka_unit_test(links_cannot_blow_a_tree_up),
        cmocka_unit_test(unreadable_folders_are_problems),
        cmocka_unit_test(deep_trees_are_walked),
        cmocka_unit_test(deep_trees_behind_links_are_walked),
        cmocka_unit_test(a_root_that_is_no_folder_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
