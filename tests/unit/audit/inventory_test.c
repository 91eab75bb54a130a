#include "audit/inventory_reader.h"

#include <string.h>

#include "test.h"

#define SUM "\"length\":5,\"sum\":\"0123456789abcdeffedcba9876543210\""

static int make_inventory(void **state)
{
    static struct inventory inventory;
    inventory.output = "out";
    dedup_buffer_init(&inventory.path, SIZE_MAX);
    dedup_buffer_init(&inventory.reason, SIZE_MAX);
    dedup_buffer_init(&inventory.target, SIZE_MAX);
    *state = &inventory;
    return 0;
}

static int free_inventory(void **state)
{
    inventory_reader_close(*state);
    return 0;
}

static void reads_what_became_of_a_file(void **state)
{
    static const char line[] =
        "{\"path\":\"a/\\ufffd.gz\",\"path_bytes\":\"612fff2e677a\",\"fate\":\"cleaned\",\"encoding\":\"GB18030\","
        "\"container\":\"gz\"," SUM ",\"packed_length\":3,\"packed_sum\":\"00000000000000000000000000000001\","
        "\"output_length\":2,\"output_sum\":\"00000000000000000000000000000002\",\"removals\":7}";
    struct listed file;
    assert_int_equal(inventory_parse(*state, line, sizeof line - 1, &file, NULL), DEDUP_OK);
    assert_int_equal(file.fate, FATE_CLEANED);
    assert_string_equal(file.path, "a/\xff.gz");
    assert_string_equal(file.encoding, "GB18030");
    assert_int_equal(file.container, CONTAINER_GZ);
    assert_int_equal(file.sum.length, 5);
    assert_true(file.sum.hash.high == 0x0123456789abcdef && file.sum.hash.low == 0xfedcba9876543210);
    assert_int_equal(file.packed.length, 3);
    assert_int_equal(file.output.hash.low, 2);
    assert_int_equal(file.removals, 7);
}

static void reads_links_folders_and_losses(void **state)
{
    static const char *const lines[] = {"{\"path\":\"a\",\"fate\":\"link\",\"target\":\"../\\u00e9\"}",
                                        "{\"path\":\"a/b\",\"fate\":\"folder\"}",
                                        "{\"path\":\"\",\"fate\":\"lost\",\"reason\":\"why\"}"};
    struct listed file;
    assert_int_equal(inventory_parse(*state, lines[0], strlen(lines[0]), &file, NULL), DEDUP_OK);
    assert_string_equal(file.target, "../é");
    assert_int_equal(inventory_parse(*state, lines[1], strlen(lines[1]), &file, NULL), DEDUP_OK);
    assert_int_equal(file.fate, FATE_FOLDER);
    assert_int_equal(inventory_parse(*state, lines[2], strlen(lines[2]), &file, NULL), DEDUP_OK);
    assert_string_equal(file.reason, "why");
}

/* Nothing that is written may leave its folder. */
static void paths_stay_below(void **state)
{
    (void)state;
    static const char *const good[] = {"a", "a/b", "...", "a/..b", ".a", "a b/\n", "\xff"};
    static const char *const bad[] = {"", "/", "/a", ".", "..", "../a", "a/..", "a/../b", "a/./b", "a//b", "a/", "./a"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(path_stays_below(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(path_stays_below(bad[i], strlen(bad[i])));
    assert_false(path_stays_below("a\0b", 3));
}

static void refuses_what_no_run_writes(void **state)
{
    static const char *const lines[] = {
        "",
        "{}",
        "{\"path\":\"a\"}",
        "{\"path\":\"a\",\"fate\":\"eaten\"," SUM "}",
        "{\"path\":\"../a\",\"fate\":\"passed\"," SUM "}",
        "{\"path\":\"/etc/passwd\",\"fate\":\"passed\"," SUM "}",
        "{\"path\":\"a\\u0000b\",\"fate\":\"passed\"," SUM "}",
        "{\"path\":\"a\",\"path_bytes\":\"2e2e\",\"fate\":\"passed\"," SUM "}",
        "{\"path\":\"\",\"fate\":\"folder\"}",
        "{\"path\":\"a\",\"fate\":\"passed\"}",
        "{\"path\":\"a\",\"fate\":\"passed\",\"length\":5}",
        "{\"path\":\"a\",\"fate\":\"passed\",\"length\":5,\"sum\":\"01\"}",
        "{\"path\":\"a\",\"fate\":\"passed\",\"length\":-5,\"sum\":\"00000000000000000000000000000001\"}",
        "{\"path\":\"a\",\"fate\":\"removed\"," SUM "}",
        "{\"path\":\"a\",\"fate\":\"cleaned\",\"encoding\":\"UTF-8\"," SUM "}",
        "{\"path\":\"a\",\"fate\":\"removed\",\"encoding\":\"UTF-8\",\"container\":\"rar\"," SUM "}",
        "{\"path\":\"a\",\"fate\":\"removed\",\"encoding\":\"UTF-8\",\"removals\":\"1\"," SUM "}",
        "{\"path\":\"a\",\"fate\":\"removed\",\"encoding\":\"a name that is far too long for an encoding\"," SUM "}",
        "{\"path\":\"a\",\"fate\":\"link\"}",
        "{\"path\":\"a\",\"fate\":\"link\",\"target\":\"\"}",
        "{\"path\":\"a\",\"fate\":\"link\",\"target\":\"b\\u0000c\"}",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct listed file;
        dedup_error error = {0};
        assert_int_equal(inventory_parse(*state, lines[i], strlen(lines[i]), &file, &error), DEDUP_ERROR_FORMAT);
        assert_true(error.message[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_became_of_a_file),
        cmocka_unit_test(reads_links_folders_and_losses),
        cmocka_unit_test(paths_stay_below),
        cmocka_unit_test(refuses_what_no_run_writes),
    };
    return cmocka_run_group_tests(tests, make_inventory, free_inventory);
}
