/* Command lines of any bytes: words end with NUL. What is accepted is in range, what is not gets one clean line. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/parse.h"

enum { WORDS_MAXIMUM = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool truth)
{
    if (!truth)
        abort();
}

static void check_accepted(const struct settings *settings)
{
    const dedup_options *options = &settings->options;
    demand(settings->request != REQUEST_NONE || settings->document != DOCUMENT_NONE ||
           (options->input && (options->output || options->dry_run)));
    demand(options->threshold >= 0.05 && options->threshold <= 1);
    demand(options->containment >= 0.05 && (options->containment <= 1 || options->containment == OPTION_SHARE_OFF));
    demand((options->bands == 0) == (options->rows == 0) && options->bands <= 128 && options->rows <= 128);
    demand(options->maximum_document >= 1 && options->maximum_document <= UINT32_MAX);
    demand(options->keep <= DEDUP_KEEP_NEWEST && options->clean <= DEDUP_CLEAN_AGGRESSIVE);
    for (size_t i = 0; i < options->rule_file_count; i++)
        demand(options->rule_files[i][0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1), *words[WORDS_MAXIMUM], message[PARSE_MESSAGE_SIZE] = "";
    struct settings settings;
    int count = 0;
    demand(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    for (size_t i = 0; i < size && count < WORDS_MAXIMUM; i += strlen(text + i) + 1)
        words[count++] = text + i;
    settings_init(&settings);
    if (parse_arguments(COMMAND_RUN, count, words, &settings, message))
        check_accepted(&settings);
    else
        demand(message[0] != '\0' && strlen(message) < PARSE_MESSAGE_SIZE);
    for (const char *at = message; *at; at++)
        demand((unsigned char)*at >= 0x20 && *at != 0x7f);
    settings_release(&settings);
    free(text);
    return 0;
}
