/* The summary for people: one table, then what deserves attention, then time and place. */
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/failure.h"
#include "dedup/run.h"
#include "report/number.h"
#include "report/table.h"

enum { RULES_SHOWN = 8, ENCODINGS_SHOWN = 4, NAME_SHOWN = 24, PATH_SHOWN = 4096 };

static void set_percent(struct table_row *row, size_t column, uint64_t part, uint64_t whole)
{
    char digits[NUMBER_SIZE], cell[NUMBER_SIZE + 2];
    if (whole == 0 || part == 0)
        return;
    (void)number_fixed(100.0 * (double)part / (double)whole, 1, digits);
    (void)snprintf(cell, sizeof cell, "%s %%", digits);
    table_set_text(row, column, cell);
}

static void add_volume(struct table *table, const char *name, uint64_t in, uint64_t out)
{
    struct table_row *row = table_add(table, TABLE_PLAIN, 0, name);
    table_set_count(row, 1, in);
    table_set_count(row, 2, out);
    table_set_count(row, 3, in > out ? in - out : 0);
    set_percent(row, 4, in > out ? in - out : 0, in);
}

static void add_cause(struct table *table, const char *name, uint64_t characters, uint64_t whole)
{
    if (characters == 0)
        return;
    struct table_row *row = table_add(table, TABLE_DETAIL, 2, name);
    table_set_count(row, 3, characters);
    set_percent(row, 4, characters, whole);
}

static void add_volumes(struct table *table, const dedup_summary *summary)
{
    struct table_row *head = table_add(table, TABLE_HEAD, 0, "");
    table_set_text(head, 1, "in");
    table_set_text(head, 2, "out");
    table_set_text(head, 3, "removed");
    add_volume(table, "documents", summary->in.documents, summary->out.documents);
    add_volume(table, "paragraphs", summary->in.paragraphs, summary->out.paragraphs);
    add_volume(table, "characters", summary->in.characters, summary->out.characters);
    add_cause(table, "as boilerplate", summary->boilerplate_characters, summary->in.characters);
    add_cause(table, "as duplicates", summary->duplicate_characters, summary->in.characters);
    add_volume(table, "bytes", summary->in.bytes, summary->out.bytes);
}

static void add_duplicates_of(struct table *table, const char *name, uint64_t exact, uint64_t near, uint64_t contained)
{
    struct table_row *row = table_add(table, TABLE_PLAIN, 2, name);
    table_set_count(row, 1, exact + near + contained);
    table_set_count(row, 2, exact);
    table_set_count(row, 3, near);
    table_set_count(row, 4, contained);
}

static void add_duplicates(struct table *table, const dedup_summary *summary)
{
    (void)table_add(table, TABLE_PLAIN, 0, "");
    struct table_row *head = table_add(table, TABLE_HEAD, 0, "Duplicates");
    table_set_text(head, 1, "found");
    table_set_text(head, 2, "equal");
    table_set_text(head, 3, "near");
    table_set_text(head, 4, "contained");
    add_duplicates_of(table, "documents", summary->exact, summary->near, summary->contained);
    add_duplicates_of(table, "blocks in document", summary->block_repeats, 0, 0);
    add_duplicates_of(table, "paragraphs in document", summary->paragraph_repeats_exact,
                      summary->paragraph_repeats_near, 0);
    add_duplicates_of(table, "paragraphs in corpus", summary->paragraph_exact, summary->paragraph_near, 0);
}

static struct table_row *add_rule(struct table *table, enum table_style style, const dedup_tally *rule, uint64_t most)
{
    struct table_row *row = table_add(table, style, 2, rule->name);
    table_set_count(row, 1, rule->characters);
    table_set_count(row, 2, rule->count);
    if (most != 0)
        row->bar = (unsigned)((double)rule->characters / (double)most * TABLE_BAR + 0.5);
    if (row->bar > TABLE_BAR)
        row->bar = TABLE_BAR;
    return row;
}

