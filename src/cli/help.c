#include "help.h"

#include <string.h>

#include "dedup/version.h"
#include "exit_code.h"
#include "limits.h"

enum {
    COLUMNS = 80,
    NAME_COLUMNS = 25,
    DETAIL_INDENT = 8,
    SIGNATURE_SIZE = 128,
    NAMES_SIZE = 1024,
    LIMIT_SIZE = 256,
    LIMIT_INDENT = 2
};

void help_signature(const struct option *option, char *out, size_t size)
{
    int used = snprintf(out, size, "--%s", option->name);
    if (option->kind != OPTION_CHOICE) {
        (void)snprintf(out + used, size - (size_t)used, "%s%s", option->argument ? " " : "",
                       option->argument ? option->argument : "");
        return;
    }
    for (const struct choice *choice = option->choices; choice->name; choice++)
        used += snprintf(out + used, size - (size_t)used, "%s%s", choice == option->choices ? " " : "|", choice->name);
}

/* One line for all commands that begin with the same word. */
static void print_family(enum command_id first, FILE *out)
{
    size_t word = command_first_word(&command_table[first]);
    (void)fprintf(out, "       dedup %.*s%-*s ", (int)word, command_table[first].name, 28 - (int)word, " WORD");
    for (size_t i = first; i < COMMAND_COUNT; i++) {
        const struct command *command = &command_table[i];
        bool same = command_first_word(command) == word && strncmp(command->name, command_table[first].name, word) == 0;
        if (same)
            (void)fprintf(out, "%s%s", i == first ? "WORD is " : ", ", command_second_word(command));
    }
    (void)fputc('\n', out);
}

static void print_usage(bool brief, FILE *out)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const struct command *command = &command_table[i];
        if (brief && i != COMMAND_RUN && command_second_word(command)) {
            if (command_is_first((enum command_id)i))
                print_family((enum command_id)i, out);
            continue;
        }
        (void)fprintf(out, "%s dedup %s%s%-*s %s\n", i == 0 ? "Usage:" : "      ", command->name ? command->name : "",
                      command->name ? " " : "", command->name ? 27 - (int)strlen(command->name) : 28,
                      command->arguments, command->brief);
    }
}

static void print_letter(const struct option *option, FILE *out)
{
    if (option->letter)
        (void)fprintf(out, "  -%c, ", option->letter);
    else
        (void)fprintf(out, "      ");
}

/* Words of `text` in lines of COLUMNS, each indented by `indent`; the first line is at `column` already. */
static void print_wrapped(const char *text, size_t indent, size_t column, FILE *out)
{
    while (*text) {
        size_t length = strcspn(text, " ");
        if (column + 1 + length > COLUMNS) {
            (void)fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            (void)fputc(' ', out);
            column++;
        }
        (void)fwrite(text, 1, length, out);
        column += length;
        text += length + strspn(text + length, " ");
    }
    (void)fputc('\n', out);
}

/* The values that an option may have, the default in brackets. */
static void print_choices(const struct option *option, const char *value, FILE *out)
{
    (void)fprintf(out, "%*s", NAME_COLUMNS, "");
    for (const struct choice *choice = option->choices; choice->name; choice++) {
        bool chosen = strcmp(choice->name, value) == 0;
        (void)fprintf(out, "%s%s%s%s", choice == option->choices ? "" : "  ", chosen ? "[" : "", choice->name,
                      chosen ? "]" : "");
    }
    (void)fputc('\n', out);
}

static void print_brief(const struct option *option, const struct settings *defaults, FILE *out)
{
    char value[OPTION_DEFAULT_SIZE], name[SIGNATURE_SIZE];
    (void)snprintf(name, sizeof name, "--%s%s%s", option->name, option->argument ? " " : "",
                   option->argument ? option->argument : "");
    bool known = option_default(option, defaults, value), choices = option->kind == OPTION_CHOICE;
    print_letter(option, out);
    (void)fprintf(out, "%-*s%s", NAME_COLUMNS - 6, name, option->brief);
    if (known && !choices)
        (void)fprintf(out, " [%s]", value);
    (void)fputc('\n', out);
    if (choices)
        print_choices(option, value, out);
}

