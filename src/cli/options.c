#include "options.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const option_group_titles[GROUP_COUNT] = {
    [GROUP_FILES] = "Files", [GROUP_CLEAN] = "Cleaning",      [GROUP_DUPLICATES] = "Duplicates",
    [GROUP_PLAN] = "Plan",   [GROUP_RESOURCES] = "Resources", [GROUP_TERMINAL] = "Terminal",
};

static const struct choice clean_choices[] = {{"off", DEDUP_CLEAN_OFF},
                                              {"safe", DEDUP_CLEAN_SAFE},
                                              {"standard", DEDUP_CLEAN_STANDARD},
                                              {"aggressive", DEDUP_CLEAN_AGGRESSIVE},
                                              {NULL, 0}};
static const struct choice documents_choices[] = {
    {"remove", DEDUP_DOCUMENTS_REMOVE}, {"keep", DEDUP_DOCUMENTS_KEEP}, {NULL, 0}};
static const struct choice paragraphs_choices[] = {{"off", DEDUP_PARAGRAPHS_OFF},
                                                   {"keep", DEDUP_PARAGRAPHS_KEEP},
                                                   {"document", DEDUP_PARAGRAPHS_DOCUMENT},
                                                   {"corpus", DEDUP_PARAGRAPHS_CORPUS},
                                                   {NULL, 0}};
static const struct choice paragraph_choices[] = {
    {"auto", DEDUP_PARAGRAPH_AUTO}, {"line", DEDUP_PARAGRAPH_LINE}, {"blank", DEDUP_PARAGRAPH_BLANK}, {NULL, 0}};
static const struct choice keep_choices[] = {
    {"best", DEDUP_KEEP_BEST}, {"first", DEDUP_KEEP_FIRST}, {"newest", DEDUP_KEEP_NEWEST}, {NULL, 0}};
static const struct choice log_choices[] = {
    {"text", DEDUP_LOG_TEXT}, {"ranges", DEDUP_LOG_RANGES}, {"off", DEDUP_LOG_OFF}, {NULL, 0}};
static const struct choice format_choices[] = {{"text", DEDUP_REPORT_TEXT}, {"json", DEDUP_REPORT_JSON},
                                               {"csv", DEDUP_REPORT_CSV},   {"html", DEDUP_REPORT_HTML},
                                               {"prom", DEDUP_REPORT_PROM}, {NULL, 0}};
static const struct choice others_choices[] = {{"keep", DEDUP_OTHERS_KEEP}, {"leave", DEDUP_OTHERS_LEAVE}, {NULL, 0}};
static const struct choice when_choices[] = {
    {"auto", WHEN_AUTO}, {"always", WHEN_ALWAYS}, {"never", WHEN_NEVER}, {NULL, 0}};
static const struct choice progress_choices[] = {
    {"auto", WHEN_AUTO}, {"always", WHEN_ALWAYS}, {"never", WHEN_NEVER}, {"json", WHEN_JSON}, {NULL, 0}};
static const struct choice off_choice[] = {{"off", 0}, {NULL, 0}};
static const struct choice help_request[] = {{"help", REQUEST_HELP}, {NULL, 0}};
static const struct choice help_all_request[] = {{"help-all", REQUEST_HELP_ALL}, {NULL, 0}};
static const struct choice version_request[] = {{"version", REQUEST_VERSION}, {NULL, 0}};
static const struct choice document_choices[] = {{"man", DOCUMENT_MAN},           {"bash", DOCUMENT_BASH},
                                                 {"zsh", DOCUMENT_ZSH},           {"fish", DOCUMENT_FISH},
                                                 {"markdown", DOCUMENT_MARKDOWN}, {NULL, 0}};

