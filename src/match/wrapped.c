/* Whether a document is hard-wrapped, by a model of the wrapping: greedy filling to a width. */
#include "base/utf8.h"
#include "match/paragraphs.h"

enum {
    COLUMNS_LEAST = 40,  /* narrower columns are verse and lists */
    COLUMNS_MOST = 120,  /* wider lines are paragraphs */
    INNER_LEAST = 8,     /* lines that another follows: fewer prove nothing */
    INNER_SHARE = 3,     /* they must be one of so many lines */
    ENDED_PERCENT = 40,  /* of them may end a sentence */
    OUTLIER_PERCENT = 5, /* of them may be wider than the common width: addresses that cannot be broken */
    FULL_PERCENT = 80,   /* of them must be full */
    SLACK = 2,           /* columns by which a full line may seem too short */
    HAN_WIDTH = 2,
    BYTES_MOST = COLUMNS_MOST * 3,   /* longer lines have more columns */
    BYTES_LEAST = COLUMNS_LEAST / 2, /* shorter ones are full only before a very long word */
};

/* An ordinary line: has text that is neither code nor cut away. */
static bool is_plain(const struct text_line *line)
{
    return (line->flags & (LINE_BLANK | LINE_CODE | LINE_REMOVED)) == 0;
}

/* A line that the next one continues, as far as blank lines tell. */
static bool is_inner(const struct text_document *document, size_t i)
{
    return i + 1 < document->line_count && is_plain(&document->lines[i]) && is_plain(&document->lines[i + 1]);
}

/* Columns by lead bytes: characters from U+3000 on are wide. Those from U+2000 to U+2FFF (quotation marks, dashes) are
 * narrow or wide as the wrapping program likes, so there are two sums. */
struct columns {
    uint32_t least, most;
};

static struct columns columns_of(const char *text, size_t length)
{
    uint32_t narrow = 0, wide = 0, either = 0;
    if (length > BYTES_MOST)
        return (struct columns){COLUMNS_MOST + 1, COLUMNS_MOST + 1};
    for (size_t i = 0; i < length;) {
        uint8_t block_narrow = 0, block_wide = 0, block_either = 0;
        for (size_t end = length - i < UINT8_MAX ? length : i + UINT8_MAX; i < end; i++) {
            uint8_t byte = (uint8_t)text[i];
            block_narrow = (uint8_t)(block_narrow + (byte < 0x80 || (byte >= 0xc0 && byte < 0xe2)));
            block_wide = (uint8_t)(block_wide + (byte > 0xe2));
            block_either = (uint8_t)(block_either + (byte == 0xe2));
        }
        narrow += block_narrow;
        wide += block_wide;
        either += block_either;
    }
    uint32_t least = narrow + HAN_WIDTH * wide + either;
    return (struct columns){least, least + either};
}

static struct columns line_columns(const struct text_document *document, const struct text_line *line)
{
    return columns_of(document->text + line->begin, line->end - line->begin);
}

/* The last code point of a line that is neither space nor a closing mark; 0 when there is none. */
static uint32_t last_point(const char *text, size_t length)
{
    while (length > 0) {
        size_t begin = length - 1;
        while (((unsigned char)text[begin] & 0xc0) == 0x80)
            begin--;
        const char *place = text + begin;
        uint32_t point = utf8_next(&place);
        bool closes = point == '"' || point == '\'' || point == ')' || point == 0xff09 || point == 0x201d ||
                      point == 0x2019 || point == 0x300d || point == 0x300f;
        if (!closes && (point_class(point) & (POINT_SPACE | POINT_INVISIBLE)) == 0)
            return point;
        length = begin;
    }
    return 0;
}

static bool ends_sentence(const struct text_document *document, const struct text_line *line)
{
    uint32_t point = last_point(document->text + line->begin, line->end - line->begin);
    return point == '.' || (point != 0 && (point_class(point) & POINT_SENTENCE) != 0);
}

/* Columns that the first unbreakable piece of a line would have needed at the end of the line before: a word with the
 * space before it, or a wide character with the punctuation that may not begin a line. */
static uint32_t first_piece(const char *text, size_t length)
{
    const char *next = text, *end = text + length;
    bool wide = false;
    while (next < end) {
        const char *place = next;
        uint32_t point = utf8_next(&next);
        bool han = (unsigned char)*place > 0xe2;
        bool stays = wide ? (point_class(point) & (POINT_LETTER | POINT_NUMBER | POINT_SPACE)) == 0
                          : !han && (point_class(point) & POINT_SPACE) == 0;
        if (place == text)
            wide = han;
        else if (!stays)
            return columns_of(text, (size_t)(place - text)).most + (wide ? 0 : 1);
    }
    return columns_of(text, length).most + (wide ? 0 : 1);
}

static bool is_full(const struct text_document *document, size_t i, uint32_t width)
{
    const struct text_line *line = &document->lines[i];
    uint32_t columns = line_columns(document, line).most;
    if (columns + SLACK >= width)
        return true;
    return columns + first_piece(document->text + line[1].begin, line[1].end - line[1].begin) + SLACK > width;
}

/* The width that all but a few inner lines keep to; more than COLUMNS_MOST when there is none. */
static uint32_t common_width(const struct text_document *document, size_t inner)
{
    size_t histogram[COLUMNS_MOST + 2] = {0}, wider = 0;
    for (size_t i = 0; i + 1 < document->line_count; i++)
        if (is_inner(document, i)) {
            uint32_t columns = line_columns(document, &document->lines[i]).least;
            histogram[columns <= COLUMNS_MOST ? columns : COLUMNS_MOST + 1]++;
        }
    uint32_t width = COLUMNS_MOST + 1;
    size_t outliers = inner * OUTLIER_PERCENT / 100 + 1;
    while (width > 0 && wider + histogram[width] <= outliers)
        wider += histogram[width--];
    return width;
}

bool document_is_wrapped(const struct text_document *document)
{
    size_t plain = 0, inner = 0, ended = 0, groups = 0, full = 0, breaks = 0, odd = 0;
    bool next_plain = false, next_inner = false;
    for (size_t i = document->line_count; i-- > 0;) {
        const struct text_line *line = &document->lines[i];
        bool this_plain = is_plain(line), this_inner = this_plain && next_plain;
        plain += this_plain;
        inner += this_inner;
        odd += this_inner & (line->end - line->begin - BYTES_LEAST > BYTES_MOST - BYTES_LEAST);
        groups += this_inner & !next_inner;
        next_plain = this_plain;
        next_inner = this_inner;
    }
    if (inner < INNER_LEAST || inner * INNER_SHARE < plain || odd * 100 > inner * (100 - FULL_PERCENT))
        return false;
    for (size_t i = 0; i + 1 < document->line_count; i++) {
        ended += is_inner(document, i) && ends_sentence(document, &document->lines[i]);
        if (ended * 100 > inner * ENDED_PERCENT)
            return false;
    }
    uint32_t width = common_width(document, inner);
    if (width < COLUMNS_LEAST || width > COLUMNS_MOST)
        return false;
    for (size_t i = 0; i + 1 < document->line_count; i++) {
        if (!is_inner(document, i))
            continue;
        bool fills = is_full(document, i, width);
        full += fills;
        breaks += !fills && ends_sentence(document, &document->lines[i]);
    }
    /* Paragraphs that end inside a group of lines: blank lines do not tell them apart then. */
    return full * 100 >= inner * FULL_PERCENT && breaks * 2 <= groups;
}
