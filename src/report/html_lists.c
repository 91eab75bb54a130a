/* The parts that are lists: boilerplate, documents that lost most, sources, files, options. */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "dedup/version.h"
#include "report/html.h"

enum {
    RULES_SHOWN = 24,
    FILES_SHOWN = 100,
    ENCODINGS_SHOWN = 16,
    EXCERPT = 60,
    REMOVED_SHOWN = 1200,
    MARKS_SHOWN = 60
};

static double percent(uint64_t part, uint64_t whole)
{
    return whole == 0 ? 0 : 100.0 * (double)part / (double)whole;
}

static void put_rules(struct page *page, const dedup_summary *summary)
{
    page_put(page, "rules-open");
    dedup_tally rest = {0};
    uint64_t most = summary->rule_count != 0 ? summary->rules[0].characters : 0;
    for (size_t i = 0; i < summary->rule_count; i++) {
        const dedup_tally *rule = &summary->rules[i];
        if (i < RULES_SHOWN)
            PAGE_PUT(page, "rule", page_text("name", rule->name), page_count("characters", rule->characters),
                     page_count("count", rule->count), page_decimal("bar", percent(rule->characters, most), 1));
        rest.count += i < RULES_SHOWN ? 0 : rule->count;
        rest.characters += i < RULES_SHOWN ? 0 : rule->characters;
    }
    if (summary->rule_count > RULES_SHOWN)
        PAGE_PUT(page, "rules-rest", page_count("name", summary->rule_count - RULES_SHOWN),
                 page_count("characters", rest.characters), page_count("count", rest.count));
    page_put(page, "table-close");
}

static void put_lines(struct page *page, const struct report_findings *findings)
{
    if (findings->line_count != 0) {
        page_put(page, "lines-open");
        for (size_t i = 0; i < findings->line_count; i++)
            PAGE_PUT(page, "line", page_count("count", findings->lines[i].count),
                     page_text("text", findings->lines[i].text), page_text("rule", findings->lines[i].rule));
        page_put(page, "table-close");
    }
    if (findings->learned_count != 0) {
        page_put(page, "learned-open");
        for (size_t i = 0; i < findings->learned_count; i++)
            PAGE_PUT(page, "learned", page_count("count", findings->learned[i].count),
                     page_text("text", findings->learned[i].text), page_text("source", findings->learned[i].source));
        page_put(page, "table-close");
    }
    if (findings->lines_least)
        page_put(page, "lines-least");
}

void html_boilerplate(struct page *page, const struct report *report, const struct report_findings *findings)
{
    const dedup_summary *summary = report->summary;
    PAGE_PUT(page, "boilerplate-open", page_share("share", summary->boilerplate_characters, summary->in.characters));
    if (summary->rule_count == 0)
        page_put(page, "none");
    else
        put_rules(page, summary);
    put_lines(page, findings);
    page_put(page, "section-close");
}

/* The first (or last) EXCERPT characters of text[begin, end). */
static size_t excerpt(const char *text, size_t begin, size_t end, bool back)
{
    size_t at = back ? end : begin;
    for (unsigned count = 0; count < EXCERPT && (back ? at > begin : at < end); count++)
        do
            at = back ? at - 1 : at + 1;
        while (at > begin && at < end && ((unsigned char)text[at] & 0xc0) == 0x80);
    return at;
}

/* Text that stays, between two removals: long text is left out. */
static void put_kept(struct page *page, const char *text, size_t begin, size_t end, bool first, bool last)
{
    size_t head = first ? begin : excerpt(text, begin, end, false), tail = last ? end : excerpt(text, begin, end, true);
    if (head + EXCERPT >= tail) {
        page_escape(page, text + begin, end - begin);
        return;
    }
    page_escape(page, text + begin, head - begin);
    PAGE_PUT(page, "loss-skip", page_count("count", utf8_count(text + head, tail - head)));
    page_escape(page, text + tail, end - tail);
}

static void put_removed(struct page *page, const char *text, const struct report_mark *mark)
{
    size_t end = mark->end;
    bool cut = end - mark->begin > REMOVED_SHOWN;
    if (cut)
        for (end = mark->begin + REMOVED_SHOWN; ((unsigned char)text[end] & 0xc0) == 0x80;)
            end--;
    while (end > mark->begin && (text[end - 1] == '\n' || text[end - 1] == '\r'))
        end--;
    page_put(page, mark->duplicate ? "loss-mark-copy" : "loss-mark-rule");
    page_escape(page, text + mark->begin, end - mark->begin);
    page_put(page, "loss-mark-close");
    if (cut)
        page_put(page, "elision");
    PAGE_PUT(page, mark->duplicate ? "loss-why-copy" : "loss-why", page_text("reason", mark->reason));
    page_escape(page, text + end, cut ? 0 : mark->end - end);
}

static bool is_visible(const char *text, const struct report_mark *mark)
{
    for (size_t i = mark->begin; i < mark->end; i++)
        if ((unsigned char)text[i] > ' ')
            return true;
    return false;
}

static void put_loss(struct page *page, size_t number, const struct report_loss *loss)
{
    const char *text = loss->text.text;
    size_t at = 0, shown = 0, more = 0;
    PAGE_PUT(page, "loss-open", page_count("number", number), page_share("share", loss->removed, loss->characters),
             page_text("name", loss->text.name), page_count("removed", loss->removed),
             page_count("characters", loss->characters));
    for (size_t i = 0; i < loss->mark_count; i++) {
        const struct report_mark *mark = &loss->marks[i];
        if (!is_visible(text, mark))
            continue;
        if (shown == MARKS_SHOWN) {
            more++;
            continue;
        }
        put_kept(page, text, at, mark->begin, shown == 0, false);
        put_removed(page, text, mark);
        at = mark->end;
        shown++;
    }
    if (more != 0)
        PAGE_PUT(page, "loss-more", page_count("count", more));
    else
        put_kept(page, text, at, loss->text.length, shown == 0, true);
    page_put(page, "loss-close");
}

