/* Cleaning whole texts: what goes, what stays, and that a clean text is at rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dedup/clean.h"
#include "random.h"

#define PROSE_1 "清晨的渡口还没有人，老船工已经把缆绳理好，等着第一班过江的乘客慢慢走下石阶。\n"
#define PROSE_2 "对岸的茶馆刚刚开门，炉上的水壶冒着白气，伙计把昨夜收起的竹椅一张张摆回门前。\n"
#define PROSE_3 "傍晚起了风，江面上的灯火一盏接一盏亮起来，渡船靠岸的时候，茶馆里已经坐满了人。\n"

static dedup_cleaner *cleaner_at(dedup_clean_level level)
{
    dedup_cleaner *cleaner;
    dedup_error error = {0};
    if (dedup_cleaner_create(level, &cleaner, &error) != DEDUP_OK)
        fail_msg("%s", error.message);
    return cleaner;
}

static void clean(const dedup_cleaner *cleaner, const char *text, size_t length, dedup_buffer *kept)
{
    dedup_buffer_clear(kept);
    assert_int_equal(dedup_cleaner_clean(cleaner, text, length, kept, NULL, NULL, NULL), DEDUP_OK);
}

static void assert_cleans_to(dedup_clean_level level, const char *text, const char *expected)
{
    dedup_cleaner *cleaner = cleaner_at(level);
    dedup_buffer kept;
    dedup_buffer_init(&kept, 1 << 20);
    clean(cleaner, text, strlen(text), &kept);
    assert_string_equal(kept.data ? kept.data : "", expected);
    dedup_buffer_release(&kept);
    dedup_cleaner_free(cleaner);
}

static void zone_words_go_only_in_the_zones(void **state)
{
    (void)state;
    assert_cleans_to(DEDUP_CLEAN_SAFE, "收藏\n" PROSE_1 "收藏\n" PROSE_2 "展开\n", PROSE_1 "收藏\n" PROSE_2);
}

static void the_mark_of_the_end_goes(void **state)
{
    (void)state;
    assert_cleans_to(DEDUP_CLEAN_STANDARD, PROSE_2 "傍晚起了风，渡船靠岸的时候，茶馆里已经坐满了人。（完）\n",
                     PROSE_2 "傍晚起了风，渡船靠岸的时候，茶馆里已经坐满了人。\n");
    assert_cleans_to(DEDUP_CLEAN_STANDARD, PROSE_2 PROSE_3 "（完）\n", PROSE_2 PROSE_3);
    assert_cleans_to(DEDUP_CLEAN_SAFE, PROSE_2 "茶馆里已经坐满了人。（完）\n", PROSE_2 "茶馆里已经坐满了人。（完）\n");
    assert_cleans_to(DEDUP_CLEAN_STANDARD, "第一卷（完）\n" PROSE_2, "第一卷（完）\n" PROSE_2);
}

static void second_copy_and_what_stood_between_go(void **state)
{
    (void)state;
    assert_cleans_to(DEDUP_CLEAN_SAFE,
                     "渡口的一天\n" PROSE_1 PROSE_2 PROSE_3 "展开全文\n" PROSE_1 PROSE_2 PROSE_3 "APP内打开\n",
                     "渡口的一天\n" PROSE_1 PROSE_2 PROSE_3);
}

static void invisible_characters_and_entities_are_repaired(void **state)
{
    (void)state;
    assert_cleans_to(DEDUP_CLEAN_SAFE,
                     "清晨\u200b的渡口&ldquo;还没有人&amp;rdquo;\ufeff&#8203;。&amp;amp;lt; & gt; &nosuch;\n",
                     "清晨的渡口“还没有人”。&amp;amp;lt; > &nosuch;\n");
    assert_cleans_to(DEDUP_CLEAN_SAFE, "一家人 \U0001f468\u200d\U0001f469\u200d\U0001f467 \u0645\u06cc\u200c\u062e\n",
                     "一家人 \U0001f468\u200d\U0001f469\u200d\U0001f467 \u0645\u06cc\u200c\u062e\n");
}

static void readings_of_the_converter_go_and_those_of_teachers_stay(void **state)
{
    (void)state;
    assert_cleans_to(DEDUP_CLEAN_SAFE, "這個產(chǎn)業(yè)的發(fā)展很快(見圖)。\n", "這個產業的發展很快(見圖)。\n");
    assert_cleans_to(DEDUP_CLEAN_SAFE, "今天我们学习“发(fā)展(zhǎn)去(qù)”这三个字。\n",
                     "今天我们学习“发(fā)展(zhǎn)去(qù)”这三个字。\n");
    assert_cleans_to(DEDUP_CLEAN_SAFE, "會(kuài)計與單(shàn)于兩個詞的讀音常常弄錯。\n",
                     "會(kuài)計與單(shàn)于兩個詞的讀音常常弄錯。\n");
}

static void paragraph_numbers_go_and_section_numbers_stay(void **state)
{
    char numbered[4096] = "", expected[4096] = "", line[128];
    (void)state;
    for (int i = 1; i <= 9; i++) {
        (void)snprintf(line, sizeof line, "第%d段说的是渡口在不同时刻的样子，各有各的味道\n", i);
        (void)snprintf(numbered + strlen(numbered), sizeof numbered - strlen(numbered), "%d\n%s", i, line);
        strcat(expected, line);
    }
    assert_cleans_to(DEDUP_CLEAN_SAFE, numbered, expected);
    assert_cleans_to(DEDUP_CLEAN_SAFE, "1\n" PROSE_1 PROSE_2 "2\n" PROSE_3 "3\n甲乙丙丁戊己庚辛。\n",
                     "1\n" PROSE_1 PROSE_2 "2\n" PROSE_3 "3\n甲乙丙丁戊己庚辛。\n");
}

static void code_is_content(void **state)
{
    static const char text[] = PROSE_1 "```html\n<div>\n&lt;p&gt;\n分享\n</div>\n```\n" PROSE_2;
    (void)state;
    assert_cleans_to(DEDUP_CLEAN_AGGRESSIVE, text, text);
}

struct tiles {
    const char *text;
    dedup_buffer rebuilt;
    size_t place;
    bool ordered;
};

static void rebuild(void *context, const dedup_removal *removal)
{
    struct tiles *tiles = context;
    tiles->ordered = tiles->ordered && removal->begin >= tiles->place && removal->end > removal->begin;
    assert_int_equal(
        dedup_buffer_append(&tiles->rebuilt, tiles->text + tiles->place, removal->begin - tiles->place, NULL),
        DEDUP_OK);
    if (removal->replacement)
        assert_int_equal(dedup_buffer_append(&tiles->rebuilt, removal->replacement, removal->replacement_length, NULL),
                         DEDUP_OK);
    tiles->place = removal->end;
}

/* Pieces that rules, repairs, repeats and zones react to. */
static const char *const pieces[] = {
    PROSE_1,
    PROSE_2,
    PROSE_3,
    "\n",
    "\n\n\n",
    "展开\n",
    "收藏\n",
    "展开全文\n",
    "1\n",
    "2\n",
    "3\n",
    "![](a.png)\n",
    "产業(yè)的",
    "產(chǎn)",
    "(fā)",
    "&amp;",
    "lt;",
    "&nbsp;",
    "\u200b",
    "\u200d",
    "\U0001f468",
    "\ue123",
    "```\n",
    "<div>\n",
    "责任编辑：张三\n",
    "（完）\n",
    "相关阅读\n",
    "渡口的一天\n",
    "本文由",
    "用户上传并发布，",
    "平台仅提供信息存储服务。\n",
    "未经授权，不得转载\n",
    "首页 > 新闻 > 正文\n",
    "分享 微信 微博\n",
    " ",
    "\t",
    "\r\n",
    "\u3000",
    "。",
    "\"",
    "(",
    ")",
};

