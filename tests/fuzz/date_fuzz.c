/* Any string as a date: what is read lies in bounds, and written as ISO 8601 it is read as the same second. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pipeline/date.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1), again[64];
    int64_t seconds, same;
    require(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    if (date_parse(text, &seconds)) {
        require(seconds > -100000000000 && seconds < 1000000000000000);
        time_t time = (time_t)seconds;
        struct tm parts;
        require(gmtime_r(&time, &parts) != NULL);
        if (parts.tm_year >= -1900 + 1000 && parts.tm_year < -1900 + 10000) {
            require(strftime(again, sizeof again, "%Y-%m-%dT%H:%M:%S+00:00", &parts) != 0);
            require(date_parse(again, &same) && same == seconds);
        }
    }
    free(text);
    return 0;
}
