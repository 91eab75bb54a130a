#include "dedup/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/failure.h"
#include "base/file.h"
#include "pipeline/job.h"
#include "pipeline/learn_pass.h"
#include "pipeline/manifest.h"
#include "pipeline/places.h"
#include "pipeline/survey.h"
#include "report/report.h"

static double seconds_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* An OUT with a manifest must be from the same options and the same input, else its files would be mixed with ours. */
static dedup_status check_manifest(const struct job *job, const struct manifest *ours, dedup_error *error)
{
    struct manifest theirs;
    TRY(manifest_read(job->output, &theirs, error));
    if (theirs.state == MANIFEST_ABSENT)
        return DEDUP_OK;
    const char *differs = strcmp(theirs.parameters, ours->parameters) != 0 ? "options"
                          : strcmp(theirs.input, ours->input) != 0         ? "input"
                                                                           : NULL;
    if (differs)
        return fail(error, DEDUP_ERROR_CONFLICT,
                    "%s holds the output of a run with other %s; name a new directory with --out, or delete that one",
                    job->options->output, differs);
    return DEDUP_OK;
}

static dedup_status write_file(const struct job *job, const char *path, const dedup_buffer *text, dedup_error *error)
{
    struct atomic_file file = {.descriptor = -1};
    dedup_status status = atomic_file_open(&file, job->output, path, error);
    if (status == DEDUP_OK)
        status = atomic_file_write(&file, text->data, text->length, error);
    if (status == DEDUP_OK)
        status = atomic_file_commit(&file, false, error);
    atomic_file_discard(&file);
    return status;
}

/* What was learned, as a rule pack; no file when nothing was. */
static dedup_status write_learned(const struct job *job, dedup_error *error)
{
    dedup_buffer text;
    if (!job->learned_account)
        return job_forget(job, PLACE_LEARNED, error);
    dedup_buffer_init(&text, SIZE_MAX);
    dedup_status status = learned_account_write(job->learned_account, &text, error);
    if (status == DEDUP_OK && text.length != 0)
        status = write_file(job, PLACE_LEARNED, &text, error);
    else if (status == DEDUP_OK)
        status = job_forget(job, PLACE_LEARNED, error);
    dedup_buffer_release(&text);
    return status;
}

static dedup_status write_report(struct job *job, const dedup_summary *summary, dedup_error *error)
{
    struct report report = {.options = job->options,
                            .summary = summary,
                            .problem_count = job->problem_count,
                            .skipped_count = job->listing.skipped_count};
    struct report_problem *problems = calloc(job->problem_count + 1, sizeof *problems);
    struct report_skipped *skipped = calloc(job->listing.skipped_count + 1, sizeof *skipped);
    dedup_buffer text;
    dedup_buffer_init(&text, SIZE_MAX);
    dedup_status status = problems && skipped ? DEDUP_OK : fail_memory(error, "the report");
    if (status == DEDUP_OK) {
        for (size_t i = 0; i < job->problem_count; i++)
            problems[i] = (struct report_problem){job->problems[i].status, job->problems[i].path, job->problems[i].line,
                                                  job->problems[i].message};
        for (size_t i = 0; i < job->listing.skipped_count; i++)
            skipped[i] = (struct report_skipped){job->listing.skipped[i].path, job->listing.skipped[i].reason};
        report.problems = problems;
        report.skipped = skipped;
        status = report_json(&report, &text, error);
    }
    if (status == DEDUP_OK)
        status = write_file(job, PLACE_REPORT, &text, error);
    dedup_buffer_clear(&text);
    if (status == DEDUP_OK)
        status = survey_report(job->survey, job, &report, &text, error);
    if (status == DEDUP_OK)
        status = write_file(job, PLACE_PAGE, &text, error);
    dedup_buffer_release(&text);
    free(problems);
    free(skipped);
    return status;
}

/* Folders that could not be read are problems of the run; what is skipped by rule is not. */
static dedup_status report_listing(struct job *job, dedup_error *error)
{
    for (size_t i = 0; i < job->listing.skipped_count; i++) {
        const struct corpus_skipped *skipped = &job->listing.skipped[i];
        if (skipped->status != DEDUP_OK)
            TRY(job_problem_add(job, skipped->status, skipped->path, 0, skipped->reason, error));
    }
    return DEDUP_OK;
}

