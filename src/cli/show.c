#include "show.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Length of the well-formed sequence at `text` that may be shown as it is; 0 when its first byte must be escaped. */
static size_t showable(const unsigned char *text, size_t length)
{
    unsigned lead = text[0];
    if (lead < 0x80)
        return lead >= 0x20 && lead != 0x7f;
    size_t need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || need > length)
        return 0;
    uint32_t point = lead & (0x7fu >> need);
    for (size_t i = 1; i < need; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (text[i] & 0x3fu);
    }
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    bool formed = point >= smallest[need] && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
    bool control = point < 0xa0 || (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
                   (point >= 0x2060 && point <= 0x206f) || point == 0xfeff;
    return formed && !control ? need : 0;
}

void show(const char *text, size_t length, char *out, size_t size)
{
    size_t used = 0, safe = 0; /* `safe`: where "..." would still fit */
    for (size_t i = 0; i < length;) {
        char piece[8];
        size_t step = showable((const unsigned char *)text + i, length - i);
        size_t piece_length = step;
        if (step == 0) {
            piece_length = (size_t)snprintf(piece, sizeof piece, "\\x%02X", (unsigned)(unsigned char)text[i]);
            step = 1;
        } else {
            memcpy(piece, text + i, step);
        }
        if (used + piece_length >= size) {
            (void)snprintf(out + safe, size - safe, "...");
            return;
        }
        memcpy(out + used, piece, piece_length);
        used += piece_length;
        if (used + 4 <= size)
            safe = used;
        i += step;
    }
    out[used] = '\0';
}
