#include "report/measures.h"

#include <string.h>

#include "base/failure.h"
#include "report/number.h"

enum { SECOND_DIGITS = 3 };

/* Numbers with a name in common. Labels are the names of what distinguishes them; NULL: fewer than two. */
struct family {
    const char *name, *help, *labels[2];
};

/* Where numbers go. */
struct writer {
    const struct family *family; /* of the last one */
    bool prom;
    dedup_buffer *out;
    dedup_error *error;
    dedup_status status;
};

static void put(struct writer *writer, const char *text)
{
    if (writer->status == DEDUP_OK)
        writer->status = dedup_buffer_append(writer->out, text, strlen(text), writer->error);
}

/* A label's value within quotation marks. */
static void put_label(struct writer *writer, const char *text)
{
    for (; *text; text++) {
        char plain[2] = {*text, '\0'};
        put(writer, *text == '\\' ? "\\\\" : *text == '"' ? "\\\"" : *text == '\n' ? "\\n" : plain);
    }
}

static void put_field(struct writer *writer, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        put(writer, text);
        return;
    }
    put(writer, "\"");
    for (; *text; text++) {
        char plain[2] = {*text, '\0'};
        put(writer, *text == '"' ? "\"\"" : plain);
    }
    put(writer, "\"");
}

static void begin_prom(struct writer *writer, const struct family *family, const char *const values[2])
{
    if (writer->family != family) {
        put(writer, "# HELP dedup_");
        put(writer, family->name);
        put(writer, " ");
        put(writer, family->help);
        put(writer, "\n# TYPE dedup_");
        put(writer, family->name);
        put(writer, " gauge\n");
    }
    put(writer, "dedup_");
    put(writer, family->name);
    for (size_t i = 0; i < 2 && family->labels[i]; i++) {
        put(writer, i == 0 ? "{" : ",");
        put(writer, family->labels[i]);
        put(writer, "=\"");
        put_label(writer, values[i]);
        put(writer, "\"");
    }
    put(writer, family->labels[0] ? "} " : " ");
}

static void write_digits(struct writer *writer, const struct family *family, const char *first, const char *second,
                         const char *digits)
{
    const char *const values[2] = {first ? first : "", second ? second : ""};
    if (writer->prom) {
        begin_prom(writer, family, values);
    } else {
        put(writer, family->name);
        for (size_t i = 0; i < 2; i++) {
            put(writer, ",");
            put_field(writer, values[i]);
        }
        put(writer, ",");
    }
    put(writer, digits);
    put(writer, "\n");
    writer->family = family;
}

static void write_number(struct writer *writer, const struct family *family, const char *first, const char *second,
                         uint64_t value)
{
    char digits[NUMBER_SIZE];
    (void)number_plain(value, digits);
    write_digits(writer, family, first, second, digits);
}

static void write_volumes(struct writer *writer, const dedup_summary *summary)
{
    static const struct family documents = {"documents", "Documents that came in and went out.", {"side"}},
                               paragraphs = {"paragraphs", "Paragraphs that came in and went out.", {"side"}},
                               characters = {"characters", "Characters that came in and went out.", {"side"}},
                               bytes = {"bytes", "Bytes that came in and went out, decompressed.", {"side"}},
                               removed = {"removed_characters", "Characters that were removed, by reason.", {"reason"}};
    write_number(writer, &documents, "in", NULL, summary->in.documents);
    write_number(writer, &documents, "out", NULL, summary->out.documents);
    write_number(writer, &paragraphs, "in", NULL, summary->in.paragraphs);
    write_number(writer, &paragraphs, "out", NULL, summary->out.paragraphs);
    write_number(writer, &characters, "in", NULL, summary->in.characters);
    write_number(writer, &characters, "out", NULL, summary->out.characters);
    write_number(writer, &bytes, "in", NULL, summary->in.bytes);
    write_number(writer, &bytes, "out", NULL, summary->out.bytes);
    write_number(writer, &removed, "boilerplate", NULL, summary->boilerplate_characters);
    write_number(writer, &removed, "duplicates", NULL, summary->duplicate_characters);
}

