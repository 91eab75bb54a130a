#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "match/repeats.h"
#include "random.h"
#include "sketch/shingle.h"

#define THRESHOLD 0.8

/* Prose of our own: each has 28 letters or more and ends like a sentence. */
#define BAKER  "清晨的面包店还没有开门，老板已经把第一炉面包端了出来，整条街都是麦子的香气。"
#define FERRY  "渡口的船夫每天只等到黄昏，如果没有客人，他就把船拴好，沿着河堤慢慢走回家。"
#define MUSEUM "博物馆新开的展厅里陈列着三百多件旧农具，讲解员会告诉孩子们它们原来怎么用。"
#define GARDEN "院子里的两棵柿子树是祖父种下的，到了十月，枝头就像挂满了一盏一盏的小灯笼。"

struct found {
    struct text_document document;
    struct repeat_counts counts;
    dedup_buffer kept; /* what the cuts leave */
};

static void find_in(struct found *found, const char *text, enum paragraph_mode mode)
{
    struct repeats *repeats;
    document_init(&found->document);
    dedup_buffer_init(&found->kept, SIZE_MAX);
    assert_int_equal(repeats_create(THRESHOLD, &repeats, NULL), DEDUP_OK);
    assert_int_equal(document_set(&found->document, text, (uint32_t)strlen(text), NULL), DEDUP_OK);
    assert_int_equal(repeats_find(repeats, &found->document, mode, NULL, true, &found->counts, NULL), DEDUP_OK);
    document_settle(&found->document);
    assert_int_equal(document_kept_text(&found->document, &found->kept, NULL), DEDUP_OK);
    repeats_free(repeats);
}

static void release(struct found *found)
{
    document_release(&found->document);
    dedup_buffer_release(&found->kept);
}

static void assert_kept(const char *text, const char *want, struct repeat_counts counts)
{
    struct found found;
    find_in(&found, text, PARAGRAPH_LINE);
    assert_string_equal(found.kept.data ? found.kept.data : "", want);
    assert_int_equal(found.counts.blocks, counts.blocks);
    assert_int_equal(found.counts.block_lines, counts.block_lines);
    assert_int_equal(found.counts.paragraphs_exact, counts.paragraphs_exact);
    assert_int_equal(found.counts.paragraphs_near, counts.paragraphs_near);
    release(&found);
}

static void assert_untouched(const char *text)
{
    assert_kept(text, text, (struct repeat_counts){0});
}

static void test_the_later_copy_of_a_paragraph_goes(void **unused)
{
    (void)unused;
    assert_untouched("");
    assert_untouched(BAKER "\n\n" FERRY "\n");
    assert_kept(BAKER "\n" FERRY "\n" BAKER "\n", BAKER "\n" FERRY "\n", (struct repeat_counts){.paragraphs_exact = 1});
    assert_kept(BAKER "\n" BAKER "\n" BAKER, BAKER "\n", (struct repeat_counts){.paragraphs_exact = 2});
    /* Script, width and punctuation make no difference. */
    assert_kept("博物館新開的展廳裏陳列着三百多件舊農具，講解員會告訴孩子們它們原來怎麼用！\n" MUSEUM "\n",
                "博物館新開的展廳裏陳列着三百多件舊農具，講解員會告訴孩子們它們原來怎麼用！\n",
                (struct repeat_counts){.paragraphs_exact = 1});
}

