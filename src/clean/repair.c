/* Repairs inside lines that delete no meaning. */
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/utf8.h"
#include "clean/entity.h"
#include "clean/worker.h"

enum { ZWNJ = 0x200c, ZWJ = 0x200d };

/* A letter that a reading in brackets may begin with. */
static bool may_be_reading(unsigned byte)
{
    return (byte | 0x20) - 'a' < 26 || byte - 0xc3 < 7;
}

/* A bracket counts only between a character outside of ASCII and a letter. */
bool repair_may_begin(const char *text, uint32_t at, uint32_t length)
{
    const unsigned char *bytes = (const unsigned char *)text + at;
    uint32_t left = length - at;
    unsigned next = left > 1 ? bytes[1] : 0, third = left > 2 ? bytes[2] : 0;
    switch (*bytes) {
    case '&': return true;
    case '(':
    case '?': return at > 0 && bytes[-1] >= 0x80 && may_be_reading(next);
    case 0xc2: return next == 0xad;
    case 0xe2: return (next == 0x80 && third < 0x90) || next == 0x81;
    case 0xef:
        return next < 0xa4 || ((next == 0xbb || next == 0xbf) && (third | 2) == 0xbf) ||
               (next == 0xbc && third == 0x88 && left > 3 && may_be_reading(bytes[3]));
    default: return *bytes == 0xee;
    }
}

static bool is_private(uint32_t point)
{
    return point >= 0xe000 && point <= 0xf8ff;
}

/* Characters without a shape that carry no meaning in running text. Variation selectors and tags stay, they choose
 * between shapes. */
static bool is_invisible(uint32_t point)
{
    return point == 0xad || point == 0x200b || (point >= 0x2060 && point <= 0x2064) || point == 0xfeff ||
           is_private(point) || point == ZWNJ || point == ZWJ || point == 0x200e || point == 0x200f;
}

static bool is_emoji(uint32_t point)
{
    return (point >= 0x1f000 && point < 0x1fb00) || (point >= 0x2190 && point < 0x2c00) || point == 0xfe0f;
}

/* Letters of scripts that shape or order their letters by joiners and marks: Hebrew and Arabic to Thai and Tibetan,
 * Khmer, Mongolian. */
static bool is_shaping(uint32_t point)
{
    return (point >= 0x590 && point < 0x1100) || (point >= 0x1780 && point < 0x18b0) ||
           (point >= 0xa840 && point < 0xa960) || (point >= 0xfb1d && point < 0xfe00) ||
           (point >= 0xfe70 && point < 0xfeff);
}

static bool is_edge(uint32_t point)
{
    return point == 0 || (point_class(point) & POINT_SPACE) != 0;
}

/* True when an invisible character means something between these neighbours. A private-use character that stands alone
 * is an icon or a bullet; inside a text it stands for a character that a conversion has lost. */
static bool has_meaning(uint32_t point, uint32_t before, uint32_t after)
{
    if (is_private(point))
        return !is_edge(before) || !is_edge(after);
    if (point == ZWJ && is_emoji(before) && is_emoji(after))
        return true;
    bool directs = point == ZWNJ || point == ZWJ || point == 0x200e || point == 0x200f;
    return directs && (is_shaping(before) || is_shaping(after));
}

/* The character before text[at] in its line; 0 at the start. */
static uint32_t point_before(const char *text, uint32_t begin, uint32_t at)
{
    if (at == begin)
        return 0;
    do
        at--;
    while (((unsigned char)text[at] & 0xc0) == 0x80);
    const char *next = text + at;
    return utf8_next(&next);
}

/* The character that stood for a private-use character until Unicode had it (GB18030-2022, annex D), and the wide
 * space of GBK A3A0; 0 for all others. */
static uint32_t public_of(uint32_t point)
{
    static const struct {
        uint16_t from;
        uint32_t to;
    } known[] = {
        {0xe5e5, 0x3000},  {0xe78d, 0xfe10},  {0xe78e, 0xfe12},  {0xe78f, 0xfe11},  {0xe790, 0xfe13}, {0xe791, 0xfe14},
        {0xe792, 0xfe15},  {0xe793, 0xfe16},  {0xe794, 0xfe17},  {0xe795, 0xfe18},  {0xe796, 0xfe19}, {0xe7c7, 0x1e3f},
        {0xe816, 0x20087}, {0xe817, 0x20089}, {0xe818, 0x200cc}, {0xe81e, 0x9fb4},  {0xe826, 0x9fb5}, {0xe82b, 0x9fb6},
        {0xe82c, 0x9fb7},  {0xe831, 0x215d7}, {0xe832, 0x9fb8},  {0xe83b, 0x2298f}, {0xe843, 0x9fb9}, {0xe854, 0x9fba},
        {0xe855, 0x241fe}, {0xe864, 0x9fbb},
    };
    for (size_t i = 0; is_private(point) && i < sizeof known / sizeof *known; i++)
        if (known[i].from == point)
            return known[i].to;
    return 0;
}

