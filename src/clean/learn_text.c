#include "clean/learn_text.h"

#include <stdlib.h>
#include <string.h>
#include <uchar.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/hash.h"
#include "base/utf8.h"

const uint32_t learn_steps[LEARN_STEPS] = {8, 12, 16, 24, 32, 48, 64, 128, 192};

/* Folded: lower case, simplified; two characters or more. */
static const struct word {
    unsigned kind;
    const char32_t *text;
} words[] = {
    /* clang-format off */
    {WORD_NOTICE | WORD_STRONG, U"公众号"}, {WORD_NOTICE | WORD_STRONG, U"公众平台"},
    {WORD_NOTICE | WORD_STRONG, U"服务号"}, {WORD_NOTICE | WORD_STRONG, U"订阅号"},
    {WORD_NOTICE | WORD_STRONG, U"免责声明"}, {WORD_NOTICE | WORD_STRONG, U"版权声明"},
    {WORD_NOTICE | WORD_STRONG, U"扫码"}, {WORD_NOTICE | WORD_STRONG, U"二维码"},
    {WORD_NOTICE | WORD_STRONG, U"长按"}, {WORD_NOTICE | WORD_STRONG, U"星标"},
    {WORD_NOTICE | WORD_STRONG, U"蓝字"}, {WORD_NOTICE | WORD_STRONG, U"微信号"},
    {WORD_NOTICE | WORD_STRONG, U"未经授权"}, {WORD_NOTICE | WORD_STRONG, U"未经许可"},
    {WORD_NOTICE | WORD_STRONG, U"请注明"}, {WORD_NOTICE | WORD_STRONG, U"阅读原文"},
    {WORD_NOTICE | WORD_STRONG, U"视频号"}, {WORD_NOTICE | WORD_STRONG, U"客户端"}, {WORD_NOTICE, U"关注"},
    {WORD_NOTICE, U"转载"}, {WORD_NOTICE, U"置顶"}, {WORD_NOTICE, U"订阅"}, {WORD_NOTICE, U"扫描"},
    {WORD_NOTICE, U"版权"}, {WORD_NOTICE, U"著作权"}, {WORD_NOTICE, U"授权"}, {WORD_NOTICE, U"声明"},
    {WORD_NOTICE, U"原创"}, {WORD_NOTICE, U"侵权"}, {WORD_NOTICE, U"删除"}, {WORD_NOTICE, U"投稿"},
    {WORD_NOTICE, U"客服"}, {WORD_NOTICE, U"热线"}, {WORD_NOTICE, U"举报"}, {WORD_NOTICE, U"下载"},
    {WORD_NOTICE, U"app"}, {WORD_NOTICE, U"小程序"}, {WORD_NOTICE, U"微信"}, {WORD_NOTICE, U"微博"},
    {WORD_NOTICE, U"加群"}, {WORD_NOTICE, U"社群"}, {WORD_NOTICE, U"交流群"}, {WORD_NOTICE, U"点赞"},
    {WORD_NOTICE, U"在看"}, {WORD_NOTICE, U"分享"}, {WORD_NOTICE, U"收藏"}, {WORD_NOTICE, U"留言"},
    {WORD_NOTICE, U"评论"}, {WORD_NOTICE, U"点击"}, {WORD_NOTICE, U"本站"}, {WORD_NOTICE, U"本网"},
    {WORD_NOTICE, U"本平台"}, {WORD_NOTICE, U"本刊"}, {WORD_NOTICE, U"官网"}, {WORD_NOTICE, U"更多"},
    {WORD_NOTICE, U"商务合作"}, {WORD_NOTICE, U"广告"}, {WORD_NOTICE, U"推送"}, {WORD_NOTICE, U"邮箱"},
    {WORD_NOTICE, U"仅供参考"}, {WORD_NOTICE, U"所有权利"}, {WORD_NOTICE, U"copyright"}, {WORD_CREDIT, U"作者"},
    {WORD_CREDIT, U"译者"}, {WORD_CREDIT, U"译文"}, {WORD_CREDIT, U"翻译"}, {WORD_CREDIT, U"校对"},
    {WORD_CREDIT, U"审校"}, {WORD_CREDIT, U"编辑"}, {WORD_CREDIT, U"责编"}, {WORD_CREDIT, U"来源"},
    {WORD_CREDIT, U"出处"}, {WORD_CREDIT, U"出自"}, {WORD_CREDIT, U"原文"}, {WORD_CREDIT, U"链接"},
    {WORD_CREDIT, U"记者"}, {WORD_CREDIT, U"审核"}, {WORD_CREDIT, U"监制"}, {WORD_CREDIT, U"排版"},
    {WORD_CREDIT, U"发布"}, {WORD_CREDIT, U"网址"}, {WORD_CREDIT, U"撰文"},
    /* clang-format on */
};