static void test_what_repeats_for_good_reasons_stays(void **unused)
{
    (void)unused;
    assert_untouched("“是的。”他说。\n" BAKER "\n“是的。”他说。\n");
    assert_untouched("## 第二天的渡口和面包店里发生的一切，没有人会忘记，真的没有人会忘记吗？\n" BAKER
                     "\n## 第二天的渡口和面包店里发生的一切，没有人会忘记，真的没有人会忘记吗？\n");
    assert_untouched("渡口的船夫啊你慢慢走，河上的月亮啊它慢慢升，岸边的人啊他慢慢等\n" BAKER
                     "\n渡口的船夫啊你慢慢走，河上的月亮啊它慢慢升，岸边的人啊他慢慢等\n");
    assert_untouched("| 名称 | 数量 | 单价 | 金额 |\n" BAKER "\n| 名称 | 数量 | 单价 | 金额 |\n");
    assert_untouched("$ make install DESTDIR=/tmp/stage PREFIX=/usr && ls -l /tmp/stage;\n" BAKER
                     "\n$ make install DESTDIR=/tmp/stage PREFIX=/usr && ls -l /tmp/stage;\n");
    assert_untouched(
        "```\nwhile read line; do\n  echo \"the next line is $line, and it is printed here again.\"\ndone\n```\n" BAKER
        "\n```\nwhile read line; do\n  echo \"the next line is $line, and it is printed here again.\"\ndone\n```\n");
    assert_untouched("来源：[年度报告](https://example.org/reports/annual/overview/introduction.html)。\n" BAKER
                     "\n来源：[年度报告](https://example.org/reports/annual/overview/introduction.html)。\n");
}

static void test_near_paragraphs(void **unused)
{
    (void)unused;
    const char *want = MUSEUM "\n" BAKER "\n";
    const struct repeat_counts one = {.paragraphs_near = 1};
    assert_kept(MUSEUM "\n" BAKER "\n博物馆新开的展厅里陈列着三百多件旧农具，讲解员会告诉孩子们它们原来怎么使。\n",
                want, one);
    assert_kept(MUSEUM "\n" BAKER "\n据说" MUSEUM "\n", want, one);
    /* Half of it is new. */
    assert_untouched(MUSEUM "\n" MUSEUM "门票从下个月起不再收费，但是参观的人需要提前两天在网上登记。\n");
}

static void test_numbers_make_a_difference(void **unused)
{
    (void)unused;
#define PROFIT(figure) "这家公司去年前三个季度的净利润一共是" figure "亿元，比前一年同一时期有了明显的增长。\n"
    assert_untouched(PROFIT("3.55") PROFIT("2.27"));
    assert_kept(PROFIT("3.55") "据了解，" PROFIT("３．５５"), PROFIT("3.55"),
                (struct repeat_counts){.paragraphs_near = 1});
#undef PROFIT
}

static void test_a_block_goes_with_what_is_in_it(void **unused)
{
    (void)unused;
    const char *body = "一、清晨\n\n" BAKER "\n———\n二、黄昏\n" FERRY "\n\n" MUSEUM "\n";
    char text[2000], want[2000];
    (void)snprintf(text, sizeof text, "标题\n%s\n%s\n记者：某某\n", body, body);
    (void)snprintf(want, sizeof want, "标题\n%s\n\n记者：某某\n", body);
    assert_kept(text, want, (struct repeat_counts){.blocks = 1, .block_lines = 5});
}

static void test_a_block_names_the_first_line_of_its_copy(void **unused)
{
    (void)unused;
    struct found found;
    find_in(&found, "标题\n" BAKER "\n甲\n" FERRY "\n" MUSEUM "\n乙\n" BAKER "\n甲\n\n" FERRY "\n" MUSEUM "\n",
            PARAGRAPH_LINE);
    assert_int_equal(found.counts.blocks, 1);
    assert_int_equal(found.document.cut_count, 1);
    assert_int_equal(found.document.cuts[0].kept_line, 1);
    assert_int_equal(found.document.cuts[0].reason, CUT_BLOCK);
    assert_true(found.document.cuts[0].similarity >= 1);
    release(&found);
}

