/* What a conversion has broken and can be mended: wrong encodings, readings between bytes, private-use characters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "dedup/clean.h"
#include "text/encoding.h"
#include "text/recode.h"

#define PROSE "清晨的渡口还没有人，老船工已经把缆绳理好，等着第一班过江的乘客慢慢走下石阶，对岸的茶馆也开了门"

/* UTF-8 of an even number of bytes, of which each two are a character of GBK. */
#define EVEN "清晨的渡口还没有人，"

static void add_removal(void *context, const dedup_removal *removal)
{
    size_t *replaced = context;
    assert_true(removal->begin < removal->end);
    *replaced += removal->replacement != NULL;
}

static void assert_becomes(const char *text, const char *expected, bool replaced)
{
    dedup_error error = {0};
    dedup_cleaner *cleaner;
    dedup_buffer kept;
    size_t replacements = 0;
    dedup_buffer_init(&kept, 1 << 20);
    if (dedup_cleaner_create(DEDUP_CLEAN_SAFE, &cleaner, &error) != DEDUP_OK)
        fail_msg("%s", error.message);
    assert_int_equal(dedup_cleaner_clean(cleaner, text, strlen(text), &kept, add_removal, &replacements, NULL),
                     DEDUP_OK);
    assert_string_equal(kept.data ? kept.data : "", expected);
    assert_int_equal(replacements != 0, replaced);
    dedup_buffer_release(&kept);
    dedup_cleaner_free(cleaner);
}

static void assert_stays(const char *text)
{
    assert_becomes(text, text, false);
}

/* `text` in UTF-8 as a reader of windows-1252 sees it: every byte a character. */
static void read_as_latin(const char *text, char *out)
{
    for (; *text != '\0'; text++)
        for (uint32_t point = 0x80; point < 0x2200; point++) {
            int byte = (unsigned char)*text < 0x80 ? (unsigned char)*text : recode_latin(point);
            if (byte == (unsigned char)*text && (byte < 0x80 || point >= 0x100 || byte >= 0xa0 || byte == 0x81 ||
                                                 byte == 0x8d || byte == 0x8f || byte == 0x90 || byte == 0x9d)) {
                out += utf8_put((unsigned char)*text < 0x80 ? (unsigned char)*text : point, out);
                break;
            }
        }
    *out = '\0';
}

/* `text` in UTF-8 as a reader of GBK sees it. */
static void read_as_gbk(const char *text, char *out)
{
    static const struct encoding gb18030 = {ENCODING_GB18030, "GB18030", 0, 1};
    struct decoder *decoder;
    struct decoded decoded;
    assert_int_equal(decoder_create(&decoder, NULL), DEDUP_OK);
    assert_int_equal(decoder_decode(decoder, &gb18030, text, strlen(text), &decoded, NULL), DEDUP_OK);
    assert_int_equal(decoded.repair_count, 0);
    memcpy(out, decoded.text, decoded.length);
    out[decoded.length] = '\0';
    decoder_free(decoder);
}

static void utf8_read_as_latin_is_read_again(void **state)
{
    char misread[2048];
    (void)state;
    read_as_latin(PROSE "。\n", misread);
    assert_becomes(misread, PROSE "。\n", true);
    read_as_latin("新闻中心\n", misread);
    assert_becomes(misread, "新闻中心\n", true);
}

static void utf8_read_as_gbk_is_read_again(void **state)
{
    char misread[2048];
    (void)state;
    read_as_gbk(EVEN "\n新闻\n", misread);
    assert_string_not_equal(misread, EVEN "\n新闻\n");
    assert_becomes(misread, EVEN "\n新闻\n", true);
}

static void what_loses_a_byte_stays(void **state)
{
    char misread[2048];
    (void)state;
    read_as_gbk(EVEN, misread);
    strcat(misread, "锟?渡口\n");
    assert_stays(misread);
    assert_stays("Ã©tÃ© \303\203 la plage\n");
}

static void other_scripts_stay(void **state)
{
    (void)state;
    assert_stays("L'été à la plage était très agréable, même à Orléans.\n");
    assert_stays("鄉親們，渡口的鐨字怎麼寫？殑、槸這兩個字也很少見，紝字更是沒有人認得。\n");
    assert_stays("鐨\n");
}

static void readings_between_bytes_are_mended(void **state)
{
    (void)state;
    assert_becomes("產(chǎn)業(yè)或?qū)е轮袊鳤I算力上升\n", "產業或導致中國AI算力上升\n", true);
    assert_becomes("產(chǎn)業(yè)或\ufffd(qū)е轮袊鳤I算力上升\n", "產業或導致中國AI算力上升\n", true);
    assert_becomes("產(chǎn)業(yè)與抗?fàn)幍膰?yán)重\n", "產業與抗爭的嚴重\n", true);
    assert_becomes("產(chǎn)業(yè)是我們?yōu)榱诉@個\n", "產業是我們為了這個\n", true);
}

static void readings_between_bytes_stay_without_their_converter(void **state)
{
    (void)state;
    assert_stays("或?qū)е轮袊鳤I算力上升\n");
    assert_becomes("產(chǎn)業(yè)好嗎?hǎo)是這樣\n", "產業好嗎?hǎo)是這樣\n", false);
}

static void private_characters_that_are_public_now_become_so(void **state)
{
    (void)state;
    assert_becomes("渡口\ue5e5茶馆，山中有\ue81e字\n", "渡口\u3000茶馆，山中有\u9fb4字\n", true);
    assert_stays("渡口的\ue123字没有人认得\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_read_as_latin_is_read_again),
        cmocka_unit_test(utf8_read_as_gbk_is_read_again),
        cmocka_unit_test(what_loses_a_byte_stays),
        cmocka_unit_test(other_scripts_stay),
        cmocka_unit_test(readings_between_bytes_are_mended),
        cmocka_unit_test(readings_between_bytes_stay_without_their_converter),
        cmocka_unit_test(private_characters_that_are_public_now_become_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