void html_losses(struct page *page, const struct report_findings *findings)
{
    page_put(page, "losses-open");
    if (findings->loss_count == 0)
        page_put(page, "none");
    for (size_t i = 0; i < findings->loss_count; i++)
        put_loss(page, i, &findings->losses[i]);
    page_put(page, "section-close");
}

static void put_source(struct page *page, const struct report_source *source)
{
    uint64_t in = source->in.characters, out = source->out.characters;
    double kept = percent(out, in), notice = percent(source->boilerplate, in);
    PAGE_PUT(page, "source", page_text("name", source->name), page_count("documents-in", source->in.documents),
             page_count("documents-out", source->out.documents), page_count("paragraphs-in", source->in.paragraphs),
             page_count("paragraphs-out", source->out.paragraphs), page_count("characters-in", in),
             page_share("share", in > out ? in - out : 0, in), page_decimal("kept-bar", kept, 1),
             page_decimal("copy-bar", 100 - kept - notice, 1), page_decimal("notice-at", 100 - notice, 1),
             page_decimal("notice-bar", notice, 1));
}

void html_sources(struct page *page, const struct report_findings *findings)
{
    page_put(page, "sources-open");
    for (size_t i = 0; i < findings->source_count; i++)
        put_source(page, &findings->sources[i]);
    page_put(page, "sources-close");
    if (findings->more_sources != 0)
        PAGE_PUT(page, "more-sources", page_count("count", findings->more_sources));
    page_put(page, "section-close");
}

static void put_encodings(struct page *page, const dedup_summary *summary)
{
    if (summary->encoding_count == 0)
        return;
    page_put(page, "encodings-open");
    for (size_t i = 0; i < summary->encoding_count && i < ENCODINGS_SHOWN; i++) {
        const dedup_tally *encoding = &summary->encodings[i];
        PAGE_PUT(page, "encoding", page_text("name", encoding->name), page_count("count", encoding->count),
                 page_decimal("bar", percent(encoding->count, summary->encodings[0].count), 1));
    }
    page_put(page, "table-close");
}

static void put_file(struct page *page, const char *path, uint64_t number, const char *reason)
{
    char line[NUMBER_SIZE + 1] = "";
    if (number != 0) {
        line[0] = ':';
        (void)number_plain(number, line + 1);
    }
    PAGE_PUT(page, "file", page_text("name", path), page_text("line", line), page_text("reason", reason));
}

static void close_files(struct page *page, size_t count)
{
    page_put(page, "table-close");
    if (count > FILES_SHOWN)
        PAGE_PUT(page, "more-files", page_count("count", count - FILES_SHOWN));
}

void html_files(struct page *page, const struct report *report)
{
    const dedup_summary *summary = report->summary;
    PAGE_PUT(page, "files-open", page_count("files", summary->files), page_count("skipped", summary->files_skipped),
             page_count("problems", summary->problems), page_count("repairs", summary->repairs),
             page_count("restored", summary->restored));
    put_encodings(page, summary);
    if (report->problem_count != 0) {
        page_put(page, "problems-open");
        for (size_t i = 0; i < report->problem_count && i < FILES_SHOWN; i++)
            put_file(page, report->problems[i].path, report->problems[i].line, report->problems[i].message);
        close_files(page, report->problem_count);
    }
    if (report->skipped_count != 0) {
        page_put(page, "skipped-open");
        for (size_t i = 0; i < report->skipped_count && i < FILES_SHOWN; i++)
            put_file(page, report->skipped[i].path, 0, report->skipped[i].reason);
        close_files(page, report->skipped_count);
    }
    page_put(page, "section-close");
}

static void put_option(struct page *page, const char *name, const char *value)
{
    PAGE_PUT(page, "option", page_text("name", name), page_text("value", value ? value : "–"));
}

static void put_list(struct page *page, const char *name, const char *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_option(page, name, items[i]);
}

void html_options(struct page *page, const dedup_options *options)
{
    char threshold[NUMBER_SIZE], containment[NUMBER_SIZE], bands[64];
    (void)number_trimmed(options->threshold, 4, threshold);
    (void)number_trimmed(options->containment, 4, containment);
    (void)snprintf(bands, sizeof bands, "%ux%u", options->bands, options->rows);
    PAGE_PUT(page, "options-open", page_text("version", DEDUP_VERSION_TEXT));
    put_option(page, "clean", report_clean_name(options->clean));
    put_list(page, "rules", options->rule_files, options->rule_file_count);
    put_list(page, "no-rule", options->rules_off, options->rules_off_count);
    put_option(page, "documents", report_documents_name(options->documents));
    put_option(page, "paragraphs", report_paragraphs_name(options->paragraphs));
    put_option(page, "paragraph", report_paragraph_unit_name(options->paragraph));
    put_option(page, "threshold", threshold);
    put_option(page, "containment", options->containment <= 1 ? containment : "off");
    put_option(page, "keep", report_keep_name(options->keep));
    put_option(page, "bands", options->bands != 0 ? bands : "auto");
    put_option(page, "encoding", options->encoding ? options->encoding : "auto");
    put_option(page, "text-field", options->text_field);
    put_option(page, "id-field", options->id_field);
    put_option(page, "date-field", options->date_field);
    put_option(page, "source-field", options->source_field);
    put_option(page, "log", report_log_name(options->log));
    put_option(page, "follow", options->follow ? "on" : "off");
    page_put(page, "options-close");
}
