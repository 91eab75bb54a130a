#include <stdlib.h>

#include "base/failure.h"
#include "base/radix.h"
#include "pipeline/job.h"

/* What a document is preferred for: smaller is better. */
typedef uint64_t (*preference_of)(const struct document_record *record);

static uint64_t shortness(const struct document_record *record)
{
    return UINT32_MAX - record->key_points;
}

static uint64_t repairs(const struct document_record *record)
{
    return record->repairs;
}

static uint64_t age(const struct document_record *record)
{
    return (uint64_t)INT64_MAX - (uint64_t)record->date;
}

/* Sorts documents by 32 bits of a preference from `shift` on; those that are equal stay in their order. `numbers` has
 * room for two numbers each. */
static void sort_by(const struct job *job, preference_of preference, unsigned shift, uint32_t *order, size_t count,
                    uint64_t *numbers)
{
    uint64_t all = 0, first = 0;
    for (size_t i = 0; i < count; i++) {
        numbers[i] = preference(&job->records[order[i]]) >> shift << 32 | order[i];
        first = i == 0 ? numbers[0] : first;
        all |= numbers[i] ^ first;
    }
    if (all >> 32 == 0)
        return;
    radix_sort(numbers, count, numbers + count, 32, radix_bits(all));
    for (size_t i = 0; i < count; i++)
        order[i] = (uint32_t)numbers[i];
}

/* Sorts documents that stand in their order in the corpus, the preferred ones first. */
static void sort_documents(const struct job *job, uint32_t *order, size_t count, uint64_t *numbers)
{
    switch (job->options->keep) {
    case DEDUP_KEEP_BEST:
        sort_by(job, repairs, 0, order, count, numbers);
        sort_by(job, shortness, 0, order, count, numbers);
        break;
    case DEDUP_KEEP_NEWEST:
        sort_by(job, age, 0, order, count, numbers);
        sort_by(job, age, 32, order, count, numbers);
        break;
    case DEDUP_KEEP_FIRST: break;
    }
}

/* Documents of a file that could not be read to its end take no part: the file is copied as it is. */
static void pass_broken_files(struct job *job)
{
    for (size_t i = 0; i < job->listing.file_count; i++) {
        const struct file_state *state = &job->states[i];
        for (uint32_t d = 0; state->broken && d < state->document_count; d++)
            job->records[state->first_document + d].flags |= DOCUMENT_PASSED;
    }
}

dedup_status job_order(struct job *job, uint32_t **order, size_t *count, dedup_error *error)
{
    uint64_t *numbers = malloc((2 * job->record_count + 1) * sizeof *numbers);
    *order = malloc((job->record_count + 1) * sizeof **order);
    *count = 0;
    if (!numbers || !*order) {
        free(numbers);
        free(*order);
        *order = NULL;
        return fail_memory(error, "the order of documents");
    }
    pass_broken_files(job);
    for (uint32_t i = 0; i < job->record_count; i++)
        if (!(job->records[i].flags & DOCUMENT_PASSED) && job->records[i].key_points != 0)
            (*order)[(*count)++] = i;
    sort_documents(job, *order, *count, numbers);
    free(numbers);
    return DEDUP_OK;
}

static dedup_status decide_documents(struct job *job, dedup_error *error)
{
    uint32_t *order;
    size_t count;
    TRY(job_order(job, &order, &count, error));
    dedup_status status =
        matcher_decide(job->documents_matcher, order, count, job->document_verdicts, &job->document_counts, error);
    free(order);
    return status;
}

static dedup_status decide_paragraphs(struct job *job, dedup_error *error)
{
    uint32_t *order = malloc((job->paragraph_count + 1) * sizeof *order);
    size_t count = 0;
    if (!order)
        return fail_memory(error, "the order of paragraphs");
    for (uint32_t i = 0; i < job->paragraph_count; i++) {
        uint32_t document = job->paragraphs[i].document;
        if (!(job->records[document].flags & DOCUMENT_PASSED) && !job_document_leaves(job, document))
            order[count++] = i;
    }
    dedup_status status =
        matcher_decide(job->paragraphs_matcher, order, count, job->paragraph_verdicts, &job->paragraph_counts, error);
    free(order);
    return status;
}

const char *job_document_id(const struct job *job, size_t document)
{
    uint64_t place = job->records[document].id;
    return place == 0 ? NULL : job->ids.data + place - 1;
}

bool job_document_leaves(const struct job *job, size_t document)
{
    return job->options->documents == DEDUP_DOCUMENTS_REMOVE && job->document_verdicts[document].method != MATCH_KEPT;
}

void job_units(const struct job *job, uint32_t document, uint32_t *begin, uint32_t *end)
{
    *begin = job->records[document].first_unit;
    *end = document + 1 < job->record_count ? job->records[document + 1].first_unit : (uint32_t)job->paragraph_count;
}

dedup_status job_decide(struct job *job, dedup_error *error)
{
    uint64_t total = job->record_count + job->paragraph_count;
    job->document_verdicts = calloc(job->record_count + 1, sizeof *job->document_verdicts);
    job->paragraph_verdicts = calloc(job->paragraph_count + 1, sizeof *job->paragraph_verdicts);
    if (!job->document_verdicts || !job->paragraph_verdicts)
        return fail_memory(error, "verdicts");
    TRY(job_progress(job, "match", 0, total, error));
    TRY(decide_documents(job, error));
    TRY(job_progress(job, "match", job->record_count, total, error));
    TRY(decide_paragraphs(job, error));
    key_store_free(job->keys);
    job->keys = NULL;
    return job_progress(job, "match", total, total, error);
}
