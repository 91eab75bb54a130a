/* Random valid UTF-8 for tests of the text room. */
#ifndef DEDUP_TESTS_RANDOM_TEXT_H
#define DEDUP_TESTS_RANDOM_TEXT_H

#include "base/utf8.h"
#include "random.h"

/* A code point from one of the first `kinds` kinds (1 to RANDOM_TEXT_KINDS), the usual ones first. */
enum { RANDOM_TEXT_KINDS = 12 };
static inline uint32_t random_point(struct random *random, size_t kinds)
{
    static const uint32_t terminators[] = {'\n', '\n', '\r', 0x85, 0x2028, 0x2029};
    static const uint32_t marks[] = {0x3002, 0xff01, 0xff1f, 0xff0c, 0x2026, 0x201c,
                                     0x201d, 0x3000, '.',    '!',    ';',    ' '};
    static const uint32_t odd[] = {0,      1,      2,      3,      0x200b, 0xfeff,  0xfdfa, 0x3230,
                                   0x2460, 0xfb01, 0x0e33, 0xfa0e, 0x34ff, 0x1f600, 0xe001, 0xfffd};
    static const uint32_t from[] = {0x4e00, 0x20, 0x3000, 0x80, 0x3400, 0xac00, 0, 0x800, 0xe000, 0x10000, 0x20000};
    static const uint32_t to[] = {0xa000, 0x7f,   0x3100,  0x800,    0x4dc0, 0xd7a4,
                                  0x80,   0xd800, 0x10000, 0x110000, 0x32400};
    size_t kind = random_below(random, kinds);
    switch (kind) {
    case 1: return marks[random_below(random, sizeof marks / sizeof *marks)];
    case 3: return terminators[random_below(random, sizeof terminators / sizeof *terminators)];
    case 4: return odd[random_below(random, sizeof odd / sizeof *odd)];
    default: break;
    }
    kind = kind == 0 ? 0 : kind == 2 ? 1 : kind - 3;
    return from[kind] + (uint32_t)random_below(random, to[kind] - from[kind]);
}

/* Fills `text` with whole code points of a random mixture and returns the length, `size` - 3 at least. */
static inline size_t random_text(struct random *random, char *text, size_t size)
{
    size_t length = 0, kinds = 1 + random_below(random, RANDOM_TEXT_KINDS);
    while (length + 4 <= size)
        length += utf8_put(random_point(random, kinds), text + length);
    return length;
}

#endif