void help_short(const struct settings *defaults, FILE *out)
{
    (void)fprintf(out, "dedup %s: takes boilerplate and duplicates out of scraped text\n\n", DEDUP_VERSION_TEXT);
    print_usage(true, out);
    for (size_t group = 0; group < GROUP_COUNT; group++) {
        bool titled = false;
        for (size_t i = 0; i < option_count; i++) {
            if (option_table[i].group != group || !option_table[i].basic)
                continue;
            if (!titled)
                (void)fprintf(out, "\n%s\n", option_group_titles[group]);
            titled = true;
            print_brief(&option_table[i], defaults, out);
        }
    }
}

static void print_full(const struct option *option, const struct settings *defaults, FILE *out)
{
    char value[OPTION_DEFAULT_SIZE], signature[SIGNATURE_SIZE];
    help_signature(option, signature, sizeof signature);
    print_letter(option, out);
    (void)fprintf(out, "%s", signature);
    if (option_default(option, defaults, value))
        (void)fprintf(out, "  [%s]", value);
    (void)fprintf(out, "\n%*s", DETAIL_INDENT, "");
    char sentence[OPTION_BRIEF + 2];
    (void)snprintf(sentence, sizeof sentence, "%s.", option->brief);
    if (!option->detail) {
        print_wrapped(sentence, DETAIL_INDENT, DETAIL_INDENT, out);
        return;
    }
    (void)fprintf(out, "%s", sentence);
    print_wrapped(option->detail, DETAIL_INDENT, DETAIL_INDENT + strlen(sentence), out);
}

static void print_limits(const struct settings *defaults, FILE *out)
{
    (void)fprintf(out, "\nLimits\n");
    for (size_t i = 0; i < limit_count; i++) {
        const struct limit *limit = &limit_table[i];
        char value[OPTION_DEFAULT_SIZE], line[LIMIT_SIZE];
        (void)snprintf(line, sizeof line, "%s: %s%s%s%s; past it: %s", limit->what, limit_bound(limit, defaults, value),
                       limit->option ? " (--" : "", limit->option ? limit->option : "", limit->option ? ")" : "",
                       limit->beyond);
        (void)fprintf(out, "%*s", LIMIT_INDENT, "");
        print_wrapped(line, LIMIT_INDENT, LIMIT_INDENT, out);
    }
}

void help_all(const struct settings *defaults, FILE *out)
{
    (void)fprintf(out, "dedup %s: takes boilerplate and duplicates out of scraped text\n\n", DEDUP_VERSION_TEXT);
    print_usage(false, out);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const struct command *command = &command_table[i];
        (void)fprintf(out, "\ndedup %s%s%s\n%*s", command->name ? command->name : "", command->name ? " " : "",
                      command->arguments, DETAIL_INDENT, "");
        print_wrapped(command->detail, DETAIL_INDENT, DETAIL_INDENT, out);
        char names[NAMES_SIZE];
        option_names((enum command_id)i, names, sizeof names);
        if (i == COMMAND_RUN || !*names)
            continue;
        (void)fprintf(out, "%*sOptions:", DETAIL_INDENT, "");
        print_wrapped(names, DETAIL_INDENT, DETAIL_INDENT + strlen("Options:"), out);
    }
    for (size_t group = 0; group < GROUP_COUNT; group++) {
        (void)fprintf(out, "\n%s\n", option_group_titles[group]);
        for (size_t i = 0; i < option_count; i++)
            if (option_table[i].group == group)
                print_full(&option_table[i], defaults, out);
    }
    print_limits(defaults, out);
    (void)fprintf(out, "\nExit codes\n");
    for (size_t i = 0; i < EXIT_MEANING_COUNT; i++)
        (void)fprintf(out, "  %d   %s\n", (int)exit_meanings[i].code, exit_meanings[i].meaning);
}
