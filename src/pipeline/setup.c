#include <stdlib.h>
#include <unistd.h>

#include "base/failure.h"
#include "pipeline/job.h"
#include "pipeline/survey.h"

enum { DOCUMENT_NEAR_MINIMUM = 1, PARAGRAPH_NEAR_MINIMUM = 32 };

static dedup_status check_options(const dedup_options *options, dedup_error *error)
{
    if (!options->input || (!options->output && !options->dry_run))
        return fail(error, DEDUP_ERROR_ARGUMENT, "an input and an output directory are needed (--in DIR --out DIR)");
    if ((options->sample != 0 || options->log_file) && !options->dry_run)
        return fail(error, DEDUP_ERROR_ARGUMENT, "--sample and --log-file go with --dry-run");
    if (!(options->threshold >= 0.05 && options->threshold <= 1))
        return fail(error, DEDUP_ERROR_ARGUMENT, "the threshold must lie between 0.05 and 1");
    if (!(options->containment >= 0.05))
        return fail(error, DEDUP_ERROR_ARGUMENT, "the containment must be at least 0.05");
    if (!options->text_field || options->text_field[0] == '\0')
        return fail(error, DEDUP_ERROR_ARGUMENT, "the name of the text field is empty");
    if (options->maximum_document == 0 || options->maximum_document > UINT32_MAX - 16)
        return fail(error, DEDUP_ERROR_ARGUMENT, "the longest document must have between 1 byte and 4 GiB - 16");
    if (options->bands * options->rows > BAND_LANES_MAXIMUM || (options->bands == 0) != (options->rows == 0) ||
        options->bands > BANDS_MAXIMUM || options->rows > ROWS_MAXIMUM)
        return fail(error, DEDUP_ERROR_ARGUMENT,
                    "bands of %ux%u are not possible: up to %d bands, %d rows, and %d together", options->bands,
                    options->rows, BANDS_MAXIMUM, ROWS_MAXIMUM, BAND_LANES_MAXIMUM);
    if (options->encoding) {
        struct encoding encoding;
        TRY(encoding_named(options->encoding, &encoding, error));
    }
    return DEDUP_OK;
}

/* The number of processors, within reason. */
static unsigned choose_threads(unsigned wanted)
{
    enum { THREADS_MAXIMUM = 256 };
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned count = wanted != 0 ? wanted : online > 0 ? (unsigned)online : 1;
    return count < THREADS_MAXIMUM ? count : THREADS_MAXIMUM;
}

dedup_status job_init(struct job *job, const dedup_options *options, const dedup_observer *observer, dedup_error *error)
{
    static const dedup_observer silent = {0};
    static const enum paragraph_mode modes[] = {[DEDUP_PARAGRAPH_AUTO] = PARAGRAPH_AUTO,
                                                [DEDUP_PARAGRAPH_LINE] = PARAGRAPH_LINE,
                                                [DEDUP_PARAGRAPH_BLANK] = PARAGRAPH_BLANK};
    TRY(check_options(options, error));
    *job = (struct job){.options = options,
                        .observer = observer ? observer : &silent,
                        .threads = choose_threads(options->threads),
                        .paragraph_mode = modes[options->paragraph],
                        .input = -1,
                        .output = -1,
                        .spill = -1};
    cut_store_init(&job->cuts);
    dedup_buffer_init(&job->ids, SIZE_MAX);
    return DEDUP_OK;
}

dedup_status job_make_cleaner(struct job *job, dedup_error *error)
{
    const dedup_options *options = job->options;
    if (options->clean == DEDUP_CLEAN_OFF)
        return DEDUP_OK;
    TRY(dedup_cleaner_create(options->clean, &job->cleaner, error));
    for (size_t i = 0; i < options->rule_file_count; i++)
        TRY(dedup_cleaner_add_file(job->cleaner, options->rule_files[i], error));
    for (size_t i = 0; i < options->rules_off_count; i++)
        TRY(dedup_cleaner_switch(job->cleaner, options->rules_off[i], false, error));
    job->rule_counts = calloc(cleaner_rule_count(job->cleaner) + 1, sizeof *job->rule_counts);
    job->rule_characters = calloc(cleaner_rule_count(job->cleaner) + 1, sizeof *job->rule_characters);
    return job->rule_counts && job->rule_characters ? DEDUP_OK : fail_memory(error, "the counts of rules");
}

