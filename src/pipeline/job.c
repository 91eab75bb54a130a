#include "pipeline/job.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/escape.h"
#include "base/failure.h"
#include "base/file.h"

enum { SHOWN_PATH = 4096 };

dedup_status job_problem_add(struct job *job, dedup_status status, const char *path, uint64_t line, const char *message,
                             dedup_error *error)
{
    char shown[SHOWN_PATH];
    escape_show(path, strlen(path), shown, sizeof shown);
    TRY(array_reserve(&job->problems, &job->problem_capacity, job->problem_count + 1, "problems", error));
    struct job_problem *problem = &job->problems[job->problem_count];
    *problem = (struct job_problem){status, strdup(path), line, strdup(message)};
    if (!problem->path || !problem->message) {
        free(problem->path);
        free(problem->message);
        return fail_memory(error, "problems");
    }
    job->problem_count++;
    if (job->observer->problem) {
        dedup_problem told = {status, shown, line, problem->message};
        job->observer->problem(job->observer->context, &told);
    }
    return DEDUP_OK;
}

dedup_status job_progress(struct job *job, const char *stage, uint64_t done, uint64_t total, dedup_error *error)
{
    dedup_progress progress = {stage, done, total};
    if (job->observer->progress && !job->observer->progress(job->observer->context, &progress))
        return fail(error, DEDUP_ERROR_STOPPED, "stopped; run the same command again to finish");
    return DEDUP_OK;
}

bool job_is_local(dedup_status status)
{
    return status == DEDUP_ERROR_READ || status == DEDUP_ERROR_FORMAT || status == DEDUP_ERROR_LIMIT;
}

dedup_status job_forget(const struct job *job, const char *path, dedup_error *error)
{
    return job->again ? file_remove(job->output, path, error) : DEDUP_OK;
}

dedup_status job_encoding(const struct job *job, struct decoder *decoder, const void *bytes, size_t length,
                          struct encoding *out, dedup_error *error)
{
    if (!job->options->encoding)
        return encoding_detect(decoder, bytes, length, out, error);
    TRY(encoding_named(job->options->encoding, out, error));
    (void)encoding_of_mark(bytes, length, out);
    return DEDUP_OK;
}