#define AT(member) offsetof(struct settings, member)
#define RUN        (1u << COMMAND_RUN)
#define VERIFY     (1u << COMMAND_VERIFY)
#define RESTORE    (1u << COMMAND_RESTORE)
#define AUDIT      (VERIFY | RESTORE)
#define PLAN       (1u << COMMAND_PLAN)
#define EXPLAIN    (1u << COMMAND_RULES_EXPLAIN)
#define REPORT     (1u << COMMAND_REPORT)
#define EXPLAINS   (1u << COMMAND_EXPLAIN)
#define LIST       (1u << COMMAND_RULES_LIST)
#define RULES      (LIST | EXPLAIN | 1u << COMMAND_RULES_TEST)
#define EVERY      ((1u << COMMAND_COUNT) - 1)
#define COUNT_MOST 4294967295.0
#define SIZE_MOST  9007199254740992.0 /* 2^53: exact as a double, 8 PiB */
#define SMALLEST   0.05               /* the least similarity that banding can find */

/* clang-format off: one option a paragraph. */
const struct option option_table[] = {
    /* Files */
    {.name = "in",
     .letter = 'i',
     .kind = OPTION_TEXT,
     .group = GROUP_FILES,
     .basic = true,
     .argument = "DIR",
     .offset = AT(options.input),
     .value = VALUE_DIRECTORY,
     .commands = RUN | VERIFY | PLAN,
     .stream = STREAM_YES,
     .brief = "read .txt, .md and .jsonl files below DIR",
     .detail = "Also .text and .ndjson, and each of them as .gz, .zst, .xz, .bz2 or .lz4. Other files are skipped and "
               "named in the report. A dash is a stream: JSON Lines from standard input, each line decided when it "
               "comes; --out is a dash too then."},
    {.name = "out",
     .letter = 'o',
     .kind = OPTION_TEXT,
     .group = GROUP_FILES,
     .basic = true,
     .argument = "DIR",
     .offset = AT(options.output),
     .value = VALUE_DIRECTORY,
     .commands = RUN | AUDIT,
     .stream = STREAM_YES,
     .brief = "write the clean tree and the report below DIR",
     .detail = "DIR is created when it is missing. It must be empty, or hold an earlier run of dedup. The report and "
               "the logs are below DIR/.dedup."},
    {.name = "to",
     .kind = OPTION_TEXT,
     .group = GROUP_FILES,
     .argument = "DIR",
     .offset = AT(target),
     .value = VALUE_DIRECTORY,
     .commands = RESTORE,
     .brief = "restore the input below DIR",
     .detail = "DIR is created when it is missing. It must be empty, or hold a restore that was not finished."},
    {.name = "encoding",
     .kind = OPTION_TEXT,
     .group = GROUP_FILES,
     .argument = "NAME",
     .offset = AT(options.encoding),
     .commands = RUN | PLAN | EXPLAIN,
     .brief = "encoding of all input files",
     .detail = "Any name that iconv(3) knows. Output is always UTF-8.",
     .unset = "detected per file"},
    {.name = "text-field",
     .kind = OPTION_TEXT,
     .group = GROUP_FILES,
     .basic = true,
     .argument = "NAME",
     .offset = AT(options.text_field),
     .commands = RUN | PLAN,
     .stream = STREAM_YES,
     .brief = "JSON Lines field that holds the text",
     .detail = "All other fields pass through byte for byte."},
    {.name = "id-field",
     .kind = OPTION_TEXT,
     .group = GROUP_FILES,
     .argument = "NAME",
     .offset = AT(options.id_field),
     .commands = RUN,
     .stream = STREAM_YES,
     .brief = "JSON Lines field that names the document",
     .detail = "Reports show it beside the path and line.",
     .unset = "none"},
    {.name = "date-field",
     .kind = OPTION_TEXT,
     .group = GROUP_FILES,
     .argument = "NAME",
     .offset = AT(options.date_field),
     .commands = RUN | PLAN,
     .brief = "JSON Lines field that --keep newest compares",
     .detail = "ISO 8601 or nearly, or seconds since 1970. A line without the field has the time of its file; a date "
               "that cannot be read is older than all others.",
     .unset = "time of the file"},
    {.name = "source-field",
     .kind = OPTION_TEXT,
     .group = GROUP_FILES,
     .argument = "NAME",
     .offset = AT(options.source_field),
     .commands = RUN | PLAN,
     .brief = "JSON Lines field that names the source",
     .detail =
         "From level standard on, lines that the documents of a source repeat are removed. Text files of one folder "
         "are a source.",
     .unset = "source, site or the host of url"},
    {.name = "follow",
     .kind = OPTION_FLAG,
     .group = GROUP_FILES,
     .offset = AT(options.follow),
     .commands = RUN | PLAN,
     .brief = "follow symbolic links",
     .detail = "Links that lead in circles are reported."},
    {.name = "log",
     .kind = OPTION_CHOICE,
     .group = GROUP_FILES,
     .argument = "WHAT",
     .offset = AT(options.log),
     .choices = log_choices,
     .commands = RUN,
     .stream = STREAM_YES,
     .brief = "what the removal log holds",
     .detail =
         "text: dedup restore rebuilds the input from the output. ranges: places and reasons without the text; dedup "
         "verify still compares with the input, but nothing can be restored. off: neither."},
    {.name = "dry-run",
     .letter = 'n',
     .kind = OPTION_FLAG,
     .group = GROUP_FILES,
     .offset = AT(options.dry_run),
     .commands = RUN,
     .brief = "print what a run would do and write nothing",
     .detail = "The summary on standard output is that of the run. --out is not needed and not touched."},
    {.name = "sample",
     .kind = OPTION_COUNT,
     .group = GROUP_FILES,
     .argument = "N",
     .offset = AT(sample),
     .least = 1,
     .most = COUNT_MOST,
     .commands = RUN | PLAN,
     .brief = "of a dry run or sweep, look at N documents only",
     .detail = "Those whose names have the smallest hashes: the same ones whatever their order. Only duplicates among "
               "them are found. Lines are learned from all documents.",
     .unset = "all"},
    {.name = "log-file",
     .kind = OPTION_TEXT,
     .group = GROUP_FILES,
     .argument = "FILE",
     .offset = AT(options.log_file),
     .value = VALUE_FILE,
     .commands = RUN,
     .stream = STREAM_YES,
     .brief = "where a stream or a dry run logs what goes",
     .detail = "The records of the removal log and of duplicates.jsonl, as JSON Lines. The file is written anew.",
     .unset = "nowhere"},
    {.name = "flush",
     .kind = OPTION_FLAG,
     .group = GROUP_FILES,
     .offset = AT(flush),
     .commands = RUN,
     .stream = STREAM_ONLY,
     .brief = "write each line of a stream when it is decided",
     .detail = "Without it, lines are written in blocks, and whenever the stream waits for input."},
    {.name = "others",
     .kind = OPTION_CHOICE,
     .group = GROUP_FILES,
     .argument = "WHAT",
     .offset = AT(options.others),
     .choices = others_choices,
     .commands = RUN,
     .brief = "what happens to files without documents",
     .detail =
         "keep: they are copied below DIR/.dedup/others, so that dedup restore has them. leave: they are left out. "
         "Without a log they always are."},
    /* Cleaning */
    {.name = "clean",
     .kind = OPTION_CHOICE,
     .group = GROUP_CLEAN,
     .basic = true,
     .argument = "LEVEL",
     .offset = AT(options.clean),
     .choices = clean_choices,
     .commands = RUN | LIST | EXPLAIN | PLAN,
     .stream = STREAM_YES,
     .brief = "how much boilerplate goes",
     .detail = "safe: repairs and whole lines that are never content. standard: also notices glued to a sentence, "
               "related-article blocks and lines that recur in a source. aggressive: also bylines, captions and tags."},
    {.name = "rules",
     .kind = OPTION_LIST,
     .group = GROUP_CLEAN,
     .argument = "FILE",
     .offset = AT(rule_files),
     .value = VALUE_FILE,
     .commands = RUN | RULES | PLAN,
     .stream = STREAM_YES,
     .brief = "add the rules of a file; repeatable"},
    {.name = "no-rule",
     .kind = OPTION_LIST,
     .group = GROUP_CLEAN,
     .argument = "ID",
     .offset = AT(rules_off),
     .commands = RUN | RULES | PLAN,
     .stream = STREAM_YES,
     .brief = "switch a rule, family or class off; repeatable"},
    /* Duplicates */
    {.name = "documents",
     .kind = OPTION_CHOICE,
     .group = GROUP_DUPLICATES,
     .basic = true,
     .argument = "ACTION",
     .offset = AT(options.documents),
     .choices = documents_choices,
     .commands = RUN,
     .stream = STREAM_YES,
     .brief = "what happens to duplicate documents",
     .detail = "Those that are kept are still listed."},
    {.name = "paragraphs",
     .kind = OPTION_CHOICE,
     .group = GROUP_DUPLICATES,
     .basic = true,
     .argument = "SCOPE",
     .offset = AT(options.paragraphs),
     .choices = paragraphs_choices,
     .commands = RUN | PLAN,
     .stream = STREAM_YES,
     .brief = "where repeated paragraphs are removed",
     .detail = "document: inside each document. corpus: also in all documents but one. keep: nowhere. Those that are "
               "kept are still listed."},
    {.name = "paragraph",
     .kind = OPTION_CHOICE,
     .group = GROUP_DUPLICATES,
     .argument = "UNIT",
     .offset = AT(options.paragraph),
     .choices = paragraph_choices,
     .commands = RUN | PLAN,
     .stream = STREAM_YES,
     .brief = "what a paragraph is",
     .detail = "line: every line. blank: lines up to a blank line, for text that is wrapped. auto: decided per "
               "document."},
    {.name = "threshold",
     .letter = 't',
     .kind = OPTION_SHARE,
     .group = GROUP_DUPLICATES,
     .basic = true,
     .argument = "X",
     .offset = AT(options.threshold),
     .least = SMALLEST,
     .most = 1,
     .commands = RUN | PLAN,
     .stream = STREAM_YES,
     .brief = "similarity from which two texts are duplicates",
     .detail = "The share of 5-character shingles that two texts have in common (Jaccard), from 0.05 to 1."},
    {.name = "containment",
     .kind = OPTION_SHARE,
     .group = GROUP_DUPLICATES,
     .basic = true,
     .argument = "X",
     .offset = AT(options.containment),
     .choices = off_choice,
     .least = SMALLEST,
     .most = 1,
     .commands = RUN | PLAN,
     .stream = STREAM_YES,
     .brief = "share of a text that a longer one must contain",
     .detail = "From 0.05 to 1, or off: documents that are part of a longer one stay."},
    {.name = "keep",
     .letter = 'k',
     .kind = OPTION_CHOICE,
     .group = GROUP_DUPLICATES,
     .basic = true,
     .argument = "WHICH",
     .offset = AT(options.keep),
     .choices = keep_choices,
     .commands = RUN | PLAN,
     .brief = "which of several duplicates stays",
     .detail = "best: the longest, then the one with fewest repairs. first: by path. newest: by date."},
    {.name = "bands",
     .kind = OPTION_BANDS,
     .group = GROUP_DUPLICATES,
     .argument = "BxR",
     .offset = AT(options.bands),
     .least = 1,
     .most = 128,
     .commands = RUN | PLAN,
     .stream = STREAM_YES,
     .brief = "bands and rows of the search, such as 16x4",
     .detail = "Few rows find more candidates; every candidate is checked exactly.",
     .unset = "chosen for recall of .999"},
    /* Plan */
    {.name = "units",
     .kind = OPTION_COUNT,
     .group = GROUP_PLAN,
     .argument = "N",
     .offset = AT(units),
     .least = 1,
     .most = COUNT_MOST,
     .commands = PLAN,
     .brief = "documents to plan for",
     .detail = "More documents are searched with longer bands.",
     .unset = "those of --measure, or a million"},
    {.name = "sweep",
     .kind = OPTION_RANGE,
     .group = GROUP_PLAN,
     .argument = "A:B",
     .offset = AT(sweep),
     .least = SMALLEST,
     .most = 1,
     .commands = PLAN,
     .brief = "what runs with thresholds from A to B would do",
     .detail = "Prints how many documents below --in would go at each threshold, and the most doubtful pair. The input "
               "is read and searched once. A step may follow: .5:.95:.01."},
    {.name = "measure",
     .kind = OPTION_TEXT,
     .group = GROUP_PLAN,
     .argument = "DIR",
     .offset = AT(options.input),
     .value = VALUE_DIRECTORY,
     .commands = PLAN,
     .brief = "measure the curve on the documents below DIR",
     .detail = "Pieces of the texts are compared with copies in which single characters were replaced until the exact "
               "similarity is within 0.01. The first 256 MB are read; the result is the same every time."},
    /* Resources */
    {.name = "threads",
     .letter = 'j',
     .kind = OPTION_COUNT,
     .group = GROUP_RESOURCES,
     .basic = true,
     .argument = "N",
     .offset = AT(options.threads),
     .most = 1024,
     .commands = RUN | PLAN,
     .brief = "threads to work with",
     .detail = "The output is the same for any number.",
     .unset = "all processors"},
    {.name = "memory",
     .kind = OPTION_SIZE,
     .group = GROUP_RESOURCES,
     .basic = true,
     .argument = "SIZE",
     .offset = AT(options.memory),
     .most = SIZE_MOST,
     .commands = RUN,
     .stream = STREAM_YES,
     .brief = "memory of the search, then files",
     .detail = "Such as 512M or 4G.",
     .unset = "64M; stream: none"},
    {.name = "tmp",
     .kind = OPTION_TEXT,
     .group = GROUP_RESOURCES,
     .argument = "DIR",
     .offset = AT(options.temporary),
     .value = VALUE_DIRECTORY,
     .commands = RUN,
     .stream = STREAM_YES,
     .brief = "folder for the files of --memory",
     .unset = "below OUT/.dedup"},
    {.name = "max-document",
     .kind = OPTION_SIZE,
     .group = GROUP_RESOURCES,
     .argument = "SIZE",
     .offset = AT(options.maximum_document),
     .least = 1,
     .most = COUNT_MOST,
     .commands = RUN | PLAN | AUDIT,
     .stream = STREAM_YES,
     .brief = "longest document to work on",
     .detail = "Longer ones pass through unchanged and are reported. verify and restore take the value of the run."},
    {.name = "max-file",
     .kind = OPTION_SIZE,
     .group = GROUP_RESOURCES,
     .argument = "SIZE",
     .offset = AT(options.maximum_file),
     .least = 1,
     .most = SIZE_MOST,
     .commands = RUN | PLAN | AUDIT,
     .brief = "largest file, decompressed",
     .detail = "Larger ones are reported."},
    {.name = "max-ratio",
     .kind = OPTION_COUNT,
     .group = GROUP_RESOURCES,
     .argument = "N",
     .offset = AT(options.maximum_ratio),
     .least = 1,
     .most = COUNT_MOST,
     .commands = RUN | PLAN | AUDIT,
     .brief = "most bytes that a compressed byte may become",
     .detail = "A bound against archives that are made to fill the disk."},
    /* Terminal */
    {.name = "progress",
     .kind = OPTION_CHOICE,
     .group = GROUP_TERMINAL,
     .argument = "WHEN",
     .offset = AT(progress),
     .choices = progress_choices,
     .commands = RUN | PLAN | AUDIT,
     .stream = STREAM_YES,
     .brief = "show how far the run is",
     .detail =
         "auto: on a terminal. The line goes to standard error. json: a JSON object a line instead, and one for each "
         "reported input."},
    {.name = "color",
     .kind = OPTION_CHOICE,
     .group = GROUP_TERMINAL,
     .argument = "WHEN",
     .offset = AT(color),
     .choices = when_choices,
     .commands = RUN | REPORT | EXPLAINS,
     .stream = STREAM_YES,
     .brief = "colour what is printed",
     .detail = "auto: on a terminal, unless NO_COLOR is set."},
    {.name = "format",
     .kind = OPTION_CHOICE,
     .group = GROUP_TERMINAL,
     .argument = "FORM",
     .offset = AT(format),
     .choices = format_choices,
     .commands = REPORT,
     .brief = "how the report is printed",
     .detail = "csv: measure,label,detail,value. prom: the text format of Prometheus."},
    {.name = "quiet",
     .letter = 'q',
     .kind = OPTION_FLAG,
     .group = GROUP_TERMINAL,
     .basic = true,
     .offset = AT(quiet),
     .commands = RUN | PLAN | AUDIT,
     .stream = STREAM_YES,
     .brief = "print nothing but failures",
     .detail = "Inputs that were reported show in the exit code and in the report."},
    {.name = "verbose",
     .letter = 'v',
     .kind = OPTION_FLAG,
     .group = GROUP_TERMINAL,
     .offset = AT(verbose),
     .commands = RUN | PLAN | AUDIT,
     .stream = STREAM_YES,
     .brief = "print all reported inputs, not just 20"},
    {.name = "config",
     .kind = OPTION_TEXT,
     .group = GROUP_TERMINAL,
     .argument = "FILE",
     .offset = AT(config),
     .value = VALUE_FILE,
     .commands = RUN | PLAN | RULES,
     .stream = STREAM_YES,
     .line_only = true,
     .brief = "read more options from FILE",
     .detail =
         "One a line, by the same names: threshold = 0.75, follow = true. Lines that begin with # are comments. The "
         "command line counts more; options that are repeatable add up."},
    {.name = "help",
     .letter = 'h',
     .kind = OPTION_REQUEST,
     .group = GROUP_TERMINAL,
     .basic = true,
     .choices = help_request,
     .commands = EVERY,
     .stream = STREAM_YES,
     .brief = "print the most used options"},
    {.name = "help-all",
     .kind = OPTION_REQUEST,
     .group = GROUP_TERMINAL,
     .basic = true,
     .choices = help_all_request,
     .commands = EVERY,
     .stream = STREAM_YES,
     .brief = "print all options, formats and exit codes"},
    {.name = "version",
     .letter = 'V',
     .kind = OPTION_REQUEST,
     .group = GROUP_TERMINAL,
     .basic = true,
     .choices = version_request,
     .commands = EVERY,
     .stream = STREAM_YES,
     .brief = "print versions, build and instruction set"},
    {.name = "generate",
     .kind = OPTION_CHOICE,
     .group = GROUP_TERMINAL,
     .argument = "FORM",
     .offset = AT(document),
     .choices = document_choices,
     .commands = RUN,
     .line_only = true,
     .brief = "print the manual or completions for a shell",
     .detail = "man: the manual page. bash, zsh, fish: completions. markdown: the list of options."},
};
/* clang-format on */
const size_t option_count = sizeof option_table / sizeof *option_table;

