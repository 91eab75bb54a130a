/* Files of options of any bytes: what is accepted is in range, what is not gets one clean line that names the place. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool truth)
{
    if (!truth)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1), message[PARSE_MESSAGE_SIZE] = "";
    struct settings settings;
    demand(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    settings_init(&settings);
    settings.given = size % 2 == 0 ? 0 : UINT64_MAX;
    if (config_parse(text, size, "file", COMMAND_RUN, &settings, message)) {
        const dedup_options *options = &settings.options;
        demand(options->threshold >= 0.05 && options->threshold <= 1);
        demand((options->bands == 0) == (options->rows == 0) && options->bands <= 128 && options->rows <= 128);
        demand(options->maximum_document >= 1 && options->maximum_document <= UINT32_MAX);
        demand(options->keep <= DEDUP_KEEP_NEWEST && options->clean <= DEDUP_CLEAN_AGGRESSIVE);
        demand(settings.request == REQUEST_NONE && settings.document == DOCUMENT_NONE && !settings.config);
        for (size_t i = 0; i < settings.rule_files.count; i++)
            demand(settings.rule_files.items[i][0] != '\0');
        demand(size % 2 == 0 || options->threshold == 0.8);
    } else {
        demand(strncmp(message, "file:", 5) == 0 && strlen(message) < PARSE_MESSAGE_SIZE);
    }
    for (const char *at = message; *at; at++)
        demand((unsigned char)*at >= 0x20 && *at != 0x7f);
    settings_release(&settings);
    free(text);
    return 0;
}
