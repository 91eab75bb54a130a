/* UTF-8 to another encoding by iconv(3), for tests that need input in it. */
#ifndef DEDUP_TESTS_TRANSCODE_H
#define DEDUP_TESTS_TRANSCODE_H

#include <iconv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Returns malloc'ed bytes. Characters that the encoding lacks are left out. NULL when it is unknown. */
static inline unsigned char *transcode(const char *encoding, const char *text, size_t length, size_t *out_length)
{
    iconv_t converter = iconv_open(encoding, "UTF-8");
    size_t left = length, room = length * 4 + 64;
    unsigned char *bytes = malloc(room);
    if (converter == (iconv_t)-1 || !bytes) {
        if (converter != (iconv_t)-1)
            (void)iconv_close(converter);
        free(bytes);
        return NULL;
    }
    char *from = (char *)text, *to = (char *)bytes;
    while (left > 0 && iconv(converter, &from, &left, &to, &room) == (size_t)-1) {
        do {
            from++;
            left--;
        } while (left > 0 && ((unsigned char)*from & 0xc0) == 0x80);
    }
    (void)iconv(converter, NULL, NULL, &to, &room);
    (void)iconv_close(converter);
    *out_length = (size_t)((unsigned char *)to - bytes);
    return bytes;
}

#endif
