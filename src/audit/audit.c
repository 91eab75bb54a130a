#include "audit/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/failure.h"
#include "base/file.h"
#include "pipeline/manifest.h"
#include "pipeline/places.h"

enum {
    SHOWN_PATH = 4096,
    STEP = 1 << 16,
    EXPANSION = 4 /* bytes of a record for each of its document: text, escapes, hexadecimal */
};

void dedup_audit_options_init(dedup_audit_options *options)
{
    dedup_options run;
    dedup_options_init(&run);
    *options = (dedup_audit_options){
        .maximum_document = run.maximum_document, .maximum_file = run.maximum_file, .maximum_ratio = run.maximum_ratio};
}

static dedup_status check_manifest(struct audit *audit, dedup_error *error)
{
    const char *output = audit->options->output;
    struct manifest manifest;
    TRY(manifest_read(audit->output, &manifest, error));
    if (manifest.state == MANIFEST_ABSENT)
        return fail(error, DEDUP_ERROR_ARGUMENT, "%s is not the output of a run (it has no %s)", output,
                    PLACE_MANIFEST);
    if (manifest.state != MANIFEST_DONE)
        return fail(error, DEDUP_ERROR_ARGUMENT, "the run into %s is not finished; the same command finishes it",
                    output);
    (void)snprintf(audit->fingerprints, sizeof audit->fingerprints, "%s %s\n", manifest.parameters, manifest.input);
    return DEDUP_OK;
}

static dedup_status open_records(struct audit *audit, dedup_error *error)
{
    const dedup_audit_options *options = audit->options;
    uint64_t longest = options->maximum_document;
    longest = longest < SIZE_MAX / 2 / EXPANSION ? longest * EXPANSION : SIZE_MAX / 2;
    TRY(check_manifest(audit, error));
    TRY(inventory_reader_open(options->output, &audit->inventory, error));
    if (audit->inventory.log == DEDUP_LOG_OFF)
        return fail(error, DEDUP_ERROR_ARGUMENT,
                    "%s was made with --log off, which gives up verify and restore; run again without it, into a new "
                    "directory",
                    options->output);
    TRY(encoders_load(options->output, &audit->encoders, error));
    return weaver_create(options->output, (size_t)longest, &audit->weaver, error);
}

