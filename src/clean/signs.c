#include "clean/signs.h"

#include <stdbool.h>
#include <string.h>

#include "base/failure.h"
#include "clean/literals.h"

static bool in_rows(const unsigned char rows[16], unsigned character)
{
    return character < 0x80 && rows[character & 15] >> (character >> 4) & 1;
}

static void add(unsigned char rows[16], unsigned char character)
{
    rows[character & 15] |= (unsigned char)(1 << (character >> 4));
}

enum { FIRST_DASH = 0x90, FIRST_QUOTE = 0x98 /* third bytes of U+2010 and U+2018 */ };

/* Bits of the tables: characters that are told by the same bytes. */
enum sign_group {
    GROUP_FIRST = 1,         /* by the first byte alone */
    GROUP_SYMBOLS = 2,       /* E2, but for E2 80 */
    GROUP_GENERAL = 4,       /* E2 80 */
    GROUP_BRACKETS = 8,      /* E3 80 */
    GROUP_STROKE = 16,       /* E4 B8 A8 */
    GROUP_FORMS = 32,        /* EF, but for wide forms */
    GROUP_WIDE_FIRST = 64,   /* EF BC */
    GROUP_WIDE_SECOND = 128, /* EF BD */
};

/* The character of ASCII that U+FF00 to U+FF7F stand for, given the second and third byte; 0x80 and more for none. */
static unsigned narrow(unsigned second, unsigned third)
{
    return (third & 0x3f) + 0x20 + (second & 1) * 0x40;
}

static void fill_first(struct sign_set *set)
{
    for (unsigned byte = 0; byte < 0x80; byte++)
        set->first[byte] = in_rows(set->rows, byte) ? GROUP_FIRST : 0;
    set->first[0xc2] = set->first[0xc3] = set->first[0xee] = GROUP_FIRST;
    set->first[0xe2] = GROUP_SYMBOLS | GROUP_GENERAL;
    set->first[0xe3] = GROUP_BRACKETS;
    set->first[0xe4] = GROUP_STROKE;
    set->first[0xef] = GROUP_FORMS | GROUP_WIDE_FIRST | GROUP_WIDE_SECOND;
}

static void fill_behind(struct sign_set *set)
{
    for (unsigned byte = 0x80; byte < 0xc0; byte++) {
        unsigned second = GROUP_FIRST, third = GROUP_FIRST | GROUP_SYMBOLS | GROUP_FORMS;
        second |= byte == 0x80 ? GROUP_GENERAL | GROUP_BRACKETS : GROUP_SYMBOLS;
        second |= byte == 0xb8 ? GROUP_STROKE : 0;
        second |= byte == 0xbc ? GROUP_WIDE_FIRST : byte == 0xbd ? GROUP_WIDE_SECOND : GROUP_FORMS;
        third |= byte < set->general ? GROUP_GENERAL : 0;
        third |= byte >= 0x90 ? GROUP_BRACKETS : 0;
        third |= byte == 0xa8 ? GROUP_STROKE : 0;
        third |= in_rows(set->wide, narrow(0xbc, byte)) ? GROUP_WIDE_FIRST : 0;
        third |= in_rows(set->wide, narrow(0xbd, byte)) ? GROUP_WIDE_SECOND : 0;
        set->second[byte & 0x3f] = (unsigned char)second;
        set->third[byte & 0x3f] = (unsigned char)third;
    }
}

void sign_set_init(struct sign_set *set, uint64_t marks)
{
    memset(set, 0, sizeof *set);
    marks &= ~signs_marks_anywhere();
    set->general = marks & literals_mark('-') ? FIRST_QUOTE : FIRST_DASH;
    for (unsigned char character = 0; character < 0x80; character++)
        if (literals_mark(character) & marks) {
            add(set->rows, character);
            add(set->wide, character);
        }
    set->marks = marks | literals_mark('(');
    add(set->rows, '&');
    add(set->rows, '(');
    add(set->rows, '?');
    add(set->rows, ']');
    add(set->wide, '(');
    fill_first(set);
    fill_behind(set);
}

static bool is_sign(const struct sign_set *set, unsigned first, unsigned second, unsigned third)
{
    return set->first[first] & set->second[second & 0x3f] & set->third[third & 0x3f];
}

void signs_find_scalar(const struct sign_set *set, const unsigned char *text, size_t length, uint64_t *words)
{
    for (size_t at = 0; at < length; at += PLACE_WORD) {
        size_t count = length - at < PLACE_WORD ? length - at : PLACE_WORD;
        uint64_t word = 0;
        for (size_t i = 0; i < count; i++) {
            const unsigned char *byte = text + at + i;
            size_t left = length - at - i;
            word |= (uint64_t)is_sign(set, byte[0], left > 1 ? byte[1] : 0, left > 2 ? byte[2] : 0) << i;
        }
        words[at / PLACE_WORD] = word;
    }
}

dedup_status signs_find(const struct sign_set *set, const char *text, uint32_t length, struct place_map *map,
                        dedup_error *error)
{
    const unsigned char *bytes = (const unsigned char *)text;
    TRY(place_map_reserve(map, length, error));
#ifdef ISA_X86
    if (isa_best() >= ISA_AVX512VBMI) {
        signs_find_avx512vbmi(set, bytes, length, map->words);
        return DEDUP_OK;
    }
    if (isa_best() >= ISA_AVX2) {
        signs_find_avx2(set, bytes, length, map->words);
        return DEDUP_OK;
    }
#endif
    signs_find_scalar(set, bytes, length, map->words);
    return DEDUP_OK;
}

/* Marks that a character outside of ASCII may become in the matching form; more than it does for most. */
static uint64_t foreign_marks(const unsigned char *bytes)
{
    const uint64_t bars = literals_mark('|') | literals_mark('-') | literals_mark('~');
    switch (bytes[0]) {
    case 0xc2: return bytes[1] == 0xa6 ? bars : literals_mark(bytes[1]);
    case 0xe2: return bytes[1] == 0x80 && bytes[2] >= 0x98 ? 0 : bars;
    case 0xe3: return bytes[1] == 0x80 ? (bytes[2] == 0x9c ? bars : literals_mark(0x3000 + (bytes[2] & 0x3fu))) : 0;
    case 0xe4: return bytes[1] == 0xb8 && bytes[2] == 0xa8 ? bars : 0;
    case 0xef: break;
    default: return 0;
    }
    if ((bytes[1] & 0xfe) == 0xbc)
        return narrow(bytes[1], bytes[2]) < 0x80 ? literals_mark(narrow(bytes[1], bytes[2])) : 0;
    return (bytes[1] & 0xfe) == 0xb8 ? UINT64_MAX : bytes[1] == 0xbf ? bars : 0;
}

uint64_t signs_marks_at(const char *text, uint32_t left)
{
    const unsigned char *bytes = (const unsigned char *)text;
    if (*bytes < 0x80)
        return literals_mark(*bytes);
    return *bytes >= 0xc2 && left >= (*bytes < 0xe0 ? 2 : 3) ? foreign_marks(bytes) : 0;
}

uint64_t signs_marks_anywhere(void)
{
    return literals_mark('"') | literals_mark(',') | LITERALS_DIGIT;
}
