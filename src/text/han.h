/* How often Han characters stand in Chinese text. */
#ifndef DEDUP_TEXT_HAN_H
#define DEDUP_TEXT_HAN_H

#include <stdint.h>

enum {
    HAN_COMMONEST = 6, /* bits of surprise of the most common characters; each further bit is one table row */
    HAN_RARE = 22,     /* of characters without a place in the table */
};

/* Writes first + step * row to values[p] for every code point p of the table (below U+10000), in which row 0 has the
 * characters with a probability of about 2^-HAN_COMMONEST and each row those half as common as the one before. */
void han_set_rarities(unsigned char *values, unsigned char first, unsigned char step);

#endif
