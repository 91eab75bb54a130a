#include "pipeline/account.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/utf8.h"
#include "pipeline/learn_pass.h"
#include "report/report.h"

/* Names of what is not a cut. */
static const char reason_duplicate[] = "duplicate.document", reason_decode[] = "decode", reason_mark[] = "decode.mark";
static const char replacement_character[] = "\xef\xbf\xbd";

dedup_status account_init(struct account *account, const struct job *job, dedup_error *error)
{
    size_t rules = job->cleaner ? cleaner_rule_count(job->cleaner) : 0;
    *account = (struct account){0};
    dedup_buffer_init(&account->log, SIZE_MAX);
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
    dedup_buffer_release(&account->duplicates);
    free(account->rule_counts);
    free(account->rule_characters);
    survey_notes_free(account->notes);
}

void account_clear(struct account *account, const struct job *job)
{
    size_t rules = job->cleaner ? cleaner_rule_count(job->cleaner) : 0;
    dedup_buffer_clear(&account->log);
    dedup_buffer_clear(&account->duplicates);
    memset(account->rule_counts, 0, rules * sizeof *account->rule_counts);
    memset(account->rule_characters, 0, rules * sizeof *account->rule_characters);
    account->boilerplate_characters = account->duplicate_characters = 0;
    account->out = (dedup_volume){0};
    survey_notes_clear(account->notes);
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

static const char *shown_text(const struct job *job, const char *text)
{
    return job->options->log == DEDUP_LOG_TEXT ? text : NULL;
}

dedup_status account_removed(struct worker *worker, const struct leaving *leaving, struct account *account,
                             dedup_error *error)
{
    const struct job *job = worker->job;
    const struct match_verdict *verdict = &job->document_verdicts[leaving->document];
    const struct source *source = leaving->source;
    account->duplicate_characters += job->records[leaving->document].characters;
    if (job->options->log == DEDUP_LOG_OFF)
        return DEDUP_OK;
    TRY(account_name(job, leaving->document, &worker->name, error));
    TRY(account_name(job, verdict->keeper, &worker->kept_name, error));
    struct report_removal removal = {
        .document = worker->name.data,
        .id = job_document_id(job, leaving->document),
        .begin = leaving->offset,
        .end = leaving->offset + leaving->whole,
        .reason = reason_duplicate,
        .kept = worker->kept_name.data,
        .similarity = (double)verdict->similarity,
        .text = shown_text(job, source->json ? source->line : source->text),
        .text_length = source->json ? source->line_length : source->text_length,
    };
    return report_removal(&removal, &account->log, error);
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

const char *account_reason(const struct job *job, uint32_t reason)
{
    static const char *const names[] = {[CUT_BLANK_RUN] = "blank",
                                        [CUT_BLOCK] = "repeat.block",
                                        [CUT_PARAGRAPH] = "repeat.paragraph",
                                        [CUT_CORPUS] = "duplicate.paragraph"};
    return reason < CUT_RULE ? names[reason] : cleaner_reason_name(job->cleaner, reason);
}

/* The record of one cut, whose place in the input is known. */
static dedup_status log_cut(struct worker *worker, const struct leaving *leaving, size_t index, struct account *account,
                            dedup_error *error)
{
    const struct job *job = worker->job;
    const struct text_document *document = &worker->document;
    const struct text_cut *cut = &document->cuts[index];
    struct report_removal removal = {
        .document = worker->name.data,
        .id = job_document_id(job, leaving->document),
        .begin = leaving->offset + worker->places[2 * index],
        .end = leaving->offset + worker->places[2 * index + 1],
        .reason = account_reason(job, cut->reason),
        .similarity = (double)cut->similarity,
        .text = shown_text(job, document->text + cut->begin),
        .text_length = cut->end - cut->begin,
    };
    if (cut->reason == CUT_BLOCK || cut->reason == CUT_PARAGRAPH)
        removal.kept_line = (uint64_t)cut->kept_line + 1;
    if (cut->reason == CUT_CORPUS) {
        const struct paragraph_record *keeper = &job->paragraphs[cut->kept_line];
        TRY(account_name(job, keeper->document, &worker->kept_name, error));
        removal.kept = worker->kept_name.data;
        removal.kept_line = (uint64_t)keeper->first + 1;
    }
    if (cut->replacement_length != 0) {
        removal.replacement = document->replacements.data + cut->replacement;
        removal.replacement_length = cut->replacement_length;
    }
    return report_removal(&removal, &account->log, error);
}

/* Fills worker->bounds with begin and end of every cut, and worker->places with their places in the file. */
static dedup_status map_cuts(struct worker *worker, const struct source *source, dedup_error *error)
{
    const struct text_document *document = &worker->document;
    size_t count = 2 * document->cut_count;
    TRY(worker_cut_bounds(worker, error));
    TRY(array_reserve(&worker->places, &worker->place_capacity, count, "places of cuts", error));
    return source_map(&worker->desk, source, worker->bounds, count, worker->places, error);
}

dedup_status account_mark(const struct job *job, size_t file, unsigned length, struct account *account,
                          dedup_error *error)
{
    if (length == 0 || job->options->log == DEDUP_LOG_OFF)
        return DEDUP_OK;
    struct report_removal removal = {.document = job->listing.files[file].path, .end = length, .reason = reason_mark};
    return report_removal(&removal, &account->log, error);
}

/* Records a stretch of the document's bytes that became U+FFFD. */
static dedup_status log_repair(struct worker *worker, const struct leaving *leaving, uint32_t begin, uint32_t end,
                               struct account *account, dedup_error *error)
{
    struct report_removal removal = {.document = worker->name.data,
                                     .id = job_document_id(worker->job, leaving->document),
                                     .begin = leaving->offset + begin,
                                     .end = leaving->offset + end,
                                     .reason = reason_decode,
                                     .replacement = replacement_character,
                                     .replacement_length = sizeof replacement_character - 1};
    return report_removal(&removal, &account->log, error);
}

static dedup_status log_repairs(struct worker *worker, const struct leaving *leaving, struct account *account,
                                dedup_error *error)
{
    const struct source *source = leaving->source;
    const struct decode_repair *repairs = source->json ? source->line_repairs : source->repairs;
    uint32_t count = source->json ? source->line_repair_count : source->repair_count;
    for (uint32_t i = 0; i < count; i++)
        TRY(log_repair(worker, leaving, repairs[i].raw, repairs[i].raw + repairs[i].length, account, error));
    for (size_t i = 0; i < source->change_count; i++) {
        uint32_t place[2] = {source->changes[i], source->changes[i] + (uint32_t)sizeof replacement_character - 1};
        TRY(source_map(&worker->desk, source, place, 2, place, error));
        TRY(log_repair(worker, leaving, place[0], place[1], account, error));
    }
    return DEDUP_OK;
}

static bool has_repairs(const struct source *source)
{
    return source->repair_count != 0 || source->change_count != 0 || source->line_repair_count != 0;
}

/* Notes the lines that a rule removed; what was replaced is no line. */
static dedup_status note_cut(const struct job *job, const struct leaving *leaving, const struct text_cut *cut,
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

dedup_status account_cuts(struct worker *worker, const struct leaving *leaving, struct account *account,
                          dedup_error *error)
{
    const struct text_document *document = &worker->document;
    const struct source *source = leaving->source;
    uint32_t characters = worker->job->records[leaving->document].characters, removed = 0;
    for (size_t i = 0; i < document->cut_count; i++) {
        removed += count_cut(account, document, &document->cuts[i]);
        TRY(note_cut(worker->job, leaving, &document->cuts[i], document, account, error));
    }
    account->out.documents++;
    account->out.characters += characters - removed;
    TRY(survey_note_loss(account->notes, leaving->document, characters, removed, document, error));
    if (worker->job->options->log == DEDUP_LOG_OFF || (document->cut_count == 0 && !has_repairs(source)))
        return DEDUP_OK;
    TRY(account_name(worker->job, leaving->document, &worker->name, error));
    TRY(map_cuts(worker, source, error));
    for (size_t i = 0; i < document->cut_count; i++)
        TRY(log_cut(worker, leaving, i, account, error));
    return log_repairs(worker, leaving, account, error);
}
