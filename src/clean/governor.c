/* The last word over rule cuts: rules that would take more than a fifth of the prose have misunderstood the document.
 */
#include "base/failure.h"
#include "clean/worker.h"

enum { PROSE_SHARE = 5 };

/* The line that holds byte `offset` of the text. */
static size_t line_at(const struct text_document *document, uint32_t offset)
{
    size_t low = 0, high = document->line_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (document->lines[middle].begin <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Cuts that the governor may take back: those of rules, but for repairs and structure, and lines that equal a form. */
static bool is_revocable(const struct clean_worker *worker, const struct text_document *document,
                         const struct text_cut *cut)
{
    if (cut->reason < CUT_RULE)
        return false;
    const struct rule *rule = &worker->cleaner->rules.rules[cut->reason - CUT_RULE];
    if (rule->kind == 'S')
        return rule - worker->cleaner->rules.rules == RULE_SHORT;
    if (rule->kind != 'A')
        return true;
    const struct text_line *line = &document->lines[line_at(document, cut->begin)];
    size_t form;
    return !match_form(worker, document->key.points + line->key, line->key_count, "A", &form);
}

/* Bytes of prose that a revocable cut takes: a line of prose as a whole, or the part that is cut. */
static uint64_t prose_lost(const struct text_document *document, const struct text_cut *cut)
{
    const struct text_line *line = &document->lines[line_at(document, cut->begin)];
    return line->flags & LINE_PROSE ? cut->end - cut->begin : 0;
}

/* Bytes of prose lines that stay or that a revocable cut takes. */
static uint64_t prose_total(const struct text_document *document, uint64_t lost)
{
    uint64_t total = lost;
    for (size_t i = 0; i < document->line_count; i++)
        if (line_live(document, i) && (document->lines[i].flags & LINE_PROSE))
            total += line_length(document, i);
    return total;
}

dedup_status govern(struct clean_worker *worker, struct text_document *document, bool *restored, dedup_error *error)
{
    uint64_t lost = 0;
    (void)error;
    for (size_t i = 0; i < document->cut_count; i++)
        if (is_revocable(worker, document, &document->cuts[i]))
            lost += prose_lost(document, &document->cuts[i]);
    if (lost == 0 || lost * PROSE_SHARE <= prose_total(document, lost))
        return DEDUP_OK;
    size_t kept = 0;
    for (size_t i = 0; i < document->cut_count; i++)
        if (!is_revocable(worker, document, &document->cuts[i]))
            document->cuts[kept++] = document->cuts[i];
    document->cut_count = kept;
    *restored = true;
    return DEDUP_OK;
}
