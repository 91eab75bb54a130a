#include "pipeline/witness.h"

#include <string.h>

#include "base/failure.h"
#include "pipeline/learn_pass.h"
#include "pipeline/render.h"

dedup_status witness_text(struct worker *worker, const struct leaving *leaving, struct account *account,
                          dedup_error *error)
{
    if (!survey_wants(worker->job->survey, leaving->document))
        return DEDUP_OK;
    TRY(render_text(worker, leaving, &worker->kept, error));
    return survey_note_text(account->notes, leaving->document, worker->kept.data ? worker->kept.data : "",
                            worker->kept.length, error);
}

/* Notes the lines that a rule removed; what was replaced is no line. */
static dedup_status note_lines(const struct job *job, const struct leaving *leaving, const struct text_cut *cut,
                               const struct text_document *document, struct account *account, dedup_error *error)
{
    size_t length = 0;
    if (cut->reason < CUT_RULE || cut->replacement_length != 0)
        return DEDUP_OK;
    bool learned = strncmp(cleaner_reason_name(job->cleaner, cut->reason), "learned.", 8) == 0;
    const char *source = learned ? job_source_name(job, leaving->file, leaving->source, &length) : NULL;
    return survey_note_lines(account->notes, cut->reason - CUT_RULE, document->text + cut->begin, cut->end - cut->begin,
                             source, length, error);
}

dedup_status witness_cuts(struct worker *worker, const struct leaving *leaving, uint32_t removed,
                          struct account *account, dedup_error *error)
{
    const struct text_document *document = &worker->document;
    if (!worker->job->survey)
        return DEDUP_OK;
    for (size_t i = 0; i < document->cut_count; i++)
        TRY(note_lines(worker->job, leaving, &document->cuts[i], document, account, error));
    return survey_note_loss(account->notes, leaving->document, worker->job->records[leaving->document].characters,
                            removed, document, error);
}

dedup_status witness_source(const struct worker *worker, const struct leaving *leaving, const struct account *before,
                            struct account *account, dedup_error *error)
{
    const struct document_record *record = &worker->job->records[leaving->document];
    const dedup_volume in = {1, record->paragraphs, record->characters, 0};
    const dedup_volume out = {account->out.documents - before->out.documents,
                              account->out.paragraphs - before->out.paragraphs,
                              account->out.characters - before->out.characters, 0};
    size_t length;
    const char *name = job_source_name(worker->job, leaving->file, leaving->source, &length);
    return survey_note_source(account->notes, name, length, &in, &out,
                              account->boilerplate_characters - before->boilerplate_characters, error);
}

dedup_status witness_passed(const struct job *job, size_t file, struct account *account, dedup_error *error)
{
    static const dedup_volume one = {.documents = 1};
    static const struct source unknown = {0};
    size_t length;
    const char *name = job_source_name(job, file, &unknown, &length);
    return survey_note_source(account->notes, name, length, &one, &one, 0, error);
}
