#include "parse.h"

#include <stdio.h>
#include <string.h>

#include "config.h"
#include "show.h"
#include "suggest.h"
#include "value.h"

enum { SHOWN_SIZE = 128, EXPECTED_SIZE = 160 };

/* The arguments as they are read. */
struct reader {
    enum command_id command;
    char *const *arguments;
    int count, next;
    struct settings *settings;
    char *message;
};

/* Says for which commands an option is that this one does not have; false: for none. */
static bool complain_foreign(const struct reader *reader, const char *name, size_t length)
{
    char *message = reader->message;
    int used = 0;
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const struct option *option = option_by_name(name, length, (enum command_id)i);
        const char *command = i == COMMAND_RUN ? command_table[i].arguments : command_table[i].name;
        if (option && used == 0)
            used = snprintf(message, PARSE_MESSAGE_SIZE, "--%s is for dedup %s", option->name, command);
        else if (option)
            used += snprintf(message + used, PARSE_MESSAGE_SIZE - (size_t)used, ", dedup %s", command);
    }
    return used > 0;
}

static bool complain_unknown(const struct reader *reader, const char *name, size_t length)
{
    char shown[SHOWN_SIZE];
    if (complain_foreign(reader, name, length))
        return false;
    show(name, length, shown, sizeof shown);
    const struct option *near = suggest_option(name, length, reader->command);
    const char *help =
        reader->command == COMMAND_RUN ? "dedup --help-all lists all options" : "dedup --help has the usage";
    if (near)
        (void)snprintf(reader->message, PARSE_MESSAGE_SIZE, "unknown option --%s; did you mean --%s?", shown,
                       near->name);
    else
        (void)snprintf(reader->message, PARSE_MESSAGE_SIZE, "unknown option --%s; %s", shown, help);
    return false;
}

static bool complain_letter(const struct reader *reader, const char *letter)
{
    char shown[SHOWN_SIZE];
    show(letter, strnlen(letter, 1), shown, sizeof shown);
    (void)snprintf(reader->message, PARSE_MESSAGE_SIZE, "unknown option -%s; dedup --help lists the options", shown);
    return false;
}

static bool complain_missing(const struct reader *reader, const struct option *option)
{
    (void)snprintf(reader->message, PARSE_MESSAGE_SIZE, "--%s needs a value: --%s %s", option->name, option->name,
                   option->argument);
    return false;
}