void option_names(enum command_id command, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < option_count && used < size; i++) {
        const struct option *option = &option_table[i];
        if (option->commands == EVERY || (option->commands >> command & 1) == 0)
            continue;
        int length = snprintf(out + used, size - used, "%s--%s", used > 0 ? ", " : "", option->name);
        used += length > 0 ? (size_t)length : 0;
    }
}

bool option_given(const struct settings *settings, const struct option *option)
{
    return (settings->given >> (option - option_table) & 1) != 0;
}

bool settings_stream(const struct settings *settings)
{
    const char *input = settings->options.input, *output = settings->options.output;
    return (input && strcmp(input, "-") == 0) || (output && strcmp(output, "-") == 0);
}

void settings_init(struct settings *settings)
{
    *settings = (struct settings){0};
    dedup_options_init(&settings->options);
}

void settings_release(struct settings *settings)
{
    free(settings->rule_files.items);
    free(settings->rules_off.items);
    free(settings->arguments.items);
    free(settings->config_text);
    *settings = (struct settings){0};
}

const struct option *option_by_name(const char *name, size_t length, enum command_id command)
{
    for (size_t i = 0; i < option_count; i++) {
        const struct option *option = &option_table[i];
        if (strlen(option->name) == length && memcmp(option->name, name, length) == 0 &&
            (option->commands >> command & 1) != 0)
            return option;
    }
    return NULL;
}

const struct option *option_by_letter(char letter, enum command_id command)
{
    for (size_t i = 0; i < option_count; i++)
        if (option_table[i].letter == letter && (option_table[i].commands >> command & 1) != 0)
            return &option_table[i];
    return NULL;
}
