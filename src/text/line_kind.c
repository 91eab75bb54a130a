#include "text/line_kind.h"

#include <string.h>

#ifdef ISA_X86
#include <immintrin.h>
#endif

#include "base/utf8.h"
#include "text/document.h"
#include "text/fold_table.h"

enum {
    HAN_FIRST = 0x4e00, /* the usual ones: U+4E00 to U+9FFF */
    HAN_COUNT = 0x5200,
    CODE_PERCENT = 30,     /* ASCII symbols among the visible bytes from which a line is code */
    INDENTED_PERCENT = 12, /* the same for a line that is indented like code */
    INDENTED_COLUMNS = 4,  /* a tab counts as that many */
    MARKUP_LONGEST = 2048, /* bytes of a tag or link target */
    HEADING_MARKS = 6,     /* CommonMark: a heading begins with so many # at most */
};

bool text_is_blank(const char *text, size_t length)
{
    const char *end = text + length;
    while (text < end)
        if (!(class_of_point(utf8_next(&text)) & (POINT_SPACE | POINT_INVISIBLE)))
            return false;
    return true;
}

static inline bool is_han(uint32_t point)
{
    return point - HAN_FIRST < HAN_COUNT;
}

static bool has_han_scalar(const uint32_t *points, size_t count)
{
    unsigned han = 0;
    for (size_t i = 0; i < count && han < LINE_PROSE_LETTERS; i++)
        han += is_han(points[i]);
    return han >= LINE_PROSE_LETTERS;
}

#ifdef ISA_X86
ISA_TARGET_AVX2 static bool has_han_avx2(const uint32_t *points, size_t count)
{
    const __m256i first = _mm256_set1_epi32(HAN_FIRST), last = _mm256_set1_epi32(HAN_COUNT - 1);
    unsigned han = 0;
    size_t i = 0;
    for (; i + 8 <= count && han < LINE_PROSE_LETTERS; i += 8) {
        __m256i lanes = _mm256_sub_epi32(_mm256_loadu_si256((const __m256i *)(const void *)(points + i)), first);
        __m256i are = _mm256_cmpeq_epi32(_mm256_min_epu32(lanes, last), lanes);
        han += (unsigned)_mm_popcnt_u32((unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(are)));
    }
    for (; i < count && han < LINE_PROSE_LETTERS; i++)
        han += is_han(points[i]);
    return han >= LINE_PROSE_LETTERS;
}

ISA_TARGET_AVX512 static bool has_han_avx512(const uint32_t *points, size_t count)
{
    const __m512i first = _mm512_set1_epi32(HAN_FIRST), behind = _mm512_set1_epi32(HAN_COUNT);
    unsigned han = 0;
    for (size_t i = 0; i < count && han < LINE_PROSE_LETTERS; i += 16) {
        __mmask16 there = (__mmask16)(count - i < 16 ? (1u << (count - i)) - 1 : 0xffff);
        __m512i lanes = _mm512_sub_epi32(_mm512_maskz_loadu_epi32(there, points + i), first);
        han += (unsigned)_mm_popcnt_u32(_mm512_mask_cmplt_epu32_mask(there, lanes, behind));
    }
    return han >= LINE_PROSE_LETTERS;
}
#endif

bool line_has_han_by(enum isa isa, const uint32_t *points, size_t count)
{
#ifdef ISA_X86
    if (isa >= ISA_AVX512)
        return has_han_avx512(points, count);
    if (isa >= ISA_AVX2)
        return has_han_avx2(points, count);
#endif
    (void)isa;
    return has_han_scalar(points, count);
}

/* Whether the key has LINE_PROSE_LETTERS letters. Most have so many that are Han. */
static bool has_letters(const uint32_t *points, size_t count)
{
    if (line_has_han_by(isa_best(), points, count))
        return true;
    unsigned letters = 0;
    for (size_t i = 0; i < count && letters < LINE_PROSE_LETTERS; i++)
        letters += class_of_point(points[i]) & POINT_LETTER;
    return letters >= LINE_PROSE_LETTERS;
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
    while (text < end && (unsigned char)(*text - 0x21) < 0x5e)
        text++;
    return text;
}

static bool may_have_markup_scalar(const char *text, size_t length)
{
    return memchr(text, '<', length) || memchr(text, ']', length) || memchr(text, '/', length);
}

#ifdef ISA_X86
ISA_TARGET_AVX2 static bool may_have_markup_avx2(const char *text, size_t length)
{
    const __m256i tag = _mm256_set1_epi8('<'), link = _mm256_set1_epi8(']'), slash = _mm256_set1_epi8('/');
    size_t i = 0;
    for (; i + 32 <= length; i += 32) {
        __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(text + i));
        __m256i found = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, tag), _mm256_cmpeq_epi8(bytes, link));
        found = _mm256_or_si256(found, _mm256_cmpeq_epi8(bytes, slash));
        if (!_mm256_testz_si256(found, found))
            return true;
    }
    return may_have_markup_scalar(text + i, length - i);
}