static void add_boilerplate(struct table *table, const dedup_summary *summary)
{
    if (summary->rule_count == 0)
        return;
    (void)table_add(table, TABLE_PLAIN, 0, "");
    struct table_row *head = table_add(table, TABLE_HEAD, 0, "Boilerplate");
    table_set_text(head, 1, "characters");
    table_set_text(head, 2, "times");
    char name[NUMBER_SIZE + 16];
    dedup_tally rest = {.name = name};
    for (size_t i = 0; i < summary->rule_count; i++) {
        const dedup_tally *rule = &summary->rules[i];
        if (i < RULES_SHOWN) {
            (void)add_rule(table, TABLE_PLAIN, rule, summary->rules[0].characters);
            continue;
        }
        rest.count += rule->count;
        rest.characters += rule->characters;
    }
    if (summary->rule_count > RULES_SHOWN) {
        (void)snprintf(name, sizeof name, "%zu more rules", summary->rule_count - RULES_SHOWN);
        (void)add_rule(table, TABLE_DETAIL, &rest, 0);
    }
}

/* What follows the table: a label and a sentence each. */
struct notes {
    const dedup_options *options;
    const dedup_summary *summary;
    bool color;
    dedup_buffer *out;
};

static dedup_status begin_note(const struct notes *notes, const char *label, bool warning, dedup_error *error)
{
    const char *code = !notes->color ? "" : warning ? "\033[1;33m" : "\033[1m";
    return dedup_buffer_printf(notes->out, error, "%s%-11s%s", code, label, notes->color ? "\033[0m " : " ");
}

/* A line "label  N one" or "label  N many" when there is something to say. */
static dedup_status note_count(const struct notes *notes, const char *label, uint64_t count, const char *one,
                               const char *many, dedup_error *error)
{
    char digits[NUMBER_SIZE];
    if (count == 0)
        return DEDUP_OK;
    (void)number_grouped(count, digits);
    TRY(begin_note(notes, label, true, error));
    return dedup_buffer_printf(notes->out, error, "%s %s\n", digits, count == 1 ? one : many);
}

static dedup_status note_kept(const struct notes *notes, uint64_t count, const char *sentence, dedup_error *error)
{
    if (count == 0)
        return DEDUP_OK;
    TRY(begin_note(notes, "Kept", false, error));
    return dedup_buffer_printf(notes->out, error, "%s\n", sentence);
}

/* What was found but stays, and how to have it removed. */
static dedup_status note_listed(const struct notes *notes, dedup_error *error)
{
    const dedup_options *options = notes->options;
    const dedup_summary *summary = notes->summary;
    uint64_t inside = summary->block_repeats + summary->paragraph_repeats_exact + summary->paragraph_repeats_near;
    if (options->documents == DEDUP_DOCUMENTS_KEEP)
        TRY(note_kept(notes, summary->exact + summary->near + summary->contained,
                      "duplicate documents; --documents remove would drop them", error));
    if (options->paragraphs == DEDUP_PARAGRAPHS_KEEP)
        TRY(note_kept(notes, inside, "repeats in documents; --paragraphs document would drop them", error));
    if (options->paragraphs != DEDUP_PARAGRAPHS_CORPUS)
        TRY(note_kept(notes, summary->paragraph_exact + summary->paragraph_near,
                      "paragraphs in corpus; --paragraphs corpus would drop them", error));
    return DEDUP_OK;
}

static bool is_plain_encoding(const char *name)
{
    return strcmp(name, "UTF-8") == 0 || strcmp(name, "ASCII") == 0 || strcmp(name, "US-ASCII") == 0;
}

static dedup_status note_encodings(const struct notes *notes, dedup_error *error)
{
    const dedup_summary *summary = notes->summary;
    bool plain = true;
    for (size_t i = 0; i < summary->encoding_count; i++)
        plain = plain && is_plain_encoding(summary->encodings[i].name);
    if (plain)
        return DEDUP_OK;
    TRY(begin_note(notes, "Encodings", false, error));
    for (size_t i = 0; i < summary->encoding_count && i < ENCODINGS_SHOWN; i++) {
        const dedup_tally *encoding = &summary->encodings[i];
        char digits[NUMBER_SIZE], name[NAME_SHOWN];
        (void)number_grouped(encoding->count, digits);
        escape_show(encoding->name, strlen(encoding->name), name, sizeof name);
        TRY(dedup_buffer_printf(notes->out, error, "%s%s %s", i > 0 ? ", " : "", name, digits));
    }
    if (summary->encoding_count > ENCODINGS_SHOWN)
        TRY(dedup_buffer_printf(notes->out, error, ", %zu more", summary->encoding_count - ENCODINGS_SHOWN));
    return dedup_buffer_append(notes->out, "\n", 1, error);
}

