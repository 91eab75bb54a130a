/* The manual page in mdoc(7) and the table of options for the README. */
#include <ctype.h>
#include <string.h>

#include "dedup/version.h"
#include "exit_code.h"
#include "generate.h"
#include "limits.h"

enum { MAN_COLUMNS = 72, NAMES_SIZE = 1024 };

/* `length` bytes of text as a line of its own: no dot or apostrophe may come first, a backslash is spelled out. */
static void print_line(const char *text, size_t length, FILE *out)
{
    if (*text == '.' || *text == '\'')
        (void)fputs("\\&", out);
    for (size_t i = 0; i < length; i++)
        if (text[i] == '\\')
            (void)fputs("\\e", out);
        else
            (void)fputc(text[i], out);
    (void)fputc('\n', out);
}

/* Bytes of `text` that make up its next line: up to the end of a sentence, or the last blank before MAN_COLUMNS. */
static size_t line_length(const char *text)
{
    size_t length = strlen(text);
    const char *sentence = strstr(text, ". ");
    if (sentence)
        length = (size_t)(sentence - text) + 1;
    if (length <= MAN_COLUMNS)
        return length;
    size_t space = MAN_COLUMNS;
    while (space > 0 && text[space] != ' ')
        space--;
    return space > 0 ? space : length;
}

/* A new line for every sentence, as mdoc wants it, and for what goes beyond MAN_COLUMNS. */
static void print_sentences(const char *text, FILE *out)
{
    while (*text) {
        size_t length = line_length(text);
        print_line(text, length, out);
        text += length + strspn(text + length, " ");
    }
}

static void print_brief(const char *brief, FILE *out)
{
    (void)fputc(toupper((unsigned char)*brief), out);
    (void)fprintf(out, "%s.\n", brief + 1);
}

static void print_man_option(const struct option *option, const struct settings *defaults, FILE *out)
{
    char value[OPTION_DEFAULT_SIZE];
    (void)fputs(".It ", out);
    if (option->letter)
        (void)fprintf(out, "Fl %c , ", option->letter);
    (void)fprintf(out, "Fl Fl %s", option->name);
    if (option->kind == OPTION_CHOICE) {
        (void)fputs(" Cm", out);
        for (const struct choice *choice = option->choices; choice->name; choice++)
            (void)fprintf(out, "%s%s", choice == option->choices ? " " : " | ", choice->name);
    } else if (option->argument) {
        (void)fprintf(out, " Ar %s", option->argument);
    }
    (void)fputc('\n', out);
    print_brief(option->brief, out);
    if (option->detail)
        print_sentences(option->detail, out);
    if (option_default(option, defaults, value)) {
        (void)fprintf(out, "Default: %s.\n", value);
    }
}

static void print_man_synopsis(FILE *out)
{
    (void)fputs(".Dd November 22, 2026\n.Dt DEDUP 1\n.Os\n"
                ".Sh NAME\n.Nm dedup\n.Nd take boilerplate and duplicates out of scraped text\n"
                ".Sh SYNOPSIS\n.Nm\n.Fl Fl in Ar DIR\n.Fl Fl out Ar DIR\n.Op Ar options\n",
                out);
    for (size_t i = 1; i < COMMAND_COUNT; i++)
        (void)fprintf(out, ".Nm\n.Cm %s\n.Ar %s\n", command_table[i].name, command_table[i].arguments);
    (void)fputs(".Sh DESCRIPTION\n", out);
    print_sentences(command_table[COMMAND_RUN].detail, out);
    (void)fputs(".Pp\nThe commands are:\n.Bl -tag -width Ds\n", out);
    for (size_t i = 1; i < COMMAND_COUNT; i++) {
        (void)fprintf(out, ".It Cm %s Ar %s\n", command_table[i].name, command_table[i].arguments);
        print_sentences(command_table[i].detail, out);
        char names[NAMES_SIZE];
        option_names((enum command_id)i, names, sizeof names);
        if (*names) {
            (void)fputs("Options:\n", out);
            print_sentences(names, out);
        }
    }
    (void)fputs(".El\n", out);
}

static void print_man_limit(const struct limit *limit, const struct settings *defaults, FILE *out)
{
    char value[OPTION_DEFAULT_SIZE];
    (void)fprintf(out, ".It %s\n%s", limit->what, limit_bound(limit, defaults, value));
    if (limit->option)
        (void)fprintf(out, "\n.Pq Fl Fl %s", limit->option);
    (void)fprintf(out, "\nPast it: %s.\n", limit->beyond);
}

