/* A report.json that may be anything is refused or read, and what was read can be shown in every form. */
#include <stdlib.h>

#include "pipeline/report_read.h"
#include "report/measures.h"

#define CHECK(condition) ((condition) ? (void)0 : abort())

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stored_report report;
    dedup_buffer out;
    dedup_buffer_init(&out, SIZE_MAX);
    const char *text = size != 0 ? (const char *)data : "";
    if (stored_report_parse(text, size, &report, NULL) == DEDUP_OK) {
        CHECK(report_csv(&report.summary, report.version, &out, NULL) == DEDUP_OK);
        CHECK(report_prom(&report.summary, report.version, &out, NULL) == DEDUP_OK);
        CHECK(dedup_summary_text(&report.options, &report.summary, true, &out, NULL) == DEDUP_OK);
    }
    stored_report_release(&report);
    dedup_buffer_release(&out);
    return 0;
}
