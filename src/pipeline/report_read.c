#include "pipeline/report_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/file.h"
#include "corpus/json.h"
#include "dedup/report.h"
#include "pipeline/places.h"
#include "report/measures.h"
#include "report/report.h"

enum { FIELDS_MOST = 12, NUMBER_BYTES = 32, REPORT_LIMIT = 1 << 30 };

/* An object of the report: where it stands. */
struct node {
    const char *text;
    size_t length;
};

/* Finds fields of an object; those that are missing have type JSON_ABSENT. */
static dedup_status scan(const struct node *node, const char *const *names, size_t count, struct json_value *values,
                         dedup_error *error)
{
    if (node->length == 0)
        return fail(error, DEDUP_ERROR_FORMAT, "an object of the report is missing");
    return json_scan(node->text, node->length, names, count, values, error);
}

static struct node child(const struct node *node, const struct json_value *value)
{
    bool there = value->type == JSON_OBJECT || value->type == JSON_ARRAY;
    return (struct node){node->text + (there ? value->begin : 0), there ? value->end - value->begin : 0};
}

/* The digits of a number; 0 for anything else. */
static double number_at(const struct node *node, const struct json_value *value)
{
    char digits[NUMBER_BYTES];
    size_t length = value->end - value->begin;
    if (value->type != JSON_NUMBER || length >= sizeof digits)
        return 0;
    memcpy(digits, node->text + value->begin, length);
    digits[length] = '\0';
    return strtod(digits, NULL);
}

/* A count is written in plain digits. */
static uint64_t count_at(const struct node *node, const struct json_value *value)
{
    uint64_t count = 0;
    if (value->type != JSON_NUMBER)
        return 0;
    for (size_t i = value->begin; i < value->end; i++) {
        unsigned digit = (unsigned)(unsigned char)node->text[i] - '0';
        if (digit > 9 || count > (UINT64_MAX - digit) / 10)
            return 0;
        count = count * 10 + digit;
    }
    return count;
}

/* Reads counts of an object, `names` into `out`, one for one. */
static dedup_status read_counts(const struct node *node, const char *const *names, size_t count, uint64_t *const *out,
                                dedup_error *error)
{
    struct json_value values[FIELDS_MOST];
    TRY(scan(node, names, count, values, error));
    for (size_t i = 0; i < count; i++)
        *out[i] = count_at(node, &values[i]);
    return DEDUP_OK;
}

static dedup_status read_volume(const struct node *node, dedup_volume *out, dedup_error *error)
{
    static const char *const names[] = {"documents", "paragraphs", "characters", "bytes"};
    uint64_t *const places[] = {&out->documents, &out->paragraphs, &out->characters, &out->bytes};
    return read_counts(node, names, 4, places, error);
}

static dedup_status read_methods(const struct node *node, uint64_t *exact, uint64_t *near, uint64_t *contained,
                                 dedup_error *error)
{
    static const char *const names[] = {"exact", "near", "contained"};
    uint64_t *const places[] = {exact, near, contained};
    return read_counts(node, names, 3, places, error);
}

static dedup_status read_duplicates(const struct node *node, dedup_summary *summary, dedup_error *error)
{
    static const char *const names[] = {"documents", "blocks_in_document", "paragraphs_in_document",
                                        "paragraphs_in_corpus"};
    struct json_value values[4];
    struct node nodes[4];
    uint64_t none;
    TRY(scan(node, names, 4, values, error));
    for (size_t i = 0; i < 4; i++)
        nodes[i] = child(node, &values[i]);
    TRY(read_methods(&nodes[0], &summary->exact, &summary->near, &summary->contained, error));
    TRY(read_methods(&nodes[1], &summary->block_repeats, &none, &none, error));
    TRY(read_methods(&nodes[2], &summary->paragraph_repeats_exact, &summary->paragraph_repeats_near, &none, error));
    return read_methods(&nodes[3], &summary->paragraph_exact, &summary->paragraph_near, &none, error);
}

