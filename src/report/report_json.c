/* report.json. Keys stand in a fixed order; what two equal runs may differ in comes last, in the object "run". */
#include <stdio.h>

#include "dedup/version.h"
#include "report/report.h"
#include "report/writer.h"

enum { OPTION_DIGITS = 6, SECOND_DIGITS = 3 };

static void write_list(struct writer *writer, const char *key, const char *const *items, size_t count)
{
    writer_open_row(writer, key, '[');
    for (size_t i = 0; i < count; i++)
        writer_text(writer, NULL, items[i]);
    writer_close(writer, ']');
}

/* The options that decide the result, by their names on the command line. */
static void write_options(struct writer *writer, const dedup_options *options)
{
    char bands[32];
    (void)snprintf(bands, sizeof bands, "%ux%u", options->bands, options->rows);
    writer_open(writer, "options", '{');
    writer_text(writer, "encoding", options->encoding);
    writer_text(writer, "text-field", options->text_field);
    writer_text(writer, "id-field", options->id_field);
    writer_text(writer, "date-field", options->date_field);
    writer_text(writer, "source-field", options->source_field);
    writer_text(writer, "clean", report_clean_name(options->clean));
    write_list(writer, "rules", options->rule_files, options->rule_file_count);
    write_list(writer, "no-rule", options->rules_off, options->rules_off_count);
    writer_text(writer, "documents", report_documents_name(options->documents));
    writer_text(writer, "paragraphs", report_paragraphs_name(options->paragraphs));
    writer_text(writer, "paragraph", report_paragraph_unit_name(options->paragraph));
    writer_decimal(writer, "threshold", options->threshold, OPTION_DIGITS);
    if (options->containment <= 1)
        writer_decimal(writer, "containment", options->containment, OPTION_DIGITS);
    else
        writer_text(writer, "containment", NULL);
    writer_text(writer, "keep", report_keep_name(options->keep));
    writer_text(writer, "bands", options->bands != 0 ? bands : NULL);
    writer_text(writer, "log", report_log_name(options->log));
    writer_flag(writer, "follow", options->follow);
    writer_number(writer, "max-document", options->maximum_document);
    writer_number(writer, "max-file", options->maximum_file);
    writer_number(writer, "max-ratio", options->maximum_ratio);
    writer_close(writer, '}');
}

static void write_volume(struct writer *writer, const char *key, const dedup_volume *volume)
{
    writer_open_row(writer, key, '{');
    writer_number(writer, "documents", volume->documents);
    writer_number(writer, "paragraphs", volume->paragraphs);
    writer_number(writer, "characters", volume->characters);
    writer_number(writer, "bytes", volume->bytes);
    writer_close(writer, '}');
}

static void write_removed(struct writer *writer, const dedup_summary *summary)
{
    writer_open_row(writer, "removed_characters", '{');
    writer_number(writer, "boilerplate", summary->boilerplate_characters);
    writer_number(writer, "duplicates", summary->duplicate_characters);
    writer_close(writer, '}');
}

static void write_duplicates(struct writer *writer, const dedup_summary *summary)
{
    writer_open(writer, "duplicates", '{');
    writer_open_row(writer, "documents", '{');
    writer_number(writer, "exact", summary->exact);
    writer_number(writer, "near", summary->near);
    writer_number(writer, "contained", summary->contained);
    writer_close(writer, '}');
    writer_open_row(writer, "blocks_in_document", '{');
    writer_number(writer, "exact", summary->block_repeats);
    writer_close(writer, '}');
    writer_open_row(writer, "paragraphs_in_document", '{');
    writer_number(writer, "exact", summary->paragraph_repeats_exact);
    writer_number(writer, "near", summary->paragraph_repeats_near);
    writer_close(writer, '}');
    writer_open_row(writer, "paragraphs_in_corpus", '{');
    writer_number(writer, "exact", summary->paragraph_exact);
    writer_number(writer, "near", summary->paragraph_near);
    writer_close(writer, '}');
    writer_close(writer, '}');
}