/* Cuts the run of invisible characters at `at` but for what has a meaning between the visible neighbours: of joiners
 * and direction marks the first; private-use characters that Unicode has now become public. *end gets the end of the
 * run. */
static dedup_status repair_run(struct text_document *document, size_t line, uint32_t at, uint32_t *end, bool *changed,
                               dedup_error *error)
{
    const struct text_line *place = &document->lines[line];
    const char *next = document->text + at;
    uint32_t run_end = at, after = 0;
    while (run_end < place->end) {
        after = utf8_next(&next);
        if (!is_invisible(after))
            break;
        run_end = (uint32_t)(next - document->text);
        after = 0;
    }
    uint32_t before = point_before(document->text, place->begin, at);
    bool kept = false;
    *end = run_end;
    next = document->text + at;
    while (at < run_end) {
        uint32_t point = utf8_next(&next);
        uint32_t point_end = (uint32_t)(next - document->text);
        bool private = is_private(point), meant = (private || !kept) && has_meaning(point, before, after);
        uint32_t meaning = meant ? public_of(point) : 0;
        char out[4];
        kept |= meant && !private;
        if (!meant || meaning != 0) {
            size_t length = meaning != 0 ? utf8_put(meaning, out) : 0;
            TRY(cut_part(document, line, at, point_end, RULE_INVISIBLE, out, length, error));
            *changed = true;
        }
        at = point_end;
    }
    return DEDUP_OK;
}

static dedup_status repair_entity(struct text_document *document, size_t line, uint32_t at, uint32_t *end,
                                  bool *changed, dedup_error *error)
{
    char out[8];
    size_t out_length;
    size_t length = entity_read(document->text + at, document->lines[line].end - at, out, &out_length);
    *end = at + (length != 0 ? (uint32_t)length : 1);
    if (length == 0)
        return DEDUP_OK;
    *changed = true;
    return cut_part(document, line, at, *end, RULE_ENTITY, out, out_length, error);
}

/* Looks at the character at `at`, which next_place has found; *end gets where to go on. */
static dedup_status repair_at(struct clean_worker *worker, struct text_document *document, size_t line, uint32_t at,
                              uint32_t *end, bool *changed, dedup_error *error)
{
    const char *next = document->text + at;
    uint32_t point = utf8_next(&next);
    *end = (uint32_t)(next - document->text);
    if (point == '&' && !worker->markdown && rule_works(worker, RULE_ENTITY))
        return repair_entity(document, line, at, end, changed, error);
    if ((point == '(' || point == 0xff08) && rule_works(worker, RULE_PINYIN))
        return pinyin_note(worker, document, line, at, error);
    if ((point == '?' || point == 0xfffd) && rule_works(worker, RULE_PINYIN))
        return pinyin_shift_note(worker, document, line, at, error);
    if (is_invisible(point) && rule_works(worker, RULE_INVISIBLE))
        return repair_run(document, line, at, end, changed, error);
    return DEDUP_OK;
}

dedup_status repair_lines(struct clean_worker *worker, struct text_document *document, bool *changed,
                          dedup_error *error)
{
    size_t line = 0;
    if (rule_works(worker, RULE_MOJIBAKE))
        TRY(repair_mojibake(worker, document, changed, error));
    uint32_t behind = 0;
    worker->annotation_count = worker->shift_count = 0;
    for (size_t i = 0; i < worker->repair_count; i++) {
        uint32_t at = worker->repairs[i];
        if (at < behind)
            continue;
        while (document->lines[line].next <= at)
            line++;
        if (!(document->lines[line].flags & (LINE_FENCED | LINE_REMOVED)))
            TRY(repair_at(worker, document, line, at, &behind, changed, error));
    }
    return pinyin_cut(worker, document, changed, error);
}
