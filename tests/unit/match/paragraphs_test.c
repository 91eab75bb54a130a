#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "match/paragraphs.h"
#include "random.h"

/* Texts of our own. */
static const char *const simplified[] = {
    "镇上的图书馆只有两间屋子，靠窗的一间放着报纸和旧杂志，另一间摆满了书。管理员老周每天八点开门，先扫地，再把昨天还回"
    "来的书一本一"
    "本放回架上。他说自己读得不多，但是哪本书在哪个位置，闭着眼睛也能找到。",
    "夏天的下午，来看书的多半是放了假的学生。他们把书包堆在墙角，坐在地板上，一看就是半天。有人看完一本就趴着睡着了，老"
    "周也不去叫醒"
    "，只是把风扇转过来，让风正好吹到那个角落。",
    "去年冬天下了一场大雪，屋顶的瓦片压坏了几块，水顺着墙流下来，打湿了最上面一层的书。镇上的人听说以后，拿着塑料布和水"
    "桶赶过来，一"
    "直忙到半夜。第二天，孩子们把湿了的书一页一页翻开，摆在太阳底下晒。",
    "现在屋顶已经修好，窗户也换成了新的，可是老周还是习惯把最重要的几本书放在离窗户最远的地方。他说，书和人一样，淋过一"
    "次雨，就会记得"
    "很久。",
};
static const char *const traditional[] = {
    "碼頭邊的茶館天不亮就開了門，第一批客人是剛剛收工的漁民。他們把魚簍放在門外，進來要一壺熱茶、兩個燒餅，聊一聊昨夜的"
    "風浪。老闆娘"
    "記得每個人的口味，誰要濃一點，誰要淡一點，從來不用問。",
    "到了中午，漁民回家睡覺，茶館裏換成了下棋的老人。棋盤是刻在桌面上的，邊角已經磨得發亮。輸的人付茶錢，這是幾十年的規"
    "矩。有一位老"
    "先生連輸了三個月，還是天天來，他說家裏沒有這麼好的太陽。",
    "傍晚是學生的時間。他們在最裏面的桌子上寫功課，寫完了就看著窗外的船發呆。老闆娘的女兒也在其中，她說將來要去很遠的地"
    "方念書，看一看"
    "地圖上那些沒有顏色的島嶼。",
};
static const char *const english[] = {
    "The lighthouse keeper had two rules for anyone who wanted to climb the stairs with him. The first was to count "
    "them "
    "aloud, because the dark made people careless, and the second was never to touch the lamp, however dull the glass "
    "might look from below.",
    "In forty years only one visitor broke the second rule, a boy of nine who wanted to know whether light was warm. "
    "He "
    "found out at once. The keeper bandaged the hand, said nothing to the parents, and let the boy polish the brass "
    "railing until it was time for supper.",
    "When the station was automated, the boy, who was by then an engineer, came back to switch off the old lamp "
    "himself. "
    "He climbed without counting, stopped halfway, went down again and started from the first step, one number at a "
    "time, "
    "as loudly as he could manage.",
};

static size_t width_of(uint32_t point)
{
    return point >= 0x2e80 ? 2 : 1;
}

static bool may_not_begin(uint32_t point)
{
    return point == 0x3002 || point == 0xff0c || point == 0x3001 || point == 0xff1b;
}

/* Appends `text` broken greedily to `columns`: at spaces, and before any wide character that is not punctuation. */
static void wrap(dedup_buffer *out, const char *text, size_t columns)
{
    const char *end = text + strlen(text), *line = text, *chance = text;
    size_t width = 0, since = 0;
    for (const char *next = text; next < end;) {
        const char *place = next;
        uint32_t point = utf8_next(&next);
        if ((width_of(point) == 2 && !may_not_begin(point)) || (place > text && place[-1] == ' ')) {
            chance = place;
            since = 0;
        }
        width += width_of(point);
        since += width_of(point);
        if (width > columns && chance > line && point != ' ') {
            size_t length = (size_t)(chance - line);
            length -= line[length - 1] == ' ';
            assert_int_equal(dedup_buffer_append(out, line, length, NULL), DEDUP_OK);
            assert_int_equal(dedup_buffer_append(out, "\n", 1, NULL), DEDUP_OK);
            line = chance;
            width = since;
        }
    }
    assert_int_equal(dedup_buffer_append(out, line, (size_t)(end - line), NULL), DEDUP_OK);
}

static bool is_wrapped(const char *text)
{
    struct text_document document;
    document_init(&document);
    assert_int_equal(document_set(&document, text, (uint32_t)strlen(text), NULL), DEDUP_OK);
    bool wrapped = document_is_wrapped(&document);
    document_release(&document);
    return wrapped;
}

