#include "pipeline/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/escape.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/hash.h"
#include "corpus/json.h"
#include "dedup/version.h"
#include "pipeline/places.h"

enum { MANIFEST_LIMIT = 1 << 20, RULE_FILE_LIMIT = 1 << 26 };

static const char *const state_names[] = {[MANIFEST_RUNNING] = "running", [MANIFEST_DONE] = "done"};

static void write_hash(const void *bytes, size_t length, char hex[33])
{
    struct hash128 hash = hash128_of(bytes, length);
    (void)snprintf(hex, 33, "%016" PRIx64 "%016" PRIx64, hash.high, hash.low);
}

static dedup_status append_text(dedup_buffer *out, const char *text, dedup_error *error)
{
    return dedup_buffer_append(out, text ? text : "", text ? strlen(text) + 1 : 1, error);
}

/* Rule files count by what they say, not by their names. */
static dedup_status append_rule_files(const dedup_options *options, dedup_buffer *out, dedup_error *error)
{
    for (size_t i = 0; i < options->rule_file_count; i++) {
        dedup_buffer content;
        dedup_buffer_init(&content, RULE_FILE_LIMIT);
        dedup_status status = file_read(AT_FDCWD, options->rule_files[i], &content, error);
        if (status == DEDUP_OK)
            status = dedup_buffer_printf(out, error, "%016" PRIx64 ",", hash64_of(content.data, content.length));
        dedup_buffer_release(&content);
        TRY(status);
    }
    for (size_t i = 0; i < options->rules_off_count; i++)
        TRY(append_text(out, options->rules_off[i], error));
    return DEDUP_OK;
}

static dedup_status append_parameters(const dedup_options *options, dedup_buffer *out, dedup_error *error)
{
    const char *const texts[] = {options->encoding, options->text_field, options->id_field, options->date_field,
                                 options->source_field};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        TRY(append_text(out, texts[i], error));
    TRY(dedup_buffer_printf(out, error, "%d %d %d %d %d %d %d %d %a %a %u %u %" PRIu64 " %" PRIu64 " %" PRIu32 " ",
                            (int)options->clean, (int)options->documents, (int)options->paragraphs,
                            (int)options->paragraph, (int)options->keep, (int)options->log, (int)options->others,
                            options->follow, options->threshold, options->containment, options->bands, options->rows,
                            options->maximum_document, options->maximum_file, options->maximum_ratio));
    return append_rule_files(options, out, error);
}

static dedup_status append_listing(const struct corpus_listing *listing, dedup_buffer *out, dedup_error *error)
{
    for (size_t i = 0; i < listing->file_count; i++) {
        const struct corpus_file *file = &listing->files[i];
        TRY(append_text(out, file->path, error));
        TRY(dedup_buffer_append(out, &file->size, sizeof file->size, error));
        TRY(dedup_buffer_append(out, &file->modified_ns, sizeof file->modified_ns, error));
    }
    return DEDUP_OK;
}

dedup_status manifest_make(const dedup_options *options, const struct corpus_listing *listing, struct manifest *out,
                           dedup_error *error)
{
    *out = (struct manifest){.state = MANIFEST_RUNNING};
    dedup_buffer bytes;
    dedup_buffer_init(&bytes, SIZE_MAX);
    dedup_status status = append_parameters(options, &bytes, error);
    if (status == DEDUP_OK) {
        write_hash(bytes.data, bytes.length, out->parameters);
        dedup_buffer_clear(&bytes);
        status = append_listing(listing, &bytes, error);
    }
    if (status == DEDUP_OK)
        write_hash(bytes.data, bytes.length, out->input);
    dedup_buffer_release(&bytes);
    return status;
}

static bool take_string(const char *line, const struct json_value *value, char *out, size_t size)
{
    size_t length = value->end - value->begin;
    if (value->type != JSON_STRING || length >= size)
        return false;
    memcpy(out, line + value->begin, length);
    out[length] = '\0';
    return true;
}

static dedup_status parse(const dedup_buffer *content, struct manifest *out, dedup_error *error)
{
    const char *names[] = {"state", "parameters", "input"};
    struct json_value values[3];
    char state[16];
    size_t length = content->length;
    while (length != 0 && (content->data[length - 1] == '\n' || content->data[length - 1] == ' '))
        length--;
    TRY(json_scan(content->data, length, names, 3, values, error));
    if (take_string(content->data, &values[0], state, sizeof state) &&
        take_string(content->data, &values[1], out->parameters, sizeof out->parameters) &&
        take_string(content->data, &values[2], out->input, sizeof out->input)) {
        for (int i = MANIFEST_RUNNING; i <= MANIFEST_DONE; i++)
            if (strcmp(state, state_names[i]) == 0)
                out->state = (enum manifest_state)i;
    }
    if (out->state == MANIFEST_ABSENT)
        return fail(error, DEDUP_ERROR_FORMAT, "it is not a manifest of ours");
    return DEDUP_OK;
}

dedup_status manifest_read(int output, struct manifest *out, dedup_error *error)
{
    *out = (struct manifest){.state = MANIFEST_ABSENT};
    struct stat facts;
    if (fstatat(output, PLACE_MANIFEST, &facts, 0) != 0 && errno == ENOENT)
        return DEDUP_OK;
    dedup_buffer content;
    dedup_error reason;
    dedup_buffer_init(&content, MANIFEST_LIMIT);
    dedup_status status = file_read(output, PLACE_MANIFEST, &content, error);
    if (status == DEDUP_OK && parse(&content, out, &reason) != DEDUP_OK)
        status = fail(error, DEDUP_ERROR_CONFLICT, "%s cannot be used: %s; name a new directory with --out",
                      PLACE_MANIFEST, reason.message);
    dedup_buffer_release(&content);
    return status;
}

dedup_status manifest_write(int output, const struct manifest *manifest, const dedup_options *options,
                            dedup_error *error)
{
    dedup_buffer text;
    dedup_buffer_init(&text, MANIFEST_LIMIT);
    dedup_status status =
        dedup_buffer_printf(&text, error,
                            "{\"schema\":\"dedup-manifest-1\",\"version\":\"%d.%d.%d\",\"state\":\"%s\","
                            "\"parameters\":\"%s\",\"input\":\"%s\",\"input_path\":",
                            DEDUP_VERSION_MAJOR, DEDUP_VERSION_MINOR, DEDUP_VERSION_PATCH, state_names[manifest->state],
                            manifest->parameters, manifest->input);
    if (status == DEDUP_OK)
        status = escape_json(options->input, strlen(options->input), &text, error);
    if (status == DEDUP_OK)
        status = dedup_buffer_append(&text, "}\n", 2, error);
    struct atomic_file file = {.descriptor = -1};
    if (status == DEDUP_OK)
        status = atomic_file_open(&file, output, PLACE_MANIFEST, error);
    if (status == DEDUP_OK)
        status = atomic_file_write(&file, text.data, text.length, error);
    if (status == DEDUP_OK)
        status = atomic_file_commit(&file, true, error);
    atomic_file_discard(&file);
    dedup_buffer_release(&text);
    return status;
}