dedup_status job_list(struct job *job, int input, dedup_error *error)
{
    job->input = input;
    TRY(job_make_cleaner(job, error));
    TRY(corpus_list(input, job->options->follow, &job->listing, error));
    job->states = calloc(job->listing.file_count + 1, sizeof *job->states);
    return job->states ? DEDUP_OK : fail_memory(error, "the list of files");
}

/* Upper bounds, from sizes alone, of how many documents and paragraphs there can sensibly be: for the choice of bands.
 */
static void expect_units(struct job *job, uint64_t *documents, uint64_t *paragraphs)
{
    enum { LINE_BYTES = 400, PARAGRAPH_BYTES = 150, COMPRESSION = 4 };
    *documents = *paragraphs = 0;
    for (size_t i = 0; i < job->listing.file_count; i++) {
        const struct corpus_file *file = &job->listing.files[i];
        uint64_t bytes = file->size * (file->container == CONTAINER_PLAIN ? 1 : COMPRESSION);
        *documents += file->format == FORMAT_TEXT ? 1 : bytes / LINE_BYTES + 1;
        *paragraphs += bytes / PARAGRAPH_BYTES + 1;
        job->bytes_total += file->size;
    }
}

/* More memory would not make a run faster: to write to a file what is read once costs less than to touch new memory. */
enum { MEMORY_DEFAULT = 64 << 20 };

/* Of the memory that the options grant, keys and the candidates among paragraphs take a part in 32 each and those among
 * documents twice that before they move to files. Half of it is for the keys that are read again. */
static uint64_t share_of(uint64_t memory, unsigned parts)
{
    return (memory != 0 ? memory : MEMORY_DEFAULT) / 32 * parts + 1;
}

dedup_status job_make_matchers(struct job *job, dedup_error *error)
{
    const dedup_options *options = job->options;
    uint64_t documents, paragraphs;
    struct match_options match = {
        .threshold = options->threshold,
        .containment = options->containment,
        .near_minimum = DOCUMENT_NEAR_MINIMUM,
        .bands = {options->bands, options->rows},
        .thread_count = job->threads,
        .memory = share_of(options->memory, 2),
        .spill_directory = job->spill,
    };
    expect_units(job, &documents, &paragraphs);
    TRY(key_store_create(share_of(options->memory, 1), job->spill, &job->keys, error));
    TRY(matcher_create(&match, documents, job->keys, &job->documents_matcher, error));
    match.containment = 2;
    match.memory = share_of(options->memory, 1);
    match.near_minimum = PARAGRAPH_NEAR_MINIMUM;
    match.same_numbers = true;
    return matcher_create(&match, paragraphs, job->keys, &job->paragraphs_matcher, error);
}

void job_release(struct job *job)
{
    corpus_listing_release(&job->listing);
    free(job->states);
    dedup_cleaner_free(job->cleaner);
    learned_account_free(job->learned_account);
    learned_free(job->learned);
    free(job->rule_counts);
    free(job->rule_characters);
    free(job->encodings);
    free(job->encoding_files);
    free(job->records);
    free(job->paragraphs);
    cut_store_release(&job->cuts);
    dedup_buffer_release(&job->ids);
    matcher_free(job->documents_matcher);
    matcher_free(job->paragraphs_matcher);
    key_store_free(job->keys);
    survey_free(job->survey);
    free(job->document_verdicts);
    free(job->paragraph_verdicts);
    for (size_t i = 0; i < job->problem_count; i++) {
        free(job->problems[i].path);
        free(job->problems[i].message);
    }
    free(job->problems);
    for (size_t i = 0; i < sizeof job->used / sizeof *job->used; i++)
        free(job->used[i]);
    if (job->spill >= 0)
        close(job->spill);
}
