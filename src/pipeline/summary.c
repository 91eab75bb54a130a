#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "pipeline/job.h"
#include "sketch/bands.h"

struct dedup_summary_memory {
    char *names; /* strings of the tallies, one after the other */
};

static int by_characters(const void *a, const void *b)
{
    const dedup_tally *x = a, *y = b;
    if (x->characters != y->characters)
        return x->characters > y->characters ? -1 : 1;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Makes room for everything: `count` tallies with names of `bytes` bytes in all. */
static dedup_status make_memory(dedup_summary *summary, size_t rules, size_t encodings, size_t bytes,
                                dedup_error *error)
{
    summary->memory = malloc(sizeof *summary->memory);
    if (!summary->memory)
        return fail_memory(error, "the summary");
    summary->memory->names = malloc(bytes + 1);
    summary->rules = calloc(rules + 1, sizeof *summary->rules);
    summary->encodings = calloc(encodings + 1, sizeof *summary->encodings);
    return summary->memory->names && summary->rules && summary->encodings ? DEDUP_OK
                                                                          : fail_memory(error, "the summary");
}

/* Adds a tally, or to the one of that name. `names` is where its name is copied to; returns what follows it. */
static char *add_tally(dedup_tally *tallies, size_t *count, const char *name, uint64_t number, uint64_t characters,
                       char *names)
{
    if (number == 0)
        return names;
    for (size_t i = 0; i < *count; i++) {
        /* The analyser forgets the names that were put here. NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
        if (strcmp(tallies[i].name, name) == 0) {
            tallies[i].count += number;
            tallies[i].characters += characters;
            return names;
        }
    }
    size_t size = strlen(name) + 1;
    memcpy(names, name, size);
    tallies[(*count)++] = (dedup_tally){names, number, characters};
    return names + size;
}

static dedup_status add_tallies(const struct job *job, dedup_summary *summary, dedup_error *error)
{
    size_t rules = job->cleaner ? cleaner_rule_count(job->cleaner) : 0, bytes = 0;
    for (size_t i = 0; i < rules; i++)
        bytes += strlen(cleaner_rule_id(job->cleaner, i)) + 1;
    bytes += job->encoding_count * sizeof job->encodings->name;
    TRY(make_memory(summary, rules, job->encoding_count, bytes, error));
    char *names = summary->memory->names;
    for (size_t i = 0; i < rules; i++)
        names = add_tally(summary->rules, &summary->rule_count, cleaner_rule_id(job->cleaner, i), job->rule_counts[i],
                          job->rule_characters[i], names);
    for (size_t i = 0; i < job->encoding_count; i++)
        names = add_tally(summary->encodings, &summary->encoding_count, job->encodings[i].name, job->encoding_files[i],
                          0, names);
    qsort(summary->rules, summary->rule_count, sizeof *summary->rules, by_characters);
    qsort(summary->encodings, summary->encoding_count, sizeof *summary->encodings, by_characters);
    return DEDUP_OK;
}

dedup_status job_summarize(const struct job *job, dedup_summary *summary, dedup_error *error)
{
    struct band_plan plan = matcher_bands(job->documents_matcher);
    *summary = (dedup_summary){
        .in = job->in,
        .out = job->out,
        .files = job->listing.file_count,
        .files_skipped = job->listing.skipped_count,
        .exact = job->document_counts.exact,
        .near = job->document_counts.near,
        .contained = job->document_counts.contained,
        .block_repeats = job->repeats.blocks,
        .paragraph_repeats_exact = job->repeats.exact,
        .paragraph_repeats_near = job->repeats.near,
        .paragraph_exact = job->paragraph_counts.exact,
        .paragraph_near = job->paragraph_counts.near,
        .repairs = job->repairs,
        .restored = job->restored,
        .problems = job->problem_count,
        .duplicate_characters = job->duplicate_characters,
        .boilerplate_characters = job->boilerplate_characters,
        .bands = plan.bands,
        .rows = plan.rows,
        .threads = job->threads,
    };
    dedup_status status = add_tallies(job, summary, error);
    if (status != DEDUP_OK)
        dedup_summary_release(summary);
    return status;
}

void dedup_summary_release(dedup_summary *summary)
{
    if (summary->memory)
        free(summary->memory->names);
    free(summary->memory);
    free(summary->rules);
    free(summary->encodings);
    *summary = (dedup_summary){0};
}
