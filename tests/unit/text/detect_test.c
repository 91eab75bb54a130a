#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "random.h"
#include "text/encoding.h"
#include "transcode.h"

static const char simplified[] =
    "下班路上下起了小雨，街边的面馆还亮着灯。老板认得每一个常来的客人，不用问就知道谁要多放辣椒，谁不吃香菜。"
    "“今天怎么这么晚？”他一边捞面一边说，“汤都快没了。”我把伞靠在门口，坐到窗边那张旧桌子前，"
    "看着水珠沿着玻璃慢慢往下滑。城市很大，能让人安心吃一碗面的地方其实不多。\n";
static const char traditional[] =
    "下班路上下起了小雨，街邊的麵館還亮著燈。老闆認得每一個常來的客人，不用問就知道誰要多放辣椒，誰不吃香菜。"
    "「今天怎麼這麼晚？」他一邊撈麵一邊說，「湯都快沒了。」我把傘靠在門口，坐到窗邊那張舊桌子前，"
    "看著水珠沿著玻璃慢慢往下滑。城市很大，能讓人安心吃一碗麵的地方其實不多。\n";
static const char cantonese[] = "佢話呢間舖頭啲嘢好好食，我哋聽日一齊去試下喇。嗰度冇咩人，唔使等位，坐低就有得食。";

static void assert_detected(struct decoder *decoder, const void *bytes, size_t length, const char *name)
{
    struct encoding encoding;
    assert_int_equal(encoding_detect(decoder, bytes, length, &encoding, NULL), DEDUP_OK);
    assert_string_equal(encoding.name, name);
    assert_int_equal(encoding.mark, 0);
}

static void assert_text_detected(struct decoder *decoder, const char *text, size_t length, const char *iconv_name,
                                 const char *name)
{
    size_t raw_length = 0;
    unsigned char *bytes = transcode(iconv_name, text, length, &raw_length);
    assert_non_null(bytes);
    assert_detected(decoder, bytes, raw_length, name);
    free(bytes);
}

static int set_up(void **state)
{
    return decoder_create((struct decoder **)state, NULL) != DEDUP_OK;
}

static int tear_down(void **state)
{
    decoder_free(*state);
    return 0;
}

static void test_whole_texts(void **state)
{
    static const struct {
        const char *text, *iconv_name, *name;
    } cases[] = {
        {simplified, "UTF-8", "UTF-8"},          {traditional, "UTF-8", "UTF-8"},
        {simplified, "GBK", "GB18030"},          {traditional, "GBK", "GB18030"},
        {simplified, "GB18030", "GB18030"},      {traditional, "BIG5", "Big5-HKSCS"},
        {traditional, "CP950", "Big5-HKSCS"},    {cantonese, "BIG5-HKSCS", "Big5-HKSCS"},
        {simplified, "UTF-16LE", "UTF-16LE"},    {simplified, "UTF-16BE", "UTF-16BE"},
        {traditional, "UTF-16LE", "UTF-16LE"},   {traditional, "UTF-16BE", "UTF-16BE"},
        {"plain words", "UTF-16LE", "UTF-16LE"}, {"plain words", "UTF-16BE", "UTF-16BE"},
        {"plain words", "UTF-8", "UTF-8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_text_detected(*state, cases[i].text, strlen(cases[i].text), cases[i].iconv_name, cases[i].name);
}

/* From ten characters on, wherever they stand. */
static void test_short_pieces(void **state)
{
    for (const char *at = simplified; strlen(at) > 30; at += 3) {
        size_t length = 30;
        if (((unsigned char)*at & 0xc0) == 0x80)
            break;
        assert_text_detected(*state, at, length, "UTF-8", "UTF-8");
        assert_text_detected(*state, at, length, "GBK", "GB18030");
    }
    for (const char *at = traditional; strlen(at) > 30; at += 3)
        assert_text_detected(*state, at, 30, "BIG5", "Big5-HKSCS");
}

/* One wrong byte must not turn the answer. */
static void test_damage(void **state)
{
    struct random random = random_make(6);
    static const struct {
        const char *text, *iconv_name, *name;
    } cases[] = {
        {simplified, "UTF-8", "UTF-8"},
        {traditional, "UTF-8", "UTF-8"},
        {simplified, "GBK", "GB18030"},
        {traditional, "BIG5", "Big5-HKSCS"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t length = 0;
        unsigned char *bytes = transcode(cases[i].iconv_name, cases[i].text, strlen(cases[i].text), &length);
        assert_non_null(bytes);
        for (int round = 0; round < 300; round++) {
            size_t at = random_below(&random, length);
            unsigned char kept = bytes[at];
            bytes[at] = (unsigned char)(1 + random_below(&random, 255));
            assert_detected(*state, bytes, length, cases[i].name);
            bytes[at] = kept;
        }
        /* Cut anywhere, as at a size limit. */
        for (size_t cut = length / 2; cut < length; cut++)
            assert_detected(*state, bytes, cut, cases[i].name);
        free(bytes);
    }
}

/* A page that is ASCII for long, and only then Chinese. */
static void test_chinese_far_behind_ascii(void **state)
{
    enum { FAR = 300001 };
    size_t length = 0;
    unsigned char *bytes = transcode("GBK", simplified, strlen(simplified), &length);
    unsigned char *page = malloc(FAR + length);
    assert_true(bytes && page);
    memset(page, 'x', FAR);
    memcpy(page + FAR, bytes, length);
    assert_detected(*state, page, FAR + length, "GB18030");
    free(page);
    free(bytes);
}

/* Other scripts are not forced into Chinese. */
static void test_other_scripts(void **state)
{
    static const struct {
        const char *text, *iconv_name;
    } cases[] = {
        {"À la fin de l'été, les élèves étaient déjà là, près du café, très fatigués mais contents.", "ISO-8859-1"},
        {"Die Straße war naß, und für die Gäste über dem Fluß gab es schöne Äpfel und süße Brötchen.", "ISO-8859-1"},
        {"Вечером пошёл дождь, и на улице стало тихо. Мы сидели у окна и пили чай.", "CP1251"},
        {"Вечером пошёл дождь, и на улице стало тихо. Мы сидели у окна и пили чай.", "KOI8-R"},
        {"雨が降り始めたので、駅の前の小さな店に入って、あたたかいうどんを食べることにした。", "SHIFT_JIS"},
        {"비가 내리기 시작해서 우리는 역 앞의 작은 가게에 들어가 따뜻한 국수를 먹기로 했다.", "EUC-KR"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_text_detected(*state, cases[i].text, strlen(cases[i].text), cases[i].iconv_name, "UTF-8");
}

static void test_noise_is_answered(void **state)
{
    struct random random = random_make(7);
    for (int round = 0; round < 500; round++) {
        unsigned char bytes[300];
        struct encoding encoding;
        size_t length = random_below(&random, sizeof bytes);
        for (size_t i = 0; i < length; i++)
            bytes[i] = (unsigned char)random_next(&random);
        assert_int_equal(encoding_detect(*state, bytes, length, &encoding, NULL), DEDUP_OK);
        assert_true(encoding.mark <= length);
    }
    assert_detected(*state, "", 0, "UTF-8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_texts),   cmocka_unit_test(test_short_pieces),
        cmocka_unit_test(test_damage),        cmocka_unit_test(test_chinese_far_behind_ascii),
        cmocka_unit_test(test_other_scripts), cmocka_unit_test(test_noise_is_answered),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
