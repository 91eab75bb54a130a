#include <stdlib.h>

#include "base/failure.h"
#include "pipeline/job.h"
#include "sketch/shingle.h"

/* Why a document is preferred: smaller is better in both, the first one first. Of two that are equal the one that comes
 * first is preferred. */
struct preference {
    int64_t first, second;
};

static struct preference preference_of(const struct job *job, uint32_t document)
{
    const struct document_record *record = &job->records[document];
    switch (job->options->keep) {
    case DEDUP_KEEP_BEST: return (struct preference){-(int64_t)record->key_points, record->repairs};
    case DEDUP_KEEP_NEWEST: return (struct preference){-record->date, 0};
    case DEDUP_KEEP_FIRST: break;
    }
    return (struct preference){0, 0};
}

/* A preference as a number of 128 bits, of which this is a digit of 32, the lowest one first. */
enum { DIGITS = 4 };
static uint32_t digit_of(const struct job *job, uint32_t document, unsigned digit)
{
    struct preference preference = preference_of(job, document);
    uint64_t half = (uint64_t)(digit < 2 ? preference.second : preference.first) ^ (uint64_t)1 << 63;
    return (uint32_t)(half >> digit % 2 * 32);
}

/* Sorts documents by one digit; those that have it in common stay in their order. `items` and `scratch` hold a number
 * for each. */
static void sort_by(const struct job *job, uint32_t *documents, size_t count, unsigned digit, uint64_t *items,
                    uint64_t *scratch)
{
    uint32_t first = digit_of(job, documents[0], digit);
    bool differ = false;
    for (size_t i = 0; i < count; i++) {
        uint32_t value = digit_of(job, documents[i], digit);
        differ |= value != first;
        items[i] = (uint64_t)value << 32 | i;
    }
    if (!differ)
        return;
    (void)shingle_set(items, count, scratch);
    for (size_t i = 0; i < count; i++)
        items[i] = documents[(uint32_t)items[i]];
    for (size_t i = 0; i < count; i++)
        documents[i] = (uint32_t)items[i];
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

/* Writes the documents that take part to `order`, best first, and returns how many they are. */
static size_t order_documents(const struct job *job, uint32_t *order, uint64_t *items, uint64_t *scratch)
{
    size_t count = 0;
    for (uint32_t i = 0; i < job->record_count; i++)
        if (!(job->records[i].flags & DOCUMENT_PASSED) && job->records[i].key_points != 0)
            order[count++] = i;
    for (unsigned digit = 0; digit < DIGITS && count != 0; digit++)
        sort_by(job, order, count, digit, items, scratch);
    return count;
}

dedup_status job_order(struct job *job, uint32_t **order, size_t *count, dedup_error *error)
{
    uint64_t *items = malloc((job->record_count + 1) * sizeof *items);
    uint64_t *scratch = malloc((job->record_count + 1) * sizeof *scratch);
    *order = malloc((job->record_count + 1) * sizeof **order);
    bool enough = items && scratch && *order;
    pass_broken_files(job);
    *count = enough ? order_documents(job, *order, items, scratch) : 0;
    free(items);
    free(scratch);
    if (enough)
        return DEDUP_OK;
    free(*order);
    *order = NULL;
    return fail_memory(error, "the order of documents");
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
