#include "report/number.h"

#include <string.h>

enum { NUMBER_DIGITS = 20 }; /* of the largest uint64_t */

size_t number_plain(uint64_t value, char *out)
{
    char digits[NUMBER_DIGITS];
    size_t begin = sizeof digits;
    do {
        digits[--begin] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    size_t length = sizeof digits - begin;
    memcpy(out, digits + begin, length);
    out[length] = '\0';
    return length;
}

size_t number_grouped(uint64_t value, char *out)
{
    char digits[NUMBER_SIZE];
    size_t length = number_plain(value, digits), used = 0;
    for (size_t i = 0; i < length; i++) {
        if (i != 0 && (length - i) % 3 == 0)
            out[used++] = ',';
        out[used++] = digits[i];
    }
    out[used] = '\0';
    return used;
}

size_t number_fixed(double value, unsigned digits, char *out)
{
    static const uint64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    uint64_t scale = powers[digits < 6 ? digits : 6];
    double bounded = value > 0 ? value < 1e12 ? value : 1e12 : 0;
    uint64_t scaled = (uint64_t)(bounded * (double)scale + 0.5);
    size_t length = number_plain(scaled / scale, out);
    uint64_t rest = scaled % scale;
    if (scale > 1)
        out[length++] = '.';
    for (uint64_t place = scale / 10; place > 0; place /= 10)
        out[length++] = (char)('0' + rest / place % 10);
    out[length] = '\0';
    return length;
}

size_t number_trimmed(double value, unsigned digits, char *out)
{
    size_t length = number_fixed(value, digits, out);
    if (digits == 0)
        return length;
    while (out[length - 1] == '0')
        length--;
    if (out[length - 1] == '.')
        length--;
    out[length] = '\0';
    return length;
}
