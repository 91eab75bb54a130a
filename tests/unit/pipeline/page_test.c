/* Pages with their navigation, comments and tables: what goes around an article, and what looks alike and stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dedup/clean.h"

#define PROSE_1 "清晨的渡口还没有人，老船工已经把缆绳理好，等着第一班过江的乘客慢慢走下石阶。\n"
#define PROSE_2 "对岸的茶馆刚刚开门，炉上的水壶冒着白气，伙计把昨夜收起的竹椅一张张摆回门前。\n"
#define PROSE_3 "傍晚起了风，江面上的灯火一盏接一盏亮起来，渡船靠岸的时候，茶馆里已经坐满了人。\n"
#define BODY    PROSE_1 PROSE_2 PROSE_3
#define MENU    "首页\n新闻\n体育\n财经\n登录\n注册\n"

static void assert_cleans_to(dedup_clean_level level, const char *text, const char *expected)
{
    dedup_error error = {0};
    dedup_cleaner *cleaner;
    dedup_buffer kept, again;
    dedup_buffer_init(&kept, 1 << 20);
    dedup_buffer_init(&again, 1 << 20);
    if (dedup_cleaner_create(level, &cleaner, &error) != DEDUP_OK)
        fail_msg("%s", error.message);
    assert_int_equal(dedup_cleaner_clean(cleaner, text, strlen(text), &kept, NULL, NULL, NULL), DEDUP_OK);
    assert_string_equal(kept.data ? kept.data : "", expected);
    assert_int_equal(dedup_cleaner_clean(cleaner, expected, strlen(expected), &again, NULL, NULL, NULL), DEDUP_OK);
    assert_string_equal(again.data ? again.data : "", expected);
    dedup_buffer_release(&kept);
    dedup_buffer_release(&again);
    dedup_cleaner_free(cleaner);
}

static void assert_stays(dedup_clean_level level, const char *text)
{
    assert_cleans_to(level, text, text);
}

static void a_thread_of_comments_goes(void **state)
{
    static const char thread[] = "网友评论\n"
                                 "林间 2021-03-04 08:15\n写得真好\n"
                                 "山雨 2021-03-04 09:20\n我家门前也有一个这样的渡口，小时候常去那里看船\n"
                                 "河灯 2021-03-05 21:07\n谢谢分享\n"
                                 "阿船 2021-03-06 07:44\n想去看看\n";
    char text[4096];
    (void)state;
    (void)snprintf(text, sizeof text, "%s%s", BODY, thread);
    assert_cleans_to(DEDUP_CLEAN_STANDARD, text, BODY);
}

static void floors_of_a_forum_go_and_the_first_post_stays(void **state)
{
    (void)state;
    assert_cleans_to(DEDUP_CLEAN_STANDARD,
                     MENU "渡口的几桩旧事\n楼主 2021-03-04 08:15\n" BODY "返回顶部\n"
                          "2楼 林间 3小时前\n顶一个\n3楼 山雨 2小时前\n好文章！\n4楼 河灯 20分钟前\n同意楼上\n",
                     "渡口的几桩旧事\n" BODY);
}

static void a_chronicle_with_minutes_stays(void **state)
{
    (void)state;
    assert_stays(DEDUP_CLEAN_STANDARD, BODY "2021-03-04 08:15 渡船离开东岸\n2021-03-04 08:40 渡船靠上西岸\n"
                                            "2021-03-04 09:10 大雾，渡口停航\n2021-03-04 11:30 雾散，恢复通航\n");
}

static void headlines_that_call_go_with_the_others(void **state)
{
    (void)state;
    assert_cleans_to(DEDUP_CLEAN_STANDARD,
                     MENU BODY "首页\n更多\n渡口重新开放\n老茶馆的第三代掌柜\n你还记得那条河吗？\n江边的灯火又亮了！\n"
                               "渡船票价下周调整\n摆渡人的一天\n山城的雾\n河边的木匠\n",
                     BODY);
}

static void the_title_above_the_body_stays(void **state)
{
    (void)state;
    assert_cleans_to(DEDUP_CLEAN_STANDARD, MENU "渡口的一天：老船工与对岸的茶馆\n首页\n" BODY,
                     "渡口的一天：老船工与对岸的茶馆\n" BODY);
}

static void names_with_values_stay(void **state)
{
    static const char facts[] = "船名：山城一号\n船长：三十二米\n载客：一百二十人\n航速：每小时二十公里\n";
    char text[4096], expected[4096];
    (void)state;
    (void)snprintf(text, sizeof text, "%s%s%s首页\n更多\n搜索\n返回顶部\n", MENU, BODY, facts);
    (void)snprintf(expected, sizeof expected, "%s%s", BODY, facts);
    assert_cleans_to(DEDUP_CLEAN_AGGRESSIVE, text, expected);
}

static void bylines_between_title_and_text_go(void **state)
{
    (void)state;
    assert_cleans_to(DEDUP_CLEAN_STANDARD, "渡口的一天\n山城旧事\n3小时前\n" BODY, "渡口的一天\n" BODY);
    assert_cleans_to(DEDUP_CLEAN_STANDARD, "渡口的一天\n晨光周报 2021-03-04 08:15\n" BODY, "渡口的一天\n" BODY);
    assert_stays(DEDUP_CLEAN_SAFE, "渡口的一天\n山城旧事\n3小时前\n" BODY);
    /* Patterns that are found by their words, too; the same line below the text stays. */
    assert_cleans_to(DEDUP_CLEAN_STANDARD, "渡口的一天\n发布时间：2021-03-04 08:15 来源：晨光周报\n" BODY,
                     "渡口的一天\n" BODY);
    assert_cleans_to(DEDUP_CLEAN_STANDARD, "渡口的一天\n原标题：山城渡口的一天\n" BODY, "渡口的一天\n" BODY);
    assert_stays(DEDUP_CLEAN_SAFE, "渡口的一天\n发布时间：2021-03-04 08:15 来源：晨光周报\n" BODY);
    assert_stays(DEDUP_CLEAN_STANDARD, "渡口的一天\n" BODY "原标题：山城渡口的一天\n");
    /* A diary, a first line and a date below the text. */
    assert_stays(DEDUP_CLEAN_STANDARD, "渡口日记\n2021年3月4日\n" PROSE_1 "2021年3月5日\n" PROSE_2);
    assert_stays(DEDUP_CLEAN_STANDARD, "2021年3月4日\n" BODY "山城渡口管理处\n2021年3月5日\n");
}

