/* Numbers as digits, without printf and without the locale of the caller: the same bytes everywhere. */
#ifndef DEDUP_REPORT_NUMBER_H
#define DEDUP_REPORT_NUMBER_H

#include <stddef.h>
#include <stdint.h>

enum { NUMBER_SIZE = 48 }; /* room for every number below, with its final NUL */

/* Each writes NUL-terminated digits to `out` (NUMBER_SIZE bytes) and returns their count. */

/* 1234567 */
size_t number_plain(uint64_t value, char *out);
/* 1,234,567 */
size_t number_grouped(uint64_t value, char *out);
/* 0.8125: rounded half up to `digits` (0 to 6) decimals. Below 0 and not a number count as 0, 10^12 is the ceiling. */
size_t number_fixed(double value, unsigned digits, char *out);
/* The same without zeros at the end: 0.8, 1 */
size_t number_trimmed(double value, unsigned digits, char *out);

#endif
