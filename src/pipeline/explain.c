/* dedup_cleaner_explain: what became of every line of a text. */
#include "base/failure.h"
#include "base/utf8.h"
#include "pipeline/clean_text.h"
#include "text/encoding.h"

enum { REASONS = 8 }; /* named for one line */

struct explanation {
    const dedup_cleaner *cleaner;
    struct text_document document;
    struct text_outcome outcome;
    struct clean_worker *worker; /* for rules that came near */
    dedup_buffer rules, kept;    /* of the line in work */
    uint32_t reasons[REASONS];   /* those that `rules` names */
    size_t reason_count;
    dedup_line_callback *callback;
    void *context;
};

/* Adds the name of a reason that was not named yet. */
static dedup_status add_rule(struct explanation *explanation, uint32_t reason, dedup_error *error)
{
    size_t i = 0;
    while (i < explanation->reason_count && explanation->reasons[i] != reason)
        i++;
    if (i < explanation->reason_count || i == REASONS)
        return DEDUP_OK;
    explanation->reasons[explanation->reason_count++] = reason;
    return dedup_buffer_printf(&explanation->rules, error, "%s%s", i > 0 ? ", " : "",
                               cleaner_reason_name(explanation->cleaner, reason));
}

/* Sets `rules` and `kept` for a line; *cut moves on to the first cut that ends behind it. */
static dedup_status cut_line_text(struct explanation *explanation, const struct text_line *line, size_t *cut,
                                  dedup_error *error)
{
    const struct text_document *document = &explanation->document;
    uint32_t done = line->begin;
    dedup_buffer_clear(&explanation->rules);
    dedup_buffer_clear(&explanation->kept);
    explanation->reason_count = 0;
    while (*cut < document->cut_count && document->cuts[*cut].begin < line->next) {
        const struct text_cut *here = &document->cuts[*cut];
        TRY(add_rule(explanation, here->reason, error));
        if (here->begin >= line->begin) {
            uint32_t begin = here->begin < line->end ? here->begin : line->end;
            if (begin > done)
                TRY(dedup_buffer_append(&explanation->kept, document->text + done, begin - done, error));
            if (here->replacement_length != 0)
                TRY(dedup_buffer_append(&explanation->kept, document->replacements.data + here->replacement,
                                        here->replacement_length, error));
        }
        done = here->end > done ? here->end : done;
        if (here->end > line->next)
            break;
        ++*cut;
    }
    if (done < line->end)
        return dedup_buffer_append(&explanation->kept, document->text + done, line->end - done, error);
    return DEDUP_OK;
}

static dedup_status explain_line(struct explanation *explanation, size_t index, size_t *cut, dedup_error *error)
{
    const struct text_document *document = &explanation->document;
    const struct text_line *line = &document->lines[index];
    TRY(cut_line_text(explanation, line, cut, error));
    bool touched = explanation->rules.length != 0;
    struct near_rule near_by = {0};
    if (!touched)
        TRY(clean_near_rule(explanation->worker, document, index, explanation->outcome.restored, &near_by, error));
    dedup_line told = {
        .number = index + 1,
        .text = document->text + line->begin,
        .length = line->end - line->begin,
        .kept = explanation->kept.data ? explanation->kept.data : "",
        .kept_length = explanation->kept.length,
        .rules = touched ? explanation->rules.data : "",
        .removed = (line->flags & LINE_REMOVED) != 0,
        .obstacle = near_by.obstacle,
    };
    if (near_by.obstacle != DEDUP_OBSTACLE_NONE)
        dedup_cleaner_rule(explanation->cleaner, near_by.rule, &told.near_by);
    explanation->callback(explanation->context, &told);
    return DEDUP_OK;
}

static dedup_status explain_all(struct explanation *explanation, const char *text, size_t length, dedup_error *error)
{
    static const struct text_cleaning how = {PARAGRAPH_AUTO, REPEATS_CUT, NULL};
    struct text_document *document = &explanation->document;
    struct text_cleaner *cleaner;
    TRY(text_cleaner_create(explanation->cleaner, 0.8, &cleaner, error));
    dedup_status status = document_set(document, text, (uint32_t)length, error);
    if (status == DEDUP_OK)
        status = text_cleaner_clean(cleaner, document, &how, &explanation->outcome, error);
    text_cleaner_free(cleaner);
    TRY(status);
    size_t cut = 0;
    for (size_t i = 0; i < document->line_count; i++)
        TRY(explain_line(explanation, i, &cut, error));
    return DEDUP_OK;
}

dedup_status dedup_cleaner_explain(const dedup_cleaner *cleaner, const char *text, size_t length,
                                   dedup_line_callback *callback, void *context, dedup_error *error)
{
    struct explanation explanation = {.cleaner = cleaner, .callback = callback, .context = context};
    if (length >= UINT32_MAX)
        return fail(error, DEDUP_ERROR_LIMIT, "a text of %zu bytes is too long to clean", length);
    if (!utf8_valid(text, length))
        return fail(error, DEDUP_ERROR_FORMAT, "the text is not UTF-8");
    TRY(clean_worker_create(cleaner, &explanation.worker, error));
    document_init(&explanation.document);
    dedup_buffer_init(&explanation.rules, 1 << 16);
    dedup_buffer_init(&explanation.kept, UINT32_MAX);
    dedup_status status = explain_all(&explanation, text, length, error);
    clean_worker_free(explanation.worker);
    document_release(&explanation.document);
    dedup_buffer_release(&explanation.rules);
    dedup_buffer_release(&explanation.kept);
    return status;
}
