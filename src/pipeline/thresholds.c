/* dedup_sweep_make: one reading, one search for candidates, a decision for every threshold. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/failure.h"
#include "dedup/plan.h"
#include "pipeline/account.h"
#include "pipeline/learn_pass.h"
#include "pipeline/places.h"

enum { SHOWN_NAME = 1024 };

struct sweeping {
    struct job *job;
    const uint32_t *order;
    size_t order_count;
    dedup_sweep *sweep;
};

void dedup_sweep_release(dedup_sweep *sweep)
{
    for (size_t i = 0; i < sweep->count; i++) {
        free(sweep->points[i].dropped);
        free(sweep->points[i].kept);
    }
    free(sweep->points);
    *sweep = (dedup_sweep){0};
}

/* The name of a document as it may be shown; the caller frees it. */
static dedup_status name_of(const struct job *job, uint32_t document, char **out, dedup_error *error)
{
    char shown[SHOWN_NAME];
    dedup_buffer name;
    dedup_buffer_init(&name, SIZE_MAX);
    dedup_status status = account_name(job, document, &name, error);
    if (status == DEDUP_OK) {
        escape_show(name.data, name.length, shown, sizeof shown);
        *out = strdup(shown);
        status = *out ? DEDUP_OK : fail_memory(error, "a name");
    }
    dedup_buffer_release(&name);
    return status;
}

/* Takes the decision at one threshold. */
static dedup_status take_point(void *context, size_t index, const struct match_verdict *verdicts,
                               const struct match_counts *counts, dedup_error *error)
{
    const struct sweeping *sweeping = context;
    dedup_sweep_point *point = &sweeping->sweep->points[index];
    const struct match_verdict *weakest = NULL;
    point->exact = counts->exact;
    point->near = counts->near;
    point->contained = counts->contained;
    sweeping->sweep->documents = counts->units;
    for (size_t i = 0; i < sweeping->order_count; i++) {
        const struct match_verdict *verdict = &verdicts[sweeping->order[i]];
        if (verdict->method == MATCH_NEAR && (!weakest || verdict->similarity < weakest->similarity))
            weakest = verdict;
    }
    if (weakest) {
        TRY(name_of(sweeping->job, (uint32_t)(weakest - verdicts), &point->dropped, error));
        TRY(name_of(sweeping->job, weakest->keeper, &point->kept, error));
        point->similarity = (double)weakest->similarity;
    }
    return job_progress(sweeping->job, "match", index + 1, sweeping->sweep->count, error);
}

static dedup_status decide(struct job *job, dedup_sweep *sweep, dedup_error *error)
{
    struct sweeping sweeping = {.job = job, .sweep = sweep};
    struct match_sweep match = {.count = sweep->count, .context = &sweeping, .take = take_point};
    double *thresholds = malloc(sweep->count * sizeof *thresholds);
    uint32_t *order = NULL;
    job->document_verdicts = calloc(job->record_count + 1, sizeof *job->document_verdicts);
    dedup_status status = thresholds && job->document_verdicts ? DEDUP_OK : fail_memory(error, "verdicts");
    if (status == DEDUP_OK)
        status = job_order(job, &order, &sweeping.order_count, error);
    if (status == DEDUP_OK) {
        for (size_t i = 0; i < sweep->count; i++)
            thresholds[i] = sweep->points[i].threshold;
        match.thresholds = thresholds;
        sweeping.order = order;
        status =
            matcher_sweep(job->documents_matcher, order, sweeping.order_count, &match, job->document_verdicts, error);
    }
    free(order);
    free(thresholds);
    return status;
}

/* Makes the matcher of documents for the lowest threshold; paragraphs are not compared. */
static dedup_status make_matcher(struct job *job, dedup_options *options, double lowest, dedup_error *error)
{
    double threshold = options->threshold;
    options->threshold = lowest;
    dedup_status status = job_make_matchers(job, error);
    options->threshold = threshold;
    matcher_free(job->paragraphs_matcher);
    job->paragraphs_matcher = NULL;
    return status;
}

static dedup_status run(struct job *job, dedup_options *options, dedup_sweep *sweep, dedup_error *error)
{
    int input;
    TRY(place_open_input(options->input, &input, error));
    dedup_status status = job_list(job, input, error);
    if (status == DEDUP_OK)
        status = make_matcher(job, options, sweep->points[0].threshold, error);
    if (status == DEDUP_OK)
        status = job_choose_sample(job, error);
    if (status == DEDUP_OK)
        status = job_learn(job, error);
    if (status == DEDUP_OK)
        status = job_read(job, error);
    if (status == DEDUP_OK)
        status = decide(job, sweep, error);
    close(input);
    return status;
}

static dedup_status check(const dedup_options *options, const double *thresholds, size_t count, dedup_error *error)
{
    if (!options->input)
        return fail(error, DEDUP_ERROR_ARGUMENT, "a sweep needs an input directory");
    if (count == 0 || count > DEDUP_SWEEP_MAXIMUM)
        return fail(error, DEDUP_ERROR_ARGUMENT, "a sweep has 1 to %d thresholds, not %zu", DEDUP_SWEEP_MAXIMUM, count);
    for (size_t i = 0; i < count; i++)
        if (!(thresholds[i] >= 0.05 && thresholds[i] <= 1) || (i > 0 && !(thresholds[i] > thresholds[i - 1])))
            return fail(error, DEDUP_ERROR_ARGUMENT, "the thresholds must rise, between 0.05 and 1");
    return DEDUP_OK;
}

dedup_status dedup_sweep_make(const dedup_options *options, const double *thresholds, size_t count,
                              const dedup_observer *observer, dedup_sweep *sweep, dedup_error *error)
{
    struct job job;
    dedup_options own = *options;
    *sweep = (dedup_sweep){0};
    TRY(check(options, thresholds, count, error));
    own.output = NULL;
    own.dry_run = true;
    own.log = DEDUP_LOG_OFF;
    own.log_file = NULL;
    TRY(job_init(&job, &own, observer, error));
    sweep->points = calloc(count, sizeof *sweep->points);
    dedup_status status = sweep->points ? DEDUP_OK : fail_memory(error, "a sweep");
    if (status == DEDUP_OK) {
        sweep->count = count;
        for (size_t i = 0; i < count; i++)
            sweep->points[i].threshold = thresholds[i];
        status = run(&job, &own, sweep, error);
    }
    job_release(&job);
    if (status != DEDUP_OK)
        dedup_sweep_release(sweep);
    return status;
}
