#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "show.h"
#include "suggest.h"
#include "value.h"

enum { SHOWN_SIZE = 128, EXPECTED_SIZE = 160 };

/* The file as it is read. */
struct config {
    const char *name;
    size_t line;
    enum command_id command;
    struct settings *settings;
    char *message;
};

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static bool
complain(const struct config *config, const char *format, ...)
{
    char shown[SHOWN_SIZE];
    show(config->name, strlen(config->name), shown, sizeof shown);
    int used = snprintf(config->message, PARSE_MESSAGE_SIZE, "%s:%zu: ", shown, config->line);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(config->message + used, PARSE_MESSAGE_SIZE - (size_t)used, format, arguments);
    va_end(arguments);
    return false;
}

/* The option of any command. */
static const struct option *find_option(const char *name)
{
    for (size_t i = 0; i < option_count; i++)
        if (strcmp(option_table[i].name, name) == 0)
            return &option_table[i];
    return NULL;
}

static bool complain_unknown(const struct config *config, const char *name)
{
    char shown[SHOWN_SIZE];
    show(name, strlen(name), shown, sizeof shown);
    const struct option *near = suggest_option(name, strlen(name), config->command);
    return near ? complain(config, "unknown option %s; did you mean %s?", shown, near->name)
                : complain(config, "unknown option %s; dedup --help-all lists all options", shown);
}

static bool complain_value(const struct config *config, const char *name, const char *expected, const char *value)
{
    char shown[SHOWN_SIZE];
    show(value, strlen(value), shown, sizeof shown);
    return complain(config, "%s takes %s, not \"%s\"", name, expected, shown);
}

/* Stores a value in `settings`, or only checks it when `settings` are to be thrown away. */
static bool store(const struct config *config, const struct option *option, const char *value,
                  struct settings *settings)
{
    char expected[EXPECTED_SIZE];
    bool yes = strcmp(value, "true") == 0;
    if (option->kind == OPTION_FLAG && !yes && strcmp(value, "false") != 0)
        return complain_value(config, option->name, "true or false", value);
    if (option->kind == OPTION_FLAG)
        *(bool *)((char *)settings + option->offset) = yes;
    else if (!value_store(option, value, settings, expected, sizeof expected))
        return complain_value(config, option->name, expected, value);
    return true;
}

static bool take_option(const struct config *config, const char *name, const char *value)
{
    const struct option *option = find_option(name);
    if (!option)
        return complain_unknown(config, name);
    if (option->kind == OPTION_REQUEST || option->line_only)
        return complain(config, "%s is for the command line", option->name);
    if (!*value)
        return complain(config, "%s needs a value: %s = %s", option->name, option->name,
                        option->argument ? option->argument : "true");
    if ((option->commands >> config->command & 1) == 0)
        return true;
    struct settings scratch = {0};
    bool over = option_given(config->settings, option) && option->kind != OPTION_LIST;
    return store(config, option, value, over ? &scratch : config->settings);
}

/* Cuts blanks off both ends. */
static char *trim(char *text)
{
    text += strspn(text, " \t");
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\r", text[length - 1]))
        length--;
    text[length] = '\0';
    return text;
}

static bool take_line(const struct config *config, char *line, size_t length)
{
    if (strlen(line) != length)
        return complain(config, "a NUL byte; this is not a file of options");
    line = trim(line);
    if (*line == '\0' || *line == '#')
        return true;
    char *value = strchr(line, '=');
    if (!value)
        return complain(config, "expected name = value");
    *value++ = '\0';
    return take_option(config, trim(line), trim(value));
}

bool config_parse(char *text, size_t length, const char *name, enum command_id command, struct settings *settings,
                  char message[PARSE_MESSAGE_SIZE])
{
    static const char mark[] = "\xef\xbb\xbf";
    struct config config = {.name = name, .command = command, .settings = settings, .message = message};
    size_t begin = length >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0;
    while (begin < length) {
        char *end = memchr(text + begin, '\n', length - begin);
        size_t size = end ? (size_t)(end - text) - begin : length - begin;
        text[begin + size] = '\0';
        config.line++;
        if (!take_line(&config, text + begin, size))
            return false;
        begin += size + 1;
    }
    return true;
}

/* Reads up to CONFIG_BYTES_MAXIMUM + 1 bytes; *length tells how many. NULL: not readable, errno says why. */
static char *read_text(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *text = file ? malloc(CONFIG_BYTES_MAXIMUM + 2) : NULL;
    if (text) {
        *length = fread(text, 1, CONFIG_BYTES_MAXIMUM + 1, file);
        text[*length] = '\0';
        if (ferror(file)) {
            free(text);
            text = NULL;
        }
    }
    if (file) {
        int reason = errno;
        (void)fclose(file);
        errno = reason;
    }
    return text;
}

bool config_read(const char *path, enum command_id command, struct settings *settings, char message[PARSE_MESSAGE_SIZE])
{
    char shown[SHOWN_SIZE];
    size_t length = 0;
    show(path, strlen(path), shown, sizeof shown);
    settings->config_text = read_text(path, &length);
    if (!settings->config_text) {
        (void)snprintf(message, PARSE_MESSAGE_SIZE, "cannot read %s: %s", shown, strerror(errno));
        return false;
    }
    if (length > CONFIG_BYTES_MAXIMUM) {
        (void)snprintf(message, PARSE_MESSAGE_SIZE, "%s is longer than 1 MiB; this is not a file of options", shown);
        return false;
    }
    return config_parse(settings->config_text, length, path, command, settings, message);
}
