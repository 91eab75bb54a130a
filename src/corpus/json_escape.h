/* One escape of a JSON string. Private to the files of JSON lines. */
#ifndef DEDUP_CORPUS_JSON_ESCAPE_H
#define DEDUP_CORPUS_JSON_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The value of four hexadecimal digits: the four nibbles are made at once and then drawn together. */
static inline uint32_t json_hex4(const char *digits)
{
    const unsigned char *d = (const unsigned char *)digits;
    uint32_t word = (uint32_t)d[0] | (uint32_t)d[1] << 8 | (uint32_t)d[2] << 16 | (uint32_t)d[3] << 24;
    word = (word & 0x0f0f0f0f) + 9 * (word >> 6 & 0x01010101);
    word = (word << 4 | word >> 8) & 0x00ff00ff;
    return (word & 0xff) << 8 | word >> 16;
}

static inline bool json_is_hex_digit(char c)
{
    static const bool digits[256] = {
        ['0'] = true, ['1'] = true, ['2'] = true, ['3'] = true, ['4'] = true, ['5'] = true, ['6'] = true, ['7'] = true,
        ['8'] = true, ['9'] = true, ['a'] = true, ['b'] = true, ['c'] = true, ['d'] = true, ['e'] = true, ['f'] = true,
        ['A'] = true, ['B'] = true, ['C'] = true, ['D'] = true, ['E'] = true, ['F'] = true,
    };
    return digits[(unsigned char)c];
}

/* Length of the escape at `raw`, of which `length` > 0 bytes may be read; 0 when there is none. */
static inline size_t json_escape_length(const char *raw, size_t length)
{
    static const unsigned char lengths[256] = {
        ['"'] = 2, ['\\'] = 2, ['/'] = 2, ['b'] = 2, ['f'] = 2, ['n'] = 2, ['r'] = 2, ['t'] = 2, ['u'] = 6};
    if (raw[0] != '\\' || length < 2 || lengths[(unsigned char)raw[1]] > length)
        return 0;
    if (raw[1] == 'u' && !(json_is_hex_digit(raw[2]) && json_is_hex_digit(raw[3]) && json_is_hex_digit(raw[4]) &&
                           json_is_hex_digit(raw[5])))
        return 0;
    return lengths[(unsigned char)raw[1]];
}

/* Decodes the escape at `raw` (a backslash) of a string that json_scan has accepted and that ends at `end`; returns its
 * length. Both halves of a surrogate pair are one escape; a lone surrogate is U+FFFD. */
static inline size_t json_escape_decode(const char *raw, const char *end, uint32_t *point)
{
    switch (raw[1]) {
    case 'u': break;
    case 'b': *point = '\b'; return 2;
    case 'f': *point = '\f'; return 2;
    case 'n': *point = '\n'; return 2;
    case 'r': *point = '\r'; return 2;
    case 't': *point = '\t'; return 2;
    default: *point = (unsigned char)raw[1]; return 2;
    }
    uint32_t unit = json_hex4(raw + 2);
    if (unit - 0xd800 >= 0x800) {
        *point = unit;
        return 6;
    }
    if (unit < 0xdc00 && end - raw >= 12 && raw[6] == '\\' && raw[7] == 'u') {
        uint32_t low = json_hex4(raw + 8);
        if (low - 0xdc00 < 0x400) {
            *point = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            return 12;
        }
    }
    *point = 0xfffd;
    return 6;
}

#endif