/* The next object of an array of them, from *at on; false at its end. */
static bool next_object(const struct node *array, size_t *at, struct node *out)
{
    const char *text = array->text;
    while (*at < array->length && text[*at] != '{')
        ++*at;
    size_t begin = *at, depth = 0;
    for (bool string = false; *at < array->length; ++*at) {
        char c = text[*at];
        if (string) {
            *at += c == '\\' && *at + 1 < array->length;
            string = c != '"';
        } else if (c == '"') {
            string = true;
        } else if (c == '{') {
            depth++;
        } else if (c == '}' && --depth == 0) {
            *out = (struct node){text + begin, ++*at - begin};
            return true;
        }
    }
    return false;
}

/* The text of a string, kept in `names`. */
static dedup_status read_name(const struct node *node, const struct json_value *value, struct arena *names,
                              const char **out, dedup_error *error)
{
    dedup_buffer text;
    size_t repairs = 0;
    dedup_status status = DEDUP_OK;
    dedup_buffer_init(&text, SIZE_MAX);
    if (value->type == JSON_STRING)
        status = json_unescape(node->text + value->begin, value->end - value->begin, &text, &repairs, error);
    *out = status == DEDUP_OK ? arena_copy(names, text.data ? text.data : "", text.length) : NULL;
    dedup_buffer_release(&text);
    return status == DEDUP_OK && !*out ? fail_memory(error, "the report") : status;
}

/* Reads an array of tallies: `fields` are the names of name, count and characters. */
static dedup_status read_tallies(const struct node *array, const char *const fields[3], struct arena *names,
                                 dedup_tally **out, size_t *count, dedup_error *error)
{
    size_t capacity = 0, at = 0;
    struct node item;
    while (next_object(array, &at, &item)) {
        struct json_value values[3];
        TRY(array_reserve(out, &capacity, *count + 1, "the report", error));
        TRY(scan(&item, fields, 3, values, error));
        dedup_tally *tally = &(*out)[*count];
        *tally = (dedup_tally){.count = count_at(&item, &values[1]), .characters = count_at(&item, &values[2])};
        TRY(read_name(&item, &values[0], names, &tally->name, error));
        ++*count;
    }
    return DEDUP_OK;
}

static bool says(const struct node *node, const struct json_value *value, const char *text)
{
    return value->type == JSON_STRING && value->end - value->begin == strlen(text) &&
           memcmp(node->text + value->begin, text, strlen(text)) == 0;
}

/* The options on which the summary depends, and those that say where the texts are. */
static dedup_status read_options(const struct node *node, struct arena *strings, dedup_options *options,
                                 dedup_error *error)
{
    static const char *const names[] = {"documents", "paragraphs", "text-field"};
    struct json_value values[3];
    TRY(scan(node, names, 3, values, error));
    for (dedup_documents i = DEDUP_DOCUMENTS_REMOVE; i <= DEDUP_DOCUMENTS_KEEP; i++)
        if (says(node, &values[0], report_documents_name(i)))
            options->documents = i;
    for (dedup_paragraphs i = DEDUP_PARAGRAPHS_DOCUMENT; i <= DEDUP_PARAGRAPHS_OFF; i++)
        if (says(node, &values[1], report_paragraphs_name(i)))
            options->paragraphs = i;
    return read_name(node, &values[2], strings, &options->text_field, error);
}

/* What belongs to the machine; a reproducible report has none. */
static dedup_status read_run(const struct node *node, dedup_summary *summary, dedup_error *error)
{
    static const char *const names[] = {"threads", "wall_seconds", "cpu_seconds"};
    struct json_value values[3];
    if (node->length == 0)
        return DEDUP_OK;
    TRY(scan(node, names, 3, values, error));
    summary->threads = (unsigned)count_at(node, &values[0]);
    summary->wall_seconds = number_at(node, &values[1]);
    summary->cpu_seconds = number_at(node, &values[2]);
    return DEDUP_OK;
}

static dedup_status read_engine(const struct node *node, dedup_summary *summary, dedup_error *error)
{
    static const char *const names[] = {"bands", "rows"};
    struct json_value values[2];
    TRY(scan(node, names, 2, values, error));
    summary->bands = (unsigned)count_at(node, &values[0]);
    summary->rows = (unsigned)count_at(node, &values[1]);
    return DEDUP_OK;
}

