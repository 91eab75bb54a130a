/* Completions for bash, zsh and fish. No text of the option table holds a quote or a bracket; a test sees to that. */
#include <string.h>

#include "generate.h"

static void print_choices(const struct option *option, const char *separator, FILE *out)
{
    for (const struct choice *choice = option->choices; choice->name; choice++)
        (void)fprintf(out, "%s%s", choice == option->choices ? "" : separator, choice->name);
}

/* The patterns of a case that stand for the option: --in | -i */
static void print_bash_names(const struct option *option, FILE *out)
{
    (void)fprintf(out, "--%s", option->name);
    if (option->letter)
        (void)fprintf(out, " | -%c", option->letter);
}

static void print_bash_values(FILE *out)
{
    for (size_t i = 0; i < option_count; i++) {
        const struct option *option = &option_table[i];
        if (!option->argument)
            continue;
        (void)fputs("    ", out);
        print_bash_names(option, out);
        (void)fputs(")\n        ", out);
        if (option->value == VALUE_DIRECTORY) {
            (void)fputs("compopt -o dirnames\n        COMPREPLY=()\n", out);
        } else if (option->value == VALUE_FILE) {
            (void)fputs("compopt -o default\n        COMPREPLY=()\n", out);
        } else if (option->choices) {
            (void)fputs("mapfile -t COMPREPLY < <(compgen -W '", out);
            print_choices(option, " ", out);
            (void)fputs("' -- \"$word\")\n", out);
        } else {
            (void)fputs("COMPREPLY=()\n", out);
        }
        (void)fputs("        return\n        ;;\n", out);
    }
}

/* The options that a command takes. */
static void print_options(enum command_id command, FILE *out)
{
    const char *separator = "";
    for (size_t i = 0; i < option_count; i++) {
        if ((option_table[i].commands >> command & 1) == 0)
            continue;
        (void)fprintf(out, "%s--%s", separator, option_table[i].name);
        separator = " ";
    }
}

static void print_first_words(FILE *out)
{
    const char *separator = "";
    for (size_t i = 1; i < COMMAND_COUNT; i++) {
        if (!command_is_first((enum command_id)i))
            continue;
        (void)fprintf(out, "%s%.*s", separator, (int)command_first_word(&command_table[i]), command_table[i].name);
        separator = " ";
    }
}

/* The second words of the commands that share their first word with this one. */
static void print_second_words(const struct command *command, FILE *out)
{
    const char *separator = "";
    size_t length = command_first_word(command);
    for (size_t i = 1; i < COMMAND_COUNT; i++) {
        const struct command *other = &command_table[i];
        if (command_first_word(other) != length || strncmp(other->name, command->name, length) != 0)
            continue;
        (void)fprintf(out, "%s%s", separator, command_second_word(other));
        separator = " ";
    }
}

static void print_bash_command(enum command_id id, FILE *out)
{
    const struct command *command = &command_table[id];
    const char *second = command_second_word(command);
    int length = (int)command_first_word(command);
    if (second && command_is_first(id)) {
        (void)fprintf(out,
                      "    if [[ ${COMP_WORDS[1]} == %.*s && $COMP_CWORD -eq 2 ]]; then\n"
                      "        mapfile -t COMPREPLY < <(compgen -W '",
                      length, command->name);
        print_second_words(command, out);
        (void)fputs("' -- \"$word\")\n        return\n    fi\n", out);
    }
    (void)fprintf(out, "    if [[ ${COMP_WORDS[1]} == %.*s", length, command->name);
    if (second)
        (void)fprintf(out, " && ${COMP_WORDS[2]} == %s", second);
    (void)fprintf(out,
                  " && $COMP_CWORD -gt %d ]]; then\n        compopt -o %s\n"
                  "        [[ $word == -* ]] && mapfile -t COMPREPLY < <(compgen -W '",
                  second ? 2 : 1, command->files ? "default" : "dirnames");
    print_options(id, out);
    (void)fputs("' -- \"$word\")\n        return\n    fi\n", out);
}

void generate_bash(FILE *out)
{
    (void)fputs("# bash completion for dedup\n_dedup() {\n"
                "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
                "    case $before in\n",
                out);
    print_bash_values(out);
    (void)fputs("    esac\n", out);
    for (size_t i = 1; i < COMMAND_COUNT; i++)
        print_bash_command((enum command_id)i, out);
    (void)fputs("    mapfile -t COMPREPLY < <(compgen -W '", out);
    print_options(COMMAND_RUN, out);
    (void)fputs(" ", out);
    print_first_words(out);
    (void)fputs("' -- \"$word\")\n}\ncomplete -F _dedup dedup\n", out);
}

