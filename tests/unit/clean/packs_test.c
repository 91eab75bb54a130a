/* The built-in packs: every example holds, and no pattern takes too many steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "clean/cleaner.h"
#include "random.h"

static void report(void *context, const dedup_example *example)
{
    (void)context;
    if (example->keep)
        print_error("%s:%zu: %s: is not kept but taken by %s: %.*s\n", example->pack, example->line, example->rule,
                    example->taken_by, (int)example->length, example->text);
    else
        print_error("%s:%zu: %s: is not taken: %.*s\n", example->pack, example->line, example->rule,
                    (int)example->length, example->text);
}

static void every_example_holds(void **state)
{
    dedup_error error;
    dedup_cleaner *cleaner;
    size_t tried, failed;
    (void)state;
    if (dedup_cleaner_create(DEDUP_CLEAN_SAFE, &cleaner, &error) != DEDUP_OK)
        fail_msg("%s", error.message);
    assert_int_equal(dedup_cleaner_test(cleaner, &tried, &failed, report, NULL, &error), DEDUP_OK);
    print_message("%zu examples\n", tried);
    assert_true(tried > 100);
    assert_int_equal(failed, 0);
    dedup_cleaner_free(cleaner);
}

enum { EXAMPLES = 4096, TEXTS = 400, LINES = 40, POOL = 6 };

/* Up to four characters of an example, or figures. */
static void append_word(const struct cleaner_example *example, struct random *random, dedup_buffer *text)
{
    static const char *const figures[] = {"1", "2020", "1234", "a", "qq", "03:04"};
    const char *next = example->text, *end = example->text + example->length;
    if (random_below(random, 3) == 0) {
        const char *figure = figures[random_below(random, sizeof figures / sizeof *figures)];
        assert_int_equal(dedup_buffer_append(text, figure, strlen(figure), NULL), DEDUP_OK);
        return;
    }
    for (size_t skip = random_below(random, example->length); skip > 0 && next < end; skip--)
        (void)utf8_next(&next);
    const char *begin = next;
    for (size_t length = 1 + random_below(random, 4); length > 0 && next < end; length--)
        (void)utf8_next(&next);
    assert_int_equal(dedup_buffer_append(text, begin, (size_t)(next - begin), NULL), DEDUP_OK);
}

/* A line of words from few examples with one mark between all of them: what makes patterns with many ways to read a
 * line try all. */
static void append_hard_line(const struct cleaner_example *examples, size_t count, struct random *random,
                             dedup_buffer *text)
{
    static const char *const marks[] = {"", " ", "|", "-", ">", ":", "/", "]"};
    const char *mark = marks[random_below(random, sizeof marks / sizeof *marks)];
    dedup_buffer pool[POOL];
    size_t words = 1 + random_below(random, POOL), length = text->length + 60 + random_below(random, 500);
    for (size_t i = 0; i < words; i++) {
        dedup_buffer_init(&pool[i], 1 << 10);
        append_word(&examples[random_below(random, count)], random, &pool[i]);
    }
    while (text->length < length) {
        const dedup_buffer *word = &pool[random_below(random, words)];
        assert_int_equal(dedup_buffer_append(text, word->data, word->length, NULL), DEDUP_OK);
        assert_int_equal(dedup_buffer_append(text, mark, strlen(mark), NULL), DEDUP_OK);
        length -= word->length + strlen(mark) == 0;
    }
    assert_int_equal(dedup_buffer_append(text, "x\n", 2, NULL), DEDUP_OK);
    for (size_t i = 0; i < words; i++)
        dedup_buffer_release(&pool[i]);
}

static void no_pattern_takes_too_many_steps(void **state)
{
    static struct cleaner_example examples[EXAMPLES];
    struct random random = random_make(0x5eed);
    dedup_error error = {0};
    dedup_cleaner *cleaner;
    dedup_buffer text, kept;
    size_t count = 0;
    (void)state;
    dedup_buffer_init(&text, 1 << 26);
    dedup_buffer_init(&kept, 1 << 26);
    assert_int_equal(dedup_cleaner_create(DEDUP_CLEAN_AGGRESSIVE, &cleaner, &error), DEDUP_OK);
    while (count < EXAMPLES && cleaner_example(cleaner, count, &examples[count]))
        count++;
    for (size_t i = 0; i < TEXTS; i++) {
        for (size_t line = 0; line < LINES; line++)
            append_hard_line(examples, count, &random, &text);
        dedup_buffer_clear(&kept);
        if (dedup_cleaner_clean(cleaner, text.data, text.length, &kept, NULL, NULL, &error) != DEDUP_OK)
            fail_msg("%s, in text %zu", error.message, i);
        dedup_buffer_clear(&text);
    }
    dedup_cleaner_free(cleaner);
    dedup_buffer_release(&text);
    dedup_buffer_release(&kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_example_holds),
                                       cmocka_unit_test(no_pattern_takes_too_many_steps)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
