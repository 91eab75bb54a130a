/* The part about duplicates: by kind, histograms, the least similar pairs and the largest groups. */
#include <math.h>
#include <string.h>

#include "report/html.h"

enum { CHART_WIDTH = 480, CHART_FLOOR = 160, CHART_HEIGHT = 136, CHART_GAP = 2, CHART_BARS = 34 };

static void put_kind(struct page *page, const char *fragment, const uint64_t counts[3], bool removed)
{
    PAGE_PUT(page, fragment, page_count("found", counts[0] + counts[1] + counts[2]), page_count("exact", counts[0]),
             page_count("near", counts[1]), page_count("contained", counts[2]));
    page_put(page, removed ? "kind-removed" : "kind-listed");
}

static void put_kinds(struct page *page, const struct report *report)
{
    const dedup_summary *summary = report->summary;
    const dedup_options *options = report->options;
    bool inside = options->paragraphs == DEDUP_PARAGRAPHS_DOCUMENT || options->paragraphs == DEDUP_PARAGRAPHS_CORPUS;
    put_kind(page, "kind-documents", (uint64_t[]){summary->exact, summary->near, summary->contained},
             options->documents == DEDUP_DOCUMENTS_REMOVE);
    put_kind(page, "kind-blocks", (uint64_t[]){summary->block_repeats, 0, 0}, inside);
    put_kind(page, "kind-paragraphs",
             (uint64_t[]){summary->paragraph_repeats_exact, summary->paragraph_repeats_near, 0}, inside);
    put_kind(page, "kind-corpus", (uint64_t[]){summary->paragraph_exact, summary->paragraph_near, 0},
             options->paragraphs == DEDUP_PARAGRAPHS_CORPUS);
    page_put(page, "kinds-close");
}

/* Bars of a histogram; each may be two colours high. */
struct chart {
    uint64_t lower[CHART_BARS], upper[CHART_BARS];
    char labels[CHART_BARS][24];
    bool shown[CHART_BARS]; /* the label stands below the axis */
    size_t count;
    bool counts; /* numbers stand above the bars */
};

static void put_bar(struct page *page, const struct chart *chart, size_t index, double scale)
{
    double slot = (double)CHART_WIDTH / (double)chart->count, x = slot * (double)index,
           lower = (double)chart->lower[index] * scale, upper = (double)chart->upper[index] * scale;
    lower = chart->lower[index] != 0 && lower < 1.5 ? 1.5 : lower;
    upper = chart->upper[index] != 0 && upper < 1.5 ? 1.5 : upper;
    double width = slot > 12 ? slot - CHART_GAP : slot * 0.8;
    struct page_value left = page_decimal("x", x, 1), wide = page_decimal("width", width, 1),
                      label = page_text("label", chart->labels[index]);
    if (chart->lower[index] != 0)
        PAGE_PUT(page, "chart-bar", page_text("class", "fill-copy"), left, wide, label,
                 page_decimal("y", CHART_FLOOR - lower, 1), page_decimal("height", lower, 1),
                 page_count("count", chart->lower[index]));
    if (chart->upper[index] != 0)
        PAGE_PUT(page, "chart-bar", page_text("class", "fill-kept"), left, wide, label,
                 page_decimal("y", CHART_FLOOR - lower - upper, 1), page_decimal("height", upper, 1),
                 page_count("count", chart->upper[index]));
    if (chart->counts && chart->lower[index] != 0)
        PAGE_PUT(page, "chart-count", page_decimal("x", x + width / 2, 1),
                 page_decimal("y", CHART_FLOOR - lower - upper - 6, 1), page_count("count", chart->lower[index]));
    if (chart->shown[index])
        PAGE_PUT(page, "chart-label", page_decimal("x", chart->counts ? x + width / 2 : x, 1),
                 page_text("anchor", chart->counts ? "middle"
                                     : index == 0  ? "start"
                                                   : "middle"),
                 label);
}

static void put_chart(struct page *page, const struct chart *chart)
{
    uint64_t most = 1;
    for (size_t i = 0; i < chart->count; i++)
        most = chart->lower[i] + chart->upper[i] > most ? chart->lower[i] + chart->upper[i] : most;
    page_put(page, "chart-open");
    for (size_t i = 0; i < chart->count; i++)
        put_bar(page, chart, i, (double)CHART_HEIGHT / (double)most);
    page_put(page, "chart-close");
}

