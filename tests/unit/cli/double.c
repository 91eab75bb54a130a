/* A library whose runs do what the name of their input says, so that every end of the command can be reached. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dedup/audit.h"
#include "dedup/explain.h"
#include "dedup/log.h"
#include "dedup/plan.h"
#include "dedup/report.h"
#include "dedup/run.h"
#include "dedup/stream.h"

void dedup_summary_release(dedup_summary *summary)
{
    *summary = (dedup_summary){0};
}

static dedup_status end_with(dedup_error *error, dedup_status status, const char *message)
{
    error->status = status;
    (void)snprintf(error->message, sizeof error->message, "%s", message);
    return status;
}

/* A run that never ends by itself. */
static dedup_status wait_for_stop(const dedup_observer *observer, dedup_error *error)
{
    const struct timespec pause = {0, 1000000};
    for (uint64_t i = 0; i < 20000; i++) {
        if (!observer->progress(observer->context, &(dedup_progress){"read", i, 20000}))
            return end_with(error, DEDUP_ERROR_STOPPED, "stopped");
        (void)nanosleep(&pause, NULL);
    }
    return DEDUP_OK;
}

dedup_status dedup_run(const dedup_options *options, const dedup_observer *observer, dedup_summary *summary,
                       dedup_error *error)
{
    const char *act = options->input;
    (void)observer->progress(observer->context, &(dedup_progress){"list", 3, 0});
    if (strcmp(act, "missing") == 0)
        return end_with(error, DEDUP_ERROR_READ, "missing: no such directory");
    if (strcmp(act, "rules") == 0)
        return end_with(error, DEDUP_ERROR_FORMAT, "a.rules:2: the class is one of A Z M B F O");
    if (strcmp(act, "taken") == 0)
        return end_with(error, DEDUP_ERROR_CONFLICT, "the output is taken");
    (void)observer->progress(observer->context, &(dedup_progress){"read", 25, 100});
    if (strcmp(act, "vanishing") == 0)
        return end_with(error, DEDUP_ERROR_READ, "gone");
    if (strcmp(act, "full") == 0)
        return end_with(error, DEDUP_ERROR_WRITE, "disk full");
    if (strcmp(act, "memory") == 0)
        return end_with(error, DEDUP_ERROR_MEMORY, "out of memory");
    if (strcmp(act, "endless") == 0)
        return wait_for_stop(observer, error);
    summary->in.documents = summary->out.documents = 3;
    summary->problems = strcmp(act, "problems") == 0 ? 25 : 0;
    for (uint64_t i = 0; i < summary->problems; i++)
        observer->problem(observer->context, &(dedup_problem){DEDUP_ERROR_FORMAT, "a.jsonl", i, "broken"});
    return DEDUP_OK;
}

dedup_status dedup_plan_make(const dedup_options *options, uint64_t units, const dedup_observer *observer,
                             dedup_plan *plan, dedup_error *error)
{
    const char *act = options->input;
    if (act && strcmp(act, "empty") == 0)
        return end_with(error, DEDUP_ERROR_ARGUMENT, "empty has too little text to measure on");
    if (act && strcmp(act, "problems") == 0)
        observer->problem(observer->context, &(dedup_problem){DEDUP_ERROR_FORMAT, "a.jsonl", 3, "broken"});
    *plan = (dedup_plan){.bands = units > 1000 ? 25 : 16, .rows = 4, .point_count = 1};
    plan->points[0] = (dedup_plan_point){options->threshold, 0.25, {{1000, 250}, {7, 7}, {0, 0}}};
    return DEDUP_OK;
}

dedup_status dedup_sweep_make(const dedup_options *options, const double *thresholds, size_t count,
                              const dedup_observer *observer, dedup_sweep *sweep, dedup_error *error)
{
    static char dropped[] = "a", kept[] = "b";
    (void)observer;
    if (!options->input)
        return end_with(error, DEDUP_ERROR_ARGUMENT, "a sweep needs an input directory");
    *sweep = (dedup_sweep){.documents = 200, .count = count, .points = calloc(count, sizeof *sweep->points)};
    for (size_t i = 0; sweep->points && i < count; i++)
        sweep->points[i] = (dedup_sweep_point){thresholds[i], 1, count - i, 0, i > 0 ? NULL : dropped, kept, 0.5};
    return DEDUP_OK;
}

void dedup_sweep_release(dedup_sweep *sweep)
{
    free(sweep->points);
}

dedup_status dedup_log_read(const char *output, dedup_log_callback *callback, void *context, dedup_error *error)
{
    static const char record[] = "{\"document\":\"a\"}";
    size_t count = strcmp(output, "long") == 0 ? 100000 : 2;
    if (strcmp(output, "none") == 0)
        return end_with(error, DEDUP_ERROR_READ, "none/.dedup/removed.jsonl.zst: no such file");
    if (strcmp(output, "damaged") == 0)
        return end_with(error, DEDUP_ERROR_FORMAT, "damaged");
    for (size_t i = 0; i < count; i++) {
        dedup_status status = callback(context, record, sizeof record - 1, error);
        if (status != DEDUP_OK)
            return status;
    }
    return DEDUP_OK;
}

