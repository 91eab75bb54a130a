/* Writes the fold key of every code point, one a line from U+0000 on, for fold_oracle.py. */
#include <stdio.h>

#include "base/utf8.h"
#include "dedup/text.h"

int main(void)
{
    dedup_buffer key;
    dedup_buffer_init(&key, 1024);
    for (uint32_t point = 0; point < 0x110000; point++) {
        char text[4];
        size_t length = point >= 0xd800 && point < 0xe000 ? 0 : utf8_put(point, text);
        dedup_buffer_clear(&key);
        if (dedup_fold(text, length, &key, NULL) != DEDUP_OK || printf("%s\n", key.length ? key.data : "") < 0)
            return 1;
    }
    dedup_buffer_release(&key);
    return fflush(stdout) == 0 ? 0 : 1;
}