dedup_status audit_open(struct audit *audit, const dedup_audit_options *options, const dedup_audit_observer *observer,
                        dedup_error *error)
{
    static const dedup_audit_observer silent = {0};
    *audit = (struct audit){.options = options, .observer = observer ? observer : &silent, .output = -1};
    if (!options->output)
        return fail(error, DEDUP_ERROR_ARGUMENT, "the output of a run is needed (--out DIR)");
    audit->output = file_open(AT_FDCWD, options->output, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (audit->output < 0)
        return fail_errno(error, DEDUP_ERROR_READ, errno, "cannot open the output %s (check the path given to --out)",
                          options->output);
    dedup_status status = open_records(audit, error);
    if (status != DEDUP_OK)
        audit_close(audit);
    return status;
}

void audit_close(struct audit *audit)
{
    inventory_reader_close(&audit->inventory);
    encoders_release(&audit->encoders);
    weaver_free(audit->weaver);
    audit->weaver = NULL;
    if (audit->output >= 0)
        close(audit->output);
    audit->output = -1;
}

void audit_tell(struct audit *audit, const char *path, const uint64_t *place, const char *format, ...)
{
    char shown[SHOWN_PATH], text[2 * DEDUP_MESSAGE_SIZE], message[2 * DEDUP_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    escape_show(path, strlen(path), shown, sizeof shown);
    escape_show(text, strlen(text), message, sizeof message);
    audit->summary.differences++;
    if (!audit->observer->difference)
        return;
    const dedup_difference difference = {shown, place != NULL, place ? *place : 0, message};
    audit->observer->difference(audit->observer->context, &difference);
}

dedup_status audit_progress(struct audit *audit, const char *stage, uint64_t done, dedup_error *error)
{
    const dedup_progress progress = {stage, done, 0};
    if (audit->observer->progress && !audit->observer->progress(audit->observer->context, &progress))
        return fail(error, DEDUP_ERROR_STOPPED, "stopped");
    return DEDUP_OK;
}

dedup_status audit_open_file(const struct audit *audit, int folder, const char *path, enum container container,
                             bool follow, struct input_stream **out, dedup_error *error)
{
    const struct corpus_file file = {.path = path, .container = container};
    const struct stream_limits limits = {audit->options->maximum_file, audit->options->maximum_ratio};
    return input_stream_open(folder, &file, follow, &limits, out, error);
}

dedup_status audit_open_copy(const struct audit *audit, const struct listed *file, struct input_stream **out,
                             dedup_error *error)
{
    if (file->fate != FATE_OTHER)
        return audit_open_file(audit, audit->output, file->path, CONTAINER_PLAIN, false, out, error);
    int others = file_open(audit->output, PLACE_OTHERS, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (others < 0)
        return fail_errno(error, DEDUP_ERROR_READ, errno, "cannot open %s", PLACE_OTHERS);
    dedup_status status = audit_open_file(audit, others, file->path, CONTAINER_PLAIN, false, out, error);
    close(others);
    return status;
}

/* Adds up what a stream gives. */
static dedup_status add_up(struct input_stream *in, struct sum *sum, dedup_error *error)
{
    char step[STEP];
    for (size_t length = sizeof step; length == sizeof step;) {
        TRY(input_stream_read(in, step, sizeof step, &length, error));
        sum_add(sum, step, length);
    }
    return DEDUP_OK;
}

dedup_status audit_sum(const struct audit *audit, int folder, const char *path, enum container container, bool follow,
                       struct file_sum *out, dedup_error *error)
{
    struct input_stream *in;
    struct sum *sum;
    TRY(audit_open_file(audit, folder, path, container, follow, &in, error));
    dedup_status status = sum_create(&sum, error);
    if (status == DEDUP_OK) {
        status = add_up(in, sum, error);
        *out = sum_result(sum);
        sum_free(sum);
    }
    input_stream_close(in);
    return status;
}

/* Sends a copy to the sink. */
static dedup_status copy(struct audit *audit, const struct listed *file, const struct weave_sink *sink, uint64_t *place,
                         dedup_error *error)
{
    struct input_stream *in;
    char step[STEP];
    TRY(audit_open_copy(audit, file, &in, error));
    dedup_status status = DEDUP_OK;
    for (size_t length = sizeof step; status == DEDUP_OK && length == sizeof step;) {
        status = input_stream_read(in, step, sizeof step, &length, error);
        if (status == DEDUP_OK && length != 0)
            status = sink->put(sink->context, step, length, error);
        *place += length;
    }
    input_stream_close(in);
    return status;
}

dedup_status audit_rebuild(struct audit *audit, const struct listed *file, const struct weave_sink *sink,
                           uint64_t *place, dedup_status *own, dedup_error *reason, dedup_error *error)
{
    struct input_stream *cleaned = NULL;
    audit->counts = (struct weave_counts){0};
    *place = 0;
    *own = DEDUP_OK;
    if (file->fate == FATE_PASSED || file->fate == FATE_OTHER) {
        *own = copy(audit, file, sink, place, reason);
        audit->counts.kept = *place;
        TRY(weaver_skip(audit->weaver, file, error));
    } else {
        if (file->fate == FATE_CLEANED)
            *own = audit_open_file(audit, audit->output, file->path, file->container, false, &cleaned, reason);
        if (*own != DEDUP_OK)
            return weaver_skip(audit->weaver, file, error);
        dedup_status status = weaver_weave(audit->weaver, file, encoders_find(&audit->encoders, file->encoding),
                                           cleaned, sink, &audit->counts, place, own, reason, error);
        input_stream_close(cleaned);
        TRY(status);
    }
    return DEDUP_OK;
}

void audit_count(struct audit *audit)
{
    dedup_audit_summary *summary = &audit->summary;
    const struct weave_counts *counts = &audit->counts;
    summary->files++;
    summary->bytes += counts->kept + counts->logged + counts->measured;
    summary->bytes_kept += counts->kept;
    summary->bytes_logged += counts->logged;
    summary->bytes_measured += counts->measured;
}
