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

void generate_bash(FILE *out)
{
    (void)fputs("# bash completion for dedup\n_dedup() {\n"
                "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
                "    case $before in\n",
                out);
    print_bash_values(out);
    (void)fputs("    esac\n", out);
    for (size_t i = 1; i < COMMAND_COUNT; i++)
        (void)fprintf(out,
                      "    if [[ ${COMP_WORDS[1]} == %s && $COMP_CWORD -gt 1 ]]; then\n"
                      "        compopt -o dirnames\n        return\n    fi\n",
                      command_table[i].name);
    (void)fputs("    mapfile -t COMPREPLY < <(compgen -W '", out);
    for (size_t i = 0; i < option_count; i++)
        (void)fprintf(out, "%s--%s", i > 0 ? " " : "", option_table[i].name);
    for (size_t i = 1; i < COMMAND_COUNT; i++)
        (void)fprintf(out, " %s", command_table[i].name);
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
    for (size_t i = 1; i < COMMAND_COUNT; i++)
        (void)fprintf(out, "%s%s", i > 1 ? " " : "", command_table[i].name);
    (void)fputs(")' \\\n        '2:directory:_files -/'\n}\n_dedup \"$@\"\n", out);
}

void generate_fish(FILE *out)
{
    (void)fputs("# fish completion for dedup\ncomplete -c dedup -f\n", out);
    for (size_t i = 1; i < COMMAND_COUNT; i++) {
        (void)fprintf(out, "complete -c dedup -n __fish_use_subcommand -a %s -d '%s'\n", command_table[i].name,
                      command_table[i].brief);
        (void)fprintf(out, "complete -c dedup -n '__fish_seen_subcommand_from %s' -a '(__fish_complete_directories)'\n",
                      command_table[i].name);
    }
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
