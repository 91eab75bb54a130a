#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "dedup/version.h"
#include "generate.h"
#include "help.h"
#include "parse.h"

enum { OUTPUT_BUFFER = 1 << 18 }; /* more than any help or summary */

static void print_version(void)
{
    dedup_component component;
    (void)printf("dedup %s\nbuild         %s, %s\ninstructions  %s\n", dedup_version(), DEDUP_BUILD, DEDUP_COMPILER,
                 dedup_instructions());
    for (size_t i = 0; dedup_version_component(i, &component); i++)
        (void)printf("%-13s %s\n", component.name, *component.version ? component.version : "unknown");
}

/* Prints what was asked for instead of a run. */
static void answer(const struct settings *settings)
{
    struct settings defaults;
    settings_init(&defaults);
    switch (settings->request) {
    case REQUEST_HELP: help_short(&defaults, stdout); break;
    case REQUEST_HELP_ALL: help_all(&defaults, stdout); break;
    case REQUEST_VERSION: print_version(); break;
    case REQUEST_NONE: generate_document(settings->document, &defaults, stdout); break;
    }
    settings_release(&defaults);
}

/* Makes sure that all of standard output arrived. Everything but the log waits for this in the stream's buffer. */
static enum exit_code settle_output(enum exit_code code)
{
    if (fflush(stdout) == 0 || errno == EPIPE || code == EXIT_WRITE)
        return code;
    (void)fprintf(stderr, "dedup: cannot write to standard output: %s\n", strerror(errno));
    return EXIT_WRITE;
}

int main(int argc, char **argv)
{
    static enum exit_code (*const functions[COMMAND_COUNT])(const struct settings *) = {
        [COMMAND_RUN] = command_run,
        [COMMAND_LOG] = command_log,
        [COMMAND_VERIFY] = command_verify,
        [COMMAND_RESTORE] = command_restore,
        [COMMAND_PLAN] = command_plan,
        [COMMAND_EXPLAIN] = command_explain,
        [COMMAND_REPORT] = command_report,
        [COMMAND_RULES_LIST] = command_rules_list,
        [COMMAND_RULES_TEST] = command_rules_test,
        [COMMAND_RULES_EXPLAIN] = command_rules_explain,
        [COMMAND_RULES_LEARNED] = command_rules_learned};
    static char buffer[OUTPUT_BUFFER];
    struct settings settings;
    char message[PARSE_MESSAGE_SIZE];
    int skip = argc > 0;
    enum command_id command = parse_command(argc - skip, argv + skip, &skip);
    (void)setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    settings_init(&settings);
    enum exit_code code = EXIT_DONE;
    if (!parse_arguments(command, argc - skip, argv + skip, &settings, message)) {
        (void)fprintf(stderr, "dedup: %s\n", message);
        code = EXIT_USAGE;
    } else if (settings.request != REQUEST_NONE || settings.document != DOCUMENT_NONE) {
        answer(&settings);
    } else {
        code = functions[command](&settings);
    }
    settings_release(&settings);
    return (int)settle_output(code);
}
