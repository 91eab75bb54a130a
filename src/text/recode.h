/* Characters back to the bytes of encodings in which they may have been misread, and how surprising a text is. */
#ifndef DEDUP_TEXT_RECODE_H
#define DEDUP_TEXT_RECODE_H

#include <stddef.h>

#include "text/double_byte.h"

struct recoder {
    struct double_byte *gb18030;
    uint16_t *codes;      /* by code point below 0x10000: lead and trail byte, 0 for none */
    unsigned char *costs; /* bits of surprise, see decoder.h */
};

/* Errors: MEMORY, ARGUMENT (iconv(3) of this system does not know GB18030). */
DEDUP_NODISCARD dedup_status recoder_create(struct recoder **out, dedup_error *error);
void recoder_free(struct recoder *recoder); /* NULL is fine */

/* Lead byte << 8 | trail byte of a character in GBK, the two-byte part of GB18030; 0 when it has none there. */
static inline uint16_t recoder_gbk(const struct recoder *recoder, uint32_t point)
{
    return point < 0x10000 ? recoder->codes[point] : 0;
}

/* The byte that windows-1252 reads as this character, its holes read as controls; -1 for other characters. */
int recode_latin(uint32_t point);

/* How many bits a text (valid UTF-8) would surprise a reader of Chinese, in eighths. */
uint64_t recoder_surprise(const struct recoder *recoder, const char *text, size_t length);

#endif
