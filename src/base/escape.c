#include "base/escape.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

bool escape_is_unsafe(uint32_t point)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0, 0x1f},        {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},   {0x180e, 0x180e},   {0x200b, 0x200f},
        {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (point >= ranges[i].first && point <= ranges[i].last)
            return true;
    }
    return false;
}

void escape_show(const char *text, size_t length, char *out, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < length;) {
        char piece[16];
        uint32_t point = 0;
        size_t step = utf8_sequence(text + i, length - i, &point), piece_length;
        if (step == 0) {
            piece_length = (size_t)snprintf(piece, sizeof piece, "\\x%02X", (unsigned char)text[i]);
            step = 1;
        } else if (escape_is_unsafe(point)) {
            const char *format = point < 0x80 ? "\\x%02X" : "\\u{%04X}";
            piece_length = (size_t)snprintf(piece, sizeof piece, format, (unsigned)point);
        } else {
            memcpy(piece, text + i, step);
            piece_length = step;
        }
        if (piece_length >= size - used)
            break;
        memcpy(out + used, piece, piece_length);
        used += piece_length;
        i += step;
    }
    out[used] = '\0';
}
