/* `dedup rules list`, `dedup rules test`, `dedup rules explain`, `dedup rules learned`. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "dedup/clean.h"
#include "dedup/log.h"
#include "dedup/text.h"
#include "show.h"

enum { SHOWN_SIZE = 1024, TEXT_LIMIT = 1 << 30, PIECE = 1 << 16 };

static const char *const level_names[] = {[DEDUP_CLEAN_OFF] = "off",
                                          [DEDUP_CLEAN_SAFE] = "safe",
                                          [DEDUP_CLEAN_STANDARD] = "standard",
                                          [DEDUP_CLEAN_AGGRESSIVE] = "aggressive"};

/* `made`: the rules were read. */
static enum exit_code print_failure(bool made, dedup_status status, const dedup_error *error)
{
    (void)fprintf(stderr, "dedup: %s\n", error->message);
    return made ? command_exit_code(status) : command_start_exit_code(status);
}

/* A cleaner with the rules that the options ask for, and those of `files`. */
static dedup_status make_cleaner(const struct settings *settings, const struct string_list *files,
                                 dedup_cleaner **cleaner, dedup_error *error)
{
    dedup_status status = dedup_cleaner_create(settings->options.clean, cleaner, error);
    for (size_t i = 0; i < settings->rule_files.count && status == DEDUP_OK; i++)
        status = dedup_cleaner_add_file(*cleaner, settings->rule_files.items[i], error);
    for (size_t i = 0; files && i < files->count && status == DEDUP_OK; i++)
        status = dedup_cleaner_add_file(*cleaner, files->items[i], error);
    for (size_t i = 0; i < settings->rules_off.count && status == DEDUP_OK; i++)
        status = dedup_cleaner_switch(*cleaner, settings->rules_off.items[i], false, error);
    return status;
}

enum exit_code command_rules_list(const struct settings *settings)
{
    dedup_cleaner *cleaner = NULL;
    dedup_error error = {0};
    dedup_status status = make_cleaner(settings, NULL, &cleaner, &error);
    for (size_t i = 0; status == DEDUP_OK && i < dedup_cleaner_rule_count(cleaner); i++) {
        dedup_rule rule;
        char pack[SHOWN_SIZE];
        dedup_cleaner_rule(cleaner, i, &rule);
        show(rule.pack, strlen(rule.pack), pack, sizeof pack);
        const char *state = !rule.on ? "off" : rule.level > settings->options.clean ? "-" : "on";
        (void)printf("%-32s %c  %-10s  %-3s  ", rule.id, rule.kind, level_names[rule.level], state);
        if (*pack)
            (void)printf("%s:%zu\n", pack, rule.line);
        else
            (void)printf("code\n");
    }
    dedup_cleaner_free(cleaner);
    return status == DEDUP_OK ? EXIT_DONE : print_failure(false, status, &error);
}

static void print_example(void *context, const dedup_example *example)
{
    char pack[SHOWN_SIZE], text[SHOWN_SIZE];
    (void)context;
    show(example->pack, strlen(example->pack), pack, sizeof pack);
    show(example->text, example->length, text, sizeof text);
    (void)printf("%s:%zu: %s: ", pack, example->line, example->rule);
    if (example->keep)
        (void)printf("must be kept, but %s takes it: %s\n", example->taken_by, text);
    else
        (void)printf("must match, but stays: %s\n", text);
}

enum exit_code command_rules_test(const struct settings *settings)
{
    dedup_cleaner *cleaner = NULL;
    dedup_error error = {0};
    size_t tried = 0, failed = 0;
    dedup_status status = make_cleaner(settings, &settings->arguments, &cleaner, &error);
    bool made = status == DEDUP_OK;
    if (made)
        status = dedup_cleaner_test(cleaner, &tried, &failed, print_example, NULL, &error);
    dedup_cleaner_free(cleaner);
    if (status != DEDUP_OK)
        return print_failure(made, status, &error);
    (void)printf("%zu examples, %zu do not hold\n", tried, failed);
    return failed == 0 ? EXIT_DONE : EXIT_REPORTED;
}

/* Reads a whole file. */
static dedup_status read_file(const char *path, dedup_buffer *out, dedup_error *error)
{
    FILE *file = fopen(path, "rb");
    dedup_status status = DEDUP_OK;
    size_t got = PIECE;
    errno = file ? 0 : errno;
    while (file && status == DEDUP_OK && got == PIECE) {
        char piece[PIECE];
        got = fread(piece, 1, sizeof piece, file);
        status = dedup_buffer_append(out, piece, got, error);
    }
    if (status == DEDUP_OK && (!file || ferror(file))) {
        char shown[DEDUP_MESSAGE_SIZE / 2];
        show(path, strlen(path), shown, sizeof shown);
        error->status = status = DEDUP_ERROR_READ;
        (void)snprintf(error->message, sizeof error->message, "cannot read %s: %s", shown, strerror(errno));
    }
    if (file)
        (void)fclose(file);
    return status;
}