/* From the lowest similarity that occurs (or the threshold) to 1, at most CHART_BARS bars. */
static void put_similarities(struct page *page, const struct report *report, const struct report_findings *findings)
{
    struct chart chart = {.counts = false};
    double threshold = report->options->threshold;
    size_t first = (size_t)(threshold > 0 && threshold < 1 ? threshold * 100 : 99);
    for (size_t i = 0; i < first; i++)
        if (findings->near[i] != 0 || findings->contained[i] != 0)
            first = i;
    size_t step = (FINDINGS_SIMILARITIES - 1 - first) / CHART_BARS + 1;
    first -= first % (step > 1 ? 5 : 1);
    step = (FINDINGS_SIMILARITIES - 1 - first) / CHART_BARS + 1;
    for (size_t i = first; i < FINDINGS_SIMILARITIES; i++) {
        size_t bar = (i - first) / step;
        if (bar >= CHART_BARS)
            bar = CHART_BARS - 1;
        chart.count = bar + 1;
        chart.lower[bar] += findings->near[i];
        chart.upper[bar] += findings->contained[i];
        if ((i - first) % step == 0) {
            (void)number_fixed((double)i / 100, 2, chart.labels[bar]);
            chart.shown[bar] = i % (5 * step) == 0;
        }
    }
    PAGE_PUT(page, "chart-similarity", page_count("exact", report->summary->exact));
    put_chart(page, &chart);
}

/* Writes "3–4". */
static void size_label(size_t power, char *out)
{
    uint64_t low = (UINT64_C(1) << power) + 1, high = UINT64_C(1) << (power + 1);
    size_t length = number_grouped(low, out);
    if (high == low)
        return;
    memcpy(out + length, "–", sizeof "–" - 1);
    (void)number_grouped(high, out + length + sizeof "–" - 1);
}

static void put_sizes(struct page *page, const struct report_findings *findings)
{
    enum { SIZES_SHOWN = 10 };
    struct chart chart = {.counts = true, .count = 6};
    for (size_t i = 0; i < FINDINGS_SIZES; i++) {
        size_t bar = i < SIZES_SHOWN ? i : SIZES_SHOWN - 1;
        chart.lower[bar] += findings->sizes[i];
        if (findings->sizes[i] != 0 && bar >= chart.count)
            chart.count = bar + 1;
    }
    for (size_t i = 0; i < chart.count; i++) {
        char label[2 * NUMBER_SIZE];
        size_label(i, label);
        if (i == SIZES_SHOWN - 1)
            memcpy(label, "513+", 5);
        memcpy(chart.labels[i], label, strlen(label) + 1);
        chart.shown[i] = true;
    }
    PAGE_PUT(page, "chart-sizes", page_count("clusters", findings->cluster_count));
    put_chart(page, &chart);
}

static void put_pairs(struct page *page, const struct report_findings *findings)
{
    page_put(page, "pairs-open");
    if (findings->pair_count == 0)
        page_put(page, "none");
    for (size_t i = 0; i < findings->pair_count; i++) {
        const struct report_pair *pair = &findings->pairs[i];
        PAGE_PUT(page, "pair-open", page_count("number", i), page_text("open", i == 0 ? " open" : ""),
                 page_decimal("similarity", pair->similarity, 3), page_text("dropped", pair->dropped.name));
        page_put(page, strcmp(pair->method, "contained") == 0 ? "pair-contained" : "pair-near");
        PAGE_PUT(page, "pair-kept", page_text("kept", pair->kept.name));
        html_pair(page, pair);
        page_put(page, "details-close");
    }
}

static void put_clusters(struct page *page, const struct report_findings *findings)
{
    page_put(page, "clusters-open");
    if (findings->shown_clusters == 0)
        page_put(page, "none");
    for (size_t i = 0; i < findings->shown_clusters; i++) {
        const struct report_cluster *cluster = &findings->clusters[i];
        PAGE_PUT(page, "cluster-open", page_count("number", i),
                 page_count("size", 1 + cluster->exact + cluster->near + cluster->contained),
                 page_text("kept", cluster->kept), page_count("exact", cluster->exact),
                 page_count("near", cluster->near), page_count("contained", cluster->contained));
        for (size_t j = 0; j < cluster->pair_count; j++)
            html_pair(page, &cluster->pairs[j]);
        page_put(page, "details-close");
    }
    if (findings->cluster_count > findings->shown_clusters)
        PAGE_PUT(page, "more-clusters", page_count("count", findings->cluster_count - findings->shown_clusters));
}

void html_duplicates(struct page *page, const struct report *report, const struct report_findings *findings)
{
    page_put(page, "duplicates-open");
    put_kinds(page, report);
    if (findings->cluster_count != 0) {
        page_put(page, "charts-open");
        put_similarities(page, report, findings);
        put_sizes(page, findings);
        page_put(page, "charts-close");
    }
    put_pairs(page, findings);
    put_clusters(page, findings);
    page_put(page, "section-close");
}
