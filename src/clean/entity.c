#include "clean/entity.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "text/fold.h"

enum { NAME_MAXIMUM = 8, DIGITS_MAXIMUM = 7, LEVELS = 2 };

struct entity {
    char name[NAME_MAXIMUM + 1];
    uint32_t point;
};

/* HTML 4 names that occur in running text, sorted. */
static const struct entity entities[] = {
    {"amp", '&'},      {"apos", '\''},     {"bull", 0x2022},   {"cent", 0xa2},     {"copy", 0xa9},
    {"darr", 0x2193},  {"deg", 0xb0},      {"divide", 0xf7},   {"emsp", 0x2003},   {"ensp", 0x2002},
    {"euro", 0x20ac},  {"ge", 0x2265},     {"gt", '>'},        {"harr", 0x2194},   {"hellip", 0x2026},
    {"iexcl", 0xa1},   {"infin", 0x221e},  {"iquest", 0xbf},   {"laquo", 0xab},    {"larr", 0x2190},
    {"ldquo", 0x201c}, {"le", 0x2264},     {"lsaquo", 0x2039}, {"lsquo", 0x2018},  {"lt", '<'},
    {"mdash", 0x2014}, {"micro", 0xb5},    {"middot", 0xb7},   {"minus", 0x2212},  {"nbsp", 0xa0},
    {"ndash", 0x2013}, {"ne", 0x2260},     {"para", 0xb6},     {"permil", 0x2030}, {"plusmn", 0xb1},
    {"pound", 0xa3},   {"prime", 0x2032},  {"quot", '"'},      {"raquo", 0xbb},    {"rarr", 0x2192},
    {"rdquo", 0x201d}, {"reg", 0xae},      {"rsaquo", 0x203a}, {"rsquo", 0x2019},  {"sect", 0xa7},
    {"shy", 0xad},     {"thinsp", 0x2009}, {"times", 0xd7},    {"trade", 0x2122},  {"uarr", 0x2191},
    {"yen", 0xa5},     {"zwj", 0x200d},    {"zwnj", 0x200c},
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct entity *)a)->name, ((const struct entity *)b)->name);
}

/* The reference whose text behind '&' begins at text[0]; returns its length with the semicolon, 0 for none. */
static size_t read_name(const char *text, size_t length, uint32_t *point)
{
    struct entity wanted = {.point = 0};
    size_t n = 0;
    while (n < length && n < NAME_MAXIMUM && text[n] >= 'a' && text[n] <= 'z') {
        wanted.name[n] = text[n];
        n++;
    }
    if (n == 0 || n == length || text[n] != ';')
        return 0;
    const struct entity *found = bsearch(&wanted, entities, sizeof entities / sizeof *entities, sizeof wanted, by_name);
    if (!found)
        return 0;
    *point = found->point;
    return n + 1;
}

static size_t read_number(const char *text, size_t length, uint32_t *point)
{
    bool hex = length > 1 && (text[1] == 'x' || text[1] == 'X');
    size_t start = hex ? 2 : 1, n = start;
    uint32_t value = 0;
    for (; n < length && n - start < DIGITS_MAXIMUM; n++) {
        char c = text[n];
        uint32_t digit = c >= '0' && c <= '9'          ? (uint32_t)(c - '0')
                         : hex && c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : hex && c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                       : 99;
        if (digit == 99)
            break;
        value = value * (hex ? 16 : 10) + digit;
    }
    if (n == start || n == length || text[n] != ';')
        return 0;
    bool control = value < 0x20 || (value >= 0x7f && value < 0xa0) || value == 0x2028 || value == 0x2029;
    if (control || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
        return 0;
    *point = value;
    return n + 1;
}

static size_t read_one(const char *text, size_t length, uint32_t *point)
{
    if (length == 0)
        return 0;
    return *text == '#' ? read_number(text, length, point) : read_name(text, length, point);
}

size_t entity_read(const char *text, size_t length, char *out, size_t *out_length)
{
    size_t at = 1, levels = 0;
    /* "& gt;" is what a broken converter makes of "&gt;". */
    bool space = length > 1 && text[1] == ' ';
    uint32_t point = '&';
    at += space;
    size_t size = read_one(text + at, length - at, &point);
    if (size == 0 || (space && text[at] == '#'))
        return 0;
    at += size;
    levels++;
    while (point == '&') {
        size = read_one(text + at, length - at, &point);
        if (size == 0)
            break;
        at += size;
        levels++;
    }
    if (levels > LEVELS)
        return 0;
    bool invisible = (point_class(point) & POINT_INVISIBLE) != 0 && point != 0x200c && point != 0x200d;
    *out_length = invisible ? 0 : utf8_put(point, out);
    return at;
}