void generate_man(const struct settings *defaults, FILE *out)
{
    print_man_synopsis(out);
    for (size_t group = 0; group < GROUP_COUNT; group++) {
        (void)fprintf(out, ".Ss %s\n.Bl -tag -width Ds\n", option_group_titles[group]);
        for (size_t i = 0; i < option_count; i++)
            if (option_table[i].group == group)
                print_man_option(&option_table[i], defaults, out);
        (void)fputs(".El\n", out);
    }
    (void)fputs(
        ".Sh ENVIRONMENT\n.Bl -tag -width Ds\n.It Ev NO_COLOR\nWhen it is set and not empty, "
        ".Fl Fl color Cm auto\nmeans no colour.\n"
        ".It Ev TMPDIR\nWhere a stream with\n.Fl Fl memory\nputs keys when\n.Fl Fl tmp\nis not given; otherwise\n"
        ".Pa /tmp .\n"
        ".It Ev DEDUP_ISA\nThe best vector instructions to use:\n"
        ".Cm scalar , sse2 , sse42 , avx2 , avx512 , avx512vbmi .\nThe result is the same.\n.El\n",
        out);
    (void)fputs(".Sh FILES\n.Bl -tag -width Ds\n.It Pa OUT/.dedup/report.json\nThe numbers of the run.\n"
                ".It Pa OUT/.dedup/duplicates.jsonl\nOne line for every duplicate, with the one that was kept.\n"
                ".It Pa OUT/.dedup/learned.rules\nWhat was learned per source and removed, as a rule pack.\n"
                ".It Pa OUT/.dedup/removed.jsonl.zst\nEverything that was removed; see\n.Nm\n.Cm log .\n"
                ".It Pa OUT/.dedup/files.jsonl.zst\nWhat became of every file.\n"
                ".It Pa OUT/.dedup/others\nFiles without documents.\n.El\n"
                ".Sh LIMITS\n.Bl -tag -width Ds\n",
                out);
    for (size_t i = 0; i < limit_count; i++)
        print_man_limit(&limit_table[i], defaults, out);
    (void)fputs(".El\nWhat is passed on is written as it came and reported.\n.Sh EXIT STATUS\n.Bl -tag -width Ds\n",
                out);
    for (size_t i = 0; i < EXIT_MEANING_COUNT; i++) {
        (void)fprintf(out, ".It %d\n", (int)exit_meanings[i].code);
        print_brief(exit_meanings[i].meaning, out);
    }
    (void)fputs(
        ".El\n.Sh EXAMPLES\nClean the articles below\n.Pa scraped :\n.Pp\n"
        ".Dl dedup --in scraped --out clean\n.Pp\nSee what was removed, and why:\n.Pp\n.Dl dedup log clean | less\n"
        ".Pp\nFind a threshold, then out what a run would do:\n.Pp\n.Dl dedup plan --in scraped --sweep .5:.95\n"
        ".Dl dedup --in scraped --dry-run\n"
        ".Pp\nClean a stream of JSON Lines:\n.Pp\n.Dl crawl | dedup --in - --out - --log-file removed.jsonl | index\n",
        out);
}

/* Limits and exit codes. */
static void print_markdown_limits(const struct settings *defaults, FILE *out)
{
    (void)fputs("\n| Limits | bound | option | past it |\n|---|---|---|---|\n", out);
    for (size_t i = 0; i < limit_count; i++) {
        const struct limit *limit = &limit_table[i];
        char value[OPTION_DEFAULT_SIZE];
        (void)fprintf(out, "| %s | %s | ", limit->what, limit_bound(limit, defaults, value));
        if (limit->option)
            (void)fprintf(out, "`--%s` ", limit->option);
        (void)fprintf(out, "| %s |\n", limit->beyond);
    }
    (void)fputs("\n| Exit code | |\n|---|---|\n", out);
    for (size_t i = 0; i < EXIT_MEANING_COUNT; i++)
        (void)fprintf(out, "| %d | %s |\n", (int)exit_meanings[i].code, exit_meanings[i].meaning);
}

void generate_markdown(const struct settings *defaults, FILE *out)
{
    for (size_t group = 0; group < GROUP_COUNT; group++) {
        (void)fprintf(out, "%s| %s | what it does | default |\n|---|---|---|\n", group > 0 ? "\n" : "",
                      option_group_titles[group]);
        for (size_t i = 0; i < option_count; i++) {
            const struct option *option = &option_table[i];
            char value[OPTION_DEFAULT_SIZE], letter[8] = "";
            if (option->group != group)
                continue;
            if (option->letter)
                (void)snprintf(letter, sizeof letter, "`-%c`, ", option->letter);
            (void)fprintf(out, "| %s`--%s%s%s` | %s", letter, option->name, option->argument ? " " : "",
                          option->argument ? option->argument : "", option->brief);
            for (const struct choice *choice = option->kind == OPTION_CHOICE ? option->choices : NULL;
                 choice && choice->name; choice++)
                (void)fprintf(out, "%s`%s`", choice == option->choices ? ": " : ", ", choice->name);
            (void)fprintf(out, " | %s |\n", option_default(option, defaults, value) ? value : "");
        }
    }
    print_markdown_limits(defaults, out);
}
