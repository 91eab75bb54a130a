/* document_set: the lines of a text, their keys and what kind of line each is. */
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/utf8.h"
#include "text/document.h"
#include "text/fold_reader.h"
#include "text/fold_table.h"

enum {
    PROSE_LETTERS = 28,
    CODE_PERCENT = 30,     /* ASCII symbols among the visible bytes from which a line is code */
    INDENTED_PERCENT = 12, /* the same for a line that is indented like code */
    INDENTED_COLUMNS = 4,  /* a tab counts as that many */
    MARKUP_LONGEST = 2048, /* bytes of a tag or link target */
    HEADING_MARKS = 6,     /* CommonMark: a heading begins with so many # at most */
    FENCE_MARKS = 3,       /* CommonMark: a fence has that many or more */
    FENCE_INDENT = 3,      /* and at most so many spaces before it */
};

static bool is_space_or_invisible(uint32_t point)
{
    return (class_of_point(point) & (POINT_SPACE | POINT_INVISIBLE)) != 0;
}

bool text_is_blank(const char *text, size_t length)
{
    const char *end = text + length;
    while (text < end)
        if (!is_space_or_invisible(utf8_next(&text)))
            return false;
    return true;
}

static bool has_letters(const uint32_t *points, size_t count, size_t need)
{
    for (size_t i = 0; i < count && need > 0; i++) {
        uint32_t point = points[i];
        if ((point >= 0x4e00 && point <= 0x9fff) || class_of_point(point) & POINT_LETTER)
            need--;
    }
    return need == 0;
}

static bool starts_with(const char *text, const char *end, const char *start)
{
    size_t length = strlen(start);
    return (size_t)(end - text) >= length && memcmp(text, start, length) == 0;
}

/* Behind the next `close`, or NULL when it is not near. */
static const char *behind(const char *text, const char *end, char close)
{
    size_t length = (size_t)(end - text) < MARKUP_LONGEST ? (size_t)(end - text) : MARKUP_LONGEST;
    const char *found = memchr(text, close, length);
    return found ? found + 1 : NULL;
}

/* Where the text goes on behind a tag, the target of a Markdown link or an address that begins at `text`; NULL when
 * none does. */
static const char *behind_markup(const char *text, const char *end)
{
    if (*text == '<' && end - text > 1 && (((text[1] | 0x20) >= 'a' && (text[1] | 0x20) <= 'z') || text[1] == '/'))
        return behind(text, end, '>');
    if (starts_with(text, end, "]("))
        return behind(text, end, ')');
    if (!starts_with(text, end, "http://") && !starts_with(text, end, "https://"))
        return NULL;
    while (text<end && * text> 0x20 && *text < 0x7f)
        text++;
    return text;
}

/* The same for a line with markup, whose letters are not the text's. */
static bool text_has_letters(const char *text, size_t length, size_t need)
{
    const char *end = text + length;
    while (text < end && need > 0) {
        const char *next = *text == '<' || *text == ']' || *text == 'h' ? behind_markup(text, end) : NULL;
        if (next)
            text = next;
        else
            need -= (class_of_point(utf8_next(&text)) & POINT_LETTER) != 0;
    }
    return need == 0;
}

/* A heading of Markdown (CommonMark 0.31, 4.2). */
static bool is_heading(const char *text, size_t length)
{
    size_t marks = 0;
    while (marks < length && text[marks] == '#')
        marks++;
    return marks > 0 && marks <= HEADING_MARKS && marks < length && text[marks] == ' ';
}

/* Length of the marks and the number with which an entry of a list begins. */
static size_t list_marker(const char *text, size_t length)
{
    size_t i = 0;
    while (i < length && (text[i] == ' ' || text[i] == '\t' || text[i] == '>' || text[i] == '*' || text[i] == '-'))
        i++;
    size_t number = i;
    while (i < length && text[i] >= '0' && text[i] <= '9')
        i++;
    return i > number && i < length && text[i] == '.' ? i + 1 : 0;
}

/* Whether the ASCII mark `point` ends a sentence where `next` follows it (0: the end of the line). In numbers, names,
 * addresses and programs these marks have letters behind them, and a semicolon ends a statement. */