/* The paragraphs, twice, broken to `columns` (0: not at all), with `between` after each. */
static bool is_wrapped_as(const char *const *paragraphs, size_t count, size_t columns, const char *begin,
                          const char *between)
{
    dedup_buffer text;
    dedup_buffer_init(&text, SIZE_MAX);
    for (size_t i = 0; i < 2 * count; i++) {
        char paragraph[1000];
        (void)snprintf(paragraph, sizeof paragraph, "%s%s", begin, paragraphs[i % count]);
        wrap(&text, paragraph, columns != 0 ? columns : SIZE_MAX);
        assert_int_equal(dedup_buffer_printf(&text, NULL, "%s", between), DEDUP_OK);
    }
    bool wrapped = is_wrapped(text.data);
    dedup_buffer_release(&text);
    return wrapped;
}

#define count_of(array) (sizeof(array) / sizeof *(array))

static void test_wrapped_texts_are_known(void **unused)
{
    (void)unused;
    for (size_t columns = 44; columns <= 78; columns++) {
        assert_true(is_wrapped_as(simplified, count_of(simplified), columns, "", "\n\n"));
        assert_true(is_wrapped_as(traditional, count_of(traditional), columns, "", "\n\n"));
        assert_true(is_wrapped_as(english, count_of(english), columns, "", "\n\n"));
    }
    assert_true(is_wrapped_as(simplified, count_of(simplified), 70, "　　", "\n\n"));
}

static void test_other_texts_are_not(void **unused)
{
    (void)unused;
    assert_false(is_wrapped(""));
    /* A paragraph on each line, with and without blank lines between. */
    assert_false(is_wrapped_as(simplified, count_of(simplified), 0, "", "\n\n"));
    assert_false(is_wrapped_as(simplified, count_of(simplified), 0, "", "\n"));
    assert_false(is_wrapped_as(english, count_of(english), 0, "", "\n"));
    /* Broken lines whose paragraphs no blank line parts. */
    assert_false(is_wrapped_as(simplified, count_of(simplified), 70, "　　", "\n"));
    /* Too narrow: columns of a table, verse. */
    assert_false(is_wrapped_as(simplified, count_of(simplified), 24, "", "\n\n"));
    assert_false(is_wrapped("渡口无人水自流，\n黄昏独上小河楼。\n西风不管行人意，\n吹老芦花又一秋。\n\n"
                            "昨夜灯前听雨声，\n今朝窗外见山青。\n故人书信无消息，\n一树寒梅落满庭。\n\n"
                            "门前种下两株桑，\n养得春蚕几箔黄。\n织就新衣儿不着，\n留将卖与远行商。\n"));
    assert_false(
        is_wrapped("- 买两斤新米，顺便问一问什么时候有今年的新茶\n- 给院子里的柿子树剪枝，工具在隔壁借\n- 写信\n"
                   "- 把屋顶漏水的地方补好，瓦片在后院的墙边\n- 去镇上取回修好的收音机和那只旧闹钟\n- 晒被子\n"
                   "- 还老周的三本书，其中一本还差最后一章\n- 问清楚渡船下个月的班次，尤其是星期天\n- 睡觉\n"));
    assert_false(
        is_wrapped("“你昨天去哪里了？我在渡口等了你整整一个下午，天黑了才回家。”\n“我去了镇上的图书馆。”\n"
                   "“去做什么？那里到了夏天比外面还要热，风扇又总是坏的。”\n“看书。”\n“看什么书？”\n"
                   "“一本讲灯塔的书，里面有一个孩子，想知道光是不是热的。”\n“那么，是热的吗？”\n“你自己去看。”\n"
                   "“我不识那么多字，还是你讲给我听吧，从头开始讲。”\n“好。”\n"));
    assert_false(
        is_wrapped("int main(void)\n{\n    int total = 0;\n    for (int i = 0; i < 10; i++)\n        total += i;\n"
                   "    printf(\"%d\\n\", total);\n    if (total > 40 && total < 50)\n        puts(\"fine\");\n"
                   "    else\n        puts(\"odd\");\n    return 0;\n}\n"));
}

struct listing {
    struct text_document document;
    struct paragraph_list list;
};

static void list(struct listing *listing, const char *text, enum paragraph_mode mode)
{
    document_init(&listing->document);
    paragraph_list_init(&listing->list);
    assert_int_equal(document_set(&listing->document, text, (uint32_t)strlen(text), NULL), DEDUP_OK);
    assert_int_equal(paragraph_list_set(&listing->list, &listing->document, mode, NULL), DEDUP_OK);
}

static void release(struct listing *listing)
{
    paragraph_list_release(&listing->list);
    document_release(&listing->document);
}

static void assert_lines(const struct listing *listing, size_t index, uint32_t first, uint32_t last, uint32_t prose)
{
    assert_true(index < listing->list.count);
    assert_int_equal(listing->list.items[index].first, first);
    assert_int_equal(listing->list.items[index].last, last);
    assert_int_equal(listing->list.items[index].prose, prose);
}

