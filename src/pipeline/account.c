#include "pipeline/account.h"

#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "base/utf8.h"
#include "pipeline/removals.h"
#include "pipeline/witness.h"

dedup_status account_init(struct account *account, const struct job *job, dedup_error *error)
{
    size_t rules = job->cleaner ? cleaner_rule_count(job->cleaner) : 0;
    *account = (struct account){0};
    dedup_buffer_init(&account->log, SIZE_MAX);
    dedup_buffer_init(&account->files, SIZE_MAX);
    dedup_buffer_init(&account->duplicates, SIZE_MAX);
    account->rule_counts = calloc(rules + 1, sizeof *account->rule_counts);
    account->rule_characters = calloc(rules + 1, sizeof *account->rule_characters);
    if (!account->rule_counts || !account->rule_characters)
        return fail_memory(error, "the counts of rules");
    return survey_notes_create(&account->notes, error);
}

void account_release(struct account *account)
{
    dedup_buffer_release(&account->log);
    dedup_buffer_release(&account->files);
    dedup_buffer_release(&account->duplicates);
    for (size_t i = 0; i < ACCOUNT_CODES; i++)
        free(account->used[i]);
    free(account->rule_counts);
    free(account->rule_characters);
    survey_notes_free(account->notes);
}

void account_clear(struct account *account, const struct job *job)
{
    size_t rules = job->cleaner ? cleaner_rule_count(job->cleaner) : 0;
    dedup_buffer_clear(&account->log);
    dedup_buffer_clear(&account->files);
    dedup_buffer_clear(&account->duplicates);
    account->removals = 0;
    for (size_t i = 0; i < ACCOUNT_CODES; i++)
        if (account->used[i])
            memset(account->used[i], 0, sizeof *account->used[i]);
    memset(account->rule_counts, 0, rules * sizeof *account->rule_counts);
    memset(account->rule_characters, 0, rules * sizeof *account->rule_characters);
    account->boilerplate_characters = account->duplicate_characters = 0;
    account->out = (dedup_volume){0};
    survey_notes_clear(account->notes);
}

dedup_status account_codes(struct account *account, enum encoding_family family, struct code_set **out,
                           dedup_error *error)
{
    struct code_set **place = &account->used[family == ENCODING_BIG5 ? ACCOUNT_BIG5 : ACCOUNT_GB18030];
    if (!*place)
        *place = calloc(1, sizeof **place);
    *out = *place;
    return *out ? DEDUP_OK : fail_memory(error, "the codes of an encoding");
}

/* The file of the listing that a document comes from. */
static size_t file_of(const struct job *job, uint32_t document)
{
    size_t low = 0, high = job->listing.file_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (job->states[middle].first_document <= document)
            low = middle;
        else
            high = middle;
    }
    while (job->states[low].document_count == 0)
        low--;
    return low;
}

dedup_status account_name(const struct job *job, uint32_t document, dedup_buffer *out, dedup_error *error)
{
    size_t index = file_of(job, document);
    const struct corpus_file *file = &job->listing.files[index];
    bool lines = file->format == FORMAT_JSONL;
    dedup_buffer_clear(out);
    return corpus_document_id(file->path, lines ? document - job->states[index].first_document + UINT64_C(1) : 0, out,
                              error);
}

dedup_status account_removed(struct worker *worker, const struct leaving *leaving, struct account *account,
                             dedup_error *error)
{
    account->duplicate_characters += worker->job->records[leaving->document].characters;
    return removals_document(worker, leaving, account, error);
}

/* Counts a cut under its rule, or as a duplicate; returns by how many characters it makes the text shorter. */
static uint32_t count_cut(struct account *account, const struct text_document *document, const struct text_cut *cut)
{
    uint32_t characters = utf8_count(document->text + cut->begin, cut->end - cut->begin);
    if (cut->replacement_length != 0)
        characters -= utf8_count(document->replacements.data + cut->replacement, cut->replacement_length);
    if (cut->reason >= CUT_RULE) {
        account->rule_counts[cut->reason - CUT_RULE]++;
        account->rule_characters[cut->reason - CUT_RULE] += characters;
    }
    if (cut->reason >= CUT_RULE || cut->reason == CUT_BLANK_RUN)
        account->boilerplate_characters += characters;
    else
        account->duplicate_characters += characters;
    return characters;
}

dedup_status account_cuts(struct worker *worker, const struct leaving *leaving, struct account *account,
                          dedup_error *error)
{
    const struct text_document *document = &worker->document;
    account->out.documents++;
    uint32_t removed = 0;
    for (size_t i = 0; i < document->cut_count; i++)
        removed += count_cut(account, document, &document->cuts[i]);
    account->out.characters += worker->job->records[leaving->document].characters - removed;
    TRY(witness_cuts(worker, leaving, removed, account, error));
    return removals_cuts(worker, leaving, account, error);
}

dedup_status account_verbatim(struct worker *worker, const struct leaving *leaving, struct account *account,
                              dedup_error *error)
{
    const struct document_record *record = &worker->job->records[leaving->document];
    account->out.documents++;
    account->out.characters += record->characters;
    account->out.paragraphs += record->kept_paragraphs;
    document_borrow(&worker->document, "", 0);
    return account_duplicates(worker, leaving, true, account, error);
}

void account_count(struct job *job, const struct account *account)
{
    size_t rules = job->cleaner ? cleaner_rule_count(job->cleaner) : 0;
    for (size_t i = 0; i < rules; i++) {
        job->rule_counts[i] += account->rule_counts[i];
        job->rule_characters[i] += account->rule_characters[i];
    }
    job->boilerplate_characters += account->boilerplate_characters;
    job->duplicate_characters += account->duplicate_characters;
    job->out.documents += account->out.documents;
    job->out.paragraphs += account->out.paragraphs;
    job->out.characters += account->out.characters;
    job->out.bytes += account->out.bytes;
}

dedup_status account_take(struct job *job, const struct account *account, dedup_error *error)
{
    account_count(job, account);
    for (size_t i = 0; i < ACCOUNT_CODES; i++) {
        if (!account->used[i])
            continue;
        if (!job->used[i])
            job->used[i] = calloc(1, sizeof *job->used[i]);
        if (!job->used[i])
            return fail_memory(error, "the codes of an encoding");
        code_set_join(job->used[i], account->used[i]);
    }
    return DEDUP_OK;
}