/* A stream is nothing but a word: how it ends. */
struct dedup_stream {
    const char *act;
};

dedup_status dedup_stream_create(const dedup_options *options, const dedup_observer *observer, dedup_stream **out,
                                 dedup_error *error)
{
    static struct dedup_stream stream;
    (void)observer;
    stream.act = options->text_field;
    *out = &stream;
    return strcmp(stream.act, "refused") == 0 ? end_with(error, DEDUP_ERROR_ARGUMENT, "no such stream") : DEDUP_OK;
}

void dedup_stream_free(dedup_stream *stream)
{
    stream->act = NULL;
}

dedup_status dedup_stream_copy(dedup_stream *stream, const dedup_stream_files *files, bool *closed, dedup_error *error)
{
    *closed = strcmp(stream->act, "closed") == 0;
    if (*closed)
        return end_with(error, DEDUP_ERROR_STOPPED, "nobody reads");
    if (strcmp(stream->act, "full") == 0)
        return end_with(error, DEDUP_ERROR_WRITE, "disk full");
    if (strcmp(stream->act, "memory") == 0)
        return end_with(error, DEDUP_ERROR_LIMIT, "too much");
    if (strcmp(stream->act, "vanishing") == 0)
        return end_with(error, DEDUP_ERROR_READ, "gone");
    return files->input == 0 && files->output == 1 ? DEDUP_OK : end_with(error, DEDUP_ERROR_WRITE, "odd places");
}

dedup_status dedup_stream_summary(const dedup_stream *stream, dedup_summary *summary, dedup_error *error)
{
    (void)error;
    *summary = (dedup_summary){.problems = strcmp(stream->act, "problems") == 0};
    return DEDUP_OK;
}

dedup_status dedup_report_read(const char *output, dedup_report_format format, bool color, dedup_buffer *out,
                               dedup_error *error)
{
    if (strcmp(output, "none") == 0)
        return end_with(error, DEDUP_ERROR_READ, "cannot read none/.dedup/report.json");
    return dedup_buffer_printf(out, error, "form %d%s\n", (int)format, color ? " in colour" : "");
}

dedup_status dedup_explain(const char *output, const char *document, dedup_explanation *out, dedup_error *error)
{
    static dedup_part parts[] = {{"kept \033[1m\r\n", 11, NULL, NULL, 0, NULL},
                                 {"gone\n", 5, "a.rule", NULL, 0, NULL},
                                 {"&amp;", 5, "repair", NULL, 0, "&"},
                                 {"again", 5, "repeat.paragraph", "b.txt", 7, NULL}};
    *out = (dedup_explanation){0};
    if (strcmp(output, "none") == 0)
        return end_with(error, DEDUP_ERROR_ARGUMENT, "none has no such document");
    out->passed = strcmp(document, "passed") == 0;
    out->text = "kept \033[1m\r\ngone\n&amp;again";
    out->length = strlen(out->text);
    out->parts = parts;
    out->part_count = strcmp(document, "whole") == 0 || out->passed ? 1 : 4;
    if (strcmp(document, "copy") != 0)
        return DEDUP_OK;
    out->kept = "k.txt";
    out->similarity = 0.875;
    out->text = "one two,three four";
    out->length = strlen(out->text);
    out->kept_text = "one zwei three  four five";
    out->kept_length = strlen(out->kept_text);
    return DEDUP_OK;
}

void dedup_explanation_release(dedup_explanation *explanation)
{
    *explanation = (dedup_explanation){0};
}

void dedup_audit_options_init(dedup_audit_options *options)
{
    *options = (dedup_audit_options){0};
}

static dedup_status audit(const dedup_audit_options *options, const dedup_audit_observer *observer,
                          dedup_audit_summary *summary, dedup_error *error)
{
    if (strcmp(options->output, "none") == 0)
        return end_with(error, DEDUP_ERROR_ARGUMENT, "none is not the output of a run");
    *summary = (dedup_audit_summary){.files = 3, .bytes = 7, .bytes_kept = 5, .bytes_logged = 2};
    summary->differences = strcmp(options->output, "problems") == 0 ? 25 : 0;
    for (uint64_t i = 0; i < summary->differences; i++)
        observer->difference(observer->context, &(dedup_difference){"a.txt", i % 2 == 1, i, "differs"});
    return DEDUP_OK;
}

dedup_status dedup_verify(const dedup_audit_options *options, const dedup_audit_observer *observer,
                          dedup_audit_summary *summary, dedup_error *error)
{
    return options->input ? audit(options, observer, summary, error)
                          : end_with(error, DEDUP_ERROR_ARGUMENT, "no input");
}

dedup_status dedup_restore(const dedup_audit_options *options, const dedup_audit_observer *observer,
                           dedup_audit_summary *summary, dedup_error *error)
{
    return options->target ? audit(options, observer, summary, error)
                           : end_with(error, DEDUP_ERROR_ARGUMENT, "no target");
}