ISA_TARGET_AVX512 static bool may_have_markup_avx512(const char *text, size_t length)
{
    const __m512i tag = _mm512_set1_epi8('<'), link = _mm512_set1_epi8(']'), slash = _mm512_set1_epi8('/');
    for (size_t i = 0; i < length; i += 64) {
        __mmask64 there = length - i < 64 ? ((uint64_t)1 << (length - i)) - 1 : ~(uint64_t)0;
        __m512i bytes = _mm512_maskz_loadu_epi8(there, text + i);
        if ((_mm512_cmpeq_epi8_mask(bytes, tag) | _mm512_cmpeq_epi8_mask(bytes, link) |
             _mm512_cmpeq_epi8_mask(bytes, slash)) != 0)
            return true;
    }
    return false;
}
#endif

bool line_may_have_markup_by(enum isa isa, const char *text, size_t length)
{
#ifdef ISA_X86
    if (isa >= ISA_AVX512)
        return may_have_markup_avx512(text, length);
    if (isa >= ISA_AVX2)
        return may_have_markup_avx2(text, length);
#endif
    (void)isa;
    return may_have_markup_scalar(text, length);
}

/* The same for a line with markup, whose letters are not the text's. */
static bool text_has_letters(const char *text, size_t length)
{
    size_t need = LINE_PROSE_LETTERS;
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

/* Whether one of the line's ASCII marks behind its number in a list ends a sentence: a full stop before a space or the
 * end of the line, ! and ? also before a character outside ASCII, a semicolon only there, for elsewhere it ends a
 * statement. Elsewhere these marks stand in numbers, names, addresses and programs. Quotation marks and brackets that
 * close may come between. The marks usually stand at the end, so that is where to begin. */
static bool has_ascii_sentence(const char *text, size_t length)
{
    enum { SPACE, OTHER, FOREIGN } next = SPACE;
    size_t begin = list_marker(text, length);
    while (length > begin) {
        unsigned char byte = (unsigned char)text[--length];
        switch (byte) {
        case '.':
            if (next == SPACE)
                return true;
            next = OTHER;
            break;
        case '!':
        case '?':
            if (next != OTHER)
                return true;
            next = OTHER;
            break;
        case ';':
            if (next == FOREIGN)
                return true;
            next = OTHER;
            break;
        case '"':
        case '\'':
        case ')':
        case ']':
        case '*':
        case '_': next = next == SPACE ? SPACE : OTHER; break;
        default: next = byte >= 0x80 ? FOREIGN : byte > ' ' ? OTHER : SPACE; break;
        }
    }
    return false;
}

static bool is_indented(const char *text, size_t length)
{
    size_t columns = 0;
    for (size_t i = 0; i < length && columns < INDENTED_COLUMNS && (text[i] == ' ' || text[i] == '\t'); i++)
        columns += text[i] == '\t' ? INDENTED_COLUMNS : 1;
    return columns >= INDENTED_COLUMNS;
}

/* Many ASCII symbols, or some in a line that is indented and ASCII otherwise. Visible bytes are taken to be the
 * symbols, the points of the key and all continuation bytes. Of 150,000 lines of 60 bytes or more outside the fences of
 * Chinese technical articles one in 200 has more symbols than CODE_PERCENT, most of them bare links. */
static bool reads_like_code(const char *text, size_t length, size_t key_count, const struct fold_content *content)
{
    size_t foreign = length - content->points, visible = content->symbols + key_count + foreign;
    if (content->symbols * 100 < INDENTED_PERCENT * visible)
        return false;
    return content->symbols * 100 >= CODE_PERCENT * visible || (foreign * 6 < visible && is_indented(text, length));
}

uint32_t line_kind(const char *text, size_t length, const uint32_t *key, size_t key_count,
                   const struct fold_content *content)
{
    if (key_count == 0)
        return text_is_blank(text, length) ? LINE_BLANK : 0;
    if (reads_like_code(text, length, key_count, content))
        return LINE_CODE;
    if (!(content->sentence || content->stop))
        return LINE_UNENDED;
    if (key_count < LINE_PROSE_LETTERS || is_heading(text, length) || !has_letters(key, key_count))
        return 0;
    if (content->symbols != 0 && line_may_have_markup_by(isa_best(), text, length) && !text_has_letters(text, length))
        return 0;
    return content->sentence || has_ascii_sentence(text, length) ? LINE_PROSE : 0;
}

uint32_t text_classify(const char *text, size_t length, const uint32_t *key, size_t key_count)
{
    struct fold_content content = {0};
    for (const char *next = text, *end = text + length; next < end;) {
        uint32_t point = utf8_next(&next), value = point < 0x10000 ? fold_near[point] : FOLD_KEPT;
        content.points++;
        content.symbols += value == FOLD_SYMBOL || value == FOLD_STOP;
        content.sentence = content.sentence || value == FOLD_SENTENCE;
        content.stop = content.stop || value == FOLD_STOP;
    }
    return line_kind(text, length, key, key_count, &content);
}
