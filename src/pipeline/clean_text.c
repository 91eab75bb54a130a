#include "pipeline/clean_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "pipeline/compose.h"
#include "text/encoding.h"

enum { PASSES = 12 };

struct text_cleaner {
    struct clean_worker *worker; /* NULL without rules */
    const struct learned_source *learned;
    struct repeats *repeats;
    dedup_buffer kept;          /* the text that the passes so far left */
    struct text_document again; /* and the document of it */
    struct composer composer;
};

dedup_status text_cleaner_create(const dedup_cleaner *cleaner, double threshold, struct text_cleaner **out,
                                 dedup_error *error)
{
    struct text_cleaner *made = calloc(1, sizeof *made);
    *out = NULL;
    if (!made)
        return fail_memory(error, "a text cleaner");
    dedup_buffer_init(&made->kept, UINT32_MAX);
    document_init(&made->again);
    composer_init(&made->composer);
    dedup_status status = repeats_create(threshold, &made->repeats, error);
    if (status == DEDUP_OK && cleaner && cleaner_level(cleaner) != DEDUP_CLEAN_OFF)
        status = clean_worker_create(cleaner, &made->worker, error);
    if (status != DEDUP_OK) {
        text_cleaner_free(made);
        return status;
    }
    *out = made;
    return DEDUP_OK;
}

void text_cleaner_free(struct text_cleaner *cleaner)
{
    if (!cleaner)
        return;
    clean_worker_free(cleaner->worker);
    repeats_free(cleaner->repeats);
    dedup_buffer_release(&cleaner->kept);
    document_release(&cleaner->again);
    composer_release(&cleaner->composer);
    free(cleaner);
}

void text_cleaner_set_level(struct text_cleaner *cleaner, dedup_clean_level level)
{
    clean_worker_set_level(cleaner->worker, level);
}

void text_cleaner_learned(struct text_cleaner *cleaner, const struct learned_source *learned)
{
    cleaner->learned = learned;
}

const struct learn_notes *text_cleaner_notes(const struct text_cleaner *cleaner)
{
    return clean_worker_notes(cleaner->worker);
}

static void add_counts(struct repeat_counts *sum, const struct repeat_counts *counts)
{
    sum->blocks += counts->blocks;
    sum->block_lines += counts->block_lines;
    sum->paragraphs_exact += counts->paragraphs_exact;
    sum->paragraphs_near += counts->paragraphs_near;
}

/* Whether the search for repeats need not be done again, after which the document is as if it had been. */
static bool nothing_repeats(const struct text_cleaner *cleaner, struct text_document *document,
                            const struct text_cleaning *how)
{
    document_settle(document);
    return repeats_ruled_out(cleaner->repeats, document, how->mode);
}

/* Runs the steps over a fresh document as long as whole lines go by rules; each line goes once, and what the governor
 * takes back ends it. *rest: a fresh document of the kept text would lose nothing more. */
static dedup_status run_pass(struct text_cleaner *cleaner, struct text_document *document,
                             const struct text_cleaning *how, struct text_outcome *outcome, bool *rest,
                             dedup_error *error)
{
    struct clean_outcome cleaned = {.lines = true};
    struct repeat_counts counts = {0};
    for (bool first = true; cleaned.lines && !(cleaned.inside && !first); first = false) {
        cleaned.lines = false;
        if (cleaner->worker)
            TRY(clean_structure(cleaner->worker, document, first, &cleaned, error));
        if (how->repeats == REPEATS_CUT && (first || !nothing_repeats(cleaner, document, how))) {
            TRY(repeats_find(cleaner->repeats, document, how->mode, how->whole, true, &counts, error));
            add_counts(&outcome->repeats, &counts);
            cleaned.inside |= counts.blocks + counts.paragraphs_exact + counts.paragraphs_near != 0;
        }
        if (cleaner->worker)
            TRY(clean_zones(cleaner->worker, document, first, &cleaned, error));
        cleaned.inside |= cleaned.restored;
    }
    outcome->restored |= cleaned.restored;
    *rest = !cleaned.inside;
    if (cleaner->worker)
        return clean_finish(document, error);
    document_settle(document);
    return DEDUP_OK;
}