static bool ascii_ends_sentence(uint32_t point, uint32_t next)
{
    bool before_space = next == 0 || (class_of_point(next) & POINT_SPACE) != 0;
    switch (point) {
    case '.': return before_space;
    case '!':
    case '?': return before_space || next >= 0x80;
    case ';': return next >= 0x80 && !before_space;
    default: return false;
    }
}

/* True when the line has a mark that ends a sentence, behind its number in a list. It usually stands at the end, so
 * that is where to begin. */
static bool has_sentence(const char *text, size_t length)
{
    uint32_t next = 0;
    size_t start = list_marker(text, length);
    for (size_t end = length; end > start;) {
        size_t begin = end - 1;
        while (((unsigned char)text[begin] & 0xc0) == 0x80)
            begin--;
        const char *place = text + begin;
        uint32_t point = utf8_next(&place);
        if (point < 0x80 ? ascii_ends_sentence(point, next) : class_of_point(point) & POINT_SENTENCE)
            return true;
        bool closes = point == '"' || point == '\'' || point == ')' || point == ']' || point == '*' || point == '_';
        next = closes && (next == 0 || class_of_point(next) & POINT_SPACE) ? next : point;
        end = begin;
    }
    return false;
}

/* What the bytes of a line are, spaces and control characters left out. */
struct byte_counts {
    size_t visible; /* all others */
    size_t symbols; /* ASCII punctuation but for # and *, with which Markdown marks headings and emphasis */
    size_t foreign; /* bytes of characters outside ASCII */
};

/* Counts at most 255 bytes, so that the counters fit into bytes and the loop into vector instructions. */
static void count_block(const unsigned char *bytes, size_t length, struct byte_counts *counts)
{
    uint8_t visible = 0, foreign = 0, words = 0, marks = 0;
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = bytes[i];
        visible = (uint8_t)(visible + (byte > 0x20 && byte != 0x7f));
        foreign = (uint8_t)(foreign + (byte >= 0x80));
        words = (uint8_t)(words + ((uint8_t)(byte - '0') < 10 || (uint8_t)((byte | 0x20) - 'a') < 26));
        marks = (uint8_t)(marks + (byte == '#' || byte == '*'));
    }
    counts->visible += visible;
    counts->foreign += foreign;
    counts->symbols += (size_t)visible - foreign - words - marks;
}

static struct byte_counts count_bytes(const char *text, size_t length)
{
    struct byte_counts counts = {0};
    for (size_t i = 0; i < length; i += 255)
        count_block((const unsigned char *)text + i, length - i < 255 ? length - i : 255, &counts);
    return counts;
}

static bool is_indented(const char *text, size_t length)
{
    size_t columns = 0;
    for (size_t i = 0; i < length && columns < INDENTED_COLUMNS && (text[i] == ' ' || text[i] == '\t'); i++)
        columns += text[i] == '\t' ? INDENTED_COLUMNS : 1;
    return columns >= INDENTED_COLUMNS;
}

/* Many ASCII symbols, or some in a line that is indented and ASCII otherwise. Of 150,000 lines of 60 bytes or more
 * outside the fences of Chinese technical articles one in 200 has more symbols than CODE_PERCENT, mostly bare links. */
static bool reads_like_code(const char *text, size_t length, struct byte_counts counts)
{
    if (counts.symbols * 100 >= CODE_PERCENT * counts.visible)
        return true;
    return counts.symbols * 100 >= INDENTED_PERCENT * counts.visible && counts.foreign * 4 < counts.visible &&
           is_indented(text, length);
}

uint32_t text_classify(const char *text, size_t length, const uint32_t *key, size_t key_count)
{
    if (key_count == 0)
        return text_is_blank(text, length) ? LINE_BLANK : 0;
    struct byte_counts counts = count_bytes(text, length);
    if (reads_like_code(text, length, counts))
        return LINE_CODE;
    if (key_count < PROSE_LETTERS || is_heading(text, length) || !has_letters(key, key_count, PROSE_LETTERS) ||
        (counts.symbols != 0 && !text_has_letters(text, length, PROSE_LETTERS)) || !has_sentence(text, length))
        return 0;
    return LINE_PROSE;
}