static bool begins_with(const uint32_t *points, size_t count, const char32_t *text)
{
    size_t i = 0;
    while (i < count && text[i] != 0 && points[i] == text[i])
        i++;
    return text[i] == 0;
}

enum { WORD_COUNT = sizeof words / sizeof *words };
_Static_assert((int)WORD_COUNT < (int)LEXICON_WORDS, "the lists have room for all words");

/* The hash of what a word begins with. */
static uint32_t hash_of(const char32_t *text)
{
    uint32_t points[] = {text[0], text[1], text[2]};
    return gate_hash(points, gate_width(points, 3));
}

void learn_words_open(struct gate *gate)
{
    for (size_t i = 0; i < WORD_COUNT; i++) {
        uint32_t points[] = {words[i].text[0], words[i].text[1], words[i].text[2]};
        gate_add(gate, points, gate_width(points, 3));
    }
}

void learn_lexicon_init(struct learn_lexicon *lexicon)
{
    *lexicon = (struct learn_lexicon){0};
    for (size_t i = 0; i < WORD_COUNT; i++) {
        uint8_t *list = &lexicon->first[hash_of(words[i].text) % LEXICON_LISTS];
        lexicon->next[i + 1] = *list;
        *list = (uint8_t)(i + 1);
    }
}

/* The kinds of the words that begin a key. */
static unsigned words_at(const struct learn_lexicon *lexicon, const uint32_t *points, size_t count)
{
    unsigned kinds = 0;
    size_t width = gate_width(points, count);
    if (width == 0)
        return 0;
    for (unsigned i = lexicon->first[gate_hash(points, width) % LEXICON_LISTS]; i != 0; i = lexicon->next[i])
        if (begins_with(points, count, words[i - 1].text))
            kinds |= words[i - 1].kind;
    return kinds;
}

unsigned learn_words(const struct learn_lexicon *lexicon, const struct place_map *map, size_t begin,
                     const uint32_t *points, size_t count)
{
    unsigned kinds = 0;
    size_t end = begin + count;
    for (size_t at = map ? place_map_next(map, begin, end) : begin; at < end;
         at = map ? place_map_next(map, at + 1, end) : at + 1)
        kinds |= words_at(lexicon, points + (at - begin), end - at);
    return kinds;
}

uint32_t learn_letters(const uint32_t *points, size_t count, uint32_t most)
{
    uint32_t letters = 0;
    for (size_t i = 0; i < count && letters < most; i++)
        letters += (point_class(points[i]) & POINT_LETTER) != 0;
    return letters;
}

bool learn_is_ascii(const uint32_t *points, size_t count)
{
    size_t ascii = 0;
    for (size_t i = 0; i < count; i++)
        ascii += points[i] < 0x80;
    return 2 * ascii > count;
}

uint64_t learn_hash(const uint32_t *points, size_t count, enum learn_form form, enum learn_zone zone)
{
    uint64_t length = count < LEARN_POINTS ? count : 0;
    return hash64_of(points, count * sizeof *points) << 13 | length << 5 | (uint64_t)zone << 3 | form;
}

void learn_line_init(struct learn_line *line)
{
    *line = (struct learn_line){0};
    learn_lexicon_init(&line->lexicon);
    fold_key_init(&line->frame);
}

void learn_line_release(struct learn_line *line)
{
    fold_key_release(&line->frame);
}

static bool is_digit(uint32_t point)
{
    return point >= '0' && point <= '9';
}

const char *learn_behind_address(const char *text, const char *end)
{
    size_t left = (size_t)(end - text);
    bool target = left > 2 && text[0] == ']' && text[1] == '(';
    if (!target && !(left > 7 && memcmp(text, "http://", 7) == 0) && !(left > 8 && memcmp(text, "https://", 8) == 0))
        return text;
    const char *next = text + 2;
    while (next < end && (unsigned char)(*next - 0x21) < 0x5e && *next != ')')
        next++;
    return target && (next == end || *next != ')') ? text : next;
}