/* One _arguments specification: '(-i --in)'{-i,--in=}'[brief]:DIR:_files -/' */
static void print_zsh_option(const struct option *option, FILE *out)
{
    const char *mark = option->argument ? "=" : "";
    if (option->kind == OPTION_LIST)
        (void)fprintf(out, "        '*--%s%s", option->name, mark);
    else if (option->letter)
        (void)fprintf(out, "        '(-%c --%s)'{-%c,--%s%s}'", option->letter, option->name, option->letter,
                      option->name, mark);
    else
        (void)fprintf(out, "        '--%s%s", option->name, mark);
    (void)fprintf(out, "[%s]", option->brief);
    if (option->argument)
        (void)fprintf(out, ":%s:", option->argument);
    if (option->value == VALUE_DIRECTORY)
        (void)fputs("_files -/", out);
    else if (option->value == VALUE_FILE)
        (void)fputs("_files", out);
    if (option->argument && option->choices) {
        (void)fputs("(", out);
        print_choices(option, " ", out);
        (void)fputs(")", out);
    }
    (void)fputs("' \\\n", out);
}

void generate_zsh(FILE *out)
{
    (void)fputs("#compdef dedup\n_dedup() {\n    _arguments -s \\\n", out);
    for (size_t i = 0; i < option_count; i++)
        print_zsh_option(&option_table[i], out);
    (void)fputs("        '1:command:(", out);
    print_first_words(out);
    (void)fputs(")' \\\n", out);
    for (size_t i = 1; i < COMMAND_COUNT; i++) {
        const struct command *command = &command_table[i];
        if (!command_second_word(command) || !command_is_first((enum command_id)i))
            continue;
        (void)fprintf(out, "        '2:word:{ if [[ $words[2] == %.*s ]]; then compadd ",
                      (int)command_first_word(command), command->name);
        print_second_words(command, out);
        (void)fputs("; else _files; fi }' \\\n", out);
    }
    (void)fputs("        '*:file:_files'\n}\n_dedup \"$@\"\n", out);
}

static void print_fish_command(enum command_id id, FILE *out)
{
    const struct command *command = &command_table[id];
    const char *second = command_second_word(command);
    int length = (int)command_first_word(command);
    const char *values = command->files ? "(__fish_complete_path)" : "(__fish_complete_directories)";
    if (!second) {
        (void)fprintf(out, "complete -c dedup -n __fish_use_subcommand -a %s -d '%s'\n", command->name, command->brief);
        (void)fprintf(out, "complete -c dedup -n '__fish_seen_subcommand_from %s' -a '%s'\n", command->name, values);
        return;
    }
    if (command_is_first(id))
        (void)fprintf(out, "complete -c dedup -n __fish_use_subcommand -a %.*s\n", length, command->name);
    (void)fprintf(out, "complete -c dedup -n '__fish_seen_subcommand_from %.*s; and not __fish_seen_subcommand_from ",
                  length, command->name);
    print_second_words(command, out);
    (void)fprintf(out, "' -a %s -d '%s'\n", second, command->brief);
    (void)fprintf(out, "complete -c dedup -n '__fish_seen_subcommand_from %s' -a '%s'\n", second, values);
}

void generate_fish(FILE *out)
{
    (void)fputs("# fish completion for dedup\ncomplete -c dedup -f\n", out);
    for (size_t i = 1; i < COMMAND_COUNT; i++)
        print_fish_command((enum command_id)i, out);
    for (size_t i = 0; i < option_count; i++) {
        const struct option *option = &option_table[i];
        (void)fprintf(out, "complete -c dedup -l %s", option->name);
        if (option->letter)
            (void)fprintf(out, " -s %c", option->letter);
        if (option->argument)
            (void)fputs(option->value == VALUE_FILE ? " -r -F" : " -x", out);
        if (option->value == VALUE_DIRECTORY)
            (void)fputs(" -a '(__fish_complete_directories)'", out);
        if (option->argument && option->choices) {
            (void)fputs(" -a '", out);
            print_choices(option, " ", out);
            (void)fputs("'", out);
        }
        (void)fprintf(out, " -d '%s'\n", option->brief);
    }
}

void generate_document(enum document document, const struct settings *defaults, FILE *out)
{
    switch (document) {
    case DOCUMENT_MAN: generate_man(defaults, out); return;
    case DOCUMENT_BASH: generate_bash(out); return;
    case DOCUMENT_ZSH: generate_zsh(out); return;
    case DOCUMENT_FISH: generate_fish(out); return;
    case DOCUMENT_MARKDOWN: generate_markdown(defaults, out); return;
    case DOCUMENT_NONE: return;
    }
}
