#include "pipeline/inventory.h"

#include <string.h>

#include "base/escape.h"
#include "base/failure.h"
#include "pipeline/account.h"
#include "pipeline/crew.h"
#include "pipeline/places.h"

enum { COPY_STEP = 1 << 20 };

const char fate_cleaned[] = "cleaned", fate_removed[] = "removed", fate_passed[] = "passed", fate_other[] = "other",
           fate_link[] = "link", fate_folder[] = "folder", fate_left[] = "left", fate_lost[] = "lost";

const char *container_name(enum container container)
{
    static const char *const names[] = {[CONTAINER_GZ] = "gz",
                                        [CONTAINER_ZST] = "zst",
                                        [CONTAINER_XZ] = "xz",
                                        [CONTAINER_BZ2] = "bz2",
                                        [CONTAINER_LZ4] = "lz4"};
    return names[container];
}

bool container_named(const char *name, enum container *out)
{
    for (int container = CONTAINER_GZ; container <= CONTAINER_LZ4; container++) {
        *out = (enum container)container;
        if (strcmp(container_name(*out), name) == 0)
            return true;
    }
    return false;
}

dedup_status inventory_open(const struct job *job, struct journal *journal, dedup_error *error)
{
    dedup_buffer line;
    dedup_buffer_init(&line, SIZE_MAX);
    TRY(journal_open(journal, job->output, PLACE_FILES, crew_batches(job), error));
    dedup_status status =
        dedup_buffer_printf(&line, error, "{\"schema\":\"dedup-files-1\",\"log\":\"%s\",\"follow\":%s}\n",
                            report_log_name(job->options->log), job->options->follow ? "true" : "false");
    if (status == DEDUP_OK)
        status = journal_append(journal, line.data, line.length, error);
    dedup_buffer_release(&line);
    return status;
}

dedup_status inventory_add(const struct job *job, const struct report_file *line, dedup_buffer *out, dedup_error *error)
{
    return job->options->log == DEDUP_LOG_OFF ? DEDUP_OK : report_file(line, out, error);
}

dedup_status inventory_write(const struct job *job, const struct report_file *line, struct journal *journal,
                             dedup_error *error)
{
    dedup_buffer text;
    dedup_buffer_init(&text, SIZE_MAX);
    dedup_status status = inventory_add(job, line, &text, error);
    if (status == DEDUP_OK)
        status = journal_append(journal, text.data, text.length, error);
    dedup_buffer_release(&text);
    return status;
}

static dedup_status write_codes_of(struct decoder *decoder, enum encoding_family family, const char *name,
                                   const struct code_set *set, struct journal *journal, dedup_error *error)
{
    dedup_buffer characters, codes, line;
    dedup_buffer_init(&characters, SIZE_MAX);
    dedup_buffer_init(&codes, SIZE_MAX);
    dedup_buffer_init(&line, SIZE_MAX);
    dedup_status status = decoder_name_codes(decoder, family, set, &characters, &codes, error);
    if (status == DEDUP_OK)
        status = dedup_buffer_printf(&line, error, "{\"encoding\":\"%s\",\"characters\":", name);
    if (status == DEDUP_OK)
        status = escape_json(characters.data ? characters.data : "", characters.length, &line, error);
    if (status == DEDUP_OK)
        status = dedup_buffer_printf(&line, error, ",\"codes\":\"%s\"}\n", codes.data ? codes.data : "");
    if (status == DEDUP_OK)
        status = journal_append(journal, line.data, line.length, error);
    dedup_buffer_release(&characters);
    dedup_buffer_release(&codes);
    dedup_buffer_release(&line);
    return status;
}

dedup_status inventory_write_codes(const struct job *job, dedup_error *error)
{
    static const struct encoding_codes {
        enum encoding_family family;
        const char *name;
    } encodings[] = {[ACCOUNT_GB18030] = {ENCODING_GB18030, "GB18030"}, [ACCOUNT_BIG5] = {ENCODING_BIG5, "Big5-HKSCS"}};
    struct journal journal;
    struct decoder *decoder;
    if (!job->used[ACCOUNT_GB18030] && !job->used[ACCOUNT_BIG5])
        return job_forget(job, PLACE_CODES, error);
    TRY(decoder_create(&decoder, error));
    dedup_status status = journal_open(&journal, job->output, PLACE_CODES, 1, error);
    if (status == DEDUP_OK) {
        for (size_t i = 0; i < ACCOUNT_CODES && status == DEDUP_OK; i++)
            if (job->used[i])
                status = write_codes_of(decoder, encodings[i].family, encodings[i].name, job->used[i], &journal, error);
        if (status == DEDUP_OK)
            status = journal_commit(&journal, error);
        else
            journal_discard(&journal);
    }
    decoder_free(decoder);
    return status;
}

/* Copies what `in` gives to `out`. *status and *reason tell of a failure to read; failures to write are returned. */
static dedup_status copy_stream(struct input_stream *in, struct output_stream *out, dedup_buffer *step, struct sum *sum,
                                dedup_status *status, dedup_error *reason, dedup_error *error)
{
    dedup_buffer_clear(step);
    TRY(dedup_buffer_reserve(step, COPY_STEP, error));
    for (size_t length = COPY_STEP; length == COPY_STEP;) {
        *status = input_stream_read(in, step->data, COPY_STEP, &length, reason);
        if (*status != DEDUP_OK)
            return DEDUP_OK;
        sum_add(sum, step->data, length);
        TRY(output_stream_write(out, step->data, length, error));
    }
    return DEDUP_OK;
}

/* Writes what `in` gives to a new file. */
static dedup_status copy_open(const struct job *job, struct input_stream *in, const char *target, dedup_buffer *scratch,
                              bool *copied, struct file_sum *result, dedup_error *reason, dedup_error *error)
{
    struct output_stream *out;
    struct sum *sum;
    dedup_status unreadable = DEDUP_OK;
    TRY(sum_create(&sum, error));
    dedup_status status = output_stream_open(job->output, target, CONTAINER_PLAIN, &out, error);
    if (status == DEDUP_OK) {
        status = copy_stream(in, out, scratch, sum, &unreadable, reason, error);
        if (status == DEDUP_OK && unreadable == DEDUP_OK)
            status = output_stream_commit(out, error);
        else
            output_stream_discard(out);
    }
    *copied = status == DEDUP_OK && unreadable == DEDUP_OK;
    *result = sum_result(sum);
    sum_free(sum);
    return status;
}

dedup_status copy_file_to(const struct job *job, const char *path, const char *target, dedup_buffer *scratch,
                          bool *copied, struct file_sum *sum, dedup_error *reason, dedup_error *error)
{
    const struct corpus_file file = {.path = path};
    const struct stream_limits limits = {UINT64_MAX, UINT32_MAX};
    struct input_stream *in;
    *copied = false;
    if (input_stream_open(job->input, &file, job->options->follow, &limits, &in, reason) != DEDUP_OK)
        return DEDUP_OK;
    dedup_status status = copy_open(job, in, target, scratch, copied, sum, reason, error);
    input_stream_close(in);
    return status;
}