/* Prose in too small a part: only from the first to the last prose, and only if that is a block. */
static void test_a_block_is_trimmed_to_its_prose(void **unused)
{
    (void)unused;
#define LIST   "苹果 三箱 供销社\n梨子 五箱 供销社\n葡萄 两箱 供销社\n西瓜 九车 供销社\n红枣 一袋 供销社\n"
#define LONGER LIST "核桃 一袋 供销社\n花生 七袋 供销社\n黄豆 八袋 供销社\n绿豆 二袋 供销社\n板栗 四袋 供销社\n"
    const char *text = LONGER BAKER "\n小结\n" FERRY "\n" GARDEN "\n" LONGER "——\n尾\n" LONGER BAKER "\n小结\n" FERRY
                                    "\n" GARDEN "\n" LONGER;
    assert_kept(text, LONGER BAKER "\n小结\n" FERRY "\n" GARDEN "\n" LONGER "——\n尾\n" LONGER LONGER,
                (struct repeat_counts){.blocks = 1, .block_lines = 4});
    assert_untouched(LONGER "甲\n" LONGER "乙\n" LONGER);
#undef LIST
#undef LONGER
}

/* A listing goes whole, with its fences, or not at all. */
static void test_a_block_does_not_split_code(void **unused)
{
    (void)unused;
#define LISTING(name) "```c\nint " name "(void)\n{\n    return value * 2 + 1;\n}\n```\n"
#define COUNTS(lines) ((struct repeat_counts){.blocks = 1, .block_lines = (lines)})
    const char *prose = BAKER "\n" FERRY "\n" MUSEUM "\n", *other = GARDEN "\n";
    char text[2000], want[2000];
    (void)snprintf(text, sizeof text, "%s" LISTING("one") "%s%s" LISTING("one") "甲\n", prose, other, prose);
    (void)snprintf(want, sizeof want, "%s" LISTING("one") "%s甲\n", prose, other);
    assert_kept(text, want, COUNTS(6));
    (void)snprintf(text, sizeof text, "%s" LISTING("one") "%s%s" LISTING("two") "甲\n", prose, other, prose);
    (void)snprintf(want, sizeof want, "%s" LISTING("one") "%s" LISTING("two") "甲\n", prose, other);
    assert_kept(text, want, COUNTS(3));
    (void)snprintf(text, sizeof text, LISTING("one") "%s%s" LISTING("one") "%s", prose, other, prose);
    (void)snprintf(want, sizeof want, LISTING("one") "%s%s", prose, other);
    assert_kept(text, want, COUNTS(6));
#undef LISTING
#undef COUNTS
}

static void test_too_small_for_a_block(void **unused)
{
    (void)unused;
    /* Two lines. */
    assert_kept(BAKER "\n甲\n" FERRY "\n" BAKER "\n甲\n", BAKER "\n甲\n" FERRY "\n甲\n",
                (struct repeat_counts){.paragraphs_exact = 1});
    /* Three lines, fewer than 100 characters. */
    assert_kept("甲\n" BAKER "\n乙\n——\n" FERRY "\n甲\n" BAKER "\n乙\n", "甲\n" BAKER "\n乙\n——\n" FERRY "\n甲\n乙\n",
                (struct repeat_counts){.paragraphs_exact = 1});
}

/* What a rule has cut does not stand between copies, and partly cut lines count as what is left of them. */
static void test_earlier_cuts_are_seen(void **unused)
{
    (void)unused;
    const char *text = BAKER "\n" FERRY "\n点击展开全文\n" BAKER "展开\n";
    struct text_document document;
    struct repeats *repeats;
    struct repeat_counts counts;
    document_init(&document);
    assert_int_equal(repeats_create(THRESHOLD, &repeats, NULL), DEDUP_OK);
    assert_int_equal(document_set(&document, text, (uint32_t)strlen(text), NULL), DEDUP_OK);
    const struct text_line *last = &document.lines[3];
    const struct text_cut tail = {.begin = last->end - (uint32_t)strlen("展开"), .end = last->end, .reason = CUT_RULE};
    assert_int_equal(document_cut_line(&document, 2, CUT_RULE, 0, 0, NULL), DEDUP_OK);
    assert_int_equal(document_cut(&document, &tail, NULL), DEDUP_OK);
    assert_int_equal(repeats_find(repeats, &document, PARAGRAPH_LINE, NULL, true, &counts, NULL), DEDUP_OK);
    assert_int_equal(counts.paragraphs_exact, 1);
    assert_int_equal(counts.paragraphs_near, 0);
    assert_true(document.lines[3].flags & LINE_REMOVED);
    document_release(&document);
    repeats_free(repeats);
}