static dedup_status read_parts(const struct node *report, struct stored_report *out, dedup_error *error)
{
    static const char *const names[] = {
        "options", "in", "out", "removed_characters", "duplicates", "encodings", "rules", "engine", "run", "version"};
    static const char *const removed[] = {"boilerplate", "duplicates"}, *const encodings[] = {"name", "files", ""},
                             *const rules[] = {"id", "count", "characters"};
    dedup_summary *summary = &out->summary;
    struct json_value values[10];
    struct node nodes[10];
    TRY(scan(report, names, 10, values, error));
    for (size_t i = 0; i < 10; i++)
        nodes[i] = child(report, &values[i]);
    TRY(read_options(&nodes[0], &out->names, &out->options, error));
    TRY(read_volume(&nodes[1], &summary->in, error));
    TRY(read_volume(&nodes[2], &summary->out, error));
    uint64_t *const places[] = {&summary->boilerplate_characters, &summary->duplicate_characters};
    TRY(read_counts(&nodes[3], removed, 2, places, error));
    TRY(read_duplicates(&nodes[4], summary, error));
    TRY(read_tallies(&nodes[5], encodings, &out->names, &summary->encodings, &summary->encoding_count, error));
    TRY(read_tallies(&nodes[6], rules, &out->names, &summary->rules, &summary->rule_count, error));
    TRY(read_engine(&nodes[7], summary, error));
    TRY(read_run(&nodes[8], summary, error));
    return read_name(report, &values[9], &out->names, &out->version, error);
}

dedup_status stored_report_parse(const char *text, size_t length, struct stored_report *out, dedup_error *error)
{
    static const char *const names[] = {"files", "files_skipped", "repairs", "restored", "problem_count"};
    static const char *const schema[] = {"schema"};
    const struct node report = {text, length};
    struct json_value value;
    *out = (struct stored_report){0};
    arena_init(&out->names);
    dedup_options_init(&out->options);
    dedup_summary *summary = &out->summary;
    uint64_t *const places[] = {&summary->files, &summary->files_skipped, &summary->repairs, &summary->restored,
                                &summary->problems};
    TRY(scan(&report, schema, 1, &value, error));
    if (!says(&report, &value, "dedup-report-1"))
        return fail(error, DEDUP_ERROR_FORMAT, "the report is none of this version");
    TRY(read_counts(&report, names, 5, places, error));
    return read_parts(&report, out, error);
}

void stored_report_release(struct stored_report *report)
{
    free(report->summary.rules);
    free(report->summary.encodings);
    arena_release(&report->names);
}

static dedup_status read_place(const char *output, const char *place, dedup_buffer *out, dedup_error *error)
{
    int directory = file_open(AT_FDCWD, output, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return fail_errno(error, DEDUP_ERROR_READ, errno, "cannot open %s", output);
    dedup_status status = file_read(directory, place, out, NULL);
    close(directory);
    if (status != DEDUP_OK)
        return fail(error, status, "cannot read %s/%s (is %s the output of a finished run?)", output, place, output);
    return DEDUP_OK;
}

static dedup_status show(const struct stored_report *report, dedup_report_format format, bool color, dedup_buffer *out,
                         dedup_error *error)
{
    switch (format) {
    case DEDUP_REPORT_CSV: return report_csv(&report->summary, report->version, out, error);
    case DEDUP_REPORT_PROM: return report_prom(&report->summary, report->version, out, error);
    case DEDUP_REPORT_TEXT: return dedup_summary_text(&report->options, &report->summary, color, out, error);
    case DEDUP_REPORT_JSON:
    case DEDUP_REPORT_HTML: break;
    }
    return fail(error, DEDUP_ERROR_ARGUMENT, "a report has no such form");
}

dedup_status dedup_report_read(const char *output, dedup_report_format format, bool color, dedup_buffer *out,
                               dedup_error *error)
{
    if (format == DEDUP_REPORT_JSON || format == DEDUP_REPORT_HTML)
        return read_place(output, format == DEDUP_REPORT_JSON ? PLACE_REPORT : PLACE_PAGE, out, error);
    struct stored_report report;
    dedup_buffer text;
    dedup_buffer_init(&text, REPORT_LIMIT);
    dedup_status status = read_place(output, PLACE_REPORT, &text, error);
    if (status == DEDUP_OK) {
        status = stored_report_parse(text.data ? text.data : "", text.length, &report, error);
        report.options.output = output;
        if (status == DEDUP_OK)
            status = show(&report, format, color, out, error);
        stored_report_release(&report);
    }
    dedup_buffer_release(&text);
    return status;
}