/* Everything between a claimed OUT and a finished summary. */
static dedup_status run_passes(struct job *job, struct manifest *manifest, dedup_summary *summary, dedup_error *error)
{
    double wall = seconds_of(CLOCK_MONOTONIC), cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    TRY(manifest_write(job->output, manifest, job->options, error));
    TRY(report_listing(job, error));
    TRY(job_make_matchers(job, error));
    TRY(job_learn(job, error));
    TRY(job_read(job, error));
    TRY(write_learned(job, error));
    TRY(job_decide(job, error));
    TRY(job_write(job, error));
    TRY(job_summarize(job, summary, error));
    summary->wall_seconds = seconds_of(CLOCK_MONOTONIC) - wall;
    summary->cpu_seconds = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    dedup_status status = write_report(job, summary, error);
    if (status == DEDUP_OK)
        status = file_sync_tree(job->output, error);
    manifest->state = MANIFEST_DONE;
    if (status == DEDUP_OK)
        status = manifest_write(job->output, manifest, job->options, error);
    if (status != DEDUP_OK)
        dedup_summary_release(summary);
    return status;
}

static dedup_status open_spill(struct job *job, dedup_error *error)
{
    const char *path = job->options->temporary;
    job->spill = path ? file_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                      : file_open(job->output, PLACE_OWN, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (job->spill < 0)
        return fail_errno(error, DEDUP_ERROR_WRITE, errno,
                          "cannot open the folder for temporary files %s (check --tmp)",
                          path ? path : job->options->output);
    return DEDUP_OK;
}

/* Everything of a dry run. */
static dedup_status run_dry(struct job *job, int input, dedup_summary *summary, dedup_error *error)
{
    double wall = seconds_of(CLOCK_MONOTONIC), cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    TRY(job_list(job, input, error));
    TRY(report_listing(job, error));
    if (job->options->temporary)
        TRY(open_spill(job, error));
    TRY(job_make_matchers(job, error));
    TRY(job_choose_sample(job, error));
    TRY(job_learn(job, error));
    TRY(job_read(job, error));
    TRY(job_decide(job, error));
    TRY(job_weigh(job, error));
    TRY(job_summarize(job, summary, error));
    summary->wall_seconds = seconds_of(CLOCK_MONOTONIC) - wall;
    summary->cpu_seconds = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    return DEDUP_OK;
}

static dedup_status dry_run(const dedup_options *options, const dedup_observer *observer, dedup_summary *summary,
                            dedup_error *error)
{
    dedup_options own = *options;
    struct job job;
    own.output = NULL;
    own.others = DEDUP_OTHERS_LEAVE;
    if (!own.log_file)
        own.log = DEDUP_LOG_OFF;
    TRY(job_init(&job, &own, observer, error));
    int input = -1;
    dedup_status status = place_open_input(own.input, &input, error);
    if (status == DEDUP_OK)
        status = place_check_outside(input, own.log_file, own.temporary, error);
    if (status == DEDUP_OK)
        status = run_dry(&job, input, summary, error);
    if (input >= 0)
        close(input);
    job_release(&job);
    return status;
}

static dedup_status run_in(struct job *job, struct places *places, dedup_summary *summary, dedup_error *error)
{
    struct manifest manifest;
    TRY(job_list(job, places->input, error));
    TRY(manifest_make(job->options, &job->listing, &manifest, error));
    TRY(places_claim(job->options, places, error));
    job->output = places->output;
    TRY(check_manifest(job, &manifest, error));
    job->again = !places->fresh;
    TRY(open_spill(job, error));
    if (job->again)
        TRY(places_sweep(job->options->output, job->output, job->spill, &job->listing, error));
    return run_passes(job, &manifest, summary, error);
}

static dedup_status real_run(const dedup_options *options, const dedup_observer *observer, dedup_summary *summary,
                             dedup_error *error)
{
    struct places places;
    struct job job;
    TRY(job_init(&job, options, observer, error));
    dedup_status status = places_open(options, &places, error);
    if (status == DEDUP_OK) {
        status = run_in(&job, &places, summary, error);
        places_release(&places);
    }
    job_release(&job);
    return status;
}

dedup_status dedup_run(const dedup_options *options, const dedup_observer *observer, dedup_summary *summary,
                       dedup_error *error)
{
    dedup_summary own = {0};
    dedup_status status =
        options->dry_run ? dry_run(options, observer, &own, error) : real_run(options, observer, &own, error);
    if (status == DEDUP_OK && summary)
        *summary = own;
    else
        dedup_summary_release(&own);
    return status;
}
