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
    if (rule->kind != 'A')
        return rule->kind != 'S' || rule - worker->cleaner->rules.rules == RULE_SHORT;
    for (size_t i = line_at(document, cut->begin); i < document->line_count && document->lines[i].begin < cut->end;
         i++) {
        const struct text_line *line = &document->lines[i];
        size_t form;
        if (line->key_count != 0 && !match_form(worker, document->key.points + line->key, line->key_count, "A", &form))
            return true;
    }
    return false;
}

/* Lines from the first to the last prose line that no cut takes as a whole; empty when there is none. */
struct body {
    size_t begin, end;
};

static struct body find_body(const struct text_document *document)
{
    struct body body = {document->line_count, 0};
    for (size_t i = 0; i < document->line_count; i++)
        if (line_live(document, i) && document->lines[i].flags & LINE_PROSE) {
            body.begin = body.begin < i ? body.begin : i;
            body.end = i + 1;
        }
    return body;
}

/* Bytes of prose lines that a cut takes. Notices above and below the body do not count: they read like prose, and a
 * short item may have more of them than text of its own. */
static uint64_t prose_lost(const struct clean_worker *worker, const struct text_document *document,
                           const struct body *body, const struct text_cut *cut)
{
    bool notice = worker->cleaner->rules.rules[cut->reason - CUT_RULE].kind == 'A' && body->end != 0;
    uint64_t lost = 0;
    for (size_t i = line_at(document, cut->begin); i < document->line_count && document->lines[i].begin < cut->end;
         i++) {
        const struct text_line *line = &document->lines[i];
        uint32_t begin = cut->begin > line->begin ? cut->begin : line->begin;
        uint32_t end = cut->end < line->end ? cut->end : line->end;
        bool counts = line->flags & LINE_PROSE && begin < end && !(notice && (i < body->begin || i >= body->end));
        lost += counts ? end - begin : 0;
    }
    return lost;
}

/* Bytes of prose lines that stay. */
static uint64_t prose_left(const struct text_document *document)
{
    uint64_t left = 0;
    for (size_t i = 0; i < document->line_count; i++)
        if (line_live(document, i) && document->lines[i].flags & LINE_PROSE)
            left += line_length(document, i);
    return left;
}

bool govern(const struct clean_worker *worker, struct text_document *document)
{
    uint64_t lost = 0;
    struct body body = find_body(document);
    for (size_t i = 0; i < document->cut_count; i++)
        if (is_revocable(worker, document, &document->cuts[i]))
            lost += prose_lost(worker, document, &body, &document->cuts[i]);
    if (lost == 0 || lost * PROSE_SHARE <= lost + prose_left(document))
        return false;
    size_t kept = 0;
    for (size_t i = 0; i < document->cut_count; i++)
        if (!is_revocable(worker, document, &document->cuts[i]))
            document->cuts[kept++] = document->cuts[i];
    document->cut_count = kept;
    return true;
}