static void test_wrapped_paragraphs_are_judged_as_one(void **unused)
{
    (void)unused;
    const char *text = "渡口的船夫每天只等到黄昏，\n如果没有客人，他就把船拴好，\n沿着河堤慢慢走回家。\n\n" BAKER
                       "\n\n渡口的船夫每天只等到黄昏，如果没有\n客人，他就把船拴好，沿着河堤慢慢走回家。\n";
    struct found found;
    find_in(&found, text, PARAGRAPH_BLANK);
    assert_int_equal(found.counts.paragraphs_exact, 1);
    assert_string_equal(found.kept.data,
                        "渡口的船夫每天只等到黄昏，\n如果没有客人，他就把船拴好，\n沿着河堤慢慢走回家。\n\n" BAKER
                        "\n\n");
    release(&found);
    find_in(&found, text, PARAGRAPH_LINE);
    assert_int_equal(found.counts.paragraphs_exact, 0);
    release(&found);
}

/* ---- Text with other line breaks ---- */

#define MARKET "集市上的摊子一直摆到桥头，卖竹篮的老人一边编一边吆喝，手里的活从来没有停过。"
#define SCHOOL "学校搬到山脚以后，孩子们每天要多走两里路，但是教室的窗户第一次装上了玻璃。"
#define ALL    BAKER "\n" FERRY "\n" MUSEUM "\n" GARDEN "\n" MARKET "\n" SCHOOL "\n"
#define ALONE  BAKER FERRY MUSEUM GARDEN MARKET SCHOOL "\n"

/* Breaks a text without line breaks after every `width` characters of three bytes. */
static void wrap(const char *text, size_t width, char *out)
{
    for (size_t i = 0; text[i] != '\0' && text[i] != '\n'; i++) {
        if (i != 0 && i % (3 * width) == 0)
            *out++ = '\n';
        *out++ = text[i];
    }
    memcpy(out, "\n", 2);
}

static void test_a_copy_with_other_line_breaks_goes(void **unused)
{
    (void)unused;
    char text[4000], copy[2000], want[2000];
#define BLOCK(lines_) ((struct repeat_counts){.blocks = 1, .block_lines = (lines_)})
    assert_kept(ALL "\n" ALONE, ALL "\n", BLOCK(1));
    assert_kept(ALONE "\n" ALL, ALONE "\n", BLOCK(6));
    assert_kept("标题\n" ALL "正文完\n" BAKER FERRY "\n" MUSEUM GARDEN "\n" MARKET SCHOOL "\n读者留言\n",
                "标题\n" ALL "正文完\n读者留言\n", BLOCK(3));
    for (size_t width = 7; width <= 60; width += 11) {
        wrap(ALONE, width, copy);
        (void)snprintf(text, sizeof text, ALL "——\n%s", copy);
        (void)snprintf(want, sizeof want, ALL "——\n");
        struct found found;
        find_in(&found, text, PARAGRAPH_AUTO);
        assert_string_equal(found.kept.data, want);
        release(&found);
    }
    struct found found;
    find_in(&found, "标题\n" BAKER "\n" FERRY MUSEUM "\n" GARDEN "\n\n前言\n" BAKER FERRY "\n" MUSEUM "\n" GARDEN "\n",
            PARAGRAPH_LINE);
    assert_int_equal(found.document.cuts[0].reason, CUT_BLOCK);
    assert_int_equal(found.document.cuts[0].kept_line, 1);
    release(&found);
}