static void write_duplicates(struct writer *writer, const dedup_summary *summary)
{
    static const struct family family = {
        "duplicates", "Duplicates that were found, removed or not.", {"unit", "method"}};
    write_number(writer, &family, "document", "exact", summary->exact);
    write_number(writer, &family, "document", "near", summary->near);
    write_number(writer, &family, "document", "contained", summary->contained);
    write_number(writer, &family, "block_in_document", "exact", summary->block_repeats);
    write_number(writer, &family, "paragraph_in_document", "exact", summary->paragraph_repeats_exact);
    write_number(writer, &family, "paragraph_in_document", "near", summary->paragraph_repeats_near);
    write_number(writer, &family, "paragraph_in_corpus", "exact", summary->paragraph_exact);
    write_number(writer, &family, "paragraph_in_corpus", "near", summary->paragraph_near);
}

static void write_inputs(struct writer *writer, const dedup_summary *summary)
{
    static const struct family files = {"files", "Files below the input, by whether they held documents.", {"kind"}},
                               problems = {"problems", "Inputs that were reported.", {NULL}},
                               repairs = {"repairs", "Stretches of bytes that could not be decoded.", {NULL}},
                               restored = {"spared_documents", "Documents that cleaning would have damaged.", {NULL}},
                               encodings = {"encoding_files", "Files by the encoding they were in.", {"encoding"}};
    write_number(writer, &files, "documents", NULL, summary->files);
    write_number(writer, &files, "skipped", NULL, summary->files_skipped);
    write_number(writer, &problems, NULL, NULL, summary->problems);
    write_number(writer, &repairs, NULL, NULL, summary->repairs);
    write_number(writer, &restored, NULL, NULL, summary->restored);
    for (size_t i = 0; i < summary->encoding_count; i++)
        write_number(writer, &encodings, summary->encodings[i].name, NULL, summary->encodings[i].count);
}

static void write_rules(struct writer *writer, const dedup_summary *summary)
{
    static const struct family removals = {"rule_removals", "Stretches that a cleaning rule removed.", {"rule"}},
                               characters = {"rule_characters", "Characters that a cleaning rule removed.", {"rule"}};
    for (size_t i = 0; i < summary->rule_count; i++)
        write_number(writer, &removals, summary->rules[i].name, NULL, summary->rules[i].count);
    for (size_t i = 0; i < summary->rule_count; i++)
        write_number(writer, &characters, summary->rules[i].name, NULL, summary->rules[i].characters);
}

static void write_run(struct writer *writer, const dedup_summary *summary, const char *version)
{
    static const struct family seconds = {"run_seconds", "Duration of the run, and processor time.", {"clock"}},
                               info = {"info", "The version of dedup that made the run.", {"version"}};
    char digits[NUMBER_SIZE];
    (void)number_fixed(summary->wall_seconds, SECOND_DIGITS, digits);
    write_digits(writer, &seconds, "wall", NULL, digits);
    (void)number_fixed(summary->cpu_seconds, SECOND_DIGITS, digits);
    write_digits(writer, &seconds, "cpu", NULL, digits);
    write_number(writer, &info, version, NULL, 1);
}

static dedup_status write_all(struct writer *writer, const dedup_summary *summary, const char *version)
{
    write_volumes(writer, summary);
    write_duplicates(writer, summary);
    write_inputs(writer, summary);
    write_rules(writer, summary);
    write_run(writer, summary, version);
    return writer->status;
}

dedup_status report_csv(const dedup_summary *summary, const char *version, dedup_buffer *out, dedup_error *error)
{
    struct writer writer = {.out = out, .error = error, .status = DEDUP_OK};
    put(&writer, "measure,label,detail,value\n");
    return write_all(&writer, summary, version);
}

dedup_status report_prom(const dedup_summary *summary, const char *version, dedup_buffer *out, dedup_error *error)
{
    struct writer writer = {.prom = true, .out = out, .error = error, .status = DEDUP_OK};
    return write_all(&writer, summary, version);
}