/* A line that opens or closes a code block of Markdown (CommonMark 0.31, 4.5); count 0 for other lines. */
struct fence {
    char mark;
    uint32_t count;
    bool info; /* has text behind the marks: can only open */
};

static struct fence fence_of(const char *text, size_t length)
{
    struct fence fence = {0};
    size_t i = 0;
    while (i < length && i < FENCE_INDENT && text[i] == ' ')
        i++;
    if (i == length || (text[i] != '`' && text[i] != '~'))
        return fence;
    fence.mark = text[i];
    for (; i < length && text[i] == fence.mark; i++)
        fence.count++;
    for (; i < length; i++) {
        if (fence.mark == '`' && text[i] == '`')
            return (struct fence){0};
        fence.info = fence.info || (text[i] != ' ' && text[i] != '\t');
    }
    return fence.count >= FENCE_MARKS ? fence : (struct fence){0};
}

/* Makes the lines from one fence to the other code, unless most of them read like prose: then one of the fences is
 * astray, or the text is only set off. */
static void mark_fenced(struct text_line *lines, size_t first, size_t last)
{
    size_t prose = 0, other = 0;
    for (size_t i = first + 1; i < last; i++) {
        prose += (lines[i].flags & LINE_PROSE) != 0;
        other += (lines[i].flags & (LINE_PROSE | LINE_BLANK)) == 0;
    }
    if (prose > other)
        return;
    for (size_t i = first; i <= last; i++)
        if (!(lines[i].flags & LINE_BLANK))
            lines[i].flags = LINE_CODE | LINE_FENCED;
}

/* A fence that is not closed makes no code, and neither does one before another that can only open: one stray fence
 * shall not turn an article into code. */
static void mark_fences(struct text_document *document)
{
    struct fence open = {0};
    size_t first = 0;
    for (size_t i = 0; i < document->line_count; i++) {
        const struct text_line *line = &document->lines[i];
        struct fence fence = fence_of(document->text + line->begin, line->end - line->begin);
        if (fence.count == 0)
            continue;
        bool fits = fence.mark == open.mark && fence.count >= open.count;
        if (open.count != 0 && fits && !fence.info) {
            mark_fenced(document->lines, first, i);
            open = (struct fence){0};
        } else if (open.count == 0 || fits) {
            open = fence;
            first = i;
        }
    }
}

static dedup_status add_line(struct text_document *document, struct fold_reader *reader, uint32_t begin,
                             dedup_error *error)
{
    struct fold_line place = {0};
    size_t key = document->key.count;
    TRY(array_reserve(&document->lines, &document->line_capacity, document->line_count + 1, "lines", error));
    TRY(fold_reader_line(reader, &document->key, &place, error));
    if (document->key.count > UINT32_MAX)
        return fail(error, DEDUP_ERROR_LIMIT, "a text has a fold key of more than 4294967295 characters");
    struct text_line *line = &document->lines[document->line_count++];
    *line = (struct text_line){
        .begin = begin,
        .end = (uint32_t)place.end,
        .next = (uint32_t)place.next,
        .key = (uint32_t)key,
        .key_count = (uint32_t)(document->key.count - key),
    };
    line->flags = text_classify(document->text + begin, line->end - begin, document->key.points + key, line->key_count);
    return DEDUP_OK;
}

dedup_status document_set(struct text_document *document, const char *text, uint32_t length, dedup_error *error)
{
    bool fenced = false;
    struct fold_reader reader;
    document_clear(document);
    document->text = text;
    document->length = length;
    fold_reader_init(&reader, text, length, isa_best());
    for (uint32_t begin = 0; begin < length;) {
        dedup_status status = add_line(document, &reader, begin, error);
        if (status != DEDUP_OK) {
            document_clear(document);
            return status;
        }
        const struct text_line *line = &document->lines[document->line_count - 1];
        fenced = fenced || fence_of(text + line->begin, line->end - line->begin).count != 0;
        begin = line->next;
    }
    if (fenced)
        mark_fences(document);
    return DEDUP_OK;
}