static dedup_status note_attention(const struct notes *notes, dedup_error *error)
{
    const dedup_summary *summary = notes->summary;
    TRY(note_count(notes, "Skipped", summary->files_skipped, "file that holds no documents",
                   "files that hold no documents", error));
    TRY(note_count(notes, "Repaired", summary->repairs, "stretch of bytes that could not be decoded",
                   "stretches of bytes that could not be decoded", error));
    TRY(note_count(notes, "Spared", summary->restored, "document that cleaning would have damaged",
                   "documents that cleaning would have damaged", error));
    if (!notes->options->output)
        return note_count(notes, "Problems", summary->problems, "input was reported", "inputs were reported", error);
    return note_count(notes, "Problems", summary->problems, "input was reported, see \"problems\" in the report",
                      "inputs were reported, see \"problems\" in the report", error);
}

/* 0.85 s, 12.3 s, 4 min 05 s, 2 h 07 min */
static void show_duration(double seconds, char *out, size_t size)
{
    char digits[NUMBER_SIZE];
    unsigned long whole = seconds > 0 ? seconds < 1e9 ? (unsigned long)(seconds + 0.5) : 1000000000UL : 0;
    if (whole < 60) {
        (void)number_fixed(seconds, seconds < 10 ? 2 : 1, digits);
        (void)snprintf(out, size, "%s s", digits);
    } else if (whole < 3600) {
        (void)snprintf(out, size, "%lu min %02lu s", whole / 60, whole % 60);
    } else {
        (void)snprintf(out, size, "%lu h %02lu min", whole / 3600, whole % 3600 / 60);
    }
}

static dedup_status note_time(const struct notes *notes, dedup_error *error)
{
    const dedup_summary *summary = notes->summary;
    char wall[64], cpu[64], speed[NUMBER_SIZE];
    show_duration(summary->wall_seconds, wall, sizeof wall);
    show_duration(summary->cpu_seconds, cpu, sizeof cpu);
    double seconds = summary->wall_seconds > 1e-6 ? summary->wall_seconds : 1e-6;
    (void)number_fixed((double)summary->in.bytes / 1e6 / seconds, 1, speed);
    TRY(begin_note(notes, "Time", false, error));
    TRY(dedup_buffer_printf(notes->out, error, "%s, %s MB/s, %u thread%s, %s of CPU time", wall, speed,
                            summary->threads, summary->threads == 1 ? "" : "s", cpu));
    if (summary->bands != 0)
        TRY(dedup_buffer_printf(notes->out, error, ", bands %ux%u", summary->bands, summary->rows));
    return dedup_buffer_append(notes->out, "\n", 1, error);
}

static dedup_status note_report(const struct notes *notes, dedup_error *error)
{
    char path[PATH_SHOWN];
    const char *output = notes->options->output;
    if (!output)
        return DEDUP_OK;
    size_t length = strlen(output);
    while (length > 1 && output[length - 1] == '/')
        length--;
    escape_show(output, length, path, sizeof path);
    TRY(begin_note(notes, "Report", false, error));
    return dedup_buffer_printf(notes->out, error, "%s/.dedup/report.html\n", path);
}

dedup_status dedup_summary_text(const dedup_options *options, const dedup_summary *summary, bool color,
                                dedup_buffer *out, dedup_error *error)
{
    struct notes notes = {.options = options, .summary = summary, .color = color, .out = out};
    struct table table;
    table_init(&table);
    add_volumes(&table, summary);
    add_duplicates(&table, summary);
    add_boilerplate(&table, summary);
    TRY(table_print(&table, color, out, error));
    TRY(dedup_buffer_append(out, "\n", 1, error));
    TRY(note_listed(&notes, error));
    TRY(note_encodings(&notes, error));
    TRY(note_attention(&notes, error));
    TRY(note_time(&notes, error));
    return note_report(&notes, error);
}
