/* The numbers of a report one by one, for machines. */
#ifndef DEDUP_REPORT_MEASURES_H
#define DEDUP_REPORT_MEASURES_H

#include "dedup/run.h"

/* Appends every number as a line `measure,label,detail,value` behind a line with these names; RFC 4180 with line feeds.
 * Errors: MEMORY, LIMIT. */
DEDUP_NODISCARD dedup_status report_csv(const dedup_summary *summary, const char *version, dedup_buffer *out,
                                        dedup_error *error);
/* Appends every number as a gauge of Prometheus (text format 0.0.4), its help and type before the first of a family.
 * Errors: MEMORY, LIMIT. */
DEDUP_NODISCARD dedup_status report_prom(const dedup_summary *summary, const char *version, dedup_buffer *out,
                                         dedup_error *error);

#endif