/* Appends the key of the text without its addresses. */
static dedup_status append_without_addresses(struct fold_key *frame, const char *text, uint32_t length,
                                             dedup_error *error)
{
    const char *end = text + length, *piece = text;
    while (text < end) {
        const char *behind = *text == ']' || *text == 'h' ? learn_behind_address(text, end) : text;
        if (behind == text) {
            text++;
            continue;
        }
        TRY(fold_append(frame, piece, (size_t)(text - piece), error));
        piece = text = behind;
    }
    return fold_append(frame, piece, (size_t)(end - piece), error);
}

/* Makes one 0 of every run of digits. */
static void hide_numbers(struct fold_key *frame)
{
    size_t kept = 0;
    for (size_t i = 0; i < frame->count; i++) {
        if (is_digit(frame->points[i]) && i > 0 && is_digit(frame->points[i - 1]))
            continue;
        frame->points[kept++] = frame->points[i];
    }
    frame->count = kept;
    for (size_t i = 0; i < kept; i++)
        if (is_digit(frame->points[i]))
            frame->points[i] = '0';
}

dedup_status learn_line_frame(struct learn_line *line, dedup_error *error)
{
    fold_key_clear(&line->frame);
    if (memchr(line->text, '/', line->length)) {
        TRY(append_without_addresses(&line->frame, line->text, line->length, error));
    } else {
        TRY(array_reserve(&line->frame.points, &line->frame.capacity, (size_t)line->key_count + 1, "a fold key",
                          error));
        memcpy(line->frame.points, line->key, line->key_count * sizeof *line->key);
        line->frame.count = line->key_count;
    }
    hide_numbers(&line->frame);
    return DEDUP_OK;
}

/* Finds the label: letters, up to a colon. */
static void find_label(struct learn_line *line)
{
    const char *text = line->text, *end = text + line->length;
    uint32_t letters = 0, point = 0;
    line->label = 0;
    line->value = false;
    while (text < end && letters <= LEARN_LABEL_LONGEST && point != ':' && point != 0xff1a) {
        point = utf8_next(&text);
        unsigned class = point_class(point);
        if (class & POINT_NUMBER)
            return;
        letters += (class & (POINT_LETTER | POINT_MARK)) != 0;
    }
    bool address = end - text > 1 && text[0] == '/' && text[1] == '/';
    if ((point != ':' && point != 0xff1a) || letters < 2 || letters > LEARN_LABEL_LONGEST ||
        letters > line->key_count || address)
        return;
    line->label = letters;
    line->value = line->key_count > letters;
}

void learn_line_set(struct learn_line *line, const struct text_document *document, const struct place_map *map,
                    size_t number)
{
    const struct text_line *source = &document->lines[number];
    line->text = document->text + source->begin;
    line->length = source->end - source->begin;
    line->key = document->key.points + source->key;
    line->key_count = source->key_count;
    line->flags = source->flags;
    line->words = learn_words(&line->lexicon, map, source->key, line->key, line->key_count);
    fold_key_clear(&line->frame);
    find_label(line);
}

size_t learn_line_marks(const struct learn_line *line, enum learn_zone zone, uint64_t marks[LEARN_MARKS])
{
    const struct fold_key *frame = &line->frame;
    size_t count = 0;
    marks[count++] = learn_hash(line->key, line->key_count, LEARN_LINE, zone);
    if (line->label != 0)
        marks[count++] = learn_hash(line->key, line->label, LEARN_LABEL, zone);
    bool same =
        frame->count == line->key_count && memcmp(frame->points, line->key, frame->count * sizeof *frame->points) == 0;
    if (!same && frame->count != 0)
        marks[count++] = learn_hash(frame->points, frame->count, LEARN_FRAME, zone);
    for (size_t i = 0; i < LEARN_STEPS && learn_steps[i] < frame->count; i++) {
        marks[count++] = learn_hash(frame->points, learn_steps[i], LEARN_PREFIX, zone);
        marks[count++] = learn_hash(frame->points + frame->count - learn_steps[i], learn_steps[i], LEARN_SUFFIX, zone);
    }
    return count;
}
