/* The key of every code point against a straightforward computation with the libraries that the table comes from. */
#include <opencc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/utf8.h"
#include "dedup/text.h"
#include "test.h"
#include "text/fold_table.h"

enum { POINTS = 0x110000, ROOM = 256 };

static char *casefold(uint32_t point)
{
    char text[5] = "";
    utf8_put(point, text);
    return (char *)utf8proc_NFKC_Casefold((const utf8proc_uint8_t *)text);
}

static bool is_letter_mark_or_number(uint32_t point)
{
    const char *category = utf8proc_category_string((utf8proc_int32_t)point);
    return strchr("LMN", category[0]) != NULL;
}

/* NFKC_Casefold of the code points from `first` to `end`, one character a line, and a line with U+0001 behind each code
 * point. So OpenCC sees single characters. */
static size_t write_casefolded(uint32_t first, uint32_t end, char *out)
{
    char *next = out;
    for (uint32_t point = first; point < end; point++) {
        char *mapped = point == 0 || (point >= 0xd800 && point < 0xe000) ? NULL : casefold(point);
        for (const char *from = mapped; from && *from;) {
            uint32_t target = utf8_next(&from);
            if (target > ' ')
                next += utf8_put(target, next);
            *next++ = '\n';
        }
        free(mapped);
        *next++ = '\x01';
        *next++ = '\n';
    }
    return (size_t)(next - out);
}

static void assert_key(uint32_t point, const char *want, size_t length)
{
    char text[4];
    dedup_buffer key;
    dedup_buffer_init(&key, ROOM);
    size_t size = point >= 0xd800 && point < 0xe000 ? 0 : utf8_put(point, text);
    assert_int_equal(dedup_fold(text, size, &key, NULL), DEDUP_OK);
    if (key.length != length || (length != 0 && memcmp(key.data, want, length) != 0))
        fail_msg("U+%04X: the key is \"%s\", it should be \"%.*s\"", point, key.length ? key.data : "", (int)length,
                 want);
    dedup_buffer_release(&key);
}

static void test_all_points(void **state)
{
    (void)state;
    enum { CHUNK = 0x1000 };
    char sources[128];
    (void)snprintf(sources, sizeof sources, "Unicode %s, OpenCC %s", utf8proc_unicode_version(), OPENCC_VERSION);
    if (strcmp(sources, fold_table_sources) != 0) {
        printf("skipped: here is %s, the table was made from %s\n", sources, fold_table_sources);
        skip();
    }
    opencc_t converter = opencc_open("t2s.json");
    assert_true(converter != (opencc_t)-1);
    char *lines = malloc(CHUNK * ROOM);
    assert_non_null(lines);
    for (uint32_t first = 0; first < POINTS; first += CHUNK) {
        size_t length = write_casefolded(first, first + CHUNK, lines);
        char *converted = opencc_convert_utf8(converter, lines, length);
        assert_non_null(converted);
        const char *next = converted;
        for (uint32_t point = first; point < first + CHUNK; point++) {
            char want[ROOM];
            size_t size = 0;
            while (*next != '\x01') {
                uint32_t target = utf8_next(&next);
                if (target != '\n' && is_letter_mark_or_number(target))
                    size += utf8_put(target, want + size);
            }
            next += 2;
            assert_key(point, want, size);
        }
        opencc_convert_utf8_free(converted);
    }
    free(lines);
    opencc_close(converter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all_points)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
