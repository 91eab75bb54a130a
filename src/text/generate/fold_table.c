/* Makes fold_table.inc: fold_table OUTPUT
 *
 * Character data come from utf8proc (categories, NFKC_Casefold, default ignorables) and from OpenCC's t2s conversion of
 * single characters. Lists that neither library has are below. The output depends on nothing but the two libraries. */
#include <opencc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/utf8.h"
#include "text/fold.h"
#include "text/fold_table.h"

enum {
    POINTS = 0x110000,
    BMP = 0x10000,
    PAGE = FOLD_PAGE,
    EXPANSIONS = 0x10000 - FOLD_EXPAND, /* more have no value in the table below U+10000 */
};

/* What becomes of a code point: DROPPED, a code point, or EXPANSION + i. */
typedef uint32_t mapped_point;
enum { DROPPED = 0, EXPANSION = 0x200000 };
static mapped_point fold[POINTS], match[POINTS];
static uint8_t classes[POINTS];
static uint32_t simplified[POINTS];

struct expansion {
    uint32_t points[FOLD_LONGEST];
    size_t count;
};
static struct expansion expansions[EXPANSIONS];
static size_t expansion_count;

struct range {
    uint32_t first, last;
};

/* Unicode 15.0 Scripts.txt, Script=Han. */
static const struct range han[] = {
    {0x2e80, 0x2e99},   {0x2e9b, 0x2ef3},   {0x2f00, 0x2fd5},   {0x3005, 0x3005},   {0x3007, 0x3007},
    {0x3021, 0x3029},   {0x3038, 0x303b},   {0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0xf900, 0xfa6d},
    {0xfa70, 0xfad9},   {0x16fe2, 0x16fe3}, {0x16ff0, 0x16ff1}, {0x20000, 0x2a6df}, {0x2a700, 0x2b739},
    {0x2b740, 0x2b81d}, {0x2b820, 0x2cea1}, {0x2ceb0, 0x2ebe0}, {0x2f800, 0x2fa1d}, {0x30000, 0x3134a},
    {0x31350, 0x323af},
};

static const struct range spaces[] = {{0x09, 0x0d},     {0x20, 0x20},     {0x85, 0x85},     {0xa0, 0xa0},
                                      {0x1680, 0x1680}, {0x2000, 0x200a}, {0x2028, 0x2029}, {0x202f, 0x202f},
                                      {0x205f, 0x205f}, {0x3000, 0x3000}};

/* Marks that end a sentence or clause, the full stop of ASCII excepted. */
static const struct range sentence[] = {
    {'!', '!'},       {';', ';'},       {'?', '?'},       {0x37e, 0x37e},   {0x589, 0x589},   {0x61b, 0x61b},
    {0x61f, 0x61f},   {0x6d4, 0x6d4},   {0x964, 0x965},   {0x1362, 0x1362}, {0x17d4, 0x17d5}, {0x2026, 0x2026},
    {0x203c, 0x203d}, {0x2047, 0x2049}, {0x22ef, 0x22ef}, {0x3002, 0x3002}, {0xfe12, 0xfe12}, {0xfe14, 0xfe16},
    {0xfe19, 0xfe19}, {0xfe52, 0xfe52}, {0xfe54, 0xfe54}, {0xfe56, 0xfe57}, {0xff01, 0xff01}, {0xff1b, 0xff1b},
    {0xff1f, 0xff1f}, {0xff61, 0xff61},
};

/* What becomes " - | ~ in the matching form. */
static const struct range quotes[] = {{'"', '"'},       {0xab, 0xab},     {0xbb, 0xbb},      {0x2018, 0x201f},
                                      {0x2039, 0x203a}, {0x275b, 0x2760}, {0x276e, 0x276f},  {0x2e42, 0x2e42},
                                      {0x300c, 0x300f}, {0x301d, 0x301f}, {0x1f676, 0x1f678}};