static void a_clean_text_is_at_rest(void **state)
{
    struct random random = random_make(0x5eed);
    dedup_buffer text, once, twice;
    (void)state;
    dedup_buffer_init(&text, 1 << 20);
    dedup_buffer_init(&once, 1 << 20);
    dedup_buffer_init(&twice, 1 << 20);
    for (int level = DEDUP_CLEAN_SAFE; level <= DEDUP_CLEAN_AGGRESSIVE; level++) {
        dedup_cleaner *cleaner = cleaner_at((dedup_clean_level)level);
        for (int round = 0; round < 1500; round++) {
            dedup_buffer_clear(&text);
            for (size_t i = 1 + random_below(&random, 40); i > 0; i--) {
                const char *piece = pieces[random_below(&random, sizeof pieces / sizeof *pieces)];
                assert_int_equal(dedup_buffer_append(&text, piece, strlen(piece), NULL), DEDUP_OK);
            }
            struct tiles tiles = {.text = text.data, .ordered = true};
            dedup_buffer_init(&tiles.rebuilt, 1 << 20);
            dedup_buffer_clear(&once);
            assert_int_equal(dedup_cleaner_clean(cleaner, text.data, text.length, &once, rebuild, &tiles, NULL),
                             DEDUP_OK);
            assert_true(tiles.ordered);
            assert_int_equal(
                dedup_buffer_append(&tiles.rebuilt, text.data + tiles.place, text.length - tiles.place, NULL),
                DEDUP_OK);
            assert_int_equal(tiles.rebuilt.length, once.length);
            assert_memory_equal(tiles.rebuilt.data, once.data ? once.data : "", once.length);
            clean(cleaner, once.data ? once.data : "", once.length, &twice);
            if (twice.length != once.length || memcmp(once.data, twice.data, once.length) != 0)
                fail_msg("level %d: [%s] becomes [%s] becomes [%s]", level, text.data, once.data, twice.data);
            dedup_buffer_release(&tiles.rebuilt);
        }
        dedup_cleaner_free(cleaner);
    }
    dedup_buffer_release(&text);
    dedup_buffer_release(&once);
    dedup_buffer_release(&twice);
}

static void what_is_not_utf8_is_refused(void **state)
{
    dedup_cleaner *cleaner = cleaner_at(DEDUP_CLEAN_SAFE);
    dedup_buffer kept;
    dedup_error error;
    (void)state;
    dedup_buffer_init(&kept, 1 << 10);
    assert_int_equal(dedup_cleaner_clean(cleaner, "\xff", 1, &kept, NULL, NULL, &error), DEDUP_ERROR_FORMAT);
    assert_int_equal(dedup_cleaner_clean(cleaner, "", 0, &kept, NULL, NULL, &error), DEDUP_OK);
    assert_int_equal(kept.length, 0);
    dedup_buffer_release(&kept);
    dedup_cleaner_free(cleaner);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zone_words_go_only_in_the_zones),
        cmocka_unit_test(the_mark_of_the_end_goes),
        cmocka_unit_test(second_copy_and_what_stood_between_go),
        cmocka_unit_test(invisible_characters_and_entities_are_repaired),
        cmocka_unit_test(readings_of_the_converter_go_and_those_of_teachers_stay),
        cmocka_unit_test(paragraph_numbers_go_and_section_numbers_stay),
        cmocka_unit_test(code_is_content),
        cmocka_unit_test(a_clean_text_is_at_rest),
        cmocka_unit_test(what_is_not_utf8_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