static void write_rules(struct writer *writer, const dedup_summary *summary)
{
    writer_open(writer, "rules", '[');
    for (size_t i = 0; i < summary->rule_count; i++) {
        writer_open_row(writer, NULL, '{');
        writer_text(writer, "id", summary->rules[i].name);
        writer_number(writer, "count", summary->rules[i].count);
        writer_number(writer, "characters", summary->rules[i].characters);
        writer_close(writer, '}');
    }
    writer_close(writer, ']');
}

static void write_encodings(struct writer *writer, const dedup_summary *summary)
{
    writer_open(writer, "encodings", '[');
    for (size_t i = 0; i < summary->encoding_count; i++) {
        writer_open_row(writer, NULL, '{');
        writer_text(writer, "name", summary->encodings[i].name);
        writer_number(writer, "files", summary->encodings[i].count);
        writer_close(writer, '}');
    }
    writer_close(writer, ']');
}

static void write_problems(struct writer *writer, const struct report *report)
{
    writer_open(writer, "problems", '[');
    for (size_t i = 0; i < report->problem_count; i++) {
        const struct report_problem *problem = &report->problems[i];
        writer_open_row(writer, NULL, '{');
        writer_text(writer, "path", problem->path);
        if (problem->line != 0)
            writer_number(writer, "line", problem->line);
        writer_text(writer, "status", dedup_status_name(problem->status));
        writer_text(writer, "message", problem->message);
        writer_close(writer, '}');
    }
    writer_close(writer, ']');
}

static void write_skipped(struct writer *writer, const struct report *report)
{
    writer_open(writer, "skipped", '[');
    for (size_t i = 0; i < report->skipped_count; i++) {
        writer_open_row(writer, NULL, '{');
        writer_text(writer, "path", report->skipped[i].path);
        writer_text(writer, "reason", report->skipped[i].reason);
        writer_close(writer, '}');
    }
    writer_close(writer, ']');
}

static void write_counts(struct writer *writer, const dedup_summary *summary)
{
    writer_number(writer, "files", summary->files);
    writer_number(writer, "files_skipped", summary->files_skipped);
    write_volume(writer, "in", &summary->in);
    write_volume(writer, "out", &summary->out);
    write_removed(writer, summary);
    write_duplicates(writer, summary);
    writer_number(writer, "repairs", summary->repairs);
    writer_number(writer, "restored", summary->restored);
    writer_number(writer, "problem_count", summary->problems);
}

static void write_engine(struct writer *writer, const dedup_summary *summary)
{
    writer_open_row(writer, "engine", '{');
    writer_number(writer, "bands", summary->bands);
    writer_number(writer, "rows", summary->rows);
    writer_close(writer, '}');
}

static void write_run(struct writer *writer, const dedup_options *options, const dedup_summary *summary)
{
    writer_open(writer, "run", '{');
    writer_text(writer, "in", options->input);
    writer_text(writer, "out", options->output);
    writer_number(writer, "threads", summary->threads);
    writer_number(writer, "memory", options->memory);
    writer_text(writer, "tmp", options->temporary);
    writer_decimal(writer, "wall_seconds", summary->wall_seconds, SECOND_DIGITS);
    writer_decimal(writer, "cpu_seconds", summary->cpu_seconds, SECOND_DIGITS);
    writer_close(writer, '}');
}

dedup_status report_json(const struct report *report, dedup_buffer *out, dedup_error *error)
{
    struct writer writer;
    writer_init(&writer, out, error);
    writer_open(&writer, NULL, '{');
    writer_text(&writer, "schema", "dedup-report-1");
    writer_text(&writer, "version", DEDUP_VERSION_TEXT);
    write_options(&writer, report->options);
    write_counts(&writer, report->summary);
    write_encodings(&writer, report->summary);
    write_rules(&writer, report->summary);
    write_problems(&writer, report);
    write_skipped(&writer, report);
    write_engine(&writer, report->summary);
    if (!report->reproducible)
        write_run(&writer, report->options, report->summary);
    writer_close(&writer, '}');
    return writer.status == DEDUP_OK ? dedup_buffer_append(out, "\n", 1, error) : writer.status;
}