static bool complain_value(const struct reader *reader, const struct option *option, const char *value,
                           const char *expected)
{
    char shown[SHOWN_SIZE];
    show(value, strlen(value), shown, sizeof shown);
    const char *near = option->kind == OPTION_CHOICE ? suggest_choice(option->choices, value) : NULL;
    (void)snprintf(reader->message, PARSE_MESSAGE_SIZE, "--%s takes %s, not \"%s\"%s%s%s", option->name, expected,
                   shown, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    return false;
}

/* Whether `word` is the first word of a command's name. */
static bool begins_command(const struct command *command, const char *word)
{
    return strlen(word) == command_first_word(command) && strncmp(word, command->name, strlen(word)) == 0;
}

/* For a first word of commands without its second one: says which there are. */
static bool complain_half(const struct reader *reader, const char *word)
{
    int used = 0;
    for (size_t i = 1; i < COMMAND_COUNT; i++)
        if (begins_command(&command_table[i], word))
            used += snprintf(reader->message + used, PARSE_MESSAGE_SIZE - (size_t)used, "%s dedup %s",
                             used == 0 ? "the commands are" : ",", command_table[i].name);
    return used > 0;
}

static bool complain_argument(const struct reader *reader, const char *argument)
{
    char shown[SHOWN_SIZE];
    show(argument, strlen(argument), shown, sizeof shown);
    const struct command *near = reader->command == COMMAND_RUN ? suggest_command(argument) : NULL;
    if (reader->command == COMMAND_RUN && complain_half(reader, argument))
        return false;
    const char *arguments = command_table[reader->command].arguments;
    const char *name = command_table[reader->command].name;
    if (near)
        (void)snprintf(reader->message, PARSE_MESSAGE_SIZE, "unexpected \"%s\"; did you mean dedup %s?", shown,
                       near->name);
    else
        (void)snprintf(reader->message, PARSE_MESSAGE_SIZE, "unexpected \"%s\"; the usage is dedup %s%s%s", shown,
                       name ? name : "", name ? " " : "", arguments);
    return false;
}

static bool apply_value(const struct reader *reader, const struct option *option, const char *value)
{
    char expected[EXPECTED_SIZE];
    reader->settings->given |= UINT64_C(1) << (option - option_table);
    if (!value || !*value)
        return complain_missing(reader, option);
    return value_store(option, value, reader->settings, expected, sizeof expected) ||
           complain_value(reader, option, value, expected);
}

/* Sets a flag or a request. */
static void apply_plain(const struct reader *reader, const struct option *option)
{
    if (option->kind == OPTION_REQUEST)
        reader->settings->request = (enum request)option->choices[0].value;
    else
        *(bool *)((char *)reader->settings + option->offset) = true;
    reader->settings->given |= UINT64_C(1) << (option - option_table);
}

/* The next argument as a value, unless it is an option: then its value was forgotten. */
static const char *take_value(struct reader *reader)
{
    if (reader->next == reader->count)
        return NULL;
    const char *value = reader->arguments[reader->next];
    if (strncmp(value, "--", 2) == 0) {
        size_t length = strcspn(value + 2, "=");
        if (length == 0 || option_by_name(value + 2, length, reader->command))
            return NULL;
    }
    reader->next++;
    return value;
}

/* --name, --name=value; `word` is behind the dashes. */
static bool read_long(struct reader *reader, const char *word)
{
    size_t length = strcspn(word, "=");
    const char *attached = word[length] == '=' ? word + length + 1 : NULL;
    const struct option *option = option_by_name(word, length, reader->command);
    if (!option)
        return complain_unknown(reader, word, length);
    if (option->argument)
        return apply_value(reader, option, attached ? attached : take_value(reader));
    if (attached) {
        (void)snprintf(reader->message, PARSE_MESSAGE_SIZE, "--%s takes no value; write --%s", option->name,
                       option->name);
        return false;
    }
    apply_plain(reader, option);
    return true;
}

/* -n value, -nvalue, -qv; `letters` is behind the dash. */
static bool read_short(struct reader *reader, const char *letters)
{
    for (; *letters && reader->settings->request == REQUEST_NONE; letters++) {
        const struct option *option = option_by_letter(*letters, reader->command);
        if (!option)
            return complain_letter(reader, letters);
        if (option->argument)
            return apply_value(reader, option, letters[1] ? letters + 1 : take_value(reader));
        apply_plain(reader, option);
    }
    return true;
}

static bool read_positional(struct reader *reader, const char *argument)
{
    struct string_list *list = &reader->settings->arguments;
    if (list->count == command_table[reader->command].most || !*argument)
        return complain_argument(reader, argument);
    if (list_add(list, argument))
        return true;
    (void)snprintf(reader->message, PARSE_MESSAGE_SIZE, "there are more arguments than fit into memory");
    return false;
}

static bool read_all(struct reader *reader)
{
    bool good = true, options = true;
    while (good && reader->next < reader->count && reader->settings->request == REQUEST_NONE) {
        const char *argument = reader->arguments[reader->next++];
        if (options && strcmp(argument, "--") == 0)
            options = false;
        else if (options && strncmp(argument, "--", 2) == 0)
            good = read_long(reader, argument + 2);
        else if (options && argument[0] == '-' && argument[1])
            good = read_short(reader, argument + 1);
        else
            good = read_positional(reader, argument);
    }
    return good;
}

/* Whether the options go with a stream, or with none. */
static bool suits_stream(const struct reader *reader)
{
    const struct settings *settings = reader->settings;
    bool stream = settings_stream(settings);
    const char *input = settings->options.input, *output = settings->options.output;
    if (stream && (!input || !output || strcmp(input, output) != 0)) {
        (void)snprintf(reader->message, PARSE_MESSAGE_SIZE, "a stream needs both --in - and --out -");
        return false;
    }
    for (size_t i = 0; i < option_count; i++) {
        const struct option *option = &option_table[i];
        enum option_stream wrong = stream ? STREAM_NO : STREAM_ONLY;
        if (!option_given(settings, option) || option->stream != wrong)
            continue;
        (void)snprintf(reader->message, PARSE_MESSAGE_SIZE,
                       stream ? "--%s has no meaning for a stream, --in - --out -; leave it out"
                              : "--%s is for a stream, --in - --out -",
                       option->name);
        return false;
    }
    return true;
}

/* Whether the input of a plan is that of a sweep or of a measurement. */
static bool suits_sweep(const struct reader *reader)
{
    const struct settings *settings = reader->settings;
    const struct option *in = option_by_name("in", 2, COMMAND_PLAN);
    if (reader->command != COMMAND_PLAN || settings->sweep.most > 0 || !option_given(settings, in))
        return true;
    (void)snprintf(reader->message, PARSE_MESSAGE_SIZE,
                   "--in goes with --sweep A:B; --measure DIR measures how surely duplicates are found");
    return false;
}

/* Whether everything that must be there is there. */
static bool is_complete(const struct reader *reader)
{
    const struct settings *settings = reader->settings;
    const char *missing = NULL;
    bool needs_input = reader->command == COMMAND_RUN || reader->command == COMMAND_VERIFY;
    if (settings->request != REQUEST_NONE || settings->document != DOCUMENT_NONE)
        return true;
    if (settings->arguments.count < command_table[reader->command].least)
        missing = command_table[reader->command].arguments;
    else if (needs_input && !settings->options.input)
        missing = "--in DIR";
    else if ((needs_input || reader->command == COMMAND_RESTORE) && !settings->options.output &&
             !settings->options.dry_run)
        missing = "--out DIR";
    else if (reader->command == COMMAND_RESTORE && !settings->target)
        missing = "--to DIR";
    if (!missing)
        return reader->command == COMMAND_RUN ? suits_stream(reader) : suits_sweep(reader);
    const char *name = command_table[reader->command].name;
    (void)snprintf(reader->message, PARSE_MESSAGE_SIZE, "%s is missing; the usage is dedup %s%s%s", missing,
                   name ? name : "", name ? " " : "", command_table[reader->command].arguments);
    return false;
}

bool parse_arguments(enum command_id command, int count, char *const *arguments, struct settings *settings,
                     char message[PARSE_MESSAGE_SIZE])
{
    struct reader reader = {
        .command = command, .arguments = arguments, .count = count, .settings = settings, .message = message};
    if (!read_all(&reader))
        return false;
    bool asked = settings->request != REQUEST_NONE || settings->document != DOCUMENT_NONE;
    if (settings->config && !asked && !config_read(settings->config, command, settings, message))
        return false;
    if (!is_complete(&reader))
        return false;
    settings->options.rule_files = settings->rule_files.items;
    settings->options.rule_file_count = settings->rule_files.count;
    settings->options.rules_off = settings->rules_off.items;
    settings->options.rules_off_count = settings->rules_off.count;
    settings->options.sample = settings->sample;
    return true;
}

enum command_id parse_command(int count, char *const *words, int *used)
{
    for (size_t i = 1; i < COMMAND_COUNT && count > 0; i++) {
        const char *second = command_second_word(&command_table[i]);
        if (!begins_command(&command_table[i], words[0]) || (second && (count < 2 || strcmp(second, words[1]) != 0)))
            continue;
        *used += second ? 2 : 1;
        return (enum command_id)i;
    }
    return COMMAND_RUN;
}