static void test_units(void **unused)
{
    (void)unused;
    const char *text =
        "\n标题\n\n渡口的船夫每天只等到黄昏，\n如果没有客人，他就把船拴好，\n沿着河堤慢慢走回家。\n　\n——\n\n完\n";
    struct listing listing;
    list(&listing, text, PARAGRAPH_LINE);
    assert_int_equal(listing.list.count, 5);
    assert_lines(&listing, 0, 1, 1, 0);
    assert_lines(&listing, 3, 5, 5, 0);
    assert_lines(&listing, 4, 9, 9, 0);
    release(&listing);
    list(&listing, text, PARAGRAPH_BLANK);
    assert_int_equal(listing.list.count, 3);
    assert_lines(&listing, 0, 1, 1, 0);
    assert_lines(&listing, 1, 3, 5, 1);
    assert_lines(&listing, 2, 9, 9, 0);
    release(&listing);
    list(&listing, text, PARAGRAPH_AUTO);
    assert_int_equal(listing.list.count, 5);
    release(&listing);
}

static void test_code_joined_stays_code(void **unused)
{
    (void)unused;
    struct listing listing;
    list(&listing,
         "```\nwhile read line; do\n  echo \"the next line is $line, and it is printed here again.\"\ndone\n```\n",
         PARAGRAPH_BLANK);
    assert_int_equal(listing.list.count, 1);
    assert_lines(&listing, 0, 0, 4, 0);
    release(&listing);
}

/* Makes random cuts, with and without replacement, of whole lines, parts of lines and across lines. */
static void cut_at_random(struct text_document *document, struct random *random)
{
    uint32_t place = 0;
    assert_int_equal(dedup_buffer_append(&document->replacements, "换成Xx", strlen("换成Xx"), NULL), DEDUP_OK);
    while (place < document->length) {
        uint32_t begin = place + (uint32_t)random_below(random, 90),
                 end = begin + 1 + (uint32_t)random_below(random, 60);
        while (begin < document->length && ((unsigned char)document->text[begin] & 0xc0) == 0x80)
            begin++;
        while (end < document->length && ((unsigned char)document->text[end] & 0xc0) == 0x80)
            end++;
        if (begin >= document->length || end > document->length)
            break;
        struct text_cut cut = {.begin = begin, .end = end, .reason = CUT_RULE};
        cut.replacement_length = random_below(random, 3) == 0 ? document->replacements.length & UINT32_MAX : 0;
        assert_int_equal(document_cut(document, &cut, NULL), DEDUP_OK);
        place = end + 1;
    }
    document_settle(document);
}

/* The kept lines of a paragraph, read back out of the kept text, have the key that the list says. */
static void check_keys(const struct listing *listing)
{
    struct fold_key kept;
    fold_key_init(&kept);
    assert_int_equal(document_kept_key(&listing->document, &kept, NULL), DEDUP_OK);
    uint64_t end = 0;
    for (size_t i = 0; i < listing->list.count; i++) {
        const struct paragraph *paragraph = &listing->list.items[i];
        assert_true(paragraph->key_count > 0);
        assert_int_equal(paragraph->key, end);
        end += paragraph->key_count;
        assert_true(i == 0 || paragraph->first > listing->list.items[i - 1].last);
    }
    assert_int_equal(end, kept.count);
    fold_key_release(&kept);
}

static void test_keys_tile_the_kept_key(void **unused)
{
    (void)unused;
    struct random random = random_make(99);
    for (int round = 0; round < 2000; round++) {
        dedup_buffer text;
        struct listing listing;
        dedup_buffer_init(&text, SIZE_MAX);
        for (size_t i = random_below(&random, 12); i > 0; i--) {
            wrap(&text, simplified[random_below(&random, count_of(simplified))], 30 + random_below(&random, 300));
            assert_int_equal(dedup_buffer_printf(&text, NULL, "%s", random_below(&random, 2) ? "\n\n" : "\n——\n"),
                             DEDUP_OK);
        }
        enum paragraph_mode mode = random_below(&random, 2) ? PARAGRAPH_LINE : PARAGRAPH_BLANK;
        list(&listing, text.data ? text.data : "", mode);
        check_keys(&listing);
        cut_at_random(&listing.document, &random);
        assert_int_equal(paragraph_list_set(&listing.list, &listing.document, mode, NULL), DEDUP_OK);
        check_keys(&listing);
        release(&listing);
        dedup_buffer_release(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrapped_texts_are_known),
        cmocka_unit_test(test_other_texts_are_not),
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_code_joined_stays_code),
        cmocka_unit_test(test_keys_tile_the_kept_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