static const struct range dashes[] = {{'-', '-'},       {0x2010, 0x2015}, {0x2043, 0x2043}, {0x2212, 0x2212},
                                      {0x2500, 0x2501}, {0x2e3a, 0x2e3b}, {0x2e40, 0x2e40}};
static const struct range bars[] = {{'|', '|'},       {0xa6, 0xa6},     {0x2223, 0x2223},
                                    {0x2502, 0x2503}, {0x2758, 0x275a}, {0x4e28, 0x4e28}};
static const struct range tildes[] = {{'~', '~'}, {0x301c, 0x301c}};

/* Forms that differ from another character in width or direction only. */
static const struct range widths[] = {{0xfe10, 0xfe19}, {0xfe30, 0xfe6b}, {0xff01, 0xffee}};

#define CONTAINS(ranges, point) contains((ranges), sizeof(ranges) / sizeof *(ranges), (point))

static bool contains(const struct range *ranges, size_t count, uint32_t point)
{
    for (size_t i = 0; i < count; i++)
        if (point >= ranges[i].first && point <= ranges[i].last)
            return true;
    return false;
}

static void die(const char *what)
{
    fprintf(stderr, "fold_table: %s\n", what);
    exit(1);
}

static bool is_surrogate(uint32_t point)
{
    return point >= 0xd800 && point < 0xe000;
}

static bool is_terminator(uint32_t point)
{
    return point == '\n' || point == '\r' || point == 0x85 || point == 0x2028 || point == 0x2029;
}

static utf8proc_category_t category(uint32_t point)
{
    return utf8proc_category((utf8proc_int32_t)point);
}

/* Letters, marks and numbers. */
static bool is_kept(uint32_t point)
{
    utf8proc_category_t value = category(point);
    return value >= UTF8PROC_CATEGORY_LU && value <= UTF8PROC_CATEGORY_NO;
}

static bool is_ignorable(uint32_t point)
{
    return utf8proc_get_property((utf8proc_int32_t)point)->ignorable;
}

static uint8_t class_of(uint32_t point)
{
    utf8proc_category_t value = category(point);
    if (CONTAINS(spaces, point))
        return POINT_SPACE;
    if (is_ignorable(point) || value == UTF8PROC_CATEGORY_CO || value == UTF8PROC_CATEGORY_CC ||
        (point >= 0xfff9 && point <= 0xfffb))
        return POINT_INVISIBLE;
    unsigned bits = CONTAINS(han, point) ? POINT_HAN : 0;
    if (value >= UTF8PROC_CATEGORY_LU && value <= UTF8PROC_CATEGORY_LO)
        bits |= POINT_LETTER;
    else if (value >= UTF8PROC_CATEGORY_MN && value <= UTF8PROC_CATEGORY_ME)
        bits |= POINT_MARK;
    else if (value >= UTF8PROC_CATEGORY_ND && value <= UTF8PROC_CATEGORY_NO)
        bits |= POINT_NUMBER;
    else if (value >= UTF8PROC_CATEGORY_PC && value <= UTF8PROC_CATEGORY_SO)
        bits |= POINT_PUNCTUATION;
    if (CONTAINS(sentence, point))
        bits |= POINT_SENTENCE;
    return (uint8_t)bits;
}

/* Asks OpenCC for all letters at once, one a line. */
static void load_simplified(void)
{
    char *text = malloc(5 * (size_t)POINTS + 1), *next = text;
    opencc_t converter = opencc_open("t2s.json");
    if (!text || (intptr_t)converter == -1)
        die("cannot open OpenCC's t2s.json");
    for (uint32_t point = 0; point < POINTS; point++) {
        simplified[point] = point;
        if (category(point) == UTF8PROC_CATEGORY_LO && !is_ignorable(point)) {
            next += utf8_put(point, next);
            *next++ = '\n';
        }
    }
    char *answer = opencc_convert_utf8(converter, text, (size_t)(next - text));
    if (!answer)
        die(opencc_error());
    const char *from = text, *to = answer;
    while (from < next) {
        uint32_t point = utf8_next(&from), target = utf8_next(&to);
        if (*from++ != '\n' || *to++ != '\n')
            die("OpenCC turns a character into several");
        simplified[point] = target;
    }
    opencc_convert_utf8_free(answer);
    opencc_close(converter);
    free(text);
}

