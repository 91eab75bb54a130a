/* Readings that the converter of pinyin.c is known to write. */
#ifndef DEDUP_CLEAN_PINYIN_TABLE_H
#define DEDUP_CLEAN_PINYIN_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True when the table gives this syllable (UTF-8) for the character. */
bool pinyin_table_has(uint32_t point, const char *syllable, size_t length);
/* True when the table gives any syllable for the character. */
bool pinyin_table_knows(uint32_t point);
/* The next character with this syllable; *from is 0 before the first call. 0 when there are no more. */
uint32_t pinyin_table_next(size_t *from, const char *syllable, size_t length);

#endif