static void test_lines_that_are_copied_in_part_stay(void **unused)
{
    (void)unused;
    const char *last = SCHOOL "那是后来的事，谁也没想到。\n";
    char text[4000], want[4000];
    (void)snprintf(text, sizeof text, ALL "—\n" BAKER FERRY "\n" MUSEUM GARDEN MARKET "\n%s", last);
    (void)snprintf(want, sizeof want, ALL "—\n%s", last);
    assert_kept(text, want, BLOCK(2));
    /* An edit costs its line. */
    assert_kept(ALL "—\n" BAKER FERRY "\n博物馆新开的展厅里没有陈列旧农具。\n" GARDEN MARKET SCHOOL "\n",
                ALL "—\n博物馆新开的展厅里没有陈列旧农具。\n", ((struct repeat_counts){.blocks = 2, .block_lines = 2}));
#undef BLOCK
}

/* A line that the cut of another names is no longer taken. */
static void test_the_copy_that_a_cut_names_stays(void **unused)
{
    (void)unused;
    assert_kept(ALONE ALL MUSEUM "\n", ALONE MUSEUM "\n",
                ((struct repeat_counts){.blocks = 2, .block_lines = 5, .paragraphs_exact = 1}));
}

static void test_small_copies_with_other_line_breaks_stay(void **unused)
{
    (void)unused;
    /* A lead, and a quotation. */
    assert_untouched(BAKER FERRY "\n——\n" ALL);
    assert_untouched(ALL "——\n读者来信说：\n" FERRY MUSEUM "\n这一段写得最好。\n");
    /* A text with something else in it: none of its lines stands there twice. */
    assert_untouched(ALL BAKER "并非如此。" FERRY "并非如此。" MUSEUM "并非如此。" GARDEN "并非如此。" MARKET
                               "并非如此。" SCHOOL "并非如此。\n");
}

/* Verse with a refrain, a table, a list and a listing whose lines are joined otherwise the second time. */
static void test_what_is_no_prose_stays_with_other_line_breaks(void **unused)
{
    (void)unused;
#define VERSE(end)                                                                                                     \
    "河上的月亮慢慢升" end "岸边的人啊慢慢等" end "渡口的船夫慢慢走" end "船上的灯火慢慢远" end "山后的云彩慢慢散" end \
    "树下的孩子慢慢睡" end "桥头的老人慢慢笑" end "田里的稻子慢慢黄\n"
#define CELLS(end)                                                                                                     \
    "苹果 三箱 供销社" end "梨子 五箱 供销社" end "葡萄 两箱 供销社" end "西瓜 九车 供销社" end "红枣 一袋 供销社" end \
    "核桃 一袋 供销社" end "花生 七袋 供销社" end "黄豆 八袋 供销社" end "绿豆 二袋 供销社\n"
#define CODE(end)                                                                                                      \
    "```\nint first = read_first_number(input);" end "int second = read_second_number(input);" end                     \
    "int third = first * second + 1; print_number(output, third);" end                                                 \
    "close_both_files(input, output, third == 0 ? first : second);\n```\n"
    assert_untouched(VERSE("\n") VERSE("\n") "—\n" VERSE(" ") VERSE("\n"));
    assert_untouched(CELLS("\n") CELLS("\n") "—\n" CELLS(" ") CELLS("\n"));
    assert_untouched(CODE("\n") "—\n" CODE(" ") CODE("\n"));
#undef VERSE
#undef CELLS
#undef CODE
}

/* ---- Random documents against the rules, checked the long way ---- */

enum { SENTENCES = 40, LINES_MAXIMUM = 60, TEXT_MAXIMUM = 1 << 16 };

/* A sentence of random characters from a small alphabet: prose that shares shingles with nothing. */
static size_t make_sentence(struct random *random, char *out)
{
    size_t length = 20 + random_below(random, 60), used = 0;
    for (size_t i = 0; i < length; i++) {
        uint32_t point = 0x4e00 + (uint32_t)random_below(random, 3000);
        used += (size_t)sprintf(out + used, "%c%c%c", (int)(0xe0 | point >> 12), (int)(0x80 | (point >> 6 & 63)),
                                (int)(0x80 | (point & 63)));
    }
    if (random_below(random, 3) == 0)
        used += (size_t)sprintf(out + used, "%u年", (unsigned)random_below(random, 3));
    return used + (size_t)sprintf(out + used, "。");
}