static uint32_t expansion_index(const struct expansion *wanted)
{
    size_t i = 0;
    while (i < expansion_count && memcmp(&expansions[i], wanted, sizeof *wanted) != 0)
        i++;
    if (i == EXPANSIONS)
        die("too many expansions");
    if (i == expansion_count)
        expansions[expansion_count++] = *wanted;
    return (uint32_t)i;
}

static mapped_point fold_of(uint32_t point)
{
    char text[5] = "";
    struct expansion out = {0};
    if (point == 0 || is_surrogate(point) || is_ignorable(point))
        return DROPPED;
    utf8_put(point, text);
    utf8proc_uint8_t *mapped = utf8proc_NFKC_Casefold((const utf8proc_uint8_t *)text);
    if (!mapped)
        die("utf8proc_NFKC_Casefold failed");
    for (const char *next = (const char *)mapped; *next;) {
        uint32_t target = simplified[utf8_next(&next)];
        if (is_kept(target) && out.count == FOLD_LONGEST)
            die("an expansion is longer than FOLD_LONGEST");
        if (is_kept(target))
            out.points[out.count++] = target;
    }
    free(mapped);
    return out.count > 1 ? EXPANSION + expansion_index(&out) : out.points[0];
}

/* The character of another width or direction that stands for `point`; itself when there is none. */
static uint32_t width_folded(uint32_t point)
{
    utf8proc_int32_t out[FOLD_LONGEST];
    if (!CONTAINS(widths, point))
        return point;
    utf8proc_ssize_t count =
        utf8proc_decompose_char((utf8proc_int32_t)point, out, FOLD_LONGEST, UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE, NULL);
    return count == 1 ? (uint32_t)out[0] : point;
}

/* Decimal digits stand in runs of ten from 0 to 9; the mathematical ones are five runs without a gap. */
static uint32_t digit_value(uint32_t point)
{
    uint32_t first = point;
    while (first > 0 && category(first - 1) == UTF8PROC_CATEGORY_ND)
        first--;
    return (point - first) % 10;
}

static mapped_point match_of(uint32_t point)
{
    unsigned class = classes[point];
    uint32_t plain = width_folded(point);
    if (class & POINT_INVISIBLE || is_surrogate(point))
        return DROPPED;
    if (class & POINT_SPACE)
        return ' ';
    if (CONTAINS(quotes, plain))
        return '"';
    if (CONTAINS(dashes, plain))
        return '-';
    if (CONTAINS(bars, plain))
        return '|';
    if (CONTAINS(tildes, plain))
        return '~';
    if (category(point) == UTF8PROC_CATEGORY_ND)
        return '0' + digit_value(point);
    return class & (POINT_LETTER | POINT_MARK) ? fold[point] : plain;
}

static uint16_t dropped_value(uint32_t point)
{
    unsigned class = classes[point];
    if (point >= 0x80)
        return class & POINT_SENTENCE ? FOLD_SENTENCE : FOLD_DROPPED;
    if (point == '.' || point == '!' || point == '?' || point == ';')
        return FOLD_STOP;
    return class & POINT_PUNCTUATION && point != '#' && point != '*' ? FOLD_SYMBOL : FOLD_DROPPED;
}

