/* report.html and its parts. */
#ifndef DEDUP_REPORT_HTML_H
#define DEDUP_REPORT_HTML_H

#include "report/findings.h"
#include "report/page.h"
#include "report/report.h"

/* The template, compiled in from page/report.html. NUL-terminated. */
extern const char report_page[];

/* Parts of the page, in order. A failure stays in the page. */
void html_duplicates(struct page *page, const struct report *report, const struct report_findings *findings);
void html_pair(struct page *page, const struct report_pair *pair);
void html_boilerplate(struct page *page, const struct report *report, const struct report_findings *findings);
void html_losses(struct page *page, const struct report_findings *findings);
void html_sources(struct page *page, const struct report_findings *findings);
void html_files(struct page *page, const struct report *report);
void html_options(struct page *page, const dedup_options *options);

#endif
