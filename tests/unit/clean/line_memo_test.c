/* The memo of lines: it knows what it was told, and a worker judges a line from memory as it did the first time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "clean/cleaner.h"
#include "clean/line_memo.h"

static void a_line_is_known_by_its_text(void **state)
{
    static const char text[] = "分享到微信朋友圈";
    struct line_memo memo = {0};
    (void)state;
    assert_int_equal(line_memo_reserve(&memo, NULL), DEDUP_OK);
    uint32_t length = sizeof text - 1, place = line_memo_place(text, length);
    assert_true(place < LINE_MEMO_LINES);
    assert_false(line_memo_knows(&memo, place, text, length));
    memo.lines[place].length = length;
    memcpy(memo.lines[place].text, text, length);
    assert_true(line_memo_knows(&memo, place, text, length));
    assert_false(line_memo_knows(&memo, place, text, length - 3));
    assert_false(line_memo_knows(&memo, place, text + 3, length - 3));
    line_memo_clear(&memo);
    assert_false(line_memo_knows(&memo, place, text, length));
    line_memo_release(&memo);
}

#define PROSE "渡口的船夫每天只等到黄昏，如果没有客人，他就把船拴好，沿着河堤慢慢走回家。\n"
#define MENU  "首页 | 资讯 | 正文\n点击上方蓝字关注我们\n"
#define FENCE "```\nint main;\n```\n"

/* The cuts of the first step. */
static size_t cut_in(struct clean_worker *worker, const char *text, uint32_t reasons[], size_t most)
{
    struct text_document document;
    struct clean_outcome outcome = {0};
    document_init(&document);
    assert_int_equal(document_set(&document, text, (uint32_t)strlen(text), NULL), DEDUP_OK);
    assert_int_equal(clean_structure(worker, &document, true, &outcome, NULL), DEDUP_OK);
    size_t count = document.cut_count;
    assert_true(count <= most);
    for (size_t i = 0; i < count; i++)
        reasons[i] = document.cuts[i].reason;
    document_release(&document);
    return count;
}

static void lines_are_judged_alike_from_memory(void **state)
{
    static const char *const texts[] = {MENU PROSE, FENCE MENU PROSE, PROSE MENU, PROSE FENCE "[图片]\n" MENU,
                                        "[图片]\n" MENU PROSE};
    enum { TEXTS = sizeof texts / sizeof *texts, MOST = 16 };
    dedup_cleaner *cleaner;
    struct clean_worker *old;
    (void)state;
    assert_int_equal(dedup_cleaner_create(DEDUP_CLEAN_STANDARD, &cleaner, NULL), DEDUP_OK);
    assert_int_equal(clean_worker_create(cleaner, &old, NULL), DEDUP_OK);
    size_t cuts = 0;
    for (unsigned round = 0; round < 3 * TEXTS; round++) {
        uint32_t remembered[MOST] = {0}, seen[MOST] = {0};
        struct clean_worker *fresh;
        dedup_clean_level level = round < TEXTS ? DEDUP_CLEAN_STANDARD : DEDUP_CLEAN_SAFE;
        assert_int_equal(clean_worker_create(cleaner, &fresh, NULL), DEDUP_OK);
        clean_worker_set_level(fresh, level);
        if (round % TEXTS == 0)
            clean_worker_set_level(old, level);
        size_t count = cut_in(fresh, texts[round % TEXTS], seen, MOST);
        assert_int_equal(cut_in(old, texts[round % TEXTS], remembered, MOST), count);
        assert_memory_equal(seen, remembered, sizeof seen);
        cuts += count;
        clean_worker_free(fresh);
    }
    assert_true(cuts > TEXTS);
    clean_worker_free(old);
    dedup_cleaner_free(cleaner);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_known_by_its_text),
        cmocka_unit_test(lines_are_judged_alike_from_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