/* Value of the table below U+10000. */
static uint16_t near_value(uint32_t point, mapped_point image, bool in_fold)
{
    if (is_surrogate(point))
        return FOLD_FAR;
    if (in_fold && is_terminator(point))
        return FOLD_BREAK;
    if (image == DROPPED)
        return in_fold ? dropped_value(point) : FOLD_DROPPED;
    if (image < FOLD_SPECIAL)
        return (uint16_t)image;
    struct expansion single = {{image}, 1};
    return (uint16_t)(FOLD_EXPAND + (image < EXPANSION ? expansion_index(&single) : image - EXPANSION));
}

/* Value of the pages above: what to add to the code point. */
static int32_t far_value(uint32_t point, mapped_point image)
{
    if (image == DROPPED)
        return FOLD_FAR_DROP;
    return image < EXPANSION ? (int32_t)image - (int32_t)point : FOLD_FAR_EXPAND + (int32_t)(image - EXPANSION);
}

/* Rows of 16: all 0 as Z, an ascending run as I(first). */
static void write_near_pages(FILE *out, const uint16_t *values, size_t count)
{
    for (size_t row = 0; row < count; row += 16) {
        const uint16_t *v = values + row;
        bool zero = true, identity = true;
        for (unsigned i = 0; i < 16; i++) {
            zero = zero && v[i] == 0;
            identity = identity && v[i] == v[0] + i;
        }
        if (zero)
            fprintf(out, "Z");
        else if (identity)
            fprintf(out, "I(%#x)", v[0]);
        else
            for (unsigned i = 0; i < 16; i++)
                fprintf(out, v[i] < 10 ? "%s%u" : "%s%#x", i ? "," : "", v[i]);
        fprintf(out, row % 64 == 48 || !(zero || identity) ? ",\n" : ",");
    }
}

/* Finds page `page` (of `bytes` bytes) among `count` pages, adds it when it is new. */
static size_t intern(void *pages, size_t *count, size_t capacity, const void *page, size_t bytes)
{
    size_t i = 0;
    while (i < *count && memcmp((char *)pages + i * bytes, page, bytes) != 0)
        i++;
    if (i == capacity)
        die("too many pages");
    if (i == *count)
        memcpy((char *)pages + (*count)++ * bytes, page, bytes);
    return i;
}

static void write_index(FILE *out, const char *declaration, const size_t *index, size_t count)
{
    fprintf(out, "%s = {\n", declaration);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%zu,%s", index[i], i % 32 == 31 ? "\n" : "");
    fprintf(out, "};\n");
}

static void write_near(FILE *out)
{
    enum { CAPACITY = 2 * BMP / PAGE };
    static uint16_t pages[CAPACITY * PAGE];
    static size_t index[BMP / PAGE];
    size_t count = BMP / PAGE;
    for (uint32_t point = 0; point < BMP; point++)
        pages[point] = near_value(point, fold[point], true);
    for (uint32_t first = 0; first < BMP; first += PAGE) {
        uint16_t page[PAGE];
        for (uint32_t i = 0; i < PAGE; i++)
            page[i] = near_value(first + i, match[first + i], false);
        index[first / PAGE] = intern(pages, &count, CAPACITY, page, sizeof page);
    }
    fprintf(out, "const uint16_t fold_near[%zu] = {\n", count * PAGE);
    write_near_pages(out, pages, count * PAGE);
    fprintf(out, "};\n");
    write_index(out, "const uint16_t match_near[512]", index, BMP / PAGE);
}

