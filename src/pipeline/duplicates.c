#include "base/failure.h"
#include "pipeline/account.h"
#include "report/report.h"

static const char *const method_names[] = {
    [MATCH_KEPT] = "kept", [MATCH_EXACT] = "exact", [MATCH_NEAR] = "near", [MATCH_CONTAINED] = "contained"};

/* Lists the duplicates that the units of a document are. */
static dedup_status list_units(struct worker *worker, const struct leaving *leaving, struct account *account,
                               dedup_error *error)
{
    const struct job *job = worker->job;
    uint32_t unit, end;
    for (job_units(job, leaving->document, &unit, &end); unit < end; unit++) {
        const struct match_verdict *verdict = &job->paragraph_verdicts[unit];
        if (verdict->method == MATCH_KEPT)
            continue;
        const struct paragraph_record *keeper = &job->paragraphs[verdict->keeper];
        TRY(account_name(job, leaving->document, &worker->name, error));
        TRY(account_name(job, keeper->document, &worker->kept_name, error));
        struct report_duplicate duplicate = {
            .unit = "paragraph",
            .dropped = worker->name.data,
            .dropped_line = (uint64_t)job->paragraphs[unit].first + 1,
            .kept = worker->kept_name.data,
            .kept_line = (uint64_t)keeper->first + 1,
            .dropped_id = job_document_id(job, leaving->document),
            .kept_id = job_document_id(job, keeper->document),
            .method = method_names[verdict->method],
            .similarity = (double)verdict->similarity,
            .removed = job->options->paragraphs == DEDUP_PARAGRAPHS_CORPUS,
        };
        TRY(report_duplicate(&duplicate, &account->duplicates, error));
    }
    return DEDUP_OK;
}

/* Lists the repeats that were cut inside a document, whose lines are known. */
static dedup_status list_repeats(struct worker *worker, const struct leaving *leaving, struct account *account,
                                 dedup_error *error)
{
    const struct text_document *document = &worker->document;
    for (size_t i = 0; i < document->cut_count; i++) {
        const struct text_cut *cut = &document->cuts[i];
        if (cut->reason != CUT_BLOCK && cut->reason != CUT_PARAGRAPH)
            continue;
        TRY(account_name(worker->job, leaving->document, &worker->name, error));
        struct report_duplicate duplicate = {
            .unit = cut->reason == CUT_BLOCK ? "block" : "paragraph",
            .dropped = worker->name.data,
            .dropped_line = (uint64_t)document_line_at(document, cut->begin) + 1,
            .kept = worker->name.data,
            .kept_line = (uint64_t)cut->kept_line + 1,
            .dropped_id = job_document_id(worker->job, leaving->document),
            .kept_id = job_document_id(worker->job, leaving->document),
            .method = cut->similarity < 1 ? "near" : "exact",
            .similarity = (double)cut->similarity,
            .removed = true,
        };
        TRY(report_duplicate(&duplicate, &account->duplicates, error));
    }
    return DEDUP_OK;
}

static dedup_status list_document(struct worker *worker, uint32_t document, struct account *account, dedup_error *error)
{
    const struct job *job = worker->job;
    const struct match_verdict *verdict = &job->document_verdicts[document];
    if (verdict->method == MATCH_KEPT)
        return DEDUP_OK;
    TRY(account_name(job, document, &worker->name, error));
    TRY(account_name(job, verdict->keeper, &worker->kept_name, error));
    struct report_duplicate duplicate = {
        .unit = "document",
        .dropped = worker->name.data,
        .kept = worker->kept_name.data,
        .dropped_id = job_document_id(job, document),
        .kept_id = job_document_id(job, verdict->keeper),
        .method = method_names[verdict->method],
        .similarity = (double)verdict->similarity,
        .removed = job_document_leaves(job, document),
    };
    return report_duplicate(&duplicate, &account->duplicates, error);
}

dedup_status account_duplicates(struct worker *worker, const struct leaving *leaving, bool kept,
                                struct account *account, dedup_error *error)
{
    TRY(list_document(worker, leaving->document, account, error));
    if (!kept)
        return DEDUP_OK;
    TRY(list_repeats(worker, leaving, account, error));
    return list_units(worker, leaving, account, error);
}
