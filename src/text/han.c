#include "text/han.h"

#include <stddef.h>

#include "base/utf8.h"

static const char *const rows[] = {
#include "text/han_frequency.inc"
};

void han_set_rarities(unsigned char *values, unsigned char first, unsigned char step)
{
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++)
        for (const char *next = rows[row]; *next != '\0';)
            values[utf8_next(&next)] = (unsigned char)(first + row * step);
}