static void write_far(FILE *out)
{
    enum { CAPACITY = 1024, INDEX = (POINTS - BMP) / PAGE };
    static int32_t pages[CAPACITY][PAGE];
    static size_t index[2][INDEX];
    size_t count = 0;
    for (uint32_t first = BMP; first < POINTS; first += PAGE)
        for (int form = 0; form < 2; form++) {
            int32_t page[PAGE];
            for (uint32_t i = 0; i < PAGE; i++)
                page[i] = far_value(first + i, form == 0 ? fold[first + i] : match[first + i]);
            index[form][(first - BMP) / PAGE] = intern(pages, &count, CAPACITY, page, sizeof page);
        }
    fprintf(out,
            "#define D FOLD_FAR_DROP\n#define X(i) (FOLD_FAR_EXPAND+(i))\nconst int32_t fold_far_pages[%zu][%d] = {\n",
            count, PAGE);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < PAGE; j++) {
            int32_t value = pages[i][j];
            fprintf(out, "%s", j == 0 ? "{" : "");
            if (value == FOLD_FAR_DROP)
                fprintf(out, "D");
            else if (value >= FOLD_FAR_EXPAND)
                fprintf(out, "X(%d)", value - FOLD_FAR_EXPAND);
            else
                fprintf(out, "%d", value);
            fprintf(out, j == PAGE - 1 ? "},\n" : j % 32 == 31 ? ",\n" : ",");
        }
    fprintf(out, "};\n#undef D\n#undef X\n");
    write_index(out, "const uint16_t fold_far[8192]", index[0], INDEX);
    write_index(out, "const uint16_t match_far[8192]", index[1], INDEX);
}

static void write_expansions(FILE *out)
{
    fprintf(out, "const uint32_t fold_expansion_points[] = {\n");
    for (size_t i = 0; i < expansion_count; i++)
        for (size_t j = 0; j < expansions[i].count; j++)
            fprintf(out, "%#x,%s", expansions[i].points[j], j + 1 == expansions[i].count && i % 8 == 7 ? "\n" : "");
    fprintf(out, "};\nconst uint16_t fold_expansion_start[] = {\n");
    size_t start = 0;
    for (size_t i = 0; i <= expansion_count; i++) {
        fprintf(out, "%zu,%s", start, i % 32 == 31 ? "\n" : "");
        start += i < expansion_count ? expansions[i].count : 0;
    }
    fprintf(out, "};\n");
}

static void write_classes(FILE *out)
{
    enum { CAPACITY = 256 };
    static uint8_t pages[CAPACITY][PAGE];
    static size_t index[POINTS / PAGE];
    size_t count = 0;
    for (uint32_t first = 0; first < POINTS; first += PAGE)
        index[first / PAGE] = intern(pages, &count, CAPACITY, classes + first, PAGE);
    fprintf(out, "const uint8_t class_pages[%zu][%d] = {\n", count, PAGE);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < PAGE; j++)
            fprintf(out, "%s%d%s", j == 0 ? "{" : "", pages[i][j], j == PAGE - 1 ? "},\n" : j % 32 == 31 ? ",\n" : ",");
    fprintf(out, "};\n");
    write_index(out, "const uint8_t class_stage[8704]", index, POINTS / PAGE);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        die("usage: fold_table OUTPUT");
    FILE *out = fopen(argv[1], "w");
    if (!out)
        die("cannot write the output");
    load_simplified();
    for (uint32_t point = 0; point < POINTS; point++) {
        classes[point] = class_of(point);
        fold[point] = fold_of(point);
    }
    for (uint32_t point = 0; point < POINTS; point++)
        match[point] = match_of(point);
    fprintf(out,
            "/* Generated by generate/fold_table.c; do not edit. */\n"
            "const char fold_table_sources[] = \"Unicode %s, OpenCC %s\";\n",
            utf8proc_unicode_version(), OPENCC_VERSION);
    fprintf(out,
            "/* clang-format off */\n#define Z 0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n"
            "#define I(n) "
            "(n),(n)+1,(n)+2,(n)+3,(n)+4,(n)+5,(n)+6,(n)+7,(n)+8,(n)+9,(n)+10,(n)+11,(n)+12,(n)+13,(n)+14,(n)+15\n");
    write_near(out);
    fprintf(out, "#undef Z\n#undef I\n");
    write_far(out);
    write_expansions(out);
    write_classes(out);
    if (ferror(out) | fclose(out))
        die("cannot write the output");
    return 0;
}
