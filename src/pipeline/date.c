#include "pipeline/date.h"

#include <stddef.h>
#include <string.h>

/* Reads 1 to `most` digits; false when there are none. */
static bool take_digits(const char **text, unsigned most, int64_t *value)
{
    const char *start = *text;
    *value = 0;
    while (*text - start < (ptrdiff_t)most && **text >= '0' && **text <= '9')
        *value = *value * 10 + (*(*text)++ - '0');
    return *text != start;
}

/* Skips one separator of the kinds that stand between the parts of a date; true when there was one. */
static bool take_separator(const char **text, const char *const *kinds)
{
    for (; *kinds; kinds++) {
        size_t length = strlen(*kinds);
        if (strncmp(*text, *kinds, length) == 0) {
            *text += length;
            return true;
        }
    }
    return false;
}

/* Days from 1970-01-01 to a date of the proleptic Gregorian calendar (H. Hinnant, "chrono-compatible low-level date
 * algorithms", 2013). */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

/* "8:30", "08:30:15.25" -> seconds of the day; 0 when there is no time. False when it is out of range. */
static bool take_time(const char **text, int64_t *seconds)
{
    static const char *const colons[] = {":", "：", NULL};
    int64_t part[3] = {0};
    for (int i = 0; i < 3; i++) {
        if (!take_digits(text, 2, &part[i]) || (i < 2 && !take_separator(text, colons)))
            break;
    }
    if (**text == '.') {
        int64_t fraction;
        (*text)++;
        (void)take_digits(text, 12, &fraction);
    }
    *seconds = part[0] * 3600 + part[1] * 60 + part[2];
    return part[0] < 25 && part[1] < 60 && part[2] < 61;
}

/* "+08:00", "-0500", "Z", nothing -> seconds east of UTC. */
static int64_t take_zone(const char **text)
{
    char sign = **text;
    int64_t hours = 0, minutes = 0;
    if (sign != '+' && sign != '-')
        return 0;
    (*text)++;
    (void)take_digits(text, 2, &hours);
    if (**text == ':')
        (*text)++;
    (void)take_digits(text, 2, &minutes);
    return (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

static bool take_date(const char **text, int64_t *days)
{
    static const char *const separators[] = {"-", "/", ".", "年", "月", NULL};
    int64_t year, month, day;
    if (!take_digits(text, 4, &year) || !take_separator(text, separators) || !take_digits(text, 2, &month) ||
        !take_separator(text, separators) || !take_digits(text, 2, &day))
        return false;
    *days = days_from_civil(year, month, day);
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

bool date_parse(const char *text, int64_t *seconds)
{
    static const char *const between[] = {"日", "T", "t", " ", NULL};
    int64_t number, days, time;
    const char *digits = text;
    if (take_digits(&digits, 18, &number) && (*digits == '\0' || (*digits == '.' && digits - text > 4))) {
        *seconds = number >= 100000000000 ? number / 1000 : number;
        return true;
    }
    if (!take_date(&text, &days))
        return false;
    while (take_separator(&text, between))
        ;
    if (!take_time(&text, &time))
        return false;
    *seconds = days * 86400 + time - take_zone(&text);
    return true;
}
