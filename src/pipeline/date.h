/* Dates as scraped records write them. */
#ifndef DEDUP_PIPELINE_DATE_H
#define DEDUP_PIPELINE_DATE_H

#include <stdbool.h>
#include <stdint.h>

/* Seconds since 1970-01-01 UTC of `text`: ISO 8601 and its looser kin (2024-05-01, 2024/5/1 08:30,
 * 2024-05-01T08:30:00+08:00, 2024年5月1日 8:30), or a number of seconds or, from 10^11 on, milliseconds. Without a zone
 * UTC is assumed. False when it is none of these. */
bool date_parse(const char *text, int64_t *seconds);

#endif
