/* The report of a finished run, again and in other forms. */
#ifndef DEDUP_REPORT_H
#define DEDUP_REPORT_H

#include <stdbool.h>

#include "dedup/buffer.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum dedup_report_format {
    DEDUP_REPORT_TEXT = 0, /* the summary that a run prints */
    DEDUP_REPORT_JSON,     /* OUTPUT/.dedup/report.json as it is */
    DEDUP_REPORT_CSV,      /* the numbers, one a line: measure,label,detail,value (RFC 4180) */
    DEDUP_REPORT_HTML,     /* OUTPUT/.dedup/report.html as it is */
    DEDUP_REPORT_PROM      /* the numbers as gauges in the text format of Prometheus, 0.0.4 */
} dedup_report_format;

/* Appends the report of the run whose output is below `output`. `color`: the summary has ANSI colours. Errors: READ
 * (not the output of a finished run), FORMAT (a report that no run wrote), MEMORY, LIMIT. */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_report_read(const char *output, dedup_report_format format, bool color,
                                                         dedup_buffer *out, dedup_error *error);

#ifdef __cplusplus
}
#endif
#endif
