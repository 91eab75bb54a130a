#include "pipeline/render.h"

#include "base/failure.h"

/* Makes worker->document hold the text and cuts of a document, with lines when somebody asks for line numbers. */
static dedup_status restore_cuts(struct worker *worker, const struct leaving *leaving, bool lines, dedup_error *error)
{
    const struct job *job = worker->job;
    const struct document_record *record = &job->records[leaving->document];
    struct text_document *document = &worker->document;
    if (lines)
        TRY(document_set(document, leaving->source->text, leaving->source->text_length, error));
    else
        document_borrow(document, leaving->source->text, leaving->source->text_length);
    if (record->cut_count == 0)
        return DEDUP_OK;
    return cuts_unpack(job->cuts.bytes.data + record->cuts, record->cut_count, document, error);
}

/* Cuts the paragraphs that other documents keep. kept_line of such a cut is the unit that stays. */
static dedup_status cut_corpus_paragraphs(struct worker *worker, uint32_t document_number, uint32_t *count,
                                          dedup_error *error)
{
    const struct job *job = worker->job;
    struct text_document *document = &worker->document;
    uint32_t unit, end;
    *count = 0;
    for (job_units(job, document_number, &unit, &end); unit < end; unit++) {
        const struct match_verdict *verdict = &job->paragraph_verdicts[unit];
        if (verdict->method == MATCH_KEPT)
            continue;
        const struct paragraph_record *paragraph = &job->paragraphs[unit];
        struct text_cut cut = {.begin = document->lines[paragraph->first].begin,
                               .end = document->lines[paragraph->last].next,
                               .reason = CUT_CORPUS,
                               .kept_line = verdict->keeper,
                               .similarity = verdict->similarity};
        TRY(document_cut(document, &cut, error));
        for (uint32_t line = paragraph->first; line <= paragraph->last; line++)
            document->lines[line].flags |= LINE_REMOVED;
        ++*count;
    }
    if (*count != 0) {
        document_settle(document);
        if (job->cleaner)
            TRY(document_collapse_blanks(document, error));
    }
    return DEDUP_OK;
}

/* True when a cut of the document is a repeat inside it, whose line number will be listed. */
static bool has_repeats(const struct text_document *document)
{
    for (size_t i = 0; i < document->cut_count; i++)
        if (document->cuts[i].reason == CUT_BLOCK || document->cuts[i].reason == CUT_PARAGRAPH)
            return true;
    return false;
}

/* Makes worker->document hold the text and all cuts of a document, and its lines if they are needed. */
static dedup_status prepare(struct worker *worker, const struct leaving *leaving, uint32_t *dropped_units,
                            dedup_error *error)
{
    const struct job *job = worker->job;
    uint32_t unit, end, corpus = 0;
    for (job_units(job, leaving->document, &unit, &end); unit < end; unit++)
        corpus += job->paragraph_verdicts[unit].method != MATCH_KEPT;
    *dropped_units = 0;
    bool cut_units = corpus != 0 && job->options->paragraphs == DEDUP_PARAGRAPHS_CORPUS;
    TRY(restore_cuts(worker, leaving, cut_units, error));
    if (!cut_units && has_repeats(&worker->document))
        TRY(restore_cuts(worker, leaving, true, error));
    return cut_units ? cut_corpus_paragraphs(worker, leaving->document, dropped_units, error) : DEDUP_OK;
}

/* Adds the repairs of a JSON text to its cuts: in the line, each is a stretch that U+FFFD takes the place of. */
static dedup_status cut_changes(struct worker *worker, const struct source *source, dedup_error *error)
{
    static const char replacement[] = "\xef\xbf\xbd";
    const uint32_t size = sizeof replacement - 1;
    struct text_document *document = &worker->document;
    uint32_t place = (uint32_t)document->replacements.length;
    TRY(dedup_buffer_append(&document->replacements, replacement, size, error));
    for (size_t i = 0; i < source->change_count; i++) {
        struct text_cut cut = {.begin = source->changes[i],
                               .end = source->changes[i] + size,
                               .reason = CUT_REPAIR,
                               .replacement = place,
                               .replacement_length = size};
        TRY(document_cut(document, &cut, error));
    }
    document_settle(document);
    return DEDUP_OK;
}

/* The line with the raw bytes of the cuts left out: what stays is byte for byte what it was. The cuts are mapped. */
static dedup_status splice_line(struct worker *worker, const struct source *source, dedup_buffer *out,
                                dedup_error *error)
{
    const struct text_document *document = &worker->document;
    if (source->change_count != 0) {
        TRY(cut_changes(worker, source, error));
        TRY(worker_map_cuts(worker, source, error));
    }
    struct json_style style = {0};
    if (document->replacements.length != 0)
        style = source_style(source);
    size_t at = 0;
    const uint32_t *places = worker->line_places;
    for (size_t i = 0; i < document->cut_count; i++) {
        const struct text_cut *cut = &document->cuts[i];
        TRY(dedup_buffer_append(out, source->line + at, places[2 * i] - at, error));
        if (cut->replacement_length != 0)
            TRY(json_escape_like(style, document->replacements.data + cut->replacement, cut->replacement_length, out,
                                 error));
        at = places[2 * i + 1];
    }
    return dedup_buffer_append(out, source->line + at, source->line_length - at, error);
}

dedup_status render_kept(struct worker *worker, const struct leaving *leaving, dedup_buffer *out,
                         struct account *account, dedup_error *error)
{
    const struct document_record *record = &worker->job->records[leaving->document];
    const struct source *source = leaving->source;
    uint32_t dropped_units;
    TRY(prepare(worker, leaving, &dropped_units, error));
    TRY(worker_map_cuts(worker, source, error));
    TRY(account_duplicates(worker, leaving, true, account, error));
    TRY(account_cuts(worker, leaving, account, error));
    account->out.paragraphs += record->kept_paragraphs - dropped_units;
    if (!source->json)
        return document_kept_text(&worker->document, out, error);
    return splice_line(worker, source, out, error);
}

dedup_status render_text(struct worker *worker, const struct leaving *leaving, dedup_buffer *out, dedup_error *error)
{
    dedup_buffer_clear(out);
    TRY(restore_cuts(worker, leaving, false, error));
    return document_kept_text(&worker->document, out, error);
}
