/* report.html: the head of the page, the worst cases, and the order of everything. */
#include "report/html.h"

#include <time.h>

#include "base/failure.h"

static void put_fact(struct page *page, const char *fragment, uint64_t in, uint64_t out)
{
    PAGE_PUT(page, fragment, page_count("in", in), page_count("out", out),
             page_share("share", in > out ? in - out : 0, in));
}

static void put_head(struct page *page, const dedup_summary *summary)
{
    uint64_t in = summary->in.characters, copy = summary->duplicate_characters,
             notice = summary->boilerplate_characters, gone = copy + notice;
    PAGE_PUT(page, "open", page_share("removed-share", gone, in), page_count("in", summary->in.documents),
             page_count("out", summary->out.documents), page_share("copy-share", copy, in),
             page_share("notice-share", notice, in), page_share("kept-share", in > gone ? in - gone : 0, in),
             page_share("not-notice-share", in > notice ? in - notice : 0, in),
             page_count("kept", in > gone ? in - gone : 0), page_count("copy", copy), page_count("notice", notice));
    put_fact(page, "fact-documents", summary->in.documents, summary->out.documents);
    put_fact(page, "fact-paragraphs", summary->in.paragraphs, summary->out.paragraphs);
    put_fact(page, "fact-characters", summary->in.characters, summary->out.characters);
    put_fact(page, "fact-bytes", summary->in.bytes, summary->out.bytes);
    page_put(page, "facts-close");
}

static void put_worst(struct page *page, const struct report_findings *findings)
{
    if (findings->pair_count == 0 && findings->shown_clusters == 0 && findings->loss_count == 0)
        return;
    page_put(page, "worst-open");
    if (findings->pair_count != 0) {
        const struct report_pair *pair = &findings->pairs[0];
        PAGE_PUT(page, "worst-pair", page_decimal("similarity", pair->similarity, 3),
                 page_text("dropped", pair->dropped.name), page_text("kept", pair->kept.name));
    }
    if (findings->shown_clusters != 0) {
        const struct report_cluster *cluster = &findings->clusters[0];
        PAGE_PUT(page, "worst-cluster", page_count("size", 1 + cluster->exact + cluster->near + cluster->contained),
                 page_text("kept", cluster->kept));
    }
    if (findings->loss_count != 0) {
        const struct report_loss *loss = &findings->losses[0];
        PAGE_PUT(page, "worst-loss", page_count("removed", loss->removed), page_text("name", loss->text.name),
                 page_share("share", loss->removed, loss->characters));
    }
    page_put(page, "worst-close");
}

/* What differs between equal runs: everything from the line <!-- run --> to <!-- /run -->. */
static void put_run(struct page *page, const struct report *report)
{
    const dedup_summary *summary = report->summary;
    const dedup_options *options = report->options;
    char date[64];
    time_t now = time(NULL);
    struct tm when = {0};
    if (!gmtime_r(&now, &when) || strftime(date, sizeof date, "%Y-%m-%d %H:%M UTC", &when) == 0)
        date[0] = '\0';
    double seconds = summary->wall_seconds > 1e-6 ? summary->wall_seconds : 1e-6;
    PAGE_PUT(page, "run", page_text("date", date), page_decimal("wall", summary->wall_seconds, 2),
             page_decimal("speed", (double)summary->in.bytes / 1e6 / seconds, 1),
             page_count("threads", summary->threads), page_decimal("cpu", summary->cpu_seconds, 2),
             page_text("input", options->input ? options->input : ""),
             page_text("output", options->output ? options->output : ""));
}

dedup_status report_html(const struct report *report, const struct report_findings *findings, dedup_buffer *out,
                         dedup_error *error)
{
    struct page page;
    page_init(&page, report_page, out, error);
    put_head(&page, report->summary);
    put_worst(&page, findings);
    html_duplicates(&page, report, findings);
    html_boilerplate(&page, report, findings);
    html_losses(&page, findings);
    html_sources(&page, findings);
    html_files(&page, report);
    html_options(&page, report->options);
    if (!report->reproducible)
        put_run(&page, report);
    page_put(&page, "close");
    return page.status;
}
