/* The last word over rule cuts: rules that would take more than a fifth of the prose have misunderstood the document.
 */
#include "base/failure.h"
#include "clean/worker.h"

enum {
    PROSE_SHARE = 5,  /* rules may take one in so many bytes of prose */
    NOTICE_TIMES = 2, /* notices between the prose may be so many times as long as it */
    NOTICE_LINES = 3, /* and so many of them may be all the prose there is */
};

/* Cuts that the governor may take back: those of rules, but for repairs and structure, and lines that equal a form. */
static bool is_revocable(const struct clean_worker *worker, const struct text_document *document,
                         const struct text_cut *cut)
{
    if (cut->reason < CUT_RULE)
        return false;
    const struct rule *rule = &worker->cleaner->rules.rules[cut->reason - CUT_RULE];
    if (rule->kind != 'A')
        return rule->kind != 'S' || cut->reason - CUT_RULE >= RULE_MENU;
    for (size_t i = document_line_at(document, cut->begin);
         i < document->line_count && document->lines[i].begin < cut->end; i++) {
        size_t form;
        if (document->lines[i].key_count != 0 && !match_form(worker, document, i, CLASS_A, &form))
            return true;
    }
    return false;
}

/* Lines from the first to the last prose line that no cut takes as a whole, and the bytes of prose among them. */
struct body {
    size_t begin, end;
    uint64_t bytes;
};

static struct body find_body(const struct text_document *document)
{
    struct body body = {document->line_count, 0, 0};
    for (size_t i = 0; i < document->line_count; i++)
        if (line_live(document, i) && document->lines[i].flags & LINE_PROSE) {
            body.begin = body.begin < i ? body.begin : i;
            body.end = i + 1;
            body.bytes += line_length(document, i);
        }
    return body;
}

/* Whether there is prose in what a cut takes. */
static bool takes_prose(const struct text_document *document, const struct text_cut *cut)
{
    for (size_t i = document_line_at(document, cut->begin);
         i < document->line_count && document->lines[i].begin < cut->end; i++)
        if (document->lines[i].flags & LINE_PROSE)
            return true;
    return false;
}

/* Prose that revocable cuts take, in bytes. Notices of the built-in packs read like prose and are none, so they are
 * judged apart, and above and below the body they do not count at all: a short item may have more of them than text. */
struct loss {
    uint64_t prose, notices;
    size_t notice_lines;
};

static void add_loss(const struct clean_worker *worker, const struct text_document *document, const struct body *body,
                     const struct text_cut *cut, struct loss *loss)
{
    const struct rule *rule = &worker->cleaner->rules.rules[cut->reason - CUT_RULE];
    bool learned = cut->reason >= CUT_RULE + RULE_LEARNED_LINE && cut->reason <= CUT_RULE + RULE_LEARNED_FIELD;
    bool thread = cut->reason == CUT_RULE + RULE_COMMENTS;
    bool notice = learned || thread || ((rule->kind == 'A' || rule->kind == 'F') && rule->built_in);
    for (size_t i = document_line_at(document, cut->begin);
         i < document->line_count && document->lines[i].begin < cut->end; i++) {
        const struct text_line *line = &document->lines[i];
        uint32_t begin = cut->begin > line->begin ? cut->begin : line->begin;
        uint32_t end = cut->end < line->end ? cut->end : line->end;
        if (!(line->flags & LINE_PROSE) || begin >= end)
            continue;
        bool inside = i >= body->begin && i < body->end;
        loss->prose += notice ? 0 : end - begin;
        loss->notices += notice && inside ? end - begin : 0;
        loss->notice_lines += notice;
    }
}

static bool is_too_much(const struct loss *loss, const struct body *body)
{
    if (loss->prose * PROSE_SHARE > loss->prose + body->bytes)
        return true;
    return body->bytes == 0 ? loss->notice_lines > NOTICE_LINES : loss->notices > NOTICE_TIMES * body->bytes;
}

bool govern(const struct clean_worker *worker, struct text_document *document)
{
    struct loss loss = {0};
    bool prose = false;
    for (size_t i = 0; i < document->cut_count && !prose; i++)
        prose = takes_prose(document, &document->cuts[i]);
    if (!prose)
        return false;
    struct body body = find_body(document);
    for (size_t i = 0; i < document->cut_count; i++)
        if (is_revocable(worker, document, &document->cuts[i]))
            add_loss(worker, document, &body, &document->cuts[i], &loss);
    if (!is_too_much(&loss, &body))
        return false;
    size_t kept = 0;
    for (size_t i = 0; i < document->cut_count; i++)
        if (!is_revocable(worker, document, &document->cuts[i]))
            document->cuts[kept++] = document->cuts[i];
    document->cut_count = kept;
    return true;
}