static void tags_glued_to_one_word_go(void **state)
{
#define TALK                                                                                                                 \
    PROSE_1 "老船工说，老船工的渡船和山城渡口一样老，老船工自己也说不清它有多少年了。\n" \
            "山城渡口的人都认得他，山城渡口也只剩下这一条船，没有人知道它还能开多久。\n"
    (void)state;
    assert_cleans_to(DEDUP_CLEAN_STANDARD, TALK "老船工山城渡口\n", TALK);
    assert_stays(DEDUP_CLEAN_STANDARD, TALK "老船工与渡口\n");
}

/* Sixteen crossings, three cells each. */
static void append_table(char *text, bool verse)
{
    static const char *const banks[] = {"东岸", "西岸", "北岸"};
    for (unsigned i = 0; i < 16; i++) {
        char cells[128];
        if (verse)
            (void)snprintf(cells, sizeof cells, "第%u声汽笛响了\n船到了%s\n灯还亮着\n", i + 1, banks[i % 3]);
        else
            (void)snprintf(cells, sizeof cells, "2021年3月%u日\n%s\n乘客%u\n", i + 1, banks[i % 3], 300 + 7 * i);
        strcat(text, cells);
    }
}

static void long_tables_of_figures_go_at_the_highest_level(void **state)
{
    char text[8192] = BODY, verse[8192] = BODY;
    (void)state;
    append_table(text, false);
    append_table(verse, true);
    strcat(text, PROSE_2 "渡口的故事到这里就说完了，其余的留给下一次，留给每一个愿意坐下来听的人。\n");
    strcat(verse, "渡口的故事到这里就说完了，其余的留给下一次，留给每一个愿意坐下来听的人。\n");
    assert_cleans_to(DEDUP_CLEAN_AGGRESSIVE, text,
                     BODY "渡口的故事到这里就说完了，其余的留给下一次，留给每一个愿意坐下来听的人。\n");
    assert_stays(DEDUP_CLEAN_AGGRESSIVE, verse);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_of_comments_goes),
        cmocka_unit_test(floors_of_a_forum_go_and_the_first_post_stays),
        cmocka_unit_test(a_chronicle_with_minutes_stays),
        cmocka_unit_test(headlines_that_call_go_with_the_others),
        cmocka_unit_test(the_title_above_the_body_stays),
        cmocka_unit_test(names_with_values_stay),
        cmocka_unit_test(bylines_between_title_and_text_go),
        cmocka_unit_test(tags_glued_to_one_word_go),
        cmocka_unit_test(long_tables_of_figures_go_at_the_highest_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