/* Lines drawn from a pool, some of them edited, with short and blank ones between: repeats of all kinds arise. */
static void make_text(struct random *random, char *text)
{
    static char pool[SENTENCES][400];
    static const char *const fillers[] = {"", "", "——", "一、", "“是的。”", "| 甲 | 乙 |", "来源：某报"};
    size_t variety = 4 + random_below(random, SENTENCES - 4), used = 0, previous = 0;
    for (size_t i = 0; i < variety; i++)
        (void)make_sentence(random, pool[i]);
    for (size_t lines = random_below(random, LINES_MAXIMUM); lines > 0; lines--) {
        size_t draw = random_below(random, 10);
        previous = draw < 5 ? (previous + 1) % variety : random_below(random, variety);
        if (random_below(random, 3) == 0)
            used +=
                (size_t)sprintf(text + used, "%s\n", fillers[random_below(random, sizeof fillers / sizeof *fillers)]);
        const char *sentence = pool[previous];
        size_t cut = random_below(random, 12) == 0 ? 3 * random_below(random, 12) : 0;
        used += (size_t)sprintf(text + used, "%s%s%s\n", random_below(random, 12) == 0 ? "而且" : "",
                                sentence + (cut < strlen(sentence) / 2 ? cut : 0),
                                random_below(random, 30) == 0 ? "7" : "");
    }
    text[used] = '\0';
}

static size_t digits_of(const uint32_t *key, size_t count, char *out)
{
    size_t used = 0;
    bool inside = false;
    for (size_t i = 0; i < count; i++) {
        bool digit = key[i] >= '0' && key[i] <= '9';
        if (digit)
            out[used++] = (char)key[i];
        else if (inside)
            out[used++] = ' ';
        inside = digit;
    }
    return used;
}

static bool same_key(const struct text_document *document, const struct paragraph *a, const struct paragraph *b)
{
    return a->key_count == b->key_count &&
           memcmp(document->key.points + a->key, document->key.points + b->key, a->key_count * sizeof(uint32_t)) == 0;
}

static bool near_key(const struct text_document *document, const struct paragraph *a, const struct paragraph *b)
{
    uint64_t left[1000], right[1000], scratch[1000];
    char left_digits[100], right_digits[100];
    const uint32_t *a_key = document->key.points + a->key, *b_key = document->key.points + b->key;
    if (a->key_count < 32 || b->key_count < 32 || !a->prose || !b->prose)
        return false;
    shingle_hash(a_key, a->key_count, left);
    shingle_hash(b_key, b->key_count, right);
    size_t left_count = shingle_set(left, shingle_count(a->key_count), scratch);
    size_t right_count = shingle_set(right, shingle_count(b->key_count), scratch);
    size_t shared = shingle_overlap(left, left_count, right, right_count);
    size_t digits = digits_of(a_key, a->key_count, left_digits);
    return (double)shared / (double)(left_count + right_count - shared) >= THRESHOLD &&
           digits == digits_of(b_key, b->key_count, right_digits) && memcmp(left_digits, right_digits, digits) == 0;
}

/* Every removed paragraph repeats a kept one before it, and no kept prose does. */
static void check_decisions(const struct text_document *document, const struct paragraph *paragraphs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool equal = false, near = false, removed = document->lines[paragraphs[i].first].flags & LINE_REMOVED;
        for (size_t k = 0; k < i; k++) {
            if (document->lines[paragraphs[k].first].flags & LINE_REMOVED)
                continue;
            equal = equal || same_key(document, &paragraphs[i], &paragraphs[k]);
            near = near || near_key(document, &paragraphs[i], &paragraphs[k]);
        }
        if (removed)
            assert_true(equal || near);
        else if (paragraphs[i].prose)
            assert_false(equal || near);
    }
    for (size_t i = 0; i < document->cut_count; i++)
        assert_false(document->lines[document->cuts[i].kept_line].flags & LINE_REMOVED);
}