/* Where lines of a class are taken. */
static const char *place_of(char kind)
{
    switch (kind) {
    case 'B': return "it is taken in the tail only";
    case 'M': return "it is taken in menus only";
    case 'Z':
    case 'O': return "it is taken in the head and the tail only";
    default: return "the lines around it speak against it";
    }
}

/* What kept a rule from taking the line. */
static void print_obstacle(const dedup_line *line)
{
    const dedup_rule *rule = &line->near_by;
    (void)printf("%19s near %s: ", "", rule->id);
    switch (line->obstacle) {
    case DEDUP_OBSTACLE_RESTORED:
        (void)printf("the rules would take too much of this text, so all of it stays\n");
        break;
    case DEDUP_OBSTACLE_ZONE: (void)printf("%s\n", place_of(rule->kind)); break;
    case DEDUP_OBSTACLE_CONTENT: (void)printf("markup and code stay\n"); break;
    case DEDUP_OBSTACLE_REST: (void)printf("too little of the line would be left\n"); break;
    case DEDUP_OBSTACLE_LENGTH: (void)printf("the line is longer than the limit of the rule\n"); break;
    case DEDUP_OBSTACLE_LEVEL: (void)printf("it works from --clean %s on\n", level_names[rule->level]); break;
    case DEDUP_OBSTACLE_OFF: (void)printf("it is switched off\n"); break;
    case DEDUP_OBSTACLE_NONE: break;
    }
}

static void print_line(void *context, const dedup_line *line)
{
    char text[SHOWN_SIZE], kept[SHOWN_SIZE];
    (void)context;
    bool same = line->length == line->kept_length && memcmp(line->text, line->kept, line->length) == 0;
    const char *fate = line->removed ? "removed" : same ? "kept" : "changed";
    show(line->text, line->length, text, sizeof text);
    show(line->kept, line->kept_length, kept, sizeof kept);
    (void)printf("%6zu  %-*s", line->number, *line->rules || *text ? 8 : 0, fate);
    if (*line->rules || *text)
        (void)printf(" %-*s", *text ? 24 : 0, line->rules);
    (void)printf("%s%s\n", *text ? "  " : "", text);
    if (!line->removed && !same)
        (void)printf("%41s> %s\n", "", kept);
    if (line->obstacle != DEDUP_OBSTACLE_NONE)
        print_obstacle(line);
}

static dedup_status explain_file(const struct settings *settings, const dedup_cleaner *cleaner, dedup_error *error)
{
    dedup_buffer bytes, text;
    dedup_decoded decoded;
    dedup_buffer_init(&bytes, TEXT_LIMIT);
    dedup_buffer_init(&text, 4 * (size_t)TEXT_LIMIT);
    dedup_status status = read_file(settings->arguments.items[0], &bytes, error);
    if (status == DEDUP_OK)
        status = dedup_decode(bytes.data ? bytes.data : "", bytes.length, settings->options.encoding, &text, &decoded,
                              error);
    if (status == DEDUP_OK)
        status = dedup_cleaner_explain(cleaner, text.data ? text.data : "", text.length, print_line, NULL, error);
    dedup_buffer_release(&bytes);
    dedup_buffer_release(&text);
    return status;
}

enum exit_code command_rules_explain(const struct settings *settings)
{
    dedup_cleaner *cleaner = NULL;
    dedup_error error = {0};
    dedup_status status = make_cleaner(settings, NULL, &cleaner, &error);
    bool made = status == DEDUP_OK;
    if (made)
        status = explain_file(settings, cleaner, &error);
    dedup_cleaner_free(cleaner);
    return status == DEDUP_OK ? EXIT_DONE : print_failure(made, status, &error);
}

enum exit_code command_rules_learned(const struct settings *settings)
{
    dedup_error error = {0};
    dedup_buffer pack;
    dedup_buffer_init(&pack, SIZE_MAX);
    dedup_status status = dedup_log_learned(settings->arguments.items[0], &pack, &error);
    if (status == DEDUP_OK)
        (void)fwrite(pack.data, 1, pack.length, stdout);
    dedup_buffer_release(&pack);
    return status == DEDUP_OK ? EXIT_DONE : print_failure(true, status, &error);
}