/* Takes all cuts back. */
static void leave_whole(struct text_document *document, struct text_outcome *outcome)
{
    document->cut_count = 0;
    document_settle(document);
    *outcome = (struct text_outcome){.restored = true};
}

static dedup_status run_passes(struct text_cleaner *cleaner, struct text_document *document,
                               const struct text_cleaning *how, struct text_outcome *outcome, dedup_error *error)
{
    const struct text_cleaning again = {how->mode, how->repeats, NULL};
    bool rest, composed = true;
    TRY(run_pass(cleaner, document, how, outcome, &rest, error));
    for (unsigned pass = 1; !rest && composed && pass < PASSES; pass++) {
        dedup_buffer_clear(&cleaner->kept);
        TRY(document_kept_text(document, &cleaner->kept, error));
        TRY(document_set(&cleaner->again, cleaner->kept.data, (uint32_t)cleaner->kept.length, error));
        TRY(run_pass(cleaner, &cleaner->again, &again, outcome, &rest, error));
        rest = rest || cleaner->again.cut_count == 0;
        TRY(compose_cuts(&cleaner->composer, document, &cleaner->again, &composed, error));
    }
    if (!rest || !composed)
        leave_whole(document, outcome);
    return DEDUP_OK;
}

dedup_status text_cleaner_clean(struct text_cleaner *cleaner, struct text_document *document,
                                const struct text_cleaning *how, struct text_outcome *outcome, dedup_error *error)
{
    *outcome = (struct text_outcome){0};
    if (cleaner->worker)
        clean_worker_learned(cleaner->worker, cleaner->learned);
    if (cleaner->worker || how->repeats == REPEATS_CUT)
        TRY(run_passes(cleaner, document, how, outcome, error));
    if (how->repeats == REPEATS_COUNTED)
        TRY(repeats_find(cleaner->repeats, document, how->mode, how->whole, false, &outcome->repeats, error));
    return DEDUP_OK;
}

/* Appends the kept text piece by piece and reports what stood between the pieces. */
static dedup_status deliver(const dedup_cleaner *cleaner, const struct text_document *document, dedup_buffer *kept,
                            dedup_removal_callback *callback, void *context, dedup_error *error)
{
    TRY(document_kept_text(document, kept, error));
    for (size_t i = 0; callback && i < document->cut_count; i++) {
        const struct text_cut *cut = &document->cuts[i];
        bool replaced = cut->replacement_length != 0;
        dedup_removal removal = {
            .rule = cleaner_reason_name(cleaner, cut->reason),
            .begin = cut->begin,
            .end = cut->end,
            .replacement = replaced ? document->replacements.data + cut->replacement : NULL,
            .replacement_length = cut->replacement_length,
        };
        callback(context, &removal);
    }
    return DEDUP_OK;
}

dedup_status dedup_cleaner_clean(const dedup_cleaner *cleaner, const char *text, size_t length, dedup_buffer *kept,
                                 dedup_removal_callback *callback, void *context, dedup_error *error)
{
    static const struct text_cleaning how = {PARAGRAPH_AUTO, REPEATS_CUT, NULL};
    if (length >= UINT32_MAX)
        return fail(error, DEDUP_ERROR_LIMIT, "a text of %zu bytes is too long to clean", length);
    if (!utf8_valid(text, length))
        return fail(error, DEDUP_ERROR_FORMAT, "the text is not UTF-8");
    struct text_cleaner *worker;
    TRY(text_cleaner_create(cleaner, 0.8, &worker, error));
    struct text_document document;
    struct text_outcome outcome;
    document_init(&document);
    dedup_status status = document_set(&document, text, (uint32_t)length, error);
    if (status == DEDUP_OK)
        status = text_cleaner_clean(worker, &document, &how, &outcome, error);
    if (status == DEDUP_OK)
        status = deliver(cleaner, &document, kept, callback, context, error);
    document_release(&document);
    text_cleaner_free(worker);
    return status;
}