/* A text in which nothing repeats needs no second look when one of its lines goes, but for wrapped ones: without a
 * notice between their lines two paragraphs may be equal. */
static void test_repeats_are_ruled_out(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        enum paragraph_mode mode;
        bool ruled_out;
    } cases[] = {
        {BAKER "\n" FERRY "\n点击展开全文\n" MUSEUM "\n", PARAGRAPH_LINE, true},
        {BAKER "\n" FERRY "\n点击展开全文\n" MUSEUM "\n", PARAGRAPH_AUTO, true},
        {BAKER "\n\n点击展开全文\n" FERRY "\n" MUSEUM "\n", PARAGRAPH_BLANK, false},
        {BAKER "\n" FERRY "\n点击展开全文\n" BAKER "\n", PARAGRAPH_LINE, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text_document document;
        struct repeats *repeats;
        struct repeat_counts counts;
        document_init(&document);
        assert_int_equal(repeats_create(THRESHOLD, &repeats, NULL), DEDUP_OK);
        assert_int_equal(document_set(&document, cases[i].text, (uint32_t)strlen(cases[i].text), NULL), DEDUP_OK);
        assert_int_equal(repeats_find(repeats, &document, cases[i].mode, NULL, true, &counts, NULL), DEDUP_OK);
        assert_int_equal(document_cut_line(&document, 2, CUT_RULE, 0, 0, NULL), DEDUP_OK);
        assert_int_equal(repeats_ruled_out(repeats, &document, cases[i].mode), cases[i].ruled_out);
        document_release(&document);
        repeats_free(repeats);
    }
}

static void assert_same_counts(const struct repeat_counts *a, const struct repeat_counts *b)
{
    assert_memory_equal(a, b, sizeof *a);
}

static struct repeat_counts check_text(struct repeats *repeats, const char *text)
{
    struct text_document document;
    struct repeat_counts counted, cut, again;
    struct paragraph_list list;
    paragraph_list_init(&list);
    document_init(&document);
    assert_int_equal(document_set(&document, text, (uint32_t)strlen(text), NULL), DEDUP_OK);
    assert_int_equal(repeats_find(repeats, &document, PARAGRAPH_LINE, NULL, false, &counted, NULL), DEDUP_OK);
    assert_int_equal(document.cut_count, 0);
    assert_int_equal(paragraph_list_set(&list, &document, PARAGRAPH_LINE, NULL), DEDUP_OK);
    assert_int_equal(repeats_find(repeats, &document, PARAGRAPH_LINE, &list, true, &cut, NULL), DEDUP_OK);
    assert_same_counts(&counted, &cut);
    check_decisions(&document, list.items, list.count);
    document_settle(&document);
    dedup_buffer kept;
    dedup_buffer_init(&kept, SIZE_MAX);
    assert_int_equal(document_kept_text(&document, &kept, NULL), DEDUP_OK);
    assert_int_equal(document_set(&document, kept.data, (uint32_t)kept.length, NULL), DEDUP_OK);
    assert_int_equal(repeats_find(repeats, &document, PARAGRAPH_LINE, NULL, true, &again, NULL), DEDUP_OK);
    assert_same_counts(&again, &(struct repeat_counts){0});
    if (document.line_count != 0 && repeats_ruled_out(repeats, &document, PARAGRAPH_LINE)) {
        assert_int_equal(document_cut_line(&document, document.line_count / 2, CUT_RULE, 0, 0, NULL), DEDUP_OK);
        assert_int_equal(repeats_find(repeats, &document, PARAGRAPH_LINE, NULL, true, &again, NULL), DEDUP_OK);
        assert_same_counts(&again, &(struct repeat_counts){0});
    }
    dedup_buffer_release(&kept);
    document_release(&document);
    paragraph_list_release(&list);
    return cut;
}

static void test_random_documents(void **unused)
{
    (void)unused;
    static char text[TEXT_MAXIMUM];
    struct random random = random_make(2024);
    struct repeats *repeats;
    assert_int_equal(repeats_create(THRESHOLD, &repeats, NULL), DEDUP_OK);
    struct repeat_counts sum = {0};
    for (int round = 0; round < 3000; round++) {
        make_text(&random, text);
        struct repeat_counts counts = check_text(repeats, text);
        sum.blocks += counts.blocks;
        sum.paragraphs_exact += counts.paragraphs_exact;
        sum.paragraphs_near += counts.paragraphs_near;
    }
    repeats_free(repeats);
    printf("%u blocks, %u exact, %u near\n", sum.blocks, sum.paragraphs_exact, sum.paragraphs_near);
    assert_true(sum.blocks > 100 && sum.paragraphs_exact > 1000 && sum.paragraphs_near > 1000);
}

/* ---- Real articles, where they are at hand ---- */

static bool read_article(const char *name, dedup_buffer *out)
{
    char path[1024];
    const char *shared = getenv("DEDUP_SHARED");
    (void)snprintf(path, sizeof path, "%s/articles/%s", shared ? shared : DEDUP_SOURCE_DIR "/../shared", name);
    dedup_buffer_clear(out);
    return file_read(AT_FDCWD, path, out, NULL) == DEDUP_OK;
}

static void test_articles(void **unused)
{
    (void)unused;
    dedup_buffer text;
    struct found found;
    dedup_buffer_init(&text, 1 << 20);
    if (!read_article("000.txt", &text)) {
        printf("no articles beside the source tree: skipped\n");
        skip();
    }
    find_in(&found, text.data, PARAGRAPH_AUTO);
    assert_int_equal(found.counts.blocks, 1);
    assert_int_equal(found.counts.paragraphs_exact + found.counts.paragraphs_near, 0);
    for (size_t i = 0; i < found.document.line_count; i++)
        assert_int_equal((found.document.lines[i].flags & LINE_REMOVED) != 0, i + 1 >= 90 && i + 1 <= 170);
    assert_int_equal(found.document.cuts[0].kept_line + 1, 7);
    release(&found);
    for (int i = 1; i <= 4; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "%03d.txt", i);
        assert_true(read_article(name, &text));
        find_in(&found, text.data, PARAGRAPH_AUTO);
        assert_int_equal(found.document.cut_count, 0);
        release(&found);
    }
    dedup_buffer_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_later_copy_of_a_paragraph_goes),
        cmocka_unit_test(test_what_repeats_for_good_reasons_stays),
        cmocka_unit_test(test_near_paragraphs),
        cmocka_unit_test(test_numbers_make_a_difference),
        cmocka_unit_test(test_a_block_goes_with_what_is_in_it),
        cmocka_unit_test(test_a_block_names_the_first_line_of_its_copy),
        cmocka_unit_test(test_a_block_is_trimmed_to_its_prose),
        cmocka_unit_test(test_a_block_does_not_split_code),
        cmocka_unit_test(test_too_small_for_a_block),
        cmocka_unit_test(test_earlier_cuts_are_seen),
        cmocka_unit_test(test_wrapped_paragraphs_are_judged_as_one),
        cmocka_unit_test(test_a_copy_with_other_line_breaks_goes),
        cmocka_unit_test(test_lines_that_are_copied_in_part_stay),
        cmocka_unit_test(test_the_copy_that_a_cut_names_stays),
        cmocka_unit_test(test_small_copies_with_other_line_breaks_stay),
        cmocka_unit_test(test_what_is_no_prose_stays_with_other_line_breaks),
        cmocka_unit_test(test_repeats_are_ruled_out),
        cmocka_unit_test(test_random_documents),
        cmocka_unit_test(test_articles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
